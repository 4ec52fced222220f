/* The verdicts, messages, texts and errors of a running reference, row by row ($TENON_CORPUS, compat-rules 8). */
#include "tests/unit/compat/protobuf_test.h"

#include "compat/level.h"

/* Counts of one file. */
struct tally {
	const char *file;
	size_t n_rows;
	size_t n_wrong;
};

struct row {
	struct arena *arena;
	json_t *json;
	const char *id;
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

/* Dependencies of one schema, in the order in which they are read. */
struct dependencies {
	struct schema_dependency items[32];
	size_t n;
};

static json_t *find_registered(struct row *r, const char *subject, int version)
{
	json_t *known = json_object_get(r->json, "references"), *one;
	size_t i;

	json_array_foreach(known, i, one)
		if (strcmp(json_text_of(one, "subject"), subject) == 0 &&
			json_integer_value(json_object_get(one, "version")) == version)
			return one;
	fail_msg("%s: no registered %s version %d", r->id, subject, version);
	return NULL;
}

static void add_references(struct row *r, json_t *references, struct dependencies *out)
{
	json_t *one;
	size_t i;

	json_array_foreach(references, i, one) {
		const char *name = json_text_of(one, "name"), *subject = json_text_of(one, "subject");
		int version = (int)json_integer_value(json_object_get(one, "version"));
		json_t *registered = find_registered(r, subject, version);
		bool known = false;

		add_references(r, json_object_get(registered, "references"), out);
		for (size_t j = 0; j < out->n; j++)
			known |= str_eq(out->items[j].name, str_of(name));
		if (known)
			continue;
		assert_true(out->n < sizeof(out->items) / sizeof(out->items[0]));
		out->items[out->n++] = (struct schema_dependency){
			.name = str_of(name), .subject = str_of(subject), .version = version,
			.text = str_of(json_text_of(registered, "schema")),
		};
	}
}

static const struct schema *parse(struct row *r, const char *text, json_t *references, unsigned flags, struct str *why)
{
	struct dependencies found = { .n = 0 };
	struct schema_source source = { .type = SCHEMA_PROTOBUF, .text = str_of(text) };
	struct err err = { .arena = r->arena };
	const struct schema *schema = NULL;

	add_references(r, references, &found);
	source.dependencies = found.items;
	source.n_dependencies = found.n;
	if (pbuf_format.parse(r->arena, &source, flags, &schema, &err) != OK)
		*why = err.message;
	return schema;
}

/* The i-th old schema: its text and references. */
static const char *old_schema(struct row *r, size_t i, json_t **references)
{
	json_t *chain = json_object_get(r->json, "chain"), *element;

	*references = json_object_get(r->json, "old_references");
	if (chain == NULL)
		return json_text_of(r->json, "old");
	element = json_array_get(chain, i);
	if (json_is_string(element))
		return json_string_value(element);
	*references = json_object_get(element, "references");
	return json_text_of(element, "schema");
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

	assert_true(compat_level_find(str_of(json_text_of(r->json, "level")), &level));
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

/* The part of an error that the parser is responsible for. */
static const char *last_details(const char *error)
{
	const char *found = error, *next;

	while ((next = strstr(found, "details: ")) != NULL)
		found = next + strlen("details: ");
	return found;
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
	schema = parse(r, json_text_of(r->json, "new"), json_object_get(r->json, "new_references"), SCHEMA_STRICT, &why);
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
	const char *canonical = json_text_of(confluent, "canonical"), *normal = json_text_of(confluent, "normalized");
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
	const struct schema *schema = parse(r, json_text_of(r->json, "schema"), NULL, SCHEMA_STRICT, &why);

	if (!json_is_true(json_object_get(confluent, "valid"))) {
		if (schema)
			disagree(r, "parses", json_text_of(confluent, "error"), schema->canonical);
		else
			expect_error(r, json_text_of(confluent, "error"), why);
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

	if (strcmp(json_text_of(r->json, "format"), "PROTOBUF") != 0)
		return;
	schema = parse(r, json_text_of(r->json, "schema"), NULL, 0, &why);
	if (schema == NULL)
		disagree(r, "does not parse", "", why);
	else
		check_texts(r, json_object_get(r->json, "confluent"), schema);
}

static void check_finding(struct row *r)
{
	if (strcmp(json_text_of(r->json, "format"), "PROTOBUF") == 0)
		check_verdict(r);
}

static void run_line(const char *line, struct tally *tally, void (*check)(struct row *r))
{
	struct row r = { .arena = arena_create(0) };
	json_error_t error;

	r.json = json_loads(line, 0, &error);
	if (r.json == NULL)
		fail_msg("%s: %s", tally->file, error.text);
	r.id = json_text_of(r.json, "id");
	check(&r);
	tally->n_rows++;
	tally->n_wrong += r.wrong;
	json_decref(r.json);
	arena_destroy(r.arena);
}

static void run_file(const char *name, void (*check)(struct row *r))
{
	const char *folder = getenv("TENON_CORPUS");
	struct tally tally = { .file = name };
	char path[4096];
	char *line = NULL;
	size_t room = 0;
	FILE *file;

	if (folder == NULL) {
		printf("skipped: no corpus\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("cannot open %s", path);
	while (getline(&line, &room, file) > 0)
		run_line(line, &tally, check);
	free(line);
	fclose(file);
	printf("%s: %zu rows, %zu wrong\n", name, tally.n_rows, tally.n_wrong);
	assert_true(tally.n_rows > 0);
	assert_int_equal(tally.n_wrong, 0);
}

static void test_verdicts(void **state)
{
	(void)state;
	run_file("protobuf.jsonl", check_verdict);
}

static void test_findings(void **state)
{
	(void)state;
	run_file("findings.jsonl", check_finding);
}

static void test_parse(void **state)
{
	(void)state;
	run_file("protobuf-parse.jsonl", check_parse);
}

static void test_normalize(void **state)
{
	(void)state;
	run_file("normalize.jsonl", check_normalize);
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
