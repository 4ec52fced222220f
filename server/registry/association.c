/* Associations as documents, and finding them by subject and by resource. */
#include "base/arena.h"
#include "base/json.h"
#include "server/registry/association_int.h"

static const char *const lifecycles[] = {
	[LIFECYCLE_UNSET] = "",
	[LIFECYCLE_STRONG] = "STRONG",
	[LIFECYCLE_WEAK] = "WEAK",
};

struct str lifecycle_name(enum lifecycle lifecycle)
{
	return str_of(lifecycles[lifecycle]);
}

bool lifecycle_find(struct str name, enum lifecycle *out)
{
	for (enum lifecycle i = LIFECYCLE_STRONG; i <= LIFECYCLE_WEAK; i++) {
		if (str_eq(name, str_of(lifecycles[i]))) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* ---- documents ---- */

/* U+001F sorts before all that a name may hold; the subject, which may hold anything, comes last. */
struct str association_key(struct arena *arena, const struct association *association)
{
	const struct resource *resource = &association->resource;

	return str_printf(arena, "%.*s\x1f%.*s\x1f%.*s\x1f%.*s\x1f%.*s", STR_ARG(resource->name),
		STR_ARG(resource->name_space), STR_ARG(resource->type), STR_ARG(association->type),
		STR_ARG(association->subject));
}

static void add_text(struct buf *out, struct str label, struct str text)
{
	buf_add(out, label);
	buf_json_string(out, text);
}

/* Members in the order of the reference's records (contract 7.3); times are those of the document. */
struct str association_print(struct arena *arena, const struct association *association)
{
	struct buf out = buf_make(arena, 256);

	add_text(&out, STR("{\"guid\":"), association->guid);
	add_text(&out, STR(",\"resourceName\":"), association->resource.name);
	add_text(&out, STR(",\"resourceNamespace\":"), association->resource.name_space);
	add_text(&out, STR(",\"resourceId\":"), association->resource.id);
	add_text(&out, STR(",\"resourceType\":"), association->resource.type);
	add_text(&out, STR(",\"associationType\":"), association->type);
	add_text(&out, STR(",\"subject\":"), association->subject);
	add_text(&out, STR(",\"lifecycle\":"), lifecycle_name(association->lifecycle));
	buf_add(&out, association->frozen ? STR(",\"frozen\":true}") : STR(",\"frozen\":false}"));
	return buf_str(&out);
}

static struct str text_of(const struct jsn *object, struct str name)
{
	const struct jsn *member = jsn_get_value(object, name);

	return member ? member->text : STR("");
}

static enum err_code parse(struct arena *arena, const struct view_document *document, struct association *out,
	struct err *err)
{
	const struct jsn *object, *frozen;

	TRY(jsn_parse(arena, document->body, JSN_SURROGATES, 2, &object, err));
	frozen = jsn_get_value(object, STR("frozen"));
	*out = (struct association){
		.guid = text_of(object, STR("guid")),
		.resource = {
			.name = text_of(object, STR("resourceName")),
			.name_space = text_of(object, STR("resourceNamespace")),
			.id = text_of(object, STR("resourceId")),
			.type = text_of(object, STR("resourceType")),
		},
		.type = text_of(object, STR("associationType")),
		.subject = text_of(object, STR("subject")),
		.frozen = frozen && frozen->boolean,
		.created = document->created,
		.updated = document->updated,
	};
	(void)lifecycle_find(text_of(object, STR("lifecycle")), &out->lifecycle);
	return OK;
}

static enum err_code parse_all(struct arena *arena, const struct view_document *documents, size_t n,
	struct association **out, struct err *err)
{
	struct association *list = arena_array(arena, struct association, n);

	for (size_t i = 0; i < n; i++)
		TRY(parse(arena, &documents[i], &list[i], err));
	*out = list;
	return OK;
}

/* ---- finding ---- */

static bool has_name_of(const struct association *association, const struct resource *resource)
{
	return str_eq(association->resource.name, resource->name) &&
		str_eq(association->resource.name_space, resource->name_space);
}

enum err_code association_of_resource(struct call *call, const struct resource *resource, const struct association **out,
	size_t *n_out, struct err *err)
{
	struct str prefix = str_printf(call->arena, "%.*s\x1f%.*s\x1f%.*s\x1f", STR_ARG(resource->name),
		STR_ARG(resource->name_space), STR_ARG(resource->type));
	const struct view_document *named, *known = NULL;
	struct association *list, *others;
	size_t n_named, n_known = 0, n;

	TRY(view_documents(call->view, call->arena, ASSOCIATION_COLLECTION, prefix, &named, &n_named, err));
	if (resource->id.len > 0)
		TRY(view_associations(call->view, call->arena, VIEW_ASSOCIATION_ID, resource->id, &known, &n_known, err));
	TRY(parse_all(call->arena, named, n_named, &list, err));
	TRY(parse_all(call->arena, known, n_known, &others, err));
	n = n_named;
	*out = list;
	if (n_known > 0) {
		struct association *both = arena_array(call->arena, struct association, n_named + n_known);

		if (n_named > 0)
			memcpy(both, list, n_named * sizeof(*both));
		for (size_t i = 0; i < n_known; i++)
			if (str_eq(others[i].resource.type, resource->type) && !has_name_of(&others[i], resource))
				both[n++] = others[i];
		*out = both;
	}
	*n_out = n;
	return OK;
}

static bool is_any(struct str name)
{
	return str_eq(name, STR("-"));
}

static enum err_code find_by_name(struct call *call, const struct resource *resource, const struct view_document **out,
	size_t *n_out, struct err *err)
{
	struct str prefix = STR("");

	if (is_any(resource->name) && !is_any(resource->name_space))
		return view_associations(call->view, call->arena, VIEW_ASSOCIATION_NAMESPACE, resource->name_space, out, n_out, err);
	if (!is_any(resource->name))
		prefix = str_printf(call->arena, "%.*s\x1f", STR_ARG(resource->name));
	return view_documents(call->view, call->arena, ASSOCIATION_COLLECTION, prefix, out, n_out, err);
}

static enum err_code find_documents(struct call *call, const struct association_query *query,
	const struct view_document **out, size_t *n_out, struct err *err)
{
	switch (query->by) {
	case ASSOCIATION_BY_SUBJECT:
		return view_associations(call->view, call->arena, VIEW_ASSOCIATION_SUBJECT,
			subject_normalize(call->arena, query->subject), out, n_out, err);
	case ASSOCIATION_BY_ID:
		return view_associations(call->view, call->arena, VIEW_ASSOCIATION_ID, query->resource.id, out, n_out, err);
	default:
		return find_by_name(call, &query->resource, out, n_out, err);
	}
}

static bool is_wanted(const struct association_query *query, const struct association *association)
{
	struct str type = query->resource.type;
	bool any = query->n_types == 0;

	if (!str_eq(association->resource.type, type.len > 0 ? type : RESOURCE_TOPIC))
		return false;
	if (query->lifecycle != LIFECYCLE_UNSET && query->lifecycle != association->lifecycle)
		return false;
	if (query->by == ASSOCIATION_BY_NAME && !is_any(query->resource.name_space) &&
		!str_eq(association->resource.name_space, query->resource.name_space))
		return false;
	for (size_t i = 0; i < query->n_types; i++)
		any = any || str_eq(association->type, query->types[i]);
	return any;
}

enum err_code registry_association_find(struct call *call, const struct association_query *query,
	const struct association **out, size_t *n_out, struct err *err)
{
	const struct view_document *documents;
	struct association *list;
	size_t n, n_list = 0;

	TRY(find_documents(call, query, &documents, &n, err));
	TRY(parse_all(call->arena, documents, n, &list, err));
	for (size_t i = 0; i < n; i++)
		if (is_wanted(query, &list[i]))
			list[n_list++] = list[i];
	*out = list;
	*n_out = n_list;
	return OK;
}

enum err_code registry_association_schema(struct call *call, const struct association *association,
	struct shown_version *out, struct err *err)
{
	const struct view_version *latest;

	TRY(view_latest_find(call->view, call->arena, association->subject, VIEW_LIVE, &latest, err));
	*out = (struct shown_version){ .version = latest, .stored = true };
	return OK;
}

/* ---- what other operations ask before they touch a subject ---- */

enum err_code association_exists(struct call *call, struct str subject, enum lifecycle lifecycle, bool *out,
	struct err *err)
{
	const struct association_query query = {
		.by = ASSOCIATION_BY_SUBJECT,
		.subject = subject,
		.lifecycle = lifecycle,
	};
	const struct association *list;
	size_t n;

	TRY(registry_association_find(call, &query, &list, &n, err));
	*out = n > 0;
	return OK;
}
