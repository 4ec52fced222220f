/* Witnesses: the smallest event that gets somewhere, and what becomes of it. */
#include "compat/avro/witness.h"

#include "base/arena.h"
#include "base/limits.h"
#include "compat/avro/event_int.h"
#include "compat/avro/meaning.h"

enum { WITNESS_MOST = 64 * 1024 }; /* as avsc_graph counts: larger events show no one anything */

/* ---- making events ---- */

#define NOT_READ UINT32_MAX /* in place of a pair: the reader has nothing for it */

/* The shadows that a size counts do not take room. */
static bool is_small(uint64_t size)
{
	return size != AVSC_NEVER && size % AVSC_SHADOW <= WITNESS_MOST;
}

struct making {
	const struct avsc_graph *g;
	struct buf out;
	const uint32_t *way;          /* edges from the root to the aim */
	size_t n_way;
	const struct avsc_aim *aim;
	bool other;                   /* the field that the aim says is moved has not its smallest value, but another */
};

static void put_least(struct making *m, const struct avsc_type *type);
static void put_read(struct making *m, uint32_t pair);

static void put_branch(struct buf *b, const struct avsc_type *branch)
{
	buf_add_c(b, '{');
	buf_json_inner(b, avsc_kind_is_named(branch->kind) ? branch->name.full : str_of(avsc_kind_name(branch->kind)));
	buf_add_c(b, ':');
}

/* A character for each byte, all NUL but the first. */
static void put_bytes(struct buf *b, unsigned first, int64_t n)
{
	buf_add_c(b, '"');
	for (int64_t i = 0; i < n; i++)
		buf_printf(b, "\\u%04x", i == 0 ? first : 0);
	buf_add_c(b, '"');
}

static void put_leaf(struct buf *b, const struct avsc_type *type)
{
	if (type->kind == AVSC_ENUM)
		buf_json_inner(b, type->symbols[0]);
	else if (type->kind == AVSC_FIXED)
		put_bytes(b, 0, type->size);
	else
		buf_add(b, avsc_least_leaf(type));
}

static const struct avsc_type *least_branch(const struct avsc_graph *g, const struct avsc_type *type)
{
	const struct avsc_type *least = type->branches[0];

	for (size_t i = 1; i < type->n_branches; i++)
		if (g->least[type->branches[i]->number] < g->least[least->number])
			least = type->branches[i];
	return least;
}

static void put_field_name(struct making *m, const struct avsc_type *record, size_t i)
{
	buf_add_c(&m->out, i > 0 ? ',' : '{');
	buf_json_inner(&m->out, record->fields[i].name);
	buf_add_c(&m->out, ':');
}

/* The sizes become smaller with each level, so that it ends. */
static void put_least(struct making *m, const struct avsc_type *type)
{
	if (type->kind == AVSC_RECORD) {
		for (size_t i = 0; i < type->n_fields; i++) {
			put_field_name(m, type, i);
			put_least(m, type->fields[i].type);
		}
		buf_add(&m->out, type->n_fields > 0 ? STR("}") : STR("{}"));
	} else if (type->kind == AVSC_UNION) {
		const struct avsc_type *branch = least_branch(m->g, type);

		if (branch->kind != AVSC_NULL)
			put_branch(&m->out, branch);
		put_least(m, branch);
		if (branch->kind != AVSC_NULL)
			buf_add_c(&m->out, '}');
	} else {
		put_leaf(&m->out, type);
	}
}

/* What stands beside the way: read where that is possible. */
static void put_beside(struct making *m, uint32_t pair)
{
	if (m->g->pairs[pair].ok != AVSC_NEVER)
		put_read(m, pair);
	else
		put_least(m, m->g->pairs[pair].writer);
}

static void put_read_union(struct making *m, const struct avsc_pair *p)
{
	const struct avsc_edge *edges = &m->g->edges[p->first_edge], *least = edges;
	const struct avsc_type *branch;

	for (uint32_t i = 1; i < p->n_edges; i++)
		if (m->g->pairs[edges[i].to].ok < m->g->pairs[least->to].ok)
			least = &edges[i];
	branch = p->writer->branches[least->writer_index];
	if (branch->kind != AVSC_NULL)
		put_branch(&m->out, branch);
	put_read(m, least->to);
	if (branch->kind != AVSC_NULL)
		buf_add_c(&m->out, '}');
}

static bool put_other(struct making *m, const struct avsc_type *type, uint32_t pair, unsigned depth);

/* `other`: the field that has another value than the smallest, where there is one. */
static void put_read_record(struct making *m, const struct avsc_pair *p, uint32_t other)
{
	const struct avsc_edge *edge = &m->g->edges[p->first_edge], *end = edge + p->n_edges;

	for (uint32_t i = 0; i < p->writer->n_fields; i++) {
		bool read = edge < end && edge->writer_index == i;

		put_field_name(m, p->writer, i);
		if (i == other && put_other(m, p->writer->fields[i].type, read ? edge->to : NOT_READ, 0))
			;
		else if (read)
			put_beside(m, edge->to);
		else
			put_least(m, p->writer->fields[i].type);
		edge += read;
	}
	buf_add(&m->out, p->writer->n_fields > 0 ? STR("}") : STR("{}"));
}

/* The first symbol that the reader has itself, else one for which its default stands. */
static struct str read_symbol(const struct avsc_pair *p)
{
	struct str found = STR_NONE;

	for (size_t i = p->writer->n_symbols; i-- > 0;)
		if (p->plan->symbols[i] >= 0 && (!str_present(found) || avsc_symbol_find(p->reader, p->writer->symbols[i])))
			found = p->writer->symbols[i];
	return found;
}

/* The smallest value that is read without a failure; there is one. */
static void put_read(struct making *m, uint32_t pair)
{
	const struct avsc_pair *p = &m->g->pairs[pair];

	switch (p->plan->op) {
	case AVSC_OP_RECORD:
		put_read_record(m, p, AVSC_NO_FIELD);
		break;
	case AVSC_OP_UNION:
		put_read_union(m, p);
		break;
	case AVSC_OP_BRANCH:
		put_read(m, m->g->edges[p->first_edge].to);
		break;
	case AVSC_OP_ENUM:
		buf_json_inner(&m->out, read_symbol(p));
		break;
	default:
		put_least(m, p->writer);
		break;
	}
}

/* ---- values that can be told from the smallest ---- */

/* The pair of what is inside of a value, by the writer's number of it; NOT_READ: no one reads it. */
static uint32_t pair_inside(const struct avsc_graph *g, uint32_t pair, uint32_t writer_index)
{
	const struct avsc_pair *p = pair == NOT_READ ? NULL : &g->pairs[pair];

	for (uint32_t i = 0; p && i < p->n_edges; i++)
		if (g->edges[p->first_edge + i].writer_index == writer_index)
			return g->edges[p->first_edge + i].to;
	return NOT_READ;
}

/* Whether a small value of the type can be put there, so that it is read if it is read at all. */
static bool can_put(const struct making *m, const struct avsc_type *type, uint32_t pair)
{
	return is_small(m->g->least[type->number]) && (pair == NOT_READ || is_small(m->g->pairs[pair].ok));
}

static void put_any(struct making *m, const struct avsc_type *type, uint32_t pair)
{
	if (pair == NOT_READ)
		put_least(m, type);
	else
		put_read(m, pair);
}

static bool put_other_symbol(struct making *m, const struct avsc_type *type, const struct avsc_pair *p)
{
	struct str least = p ? read_symbol(p) : type->symbols[0];

	for (size_t i = 0; i < type->n_symbols; i++) {
		if (str_eq(type->symbols[i], least) || (p && p->plan->symbols[i] < 0))
			continue;
		buf_json_inner(&m->out, type->symbols[i]);
		return true;
	}
	return false;
}

static bool put_one_item(struct making *m, const struct avsc_type *type, uint32_t pair)
{
	uint32_t inside = pair_inside(m->g, pair, 0);

	if (!can_put(m, type->items, inside))
		return false;
	buf_add(&m->out, type->kind == AVSC_ARRAY ? STR("[") : STR("{\"k\":"));
	put_any(m, type->items, inside);
	buf_add_c(&m->out, type->kind == AVSC_ARRAY ? ']' : '}');
	return true;
}

/* Another branch than the smallest, null or not; of the only one that can be read another value. */
static bool put_other_branch(struct making *m, const struct avsc_type *type, uint32_t pair, unsigned depth)
{
	size_t len = m->out.len;

	for (uint32_t i = 0; i < type->n_branches; i++) {
		const struct avsc_type *branch = type->branches[i];
		uint32_t inside = pair_inside(m->g, pair, i);

		if (branch->kind == AVSC_NULL || !can_put(m, branch, inside))
			continue;
		put_branch(&m->out, branch);
		if (put_other(m, branch, inside, depth)) {
			buf_add_c(&m->out, '}');
			return true;
		}
		m->out.len = len;
	}
	return false;
}

/* One of its fields has another value. */
static bool put_other_record(struct making *m, const struct avsc_type *type, uint32_t pair, unsigned depth)
{
	size_t len = m->out.len;

	for (uint32_t other = 0; other < type->n_fields; other++) {
		bool done = false;

		for (uint32_t i = 0; i < type->n_fields; i++) {
			uint32_t inside = pair_inside(m->g, pair, i);

			put_field_name(m, type, i);
			if (i == other)
				done = put_other(m, type->fields[i].type, inside, depth);
			else
				put_any(m, type->fields[i].type, inside);
			if (i == other && !done)
				break;
		}
		if (done) {
			buf_add_c(&m->out, '}');
			return true;
		}
		m->out.len = len;
	}
	return false;
}

/* A value that is not the one put_any puts; false when there is none, with nothing put. */
static bool put_other(struct making *m, const struct avsc_type *type, uint32_t pair, unsigned depth)
{
	enum { DEEPEST_OTHER = 8 };

	while (pair != NOT_READ && m->g->pairs[pair].plan->op == AVSC_OP_BRANCH)
		pair = m->g->edges[m->g->pairs[pair].first_edge].to;
	if (depth > DEEPEST_OTHER || !can_put(m, type, pair))
		return false;
	switch (type->kind) {
	case AVSC_RECORD:
		return put_other_record(m, type, pair, depth + 1);
	case AVSC_UNION:
		return put_other_branch(m, type, pair, depth + 1);
	case AVSC_ENUM:
		return put_other_symbol(m, type, pair == NOT_READ ? NULL : &m->g->pairs[pair]);
	case AVSC_ARRAY:
	case AVSC_MAP:
		return put_one_item(m, type, pair);
	case AVSC_FIXED:
		if (type->size > 0)
			put_bytes(&m->out, 1, type->size);
		return type->size > 0;
	default:
		buf_add(&m->out, avsc_other_leaf(type));
		return str_present(avsc_other_leaf(type));
	}
}

/* ---- the way to the aim ---- */

/* What the aim asks for.  Where the pair fails as a whole, what is in it should not. */
static void put_aim(struct making *m)
{
	const struct avsc_pair *p = &m->g->pairs[m->aim->pair];

	if (str_present(m->aim->value))
		buf_add(&m->out, m->aim->value);
	else if (p->writer->kind == AVSC_RECORD && p->reader->kind == AVSC_RECORD && (p->ok == AVSC_NEVER || m->other))
		put_read_record(m, p, m->other ? m->aim->moved : AVSC_NO_FIELD);
	else
		put_beside(m, m->aim->pair);
}

static void put_way(struct making *m, uint32_t pair, size_t at);

static void put_way_record(struct making *m, const struct avsc_pair *p, const struct avsc_edge *way, size_t at)
{
	const struct avsc_edge *edge = &m->g->edges[p->first_edge], *end = edge + p->n_edges;

	for (uint32_t i = 0; i < p->writer->n_fields; i++) {
		bool read = edge < end && edge->writer_index == i;

		put_field_name(m, p->writer, i);
		if (read && edge == way)
			put_way(m, way->to, at + 1);
		else if (read)
			put_beside(m, edge->to);
		else
			put_least(m, p->writer->fields[i].type);
		edge += read;
	}
	buf_add_c(&m->out, '}');
}

/* The way from its at-th edge on, with what has to stand beside it. */
static void put_way(struct making *m, uint32_t pair, size_t at)
{
	const struct avsc_pair *p = &m->g->pairs[pair];
	const struct avsc_edge *edge;

	if (at == m->n_way) {
		put_aim(m);
		return;
	}
	edge = &m->g->edges[m->way[at]];
	switch (edge->way) {
	case AVSC_WAY_FIELD:
		put_way_record(m, p, edge, at);
		break;
	case AVSC_WAY_ITEMS:
	case AVSC_WAY_VALUES:
		buf_add(&m->out, edge->way == AVSC_WAY_ITEMS ? STR("[") : STR("{\"k\":"));
		put_way(m, edge->to, at + 1);
		buf_add_c(&m->out, edge->way == AVSC_WAY_ITEMS ? ']' : '}');
		break;
	case AVSC_WAY_WRITER_BRANCH:
		if (p->writer->branches[edge->writer_index]->kind == AVSC_NULL) {
			put_way(m, edge->to, at + 1);
			break;
		}
		put_branch(&m->out, p->writer->branches[edge->writer_index]);
		put_way(m, edge->to, at + 1);
		buf_add_c(&m->out, '}');
		break;
	case AVSC_WAY_READER_BRANCH:
		put_way(m, edge->to, at + 1);
		break;
	}
}

static size_t count_way(const struct avsc_ways *ways, uint32_t pair)
{
	size_t n = 0;

	for (; pair != ways->source; pair = ways->from[pair])
		n++;
	return n;
}

/* Fills the `n` edges that end before `end`. */
static void copy_way(const struct avsc_ways *ways, uint32_t pair, uint32_t *end)
{
	for (; pair != ways->source; pair = ways->from[pair])
		*--end = ways->edge[pair];
}

static size_t find_way(const struct avsc_graph *g, const struct avsc_aim *aim, const uint32_t **out)
{
	uint32_t middle = aim->by ? aim->by->source : aim->pair;
	size_t first = count_way(&g->ways, middle), second = aim->by ? count_way(aim->by, aim->pair) : 0;
	uint32_t *way = arena_array(g->arena, uint32_t, first + second);

	copy_way(&g->ways, middle, way + first);
	if (aim->by)
		copy_way(aim->by, aim->pair, way + first + second);
	*out = way;
	return first + second;
}

bool avsc_least_value(const struct avsc_graph *g, const struct avsc_type *writer, struct buf *out)
{
	struct making m = { .g = g, .out = *out };

	if (!is_small(g->least[writer->number]))
		return false;
	put_least(&m, writer);
	*out = m.out;
	return true;
}

/* ---- running them ---- */

/* The aim's pair as a reader would meet it that stumbles over the aim's field alone; Java names the last of several. */
static const struct avsc_node *node_of_field(const struct avsc_graph *g, const struct avsc_aim *aim)
{
	const struct avsc_pair *p = &g->pairs[aim->pair];
	const struct avsc_field *field = aim->field == AVSC_NO_FIELD ? NULL : &p->reader->fields[aim->field];
	struct avsc_node *node;
	size_t n_given = 0;

	if (!field)
		return p->plan;
	node = arena_new(g->arena, struct avsc_node);
	*node = *p->plan;
	for (uint32_t i = p->first_edge; i < p->first_edge + p->n_edges; i++)
		n_given += g->edges[i].reader_index == aim->field;
	if (node->op == AVSC_OP_FAIL && n_given == 0 && !field->default_value) {
		node->branch = AVSC_FAIL_MISSING;
		node->message = field->name;
	} else if (node->op == AVSC_OP_FAIL && n_given > 1) {
		node->message = avsc_duplicate_words(g->arena, field, p->reader);
	}
	for (size_t i = 0; node->op == AVSC_OP_RECORD && i < p->plan->n_defaults; i++) {
		if (p->plan->defaults[i].field != aim->field)
			continue;
		node->defaults = &p->plan->defaults[i];
		node->n_defaults = 1;
	}
	return node;
}

/* Why the value that is aimed at cannot be read by itself, by a node for it; absent when it can. */
static enum err_code find_own_reason(const struct avsc_graph *g, const struct avsc_aim *aim, const struct avsc_node *node,
	struct str *out, struct err *err)
{
	const struct avsc_pair *p = &g->pairs[aim->pair];
	const struct avsc_plan plan = { .root = node, .empty = g->plan->empty };
	struct making m = { .g = g, .out = buf_make(g->arena, 64), .aim = aim };
	struct buf bytes = buf_make(g->arena, 16);
	struct err why = { .arena = err->arena };
	uint64_t n_steps = 0;
	struct avsc_encoder encoder = { .out = &bytes, .err = &why, .n_steps = &n_steps };
	struct event_read result;
	const struct jsn *value;

	*out = STR_NONE;
	put_aim(&m);
	TRY(jsn_parse(g->arena, buf_str(&m.out), JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &value, err));
	if (avsc_encode(&encoder, p->writer, value) != OK)
		return OK;
	TRY(avsc_plan_json(g->arena, &plan, buf_str(&bytes), &result, err));
	*out = result.ok ? STR_NONE : result.reason;
	return OK;
}

/*
 * Of an event that fails: the words about what is aimed at, and the reader's behind them where it fails for another
 * reason before it comes there.
 */
static enum err_code tell_reason(const struct avsc_graph *g, const struct avsc_aim *aim, uint64_t around,
	struct explain_witness *witness, struct err *err)
{
	struct str own, whole;

	if (!avsc_size_is_shadowed(around) && aim->field == AVSC_NO_FIELD)
		return OK;
	TRY(find_own_reason(g, aim, node_of_field(g, aim), &own, err));
	TRY(find_own_reason(g, aim, g->pairs[aim->pair].plan, &whole, err));
	if (!str_present(own) || str_eq(own, witness->reason))
		return OK;
	witness->reason = str_present(whole) && str_eq(whole, witness->reason) ? own
		: str_printf(g->arena, "%.*s; the event fails earlier too: %.*s", STR_ARG(own), STR_ARG(witness->reason));
	return OK;
}

static enum err_code run(const struct avsc_graph *g, const struct avsc_aim *aim, struct explain_witness *witness,
	bool *same, struct err *err)
{
	const struct jsn *written, *read;
	struct event_read result;

	*same = false;
	TRY(avsc_plan_json(g->arena, g->plan, witness->bytes, &result, err));
	witness->effect = EFFECT_FAILS;
	witness->reason = result.reason;
	witness->offset = result.offset;
	if (!result.ok)
		return OK;
	witness->effect = EFFECT_CHANGES;
	witness->read = result.json;
	TRY(jsn_parse(g->arena, witness->event, JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &written, err));
	TRY(jsn_parse(g->arena, result.json, JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &read, err));
	/* Of a value that is elsewhere one has to see it, be it that something else makes another of it as well. */
	*same = avsc_same(g, aim, written, read, &witness->reason) ||
		(aim->moved != AVSC_NO_FIELD && avsc_looks_same(written, read));
	return OK;
}

enum err_code avsc_witness(const struct avsc_graph *g, const struct avsc_aim *aim, const struct explain_witness **out,
	bool *same, struct err *err)
{
	struct making m = { .g = g, .aim = aim };
	const struct avsc_pair *p = &g->pairs[aim->pair];
	uint64_t around = aim->by ? avsc_size_add(g->ways.reach[aim->by->source], aim->by->reach[aim->pair])
							  : g->ways.reach[aim->pair];
	uint64_t own = p->ok != AVSC_NEVER ? p->ok : g->least[p->writer->number];
	struct explain_witness *witness = arena_new(g->arena, struct explain_witness);
	struct err why = { .arena = err->arena };
	const struct event_target target = { .schema = &g->writer->base };

	*out = NULL;
	*same = false;
	if (!is_small(around) || (!str_present(aim->value) && !is_small(own)))
		return OK;
	m.n_way = find_way(g, aim, &m.way);
	do {
		m.other = *same;
		m.out = buf_make(g->arena, 64);
		put_way(&m, 0, 0);
		witness->event = buf_str(&m.out);
		if (avsc_event_write(g->arena, &target, witness->event, &witness->bytes, &why) != OK) {
			if (why.code != ERR_LIMIT)
				return OK;
			*err = why;
			return ERR_LIMIT;
		}
		TRY(run(g, aim, witness, same, err));
	} while (*same && !m.other && aim->moved != AVSC_NO_FIELD);
	if (*same)
		return OK;
	if (witness->effect == EFFECT_FAILS)
		TRY(tell_reason(g, aim, around, witness, err));
	*out = witness;
	return OK;
}
