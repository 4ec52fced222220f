/* Validating: keywords of any value, combinators, references with their dynamic scope. */
#include "compat/jsonschema/validate_int.h"

#include "base/arena.h"
#include "base/limits.h"

enum {
	DEEPEST = 2 * LIMIT_SCHEMA_DEPTH, /* subschemas within subschemas, references included */
	MATCH_WORK = 20,
};

bool jsch_spend(struct jsch_validation *v, uint64_t units)
{
	v->work += units;
	if (v->failed == OK && v->work > v->most_work)
		v->failed = err_text(v->err, ERR_LIMIT, STR("Validating the document takes too many steps"));
	return v->failed == OK;
}

bool jsch_has_pattern(struct jsch_validation *v, const struct jsch_regex *regex, struct str text)
{
	enum jsch_match match;

	if (!jsch_spend(v, MATCH_WORK + text.len / 16))
		return false;
	match = jsch_regex_match(regex, text, v->match_steps);
	if (match == JSCH_TOO_MUCH)
		v->failed = err_text(v->err, ERR_LIMIT, STR("A pattern takes too many steps, or cannot be matched"));
	return match == JSCH_MATCHES;
}

/* ---- violations ---- */

/* The subschemas on the way to the one in hand, outermost first. */
static void take_chain(struct jsch_validation *v, struct jsch_violation *violation)
{
	const struct jsn **chain;
	size_t n = 0;

	for (const struct jsch_link *link = v->link; link; link = link->up)
		n++;
	chain = arena_array(v->out, const struct jsn *, n);
	violation->chain = chain;
	violation->n_chain = n;
	for (const struct jsch_link *link = v->link; link; link = link->up)
		chain[--n] = link->node->json;
}

bool jsch_violate_member(struct jsch_validation *v, const struct jsch_pointer *at, const char *keyword, struct str name)
{
	struct jsch_violation *violation;

	if (v->quiet > 0 || (v->violation && v->all == NULL))
		return false;
	violation = arena_new(v->out, struct jsch_violation);
	violation->path = jsch_pointer_print(v->out, at);
	violation->keyword = str_of(keyword);
	violation->name = name;
	violation->schema = v->link->node->json;
	if (v->violation == NULL)
		v->violation = violation;
	if (v->all == NULL)
		return false;
	take_chain(v, violation);
	v->all->items = arena_grow(v->out, v->all->items, v->all->n, &v->all->room, sizeof(*v->all->items));
	v->all->items[v->all->n++] = *violation;
	return v->all->n < JSCH_MOST_VIOLATIONS;
}

bool jsch_violate(struct jsch_validation *v, const struct jsch_pointer *at, const char *keyword)
{
	return jsch_violate_member(v, at, keyword, STR_NONE);
}

bool jsch_would_be_valid(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	bool valid;

	v->quiet++;
	valid = jsch_valid(v, node, value, at, marks);
	v->quiet--;
	return valid;
}

/* ---- keywords that look at the value alone ---- */

static bool has_type(const struct jsch_node *node, const struct jsn *value)
{
	static const unsigned types[] = {
		[JSN_NULL] = JSCH_TYPE_NULL, [JSN_BOOL] = JSCH_TYPE_BOOLEAN, [JSN_NUMBER] = JSCH_TYPE_NUMBER,
		[JSN_STRING] = JSCH_TYPE_STRING, [JSN_ARRAY] = JSCH_TYPE_ARRAY, [JSN_OBJECT] = JSCH_TYPE_OBJECT,
	};

	if (node->types & types[value->kind])
		return true;
	if (value->kind != JSN_NUMBER || !(node->types & JSCH_TYPE_INTEGER))
		return false;
	/* In draft 4 a number with a point is none, whatever follows. */
	if (node->resource->draft == JSCH_DRAFT_4 && str_index(value->text, '.') >= 0)
		return false;
	return jsch_decimal_is_integer(value->text);
}

static size_t count_characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
	return n;
}

/* Each of these goes on after a violation where all of them are asked for. */
static bool valid_string(struct jsch_validation *v, const struct jsch_string *string, const struct jsn *value,
	const struct jsch_pointer *at)
{
	int64_t length = (int64_t)count_characters(value->text);
	bool valid = true;

	if (string->max_length != JSCH_ABSENT && length > string->max_length)
		valid = jsch_violate(v, at, "maxLength");
	if (valid && string->min_length != JSCH_ABSENT && length < string->min_length)
		valid = jsch_violate(v, at, "minLength");
	if (valid && string->regex && !jsch_has_pattern(v, string->regex, value->text))
		valid = jsch_violate(v, at, "pattern");
	if (valid && v->formats && !jsch_format_holds(string->format, value->text))
		valid = jsch_violate(v, at, "format");
	return valid;
}

static bool valid_bounds(struct jsch_validation *v, const struct jsch_number *number, struct str text,
	const struct jsch_pointer *at)
{
	bool valid = true;

	if (number->maximum.number &&
		jsch_decimal_compare(text, number->maximum.number->text) >= (number->maximum_excluded ? 0 : 1))
		valid = jsch_violate(v, at, "maximum");
	if (valid && number->minimum.number &&
		jsch_decimal_compare(text, number->minimum.number->text) <= (number->minimum_excluded ? 0 : -1))
		valid = jsch_violate(v, at, "minimum");
	if (valid && number->above_all.number && jsch_decimal_compare(text, number->above_all.number->text) >= 0)
		valid = jsch_violate(v, at, "exclusiveMaximum");
	if (valid && number->below_all.number && jsch_decimal_compare(text, number->below_all.number->text) <= 0)
		valid = jsch_violate(v, at, "exclusiveMinimum");
	return valid;
}

static bool valid_number(struct jsch_validation *v, const struct jsch_number *number, const struct jsn *value,
	const struct jsch_pointer *at)
{
	const struct jsn *multiple = number->multiple.number;

	if (!valid_bounds(v, number, value->text, at))
		return false;
	if (multiple && (jsch_decimal_is_zero(multiple->text) || !jsch_decimal_divides(multiple->text, value->text)))
		return jsch_violate(v, at, "multipleOf");
	return true;
}

static bool is_listed(struct jsch_validation *v, const struct jsn *values, const struct jsn *value)
{
	for (size_t i = 0; i < values->n_items && jsch_spend(v, 1); i++)
		if (jsch_values_equal(&values->items[i], value))
			return true;
	return false;
}

/* ---- combinators ---- */

/* How many branches hold; with marks all are asked, since each that holds evaluates something. */
static size_t count_valid(struct jsch_validation *v, const struct jsch_branches *branches, size_t enough,
	const struct jsn *value, const struct jsch_pointer *at, uint64_t *marks)
{
	size_t n = 0;

	for (size_t i = 0; i < branches->n && (marks || n < enough) && v->failed == OK; i++)
		n += jsch_would_be_valid(v, branches->nodes[i], value, at, marks);
	return n;
}

/* Where there is one branch only, what is wrong with it is what is wrong. */
static bool valid_any(struct jsch_validation *v, const struct jsch_branches *any, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	if (any->nodes == NULL)
		return true;
	if (any->n == 1)
		return jsch_valid(v, any->nodes[0], value, at, marks);
	return count_valid(v, any, 1, value, at, marks) > 0 || jsch_violate(v, at, "anyOf");
}

static bool valid_one(struct jsch_validation *v, const struct jsch_branches *one, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	if (one->nodes == NULL)
		return true;
	if (one->n == 1)
		return jsch_valid(v, one->nodes[0], value, at, marks);
	return count_valid(v, one, 2, value, at, marks) == 1 || jsch_violate(v, at, "oneOf");
}

static bool valid_branches(struct jsch_validation *v, const struct jsch_logic *logic, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	const struct jsch_branches *all = &logic->branches[JSCH_ALL];

	for (size_t i = 0; i < all->n; i++)
		if (!jsch_valid(v, all->nodes[i], value, at, marks))
			return false;
	return valid_any(v, &logic->branches[JSCH_ANY], value, at, marks) &&
		valid_one(v, &logic->branches[JSCH_ONE], value, at, marks);
}

static bool valid_condition(struct jsch_validation *v, const struct jsch_logic *logic, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	const struct jsch_node *next;

	if (logic->condition == NULL)
		return true;
	next = jsch_would_be_valid(v, logic->condition, value, at, marks) ? logic->then : logic->otherwise;
	return next == NULL || jsch_valid(v, next, value, at, marks);
}

static bool valid_logic(struct jsch_validation *v, const struct jsch_logic *logic, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	if (logic->values && !is_listed(v, logic->values, value) && !jsch_violate(v, at, "enum"))
		return false;
	if (logic->constant && !jsch_values_equal(logic->constant, value) && !jsch_violate(v, at, "const"))
		return false;
	if (!valid_branches(v, logic, value, at, marks))
		return false;
	if (logic->not && jsch_would_be_valid(v, logic->not, value, at, NULL) && !jsch_violate(v, at, "not"))
		return false;
	return valid_condition(v, logic, value, at, marks);
}

/* ---- references ---- */

static const struct jsch_node *node_of(const struct jsch_validation *v, const struct jsn *json)
{
	return map_get(&v->schema->nodes, str_make((const char *)&json, sizeof(json)));
}

/* 2020-12 8.2.3.2: where it leads at first if no $dynamicAnchor is there, else the outermost of that name. */
static const struct jsch_node *find_anchor(const struct jsch_validation *v, const struct jsch_reference *reference)
{
	const struct jsch_node *found = reference->target;
	struct str name;

	jsch_uri_split(reference->text, &name);
	if (map_get(&found->resource->dynamic_anchors, name) != found->json)
		return found;
	for (const struct jsch_scope *scope = v->scope; scope; scope = scope->up) {
		const struct jsn *json = map_get(&scope->resource->dynamic_anchors, name);

		if (json)
			found = node_of(v, json);
	}
	return found;
}

/* 2019-09 8.2.4.2.1: the outermost resource that may be gone back to. */
static const struct jsch_node *find_recursive(const struct jsch_validation *v, const struct jsch_reference *reference)
{
	const struct jsch_node *found = reference->target;

	if (!found->resource->recursive || found->json != found->resource->root)
		return found;
	for (const struct jsch_scope *scope = v->scope; scope; scope = scope->up)
		if (scope->resource->recursive)
			found = node_of(v, scope->resource->root);
	return found;
}

static const struct jsch_node *find_dynamic(const struct jsch_validation *v, const struct jsch_node *node)
{
	return node->resource->draft == JSCH_DRAFT_2019 ? find_recursive(v, &node->dynamic)
													 : find_anchor(v, &node->dynamic);
}

/* ---- a subschema ---- */

static bool valid_references(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	if (node->reference.target && !jsch_valid(v, node->reference.target, value, at, marks))
		return false;
	return node->dynamic.target == NULL || jsch_valid(v, find_dynamic(v, node), value, at, marks);
}

/* The keywords of the value's own type. */
static bool valid_by_type(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	switch (value->kind) {
	case JSN_STRING:
		return node->string == NULL || valid_string(v, node->string, value, at);
	case JSN_NUMBER:
		return node->number == NULL || valid_number(v, node->number, value, at);
	case JSN_ARRAY:
		return node->array == NULL || jsch_valid_array(v, node, value, at, marks);
	case JSN_OBJECT:
		return node->object == NULL || jsch_valid_object(v, node, value, at, marks);
	default:
		return true;
	}
}

static bool valid_keywords(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	if (!valid_references(v, node, value, at, marks))
		return false;
	if (node->type && !has_type(node, value) && !jsch_violate(v, at, "type"))
		return false;
	if (node->logic && !valid_logic(v, node->logic, value, at, marks))
		return false;
	return valid_by_type(v, node, value, at, marks) && jsch_valid_unevaluated(v, node, value, at, marks);
}

static bool asks_for_marks(const struct jsch_node *node)
{
	return (node->array && node->array->unevaluated) || (node->object && node->object->unevaluated);
}

/* Marks are the subschema's own until it is known to hold: what fails has evaluated nothing. */
static bool valid_with_marks(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	size_t n_words = value->n_items / 64 + 1;
	uint64_t *own;

	if (value->n_items == 0 || (marks == NULL && !asks_for_marks(node)))
		return valid_keywords(v, node, value, at, NULL);
	if (!jsch_spend(v, n_words))
		return false;
	own = arena_array(v->arena, uint64_t, n_words);
	if (!valid_keywords(v, node, value, at, own))
		return false;
	for (size_t i = 0; marks && i < n_words; i++)
		marks[i] |= own[i];
	return true;
}

bool jsch_valid(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	const struct jsch_scope *outer = v->scope;
	const struct jsch_scope scope = { .up = outer, .resource = node->resource };
	const struct jsch_link link = { .up = v->link, .node = node };
	bool valid;

	if (node->json->kind == JSN_BOOL && node->json->boolean)
		return true;
	v->link = &link;
	if (node->json->kind == JSN_BOOL) {
		valid = jsch_violate(v, at, "false");
		v->link = link.up;
		return valid;
	}
	if (!jsch_spend(v, 1) || v->depth == DEEPEST) {
		v->link = link.up;
		if (v->failed == OK)
			v->failed = err_text(v->err, ERR_LIMIT,
				STR("Validating the document takes too many levels of subschemas"));
		return false;
	}
	if (outer == NULL || outer->resource != node->resource)
		v->scope = &scope;
	v->depth++;
	valid = valid_with_marks(v, node, value, at, marks);
	v->depth--;
	v->scope = outer;
	v->link = link.up;
	return valid && v->failed == OK;
}

enum err_code jsch_validate_with(struct arena *arena, const struct schema *schema, const struct jsn *value, bool formats,
	const struct jsch_violation **out, struct err *err)
{
	struct jsch_validation v = {
		.out = arena, .err = err, .schema = jsch_of(schema), .formats = formats,
		.most_work = JSCH_MOST_WORK, .match_steps = JSCH_MATCH_STEPS,
	};
	bool valid;

	if (v.schema->root == NULL)
		return err_text(err, ERR_PARSE, str_dup(err->arena, v.schema->fault));
	v.arena = arena_create(0);
	valid = jsch_valid(&v, v.schema->root, value, NULL, NULL);
	arena_destroy(v.arena);
	if (v.failed == OK)
		*out = valid ? NULL : v.violation;
	return v.failed;
}

enum err_code jsch_validate(struct arena *arena, const struct schema *schema, const struct jsn *value,
	const struct jsch_violation **out, struct err *err)
{
	return jsch_validate_with(arena, schema, value, false, out, err);
}
