/* What changed between two Avro schemas, one line for each change. */
#include "tests/unit/compat/avro_test.h"

#include "compat/explain.h"

/* "kind entity name new-line:column old-line:column backward/forward message" */
static struct str lines(struct arena *arena, const char *old, const char *new)
{
	struct schema_changes changes = { .arena = arena };
	struct err err = { .arena = arena };
	struct buf b = buf_make(arena, 256);

	assert_int_equal(schema_diff(parse(arena, old, 0), parse(arena, new, 0), &changes, &err), OK);
	for (size_t i = 0; i < changes.n_items; i++) {
		const struct schema_change *c = &changes.items[i];

		buf_printf(&b, "%.*s %.*s %.*s %u:%u%.*s %u:%u%.*s %.*s/%.*s %.*s\n", STR_ARG(change_kind_name(c->kind)),
			STR_ARG(c->entity), STR_ARG(c->name), c->in_new.line, c->in_new.column, STR_ARG(c->in_new.path), c->in_old.line,
			c->in_old.column, STR_ARG(c->in_old.path), STR_ARG(rule_effect_name(c->backward)),
			STR_ARG(rule_effect_name(c->forward)), STR_ARG(c->message));
	}
	return buf_str(&b);
}

#define R(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define F(name, type) "{\"name\":\"" name "\",\"type\":" type "}"
#define ENUM(symbols, more) "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[" symbols "]" more "}"

static const struct {
	const char *old, *new, *want;
} cases[] = {
	{ R(F("a", "\"int\"")), R(F("a", "\"int\"")), "" },
	{ R(F("a", "\"int\"")), R(F("a", "\"int\"") ",\n" F("b", "\"int\"")),
		"added field R.b 2:1/fields/1 0:0 fails/harmless field `b` was added, without a default\n" },
	{ R(F("a", "\"int\"")), R("{\"name\":\"b\",\"type\":\"int\",\"default\":7}," F("a", "\"int\"")),
		"added field R.b 1:39/fields/0 0:0 harmless/harmless field `b` was added; its default is 7\n" },
	{ R(F("a", "\"int\"") "," F("b", "\"int\"") "," F("c", "\"int\"")), R(F("a", "\"int\"") "," F("c", "\"long\"")),
		"removed field R.b 0:0 1:65/fields/1 harmless/fails field `b` was removed, without a default\n"
		"widened type R.c 1:84/fields/1/type 1:110/fields/2/type harmless/fails field `c`: int became long\n" },
	{ R(F("a", "\"int\"")), R("{\"name\":\"b\",\"type\":\"int\",\"aliases\":[\"a\"],\"doc\":\"x\"}"),
		"renamed field R.b 1:39/fields/0 1:39/fields/0 harmless/fails field `a` became `b`, with the old name as an alias\n"
		"doc field R.b 1:39/fields/0 1:39/fields/0 harmless/harmless field `b` has got documentation\n"
		"alias field R.b 1:39/fields/0 1:39/fields/0 harmless/harmless field `b` got the alias `a`\n" },
	{ R(F("a", "\"long\"")), R(F("a", "\"float\"")),
		"widened type R.a 1:58/fields/0/type 1:58/fields/0/type changes/fails field `a`: long became float\n" },
	{ R(F("a", "\"int\"")), R(F("a", "[\"null\",\"int\"]")),
		"widened type R.a 1:58/fields/0/type 1:58/fields/0/type harmless/fails field `a`: int became [null, int]\n" },
	{ R(F("a", "[\"null\",\"int\",\"string\"]")), R(F("a", "[\"int\",\"null\",\"bytes\"]")),
		"added union branch R.a 1:72/fields/0/type/2 0:0/fields/0/type harmless/fails field `a`: the union's branch bytes was added\n"
		"removed union branch R.a 0:0/fields/0/type 1:72/fields/0/type/2 changes/harmless field `a`: the union's branch string was "
		"removed\n"
		"reordered union R.a 1:58/fields/0/type 1:58/fields/0/type harmless/harmless field `a`: the branches of the union stand in "
		"another order\n" },
	{ ENUM("\"A\",\"B\"", ""), ENUM("\"B\",\"A\",\"C\"", ",\"default\":\"A\""),
		"added enum symbol E.C 1:46/symbols/2 0:0 harmless/fails enum `E`: symbol `C` was added\n"
		"reordered enum E 1:1 1:1 harmless/harmless the symbols of `E` stand in another order\n"
		"default enum E 1:1 1:1 harmless/harmless enum `E`: the default was none and is A\n" },
	{ ENUM("\"A\",\"B\"", ""), ENUM("\"A\"", ""),
		"removed enum symbol E.B 0:0 1:42/symbols/1 fails/harmless enum `E`: symbol `B` was removed\n" },
	{ R(F("t", "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}")),
		R(F("t", "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}")),
		"attribute logical type R.t 1:58/fields/0/type 1:58/fields/0/type changes/changes field `t`: logicalType was "
		"\"timestamp-millis\" and is \"timestamp-micros\"\n" },
	{ R(F("a", "\"int\"") "," F("b", "\"int\"")), R(F("b", "\"int\"") "," F("a", "\"int\"")),
		"reordered record R 1:1 1:1 harmless/harmless the fields of `R` stand in another order\n" },
	{ R(F("n", "[\"null\",\"R\"]") "," F("x", "\"int\"")), R(F("n", "[\"null\",\"R\"]") "," F("x", "\"string\"")),
		"type type R.x 1:91/fields/1/type 1:91/fields/1/type fails/fails field `x`: int became string\n" },
	{ "{\"type\":\"fixed\",\"name\":\"a.F\",\"size\":2}", "{\"type\":\"fixed\",\"name\":\"b.F\",\"size\":3}",
		"renamed fixed b.F 1:1 1:1 policy/policy fixed `a.F` became `b.F`\n"
		"type fixed b.F 1:1 1:1 fails/fails fixed `b.F` had 2 bytes and has 3\n" },
};

static void changes_are_told(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_str(cases[i].new, cases[i].want, lines(*state, cases[i].old, cases[i].new));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(changes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
