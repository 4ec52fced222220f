/* Writing JSON members and reading parameters, for all handlers of /api/v1. */
#include "server/api/v1_int.h"

#include "base/arena.h"
#include "base/clock.h"

void v1_next(struct buf *out)
{
	char last = out->len > 0 ? out->data[out->len - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		buf_add_c(out, ',');
}

void v1_name(struct buf *out, const char *name)
{
	v1_next(out);
	buf_add_c(out, '"');
	buf_add(out, str_of(name));
	buf_lit(out, "\":");
}

void v1_text(struct buf *out, const char *name, struct str text)
{
	v1_name(out, name);
	if (str_present(text))
		buf_json_string(out, text);
	else
		buf_lit(out, "null");
}

void v1_int(struct buf *out, const char *name, int64_t value)
{
	v1_name(out, name);
	buf_add_i64(out, value);
}

void v1_bool(struct buf *out, const char *name, bool value)
{
	v1_name(out, name);
	buf_add(out, value ? STR("true") : STR("false"));
}

void v1_texts(struct buf *out, const char *name, const struct str *items, size_t n)
{
	v1_name(out, name);
	buf_add_c(out, '[');
	for (size_t i = 0; i < n; i++) {
		v1_next(out);
		buf_json_string(out, items[i]);
	}
	buf_add_c(out, ']');
}

void v1_time(struct buf *out, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	clock_format(ms, text);
	v1_text(out, name, str_of(text));
}

struct str v1_query(struct request *rq, const char *name)
{
	struct str value = request_query(rq, name);

	return value.len > 0 ? value : STR_NONE;
}

enum err_code v1_page(struct request *rq, int default_limit, int max_limit, struct view_page *out, struct err *err)
{
	int32_t offset, limit;

	TRY(request_query_int(rq, "offset", 0, &offset, err));
	TRY(request_query_int(rq, "limit", default_limit, &limit, err));
	if (offset < 0)
		return err_raise(err, INVALID_VALUE, "offset must not be negative");
	if (limit < 1 || limit > max_limit)
		return err_text(err, ERR_INVALID_VALUE, str_printf(err->arena, "limit must be from 1 to %d", max_limit));
	*out = (struct view_page){ .offset = offset, .limit = limit };
	return OK;
}

struct str v1_context(struct request *rq)
{
	struct str given = v1_query(rq, "context");
	struct str scope = request_scope(rq);

	if (!str_present(given) && scope.len > 0)
		return subject_split(scope).context;
	if (!str_present(given) || str_starts(given, STR(".")))
		return given;
	if (str_starts(given, STR(":.")))
		return subject_split(given).context;
	return str_concat(request_arena(rq), STR("."), given);
}
