/* Tests of server/registry/metadata.c: canonical text, what the guid covers, merging (contract 2.2, 5.1, 5.3). */
#include "server/registry/metadata.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"
#include "tests/unit/base/check.h"

static int make_arena(void **state)
{
	*state = arena_create(0);
	return 0;
}

static int drop_arena(void **state)
{
	arena_destroy(*state);
	return 0;
}

#define arena_test(function) cmocka_unit_test_setup_teardown(function, make_arena, drop_arena)

/* Texts as metadata_print makes them. */
static const char *const canonical[] = {
	"{}",
	"{\"properties\":{\"a\":\"1\"}}",
	"{\"tags\":{\"R.a\":[\"B\",\"PII\"],\"x\":[]}}",
	"{\"sensitive\":[\"a\",\"b\"]}",
	"{\"tags\":{\"R\":[\"T\"]},\"properties\":{\"\":\"\",\"k\\\"\":\"v\\n\",\"z\":\"\xc3\xa4\"},\"sensitive\":[\"z\"]}",
};

static void test_round_trip(void **state)
{
	struct arena *arena = *state;

	for (size_t i = 0; i < COUNT(canonical); i++) {
		const struct metadata *metadata = metadata_parse(arena, str_of(canonical[i]));

		CHECK(canonical[i], metadata != NULL);
		CHECK_STR(canonical[i], metadata_print(arena, metadata), str_of(canonical[i]));
		for (size_t k = 0; k < COUNT(canonical); k++)
			CHECK(canonical[i], metadata_equal(metadata, metadata_parse(arena, str_of(canonical[k]))) == (i == k));
	}
	assert_null(metadata_parse(arena, STR_NONE));
	assert_false(str_present(metadata_print(arena, NULL)));
	assert_true(metadata_equal(NULL, NULL));
	assert_false(metadata_equal(NULL, metadata_parse(arena, STR("{}"))));
	assert_false(metadata_equal(metadata_parse(arena, STR("{}")), NULL));
}

/* An emoji's surrogates sort before U+FFFD, though its bytes do not. */
static void test_sort(void **state)
{
	struct str sensitive[] = { STR("b"), STR("\xef\xbf\xbd"), STR("a"), STR("\xf0\x9f\x98\x80"), STR("b") };
	struct metadata_property properties[] = { { STR("z"), STR("1") }, { STR("a"), STR("2") }, { STR("Z"), STR("3") } };
	struct metadata_tags tags[] = { { STR("r"), NULL, 0 }, { STR("R.a"), NULL, 0 } };
	struct metadata metadata = {
		.tags = tags, .n_tags = COUNT(tags),
		.properties = properties, .n_properties = COUNT(properties),
		.sensitive = sensitive, .n_sensitive = COUNT(sensitive),
	};
	size_t none = 0;

	metadata_sort(&metadata);
	CHECK_STR("sorted", metadata_print(*state, &metadata),
		STR("{\"tags\":{\"R.a\":[],\"r\":[]},\"properties\":{\"Z\":\"3\",\"a\":\"2\",\"z\":\"1\"},"
			"\"sensitive\":[\"a\",\"b\",\"\xf0\x9f\x98\x80\",\"\xef\xbf\xbd\"]}"));
	metadata_sort_set(NULL, &none);
	assert_int_equal(none, 0);
}

/* The guids that the reference computes for a schema text followed by this (contract 5.1). */
static void test_digest(void **state)
{
	static const struct {
		const char *schema, *metadata, *guid;
	} cases[] = {
		{ "\"int\"", NULL, "ef524ea1-b91e-7317-3d93-8ade36c1db32" },
		{ "\"int\"", "{}", "1d1d1f70-2ee5-5e03-8ce5-4f3b6703c50f" },
		{ "{\"type\":\"int\"}", "{}", "9a150d2e-3a52-e29a-6873-894cf688843b" },
		{ "{\"type\":\"int\"}", "{\"tags\":{\"a.b\":[\"PII\"]},\"properties\":{\"k\":\"v\"},\"sensitive\":[\"k\"]}",
			"b41a47d0-0a9c-b416-90f7-06b84316e0a1" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf text = buf_make(*state, 64);
		uint8_t digest[MD5_BYTES];
		char guid[37];

		buf_add(&text, str_of(cases[i].schema));
		metadata_digest_text(&text, metadata_parse(*state, str_of(cases[i].metadata)));
		digest_md5(buf_str(&text), digest);
		uuid_format(digest, guid);
		CHECK_STR(cases[i].guid, str_make(guid, 36), str_of(cases[i].guid));
	}
}

static void test_get_and_with(void **state)
{
	struct arena *arena = *state;
	const struct metadata *metadata = metadata_parse(arena, STR("{\"tags\":{\"p\":[\"t\"]},\"properties\":{\"a\":\"1\",\"c\":\"\"}}"));
	const struct metadata *more = metadata_with(arena, metadata, STR("b"), STR("2"));

	CHECK_STR("a", metadata_get(metadata, STR("a")), STR("1"));
	assert_true(str_present(metadata_get(metadata, STR("c"))));
	assert_false(str_present(metadata_get(metadata, STR("b"))));
	assert_false(str_present(metadata_get(NULL, STR("a"))));
	CHECK_STR("added", metadata_print(arena, more),
		STR("{\"tags\":{\"p\":[\"t\"]},\"properties\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"\"}}"));
	CHECK_STR("replaced", metadata_print(arena, metadata_with(arena, more, STR("a"), STR("9"))),
		STR("{\"tags\":{\"p\":[\"t\"]},\"properties\":{\"a\":\"9\",\"b\":\"2\",\"c\":\"\"}}"));
	assert_true(metadata_equal(metadata_with(arena, more, STR("b"), STR_NONE), metadata));
	assert_true(metadata_equal(metadata_with(arena, metadata, STR("x"), STR_NONE), metadata));
	CHECK_STR("to none", metadata_print(arena, metadata_with(arena, NULL, STR("x"), STR("1"))), STR("{\"properties\":{\"x\":\"1\"}}"));
	CHECK_STR("from none", metadata_print(arena, metadata_with(arena, NULL, STR("x"), STR_NONE)), STR("{}"));
}

static void test_merge(void **state)
{
	static const struct {
		const char *earlier, *later, *merged;
	} cases[] = {
		{ NULL, NULL, NULL },
		{ "{}", NULL, "{}" },
		{ NULL, "{}", "{}" },
		{ "{\"properties\":{\"a\":\"1\"}}", NULL, "{\"properties\":{\"a\":\"1\"}}" },
		{ "{\"properties\":{\"a\":\"1\"}}", "{}", "{\"properties\":{\"a\":\"1\"}}" },
		{ "{\"properties\":{\"a\":\"1\",\"c\":\"1\"}}", "{\"properties\":{\"a\":\"2\",\"b\":\"2\"}}",
			"{\"properties\":{\"a\":\"2\",\"b\":\"2\",\"c\":\"1\"}}" },
		/* A path's set is replaced as a whole, sensitive names are united. */
		{ "{\"tags\":{\"p\":[\"a\",\"b\"],\"q\":[\"c\"]}}", "{\"tags\":{\"o\":[],\"p\":[\"d\"]}}",
			"{\"tags\":{\"o\":[],\"p\":[\"d\"],\"q\":[\"c\"]}}" },
		{ "{\"sensitive\":[\"b\",\"c\"]}", "{\"sensitive\":[\"a\",\"c\"]}", "{\"sensitive\":[\"a\",\"b\",\"c\"]}" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct metadata *merged = metadata_merge(*state, metadata_parse(*state, str_of(cases[i].earlier)),
			metadata_parse(*state, str_of(cases[i].later)));

		CHECK_STR(cases[i].merged ? cases[i].merged : "none", metadata_print(*state, merged), str_of(cases[i].merged));
		CHECK("absent", str_present(metadata_print(*state, merged)) == (cases[i].merged != NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(test_round_trip),
		arena_test(test_sort),
		arena_test(test_digest),
		arena_test(test_get_and_with),
		arena_test(test_merge),
	};

	return cmocka_run_group_tests_name("server/registry/metadata", tests, NULL, NULL);
}
