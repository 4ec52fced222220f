/*
 * What the handlers of server/api share: the application behind the routes, the call that a request
 * becomes, and the JSON they read and write.  One file per resource; the table is routes.c.
 */
#ifndef SERVER_API_API_H
#define SERVER_API_API_H

#include "server/http/request.h"
#include "server/http/server.h"
#include "server/registry/list.h"
#include "server/registry/registry.h"

struct api {
	struct registry *registry;
	struct store *store;
	struct http_server *http;      /* set once it runs; for /metrics */
	int schemas_default_limit;     /* GET /schemas */
	int schemas_max_limit;
};

extern const struct route api_routes[];
extern const size_t api_n_routes;

/* For struct http_options: a pool thread's own view of the store. */
void *api_thread_open(void *context, struct err *err);
void api_thread_close(void *resource);

/* For store_watch, with the struct api as cls: voids the kept answers that a batch touches. */
void api_changed(void *cls, const struct log_entry *entries, const struct record *records, size_t n);

/* For struct http_options: refusals are kept, and explained to those who ask for it. */
void api_failed(struct request *rq, enum err_code code, const struct err *err);

/* ---- the /contexts/{context} prefix: prefix.c ---- */

struct target;

/* For struct http_options. */
enum err_code api_rewrite(struct arena *arena, struct target *target, struct str *scope, struct err *err);

/* A subject or subject prefix of the query, in the context of the path's prefix; absent becomes the context itself. */
struct str api_scoped(struct request *rq, struct str subject);

/* ---- the call behind a request: call.c ---- */

struct call api_call(struct request *rq);

/* The {subject} of the path, or what its alias leads to. */
ERR_CHECKED enum err_code api_subject(struct request *rq, struct call *call, struct str *out, struct err *err);

/* The {version} of the path; 42202. */
ERR_CHECKED enum err_code api_version(struct request *rq, struct version_number *out, struct err *err);

/* The {id} of the path; 404 when it is no 32-bit integer. */
ERR_CHECKED enum err_code api_id(struct request *rq, int *out, struct err *err);

/* offset and limit; `max_limit` and below 1 take `default_limit`, which may be -1 for none.  422 for a negative offset. */
ERR_CHECKED enum err_code api_page(struct request *rq, int default_limit, int max_limit, struct view_page *out,
	struct err *err);

/* deleted and deletedOnly as one question; deletedOnly wins. */
enum view_deleted api_deleted(struct request *rq);

/* The version's entities with the inline tags that findTags names; none without the parameter. */
ERR_CHECKED enum err_code api_find_tags(struct request *rq, struct call *call, struct shown_version *shown, struct err *err);

/* Suspends the request until the write is durable, then answers with `finish`. */
enum err_code api_commit(struct request *rq, struct write *write, route_fn *finish);
/* In `finish`: the write, or why it failed. */
ERR_CHECKED enum err_code api_committed(struct request *rq, struct write **out, struct err *err);

/* The answer depends on a version that was asked for as `subject` and found as `found`. */
void api_depends_version(struct request *rq, struct str subject, const struct view_version *found);

/* ---- reading bodies: read.c; 400 in the words of the reference's JSON binding (contract 1.4) ---- */

/* `type` names what is expected, e.g. "RegisterSchemaRequest". */
ERR_CHECKED enum err_code read_object(const struct jsn *value, const char *type, struct err *err);
/* A member as text: strings, and the spelling of numbers and booleans; absent when missing or null. */
ERR_CHECKED enum err_code read_text(const struct jsn *object, struct str name, struct str *out, struct err *err);
ERR_CHECKED enum err_code read_int(const struct jsn *object, struct str name, bool *found, int *out, struct err *err);
ERR_CHECKED enum err_code read_flag(const struct jsn *object, struct str name, enum config_flag *out, struct err *err);
ERR_CHECKED enum err_code read_metadata(struct arena *arena, const struct jsn *object, struct str name,
	const struct metadata **out, struct err *err);
ERR_CHECKED enum err_code read_rule_set(struct arena *arena, const struct jsn *object, struct str name,
	const struct rule_set **out, struct err *err);
/* A schema as it is sent; flags of the query are left alone. */
ERR_CHECKED enum err_code read_schema(struct arena *arena, const struct jsn *body, struct new_schema *out, struct err *err);
/* Only what the schema is: type, text, references, metadata. */
ERR_CHECKED enum err_code read_schema_text(struct arena *arena, const struct jsn *body, struct new_schema *out,
	struct err *err);
/* The body of register, lookup and compatibility; normalize and force come from the query. */
ERR_CHECKED enum err_code read_new_schema(struct request *rq, const struct new_schema **out, struct err *err);
ERR_CHECKED enum err_code read_tag_request(struct request *rq, const struct tag_request **out, struct err *err);
ERR_CHECKED enum err_code read_config_update(struct request *rq, struct config_update *out, struct err *err);

/* ---- writing answers: shapes.c (contract 2.2) ---- */

void write_version(struct buf *out, const struct shown_version *shown, struct str text);                  /* Schema */
enum err_code reply_version(struct request *rq, const struct shown_version *shown, struct str text);
enum err_code reply_registered(struct request *rq, const struct shown_version *shown, struct str text);   /* RegisterResponse */
enum err_code reply_schema_string(struct request *rq, const struct shown_version *shown, struct str text,
	bool with_subject, int max_id);                                                                        /* SchemaString; max_id 0: not asked */
enum err_code reply_listed(struct request *rq, const struct listed_version *list, size_t n);              /* [ExtendedSchema] */
enum err_code reply_texts(struct request *rq, const struct str *items, size_t n);                         /* ["a","b"] */
enum err_code reply_ints(struct request *rq, const int *items, size_t n);                                 /* [1,2] */
enum err_code reply_int(struct request *rq, int value);
enum err_code reply_config(struct request *rq, const struct config *config, enum config_shape shape);
enum err_code reply_mode(struct request *rq, struct str mode);

#endif
