/* The forms in which clients may ask for a Protobuf schema beside its text (contract 6.1, `format`). */
#ifndef COMPAT_PROTOBUF_OUTPUT_H
#define COMPAT_PROTOBUF_OUTPUT_H

#include "compat/schema.h"

struct arena;

/* format=serialized: base64 of a FileDescriptorProto named "default". */
struct str pbuf_serialized(struct arena *arena, const struct schema *schema);

/*
 * format=ignore_extensions: the text without custom options other than those of confluent.*, and without
 * extension ranges and extend blocks.
 */
struct str pbuf_without_extensions(struct arena *arena, const struct schema *schema);

/* The first type of the text that neither it nor its dependencies define; absent when all are known. */
struct str pbuf_unresolved(const struct schema *schema);

#endif
