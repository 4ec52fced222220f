/* Places in texts: lines, columns, and what encloses something that is gone. */
#include "base/arena.h"
#include "base/limits.h"
#include "client/cli/report/report_int.h"

struct str report_line(struct str text, uint32_t line)
{
	for (uint32_t at = 1; ; at++) {
		ptrdiff_t end = str_index(text, '\n');
		struct str here = str_sub(text, 0, end < 0 ? text.len : (size_t)end);

		if (at == line)
			return str_ends(here, STR("\r")) ? str_sub(here, 0, here.len - 1) : here;
		if (end < 0)
			return STR_NONE;
		text = str_sub(text, (size_t)end + 1, text.len);
	}
}

uint32_t report_column(struct str text, uint32_t line, uint32_t column)
{
	struct str here = str_sub(report_line(text, line), 0, column > 0 ? column - 1 : 0);
	uint32_t n = 1;

	for (size_t i = 0; i < here.len; i++)
		n += ((unsigned char)here.data[i] & 0xc0) != 0x80;
	return n;
}

void report_position(struct str text, size_t offset, uint32_t *line, uint32_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < offset && i < text.len; i++) {
		bool ends = text.data[i] == '\n';

		*line += ends;
		*column = ends ? 1 : *column + 1;
	}
}

/* The member or element that one step of a JSON pointer names, or NULL. */
static const struct jsn *step(struct arena *arena, const struct jsn *at, struct str token)
{
	struct buf plain = buf_make(arena, token.len + 1);
	int32_t index;

	for (size_t i = 0; i < token.len; i++) {
		char c = token.data[i];

		if (c == '~' && i + 1 < token.len)
			c = token.data[++i] == '1' ? '/' : '~';
		buf_add_c(&plain, c);
	}
	if (at->kind == JSN_OBJECT)
		return jsn_get(at, buf_str(&plain));
	if (at->kind == JSN_ARRAY && str_to_i32(token, &index) && index >= 0 && (size_t)index < at->n_items)
		return &at->items[index];
	return NULL;
}

static void locate_json(struct arena *arena, struct str text, struct str path, uint32_t *line, uint32_t *column)
{
	struct err ignored = { .arena = arena };
	const struct jsn *at;

	if (jsn_parse(arena, text, JSN_COMMENTS | JSN_NAN | JSN_TRAILING | JSN_SURROGATES, LIMIT_JSON_DEPTH, &at, &ignored) != OK)
		return;
	while (at) {
		ptrdiff_t slash;

		*line = at->line;
		*column = at->column;
		while (str_starts(path, STR("/")) || str_starts(path, STR("#")))
			path = str_sub(path, 1, path.len);
		if (path.len == 0)
			return;
		slash = str_index(path, '/');
		at = step(arena, at, str_sub(path, 0, slash < 0 ? path.len : (size_t)slash));
		path = str_sub(path, slash < 0 ? path.len : (size_t)slash, path.len);
	}
}

/* The innermost message or enum of "pkg.Outer.Inner.field" that the text defines. */
static void locate_proto(struct arena *arena, struct str text, struct str path, uint32_t *line, uint32_t *column)
{
	while (path.len > 0) {
		ptrdiff_t dot = str_rindex(path, '.');
		struct str name = str_sub(path, (size_t)(dot + 1), path.len);
		static const char *const words[] = { "message", "enum", "oneof", "service" };

		for (size_t i = 0; name.len > 0 && i < sizeof(words) / sizeof(words[0]); i++) {
			struct str wanted = str_printf(arena, "%s %.*s", words[i], STR_ARG(name));
			const char *found = memmem(text.data, text.len, wanted.data, wanted.len);

			if (found) {
				report_position(text, (size_t)(found - text.data), line, column);
				return;
			}
		}
		path = str_sub(path, 0, dot < 0 ? 0 : (size_t)dot);
	}
}

void report_locate(struct arena *arena, const struct report_schema *schema, const struct explain_place *place, uint32_t *line,
	uint32_t *column)
{
	*line = *column = 1;
	if (place->line > 0) {
		*line = place->line;
		*column = place->column > 0 ? place->column : 1;
	} else if (schema->type == SCHEMA_PROTOBUF) {
		locate_proto(arena, schema->text, place->path, line, column);
	} else {
		locate_json(arena, schema->text, place->path, line, column);
	}
}
