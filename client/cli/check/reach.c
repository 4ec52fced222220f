/* A tree judged in the order of its references. */
#include "client/cli/check/reach.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"

enum state { UNSEEN, VISITED, DONE };

enum direction { BACKWARD = 1 << 0, FORWARD = 1 << 1 };

/* A file of the worktree on its way. */
struct node {
	struct schema_file *file;
	struct report_schema *schema;
	enum state state;
	unsigned told_of;              /* directions of its own findings, excused ones included */
	bool excuses_all;              /* exceptions from every rule */
	struct str *told;              /* paths of the files whose changes its findings are of */
	size_t n_told;
	struct str *affects;
	size_t room;
};

struct judging_tree {
	const struct judge *judge;
	struct map nodes;              /* by path */
};

/* What a file refers to, directly or not; in an arena of its own. */
struct below {
	struct judging_tree *tree;
	const struct node *node;
	struct arena *arena;
	struct map names;              /* the files by the names of the references */
	struct map seen;               /* the files by path */
	struct map open;               /* those reached other than through one that tells what its change does, by path */
	struct node **roots;           /* those that tell what their change does */
	size_t n_roots, room;
};

static struct node *node_of(const struct judging_tree *t, const struct schema_file *file)
{
	return map_get(&t->nodes, file->path);
}

static unsigned asked_of(const struct report_schema *schema)
{
	return (compat_level_backward(schema->level) ? BACKWARD : 0u) | (compat_level_forward(schema->level) ? FORWARD : 0u);
}

/* Whether what is told of `by` was judged as that of `node` would be. */
static bool tells_for(const struct node *by, const struct node *node)
{
	unsigned asked = asked_of(node->schema);

	return by && by->state == DONE && (asked & ~asked_of(by->schema)) == 0 && (asked ? asked & by->told_of : by->told_of) != 0
		&& by->schema->policy == node->schema->policy
		&& memcmp(by->file->settings->severity, node->file->settings->severity, sizeof(node->file->settings->severity)) == 0;
}

/* ---- what is below ---- */

static void find_open(struct below *b, struct schema_file *file, unsigned depth)
{
	size_t n;
	const struct schema_link *links = set_links(&b->tree->judge->worktree->set, file, &n);

	for (size_t i = 0; i < n && depth < LIMIT_REFERENCE_DEPTH; i++) {
		struct schema_file *target = links[i].file;

		if (tells_for(node_of(b->tree, target), b->node) || map_get(&b->open, target->path))
			continue;
		map_put(&b->open, target->path, target);
		find_open(b, target, depth + 1);
	}
}

static void find_below(struct below *b, struct schema_file *file, unsigned depth)
{
	size_t n;
	const struct schema_link *links = set_links(&b->tree->judge->worktree->set, file, &n);

	for (size_t i = 0; i < n && depth < LIMIT_REFERENCE_DEPTH; i++) {
		struct schema_file *target = links[i].file;
		struct node *node = node_of(b->tree, target);

		if (!map_get(&b->names, links[i].name))
			map_put(&b->names, links[i].name, target);
		if (map_get(&b->seen, target->path))
			continue;
		map_put(&b->seen, target->path, target);
		if (tells_for(node, b->node)) {
			b->roots = arena_grow(b->arena, b->roots, b->n_roots, &b->room, sizeof(struct node *));
			b->roots[b->n_roots++] = node;
		}
		find_below(b, target, depth + 1);
	}
}

static struct below below_of(struct judging_tree *t, struct node *node, struct arena *arena)
{
	struct below b = { .tree = t, .node = node, .arena = arena, .names = map_make(arena), .seen = map_make(arena),
		.open = map_make(arena) };

	find_open(&b, node->file, 0);
	find_below(&b, node->file, 0);
	return b;
}

/* Its findings, excused or warnings, do not end the run with 1: what they are for another schema may. */
static bool is_excused(const struct node *root)
{
	return root->schema->outcome != OUTCOME_BREAKS;
}

/* The base's files of what the roots tell, by the names of the references; `excused`: those that are excused among them. */
static struct map before(const struct below *b, bool excused)
{
	struct map told = map_make(b->arena), out = map_make(b->arena);

	for (size_t i = 0; i < b->n_roots; i++)
		for (size_t k = 0; k < b->roots[i]->n_told && (excused || !is_excused(b->roots[i])); k++)
			if (!map_get(&b->open, b->roots[i]->told[k]))
				map_put(&told, b->roots[i]->told[k], b->roots[i]);
	for (size_t i = 0; i < b->names.n_entries; i++) {
		const struct schema_file *file = b->names.entries[i].value;
		struct schema_file *old = base_file(b->tree->judge->base, file);

		if (old && map_get(&told, file->path))
			map_put(&out, b->names.entries[i].key, old);
	}
	return out;
}

/* ---- what exceptions below do not excuse ---- */

static bool is_told_at(const struct judge *judge, const struct node *root, const struct report_finding *finding)
{
	for (size_t i = 0; i < root->schema->n_findings; i++)
		if (root->schema->findings[i].found->rule == finding->found->rule && root->schema->findings[i].severity >= finding->severity)
			return true;
	return judge_excuses(judge, root->file, finding->found->rule);
}

static bool is_same(const struct explain_finding *a, const struct explain_finding *b)
{
	return a->rule == b->rule && a->new_reads_old == b->new_reads_old && str_eq(a->in_new.path, b->in_new.path)
		&& str_eq(a->in_old.path, b->in_old.path);
}

/* Whether neither the schema tells it nor one that it refers to. */
static bool is_extra(const struct below *b, const struct report_finding *finding)
{
	const struct report_schema *schema = b->node->schema;

	for (size_t i = 0; i < b->n_roots; i++)
		if (is_excused(b->roots[i]) && is_told_at(b->tree->judge, b->roots[i], finding))
			return false;
	for (size_t i = 0; i < schema->n_findings; i++)
		if (is_same(schema->findings[i].found, finding->found))
			return false;
	return true;
}

static size_t keep_extra(const struct below *b, struct report_schema *found)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n_findings; i++)
		if (is_extra(b, &found->findings[i]))
			found->findings[n++] = found->findings[i];
	found->n_findings = n;
	return n;
}

static void add_extra(const struct judge *judge, struct report_schema *schema, const struct report_schema *extra)
{
	size_t n = schema->n_findings;
	struct report_finding *all = arena_array(judge->arena, struct report_finding, n + extra->n_findings);

	for (size_t i = 0; i < n; i++)
		all[i] = schema->findings[i];
	for (size_t i = 0; i < extra->n_findings; i++) {
		all[n + i] = extra->findings[i];
		if (all[n + i].severity == SEVERITY_ERROR && !all[n + i].excused)
			schema->outcome = OUTCOME_BREAKS;
	}
	schema->findings = all;
	schema->n_findings = n + extra->n_findings;
	schema->fixed = extra->fixed;
	report_sort(schema);
}

static bool has_exceptions(const struct below *b)
{
	for (size_t i = 0; i < b->n_roots; i++)
		if (is_excused(b->roots[i]) && !b->roots[i]->excuses_all)
			return true;
	return false;
}

/*
 * What the excused ones break has another rule here, perhaps.  Mostly there is nothing, so it is looked for in
 * memory that is given back.  *told is false when that cannot be told apart; *any, whether something was added.
 */
static enum err_code judge_extra(const struct below *b, bool *told, bool *any, struct err *err)
{
	struct judge scratch = *b->tree->judge;
	struct map rest = before(b, false);
	struct report_schema found;

	*any = false;
	scratch.arena = b->arena;
	TRY(judge_apart(&scratch, b->node->file, &rest, &found, told, err));
	if (found.n_unlisted > 0)
		*told = false; /* behind what is listed may be more */
	if (!*told || keep_extra(b, &found) == 0)
		return OK;
	*any = true;
	TRY(judge_apart(b->tree->judge, b->node->file, &rest, &found, told, err));
	keep_extra(b, &found);
	add_extra(b->tree->judge, b->node->schema, &found);
	return OK;
}

/* ---- a file after those that it refers to ---- */

static unsigned directions_of(const struct report_schema *schema)
{
	unsigned directions = 0;

	for (size_t i = 0; i < schema->n_findings; i++)
		directions |= schema->findings[i].found->new_reads_old ? BACKWARD : FORWARD;
	return directions;
}

static bool excuses_all(const struct judge *judge, const struct schema_file *file)
{
	for (int rule = 0; rule < RULES; rule++)
		if (!judge_excuses(judge, file, (enum rule)rule))
			return false;
	return true;
}

/* It breaks with what it refers to, unless that is excused. */
static void spread(const struct below *b)
{
	struct arena *arena = b->tree->judge->arena;

	for (size_t i = 0; i < b->n_roots && asked_of(b->node->schema) != 0; i++) {
		struct node *root = b->roots[i];

		if (!is_excused(root))
			b->node->schema->outcome = OUTCOME_BREAKS;
		root->affects = arena_grow(arena, root->affects, root->schema->n_affects, &root->room, sizeof(*root->affects));
		root->affects[root->schema->n_affects++] = b->node->schema->path;
		root->schema->affects = root->affects;
	}
}

/* Remembers what its findings are of: its own change, and those of `files`. */
static void finish(struct judging_tree *t, struct node *node, const struct map *files)
{
	node->told_of = directions_of(node->schema);
	if (node->told_of == 0)
		return;
	node->excuses_all = excuses_all(t->judge, node->file);
	node->told = arena_array(t->judge->arena, struct str, files->n_entries + 1);
	node->told[node->n_told++] = node->file->path;
	for (size_t i = 0; i < files->n_entries; i++)
		node->told[node->n_told++] = files->entries[i].key;
}

static enum err_code judge_above(struct below *b, struct node *node, struct err *err)
{
	struct judging_tree *t = b->tree;
	struct map told_below = before(b, true);
	bool told = false, extra = false;

	if (b->n_roots > 0)
		TRY(judge_apart(t->judge, node->file, &told_below, node->schema, &told, err));
	if (told && has_exceptions(b))
		TRY(judge_extra(b, &told, &extra, err));
	if (told)
		spread(b);
	else
		TRY(judge_file(t->judge, node->file, node->schema, err));
	finish(t, node, told && !extra ? &b->open : &b->seen);
	return OK;
}

static enum err_code judge_node(struct judging_tree *t, struct node *node, struct err *err)
{
	struct arena *arena = arena_create(0);
	struct below b;
	enum err_code code;

	judge_begin(t->judge, node->file, node->schema);
	if (node->schema->outcome == OUTCOME_COMPATIBLE)
		b = below_of(t, node, arena);
	else
		b = (struct below){ .tree = t, .node = node, .arena = arena, .names = map_make(arena), .seen = map_make(arena) };
	code = judge_above(&b, node, err);
	arena_destroy(arena);
	return code;
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

enum err_code reach_judge(const struct judge *judge, struct report_schema *schemas, struct err *err)
{
	const struct worktree *worktree = judge->worktree;
	struct judging_tree t = { .judge = judge, .nodes = map_make(judge->arena) };
	struct node *nodes = arena_array(judge->arena, struct node, worktree->n_files);

	for (size_t i = 0; i < worktree->n_files; i++) {
		nodes[i] = (struct node){ .file = worktree->files[i], .schema = &schemas[i] };
		map_put(&t.nodes, worktree->files[i]->path, &nodes[i]);
	}
	for (size_t i = 0; i < worktree->n_files; i++)
		TRY(visit(&t, &nodes[i], 0, err));
	return OK;
}
