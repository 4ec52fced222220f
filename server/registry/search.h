/* Finding subjects, types, fields, symbols, docs and tags by any part of them; and a version as a tree of such. */
#ifndef SERVER_REGISTRY_SEARCH_H
#define SERVER_REGISTRY_SEARCH_H

#include "compat/outline.h"
#include "server/registry/registry.h"
#include "storage/side_search.h"

/* In the latest live versions, at least as new as the call's view. */
ERR_CHECKED enum err_code registry_search(struct call *call, const struct side_search *search, struct side_hits *out,
	struct err *err);

/* The outline of a version's schema; places are those of the stored text. */
ERR_CHECKED enum err_code registry_outline(struct call *call, const struct view_version *version,
	const struct outline **out, struct err *err);

#endif
