/* Random changes of a JSON Schema's text: keywords come, go and change, anywhere in it. */
#include "tests/property/json_int.h"

#include <string.h>

enum { MOST_PLACES = 128 };

/* The objects that stand where subschemas do. */
struct places {
	json_t *items[MOST_PLACES];
	size_t n;
};

static bool is_map(const char *word)
{
	return strcmp(word, "properties") == 0 || strcmp(word, "patternProperties") == 0 || strcmp(word, "definitions") == 0 ||
		strncmp(word, "depend", 6) == 0;
}

static void find_places(struct places *p, json_t *schema)
{
	const char *word;
	json_t *value, *item;
	size_t i;

	if (!json_is_object(schema) || p->n == MOST_PLACES)
		return;
	p->items[p->n++] = schema;
	json_object_foreach(schema, word, value) {
		const char *name;

		if (strcmp(word, "const") == 0 || strcmp(word, "enum") == 0 || strcmp(word, "default") == 0)
			continue;
		if (is_map(word)) {
			json_object_foreach(value, name, item)
				find_places(p, item);
		} else if (json_is_array(value)) {
			json_array_foreach(value, i, item)
				find_places(p, item);
		} else {
			find_places(p, value);
		}
	}
}

static const char *pick_word(struct draw *d, json_t *schema)
{
	size_t n = json_object_size(schema), i = 0;
	unsigned wanted;
	const char *word;
	json_t *value;

	if (n == 0)
		return NULL;
	wanted = draw_below(d, (unsigned)n);
	json_object_foreach(schema, word, value)
		if (i++ == wanted)
			return word[0] == '$' || strcmp(word, "definitions") == 0 ? NULL : word;
	return NULL;
}

/* A bound moves, a list or a map gets longer or shorter. */
static void nudge(struct json_maker *m, json_t *schema, const char *word)
{
	json_t *value = json_object_get(schema, word);

	if (json_is_integer(value))
		json_object_set_new(schema, word, json_integer(json_integer_value(value) + (draw_below(m->d, 2) ? 1 : -1)));
	else if (json_is_real(value))
		json_object_set_new(schema, word, json_real(json_real_value(value) * 2));
	else if (json_is_boolean(value))
		json_object_set_new(schema, word, json_boolean(!json_is_true(value)));
	else if (json_is_array(value) && json_array_size(value) > 1)
		json_array_remove(value, draw_below(m->d, (unsigned)json_array_size(value)));
	else if (strcmp(word, "properties") == 0)
		json_object_set_new(value, json_make_name(m->d), json_make_schema(m, 2));
	else if (strcmp(word, "enum") == 0)
		json_array_append_new(value, json_make_scalar(m->d));
}

static void change_once(struct json_maker *m, json_t *root)
{
	struct places places = { .n = 0 };
	json_t *schema;
	const char *word;

	find_places(&places, root);
	schema = places.items[draw_below(m->d, (unsigned)places.n)];
	word = pick_word(m->d, schema);
	switch (draw_below(m->d, 4)) {
	case 0:
		if (word)
			json_object_del(schema, word);
		break;
	case 1:
	case 2:
		if (word)
			nudge(m, schema, word);
		else
			json_make_keyword(m, schema, 2);
		break;
	default:
		json_make_keyword(m, schema, 2);
		break;
	}
}

struct str json_change(struct draw *d, struct arena *arena, struct str text)
{
	json_t *root = json_loadb(text.data, text.len, 0, NULL);
	struct json_maker m = { .d = d, .draft = json_draft_of(root) };
	unsigned n = 1 + draw_below(d, 3);
	struct str copy;
	char *changed;

	for (unsigned i = 0; i < n; i++)
		change_once(&m, root);
	changed = json_dumps(root, memchr(text.data, '\n', text.len) ? JSON_INDENT(2) : JSON_COMPACT);
	copy = str_dup(arena, str_of(changed));
	free(changed);
	json_decref(root);
	return copy;
}
