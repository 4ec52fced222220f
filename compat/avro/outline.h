/* The outline of an Avro schema, behind schema_outline of compat/outline.h. */
#ifndef COMPAT_AVRO_OUTLINE_H
#define COMPAT_AVRO_OUTLINE_H

#include "compat/outline.h"

const struct outline *avsc_outline(struct arena *arena, const struct schema *schema);

#endif
