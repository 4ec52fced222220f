/* The verdicts, messages, texts and errors of a running reference, row by row ($TENON_CORPUS, compat-rules 8). */
#include "tests/unit/compat/jsonschema_test.h"

#include "compat/level.h"

/* Counts of one file. */
struct tally {
	size_t n_rows;
	size_t n_wrong;
	size_t n_other_messages;
};

struct row {
	struct arena *arena;
	json_t *json;
	const char *id;
	struct tally *tally;
	bool wrong;
};

static void disagree(struct row *r, const char *what, const char *want, struct str got)
{
	r->wrong = true;
	fprintf(stderr, "%s: %s\n  want: %s\n  got:  %.*s\n", r->id, what, want ? want : "(nothing)", STR_ARG(got));
}

static void expect_text(struct row *r, const char *what, const char *want, struct str got)
{
	if (want == NULL || !str_eq(str_of(want), got))
		disagree(r, what, want, got);
}

/* Of references of this corpus none has references of its own. */
static enum err_code parse_row(struct row *r, const char *text, const char *which, const struct schema **out,
	struct err *err)
{
	struct schema_source source = { .type = SCHEMA_JSON, .text = str_of(text) };
	json_t *references = json_object_get(r->json, which), *known = json_object_get(r->json, "references"), *one, *other;
	struct schema_dependency *list = arena_array(r->arena, struct schema_dependency, json_array_size(references) + 1);
	size_t i, k;

	json_array_foreach(references, i, one) {
		list[i] = (struct schema_dependency){ .name = str_of(text_of(one, "name")) };
		json_array_foreach(known, k, other)
			if (strcmp(text_of(other, "subject"), text_of(one, "subject")) == 0)
				list[i].text = str_of(text_of(other, "schema"));
		assert_true(str_present(list[i].text));
	}
	source.dependencies = list;
	source.n_dependencies = json_array_size(references);
	*err = (struct err){ .arena = r->arena };
	return jsch_format.parse(r->arena, &source, SCHEMA_STRICT, out, err);
}

/* The part of an error that the parser is responsible for. */
static const char *last_details(const char *error)
{
	const char *found = error, *next;

	while ((next = strstr(found, "details: ")) != NULL)
		found = next + strlen("details: ");
	return found;
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
	const char *level = text_of(r->json, "level");
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
		const char *text = json_is_string(element) ? json_string_value(element) : text_of(element, "schema");
		struct err err;

		if (parse_row(r, text, "old_references", &old[i], &err) != OK)
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
	const char *policy = text_of(r->json, "compatibilityPolicy");

	return policy && strcmp(policy, "LENIENT") == 0 ? SCHEMA_POLICY_LENIENT : SCHEMA_POLICY_STRICT;
}

/* A row of another type than JSON on the old side is the registry's, not the judge's. */
static bool is_for_us(struct row *r)
{
	const char *type = text_of(r->json, "old_schemaType");

	return type == NULL || strcmp(type, "JSON") == 0;
}

static void check_verdict(struct row *r)
{
	json_t *confluent = json_object_get(r->json, "confluent"), *lenient = json_object_get(r->json, "confluent_lenient");
	json_t *newer = json_object_get(r->json, "confluent_with_newer_json_sKema");
	const char *stage = text_of(confluent, "stage");
	const struct schema *old[64], *new;
	struct judged strict = { .n = 0 };
	struct err err;
	size_t n;

	if (!is_for_us(r))
		return;
	if (stage && strcmp(stage, "old") == 0) {
		if (parse_row(r, text_of(r->json, "old"), "old_references", &old[0], &err) == OK)
			disagree(r, "the old schema parses", "an error", old[0]->canonical);
		return;
	}
	n = parse_versions(r, old);
	if (parse_row(r, text_of(r->json, "new"), "new_references", &new, &err) != OK) {
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
	enum err_code code = parse_row(r, text_of(r->json, "schema"), "none", &schema, &err);

	if (json_object_get(confluent, "valid") && !json_is_true(json_object_get(confluent, "valid"))) {
		if (code == OK)
			disagree(r, "parses", text_of(confluent, "error"), schema->canonical);
		else
			expect_text(r, "error", last_details(text_of(confluent, "error")), err.message);
		return;
	}
	if (code != OK) {
		disagree(r, "does not parse", "", err.message);
		return;
	}
	expect_text(r, "canonical text", text_of(confluent, "canonical"), schema->canonical);
	expect_text(r, "normalised text", text_of(confluent, "normalized"), jsch_format.normalized(r->arena, schema));
}

typedef void check_fn(struct row *r);

static struct tally run_file(const char *file, check_fn *check)
{
	const char *folder = getenv("TENON_CORPUS");
	struct tally tally = { .n_rows = 0 };
	char path[4096], *line = NULL;
	size_t room = 0;
	FILE *in;

	if (folder == NULL) {
		printf("skipped: no corpus\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	in = fopen(path, "r");
	if (in == NULL)
		fail_msg("cannot open %s", path);
	while (getline(&line, &room, in) > 0) {
		struct row row = { .arena = arena_create(0), .json = json_loads(line, JSON_ALLOW_NUL, NULL), .tally = &tally };

		assert_non_null(row.json);
		row.id = text_of(row.json, "id");
		if (strcmp(text_of(row.json, "format"), "JSON") == 0) {
			check(&row);
			tally.n_rows++;
			tally.n_wrong += row.wrong;
		}
		json_decref(row.json);
		arena_destroy(row.arena);
	}
	free(line);
	fclose(in);
	printf("%s: %zu of %zu rows agree, %zu with other messages\n", file, tally.n_rows - tally.n_wrong, tally.n_rows,
		tally.n_other_messages);
	return tally;
}

/* 99 % of the messages is what drop-in asks for. */
static void verdicts(void **state)
{
	struct tally tally = run_file("json.jsonl", check_verdict);

	(void)state;
	assert_true(tally.n_rows > 1000);
	assert_int_equal(tally.n_wrong, 0);
	assert_true(tally.n_other_messages * 100 <= tally.n_rows);
}

static void parses(void **state)
{
	struct tally tally = run_file("json-parse.jsonl", check_parse);

	(void)state;
	assert_true(tally.n_rows > 0);
	assert_int_equal(tally.n_wrong, 0);
}

/* JSON rows are few, and there may be none. */
static void normalized_forms(void **state)
{
	(void)state;
	assert_int_equal(run_file("normalize.jsonl", check_parse).n_wrong, 0);
}

static void findings(void **state)
{
	struct tally tally = run_file("findings.jsonl", check_verdict);

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
		cmocka_unit_test(normalized_forms),
		cmocka_unit_test(findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
