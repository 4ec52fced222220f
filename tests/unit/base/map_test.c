/* Tests of base/map.c: against a plain list, and the quality of the hash. */
#include "base/map.h"

#include <stdio.h>

#include "base/arena.h"
#include "tests/unit/base/check.h"

static void test_against_list(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 15, 16, 17, 100, 5000, 100000 };
	static int values[100000], others[100000];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct arena *arena = arena_create(0);
		struct map map = map_make(arena);
		char name[32];

		snprintf(name, sizeof(name), "%zu keys", sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++) {
			struct str key = str_printf(arena, "key %zu", k);

			CHECK(name, map_get(&map, key) == NULL);
			CHECK(name, map_put(&map, key, &values[k]) == NULL);
			CHECK(name, map_get(&map, key) == &values[k]);
		}
		for (size_t k = 0; k < sizes[i]; k += 3)
			CHECK(name, map_put(&map, str_printf(arena, "key %zu", k), &others[k]) == &values[k]);
		CHECK_INT(name, map.n_entries, sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++) {
			struct str key = str_printf(arena, "key %zu", k);

			CHECK(name, map_get(&map, key) == (k % 3 ? &values[k] : &others[k]));
			CHECK_STR(name, map.entries[k].key, key);
		}
		CHECK(name, map_get(&map, STR("key")) == NULL);
		arena_destroy(arena);
	}
}

static void test_keys(void **state)
{
	static const struct str keys[] = {
		{ "", 0 }, { "\0", 1 }, { "\0\0", 2 }, { "a", 1 }, { "a\0", 2 }, { "a\0b", 3 }, { "1234567", 7 },
		{ "12345678", 8 }, { "123456789", 9 }, { "1234567890123456", 16 }, { "12345678901234567", 17 },
		{ "1234567890123456\0", 17 },
	};
	struct arena *arena = arena_create(0);
	struct map map = map_make(arena);

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		assert_null(map_put(&map, keys[i], arena_new(arena, int)));
	for (size_t i = 0; i < COUNT(keys); i++)
		assert_ptr_equal(map_get(&map, str_dup(arena, keys[i])), map.entries[i].value);
	assert_ptr_equal(map_get(&map, STR_NONE), map.entries[0].value);
	assert_non_null(map_put(&map, keys[3], NULL));
	assert_null(map_get(&map, keys[3]));
	assert_int_equal(map.n_entries, COUNT(keys));
	arena_destroy(arena);
}

/* Each bit of a key changes about half the bits of its hash, whatever the length. */
static void test_hash_spreads(void **state)
{
	(void)state;
	for (size_t len = 1; len <= 40; len++) {
		char name[32];
		long changed = 0, trials = 0;

		snprintf(name, sizeof(name), "%zu bytes", len);
		for (size_t bit = 0; bit < 8 * len; bit++) {
			for (int fill = 0; fill < 16; fill++) {
				char key[40], other[40];
				int differ;

				memset(key, fill * 17, len);
				memcpy(other, key, len);
				other[bit / 8] = (char)(other[bit / 8] ^ (1 << bit % 8));
				differ = __builtin_popcountll(hash_bytes(key, len) ^ hash_bytes(other, len));
				CHECK(name, differ > 4);
				changed += differ;
				trials++;
			}
		}
		CHECK(name, changed > trials * 29 && changed < trials * 35);
	}
}

static void test_hash_of_lengths(void **state)
{
	static const char zeros[200];

	(void)state;
	for (size_t a = 0; a < sizeof(zeros); a++)
		for (size_t b = 0; b < a; b++)
			assert_int_not_equal(hash_bytes(zeros, a), hash_bytes(zeros, b));
	assert_int_equal(hash_bytes(NULL, 0), hash_str(STR("")));
	assert_int_equal(hash_bytes("abc", 3), hash_str(STR("abc")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_list),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_hash_spreads),
		cmocka_unit_test(test_hash_of_lengths),
	};

	return cmocka_run_group_tests_name("base/map", tests, NULL, NULL);
}
