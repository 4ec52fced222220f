/* What a format implements to stand behind compat/schema.h; meanings and lifetimes as there. */
#ifndef COMPAT_FORMAT_H
#define COMPAT_FORMAT_H

#include "compat/schema.h"

struct schema_format {
	enum err_code (*parse)(struct arena *arena, const struct schema_source *source, unsigned flags,
		const struct schema **out, struct err *err);
	struct str (*normalized)(struct arena *arena, const struct schema *schema);
	struct str (*formatted)(struct arena *arena, const struct schema *schema, struct str format);
	struct str (*name)(const struct schema *schema);
	bool (*equal)(const struct schema *a, const struct schema *b);
	size_t (*top_fields)(struct arena *arena, const struct schema *schema, const struct str **out);
	enum err_code (*check)(const struct schema *reader, const struct schema *writer,
		enum schema_policy policy, struct findings *out, struct err *err);
	struct schema_tag_list (*tags)(struct arena *arena, const struct schema *schema);
	enum err_code (*retag)(struct arena *arena, const struct schema *schema, const struct schema_tag_change *change,
		struct str *out, struct err *err);
};

extern const struct schema_format avsc_format, jsch_format, pbuf_format;

#endif
