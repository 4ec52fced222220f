/*
 * Where a registry can be read from, each as a snapshot, and written to.  Reading leaves lines about what was
 * skipped on stderr; a place that is no registry at all is an error.
 */
#ifndef CLIENT_CLI_PLACES_H
#define CLIENT_CLI_PLACES_H

#include "client/cli/rest.h"
#include "client/cli/snapshot.h"

/* `also` (or NULL) names scopes that are asked for although the registry does not list them. */
ERR_CHECKED enum err_code snapshot_from_rest(struct rest *rest, const struct snapshot *also, struct snapshot *out,
	struct err *err);

/* The file of a Tenon that does not run. */
ERR_CHECKED enum err_code snapshot_from_db(struct str path, struct snapshot *out, struct err *err);

/* ---- records of a `_schemas` topic (contract 7) ---- */

/* Takes the records of a topic or file in their order and turns them into what they leave behind. */
struct record_reader {
	struct snapshot *snapshot;
	struct str from;           /* the place's name, for messages */
	struct map ids;            /* "context\nid" to who uses it */
	size_t n_records;
	size_t n_understood;
	size_t n_encrypted;        /* versions whose metadata only their registry can read */
};

struct record_reader record_reader_make(struct snapshot *snapshot, struct str from);

/* One record, in `snapshot->arena`; `value` is absent for a tombstone; `where` names it in messages. */
void record_reader_take(struct record_reader *reader, struct str key, struct str value, int64_t ts, struct str where);

/* After the last one: an error when this was no registry's topic, or not one that can be taken whole. */
ERR_CHECKED enum err_code record_reader_end(const struct record_reader *reader, struct err *err);

/* Called for each record in the order they are to be written; the texts live as long as the snapshot. */
typedef enum err_code record_write_fn(void *cls, struct str key, struct str value, int64_t ts, struct err *err);

/* The snapshot as records: contexts, versions with those referred to first, configurations, modes. */
ERR_CHECKED enum err_code records_write(struct snapshot *snapshot, record_write_fn *write, void *cls, struct err *err);

/* A file of records: one JSON object a line, {"key":…,"value":…,"ts":…} with key and value as strings or null. */
ERR_CHECKED enum err_code snapshot_from_file(struct str path, struct snapshot *out, struct err *err);
ERR_CHECKED enum err_code snapshot_to_file(struct snapshot *snapshot, struct str path, size_t *n_out, struct err *err);

/* A topic, "kafka://broker:port/topic"; `settings` are "name=value" of librdkafka, NULL-terminated. */
ERR_CHECKED enum err_code snapshot_from_topic(struct str url, const char *const *settings, struct snapshot *out, struct err *err);
ERR_CHECKED enum err_code snapshot_to_topic(struct snapshot *snapshot, struct str url, const char *const *settings,
	size_t *n_out, struct err *err);

#endif
