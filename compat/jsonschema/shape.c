/*
 * Shapes: what the reference's loaders make of a subschema (compat-rules 4.1).  Each keyword that says
 * something of its own, and the keywords of each type, are one part; one part is the shape, several
 * are held together as if by allOf, none is the empty schema.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "compat/jsonschema/parse_int.h"

/* References, enum, three combinators, not, const, if, type, and the four types with keywords. */
enum { MOST_PARTS = 14 };

/* Texts of branches beyond this are taken as all different, to bound the work. */
enum { MOST_HASHED = 32 * 1024 * 1024 };

struct parts {
	struct jsch_parser *p;
	const struct jsch_node *node;
	struct jsch_shape items[MOST_PARTS];
	size_t n;
};

/* The node's shape, perhaps still to be filled in. */
static struct jsch_shape *shape_of(struct jsch_parser *p, struct jsch_node *node)
{
	if (node->shape == NULL) {
		node->shape = arena_new(p->arena, struct jsch_shape);
		node->shape->node = node;
	}
	return node->shape;
}

static struct jsch_shape *add_part(struct parts *parts, enum jsch_kind kind)
{
	struct jsch_shape *part = &parts->items[parts->n++];

	*part = (struct jsch_shape){ .node = parts->node, .kind = kind };
	return part;
}

/* ---- texts of branches ---- */

/* Without the process's seed: the order in which branches are tried must not change from run to run. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ (b + 0x9E3779B97F4A7C15u + (a << 6))) * 0x9FB21C651E98DF25u;

	return x ^ x >> 29;
}

static uint64_t hash_text(struct str text)
{
	uint64_t hash = text.len;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.data[i]) * 0x100000001B3u;
	return hash;
}

/* Members in any order; as deep as the text, which the reader has bounded. */
static uint64_t hash_json(struct jsch_parser *p, const struct jsn *json)
{
	uint64_t hash = json->kind;

	p->hashed += 16 + json->text.len + json->name.len;
	switch (json->kind) {
	case JSN_BOOL:
		return mix(hash, json->boolean);
	case JSN_NUMBER:
	case JSN_STRING:
		return mix(hash, hash_text(json->text));
	case JSN_ARRAY:
		for (size_t i = 0; i < json->n_items; i++)
			hash = mix(hash, hash_json(p, &json->items[i]));
		return hash;
	case JSN_OBJECT:
		for (size_t i = 0; i < json->n_items; i++)
			hash += mix(hash_text(json->items[i].name), hash_json(p, &json->items[i]));
		return mix(hash, json->n_items);
	default:
		return hash;
	}
}

static bool same_text(const struct jsch_shape *a, const struct jsch_shape *b)
{
	return a->kind == b->kind && jsn_equal(a->node->json, b->node->json);
}

static int by_hash(const void *a, const void *b)
{
	const struct jsch_hashed *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* The branches' texts by hash; NULL when that is too much. */
static struct jsch_hashed *hash_branches(struct jsch_parser *p, const struct jsch_shape *shape)
{
	struct jsch_hashed *hashed = arena_array(p->arena, struct jsch_hashed, shape->n_branches);

	for (uint32_t i = 0; i < shape->n_branches && p->hashed <= MOST_HASHED; i++)
		hashed[i] = (struct jsch_hashed){
			.hash = mix(shape->branches[i]->kind, hash_json(p, shape->branches[i]->node->json)), .index = i,
		};
	if (p->hashed > MOST_HASHED)
		return NULL;
	qsort(hashed, shape->n_branches, sizeof(*hashed), by_hash);
	return hashed;
}

/* Keeps the first of branches that have equal texts. */
static void drop_equal(struct jsch_parser *p, struct jsch_shape *shape)
{
	struct jsch_hashed *hashed = hash_branches(p, shape);
	uint32_t n = 0, n_dropped = 0;

	shape->hashed = hashed;
	if (hashed == NULL)
		return;
	for (uint32_t i = 1, first = 0; i < shape->n_branches; i++) {
		struct jsch_shape **branch = &shape->branches[hashed[i].index];

		if (hashed[i].hash == hashed[first].hash && same_text(shape->branches[hashed[first].index], *branch)) {
			*branch = NULL;
			n_dropped++;
		} else {
			first = i;
		}
	}
	if (n_dropped == 0)
		return;
	for (uint32_t i = 0; i < shape->n_branches; i++)
		if (shape->branches[i])
			shape->branches[n++] = shape->branches[i];
	shape->n_branches = n;
	shape->hashed = hash_branches(p, shape);
}

/* ---- parts ---- */

static void add_combination(struct parts *parts, enum jsch_criterion criterion)
{
	const struct jsch_branches *branches = &parts->node->logic->branches[criterion];
	struct jsch_shape *shape;

	if (branches->nodes == NULL)
		return;
	shape = add_part(parts, JSCH_COMBINED);
	shape->criterion = criterion;
	shape->n_written = shape->n_branches = (uint32_t)branches->n;
	shape->branches = arena_array(parts->p->arena, struct jsch_shape *, branches->n);
	for (size_t i = 0; i < branches->n; i++)
		shape->branches[i] = shape_of(parts->p, branches->nodes[i]);
}

static void add_logic(struct parts *parts)
{
	const struct jsch_logic *logic = parts->node->logic;

	if (logic == NULL)
		return;
	if (logic->values)
		add_part(parts, JSCH_ENUM);
	for (int criterion = 0; criterion < JSCH_CRITERIA; criterion++)
		add_combination(parts, (enum jsch_criterion)criterion);
	if (logic->not)
		add_part(parts, JSCH_NOT);
	if (logic->constant)
		add_part(parts, JSCH_CONST);
	if (logic->condition || logic->then || logic->otherwise)
		add_part(parts, JSCH_CONDITIONAL);
}

static struct jsch_shape typed(const struct jsch_node *node, unsigned type)
{
	struct jsch_shape shape = { .node = node };

	switch (type) {
	case JSCH_TYPE_STRING:
		shape.kind = JSCH_STRING;
		break;
	case JSCH_TYPE_INTEGER:
	case JSCH_TYPE_NUMBER:
		shape.kind = JSCH_NUMBER;
		shape.integer = type == JSCH_TYPE_INTEGER;
		break;
	case JSCH_TYPE_BOOLEAN:
		shape.kind = JSCH_BOOLEAN;
		break;
	case JSCH_TYPE_NULL:
		shape.kind = JSCH_NULL;
		break;
	case JSCH_TYPE_ARRAY:
		shape.kind = JSCH_ARRAY;
		break;
	default:
		shape.kind = JSCH_OBJECT;
		break;
	}
	return shape;
}

/* A list of types is an anyOf of them, each with the keywords of its type. */
static void add_type(struct parts *parts)
{
	const struct jsch_node *node = parts->node;
	struct jsch_shape *shape;

	if (node->type == NULL)
		return;
	if (node->type->kind == JSN_STRING) {
		parts->items[parts->n++] = typed(node, node->types);
		return;
	}
	shape = add_part(parts, JSCH_COMBINED);
	shape->criterion = JSCH_ANY;
	shape->n_written = (uint32_t)node->type->n_items;
	shape->branches = arena_array(parts->p->arena, struct jsch_shape *, JSCH_TYPES);
	for (unsigned type = 1; type < 1u << JSCH_TYPES; type <<= 1) {
		struct jsch_shape *branch;

		if (!(node->types & type))
			continue;
		branch = arena_new(parts->p->arena, struct jsch_shape);
		*branch = typed(node, type);
		shape->branches[shape->n_branches++] = branch;
	}
}

/* Keywords of types that are not asked for. */
static void add_implied(struct parts *parts)
{
	const struct jsch_node *node = parts->node;

	if (node->array && !(node->types & JSCH_TYPE_ARRAY))
		add_part(parts, JSCH_ARRAY);
	if (node->object && !(node->types & JSCH_TYPE_OBJECT))
		add_part(parts, JSCH_OBJECT);
	if (node->number && !(node->types & (JSCH_TYPE_NUMBER | JSCH_TYPE_INTEGER)))
		add_part(parts, JSCH_NUMBER);
	if (node->string && !(node->types & JSCH_TYPE_STRING))
		add_part(parts, JSCH_STRING);
}

static void add_reference(struct parts *parts, const struct jsch_reference *reference)
{
	if (str_present(reference->text))
		add_part(parts, JSCH_REFERENCE)->reference = reference;
}

/* The parts as branches of an allOf that no one wrote. */
static void hold_together(const struct parts *parts, struct jsch_shape *shape)
{
	struct jsch_shape *copies = arena_array(parts->p->arena, struct jsch_shape, parts->n);

	shape->kind = JSCH_COMBINED;
	shape->criterion = JSCH_ALL;
	shape->n_written = shape->n_branches = (uint32_t)parts->n;
	shape->branches = arena_array(parts->p->arena, struct jsch_shape *, parts->n);
	for (size_t i = 0; i < parts->n; i++) {
		copies[i] = parts->items[i];
		shape->branches[i] = &copies[i];
	}
}

static void fill(struct jsch_parser *p, struct jsch_node *node)
{
	struct parts parts = { .p = p, .node = node };
	struct jsch_shape *shape = shape_of(p, node);

	if (node->json->kind == JSN_BOOL) {
		shape->kind = node->json->boolean ? JSCH_TRUE : JSCH_FALSE;
		return;
	}
	add_reference(&parts, &node->reference);
	add_reference(&parts, &node->dynamic);
	add_logic(&parts);
	add_type(&parts);
	add_implied(&parts);
	if (parts.n == 1)
		*shape = parts.items[0];
	else if (parts.n > 1)
		hold_together(&parts, shape);
}

/* ---- references ---- */

static struct jsch_shape *next_of(const struct jsch_shape *shape)
{
	return shape->reference->target->shape;
}

/* Where following ends, for all on the way; each is passed once, being marked with itself meanwhile. */
static void follow(struct jsch_shape *from)
{
	struct jsch_shape *shape = from, *end;

	while (shape->kind == JSCH_REFERENCE && shape->target == NULL) {
		shape->target = shape;
		shape = next_of(shape);
	}
	end = shape->kind == JSCH_REFERENCE ? shape->target : shape;
	end->shared = true;
	for (shape = from; shape != end && shape->kind == JSCH_REFERENCE && shape->target == shape;) {
		shape->target = end;
		shape = next_of(shape);
	}
}

static void finish(struct jsch_parser *p, struct jsch_shape *shape)
{
	if (shape->kind == JSCH_REFERENCE) {
		follow(shape);
		return;
	}
	if (shape->kind != JSCH_COMBINED)
		return;
	for (uint32_t i = 0; i < shape->n_branches; i++)
		if (shape->branches[i]->node == shape->node)
			finish(p, shape->branches[i]);
	if (shape->n_branches > 1 && shape->branches[0]->node != shape->node)
		drop_equal(p, shape);
}

void jsch_shapes_make(struct jsch_parser *p)
{
	for (size_t i = 0; i < p->nodes.n_entries; i++)
		fill(p, p->nodes.entries[i].value);
	for (size_t i = 0; i < p->nodes.n_entries; i++)
		finish(p, ((struct jsch_node *)p->nodes.entries[i].value)->shape);
}
