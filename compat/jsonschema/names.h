/*
 * Names of members by what patterns say of them: each way in which some name matches some of the patterns and
 * not the others, with such a name.  Of patterns that are not regular every way is taken to be possible.
 */
#ifndef COMPAT_JSONSCHEMA_NAMES_H
#define COMPAT_JSONSCHEMA_NAMES_H

#include "compat/jsonschema/language.h"
#include "compat/jsonschema/parse_int.h"

enum { JSCH_MOST_NAME_PATTERNS = 12, JSCH_MOST_NAME_CLASSES = 64 };

struct jsch_name_class {
	unsigned matched;                /* bits by pattern; the others do not match */
	struct str name;                 /* one of the shortest; absent when only the work was not enough */
};

struct jsch_name_classes {
	struct str patterns[JSCH_MOST_NAME_PATTERNS];
	size_t n_patterns;
	struct jsch_name_class items[JSCH_MOST_NAME_CLASSES];
	size_t n;
	uint64_t work;                   /* steps of the walks */
};

/* Adds a pattern, once; those for which there is no room are not told apart. */
void jsch_name_classes_add(struct jsch_name_classes *classes, struct str pattern);

/*
 * Finds the classes of the names in `allowed` that are none of the listed ones.  False when there are too many or
 * it takes too much: those that were found are not all then.
 */
bool jsch_name_classes_find(struct jsch_name_classes *classes, const struct jsch_language *allowed, const struct str *listed,
	size_t n_listed);

/* JSCH_TOO_MUCH for a pattern that there was no room for. */
enum jsch_match jsch_name_class_match(const struct jsch_name_classes *classes, const struct jsch_name_class *class,
	struct str pattern);

#endif
