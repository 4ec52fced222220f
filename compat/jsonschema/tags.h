/* Inline tags of JSON Schema; what compat/schema.h says of schema_tags and schema_retag. */
#ifndef COMPAT_JSONSCHEMA_TAGS_H
#define COMPAT_JSONSCHEMA_TAGS_H

#include "compat/schema.h"

struct schema_tag_list jsch_tags(struct arena *arena, const struct schema *schema);

ERR_CHECKED enum err_code jsch_retag(struct arena *arena, const struct schema *schema, const struct schema_tag_change *change,
	struct str *out, struct err *err);

#endif
