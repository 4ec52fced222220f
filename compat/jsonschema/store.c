/*
 * The documents a schema is made of: itself, its dependencies and the meta-schemas, with the base
 * URIs and anchors inside them.  Identifiers count only where a subschema stands, so that an "$id"
 * in an enum or an unknown keyword names nothing.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/parse_int.h"

enum { FEW_MEMBERS = 16 };

/* What a keyword holds, as far as subschemas go. */
enum holds { HOLDS_SCHEMA, HOLDS_LIST, HOLDS_MAP, HOLDS_EITHER };

static const struct {
	const char *name;
	enum holds holds;
	enum jsch_draft from, to;
} applicators[] = {
	{ "items", HOLDS_EITHER, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "properties", HOLDS_MAP, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "definitions", HOLDS_MAP, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "$defs", HOLDS_MAP, JSCH_DRAFT_2019, JSCH_DRAFT_2020 },
	{ "allOf", HOLDS_LIST, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "anyOf", HOLDS_LIST, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "oneOf", HOLDS_LIST, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "not", HOLDS_SCHEMA, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "additionalProperties", HOLDS_SCHEMA, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "additionalItems", HOLDS_SCHEMA, JSCH_DRAFT_4, JSCH_DRAFT_2019 },
	{ "patternProperties", HOLDS_MAP, JSCH_DRAFT_4, JSCH_DRAFT_2020 },
	{ "dependencies", HOLDS_MAP, JSCH_DRAFT_4, JSCH_DRAFT_7 },
	{ "contains", HOLDS_SCHEMA, JSCH_DRAFT_6, JSCH_DRAFT_2020 },
	{ "propertyNames", HOLDS_SCHEMA, JSCH_DRAFT_6, JSCH_DRAFT_2020 },
	{ "if", HOLDS_SCHEMA, JSCH_DRAFT_7, JSCH_DRAFT_2020 },
	{ "then", HOLDS_SCHEMA, JSCH_DRAFT_7, JSCH_DRAFT_2020 },
	{ "else", HOLDS_SCHEMA, JSCH_DRAFT_7, JSCH_DRAFT_2020 },
	{ "prefixItems", HOLDS_LIST, JSCH_DRAFT_2020, JSCH_DRAFT_2020 },
	{ "dependentSchemas", HOLDS_MAP, JSCH_DRAFT_2019, JSCH_DRAFT_2020 },
	{ "unevaluatedProperties", HOLDS_SCHEMA, JSCH_DRAFT_2019, JSCH_DRAFT_2020 },
	{ "unevaluatedItems", HOLDS_SCHEMA, JSCH_DRAFT_2019, JSCH_DRAFT_2020 },
	{ "contentSchema", HOLDS_SCHEMA, JSCH_DRAFT_2019, JSCH_DRAFT_2020 },
};

static struct str key_of(const struct jsn *const *json)
{
	return str_make((const char *)json, sizeof(*json));
}

struct jsch_store *jsch_store_make(struct arena *arena)
{
	struct jsch_store *store = arena_new(arena, struct jsch_store);

	store->arena = arena;
	store->resources = map_make(arena);
	store->names = map_make(arena);
	store->embedded = map_make(arena);
	store->large = map_make(arena);
	return store;
}

bool jsch_draft_find(const struct jsn *json, enum jsch_draft *out)
{
	static const struct {
		const char *uri; /* behind the scheme */
		enum jsch_draft draft;
	} known[] = {
		{ "json-schema.org/draft-04/schema", JSCH_DRAFT_4 },
		{ "json-schema.org/draft-06/schema", JSCH_DRAFT_6 },
		{ "json-schema.org/draft-07/schema", JSCH_DRAFT_7 },
		{ "json-schema.org/draft/2019-09/schema", JSCH_DRAFT_2019 },
		{ "json-schema.org/draft/2020-12/schema", JSCH_DRAFT_2020 },
	};
	const struct jsn *word = jsn_get(json, STR("$schema"));
	struct str uri, fragment;

	if (word == NULL || word->kind != JSN_STRING)
		return false;
	uri = jsch_uri_split(word->text, &fragment);
	if (fragment.len > 0)
		return false;
	if (str_starts(uri, STR("http://")))
		uri = str_sub(uri, 7, uri.len);
	else if (str_starts(uri, STR("https://")))
		uri = str_sub(uri, 8, uri.len);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (str_eq(uri, str_of(known[i].uri))) {
			*out = known[i].draft;
			return true;
		}
	}
	return false;
}

static struct jsch_resource *add_resource(struct jsch_store *store, struct str uri, const struct jsn *json,
	struct jsch_dialect dialect)
{
	struct jsch_resource *resource = arena_new(store->arena, struct jsch_resource);

	resource->uri = uri;
	resource->root = json;
	resource->draft = dialect.draft;
	resource->unvalidated = dialect.unvalidated;
	resource->anchors = map_make(store->arena);
	resource->dynamic_anchors = map_make(store->arena);
	if (map_get(&store->resources, uri) == NULL)
		map_put(&store->resources, uri, resource);
	return resource;
}

static void index_schema(struct jsch_store *store, const struct jsn *json, struct jsch_resource *outer);

static void put_anchor(struct map *anchors, struct str name, const struct jsn *json)
{
	if (name.len > 0 && map_get(anchors, name) == NULL) {
		union {
			const struct jsn *in;
			void *out;
		} value = { .in = json };

		map_put(anchors, name, value.out);
	}
}

/* Where the identifier of a subschema leaves its base: in a new resource, or as an anchor in the same one. */
static struct jsch_resource *read_id(struct jsch_store *store, const struct jsn *json, struct jsch_resource *outer)
{
	const struct jsn *word = jsn_get(json, outer->draft == JSCH_DRAFT_4 ? STR("id") : STR("$id"));
	/* A document's own is heeded even beside a reference, as the reference implementation does. */
	bool sibling = outer->draft <= JSCH_DRAFT_7 && json != outer->root && jsn_get(json, STR("$ref"));
	struct jsch_dialect dialect = { .draft = outer->draft, .unvalidated = outer->unvalidated };
	struct jsch_resource *inner;
	struct str uri, fragment;

	if (word == NULL || word->kind != JSN_STRING || sibling)
		return outer;
	uri = jsch_uri_split(word->text, &fragment);
	if (uri.len == 0) {
		if (outer->draft <= JSCH_DRAFT_7 && str_present(fragment))
			put_anchor(&outer->anchors, fragment, json);
		return outer;
	}
	uri = jsch_uri_resolve(store->arena, outer->uri, uri);
	if (json == outer->root) {
		outer->uri = uri;
		if (map_get(&store->resources, uri) == NULL)
			map_put(&store->resources, uri, outer);
		return outer;
	}
	if (jsch_draft_find(json, &dialect.draft))
		dialect.unvalidated = false;
	inner = add_resource(store, uri, json, dialect);
	map_put(&store->embedded, key_of(&inner->root), inner);
	if (outer->draft <= JSCH_DRAFT_7 && fragment.len > 0)
		put_anchor(&inner->anchors, fragment, json);
	return inner;
}

static void read_anchors(const struct jsn *json, struct jsch_resource *resource)
{
	const struct jsn *word;

	if (resource->draft < JSCH_DRAFT_2019)
		return;
	word = jsn_get(json, STR("$anchor"));
	if (word && word->kind == JSN_STRING)
		put_anchor(&resource->anchors, word->text, json);
	word = resource->draft == JSCH_DRAFT_2020 ? jsn_get(json, STR("$dynamicAnchor")) : NULL;
	if (word && word->kind == JSN_STRING) {
		put_anchor(&resource->anchors, word->text, json);
		put_anchor(&resource->dynamic_anchors, word->text, json);
	}
	word = resource->draft == JSCH_DRAFT_2019 ? jsn_get(json, STR("$recursiveAnchor")) : NULL;
	if (word && word->kind == JSN_BOOL && word->boolean && json == resource->root)
		resource->recursive = true;
}

static void index_member(struct jsch_store *store, const struct jsn *member, struct jsch_resource *resource)
{
	for (size_t i = 0; i < sizeof(applicators) / sizeof(applicators[0]); i++) {
		enum holds holds = applicators[i].holds;

		if (resource->draft < applicators[i].from || resource->draft > applicators[i].to ||
			!str_eq(member->name, str_of(applicators[i].name)))
			continue;
		if (holds == HOLDS_SCHEMA || (holds == HOLDS_EITHER && member->kind == JSN_OBJECT))
			index_schema(store, member, resource);
		else if (member->kind == (holds == HOLDS_MAP ? JSN_OBJECT : JSN_ARRAY))
			for (size_t k = 0; k < member->n_items; k++)
				index_schema(store, &member->items[k], resource);
		return;
	}
}

/* As deep as the text, which the reader has bounded. */
static void index_schema(struct jsch_store *store, const struct jsn *json, struct jsch_resource *outer)
{
	struct jsch_resource *resource;

	if (json->kind != JSN_OBJECT)
		return;
	resource = read_id(store, json, outer);
	read_anchors(json, resource);
	for (size_t i = 0; i < json->n_items; i++)
		if (json->items[i].kind == JSN_OBJECT || json->items[i].kind == JSN_ARRAY)
			index_member(store, &json->items[i], resource);
}

struct jsch_resource *jsch_store_add(struct jsch_store *store, struct str uri, const struct jsn *json,
	struct jsch_dialect dialect)
{
	struct jsch_resource *resource = add_resource(store, uri, json, dialect);

	map_put(&store->embedded, key_of(&resource->root), resource);
	index_schema(store, json, resource);
	return resource;
}

const struct jsch_resource *jsch_store_enter(const struct jsch_store *store, const struct jsn *json,
	const struct jsch_resource *outer)
{
	const struct jsch_resource *inner = map_get(&store->embedded, key_of(&json));

	return inner ? inner : outer;
}

/* The meta-schema of that URI as a document of its own, or NULL. */
static struct jsch_resource *load_metaschema(struct jsch_store *store, struct str uri)
{
	struct err ignored = { .arena = store->arena };
	struct jsch_dialect dialect = { .draft = JSCH_DRAFT_7 };
	struct str text = jsch_metaschema(uri);
	const struct jsn *json;

	if (!str_present(text) || jsn_parse(store->arena, text, 0, LIMIT_JSON_DEPTH, &json, &ignored) != OK)
		return NULL;
	jsch_draft_find(json, &dialect.draft);
	return jsch_store_add(store, uri, json, dialect);
}

/* An object by the names of its members. */
struct members {
	const struct jsn *object;
	struct map by_name;
};

/* As jsn_get; large objects, which are likely to be asked again, get an index. */
static const struct jsn *get_member(struct jsch_store *store, const struct jsn *object, struct str name)
{
	struct members *members;

	if (object->kind != JSN_OBJECT || object->n_items <= FEW_MEMBERS)
		return jsn_get(object, name);
	members = map_get(&store->large, key_of(&object));
	if (members == NULL) {
		members = arena_new(store->arena, struct members);
		members->object = object;
		members->by_name = map_make(store->arena);
		for (size_t i = 0; i < object->n_items; i++)
			map_put(&members->by_name, object->items[i].name, &object->items[i]);
		map_put(&store->large, key_of(&members->object), members);
	}
	return map_get(&members->by_name, name);
}

/* One step of a JSON pointer; "definitions" and "$defs" are one place (contract 6.3). */
static const struct jsn *step_into(struct jsch_store *store, const struct jsn *json, struct str name)
{
	const struct jsn *found;
	int32_t index;

	if (json->kind == JSN_ARRAY)
		return str_to_i32(name, &index) && index >= 0 && (size_t)index < json->n_items ? &json->items[index] : NULL;
	found = get_member(store, json, name);
	if (found == NULL && str_eq(name, STR("$defs")))
		found = get_member(store, json, STR("definitions"));
	return found;
}

static struct str unescape(struct arena *arena, struct str token)
{
	struct buf out;

	if (str_index(token, '~') < 0)
		return token;
	out = buf_make(arena, token.len + 1);
	for (size_t i = 0; i < token.len; i++) {
		bool pair = token.data[i] == '~' && i + 1 < token.len && (token.data[i + 1] == '0' || token.data[i + 1] == '1');

		buf_add_c(&out, pair ? (token.data[i + 1] == '0' ? '~' : '/') : token.data[i]);
		i += pair;
	}
	return buf_str(&out);
}

/* Both kinds of definitions may be there, each with names of its own. */
static const struct jsn *other_definitions(struct jsch_store *store, const struct jsn *parent, struct str word,
	struct str name)
{
	bool is_new = str_eq(word, STR("$defs"));
	const struct jsn *other;

	if (!is_new && !str_eq(word, STR("definitions")))
		return NULL;
	other = get_member(store, parent, is_new ? STR("definitions") : STR("$defs"));
	return other ? get_member(store, other, name) : NULL;
}

static bool follow_pointer(struct jsch_store *store, struct str pointer, const struct jsn **json,
	const struct jsch_resource **resource)
{
	const struct jsn *at = *json, *parent = NULL;
	struct str word = STR_NONE;
	size_t from = 1;

	while (from <= pointer.len) {
		struct str rest = str_sub(pointer, from, pointer.len), name;
		const struct jsn *next;
		ptrdiff_t slash = str_index(rest, '/');

		name = unescape(store->arena, slash < 0 ? rest : str_sub(rest, 0, (size_t)slash));
		next = step_into(store, at, name);
		if (next == NULL && parent)
			next = other_definitions(store, parent, word, name);
		if (next == NULL)
			return false;
		parent = at;
		word = name;
		at = next;
		*resource = jsch_store_enter(store, at, *resource);
		from += (slash < 0 ? rest.len : (size_t)slash) + 1;
	}
	*json = at;
	return true;
}

static bool find_fragment(struct jsch_store *store, struct str fragment, const struct jsn **json,
	const struct jsch_resource **resource)
{
	const struct jsn *found;

	fragment = jsch_uri_decode(store->arena, fragment);
	*json = (*resource)->root;
	if (fragment.len == 0)
		return true;
	if (fragment.data[0] == '/')
		return follow_pointer(store, fragment, json, resource);
	found = map_get(&(*resource)->anchors, fragment);
	if (found == NULL)
		return false;
	*json = found;
	return true;
}

bool jsch_store_find(struct jsch_store *store, const struct jsch_resource *from, struct str reference,
	const struct jsn **json, const struct jsch_resource **resource)
{
	struct str fragment, uri = jsch_uri_split(reference, &fragment), absolute;
	const struct jsch_resource *found = uri.len == 0 ? from : NULL;

	if (found == NULL) {
		absolute = jsch_uri_resolve(store->arena, from->uri, uri);
		found = map_get(&store->resources, absolute);
		if (found == NULL)
			found = map_get(&store->names, uri);
		if (found == NULL)
			found = load_metaschema(store, absolute);
	}
	if (found == NULL && (found = map_get(&store->names, reference)) != NULL)
		fragment = STR("");
	if (found == NULL)
		return false;
	*resource = found;
	return find_fragment(store, fragment, json, resource);
}
