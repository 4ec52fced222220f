/* Records as text and back, and the hash that chains them. */
#include "tests/unit/storage/fixture.h"

static const struct record_reference references[] = {
	{ .name = STR("ns.Mön\xF0\x9F\x92\xB0"), .subject = STR("money"), .target = STR(":.c:money"), .version = 3 },
	{ .name = STR("a\0b"), .subject = STR(":.d:\"x\"\\"), .target = STR(":.d:\"x\"\\"), .version = 2147483647 },
};

#define DIGEST { 0, 1, 2, 3, 0x7f, 0x80, 0xff, 7, 8, 9, 10, 11, 12, 13, 14, 15 }

static const struct {
	const char *name;
	struct record record;
	const char *text;  /* NULL: too odd to write down */
} cases[] = {
	{ "context put", { .kind = RECORD_CONTEXT_PUT, .context = STR(".prod") },
		"{\"kind\":\"CONTEXT_PUT\",\"context\":\".prod\"}" },
	{ "plain version", { .kind = RECORD_VERSION_PUT, .subject = STR("s"), .version = 1, .id = 7, .digest = DIGEST,
		.schema_type = STR("AVRO"), .text = STR("\"int\"") },
		"{\"kind\":\"VERSION_PUT\",\"subject\":\"s\",\"version\":1,\"id\":7,"
		"\"digest\":\"000102037f80ff0708090a0b0c0d0e0f\",\"schemaType\":\"AVRO\","
		"\"schema\":\"\\\"int\\\"\",\"deleted\":false}" },
	{ "full version", { .kind = RECORD_VERSION_PUT, .subject = STR(":.ctx:\xC3\xA9\0\n\xF0\x9F\x92\xB0"),
		.version = 2147483647, .id = 0, .digest = DIGEST, .schema_type = STR("PROTOBUF"),
		.text = STR("a\0\x01\x1f\x7f\"\\\t\xE2\x80\xA8"), .references = references, .n_references = 2,
		.metadata = STR("{\"properties\":{\"a\":\"\\u0000 1.0e5\"}}"), .rule_set = STR(" {\"x\" : 1E2}"),
		.deleted = true }, NULL },
	{ "empty metadata is not absent metadata", { .kind = RECORD_VERSION_PUT, .subject = STR(""), .version = 1, .id = 1,
		.digest = DIGEST, .schema_type = STR("JSON"), .text = STR(""), .metadata = STR("") }, NULL },
	{ "version delete", { .kind = RECORD_VERSION_DELETE, .subject = STR("s"), .version = 2 },
		"{\"kind\":\"VERSION_DELETE\",\"subject\":\"s\",\"version\":2}" },
	{ "version purge", { .kind = RECORD_VERSION_PURGE, .subject = STR("s"), .version = 2 },
		"{\"kind\":\"VERSION_PURGE\",\"subject\":\"s\",\"version\":2}" },
	{ "subject delete", { .kind = RECORD_SUBJECT_DELETE, .subject = STR("s"), .version = 2 },
		"{\"kind\":\"SUBJECT_DELETE\",\"subject\":\"s\",\"version\":2}" },
	{ "config put", { .kind = RECORD_CONFIG_PUT, .subject = STR(""), .body = STR("{\"normalize\": true}") },
		"{\"kind\":\"CONFIG_PUT\",\"subject\":\"\",\"body\":\"{\\\"normalize\\\": true}\"}" },
	{ "config delete", { .kind = RECORD_CONFIG_DELETE, .subject = STR("s") },
		"{\"kind\":\"CONFIG_DELETE\",\"subject\":\"s\"}" },
	{ "mode put", { .kind = RECORD_MODE_PUT, .subject = STR(":.c:"), .mode = STR("IMPORT") },
		"{\"kind\":\"MODE_PUT\",\"subject\":\":.c:\",\"mode\":\"IMPORT\"}" },
	{ "mode delete", { .kind = RECORD_MODE_DELETE, .subject = STR("s") },
		"{\"kind\":\"MODE_DELETE\",\"subject\":\"s\"}" },
	{ "context delete", { .kind = RECORD_CONTEXT_DELETE, .context = STR(".prod") },
		"{\"kind\":\"CONTEXT_DELETE\",\"context\":\".prod\"}" },
	{ "document put", { .kind = RECORD_DOCUMENT_PUT, .collection = STR("kek"), .key = STR("a\x1f" "b"),
		.body = STR("{\"n\":1}") },
		"{\"kind\":\"DOCUMENT_PUT\",\"collection\":\"kek\",\"key\":\"a\\u001Fb\",\"body\":\"{\\\"n\\\":1}\"}" },
	{ "document delete", { .kind = RECORD_DOCUMENT_DELETE, .collection = STR("kek"), .key = STR("") },
		"{\"kind\":\"DOCUMENT_DELETE\",\"collection\":\"kek\",\"key\":\"\"}" },
};

static void same_str(const char *name, struct str a, struct str b)
{
	if (str_present(a) != str_present(b) || !str_eq(a, b))
		fail_msg("%s: '%.*s' instead of '%.*s'", name, STR_ARG(b), STR_ARG(a));
}

static void same_record(const char *name, const struct record *a, const struct record *b)
{
	assert_int_equal(a->kind, b->kind);
	same_str(name, a->subject, b->subject);
	same_str(name, a->context, b->context);
	assert_int_equal(a->version, b->version);
	assert_int_equal(a->id, b->id);
	assert_memory_equal(a->digest, b->digest, MD5_BYTES);
	same_str(name, a->schema_type, b->schema_type);
	same_str(name, a->text, b->text);
	assert_int_equal(a->n_references, b->n_references);
	for (size_t i = 0; i < a->n_references; i++) {
		same_str(name, a->references[i].name, b->references[i].name);
		same_str(name, a->references[i].subject, b->references[i].subject);
		same_str(name, a->references[i].target, b->references[i].target);
		assert_int_equal(a->references[i].version, b->references[i].version);
	}
	same_str(name, a->metadata, b->metadata);
	same_str(name, a->rule_set, b->rule_set);
	assert_int_equal(a->deleted, b->deleted);
	same_str(name, a->mode, b->mode);
	same_str(name, a->body, b->body);
	same_str(name, a->collection, b->collection);
	same_str(name, a->key, b->key);
}

static void round_trip(void **state)
{
	struct fixture *f = *state;
	unsigned kinds = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str text = record_encode(f->arena, &cases[i].record);
		struct record back;

		if (cases[i].text)
			assert_str(text, cases[i].text);
		assert_ok(f, record_decode(f->arena, text, &back, &f->err));
		same_record(cases[i].name, &cases[i].record, &back);
		same_str(cases[i].name, text, record_encode(f->arena, &back));
		kinds |= 1u << cases[i].record.kind;
	}
	assert_int_equal(kinds, (1u << RECORD_KINDS) - 2); /* each kind at least once */
}

static void nonsense_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bodies[] = {
		"", "null", "[]", "{}", "\"x\"", "{\"kind\":\"VERSION_PUT\"", "{\"kind\":1}", "{\"kind\":\"NOPE\"}",
		"{\"kind\":\"version_purge\",\"subject\":\"s\",\"version\":1}",
		"{\"kind\":\"VERSION_PURGE\",\"subject\":\"s\"}",
		"{\"kind\":\"VERSION_PURGE\",\"version\":1}",
		"{\"kind\":\"VERSION_PURGE\",\"subject\":7,\"version\":1}",
		"{\"kind\":\"VERSION_PURGE\",\"subject\":\"s\",\"version\":\"1\"}",
		"{\"kind\":\"VERSION_PURGE\",\"subject\":\"s\",\"version\":1.5}",
		"{\"kind\":\"VERSION_PURGE\",\"subject\":\"s\",\"version\":2147483648}",
		"{\"kind\":\"CONFIG_PUT\",\"subject\":\"s\",\"body\":null}",
		"{\"kind\":\"CONFIG_PUT\",\"subject\":\"s\",\"body\":{}}",
		"{\"kind\":\"CONTEXT_PUT\",\"subject\":\".c\"}",
		"{\"kind\":\"VERSION_PUT\",\"subject\":\"s\",\"version\":1,\"id\":7,\"digest\":\"00\",\"schemaType\":\"AVRO\","
		"\"schema\":\"x\",\"deleted\":false}",
		"{\"kind\":\"VERSION_PUT\",\"subject\":\"s\",\"version\":1,\"id\":7,"
		"\"digest\":\"000102037f80ff0708090a0b0c0d0e0f\",\"schemaType\":\"AVRO\",\"schema\":\"x\",\"deleted\":0}",
		"{\"kind\":\"VERSION_PUT\",\"subject\":\"s\",\"version\":1,\"id\":7,"
		"\"digest\":\"000102037f80ff0708090a0b0c0d0e0f\",\"schemaType\":\"AVRO\",\"schema\":\"x\",\"deleted\":false,"
		"\"references\":[{\"name\":\"n\"}]}",
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct record untouched = { .version = 99 };

		if (record_decode(f->arena, str_of(bodies[i]), &untouched, &f->err) != ERR_LOG_CORRUPT)
			fail_msg("accepted: %s", bodies[i]);
		assert_int_equal(untouched.version, 99);
	}
}

/* Every member of an entry and the hash before it count, and text cannot move from one member to the next. */
static void hash_covers_everything(void **state)
{
	(void)state;
	uint8_t zeros[SHA256_BYTES] = { 0 };
	uint8_t ones[SHA256_BYTES] = { 1 };
	struct log_entry entries[] = {
		{ .seq = 1, .time_ms = 5, .actor = STR("ab"), .body = STR("cd") },
		{ .seq = 2, .time_ms = 5, .actor = STR("ab"), .body = STR("cd") },
		{ .seq = 1, .time_ms = 6, .actor = STR("ab"), .body = STR("cd") },
		{ .seq = 1, .time_ms = 5, .actor = STR("abc"), .body = STR("d") },
		{ .seq = 1, .time_ms = 5, .actor = STR("a"), .body = STR("bcd") },
		{ .seq = 1, .time_ms = 5, .actor = STR("ab"), .body = STR("ce") },
		{ .seq = 1, .time_ms = 5, .actor = STR("ab"), .body = STR("cd") }, /* after another hash */
	};
	size_t n = sizeof(entries) / sizeof(entries[0]);

	for (size_t i = 0; i < n; i++)
		log_hash(i == n - 1 ? ones : zeros, &entries[i]);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(entries[i].hash, entries[j].hash, SHA256_BYTES);
	}
	struct log_entry again = { .seq = 1, .time_ms = 5, .actor = STR("ab"), .body = STR("cd") };

	log_hash(zeros, &again);
	assert_memory_equal(again.hash, entries[0].hash, SHA256_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(round_trip, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(nonsense_is_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test(hash_covers_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
