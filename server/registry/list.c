/* Lists of subjects, schemas and contexts, with their prefixes and pages. */
#include "server/registry/list.h"

#include <stdlib.h>

#include "base/arena.h"
#include "server/registry/registry_int.h"

/*
 * ":*:ord" is "ord" in every context, ":.ctx:ord" in that one, "ord" in the default one.
 */
void filter_prefix(struct str prefix, struct view_filter *out)
{
	struct subject_name name;

	if (str_starts(prefix, STR(":*:"))) {
		out->all_contexts = true;
		out->name_prefix = str_sub(prefix, 3, prefix.len);
		return;
	}
	/* A context without its closing colon is the beginning of one. */
	if (str_starts(prefix, STR(":.")) && str_index(str_sub(prefix, 1, prefix.len), ':') < 0) {
		out->qualified_prefix = prefix;
		return;
	}
	name = subject_split(prefix);
	out->context = name.context;
	out->name_prefix = name.name;
}

enum err_code registry_subject_list(struct call *call, struct str prefix, enum view_deleted which, struct view_page page,
	const struct str **out, size_t *n_out, struct err *err)
{
	struct view_filter filter = { .which = which, .page = page };

	filter_prefix(prefix, &filter);
	return view_list_subjects(call->view, call->arena, &filter, out, n_out, err);
}

/* Whether the name of the entry's subject is one that the prefix asks for. */
static bool passes(const struct view_filter *filter, struct str subject)
{
	struct subject_name name = subject_split(subject);

	if (str_present(filter->qualified_prefix))
		return str_starts(subject, filter->qualified_prefix);
	return (filter->all_contexts || str_eq(filter->context, name.context)) && str_starts(name.name, filter->name_prefix);
}

struct alias {
	struct str subject;
	struct str target;
};

/* Subjects that pass the filter and have an alias, with the subject it leads to. */
static enum err_code find_aliases(struct call *call, const struct view_filter *filter, struct alias **out, size_t *n_out,
	struct err *err)
{
	const struct view_entry *entries;
	struct alias *list;
	size_t n, n_list = 0;

	TRY(view_list_configs(call->view, call->arena, STR_NONE, &entries, &n, err));
	list = arena_array(call->arena, struct alias, n);
	for (size_t i = 0; i < n; i++) {
		struct config config;

		config_parse(call->arena, entries[i].text, &config);
		if (str_present(config.alias) && passes(filter, entries[i].subject))
			list[n_list++] = (struct alias){
				.subject = entries[i].subject,
				.target = registry_alias_target(call->arena, entries[i].subject, config.alias),
			};
	}
	*out = list;
	*n_out = n_list;
	return OK;
}

/* What is listed so far, growing. */
struct listing {
	struct arena *arena;
	struct listed_version *items;
	size_t n_items, room;
};

static void add_listed(struct listing *list, const struct view_version *version)
{
	list->items = arena_grow(list->arena, list->items, list->n_items, &list->room, sizeof(*list->items));
	list->items[list->n_items++] = (struct listed_version){ .version = version };
}

static void set_aliases(struct arena *arena, struct listed_version *listed, const struct alias *aliases, size_t n)
{
	struct str *names = arena_array(arena, struct str, n);
	size_t n_names = 0;

	for (size_t i = 0; i < n; i++)
		if (str_eq(aliases[i].target, listed->version->subject))
			names[n_names++] = aliases[i].subject;
	listed->aliases = names;
	listed->n_aliases = n_names;
}

static int compare_listed(const void *a, const void *b)
{
	const struct view_version *left = ((const struct listed_version *)a)->version;
	const struct view_version *right = ((const struct listed_version *)b)->version;
	int order = str_cmp_utf16(left->subject, right->subject);

	return order ? order : (left->version > right->version) - (left->version < right->version);
}

static bool is_listed(const struct listing *list, struct str subject)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (str_eq(list->items[i].version->subject, subject))
			return true;
	return false;
}

/* The versions of aliased subjects that the prefix alone does not list. */
static enum err_code add_aliased(struct call *call, struct listing *list, const struct view_filter *filter,
	const struct alias *aliases, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct view_version *versions;
		size_t n_versions;

		if (is_listed(list, aliases[i].target))
			continue;
		TRY(view_versions(call->view, call->arena, aliases[i].target, filter->which, &versions, &n_versions, err));
		for (size_t k = filter->latest_only && n_versions > 0 ? n_versions - 1 : 0; k < n_versions; k++)
			add_listed(list, &versions[k]);
	}
	return OK;
}

static void take_page(struct listing *list, struct view_page page)
{
	size_t from = page.offset > 0 ? (size_t)page.offset : 0;
	size_t left;

	if (from > list->n_items)
		from = list->n_items;
	left = list->n_items - from;
	list->items += from;
	list->n_items = page.limit >= 0 && (size_t)page.limit < left ? (size_t)page.limit : left;
}

/* With aliases the pages are cut after everything is known. */
static enum err_code list_with_aliases(struct call *call, struct view_filter *filter, struct listing *list, struct err *err)
{
	const struct view_version *versions;
	struct view_page page = filter->page;
	struct alias *aliases;
	size_t n, n_aliases;

	filter->page = (struct view_page){ .limit = -1 };
	TRY(view_list_versions(call->view, call->arena, filter, &versions, &n, err));
	for (size_t i = 0; i < n; i++)
		add_listed(list, &versions[i]);
	TRY(find_aliases(call, filter, &aliases, &n_aliases, err));
	TRY(add_aliased(call, list, filter, aliases, n_aliases, err));
	if (list->n_items > 0)
		qsort(list->items, list->n_items, sizeof(*list->items), compare_listed);
	take_page(list, page);
	for (size_t i = 0; i < list->n_items; i++)
		set_aliases(call->arena, &list->items[i], aliases, n_aliases);
	return OK;
}

static void keep_with_rule(struct arena *arena, struct listing *list, struct str type)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n_items; i++)
		if (ruleset_has_type(ruleset_parse(arena, list->items[i].version->rule_set), type))
			list->items[n++] = list->items[i];
	list->n_items = n;
}

static bool is_wanted(const struct association_filter *filter, const struct association *association)
{
	if (!filter->strong && !filter->weak)
		return !filter->none;
	return association->lifecycle == LIFECYCLE_STRONG ? filter->strong : filter->weak;
}

/* Leaves the subject's wanted associations in *listed; *passes tells whether it is listed at all. */
static enum err_code filter_associations(struct call *call, const struct association_filter *filter,
	struct listed_version *listed, bool *passes_out, struct err *err)
{
	const struct association_query query = {
		.by = ASSOCIATION_BY_SUBJECT,
		.subject = listed->version->subject,
		.resource = { .type = filter->resource_type },
		.types = filter->types,
		.n_types = filter->n_types,
	};
	const struct association *found;
	struct association *kept;
	size_t n, n_kept = 0;

	TRY(registry_association_find(call, &query, &found, &n, err));
	kept = arena_array(call->arena, struct association, n);
	for (size_t i = 0; i < n; i++)
		if (is_wanted(filter, &found[i]))
			kept[n_kept++] = found[i];
	listed->associations = kept;
	listed->n_associations = n_kept;
	*passes_out = n_kept > 0 || (filter->none && n == 0);
	return OK;
}

/* Versions of one subject lie side by side. */
static enum err_code keep_associated(struct call *call, struct listing *list, const struct association_filter *filter,
	struct err *err)
{
	const struct listed_version *last = NULL;
	struct listed_version previous;
	bool kept = false;
	size_t n = 0;

	for (size_t i = 0; i < list->n_items; i++) {
		struct listed_version item = list->items[i];

		if (last && str_eq(last->version->subject, item.version->subject)) {
			item.associations = previous.associations;
			item.n_associations = previous.n_associations;
		} else {
			TRY(filter_associations(call, filter, &item, &kept, err));
		}
		previous = item;
		last = &previous;
		if (kept)
			list->items[n++] = item;
	}
	list->n_items = n;
	return OK;
}

enum err_code registry_schema_list(struct call *call, const struct schema_query *query, const struct listed_version **out,
	size_t *n_out, struct err *err)
{
	bool filters = query->rule_type.len > 0 || query->associations.asked;
	struct view_filter filter = {
		.which = query->deleted ? VIEW_ALL : VIEW_LIVE,
		.latest_only = query->latest_only,
		.page = filters ? (struct view_page){ .limit = -1 } : query->page,
	};
	struct listing list = { .arena = call->arena };
	const struct view_version *versions;
	size_t n;

	filter_prefix(query->prefix, &filter);
	if (query->aliases) {
		TRY(list_with_aliases(call, &filter, &list, err));
	} else {
		TRY(view_list_versions(call->view, call->arena, &filter, &versions, &n, err));
		for (size_t i = 0; i < n; i++)
			add_listed(&list, &versions[i]);
	}
	if (query->rule_type.len > 0)
		keep_with_rule(call->arena, &list, query->rule_type);
	if (query->associations.asked)
		TRY(keep_associated(call, &list, &query->associations, err));
	if (filters)
		take_page(&list, query->page);
	*out = list.items;
	*n_out = list.n_items;
	return OK;
}

enum err_code registry_context_list(struct call *call, struct str prefix, struct view_page page, const struct str **out,
	size_t *n_out, struct err *err)
{
	const struct str *contexts;
	struct str *list;
	size_t n, n_list = 0, from;

	TRY(view_list_contexts(call->view, call->arena, &contexts, &n, err));
	list = arena_array(call->arena, struct str, n + 1);
	if (str_starts(CONTEXT_DEFAULT, prefix))
		list[n_list++] = CONTEXT_DEFAULT;
	for (size_t i = 0; i < n; i++)
		if (str_starts(contexts[i], prefix))
			list[n_list++] = contexts[i];
	from = page.offset < 0 ? 0 : (size_t)page.offset < n_list ? (size_t)page.offset : n_list;
	*out = list + from;
	*n_out = page.limit >= 0 && (size_t)page.limit < n_list - from ? (size_t)page.limit : n_list - from;
	return OK;
}
