/* The HTTP conventions of contract 1, over sockets: what every route gets without doing anything for it. */
#include "tests/unit/server_http/rig.h"

#include <fcntl.h>
#include <zlib.h>

#include "server/http/target.h"

#define V1 "application/vnd.schemaregistry.v1+json"

/* ---- routes ---- */

static enum err_code echo(struct request *rq, struct err *err)
{
	struct buf b = buf_make(request_arena(rq), 100);
	const struct str *all;
	size_t n = request_query_all(rq, "x", &all);
	int32_t number;

	TRY(request_query_int(rq, "n", -7, &number, err));
	buf_printf(&b, "{\"a\":\"%.*s\",\"b\":\"%.*s\",\"x\":\"%.*s\",\"all\":%zu,\"flag\":%d,\"n\":%d,\"none\":%d}",
		STR_ARG(request_param(rq, "a")), STR_ARG(request_param(rq, "b")), STR_ARG(request_query(rq, "x")), n,
		request_query_bool(rq, "flag"), (int)number, str_present(request_query(rq, "none")));
	return reply(rq, buf_str(&b));
}

static enum err_code show_body(struct request *rq, struct err *err)
{
	struct buf b = buf_make(request_arena(rq), 100);

	(void)err;
	if (request_body(rq))
		buf_json(&b, request_body(rq));
	else
		buf_lit(&b, "\"nothing\"");
	return reply(rq, buf_str(&b));
}

static enum err_code show_big(struct request *rq, struct err *err)
{
	enum { SIZE = 300000 };
	char *text = arena_alloc_text(request_arena(rq), SIZE);

	(void)err;
	memset(text, 'y', SIZE);
	return reply(rq, str_make(text, SIZE));
}

static enum err_code show_plain(struct request *rq, struct err *err)
{
	(void)err;
	return reply_as(rq, 200, "text/plain; version=0.0.4", STR("plain\n"));
}

static enum err_code show_packed(struct request *rq, struct err *err)
{
	(void)err;
	return reply_packed(rq, "text/css", STR("body { color: black; }"), STR("as good as compressed"));
}

static enum err_code be_gone(struct request *rq, struct err *err)
{
	(void)err;
	return reply_as(rq, 204, "", STR(""));
}

static enum err_code link_next(struct request *rq, struct err *err)
{
	(void)err;
	reply_header(rq, "Link", STR("</next>; rel=\"next\""));
	reply_header(rq, "X-Forged", STR("a\r\nEvil: yes"));
	return reply(rq, STR("[]"));
}

static enum err_code refuse(struct request *rq, struct err *err)
{
	struct str subject = request_param(rq, "subject");

	if (str_eq(subject, STR("internal")))
		return err_raise(err, INTERNAL);
	return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(subject));
}

static enum err_code forget(struct request *rq, struct err *err)
{
	(void)rq;
	(void)err;
	return OK;
}

/* "/in/X/…" is "/…" in the scope X. */
static enum err_code take_prefix(struct arena *arena, struct target *target, struct str *scope, struct err *err)
{
	(void)arena;
	if (target->n_segments < 2 || !str_eq(target->segments[0], STR("in")))
		return OK;
	if (str_eq(target->segments[1], STR("nowhere")))
		return err_raise(err, NOT_FOUND);
	*scope = target->segments[1];
	target->n_segments -= 2;
	memmove(target->segments, target->segments + 2, target->n_segments * sizeof(target->segments[0]));
	return OK;
}

static enum err_code show_scope(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, str_present(request_scope(rq)) ? request_scope(rq) : STR("none"));
}

static enum err_code show_actor(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, request_actor(rq));
}

#define OPEN .needs = PERMISSION_NONE

static const struct route routes[] = {
	{ ROUTE_GET, "/", show_plain, OPEN, .flags = ROUTE_PLAIN },
	{ ROUTE_GET, "/echo/{a}/{b}", echo, OPEN },
	{ ROUTE_POST, "/body", show_body, OPEN, .body = "make" },
	{ ROUTE_PUT, "/body", show_body, OPEN, .body = "change" },
	{ ROUTE_DELETE, "/body", be_gone, OPEN },
	{ ROUTE_POST, "/loose", show_body, OPEN, .body = "loose", .flags = ROUTE_LOOSE_BODY },
	{ ROUTE_POST, "/none", show_body, OPEN },
	{ ROUTE_GET, "/big", show_big, OPEN },
	{ ROUTE_GET, "/packed", show_packed, OPEN, .flags = ROUTE_PLAIN },
	{ ROUTE_GET, "/link", link_next, OPEN },
	{ ROUTE_GET, "/fail/{subject}", refuse, OPEN },
	{ ROUTE_GET, "/forget", forget, OPEN },
	{ ROUTE_GET, "/actor", show_actor, OPEN },
	{ ROUTE_GET, "/scope", show_scope, OPEN },
};

static struct http_server *server;

static int start(void **state)
{
	struct http_options options = rig_options(routes, sizeof(routes) / sizeof(routes[0]));

	(void)state;
	options.rewrite = take_prefix;
	options.page = "/page/";
	server = rig_start(&options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	http_stop(server, 5);
	return 0;
}

/* ---- requests as a table ---- */

static const struct {
	const char *method, *target, *headers, *body;
	int status;
	const char *type;   /* NULL: no Content-Type */
	const char *answer; /* NULL: any */
} cases[] = {
	/* parameters */
	{ "GET", "/echo/1/2", "", NULL, 200, V1,
		"{\"a\":\"1\",\"b\":\"2\",\"x\":\"\",\"all\":0,\"flag\":0,\"n\":-7,\"none\":0}" },
	{ "GET", "/echo/a%2Fb/c+d/?x=1+2&x=%2B&flag=TRUE&n=12&none", "", NULL, 200, V1,
		"{\"a\":\"a/b\",\"b\":\"c+d\",\"x\":\"1 2\",\"all\":2,\"flag\":1,\"n\":12,\"none\":1}" },
	{ "GET", "/echo/%C3%A9/%2525?flag=1&n=", "", NULL, 200, V1,
		"{\"a\":\"\xC3\xA9\",\"b\":\"%25\",\"x\":\"\",\"all\":0,\"flag\":0,\"n\":-7,\"none\":0}" },
	{ "GET", "/echo/./..?flag=true", "", NULL, 200, V1,
		"{\"a\":\".\",\"b\":\"..\",\"x\":\"\",\"all\":0,\"flag\":1,\"n\":-7,\"none\":0}" },
	{ "GET", "http://example.org/echo/1/2", "", NULL, 200, V1, NULL },
	{ "GET", "/echo/1/2?n=abc", "", NULL, 404, V1, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}" },
	{ "GET", "/echo/1/2?n=+1", "", NULL, 404, V1, NULL },
	{ "GET", "/echo/1/2?n=2147483648", "", NULL, 404, V1, NULL },

	/* paths that are none */
	{ "GET", "/nosuch", "", NULL, 404, NULL, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}" },
	{ "GET", "/echo/1/2/3", "", NULL, 404, NULL, NULL },
	{ "OPTIONS", "/nosuch", "", NULL, 404, NULL, NULL },
	{ "OPTIONS", "*", "", NULL, 404, NULL, "" },
	{ "GET", "/echo//2", "", NULL, 400, NULL,
		"{\"error_code\":400,\"message\":\"The path has an empty segment\"}" },
	{ "GET", "/echo/%zz/2", "", NULL, 400, NULL,
		"{\"error_code\":400,\"message\":\"The path has a broken percent-escape\"}" },
	{ "GET", "/echo/%00/2", "", NULL, 400, NULL, NULL },
	{ "GET", "/echo/%FF/2", "", NULL, 400, NULL, NULL },
	{ "GET", "/echo/\x01/2", "", NULL, 400, NULL, NULL },
	{ "GET", "/echo/a b/2", "", NULL, 400, NULL, NULL },

	/* methods */
	{ "PUT", "/echo/1/2", "", "{}", 405, NULL, "{\"error_code\":405,\"message\":\"HTTP 405 Method Not Allowed\"}" },
	{ "TRACE", "/echo/1/2", "", NULL, 405, NULL, NULL },
	{ "BREW", "/echo/1/2", "", NULL, 405, NULL, NULL },
	{ "HEAD", "/body", "", NULL, 405, NULL, "" },
	{ "HEAD", "/nosuch", "", NULL, 404, NULL, "" },
	{ "HEAD", "/echo/1/2", "", NULL, 200, V1, "" },
	{ "HEAD", "/fail/x", "", NULL, 404, V1, "" },
	{ "OPTIONS", "/body", "", NULL, 200, "text/plain", "POST, PUT, DELETE, OPTIONS" },
	{ "OPTIONS", "/echo/1/2", "Accept: text/html\r\n", NULL, 200, "text/plain", "HEAD, GET, OPTIONS" },
	{ "DELETE", "/body", "", NULL, 204, NULL, "" },

	/* media types, and their place in the order of checks */
	{ "GET", "/echo/1/2", "Accept: application/json\r\n", NULL, 200, "application/json", NULL },
	{ "GET", "/echo/1/2", "Accept: application/json;q=0.5\r\nAccept: application/vnd.schemaregistry+json\r\n", NULL,
		200, "application/vnd.schemaregistry+json", NULL },
	{ "GET", "/fail/x", "Accept: application/json\r\n", NULL, 404, "application/json",
		"{\"error_code\":40401,\"message\":\"Subject 'x' not found.\"}" },
	{ "GET", "/echo/1/2", "Accept: text/html\r\n", NULL, 406, NULL,
		"{\"error_code\":406,\"message\":\"HTTP 406 Not Acceptable\"}" },
	{ "GET", "/nosuch", "Accept: text/html\r\n", NULL, 404, NULL, NULL },
	{ "PUT", "/echo/1/2", "Accept: text/html\r\n", NULL, 405, NULL, NULL },
	{ "POST", "/body", "Accept: text/html\r\nContent-Type: text/plain\r\n", "{}", 406, NULL, NULL },
	{ "POST", "/body", "Content-Type: text/plain\r\n", "{", 415, V1,
		"{\"error_code\":415,\"message\":\"HTTP 415 Unsupported Media Type\"}" },
	{ "POST", "/body", "Content-Type: application/x-www-form-urlencoded\r\n", NULL, 415, V1, NULL },
	{ "GET", "/echo/1/2", "Content-Type: text/plain\r\n", NULL, 200, V1, NULL },
	{ "GET", "/", "Accept: text/plain\r\n", NULL, 200, "text/plain; version=0.0.4", "plain\n" },

	/* bodies */
	{ "POST", "/body", "", "{\"a\":[1, 2.50]}", 200, V1, "{\"a\":[1,2.50]}" },
	{ "POST", "/body", "Content-Type: application/json; charset=utf-8\r\n", "[NaN]", 200, V1, "[NaN]" },
	{ "POST", "/body", "", "\xEF\xBB\xBF{}", 200, V1, "{}" },
	{ "POST", "/body", "Content-Encoding: gzip\r\n", "{}", 200, V1, "{}" },
	{ "PUT", "/body", "", "7", 200, V1, "7" },
	{ "POST", "/body", "", NULL, 422, V1,
		"{\"error_code\":422,\"message\":\"make.request must not be null (was null)\"}" },
	{ "POST", "/body", "", "", 422, V1, NULL },
	{ "POST", "/body", "", " \n", 422, V1, NULL },
	{ "PUT", "/body", "", "null", 422, V1,
		"{\"error_code\":422,\"message\":\"change.request must not be null (was null)\"}" },
	{ "POST", "/body", "", "{", 400, V1, NULL },
	{ "POST", "/body", "", "{} x", 400, V1, NULL },
	{ "POST", "/body", "", "{\"a\":\"\xFF\"}", 400, V1, NULL },
	{ "POST", "/loose", "", NULL, 200, V1, "\"nothing\"" },
	{ "POST", "/loose", "", "null", 200, V1, "\"nothing\"" },
	{ "POST", "/loose", "", "{", 400, V1, NULL },
	{ "POST", "/none", "Content-Type: text/plain\r\n", "ignored", 200, V1, "\"nothing\"" },
	{ "GET", "/echo/1/2", "", "{\"ignored\":true}", 200, V1, NULL },
	{ "DELETE", "/body", "", "not JSON", 204, NULL, "" },
	{ "POST", "/nosuch", "", "{}", 404, NULL, NULL },

	/* handlers */
	{ "GET", "/fail/internal", "", NULL, 500, V1, "{\"error_code\":500,\"message\":\"Internal Server Error\"}" },
	{ "GET", "/forget", "", NULL, 500, V1, NULL },
	{ "GET", "/actor", "", NULL, 200, V1, "anonymous@127.0.0.1" },

	/* what the server makes of a prefix */
	{ "GET", "/scope", "", NULL, 200, V1, "none" },
	{ "GET", "/in/x%2Fy/scope", "", NULL, 200, V1, "x/y" },
	{ "GET", "/in/nowhere/scope", "", NULL, 404, NULL, NULL },
};

/* All on one connection: none of these ends it. */
static void keeps_the_conventions(void **state)
{
	struct client c = client_open(http_port(server));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct answer a = client_ask(&c, cases[i].method, cases[i].target, cases[i].headers, cases[i].body);

		if (a.status != cases[i].status)
			fail_msg("%s %s (%s): %d %s", cases[i].method, cases[i].target, cases[i].body, a.status, a.body);
		if (cases[i].type)
			assert_header(&a, "Content-Type", cases[i].type);
		else
			assert_no_header(&a, "Content-Type");
		if (cases[i].answer)
			assert_string_equal(a.body, cases[i].answer);
		if (strcmp(cases[i].method, "GET") == 0 || strcmp(cases[i].method, "POST") == 0)
			assert_header(&a, "Vary", "Accept-Encoding");
		else
			assert_no_header(&a, "Vary");
		assert_no_header(&a, "Connection");
		answer_free(&a);
	}
	client_close(&c);
}

static void deep_bodies_are_refused(void **state)
{
	char body[5000];
	struct answer a;

	(void)state;
	memset(body, '[', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	a = ask(server, "POST", "/body", "", body);
	assert_int_equal(a.status, 400);
	answer_free(&a);
}

static void head_tells_the_length(void **state)
{
	struct client c = client_open(http_port(server));
	struct answer a = client_ask(&c, "HEAD", "/big", "Accept-Encoding: gzip\r\n", NULL);

	(void)state;
	assert_header(&a, "Content-Length", "300000");
	assert_no_header(&a, "Content-Encoding");
	answer_free(&a);
	a = client_ask(&c, "OPTIONS", "/big", "", NULL);
	assert_header(&a, "Allow", "HEAD, GET, OPTIONS");
	answer_free(&a);
	a = client_ask(&c, "POST", "/big", "", "{}");
	assert_header(&a, "Allow", "HEAD, GET, OPTIONS");
	answer_free(&a);
	client_close(&c);
}

static void request_ids(void **state)
{
	static const struct {
		const char *headers;
		const char *echoed; /* NULL: a new one */
	} ids[] = {
		{ "X-Request-ID: abc-1\r\n", "abc-1" },
		{ "x-request-id:  padded \r\n", "padded" },
		{ "", NULL },
		{ "X-Request-ID:\r\n", NULL },
		{ "X-Request-ID:  \r\n", NULL },
		{ "X-Request-ID: a\r\nX-Request-ID: b\r\n", NULL },
		{ "X-Request-ID: a\tb\r\n", NULL },
	};
	struct client c = client_open(http_port(server));
	char last[64] = "", id[64];

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct answer a = client_ask(&c, "GET", "/echo/1/2", ids[i].headers, NULL);

		assert_int_equal(a.status, 200);
		assert_true(answer_header(&a, "X-Request-ID", id, sizeof(id)));
		if (ids[i].echoed) {
			assert_string_equal(id, ids[i].echoed);
		} else {
			assert_int_equal(strlen(id), 36);
			assert_int_equal(id[14], '4');
			assert_string_not_equal(id, last);
			strncpy(last, id, sizeof(last) - 1);
		}
		answer_free(&a);
	}
	client_close(&c);
}

static void inflate_body(const struct answer *a, char *out, size_t len)
{
	z_stream z = { 0 };

	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (Bytef *)a->body;
	z.avail_in = (uInt)a->body_len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)len;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, len);
	inflateEnd(&z);
}

static void compresses_when_asked(void **state)
{
	struct client c = client_open(http_port(server));
	char *plain = malloc(300000);
	struct answer a;

	(void)state;
	for (int i = 0; i < 3; i++) { /* the state is used again */
		a = client_ask(&c, "GET", "/big", "Accept-Encoding: gzip, deflate\r\n", NULL);
		assert_header(&a, "Content-Encoding", "gzip");
		assert_true(a.body_len < 3000);
		inflate_body(&a, plain, 300000);
		assert_true(plain[0] == 'y' && plain[299999] == 'y');
		answer_free(&a);
	}
	free(plain);
	a = client_ask(&c, "GET", "/big", "Accept-Encoding: deflate, br\r\n", NULL);
	assert_no_header(&a, "Content-Encoding");
	assert_int_equal(a.body_len, 300000);
	answer_free(&a);
	a = client_ask(&c, "GET", "/echo/1/2", "Accept-Encoding: gzip\r\n", NULL); /* small */
	assert_no_header(&a, "Content-Encoding");
	answer_free(&a);
	client_close(&c);
}

static void sends_what_is_compressed_already(void **state)
{
	struct answer a = ask(server, "GET", "/packed", "Accept-Encoding: gzip\r\nAccept: text/css\r\n", NULL);

	(void)state;
	assert_header(&a, "Content-Encoding", "gzip");
	assert_header(&a, "Content-Type", "text/css");
	assert_string_equal(a.body, "as good as compressed");
	answer_free(&a);
	a = ask(server, "GET", "/packed", "", NULL);
	assert_no_header(&a, "Content-Encoding");
	assert_string_equal(a.body, "body { color: black; }");
	answer_free(&a);
}

static void browsers_are_sent_to_the_page(void **state)
{
	static const char *const accepts[] = { "text/html", "text/html,application/xml;q=0.9,*/*;q=0.8" };
	struct answer a;

	(void)state;
	for (size_t i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++) {
		char header[100];

		snprintf(header, sizeof(header), "Accept: %s\r\n", accepts[i]);
		a = ask(server, "GET", "/?x=1", header, NULL);
		assert_int_equal(a.status, 302);
		assert_header(&a, "Location", "/page/");
		assert_header(&a, "Cache-Control", "no-store");
		assert_int_equal(a.body_len, 0);
		answer_free(&a);
		a = ask(server, "GET", "/link", header, NULL); /* nowhere else */
		assert_int_equal(a.status, i == 0 ? 406 : 200);
		answer_free(&a);
	}
	a = ask(server, "GET", "/", "Accept: */*\r\n", NULL);
	assert_int_equal(a.status, 200);
	answer_free(&a);
}

static void headers_cannot_be_forged(void **state)
{
	struct answer a = ask(server, "GET", "/link", "", NULL);

	(void)state;
	assert_header(&a, "Link", "</next>; rel=\"next\"");
	assert_no_header(&a, "X-Forged");
	assert_no_header(&a, "Evil");
	answer_free(&a);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	struct client c = client_open(http_port(server));

	(void)state;
	for (int i = 0; i < 50; i++) {
		char text[200];

		snprintf(text, sizeof(text), "%s /%s HTTP/1.1\r\nHost: x\r\n%s", i % 2 ? "POST" : "GET",
			i % 2 ? "body" : "echo/1/2", i % 2 ? "Content-Length: 4\r\n\r\n[11]" : "\r\n");
		client_text(&c, text);
	}
	for (int i = 0; i < 50; i++) {
		struct answer a = client_answer(&c, true);

		assert_int_equal(a.status, 200);
		assert_true((strcmp(a.body, "[11]") == 0) == (i % 2 == 1));
		answer_free(&a);
	}
	client_close(&c);
}

static void closes_when_asked(void **state)
{
	struct client c = client_open(http_port(server));
	struct answer a = client_ask(&c, "GET", "/echo/1/2", "Connection: close\r\n", NULL);

	(void)state;
	assert_int_equal(a.status, 200);
	answer_free(&a);
	assert_false(client_receive(&c));
	client_close(&c);
	c = client_open(http_port(server));
	client_text(&c, "GET /echo/1/2 HTTP/1.0\r\n\r\n");
	a = client_answer(&c, true);
	assert_int_equal(a.status, 200);
	answer_free(&a);
	client_close(&c);
}

static void takes_chunked_bodies(void **state)
{
	struct client c = client_open(http_port(server));
	struct answer a;

	(void)state;
	for (int i = 0; i < 2; i++) {
		client_text(&c, "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n");
		rig_sleep(20);
		client_text(&c, "3\r\n,3]\r\n0\r\n\r\n");
		a = client_answer(&c, true);
		assert_int_equal(a.status, 200);
		assert_string_equal(a.body, "[1,2,3]");
		answer_free(&a);
	}
	client_close(&c);
}

static void continues_when_expected(void **state)
{
	struct client c = client_open(http_port(server));
	struct answer a;

	(void)state;
	client_text(&c, "POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	a = client_answer(&c, false);
	assert_int_equal(a.status, 100);
	answer_free(&a);
	client_text(&c, "[]");
	a = client_answer(&c, true);
	assert_int_equal(a.status, 200);
	answer_free(&a);
	client_text(&c, "POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
	a = client_answer(&c, true);
	assert_int_equal(a.status, 413);
	answer_free(&a);
	client_close(&c);
}

static void nul_in_a_target_is_refused(void **state)
{
	static const char text[] = "GET /actor\0/x HTTP/1.1\r\nHost: x\r\n\r\n";
	struct client c = client_open(http_port(server));
	struct answer a;

	(void)state;
	client_send(&c, text, sizeof(text) - 1);
	a = client_answer(&c, true);
	assert_int_equal(a.status, 400);
	answer_free(&a);
	client_close(&c);
}

static void long_targets(void **state)
{
	static const struct {
		size_t len;
		int status;
	} targets[] = {
		{ 7000, 200 }, { 8192, 200 }, { 8193, 414 }, { 20000, 414 }, { 40000, 414 }, { 300000, 414 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		char *target = malloc(targets[i].len + 1);
		struct answer a;

		memset(target, 'x', targets[i].len);
		target[targets[i].len] = '\0';
		memcpy(target, "/echo/", 6);
		memcpy(target + targets[i].len - 2, "/y", 2);
		a = ask(server, "GET", target, "", NULL);
		if (a.status != targets[i].status)
			fail_msg("%zu bytes: %d", targets[i].len, a.status);
		answer_free(&a);
		free(target);
	}
}

/* libmicrohttpd's parser of queries would need far more memory than it has. */
static void queries_of_many_parameters(void **state)
{
	char target[8193] = "/echo/1/2?x=1";
	struct answer a;

	(void)state;
	while (strlen(target) + 4 < sizeof(target))
		memcpy(target + strlen(target), "&x=2", 5);
	a = ask(server, "GET", target, "", NULL);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body,
		"{\"a\":\"1\",\"b\":\"2\",\"x\":\"1\",\"all\":2045,\"flag\":0,\"n\":-7,\"none\":0}");
	answer_free(&a);
}

static void long_headers_get_an_answer(void **state)
{
	char *headers = malloc(100000);
	struct answer a;

	(void)state;
	memset(headers, 'x', 100000);
	memcpy(headers, "X-Long: ", 8);
	memcpy(headers + 99997, "\r\n", 3);
	a = ask(server, "GET", "/echo/1/2", headers, NULL);
	assert_int_equal(a.status, 431);
	answer_free(&a);
	memcpy(headers + 7000, "\r\n", 3);
	a = ask(server, "GET", "/echo/1/2", headers, NULL);
	assert_int_equal(a.status, 200);
	answer_free(&a);
	free(headers);
}

/* max_body is 256 KB here. */
static void large_bodies(void **state)
{
	static const struct {
		size_t len;
		int status;
	} sizes[] = { { 100000, 200 }, { 256 * 1024, 200 }, { 256 * 1024 + 1, 413 }, { 5000000, 413 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *body = malloc(sizes[i].len + 1);
		struct answer a;

		memset(body, ' ', sizes[i].len);
		body[sizes[i].len] = '\0';
		body[sizes[i].len - 1] = '1';
		a = ask(server, "POST", "/body", "", body);
		if (a.status != sizes[i].status)
			fail_msg("%zu bytes: %d", sizes[i].len, a.status);
		if (a.status == 413) {
			assert_string_equal(a.body,
				"{\"error_code\":413,\"message\":\"The request body is larger than 262144 bytes\"}");
			assert_header(&a, "Content-Type", V1);
		}
		answer_free(&a);
		a = ask(server, "POST", "/nosuch", "", body);
		assert_int_equal(a.status, 404);
		answer_free(&a);
		free(body);
	}
}

static void large_chunked_bodies_are_cut_short(void **state)
{
	enum { CHUNK = 0x8000 };
	struct client c = client_open(http_port(server));
	char *chunk = malloc(CHUNK + 10);
	struct answer a;

	(void)state;
	memcpy(chunk, "8000\r\n", 6);
	memset(chunk + 6, ' ', CHUNK);
	memcpy(chunk + 6 + CHUNK, "\r\n", 2);
	client_text(&c, "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 100; i++)
		client_send(&c, chunk, CHUNK + 8);
	a = client_answer(&c, true);
	assert_int_equal(a.status, 413);
	assert_string_equal(a.body, "{\"error_code\":413,\"message\":\"The request body is larger than 262144 bytes\"}");
	answer_free(&a);
	client_close(&c);
	free(chunk);
}

/* Clients that leave in the middle: connections are seen off while they are still closing. */
static void leaving_early_does_no_harm(void **state)
{
	char *text = malloc(400001);

	(void)state;
	memset(text, ' ', 400000);
	text[400000] = '\0';
	for (int i = 0; i < 100; i++) {
		struct client c = client_open(http_port(server));
		const char *first = i % 3 == 0 ? "GET /x" : i % 3 == 1 ? "POST /body HTTP/1.1\r\nContent-Length: 5\r\n\r\n{" :
			"POST /body HTTP/1.1\r\nContent-Length: 350000\r\n\r\n";

		memcpy(text, first, strlen(first));
		client_send(&c, text, i % 3 == 1 ? strlen(first) : 400000);
		client_close(&c);
	}
	free(text);
}

static void garbage_does_no_harm(void **state)
{
	static const char *const garbage[] = {
		"\r\n\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02", "\xFF\xFE\x80\r\n\r\n",
		"POST /body HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "POST /body HTTP/1.1\r\nContent-Length: 1x\r\n\r\n",
		"POST /body HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
		"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
		"POST /body HTTP/1.1\r\nContent-Length: 5\r\n\r\n{",
		"GET /echo/1/2 HTTP/1.1\r\nno colon\r\n\r\n", "GET /echo/1/2 HTTP/1.1\r\n: empty\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		struct client c = client_open(http_port(server));
		struct answer a;

		client_text(&c, garbage[i]);
		client_close(&c);
		a = ask(server, "GET", "/actor", "", NULL);
		assert_int_equal(a.status, 200);
		answer_free(&a);
	}
}

static void says_why_it_does_not_start(void **state)
{
	struct http_options options = rig_options(routes, sizeof(routes) / sizeof(routes[0]));
	struct err err = { .arena = arena_create(0) };
	struct http_server *second = NULL;

	(void)state;
	options.port = http_port(server);
	assert_int_equal(http_create(&options, &second, &err), OK);
	assert_int_equal(http_listen(second, &err), ERR_START);
	assert_true(str_starts(err.message, STR("Cannot listen on 127.0.0.1:")));
	http_stop(second, 1);
	options.host = "nowhere.invalid";
	assert_int_equal(http_create(&options, &second, &err), OK);
	assert_int_equal(http_listen(second, &err), ERR_START);
	assert_true(str_starts(err.message, STR("Cannot listen on nowhere.invalid")));
	http_stop(second, 1);
	http_stop(NULL, 1);
	arena_destroy(err.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_conventions),
		cmocka_unit_test(deep_bodies_are_refused),
		cmocka_unit_test(head_tells_the_length),
		cmocka_unit_test(request_ids),
		cmocka_unit_test(compresses_when_asked),
		cmocka_unit_test(sends_what_is_compressed_already),
		cmocka_unit_test(browsers_are_sent_to_the_page),
		cmocka_unit_test(headers_cannot_be_forged),
		cmocka_unit_test(pipelined_requests_are_answered_in_order),
		cmocka_unit_test(closes_when_asked),
		cmocka_unit_test(takes_chunked_bodies),
		cmocka_unit_test(continues_when_expected),
		cmocka_unit_test(nul_in_a_target_is_refused),
		cmocka_unit_test(long_targets),
		cmocka_unit_test(queries_of_many_parameters),
		cmocka_unit_test(long_headers_get_an_answer),
		cmocka_unit_test(large_bodies),
		cmocka_unit_test(large_chunked_bodies_are_cut_short),
		cmocka_unit_test(leaving_early_does_no_harm),
		cmocka_unit_test(garbage_does_no_harm),
		cmocka_unit_test(says_why_it_does_not_start),
	};

	log_init(LOG_ERROR, LOG_TEXT, open("/dev/null", O_WRONLY | O_CLOEXEC));
	return cmocka_run_group_tests(tests, start, stop);
}
