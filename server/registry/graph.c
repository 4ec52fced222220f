/* Who refers to whom: walked from a subject in both directions, level by level, within bounds. */
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "server/registry/overview.h"
#include "server/registry/registry_int.h"
#include "storage/view_graph.h"

/* A node that is known, and how far away it is. */
struct step {
	const struct view_node *node;
	int depth;
};

struct walk {
	struct call *call;
	const struct graph_query *query;
	struct map known;          /* struct step by name and version */
	struct map linked;         /* struct graph_edge by its ends and name */
	bool truncated;
};

static struct str key_of(struct arena *arena, struct str subject, int version)
{
	return str_printf(arena, "%d %.*s", version, STR_ARG(subject));
}

static void add_node(struct walk *walk, const struct view_node *node, int depth)
{
	struct str key = key_of(walk->call->arena, node->subject, node->version);
	struct step *step;

	if (map_get(&walk->known, key))
		return;
	if (walk->known.n_entries == LIMIT_GRAPH_NODES) {
		walk->truncated = true;
		return;
	}
	step = arena_new(walk->call->arena, struct step);
	*step = (struct step){ .node = node, .depth = depth };
	(void)map_put(&walk->known, key, step);
}

/* Only between nodes that are there. */
static void add_edge(struct walk *walk, const struct view_node *from, const struct record_reference *reference)
{
	struct arena *arena = walk->call->arena;
	struct str start = key_of(arena, from->subject, from->version);
	struct str end = key_of(arena, reference->target, reference->version);
	struct str key = str_printf(arena, "%.*s\n%.*s\n%.*s", STR_ARG(start), STR_ARG(end), STR_ARG(reference->name));
	struct graph_edge *edge;

	if (!map_get(&walk->known, start) || !map_get(&walk->known, end) || map_get(&walk->linked, key))
		return;
	if (walk->linked.n_entries == LIMIT_GRAPH_EDGES) {
		walk->truncated = true;
		return;
	}
	edge = arena_new(arena, struct graph_edge);
	*edge = (struct graph_edge){
		.subject = from->subject,
		.version = from->version,
		.to_subject = reference->target,
		.to_version = reference->version,
		.name = reference->name,
	};
	(void)map_put(&walk->linked, key, edge);
}

/* What the node refers to; a version that was purged meanwhile is no node. */
static enum err_code go_out(struct walk *walk, const struct view_node *node, int depth, struct err *err)
{
	for (size_t i = 0; i < node->n_references && !walk->truncated; i++) {
		const struct record_reference *reference = &node->references[i];
		const struct view_node *target;

		if (!map_get(&walk->known, key_of(walk->call->arena, reference->target, reference->version))) {
			TRY(view_node_find(walk->call->view, walk->call->arena, reference->target, reference->version, &target, err));
			if (target)
				add_node(walk, target, depth + 1);
		}
		add_edge(walk, node, reference);
	}
	return OK;
}

/* Who refers to the node, or to any version of its subject. */
static enum err_code go_in(struct walk *walk, const struct view_node *node, bool any, int depth, struct err *err)
{
	const struct view_target target = { .subject = node->subject, .version = any ? 0 : node->version };
	const struct view_node *referrers;
	size_t n;

	TRY(view_nodes_referring(walk->call->view, walk->call->arena, &target, walk->query->all_versions,
		LIMIT_GRAPH_NODES + 1, &referrers, &n, err));
	for (size_t i = 0; i < n; i++)
		add_node(walk, &referrers[i], depth + 1);
	return OK;
}

/* Nodes are added behind the one that is being left, so that nearer ones come first. */
static enum err_code walk_from(struct walk *walk, const struct view_node *start, struct err *err)
{
	add_node(walk, start, 0);
	for (size_t i = 0; i < walk->known.n_entries && !walk->truncated; i++) {
		const struct step *step = walk->known.entries[i].value;

		if (step->depth >= walk->query->depth)
			continue;
		if (walk->query->out)
			TRY(go_out(walk, step->node, step->depth, err));
		if (walk->query->in)
			TRY(go_in(walk, step->node, i == 0, step->depth, err));
	}
	return OK;
}

static enum err_code walk_subject(struct walk *walk, struct err *err)
{
	const struct view_node *start;

	TRY(view_node_find(walk->call->view, walk->call->arena, walk->query->subject, 0, &start, err));
	if (!start)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(walk->query->subject));
	return walk_from(walk, start, err);
}

static enum err_code walk_all(struct walk *walk, struct err *err)
{
	const struct view_node *nodes;
	size_t n;

	TRY(view_nodes_referring(walk->call->view, walk->call->arena, NULL, walk->query->all_versions, LIMIT_GRAPH_NODES + 1,
		&nodes, &n, err));
	for (size_t i = 0; i < n && !walk->truncated; i++) {
		add_node(walk, &nodes[i], 0);
		TRY(go_out(walk, &nodes[i], 0, err));
	}
	return OK;
}

/*
 * References from what is there to what is there: also to versions of the start's subject that only referrers
 * lead to.
 */
static enum err_code link_all(struct walk *walk, struct err *err)
{
	size_t n = walk->known.n_entries;

	for (size_t i = 0; i < n; i++) {
		const struct step *step = walk->known.entries[i].value;
		const struct view_node *target;

		for (size_t k = 0; k < step->node->n_references; k++) {
			const struct record_reference *reference = &step->node->references[k];

			if (walk->query->in && str_present(walk->query->subject) && str_eq(reference->target, walk->query->subject)) {
				TRY(view_node_find(walk->call->view, walk->call->arena, reference->target, reference->version, &target, err));
				if (target)
					add_node(walk, target, 0);
			}
			add_edge(walk, step->node, reference);
		}
	}
	return OK;
}

static void collect(struct walk *walk, struct graph *out)
{
	struct graph_node *nodes = arena_array(walk->call->arena, struct graph_node, walk->known.n_entries);
	struct graph_edge *edges = arena_array(walk->call->arena, struct graph_edge, walk->linked.n_entries);

	for (size_t i = 0; i < walk->known.n_entries; i++) {
		const struct view_node *node = ((const struct step *)walk->known.entries[i].value)->node;

		nodes[i] = (struct graph_node){
			.subject = node->subject,
			.version = node->version,
			.id = node->id,
			.schema_type = node->schema_type,
		};
	}
	for (size_t i = 0; i < walk->linked.n_entries; i++)
		edges[i] = *(const struct graph_edge *)walk->linked.entries[i].value;
	*out = (struct graph){
		.nodes = nodes,
		.n_nodes = walk->known.n_entries,
		.edges = edges,
		.n_edges = walk->linked.n_entries,
		.truncated = walk->truncated,
	};
}

static enum err_code walk_graph(struct walk *walk, struct err *err)
{
	TRY(str_present(walk->query->subject) ? walk_subject(walk, err) : walk_all(walk, err));
	return link_all(walk, err);
}

enum err_code registry_graph(struct call *call, const struct graph_query *query, struct graph *out, struct err *err)
{
	struct graph_query asked = *query;
	struct walk walk = {
		.call = call,
		.query = &asked,
		.known = map_make(call->arena),
		.linked = map_make(call->arena),
	};
	enum err_code code;

	if (str_present(query->subject))
		asked.subject = subject_normalize(call->arena, query->subject);
	TRY(view_begin(call->view, err));
	code = walk_graph(&walk, err);
	view_end(call->view);
	TRY(code);
	collect(&walk, out);
	return OK;
}
