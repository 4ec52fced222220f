/* tenon serve: store, registry and HTTP server put together, until a signal says stop. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "server/api/api.h"
#include "server/dashboard/dashboard.h"

enum { SCHEMAS_LIMIT = 1000 }; /* GET /schemas: schema.search.default.limit and .max.limit of the reference */

struct service {
	struct options options;
	struct store *store;
	struct registry *registry;
	struct api api;
	struct route *routes;      /* of the API and of the page */
	size_t n_routes;
};

static void join_routes(struct arena *arena, struct service *service)
{
	service->n_routes = api_n_routes + dashboard_n_routes;
	service->routes = arena_array(arena, struct route, service->n_routes);
	memcpy(service->routes, api_routes, api_n_routes * sizeof(struct route));
	memcpy(service->routes + api_n_routes, dashboard_routes, dashboard_n_routes * sizeof(struct route));
}

static enum err_code open_registry(struct service *service, struct err *err)
{
	const struct options *options = &service->options;
	const struct store_options store_options = {
		.path = options->db.data,
		.cache_kib = (int64_t)(options->page_cache / 1024),
	};
	struct registry_options registry_options = {
		.level = options->level,
		.validate_fields = options->validate_fields,
		.validate_new_schemas = options->validate_new_schemas,
		.mode_mutability = options->mode_mutability,
		.keep_rule_sets = options->rule_sets,
		.max_schema_bytes = options->max_schema,
		.parsed_cache_bytes = options->parsed_cache,
	};

	TRY(store_open(&store_options, &service->store, err));
	registry_options.store = service->store;
	TRY(registry_create(&registry_options, &service->registry, err));
	service->api = (struct api){
		.registry = service->registry,
		.store = service->store,
		.schemas_default_limit = SCHEMAS_LIMIT,
		.schemas_max_limit = SCHEMAS_LIMIT,
	};
	return OK;
}

static enum err_code start_http(struct service *service, struct err *err)
{
	const struct options *options = &service->options;
	const struct http_options http_options = {
		.host = options->listen.host.data,
		.port = options->listen.port,
		.threads = options->threads,
		.max_connections = options->max_connections,
		.idle_seconds = options->idle_timeout,
		.request_seconds = options->request_timeout,
		.max_body = options->max_body,
		.max_uri = options->max_uri,
		.cache_bytes = options->answer_cache,
		.access_log = options->access_log,
		.page = dashboard_page(),
		.routes = service->routes,
		.n_routes = service->n_routes,
		.context = &service->api,
		.thread_open = api_thread_open,
		.thread_close = api_thread_close,
		.rewrite = api_rewrite,
		.failed = api_failed,
	};

	TRY(http_create(&http_options, &service->api.http, err));
	store_watch(service->store, api_changed, &service->api);
	http_advanced(service->api.http, store_head(service->store));
	return http_listen(service->api.http, err);
}

static void log_listening(const struct service *service)
{
	const struct log_field fields[] = {
		LOG_FIELD_STR("host", service->options.listen.host),
		LOG_FIELD_INT("port", http_port(service->api.http)),
		LOG_FIELD_STR("db", service->options.db),
		LOG_FIELD_INT("head", store_head(service->store)),
		LOG_FIELD_STR("version", STR(TENON_VERSION)),
	};

	log_event(LOG_INFO, "listening", fields, sizeof(fields) / sizeof(fields[0]));
	log_flush();
}

static void stop(struct service *service)
{
	http_stop(service->api.http, service->options.shutdown_timeout);
	registry_destroy(service->registry);
	store_close(service->store);
}

/* Signals are taken by sigwait alone; they must be blocked before any thread starts. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int run(struct service *service, struct err *err)
{
	sigset_t set;
	int got = 0;
	enum err_code code;

	block_signals(&set);
	log_init(service->options.log_level, service->options.log_format, 2);
	code = open_registry(service, err);
	if (code == OK)
		code = start_http(service, err);
	if (code != OK) {
		log_text(LOG_ERROR, "cannot start", "%.*s", STR_ARG(err->message));
	} else {
		log_listening(service);
		sigwait(&set, &got);
		log_text(LOG_INFO, "stopping", "signal %d", got);
	}
	stop(service);
	if (code == OK)
		log_text(LOG_INFO, "stopped", "the file is closed cleanly");
	log_fini();
	return code == OK ? 0 : 1;
}

static int serve(int argc, char **argv)
{
	struct service service = { .store = NULL };
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	int status;

	if (options_read(arena, argc, argv, &service.options, &err) != OK) {
		fprintf(stderr, "tenon serve: %.*s\n", STR_ARG(err.message));
		status = 2;
	} else if (service.options.help) {
		printf("%s", help_command(arena, &command_serve).data);
		status = 0;
	} else {
		join_routes(arena, &service);
		status = run(&service, &err);
	}
	arena_destroy(arena);
	return status;
}

const struct tool command_serve = {
	.name = "serve",
	.usage = "[FLAG VALUE]...",
	.summary = "run the registry; tenon serve --help lists its configuration",
	.about = "Runs the registry until SIGTERM or SIGINT.\n\n"
		"Each flag can also be set as TENON_NAME in the environment, or in the file named by --config.",
	.exits = "  0  when it was told to stop and the file is closed cleanly\n"
		"  1  when it cannot start\n"
		"  2  when it was called wrongly",
	.make_flags = options_flags,
	.main = serve,
};
