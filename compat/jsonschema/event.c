/*
 * Events of a JSON Schema: documents as UTF-8, valid for whoever writes and whoever reads.  Well-known formats
 * are asserted, as by the validators of the reference's serializers, unless the source says otherwise.
 */
#include "compat/event.h"

#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/jsch.h"
#include "compat/jsonschema/node_int.h"
#include "compat/jsonschema/pointer.h"
#include "compat/jsonschema/validate.h"

/* ---- sentences ---- */

static void put_violation(struct buf *b, const struct jsch_violation *violation)
{
	const struct jsn *word = jsn_get(violation->schema, violation->keyword);

	if (str_eq(violation->keyword, STR("required"))) {
		buf_lit(b, " lacks the required property ");
		buf_json_string(b, violation->name);
	} else if (str_eq(violation->keyword, STR("dependencies"))) {
		buf_lit(b, " has the property ");
		buf_json_string(b, violation->name);
		buf_lit(b, " without those that it requires");
	} else if (str_eq(violation->keyword, STR("false"))) {
		buf_lit(b, " is not allowed: its schema is false");
	} else if (str_eq(violation->keyword, STR("additionalProperties"))) {
		buf_lit(b, " is a property that the schema does not allow (\"additionalProperties\": false)");
	} else {
		buf_lit(b, " violates ");
		buf_json_string(b, violation->keyword);
		if (word && (word->kind != JSN_OBJECT || word->n_items == 0)) {
			buf_lit(b, ": ");
			jsch_put_short(b, word);
		}
	}
}

struct str jsch_violation_text(struct arena *arena, const struct jsch_violation *violation, const struct jsn *document)
{
	const struct jsn *value = jsch_pointer_find(document, violation->path);
	struct buf b = buf_make(arena, 128);

	if (violation->path.len == 0) {
		buf_lit(&b, "the document");
	} else {
		buf_lit(&b, "the value at ");
		buf_json_string(&b, violation->path);
	}
	if (value && value->n_items == 0) {
		buf_lit(&b, ", ");
		jsch_put_short(&b, value);
		buf_lit(&b, ",");
	}
	put_violation(&b, violation);
	return buf_str(&b);
}

/* ---- reading and writing ---- */

static enum err_code parse_document(struct arena *arena, struct str text, const struct jsn **out, struct err *err)
{
	return jsn_parse(arena, text, JSN_SURROGATES, LIMIT_JSON_DEPTH, out, err);
}

/* The byte that an error's line and column mean. */
static size_t offset_of(struct str text, const struct err *err)
{
	const struct jsn place = { .line = err->line, .column = err->column };

	return err->line > 0 ? jsch_text_offset(text, &place) : 0;
}

static enum err_code hold_against(struct arena *arena, const struct event_source *source, bool reads,
	const struct jsn *document, struct event_read *out, struct err *err)
{
	const struct schema *schema = reads ? source->reader : source->writer;
	const struct jsch_violation *violation;
	const struct jsn *value;
	struct str sentence;

	TRY(jsch_validate_with(arena, schema, document, !source->formats_ignored, &violation, err));
	if (violation == NULL)
		return OK;
	value = jsch_pointer_find(document, violation->path);
	sentence = jsch_violation_text(arena, violation, document);
	out->ok = false;
	out->reason = str_printf(arena, "%.*s in the %s's schema", STR_ARG(sentence), reads ? "reader" : "writer");
	out->offset = value ? jsch_text_offset(source->bytes, value) : 0;
	out->path = jsch_pointer_to(arena, jsch_of(schema)->json, violation->schema);
	return OK;
}

enum err_code jsch_event_read(struct arena *arena, const struct event_source *source, struct event_read *out,
	struct err *err)
{
	struct event_read read = { .ok = true };
	struct err fault = { .arena = arena };
	const struct jsn *document;

	if (parse_document(arena, source->bytes, &document, &fault) != OK) {
		read.ok = false;
		read.reason = str_printf(arena, "no JSON document: %.*s", STR_ARG(fault.message));
		read.offset = offset_of(source->bytes, &fault);
	} else {
		struct buf json = buf_make(arena, source->bytes.len + 16);

		TRY(hold_against(arena, source, false, document, &read, err));
		if (read.ok && source->reader)
			TRY(hold_against(arena, source, true, document, &read, err));
		buf_json(&json, document);
		if (read.ok)
			read.json = buf_str(&json);
	}
	*out = read;
	return OK;
}

enum err_code jsch_event_write(struct arena *arena, const struct event_target *target, struct str json, struct str *out,
	struct err *err)
{
	const struct jsch_violation *violation;
	const struct jsn *document;
	struct err fault = { .arena = err->arena };
	struct buf bytes;

	if (parse_document(arena, json, &document, &fault) != OK) {
		err->line = fault.line;
		err->column = fault.column;
		return err_text(err, fault.code == ERR_LIMIT ? ERR_LIMIT : ERR_PARSE, fault.message);
	}
	TRY(jsch_validate_with(arena, target->schema, document, !target->formats_ignored, &violation, err));
	if (violation) {
		const struct jsn *value = jsch_pointer_find(document, violation->path);

		err->line = value ? value->line : 0;
		err->column = value ? value->column : 0;
		return err_text(err, ERR_PARSE, jsch_violation_text(err->arena, violation, document));
	}
	bytes = buf_make(arena, json.len + 16);
	buf_json(&bytes, document);
	*out = buf_str(&bytes);
	return OK;
}
