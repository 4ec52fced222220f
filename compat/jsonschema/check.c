/*
 * The judge of JSON Schema: a structural comparison from the old schema to the new one (compat-rules 4),
 * odd rules included, since drop-in answers must not differ.  References are followed; pairs that can
 * be met again are remembered, and taken to fit until they are found not to: what is left in the end
 * is the largest set of fitting pairs that holds itself up.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/check_int.h"

#include "compat/jsonschema/parse_int.h"

/* Pairs within pairs: those of two trees; on the way to findings recursive schemas can nest them deeper. */
enum { DEEPEST = 2 * LIMIT_SCHEMA_DEPTH };

/* ---- findings ---- */

static void put_steps(struct buf *b, const struct jsch_place *place)
{
	if (place->up) {
		put_steps(b, place->up);
		if (place->up->up)
			buf_add_c(b, '/');
		buf_add(b, place->word);
	}
	if (place->indexed) {
		buf_add_c(b, '/');
		buf_add_i64(b, (int64_t)place->index);
	} else if (str_present(place->name)) {
		buf_add_c(b, '/');
		buf_add(b, place->name);
	}
}

/* compat-rules 4.7.  The two NOT_COVERED rows never help: the inner differences speak for themselves. */
bool jsch_is_lenient(enum finding_type type)
{
	switch (type) {
	case FINDING_ADDITIONAL_PROPERTIES_NARROWED:
	case FINDING_ADDITIONAL_PROPERTIES_REMOVED:
	case FINDING_REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL:
	case FINDING_OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL:
	case FINDING_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL:
	case FINDING_PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL:
	case FINDING_PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL:
		return true;
	default:
		return false;
	}
}

/* ---- contexts ---- */

/* False for words that stay at the value itself. */
static bool find_step(const struct jsch_place *place, struct jsch_step *out)
{
	static const struct {
		struct str word;
		enum jsch_step_kind kind;
	} words[] = {
		{ { "properties", 10 }, JSCH_STEP_MEMBER },
		{ { "additionalProperties", 20 }, JSCH_STEP_ANY_MEMBER },
		{ { "items", 5 }, JSCH_STEP_ANY_ITEM },
		{ { "additionalItems", 15 }, JSCH_STEP_ANY_ITEM },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_eq(place->word, words[i].word))
			continue;
		*out = (struct jsch_step){ .kind = place->indexed ? JSCH_STEP_ITEM : words[i].kind, .name = place->name,
			.index = place->index };
		return true;
	}
	return false;
}

static void add_context(struct jsch_check *c, const struct jsch_place *at)
{
	struct jsch_contexts *list = c->contexts;
	struct jsch_context context = { .old = c->told_old->node, .new = c->told_new->node, .name = at->name, .index = at->index };
	struct jsch_step *steps, step;
	size_t n = 0;

	for (const struct jsch_place *place = at; place->up; place = place->up)
		n++;
	steps = arena_array(list->arena, struct jsch_step, n);
	for (const struct jsch_place *place = at; place->up; place = place->up)
		if (find_step(place, &steps[n - 1 - context.n_steps]))
			context.n_steps++;
	for (const struct jsch_place *place = c->told_at; place && place->up; place = place->up)
		context.n_reached += find_step(place, &step);
	/* Innermost came first: they stand at the end. */
	context.steps = steps + (n - context.n_steps);
	list->items = arena_grow(list->arena, list->items, list->n, &list->room, sizeof(*list->items));
	list->items[list->n++] = context;
}

bool jsch_differ(struct jsch_check *c, const struct jsch_place *at, enum finding_type type)
{
	struct buf path;

	if (c->policy == SCHEMA_POLICY_LENIENT && jsch_is_lenient(type))
		return true;
	if (at == NULL)
		return false;
	if (c->out->n_unlisted > 0) {
		c->out->n_unlisted++;
		return false;
	}
	path = buf_make(c->arena, 64);
	buf_lit(&path, "#/");
	put_steps(&path, at);
	findings_add(c->out, type, buf_str(&path), STR_NONE);
	if (c->contexts && c->out->n_unlisted == 0)
		add_context(c, at);
	return false;
}

bool jsch_differ_at(struct jsch_check *c, const struct jsch_place *at, const char *word, enum finding_type type)
{
	const struct jsch_place place = { .up = at, .word = str_of(word) };

	return jsch_differ(c, at ? &place : NULL, type);
}

bool jsch_work(struct jsch_check *c, uint64_t units)
{
	c->work += units;
	if (c->failed == OK && c->work > LIMIT_CHECK_PAIRS)
		c->failed = err_text(c->err, ERR_LIMIT,
			str_printf(c->err->arena, "Comparing the schemas takes more than %u pairs of subschemas",
				(unsigned)LIMIT_CHECK_PAIRS));
	return c->failed == OK;
}

/* ---- keywords that limit ---- */

bool jsch_pair_counts(struct jsch_check *c, const struct jsch_place *at, const struct jsch_limit *limit, int64_t old,
	int64_t new)
{
	if (new == JSCH_ABSENT || old == new)
		return true;
	if (old == JSCH_ABSENT)
		return jsch_differ_at(c, at, limit->word, limit->added);
	if (limit->upper ? new < old : new > old)
		return jsch_differ_at(c, at, limit->word, limit->changed);
	return true;
}

static bool pair_strings(struct jsch_check *c, const struct jsch_place *at, const struct jsch_string *old,
	const struct jsch_string *new)
{
	static const struct jsch_limit longest = { "maxLength", true, FINDING_MAX_LENGTH_ADDED, FINDING_MAX_LENGTH_DECREASED };
	static const struct jsch_limit shortest = { "minLength", false, FINDING_MIN_LENGTH_ADDED,
		FINDING_MIN_LENGTH_INCREASED };
	bool fits = jsch_pair_counts(c, at, &longest, old->max_length, new->max_length);

	fits &= jsch_pair_counts(c, at, &shortest, old->min_length, new->min_length);
	if (!str_present(new->pattern))
		return fits;
	if (!str_present(old->pattern))
		return jsch_differ_at(c, at, "pattern", FINDING_PATTERN_ADDED) && fits;
	if (!str_eq(old->pattern, new->pattern))
		return jsch_differ_at(c, at, "pattern", FINDING_PATTERN_CHANGED) && fits;
	return fits;
}

static bool pair_bounds(struct jsch_check *c, const struct jsch_place *at, const struct jsch_limit *limit,
	const struct jsch_bound *old, const struct jsch_bound *new)
{
	if (new->number == NULL)
		return true;
	if (old->number == NULL)
		return jsch_differ_at(c, at, limit->word, limit->added);
	if (limit->upper ? new->value < old->value : new->value > old->value)
		return jsch_differ_at(c, at, limit->word, limit->changed);
	return true;
}

/*
 * The reference holds the new maximum, not the new exclusiveMaximum, against the old one (J15b), and
 * crashes without a maximum (J15): then the rule that it meant counts.
 */
static bool pair_above_all(struct jsch_check *c, const struct jsch_place *at, const struct jsch_number *old,
	const struct jsch_number *new)
{
	static const struct jsch_limit limit = { "exclusiveMaximum", true, FINDING_EXCLUSIVE_MAXIMUM_ADDED,
		FINDING_EXCLUSIVE_MAXIMUM_DECREASED };
	bool lowered = old->above_all.number && new->above_all.number && new->above_all.value < old->above_all.value;

	if (lowered && new->maximum.number)
		return pair_bounds(c, at, &limit, &old->above_all, &new->maximum);
	return pair_bounds(c, at, &limit, &old->above_all, &new->above_all);
}

static bool pair_multiples(struct jsch_check *c, const struct jsch_place *at, const struct jsch_bound *old,
	const struct jsch_bound *new)
{
	if (new->number == NULL)
		return true;
	if (old->number == NULL)
		return jsch_differ_at(c, at, "multipleOf", FINDING_MULTIPLE_OF_ADDED);
	if (jsch_decimal_compare(old->number->text, new->number->text) == 0)
		return true;
	if (!jsch_decimal_is_zero(new->number->text) && jsch_decimal_divides(new->number->text, old->number->text))
		return true;
	if (!jsch_decimal_is_zero(old->number->text) && jsch_decimal_divides(old->number->text, new->number->text))
		return jsch_differ_at(c, at, "multipleOf", FINDING_MULTIPLE_OF_EXPANDED);
	return jsch_differ_at(c, at, "multipleOf", FINDING_MULTIPLE_OF_CHANGED);
}

static bool pair_numbers(struct jsch_check *c, const struct jsch_place *at, const struct jsch_number *old,
	const struct jsch_number *new)
{
	static const struct jsch_limit maximum = { "maximum", true, FINDING_MAXIMUM_ADDED, FINDING_MAXIMUM_DECREASED };
	static const struct jsch_limit minimum = { "minimum", false, FINDING_MINIMUM_ADDED, FINDING_MINIMUM_INCREASED };
	static const struct jsch_limit below_all = { "exclusiveMinimum", false, FINDING_EXCLUSIVE_MINIMUM_ADDED,
		FINDING_EXCLUSIVE_MINIMUM_INCREASED };
	bool fits = pair_bounds(c, at, &maximum, &old->maximum, &new->maximum);

	fits &= pair_bounds(c, at, &minimum, &old->minimum, &new->minimum);
	fits &= pair_above_all(c, at, old, new);
	fits &= pair_bounds(c, at, &below_all, &old->below_all, &new->below_all);
	fits &= pair_multiples(c, at, &old->multiple, &new->multiple);
	return fits;
}

/* ---- values ---- */

enum { FEW_VALUES = 8 };

/* A list of values that can be asked for: by hash when it is long. */
struct value_list {
	const struct jsn *list;
	struct arena *arena;            /* NULL: not indexed */
	struct map by_hash;             /* bytes of a hash to the value; of equal hashes the last */
	uint64_t *hashes;
};

/* The caller destroys its arena. */
static struct value_list index_values(struct jsch_check *c, const struct jsn *list)
{
	struct value_list v = { .list = list };

	if (list->n_items <= FEW_VALUES)
		return v;
	v.arena = arena_create(0);
	v.by_hash = map_make(v.arena);
	v.hashes = arena_array(v.arena, uint64_t, list->n_items);
	for (size_t i = 0; i < list->n_items; i++) {
		v.hashes[i] = jsch_value_hash(&list->items[i]);
		map_put(&v.by_hash, str_make((const char *)&v.hashes[i], sizeof(uint64_t)), &list->items[i]);
	}
	jsch_work(c, list->n_items / 4);
	return v;
}

static bool has_value(struct jsch_check *c, const struct value_list *v, const struct jsn *value)
{
	if (v->arena) {
		uint64_t hash = jsch_value_hash(value);
		const struct jsn *found = map_get(&v->by_hash, str_make((const char *)&hash, sizeof(hash)));

		return found && jsch_values_equal(found, value);
	}
	for (size_t i = 0; i < v->list->n_items && jsch_work(c, 1); i++)
		if (jsch_values_equal(&v->list->items[i], value))
			return true;
	return false;
}

static bool has_values(struct jsch_check *c, const struct jsn *list, const struct jsn *values)
{
	struct value_list v;
	size_t i = 0;

	while (i < values->n_items && i < list->n_items && jsch_values_equal(&list->items[i], &values->items[i]))
		i++;
	if (i == values->n_items)
		return true;
	v = index_values(c, list);
	while (i < values->n_items && has_value(c, &v, &values->items[i]))
		i++;
	arena_destroy(v.arena);
	return i == values->n_items;
}

static bool pair_enums(struct jsch_check *c, const struct jsch_place *at, const struct jsn *old, const struct jsn *new)
{
	if (has_values(c, new, old))
		return true;
	if (has_values(c, old, new))
		return jsch_differ_at(c, at, "enum", FINDING_ENUM_ARRAY_NARROWED);
	return jsch_differ_at(c, at, "enum", FINDING_ENUM_ARRAY_CHANGED);
}

/* ---- what is not listed ---- */

static bool is_true(const struct jsch_node *node)
{
	return node == NULL || node->shape->kind == JSCH_TRUE;
}

static bool is_false(const struct jsch_node *node)
{
	return node != NULL && node->shape->kind == JSCH_FALSE;
}

bool jsch_is_open(const struct jsch_node *additional)
{
	return is_true(additional);
}

const struct jsch_shape *jsch_cover(const struct jsch_node *additional)
{
	return is_true(additional) || is_false(additional) ? NULL : additional->shape;
}

bool jsch_pair_additional(struct jsch_check *c, const struct jsch_place *at, const struct jsch_rest *rest,
	const struct jsch_node *old, const struct jsch_node *new)
{
	const struct jsch_place place = { .up = at, .word = str_of(rest->word) };

	if (is_false(old) || is_true(new))
		return true;
	if (is_false(new))
		return jsch_differ_at(c, at, rest->word, rest->removed);
	if (is_true(old))
		return jsch_differ_at(c, at, rest->word, rest->narrowed);
	return jsch_pair(c, at ? &place : NULL, old->shape, new->shape);
}

/* ---- pairs ---- */

static const struct jsch_shape *follow(const struct jsch_shape *shape)
{
	return shape->kind == JSCH_REFERENCE ? shape->target : shape;
}

static bool is_whole(const struct jsch_shape *shape)
{
	return shape->node->shape == shape;
}

/* A schema that only leads to itself says nothing. */
static bool is_empty(const struct jsch_shape *shape)
{
	return shape->kind == JSCH_EMPTY || shape->kind == JSCH_TRUE || shape->kind == JSCH_REFERENCE;
}

/* Groups are absent where no keyword of theirs was written. */
static const struct jsch_string no_string = { .max_length = JSCH_ABSENT, .min_length = JSCH_ABSENT };
static const struct jsch_number no_number;
static const struct jsch_object no_object = { .max_properties = JSCH_ABSENT, .min_properties = JSCH_ABSENT };
static const struct jsch_array no_array = {
	.max_items = JSCH_ABSENT, .min_items = JSCH_ABSENT, .max_contains = JSCH_ABSENT, .min_contains = JSCH_ABSENT,
};

#define GROUP(shape, name) ((shape)->node->name ? (shape)->node->name : &no_##name)

static bool pair_same_kind(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	bool fits = true;

	switch (old->kind) {
	case JSCH_STRING:
		return pair_strings(c, at, GROUP(old, string), GROUP(new, string));
	case JSCH_NUMBER:
		fits = pair_numbers(c, at, GROUP(old, number), GROUP(new, number));
		return (old->integer || !new->integer || jsch_differ(c, at, FINDING_TYPE_NARROWED)) && fits;
	case JSCH_OBJECT:
		return jsch_pair_objects(c, at, GROUP(old, object), GROUP(new, object));
	case JSCH_ARRAY:
		return jsch_pair_arrays(c, at, GROUP(old, array), GROUP(new, array));
	case JSCH_ENUM:
		return pair_enums(c, at, old->node->logic->values, new->node->logic->values);
	case JSCH_CONST:
		return jsch_values_equal(old->node->logic->constant, new->node->logic->constant) ||
			jsch_differ_at(c, at, "const", FINDING_ENUM_ARRAY_CHANGED);
	case JSCH_NOT: /* what the new one forbids the old one must have forbidden */
		return jsch_pair(c, NULL, new->node->logic->not->shape, old->node->logic->not->shape) ||
			jsch_differ_at(c, at, "not", FINDING_NOT_TYPE_EXTENDED);
	case JSCH_COMBINED:
		return jsch_pair_combined(c, at, old, new);
	default: /* no more to compare: conditions are not looked at */
		return true;
	}
}

/* compat-rules 4.2, 1 and 2: whether one branch is enough. */
static bool any_branch(struct jsch_check *c, const struct jsch_shape *old, const struct jsch_shape *new)
{
	if (new->kind == JSCH_COMBINED) {
		for (uint32_t i = 0; i < new->n_branches; i++)
			if (jsch_pair(c, NULL, old, new->branches[i]) || c->failed != OK)
				return true;
		return false;
	}
	for (uint32_t i = 0; i < old->n_branches; i++)
		if (jsch_pair(c, NULL, old->branches[i], new) || c->failed != OK)
			return true;
	return false;
}

static bool pair_other_kinds(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	if (old->kind == JSCH_FALSE || is_empty(new))
		return true;
	if (is_whole(old) && is_whole(new) && old->node->bytes && new->node->bytes)
		return true;
	return jsch_differ(c, at, FINDING_TYPE_CHANGED);
}

/* compat-rules 4.2. */
static bool judge_pair(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	if (new->kind == JSCH_COMBINED && old->kind != JSCH_COMBINED) {
		if (new->n_written == 1)
			return jsch_pair(c, at, old, new->branches[0]);
		if (new->criterion != JSCH_ALL && any_branch(c, old, new))
			return true;
	} else if (old->kind == JSCH_COMBINED && new->kind != JSCH_COMBINED) {
		if (old->n_written == 1)
			return jsch_pair(c, at, old->branches[0], new);
		if (old->criterion == JSCH_ALL && any_branch(c, old, new))
			return true;
	}
	if (old->kind != new->kind)
		return pair_other_kinds(c, at, old, new);
	return pair_same_kind(c, at, old, new);
}

static bool judge(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	const struct jsch_shape *outer_old = c->told_old, *outer_new = c->told_new;
	const struct jsch_place *outer_at = c->told_at;
	bool fits;

	if (at == NULL || c->contexts == NULL)
		return judge_pair(c, at, old, new);
	c->told_old = old;
	c->told_new = new;
	c->told_at = at;
	fits = judge_pair(c, at, old, new);
	c->told_old = outer_old;
	c->told_new = outer_new;
	c->told_at = outer_at;
	return fits;
}

/* ---- pairs that can be met again ---- */

/* The pair in hand has been told that `known` fits, and must hear when it does not. */
static void note_asker(struct jsch_check *c, struct jsch_known *known)
{
	struct jsch_askers *askers = known->askers;

	if (askers && askers->pairs[askers->n - 1] == c->current)
		return;
	if (askers == NULL || askers->n == JSCH_ASKERS) {
		askers = arena_new(c->arena, struct jsch_askers);
		askers->next = known->askers;
		known->askers = askers;
	}
	askers->pairs[askers->n++] = c->current;
	if (++c->n_asked % 2 == 0)
		jsch_work(c, 1);
}

/* Compares what is due until `wanted` is known to fail, or everything is settled. */
static bool settle(struct jsch_check *c, uint32_t wanted)
{
	while (!c->memo.pairs[wanted].fails && c->failed == OK) {
		uint32_t pair = jsch_memo_next(&c->memo);
		bool fits;

		if (pair == JSCH_NO_PAIR || !jsch_work(c, 1))
			break;
		c->current = pair;
		fits = judge(c, NULL, c->memo.pairs[pair].old, c->memo.pairs[pair].new);
		c->current = JSCH_NO_PAIR;
		if (fits)
			continue;
		c->memo.pairs[pair].fails = true;
		for (const struct jsch_askers *askers = c->memo.pairs[pair].askers; askers; askers = askers->next)
			for (uint32_t i = 0; i < askers->n; i++)
				jsch_memo_due(&c->memo, askers->pairs[i]);
		c->memo.pairs[pair].askers = NULL;
	}
	return !c->memo.pairs[wanted].fails;
}

/* Without findings.  To remember costs little: so many times count as one pair. */
static bool judge_known(struct jsch_check *c, const struct jsch_shape *old, const struct jsch_shape *new)
{
	uint32_t pair = jsch_memo_get(&c->memo, old, new);

	if (++c->n_remembered % 8 == 0)
		jsch_work(c, 1);
	if (c->current == JSCH_NO_PAIR)
		return settle(c, pair);
	if (c->memo.pairs[pair].fails)
		return false;
	note_asker(c, &c->memo.pairs[pair]);
	return true;
}

/* With findings: of a pair that fails, once on each way to it. */
static bool tell_known(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	uint32_t pair;

	if (judge_known(c, old, new) || !jsch_work(c, 1))
		return true;
	pair = jsch_memo_get(&c->memo, old, new);
	if (c->memo.pairs[pair].told || c->out->n_unlisted > 0)
		return false;
	c->memo.pairs[pair].told = true;
	judge(c, at, old, new);
	c->memo.pairs[pair].told = false;
	return false;
}

static bool pass_depth(struct jsch_check *c)
{
	c->failed = err_text(c->err, ERR_LIMIT,
		str_printf(c->err->arena, "Comparing the schemas takes more than %u levels of nested subschemas",
			(unsigned)DEEPEST));
	return true;
}

bool jsch_pair(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	bool fits;

	if (new == NULL)
		return true;
	if (old == NULL)
		return jsch_differ(c, at, FINDING_SCHEMA_ADDED);
	old = follow(old);
	new = follow(new);
	if (c->failed != OK)
		return true;
	if (c->depth == DEEPEST)
		return pass_depth(c);
	c->depth++;
	if (!old->shared && !new->shared)
		fits = !jsch_work(c, 1) || judge(c, at, old, new);
	else if (at == NULL)
		fits = judge_known(c, old, new);
	else
		fits = tell_known(c, at, old, new);
	c->depth--;
	return fits;
}

enum err_code jsch_check_with(const struct schema *reader, const struct schema *writer, enum schema_policy policy,
	struct findings *out, struct jsch_contexts *contexts, struct err *err)
{
	static const struct jsch_place root;
	struct jsch_check c = { .err = err, .policy = policy, .out = out, .contexts = contexts, .current = JSCH_NO_PAIR };
	size_t n_items = out->n_items, n_unlisted = out->n_unlisted;

	for (int side = 0; side < 2; side++) {
		const struct jsch_schema *schema = jsch_of(side == 0 ? writer : reader);

		if (schema->root == NULL)
			return err_text(err, ERR_PARSE, str_dup(err->arena, schema->fault));
	}
	c.arena = arena_create(0);
	jsch_memo_init(&c.memo);
	jsch_pair(&c, &root, jsch_of(writer)->root->shape, jsch_of(reader)->root->shape);
	jsch_memo_fini(&c.memo);
	arena_destroy(c.arena);
	if (c.failed != OK) {
		out->n_items = n_items;
		out->n_unlisted = n_unlisted;
	}
	return c.failed;
}

enum err_code jsch_check(const struct schema *reader, const struct schema *writer, enum schema_policy policy,
	struct findings *out, struct err *err)
{
	return jsch_check_with(reader, writer, policy, out, NULL, err);
}
