/*
 * Messages as bytes (protobuf encoding guide): decoding with the message type of a parsed schema into a
 * tree, and back.  Hostile bytes are met with an error: all lengths are bounded by the input, nesting by
 * PBUF_DECODE_DEPTH.  Trees live in the arena given; texts and bytes are borrowed from the input.
 */
#ifndef COMPAT_PROTOBUF_DECODE_H
#define COMPAT_PROTOBUF_DECODE_H

#include "compat/protobuf/pbuf.h"

enum { PBUF_DECODE_DEPTH = 100 }; /* as the other implementations have it */

enum pbuf_datum_kind {
	PBUF_D_INT,     /* int32, int64, sint32, sint64, sfixed32, sfixed64 */
	PBUF_D_UINT,    /* uint32, uint64, fixed32, fixed64 */
	PBUF_D_DOUBLE,  /* float, double */
	PBUF_D_BOOL,
	PBUF_D_ENUM,    /* its number in `i` */
	PBUF_D_STRING,
	PBUF_D_BYTES,
	PBUF_D_MESSAGE, /* also a group */
	PBUF_D_LIST,
	PBUF_D_MAP,     /* keys and values in turn; each key once */
};

struct pbuf_datum {
	enum pbuf_datum_kind kind;
	union {
		int64_t i;
		uint64_t u;
		double d;
		bool b;
		struct str text;
		struct pbuf_message *message;
		struct {
			struct pbuf_datum *items;
			size_t n_items;
		};
	};
};

/* A field that is set.  Zero in a field without presence counts as not set, an empty list or map likewise. */
struct pbuf_member {
	const struct pbuf_field *field;
	struct pbuf_datum value;
};

/* A field that the type does not have, or whose bytes are of another wire type. */
struct pbuf_unknown {
	uint32_t number;
	unsigned wire;    /* the wire type */
	struct str bytes; /* as they came, without the tag; of a group with its end, of bytes without the length */
};

struct pbuf_message {
	const struct pbuf_type *type;
	struct pbuf_member *members; /* in the order in which they came first */
	size_t n_members;
	struct pbuf_unknown *unknown;
	size_t n_unknown;
	struct map places; /* for decoding: of a field, or of its oneof, to its member */
};

/* What was wrong with bytes. */
struct pbuf_fault {
	struct str reason;
	size_t offset;                  /* the byte where decoding stopped */
	const struct pbuf_type *type;   /* of the message being read */
	const struct pbuf_field *field; /* being read, or missing; NULL: none */
	bool is_missing;                /* a required field is: the bytes as such are fine */
};

enum pbuf_decode_flags { PBUF_PARTIAL = 1 << 0 /* required fields may be missing */ };

/* False, with the fault, when the bytes cannot be decoded. */
bool pbuf_decode_event(struct arena *arena, const struct pbuf_schema *schema, const struct pbuf_type *type,
	struct str bytes, unsigned flags, const struct pbuf_message **out, struct pbuf_fault *fault);

/* ERR_PARSE, with the byte where decoding stopped in the text; outputs untouched then. */
ERR_CHECKED enum err_code pbuf_decode(struct arena *arena, const struct pbuf_schema *schema,
	const struct pbuf_type *type, struct str bytes, const struct pbuf_message **out, struct err *err);

/* Fields by number, repeated numbers packed where the schema says so; what is unknown comes last, as it came. */
struct str pbuf_encode(struct arena *arena, const struct pbuf_message *message);

/* Whether values of the type can be decoded: what it names is known, which a registered schema need not be. */
bool pbuf_is_decodable(const struct pbuf_use *use);
/* The member of a field, or NULL when it is not set. */
const struct pbuf_datum *pbuf_member_find(const struct pbuf_message *message, struct str name);
/* Whether the field tells "not set" from its default value. */
bool pbuf_has_presence(const struct pbuf_field *field);
/* The field of this number, or NULL. */
const struct pbuf_field *pbuf_field_numbered(const struct pbuf_type *type, int32_t number);
/* The name of an enum's number, the first where it has several; absent when it has none. */
struct str pbuf_constant_name(const struct pbuf_type *type, int32_t number);
/* The message of this full name, or of this name behind the package; NULL when there is none. */
const struct pbuf_type *pbuf_message_find(const struct pbuf_schema *schema, struct str name);

#endif
