/* Inline tags of Protobuf schemas, behind schema_tags and schema_retag of compat/schema.h. */
#ifndef COMPAT_PROTOBUF_TAGS_H
#define COMPAT_PROTOBUF_TAGS_H

#include "compat/schema.h"

struct schema_tag_list pbuf_tags(struct arena *arena, const struct schema *schema);
ERR_CHECKED enum err_code pbuf_retag(struct arena *arena, const struct schema *schema,
	const struct schema_tag_change *wanted, struct str *out, struct err *err);

#endif
