/* Random JSON Schemas and documents: what the files of this folder share. */
#ifndef TESTS_PROPERTY_JSON_INT_H
#define TESTS_PROPERTY_JSON_INT_H

#include <jansson.h>

#include "base/arena.h"
#include "tests/property/property.h"

enum json_draft { JSON_DRAFT_4, JSON_DRAFT_7, JSON_DRAFT_2019, JSON_DRAFT_2020 };

struct json_maker {
	struct draw *d;
	enum json_draft draft;
	unsigned n_nodes;
	bool recursive;    /* definitions may refer to themselves */
};

json_t *json_make_schema(struct json_maker *m, unsigned depth);
/* Adds a random keyword, or sets it anew. */
void json_make_keyword(struct json_maker *m, json_t *schema, unsigned depth);
json_t *json_make_scalar(struct draw *d);
const char *json_make_name(struct draw *d);

/* By its $schema. */
enum json_draft json_draft_of(const json_t *schema);

struct str json_change(struct draw *d, struct arena *arena, struct str text);
struct str json_event(struct draw *d, struct arena *arena, const struct event_source *source);

#endif
