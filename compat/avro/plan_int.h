/* What the files behind plan.h and encode.h share: the nodes of a plan, and writing values as bytes. */
#ifndef COMPAT_AVRO_PLAN_INT_H
#define COMPAT_AVRO_PLAN_INT_H

#include "compat/avro/plan.h"

/* The first ones are those of the writer's primitive types, in the order of enum avsc_kind. */
enum avsc_op {
	AVSC_OP_NULL,
	AVSC_OP_BOOLEAN,
	AVSC_OP_INT,
	AVSC_OP_LONG,
	AVSC_OP_FLOAT,
	AVSC_OP_DOUBLE,
	AVSC_OP_BYTES,
	AVSC_OP_STRING,
	AVSC_OP_RECORD,
	AVSC_OP_ENUM,
	AVSC_OP_ARRAY,
	AVSC_OP_MAP,
	AVSC_OP_UNION,        /* the writer's: which of `branches` follows */
	AVSC_OP_FIXED,
	AVSC_OP_BRANCH,       /* the reader's: `child` is read as its branch `branch` */
	AVSC_OP_INT_LONG,     /* promotions: written as the first, read as the second */
	AVSC_OP_INT_FLOAT,
	AVSC_OP_INT_DOUBLE,
	AVSC_OP_LONG_FLOAT,
	AVSC_OP_LONG_DOUBLE,
	AVSC_OP_FLOAT_DOUBLE,
	AVSC_OP_FAIL,         /* the two do not go together: `message` */
};

/* What the message of AVSC_OP_FAIL is; it is made only when an event gets there. */
enum avsc_fail {
	AVSC_FAIL_MISMATCH,   /* nothing: writer and reader tell */
	AVSC_FAIL_MISSING,    /* the reader's field without default that the writer does not have */
	AVSC_FAIL_TEXT,       /* the whole */
};

struct avsc_step {
	const struct avsc_node *node;  /* NULL: the writer's field is skipped */
	const struct avsc_type *skip;  /* its type then */
	uint32_t field;                /* of the reader */
	uint32_t number;               /* of the writer, for paths */
};

struct avsc_default {
	const struct avsc_node *node;  /* reads `bytes` */
	struct str bytes;
	uint32_t field;                /* of the reader */
};

struct avsc_node {
	enum avsc_op op;
	bool empty;                    /* may take no bytes: what it costs is counted apart */
	uint32_t branch;               /* AVSC_OP_FAIL: an enum avsc_fail */
	const struct avsc_type *writer, *reader;
	union {
		struct {                                  /* AVSC_OP_RECORD */
			const struct avsc_step *steps;        /* one for each of the writer's fields */
			const struct avsc_default *defaults;
			size_t n_defaults;
		};
		const struct avsc_node *child;            /* array, map, branch */
		const struct avsc_node *const *branches;  /* union */
		const int32_t *symbols;                   /* enum: the reader's number of the writer's; -1: it has none */
	};
	struct str message;            /* AVSC_OP_FAIL; of two records, `steps` still tell what becomes of their fields */
};

struct avsc_plan {
	const struct avsc_node *root;
	const uint8_t *empty;          /* a bit for each number of a writer's type that may take no bytes */
};

static inline bool avsc_may_be_empty(const struct avsc_plan *plan, const struct avsc_type *writer)
{
	return plan->empty[writer->number >> 3] & (1u << (writer->number & 7));
}

/* What is said of a reader's field that would get two values. */
struct str avsc_duplicate_words(struct arena *arena, const struct avsc_field *field, const struct avsc_type *record);

/* encode.c: a JSON value as the bytes of a type. */
struct avsc_encoder {
	struct buf *out;
	struct err *err;
	bool is_default;        /* as defaults are written in schemas; else as Avro's JSON encoding */
	uint64_t *n_steps;      /* bounded by LIMIT_CHECK_PAIRS */
	unsigned depth;
	unsigned n_tries;       /* unions around that are trying a branch: nobody will read the message */
	const struct jsn *fault; /* where it does not fit */
};
/* ERR_PARSE with what does not fit, in err's arena; `out` may then have a part.  ERR_LIMIT. */
ERR_CHECKED enum err_code avsc_encode(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value);

/* plan_names.c */
struct avsc_renames;
/* What the reader's aliases make of the writer's names (specification, "Aliases"). */
const struct avsc_renames *avsc_renames_make(struct arena *arena, const struct avsc_schema *reader);
struct str avsc_renamed(const struct avsc_renames *renames, const struct avsc_type *writer);
struct str avsc_renamed_field(const struct avsc_renames *renames, struct str record, struct str field);

#endif
