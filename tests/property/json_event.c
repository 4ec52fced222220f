/*
 * Random documents of a JSON Schema: made loosely by what it says, or by chance, and kept when they are valid.  Not
 * the search of compat/jsonschema, which is what is tested.
 */
#include "tests/property/json_int.h"

#include <string.h>

#include "compat/event.h"
#include "compat/jsonschema/node_int.h"

enum { TRIES = 12, MOST_DEPTH = 5 };

struct events {
	struct draw *d;
	json_t *root;   /* has the definitions */
	json_t *used;   /* another document, or NULL */
	unsigned n_values;
};

static json_t *make_value(struct events *e, json_t *schema, unsigned depth);

static json_t *make_any(struct events *e, unsigned depth)
{
	json_t *value;
	unsigned kind = draw_below(e->d, depth < MOST_DEPTH ? 8 : 6), n = draw_below(e->d, 3);

	if (kind < 6 || ++e->n_values > 40)
		return json_make_scalar(e->d);
	value = kind == 6 ? json_array() : json_object();
	for (unsigned i = 0; i < n; i++) {
		if (kind == 6)
			json_array_append_new(value, make_any(e, depth + 1));
		else
			json_object_set_new(value, json_make_name(e->d), make_any(e, depth + 1));
	}
	return value;
}

static json_t *make_text(struct events *e, json_t *schema)
{
	static const char letters[] = "abcxA1 ";
	unsigned n = draw_below(e->d, 5);
	json_t *bound = json_object_get(schema, draw_below(e->d, 2) ? "maxLength" : "minLength");
	char text[16];

	if (json_object_get(schema, "format") && draw_chance(e->d, 50))
		return json_string(draw_below(e->d, 2) ? "2000-01-01" : draw_below(e->d, 2) ? "a@b.c" : "1.2.3.4");
	if (bound && draw_chance(e->d, 60))
		n = (unsigned)json_integer_value(bound) % 12;
	for (unsigned i = 0; i < n; i++)
		text[i] = letters[draw_below(e->d, 7)];
	return json_stringn(text, n);
}

static json_t *make_number(struct events *e, json_t *schema, bool integer)
{
	static const char *const words[] = { "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf" };
	json_t *bound = json_object_get(schema, words[draw_below(e->d, 5)]);
	double value = json_is_number(bound) ? json_number_value(bound) : (double)draw_below(e->d, 9) - 3;

	if (draw_chance(e->d, 40))
		value += (double)draw_below(e->d, 5) - 2;
	if (!integer && draw_chance(e->d, 30))
		value += draw_below(e->d, 4) / 4.0;
	return value == (double)(json_int_t)value ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *make_array(struct events *e, json_t *schema, unsigned depth)
{
	json_t *value = json_array(), *items = json_object_get(schema, "items"), *prefix = json_object_get(schema, "prefixItems");
	unsigned n = draw_below(e->d, 4);
	json_t *bound = json_object_get(schema, draw_below(e->d, 2) ? "maxItems" : "minItems");

	if (json_is_array(items)) {
		prefix = items;
		items = json_object_get(schema, "additionalItems");
	}
	if (bound && draw_chance(e->d, 50))
		n = (unsigned)json_integer_value(bound) % 8;
	for (unsigned i = 0; i < n; i++) {
		json_t *item = prefix && i < json_array_size(prefix) ? json_array_get(prefix, i) : items;

		if (draw_chance(e->d, 25) && json_object_get(schema, "contains"))
			item = json_object_get(schema, "contains");
		json_array_append_new(value, make_value(e, item, depth + 1));
	}
	return value;
}

static void add_member(struct events *e, json_t *value, json_t *schema, const char *name, unsigned depth)
{
	json_t *property = json_object_get(json_object_get(schema, "properties"), name);
	json_t *patterns = json_object_get(schema, "patternProperties");

	if (property == NULL)
		property = json_object_iter_value(json_object_iter(patterns));
	if (property == NULL)
		property = json_object_get(schema, "additionalProperties");
	json_object_set_new(value, name, make_value(e, property, depth + 1));
}

static json_t *make_object(struct events *e, json_t *schema, unsigned depth)
{
	json_t *value = json_object(), *name;
	unsigned more = draw_below(e->d, 3);
	const char *key;
	json_t *property;
	size_t i;

	json_array_foreach(json_object_get(schema, "required"), i, name)
		add_member(e, value, schema, json_string_value(name), depth);
	json_object_foreach(json_object_get(schema, "properties"), key, property)
		if (draw_chance(e->d, 45))
			add_member(e, value, schema, key, depth);
	for (unsigned k = 0; k < more; k++)
		if (draw_chance(e->d, 60))
			add_member(e, value, schema, json_make_name(e->d), depth);
	return value;
}

static json_t *make_typed(struct events *e, json_t *schema, const char *type, unsigned depth)
{
	switch (type[0]) {
	case 's':
		return make_text(e, schema);
	case 'i':
		return make_number(e, schema, true);
	case 'b':
		return json_boolean(draw_below(e->d, 2));
	case 'a':
		return make_array(e, schema, depth);
	case 'o':
		return make_object(e, schema, depth);
	default:
		return type[1] == 'u' && type[2] == 'l' ? json_null() : make_number(e, schema, false);
	}
}

/* One of the schema's own ways to say what it wants, or NULL. */
static json_t *pick_other(struct events *e, json_t *schema)
{
	static const char *const words[] = { "oneOf", "anyOf", "allOf", "if", "then", "else", "not" };
	json_t *value = json_object_get(schema, words[draw_below(e->d, 7)]);
	const char *reference = json_string_value(json_object_get(schema, "$ref"));

	if (reference && reference[0] != '#')
		return e->used;
	if (reference)
		return json_object_get(json_object_get(e->root, "definitions"), reference + strlen("#/definitions/"));
	return json_is_array(value) ? json_array_get(value, draw_below(e->d, (unsigned)json_array_size(value))) : value;
}

static json_t *make_value(struct events *e, json_t *schema, unsigned depth)
{
	json_t *type = json_object_get(schema, "type"), *values = json_object_get(schema, "enum"), *other;
	const char *name;

	if (!json_is_object(schema) || depth > MOST_DEPTH || ++e->n_values > 40 || draw_chance(e->d, 8))
		return make_any(e, depth);
	if (json_object_get(schema, "const") && draw_chance(e->d, 80))
		return json_deep_copy(json_object_get(schema, "const"));
	if (json_array_size(values) > 0 && draw_chance(e->d, 80))
		return json_deep_copy(json_array_get(values, draw_below(e->d, (unsigned)json_array_size(values))));
	other = pick_other(e, schema);
	if (json_is_object(other) && draw_chance(e->d, 70))
		return make_value(e, other, depth + 1);
	if (json_is_array(type))
		type = json_array_get(type, draw_below(e->d, (unsigned)json_array_size(type)));
	name = json_string_value(type);
	if (name == NULL) {
		static const char *const types[] = { "string", "integer", "number", "array", "object", "object", "null" };

		name = types[draw_below(e->d, 7)];
	}
	return make_typed(e, schema, name, depth);
}

/* What the schema refers to outside of its text (property.c), to be made values of; NULL: nothing. */
static json_t *used_by(struct arena *arena, const struct schema *schema)
{
	const struct jsch_node *root = jsch_of(schema)->root;
	const struct jsch_property *p = root && root->object ? jsch_property_find(root->object, STR("p")) : NULL;
	const struct jsch_node *used = p ? p->node->reference.target : NULL;
	struct buf text = buf_make(arena, 256);

	if (!used || !str_eq(p->node->reference.text, STR("used")))
		return NULL;
	buf_json(&text, used->json);
	return json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL);
}

struct str json_event(struct draw *d, struct arena *arena, const struct event_source *source)
{
	const struct schema *schema = source->writer;
	json_t *root = json_loadb(schema->canonical.data, schema->canonical.len, 0, NULL);
	json_t *used = used_by(arena, schema);
	struct str found = STR_NONE;

	for (int i = 0; i < TRIES && !str_present(found); i++) {
		struct events e = { .d = d, .root = used ? used : root, .used = used };
		json_t *value = make_value(&e, root, 0);
		char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		struct event_source written = { .writer = source->writer, .bytes = str_of(text), .formats_ignored = source->formats_ignored };
		struct err err = { .arena = arena };
		struct event_read read;

		if (schema_event_read(arena, &written, &read, &err) == OK && read.ok)
			found = str_dup(arena, str_of(text));
		free(text);
		json_decref(value);
	}
	json_decref(root);
	json_decref(used);
	return found;
}
