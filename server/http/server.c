/* Starting and stopping, and the metrics of the whole. */
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
	SPARE_FDS = 128,
	STOP_POLL_MS = 2,
	LAST_WORD_MS = 1000, /* for the 503 of those that waited in vain */
};

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
	enum err_code code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = http_threads_start(server, err);
	if (code == OK)
		code = http_door_start(server->door, err);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

enum err_code http_create(const struct http_options *options, struct http_server **out, struct err *err)
{
	struct http_server *server = calloc(1, sizeof(*server));
	enum err_code code;

	if (server == NULL)
		return err_raise(err, START, "Out of memory");
	server->options = *options;
	set_defaults(&server->options);
	server->arena = arena_create(0);
	server->options.host = arena_strdup(server->arena, options->host);
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

	for (unsigned i = 0; i < server->n_threads; i++) {
		done += atomic_load_explicit(&server->threads[i].done, memory_order_acquire);
		begun += atomic_load_explicit(&server->threads[i].begun, memory_order_relaxed);
	}
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
	if (server->n_threads > 0) {
		atomic_store(&server->stopping, true);
		http_door_shut(server->door);
		wait_for_requests(server, seconds * UINT64_C(1000));
		end_waiting(server);
		http_threads_stop(server);
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
	for (unsigned i = 0; i < server->n_threads; i++) {
		struct http_thread *thread = &server->threads[i];

		metrics_add(sum, thread->metrics);
		hits += atomic_load_explicit(&thread->hits, memory_order_relaxed);
		misses += atomic_load_explicit(&thread->misses, memory_order_relaxed);
	}
	metrics_render(sum, names, out);
	metrics_destroy(sum);
	metrics_render_one(out, "tenon_http_requests_in_flight", "gauge", "Requests whose first line has come and whose answer has not gone.",
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
