/* Records of a `_schemas` topic, applied in their order as a registry's reader applies them (contract 7.4). */
#include "base/arena.h"
#include "client/cli/places.h"
#include "client/cli/report/report.h"

enum { LINES = 20 }; /* said about single records; a topic of something else would fill the screen */

struct id_use {
	struct str text;
	size_t n_users;
};

struct record_of {
	struct record_reader *reader;
	const struct jsn *key;
	const struct jsn *value;  /* NULL: a tombstone */
	struct str scope;         /* the key's subject, normalised; "" without one */
	int64_t ts;
	struct str where;
};

static void skip(struct record_reader *reader, struct str where, const char *why)
{
	size_t skipped = reader->n_records - reader->n_understood;

	if (skipped <= LINES)
		fprintf(stderr, "%.*s: %.*s skipped: %.*s\n", STR_ARG(reader->from), STR_ARG(where),
			STR_ARG(report_plain(reader->snapshot->arena, str_of(why))));
	if (skipped == LINES)
		fprintf(stderr, "%.*s: further records are skipped without a line\n", STR_ARG(reader->from));
}

static bool read_int(const struct jsn *from, struct str name, int *out)
{
	const struct jsn *value = jsn_get_value(from, name);
	int32_t number;

	if (!value || value->kind != JSN_NUMBER || !str_to_i32(value->text, &number))
		return false;
	*out = number;
	return true;
}

/* ---- schemas ---- */

static struct id_use *use_of(struct record_reader *reader, struct str subject, int id)
{
	struct str key = str_printf(reader->snapshot->arena, "%.*s\n%d", STR_ARG(scope_context(subject)), id);
	struct id_use *use = map_get(&reader->ids, key);

	if (!use) {
		use = arena_new(reader->snapshot->arena, struct id_use);
		map_put(&reader->ids, key, use);
	}
	return use;
}

static void remove_version(struct record_reader *reader, struct snapshot_version *version)
{
	if (!version || version->gone)
		return;
	version->gone = true;
	use_of(reader, version->subject, version->id)->n_users--;
}

/* The metadata's values are there for the registry with the secret alone. */
static bool is_encrypted(const struct snapshot_version *version)
{
	return jsn_get_value(jsn_get_value(version->metadata, STR("properties")), STR("__enc__")) != NULL;
}

static bool take_schema(struct record_of *record)
{
	struct record_reader *reader = record->reader;
	struct snapshot_version version = { .subject = record->scope, .ts = record->ts }, *known;
	struct id_use *use;
	int magic = 1;

	read_int(record->key, STR("magic"), &magic);
	if (magic < 0 || magic > 1 || !read_int(record->key, STR("version"), &version.version) ||
		!str_present(record->scope))
		return false;
	known = snapshot_find(reader->snapshot, version.subject, version.version);
	if (!record->value) {
		remove_version(reader, known);
		return true;
	}
	snapshot_read_content(record->value, &version);
	if (!read_int(record->value, STR("id"), &version.id) || !str_present(version.text))
		return false;
	use = use_of(reader, version.subject, version.id);
	if (use->n_users > 0 && !str_eq(use->text, version.text)) {
		skip(reader, record->where, "its id stands for another schema already");
		return true;
	}
	reader->n_encrypted += is_encrypted(&version);
	remove_version(reader, known);
	use->text = version.text;
	use->n_users++;
	snapshot_put(reader->snapshot, &version);
	return true;
}

static bool take_delete_subject(struct record_of *record)
{
	struct snapshot *snapshot = record->reader->snapshot;
	int last;

	if (!record->value)
		return true;
	if (!read_int(record->value, STR("version"), &last) || !str_present(record->scope))
		return false;
	for (int i = 1; last <= (int64_t)snapshot->n_versions && i <= last; i++) {
		struct snapshot_version *version = snapshot_find(snapshot, record->scope, i);

		if (version && !version->gone)
			version->deleted = true;
	}
	for (size_t i = 0; last > (int64_t)snapshot->n_versions && i < snapshot->n_versions; i++) {
		struct snapshot_version *version = snapshot->versions[i];

		if (!version->gone && version->version <= last && str_eq(version->subject, record->scope))
			version->deleted = true;
	}
	return true;
}

static bool take_clear_subject(struct record_of *record)
{
	struct snapshot *snapshot = record->reader->snapshot;
	struct str scope = record->scope;
	bool everything = scope.len == 0 || str_eq(scope, SCOPE_EVERYTHING);
	bool context = !everything && str_eq(scope, scope_context(scope));

	for (size_t i = 0; record->value && i < snapshot->n_versions; i++) {
		struct snapshot_version *version = snapshot->versions[i];

		if (version->deleted && (everything || str_eq(scope, context ? scope_context(version->subject) : version->subject)))
			remove_version(record->reader, version);
	}
	return true;
}

/* ---- entries ---- */

static bool take_config(struct record_of *record)
{
	snapshot_put_config(record->reader->snapshot, record->scope, record->value);
	return true;
}

static bool take_mode(struct record_of *record)
{
	const struct jsn *mode = jsn_get_value(record->value, STR("mode"));

	snapshot_put_mode(record->reader->snapshot, record->scope, mode && mode->kind == JSN_STRING ? mode->text : STR_NONE);
	return !record->value || mode;
}

static bool take_context(struct record_of *record)
{
	return jsn_get_value(record->key, STR("context")) != NULL; /* they arise with their subjects */
}

static bool take_noop(struct record_of *record)
{
	(void)record;
	return true;
}

static const struct {
	const char *keytype;
	bool (*take)(struct record_of *record);
} keytypes[] = {
	{ "SCHEMA", take_schema }, { "CONFIG", take_config }, { "MODE", take_mode }, { "DELETE_SUBJECT", take_delete_subject },
	{ "CLEAR_SUBJECT", take_clear_subject }, { "CONTEXT", take_context }, { "NOOP", take_noop },
};

/* ---- all of them ---- */

struct record_reader record_reader_make(struct snapshot *snapshot, struct str from)
{
	return (struct record_reader){ .snapshot = snapshot, .from = from, .ids = map_make(snapshot->arena) };
}

static const struct jsn *parse(struct arena *arena, struct str text)
{
	struct err err = { .arena = arena };
	const struct jsn *value;

	if (!str_present(text) || jsn_parse(arena, text, JSN_SURROGATES, SNAPSHOT_DEPTH, &value, &err) != OK ||
		value->kind != JSN_OBJECT)
		return NULL;
	return value;
}

static struct str scope_of(const struct jsn *key)
{
	const struct jsn *subject = jsn_get_value(key, STR("subject"));

	if (!subject || subject->kind != JSN_STRING)
		return STR("");
	return str_starts(subject->text, STR(":.:")) ? str_sub(subject->text, 3, subject->text.len) : subject->text;
}

void record_reader_take(struct record_reader *reader, struct str key, struct str value, int64_t ts, struct str where)
{
	struct arena *arena = reader->snapshot->arena;
	struct record_of record = { .reader = reader, .key = parse(arena, key), .value = parse(arena, value), .ts = ts, .where = where };
	const struct jsn *keytype = jsn_get_value(record.key, STR("keytype"));

	reader->n_records++;
	if (!record.key || !keytype || keytype->kind != JSN_STRING) {
		skip(reader, where, "its key is none of a registry");
		return;
	}
	if (!record.value && str_present(value)) {
		skip(reader, where, "its value is no JSON object");
		return;
	}
	record.scope = scope_of(record.key);
	for (size_t i = 0; i < sizeof(keytypes) / sizeof(keytypes[0]); i++) {
		if (!str_eq(keytype->text, str_of(keytypes[i].keytype)))
			continue;
		if (keytypes[i].take(&record))
			reader->n_understood++;
		else
			skip(reader, where, "a member is missing or has a value that no registry writes");
		return;
	}
	skip(reader, where, arena_printf(arena, "keytype %.*s is not taken over", STR_ARG(keytype->text)));
}

enum err_code record_reader_end(const struct record_reader *reader, struct err *err)
{
	if (reader->n_encrypted > 0)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: the sensitive metadata of %zu versions is encrypted;"
			" read from the REST API of its registry, which can decrypt it", STR_ARG(reader->from), reader->n_encrypted));
	if (reader->n_understood == 0 && reader->n_records > 0)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: none of its %zu records is one of a schema registry",
			STR_ARG(reader->from), reader->n_records));
	return OK;
}
