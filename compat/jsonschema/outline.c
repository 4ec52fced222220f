/*
 * The outline: a subschema and what lies in it, in the order of the text.  It is walked as JSON, so that what
 * nothing refers to (definitions) is shown as well; references are named and not followed.
 */
#include "base/arena.h"
#include "base/json.h"
#include "compat/jsonschema/jsch.h"
#include "compat/jsonschema/node_int.h"
#include "compat/jsonschema/pointer.h"

/* How a keyword holds subschemas. */
enum hold { HOLDS_ONE, HOLDS_LIST, HOLDS_MAP };

/* Keywords with subschemas: what those are called.  Of "items" the list has a row of its own. */
static const struct holder {
	struct str word;
	enum hold hold;
	struct str kind;
} holders[] = {
#define H(word, hold, kind) { { word, sizeof(word) - 1 }, hold, { kind, sizeof(kind) - 1 } }
	H("properties", HOLDS_MAP, "property"),
	H("patternProperties", HOLDS_MAP, "pattern property"),
	H("additionalProperties", HOLDS_ONE, "additional properties"),
	H("unevaluatedProperties", HOLDS_ONE, "additional properties"),
	H("propertyNames", HOLDS_ONE, "property names"),
	H("dependencies", HOLDS_MAP, "dependency"),
	H("dependentSchemas", HOLDS_MAP, "dependency"),
	H("items", HOLDS_ONE, "items"),
	H("items", HOLDS_LIST, "item"),
	H("prefixItems", HOLDS_LIST, "item"),
	H("additionalItems", HOLDS_ONE, "additional items"),
	H("unevaluatedItems", HOLDS_ONE, "additional items"),
	H("contains", HOLDS_ONE, "contains"),
	H("oneOf", HOLDS_LIST, "oneOf branch"),
	H("anyOf", HOLDS_LIST, "anyOf branch"),
	H("allOf", HOLDS_LIST, "allOf branch"),
	H("not", HOLDS_ONE, "not"),
	H("if", HOLDS_ONE, "if"),
	H("then", HOLDS_ONE, "then"),
	H("else", HOLDS_ONE, "else"),
	H("definitions", HOLDS_MAP, "definition"),
	H("$defs", HOLDS_MAP, "definition"),
};

struct drawing {
	struct arena *arena;
};

/* The children of one entry while they become more. */
struct entries {
	struct outline *items;
	size_t n, room;
};

static bool is_schema(const struct jsn *json)
{
	return json->kind == JSN_OBJECT || json->kind == JSN_BOOL;
}

static struct str text_of(const struct jsn *json, struct str word)
{
	const struct jsn *found = jsn_get(json, word);

	return found && found->kind == JSN_STRING ? found->text : STR_NONE;
}

/* ---- types ---- */

/* "#/definitions/Money" is Money, "money.json#/a" stays what it is. */
static void put_reference(struct buf *b, struct str reference)
{
	ptrdiff_t slash = str_rindex(reference, '/');

	if (str_starts(reference, STR("#/")) && slash >= 0)
		reference = str_sub(reference, (size_t)slash + 1, reference.len);
	buf_add(b, reference.len > 0 ? reference : STR("#"));
}

enum { DEEPEST_TYPE = 4 };

static void put_type(struct buf *b, const struct jsn *json, unsigned depth);

/* array<string>; what lies deeper than one reads is left out. */
static void put_one_type(struct buf *b, const struct jsn *json, struct str name, unsigned depth)
{
	const struct jsn *items = jsn_get(json, STR("items"));

	buf_add(b, name);
	if (!str_eq(name, STR("array")) || items == NULL || !is_schema(items) || depth == DEEPEST_TYPE)
		return;
	buf_add_c(b, '<');
	put_type(b, items, depth + 1);
	buf_add_c(b, '>');
}

static void put_types(struct buf *b, const struct jsn *json, const struct jsn *types, unsigned depth)
{
	buf_add_c(b, '[');
	for (size_t i = 0; i < types->n_items; i++) {
		if (i > 0)
			buf_lit(b, ", ");
		put_one_type(b, json, types->items[i].text, depth);
	}
	buf_add_c(b, ']');
}

/* Of a schema without "type" the first keyword of these says what it is. */
static struct str implied_type(const struct jsn *json)
{
	static const struct {
		struct str word, type;
	} rows[] = {
#define I(word, type) { { word, sizeof(word) - 1 }, { type, sizeof(type) - 1 } }
		I("enum", "enum"), I("const", "const"), I("oneOf", "oneOf"), I("anyOf", "anyOf"), I("allOf", "allOf"),
		I("properties", "object"), I("additionalProperties", "object"), I("patternProperties", "object"),
		I("items", "array"), I("prefixItems", "array"), I("not", "not"), I("if", "if"),
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (jsn_get(json, rows[i].word))
			return rows[i].type;
	return STR("any");
}

static void put_type(struct buf *b, const struct jsn *json, unsigned depth)
{
	const struct jsn *type = jsn_get(json, STR("type"));
	struct str reference = text_of(json, STR("$ref"));

	if (json->kind == JSN_BOOL)
		buf_add(b, json->boolean ? STR("any") : STR("never"));
	else if (str_present(reference))
		put_reference(b, reference);
	else if (type && type->kind == JSN_ARRAY)
		put_types(b, json, type, depth);
	else if (type && type->kind == JSN_STRING)
		put_one_type(b, json, type->text, depth);
	else
		put_one_type(b, json, implied_type(json), depth);
}

/* ---- entries ---- */

static struct outline *add(struct drawing *d, struct entries *entries)
{
	entries->items = arena_grow(d->arena, entries->items, entries->n, &entries->room, sizeof(*entries->items));
	entries->items[entries->n] = (struct outline){ .number = -1 };
	return &entries->items[entries->n++];
}

static struct str print(struct drawing *d, const struct jsn *json)
{
	struct buf b = buf_make(d->arena, 16);

	buf_json(&b, json);
	return buf_str(&b);
}

static void take_tags(struct drawing *d, struct outline *out, const struct jsn *json)
{
	const struct jsn *word = jsn_get(json, STR("confluent:tags"));
	struct str *tags;

	if (word == NULL || word->kind != JSN_ARRAY || word->n_items == 0)
		return;
	tags = arena_array(d->arena, struct str, word->n_items);
	for (size_t i = 0; i < word->n_items; i++)
		if (word->items[i].kind == JSN_STRING)
			tags[out->n_tags++] = word->items[i].text;
	out->tags = tags;
}

static void draw(struct drawing *d, struct outline *out, const struct jsn *json, const struct jsch_pointer *at);

static bool is_required(const struct jsn *json, struct str name)
{
	const struct jsn *required = jsn_get(json, STR("required"));

	for (size_t i = 0; required && required->kind == JSN_ARRAY && i < required->n_items; i++)
		if (required->items[i].kind == JSN_STRING && str_eq(required->items[i].text, name))
			return true;
	return false;
}

static void add_schema(struct drawing *d, struct entries *entries, const struct holder *holder, const struct jsn *json,
	const struct jsch_pointer *at)
{
	struct outline *out = add(d, entries), drawn = *out;

	drawn.kind = holder->kind;
	draw(d, &drawn, json, at);
	if (holder->hold == HOLDS_MAP)
		drawn.name = json->name;
	entries->items[entries->n - 1] = drawn;
}

static void add_held(struct drawing *d, struct entries *entries, const struct holder *holder, const struct jsn *owner,
	const struct jsn *word, const struct jsch_pointer *up)
{
	const struct jsch_pointer at = { .up = up, .name = word->name };

	if (holder->hold == HOLDS_ONE) {
		/* What is always or never allowed is no entry of its own. */
		if (word->kind == JSN_OBJECT)
			add_schema(d, entries, holder, word, &at);
		return;
	}
	for (size_t i = 0; i < word->n_items; i++) {
		const struct jsn *json = &word->items[i];
		const struct jsch_pointer place = { .up = &at, .name = json->name, .index = i };

		if (!is_schema(json))
			continue;
		add_schema(d, entries, holder, json, &place);
		if (str_eq(word->name, STR("properties")))
			entries->items[entries->n - 1].optional = !is_required(owner, json->name);
	}
}

static void add_values(struct drawing *d, struct entries *entries, const struct jsn *word, const struct jsch_pointer *up)
{
	const struct jsch_pointer at = { .up = up, .name = word->name };

	for (size_t i = 0; i < word->n_items; i++) {
		const struct jsch_pointer place = { .up = &at, .index = i };
		struct outline *out = add(d, entries);

		out->kind = STR("value");
		out->name = word->items[i].kind == JSN_STRING ? word->items[i].text : print(d, &word->items[i]);
		out->path = jsch_pointer_print(d->arena, &place);
		out->line = word->items[i].line;
		out->column = word->items[i].column;
	}
}

static enum jsn_kind kind_of_hold(enum hold hold, const struct jsn *word)
{
	return hold == HOLDS_LIST ? JSN_ARRAY : hold == HOLDS_MAP ? JSN_OBJECT : word->kind == JSN_BOOL ? JSN_BOOL : JSN_OBJECT;
}

static void add_children(struct drawing *d, struct entries *entries, const struct jsn *json, const struct jsch_pointer *at)
{
	for (size_t i = 0; i < json->n_items; i++) {
		const struct jsn *word = &json->items[i];

		if (str_eq(word->name, STR("enum")) && word->kind == JSN_ARRAY)
			add_values(d, entries, word, at);
		for (size_t k = 0; k < sizeof(holders) / sizeof(holders[0]); k++)
			if (str_eq(holders[k].word, word->name) && word->kind == kind_of_hold(holders[k].hold, word))
				add_held(d, entries, &holders[k], json, word, at);
	}
}

/* As deep as the text, which the reader has bounded. */
static void draw(struct drawing *d, struct outline *out, const struct jsn *json, const struct jsch_pointer *at)
{
	struct buf type = buf_make(d->arena, 16);
	struct entries entries = { .n = 0 };
	const struct jsn *value;

	put_type(&type, json, 0);
	out->type = buf_str(&type);
	out->path = jsch_pointer_print(d->arena, at);
	out->line = json->line;
	out->column = json->column;
	if (json->kind != JSN_OBJECT)
		return;
	out->name = text_of(json, STR("title"));
	out->logical = text_of(json, STR("format"));
	out->doc = text_of(json, STR("description"));
	value = jsn_get(json, STR("default"));
	if (value)
		out->default_json = print(d, value);
	take_tags(d, out, json);
	add_children(d, &entries, json, at);
	out->items = entries.items;
	out->n_items = entries.n;
}

const struct outline *jsch_outline(struct arena *arena, const struct schema *schema)
{
	struct drawing d = { .arena = arena };
	struct outline *root = arena_new(arena, struct outline);

	root->kind = STR("schema");
	root->number = -1;
	draw(&d, root, jsch_of(schema)->json, NULL);
	return root;
}
