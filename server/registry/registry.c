/* The registry itself: its options and the cache of parsed schemas. */
#include "server/registry/registry.h"

#include <stdlib.h>

#include "base/clock.h"
#include "server/registry/pairs_int.h"
#include "server/registry/parsed_cache_int.h"
#include "server/registry/registry_int.h"

enum err_code registry_create(const struct registry_options *options, struct registry **out, struct err *err)
{
	struct registry *registry = calloc(1, sizeof(*registry));

	if (!registry)
		return err_raise(err, START, "out of memory");
	registry->options = *options;
	registry->started_ms = clock_wall_ms();
	registry->parsed = parsed_cache_create(options->parsed_cache_bytes);
	registry->pairs = pairs_create();
	pthread_mutex_init(&registry->side_lock, NULL);
	*out = registry;
	return OK;
}

void registry_destroy(struct registry *registry)
{
	if (!registry)
		return;
	pairs_destroy(registry->pairs);
	side_close(registry->side);
	pthread_mutex_destroy(&registry->side_lock);
	parsed_cache_destroy(registry->parsed);
	free(registry);
}

struct store *registry_store(struct registry *registry)
{
	return registry->options.store;
}
