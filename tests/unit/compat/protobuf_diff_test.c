/* What changed between two .proto files, and what each change does to readers of either side. */
#include "tests/unit/compat/protobuf_test.h"

#include "compat/explain.h"

#define P2 "syntax = \"proto2\";\n"
#define P3 "syntax = \"proto3\";\n"

/* Each change as "kind entity name [backward/forward] old line-new line: message". */
static const struct {
	const char *old, *new, *want;
} cases[] = {
	{ P3 "message M { int32 a = 1; }", P3 "message M { int32 a = 1; }", "" },
	{ P3 "message M {\n  int32 a = 1;\n}\n", P3 "message M {\n  string b = 2;\n  int64 a = 1;\n}\n",
	  "added field M.b [harmless/harmless] 0-3: field string M.b = 2 is new\n"
	  "widened field M.a [harmless/changes] 3-4: field M.a: int32 became int64\n" },
	{ P3 "message M { int64 a = 1; }", P3 "message M { int32 a = 1; }", "narrowed field M.a [changes/harmless] 2-2: field M.a: int64 became int32\n" },
	{ P3 "message M { int32 a = 1; }", P3 "message M { string a = 1; }", "type field M.a [changes/changes] 2-2: field M.a: int32 became string\n" },
	{ P3 "message M { int32 a = 1; int32 b = 2;\n int32 c = 3; }", P3 "message M { reserved 2; int32 z = 1;\n int32 c = 3; }",
	  "constraint reserved M [harmless/harmless] 2-2: M reserves 2\n"
	  "renamed field M.z [policy/policy] 2-2: field a became z\n"
	  "removed field M.b [harmless/harmless] 2-0: field int32 M.b = 2 was removed\n" },
	{ P2 "message M { optional int32 a = 1 [default = 5]; required string s = 2; }", P2 "message M { repeated int32 a = 1; }",
	  "constraint field M.a [changes/fails] 2-2: field M.a: optional int32 became repeated int32\n"
	  "default field M.a [changes/changes] 2-2: field M.a: the default 5 became that of its type\n"
	  "removed field M.s [policy/fails] 2-0: field required string M.s = 2 was removed, its number is not reserved\n" },
	{ P3 "message M { int32 a = 1; int32 b = 2; }", P3 "message M { oneof o { int32 b = 2; int32 a = 1; } }",
	  "constraint field M.b [changes/harmless] 2-2: field M.b moved into the oneof o\n"
	  "constraint field M.a [changes/harmless] 2-2: field M.a moved into the oneof o\n"
	  "reordered message M [harmless/harmless] 2-2: the fields of M stand in another order\n" },
	{ P3 "message M { E e = 1; }\nenum E {\n  A = 0;\n  B = 1;\n  C = 2;\n}\n", P3 "message M { E e = 1; }\nenum E {\n  A = 0;\n  C = 1;\n  D = 3;\n}\n",
	  "type constant E.C [changes/changes] 6-5: constant E.C: 2 became 1\n"
	  "added constant E.D [harmless/policy] 0-6: constant E.D = 3 is new\n"
	  "removed constant E.B [policy/harmless] 5-0: constant E.B = 1 was removed\n" },
	{ P2 "enum E { A = 0; B = 1; }", P2 "enum E { A = 0; BB = 1; C = 2; }",
	  "renamed constant E.BB [policy/policy] 2-2: constant B became BB\n"
	  "added constant E.C [harmless/changes] 0-2: constant E.C = 2 is new\n" },
	{ P3 "package a;\nmessage M { N n = 1; }\nmessage N { int32 a = 1; }\nmessage G {}", P3 "package b;\nmessage M { P n = 1; }\nmessage P { int32 a = 1; }\nmessage H {}",
	  "renamed package b [policy/policy] 2-2: package \"a\" became \"b\"\n"
	  "type field M.n [harmless/harmless] 3-3: field M.n: N became P\n"
	  "renamed message P [policy/policy] 4-4: message N became P\n"
	  "added message H [harmless/policy] 0-5: message H is new\n"
	  "removed message G [policy/harmless] 5-0: message G was removed\n" },
	{ P3 "// One.\nmessage M {\n  int32 a = 1; // first\n}\n", P3 "message M {\n  // The first.\n  int32 a = 1 [deprecated = true];\n}\n",
	  "doc message M [harmless/harmless] 3-2: the comment of message M was removed\n"
	  "attribute field M.a [harmless/harmless] 4-4: the options of field M.a changed from [] to [deprecated = true]\n"
	  "doc field M.a [harmless/harmless] 4-4: the comment of field M.a changed\n" },
	{ P3 "import \"a.proto\";\nmessage M {}\nservice S { rpc A (M) returns (M); rpc B (M) returns (M); }",
	  P3 "import \"b.proto\";\nmessage M {}\nservice S { rpc A (M) returns (stream M); rpc C (M) returns (M); }\nservice T {}",
	  "added import b.proto [harmless/harmless] 0-2: import \"b.proto\" is new\n"
	  "removed import a.proto [harmless/harmless] 2-0: import \"a.proto\" was removed\n"
	  "type rpc S.A [policy/policy] 4-4: rpc S.A: (M) returns (M) became (M) returns (stream M)\n"
	  "added rpc S.C [harmless/harmless] 0-4: rpc S.C is new\n"
	  "removed rpc S.B [policy/policy] 4-0: rpc S.B was removed\n"
	  "added service T [harmless/harmless] 0-5: service T is new\n" },
	{ P2 "message M { extensions 100 to 200; }\nextend M { optional int32 x = 100; optional int32 y = 101; }",
	  P2 "message M { extensions 100 to 200; }\nextend M { optional string x = 100; optional int32 z = 102; }",
	  "type extension x [changes/changes] 3-3: extension x: optional int32 became optional string\n"
	  "added extension z [harmless/harmless] 0-3: extension optional int32 z = 102 is new\n"
	  "removed extension y [policy/harmless] 3-0: extension optional int32 y = 101 was removed, its number is not reserved\n" },
	{ P3 "message M { map<string, int64> m = 1; string n_m = 2 [json_name = \"x\"]; }", P3 "message M { map<string, int32> m = 1; string n_m = 2; }",
	  "narrowed field M.m [changes/harmless] 2-2: field M.m: map<string, int64> became map<string, int32>\n"
	  "attribute field M.n_m [policy/policy] 2-2: field M.n_m: its name in JSON changed\n" },
	{ P2 "message M { optional int32 a = 1; }", P3 "message M { optional int32 a = 1; }",
	  "attribute syntax syntax [policy/policy] 1-1: the syntax changed from proto2 to proto3\n" },
};

static struct str diff(struct arena *arena, const char *old, const char *new)
{
	struct schema_changes changes = { .arena = arena };
	struct buf b = buf_make(arena, 512);
	struct err err = { .arena = arena };

	assert_int_equal(schema_diff(pbuf_test_schema(arena, old), pbuf_test_schema(arena, new), &changes, &err), OK);
	for (size_t i = 0; i < changes.n_items; i++) {
		const struct schema_change *c = &changes.items[i];

		buf_printf(&b, "%.*s %.*s %.*s [%.*s/%.*s] %u-%u: %.*s\n", STR_ARG(change_kind_name(c->kind)), STR_ARG(c->entity), STR_ARG(c->name),
			STR_ARG(rule_effect_name(c->backward)), STR_ARG(rule_effect_name(c->forward)), c->in_old.line, c->in_new.line, STR_ARG(c->message));
	}
	return buf_str(&b);
}

static void changes_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct str got = diff(arena, cases[i].old, cases[i].new);

		if (!str_eq(got, str_of(cases[i].want))) {
			fprintf(stderr, "case %zu\nwant:\n%s\ngot:\n%.*s\n", i, cases[i].want, STR_ARG(got));
			fail();
		}
		arena_destroy(arena);
	}
}

/* What an imported file defines is a part of who uses it, and stands where it does. */
static void imported_changes_are_told(void **state)
{
	static const char own[] = P3 "import \"u\";\nmessage M { u.T t = 1; u.U u = 2; }\n";
	struct arena *arena = arena_create(0);
	struct schema_dependency before = { .name = STR("u"), .subject = STR("u"), .version = 1,
		.text = STR(P3 "package u; message T { int64 n = 1; T more = 2; } message U { E e = 1; } enum E { A = 0; B = 1; } message Idle { int32 x = 1; }") };
	struct schema_dependency after = before;
	struct schema_source old = { SCHEMA_PROTOBUF, str_of(own), &before, 1 }, new = { SCHEMA_PROTOBUF, str_of(own), &after, 1 };
	struct schema_changes changes = { .arena = arena };
	const struct schema *schemas[2];
	struct err err = { .arena = arena };

	(void)state;
	after.text = STR(P3 "package u; message T { string n = 1; T more = 2; } message U { E e = 1; } enum E { A = 0; } message Idle { string x = 1; }");
	assert_int_equal(schema_parse(arena, &old, SCHEMA_STRICT, &schemas[0], &err), OK);
	assert_int_equal(schema_parse(arena, &new, SCHEMA_STRICT, &schemas[1], &err), OK);
	assert_int_equal(schema_diff(schemas[0], schemas[1], &changes, &err), OK);
	assert_int_equal(changes.n_items, 2);
	assert_true(str_eq(changes.items[0].message, STR("field T.n: int64 became string")));
	assert_int_equal(changes.items[0].backward, EFFECT_CHANGES);
	assert_int_equal(changes.items[0].in_new.line, 3);
	assert_true(str_eq(changes.items[1].message, STR("constant E.B = 1 was removed")));
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(changes_are_told), cmocka_unit_test(imported_changes_are_told) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
