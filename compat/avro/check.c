/*
 * Avro schema resolution as the reference judges it: can `reader` read what `writer` wrote?
 * The rules are those of compat-rules 3, odd rows included; drop-in answers must not differ.
 */
#include "compat/avro/check_int.h"

#include "base/arena.h"

/*
 * Pairs within pairs; recursive types can nest them deeper than either schema.  One level takes two
 * small frames, so that the bound holds on a stack of 512 KB.
 */
enum { DEEPEST = 2 * LIMIT_SCHEMA_DEPTH };

struct check {
	struct arena *arena;
	struct err *err;
	struct memo memo;
	uint64_t n_pairs;
	unsigned depth;
	enum err_code failed;         /* a bound was passed: unwind */
	struct str exception;         /* the reference's check would break off here: unwind */
};

static struct troubles *compare(struct check *c, const struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer);

static bool is_over(const struct check *c)
{
	return c->failed != OK || str_present(c->exception);
}

/* A copy of the way to `place` that outlasts the frames it lies in; each part is copied once. */
static const struct place *keep(struct check *c, const struct place *place)
{
	struct place *copy;
	const struct place *up;

	if (place == NULL || place->kept)
		return place ? place->kept : NULL;
	up = keep(c, place->up);
	copy = arena_new(c->arena, struct place);
	*copy = *place;
	copy->up = up;
	copy->kept = copy;
	return copy;
}

static void append(struct check *c, struct troubles **to, const struct trouble *what)
{
	struct trouble *trouble = arena_new(c->arena, struct trouble);

	*trouble = *what;
	if (*to == NULL)
		*to = arena_new(c->arena, struct troubles);
	if ((*to)->last)
		(*to)->last->next = trouble;
	else
		(*to)->first = trouble;
	(*to)->last = trouble;
}

static void report(struct check *c, struct troubles **to, const struct place *at, const struct trouble *what)
{
	struct trouble trouble = *what;

	trouble.place = keep(c, at);
	append(c, to, &trouble);
}

/* All of another pair's findings, with the paths they were found under. */
static void merge(struct check *c, struct troubles **to, struct troubles *inner)
{
	if (inner)
		append(c, to, &(struct trouble){ .inner = inner });
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

static void check_names(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	const struct place name = { .up = at, .step = STEP_NAME };

	if (!names_match(reader, writer))
		report(c, found, &name,
			&(struct trouble){ .type = FINDING_NAME_MISMATCH, .reader = reader, .writer = writer });
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

/* Enum and fixed: the name, then the symbols or the size. */
static void check_leaf(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	bool is_enum = reader->kind == AVSC_ENUM;
	const struct place inside = { .up = at, .step = is_enum ? STEP_SYMBOLS : STEP_SIZE };

	check_names(c, found, at, reader, writer);
	if (is_enum ? !symbols_fit(reader, writer) : reader->size != writer->size)
		report(c, found, &inside,
			&(struct trouble){
				.type = is_enum ? FINDING_MISSING_ENUM_SYMBOLS : FINDING_FIXED_SIZE_MISMATCH,
				.reader = reader,
				.writer = writer,
			});
}

/* compat-rules 3.5: more than one of a field's names in the writer is an exception there. */
static void break_off(struct check *c, const struct avsc_type *reader, const struct avsc_field *field,
	const struct avsc_type *writer)
{
	struct str kind = str_of(avsc_kind_name(field->type->kind));
	char *upper = arena_strndup(c->arena, kind.data, kind.len);
	struct str text = avsc_print_type(c->arena, writer, writer->name_number + 1);

	for (char *letter = upper; *letter; letter++)
		*letter = (char)(*letter - 'a' + 'A');
	c->exception = str_printf(c->arena,
		"Reader record field %.*s type:%s pos:%td matches multiple fields in writer record schema %.*s",
		STR_ARG(field->name), upper, field - reader->fields, STR_ARG(text));
}

/* The writer's field for the reader's i-th, by name or alias, or NULL. */
static const struct avsc_field *find_writer_field(struct check *c, const struct avsc_type *reader, size_t i,
	const struct avsc_type *writer)
{
	const struct avsc_field *field = &reader->fields[i];
	const struct avsc_field *found = i < writer->n_fields && str_eq(writer->fields[i].name, field->name)
		? &writer->fields[i]
		: avsc_field_find(writer, field->name);

	for (size_t j = 0; j < field->n_aliases; j++) {
		const struct avsc_field *other = avsc_field_find(writer, field->aliases[j]);

		if (other && found) {
			break_off(c, reader, field, writer);
			return NULL;
		}
		if (other)
			found = other;
	}
	return found;
}

/* A field that no field of the writer feeds needs a default (3.5). */
static void check_missing(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_field *field, const struct avsc_type *writer)
{
	const struct place type = { .up = at, .step = STEP_TYPE };

	if (field->default_value)
		return;
	if (field->type->kind == AVSC_ENUM && str_present(field->type->enum_default))
		merge(c, found, compare(c, &type, field->type, writer));
	else
		report(c, found, at,
			&(struct trouble){
				.type = FINDING_READER_FIELD_MISSING_DEFAULT_VALUE,
				.reader = reader,
				.writer = writer,
				.field = field,
			});
}

static void check_record(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	const struct place fields = { .up = at, .step = STEP_FIELDS };

	check_names(c, found, at, reader, writer);
	for (size_t i = 0; i < reader->n_fields && !is_over(c); i++) {
		const struct avsc_field *theirs = find_writer_field(c, reader, i, writer);
		const struct place field = { .up = &fields, .index = (uint32_t)i };
		const struct place type = { .up = &field, .step = STEP_TYPE };

		if (is_over(c))
			return;
		if (theirs)
			merge(c, found, compare(c, &type, reader->fields[i].type, theirs->type));
		else
			check_missing(c, found, &field, reader, &reader->fields[i], writer);
	}
}

/* Both are unions: each branch of the writer by itself against the whole reader; only that it failed is told. */
static void check_unions(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	for (size_t i = 0; i < writer->n_branches && !is_over(c); i++) {
		const struct place branch = { .up = at, .index = (uint32_t)i };

		if (compare(c, NULL, reader, writer->branches[i]))
			report(c, found, &branch,
				&(struct trouble){
					.type = FINDING_MISSING_UNION_BRANCH,
					.reader = reader,
					.writer = writer->branches[i],
				});
	}
}

/* The writer only is a union: all of its branches must be readable. */
static void check_from_union(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	for (size_t i = 0; i < writer->n_branches && !is_over(c); i++) {
		const struct place branch = { .up = at, .index = (uint32_t)i };

		merge(c, found, compare(c, &branch, reader, writer->branches[i]));
	}
}

/* The reader only is a union: the first branch that can read it will do (3.3). */
static void check_to_union(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	for (size_t i = 0; i < reader->n_branches; i++)
		if (compare(c, NULL, reader->branches[i], writer) == NULL || is_over(c))
			return;
	report(c, found, at,
		&(struct trouble){ .type = FINDING_MISSING_UNION_BRANCH, .reader = reader, .writer = writer });
}

static void check_same_kind(struct check *c, struct troubles **found, const struct place *at,
	const struct avsc_type *reader, const struct avsc_type *writer)
{
	const struct place inside = { .up = at, .step = reader->kind == AVSC_ARRAY ? STEP_ITEMS : STEP_VALUES };

	switch (reader->kind) {
	case AVSC_RECORD:
		check_record(c, found, at, reader, writer);
		break;
	case AVSC_ENUM:
	case AVSC_FIXED:
		check_leaf(c, found, at, reader, writer);
		break;
	case AVSC_ARRAY:
	case AVSC_MAP:
		merge(c, found, compare(c, &inside, reader->items, writer->items));
		break;
	case AVSC_UNION:
		check_unions(c, found, at, reader, writer);
		break;
	default: /* primitives; logical types are not looked at */
		break;
	}
}

static struct troubles *judge(struct check *c, const struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	struct troubles *found = NULL;

	if (reader->kind == writer->kind)
		check_same_kind(c, &found, at, reader, writer);
	else if (writer->kind == AVSC_UNION)
		check_from_union(c, &found, at, reader, writer);
	else if (reader->kind == AVSC_UNION)
		check_to_union(c, &found, at, reader, writer);
	else if (!promotes(writer->kind, reader->kind))
		report(c, &found, at,
			&(struct trouble){ .type = FINDING_TYPE_MISMATCH, .reader = reader, .writer = writer });
	return found;
}

static void pass_bound(struct check *c, const char *what, unsigned bound)
{
	c->failed = err_text(c->err, ERR_LIMIT,
		str_printf(c->err->arena, "Comparing the schemas takes more than %u %s", bound, what));
}

/*
 * A pair met again gives the same result, with the paths of its first time; met while it is in
 * progress it fits, and what was concluded from that stays (3.6, finding A10).  Only pairs with a
 * name can be met again.
 */
static struct troubles *compare(struct check *c, const struct place *at, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	bool again = avsc_kind_is_named(reader->kind) || avsc_kind_is_named(writer->kind);
	struct troubles *result;

	if (is_over(c))
		return NULL;
	if (++c->n_pairs > LIMIT_CHECK_PAIRS) {
		pass_bound(c, "pairs of types", LIMIT_CHECK_PAIRS);
		return NULL;
	}
	if (again && memo_find(&c->memo, reader, writer, &result))
		return result;
	if (c->depth == DEEPEST) {
		pass_bound(c, "levels of nested types", DEEPEST);
		return NULL;
	}
	c->depth++;
	result = judge(c, at, reader, writer);
	c->depth--;
	if (again && result)
		memo_set(&c->memo, reader, writer, result);
	return result;
}

enum err_code avsc_check(const struct schema *reader, const struct schema *writer, struct findings *out,
	struct err *err)
{
	struct check c = { .err = err };
	struct troubles *found;

	memo_init(&c.memo);
	c.arena = arena_create(0);
	found = compare(&c, NULL, avsc_of(reader)->root, avsc_of(writer)->root);
	if (c.failed == OK && str_present(c.exception))
		findings_add(out, FINDING_UNEXPECTED_EXCEPTION, STR(""), c.exception);
	else if (c.failed == OK && found)
		troubles_list(found, out);
	memo_fini(&c.memo);
	arena_destroy(c.arena);
	return c.failed;
}
