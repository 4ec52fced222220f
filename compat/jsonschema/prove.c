/* The proof: what was asked, what may be assumed, and the keywords that combine. */
#include "compat/jsonschema/prove_int.h"

#include "base/arena.h"

enum {
	DEEPEST = 120,
	MOST_WORK = 150 * 1000,
	MOST_CASES = 64,
	MOST_OTHERS = 6,
};

enum state { ASKED, PROVEN, FAILED, FORGOTTEN };

/* Something that was asked. */
struct jsch_frame {
	enum state state;
	unsigned level;
	size_t number;
};

void jsch_proof_init(struct jsch_proof *p, struct arena *arena, const struct jsch_schema *writer,
	const struct jsch_schema *reader, bool formats)
{
	*p = (struct jsch_proof){
		.arena = arena, .writer = writer, .reader = reader, .formats = formats, .known = map_make(arena),
		.made = map_make(arena), .same = map_make(arena),
		.lowest = SIZE_MAX, .most_work = MOST_WORK,
	};
}

bool jsch_has_formats(const struct jsch_schema *schema)
{
	for (size_t i = 0; i < schema->nodes.n_entries; i++) {
		const struct jsch_string *string = ((const struct jsch_node *)schema->nodes.entries[i].value)->string;

		if (string && str_present(string->format) && jsch_format_is_known(string->format))
			return true;
	}
	return false;
}

bool jsch_proof_spend(struct jsch_proof *p, uint64_t units)
{
	p->work += units;
	return p->work <= p->most_work;
}

/* ---- keywords that combine ---- */

/* Where none of the others holds, the i-th does. */
static bool proven_else(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_branches *branches, size_t i)
{
	struct jsch_facts *rest = jsch_facts_copy(p, facts);

	for (size_t k = 0; k < branches->n; k++)
		if (k != i)
			jsch_facts_add_not(p, rest, branches->nodes[k]);
	return jsch_proven(p, rest, branches->nodes[i]);
}

static bool proven_any(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_branches *branches)
{
	if (branches->nodes == NULL)
		return true;
	for (size_t i = 0; i < branches->n; i++)
		if (jsch_proven(p, facts, branches->nodes[i]))
			return true;
	for (size_t i = 0; i < branches->n && branches->n <= MOST_OTHERS && jsch_proof_spend(p, 1); i++)
		if (proven_else(p, facts, branches, i))
			return true;
	return false;
}

static bool proven_not(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct jsch_facts *both;

	for (size_t i = 0; i < facts->nots.n; i++)
		if (facts->nots.items[i] == node || jsch_same_node(p, facts->nots.items[i], node))
			return true;
	both = jsch_facts_copy(p, facts);
	jsch_facts_add(p, both, node);
	if (jsch_impossible(p, both))
		return true;
	/* What is in there is in something that the value is not. */
	for (size_t i = 0; i < facts->nots.n; i++)
		if (jsch_proven(p, both, facts->nots.items[i]))
			return true;
	return false;
}

/* One holds, and no other can. */
static bool proven_one(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_branches *branches)
{
	for (size_t i = 0; i < branches->n && jsch_proof_spend(p, 1); i++) {
		size_t k = 0;

		if (!jsch_proven(p, facts, branches->nodes[i]))
			continue;
		while (k < branches->n && (k == i || proven_not(p, facts, branches->nodes[k])))
			k++;
		return k == branches->n;
	}
	return branches->nodes == NULL;
}

static bool proven_condition(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_logic *logic)
{
	struct jsch_facts *yes, *no;

	if (logic->condition == NULL)
		return true;
	yes = jsch_facts_copy(p, facts);
	jsch_facts_add(p, yes, logic->condition);
	if (logic->then && !jsch_proven(p, yes, logic->then))
		return false;
	no = jsch_facts_copy(p, facts);
	jsch_facts_add_not(p, no, logic->condition);
	return logic->otherwise == NULL || jsch_proven(p, no, logic->otherwise);
}

static bool proven_logic(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_logic *logic)
{
	const struct jsch_branches *all = &logic->branches[JSCH_ALL];

	if (logic->values || logic->constant)
		return false; /* jsch_decided has been asked */
	for (size_t i = 0; i < all->n; i++)
		if (!jsch_proven(p, facts, all->nodes[i]))
			return false;
	return proven_any(p, facts, &logic->branches[JSCH_ANY]) && proven_one(p, facts, &logic->branches[JSCH_ONE]) &&
		(logic->not == NULL || proven_not(p, facts, logic->not)) && proven_condition(p, facts, logic);
}

/* ---- one node ---- */

static bool proven_by_type(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	if (node->string && facts->atoms & JSCH_ATOM_STRING && !jsch_proven_string(p, facts, node->string))
		return false;
	if (node->number && facts->atoms & JSCH_ATOMS_NUMBER && !jsch_proven_number(p, facts, node->number))
		return false;
	if (node->array && facts->atoms & JSCH_ATOM_ARRAY && !jsch_proven_array(p, facts, node))
		return false;
	return !node->object || !(facts->atoms & JSCH_ATOM_OBJECT) || jsch_proven_object(p, facts, node);
}

static bool proven_keywords(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	if (node->dynamic.target || (facts->atoms & ~jsch_atoms_of(node)))
		return false;
	if (node->reference.target && !jsch_proven(p, facts, node->reference.target))
		return false;
	return (node->logic == NULL || proven_logic(p, facts, node->logic)) && proven_by_type(p, facts, node);
}

static bool no_such_type(struct jsch_proof *p, const struct jsch_facts *facts, unsigned atom)
{
	switch (atom) {
	case JSCH_ATOM_STRING:
		return jsch_no_string(p, facts);
	case JSCH_ATOM_WHOLE:
	case JSCH_ATOM_POINTED:
	case JSCH_ATOM_FRACTION:
		return jsch_no_number(facts);
	case JSCH_ATOM_ARRAY:
		return jsch_no_array(p, facts);
	case JSCH_ATOM_OBJECT:
		return jsch_no_object(p, facts);
	default:
		return false;
	}
}

static const struct jsn false_json = { .kind = JSN_BOOL };
static const struct jsch_node never = { .json = &false_json };

bool jsch_impossible(struct jsch_proof *p, const struct jsch_facts *facts)
{
	return jsch_proven(p, facts, &never);
}

static bool contradicts(struct jsch_proof *p, const struct jsch_facts *facts)
{
	unsigned left = 0;

	for (unsigned atom = 1; atom <= JSCH_ATOM_OBJECT; atom <<= 1)
		if (facts->atoms & atom && !no_such_type(p, facts, atom))
			left |= atom;
	if (left == 0)
		return true;
	for (size_t i = 0; i < facts->nots.n; i++) {
		/* Without itself among what is known not to be. */
		struct jsch_facts *rest = jsch_facts_copy(p, facts);
		size_t n = 0;

		for (size_t k = 0; k < facts->nots.n; k++)
			if (k != i)
				rest->nots.items[n++] = facts->nots.items[k];
		rest->nots.n = n;
		if (jsch_proven(p, rest, facts->nots.items[i]))
			return true;
	}
	return false;
}

static bool proven_by_cases(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct jsch_facts *cases[MOST_CASES];
	size_t n = jsch_facts_split(p, facts, cases, MOST_CASES), i = 0;

	while (i < n && jsch_proof_spend(p, 1) && jsch_proven(p, cases[i], node))
		i++;
	return n > 0 && i == n;
}

static bool is_among(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i] == node || jsch_same_node(p, facts->nodes.items[i], node))
			return true;
	return false;
}

static bool prove(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	bool valid;

	if (node->json->kind != JSN_BOOL && is_among(p, facts, node))
		return true;
	if (jsch_decided(p, facts, node, &valid))
		return valid;
	if (node->json->kind != JSN_BOOL && proven_keywords(p, facts, node))
		return true;
	if (!(facts->atoms & ~(unsigned)JSCH_ATOMS_NUMBER) && jsch_decided_number(p, facts, node, &valid))
		return valid;
	return contradicts(p, facts) || proven_by_cases(p, facts, node);
}

/* ---- what was asked ---- */

static struct str key_of(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct buf b = buf_make(p->arena, 64);
	uint32_t numbers[4] = { facts->atoms, (uint32_t)facts->nodes.n, (uint32_t)facts->nots.n, (uint32_t)facts->split.n };

	buf_add(&b, str_make((const char *)&node, sizeof(node)));
	buf_add(&b, str_make((const char *)numbers, sizeof(numbers)));
	buf_add(&b, str_make((const char *)facts->nodes.items, facts->nodes.n * sizeof(*facts->nodes.items)));
	buf_add(&b, str_make((const char *)facts->nots.items, facts->nots.n * sizeof(*facts->nots.items)));
	buf_add(&b, str_make((const char *)facts->split.items, facts->split.n * sizeof(*facts->split.items)));
	buf_add(&b, str_make((const char *)facts->split_kinds, facts->split.n * sizeof(*facts->split_kinds)));
	for (size_t i = 0; i < facts->n_present; i++) {
		buf_add(&b, str_make((const char *)&facts->present[i].len, sizeof(size_t)));
		buf_add(&b, facts->present[i]);
	}
	buf_add_c(&b, '-');
	for (size_t i = 0; i < facts->n_absent; i++) {
		buf_add(&b, str_make((const char *)&facts->absent[i].len, sizeof(size_t)));
		buf_add(&b, facts->absent[i]);
	}
	return buf_str(&b);
}

/* What was asked about a value that this one is a part of may be assumed. */
static bool ask_again(struct jsch_proof *p, const struct jsch_frame *frame)
{
	if (frame->state != ASKED)
		return frame->state == PROVEN;
	if (frame->level >= p->level)
		return false;
	if (frame->number < p->lowest)
		p->lowest = frame->number;
	return true;
}

/* A proof that rests on what is still being asked is not kept. */
static void settle(struct jsch_proof *p, struct jsch_frame *frame, bool proven, size_t outer_lowest)
{
	bool rests = p->lowest < frame->number;

	frame->state = !proven ? FAILED : rests ? FORGOTTEN : PROVEN;
	if (!rests || outer_lowest < p->lowest)
		p->lowest = outer_lowest;
}

bool jsch_proven(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct jsch_frame *frame;
	size_t outer_lowest = p->lowest;
	struct str key;
	bool proven;

	if (facts->atoms == 0 || (node->json->kind == JSN_BOOL && node->json->boolean))
		return true;
	if (p->depth == DEEPEST || !jsch_proof_spend(p, 1 + facts->nodes.n / 4))
		return false;
	key = key_of(p, facts, node);
	frame = map_get(&p->known, key);
	if (frame && frame->state != FORGOTTEN)
		return ask_again(p, frame);
	if (frame == NULL) {
		frame = arena_new(p->arena, struct jsch_frame);
		map_put(&p->known, key, frame);
	}
	frame->state = ASKED;
	frame->level = p->level;
	frame->number = p->n_frames++;
	p->depth++;
	p->lowest = SIZE_MAX;
	proven = prove(p, facts, node) && p->work <= p->most_work;
	p->depth--;
	p->n_frames--;
	settle(p, frame, proven, outer_lowest);
	return proven;
}

bool jsch_proven_inside(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	bool proven;

	p->level++;
	proven = jsch_proven(p, facts, node);
	p->level--;
	return proven;
}

static bool any_dynamic(const struct jsch_schema *schema)
{
	for (size_t i = 0; i < schema->nodes.n_entries; i++)
		if (((const struct jsch_node *)schema->nodes.entries[i].value)->dynamic.target)
			return true;
	return false;
}

bool jsch_holds(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *reader)
{
	return !any_dynamic(p->writer) && !any_dynamic(p->reader) && jsch_proven(p, facts, reader);
}

bool jsch_contained(struct jsch_proof *p, const struct jsch_node *writer, const struct jsch_node *reader)
{
	struct jsch_facts *facts = jsch_facts_make(p);

	jsch_facts_add(p, facts, writer);
	return jsch_holds(p, facts, reader);
}
