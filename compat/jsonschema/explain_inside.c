/*
 * Findings inside anyOf and oneOf: of a document that none of the branches takes the validator says just that.
 * What each branch has against it is asked here.
 */
#include "base/arena.h"
#include "compat/jsonschema/explain_int.h"

enum { DEEPEST = 8 };

struct inside {
	struct jsch_explaining *e;
	const struct jsch_telling *t;
	const struct jsch_breach *breach;
};

static bool is_inside(const struct jsn *json, const struct jsn *outer)
{
	if (json == outer)
		return true;
	for (size_t i = 0; i < outer->n_items; i++)
		if (is_inside(json, &outer->items[i]))
			return true;
	return false;
}

static const struct jsch_branches *branches_of(const struct jsch_explaining *e, const struct jsch_violation *violation)
{
	const struct jsn *json = violation->schema;
	const struct jsch_node *node = map_get(&e->reader->nodes, str_make((const char *)&json, sizeof(json)));

	if (node == NULL || node->logic == NULL)
		return NULL;
	if (str_eq(violation->keyword, STR("anyOf")))
		return &node->logic->branches[JSCH_ANY];
	return str_eq(violation->keyword, STR("oneOf")) ? &node->logic->branches[JSCH_ONE] : NULL;
}

static bool shows_inside(struct inside *s, const struct jsch_violation *violation, unsigned depth);

/* What the branch has against the value, by paths of the document. */
static bool shows_in_branch(struct inside *s, const struct jsch_node *branch, const struct jsn *value, struct str path,
	unsigned depth)
{
	struct jsch_violations found = { .n = 0 };

	jsch_search_violations(&s->e->search, s->e->reader, branch, value, &found);
	for (size_t i = 0; i < found.n; i++) {
		struct jsch_violation *one = &found.items[i];

		one->path = str_concat(s->e->work, path, one->path);
		if (jsch_shows(s->t->rule, s->t->context, one) || shows_inside(s, one, depth + 1))
			return true;
	}
	return false;
}

static bool shows_inside(struct inside *s, const struct jsch_violation *violation, unsigned depth)
{
	const struct jsch_branches *branches = branches_of(s->e, violation);
	const struct jsn *value;

	if (branches == NULL || depth == DEEPEST || !jsch_search_spend(&s->e->search, 1) ||
		!is_inside(s->t->context->new->json, violation->schema))
		return false;
	value = jsch_pointer_find(s->breach->sample->value, violation->path);
	for (size_t i = 0; value && i < branches->n; i++)
		if (jsch_search_valid(&s->e->search, s->e->reader, branches->nodes[i], value))
			return false; /* that of oneOf which take it are too many */
	for (size_t i = 0; value && i < branches->n; i++)
		if (shows_in_branch(s, branches->nodes[i], value, violation->path, depth))
			return true;
	return false;
}

bool jsch_shows_inside(struct jsch_explaining *e, const struct jsch_telling *t, const struct jsch_breach *breach)
{
	struct inside s = { .e = e, .t = t, .breach = breach };

	e->search.formats = breach->formats;
	return shows_inside(&s, breach->violation, 0);
}
