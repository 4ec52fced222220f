/*
 * The request target taken apart: path segments, each percent-decoded once, and the query's
 * parameters.  Pure functions over text; what they hand out lives in the arena or in `raw`.
 */
#ifndef SERVER_HTTP_TARGET_H
#define SERVER_HTTP_TARGET_H

#include "base/err.h"

enum { TARGET_SEGMENTS = 16 }; /* more than any route has */

struct target {
	struct str query;                      /* behind the "?", still encoded; absent when there is none */
	struct str segments[TARGET_SEGMENTS];  /* decoded, valid UTF-8, never empty */
	size_t n_segments;                     /* of the path; may exceed TARGET_SEGMENTS: no route matches then */
};

/* One query parameter, decoded as a form does: "+" is a blank, broken escapes stay as they are. */
struct target_parameter {
	struct str name;
	struct str value;
};

/*
 * Splits an origin-form ("/a/b?c") or absolute-form ("http://host/a/b?c") target.  ERR_BAD_PATH for
 * empty segments, broken escapes, control characters, backslashes, invalid UTF-8 and encoded "." or
 * ".." (contract 1.3, SURPRISES 4); ERR_NOT_FOUND for what is no path, e.g. "*".  `raw` must outlive *out.
 */
ERR_CHECKED enum err_code target_split(struct arena *arena, struct str raw, struct target *out, struct err *err);

/* The parameters of an encoded query in order; empty ones ("a&&b") are left out.  *out holds as many as returned. */
size_t target_query(struct arena *arena, struct str query, struct target_parameter **out);

#endif
