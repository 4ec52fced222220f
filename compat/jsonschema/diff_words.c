/* Keywords without subschemas: types, values, required names, bounds, words. */
#include "base/arena.h"
#include "compat/jsonschema/diff_int.h"
#include "compat/jsonschema/parse_int.h"

static struct buf begin(struct jsch_diff *d, const struct jsch_spot *at)
{
	struct buf b = buf_make(d->arena, 96);

	if (at->name.len > 0)
		buf_json_string(&b, at->name);
	else
		buf_lit(&b, "the document");
	buf_lit(&b, ": ");
	return b;
}

/* ---- lists of values ---- */

static bool holds(const struct jsn *list, const struct jsn *value)
{
	const struct jsn *items = list->kind == JSN_ARRAY ? list->items : list;
	size_t n = list->kind == JSN_ARRAY ? list->n_items : 1;

	for (size_t i = 0; i < n; i++)
		if (jsch_values_equal(&items[i], value))
			return true;
	return false;
}

static bool holds_all(const struct jsn *list, const struct jsn *values)
{
	const struct jsn *items = values->kind == JSN_ARRAY ? values->items : values;
	size_t n = values->kind == JSN_ARRAY ? values->n_items : 1;

	for (size_t i = 0; i < n; i++)
		if (!holds(list, &items[i]))
			return false;
	return true;
}

static bool is_text(const struct jsn *value, struct str text)
{
	return value->kind == JSN_STRING && str_eq(value->text, text);
}

/* Whether one allows all types that the other does; NULL allows all. */
static bool allows(const struct jsn *type, const struct jsn *other)
{
	if (type == NULL || other == NULL)
		return type == NULL;
	return holds_all(type, other) || (is_text(type, STR("number")) && is_text(other, STR("integer")));
}

static void put_type(struct buf *b, const struct jsn *type)
{
	if (type)
		jsch_put_short(b, type);
	else
		buf_lit(b, "any type");
}

static void diff_type(struct jsch_diff *d, const struct jsch_spot *at, const struct jsn *old, const struct jsn *new)
{
	struct buf b = begin(d, at);

	put_type(&b, old);
	buf_lit(&b, " became ");
	put_type(&b, new);
	jsch_diff_add(d, allows(new, old) ? CHANGE_WIDENED : allows(old, new) ? CHANGE_NARROWED : CHANGE_TYPE, "type", at, old, new,
		buf_str(&b));
}

static void tell_item(struct jsch_diff *d, const struct jsch_spot *at, const struct jsch_spot *spot, const struct jsn *old,
	const struct jsn *new, bool required)
{
	struct buf b = begin(d, at);
	const struct jsn *item = new ? new : old;

	if (required) {
		buf_lit(&b, "property ");
		jsch_put_short(&b, item);
		buf_add(&b, new ? STR(" became required") : STR(" may be left out now"));
		jsch_diff_add(d, CHANGE_CONSTRAINT, "required", spot, old, new, buf_str(&b));
		return;
	}
	buf_lit(&b, "value ");
	jsch_put_short(&b, item);
	buf_add(&b, new ? STR(" was added") : STR(" was removed"));
	jsch_diff_add(d, new ? CHANGE_ADDED : CHANGE_REMOVED, "enum value", spot, old, new, buf_str(&b));
}

static void tell_missing(struct jsch_diff *d, const struct jsch_spot *at, struct str word, const struct jsn *list,
	const struct jsn *other, bool added)
{
	const struct jsch_pointer old = { .up = at->old, .name = word }, new = { .up = at->new, .name = word };
	bool required = str_eq(word, STR("required"));

	for (size_t i = 0; list && i < list->n_items; i++) {
		const struct jsch_pointer before = { .up = &old, .index = i }, now = { .up = &new, .index = i };
		const struct jsch_spot spot = { .old = &before, .new = &now, .name = at->name };

		if (other == NULL || !holds(other, &list->items[i]))
			tell_item(d, at, &spot, added ? NULL : &list->items[i], added ? &list->items[i] : NULL, required);
	}
}

/* "enum" and "required": element by element. */
static void diff_list(struct jsch_diff *d, const struct jsch_spot *at, struct str word, const struct jsn *old,
	const struct jsn *new)
{
	bool lists = (!old || old->kind == JSN_ARRAY) && (!new || new->kind == JSN_ARRAY);
	bool whole = str_eq(word, STR("enum")) && (!old || !new);
	struct buf b = begin(d, at);

	if (lists && !whole && jsch_diff_spend(d, old && new ? old->n_items * new->n_items / 16 : 1)) {
		tell_missing(d, at, word, old, new, false);
		tell_missing(d, at, word, new, old, true);
		return;
	}
	buf_add(&b, word);
	buf_add(&b, old && new ? STR(" changed") : new ? STR(" was added") : STR(" was removed"));
	jsch_diff_add(d, CHANGE_CONSTRAINT, "enum", at, old, new, buf_str(&b));
}

/* ---- single values ---- */

struct word_kind {
	struct str word;
	enum change_kind kind;
	const char *entity;
};

static void diff_value(struct jsch_diff *d, const struct jsch_spot *at, const struct word_kind *kind, const struct jsn *old,
	const struct jsn *new)
{
	struct buf b = begin(d, at);

	buf_add(&b, kind->word);
	buf_add_c(&b, ' ');
	if (old && new) {
		jsch_put_short(&b, old);
		buf_lit(&b, " became ");
		jsch_put_short(&b, new);
	} else {
		jsch_put_short(&b, old ? old : new);
		buf_add(&b, new ? STR(" was added") : STR(" was removed"));
	}
	jsch_diff_add(d, kind->kind, kind->entity, at, old, new, buf_str(&b));
}

static const struct word_kind kinds[] = {
#define K(word, kind, entity) { { word, sizeof(word) - 1 }, kind, entity }
	K("title", CHANGE_DOC, "title"), K("description", CHANGE_DOC, "description"), K("$comment", CHANGE_DOC, "comment"),
	K("examples", CHANGE_DOC, "examples"), K("deprecated", CHANGE_DOC, "deprecated"), K("readOnly", CHANGE_DOC, "readOnly"),
	K("writeOnly", CHANGE_DOC, "writeOnly"), K("default", CHANGE_DEFAULT, "default"), K("$ref", CHANGE_TYPE, "reference"),
	K("$dynamicRef", CHANGE_TYPE, "reference"), K("$recursiveRef", CHANGE_TYPE, "reference"),
	K("const", CHANGE_CONSTRAINT, "const"), K("format", CHANGE_CONSTRAINT, "format"),
	K("pattern", CHANGE_CONSTRAINT, "pattern"), K("maxLength", CHANGE_CONSTRAINT, "maxLength"),
	K("minLength", CHANGE_CONSTRAINT, "minLength"), K("maximum", CHANGE_CONSTRAINT, "maximum"),
	K("minimum", CHANGE_CONSTRAINT, "minimum"), K("exclusiveMaximum", CHANGE_CONSTRAINT, "exclusiveMaximum"),
	K("exclusiveMinimum", CHANGE_CONSTRAINT, "exclusiveMinimum"), K("multipleOf", CHANGE_CONSTRAINT, "multipleOf"),
	K("maxItems", CHANGE_CONSTRAINT, "maxItems"), K("minItems", CHANGE_CONSTRAINT, "minItems"),
	K("uniqueItems", CHANGE_CONSTRAINT, "uniqueItems"), K("maxContains", CHANGE_CONSTRAINT, "maxContains"),
	K("minContains", CHANGE_CONSTRAINT, "minContains"), K("maxProperties", CHANGE_CONSTRAINT, "maxProperties"),
	K("minProperties", CHANGE_CONSTRAINT, "minProperties"), K("dependentRequired", CHANGE_CONSTRAINT, "dependency"),
	K("additionalProperties", CHANGE_CONSTRAINT, "content model"), K("additionalItems", CHANGE_CONSTRAINT, "content model"),
	K("unevaluatedProperties", CHANGE_CONSTRAINT, "content model"), K("unevaluatedItems", CHANGE_CONSTRAINT, "content model"),
};

void jsch_diff_word(struct jsch_diff *d, const struct jsch_spot *at, struct str word, const struct jsn *old,
	const struct jsn *new)
{
	struct word_kind other = { .word = word, .kind = CHANGE_ATTRIBUTE, .entity = "keyword" };

	if (old && new && jsch_values_equal(old, new))
		return;
	if (str_eq(word, STR("type"))) {
		diff_type(d, at, old, new);
		return;
	}
	if (str_eq(word, STR("enum")) || str_eq(word, STR("required"))) {
		diff_list(d, at, word, old, new);
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(kinds[i].word, word))
			other = kinds[i];
	diff_value(d, at, &other, old, new);
}
