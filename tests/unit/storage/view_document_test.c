/* Documents: by key, by prefix, associations by member; their two times; and that a replay gives the same rows. */
#include "tests/unit/storage/remote_log.h"

static struct record put_document(const char *collection, const char *key, const char *body)
{
	return (struct record){
		.kind = RECORD_DOCUMENT_PUT,
		.collection = str_of(collection),
		.key = str_of(key),
		.body = str_of(body),
	};
}

static struct record drop_document(const char *collection, const char *key)
{
	return (struct record){ .kind = RECORD_DOCUMENT_DELETE, .collection = str_of(collection), .key = str_of(key) };
}

static const struct view_document *find(struct fixture *f, const char *collection, const char *key)
{
	const struct view_document *document;

	assert_ok(f, view_document_find(f->view, f->arena, str_of(collection), str_of(key), &document, &f->err));
	return document;
}

/* The bodies of a list, joined. */
static const char *joined(struct fixture *f, const struct view_document *list, size_t n)
{
	struct buf b = buf_make(f->arena, 64);

	for (size_t i = 0; i < n; i++) {
		buf_add(&b, list[i].body);
		buf_add_c(&b, ' ');
	}
	return buf_str(&b).data;
}

static const char *with_prefix(struct fixture *f, const char *collection, const char *prefix)
{
	const struct view_document *list;
	size_t n;

	assert_ok(f, view_documents(f->view, f->arena, str_of(collection), str_of(prefix), &list, &n, &f->err));
	return joined(f, list, n);
}

static void by_key_and_prefix(void **state)
{
	struct fixture *f = *state;
	const struct record records[] = {
		put_document("dek", "a\x1f" "s\x1f" "1", "1"),
		put_document("dek", "a\x1f" "s\x1f" "2", "2"),
		put_document("dek", "a-b\x1f" "s\x1f" "1", "3"),
		put_document("dek", "ab\x1f" "\xEF\xBD\x9E", "4"),         /* U+FF5E: after U+1F4B0 in UTF-16's order */
		put_document("dek", "ab\x1f" "\xF0\x9F\x92\xB0", "5"),
		put_document("dek", "", "6"),
		put_document("kek", "a", "7"),
	};

	fixture_open(f);
	assert_null(find(f, "dek", "a"));
	assert_string_equal(with_prefix(f, "dek", ""), "");
	write_records(f, records, sizeof(records) / sizeof(records[0]));
	assert_str(find(f, "kek", "a")->body, "7");
	assert_str(find(f, "dek", "")->body, "6");
	assert_null(find(f, "dek", "a"));
	assert_null(find(f, "de", "k"));
	assert_string_equal(with_prefix(f, "dek", "a\x1f"), "1 2 ");
	assert_string_equal(with_prefix(f, "dek", "a\x1f" "s\x1f" "2"), "2 ");
	assert_string_equal(with_prefix(f, "dek", "a"), "1 2 3 5 4 ");
	assert_string_equal(with_prefix(f, "dek", ""), "6 1 2 3 5 4 ");
	assert_string_equal(with_prefix(f, "kek", "b"), "");
	assert_str(find(f, "dek", "ab\x1f" "\xEF\xBD\x9E")->key, "ab\x1f" "\xEF\xBD\x9E");
	write_record(f, drop_document("dek", "a"));
	write_record(f, drop_document("dek", "a\x1f" "s\x1f" "1"));
	assert_string_equal(with_prefix(f, "dek", "a\x1f"), "2 ");
	assert_non_null(find(f, "kek", "a"));
}

static void wait_for_another_ms(void)
{
	int64_t now = clock_wall_ms();

	while (clock_wall_ms() <= now + 1)
		;
}

/* Created: the first record since the document is there; updated: the last. */
static void times(void **state)
{
	struct fixture *f = *state;
	int64_t created;

	fixture_open(f);
	write_record(f, put_document("kek", "k", "{}"));
	created = find(f, "kek", "k")->created;
	assert_true(created > 0);
	assert_int_equal(find(f, "kek", "k")->updated, created);
	wait_for_another_ms();
	write_record(f, put_document("kek", "k", "{\"n\":2}"));
	assert_int_equal(find(f, "kek", "k")->created, created);
	assert_true(find(f, "kek", "k")->updated > created);
	assert_str(find(f, "kek", "k")->body, "{\"n\":2}");
	write_record(f, drop_document("kek", "k"));
	write_record(f, put_document("kek", "k", "{}"));
	assert_true(find(f, "kek", "k")->created > created);
}

static const char *associated(struct fixture *f, enum view_association_member member, const char *value)
{
	const struct view_document *list;
	size_t n;

	assert_ok(f, view_associations(f->view, f->arena, member, str_of(value), &list, &n, &f->err));
	return joined(f, list, n);
}

#define FIRST "{\"resourceNamespace\":\"n\",\"resourceId\":\"i\",\"subject\":\"s\"}"
#define SECOND "{\"subject\":\"s\",\"resourceId\":\"j\",\"resourceNamespace\":\"m\"}"
#define ODD "{\"subject\":\"\\\"\xC3\xA9\\u00e9'\",\"resourceId\":\"7\",\"resourceNamespace\":\"n\"}"

static void by_member(void **state)
{
	struct fixture *f = *state;
	const struct record records[] = {
		put_document("association", "b", FIRST),
		put_document("association", "a", SECOND),
		put_document("association", "c", ODD),
		put_document("kek", "a", "no JSON is fine here"),
		put_document("dek", "a", FIRST),
	};

	fixture_open(f);
	write_records(f, records, sizeof(records) / sizeof(records[0]));
	assert_string_equal(associated(f, VIEW_ASSOCIATION_SUBJECT, "s"), SECOND " " FIRST " ");
	assert_string_equal(associated(f, VIEW_ASSOCIATION_SUBJECT, "S"), "");
	assert_string_equal(associated(f, VIEW_ASSOCIATION_SUBJECT, "\"\xC3\xA9\xC3\xA9'"), ODD " ");
	assert_string_equal(associated(f, VIEW_ASSOCIATION_ID, "i"), FIRST " ");
	assert_string_equal(associated(f, VIEW_ASSOCIATION_ID, "7"), ODD " ");
	assert_string_equal(associated(f, VIEW_ASSOCIATION_NAMESPACE, "n"), FIRST " " ODD " ");
	write_record(f, put_document("association", "b", SECOND));
	assert_string_equal(associated(f, VIEW_ASSOCIATION_ID, "i"), "");
	write_record(f, drop_document("association", "a"));
	assert_string_equal(associated(f, VIEW_ASSOCIATION_SUBJECT, "s"), SECOND " ");
}

/* Each question is answered by its index: a list of all associations would be read for every topic otherwise. */
static void members_have_indexes(void **state)
{
	static const char *const members[] = { "subject", "resourceId", "resourceNamespace" };
	struct fixture *f = *state;
	sqlite3 *db;

	fixture_open(f);
	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct str sql = str_printf(f->arena, "EXPLAIN QUERY PLAN SELECT key FROM document"
			" WHERE collection = 'association' AND body ->> '$.%s' = ?1", members[i]);
		sqlite3_stmt *row;

		assert_int_equal(sqlite3_prepare_v2(db, sql.data, -1, &row, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(row), SQLITE_ROW);
		assert_non_null(strstr((const char *)sqlite3_column_text(row, 3), "USING INDEX association_"));
		sqlite3_finalize(row);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void replay_gives_the_same(void **state)
{
	struct fixture *f = *state;
	struct store_options options = { .log = &remote_log, .log_address = f->path };
	struct store *copy;
	char path[120];

	fixture_open(f);
	write_record(f, put_document("association", "b", FIRST));
	write_record(f, put_document("association", "a", SECOND));
	write_record(f, put_document("association", "b", ODD));
	write_record(f, drop_document("association", "a"));
	assert_ok(f, store_verify(f->view, &f->err));
	fixture_close(f);
	(void)snprintf(path, sizeof(path), "%s/replayed.db", f->dir);
	options.path = path;
	assert_ok(f, store_open(&options, &copy, &f->err));
	store_close(copy);
	assert_string_equal(dump_tables(f->arena, f->path, "log").data, dump_tables(f->arena, path, "log").data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_key_and_prefix, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(times, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(by_member, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(members_have_indexes, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(replay_gives_the_same, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
