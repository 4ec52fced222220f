/* Random JSON Schemas of several drafts: every keyword that restricts something, small bounds, few names. */
#include "tests/property/json_int.h"

#include <string.h>

enum { MOST_NODES = 12, MOST_DEPTH = 3 };

static const char *const drafts[] = {
	[JSON_DRAFT_4] = "http://json-schema.org/draft-04/schema#",
	[JSON_DRAFT_7] = "http://json-schema.org/draft-07/schema#",
	[JSON_DRAFT_2019] = "https://json-schema.org/draft/2019-09/schema",
	[JSON_DRAFT_2020] = "https://json-schema.org/draft/2020-12/schema",
};

static const char *const types[] = { "string", "integer", "number", "boolean", "null", "array", "object" };

enum json_draft json_draft_of(const json_t *schema)
{
	const char *uri = json_string_value(json_object_get(schema, "$schema"));

	for (int i = 0; uri && i <= JSON_DRAFT_2020; i++)
		if (strcmp(uri, drafts[i]) == 0)
			return (enum json_draft)i;
	return JSON_DRAFT_7;
}

const char *json_make_name(struct draw *d)
{
	static const char *const names[] = { "a", "b", "c", "ab", "x1", "k" };

	return names[draw_below(d, 6)];
}

json_t *json_make_scalar(struct draw *d)
{
	static const char *const texts[] = { "", "a", "b", "ab", "abc", "A1", "x", "2000-01-01", "0.0.0.0" };

	switch (draw_below(d, 6)) {
	case 0:
		return json_null();
	case 1:
		return json_boolean(draw_below(d, 2));
	case 2:
		return json_integer((json_int_t)draw_below(d, 9) - 3);
	case 3:
		return json_real(draw_below(d, 16) / 4.0 - 1);
	default:
		return json_string(texts[draw_below(d, 9)]);
	}
}

static json_t *make_count(struct draw *d)
{
	return json_integer(draw_below(d, 5));
}

static json_t *make_number(struct draw *d)
{
	return draw_chance(d, 70) ? json_integer((json_int_t)draw_below(d, 9) - 2) : json_real(draw_below(d, 16) / 4.0 - 1);
}

static json_t *make_pattern(struct draw *d)
{
	static const char *const patterns[] = { "^a", "b$", "^[a-c]*$", "^[a-z]+$", "[0-9]", "a*", "^(a|b)c?$", "^x" };

	return json_string(patterns[draw_below(d, 8)]);
}

static json_t *make_type(struct draw *d)
{
	json_t *list;

	if (draw_chance(d, 75))
		return json_string(types[draw_below(d, 7)]);
	list = json_array();
	for (unsigned i = 0; i < 7; i++)
		if (draw_chance(d, 35))
			json_array_append_new(list, json_string(types[i]));
	if (json_array_size(list) == 0)
		json_array_append_new(list, json_string("object"));
	return list;
}

static json_t *make_names(struct draw *d)
{
	json_t *list = json_array();
	unsigned n = 1 + draw_below(d, 2);
	const char *first = json_make_name(d), *second = json_make_name(d);

	json_array_append_new(list, json_string(first));
	if (n > 1 && strcmp(first, second) != 0)
		json_array_append_new(list, json_string(second));
	return list;
}

static json_t *make_values(struct draw *d)
{
	json_t *list = json_array();
	unsigned n = 1 + draw_below(d, 4);

	for (unsigned i = 0; i < n; i++) {
		json_t *value = json_make_scalar(d);
		bool known = false;

		for (size_t k = 0; k < json_array_size(list); k++)
			known |= json_equal(json_array_get(list, k), value);
		if (known)
			json_decref(value);
		else
			json_array_append_new(list, value);
	}
	return list;
}

static json_t *make_list(struct json_maker *m, unsigned depth)
{
	json_t *list = json_array();
	unsigned n = 1 + draw_below(m->d, 3);

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_make_schema(m, depth + 1));
	return list;
}

static json_t *make_map(struct json_maker *m, unsigned depth, bool patterns)
{
	json_t *map = json_object();
	unsigned n = 1 + draw_below(m->d, 3);

	for (unsigned i = 0; i < n; i++) {
		json_t *pattern = make_pattern(m->d);

		json_object_set_new(map, patterns ? json_string_value(pattern) : json_make_name(m->d), json_make_schema(m, depth + 1));
		json_decref(pattern);
	}
	return map;
}

/* false, true or a schema. */
static json_t *make_rest(struct json_maker *m, unsigned depth)
{
	unsigned kind = draw_below(m->d, 4);

	return kind < 2 ? json_false() : kind == 2 ? json_true() : json_make_schema(m, depth + 1);
}

/* ---- keywords ---- */

static void set(json_t *schema, const char *word, json_t *value)
{
	json_object_set_new(schema, word, value);
}

static void add_string(struct json_maker *m, json_t *schema, unsigned depth)
{
	static const char *const formats[] = { "date", "ipv4", "email", "uri", "mine" };

	(void)depth;
	switch (draw_below(m->d, 4)) {
	case 0:
		set(schema, "maxLength", make_count(m->d));
		break;
	case 1:
		set(schema, "minLength", make_count(m->d));
		break;
	case 2:
		set(schema, "pattern", make_pattern(m->d));
		break;
	default:
		set(schema, "format", json_string(formats[draw_below(m->d, 5)]));
		break;
	}
}

static void add_number(struct json_maker *m, json_t *schema, unsigned depth)
{
	static const double multiples[] = { 1, 2, 3, 0.5, 0.25, 6 };
	bool old = m->draft == JSON_DRAFT_4;

	(void)depth;
	switch (draw_below(m->d, 5)) {
	case 0:
		set(schema, "maximum", make_number(m->d));
		break;
	case 1:
		set(schema, "minimum", make_number(m->d));
		break;
	case 2:
		set(schema, "exclusiveMaximum", old ? json_boolean(draw_below(m->d, 2)) : make_number(m->d));
		break;
	case 3:
		set(schema, "exclusiveMinimum", old ? json_boolean(draw_below(m->d, 2)) : make_number(m->d));
		break;
	default:
		set(schema, "multipleOf", json_real(multiples[draw_below(m->d, 6)]));
		break;
	}
}

static void add_items(struct json_maker *m, json_t *schema, unsigned depth)
{
	bool tuple = draw_chance(m->d, 40);

	if (m->draft == JSON_DRAFT_2020) {
		if (tuple)
			set(schema, "prefixItems", make_list(m, depth));
		if (!tuple || draw_chance(m->d, 50))
			set(schema, "items", make_rest(m, depth));
		return;
	}
	set(schema, "items", tuple ? make_list(m, depth) : json_make_schema(m, depth + 1));
	if (tuple && draw_chance(m->d, 50))
		set(schema, "additionalItems", make_rest(m, depth));
}

static void add_array(struct json_maker *m, json_t *schema, unsigned depth)
{
	unsigned n = m->draft >= JSON_DRAFT_2019 ? 7 : m->draft == JSON_DRAFT_7 ? 5 : 4;

	switch (draw_below(m->d, n)) {
	case 0:
		add_items(m, schema, depth);
		break;
	case 1:
		set(schema, "maxItems", make_count(m->d));
		break;
	case 2:
		set(schema, "minItems", make_count(m->d));
		break;
	case 3:
		set(schema, "uniqueItems", json_boolean(draw_chance(m->d, 80)));
		break;
	case 4:
		set(schema, "contains", json_make_schema(m, depth + 1));
		break;
	case 5:
		set(schema, draw_below(m->d, 2) ? "minContains" : "maxContains", make_count(m->d));
		break;
	default:
		set(schema, "unevaluatedItems", make_rest(m, depth));
		break;
	}
}

static void add_dependency(struct json_maker *m, json_t *schema, unsigned depth)
{
	bool names = draw_below(m->d, 2);
	json_t *value = names ? make_names(m->d) : json_make_schema(m, depth + 1), *map = json_object();

	json_object_set_new(map, json_make_name(m->d), value);
	set(schema, m->draft < JSON_DRAFT_2019 ? "dependencies" : names ? "dependentRequired" : "dependentSchemas", map);
}

static void add_object(struct json_maker *m, json_t *schema, unsigned depth)
{
	unsigned n = m->draft >= JSON_DRAFT_2019 ? 10 : m->draft == JSON_DRAFT_7 ? 9 : 8;

	switch (draw_below(m->d, n)) {
	case 0:
	case 1:
		set(schema, "properties", make_map(m, depth, false));
		break;
	case 2:
		set(schema, "required", make_names(m->d));
		break;
	case 3:
		set(schema, "additionalProperties", make_rest(m, depth));
		break;
	case 4:
		set(schema, "patternProperties", make_map(m, depth, true));
		break;
	case 5:
		add_dependency(m, schema, depth);
		break;
	case 6:
		set(schema, "maxProperties", make_count(m->d));
		break;
	case 7:
		set(schema, "minProperties", make_count(m->d));
		break;
	case 8:
		set(schema, "propertyNames", json_make_schema(m, depth + 1));
		break;
	default:
		set(schema, "unevaluatedProperties", make_rest(m, depth));
		break;
	}
}

static void add_logic(struct json_maker *m, json_t *schema, unsigned depth)
{
	static const char *const words[] = { "allOf", "anyOf", "oneOf" };

	switch (draw_below(m->d, 6)) {
	case 0:
	case 1:
	case 2:
		set(schema, words[draw_below(m->d, 3)], make_list(m, depth));
		break;
	case 3:
		set(schema, "not", json_make_schema(m, depth + 1));
		break;
	case 4:
		if (m->draft == JSON_DRAFT_4)
			break;
		set(schema, "if", json_make_schema(m, depth + 1));
		set(schema, draw_below(m->d, 2) ? "then" : "else", json_make_schema(m, depth + 1));
		break;
	default:
		set(schema, "$ref", json_string(draw_below(m->d, 2) ? "#/definitions/d" : "#/definitions/e"));
		break;
	}
}

void json_make_keyword(struct json_maker *m, json_t *schema, unsigned depth)
{
	const char *type = json_string_value(json_object_get(schema, "type"));
	unsigned kind = draw_below(m->d, 10);

	if (type && draw_chance(m->d, 65))
		kind = type[0] == 's' ? 0 : type[0] == 'a' ? 4 : type[0] == 'o' ? 6 : strcmp(type, "integer") == 0 || strcmp(type, "number") == 0 ? 2 : kind;
	if (kind < 2)
		add_string(m, schema, depth);
	else if (kind < 4)
		add_number(m, schema, depth);
	else if (kind < 6)
		add_array(m, schema, depth);
	else if (kind < 8)
		add_object(m, schema, depth);
	else if (kind == 8)
		add_logic(m, schema, depth);
	else if (draw_below(m->d, 2) || m->draft == JSON_DRAFT_4)
		set(schema, "enum", make_values(m->d));
	else
		set(schema, "const", json_make_scalar(m->d));
}

json_t *json_make_schema(struct json_maker *m, unsigned depth)
{
	json_t *schema;
	unsigned n;

	if (depth > 0 && m->draft != JSON_DRAFT_4 && draw_chance(m->d, 6))
		return json_boolean(draw_below(m->d, 2));
	schema = json_object();
	if (draw_chance(m->d, 80))
		set(schema, "type", make_type(m->d));
	if (depth > MOST_DEPTH || ++m->n_nodes > MOST_NODES)
		return schema;
	n = draw_below(m->d, depth == 0 ? 5 : 3);
	for (unsigned i = 0; i < n; i++)
		json_make_keyword(m, schema, depth);
	if (draw_chance(m->d, 5))
		set(schema, "default", json_make_scalar(m->d));
	return schema;
}

static json_t *make_root(struct json_maker *m)
{
	json_t *root = json_make_schema(m, 0), *definitions = json_object();

	if (!json_is_object(root)) {
		json_decref(root);
		root = json_object();
	}
	json_object_set_new(definitions, "d", json_make_schema(m, 2));
	json_object_set_new(definitions, "e", json_make_schema(m, 2));
	set(root, "definitions", definitions);
	if (m->draft != JSON_DRAFT_7 || draw_below(m->d, 2))
		set(root, "$schema", json_string(drafts[m->draft]));
	return root;
}

static struct str json_schema(struct draw *d, struct arena *arena)
{
	static const enum json_draft mix[] = { JSON_DRAFT_7, JSON_DRAFT_7, JSON_DRAFT_4, JSON_DRAFT_2019, JSON_DRAFT_2020, JSON_DRAFT_2020 };
	struct json_maker m = { .d = d, .draft = mix[draw_below(d, 6)] };
	json_t *root = make_root(&m);
	char *text = json_dumps(root, draw_below(d, 2) ? JSON_COMPACT : JSON_INDENT(2));
	struct str copy = str_dup(arena, str_of(text));

	free(text);
	json_decref(root);
	return copy;
}

enum { IN_D = 1, IN_E = 2 };

/* Whether references lead back to where they come from, without going into the document. */
static bool is_endless(const json_t *root, const json_t *schema, unsigned inside)
{
	static const char *const lists[] = { "allOf", "anyOf", "oneOf" }, *const single[] = { "not", "if", "then", "else" },
		*const maps[] = { "dependencies", "dependentSchemas" };
	const char *reference = json_string_value(json_object_get(schema, "$ref")), *name;
	bool endless = false;
	json_t *part;
	size_t k;

	if (!json_is_object(schema))
		return false;
	if (reference) {
		unsigned bit = strcmp(reference, "#/definitions/d") == 0 ? IN_D : IN_E;

		endless = inside & bit ||
			is_endless(root, json_object_get(json_object_get(root, "definitions"), bit == IN_D ? "d" : "e"), inside | bit);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		json_array_foreach(json_object_get(schema, lists[i]), k, part)
			endless |= is_endless(root, part, inside);
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
		endless |= is_endless(root, json_object_get(schema, single[i]), inside);
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		json_object_foreach(json_object_get(schema, maps[i]), name, part)
			endless |= is_endless(root, part, inside);
	return endless;
}

/* JSON Schema Core 9.4.1 forbids what is endless: no validator comes to an end with it. */
static bool is_meaningful(struct arena *arena, const struct schema *schema)
{
	json_t *root = json_loadb(schema->canonical.data, schema->canonical.len, 0, NULL);
	json_t *definitions = json_object_get(root, "definitions");
	bool endless = is_endless(root, json_object_get(definitions, "d"), IN_D) ||
		is_endless(root, json_object_get(definitions, "e"), IN_E);

	(void)arena;
	json_decref(root);
	return !endless;
}

static bool json_same(struct arena *arena, const struct schema *reader, const struct schema *writer, struct str written,
	struct str read, const char **why)
{
	json_t *a = json_loadb(written.data, written.len, JSON_DECODE_ANY, NULL);
	json_t *b = json_loadb(read.data, read.len, JSON_DECODE_ANY, NULL);
	bool same = a && b && json_equal(a, b);

	(void)arena;
	(void)reader;
	(void)writer;
	*why = "another document";
	json_decref(a);
	json_decref(b);
	return same;
}

const struct property_format property_json = {
	.type = SCHEMA_JSON,
	.schema = json_schema,
	.meaningful = is_meaningful,
	.change = json_change,
	.event = json_event,
	.same = json_same,
	.n_events = 12,
	.undecided = true,
	.has_formats = true,
	.differs = true,
};
