/* Options: names, and values in the notation of the text format. */
#include "compat/protobuf/pbuf_int.h"

static enum err_code read_value(struct pbuf_reader *r, struct pbuf_value *out);

static enum err_code read_list(struct pbuf_reader *r, struct pbuf_value *out)
{
	bool taken;
	char next;

	out->kind = PBUF_V_LIST;
	TRY(pbuf_enter(r));
	TRY(pbuf_require(r, '['));
	for (;;) {
		TRY(pbuf_take(r, ']', &taken));
		if (taken)
			break;
		TRY(read_value(r, pbuf_append(r->arena, out->items, out->n_items)));
		TRY(pbuf_take(r, ',', &taken));
		if (taken)
			continue;
		TRY(pbuf_peek(r, &next));
		if (next != ']')
			return pbuf_fault_here(r, "expected ',' or ']'");
	}
	pbuf_leave(r);
	return OK;
}

/* A map being read: its entries can be many, so their names are indexed. */
struct entries {
	struct arena *arena;
	struct pbuf_value *map;
	struct map places; /* name to index + 1 */
};

static struct pbuf_value *find_entry(const struct entries *e, struct str name)
{
	uintptr_t place = (uintptr_t)map_get(&e->places, name);

	return place == 0 ? NULL : &e->map->items[place - 1];
}

static struct pbuf_value *add_entry(struct entries *e, struct str name)
{
	struct pbuf_value *entry = pbuf_append(e->arena, e->map->items, e->map->n_items);

	map_put(&e->places, name, (void *)(uintptr_t)e->map->n_items);
	entry->name = name;
	return entry;
}

/* Adds a value, or the elements of a list, to a list. */
static void add_to_list(struct arena *arena, struct pbuf_value *list, const struct pbuf_value *value)
{
	struct pbuf_value *item;

	if (value->kind != PBUF_V_LIST) {
		item = pbuf_append(arena, list->items, list->n_items);
		*item = *value;
		item->name = STR_NONE;
		return;
	}
	for (size_t i = 0; i < value->n_items; i++)
		*pbuf_append(arena, list->items, list->n_items) = value->items[i];
}

static void set_value(struct pbuf_value *entry, const struct pbuf_value *value)
{
	struct str name = entry->name;

	*entry = *value;
	entry->name = name;
}

/* A key that comes again collects its values in a list. */
static void put_entry(struct entries *e, struct str name, const struct pbuf_value *value)
{
	struct pbuf_value *known = find_entry(e, name);

	if (known == NULL) {
		set_value(add_entry(e, name), value);
		return;
	}
	if (known->kind != PBUF_V_LIST) {
		struct pbuf_value first = *known;

		*known = (struct pbuf_value){ .kind = PBUF_V_LIST, .name = name };
		add_to_list(e->arena, known, &first);
	}
	add_to_list(e->arena, known, value);
}

/* "[a].b: v" inside a map is a map inside it. */
static void put_nested(struct entries *e, const struct pbuf_option *entry)
{
	struct str key = str_printf(e->arena, "%.*s\1%.*s", STR_ARG(entry->name), STR_ARG(entry->sub));
	struct pbuf_value *inner = find_entry(e, entry->name), *known;
	uintptr_t place = (uintptr_t)map_get(&e->places, key);

	if (inner == NULL)
		inner = add_entry(e, entry->name);
	if (inner->kind != PBUF_V_MAP || inner->n_items < place)
		*inner = (struct pbuf_value){ .kind = PBUF_V_MAP, .name = entry->name };
	if (place > 0 && inner->n_items >= place && str_eq(inner->items[place - 1].name, entry->sub)) {
		known = &inner->items[place - 1];
	} else {
		known = pbuf_append(e->arena, inner->items, inner->n_items);
		map_put(&e->places, key, (void *)(uintptr_t)inner->n_items);
	}
	*known = entry->value;
	known->name = entry->sub;
}

static enum err_code read_option(struct pbuf_reader *r, char separator, struct pbuf_option *out);

static enum err_code read_map(struct pbuf_reader *r, struct pbuf_value *out)
{
	struct entries e = { .arena = r->arena, .map = out, .places = map_make(r->arena) };
	struct pbuf_option entry;
	bool taken;

	out->kind = PBUF_V_MAP;
	TRY(pbuf_enter(r));
	TRY(pbuf_require(r, '{'));
	for (;;) {
		TRY(pbuf_take(r, '}', &taken));
		if (taken)
			break;
		TRY(read_option(r, ':', &entry));
		if (str_present(entry.sub))
			put_nested(&e, &entry);
		else
			put_entry(&e, entry.name, &entry.value);
		TRY(pbuf_take(r, ',', &taken));
		if (!taken)
			TRY(pbuf_take(r, ';', &taken));
	}
	pbuf_leave(r);
	return OK;
}

static enum err_code read_value(struct pbuf_reader *r, struct pbuf_value *out)
{
	char next;

	*out = (struct pbuf_value){ .kind = PBUF_V_WORD };
	TRY(pbuf_count(r));
	TRY(pbuf_peek(r, &next));
	switch (next) {
	case '{':
		return read_map(r, out);
	case '[':
		return read_list(r, out);
	case '"':
	case '\'':
		out->kind = PBUF_V_STRING;
		return pbuf_quoted(r, &out->text);
	default:
		TRY(pbuf_word(r, &out->text));
		if ((next >= '0' && next <= '9') || next == '-')
			out->kind = PBUF_V_NUMBER;
		else if (str_eq(out->text, STR("true")) || str_eq(out->text, STR("false")))
			out->kind = PBUF_V_BOOL;
		return OK;
	}
}

/*
 * One part behind the name, ".a.b" or ".(c.d)".  Dots belong to words, so that in ".a.(b)" the second has
 * been read when the parenthesis comes.
 */
static enum err_code read_sub(struct pbuf_reader *r, struct buf *sub, char *next)
{
	struct str part;
	bool open = false;

	TRY(pbuf_name(r, true, &part));
	while (str_starts(part, STR(".")))
		part = str_sub(part, 1, part.len);
	for (; str_ends(part, STR(".")); open = true)
		part.len--;
	if (sub->len > 0 && part.len > 0)
		buf_add_c(sub, '.');
	buf_add(sub, part);
	TRY(pbuf_read_char(r, next));
	if (open && (*next == '(' || *next == '[')) {
		r->pos--;
		*next = '.';
	}
	return OK;
}

/* "name = value" or, inside a map, "name: value" and "name { … }". */
static enum err_code read_option(struct pbuf_reader *r, char separator, struct pbuf_option *out)
{
	struct buf sub = buf_make(r->arena, 0);
	char next;

	*out = (struct pbuf_option){ .sub = STR_NONE };
	TRY(pbuf_peek(r, &next));
	out->parens = next == '(';
	TRY(pbuf_name(r, next == '[', &out->name));
	TRY(pbuf_read_char(r, &next));
	while (next == '.')
		TRY(read_sub(r, &sub, &next));
	if (sub.len > 0)
		out->sub = buf_str(&sub);
	if (separator == ':' && next == '{')
		r->pos--;
	else if (next != separator)
		return pbuf_fault_here(r, "expected '%c' in option", separator);
	return read_value(r, &out->value);
}

enum err_code pbuf_parse_option(struct pbuf_reader *r, struct pbuf_options *to)
{
	struct pbuf_option option;

	TRY(read_option(r, '=', &option));
	*pbuf_append(r->arena, to->items, to->n) = option;
	return OK;
}

enum err_code pbuf_parse_options(struct pbuf_reader *r, struct pbuf_options *to)
{
	bool taken;

	TRY(pbuf_take(r, '[', &taken));
	if (!taken)
		return OK;
	for (;;) {
		TRY(pbuf_parse_option(r, to));
		TRY(pbuf_take(r, ']', &taken));
		if (taken)
			return OK;
		TRY(pbuf_take(r, ',', &taken));
		if (!taken)
			return pbuf_fault_here(r, "Expected ',' or ']");
	}
}

/* A copy of its own, since the list is closed up. */
static const struct pbuf_value *keep_value(struct arena *arena, const struct pbuf_value *value)
{
	struct pbuf_value *copy = arena_new(arena, struct pbuf_value);

	*copy = *value;
	return copy;
}

void pbuf_split_options(struct arena *arena, struct pbuf_field *field)
{
	struct pbuf_options *options = &field->options;
	size_t n = 0;

	for (size_t i = 0; i < options->n; i++) {
		const struct pbuf_option *option = &options->items[i];

		if (str_eq(option->name, STR("default")))
			field->default_value = keep_value(arena, &option->value);
		else if (str_eq(option->name, STR("json_name")))
			field->json_name = keep_value(arena, &option->value);
		else
			options->items[n++] = *option;
	}
	options->n = n;
}

const struct pbuf_value *pbuf_option_find(const struct pbuf_options *options, struct str name)
{
	for (size_t i = 0; i < options->n; i++)
		if (!options->items[i].parens && !str_present(options->items[i].sub) &&
			str_eq(options->items[i].name, name))
			return &options->items[i].value;
	return NULL;
}
