/* What the files that read bodies share: refusing what has the wrong kind, and sets and maps of text. */
#ifndef SERVER_API_READ_INT_H
#define SERVER_API_READ_INT_H

#include "server/api/api.h"

/* 400 with a message that is ready. */
enum err_code read_refuse(struct err *err, struct str message);
/* An array, an object or a scalar where `type` cannot be read from one. */
enum err_code read_refuse_type(const struct jsn *value, const char *type, struct err *err);
/* A scalar where an object, a set or a map should be. */
enum err_code read_refuse_scalar(const struct jsn *value, const char *type, struct err *err);

/* An array of texts, sorted and without duplicates. */
ERR_CHECKED enum err_code read_text_set(struct arena *arena, const struct jsn *value, const struct str **out,
	size_t *n_out, struct err *err);

/* An object of texts, in its order. */
ERR_CHECKED enum err_code read_text_map(struct arena *arena, const struct jsn *value,
	const struct metadata_property **out, size_t *n_out, struct err *err);

#endif
