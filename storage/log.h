/*
 * The log: the ordered, append-only record of every change, and the only truth.  A source is one
 * file that fills this table; storage/log_sqlite.c is the embedded one.  The store's writer has one
 * handle, every reading view has one of its own; a handle belongs to one thread at a time.
 */
#ifndef STORAGE_LOG_H
#define STORAGE_LOG_H

#include "storage/record.h"

struct log;
struct arena;
struct db;

/* Where the log ends. */
struct log_head {
	uint64_t seq;          /* 0: the log is empty */
	int64_t time_ms;
	uint8_t hash[SHA256_BYTES];
};

struct log_source {
	const char *name;

	/*
	 * Whether the log lives in the view's file, so that append and apply are one transaction.
	 * Otherwise an append is durable by itself and the view may lag behind it after a crash.
	 */
	bool in_view_file;

	/* A handle; `view` is the connection of the view it goes with, `address` is for the source to understand. */
	enum err_code (*open)(struct db *view, const char *address, struct log **out, struct err *err);

	/* The last entry; zeros for an empty log. */
	enum err_code (*head)(struct log *log, struct log_head *out, struct err *err);

	/*
	 * Appends `n` entries (seq and hash already set) on condition that the head is still
	 * `expected`; ERR_CONFLICT when it is not, and nothing was written.  The entries are durable
	 * when this returns, or, for a source in the view's file, when the transaction around the call
	 * commits.
	 */
	enum err_code (*append)(struct log *log, uint64_t expected, const struct log_entry *entries, size_t n,
		struct err *err);

	/* Up to `limit` entries after `after`, ascending, into the arena. */
	enum err_code (*tail)(struct log *log, struct arena *arena, uint64_t after, size_t limit,
		const struct log_entry **out, size_t *n_out, struct err *err);

	void (*close)(struct log *log); /* NULL is allowed */
};

/* The first member of every source's own struct. */
struct log {
	const struct log_source *source;
};

/* The embedded source: a table in the view's own file. */
extern const struct log_source log_sqlite;

#endif
