/* Inline tags of Avro schemas, behind schema_tags and schema_retag of compat/schema.h. */
#ifndef COMPAT_AVRO_TAGS_H
#define COMPAT_AVRO_TAGS_H

#include "compat/schema.h"

struct avsc_property;

/* The inline tags among some properties, each once; in the arena. */
const struct str *avsc_tag_names(struct arena *arena, const struct avsc_property *properties, size_t n, size_t *n_out);

struct schema_tag_list avsc_tags(struct arena *arena, const struct schema *schema);
ERR_CHECKED enum err_code avsc_retag(struct arena *arena, const struct schema *schema,
	const struct schema_tag_change *wanted, struct str *out, struct err *err);

#endif
