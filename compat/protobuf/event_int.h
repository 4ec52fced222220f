/* Messages as JSON (ProtoJSON, protobuf.dev/programming-guides/json): what the files of reading and printing share. */
#ifndef COMPAT_PROTOBUF_EVENT_INT_H
#define COMPAT_PROTOBUF_EVENT_INT_H

#include "compat/protobuf/decode_int.h"

struct jsn;

/* Types whose JSON is not that of a message. */
enum pbuf_wkt {
	WKT_NONE, WKT_ANY, WKT_TIMESTAMP, WKT_DURATION, WKT_WRAPPER, WKT_STRUCT, WKT_VALUE, WKT_LIST_VALUE, WKT_FIELD_MASK,
	WKT_EMPTY,
};

/* The years 1 to 9999, and ten thousand years: what Timestamp and Duration may hold (their files say so). */
#define PBUF_FIRST_SECOND INT64_C(-62135596800)
#define PBUF_LAST_SECOND INT64_C(253402300799)
#define PBUF_MOST_SECONDS INT64_C(315576000000)

/* Of a message by its full name and the kinds of its fields: who calls another type so gets a plain message. */
enum pbuf_wkt pbuf_wkt_of(const struct pbuf_type *type);
bool pbuf_is_null_value(const struct pbuf_use *use); /* google.protobuf.NullValue */

/* Printing and reading of one event. */
struct pbuf_event {
	struct arena *arena;
	const struct pbuf_schema *schema;
	bool shows_unknown;   /* printing: unknown fields as a member "@unknown" */
	unsigned depth;       /* of messages, those inside of an Any included */
	struct err *err;      /* reading only */
	struct buf *path;     /* reading only: of the value being read */
};

struct str pbuf_json(struct arena *arena, const struct pbuf_schema *schema, const struct pbuf_message *message,
	bool shows_unknown);
/* A value of a type, not a list or map. */
void pbuf_json_value(struct pbuf_event *e, struct buf *b, const struct pbuf_use *use, const struct pbuf_datum *value);
void pbuf_json_message(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message);
/* The members of a message without braces; *first tells whether none has been printed yet. */
void pbuf_json_members(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message, bool *first);
/* Of a well-known type; false when its content has no such form: then it is printed as any message. */
bool pbuf_json_known(struct pbuf_event *e, struct buf *b, enum pbuf_wkt wkt, const struct pbuf_message *message);
/* What does not fit, with its path. */
enum err_code pbuf_json_misfit(struct pbuf_event *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
ERR_CHECKED enum err_code pbuf_json_read_message(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json);
ERR_CHECKED enum err_code pbuf_json_read_members(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json);
ERR_CHECKED enum err_code pbuf_json_read_value(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out);
ERR_CHECKED enum err_code pbuf_json_read_list(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out);
ERR_CHECKED enum err_code pbuf_json_read_map(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out);
ERR_CHECKED enum err_code pbuf_json_read_known(struct pbuf_event *e, enum pbuf_wkt wkt, struct pbuf_message *message,
	const struct jsn *json);

/* The type behind the last slash of a type URL, or NULL when the schema does not know it. */
const struct pbuf_type *pbuf_any_type(const struct pbuf_schema *schema, struct str url);
/* The member's name: json_name, or the name in camel case; "[full.name]" of an extension. */
struct str pbuf_json_name(struct arena *arena, const struct pbuf_field *field);

/* The member of this number, or NULL when it is not set. */
const struct pbuf_datum *pbuf_member_numbered(const struct pbuf_message *message, int32_t number);
/* Adds a member; the field must not be set yet. */
struct pbuf_datum *pbuf_member_add(struct arena *arena, struct pbuf_message *message, const struct pbuf_field *field);
struct pbuf_message *pbuf_message_make(struct arena *arena, const struct pbuf_type *type);
/* What a reader sees when a field that is not repeated and no message is not set; false for the others. */
bool pbuf_absent_value(struct arena *arena, const struct pbuf_field *field, struct pbuf_datum *out);
/* The same without regard to a default that the schema gives; of an enum its first constant. */
struct pbuf_datum pbuf_zero_value(const struct pbuf_use *use);

#endif
