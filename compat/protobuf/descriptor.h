/*
 * Files as FileDescriptorProto: what clients send and ask for instead of text (client-traffic 3, 4).
 * The messages are those of the built-in google/protobuf/descriptor.proto.
 */
#ifndef COMPAT_PROTOBUF_DESCRIPTOR_H
#define COMPAT_PROTOBUF_DESCRIPTOR_H

#include "compat/protobuf/decode.h"


/*
 * A schema of descriptor.proto and confluent/meta.proto; with `source` also of its dependencies and,
 * when not NULL, of `file`: for options that they define.
 */
ERR_CHECKED enum err_code pbuf_descriptor_schema(struct arena *arena, const struct schema_source *source,
	struct pbuf_file *file, const struct pbuf_schema **out, struct err *err);

/* The tree that a FileDescriptorProto describes; *has_unknown tells of options that `schema` does not know. */
ERR_CHECKED enum err_code pbuf_from_descriptor(struct arena *arena, const struct pbuf_message *descriptor,
	struct pbuf_file **out, bool *has_unknown, struct err *err);

/* The FileDescriptorProto of a linked file, named `name`. */
struct pbuf_message *pbuf_to_descriptor(struct arena *arena, const struct pbuf_schema *descriptors,
	const struct pbuf_file *file, struct str name);

/* Options as a message of the type (FieldOptions …), and back. */
struct pbuf_message *pbuf_options_to_message(struct arena *arena, const struct pbuf_options *options,
	const struct pbuf_type *type);
struct pbuf_options pbuf_options_from_message(struct arena *arena, const struct pbuf_message *message,
	bool *has_unknown);

/* False when the value does not fit the type: then the option is left out. */
bool pbuf_option_datum(struct arena *arena, const struct pbuf_value *value, const struct pbuf_use *use,
	struct pbuf_datum *out);

/* "fooBar" for "foo_bar". */
struct str pbuf_default_json_name(struct arena *arena, struct str name);

#endif
