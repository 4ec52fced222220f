/*
 * Options in normal form: sorted by name; those whose extension is known under its full name, their
 * parts merged into one value; maps sorted, lists of one element unwrapped, numbers without what does not count.
 */
#include "compat/protobuf/pbuf_int.h"

#include <stdlib.h>

static size_t skip_digits(struct str text, size_t at)
{
	while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9')
		at++;
	return at;
}

/* "1.50f" is "1.5"; what is no plain decimal number stays. */
static struct str plain_number(struct str text)
{
	size_t start = text.len > 0 && text.data[0] == '-', whole = skip_digits(text, start), end = whole, kept = whole;

	if (whole == start || (whole - start > 1 && text.data[start] == '0'))
		return text;
	if (whole < text.len && text.data[whole] == '.') {
		end = skip_digits(text, whole + 1);
		if (end == whole + 1)
			return text;
		for (kept = end; text.data[kept - 1] == '0';)
			kept--;
		if (kept == whole + 1)
			kept = whole;
	}
	if (end + 1 == text.len && (text.data[end] == 'f' || text.data[end] == 'F'))
		end++;
	return end == text.len ? str_sub(text, 0, kept) : text;
}

static struct pbuf_value with_field(struct arena *arena, const struct pbuf_value *value, const struct pbuf_field *field);

/* A list around the value of a repeated field, so that what is merged is told apart. */
static struct pbuf_value in_list(struct arena *arena, struct pbuf_value value, const struct pbuf_field *field)
{
	struct pbuf_value list = { .kind = PBUF_V_LIST, .name = value.name };

	if (field == NULL || field->label != PBUF_REPEATED || value.kind == PBUF_V_LIST)
		return value;
	value.name = STR_NONE;
	*pbuf_append(arena, list.items, list.n_items) = value;
	return list;
}

static const struct pbuf_field *field_of_key(const struct pbuf_type *type, const struct pbuf_value *item)
{
	if (item->extension)
		return item->extension;
	return type ? pbuf_field_named(type, item->name) : NULL;
}

/* A copy of a value of `field` (NULL: of an unknown one) with full names of extensions. */
static struct pbuf_value with_field(struct arena *arena, const struct pbuf_value *value, const struct pbuf_field *field)
{
	const struct pbuf_type *type = field && field->type.kind == PBUF_NAMED ? field->type.named : NULL;
	struct pbuf_value copy = *value;

	if (value->kind == PBUF_V_NUMBER)
		copy.text = plain_number(value->text);
	if (value->n_items == 0)
		return copy;
	copy.items = arena_array(arena, struct pbuf_value, value->n_items);
	for (size_t i = 0; i < value->n_items; i++) {
		const struct pbuf_value *item = &value->items[i];

		if (value->kind == PBUF_V_LIST) {
			copy.items[i] = with_field(arena, item, field);
		} else {
			const struct pbuf_field *inner = field_of_key(type, item);

			copy.items[i] = in_list(arena, with_field(arena, item, inner), inner);
			if (item->extension)
				copy.items[i].name = str_printf(arena, "[%.*s]", STR_ARG(item->extension->full));
		}
	}
	return copy;
}

/* The first part of "a.(b.c).d", and what is behind it in *rest. */
static struct str first_part(struct arena *arena, struct str path, struct str *rest)
{
	static const char opens[] = "([", closes[] = ")].";
	const char *open = strchr(opens, path.data[0]);
	char close = closes[open && *open ? open - opens : 2];
	ptrdiff_t end = str_index(path, close);
	size_t len = end < 0 ? path.len : (size_t)end + (close != '.');
	struct str part = str_sub(path, 0, len);

	*rest = len < path.len ? str_sub(path, len + 1, path.len) : STR_NONE;
	if (close == ')' && part.len > 1)
		part = str_printf(arena, "[%.*s]", STR_ARG(str_sub(part, 1, part.len - 1)));
	return part;
}

static struct str skip_dots(struct str path)
{
	while (str_starts(path, STR(".")))
		path = str_sub(path, 1, path.len);
	return path;
}

/* "(name).a.b = v" as the value { a: { b: v } } of the extension. */
static struct pbuf_value nest(struct arena *arena, struct str path, const struct pbuf_value *value,
	const struct pbuf_field *field)
{
	struct pbuf_value root = { .kind = PBUF_V_MAP }, *at = &root;

	path = skip_dots(path);
	if (path.len == 0)
		return in_list(arena, with_field(arena, value, field), field);
	while (path.len > 0) {
		struct str rest, part = first_part(arena, path, &rest);
		struct pbuf_value *item = pbuf_append(arena, at->items, at->n_items);

		rest = skip_dots(rest);
		*item = (struct pbuf_value){ .kind = PBUF_V_MAP };
		if (rest.len == 0)
			*item = *value;
		item->name = part;
		at = item;
		path = rest;
	}
	return in_list(arena, with_field(arena, &root, field), field);
}

struct ranked {
	struct pbuf_value value;
	size_t place;
};

static int by_name(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = str_cmp_utf16(x->value.name, y->value.name);

	return order != 0 ? order : x->place < y->place ? -1 : x->place > y->place;
}

/* Appends the items of `from` to `to`. */
static void add_items(struct arena *arena, struct pbuf_value *to, const struct pbuf_value *from)
{
	for (size_t i = 0; i < from->n_items; i++)
		*pbuf_append(arena, to->items, to->n_items) = from->items[i];
}

/* Values of one name: maps become one map, all else one list. */
static struct pbuf_value merge(struct arena *arena, const struct ranked *values, size_t n)
{
	struct pbuf_value all = { .kind = PBUF_V_MAP, .name = values[0].value.name };

	if (n == 1)
		return values[0].value;
	for (size_t i = 0; i < n; i++)
		if (values[i].value.kind != PBUF_V_MAP)
			all.kind = PBUF_V_LIST;
	for (size_t i = 0; i < n; i++) {
		if (values[i].value.kind == all.kind) {
			add_items(arena, &all, &values[i].value);
		} else {
			struct pbuf_value *item = pbuf_append(arena, all.items, all.n_items);

			*item = values[i].value;
			item->name = STR_NONE;
		}
	}
	return all;
}

static struct pbuf_value finish(struct arena *arena, struct pbuf_value value);

/* Entries by name, those of one name merged, empty lists left out. */
static struct pbuf_value finish_map(struct arena *arena, const struct pbuf_value *map)
{
	struct ranked *ranked = arena_array(arena, struct ranked, map->n_items);
	struct pbuf_value out = { .kind = PBUF_V_MAP, .name = map->name };
	size_t end;

	for (size_t i = 0; i < map->n_items; i++)
		ranked[i] = (struct ranked){ .value = map->items[i], .place = i };
	qsort(ranked, map->n_items, sizeof(*ranked), by_name);
	for (size_t i = 0; i < map->n_items; i = end) {
		struct pbuf_value entry;

		for (end = i + 1; end < map->n_items && str_eq(ranked[end].value.name, ranked[i].value.name);)
			end++;
		entry = finish(arena, merge(arena, &ranked[i], end - i));
		if (entry.kind != PBUF_V_LIST || entry.n_items > 0)
			*pbuf_append(arena, out.items, out.n_items) = entry;
	}
	return out;
}

static struct pbuf_value finish(struct arena *arena, struct pbuf_value value)
{
	struct pbuf_value list = { .kind = PBUF_V_LIST, .name = value.name };

	if (value.kind == PBUF_V_MAP)
		return finish_map(arena, &value);
	if (value.kind != PBUF_V_LIST)
		return value;
	for (size_t i = 0; i < value.n_items; i++)
		*pbuf_append(arena, list.items, list.n_items) = finish(arena, value.items[i]);
	if (list.n_items != 1)
		return list;
	list.items[0].name = value.name;
	return list.items[0];
}

struct ranked_option {
	struct pbuf_option option;
	size_t place;
};

static int by_option(const void *a, const void *b)
{
	const struct ranked_option *x = a, *y = b;
	int order = str_cmp_utf16(x->option.name, y->option.name);

	return order != 0 ? order : x->place < y->place ? -1 : x->place > y->place;
}

static struct pbuf_option prepare(struct arena *arena, const struct pbuf_option *option)
{
	struct pbuf_option copy = *option;

	if (option->extension) {
		copy.name = option->extension->full;
		copy.value = nest(arena, option->sub, &option->value, option->extension);
		copy.sub = STR_NONE;
	} else {
		copy.value = with_field(arena, &option->value, NULL);
	}
	return copy;
}

/* Options `from` up to (not with) `to` are parts of one extension. */
static struct pbuf_option merge_options(struct arena *arena, const struct ranked_option *options, size_t n)
{
	struct ranked *values = arena_array(arena, struct ranked, n);
	struct pbuf_option merged = options[0].option;

	for (size_t i = 0; i < n; i++)
		values[i].value = options[i].option.value;
	merged.value = finish(arena, merge(arena, values, n));
	return merged;
}

struct pbuf_options pbuf_normal_options(struct arena *arena, const struct pbuf_options *options)
{
	struct ranked_option *ranked = arena_array(arena, struct ranked_option, options->n);
	struct pbuf_options out = { 0 };
	size_t end;

	for (size_t i = 0; i < options->n; i++)
		ranked[i] = (struct ranked_option){ .option = prepare(arena, &options->items[i]), .place = i };
	qsort(ranked, options->n, sizeof(*ranked), by_option);
	for (size_t i = 0; i < options->n; i = end) {
		const struct pbuf_field *extension = ranked[i].option.extension;
		struct pbuf_option option;

		end = i + 1;
		while (extension && end < options->n && ranked[end].option.extension == extension)
			end++;
		option = merge_options(arena, &ranked[i], end - i);
		if (extension == NULL || option.value.kind != PBUF_V_LIST || option.value.n_items > 0)
			*pbuf_append(arena, out.items, out.n) = option;
	}
	return out;
}
