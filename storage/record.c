/* Records as text: one table says which members each kind has, encoding and decoding follow it. */
#include "storage/record.h"

#include "base/arena.h"
#include "base/json.h"

#include <assert.h>
#include <string.h>

enum member {
	HAS_SUBJECT = 1 << 0,
	HAS_CONTEXT = 1 << 1,
	HAS_VERSION = 1 << 2,
	HAS_CONTENT = 1 << 3, /* id, digest, schemaType, references, metadata, ruleSet, schema, deleted */
	HAS_MODE = 1 << 4,
	HAS_BODY = 1 << 5,
	HAS_KEY = 1 << 6,     /* collection, key */
};

static const struct {
	const char *name;
	unsigned members;
} kinds[RECORD_KINDS] = {
	[RECORD_CONTEXT_PUT] = { "CONTEXT_PUT", HAS_CONTEXT },
	[RECORD_VERSION_PUT] = { "VERSION_PUT", HAS_SUBJECT | HAS_VERSION | HAS_CONTENT },
	[RECORD_VERSION_DELETE] = { "VERSION_DELETE", HAS_SUBJECT | HAS_VERSION },
	[RECORD_VERSION_PURGE] = { "VERSION_PURGE", HAS_SUBJECT | HAS_VERSION },
	[RECORD_SUBJECT_DELETE] = { "SUBJECT_DELETE", HAS_SUBJECT | HAS_VERSION },
	[RECORD_CONFIG_PUT] = { "CONFIG_PUT", HAS_SUBJECT | HAS_BODY },
	[RECORD_CONFIG_DELETE] = { "CONFIG_DELETE", HAS_SUBJECT },
	[RECORD_MODE_PUT] = { "MODE_PUT", HAS_SUBJECT | HAS_MODE },
	[RECORD_MODE_DELETE] = { "MODE_DELETE", HAS_SUBJECT },
	[RECORD_CONTEXT_DELETE] = { "CONTEXT_DELETE", HAS_CONTEXT },
	[RECORD_DOCUMENT_PUT] = { "DOCUMENT_PUT", HAS_KEY | HAS_BODY },
	[RECORD_DOCUMENT_DELETE] = { "DOCUMENT_DELETE", HAS_KEY },
};

/* Nesting of a body: the object, the list of references, a reference. */
enum { BODY_DEPTH = 3 };

const char *record_kind_name(enum record_kind kind)
{
	assert(kind > 0 && kind < RECORD_KINDS);
	return kinds[kind].name;
}

bool record_kind_find(struct str name, enum record_kind *out)
{
	for (enum record_kind kind = 1; kind < RECORD_KINDS; kind++) {
		if (str_eq_nocase(name, str_of(kinds[kind].name))) {
			*out = kind;
			return true;
		}
	}
	return false;
}

/* ---- encoding ---- */

/* `label` is the member's name with its punctuation: `,"version":`. */
static void add_text(struct buf *b, struct str label, struct str text)
{
	buf_add(b, label);
	buf_json_string(b, text);
}

static void add_int(struct buf *b, struct str label, int64_t value)
{
	buf_add(b, label);
	buf_add_i64(b, value);
}

static void add_references(struct buf *b, const struct record *record)
{
	if (record->n_references == 0)
		return;
	buf_lit(b, ",\"references\":[");
	for (size_t i = 0; i < record->n_references; i++) {
		const struct record_reference *reference = &record->references[i];

		add_text(b, i == 0 ? STR("{\"name\":") : STR(",{\"name\":"), reference->name);
		add_text(b, STR(",\"subject\":"), reference->subject);
		add_text(b, STR(",\"target\":"), reference->target);
		add_int(b, STR(",\"version\":"), reference->version);
		buf_add_c(b, '}');
	}
	buf_add_c(b, ']');
}

static void add_content(struct buf *b, const struct record *record)
{
	add_int(b, STR(",\"id\":"), record->id);
	add_text(b, STR(",\"digest\":"), hex_encode(b->arena, record->digest, MD5_BYTES));
	add_text(b, STR(",\"schemaType\":"), record->schema_type);
	add_references(b, record);
	if (str_present(record->metadata))
		add_text(b, STR(",\"metadata\":"), record->metadata);
	if (str_present(record->rule_set))
		add_text(b, STR(",\"ruleSet\":"), record->rule_set);
	add_text(b, STR(",\"schema\":"), record->text);
	buf_add(b, record->deleted ? STR(",\"deleted\":true") : STR(",\"deleted\":false"));
}

struct str record_encode(struct arena *arena, const struct record *record)
{
	assert(record->kind > 0 && record->kind < RECORD_KINDS);
	unsigned members = kinds[record->kind].members;
	struct buf b = buf_make(arena, 256 + record->text.len + record->text.len / 4);

	add_text(&b, STR("{\"kind\":"), str_of(kinds[record->kind].name));
	if (members & HAS_SUBJECT)
		add_text(&b, STR(",\"subject\":"), record->subject);
	if (members & HAS_CONTEXT)
		add_text(&b, STR(",\"context\":"), record->context);
	if (members & HAS_VERSION)
		add_int(&b, STR(",\"version\":"), record->version);
	if (members & HAS_CONTENT)
		add_content(&b, record);
	if (members & HAS_MODE)
		add_text(&b, STR(",\"mode\":"), record->mode);
	if (members & HAS_KEY) {
		add_text(&b, STR(",\"collection\":"), record->collection);
		add_text(&b, STR(",\"key\":"), record->key);
	}
	if (members & HAS_BODY)
		add_text(&b, STR(",\"body\":"), record->body);
	buf_add_c(&b, '}');
	return buf_str(&b);
}

/* ---- decoding ---- */

static bool get_text(const struct jsn *object, struct str name, struct str *out)
{
	const struct jsn *value = jsn_get(object, name);

	if (!value || value->kind != JSN_STRING)
		return false;
	*out = value->text;
	return true;
}

/* As get_text, but a missing member is fine and leaves *out absent. */
static bool get_optional(const struct jsn *object, struct str name, struct str *out)
{
	return !jsn_get(object, name) || get_text(object, name, out);
}

static bool get_int(const struct jsn *object, struct str name, int *out)
{
	const struct jsn *value = jsn_get(object, name);
	int32_t number;

	if (!value || value->kind != JSN_NUMBER || !str_to_i32(value->text, &number))
		return false;
	*out = number;
	return true;
}

static bool get_references(struct arena *arena, const struct jsn *object, struct record *out)
{
	const struct jsn *list = jsn_get(object, STR("references"));

	if (!list)
		return true;
	if (list->kind != JSN_ARRAY)
		return false;
	struct record_reference *references = arena_array(arena, struct record_reference, list->n_items);

	for (size_t i = 0; i < list->n_items; i++) {
		const struct jsn *item = &list->items[i];

		if (!get_text(item, STR("name"), &references[i].name) ||
			!get_text(item, STR("subject"), &references[i].subject) ||
			!get_text(item, STR("target"), &references[i].target) ||
			!get_int(item, STR("version"), &references[i].version))
			return false;
	}
	out->references = references;
	out->n_references = list->n_items;
	return true;
}

static bool get_content(struct arena *arena, const struct jsn *object, struct record *out)
{
	const struct jsn *deleted = jsn_get(object, STR("deleted"));
	struct str digest;

	if (!deleted || deleted->kind != JSN_BOOL)
		return false;
	out->deleted = deleted->boolean;
	return get_text(object, STR("digest"), &digest) && hex_decode(digest, out->digest, MD5_BYTES) &&
		get_int(object, STR("id"), &out->id) &&
		get_text(object, STR("schemaType"), &out->schema_type) &&
		get_text(object, STR("schema"), &out->text) &&
		get_optional(object, STR("metadata"), &out->metadata) &&
		get_optional(object, STR("ruleSet"), &out->rule_set) &&
		get_references(arena, object, out);
}

static enum record_kind find_kind(const struct jsn *object)
{
	struct str name;

	if (!get_text(object, STR("kind"), &name))
		return 0;
	for (enum record_kind kind = 1; kind < RECORD_KINDS; kind++) {
		if (str_eq(name, str_of(kinds[kind].name)))
			return kind;
	}
	return 0;
}

static bool get_members(struct arena *arena, const struct jsn *object, struct record *out)
{
	unsigned members = kinds[out->kind].members;

	return (!(members & HAS_SUBJECT) || get_text(object, STR("subject"), &out->subject)) &&
		(!(members & HAS_CONTEXT) || get_text(object, STR("context"), &out->context)) &&
		(!(members & HAS_VERSION) || get_int(object, STR("version"), &out->version)) &&
		(!(members & HAS_CONTENT) || get_content(arena, object, out)) &&
		(!(members & HAS_MODE) || get_text(object, STR("mode"), &out->mode)) &&
		(!(members & HAS_KEY) || (get_text(object, STR("collection"), &out->collection) &&
			get_text(object, STR("key"), &out->key))) &&
		(!(members & HAS_BODY) || get_text(object, STR("body"), &out->body));
}

enum err_code record_decode(struct arena *arena, struct str body, struct record *out, struct err *err)
{
	struct err reason = { .arena = arena };
	const struct jsn *object;
	struct record record = { 0 };

	if (jsn_parse(arena, body, JSN_SURROGATES, BODY_DEPTH, &object, &reason) != OK)
		return err_raise(err, LOG_CORRUPT, "a log entry is no JSON");
	record.kind = find_kind(object);
	if (record.kind == 0 || !get_members(arena, object, &record))
		return err_raise(err, LOG_CORRUPT, "a log entry is no record that this version of Tenon knows");
	*out = record;
	return OK;
}

/* ---- the chain ---- */

static void put_u64(uint8_t *to, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> (56 - 8 * i));
}

void log_hash(const uint8_t previous[SHA256_BYTES], struct log_entry *entry)
{
	uint8_t sealed[SHA256_BYTES + 8 + 8 + 2 * SHA256_BYTES];

	memcpy(sealed, previous, SHA256_BYTES);
	put_u64(sealed + SHA256_BYTES, entry->seq);
	put_u64(sealed + SHA256_BYTES + 8, (uint64_t)entry->time_ms);
	digest_sha256(entry->actor, sealed + SHA256_BYTES + 16);
	digest_sha256(entry->body, sealed + 2 * SHA256_BYTES + 16);
	digest_sha256(str_make((const char *)sealed, sizeof(sealed)), entry->hash);
}
