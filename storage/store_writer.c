/*
 * The writer thread: takes the commands that wait as one batch, decides and applies them in one
 * transaction, makes it durable with one sync, and only then tells anyone.
 */
#include "storage/store_int.h"

#include "base/arena.h"
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <time.h>

enum {
	BATCH_COMMANDS = 512,
	CATCH_UP_STEP = 500,
	CONFLICTS = 1000,          /* in a row, before a batch gives up */
	CHECKPOINT_STEP = 1000,    /* frames between attempts while readers hold the WAL */
	RESTART_FRAMES = 16000,    /* so long that readers are waited for */
	RESTART_MS = 100,
	BUSY_MS = 5000,
	GATHER_COMMANDS = 8,       /* more need not be waited for: they share a sync as it is */
	GATHER_BATCHES = 4,        /* how long, in batches, a wait for them may take … */
	GATHER_MOST_NS = 2000000,  /* … and at most */
	SECOND_NS = 1000000000,
	PROBE_NS = SECOND_NS,
};

/* The records of a batch so far; those from `from` on are of the command being decided. */
struct decision {
	struct arena *arena;
	struct record *records;
	struct log_entry *entries; /* entry i carries record i, for records of decided commands */
	size_t n;
	size_t room;
	size_t entry_room;
};

struct batch {
	struct store *store;
	struct decision decision;
	struct log_head head;      /* the last entry made */
};

void store_emit(struct decision *decision, const struct record *record)
{
	decision->records = arena_grow(decision->arena, decision->records, decision->n, &decision->room,
		sizeof(*decision->records));
	decision->records[decision->n++] = *record;
}

/* ---- deciding ---- */

/* The entry of a record, chained to the one before it. */
static enum err_code seal(struct batch *batch, const struct record *record, struct str actor,
	struct log_entry *out, struct err *err)
{
	int64_t now = clock_wall_ms();
	struct log_entry entry = {
		.seq = batch->head.seq + 1,
		.time_ms = now > batch->head.time_ms ? now : batch->head.time_ms,
		.actor = str_present(actor) ? actor : STR(""),
		.body = record_encode(batch->decision.arena, record),
	};

	/* What cannot be read back must not get in: the log is replayed. */
	if (!str_is_utf8(entry.body) || !str_is_utf8(entry.actor))
		return err_fill(err, ERR_STORE, "a record is not valid UTF-8");
	log_hash(batch->head.hash, &entry);
	batch->head.seq = entry.seq;
	batch->head.time_ms = entry.time_ms;
	memcpy(batch->head.hash, entry.hash, SHA256_BYTES);
	*out = entry;
	return OK;
}

/* Entries for the records from `from` on; nothing is applied yet, so that a bad one spoils only its command. */
static enum err_code seal_all(struct batch *batch, size_t from, struct str actor, struct err *err)
{
	struct decision *decision = &batch->decision;

	for (size_t i = from; i < decision->n; i++) {
		decision->entries = arena_grow(decision->arena, decision->entries, i, &decision->entry_room,
			sizeof(*decision->entries));
		TRY(seal(batch, &decision->records[i], actor, &decision->entries[i], err));
	}
	return OK;
}

static enum err_code apply_from(struct batch *batch, size_t from, struct err *err)
{
	struct decision *decision = &batch->decision;

	for (size_t i = from; i < decision->n; i++)
		TRY(view_apply(batch->store->view, decision->arena, &decision->entries[i], &decision->records[i], err));
	return OK;
}

/* Fails only when the whole batch has to; a command's own failure stays in command->err. */
static enum err_code decide(struct batch *batch, struct command *command, struct err *err)
{
	struct view *view = batch->store->view;
	struct log_head before = batch->head;
	size_t from = batch->decision.n;

	command->err = (struct err){ .arena = command->arena };
	enum err_code code = command->decide(command, view, &batch->decision, &command->err);

	if (code == OK)
		code = seal_all(batch, from, command->actor, &command->err);
	/* Some failures make SQLite end the transaction, and with it what was applied before. */
	if (!db_in_transaction(view->db))
		return err_text(err, ERR_STORE, code == OK ? STR("the transaction was lost") : command->err.message);
	if (code != OK) {
		command->err.code = code;
		batch->decision.n = from;
		batch->head = before;
		return OK;
	}
	return apply_from(batch, from, err);
}

/* ---- one batch ---- */

static const char BEGIN_WRITE[] = "BEGIN IMMEDIATE";
static const char COMMIT[] = "COMMIT";

static enum err_code run(struct store *store, const char *sql, struct err *err)
{
	struct query q = query_begin(store->view->db, sql);

	return query_run(&q, err);
}

static enum err_code write_transaction(struct batch *batch, struct command *commands, struct err *err)
{
	struct store *store = batch->store;
	struct log *log = store->view->log;

	TRY(run(store, BEGIN_WRITE, err));
	for (struct command *command = commands; command; command = command->next)
		TRY(decide(batch, command, err));
	if (batch->decision.n > 0)
		TRY(log->source->append(log, store->head.seq, batch->decision.entries, batch->decision.n, err));
	return run(store, COMMIT, err);
}

static void tell_watch(struct store *store, const struct log_entry *entries, const struct record *records, size_t n)
{
	atomic_fetch_add(&store->entries, n);
	atomic_store(&store->durable, store->head.seq);
	if (store->watch && n > 0)
		store->watch(store->watch_cls, entries, records, n);
}

/* Until the log does not move under it. */
static enum err_code write_batch(struct batch *batch, struct command *commands, struct err *err)
{
	struct store *store = batch->store;

	for (int i = 0; i < CONFLICTS; i++) {
		arena_reset(store->arena);
		*err = (struct err){ .arena = store->arena };
		batch->decision = (struct decision){ .arena = store->arena };
		batch->head = store->head;
		enum err_code code = write_transaction(batch, commands, err);

		if (code == OK)
			return OK;
		db_rollback(store->view->db);
		if (code != ERR_CONFLICT)
			return code;
		arena_reset(store->arena);
		*err = (struct err){ .arena = store->arena };
		TRY(store_catch_up(store, err));
	}
	return err_fill(err, ERR_STORE_TIMEOUT, "the log moved on %d times while this write was decided", (int)CONFLICTS);
}

static void finish(struct store *store, struct command *commands, enum err_code code, const struct err *err)
{
	while (commands) {
		struct command *command = commands;
		const struct err *said = code == OK ? &command->err : err;

		commands = command->next; /* done may free the command */
		atomic_fetch_sub_explicit(&store->queued, 1, memory_order_relaxed);
		command->done(command, said);
	}
}

static void run_batch(struct store *store, struct command *commands)
{
	struct batch batch = { .store = store };
	struct err err;
	enum err_code code = write_batch(&batch, commands, &err);

	if (code != OK) {
		atomic_fetch_add(&store->failures, 1);
		atomic_store(&store->is_failing, true);
	} else if (batch.decision.n > 0) {
		store->head = batch.head;
		atomic_fetch_add(&store->commits, 1);
		atomic_store(&store->is_failing, false);
		tell_watch(store, batch.decision.entries, batch.decision.records, batch.decision.n);
	}
	finish(store, commands, code, &err);
}

/* ---- checkpoints ---- */

/*
 * Moves the WAL's pages into the file, after the batch was acknowledged and not within its commit.
 * Readers are waited for only when they have kept the WAL from starting anew for long.
 */
static void checkpoint(struct store *store)
{
	sqlite3 *handle = db_handle(store->view->db);
	bool restart = store->wal_frames >= RESTART_FRAMES;

	if (restart)
		sqlite3_busy_timeout(handle, RESTART_MS);
	(void)sqlite3_wal_checkpoint_v2(handle, NULL, restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
		NULL, NULL);
	if (restart)
		sqlite3_busy_timeout(handle, BUSY_MS);
	store->checkpoint_at = store->wal_frames + CHECKPOINT_STEP;
}

static void checkpoint_when_due(struct store *store)
{
	if (store->wal_frames >= store->checkpoint_at)
		checkpoint(store);
}

/* ---- catching up ---- */

static enum err_code apply_entries(struct store *store, const struct log_entry *entries, struct record *records,
	size_t n, struct log_head *head, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct log_entry expected = entries[i];

		log_hash(head->hash, &expected);
		if (entries[i].seq != head->seq + 1 || memcmp(expected.hash, entries[i].hash, SHA256_BYTES) != 0)
			return err_fill(err, ERR_LOG_CORRUPT,
				"log entry %" PRIu64 " does not follow entry %" PRIu64 " of %s: the log was changed, restore it",
				entries[i].seq, head->seq, store->path);
		TRY(record_decode(store->arena, entries[i].body, &records[i], err));
		TRY(view_apply(store->view, store->arena, &entries[i], &records[i], err));
		head->seq = entries[i].seq;
		head->time_ms = entries[i].time_ms;
		memcpy(head->hash, entries[i].hash, SHA256_BYTES);
	}
	return OK;
}

static enum err_code catch_up_step(struct store *store, size_t *n_out, struct err *err)
{
	struct log *log = store->view->log;
	struct log_head head = store->head;
	const struct log_entry *entries;
	size_t n;

	TRY(log->source->tail(log, store->arena, store->head.seq, CATCH_UP_STEP, &entries, &n, err));
	*n_out = n;
	if (n == 0)
		return OK;
	struct record *records = arena_array(store->arena, struct record, n);

	TRY(run(store, BEGIN_WRITE, err));
	TRY(apply_entries(store, entries, records, n, &head, err));
	TRY(run(store, COMMIT, err));
	store->head = head;
	tell_watch(store, entries, records, n);
	return OK;
}

enum err_code store_catch_up(struct store *store, struct err *err)
{
	size_t n;

	do {
		enum err_code code = catch_up_step(store, &n, err);

		if (code != OK) {
			db_rollback(store->view->db);
			return code;
		}
		arena_reset(store->arena);
		checkpoint_when_due(store);
	} while (n == CATCH_UP_STEP);
	return OK;
}

/* ---- between batches ---- */

static const char PROBE[] = "UPDATE view_state SET head = head";

/* Whether writing works again, found out without waiting for somebody's command to fail. */
static void probe(struct store *store)
{
	struct err err = { .arena = store->arena };

	arena_reset(store->arena);
	checkpoint(store); /* on a full disk this may be what lets the WAL start anew */
	if (run(store, PROBE, &err) == OK)
		atomic_store(&store->is_failing, false);
	else
		db_rollback(store->view->db);
}

/* Waits for a signal until a time of the monotonic clock; false when it came to that. */
static bool wait_until(struct store *store, uint64_t ns)
{
	struct timespec until = { .tv_sec = (time_t)(ns / SECOND_NS), .tv_nsec = (long)(ns % SECOND_NS) };

	return pthread_cond_timedwait(&store->wake, &store->mutex, &until) != ETIMEDOUT;
}

static void wait_for_work(struct store *store)
{
	if (!atomic_load(&store->is_failing)) {
		pthread_cond_wait(&store->wake, &store->mutex);
		return;
	}
	if (wait_until(store, clock_mono_ns() + PROBE_NS))
		return;
	pthread_mutex_unlock(&store->mutex);
	probe(store);
	pthread_mutex_lock(&store->mutex);
}

/*
 * Commands that come one by one while a sync is quick would each get one of their own.  When others
 * are evidently about (several were unfinished at a time of late) and come about as fast as batches
 * are written, a moment's wait lets some of them share; a lone writer is never made to wait.
 */
static void gather(struct store *store)
{
	size_t want = store->crowd < GATHER_COMMANDS ? store->crowd : GATHER_COMMANDS;
	uint64_t wait = store->batch_ns * GATHER_BATCHES;

	if (want < 2 || store->n_waiting >= want || store->gap_ns > store->batch_ns * 2)
		return;
	uint64_t until = clock_mono_ns() + (wait < GATHER_MOST_NS ? wait : GATHER_MOST_NS);

	store->gather = want;
	while (store->n_waiting < want && !store->is_closing && wait_until(store, until))
		;
	store->gather = 0;
}

/* A pause counts as a long gap, not as one that takes ages to forget. */
static uint64_t running_mean(uint64_t mean, uint64_t value)
{
	if (value > 2 * GATHER_MOST_NS)
		value = 2 * GATHER_MOST_NS;
	return mean ? mean - mean / 8 + value / 8 : value;
}

static struct command *detach(struct store *store)
{
	struct command *batch = store->first;
	struct command **end = &store->first;
	size_t n = 0;

	for (; n < BATCH_COMMANDS && *end; n++)
		end = &(*end)->next;
	store->first = *end;
	if (!store->first)
		store->last = &store->first;
	*end = NULL;
	store->n_waiting -= n;

	uint64_t now = clock_mono_ns();

	if (n > 0)
		store->gap_ns = running_mean(store->gap_ns, (now - store->batch_began) / n);
	store->batch_began = now;
	return batch;
}

/* The next batch, waiting for it; NULL when the store is closing and nothing is left. */
static struct command *take_batch(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	while (!store->first && !store->is_closing)
		wait_for_work(store);
	gather(store);
	struct command *batch = detach(store);

	if (store->crowd > 1)
		store->crowd -= (store->crowd + 7) / 8; /* forgotten unless it shows again */
	pthread_mutex_unlock(&store->mutex);
	return batch;
}

void *store_run_writer(void *cls)
{
	struct store *store = cls;
	struct command *batch;

	while ((batch = take_batch(store))) {
		run_batch(store, batch);
		store->batch_ns = running_mean(store->batch_ns, clock_mono_ns() - store->batch_began);
		checkpoint_when_due(store);
	}
	return NULL;
}
