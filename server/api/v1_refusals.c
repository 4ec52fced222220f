/* Refused registrations: kept when they are answered, and told to whoever asks for them. */
#include "base/arena.h"
#include "base/log.h"
#include "server/api/handlers.h"
#include "server/api/v1_explain_int.h"
#include "server/registry/refusal.h"

enum { DEFAULT_LIMIT = 100, MAX_LIMIT = 1000 };

/* ---- refusing ---- */

/* The reference's two members, and the findings; as it was when it cannot be explained. */
static void answer_explained(struct request *rq, struct call *call, const struct refused *refused, const struct err *err)
{
	struct buf out = buf_make(call->arena, 4096);
	struct err ignored = { .arena = call->arena };
	struct explained_change change;

	if (registry_refused_explain(call, refused, &change, &ignored) != OK)
		return;
	buf_add_c(&out, '{');
	v1_int(&out, "error_code", err_wire(ERR_INCOMPATIBLE));
	v1_text(&out, "message", err->message);
	v1_write_findings(&out, "findings", &change, true);
	buf_add_c(&out, '}');
	(void)reply_status(rq, err_status(ERR_INCOMPATIBLE), buf_str(&out));
}

/* Only where a version is registered. */
static bool wants_findings(struct request *rq)
{
	return request_query_bool(rq, "explain") && str_present(request_param(rq, "subject")) &&
		!str_present(request_param(rq, "version"));
}

void api_failed(struct request *rq, enum err_code code, const struct err *err)
{
	struct err failure = { .arena = request_arena(rq) };
	const struct refused *refused = err->detail;
	struct call call;
	int id;

	if (code != ERR_INCOMPATIBLE || !refused)
		return;
	call = api_call(rq);
	if (registry_refusal_keep(&call, refused, err->message, &id, &failure) == OK)
		reply_header(rq, "Link", str_printf(call.arena, "</api/v1/refusals/%d>; rel=\"describedby\"", id));
	else
		log_text(LOG_WARN, "refusal", "It could not be kept: %.*s", STR_ARG(failure.message));
	if (wants_findings(rq))
		answer_explained(rq, &call, refused, err);
}

/* ---- telling ---- */

static void write_head(struct buf *out, const struct side_refusal *refusal)
{
	v1_int(out, "id", refusal->id);
	v1_time(out, "time", refusal->time_ms);
	v1_text(out, "actor", refusal->actor);
	v1_text(out, "subject", refusal->subject);
	v1_text(out, "level", refusal->level);
	v1_text(out, "policy", refusal->policy);
	v1_text(out, "schemaType", refusal->schema_type);
	v1_int(out, "findings", refusal->n_findings);
}

enum err_code v1_refusals(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct str subject = v1_query(rq, "subject");
	struct buf out = buf_make(call.arena, 4096);
	const struct side_refusal *items;
	struct view_page page;
	size_t n;

	TRY(v1_page(rq, DEFAULT_LIMIT, MAX_LIMIT, &page, err));
	TRY(registry_refusal_list(&call, str_present(subject) ? api_scoped(rq, subject) : STR_NONE, (size_t)page.limit, &items,
		&n, err));
	buf_lit(&out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		v1_next(&out);
		buf_add_c(&out, '{');
		write_head(&out, &items[i]);
		buf_add_c(&out, '}');
	}
	buf_lit(&out, "]}");
	return reply(rq, buf_str(&out));
}

enum err_code v1_refusal(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 8192);
	const struct side_refusal *refusal;
	struct explained_change change;
	int id;

	TRY(api_id(rq, &id, err));
	TRY(registry_refusal_get(&call, id, &refusal, err));
	TRY(registry_refusal_explain(&call, refusal, &change, err));
	buf_add_c(&out, '{');
	write_head(&out, refusal);
	v1_text(&out, "schema", refusal->text);
	v1_name(&out, "references");
	buf_add(&out, str_present(refusal->references) ? refusal->references : STR("[]"));
	v1_text(&out, "message", refusal->message);
	v1_name(&out, "explanation");
	buf_add_c(&out, '{');
	v1_write_explanation(&out, &change);
	buf_lit(&out, "}}");
	return reply(rq, buf_str(&out));
}
