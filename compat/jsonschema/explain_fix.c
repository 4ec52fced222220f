/* placeholder until the edits */
#include "compat/jsonschema/explain_int.h"

void jsch_tell_fix(struct jsch_explaining *e, struct jsch_telling *t)
{
	(void)e;
	(void)t;
}
