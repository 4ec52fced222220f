/*
 * What a logical type makes of a value (specification, "Logical Types"): the same number can be a count of
 * milliseconds or of microseconds.  A logical type that does not go with its type is none, as the specification
 * has it.  Constant tables, for any thread.
 */
#ifndef COMPAT_AVRO_MEANING_H
#define COMPAT_AVRO_MEANING_H

#include "compat/avro/avsc.h"

enum avsc_sense {
	AVSC_SENSE_PLAIN,     /* no logical type */
	AVSC_SENSE_DATE,
	AVSC_SENSE_TIME,
	AVSC_SENSE_TIMESTAMP,
	AVSC_SENSE_LOCAL,     /* timestamp without a time zone */
	AVSC_SENSE_DECIMAL,
	AVSC_SENSE_UUID,
	AVSC_SENSE_DURATION,
	AVSC_SENSE_OTHER,     /* a name that the specification does not have */
};

struct avsc_meaning {
	enum avsc_sense sense;
	struct str name;      /* of the logical type; absent when there is none */
	int64_t unit;         /* dates and times: nanoseconds that 1 is */
	int64_t precision, scale; /* decimal */
};

struct avsc_meaning avsc_meaning_of(const struct avsc_type *type);

/*
 * The smallest value as JSON of a type that is no named one and no union, and one that is not the smallest; absent when there
 * is none.  Conversions of logical types take both: no decimal has no bytes, no UUID no digits.
 */
struct str avsc_least_leaf(const struct avsc_type *type);
struct str avsc_other_leaf(const struct avsc_type *type);

/* 32 hexadecimal digits with hyphens behind the 8th, 12th, 16th and 20th (RFC 9562). */
bool avsc_is_uuid(struct str text);

#endif
