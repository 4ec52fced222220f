/* JSON pointers, and the bytes that lines and columns mean. */
#include "compat/jsonschema/pointer.h"

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

/* Whether a step of a pointer, still escaped, means `name`. */
static bool step_is(struct str step, struct str name)
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
		if (step_is(step, json->items[i].name))
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
