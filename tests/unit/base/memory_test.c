/* Tests of base/memory.c: what a guard takes back when memory runs out, and what it leaves alone. */
#include "base/memory.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "tests/unit/base/check.h"
#include "tests/unit/base/few_hooks.h"

static void count(void *arg)
{
	++*(int *)arg;
}

struct work {
	struct few few;
	struct memory_hooks hooks;
	struct arena *kept;   /* created by the work, for the caller */
	struct arena *before; /* from before the guard */
	void *piece;
	int ended;            /* deferred functions that ran */
	int returned;
};

static struct work work_make(size_t left)
{
	return (struct work){ .few = { .left = left } };
}

static bool guard(struct work *w, void (*fn)(void *arg))
{
	w->hooks = (struct memory_hooks){ few_resize, &w->few };
	return memory_guard(&w->hooks, fn, w);
}

static void take_arena(void *arg)
{
	struct work *w = arg;

	w->kept = arena_create(0);
	arena_defer(w->kept, count, &w->ended);
	w->returned++;
}

static void test_what_the_work_made_is_the_callers(void **state)
{
	struct work w = work_make(10);

	(void)state;
	assert_true(guard(&w, take_arena));
	assert_int_equal(w.few.held, 1);
	assert_int_equal(w.ended, 0);
	arena_alloc(w.kept, 100000); /* also outside it comes from the hooks */
	assert_int_equal(w.few.held, 2);
	arena_destroy(w.kept);
	assert_int_equal(w.ended, 1);
	assert_int_equal(w.few.held, 0);
}

static void take_too_much(void *arg)
{
	struct work *w = arg;
	struct arena *gone = arena_create(0);
	void *table = memory_resize(NULL, 10);

	take_arena(arg);
	w->ended = 0;
	table = memory_resize(table, 20);
	arena_destroy(gone);
	memory_free(memory_resize(NULL, 5));
	w->few.left = 0;
	memory_free(memory_resize(table, 30));
	w->returned = 100;
}

static void test_what_is_out_is_taken_back(void **state)
{
	struct work w = work_make(10);

	(void)state;
	assert_false(guard(&w, take_too_much));
	assert_int_equal(w.few.held, 0);
	assert_int_equal(w.ended, 1);
	assert_int_equal(w.returned, 1);
	assert_ptr_not_equal(memory_hooks_now(), &w.hooks);
}

static void keep_one(void *arg)
{
	struct work *w = arg;

	take_arena(arg);
	arena_keep(w->kept);
	w->few.left = 0;
	memory_free(memory_resize(NULL, 30));
}

static void test_what_is_kept_is_not_taken_back(void **state)
{
	struct work w = work_make(10);

	(void)state;
	assert_false(guard(&w, keep_one));
	assert_int_equal(w.few.held, 1);
	assert_int_equal(w.ended, 0);
	arena_destroy(w.kept);
	assert_int_equal(w.ended, 1);
}

static void defer_without_memory(void *arg)
{
	struct work *w = arg;
	struct arena *arena = arena_create(1);

	w->few.left = 0;
	arena_defer(arena, count, &w->ended);
	w->returned = 100;
}

static void test_what_cannot_be_deferred_is_done(void **state)
{
	struct work w = work_make(10);

	(void)state;
	assert_false(guard(&w, defer_without_memory));
	assert_int_equal(w.ended, 1);
	assert_int_equal(w.returned, 0);
	assert_int_equal(w.few.held, 0);
}

static void grow_the_old(void *arg)
{
	struct work *w = arg;

	arena_alloc(w->before, 100000);
	w->returned++;
	w->few.left = 0;
	arena_alloc(w->before, 100000);
	w->returned++;
}

static void test_an_arena_from_before_stays(void **state)
{
	struct work w = work_make(10);

	(void)state;
	assert_true(guard(&w, take_arena));
	w.before = w.kept;
	w.returned = 0;
	assert_false(guard(&w, grow_the_old));
	assert_int_equal(w.returned, 1);
	assert_int_equal(w.ended, 0);
	arena_reset(w.before);
	assert_int_equal(w.few.held, 1);
	arena_destroy(w.before);
	assert_int_equal(w.few.held, 0);
}

static void inside(void *arg)
{
	struct work *outer = arg;
	static struct work inner; /* its hooks outlive the outer guard */

	inner = work_make(1);
	take_arena(outer);
	assert_true(guard(&inner, take_arena)); /* no guard's from here on */
	inner.few.left = 0;
	assert_false(guard(&inner, take_arena));
	assert_ptr_equal(memory_hooks_now(), &outer->hooks);
	outer->before = inner.kept;
	outer->few.left = 0;
	memory_free(memory_resize(NULL, 1));
	outer->returned = 100;
}

static void test_guards_inside_guards(void **state)
{
	struct work w = work_make(10);

	(void)state;
	assert_false(guard(&w, inside));
	assert_int_equal(w.ended, 1);
	assert_int_equal(w.returned, 1);
	assert_int_equal(w.few.held, 0);
	arena_destroy(w.before);
}

/* A text whose reading, comparing and writing need every kind of memory there is. */
static char *make_text(void)
{
	static char text[200000];
	size_t at = 0;

	for (int i = 0; i < 100; i++)
		text[at++] = '[';
	text[at++] = '{';
	for (int i = 0; i < 3000; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s\"name%d\":[%d,\"\\u00e4\"]", i ? "," : "", i, i);
	text[at++] = '}';
	memset(text + at, ']', 100);
	return text;
}

static void read_and_write(void *arg)
{
	struct work *w = arg;
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct jsn *one, *two;
	struct buf out = buf_make(arena, 0);

	assert_int_equal(jsn_parse(arena, str_of(make_text()), 0, 200, &one, &err), OK);
	assert_int_equal(jsn_parse(arena, str_of(make_text()), 0, 200, &two, &err), OK);
	assert_true(jsn_equal(one, two));
	buf_json(&out, one);
	w->returned = (int)out.len;
	arena_destroy(arena);
}

static void test_json_without_memory(void **state)
{
	size_t n = 0;

	(void)state;
	for (int once = 0; once < 2; once++) {
		struct work w;

		for (n = 0, w = work_make(0); w.returned == 0; n++) {
			w = work_make(n);
			w.few.once = once;
			if (guard(&w, read_and_write))
				assert_int_not_equal(w.returned, 0);
			else
				assert_int_equal(w.returned, 0);
			assert_int_equal(w.few.held, 0);
		}
		assert_true(n > 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_work_made_is_the_callers),
		cmocka_unit_test(test_what_is_out_is_taken_back),
		cmocka_unit_test(test_what_is_kept_is_not_taken_back),
		cmocka_unit_test(test_what_cannot_be_deferred_is_done),
		cmocka_unit_test(test_an_arena_from_before_stays),
		cmocka_unit_test(test_guards_inside_guards),
		cmocka_unit_test(test_json_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
