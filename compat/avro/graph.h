/*
 * How a reader meets a writer, as a graph: a node for each pair of types that reading any event can come to, as
 * the plan of compat/avro/plan.h resolves them, and an edge for each way from one pair to another.  It answers
 * what the smallest event is that gets somewhere.  Lives in the arena given.
 */
#ifndef COMPAT_AVRO_GRAPH_H
#define COMPAT_AVRO_GRAPH_H

#include "base/map.h"
#include "compat/avro/plan_int.h"

enum avsc_way { AVSC_WAY_FIELD, AVSC_WAY_ITEMS, AVSC_WAY_VALUES, AVSC_WAY_WRITER_BRANCH, AVSC_WAY_READER_BRANCH };

struct avsc_edge {
	uint32_t to;                  /* pair */
	enum avsc_way way;
	uint32_t reader_index;        /* of the reader's field or branch */
	uint32_t writer_index;
};

struct avsc_pair {
	const struct avsc_type *reader, *writer;
	const struct avsc_node *plan;
	uint32_t first_edge, n_edges;
	uint64_t ok;                  /* size of the smallest event that is read without a failure, or AVSC_NEVER */
};

/* Sizes are about those of the encoded bytes, with one more for each value. */
#define AVSC_NEVER UINT64_MAX
/* Added for each failure that an event cannot avoid on its way. */
#define AVSC_SHADOW ((uint64_t)1 << 40)

/* The smallest way from one pair to all others. */
struct avsc_ways {
	uint32_t source;
	uint64_t *reach;              /* by pair: what the event needs around it, or AVSC_NEVER */
	uint32_t *from, *edge;        /* the pair before, and the edge taken */
};

struct avsc_graph {
	struct arena *arena;
	const struct avsc_schema *reader, *writer;
	const struct avsc_plan *plan;
	struct avsc_pair *pairs;      /* 0 is the root */
	uint32_t n_pairs;
	size_t pair_room;
	struct avsc_edge *edges;
	uint32_t n_edges;
	size_t edge_room;
	struct map index;             /* of pairs, by the numbers of their types */
	uint64_t *least;              /* by the number of a writer's type: size of its smallest event, or AVSC_NEVER */
	struct avsc_ways ways;        /* from the root */
};

/* ERR_LIMIT when it takes more than the bounds. */
ERR_CHECKED enum err_code avsc_graph_make(struct arena *arena, const struct avsc_schema *reader,
	const struct avsc_schema *writer, struct avsc_graph *out, struct err *err);

/* The pair's number; UINT32_MAX when no event comes to it. */
uint32_t avsc_graph_find(const struct avsc_graph *g, const struct avsc_type *reader, const struct avsc_type *writer);

/* Of a pair of records the edge of the writer's field; NULL when it is not read. */
const struct avsc_edge *avsc_graph_field(const struct avsc_graph *g, const struct avsc_pair *p, size_t writer_index);

struct avsc_ways avsc_graph_ways(const struct avsc_graph *g, uint32_t source);

/* A sum that is AVSC_NEVER only where a part is. */
static inline uint64_t avsc_size_add(uint64_t a, uint64_t b)
{
	if (a == AVSC_NEVER || b == AVSC_NEVER)
		return AVSC_NEVER;
	return a + b < a || a + b == AVSC_NEVER ? AVSC_NEVER - 1 : a + b;
}

static inline bool avsc_size_is_shadowed(uint64_t size)
{
	return size >= AVSC_SHADOW;
}

#endif
