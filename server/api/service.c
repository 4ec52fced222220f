/* The service itself: root, metadata, health, metrics, and its own description. */
#include "base/arena.h"
#include "openapi_yaml.h"
#include "server/api/api.h"
#include "server/api/handlers.h"

/* The release whose behaviour is reproduced: clients parse it to know what they may ask. */
#define COMPATIBLE_VERSION "8.5.0-0"

enum err_code root_get(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, STR("{}"));
}

enum err_code root_post(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, STR("{}"));
}

enum err_code metadata_id(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, STR("{\"scope\":{\"path\":[],\"clusters\":{\"kafka-cluster\":\"tenon\","
		"\"schema-registry-cluster\":\"schema-registry\"}}}"));
}

enum err_code metadata_version(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, STR("{\"version\":\"" COMPATIBLE_VERSION "\",\"commitId\":\"tenon-" TENON_VERSION "\"}"));
}

enum err_code metadata_deployment(struct request *rq, struct err *err)
{
	(void)err;
	return reply(rq, STR("{\"attributes\":[]}"));
}

enum err_code health_live(struct request *rq, struct err *err)
{
	(void)err;
	return reply_as(rq, 200, "application/json", STR("{\"status\":\"up\"}"));
}

/* Ready means: the store answers, and the last write that was tried became durable. */
enum err_code health_ready(struct request *rq, struct err *err)
{
	struct api *api = request_context(rq);
	struct call call = api_call(rq);
	struct view_counts counts;

	TRY(view_counts(call.view, &counts, err));
	if (store_write_failing(api->store))
		return reply_as(rq, 503, "application/json",
			STR("{\"status\":\"failing\",\"reason\":\"The last write could not be made durable; reads go on\"}"));
	return reply_as(rq, 200, "application/json",
		str_printf(call.arena, "{\"status\":\"ready\",\"head\":%llu}", (unsigned long long)counts.head));
}

static void add_metric(struct buf *out, const char *name, const char *type, const char *help, double value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", name, help, name, type, name, value);
}

static void add_syncs(struct buf *out, const struct store_stats *stats)
{
	static const char *const bounds[] = {
		"0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "+Inf",
	};
	uint64_t sum = 0;

	buf_lit(out, "# HELP tenon_store_sync_seconds Time of one fsync or fdatasync\n"
		"# TYPE tenon_store_sync_seconds histogram\n");
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		sum += stats->disk.sync_le[i];
		buf_printf(out, "tenon_store_sync_seconds_bucket{le=\"%s\"} %llu\n", bounds[i], (unsigned long long)sum);
	}
	buf_printf(out, "tenon_store_sync_seconds_sum %.9g\ntenon_store_sync_seconds_count %llu\n",
		(double)stats->disk.sync_ns / 1e9, (unsigned long long)stats->disk.syncs);
}

static void add_store(struct buf *out, const struct store_stats *stats, const struct view_counts *counts)
{
	add_metric(out, "tenon_subjects", "gauge", "Subjects with an undeleted version", (double)counts->subjects);
	add_metric(out, "tenon_schemas", "gauge", "Distinct schemas", (double)counts->schemas);
	add_metric(out, "tenon_versions", "gauge", "Undeleted versions", (double)counts->versions);
	add_metric(out, "tenon_log_head", "gauge", "Sequence number of the last log entry", (double)counts->head);
	add_metric(out, "tenon_store_entries_total", "counter", "Log entries appended since start", (double)stats->entries);
	add_metric(out, "tenon_store_commits_total", "counter", "Durable commits since start", (double)stats->commits);
	add_metric(out, "tenon_store_failures_total", "counter", "Commits that could not be made durable", (double)stats->failures);
	add_metric(out, "tenon_store_queued", "gauge", "Writes waiting for the writer thread", (double)stats->queued);
	add_metric(out, "tenon_store_syncs_total", "counter", "fsync and fdatasync calls since start", (double)stats->disk.syncs);
	add_syncs(out, stats);
}

static void add_registry(struct buf *out, const struct registry_stats *stats)
{
	add_metric(out, "tenon_parsed_cache_hits_total", "counter", "Parsed schemas found in the cache", (double)stats->parsed_hits);
	add_metric(out, "tenon_parsed_cache_misses_total", "counter", "Parsed schemas not found in the cache", (double)stats->parsed_misses);
	add_metric(out, "tenon_parsed_cache_bytes", "gauge", "Memory of the parsed schemas kept", (double)stats->parsed_bytes);
	add_metric(out, "tenon_parsed_cache_entries", "gauge", "Parsed schemas kept", (double)stats->parsed_entries);
}

enum err_code metrics_get(struct request *rq, struct err *err)
{
	struct api *api = request_context(rq);
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 16384);
	struct registry_stats registry;
	struct store_stats store;
	struct view_counts counts;

	TRY(view_counts(call.view, &counts, err));
	store_stats(api->store, &store);
	registry_stats(api->registry, &registry);
	buf_lit(&out, "# HELP tenon_build_info The running version\n# TYPE tenon_build_info gauge\n"
		"tenon_build_info{version=\"" TENON_VERSION "\"} 1\n");
	add_store(&out, &store, &counts);
	add_registry(&out, &registry);
	http_metrics_render(api->http, &out);
	return reply_as(rq, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(&out));
}

enum err_code openapi_get(struct request *rq, struct err *err)
{
	(void)err;
	return reply_as(rq, 200, "application/yaml", str_make(openapi_yaml, openapi_yaml_len));
}
