/* Random changes of Avro schemas: of the kinds that people make, and some that no one would. */
#include "tests/property/avro_int.h"

#include <string.h>

/* Where something of a schema stands. */
struct site {
	json_t *holder;           /* object or array */
	const char *key;          /* of an object */
	size_t index;             /* of an array */
};

struct sites {
	struct site types[64];    /* where a type is used */
	json_t *records[32], *named[32], *unions[32], *enums[32];
	size_t n_types, n_records, n_named, n_unions, n_enums;
};

static void find_sites(struct sites *s, json_t *type, struct site at)
{
	const char *kind = json_string_value(json_object_get(type, "type"));
	json_t *fields = json_object_get(type, "fields"), *field, *branch;
	size_t i;

	if (at.holder && s->n_types < 64)
		s->types[s->n_types++] = at;
	if (json_is_array(type)) {
		if (s->n_unions < 32)
			s->unions[s->n_unions++] = type;
		json_array_foreach(type, i, branch)
			find_sites(s, branch, (struct site){ .holder = type, .index = i });
	}
	if (!json_is_object(type) || kind == NULL)
		return;
	if (json_object_get(type, "name") && s->n_named < 32)
		s->named[s->n_named++] = type;
	if (json_object_get(type, "symbols") && s->n_enums < 32)
		s->enums[s->n_enums++] = type;
	if (json_object_get(type, "items"))
		find_sites(s, json_object_get(type, "items"), (struct site){ .holder = type, .key = "items" });
	if (json_object_get(type, "values"))
		find_sites(s, json_object_get(type, "values"), (struct site){ .holder = type, .key = "values" });
	if (fields && s->n_records < 32)
		s->records[s->n_records++] = type;
	json_array_foreach(fields, i, field)
		find_sites(s, json_object_get(field, "type"), (struct site){ .holder = field, .key = "type" });
}

static json_t *site_get(const struct site *s)
{
	return s->key ? json_object_get(s->holder, s->key) : json_array_get(s->holder, s->index);
}

static void site_set(const struct site *s, json_t *type)
{
	if (s->key)
		json_object_set_new(s->holder, s->key, type);
	else
		json_array_set_new(s->holder, s->index, type);
}

/* A type of its own, whose names meet none of the schema's. */
static json_t *fresh_type(struct draw *d)
{
	struct schema_maker m = { .d = d, .n_types = 50, .names = json_array() };
	json_t *type;

	m.n_types = 50;
	if (draw_chance(d, 30))
		type = make_enum(&m);
	else
		type = draw_chance(d, 75) ? make_primitive(d) : make_logical(d);
	json_decref(m.names);
	return type;
}

static void change_type(struct draw *d, const struct sites *s)
{
	const struct site *at;
	json_t *old;

	if (s->n_types == 0)
		return;
	at = &s->types[draw_below(d, (unsigned)s->n_types)];
	old = site_get(at);
	if (at->key && strcmp(at->key, "type") == 0 && draw_chance(d, 50))
		json_object_del(at->holder, "default");
	switch (draw_below(d, 5)) {
	case 0: /* null besides */
		if (!json_is_array(old))
			site_set(at, draw_chance(d, 50) ? json_pack("[sO]", "null", old) : json_pack("[Os]", old, "null"));
		break;
	case 1: /* one of many */
		if (json_is_array(old) && json_array_size(old) > 0)
			site_set(at, json_incref(json_array_get(old, draw_below(d, (unsigned)json_array_size(old)))));
		break;
	default:
		site_set(at, fresh_type(d));
		break;
	}
}

static void change_union(struct draw *d, const struct sites *s)
{
	json_t *branches;
	size_t n;

	if (s->n_unions == 0)
		return;
	branches = s->unions[draw_below(d, (unsigned)s->n_unions)];
	n = json_array_size(branches);
	if (draw_chance(d, 50))
		json_array_insert_new(branches, draw_below(d, (unsigned)n + 1), fresh_type(d));
	else if (n > 1)
		json_array_remove(branches, draw_below(d, (unsigned)n));
}

static void change_enum(struct draw *d, const struct sites *s)
{
	json_t *type, *symbols;
	char name[8];

	if (s->n_enums == 0)
		return;
	type = s->enums[draw_below(d, (unsigned)s->n_enums)];
	symbols = json_object_get(type, "symbols");
	switch (draw_below(d, 4)) {
	case 0:
		if (json_array_size(symbols) > 1)
			json_array_remove(symbols, draw_below(d, (unsigned)json_array_size(symbols)));
		break;
	case 1:
		snprintf(name, sizeof(name), "N%u", draw_below(d, 3));
		json_array_insert_new(symbols, draw_below(d, (unsigned)json_array_size(symbols) + 1), json_string(name));
		break;
	case 2:
		json_object_set(type, "default", json_array_get(symbols, 0));
		break;
	default:
		json_object_del(type, "default");
		break;
	}
}

static void change_named(struct draw *d, const struct sites *s)
{
	json_t *type, *name;

	if (s->n_named == 0)
		return;
	type = s->named[draw_below(d, (unsigned)s->n_named)];
	name = json_object_get(type, "name");
	switch (draw_below(d, 5)) {
	case 0:
		json_object_set_new(type, "namespace", json_string(draw_chance(d, 50) ? "s" : "p"));
		break;
	case 1:
		if (draw_chance(d, 60))
			json_object_set_new(type, "aliases", json_pack("[O]", name));
		json_object_set_new(type, "name", json_string("Renamed"));
		break;
	case 2:
		if (json_object_get(type, "size"))
			json_object_set_new(type, "size", json_integer(draw_below(d, 4)));
		break;
	case 3:
		if (json_object_get(type, "fields"))
			json_object_set_new(type, "type", json_string(draw_chance(d, 50) ? "error" : "record"));
		break;
	default:
		json_object_set_new(type, "aliases", json_pack("[s]", draw_chance(d, 50) ? "T0" : "p.T1"));
		break;
	}
}

static void change_field(struct draw *d, json_t *fields, json_t *field)
{
	static const char *const names[] = { "f0", "f1", "f2", "g", "h" };
	json_t *value;

	switch (draw_below(d, 6)) {
	case 0:
		if (draw_chance(d, 60))
			json_object_set_new(field, "aliases", json_pack("[O]", json_object_get(field, "name")));
		json_object_set_new(field, "name", json_string(names[3 + draw_below(d, 2)]));
		break;
	case 1:
		json_object_del(field, "default");
		break;
	case 2:
		value = make_default(d, json_object_get(field, "type"));
		if (value)
			json_object_set_new(field, "default", value);
		break;
	case 3:
		json_object_set_new(field, "aliases", json_pack("[s]", names[draw_below(d, 5)]));
		break;
	case 4:
		json_array_insert(fields, 0, field);
		json_array_remove(fields, json_array_size(fields) - 1);
		break;
	default:
		json_object_set_new(field, "doc", json_string("changed"));
		break;
	}
}

static void change_record(struct draw *d, const struct sites *s)
{
	json_t *fields, *type, *value;
	size_t n;

	if (s->n_records == 0)
		return;
	fields = json_object_get(s->records[draw_below(d, (unsigned)s->n_records)], "fields");
	n = json_array_size(fields);
	if (n > 0 && draw_chance(d, 20)) {
		json_array_remove(fields, draw_below(d, (unsigned)n));
	} else if (n > 0 && draw_chance(d, 60)) {
		change_field(d, fields, json_array_get(fields, draw_below(d, (unsigned)n)));
	} else {
		json_t *field = json_pack("{ssso}", "name", draw_chance(d, 50) ? "g" : "h", "type", type = fresh_type(d));

		value = draw_chance(d, 50) ? make_default(d, type) : NULL;
		if (value)
			json_object_set_new(field, "default", value);
		json_array_insert_new(fields, draw_below(d, (unsigned)n + 1), field);
	}
}

struct str avro_change(struct draw *d, struct arena *arena, struct str text)
{
	json_t *root = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	json_t *holder = json_pack("{so}", "type", root);
	struct str changed;

	for (unsigned i = 1 + draw_below(d, 3); i > 0; i--) {
		struct sites sites = { .n_types = 0 };

		find_sites(&sites, json_object_get(holder, "type"), (struct site){ .holder = holder, .key = "type" });
		switch (draw_below(d, 8)) {
		case 0:
		case 1:
			change_type(d, &sites);
			break;
		case 2:
			change_union(d, &sites);
			break;
		case 3:
			change_enum(d, &sites);
			break;
		case 4:
			change_named(d, &sites);
			break;
		default:
			change_record(d, &sites);
			break;
		}
	}
	changed = take_text(arena, json_object_get(holder, "type"), d);
	json_decref(holder);
	return changed;
}
