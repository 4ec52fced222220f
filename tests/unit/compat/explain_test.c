/* A change explained against a whole history: versions and directions of a level, and what lies beyond it (compat/explain.h). */
#include "tests/unit/compat/avro_test.h"

#include "base/json.h"
#include "compat/explain.h"

enum { MOST = 6 };

#define RECORD(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define A "{\"name\":\"a\",\"type\":\"int\"}"
#define A_STRING "{\"name\":\"a\",\"type\":\"string\"}"
#define A_STRING_DEFAULT "{\"name\":\"a\",\"type\":\"string\",\"default\":\"\"}"
#define B "{\"name\":\"b\",\"type\":\"int\"}"
#define B_DEFAULT "{\"name\":\"b\",\"type\":\"int\",\"default\":0}"

struct history {
	struct compat_version versions[MOST];
	struct schema_source source;
	struct explain_request request;
};

/* The last text is the new schema. */
static void make(struct arena *arena, struct history *h, enum compat_level level, const char *const *texts)
{
	size_t n = 0;

	*h = (struct history){ 0 };
	while (texts[n + 1])
		n++;
	for (size_t i = 0; i < n; i++) {
		const struct schema *schema = parse(arena, texts[i], 0);

		h->versions[i] = (struct compat_version){ .version = (int)i + 1, .text = schema->canonical, .schema = schema };
	}
	h->source = (struct schema_source){ .type = SCHEMA_AVRO, .text = str_of(texts[n]) };
	h->request.source = &h->source;
	h->request.judged = (struct compat_request){
		.level = level,
		.schema = parse(arena, texts[n], 0),
		.versions = h->versions,
		.n_versions = n,
		.latest = n > 0 ? &h->versions[n - 1] : NULL,
	};
}

static struct explained explain(struct arena *arena, const struct history *h)
{
	struct err err = { .arena = arena };
	struct explained out;

	if (compat_explain(arena, &h->request, &out, &err) != OK)
		fail_msg("%.*s", STR_ARG(err.message));
	return out;
}

/* "AVRO-FIELD-NO-DEFAULT 2 backward refused|…" */
static struct str told(struct arena *arena, const struct explained *explained)
{
	struct buf out = buf_make(arena, 128);

	for (size_t i = 0; i < explained->n_items; i++) {
		const struct explain_finding *finding = &explained->items[i];

		buf_printf(&out, "%s%s %d %s %s", i > 0 ? "|" : "", rule_info(finding->rule)->id, finding->version,
			finding->new_reads_old ? "backward" : "forward", finding->refused ? "refused" : "warning");
	}
	return buf_str(&out);
}

static void each_level_explains_its_versions(void **state)
{
	static const struct {
		enum compat_level level;
		const char *texts[MOST];
		bool compatible, sound;
		const char *told;
	} cases[] = {
		{ COMPAT_BACKWARD, { RECORD(A) }, true, true, "" },
		{ COMPAT_BACKWARD, { RECORD(A), RECORD(A "," B_DEFAULT) }, true, true, "" },
		{ COMPAT_BACKWARD, { RECORD(A), RECORD(A "," B) }, false, false, "AVRO-FIELD-NO-DEFAULT 1 backward refused" },
		{ COMPAT_FORWARD, { RECORD(A), RECORD(B) }, false, false, "AVRO-FIELD-NO-DEFAULT 1 forward refused" },
		{ COMPAT_FULL, { RECORD(A), RECORD(B) }, false, false,
			"AVRO-FIELD-NO-DEFAULT 1 forward refused|AVRO-FIELD-NO-DEFAULT 1 backward refused" },
		{ COMPAT_NONE, { RECORD(A), RECORD(B) }, true, true, "" },
		/* An older version with the same fault is not told again; the newest is. */
		{ COMPAT_BACKWARD_TRANSITIVE, { RECORD(A), RECORD(A), RECORD(A "," B) }, false, false,
			"AVRO-FIELD-NO-DEFAULT 2 backward refused" },
		/* findings L1: the level does not look at version 1, whose events are still there. */
		{ COMPAT_BACKWARD, { RECORD(A), RECORD(""), RECORD(A_STRING_DEFAULT) }, true, false,
			"AVRO-TYPE-CHANGED 1 backward warning" },
		{ COMPAT_BACKWARD_TRANSITIVE, { RECORD(A), RECORD(""), RECORD(A_STRING_DEFAULT) }, false, false,
			"AVRO-TYPE-CHANGED 1 backward refused" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct history h;
		struct explained got;

		make(arena, &h, cases[i].level, cases[i].texts);
		got = explain(arena, &h);
		assert_string_equal(told(arena, &got).data, cases[i].told);
		assert_int_equal(got.compatible, cases[i].compatible);
		assert_int_equal(got.sound, cases[i].sound);
		assert_int_equal(got.first, cases[i].texts[1] == NULL);
		arena_destroy(arena);
	}
}

/* The fixed text is the new one with the fixes of its refusals, and it passes; warnings do not ask for any. */
static void a_fixed_text_passes(void **state)
{
	static const struct {
		enum compat_level level;
		const char *texts[MOST];
		bool fixed;
	} cases[] = {
		{ COMPAT_BACKWARD, { RECORD(A), RECORD(A "," B) }, true },
		{ COMPAT_FULL, { RECORD(A), RECORD(B) }, true },
		{ COMPAT_FULL_TRANSITIVE, { RECORD(A), RECORD(A "," B_DEFAULT), RECORD("") }, true },
		{ COMPAT_BACKWARD, { RECORD(A), RECORD(A "," B_DEFAULT) }, false },
		{ COMPAT_BACKWARD, { RECORD(A), RECORD(""), RECORD(A_STRING_DEFAULT) }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct history h;
		struct explained got;

		make(arena, &h, cases[i].level, cases[i].texts);
		got = explain(arena, &h);
		assert_int_equal(str_present(got.fixed), cases[i].fixed);
		if (cases[i].fixed) {
			struct err err = { .arena = arena };
			struct compat_verdict verdict;

			h.request.judged.schema = parse(arena, got.fixed.data, SCHEMA_STRICT);
			assert_int_equal(compat_check(arena, &h.request.judged, &verdict, &err), OK);
			assert_true(verdict.compatible);
		}
		arena_destroy(arena);
	}
}

/* SOUND: an alias that steals a field is refused, a name that matters to nobody is not. */
static void sound_goes_by_events(void **state)
{
	static const struct {
		const char *texts[MOST];
		bool strict, sound;
	} cases[] = {
		{ { RECORD(A), RECORD(A ",{\"name\":\"b\",\"type\":\"int\",\"aliases\":[\"a\"]}") }, true, false },
		{ { RECORD(A), "{\"type\":\"record\",\"name\":\"S\",\"fields\":[" A "]}" }, false, true },
		{ { RECORD(A), RECORD(A "," B) }, false, false },
		{ { RECORD(A), RECORD(A "," B_DEFAULT) }, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct history h;

		make(arena, &h, COMPAT_BACKWARD, cases[i].texts);
		assert_int_equal(explain(arena, &h).compatible, cases[i].strict);
		h.request.judged.policy = SCHEMA_POLICY_SOUND;
		assert_int_equal(explain(arena, &h).compatible, cases[i].sound);
		arena_destroy(arena);
	}
}

/* findings L1: what a level does not look at is decisive too, since its events are still there. */
static void sound_looks_back(void **state)
{
	struct arena *arena = *state;
	const char *texts[] = { RECORD(A), RECORD(""), RECORD(A_STRING_DEFAULT), NULL };
	struct history h;
	struct explained got;

	make(arena, &h, COMPAT_BACKWARD, texts);
	assert_true(explain(arena, &h).compatible);
	h.request.judged.policy = SCHEMA_POLICY_SOUND;
	got = explain(arena, &h);
	assert_false(got.compatible);
	expect_str("told", "AVRO-TYPE-CHANGED 1 backward refused", told(arena, &got));
	h.request.judged.level = COMPAT_NONE;
	assert_true(explain(arena, &h).compatible);
}

/* Two faults inside a union's branch are two findings of which the reference says one thing. */
static void what_is_in_a_branch_is_told(void **state)
{
	struct arena *arena = *state;
	const char *texts[] = { "[\"null\"," RECORD(A) "]", "[\"null\"," RECORD(A_STRING "," B) "]", NULL };
	struct err err = { .arena = arena };
	struct compat_verdict verdict;
	struct history h;
	struct explained got;
	size_t n = 0;

	make(arena, &h, COMPAT_BACKWARD, texts);
	got = explain(arena, &h);
	expect_str("told", "AVRO-TYPE-CHANGED 1 backward refused|AVRO-FIELD-NO-DEFAULT 1 backward refused", told(arena, &got));
	for (size_t i = 0; i < got.n_items; i++)
		expect_str("path", "/1", got.items[i].reference->path);
	expect_str("fixed", "[\"null\"," RECORD("{\"name\":\"a\",\"type\":[\"string\",\"int\"]}," B_DEFAULT) "]", got.fixed);
	h.request.judged.policy = SCHEMA_POLICY_SOUND;
	assert_int_equal(compat_check(arena, &h.request.judged, &verdict, &err), OK);
	for (size_t i = 0; i < verdict.n_messages; i++)
		n += str_starts(verdict.messages[i], STR("{errorType"));
	assert_int_equal(n, 1);
}

static void another_type_is_told(void **state)
{
	struct arena *arena = *state;
	const char *texts[] = { RECORD(A), RECORD(A), NULL };
	struct schema_source json = { .type = SCHEMA_JSON, .text = STR("{\"type\":\"object\"}") };
	struct err err = { .arena = arena };
	struct history h;
	struct explained got;

	make(arena, &h, COMPAT_BACKWARD, texts);
	assert_int_equal(schema_parse(arena, &json, 0, &h.request.judged.schema, &err), OK);
	h.request.source = &json;
	got = explain(arena, &h);
	assert_false(got.compatible);
	expect_str("told", "SCHEMA-TYPE-CHANGED 1 backward refused", told(arena, &got));
	expect_str("message", "the old schema is of type AVRO, the new schema of type JSON", got.items[0].message);
	assert_true(got.items[0].fix->major);
	assert_false(str_present(got.fixed));
}

static void faults_are_for_people(void **state)
{
	static const char *const cases[][2] = {
		{ "com.fasterxml.jackson.core.JsonParseException: Unexpected character ('b' (code 98)): was expecting a name\n"
			" at [Source: REDACTED; line: 1, column: 2]", "Unexpected character ('b' (code 98)): was expecting a name" },
		{ "Unexpected character ('b' (code 98))\n at [Source: REDACTED; line: 1, column: 2]", "Unexpected character ('b' (code 98))" },
		{ "Undefined schema: a.Exception", "Undefined schema: a.Exception" },
		{ "Two lines:\nof another kind", "Two lines:\nof another kind" },
		{ "No Exception: at all", "No Exception: at all" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_str(cases[i][0], cases[i][1], explain_fault(&(struct err){ .message = str_of(cases[i][0]) }));
}

/* The reference says "Invalid JSON" of all of these. */
static void schemas_are_refused_with_a_reason(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"type\":\"objct\"}", "\"type\" must be one of string, integer, number, boolean, null, array and object, not \"objct\"" },
		{ "{\"type\":[\"string\",\"int\"]}", "what is in \"type\" must be one of string, integer, number, boolean, null, array and object, not \"int\"" },
		{ "{\"required\":\"a\"}", "\"required\" must be a list of names, not \"a\"" },
		{ "{\"required\":[\"a\",1]}", "what is in \"required\" must be a name, not 1" },
		{ "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"items\":[{}]}",
			"\"items\" must be a schema; a list of them is \"prefixItems\" since 2020-12, not [{}]" },
		{ "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"items\":true}",
			"\"items\" must be an object: draft 4 has no schemas that are true or false, not true" },
		{ "{\"anyOf\":[{\"type\":\"string\"},7]}", "what is in \"anyOf\" must be a schema: an object, true or false, not 7" },
		{ "{\"properties\":{\"a\":{\"pattern\":\"(\"}}}", "\"pattern\" must be a regular expression, not \"(\"" },
		{ "{\"minLength\":1.5}", "\"minLength\" must be a whole number, not 1.5" },
		{ "{\"$ref\":\"nope.json\"}", "the reference \"nope.json\" leads nowhere: neither into the schema nor into what it refers to" },
		{ "{\"type\":\"string\",}", "Unexpected character ('}' (code 125)): was expecting double-quote to start field name" },
	};
	struct arena *arena = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct schema_source source = { .type = SCHEMA_JSON, .text = str_of(cases[i][0]) };
		struct err err = { .arena = arena };
		const struct schema *schema;

		assert_int_not_equal(schema_parse(arena, &source, SCHEMA_STRICT, &schema, &err), OK);
		assert_true(str_starts(err.message, STR("Invalid JSON")));
		expect_str(cases[i][0], cases[i][1], explain_fault(&err));
	}
}

/* compat-rules 1.4, at NONE too. */
static void reserved_names_are_told(void **state)
{
	struct arena *arena = *state;
	const char *texts[] = { RECORD(A), RECORD(A "," B_DEFAULT), NULL };
	struct history h;
	struct explained got;

	make(arena, &h, COMPAT_NONE, texts);
	h.versions[0].reserved = STR("x");
	h.request.judged.reserved = STR("b");
	h.request.judged.validate_fields = true;
	got = explain(arena, &h);
	assert_false(got.compatible);
	expect_str("told", "RESERVED-FIELD-REMOVED 1 backward refused|RESERVED-FIELD-USED 1 backward refused", told(arena, &got));
}

static void a_table_that_cannot_follow_is_told(void **state)
{
	struct arena *arena = *state;
	const char *texts[] = { RECORD(A), RECORD(A "," B_DEFAULT), NULL };
	struct history h;
	struct explained got;

	make(arena, &h, COMPAT_BACKWARD, texts);
	h.request.judged.policy = SCHEMA_POLICY_LOGICAL;
	got = explain(arena, &h);
	assert_false(got.compatible);
	expect_str("told", "LOGICAL-TYPE 0 backward refused", told(arena, &got));
	expect_str("message", "column b: a column that is NOT NULL cannot be added", got.items[0].message);
}

/* docs/explain.md. */
static void a_finding_is_json(void **state)
{
	struct arena *arena = *state;
	const char *texts[] = { RECORD(A), "{\"type\":\"record\",\"name\":\"R\",\n \"fields\":[" A ",\n  " B "]}", NULL };
	struct buf text = buf_make(arena, 256);
	struct err err = { .arena = arena };
	const struct jsn *json, *edit;
	struct history h;
	struct explained got;

	make(arena, &h, COMPAT_BACKWARD, texts);
	got = explain(arena, &h);
	assert_int_equal(got.n_items, 1);
	explain_finding_json(&text, &got.items[0], h.source.text);
	if (jsn_parse(arena, buf_str(&text), 0, 32, &json, &err) != OK)
		fail_msg("%.*s: %.*s", STR_ARG(err.message), STR_ARG(buf_str(&text)));
	expect_str("rule", "AVRO-FIELD-NO-DEFAULT", jsn_get(json, STR("rule"))->text);
	expect_str("errorType", "READER_FIELD_MISSING_DEFAULT_VALUE", jsn_get(json, STR("errorType"))->text);
	expect_str("path", "/fields/1", jsn_get(json, STR("path"))->text);
	expect_str("line", "3", jsn_get(jsn_get(json, STR("new")), STR("line"))->text);
	assert_non_null(jsn_get(jsn_get(json, STR("witness")), STR("event")));
	edit = &jsn_get(jsn_get(json, STR("fix")), STR("edits"))->items[0];
	expect_str("line of the edit", "3", jsn_get(edit, STR("line"))->text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_level_explains_its_versions),
		cmocka_unit_test(a_fixed_text_passes),
		cmocka_unit_test(sound_goes_by_events),
		arena_test(sound_looks_back),
		arena_test(what_is_in_a_branch_is_told),
		arena_test(another_type_is_told),
		arena_test(faults_are_for_people),
		arena_test(schemas_are_refused_with_a_reason),
		arena_test(reserved_names_are_told),
		arena_test(a_table_that_cannot_follow_is_told),
		arena_test(a_finding_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
