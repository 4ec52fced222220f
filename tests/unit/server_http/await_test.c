/* Requests that wait without a thread: resumed by others, under load, and when the server stops. */
#include "tests/unit/server_http/rig.h"

#include <fcntl.h>

enum { WORKERS = 3, CLIENTS = 12, ASKS = 200 };

/* ---- those who resume: a queue of requests and some threads ---- */

struct job {
	struct request *rq;
	struct job *next;
	unsigned ms;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct job *first;
	bool over;
	pthread_t threads[WORKERS];
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };

static void *work(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&queue.lock);
	while (!queue.over || queue.first) {
		struct job *job = queue.first;

		if (job == NULL) {
			pthread_cond_wait(&queue.more, &queue.lock);
			continue;
		}
		queue.first = job->next;
		pthread_mutex_unlock(&queue.lock);
		if (job->ms > 0)
			rig_sleep(job->ms);
		request_resume(job->rq);
		pthread_mutex_lock(&queue.lock);
	}
	pthread_mutex_unlock(&queue.lock);
	return NULL;
}

static int start_workers(void **state)
{
	(void)state;
	queue.over = false;
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&queue.threads[i], NULL, work, NULL), 0);
	return 0;
}

static int stop_workers(void **state)
{
	(void)state;
	pthread_mutex_lock(&queue.lock);
	queue.over = true;
	pthread_cond_broadcast(&queue.more);
	pthread_mutex_unlock(&queue.lock);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(queue.threads[i], NULL);
	return 0;
}

static void submit(struct request *rq, void *arg)
{
	struct job *job = arg;

	job->rq = rq;
	pthread_mutex_lock(&queue.lock);
	job->next = queue.first;
	queue.first = job;
	pthread_cond_signal(&queue.more);
	pthread_mutex_unlock(&queue.lock);
}

/* ---- routes ---- */

static enum err_code finish(struct request *rq, struct err *err)
{
	struct buf b = buf_make(request_arena(rq), 100);

	(void)err;
	buf_json(&b, request_body(rq));
	return reply(rq, buf_str(&b));
}

static struct job *make_job(struct request *rq)
{
	struct job *job = arena_new(request_arena(rq), struct job);
	int32_t ms = 0;
	struct err err = { .arena = request_arena(rq) };

	if (request_query_int(rq, "ms", 0, &ms, &err) == OK)
		job->ms = (unsigned)ms;
	return job;
}

static enum err_code wait_once(struct request *rq, struct err *err)
{
	(void)err;
	request_await(rq, submit, finish, make_job(rq));
	return OK;
}

static enum err_code wait_again(struct request *rq, struct err *err)
{
	struct job *job = request_await_arg(rq);

	(void)err;
	request_await(rq, submit, finish, job);
	return OK;
}

static enum err_code wait_twice(struct request *rq, struct err *err)
{
	(void)err;
	request_await(rq, submit, wait_again, make_job(rq));
	return OK;
}

static enum err_code lose(struct request *rq, struct err *err)
{
	(void)rq;
	return err_raise(err, STORE_TIMEOUT, "Register operation timed out");
}

static enum err_code wait_and_fail(struct request *rq, struct err *err)
{
	(void)err;
	request_await(rq, submit, lose, make_job(rq));
	return OK;
}

static void resume_at_once(struct request *rq, void *arg)
{
	(void)arg;
	request_resume(rq);
}

static enum err_code wait_for_nothing(struct request *rq, struct err *err)
{
	(void)err;
	request_await(rq, resume_at_once, finish, NULL);
	return OK;
}

/* Kept here until the test lets it go. */
static _Atomic(struct request *) held;
static _Atomic int n_deferred;

static void hold(struct request *rq, void *arg)
{
	(void)arg;
	atomic_store(&held, rq);
}

static void count_deferred(void *arg)
{
	(void)arg;
	atomic_fetch_add(&n_deferred, 1);
}

static enum err_code wait_for_test(struct request *rq, struct err *err)
{
	(void)err;
	arena_defer(request_arena(rq), count_deferred, NULL);
	request_await(rq, hold, finish, NULL);
	return OK;
}

static enum err_code answer_now(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, STR("now"));
}

#define POST_TO(p, fn) { ROUTE_POST, (p), (fn), PERMISSION_NONE, .body = "make" }

static const struct route routes[] = {
	POST_TO("/once", wait_once),
	POST_TO("/twice", wait_twice),
	POST_TO("/fail", wait_and_fail),
	POST_TO("/nothing", wait_for_nothing),
	POST_TO("/held", wait_for_test),
	{ ROUTE_GET, "/now", answer_now, .needs = PERMISSION_NONE },
};

static struct http_server *start_server(void)
{
	struct http_options options = rig_options(routes, sizeof(routes) / sizeof(routes[0]));

	atomic_store(&held, NULL);
	atomic_store(&n_deferred, 0);
	return rig_start(&options);
}

/* ---- tests ---- */

static void waits_and_answers(void **state)
{
	static const struct {
		const char *target;
		int status;
		const char *body;
	} cases[] = {
		{ "/once", 200, "[1]" }, { "/once?ms=5", 200, "[1]" }, { "/twice?ms=2", 200, "[1]" },
		{ "/nothing", 200, "[1]" },
		{ "/fail", 500, "{\"error_code\":50002,\"message\":\"Register operation timed out\"}" },
	};
	struct http_server *server = start_server();
	struct client c = client_open(http_port(server));

	(void)state;
	for (int round = 0; round < 20; round++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			struct answer a = client_ask(&c, "POST", cases[i].target, "", "[1]");

			assert_int_equal(a.status, cases[i].status);
			assert_string_equal(a.body, cases[i].body);
			assert_header(&a, "Content-Type", "application/vnd.schemaregistry.v1+json");
			answer_free(&a);
		}
	client_close(&c);
	http_stop(server, 5);
}

/* Pool threads would be taken if those who wait kept them. */
static void blocks_nobody(void **state)
{
	struct http_options o = rig_options(routes, sizeof(routes) / sizeof(routes[0]));
	struct http_server *server;
	struct client waiting[20];
	struct answer a;
	uint64_t start;

	(void)state;
	o.threads = 2;
	server = rig_start(&o);
	for (int i = 0; i < 20; i++) {
		waiting[i] = client_open(http_port(server));
		client_text(&waiting[i], "POST /once?ms=100 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]");
	}
	rig_sleep(20);
	start = clock_mono_ns();
	a = ask(server, "GET", "/now", "", NULL);
	assert_int_equal(a.status, 200);
	assert_true(clock_mono_ns() - start < 90 * UINT64_C(1000000));
	answer_free(&a);
	for (int i = 0; i < 20; i++) {
		a = client_answer(&waiting[i], true);
		assert_int_equal(a.status, 200);
		answer_free(&a);
		client_close(&waiting[i]);
	}
	http_stop(server, 5);
}

struct load {
	uint16_t port;
	_Atomic int good, bad;
	_Atomic bool stopping;       /* from now on a connection may end */
};

static void *ask_often(void *arg)
{
	static const char *const targets[] = { "/once", "/twice", "/once?ms=1", "/nothing" };
	struct load *load = arg;
	struct client c = client_open(load->port);

	for (int i = 0; i < ASKS; i++) {
		char body[32];
		struct answer a;

		snprintf(body, sizeof(body), "[%d]", i);
		a = client_ask(&c, "POST", targets[i % 4], "", body);
		if (a.status == 200 && strcmp(a.body, body) == 0)
			atomic_fetch_add(&load->good, 1);
		else if (!atomic_load(&load->stopping) || (a.status != 0 && a.status != 503))
			atomic_fetch_add(&load->bad, 1);
		if (a.status == 0) {
			answer_free(&a);
			break;
		}
		answer_free(&a);
	}
	client_close(&c);
	return NULL;
}

static void start_load(struct load *load, pthread_t *threads)
{
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, load), 0);
}

static void end_load(const pthread_t *threads)
{
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
}

static void holds_under_load(void **state)
{
	struct http_server *server = start_server();
	struct load load = { .port = http_port(server) };
	pthread_t threads[CLIENTS];

	(void)state;
	start_load(&load, threads);
	end_load(threads);
	assert_int_equal(load.good, CLIENTS * ASKS);
	assert_int_equal(load.bad, 0);
	http_stop(server, 5);
}

static void stops_under_load(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 8; round++) {
		struct http_server *server = start_server();
		struct load load = { .port = http_port(server) };
		pthread_t threads[CLIENTS];

		start_load(&load, threads);
		rig_sleep(20 + round * 5);
		atomic_store(&load.stopping, true);
		http_stop(server, round % 2);
		end_load(threads);
		assert_true(load.good > 0);
		assert_int_equal(load.bad, 0);
	}
}

static void stop_waits_for_those_in_flight(void **state)
{
	struct http_server *server = start_server();
	struct client c = client_open(http_port(server));
	struct answer a;

	(void)state;
	client_text(&c, "POST /once?ms=300 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n[7]");
	rig_sleep(100);
	http_stop(server, 10);
	a = client_answer(&c, true);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "[7]");
	assert_header(&a, "Connection", "close");
	answer_free(&a);
	client_close(&c);
}

static struct request *wait_until_held(void)
{
	struct request *rq;

	while ((rq = atomic_load(&held)) == NULL)
		rig_sleep(1);
	return rq;
}

/* Whoever was to resume it never did before the server stopped: 503, and resuming it later is harmless. */
static void stop_gives_up_on_those_that_wait_in_vain(void **state)
{
	struct http_server *server = start_server();
	struct client c = client_open(http_port(server));
	struct request *rq;
	struct answer a;

	(void)state;
	client_text(&c, "POST /held HTTP/1.1\r\nHost: x\r\nX-Request-ID: mine\r\nContent-Length: 2\r\n\r\n[]");
	rq = wait_until_held();
	http_stop(server, 0);
	a = client_answer(&c, true);
	assert_int_equal(a.status, 503);
	assert_string_equal(a.body, "{\"error_code\":503,\"message\":\"The server is stopping\"}");
	assert_header(&a, "X-Request-ID", "mine");
	answer_free(&a);
	client_close(&c);
	assert_int_equal(atomic_load(&n_deferred), 0);
	assert_non_null(request_arena(rq));
	request_resume(rq); /* frees it; a leak or a second free would show */
	assert_int_equal(atomic_load(&n_deferred), 1);
}

static void *resume_soon(void *arg)
{
	rig_sleep((unsigned)(random_u64() % 3));
	request_resume(arg);
	return NULL;
}

/* Stopping and resuming at the same moment: one of them wins, nobody frees twice. */
static void stop_and_resume_race(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		struct http_server *server = start_server();
		struct client c = client_open(http_port(server));
		pthread_t thread;
		struct answer a;

		client_text(&c, "POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]");
		assert_int_equal(pthread_create(&thread, NULL, resume_soon, wait_until_held()), 0);
		rig_sleep((unsigned)(random_u64() % 3));
		http_stop(server, 0);
		pthread_join(thread, NULL);
		a = client_answer(&c, true);
		assert_true(a.status == 200 || a.status == 503 || a.status == 0);
		answer_free(&a);
		client_close(&c);
		assert_int_equal(atomic_load(&n_deferred), 1);
	}
}

static void stop_refuses_new_connections(void **state)
{
	struct http_server *server = start_server();
	uint16_t port = http_port(server);
	struct client c = client_open(port);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd;

	(void)state;
	client_text(&c, "POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]");
	request_resume(wait_until_held());
	http_stop(server, 5);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_not_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	client_close(&c);
}

/* ---- what threads open for themselves ---- */

static _Atomic int n_open, n_opened, refuse_open;

static void *open_resource(void *context, struct err *err)
{
	(void)context;
	if (atomic_load(&refuse_open)) {
		err_raise(err, STORE, "disk I/O error");
		return NULL;
	}
	atomic_fetch_add(&n_open, 1);
	atomic_fetch_add(&n_opened, 1);
	return malloc(1);
}

static void close_resource(void *resource)
{
	atomic_fetch_sub(&n_open, 1);
	free(resource);
}

static enum err_code use_resource(struct request *rq, struct err *err)
{
	(void)err;
	assert_non_null(request_thread(rq));
	return reply(rq, STR("used"));
}

static void threads_open_what_they_need(void **state)
{
	static const struct route using[] = { { ROUTE_GET, "/", use_resource, .needs = PERMISSION_NONE } };
	struct http_options options = rig_options(using, 1);
	struct http_server *server;
	struct answer a;

	(void)state;
	options.thread_open = open_resource;
	options.thread_close = close_resource;
	server = rig_start(&options);
	atomic_store(&refuse_open, 1);
	a = ask(server, "GET", "/", "", NULL);
	assert_int_equal(a.status, 503);
	assert_string_equal(a.body, "{\"error_code\":503,\"message\":\"disk I/O error\"}");
	answer_free(&a);
	atomic_store(&refuse_open, 0);
	for (int i = 0; i < 20; i++) {
		a = ask(server, "GET", "/", "", NULL);
		assert_int_equal(a.status, 200);
		answer_free(&a);
	}
	assert_true(atomic_load(&n_opened) >= 1 && atomic_load(&n_opened) <= 16);
	http_stop(server, 5);
	assert_int_equal(atomic_load(&n_open), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_and_answers),
		cmocka_unit_test(blocks_nobody),
		cmocka_unit_test(holds_under_load),
		cmocka_unit_test(stops_under_load),
		cmocka_unit_test(stop_waits_for_those_in_flight),
		cmocka_unit_test(stop_gives_up_on_those_that_wait_in_vain),
		cmocka_unit_test(stop_and_resume_race),
		cmocka_unit_test(stop_refuses_new_connections),
		cmocka_unit_test(threads_open_what_they_need),
	};

	log_init(LOG_ERROR, LOG_TEXT, open("/dev/null", O_WRONLY | O_CLOEXEC));
	return cmocka_run_group_tests(tests, start_workers, stop_workers);
}
