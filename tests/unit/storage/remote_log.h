/*
 * A log source of the tests' own, as a distributed one would be: the log lives in another file (the
 * address), which several stores may share; an append is durable by itself.
 */
#ifndef TESTS_STORAGE_REMOTE_LOG_H
#define TESTS_STORAGE_REMOTE_LOG_H

#include "storage/migrate.h"
#include "storage/query.h"
#include "tests/unit/storage/fixture.h"

struct remote_log {
	struct log base;
	struct db *db;
	struct log *table;     /* log_sqlite on the other file */
};

static inline struct remote_log *remote_of(struct log *log)
{
	return (struct remote_log *)(void *)log;
}

static inline enum err_code remote_open(struct db *view, const char *address, struct log **out, struct err *err);

static inline enum err_code remote_head(struct log *log, struct log_head *out, struct err *err)
{
	return log_sqlite.head(remote_of(log)->table, out, err);
}

static inline enum err_code remote_append(struct log *log, uint64_t expected, const struct log_entry *entries,
	size_t n, struct err *err)
{
	struct remote_log *remote = remote_of(log);

	TRY(db_exec(remote->db, "BEGIN IMMEDIATE", err));
	enum err_code code = log_sqlite.append(remote->table, expected, entries, n, err);

	if (code == OK)
		code = db_exec(remote->db, "COMMIT", err);
	if (code != OK)
		db_rollback(remote->db);
	return code;
}

static inline enum err_code remote_tail(struct log *log, struct arena *arena, uint64_t after, size_t limit,
	const struct log_entry **out, size_t *n_out, struct err *err)
{
	return log_sqlite.tail(remote_of(log)->table, arena, after, limit, out, n_out, err);
}

static inline void remote_close(struct log *log)
{
	log_sqlite.close(remote_of(log)->table);
	db_close(remote_of(log)->db);
	free(log);
}

static const struct log_source remote_log = {
	.name = "remote",
	.in_view_file = false,
	.open = remote_open,
	.head = remote_head,
	.append = remote_append,
	.tail = remote_tail,
	.close = remote_close,
};

static inline enum err_code remote_open(struct db *view, const char *address, struct log **out, struct err *err)
{
	struct remote_log *remote = calloc(1, sizeof(*remote));

	(void)view;
	remote->base.source = &remote_log;
	TRY(db_open(address, NULL, DB_WRITE, 256, &remote->db, err));
	TRY(migrate_file(remote->db, address, migrate_steps, migrate_n_steps, err));
	TRY(log_sqlite.open(remote->db, NULL, &remote->table, err));
	*out = &remote->base;
	return OK;
}

#endif
