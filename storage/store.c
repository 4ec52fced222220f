/* Opening and closing the store, handing commands to its writer, and what can be seen of it. */
#include "storage/store_int.h"

#include "base/arena.h"
#include "storage/migrate.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
	WRITER_CACHE_KIB = 4096,
	BATCH_ARENA = 64 * 1024,
	CHECKPOINT_FRAMES = 4000,
	VERIFY_STEP = 1000,
};

/* ---- open ---- */

static struct store *create(const struct store_options *options)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->path = strdup(options->path);
	store->log_address = options->log_address ? strdup(options->log_address) : NULL;
	store->cache_kib = options->cache_kib;
	store->source = options->log ? options->log : &log_sqlite;
	store->vfs = options->vfs ? options->vfs : sync_vfs_create();
	store->owns_vfs = !options->vfs;
	store->arena = arena_create(BATCH_ARENA);
	store->checkpoint_at = CHECKPOINT_FRAMES;
	store->last = &store->first;
	pthread_mutex_init(&store->mutex, NULL);
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&store->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return store;
}

static void destroy(struct store *store)
{
	view_close(store->view);
	file_lock_release(&store->lock);
	if (store->owns_vfs)
		sync_vfs_destroy(store->vfs);
	arena_destroy(store->arena);
	pthread_cond_destroy(&store->wake);
	pthread_mutex_destroy(&store->mutex);
	free(store->log_address);
	free(store->path);
	free(store);
}

/* The view must be at an entry of this very log, at its head or behind it. */
static enum err_code find_head(struct store *store, struct err *err)
{
	struct view_state state;
	struct log_head head;

	TRY(view_state(store->view, &state, err));
	TRY(store->source->head(store->view->log, &head, err));
	if (state.head > head.seq || (state.head == head.seq && memcmp(state.counts.hash, head.hash, SHA256_BYTES) != 0))
		return err_fill(err, ERR_LOG_CORRUPT,
			"the view in %s was made from another log (its entry %" PRIu64 ", the log's last %" PRIu64
			"): delete the file to build it anew, or restore the log",
			store->path, state.head, head.seq);
	store->head.seq = state.head;
	memcpy(store->head.hash, state.counts.hash, SHA256_BYTES);
	store->head.time_ms = state.head == head.seq ? head.time_ms : 0;
	if (state.head == head.seq)
		return OK;
	return store_catch_up(store, err);
}

static int note_frames(void *cls, sqlite3 *handle, const char *name, int frames)
{
	struct store *store = cls;

	(void)handle;
	(void)name;
	if (frames < store->wal_frames)
		store->checkpoint_at = CHECKPOINT_FRAMES; /* the WAL began anew */
	store->wal_frames = frames;
	return SQLITE_OK;
}

static enum err_code open_parts(struct store *store, struct err *err)
{
	TRY(file_lock_take(store->path, &store->lock, err));
	TRY(view_open(store->path, sync_vfs_name(store->vfs), DB_WRITE, WRITER_CACHE_KIB, &store->view, err));
	TRY(migrate_file(store->view->db, store->path, migrate_steps, migrate_n_steps, err));
	(void)sqlite3_wal_hook(db_handle(store->view->db), note_frames, store);
	TRY(store->source->open(store->view->db, store->log_address, &store->view->log, err));
	TRY(find_head(store, err));
	atomic_store(&store->durable, store->head.seq);
	if (pthread_create(&store->thread, NULL, store_run_writer, store) != 0)
		return err_fill(err, ERR_STORE, "the writer thread cannot be started");
	store->is_running = true;
	return OK;
}

enum err_code store_open(const struct store_options *options, struct store **out, struct err *err)
{
	struct store *store = create(options);

	if (!store || !store->path || !store->vfs) {
		if (store)
			destroy(store);
		return err_fill(err, ERR_STORE, "out of memory");
	}
	enum err_code code = open_parts(store, err);

	if (code != OK) {
		destroy(store);
		return code;
	}
	*out = store;
	return OK;
}

/* ---- close ---- */

void store_close(struct store *store)
{
	if (!store)
		return;
	pthread_mutex_lock(&store->mutex);
	store->is_closing = true;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->mutex);
	if (store->is_running)
		pthread_join(store->thread, NULL);
	/* A failure leaves the WAL beside the file, where the next open finds it. */
	(void)sqlite3_wal_checkpoint_v2(db_handle(store->view->db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	destroy(store);
}

/* ---- views ---- */

enum err_code store_view_open(struct store *store, struct view **out, struct err *err)
{
	struct view *view;

	TRY(view_open(store->path, sync_vfs_name(store->vfs), DB_READ, store->cache_kib, &view, err));
	enum err_code code = store->source->open(view->db, store->log_address, &view->log, err);

	if (code != OK) {
		view_close(view);
		return code;
	}
	*out = view;
	return OK;
}

void store_view_close(struct view *view)
{
	view_close(view);
}

/* ---- commands ---- */

bool store_submit(struct store *store, struct command *command)
{
	command->next = NULL;
	pthread_mutex_lock(&store->mutex);
	bool accepted = !store->is_closing;
	bool wakes = false;

	if (accepted) {
		size_t unfinished = atomic_fetch_add_explicit(&store->queued, 1, memory_order_relaxed) + 1;

		*store->last = command;
		store->last = &command->next;
		store->n_waiting++;
		if (unfinished > store->crowd)
			store->crowd = unfinished;
		wakes = store->gather ? store->n_waiting >= store->gather : store->n_waiting == 1;
	}
	pthread_mutex_unlock(&store->mutex);
	if (wakes)
		pthread_cond_signal(&store->wake);
	return accepted;
}

void store_watch(struct store *store, store_watch_fn *fn, void *cls)
{
	store->watch = fn;
	store->watch_cls = cls;
}

/* ---- looking at it ---- */

const char *store_path(const struct store *store)
{
	return store->path;
}

uint64_t store_head(const struct store *store)
{
	return atomic_load(&store->durable);
}

void store_stats(const struct store *store, struct store_stats *out)
{
	out->commits = atomic_load(&store->commits);
	out->entries = atomic_load(&store->entries);
	out->failures = atomic_load(&store->failures);
	out->queued = atomic_load(&store->queued);
	sync_vfs_stats(store->vfs, &out->disk);
}

bool store_write_failing(const struct store *store)
{
	return atomic_load(&store->is_failing);
}

/* ---- verification ---- */

static enum err_code verify_entries(const struct log_entry *entries, size_t n, struct log_head *head, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct log_entry expected = entries[i];

		log_hash(head->hash, &expected);
		if (entries[i].seq != head->seq + 1)
			return err_fill(err, ERR_LOG_CORRUPT, "log entry %" PRIu64 " is missing", head->seq + 1);
		if (memcmp(expected.hash, entries[i].hash, SHA256_BYTES) != 0)
			return err_fill(err, ERR_LOG_CORRUPT,
				"log entry %" PRIu64 " does not fit the hash chain: it or the entry before it was changed",
				entries[i].seq);
		head->seq = entries[i].seq;
		memcpy(head->hash, entries[i].hash, SHA256_BYTES);
	}
	return OK;
}

/* From the start to the end of the log as it is when the last step is read. */
static enum err_code verify_all(struct view *view, struct arena *arena, struct log_head *head, struct err *err)
{
	const struct log_entry *entries;
	size_t n;

	do {
		arena_reset(arena);
		TRY(view_log_tail(view, arena, head->seq, VERIFY_STEP, &entries, &n, err));
		TRY(verify_entries(entries, n, head, err));
	} while (n == VERIFY_STEP);
	return OK;
}

enum err_code store_verify(struct view *view, struct err *err)
{
	struct arena *arena = arena_create(BATCH_ARENA);
	struct log_head head = { 0 };
	enum err_code code = verify_all(view, arena, &head, err);

	arena_destroy(arena);
	return code;
}
