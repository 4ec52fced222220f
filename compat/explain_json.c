/* A finding as JSON, as the API and the command give it. */
#include "base/json.h"
#include "compat/explain.h"

/* ,"name": */
static void put_name(struct buf *out, const char *name)
{
	buf_printf(out, ",\"%s\":", name);
}

static void put_text(struct buf *out, const char *name, struct str text)
{
	put_name(out, name);
	if (str_present(text))
		buf_json_string(out, text);
	else
		buf_lit(out, "null");
}

static void put_json(struct buf *out, const char *name, struct str json)
{
	put_name(out, name);
	buf_add(out, str_present(json) ? json : STR("null"));
}

static void put_place(struct buf *out, const char *name, const struct explain_place *place)
{
	put_name(out, name);
	buf_printf(out, "{\"line\":%u,\"column\":%u", place->line, place->column);
	put_text(out, "path", str_present(place->path) ? place->path : STR(""));
	buf_add_c(out, '}');
}

static void put_hex(struct buf *out, const char *name, struct str bytes)
{
	put_name(out, name);
	buf_add_c(out, '"');
	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(out, "%02x", (unsigned char)bytes.data[i]);
	buf_add_c(out, '"');
}

static void put_witness(struct buf *out, const struct explain_witness *witness)
{
	put_name(out, "witness");
	if (!witness) {
		buf_lit(out, "null");
		return;
	}
	buf_lit(out, "{\"effect\":");
	buf_json_string(out, rule_effect_name(witness->effect));
	put_text(out, "message", witness->message);
	put_json(out, "event", witness->event);
	put_hex(out, "bytes", witness->bytes);
	put_json(out, "read", witness->read);
	put_text(out, "reason", witness->reason);
	put_name(out, "offset");
	buf_add_i64(out, (int64_t)witness->offset);
	put_name(out, "formatsIgnored");
	buf_add(out, witness->formats_ignored ? STR("true") : STR("false"));
	buf_add_c(out, '}');
}

/* Line and column of a byte of the text, both from 1. */
static void locate(struct str text, size_t offset, uint32_t *line, uint32_t *column)
{
	*line = 1;
	*column = 1;
	for (size_t i = 0; i < offset && i < text.len; i++) {
		if (text.data[i] == '\n') {
			++*line;
			*column = 1;
		} else {
			++*column;
		}
	}
}

static void put_edit(struct buf *out, const struct explain_edit *edit, struct str text)
{
	uint32_t line, column, end_line, end_column;

	locate(text, edit->offset, &line, &column);
	locate(text, edit->offset + edit->length, &end_line, &end_column);
	buf_printf(out, "{\"offset\":%zu,\"length\":%zu,\"line\":%u,\"column\":%u,\"endLine\":%u,\"endColumn\":%u",
		edit->offset, edit->length, line, column, end_line, end_column);
	put_text(out, "text", edit->text);
	buf_add_c(out, '}');
}

static void put_fix(struct buf *out, const struct explain_fix *fix, struct str text)
{
	put_name(out, "fix");
	if (!fix) {
		buf_lit(out, "null");
		return;
	}
	buf_lit(out, "{\"title\":");
	buf_json_string(out, fix->title);
	buf_printf(out, ",\"major\":%s,\"safe\":%s,\"edits\":[", fix->major ? "true" : "false", fix->safe ? "true" : "false");
	for (size_t i = 0; i < fix->n_edits; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		put_edit(out, &fix->edits[i], text);
	}
	buf_lit(out, "]}");
}

void explain_finding_json(struct buf *out, const struct explain_finding *finding, struct str new_text)
{
	const struct rule_info *rule = rule_info(finding->rule);
	const struct finding *reference = finding->reference;

	buf_lit(out, "{\"rule\":");
	buf_json_string(out, str_of(rule->id));
	put_text(out, "title", str_of(rule->title));
	put_text(out, "effect", rule_effect_name(finding->effect));
	put_text(out, "errorType", reference ? str_of(finding_type_name(reference->type)) : STR_NONE);
	put_text(out, "path", reference ? reference->path : STR_NONE);
	put_text(out, "direction", finding->new_reads_old ? STR("backward") : STR("forward"));
	put_name(out, "version");
	if (finding->version > 0)
		buf_add_i64(out, finding->version);
	else
		buf_lit(out, "null");
	put_text(out, "message", finding->message);
	put_place(out, "new", &finding->in_new);
	put_place(out, "old", &finding->in_old);
	put_witness(out, finding->witness);
	put_fix(out, finding->fix, new_text);
	put_name(out, "help");
	buf_printf(out, "\"/api/v1/rules/%s\"}", rule->id);
}
