/* Events of a .proto schema behind compat/event.h: bytes and ProtoJSON. */
#include "compat/event.h"

#include "base/json.h"
#include "compat/protobuf/event_int.h"
#include "compat/protobuf/event.h"

/* As deep as messages may be, with the arrays and maps between them. */
enum { JSON_DEPTH = 3 * PBUF_DECODE_DEPTH };

const struct pbuf_type *pbuf_first_message(const struct pbuf_schema *schema)
{
	for (size_t i = 0; i < schema->file->n_types; i++)
		if (!schema->file->types[i]->is_enum)
			return schema->file->types[i];
	return NULL;
}

static enum err_code find_message(const struct pbuf_schema *schema, struct str name, const struct pbuf_type **out,
	struct err *err)
{
	const struct pbuf_type *type = str_present(name) ? pbuf_message_find(schema, name) : pbuf_first_message(schema);

	if (type == NULL && str_present(name))
		return err_text(err, ERR_PARSE, str_printf(err->arena, "The schema has no message %.*s", STR_ARG(name)));
	if (type == NULL)
		return err_text(err, ERR_PARSE, STR("The schema has no message"));
	*out = type;
	return OK;
}

/* The reader's type for what the writer calls by a name: of the same name, be the package another. */
static enum err_code find_reader(const struct event_source *source, const struct pbuf_type *written,
	const struct pbuf_type **out, struct err *err)
{
	const struct pbuf_schema *reader = pbuf_of(source->reader);

	*out = pbuf_message_find(reader, written->full);
	if (*out == NULL)
		*out = pbuf_message_find(reader, written->local);
	if (*out == NULL && !str_present(source->message))
		*out = pbuf_first_message(reader);
	return *out ? OK : find_message(reader, written->full, out, err);
}

enum err_code pbuf_event_read(struct arena *arena, const struct event_source *source, struct event_read *out,
	struct err *err)
{
	const struct pbuf_schema *schema = pbuf_of(source->writer);
	const struct pbuf_type *type;
	const struct pbuf_message *message;
	struct pbuf_fault fault = { 0 };

	TRY(find_message(schema, source->message, &type, err));
	if (source->reader) {
		TRY(find_reader(source, type, &type, err));
		schema = pbuf_of(source->reader);
	}
	*out = (struct event_read){ .ok = pbuf_decode_event(arena, schema, type, source->bytes, 0, &message, &fault) };
	if (out->ok) {
		out->json = pbuf_json(arena, schema, message, source->reader != NULL);
	} else {
		out->reason = fault.reason;
		out->offset = fault.offset;
		out->path = fault.field ? str_printf(arena, "%.*s.%.*s", STR_ARG(fault.type->local), STR_ARG(fault.field->name))
								: fault.type ? fault.type->local : STR_NONE;
	}
	return OK;
}

enum err_code pbuf_event_write(struct arena *arena, const struct event_target *target, struct str json, struct str *out,
	struct err *err)
{
	struct buf path = buf_make(arena, 64);
	struct pbuf_event e = { .arena = arena, .schema = pbuf_of(target->schema), .err = err, .path = &path };
	const struct pbuf_type *type;
	const struct jsn *tree;
	struct pbuf_message *written;

	TRY(find_message(e.schema, target->message, &type, err));
	TRY(jsn_parse(arena, json, 0, JSON_DEPTH, &tree, err));
	written = pbuf_message_make(arena, type);
	TRY(pbuf_json_read_message(&e, written, tree));
	*out = pbuf_encode(arena, written);
	return OK;
}
