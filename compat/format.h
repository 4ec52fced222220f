/* What a format implements to stand behind compat/schema.h; meanings and lifetimes as there. */
#ifndef COMPAT_FORMAT_H
#define COMPAT_FORMAT_H

#include "base/map.h"
#include "compat/event.h"
#include "compat/explain.h"
#include "compat/logical.h"
#include "compat/outline.h"
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
	enum err_code (*explain)(const struct explain_pair *pair, struct explanation *out, struct err *err);
	enum err_code (*diff)(const struct schema *old, const struct schema *new, struct schema_changes *out, struct err *err);
	enum err_code (*event_read)(struct arena *arena, const struct event_source *source, struct event_read *out,
		struct err *err);
	enum err_code (*event_write)(struct arena *arena, const struct event_target *target, struct str json,
		struct str *out, struct err *err);
	const struct outline *(*outline)(struct arena *arena, const struct schema *schema);
	enum err_code (*logical_read)(struct arena *arena, const struct schema *schema, const struct logical_type **out,
		struct err *err);
	struct str (*logical_write)(struct arena *arena, const struct logical_type *type); /* the text; `type` is no Protobuf scalar */
};

/*
 * The tags of an entity while they change: names in order, a value of NULL says that one was removed.
 * ERR_PARSE in the reference's words when the schema has no such entity.
 */
typedef enum err_code schema_tags_of_fn(void *cls, const struct schema_tags *entry, struct map **out, struct err *err);

/* For `retag`: the change on what `tags_of` gives; entities that only `inherited` names may be missing. */
ERR_CHECKED enum err_code schema_tags_apply(const struct schema_tag_change *change, schema_tags_of_fn *tags_of, void *cls,
	struct err *err);

/* ERR_PARSE as the reference says it for Avro and JSON Schema. */
enum err_code schema_tags_no_path(struct str path, struct err *err);

extern const struct schema_format avsc_format, jsch_format, pbuf_format;

#endif
