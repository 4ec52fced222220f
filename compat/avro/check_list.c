/* From what a check found to findings: the paths and texts of compat-rules 2 and 3. */
#include "compat/avro/check_int.h"

#include <stdlib.h>

#include "base/arena.h"

static void put_step(struct buf *b, const struct kept_place *place)
{
	switch (place->step) {
	case STEP_FIELD:
		buf_printf(b, "/fields/%u/type", place->index);
		break;
	case STEP_ITEMS:
		buf_lit(b, "/items");
		break;
	case STEP_VALUES:
		buf_lit(b, "/values");
		break;
	case STEP_BRANCH:
		buf_printf(b, "/%u", place->index);
		break;
	}
}

/* From the inside out in the pool, from the outside in in the path. */
static void put_place(struct buf *b, struct arena *arena, const struct pool *places, uint32_t number)
{
	const struct kept_place **steps;
	size_t n = 0;

	for (uint32_t p = number; p != 0; p = place_at(places, p)->up)
		n++;
	steps = arena_array(arena, const struct kept_place *, n);
	for (size_t i = n; i > 0; number = steps[i]->up)
		steps[--i] = place_at(places, number);
	for (size_t i = 0; i < n; i++)
		put_step(b, steps[i]);
}

/* The path of the pair, and what the item adds to it. */
static struct str path_of(struct arena *arena, const struct verdicts *v, const struct result *r,
	const struct item *item)
{
	struct buf b = buf_make(arena, 64);

	put_place(&b, arena, &v->places, r->place);
	if (item->kind == ITEM_NAME)
		buf_lit(&b, "/name");
	else if (item->kind == ITEM_SIZE)
		buf_lit(&b, "/size");
	else if (item->kind == ITEM_SYMBOLS)
		buf_lit(&b, "/symbols");
	else if (item->kind == ITEM_DEFAULT)
		buf_printf(&b, "/fields/%u", item->index);
	else if (item->kind == ITEM_BRANCH)
		buf_printf(&b, "/%u", item->index);
	if (b.len == 0)
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
static struct str missing_symbols(struct arena *arena, const struct avsc_type *reader,
	const struct avsc_type *writer)
{
	struct str *missing = arena_array(arena, struct str, writer->n_symbols);
	struct buf b = buf_make(arena, 64);
	size_t n = 0;

	for (size_t i = 0; i < writer->n_symbols; i++)
		if (!avsc_symbol_find(reader, writer->symbols[i]))
			missing[n++] = writer->symbols[i];
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

static struct str info_of(struct arena *arena, const struct result *r, const struct item *item)
{
	switch (item->kind) {
	case ITEM_NAME:
		return str_concat(arena, STR("expected: "), r->writer->name.full);
	case ITEM_SIZE:
		return str_printf(arena, "expected: %lld, found: %lld", (long long)r->writer->size,
			(long long)r->reader->size);
	case ITEM_SYMBOLS:
		return missing_symbols(arena, r->reader, r->writer);
	case ITEM_DEFAULT:
		return r->reader->fields[item->index].name;
	case ITEM_BRANCH:
		return str_concat(arena, STR("reader union lacking writer type: "),
			kind_of(arena, r->writer->branches[item->index]));
	case ITEM_NO_BRANCH:
		return str_concat(arena, STR("reader union lacking writer type: "), kind_of(arena, r->writer));
	default:
		return str_printf(arena, "reader type: %.*s not compatible with writer type: %.*s",
			STR_ARG(kind_of(arena, r->reader)), STR_ARG(kind_of(arena, r->writer)));
	}
}

static const enum finding_type types[] = {
	[ITEM_NAME] = FINDING_NAME_MISMATCH,
	[ITEM_SIZE] = FINDING_FIXED_SIZE_MISMATCH,
	[ITEM_SYMBOLS] = FINDING_MISSING_ENUM_SYMBOLS,
	[ITEM_KIND] = FINDING_TYPE_MISMATCH,
	[ITEM_DEFAULT] = FINDING_READER_FIELD_MISSING_DEFAULT_VALUE,
	[ITEM_BRANCH] = FINDING_MISSING_UNION_BRANCH,
	[ITEM_NO_BRANCH] = FINDING_MISSING_UNION_BRANCH,
};

/* What one pair holds another may repeat, and so on: beyond what `out` takes no one is counted. */
static void list(const struct verdicts *v, uint32_t number, struct findings *out, struct avsc_trace *trace,
	struct arena *arena)
{
	const struct result *r = result_at(&v->results, number);

	for (uint32_t i = r->first; i != 0 && out->n_unlisted == 0; i = item_at(&v->items, i)->next) {
		const struct item *item = item_at(&v->items, i);

		if (item->kind == ITEM_INNER) {
			list(v, item->index, out, trace, arena);
			continue;
		}
		findings_add(out, types[item->kind], path_of(arena, v, r, item), info_of(arena, r, item));
		if (trace && trace->n < out->n_items)
			avsc_trace_add(trace, out->arena, (struct avsc_found){ .reader = r->reader, .writer = r->writer,
				.kind = item->kind, .index = item->index });
	}
}

void avsc_trace_add(struct avsc_trace *trace, struct arena *arena, struct avsc_found found)
{
	trace->items = arena_grow(arena, trace->items, trace->n, &trace->room, sizeof(*trace->items));
	trace->items[trace->n++] = found;
}

void avsc_list_result(const struct verdicts *v, uint32_t result, struct findings *out, struct avsc_trace *trace)
{
	struct arena *arena = arena_create(0);

	list(v, result, out, trace, arena);
	arena_destroy(arena);
}
