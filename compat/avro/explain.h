/* Avro behind schema_explain and schema_diff of compat/explain.h. */
#ifndef COMPAT_AVRO_EXPLAIN_H
#define COMPAT_AVRO_EXPLAIN_H

#include "compat/explain.h"

ERR_CHECKED enum err_code avsc_explain(const struct explain_pair *pair, struct explanation *out, struct err *err);
ERR_CHECKED enum err_code avsc_diff(const struct schema *old, const struct schema *new, struct schema_changes *out,
	struct err *err);

#endif
