/*
 * JSON Schema, drafts 4, 6, 7, 2019-09 and 2020-12, behind compat/format.h: one model for all of
 * them, its judge (compat-rules 4) and what the judge needs to be told.  A parsed schema is
 * immutable and lives in the arena it was parsed into; no reference is ever fetched.  Validating a
 * document is compat/jsonschema/validate.h.
 */
#ifndef COMPAT_JSONSCHEMA_JSCH_H
#define COMPAT_JSONSCHEMA_JSCH_H

#include "compat/format.h"

/* As schema_check (compat-rules 4). */
ERR_CHECKED enum err_code jsch_check(const struct schema *reader, const struct schema *writer,
	enum schema_policy policy, struct findings *out, struct err *err);

/* As schema_explain. */
ERR_CHECKED enum err_code jsch_explain(const struct explain_pair *pair, struct explanation *out, struct err *err);

/* As schema_diff. */
ERR_CHECKED enum err_code jsch_diff(const struct schema *old, const struct schema *new, struct schema_changes *out,
	struct err *err);

/* As schema_event_read and schema_event_write. */
ERR_CHECKED enum err_code jsch_event_read(struct arena *arena, const struct event_source *source, struct event_read *out,
	struct err *err);
ERR_CHECKED enum err_code jsch_event_write(struct arena *arena, const struct event_target *target, struct str json,
	struct str *out, struct err *err);

/* As schema_outline. */
const struct outline *jsch_outline(struct arena *arena, const struct schema *schema);

#endif
