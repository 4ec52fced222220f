/* From a pattern to texts: it is read into a tree, and walked once for each choice that can be made otherwise. */
#include "compat/jsonschema/strings.h"

#include "base/arena.h"
#include "base/letters.h"

enum kind { NOTHING, CLASS, SEQUENCE, CHOICE, REPEAT };

enum {
	DEEPEST = 100,
	MOST_POINTS = 48,    /* choices that are made otherwise, one by one */
	MOST_OPTIONS = 12,   /* ways to make one */
	LONGEST = 4096,
	MOST_STEPS = 64 * 1024,
	NO_END = 1 << 20,
};

struct range {
	uint32_t from, to;
};

struct piece {
	enum kind kind;
	struct piece **parts;           /* SEQUENCE, CHOICE; one of REPEAT */
	size_t n_parts, room;
	struct range *ranges;           /* CLASS */
	size_t n_ranges, range_room;
	bool negated;
	uint32_t min, max;              /* REPEAT */
};

/* ---- reading ---- */

struct reader {
	struct arena *arena;
	struct str in;
	size_t at;
	unsigned depth;
};

static bool more(const struct reader *r)
{
	return r->at < r->in.len;
}

static char peek(const struct reader *r)
{
	return more(r) ? r->in.data[r->at] : '\0';
}

static bool take(struct reader *r, char c)
{
	if (!more(r) || r->in.data[r->at] != c)
		return false;
	r->at++;
	return true;
}

static struct piece *make(struct reader *r, enum kind kind)
{
	struct piece *piece = arena_new(r->arena, struct piece);

	piece->kind = kind;
	return piece;
}

static void add_part(struct reader *r, struct piece *piece, struct piece *part)
{
	piece->parts = arena_grow(r->arena, piece->parts, piece->n_parts, &piece->room, sizeof(struct piece *));
	piece->parts[piece->n_parts++] = part;
}

static void add_range(struct reader *r, struct piece *piece, uint32_t from, uint32_t to)
{
	piece->ranges = arena_grow(r->arena, piece->ranges, piece->n_ranges, &piece->range_room, sizeof(struct range));
	piece->ranges[piece->n_ranges++] = (struct range){ from, to };
}

static uint32_t take_hex(struct reader *r, size_t n)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n && more(r); i++, r->at++) {
		char c = (char)(peek(r) | 32);

		if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		else
			value = value << 4 | ((uint32_t)c & 0xF);
	}
	return value;
}

/* Adds what \d, \w, \s and \p{…} stand for; false for all other letters. */
static bool add_named(struct reader *r, struct piece *class, char c)
{
	switch (c) {
	case 'd':
		add_range(r, class, '0', '9');
		return true;
	case 'w':
		add_range(r, class, 'a', 'z');
		add_range(r, class, 'A', 'Z');
		add_range(r, class, '0', '9');
		add_range(r, class, '_', '_');
		return true;
	case 's':
		add_range(r, class, ' ', ' ');
		add_range(r, class, '\t', '\n');
		return true;
	case 'D':
	case 'W':
	case 'S': /* something that is none of the above, or a letter */
		add_range(r, class, c == 'W' ? '-' : 'a', c == 'W' ? '-' : 'z');
		return true;
	case 'p':
	case 'P':
		while (more(r) && !take(r, '}'))
			r->at++;
		add_range(r, class, 'a', 'z');
		add_range(r, class, 'A', 'Z');
		add_range(r, class, '0', '9');
		return true;
	default:
		return false;
	}
}

/* The character that an escape means; behind the backslash. */
static uint32_t take_escape(struct reader *r)
{
	static const char letters[] = "nrtfv", meant[] = "\n\r\t\f\v";
	char c = peek(r);
	const char *found = c ? strchr(letters, c) : NULL;

	if (c == 'u' || c == 'x') {
		r->at++;
		return take_hex(r, c == 'u' ? 4 : 2);
	}
	if (found) {
		r->at++;
		return (uint32_t)meant[found - letters];
	}
	return more(r) ? letters_next(r->in, &r->at) : '\\';
}

static void take_class(struct reader *r, struct piece *class)
{
	class->negated = take(r, '^');
	while (more(r) && peek(r) != ']') {
		uint32_t from, to;

		if (take(r, '\\')) {
			char c = peek(r);

			if (c && strchr("dwsDWSpP", c)) {
				r->at++;
				add_named(r, class, c);
				continue;
			}
			from = take_escape(r);
		} else {
			from = letters_next(r->in, &r->at);
		}
		to = from;
		if (peek(r) == '-' && r->at + 1 < r->in.len && r->in.data[r->at + 1] != ']') {
			r->at++;
			to = take(r, '\\') ? take_escape(r) : letters_next(r->in, &r->at);
		}
		add_range(r, class, from, to >= from ? to : from);
	}
	take(r, ']');
}

static struct piece *take_choice(struct reader *r);

/* (…), (?:…), (?<name>…); what looks around matches nothing of the text. */
static struct piece *take_group(struct reader *r)
{
	bool looks = false;
	struct piece *piece;

	if (take(r, '?')) {
		bool behind = take(r, '<');

		looks = peek(r) == '=' || peek(r) == '!';
		if (behind && !looks)
			while (more(r) && !take(r, '>'))
				r->at++;
		else
			r->at++;
	}
	piece = r->depth < DEEPEST ? take_choice(r) : make(r, NOTHING);
	take(r, ')');
	return looks ? make(r, NOTHING) : piece;
}

static struct piece *take_atom(struct reader *r)
{
	struct piece *class = make(r, CLASS);
	uint32_t code;

	if (take(r, '('))
		return take_group(r);
	if (take(r, '[')) {
		take_class(r, class);
		return class;
	}
	if (take(r, '^') || take(r, '$'))
		return make(r, NOTHING);
	if (take(r, '.')) {
		class->negated = true;
		add_range(r, class, '\n', '\n');
		return class;
	}
	if (take(r, '\\')) {
		char c = peek(r);

		if (c == 'b' || c == 'B' || c == 'A' || c == 'Z' || c == 'z') {
			r->at++;
			return make(r, NOTHING);
		}
		if (c && strchr("dwsDWSpP", c)) {
			r->at++;
			add_named(r, class, c);
			return class;
		}
		code = take_escape(r);
	} else {
		code = letters_next(r->in, &r->at);
	}
	add_range(r, class, code, code);
	return class;
}

static uint32_t take_count(struct reader *r)
{
	uint32_t count = 0;

	while (peek(r) >= '0' && peek(r) <= '9') {
		count = count < LONGEST ? count * 10 + (uint32_t)(peek(r) - '0') : count;
		r->at++;
	}
	return count;
}

static bool take_times(struct reader *r, uint32_t *min, uint32_t *max)
{
	size_t start = r->at;

	if (take(r, '*') || take(r, '+')) {
		*min = r->in.data[start] == '+';
		*max = NO_END;
		return true;
	}
	if (take(r, '?')) {
		*min = 0;
		*max = 1;
		return true;
	}
	if (!take(r, '{') || peek(r) < '0' || peek(r) > '9') {
		r->at = start;
		return false;
	}
	*min = *max = take_count(r);
	if (take(r, ','))
		*max = peek(r) == '}' ? NO_END : take_count(r);
	take(r, '}');
	return true;
}

static struct piece *take_repeated(struct reader *r)
{
	struct piece *atom = take_atom(r), *repeat;
	uint32_t min, max;

	if (!take_times(r, &min, &max))
		return atom;
	if (!take(r, '?'))
		take(r, '+');
	repeat = make(r, REPEAT);
	repeat->min = min;
	repeat->max = max;
	add_part(r, repeat, atom);
	return repeat;
}

static struct piece *take_choice(struct reader *r)
{
	struct piece *choice = make(r, CHOICE), *sequence = make(r, SEQUENCE);

	r->depth++;
	while (more(r) && peek(r) != ')') {
		if (take(r, '|')) {
			add_part(r, choice, sequence);
			sequence = make(r, SEQUENCE);
			continue;
		}
		add_part(r, sequence, take_repeated(r));
	}
	r->depth--;
	add_part(r, choice, sequence);
	return choice;
}

static struct piece *read_pattern(struct arena *arena, struct str pattern)
{
	struct reader r = { .arena = arena, .in = pattern };
	struct piece *all = make(&r, SEQUENCE);

	while (more(&r)) { /* a ')' too many ends a part */
		add_part(&r, all, take_choice(&r));
		take(&r, ')');
	}
	return all;
}

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

static void add_edges(struct arena *arena, const struct piece *piece, struct jsch_alphabet *edges)
{
	for (size_t i = 0; i < piece->n_ranges; i++) {
		const struct range *range = &piece->ranges[i];

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

	add_edges(arena, read_pattern(arena, pattern), edges);
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

static void put_code(struct buf *b, uint32_t code)
{
	if (code < 0x80) {
		buf_add_c(b, (char)code);
	} else if (code < 0x800) {
		buf_add_c(b, (char)(0xC0 | code >> 6));
		buf_add_c(b, (char)(0x80 | (code & 0x3F)));
	} else if (code < 0x10000) {
		buf_add_c(b, (char)(0xE0 | code >> 12));
		buf_add_c(b, (char)(0x80 | (code >> 6 & 0x3F)));
		buf_add_c(b, (char)(0x80 | (code & 0x3F)));
	} else {
		buf_add_c(b, (char)(0xF0 | code >> 18));
		buf_add_c(b, (char)(0x80 | (code >> 12 & 0x3F)));
		buf_add_c(b, (char)(0x80 | (code >> 6 & 0x3F)));
		buf_add_c(b, (char)(0x80 | (code & 0x3F)));
	}
}

static bool holds(const struct piece *class, uint32_t code)
{
	for (size_t i = 0; i < class->n_ranges; i++)
		if (code >= class->ranges[i].from && code <= class->ranges[i].to)
			return !class->negated;
	return class->negated;
}

/* The characters to try for a class: a plain one, its ends, and the edges that it holds. */
static size_t list_codes(const struct writer *w, const struct piece *class, uint32_t *out)
{
	static const char plain[] = "a0Ax-_ 1b";
	size_t n = 0;

	for (size_t i = 0; plain[i] && n == 0; i++)
		if (holds(class, (uint32_t)plain[i]))
			out[n++] = (uint32_t)plain[i];
	for (size_t i = 0; w->s->edges && i < w->s->edges->n && n < MOST_OPTIONS; i++)
		if (holds(class, w->s->edges->codes[i]))
			out[n++] = w->s->edges->codes[i];
	for (size_t i = 0; !class->negated && i < class->n_ranges && n + 1 < MOST_OPTIONS; i++) {
		out[n++] = class->ranges[i].from;
		out[n++] = class->ranges[i].to;
	}
	return n;
}

static void put(struct writer *w, const struct piece *piece);

static void put_class(struct writer *w, const struct piece *class)
{
	uint32_t codes[MOST_OPTIONS + 2];
	size_t n = list_codes(w, class, codes), chosen = choose(w, n);

	if (n > 0)
		put_code(&w->out, codes[chosen]);
}

static void put_repeat(struct writer *w, const struct piece *repeat)
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

static void put(struct writer *w, const struct piece *piece)
{
	if (++w->steps > MOST_STEPS)
		return;
	switch (piece->kind) {
	case CLASS:
		put_class(w, piece);
		break;
	case REPEAT:
		put_repeat(w, piece);
		break;
	case CHOICE:
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
static void pad(const struct jsch_strings *s, const struct piece *piece, int64_t length, bool before)
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
	const struct piece *piece = read_pattern(s->arena, pattern);
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
