/* What happens to a request, in the order of contract 1.3 and 1.4: headers, checks, body, handler, answer. */
#include "server/http/request_int.h"

#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

enum {
	BODY_FIRST = 64 * 1024, /* reserved for a body of known length; the rest only when it comes */
	LONGEST_ID = 4096,      /* of a request that is echoed */
	CACHE_KIND_GET = ANSWER_TYPES,
	CACHE_KIND_POST = 2 * ANSWER_TYPES,
};

/* ---- headers ---- */

static const struct {
	struct str name;
	enum metrics_method method;
} methods[] = {
	{ STR("GET"), METRICS_GET }, { STR("POST"), METRICS_POST }, { STR("PUT"), METRICS_PUT },
	{ STR("DELETE"), METRICS_DELETE }, { STR("HEAD"), METRICS_HEAD }, { STR("OPTIONS"), METRICS_OPTIONS },
};

static void read_method(struct request *rq, const char *method)
{
	struct str name = str_of(method);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (str_eq(name, methods[i].name)) {
			rq->method = methods[i].method;
			rq->method_name = methods[i].name;
			return;
		}
	rq->method = METRICS_OTHER;
	rq->method_name = str_dup(rq->arena, name);
}

/* A list header may come in several lines (RFC 9110, section 5.3). */
static void join_list(struct request *rq, struct str *list, struct str value)
{
	if (str_present(*list))
		*list = str_concat(rq->arena, str_concat(rq->arena, *list, STR(",")), value);
	else
		*list = value;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] < 0x20 || s.data[i] == 0x7F)
			return true;
	return false;
}

static void read_id(struct request *rq, struct str value)
{
	struct str id = str_trim(value);

	rq->n_ids++;
	rq->id = rq->n_ids == 1 && id.len > 0 && id.len <= LONGEST_ID && !has_control(id) ? str_dup(rq->arena, id) : STR_NONE;
}

static bool is_named(const char *key, size_t len, struct str name)
{
	return len == name.len && strncasecmp(key, name.data, len) == 0;
}

/* Several lengths that differ hide where the request ends (RFC 9112, section 6.3). */
static void read_length(struct request *rq, struct str value)
{
	int64_t length;

	if (!str_to_i64(value, &length))
		length = INT64_MAX;
	rq->ambiguous = rq->ambiguous || (rq->n_lengths > 0 && length != rq->content_length);
	rq->n_lengths++;
	rq->content_length = length;
}

/* The header values stay in libmicrohttpd's memory until the request is over. */
static enum MHD_Result read_header(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len,
	const char *value, size_t value_len)
{
	struct request *rq = cls;
	struct str v = str_make(value ? value : "", value ? value_len : 0);

	(void)kind;
	switch (key_len) {
	case 6:
		if (is_named(key, key_len, STR("Accept")))
			join_list(rq, &rq->accept, v);
		break;
	case 12:
		if (is_named(key, key_len, STR("Content-Type")))
			rq->content_type = v;
		else if (is_named(key, key_len, STR("X-Request-ID")))
			read_id(rq, v);
		break;
	case 13:
		if (is_named(key, key_len, STR("If-None-Match")))
			join_list(rq, &rq->if_none_match, v);
		break;
	case 14:
		if (is_named(key, key_len, STR("Content-Length")))
			read_length(rq, v);
		break;
	case 15:
		if (is_named(key, key_len, STR("Accept-Encoding")))
			join_list(rq, &rq->accept_encoding, v);
		break;
	case 17:
		if (is_named(key, key_len, STR("Transfer-Encoding")))
			rq->chunked = true;
		break;
	default:
		break;
	}
	return MHD_YES;
}

/* ---- checks ---- */

static const struct route *route_for(const struct router_path *path, enum metrics_method method)
{
	static const enum route_method rows[METRICS_METHODS] = {
		[METRICS_GET] = ROUTE_GET, [METRICS_HEAD] = ROUTE_GET, [METRICS_POST] = ROUTE_POST,
		[METRICS_PUT] = ROUTE_PUT, [METRICS_DELETE] = ROUTE_DELETE,
		[METRICS_OPTIONS] = ROUTE_METHODS, [METRICS_OTHER] = ROUTE_METHODS,
	};

	return rows[method] < ROUTE_METHODS ? path->routes[rows[method]] : NULL;
}

/* A browser at the door: what "/" answers to programs is nothing to look at. */
static bool leads_to_page(const struct request *rq)
{
	return rq->server->options.page && rq->target.n_segments == 0 &&
		(rq->method == METRICS_GET || rq->method == METRICS_HEAD) && negotiate_page(rq->accept);
}

/*
 * Everything that can be said before the body is there.  What is refused before a route is chosen
 * is answered without a Content-Type, all else in the negotiated type (contract 1.1).
 */
static enum err_code check_request(struct request *rq, struct err *err)
{
	size_t max_uri = rq->server->options.max_uri;

	if (rq->raw.len > max_uri)
		return err_raise(err, URI_TOO_LONG, max_uri);
	if (rq->raw_end == NULL)
		return err_raise(err, BAD_PATH, "The request target has a control character");
	TRY(target_split(rq->arena, rq->raw, &rq->target, err));
	if (rq->server->options.rewrite)
		TRY(rq->server->options.rewrite(rq->arena, &rq->target, &rq->scope, err));
	router_find(rq->server->router, &rq->target, &rq->match);
	if (rq->match.path == NULL)
		return err_raise(err, NOT_FOUND);
	rq->path = rq->match.path;
	if (rq->method == METRICS_OPTIONS)
		return OK;
	rq->route = route_for(rq->path, rq->method);
	if (rq->route == NULL) {
		reply_header(rq, "Allow", rq->path->allow);
		return err_raise(err, METHOD_NOT_ALLOWED);
	}
	if ((rq->route->flags & ROUTE_PLAIN) || leads_to_page(rq))
		rq->type = ANSWER_JSON;
	else if (rq->type == ANSWER_NONE)
		return err_raise(err, NOT_ACCEPTABLE);
	rq->answer_type = negotiate_types[rq->type];
	if (rq->route->body && !negotiate_body(rq->content_type))
		return err_raise(err, UNSUPPORTED_MEDIA_TYPE);
	return OK;
}

static void check(struct request *rq)
{
	rq->checked = true;
	rq->err.arena = rq->arena;
	rq->refuse = check_request(rq, &rq->err) != OK;
}

/* ---- answers ---- */

static enum MHD_Result send_to_page(struct request *rq)
{
	rq->status = 302;
	rq->answer_type = NULL;
	rq->answer = STR("");
	reply_header(rq, "Location", str_of(rq->server->options.page));
	reply_header(rq, "Cache-Control", STR("no-store"));
	return http_send(rq);
}

/* What the operator must hear of: a fault of ours, not of the client. */
static void report_fault(const struct request *rq, enum err_code code, struct str message)
{
	struct log_field fields[] = {
		LOG_FIELD_STR("id", str_present(rq->id) ? rq->id : STR("")),
		LOG_FIELD_STR("route", rq->path ? str_of(rq->path->path) : STR("unmatched")),
		LOG_FIELD_STR("code", str_of(err_name(code))),
		LOG_FIELD_STR("message", message),
	};

	log_event(LOG_ERROR, "failed", fields, sizeof(fields) / sizeof(fields[0]));
}

static enum MHD_Result send_error(struct request *rq, enum err_code code, const struct err *err)
{
	if (!str_present(rq->id)) {
		random_uuid(rq->uuid);
		rq->id = str_make(rq->uuid, 36);
	}
	if (err_status(code) == 500)
		report_fault(rq, code, err->message);
	rq->status = err_status(code);
	/* "*" is no path, and the reference says nothing to it (conformance/errors/err_options). */
	rq->answer = str_eq(rq->raw, STR("*")) ? STR("") : http_error_body(rq->arena, code, err->message);
	return http_send(rq);
}

static enum MHD_Result send_options(struct request *rq)
{
	rq->status = 200;
	rq->answer_type = "text/plain";
	rq->answer = rq->path->allow;
	reply_header(rq, "Allow", rq->path->allow);
	return http_send(rq);
}

/* Keeps the answer when it may be kept; it is then sent from where it is kept. */
static void keep_answer(struct request *rq)
{
	struct http_kept kept = {
		.body = rq->answer,
		.route = rq->path,
		.sequence = rq->sequence,
		.n_tags = rq->n_tags,
	};

	if (rq->key.target.data == NULL || rq->status != 200 || rq->headers || rq->n_tags > HTTP_CACHE_TAGS)
		return;
	if (rq->answer_type != negotiate_types[rq->type])
		return;
	memcpy(kept.tags, rq->tags, sizeof(kept.tags));
	rq->entry = http_cache_put(rq->server->cache, &rq->key, &kept);
}

enum MHD_Result http_dispatch_outcome(struct request *rq, enum err_code code, struct err *err)
{
	if (code != OK && rq->server->options.failed)
		rq->server->options.failed(rq, code, err);
	if (code != OK && !rq->answered)
		return send_error(rq, code, err);
	if (rq->awaiting)
		return http_await_suspend(rq);
	if (!rq->answered)
		return send_error(rq, err_raise(err, INTERNAL), err);
	keep_answer(rq);
	return http_send(rq);
}

/* ---- the cache ---- */

/* Whether a kept answer was found; it is on its way then. */
static bool send_kept(struct request *rq, unsigned kind, enum MHD_Result *result)
{
	struct str body = kind == CACHE_KIND_POST ? str_make(rq->body.data, rq->body.len) : STR_NONE;

	rq->key = http_key_make(kind + rq->type, rq->raw, body);
	rq->entry = http_cache_find(rq->server->cache, &rq->key);
	if (rq->entry == NULL)
		return false;
	http_count(&rq->thread->hits);
	rq->path = http_entry_route(rq->entry);
	rq->status = 200;
	rq->answer_type = negotiate_types[rq->type];
	*result = http_send(rq);
	return true;
}

/* ---- the handler ---- */

/* JSON or nothing; what nests too deeply for us is as wrong as what is no JSON (contract 1.4). */
static enum err_code parse_body(struct request *rq, struct err *err)
{
	struct str text = jsn_decode(rq->arena, str_make(rq->body.data ? rq->body.data : "", rq->body.len));
	enum err_code code = OK;

	if (str_trim(text).len > 0)
		code = jsn_parse(rq->arena, text, JSN_NAN | JSN_SURROGATES, LIMIT_JSON_DEPTH, &rq->json, err);
	if (code == ERR_LIMIT)
		return err_text(err, ERR_BAD_JSON, err->message);
	TRY(code);
	if (rq->json && rq->json->kind == JSN_NULL)
		rq->json = NULL;
	if (rq->json == NULL && !(rq->route->flags & ROUTE_LOOSE_BODY))
		return err_raise(err, BODY_NULL, rq->route->body);
	return OK;
}

static enum err_code open_thread(struct request *rq, struct err *err)
{
	const struct http_options *options = &rq->server->options;

	if (rq->thread->resource || options->thread_open == NULL)
		return OK;
	rq->thread->resource = options->thread_open(options->context, err);
	if (rq->thread->resource)
		return OK;
	return err_raise(err, NOT_READY, str_present(err->message) ? arena_strndup(rq->arena, err->message.data,
		err->message.len) : "The server is not ready");
}

static enum err_code call_handler(struct request *rq, struct err *err)
{
	if (rq->route->body)
		TRY(parse_body(rq, err));
	TRY(open_thread(rq, err));
	return rq->route->handler(rq, err);
}

static bool is_kept(const struct request *rq)
{
	return rq->server->cache && (rq->route->flags & (ROUTE_CACHED | ROUTE_PLAIN)) == ROUTE_CACHED &&
		rq->body.len <= HTTP_CACHE_BODY;
}

/* The request is complete. */
static enum MHD_Result run(struct request *rq)
{
	bool reads = rq->method == METRICS_GET || rq->method == METRICS_HEAD;
	struct err err = { .arena = rq->arena };
	enum MHD_Result result;

	if (reads && rq->server->cache && rq->type != ANSWER_NONE && send_kept(rq, CACHE_KIND_GET, &result))
		return result;
	if (!rq->checked)
		check(rq);
	if (rq->refuse)
		return send_error(rq, rq->err.code, &rq->err);
	if (rq->method == METRICS_OPTIONS)
		return send_options(rq);
	if (leads_to_page(rq))
		return send_to_page(rq);
	if (!is_kept(rq)) {
		rq->key.target.data = NULL;
	} else {
		if (rq->method == METRICS_POST && send_kept(rq, CACHE_KIND_POST, &result))
			return result;
		if (!reads && rq->method != METRICS_POST)
			rq->key.target.data = NULL;
		http_count(&rq->thread->misses);
		rq->sequence = http_cache_sequence(rq->server->cache);
	}
	return http_dispatch_outcome(rq, call_handler(rq, &err), &err);
}

/* ---- the body ---- */

/* In the middle of a body nothing else helps: past libmicrohttpd, and the end of the connection. */
static enum MHD_Result refuse_now(struct request *rq, enum err_code code, struct str message)
{
	rq->status = err_status(code);
	rq->answered_ns = clock_mono_ns();
	rq->peer->linger = true;
	http_send_raw(rq->peer->fd, code, message);
	return MHD_NO;
}

/* The time that the request may take runs on. */
static void go_on_reading(struct request *rq)
{
	atomic_store_explicit(&rq->peer->phase, PEER_READING, memory_order_release);
}

static enum MHD_Result take_body(struct request *rq, const char *data, size_t *size)
{
	size_t len = *size, max_body = rq->server->options.max_body;

	*size = 0;
	rq->received += len;
	if (rq->received > max_body)
		return refuse_now(rq, ERR_BODY_TOO_LARGE,
			str_printf(rq->arena, ERR_FORMAT_BODY_TOO_LARGE, max_body));
	if (clock_coarse_ms() > rq->deadline_ms)
		return refuse_now(rq, ERR_REQUEST_TIMEOUT, STR("The request took too long to arrive"));
	if (!rq->refuse && rq->route && rq->route->body)
		buf_add(&rq->body, str_make(data, len));
	go_on_reading(rq);
	return MHD_YES;
}

/* Before a body: what would be too large is refused at once, unless there is more to object to. */
static enum MHD_Result expect_body(struct request *rq)
{
	struct http_server *server = rq->server;
	size_t first = rq->content_length < BODY_FIRST ? (size_t)rq->content_length : BODY_FIRST;

	check(rq);
	if (rq->content_length > 0 && (uint64_t)rq->content_length > server->options.max_body) {
		rq->peer->linger = true;
		if (!rq->refuse)
			err_raise(&rq->err, BODY_TOO_LARGE, server->options.max_body);
		return send_error(rq, rq->err.code, &rq->err);
	}
	rq->body = buf_make(rq->arena, rq->route && rq->route->body ? first : 0);
	rq->stage = STAGE_BODY;
	go_on_reading(rq);
	return MHD_YES;
}

/* ---- steps ---- */

static enum answer_type choose_type(struct http_thread *thread, struct str accept)
{
	if (accept.len == 0)
		return ANSWER_V1;
	if (str_eq(accept, str_make(thread->accept, thread->accept_len)))
		return thread->accepted;
	if (accept.len > sizeof(thread->accept))
		return negotiate_answer(accept);
	memcpy(thread->accept, accept.data, accept.len);
	thread->accept_len = accept.len;
	thread->accepted = negotiate_answer(accept);
	return thread->accepted;
}

/* Answered before the body, which ends the connection: what follows is nobody's request. */
static enum MHD_Result refuse_ambiguous(struct request *rq)
{
	struct err err = { .arena = rq->arena };

	rq->peer->linger = true;
	return send_error(rq, err_raise(&err, BAD_PATH, "The length of the request's body is ambiguous"), &err);
}

static enum MHD_Result begin(struct request *rq, const char *method, const char *version)
{
	rq->started_ns = clock_mono_ns();
	read_method(rq, method);
	MHD_get_connection_values_n(rq->connection, MHD_HEADER_KIND, read_header, rq);
	rq->type = choose_type(rq->thread, rq->accept);
	rq->gzip = str_present(rq->accept_encoding) && negotiate_gzip(rq->accept_encoding);
	if (version != rq->raw_end)
		rq->raw_end = NULL; /* a NUL inside: what follows it never showed */
	if (rq->ambiguous || (rq->chunked && rq->n_lengths > 0))
		return refuse_ambiguous(rq);
	if (rq->chunked || rq->content_length > 0)
		return expect_body(rq);
	rq->stage = STAGE_RUN; /* libmicrohttpd calls again at once; answering now would end the connection */
	return MHD_YES;
}

enum MHD_Result http_dispatch(struct request *rq, const char *method, const char *version, const char *data,
	size_t *size)
{
	switch (rq->stage) {
	case STAGE_HEADERS:
		return http_peer_enter(rq->peer) ? begin(rq, method, version) : MHD_NO;
	case STAGE_BODY:
		if (!http_peer_enter(rq->peer))
			return MHD_NO;
		return *size > 0 ? take_body(rq, data, size) : run(rq);
	case STAGE_RUN:
		return run(rq);
	default:
		return MHD_NO;
	}
}
