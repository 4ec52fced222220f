/* Reads a regular expression: ECMA 262, with what pattern.c lets through beside it. */
#include "compat/jsonschema/expression.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/letters.h"

enum { DEEPEST = 100, MOST_TIMES = 4096 };

struct reader {
	struct arena *arena;
	struct str in;
	size_t at;
	unsigned depth;
	bool exact;
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

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
	return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static struct jsch_piece *make(struct reader *r, enum jsch_piece_kind kind)
{
	struct jsch_piece *piece = arena_new(r->arena, struct jsch_piece);

	piece->kind = kind;
	return piece;
}

static struct jsch_piece *make_inexact(struct reader *r)
{
	r->exact = false;
	return make(r, JSCH_PIECE_NOTHING);
}

static void add_part(struct reader *r, struct jsch_piece *piece, struct jsch_piece *part)
{
	piece->parts = arena_grow(r->arena, piece->parts, piece->n_parts, &piece->parts_room, sizeof(struct jsch_piece *));
	piece->parts[piece->n_parts++] = part;
}

/* ---- sets of characters ---- */

static void add_range(struct reader *r, struct jsch_piece *class, uint32_t from, uint32_t to)
{
	class->ranges = arena_grow(r->arena, class->ranges, class->n_ranges, &class->ranges_room, sizeof(struct jsch_range));
	class->ranges[class->n_ranges++] = (struct jsch_range){ from, to };
}

static int compare_ranges(const void *a, const void *b)
{
	uint32_t left = ((const struct jsch_range *)a)->from, right = ((const struct jsch_range *)b)->from;

	return left < right ? -1 : left > right;
}

/* Sorted, and what overlaps or touches as one. */
static void merge(struct jsch_piece *class)
{
	size_t n = 0;

	if (class->n_ranges > 1)
		qsort(class->ranges, class->n_ranges, sizeof(struct jsch_range), compare_ranges);
	for (size_t i = 0; i < class->n_ranges; i++) {
		struct jsch_range *last = n > 0 ? &class->ranges[n - 1] : NULL;

		if (last && class->ranges[i].from <= last->to + 1) {
			last->to = class->ranges[i].to > last->to ? class->ranges[i].to : last->to;
			continue;
		}
		class->ranges[n++] = class->ranges[i];
	}
	class->n_ranges = n;
}

static void complement(struct reader *r, struct jsch_piece *class)
{
	const struct jsch_piece of = *class;
	uint32_t next = 0;

	class->ranges = NULL;
	class->n_ranges = class->ranges_room = 0;
	for (size_t i = 0; i < of.n_ranges; i++) {
		if (of.ranges[i].from > next)
			add_range(r, class, next, of.ranges[i].from - 1);
		next = of.ranges[i].to + 1;
	}
	if (next <= JSCH_LAST_CODE)
		add_range(r, class, next, JSCH_LAST_CODE);
}

static void add_spaces(struct reader *r, struct jsch_piece *class)
{
	static const struct jsch_range spaces[] = { { '\t', '\r' }, { ' ', ' ' }, { 0xA0, 0xA0 }, { 0x1680, 0x1680 },
		{ 0x2000, 0x200A }, { 0x2028, 0x2029 }, { 0x202F, 0x202F }, { 0x205F, 0x205F }, { 0x3000, 0x3000 }, { 0xFEFF, 0xFEFF } };

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		add_range(r, class, spaces[i].from, spaces[i].to);
}

/* What is in a property is not known here; letters and digits stand for it. */
static void add_property(struct reader *r, struct jsch_piece *class)
{
	r->exact = false;
	while (more(r) && !take(r, '}'))
		r->at++;
	add_range(r, class, 'a', 'z');
	add_range(r, class, 'A', 'Z');
	add_range(r, class, '0', '9');
}

static void add_positive(struct reader *r, struct jsch_piece *class, char c)
{
	if (c == 'd') {
		add_range(r, class, '0', '9');
	} else if (c == 'w') {
		add_range(r, class, 'a', 'z');
		add_range(r, class, 'A', 'Z');
		add_range(r, class, '0', '9');
		add_range(r, class, '_', '_');
	} else {
		add_spaces(r, class);
	}
}

/* What \d, \w, \s, their opposites and \p{…} stand for. */
static void add_named(struct reader *r, struct jsch_piece *class, char c)
{
	struct jsch_piece named = { .kind = JSCH_PIECE_CLASS };

	if (c == 'p' || c == 'P') {
		add_property(r, class);
		return;
	}
	add_positive(r, &named, (char)(c | 32));
	merge(&named);
	if (c < 'a')
		complement(r, &named);
	for (size_t i = 0; i < named.n_ranges; i++)
		add_range(r, class, named.ranges[i].from, named.ranges[i].to);
}

bool jsch_piece_holds(const struct jsch_piece *class, uint32_t code)
{
	size_t low = 0, high = class->n_ranges;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (class->ranges[middle].to < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < class->n_ranges && class->ranges[low].from <= code;
}

/* ---- characters ---- */

static bool is_named(char c)
{
	return c && strchr("dwsDWSpP", c);
}

static uint32_t take_hex(struct reader *r, size_t n)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++, r->at++) {
		char c = peek(r);

		if (!is_digit(c) && !((c | 32) >= 'a' && (c | 32) <= 'f')) {
			r->exact = false;
			return value;
		}
		value = value << 4 | (is_digit(c) ? (uint32_t)(c - '0') : (uint32_t)((c | 32) - 'a' + 10));
	}
	return value;
}

/* Behind \u: four digits, and four more for what lies beyond 16 bits. */
static uint32_t take_unicode(struct reader *r)
{
	uint32_t high = take_hex(r, 4), low;

	if (high < 0xD800 || high > 0xDFFF)
		return high;
	if (high <= 0xDBFF && take(r, '\\') && take(r, 'u')) {
		low = take_hex(r, 4);
		if (low >= 0xDC00 && low <= 0xDFFF)
			return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	}
	r->exact = false;
	return 0xFFFD;
}

/* The character that an escape means; behind the backslash. */
static uint32_t take_escape(struct reader *r)
{
	static const char letters[] = "nrtf", meant[] = "\n\r\t\f";
	char c = peek(r);
	const char *found = c ? strchr(letters, c) : NULL;

	if (c == 'u' || c == 'x') {
		r->at++;
		return c == 'u' ? take_unicode(r) : take_hex(r, 2);
	}
	if (found) {
		r->at++;
		return (uint32_t)meant[found - letters];
	}
	/* Digits refer back or are octal, other letters mean something. */
	r->exact &= more(r) && !is_alphanumeric(c);
	return more(r) ? letters_next(r->in, &r->at) : '\\';
}

static void take_class_item(struct reader *r, struct jsch_piece *class)
{
	uint32_t from, to;

	if (take(r, '\\')) {
		char c = peek(r);

		if (is_named(c)) {
			r->at++;
			add_named(r, class, c);
			return;
		}
		from = take_escape(r);
	} else {
		from = letters_next(r->in, &r->at);
	}
	to = from;
	if (peek(r) == '-' && r->at + 1 < r->in.len && r->in.data[r->at + 1] != ']') {
		r->at++;
		if (take(r, '\\')) {
			r->exact &= !is_named(peek(r));
			to = take_escape(r);
		} else {
			to = letters_next(r->in, &r->at);
		}
	}
	add_range(r, class, from, to >= from ? to : from);
}

static void take_class(struct reader *r, struct jsch_piece *class)
{
	class->negated = take(r, '^');
	while (more(r) && peek(r) != ']')
		take_class_item(r, class);
	r->exact &= take(r, ']');
	merge(class);
	if (class->negated)
		complement(r, class);
}

/* ---- pieces ---- */

static struct jsch_piece *take_choice(struct reader *r);

/* What follows "(?": false when it is not just a group.  *looks: it matches nothing of the text. */
static bool take_kind(struct reader *r, bool *looks)
{
	bool behind = take(r, '<');

	*looks = peek(r) == '=' || peek(r) == '!';
	if (behind && !*looks) {
		while (more(r) && !take(r, '>'))
			r->at++;
		return true;
	}
	if (!behind && take(r, ':'))
		return true;
	r->at++;
	return false;
}

/* (…), (?:…), (?<name>…); what looks around is nothing. */
static struct jsch_piece *take_group(struct reader *r)
{
	bool looks = false;
	struct jsch_piece *piece;

	if (take(r, '?') && !take_kind(r, &looks))
		r->exact = false;
	piece = r->depth < DEEPEST ? take_choice(r) : make_inexact(r);
	r->exact &= take(r, ')');
	return looks ? make(r, JSCH_PIECE_NOTHING) : piece;
}

static struct jsch_piece *make_dot(struct reader *r)
{
	struct jsch_piece *class = make(r, JSCH_PIECE_CLASS);

	class->negated = true;
	add_range(r, class, '\n', '\n');
	add_range(r, class, '\r', '\r');
	complement(r, class);
	return class;
}

/* Behind the backslash. */
static struct jsch_piece *take_escaped(struct reader *r)
{
	struct jsch_piece *class = make(r, JSCH_PIECE_CLASS);
	char c = peek(r);
	uint32_t code;

	if (c && strchr("bBAZzGK", c)) {
		r->at++;
		return make_inexact(r);
	}
	if (is_named(c)) {
		r->at++;
		add_named(r, class, c);
		merge(class);
		return class;
	}
	code = take_escape(r);
	add_range(r, class, code, code);
	return class;
}

static struct jsch_piece *take_atom(struct reader *r)
{
	struct jsch_piece *class;
	uint32_t code;

	if (take(r, '('))
		return take_group(r);
	if (take(r, '^'))
		return make(r, JSCH_PIECE_START);
	if (take(r, '$'))
		return make(r, JSCH_PIECE_END);
	if (take(r, '.'))
		return make_dot(r);
	if (take(r, '\\'))
		return take_escaped(r);
	class = make(r, JSCH_PIECE_CLASS);
	if (take(r, '[')) {
		take_class(r, class);
		return class;
	}
	r->exact &= !strchr("*+?", peek(r)); /* what would be repeated? */
	code = letters_next(r->in, &r->at);
	add_range(r, class, code, code);
	return class;
}

static uint32_t take_count(struct reader *r)
{
	uint32_t count = 0;

	while (is_digit(peek(r))) {
		count = count < MOST_TIMES ? count * 10 + (uint32_t)(peek(r) - '0') : count;
		r->at++;
	}
	return count;
}

/* {n}, {n,} and {n,m}; all else in braces is text. */
static bool take_braces(struct reader *r, uint32_t *min, uint32_t *max)
{
	size_t start = r->at;

	if (take(r, '{') && is_digit(peek(r))) {
		*min = *max = take_count(r);
		if (take(r, ','))
			*max = is_digit(peek(r)) ? take_count(r) : JSCH_NO_END;
		if (take(r, '}'))
			return true;
	}
	r->at = start;
	return false;
}

static bool take_times(struct reader *r, uint32_t *min, uint32_t *max)
{
	*min = 0;
	*max = JSCH_NO_END;
	if (take(r, '*'))
		return true;
	if (take(r, '+')) {
		*min = 1;
		return true;
	}
	if (take(r, '?')) {
		*max = 1;
		return true;
	}
	return take_braces(r, min, max);
}

static struct jsch_piece *take_repeated(struct reader *r)
{
	struct jsch_piece *atom = take_atom(r), *repeat;
	uint32_t min, max;

	if (!take_times(r, &min, &max))
		return atom;
	if (!take(r, '?') && take(r, '+'))
		r->exact = false; /* it gives nothing back */
	repeat = make(r, JSCH_PIECE_REPEAT);
	repeat->min = min;
	repeat->max = max;
	add_part(r, repeat, atom);
	return repeat;
}

static struct jsch_piece *take_choice(struct reader *r)
{
	struct jsch_piece *choice = make(r, JSCH_PIECE_CHOICE), *sequence = make(r, JSCH_PIECE_SEQUENCE);

	r->depth++;
	while (more(r) && peek(r) != ')') {
		if (take(r, '|')) {
			add_part(r, choice, sequence);
			sequence = make(r, JSCH_PIECE_SEQUENCE);
			continue;
		}
		add_part(r, sequence, take_repeated(r));
	}
	r->depth--;
	add_part(r, choice, sequence);
	return choice;
}

const struct jsch_piece *jsch_expression_read(struct arena *arena, struct str pattern, bool *exact)
{
	struct reader r = { .arena = arena, .in = pattern, .exact = true };
	struct jsch_piece *all = make(&r, JSCH_PIECE_SEQUENCE);

	while (more(&r)) {
		add_part(&r, all, take_choice(&r));
		if (take(&r, ')')) /* one too many ends a part */
			r.exact = false;
	}
	*exact = r.exact;
	return all;
}
