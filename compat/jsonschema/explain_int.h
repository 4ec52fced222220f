/*
 * Explaining one direction of a change: the reference's findings with their contexts, documents that break
 * (jsch_search) or the proof that there are none (jsch_proven), places, sentences and edits.
 */
#ifndef COMPAT_JSONSCHEMA_EXPLAIN_INT_H
#define COMPAT_JSONSCHEMA_EXPLAIN_INT_H

#include "compat/edit.h"
#include "compat/explain.h"
#include "compat/jsonschema/check_int.h"
#include "compat/jsonschema/prove_int.h"

/* Who writes and reads: validators that assert formats, or those to which they are annotations. */
enum { JSCH_ASSERTED, JSCH_IGNORED };

/* Something of the reader that a document of the writer violates. */
struct jsch_breach {
	const struct jsch_sample *sample;
	const struct jsch_violation *violation;
	bool formats;                   /* whoever writes and reads it asserts them */
	bool told;
};

/* What of a finding's reader a document has to violate to show it. */
enum jsch_rule_scope {
	JSCH_AT_KEYWORD,  /* one of its keywords, at the very subschema */
	JSCH_AT_NAME,     /* the same, about the context's name */
	JSCH_UNDER,       /* anything at the place that the context leads to */
};

enum { JSCH_RULE_KEYWORDS = 2 };

struct jsch_rule {
	enum rule rule;
	enum jsch_rule_scope scope;
	const char *keywords[JSCH_RULE_KEYWORDS]; /* in the words of the validator; the first is shown and edited */
	const char *says;               /* with {s}, {n}, {r}, {w}; NULL: the keyword's values are told */
};

struct jsch_explaining {
	const struct explain_pair *pair;
	struct explanation *out;
	struct arena *arena;            /* of what is told */
	struct arena *work;             /* of what is needed meanwhile */
	struct arena *scratch;          /* of one validation */
	const struct jsch_schema *writer, *reader;
	struct jsch_parents writer_parents, reader_parents;
	const struct jsn *text;         /* the source's text, read again; NULL: it cannot be */
	struct explain_text edited;
	size_t fix_bytes;               /* parsed so far to try fixes */
	size_t n_before;                /* findings of the reference */
	struct jsch_search search;
	struct jsch_breach *breaches;
	size_t n_breaches, room;
	struct jsch_node anything;      /* true */
	/* For validators that assert formats, and, where that makes a difference, for those that do not. */
	struct jsch_proof proofs[2];
	bool contained[2];              /* it is proven that nothing breaks */
	int n_modes;
	int n_looked;                   /* searches that were made, or need not be */
};

/* A finding on its way. */
struct jsch_telling {
	struct explain_finding finding;
	const struct jsch_rule *rule;
	const struct jsch_context *context; /* NULL: only the sound judge sees it … */
	const struct jsch_breach *breach;   /* … by this; else NULL: nothing shows it */
	const struct jsch_breach *shown;    /* NULL, or what the document breaks as a whole, when `breach` is the cause of it */
};

/* ---- explain_rules.c ---- */

const struct jsch_rule *jsch_rule_of(enum finding_type type);
bool jsch_shows(const struct jsch_rule *rule, const struct jsch_context *context, const struct jsch_violation *violation);
/* Of what only the sound judge sees. */
enum rule jsch_rule_of_breach(const struct jsch_explaining *e, const struct jsch_breach *breach);

/* By its keyword, or by the innermost one on the way that the reference does not compare; false for others. */
bool jsch_rule_by_keyword(const struct jsch_violation *violation, enum rule *out);
bool jsch_rule_by_holder(const struct jsch_violation *violation, enum rule *out);
/* More than one branch of the oneOf holds for what stands at the violation. */
bool jsch_overlaps(const struct jsch_explaining *e, const struct jsch_breach *breach);

/* ---- explain_cause.c ---- */

/* The innermost thing that a document violates: what is in the branch of a union that is meant for it. */
const struct jsch_violation *jsch_cause_of(struct jsch_explaining *e, const struct jsch_breach *breach);
/* What a finding of the reference is told under by its cause; false when the cause has no rule of its own. */
bool jsch_rule_of_cause(struct jsch_explaining *e, const struct jsch_breach *cause, enum rule *out);

/* ---- explain_only.c ---- */

/* The context's reader reduced to what the rule is about. */
const struct jsch_node *jsch_only(struct jsch_explaining *e, const struct jsch_rule *rule,
	const struct jsch_context *context);

/* ---- explain_reach.c ---- */

/* What is known of the values where the two of the context stand, and that the old one holds. */
struct jsch_facts *jsch_reach(struct jsch_proof *p, const struct jsch_context *context);

/* Whether the reader's subschema stands where nothing is read. */
bool jsch_is_idle(const struct jsch_explaining *e, const struct jsch_node *node);

/* ---- explain_place.c ---- */

void jsch_tell_places(struct jsch_explaining *e, struct jsch_telling *t);
/* The "$ref" of the new text that leads to what the finding is about in another document; NULL when none does. */
const struct jsn *jsch_new_way_out(struct jsch_explaining *e, const struct jsch_telling *t);
void jsch_tell_message(struct jsch_explaining *e, struct jsch_telling *t);
/* "new" for the new side's pointer, whichever reads. */
const struct jsn *jsch_new_json(const struct jsch_explaining *e, const struct jsn *reader, const struct jsn *writer);
/* Where in its own text a subschema of the reader or the writer stands; absent when it is another document's. */
struct str jsch_reader_pointer(struct jsch_explaining *e, const struct jsn *json);
struct str jsch_writer_pointer(struct jsch_explaining *e, const struct jsn *json);

/* ---- explain_witness.c ---- */

/* Makes it small, runs it, and tells it; false when it does not break in the end. */
bool jsch_tell_witness(struct jsch_explaining *e, struct jsch_telling *t);

/* ---- explain_fix.c ---- */

void jsch_tell_fix(struct jsch_explaining *e, struct jsch_telling *t);

#endif
