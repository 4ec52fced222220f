/* A list of changes as a whole: what it does to readers, and the one form that the API and the command give it. */
#ifndef COMPAT_CHANGES_H
#define COMPAT_CHANGES_H

#include "compat/explain.h"

/* The worst that the changes do to new readers of old events (`backward`), or to old readers of new ones. */
enum rule_effect schema_changes_worst(const struct schema_changes *changes, bool backward);

/* The worse of two. */
enum rule_effect schema_changes_worse(enum rule_effect a, enum rule_effect b);

/*
 * Holds the changes from `first` on against what schema_explain finds in both directions: none is milder together, and each
 * that breaks is charged to the change at its place, or to the one nearest to it; where there is none it is a change.
 */
void schema_changes_settle(struct schema_changes *changes, size_t first, const struct schema *old, const struct schema *new);

/* As a diff says it: what does nothing is "safe". */
struct str schema_changes_effect_name(enum rule_effect effect);

/* "changes":[…],"backward":"…","forward":"…", as members of an object that the caller opens and closes. */
void schema_changes_json(struct buf *out, const struct schema_changes *changes);

#endif
