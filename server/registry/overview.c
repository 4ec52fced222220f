/* Subjects as one list: their summaries, kept beside the view, with what is in force for each. */
#include "server/registry/overview.h"

#include "base/arena.h"
#include "compat/outline.h"
#include "server/registry/follow_int.h"

enum { DESCRIPTION_BYTES = 1000 }; /* of a doc that is longer; lists are for looking over */

/* ---- writing summaries ---- */

/* Not longer than DESCRIPTION_BYTES, cut between characters. */
static struct str shortened(struct arena *arena, struct str text)
{
	size_t end = DESCRIPTION_BYTES;

	if (text.len <= DESCRIPTION_BYTES)
		return text;
	while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80)
		end--;
	return str_concat(arena, str_sub(text, 0, end), STR("…"));
}

static void add_tags(struct arena *arena, struct str **list, size_t *n, size_t *room, const struct str *tags, size_t n_tags)
{
	for (size_t i = 0; i < n_tags; i++) {
		*list = arena_grow(arena, *list, *n, room, sizeof(**list));
		(*list)[(*n)++] = tags[i];
	}
}

/* All tags, of the metadata and in the text, each once. */
static void find_tags(struct arena *arena, const struct content *content, struct side_summary *out)
{
	const struct schema_tag_list inlined = schema_tags(arena, content->parsed);
	struct str *list = NULL;
	size_t n = 0, room = 0;

	for (size_t i = 0; i < inlined.n_items; i++)
		add_tags(arena, &list, &n, &room, inlined.items[i].tags, inlined.items[i].n_tags);
	for (size_t i = 0; content->metadata && i < content->metadata->n_tags; i++)
		add_tags(arena, &list, &n, &room, content->metadata->tags[i].tags, content->metadata->tags[i].n_tags);
	metadata_sort_set(list, &n);
	out->tags = list;
	out->n_tags = n;
}

/* What the schema itself says about it. */
static enum err_code describe(struct call *call, const struct view_version *version, struct side_summary *out, struct err *err)
{
	struct content content;
	struct str description;

	TRY(content_of_version(call, version, &content, err));
	find_tags(call->arena, &content, out);
	out->owner = metadata_get(content.metadata, STR("owner"));
	description = metadata_get(content.metadata, STR("description"));
	if (!str_present(description))
		description = schema_outline(call->arena, content.parsed)->doc;
	out->description = shortened(call->arena, description);
	return OK;
}

enum err_code follow_summary(struct call *call, struct side *side, const struct follow_change *change, struct err *err)
{
	struct side_summary summary = {
		.subject = change->subject,
		.context = subject_split(change->subject).context,
		.changed_ms = change->time_ms,
		.actor = change->actor,
	};
	struct err unreadable = { .arena = call->arena };
	const struct view_version *version;
	const struct view_version_head *heads;
	size_t n;

	TRY(follow_version(call, change->subject, &version, err));
	if (!version)
		return side_summary_drop(side, change->subject, err);
	TRY(view_version_heads(call->view, call->arena, change->subject, version->deleted ? VIEW_ALL : VIEW_LIVE, &heads, &n, err));
	summary.schema_type = version->schema_type;
	summary.version = version->version;
	summary.id = version->id;
	summary.n_versions = (int)n;
	summary.n_references = (int)version->n_references;
	summary.deleted = version->deleted;
	/* A text of an import that does not parse is listed all the same. */
	(void)!describe(call, version, &summary, &unreadable);
	return side_summary_put(side, &summary, err);
}

/* ---- listing ---- */

static enum err_code complete(struct call *call, struct overview_item *item, struct err *err)
{
	struct str subject = item->summary->subject;
	struct config config;

	TRY(scope_config_from(call, subject, &config, &item->level_from, err));
	item->level = config.level;
	item->policy = config.policy == POLICY_UNSET ? POLICY_STRICT : config.policy;
	TRY(scope_mode(call, subject, &item->mode, err));
	return view_referrer_count(call->view, subject, &item->n_referrers, err);
}

static enum err_code complete_all(struct call *call, const struct side_summaries *list, struct overview *out, struct err *err)
{
	struct overview_item *items = arena_array(call->arena, struct overview_item, list->n_items);

	for (size_t i = 0; i < list->n_items; i++) {
		items[i].summary = &list->items[i];
		TRY(complete(call, &items[i], err));
	}
	*out = (struct overview){ .items = items, .n_items = list->n_items, .total = list->total };
	return OK;
}

enum err_code registry_overview(struct call *call, const struct side_filter *filter, struct overview *out, struct err *err)
{
	struct side_summaries list;
	struct side *side;
	enum err_code code;

	TRY(follow_log(call, SIDE_SUMMARIES, &side, err));
	TRY(side_summary_list(side, call->arena, filter, &list, err));
	TRY(view_begin(call->view, err));
	code = complete_all(call, &list, out, err);
	view_end(call->view);
	return code;
}

enum err_code registry_stamp(struct call *call, struct str *out, struct err *err)
{
	const struct registry_options *options = &call->registry->options;
	struct view_counts counts;
	struct str hash;

	TRY(view_counts(call->view, &counts, err));
	hash = hex_encode(call->arena, counts.hash, 12);
	*out = str_printf(call->arena, "%.*s-%d%d%d-%s", STR_ARG(hash), (int)options->level, options->validate_fields,
		options->keep_rule_sets, TENON_VERSION);
	return OK;
}
