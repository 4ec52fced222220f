/* Protobuf schemas in other forms: descriptors in base64, texts without extensions, tags, names. */
#include "tests/unit/compat/protobuf_test.h"

#include "base/base64.h"
#include "compat/protobuf/descriptor.h"

static const struct schema *parse_with(struct arena *arena, const char *text, const struct schema_dependency *list,
	size_t n)
{
	const struct schema_source source = {
		.type = SCHEMA_PROTOBUF, .text = str_of(text), .dependencies = list, .n_dependencies = n,
	};
	const struct schema *schema = NULL;
	struct err err = { .arena = arena };

	if (pbuf_format.parse(arena, &source, SCHEMA_STRICT, &schema, &err) != OK)
		fail_msg("does not parse: %.*s", STR_ARG(err.message));
	return schema;
}

/* As the reference answers (conformance: proto_chain_references). */
static void test_serialized(void **state)
{
	static const char a[] = "syntax = \"proto3\";\npackage chain;\nmessage A { int32 x = 1; }\n";
	static const char b[] = "syntax = \"proto3\";\npackage chain;\nimport \"a.proto\";\nmessage B { A a = 1; }\n";
	static const char c[] = "syntax = \"proto3\";\npackage chain;\nimport public \"b.proto\";\nmessage C { B b = 1; }\n";
	struct arena *arena = arena_create(0);
	const struct schema_dependency list[] = {
		{ .name = STR("a.proto"), .subject = STR("a"), .version = 1, .text = str_of(a) },
		{ .name = STR("b.proto"), .subject = STR("b"), .version = 1, .text = str_of(b) },
	};

	(void)state;
	pbuf_test_equal(pbuf_serialized(arena, parse_with(arena, b, list, 1)),
		"CgdkZWZhdWx0EgVjaGFpbhoHYS5wcm90byIPCgFCEgoKAWEYASgLMgFBYgZwcm90bzM=");
	pbuf_test_equal(pbuf_serialized(arena, parse_with(arena, c, list, 2)),
		"CgdkZWZhdWx0EgVjaGFpbhoHYi5wcm90byIPCgFDEgoKAWIYASgLMgFCUABiBnByb3RvMw==");
	arena_destroy(arena);
}

/* Every part of the language that a descriptor can tell, in the layout in which it is stored. */
static const char WHOLE[] =
	"syntax = \"proto2\";\n"
	"package a.b;\n"
	"\n"
	"import \"google/protobuf/descriptor.proto\";\n"
	"import public \"x.proto\";\n"
	"\n"
	"option java_package = \"p\\n\\\"q\";\n"
	"option optimize_for = SPEED;\n"
	"\n"
	"message M {\n"
	"  reserved 5 to 7;\n"
	"  reserved 9;\n"
	"  reserved \"old\";\n"
	"\n"
	"  option deprecated = true;\n"
	"  option (a.b.note) = {\n"
	"    text: \"hi\",\n"
	"    sizes: [\n"
	"      1,\n"
	"      -2\n"
	"    ]\n"
	"  };\n"
	"\n"
	"  required string a = 1 [default = \"x\"];\n"
	"  optional .a.b.E e = 2 [default = ONE];\n"
	"  repeated int32 n = 3 [packed = true];\n"
	"  map<string, .a.b.M> m = 4;\n"
	"  optional double d = 8 [\n"
	"    deprecated = true,\n"
	"    default = 1.5,\n"
	"    json_name = \"dee\"\n"
	"  ];\n"
	"\n"
	"  oneof o {\n"
	"    string s = 10;\n"
	"    int32 i = 11;\n"
	"  }\n"
	"\n"
	"  repeated group G = 12 {\n"
	"    optional int32 x = 1;\n"
	"  }\n"
	"\n"
	"  extensions 100 to 199;\n"
	"  extensions 1000 to max;\n"
	"\n"
	"  extend .a.b.M {\n"
	"    optional int32 inner = 101;\n"
	"  }\n"
	"\n"
	"  message N {\n"
	"    optional bytes y = 1 [default = ab];\n"
	"  }\n"
	"  enum F {\n"
	"    Z = -1;\n"
	"  }\n"
	"}\n"
	"message Note {\n"
	"  optional string text = 1;\n"
	"  repeated sint32 sizes = 2;\n"
	"}\n"
	"enum E {\n"
	"  reserved 4 to max;\n"
	"  reserved \"GONE\";\n"
	"  option allow_alias = true;\n"
	"  ZERO = 0;\n"
	"  ONE = 1 [deprecated = true];\n"
	"  UN = 1;\n"
	"}\n"
	"\n"
	"extend .a.b.M {\n"
	"  optional string outer = 100;\n"
	"}\n"
	"extend .google.protobuf.MessageOptions {\n"
	"  optional .a.b.Note note = 50000;\n"
	"}\n"
	"\n"
	"service S {\n"
	"  rpc One (.a.b.M) returns (stream .a.b.M) {\n"
	"    option deprecated = true;\n"
	"  };\n"
	"  rpc Two (stream .a.b.M) returns (.a.b.N);\n"
	"}\n";

static void test_descriptor_is_its_text(void **state)
{
	static const char *const texts[] = {
		WHOLE,
		"syntax = \"proto3\";\n\nmessage P {\n  optional int32 a = 1;\n  int32 b = 2;\n  repeated int32 c = 3;\n\n"
		"  oneof o {\n    bool d = 4;\n  }\n}\n",
		"syntax = \"proto3\";\n\nimport \"confluent/meta.proto\";\n\nmessage P {\n"
		"  string a = 1 [(confluent.field_meta) = {\n    doc: \"x\",\n    params: [\n      {\n        key: \"k\",\n"
		"        value: \"v\"\n      }\n    ],\n    tags: [\n      \"PII\"\n    ]\n  }];\n}\n",
		"syntax = \"proto3\";\n\nmessage P {\n  int32 a = 1 [\n    targets = TARGET_TYPE_FIELD,\n"
		"    targets = TARGET_TYPE_ENUM\n  ];\n}\n",
		"\nenum E {\n  A = 0;\n}\n",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct arena *arena = arena_create(0);
		const struct schema *schema = pbuf_test_schema(arena, texts[i]);
		struct str serialized = pbuf_serialized(arena, schema);

		pbuf_test_equal(schema->canonical, texts[i]);
		pbuf_test_equal(pbuf_test_schema(arena, serialized.data)->canonical, texts[i]);
		assert_true(pbuf_format.equal(schema, pbuf_test_schema(arena, serialized.data)));
		arena_destroy(arena);
	}
}

static void test_base64(void **state)
{
	static const struct {
		const char *text;
		const char *bytes; /* NULL: none */
	} cases[] = {
		{ "", NULL }, { "Zg==", "f" }, { "Zg", "f" }, { "Zm8=", "fo" }, { "Zm8", "fo" }, { "Zm9v", "foo" },
		{ "Zm9vYmFy", "foobar" }, { "Z", NULL }, { "Zm9v=", NULL }, { "Zm9v\n", NULL }, { "Zm_v", NULL },
		{ "====", NULL }, { "Z===", NULL },
	};
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str bytes = STR("");
		bool ok = base64_decode(arena, str_of(cases[i].text), &bytes);

		if (ok != (cases[i].bytes != NULL))
			fail_msg("%s", cases[i].text);
		if (!ok)
			continue;
		pbuf_test_equal(bytes, cases[i].bytes);
		assert_true(str_starts(base64_encode(arena, bytes), str_of(cases[i].text)));
	}
	arena_destroy(arena);
}

/* What is neither text nor a descriptor fails as text does; a descriptor must have a text. */
static void test_bad_descriptors(void **state)
{
	static const char *const texts[] = {
		"CgdkZWZhdWx0EgVjaGFpbhoH",                 /* cut */
		"Ig8KAUEgYhIKCgFhGAEoCzIB",                 /* cut within a message */
		"IgcKBWF7fTtiQg==",                         /* a message named "a{};b" */
		"YghlZGl0aW9ucw==",                         /* editions */
		"IgUKA/8gYQ==",                             /* a name that is no UTF-8 */
	};
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str why = STR("");

		if (pbuf_test_parse(arena, str_of(texts[i]), 0, &why))
			fail_msg("parses: %s", texts[i]);
		assert_true(str_starts(why, STR("Could not parse Protobuf - Syntax error in :1:1: unexpected label: ")));
	}
	arena_destroy(arena);
}

static void test_without_extensions(void **state)
{
	static const char text[] =
		"syntax = \"proto2\";\noption (x) = 1;\noption java_package = \"p\";\n"
		"message M {\n  option (y) = 2;\n  option (confluent.message_meta).doc = \"d\";\n"
		"  optional int32 a = 1 [(z) = 3, deprecated = true];\n  oneof o { option (w) = 1; int32 b = 2 [(z) = 1]; }\n"
		"  optional group G = 4 { optional int32 g = 1 [(z) = 4]; }\n"
		"  extensions 100 to 200;\n  extend M { optional int32 e = 100; }\n  enum E { A = 0 [(v) = 1]; }\n}\n"
		"extend M { optional int32 f = 101; }\n"
		"service S { option (u) = 1; rpc R (M) returns (M) { option (t) = 1; option deprecated = true; } }\n";
	struct arena *arena = arena_create(0);

	(void)state;
	pbuf_test_equal(pbuf_without_extensions(arena, pbuf_test_schema(arena, text)),
		"syntax = \"proto2\";\n\noption java_package = \"p\";\n\nmessage M {\n"
		"  option (confluent.message_meta).doc = \"d\";\n\n  optional int32 a = 1 [deprecated = true];\n\n"
		"  oneof o {\n    int32 b = 2;\n  }\n\n  optional group G = 4 {\n    optional int32 g = 1;\n  }\n\n"
		"  enum E {\n    A = 0;\n  }\n}\n\nservice S {\n  rpc R (M) returns (M) {\n    option deprecated = true;\n  };\n}\n");
	arena_destroy(arena);
}

static void test_names(void **state)
{
	static const char text[] = "syntax = \"proto3\"; package a.b; enum E { Z = 0; } message M { int32 y = 2; "
							   "oneof o { int32 x = 1; } } message N {}";
	struct arena *arena = arena_create(0);
	const struct schema *schema = pbuf_test_schema(arena, text);
	const struct str *fields;

	(void)state;
	pbuf_test_equal(pbuf_format.name(schema), "a.b.M");
	assert_int_equal(pbuf_format.top_fields(arena, schema, &fields), 2);
	pbuf_test_equal(fields[0], "x");
	pbuf_test_equal(fields[1], "y");
	pbuf_test_equal(pbuf_format.name(pbuf_test_schema(arena, "enum E { A = 1; }")), "E");
	assert_false(str_present(pbuf_format.name(pbuf_test_schema(arena, "package a;"))));
	assert_false(str_present(pbuf_unresolved(schema)));
	pbuf_test_equal(pbuf_unresolved(pbuf_test_schema(arena, "message M { optional N n = 1; }")), "N");
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serialized),
		cmocka_unit_test(test_descriptor_is_its_text),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_bad_descriptors),
		cmocka_unit_test(test_without_extensions),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
