/* What is said of a change of a .proto file, behind compat/explain.h. */
#ifndef COMPAT_PROTOBUF_EXPLAIN_H
#define COMPAT_PROTOBUF_EXPLAIN_H

#include "compat/explain.h"

ERR_CHECKED enum err_code pbuf_explain(const struct explain_pair *pair, struct explanation *out, struct err *err);
ERR_CHECKED enum err_code pbuf_diff(const struct schema *old, const struct schema *new, struct schema_changes *out,
	struct err *err);

#endif
