/* Questions to the view whose answers follow from the contract line by line; view_model_test asks all the others. */
#include "tests/unit/storage/fixture.h"

static int max_id(struct fixture *f, const char *context)
{
	int max = -7;

	assert_ok(f, view_max_id(f->view, str_of(context), &max, &f->err));
	return max;
}

static const struct view_version *by_id(struct fixture *f, int id)
{
	const struct view_version *version;

	assert_ok(f, view_id_find(f->view, f->arena, STR("."), id, &version, &f->err));
	return version;
}

static void empty_view_knows_nothing(void **state)
{
	struct fixture *f = *state;
	const uint8_t digest[MD5_BYTES] = { 0 };
	const struct view_filter all = { .all_contexts = true, .name_prefix = STR_NONE, .which = VIEW_ALL,
		.page = { .limit = -1 } };
	const struct view_version *versions;
	const struct view_context_id *ids;
	const struct str *names;
	struct view_counts counts;
	struct str body;
	size_t n = 9;
	bool found = true;
	int id;

	fixture_open(f);
	assert_ok(f, view_version_find(f->view, f->arena, STR("s"), 1, VIEW_ALL, &versions, &f->err));
	assert_null(versions);
	assert_ok(f, view_versions(f->view, f->arena, STR("s"), VIEW_ALL, &versions, &n, &f->err));
	assert_int_equal(n, 0);
	assert_ok(f, view_content_id(f->view, STR("."), digest, &found, &id, &f->err));
	assert_false(found);
	assert_ok(f, view_digest_ids(f->view, f->arena, digest, &ids, &n, &f->err));
	assert_int_equal(n, 0);
	assert_null(by_id(f, 0));
	assert_int_equal(max_id(f, "."), 0);
	assert_ok(f, view_list_subjects(f->view, f->arena, &all, &names, &n, &f->err));
	assert_int_equal(n, 0);
	assert_ok(f, view_list_contexts(f->view, f->arena, &names, &n, &f->err));
	assert_int_equal(n, 0);
	assert_ok(f, view_config_find(f->view, f->arena, STR(""), &body, &f->err));
	assert_false(str_present(body));
	assert_ok(f, view_counts(f->view, &counts, &f->err));
	assert_int_equal(counts.subjects + counts.schemas + counts.versions + (int64_t)counts.head, 0);
}

/* Contract 5.2 and 10 (35): ids are never used again; an imported id 0 leaves the counter at 1. */
static void ids_are_never_reused(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	write_record(f, put_of("s", 1, 0, "zero"));
	assert_int_equal(max_id(f, "."), 1);
	assert_int_equal(by_id(f, 0)->version, 1);
	write_record(f, record_of(RECORD_VERSION_PURGE, "s", 1));
	assert_null(by_id(f, 0));
	assert_int_equal(max_id(f, "."), 1);
	write_record(f, put_of("s", 1, 77, "imported"));
	write_record(f, put_of("s", 2, 5, "low"));
	write_record(f, record_of(RECORD_VERSION_PURGE, "s", 1));
	assert_int_equal(max_id(f, "."), 77);
	write_record(f, record_of(RECORD_VERSION_PURGE, "s", 2));
	write_record(f, (struct record){ .kind = RECORD_CONTEXT_DELETE, .context = STR(".") });
	fixture_reopen(f);
	assert_int_equal(max_id(f, "."), 77);
	assert_int_equal(max_id(f, ".c"), 0); /* each context counts by itself */
}

/* Contract 10 (28): the old id goes on leading to the version, whose text is the new one; both go with the purge. */
static void overwritten_version_keeps_its_old_id(void **state)
{
	struct fixture *f = *state;
	const struct view_version_head *users;
	size_t n;
	bool found;
	int id = 0;

	fixture_open(f);
	write_record(f, put_of("s", 1, 10, "old"));
	struct record now = put_of("s", 1, 11, "new");

	write_record(f, now);
	assert_str(by_id(f, 10)->text, "new");
	assert_int_equal(by_id(f, 10)->id, 11);
	assert_str(by_id(f, 11)->text, "new");
	assert_ok(f, view_id_users(f->view, f->arena, STR("."), 10, &users, &n, &f->err));
	assert_int_equal(n, 1);
	/* The old text has no id any more: registering it gives it a new one. */
	assert_ok(f, view_content_id(f->view, STR("."), put_of("s", 1, 10, "old").digest, &found, &id, &f->err));
	assert_false(found);
	assert_ok(f, view_content_id(f->view, STR("."), now.digest, &found, &id, &f->err));
	assert_true(found);
	assert_int_equal(id, 11);
	write_record(f, record_of(RECORD_VERSION_PURGE, "s", 1));
	assert_null(by_id(f, 10));
	assert_null(by_id(f, 11));
}

/* Contract 7.4: soft deletion of one version takes the entry's time, of a subject it keeps the old ones. */
static void deletion_and_its_time(void **state)
{
	struct fixture *f = *state;
	const struct view_version *versions;
	const struct log_entry *entries;
	int64_t put_time[4];
	size_t n;

	fixture_open(f);
	for (int v = 1; v <= 3; v++) {
		struct str text = str_printf(f->arena, "%d", v);

		write_record(f, put_of("s", v, v, text.data));
		usleep(2000);
	}
	assert_ok(f, view_versions(f->view, f->arena, STR("s"), VIEW_LIVE, &versions, &n, &f->err));
	for (size_t i = 0; i < 3; i++)
		put_time[i + 1] = versions[i].ts;
	usleep(2000);
	write_record(f, record_of(RECORD_VERSION_DELETE, "s", 1));
	usleep(2000);
	write_record(f, record_of(RECORD_SUBJECT_DELETE, "s", 2));
	assert_ok(f, view_versions(f->view, f->arena, STR("s"), VIEW_ALL, &versions, &n, &f->err));
	assert_ok(f, view_log_tail(f->view, f->arena, 3, 1, &entries, &n, &f->err));
	assert_int_equal(versions[0].ts, entries[0].time_ms);
	assert_true(versions[0].ts > put_time[3]);
	assert_int_equal(versions[1].ts, put_time[2]);
	assert_true(versions[0].deleted && versions[1].deleted);
	assert_false(versions[2].deleted); /* the record named version 2 as the last */
	assert_int_equal(versions[2].ts, put_time[3]);
}

/* Contract 7.4: a purge that takes the user of an id leaves the subject's other version with it. */
static void purge_gives_the_id_back_to_an_older_version(void **state)
{
	struct fixture *f = *state;
	const struct view_version *version;

	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "x"));
	write_record(f, put_of("s", 3, 1, "x"));
	assert_ok(f, view_version_of_id(f->view, f->arena, STR("s"), 1, &version, &f->err));
	assert_int_equal(version->version, 3);
	write_record(f, record_of(RECORD_VERSION_PURGE, "s", 3));
	assert_ok(f, view_version_of_id(f->view, f->arena, STR("s"), 1, &version, &f->err));
	assert_int_equal(version->version, 1);
	write_record(f, record_of(RECORD_VERSION_PURGE, "s", 1));
	assert_ok(f, view_version_of_id(f->view, f->arena, STR("s"), 1, &version, &f->err));
	assert_null(version);
}

/* One schema under very many subjects (a key schema) is as quick to find as any: no scan over its users. */
static void id_with_many_users_is_quick(void **state)
{
	enum { USERS = 20000, READS = 2000 };
	struct fixture *f = *state;
	struct record *records = calloc(USERS, sizeof(*records));

	fixture_open(f);
	for (int i = 0; i < USERS; i++)
		records[i] = put_of(str_printf(f->arena, "s%05d", i).data, 1, 1, "\"string\"");
	write_records(f, records, USERS);
	free(records);
	uint64_t start = clock_mono_ns();

	for (int i = 0; i < READS; i++)
		assert_str(by_id(f, 1)->subject, "s00000");
	double each_us = (double)(clock_mono_ns() - start) / 1e3 / READS;

	/* A scan of the users takes milliseconds; this is generous to a busy machine under sanitizers. */
	if (each_us > 1000)
		fail_msg("%.0f us for one of %d users", each_us, (int)USERS);
	struct view_counts counts;

	assert_ok(f, view_counts(f->view, &counts, &f->err));
	assert_int_equal(counts.subjects, USERS);
	assert_int_equal(counts.schemas, 1);
}

/* Names as long as a request line allows, and every byte order that UTF-8 has, survive as keys. */
static void odd_names_survive(void **state)
{
	struct fixture *f = *state;
	static const char *const odd[] = {
		"\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF1\x80\x80\x80", "\xF3\xA0\x80\x80",
		"\xF4\x8F\xBF\xBF", "%_'\";--", " ",
	};
	const struct view_filter all = { .all_contexts = true, .which = VIEW_LIVE, .page = { .limit = -1 } };
	struct buf name = buf_make(f->arena, 70000);
	const struct str *names;
	size_t n;

	fixture_open(f);
	while (name.len < 65536)
		buf_lit(&name, "\xF0\x9F\x92\xB0 long");
	write_record(f, put_of(buf_str(&name).data, 1, 1, "long"));
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		write_record(f, put_of(odd[i], 1, 1, "odd"));
	assert_ok(f, view_list_subjects(f->view, f->arena, &all, &names, &n, &f->err));
	assert_int_equal(n, sizeof(odd) / sizeof(odd[0]) + 1);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || str_cmp_utf16(names[i - 1], names[i]) < 0);
		found += str_eq(names[i], buf_str(&name));
		for (size_t k = 0; k < sizeof(odd) / sizeof(odd[0]); k++)
			found += str_eq(names[i], str_of(odd[k]));
	}
	assert_int_equal(found, n);
}

/* Statements and snapshots of a view stay usable after a question that failed. */
static void damaged_row_is_an_error_and_no_more(void **state)
{
	struct fixture *f = *state;
	struct record record = put_of("s", 1, 1, "x");
	const struct record_reference reference = { .name = STR("n"), .subject = STR("t"), .target = STR("t"), .version = 1 };
	const struct view_version *version = (const struct view_version *)(const void *)f;

	record.references = &reference;
	record.n_references = 1;
	fixture_open(f);
	write_record(f, record);
	write_record(f, put_of("t", 1, 2, "y"));
	run_sql(f->path, "UPDATE content SET refs = '[[1]]' WHERE no = 1; UPDATE content SET digest = x'00' WHERE no = 2");
	assert_err(f, ERR_LOG_CORRUPT, view_version_find(f->view, f->arena, STR("s"), 1, VIEW_ALL, &version, &f->err));
	assert_err(f, ERR_STORE, view_version_find(f->view, f->arena, STR("t"), 1, VIEW_ALL, &version, &f->err));
	assert_ptr_equal(version, f); /* untouched */
	run_sql(f->path, "UPDATE content SET refs = NULL, digest = zeroblob(16)");
	assert_ok(f, view_version_find(f->view, f->arena, STR("s"), 1, VIEW_ALL, &version, &f->err));
	assert_ok(f, view_version_find(f->view, f->arena, STR("t"), 1, VIEW_ALL, &version, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(empty_view_knows_nothing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(ids_are_never_reused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(overwritten_version_keeps_its_old_id, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(deletion_and_its_time, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(purge_gives_the_id_back_to_an_older_version, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(id_with_many_users_is_quick, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(odd_names_survive, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(damaged_row_is_an_error_and_no_more, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
