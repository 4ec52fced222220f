/*
 * Events that show what a change does: made from the ways of a graph, written by the writer, read by the reader,
 * and compared with what was written.  Everything lives in the graph's arena.
 */
#ifndef COMPAT_AVRO_WITNESS_H
#define COMPAT_AVRO_WITNESS_H

#include "compat/avro/graph.h"
#include "compat/explain.h"

/* Where an event has to come to, and what it has there. */
struct avsc_aim {
	uint32_t pair;
	struct str value;             /* of the pair's writer, as JSON; absent: any will do */
	const struct avsc_ways *by;   /* the last part of the way, from a pair that has to be passed; NULL: none has to */
	uint32_t field;               /* of the pair's reader, that cannot be read: the reason is about it; AVSC_NO_FIELD */
	uint32_t moved;               /* of the pair's writer, of which the reader has another value; AVSC_NO_FIELD */
};

enum { AVSC_NO_FIELD = INT32_MAX };

/*
 * The smallest such event, run.  NULL when none gets there within the bounds, or when it is read as it was
 * written: *same tells.  ERR_LIMIT when running takes more than the bounds.
 */
ERR_CHECKED enum err_code avsc_witness(const struct avsc_graph *g, const struct avsc_aim *aim,
	const struct explain_witness **out, bool *same, struct err *err);

/*
 * Whether the reader has the event as it was written: by names, a number the same number, text and bytes the
 * same bytes, dates and decimals the same date and decimal.  Else `reason` says what is different, at the aim if it is.
 */
bool avsc_same(const struct avsc_graph *g, const struct avsc_aim *aim, const struct jsn *written, const struct jsn *read,
	struct str *reason);

/* Whether a value looks as another does that was written for another field; members that are more do not count. */
bool avsc_looks_same(const struct jsn *written, const struct jsn *read);

/* The smallest value of a type, as JSON; false when there is none, or it is larger than a witness may be. */
bool avsc_least_value(const struct avsc_graph *g, const struct avsc_type *writer, struct buf *out);

#endif
