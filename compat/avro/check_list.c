/* From what a check found to findings: the paths and texts of compat-rules 2 and 3. */
#include "compat/avro/check_int.h"

#include <stdlib.h>

#include "base/arena.h"

static void put_steps(struct buf *b, const struct place *place)
{
	static const char *const names[] = {
		[STEP_FIELDS] = "fields",
		[STEP_TYPE] = "type",
		[STEP_ITEMS] = "items",
		[STEP_VALUES] = "values",
		[STEP_SYMBOLS] = "symbols",
		[STEP_SIZE] = "size",
		[STEP_NAME] = "name",
	};

	if (place->up)
		put_steps(b, place->up);
	buf_add_c(b, '/');
	if (place->step == STEP_INDEX)
		buf_add_i64(b, place->index);
	else
		buf_add(b, str_of(names[place->step]));
}

static struct str path_of(struct arena *arena, const struct place *place)
{
	struct buf b = buf_make(arena, 64);

	if (place)
		put_steps(&b, place);
	else
		buf_add_c(&b, '/');
	return buf_str(&b);
}

static struct str kind_of(struct arena *arena, const struct avsc_type *type)
{
	char *text = arena_strdup(arena, avsc_kind_name(type->kind));

	for (char *c = text; *c; c++)
		*c = (char)(*c - 'a' + 'A');
	return str_of(text);
}

static int in_order(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp_utf16(*x, *y);
}

/* "[B, D]": the writer's symbols that the reader has not, sorted. */
static struct str missing_symbols(struct arena *arena, const struct trouble *t)
{
	struct str *missing = arena_array(arena, struct str, t->writer->n_symbols);
	struct buf b = buf_make(arena, 64);
	size_t n = 0;

	for (size_t i = 0; i < t->writer->n_symbols; i++)
		if (!avsc_symbol_find(t->reader, t->writer->symbols[i]))
			missing[n++] = t->writer->symbols[i];
	qsort(missing, n, sizeof(*missing), in_order);
	buf_add_c(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_lit(&b, ", ");
		buf_add(&b, missing[i]);
	}
	buf_add_c(&b, ']');
	return buf_str(&b);
}

static struct str info_of(struct arena *arena, const struct trouble *t)
{
	switch (t->type) {
	case FINDING_NAME_MISMATCH:
		return str_printf(arena, "expected: %.*s", STR_ARG(t->writer->name.full));
	case FINDING_FIXED_SIZE_MISMATCH:
		return str_printf(arena, "expected: %lld, found: %lld", (long long)t->writer->size,
			(long long)t->reader->size);
	case FINDING_MISSING_ENUM_SYMBOLS:
		return missing_symbols(arena, t);
	case FINDING_READER_FIELD_MISSING_DEFAULT_VALUE:
		return t->field->name;
	case FINDING_MISSING_UNION_BRANCH:
		return str_printf(arena, "reader union lacking writer type: %.*s", STR_ARG(kind_of(arena, t->writer)));
	default:
		return str_printf(arena, "reader type: %.*s not compatible with writer type: %.*s",
			STR_ARG(kind_of(arena, t->reader)), STR_ARG(kind_of(arena, t->writer)));
	}
}

/* What one pair holds another may repeat, and so on: beyond what `out` takes no one is counted. */
static void list(const struct troubles *found, struct findings *out, struct arena *arena)
{
	for (const struct trouble *t = found->first; t && out->n_unlisted == 0; t = t->next) {
		if (t->inner)
			list(t->inner, out, arena);
		else
			findings_add(out, t->type, path_of(arena, t->place), info_of(arena, t));
	}
}

void troubles_list(const struct troubles *found, struct findings *out)
{
	struct arena *arena = arena_create(0);

	list(found, out, arena);
	arena_destroy(arena);
}
