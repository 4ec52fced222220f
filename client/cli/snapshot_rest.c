/* Reading a whole registry over its REST API. */
#include "base/arena.h"
#include "client/cli/places.h"

enum { PAGE = 500 };

struct reading {
	struct rest *rest;
	struct snapshot *out;
	bool told_deleted;   /* the registry says of each version whether it is deleted (since 8.0) */
};

static bool read_int(const struct jsn *from, struct str name, int *out)
{
	const struct jsn *value = jsn_get_value(from, name);
	int32_t number;

	if (!value || value->kind != JSN_NUMBER || !str_to_i32(value->text, &number))
		return false;
	*out = number;
	return true;
}

/* Subjects that exist by their alias alone are listed here and nowhere else. */
static void read_aliases(struct reading *reading, const struct jsn *item)
{
	const struct jsn *aliases = jsn_get_value(item, STR("aliases"));

	for (size_t i = 0; aliases && i < aliases->n_items; i++)
		if (aliases->items[i].kind == JSN_STRING)
			snapshot_put_config(reading->out, aliases->items[i].text, NULL);
}

static enum err_code read_version(struct reading *reading, const struct jsn *item, bool live_only, struct err *err)
{
	const struct jsn *subject = jsn_get_value(item, STR("subject"));
	const struct jsn *ts = jsn_get_value(item, STR("ts"));
	struct snapshot_version version = { .deleted = false }, *known;

	if (!subject || subject->kind != JSN_STRING || !read_int(item, STR("version"), &version.version) ||
		!read_int(item, STR("id"), &version.id))
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s does not answer like a schema registry: GET /schemas has"
			" an item without subject, version or id", STR_ARG(rest_url(reading->rest))));
	version.subject = subject->text;
	snapshot_read_content(item, &version);
	if (ts && ts->kind == JSN_NUMBER)
		str_to_i64(ts->text, &version.ts);
	read_aliases(reading, item);
	if (live_only) {
		known = snapshot_find(reading->out, version.subject, version.version);
		if (known)
			known->deleted = false;
		return OK;
	}
	if (jsn_get(item, STR("deleted")))
		reading->told_deleted = true;
	else
		version.deleted = true; /* until it is seen among the others */
	snapshot_put(reading->out, &version);
	return OK;
}

/* Whether a page begins as the first one did: a registry that knows no paging answers everything each time. */
static bool repeats(const struct jsn *page, const struct jsn *first)
{
	return first && jsn_equal(&page->items[0], &first->items[0]);
}

/* All contexts with the prefix ":*:"; releases before contexts know one without. */
static enum err_code read_schemas(struct reading *reading, const char *prefix, bool live_only, struct err *err)
{
	struct arena *arena = reading->out->arena;
	const struct jsn *page, *first = NULL;
	size_t offset = 0;

	for (;;) {
		TRY(rest_need(reading->rest, arena, str_printf(arena, "/schemas?%sdeleted=%s&aliases=%s&offset=%zu&limit=%d", prefix,
			live_only ? "false" : "true", live_only ? "false" : "true", offset, PAGE), &page, err));
		if (page->kind != JSN_ARRAY)
			return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s does not answer like a schema registry: GET /schemas is"
				" %s", STR_ARG(rest_url(reading->rest)), jsn_kind_name(page->kind)));
		if (page->n_items == 0 || repeats(page, first))
			return OK;
		for (size_t i = 0; i < page->n_items; i++)
			TRY(read_version(reading, &page->items[i], live_only, err));
		offset += page->n_items;
		first = first ? first : page;
	}
}

static enum err_code read_versions(struct reading *reading, struct err *err)
{
	const char *prefix = "subjectPrefix=%3A*%3A&";

	TRY(read_schemas(reading, prefix, false, err));
	if (reading->out->n_versions == 0) {
		prefix = "";
		TRY(read_schemas(reading, prefix, false, err));
	}
	return reading->told_deleted || reading->out->n_versions == 0 ? OK : read_schemas(reading, prefix, true, err);
}

static enum err_code read_contexts(struct reading *reading, struct err *err)
{
	struct arena *arena = reading->out->arena;
	struct rest_answer answer;

	TRY(rest_call(reading->rest, arena, "GET", STR("/contexts"), STR_NONE, &answer, err));
	for (size_t i = 0; answer.status == 200 && answer.json && i < answer.json->n_items; i++) {
		struct str context = answer.json->items[i].text;

		if (answer.json->items[i].kind == JSN_STRING && str_starts(context, STR(".")) && context.len > 1)
			snapshot_put_config(reading->out, str_printf(arena, ":%.*s:", STR_ARG(context)), NULL);
	}
	return OK;
}

/* An entry of /config or /mode; NULL when there is none. */
static enum err_code read_entry(struct reading *reading, struct str what, struct str scope, const char *query,
	const struct jsn **out, struct err *err)
{
	struct arena *arena = reading->out->arena;
	struct str path = str_printf(arena, "/%.*s%s%.*s%s", STR_ARG(what), scope.len > 0 ? "/" : "",
		STR_ARG(rest_escape(arena, scope)), query);
	struct rest_answer answer;

	*out = NULL;
	TRY(rest_call(reading->rest, arena, "GET", path, STR_NONE, &answer, err));
	if (answer.status == 200 && answer.json && answer.json->kind == JSN_OBJECT) {
		*out = answer.json;
		return OK;
	}
	if (answer.status == 404 && answer.json && jsn_get(answer.json, STR("error_code")))
		return OK;
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: GET %.*s has status %d: %.*s", STR_ARG(rest_url(reading->rest)),
		STR_ARG(path), answer.status, STR_ARG(rest_excerpt(&answer))));
}

static enum err_code read_config(struct reading *reading, struct str scope, struct err *err)
{
	const struct jsn *config;

	TRY(read_entry(reading, STR("config"), scope, "", &config, err));
	/* The global scopes answer the standard level when there is nothing: that is no entry. */
	if (config && snapshot_config(reading->out, scope) && config->n_items == 1 &&
		snapshot_same_config(config, snapshot_config(reading->out, scope)))
		config = NULL;
	snapshot_put_config(reading->out, scope, config);
	return OK;
}

static enum err_code read_mode(struct reading *reading, struct str scope, const char *query, struct str *out, struct err *err)
{
	const struct jsn *entry, *mode;

	TRY(read_entry(reading, STR("mode"), scope, query, &entry, err));
	mode = entry ? jsn_get_value(entry, STR("mode")) : NULL;
	*out = mode && mode->kind == JSN_STRING ? mode->text : STR_NONE;
	return OK;
}

/*
 * GET /mode answers READWRITE with and without an entry.  The difference counts only below a mode for
 * everything, and there the effective mode tells.
 */
static enum err_code read_global_modes(struct reading *reading, struct err *err)
{
	struct str everything, global, effective;

	TRY(read_mode(reading, SCOPE_EVERYTHING, "", &everything, err));
	TRY(read_mode(reading, STR(""), "", &global, err));
	if (str_eq(everything, STR("READWRITE")))
		everything = STR_NONE;
	if (str_eq(global, STR("READWRITE"))) {
		TRY(read_mode(reading, STR(""), "?defaultToGlobal=true", &effective, err));
		if (!str_present(everything) || !str_eq(effective, global))
			global = STR_NONE;
	}
	snapshot_put_mode(reading->out, SCOPE_EVERYTHING, everything);
	snapshot_put_mode(reading->out, STR(""), global);
	return OK;
}

static enum err_code read_entries(struct reading *reading, struct err *err)
{
	struct snapshot *out = reading->out;

	TRY(read_config(reading, SCOPE_EVERYTHING, err));
	TRY(read_config(reading, STR(""), err));
	TRY(read_global_modes(reading, err));
	for (size_t i = 0; i < out->scopes.n_entries; i++) {
		struct str scope = out->scopes.entries[i].key, mode;

		if (scope.len == 0 || str_eq(scope, SCOPE_EVERYTHING))
			continue;
		TRY(read_config(reading, scope, err));
		TRY(read_mode(reading, scope, "", &mode, err));
		snapshot_put_mode(out, scope, mode);
	}
	return OK;
}

/* Many registries have neither of these paths. */
static enum err_code count(struct reading *reading, struct str path, size_t *out, struct err *err)
{
	struct rest_answer answer;

	TRY(rest_call(reading->rest, reading->out->arena, "GET", path, STR_NONE, &answer, err));
	if (answer.status == 200 && answer.json && answer.json->kind == JSN_ARRAY)
		*out = answer.json->n_items;
	return OK;
}

enum err_code snapshot_from_rest(struct rest *rest, const struct snapshot *also, struct snapshot *out, struct err *err)
{
	struct reading reading = { .rest = rest, .out = out };
	const struct jsn *types;

	TRY(rest_need(rest, out->arena, STR("/schemas/types"), &types, err));
	TRY(read_versions(&reading, err));
	TRY(read_contexts(&reading, err));
	TRY(count(&reading, STR("/associations/resources/-/-"), &out->n_associations, err));
	TRY(count(&reading, STR("/dek-registry/v1/keks?deleted=true"), &out->n_keys, err));
	for (size_t i = 0; also && i < also->scopes.n_entries; i++)
		if (!map_get(&out->scopes, also->scopes.entries[i].key))
			snapshot_put_config(out, also->scopes.entries[i].key, NULL);
	return read_entries(&reading, err);
}
