/*
 * What can go wrong between a reader and a writer, pair of types by pair: everything that decoders stumble over,
 * and more that they read otherwise than it was written, whatever the reference thinks of it.
 */
#ifndef COMPAT_AVRO_DEFECT_H
#define COMPAT_AVRO_DEFECT_H

#include "compat/avro/graph.h"
#include "compat/rule.h"

struct avsc_defect {
	enum rule rule;
	enum rule_effect effect;      /* what is to be expected; running an event decides */
	uint32_t pair;
	uint32_t index;               /* the reader's field; enum: the writer's first symbol that is missing */
	uint32_t other;               /* AVRO_ALIAS_…: the field that goes without */
	struct str value;             /* of the pair's writer, that shows it, as JSON; absent: any does */
};

struct avsc_defects {
	struct arena *arena;
	struct avsc_defect *items;    /* by pair */
	uint32_t *first;              /* by pair, and one more for the end */
	size_t n;
	size_t room;
};

struct avsc_defects avsc_defects_find(const struct avsc_graph *g);

/* The writer's field that the reader's field means by its name or an alias, but that is not read; NULL: there is none. */
const struct avsc_field *avsc_lost_field(const struct avsc_graph *g, const struct avsc_pair *p,
	const struct avsc_field *field);

/* The branch of a union that an alias pushes aside although it has the writer's very name; n_branches when there is none. */
size_t avsc_branch_of_name(const struct avsc_type *a_union, const struct avsc_type *writer);

/* The first branch of a union that is of the writer's kind and has the last part of its name; or n_branches. */
size_t avsc_branch_like(const struct avsc_type *a_union, const struct avsc_type *writer);

/* Whether the pair is of records of other names, without an alias, and the writer's union has more records to take it for. */
bool avsc_is_taken_by_shape(const struct avsc_type *reader, const struct avsc_type *writer, const struct avsc_type *a_union);

/* Whether both are numbers and the reader's holds less. */
bool avsc_is_narrower(const struct avsc_type *reader, const struct avsc_type *writer);

#endif
