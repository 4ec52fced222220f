/* The file's identity and version: new, older, newer and foreign files, and those that cannot be written. */
#include "storage/migrate.h"
#include "storage/query.h"
#include "tests/unit/storage/fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

static int64_t ask(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *row;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
	int64_t value = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : -1;

	sqlite3_finalize(row);
	sqlite3_close(db);
	return value;
}

static enum err_code migrate(struct fixture *f, const char *const *steps, size_t n_steps)
{
	struct db *db;

	assert_ok(f, db_open(f->path, NULL, DB_WRITE, 100, &db, &f->err));
	enum err_code code = migrate_file(db, f->path, steps, n_steps, &f->err);

	db_close(db);
	return code;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
}

static struct str read_file(struct arena *arena, const char *path)
{
	struct buf b = buf_make(arena, 100);
	FILE *file = fopen(path, "r");
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		buf_add_c(&b, (char)c);
	(void)fclose(file);
	return buf_str(&b);
}

static void new_file_is_marked(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_close(f);
	assert_int_equal(ask(f->path, "PRAGMA application_id"), 0x54454E4F);
	assert_int_equal(ask(f->path, "PRAGMA user_version"), migrate_n_steps);
	assert_int_equal(ask(f->path, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
}

/* Version 1's own creation is step 0 to 1, so an empty file that is marked as ours is an older one. */
static void older_file_is_brought_forward(void **state)
{
	struct fixture *f = *state;

	run_sql(f->path, "PRAGMA application_id = 0x54454E4F; CREATE TABLE other (x)");
	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	fixture_close(f);
	assert_int_equal(ask(f->path, "PRAGMA user_version"), migrate_n_steps);
}

enum { MADE_UP = 2, MOST_STEPS = 100 };

/* The real steps and two made-up ones behind them. */
static void add_steps(const char **steps, const char *first, const char *second)
{
	assert_true(migrate_n_steps + MADE_UP <= MOST_STEPS);
	for (size_t i = 0; i < migrate_n_steps; i++)
		steps[i] = migrate_steps[i];
	steps[migrate_n_steps] = first;
	steps[migrate_n_steps + 1] = second;
}

/* Steps see the data of the version before and run once. */
static void steps_follow_each_other(void **state)
{
	struct fixture *f = *state;
	const size_t now = migrate_n_steps;
	const char *steps[MOST_STEPS];

	add_steps(steps, "ALTER TABLE log ADD COLUMN note TEXT; UPDATE log SET note = 'old ' || seq",
		"CREATE TABLE note AS SELECT seq, note FROM log");
	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	write_record(f, put_of("s", 2, 2, "b"));
	fixture_close(f);
	assert_ok(f, migrate(f, steps, now + 1));
	assert_int_equal(ask(f->path, "PRAGMA user_version"), now + 1);
	assert_int_equal(ask(f->path, "SELECT count(*) FROM log WHERE note = 'old ' || seq"), 2);
	run_sql(f->path, "UPDATE log SET note = 'seen'");
	assert_ok(f, migrate(f, steps, now + 2));
	assert_ok(f, migrate(f, steps, now + 2));
	assert_int_equal(ask(f->path, "PRAGMA user_version"), now + 2);
	assert_int_equal(ask(f->path, "SELECT count(*) FROM note WHERE note = 'seen'"), 2);
}

/* From nothing through all steps at once: the same tables as step by step. */
static void all_steps_at_once(void **state)
{
	struct fixture *f = *state;

	assert_ok(f, migrate(f, migrate_steps, migrate_n_steps));
	struct str at_once = dump_tables(f->arena, f->path, "");

	assert_int_equal(unlink(f->path), 0);
	for (size_t n = 1; n <= migrate_n_steps; n++)
		assert_ok(f, migrate(f, migrate_steps, n));
	assert_true(at_once.len > 0);
	assert_true(str_eq(at_once, dump_tables(f->arena, f->path, "")));
}

static void failing_step_changes_nothing(void **state)
{
	struct fixture *f = *state;
	const char *steps[MOST_STEPS];

	add_steps(steps, "CREATE TABLE extra (x); DELETE FROM log",
		"INSERT INTO extra VALUES (1); INSERT INTO no_such_table VALUES (1)");
	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	fixture_close(f);
	struct str before = dump_tables(f->arena, f->path, "");

	assert_err(f, ERR_STORE, migrate(f, steps, migrate_n_steps + MADE_UP));
	assert_int_equal(ask(f->path, "PRAGMA user_version"), migrate_n_steps);
	assert_true(str_eq(before, dump_tables(f->arena, f->path, "")));
	fixture_open(f);
	assert_int_equal(store_head(f->store), 1);
}

static void newer_file_is_refused(void **state)
{
	struct fixture *f = *state;
	char sql[60];

	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	fixture_close(f);
	struct str before = dump_tables(f->arena, f->path, "");

	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", (int)migrate_n_steps + 1);
	run_sql(f->path, sql);
	assert_err(f, ERR_FILE_NEWER, store_open(&f->options, &f->store, &f->err));
	assert_non_null(strstr(f->err.message.data, "newer"));
	assert_true(str_eq(before, dump_tables(f->arena, f->path, "")));
	assert_int_equal(ask(f->path, "PRAGMA user_version"), migrate_n_steps + 1);
}

static void foreign_files_are_refused(void **state)
{
	struct fixture *f = *state;
	char lock[110];
	static const char *const sqls[] = {
		"CREATE TABLE customers (name)",
		"PRAGMA application_id = 7",
		"PRAGMA user_version = 3",
		"PRAGMA application_id = 7; PRAGMA journal_mode = WAL; CREATE TABLE x (y)",
	};
	static const char *const texts[] = {
		"hello",
		"SQLite format 4, a text that is longer than the hundred bytes of a database header, just so that nothing"
		" can mistake it for a short file that was cut off while it was made",
	};

	(void)snprintf(lock, sizeof(lock), "%s.lock", f->path);
	for (size_t i = 0; i < sizeof(sqls) / sizeof(sqls[0]); i++) {
		run_sql(f->path, sqls[i]);
		struct str before = read_file(f->arena, f->path);

		assert_err(f, ERR_FILE_FOREIGN, store_open(&f->options, &f->store, &f->err));
		assert_non_null(strstr(f->err.message.data, f->path));
		assert_true(str_eq(before, read_file(f->arena, f->path)));
		assert_int_not_equal(access(lock, F_OK), 0); /* nothing left beside it */
		assert_int_equal(unlink(f->path), 0);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_file(f->path, texts[i]);
		assert_err(f, ERR_FILE_FOREIGN, store_open(&f->options, &f->store, &f->err));
		assert_str(read_file(f->arena, f->path), texts[i]);
		assert_int_equal(unlink(f->path), 0);
	}
	/* An empty file, as mktemp makes it, is not foreign. */
	write_file(f->path, "");
	fixture_open(f);
}

/* ---- what cannot be written ---- */

/* Opens as an ordinary user, since root may write everything; the code, and in *message how it was said. */
static enum err_code open_as_user(struct fixture *f, char *message, size_t room)
{
	int ends[2];
	int code = -1;

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();

	if (pid == 0) {
		struct store *store;

		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(1);
		code = store_open(&f->options, &store, &f->err);
		(void)!write(ends[1], &code, sizeof(code));
		if (code != OK)
			(void)!write(ends[1], f->err.message.data, f->err.message.len);
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &code, sizeof(code)), sizeof(code));
	ssize_t n = read(ends[0], message, room - 1);

	message[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return (enum err_code)code;
}

static void unwritable_is_said_clearly(void **state)
{
	struct fixture *f = *state;
	char message[400];
	char lock[110];

	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	fixture_close(f);
	struct str before = read_file(f->arena, f->path);

	assert_int_equal(chmod(f->path, 0444), 0);
	assert_int_equal(chmod(f->dir, 0777), 0);
	assert_int_equal(open_as_user(f, message, sizeof(message)), ERR_STORE);
	assert_non_null(strstr(message, "cannot be written"));
	assert_non_null(strstr(message, f->path));

	(void)snprintf(lock, sizeof(lock), "%s.lock", f->path);
	(void)unlink(lock);
	assert_int_equal(chmod(f->path, 0666), 0);
	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(open_as_user(f, message, sizeof(message)), ERR_STORE);
	assert_non_null(strstr(message, "directory"));
	assert_true(str_eq(before, read_file(f->arena, f->path)));
	assert_int_equal(chmod(f->dir, 0755), 0);
	fixture_open(f);
	assert_int_equal(store_head(f->store), 1);
}

static void missing_directory_is_said_clearly(void **state)
{
	struct fixture *f = *state;
	char path[120];

	(void)snprintf(path, sizeof(path), "%s/no/such/dir.db", f->dir);
	f->options.path = path;
	assert_err(f, ERR_STORE, store_open(&f->options, &f->store, &f->err));
	assert_non_null(strstr(f->err.message.data, "directory must exist"));
	f->options.path = f->dir;
	assert_int_not_equal(store_open(&f->options, &f->store, &f->err), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(new_file_is_marked, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(older_file_is_brought_forward, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(steps_follow_each_other, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(all_steps_at_once, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(failing_step_changes_nothing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(newer_file_is_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(foreign_files_are_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(unwritable_is_said_clearly, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(missing_directory_is_said_clearly, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
