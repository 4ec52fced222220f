/* From a pattern to texts: its tree is walked once for each choice that can be made otherwise. */
#include "compat/jsonschema/strings.h"

#include "base/arena.h"
#include "base/letters.h"
#include "compat/jsonschema/expression.h"

enum {
	MOST_POINTS = 48,    /* choices that are made otherwise, one by one */
	MOST_OPTIONS = 12,   /* ways to make one */
	LONGEST = 4096,
	MOST_STEPS = 64 * 1024,
};

/* ---- edges ---- */

static void add_edge(struct arena *arena, struct jsch_alphabet *edges, uint32_t code)
{
	if (code < ' ' || (code >= 0x7F && code < 0xA0) || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF)
		return;
	for (size_t i = 0; i < edges->n; i++)
		if (edges->codes[i] == code)
			return;
	if (edges->n == 64)
		return;
	edges->codes = arena_grow(arena, edges->codes, edges->n, &edges->room, sizeof(uint32_t));
	edges->codes[edges->n++] = code;
}

static void add_edges(struct arena *arena, const struct jsch_piece *piece, struct jsch_alphabet *edges)
{
	for (size_t i = 0; i < piece->n_ranges; i++) {
		const struct jsch_range *range = &piece->ranges[i];

		add_edge(arena, edges, range->from);
		add_edge(arena, edges, range->to);
		add_edge(arena, edges, range->to + 1);
		if (range->from > 0)
			add_edge(arena, edges, range->from - 1);
	}
	for (size_t i = 0; i < piece->n_parts; i++)
		add_edges(arena, piece->parts[i], edges);
}

void jsch_strings_edges(struct arena *arena, struct str pattern, struct jsch_alphabet *edges)
{
	static const char some[] = "aA0 -";
	bool exact;

	add_edges(arena, jsch_expression_read(arena, pattern, &exact), edges);
	for (size_t i = 0; some[i]; i++)
		add_edge(arena, edges, (uint32_t)some[i]);
}

/* ---- writing ---- */

struct writer {
	const struct jsch_strings *s;
	struct buf out;
	size_t point;                   /* the choice in hand */
	size_t changed, option;         /* the choice that is made otherwise, and how */
	bool long_form;                 /* what may be left out is there once */
	bool exhausted;                 /* there is no such option */
	size_t steps;
};

/* Which of `n` options is taken here. */
static size_t choose(struct writer *w, size_t n)
{
	if (w->point++ != w->changed)
		return 0;
	if (w->option >= n)
		w->exhausted = true;
	return w->option < n ? w->option : 0;
}

/* The characters to try for a class: a plain one, its ends, and the edges that it holds. */
static size_t list_codes(const struct writer *w, const struct jsch_piece *class, uint32_t *out)
{
	static const char plain[] = "a0Ax-_ 1b";
	size_t n = 0;

	for (size_t i = 0; plain[i] && n == 0; i++)
		if (jsch_piece_holds(class, (uint32_t)plain[i]))
			out[n++] = (uint32_t)plain[i];
	for (size_t i = 0; w->s->edges && i < w->s->edges->n && n < MOST_OPTIONS; i++)
		if (jsch_piece_holds(class, w->s->edges->codes[i]))
			out[n++] = w->s->edges->codes[i];
	for (size_t i = 0; !class->negated && i < class->n_ranges && n + 1 < MOST_OPTIONS; i++) {
		out[n++] = class->ranges[i].from;
		out[n++] = class->ranges[i].to;
	}
	return n;
}

static void put(struct writer *w, const struct jsch_piece *piece);

static void put_class(struct writer *w, const struct jsch_piece *class)
{
	uint32_t codes[MOST_OPTIONS + 2];
	size_t n = list_codes(w, class, codes), chosen = choose(w, n);

	if (n > 0)
		letters_put(&w->out, codes[chosen]);
}

static void put_repeat(struct writer *w, const struct jsch_piece *repeat)
{
	uint32_t counts[MOST_OPTIONS + 4], count;
	size_t n = 0;

	counts[n++] = repeat->min == 0 && w->long_form ? 1 : repeat->min;
	counts[n++] = repeat->min;
	counts[n++] = repeat->min + 1;
	counts[n++] = repeat->max < 64 ? repeat->max : repeat->min + 2;
	for (size_t i = 0; i < w->s->n_lengths && n < MOST_OPTIONS + 4; i++)
		if (w->s->lengths[i] >= 0 && w->s->lengths[i] < LONGEST)
			counts[n++] = (uint32_t)w->s->lengths[i];
	count = counts[choose(w, n)];
	if (count > repeat->max)
		count = repeat->max;
	if (count < repeat->min)
		count = repeat->min;
	for (uint32_t i = 0; i < count && w->out.len < LONGEST && w->steps <= MOST_STEPS; i++) {
		/* What is chosen inside is chosen each time alike, but counted once. */
		size_t point = w->point;

		put(w, repeat->parts[0]);
		if (i + 1 < count)
			w->point = point;
	}
}

static void put(struct writer *w, const struct jsch_piece *piece)
{
	if (++w->steps > MOST_STEPS)
		return;
	switch (piece->kind) {
	case JSCH_PIECE_CLASS:
		put_class(w, piece);
		break;
	case JSCH_PIECE_REPEAT:
		put_repeat(w, piece);
		break;
	case JSCH_PIECE_CHOICE:
		put(w, piece->parts[piece->n_parts > 1 ? choose(w, piece->n_parts) : 0]);
		break;
	default:
		for (size_t i = 0; i < piece->n_parts && w->out.len < LONGEST; i++)
			put(w, piece->parts[i]);
		break;
	}
}

static bool is_anchored(struct str pattern)
{
	return pattern.len > 0 && pattern.data[0] == '^';
}

/* With something before or behind, up to that length. */
static void pad(const struct jsch_strings *s, const struct jsch_piece *piece, int64_t length, bool before)
{
	struct writer w = { .s = s, .out = buf_make(s->arena, 16), .changed = SIZE_MAX };
	size_t own;

	put(&w, piece);
	own = w.out.len;
	w = (struct writer){ .s = s, .out = buf_make(s->arena, own + 16), .changed = SIZE_MAX };
	if (before)
		buf_add_c(&w.out, '-');
	for (int64_t i = before; before && i + (int64_t)own < length && i < LONGEST; i++)
		buf_add_c(&w.out, '-');
	put(&w, piece);
	while ((int64_t)w.out.len < length && w.out.len < LONGEST)
		buf_add_c(&w.out, '-');
	s->emit(s->cls, buf_str(&w.out));
}

void jsch_strings_make(const struct jsch_strings *s, struct str pattern)
{
	bool exact;
	const struct jsch_piece *piece = jsch_expression_read(s->arena, pattern, &exact);
	size_t n = 0;

	for (int form = 0; form < 2; form++) {
		size_t n_points = 1;

		for (size_t changed = 0; changed <= n_points && changed <= MOST_POINTS && n < s->most; changed++) {
			for (size_t option = changed == 0 ? 0 : 1; option < MOST_OPTIONS + 4 && n < s->most; option++) {
				/* The first round changes nothing: no choice has that number. */
				struct writer w = { .s = s, .out = buf_make(s->arena, 16), .option = option, .long_form = form == 1,
					.changed = changed == 0 ? SIZE_MAX : changed - 1 };

				put(&w, piece);
				n_points = w.point > n_points ? w.point : n_points;
				if (w.exhausted)
					break;
				n++;
				s->emit(s->cls, buf_str(&w.out));
				if (changed == 0)
					break;
			}
		}
	}
	for (size_t i = 0; i < s->n_lengths; i++)
		pad(s, piece, s->lengths[i], false);
	if (is_anchored(pattern))
		return;
	/* Anything may stand before what is looked for anywhere. */
	pad(s, piece, 0, true);
	for (size_t i = 0; i < s->n_lengths; i++)
		pad(s, piece, s->lengths[i], true);
}
