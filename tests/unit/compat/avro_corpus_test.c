/* The verdicts, messages, texts and errors of a running reference, row by row ($TENON_CORPUS, compat-rules 8). */
#include "tests/unit/compat/corpus_test.h"

#include "base/digest.h"
#include "compat/avro/avsc.h"
#include "compat/level.h"

static enum err_code parse(struct row *r, const char *text, json_t *references, unsigned flags,
	const struct schema **out, struct err *err)
{
	return parse_row(r, SCHEMA_AVRO, text, references, flags, out, err);
}

static struct str property(json_t *metadata, const char *name)
{
	return str_of(row_text(json_object_get(metadata, "properties"), name));
}

/* The i-th old schema: its text, references and metadata. */
static const char *old_schema(struct row *r, size_t i, json_t **references, json_t **metadata)
{
	json_t *chain = json_object_get(r->json, "chain"), *element;

	*references = json_object_get(r->json, "old_references");
	*metadata = json_object_get(r->json, "old_metadata");
	if (chain == NULL)
		return row_text(r->json, "old");
	element = json_array_get(chain, i);
	if (json_is_string(element))
		return json_string_value(element);
	*references = json_object_get(element, "references");
	*metadata = json_object_get(element, "metadata");
	return row_text(element, "schema");
}

static void expect_messages(struct row *r, json_t *want, const struct compat_verdict *got)
{
	if (json_array_size(want) != got->n_messages) {
		char number[32];

		snprintf(number, sizeof(number), "%zu messages", json_array_size(want));
		disagree(r, "number of messages", number, got->n_messages ? got->messages[0] : STR("(none)"));
		return;
	}
	for (size_t i = 0; i < got->n_messages; i++)
		expect_text(r, "message", json_string_value(json_array_get(want, i)), got->messages[i]);
}

/* What no one can know: a counter of the reference's process, and texts that were cut when they were recorded. */
static bool error_agrees(const char *want, struct str got)
{
	static const char counter[] = "Unknown schema: org.apache.avro.compiler.UnresolvedSchema_";

	if (strncmp(want, counter, strlen(counter)) == 0)
		return str_starts(got, STR("Undefined schema: "));
	if (strncmp(want, "com.fasterxml.", 14) == 0)
		return str_starts(got, str_of(want));
	return str_eq(str_of(want), got);
}

static void expect_error(struct row *r, const char *error, const struct err *err)
{
	const char *want = last_details(error);

	if (!error_agrees(want, err->message))
		disagree(r, "parser's error", want, err->message);
}

static size_t make_versions(struct row *r, struct compat_version *versions)
{
	json_t *chain = json_object_get(r->json, "chain");
	size_t n = chain ? json_array_size(chain) : 1;

	for (size_t i = 0; i < n; i++) {
		json_t *references, *metadata;
		const char *text = old_schema(r, i, &references, &metadata);
		struct err err;

		if (parse(r, text, references, 0, &versions[i].schema, &err) != OK)
			fail_msg("%s: old schema %zu: %.*s", r->id, i, STR_ARG(err.message));
		versions[i].version = (int)i + 1;
		versions[i].text = versions[i].schema->canonical;
		versions[i].reserved = property(metadata, "confluent:reserved");
	}
	return n;
}

/* compat-rules 1.1: only versions of the new schema's group take part. */
static size_t filter_group(struct row *r, struct compat_version *versions, size_t n, json_t *metadata)
{
	const char *group = row_text(r->json, "compatibilityGroup");
	size_t kept = 0;

	if (group == NULL)
		return n;
	for (size_t i = 0; i < n; i++) {
		json_t *references, *old_metadata;

		old_schema(r, i, &references, &old_metadata);
		if (str_eq(property(old_metadata, group), property(metadata, group)))
			versions[kept++] = versions[i];
	}
	return kept;
}

static void check_verdict(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent"), *metadata = json_object_get(r->json, "new_metadata");
	json_t *messages = json_object_get(confluent, "messages");
	const char *stage = row_text(confluent, "stage");
	struct compat_version *versions = arena_array(r->arena, struct compat_version, 64), latest;
	struct compat_request request = {
		.validate_fields = json_is_true(json_object_get(r->json, "validateFields")),
		.reserved = property(metadata, "confluent:reserved"),
	};
	struct compat_verdict verdict;
	struct err err = { .arena = r->arena };
	const struct schema *schema;
	enum err_code code;
	size_t n;

	assert_true(compat_level_find(str_of(row_text(r->json, "level")), &request.level));
	code = parse(r, row_text(r->json, "new"), json_object_get(r->json, "new_references"), SCHEMA_STRICT, &schema, &err);
	if (json_is_true(json_object_get(confluent, "new_schema_invalid")) || stage) {
		if (code == OK)
			disagree(r, "the new schema parses", "an error", schema->canonical);
		else if (messages)
			expect_error(r, json_string_value(json_array_get(messages, 0)), &err);
		return;
	}
	if (code != OK) {
		disagree(r, "the new schema does not parse", "", err.message);
		return;
	}
	n = make_versions(r, versions);
	latest = versions[n - 1];
	request.schema = schema;
	request.versions = versions;
	request.n_versions = filter_group(r, versions, n, metadata);
	request.latest = &latest;
	code = compat_check(r->arena, &request, &verdict, &err);
	assert_int_equal(code, OK);
	if (verdict.compatible != json_is_true(json_object_get(confluent, "is_compatible")))
		disagree(r, "verdict", verdict.compatible ? "incompatible" : "compatible", STR("the other"));
	expect_messages(r, messages, &verdict);
}

static void check_parse(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent");
	const struct schema *schema;
	struct err err;
	enum err_code code = parse(r, row_text(r->json, "schema"), NULL, SCHEMA_STRICT, &schema, &err);

	if (!json_is_true(json_object_get(confluent, "valid"))) {
		if (code == OK)
			disagree(r, "parses", row_text(confluent, "error"), schema->canonical);
		else if (strcmp(row_text(confluent, "error"), "Empty schema") != 0) /* told by the registry */
			expect_error(r, row_text(confluent, "error"), &err);
		return;
	}
	if (code != OK) {
		disagree(r, "does not parse", "", err.message);
		return;
	}
	expect_text(r, "canonical text", row_text(confluent, "canonical"), schema->canonical);
	expect_text(r, "normalised text", row_text(confluent, "normalized"), schema_normalized(r->arena, schema));
}

/*
 * The Python implementation, from which these rows come, writes a type out again where the
 * specification has its name; their form is not what ours should be.
 */
static bool form_is_wrong(struct row *r)
{
	return strcmp(r->id, "avro-canon-py-061") == 0 || strcmp(r->id, "avro-canon-py-070") == 0;
}

/* [CRC-64-AVRO, MD5, SHA-256] as the source states them. */
static void expect_stated(struct row *r, struct str canonical)
{
	json_t *want = json_object_get(r->json, "fingerprints_stated");
	uint64_t crc = digest_crc64_avro(canonical);
	uint8_t bytes[SHA256_BYTES], little[8];

	for (int i = 0; i < 8; i++)
		little[i] = (uint8_t)(crc >> (8 * i));
	expect_text(r, "CRC-64-AVRO", json_string_value(json_array_get(want, 0)),
		hex_encode(r->arena, little, sizeof(little)));
	digest_md5(canonical, bytes);
	expect_text(r, "MD5", json_string_value(json_array_get(want, 1)), hex_encode(r->arena, bytes, MD5_BYTES));
	digest_sha256(canonical, bytes);
	expect_text(r, "SHA-256", json_string_value(json_array_get(want, 2)), hex_encode(r->arena, bytes, SHA256_BYTES));
}

static void expect_fingerprints(struct row *r, struct str canonical)
{
	json_t *want = json_object_get(r->json, "fingerprints");
	uint64_t crc = digest_crc64_avro(canonical);
	uint8_t bytes[SHA256_BYTES];
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(json_object_get(want, "CRC-64-AVRO_signed")));
	expect_text(r, "CRC-64-AVRO", text, str_printf(r->arena, "%lld", (long long)(int64_t)crc));
	digest_md5(canonical, bytes);
	expect_text(r, "MD5", row_text(want, "MD5"), hex_encode(r->arena, bytes, MD5_BYTES));
	digest_sha256(canonical, bytes);
	expect_text(r, "SHA-256", row_text(want, "SHA-256"), hex_encode(r->arena, bytes, SHA256_BYTES));
}

static void check_canonical(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent");
	const struct schema *schema;
	struct err err;
	struct str canonical;

	if (parse(r, row_text(r->json, "schema"), NULL, SCHEMA_STRICT, &schema, &err) != OK) {
		disagree(r, "does not parse", "", err.message);
		return;
	}
	canonical = avsc_parsing_canonical(r->arena, avsc_of(schema));
	if (row_text(r->json, "canonical") && !form_is_wrong(r))
		expect_text(r, "Parsing Canonical Form", row_text(r->json, "canonical"), canonical);
	if (json_object_get(r->json, "fingerprints") && !form_is_wrong(r))
		expect_fingerprints(r, canonical);
	if (json_is_array(json_object_get(r->json, "fingerprints_stated")) && !form_is_wrong(r))
		expect_stated(r, canonical);
	expect_text(r, "stored text", row_text(confluent, "stored"), schema->canonical);
	expect_text(r, "normalised text", row_text(confluent, "normalized"), schema_normalized(r->arena, schema));
}

static void check_normalized(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent");
	const struct schema *schema;
	struct err err;

	if (parse(r, row_text(r->json, "schema"), NULL, SCHEMA_STRICT, &schema, &err) != OK) {
		disagree(r, "does not parse", "", err.message);
		return;
	}
	expect_text(r, "canonical text", row_text(confluent, "canonical"), schema->canonical);
	expect_text(r, "normalised text", row_text(confluent, "normalized"), schema_normalized(r->arena, schema));
}

/* Findings of several versions were observed by registering one after the other. */
static void check_finding(struct row *r)
{
	if (json_object_get(r->json, "chain") == NULL)
		check_verdict(r);
}

static void verdicts(void **state)
{
	(void)state;
	run_file("avro.jsonl", "AVRO", check_verdict);
}

static void parses(void **state)
{
	(void)state;
	run_file("avro-parse.jsonl", "AVRO", check_parse);
}

static void canonical_forms(void **state)
{
	(void)state;
	run_file("avro-canonical.jsonl", "AVRO", check_canonical);
}

static void normalized_forms(void **state)
{
	(void)state;
	run_file("normalize.jsonl", "AVRO", check_normalized);
}

static void findings(void **state)
{
	(void)state;
	run_file("findings.jsonl", "AVRO", check_finding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(parses),
		cmocka_unit_test(canonical_forms),
		cmocka_unit_test(normalized_forms),
		cmocka_unit_test(findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
