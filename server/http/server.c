/* Starting and stopping: options, the libmicrohttpd daemon with its callbacks, metrics of the whole. */
#include "server/http/server_int.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

enum {
	MOST_THREADS = 8,
	/*
	 * libmicrohttpd clears a connection's whole memory between two requests and keeps it while the
	 * connection idles, so it is as small as a request line of max_uri with usual headers allows.
	 */
	HEADER_MEMORY = 24 * 1024,
	SPARE_FDS = 128,
	STOP_POLL_MS = 2,
	LAST_WORD_MS = 1000, /* for the 503 of those that waited in vain */
};

/* ---- libmicrohttpd's callbacks ---- */

/* The context of a request that waited when the server stopped: the request itself is another's to free. */
static char abandoned;

static struct http_peer *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* The request line is there; its headers are not.  What is returned is the request's context from now on. */
static void *take_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct http_peer *peer = peer_of(connection);
	struct http_thread *thread = http_thread_mine(cls);
	struct request *rq;

	if (peer == NULL || thread == NULL || !http_peer_enter(peer))
		return NULL;
	rq = http_request_take(thread);
	if (rq == NULL)
		return NULL;
	rq->peer = peer;
	rq->connection = connection;
	rq->raw.len = uri ? strlen(uri) : 0;
	rq->raw.data = arena_strndup(rq->arena, uri ? uri : "", rq->raw.len);
	rq->raw_end = uri ? uri + rq->raw.len + 1 : NULL;
	rq->deadline_ms = clock_coarse_ms() + rq->server->options.request_seconds * UINT64_C(1000);
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
	if (rq->begun)
		http_count(&rq->thread->done);
	http_request_free(rq);
}

static void complete(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct http_thread *thread = http_thread_mine(cls);
	struct http_peer *peer = peer_of(connection);
	int busy = PEER_BUSY;

	if (*context == &abandoned && thread)
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

/* ---- start ---- */

static void set_defaults(struct http_options *options)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (options->threads == 0)
		options->threads = processors < 1 ? 1 : processors > MOST_THREADS ? MOST_THREADS : (unsigned)processors;
	if (options->max_connections == 0)
		options->max_connections = 1;
	if (options->request_seconds == 0)
		options->request_seconds = 1;
}

/* As many files as connections may be open; what the system does not give is said, not fatal. */
static void raise_file_limit(unsigned max_connections)
{
	rlim_t wanted = (rlim_t)max_connections + SPARE_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		log_text(LOG_WARN, "limits", "Only %llu files may be open, too few for %u connections",
			(unsigned long long)limit.rlim_cur, max_connections);
}

static struct MHD_Daemon *start_daemon(struct http_server *server)
{
	const struct http_options *o = &server->options;
	struct MHD_OptionItem pool[] = {
		{ o->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)o->threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0,
		NULL, NULL, handle, server,
		MHD_OPTION_ARRAY, pool,
		MHD_OPTION_CONNECTION_LIMIT, o->max_connections + o->threads * 64, /* the door counts exactly */
		MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->max_uri + HEADER_MEMORY,
		MHD_OPTION_URI_LOG_CALLBACK, take_target, server,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, complete, server,
		MHD_OPTION_NOTIFY_CONNECTION, http_peer_notify, server,
		MHD_OPTION_END);
}

static void destroy(struct http_server *server)
{
	http_door_close(server->door);
	http_threads_destroy(server);
	http_cache_destroy(server->cache);
	pthread_mutex_destroy(&server->lock);
	arena_destroy(server->arena);
	free(server);
}

/* Signals are for the thread that runs main. */
static enum err_code start_threads(struct http_server *server, struct err *err)
{
	sigset_t all, before;
	enum err_code code = OK;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	server->daemon = start_daemon(server);
	if (server->daemon == NULL)
		code = err_raise(err, START, "The HTTP daemon does not start");
	else
		code = http_door_start(server->door, err);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != OK && server->daemon) {
		MHD_stop_daemon(server->daemon);
		server->daemon = NULL;
	}
	return code;
}

enum err_code http_create(const struct http_options *options, struct http_server **out, struct err *err)
{
	static _Atomic uint64_t serials;
	struct http_server *server = calloc(1, sizeof(*server));
	enum err_code code;

	if (server == NULL)
		return err_raise(err, START, "Out of memory");
	server->options = *options;
	set_defaults(&server->options);
	server->arena = arena_create(0);
	server->options.host = arena_strdup(server->arena, options->host);
	server->serial = atomic_fetch_add(&serials, 1) + 1;
	pthread_mutex_init(&server->lock, NULL);
	server->cache = options->cache_bytes > 0 ? http_cache_create(options->cache_bytes) : NULL;
	code = router_create(server->arena, options->routes, options->n_routes, &server->router, err);
	if (code != OK) {
		destroy(server);
		return code;
	}
	*out = server;
	return OK;
}

enum err_code http_listen(struct http_server *server, struct err *err)
{
	TRY(http_door_open(server, &server->door, &server->options.port, err));
	raise_file_limit(server->options.max_connections);
	return start_threads(server, err);
}

uint16_t http_port(const struct http_server *server)
{
	return server->options.port;
}

/* ---- stop ---- */

static uint64_t in_flight(struct http_server *server)
{
	uint64_t begun = 0, done = 0;

	pthread_mutex_lock(&server->lock);
	for (struct http_thread *t = server->threads; t; t = t->next) {
		done += atomic_load_explicit(&t->done, memory_order_acquire);
		begun += atomic_load_explicit(&t->begun, memory_order_relaxed);
	}
	pthread_mutex_unlock(&server->lock);
	return begun - done;
}

static void sleep_ms(unsigned ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

static void wait_for_requests(struct http_server *server, uint64_t ms)
{
	uint64_t until = clock_coarse_ms() + ms;

	while (in_flight(server) > 0 && clock_coarse_ms() < until)
		sleep_ms(STOP_POLL_MS);
}

/*
 * libmicrohttpd must not be stopped while a connection is suspended.  What is still waiting is
 * resumed for it and answered with 503; that needs no one else's help, so it ends.
 */
static void end_waiting(struct http_server *server)
{
	bool any = atomic_load(&server->n_suspended) > 0;

	http_await_abandon(server);
	while (atomic_load(&server->n_suspended) > 0 || atomic_load(&server->n_resuming) > 0)
		sleep_ms(STOP_POLL_MS);
	if (any)
		wait_for_requests(server, LAST_WORD_MS);
}

void http_stop(struct http_server *server, unsigned seconds)
{
	if (server == NULL)
		return;
	if (server->daemon) {
		atomic_store(&server->stopping, true);
		http_door_shut(server->door);
		wait_for_requests(server, seconds * UINT64_C(1000));
		end_waiting(server);
		MHD_stop_daemon(server->daemon);
	}
	destroy(server);
}

/* ---- the cache and the metrics as others see them ---- */

void http_changed(struct http_server *server, uint64_t tag, uint64_t sequence)
{
	if (server->cache)
		http_cache_change(server->cache, tag, sequence);
}

void http_advanced(struct http_server *server, uint64_t sequence)
{
	if (server->cache)
		http_cache_advance(server->cache, sequence);
}

static void render_cache(struct http_server *server, struct buf *out)
{
	struct http_counts counts = { 0 };

	if (server->cache)
		counts = http_cache_counts(server->cache);
	metrics_render_one(out, "tenon_http_cache_evictions_total", "counter", "Kept answers dropped for room.",
		counts.evictions);
	metrics_render_one(out, "tenon_http_cache_entries", "gauge", "Answers that are kept.", counts.entries);
	metrics_render_one(out, "tenon_http_cache_bytes", "gauge", "Their size.", counts.bytes);
}

void http_metrics_render(struct http_server *server, struct buf *out)
{
	size_t n = router_n_paths(server->router);
	const char **names = arena_array(out->arena, const char *, n);
	struct metrics_set *sum = metrics_create(n);
	uint64_t hits = 0, misses = 0;

	if (sum == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		names[i] = router_path_at(server->router, i)->path;
	pthread_mutex_lock(&server->lock);
	for (struct http_thread *t = server->threads; t; t = t->next) {
		metrics_add(sum, t->metrics);
		hits += atomic_load_explicit(&t->hits, memory_order_relaxed);
		misses += atomic_load_explicit(&t->misses, memory_order_relaxed);
	}
	pthread_mutex_unlock(&server->lock);
	metrics_render(sum, names, out);
	metrics_destroy(sum);
	metrics_render_one(out, "tenon_http_requests_in_flight", "gauge", "Requests being worked on or answered.",
		in_flight(server));
	metrics_render_one(out, "tenon_http_requests_waiting", "gauge", "Of these, waiting without a thread.",
		(uint64_t)atomic_load(&server->n_suspended));
	metrics_render_one(out, "tenon_http_connections", "gauge", "Open connections.", atomic_load(&server->n_peers));
	metrics_render_one(out, "tenon_http_connections_accepted_total", "counter", "Connections accepted.",
		atomic_load(&server->accepted));
	metrics_render_one(out, "tenon_http_connections_refused_total", "counter",
		"Connections turned away because there were too many.", atomic_load(&server->refused));
	metrics_render_one(out, "tenon_http_requests_cut_total", "counter", "Requests cut off for arriving too slowly.",
		atomic_load(&server->cut));
	metrics_render_one(out, "tenon_http_cache_hits_total", "counter", "Answers given from what is kept.", hits);
	metrics_render_one(out, "tenon_http_cache_misses_total", "counter", "Answers that could have been kept.", misses);
	render_cache(server, out);
}
