/* The verdicts, messages, texts and errors of a running reference, row by row ($TENON_CORPUS, compat-rules 8). */
#include "tests/unit/compat/corpus_test.h"

#include "compat/finding.h"
#include "compat/jsonschema/jsch.h"
#include "compat/level.h"
#include "compat/messages.h"

static enum err_code parse(struct row *r, const char *text, const char *which, const struct schema **out, struct err *err)
{
	return parse_row(r, SCHEMA_JSON, text, json_object_get(r->json, which), SCHEMA_STRICT, out, err);
}

struct judged {
	struct str messages[1100];
	size_t n;
};

static void judge_direction(struct row *r, const struct schema *reader, const struct schema *writer,
	enum message_direction direction, enum schema_policy policy, struct judged *out)
{
	struct findings found = findings_make(r->arena);
	struct err err = { .arena = r->arena };

	assert_int_equal(jsch_check(reader, writer, policy, &found, &err), OK);
	for (size_t i = 0; i < found.n_items; i++)
		out->messages[out->n++] = message_finding(r->arena, SCHEMA_JSON, &found.items[i], direction);
}

/* The levels of compat-rules 1; the newest version comes first. */
static void judge(struct row *r, const struct schema *new, const struct schema *const *old, size_t n_old,
	enum schema_policy policy, struct judged *out)
{
	const char *level = row_text(r->json, "level");
	bool both = strncmp(level, "FULL", 4) == 0;

	for (size_t i = n_old; i > 0 && strcmp(level, "NONE") != 0; i--) {
		if (both || strncmp(level, "FORWARD", 7) == 0)
			judge_direction(r, old[i - 1], new, MESSAGE_OLD_READS_NEW, policy, out);
		if (both || strncmp(level, "BACKWARD", 8) == 0)
			judge_direction(r, new, old[i - 1], MESSAGE_NEW_READS_OLD, policy, out);
		if (out->n > 0 || strstr(level, "_TRANSITIVE") == NULL)
			return;
	}
}

static bool is_among(struct str message, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], message))
			return true;
	return false;
}

/* As sets: the reference's order is that of a hash (compat-rules 2). */
static bool same_messages(struct row *r, json_t *messages, const struct judged *got)
{
	struct str want[1100];
	size_t n_want = 0, i;
	json_t *one;
	bool same = true;

	json_array_foreach(messages, i, one)
		if (strncmp(json_string_value(one), "{errorType", 10) == 0)
			want[n_want++] = str_of(json_string_value(one));
	for (i = 0; i < n_want; i++)
		same = is_among(want[i], got->messages, got->n) && same;
	for (i = 0; i < got->n; i++)
		same = is_among(got->messages[i], want, n_want) && same;
	if (same)
		return true;
	fprintf(stderr, "%s: messages differ\n", r->id);
	for (i = 0; i < n_want; i++)
		fprintf(stderr, "  want: %.*s\n", STR_ARG(want[i]));
	for (i = 0; i < got->n; i++)
		fprintf(stderr, "  got:  %.*s\n", STR_ARG(got->messages[i]));
	return false;
}

static size_t parse_versions(struct row *r, const struct schema **old)
{
	json_t *chain = json_object_get(r->json, "chain");
	size_t n = chain ? json_array_size(chain) : 1;

	for (size_t i = 0; i < n; i++) {
		json_t *element = chain ? json_array_get(chain, i) : json_object_get(r->json, "old");
		const char *text = json_is_string(element) ? json_string_value(element) : row_text(element, "schema");
		struct err err;

		if (parse(r, text, "old_references", &old[i], &err) != OK)
			fail_msg("%s: old schema %zu: %.*s", r->id, i, STR_ARG(err.message));
	}
	return n;
}

static void expect_verdict(struct row *r, const char *what, json_t *want, const struct judged *got)
{
	if (json_is_boolean(want) && json_is_true(want) != (got->n == 0))
		disagree(r, what, json_is_true(want) ? "compatible" : "incompatible", got->n ? got->messages[0] : STR("compatible"));
}

static enum schema_policy policy_of(struct row *r)
{
	const char *policy = row_text(r->json, "compatibilityPolicy");

	return policy && strcmp(policy, "LENIENT") == 0 ? SCHEMA_POLICY_LENIENT : SCHEMA_POLICY_STRICT;
}

/* A row of another type than JSON on the old side is the registry's, not the judge's. */
static bool is_for_us(struct row *r)
{
	const char *type = row_text(r->json, "old_schemaType");

	return type == NULL || strcmp(type, "JSON") == 0;
}

static void check_verdict(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent"), *lenient = json_object_get(r->json, "confluent_lenient");
	json_t *newer = json_object_get(r->json, "confluent_with_newer_json_sKema");
	const char *stage = row_text(confluent, "stage");
	const struct schema *old[64], *new;
	struct judged strict = { .n = 0 };
	struct err err;
	size_t n;

	if (!is_for_us(r))
		return;
	if (stage && strcmp(stage, "old") == 0) {
		if (parse(r, row_text(r->json, "old"), "old_references", &old[0], &err) == OK)
			disagree(r, "the old schema parses", "an error", old[0]->canonical);
		return;
	}
	n = parse_versions(r, old);
	if (parse(r, row_text(r->json, "new"), "new_references", &new, &err) != OK) {
		if (!json_is_true(json_object_get(confluent, "new_schema_invalid")))
			disagree(r, "the new schema does not parse", "", err.message);
		return;
	}
	judge(r, new, old, n, policy_of(r), &strict);
	if (stage) { /* the reference crashed: J15, J33; what it meant was a refusal */
		expect_verdict(r, "verdict after a crash", json_false(), &strict);
		return;
	}
	if (newer && json_is_true(json_object_get(newer, "is_compatible")) == (strict.n == 0))
		confluent = newer;
	expect_verdict(r, "verdict", json_object_get(confluent, "is_compatible"), &strict);
	if (json_object_get(confluent, "messages") && !same_messages(r, json_object_get(confluent, "messages"), &strict))
		r->tally->n_other_messages++;
	if (lenient) {
		struct judged loose = { .n = 0 };

		judge(r, new, old, n, SCHEMA_POLICY_LENIENT, &loose);
		expect_verdict(r, "lenient verdict", lenient, &loose);
	}
}

static void check_parse(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent");
	const struct schema *schema;
	struct err err;
	enum err_code code = parse(r, row_text(r->json, "schema"), "none", &schema, &err);

	if (json_object_get(confluent, "valid") && !json_is_true(json_object_get(confluent, "valid"))) {
		if (code == OK)
			disagree(r, "parses", row_text(confluent, "error"), schema->canonical);
		else
			expect_text(r, "error", last_details(row_text(confluent, "error")), err.message);
		return;
	}
	if (code != OK) {
		disagree(r, "does not parse", "", err.message);
		return;
	}
	expect_text(r, "canonical text", row_text(confluent, "canonical"), schema->canonical);
	expect_text(r, "normalised text", row_text(confluent, "normalized"), jsch_format.normalized(r->arena, schema));
}

/* 99 % of the messages is what drop-in asks for. */
static void verdicts(void **state)
{
	struct tally tally = count_file("json.jsonl", "JSON", check_verdict);

	(void)state;
	assert_true(tally.n_rows > 1000);
	assert_int_equal(tally.n_wrong, 0);
	assert_true(tally.n_other_messages * 100 <= tally.n_rows);
}

static void parses(void **state)
{
	(void)state;
	run_file("json-parse.jsonl", "JSON", check_parse);
}

static void findings(void **state)
{
	struct tally tally = count_file("findings.jsonl", "JSON", check_verdict);

	(void)state;
	assert_true(tally.n_rows > 0);
	assert_int_equal(tally.n_wrong, 0);
	assert_int_equal(tally.n_other_messages, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(parses),
		cmocka_unit_test(findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
