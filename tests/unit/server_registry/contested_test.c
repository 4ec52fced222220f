/* A log that moves on every time a write has been decided: the write gives up with 50002, reads do not mind. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "server/registry/registry.h"
#include "tests/unit/base/check.h"

/* The embedded log, but for appends while `contested` is set. */
struct contested_log {
	struct log base;
	struct log *inner;
};

static _Atomic bool contested;
static _Atomic int attempts;

static struct log *inner_of(struct log *log)
{
	return ((struct contested_log *)(void *)log)->inner;
}

static enum err_code contested_head(struct log *log, struct log_head *out, struct err *err)
{
	return log_sqlite.head(inner_of(log), out, err);
}

static enum err_code contested_append(struct log *log, uint64_t expected, const struct log_entry *entries, size_t n,
	struct err *err)
{
	attempts++;
	if (contested)
		return err_raise(err, CONFLICT);
	return log_sqlite.append(inner_of(log), expected, entries, n, err);
}

static enum err_code contested_tail(struct log *log, struct arena *arena, uint64_t after, size_t limit,
	const struct log_entry **out, size_t *n_out, struct err *err)
{
	return log_sqlite.tail(inner_of(log), arena, after, limit, out, n_out, err);
}

static void contested_close(struct log *log)
{
	if (!log)
		return;
	log_sqlite.close(inner_of(log));
	free(log);
}

static enum err_code contested_open(struct db *view, const char *address, struct log **out, struct err *err);

static const struct log_source contested_source = {
	.name = "contested",
	.in_view_file = true,
	.open = contested_open,
	.head = contested_head,
	.append = contested_append,
	.tail = contested_tail,
	.close = contested_close,
};

static enum err_code contested_open(struct db *view, const char *address, struct log **out, struct err *err)
{
	struct contested_log *log = calloc(1, sizeof(*log));
	enum err_code code = log_sqlite.open(view, address, &log->inner, err);

	log->base.source = &contested_source;
	if (code != OK)
		free(log);
	else
		*out = &log->base;
	return code;
}

static void wake(void *arg)
{
	sem_post(arg);
}

/* Registers the schema and waits for the outcome. */
static enum err_code register_text(struct call *call, struct str text, struct err *err)
{
	const struct new_schema schema = { .text = text };
	struct shown_version shown;
	struct write *write;
	sem_t done;

	TRY(registry_register(call, STR("s"), &schema, &shown, &write, err));
	assert_non_null(write);
	sem_init(&done, 0, 0);
	registry_commit(write, wake, &done);
	while (sem_wait(&done) != 0)
		;
	sem_destroy(&done);
	return registry_committed(write, err);
}

static void test_contested(void **state)
{
	char folder[] = "/tmp/tenon-contested-XXXXXX", path[64];
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct store_options store_options = { .path = path, .log = &contested_source };
	struct registry_options options = { .level = COMPAT_BACKWARD, .validate_new_schemas = true, .max_schema_bytes = 1000,
		.parsed_cache_bytes = 65536 };
	struct call call = { .arena = arena, .actor = STR("tester") };
	const struct view_version *found;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/tenon.db", folder);
	assert_int_equal(store_open(&store_options, &options.store, &err), OK);
	assert_int_equal(registry_create(&options, &call.registry, &err), OK);
	assert_int_equal(store_view_open(options.store, &call.view, &err), OK);
	assert_int_equal(register_text(&call, STR("\"int\""), &err), OK);

	contested = true;
	attempts = 0;
	assert_int_equal(register_text(&call, STR("\"long\""), &err), ERR_STORE_TIMEOUT);
	assert_int_equal(err_wire(err.code), 50002);
	assert_true(str_starts(err.message, STR("the log moved on ")));
	assert_true(attempts > 1);
	assert_int_equal(registry_version_get(&call, STR("s"), (struct version_number){ .latest = true }, false, &found, &err), OK);
	assert_int_equal(found->version, 1);

	contested = false;
	assert_int_equal(register_text(&call, STR("\"long\""), &err), OK);
	assert_int_equal(registry_version_get(&call, STR("s"), (struct version_number){ .latest = true }, false, &found, &err), OK);
	assert_int_equal(found->version, 2);

	store_view_close(call.view);
	arena_destroy(arena);
	registry_destroy(call.registry);
	store_close(options.store);
	assert_int_equal(remove(path), 0);
	assert_int_equal(remove(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_contested) };

	return cmocka_run_group_tests_name("server/registry: a contested log", tests, NULL, NULL);
}
