/* A server for tests with a route table of their own. */
#ifndef TESTS_UNIT_SERVER_HTTP_RIG_H
#define TESTS_UNIT_SERVER_HTTP_RIG_H

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "server/http/request.h"
#include "server/http/server.h"
#include "tests/unit/server_http/client.h"

static MAYBE_UNUSED struct http_options rig_options(const struct route *routes, size_t n_routes)
{
	return (struct http_options){
		.host = "127.0.0.1",
		.threads = 16, /* so many that even few connections are spread (server/http/door.c) */
		.max_connections = 1000,
		.idle_seconds = 30,
		.request_seconds = 10,
		.max_body = 256 * 1024,
		.max_uri = 8192,
		.cache_bytes = 1024 * 1024,
		.routes = routes,
		.n_routes = n_routes,
	};
}

static MAYBE_UNUSED struct http_server *rig_start(const struct http_options *options)
{
	struct err err = { .arena = arena_create(0) };
	struct http_server *server = NULL;

	signal(SIGPIPE, SIG_IGN);
	if (http_create(options, &server, &err) != OK || http_listen(server, &err) != OK)
		fail_msg("%.*s", STR_ARG(err.message));
	arena_destroy(err.arena);
	return server;
}

static MAYBE_UNUSED void rig_sleep(unsigned ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

/* One request on a connection of its own. */
static MAYBE_UNUSED struct answer ask(struct http_server *server, const char *method, const char *target,
	const char *headers, const char *body)
{
	struct client c = client_open(http_port(server));
	struct answer a = client_ask(&c, method, target, headers, body);

	client_close(&c);
	return a;
}

#endif
