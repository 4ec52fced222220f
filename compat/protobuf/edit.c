/* Edits of .proto text that keep its look: lines of their own, indented as their neighbours. */
#include "compat/protobuf/explain_int.h"

/* Of one fix, and bytes of text in all fixes of one explanation. */
enum { MOST_EDITS = 1000, MOST_EDITED = 4 * 1000 * 1000 };

void pbuf_edit(struct pbuf_fixing *f, size_t offset, size_t length, struct str text)
{
	size_t at;

	if (f->major)
		return;
	if (f->n_edits == MOST_EDITS || *f->x->n_edited + text.len > MOST_EDITED) {
		pbuf_fix_major(f, "take this change back; it takes too many edits to show");
		return;
	}
	*f->x->n_edited += text.len;
	for (size_t i = 0; i < f->n_edits; i++)
		if (f->edits[i].offset == offset && f->edits[i].length == length && str_eq(f->edits[i].text, text))
			return;
	pbuf_append(f->x->arena, f->edits, f->n_edits);
	for (at = f->n_edits - 1; at > 0 && f->edits[at - 1].offset > offset; at--)
		f->edits[at] = f->edits[at - 1];
	f->edits[at] = (struct explain_edit){ .offset = offset, .length = length, .text = text };
}

static size_t line_start(struct str text, size_t at)
{
	const char *found = at == 0 ? NULL : memrchr(text.data, '\n', at);

	return found ? (size_t)(found - text.data) + 1 : 0;
}

static size_t line_end(struct str text, size_t at)
{
	const char *found = at < text.len ? memchr(text.data + at, '\n', text.len - at) : NULL;

	return found ? (size_t)(found - text.data) : text.len;
}

/* The blanks that a line begins with. */
static struct str indent_at(struct str text, size_t at)
{
	size_t from = line_start(text, at), to = from;

	while (to < text.len && (text.data[to] == ' ' || text.data[to] == '\t'))
		to++;
	return str_sub(text, from, to);
}

static bool is_blank(struct str text)
{
	return str_trim(text).len == 0;
}

static struct str line_break(struct str text)
{
	ptrdiff_t newline = str_index(text, '\n');

	return newline > 0 && text.data[newline - 1] == '\r' ? STR("\r\n") : STR("\n");
}

enum { LOOKED_AT = 4096 }; /* bytes of text: the look of its beginning is that of all */

/* How far the content of a block is indented beyond its braces: as the first line in it, or as elsewhere in the file. */
static struct str step_of(struct str text, size_t from, size_t to)
{
	struct str outer = indent_at(text, from);

	if (to - from > LOOKED_AT)
		to = from + LOOKED_AT;
	for (size_t at = line_end(text, from) + 1; at < to; at = line_end(text, at) + 1) {
		struct str inner = indent_at(text, at);

		if (inner.len > outer.len && str_starts(inner, outer) && !is_blank(str_sub(text, at, line_end(text, at))))
			return str_sub(inner, outer.len, inner.len);
	}
	return STR_NONE;
}

static struct str step_in(struct str text, const struct pbuf_span *span)
{
	struct str step = step_of(text, span->from, span->to);

	if (str_present(step))
		return step;
	for (size_t at = 0; at < text.len && at < LOOKED_AT; at = line_end(text, at) + 1) {
		struct str indent = indent_at(text, at);

		if (indent.len > 0 && !is_blank(str_sub(text, at, line_end(text, at))))
			return indent.data[0] == '\t' ? STR("\t") : indent;
	}
	return STR("  ");
}

/* Lines as the printer writes them, two blanks a level, in the file's own way. */
static struct str indented(struct pbuf_fixing *f, struct str lines, struct str outer, struct str step)
{
	struct buf b = buf_make(f->x->arena, lines.len + 64);
	struct str end = line_break(f->x->text);

	for (size_t at = 0; at < lines.len;) {
		size_t to = line_end(lines, at), blanks = 0;
		struct str line = str_sub(lines, at, to);

		while (blanks < line.len && line.data[blanks] == ' ')
			blanks++;
		if (blanks < line.len) {
			buf_add(&b, outer);
			for (size_t i = 0; i + 1 < blanks; i += 2)
				buf_add(&b, step);
			buf_add(&b, str_sub(line, blanks, line.len));
		}
		buf_add(&b, end);
		at = to + 1;
	}
	return buf_str(&b);
}

static struct str on_one_line(struct pbuf_fixing *f, struct str lines)
{
	struct buf b = buf_make(f->x->arena, lines.len);

	for (size_t i = 0; i < lines.len; i++) {
		char c = lines.data[i] == '\n' ? ' ' : lines.data[i];

		if (c != ' ' || (b.len > 0 && b.data[b.len - 1] != ' '))
			buf_add_c(&b, c);
	}
	return str_trim(buf_str(&b));
}

bool pbuf_tokens_of(const struct pbuf_fixing *f, const struct pbuf_field *field, struct pbuf_tokens *out)
{
	struct err ignored = { .arena = f->x->arena };
	struct pbuf_reader r = {
		.arena = f->x->arena, .err = &ignored, .text = str_sub(f->x->text, 0, field->span.to), .pos = field->span.from,
	};
	struct pbuf_use use;
	struct str word;
	int32_t number;
	char next;

	if (field->type.kind == PBUF_GROUP)
		return false;
	if (field->label != PBUF_UNLABELLED && (pbuf_word(&r, &word) != OK || pbuf_peek(&r, &next) != OK))
		return false;
	out->type_from = r.pos;
	if (pbuf_word(&r, &word) != OK || pbuf_parse_use(&r, word, &use) != OK)
		return false;
	out->type_to = r.pos;
	if (pbuf_name(&r, false, &word) != OK || pbuf_require(&r, '=') != OK || pbuf_peek(&r, &next) != OK)
		return false;
	out->number_from = r.pos;
	if (pbuf_int(&r, &number) != OK)
		return false;
	out->number_to = out->options_to = r.pos;
	if (pbuf_peek(&r, &next) != OK)
		return false;
	if (next == '[') {
		struct pbuf_options options = { 0 };

		if (pbuf_parse_options(&r, &options) != OK)
			return false;
		out->options_to = r.pos;
	}
	return true;
}

void pbuf_edit_delete(struct pbuf_fixing *f, const struct pbuf_span *span)
{
	struct str text = f->x->text;
	size_t start = line_start(text, span->from), end = line_end(text, span->to);
	struct str rest = str_trim(str_sub(text, span->to, end));

	if (is_blank(str_sub(text, start, span->from)) && (rest.len == 0 || str_starts(rest, STR("//")))) {
		pbuf_edit(f, start, (end < text.len ? end + 1 : end) - start, STR(""));
		return;
	}
	end = span->to;
	if (end < text.len && text.data[end] == ' ')
		end++;
	pbuf_edit(f, span->from, end - span->from, STR(""));
}

void pbuf_edit_append(struct pbuf_fixing *f, const struct pbuf_span *span, struct str declaration)
{
	struct str text = f->x->text, outer = indent_at(text, span->from);
	size_t brace = span->to - 1, start = line_start(text, brace);

	if (start > span->from && is_blank(str_sub(text, start, brace))) {
		struct buf inner = buf_make(f->x->arena, 16);
		struct str step = step_in(text, span);

		buf_add(&inner, outer);
		buf_add(&inner, step);
		pbuf_edit(f, start, 0, indented(f, declaration, buf_str(&inner), step));
		return;
	}
	pbuf_edit(f, brace, 0,
		str_printf(f->x->arena, "%s%.*s ", text.data[brace - 1] == ' ' ? "" : " ", STR_ARG(on_one_line(f, declaration))));
}

void pbuf_edit_behind(struct pbuf_fixing *f, const struct pbuf_span *span, struct str declaration)
{
	struct str text = f->x->text;
	size_t end = line_end(text, span->to);
	struct str rest = str_trim(str_sub(text, span->to, end));

	if (end < text.len && (rest.len == 0 || str_starts(rest, STR("//"))))
		pbuf_edit(f, end + 1, 0, indented(f, declaration, indent_at(text, span->from), STR("  ")));
	else
		pbuf_edit(f, span->to, 0, str_concat(f->x->arena, STR(" "), declaration));
}

void pbuf_edit_end(struct pbuf_fixing *f, struct str declarations)
{
	struct str text = f->x->text, step = step_in(text, &(struct pbuf_span){ 0 });
	struct str lines = indented(f, declarations, STR(""), step);
	bool ended = text.len > 0 && text.data[text.len - 1] == '\n';

	pbuf_edit(f, text.len, 0, ended ? lines : str_concat(f->x->arena, line_break(text), lines));
}

/* ---- reserved ---- */

static void put_numbers(struct buf *b, int32_t from, int32_t to)
{
	if (from > to)
		return;
	if (b->len > 0)
		buf_lit(b, ", ");
	if (from == to)
		buf_add_i64(b, from);
	else if (to == PBUF_MAX_NUMBER)
		buf_printf(b, "%d to max", from);
	else
		buf_printf(b, "%d to %d", from, to);
}

/* What is left of a statement; *changed tells whether anything went. */
static struct str rest_of(struct pbuf_fixing *f, const struct pbuf_ranges *ranges, int32_t number, struct str name, bool *changed)
{
	struct buf b = buf_make(f->x->arena, 64);

	*changed = false;
	for (size_t i = 0; i < ranges->n; i++) {
		const struct pbuf_range *range = &ranges->items[i];

		if (str_present(range->name) && str_eq(range->name, name)) {
			*changed = true;
		} else if (str_present(range->name)) {
			if (b.len > 0)
				buf_lit(&b, ", ");
			pbuf_put_quoted(&b, range->name);
		} else if (range->from <= number && number <= range->to) {
			*changed = true;
			put_numbers(&b, range->from, number - 1);
			put_numbers(&b, number + 1, range->to);
		} else {
			put_numbers(&b, range->from, range->to);
		}
	}
	return buf_str(&b);
}

void pbuf_edit_unreserve(struct pbuf_fixing *f, const struct pbuf_type *type, int32_t number, struct str name)
{
	for (size_t i = 0; i < type->n_reserved; i++) {
		const struct pbuf_ranges *ranges = &type->reserved[i];
		bool changed;
		struct str rest = rest_of(f, ranges, number, name, &changed);

		if (changed && rest.len == 0)
			pbuf_edit_delete(f, &ranges->span);
		else if (changed)
			pbuf_edit(f, ranges->span.from, ranges->span.to - ranges->span.from,
				str_printf(f->x->arena, "reserved %.*s;", STR_ARG(rest)));
	}
}
