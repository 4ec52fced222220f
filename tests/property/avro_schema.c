/* Random Avro schemas. */
#include "tests/property/avro_int.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TYPES = 14, MOST_FIELDS = 4, MOST_DEPTH = 3 };

static json_t *make_type(struct schema_maker *m, unsigned depth);

json_t *make_primitive(struct draw *d)
{
	static const char *const names[] = { "null", "boolean", "int", "long", "float", "double", "bytes", "string" };

	return json_string(names[draw_below(d, 8)]);
}

json_t *make_logical(struct draw *d)
{
	static const struct {
		const char *type, *name;
	} some[] = {
		{ "int", "date" }, { "int", "time-millis" }, { "long", "time-micros" }, { "long", "timestamp-millis" },
		{ "long", "timestamp-micros" }, { "long", "local-timestamp-millis" }, { "string", "uuid" }, { "bytes", "decimal" },
		{ "long", "mine" }, { "int", "timestamp-millis" },
	};
	unsigned i = draw_below(d, sizeof(some) / sizeof(some[0]));
	json_t *type = json_pack("{ssss}", "type", some[i].type, "logicalType", some[i].name);

	if (strcmp(some[i].name, "decimal") == 0) {
		unsigned precision = 1 + draw_below(d, 9);

		json_object_set_new(type, "precision", json_integer(precision));
		json_object_set_new(type, "scale", json_integer(draw_below(d, precision + 1)));
	}
	return type;
}

static json_t *make_symbols(struct draw *d)
{
	static const char *const some[] = { "A", "B", "C", "D", "UNKNOWN" };
	json_t *symbols = json_array();

	for (unsigned i = 0; i < 5; i++)
		if (draw_chance(d, 55))
			json_array_append_new(symbols, json_string(some[i]));
	if (json_array_size(symbols) == 0)
		json_array_append_new(symbols, json_string("A"));
	return symbols;
}

/* A new definition under a new name. */
static json_t *name_type(struct schema_maker *m, const char *kind)
{
	static const char *const spaces[] = { "p", "p.q", "r" };
	char name[16];
	json_t *type = json_pack("{ss}", "type", kind);

	snprintf(name, sizeof(name), "T%u", m->n_types);
	json_object_set_new(type, "name", json_string(name));
	if (draw_chance(m->d, 20))
		json_object_set_new(type, "namespace", json_string(spaces[draw_below(m->d, 3)]));
	else
		json_object_set_new(type, "namespace", json_string(""));
	return type;
}

static void remember(struct schema_maker *m, json_t *type)
{
	const char *space = json_string_value(json_object_get(type, "namespace"));

	json_array_append_new(m->names, json_sprintf("%s%s%s", space, *space ? "." : "",
		json_string_value(json_object_get(type, "name"))));
}

/* JSON of a primitive or a container, which of two by chance; of others none. */
static const char *plain_default(const char *kind, bool other)
{
	static const struct {
		const char *kind, *first, *second;
	} some[] = {
		{ "null", "null", "null" }, { "boolean", "true", "false" }, { "int", "0", "-2" }, { "long", "1", "2" },
		{ "float", "0.5", "0.0" }, { "double", "1.75", "-1.0" }, { "bytes", "\"\"", "\"dflt\"" },
		{ "string", "\"\"", "\"dflt\"" }, { "array", "[]", "[]" }, { "map", "{}", "{}" },
	};

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		if (strcmp(some[i].kind, kind) == 0)
			return other ? some[i].second : some[i].first;
	return NULL;
}

json_t *make_default(struct draw *d, json_t *type)
{
	const char *kind = json_is_string(type) ? json_string_value(type) : json_string_value(json_object_get(type, "type"));
	json_t *symbols = json_object_get(type, "symbols");
	unsigned n = (unsigned)json_array_size(json_is_array(type) ? type : symbols);
	const char *plain;

	if (json_is_array(type))
		return n == 0 ? NULL : make_default(d, json_array_get(type, draw_below(d, n)));
	if (symbols)
		return json_copy(json_array_get(symbols, draw_below(d, n)));
	plain = kind ? plain_default(kind, draw_chance(d, 50)) : NULL;
	return plain ? json_loads(plain, JSON_DECODE_ANY, NULL) : NULL;
}

static json_t *make_field(struct schema_maker *m, const char *name, unsigned depth)
{
	json_t *type = make_type(m, depth), *field = json_pack("{ssso}", "name", name, "type", type);

	if (draw_chance(m->d, 45)) {
		json_t *value = make_default(m->d, type);

		if (value)
			json_object_set_new(field, "default", value);
	}
	if (draw_chance(m->d, 10))
		json_object_set_new(field, "aliases", json_pack("[s]", draw_chance(m->d, 50) ? "f0" : "g"));
	return field;
}

static json_t *make_record(struct schema_maker *m, unsigned depth)
{
	json_t *type = name_type(m, draw_chance(m->d, 4) ? "error" : "record"), *fields = json_array();
	unsigned n = draw_below(m->d, MOST_FIELDS + 1);

	m->n_types++;
	if (draw_chance(m->d, 60))
		remember(m, type); /* may hold itself */
	for (unsigned i = 0; i < n; i++) {
		char name[8];

		snprintf(name, sizeof(name), "f%u", i);
		json_array_append_new(fields, make_field(m, name, depth + 1));
	}
	json_object_set_new(type, "fields", fields);
	return type;
}

json_t *make_enum(struct schema_maker *m)
{
	json_t *type = name_type(m, "enum"), *symbols = make_symbols(m->d);

	m->n_types++;
	remember(m, type);
	json_object_set_new(type, "symbols", symbols);
	if (draw_chance(m->d, 30))
		json_object_set(type, "default", json_array_get(symbols, 0));
	return type;
}

static json_t *make_fixed(struct schema_maker *m)
{
	json_t *type = name_type(m, "fixed");

	m->n_types++;
	remember(m, type);
	json_object_set_new(type, "size", json_integer(draw_below(m->d, 4)));
	return type;
}

/* What a union may not hold twice. */
static const char *branch_key(json_t *type)
{
	const char *kind = json_string_value(json_object_get(type, "type"));
	json_t *name = json_object_get(type, "name");

	if (json_is_string(type))
		return json_string_value(type);
	return name ? json_string_value(name) : kind;
}

static json_t *make_union(struct schema_maker *m, unsigned depth)
{
	json_t *branches = json_array(), *keys = json_object();
	unsigned n = 1 + draw_below(m->d, 4);

	for (unsigned i = 0; i < n; i++) {
		json_t *branch = i == 0 && draw_chance(m->d, 50) ? json_string("null") : make_type(m, depth + 1);

		if (json_is_array(branch) || json_object_get(keys, branch_key(branch))) {
			/* What it defined is not there: nothing may refer to it. */
			json_array_clear(m->names);
			json_decref(branch);
			continue;
		}
		json_object_set_new(keys, branch_key(branch), json_true());
		json_array_append_new(branches, branch);
	}
	if (json_array_size(branches) == 0)
		json_array_append_new(branches, json_string("null"));
	json_decref(keys);
	return branches;
}

static json_t *make_type(struct schema_maker *m, unsigned depth)
{
	unsigned choice = draw_below(m->d, 100);

	if (depth >= MOST_DEPTH || m->n_types >= MOST_TYPES || choice < 40)
		return make_primitive(m->d);
	if (choice < 50)
		return make_logical(m->d);
	if (choice < 57 && json_array_size(m->names) > 0)
		return json_copy(json_array_get(m->names, draw_below(m->d, (unsigned)json_array_size(m->names))));
	if (choice < 64)
		return make_enum(m);
	if (choice < 68)
		return make_fixed(m);
	if (choice < 74)
		return json_pack("{ssso}", "type", "array", "items", make_type(m, depth + 1));
	if (choice < 79)
		return json_pack("{ssso}", "type", "map", "values", make_type(m, depth + 1));
	return choice < 92 ? make_union(m, depth) : make_record(m, depth);
}

struct str take_text(struct arena *arena, json_t *json, struct draw *d)
{
	static const size_t layouts[] = { JSON_COMPACT, 0, JSON_INDENT(2), JSON_INDENT(4) };
	char *text = json_dumps(json, layouts[draw_below(d, 4)] | JSON_ENCODE_ANY);
	struct str copy = str_dup(arena, str_of(text));

	free(text);
	return copy;
}

struct str avro_schema(struct draw *d, struct arena *arena)
{
	struct schema_maker m = { .d = d, .names = json_array() };
	json_t *type = draw_chance(d, 85) ? make_record(&m, 0) : make_type(&m, 0);
	struct str text = take_text(arena, type, d);

	json_decref(type);
	json_decref(m.names);
	return text;
}
