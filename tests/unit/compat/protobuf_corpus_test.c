/* The verdicts, messages, texts and errors of a running reference, row by row ($TENON_CORPUS, compat-rules 8). */
#include "tests/unit/compat/corpus_test.h"
#include "tests/unit/compat/protobuf_test.h"

#include "compat/level.h"

static const struct schema *parse(struct row *r, const char *text, json_t *references, unsigned flags, struct str *why)
{
	const struct schema *schema = NULL;
	struct err err;

	if (parse_row(r, SCHEMA_PROTOBUF, text, references, flags, &schema, &err) != OK)
		*why = err.message;
	return schema;
}

/* The i-th old schema: its text and references. */
static const char *old_schema(struct row *r, size_t i, json_t **references)
{
	json_t *chain = json_object_get(r->json, "chain"), *element;

	*references = json_object_get(r->json, "old_references");
	if (chain == NULL)
		return row_text(r->json, "old");
	element = json_array_get(chain, i);
	if (json_is_string(element))
		return json_string_value(element);
	*references = json_object_get(element, "references");
	return row_text(element, "schema");
}

struct found {
	struct str items[256];
	size_t n;
};

static void check_one(struct row *r, const struct schema *reader, const struct schema *writer,
	enum message_direction direction, struct found *out)
{
	struct findings findings = findings_make(r->arena);
	struct err err = { .arena = r->arena };

	assert_int_equal(pbuf_format.check(reader, writer, SCHEMA_POLICY_STRICT, &findings, &err), OK);
	for (size_t i = 0; i < findings.n_items && out->n < 256; i++)
		out->items[out->n++] = message_finding(r->arena, SCHEMA_PROTOBUF, &findings.items[i], direction);
}

/* compat-rules 1, as compat/level.c does it for schemas of all types. */
static void judge(struct row *r, const struct schema *schema, struct found *out)
{
	json_t *chain = json_object_get(r->json, "chain"), *references;
	size_t n = chain ? json_array_size(chain) : 1;
	enum compat_level level;

	assert_true(compat_level_find(str_of(row_text(r->json, "level")), &level));
	for (size_t i = n; i > 0 && out->n == 0 && level != COMPAT_NONE; i--) {
		const char *text = old_schema(r, i - 1, &references);
		struct str why = STR("");
		const struct schema *old = parse(r, text, references, 0, &why);

		if (old == NULL)
			fail_msg("%s: old schema %zu: %.*s", r->id, i, STR_ARG(why));
		if (level != COMPAT_BACKWARD && level != COMPAT_BACKWARD_TRANSITIVE)
			check_one(r, old, schema, MESSAGE_OLD_READS_NEW, out);
		if (level != COMPAT_FORWARD && level != COMPAT_FORWARD_TRANSITIVE)
			check_one(r, schema, old, MESSAGE_NEW_READS_OLD, out);
		if (!compat_level_transitive(level))
			break;
	}
}

static bool is_finding(const char *message)
{
	return strncmp(message, "{errorType:", 11) == 0;
}

static void expect_findings(struct row *r, json_t *messages, const struct found *got)
{
	json_t *message;
	size_t i, n = 0;

	json_array_foreach(messages, i, message) {
		if (!is_finding(json_string_value(message)))
			continue;
		expect_text(r, "message", json_string_value(message), n < got->n ? got->items[n] : STR("(none)"));
		n++;
	}
	for (; n < got->n; n++)
		disagree(r, "one message too many", NULL, got->items[n]);
}

/* Long errors were cut when they were recorded: then only that there is one can be told. */
static void expect_error(struct row *r, const char *error, struct str why)
{
	const char *want = last_details(error);

	if (strncmp(want, "Could not", 9) != 0)
		return;
	if (str_starts(why, str_of(want)) && str_starts(why, STR("Could not resolve")))
		return;
	expect_text(r, "parser's error", want, why);
}

static void check_verdict(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent"), *messages = json_object_get(confluent, "messages");
	bool other_type = json_object_get(r->json, "old_schemaType") != NULL;
	struct found found = { .n = 0 };
	struct str why = STR("");
	const struct schema *schema;

	if (json_object_get(confluent, "stage") || json_object_get(confluent, "register_statuses") || other_type)
		return; /* the old schema is the point, or the registry */
	schema = parse(r, row_text(r->json, "new"), json_object_get(r->json, "new_references"), SCHEMA_STRICT, &why);
	if (json_is_true(json_object_get(confluent, "new_schema_invalid"))) {
		if (schema)
			disagree(r, "the new schema parses", "an error", schema->canonical);
		else
			expect_error(r, json_string_value(json_array_get(messages, 0)), why);
		return;
	}
	if (schema == NULL) {
		disagree(r, "the new schema does not parse", "", why);
		return;
	}
	judge(r, schema, &found);
	if ((found.n == 0) != json_is_true(json_object_get(confluent, "is_compatible")))
		disagree(r, "verdict", found.n ? "compatible" : "incompatible", STR("the other"));
	expect_findings(r, messages, &found);
}

static void check_texts(struct row *r, json_t *confluent, const struct schema *schema)
{
	const char *canonical = row_text(confluent, "canonical"), *normal = row_text(confluent, "normalized");
	struct str why = STR("");
	const struct schema *again;

	if (canonical)
		expect_text(r, "canonical text", canonical, schema->canonical);
	if (normal)
		expect_text(r, "normalized text", normal, pbuf_format.normalized(r->arena, schema));
	again = pbuf_test_parse(r->arena, schema->canonical, 0, &why);
	if (again == NULL)
		disagree(r, "the canonical text does not parse", "", why);
	else
		expect_text(r, "canonical text of the canonical text", arena_strndup(r->arena, schema->canonical.data,
			schema->canonical.len), again->canonical);
}

static void check_parse(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent");
	struct str why = STR("");
	const struct schema *schema = parse(r, row_text(r->json, "schema"), NULL, SCHEMA_STRICT, &why);

	if (!json_is_true(json_object_get(confluent, "valid"))) {
		if (schema)
			disagree(r, "parses", row_text(confluent, "error"), schema->canonical);
		else
			expect_error(r, row_text(confluent, "error"), why);
		return;
	}
	if (schema == NULL)
		disagree(r, "does not parse", "", why);
	else
		check_texts(r, confluent, schema);
}

static void check_normalize(struct row *r)
{
	struct str why = STR("");
	const struct schema *schema;

	schema = parse(r, row_text(r->json, "schema"), NULL, 0, &why);
	if (schema == NULL)
		disagree(r, "does not parse", "", why);
	else
		check_texts(r, json_object_get(r->json, "confluent"), schema);
}

static void test_verdicts(void **state)
{
	(void)state;
	run_file("protobuf.jsonl", "PROTOBUF", check_verdict);
}

static void test_findings(void **state)
{
	(void)state;
	run_file("findings.jsonl", "PROTOBUF", check_verdict);
}

static void test_parse(void **state)
{
	(void)state;
	run_file("protobuf-parse.jsonl", "PROTOBUF", check_parse);
}

static void test_normalize(void **state)
{
	(void)state;
	run_file("normalize.jsonl", "PROTOBUF", check_normalize);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_normalize),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
