/*
 * The state of one compatibility check: pairs of types already judged, and what was found, in the order
 * found.  Millions of pairs may fail inside unions where no one asks why, so that what is kept of each
 * is small: numbers into pools, from which paths and texts are made for the few that are told.
 */
#ifndef COMPAT_AVRO_CHECK_INT_H
#define COMPAT_AVRO_CHECK_INT_H

#include "compat/avro/avro_int.h"
#include "compat/finding.h"

/* How one gets from a pair of types to one inside. */
enum step { STEP_FIELD, STEP_ITEMS, STEP_VALUES, STEP_BRANCH };

/* The way to a pair from where comparing began.  Lives on the stack until something is found there. */
struct place {
	struct place *up;         /* NULL: where comparing began */
	uint32_t kept;            /* its number in the pool once it has one, 0 before */
	uint32_t index;           /* of the reader's field or the writer's branch */
	enum step step;
};

struct kept_place {
	uint32_t up;
	uint32_t index;
	enum step step;
};

/* What was found about a pair; `index` is that of a field, a branch, or another result. */
enum item_kind {
	ITEM_INNER,               /* all of another result */
	ITEM_NAME,
	ITEM_SIZE,
	ITEM_SYMBOLS,
	ITEM_KIND,
	ITEM_DEFAULT,             /* the reader's field has none */
	ITEM_BRANCH,              /* the reader, a union, has nothing for this branch of the writer's */
	ITEM_NO_BRANCH,           /* the reader, a union, has nothing for the writer */
	ITEM_TWICE,               /* never kept: two of the writer's fields are the reader's field (compat-rules 3.5) */
};

struct item {
	uint32_t next;            /* in the order found; 0 is the end */
	unsigned index : 29;
	unsigned kind : 3;        /* enum item_kind */
};

/* Why a pair does not fit. */
struct result {
	const struct avsc_type *reader;
	const struct avsc_type *writer;
	uint32_t place;           /* where it was first met; 0: where comparing began */
	uint32_t first;           /* item */
};

/* Elements are numbered from 1. */
struct pool {
	void *data;
	uint32_t n;
	uint32_t room;
};

/* The number of a new element of `size` bytes, zeroed. */
uint32_t avsc_pool_add(struct pool *pool, size_t size);

static inline struct kept_place *place_at(const struct pool *pool, uint32_t number)
{
	return (struct kept_place *)pool->data + (number - 1);
}

static inline struct item *item_at(const struct pool *pool, uint32_t number)
{
	return (struct item *)pool->data + (number - 1);
}

static inline struct result *result_at(const struct pool *pool, uint32_t number)
{
	return (struct result *)pool->data + (number - 1);
}

enum { MEMO_FIRST = 64 };

/* Which pairs were compared, with what result. */
struct memo {
	uint64_t *keys;           /* n_slots, a power of two; 0 is free */
	uint32_t *results;
	size_t n_slots;
	size_t n_used;
	uint64_t first_keys[MEMO_FIRST];
	uint32_t first_results[MEMO_FIRST];
};

void avsc_memo_init(struct memo *memo);
void avsc_memo_fini(struct memo *memo);
/* Looks the pair up; when it is new it is put in as fitting, which is what holds while it is in progress. */
bool avsc_memo_find(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	uint32_t *out);
void avsc_memo_set(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	uint32_t result);

/* What a check leaves behind. */
struct verdicts {
	struct pool places;
	struct pool items;
	struct pool results;
};

/* What a finding is about. */
struct avsc_found {
	const struct avsc_type *reader, *writer;
	enum item_kind kind;
	uint32_t index;           /* as in struct item; of ITEM_TWICE the reader's field */
};

/* One for each finding, in their order; in the arena of the findings. */
struct avsc_trace {
	struct avsc_found *items;
	size_t n;
	size_t room;
	uint64_t n_steps;         /* what it took; of all checks traced */
};

/* What is compared: two schemas, or what lies at one place of each. */
struct avsc_compared {
	const struct avsc_type *reader, *writer;
	uint32_t n_writer_names;  /* of the whole schema of the writer */
};

static inline struct avsc_compared avsc_compared_of(const struct avsc_schema *reader, const struct avsc_schema *writer)
{
	return (struct avsc_compared){ .reader = reader->root, .writer = writer->root, .n_writer_names = writer->n_names };
}

void avsc_trace_add(struct avsc_trace *trace, struct arena *arena, struct avsc_found found);

/* Lists a result: paths and texts as compat-rules 2.1 has them, as many as `out` takes; `trace` may be NULL. */
void avsc_list_result(const struct verdicts *v, uint32_t result, struct findings *out, struct avsc_trace *trace);

/* avsc_check, with what each finding is about. */
ERR_CHECKED enum err_code avsc_check_traced(const struct avsc_compared *of, struct findings *out, struct avsc_trace *trace,
	struct err *err);

#endif
