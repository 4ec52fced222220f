/* Explanations of Protobuf changes: each rule by its own example, cases with places and sentences, fixes that work, the corpus. */
#include "tests/unit/compat/corpus_test.h"
#include "tests/unit/compat/protobuf_test.h"
#include "tests/unit/compat/explain_corpus_test.h"

/* The example in a rule's row leads to a finding of that rule, of the effect that the row claims. */
static void rules_are_shown_by_their_examples(void **state)
{
	size_t n = 0;

	(void)state;
	for (int i = 0; i < RULES; i++) {
		struct arena *arena = arena_create(0);
		const struct rule_info *rule = rule_info((enum rule)i);
		const struct explain_finding *found;
		struct explained_pair pair;

		if (rule->type == SCHEMA_PROTOBUF) {
			explain_texts(arena, SCHEMA_PROTOBUF, str_of(rule->old_schema), str_of(rule->new_schema), true, &pair);
			found = find_rule(&pair, (enum rule)i);
			if (!found || found->effect != rule->effect) {
				show_findings(&pair);
				fail_msg("%s is not shown by its example", rule->id);
			}
			expect_sound_findings(&pair, rule->id);
			n++;
		}
		arena_destroy(arena);
	}
	assert_true(n > 20);
}

/* ---- places, sentences and edits ---- */

/* The first finding of the rule: what it says, where, and the text with its fix applied. */
static const struct {
	const char *old, *new;
	enum rule rule;
	const char *says;  /* "line:column path | sentence" in the new text; NULL: there is no such finding */
	const char *fixed;
} told[] = {
	/* Of a field whose message became another one, not of that one's fields. */
	{ "syntax = \"proto3\";\nmessage A { string s = 1; } message B { A a = 1; } message C { A x = 1; }\n",
	  "syntax = \"proto3\";\nmessage A { string s = 1; } message B { A a = 1; } message C { B x = 1; }\n", RULE_PROTO_FIELD_KIND_CHANGED, NULL, NULL },
	{ "syntax = \"proto3\";\nenum E { Z = 0; A = 1; }\nmessage M { E e = 1; }\n", "syntax = \"proto3\";\nenum E { Z = 0; A = 2; }\nmessage M { E e = 1; }\n",
	  RULE_PROTO_NUMBER_NOT_RESERVED, NULL, NULL },
	/* A field in the middle takes a number of its own, and the others get theirs back. */
	{ "syntax = \"proto3\";\nmessage M { int32 a = 1; string b = 2; string c = 3; }\n",
	  "syntax = \"proto3\";\nmessage M { int32 a = 1; string x = 2; string b = 3; string c = 4; }\n", RULE_PROTO_FIELD_RENUMBERED,
	  "2:40 M.b | field M.b has the number 2 in the old schema and 3 in the new one",
	  "syntax = \"proto3\";\nmessage M { int32 a = 1; string x = 5; string b = 2; string c = 3; }\n" },
	/* No name twice. */
	{ "syntax = \"proto3\";\nmessage M { oneof o { string a = 1; string b = 2; } }\n",
	  "syntax = \"proto3\";\nmessage M { oneof o { string a = 1; string b = 3; } }\n", RULE_PROTO_ONEOF_FIELD_REMOVED,
	  "2:13 M.o | field M.b = 2 of the oneof o is not in the new schema",
	  "syntax = \"proto3\";\nmessage M { oneof o { string a = 1; string b = 2; } }\n" },
	{ "syntax = \"proto3\";\nmessage M { int32 a = 1; int32 b = 2; }\n", "syntax = \"proto3\";\nmessage M { int32 b = 1; }\n",
	  RULE_PROTO_NUMBER_NOT_RESERVED, NULL, NULL },
	{ "syntax = \"proto3\";\nmessage M { oneof o { string a = 1; int32 b = 2; } }\n", "syntax = \"proto3\";\nmessage M { string a = 1; int32 b = 2; }\n",
	  RULE_PROTO_PRESENCE_LOST, "2:13 M.a | field M.a = 1 is not in oneof o any more: whether it was set cannot be told any more",
	  "syntax = \"proto3\";\nmessage M { optional string a = 1; int32 b = 2; }\n" },
	{ "syntax = \"proto3\";\nmessage M {\n\tint64 id = 1;\n}\n",
	  "syntax = \"proto3\";\nmessage M {\n\tint32 id = 1; // the id\n}\n", RULE_PROTO_NUMBER_NARROWED,
	  "3:2 M.id | field M.id = 1: int64 became int32", "syntax = \"proto3\";\nmessage M {\n\tint64 id = 1; // the id\n}\n" },
	{ "syntax = \"proto3\";\nmessage M {\n    int32 a = 1;\n    string b = 2;\n}\n", "syntax = \"proto3\";\nmessage M {\n    int32 a = 1;\n}\n",
	  RULE_PROTO_NUMBER_NOT_RESERVED, "2:1 M | field M.b = 2 was removed and its number is not reserved",
	  "syntax = \"proto3\";\nmessage M {\n    int32 a = 1;\n    reserved 2;\n    reserved \"b\";\n}\n" },
	{ "syntax = \"proto3\"; message M { int32 a = 1; int32 b = 2; }", "syntax = \"proto3\"; message M { int32 a = 1; }",
	  RULE_PROTO_NUMBER_NOT_RESERVED, "1:20 M | field M.b = 2 was removed and its number is not reserved",
	  "syntax = \"proto3\"; message M { int32 a = 1; reserved 2; reserved \"b\"; }" },
	{ "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    int32 a = 1;\n    N b = 2;\n  }\n}\nmessage N {\n  int32 x = 1;\n}\n",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    int32 a = 1;\n  }\n  reserved 2, 5;\n}\n", RULE_PROTO_ONEOF_FIELD_REMOVED,
	  "3:3 M.o | field M.b = 2 of the oneof o is not in the new schema",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    int32 a = 1;\n    N b = 2;\n  }\n  reserved 5;\n}\nmessage N {\n  int32 x = 1;\n}\n" },
	{ "syntax = \"proto2\";\nmessage M {\n  optional int32 a = 1 [default = 5];\n}\n",
	  "syntax = \"proto2\";\nmessage M {\n  optional int32 a = 1 [deprecated = true, default = 7];\n}\n", RULE_PROTO_DEFAULT_CHANGED,
	  "3:3 M.a | field M.a = 1: not set, it was 5 and is 7",
	  "syntax = \"proto2\";\nmessage M {\n  optional int32 a = 1 [default = 5, deprecated = true];\n}\n" },
	{ "syntax = \"proto3\";\nmessage M { E e = 1; }\nenum E {\n  Z = 0;\n  ON = 1;\n  OFF = 2;\n}\n",
	  "syntax = \"proto3\";\nmessage M { E e = 1; }\nenum E {\n  Z = 0;\n  OFF = 1;\n  ON = 2;\n}\n", RULE_PROTO_ENUM_CONSTANT_RENUMBERED,
	  "6:3 E.ON | enum E: 1, ON in the old schema, is OFF in the new one",
	  "syntax = \"proto3\";\nmessage M { E e = 1; }\nenum E {\n  Z = 0;\n  OFF = 2;\n  ON = 1;\n}\n" },
	{ "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n  int32 b = 2;\n}\n",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    int32 a = 1;\n    int32 b = 2; // the other\n  }\n}\n", RULE_PROTO_FIELDS_MOVED_TO_ONEOF,
	  "3:3 M.o | members of the oneof M.o of the new schema could be set together in the old one",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    int32 a = 1;\n  }\n  int32 b = 2;\n}\n" },
	{ "syntax = \"proto3\";\npackage a;\nmessage M { N n = 1; }\nmessage N {}\n", "syntax = \"proto3\";\npackage b.c;\nmessage M { .b.c.N n = 1; }\nmessage N {}\n",
	  RULE_PROTO_PACKAGE_CHANGED, "2:1  | package \"a\" became \"b.c\"", "syntax = \"proto3\";\npackage a;\nmessage M { .a.N n = 1; }\nmessage N {}\n" },
	/* The other member is always set, but that is not what loses this one. */
	{ "syntax = \"proto2\";\nmessage M {\n  required string a = 8;\n  optional sint32 b = 9;\n}\n",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    string a = 8;\n    fixed32 b = 9;\n  }\n}\n", RULE_PROTO_FIELD_SCALAR_KIND_CHANGED,
	  "5:5 M.b | field M.b = 9: optional sint32 became fixed32",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    string a = 8;\n    sint32 b = 9;\n  }\n}\n" },
	{ "syntax = \"proto2\";\nmessage M {\n  required int32 a = 1;\n}\n", "syntax = \"proto3\";\nmessage M {\n  int32 b = 2;\n  int64 a = 1;\n}\n",
	  RULE_PROTO_NUMBER_NOT_RESERVED, NULL, NULL },
	{ "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n  int32 b = 2;\n}\n", "syntax = \"proto3\";\nmessage M {\n  int32 b = 1;\n  int32 a = 2;\n}\n",
	  RULE_PROTO_FIELD_RENUMBERED, "4:3 M.a | field M.a has the number 1 in the old schema and 2 in the new one",
	  "syntax = \"proto3\";\nmessage M {\n  int32 b = 2;\n  int32 a = 1;\n}\n" },
	{ "syntax = \"proto3\";\nmessage M {\n  string a = 1;\n}\n", "syntax = \"proto3\";\nmessage M {\n  reserved 1;\n  string a = 2;\n}\n",
	  RULE_PROTO_FIELD_RENUMBERED, "4:3 M.a | field M.a has the number 1 in the old schema and 2 in the new one",
	  "syntax = \"proto3\";\nmessage M {\n  string a = 1;\n}\n" },
	/* A name that goes, and a number that another name takes, are no renumbering. */
	{ "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n  int32 b = 2;\n}\n", "syntax = \"proto3\";\nmessage M {\n  int32 c = 1;\n  int32 b = 2;\n}\n",
	  RULE_PROTO_FIELD_RENUMBERED, NULL, NULL },
	/* The largest constant is zero, which a field without presence does not write; another one shows it. */
	{ "syntax = \"proto3\";\nmessage M {\n  E a = 1;\n  oneof o {\n    int32 b = 2;\n  }\n}\nenum E {\n  Z = 0;\n  N = -1;\n}\n",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    E a = 1;\n    int32 b = 2;\n  }\n}\nenum E {\n  Z = 0;\n  N = -1;\n}\n",
	  RULE_PROTO_FIELD_MOVED_TO_EXISTING_ONEOF, "3:3 M.o | members of the oneof M.o of the new schema could be set together in the old one",
	  "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    int32 b = 2;\n  }\n  E a = 1;\n}\nenum E {\n  Z = 0;\n  N = -1;\n}\n" },
	/* A name that means another type now, nearer to the field. */
	{ "syntax = \"proto3\";\nmessage A { int32 a = 1; }\nmessage B {\n  A a = 1;\n}\n",
	  "syntax = \"proto3\";\nmessage B {\n  message A { int32 a = 1; }\n  A a = 1;\n}\n", RULE_PROTO_FIELD_NAMED_TYPE_CHANGED,
	  "4:3 B.a | field B.a = 1: A became B.A",
	  "syntax = \"proto3\";\nmessage B {\n  message A { int32 a = 1; }\n  .A a = 1;\n}\nmessage A {\n  int32 a = 1;\n}\n" },
	{ "syntax = \"proto3\";\npackage p.q;\nmessage A { string a = 1; }\nmessage B {\n  map<string, A> m = 3;\n}\n",
	  "syntax = \"proto3\";\npackage p.q;\nmessage A { string a = 1; }\nmessage B {\n  message A { int32 a = 1; }\n  map<string, A> m = 3;\n}\n",
	  RULE_PROTO_FIELD_NAMED_TYPE_CHANGED, "6:3 B.m | field B.m = 3: map<string, p.q.A> became map<string, p.q.B.A>",
	  "syntax = \"proto3\";\npackage p.q;\nmessage A { string a = 1; }\nmessage B {\n  message A { int32 a = 1; }\n  map<string, .p.q.A> m = 3;\n}\n" },
	/* The label of a field, though its enum has lost a constant as well. */
	{ "syntax = \"proto3\";\nmessage M {\n  repeated E e = 1;\n}\nenum E {\n  Z = 0;\n  Y = 1;\n}\n",
	  "syntax = \"proto3\";\nmessage M {\n  E e = 1;\n}\nenum E {\n  Z = 0;\n}\n", RULE_PROTO_REPEATED_TO_SINGULAR,
	  "3:3 M.e | field M.e = 1: repeated E became E",
	  "syntax = \"proto3\";\nmessage M {\n  repeated E e = 1;\n}\nenum E {\n  Z = 0;\n}\n" },
	/* A map whose values require themselves has no entries. */
	{ "syntax = \"proto2\";\nmessage M {\n  repeated M f1 = 1;\n  map<bool, N> f4 = 4;\n}\nmessage N {\n  required N f4 = 4;\n}\n",
	  "syntax = \"proto2\";\nmessage M {\n  repeated N f1 = 1;\n  map<bool, N> f4 = 4;\n}\nmessage N {\n  required N f4 = 4;\n}\n",
	  RULE_PROTO_REQUIRED_FIELD_ADDED, NULL, NULL },
};

static void findings_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		struct arena *arena = arena_create(0);
		const struct explain_finding *found;
		struct explained_pair pair;

		explain_texts(arena, SCHEMA_PROTOBUF, str_of(told[i].old), str_of(told[i].new), true, &pair);
		expect_sound_findings(&pair, told[i].new);
		found = find_rule(&pair, told[i].rule);
		assert_true((found != NULL) == (told[i].says != NULL));
		if (found) {
			assert_true((rule_info(found->rule)->effect == EFFECT_POLICY) == (found->witness == NULL)
				|| rule_info(found->rule)->effect == EFFECT_HARMLESS);
			pbuf_test_equal(str_printf(arena, "%u:%u %.*s | %.*s", found->in_new.line, found->in_new.column,
				STR_ARG(found->in_new.path), STR_ARG(found->message)), told[i].says);
			assert_non_null(found->fix);
			pbuf_test_equal(explain_apply(arena, pair.new, found->fix->edits, found->fix->n_edits), told[i].fixed);
		}
		arena_destroy(arena);
	}
}

/* Names may be exchanged so that an event looks as before, where there is none that shows it better. */
static void exchanged_names_are_said_to_look_the_same(void **state)
{
	struct arena *arena = arena_create(0);
	struct explained_pair pair;
	size_t n = 0;

	(void)state;
	explain_texts(arena, SCHEMA_PROTOBUF,
		STR("syntax = \"proto2\"; message M { required N a = 7; required string b = 3; } message N {}"),
		STR("syntax = \"proto2\"; message M { required N a = 3; required string b = 7; } message N {}"), true, &pair);
	expect_sound_findings(&pair, "exchanged names");
	for (size_t i = 0; i < pair.found.n_items; i++)
		n += pair.found.items[i].witness && str_ends(pair.found.items[i].witness->reason, STR(", which looks the same here"));
	assert_int_equal(n, 1);
	arena_destroy(arena);
}

/* Each field of a message that became another has an event of its own, and a map's has it in the map. */
static void inner_changes_are_shown_in_their_fields(void **state)
{
	static const char *const events[] = { "{\"c\":{\"x\":1}}", "{\"m\":{\"\":{\"x\":1}}}", "{\"l\":[{\"x\":1}]}" };
	struct arena *arena = arena_create(0);
	struct explained_pair pair;
	size_t n = 0;

	(void)state;
	explain_texts(arena, SCHEMA_PROTOBUF,
		STR("syntax = \"proto3\"; message A { C c = 1; map<string, C> m = 2; repeated C l = 3; } message C { int32 x = 1; }"),
		STR("syntax = \"proto3\"; message A { D c = 1; map<string, D> m = 2; repeated D l = 3; } message D { string x = 1; }"),
		true, &pair);
	expect_sound_findings(&pair, "inner changes");
	for (size_t i = 0; i < pair.found.n_items && n < 3; i++)
		if (pair.found.items[i].rule == RULE_PROTO_FIELD_NAMED_TYPE_CHANGED)
			pbuf_test_equal(pair.found.items[i].witness->event, events[n++]);
	assert_int_equal(n, 3);
	arena_destroy(arena);
}

/* What an import defines has its place where it is used. */
static void imports_are_shown_where_they_are_used(void **state)
{
	const struct schema_dependency before = { .name = STR("m.proto"), .subject = STR("m"), .version = 1,
		.text = STR("syntax = \"proto3\"; package c; message Money { int64 units = 1; }") };
	struct schema_dependency after = before;
	struct schema_source old = { .type = SCHEMA_PROTOBUF, .dependencies = &before, .n_dependencies = 1,
		.text = STR("syntax = \"proto3\";\nimport \"m.proto\";\nmessage O {\n  int32 a = 1;\n  map<string, c.Money> m = 2;\n}\n") };
	struct schema_source new = old;
	struct arena *arena = arena_create(0);
	struct explained_pair pair;
	const struct explain_finding *found;

	(void)state;
	after.text = STR("syntax = \"proto3\"; package c; message Money { int32 units = 1; }");
	new.dependencies = &after;
	explain_source(arena, &old, &new, true, &pair);
	expect_sound_findings(&pair, "imports");
	found = find_rule(&pair, RULE_PROTO_NUMBER_NARROWED);
	assert_non_null(found);
	pbuf_test_equal(str_printf(arena, "%u:%u %.*s", found->in_new.line, found->in_new.column, STR_ARG(found->in_new.path)),
		"5:3 Money.units");
	arena_destroy(arena);
}

/* Where a type is used that is not known, or where an import leads nowhere. */
static void faults_have_places(void **state)
{
	static const struct {
		const char *text;
		unsigned flags, line, column;
	} cases[] = {
		{ "syntax = \"proto3\";\nimport \"x/y.proto\";\nmessage M {\n\t/* \xc3\xa4 */ x.Y y = 2;\n}\n", SCHEMA_STRICT, 4, 11 },
		{ "syntax = \"proto3\";\nmessage M {\n  oneof o {\n    int32 a = 1;\n    Z z = 2;\n  }\n}\n", SCHEMA_STRICT, 5, 5 },
		{ "syntax = \"proto3\";\nmessage M {\n  message N {\n    map<string, Z> z = 2;\n  }\n}\n", SCHEMA_STRICT, 4, 5 },
		{ "syntax = \"proto2\";\nmessage M {\n  optional group G = 1 {\n    optional Z z = 2;\n  }\n}\n", SCHEMA_STRICT, 4, 5 },
		{ "syntax = \"proto2\";\nmessage M {}\nextend N {\n  optional int32 a = 100;\n}\n", SCHEMA_STRICT, 3, 1 },
		{ "syntax = \"proto3\";\nmessage M {}\nservice S {\n  rpc A (M) returns (Z);\n}\n", SCHEMA_STRICT, 4, 3 },
		{ "syntax = \"proto3\";\nimport \"google/protobuf/any.proto\";\nimport \"x/y.proto\";\nmessage M {}\n", SCHEMA_LINKED, 3, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		const struct schema_source source = { .type = SCHEMA_PROTOBUF, .text = str_of(cases[i].text) };
		const struct schema *schema;

		if (schema_parse(arena, &source, cases[i].flags, &schema, &err) != ERR_INVALID_SCHEMA || err.line != cases[i].line ||
			err.column != cases[i].column)
			fail_msg("%s: %u:%u %.*s", cases[i].text, err.line, err.column, STR_ARG(err.message));
		arena_destroy(arena);
	}
}

/* ---- the corpus ---- */

static void pairs_of_the_corpus_are_explained(void **state)
{
	(void)state;
	explain_corpus("protobuf.jsonl", SCHEMA_PROTOBUF, SCHEMA_STRICT);
}

static bool is_harmless(const struct explained_pair *pair)
{
	for (size_t i = 0; i < pair->found.n_items; i++)
		if (rule_effect_breaks(pair->found.items[i].effect))
			return false;
	return pair->found.n_items > 0 && pair->found.items[0].refused;
}

/* With a witness; or, where the hole is in an agreement, without one. */
static bool is_warned(const struct explained_pair *pair, bool is_hole)
{
	for (size_t i = 0; i < pair->found.n_items; i++) {
		const struct explain_finding *finding = &pair->found.items[i];

		if (!finding->refused && (finding->witness || (is_hole && finding->effect == EFFECT_POLICY)))
			return true;
	}
	return false;
}

/* What is unsound about the reference has a warning that an event shows; what it refuses for nothing is harmless. */
static void judge_row(struct row *r)
{
	const char *kind = row_text(r->json, "kind"), *wanted = "a warning";
	bool strict = strcmp(kind, "over-strict") == 0, fine;
	struct explained_pair pair;

	if (json_object_get(r->json, "chain"))
		return; /* compat/explain_history.c, level_test */
	explain_texts(r->arena, SCHEMA_PROTOBUF, str_of(row_text(r->json, "old")), str_of(row_text(r->json, "new")), true, &pair);
	/* One row of them calls harmless what loses packed data, as its own evidence shows. */
	if (strcmp(r->id, "finding-P27b") == 0)
		fine = pair.found.n_items == 1 && pair.found.items[0].witness != NULL;
	else
		fine = strict ? is_harmless(&pair) : is_warned(&pair, strcmp(kind, "policy-hole") == 0);
	if (!fine) {
		show_findings(&pair);
		disagree(r, kind, wanted, STR("none"));
	}
	expect_sound_findings(&pair, r->id);
}

static void what_the_reference_gets_wrong(void **state)
{
	(void)state;
	run_file("findings.jsonl", "PROTOBUF", judge_row);
}

/* Whatever stands first in the messages. */
static void a_message_that_became_another_is_as_bad_as_its_worst_field(void **state)
{
	static const char *const numbers[][2] = { { "1", "2" }, { "2", "1" } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct arena *arena = arena_create(0);
		struct explained_pair pair;
		char texts[2][256];

		for (int new = 0; new < 2; new++)
			snprintf(texts[new], sizeof(texts[new]), "syntax = \"proto3\"; message A { int64 s = %s; string t = %s; } "
				"message B { int32 s = %s; A t = %s; } message C { %s x = 1; }", numbers[i][0], numbers[i][1], numbers[i][0], numbers[i][1],
				new ? "B" : "A");
		explain_texts(arena, SCHEMA_PROTOBUF, str_of(texts[0]), str_of(texts[1]), true, &pair);
		assert_int_equal(pair.found.n_items, 1);
		assert_int_equal(pair.found.items[0].effect, EFFECT_FAILS);
		arena_destroy(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_shown_by_their_examples),
		cmocka_unit_test(findings_are_told),
		cmocka_unit_test(a_message_that_became_another_is_as_bad_as_its_worst_field),
		cmocka_unit_test(inner_changes_are_shown_in_their_fields),
		cmocka_unit_test(imports_are_shown_where_they_are_used),
		cmocka_unit_test(exchanged_names_are_said_to_look_the_same),
		cmocka_unit_test(faults_have_places),
		cmocka_unit_test(pairs_of_the_corpus_are_explained),
		cmocka_unit_test(what_the_reference_gets_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
