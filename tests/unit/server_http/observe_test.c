/* What an operator sees of the requests: metrics and the access log. */
#include "tests/unit/server_http/rig.h"

#include <jansson.h>

static struct http_server *server;
static char log_path[] = "/tmp/tenon_serve_XXXXXX";
static int log_fd;

static enum err_code echo(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, request_param(rq, "a"));
}

static enum err_code refuse(struct request *rq, struct err *err)
{
	struct str subject = request_param(rq, "subject");

	if (str_eq(subject, STR("internal")))
		return err_raise(err, INTERNAL);
	return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(subject));
}

static enum err_code show_metrics(struct request *rq, struct err *err)
{
	struct buf b = buf_make(request_arena(rq), 4096);

	(void)err;
	http_metrics_render(*(struct http_server **)request_context(rq), &b);
	return reply_as(rq, 200, "text/plain", buf_str(&b));
}

static const struct route routes[] = {
	{ ROUTE_GET, "/echo/{a}/{b}", echo, .needs = PERMISSION_NONE },
	{ ROUTE_GET, "/big", echo, .needs = PERMISSION_NONE },
	{ ROUTE_GET, "/fail/{subject}", refuse, .needs = PERMISSION_NONE },
	{ ROUTE_GET, "/metrics", show_metrics, .needs = PERMISSION_NONE, .flags = ROUTE_PLAIN },
};

static int start(void **state)
{
	struct http_options options = rig_options(routes, sizeof(routes) / sizeof(routes[0]));

	(void)state;
	options.context = &server;
	options.access_log = true;
	log_fd = mkstemp(log_path);
	log_init(LOG_INFO, LOG_JSON, log_fd);
	server = rig_start(&options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	http_stop(server, 5);
	log_fini();
	close(log_fd);
	unlink(log_path);
	return 0;
}

/* ---- metrics ---- */

static unsigned long long metric(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
	}
	return 0;
}

static void counts_requests(void **state)
{
	static const struct {
		const char *name;
		unsigned long long more;
	} expected[] = {
		{ "tenon_http_requests_total{method=\"GET\",route=\"/echo/{a}/{b}\",status=\"200\"}", 3 },
		{ "tenon_http_requests_total{method=\"GET\",route=\"/fail/{subject}\",status=\"404\"}", 2 },
		{ "tenon_http_requests_total{method=\"PUT\",route=\"/echo/{a}/{b}\",status=\"405\"}", 1 },
		{ "tenon_http_requests_total{method=\"other\",route=\"/echo/{a}/{b}\",status=\"405\"}", 1 },
		{ "tenon_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"}", 1 },
		{ "tenon_http_request_duration_seconds_count{route=\"/fail/{subject}\"}", 2 },
		{ "tenon_http_request_duration_seconds_bucket{route=\"/fail/{subject}\",le=\"+Inf\"}", 2 },
		{ "tenon_http_connections_accepted_total", 9 },
	};
	static const char *const asked[] = { "/echo/1/2", "/echo/3/4", "/echo/5/6", "/fail/a", "/fail/b", "/nosuch" };
	struct answer before = ask(server, "GET", "/metrics", "", NULL), after, a;

	(void)state;
	assert_header(&before, "Content-Type", "text/plain");
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		a = ask(server, "GET", asked[i], "", NULL);
		answer_free(&a);
	}
	a = ask(server, "PUT", "/echo/1/2", "", "{}");
	answer_free(&a);
	a = ask(server, "BREW", "/echo/1/2", "", NULL);
	answer_free(&a);
	rig_sleep(50); /* counted when the answer is out, which the client may see first */
	after = ask(server, "GET", "/metrics", "", NULL);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (metric(after.body, expected[i].name) != metric(before.body, expected[i].name) + expected[i].more)
			fail_msg("%s in\n%s", expected[i].name, after.body);
	assert_int_equal(metric(after.body, "tenon_http_requests_in_flight"), 1);
	assert_true(metric(after.body, "tenon_http_connections") >= 1);
	answer_free(&before);
	answer_free(&after);
}

/* ---- the access log ---- */

/* The line of the request with this id, or NULL; every line must be JSON. */
static json_t *logged(const char *event, const char *id)
{
	off_t len = lseek(log_fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)len + 1);
	json_t *found = NULL;

	assert_non_null(text);
	assert_int_equal(pread(log_fd, text, (size_t)len, 0), len);
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		json_t *parsed = json_loadb(line, (size_t)(end - line), JSON_ALLOW_NUL, NULL);

		if (parsed == NULL)
			fail_msg("%.*s", (int)(end - line), line);
		if (strcmp(json_string_value(json_object_get(parsed, "id")), id) == 0 &&
			strcmp(json_string_value(json_object_get(parsed, "event")), event) == 0)
			found = parsed;
		else
			json_decref(parsed);
	}
	free(text);
	return found;
}

static const struct {
	const char *method, *target, *id, *route;
	int status;
	const char *path;
} lines[] = {
	{ "GET", "/echo/1/2?n=3", "id-1", "/echo/{a}/{b}", 200, "/echo/1/2?n=3" },
	{ "HEAD", "/big", "id-2", "/big", 200, "/big" },
	{ "GET", "/nosuch\x1B[31m\x01\"}\xFF", "id-3", "unmatched", 400, "/nosuch\x1B[31m\x01\"}\xEF\xBF\xBD" },
	{ "PURGE", "/big", "id-4", "/big", 405, "/big" },
	{ "GET", "/fail/internal", "id-5", "/fail/{subject}", 500, "/fail/internal" },
};

static void logs_one_line_a_request(void **state)
{
	size_t bytes[sizeof(lines) / sizeof(lines[0])];
	json_t *line;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char headers[100];
		struct answer a;

		snprintf(headers, sizeof(headers), "X-Request-ID: %s\r\n", lines[i].id);
		a = ask(server, lines[i].method, lines[i].target, headers, NULL);
		assert_int_equal(a.status, lines[i].status);
		bytes[i] = a.body_len;
		answer_free(&a);
	}
	rig_sleep(50);
	log_flush();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		line = logged("request", lines[i].id);
		assert_non_null(line);
		assert_string_equal(json_string_value(json_object_get(line, "method")), lines[i].method);
		assert_string_equal(json_string_value(json_object_get(line, "path")), lines[i].path);
		assert_string_equal(json_string_value(json_object_get(line, "route")), lines[i].route);
		assert_int_equal(json_integer_value(json_object_get(line, "status")), lines[i].status);
		assert_int_equal(json_integer_value(json_object_get(line, "bytes")), bytes[i]);
		assert_true(json_real_value(json_object_get(line, "ms")) > 0);
		assert_string_equal(json_string_value(json_object_get(line, "actor")), "anonymous@127.0.0.1");
		json_decref(line);
	}
	line = logged("failed", "id-5"); /* a fault of ours says so, under the id that the client was given */
	assert_non_null(line);
	assert_string_equal(json_string_value(json_object_get(line, "code")), "INTERNAL");
	json_decref(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_requests),
		cmocka_unit_test(logs_one_line_a_request),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
