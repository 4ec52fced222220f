/* A client: made, and taken apart. */
#include <curl/curl.h>
#include <stdlib.h>

#include "base/arena.h"
#include "client/cache.h"
#include "client/config.h"
#include "client/http.h"
#include "client/schema_int.h"

const char *tenon_version(void)
{
	return TENON_VERSION;
}

static void *resize_default(void *cls, void *memory, size_t size)
{
	(void)cls;
	if (size > 0)
		return realloc(memory, size);
	free(memory);
	return NULL;
}

/* libcurl counts its users, but older ones may not be started by two threads at once. */
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

static bool start_curl(void)
{
	bool started;

	pthread_mutex_lock(&starting);
	started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	pthread_mutex_unlock(&starting);
	return started;
}

static void stop_curl(void)
{
	pthread_mutex_lock(&starting);
	curl_global_cleanup();
	pthread_mutex_unlock(&starting);
}

static void make_arena(void *arg)
{
	struct tenon_client *client = arg;

	client->arena = arena_create(1024);
}

static enum tenon_code read_config(struct call *call, void *arg)
{
	(void)arg;
	return client_config_read(call);
}

static enum tenon_code make_parts(struct tenon_client *client, struct tenon_error *err)
{
	if (!memory_guard(&client->hooks, make_arena, client))
		return client_no_memory(err);
	CLIENT_TRY(client_enter(client, read_config, NULL, err));
	client->pool = client_pool_create(client);
	client->schemas = client_schemas_create(client);
	client->cache = client_cache_create(client);
	if (!client->pool || !client->schemas || !client->cache)
		return client_no_memory(err);
	if (client->config.bundle_file)
		return client_bundle_load_if_there(client, client->config.bundle_file, err);
	return TENON_OK;
}

enum tenon_code tenon_client_create(const struct tenon_config *config, struct tenon_client **out, struct tenon_error *err)
{
	struct tenon_client *client, first = { .arena = NULL };
	enum tenon_code code;

	CLIENT_TRY(client_config_copy(config, &first.config, err));
	first.hooks.resize = first.config.resize ? first.config.resize : resize_default;
	first.hooks.cls = first.config.resize_cls;
	if (!start_curl())
		return client_fail(err, TENON_NOMEM, "libcurl does not start");
	client = client_resize(&first, NULL, sizeof(*client));
	if (client == NULL) {
		stop_curl();
		return client_no_memory(err);
	}
	*client = first;
	code = make_parts(client, err);
	if (code == TENON_OK)
		*out = client;
	else
		tenon_client_destroy(client);
	return code;
}

void tenon_client_destroy(struct tenon_client *client)
{
	struct memory_hooks hooks;

	if (client == NULL)
		return;
	client_cache_destroy(client->cache);
	client_schemas_destroy(client->schemas);
	client_pool_destroy(client->pool);
	arena_destroy(client->arena);
	hooks = client->hooks;
	hooks.resize(hooks.cls, client, 0);
	stop_curl();
}
