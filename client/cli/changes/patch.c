/* Unified differences: longest common subsequence of the lines between a common beginning and a common end. */
#include "client/cli/changes/patch.h"

#include "base/arena.h"
#include "client/cli/report/report.h"

enum {
	CONTEXT = 3,
	CELLS = 4 << 20, /* of the table; a change that would need more is shown as a whole */
};

struct lines {
	struct str *items;
	size_t n;
};

/* One line of the difference. */
struct line {
	char sign;
	struct str text;
};

struct script {
	struct arena *arena;
	struct line *items;
	size_t n, room;
};

/* With their ends. */
static struct lines split(struct arena *arena, struct str text)
{
	struct lines out = { .n = 0 };
	size_t room = 0;

	while (text.len > 0) {
		ptrdiff_t end = str_index(text, '\n');
		size_t len = end < 0 ? text.len : (size_t)end + 1;

		out.items = arena_grow(arena, out.items, out.n, &room, sizeof(*out.items));
		out.items[out.n++] = str_sub(text, 0, len);
		text = str_sub(text, len, text.len);
	}
	return out;
}

static void add(struct script *script, char sign, struct str text)
{
	script->items = arena_grow(script->arena, script->items, script->n, &script->room, sizeof(*script->items));
	script->items[script->n++] = (struct line){ .sign = sign, .text = text };
}

/* The lines that differ, old ones before new ones; `a` and `b` have neither beginning nor end in common. */
static void compare(struct script *script, const struct str *a, size_t n, const struct str *b, size_t m)
{
	size_t i = 0, j = 0;

	if (n > 0 && m > 0 && n < CELLS / (m + 1)) {
		/* best[i][j]: how many lines a[i…] and b[j…] have in common. */
		uint32_t *best = arena_array(script->arena, uint32_t, (n + 1) * (m + 1));
		const size_t row = m + 1;

		for (size_t x = n; x-- > 0;)
			for (size_t y = m; y-- > 0;) {
				uint32_t down = best[(x + 1) * row + y], right = best[x * row + y + 1];

				best[x * row + y] = str_eq(a[x], b[y]) ? best[(x + 1) * row + y + 1] + 1 : down > right ? down : right;
			}
		while (i < n && j < m) {
			if (str_eq(a[i], b[j])) {
				add(script, ' ', a[i]);
				i++;
				j++;
			} else if (best[(i + 1) * row + j] >= best[i * row + j + 1]) {
				add(script, '-', a[i++]);
			} else {
				add(script, '+', b[j++]);
			}
		}
	}
	while (i < n)
		add(script, '-', a[i++]);
	while (j < m)
		add(script, '+', b[j++]);
}

static void add_line(struct buf *out, const struct line *line)
{
	buf_add_c(out, line->sign);
	buf_add(out, line->text);
	if (!str_ends(line->text, STR("\n")))
		buf_lit(out, "\n\\ No newline at end of file\n");
}

/* The end of the hunk that begins at `from`: before more than twice the context without a change. */
static size_t end_hunk(const struct script *script, size_t from)
{
	size_t last = from;

	for (size_t i = from; i < script->n && i <= last + 2 * CONTEXT + 1; i++)
		if (script->items[i].sign != ' ')
			last = i;
	return last + 1 + CONTEXT < script->n ? last + 1 + CONTEXT : script->n;
}

static void add_hunk(struct buf *out, const struct script *script, size_t from, size_t to, size_t old_line, size_t new_line)
{
	size_t n_old = 0, n_new = 0;

	for (size_t i = from; i < to; i++) {
		n_old += script->items[i].sign != '+';
		n_new += script->items[i].sign != '-';
	}
	buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", n_old > 0 ? old_line : old_line - 1, n_old, n_new > 0 ? new_line : new_line - 1,
		n_new);
	for (size_t i = from; i < to; i++)
		add_line(out, &script->items[i]);
}

static void add_hunks(struct buf *out, const struct script *script)
{
	size_t at = 0, old_line = 1, new_line = 1;

	while (at < script->n) {
		size_t change = at, from, to;

		while (change < script->n && script->items[change].sign == ' ')
			change++;
		if (change == script->n)
			return;
		from = change > at + CONTEXT ? change - CONTEXT : at;
		old_line += from - at;
		new_line += from - at;
		to = end_hunk(script, change);
		add_hunk(out, script, from, to, old_line, new_line);
		for (at = from; at < to; at++) {
			old_line += script->items[at].sign != '+';
			new_line += script->items[at].sign != '-';
		}
	}
}

/* As git writes names that could not be read again or would be obeyed: in quotes, with C's escapes. */
static void add_name(struct buf *out, const char *sign, char side, struct str path)
{
	struct buf name = buf_make(out->arena, path.len + 1);
	const char *quote;

	for (size_t i = 0; i < path.len;) {
		size_t control = report_control(path, i);

		if (control == 0 && (path.data[i] == '"' || path.data[i] == '\\'))
			buf_add_c(&name, '\\');
		if (control == 0)
			buf_add_c(&name, path.data[i++]);
		for (; control > 0; control--)
			buf_printf(&name, "\\%03o", (unsigned char)path.data[i++]);
	}
	quote = name.len > path.len ? "\"" : "";
	buf_printf(out, "%s %s%c/%.*s%s\n", sign, quote, side, STR_ARG(buf_str(&name)), quote);
}

void patch_add(struct buf *out, struct str path, struct str old, struct str new)
{
	struct script script = { .arena = out->arena };
	struct lines a = split(out->arena, old), b = split(out->arena, new);
	size_t head = 0, tail = 0;

	if (str_eq(old, new))
		return;
	while (head < a.n && head < b.n && str_eq(a.items[head], b.items[head]))
		head++;
	while (tail < a.n - head && tail < b.n - head && str_eq(a.items[a.n - 1 - tail], b.items[b.n - 1 - tail]))
		tail++;
	for (size_t i = 0; i < head; i++)
		add(&script, ' ', a.items[i]);
	compare(&script, a.items + head, a.n - head - tail, b.items + head, b.n - head - tail);
	for (size_t i = a.n - tail; i < a.n; i++)
		add(&script, ' ', a.items[i]);
	add_name(out, "---", 'a', path);
	add_name(out, "+++", 'b', path);
	add_hunks(out, &script);
}
