/* What is tried of values without parts: listed ones, and strings and numbers at the bounds of both sides. */
#include <math.h>

#include "base/arena.h"
#include "compat/jsonschema/language.h"
#include "compat/jsonschema/search_int.h"
#include "compat/jsonschema/strings.h"

enum { MOST_LISTED = 256, MOST_POINTS = 24, MOST_PATTERN_STRINGS = 120, LONGEST = 4096 };

/* ---- listed ---- */

/* To draft 4 a whole number with a point is another thing than without. */
static void offer_respelled(struct jsch_trial *t, const struct jsn *number)
{
	ptrdiff_t point = str_index(number->text, '.');
	struct str text = point >= 0 ? str_sub(number->text, 0, (size_t)point) : str_concat(t->s->arena, number->text, STR(".0"));

	if (jsch_search_has_draft_4(t->s) && str_index(number->text, 'e') < 0 && str_index(number->text, 'E') < 0 &&
		jsch_decimal_is_integer(number->text))
		jsch_trial_offer(t, jsch_make_text(t->s->arena, JSN_NUMBER, text));
}

static void offer_value(struct jsch_trial *t, const struct jsn *value)
{
	jsch_trial_offer(t, value);
	if (value->kind == JSN_NUMBER)
		offer_respelled(t, value);
}

static void offer_listed(struct jsch_trial *t, const struct jsch_node *node)
{
	const struct jsch_logic *logic = node->logic;

	if (logic == NULL)
		return;
	if (logic->constant)
		offer_value(t, logic->constant);
	for (size_t i = 0; logic->values && i < logic->values->n_items && i < MOST_LISTED; i++)
		offer_value(t, &logic->values->items[i]);
}

static bool lists_values(const struct jsch_node *node)
{
	return node->logic && (node->logic->values || node->logic->constant);
}

/* Listed values have their place in the other document; the copy is a value of its own. */
static bool offer_all_listed(struct jsch_trial *t)
{
	const struct jsch_node *node;
	bool finite = false;

	for (size_t i = 0; (node = jsch_trial_node(t, i)); i++) {
		finite |= i < t->writer->n && lists_values(node);
		if (i >= t->writer->n && finite)
			return true;
		offer_listed(t, node);
	}
	return finite;
}

/* ---- strings ---- */

struct lengths {
	int64_t items[MOST_POINTS];
	size_t n;
};

static void add_length(struct lengths *l, int64_t length)
{
	if (length < 0 || length > LONGEST || l->n == MOST_POINTS)
		return;
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i] == length)
			return;
	l->items[l->n++] = length;
}

static void add_around(struct lengths *l, int64_t bound)
{
	if (bound == JSCH_ABSENT)
		return;
	add_length(l, bound);
	add_length(l, bound + 1);
	add_length(l, bound - 1);
}

static struct lengths find_lengths(const struct jsch_trial *t)
{
	struct lengths l = { .n = 0 };
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(t, i)); i++) {
		if (node->string == NULL)
			continue;
		add_around(&l, node->string->min_length);
		add_around(&l, node->string->max_length);
	}
	add_length(&l, 0);
	add_length(&l, 1);
	return l;
}

static struct str repeat(struct arena *arena, char c, int64_t n)
{
	char *data = arena_alloc_text(arena, (size_t)n + 1);

	memset(data, c, (size_t)n);
	data[n] = '\0';
	return str_make(data, (size_t)n);
}

static void emit_format(struct jsch_trial *t, const struct lengths *lengths, struct str format,
	void (*emit)(void *cls, struct str text), void *cls)
{
	for (size_t i = 0; i < lengths->n; i++) {
		struct str sample = jsch_format_sample(t->s->arena, format, (size_t)lengths->items[i]);

		if (!str_present(sample))
			return;
		emit(cls, sample);
	}
}

/* ---- strings by what they violate ---- */

enum { MOST_STEPS = 60 * 1000, STEPS_OF_WORK = 8 };

struct wanted {
	struct jsch_trial *t;
	void (*emit)(void *cls, struct str text);
	void *cls;
};

/* The strings of the place: what the writer says of them. */
static struct jsch_language written_strings(const struct jsch_trial *t, struct arena *arena)
{
	struct jsch_language l = jsch_language_make(arena, MOST_STEPS);

	for (size_t i = 0; i < t->writer->n; i++)
		if (t->writer->items[i]->string)
			jsch_language_add(&l, t->writer->items[i]->string, t->s->formats);
	return l;
}

static void emit_shortest(struct wanted *w, struct jsch_language l)
{
	struct str text;

	if (jsch_search_spend(w->t->s, 1) && jsch_language_find(&l, &text) == JSCH_A_TEXT)
		w->emit(w->cls, str_dup(w->t->s->arena, text));
	jsch_search_spend(w->t->s, l.work / STEPS_OF_WORK);
}

/* With what one subschema of the reader says, and with each thing of it violated. */
static void emit_for(struct wanted *w, const struct jsch_language *written, const struct jsch_string *string)
{
	struct jsch_language l = *written;

	jsch_language_add(&l, string, w->t->s->formats);
	emit_shortest(w, l);
	l = *written;
	if (str_present(string->pattern) && jsch_language_pattern(&l, string->pattern, false))
		emit_shortest(w, l);
	l = *written;
	if (w->t->s->formats && str_present(string->format) && jsch_language_format(&l, string->format, false))
		emit_shortest(w, l);
	l = *written;
	if (string->max_length != JSCH_ABSENT && string->max_length < LONGEST) {
		jsch_language_shortest(&l, string->max_length + 1);
		emit_shortest(w, l);
	}
	l = *written;
	if (string->min_length != JSCH_ABSENT) {
		jsch_language_longest(&l, string->min_length - 1);
		emit_shortest(w, l);
	}
}

/* All that the reader says for sure, but for what one subschema says. */
static struct jsch_language other_strings(const struct jsch_trial *t, const struct jsch_language *written, size_t but)
{
	struct jsch_language l = *written;

	for (size_t i = 0; i < t->must.n; i++)
		if (i != but && t->must.items[i]->string)
			jsch_language_add(&l, t->must.items[i]->string, t->s->formats);
	return l;
}

static bool says_more_than_length(const struct jsch_trial *t)
{
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(t, i)); i++)
		if (node->string && (str_present(node->string->pattern) ||
			(t->s->formats && str_present(node->string->format) && jsch_format_is_known(node->string->format))))
			return true;
	return false;
}

static void emit_violating(struct wanted *w)
{
	const struct jsch_trial *t = w->t;
	struct jsch_language written, others;
	struct arena *arena;

	if (!says_more_than_length(t))
		return;
	arena = arena_create(0);
	written = written_strings(t, arena);
	emit_shortest(w, written);
	for (size_t i = 0; i < t->must.n; i++) {
		if (t->must.items[i]->string == NULL)
			continue;
		others = other_strings(t, &written, i);
		emit_for(w, &others, t->must.items[i]->string);
		emit_for(w, &written, t->must.items[i]->string);
	}
	others = other_strings(t, &written, SIZE_MAX);
	for (size_t i = 0; i < t->may.n; i++)
		if (t->may.items[i]->string)
			emit_for(w, &others, t->may.items[i]->string);
	arena_destroy(arena);
}

void jsch_trial_strings(struct jsch_trial *t, void (*emit)(void *cls, struct str text), void *cls)
{
	static const struct str some[] = { { "", 0 }, { "a", 1 }, { "A", 1 }, { "0", 1 }, { "-", 1 }, { " ", 1 }, { "x", 1 },
		{ "\xC3\xA9", 2 } };
	struct lengths lengths = find_lengths(t);
	struct jsch_alphabet edges = { .n = 0 };
	struct jsch_strings s = { .arena = t->s->arena, .edges = &edges, .lengths = lengths.items, .n_lengths = lengths.n,
		.most = MOST_PATTERN_STRINGS, .emit = emit, .cls = cls };
	const struct jsch_node *node;

	emit_violating(&(struct wanted){ .t = t, .emit = emit, .cls = cls });
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		emit(cls, some[i]);
	for (size_t i = 0; i < lengths.n; i++)
		emit(cls, repeat(t->s->arena, 'x', lengths.items[i]));
	for (size_t i = 0; (node = jsch_trial_node(t, i)); i++)
		if (node->string && str_present(node->string->pattern))
			jsch_strings_edges(t->s->arena, node->string->pattern, &edges);
	for (size_t i = 0; (node = jsch_trial_node(t, i)); i++) {
		if (node->string == NULL)
			continue;
		if (str_present(node->string->format))
			emit_format(t, &lengths, node->string->format, emit, cls);
		if (str_present(node->string->pattern) && jsch_search_spend(t->s, node->string->pattern.len / 8 + 1))
			jsch_strings_make(&s, node->string->pattern);
	}
}

static void offer_string(void *cls, struct str text)
{
	struct jsch_trial *t = cls;

	jsch_trial_offer(t, jsch_make_text(t->s->arena, JSN_STRING, text));
}

/* ---- numbers ---- */

static void offer_spelled(struct jsch_trial *t, struct str text)
{
	jsch_trial_offer(t, jsch_make_text(t->s->arena, JSN_NUMBER, text));
}

static void offer_number(struct jsch_trial *t, double value)
{
	if (!isfinite(value))
		return;
	if (value == 0)
		value = 0; /* no minus */
	if (fabs(value) < 1e15 && value == floor(value))
		offer_spelled(t, str_printf(t->s->arena, "%.0f", value));
	else
		offer_spelled(t, str_printf(t->s->arena, "%.15g", value));
}

struct bounds {
	double items[MOST_POINTS];
	size_t n;
	double multiples[MOST_POINTS];
	size_t n_multiples;
};

static void add_bound(struct jsch_trial *t, struct bounds *b, const struct jsch_bound *bound)
{
	if (bound->number == NULL)
		return;
	offer_spelled(t, bound->number->text);
	if (b->n < MOST_POINTS && isfinite(bound->value))
		b->items[b->n++] = bound->value;
}

static struct bounds find_bounds(struct jsch_trial *t)
{
	struct bounds b = { .n = 0 };
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(t, i)); i++) {
		const struct jsch_number *number = node->number;

		if (number == NULL)
			continue;
		add_bound(t, &b, &number->minimum);
		add_bound(t, &b, &number->maximum);
		add_bound(t, &b, &number->below_all);
		add_bound(t, &b, &number->above_all);
		if (number->multiple.number && b.n_multiples < MOST_POINTS && number->multiple.value != 0)
			b.multiples[b.n_multiples++] = number->multiple.value;
	}
	return b;
}

/* The first multiples from `from` on, downwards and upwards. */
static void offer_multiples(struct jsch_trial *t, double multiple, double from)
{
	double k = floor(from / multiple);

	for (int i = -2; i <= 3; i++)
		offer_number(t, (k + i) * multiple);
}

static void add_all(struct jsch_trial *t, struct jsch_nodes *to, const struct jsch_nodes *from)
{
	for (size_t i = 0; i < from->n; i++)
		jsch_nodes_add(t->s->arena, to, from->items[i]);
}

/* Numbers that stand for all, for whoever writes and whoever reads. */
static void offer_all_numbers(struct jsch_trial *t)
{
	struct jsch_nodes all = { .n = 0 };
	struct jsn *numbers;
	size_t n;

	add_all(t, &all, t->writer);
	add_all(t, &all, &t->site->writer);
	add_all(t, &all, &t->must);
	add_all(t, &all, &t->may);
	if (!jsch_search_spend(t->s, 2 + all.n / 4) || !jsch_numbers_make(t->s->arena, &all, &numbers, &n))
		return;
	for (size_t i = 0; i < n; i++)
		offer_spelled(t, numbers[i].text);
	for (size_t i = 0; i < n; i++)
		offer_respelled(t, &numbers[i]);
}

static void offer_numbers(struct jsch_trial *t)
{
	static const double steps[] = { 0, 1, -1, 0.5, -0.5, 2, -2 };
	struct bounds b = find_bounds(t);

	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
		offer_number(t, steps[k]);
		for (size_t i = 0; i < b.n; i++)
			offer_number(t, b.items[i] + steps[k]);
	}
	for (size_t i = 0; i < b.n; i++) {
		for (size_t k = 0; k < i; k++)
			offer_number(t, (b.items[i] + b.items[k]) / 2);
		for (size_t k = 0; k < b.n_multiples; k++)
			offer_multiples(t, b.multiples[k], b.items[i]);
		offer_number(t, b.items[i] + fabs(b.items[i]) * 1e-6 + 1e-9);
		offer_number(t, b.items[i] - fabs(b.items[i]) * 1e-6 - 1e-9);
	}
	for (size_t i = 0; i < b.n_multiples; i++) {
		offer_number(t, b.multiples[i] / 2);
		offer_number(t, b.multiples[i] * 1.5);
		offer_multiples(t, b.multiples[i], 0);
		for (size_t k = 0; k < i; k++)
			offer_number(t, b.multiples[i] * b.multiples[k]);
	}
	offer_number(t, 1e10);
	offer_number(t, -1e10);
	offer_all_numbers(t);
}

/* ---- all ---- */

void jsch_trial_values(struct jsch_trial *t)
{
	unsigned types = jsch_trial_types(t);

	if (offer_all_listed(t))
		return;
	if (types & JSCH_TYPE_NULL)
		jsch_trial_offer(t, jsch_make(t->s->arena, JSN_NULL));
	if (types & (JSCH_TYPE_NUMBER | JSCH_TYPE_INTEGER))
		offer_numbers(t);
	if (types & JSCH_TYPE_STRING)
		jsch_trial_strings(t, offer_string, t);
	if (types & JSCH_TYPE_BOOLEAN) {
		struct jsn *yes = jsch_make(t->s->arena, JSN_BOOL);

		yes->boolean = true;
		jsch_trial_offer(t, yes);
		jsch_trial_offer(t, jsch_make(t->s->arena, JSN_BOOL));
	}
	if (types & JSCH_TYPE_ARRAY)
		jsch_trial_offer(t, jsch_make(t->s->arena, JSN_ARRAY));
	if (types & JSCH_TYPE_OBJECT)
		jsch_trial_offer(t, jsch_make(t->s->arena, JSN_OBJECT));
}
