/* Defects of a graph's pairs: a function for each kind of pair that tells what is wrong there. */
#include "compat/avro/defect.h"

#include "base/arena.h"
#include "compat/avro/meaning.h"
#include "compat/avro/value_int.h"

struct finder {
	const struct avsc_graph *g;
	struct avsc_defects found;
	uint32_t pair;                /* being looked at */
};

static void add(struct finder *f, struct avsc_defect defect)
{
	struct avsc_defects *found = &f->found;

	defect.pair = f->pair;
	defect.effect = rule_info(defect.rule)->effect;
	found->items = arena_grow(found->arena, found->items, found->n, &found->room, sizeof(*found->items));
	found->items[found->n++] = defect;
}

/* ---- names ---- */

static bool has_alias(const struct avsc_type *reader, const struct avsc_type *writer)
{
	for (size_t i = 0; i < reader->n_aliases; i++)
		if (str_eq(reader->aliases[i].full, writer->name.full))
			return true;
	return false;
}

bool avsc_is_taken_by_shape(const struct avsc_type *reader, const struct avsc_type *writer, const struct avsc_type *a_union)
{
	size_t n_records = 0;

	if (reader->kind != AVSC_RECORD || writer->kind != AVSC_RECORD || !a_union || a_union->kind != AVSC_UNION ||
		str_eq(reader->name.last, writer->name.last) || has_alias(reader, writer))
		return false;
	for (size_t i = 0; i < a_union->n_branches; i++)
		n_records += a_union->branches[i]->kind == AVSC_RECORD;
	return n_records > 1;
}

/* The writer's union out of which the reader's has chosen a branch for the pair's value; NULL when it is not so. */
static const struct avsc_type *union_of(const struct avsc_graph *g, uint32_t pair)
{
	const struct avsc_ways *ways = &g->ways;
	static const enum avsc_way steps[] = { AVSC_WAY_READER_BRANCH, AVSC_WAY_WRITER_BRANCH };

	for (size_t i = 0; i < 2; i++) {
		if (pair == ways->source || ways->reach[pair] == AVSC_NEVER || g->edges[ways->edge[pair]].way != steps[i])
			return NULL;
		pair = ways->from[pair];
	}
	return g->pairs[pair].writer;
}

static void look_at_names(struct finder *f, const struct avsc_pair *p)
{
	bool fails = p->plan->op == AVSC_OP_FAIL && p->reader->kind != AVSC_RECORD && p->reader->size == p->writer->size;
	bool same = str_eq(p->reader->name.full, p->writer->name.full) || has_alias(p->reader, p->writer);

	if (fails)
		add(f, (struct avsc_defect){ .rule = same || str_eq(p->reader->name.last, p->writer->name.last)
				? RULE_AVRO_TYPE_ALIAS_STEALS : RULE_AVRO_NAME_CHANGED });
	else if (same)
		return;
	else if (str_eq(p->reader->name.last, p->writer->name.last))
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_NAMESPACE_CHANGED });
	else if (p->plan->op != AVSC_OP_FAIL && avsc_is_taken_by_shape(p->reader, p->writer, union_of(f->g, f->pair)))
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_UNION_TAKEN_BY_SHAPE });
	else
		add(f, (struct avsc_defect){
			.rule = p->reader->kind == AVSC_RECORD ? RULE_AVRO_RECORD_NAME_CHANGED : RULE_AVRO_NAME_CHANGED });
}

/* ---- records ---- */

/* For each of the reader's fields the number of the writer's that it is read from. */
static const uint32_t *count_given(const struct finder *f, const struct avsc_pair *p)
{
	uint32_t *given = arena_array(f->found.arena, uint32_t, p->reader->n_fields);

	for (uint32_t i = p->first_edge; i < p->first_edge + p->n_edges; i++)
		given[f->g->edges[i].reader_index]++;
	return given;
}

/* The reader's field that has got the value of the writer's field `name`, or NULL when that is not written. */
static const struct avsc_field *taker_of(const struct finder *f, const struct avsc_pair *p, struct str name)
{
	const struct avsc_field *written = avsc_field_find(p->writer, name);
	const struct avsc_edge *edge = written ? avsc_graph_field(f->g, p, (size_t)(written - p->writer->fields)) : NULL;

	return edge ? &p->reader->fields[edge->reader_index] : NULL;
}

/* A field without a value that another one's alias has taken.  With a default it is read as that instead. */
static bool look_for_thief(struct finder *f, const struct avsc_pair *p, uint32_t index)
{
	const struct avsc_field *field = &p->reader->fields[index], *thief = taker_of(f, p, field->name);

	if (thief) {
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_ALIAS_STEALS, .index = (uint32_t)(thief - p->reader->fields),
			.other = index });
		return true;
	}
	for (size_t i = 0; i < field->n_aliases && !field->default_value; i++) {
		thief = taker_of(f, p, field->aliases[i]);
		if (thief) {
			add(f, (struct avsc_defect){ .rule = RULE_AVRO_ALIAS_SHARED, .index = (uint32_t)(thief - p->reader->fields),
				.other = index });
			return true;
		}
	}
	return false;
}

const struct avsc_field *avsc_lost_field(const struct avsc_graph *g, const struct avsc_pair *p,
	const struct avsc_field *field)
{
	for (size_t i = 0; i <= field->n_aliases; i++) {
		const struct avsc_field *written = avsc_field_find(p->writer, i == 0 ? field->name : field->aliases[i - 1]);

		if (written && !avsc_graph_field(g, p, (size_t)(written - p->writer->fields)))
			return written;
	}
	return NULL;
}

static void look_at_missing(struct finder *f, const struct avsc_pair *p, uint32_t index)
{
	const struct avsc_field *field = &p->reader->fields[index], *lost;
	bool is_union = field->type->kind == AVSC_UNION;

	if (look_for_thief(f, p, index))
		return;
	lost = avsc_lost_field(f->g, p, field);
	if (lost)
		/* Where not even the name is found, the writer's record has become another one, with aliases of its own. */
		add(f, (struct avsc_defect){ .index = index,
			.rule = str_eq(lost->name, field->name) ? RULE_AVRO_TYPE_ALIAS_STEALS : RULE_AVRO_ALIAS_IGNORED });
	else if (!field->default_value)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_FIELD_NO_DEFAULT, .index = index });
	else if (is_union && avsc_default_branch(field->type, field->default_value) != 0)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_DEFAULT_LATER_BRANCH, .index = index });
}

/* Aliases that exchange fields: each has a value, but another's. */
static void look_for_exchange(struct finder *f, const struct avsc_pair *p, const uint32_t *given)
{
	for (uint32_t i = p->first_edge; i < p->first_edge + p->n_edges; i++) {
		const struct avsc_edge *edge = &f->g->edges[i];
		struct str written = p->writer->fields[edge->writer_index].name;
		const struct avsc_field *robbed;

		if (str_eq(written, p->reader->fields[edge->reader_index].name))
			continue;
		robbed = avsc_field_find(p->reader, written);
		if (robbed && given[robbed - p->reader->fields] > 0)
			add(f, (struct avsc_defect){ .rule = RULE_AVRO_ALIAS_STEALS, .index = edge->reader_index,
				.other = (uint32_t)(robbed - p->reader->fields) });
	}
}

static void look_at_record(struct finder *f, const struct avsc_pair *p)
{
	const uint32_t *given = count_given(f, p);

	look_at_names(f, p);
	if (p->reader->is_error != p->writer->is_error)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_ERROR_AND_RECORD });
	look_for_exchange(f, p, given);
	for (uint32_t i = 0; i < p->reader->n_fields; i++) {
		if (given[i] == 0)
			look_at_missing(f, p, i);
		else if (given[i] > 1)
			add(f, (struct avsc_defect){ .rule = RULE_AVRO_FIELD_TWICE, .index = i });
	}
	for (size_t i = 0; p->plan->op == AVSC_OP_RECORD && i < p->plan->n_defaults; i++)
		if (p->plan->defaults[i].node->op == AVSC_OP_FAIL)
			add(f, (struct avsc_defect){ .rule = RULE_AVRO_DEFAULT_INVALID, .index = p->plan->defaults[i].field });
}

/* ---- enums and fixed ---- */

static struct str json_text(struct arena *arena, struct str text)
{
	struct buf b = buf_make(arena, text.len + 2);

	buf_json_inner(&b, text);
	return buf_str(&b);
}

static void look_at_enum(struct finder *f, const struct avsc_pair *p)
{
	look_at_names(f, p);
	for (uint32_t i = 0; i < p->writer->n_symbols; i++) {
		if (avsc_symbol_find(p->reader, p->writer->symbols[i]))
			continue;
		add(f, (struct avsc_defect){
			.rule = str_present(p->reader->enum_default) ? RULE_AVRO_ENUM_DEFAULT_USED : RULE_AVRO_ENUM_SYMBOL_MISSING,
			.index = i, .value = json_text(f->found.arena, p->writer->symbols[i]) });
		return;
	}
}

static void look_at_fixed(struct finder *f, const struct avsc_pair *p)
{
	look_at_names(f, p);
	if (p->reader->size != p->writer->size)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_FIXED_SIZE });
}

/* ---- logical types ---- */

/* A number as the JSON of "bytes" or "fixed": big-endian, `size` bytes of which all are used when there are more. */
static struct str put_unscaled(struct arena *arena, const uint8_t *low_first, size_t n, const struct avsc_type *type)
{
	struct buf b = buf_make(arena, 64);
	size_t size = type->kind == AVSC_FIXED && type->size <= 1024 ? (size_t)type->size : n;

	buf_add_c(&b, '"');
	for (size_t i = size; i-- > 0;)
		buf_printf(&b, "\\u%04x", i < n ? low_first[i] : 0);
	buf_add_c(&b, '"');
	return buf_str(&b);
}

enum { UNSCALED_MOST = 64 };

/* Ten to the power of `digits`: the smallest number that has more. */
static struct str too_long(struct arena *arena, int64_t digits, const struct avsc_type *type)
{
	uint8_t low_first[UNSCALED_MOST] = { 1 };
	size_t n = UNSCALED_MOST - 1;

	for (int64_t i = 0; i < digits && i < UNSCALED_MOST; i++) {
		unsigned carry = 0;

		for (size_t j = 0; j < UNSCALED_MOST; j++) {
			carry += low_first[j] * 10u;
			low_first[j] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	while (n > 0 && low_first[n] == 0)
		n--;
	n += 1 + (low_first[n] >= 0x80);
	return put_unscaled(arena, low_first, n, type);
}

static struct str unit_value(struct arena *arena, const struct avsc_type *type)
{
	static const uint8_t one = 1;

	if (type->kind == AVSC_BYTES || type->kind == AVSC_FIXED)
		return put_unscaled(arena, &one, 1, type);
	return type->kind == AVSC_STRING ? STR("\"\"") : STR("1");
}

static void look_at_decimals(struct finder *f, const struct avsc_pair *p, const struct avsc_meaning *r,
	const struct avsc_meaning *w)
{
	struct arena *arena = f->found.arena;

	if (r->scale != w->scale)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_DECIMAL_SCALE, .value = unit_value(arena, p->writer) });
	if (r->precision < w->precision)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_DECIMAL_PRECISION,
			.value = too_long(arena, r->precision, p->writer) });
}

static void look_at_meaning(struct finder *f, const struct avsc_pair *p)
{
	struct avsc_meaning r = avsc_meaning_of(p->reader), w = avsc_meaning_of(p->writer);
	struct arena *arena = f->found.arena;

	if (r.sense == AVSC_SENSE_PLAIN && w.sense == AVSC_SENSE_PLAIN)
		return;
	if (r.sense == AVSC_SENSE_UUID && w.sense != AVSC_SENSE_UUID && p->writer->kind == AVSC_STRING)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_UUID_ADDED, .value = STR("\"\"") });
	else if (w.sense == AVSC_SENSE_PLAIN)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_LOGICAL_ADDED });
	else if (r.sense == AVSC_SENSE_PLAIN)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_LOGICAL_REMOVED });
	else if (r.sense == AVSC_SENSE_DECIMAL && w.sense == AVSC_SENSE_DECIMAL)
		look_at_decimals(f, p, &r, &w);
	else if (r.sense != w.sense || r.unit != w.unit || !str_eq(r.name, w.name))
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_LOGICAL_CHANGED, .value = unit_value(arena, p->writer) });
}

/* ---- values that are promoted ---- */

/* The smallest whole numbers that a float and a double do not hold. */
static struct str lossy_value(enum avsc_op op)
{
	switch (op) {
	case AVSC_OP_INT_FLOAT:
	case AVSC_OP_LONG_FLOAT:
		return STR("16777217");
	case AVSC_OP_LONG_DOUBLE:
		return STR("9007199254740993");
	default:
		return STR_NONE;
	}
}

static void look_at_leaf(struct finder *f, const struct avsc_pair *p)
{
	struct str value = lossy_value(p->plan->op);

	if (str_present(value))
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_NUMBER_LOSSY, .value = value });
	if (p->writer->kind == AVSC_BYTES && p->reader->kind == AVSC_STRING)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_BYTES_AS_STRING, .value = STR("\"\\u00ff\"") });
	look_at_meaning(f, p);
}

/* ---- unions, and what fits nowhere ---- */

size_t avsc_branch_of_name(const struct avsc_type *a_union, const struct avsc_type *writer)
{
	size_t i = 0;

	while (i < a_union->n_branches && !(avsc_kind_is_named(writer->kind) && a_union->branches[i]->kind == writer->kind &&
										str_eq(a_union->branches[i]->name.full, writer->name.full)))
		i++;
	return i;
}

static void look_at_choice(struct finder *f, const struct avsc_pair *p)
{
	size_t of_name = avsc_branch_of_name(p->reader, p->writer);

	if (p->writer->kind == AVSC_STRING && p->reader->branches[p->plan->branch]->kind == AVSC_BYTES)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_STRING_AS_BYTES, .value = STR("\"x\"") });
	if (of_name < p->reader->n_branches && of_name != p->plan->branch)
		add(f, (struct avsc_defect){ .rule = RULE_AVRO_ALIAS_OVER_NAME });
}

size_t avsc_branch_like(const struct avsc_type *a_union, const struct avsc_type *writer)
{
	size_t i = 0;

	while (i < a_union->n_branches && !(avsc_kind_is_named(writer->kind) && a_union->branches[i]->kind == writer->kind &&
										str_eq(a_union->branches[i]->name.last, writer->name.last)))
		i++;
	return i;
}

/* Numbers by how much they hold. */
static int width_of(enum avsc_kind kind)
{
	return kind >= AVSC_INT && kind <= AVSC_DOUBLE ? (int)kind : -1;
}

bool avsc_is_narrower(const struct avsc_type *reader, const struct avsc_type *writer)
{
	return width_of(reader->kind) >= 0 && width_of(writer->kind) > width_of(reader->kind);
}

static void look_at_mismatch(struct finder *f, const struct avsc_pair *p)
{
	const struct avsc_ways *ways = &f->g->ways;
	bool of_union = f->pair != ways->source && ways->reach[f->pair] != AVSC_NEVER &&
		f->g->edges[ways->edge[f->pair]].way == AVSC_WAY_WRITER_BRANCH;
	enum rule rule = RULE_AVRO_TYPE_CHANGED;

	if (p->reader->kind == AVSC_UNION)
		rule = avsc_branch_like(p->reader, p->writer) < p->reader->n_branches ? RULE_AVRO_UNION_BRANCH_UNREADABLE : RULE_AVRO_UNION_BRANCH_MISSING;
	else if (of_union)
		rule = RULE_AVRO_UNION_REMOVED;
	else if (avsc_is_narrower(p->reader, p->writer))
		rule = RULE_AVRO_TYPE_NARROWED;
	add(f, (struct avsc_defect){ .rule = rule });
}

static void look(struct finder *f, const struct avsc_pair *p)
{
	if (p->plan->op == AVSC_OP_BRANCH)
		look_at_choice(f, p);
	else if (p->writer->kind == AVSC_UNION)
		return; /* its branches are pairs of their own */
	else if (p->reader->kind == p->writer->kind && p->reader->kind == AVSC_RECORD)
		look_at_record(f, p);
	else if (p->reader->kind == p->writer->kind && p->reader->kind == AVSC_ENUM)
		look_at_enum(f, p);
	else if (p->plan->op == AVSC_OP_FAIL && !(p->reader->kind == AVSC_FIXED && p->writer->kind == AVSC_FIXED))
		look_at_mismatch(f, p);
	else {
		if (p->reader->kind == AVSC_FIXED)
			look_at_fixed(f, p);
		look_at_leaf(f, p);
	}
}

struct avsc_defects avsc_defects_find(const struct avsc_graph *g)
{
	struct finder f = { .g = g, .found = { .arena = g->arena } };

	f.found.first = arena_array(g->arena, uint32_t, (size_t)g->n_pairs + 1);
	for (f.pair = 0; f.pair < g->n_pairs; f.pair++) {
		f.found.first[f.pair] = (uint32_t)f.found.n;
		look(&f, &g->pairs[f.pair]);
	}
	f.found.first[g->n_pairs] = (uint32_t)f.found.n;
	return f.found;
}
