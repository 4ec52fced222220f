/* What the handlers of /api/v1 share: writing objects member by member, and reading their parameters. */
#ifndef SERVER_API_V1_INT_H
#define SERVER_API_V1_INT_H

#include "server/api/api.h"

/* A comma where one is due, and the name with its colon; the value follows. */
void v1_name(struct buf *out, const char *name);
/* A comma where one is due before the next element of a list. */
void v1_next(struct buf *out);

/* Members; an absent text is null. */
void v1_text(struct buf *out, const char *name, struct str text);
void v1_int(struct buf *out, const char *name, int64_t value);
void v1_bool(struct buf *out, const char *name, bool value);
void v1_texts(struct buf *out, const char *name, const struct str *items, size_t n);
/* RFC 3339, UTC, with milliseconds. */
void v1_time(struct buf *out, const char *name, int64_t ms);

/* A query parameter that was given with a value; else absent. */
struct str v1_query(struct request *rq, const char *name);

/* offset, and limit within 1 … max_limit; 422 for what is outside. */
ERR_CHECKED enum err_code v1_page(struct request *rq, int default_limit, int max_limit, struct view_page *out,
	struct err *err);

/* The context that `context` or the path's prefix asks for: "." or ".ctx"; absent: all. */
struct str v1_context(struct request *rq);

#endif
