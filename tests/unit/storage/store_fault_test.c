/*
 * Broken disks, full disks and killed servers.  The promise under test: what was acknowledged is there
 * after opening again, what was not is absent or there as a whole, and the chain of the log is intact.
 */
#include "tests/unit/storage/remote_log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { BEFORE = 3, DURING = 6, MOST_OPERATIONS = 2000 };

/* Write i: two records, so that half a command would show. */
static void make_records(struct fixture *f, int i, struct record out[2])
{
	struct str text = str_printf(f->arena, "\"%d %0500d\"", i, i);

	out[0] = put_of("twin-a", i + 1, 2 * i + 1, text.data);
	out[1] = put_of("twin-b", i + 1, 2 * i + 2, text.data);
	out[1].text = str_printf(f->arena, "\"%d b\"", i);
	digest_md5(out[1].text, out[1].digest);
}

static enum err_code write_twins(struct fixture *f, int i)
{
	struct record records[2];

	make_records(f, i, records);
	return try_write(f, records, 2);
}

static bool is_there(struct fixture *f, const char *subject, int version)
{
	const struct view_version *found;

	assert_ok(f, view_version_find(f->view, f->arena, str_of(subject), version, VIEW_LIVE, &found, &f->err));
	return found != NULL;
}

/* Opens the healthy file again and checks the promise for writes 0 … n - 1. */
static void check_promise(struct fixture *f, const bool *acknowledged, int n)
{
	struct store_options replayed = { .log = &remote_log, .log_address = f->path };
	struct store *copy;
	char path[120];

	f->options.vfs = NULL;
	fixture_open(f);
	for (int i = 0; i < n; i++) {
		bool a = is_there(f, "twin-a", i + 1);
		bool b = is_there(f, "twin-b", i + 1);

		if (a != b)
			fail_msg("write %d is there by half", i);
		if (acknowledged[i] && !a)
			fail_msg("write %d was acknowledged and is lost", i);
	}
	assert_ok(f, store_verify(f->view, &f->err));
	assert_int_equal(write_twins(f, n), OK); /* and it can be written to */
	fixture_close(f);
	/* The view is what the log says. */
	(void)snprintf(path, sizeof(path), "%s/replayed.db", f->dir);
	replayed.path = path;
	assert_ok(f, store_open(&replayed, &copy, &f->err));
	store_close(copy);
	assert_true(str_eq(dump_tables(f->arena, f->path, "log"), dump_tables(f->arena, path, "log")));
}

struct fault_case {
	const char *name;
	enum sync_fault fault;
	bool forever;
	bool heal_before_close;
};

static const struct fault_case fault_cases[] = {
	{ "one operation fails", SYNC_FAULT_IO, false, true },
	{ "one operation fails, at closing, too", SYNC_FAULT_IO, false, false },
	{ "the disk breaks", SYNC_FAULT_IO, true, true },
	{ "the disk breaks for good", SYNC_FAULT_IO, true, false },
	{ "one write finds no room", SYNC_FAULT_FULL, false, true },
	{ "the disk fills up", SYNC_FAULT_FULL, true, true },
	{ "the disk fills up for good", SYNC_FAULT_FULL, true, false },
};

/* Whether the n-th operation existed: the loop over n ends when nothing failed any more. */
static bool run_with_fault(struct fixture *f, const struct fault_case *c, int n)
{
	bool acknowledged[BEFORE + DURING + 1] = { false };
	struct sync_vfs *vfs = sync_vfs_create();
	bool any_refused = false;
	int i = 0;

	f->options.vfs = vfs;
	fixture_open(f);
	for (; i < BEFORE; i++) {
		assert_int_equal(write_twins(f, i), OK);
		acknowledged[i] = true;
	}
	sync_vfs_fail(vfs, n, c->fault, c->forever);
	for (; i < BEFORE + DURING; i++) {
		acknowledged[i] = write_twins(f, i) == OK;
		any_refused |= !acknowledged[i];
	}
	assert_false(c->forever && acknowledged[i - 1] != !store_write_failing(f->store));
	bool failed = false;

	if (c->heal_before_close) {
		failed = sync_vfs_heal(vfs);
		acknowledged[i] = write_twins(f, i) == OK;
		assert_true(acknowledged[i]); /* usable again without opening anew */
		assert_false(store_write_failing(f->store));
		for (int k = 0; k <= i; k++)
			assert_true(!acknowledged[k] || is_there(f, "twin-a", k + 1));
		i++;
	}
	assert_false(any_refused && c->heal_before_close && !failed);
	fixture_close(f);
	failed |= sync_vfs_heal(vfs);
	sync_vfs_destroy(vfs);
	check_promise(f, acknowledged, i);
	return failed;
}

static void every_operation_may_fail(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(fault_cases) / sizeof(fault_cases[0]); k++) {
		bool failed = true;
		int n = 0;

		while (failed) {
			void *fixture = NULL;

			assert_true(++n < MOST_OPERATIONS);
			assert_int_equal(fixture_setup(&fixture), 0);
			failed = run_with_fault(fixture, &fault_cases[k], n);
			fixture_teardown(&fixture);
		}
		print_message("%s: %d operations\n", fault_cases[k].name, n - 1);
		assert_true(n > DURING); /* at least a write a command */
	}
}

/* Opening a file of an unclean stop: fails or works, and harms nothing either way. */
static void opening_may_fail_anywhere(void **state)
{
	(void)state;
	bool acknowledged[BEFORE] = { true, true, true };
	bool failed = true;
	int refused = 0;

	for (int n = 1; failed; n++) {
		void *fixture = NULL;

		assert_true(n < MOST_OPERATIONS);
		assert_int_equal(fixture_setup(&fixture), 0);
		struct fixture *f = fixture;
		struct sync_vfs *vfs = sync_vfs_create();
		struct store *store;

		fixture_open(f);
		for (int i = 0; i < BEFORE; i++)
			assert_int_equal(write_twins(f, i), OK);
		fixture_close(f);
		f->options.vfs = vfs;
		sync_vfs_fail(vfs, n, SYNC_FAULT_IO, false);
		if (store_open(&f->options, &store, &f->err) == OK) {
			store_close(store);
		} else {
			assert_true(f->err.message.len > 0);
			refused++;
		}
		failed = sync_vfs_heal(vfs);
		sync_vfs_destroy(vfs);
		check_promise(f, acknowledged, BEFORE);
		fixture_teardown(&fixture);
	}
	assert_true(refused > 3);
}

/* Creating a file: a failure leaves something that opens as new. */
static void creating_may_fail_anywhere(void **state)
{
	(void)state;
	bool failed = true;
	int refused = 0;

	for (int n = 1; failed; n++) {
		void *fixture = NULL;

		assert_true(n < MOST_OPERATIONS);
		assert_int_equal(fixture_setup(&fixture), 0);
		struct fixture *f = fixture;
		struct sync_vfs *vfs = sync_vfs_create();
		struct store *store;

		f->options.vfs = vfs;
		sync_vfs_fail(vfs, n, SYNC_FAULT_IO, false);
		if (store_open(&f->options, &store, &f->err) == OK)
			store_close(store);
		else
			refused++;
		failed = sync_vfs_heal(vfs);
		sync_vfs_destroy(vfs);
		check_promise(f, NULL, 0);
		fixture_teardown(&fixture);
	}
	assert_true(refused > 3);
}

/* ---- a full disk ---- */

/* A small file system on the fixture's directory, seen by this process alone; false without the right to make one. */
static bool mount_small(struct fixture *f)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		mount("tmpfs", f->dir, "tmpfs", 0, "size=1m") == 0;
}

static void write_ballast(const char *path, size_t bytes)
{
	static char zeros[64 * 1024];
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	for (size_t n = 0; n < bytes; n += sizeof(zeros))
		assert_int_equal(write(fd, zeros, sizeof(zeros)), sizeof(zeros));
	close(fd);
}

static void wait_until_writable(struct fixture *f)
{
	uint64_t until = clock_mono_ns() + 10u * 1000 * 1000 * 1000;

	while (store_write_failing(f->store) && clock_mono_ns() < until)
		usleep(10000);
	assert_false(store_write_failing(f->store));
}

static void full_disk_is_survived(void **state)
{
	enum { MOST = 2000 };
	struct fixture *f = *state;
	static bool acknowledged[MOST];
	char ballast[100];
	bool is_mounted = mount_small(f);
	struct sync_vfs *vfs = sync_vfs_create();
	int n = 0;

	(void)snprintf(ballast, sizeof(ballast), "%s/ballast", f->dir);
	print_message("a full disk: %s\n", is_mounted ? "a tmpfs of 1 MiB" : "by the VFS, since this user cannot mount one");
	if (is_mounted)
		write_ballast(ballast, 512 * 1024);
	f->options.vfs = vfs;
	fixture_open(f);
	if (!is_mounted)
		sync_vfs_fail(vfs, 200, SYNC_FAULT_FULL, true);
	while (write_twins(f, n) == OK) {
		acknowledged[n++] = true;
		assert_true(n < MOST);
	}
	assert_true(n > 10);
	assert_non_null(strstr(f->err.message.data, "full"));
	assert_true(store_write_failing(f->store));
	/* Refused again, and reading goes on. */
	assert_int_equal(write_twins(f, n), ERR_STORE);
	for (int i = 0; i < n; i++)
		assert_true(is_there(f, "twin-a", i + 1) && is_there(f, "twin-b", i + 1));
	assert_false(is_there(f, "twin-a", n + 1));
	assert_ok(f, store_verify(f->view, &f->err));
	/* Room again: the store notices by itself. */
	if (is_mounted)
		assert_int_equal(unlink(ballast), 0);
	else
		sync_vfs_heal(vfs);
	wait_until_writable(f);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(write_twins(f, n), OK);
		acknowledged[n++] = true;
	}
	fixture_close(f);
	sync_vfs_destroy(vfs);
	check_promise(f, acknowledged, n);
	if (is_mounted)
		assert_int_equal(umount(f->dir), 0);
}

/* ---- kill -9 ---- */

enum { KILL_ROUNDS = 15, KILL_THREADS = 8 };

struct ack {
	int version;
	int id;
};

struct killed_writer {
	struct store *store;
	int fd;
};

static enum err_code decide_next(struct command *command, struct view *view, struct decision *decision,
	struct err *err)
{
	struct waited *w = (struct waited *)(void *)command;
	struct ack *ack = (struct ack *)(void *)w->message; /* room of the right size that nobody needs here */
	const struct view_version *latest;
	struct record record;

	TRY(view_latest_find(view, command->arena, STR("killed"), VIEW_ALL, &latest, err));
	TRY(view_max_id(view, STR("."), &ack->id, err));
	ack->version = latest ? latest->version + 1 : 1;
	ack->id++;
	record = put_of("killed", ack->version, ack->id, arena_printf(command->arena, "\"%d\"", ack->id));
	store_emit(decision, &record);
	return OK;
}

static void ack_done(struct command *command, const struct err *err)
{
	struct waited *w = (struct waited *)(void *)command;

	pthread_mutex_lock(&w->mutex);
	w->code = err->code;
	w->is_done = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->mutex);
}

static void *write_until_killed(void *cls)
{
	struct killed_writer *writer = cls;

	for (;;) {
		struct arena *arena = arena_create(0);
		struct waited w;

		waited_init(&w, arena, NULL, 0);
		w.command.decide = decide_next;
		w.command.done = ack_done;
		if (waited_run(writer->store, &w) != OK || write(writer->fd, w.message, sizeof(struct ack)) < 0)
			_exit(1);
		arena_destroy(arena);
	}
	return NULL;
}

static void serve_until_killed(struct fixture *f, int fd)
{
	struct killed_writer writer = { .fd = fd };
	pthread_t thread;

	if (store_open(&f->options, &writer.store, &f->err) != OK)
		_exit(1);
	for (int i = 0; i < KILL_THREADS; i++)
		(void)pthread_create(&thread, NULL, write_until_killed, &writer);
	pause();
	_exit(1);
}

/* Kills a child that writes after a random time; its acknowledgements stay in the pipe. */
static void kill_one(struct fixture *f, int round)
{
	int ends[2];
	struct ack ack;
	int seen = 0;

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();

	if (pid == 0)
		serve_until_killed(f, ends[1]);
	close(ends[1]);
	assert_int_equal(read(ends[0], &ack, sizeof(ack)), sizeof(ack));
	usleep((useconds_t)(1000 + random_u64() % 15000));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	fixture_open(f);
	do {
		const struct view_version *version;

		assert_ok(f, view_version_find(f->view, f->arena, STR("killed"), ack.version, VIEW_LIVE, &version, &f->err));
		if (!version || version->id != ack.id)
			fail_msg("round %d: version %d was acknowledged with id %d", round, ack.version, ack.id);
		seen++;
	} while (read(ends[0], &ack, sizeof(ack)) == sizeof(ack));
	close(ends[0]);
	assert_true(seen > 0);
	assert_ok(f, store_verify(f->view, &f->err));
	fixture_close(f);
}

static void killed_server_kept_its_word(void **state)
{
	struct fixture *f = *state;
	const struct view_version_head *heads;
	size_t n;

	for (int i = 0; i < KILL_ROUNDS; i++)
		kill_one(f, i);
	fixture_open(f);
	assert_ok(f, view_version_heads(f->view, f->arena, STR("killed"), VIEW_ALL, &heads, &n, &f->err));
	assert_true(n >= KILL_ROUNDS);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(heads[i].version, i + 1);
		assert_int_equal(heads[i].id, i + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_may_fail),
		cmocka_unit_test(opening_may_fail_anywhere),
		cmocka_unit_test(creating_may_fail_anywhere),
		cmocka_unit_test_setup_teardown(killed_server_kept_its_word, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(full_disk_is_survived, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
