/*
 * Names of members by what patterns say of them: one name for each way in which some match some of the patterns and
 * not the others.  Of patterns that are not regular every way is taken to be possible.
 */
#ifndef COMPAT_JSONSCHEMA_NAMES_H
#define COMPAT_JSONSCHEMA_NAMES_H

#include "compat/jsonschema/language.h"

enum { JSCH_MOST_NAME_PATTERNS = 12, JSCH_MOST_NAMES = 64 };

struct jsch_names_apart {
	struct str patterns[JSCH_MOST_NAME_PATTERNS];
	size_t n_patterns;
	struct str names[JSCH_MOST_NAMES]; /* in the arena of what is allowed */
	size_t n_names;
	uint64_t work;                     /* steps of the walks */
};

/* Adds a pattern, once; those for which there is no room are not told apart. */
void jsch_names_apart_add(struct jsch_names_apart *apart, struct str pattern);

/* Finds the names, of those in `allowed` that are none of the listed ones; not all, where they are too many. */
void jsch_names_apart_find(struct jsch_names_apart *apart, const struct jsch_language *allowed, const struct str *listed,
	size_t n_listed);

#endif
