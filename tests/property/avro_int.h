/* What the files of the random Avro schemas share. */
#ifndef TESTS_PROPERTY_AVRO_INT_H
#define TESTS_PROPERTY_AVRO_INT_H

#include <jansson.h>

#include "tests/property/property.h"

/* The types that are being made. */
struct schema_maker {
	struct draw *d;
	unsigned n_types;
	json_t *names;            /* of the types that are defined so far */
};

/* avro_schema.c */
json_t *make_logical(struct draw *d);
json_t *make_enum(struct schema_maker *m);
/* A value that is a default of the type, or NULL where that takes too long to find. */
json_t *make_default(struct draw *d, json_t *type);
json_t *make_primitive(struct draw *d);
/* In one of a few layouts. */
struct str take_text(struct arena *arena, json_t *json, struct draw *d);
struct str avro_schema(struct draw *d, struct arena *arena);

/* avro_change.c */
struct str avro_change(struct draw *d, struct arena *arena, struct str text);

/* avro_event.c */
struct str avro_event(struct draw *d, struct arena *arena, const struct event_source *source);

/* avro_same.c */
bool avro_same(struct arena *arena, const struct schema *reader, const struct schema *writer, struct str written,
	struct str read, const char **why);

#endif
