/* Parsing, judging and printing of each format as a guest: the n-th allocation fails, until all goes well. */
#include "base/memory.h"

#include "base/arena.h"
#include "compat/finding.h"
#include "compat/schema.h"
#include "tests/unit/base/check.h"
#include "tests/unit/base/few_hooks.h"

struct pair {
	const char *name;
	enum schema_type type;
	const char *old;
	const char *new;
	size_t least; /* allocations */
};

static const struct pair pairs[] = {
	{ "avro", SCHEMA_AVRO,
		"{\"type\":\"record\",\"name\":\"n.R\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":"
		"[\"A\",\"B\"]}},{\"name\":\"self\",\"type\":[\"null\",\"R\"],\"default\":null}]}",
		"{\"type\":\"record\",\"name\":\"n.R\",\"aliases\":[\"S\"],\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"enum\",\"name\":\"E\","
		"\"symbols\":[\"A\"]}},{\"name\":\"b\",\"type\":\"double\",\"default\":1.5},{\"name\":\"self\",\"type\":[\"null\",\"R\"]}]}", 5 },
	{ "json", SCHEMA_JSON,
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"},\"b\":{\"oneOf\":[{\"type\":\"number\","
		"\"multipleOf\":0.5},{\"const\":{\"x\":1,\"y\":2}}]}},\"patternProperties\":{\"^x\":true},\"additionalProperties\":false}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"oneOf\":[{\"type\":\"number\"},{\"const\":{\"y\":2,\"x\":1}}]}},"
		"\"patternProperties\":{\"^y\":true},\"required\":[\"c\"],\"additionalProperties\":false}", 10 },
	{ "protobuf", SCHEMA_PROTOBUF,
		"syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\"; message M { string a = 1; oneof o { int32 b = 2; M c = 3; } "
		"map<string, int64> d = 4; google.protobuf.Timestamp at = 5; }",
		"syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\"; message M { int32 a = 1; int32 b = 2; M c = 3; "
		"map<string, int32> d = 4; google.protobuf.Timestamp at = 5; enum E { Z = 0; } E e = 6; }", 5 },
};

struct judged {
	const struct pair *pair;
	struct arena *arena;
	size_t n_findings;
	bool done;
};

static const struct schema *parse(struct arena *arena, enum schema_type type, const char *text)
{
	const struct schema_source source = { .type = type, .text = str_of(text) };
	struct err err = { .arena = arena };
	const struct schema *schema;

	assert_int_equal(schema_parse(arena, &source, SCHEMA_STRICT, &schema, &err), OK);
	return schema;
}

static void judge(void *arg)
{
	struct judged *j = arg;
	struct arena *arena = arena_create(64);
	const struct schema *old = parse(arena, j->pair->type, j->pair->old), *new = parse(arena, j->pair->type, j->pair->new);
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };

	schema_normalized(arena, new);
	schema_equal(old, new);
	assert_int_equal(schema_check(new, old, SCHEMA_POLICY_STRICT, &found, &err), OK);
	j->n_findings = found.n_items;
	j->arena = arena;
	j->done = true;
}

static void test_each_allocation_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct judged j = { .pair = &pairs[i] };
		size_t n = 0;

		for (; !j.done; n++) {
			struct few few = { .left = n, .once = true };
			const struct memory_hooks hooks = { few_resize, &few };

			if (!memory_guard(&hooks, judge, &j))
				CHECK(pairs[i].name, !j.done && few.refused);
			arena_destroy(j.arena);
			CHECK(pairs[i].name, few.held == 0);
		}
		CHECK(pairs[i].name, j.n_findings > 0);
		CHECK(pairs[i].name, n > pairs[i].least);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_allocation_fails) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
