/* What the files of server/registry share and nobody else sees. */
#ifndef SERVER_REGISTRY_REGISTRY_INT_H
#define SERVER_REGISTRY_REGISTRY_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "server/registry/registry.h"
#include "storage/side.h"

struct registry {
	struct registry_options options;
	struct parsed_cache *parsed; /* server/registry/parsed_cache_int.h */
	struct pairs *pairs;         /* server/registry/pairs_int.h */
	pthread_mutex_t side_lock;   /* of opening it */
	struct side *side;           /* NULL until something is asked of it */
	int64_t started_ms;
	atomic_bool followed[SIDE_CURSORS]; /* the cursor was found to be of this log */
};

/* ---- scope.c: what is in force for a subject (contract 4.6) ---- */

ERR_CHECKED enum err_code scope_config(struct call *call, struct str subject, struct config *out, struct err *err);
/* … and whose entry its level is from; the server's own default is no entry's. */
ERR_CHECKED enum err_code scope_config_from(struct call *call, struct str subject, struct config *out,
	enum config_origin *origin, struct err *err);
ERR_CHECKED enum err_code scope_mode(struct call *call, struct str subject, enum registry_mode *out, struct err *err);

/* Whether validateFields is in force. */
bool scope_validates_fields(const struct registry *registry, const struct config *config);

/* 42205 when configuration or versions of the subject may not change; `subject` "" prints as "null". */
ERR_CHECKED enum err_code scope_check_writable(struct call *call, struct str subject, struct err *err);

/* 42205: "Subject … in context … is [not] in <mode> mode". */
enum err_code scope_not_permitted(struct call *call, struct str subject, const char *mode, bool is_in, struct err *err);

/* The entry as stored; *found false and all unset when there is none. */
ERR_CHECKED enum err_code scope_config_entry(struct call *call, struct str subject, bool *found, struct config *out,
	struct err *err);

/* ---- content.c: a schema ready to be compared, hashed and stored ---- */

struct content {
	enum schema_type type;
	const struct schema *parsed;
	struct str text;                          /* canonical */
	const struct record_reference *references;
	size_t n_references;
	const struct metadata *metadata;
	const struct rule_set *rule_set;
	uint8_t digest[MD5_BYTES];
};

enum content_flags {
	CONTENT_STRICT = 1 << 0,     /* a new registration's validation */
	CONTENT_NORMALIZE = 1 << 1,
	CONTENT_DELETED = 1 << 2,    /* references may be to soft-deleted versions */
	CONTENT_FIELDS = 1 << 3,     /* validateFields: names of top-level fields and imports are checked */
};

/* Parses what a client sent for `subject`; 42201 in the reference's words. */
ERR_CHECKED enum err_code content_make(struct call *call, struct str subject, const struct new_schema *schema,
	unsigned flags, struct content *out, struct err *err);

/*
 * The same in two steps, with the parser's own words and places: first what can be said without reading the text
 * (42201, 42209), then ERR_PARSE, ERR_LIMIT and ERR_INVALID_SCHEMA as schema_parse has them.
 */
ERR_CHECKED enum err_code content_admit(struct call *call, const struct new_schema *schema, enum schema_type *out,
	struct err *err);
ERR_CHECKED enum err_code content_read(struct call *call, struct str subject, const struct new_schema *schema,
	enum schema_type type, unsigned flags, struct content *out, struct err *err);

/* What the digest covers of one reference; `version` NULL when none was sent. */
void content_digest_reference(struct buf *out, struct str name, struct str subject, const int *version);

/* CONTENT_NORMALIZE when the request or the configuration says so, else 0. */
unsigned content_normalize_flag(const struct new_schema *schema, const struct config *config);
/* CONTENT_STRICT unless validateNewSchemas is off, CONTENT_FIELDS when validateFields is on. */
unsigned content_strict_flag(const struct registry *registry, const struct config *config);

/* A stored version as content; the parsed schema comes from the cache and lives as long as call->arena. */
ERR_CHECKED enum err_code content_of_version(struct call *call, const struct view_version *version, struct content *out,
	struct err *err);

/* Stands for the version's text and all that it refers to, as they are parsed. */
ERR_CHECKED enum err_code content_key(struct call *call, const struct view_version *version, uint8_t out[MD5_BYTES],
	struct err *err);

/* A stored version's text, type and references as a client would send them. */
void content_as_sent(struct arena *arena, const struct view_version *version, struct new_schema *out);

/*
 * The rule set of a new version (contract 5.3 step 5): what was sent, completed, or the latest version's, between
 * the configuration's.
 */
const struct rule_set *content_rules(struct call *call, const struct config *config, const struct rule_set *sent,
	const struct view_version *latest);

/* Sets the digest from the other members. */
void content_digest(struct arena *arena, struct content *content);

/* Can `wanted` stand for the stored version (contract 5.3 "Equivalent")? */
ERR_CHECKED enum err_code content_stands_for(struct call *call, const struct content *wanted,
	const struct view_version *stored, bool *out, struct err *err);

/* ---- refused.c: 42201 around the parser's words, for a text that does not parse, and for one that is not valid ---- */

ERR_CHECKED enum err_code content_refuse_text(struct call *call, struct str subject, const struct new_schema *schema,
	struct str type, struct err *err);
ERR_CHECKED enum err_code content_refuse_invalid(struct call *call, struct str subject, const struct new_schema *schema,
	struct str type, struct err *err);

/* ---- references.c: what a schema refers to, transitively (contract 5.12) ---- */

/* A reference list as the schema of `subject` has it, with every target resolved to a qualified subject. */
ERR_CHECKED enum err_code references_resolve(struct call *call, struct str subject, const struct new_schema *schema,
	bool deleted, const struct record_reference **out, struct err *err);

struct dependencies {
	const struct schema_dependency *items;
	size_t n_items;
	uint8_t digest[MD5_BYTES];   /* of all names and contents, in order */
};

/* The texts behind the references, what is depended on first; each name once.  ERR_PARSE when one is missing. */
ERR_CHECKED enum err_code references_load(struct call *call, const struct record_reference *references, size_t n,
	bool deleted, struct dependencies *out, struct err *err);

/* "{name='n', subject='s', version=1}", as messages print it. */
void reference_print(struct buf *out, const struct new_reference *reference);

/* ---- equivalent.c: which version of a subject is this content? (contract 5.3 step 3, 5.4 steps 2 and 3) ---- */

struct equivalent_search {
	struct str subject;
	const struct content *content;
	bool has_id;                 /* only a version with this id will do */
	int id;
	bool deleted;                /* soft-deleted versions count */
};

ERR_CHECKED enum err_code equivalent_find(struct call *call, const struct equivalent_search *search,
	struct shown_version *out, struct err *err);

/* ---- lookup.c ---- */

/* The version of this very subject that has the schema; version NULL when there is none.  42201. */
ERR_CHECKED enum err_code content_find(struct call *call, struct str subject, const struct new_schema *schema, bool deleted,
	struct shown_version *out, struct err *err);

/* ---- tagging.c: inline tags of a registration (contract 6.6) ---- */

/* Whether the registration changes inline tags; content that is there is then no answer. */
bool content_retag_asked(const struct new_schema *schema);

/*
 * Puts a copy of *schema with the changed tags in its text in its place.  `inherits`: from the latest
 * version of the subject, what is missing or propagated.  42201 for an entity that is not there.
 */
ERR_CHECKED enum err_code content_retag(struct call *call, struct str subject, bool inherits,
	const struct new_schema **schema, struct err *err);

/* ---- write.c: a prepared change on its way through the store ---- */

/* Decides on the writer thread: `call` sees the newest state and its arena is the write's. */
typedef enum err_code write_decide_fn(struct write *write, struct call *call, struct decision *decision, struct err *err);

struct write {
	struct command command;
	struct registry *registry;
	struct arena *arena;
	write_decide_fn *decide;
	void *input;                 /* the operation's own, prepared */
	void *result;                /* the operation's own, set by decide */
	void (*done)(void *arg);
	void *done_arg;
	struct err outcome;
};

struct write *write_create(struct call *call, write_decide_fn *decide, void *input);

/* ---- small things of several operations ---- */

/* The contexts to search for an unqualified subject: those registered, in name order; none for a qualified one. */
ERR_CHECKED enum err_code other_contexts(struct call *call, struct str subject, const struct str **out, size_t *n_out,
	struct err *err);

/* Fails with 42206 when something refers to the version; `which` says which referrers count. */
ERR_CHECKED enum err_code check_unreferenced(struct call *call, struct str subject, int version, enum view_deleted which,
	struct str except_subject, struct err *err);

/* Splits a list prefix (contract 2.3) into a filter's context and name prefix. */
void filter_prefix(struct str prefix, struct view_filter *out);

#endif
