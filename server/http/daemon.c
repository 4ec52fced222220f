/* One libmicrohttpd daemon: its options and the callbacks by which it tells of requests. */
#include "server/http/request_int.h"

#include "base/arena.h"
#include "base/clock.h"

enum {
	/*
	 * libmicrohttpd clears a connection's whole memory between two requests and keeps it while the
	 * connection idles, so it is as small as a request line of max_uri with usual headers allows.
	 */
	HEADER_MEMORY = 12 * 1024,
	SPARE_CONNECTIONS = 64, /* the door counts exactly, but knows of a closed one a little earlier */
};

/* The context of a request that waited when the server stopped: the request itself is another's to free. */
static char abandoned;

static struct http_peer *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/*
 * libmicrohttpd goes on to take the query apart, for which a long one makes it run out of memory,
 * sometimes without a word.  It does so in place and from behind the "?", so that an end put there
 * leaves it nothing to do; we have our copy.
 */
static void hide_query(const char *uri)
{
	char *mark = strchr((char *)(uintptr_t)uri, '?');

	if (mark)
		mark[1] = '\0';
}

/* The request line is there; its headers are not.  What is returned is the request's context from now on. */
static void *take_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct http_peer *peer = peer_of(connection);
	struct request *rq;

	if (peer == NULL || !http_peer_enter(peer))
		return NULL;
	rq = http_request_take(cls);
	if (rq == NULL)
		return NULL;
	rq->peer = peer;
	rq->connection = connection;
	rq->raw.len = uri ? strlen(uri) : 0;
	rq->raw.data = arena_strndup(rq->arena, uri ? uri : "", rq->raw.len);
	rq->raw_end = uri ? uri + rq->raw.len + 1 : NULL;
	if (uri)
		hide_query(uri);
	rq->deadline_ms = clock_coarse_ms() + rq->server->options.request_seconds * UINT64_C(1000);
	http_count(&rq->thread->begun);
	http_peer_wait(peer, PEER_READING);
	return rq;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *data, size_t *size, void **context)
{
	struct request *rq = *context;

	(void)cls;
	(void)connection;
	(void)url;
	if (rq == NULL || *context == &abandoned)
		return MHD_NO;
	if (rq->stage == STAGE_AWAIT) {
		bool gone = false;
		enum MHD_Result result = http_await_resumed(rq, &gone);

		if (gone)
			*context = &abandoned;
		return result;
	}
	return http_dispatch(rq, method, version, data, size);
}

/* How a request ended that was not answered through libmicrohttpd. */
static int status_of_end(const struct request *rq, enum MHD_RequestTerminationCode code, bool cut)
{
	if (rq->status != 0)
		return rq->status;
	return cut || code == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED ? 408 : 499;
}

static void finish(struct request *rq, enum MHD_RequestTerminationCode code)
{
	bool cut = atomic_load_explicit(&rq->peer->phase, memory_order_relaxed) == PEER_CUT;

	if (rq->stage != STAGE_HEADERS || cut) {
		rq->status = status_of_end(rq, code, cut);
		http_account(rq);
	}
	http_count(&rq->thread->done);
	http_request_give(rq);
}

static void complete(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct http_thread *thread = cls;
	struct http_peer *peer = peer_of(connection);
	int busy = PEER_BUSY;

	if (*context == &abandoned)
		http_count(&thread->done);
	else if (*context)
		finish(*context, code);
	*context = NULL;
	if (peer) {
		atomic_store_explicit(&peer->since_ms, clock_coarse_ms(), memory_order_relaxed);
		atomic_compare_exchange_strong_explicit(&peer->phase, &busy, PEER_IDLE, memory_order_acq_rel,
			memory_order_relaxed);
	}
}

/* Segments are decoded one by one, where "%2F" is no slash. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

struct MHD_Daemon *http_daemon_start(struct http_thread *thread)
{
	const struct http_options *o = &thread->server->options;

	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, handle,
		thread,
		MHD_OPTION_CONNECTION_LIMIT, o->max_connections + SPARE_CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->max_uri + HEADER_MEMORY,
		MHD_OPTION_URI_LOG_CALLBACK, take_target, thread,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, complete, thread,
		MHD_OPTION_NOTIFY_CONNECTION, http_peer_notify, thread,
		MHD_OPTION_END);
}
