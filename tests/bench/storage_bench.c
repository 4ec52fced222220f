/*
 * The store against a bare SQLite WAL commit of the same bytes, in one run on one file system: commits
 * per second of a single writer, of 64 writers with their syncs, and reads by id.
 * Usage: storage_bench [directory] [registrations]
 */
#include "base/arena.h"
#include "base/clock.h"
#include "storage/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WRITERS = 64, TEXT_BYTES = 1000, ROUNDS = 5 };

static char directory[512] = "/tmp";
static int n_registrations = 4000;

static void fail(const char *what, struct str why)
{
	(void)fprintf(stderr, "%s: %.*s\n", what, STR_ARG(why));
	exit(1);
}

static const char *path_of(const char *name)
{
	static char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void remove_file(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char name[700];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

/* ---- registering ---- */

struct registration {
	struct command command;
	struct str subject;
	struct str text;
	int id;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool is_done;
};

static enum err_code decide(struct command *command, struct view *view, struct decision *decision, struct err *err)
{
	struct registration *r = (struct registration *)(void *)command;
	struct record record = {
		.kind = RECORD_VERSION_PUT,
		.subject = r->subject,
		.version = 1,
		.schema_type = STR("AVRO"),
		.text = r->text,
	};
	const struct view_version *latest;
	bool found;

	digest_md5(r->text, record.digest);
	TRY(view_content_id(view, STR("."), record.digest, &found, &r->id, err));
	TRY(view_latest_find(view, command->arena, r->subject, VIEW_ALL, &latest, err));
	TRY(view_max_id(view, STR("."), &r->id, err));
	record.id = ++r->id;
	store_emit(decision, &record);
	return OK;
}

static void done(struct command *command, const struct err *err)
{
	struct registration *r = (struct registration *)(void *)command;

	if (err->code != OK)
		fail("registration", err->message);
	pthread_mutex_lock(&r->mutex);
	r->is_done = true;
	pthread_cond_signal(&r->cond);
	pthread_mutex_unlock(&r->mutex);
}

static struct str make_text(struct arena *arena, int n)
{
	char *text = arena_alloc_text(arena, TEXT_BYTES);
	int len = snprintf(text, TEXT_BYTES, "{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[", n);

	for (int i = len; i < TEXT_BYTES; i++)
		text[i] = (char)('a' + (i * 7 + n) % 26);
	return str_make(text, TEXT_BYTES);
}

static void register_one(struct store *store, struct registration *r, int n)
{
	arena_reset(r->command.arena);
	r->command.decide = decide;
	r->command.done = done;
	r->command.actor = STR("anonymous@127.0.0.1");
	r->subject = str_printf(r->command.arena, "bench-%08x-value", (unsigned)(n * 2654435761u));
	r->text = make_text(r->command.arena, n);
	r->is_done = false;
	(void)store_submit(store, &r->command);
	pthread_mutex_lock(&r->mutex);
	while (!r->is_done)
		pthread_cond_wait(&r->cond, &r->mutex);
	pthread_mutex_unlock(&r->mutex);
}

struct writer {
	struct store *store;
	struct registration registration;
	int from;
	int to;
};

static void *run_writer(void *cls)
{
	struct writer *w = cls;

	w->registration.command.arena = arena_create(0);
	pthread_mutex_init(&w->registration.mutex, NULL);
	pthread_cond_init(&w->registration.cond, NULL);
	for (int i = w->from; i < w->to; i++)
		register_one(w->store, &w->registration, i);
	arena_destroy(w->registration.command.arena);
	return NULL;
}

/* Registers [from, to) with n_writers threads; microseconds per registration and syncs per registration. */
static double run_writers(struct store *store, int n_writers, int from, int to, double *syncs)
{
	static struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	struct store_stats before;
	struct store_stats after;
	int share = (to - from) / n_writers;

	store_stats(store, &before);
	uint64_t start = clock_mono_ns();

	for (int i = 0; i < n_writers; i++) {
		writers[i] = (struct writer){ .store = store, .from = from + i * share, .to = from + (i + 1) * share };
		pthread_create(&threads[i], NULL, run_writer, &writers[i]);
	}
	for (int i = 0; i < n_writers; i++)
		pthread_join(threads[i], NULL);
	double elapsed = (double)(clock_mono_ns() - start) / 1e3;

	store_stats(store, &after);
	*syncs = (double)(after.disk.syncs - before.disk.syncs) / (share * n_writers);
	return elapsed / (share * n_writers);
}

/* ---- bare SQLite ---- */

struct bare {
	struct sync_vfs *vfs;  /* counts its syncs the same way */
	sqlite3 *db;
	sqlite3_stmt *begin;
	sqlite3_stmt *insert;
	sqlite3_stmt *commit;
};

static void step(sqlite3_stmt *stmt)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		fail("bare SQLite", str_of(sqlite3_errmsg(sqlite3_db_handle(stmt))));
	sqlite3_reset(stmt);
}

static void bare_open(struct bare *bare, const char *path)
{
	remove_file(path);
	bare->vfs = sync_vfs_create();
	if (sqlite3_open_v2(path, &bare->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, sync_vfs_name(bare->vfs)) !=
		SQLITE_OK ||
		sqlite3_exec(bare->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			" PRAGMA wal_autocheckpoint=4000; CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT)",
			NULL, NULL, NULL) != SQLITE_OK)
		fail("bare SQLite", str_of(sqlite3_errmsg(bare->db)));
	sqlite3_prepare_v2(bare->db, "BEGIN IMMEDIATE", -1, &bare->begin, NULL);
	sqlite3_prepare_v2(bare->db, "INSERT INTO log (body) VALUES (?1)", -1, &bare->insert, NULL);
	sqlite3_prepare_v2(bare->db, "COMMIT", -1, &bare->commit, NULL);
}

/* One row of the entry's size a commit; microseconds per commit. */
static double bare_run(struct bare *bare, struct arena *arena, int n)
{
	uint64_t start = clock_mono_ns();

	for (int i = 0; i < n; i++) {
		arena_reset(arena);
		struct registration r = { .text = make_text(arena, i) };
		struct record record = { .kind = RECORD_VERSION_PUT, .subject = STR("bench-00000000-value"),
			.version = 1, .id = i, .schema_type = STR("AVRO"), .text = r.text };
		struct str body = record_encode(arena, &record);

		step(bare->begin);
		sqlite3_bind_text(bare->insert, 1, body.data, (int)body.len, SQLITE_STATIC);
		step(bare->insert);
		step(bare->commit);
	}
	return (double)(clock_mono_ns() - start) / 1e3 / n;
}

static void bare_close(struct bare *bare)
{
	sqlite3_finalize(bare->begin);
	sqlite3_finalize(bare->insert);
	sqlite3_finalize(bare->commit);
	sqlite3_close(bare->db);
	sync_vfs_destroy(bare->vfs);
}

/* ---- reading ---- */

static double run_reads(struct store *store, int n_ids, int n)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct view *view;

	if (store_view_open(store, &view, &err) != OK)
		fail("view", err.message);
	uint64_t start = clock_mono_ns();

	for (int i = 0; i < n; i++) {
		const struct view_version *version;

		arena_reset(arena);
		if (view_id_find(view, arena, STR("."), (int)(random_u64() % (uint64_t)n_ids) + 1, &version, &err) != OK ||
			!version)
			fail("read", err.message);
	}
	double each = (double)(clock_mono_ns() - start) / 1e3 / n;

	store_view_close(view);
	arena_destroy(arena);
	return each;
}

static long resident_kib(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file) {
		if (fscanf(file, "%*d %ld", &pages) != 1)
			pages = 0;
		(void)fclose(file);
	}
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static struct store *open_store(const char *path)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct store_options options = { .path = path, .cache_kib = 1024 };
	struct store *store;

	if (store_open(&options, &store, &err) != OK)
		fail("open", err.message);
	arena_destroy(arena);
	return store;
}

static double sync_us(const struct sync_stats *before, const struct sync_stats *after)
{
	return (double)(after->sync_ns - before->sync_ns) / 1e3 / (n_registrations / ROUNDS);
}

/* Alternates rounds of the two, so that what else the machine does hits both. */
static void compare_one_writer(struct store *store, struct arena *arena, int *next)
{
	const int n = n_registrations / ROUNDS;
	double bare_best = 1e9;
	double store_best = 1e9;
	struct bare bare;

	bare_open(&bare, path_of("storage-bench-bare.db"));
	for (int i = 0; i < ROUNDS; i++) {
		struct sync_stats bare_syncs[2];
		struct store_stats stats[2];
		double syncs;

		sync_vfs_stats(bare.vfs, &bare_syncs[0]);
		double bare_us = bare_run(&bare, arena, n);

		sync_vfs_stats(bare.vfs, &bare_syncs[1]);
		store_stats(store, &stats[0]);
		double store_us = run_writers(store, 1, *next, *next + n, &syncs);

		store_stats(store, &stats[1]);
		*next += n;
		printf("  round %d: bare SQLite %6.1f us (sync %6.1f), one writer %6.1f us (sync %6.1f), ratio %.2f, %.2f syncs each\n",
			i + 1, bare_us, sync_us(&bare_syncs[0], &bare_syncs[1]), store_us,
			sync_us(&stats[0].disk, &stats[1].disk), store_us / bare_us, syncs);
		bare_best = bare_us < bare_best ? bare_us : bare_best;
		store_best = store_us < store_best ? store_us : store_best;
	}
	bare_close(&bare);
	remove_file(path_of("storage-bench-bare.db"));
	printf("one writer: %.1f us a commit, bare SQLite %.1f us: ratio %.2f (best of %d rounds)\n", store_best,
		bare_best, store_best / bare_best, (int)ROUNDS);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		(void)snprintf(directory, sizeof(directory), "%s", argv[1]);
	if (argc > 2)
		n_registrations = (int)strtol(argv[2], NULL, 10);
	char *path = strdup(path_of("storage-bench.db"));
	struct arena *arena = arena_create(0);
	int next = 0;
	double syncs;

	remove_file(path);
	struct store *store = open_store(path);

	compare_one_writer(store, arena, &next);
	double one = run_writers(store, 1, next, next + n_registrations / 4, &syncs);

	next += n_registrations / 4;
	double many = run_writers(store, WRITERS, next, next + n_registrations * 4, &syncs);

	next += n_registrations * 4 / WRITERS * WRITERS;
	printf("%d writers: %.1f us a registration (%.0f/s), %.1f x one writer, %.3f syncs each\n", (int)WRITERS, many,
		1e6 / many, one / many, syncs);
	printf("read by id: %.2f us over %d ids\n", run_reads(store, next, 100000), next);
	uint64_t start = clock_mono_ns();

	store_close(store);
	printf("close: %.1f ms\n", (double)(clock_mono_ns() - start) / 1e6);
	start = clock_mono_ns();
	store = open_store(path);
	printf("open: %.1f ms with %d schemas, resident %ld KiB\n", (double)(clock_mono_ns() - start) / 1e6, next,
		resident_kib());
	store_close(store);
	remove_file(path);
	free(path);
	arena_destroy(arena);
	return 0;
}
