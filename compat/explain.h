/*
 * Why a change is refused, or should be: findings with their rule, places in both texts, an event that
 * breaks (the witness, which is run and not guessed) and the edit that would make the change legal.
 * The verdict of compat/level.h stands beside it and is not changed by it.  All lives in the arena given.
 */
#ifndef COMPAT_EXPLAIN_H
#define COMPAT_EXPLAIN_H

#include "compat/finding.h"
#include "compat/level.h"
#include "compat/rule.h"

/* A place in a schema's text. */
struct explain_place {
	uint32_t line;   /* from 1; 0: nothing there, the path tells what encloses it */
	uint32_t column; /* from 1, in bytes */
	struct str path; /* in the words of its format: a JSON pointer, "Message.field"; "" is the whole */
};

/* An event that the writer can write and the reader cannot read, or reads as something else. */
struct explain_witness {
	enum rule_effect effect; /* EFFECT_FAILS or EFFECT_CHANGES */
	struct str message;      /* Protobuf: the event's message, as the writer calls it; else absent */
	struct str event;        /* as JSON: Avro's JSON encoding, the document, or Protobuf's JSON */
	struct str bytes;        /* as the writer encodes it, without framing; for JSON the document */
	struct str read;         /* EFFECT_CHANGES: what the reader makes of it, as JSON, unknown fields of Protobuf as "@unknown"; else absent */
	struct str reason;       /* EFFECT_FAILS: why the reader fails; EFFECT_CHANGES: what is different */
	size_t offset;           /* EFFECT_FAILS: the byte where it fails */
	bool formats_ignored;    /* JSON Schema: writer and reader are validators that do not assert "format" */
};

/* Replaces `length` bytes at `offset` of the new schema's text. */
struct explain_edit {
	size_t offset, length;
	struct str text;
};

struct explain_fix {
	struct str title;                  /* "give field b a default" */
	bool major;                        /* no edit keeps what the change wants: a new subject or major version is needed */
	bool safe;                         /* changes nothing that the author asked for: may be applied unseen */
	const struct explain_edit *edits;  /* ascending, not overlapping; none when `major` */
	size_t n_edits;
};

struct explain_finding {
	enum rule rule;
	enum rule_effect effect;           /* of this very case; the rule's says what is usual */
	bool refused;                      /* the reference refuses because of it: else a warning */
	const struct finding *reference;   /* its error type and path; NULL for what the reference does not see */
	bool new_reads_old;                /* the direction: whether the new schema is the reader */
	int version;                       /* of the old schema; 0 when it has none */
	struct explain_place in_new, in_old;
	struct str message;                /* one plain sentence */
	const struct explain_witness *witness; /* NULL: policy, harmless or unproven */
	const struct explain_fix *fix;     /* NULL: nothing to do */
};

struct explanation {
	struct arena *arena;
	struct explain_finding *items;     /* refusals and warnings, in the order found */
	size_t n_items;
	size_t room;
	size_t n_unlisted;                 /* beyond LIMIT_FINDINGS, and only counted */
	size_t n_hidden;                   /* of what is read otherwise: no event shows them before what fails is mended */
};

/* Appends a copy of the finding. */
void explanation_add(struct explanation *list, const struct explain_finding *finding);

/* One comparison, as a format sees it: can `reader` read what `writer` wrote? */
struct explain_pair {
	const struct schema *reader, *writer;
	bool reader_is_new;
	enum schema_policy policy;
	const struct schema_source *source; /* of the new schema: the text that places and edits of it mean */
};

/*
 * Appends all findings of one direction: what schema_check finds, in its order, each with what is told
 * of it, then what only the sound judge sees.  ERR_LIMIT when it takes more than the bounds.
 */
ERR_CHECKED enum err_code schema_explain(const struct explain_pair *pair, struct explanation *out, struct err *err);

/*
 * A whole change against a subject's history: the directions and versions of the level, as compat_check
 * judges them, all of its findings told and not only those of the first version that has any; beyond that, as
 * warnings, what breaks with versions that a non-transitive level does not look at (the newest
 * LIMIT_EXPLAIN_VERSIONS).  `judged.versions` are all live versions whatever the level.
 */
struct explain_request {
	struct compat_request judged;
	const struct schema_source *source; /* of the new schema, as its author wrote it */
};

struct explained {
	bool compatible;                   /* the verdict in force: compat_check's */
	bool first;                        /* there was no version to compare with */
	bool sound;                        /* no finding says that an event breaks or changes */
	const struct explain_finding *items;
	size_t n_items;
	size_t n_unlisted;                 /* findings beyond LIMIT_FINDINGS, and repeated ones of other versions */
	size_t n_hidden;                   /* the most in any version and direction of what only shows once what fails is mended */
	struct str fixed;                  /* the new text with the fixes applied, which passes; absent: there is none */
};

ERR_CHECKED enum err_code compat_explain(struct arena *arena, const struct explain_request *request,
	struct explained *out, struct err *err);

/* The text with the edits made. */
struct str explain_apply(struct arena *arena, struct str text, const struct explain_edit *edits, size_t n_edits);

/*
 * What a parser says, for people: its reason, or the message without the Java class and the source that clients of
 * the compatible API match on.  Lives as long as the message.
 */
struct str explain_fault(const struct err *err);

/* The finding as a JSON object: the one form that the API and the command give (docs/explain.md). */
void explain_finding_json(struct buf *out, const struct explain_finding *finding, struct str new_text);

/* ---- what changed, whether it breaks or not ---- */

enum change_kind {
	CHANGE_ADDED, CHANGE_REMOVED, CHANGE_RENAMED, CHANGE_TYPE, CHANGE_WIDENED, CHANGE_NARROWED, CHANGE_REORDERED,
	CHANGE_DEFAULT, CHANGE_DOC, CHANGE_ALIAS, CHANGE_CONSTRAINT, CHANGE_ATTRIBUTE,
	CHANGE_KINDS,
};

/* "added", "removed" …, "attribute". */
struct str change_kind_name(enum change_kind kind);

/* What a change does to readers of one side.  EFFECT_HARMLESS: nothing. */
struct schema_change {
	enum change_kind kind;
	struct str entity;                 /* "field", "record", "enum symbol", "union branch", "property" … */
	struct str name;                   /* of what changed: "Order.total" */
	struct explain_place in_new, in_old;
	struct str message;                /* one plain sentence: "field total: int became long" */
	enum rule_effect backward;         /* new readers, old events */
	enum rule_effect forward;          /* old readers, new events */
};

struct schema_changes {
	struct arena *arena;
	struct schema_change *items;
	size_t n_items;
	size_t room;
};

void schema_changes_add(struct schema_changes *list, const struct schema_change *change);

/* Appends what is different, in the order of the new text, removals where they were. */
ERR_CHECKED enum err_code schema_diff(const struct schema *old, const struct schema *new, struct schema_changes *out,
	struct err *err);

#endif
