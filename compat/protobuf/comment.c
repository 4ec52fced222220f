/* Comments that stand with a declaration, and places; found in the text, for the tree keeps neither. */
#include "compat/protobuf/outline.h"

#include "base/arena.h"

enum { LONGEST_COMMENT = 8192 }; /* bytes looked at: of many declarations no one can make this take long */

struct explain_place pbuf_place_in(struct str text, const struct pbuf_span *span, struct str path)
{
	struct explain_place place = { .path = path };
	size_t start = span->from;

	if (!str_present(text) || span->line == 0)
		return place;
	while (start > 0 && span->from - start < LONGEST_COMMENT && text.data[start - 1] != '\n')
		start--;
	place.line = span->line;
	place.column = start > 0 && text.data[start - 1] != '\n' ? span->column : (uint32_t)(span->from - start) + 1;
	return place;
}

static size_t line_start(struct str text, size_t at, size_t floor)
{
	while (at > floor && text.data[at - 1] != '\n')
		at--;
	return at;
}

/* A line without what frames a comment: slashes, asterisks, one blank. */
static void put_line(struct buf *b, struct str line)
{
	line = str_trim(line);
	if (str_starts(line, STR("/**")) && !str_starts(line, STR("/**/")))
		line = str_sub(line, 3, line.len);
	else if (str_starts(line, STR("///")))
		line = str_sub(line, 3, line.len);
	else if (str_starts(line, STR("//")) || str_starts(line, STR("/*")))
		line = str_sub(line, 2, line.len);
	else if (str_starts(line, STR("*")) && !str_starts(line, STR("*/")))
		line = str_sub(line, 1, line.len);
	if (str_ends(line, STR("*/")))
		line = str_sub(line, 0, line.len - 2);
	line = str_trim(line);
	if (b->len > 0)
		buf_add_c(b, '\n');
	buf_add(b, line);
}

static struct str without_frame(struct arena *arena, struct str comment)
{
	struct buf b = buf_make(arena, comment.len);
	size_t at = 0;

	while (at < comment.len) {
		struct str rest = str_sub(comment, at, comment.len);
		ptrdiff_t end = str_index(rest, '\n');
		size_t len = end < 0 ? rest.len : (size_t)end;

		put_line(&b, str_sub(rest, 0, len));
		at += len + 1;
	}
	return str_trim(buf_str(&b));
}

/* Where the comment begins whose last line is [from, to), or `to` when that is none. */
static size_t comment_start(struct str text, size_t from, size_t to, size_t floor)
{
	struct str line = str_trim(str_sub(text, from, to));

	if (str_starts(line, STR("//")))
		return from;
	if (!str_ends(line, STR("*/")))
		return to;
	for (size_t at = to - 2; at > floor; at--)
		if (text.data[at - 1] == '/' && text.data[at] == '*')
			return str_trim(str_sub(text, line_start(text, at - 1, floor), at - 1)).len == 0 ? at - 1 : to;
	return to;
}

static struct str above(struct str text, size_t from)
{
	size_t floor = from > LONGEST_COMMENT ? from - LONGEST_COMMENT : 0;
	size_t end = line_start(text, from, floor), start = end;

	if (str_trim(str_sub(text, end, from)).len > 0)
		return STR_NONE;
	while (start > floor) {
		size_t line = line_start(text, start - 1, floor);
		size_t found = comment_start(text, line, start - 1, floor);

		if (found == start - 1)
			break;
		start = line_start(text, found, floor);
		if (text.data[found + 1] == '*')
			break;
	}
	return start < end ? str_sub(text, start, end) : STR_NONE;
}

static struct str behind(struct str text, size_t to)
{
	size_t end = to;

	while (end < text.len && end - to < LONGEST_COMMENT && text.data[end] != '\n')
		end++;
	text = str_trim(str_sub(text, to, end));
	return str_starts(text, STR("//")) || (str_starts(text, STR("/*")) && str_ends(text, STR("*/"))) ? text : STR_NONE;
}

struct str pbuf_comment_of(struct arena *arena, struct str text, const struct pbuf_span *span)
{
	struct str found;

	if (!str_present(text) || span->line == 0)
		return STR_NONE;
	found = above(text, span->from);
	if (!str_present(found))
		found = behind(text, span->to);
	if (!str_present(found))
		return STR_NONE;
	found = without_frame(arena, found);
	return found.len > 0 ? found : STR_NONE;
}
