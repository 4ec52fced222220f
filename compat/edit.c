/* Edits of a JSON text: finding values in it, and laying out new ones as their neighbours are. */
#include "compat/edit.h"

#include "base/arena.h"
#include "base/limits.h"

/* ---- the text as tokens ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct explain_text explain_text_make(struct arena *arena, struct str text)
{
	struct explain_text t = { .arena = arena, .text = text };
	size_t n = 1, *lines;

	for (size_t i = 0; i < text.len; i++)
		n += text.data[i] == '\n' || text.data[i] == '\r';
	lines = arena_array(arena, size_t, n);
	t.n_lines = 1;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\n' || (text.data[i] == '\r' && (i + 1 == text.len || text.data[i + 1] != '\n')))
			lines[t.n_lines++] = i + 1;
	t.lines = lines;
	return t;
}

/* Behind the comment that starts at `at`. */
static size_t skip_comment(struct str s, size_t at)
{
	bool block = at + 1 < s.len && s.data[at + 1] == '*';

	for (at += 2; at < s.len; at++) {
		if (block && s.data[at] == '/' && s.data[at - 1] == '*')
			return at + 1;
		if (!block && (s.data[at] == '\n' || s.data[at] == '\r'))
			return at;
	}
	return s.len;
}

static size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.len && (is_blank(s.data[at]) || s.data[at] == '/'))
		at = s.data[at] == '/' ? skip_comment(s, at) : at + 1;
	return at < s.len ? at : s.len;
}

static size_t skip_string(struct str s, size_t at)
{
	for (at++; at < s.len && s.data[at] != '"'; at++)
		if (s.data[at] == '\\')
			at++;
	return at < s.len ? at + 1 : s.len;
}

/* Behind the value that starts at `at`: brackets are counted, so that no stack is needed. */
static size_t skip_value(struct str s, size_t at)
{
	size_t depth = 0;

	do {
		char c;

		at = skip_blanks(s, at);
		if (at == s.len)
			return at;
		c = s.data[at];
		if (c == '"') {
			at = skip_string(s, at);
		} else if (c == '{' || c == '[') {
			depth++;
			at++;
		} else if (c == '}' || c == ']') {
			depth -= depth > 0;
			at++;
		} else if (c == ',' || c == ':') {
			at++;
		} else {
			while (at < s.len && !is_blank(s.data[at]) && !strchr(",:{}[]\"/", s.data[at]))
				at++;
		}
	} while (depth > 0);
	return at;
}

static bool starts_as(struct str s, size_t at, enum jsn_kind kind)
{
	char c = at < s.len ? s.data[at] : '\0';

	switch (kind) {
	case JSN_OBJECT:
		return c == '{';
	case JSN_ARRAY:
		return c == '[';
	case JSN_STRING:
		return c == '"';
	default:
		return c != '\0' && !is_blank(c) && !strchr(",:{}[]\"/", c);
	}
}

bool explain_span(const struct explain_text *t, const struct jsn *value, size_t *start, size_t *end)
{
	size_t at;

	if (value->line == 0 || value->line > t->n_lines)
		return false;
	at = t->lines[value->line - 1] + value->column - 1;
	if (!starts_as(t->text, at, value->kind))
		return false;
	*start = at;
	*end = skip_value(t->text, at);
	return true;
}

/* A member or item where it stands. */
struct part {
	size_t start;             /* of the name, or of the value of an item */
	size_t colon;             /* behind it; of a member */
	size_t value, end;
};

/* What a container holds, as far as its neighbourhoods matter. */
struct inside {
	size_t open, close;       /* of the brackets */
	struct part *parts;
	size_t n;
};

static bool look_inside(const struct explain_text *t, const struct jsn *container, struct inside *in)
{
	struct str s = t->text;
	bool object = container->kind == JSN_OBJECT;
	size_t end, room = 0, at;

	*in = (struct inside){ 0 };
	if ((!object && container->kind != JSN_ARRAY) || !explain_span(t, container, &in->open, &end))
		return false;
	in->close = end - 1;
	for (at = skip_blanks(s, in->open + 1); at < in->close; at = skip_blanks(s, at + 1)) {
		struct part part = { .start = at };

		if (object) {
			part.colon = skip_blanks(s, skip_string(s, at)) + 1;
			at = skip_blanks(s, part.colon);
		}
		part.value = at;
		part.end = skip_value(s, at);
		at = skip_blanks(s, part.end);
		if (part.end > in->close || at > in->close || (at < in->close && s.data[at] != ','))
			return false;
		in->parts = arena_grow(t->arena, in->parts, in->n, &room, sizeof(*in->parts));
		in->parts[in->n++] = part;
	}
	return true;
}

/* ---- how things are laid out ---- */

struct look {
	bool spaced;              /* a space behind colons, and behind commas within a line */
	bool lines;               /* members and items stand on lines of their own */
	struct str margin;        /* line end and indentation before what is put in */
	struct str step;          /* what each level adds to it */
};

/* The line end, and the blanks behind it, that the text has before `at`; absent when `at` does not start its line. */
static struct str margin_before(struct str s, size_t at)
{
	size_t from = at;

	while (from > 0 && (s.data[from - 1] == ' ' || s.data[from - 1] == '\t'))
		from--;
	if (from == 0 || (s.data[from - 1] != '\n' && s.data[from - 1] != '\r'))
		return STR_NONE;
	from -= from > 1 && s.data[from - 1] == '\n' && s.data[from - 2] == '\r' ? 2 : 1;
	return str_sub(s, from, at);
}

/* The margin of the line that `at` stands in. */
static struct str margin_of_line(struct str s, size_t at)
{
	size_t from = at, to;

	while (from > 0 && s.data[from - 1] != '\n' && s.data[from - 1] != '\r')
		from--;
	for (to = from; to < s.len && (s.data[to] == ' ' || s.data[to] == '\t'); to++)
		;
	return from == 0 ? str_sub(s, 0, to) : margin_before(s, to);
}

/* Whether the text writes a space behind colons: what its first one shows; compact when it has none. */
static bool is_spaced(struct str s)
{
	bool quoted = false;

	for (size_t i = 0; i + 1 < s.len; i++) {
		if (s.data[i] == '\\' && quoted)
			i++;
		else if (s.data[i] == '"')
			quoted = !quoted;
		else if (s.data[i] == ':' && !quoted)
			return s.data[i + 1] == ' ';
	}
	return s.len > 0 && memchr(s.data, ' ', s.len) != NULL;
}

/* What a level of indentation is: what the first indented line has. */
static struct str step_of(const struct explain_text *t)
{
	for (size_t i = 1; i < t->n_lines; i++) {
		size_t to = t->lines[i];

		while (to < t->text.len && (t->text.data[to] == ' ' || t->text.data[to] == '\t'))
			to++;
		if (to > t->lines[i] && to < t->text.len && !is_blank(t->text.data[to]))
			return str_sub(t->text, t->lines[i], to);
	}
	return STR("  ");
}

/* Whether the value's own parts are on lines of their own. */
static bool is_tall(struct str s, size_t value, size_t end)
{
	return value < s.len && (s.data[value] == '{' || s.data[value] == '[') &&
		str_present(margin_before(s, skip_blanks(s, value + 1))) && end > value + 2;
}

static void put_value(struct buf *b, const struct jsn *value, struct look look);

static void put_gap(struct buf *b, const struct look *look, bool first)
{
	if (!first)
		buf_add_c(b, ',');
	if (look->lines)
		buf_add(b, look->margin);
	else if (!first && look->spaced)
		buf_add_c(b, ' ');
}

static void put_name(struct buf *b, struct str name, const struct look *look)
{
	buf_json_inner(b, name);
	buf_add(b, look->spaced ? STR(": ") : STR(":"));
}

static bool is_plain(const struct jsn *value)
{
	for (size_t i = 0; i < value->n_items; i++)
		if (value->items[i].kind == JSN_OBJECT || value->items[i].kind == JSN_ARRAY)
			return false;
	return true;
}

/* Lists of plain values stay on one line. */
static void put_container(struct buf *b, const struct jsn *value, struct look look)
{
	struct str outer = look.margin;
	bool object = value->kind == JSN_OBJECT;

	look.lines = look.lines && value->n_items > 0 && (object || !is_plain(value));
	if (look.lines)
		look.margin = str_concat(b->arena, outer, look.step);
	buf_add_c(b, object ? '{' : '[');
	for (size_t i = 0; i < value->n_items; i++) {
		put_gap(b, &look, i == 0);
		if (object)
			put_name(b, value->items[i].name, &look);
		put_value(b, &value->items[i], look);
	}
	if (look.lines)
		buf_add(b, outer);
	buf_add_c(b, object ? '}' : ']');
}

/* As deep as the JSON it was read from, which jsn_parse bounds. */
static void put_value(struct buf *b, const struct jsn *value, struct look look)
{
	if (value->kind == JSN_OBJECT || value->kind == JSN_ARRAY)
		put_container(b, value, look);
	else if (value->kind == JSN_STRING)
		buf_json_inner(b, value->text);
	else
		buf_json(b, value);
}

/* `json` laid out; as it stands when it is no JSON, which no caller gives. */
static void put_json(struct buf *b, struct str json, struct look look)
{
	struct err ignored = { .arena = b->arena };
	const struct jsn *value;

	if (jsn_parse(b->arena, json, JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &value, &ignored) == OK)
		put_value(b, value, look);
	else
		buf_add(b, json);
}

/* What an array holds, without its brackets. */
static void put_items(struct buf *b, struct str array, struct look look)
{
	size_t len = b->len;

	put_json(b, array, look);
	memmove(b->data + len, b->data + len + 1, b->len - len - 2);
	b->len -= 2;
}

/* How a new part of the container looks: as the part beside it, which is its last when there is a choice. */
static struct look look_beside(const struct explain_text *t, const struct inside *in, size_t index)
{
	struct look look = { .spaced = is_spaced(t->text), .step = step_of(t), .margin = STR("") };
	const struct part *part;

	if (in->n == 0)
		return look;
	part = &in->parts[index < in->n ? index : in->n - 1];
	look.lines = is_tall(t->text, part->value, part->end);
	look.margin = margin_before(t->text, part->start);
	if (!str_present(look.margin))
		look.margin = margin_of_line(t->text, part->start);
	return look;
}

/* What stands between two parts: a comma, and a margin or a space. */
static void put_separator(struct buf *b, const struct explain_text *t, const struct inside *in, size_t index,
	const struct look *look)
{
	struct str margin = margin_before(t->text, in->parts[index].start);

	buf_add_c(b, ',');
	if (str_present(margin))
		buf_add(b, margin);
	else if (look->spaced)
		buf_add_c(b, ' ');
}

/* ---- the edits ---- */

bool explain_edit_replace(const struct explain_text *t, const struct jsn *value, struct str json,
	struct explain_edit *out)
{
	struct look look = { .spaced = is_spaced(t->text), .step = step_of(t) };
	struct buf b = buf_make(t->arena, json.len + 16);
	size_t start, end;

	if (!explain_span(t, value, &start, &end))
		return false;
	look.lines = is_tall(t->text, start, end);
	look.margin = margin_of_line(t->text, start);
	put_json(&b, json, look);
	*out = (struct explain_edit){ .offset = start, .length = end - start, .text = buf_str(&b) };
	return true;
}

/* `in` has the container; the new part comes before the index-th, or last. */
static struct explain_edit insert(const struct explain_text *t, const struct inside *in, size_t index, struct str name,
	struct str json)
{
	struct look look = look_beside(t, in, index);
	struct buf b = buf_make(t->arena, json.len + 32);
	size_t at = index < in->n ? in->parts[index].start : in->n > 0 ? in->parts[in->n - 1].end : in->open + 1;

	if (index >= in->n && in->n > 0)
		put_separator(&b, t, in, in->n - 1, &look);
	if (str_present(name))
		put_name(&b, name, &look);
	put_json(&b, json, look);
	if (index < in->n)
		put_separator(&b, t, in, index, &look);
	return (struct explain_edit){ .offset = at, .text = buf_str(&b) };
}

bool explain_edit_member(const struct explain_text *t, const struct jsn *object, struct str name, struct str json,
	struct explain_edit *out)
{
	struct inside in;

	if (object->kind != JSN_OBJECT || !look_inside(t, object, &in))
		return false;
	*out = insert(t, &in, in.n, name, json);
	return true;
}

bool explain_edit_item(const struct explain_text *t, const struct jsn *array, size_t index, struct str json,
	struct explain_edit *out)
{
	struct inside in;

	if (array->kind != JSN_ARRAY || !look_inside(t, array, &in))
		return false;
	*out = insert(t, &in, index, STR_NONE, json);
	return true;
}

bool explain_edit_remove(const struct explain_text *t, const struct jsn *container, const struct jsn *value,
	struct explain_edit *out)
{
	size_t start, end, from, to;
	struct inside in;

	if (!look_inside(t, container, &in) || !explain_span(t, value, &start, &end))
		return false;
	for (size_t i = 0; i < in.n; i++) {
		if (in.parts[i].value != start)
			continue;
		/* The first goes up to its follower, any other from behind its forerunner. */
		from = i > 0 ? in.parts[i - 1].end : in.parts[i].start;
		to = i == 0 && in.n > 1 ? in.parts[1].start : in.parts[i].end;
		*out = (struct explain_edit){ .offset = from, .length = to - from, .text = STR("") };
		return true;
	}
	return false;
}

bool explain_edit_wrap(const struct explain_text *t, const struct jsn *value, struct str before, struct str after,
	struct explain_edit out[2])
{
	const struct look look = { .spaced = is_spaced(t->text), .margin = STR("") };
	struct str comma = look.spaced ? STR(", ") : STR(",");
	struct buf front = buf_make(t->arena, 32), back = buf_make(t->arena, 32);
	size_t start, end;

	if (!explain_span(t, value, &start, &end))
		return false;
	buf_add_c(&front, '[');
	if (str_present(before)) {
		put_items(&front, before, look);
		buf_add(&front, comma);
	}
	if (str_present(after)) {
		buf_add(&back, comma);
		put_items(&back, after, look);
	}
	buf_add_c(&back, ']');
	out[0] = (struct explain_edit){ .offset = start, .text = buf_str(&front) };
	out[1] = (struct explain_edit){ .offset = end, .text = buf_str(&back) };
	return true;
}
