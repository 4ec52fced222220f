/*
 * The side file: tables beside the view that may be lost.  Most are made from the log and the view, and made
 * again when the file is missing, damaged or another version's: a summary of each subject, for lists that are
 * sorted and filtered by anything; the entries of the log by whom and what they are about; the words of the latest
 * versions, for searching (storage/side_search.h).  One is told
 * nowhere else: what was refused of late (storage/side_refusal.h).  The registry says what goes in, since storage/ does not know what a schema means, and
 * follows the log with a cursor for each.  Nothing here is waited for by the store's writer.
 * Functions may be called by any thread; those of a batch only by the one that began it.
 */
#ifndef STORAGE_SIDE_H
#define STORAGE_SIDE_H

#include "storage/record.h"
#include "storage/view.h"

struct side;

/* What follows the log. */
enum side_cursor { SIDE_SUMMARIES, SIDE_EVENTS, SIDE_TERMS, SIDE_CURSORS };

/* The entry that a cursor has come to; seq 0: none. */
struct side_place {
	uint64_t seq;
	uint8_t hash[SHA256_BYTES];
};

/*
 * Opens or creates the file.  One that another `maker` filled loses what is made from the view; one that cannot
 * be read as a database is deleted and begun anew.
 */
ERR_CHECKED enum err_code side_open(const char *path, struct str maker, struct side **out, struct err *err);
void side_close(struct side *side); /* NULL is allowed */

/* Where a cursor is; the first is cheap and may lag behind a batch that is being committed. */
uint64_t side_seq(const struct side *side, enum side_cursor cursor);
ERR_CHECKED enum err_code side_find_place(struct side *side, enum side_cursor cursor, struct side_place *out,
	struct err *err);

/* ---- a batch of changes: one at a time, others wait in side_begin ---- */

ERR_CHECKED enum err_code side_begin(struct side *side, struct err *err);
/* Ends the batch: all of it is there, with the cursor, or nothing. */
ERR_CHECKED enum err_code side_commit(struct side *side, enum side_cursor cursor, const struct side_place *place,
	struct err *err);
/* The same for a batch that follows no log. */
ERR_CHECKED enum err_code side_end(struct side *side, struct err *err);
void side_abort(struct side *side);

/* Takes away all that belongs to the cursor, and moves it to the start. */
ERR_CHECKED enum err_code side_clear(struct side *side, enum side_cursor cursor, struct err *err);

/* ---- summaries: one for each subject that has a version, deleted ones included ---- */

struct side_summary {
	struct str subject;
	struct str context;
	struct str schema_type;
	int version;              /* the latest: highest live one, of a deleted subject the highest */
	int id;
	int n_versions;           /* live ones; of a deleted subject all */
	int64_t changed_ms;       /* when a version came or went last … */
	struct str actor;         /* … and who did it; absent: not known */
	struct str owner;         /* may be absent, like the next */
	struct str description;
	const struct str *tags;
	size_t n_tags;
	int n_references;         /* of the latest version */
	bool deleted;             /* no version is live */
};

/* In a batch.  An absent actor leaves what is known of the last change as it is. */
ERR_CHECKED enum err_code side_summary_put(struct side *side, const struct side_summary *summary, struct err *err);
ERR_CHECKED enum err_code side_summary_drop(struct side *side, struct str subject, struct err *err);

enum side_sort { SIDE_BY_SUBJECT, SIDE_BY_TYPE, SIDE_BY_LATEST, SIDE_BY_VERSIONS, SIDE_BY_CHANGED, SIDE_BY_OWNER, SIDE_SORTS };

struct side_filter {
	struct str words;         /* all of them, parted by blanks, occur in the subject's name; absent: any */
	struct str schema_type;
	struct str context;
	struct str tag;
	enum view_deleted which;
	enum side_sort sort;      /* then by subject; without a value last */
	bool descending;
	struct view_page page;
};

struct side_summaries {
	const struct side_summary *items;
	size_t n_items;
	int64_t total;            /* that pass the filter */
};

ERR_CHECKED enum err_code side_summary_list(struct side *side, struct arena *arena, const struct side_filter *filter,
	struct side_summaries *out, struct err *err);

/* How many live subjects there are of a type. */
ERR_CHECKED enum err_code side_summary_count(struct side *side, struct str schema_type, int64_t *out, struct err *err);

/* ---- events: the entries of the log without their texts ---- */

/* In a batch. */
ERR_CHECKED enum err_code side_event_put(struct side *side, const struct log_entry *entry, const struct record *record,
	struct err *err);

struct side_events {
	struct str subject;       /* qualified; absent: any */
	struct str actor;
	int kind;                 /* of enum record_kind; 0: any */
	int64_t since_ms, until_ms; /* the first from, the second before which; INT64_MIN and INT64_MAX: any */
	uint64_t before;          /* only entries with a lower number */
	size_t limit;
};

/* Numbers of the entries that pass, newest first. */
ERR_CHECKED enum err_code side_event_list(struct side *side, struct arena *arena, const struct side_events *filter,
	const uint64_t **out, size_t *n_out, struct err *err);

#endif
