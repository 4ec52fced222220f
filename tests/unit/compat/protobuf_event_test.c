/* Events as ProtoJSON and bytes: both ways, what does not fit, and bytes that cannot be read. */
#include "tests/unit/compat/protobuf_test.h"

#include "base/digest.h"
#include "compat/event.h"

#define P3 "syntax = \"proto3\"; "
#define KNOWN P3 "package p; message M { google.protobuf.Timestamp t = 1; google.protobuf.Duration d = 2;" \
	" google.protobuf.Int64Value i = 3; google.protobuf.StringValue s = 4; google.protobuf.Struct o = 5;" \
	" google.protobuf.Value v = 6; google.protobuf.ListValue l = 7; google.protobuf.FieldMask m = 8;" \
	" google.protobuf.Any a = 9; google.protobuf.Empty e = 10; google.protobuf.NullValue n = 11;" \
	" google.protobuf.BytesValue b = 12; repeated google.protobuf.Timestamp ts = 13; } message N { int32 x = 1; }"

static const char all[] = P3
	"message M { int32 a = 1; int64 big_number = 2; uint64 c = 3; fixed32 d = 4; sint64 e = 5; float f = 6; double g = 7;"
	" bool h = 8; string s = 9; bytes t = 10; E k = 11; M m = 12; repeated int32 p = 13; map<string, int64> q = 14;"
	" oneof o { int32 x = 15; string y = 16; } optional int32 w = 18; map<bool, M> r = 19; string named = 20"
	" [json_name = \"N-ame\"]; repeated E l = 21; map<int64, E> z = 22; } enum E { ZERO = 0; ONE = 1; }";
static const char two[] =
	"message M { required E k = 1; optional group Inner = 3 { optional int32 a = 1; } extensions 100 to max; }"
	" enum E { A = 1; B = 2; } package p; extend M { optional string e = 100; }";

/* `want` of NULL: the same JSON comes back. */
static const struct {
	const char *schema, *json, *hex, *want;
} cases[] = {
	{ all, "{}", "", NULL },
	{ all, "{\"a\":-1}", "08ffffffffffffffffff01", NULL },
	{ all, "{\"a\":\"150\",\"bigNumber\":9007199254740993}", "0896011081808080808080 10", "{\"a\":150,\"bigNumber\":\"9007199254740993\"}" },
	{ all, "{\"a\":1e2,\"big_number\":\"-9223372036854775808\"}", "086410808080808080808080 01",
	  "{\"a\":100,\"bigNumber\":\"-9223372036854775808\"}" },
	{ all, "{\"c\":\"18446744073709551615\",\"d\":4294967295,\"e\":\"-1\"}", "18ffffffffffffffffff0125ffffffff2801", NULL },
	{ all, "{\"f\":1.1,\"g\":0.1}", "35cdcc8c3f399a9999999999b93f", NULL },
	{ all, "{\"f\":\"NaN\",\"g\":\"-Infinity\"}", "350000c07f39000000000000f0ff", NULL },
	{ all, "{\"g\":-0.0}", "390000000000000080", "{\"g\":-0}" },
	{ all, "{\"h\":true,\"s\":\"h\xc3\xa4\\n\",\"t\":\"/wA=\"}", "40014a0468c3a40a5202ff00", NULL },
	{ all, "{\"t\":\"_wA\"}", "5202ff00", "{\"t\":\"/wA=\"}" },
	{ all, "{\"k\":\"ONE\"}", "5801", NULL },
	{ all, "{\"k\":7}", "5807", NULL },
	{ all, "{\"k\":1}", "5801", "{\"k\":\"ONE\"}" },
	{ all, "{\"m\":{\"m\":{}}}", "62026200", NULL },
	{ all, "{\"p\":[1,2],\"q\":{\"a\":\"1\",\"\":\"0\"}}", "6a02010272050a0161100172040a001000", NULL },
	{ all, "{\"x\":0}", "7800", NULL },
	{ all, "{\"w\":0,\"r\":{\"true\":{\"a\":1}}}", "9001009a0106080112020801", NULL },
	{ all, "{\"N-ame\":\"n\",\"l\":[\"ZERO\",5],\"z\":{\"-3\":\"ONE\"}}", "a201016eaa01020005b2010d08fdffffffffffffffff011001", NULL },
	{ all, "{\"named\":\"n\",\"a\":null}", "a201016e", "{\"N-ame\":\"n\"}" },
	{ two, "{\"k\":\"B\",\"inner\":{\"a\":1},\"[p.e]\":\"x\"}", "08021b08011ca2060178", NULL },
	{ KNOWN, "{\"t\":\"1972-01-01T10:00:20.021Z\",\"d\":\"-1.5s\"}", "0a0a08b4e78b1e10c0de810a" "121608ffffffffffffffffff011080b6ca91feffffffff01",
	  "{\"t\":\"1972-01-01T10:00:20.021Z\",\"d\":\"-1.500s\"}" },
	{ KNOWN, "{\"t\":\"1970-01-01T01:00:00+01:00\"}", "0a00", "{\"t\":\"1970-01-01T00:00:00Z\"}" },
	{ KNOWN, "{\"ts\":[\"0001-01-01T00:00:00Z\",\"9999-12-31T23:59:59.999999999Z\"]}",
	  "6a0b088092b8c398feffffff016a0d08ff82d1ffaf0710ff93ebdc03", NULL },
	{ KNOWN, "{\"t\":{\"seconds\":\"-99999999999999\"}}", "0a0b08818097fccea1e9ffff01", NULL }, /* beyond what a Timestamp can say */
	{ KNOWN, "{\"i\":\"5\",\"s\":\"\",\"b\":\"/w==\"}", "1a020805" "2200" "62030a01ff", NULL },
	{ KNOWN, "{\"o\":{\"a\":1,\"b\":[null,true,\"s\",{}]}}",
	  "2a2a0a0e0a0161120911000000000000f03f" "0a180a0162121332110a0208000a0220010a031a01730a022a00", NULL },
	{ KNOWN, "{\"v\":null,\"l\":[]}", "320208003a00", NULL },
	{ KNOWN, "{\"v\":2.5}", "3209110000000000000440", NULL },
	{ KNOWN, "{\"m\":\"aB,c.dE\"}", "420c0a03615f620a05632e645f65", NULL },
	{ KNOWN, "{\"a\":{\"@type\":\"x/p.N\",\"x\":3}}", "4a0b0a05782f702e4e12020803", NULL },
	{ KNOWN, "{\"a\":{\"@type\":\"x/no.Such\",\"value\":\"CAM=\"}}", "4a0f0a09782f6e6f2e5375636812020803", NULL },
	{ KNOWN, "{\"a\":{\"@type\":\"x/google.protobuf.Duration\",\"value\":\"3s\"}}",
	  "4a200a1a782f676f6f676c652e70726f746f6275662e4475726174696f6e12020803", NULL },
	{ KNOWN, "{\"e\":{}}", "5200", NULL },
};

static struct str unblank(struct arena *arena, const char *hex)
{
	struct buf b = buf_make(arena, 64);

	for (; *hex; hex++)
		if (*hex != ' ')
			buf_add_c(&b, *hex);
	return buf_str(&b);
}

static struct str read_back(struct arena *arena, const struct schema *schema, struct str bytes)
{
	const struct event_source source = { .writer = schema, .bytes = bytes };
	struct event_read read;
	struct err err = { .arena = arena };

	assert_int_equal(schema_event_read(arena, &source, &read, &err), OK);
	return read.ok ? read.json : read.reason;
}

static void both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		const struct schema *schema = pbuf_test_schema(arena, cases[i].schema);
		struct err err = { .arena = arena };
		struct str bytes;

		if (schema_event_write(arena, &(struct event_target){ .schema = schema }, str_of(cases[i].json), &bytes, &err) != OK)
			fail_msg("%s: %.*s", cases[i].json, STR_ARG(err.message));
		pbuf_test_equal(hex_encode(arena, (const uint8_t *)bytes.data, bytes.len), unblank(arena, cases[i].hex).data);
		pbuf_test_equal(read_back(arena, schema, bytes), cases[i].want ? cases[i].want : cases[i].json);
		arena_destroy(arena);
	}
}

static const struct {
	const char *schema, *message, *json, *want;
} misfits[] = {
	{ all, NULL, "{\"a\":2147483648}", "The event does not fit the schema: a: 2147483648 is no int32" },
	{ all, NULL, "{\"a\":1.5}", "The event does not fit the schema: a: 1.5 is no int32" },
	{ all, NULL, "{\"a\":true}", "The event does not fit the schema: a: a boolean does not fit int32" },
	{ all, NULL, "{\"c\":-1}", "The event does not fit the schema: c: -1 is no uint64" },
	{ all, NULL, "{\"m\":{\"p\":[1,\"x\"]}}", "The event does not fit the schema: m.p[1]: x is no int32" },
	{ all, NULL, "{\"q\":{\"k\":{}}}", "The event does not fit the schema: q[\"k\"]: an object does not fit int64" },
	{ all, NULL, "{\"r\":{\"1\":{}}}", "The event does not fit the schema: r[\"1\"]: 1 is no bool" },
	{ all, NULL, "{\"k\":\"TWO\"}", "The event does not fit the schema: k: \"TWO\" is no constant of E" },
	{ all, NULL, "{\"x\":1,\"y\":\"\"}", "The event does not fit the schema: y: another member of its oneof is set" },
	{ all, NULL, "{\"t\":\"?\"}", "The event does not fit the schema: t: bytes are written in base64" },
	{ all, NULL, "{\"none\":1}", "The event does not fit the schema: none: M has no such field" },
	{ all, NULL, "{\"p\":1}", "The event does not fit the schema: p: a repeated field is an array, not a number" },
	{ all, NULL, "{\"f\":1e39}", "The event does not fit the schema: f: 1e39 is no float" },
	{ all, NULL, "[]", "The event does not fit the schema: M is an object, not an array" },
	{ all, "N", "{}", "The schema has no message N" },
	{ two, NULL, "{}", "The event does not fit the schema: the required field k is missing" },
	{ two, NULL, "{\"k\":3}", "The event does not fit the schema: k: 3 is no constant of p.E" },
	{ KNOWN, NULL, "{\"t\":\"2020-02-30T00:00:00Z\"}", "The event does not fit the schema: t: a time is written \"2020-01-31T10:00:00.5Z\"" },
	{ KNOWN, NULL, "{\"d\":\"1\"}", "The event does not fit the schema: d: a duration is written \"1.5s\"" },
	{ KNOWN, NULL, "{\"a\":{\"x\":1}}", "The event does not fit the schema: a: an Any names its type in \"@type\"" },
	{ KNOWN, NULL, "{\"a\":{\"@type\":\"p.N\",\"y\":1}}", "The event does not fit the schema: a.y: p.N has no such field" },
	{ "syntax = \"proto3\"; enum E { A = 0; }", NULL, "{}", "The schema has no message" },
};

static void what_does_not_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(misfits) / sizeof(misfits[0]); i++) {
		struct arena *arena = arena_create(0);
		const struct event_target target = { .schema = pbuf_test_schema(arena, misfits[i].schema),
			.message = str_of(misfits[i].message) };
		struct err err = { .arena = arena };
		struct str bytes;

		assert_int_equal(schema_event_write(arena, &target, str_of(misfits[i].json), &bytes, &err), ERR_PARSE);
		pbuf_test_equal(err.message, misfits[i].want);
		arena_destroy(arena);
	}
}

static void bytes_that_fail(void **state)
{
	struct arena *arena = arena_create(0);
	const struct schema *writer = pbuf_test_schema(arena, P3 "package a; message M { bytes s = 1; N n = 2; } message N { bytes t = 4; }");
	const struct schema *reader = pbuf_test_schema(arena, P3 "package b; message M { string s = 1; N n = 2; } message N { string t = 4; }");
	struct event_source source = { .writer = writer, .reader = reader, .message = STR("M"), .bytes = STR("\x12\x03\x22\x01\xff") };
	struct event_read read;
	struct err err = { .arena = arena };

	(void)state;
	assert_int_equal(schema_event_read(arena, &source, &read, &err), OK);
	assert_false(read.ok);
	pbuf_test_equal(read.reason, "no UTF-8 in the string field t");
	pbuf_test_equal(read.path, "N.t");
	assert_int_equal(read.offset, 3);
	source.bytes = STR("\x12\x03\x22\x01x");
	assert_int_equal(schema_event_read(arena, &source, &read, &err), OK);
	pbuf_test_equal(read.json, "{\"n\":{\"t\":\"x\"}}");
	source.reader = NULL;
	assert_int_equal(schema_event_read(arena, &source, &read, &err), OK);
	pbuf_test_equal(read.json, "{\"n\":{\"t\":\"eA==\"}}");
	source.message = STR("a.None");
	assert_int_equal(schema_event_read(arena, &source, &read, &err), ERR_PARSE);
	arena_destroy(arena);
}

/* An Any within an Any within …: neither printing nor reading goes deeper than a decoder does. */
static void nested_any(void **state)
{
	struct arena *arena = arena_create(0);
	const struct schema *schema = pbuf_test_schema(arena, P3 "message M { google.protobuf.Any a = 1; }");
	struct str bytes = STR("");
	struct buf json = buf_make(arena, 1 << 16);
	struct err err = { .arena = arena };

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct buf any = buf_make(arena, bytes.len + 32), out = buf_make(arena, bytes.len + 32);
		struct str inner;

		buf_lit(&any, "\x0a\x03x/M\x12");
		for (size_t len = bytes.len;; len >>= 7) {
			buf_add_c(&any, (char)(len < 128 ? len : (len & 127) | 128));
			if (len < 128)
				break;
		}
		buf_add(&any, bytes);
		inner = buf_str(&any);
		buf_lit(&out, "\x0a");
		for (size_t len = inner.len;; len >>= 7) {
			buf_add_c(&out, (char)(len < 128 ? len : (len & 127) | 128));
			if (len < 128)
				break;
		}
		buf_add(&out, inner);
		bytes = buf_str(&out);
	}
	assert_true(read_back(arena, schema, bytes).len > 2000);
	for (int i = 0; i < 90; i++)
		buf_lit(&json, "{\"a\":{\"@type\":\"x/M\",\"a\":");
	assert_int_not_equal(schema_event_write(arena, &(struct event_target){ .schema = schema }, buf_str(&json), &bytes, &err), OK);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(what_does_not_fit),
		cmocka_unit_test(bytes_that_fail),
		cmocka_unit_test(nested_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
