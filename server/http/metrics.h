/*
 * Counters of requests: one set per pool thread, written without locks and summed when rendered.
 * Labels are bounded: route templates, seven methods, the statuses of a fixed list.
 */
#ifndef SERVER_HTTP_METRICS_H
#define SERVER_HTTP_METRICS_H

#include "base/str.h"

enum metrics_method { METRICS_GET, METRICS_HEAD, METRICS_POST, METRICS_PUT, METRICS_DELETE, METRICS_OPTIONS,
	METRICS_OTHER, METRICS_METHODS };

struct metrics_set;

/* Counters for `n_routes` route templates and "unmatched", all zero.  Caller destroys. */
struct metrics_set *metrics_create(size_t n_routes);
void metrics_destroy(struct metrics_set *set);

/* Counts one finished request; by the thread that owns the set.  `route` is n_routes when none matched. */
void metrics_count(struct metrics_set *set, size_t route, enum metrics_method method, int status, uint64_t ns);

/* Adds `from`, which another thread may be counting in, to `to`. */
void metrics_add(struct metrics_set *to, const struct metrics_set *from);

/* Prometheus text of a summed set; names[n_routes] are the templates. */
void metrics_render(const struct metrics_set *set, const char *const *names, struct buf *out);

/* One metric with a type line: "gauge" or "counter". */
void metrics_render_one(struct buf *out, const char *name, const char *type, const char *help, uint64_t value);

#endif
