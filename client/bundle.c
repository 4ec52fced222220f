/*
 * Bundles: what is cached, as a file.  The first line is "tenon-bundle 1 sha256 HEX", the digest of all that follows: one JSON object a
 * line for each content, {"schemaType", "schema", "guid", "references", "metadata", "ruleSet", "names": [{"subject", "context",
 * "id", "version", "keys": [[HEX, flags, of a subject], …]}, …]}.  Keys are those of the cache, so that what could be asked
 * before can be asked again.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "client/answer.h"
#include "client/cache.h"
#include "client/file.h"
#include "client/references.h"

static const char HEAD[] = "tenon-bundle 1 sha256 ";

enum { HEAD_LEN = sizeof(HEAD) - 1, HEX_LEN = 2 * SHA256_BYTES };

/* ---- what is cached ---- */

struct entry {
	struct client_key key;
	struct tenon_schema *schema; /* with a reference */
};

struct entries {
	struct tenon_client *client;
	struct entry *items;
	size_t n;
	size_t room;
	bool no_memory;
};

static void collect_entry(void *arg, const struct client_key *key, struct tenon_schema *schema)
{
	struct entries *entries = arg;

	if (entries->n == entries->room) {
		size_t room = entries->room ? 2 * entries->room : 64;
		struct entry *larger = client_resize(entries->client, entries->items, room * sizeof(*larger));

		if (larger == NULL) {
			entries->no_memory = true;
			return;
		}
		entries->items = larger;
		entries->room = room;
	}
	entries->items[entries->n++] = (struct entry){ .key = *key, .schema = tenon_schema_ref(schema) };
}

static void drop_entries(struct entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		tenon_schema_unref(entries->items[i].schema);
	client_release(entries->client, entries->items);
	*entries = (struct entries){ .client = entries->client };
}

static int compare_addresses(const void *a, const void *b)
{
	return (uintptr_t)a < (uintptr_t)b ? -1 : (uintptr_t)a > (uintptr_t)b;
}

/* By content, then by schema: what shares a content is written once. */
static int by_content(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = compare_addresses(x->schema->content, y->schema->content);

	return order ? order : compare_addresses(x->schema, y->schema);
}

static enum tenon_code collect(struct entries *entries, struct tenon_error *err)
{
	client_cache_walk(entries->client->cache, collect_entry, entries);
	if (entries->no_memory)
		return client_no_memory(err);
	if (entries->n > 0)
		qsort(entries->items, entries->n, sizeof(*entries->items), by_content);
	return TENON_OK;
}

/* ---- writing ---- */

static void put_text(struct buf *b, const char *name, const char *text)
{
	if (text == NULL)
		return;
	buf_printf(b, ",\"%s\":", name);
	buf_json_string(b, str_of(text));
}

/* A member whose text is JSON already. */
static void put_json(struct buf *b, const char *name, const char *json)
{
	if (json)
		buf_printf(b, ",\"%s\":%s", name, json);
}

static void put_content(struct buf *b, const struct client_content *content)
{
	buf_lit(b, "{\"schema\":");
	buf_json_string(b, content->text);
	put_text(b, "schemaType", schema_type_name((enum schema_type)content->type).data);
	put_text(b, "guid", content->guid);
	put_json(b, "metadata", content->metadata);
	put_json(b, "ruleSet", content->rule_set);
	for (size_t i = 0; i < content->n_references; i++) {
		buf_add(b, i ? STR(",{\"name\":") : STR(",\"references\":[{\"name\":"));
		buf_json_string(b, str_of(content->references[i].name));
		put_text(b, "subject", content->references[i].subject);
		buf_printf(b, ",\"version\":%d}", (int)content->references[i].version);
	}
	if (content->n_references > 0)
		buf_lit(b, "]");
}

static void put_names(struct call *call, struct buf *b, const struct entry *first, const struct entry *end)
{
	buf_printf(b, "{\"id\":%d,\"version\":%d", (int)first->schema->id, (int)first->schema->version);
	put_text(b, "context", first->schema->context);
	put_text(b, "subject", first->schema->subject);
	buf_lit(b, ",\"keys\":[");
	for (const struct entry *entry = first; entry < end; entry++) {
		struct str hex = hex_encode(call->arena, entry->key.digest, SHA256_BYTES);

		buf_printf(b, "%s[\"%.*s\",%u,%d]", entry == first ? "" : ",", STR_ARG(hex), entry->key.flags, entry->key.subject != 0);
	}
	buf_lit(b, "]}");
}

/* The first entry from `from` that `by` tells apart from it. */
static const struct entry *end_of_run(const struct entry *from, const struct entry *end, bool by_schema)
{
	const struct entry *at = from;

	while (at < end && at->schema->content == from->schema->content && (!by_schema || at->schema == from->schema))
		at++;
	return at;
}

struct save {
	struct entries entries;
	char *text;
	size_t len;
};

static enum tenon_code write_text(struct call *call, void *arg)
{
	struct save *save = arg;
	const struct entry *end = save->entries.n > 0 ? save->entries.items + save->entries.n : save->entries.items;
	struct buf b = buf_make(call->arena, 4096), whole = buf_make(call->arena, HEAD_LEN + HEX_LEN + 1);
	uint8_t digest[SHA256_BYTES];

	for (const struct entry *at = save->entries.items; at < end;) {
		const struct entry *next = end_of_run(at, end, false);

		put_content(&b, at->schema->content);
		buf_lit(&b, ",\"names\":[");
		for (const struct entry *names = at; names < next;) {
			const struct entry *after = end_of_run(names, next, true);

			if (names != at)
				buf_lit(&b, ",");
			put_names(call, &b, names, after);
			names = after;
		}
		buf_lit(&b, "]}\n");
		at = next;
	}
	digest_sha256(buf_str(&b), digest);
	buf_add(&whole, str_of(HEAD));
	buf_add(&whole, hex_encode(call->arena, digest, SHA256_BYTES));
	buf_lit(&whole, "\n");
	buf_add(&whole, buf_str(&b));
	save->len = whole.len;
	save->text = client_give_text(call, buf_str(&whole));
	return TENON_OK;
}

/* Fetches what the cached schemas refer to, so that the bundle is enough to read them. */
static enum tenon_code fetch_references(struct call *call, void *arg)
{
	const struct entries *entries = arg;
	const struct client_dependency *found;
	size_t n;

	for (size_t i = 0; i < entries->n; i++)
		CLIENT_TRY(client_references(call, entries->items[i].schema, &found, &n));
	return TENON_OK;
}

enum tenon_code tenon_bundle_save(struct tenon_client *client, const char *path, struct tenon_error *err)
{
	struct save save = { .entries = { .client = client } };
	enum tenon_code code;

	if (path == NULL)
		return client_fail(err, TENON_INVALID, "a path is missing");
	code = collect(&save.entries, err);
	if (code == TENON_OK)
		code = client_enter(client, fetch_references, &save.entries, err);
	drop_entries(&save.entries);
	if (code == TENON_OK)
		code = collect(&save.entries, err);
	if (code == TENON_OK)
		code = client_enter(client, write_text, &save, err);
	drop_entries(&save.entries);
	if (code == TENON_OK)
		code = client_file_replace(client, path, save.text, save.len, err);
	tenon_free(save.text);
	return code;
}

/* ---- reading ---- */

struct load {
	const char *path;
	struct str text;
	size_t bytes;            /* what it will take of the cache */
	struct entry *items;     /* in the call's arena */
	size_t n;
	size_t room;
};

static enum tenon_code damaged(struct call *call, const struct load *load, const char *what)
{
	return client_fail(call->err, TENON_BAD_BYTES, "%s: %s", load->path, what);
}

static void unref(void *schema)
{
	tenon_schema_unref(schema);
}

static void unref_content(void *content)
{
	client_content_unref(content);
}

/* [HEX, flags, of a subject] */
static bool read_key(const struct jsn *json, const struct tenon_schema *schema, struct client_key *out)
{
	int32_t flags, of_subject;

	*out = (struct client_key){ .flags = 0 };
	if (json->kind != JSN_ARRAY || json->n_items != 3 || !hex_decode(json->items[0].text, out->digest, SHA256_BYTES) ||
		!client_number_of(&json->items[1], &flags) || !client_number_of(&json->items[2], &of_subject))
		return false;
	if (of_subject && schema->subject)
		client_key_of_subject(out, schema->subject);
	out->flags = (unsigned)flags;
	return true;
}

static enum tenon_code read_names(struct call *call, struct load *load, struct client_content *content, const struct jsn *json)
{
	const struct jsn *keys = jsn_get(json, STR("keys"));
	struct client_names names = {
		.subject = client_text_of(json, STR("subject")), .context = client_text_of(json, STR("context"))
	};
	struct tenon_schema *schema;

	if (!client_number_of(jsn_get(json, STR("id")), &names.id) || !client_number_of(jsn_get(json, STR("version")), &names.version) ||
		keys == NULL || keys->kind != JSN_ARRAY)
		return damaged(call, load, "a schema without its id, version or keys");
	atomic_fetch_add_explicit(&content->refs, 1, memory_order_relaxed);
	schema = client_schema_make(content, &names);
	if (schema == NULL)
		return client_no_memory(call->err);
	arena_defer(call->arena, unref, schema);
	for (size_t i = 0; i < keys->n_items; i++) {
		struct entry entry = { .schema = schema };

		if (!read_key(&keys->items[i], schema, &entry.key))
			return damaged(call, load, "a key that is none");
		load->items = arena_grow(call->arena, load->items, load->n, &load->room, sizeof(*load->items));
		load->items[load->n++] = entry;
	}
	return TENON_OK;
}

static enum tenon_code read_line(struct call *call, struct load *load, struct str line)
{
	struct err err = { .arena = call->arena };
	struct client_draft draft;
	struct client_content *content;
	const struct jsn *json, *names;

	if (jsn_parse(call->arena, line, JSN_SURROGATES, LIMIT_JSON_DEPTH, &json, &err) != OK)
		return damaged(call, load, "a line that is no JSON");
	CLIENT_TRY(client_draft_read(call, json, &draft));
	names = jsn_get(json, STR("names"));
	if (!str_present(draft.text) || names == NULL || names->kind != JSN_ARRAY)
		return damaged(call, load, "a schema without text or names");
	content = client_content_make(call, &draft);
	arena_defer(call->arena, unref_content, content);
	load->bytes += atomic_load(&content->bytes);
	for (size_t i = 0; i < names->n_items; i++)
		CLIENT_TRY(read_names(call, load, content, &names->items[i]));
	return TENON_OK;
}

static enum tenon_code check_head(struct call *call, const struct load *load, struct str *rest)
{
	uint8_t said[SHA256_BYTES], found[SHA256_BYTES];
	const size_t head = HEAD_LEN + HEX_LEN + 1;

	if (!str_starts(load->text, STR("tenon-bundle ")))
		return damaged(call, load, "this is no bundle");
	if (!str_starts(load->text, str_of(HEAD)))
		return damaged(call, load, "this bundle is of another version");
	if (load->text.len < head || load->text.data[head - 1] != '\n' ||
		!hex_decode(str_sub(load->text, HEAD_LEN, HEAD_LEN + HEX_LEN), said, SHA256_BYTES))
		return damaged(call, load, "this bundle is damaged");
	*rest = str_sub(load->text, head, load->text.len);
	digest_sha256(*rest, found);
	if (memcmp(said, found, SHA256_BYTES) != 0)
		return damaged(call, load, "this bundle is damaged: its checksum is another one");
	return TENON_OK;
}

static enum tenon_code read_text(struct call *call, void *arg)
{
	struct load *load = arg;
	struct str rest;

	CLIENT_TRY(check_head(call, load, &rest));
	while (rest.len > 0) {
		ptrdiff_t end = str_index(rest, '\n');
		size_t len = end >= 0 ? (size_t)end : rest.len;

		CLIENT_TRY(read_line(call, load, str_sub(rest, 0, len)));
		rest = str_sub(rest, len + 1, rest.len);
	}
	load->bytes += load->n * client_cache_entry_size();
	if (load->bytes > call->client->config.cache_bytes)
		return client_fail(call->err, TENON_LIMIT, "%s: its schemas take %zu bytes, cache_bytes is %zu", load->path, load->bytes,
			call->client->config.cache_bytes);
	for (size_t i = 0; i < load->n; i++)
		client_cache_put(call->client->cache, &load->items[i].key, load->items[i].schema);
	return TENON_OK;
}

static enum tenon_code load_file(struct tenon_client *client, const char *path, bool may_be_missing, struct tenon_error *err)
{
	struct load load = { .path = path };
	char *data = NULL;
	size_t len = 0;
	enum tenon_code code;

	code = client_file_read(client, path, client->config.cache_bytes, may_be_missing, &data, &len, err);
	if (code == TENON_OK && data) {
		load.text = str_make(data, len);
		code = client_enter(client, read_text, &load, err);
	}
	client_release(client, data);
	return code;
}

enum tenon_code tenon_bundle_load(struct tenon_client *client, const char *path, struct tenon_error *err)
{
	if (path == NULL)
		return client_fail(err, TENON_INVALID, "a path is missing");
	return load_file(client, path, false, err);
}

enum tenon_code client_bundle_load_if_there(struct tenon_client *client, const char *path, struct tenon_error *err)
{
	return load_file(client, path, true, err);
}
