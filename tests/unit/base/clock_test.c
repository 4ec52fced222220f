/* Tests of base/clock.c. */
#include "base/clock.h"

#include <pthread.h>
#include <time.h>

#include "tests/unit/base/check.h"

static void test_clocks(void **state)
{
	int64_t wall = clock_wall_ms(), start = (int64_t)time(NULL);
	uint64_t before = clock_mono_ns(), last = before, coarse = clock_coarse_ms();
	struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };

	(void)state;
	assert_in_range(wall / 1000 - start + 2, 0, 4);
	for (int i = 0; i < 10000; i++) {
		uint64_t now = clock_mono_ns();

		assert_true(now >= last);
		last = now;
	}
	nanosleep(&pause, NULL);
	assert_in_range(clock_mono_ns() - before, 20 * 1000 * 1000, 10ull * 1000 * 1000 * 1000);
	assert_in_range(clock_coarse_ms() - coarse, 10, 10 * 1000);
	assert_in_range(clock_wall_ms() - wall, 15, 10 * 1000);
	/* Both monotonic clocks count from the same start. */
	assert_in_range(clock_mono_ns() / 1000000 + 1 - clock_coarse_ms(), 0, 1000);
}

static void test_uuid_format(void **state)
{
	static const uint8_t bytes[16] = {
		0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
	};
	char text[37];

	(void)state;
	uuid_format(bytes, text);
	assert_string_equal(text, "00112233-4455-6677-8899-aabbccddeeff");
}

static void test_random_uuid(void **state)
{
	static char seen[1000][37];

	(void)state;
	for (size_t i = 0; i < COUNT(seen); i++) {
		random_uuid(seen[i]);
		assert_int_equal(strlen(seen[i]), 36);
		for (int k = 0; k < 36; k++) {
			if (k == 8 || k == 13 || k == 18 || k == 23)
				assert_int_equal(seen[i][k], '-');
			else
				assert_non_null(strchr("0123456789abcdef", seen[i][k]));
		}
		assert_int_equal(seen[i][14], '4');
		assert_non_null(strchr("89ab", seen[i][19]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(seen[i], seen[j]);
	}
}

static void *draw(void *arg)
{
	uint64_t *drawn = arg;

	*drawn = random_u64();
	return NULL;
}

/* Every bit is set about half the time, and every thread has its own sequence. */
static void test_random(void **state)
{
	int set[64] = { 0 };
	uint64_t drawn[8];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t value = random_u64();

		for (int bit = 0; bit < 64; bit++)
			set[bit] += (int)(value >> bit & 1);
	}
	for (int bit = 0; bit < 64; bit++)
		assert_in_range(set[bit], 4600, 5400);
	for (size_t i = 0; i < COUNT(drawn); i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, draw, &drawn[i]), 0);
		pthread_join(thread, NULL);
		for (size_t k = 0; k < i; k++)
			assert_true(drawn[i] != drawn[k]);
	}
}

static const struct {
	const char *text;
	int64_t ms;
	const char *printed; /* NULL: the same */
} times[] = {
	{ "1970-01-01T00:00:00.000Z", 0, NULL },
	{ "2026-11-25T02:50:45.123Z", 1795575045123, NULL },
	{ "2000-02-29T23:59:59.999Z", 951868799999, NULL },
	{ "1969-12-31T23:59:59.999Z", -1, NULL },
	{ "0001-01-01T00:00:00.000Z", -62135596800000, NULL },
	{ "9999-12-31T23:59:59.999Z", 253402300799999, NULL },
	{ "2026-11-25", 1795564800000, "2026-11-25T00:00:00.000Z" },
	{ "2026-11-25T02:50:45Z", 1795575045000, "2026-11-25T02:50:45.000Z" },
	{ "2026-11-25t04:20:45.1+01:30", 1795575045100, "2026-11-25T02:50:45.100Z" },
	{ "2026-11-24T21:50:45.123987654-05:00", 1795575045123, "2026-11-25T02:50:45.123Z" },
	{ "1795575045123", 1795575045123, "2026-11-25T02:50:45.123Z" },
	{ "-1", -1, "1969-12-31T23:59:59.999Z" },
};

static const char *const no_times[] = {
	"", "now", "2026-11", "2026-13-01", "2026-02-29", "1900-02-29", "2026-00-01", "2026-01-00", "2026-11-25T", "2026-11-25T02:50Z",
	"2026-11-25T24:00:00Z", "2026-11-25T02:60:00Z", "2026-11-25T02:50:45", "2026-11-25T02:50:45.Z", "2026-11-25T02:50:45+1:00",
	"2026-11-25T02:50:45Zx", "2026-11-25x", "99999999999999999999", "0000-01-01",
};

static void test_text(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		int64_t ms = 0;

		if (!clock_parse(str_of(times[i].text), &ms) || ms != times[i].ms)
			fail_msg("%s is %lld", times[i].text, (long long)ms);
		clock_format(ms, text);
		assert_string_equal(text, times[i].printed ? times[i].printed : times[i].text);
	}
	for (size_t i = 0; i < COUNT(no_times); i++) {
		int64_t ms;

		if (clock_parse(str_of(no_times[i]), &ms))
			fail_msg("%s is read", no_times[i]);
	}
	clock_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	clock_format(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00.000Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_uuid_format),
		cmocka_unit_test(test_random_uuid),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
