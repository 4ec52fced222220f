/* Levels, directions, reserved fields and the strings of the answer (compat-rules 1 and 2). */
#include "tests/unit/compat/avro_test.h"

#include "compat/level.h"
#include "compat/messages.h"

enum { MOST_VERSIONS = 8 };

struct history {
	struct compat_version versions[MOST_VERSIONS];
	struct compat_request request;
};

/* Records R with the fields given as JSON; the last is the new one. */
static void make_history(struct arena *arena, struct history *h, enum compat_level level, const char *const *fields)
{
	size_t n = 0;

	*h = (struct history){ 0 };
	while (fields[n + 1])
		n++;
	for (size_t i = 0; i <= n; i++) {
		const struct schema *schema = parse(arena,
			arena_printf(arena, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[%s]}", fields[i]), 0);

		if (i == n)
			h->request.schema = schema;
		else
			h->versions[i] = (struct compat_version){
				.version = (int)i + 1, .text = schema->canonical, .schema = schema,
			};
	}
	h->request.level = level;
	h->request.versions = h->versions;
	h->request.n_versions = n;
	h->request.latest = n > 0 ? &h->versions[n - 1] : NULL;
}

static struct compat_verdict judge(struct arena *arena, const struct history *h)
{
	struct compat_verdict verdict;
	struct err err = { .arena = arena };

	assert_int_equal(compat_check(arena, &h->request, &verdict, &err), OK);
	assert_true(verdict.compatible == (verdict.n_messages == 0));
	return verdict;
}

static void expect_messages(const struct compat_verdict *got, const char *const *want)
{
	size_t n = 0;

	while (want[n])
		n++;
	for (size_t i = 0; i < n && i < got->n_messages; i++)
		expect_str("message", want[i], got->messages[i]);
	assert_int_equal(got->n_messages, n);
}

#define A "{\"name\":\"a\",\"type\":\"int\"}"
#define B "{\"name\":\"b\",\"type\":\"int\"}"
#define B_DEFAULT "{\"name\":\"b\",\"type\":\"int\",\"default\":0}"
#define A_LONG "{\"name\":\"a\",\"type\":\"long\"}"

/* compat-rules 3.7, by level. */
static void each_level_looks_its_way(void **state)
{
	static const struct {
		const char *fields[MOST_VERSIONS];
		const char *fits; /* one letter a level, NONE first: y or n */
	} cases[] = {
		/*                                    N B BT F FT U UT */
		{ { A, A, NULL }, "yyyyyyy" },
		{ { A, A "," B_DEFAULT, NULL }, "yyyyyyy" },
		{ { A, A "," B, NULL }, "ynnyynn" },
		{ { A "," B, A, NULL }, "yyynnnn" },
		{ { A, A_LONG, NULL }, "yyynnnn" },
		{ { A_LONG, A, NULL }, "ynnyynn" },
		{ { A "," B, A, A "," B, NULL }, "ynnyynn" },
		{ { B, A "," B_DEFAULT, A, NULL }, "yynynyn" },
		{ { A_LONG, "", A, NULL }, "ynnyynn" },
		{ { A, "", A_LONG ",{\"name\":\"c\",\"type\":\"int\",\"default\":1}", NULL }, "ynnynnn" },
		{ { B_DEFAULT, NULL }, "yyyyyyy" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int level = 0; level < COMPAT_LEVELS; level++) {
			struct history h;
			struct compat_verdict verdict;

			make_history(*state, &h, (enum compat_level)level, cases[i].fields);
			verdict = judge(*state, &h);
			if (verdict.compatible != (cases[i].fits[level] == 'y'))
				fail_msg("case %zu at %.*s: %s", i, STR_ARG(compat_level_name((enum compat_level)level)),
					verdict.compatible ? "compatible" : "incompatible");
		}
	}
}

#define OLD_A "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" A "]}"
#define MISSING(field, index, reader, writer)                                                                   \
	"{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field '" field "' at path '/fields/" index \
	"' in the " reader " schema has no default value and is missing in the " writer " schema', additionalInfo:'" field \
	"'}"

static void backward_says_what_the_new_schema_cannot_read(void **state)
{
	static const char *const fields[] = { A, A "," B, NULL };
	static const char *const want[] = {
		MISSING("b", "1", "new", "old"), "{oldSchemaVersion: 1}", "{oldSchema: '" OLD_A "'}",
		"{validateFields: 'false', compatibility: 'BACKWARD'}", NULL,
	};
	struct history h;
	struct compat_verdict verdict;

	make_history(*state, &h, COMPAT_BACKWARD, fields);
	verdict = judge(*state, &h);
	expect_messages(&verdict, want);
	expect_str("refusal",
		"Schema being registered is incompatible with an earlier schema for subject \"s\", details: ["
		MISSING("b", "1", "new", "old") ", {oldSchemaVersion: 1}, {oldSchema: '" OLD_A
		"'}, {validateFields: 'false', compatibility: 'BACKWARD'}]",
		compat_refusal(*state, STR("s"), &verdict));
}

/* FULL: old reads new first; the old schema is shown only when the other direction fails as well. */
static void full_says_both_directions(void **state)
{
	static const char *const both[] = { A, B, NULL }, *const forward[] = { A, "", NULL };
	static const char *const want_both[] = {
		MISSING("a", "0", "old", "new"), MISSING("b", "0", "new", "old"), "{oldSchemaVersion: 1}",
		"{oldSchema: '" OLD_A "'}", "{validateFields: 'false', compatibility: 'FULL'}", NULL,
	};
	static const char *const want_forward[] = {
		MISSING("a", "0", "old", "new"), "{validateFields: 'false', compatibility: 'FULL'}", NULL,
	};
	struct history h;
	struct compat_verdict verdict;

	make_history(*state, &h, COMPAT_FULL, both);
	verdict = judge(*state, &h);
	expect_messages(&verdict, want_both);
	make_history(*state, &h, COMPAT_FULL, forward);
	verdict = judge(*state, &h);
	expect_messages(&verdict, want_forward);
}

static void transitive_levels_stop_at_the_newest_version_that_fails(void **state)
{
	static const char *const fields[] = { "", A, A "," B, A "," B ",{\"name\":\"c\",\"type\":\"int\",\"default\":0}", NULL };
	static const char *const want[] = {
		MISSING("b", "1", "new", "old"), "{oldSchemaVersion: 2}", "{oldSchema: '" OLD_A "'}",
		"{validateFields: 'false', compatibility: 'BACKWARD_TRANSITIVE'}", NULL,
	};
	struct history h;
	struct compat_verdict verdict;

	make_history(*state, &h, COMPAT_BACKWARD_TRANSITIVE, fields);
	verdict = judge(*state, &h);
	expect_messages(&verdict, want);
}

/* compat-rules 1.4 */
static void reserved_fields_are_kept_free(void **state)
{
	static const char *const fields[] = { A, A "," B_DEFAULT, NULL };
	static const char *const want[] = {
		"The new schema has reserved field c removed from its metadata which is present in the old schema's metadata.",
		"The new schema has field that conflicts with the reserved field b.",
		"{validateFields: 'true', compatibility: 'NONE'}",
		NULL,
	};
	struct history h;
	struct compat_verdict verdict;

	make_history(*state, &h, COMPAT_NONE, fields);
	h.versions[0].reserved = STR("b,c");
	h.request.reserved = STR("x, b");
	assert_true(judge(*state, &h).compatible); /* the switch is off */
	h.request.validate_fields = true;
	verdict = judge(*state, &h);
	expect_messages(&verdict, want);
	h.request.reserved = STR("c,d,b2,b");
	h.versions[0].reserved = STR_NONE;
	assert_int_equal(judge(*state, &h).n_messages, 2);
	h.request.reserved = STR("c");
	assert_true(judge(*state, &h).compatible);
	/* The group filter may leave no version; the latest one counts here all the same (1.1). */
	h.versions[0].reserved = STR("z");
	h.request.n_versions = 0;
	assert_int_equal(judge(*state, &h).n_messages, 2);
	h.request.latest = NULL;
	assert_true(judge(*state, &h).compatible);
}

static void another_type_is_one_sentence(void **state)
{
	static const char *const fields[] = { A, A, NULL };
	static const char *const want[] = {
		"Incompatible because of different schema type", "{validateFields: 'false', compatibility: 'FULL_TRANSITIVE'}", NULL,
	};
	const struct schema other = { .type = SCHEMA_JSON, .canonical = STR("{}") };
	struct history h;
	struct compat_verdict verdict;

	make_history(*state, &h, COMPAT_FULL_TRANSITIVE, fields);
	h.versions[0].schema = &other;
	verdict = judge(*state, &h);
	expect_messages(&verdict, want);
	h.request.level = COMPAT_NONE;
	assert_true(judge(*state, &h).compatible);
}

static void long_old_schemas_are_cut(void **state)
{
	struct buf b = buf_make(*state, 0);
	struct str message;

	for (int i = 0; i < 10240; i++)
		buf_add_c(&b, 'x');
	message = message_old_schema(*state, buf_str(&b));
	assert_true(str_starts(message, STR("{oldSchema: 'xxx")) && str_ends(message, STR("xxx'}")));
	buf_add_c(&b, 'y');
	message = message_old_schema(*state, buf_str(&b));
	assert_true(str_starts(message, STR("{oldSchema: <truncated> 'xxx")) && str_ends(message, STR("xxx...'}")));
	/* Characters, not bytes: two bytes are one, four are two, and what would be split is left out. */
	b.len = 0;
	for (int i = 0; i < 10239; i++)
		buf_lit(&b, "\xC3\xA9");
	buf_lit(&b, "z");
	assert_true(str_ends(message_old_schema(*state, buf_str(&b)), STR("z'}")));
	b.len -= 1;
	buf_lit(&b, "\xF0\x9F\x98\x80");
	assert_true(str_ends(message_old_schema(*state, buf_str(&b)), STR("\xC3\xA9...'}")));
}

/* Texts that hold what looks like a slot are not filled in twice. */
static void messages_are_filled_in_once(void **state)
{
	const struct finding odd = {
		.type = FINDING_READER_FIELD_MISSING_DEFAULT_VALUE, .path = STR("/{info}%s"), .info = STR("{path}{reader}%d"),
	};
	const struct finding exception = { .type = FINDING_UNEXPECTED_EXCEPTION, .path = STR(""), .info = STR("why") };

	expect_str("slots",
		"{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field '{path}{reader}%d' at path '/{info}%s' in "
		"the old schema has no default value and is missing in the new schema', additionalInfo:'{path}{reader}%d'}",
		message_finding(*state, SCHEMA_AVRO, &odd, MESSAGE_OLD_READS_NEW));
	expect_str("exception", "Unexpected exception during compatibility check: why",
		message_finding(*state, SCHEMA_AVRO, &exception, MESSAGE_NEW_READS_OLD));
}

static void levels_are_found_by_name(void **state)
{
	enum compat_level level;

	(void)state;
	for (int i = 0; i < COMPAT_LEVELS; i++) {
		assert_true(compat_level_find(compat_level_name((enum compat_level)i), &level));
		assert_int_equal(level, i);
	}
	assert_true(compat_level_find(STR("full_Transitive"), &level));
	assert_int_equal(level, COMPAT_FULL_TRANSITIVE);
	assert_true(compat_level_transitive(level) && !compat_level_transitive(COMPAT_FULL));
	assert_int_equal(compat_level_to_transitive(COMPAT_NONE), COMPAT_NONE);
	assert_int_equal(compat_level_to_transitive(COMPAT_BACKWARD), COMPAT_BACKWARD_TRANSITIVE);
	assert_int_equal(compat_level_to_transitive(COMPAT_FORWARD), COMPAT_FORWARD_TRANSITIVE);
	assert_int_equal(compat_level_to_transitive(COMPAT_FULL), COMPAT_FULL_TRANSITIVE);
	assert_int_equal(compat_level_to_transitive(COMPAT_FULL_TRANSITIVE), COMPAT_FULL_TRANSITIVE);
	assert_false(compat_level_find(STR("FULLY"), &level));
	assert_false(compat_level_find(STR(""), &level));
}

static void findings_are_bounded(void **state)
{
	struct findings list = findings_make(*state);

	for (int i = 0; i < 1500; i++)
		findings_add(&list, FINDING_TYPE_MISMATCH, STR("/"), STR("x"));
	assert_int_equal(list.n_items, 1000);
	assert_int_equal(list.n_unlisted, 500);
	assert_string_equal(finding_type_name(list.items[999].type), "TYPE_MISMATCH");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(each_level_looks_its_way),
		arena_test(backward_says_what_the_new_schema_cannot_read),
		arena_test(full_says_both_directions),
		arena_test(transitive_levels_stop_at_the_newest_version_that_fails),
		arena_test(reserved_fields_are_kept_free),
		arena_test(another_type_is_one_sentence),
		arena_test(long_old_schemas_are_cut),
		arena_test(messages_are_filled_in_once),
		arena_test(levels_are_found_by_name),
		arena_test(findings_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
