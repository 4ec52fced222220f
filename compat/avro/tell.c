/* Findings in words: what they are about, where it stands in both texts, and one sentence. */
#include "base/arena.h"
#include "compat/avro/explain_int.h"
#include "compat/avro/meaning.h"

/* ---- what a pair is ---- */

static bool moves(enum avsc_way way, bool reader)
{
	return way != (reader ? AVSC_WAY_WRITER_BRANCH : AVSC_WAY_READER_BRANCH);
}

/* The edge by which a pair is come to, or NULL at the root. */
static const struct avsc_edge *edge_to(const struct avsc_graph *g, uint32_t pair)
{
	return pair == g->ways.source || g->ways.reach[pair] == AVSC_NEVER ? NULL : &g->edges[g->ways.edge[pair]];
}

/* The field whose type it is, for what no decoder comes to; "" when there is none. */
static struct str field_of_type(const struct avsc_judgement *j, const struct avsc_type *type)
{
	const struct avsc_graph *g = &j->graph;

	for (size_t i = 0; i < g->n_pairs; i++) {
		const struct avsc_type *record = g->pairs[i].reader;

		for (size_t k = 0; record->kind == AVSC_RECORD && k < record->n_fields; k++)
			if (record->fields[k].type == type)
				return record->fields[k].name;
	}
	return STR("");
}

struct str avsc_subject(const struct avsc_judgement *j, uint32_t pair)
{
	const struct avsc_graph *g = &j->graph;
	struct buf b = buf_make(j->arena, 64);
	const struct avsc_edge *edge;

	if (pair == UINT32_MAX)
		return STR("the schema");
	for (; (edge = edge_to(g, pair)) != NULL; pair = g->ways.from[pair]) {
		if (edge->way == AVSC_WAY_FIELD) {
			const struct avsc_type *record = g->pairs[g->ways.from[pair]].reader;

			buf_printf(&b, "field `%.*s`", STR_ARG(record->fields[edge->reader_index].name));
			return buf_str(&b);
		}
		if (edge->way == AVSC_WAY_ITEMS)
			buf_lit(&b, "the items of ");
		else if (edge->way == AVSC_WAY_VALUES)
			buf_lit(&b, "the values of ");
	}
	buf_lit(&b, "the schema");
	return buf_str(&b);
}

/* The way to a pair in the schema of one side. */
static struct str pointer_to(const struct avsc_judgement *j, uint32_t pair, bool reader)
{
	const struct avsc_graph *g = &j->graph;
	const struct avsc_edge *edge, **edges;
	struct buf b = buf_make(j->arena, 64);
	size_t n = 0;

	for (uint32_t p = pair; edge_to(g, p) != NULL; p = g->ways.from[p])
		n++;
	edges = arena_array(j->arena, const struct avsc_edge *, n);
	for (size_t i = n; i-- > 0; pair = g->ways.from[pair])
		edges[i] = edge_to(g, pair);
	for (size_t i = 0; i < n; i++) {
		unsigned index;

		edge = edges[i];
		index = reader ? edge->reader_index : edge->writer_index;
		if (edge->way == AVSC_WAY_FIELD)
			buf_printf(&b, "/fields/%u/type", index);
		else if (edge->way == AVSC_WAY_ITEMS || edge->way == AVSC_WAY_VALUES)
			buf_add(&b, edge->way == AVSC_WAY_ITEMS ? STR("/items") : STR("/values"));
		else if (moves(edge->way, reader))
			buf_printf(&b, "/%u", index);
	}
	return buf_str(&b);
}

const struct jsn *avsc_use_of(const struct avsc_judgement *j, uint32_t pair, bool reader, const struct jsn **in)
{
	const struct avsc_graph *g = &j->graph;
	const struct avsc_edge *edge = edge_to(g, pair);
	const struct avsc_type *above;
	uint32_t index;

	*in = NULL;
	while (edge && !moves(edge->way, reader)) {
		pair = g->ways.from[pair];
		edge = edge_to(g, pair);
	}
	if (edge == NULL) {
		above = reader ? g->reader->root : g->writer->root;
		return above->from_dependency ? NULL : above->at;
	}
	above = reader ? g->pairs[g->ways.from[pair]].reader : g->pairs[g->ways.from[pair]].writer;
	index = reader ? edge->reader_index : edge->writer_index;
	if (above->from_dependency)
		return NULL;
	*in = edge->way == AVSC_WAY_FIELD ? above->fields[index].at : above->at;
	switch (edge->way) {
	case AVSC_WAY_FIELD:
		return jsn_get(*in, STR("type"));
	case AVSC_WAY_ITEMS:
		return jsn_get(*in, STR("items"));
	case AVSC_WAY_VALUES:
		return jsn_get(*in, STR("values"));
	default:
		return above->at->kind == JSN_ARRAY && index < above->at->n_items ? &above->at->items[index] : NULL;
	}
}

/* ---- places ---- */

enum spot {
	SPOT_USE,        /* where the type is used */
	SPOT_NOTHING,    /* not there: the path tells what encloses it */
	SPOT_FIELD, SPOT_ALIAS, SPOT_DEFAULT,
	SPOT_WRITTEN,    /* the writer's field that an alias means */
	SPOT_NAME, SPOT_TYPE, SPOT_SIZE, SPOT_SYMBOLS, SPOT_SYMBOL, SPOT_ENUM_DEFAULT,
	SPOT_LOGICAL, SPOT_SCALE, SPOT_PRECISION,
	SPOT_LIKE,       /* the reader's branch that is called like the writer's type */
};

/* In the reader's and in the writer's text; where they are used, for rules that are not listed. */
static const struct {
	enum spot reader, writer;
} spots[RULES] = {
	[RULE_AVRO_FIELD_NO_DEFAULT] = { SPOT_FIELD, SPOT_NOTHING },
	[RULE_AVRO_FIELD_TWICE] = { SPOT_ALIAS, SPOT_WRITTEN },
	[RULE_AVRO_ALIAS_STEALS] = { SPOT_ALIAS, SPOT_WRITTEN },
	[RULE_AVRO_ALIAS_SHARED] = { SPOT_ALIAS, SPOT_WRITTEN },
	[RULE_AVRO_ALIAS_IGNORED] = { SPOT_ALIAS, SPOT_WRITTEN },
	[RULE_AVRO_DEFAULT_INVALID] = { SPOT_DEFAULT, SPOT_NOTHING },
	[RULE_AVRO_DEFAULT_LATER_BRANCH] = { SPOT_DEFAULT, SPOT_NOTHING },
	[RULE_AVRO_ENUM_SYMBOL_MISSING] = { SPOT_SYMBOLS, SPOT_SYMBOL },
	[RULE_AVRO_ENUM_DEFAULT_USED] = { SPOT_ENUM_DEFAULT, SPOT_SYMBOL },
	[RULE_AVRO_FIXED_SIZE] = { SPOT_SIZE, SPOT_SIZE },
	[RULE_AVRO_NAME_CHANGED] = { SPOT_NAME, SPOT_NAME },
	[RULE_AVRO_RECORD_NAME_CHANGED] = { SPOT_NAME, SPOT_NAME },
	[RULE_AVRO_UNION_TAKEN_BY_SHAPE] = { SPOT_NAME, SPOT_NAME },
	[RULE_AVRO_NAMESPACE_CHANGED] = { SPOT_NAME, SPOT_NAME },
	[RULE_AVRO_TYPE_ALIAS_STEALS] = { SPOT_NAME, SPOT_NAME },
	[RULE_AVRO_UNION_BRANCH_UNREADABLE] = { SPOT_LIKE, SPOT_USE },
	[RULE_AVRO_ERROR_AND_RECORD] = { SPOT_TYPE, SPOT_TYPE },
	[RULE_AVRO_LOGICAL_CHANGED] = { SPOT_LOGICAL, SPOT_LOGICAL },
	[RULE_AVRO_LOGICAL_ADDED] = { SPOT_LOGICAL, SPOT_USE },
	[RULE_AVRO_LOGICAL_REMOVED] = { SPOT_USE, SPOT_LOGICAL },
	[RULE_AVRO_UUID_ADDED] = { SPOT_LOGICAL, SPOT_USE },
	[RULE_AVRO_DECIMAL_SCALE] = { SPOT_SCALE, SPOT_SCALE },
	[RULE_AVRO_DECIMAL_PRECISION] = { SPOT_PRECISION, SPOT_PRECISION },
};

/* The member of a type's definition, and what the path has for it. */
static const char *const members[] = {
	[SPOT_NAME] = "name", [SPOT_TYPE] = "type", [SPOT_SIZE] = "size", [SPOT_SYMBOLS] = "symbols", [SPOT_SYMBOL] = "symbols",
	[SPOT_ENUM_DEFAULT] = "default", [SPOT_LOGICAL] = "logicalType", [SPOT_SCALE] = "scale", [SPOT_PRECISION] = "precision",
};

static const struct jsn *field_spot(const struct avsc_type *record, uint32_t index, enum spot spot, struct buf *path)
{
	const struct jsn *at = record->fields[index].at, *aliases;

	buf_printf(path, "/fields/%u", index);
	if (spot == SPOT_FIELD)
		return jsn_get(at, STR("name"));
	buf_add(path, spot == SPOT_DEFAULT ? STR("/default") : STR("/aliases"));
	aliases = jsn_get(at, spot == SPOT_DEFAULT ? STR("default") : STR("aliases"));
	return aliases ? aliases : at;
}

/* The name of the writer's field that the first alias with one means. */
static const struct jsn *written_spot(const struct avsc_told *told, struct buf *path)
{
	const struct avsc_field *field = &told->reader->fields[told->index];

	for (size_t i = 0; i < field->n_aliases; i++) {
		const struct avsc_field *written = avsc_field_find(told->writer, field->aliases[i]);

		if (!written)
			continue;
		buf_printf(path, "/fields/%zu", (size_t)(written - told->writer->fields));
		return jsn_get(written->at, STR("name"));
	}
	return NULL;
}

static const struct jsn *type_spot(const struct avsc_type *type, uint32_t index, enum spot spot, struct buf *path)
{
	const struct jsn *member = jsn_get(type->at, str_of(members[spot]));

	buf_printf(path, "/%s", members[spot]);
	if (spot == SPOT_SYMBOL && member && index < member->n_items) {
		buf_printf(path, "/%u", index);
		return &member->items[index];
	}
	return member ? member : type->at;
}

/* The branch that decoders do not take although it is called so, of AVRO_UNION_BRANCH_UNREADABLE; else NULL. */
static const struct avsc_type *like_of(const struct avsc_told *told)
{
	size_t like = told->defect ? avsc_branch_like(told->reader, told->writer) : told->reader->n_branches;

	return like < told->reader->n_branches ? told->reader->branches[like] : NULL;
}

static const struct jsn *like_spot(const struct avsc_told *told, struct buf *path)
{
	const struct avsc_type *like = like_of(told);

	if (like)
		buf_printf(path, "/%zu", avsc_branch_like(told->reader, told->writer));
	return !like ? told->reader->at : like->from_dependency ? NULL : jsn_get(like->at, STR("name"));
}

/* The JSON value that a finding is about, and the end of its path. */
static const struct jsn *value_at(const struct avsc_judgement *j, const struct avsc_told *told, bool reader,
	struct buf *path)
{
	enum spot spot = reader ? spots[told->rule].reader : spots[told->rule].writer;
	const struct avsc_type *type = reader ? told->reader : told->writer;
	const struct jsn *in, *at = type->at;

	if (spot == SPOT_USE && told->pair != UINT32_MAX)
		return avsc_use_of(j, told->pair, reader, &in);
	if (spot == SPOT_NOTHING)
		return NULL;
	if (spot == SPOT_FIELD || spot == SPOT_ALIAS || spot == SPOT_DEFAULT)
		at = field_spot(type, told->index, spot, path);
	else if (spot == SPOT_LIKE)
		at = like_spot(told, path);
	else if (spot != SPOT_USE)
		at = spot == SPOT_WRITTEN ? written_spot(told, path) : type_spot(type, told->index, spot, path);
	return type->from_dependency ? NULL : at;
}

static void place(const struct avsc_judgement *j, const struct avsc_told *told, bool reader, struct explain_place *out)
{
	struct buf path = buf_make(j->arena, 64);
	const struct jsn *at;

	if (told->pair != UINT32_MAX)
		buf_add(&path, pointer_to(j, told->pair, reader));
	else if (reader && told->reference)
		buf_add(&path, told->reference->path);
	at = value_at(j, told, reader, &path);
	*out = (struct explain_place){ .line = at ? at->line : 0, .column = at ? at->column : 0, .path = buf_str(&path) };
}

void avsc_places(const struct avsc_judgement *j, const struct avsc_told *told, struct explain_place *in_reader,
	struct explain_place *in_writer)
{
	place(j, told, true, in_reader);
	place(j, told, false, in_writer);
}

/* ---- sentences ---- */

struct words {
	const struct avsc_judgement *j;
	const struct avsc_told *told;
	struct buf out;
	const char *reader, *writer;  /* "new", "old" */
	struct str subject;
};

static void put_type(struct buf *b, const struct avsc_type *type)
{
	enum { TYPE_MOST = 200 };
	struct buf words = buf_make(b->arena, 64);

	avsc_put_type_words(&words, type);
	buf_add(b, words.len > TYPE_MOST ? str_of(avsc_kind_name(type->kind)) : buf_str(&words));
}

static struct str subject_of(const struct avsc_judgement *j, const struct avsc_told *told)
{
	struct str field = told->pair == UINT32_MAX ? field_of_type(j, told->reader) : STR("");

	return field.len > 0 ? str_printf(j->arena, "field `%.*s`", STR_ARG(field)) : avsc_subject(j, told->pair);
}

static struct str field_name(const struct avsc_type *record, uint32_t index)
{
	return record->fields[index].name;
}

/* "field `a` is", "the items of field `a` are". */
static const char *verb_of(const struct words *w)
{
	return str_starts(w->subject, STR("the items ")) || str_starts(w->subject, STR("the values ")) ? "are" : "is";
}

typedef void say_fn(struct words *w);

static void say_no_default(struct words *w)
{
	if (w->j->asked->reader_is_new)
		buf_printf(&w->out, "field `%.*s` has no default, and events written with the old schema do not have it",
			STR_ARG(field_name(w->told->reader, w->told->index)));
	else
		buf_printf(&w->out, "field `%.*s` is not written any more, and the old schema has no default for it",
			STR_ARG(field_name(w->told->reader, w->told->index)));
}

static void say_twice(struct words *w)
{
	buf_printf(&w->out, "field `%.*s` of the %s schema is two fields of the %s one, by its name and an alias",
		STR_ARG(field_name(w->told->reader, w->told->index)), w->reader, w->writer);
}

static void say_steals(struct words *w)
{
	struct str thief = field_name(w->told->reader, w->told->index), robbed = field_name(w->told->reader, w->told->other);

	buf_printf(&w->out, "field `%.*s` has the alias `%.*s` and takes the value of field `%.*s`, which is still there",
		STR_ARG(thief), STR_ARG(robbed), STR_ARG(robbed));
}

static void say_shared(struct words *w)
{
	buf_printf(&w->out, "fields `%.*s` and `%.*s` have the same alias, and only one of them can take the value",
		STR_ARG(field_name(w->told->reader, w->told->other)), STR_ARG(field_name(w->told->reader, w->told->index)));
}

static void say_ignored(struct words *w)
{
	const struct avsc_field *field = &w->told->reader->fields[w->told->index];
	const struct avsc_field *lost = w->told->pair == UINT32_MAX ? NULL
		: avsc_lost_field(&w->j->graph, &w->j->graph.pairs[w->told->pair], field);

	buf_printf(&w->out, "field `%.*s` has the alias `%.*s`, which is not applied because record `%.*s` is `%.*s` in the %s schema",
		STR_ARG(field->name), STR_ARG(lost ? lost->name : STR("")), STR_ARG(w->told->reader->name.full),
		STR_ARG(w->told->writer->name.full), w->writer);
}

static void say_default_invalid(struct words *w)
{
	buf_printf(&w->out, "the default of field `%.*s` is no value of its type, and events of the %s schema do not have the field",
		STR_ARG(field_name(w->told->reader, w->told->index)), w->writer);
}

static void say_later_branch(struct words *w)
{
	buf_printf(&w->out, "the default of field `%.*s` is not of the first branch of its union, which older Avro versions and "
		"Python refuse", STR_ARG(field_name(w->told->reader, w->told->index)));
}

/* "symbol `B`", "symbols `B`, `C` and 3 more". */
static void put_symbols(struct words *w)
{
	enum { FEW = 5 };
	size_t n = 0;
	const struct avsc_type *reader = w->told->reader, *writer = w->told->writer;

	for (size_t i = 0; i < writer->n_symbols; i++)
		n += !avsc_symbol_find(reader, writer->symbols[i]);
	buf_add(&w->out, n == 1 ? STR("symbol ") : STR("symbols "));
	for (size_t i = 0, told = 0; i < writer->n_symbols && told < FEW; i++) {
		if (avsc_symbol_find(reader, writer->symbols[i]))
			continue;
		buf_printf(&w->out, told > 0 ? ", `%.*s`" : "`%.*s`", STR_ARG(writer->symbols[i]));
		told++;
	}
	if (n > FEW)
		buf_printf(&w->out, " and %zu more", n - FEW);
}

static void say_symbols(struct words *w)
{
	buf_printf(&w->out, "enum `%.*s` of the %s schema has no default and not the ", STR_ARG(w->told->reader->name.full),
		w->reader);
	put_symbols(w);
	buf_printf(&w->out, " of the %s one", w->writer);
}

static void say_enum_default(struct words *w)
{
	put_symbols(w);
	buf_printf(&w->out, " of enum `%.*s` will be read as its default `%.*s`, by implementations that know enum defaults",
		STR_ARG(w->told->reader->name.full), STR_ARG(w->told->reader->enum_default));
}

static void say_size(struct words *w)
{
	buf_printf(&w->out, "fixed `%.*s` has %lld bytes in the %s schema and %lld in the %s one",
		STR_ARG(w->told->reader->name.full), (long long)w->told->reader->size, w->reader, (long long)w->told->writer->size,
		w->writer);
}

static void say_name(struct words *w)
{
	buf_printf(&w->out, "%s `%.*s` of the %s schema is called `%.*s` in the %s one, which has no alias for it",
		avsc_kind_name(w->told->writer->kind), STR_ARG(w->told->writer->name.full), w->writer,
		STR_ARG(w->told->reader->name.full), w->reader);
}

static void say_taken(struct words *w)
{
	buf_printf(&w->out, "record `%.*s` is in the union of the %s schema and not of the %s one, which reads it as `%.*s`",
		STR_ARG(w->told->writer->name.full), w->writer, w->reader, STR_ARG(w->told->reader->name.full));
}

static void say_type_steals(struct words *w)
{
	buf_printf(&w->out, "%s `%.*s` of the %s schema is read as another type of the %s one, which has its name as an alias",
		avsc_kind_name(w->told->writer->kind), STR_ARG(w->told->writer->name.full), w->writer, w->reader);
}

static void say_namespace(struct words *w)
{
	buf_printf(&w->out, "%s `%.*s` of the %s schema is `%.*s` in the %s one: implementations that compare whole names fail",
		avsc_kind_name(w->told->writer->kind), STR_ARG(w->told->writer->name.full), w->writer,
		STR_ARG(w->told->reader->name.full), w->reader);
}

static void say_type(struct words *w)
{
	buf_printf(&w->out, "%.*s %s written as ", STR_ARG(w->subject), verb_of(w));
	put_type(&w->out, w->told->writer);
	buf_lit(&w->out, " and read as ");
	put_type(&w->out, w->told->reader);
}

static void say_union_removed(struct words *w)
{
	buf_printf(&w->out, "%.*s may be ", STR_ARG(w->subject));
	put_type(&w->out, w->told->writer);
	buf_printf(&w->out, " in the %s schema, which the %s one's ", w->writer, w->reader);
	put_type(&w->out, w->told->reader);
	buf_lit(&w->out, " does not read");
}

static void say_branch_missing(struct words *w)
{
	const struct avsc_edge *edge = w->told->pair == UINT32_MAX ? NULL : edge_to(&w->j->graph, w->told->pair);
	bool of_union = edge && edge->way == AVSC_WAY_WRITER_BRANCH;

	buf_printf(&w->out, "%.*s %s ", STR_ARG(w->subject), of_union ? "may be" : verb_of(w));
	put_type(&w->out, w->told->writer);
	buf_printf(&w->out, " in the %s schema, which no branch of the %s one's ", w->writer, w->reader);
	put_type(&w->out, w->told->reader);
	buf_lit(&w->out, " reads");
}

/* Why a branch does not do, in the words of the defect inside. */
static void put_inner(struct words *w)
{
	const struct avsc_defect *d = w->told->inner;
	const struct avsc_graph *g = &w->j->graph;
	struct avsc_told inner = { .pair = 0 };

	if (d == NULL)
		return;
	inner = (struct avsc_told){ .rule = d->rule, .defect = d, .pair = d->pair, .index = d->index, .other = d->other,
		.reader = g->pairs[d->pair].reader, .writer = g->pairs[d->pair].writer };
	buf_lit(&w->out, ": ");
	buf_add(&w->out, avsc_message(w->j, &inner));
}

/* Which branch it is, and what of the writer's does not fit: for a union that has one of the name, but takes none. */
static void say_unreadable(struct words *w)
{
	const struct avsc_pair *p = w->told->pair == UINT32_MAX ? NULL : &w->j->graph.pairs[w->told->pair];
	const struct avsc_type *like = like_of(w->told);

	if (like) {
		buf_printf(&w->out, "the union of %.*s has the branch %.*s in the %s schema, which does not read %.*s of the %s one",
			STR_ARG(w->subject), STR_ARG(like->name.full), w->reader, STR_ARG(w->told->writer->name.full), w->writer);
		return;
	}
	buf_printf(&w->out, "the union of %.*s has a branch for ", STR_ARG(w->subject));
	put_type(&w->out, w->told->writer);
	if (p && p->plan->op == AVSC_OP_BRANCH && !w->told->inner && w->told->effect == EFFECT_HARMLESS) {
		buf_printf(&w->out, " in the %s schema of another name, by which decoders read it (branch %u)", w->reader,
			p->plan->branch);
		return;
	}
	buf_printf(&w->out, " in the %s schema, but it does not read what the %s one writes", w->reader, w->writer);
	if (p && p->plan->op == AVSC_OP_BRANCH)
		buf_printf(&w->out, " (branch %u)", p->plan->branch);
	put_inner(w);
}

static void say_name_first(struct words *w)
{
	const struct avsc_pair *p = &w->j->graph.pairs[w->told->pair];

	buf_printf(&w->out, "the union of %.*s reads ", STR_ARG(w->subject));
	put_type(&w->out, w->told->writer);
	buf_printf(&w->out, " as branch %u, whatever the others could, and fails", p->plan->branch);
	put_inner(w);
}

/* A branch of the union around that would hold all digits (finding A17). */
static const struct avsc_type *better_branch(const struct words *w)
{
	const struct avsc_graph *g = &w->j->graph;
	const struct avsc_edge *edge = w->told->pair == UINT32_MAX ? NULL : edge_to(g, w->told->pair);
	const struct avsc_type *above = edge ? g->pairs[g->ways.from[w->told->pair]].reader : NULL;

	for (size_t i = 0; edge && edge->way == AVSC_WAY_READER_BRANCH && i < above->n_branches; i++)
		if (w->told->writer->kind == AVSC_INT && above->branches[i]->kind == AVSC_DOUBLE)
			return above->branches[i];
	return NULL;
}

static void say_lossy(struct words *w)
{
	say_type(w);
	buf_lit(&w->out, ", which does not hold all of its digits");
	if (better_branch(w))
		buf_lit(&w->out, "; double would, but is not the first branch that it can be promoted to");
}

static void say_bytes_as_string(struct words *w)
{
	buf_printf(&w->out, "%.*s %s written as bytes and read as string, which bytes that are no UTF-8 cannot be",
		STR_ARG(w->subject), verb_of(w));
}

static void say_string_as_bytes(struct words *w)
{
	buf_printf(&w->out, "%.*s %s written as string, for which the %s schema's union has no branch but bytes",
		STR_ARG(w->subject), verb_of(w), w->reader);
}

static void say_logical(struct words *w)
{
	struct avsc_meaning r = avsc_meaning_of(w->told->reader), wrote = avsc_meaning_of(w->told->writer);

	buf_printf(&w->out, "%.*s %s written as %.*s and read as %.*s", STR_ARG(w->subject), verb_of(w),
		STR_ARG(str_present(wrote.name) ? wrote.name : str_of(avsc_kind_name(w->told->writer->kind))),
		STR_ARG(str_present(r.name) ? r.name : str_of(avsc_kind_name(w->told->reader->kind))));
}

static void say_uuid(struct words *w)
{
	buf_printf(&w->out, "%.*s %s written as any string and read as a UUID", STR_ARG(w->subject), verb_of(w));
}

static void say_decimal(struct words *w)
{
	struct avsc_meaning r = avsc_meaning_of(w->told->reader), wrote = avsc_meaning_of(w->told->writer);

	buf_printf(&w->out, "%.*s %s written as decimal(%lld, %lld) and read as decimal(%lld, %lld)", STR_ARG(w->subject), verb_of(w),
		(long long)wrote.precision, (long long)wrote.scale, (long long)r.precision, (long long)r.scale);
}

static void say_error(struct words *w)
{
	buf_printf(&w->out, "`%.*s` is %s in the %s schema and %s in the %s one", STR_ARG(w->told->reader->name.full),
		w->told->writer->is_error ? "an error" : "a record", w->writer, w->told->reader->is_error ? "an error" : "a record",
		w->reader);
}

static void say_alias_over_name(struct words *w)
{
	const struct avsc_pair *p = &w->j->graph.pairs[w->told->pair];

	buf_printf(&w->out, "`%.*s` is read as `%.*s`, by its alias, although the union of %.*s has a branch of that name too",
		STR_ARG(p->writer->name.full), STR_ARG(p->reader->branches[p->plan->branch]->name.full), STR_ARG(w->subject));
}

static say_fn *const says[RULES] = {
	[RULE_AVRO_FIELD_NO_DEFAULT] = say_no_default,
	[RULE_AVRO_FIELD_TWICE] = say_twice,
	[RULE_AVRO_ALIAS_STEALS] = say_steals,
	[RULE_AVRO_ALIAS_SHARED] = say_shared,
	[RULE_AVRO_ALIAS_IGNORED] = say_ignored,
	[RULE_AVRO_DEFAULT_INVALID] = say_default_invalid,
	[RULE_AVRO_DEFAULT_LATER_BRANCH] = say_later_branch,
	[RULE_AVRO_ENUM_SYMBOL_MISSING] = say_symbols,
	[RULE_AVRO_ENUM_DEFAULT_USED] = say_enum_default,
	[RULE_AVRO_FIXED_SIZE] = say_size,
	[RULE_AVRO_NAME_CHANGED] = say_name,
	[RULE_AVRO_RECORD_NAME_CHANGED] = say_name,
	[RULE_AVRO_UNION_TAKEN_BY_SHAPE] = say_taken,
	[RULE_AVRO_NAMESPACE_CHANGED] = say_namespace,
	[RULE_AVRO_TYPE_ALIAS_STEALS] = say_type_steals,
	[RULE_AVRO_TYPE_CHANGED] = say_type,
	[RULE_AVRO_TYPE_NARROWED] = say_type,
	[RULE_AVRO_UNION_REMOVED] = say_union_removed,
	[RULE_AVRO_UNION_BRANCH_MISSING] = say_branch_missing,
	[RULE_AVRO_UNION_BRANCH_UNREADABLE] = say_unreadable,
	[RULE_AVRO_UNION_NAME_FIRST] = say_name_first,
	[RULE_AVRO_NUMBER_LOSSY] = say_lossy,
	[RULE_AVRO_BYTES_AS_STRING] = say_bytes_as_string,
	[RULE_AVRO_STRING_AS_BYTES] = say_string_as_bytes,
	[RULE_AVRO_LOGICAL_CHANGED] = say_logical,
	[RULE_AVRO_LOGICAL_ADDED] = say_logical,
	[RULE_AVRO_LOGICAL_REMOVED] = say_logical,
	[RULE_AVRO_UUID_ADDED] = say_uuid,
	[RULE_AVRO_DECIMAL_SCALE] = say_decimal,
	[RULE_AVRO_DECIMAL_PRECISION] = say_decimal,
	[RULE_AVRO_ERROR_AND_RECORD] = say_error,
	[RULE_AVRO_ALIAS_OVER_NAME] = say_alias_over_name,
};

struct str avsc_message(const struct avsc_judgement *j, const struct avsc_told *told)
{
	struct words w = {
		.j = j,
		.told = told,
		.out = buf_make(j->arena, 128),
		.reader = j->asked->reader_is_new ? "new" : "old",
		.writer = j->asked->reader_is_new ? "old" : "new",
		.subject = subject_of(j, told),
	};

	says[told->rule](&w);
	return buf_str(&w.out);
}
