/*
 * Fixes: edits of the new text that each kind of finding suggests, the gentlest first.  The first that leads
 * to a text without the finding, and without a new one, is given.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "compat/avro/explain_int.h"
#include "compat/avro/meaning.h"

enum { CANDIDATES = 4, EDITS = 4 };

struct candidate {
	struct str title;
	bool safe;
	struct explain_edit edits[EDITS];
	size_t n_edits;
};

struct fixing {
	const struct avsc_judgement *j;
	const struct avsc_told *told;
	struct explain_text text;
	struct candidate list[CANDIDATES];
	size_t n;
};

static struct candidate *begin(struct fixing *f)
{
	struct candidate *c = &f->list[f->n];

	*c = (struct candidate){ .safe = false };
	return c;
}

/* Takes the candidate that was begun. */
static void offer(struct fixing *f, struct candidate *c, size_t n_edits, struct str title)
{
	c->n_edits = n_edits;
	c->title = title;
	if (f->n + 1 < CANDIDATES)
		f->n++;
}

static struct str json_text(struct arena *arena, struct str text)
{
	struct buf b = buf_make(arena, text.len + 2);

	buf_json_inner(&b, text);
	return buf_str(&b);
}

/* ---- values and types as text ---- */

/* A default that is of the least: empty, zero, the first branch; false where the type holds itself. */
static bool put_default(struct buf *b, const struct avsc_type *type, unsigned depth)
{
	enum { DEEPEST_DEFAULT = 8, LARGEST_FIXED = 64, LONGEST_DEFAULT = 2000 };

	if (depth > DEEPEST_DEFAULT || b->len > LONGEST_DEFAULT)
		return false;
	if (type->kind == AVSC_UNION)
		return type->n_branches > 0 && put_default(b, type->branches[0], depth + 1);
	if (type->kind == AVSC_ENUM && type->n_symbols > 0) {
		buf_json_inner(b, str_present(type->enum_default) ? type->enum_default : type->symbols[0]);
		return true;
	}
	if (type->kind == AVSC_FIXED && type->size <= LARGEST_FIXED) {
		buf_add_c(b, '"');
		for (int64_t i = 0; i < type->size; i++)
			buf_lit(b, "\\u0000");
		buf_add_c(b, '"');
		return true;
	}
	if (type->kind != AVSC_RECORD) {
		buf_add(b, avsc_least_leaf(type));
		return str_present(avsc_least_leaf(type));
	}
	buf_add_c(b, '{');
	for (size_t i = 0; i < type->n_fields; i++) {
		if (i > 0)
			buf_add_c(b, ',');
		buf_json_inner(b, type->fields[i].name);
		buf_add_c(b, ':');
		if (!put_default(b, type->fields[i].type, depth + 1))
			return false;
	}
	buf_add_c(b, '}');
	return true;
}

/* The old type as it is to stand in the new text: as it was written, or its name. */
static struct str old_type_text(const struct fixing *f, bool reader_is_old, uint32_t pair, const struct avsc_type *type)
{
	struct buf b = buf_make(f->j->arena, 64);
	const struct jsn *in, *use = pair == UINT32_MAX ? NULL : avsc_use_of(f->j, pair, reader_is_old, &in);

	if (avsc_kind_is_named(type->kind) && type->from_dependency)
		buf_json_inner(&b, type->name.full);
	else if (use)
		buf_json(&b, use);
	else
		buf_json(&b, type->at);
	return buf_str(&b);
}

/* "int", or what else a reader would call it. */
static struct str words_of(struct arena *arena, const struct avsc_type *type)
{
	struct buf b = buf_make(arena, 32);

	avsc_put_type_words(&b, type);
	return b.len > 100 ? str_of(avsc_kind_name(type->kind)) : buf_str(&b);
}

/* ---- edits that several rules share ---- */

/* An alias more, in the list that is there or in a new one. */
static bool add_alias(const struct fixing *f, const struct jsn *at, struct str alias, struct explain_edit *out)
{
	const struct jsn *aliases = jsn_get(at, STR("aliases"));
	struct str text = json_text(f->j->arena, alias);

	if (aliases)
		return explain_edit_item(&f->text, aliases, aliases->n_items, text, out);
	return explain_edit_member(&f->text, at, STR("aliases"), str_printf(f->j->arena, "[%.*s]", STR_ARG(text)), out);
}

static const struct jsn *find_item(const struct jsn *list, struct str text)
{
	for (size_t i = 0; list && i < list->n_items; i++)
		if (list->items[i].kind == JSN_STRING && str_eq(list->items[i].text, text))
			return &list->items[i];
	return NULL;
}

/* The alias gone, and the list with it when it was the only one. */
static bool remove_alias(const struct fixing *f, const struct jsn *field, struct str alias, struct explain_edit *out)
{
	const struct jsn *aliases = jsn_get(field, STR("aliases")), *item = find_item(aliases, alias);

	if (item == NULL)
		return false;
	if (aliases->n_items == 1)
		return explain_edit_remove(&f->text, field, aliases, out);
	return explain_edit_remove(&f->text, aliases, item, out);
}

/* ---- the reader is new ---- */

/* The writer's only field that is not read any more, when it is of the same type and in the same place: a new name. */
static const struct avsc_field *find_old_name(const struct fixing *f)
{
	const struct avsc_type *reader = f->told->reader, *writer = f->told->writer;
	const struct avsc_field *field = &reader->fields[f->told->index], *found = NULL;
	struct arena *arena = f->j->arena;

	if (f->told->pair == UINT32_MAX)
		return NULL;
	for (uint32_t i = 0; i < writer->n_fields; i++) {
		if (avsc_graph_field(&f->j->graph, &f->j->graph.pairs[f->told->pair], i) || avsc_field_find(reader, writer->fields[i].name))
			continue;
		if (found)
			return NULL;
		found = &writer->fields[i];
	}
	if (!found || found - writer->fields != f->told->index ||
		!str_eq(words_of(arena, found->type), words_of(arena, field->type)))
		return NULL;
	return found;
}

/*
 * It may be a new field or a new name, which only the author knows: a default holds in both cases, but loses the values
 * when it is a name.
 */
static void offer_default(struct fixing *f, const struct avsc_field *field, const struct avsc_field *old_name)
{
	struct candidate *c = begin(f);
	struct buf value = buf_make(f->j->arena, 32);
	struct str hint = STR("");

	if (!put_default(&value, field->type, 0) ||
		!explain_edit_member(&f->text, field->at, STR("default"), buf_str(&value), c->edits))
		return;
	if (old_name)
		hint = str_printf(f->j->arena, ", or the alias `%.*s` if that is what it was called", STR_ARG(old_name->name));
	c->safe = old_name == NULL;
	offer(f, c, 1, str_printf(f->j->arena, "give field `%.*s` the default %.*s%.*s", STR_ARG(field->name),
		STR_ARG(value.len > 40 ? STR("of its parts") : buf_str(&value)), STR_ARG(hint)));
}

static void offer_null(struct fixing *f, const struct avsc_field *field)
{
	const struct jsn *type = jsn_get(field->at, STR("type"));
	struct candidate *c = begin(f);

	if (field->type->kind == AVSC_UNION || !type ||
		!explain_edit_wrap(&f->text, type, STR("[\"null\"]"), STR_NONE, c->edits) ||
		!explain_edit_member(&f->text, field->at, STR("default"), STR("null"), &c->edits[2]))
		return;
	offer(f, c, 3, str_printf(f->j->arena, "make field `%.*s` a union with null, and null its default", STR_ARG(field->name)));
}

static void fix_no_default(struct fixing *f)
{
	const struct avsc_field *field = &f->told->reader->fields[f->told->index], *old_name = find_old_name(f);
	struct candidate *c;

	if (f->told->reader->from_dependency)
		return;
	offer_default(f, field, old_name);
	c = begin(f);
	if (old_name && add_alias(f, field->at, old_name->name, c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "keep the name `%.*s` of field `%.*s` as an alias", STR_ARG(old_name->name),
			STR_ARG(field->name)));
	offer_null(f, field);
}

/* The alias that leads to the writer's field, of the thief. */
static struct str stolen_alias(const struct fixing *f, const struct avsc_field *thief)
{
	const struct avsc_field *other = &f->told->reader->fields[f->told->other];

	for (size_t i = 0; i < thief->n_aliases; i++) {
		if (str_eq(thief->aliases[i], other->name))
			return thief->aliases[i];
		for (size_t j = 0; j < other->n_aliases; j++)
			if (str_eq(thief->aliases[i], other->aliases[j]))
				return thief->aliases[i];
	}
	return STR_NONE;
}

/* Without its alias the thief itself may need a default. */
static void fix_thief(struct fixing *f)
{
	const struct avsc_field *thief = &f->told->reader->fields[f->told->index];
	struct str alias = stolen_alias(f, thief);
	struct buf value = buf_make(f->j->arena, 32);
	struct candidate *c = begin(f);

	if (!str_present(alias) || f->told->reader->from_dependency || !remove_alias(f, thief->at, alias, c->edits))
		return;
	offer(f, c, 1, str_printf(f->j->arena, "take the alias `%.*s` from field `%.*s`", STR_ARG(alias), STR_ARG(thief->name)));
	c = begin(f);
	if (thief->default_value || !put_default(&value, thief->type, 0) ||
		!remove_alias(f, thief->at, alias, &c->edits[0]) ||
		!explain_edit_member(&f->text, thief->at, STR("default"), buf_str(&value), &c->edits[1]))
		return;
	if (c->edits[0].offset + c->edits[0].length > c->edits[1].offset)
		return;
	offer(f, c, 2, str_printf(f->j->arena, "give field `%.*s` a default instead of the alias `%.*s`", STR_ARG(thief->name),
		STR_ARG(alias)));
}

static void fix_default(struct fixing *f)
{
	const struct avsc_field *field = &f->told->reader->fields[f->told->index];
	const struct jsn *value = jsn_get(field->at, STR("default"));
	struct buf text = buf_make(f->j->arena, 32);
	struct candidate *c = begin(f);

	if (value && !f->told->reader->from_dependency && put_default(&text, field->type, 0) &&
		explain_edit_replace(&f->text, value, buf_str(&text), c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "give field `%.*s` a default of its type", STR_ARG(field->name)));
}

static void fix_twice(struct fixing *f)
{
	const struct avsc_field *field = &f->told->reader->fields[f->told->index];

	for (size_t i = 0; i < field->n_aliases && !f->told->reader->from_dependency; i++) {
		struct candidate *c = begin(f);

		if (avsc_field_find(f->told->writer, field->aliases[i]) && remove_alias(f, field->at, field->aliases[i], c->edits))
			offer(f, c, 1, str_printf(f->j->arena, "take the alias `%.*s` from field `%.*s`", STR_ARG(field->aliases[i]),
				STR_ARG(field->name)));
	}
}

/* A symbol whose name says that it stands for others. */
static struct str find_unknown(const struct avsc_type *type)
{
	static const struct str words[] = { { "UNKNOWN", 7 }, { "UNSPECIFIED", 11 }, { "OTHER", 5 }, { "UNDEFINED", 9 },
		{ "NONE", 4 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (size_t j = 0; j < type->n_symbols; j++)
			if (str_eq_nocase(type->symbols[j], words[i]))
				return type->symbols[j];
	return STR_NONE;
}

static void fix_symbols(struct fixing *f)
{
	const struct avsc_type *reader = f->told->reader, *writer = f->told->writer;
	const struct jsn *symbols = jsn_get(reader->at, STR("symbols"));
	struct str unknown = find_unknown(reader);
	struct candidate *c = begin(f);
	struct explain_edit one = { .offset = 0 };
	struct buf all = buf_make(f->j->arena, 64);

	if (reader->from_dependency || !symbols)
		return;
	if (str_present(unknown) && !str_present(reader->enum_default) &&
		explain_edit_member(&f->text, reader->at, STR("default"), json_text(f->j->arena, unknown), c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "give enum `%.*s` the default `%.*s`", STR_ARG(reader->name.full),
			STR_ARG(unknown)));
	for (size_t i = 0; i < writer->n_symbols; i++) {
		if (avsc_symbol_find(reader, writer->symbols[i]))
			continue;
		if (!explain_edit_item(&f->text, symbols, symbols->n_items, json_text(f->j->arena, writer->symbols[i]), &one))
			return;
		/* Into an empty list only one can go like this. */
		if (symbols->n_items == 0 && all.len > 0)
			return;
		buf_add(&all, one.text);
	}
	c = begin(f);
	c->edits[0] = (struct explain_edit){ .offset = one.offset, .text = buf_str(&all) };
	offer(f, c, 1, str_printf(f->j->arena, "keep the symbols of enum `%.*s`", STR_ARG(reader->name.full)));
}

static int by_offset(const void *a, const void *b)
{
	const struct explain_edit *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* A decimal's digits that the old size has no room for would make it none. */
static bool keep_precision(const struct fixing *f, struct explain_edit *out)
{
	const struct avsc_type *reader = f->told->reader, *writer = f->told->writer;
	const struct jsn *new = jsn_get(reader->at, STR("precision")), *old = jsn_get(writer->at, STR("precision"));

	return avsc_meaning_of(reader).sense == AVSC_SENSE_DECIMAL && avsc_meaning_of(writer).sense == AVSC_SENSE_DECIMAL && new && old &&
		!jsn_equal(new, old) && explain_edit_replace(&f->text, new, old->text, out);
}

static void fix_size(struct fixing *f)
{
	const struct avsc_type *reader = f->told->reader;
	const struct jsn *size = jsn_get(reader->at, STR("size"));
	struct candidate *c = begin(f);
	struct str number = str_printf(f->j->arena, "%lld", (long long)f->told->writer->size);

	if (reader->from_dependency || !size || !explain_edit_replace(&f->text, size, number, c->edits))
		return;
	if (!keep_precision(f, &c->edits[1])) {
		offer(f, c, 1, str_printf(f->j->arena, "keep the size %.*s", STR_ARG(number)));
	} else {
		qsort(c->edits, 2, sizeof(*c->edits), by_offset);
		offer(f, c, 2, str_printf(f->j->arena, "keep the size %.*s and the precision that goes with it", STR_ARG(number)));
	}
}

static void offer_name(struct fixing *f, const struct avsc_type *reader)
{
	const struct avsc_type *writer = f->told->writer;
	struct candidate *c = begin(f);

	/* Inside a namespace the null namespace has no other name than its own. */
	if (reader->from_dependency || !add_alias(f, reader->at, writer->name.full, c->edits))
		return;
	c->safe = true;
	offer(f, c, 1, str_printf(f->j->arena, "keep the name `%.*s` as an alias", STR_ARG(writer->name.full)));
}

static void fix_name(struct fixing *f)
{
	offer_name(f, f->told->reader);
}

/* A record of another namespace that has new fields as well: decoders try what is in it before they give up. */
static void offer_name_and_defaults(struct fixing *f, const struct avsc_type *reader)
{
	struct candidate *c = begin(f);
	size_t n = 0;

	for (size_t i = 0; i < reader->n_fields && n < EDITS; i++) {
		const struct avsc_field *field = &reader->fields[i];
		struct buf value = buf_make(f->j->arena, 32);

		if (field->default_value || avsc_field_find(f->told->writer, field->name))
			continue;
		if (!put_default(&value, field->type, 0) ||
			!explain_edit_member(&f->text, field->at, STR("default"), buf_str(&value), &c->edits[n]))
			return;
		n++;
	}
	if (n == 0 || n == EDITS || reader->from_dependency || !add_alias(f, reader->at, f->told->writer->name.full, &c->edits[n]))
		return;
	n++;
	qsort(c->edits, n, sizeof(*c->edits), by_offset);
	c->safe = true;
	offer(f, c, n, str_printf(f->j->arena, "keep the name `%.*s` as an alias, and give what is new defaults",
		STR_ARG(f->told->writer->name.full)));
}

static void fix_branch_name(struct fixing *f)
{
	const struct avsc_type *a_union = f->told->reader;
	size_t like = avsc_branch_like(a_union, f->told->writer);

	if (like == a_union->n_branches)
		return;
	offer_name(f, a_union->branches[like]);
	offer_name_and_defaults(f, a_union->branches[like]);
}

/* The union that holds the new type, when it is a branch. */
static const struct jsn *union_around(const struct jsn *in)
{
	return in && in->kind == JSN_ARRAY ? in : NULL;
}

/* Whether a branch is the reader's type, but for what is in it: that is mended there. */
static bool is_same_but_inside(const struct avsc_type *reader, const struct avsc_type *branch)
{
	return reader->kind == branch->kind &&
		(!avsc_kind_is_named(reader->kind) || str_eq(reader->name.last, branch->name.last));
}

/* The writer's branches that the reader, which is no union, does not read: null, and an array of the others. */
static bool gather_branches(const struct fixing *f, uint32_t around, struct buf *others, struct buf *words)
{
	const struct avsc_graph *g = &f->j->graph;
	const struct avsc_pair *p = &g->pairs[around];
	bool null = false;

	for (uint32_t i = 0; i < p->n_edges; i++) {
		uint32_t inner = g->edges[p->first_edge + i].to;
		const struct avsc_type *branch = p->writer->branches[i];

		if (g->pairs[inner].ok != AVSC_NEVER || is_same_but_inside(p->reader, branch))
			continue;
		buf_add(words, words->len > 0 ? STR(", ") : STR(""));
		buf_add(words, words_of(f->j->arena, branch));
		null |= branch->kind == AVSC_NULL;
		if (branch->kind == AVSC_NULL)
			continue;
		buf_add_c(others, others->len > 0 ? ',' : '[');
		buf_add(others, old_type_text(f, false, inner, branch));
	}
	if (others->len > 0)
		buf_add_c(others, ']');
	return null;
}

/* A union that became one of its types gets back all that it lost: one edit for all findings of it. */
static void offer_old_union(struct fixing *f, const struct jsn *use, bool null_first)
{
	struct buf others = buf_make(f->j->arena, 64), words = buf_make(f->j->arena, 32);
	bool null = gather_branches(f, f->j->graph.ways.from[f->told->pair], &others, &words);
	struct str before = null && null_first ? STR("[\"null\"]") : STR_NONE, after = others.len > 0 ? buf_str(&others) : STR_NONE;
	struct candidate *c = begin(f);

	if (null && !null_first)
		after = others.len > 0 ? str_printf(f->j->arena, "[\"null\",%s", after.data + 1) : STR("[\"null\"]");
	if (explain_edit_wrap(&f->text, use, before, after, c->edits))
		offer(f, c, 2, str_printf(f->j->arena, "make %.*s a union with %.*s", STR_ARG(avsc_subject(f->j, f->told->pair)),
			STR_ARG(buf_str(&words))));
}

/* The old type beside the new one: behind it, so that defaults stay valid; null in front where there is none. */
static void offer_union(struct fixing *f, bool null_first)
{
	const struct jsn *in, *use = avsc_use_of(f->j, f->told->pair, true, &in);
	struct str old = old_type_text(f, false, f->told->pair, f->told->writer);
	const struct jsn *around = use && use->kind == JSN_ARRAY ? use : union_around(in);
	struct candidate *c;

	if (use == NULL)
		return;
	if (f->told->rule == RULE_AVRO_UNION_REMOVED && !around) {
		offer_old_union(f, use, null_first);
		return;
	}
	c = begin(f);
	if (around && explain_edit_item(&f->text, around, around->n_items, old, c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "give the union of %.*s the branch %.*s",
			STR_ARG(avsc_subject(f->j, f->told->pair)), STR_ARG(words_of(f->j->arena, f->told->writer))));
	else if (!around && explain_edit_wrap(&f->text, use, STR_NONE, str_printf(f->j->arena, "[%.*s]", STR_ARG(old)), c->edits))
		offer(f, c, 2, str_printf(f->j->arena, "make %.*s a union with %.*s", STR_ARG(avsc_subject(f->j, f->told->pair)),
			STR_ARG(words_of(f->j->arena, f->told->writer))));
}

/* Whether the field that the pair is the type of has a default. */
static bool has_default(const struct fixing *f)
{
	const struct jsn *in;

	avsc_use_of(f->j, f->told->pair, true, &in);
	return in && in->kind == JSN_OBJECT && jsn_get(in, STR("default"));
}

static void offer_old_type(struct fixing *f, const char *why)
{
	const struct jsn *in, *use = avsc_use_of(f->j, f->told->pair, true, &in);
	struct str old = old_type_text(f, false, f->told->pair, f->told->writer);
	struct candidate *c = begin(f);

	if (use && explain_edit_replace(&f->text, use, old, c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "%s of %.*s", why, STR_ARG(avsc_subject(f->j, f->told->pair))));
}

/* The only number among the union's branches that holds less than the writer's is likely what that one has become. */
static void offer_wider_branch(struct fixing *f)
{
	const struct avsc_type *reader = f->told->reader, *writer = f->told->writer, *narrower = NULL;
	const struct jsn *in, *use = avsc_use_of(f->j, f->told->pair, true, &in);
	struct candidate *c = begin(f);

	for (size_t i = 0; use && i < reader->n_branches; i++) {
		const struct avsc_type *branch = reader->branches[i];

		if (!avsc_is_narrower(branch, writer))
			continue;
		if (narrower)
			return;
		narrower = branch;
	}
	/* With a logical type it is another thing. */
	if (narrower && narrower->at->kind == JSN_STRING && writer->at->kind == JSN_STRING &&
		explain_edit_replace(&f->text, narrower->at, json_text(f->j->arena, writer->at->text), c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "widen the branch %s of %.*s to %s", avsc_kind_name(narrower->kind),
			STR_ARG(avsc_subject(f->j, f->told->pair)), avsc_kind_name(writer->kind)));
}

static void fix_type(struct fixing *f)
{
	if (f->told->pair == UINT32_MAX)
		return;
	if (f->told->rule == RULE_AVRO_TYPE_NARROWED)
		offer_old_type(f, "keep the wider type");
	if (f->told->rule == RULE_AVRO_UNION_BRANCH_MISSING && f->told->reader->kind == AVSC_UNION)
		offer_wider_branch(f);
	offer_union(f, !has_default(f));
}

/* The branch as it was, or, if it only has another name, an alias that its author has to choose. */
static void fix_taken(struct fixing *f)
{
	size_t n;

	if (f->told->pair == UINT32_MAX)
		return;
	offer_union(f, false);
	n = f->n;
	offer_name(f, f->told->reader);
	if (f->n > n)
		f->list[n].safe = false;
}

static void fix_logical(struct fixing *f)
{
	offer_old_type(f, "keep the logical type");
}

static void fix_lossy(struct fixing *f)
{
	const struct jsn *in, *use = avsc_use_of(f->j, f->told->pair, true, &in);
	struct candidate *c = begin(f);

	if (use && f->told->writer->kind == AVSC_INT && !union_around(in) && use->kind == JSN_STRING &&
		explain_edit_replace(&f->text, use, STR("\"double\""), c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "make %.*s a double", STR_ARG(avsc_subject(f->j, f->told->pair))));
	offer_union(f, false);
}

typedef void fix_fn(struct fixing *f);

static fix_fn *const reader_fixes[RULES] = {
	[RULE_AVRO_FIELD_NO_DEFAULT] = fix_no_default,
	[RULE_AVRO_FIELD_TWICE] = fix_twice,
	[RULE_AVRO_ALIAS_STEALS] = fix_thief,
	[RULE_AVRO_ALIAS_SHARED] = fix_thief,
	[RULE_AVRO_DEFAULT_INVALID] = fix_default,
	[RULE_AVRO_ALIAS_IGNORED] = fix_name,
	[RULE_AVRO_ENUM_SYMBOL_MISSING] = fix_symbols,
	[RULE_AVRO_FIXED_SIZE] = fix_size,
	[RULE_AVRO_NAME_CHANGED] = fix_name,
	[RULE_AVRO_RECORD_NAME_CHANGED] = fix_name,
	[RULE_AVRO_NAMESPACE_CHANGED] = fix_name,
	[RULE_AVRO_UNION_TAKEN_BY_SHAPE] = fix_taken,
	[RULE_AVRO_TYPE_CHANGED] = fix_type,
	[RULE_AVRO_TYPE_NARROWED] = fix_type,
	[RULE_AVRO_UNION_REMOVED] = fix_type,
	[RULE_AVRO_UNION_BRANCH_MISSING] = fix_type,
	[RULE_AVRO_UNION_BRANCH_UNREADABLE] = fix_branch_name,
	[RULE_AVRO_NUMBER_LOSSY] = fix_lossy,
	[RULE_AVRO_BYTES_AS_STRING] = fix_type,
	[RULE_AVRO_STRING_AS_BYTES] = fix_type,
	[RULE_AVRO_LOGICAL_CHANGED] = fix_logical,
	[RULE_AVRO_UUID_ADDED] = fix_logical,
	[RULE_AVRO_DECIMAL_SCALE] = fix_logical,
	[RULE_AVRO_DECIMAL_PRECISION] = fix_logical,
};

/* ---- the writer is new ---- */

/* The field that old readers want, as it was, where it was. */
static void fix_removed(struct fixing *f)
{
	const struct avsc_type *writer = f->told->writer, *reader = f->told->reader;
	const struct jsn *fields = jsn_get(writer->at, STR("fields"));
	const struct avsc_field *field = &reader->fields[f->told->index];
	struct candidate *c = begin(f);
	struct buf text = buf_make(f->j->arena, 64);

	if (writer->from_dependency || !fields)
		return;
	buf_json(&text, field->at);
	if (explain_edit_item(&f->text, fields, f->told->index, buf_str(&text), c->edits))
		offer(f, c, 1, str_printf(f->j->arena, "keep field `%.*s`", STR_ARG(field->name)));
}

static fix_fn *const writer_fixes[RULES] = {
	[RULE_AVRO_FIELD_NO_DEFAULT] = fix_removed,
};

/* ---- trying them ---- */

/* What is hidden counts as well: a fix is not to blame for what it brings to light. */
static size_t count_breaking(const struct avsc_judgement *j)
{
	size_t n = j->n_hidden + j->n_unlisted;

	for (size_t i = 0; i < j->n; i++)
		n += j->items[i].refused || rule_effect_breaks(j->items[i].effect);
	return n;
}

static size_t count_refused(const struct avsc_judgement *j)
{
	size_t n = j->n_unlisted;

	for (size_t i = 0; i < j->n; i++)
		n += j->items[i].refused;
	return n;
}

/* Fields of one name may be in several records: the same is said of each. */
static size_t count_told(const struct avsc_judgement *j, const struct avsc_told *told)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n; i++)
		n += j->items[i].rule == told->rule && str_eq(j->items[i].message, told->message);
	return n;
}

/* Whether the edited text is a schema of which the finding cannot be told, nor anything new that breaks. */
static enum err_code works(const struct fixing *f, const struct candidate *c, uint64_t *spent, bool *out,
	struct err *err)
{
	struct arena *arena = arena_create(0);
	struct schema_source source = *f->j->asked->source;
	struct explain_pair pair = *f->j->asked;
	struct err why = { .arena = arena };
	struct avsc_judgement after;
	const struct schema *edited;
	enum err_code code = OK;

	*out = false;
	*spent += 8 * source.text.len;
	source.text = explain_apply(arena, source.text, c->edits, c->n_edits);
	if (schema_parse(arena, &source, SCHEMA_STRICT, &edited, &why) == OK) {
		*(pair.reader_is_new ? &pair.reader : &pair.writer) = edited;
		pair.source = &source;
		code = avsc_judge(arena, &pair, &after, &why);
		*spent += code == OK ? after.spent : 0;
		if (code == OK)
			*out = count_told(&after, f->told) < count_told(f->j, f->told) && (!f->told->refused || count_breaking(&after) < count_breaking(f->j)) &&
				count_breaking(&after) <= count_breaking(f->j) && count_refused(&after) <= count_refused(f->j);
		else
			err_text(err, code, str_dup(err->arena, why.message));
	}
	arena_destroy(arena);
	return code;
}

static const struct explain_fix *give(const struct fixing *f, const struct candidate *c)
{
	struct explain_fix *fix = arena_new(f->j->arena, struct explain_fix);
	struct explain_edit *edits = arena_array(f->j->arena, struct explain_edit, c->n_edits);

	size_t n = 0;

	/* What is inserted at one place is one edit, whatever order others make them in. */
	for (size_t i = 0; i < c->n_edits; i++) {
		if (n > 0 && edits[n - 1].offset == c->edits[i].offset && edits[n - 1].length + c->edits[i].length == 0)
			edits[n - 1].text = str_concat(f->j->arena, edits[n - 1].text, c->edits[i].text);
		else
			edits[n++] = c->edits[i];
	}
	*fix = (struct explain_fix){ .title = c->title, .safe = c->safe, .edits = edits, .n_edits = n };
	return fix;
}

/* No edit keeps what the change wants, or none of this text does. */
static const struct explain_fix *give_major(const struct fixing *f, const struct avsc_told *told)
{
	struct explain_fix *fix = arena_new(f->j->arena, struct explain_fix);
	const struct avsc_type *new = f->j->asked->reader_is_new ? told->reader : told->writer;

	*fix = (struct explain_fix){ .title = STR("register it under a new subject, or as a new major version"), .major = true };
	if (new->from_dependency && avsc_kind_is_named(new->kind))
		fix->title = str_printf(f->j->arena, "mend `%.*s` where it is defined, or keep the version of it that was referred to",
			STR_ARG(new->name.full));
	return fix;
}

enum err_code avsc_fix(const struct avsc_judgement *j, const struct avsc_told *told, uint64_t *spent,
	const struct explain_fix **out, struct err *err)
{
	struct fixing f = { .j = j, .told = told, .text = explain_text_make(j->arena, j->asked->source->text) };
	const struct avsc_defect *d = told->inner;
	struct avsc_told inner;
	fix_fn *fix;

	/* What fails inside a branch is mended there. */
	if (d) {
		inner = *told;
		inner.rule = d->rule;
		inner.pair = d->pair;
		inner.index = d->index;
		inner.other = d->other;
		inner.reader = j->graph.pairs[d->pair].reader;
		inner.writer = j->graph.pairs[d->pair].writer;
		f.told = &inner;
	}
	fix = j->asked->reader_is_new ? reader_fixes[f.told->rule] : writer_fixes[f.told->rule];
	if (fix)
		fix(&f);
	f.told = told;
	for (size_t i = 0; i < f.n; i++) {
		bool good;

		TRY(works(&f, &f.list[i], spent, &good, err));
		if (good) {
			*out = give(&f, &f.list[i]);
			return OK;
		}
	}
	if (told->refused || rule_effect_breaks(told->effect))
		*out = give_major(&f, d ? &inner : told);
	return OK;
}
