/* Explaining hostile changes ends soon, in findings or in ERR_LIMIT, within a small stack. */
#include "tests/unit/compat/protobuf_test.h"

#include <pthread.h>
#include <time.h>

#include "base/limits.h"
#include "compat/explain.h"

enum { STACK = 512 * 1024, TEXT_MOST = 400 * 1000, SECONDS = 20 };

/* `part` with # replaced by the number, as often as there is room. */
static struct str text_of(struct arena *arena, const char *head, const char *part, const char *tail, unsigned n)
{
	struct buf b = buf_make(arena, 4096);

	buf_add(&b, str_of(head));
	for (unsigned i = 1; i <= n && b.len < TEXT_MOST; i++) {
		for (const char *c = part; *c; c++) {
			if (*c == '#')
				buf_add_i64(&b, i);
			else if (*c == '@')
				buf_add_i64(&b, i + 1);
			else if (*c == '%')
				buf_add_i64(&b, i + 2);
			else
				buf_add_c(&b, *c);
		}
	}
	buf_add(&b, str_of(tail));
	return buf_str(&b);
}

#define P3 "syntax = \"proto3\";\n"
#define P2 "syntax = \"proto2\";\n"

struct side {
	const char *head, *part, *tail;
};

static const struct hostile {
	const char *name;
	struct side old, new;
	unsigned n;
} cases[] = {
	{ "all fields change", { P3 "message M {", "int32 a# = #;\n", "}" }, { P3 "message M {", "string a# = #;\n", "}" }, 100000 },
	{ "all fields go", { P3 "message M {", "int32 a# = #;\n", "}" }, { P3 "message M {", "", "}" }, 100000 },
	{ "all fields into a oneof", { P3 "message M {", "int32 a# = #;\n", "}" }, { P3 "message M { oneof o {", "int32 a# = #;\n", "} }" }, 100000 },
	{ "one oneof of many", { P3 "message M { oneof o {", "int32 a# = #;\n", "} }" }, { P3 "message M { oneof p {", "int64 a# = #;\n", "} }" }, 100000 },
	{ "all messages meet all", { P3, "message A# { A@ f = 1; A# g = 2; int32 x = 3; }\n", "message A3000 {} message A3001 {}" },
	  { P3, "message A# { A% f = 1; A@ g = 2; string x = 3; }\n", "message A3000 {} message A3001 {}" }, 2999 },
	{ "a long chain", { P3, "message A# { B@ f = 1; }\nmessage B# { A@ f = 1; }\n", "message A3000 {int32 x = 1;} message B3000 {int32 x = 1;}" },
	  { P3, "message A# { C@ f = 1; }\nmessage C# { A@ f = 1; }\n", "message A3000 {string x = 1;} message C3000 {string x = 1;}" }, 2999 },
	{ "required without end", { P2, "message A# { required A@ f = 1; required A@ g = 2; }\n", "message A3000 {}" },
	  { P2, "message A# { required A@ f = 1; required A@ g = 2; required int32 h = 3; }\n", "message A3000 {}" }, 2999 },
	{ "a large enum renumbered", { P3 "message M { E e = 1; }\nenum E { Z = 0;\n", "A# = #;\n", "}" },
	  { P3 "message M { E e = 1; }\nenum E { Z = 0;\n", "A# = @;\n", "}" }, 100000 },
	{ "a large enum for many fields", { P3 "message M {", "E e# = #;\n", "} enum E { Z = 0; A = 1; B = 2; }" },
	  { P2 "message M {", "optional E e# = #;\n", "} enum E { Z = 0; B = 1; }" }, 100000 },
	{ "one number, many names", { P3 "message M { E e = 1; }\nenum E { option allow_alias = true;", "A# = 0;\n", "}" },
	  { P3 "message M { F e = 1; }\nenum F { option allow_alias = true;", "B# = 0;\n", "}" }, 100000 },
	{ "a large message that is gone, in many fields", { P3 "message M {", "B b# = #;\n", "} message B { string s1 = 1; string s2 = 2; }" },
	  { P3 "message M {", "int32 b# = #;\n", "}" }, 100000 },
	{ "reserved numbers, used again", { P3 "message M {", "reserved #;\n", "}" }, { P3 "message M {", "int32 a# = #;\n", "}" }, 100000 },
	{ "extensions", { P2 "message M { extensions 1 to max; } extend M {", "optional int32 a# = #;\n", "}" },
	  { P2 "message M { extensions 1 to max; } extend M {", "optional string a# = #;\n", "}" }, 100000 },
	{ "rpcs", { P3 "message M {} service S {", "rpc A# (M) returns (M);\n", "}" }, { P3 "message M {} service S {", "rpc B# (M) returns (M);\n", "}" }, 100000 },
	{ "maps", { P3 "message M {", "map<int32, int64> a# = #;\n", "}" }, { P3 "message M {", "map<int64, int32> a# = #;\n", "}" }, 100000 },
	{ "nested messages", { P3, "message M {", "" }, { P3, "message M {", "" }, 1 },
};

static const struct schema *parse(struct arena *arena, const struct side *side, unsigned n, struct schema_source *source)
{
	const struct schema *schema;
	struct err err = { .arena = arena };

	source->type = SCHEMA_PROTOBUF;
	source->text = text_of(arena, side->head, side->part, side->tail, n);
	return schema_parse(arena, source, 0, &schema, &err) == OK ? schema : NULL;
}

/* Both directions and the list of changes; the result is the time it took, in seconds, or -1. */
static void *run(void *arg)
{
	const struct hostile *h = arg;
	struct arena *arena = arena_create(1 << 16);
	struct schema_source sources[2] = { { .n_dependencies = 0 }, { .n_dependencies = 0 } };
	const struct schema *old = parse(arena, &h->old, h->n, &sources[0]), *new = parse(arena, &h->new, h->n, &sources[1]);
	bool fine = true;

	for (int direction = 0; direction < 2 && old && new && fine; direction++) {
		struct explanation found = { .arena = arena };
		struct err err = { .arena = arena };
		struct explain_pair pair = {
			.reader = direction ? old : new, .writer = direction ? new : old, .reader_is_new = !direction, .source = &sources[1],
		};
		enum err_code code = schema_explain(&pair, &found, &err);

		fine = (code == OK || code == ERR_LIMIT) && found.n_items <= 3 * LIMIT_FINDINGS;
	}
	if (old && new) {
		struct schema_changes changes = { .arena = arena };
		struct err err = { .arena = arena };
		enum err_code code = schema_diff(old, new, &changes, &err);

		fine = fine && (code == OK || code == ERR_LIMIT);
	}
	arena_destroy(arena);
	return fine ? NULL : arg;
}

static void hostile_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pthread_attr_t attr;
		pthread_t thread;
		struct timespec from, to;
		void *failed = NULL;

		clock_gettime(CLOCK_MONOTONIC, &from);
		assert_int_equal(pthread_attr_init(&attr), 0);
		assert_int_equal(pthread_attr_setstacksize(&attr, STACK), 0);
		assert_int_equal(pthread_create(&thread, &attr, run, (void *)(uintptr_t)&cases[i]), 0);
		assert_int_equal(pthread_join(thread, &failed), 0);
		pthread_attr_destroy(&attr);
		clock_gettime(CLOCK_MONOTONIC, &to);
		if (getenv("TENON_TELL"))
			fprintf(stderr, "%s: %.2f s\n", cases[i].name, (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
		if (failed || to.tv_sec - from.tv_sec > SECONDS)
			fail_msg("%s: %s", cases[i].name, failed ? "fails" : "takes too long");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(hostile_changes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
