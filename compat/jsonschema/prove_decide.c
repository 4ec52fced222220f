/* Proof by trying: where the facts leave few values, or few that stand for all. */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { ONE_WORK = 20 * 1000, ONE_MATCH = 5000 };

bool jsch_proof_validate(struct jsch_proof *p, const struct jsch_node *node, const struct jsn *value, bool *valid)
{
	struct arena *scratch = arena_create(0);
	struct err err = { .arena = scratch };
	struct jsch_validation v = {
		.arena = scratch, .out = scratch, .err = &err, .schema = p->writer, .quiet = 1, .formats = p->formats,
		.most_work = ONE_WORK, .match_steps = ONE_MATCH,
	};

	*valid = jsch_valid(&v, node, value, NULL, NULL);
	jsch_proof_spend(p, v.work + 1);
	arena_destroy(scratch);
	return v.failed == OK;
}

static unsigned atom_of(const struct jsn *value)
{
	static const unsigned atoms[] = {
		[JSN_NULL] = JSCH_ATOM_NULL, [JSN_BOOL] = JSCH_ATOM_BOOLEAN, [JSN_NUMBER] = 0, [JSN_STRING] = JSCH_ATOM_STRING,
		[JSN_ARRAY] = JSCH_ATOM_ARRAY, [JSN_OBJECT] = JSCH_ATOM_OBJECT,
	};

	if (value->kind != JSN_NUMBER)
		return atoms[value->kind];
	if (!jsch_decimal_is_integer(value->text))
		return JSCH_ATOM_FRACTION;
	/* A listed number stands for all its spellings. */
	return JSCH_ATOM_WHOLE | JSCH_ATOM_POINTED;
}

bool jsch_may_be(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsn *value)
{
	bool valid;

	if (!(facts->atoms & atom_of(value)))
		return false;
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (jsch_proof_validate(p, facts->nodes.items[i], value, &valid) && !valid)
			return false;
	for (size_t i = 0; i < facts->nots.n; i++)
		if (jsch_proof_validate(p, facts->nots.items[i], value, &valid) && valid)
			return false;
	return true;
}

static bool has_draft_4(const struct jsch_proof *p)
{
	return p->writer->root->resource->draft == JSCH_DRAFT_4 || p->reader->root->resource->draft == JSCH_DRAFT_4;
}

static bool has_number(const struct jsn *value)
{
	if (value->kind == JSN_NUMBER)
		return true;
	for (size_t i = 0; i < value->n_items; i++)
		if (has_number(&value->items[i]))
			return true;
	return false;
}

/* False when it is not known. */
static bool decide_spelling(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	const struct jsn *value, bool *valid)
{
	return !jsch_may_be(p, facts, value) || jsch_proof_validate(p, node, value, valid);
}

/* Draft 4 tells whole numbers with a point from those without: both have to be tried. */
static bool decide_value(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	const struct jsn *value, bool *valid)
{
	struct jsn plain = *value, pointed = *value;
	ptrdiff_t point = value->kind == JSN_NUMBER ? str_index(value->text, '.') : -1;

	if (!has_draft_4(p) || !has_number(value) || atom_of(value) == JSCH_ATOM_FRACTION)
		return decide_spelling(p, facts, node, value, valid);
	if (value->kind != JSN_NUMBER || str_index(value->text, 'e') >= 0 || str_index(value->text, 'E') >= 0)
		return false;
	if (point >= 0)
		plain.text = str_sub(value->text, 0, (size_t)point);
	else
		pointed.text = str_concat(p->arena, value->text, STR(".0"));
	return decide_spelling(p, facts, node, &plain, valid) &&
		(!*valid || decide_spelling(p, facts, node, &pointed, valid));
}

static bool decide_list(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	const struct jsn *values, bool *valid)
{
	*valid = true;
	for (size_t i = 0; i < values->n_items && *valid; i++)
		if (!decide_value(p, facts, node, &values->items[i], valid) || !jsch_proof_spend(p, 1))
			return false;
	return true;
}

static bool decide_simple(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node, bool *valid)
{
	static const struct jsn values[] = { { .kind = JSN_NULL }, { .kind = JSN_BOOL }, { .kind = JSN_BOOL, .boolean = true } };

	*valid = true;
	for (size_t i = 0; i < 3 && *valid; i++)
		if (!decide_value(p, facts, node, &values[i], valid))
			return false;
	return true;
}

bool jsch_decided(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node, bool *valid)
{
	const struct jsn *shortest = NULL;

	if (!(facts->atoms & ~(unsigned)(JSCH_ATOM_BOOLEAN | JSCH_ATOM_NULL)))
		return decide_simple(p, facts, node, valid);
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_logic *logic = facts->nodes.items[i]->logic;

		if (logic && logic->constant) {
			*valid = true;
			return decide_value(p, facts, node, logic->constant, valid);
		}
		if (logic && logic->values && (shortest == NULL || logic->values->n_items < shortest->n_items))
			shortest = logic->values;
	}
	return shortest && decide_list(p, facts, node, shortest, valid);
}

/* ---- numbers ---- */

static struct jsch_nodes all_nodes(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct jsch_nodes all = { .n = 0 };

	for (size_t i = 0; i < facts->nodes.n; i++)
		jsch_nodes_add(p->arena, &all, facts->nodes.items[i]);
	for (size_t i = 0; i < facts->nots.n; i++)
		jsch_nodes_add(p->arena, &all, facts->nots.items[i]);
	jsch_nodes_add(p->arena, &all, node);
	return all;
}

bool jsch_decided_number(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node, bool *valid)
{
	const struct jsch_nodes all = all_nodes(p, facts, node);
	struct jsn *numbers;
	size_t n;

	if (all.n != facts->nodes.n + facts->nots.n + 1 || !jsch_proof_spend(p, 8 + all.n) ||
		!jsch_numbers_make(p->arena, &all, &numbers, &n))
		return false;
	*valid = true;
	for (size_t i = 0; i < n && *valid; i++) {
		bool whole = jsch_decimal_is_integer(numbers[i].text);
		struct jsn pointed = numbers[i];

		if (facts->atoms & (whole ? JSCH_ATOM_WHOLE : JSCH_ATOM_FRACTION) &&
			!decide_spelling(p, facts, node, &numbers[i], valid))
			return false;
		if (!*valid || !whole || !(facts->atoms & JSCH_ATOM_POINTED))
			continue;
		pointed.text = str_concat(p->arena, numbers[i].text, STR(".0"));
		if (!decide_spelling(p, facts, node, &pointed, valid))
			return false;
	}
	return true;
}
