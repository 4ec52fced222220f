/* Automata: built from expressions, walked together breadth first, so that the first text found is a shortest one. */
#include "compat/jsonschema/language.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/letters.h"
#include "base/map.h"
#include "compat/jsonschema/expression.h"
#include "compat/jsonschema/validate_int.h"

enum {
	MOST_STATES = 2048,
	MOST_LETTERS = 512,
	LONGEST = 4096,      /* of lengths that are counted */
	MOST_NODES = 1 << 16,
	NOWHERE = UINT16_MAX,
};

enum step { ACCEPT, FORK, CLASS, START, END };

struct state {
	enum step step;
	uint16_t next, other;            /* FORK has both */
	uint16_t class;                  /* CLASS: by number */
};

struct jsch_automaton {
	struct state *states;
	size_t n_states, states_room;
	const struct jsch_piece **classes;
	size_t n_classes, classes_room;
	uint16_t first;
	bool holds;
	size_t n_words;                  /* of a set of states */
	uint32_t first_class;            /* the number of its first class among those of all automata */
};

/* ---- building ---- */

struct building {
	struct arena *arena;
	struct jsch_automaton *a;
	bool too_large;
};

static uint16_t add_state(struct building *b, struct state state)
{
	struct jsch_automaton *a = b->a;

	if (a->n_states == MOST_STATES) {
		b->too_large = true;
		return 0;
	}
	a->states = arena_grow(b->arena, a->states, a->n_states, &a->states_room, sizeof(*a->states));
	a->states[a->n_states] = state;
	return (uint16_t)a->n_states++;
}

static uint16_t add_class(struct building *b, const struct jsch_piece *class)
{
	struct jsch_automaton *a = b->a;

	for (size_t i = 0; i < a->n_classes; i++)
		if (a->classes[i] == class)
			return (uint16_t)i;
	a->classes = arena_grow(b->arena, a->classes, a->n_classes, &a->classes_room, sizeof(*a->classes));
	a->classes[a->n_classes] = class;
	return (uint16_t)a->n_classes++;
}

static uint16_t build(struct building *b, const struct jsch_piece *piece, uint16_t next);

/* From behind: what may be left out, then what must be there. */
static uint16_t build_repeat(struct building *b, const struct jsch_piece *repeat, uint16_t next)
{
	uint16_t at = next;

	if (repeat->max == JSCH_NO_END) {
		uint16_t loop = add_state(b, (struct state){ .step = FORK, .next = NOWHERE, .other = next });
		uint16_t body = build(b, repeat->parts[0], loop);

		if (!b->too_large)
			b->a->states[loop].next = body;
		at = loop;
	}
	for (uint32_t i = repeat->min; repeat->max != JSCH_NO_END && i < repeat->max && !b->too_large; i++)
		at = add_state(b, (struct state){ .step = FORK, .next = build(b, repeat->parts[0], at), .other = next });
	for (uint32_t i = 0; i < repeat->min && !b->too_large; i++)
		at = build(b, repeat->parts[0], at);
	return at;
}

/* The state from which the piece and then `next` is matched. */
static uint16_t build(struct building *b, const struct jsch_piece *piece, uint16_t next)
{
	uint16_t at = next;

	if (b->too_large)
		return next;
	switch (piece->kind) {
	case JSCH_PIECE_START:
		return add_state(b, (struct state){ .step = START, .next = next });
	case JSCH_PIECE_END:
		return add_state(b, (struct state){ .step = END, .next = next });
	case JSCH_PIECE_CLASS:
		return add_state(b, (struct state){ .step = CLASS, .next = next, .class = add_class(b, piece) });
	case JSCH_PIECE_SEQUENCE:
		for (size_t i = piece->n_parts; i > 0; i--)
			at = build(b, piece->parts[i - 1], at);
		return at;
	case JSCH_PIECE_CHOICE:
		at = build(b, piece->parts[0], next);
		for (size_t i = 1; i < piece->n_parts && !b->too_large; i++)
			at = add_state(b, (struct state){ .step = FORK, .next = build(b, piece->parts[i], next), .other = at });
		return at;
	case JSCH_PIECE_REPEAT:
		return build_repeat(b, piece, next);
	default:
		return next;
	}
}

struct jsch_language jsch_language_make(struct arena *arena, uint64_t most_work)
{
	return (struct jsch_language){ .arena = arena, .max_length = JSCH_ABSENT, .most_work = most_work };
}

bool jsch_language_pattern(struct jsch_language *l, struct str pattern, bool holds)
{
	struct jsch_automaton *a = arena_new(l->arena, struct jsch_automaton);
	struct building b = { .arena = l->arena, .a = a };
	const struct jsch_piece *piece;
	bool exact;

	l->work += pattern.len / 4;
	piece = jsch_expression_read(l->arena, pattern, &exact);
	if (!exact || l->n == JSCH_MOST_AUTOMATA)
		return false;
	add_state(&b, (struct state){ .step = ACCEPT, .next = NOWHERE });
	a->first = build(&b, piece, 0);
	if (b.too_large)
		return false;
	a->holds = holds;
	a->n_words = (a->n_states + 63) / 64;
	l->automata[l->n++] = a;
	return true;
}

void jsch_language_longest(struct jsch_language *l, int64_t length)
{
	if (length != JSCH_ABSENT && (l->max_length == JSCH_ABSENT || length < l->max_length))
		l->max_length = length;
}

void jsch_language_shortest(struct jsch_language *l, int64_t length)
{
	if (length != JSCH_ABSENT && length > l->min_length)
		l->min_length = length;
}

/* A name has no more than 253 characters (RFC 1123 2.1): a bound beside the pattern. */
bool jsch_language_format(struct jsch_language *l, struct str format, bool holds)
{
	int64_t longest;
	struct str pattern = jsch_format_pattern(format, &longest);

	if (!str_present(pattern))
		return false;
	if (!holds && longest != JSCH_ABSENT && (l->max_length == JSCH_ABSENT || l->max_length > longest))
		return false;
	if (!jsch_language_pattern(l, pattern, holds))
		return false;
	if (holds)
		jsch_language_longest(l, longest);
	return true;
}

void jsch_language_add(struct jsch_language *l, const struct jsch_string *string, bool formats)
{
	jsch_language_shortest(l, string->min_length);
	jsch_language_longest(l, string->max_length);
	if (str_present(string->pattern))
		jsch_language_pattern(l, string->pattern, true);
	if (formats && str_present(string->format))
		jsch_language_format(l, string->format, true);
}

/* ---- letters: one character for each way to be in the classes ---- */

struct letter {
	uint32_t code;
	const uint64_t *classes;         /* those that hold it, by their numbers among all automata's */
};

struct letters {
	struct letter items[MOST_LETTERS];
	size_t n;
};

/* A character at which a class begins or ends. */
struct edge {
	uint32_t code;
	uint32_t class;
};

/* What a reader likes to see, best first; then what can be printed, then what is beyond ASCII. */
static unsigned plainness(uint32_t code)
{
	static const char liked[] = "ax0bcdefghijklmnopqrstuvwyz123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	const char *found = code > 0 && code < 0x7F ? strchr(liked, (int)code) : NULL;

	if (found)
		return (unsigned)(found - liked);
	if (code > ' ' && code < 0x7F)
		return 100;
	return code == ' ' ? 101 : code >= 0xA0 ? 102 : 103;
}

/* The plainest from the first to before the last; false when there are only surrogates, which are no characters. */
static bool find_plainest(uint32_t from, uint32_t to, uint32_t *out)
{
	static const uint32_t known[] = { 0xA0, 0xE9, 0xE000 };

	*out = from >= 0xD800 && from <= 0xDFFF ? 0xE000 : from;
	for (uint32_t code = from + 1; code < to && code < 0x7F; code++)
		if (plainness(code) < plainness(*out))
			*out = code;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] >= from && known[i] < to && plainness(known[i]) < plainness(*out))
			*out = known[i];
	return *out < to;
}

static int compare_edges(const void *a, const void *b)
{
	const struct edge *left = a, *right = b;

	return (left->code > right->code) - (left->code < right->code);
}

/* The edges of all classes, ascending; NULL when they are too many. */
static struct edge *find_edges(struct jsch_language *l, size_t *n_out, uint32_t *n_classes)
{
	struct edge *edges = NULL;
	size_t n = 0, room = 0;

	*n_classes = 0;
	for (size_t i = 0; i < l->n; i++) {
		l->automata[i]->first_class = *n_classes;
		for (size_t k = 0; k < l->automata[i]->n_classes; k++, (*n_classes)++) {
			const struct jsch_piece *class = l->automata[i]->classes[k];

			l->work += 2 * class->n_ranges + 1;
			if (l->work > l->most_work)
				return NULL;
			for (size_t r = 0; r < class->n_ranges; r++) {
				edges = arena_grow(l->arena, edges, n, &room, sizeof(*edges));
				edges[n++] = (struct edge){ class->ranges[r].from, *n_classes };
				edges = arena_grow(l->arena, edges, n, &room, sizeof(*edges));
				edges[n++] = (struct edge){ class->ranges[r].to + 1, *n_classes };
			}
		}
	}
	edges = arena_grow(l->arena, edges, n, &room, sizeof(*edges)); /* room for none */
	if (n > 1)
		qsort(edges, n, sizeof(*edges), compare_edges);
	*n_out = n;
	return edges;
}

static bool offer_letter(struct jsch_language *l, struct letters *letters, struct map *known, uint32_t code, struct str classes)
{
	struct letter *letter = map_get(known, classes);
	uint64_t *copy;

	if (letter) {
		if (plainness(code) < plainness(letter->code))
			letter->code = code;
		return true;
	}
	if (letters->n == MOST_LETTERS)
		return false;
	copy = arena_alloc(l->arena, classes.len);
	memcpy(copy, classes.data, classes.len);
	letter = &letters->items[letters->n++];
	*letter = (struct letter){ .code = code, .classes = copy };
	map_put(known, str_make((const char *)copy, classes.len), letter);
	return true;
}

static int compare_letters(const void *a, const void *b)
{
	const struct letter *left = a, *right = b;
	unsigned x = plainness(left->code), y = plainness(right->code);

	return x != y ? (x < y ? -1 : 1) : (left->code > right->code) - (left->code < right->code);
}

/* Every set of classes that some character is in has one: between two edges it is the same. */
static bool find_letters(struct jsch_language *l, struct letters *letters)
{
	struct map known = map_make(l->arena);
	uint32_t n_classes, from = 0, code;
	size_t n_edges, words, i = 0;
	struct edge *edges = find_edges(l, &n_edges, &n_classes);
	uint64_t *inside;

	letters->n = 0;
	if (edges == NULL)
		return false;
	words = n_classes / 64 + 1;
	inside = arena_array(l->arena, uint64_t, words);
	while (from <= JSCH_LAST_CODE) {
		uint32_t to;

		for (; i < n_edges && edges[i].code == from; i++)
			inside[edges[i].class / 64] ^= 1ull << edges[i].class % 64;
		to = i < n_edges ? edges[i].code : JSCH_LAST_CODE + 1;
		l->work += words;
		if (l->work > l->most_work || (find_plainest(from, to, &code) &&
			!offer_letter(l, letters, &known, code, str_make((const char *)inside, words * sizeof(*inside)))))
			return false;
		from = to;
	}
	if (letters->n > 1)
		qsort(letters->items, letters->n, sizeof(letters->items[0]), compare_letters);
	return true;
}

/* ---- sets of states ---- */

static bool is_in(const uint64_t *set, size_t state)
{
	return set[state / 64] >> state % 64 & 1;
}

/* Where the text may be. */
enum place { AT_START = 1, AT_END = 2 };

/* Adds the state, and those that it leads to without a character. */
static void add(struct jsch_language *l, const struct jsch_automaton *a, uint64_t *set, size_t at, unsigned place)
{
	uint16_t stack[2 * MOST_STATES + 1];
	size_t n = 0;

	stack[n++] = (uint16_t)at;
	while (n > 0) {
		const struct state *state;

		at = stack[--n];
		if (at == NOWHERE || is_in(set, at))
			continue;
		set[at / 64] |= 1ull << at % 64;
		state = &a->states[at];
		l->work++;
		if (state->step == FORK) {
			stack[n++] = state->other;
			stack[n++] = state->next;
		} else if ((state->step == START && place & AT_START) || (state->step == END && place & AT_END)) {
			stack[n++] = state->next;
		}
	}
}

/* What has matched once has matched: such a set holds nothing else. */
static void settle(const struct jsch_automaton *a, uint64_t *set)
{
	if (!is_in(set, 0))
		return;
	memset(set, 0, a->n_words * sizeof(*set));
	set[0] = 1;
}

static void step(struct jsch_language *l, const struct jsch_automaton *a, const uint64_t *from, const struct letter *letter,
	uint64_t *to)
{
	memset(to, 0, a->n_words * sizeof(*to));
	if (is_in(from, 0)) {
		to[0] = 1;
		return;
	}
	for (size_t i = 0; i < a->n_states; i++)
		if (is_in(from, i) && a->states[i].step == CLASS && is_in(letter->classes, a->first_class + a->states[i].class))
			add(l, a, to, a->states[i].next, 0);
	/* It may begin here as well. */
	add(l, a, to, a->first, 0);
	settle(a, to);
}

/* Whether the text may end here. */
static bool accepts(struct jsch_language *l, const struct jsch_automaton *a, const uint64_t *set, bool empty)
{
	uint64_t closed[MOST_STATES / 64] = { 0 };
	unsigned place = AT_END | (empty ? AT_START : 0u);

	if (is_in(set, 0))
		return true;
	for (size_t i = 0; i < a->n_states; i++)
		if (is_in(set, i))
			add(l, a, closed, i, place);
	return is_in(closed, 0);
}

/* ---- the walk ---- */

struct node {
	const struct node *from;
	uint64_t *sets;                  /* of all automata, then how long the text is as far as it matters */
	uint32_t code;                   /* the last character */
};

struct walk {
	struct jsch_language *l;
	struct letters letters;
	size_t n_words;
	struct map known;
	struct node **nodes;
	size_t n_nodes, room;
};

/* A bound far above is not counted up to: a shortest text hardly comes near. */
static bool bounds(const struct jsch_language *l)
{
	return l->max_length != JSCH_ABSENT && l->max_length <= LONGEST;
}

static uint64_t counted(const struct jsch_language *l, uint64_t length)
{
	uint64_t most = (uint64_t)l->min_length;

	if (bounds(l))
		return length;
	return length < most ? length : most;
}

static bool is_end(struct walk *w, const struct node *node)
{
	const uint64_t *set = node->sets;

	if (node->sets[w->n_words - 1] < (uint64_t)w->l->min_length)
		return false;
	for (size_t i = 0; i < w->l->n; i++) {
		const struct jsch_automaton *a = w->l->automata[i];

		if (accepts(w->l, a, set, node->from == NULL) != a->holds)
			return false;
		set += a->n_words;
	}
	return true;
}

/* Nothing that follows can help: it has matched what it must not. */
static bool is_lost(const struct walk *w, const uint64_t *sets)
{
	for (size_t i = 0; i < w->l->n; i++) {
		const struct jsch_automaton *a = w->l->automata[i];

		if (!a->holds && is_in(sets, 0))
			return true;
		sets += a->n_words;
	}
	return bounds(w->l) && *sets > (uint64_t)w->l->max_length;
}

static void add_node(struct walk *w, const struct node *from, uint64_t *sets, uint32_t code)
{
	struct str key = str_make((const char *)sets, w->n_words * sizeof(*sets));
	struct node *node;

	w->l->work += w->n_words;
	if (map_get(&w->known, key))
		return;
	node = arena_new(w->l->arena, struct node);
	*node = (struct node){ .from = from, .sets = arena_array(w->l->arena, uint64_t, w->n_words), .code = code };
	memcpy(node->sets, sets, key.len);
	map_put(&w->known, str_make((const char *)node->sets, key.len), node);
	w->nodes = arena_grow(w->l->arena, w->nodes, w->n_nodes, &w->room, sizeof(*w->nodes));
	w->nodes[w->n_nodes++] = node;
}

static void begin(struct walk *w)
{
	uint64_t *sets = arena_array(w->l->arena, uint64_t, w->n_words), *set = sets;

	for (size_t i = 0; i < w->l->n; i++) {
		const struct jsch_automaton *a = w->l->automata[i];

		add(w->l, a, set, a->first, AT_START);
		settle(a, set);
		set += a->n_words;
	}
	if (!is_lost(w, sets))
		add_node(w, NULL, sets, 0);
}

static void go_on(struct walk *w, const struct node *node, uint64_t *scratch)
{
	for (size_t k = 0; k < w->letters.n && w->l->work <= w->l->most_work; k++) {
		const uint64_t *from = node->sets;
		uint64_t *to = scratch;

		for (size_t i = 0; i < w->l->n; i++) {
			step(w->l, w->l->automata[i], from, &w->letters.items[k], to);
			w->l->work += w->l->automata[i]->n_states / 16 + 1;
			from += w->l->automata[i]->n_words;
			to += w->l->automata[i]->n_words;
		}
		*to = counted(w->l, *from + 1);
		if (!is_lost(w, scratch))
			add_node(w, node, scratch, w->letters.items[k].code);
	}
}

static bool tell(const struct walk *w, const struct node *node, struct str *text)
{
	uint32_t codes[LONGEST];
	struct buf b = buf_make(w->l->arena, 16);
	size_t n = 0;

	for (; node->from && n < LONGEST; node = node->from)
		codes[n++] = node->code;
	while (n > 0)
		letters_put(&b, codes[--n]);
	*text = buf_str(&b);
	return node->from == NULL;
}

static enum jsch_answer walk(struct walk *w, struct str *text)
{
	uint64_t *scratch = arena_array(w->l->arena, uint64_t, w->n_words);

	begin(w);
	for (size_t i = 0; i < w->n_nodes; i++) {
		const struct node *node = w->nodes[i];

		if (w->l->work > w->l->most_work || w->n_nodes > MOST_NODES)
			return JSCH_NOT_KNOWN;
		if (is_end(w, node))
			return tell(w, node, text) ? JSCH_A_TEXT : JSCH_NOT_KNOWN;
		go_on(w, node, scratch);
	}
	return w->l->work > w->l->most_work ? JSCH_NOT_KNOWN : JSCH_NO_TEXT;
}

enum jsch_answer jsch_language_find(struct jsch_language *l, struct str *text)
{
	struct walk *w = arena_new(l->arena, struct walk);

	if (l->max_length != JSCH_ABSENT && l->max_length < l->min_length)
		return JSCH_NO_TEXT;
	if (l->min_length > LONGEST)
		return JSCH_NOT_KNOWN;
	*w = (struct walk){ .l = l, .known = map_make(l->arena), .n_words = 1 };
	for (size_t i = 0; i < l->n; i++)
		w->n_words += l->automata[i]->n_words;
	if (!find_letters(l, &w->letters))
		return JSCH_NOT_KNOWN;
	return walk(w, text);
}
