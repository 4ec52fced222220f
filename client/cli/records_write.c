/* A snapshot as records of a `_schemas` topic: keys and values byte for byte as the reference writes them (contract 7.2, 7.3). */
#include <stdlib.h>

#include "base/arena.h"
#include "client/cli/places.h"

struct writing {
	struct snapshot *snapshot;
	record_write_fn *write;
	void *cls;
};

static void add_member(struct buf *out, struct str name, const struct jsn *value)
{
	if (!value)
		return;
	buf_add(out, out->data[out->len - 1] == '{' ? STR("\"") : STR(",\""));
	buf_add(out, name);
	buf_lit(out, "\":");
	buf_json(out, value);
}

static void add_text(struct buf *out, struct str name, struct str value)
{
	buf_add(out, out->data[out->len - 1] == '{' ? STR("\"") : STR(",\""));
	buf_add(out, name);
	buf_lit(out, "\":");
	buf_json_string(out, value);
}

/* The key of an entry, `{"keytype":"CONFIG","subject":"s","magic":0}`; the global one has no subject. */
static struct str entry_key(struct arena *arena, struct str keytype, struct str scope)
{
	struct buf out = buf_make(arena, 128);

	buf_lit(&out, "{");
	add_text(&out, STR("keytype"), keytype);
	if (scope.len > 0)
		add_text(&out, STR("subject"), scope);
	buf_lit(&out, ",\"magic\":0}");
	return buf_str(&out);
}

static enum err_code write_context(struct writing *w, struct str scope, struct err *err)
{
	struct buf key = buf_make(w->snapshot->arena, 128), value = buf_make(w->snapshot->arena, 64);
	struct str context = str_sub(scope, 1, scope.len - 1);

	buf_lit(&key, "{\"keytype\":\"CONTEXT\",\"tenant\":\"default\"");
	add_text(&key, STR("context"), context);
	buf_lit(&key, ",\"magic\":0}");
	buf_lit(&value, "{\"tenant\":\"default\"");
	add_text(&value, STR("context"), context);
	buf_lit(&value, "}");
	return w->write(w->cls, buf_str(&key), buf_str(&value), 0, err);
}

static enum err_code write_version(struct writing *w, const struct snapshot_version *version, struct err *err)
{
	struct buf key = buf_make(w->snapshot->arena, 128), value = buf_make(w->snapshot->arena, version->text.len + 256);

	buf_lit(&key, "{\"keytype\":\"SCHEMA\"");
	add_text(&key, STR("subject"), version->subject);
	buf_printf(&key, ",\"version\":%d,\"magic\":1}", version->version);
	buf_lit(&value, "{");
	add_text(&value, STR("subject"), version->subject);
	buf_printf(&value, ",\"version\":%d,\"id\":%d", version->version, version->id);
	add_text(&value, STR("schemaType"), version->type);
	add_member(&value, STR("references"), version->references);
	add_member(&value, STR("metadata"), version->metadata);
	add_member(&value, STR("ruleSet"), version->rule_set);
	add_text(&value, STR("schema"), version->text);
	buf_printf(&value, ",\"deleted\":%s}", version->deleted ? "true" : "false");
	return w->write(w->cls, buf_str(&key), buf_str(&value), version->ts, err);
}

static enum err_code write_config(struct writing *w, struct str scope, struct err *err)
{
	const struct jsn *config = map_get(&w->snapshot->configs, scope);
	struct buf value = buf_make(w->snapshot->arena, 256);

	if (!config)
		return OK;
	buf_lit(&value, "{");
	if (scope.len > 0)
		add_text(&value, STR("subject"), scope);
	for (const char *const *member = snapshot_config_members; *member; member++)
		add_member(&value, str_of(*member), jsn_get_value(config, str_of(*member)));
	buf_lit(&value, "}");
	return w->write(w->cls, entry_key(w->snapshot->arena, STR("CONFIG"), scope), buf_str(&value), 0, err);
}

static enum err_code write_mode(struct writing *w, struct str scope, struct err *err)
{
	struct str mode = snapshot_mode(w->snapshot, scope);
	struct buf value = buf_make(w->snapshot->arena, 64);

	if (!str_present(mode))
		return OK;
	buf_lit(&value, "{");
	if (scope.len > 0)
		add_text(&value, STR("subject"), scope);
	add_text(&value, STR("mode"), mode);
	buf_lit(&value, "}");
	return w->write(w->cls, entry_key(w->snapshot->arena, STR("MODE"), scope), buf_str(&value), 0, err);
}

static int compare_scopes(const void *a, const void *b)
{
	return str_cmp(((const struct map_entry *)a)->key, ((const struct map_entry *)b)->key);
}

static enum err_code write_versions(struct writing *w, struct err *err)
{
	struct map contexts = map_make(w->snapshot->arena);
	struct snapshot_version **versions;
	size_t n;

	versions = snapshot_order(w->snapshot, &n);
	for (size_t i = 0; i < n; i++) {
		struct str context = scope_context(versions[i]->subject);

		if (context.len > 0 && !map_put(&contexts, context, w))
			TRY(write_context(w, context, err));
		TRY(write_version(w, versions[i], err));
	}
	return OK;
}

enum err_code records_write(struct snapshot *snapshot, record_write_fn *write, void *cls, struct err *err)
{
	struct writing writing = { .snapshot = snapshot, .write = write, .cls = cls };
	size_t n = snapshot->scopes.n_entries;
	struct map_entry *scopes = arena_array(snapshot->arena, struct map_entry, n + 1);

	TRY(write_versions(&writing, err));
	for (size_t i = 0; i < n; i++)
		scopes[i] = snapshot->scopes.entries[i];
	qsort(scopes, n, sizeof(*scopes), compare_scopes);
	for (size_t i = 0; i < n; i++)
		TRY(write_config(&writing, scopes[i].key, err));
	for (size_t i = 0; i < n; i++)
		TRY(write_mode(&writing, scopes[i].key, err));
	return OK;
}
