/*
 * The view: SQLite tables made from the log, which answer every read.  Only view_apply changes them.
 * A `struct view` is one connection: each reading thread has its own, the writer thread has the one
 * that applies.  All results live in the arena passed in.  Subjects are qualified names ("orders",
 * ":.ctx:orders"), contexts are "." or ".ctx".  Absence is NULL or 0 rows, never an error: only the
 * registry decides what it means.
 */
#ifndef STORAGE_VIEW_H
#define STORAGE_VIEW_H

#include "storage/record.h"

struct view;

/* One version of one subject with its content. */
struct view_version {
	struct str subject;
	struct str context;
	int version;
	int id;
	uint8_t digest[MD5_BYTES];
	struct str schema_type;
	struct str text;
	const struct record_reference *references;
	size_t n_references;
	struct str metadata;  /* canonical JSON or absent */
	struct str rule_set;
	bool deleted;
	int64_t ts;           /* milliseconds */
};

/* The same without content, for lists. */
struct view_version_head {
	struct str subject;
	int version;
	int id;
	bool deleted;
};

enum view_deleted { VIEW_LIVE, VIEW_ALL, VIEW_DELETED_ONLY };

struct view_page {
	int64_t offset;
	int64_t limit;  /* negative: no limit */
};

/* ---- writing: the writer thread only ---- */

/*
 * Applies one entry inside the open transaction; the arena is for what lives only during the call.
 * The same entries in the same order give the same tables.  Entries that do not follow the one
 * applied last are ERR_LOG_CORRUPT.
 */
ERR_CHECKED enum err_code view_apply(struct view *view, struct arena *arena, const struct log_entry *entry,
	const struct record *record, struct err *err);

/* ---- one version ---- */

ERR_CHECKED enum err_code view_version_find(struct view *view, struct arena *arena, struct str subject,
	int version, enum view_deleted which, const struct view_version **out, struct err *err);

/* The highest version; NULL when there is none. */
ERR_CHECKED enum err_code view_latest_find(struct view *view, struct arena *arena, struct str subject,
	enum view_deleted which, const struct view_version **out, struct err *err);

/* The version the subject has recorded for this id (the most recently written one), or NULL. */
ERR_CHECKED enum err_code view_version_of_id(struct view *view, struct arena *arena, struct str subject,
	int id, const struct view_version **out, struct err *err);

/* ---- a subject's versions, ascending ---- */

ERR_CHECKED enum err_code view_version_heads(struct view *view, struct arena *arena, struct str subject,
	enum view_deleted which, const struct view_version_head **out, size_t *n_out, struct err *err);

/* With content; ascending. */
ERR_CHECKED enum err_code view_versions(struct view *view, struct arena *arena, struct str subject,
	enum view_deleted which, const struct view_version **out, size_t *n_out, struct err *err);

/* ---- ids and content ---- */

/* The id most recently written for this content in the context, if it still has a user; 0 rows: *found false. */
ERR_CHECKED enum err_code view_content_id(struct view *view, struct str context,
	const uint8_t digest[MD5_BYTES], bool *found, int *id, struct err *err);

/* The version behind an id: the user with the smallest subject, deleted ones included; NULL when unknown. */
ERR_CHECKED enum err_code view_id_find(struct view *view, struct arena *arena, struct str context, int id,
	const struct view_version **out, struct err *err);

/* Every user (subject, version) of an id in a context, sorted by subject, deleted ones included. */
ERR_CHECKED enum err_code view_id_users(struct view *view, struct arena *arena, struct str context, int id,
	const struct view_version_head **out, size_t *n_out, struct err *err);

/*
 * Every context and id that has this content, sorted by context (the default one first), then id; of a
 * context where no version has it any more, the id it had last.
 */
struct view_context_id {
	struct str context;
	int id;
};
ERR_CHECKED enum err_code view_digest_ids(struct view *view, struct arena *arena,
	const uint8_t digest[MD5_BYTES], const struct view_context_id **out, size_t *n_out, struct err *err);

/* The highest id ever seen in the context, purged ones included; 0 when none. */
ERR_CHECKED enum err_code view_max_id(struct view *view, struct str context, int *out, struct err *err);

/* ---- references ---- */

/* The versions that refer to (subject, version), sorted by context, then id; VIEW_LIVE: only undeleted referrers. */
ERR_CHECKED enum err_code view_referrers(struct view *view, struct arena *arena, struct str subject,
	int version, enum view_deleted which, const struct view_version_head **out, size_t *n_out, struct err *err);

/* How many live versions refer to any version of the subject. */
ERR_CHECKED enum err_code view_referrer_count(struct view *view, struct str subject, int64_t *out, struct err *err);

/* ---- lists ---- */

/* Which subjects a list is about (contract 2.3, 2.4). */
struct view_filter {
	bool all_contexts;      /* else only `context` */
	struct str context;
	struct str name_prefix; /* of the unqualified name */
	struct str qualified_prefix; /* when present, instead of context and name_prefix: of the qualified name */
	enum view_deleted which;
	bool latest_only;       /* view_list_versions: last version of each subject among those that pass */
	struct view_page page;
};

/* Qualified names, ordered by UTF-16 code units of the qualified name. */
ERR_CHECKED enum err_code view_list_subjects(struct view *view, struct arena *arena,
	const struct view_filter *filter, const struct str **out, size_t *n_out, struct err *err);

/* Versions with content, by subject, then version. */
ERR_CHECKED enum err_code view_list_versions(struct view *view, struct arena *arena,
	const struct view_filter *filter, const struct view_version **out, size_t *n_out, struct err *err);

/* Registered contexts without the default one, sorted. */
ERR_CHECKED enum err_code view_list_contexts(struct view *view, struct arena *arena,
	const struct str **out, size_t *n_out, struct err *err);

/* ---- config and mode entries; subject "" is the global entry ---- */

/* The entry's JSON body, or absent. */
ERR_CHECKED enum err_code view_config_find(struct view *view, struct arena *arena, struct str subject,
	struct str *out, struct err *err);
ERR_CHECKED enum err_code view_mode_find(struct view *view, struct arena *arena, struct str subject,
	struct str *out, struct err *err);

/* One entry of either kind; `text` is the mode's name or the configuration's JSON. */
struct view_entry {
	struct str subject;
	struct str text;
};

/* The entries of a context's subjects (without the context's own), by subject; all contexts when `context` is absent. */
ERR_CHECKED enum err_code view_list_modes(struct view *view, struct arena *arena, struct str context,
	const struct view_entry **out, size_t *n_out, struct err *err);
ERR_CHECKED enum err_code view_list_configs(struct view *view, struct arena *arena, struct str context,
	const struct view_entry **out, size_t *n_out, struct err *err);

/* ---- documents ---- */

struct view_document {
	struct str key;
	struct str body;      /* JSON */
	int64_t created;      /* milliseconds: of the first record of the key since it was deleted last */
	int64_t updated;      /* of the last one */
};

ERR_CHECKED enum err_code view_document_find(struct view *view, struct arena *arena, struct str collection,
	struct str key, const struct view_document **out, struct err *err);

/* Those whose key starts with `prefix`, by key. */
ERR_CHECKED enum err_code view_documents(struct view *view, struct arena *arena, struct str collection,
	struct str prefix, const struct view_document **out, size_t *n_out, struct err *err);

/* The associations whose body has `value` as a member, by key. */
enum view_association_member { VIEW_ASSOCIATION_SUBJECT, VIEW_ASSOCIATION_ID, VIEW_ASSOCIATION_NAMESPACE };
ERR_CHECKED enum err_code view_associations(struct view *view, struct arena *arena, enum view_association_member member,
	struct str value, const struct view_document **out, size_t *n_out, struct err *err);

/* ---- counts, for /metrics and readiness ---- */

struct view_counts {
	int64_t subjects; /* with an undeleted version */
	int64_t schemas;  /* distinct contents */
	int64_t versions; /* undeleted */
	uint64_t head;    /* seq applied last … */
	uint8_t hash[SHA256_BYTES]; /* … and its hash, which stands for all that came before */
};
ERR_CHECKED enum err_code view_counts(struct view *view, struct view_counts *out, struct err *err);

/* Of the file: log, view and what is free in it. */
ERR_CHECKED enum err_code view_bytes(struct view *view, int64_t *out, struct err *err);

#endif
