/* The cache of rendered answers by itself: keys, validity, room, compression, and threads racing with changes. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

#include "server/http/cache.h"
#include "server/http/gzip.h"

enum { ROOM = 1024 * 1024 };

static struct http_kept kept(struct str body, uint64_t tag, uint64_t sequence)
{
	return (struct http_kept){ .body = body, .tags = { tag }, .n_tags = 1, .sequence = sequence };
}

static bool put(struct http_cache *cache, const char *target, struct http_kept what)
{
	struct http_key key = http_key_make(1, str_of(target), STR_NONE);
	struct http_entry *entry = http_cache_put(cache, &key, &what);

	if (entry)
		http_entry_unref(entry);
	return entry != NULL;
}

/* The kept body, copied, or NULL. */
static char *find(struct http_cache *cache, unsigned kind, const char *target, const char *body)
{
	static _Thread_local char text[256];
	struct http_key key = http_key_make(kind, str_of(target), str_of(body));
	struct http_entry *entry = http_cache_find(cache, &key);

	if (entry == NULL)
		return NULL;
	snprintf(text, sizeof(text), "%.*s", STR_ARG(http_entry_body(entry)));
	http_entry_unref(entry);
	return text;
}

static void tells_keys_apart(void **state)
{
	struct http_cache *cache = http_cache_create(ROOM);
	struct http_key with_body = http_key_make(1, STR("/a"), STR("{}"));
	struct http_kept what = kept(STR("with body"), 7, 0);
	struct http_entry *entry;

	(void)state;
	assert_true(put(cache, "/a", kept(STR("one"), 7, 0)));
	assert_string_equal(find(cache, 1, "/a", NULL), "one");
	assert_null(find(cache, 2, "/a", NULL));
	assert_null(find(cache, 1, "/b", NULL));
	assert_null(find(cache, 1, "/a", "{}"));
	entry = http_cache_put(cache, &with_body, &what);
	assert_non_null(entry);
	http_entry_unref(entry);
	assert_string_equal(find(cache, 1, "/a", "{}"), "with body");
	assert_string_equal(find(cache, 1, "/a", NULL), "one");
	assert_null(find(cache, 1, "/a{}", NULL));
	assert_true(put(cache, "/a", kept(STR("two"), 7, 0)));
	assert_string_equal(find(cache, 1, "/a", NULL), "two");
	assert_int_equal(http_cache_counts(cache).entries, 2);
	http_cache_destroy(cache);
}

static void changes_void_what_depends_on_them(void **state)
{
	struct http_cache *cache = http_cache_create(ROOM);
	struct http_kept two = { .body = STR("x"), .tags = { 1, 2 }, .n_tags = 2, .sequence = 5 };

	(void)state;
	http_cache_advance(cache, 5);
	assert_int_equal(http_cache_sequence(cache), 5);
	assert_true(put(cache, "/one", kept(STR("x"), 1, 5)));
	assert_true(put(cache, "/two", two));
	assert_true(put(cache, "/three", kept(STR("x"), 3, 5)));
	http_cache_change(cache, 2, 6);
	assert_non_null(find(cache, 1, "/one", NULL));
	assert_null(find(cache, 1, "/two", NULL));
	http_cache_change(cache, 1, 6);
	assert_null(find(cache, 1, "/one", NULL));
	assert_non_null(find(cache, 1, "/three", NULL));
	assert_int_equal(http_cache_counts(cache).entries, 1);

	/* computed before the change, put after it */
	assert_false(put(cache, "/one", kept(STR("x"), 1, 5)));
	assert_true(put(cache, "/one", kept(STR("x"), 1, 6)));
	http_cache_destroy(cache);
}

static void keeps_only_what_it_can_void(void **state)
{
	struct http_cache *cache = http_cache_create(ROOM);
	struct http_kept none = { .body = STR("x"), .n_tags = 0 };
	struct http_kept many = { .body = STR("x"), .n_tags = HTTP_CACHE_TAGS + 1 };
	struct http_kept large = kept(str_make(calloc(1, ROOM), ROOM / 16), 1, 0);

	(void)state;
	assert_false(put(cache, "/none", none));
	assert_false(put(cache, "/many", many));
	assert_false(put(cache, "/large", large));
	assert_null(http_cache_create(100));
	free((void *)(uintptr_t)large.body.data);
	http_cache_destroy(cache);
}

static void stays_within_its_room(void **state)
{
	struct http_cache *cache = http_cache_create(ROOM);
	struct http_counts counts;
	char body[1000], target[40];

	(void)state;
	memset(body, 'x', sizeof(body));
	put(cache, "/hot", kept(STR("hot"), 1, 0));
	for (int i = 0; i < 20000; i++) {
		snprintf(target, sizeof(target), "/%d", i);
		assert_true(put(cache, target, kept(str_make(body, sizeof(body)), 1, 0)));
		assert_non_null(find(cache, 1, "/hot", NULL)); /* in use: the clock passes it by */
	}
	counts = http_cache_counts(cache);
	assert_true(counts.bytes <= ROOM);
	assert_true(counts.bytes > ROOM / 2);
	assert_int_equal(counts.entries + counts.evictions, 20001);
	assert_non_null(find(cache, 1, "/19999", NULL));
	assert_null(find(cache, 1, "/0", NULL));
	http_cache_destroy(cache);
}

static void entries_outlive_their_place(void **state)
{
	struct http_cache *cache = http_cache_create(ROOM);
	struct http_key key = http_key_make(1, STR("/a"), STR_NONE);
	struct http_kept what = kept(STR("kept"), 1, 0);
	struct http_entry *entry = http_cache_put(cache, &key, &what);
	struct gzip *state_of_gzip = NULL;

	(void)state;
	http_cache_change(cache, 1, 1);
	assert_null(http_cache_find(cache, &key));
	assert_true(str_eq(http_entry_body(entry), STR("kept")));
	assert_false(str_present(http_entry_gzip(entry, &state_of_gzip)));
	assert_int_equal(http_cache_counts(cache).bytes, 0);
	http_entry_unref(entry);
	gzip_destroy(state_of_gzip);
	http_cache_destroy(cache);
}

static void compresses_once(void **state)
{
	struct http_cache *cache = http_cache_create(ROOM);
	struct http_key key = http_key_make(1, STR("/a"), STR_NONE);
	char plain[5000], back[5000];
	struct http_kept what = kept(str_make(plain, sizeof(plain)), 1, 0);
	struct gzip *gzip = NULL;
	struct http_entry *entry;
	struct str packed;
	size_t before;
	z_stream z = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (char)('a' + i % 7);
	entry = http_cache_put(cache, &key, &what);
	before = http_cache_counts(cache).bytes;
	packed = http_entry_gzip(entry, &gzip);
	assert_true(packed.len > 0 && packed.len < 200);
	assert_ptr_equal(http_entry_gzip(entry, &gzip).data, packed.data);
	assert_int_equal(http_cache_counts(cache).bytes, before + packed.len);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)packed.data;
	z.avail_in = (uInt)packed.len;
	z.next_out = (Bytef *)back;
	z.avail_out = sizeof(back);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_memory_equal(plain, back, sizeof(plain));
	inflateEnd(&z);
	http_entry_unref(entry);
	http_cache_change(cache, 1, 1);
	assert_null(http_cache_find(cache, &key));
	assert_int_equal(http_cache_counts(cache).bytes, 0);
	gzip_destroy(gzip);
	http_cache_destroy(cache);
}

/* ---- races ---- */

enum { KEYS = 8, READERS = 4, CHANGES = 200000 };

static struct {
	struct http_cache *cache;
	_Atomic uint64_t value[KEYS];        /* the truth */
	_Atomic uint64_t acknowledged[KEYS]; /* a change a client knows of: no older value may be seen */
	_Atomic bool over;
	_Atomic uint64_t hits;
} world;

static uint64_t read_number(struct http_entry *entry)
{
	uint64_t number;

	memcpy(&number, http_entry_body(entry).data, sizeof(number));
	http_entry_unref(entry);
	return number;
}

/* What the dispatcher does: look up, or read the sequence, compute, keep. */
static uint64_t ask(unsigned i)
{
	char target[8] = { '/', (char)('a' + i), '\0' };
	struct http_key key = http_key_make(1, str_of(target), STR_NONE);
	struct http_entry *entry = http_cache_find(world.cache, &key);
	struct http_kept what = { .tags = { i }, .n_tags = 1 };
	uint64_t number;

	if (entry) {
		atomic_fetch_add(&world.hits, 1);
		return read_number(entry);
	}
	what.sequence = http_cache_sequence(world.cache);
	number = atomic_load(&world.value[i]);
	what.body = str_make((const char *)&number, sizeof(number));
	entry = http_cache_put(world.cache, &key, &what);
	return entry ? read_number(entry) : number;
}

static void *read_often(void *arg)
{
	static char complaint[] = "saw a value older than an acknowledged one";
	unsigned i = 0;

	(void)arg;
	while (!atomic_load(&world.over)) {
		uint64_t known = atomic_load(&world.acknowledged[i]);
		uint64_t seen = ask(i);

		if (seen < known)
			return complaint;
		i = (i + 1) % KEYS;
	}
	return NULL;
}

static void never_shows_what_was_acknowledged_away(void **state)
{
	pthread_t readers[READERS];
	void *complaint = NULL;

	(void)state;
	world.cache = http_cache_create(ROOM);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_often, NULL), 0);
	for (uint64_t sequence = 1; sequence <= CHANGES; sequence++) {
		unsigned i = (unsigned)(sequence * 7 % KEYS);

		atomic_store(&world.value[i], sequence);
		http_cache_change(world.cache, i, sequence);
		http_cache_advance(world.cache, sequence);
		atomic_store(&world.acknowledged[i], sequence);
	}
	atomic_store(&world.over, true);
	for (int i = 0; i < READERS; i++) {
		void *said;

		pthread_join(readers[i], &said);
		complaint = said ? said : complaint;
	}
	if (complaint)
		fail_msg("%s", (char *)complaint);
	for (unsigned i = 0; i < KEYS; i++) {
		ask(i);
		assert_int_equal(ask(i), atomic_load(&world.value[i]));
	}
	assert_true(atomic_load(&world.hits) > 0);
	http_cache_destroy(world.cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_keys_apart),
		cmocka_unit_test(changes_void_what_depends_on_them),
		cmocka_unit_test(keeps_only_what_it_can_void),
		cmocka_unit_test(stays_within_its_room),
		cmocka_unit_test(entries_outlive_their_place),
		cmocka_unit_test(compresses_once),
		cmocka_unit_test(never_shows_what_was_acknowledged_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
