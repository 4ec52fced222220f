/*
 * Associations and keys whose write was prepared before others changed what it depends on: the outcome is that of
 * the order in which they are committed.  What one caller alone sees is in tests/api/scenarios.
 */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "server/registry/association.h"
#include "server/registry/dek.h"
#include "tests/unit/base/check.h"

struct fixture {
	char folder[40], path[64];
	struct arena *arena;
	struct err err;
	struct store *store;
	struct call call;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_options store_options = { .path = f->path };
	struct registry_options options = { .level = COMPAT_BACKWARD, .validate_new_schemas = true, .max_schema_bytes = 1000,
		.parsed_cache_bytes = 65536 };

	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/tenon-association-XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/tenon.db", f->folder);
	f->arena = arena_create(0);
	f->err.arena = f->arena;
	f->call = (struct call){ .arena = f->arena, .actor = STR("tester") };
	assert_int_equal(store_open(&store_options, &f->store, &f->err), OK);
	options.store = f->store;
	assert_int_equal(registry_create(&options, &f->call.registry, &f->err), OK);
	assert_int_equal(store_view_open(f->store, &f->call.view, &f->err), OK);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_view_close(f->call.view);
	arena_destroy(f->arena);
	registry_destroy(f->call.registry);
	store_close(f->store);
	(void)remove(f->path);
	(void)remove(f->folder);
	free(f);
	return 0;
}

static void wake(void *arg)
{
	sem_post(arg);
}

static enum err_code commit(struct fixture *f, struct write *write)
{
	sem_t done;

	assert_non_null(write);
	sem_init(&done, 0, 0);
	registry_commit(write, wake, &done);
	while (sem_wait(&done) != 0)
		;
	sem_destroy(&done);
	return registry_committed(write, &f->err);
}

static struct write *prepare_schema(struct fixture *f, struct str subject, struct str text)
{
	struct new_schema *schema = arena_new(f->arena, struct new_schema);
	struct shown_version shown;
	struct write *write;

	schema->text = text;
	assert_int_equal(registry_register(&f->call, subject, schema, &shown, &write, &f->err), OK);
	return write;
}

static void add_schema(struct fixture *f, struct str subject, struct str text)
{
	assert_int_equal(commit(f, prepare_schema(f, subject, text)), OK);
}

/* A resource "t" with the changes; NULL when nothing has to be written. */
static struct write *prepare(struct fixture *f, const struct association_change *changes, size_t n)
{
	const struct association_request request = {
		.resource = { .name = STR("t"), .name_space = STR("ns"), .id = STR("t-1") },
		.changes = changes,
		.n_changes = n,
	};
	struct association_outcome outcome;
	struct write *write;
	enum err_code code = registry_association_mutate(&f->call, &request, &outcome, &write, &f->err);

	CHECK(err_name(code), code == OK);
	return write;
}

static const struct association_change weak = { .op = ASSOCIATION_CREATE, .subject = STR("s") };

static size_t n_associations(struct fixture *f, struct str *guid)
{
	const struct association_query query = { .by = ASSOCIATION_BY_NAME, .resource = { .name = STR("t"), .name_space = STR("-") } };
	const struct association *list;
	size_t n;

	assert_int_equal(registry_association_find(&f->call, &query, &list, &n, &f->err), OK);
	if (n > 0)
		*guid = list[0].guid;
	return n;
}

/* Twice the same at once: the second finds what the first made. */
static void test_twice(void **state)
{
	struct fixture *f = *state;
	struct write *first, *second;
	struct str guid, later;

	add_schema(f, STR("s"), STR("\"int\""));
	first = prepare(f, &weak, 1);
	second = prepare(f, &weak, 1);
	assert_int_equal(commit(f, first), OK);
	assert_int_equal(registry_association_outcome(first)->n_made, 1);
	assert_int_equal(n_associations(f, &guid), 1);
	assert_int_equal(commit(f, second), OK);
	assert_int_equal(registry_association_outcome(second)->n_made, 0);
	assert_int_equal(n_associations(f, &later), 1);
	assert_true(str_eq(guid, later));
	assert_null(prepare(f, &weak, 1));
}

/* The subject was deleted in between: nothing leads to it; or the other way round, and it stays. */
static void test_subject_deleted(void **state)
{
	struct fixture *f = *state;
	struct write *associate, *delete;
	struct str guid;

	add_schema(f, STR("s"), STR("\"int\""));
	associate = prepare(f, &weak, 1);
	assert_int_equal(registry_subject_delete(&f->call, STR("s"), false, &delete, &f->err), OK);
	assert_int_equal(commit(f, delete), OK);
	assert_int_equal(commit(f, associate), ERR_NO_ACTIVE_VERSION);
	assert_int_equal(n_associations(f, &guid), 0);

	add_schema(f, STR("s"), STR("\"int\""));
	associate = prepare(f, &weak, 1);
	assert_int_equal(registry_subject_delete(&f->call, STR("s"), false, &delete, &f->err), OK);
	assert_int_equal(commit(f, associate), OK);
	assert_int_equal(commit(f, delete), ERR_ASSOCIATION_EXISTS);
}

/* A registration that refers to what came to be owned in between is refused. */
static void test_owned_meanwhile(void **state)
{
	struct fixture *f = *state;
	static const struct new_reference reference = { .name = STR("R"), .subject = STR("s"), .has_version = true, .version = 1 };
	const struct association_change strong = { .op = ASSOCIATION_CREATE, .subject = STR("s"), .lifecycle = LIFECYCLE_STRONG };
	struct new_schema schema = { .text = STR("{\"type\":\"array\",\"items\":\"R\"}"), .references = &reference,
		.n_references = 1 };
	struct shown_version shown;
	struct write *refer;

	add_schema(f, STR("s"), STR("{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}"));
	assert_int_equal(registry_register(&f->call, STR("p"), &schema, &shown, &refer, &f->err), OK);
	assert_int_equal(commit(f, prepare(f, &strong, 1)), OK);
	assert_int_equal(commit(f, refer), ERR_OPERATION_NOT_PERMITTED);
}

/* Key and value of one request take the ids that are free when they are committed, one each. */
static void test_ids(void **state)
{
	struct fixture *f = *state;
	struct new_schema key = { .text = STR("\"int\"") }, value = { .text = STR("\"long\"") };
	const struct association_change changes[] = {
		{ .op = ASSOCIATION_CREATE, .type = STR("key"), .schema = &key },
		{ .op = ASSOCIATION_CREATE, .type = STR("value"), .schema = &value },
	};
	struct write *associate = prepare(f, changes, 2);
	const struct association_outcome *outcome;

	add_schema(f, STR(":.ns:other"), STR("\"string\""));
	add_schema(f, STR(":.ns:another"), STR("\"long\""));
	assert_int_equal(commit(f, associate), OK);
	outcome = registry_association_outcome(associate);
	assert_int_equal(outcome->n_made, 2);
	assert_int_equal(outcome->made[0].schema.version->id, 3);
	assert_int_equal(outcome->made[1].schema.version->id, 2);
}

/* A schema that was registered in between under the subject counts. */
static void test_incompatible_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct new_schema schema = { .text = STR("\"int\"") };
	const struct association_change change = { .op = ASSOCIATION_CREATE, .schema = &schema };
	struct write *associate = prepare(f, &change, 1);
	struct str guid;

	add_schema(f, STR(":.ns:t-value"), STR("\"string\""));
	assert_int_equal(commit(f, associate), ERR_INCOMPATIBLE);
	assert_true(str_starts(f->err.message, STR("[")));
	assert_int_equal(n_associations(f, &guid), 0);
}

static void test_keys(void **state)
{
	struct fixture *f = *state;
	const struct kek kek = { .name = STR("k"), .kms_type = STR("t"), .kms_key_id = STR("i") };
	const struct dek dek = { .id = { .kek = STR("k"), .subject = STR("s") }, .version = 1, .material = STR("m") };
	struct write *first, *second, *delete;

	assert_int_equal(registry_kek_create(&f->call, &kek, false, &first, &f->err), OK);
	assert_int_equal(registry_kek_create(&f->call, &kek, false, &second, &f->err), OK);
	assert_int_equal(commit(f, first), OK);
	assert_int_equal(commit(f, second), ERR_KEY_EXISTS);
	assert_int_equal(registry_dek_create(&f->call, &dek, false, &first, &f->err), OK);
	assert_int_equal(registry_dek_create(&f->call, &dek, false, &second, &f->err), OK);
	assert_int_equal(registry_kek_delete(&f->call, STR("k"), false, &delete, &f->err), OK);
	assert_int_equal(commit(f, first), OK);
	assert_int_equal(commit(f, delete), ERR_KEY_REFERENCE_EXISTS);
	assert_int_equal(commit(f, second), ERR_KEY_EXISTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_subject_deleted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_owned_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ids, setup, teardown),
		cmocka_unit_test_setup_teardown(test_incompatible_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keys, setup, teardown),
	};

	return cmocka_run_group_tests_name("server/registry: associations and keys at once", tests, NULL, NULL);
}
