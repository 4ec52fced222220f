/* The graph of a pair of schemas: built from its plan, weighed by the events that each way needs. */
#include "compat/avro/graph.h"

#include "base/arena.h"
#include "base/limits.h"

enum { SIZE_FIXED_MOST = 1 << 30 };

/* ---- sizes of a writer's smallest events ---- */

/* The types of a schema in the order met, each once. */
struct types {
	const struct avsc_type **list;
	size_t n, room;
	uint8_t *seen;
};

static void list_type(struct arena *arena, struct types *types, const struct avsc_type *type)
{
	uint8_t bit = (uint8_t)(1u << (type->number & 7));

	if (types->seen[type->number >> 3] & bit)
		return;
	types->seen[type->number >> 3] |= bit;
	types->list = arena_grow(arena, types->list, types->n, &types->room, sizeof(*types->list));
	types->list[types->n++] = type;
}

static struct types list_types(struct arena *arena, const struct avsc_schema *schema)
{
	struct types types = { .seen = arena_array(arena, uint8_t, schema->n_types / 8 + 1) };

	list_type(arena, &types, schema->root);
	for (size_t i = 0; i < types.n; i++) {
		const struct avsc_type *type = types.list[i];

		if (type->items)
			list_type(arena, &types, type->items);
		for (size_t j = 0; j < type->n_branches; j++)
			list_type(arena, &types, type->branches[j]);
		for (size_t j = 0; j < type->n_fields; j++)
			list_type(arena, &types, type->fields[j].type);
	}
	return types;
}

static const uint8_t leaf_sizes[AVSC_KINDS] = {
	[AVSC_NULL] = 1, [AVSC_BOOLEAN] = 2, [AVSC_INT] = 2, [AVSC_LONG] = 2, [AVSC_FLOAT] = 5, [AVSC_DOUBLE] = 9,
	[AVSC_BYTES] = 2, [AVSC_STRING] = 2, [AVSC_ENUM] = 2, [AVSC_ARRAY] = 2, [AVSC_MAP] = 2,
};

static uint64_t least_of(const struct avsc_type *type, const uint64_t *least)
{
	uint64_t size = 1;

	switch (type->kind) {
	case AVSC_RECORD:
		for (size_t i = 0; i < type->n_fields; i++)
			size = avsc_size_add(size, least[type->fields[i].type->number]);
		return size;
	case AVSC_UNION:
		size = AVSC_NEVER;
		for (size_t i = 0; i < type->n_branches; i++)
			if (least[type->branches[i]->number] < size)
				size = least[type->branches[i]->number];
		return avsc_size_add(size, 1);
	case AVSC_ENUM:
		return type->n_symbols > 0 ? leaf_sizes[AVSC_ENUM] : AVSC_NEVER;
	case AVSC_FIXED:
		return 1 + (uint64_t)(type->size < SIZE_FIXED_MOST ? type->size : SIZE_FIXED_MOST);
	default:
		return leaf_sizes[type->kind];
	}
}

static enum err_code fail_limit(struct err *err)
{
	return err_text(err, ERR_LIMIT,
		str_printf(err->arena, "Explaining the change takes more than %u steps", (unsigned)LIMIT_CHECK_PAIRS));
}

/* Rounds until nothing becomes smaller; what lies inside mostly comes behind, so that few are needed. */
static enum err_code find_least(struct avsc_graph *g, struct err *err)
{
	struct types types = list_types(g->arena, g->writer);
	uint64_t steps = 0;
	bool changed = true;

	g->least = arena_array(g->arena, uint64_t, g->writer->n_types);
	memset(g->least, 0xFF, g->writer->n_types * sizeof(*g->least));
	while (changed) {
		changed = false;
		for (size_t i = types.n; i-- > 0;) {
			uint64_t size = least_of(types.list[i], g->least), *known = &g->least[types.list[i]->number];

			steps += 1 + types.list[i]->n_fields + types.list[i]->n_branches;
			changed |= size < *known;
			*known = size;
		}
		if (steps > LIMIT_CHECK_PAIRS)
			return fail_limit(err);
	}
	return OK;
}

/* ---- pairs and edges ---- */

static struct str key_of(uint32_t key[2], const struct avsc_type *reader, const struct avsc_type *writer)
{
	key[0] = reader->number;
	key[1] = writer->number;
	return str_make((const char *)key, 2 * sizeof(*key));
}

uint32_t avsc_graph_find(const struct avsc_graph *g, const struct avsc_type *reader, const struct avsc_type *writer)
{
	uint32_t key[2];
	void *found = map_get(&g->index, key_of(key, reader, writer));

	return found ? (uint32_t)((uintptr_t)found - 1) : UINT32_MAX;
}

/* They are in the order of the writer. */
const struct avsc_edge *avsc_graph_field(const struct avsc_graph *g, const struct avsc_pair *p, size_t writer_index)
{
	const struct avsc_edge *edges = &g->edges[p->first_edge];
	size_t low = 0, high = p->n_edges;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (edges[middle].writer_index < writer_index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_edges && edges[low].writer_index == writer_index ? &edges[low] : NULL;
}

static uint32_t add_pair(struct avsc_graph *g, const struct avsc_type *reader, const struct avsc_type *writer,
	const struct avsc_node *plan)
{
	uint32_t key[2], known = avsc_graph_find(g, reader, writer);

	if (known != UINT32_MAX)
		return known;
	g->pairs = arena_grow(g->arena, g->pairs, g->n_pairs, &g->pair_room, sizeof(*g->pairs));
	g->pairs[g->n_pairs] = (struct avsc_pair){ .reader = reader, .writer = writer, .plan = plan, .ok = AVSC_NEVER };
	map_put(&g->index, str_dup(g->arena, key_of(key, reader, writer)), (void *)((uintptr_t)g->n_pairs + 1));
	return g->n_pairs++;
}

static void add_edge(struct avsc_graph *g, struct avsc_edge edge)
{
	g->edges = arena_grow(g->arena, g->edges, g->n_edges, &g->edge_room, sizeof(*g->edges));
	g->edges[g->n_edges++] = edge;
}

static void link_record(struct avsc_graph *g, const struct avsc_pair *p)
{
	for (size_t i = 0; p->plan->steps && i < p->writer->n_fields; i++) {
		const struct avsc_step *step = &p->plan->steps[i];

		if (step->node)
			add_edge(g, (struct avsc_edge){
				.to = add_pair(g, p->reader->fields[step->field].type, p->writer->fields[i].type, step->node),
				.way = AVSC_WAY_FIELD, .reader_index = step->field, .writer_index = (uint32_t)i });
	}
}

/* `p` is a copy: adding pairs moves them. */
static void link_pair(struct avsc_graph *g, struct avsc_pair p)
{
	const struct avsc_node *n = p.plan;

	switch (n->op) {
	case AVSC_OP_RECORD:
	case AVSC_OP_FAIL:
		if (p.reader->kind == AVSC_RECORD && p.writer->kind == AVSC_RECORD)
			link_record(g, &p);
		break;
	case AVSC_OP_ARRAY:
	case AVSC_OP_MAP:
		add_edge(g, (struct avsc_edge){ .to = add_pair(g, p.reader->items, p.writer->items, n->child),
			.way = n->op == AVSC_OP_ARRAY ? AVSC_WAY_ITEMS : AVSC_WAY_VALUES });
		break;
	case AVSC_OP_UNION:
		for (uint32_t i = 0; i < p.writer->n_branches; i++)
			add_edge(g, (struct avsc_edge){ .to = add_pair(g, p.reader, p.writer->branches[i], n->branches[i]),
				.way = AVSC_WAY_WRITER_BRANCH, .writer_index = i });
		break;
	case AVSC_OP_BRANCH:
		add_edge(g, (struct avsc_edge){ .to = add_pair(g, p.reader->branches[n->branch], p.writer, n->child),
			.way = AVSC_WAY_READER_BRANCH, .reader_index = n->branch });
		break;
	default:
		break;
	}
}

static bool defaults_fail(const struct avsc_node *plan)
{
	for (size_t i = 0; i < plan->n_defaults; i++)
		if (plan->defaults[i].node->op == AVSC_OP_FAIL)
			return true;
	return false;
}

/* ---- sizes of events that are read ---- */

static uint64_t ok_record(const struct avsc_graph *g, const struct avsc_pair *p)
{
	const struct avsc_edge *edge = &g->edges[p->first_edge], *end = edge + p->n_edges;
	uint64_t size = 1;

	if (defaults_fail(p->plan))
		return AVSC_NEVER;
	for (uint32_t i = 0; i < p->writer->n_fields; i++) {
		bool read = edge < end && edge->writer_index == i;

		size = avsc_size_add(size, read ? g->pairs[edge->to].ok : g->least[p->writer->fields[i].type->number]);
		edge += read;
	}
	return size;
}

static uint64_t ok_enum(const struct avsc_pair *p)
{
	for (size_t i = 0; i < p->writer->n_symbols; i++)
		if (p->plan->symbols[i] >= 0)
			return leaf_sizes[AVSC_ENUM];
	return AVSC_NEVER;
}

static uint64_t ok_of(const struct avsc_graph *g, const struct avsc_pair *p)
{
	uint64_t size = AVSC_NEVER;

	switch (p->plan->op) {
	case AVSC_OP_FAIL:
		return AVSC_NEVER;
	case AVSC_OP_RECORD:
		return ok_record(g, p);
	case AVSC_OP_ENUM:
		return ok_enum(p);
	case AVSC_OP_UNION:
		for (uint32_t i = 0; i < p->n_edges; i++)
			if (g->pairs[g->edges[p->first_edge + i].to].ok < size)
				size = g->pairs[g->edges[p->first_edge + i].to].ok;
		return avsc_size_add(size, 1);
	case AVSC_OP_BRANCH:
		return g->pairs[g->edges[p->first_edge].to].ok;
	default:
		return g->least[p->writer->number];
	}
}

static enum err_code find_ok(struct avsc_graph *g, struct err *err)
{
	uint64_t steps = 0;
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = g->n_pairs; i-- > 0;) {
			struct avsc_pair *p = &g->pairs[i];
			uint64_t size = ok_of(g, p);

			steps += 1 + p->n_edges;
			changed |= size < p->ok;
			p->ok = size;
		}
		if (steps > LIMIT_CHECK_PAIRS)
			return fail_limit(err);
	}
	return OK;
}

/* ---- the smallest ways ---- */

struct waiting {
	uint64_t size;
	uint32_t pair;
};

struct heap {
	struct arena *arena;
	struct waiting *items;
	size_t n, room;
};

static void heap_push(struct heap *h, struct waiting item)
{
	size_t at;

	h->items = arena_grow(h->arena, h->items, h->n, &h->room, sizeof(*h->items));
	for (at = h->n++; at > 0 && h->items[(at - 1) / 2].size > item.size; at = (at - 1) / 2)
		h->items[at] = h->items[(at - 1) / 2];
	h->items[at] = item;
}

static struct waiting heap_pop(struct heap *h)
{
	struct waiting first = h->items[0], last = h->items[--h->n];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < h->n) {
		child += child + 1 < h->n && h->items[child + 1].size < h->items[child].size;
		if (last.size <= h->items[child].size)
			break;
		h->items[at] = h->items[child];
		at = child;
	}
	h->items[at] = last;
	return first;
}

/* What a value costs beside the way: one that is read where there is one, else any, which fails before or after. */
static uint64_t beside(const struct avsc_graph *g, const struct avsc_type *writer, uint64_t ok)
{
	return ok != AVSC_NEVER ? ok : avsc_size_add(g->least[writer->number], AVSC_SHADOW);
}

/* What all of a record's fields cost, and how many of them no event can have. */
static uint64_t weigh_fields(const struct avsc_graph *g, const struct avsc_pair *p, size_t *n_never)
{
	const struct avsc_edge *edge = &g->edges[p->first_edge], *end = edge + p->n_edges;
	uint64_t total = p->plan->op == AVSC_OP_FAIL || defaults_fail(p->plan) ? AVSC_SHADOW : 1;

	*n_never = 0;
	for (uint32_t i = 0; i < p->writer->n_fields; i++) {
		const struct avsc_type *type = p->writer->fields[i].type;
		bool read = edge < end && edge->writer_index == i;
		uint64_t size = read ? beside(g, type, g->pairs[edge->to].ok) : g->least[type->number];

		if (size == AVSC_NEVER)
			++*n_never;
		else
			total += size;
		edge += read;
	}
	return total;
}

struct weights {
	uint64_t total;               /* AVSC_WAY_FIELD */
	size_t n_never;
};

static uint64_t weigh(const struct avsc_graph *g, const struct avsc_edge *edge, const struct weights *w)
{
	static const uint8_t sizes[] = { [AVSC_WAY_ITEMS] = 3, [AVSC_WAY_VALUES] = 5, [AVSC_WAY_WRITER_BRANCH] = 1,
		[AVSC_WAY_READER_BRANCH] = 0 };
	const struct avsc_pair *to = &g->pairs[edge->to];
	uint64_t own;

	if (g->least[to->writer->number] == AVSC_NEVER)
		return AVSC_NEVER; /* there is no such value, as of a record that holds itself */
	if (edge->way != AVSC_WAY_FIELD)
		return sizes[edge->way];
	own = beside(g, to->writer, to->ok);
	return w->n_never > 0 ? AVSC_NEVER : w->total - own;
}

struct avsc_ways avsc_graph_ways(const struct avsc_graph *g, uint32_t source)
{
	struct avsc_ways ways = {
		.source = source,
		.reach = arena_array(g->arena, uint64_t, g->n_pairs),
		.from = arena_array(g->arena, uint32_t, g->n_pairs),
		.edge = arena_array(g->arena, uint32_t, g->n_pairs),
	};
	struct heap heap = { .arena = g->arena };

	memset(ways.reach, 0xFF, g->n_pairs * sizeof(*ways.reach));
	ways.reach[source] = 0;
	heap_push(&heap, (struct waiting){ .size = 0, .pair = source });
	while (heap.n > 0) {
		struct waiting next = heap_pop(&heap);
		const struct avsc_pair *p = &g->pairs[next.pair];
		struct weights w = { 0 };

		if (next.size > ways.reach[next.pair])
			continue;
		if (p->reader->kind == AVSC_RECORD && p->writer->kind == AVSC_RECORD)
			w.total = weigh_fields(g, p, &w.n_never);
		for (uint32_t i = p->first_edge; i < p->first_edge + p->n_edges; i++) {
			uint64_t size = avsc_size_add(next.size, weigh(g, &g->edges[i], &w));
			uint32_t to = g->edges[i].to;

			if (size >= ways.reach[to])
				continue;
			ways.reach[to] = size;
			ways.from[to] = next.pair;
			ways.edge[to] = i;
			heap_push(&heap, (struct waiting){ .size = size, .pair = to });
		}
	}
	return ways;
}

enum err_code avsc_graph_make(struct arena *arena, const struct avsc_schema *reader, const struct avsc_schema *writer,
	struct avsc_graph *out, struct err *err)
{
	struct avsc_graph g = { .arena = arena, .reader = reader, .writer = writer, .index = map_make(arena),
		.edges = arena_array(arena, struct avsc_edge, 16), .edge_room = 16 };

	TRY(avsc_plan_make(arena, writer, reader, &g.plan, err));
	TRY(find_least(&g, err));
	add_pair(&g, reader->root, writer->root, g.plan->root);
	for (uint32_t i = 0; i < g.n_pairs; i++) {
		g.pairs[i].first_edge = g.n_edges;
		link_pair(&g, g.pairs[i]);
		g.pairs[i].n_edges = g.n_edges - g.pairs[i].first_edge;
		if (g.n_edges > LIMIT_CHECK_PAIRS)
			return fail_limit(err);
	}
	TRY(find_ok(&g, err));
	g.ways = avsc_graph_ways(&g, 0);
	*out = g;
	return OK;
}
