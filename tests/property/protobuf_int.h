/* Random .proto files as models, so that a change keeps the rest and what comes out mostly parses. */
#ifndef TESTS_PROPERTY_PROTOBUF_INT_H
#define TESTS_PROPERTY_PROTOBUF_INT_H

#include "base/arena.h"
#include "compat/protobuf/event_int.h"
#include "tests/property/property.h"

enum { MOST_FIELDS = 6, MOST_MESSAGES = 4, MOST_ENUMS = 3, MOST_CONSTANTS = 5, LAST_NUMBER = 9 };

enum shape { SCALAR, ENUM, MESSAGE, MAP, GROUP };

struct random_field {
	int number;
	int name;               /* "f" and this; that of its first number */
	enum shape shape;
	unsigned kind;          /* a scalar; of a map the value's */
	unsigned key;           /* of a map */
	unsigned target;        /* of an enum or message, of a map to one */
	unsigned value;         /* of a map: 0 scalar, 1 enum, 2 message */
	enum pbuf_label label;
	int oneof;              /* 0: in none */
	bool has_default;
	unsigned chosen;        /* the default */
	bool packed_given, packed;
};

struct random_message {
	char name[8];
	struct random_field fields[MOST_FIELDS];
	unsigned n_fields;
	int reserved;           /* a number; 0: none */
	int nested_in;          /* index of an earlier message, or -1 */
};

struct random_enum {
	char name[8];
	struct {
		char name[8];
		int number;
	} constants[MOST_CONSTANTS];
	unsigned n_constants;
};

struct random_file {
	bool proto2;
	char package[4];
	struct random_message messages[MOST_MESSAGES];
	unsigned n_messages;
	struct random_enum enums[MOST_ENUMS];
	unsigned n_enums;
	struct random_field extension; /* number 0: none; of the first message */
};

extern const char *const random_scalars[15], *const random_keys[9];

static inline bool one_in(struct draw *d, unsigned n)
{
	return draw_below(d, n) == 0;
}

/* protobuf_schema.c */
void random_file(struct draw *d, struct random_file *file);
void random_type(struct draw *d, const struct random_file *file, struct random_field *field);
void random_label(struct draw *d, const struct random_file *file, struct random_field *field);
void random_field(struct draw *d, const struct random_file *file, struct random_field *field, int number);
int free_number(struct draw *d, const struct random_message *message);

/* protobuf_text.c */
struct str random_text(struct arena *arena, const struct random_file *file);

/* protobuf_change.c */
void change_file(struct draw *d, struct random_file *file);

/* protobuf_message.c: a valid message, or NULL when its required fields go too deep. */
struct pbuf_message *random_event(struct draw *d, struct arena *arena, const struct pbuf_schema *schema,
	const struct pbuf_type *type, unsigned depth);

#endif
