/*
 * A whole registry in memory, on its way from one place to another: versions with their content, soft-deleted
 * ones included, and the configuration and mode entries.  Everything lives in the snapshot's arena.
 * Scopes are written as in the API: "" the global entry, ":.ctx:" a context, else a qualified subject.
 */
#ifndef CLIENT_CLI_SNAPSHOT_H
#define CLIENT_CLI_SNAPSHOT_H

#include <stdio.h>

#include "base/json.h"
#include "base/map.h"

enum { SNAPSHOT_DEPTH = 1000 }; /* nested arrays and objects in what is read */

struct snapshot_version {
	struct str subject;
	int version;
	int id;
	struct str type;
	struct str text;
	const struct jsn *references; /* NULL: none */
	const struct jsn *metadata;
	const struct jsn *rule_set;
	bool deleted;                 /* softly */
	bool gone;                    /* no longer part of the snapshot */
	bool revived;                 /* soft-deleted at the target too, and wanted alive for a while (replay.c) */
	bool placed;                  /* snapshot_order's, as the next one */
	size_t at;
	int64_t ts;                   /* milliseconds; 0: unknown */
};

struct snapshot {
	struct arena *arena;
	struct snapshot_version **versions;
	size_t n_versions;
	size_t room;
	struct map by_key;   /* "subject\nversion" to its version */
	struct map scopes;   /* every scope that is known, to anything */
	struct map configs;  /* scope to const struct jsn, under the names of GET /config; NULL: none */
	struct map modes;    /* scope to const struct str; NULL: none */
	size_t n_associations; /* these two do not move: only counted, to be said */
	size_t n_keys;
};

#define SCOPE_EVERYTHING STR(":.__GLOBAL:")

struct snapshot snapshot_make(struct arena *arena);

/* A copy of `version` under its subject and number, in place of one that is there. */
struct snapshot_version *snapshot_put(struct snapshot *snapshot, const struct snapshot_version *version);
struct snapshot_version *snapshot_find(const struct snapshot *snapshot, struct str subject, int version);

void snapshot_put_config(struct snapshot *snapshot, struct str scope, const struct jsn *config);
void snapshot_put_mode(struct snapshot *snapshot, struct str scope, struct str mode);

/* The entry's mode, absent when there is none. */
struct str snapshot_mode(const struct snapshot *snapshot, struct str scope);

/*
 * The entry, or NULL.  The two global scopes always have one, as the API answers it: without an entry the
 * reference's standard level, so that a registry with another standard arrives as one that names it.
 */
const struct jsn *snapshot_config(const struct snapshot *snapshot, struct str scope);

/* Fills type, text, references, metadata, rule set and deleted from an object of the API or of a record. */
void snapshot_read_content(const struct jsn *from, struct snapshot_version *out);

/* The scope of the context a scope belongs to: ":.ctx:", or "" for the default context. */
struct str scope_context(struct str scope);

/*
 * Whether `a` of `source` and `b` of `target` are the same schema: type, text, references, metadata and rules.
 * Old registries kept texts as they were sent, a target writes them canonically: two spellings are one text.
 */
bool snapshot_same_content(const struct snapshot *source, const struct snapshot_version *a, const struct snapshot *target,
	const struct snapshot_version *b);

/* The same for the text alone (snapshot_text.c). */
bool snapshot_same_text(const struct snapshot *source, const struct snapshot_version *a, const struct snapshot *target,
	const struct snapshot_version *b);

/* The version a reference of `from` leads to, or NULL: its subject is a name in the context of `from` (contract 5.12). */
struct snapshot_version *snapshot_referred(const struct snapshot *snapshot, const struct snapshot_version *from,
	const struct jsn *reference);

/* Whether two entries say the same; a level that is not given agrees with any. */
bool snapshot_same_config(const struct jsn *a, const struct jsn *b);

/* The members of a configuration, in the order records have them; the last one is NULL. */
extern const char *const snapshot_config_members[];

/*
 * The snapshot's versions, those that are referred to before those that refer and else the oldest first: of
 * several ids of one content the one written last is what a lookup answers.
 */
struct snapshot_version **snapshot_order(struct snapshot *snapshot, size_t *n_out);

/* Says on stderr what `from` has that does not move. */
void snapshot_say_left(const struct snapshot *snapshot, struct str from);

/* Prints every difference as a line to `to`; the count. */
size_t snapshot_compare(const struct snapshot *source, const struct snapshot *target, FILE *to);

#endif
