/* The outline of .proto files: what is listed, with which place, number, type and comment. */
#include "tests/unit/compat/protobuf_test.h"

#include "compat/outline.h"

static void put(struct buf *b, const struct outline *o, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_add_c(b, ' ');
	buf_printf(b, "%.*s %.*s", STR_ARG(o->kind), STR_ARG(o->name));
	if (str_present(o->type))
		buf_printf(b, " : %.*s", STR_ARG(o->type));
	if (o->number >= 0)
		buf_printf(b, " = %lld", (long long)o->number);
	if (str_present(o->default_json))
		buf_printf(b, " default %.*s", STR_ARG(o->default_json));
	buf_printf(b, " @%u:%u <%.*s>", o->line, o->column, STR_ARG(o->path));
	if (o->optional)
		buf_lit(b, " optional");
	for (size_t i = 0; i < o->n_tags; i++)
		buf_printf(b, " #%.*s", STR_ARG(o->tags[i]));
	if (str_present(o->doc))
		buf_printf(b, " // %.*s", STR_ARG(o->doc));
	buf_add_c(b, '\n');
	for (size_t i = 0; i < o->n_items; i++)
		put(b, &o->items[i], depth + 1);
}

static const struct {
	const char *text;
	const char *want;
} cases[] = {
	{ "", "file  : proto2 @1:1 <>\n" },
	{ "// The shop's events.\nsyntax = \"proto3\";\npackage shop;\n\n/**\n * An order.\n *\n * Kept for ever.\n */\nmessage Order {\n"
	  "  // Of the order.\n  // Never twice.\n  int64 id = 1;\n  repeated Line lines = 2; // what was bought\n\n"
	  "  map<string, Line> by_name = 3;\n  oneof pay {\n    string card = 4 [(confluent.field_meta).tags = \"PII\"];\n    bytes token = 5;\n  }\n"
	  "  message Line { int32 n = 1; }\n  enum State { NEW = 0; OLD = 1; }\n}\n"
	  "/* one line */\nservice Shop {\n  rpc Get (Order) returns (stream Order);\n}\n",
	  "file shop : proto3 @1:1 <> // The shop's events.\n"
	  " message shop.Order @10:1 <Order> // An order.\n\nKept for ever.\n"
	  "  field id : int64 = 1 @13:3 <Order.id> optional // Of the order.\nNever twice.\n"
	  "  field lines : repeated Line = 2 @14:3 <Order.lines> optional // what was bought\n"
	  "  field by_name : map<string, Line> = 3 @16:3 <Order.by_name> optional\n"
	  "  oneof pay @17:3 <Order.pay> optional\n"
	  "   field card : string = 4 @18:5 <Order.card> optional #PII\n"
	  "   field token : bytes = 5 @19:5 <Order.token> optional\n"
	  "  message shop.Order.Line @21:3 <Order.Line>\n"
	  "   field n : int32 = 1 @21:18 <Order.Line.n> optional\n"
	  "  enum shop.Order.State @22:3 <Order.State>\n"
	  "   constant NEW = 0 @22:16 <Order.State.NEW>\n"
	  "   constant OLD = 1 @22:25 <Order.State.OLD>\n"
	  " service shop.Shop @25:1 <Shop> // one line\n"
	  "  rpc Get : (Order) returns (stream Order) @26:3 <Shop.Get>\n" },
	{ "message M {\n\trequired string s = 1 [default = \"a\\\"b\"];\n\toptional E e = 2 [default = B];\n"
	  "\toptional uint64 u = 3 [default = 0x10];\n\toptional group G = 4 { optional bool in = 5 [default = true]; }\n"
	  "\textensions 100 to max;\n}\nenum E { A = 1; B = -2; }\nextend M {\n\toptional float x = 100 [default = 1.5];\n}\n",
	  "file  : proto2 @1:1 <>\n"
	  " message M @1:1 <M>\n"
	  "  field s : string = 1 default \"a\\\"b\" @2:2 <M.s>\n"
	  "  field e : E = 2 default \"B\" @3:2 <M.e> optional\n"
	  "  field u : uint64 = 3 default \"16\" @4:2 <M.u> optional\n"
	  "  field G : group = 4 @5:2 <M.G> optional\n"
	  "   field in : bool = 5 default true @5:25 <M.G.in> optional\n"
	  " enum E @8:1 <E>\n"
	  "  constant A = 1 @8:10 <E.A>\n"
	  "  constant B @8:17 <E.B>\n"
	  " extend M @9:1 <M>\n"
	  "  extension x : float = 100 default 1.5 @10:2 <x> optional\n" },
};

static void outlines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct buf b = buf_make(arena, 1024);

		put(&b, schema_outline(arena, pbuf_test_schema(arena, cases[i].text)), 0);
		pbuf_test_equal(buf_str(&b), cases[i].want);
		arena_destroy(arena);
	}
}

/* Comments are looked for in a bounded part of the text: 1 MB of them takes no time that grows with its square. */
static void hostile_comments(void **state)
{
	struct arena *arena = arena_create(0);
	struct buf b = buf_make(arena, 1 << 20);

	(void)state;
	buf_lit(&b, "syntax = \"proto3\"; enum E {\n");
	for (int i = 0; b.len < 900 * 1000; i++)
		buf_printf(&b, "A%d = %d;// */\n/* */\n", i, i);
	buf_add_c(&b, '}');
	assert_true(schema_outline(arena, pbuf_test_schema(arena, buf_str(&b).data))->items[0].n_items > 20000);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outlines),
		cmocka_unit_test(hostile_comments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
