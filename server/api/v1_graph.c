/* References between versions, drawn from a subject or of everything. */
#include "server/api/handlers.h"
#include "server/api/v1_int.h"
#include "server/registry/overview.h"

enum { DEFAULT_DEPTH = 2, MAX_DEPTH = 10 };

static enum err_code read_direction(struct request *rq, struct graph_query *out, struct err *err)
{
	struct str text = v1_query(rq, "direction");

	out->in = !str_present(text) || str_eq(text, STR("both")) || str_eq(text, STR("in"));
	out->out = !str_present(text) || str_eq(text, STR("both")) || str_eq(text, STR("out"));
	if (out->in || out->out)
		return OK;
	return err_raise(err, INVALID_VALUE, "direction must be in, out or both");
}

static enum err_code read_query(struct request *rq, struct graph_query *out, struct err *err)
{
	struct str subject = v1_query(rq, "subject");
	struct str versions = v1_query(rq, "versions");
	int32_t depth;

	TRY(request_query_int(rq, "depth", DEFAULT_DEPTH, &depth, err));
	if (depth < 0 || depth > MAX_DEPTH)
		return err_raise(err, INVALID_VALUE, "depth must be from 0 to 10");
	out->depth = depth;
	TRY(read_direction(rq, out, err));
	if (str_present(versions) && !str_eq(versions, STR("latest")) && !str_eq(versions, STR("all")))
		return err_raise(err, INVALID_VALUE, "versions must be latest or all");
	out->all_versions = str_present(versions) && str_eq(versions, STR("all"));
	out->subject = str_present(subject) ? api_scoped(rq, subject) : STR_NONE;
	return OK;
}

static void write_end(struct buf *out, const char *name, struct str subject, int version)
{
	v1_name(out, name);
	buf_add_c(out, '{');
	v1_text(out, "subject", subject);
	v1_int(out, "version", version);
	buf_add_c(out, '}');
}

static void write_node(struct buf *out, const struct graph_node *node)
{
	v1_next(out);
	buf_add_c(out, '{');
	v1_text(out, "subject", node->subject);
	v1_int(out, "version", node->version);
	v1_text(out, "type", node->schema_type);
	v1_int(out, "id", node->id);
	buf_add_c(out, '}');
}

static void write_edge(struct buf *out, const struct graph_edge *edge)
{
	v1_next(out);
	buf_add_c(out, '{');
	write_end(out, "from", edge->subject, edge->version);
	write_end(out, "to", edge->to_subject, edge->to_version);
	v1_text(out, "name", edge->name);
	buf_add_c(out, '}');
}

enum err_code v1_graph(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 4096);
	struct graph_query query = { 0 };
	struct graph graph;

	TRY(read_query(rq, &query, err));
	TRY(registry_graph(&call, &query, &graph, err));
	buf_add_c(&out, '{');
	v1_name(&out, "nodes");
	buf_add_c(&out, '[');
	for (size_t i = 0; i < graph.n_nodes; i++)
		write_node(&out, &graph.nodes[i]);
	buf_add_c(&out, ']');
	v1_name(&out, "edges");
	buf_add_c(&out, '[');
	for (size_t i = 0; i < graph.n_edges; i++)
		write_edge(&out, &graph.edges[i]);
	buf_add_c(&out, ']');
	v1_bool(&out, "truncated", graph.truncated);
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}
