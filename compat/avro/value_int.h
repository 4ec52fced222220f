/* JSON values inside Avro schemas, defaults and properties, as Jackson and Java keep, print and compare them. */
#ifndef COMPAT_AVRO_VALUE_INT_H
#define COMPAT_AVRO_VALUE_INT_H

#include "compat/avro/avsc.h"

/* number.c: numbers as Jackson and Java keep and print them. */
bool avsc_number_is_integer(struct str token);
bool avsc_number_fits(struct str token, unsigned bits); /* an integer of 32 or 64 bits */
double avsc_number_value(struct str token);
void avsc_put_number(struct buf *b, struct str token);
void avsc_put_double(struct buf *b, double value); /* Double.toString; NaN and infinities in quotes */
void avsc_put_float(struct buf *b, float value);   /* Float.toString, likewise */
/* Java's Double.parseDouble; false when it would refuse. */
bool avsc_java_double(struct str text, double *out);

/* value.c: JSON values in schemas. */
enum avsc_value_flags {
	AVSC_SORTED = 1 << 0, /* members by name, in the order of UTF-16 */
};
void avsc_put_value(struct buf *b, const struct jsn *value, unsigned flags);
/* The first branch that a default may be for (Java's isCompatible); n_branches when there is none. */
size_t avsc_default_branch(const struct avsc_type *type, const struct jsn *value);
/* A default as values of `type` are written (contract 6.2, "Normalize"). */
void avsc_put_default(struct buf *b, const struct jsn *value, const struct avsc_type *type);
/* As Jackson's nodes are equal: numbers by value within integers or doubles, members in any order. */
bool avsc_value_equal(const struct jsn *a, const struct jsn *b);

#endif
