/*
 * The registry: what can be done with subjects, versions, schemas, configuration and modes, without
 * any HTTP.  Reads answer from the caller's view; writes are two steps: an operation is prepared on
 * the caller's thread (parsing, comparing what can be compared) and decided on the store's writer
 * thread, where ids and versions are given out.  Subjects are qualified names (server/registry/subject.h).
 */
#ifndef SERVER_REGISTRY_REGISTRY_H
#define SERVER_REGISTRY_REGISTRY_H

#include "compat/level.h"
#include "server/registry/config.h"
#include "server/registry/new_schema.h"
#include "server/registry/subject.h"
#include "storage/store.h"

struct registry;

struct registry_options {
	struct store *store;
	enum compat_level level;        /* the server default */
	bool validate_fields;           /* default for configurations that do not say */
	bool validate_new_schemas;
	bool mode_mutability;           /* false: PUT and DELETE /mode are refused */
	bool keep_rule_sets;            /* false: they are dropped, as the stock reference does (contract 5.10) */
	size_t max_schema_bytes;        /* of one schema's text; 42209 beyond */
	size_t parsed_cache_bytes;      /* of parsed schemas that are kept */
};

ERR_CHECKED enum err_code registry_create(const struct registry_options *options, struct registry **out, struct err *err);
/* After every call's arena is gone: what was parsed is held by them. */
void registry_destroy(struct registry *registry);
struct store *registry_store(struct registry *registry);

/* What every operation needs: whose view, whose memory, who asks.  Lives as long as the request. */
struct call {
	struct registry *registry;
	struct view *view;              /* of the calling thread */
	struct arena *arena;
	struct str actor;
};

/* ---- what is answered ---- */

/* A version as it is shown; `stored` tells whether ts and deleted are shown (contract 5.3, 5.4). */
struct shown_version {
	const struct view_version *version;
	bool stored;
	struct schema_tag_list tags;    /* those that were looked for and found */
};

/* ---- one version: server/registry/version.c ---- */

/* A version path parameter: "latest", -1 or 1 … 2^31-1. */
struct version_number {
	bool latest;
	int number;
};
ERR_CHECKED enum err_code version_number_parse(struct str text, struct version_number *out, struct err *err);

/* 40401, 40402; searches other contexts for an unqualified subject (contract 4.3). */
ERR_CHECKED enum err_code registry_version_get(struct call *call, struct str subject, struct version_number version,
	bool deleted, const struct view_version **out, struct err *err);

/* The subject's version numbers; with `negative` deleted ones are negated and all are listed. */
ERR_CHECKED enum err_code registry_version_list(struct call *call, struct str subject, enum view_deleted which,
	bool negative, const int **out, size_t *n_out, struct err *err);

/* Ids of the schemas that refer to a version, sorted. */
ERR_CHECKED enum err_code registry_referenced_by(struct call *call, struct str subject, struct version_number version,
	bool deleted, const int **out, size_t *n_out, struct err *err);

/* The newest version that has all the metadata properties; with none given, that has metadata (contract 2.3). */
ERR_CHECKED enum err_code registry_metadata_get(struct call *call, struct str subject, const struct metadata_property *wanted,
	size_t n_wanted, bool deleted, const struct view_version **out, struct err *err);

/* The version as a logical type (compat/logical.h); 42201 when it cannot be expressed as one. */
ERR_CHECKED enum err_code registry_logical_text(struct call *call, const struct view_version *version, struct str *out,
	struct err *err);
/* What to register for a logical type: the schema of the type given, which is mandatory then (contract 6.1). */
ERR_CHECKED enum err_code registry_from_logical(struct call *call, const struct new_schema *schema,
	const struct new_schema **out, struct err *err);

/* The version's text in the form that `format` asks for (schema_formatted); absent or "" is the stored text. */
ERR_CHECKED enum err_code registry_text(struct call *call, const struct view_version *version, struct str format,
	struct str *out, struct err *err);

/* ---- by id and by content: server/registry/byid.c ---- */

/* 40403.  `subject` chooses the context or the user (contract 4.5); absent or "" is the default context. */
ERR_CHECKED enum err_code registry_id_get(struct call *call, int id, struct str subject,
	const struct view_version **out, struct err *err);
ERR_CHECKED enum err_code registry_id_users(struct call *call, int id, struct str subject, bool deleted,
	const struct view_version_head **out, size_t *n_out, struct err *err);
ERR_CHECKED enum err_code registry_guid_get(struct call *call, struct str guid, const struct view_version **out, struct err *err);
ERR_CHECKED enum err_code registry_guid_ids(struct call *call, struct str guid,
	const struct view_context_id **out, size_t *n_out, struct err *err);
ERR_CHECKED enum err_code registry_max_id(struct call *call, struct str subject, int *out, struct err *err);

/* ---- registering, looking up, judging ---- */

/* A write under way: prepared by its operation, then handed to registry_commit. */
struct write;

/*
 * Prepares a registration.  When the content is there already, *out is filled and *write stays NULL;
 * otherwise the caller commits *write and then asks registry_register_result.
 */
ERR_CHECKED enum err_code registry_register(struct call *call, struct str subject, const struct new_schema *schema,
	struct shown_version *out, struct write **write, struct err *err);
struct shown_version registry_register_result(const struct write *write);

/*
 * Prepares the registration of a version's schema with other tags or metadata as a new version under
 * `subject`; always a write, and its result is a registration's.
 */
ERR_CHECKED enum err_code registry_tag(struct call *call, struct str subject, struct version_number number,
	const struct tag_request *request, struct write **write, struct err *err);

/* The entities of a version that have one of the wanted inline tags; "*" is any. */
ERR_CHECKED enum err_code registry_find_tags(struct call *call, const struct view_version *version, const struct str *wanted,
	size_t n_wanted, struct schema_tag_list *out, struct err *err);

/* 42201, 40401, 40403. */
ERR_CHECKED enum err_code registry_lookup(struct call *call, struct str subject, const struct new_schema *schema,
	bool deleted, struct shown_version *out, struct err *err);

/* Against one version (given), or against all as registration would (version NULL).  Contract 2.5. */
ERR_CHECKED enum err_code registry_compatibility(struct call *call, struct str subject,
	const struct version_number *version, const struct new_schema *schema, bool verbose,
	struct compat_verdict *out, struct err *err);

/* ---- deleting ---- */

ERR_CHECKED enum err_code registry_version_delete(struct call *call, struct str subject, struct version_number version,
	bool permanent, struct write **write, struct err *err);
ERR_CHECKED enum err_code registry_subject_delete(struct call *call, struct str subject, bool permanent,
	struct write **write, struct err *err);
ERR_CHECKED enum err_code registry_context_delete(struct call *call, struct str context, struct write **write, struct err *err);

/* The version numbers that the delete took away, ascending. */
const int *registry_delete_result(const struct write *write, size_t *n_out);

/* ---- configuration and modes; subject "" is the global entry ---- */

ERR_CHECKED enum err_code registry_config_get(struct call *call, struct str subject, bool effective,
	const struct config **out, struct err *err);
ERR_CHECKED enum err_code registry_config_put(struct call *call, struct str subject, const struct config_update *update,
	struct write **write, struct err *err);
ERR_CHECKED enum err_code registry_config_delete(struct call *call, struct str subject, struct write **write, struct err *err);
/* PUT: the resulting stored entry; DELETE: the entry that was there. */
const struct config *registry_config_result(const struct write *write);

ERR_CHECKED enum err_code registry_mode_get(struct call *call, struct str subject, bool effective,
	enum registry_mode *out, struct err *err);
/* `mode` absent removes the entry. */
ERR_CHECKED enum err_code registry_mode_put(struct call *call, struct str subject, struct str mode, bool force,
	struct write **write, struct err *err);
ERR_CHECKED enum err_code registry_mode_delete(struct call *call, struct str subject, bool recursive,
	struct write **write, struct err *err);
/* DELETE: the mode that was there; MODE_NONE when only subjects below had one. */
enum registry_mode registry_mode_result(const struct write *write);

/* ---- aliases (contract 4.7) ---- */

/* The subject that requests for `subject` act on: the target of its alias, one step, or itself. */
ERR_CHECKED enum err_code registry_alias(struct call *call, struct str subject, struct str *out, struct err *err);
struct str registry_alias_target(struct arena *arena, struct str subject, struct str alias);

/* ---- committing ---- */

/*
 * Hands a prepared write to the writer thread.  `done` runs there once the outcome is durable; the
 * call's arena may not be touched in between.  A write that needs nothing written is done at once.
 */
void registry_commit(struct write *write, void (*done)(void *arg), void *arg);

/* After done: OK and the operation's result, or the error. */
ERR_CHECKED enum err_code registry_committed(struct write *write, struct err *err);

struct registry_stats {
	uint64_t parsed_hits, parsed_misses;
	size_t parsed_bytes, parsed_entries;
};
void registry_stats(struct registry *registry, struct registry_stats *out);

#endif
