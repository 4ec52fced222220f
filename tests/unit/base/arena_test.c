/* Tests of base/arena.c: alignment, zeroes, lifetimes, deferred calls and accounting. */
#include "base/arena.h"

#include <stdio.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include "tests/unit/base/check.h"

static void test_sizes(void **state)
{
	static const struct {
		const char *name;
		size_t block;
		size_t size;
		size_t n;
	} cases[] = {
		{ "nothing", 0, 0, 100 },
		{ "bytes", 0, 1, 10000 },
		{ "words", 0, 8, 10000 },
		{ "odd", 0, 37, 1000 },
		{ "quarter of a block", 4096, 1024, 100 },
		{ "a block", 4096, 4096, 100 },
		{ "more than a block", 4096, 5000, 100 },
		{ "a megabyte", 4096, 1 << 20, 5 },
		{ "tiny blocks", 1, 24, 1000 },
		{ "a large block", 1 << 20, 100, 10000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_create(cases[i].block);

		for (int round = 0; round < 2; round++) {
			for (size_t j = 0; j < cases[i].n; j++) {
				unsigned char *piece = arena_alloc(arena, cases[i].size);
				unsigned char any = 0;

				CHECK(cases[i].name, piece != NULL);
				CHECK(cases[i].name, (uintptr_t)piece % alignof(max_align_t) == 0);
				for (size_t k = 0; k < cases[i].size; k++)
					any |= piece[k];
				CHECK(cases[i].name, any == 0);
				memset(piece, 0xAA, cases[i].size);
				arena_alloc_text(arena, 3);
			}
			CHECK(cases[i].name, arena_size(arena) >= cases[i].n * cases[i].size);
			arena_reset(arena);
		}
		arena_destroy(arena);
	}
}

static void test_pieces_do_not_overlap(void **state)
{
	struct arena *arena = arena_create(64);
	char *pieces[500];

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		pieces[i] = i % 2 ? arena_alloc(arena, i) : arena_alloc_text(arena, i);
		memset(pieces[i], (int)(i % 251), i);
	}
	for (size_t i = 0; i < COUNT(pieces); i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal((unsigned char)pieces[i][k], i % 251);
	arena_destroy(arena);
}

static void test_text(void **state)
{
	static const size_t lengths[] = { 0, 1, 63, 254, 255, 256, 257, 1000, 5000, 100000 };
	struct arena *arena = arena_create(0);
	char name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t len = lengths[i];
		char *a = arena_printf(arena, "%0*d", (int)len, 0);
		char *b = arena_strdup(arena, a);
		char *c = arena_strndup(arena, a, len / 2);

		snprintf(name, sizeof(name), "%zu bytes", len);
		CHECK_INT(name, strlen(a), len > 0 ? len : 1);
		CHECK(name, strcmp(a, b) == 0 && a != b);
		CHECK_INT(name, strlen(c), len / 2);
	}
	assert_memory_equal(arena_strndup(arena, "a\0b", 3), "a\0b", 4);
	assert_string_equal(arena_printf(arena, "%s-%d", "x", 7), "x-7");
	arena_destroy(arena);
}

struct note {
	char *text;
	char c;
	struct arena *arena;
};

static void append(void *arg)
{
	struct note *note = arg;
	size_t len = strlen(note->text);

	note->text[len] = note->c;
	note->text[len + 1] = '\0';
}

/* A deferred function may use the arena, and may defer another one. */
static void append_and_defer(void *arg)
{
	struct note *note = arg, *more = arena_new(note->arena, struct note);

	append(note);
	*more = (struct note){ .text = note->text, .c = '!' };
	arena_defer(note->arena, append, more);
}

static void test_deferred(void **state)
{
	struct arena *arena = arena_create(0);
	char text[16] = "";
	struct note notes[3] = {
		{ .text = text, .c = 'a' },
		{ .text = text, .c = 'b', .arena = arena },
		{ .text = text, .c = 'c' },
	};

	(void)state;
	arena_defer(arena, append, &notes[0]);
	arena_defer(arena, append_and_defer, &notes[1]);
	arena_defer(arena, append, &notes[2]);
	arena_reset(arena);
	assert_string_equal(text, "cb!a");
	arena_reset(arena);
	assert_string_equal(text, "cb!a");
	arena_defer(arena, append, &notes[0]);
	arena_destroy(arena);
	assert_string_equal(text, "cb!aa");
	arena_destroy(NULL);
}

static void test_reset_keeps_the_first_block(void **state)
{
	struct arena *arena = arena_create(1000);
	size_t empty = arena_size(arena);
	char *first = arena_alloc_text(arena, 1);

	(void)state;
	for (int i = 0; i < 100; i++)
		arena_alloc(arena, 500);
	assert_true(arena_size(arena) > empty + 40000);
	arena_reset(arena);
	assert_int_equal(arena_size(arena), empty);
	assert_ptr_equal(arena_alloc_text(arena, 1), first);
	arena_destroy(arena);
}

/* Under AddressSanitizer what is not handed out, or no longer, may not be touched. */
static void test_poison(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	struct arena *arena = arena_create(0);
	char *text = arena_alloc_text(arena, 5), *next = arena_alloc(arena, 24);

	(void)state;
	assert_false(__asan_address_is_poisoned(text + 4) || __asan_address_is_poisoned(next + 23));
	assert_true(__asan_address_is_poisoned(text + 8) && __asan_address_is_poisoned(next + 24));
	arena_reset(arena);
	assert_true(__asan_address_is_poisoned(text) && __asan_address_is_poisoned(next));
	arena_destroy(arena);
#else
	(void)state;
	skip();
#endif
}

/* What is taken from the system stays in proportion to what was asked for. */
static void test_waste(void **state)
{
	static const size_t sizes[] = { 1, 16, 40, 200, 1100, 5000, 17000, 70000 };
	char name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct arena *arena = arena_create(0);
		size_t asked = 0;

		for (; asked < 1000 * 1000; asked += sizes[i])
			arena_alloc_text(arena, sizes[i]);
		snprintf(name, sizeof(name), "%zu bytes each", sizes[i]);
#ifndef __SANITIZE_ADDRESS__ /* which needs gaps between pieces */
		CHECK(name, arena_size(arena) < asked + asked / 3 + 70000);
#else
		CHECK(name, arena_size(arena) < asked + (asked / sizes[i]) * 16 + asked / 2 + 70000);
#endif
		arena_destroy(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_pieces_do_not_overlap),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_deferred),
		cmocka_unit_test(test_reset_keeps_the_first_block),
		cmocka_unit_test(test_poison),
		cmocka_unit_test(test_waste),
	};

	return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
