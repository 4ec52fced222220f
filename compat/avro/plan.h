/*
 * Reading Avro binary data as a reader's schema has it (specification, "Schema Resolution"): the pair of
 * schemas is compiled once into a plan, which then runs on any number of events and tells a sink what it reads.
 * A plan lives in the arena it was made in, as do its schemas, which must outlive it; it is immutable and may be
 * used by many threads.  Running it allocates nothing.  Hostile bytes are met with a failure: nesting, lengths
 * and counts are bounded, also where items take no bytes.
 *
 * Where the specification leaves room, this is what Apache Avro's Java implementation does: names of records
 * outside unions need not agree, branches are matched by full name, then by structure, then by promotion.
 */
#ifndef COMPAT_AVRO_PLAN_H
#define COMPAT_AVRO_PLAN_H

#include "compat/avro/avsc.h"

struct avsc_plan;

/*
 * What is done with the values of an event, in the terms of the reader's schema.  Each function gets the sink's
 * `to`; false stops the run.  Texts and bytes are borrowed: they live as long as the event's bytes and the plan.
 * Fields come in the order of the writer, those with defaults last.
 */
struct avsc_sink {
	void *to;
	bool (*put_null)(void *to);
	bool (*put_boolean)(void *to, bool value);
	bool (*put_int)(void *to, int32_t value);
	bool (*put_long)(void *to, int64_t value);
	bool (*put_float)(void *to, float value);
	bool (*put_double)(void *to, double value);
	bool (*put_bytes)(void *to, struct str value);
	bool (*put_string)(void *to, struct str value);
	bool (*put_fixed)(void *to, const struct avsc_type *type, struct str value);
	bool (*put_enum)(void *to, const struct avsc_type *type, size_t symbol);
	bool (*record_begin)(void *to, const struct avsc_type *type);
	bool (*field)(void *to, const struct avsc_type *type, size_t index); /* the value that follows is this field's */
	bool (*record_end)(void *to, const struct avsc_type *type);
	bool (*array_begin)(void *to);
	bool (*item)(void *to);                                              /* the value that follows is the next item */
	bool (*array_end)(void *to);
	bool (*map_begin)(void *to);
	bool (*key)(void *to, struct str key);                               /* the value that follows is this key's */
	bool (*map_end)(void *to);
	bool (*union_begin)(void *to, const struct avsc_type *type, size_t branch); /* one value follows */
	bool (*union_end)(void *to);
};

enum { AVSC_FAILURE_REASON = 256, AVSC_FAILURE_PATH = 512 };

/* Why an event could not be read. */
struct avsc_failure {
	size_t offset;                    /* the byte at which it shows */
	bool by_sink;                     /* the sink stopped; `reason` is then empty */
	bool unresolved;                  /* the bytes may be right: writer and reader do not go together here */
	bool limit;                       /* one of our bounds was passed: the bytes may be right */
	char reason[AVSC_FAILURE_REASON];
	char path_room[AVSC_FAILURE_PATH];
	const char *path;                 /* in path_room: what of the writer's schema was read, "/fields/2/type" */
};

/*
 * Compiles.  That no event, or not every event, can be resolved is no error: the events that reach it fail.
 * `reader` may be the writer.  ERR_LIMIT when the pair takes more than the bounds.
 */
ERR_CHECKED enum err_code avsc_plan_make(struct arena *arena, const struct avsc_schema *writer,
	const struct avsc_schema *reader, const struct avsc_plan **out, struct err *err);

/*
 * Reads one event.  False when it cannot be read; the sink may then have been told a part of it.  Bytes
 * behind the event are a failure too, at their offset.
 */
bool avsc_plan_run(const struct avsc_plan *plan, struct str bytes, const struct avsc_sink *sink,
	struct avsc_failure *failure);

/* The same as JSON, for compat/event.h.  ERR_LIMIT when the event or its JSON takes more than the bounds. */
struct event_read;
ERR_CHECKED enum err_code avsc_plan_json(struct arena *arena, const struct avsc_plan *plan, struct str bytes,
	struct event_read *out, struct err *err);

#endif
