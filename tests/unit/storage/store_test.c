/* The store: batches, commands that fail alone, the order of telling, conflicts, catching up, locking, verification. */
#include "storage/view_int.h"
#include "tests/unit/storage/remote_log.h"

#include <signal.h>
#include <sys/wait.h>

/* ---- a gate: holds the writer thread inside a command, so that what comes meanwhile is one batch ---- */

struct gate {
	struct waited waited;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool entered;
	bool open;
};

static enum err_code decide_gate(struct command *command, struct view *view, struct decision *decision, struct err *err)
{
	struct gate *gate = (struct gate *)(void *)command;

	(void)view;
	(void)decision;
	(void)err;
	pthread_mutex_lock(&gate->mutex);
	gate->entered = true;
	pthread_cond_broadcast(&gate->cond);
	while (!gate->open)
		pthread_cond_wait(&gate->cond, &gate->mutex);
	pthread_mutex_unlock(&gate->mutex);
	return OK;
}

static void gate_close(struct fixture *f, struct gate *gate)
{
	*gate = (struct gate){ 0 };
	waited_init(&gate->waited, f->arena, NULL, 0);
	gate->waited.command.decide = decide_gate;
	pthread_mutex_init(&gate->mutex, NULL);
	pthread_cond_init(&gate->cond, NULL);
	assert_true(store_submit(f->store, &gate->waited.command));
	pthread_mutex_lock(&gate->mutex);
	while (!gate->entered)
		pthread_cond_wait(&gate->cond, &gate->mutex);
	pthread_mutex_unlock(&gate->mutex);
}

static void gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	gate->open = true;
	pthread_cond_broadcast(&gate->cond);
	pthread_mutex_unlock(&gate->mutex);
	assert_int_equal(waited_wait(&gate->waited), OK);
}

/* ---- decisions ---- */

/* Emits its records and then fails. */
static enum err_code decide_and_fail(struct command *command, struct view *view, struct decision *decision,
	struct err *err)
{
	TRY(decide_records(command, view, decision, err));
	return err_raise(err, INCOMPATIBLE, "no");
}

/* Registers version max + 1 of subject "next" under id max + 1; counts its runs in n_records. */
static enum err_code decide_next(struct command *command, struct view *view, struct decision *decision,
	struct err *err)
{
	struct waited *w = (struct waited *)(void *)command;
	const struct view_version *latest;
	int max;

	w->n_records++;
	TRY(view_latest_find(view, command->arena, STR("next"), VIEW_ALL, &latest, err));
	TRY(view_max_id(view, STR("."), &max, err));
	struct str text = str_printf(command->arena, "text %d", max + 1);
	struct record record = put_of("next", latest ? latest->version + 1 : 1, max + 1, text.data);

	store_emit(decision, &record);
	return OK;
}

static void next_init(struct waited *w, struct arena *arena)
{
	waited_init(w, arena, NULL, 0);
	w->command.decide = decide_next;
}

static struct str body_at(struct fixture *f, uint64_t seq)
{
	const struct log_entry *entries;
	size_t n;

	assert_ok(f, view_log_tail(f->view, f->arena, seq - 1, 1, &entries, &n, &f->err));
	assert_int_equal(n, 1);
	assert_int_equal(entries[0].seq, seq);
	return entries[0].body;
}

/* ---- tests ---- */

static void written_is_there_after_reopening(void **state)
{
	struct fixture *f = *state;
	const struct log_entry *entries;
	const struct view_version *version;
	size_t n;

	fixture_open(f);
	assert_int_equal(store_head(f->store), 0);
	write_record(f, put_of("s", 1, 1, "\"int\""));
	write_record(f, record_of(RECORD_VERSION_DELETE, "s", 1));
	assert_int_equal(store_head(f->store), 2);
	fixture_reopen(f);
	assert_int_equal(store_head(f->store), 2);
	assert_ok(f, view_version_find(f->view, f->arena, STR("s"), 1, VIEW_ALL, &version, &f->err));
	assert_str(version->text, "\"int\"");
	assert_true(version->deleted);
	assert_ok(f, view_log_tail(f->view, f->arena, 0, 10, &entries, &n, &f->err));
	assert_int_equal(n, 2);
	assert_str(entries[0].actor, "tester");
	assert_str(entries[1].body, "{\"kind\":\"VERSION_DELETE\",\"subject\":\"s\",\"version\":1}");
	assert_int_equal(version->ts, entries[1].time_ms);
	assert_true(llabs(clock_wall_ms() - entries[1].time_ms) < 60000);
	assert_ok(f, store_verify(f->view, &f->err));
	/* A clean close leaves one file. */
	fixture_close(f);
	char wal[110];

	(void)snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_not_equal(access(wal, F_OK), 0);
	(void)snprintf(wal, sizeof(wal), "%s.lock", f->path);
	assert_int_not_equal(access(wal, F_OK), 0);
}

static void snapshot_stays_put(void **state)
{
	struct fixture *f = *state;
	struct view_counts counts;

	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	assert_ok(f, view_begin(f->view, &f->err));
	assert_ok(f, view_counts(f->view, &counts, &f->err));
	write_record(f, put_of("s", 2, 2, "b"));
	assert_ok(f, view_counts(f->view, &counts, &f->err));
	assert_int_equal(counts.versions, 1);
	view_end(f->view);
	assert_ok(f, view_counts(f->view, &counts, &f->err));
	assert_int_equal(counts.versions, 2);
}

static void batch_shares_one_sync(void **state)
{
	enum { N = 100 };
	struct fixture *f = *state;
	struct store_stats before;
	struct store_stats after;
	struct gate gate;
	static struct waited waiting[N];

	fixture_open(f);
	write_record(f, record_of(RECORD_CONFIG_DELETE, "first write makes the WAL", 0));
	gate_close(f, &gate);
	store_stats(f->store, &before);
	assert_int_equal(before.queued, 1);
	for (int i = 0; i < N; i++) {
		next_init(&waiting[i], f->arena);
		assert_true(store_submit(f->store, &waiting[i].command));
	}
	store_stats(f->store, &after);
	assert_int_equal(after.queued, N + 1);
	gate_open(&gate);
	for (int i = 0; i < N; i++)
		assert_int_equal(waited_wait(&waiting[i]), OK);
	store_stats(f->store, &after);
	assert_int_equal(after.commits - before.commits, 1);
	assert_int_equal(after.entries - before.entries, N);
	assert_int_equal(after.disk.syncs - before.disk.syncs, 1);
	assert_true(after.disk.sync_ns > before.disk.sync_ns);
	assert_int_equal(after.queued, 0);
	assert_int_equal(after.failures, 0);
	/* Each saw the ones before it. */
	const struct view_version_head *heads;
	size_t n;

	assert_ok(f, view_version_heads(f->view, f->arena, STR("next"), VIEW_LIVE, &heads, &n, &f->err));
	assert_int_equal(n, N);
	for (int i = 0; i < N; i++) {
		assert_int_equal(heads[i].version, i + 1);
		assert_int_equal(heads[i].id, i + 1);
	}
}

static void failing_command_fails_alone(void **state)
{
	struct fixture *f = *state;
	struct record first[] = { put_of("a", 1, 1, "a"), put_of("a", 2, 2, "b") };
	struct record bad = put_of("never", 1, 3, "never");
	struct record poison[] = { put_of("never", 2, 4, "fine"), put_of("never", 3, 5, "no UTF-8: \xff") };
	struct waited w[4];
	struct gate gate;
	const struct view_version *version;

	fixture_open(f);
	gate_close(f, &gate);
	waited_init(&w[0], f->arena, first, 2);
	waited_init(&w[1], f->arena, &bad, 1);
	w[1].command.decide = decide_and_fail;
	waited_init(&w[2], f->arena, poison, 2);
	next_init(&w[3], f->arena);
	for (int i = 0; i < 4; i++)
		assert_true(store_submit(f->store, &w[i].command));
	gate_open(&gate);
	assert_int_equal(waited_wait(&w[0]), OK);
	assert_int_equal(waited_wait(&w[1]), ERR_INCOMPATIBLE);
	assert_string_equal(w[1].message, "no");
	assert_int_equal(waited_wait(&w[2]), ERR_STORE);
	assert_int_equal(waited_wait(&w[3]), OK);
	assert_int_equal(store_head(f->store), 3);
	assert_ok(f, view_latest_find(f->view, f->arena, STR("never"), VIEW_ALL, &version, &f->err));
	assert_null(version);
	assert_ok(f, view_latest_find(f->view, f->arena, STR("next"), VIEW_ALL, &version, &f->err));
	assert_int_equal(version->id, 3); /* decided after the two records of the first, without those that failed */
	assert_ok(f, store_verify(f->view, &f->err));
	assert_false(store_write_failing(f->store));
}

/* What SQLite does by itself after some failures: the transaction of the batch is gone in the middle of it. */
static enum err_code decide_and_lose(struct command *command, struct view *view, struct decision *decision,
	struct err *err)
{
	db_rollback(view->db);
	return decide_records(command, view, decision, err);
}

static void lost_transaction_fails_the_batch(void **state)
{
	struct fixture *f = *state;
	struct record records[] = { put_of("a", 1, 1, "a"), put_of("b", 1, 2, "b"), put_of("c", 1, 3, "c") };
	struct waited w[3];
	struct gate gate;

	fixture_open(f);
	gate_close(f, &gate);
	for (int i = 0; i < 3; i++) {
		waited_init(&w[i], f->arena, &records[i], 1);
		if (i == 1)
			w[i].command.decide = decide_and_lose;
		assert_true(store_submit(f->store, &w[i].command));
	}
	gate_open(&gate);
	for (int i = 0; i < 3; i++)
		assert_int_equal(waited_wait(&w[i]), ERR_STORE);
	assert_int_equal(store_head(f->store), 0);
	write_record(f, records[0]);
	assert_int_equal(store_head(f->store), 1);
	assert_ok(f, store_verify(f->view, &f->err));
}

/* Questions that take a snapshot of their own may be asked in a decision, too. */
static enum err_code decide_in_snapshot(struct command *command, struct view *view, struct decision *decision,
	struct err *err)
{
	TRY(view_begin(view, err));
	enum err_code code = decide_next(command, view, decision, err);

	view_end(view);
	return code;
}

static void snapshot_in_a_decision_does_no_harm(void **state)
{
	struct fixture *f = *state;
	struct record record = put_of("a", 1, 7, "a");
	struct waited w[2];
	struct gate gate;
	struct store_stats stats;

	fixture_open(f);
	gate_close(f, &gate);
	waited_init(&w[0], f->arena, &record, 1);
	next_init(&w[1], f->arena);
	w[1].command.decide = decide_in_snapshot;
	for (int i = 0; i < 2; i++)
		assert_true(store_submit(f->store, &w[i].command));
	gate_open(&gate);
	for (int i = 0; i < 2; i++)
		assert_int_equal(waited_wait(&w[i]), OK);
	store_stats(f->store, &stats);
	assert_int_equal(stats.commits, 1);
	fixture_reopen(f);
	assert_int_equal(store_head(f->store), 2);
}

static void emitting_nothing_costs_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_stats before;
	struct store_stats after;

	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	store_stats(f->store, &before);
	write_records(f, NULL, 0);
	store_stats(f->store, &after);
	assert_int_equal(after.commits, before.commits);
	assert_int_equal(after.disk.syncs, before.disk.syncs);
}

/* ---- the watcher ---- */

struct watcher {
	struct fixture *f;
	struct waited *waited;
	int calls;
	uint64_t seqs;
	bool too_late;
	bool readable;
};

static void watch(void *cls, const struct log_entry *entries, const struct record *records, size_t n)
{
	struct watcher *w = cls;
	const struct view_version *version;

	w->calls++;
	w->too_late |= w->waited->is_done;
	for (size_t i = 0; i < n; i++) {
		w->seqs = w->seqs * 10 + entries[i].seq;
		assert_true(str_eq(entries[i].body, record_encode(w->f->arena, &records[i])));
	}
	/* What it is told is already there for readers. */
	assert_ok(w->f, view_latest_find(w->f->view, w->f->arena, STR("w"), VIEW_ALL, &version, &w->f->err));
	w->readable = version && store_head(w->f->store) == entries[n - 1].seq;
}

static void watcher_knows_first(void **state)
{
	struct fixture *f = *state;
	struct record records[] = { put_of("w", 1, 1, "a"), record_of(RECORD_VERSION_DELETE, "w", 1) };
	struct waited waited;
	struct watcher watcher = { .f = f, .waited = &waited };

	fixture_open(f);
	store_watch(f->store, watch, &watcher);
	waited_init(&waited, f->arena, records, 2);
	assert_int_equal(waited_run(f->store, &waited), OK);
	assert_int_equal(watcher.calls, 1);
	assert_int_equal(watcher.seqs, 12);
	assert_false(watcher.too_late);
	assert_true(watcher.readable);
	waited_init(&waited, f->arena, records, 1);
	waited.command.decide = decide_and_fail;
	assert_int_equal(waited_run(f->store, &waited), ERR_INCOMPATIBLE);
	assert_int_equal(watcher.calls, 1);
}

/* ---- somebody else appends ---- */

/* Appends a chained entry to the log of the file behind the store's back, at `time_ms`. */
static void append_behind(struct fixture *f, const struct record *record, int64_t time_ms)
{
	struct db *db;
	struct log *log;
	struct log_head head;

	assert_ok(f, db_open(f->path, NULL, DB_WRITE, 100, &db, &f->err));
	assert_ok(f, log_sqlite.open(db, NULL, &log, &f->err));
	assert_ok(f, log_sqlite.head(log, &head, &f->err));
	struct log_entry entry = { .seq = head.seq + 1, .time_ms = time_ms, .actor = STR("other"),
		.body = record_encode(f->arena, record) };

	log_hash(head.hash, &entry);
	assert_int_equal(log_sqlite.append(log, head.seq + 1, &entry, 1, &f->err), ERR_CONFLICT);
	assert_ok(f, log_sqlite.append(log, head.seq, &entry, 1, &f->err));
	log_sqlite.close(log);
	db_close(db);
}

static void moved_log_is_caught_up_with(void **state)
{
	struct fixture *f = *state;
	struct record other = put_of("next", 1, 41, "from elsewhere");
	int64_t future = clock_wall_ms() + 3600000;
	const struct view_version *version;
	const struct log_entry *entries;
	struct waited waited;
	size_t n;

	fixture_open(f);
	append_behind(f, &other, future);
	next_init(&waited, f->arena);
	assert_int_equal(waited_run(f->store, &waited), OK);
	assert_int_equal(waited.n_records, 2); /* decided again */
	assert_ok(f, view_latest_find(f->view, f->arena, STR("next"), VIEW_ALL, &version, &f->err));
	assert_int_equal(version->version, 2);
	assert_int_equal(version->id, 42);
	assert_ok(f, view_log_tail(f->view, f->arena, 0, 10, &entries, &n, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(entries[1].time_ms, future); /* time does not run backwards */
	assert_ok(f, store_verify(f->view, &f->err));
	/* The same at opening, over more entries than are applied at once. */
	for (int i = 0; i < 1203; i++) {
		other.version = 3 + i;
		append_behind(f, &other, 5);
	}
	fixture_reopen(f);
	assert_int_equal(store_head(f->store), 1205);
	assert_ok(f, view_latest_find(f->view, f->arena, STR("next"), VIEW_ALL, &version, &f->err));
	assert_int_equal(version->version, 1205);
	assert_ok(f, store_verify(f->view, &f->err));
}

static void foreign_log_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const changes[] = {
		"UPDATE log SET hash = zeroblob(32) WHERE seq = 2",
		"DELETE FROM log WHERE seq = 2",
		"INSERT INTO log SELECT 3, time, actor, body, hash FROM log WHERE seq = 2",   /* hash does not follow */
		"INSERT INTO log SELECT 4, time, actor, body, hash FROM log WHERE seq = 2",   /* gap */
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		fixture_open(f);
		if (store_head(f->store) == 0) {
			write_record(f, put_of("s", 1, 1, "a"));
			write_record(f, put_of("s", 2, 2, "b"));
		}
		fixture_close(f);
		run_sql(f->path, "CREATE TABLE IF NOT EXISTS saved AS SELECT * FROM log");
		run_sql(f->path, changes[i]);
		assert_err(f, ERR_LOG_CORRUPT, store_open(&f->options, &f->store, &f->err));
		run_sql(f->path, "DELETE FROM log; INSERT INTO log SELECT * FROM saved");
	}
	fixture_open(f);
	assert_int_equal(store_head(f->store), 2);
}

static void tampering_shows(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *sql;
		const char *names; /* in the message */
	} cases[] = {
		{ "UPDATE log SET body = replace(body, '\"a3\"', '\"b3\"') WHERE seq = 3", "entry 3 " },
		{ "UPDATE log SET actor = 'nobody' WHERE seq = 2", "entry 2 " },
		{ "UPDATE log SET time = time + 1 WHERE seq = 5", "entry 5 " },
		{ "UPDATE log SET hash = zeroblob(32) WHERE seq = 1", "entry 1 " },
		{ "DELETE FROM log WHERE seq = 4", "entry 4 is missing" },
		{ "DELETE FROM log WHERE seq = 1", "entry 1 is missing" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_open(f);
		for (int k = 1; k <= 5; k++) {
			struct str text = str_printf(f->arena, "a%d", k);

			write_record(f, put_of("s", k, k, text.data));
		}
		assert_ok(f, store_verify(f->view, &f->err));
		run_sql(f->path, cases[i].sql);
		assert_err(f, ERR_LOG_CORRUPT, store_verify(f->view, &f->err));
		if (!strstr(f->err.message.data, cases[i].names))
			fail_msg("%s: %s", cases[i].sql, f->err.message.data);
		fixture_close(f);
		assert_int_equal(unlink(f->path), 0);
	}
}

/* ---- one server per file ---- */

static pid_t hold_in_child(struct fixture *f)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();

	if (pid == 0) {
		struct store *store;

		if (store_open(&f->options, &store, &f->err) == OK)
			(void)!write(ready[1], "x", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void second_server_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *second;
	char link_path[100];
	char pid_text[32];

	fixture_open(f);
	write_record(f, put_of("s", 1, 1, "a"));
	assert_err(f, ERR_FILE_LOCKED, store_open(&f->options, &second, &f->err));
	(void)snprintf(link_path, sizeof(link_path), "%s/link.db", f->dir);
	assert_int_equal(symlink(f->path, link_path), 0);
	struct store_options by_link = { .path = link_path };

	assert_err(f, ERR_FILE_LOCKED, store_open(&by_link, &second, &f->err));
	write_record(f, put_of("s", 2, 2, "b")); /* the first one did not notice */
	fixture_close(f);

	pid_t pid = hold_in_child(f);

	assert_err(f, ERR_FILE_LOCKED, store_open(&f->options, &second, &f->err));
	(void)snprintf(pid_text, sizeof(pid_text), "process %d)", (int)pid);
	assert_non_null(strstr(f->err.message.data, pid_text));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	fixture_open(f);
	assert_int_equal(store_head(f->store), 2);
}

static void closing_finishes_what_waits(void **state)
{
	enum { N = 600 };
	struct fixture *f = *state;
	static struct waited waiting[N];

	fixture_open(f);
	for (int i = 0; i < N; i++) {
		next_init(&waiting[i], f->arena);
		assert_true(store_submit(f->store, &waiting[i].command));
	}
	store_view_close(f->view);
	f->view = NULL;
	store_close(f->store);
	f->store = NULL;
	for (int i = 0; i < N; i++)
		assert_int_equal(waited_wait(&waiting[i]), OK);
	fixture_open(f);
	assert_int_equal(store_head(f->store), N);
}

/* ---- a log elsewhere, shared by two stores ---- */

enum { NODES = 2, NODE_THREADS = 4, NODE_WRITES = 25 };

struct node {
	struct store *store;
	char path[120];
};

static void *run_node(void *cls)
{
	struct node *node = cls;
	struct arena *arena = arena_create(0);

	for (int i = 0; i < NODE_WRITES; i++) {
		struct waited waited;

		next_init(&waited, arena);
		assert_int_equal(waited_run(node->store, &waited), OK);
	}
	arena_destroy(arena);
	return NULL;
}

static void two_stores_share_a_log(void **state)
{
	struct fixture *f = *state;
	struct store_options options = { .log = &remote_log, .log_address = f->path };
	struct node nodes[NODES] = { 0 };
	pthread_t threads[NODES * NODE_THREADS];
	const struct view_version_head *heads;
	struct view *view;
	size_t n;

	for (int i = 0; i < NODES; i++) {
		(void)snprintf(nodes[i].path, sizeof(nodes[i].path), "%s/node%d.db", f->dir, i);
		options.path = nodes[i].path;
		assert_ok(f, store_open(&options, &nodes[i].store, &f->err));
	}
	for (int i = 0; i < NODES * NODE_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_node, &nodes[i % NODES]), 0);
	for (int i = 0; i < NODES * NODE_THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < NODES; i++) {
		/* Opening again catches up with what the other node wrote last. */
		store_close(nodes[i].store);
		options.path = nodes[i].path;
		assert_ok(f, store_open(&options, &nodes[i].store, &f->err));
		assert_ok(f, store_view_open(nodes[i].store, &view, &f->err));
		assert_ok(f, store_verify(view, &f->err));
		assert_ok(f, view_version_heads(view, f->arena, STR("next"), VIEW_ALL, &heads, &n, &f->err));
		assert_int_equal(n, NODES * NODE_THREADS * NODE_WRITES);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(heads[k].id, k + 1);
		store_view_close(view);
		store_close(nodes[i].store);
	}
	assert_true(str_eq(dump_tables(f->arena, nodes[0].path, ""), dump_tables(f->arena, nodes[1].path, "")));
	f->options.path = f->path;
	fixture_open(f);
	assert_true(str_starts(body_at(f, 1), STR("{\"kind\":\"VERSION_PUT\"")));
}

/* The log says it is written, the view's commit is lost: the next start makes up for it. */
static void view_may_lag_behind_a_log_elsewhere(void **state)
{
	struct fixture *f = *state;
	char path[120];
	struct store_options options = { .path = path, .log = &remote_log, .log_address = f->path };
	struct sync_vfs *vfs = sync_vfs_create();
	const struct view_version *version;
	struct waited waited;

	(void)snprintf(path, sizeof(path), "%s/node.db", f->dir);
	options.vfs = vfs;
	assert_ok(f, store_open(&options, &f->store, &f->err));
	next_init(&waited, f->arena);
	assert_int_equal(waited_run(f->store, &waited), OK);
	sync_vfs_fail(vfs, 1, SYNC_FAULT_FULL, true);
	next_init(&waited, f->arena);
	assert_int_equal(waited_run(f->store, &waited), ERR_STORE);
	assert_true(sync_vfs_heal(vfs));
	next_init(&waited, f->arena);
	assert_int_equal(waited_run(f->store, &waited), OK);
	assert_ok(f, store_view_open(f->store, &f->view, &f->err));
	assert_ok(f, view_latest_find(f->view, f->arena, STR("next"), VIEW_ALL, &version, &f->err));
	assert_int_equal(version->version, 3); /* the unacknowledged one is there as a whole */
	assert_int_equal(version->id, 3);
	fixture_close(f);
	sync_vfs_destroy(vfs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_is_there_after_reopening, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(snapshot_stays_put, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(batch_shares_one_sync, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(failing_command_fails_alone, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(lost_transaction_fails_the_batch, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(snapshot_in_a_decision_does_no_harm, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(emitting_nothing_costs_nothing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(watcher_knows_first, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(moved_log_is_caught_up_with, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(foreign_log_is_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(tampering_shows, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(second_server_is_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(closing_finishes_what_waits, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(two_stores_share_a_log, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(view_may_lag_behind_a_log_elsewhere, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
