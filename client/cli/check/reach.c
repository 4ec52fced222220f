/* A tree judged in the order of its references. */
#include "client/cli/check/reach.h"

#include "base/arena.h"
#include "base/limits.h"

enum state { UNSEEN, VISITED, DONE };

enum direction { BACKWARD = 1 << 0, FORWARD = 1 << 1 };

/* A file of the worktree on its way. */
struct node {
	struct schema_file *file;
	struct report_schema *schema;
	struct reach *reach;
	enum state state;
	unsigned breaks;               /* directions of its own errors, excused ones included */
	const struct node **roots;     /* what it refers to and breaks */
	size_t n_roots, room;
};

struct judging_tree {
	const struct judge *judge;
	struct map nodes;              /* by path */
};

static struct node *node_of(const struct judging_tree *t, const struct schema_file *file)
{
	return map_get(&t->nodes, file->path);
}

static void add_root(struct judging_tree *t, struct node *node, const struct node *root)
{
	for (size_t i = 0; i < node->n_roots; i++)
		if (node->roots[i] == root)
			return;
	node->roots = arena_grow(t->judge->arena, node->roots, node->n_roots, &node->room, sizeof(*node->roots));
	node->roots[node->n_roots++] = root;
}

/* Collects what breaks below; false when something below was not compared with what it was before. */
static bool find_roots(struct judging_tree *t, struct node *node)
{
	size_t n;
	const struct schema_link *links = set_links(&t->judge->worktree->set, node->file, &n);

	for (size_t i = 0; i < n; i++) {
		const struct node *target = node_of(t, links[i].file);

		if (target == NULL || target->state != DONE ||
			target->schema->outcome == OUTCOME_FIRST || target->schema->outcome == OUTCOME_UNTOLD)
			return false;
		if (target->breaks)
			add_root(t, node, target);
		for (size_t k = 0; k < target->n_roots; k++)
			add_root(t, node, target->roots[k]);
	}
	return true;
}

static unsigned asked_of(const struct report_schema *schema)
{
	return (compat_level_backward(schema->level) ? BACKWARD : 0u) | (compat_level_forward(schema->level) ? FORWARD : 0u);
}

/* Whether the roots break in each direction in which this one is judged: then they are where it is told. */
static bool is_told_below(const struct node *node, const struct report_schema *schema)
{
	unsigned told = 0;

	for (size_t i = 0; i < node->n_roots; i++)
		if (node->roots[i]->schema->policy == schema->policy)
			told |= node->roots[i]->breaks;
	return node->n_roots > 0 && (asked_of(schema) & ~told) == 0;
}

static unsigned breaks_of(const struct report_schema *schema)
{
	unsigned breaks = 0;

	for (size_t i = 0; i < schema->n_findings; i++)
		if (schema->findings[i].severity == SEVERITY_ERROR)
			breaks |= schema->findings[i].found->new_reads_old ? BACKWARD : FORWARD;
	return breaks;
}

/* It breaks with what it refers to, unless that is excused. */
static void spread(struct judging_tree *t, struct node *node)
{
	for (size_t i = 0; i < node->n_roots; i++) {
		struct reach *reach = node->roots[i]->reach;

		if (node->roots[i]->schema->outcome == OUTCOME_BREAKS)
			node->schema->outcome = OUTCOME_BREAKS;
		reach->affected = arena_grow(t->judge->arena, reach->affected, reach->n_affected, &reach->room,
			sizeof(*reach->affected));
		reach->affected[reach->n_affected++] = node->file;
	}
}

static enum err_code judge_node(struct judging_tree *t, struct node *node, struct err *err)
{
	bool known = find_roots(t, node), told = false;

	judge_begin(t->judge, node->file, node->schema);
	if (known && is_told_below(node, node->schema))
		TRY(judge_own_change(t->judge, node->file, node->schema, &told, err));
	if (told)
		spread(t, node);
	else
		TRY(judge_file(t->judge, node->file, node->schema, err));
	node->breaks = breaks_of(node->schema);
	return OK;
}

/* Files that refer to each other in a circle are judged as they come. */
static enum err_code visit(struct judging_tree *t, struct node *node, unsigned depth, struct err *err)
{
	size_t n;
	const struct schema_link *links;

	if (node->state != UNSEEN)
		return OK;
	node->state = VISITED;
	links = set_links(&t->judge->worktree->set, node->file, &n);
	for (size_t i = 0; i < n && depth < LIMIT_REFERENCE_DEPTH; i++) {
		struct node *target = node_of(t, links[i].file);

		if (target)
			TRY(visit(t, target, depth + 1, err));
	}
	TRY(judge_node(t, node, err));
	node->state = DONE;
	return OK;
}

enum err_code reach_judge(const struct judge *judge, struct report_schema *schemas, struct reach *reaches, struct err *err)
{
	const struct worktree *worktree = judge->worktree;
	struct judging_tree t = { .judge = judge, .nodes = map_make(judge->arena) };
	struct node *nodes = arena_array(judge->arena, struct node, worktree->n_files);

	for (size_t i = 0; i < worktree->n_files; i++) {
		reaches[i] = (struct reach){ .file = worktree->files[i] };
		nodes[i] = (struct node){ .file = worktree->files[i], .schema = &schemas[i], .reach = &reaches[i] };
		map_put(&t.nodes, worktree->files[i]->path, &nodes[i]);
	}
	for (size_t i = 0; i < worktree->n_files; i++)
		TRY(visit(&t, &nodes[i], 0, err));
	return OK;
}
