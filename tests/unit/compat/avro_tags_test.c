/* Inline tags of Avro schemas: listed, added, removed, inherited (contract 6.6). */
#include "tests/unit/compat/avro_test.h"

#define RECORD(name, fields, rest) "{\"type\":\"record\",\"name\":\"" name "\",\"fields\":[" fields "]" rest "}"
#define SPACED(name, fields, rest) \
	"{\"type\":\"record\",\"name\":\"" name "\",\"namespace\":\"ns\",\"fields\":[" fields "]" rest "}"
#define FIELD(name, type, rest) "{\"name\":\"" name "\",\"type\":" type rest "}"
#define TAGS(list) ",\"confluent:tags\":[" list "]"

/* One entry, as "sr_field ns.R.a PII SSN"; the tags may be missing. */
static struct schema_tags read_entry(struct arena *arena, const char *text)
{
	struct schema_tags entry = { 0 };
	struct str rest = str_of(text), *tags = arena_array(arena, struct str, rest.len);
	size_t n_words = 0;

	while (rest.len > 0) {
		ptrdiff_t blank = str_index(rest, ' ');
		struct str word = blank < 0 ? rest : str_sub(rest, 0, (size_t)blank);

		rest = str_sub(rest, word.len + 1, rest.len);
		if (n_words == 0)
			assert_true(schema_entity_find(word, &entry.entity));
		else if (n_words == 1)
			entry.path = word;
		else
			tags[entry.n_tags++] = word;
		n_words++;
	}
	entry.tags = tags;
	return entry;
}

enum { ENTRIES = 3 };

static struct schema_tag_list read_list(struct arena *arena, const char *const texts[ENTRIES])
{
	struct schema_tags *items = arena_array(arena, struct schema_tags, ENTRIES);
	size_t n = 0;

	for (size_t i = 0; i < ENTRIES && texts[i]; i++)
		items[n++] = read_entry(arena, texts[i]);
	return (struct schema_tag_list){ .items = items, .n_items = n };
}

struct change_case {
	const char *name;
	const char *schema;
	const char *inherited[ENTRIES];
	const char *added[ENTRIES];
	const char *removed[ENTRIES];
	const char *want;  /* the text, or the error */
	bool refused;
};

static const struct change_case changes[] = {
	{
		.name = "a field",
		.schema = RECORD("R", FIELD("a", "\"int\"", ""), ""),
		.added = { "sr_field R.a PII" },
		.want = RECORD("R", FIELD("a", "\"int\"", TAGS("\"PII\"")), ""),
	},
	{
		.name = "a record, in the order given and each tag once",
		.schema = RECORD("R", FIELD("a", "\"int\"", ""), ""),
		.added = { "sr_record R Z A Z", "sr_record R A B" },
		.want = RECORD("R", FIELD("a", "\"int\"", ""), TAGS("\"Z\",\"A\",\"B\"")),
	},
	{
		.name = "a leading dot is the same entity",
		.schema = RECORD("R", FIELD("a", "\"int\"", ""), ""),
		.added = { "sr_field .R.a ONE", "sr_field R.a TWO" },
		.want = RECORD("R", FIELD("a", "\"int\"", TAGS("\"ONE\",\"TWO\"")), ""),
	},
	{
		.name = "tags go behind other properties and before aliases of a record",
		.schema = RECORD("R", FIELD("a", "\"int\"", ",\"x\":1"), ",\"y\":{\"z\":[1.50]},\"aliases\":[\"Old\"]"),
		.added = { "sr_field R.a PII", "sr_record R REC" },
		.want = RECORD("R", FIELD("a", "\"int\"", ",\"x\":1" TAGS("\"PII\"")),
			",\"y\":{\"z\":[1.5]}" TAGS("\"REC\"") ",\"aliases\":[\"Old\"]"),
	},
	{
		.name = "tags that are there keep their place and stay first",
		.schema = RECORD("R", FIELD("a", "\"int\"", TAGS("\"OLD\"") ",\"x\":1"), ""),
		.added = { "sr_field R.a NEW OLD" },
		.want = RECORD("R", FIELD("a", "\"int\"", TAGS("\"OLD\",\"NEW\"") ",\"x\":1"), ""),
	},
	{
		.name = "the last tag removed takes the property away",
		.schema = RECORD("R", FIELD("a", "\"int\"", TAGS("\"PII\"") ",\"x\":1"), TAGS("\"REC\",\"X\"")),
		.removed = { "sr_field R.a PII", "sr_record R X NOT_THERE" },
		.want = RECORD("R", FIELD("a", "\"int\"", ",\"x\":1"), TAGS("\"REC\"")),
	},
	{
		.name = "added before removed",
		.schema = RECORD("R", FIELD("a", "\"int\"", TAGS("\"OLD\"")), ""),
		.added = { "sr_field R.a PII SSN" },
		.removed = { "sr_field .R.a PII OLD" },
		.want = RECORD("R", FIELD("a", "\"int\"", TAGS("\"SSN\"")), ""),
	},
	{
		.name = "a property that is no list of texts is replaced",
		.schema = RECORD("R", FIELD("a", "\"int\"", ",\"confluent:tags\":\"PII\""), TAGS("1,\"A\"")),
		.added = { "sr_field R.a X", "sr_record R B" },
		.want = RECORD("R", FIELD("a", "\"int\"", TAGS("\"X\"")), TAGS("\"A\",\"B\"")),
	},
	{
		.name = "nested records by their own full name, in unions, arrays and maps",
		.schema = SPACED("R",
			FIELD("u", "[\"null\",{\"type\":\"array\",\"items\":" RECORD("I", FIELD("c", "\"int\"", ""), "") "}]", "") ","
			FIELD("m", "{\"type\":\"map\",\"values\":{\"type\":\"record\",\"name\":\"J\",\"namespace\":\"other\","
				"\"fields\":[" FIELD("d", "\"int\"", "") "]}}", ""), ""),
		.added = { "sr_field ns.I.c PII", "sr_record other.J REC", "sr_field other.J.d SSN" },
		.want = SPACED("R",
			FIELD("u", "[\"null\",{\"type\":\"array\",\"items\":" RECORD("I", FIELD("c", "\"int\"", TAGS("\"PII\"")), "") "}]", "") ","
			FIELD("m", "{\"type\":\"map\",\"values\":{\"type\":\"record\",\"name\":\"J\",\"namespace\":\"other\","
				"\"fields\":[" FIELD("d", "\"int\"", TAGS("\"SSN\"")) "]" TAGS("\"REC\"") "}}", ""), ""),
	},
	{
		.name = "a field of a record type is not that record",
		.schema = RECORD("R", FIELD("n", RECORD("I", FIELD("c", "\"int\"", ""), ""), ""), ""),
		.added = { "sr_field R.n OUTER", "sr_record I INNER" },
		.want = RECORD("R", FIELD("n", RECORD("I", FIELD("c", "\"int\"", ""), TAGS("\"INNER\"")), TAGS("\"OUTER\"")), ""),
	},
	{
		.name = "a record that contains itself",
		.schema = RECORD("R", FIELD("next", "[\"null\",\"R\"]", ""), ""),
		.added = { "sr_record R REC", "sr_field R.next LINK" },
		.want = RECORD("R", FIELD("next", "[\"null\",\"R\"]", TAGS("\"LINK\"")), TAGS("\"REC\"")),
	},
	{
		.name = "a record met by name before it is defined",
		.schema = RECORD("R", FIELD("a", "\"I\"", "") "," FIELD("b", RECORD("I", FIELD("c", "\"int\"", ""), ""), ""), ""),
		.added = { "sr_field I.c PII" },
		.want = RECORD("R", FIELD("a", RECORD("I", FIELD("c", "\"int\"", TAGS("\"PII\"")), ""), "") "," FIELD("b", "\"I\"", ""), ""),
	},
	{
		.name = "inherited tags go where they fit, and lose to removed ones",
		.schema = RECORD("R", FIELD("a", "\"int\"", TAGS("\"OWN\"")), ""),
		.inherited = { "sr_field R.gone PII", "sr_field R.a PII SSN", "sr_record R REC" },
		.removed = { "sr_record R REC" },
		.want = RECORD("R", FIELD("a", "\"int\"", TAGS("\"OWN\",\"PII\",\"SSN\"")), ""),
	},
	{
		.name = "no tags to add",
		.schema = RECORD("R", FIELD("a", "\"int\"", TAGS("")), ""),
		.added = { "sr_field R.a" },
		.want = RECORD("R", FIELD("a", "\"int\"", ""), ""),
	},
	{
		.name = "a schema without records",
		.schema = "{\"type\":\"int\",\"confluent:tags\":[\"X\"]}",
		.want = "{\"type\":\"int\",\"confluent:tags\":[\"X\"]}",
	},
	{
		.name = "no such field",
		.schema = SPACED("T", FIELD("a", "\"int\"", ""), ""),
		.added = { "sr_field ns.T.zz PII" },
		.want = "java.lang.IllegalArgumentException: No matching path 'ns.T.zz' found in the schema",
		.refused = true,
	},
	{
		.name = "no such record, as it was written",
		.schema = SPACED("T", FIELD("a", "\"int\"", ""), ""),
		.removed = { "sr_record .T PII" },
		.want = "java.lang.IllegalArgumentException: No matching path '.T' found in the schema",
		.refused = true,
	},
	{
		.name = "a field is no record",
		.schema = RECORD("T", FIELD("a", "\"int\"", ""), ""),
		.added = { "sr_record T.a PII" },
		.want = "java.lang.IllegalArgumentException: No matching path 'T.a' found in the schema",
		.refused = true,
	},
	{
		.name = "a record is no field",
		.schema = RECORD("T", FIELD("a", "\"int\"", ""), ""),
		.added = { "sr_field T PII" },
		.want = "java.lang.IllegalArgumentException: No matching path 'T' found in the schema",
		.refused = true,
	},
	{
		.name = "enums are no entities, and an absent tag does not help",
		.schema = "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}",
		.added = { "sr_record E" },
		.want = "java.lang.IllegalArgumentException: No matching path 'E' found in the schema",
		.refused = true,
	},
};

static void check_change(struct arena *arena, const struct change_case *c)
{
	const struct schema *schema = parse(arena, c->schema, 0);
	struct str before = str_dup(arena, schema->canonical), got = STR_NONE;
	const struct schema_tag_change change = {
		.inherited = read_list(arena, c->inherited),
		.added = read_list(arena, c->added),
		.removed = read_list(arena, c->removed),
	};
	struct err err = { .arena = arena };
	enum err_code code = schema_retag(arena, schema, &change, &got, &err);

	if (code != (c->refused ? ERR_PARSE : OK))
		fail_msg("%s: the wrong outcome, %s: %.*s", c->name, err_name(code), STR_ARG(err.message));
	expect_str(c->name, c->want, c->refused ? err.message : got);
	assert_int_equal(str_present(got), !c->refused);
	if (!c->refused)
		expect_str(c->name, c->want, parse(arena, got.data, 0)->canonical);
	/* The tree may be shared by threads: it must print and list as before. */
	expect_str(c->name, before.data, schema_formatted(arena, schema, STR("resolved")));
}

static void test_changes(void **state)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		check_change(*state, &changes[i]);
}

/* "sr_record R: A B; " for each entity. */
static struct str print_tags(struct arena *arena, const struct schema *schema)
{
	struct schema_tag_list list = schema_tags(arena, schema);
	struct buf out = buf_make(arena, 256);

	for (size_t i = 0; i < list.n_items; i++) {
		buf_add(&out, schema_entity_name(list.items[i].entity));
		buf_add_c(&out, ' ');
		buf_add(&out, list.items[i].path);
		buf_add_c(&out, ':');
		for (size_t k = 0; k < list.items[i].n_tags; k++) {
			buf_add_c(&out, ' ');
			buf_add(&out, list.items[i].tags[k]);
		}
		buf_lit(&out, "; ");
	}
	return buf_str(&out);
}

static void test_list(void **state)
{
	static const struct {
		const char *schema;
		const char *want;
	} cases[] = {
		{ "\"int\"", "" },
		{ "{\"type\":\"int\",\"confluent:tags\":[\"X\"]}", "" },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":4,\"confluent:tags\":[\"X\"]}", "" },
		{ RECORD("R", FIELD("a", "\"int\"", TAGS("")), ",\"confluent:tags\":\"X\""), "" },
		{ RECORD("R", FIELD("a", "\"int\"", TAGS("\"B\",\"A\",\"B\",7")) "," FIELD("b", "\"int\"", ",\"tags\":[\"X\"]"),
			  TAGS("\"REC\"")),
			"sr_record R: REC; sr_field R.a: B A; " },
		{ SPACED("R", FIELD("n", RECORD("I", FIELD("c", "\"int\"", TAGS("\"C\"")), TAGS("\"I\"")), "") ","
			FIELD("again", "\"I\"", TAGS("\"TWICE\"")), ""),
			"sr_field ns.R.again: TWICE; sr_record ns.I: I; sr_field ns.I.c: C; " },
		{ "[\"null\"," RECORD("A", FIELD("x", "\"int\"", TAGS("\"X\"")), "") ",{\"type\":\"map\",\"values\":"
			RECORD("B", FIELD("next", "[\"null\",\"B\"]", TAGS("\"Y\"")), "") "}]",
			"sr_field A.x: X; sr_field B.next: Y; " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_str(cases[i].schema, cases[i].want, print_tags(*state, parse(*state, cases[i].schema, 0)));
}

/* A type that the text only names is not of this schema: neither listed nor changed. */
static void test_dependencies(void **state)
{
	const char *dependency = RECORD("D", FIELD("x", "\"int\"", TAGS("\"X\"")) ","
		FIELD("n", RECORD("N", FIELD("y", "\"int\"", TAGS("\"Y\"")), ""), ""), TAGS("\"D\""));
	const char *text = RECORD("R", FIELD("d", "\"D\"", ""), "");
	const struct schema_dependency dependencies[] = {
		{ .name = STR("D"), .subject = STR("d"), .version = 1, .text = str_of(dependency) },
	};
	struct schema_source source = {
		.type = SCHEMA_AVRO, .text = str_of(text), .dependencies = dependencies, .n_dependencies = 1,
	};
	const char *const own[ENTRIES] = { "sr_field R.d OWN" }, *const foreign[ENTRIES] = { "sr_field D.x PII" };
	const char *const inner[ENTRIES] = { "sr_field N.y PII" };
	struct schema_tag_change change = { .added = read_list(*state, own) };
	struct err err = { .arena = *state };
	const struct schema *schema = NULL;
	struct str got = STR_NONE;

	assert_int_equal(schema_parse(*state, &source, 0, &schema, &err), OK);
	expect_str(text, "", print_tags(*state, schema));
	assert_int_equal(schema_retag(*state, schema, &change, &got, &err), OK);
	expect_str(text, RECORD("R", FIELD("d", "\"D\"", TAGS("\"OWN\"")), ""), got);
	change.added = read_list(*state, foreign);
	assert_int_equal(schema_retag(*state, schema, &change, &got, &err), ERR_PARSE);
	expect_str(text, "java.lang.IllegalArgumentException: No matching path 'D.x' found in the schema", err.message);
	/* What a dependency defines inside itself is written out, and so is of this schema. */
	source.text = str_of(RECORD("R", FIELD("n", "\"N\"", ""), ""));
	change.added = read_list(*state, inner);
	assert_int_equal(schema_parse(*state, &source, 0, &schema, &err), OK);
	expect_str("inner", "sr_field N.y: Y; ", print_tags(*state, schema));
	assert_int_equal(schema_retag(*state, schema, &change, &got, &err), OK);
	expect_str("inner", RECORD("R", FIELD("n", RECORD("N", FIELD("y", "\"int\"", TAGS("\"Y\",\"PII\"")), ""), ""), ""), got);
}

/* Beyond a few fields they are found through an index. */
static void test_many_fields(void **state)
{
	struct buf text = buf_make(*state, 4096);
	const char *const last[ENTRIES] = { "sr_field R.f99 LAST", "sr_field R.f0 FIRST" };
	const struct schema_tag_change change = { .added = read_list(*state, last) };
	struct err err = { .arena = *state };
	struct str got;

	buf_lit(&text, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "%s{\"name\":\"f%d\",\"type\":\"int\"}", i > 0 ? "," : "", i);
	buf_lit(&text, "]}");
	assert_int_equal(schema_retag(*state, parse(*state, buf_str(&text).data, 0), &change, &got, &err), OK);
	expect_str("many fields", "sr_field R.f0: FIRST; sr_field R.f99: LAST; ",
		print_tags(*state, parse(*state, got.data, 0)));
}

static void test_entities(void **state)
{
	enum schema_entity entity = SCHEMA_RECORD;

	(void)state;
	assert_true(schema_entity_find(STR("sr_field"), &entity));
	assert_int_equal(entity, SCHEMA_FIELD);
	assert_false(schema_entity_find(STR("SR_FIELD"), &entity));
	assert_false(schema_entity_find(STR_NONE, &entity));
	expect_str("entity", "sr_record", schema_entity_name(SCHEMA_RECORD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(test_changes),
		arena_test(test_list),
		arena_test(test_dependencies),
		arena_test(test_many_fields),
		arena_test(test_entities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
