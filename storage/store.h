/*
 * The store: one log, its view, and the one writer thread between them.  A write is a command that
 * is decided against the view as the commands before it left it, appended and applied; commands
 * that arrive together share one durable commit (group commit).  Nothing is acknowledged before it
 * is durable.  Reads go to a view of the calling thread and never wait for the writer.
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include "storage/log.h"
#include "storage/sync_vfs.h"
#include "storage/view.h"

struct store;

struct store_options {
	const char *path;          /* the SQLite file; created when missing */
	int64_t cache_kib;         /* SQLite page cache of each reading connection, KiB; 0: SQLite's least */
	const struct log_source *log; /* NULL: log_sqlite, the table in the same file */
	const char *log_address;   /* for the source to understand; NULL is allowed */
	struct sync_vfs *vfs;      /* NULL: the store's own; tests give one to make operations fail */
};

/*
 * Opens or creates the file, migrates an older one forward, catches the view up with the log, starts
 * the writer thread.  ERR_FILE_NEWER, ERR_FILE_FOREIGN, ERR_FILE_LOCKED (another server has it),
 * ERR_LOG_CORRUPT, ERR_STORE: each with a sentence that says what to do.
 */
ERR_CHECKED enum err_code store_open(const struct store_options *options, struct store **out, struct err *err);

/* Finishes queued commands, checkpoints the file, frees everything; after all views were closed.  NULL is allowed. */
void store_close(struct store *store);

/* ---- reading ---- */

/* A reading connection for the calling thread, which closes it; several threads may not share one. */
ERR_CHECKED enum err_code store_view_open(struct store *store, struct view **out, struct err *err);
void store_view_close(struct view *view);

/*
 * One snapshot for several queries: begin before the first, end after the last.  Without them each
 * query sees the newest state by itself.  Both are cheap; on the writer's view, which decisions get,
 * they do nothing, since a batch is one transaction already.
 */
ERR_CHECKED enum err_code view_begin(struct view *view, struct err *err);
void view_end(struct view *view);

/* ---- writing ---- */

/*
 * The records a decision makes, in order.  What a record points to must live until the command is
 * done (command->arena is the place).  The view shows a command's records to the commands after it,
 * not to itself: they are applied when it has been decided.
 */
struct decision;
void store_emit(struct decision *decision, const struct record *record);

struct command {
	/*
	 * Runs on the writer thread inside the batch: reads `view`, calls store_emit, keeps its results
	 * in memory of its own.  Emitting nothing is fine.  A failure discards what it emitted and is
	 * handed to `done`; other commands of the batch are not touched.  May run more than once (when
	 * the log moved on), so it must start from the beginning each time.
	 */
	enum err_code (*decide)(struct command *command, struct view *view, struct decision *decision,
		struct err *err);
	/*
	 * Runs on the writer thread once the batch is durable (or has failed: `err` says why; ERR_STORE for
	 * a full disk).  `err` is valid during the call.
	 */
	void (*done)(struct command *command, const struct err *err);
	struct arena *arena;       /* the command's own: err messages and decide's results go there */
	struct str actor;
	struct command *next;      /* the store's */
	struct err err;            /* the store's */
};

/* Hands a command to the writer thread and returns at once; false when the store is closing (done is not called). */
bool store_submit(struct store *store, struct command *command);

/* The seq of the last durable entry; every read begun after this call sees it.  Any thread. */
uint64_t store_head(const struct store *store);

/* Called on the writer thread after each durable batch, before any `done` of the batch, with what it changed. */
typedef void store_watch_fn(void *cls, const struct log_entry *entries, const struct record *records, size_t n);
void store_watch(struct store *store, store_watch_fn *fn, void *cls); /* before the first submit */

/* ---- looking at it ---- */

/* The file it was opened with. */
const char *store_path(const struct store *store);

struct store_stats {
	uint64_t commits;          /* durable batches */
	uint64_t entries;          /* records appended since start */
	struct sync_stats disk;    /* fsync and fdatasync calls of the file, its WAL and directory */
	uint64_t failures;         /* batches that could not be made durable */
	uint64_t queued;           /* commands waiting now */
};
void store_stats(const struct store *store, struct store_stats *out);

/*
 * Whether the last attempt to write failed (full disk, failing disk): readiness says so.  The next
 * success clears it; while it is set the idle writer tries a small write every second.
 */
bool store_write_failing(const struct store *store);

/* Entries after `after`, ascending, at most `limit`: the audit trail and the change feed.  Any thread, own view. */
ERR_CHECKED enum err_code view_log_tail(struct view *view, struct arena *arena, uint64_t after, size_t limit,
	const struct log_entry **out, size_t *n_out, struct err *err);

/* Recomputes the hash chain from the start; ERR_LOG_CORRUPT names the first entry that does not fit. */
ERR_CHECKED enum err_code store_verify(struct view *view, struct err *err);

#endif
