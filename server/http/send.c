/* Sending: the answer as a libmicrohttpd response, its line in the access log, its place in the metrics. */
#include "server/http/request_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "server/http/gzip.h"

enum { LOGGED_TARGET = 1024, LOGGED_METHOD = 32, RAW_ANSWER = 1024 };

struct str http_error_body(struct arena *arena, enum err_code code, struct str message)
{
	struct buf body = buf_make(arena, message.len + 64);

	buf_lit(&body, "{\"error_code\":");
	buf_add_i64(&body, err_wire(code));
	buf_lit(&body, ",\"message\":");
	buf_json_string(&body, message);
	buf_lit(&body, "}");
	return buf_str(&body);
}

static void free_text(void *text)
{
	free(text);
}

/* The body compressed where that is asked for and worth it (contract 1.2); absent otherwise. */
static struct str compress(struct request *rq, struct str plain)
{
	struct str packed;

	if (rq->gzip && str_present(rq->packed))
		return rq->packed;
	if (!rq->gzip || rq->status != 200 || plain.len < GZIP_LEAST)
		return STR_NONE;
	if (rq->method != METRICS_GET && rq->method != METRICS_POST)
		return STR_NONE;
	if (rq->entry)
		return http_entry_gzip(rq->entry, &rq->thread->gzip);
	packed = gzip_make(&rq->thread->gzip, plain);
	if (str_present(packed))
		arena_defer(rq->arena, free_text, (void *)(uintptr_t)packed.data);
	return packed;
}

static struct MHD_Response *make_response(struct request *rq, struct str body)
{
	void *data = (void *)(uintptr_t)body.data;
	struct http_entry *entry = rq->entry;
	struct MHD_Response *response;

	if (entry == NULL)
		return MHD_create_response_from_buffer(body.len, data, MHD_RESPMEM_PERSISTENT);
	rq->entry = NULL;
	response = MHD_create_response_from_buffer_with_free_callback_cls(body.len, data, http_entry_unref, entry);
	if (response == NULL)
		http_entry_unref(entry);
	return response;
}

static void add_headers(struct request *rq, struct MHD_Response *response, bool compressed)
{
	if (rq->answer_type && rq->answer_type[0])
		MHD_add_response_header(response, "Content-Type", rq->answer_type);
	if (!str_present(rq->id)) {
		random_uuid(rq->uuid);
		rq->id = str_make(rq->uuid, 36);
	}
	MHD_add_response_header(response, "X-Request-ID", rq->id.data);
	if (rq->method == METRICS_GET || rq->method == METRICS_POST)
		MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (compressed)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	for (const struct header *h = rq->headers; h; h = h->next)
		MHD_add_response_header(response, h->name, h->value);
	if (atomic_load_explicit(&rq->server->stopping, memory_order_relaxed))
		MHD_add_response_header(response, "Connection", "close");
}

enum MHD_Result http_send(struct request *rq)
{
	struct str plain = rq->entry ? http_entry_body(rq->entry) : rq->answer;
	struct str packed = compress(rq, plain);
	bool compressed = str_present(packed);
	struct str body = compressed ? packed : plain;
	struct MHD_Response *response = make_response(rq, body);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	rq->stage = STAGE_ANSWERED;
	rq->bytes = rq->method == METRICS_HEAD ? 0 : body.len;
	rq->answered_ns = clock_mono_ns();
	add_headers(rq, response, compressed);
	result = MHD_queue_response(rq->connection, (unsigned)rq->status, response);
	MHD_destroy_response(response);
	return result;
}

/* ---- past libmicrohttpd ---- */

static const char *reason(int status)
{
	switch (status) {
	case 408:
		return "Request Timeout";
	case 413:
		return "Content Too Large";
	default:
		return "Service Unavailable";
	}
}

/*
 * libmicrohttpd takes an answer before or after a request's body, not in the middle of it.  An
 * answer of this size fits the socket's buffer, where nothing else is waiting; if not, so be it:
 * the connection is closed anyway.
 */
void http_send_raw(int fd, enum err_code code, struct str message)
{
	char text[RAW_ANSWER], date[40], id[37];
	int status = err_status(code);
	time_t now = time(NULL);
	size_t length;
	struct tm tm;
	int len;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	random_uuid(id);
	length = (size_t)snprintf(NULL, 0, "{\"error_code\":%d,\"message\":\"%.*s\"}", err_wire(code), STR_ARG(message));
	len = snprintf(text, sizeof(text),
		"HTTP/1.1 %d %s\r\nDate: %s\r\nConnection: close\r\nX-Request-ID: %s\r\nContent-Length: %zu\r\n"
		"Content-Type: application/json\r\n\r\n{\"error_code\":%d,\"message\":\"%.*s\"}",
		status, reason(status), date, id, length, err_wire(code), STR_ARG(message));
	if (len > 0 && (size_t)len < sizeof(text))
		(void)!send(fd, text, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* ---- afterwards ---- */

static void write_log(const struct request *rq, uint64_t ns)
{
	struct log_field fields[] = {
		LOG_FIELD_STR("id", str_present(rq->id) ? rq->id : STR("")),
		LOG_FIELD_STR("method", str_sub(rq->method_name, 0, LOGGED_METHOD)),
		LOG_FIELD_STR("path", str_sub(rq->raw, 0, LOGGED_TARGET)),
		LOG_FIELD_STR("route", rq->path ? str_of(rq->path->path) : STR("unmatched")),
		LOG_FIELD_INT("status", rq->status),
		LOG_FIELD_INT("bytes", rq->bytes),
		LOG_FIELD_MICROS("ms", ns / 1000),
		LOG_FIELD_STR("actor", str_of(rq->peer->actor)),
	};

	log_event(LOG_INFO, "request", fields, sizeof(fields) / sizeof(fields[0]));
}

void http_account(struct request *rq)
{
	struct http_thread *thread = rq->thread;
	uint64_t ns = (rq->answered_ns ? rq->answered_ns : clock_mono_ns()) - rq->started_ns;
	size_t route = rq->path ? rq->path->index : router_n_paths(rq->server->router);

	metrics_count(thread->metrics, route, rq->method, rq->status, ns);
	if (rq->server->options.access_log)
		write_log(rq, ns);
}
