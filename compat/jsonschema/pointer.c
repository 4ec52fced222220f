/* JSON pointers, and the bytes that lines and columns mean. */
#include "compat/jsonschema/pointer.h"

#include <stdlib.h>

#include "base/arena.h"

void jsch_pointer_put(struct buf *b, struct str name)
{
	buf_add_c(b, '/');
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '~')
			buf_lit(b, "~0");
		else if (name.data[i] == '/')
			buf_lit(b, "~1");
		else
			buf_add_c(b, name.data[i]);
	}
}

static void put_steps(struct buf *b, const struct jsch_pointer *at)
{
	if (at == NULL)
		return;
	put_steps(b, at->up);
	if (str_present(at->name)) {
		jsch_pointer_put(b, at->name);
		return;
	}
	buf_add_c(b, '/');
	buf_add_i64(b, (int64_t)at->index);
}

struct str jsch_pointer_print(struct arena *arena, const struct jsch_pointer *at)
{
	struct buf b = buf_make(arena, 64);

	put_steps(&b, at);
	return buf_str(&b);
}

bool jsch_pointer_step_is(struct str step, struct str name)
{
	size_t k = 0;

	for (size_t i = 0; i < step.len; i++, k++) {
		char c = step.data[i];

		if (c == '~' && i + 1 < step.len)
			c = step.data[++i] == '1' ? '/' : '~';
		if (k == name.len || name.data[k] != c)
			return false;
	}
	return k == name.len;
}

static const struct jsn *find_step(const struct jsn *json, struct str step)
{
	int64_t index;

	if (json->kind == JSN_ARRAY)
		return str_to_i64(step, &index) && index >= 0 && (size_t)index < json->n_items ? &json->items[index] : NULL;
	for (size_t i = 0; json->kind == JSN_OBJECT && i < json->n_items; i++)
		if (jsch_pointer_step_is(step, json->items[i].name))
			return &json->items[i];
	return NULL;
}

const struct jsn *jsch_pointer_find(const struct jsn *root, struct str pointer)
{
	const struct jsn *json = root;

	while (json && pointer.len > 0) {
		struct str rest = str_sub(pointer, 1, pointer.len);
		ptrdiff_t slash = str_index(rest, '/');
		size_t len = slash >= 0 ? (size_t)slash : rest.len;

		json = find_step(json, str_sub(rest, 0, len));
		pointer = str_sub(rest, len, rest.len);
	}
	return json;
}

/* As deep as the text, which the reader has bounded. */
static struct str find_value(struct arena *arena, const struct jsn *from, const struct jsn *value, const struct jsch_pointer *at)
{
	struct str found = STR_NONE;

	if (from == value)
		return jsch_pointer_print(arena, at);
	for (size_t i = 0; i < from->n_items && !str_present(found); i++) {
		const struct jsch_pointer step = { .up = at, .name = from->items[i].name, .index = i };

		found = find_value(arena, &from->items[i], value, &step);
	}
	return found;
}

struct str jsch_pointer_to(struct arena *arena, const struct jsn *root, const struct jsn *value)
{
	return find_value(arena, root, value, NULL);
}

/* ---- parents ---- */

/* The values that lie side by side in one container. */
struct jsch_range {
	const struct jsn *from, *to;
	const struct jsn *parent;
};

static int compare_ranges(const void *a, const void *b)
{
	const struct jsch_range *left = a, *right = b;

	return left->from < right->from ? -1 : left->from > right->from;
}

/* As deep as the text, which the reader has bounded. */
static void add_ranges(struct arena *arena, struct jsch_parents *parents, const struct jsn *value)
{
	if (value->n_items == 0)
		return;
	parents->ranges = arena_grow(arena, parents->ranges, parents->n, &parents->room, sizeof(*parents->ranges));
	parents->ranges[parents->n++] = (struct jsch_range){ value->items, value->items + value->n_items, value };
	for (size_t i = 0; i < value->n_items; i++)
		add_ranges(arena, parents, &value->items[i]);
}

struct jsch_parents jsch_parents_make(struct arena *arena, const struct jsn *root)
{
	struct jsch_parents parents = { .root = root };

	add_ranges(arena, &parents, root);
	if (parents.n > 1)
		qsort(parents.ranges, parents.n, sizeof(*parents.ranges), compare_ranges);
	return parents;
}

const struct jsn *jsch_parents_find(const struct jsch_parents *parents, const struct jsn *value)
{
	size_t low = 0, high = parents->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (parents->ranges[middle].to <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < parents->n && parents->ranges[low].from <= value ? parents->ranges[low].parent : NULL;
}

static void put_way(struct buf *b, const struct jsch_parents *parents, const struct jsn *value)
{
	const struct jsn *parent = jsch_parents_find(parents, value);

	if (parent == NULL)
		return;
	put_way(b, parents, parent);
	if (parent->kind == JSN_OBJECT) {
		jsch_pointer_put(b, value->name);
		return;
	}
	buf_add_c(b, '/');
	buf_add_i64(b, value - parent->items);
}

struct str jsch_parents_pointer(struct arena *arena, const struct jsch_parents *parents, const struct jsn *value)
{
	struct buf b;

	if (value != parents->root && jsch_parents_find(parents, value) == NULL)
		return STR_NONE;
	b = buf_make(arena, 64);
	put_way(&b, parents, value);
	return buf_str(&b);
}

/* ---- places in texts ---- */

size_t jsch_text_offset(struct str text, const struct jsn *json)
{
	size_t at = 0;

	for (uint32_t line = 1; line < json->line; line++) {
		const char *end = memchr(text.data + at, '\n', text.len - at);

		if (end == NULL)
			return text.len;
		at = (size_t)(end - text.data) + 1;
	}
	at += json->column > 0 ? json->column - 1 : 0;
	return at < text.len ? at : text.len;
}

enum { LONGEST_SHOWN = 80 };

void jsch_put_short(struct buf *b, const struct jsn *value)
{
	struct buf whole = buf_make(b->arena, 64);
	struct str text;
	size_t end = LONGEST_SHOWN;

	buf_json(&whole, value);
	text = buf_str(&whole);
	if (text.len <= LONGEST_SHOWN) {
		buf_add(b, text);
		return;
	}
	while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80)
		end--;
	buf_add(b, str_sub(text, 0, end));
	buf_lit(b, "…");
}
