/* What is hostile ends in an answer or an error, soon and within a small stack. */
#include "tests/unit/compat/protobuf_test.h"

#include <assert.h>
#include <pthread.h>

#include "base/limits.h"

enum { STACK = 512 * 1024, TEXT_MOST = 1000 * 1000 };

/* Repeats `part` with %u replaced by the number, up to `n` times or 1 MB. */
static void repeat(struct buf *b, const char *part, unsigned n)
{
	for (unsigned i = 1; i <= n && b->len < TEXT_MOST; i++) {
		for (const char *c = part; *c; c++) {
			if (*c == '#')
				buf_add_i64(b, i);
			else
				buf_add_c(b, *c);
		}
	}
}

/* Head, so many times the middle, so many times the tail. */
static struct str text_of(struct arena *arena, const char *head, const char *middle, const char *tail, unsigned n)
{
	struct buf b = buf_make(arena, 4096);

	buf_add(&b, str_of(head));
	repeat(&b, middle, n);
	repeat(&b, tail, n);
	return buf_str(&b);
}

static const struct {
	const char *name;
	const char *head;
	const char *middle;
	const char *tail;
	unsigned n;
	enum err_code code;
} cases[] = {
	{ "nested messages", "", "message M {", "}", 500, OK },
	{ "messages nested too deep", "", "message M {", "}", 10000, ERR_LIMIT },
	{ "open messages", "", "message M {", "", 10000, ERR_LIMIT },
	{ "nested maps in options", "option a = ", "{a ", "}", 10000, ERR_LIMIT },
	{ "nested lists in options", "option a = ", "[", "]", 10000, ERR_LIMIT },
	{ "nested map types", "syntax = \"proto3\"; message M { ", "map<int32, ", ">", 10000, ERR_LIMIT },
	{ "a hundred thousand fields", "syntax = \"proto3\"; message M {int32 a=1;", "A a#=#;", "", 100000, ERR_PARSE },
	{ "fields on one line", "syntax = \"proto3\"; message M {", "int32 a#=#;", "", 100000, ERR_PARSE },
	{ "messages", "", "message M#{}", "", 100000, OK },
	{ "messages of one name", "message A {", "message M{}", "", 100000, ERR_PARSE },
	{ "oneofs", "message A {", "oneof o#{int32 a=#;}", "", 100000, ERR_PARSE },
	{ "members of a oneof", "message A { oneof o {", "int32 a#=1;", "", 100000, ERR_PARSE },
	{ "keys of a map", "option a = {", "a#:1 ", "};", 1, OK },
	{ "the same key of a map", "option a = {", "a:1 ", "", 100000, ERR_PARSE },
	{ "different keys of a map", "option a = {", "a#:1 ", "", 100000, ERR_PARSE },
	{ "parts of one option", "", "option (a).b#=1;", "", 100000, OK },
	{ "parts of one known option", "", "option (confluent.file_meta).b#=1;", "", 100000, OK },
	{ "constants", "enum E {", "A#=#;", "", 100000, ERR_PARSE },
	{ "reserved numbers", "message M { reserved 1", ",#", ";}", 1, OK },
	{ "ranges", "message M { reserved 1", ",#", "", 200000, ERR_PARSE },
	{ "comments", "", "/*x*/", "", 100000, OK },
	{ "open comments", "", "/*", "", 400000, ERR_PARSE },
	{ "semicolons", "", ";", "", 1000000, OK },
	{ "packages of many parts", "package a", ".a", ";", 400, OK },
	{ "a long package", "package a", ".a", ";", 4000, ERR_LIMIT },
	{ "strings side by side", "option a = ", "\"a\"", ";", 100000, OK },
	{ "imports", "", "import \"#\";", "", 100000, OK },
	{ "services", "service S {", "rpc R(A)returns(B);", "", 100000, ERR_PARSE },
	{ "blanks of an option", "option (a).", "a.", "", 100000, ERR_PARSE },
};

/* cmocka's assertions belong to the main thread: others hand it their complaint, or NULL. */
static char *complain(const char *what, struct str detail)
{
	char *text = malloc(512);

	assert(text != NULL);
	snprintf(text, 512, "%s: %.*s", what, (int)(detail.len < 400 ? detail.len : 400), detail.len ? detail.data : "");
	return text;
}

/* Also what follows from parsing: the normal form, the descriptor, a check against itself. */
static bool survives(struct arena *arena, const struct schema *schema)
{
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	struct schema_source source = { .type = SCHEMA_PROTOBUF, .text = pbuf_format.normalized(arena, schema) };
	const struct schema *again;

	if (pbuf_format.parse(arena, &source, 0, &again, &err) != OK || pbuf_serialized(arena, schema).len == 0)
		return schema->canonical.len == 0;
	if (pbuf_format.check(schema, schema, SCHEMA_POLICY_STRICT, &found, &err) != OK)
		return err.code == ERR_LIMIT;
	return found.n_items == 0;
}

static void *run_cases(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct str text = text_of(arena, cases[i].head, cases[i].middle, cases[i].tail, cases[i].n);
		const struct schema_source source = { .type = SCHEMA_PROTOBUF, .text = text };
		const struct schema *schema = NULL;
		struct err err = { .arena = arena };
		enum err_code code = pbuf_format.parse(arena, &source, 0, &schema, &err);

		if (code != cases[i].code)
			return complain(cases[i].name, code == OK ? STR("parses") : err.message);
		if (code == OK && !survives(arena, schema))
			return complain(cases[i].name, STR("does not survive what follows"));
		arena_destroy(arena);
	}
	return NULL;
}

/* Runs on a stack as small as a server thread's. */
static void on_small_stack(void *(*fn)(void *arg))
{
	pthread_attr_t attributes;
	pthread_t thread;
	void *complaint;

	assert_int_equal(pthread_attr_init(&attributes), 0);
#ifdef __SANITIZE_ADDRESS__
	assert_int_equal(pthread_attr_setstacksize(&attributes, 8 * STACK), 0); /* frames are larger there */
#else
	assert_int_equal(pthread_attr_setstacksize(&attributes, STACK), 0);
#endif
	assert_int_equal(pthread_create(&thread, &attributes, fn, NULL), 0);
	pthread_join(thread, &complaint);
	pthread_attr_destroy(&attributes);
	if (complaint)
		fail_msg("%s", (const char *)complaint);
}

static void test_texts(void **state)
{
	(void)state;
	on_small_stack(run_cases);
}

static const struct schema *parse_with(struct arena *arena, struct str text, struct str dependency, int version)
{
	const struct schema_dependency list[] = {
		{ .name = STR("d.proto"), .subject = STR("d"), .version = version, .text = dependency },
	};
	const struct schema_source source = {
		.type = SCHEMA_PROTOBUF, .text = text, .dependencies = list, .n_dependencies = 1,
	};
	const struct schema *schema = NULL;
	struct err err = { .arena = arena };

	return pbuf_format.parse(arena, &source, 0, &schema, &err) == OK ? schema : NULL;
}

/* ERR_PARSE when one of them does not even parse. */
static enum err_code check_versions(struct arena *arena, struct str old, struct str new, size_t *n)
{
	const struct str text = STR("syntax = \"proto3\"; message Root { M1 m = 1; }");
	const struct schema *reader = parse_with(arena, text, new, 2), *writer = parse_with(arena, text, old, 1);
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	enum err_code code;

	if (reader == NULL || writer == NULL)
		return ERR_PARSE;
	code = pbuf_format.check(reader, writer, SCHEMA_POLICY_STRICT, &found, &err);
	*n = found.n_items;
	return code;
}

/* Every message names all others: compared pair by pair it ends at once, path by path it never would. */
static void *run_mutual(void *arg)
{
	enum { MESSAGES = 30 };
	struct arena *arena = arena_create(0);
	struct buf old = buf_make(arena, 4096), new = buf_make(arena, 4096);
	enum err_code code;
	size_t n = 0;

	(void)arg;
	for (int both = 0; both < 2; both++) {
		struct buf *b = both ? &new : &old;

		buf_lit(b, "syntax = \"proto3\"; ");
		for (int i = 1; i <= MESSAGES; i++) {
			buf_printf(b, "message M%d {", i);
			for (int k = 1; k <= MESSAGES; k++)
				buf_printf(b, "M%d m%d = %d;", k, k, k);
			buf_printf(b, "%s x = 100;}", both && i == MESSAGES ? "string" : "int32");
		}
	}
	code = check_versions(arena, buf_str(&old), buf_str(&new), &n);
	arena_destroy(arena);
	return code == OK && n > 0 && n <= LIMIT_FINDINGS ? NULL : complain("mutual", str_of(err_name(code)));
}

static enum err_code check_chain(int length, size_t *n)
{
	struct arena *arena = arena_create(0);
	struct buf b = buf_make(arena, 4096);
	enum err_code code;

	buf_lit(&b, "syntax = \"proto3\"; ");
	for (int i = 1; i <= length; i++)
		buf_printf(&b, "message M%d {M%d a=1;M%d b=2;}", i, i + 1, i + 1);
	code = check_versions(arena, buf_str(&b), buf_str(&b), n);
	arena_destroy(arena);
	return code;
}

/* A chain of messages as long as you like: an answer or a clear error. */
static void *run_chain(void *arg)
{
	size_t n = 1;

	(void)arg;
	if (check_chain(20000, &n) != ERR_LIMIT)
		return complain("a long chain", STR(""));
	if (check_chain(400, &n) != OK || n != 0)
		return complain("a short chain", STR(""));
	return NULL;
}

static void test_recursion(void **state)
{
	(void)state;
	on_small_stack(run_mutual);
	on_small_stack(run_chain);
}

/* An entry that is its own value has no end. */
static void test_endless_entry(void **state)
{
	static const char text[] = "syntax = \"proto3\"; message M { repeated E e = 1; message E { option map_entry = true;"
							   " string key = 1; E value = 2; } }";
	struct arena *arena = arena_create(0);
	const struct schema *schema = pbuf_test_schema(arena, text);
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };

	(void)state;
	assert_int_equal(pbuf_format.check(schema, schema, SCHEMA_POLICY_STRICT, &found, &err), ERR_LIMIT);
	pbuf_test_schema(arena, pbuf_format.normalized(arena, schema).data);
	assert_true(pbuf_serialized(arena, schema).len > 0);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_recursion),
		cmocka_unit_test(test_endless_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
