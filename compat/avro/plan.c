/* A pair of schemas made into a plan: the rules of "Schema Resolution", as Java's Resolver applies them. */
#include "compat/avro/plan_int.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "compat/avro/avro_int.h"

/* Pairs within pairs; recursive types can nest them deeper than either schema. */
enum { DEEPEST = 2 * LIMIT_SCHEMA_DEPTH, BYTES_PER_NODE = 64 };

struct maker {
	struct arena *arena;
	struct err *err;
	const struct avsc_renames *renames;
	const struct avsc_schema *writer, *reader;
	struct map memo;             /* nodes of records and enums by the pair's numbers */
	const uint8_t *writer_empty; /* bits as in struct avsc_plan */
	const uint8_t *reader_empty;
	bool own;                    /* defaults: the reader is its own writer */
	size_t cost;
	uint64_t n_steps;
	unsigned depth;
};

static enum err_code resolve(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out);

static const struct avsc_node primitives[] = {
	{ .op = AVSC_OP_NULL, .empty = true }, { .op = AVSC_OP_BOOLEAN }, { .op = AVSC_OP_INT }, { .op = AVSC_OP_LONG },
	{ .op = AVSC_OP_FLOAT }, { .op = AVSC_OP_DOUBLE }, { .op = AVSC_OP_BYTES }, { .op = AVSC_OP_STRING },
};

/* Where a primitive type is read as another: -1 it is not.  "Schema Resolution": promotions. */
static const struct promotion {
	enum avsc_kind writer, reader;
	struct avsc_node node;
} promotions[] = {
	{ AVSC_INT, AVSC_LONG, { .op = AVSC_OP_INT_LONG } },
	{ AVSC_INT, AVSC_FLOAT, { .op = AVSC_OP_INT_FLOAT } },
	{ AVSC_INT, AVSC_DOUBLE, { .op = AVSC_OP_INT_DOUBLE } },
	{ AVSC_LONG, AVSC_FLOAT, { .op = AVSC_OP_LONG_FLOAT } },
	{ AVSC_LONG, AVSC_DOUBLE, { .op = AVSC_OP_LONG_DOUBLE } },
	{ AVSC_FLOAT, AVSC_DOUBLE, { .op = AVSC_OP_FLOAT_DOUBLE } },
	{ AVSC_STRING, AVSC_BYTES, { .op = AVSC_OP_BYTES } },
	{ AVSC_BYTES, AVSC_STRING, { .op = AVSC_OP_STRING } },
};

static const struct avsc_node *find_promotion(enum avsc_kind writer, enum avsc_kind reader)
{
	for (size_t i = 0; i < sizeof(promotions) / sizeof(promotions[0]); i++)
		if (promotions[i].writer == writer && promotions[i].reader == reader)
			return &promotions[i].node;
	return NULL;
}

static enum err_code spend(struct maker *m, size_t cost)
{
	m->cost += cost;
	if (m->cost > LIMIT_EVENT_NODES)
		return err_raise(m->err, LIMIT,
			arena_printf(m->err->arena, "Resolving the schemas takes more than %u nodes", (unsigned)LIMIT_EVENT_NODES));
	return OK;
}

static enum err_code new_node(struct maker *m, enum avsc_op op, const struct avsc_type *w, const struct avsc_type *r,
	struct avsc_node **out)
{
	const uint8_t *empty = m->own ? m->reader_empty : m->writer_empty;
	struct avsc_node *node;

	TRY(spend(m, 1));
	node = arena_new(m->arena, struct avsc_node);
	node->op = op;
	node->empty = empty[w->number >> 3] & (1u << (w->number & 7));
	node->writer = w;
	node->reader = r;
	*out = node;
	return OK;
}

/* Turns a node into one that fails. */
static void fail_node(struct avsc_node *node, enum avsc_fail kind, struct str message)
{
	node->op = AVSC_OP_FAIL;
	node->branch = kind;
	node->message = message;
}

static enum err_code mismatch(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	struct avsc_node *node;

	TRY(new_node(m, AVSC_OP_FAIL, w, r, &node));
	fail_node(node, AVSC_FAIL_MISMATCH, STR_NONE);
	*out = node;
	return OK;
}

static struct str name_of(const struct maker *m, const struct avsc_type *w)
{
	return avsc_renamed(m->own ? NULL : m->renames, w);
}

static struct str last_part(struct str full)
{
	return str_sub(full, (size_t)(str_rindex(full, '.') + 1), full.len);
}

/* As Java has it, so that a new namespace does not matter: "the same (unqualified) name". */
static bool names_agree(const struct maker *m, const struct avsc_type *w, const struct avsc_type *r)
{
	return str_eq(last_part(name_of(m, w)), r->name.last);
}

static enum err_code resolve_enum(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	struct avsc_node *node)
{
	ptrdiff_t other = str_present(r->enum_default) ? avsc_symbol_number(r, r->enum_default) : -1;
	int32_t *symbols;

	if (!names_agree(m, w, r)) {
		fail_node(node, AVSC_FAIL_MISMATCH, STR_NONE);
		return OK;
	}
	TRY(spend(m, w->n_symbols / 4));
	symbols = arena_array(m->arena, int32_t, w->n_symbols);
	for (size_t i = 0; i < w->n_symbols; i++) {
		ptrdiff_t number = avsc_symbol_number(r, w->symbols[i]);

		symbols[i] = (int32_t)(number < 0 ? other : number);
	}
	node->symbols = symbols;
	return OK;
}

/* The steps for the writer's fields; `given` counts them for each of the reader's. */
static enum err_code resolve_fields(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	struct avsc_step *steps, uint32_t *given)
{
	struct str record = name_of(m, w);

	for (size_t i = 0; i < w->n_fields; i++) {
		const struct avsc_field *have = &w->fields[i];
		struct str name = m->own ? have->name : avsc_renamed_field(m->renames, record, have->name);
		const struct avsc_field *want = avsc_field_find(r, name);

		steps[i].number = (uint32_t)i;
		steps[i].skip = have->type;
		if (want == NULL)
			continue;
		steps[i].field = (uint32_t)(want - r->fields);
		given[steps[i].field]++;
		TRY(resolve(m, have->type, want->type, &steps[i].node));
	}
	return OK;
}

/* A default is kept as the bytes that the reader itself would have written. */
static enum err_code resolve_default(struct maker *m, const struct avsc_field *field, struct avsc_default *out)
{
	struct buf bytes = buf_make(m->arena, 0);
	struct err why = { .arena = m->err->arena };
	struct avsc_encoder encoder = { .out = &bytes, .err = &why, .is_default = true, .n_steps = &m->n_steps };
	enum err_code code = avsc_encode(&encoder, field->type, field->default_value);
	bool own = m->own;
	struct avsc_node *node;

	if (code == ERR_LIMIT) {
		*m->err = why;
		return code;
	}
	if (code != OK) {
		TRY(new_node(m, AVSC_OP_FAIL, m->writer->root, field->type, &node));
		fail_node(node, AVSC_FAIL_TEXT, str_printf(m->arena, "default of field %.*s: %.*s", STR_ARG(field->name),
			STR_ARG(why.message)));
		out->node = node;
		return OK;
	}
	TRY(spend(m, bytes.len / BYTES_PER_NODE));
	out->bytes = str_dup(m->arena, buf_str(&bytes));
	m->own = true;
	code = resolve(m, field->type, field->type, &out->node);
	m->own = own;
	return code;
}

static enum err_code resolve_defaults(struct maker *m, const struct avsc_type *r, const uint32_t *given,
	struct avsc_node *node)
{
	size_t n = 0;
	struct avsc_default *defaults;

	for (size_t i = 0; i < r->n_fields; i++)
		n += given[i] == 0;
	TRY(spend(m, n));
	defaults = arena_array(m->arena, struct avsc_default, n);
	n = 0;
	for (size_t i = 0; i < r->n_fields; i++) {
		if (given[i] != 0)
			continue;
		defaults[n].field = (uint32_t)i;
		TRY(resolve_default(m, &r->fields[i], &defaults[n]));
		n++;
	}
	node->defaults = defaults;
	node->n_defaults = n;
	return OK;
}

/* The last of the reader's fields that can get no value, as Java names it; or that would get two. */
static void find_faults(const struct avsc_type *r, const uint32_t *given, const struct avsc_field **missing,
	const struct avsc_field **twice)
{
	*missing = *twice = NULL;
	for (size_t i = 0; i < r->n_fields; i++) {
		if (given[i] == 0 && r->fields[i].default_value == NULL)
			*missing = &r->fields[i];
		if (given[i] > 1)
			*twice = &r->fields[i];
	}
}

struct str avsc_duplicate_words(struct arena *arena, const struct avsc_field *field, const struct avsc_type *record)
{
	return str_printf(arena, "Duplicate field %.*s in record %.*s: an alias and a name", STR_ARG(field->name),
		STR_ARG(record->name.full));
}

static enum err_code resolve_record(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	struct avsc_node *node)
{
	const struct avsc_field *missing, *twice;
	struct avsc_step *steps;
	uint32_t *given;

	TRY(spend(m, w->n_fields + r->n_fields / 8));
	steps = arena_array(m->arena, struct avsc_step, w->n_fields);
	given = arena_array(m->arena, uint32_t, r->n_fields);
	node->steps = steps; /* a recursive type may look at what is known so far */
	TRY(resolve_fields(m, w, r, steps, given));
	find_faults(r, given, &missing, &twice);
	if (twice)
		fail_node(node, AVSC_FAIL_TEXT, avsc_duplicate_words(m->arena, twice, r));
	else if (missing)
		fail_node(node, AVSC_FAIL_MISSING, missing->name);
	if (twice || missing)
		return OK;
	return resolve_defaults(m, r, given, node);
}

/* Records and enums are resolved once for each pair; recursive ones meet themselves here. */
static enum err_code resolve_named(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	uint32_t numbers[3] = { w->number, r->number, m->own };
	struct str key = { (const char *)numbers, sizeof(numbers) };
	struct avsc_node *node = map_get(&m->memo, key);

	if (node) {
		*out = node;
		return OK;
	}
	TRY(new_node(m, w->kind == AVSC_RECORD ? AVSC_OP_RECORD : AVSC_OP_ENUM, w, r, &node));
	map_put(&m->memo, str_dup(m->arena, key), node);
	*out = node;
	return w->kind == AVSC_RECORD ? resolve_record(m, w, r, node) : resolve_enum(m, w, r, node);
}

static enum err_code resolve_fixed(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	struct avsc_node *node;

	if (!names_agree(m, w, r) || w->size != r->size)
		return mismatch(m, w, r, out);
	TRY(new_node(m, AVSC_OP_FIXED, w, r, &node));
	*out = node;
	return OK;
}

static enum err_code resolve_container(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	struct avsc_node *node;

	TRY(new_node(m, w->kind == AVSC_ARRAY ? AVSC_OP_ARRAY : AVSC_OP_MAP, w, r, &node));
	*out = node;
	return resolve(m, w->items, r->items, &node->child);
}

/* ---- unions that are the same but for namespaces (Java's Resolver.unionEquiv) ---- */

struct twins {
	struct maker *m;
	struct map seen;              /* pairs of records that were looked at, or are being */
	bool different;
	unsigned depth;
};

static enum err_code compare_twins(struct twins *t, const struct avsc_type *w, const struct avsc_type *r);

static enum err_code compare_records(struct twins *t, const struct avsc_type *w, const struct avsc_type *r)
{
	uint32_t numbers[2] = { w->number, r->number };
	struct str key = { (const char *)numbers, sizeof(numbers) }, record = name_of(t->m, w);

	if (map_get(&t->seen, key))
		return OK;
	map_put(&t->seen, str_dup(t->m->arena, key), t);
	t->different = w->n_fields != r->n_fields;
	for (size_t i = 0; i < w->n_fields && !t->different; i++) {
		struct str name = avsc_renamed_field(t->m->renames, record, w->fields[i].name);

		t->different = !str_eq(name, r->fields[i].name);
		if (!t->different)
			TRY(compare_twins(t, w->fields[i].type, r->fields[i].type));
	}
	return OK;
}

static bool symbols_agree(const struct avsc_type *w, const struct avsc_type *r)
{
	if (w->n_symbols != r->n_symbols)
		return false;
	for (size_t i = 0; i < w->n_symbols; i++)
		if (!str_eq(w->symbols[i], r->symbols[i]))
			return false;
	return true;
}

/* Sets t->different when they are not the same. */
static enum err_code compare_twins(struct twins *t, const struct avsc_type *w, const struct avsc_type *r)
{
	enum err_code code = OK;

	TRY(spend(t->m, 1 + w->n_symbols / 16));
	if (w->kind != r->kind || (avsc_kind_is_named(w->kind) && !names_agree(t->m, w, r)) || t->depth == DEEPEST) {
		t->different = true;
		return OK;
	}
	t->depth++;
	if (w->kind == AVSC_RECORD)
		code = compare_records(t, w, r);
	else if (w->kind == AVSC_ENUM)
		t->different = !symbols_agree(w, r);
	else if (w->items)
		code = compare_twins(t, w->items, r->items);
	else
		t->different = w->size != r->size || w->n_branches != r->n_branches;
	for (size_t i = 0; code == OK && !t->different && i < w->n_branches; i++)
		code = compare_twins(t, w->branches[i], r->branches[i]);
	t->depth--;
	return code;
}

/*
 * Whether each branch is read by the one in its place.  Where all full names are the same that is so anyway, and
 * nothing has to be compared.
 */
static enum err_code are_twins(struct maker *m, const struct avsc_type *w, const struct avsc_type *r, bool *out)
{
	struct twins t = { .m = m };
	bool moved = false;

	*out = false;
	if (m->own || r->kind != AVSC_UNION || w->n_branches != r->n_branches)
		return OK;
	for (size_t i = 0; i < w->n_branches; i++) {
		const struct avsc_type *from = w->branches[i], *to = r->branches[i];

		if (from->kind != to->kind || (avsc_kind_is_named(from->kind) && !names_agree(m, from, to)))
			return OK;
		moved |= avsc_kind_is_named(from->kind) && !str_eq(name_of(m, from), to->name.full);
	}
	if (!moved)
		return OK;
	t.seen = map_make(m->arena);
	TRY(compare_twins(&t, w, r));
	*out = !t.different;
	return OK;
}

static enum err_code read_as(struct maker *m, const struct avsc_type *w, const struct avsc_type *r, size_t branch,
	const struct avsc_node **out)
{
	struct avsc_node *node;

	TRY(new_node(m, AVSC_OP_BRANCH, w, r, &node));
	node->branch = (uint32_t)branch;
	*out = node;
	return resolve(m, w, r->branches[branch], &node->child);
}

static enum err_code resolve_writer_union(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	const struct avsc_node **branches;
	struct avsc_node *node;
	bool twins;

	TRY(spend(m, w->n_branches / 4));
	TRY(new_node(m, AVSC_OP_UNION, w, r, &node));
	TRY(are_twins(m, w, r, &twins));
	branches = arena_array(m->arena, const struct avsc_node *, w->n_branches);
	for (size_t i = 0; i < w->n_branches; i++)
		TRY(twins ? read_as(m, w->branches[i], r, i, &branches[i]) : resolve(m, w->branches[i], r, &branches[i]));
	node->branches = branches;
	*out = node;
	return OK;
}

/* Whether a record fits by what is in it: as far as its own fields. */
static enum err_code fits_structure(struct maker *m, const struct avsc_type *w, const struct avsc_type *r, bool *out)
{
	const struct avsc_node *node;

	TRY(resolve(m, w, r, &node));
	*out = node->op == AVSC_OP_RECORD;
	for (size_t i = 0; *out && node->steps && i < w->n_fields; i++)
		if (node->steps[i].node && node->steps[i].node->op == AVSC_OP_FAIL)
			*out = false;
	return OK;
}

/*
 * The branch for a writer's type (Java's ReaderUnion.firstMatchingBranch): of its kind and, where it has one, its
 * full name; else a record that fits, better one of its own last name; else by promotion.
 */
static enum err_code find_branch(struct maker *m, const struct avsc_type *w, const struct avsc_type *r, size_t *out)
{
	struct str full = avsc_kind_is_named(w->kind) ? name_of(m, w) : STR_NONE;
	struct str last = last_part(full);
	size_t found = r->n_branches;
	bool fits;

	TRY(spend(m, r->n_branches / 8));
	for (size_t i = 0; i < r->n_branches; i++) {
		const struct avsc_type *branch = r->branches[i];

		if (branch->kind == w->kind && (!str_present(full) || str_eq(branch->name.full, full))) {
			*out = i;
			return OK;
		}
	}
	for (size_t i = 0; w->kind == AVSC_RECORD && i < r->n_branches; i++) {
		const struct avsc_type *branch = r->branches[i];

		if (branch->kind != AVSC_RECORD || (found < r->n_branches && !str_eq(branch->name.last, last)))
			continue;
		TRY(fits_structure(m, w, branch, &fits));
		if (fits)
			found = i;
	}
	for (size_t i = 0; found == r->n_branches && i < r->n_branches; i++)
		if (find_promotion(w->kind, r->branches[i]->kind))
			found = i;
	*out = found;
	return OK;
}

static enum err_code resolve_reader_union(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	size_t branch;

	TRY(find_branch(m, w, r, &branch));
	return branch == r->n_branches ? mismatch(m, w, r, out) : read_as(m, w, r, branch, out);
}

static enum err_code resolve_kinds(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	if (w->kind == AVSC_UNION)
		return resolve_writer_union(m, w, r, out);
	if (r->kind == AVSC_UNION)
		return resolve_reader_union(m, w, r, out);
	if (w->kind != r->kind) {
		*out = find_promotion(w->kind, r->kind);
		return *out ? OK : mismatch(m, w, r, out);
	}
	if (w->kind == AVSC_RECORD || w->kind == AVSC_ENUM)
		return resolve_named(m, w, r, out);
	if (w->kind == AVSC_FIXED)
		return resolve_fixed(m, w, r, out);
	if (w->kind == AVSC_ARRAY || w->kind == AVSC_MAP)
		return resolve_container(m, w, r, out);
	*out = &primitives[w->kind];
	return OK;
}

static enum err_code resolve(struct maker *m, const struct avsc_type *w, const struct avsc_type *r,
	const struct avsc_node **out)
{
	enum err_code code;

	if (m->depth == DEEPEST)
		return err_raise(m->err, LIMIT,
			arena_printf(m->err->arena, "Resolving the schemas nests deeper than %u levels", (unsigned)DEEPEST));
	m->depth++;
	code = resolve_kinds(m, w, r, out);
	m->depth--;
	return code;
}

/* ---- which types may take no bytes ---- */

/*
 * Also true for what is nested too deep to tell, which only costs such events more of their allowance.  A record
 * that holds itself without a way out takes endless bytes.
 */
static bool mark_empty(const struct avsc_type *type, uint8_t *empty, uint8_t *seen, unsigned depth)
{
	uint8_t bit = (uint8_t)(1u << (type->number & 7));
	bool is_empty = type->kind == AVSC_NULL || (type->kind == AVSC_FIXED && type->size == 0);

	if (seen[type->number >> 3] & bit)
		return empty[type->number >> 3] & bit;
	if (depth == DEEPEST)
		return true;
	seen[type->number >> 3] |= bit;
	if (type->kind == AVSC_RECORD) {
		is_empty = true;
		for (size_t i = 0; i < type->n_fields && is_empty; i++)
			is_empty = mark_empty(type->fields[i].type, empty, seen, depth + 1);
	}
	if (is_empty)
		empty[type->number >> 3] |= bit;
	return is_empty;
}

struct marks {
	uint8_t *empty, *seen, *walked;
	const struct avsc_type **left;
	size_t n_left, room;
};

static void push(struct arena *arena, struct marks *marks, const struct avsc_type *type)
{
	uint8_t bit = (uint8_t)(1u << (type->number & 7));

	if (marks->walked[type->number >> 3] & bit)
		return;
	marks->walked[type->number >> 3] |= bit;
	marks->left = arena_grow(arena, marks->left, marks->n_left, &marks->room, sizeof(struct avsc_type *));
	marks->left[marks->n_left++] = type;
}

static const uint8_t *find_empty(struct arena *arena, const struct avsc_schema *schema)
{
	size_t n_bytes = schema->n_types / 8 + 1;
	struct marks marks = { .empty = arena_array(arena, uint8_t, n_bytes), .seen = arena_array(arena, uint8_t, n_bytes),
		.walked = arena_array(arena, uint8_t, n_bytes) };

	push(arena, &marks, schema->root);
	while (marks.n_left > 0) {
		const struct avsc_type *type = marks.left[--marks.n_left];

		mark_empty(type, marks.empty, marks.seen, 0);
		if (type->items)
			push(arena, &marks, type->items);
		for (size_t i = 0; i < type->n_branches; i++)
			push(arena, &marks, type->branches[i]);
		for (size_t i = 0; i < type->n_fields; i++)
			push(arena, &marks, type->fields[i].type);
	}
	return marks.empty;
}

enum err_code avsc_plan_make(struct arena *arena, const struct avsc_schema *writer, const struct avsc_schema *reader,
	const struct avsc_plan **out, struct err *err)
{
	struct avsc_plan *plan = arena_new(arena, struct avsc_plan);
	struct maker m = { .arena = arena, .err = err, .writer = writer, .reader = reader, .memo = map_make(arena) };

	/* Java's Schema.applyAliases leaves a schema as it is that equals the reader's, whatever aliases that has. */
	if (writer != reader && !avsc_same_schema(writer, reader))
		m.renames = avsc_renames_make(arena, reader);
	m.writer_empty = find_empty(arena, writer);
	m.reader_empty = writer == reader ? m.writer_empty : find_empty(arena, reader);
	TRY(resolve(&m, writer->root, reader->root, &plan->root));
	plan->empty = m.writer_empty;
	*out = plan;
	return OK;
}
