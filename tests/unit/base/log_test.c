/* Log lines: their form, that nobody can forge one, and that none is lost or torn between threads. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/log.h"

static char path[] = "/tmp/tenon_log_XXXXXX";
static int fd = -1;

static int open_file(void **state)
{
	(void)state;
	memcpy(path + sizeof(path) - 7, "XXXXXX", 7);
	fd = mkstemp(path);
	return fd < 0;
}

static int close_file(void **state)
{
	(void)state;
	log_fini();
	log_init(LOG_INFO, LOG_TEXT, STDERR_FILENO);
	log_fini();
	close(fd);
	unlink(path);
	return 0;
}

/* What is in the file by now; the caller frees. */
static char *written(void)
{
	off_t len = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)len + 1);

	assert_non_null(text);
	assert_int_equal(pread(fd, text, (size_t)len, 0), len);
	return text;
}

static void sleep_ms(long ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static bool has_time(const char *text)
{
	static const char form[] = "2026-01-31T23:59:59.123Z";

	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		bool digit = form[i] >= '0' && form[i] <= '9';

		if (digit ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	}
	return true;
}

static const struct log_field some[] = {
	{ .name = "path", .kind = LOG_STR, .text = STR("/a b") },
	{ .name = "word", .kind = LOG_STR, .text = STR("plain") },
	{ .name = "empty", .kind = LOG_STR, .text = STR("") },
	{ .name = "bytes", .kind = LOG_INT, .number = -12 },
	{ .name = "least", .kind = LOG_INT, .number = INT64_MIN },
	{ .name = "ms", .kind = LOG_MICROS, .number = 1234567 },
	{ .name = "small", .kind = LOG_MICROS, .number = 7 },
};

enum { SOME = sizeof(some) / sizeof(some[0]) };

static void writes_json(void **state)
{
	char *text;

	(void)state;
	log_init(LOG_INFO, LOG_JSON, fd);
	log_event(LOG_INFO, "request", some, SOME);
	log_fini();
	text = written();
	assert_int_equal(strncmp(text, "{\"time\":\"", 9), 0);
	assert_true(has_time(text + 9));
	assert_string_equal(text + 9 + 24, "\",\"level\":\"info\",\"event\":\"request\",\"path\":\"/a b\",\"word\":\"plain\","
		"\"empty\":\"\",\"bytes\":-12,\"least\":-9223372036854775808,\"ms\":1234.567,\"small\":0.007}\n");
	free(text);
}

static void writes_text(void **state)
{
	char *text;

	(void)state;
	log_init(LOG_INFO, LOG_TEXT, fd);
	log_event(LOG_WARN, "request", some, SOME);
	log_text(LOG_INFO, "listening", "on %s:%d", "localhost", 8081);
	log_fini();
	text = written();
	assert_true(has_time(text));
	assert_int_equal(strncmp(text + 24, " warn request path=\"/a b\" word=plain empty=\"\" bytes=-12 "
		"least=-9223372036854775808 ms=1234.567 small=0.007\n", 103), 0);
	assert_non_null(strstr(text, "Z info listening message=\"on localhost:8081\"\n"));
	free(text);
}

static void leaves_out_what_is_less_important(void **state)
{
	char *text;

	(void)state;
	log_init(LOG_WARN, LOG_TEXT, fd);
	log_text(LOG_DEBUG, "no", "no");
	log_text(LOG_INFO, "no", "no");
	log_text(LOG_WARN, "yes", "1");
	log_text(LOG_ERROR, "yes", "2");
	log_fini();
	text = written();
	assert_null(strstr(text, "no"));
	assert_non_null(strstr(text, "warn yes message=1\n"));
	assert_non_null(strstr(text, "error yes message=2\n"));
	free(text);
}

static const struct {
	struct str value;
	const char *shown;
} hostile[] = {
	{ STR("a\nb"), "a\\u000Ab" },
	{ STR("a\r\n{\"level\":\"error\"}"), "a\\u000D\\u000A{\\\"level\\\":\\\"error\\\"}" },
	{ STR("\x1B[2J"), "\\u001B[2J" },
	{ STR("\0"), "\\u0000" },
	{ STR("\x7F"), "\\u007F" },
	{ STR("\\\""), "\\\\\\\"" },
	{ STR("\xC2\x85"), "\\u0085" },                  /* NEXT LINE */
	{ STR("\xC2\xA0"), "\xC2\xA0" },
	{ STR("\xE2\x80\xA8"), "\\u2028" },              /* LINE SEPARATOR */
	{ STR("\xE2\x80\xA9"), "\\u2029" },
	{ STR("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80" },
	{ STR("\xFF"), "\\uFFFD" },
	{ STR("\xC3"), "\\uFFFD" },
	{ STR("\xE2\x82"), "\\uFFFD\\uFFFD" },
	{ STR("\xED\xA0\x80"), "\\uFFFD\\uFFFD\\uFFFD" }, /* a surrogate */
	{ STR("\xC0\x8A"), "\\uFFFD\\uFFFD" },            /* an overlong line feed */
	{ STR("\xF4\x90\x80\x80"), "\\uFFFD\\uFFFD\\uFFFD\\uFFFD" },
};

static void cannot_be_forged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		char expected[200], *text;
		json_t *line;

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		log_init(LOG_INFO, LOG_JSON, fd);
		log_event(LOG_INFO, "x", &LOG_FIELD_STR("v", hostile[i].value), 1);
		log_fini();
		text = written();
		snprintf(expected, sizeof(expected), "\"event\":\"x\",\"v\":\"%s\"}\n", hostile[i].shown);
		if (strstr(text, expected) == NULL)
			fail_msg("%zu: %s", i, text);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		line = json_loads(text, JSON_ALLOW_NUL, NULL);
		assert_non_null(line);
		json_decref(line);
		free(text);
	}
}

static void bounds_a_line(void **state)
{
	char *large = malloc(100000), *text;

	(void)state;
	memset(large, '\n', 100000);
	log_init(LOG_INFO, LOG_JSON, fd);
	for (int i = 0; i < 3; i++)
		log_event(LOG_INFO, "x", &LOG_FIELD_STR("v", str_make(large, 100000)), 1);
	log_fini();
	text = written();
	assert_true(strlen(text) > 3 * 4096 * 6 && strlen(text) < 3 * (4096 * 6 + 200));
	assert_non_null(strstr(text, "\\u000A...\"}\n"));
	free(text);
	free(large);
}

static void does_not_wait_long(void **state)
{
	char *text;

	(void)state;
	log_init(LOG_INFO, LOG_TEXT, fd);
	log_text(LOG_INFO, "calm", "1");
	log_text(LOG_ERROR, "urgent", "2");
	text = written();
	assert_non_null(strstr(text, "calm")); /* in order, so with the urgent one */
	assert_non_null(strstr(text, "urgent"));
	free(text);
	log_text(LOG_INFO, "later", "3");
	sleep_ms(600);
	text = written();
	assert_non_null(strstr(text, "later"));
	free(text);
	log_text(LOG_INFO, "flushed", "4");
	log_flush();
	text = written();
	assert_non_null(strstr(text, "flushed"));
	free(text);
	log_fini();
	log_text(LOG_INFO, "unattended", "5"); /* without a flusher a line is written at once */
	text = written();
	assert_non_null(strstr(text, "unattended"));
	free(text);
}

/* ---- threads ---- */

enum { THREADS = 6, LINES = 3000 };

static void *write_lines(void *arg)
{
	const int *number = arg;

	for (int i = 0; i < LINES; i++) {
		struct log_field fields[] = { LOG_FIELD_INT("thread", *number), LOG_FIELD_INT("line", i) };

		log_event(LOG_INFO, "x", fields, 2);
	}
	return NULL; /* what is not written yet is, when the thread ends */
}

static void loses_nothing_between_threads(void **state)
{
	pthread_t threads[THREADS];
	int numbers[THREADS], next[THREADS] = { 0 }, lines = 0;
	char *text;

	(void)state;
	log_init(LOG_INFO, LOG_TEXT, fd);
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &numbers[i]), 0);
	}
	for (int i = 0; i < 50; i++)
		log_flush();
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	text = written();
	for (char *line = text; *line; line = strchr(line, '\n') + 1, lines++) {
		int thread, number;

		assert_int_equal(sscanf(line + 24, " info x thread=%d line=%d\n", &thread, &number), 2);
		assert_int_equal(number, next[thread]++);
	}
	assert_int_equal(lines, THREADS * LINES);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_json, open_file, close_file),
		cmocka_unit_test_setup_teardown(writes_text, open_file, close_file),
		cmocka_unit_test_setup_teardown(leaves_out_what_is_less_important, open_file, close_file),
		cmocka_unit_test_setup_teardown(cannot_be_forged, open_file, close_file),
		cmocka_unit_test_setup_teardown(bounds_a_line, open_file, close_file),
		cmocka_unit_test_setup_teardown(does_not_wait_long, open_file, close_file),
		cmocka_unit_test_setup_teardown(loses_nothing_between_threads, open_file, close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
