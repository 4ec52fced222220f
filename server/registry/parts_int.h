/* Operations that are also parts of other writes (associations): a registration, and a subject that goes for good. */
#ifndef SERVER_REGISTRY_PARTS_INT_H
#define SERVER_REGISTRY_PARTS_INT_H

#include "server/registry/registry_int.h"

/* ---- delete.c: a subject that goes for good with another write; 42206.  Without a decision it is only checked. ---- */

ERR_CHECKED enum err_code subject_purge(struct call *call, struct str subject, struct decision *decision, struct err *err);

/* ---- register.c: registration as a part of another write ---- */

struct registration;

/* Judges against call->view as it is. */
ERR_CHECKED enum err_code registration_prepare(struct call *call, struct str subject, const struct new_schema *schema,
	struct registration **out, struct err *err);

/*
 * Gives out id and version and emits the records, unless the content is there already.  `earlier` is the one of the
 * same write that was decided before it, or NULL.  Without a decision it is only tried.
 */
ERR_CHECKED enum err_code registration_decide(struct call *call, struct registration *registration,
	const struct registration *earlier, struct decision *decision, struct shown_version *out, struct err *err);

/* Once decided: whether it makes a version, or the content is there already. */
bool registration_is_new(const struct registration *registration);

#endif
