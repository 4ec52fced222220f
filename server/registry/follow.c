/*
 * Following the log into the side file: each step reads entries beyond the cursor, writes what their subjects
 * look like now, and moves the cursor, all in one transaction.  A step that dies halfway is made again.
 */
#include "server/registry/follow_int.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"

enum { STEP = 500 };

/*
 * Files are made anew when this is another one: to be raised when something else is put into them for the same
 * schema.
 */
#define MAKER STR("tenon " TENON_VERSION " 1")

/* What is written for an entry, and for a subject whose versions changed. */
static const struct {
	enum err_code (*entry)(struct side *side, const struct log_entry *entry, const struct record *record, struct err *err);
	enum err_code (*subject)(struct call *call, struct side *side, const struct follow_change *change, struct err *err);
} writers[SIDE_CURSORS] = {
	[SIDE_SUMMARIES] = { .subject = follow_summary },
	[SIDE_EVENTS] = { .entry = side_event_put },
	[SIDE_TERMS] = { .subject = follow_terms },
};

/* ---- the file ---- */

static enum err_code open_side(struct registry *registry, struct err *err)
{
	struct str path = str_printf(err->arena, "%s.index", store_path(registry->options.store));

	return side_open(path.data, MAKER, &registry->side, err);
}

enum err_code follow_side(struct registry *registry, struct side **out, struct err *err)
{
	enum err_code code = OK;

	pthread_mutex_lock(&registry->side_lock);
	if (!registry->side)
		code = open_side(registry, err);
	*out = registry->side;
	pthread_mutex_unlock(&registry->side_lock);
	return code;
}

/* ---- subjects ---- */

enum err_code follow_version(struct call *call, struct str subject, const struct view_version **out, struct err *err)
{
	TRY(view_latest_find(call->view, call->arena, subject, VIEW_LIVE, out, err));
	if (*out)
		return OK;
	return view_latest_find(call->view, call->arena, subject, VIEW_ALL, out, err);
}

static bool changes_versions(enum record_kind kind)
{
	return kind == RECORD_VERSION_PUT || kind == RECORD_VERSION_DELETE || kind == RECORD_VERSION_PURGE ||
		kind == RECORD_SUBJECT_DELETE;
}

static void note_change(struct arena *arena, const struct log_entry *entry, const struct record *record, struct map *changes)
{
	struct follow_change *change;

	if (!changes_versions(record->kind))
		return;
	change = map_get(changes, record->subject);
	if (!change) {
		change = arena_new(arena, struct follow_change);
		change->subject = record->subject;
		(void)map_put(changes, record->subject, change);
	}
	change->time_ms = entry->time_ms;
	change->actor = entry->actor;
}

/* Writes the entries that are written one by one; *changes are the subjects of the others, each with its last change. */
static enum err_code take_entries(struct call *call, struct side *side, enum side_cursor cursor,
	const struct log_entry *entries, size_t n, struct map *changes, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct record record;

		TRY(record_decode(call->arena, entries[i].body, &record, err));
		if (writers[cursor].entry)
			TRY(writers[cursor].entry(side, &entries[i], &record, err));
		if (writers[cursor].subject)
			note_change(call->arena, &entries[i], &record, changes);
	}
	return OK;
}

/* ---- steps ---- */

/* A cursor that is at no entry of this log, say because a backup was put in the file's place, starts again. */
static enum err_code check_place(struct call *call, struct side *side, enum side_cursor cursor, struct side_place *place,
	struct err *err)
{
	const struct log_entry *entries;
	size_t n;

	if (place->seq == 0)
		return OK;
	TRY(view_log_tail(call->view, call->arena, place->seq - 1, 1, &entries, &n, err));
	if (n == 1 && memcmp(entries[0].hash, place->hash, SHA256_BYTES) == 0)
		return OK;
	*place = (struct side_place){ 0 };
	return side_clear(side, cursor, err);
}

static enum err_code write_changes(struct call *call, struct side *side, enum side_cursor cursor, const struct map *changes,
	struct err *err)
{
	struct call each = *call;
	enum err_code code = OK;

	for (size_t i = 0; i < changes->n_entries && code == OK; i++) {
		each.arena = arena_create(0);
		code = writers[cursor].subject(&each, side, changes->entries[i].value, err);
		arena_destroy(each.arena);
	}
	return code;
}

/* Within a batch.  *place moves; *more tells whether there is another step to make. */
static enum err_code take_step(struct call *call, struct side *side, enum side_cursor cursor, struct side_place *place,
	bool *more, struct err *err)
{
	struct map changes = map_make(call->arena);
	const struct log_entry *entries;
	size_t n;

	TRY(side_find_place(side, cursor, place, err));
	TRY(check_place(call, side, cursor, place, err));
	TRY(view_log_tail(call->view, call->arena, place->seq, STEP, &entries, &n, err));
	TRY(take_entries(call, side, cursor, entries, n, &changes, err));
	TRY(write_changes(call, side, cursor, &changes, err));
	*more = n == STEP;
	if (n > 0) {
		place->seq = entries[n - 1].seq;
		memcpy(place->hash, entries[n - 1].hash, SHA256_BYTES);
	}
	return OK;
}

static enum err_code step(struct call *call, struct side *side, enum side_cursor cursor, bool *more, struct err *err)
{
	struct call inner = *call;
	struct side_place place;
	enum err_code code;

	TRY(side_begin(side, err));
	inner.arena = arena_create(0);
	code = take_step(&inner, side, cursor, &place, more, err);
	arena_destroy(inner.arena);
	if (code == OK)
		return side_commit(side, cursor, &place, err);
	side_abort(side);
	return code;
}

enum err_code follow_log(struct call *call, enum side_cursor cursor, struct side **out, struct err *err)
{
	struct view_counts counts;
	bool more = true;

	TRY(follow_side(call->registry, out, err));
	TRY(view_counts(call->view, &counts, err));
	if (call->registry->followed[cursor] && side_seq(*out, cursor) >= counts.head)
		return OK;
	while (more)
		TRY(step(call, *out, cursor, &more, err));
	call->registry->followed[cursor] = true;
	return OK;
}
