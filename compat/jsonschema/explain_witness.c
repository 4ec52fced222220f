/* Witnesses: a document that was found, without what is not needed, and run on both sides. */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/explain_int.h"
#include "compat/jsonschema/validate.h"

enum { MOST_TRIES = 200 };

/* A copy without the value of that number, counted in the order of the text; *number goes down on the way. */
static struct jsn without(struct arena *arena, const struct jsn *value, size_t *number)
{
	struct jsn copy = *value;

	copy.items = arena_array(arena, struct jsn, value->n_items);
	copy.n_items = 0;
	for (size_t i = 0; i < value->n_items; i++) {
		const struct jsn *item = &value->items[i];

		if (*number == 0) {
			*number = SIZE_MAX;
			continue;
		}
		if (*number != SIZE_MAX)
			(*number)--;
		copy.items[copy.n_items++] = item->n_items > 0 ? without(arena, item, number) : *item;
	}
	return copy;
}

static const struct jsch_violation *find_same(const struct jsch_violations *found, const struct jsch_violation *wanted)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct jsch_violation *one = &found->items[i];

		if (one->schema == wanted->schema && str_eq(one->keyword, wanted->keyword) && str_eq(one->name, wanted->name))
			return one;
	}
	return NULL;
}

struct shrinking {
	struct jsch_explaining *e;
	const struct jsn *value;
	const struct jsch_violation *violation;
};

/* Takes the value when it can be written and violates the same. */
static bool try_value(struct shrinking *s, const struct jsn *value)
{
	struct jsch_search *search = &s->e->search;
	struct jsch_violations found = { .n = 0 };
	const struct jsch_violation *same;

	if (!jsch_search_valid(search, s->e->writer, s->e->writer->root, value))
		return false;
	jsch_search_violations(search, s->e->reader, s->e->reader->root, value, &found);
	same = find_same(&found, s->violation);
	if (same == NULL)
		return false;
	s->value = value;
	s->violation = same;
	return true;
}

static bool try_without(struct shrinking *s, size_t number)
{
	struct jsn *value = jsch_make(s->e->work, s->value->kind);

	*value = without(s->e->work, s->value, &number);
	return number == SIZE_MAX && try_value(s, value);
}

static size_t count_values(const struct jsn *value)
{
	size_t n = value->n_items;

	for (size_t i = 0; i < value->n_items; i++)
		n += count_values(&value->items[i]);
	return n;
}

static void shrink(struct shrinking *s)
{
	int tries = 0;

	for (size_t i = count_values(s->value); i > 0 && tries < MOST_TRIES && jsch_search_spend(&s->e->search, 1); tries++) {
		if (try_without(s, i - 1)) {
			size_t left = count_values(s->value);

			i = left < i ? left : i - 1;
			continue;
		}
		i--;
	}
}

/* ---- values that people and all validators take for what they are ---- */

/* A copy with another text in place of the string of that number; *number goes down on the way, to SIZE_MAX when it is met. */
static struct jsn with_text(struct arena *arena, const struct jsn *value, struct str text, size_t *number)
{
	struct jsn copy = *value;

	if (value->kind == JSN_STRING && *number != SIZE_MAX && (*number)-- == 0)
		copy.text = text;
	if (value->n_items == 0)
		return copy;
	copy.items = arena_array(arena, struct jsn, value->n_items);
	for (size_t i = 0; i < value->n_items; i++)
		copy.items[i] = with_text(arena, &value->items[i], text, number);
	return copy;
}

static size_t count_strings(const struct jsn *value)
{
	size_t n = value->kind == JSN_STRING;

	for (size_t i = 0; i < value->n_items; i++)
		n += count_strings(&value->items[i]);
	return n;
}

/* The string of that number, counted as with_text does. */
static struct str text_at(const struct jsn *value, size_t *number)
{
	struct str found = STR_NONE;

	if (value->kind == JSN_STRING && (*number)-- == 0)
		return value->text;
	for (size_t i = 0; i < value->n_items && !str_present(found); i++)
		found = text_at(&value->items[i], number);
	return found;
}

static bool try_text(struct shrinking *s, struct str text, size_t number)
{
	struct jsn *value = jsch_make(s->e->work, s->value->kind);

	*value = with_text(s->e->work, s->value, text, &number);
	return try_value(s, value);
}

/* The shortest texts of a format are odd ones, the year 0 or "a@a", which many validators refuse. */
static void beautify(struct shrinking *s)
{
	static const struct {
		struct str format, text;
	} usual[] = {
		{ { "date-time", 9 }, { "2000-01-01T00:00:00Z", 20 } }, { { "date", 4 }, { "2000-01-01", 10 } },
		{ { "time", 4 }, { "00:00:00Z", 9 } }, { { "email", 5 }, { "a@b.com", 7 } }, { { "uri", 3 }, { "https://a.com", 13 } },
	};
	enum { MOST_STRINGS = 20 };
	size_t n = count_strings(s->value);

	for (size_t i = 0; i < n && i < MOST_STRINGS; i++) {
		size_t number = i;
		struct str text = text_at(s->value, &number);

		for (size_t k = 0; k < sizeof(usual) / sizeof(usual[0]); k++)
			if (jsch_format_holds(usual[k].format, text) && jsch_search_spend(&s->e->search, 1) && try_text(s, usual[k].text, i))
				break;
	}
}

static struct str print(struct arena *arena, const struct jsn *value)
{
	struct buf b = buf_make(arena, 64);

	buf_json(&b, value);
	return buf_str(&b);
}

/* Whether the text is a document that the writer can write and the reader refuses. */
static bool run(const struct jsch_explaining *e, const struct jsn *document, bool formats)
{
	const struct jsch_violation *written, *read;
	struct err err = { .arena = e->work };

	return jsch_validate_with(e->work, e->pair->writer, document, formats, &written, &err) == OK && written == NULL &&
		jsch_validate_with(e->work, e->pair->reader, document, formats, &read, &err) == OK && read != NULL;
}

bool jsch_tell_witness(struct jsch_explaining *e, struct jsch_telling *t)
{
	struct shrinking s = { .e = e, .value = t->breach->sample->value, .violation = t->breach->violation };
	struct explain_witness *witness = arena_new(e->arena, struct explain_witness);
	const struct jsn *document, *place;
	struct err err = { .arena = e->work };
	struct str reason;

	e->search.formats = t->breach->formats;
	shrink(&s);
	if (t->breach->formats && e->n_modes > 1)
		beautify(&s);
	witness->effect = EFFECT_FAILS;
	witness->formats_ignored = !t->breach->formats && e->n_modes > 1;
	witness->event = witness->bytes = print(e->arena, s.value);
	if (jsn_parse(e->work, witness->event, JSN_SURROGATES, LIMIT_JSON_DEPTH, &document, &err) != OK ||
		!run(e, document, t->breach->formats))
		return false;
	reason = jsch_violation_text(e->arena, s.violation, document);
	if (str_eq(s.violation->keyword, STR("format")))
		reason = str_concat(e->arena, reason, STR(", for a reader that asserts formats"));
	if (witness->formats_ignored)
		reason = str_concat(e->arena, reason, STR(", where formats are not asserted"));
	witness->reason = reason;
	place = jsch_pointer_find(document, s.violation->path);
	witness->offset = place ? jsch_text_offset(witness->event, place) : 0;
	t->finding.witness = witness;
	t->finding.effect = EFFECT_FAILS;
	return true;
}
