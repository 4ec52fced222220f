/* Clients that take their time, and many of them: cut off, refused or waited for, but never in the way of others. */
#include "tests/unit/server_http/rig.h"

#include <sys/resource.h>

enum { IDLE_CONNECTIONS = 5000 };

static enum err_code answer_now(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, STR("now"));
}

static enum err_code take(struct request *rq, struct err *err)
{
	struct buf b = buf_make(request_arena(rq), 100);

	(void)err;
	buf_json(&b, request_body(rq));
	return reply(rq, buf_str(&b));
}

static _Atomic bool nap_taken;

static enum err_code nap(struct request *rq, struct err *err)
{
	(void)err;
	atomic_store(&nap_taken, true);
	rig_sleep(300);
	return reply(rq, STR("awake"));
}

static const struct route routes[] = {
	{ ROUTE_GET, "/nap", nap, .needs = PERMISSION_NONE },
	{ ROUTE_GET, "/now", answer_now, .needs = PERMISSION_NONE },
	{ ROUTE_POST, "/take", take, .needs = PERMISSION_NONE, .body = "take" },
};

static struct http_options options(void)
{
	return rig_options(routes, sizeof(routes) / sizeof(routes[0]));
}

static void answers_at_once(struct http_server *server)
{
	uint64_t start = clock_mono_ns();
	struct answer a = ask(server, "GET", "/now", "", NULL);

	assert_int_equal(a.status, 200);
	assert_true(clock_mono_ns() - start < UINT64_C(500000000));
	answer_free(&a);
}

static bool has_input(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

static const struct {
	const char *name;
	const char *text;   /* sent at once */
	const char *drops;  /* then one byte of these, again and again */
} slow[] = {
	{ "nothing but a request line", "", "GET /now HTTP/1.1" },
	{ "headers", "GET /now HTTP/1.1\r\n", "X-Slow: 1\r\n" },
	{ "one header", "GET /now HTTP/1.1\r\nX-Slow: ", "a" },
	{ "a body", "POST /take HTTP/1.1\r\nContent-Length: 1000\r\n\r\n", " " },
	{ "chunks", "POST /take HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n1\r\n" },
	{ "a body for nobody", "POST /nosuch HTTP/1.1\r\nContent-Length: 1000\r\n\r\n", " " },
	{ "the next request", "GET /now HTTP/1.1\r\nHost: x\r\n\r\n", "GET /now HTTP/1.1\r\nHost: x\r\nX: y\r\nY: z\r\n" },
	{ "a silent body", "POST /take HTTP/1.1\r\nContent-Length: 1000\r\n\r\n[", "" },
};

static void drop_bytes(const struct http_options *o, struct http_server *server, size_t i)
{
	struct client c = client_open(http_port(server));
	uint64_t start = clock_mono_ns(), limit = o->request_seconds * UINT64_C(1000000000);
	struct answer a;
	size_t at = 0;

	client_text(&c, slow[i].text);
	if (strncmp(slow[i].name, "the next", 8) == 0) {
		a = client_answer(&c, true);
		assert_int_equal(a.status, 200);
		answer_free(&a);
	}
	while (!has_input(c.fd, 100)) {
		if (slow[i].drops[0])
			client_send(&c, &slow[i].drops[at++ % strlen(slow[i].drops)], 1);
		if (clock_mono_ns() - start > 5 * limit)
			fail_msg("%s: not cut off", slow[i].name);
	}
	assert_true(clock_mono_ns() - start >= limit / 2);
	a = client_answer(&c, true);
	if (a.status != 408)
		fail_msg("%s: %d", slow[i].name, a.status);
	assert_header(&a, "Connection", "close");
	assert_string_equal(a.body, "{\"error_code\":408,\"message\":\"The request took too long to arrive\"}");
	answer_free(&a);
	assert_false(client_receive(&c));
	client_close(&c);
}

struct drop {
	const struct http_options *options;
	struct http_server *server;
	size_t i;
	pthread_t thread;
};

static void *drop_one(void *arg)
{
	const struct drop *drop = arg;

	drop_bytes(drop->options, drop->server, drop->i);
	return NULL;
}

static void slow_senders_are_cut_off(void **state)
{
	struct http_options o = options();
	struct http_server *server;
	struct drop drops[sizeof(slow) / sizeof(slow[0])];

	(void)state;
	o.request_seconds = 1;
	server = rig_start(&o);
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		drops[i] = (struct drop){ .options = &o, .server = server, .i = i };
		assert_int_equal(pthread_create(&drops[i].thread, NULL, drop_one, &drops[i]), 0);
	}
	for (int i = 0; i < 10; i++) {
		answers_at_once(server);
		rig_sleep(100);
	}
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		pthread_join(drops[i].thread, NULL);
	http_stop(server, 1);
}

/* Between requests a connection may rest longer than a request may take. */
static void resting_is_not_slowness(void **state)
{
	struct http_options o = options();
	struct http_server *server;
	struct client c;

	(void)state;
	o.request_seconds = 1;
	server = rig_start(&o);
	c = client_open(http_port(server));
	for (int i = 0; i < 3; i++) {
		struct answer a;

		rig_sleep(i * 1300);
		a = client_ask(&c, "POST", "/take", "", "[1]");
		assert_int_equal(a.status, 200);
		answer_free(&a);
	}
	client_close(&c);
	http_stop(server, 1);
}

static void idle_connections_are_closed(void **state)
{
	struct http_options o = options();
	struct http_server *server;
	struct client fresh, used;
	struct answer a;

	(void)state;
	o.idle_seconds = 1;
	server = rig_start(&o);
	fresh = client_open(http_port(server));
	used = client_open(http_port(server));
	a = client_ask(&used, "GET", "/now", "", NULL);
	assert_int_equal(a.status, 200);
	answer_free(&a);
	assert_true(has_input(fresh.fd, 5000));
	assert_false(client_receive(&fresh));
	assert_true(has_input(used.fd, 5000));
	assert_false(client_receive(&used));
	client_close(&fresh);
	client_close(&used);
	http_stop(server, 1);
}

static void too_many_are_turned_away(void **state)
{
	struct http_options o = options();
	struct http_server *server;
	struct client c[4];
	struct answer a;

	(void)state;
	o.max_connections = 3;
	server = rig_start(&o);
	for (int i = 0; i < 3; i++) {
		c[i] = client_open(http_port(server));
		a = client_ask(&c[i], "GET", "/now", "", NULL);
		assert_int_equal(a.status, 200);
		answer_free(&a);
	}
	c[3] = client_open(http_port(server));
	a = client_answer(&c[3], true);
	assert_int_equal(a.status, 503);
	assert_string_equal(a.body, "{\"error_code\":503,\"message\":\"The server has too many connections\"}");
	answer_free(&a);
	client_close(&c[3]);
	client_close(&c[0]);
	for (int i = 0; i < 100; i++) {
		a = ask(server, "GET", "/now", "", NULL);
		if (a.status == 200)
			break;
		answer_free(&a);
		rig_sleep(10);
	}
	assert_int_equal(a.status, 200);
	answer_free(&a);
	client_close(&c[1]);
	client_close(&c[2]);
	http_stop(server, 1);
}

static void thousands_of_idle_connections_do_not_hurt(void **state)
{
	struct http_options o = options();
	struct rlimit limit;
	struct http_server *server;
	struct client *c = calloc(IDLE_CONNECTIONS, sizeof(*c));
	int n = IDLE_CONNECTIONS;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < 2 * IDLE_CONNECTIONS + 300) /* both ends are in this process */
		n = (int)(limit.rlim_max - 300) / 2;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	o.max_connections = IDLE_CONNECTIONS + 100;
	server = rig_start(&o);
	for (int i = 0; i < n; i++) {
		c[i] = client_open(http_port(server));
		if (i % 500 == 0)
			answers_at_once(server);
	}
	for (int i = 0; i < 20; i++)
		answers_at_once(server);
	for (int i = 0; i < n; i += n / 10) {
		struct answer a = client_ask(&c[i], "GET", "/now", "", NULL);

		assert_int_equal(a.status, 200);
		answer_free(&a);
	}
	for (int i = 0; i < n; i++)
		client_close(&c[i]);
	free(c);
	answers_at_once(server);
	http_stop(server, 1);
}

/*
 * libmicrohttpd takes 128 events at a time and, left alone, waits for more when it got just as many
 * (server/http/thread.c): requests that came all at once must not stand for that.
 */
static void bursts_do_not_stand(void **state)
{
	static const int sizes[] = { 126, 127, 128, 129, 256, 384 };
	struct http_options o = options();
	struct http_server *server;

	(void)state;
	o.threads = 1;
	server = rig_start(&o);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		struct client c[400], napping = client_open(http_port(server));
		uint64_t start;
		struct answer a;

		for (int i = 0; i < sizes[k]; i++)
			c[i] = client_open(http_port(server));
		answers_at_once(server);
		atomic_store(&nap_taken, false);
		client_text(&napping, "GET /nap HTTP/1.1\r\nHost: x\r\n\r\n");
		while (!atomic_load(&nap_taken))
			rig_sleep(1);
		for (int i = 0; i < sizes[k]; i++)
			client_text(&c[i], "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
		start = clock_mono_ns();
		for (int i = 0; i < sizes[k]; i++) {
			a = client_answer(&c[i], true);
			assert_int_equal(a.status, 200);
			answer_free(&a);
			client_close(&c[i]);
		}
		assert_true(clock_mono_ns() - start < UINT64_C(1500000000));
		client_close(&napping);
	}
	http_stop(server, 1);
}

static void *finish_soon(void *arg)
{
	struct client *c = arg;

	rig_sleep(300);
	client_text(c, "1]");
	return NULL;
}

/* A stop waits for requests that are still coming in, but not for ever. */
static void stop_waits_for_slow_senders(void **state)
{
	static const char half[] = "POST /take HTTP/1.1\r\nContent-Length: 3\r\n\r\n[";
	struct http_options o = options();
	struct http_server *server = rig_start(&o);
	struct client good = client_open(http_port(server)), bad = client_open(http_port(server));
	uint64_t start = clock_mono_ns(), took;
	pthread_t thread;
	struct answer a;

	(void)state;
	client_text(&good, half);
	client_text(&bad, half);
	rig_sleep(50);
	assert_int_equal(pthread_create(&thread, NULL, finish_soon, &good), 0);
	http_stop(server, 1);
	took = clock_mono_ns() - start;
	pthread_join(thread, NULL);
	assert_true(took > UINT64_C(900000000) && took < UINT64_C(3000000000));
	a = client_answer(&good, true);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "[1]");
	answer_free(&a);
	a = client_answer(&bad, true);
	assert_int_equal(a.status, 0);
	answer_free(&a);
	client_close(&good);
	client_close(&bad);
}

/* What libmicrohttpd does not see: the client's end in the same moment as its last bytes. */
static void those_who_left_do_not_delay_a_stop(void **state)
{
	static const char *const halves[] = { "POST /take HTTP/1.1\r\nContent-Length: 3\r\n\r\n[", "GET /now HT",
		"GET /now HTTP/1.1\r\nX-Y: " };
	struct http_options o = options();
	struct http_server *server = rig_start(&o);
	uint64_t start = clock_mono_ns();

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct client c = client_open(http_port(server));

		client_text(&c, halves[i % 3]);
		client_close(&c);
	}
	rig_sleep(50);
	http_stop(server, 20);
	assert_true(clock_mono_ns() - start < UINT64_C(5000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_senders_are_cut_off),
		cmocka_unit_test(resting_is_not_slowness),
		cmocka_unit_test(idle_connections_are_closed),
		cmocka_unit_test(too_many_are_turned_away),
		cmocka_unit_test(thousands_of_idle_connections_do_not_hurt),
		cmocka_unit_test(bursts_do_not_stand),
		cmocka_unit_test(stop_waits_for_slow_senders),
		cmocka_unit_test(those_who_left_do_not_delay_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
