/* Names in Avro and JSON Schema texts. */
#include "client/cli/schemas/names.h"

#include "base/arena.h"
#include "base/limits.h"

void names_define(struct names *names, struct str name)
{
	if (names->n_defines == 0)
		names->main = name;
	names->defines = arena_grow(names->arena, names->defines, names->n_defines, &names->defines_room, sizeof(name));
	names->defines[names->n_defines++] = name;
}

void names_need(struct names *names, struct str name)
{
	for (size_t i = 0; i < names->n_needs; i++)
		if (str_eq(names->needs[i], name))
			return;
	names->needs = arena_grow(names->arena, names->needs, names->n_needs, &names->needs_room, sizeof(name));
	names->needs[names->n_needs++] = name;
}

static struct str text_of(const struct jsn *object, struct str name)
{
	const struct jsn *member = jsn_get_value(object, name);

	return member && member->kind == JSN_STRING ? member->text : STR_NONE;
}

/* ---- Avro ---- */

static bool is_primitive(struct str name)
{
	static const char *const primitives[] = { "null", "boolean", "int", "long", "float", "double", "bytes", "string" };

	for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++)
		if (str_eq(name, str_of(primitives[i])))
			return true;
	return false;
}

static struct str full_name(struct arena *arena, struct str name, struct str space)
{
	if (str_index(name, '.') >= 0 || space.len == 0)
		return name;
	return str_printf(arena, "%.*s.%.*s", STR_ARG(space), STR_ARG(name));
}

static void walk_avro(struct names *names, const struct jsn *type, struct str space);

/* "record", "enum" or "fixed": its name, and what lies in it. */
static void walk_named(struct names *names, const struct jsn *type, struct str space)
{
	struct str name = text_of(type, STR("name")), given = text_of(type, STR("namespace"));
	const struct jsn *fields = jsn_get_value(type, STR("fields"));
	ptrdiff_t dot;

	if (!str_present(name))
		return;
	name = full_name(names->arena, name, str_present(given) ? given : space);
	names_define(names, name);
	dot = str_rindex(name, '.');
	space = str_sub(name, 0, dot < 0 ? 0 : (size_t)dot);
	for (size_t i = 0; fields && fields->kind == JSN_ARRAY && i < fields->n_items; i++)
		walk_avro(names, jsn_get(&fields->items[i], STR("type")), space);
}

static void walk_object(struct names *names, const struct jsn *type, struct str space)
{
	const struct jsn *kind = jsn_get(type, STR("type"));

	if (!kind || kind->kind != JSN_STRING)
		walk_avro(names, kind, space);
	else if (str_eq(kind->text, STR("record")) || str_eq(kind->text, STR("error")) || str_eq(kind->text, STR("enum"))
		|| str_eq(kind->text, STR("fixed")))
		walk_named(names, type, space);
	else if (str_eq(kind->text, STR("array")))
		walk_avro(names, jsn_get(type, STR("items")), space);
	else if (str_eq(kind->text, STR("map")))
		walk_avro(names, jsn_get(type, STR("values")), space);
	else
		walk_avro(names, kind, space);
}

static void walk_avro(struct names *names, const struct jsn *type, struct str space)
{
	if (!type)
		return;
	if (type->kind == JSN_STRING && !is_primitive(type->text))
		names_need(names, full_name(names->arena, type->text, space));
	for (size_t i = 0; type->kind == JSN_ARRAY && i < type->n_items; i++)
		walk_avro(names, &type->items[i], space);
	if (type->kind == JSN_OBJECT)
		walk_object(names, type, space);
}

/* ---- JSON Schema ---- */

static void walk_json(struct names *names, const struct jsn *value)
{
	for (size_t i = 0; i < value->n_items; i++) {
		const struct jsn *item = &value->items[i];
		ptrdiff_t hash;

		if (value->kind == JSN_OBJECT && item->kind == JSN_STRING && str_eq(item->name, STR("$ref"))) {
			hash = str_index(item->text, '#');
			if (hash != 0 && item->text.len > 0)
				names_need(names, str_sub(item->text, 0, hash < 0 ? item->text.len : (size_t)hash));
		}
		walk_json(names, item);
	}
}

static void find_json(struct names *names, const struct jsn *root)
{
	names->id = text_of(root, STR("$id"));
	if (!str_present(names->id))
		names->id = text_of(root, STR("id"));
	names->main = str_present(names->id) ? names->id : text_of(root, STR("title"));
	walk_json(names, root);
}

struct names names_find(struct arena *arena, enum schema_type type, struct str text)
{
	struct names names = { .arena = arena };
	struct err ignored = { .arena = arena };
	const struct jsn *root;

	if (type == SCHEMA_PROTOBUF)
		names_of_proto(&names, text);
	else if (jsn_parse(arena, jsn_decode(arena, text), JSN_COMMENTS | JSN_NAN | JSN_TRAILING | JSN_SURROGATES,
			LIMIT_JSON_DEPTH, &root, &ignored) != OK)
		root = NULL;
	else if (type == SCHEMA_AVRO)
		walk_avro(&names, root, STR(""));
	else
		find_json(&names, root);
	if (!str_present(names.main))
		names.main = STR("");
	return names;
}

static bool contains(struct str text, struct str part)
{
	return memmem(text.data, text.len, part.data, part.len) != NULL;
}

bool names_is_json_schema(struct arena *arena, struct str path, struct str text)
{
	struct err ignored = { .arena = arena };
	bool named = str_ends(path, STR(".schema.json"));
	const struct jsn *root;
	struct str schema;

	if (!named && !contains(text, STR("json-schema.org")))
		return false;
	if (jsn_parse(arena, jsn_decode(arena, text), JSN_SURROGATES, LIMIT_JSON_DEPTH, &root, &ignored) != OK)
		return named; /* what is wrong with it is said where it is parsed as a schema */
	schema = text_of(root, STR("$schema"));
	return named ? root->kind == JSN_OBJECT || root->kind == JSN_BOOL : str_present(schema)
		&& contains(schema, STR("json-schema.org/"));
}
