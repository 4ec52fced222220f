/* Rendered answers that are kept, through the server: what is kept, for whom, and never beyond a change. */
#include "tests/unit/server_http/rig.h"

#include "server/http/negotiate.h"

enum { KEYS = 5, READERS = 12, CHANGES = 2000 };

static struct http_server *server;
static _Atomic int calls;
static _Atomic uint64_t values[KEYS], acknowledged[KEYS];
static _Atomic bool over;

static enum err_code number(struct request *rq, struct err *err)
{
	(void)err;
	atomic_fetch_add(&calls, 1);
	reply_depends(rq, 1000);
	return reply(rq, str_printf(request_arena(rq), "{\"n\":\"%.*s\",\"x\":\"%.*s\",\"pad\":\"%0300d\"}",
		STR_ARG(request_param(rq, "n")), STR_ARG(request_query(rq, "x")), 0));
}

static enum err_code look_up(struct request *rq, struct err *err)
{
	struct buf b = buf_make(request_arena(rq), 64);

	(void)err;
	atomic_fetch_add(&calls, 1);
	reply_depends(rq, 2000);
	buf_json(&b, request_body(rq));
	return reply(rq, buf_str(&b));
}

/* Answers that must not be kept, each for another reason. */
static enum err_code odd(struct request *rq, struct err *err)
{
	struct str how = request_param(rq, "how");

	atomic_fetch_add(&calls, 1);
	if (str_eq(how, STR("many")))
		for (uint64_t tag = 0; tag < 5; tag++)
			reply_depends(rq, tag);
	else if (!str_eq(how, STR("none")))
		reply_depends(rq, 1);
	if (str_eq(how, STR("failed")))
		return err_raise(err, SCHEMA_NOT_FOUND);
	if (str_eq(how, STR("status")))
		return reply_as(rq, 201, negotiate_types[ANSWER_V1], STR("{}"));
	if (str_eq(how, STR("typed")))
		return reply_as(rq, 200, "text/csv", STR("a,b"));
	if (str_eq(how, STR("linked")))
		reply_header(rq, "Link", STR("<x>"));
	return reply(rq, STR("{}"));
}

static enum err_code value(struct request *rq, struct err *err)
{
	uint64_t i = (uint64_t)(request_param(rq, "i").data[0] - '0');

	(void)err;
	reply_depends(rq, i);
	return reply(rq, str_printf(request_arena(rq), "%llu", (unsigned long long)atomic_load(&values[i])));
}

static enum err_code metrics(struct request *rq, struct err *err)
{
	struct buf b = buf_make(request_arena(rq), 4096);

	(void)err;
	http_metrics_render(server, &b);
	return reply_as(rq, 200, "text/plain", buf_str(&b));
}

static const struct route routes[] = {
	{ ROUTE_GET, "/number/{n}", number, .needs = PERMISSION_NONE, .flags = ROUTE_CACHED },
	{ ROUTE_POST, "/lookup", look_up, .needs = PERMISSION_NONE, .body = "lookUp", .flags = ROUTE_CACHED },
	{ ROUTE_GET, "/odd/{how}", odd, .needs = PERMISSION_NONE, .flags = ROUTE_CACHED },
	{ ROUTE_GET, "/uncached/{how}", odd, .needs = PERMISSION_NONE },
	{ ROUTE_GET, "/value/{i}", value, .needs = PERMISSION_NONE, .flags = ROUTE_CACHED },
	{ ROUTE_GET, "/metrics", metrics, .needs = PERMISSION_NONE, .flags = ROUTE_PLAIN },
};

static int start(void **state)
{
	struct http_options options = rig_options(routes, sizeof(routes) / sizeof(routes[0]));

	(void)state;
	atomic_store(&calls, 0);
	server = rig_start(&options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	http_stop(server, 5);
	return 0;
}

/* Asks and says whether the handler ran for it. */
static bool ran(struct client *c, const char *method, const char *target, const char *headers, const char *body,
	struct answer *out)
{
	int before = atomic_load(&calls);
	struct answer a = client_ask(c, method, target, headers, body);

	if (out)
		*out = a;
	else
		answer_free(&a);
	return atomic_load(&calls) != before;
}

static void keeps_answers_to_the_same_question(void **state)
{
	struct client c = client_open(http_port(server));
	struct answer first, again;

	(void)state;
	assert_true(ran(&c, "GET", "/number/1?x=y", "", NULL, &first));
	assert_false(ran(&c, "GET", "/number/1?x=y", "", NULL, &again));
	assert_int_equal(again.status, 200);
	assert_string_equal(first.body, again.body);
	assert_header(&again, "Content-Type", "application/vnd.schemaregistry.v1+json");
	assert_header(&again, "Vary", "Accept-Encoding");
	answer_free(&first);
	answer_free(&again);
	assert_true(ran(&c, "GET", "/number/2?x=y", "", NULL, NULL));
	assert_true(ran(&c, "GET", "/number/1?x=z", "", NULL, NULL));
	assert_true(ran(&c, "GET", "/number/1", "", NULL, NULL));

	assert_true(ran(&c, "GET", "/number/1", "Accept: application/json\r\n", NULL, &first));
	assert_header(&first, "Content-Type", "application/json");
	answer_free(&first);
	assert_false(ran(&c, "GET", "/number/1", "Accept: application/json, text/x\r\n", NULL, &again));
	assert_header(&again, "Content-Type", "application/json");
	answer_free(&again);
	assert_false(ran(&c, "GET", "/number/1", "Accept: text/html\r\n", NULL, &again));
	assert_int_equal(again.status, 406);
	answer_free(&again);

	assert_false(ran(&c, "HEAD", "/number/1", "", NULL, &again));
	assert_int_equal(again.status, 200);
	assert_no_header(&again, "Vary");
	answer_free(&again);
	assert_false(ran(&c, "POST", "/number/1", "", "{}", &again));
	assert_int_equal(again.status, 405);
	answer_free(&again);
	client_close(&c);
}

static void keeps_both_encodings(void **state)
{
	struct client c = client_open(http_port(server));
	struct answer plain, packed, again;

	(void)state;
	assert_true(ran(&c, "GET", "/number/7", "Accept-Encoding: gzip\r\n", NULL, &packed));
	assert_header(&packed, "Content-Encoding", "gzip");
	assert_false(ran(&c, "GET", "/number/7", "", NULL, &plain));
	assert_no_header(&plain, "Content-Encoding");
	assert_false(ran(&c, "GET", "/number/7", "Accept-Encoding: gzip\r\n", NULL, &again));
	assert_int_equal(packed.body_len, again.body_len);
	assert_memory_equal(packed.body, again.body, packed.body_len);
	assert_true(packed.body_len < plain.body_len);
	answer_free(&plain);
	answer_free(&packed);
	answer_free(&again);
	client_close(&c);
}

static void keeps_lookups_by_their_body(void **state)
{
	struct client c = client_open(http_port(server));
	char large[9000];
	struct answer a;

	(void)state;
	assert_true(ran(&c, "POST", "/lookup", "", "{\"schema\":\"1\"}", NULL));
	assert_false(ran(&c, "POST", "/lookup", "", "{\"schema\":\"1\"}", &a));
	assert_string_equal(a.body, "{\"schema\":\"1\"}");
	answer_free(&a);
	assert_true(ran(&c, "POST", "/lookup", "", "{\"schema\":\"2\"}", NULL));
	assert_true(ran(&c, "POST", "/lookup?deleted=true", "", "{\"schema\":\"1\"}", NULL));
	assert_false(ran(&c, "POST", "/lookup", "Content-Type: text/plain\r\n", "{\"schema\":\"1\"}", &a));
	assert_int_equal(a.status, 415);
	answer_free(&a);
	memset(large, ' ', sizeof(large) - 1);
	large[0] = '7';
	large[sizeof(large) - 1] = '\0';
	assert_true(ran(&c, "POST", "/lookup", "", large, NULL));
	assert_true(ran(&c, "POST", "/lookup", "", large, NULL));
	client_close(&c);
}

static void keeps_nothing_else(void **state)
{
	static const char *const hows[] = {
		"/odd/many", "/odd/none", "/odd/failed", "/odd/status", "/odd/typed", "/odd/linked", "/uncached/good",
	};
	struct client c = client_open(http_port(server));

	(void)state;
	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		for (int round = 0; round < 3; round++)
			if (!ran(&c, "GET", hows[i], "", NULL, NULL))
				fail_msg("%s was kept", hows[i]);
	assert_true(ran(&c, "GET", "/odd/good", "", NULL, NULL));
	assert_false(ran(&c, "GET", "/odd/good", "", NULL, NULL));
	client_close(&c);
}

static void a_change_voids(void **state)
{
	struct client c = client_open(http_port(server));

	(void)state;
	assert_true(ran(&c, "GET", "/number/9", "", NULL, NULL));
	assert_true(ran(&c, "POST", "/lookup", "", "9", NULL));
	http_changed(server, 1000, 17);
	http_advanced(server, 17);
	assert_true(ran(&c, "GET", "/number/9", "", NULL, NULL));
	assert_false(ran(&c, "GET", "/number/9", "", NULL, NULL));
	assert_false(ran(&c, "POST", "/lookup", "", "9", NULL));
	client_close(&c);
}

static unsigned long long metric(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void counts_hits(void **state)
{
	struct client c = client_open(http_port(server));
	struct answer before = client_ask(&c, "GET", "/metrics", "", NULL), after;

	(void)state;
	ran(&c, "GET", "/number/55", "", NULL, NULL);
	for (int i = 0; i < 10; i++)
		ran(&c, "GET", "/number/55", "", NULL, NULL);
	rig_sleep(20);
	after = client_ask(&c, "GET", "/metrics", "", NULL);
	assert_int_equal(metric(after.body, "\ntenon_http_cache_hits_total "),
		metric(before.body, "\ntenon_http_cache_hits_total ") + 10);
	assert_int_equal(metric(after.body, "\ntenon_http_cache_misses_total "),
		metric(before.body, "\ntenon_http_cache_misses_total ") + 1);
	assert_int_equal(metric(after.body, "\ntenon_http_cache_entries "),
		metric(before.body, "\ntenon_http_cache_entries ") + 1);
	answer_free(&before);
	answer_free(&after);
	client_close(&c);
}

/* ---- the race ---- */

static void *read_often(void *arg)
{
	struct client c = client_open(http_port(server));
	unsigned long long *stale = arg;
	unsigned i = 0;

	while (!atomic_load(&over)) {
		char target[16];
		uint64_t known = atomic_load(&acknowledged[i]);
		struct answer a;

		snprintf(target, sizeof(target), "/value/%u", i);
		a = client_ask(&c, "GET", target, "", NULL);
		if (a.status != 200 || strtoull(a.body, NULL, 10) < known)
			++*stale;
		answer_free(&a);
		i = (i + 1) % KEYS;
	}
	client_close(&c);
	return NULL;
}

static void never_shows_what_was_acknowledged_away(void **state)
{
	unsigned long long stale[READERS] = { 0 };
	pthread_t readers[READERS];
	struct answer a;

	(void)state;
	atomic_store(&over, false);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_often, &stale[i]), 0);
	for (uint64_t sequence = 100; sequence < 100 + CHANGES; sequence++) {
		uint64_t i = sequence % KEYS;

		atomic_store(&values[i], sequence);
		http_changed(server, i, sequence);
		http_advanced(server, sequence);
		atomic_store(&acknowledged[i], sequence);
		if (sequence % 16 == 0)
			rig_sleep(1); /* time for some hits */
	}
	atomic_store(&over, true);
	for (int i = 0; i < READERS; i++) {
		pthread_join(readers[i], NULL);
		assert_int_equal(stale[i], 0);
	}
	a = ask(server, "GET", "/metrics", "", NULL);
	assert_true(metric(a.body, "\ntenon_http_cache_hits_total ") > 0);
	assert_true(metric(a.body, "\ntenon_http_cache_misses_total ") > 10);
	answer_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keeps_answers_to_the_same_question, start, stop),
		cmocka_unit_test_setup_teardown(keeps_both_encodings, start, stop),
		cmocka_unit_test_setup_teardown(keeps_lookups_by_their_body, start, stop),
		cmocka_unit_test_setup_teardown(keeps_nothing_else, start, stop),
		cmocka_unit_test_setup_teardown(a_change_voids, start, stop),
		cmocka_unit_test_setup_teardown(counts_hits, start, stop),
		cmocka_unit_test_setup_teardown(never_shows_what_was_acknowledged_away, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
