/* What is different between two files: the state of one comparison, and its parts. */
#ifndef COMPAT_PROTOBUF_DIFF_INT_H
#define COMPAT_PROTOBUF_DIFF_INT_H

#include "compat/protobuf/judge_int.h"
#include "compat/protobuf/outline.h"

/* What a change does to readers of each side. */
struct pbuf_effects {
	enum rule_effect backward, forward;
};

#define PBUF_HARMLESS ((struct pbuf_effects){ EFFECT_HARMLESS, EFFECT_HARMLESS })
#define PBUF_POLICY ((struct pbuf_effects){ EFFECT_POLICY, EFFECT_POLICY })

struct pbuf_diff {
	struct arena *arena;
	struct schema_changes *out;
	const struct pbuf_schema *old, *new;
	struct pbuf_judge backward, forward;     /* what events show */
	struct explain_place in_old, in_new;     /* of what is being told */
	const struct pbuf_file *old_file, *new_file; /* that is being looked at: the schemas' own, or imported ones */
};

void pbuf_change(struct pbuf_diff *d, enum change_kind kind, struct str entity, struct str name, struct pbuf_effects effects,
	const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Where the following changes are; NULL: not there. */
void pbuf_diff_at(struct pbuf_diff *d, const struct pbuf_span *old, const struct pbuf_span *new, struct str path);
void pbuf_diff_doc(struct pbuf_diff *d, struct str entity, struct str name, const struct pbuf_span *old, const struct pbuf_span *new);
void pbuf_diff_options(struct pbuf_diff *d, struct str entity, struct str name, const struct pbuf_options *old,
	const struct pbuf_options *new);
void pbuf_diff_reserved(struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new);
void pbuf_diff_types(struct pbuf_diff *d, struct pbuf_type *const *old, size_t n_old, struct pbuf_type *const *new, size_t n_new);
/* Fields and oneofs of one message; extensions of all. */
void pbuf_diff_fields(struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new);
void pbuf_diff_extensions(struct pbuf_diff *d);

#endif
