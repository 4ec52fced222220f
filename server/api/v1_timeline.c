/* What happened, newest first, and how much there is. */
#include "base/clock.h"
#include "server/api/handlers.h"
#include "server/api/v1_int.h"
#include "server/registry/overview.h"

enum { DEFAULT_LIMIT = 100, MAX_LIMIT = 1000, KEY_PART = 0x1F };

/* ---- the timeline ---- */

static enum err_code read_moment(struct request *rq, const char *name, int64_t *out, struct err *err)
{
	struct str text = v1_query(rq, name);

	if (!str_present(text) || clock_parse(text, out))
		return OK;
	return err_text(err, ERR_INVALID_VALUE,
		str_printf(err->arena, "%s must be a date, an RFC 3339 time, or milliseconds since 1970", name));
}

static enum err_code read_filter(struct request *rq, struct side_events *out, struct err *err)
{
	struct str subject = v1_query(rq, "subject");
	struct str kind = v1_query(rq, "kind");
	struct str before = v1_query(rq, "before");
	enum record_kind found = 0;
	int64_t number = INT64_MAX;
	struct view_page page;

	TRY(v1_page(rq, DEFAULT_LIMIT, MAX_LIMIT, &page, err));
	if (str_present(kind) && !record_kind_find(kind, &found))
		return err_raise(err, INVALID_VALUE, "there is no such kind of change");
	if (str_present(before) && (!str_to_i64(before, &number) || number < 0))
		return err_raise(err, INVALID_VALUE, "before must be a sequence number");
	*out = (struct side_events){
		.subject = str_present(subject) ? api_scoped(rq, subject) : STR_NONE,
		.actor = v1_query(rq, "actor"),
		.kind = (int)found,
		.since_ms = INT64_MIN,
		.until_ms = INT64_MAX,
		.before = (uint64_t)number,
		.limit = (size_t)page.limit,
	};
	TRY(read_moment(rq, "since", &out->since_ms, err));
	return read_moment(rq, "until", &out->until_ms, err);
}

static void write_number(struct buf *out, const char *name, int value, bool known)
{
	if (known)
		v1_int(out, name, value);
	else
		v1_text(out, name, STR_NONE);
}

static void write_key(struct buf *out, struct str key)
{
	v1_name(out, "key");
	buf_add_c(out, '[');
	for (;;) {
		ptrdiff_t end = str_index(key, KEY_PART);

		v1_next(out);
		buf_json_string(out, end < 0 ? key : str_sub(key, 0, (size_t)end));
		if (end < 0)
			break;
		key = str_sub(key, (size_t)end + 1, key.len);
	}
	buf_add_c(out, ']');
}

/* What the kind has beyond subject, version and id; never the text of a schema or the material of a key. */
static void write_detail(struct buf *out, const struct record *record)
{
	v1_name(out, "detail");
	buf_add_c(out, '{');
	if (record->kind == RECORD_VERSION_PUT) {
		v1_text(out, "type", record->schema_type);
		v1_int(out, "references", (int64_t)record->n_references);
		v1_bool(out, "deleted", record->deleted);
	} else if (record->kind == RECORD_CONFIG_PUT) {
		v1_name(out, "config");
		buf_add(out, record->body);
	} else if (record->kind == RECORD_MODE_PUT) {
		v1_text(out, "mode", record->mode);
	} else if (str_present(record->context) && record->kind != RECORD_VERSION_PUT) {
		v1_text(out, "context", record->context);
	} else if (str_present(record->collection)) {
		v1_text(out, "collection", record->collection);
		write_key(out, record->key);
	}
	buf_add_c(out, '}');
}

static void write_item(struct buf *out, const struct timeline_item *item)
{
	const struct record *record = &item->record;

	v1_next(out);
	buf_add_c(out, '{');
	v1_int(out, "sequence", (int64_t)item->entry->seq);
	v1_time(out, "time", item->entry->time_ms);
	v1_text(out, "actor", item->entry->actor);
	v1_text(out, "kind", str_of(record_kind_name(record->kind)));
	v1_text(out, "subject", record->subject);
	write_number(out, "version", record->version, record->version > 0);
	write_number(out, "id", record->id, record->kind == RECORD_VERSION_PUT);
	write_detail(out, record);
	buf_add_c(out, '}');
}

enum err_code v1_timeline(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 4096);
	const struct timeline_item *items;
	struct side_events filter;
	bool more;
	size_t n;

	TRY(read_filter(rq, &filter, err));
	TRY(registry_timeline(&call, &filter, &items, &n, &more, err));
	buf_lit(&out, "{\"items\":[");
	for (size_t i = 0; i < n; i++)
		write_item(&out, &items[i]);
	buf_add_c(&out, ']');
	if (more)
		v1_int(&out, "next", (int64_t)items[n - 1].entry->seq);
	else
		v1_text(&out, "next", STR_NONE);
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}

/* ---- totals ---- */

enum err_code v1_stats(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 512);
	struct registry_totals totals;

	TRY(registry_totals(&call, &totals, err));
	buf_add_c(&out, '{');
	v1_text(&out, "version", STR(TENON_VERSION));
	v1_time(&out, "started", totals.started_ms);
	v1_int(&out, "head", (int64_t)totals.counts.head);
	v1_int(&out, "subjects", totals.counts.subjects);
	v1_int(&out, "versions", totals.counts.versions);
	v1_int(&out, "schemas", totals.counts.schemas);
	v1_int(&out, "contexts", totals.n_contexts);
	v1_name(&out, "types");
	buf_add_c(&out, '{');
	for (int type = 0; type < SCHEMA_TYPES; type++)
		v1_int(&out, schema_type_name((enum schema_type)type).data, totals.n_types[type]);
	buf_add_c(&out, '}');
	v1_int(&out, "databaseBytes", totals.bytes);
	v1_int(&out, "refusals", totals.n_refusals);
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}
