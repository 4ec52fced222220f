/* The examples of the table of rules, really explained: for the pages of rules, wherever they are shown. */
#ifndef COMPAT_EXAMPLE_H
#define COMPAT_EXAMPLE_H

#include "compat/explain.h"

/*
 * What the rule's example leads to: the finding of that rule when the new schema reads what the old one wrote; *found false when
 * there is none.  `old` and `new` are the rule's texts in any layout: places and edits mean them.
 */
ERR_CHECKED enum err_code rule_example_explain(struct arena *arena, enum rule rule, struct str old, struct str new, bool *found,
	struct explain_finding *out, struct err *err);

#endif
