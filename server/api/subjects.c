/* Subjects: listing, looking a schema up, finding a version by metadata, deleting. */
#include "base/arena.h"
#include "server/api/api.h"
#include "server/api/handlers.h"
#include "server/registry/tags.h"

enum err_code subjects_list(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct str prefix = api_scoped(rq, request_query(rq, "subjectPrefix"));
	struct view_page page;
	const struct str *names;
	size_t n;

	TRY(api_page(rq, -1, INT32_MAX, &page, err));
	TRY(registry_subject_list(&call, str_present(prefix) ? prefix : STR(":*:"), api_deleted(rq), page, &names, &n, err));
	reply_depends(rq, registry_tag_any());
	return reply_texts(rq, names, n);
}

enum err_code subject_lookup(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct new_schema *schema;
	struct shown_version shown;
	struct str subject, text;

	TRY(read_new_schema(rq, &schema, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_lookup(&call, subject, schema, request_query_bool(rq, "deleted"), &shown, err));
	TRY(registry_text(&call, shown.version, request_query(rq, "format"), &text, err));
	if (schema->n_references > 0)
		reply_depends(rq, registry_tag_any());
	else
		api_depends_version(rq, subject, shown.version);
	return reply_version(rq, &shown, text);
}

static enum err_code subject_deleted(struct request *rq, struct err *err)
{
	struct write *write;
	const int *numbers;
	size_t n;

	TRY(api_committed(rq, &write, err));
	numbers = registry_delete_result(write, &n);
	return reply_ints(rq, numbers, n);
}

enum err_code subject_delete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct str subject;
	struct write *write;

	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_subject_delete(&call, subject, request_query_bool(rq, "permanent"), &write, err));
	return api_commit(rq, write, subject_deleted);
}

/* Pairs of key[i] and value[i]; what has no partner is ignored. */
static size_t read_wanted(struct request *rq, const struct metadata_property **out)
{
	const struct str *keys, *values;
	size_t n_keys = request_query_all(rq, "key", &keys);
	size_t n_values = request_query_all(rq, "value", &values);
	size_t n = n_keys < n_values ? n_keys : n_values;
	struct metadata_property *wanted = arena_array(request_arena(rq), struct metadata_property, n);

	for (size_t i = 0; i < n; i++)
		wanted[i] = (struct metadata_property){ .key = keys[i], .value = values[i] };
	*out = wanted;
	return n;
}

enum err_code subject_metadata(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct metadata_property *wanted;
	size_t n = read_wanted(rq, &wanted);
	struct shown_version shown = { .stored = true };
	struct str subject, text;

	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_metadata_get(&call, subject, wanted, n, request_query_bool(rq, "deleted"), &shown.version, err));
	TRY(registry_text(&call, shown.version, request_query(rq, "format"), &text, err));
	api_depends_version(rq, subject, shown.version);
	return reply_version(rq, &shown, text);
}
