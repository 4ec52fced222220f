/* The schema of descriptors, and base64 text as input and output. */
#include "compat/protobuf/descriptor.h"

#include "base/base64.h"
#include "compat/protobuf/output.h"
#include "compat/protobuf/pbuf_int.h"

static enum err_code add_known(struct pbuf_linker *l, struct str path)
{
	const struct pbuf_known *known = pbuf_known_file(path);
	struct pbuf_file *file;

	TRY(pbuf_parse_text(l->arena, str_of(known->text), &file, l->err));
	file->is_known = true;
	map_put(&l->loaded, known->path, l);
	pbuf_add_file(l, file);
	return OK;
}

enum err_code pbuf_descriptor_schema(struct arena *arena, const struct schema_source *source, struct pbuf_file *file,
	const struct pbuf_schema **out, struct err *err)
{
	struct pbuf_schema *schema = arena_new(arena, struct pbuf_schema);
	struct pbuf_linker l = { .arena = arena, .schema = schema, .loaded = map_make(arena), .err = err };
	struct pbuf_file *dependency;

	schema->types = map_make(arena);
	schema->extensions = map_make(arena);
	TRY(add_known(&l, STR("google/protobuf/descriptor.proto")));
	TRY(add_known(&l, STR("confluent/meta.proto")));
	for (size_t i = 0; source && i < source->n_dependencies; i++)
		if (pbuf_parse_text(arena, source->dependencies[i].text, &dependency, err) == OK)
			pbuf_add_file(&l, dependency);
	if (file)
		pbuf_add_file(&l, file);
	TRY(pbuf_link(&l));
	*out = schema;
	return OK;
}

static enum err_code read_bytes(struct arena *arena, struct str bytes, const struct pbuf_schema *descriptors,
	struct pbuf_file **out, bool *has_unknown, struct err *err)
{
	const struct pbuf_type *type = map_get(&descriptors->types, STR("google.protobuf.FileDescriptorProto"));
	const struct pbuf_message *message;

	TRY(pbuf_decode(arena, descriptors, type, bytes, &message, err));
	return pbuf_from_descriptor(arena, message, out, has_unknown, err);
}

/* Options of extensions that the file or its dependencies define take a second look, now that they are known. */
static enum err_code read_descriptor(struct arena *arena, const struct schema_source *source, struct str bytes,
	struct pbuf_file **out, struct err *err)
{
	const struct pbuf_schema *descriptors;
	bool has_unknown = false;
	struct str text;

	TRY(pbuf_descriptor_schema(arena, NULL, NULL, &descriptors, err));
	TRY(read_bytes(arena, bytes, descriptors, out, &has_unknown, err));
	if (has_unknown) {
		TRY(pbuf_descriptor_schema(arena, source, *out, &descriptors, err));
		TRY(read_bytes(arena, bytes, descriptors, out, &has_unknown, err));
	}
	/* What cannot be written as text is no schema: names are any strings in a descriptor. */
	text = pbuf_print(arena, *out);
	if (!str_is_utf8(text))
		return err_text(err, ERR_PARSE, STR("Could not parse Protobuf - a name that is no UTF-8"));
	return pbuf_parse_text(arena, text, out, err);
}

enum err_code pbuf_parse_any(struct arena *arena, const struct schema_source *source, struct pbuf_file **out,
	struct err *err)
{
	struct err ignored = { .arena = arena };
	struct str text = str_dup(arena, source->text), bytes;
	enum err_code code = pbuf_parse_text(arena, text, out, err);

	if (code != ERR_PARSE || !base64_decode(arena, text, &bytes))
		return code;
	if (read_descriptor(arena, source, bytes, out, &ignored) != OK)
		return code;
	return OK;
}

struct str pbuf_serialized(struct arena *arena, const struct schema *schema)
{
	const struct pbuf_schema *descriptors;
	struct err ignored = { .arena = arena };

	if (pbuf_descriptor_schema(arena, NULL, NULL, &descriptors, &ignored) != OK)
		return schema->canonical;
	return base64_encode(arena,
		pbuf_encode(arena, pbuf_to_descriptor(arena, descriptors, pbuf_of(schema)->file, STR("default"))));
}

struct str pbuf_unresolved(const struct schema *schema)
{
	return pbuf_of(schema)->unresolved;
}
