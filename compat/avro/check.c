/*
 * Avro schema resolution as the reference judges it: can `reader` read what `writer` wrote?
 * The rules are those of compat-rules 3, odd rows included; drop-in answers must not differ.
 */
#include "compat/avro/check_int.h"

#include "base/arena.h"
#include "base/memory.h"

/* Pairs within pairs; recursive types can nest them deeper than either schema. */
enum { DEEPEST = 2 * LIMIT_SCHEMA_DEPTH };

/*
 * LIMIT_CHECK_PAIRS counts pairs; what is looked at inside them, and what is kept, counts for a part of
 * one.  Steps are the least of these, so that time and memory are bounded whatever the shape.
 */
enum { STEPS_PAIR = 4, STEPS_ITEM = 2, STEPS_NAME = 1 };

/* Kept out of its caller, so that a level takes no more stack than its own case needs. */
#define APART __attribute__((noinline))

struct check {
	struct verdicts found;
	struct err *err;
	uint32_t n_writer_names;
	uint64_t n_steps;             /* spent so far */
	unsigned depth;
	enum err_code failed;         /* a bound was passed: unwind */
	struct str exception;         /* the reference's check would break off here: unwind; in err's arena */
	struct avsc_found broken;     /* where */
	struct memo memo;             /* last: it is large, and initialises itself */
};

/* What speaks against the pair being judged, by numbers of items. */
struct list {
	uint32_t first;
	uint32_t last;
};

static uint32_t compare(struct check *c, struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer);

static bool is_over(const struct check *c)
{
	return c->failed != OK || str_present(c->exception);
}

static APART void pass_bound(struct check *c, const char *what, unsigned bound)
{
	c->failed = err_text(c->err, ERR_LIMIT,
		str_printf(c->err->arena, "Comparing the schemas takes more than %u %s", bound, what));
}

/* False when there has been too much of it. */
static bool spend(struct check *c, size_t steps)
{
	c->n_steps += steps;
	if (c->n_steps > (uint64_t)LIMIT_CHECK_PAIRS * STEPS_PAIR && c->failed == OK)
		pass_bound(c, "pairs of types", LIMIT_CHECK_PAIRS);
	return !is_over(c);
}

/* The number of a place that outlasts the frames it lies in; each part is kept once. */
static uint32_t keep(struct check *c, struct place *place)
{
	uint32_t first = 0, last = 0;

	for (; place && place->kept == 0; place = place->up) {
		uint32_t number = avsc_pool_add(&c->found.places, sizeof(struct kept_place));

		*place_at(&c->found.places, number) = (struct kept_place){ .index = place->index, .step = place->step };
		place->kept = number;
		if (last != 0)
			place_at(&c->found.places, last)->up = number;
		else
			first = number;
		last = number;
	}
	if (last == 0)
		return place ? place->kept : 0;
	place_at(&c->found.places, last)->up = place ? place->kept : 0;
	return first;
}

static APART void add(struct check *c, struct list *list, enum item_kind kind, size_t index)
{
	uint32_t number;

	if (!spend(c, STEPS_ITEM))
		return;
	number = avsc_pool_add(&c->found.items, sizeof(struct item));
	*item_at(&c->found.items, number) = (struct item){ .kind = kind, .index = (unsigned)index & 0x1FFFFFFF };
	if (list->last != 0)
		item_at(&c->found.items, list->last)->next = number;
	else
		list->first = number;
	list->last = number;
}

/* All of another pair's findings, with the paths they were found under. */
static void add_result(struct check *c, struct list *list, uint32_t result)
{
	if (result != 0)
		add(c, list, ITEM_INNER, result);
}

/* compat-rules 3.2: numbers widen, string and bytes stand for each other. */
static bool promotes(enum avsc_kind writer, enum avsc_kind reader)
{
	switch (reader) {
	case AVSC_LONG:
		return writer == AVSC_INT;
	case AVSC_FLOAT:
		return writer == AVSC_INT || writer == AVSC_LONG;
	case AVSC_DOUBLE:
		return writer == AVSC_INT || writer == AVSC_LONG || writer == AVSC_FLOAT;
	case AVSC_STRING:
		return writer == AVSC_BYTES;
	case AVSC_BYTES:
		return writer == AVSC_STRING;
	default:
		return false;
	}
}

/* compat-rules 3.4: the last part is the same, or an alias is the writer's full name. */
static bool names_match(const struct avsc_type *reader, const struct avsc_type *writer)
{
	if (str_eq(reader->name.last, writer->name.last))
		return true;
	for (size_t i = 0; i < reader->n_aliases; i++) {
		const struct avsc_name *alias = &reader->aliases[i];

		/* Inside a namespace an alias in the null namespace matches nothing. */
		if (str_eq(alias->full, writer->name.full) && (alias->space.len > 0 || reader->name.space.len == 0))
			return true;
	}
	return false;
}

static APART void check_names(struct check *c, struct list *list, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	if (spend(c, STEPS_NAME * reader->n_aliases) && !names_match(reader, writer))
		add(c, list, ITEM_NAME, 0);
}

static bool symbols_fit(const struct avsc_type *reader, const struct avsc_type *writer)
{
	if (str_present(reader->enum_default))
		return true;
	for (size_t i = 0; i < writer->n_symbols; i++) {
		if (i < reader->n_symbols && str_eq(reader->symbols[i], writer->symbols[i]))
			continue;
		if (!avsc_symbol_find(reader, writer->symbols[i]))
			return false;
	}
	return true;
}

static APART void check_enum(struct check *c, struct list *list, struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	(void)at;
	check_names(c, list, reader, writer);
	if (spend(c, STEPS_NAME * writer->n_symbols) && !symbols_fit(reader, writer))
		add(c, list, ITEM_SYMBOLS, 0);
}

static APART void check_fixed(struct check *c, struct list *list, struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	(void)at;
	check_names(c, list, reader, writer);
	if (reader->size != writer->size)
		add(c, list, ITEM_SIZE, 0);
}

/* compat-rules 3.5: more than one of a field's names in the writer is an exception there. */
static APART void break_off(struct check *c, const struct avsc_type *reader, size_t index,
	const struct avsc_type *writer)
{
	const struct avsc_field *field = &reader->fields[index];
	struct arena *arena = c->err->arena;
	char *kind = arena_strdup(arena, avsc_kind_name(field->type->kind));
	struct str text = avsc_print_type(arena, writer, c->n_writer_names);

	for (char *letter = kind; *letter; letter++)
		*letter = (char)(*letter - 'a' + 'A');
	c->broken = (struct avsc_found){ .reader = reader, .writer = writer, .kind = ITEM_TWICE, .index = (uint32_t)index };
	c->exception = str_printf(arena,
		"Reader record field %.*s type:%s pos:%zu matches multiple fields in writer record schema %.*s",
		STR_ARG(field->name), kind, index, STR_ARG(text));
}

/* The writer's field for the reader's i-th, by name or alias, or NULL. */
static const struct avsc_field *find_writer_field(struct check *c, const struct avsc_type *reader, size_t i,
	const struct avsc_type *writer)
{
	const struct avsc_field *field = &reader->fields[i];
	const struct avsc_field *found = i < writer->n_fields && str_eq(writer->fields[i].name, field->name)
		? &writer->fields[i]
		: avsc_field_find(writer, field->name);

	for (size_t j = 0; j < field->n_aliases && spend(c, STEPS_NAME); j++) {
		const struct avsc_field *other = avsc_field_find(writer, field->aliases[j]);

		if (other && found) {
			break_off(c, reader, i, writer);
			return NULL;
		}
		if (other)
			found = other;
	}
	return found;
}

static APART void check_record(struct check *c, struct list *list, struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	struct place inside = { .up = at, .step = STEP_FIELD };

	check_names(c, list, reader, writer);
	if (!spend(c, STEPS_NAME * reader->n_fields))
		return;
	for (size_t i = 0; i < reader->n_fields; i++) {
		const struct avsc_field *ours = &reader->fields[i], *theirs = find_writer_field(c, reader, i, writer);

		if (is_over(c))
			return;
		inside.kept = 0;
		inside.index = (uint32_t)i;
		/* A field that no field of the writer feeds needs a default; an enum's own is taken for one at first. */
		if (theirs)
			add_result(c, list, compare(c, &inside, ours->type, theirs->type));
		else if (!ours->default_value && ours->type->kind == AVSC_ENUM && str_present(ours->type->enum_default))
			add_result(c, list, compare(c, &inside, ours->type, writer));
		else if (!ours->default_value)
			add(c, list, ITEM_DEFAULT, i);
	}
}

static APART void check_container(struct check *c, struct list *list, struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	struct place inside = { .up = at, .step = reader->kind == AVSC_ARRAY ? STEP_ITEMS : STEP_VALUES };

	add_result(c, list, compare(c, &inside, reader->items, writer->items));
}

/* Both are unions: each branch of the writer by itself against the whole reader; only that it failed is told. */
static APART void check_unions(struct check *c, struct list *list, struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	(void)at;
	for (size_t i = 0; i < writer->n_branches && !is_over(c); i++)
		if (compare(c, NULL, reader, writer->branches[i]) != 0)
			add(c, list, ITEM_BRANCH, i);
}

/* The writer only is a union: all of its branches must be readable. */
static APART void check_from_union(struct check *c, struct list *list, struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	struct place inside = { .up = at, .step = STEP_BRANCH };

	for (size_t i = 0; i < writer->n_branches && !is_over(c); i++) {
		inside.kept = 0;
		inside.index = (uint32_t)i;
		add_result(c, list, compare(c, &inside, reader, writer->branches[i]));
	}
}

/* The reader only is a union: the first branch that can read it will do (3.3). */
static APART void check_to_union(struct check *c, struct list *list, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	for (size_t i = 0; i < reader->n_branches; i++)
		if (compare(c, NULL, reader->branches[i], writer) == 0 || is_over(c))
			return;
	add(c, list, ITEM_NO_BRANCH, 0);
}

typedef void check_fn(struct check *c, struct list *list, struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer);

/* Both sides of the same kind: what has to agree inside.  Primitives always agree, whatever their logical types. */
static check_fn *const checks[AVSC_KINDS] = {
	[AVSC_RECORD] = check_record,
	[AVSC_ENUM] = check_enum,
	[AVSC_ARRAY] = check_container,
	[AVSC_MAP] = check_container,
	[AVSC_UNION] = check_unions,
	[AVSC_FIXED] = check_fixed,
};

/* The number of a result for what was found; a single inner one stands for itself. */
static uint32_t conclude(struct check *c, struct place *at, const struct list *list,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	const struct item *only = item_at(&c->found.items, list->first);
	struct result result = { .reader = reader, .writer = writer, .first = list->first };
	uint32_t number;

	if (only->kind == ITEM_INNER && only->next == 0)
		return only->index;
	result.place = keep(c, at);
	number = avsc_pool_add(&c->found.results, sizeof(struct result));
	*result_at(&c->found.results, number) = result;
	return number;
}

static uint32_t judge(struct check *c, struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	struct list list = { 0 };

	if (reader->kind == writer->kind) {
		if (checks[reader->kind])
			checks[reader->kind](c, &list, at, reader, writer);
	} else if (writer->kind == AVSC_UNION) {
		check_from_union(c, &list, at, reader, writer);
	} else if (reader->kind == AVSC_UNION) {
		check_to_union(c, &list, reader, writer);
	} else if (!promotes(writer->kind, reader->kind)) {
		add(c, &list, ITEM_KIND, 0);
	}
	return list.first != 0 ? conclude(c, at, &list, reader, writer) : 0;
}

/*
 * 0 when the pair fits, else the number of what was found.  A pair met again gives the same result,
 * with the paths of its first time; met while it is in progress it fits, and what was concluded from
 * that stays (3.6, finding A10).  Only pairs with a name can be met again.
 */
static uint32_t compare(struct check *c, struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	bool again = avsc_kind_is_named(reader->kind) || avsc_kind_is_named(writer->kind);
	uint32_t result;

	if (!spend(c, STEPS_PAIR))
		return 0;
	if (again && avsc_memo_find(&c->memo, reader, writer, &result))
		return result;
	if (c->depth == DEEPEST) {
		pass_bound(c, "levels of nested types", DEEPEST);
		return 0;
	}
	c->depth++;
	result = judge(c, at, reader, writer);
	c->depth--;
	if (again && result != 0)
		avsc_memo_set(&c->memo, reader, writer, result);
	return result;
}

enum err_code avsc_check_traced(const struct avsc_compared *of, struct findings *out, struct avsc_trace *trace,
	struct err *err)
{
	struct check c;
	uint32_t result;

	memset(&c, 0, offsetof(struct check, memo));
	avsc_memo_init(&c.memo);
	c.err = err;
	c.n_writer_names = of->n_writer_names;
	result = compare(&c, NULL, of->reader, of->writer);
	if (c.failed == OK && str_present(c.exception)) {
		findings_add(out, FINDING_UNEXPECTED_EXCEPTION, STR(""), c.exception);
		if (trace)
			avsc_trace_add(trace, out->arena, c.broken);
	} else if (c.failed == OK && result != 0) {
		avsc_list_result(&c.found, result, out, trace);
	}
	if (trace)
		trace->n_steps += c.n_steps;
	avsc_memo_fini(&c.memo);
	memory_free(c.found.places.data);
	memory_free(c.found.items.data);
	memory_free(c.found.results.data);
	return c.failed;
}

enum err_code avsc_check(const struct schema *reader, const struct schema *writer, enum schema_policy policy,
	struct findings *out, struct err *err)
{
	const struct avsc_compared of = avsc_compared_of(avsc_of(reader), avsc_of(writer));

	(void)policy; /* makes no difference for Avro (compat-rules 1.2) */
	return avsc_check_traced(&of, out, NULL, err);
}
