/* Request counters and latency histograms in the Prometheus text format (version 0.0.4). */
#include "server/http/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Statuses that have a counter of their own; all else is "other". */
static const int statuses[] = { 200, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 422, 429, 499,
	500, 501, 503 };

enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]), OTHER = STATUSES };

/* Upper bounds in nanoseconds and as Prometheus has them: cached answers take some µs, an fsync some ms. */
static const struct {
	uint64_t ns;
	const char *label;
} buckets[] = {
	{ 25000, "2.5e-05" }, { 50000, "5e-05" }, { 100000, "0.0001" }, { 250000, "0.00025" }, { 500000, "0.0005" },
	{ 1000000, "0.001" }, { 2500000, "0.0025" }, { 5000000, "0.005" }, { 10000000, "0.01" },
	{ 25000000, "0.025" }, { 50000000, "0.05" }, { 100000000, "0.1" }, { 250000000, "0.25" },
	{ 500000000, "0.5" }, { 1000000000, "1" }, { 2500000000, "2.5" }, { 10000000000, "10" },
};

enum { BUCKETS = sizeof(buckets) / sizeof(buckets[0]), INFINITE = BUCKETS };

static const char *const method_names[METRICS_METHODS] = {
	"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "other",
};

/* Written by one thread and read by others: relaxed atomics, added to without a locked instruction. */
typedef _Atomic uint64_t counter;

struct route_counters {
	counter requests[METRICS_METHODS][STATUSES + 1];
	counter latency[BUCKETS + 1];
	counter sum_ns;
};

struct metrics_set {
	size_t n_routes;
	struct route_counters routes[]; /* n_routes + 1: the last for "unmatched" */
};

static inline uint64_t get(const counter *c)
{
	return atomic_load_explicit(c, memory_order_relaxed);
}

static inline void add(counter *c, uint64_t value)
{
	atomic_store_explicit(c, get(c) + value, memory_order_relaxed);
}

struct metrics_set *metrics_create(size_t n_routes)
{
	struct metrics_set *set = calloc(1, sizeof(*set) + (n_routes + 1) * sizeof(set->routes[0]));

	if (set)
		set->n_routes = n_routes;
	return set;
}

void metrics_destroy(struct metrics_set *set)
{
	free(set);
}

static size_t status_index(int status)
{
	size_t i = 0;

	while (i < STATUSES && statuses[i] != status)
		i++;
	return i;
}

void metrics_count(struct metrics_set *set, size_t route, enum metrics_method method, int status, uint64_t ns)
{
	struct route_counters *counters = &set->routes[route];
	size_t bucket = 0;

	while (bucket < BUCKETS && ns > buckets[bucket].ns)
		bucket++;
	add(&counters->requests[method][status_index(status)], 1);
	add(&counters->latency[bucket], 1);
	add(&counters->sum_ns, ns);
}

void metrics_add(struct metrics_set *to, const struct metrics_set *from)
{
	for (size_t i = 0; i <= to->n_routes; i++) {
		struct route_counters *sum = &to->routes[i];
		const struct route_counters *one = &from->routes[i];

		for (size_t method = 0; method < METRICS_METHODS; method++)
			for (size_t status = 0; status <= STATUSES; status++)
				add(&sum->requests[method][status], get(&one->requests[method][status]));
		for (size_t bucket = 0; bucket <= BUCKETS; bucket++)
			add(&sum->latency[bucket], get(&one->latency[bucket]));
		add(&sum->sum_ns, get(&one->sum_ns));
	}
}

static void render_requests(struct buf *out, const char *route, const struct route_counters *counters)
{
	for (size_t method = 0; method < METRICS_METHODS; method++) {
		for (size_t status = 0; status <= STATUSES; status++) {
			uint64_t n = get(&counters->requests[method][status]);

			if (n == 0)
				continue;
			buf_printf(out, "tenon_http_requests_total{method=\"%s\",route=\"%s\",status=\"",
				method_names[method], route);
			if (status == OTHER)
				buf_lit(out, "other");
			else
				buf_add_i64(out, statuses[status]);
			buf_printf(out, "\"} %llu\n", (unsigned long long)n);
		}
	}
}

static void render_latency(struct buf *out, const char *route, const struct route_counters *counters)
{
	static const char name[] = "tenon_http_request_duration_seconds";
	uint64_t n = 0, ns = get(&counters->sum_ns);

	for (size_t i = 0; i <= BUCKETS; i++)
		n += get(&counters->latency[i]);
	if (n == 0)
		return;
	n = 0;
	for (size_t i = 0; i < BUCKETS; i++) {
		n += get(&counters->latency[i]);
		buf_printf(out, "%s_bucket{route=\"%s\",le=\"%s\"} %llu\n", name, route, buckets[i].label,
			(unsigned long long)n);
	}
	n += get(&counters->latency[INFINITE]);
	buf_printf(out, "%s_bucket{route=\"%s\",le=\"+Inf\"} %llu\n", name, route, (unsigned long long)n);
	buf_printf(out, "%s_sum{route=\"%s\"} %llu.%09llu\n", name, route, (unsigned long long)(ns / 1000000000),
		(unsigned long long)(ns % 1000000000));
	buf_printf(out, "%s_count{route=\"%s\"} %llu\n", name, route, (unsigned long long)n);
}

void metrics_render(const struct metrics_set *set, const char *const *names, struct buf *out)
{
	buf_lit(out, "# HELP tenon_http_requests_total Requests answered.\n"
		"# TYPE tenon_http_requests_total counter\n");
	for (size_t i = 0; i <= set->n_routes; i++)
		render_requests(out, i < set->n_routes ? names[i] : "unmatched", &set->routes[i]);
	buf_lit(out, "# HELP tenon_http_request_duration_seconds From a request's headers to its answer.\n"
		"# TYPE tenon_http_request_duration_seconds histogram\n");
	for (size_t i = 0; i <= set->n_routes; i++)
		render_latency(out, i < set->n_routes ? names[i] : "unmatched", &set->routes[i]);
}

void metrics_render_one(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
		(unsigned long long)value);
}
