/* The state of one compatibility check: pairs already judged, and what was found, in the order found. */
#ifndef COMPAT_AVRO_CHECK_INT_H
#define COMPAT_AVRO_CHECK_INT_H

#include "compat/avro/avro_int.h"
#include "compat/finding.h"

/* What the steps of a path are called; those of records and unions carry a number instead. */
enum step { STEP_INDEX, STEP_FIELDS, STEP_TYPE, STEP_ITEMS, STEP_VALUES, STEP_SYMBOLS, STEP_SIZE, STEP_NAME };

/* A place in the reader: the way from where comparing began.  Lives on the stack until a finding needs it. */
struct place {
	const struct place *up;   /* NULL: where comparing began */
	const struct place *kept; /* its copy in the arena, once there is one */
	enum step step;
	uint32_t index;
};

/* One finding, or all findings of a pair of types. */
struct trouble {
	struct trouble *next;
	struct troubles *inner;   /* NULL: one finding, described by the rest */
	enum finding_type type;
	const struct place *place;
	const struct avsc_type *reader;
	const struct avsc_type *writer;
	const struct avsc_field *field;
};

/* Why a pair does not fit; NULL stands for one that does. */
struct troubles {
	struct trouble *first;
	struct trouble *last;
};

struct memo_slot {
	uint64_t key;             /* reader number, writer number; 0 is free, since keys are counted from 1 */
	struct troubles *result;
};

enum { MEMO_FIRST = 64 };

struct memo {
	struct memo_slot *slots;  /* n_slots, a power of two */
	size_t n_slots;
	size_t n_used;
	struct memo_slot first[MEMO_FIRST];
};

/* Looks the pair up; when it is new it is put in as fitting, which is what holds while it is in progress. */
bool memo_find(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	struct troubles **out);
void memo_set(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	struct troubles *result);
void memo_init(struct memo *memo);
void memo_fini(struct memo *memo);

/* Lists what was found: paths and texts as compat-rules 2.1 has them, as many as `out` takes. */
void troubles_list(const struct troubles *found, struct findings *out);

#endif
