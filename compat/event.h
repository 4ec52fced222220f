/*
 * Events as bytes and as JSON, by a parsed schema: what consumers do, within bounds.  No framing: the
 * bytes are those behind the schema's id.  Hostile bytes and texts are met with an error.
 */
#ifndef COMPAT_EVENT_H
#define COMPAT_EVENT_H

#include "compat/schema.h"

/* What became of reading an event. */
struct event_read {
	bool ok;
	struct str json;    /* ok: the event as the reader has it; with another reader than the writer, what it does not know
	                       of a Protobuf message stands in members "@unknown" */
	struct str reason;  /* else: what was wrong … */
	size_t offset;      /* … at which byte … */
	struct str path;    /* … and at what of the schema: "/fields/2/type"; may be absent */
	bool unresolved;    /* … although the bytes are what the writer's schema says: the reader's has no place for it */
};

struct event_source {
	const struct schema *writer;
	const struct schema *reader; /* NULL: as it was written */
	struct str message;          /* Protobuf: full name of the message; absent: the first */
	struct str bytes;
	bool formats_ignored;        /* JSON Schema: "format" is an annotation to both, else it is asserted */
};

/* As what an event is written. */
struct event_target {
	const struct schema *schema;
	struct str message;          /* as in struct event_source */
	bool formats_ignored;
};

/* Bytes that cannot be read are data (`ok` false), not an error; ERR_LIMIT when it takes more than the bounds. */
ERR_CHECKED enum err_code schema_event_read(struct arena *arena, const struct event_source *source,
	struct event_read *out, struct err *err);

/*
 * The bytes of an event given as JSON: Avro's JSON encoding (a union's value may also stand without its branch
 * when only one can be meant, a missing field takes its default), a JSON document, Protobuf's JSON mapping.  ERR_PARSE with the path of what
 * does not fit the schema.
 */
ERR_CHECKED enum err_code schema_event_write(struct arena *arena, const struct event_target *target, struct str json,
	struct str *out, struct err *err);

#endif
