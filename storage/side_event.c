/* The entries of the log by time, actor, kind and subject. */
#include "storage/side_int.h"

#include "base/arena.h"

static const char PUT[] =
	"INSERT OR REPLACE INTO event (seq, time, actor, kind, subject) VALUES (?1, ?2, ?3, ?4, ?5)";

/* Times never go back in a log, so that the bounds of time are bounds of the numbers. */
#define PASSING(first)                                                                            \
	"SELECT seq FROM event WHERE " first                                                          \
	" AND (?1 IS NULL OR subject = ?1) AND (?2 IS NULL OR actor = ?2) AND (?3 = 0 OR kind = ?3)"  \
	" AND seq < ?4"                                                                               \
	" AND seq >= coalesce((SELECT min(seq) FROM event WHERE time >= ?5), 9223372036854775807)"    \
	" AND seq < coalesce((SELECT min(seq) FROM event WHERE time >= ?6), 9223372036854775807)"     \
	" ORDER BY seq DESC LIMIT ?7"

/* What is given first leads through its index. */
static const char OF_SUBJECT[] = PASSING("subject = ?1");
static const char OF_ACTOR[] = PASSING("actor = ?2");
static const char OF_KIND[] = PASSING("kind = ?3");
static const char OF_ALL[] = PASSING("true");

enum err_code side_event_put(struct side *side, const struct log_entry *entry, const struct record *record, struct err *err)
{
	struct query q = query_begin(side_writer(side), PUT);

	query_int(&q, (int64_t)entry->seq);
	query_int(&q, entry->time_ms);
	query_text(&q, entry->actor);
	query_int(&q, record->kind);
	if (str_present(record->subject))
		query_key(&q, record->subject);
	else
		query_text(&q, STR_NONE);
	return query_run(&q, err);
}

static const char *choose(const struct side_events *filter)
{
	if (str_present(filter->subject))
		return OF_SUBJECT;
	if (str_present(filter->actor))
		return OF_ACTOR;
	return filter->kind ? OF_KIND : OF_ALL;
}

static enum err_code list(struct db *db, struct arena *arena, const struct side_events *filter, const uint64_t **out,
	size_t *n_out, struct err *err)
{
	struct query q = query_begin(db, choose(filter));
	uint64_t *numbers = NULL;
	size_t n = 0, room = 0;

	if (str_present(filter->subject))
		query_key(&q, filter->subject);
	else
		query_text(&q, STR_NONE);
	query_text(&q, filter->actor);
	query_int(&q, filter->kind);
	query_int(&q, filter->before > INT64_MAX ? INT64_MAX : (int64_t)filter->before);
	query_int(&q, filter->since_ms);
	query_int(&q, filter->until_ms);
	query_int(&q, (int64_t)filter->limit);
	while (query_row(&q)) {
		numbers = arena_grow(arena, numbers, n, &room, sizeof(*numbers));
		numbers[n++] = (uint64_t)query_get_int(&q, 0);
	}
	*out = numbers;
	*n_out = n;
	return query_end(&q, err);
}

enum err_code side_event_list(struct side *side, struct arena *arena, const struct side_events *filter,
	const uint64_t **out, size_t *n_out, struct err *err)
{
	struct db *db;

	TRY(side_take(side, &db, err));
	enum err_code code = list(db, arena, filter, out, n_out, err);

	side_give(side, db);
	return code;
}
