/* Searching all latest versions, and the outline of one version. */
#include "server/api/handlers.h"
#include "server/api/v1_int.h"
#include "server/registry/search.h"

enum { DEFAULT_LIMIT = 50, MAX_LIMIT = 1000 };

static const struct str kinds[SIDE_TERM_KINDS] = {
	[SIDE_SUBJECT] = STR("subject"),
	[SIDE_TYPE] = STR("type"),
	[SIDE_FIELD] = STR("field"),
	[SIDE_SYMBOL] = STR("symbol"),
	[SIDE_TAG] = STR("tag"),
	[SIDE_DOC] = STR("doc"),
};

static enum err_code read_kinds(struct request *rq, unsigned *out, struct err *err)
{
	const struct str *given;
	size_t n = request_query_all(rq, "kind", &given);

	for (size_t i = 0; i < n; i++) {
		int kind = 0;

		while (kind < SIDE_TERM_KINDS && !str_eq(kinds[kind], given[i]))
			kind++;
		if (kind == SIDE_TERM_KINDS)
			return err_raise(err, INVALID_VALUE, "kind must be subject, type, field, symbol, doc or tag");
		*out |= 1u << kind;
	}
	return OK;
}

static void write_hit(struct buf *out, const struct side_hit *hit)
{
	v1_next(out);
	buf_add_c(out, '{');
	v1_text(out, "subject", hit->owner.subject);
	v1_int(out, "version", hit->owner.version);
	v1_int(out, "id", hit->owner.id);
	v1_text(out, "type", hit->owner.schema_type);
	v1_text(out, "kind", kinds[hit->term.kind]);
	v1_text(out, "name", hit->term.name);
	v1_text(out, "path", hit->term.path);
	v1_text(out, "doc", hit->term.doc);
	v1_texts(out, "tags", hit->term.tags, hit->term.n_tags);
	if (hit->term.line > 0)
		v1_int(out, "line", hit->term.line);
	else
		v1_text(out, "line", STR_NONE);
	buf_add_c(out, '}');
}

enum err_code v1_search(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct side_search search = { .words = v1_query(rq, "q"), .schema_type = v1_query(rq, "type") };
	struct buf out = buf_make(call.arena, 4096);
	struct side_hits hits;

	TRY(v1_page(rq, DEFAULT_LIMIT, MAX_LIMIT, &search.page, err));
	TRY(read_kinds(rq, &search.kinds, err));
	TRY(registry_search(&call, &search, &hits, err));
	buf_add_c(&out, '{');
	v1_int(&out, "total", hits.total);
	v1_int(&out, "offset", search.page.offset);
	v1_name(&out, "items");
	buf_add_c(&out, '[');
	for (size_t i = 0; i < hits.n_items; i++)
		write_hit(&out, &hits.items[i]);
	buf_lit(&out, "]}");
	return reply(rq, buf_str(&out));
}

/* ---- the outline ---- */

static void write_present(struct buf *out, const char *name, struct str text)
{
	if (str_present(text))
		v1_text(out, name, text);
}

/* What a node does not have is left out. */
static void write_node(struct buf *out, const struct outline *node)
{
	buf_add_c(out, '{');
	v1_text(out, "kind", str_present(node->kind) ? node->kind : STR("schema"));
	write_present(out, "name", node->name);
	write_present(out, "type", node->type);
	write_present(out, "logical", node->logical);
	write_present(out, "doc", node->doc);
	if (str_present(node->default_json)) {
		v1_name(out, "default");
		buf_add(out, node->default_json);
	}
	write_present(out, "path", node->path);
	if (node->n_tags > 0)
		v1_texts(out, "tags", node->tags, node->n_tags);
	if (node->number >= 0)
		v1_int(out, "number", node->number);
	if (node->optional)
		v1_bool(out, "optional", true);
	if (node->line > 0) {
		v1_int(out, "line", node->line);
		v1_int(out, "column", node->column);
	}
	if (node->n_items > 0) {
		v1_name(out, "items");
		buf_add_c(out, '[');
		for (size_t i = 0; i < node->n_items; i++) {
			v1_next(out);
			write_node(out, &node->items[i]);
		}
		buf_add_c(out, ']');
	}
	buf_add_c(out, '}');
}

enum err_code v1_outline(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct view_version *version;
	const struct outline *outline;
	struct version_number number;
	struct buf out = buf_make(call.arena, 4096);
	struct str subject;

	TRY(api_version(rq, &number, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_version_get(&call, subject, number, request_query_bool(rq, "deleted"), &version, err));
	TRY(registry_outline(&call, version, &outline, err));
	buf_add_c(&out, '{');
	v1_text(&out, "subject", version->subject);
	v1_int(&out, "version", version->version);
	v1_int(&out, "id", version->id);
	v1_text(&out, "type", version->schema_type);
	v1_name(&out, "root");
	write_node(&out, outline);
	buf_add_c(&out, '}');
	api_depends_version(rq, subject, version);
	return reply(rq, buf_str(&out));
}
