/* All subjects in one paged, filtered and sorted list. */
#include "server/api/handlers.h"
#include "server/api/v1_int.h"
#include "server/registry/overview.h"

enum { DEFAULT_LIMIT = 100, MAX_LIMIT = 1000 };

static const struct str sorts[SIDE_SORTS] = {
	[SIDE_BY_SUBJECT] = STR("subject"),
	[SIDE_BY_TYPE] = STR("type"),
	[SIDE_BY_LATEST] = STR("latest"),
	[SIDE_BY_VERSIONS] = STR("versions"),
	[SIDE_BY_CHANGED] = STR("changed"),
	[SIDE_BY_OWNER] = STR("owner"),
};

static enum err_code read_sort(struct request *rq, struct side_filter *out, struct err *err)
{
	struct str text = v1_query(rq, "sort");

	if (!str_present(text))
		return OK;
	out->descending = str_starts(text, STR("-"));
	text = str_sub(text, out->descending, text.len);
	for (int i = 0; i < SIDE_SORTS; i++) {
		if (str_eq(text, sorts[i])) {
			out->sort = (enum side_sort)i;
			return OK;
		}
	}
	return err_raise(err, INVALID_VALUE,
		"sort must be subject, type, latest, versions, changed or owner, with - before it for descending");
}

static void write_item(struct buf *out, const struct overview_item *item)
{
	const struct side_summary *s = item->summary;

	v1_next(out);
	buf_add_c(out, '{');
	v1_text(out, "subject", s->subject);
	v1_text(out, "context", s->context);
	v1_text(out, "type", s->schema_type);
	v1_int(out, "versions", s->n_versions);
	v1_name(out, "latest");
	buf_printf(out, "{\"version\":%d,\"id\":%d}", s->version, s->id);
	v1_text(out, "level", compat_level_name(item->level));
	v1_text(out, "levelFrom", config_origin_name(item->level_from));
	v1_text(out, "policy", config_policy_name(item->policy));
	v1_text(out, "mode", registry_mode_name(item->mode));
	v1_time(out, "changed", s->changed_ms);
	v1_text(out, "actor", s->actor);
	v1_text(out, "owner", s->owner);
	v1_text(out, "description", s->description);
	v1_texts(out, "tags", s->tags, s->n_tags);
	v1_int(out, "referencesOut", s->n_references);
	v1_int(out, "referencesIn", item->n_referrers);
	v1_bool(out, "deleted", s->deleted);
	buf_add_c(out, '}');
}

static enum err_code reply_overview(struct request *rq, const struct overview *overview, int64_t offset)
{
	struct buf out = buf_make(request_arena(rq), 256 + 512 * overview->n_items);

	buf_add_c(&out, '{');
	v1_int(&out, "total", overview->total);
	v1_int(&out, "offset", offset);
	v1_name(&out, "items");
	buf_add_c(&out, '[');
	for (size_t i = 0; i < overview->n_items; i++)
		write_item(&out, &overview->items[i]);
	buf_lit(&out, "]}");
	return reply(rq, buf_str(&out));
}

enum err_code v1_overview(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct side_filter filter = {
		.words = v1_query(rq, "q"),
		.schema_type = v1_query(rq, "type"),
		.context = v1_context(rq),
		.tag = v1_query(rq, "tag"),
		.which = api_deleted(rq),
	};
	struct overview overview;
	struct str stamp;

	TRY(v1_page(rq, DEFAULT_LIMIT, MAX_LIMIT, &filter.page, err));
	TRY(read_sort(rq, &filter, err));
	TRY(registry_stamp(&call, &stamp, err));
	if (reply_unchanged(rq, stamp))
		return OK;
	TRY(registry_overview(&call, &filter, &overview, err));
	return reply_overview(rq, &overview, filter.page.offset);
}
