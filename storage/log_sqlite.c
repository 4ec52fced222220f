/* The embedded log: a table in the view's file, so that an entry and its effect are one transaction. */
#include "storage/log.h"

#include "base/arena.h"
#include "storage/query.h"

#include <inttypes.h>
#include <stdlib.h>

struct log_table {
	struct log base;
	struct db *db;         /* the view's */
};

static const char HEAD[] =
	"SELECT seq, time, hash FROM log ORDER BY seq DESC LIMIT 1";

static const char APPEND[] =
	"INSERT INTO log (seq, time, actor, body, hash) VALUES (?1, ?2, ?3, ?4, ?5)";

static const char TAIL[] =
	"SELECT seq, time, actor, body, hash FROM log WHERE seq > ?1 ORDER BY seq LIMIT ?2";

static struct db *db_of(struct log *log)
{
	return ((struct log_table *)(void *)log)->db;
}

static enum err_code open_table(struct db *view, const char *address, struct log **out, struct err *err)
{
	struct log_table *table = calloc(1, sizeof(*table));

	(void)address;
	if (!table)
		return err_raise(err, STORE, "out of memory");
	table->base.source = &log_sqlite;
	table->db = view;
	*out = &table->base;
	return OK;
}

static enum err_code read_head(struct log *log, struct log_head *out, struct err *err)
{
	struct query q = query_begin(db_of(log), HEAD);
	struct log_head head = { 0 };

	if (query_row(&q)) {
		head.seq = (uint64_t)query_get_int(&q, 0);
		head.time_ms = query_get_int(&q, 1);
		query_get_blob(&q, 2, head.hash, sizeof(head.hash));
	}
	TRY(query_end(&q, err));
	*out = head;
	return OK;
}

static enum err_code insert_entry(struct log *log, const struct log_entry *entry, struct err *err)
{
	struct query q = query_begin(db_of(log), APPEND);

	query_int(&q, (int64_t)entry->seq);
	query_int(&q, entry->time_ms);
	query_text(&q, entry->actor);
	query_text(&q, entry->body);
	query_blob(&q, entry->hash, sizeof(entry->hash));
	return query_run(&q, err);
}

static enum err_code append_entries(struct log *log, uint64_t expected, const struct log_entry *entries,
	size_t n, struct err *err)
{
	struct log_head head;

	TRY(read_head(log, &head, err));
	if (head.seq != expected)
		return err_raise(err, CONFLICT);
	for (size_t i = 0; i < n; i++)
		TRY(insert_entry(log, &entries[i], err));
	return OK;
}

static void read_entry(struct query *row, struct arena *arena, struct log_entry *out)
{
	out->seq = (uint64_t)query_get_int(row, 0);
	out->time_ms = query_get_int(row, 1);
	out->actor = query_get_text(row, 2, arena);
	out->body = query_get_text(row, 3, arena);
	query_get_blob(row, 4, out->hash, sizeof(out->hash));
}

static enum err_code read_tail(struct log *log, struct arena *arena, uint64_t after, size_t limit,
	const struct log_entry **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(db_of(log), TAIL);
	struct log_entry *entries = NULL;
	size_t n = 0;
	size_t room = 0;

	query_int(&q, after > INT64_MAX ? INT64_MAX : (int64_t)after);
	query_int(&q, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
	while (query_row(&q)) {
		entries = arena_grow(arena, entries, n, &room, sizeof(*entries));
		read_entry(&q, arena, &entries[n++]);
	}
	TRY(query_end(&q, err));
	*out = entries;
	*n_out = n;
	return OK;
}

static void close_table(struct log *log)
{
	free(log);
}

const struct log_source log_sqlite = {
	.name = "sqlite",
	.in_view_file = true,
	.open = open_table,
	.head = read_head,
	.append = append_entries,
	.tail = read_tail,
	.close = close_table,
};
