/* What is different between two schemas, and which version reads which. */
#include "server/api/handlers.h"
#include "server/api/v1_explain_int.h"

enum { MATRIX_DEFAULT = 50, MATRIX_MOST = 100 };

void v1_write_text(struct buf *out, const char *name, struct str text, enum schema_type type)
{
	v1_name(out, name);
	buf_add_c(out, '{');
	v1_text(out, "schema", text);
	v1_text(out, "schemaType", schema_type_name(type));
	buf_add_c(out, '}');
}

/* One side: a schema in the body, or a version of the body's subject. */
static enum err_code read_side(struct request *rq, struct str subject, struct str inner, struct str version,
	struct schema_choice *out, struct err *err)
{
	bool found;

	TRY(v1_read_inner(rq, inner, &out->sent, err));
	out->subject = subject;
	if (out->sent)
		return OK;
	TRY(v1_read_version(rq, version, &found, &out->version, err));
	if (!found || !str_present(subject))
		return err_raise(err, INVALID_VALUE,
			"Each side must be given: old, or subject and from; new, or subject and to");
	return OK;
}

/* The old side is all versions: {"from": "all"}, and no text. */
static enum err_code read_from_all(struct request *rq, struct str subject, bool *out, struct err *err)
{
	*out = false;
	if (jsn_get_value(request_body(rq), STR("old")))
		return OK;
	TRY(v1_read_all(rq, STR("from"), out, err));
	if (*out && !str_present(subject))
		return err_raise(err, INVALID_VALUE, "All versions are compared of a subject, which must be given");
	return OK;
}

static enum err_code diff_two(struct request *rq, struct call *call, struct str subject, const struct schema_choice *new,
	struct buf *out, struct err *err)
{
	struct schema_choice old = { .sent = NULL };
	struct schema_difference difference;

	TRY(read_side(rq, subject, STR("old"), STR("from"), &old, err));
	TRY(registry_diff(call, &old, new, &difference, err));
	schema_changes_json(out, &difference.changes);
	v1_write_text(out, "old", difference.old_text, difference.old_type);
	v1_write_text(out, "new", difference.new_text, difference.new_type);
	return OK;
}

static enum err_code diff_all(struct call *call, struct str subject, const struct schema_choice *new, struct buf *out,
	struct err *err)
{
	struct history_changes history;

	TRY(registry_diff_history(call, subject, new, &history, err));
	v1_name(out, "versions");
	buf_add_c(out, '[');
	for (size_t i = 0; i < history.n_items; i++) {
		v1_next(out);
		buf_add_c(out, '{');
		v1_int(out, "version", history.items[i].version);
		buf_add_c(out, ',');
		schema_changes_json(out, &history.items[i].changes);
		buf_add_c(out, '}');
	}
	buf_add_c(out, ']');
	v1_int(out, "unlisted", (int64_t)history.n_unlisted);
	v1_text(out, "backward", schema_changes_effect_name(history.backward));
	v1_text(out, "forward", schema_changes_effect_name(history.forward));
	v1_write_text(out, "new", history.new_text, history.new_type);
	return OK;
}

enum err_code v1_diff(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 4096);
	struct schema_choice new = { .sent = NULL };
	struct str subject;
	bool all;

	TRY(read_object(request_body(rq), "DiffRequest", err));
	TRY(v1_read_subject(rq, &call, &subject, err));
	TRY(read_from_all(rq, subject, &all, err));
	TRY(read_side(rq, subject, STR("new"), STR("to"), &new, err));
	buf_add_c(&out, '{');
	if (all)
		TRY(diff_all(&call, subject, &new, &out, err));
	else
		TRY(diff_two(rq, &call, subject, &new, &out, err));
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}

/* ---- the matrix ---- */

static enum err_code read_most(struct request *rq, int32_t *out, struct err *err)
{
	TRY(request_query_int(rq, "versions", MATRIX_DEFAULT, out, err));
	if (*out < 1 || *out > MATRIX_MOST)
		return err_raise(err, INVALID_VALUE, "versions must be from 1 to 100");
	return OK;
}

static void write_row(struct buf *out, const struct reading_matrix *matrix, size_t reader)
{
	static const struct str names[] = {
		[READS_NO] = STR("\"no\""),
		[READS_WARNS] = STR("\"warns\""),
		[READS_YES] = STR("\"yes\""),
	};

	v1_next(out);
	buf_add_c(out, '[');
	for (size_t writer = 0; writer < matrix->n; writer++) {
		v1_next(out);
		buf_add(out, names[matrix->reads[reader * matrix->n + writer]]);
	}
	buf_add_c(out, ']');
}

enum err_code v1_matrix(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 4096);
	struct reading_matrix matrix;
	struct str subject;
	int32_t most;

	TRY(read_most(rq, &most, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_matrix(&call, subject, (size_t)most, &matrix, err));
	buf_lit(&out, "{\"versions\":[");
	for (size_t i = 0; i < matrix.n; i++) {
		v1_next(&out);
		buf_add_i64(&out, matrix.versions[i]);
	}
	buf_lit(&out, "],\"reads\":[");
	for (size_t i = 0; i < matrix.n; i++)
		write_row(&out, &matrix, i);
	buf_lit(&out, "]}");
	return reply(rq, buf_str(&out));
}
