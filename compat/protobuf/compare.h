/*
 * What a reader makes of an event, against what its writer meant.  Fields are told by their numbers, enum
 * constants by name within one enum; numbers count as they are.  What the reader has no field for is no
 * difference, nor is a number that an open enum of the same name has no constant for: both are kept.
 */
#ifndef COMPAT_PROTOBUF_COMPARE_H
#define COMPAT_PROTOBUF_COMPARE_H

#include "compat/protobuf/decode.h"

struct pbuf_compare {
	struct arena *arena;
	const struct pbuf_schema *writer, *reader; /* for extensions */
	bool shallow;         /* messages within messages are not looked into */
	struct str path;      /* out: of the first difference, by the reader's names */
	const char *reason;   /* out: in a few words; NULL: there is none */
};

/* The reason where a number is read as it was, but by an enum that has no name for it. */
extern const char pbuf_no_constant[];

/* Whether the reader has what was written; else `path` and `reason` tell the first difference. */
bool pbuf_same(struct pbuf_compare *c, const struct pbuf_message *written, const struct pbuf_message *read);
/* The same for one field; `read` may be NULL as the type that has no such field. */
bool pbuf_same_member(struct pbuf_compare *c, const struct pbuf_field *written, const struct pbuf_message *from,
	const struct pbuf_field *read, const struct pbuf_message *to);

/* The type's field or the extension of this number, as the decoder finds it; NULL: none. */
const struct pbuf_field *pbuf_field_or_extension(const struct pbuf_schema *schema, const struct pbuf_type *type,
	int32_t number);

/* Enums of one name, be it in other packages: constants of one number that are called otherwise were renamed. */
bool pbuf_enums_related(const struct pbuf_type *a, const struct pbuf_type *b);
bool pbuf_is_closed(const struct pbuf_type *type);

#endif
