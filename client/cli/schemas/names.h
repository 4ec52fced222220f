/*
 * What the text of a schema defines and what it needs from elsewhere, as far as a look at it tells without the
 * other texts: full names in Avro, imports in Protobuf, $refs in JSON Schema.  Not a check of the text.
 */
#ifndef CLIENT_CLI_SCHEMAS_NAMES_H
#define CLIENT_CLI_SCHEMAS_NAMES_H

#include "base/json.h"
#include "compat/schema.h"

struct names {
	struct arena *arena;
	struct str main;      /* Avro's first full name, the $id or title, the first message with its package; "" without */
	struct str id;        /* JSON Schema: $id; absent without */
	struct str *defines;  /* Avro: full names, the main one first */
	size_t n_defines, defines_room;
	struct str *needs;    /* as written but without a fragment; Avro: full names; each once, in order */
	size_t n_needs, needs_room;
};

/* Nothing of a text that is none of the type. */
struct names names_find(struct arena *arena, enum schema_type type, struct str text);

/*
 * Whether a .json file holds a JSON Schema: it says so by its $schema, or by its name (.schema.json) while it is
 * an object or a boolean.
 */
bool names_is_json_schema(struct arena *arena, struct str path, struct str text);

void names_define(struct names *names, struct str name);
void names_need(struct names *names, struct str name);
/* What a .proto text says (names_proto.c). */
void names_of_proto(struct names *names, struct str text);

#endif
