/*
 * Why a change is refused or ought to be, what is different between two schemas, which version reads what, and
 * events against schemas.  Nothing here changes anything.  A text that does not parse is data: a fault.
 */
#ifndef SERVER_REGISTRY_EXPLAIN_H
#define SERVER_REGISTRY_EXPLAIN_H

#include "compat/event.h"
#include "compat/changes.h"
#include "server/registry/registry.h"

/* What is wrong with a text. */
struct schema_fault {
	struct str message;       /* absent: nothing */
	uint32_t line, column;    /* 0: no place */
};

/* A schema that is registered, or one that was sent. */
struct schema_choice {
	struct str subject;       /* of the registered one, or whose references the sent one has; may be absent */
	struct version_number version;
	const struct new_schema *sent; /* NULL: the registered one */
};

/* ---- explaining a change ---- */

struct explain_query {
	struct str subject;       /* absent: `old` is compared with */
	const struct version_number *version; /* NULL: judged as a registration would be */
	bool all;                 /* with no version: at the transitive form of the level */
	int newest;               /* versions beyond do not count; 0: all do */
	const struct new_schema *schema;
	const struct new_schema *old;
	bool has_level;           /* else what is in force */
	enum compat_level level;
	enum config_policy policy; /* POLICY_UNSET: what is in force */
};

struct explained_change {
	enum compat_level level;
	enum config_policy policy;
	bool first;               /* there was nothing to compare with */
	struct schema_fault fault; /* of the new text; then nothing is found */
	struct explained found;
	struct str text;          /* the new text, which places and edits mean */
};

/* 40402; 42201 when the old text does not parse; ERR_LIMIT. */
ERR_CHECKED enum err_code registry_explain(struct call *call, const struct explain_query *query,
	struct explained_change *out, struct err *err);

/* The finding that a rule's example leads to; *found false when the rule has none to show. */
ERR_CHECKED enum err_code registry_rule_example(struct arena *arena, enum rule rule, bool *found,
	struct explain_finding *out, struct err *err);

/* ---- differences ---- */

struct schema_difference {
	struct schema_changes changes;
	struct str old_text, new_text;
	enum schema_type old_type, new_type;
};

/* 40401, 40402; 42201 for a text that does not parse. */
ERR_CHECKED enum err_code registry_diff(struct call *call, const struct schema_choice *old, const struct schema_choice *new,
	struct schema_difference *out, struct err *err);

struct version_changes {
	int version;
	struct schema_changes changes; /* from it to the new schema */
};

/* Live versions against one schema. */
struct history_changes {
	const struct version_changes *items; /* newest first; bounded by LIMIT_DIFF_VERSIONS and LIMIT_DIFF_CHANGES */
	size_t n_items;
	size_t n_unlisted;        /* versions that are older */
	enum rule_effect backward, forward; /* the worst of all items */
	struct str new_text;
	enum schema_type new_type;
};

/* The subject's live versions against `new`; a version of it is compared with itself, too.  40401, 40402; 42201. */
ERR_CHECKED enum err_code registry_diff_history(struct call *call, struct str subject, const struct schema_choice *new,
	struct history_changes *out, struct err *err);

/* ---- who reads whom ---- */

enum reads { READS_NO, READS_WARNS, READS_YES };

struct reading_matrix {
	const int *versions;      /* ascending */
	size_t n;
	const unsigned char *reads; /* of enum reads, n * n: [reader * n + writer] */
};

/* The newest `most` live versions; 40401.  What was compared before is remembered. */
ERR_CHECKED enum err_code registry_matrix(struct call *call, struct str subject, size_t most, struct reading_matrix *out,
	struct err *err);

/* ---- events ---- */

/* The bytes of an event given as JSON; a fault when it does not fit.  The target without its schema. */
ERR_CHECKED enum err_code registry_event_write(struct call *call, const struct schema_choice *schema,
	const struct event_target *target, struct str json, struct str *bytes, struct schema_fault *fault, struct err *err);

struct decode_query {
	struct str data;          /* bytes as a consumer gets them */
	struct str subject;       /* whose schema they are when they have no frame, and the reader's; may be absent */
	bool has_reader;
	struct version_number reader;
};

struct decoded_frame {
	int magic;                /* -1: the bytes have no frame */
	int id;                   /* 0 … */
	uint8_t guid[16];         /* 1 … */
	const int *indexes;       /* which message of a .proto file */
	size_t n_indexes;
	size_t payload;           /* where it begins */
};

struct decoded_other {
	struct str subject;
	int version;
	bool reads;
};

enum decode_verdict { DECODE_OK, DECODE_RETRY, DECODE_DEAD_LETTER };

struct decoded {
	struct decoded_frame frame;
	const struct view_version *schema; /* NULL: not known */
	const struct view_version_head *users;
	size_t n_users;
	struct event_read event;  /* offsets count from the start of the data */
	enum decode_verdict verdict;
	const struct decoded_other *others; /* when the event cannot be read: further versions, and whether they could */
	size_t n_others;
};

ERR_CHECKED enum err_code registry_decode(struct call *call, const struct decode_query *query, struct decoded *out,
	struct err *err);

#endif
