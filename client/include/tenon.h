/*
 * libtenon: a client for schema registries that speak the Confluent Schema Registry API.
 *
 *     struct tenon_config config;
 *     struct tenon_client *client;
 *     struct tenon_error err = { TENON_OK };
 *
 *     tenon_config_init(&config, sizeof(config));
 *     config.urls = "http://127.0.0.1:8081";
 *     if (tenon_client_create(&config, &client, &err) != TENON_OK)
 *         ...
 *
 * Errors: every function that can fail returns a `tenon_code` (TENON_OK is 0) and fills the `tenon_error` that is its last
 * argument, which may be NULL.  Outputs are written on success only.  The library never aborts, never prints, sets no signal
 * handler and keeps no global state but libcurl's.
 *
 * Ownership: arguments are borrowed for the length of the call.  A `tenon_schema` that is handed out carries a reference for the
 * caller: tenon_schema_unref, before tenon_client_destroy.  Plain memory that is handed out is released with tenon_free; it may
 * outlive the client.  Destroy, unref, clear and free functions take NULL.
 *
 * Threads: a client and its schemas may be used by any number of threads at once.  A tenon_error and a tenon_config belong to one
 * thread at a time.  After fork() a child must not use its parent's client.
 *
 * Units: times in milliseconds, sizes in bytes.  Text is UTF-8 and NUL-terminated unless a length stands beside it.
 */
#ifndef TENON_H
#define TENON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TENON_API __attribute__((visibility("default")))
#else
#define TENON_API
#endif

struct tenon_client;
struct tenon_schema;

/* The version of the library in use, e.g. "0.1.0"; lives for ever. */
TENON_API const char *tenon_version(void);

/* Releases memory that a function below says is released so. */
TENON_API void tenon_free(void *memory);

/* ---- errors ---- */

enum tenon_code {
	TENON_OK = 0,
	TENON_UNREACHABLE = 1,  /* no answer, or one that says "later": network, timeout, 408, 429, 5xx.  Retry. */
	TENON_NOT_FOUND = 2,    /* the registry does not know the id, guid, subject, version or schema */
	TENON_INCOMPATIBLE = 3, /* the schema breaks the subject's compatibility; see `findings` */
	TENON_BAD_BYTES = 4,    /* a message or bundle that is not what it should be.  Dead-letter a message. */
	TENON_REFUSED = 5,      /* credentials or certificates: 401, 403, a TLS handshake that failed */
	TENON_INVALID = 6,      /* an argument, setting or schema that can never be right */
	TENON_REJECTED = 7,     /* the registry's state does not permit it: read-only mode, a schema that others refer to */
	TENON_PROTOCOL = 8,     /* what answers is not a schema registry, or does not know this operation */
	TENON_LIMIT = 9,        /* larger or deeper than a bound: of the config, or of what a schema may be */
	TENON_NOMEM = 10,       /* the allocator had no memory; nothing has changed */
	TENON_FILE = 11         /* a bundle could not be read or written */
};

/* What to do with a message whose schema or bytes were no good. */
enum tenon_verdict {
	TENON_PROCEED = 0,     /* nothing failed */
	TENON_RETRY = 1,       /* the same again may succeed: the message is not known to be bad */
	TENON_DEAD_LETTER = 2, /* the same again fails again, because of this message */
	TENON_STOP = 3         /* the same again fails again for every message: credentials, settings, URL */
};

/* One reason why a schema is incompatible. */
struct tenon_finding {
	const char *text; /* as the registry words it */
	const char *type; /* e.g. "READER_FIELD_MISSING_DEFAULT_VALUE"; NULL when the text names none */
	const char *path; /* e.g. "/fields/1"; NULL when the text names none */
};

enum { TENON_MESSAGE_SIZE = 512, TENON_GUID_SIZE = 37 };

/*
 * All zeros before its first use; then it may be used again and again.  A function that fails fills it, one that succeeds leaves
 * it alone.  Findings belong to the error until it is filled again or cleared; nothing else in it needs to be released.
 */
struct tenon_error {
	enum tenon_code code;
	int http_status;                       /* of the registry's answer; 0 when there was none */
	int registry_code;                     /* its error_code, e.g. 40403; 0 when there was none */
	uint32_t line;                         /* place in a schema's text that is not valid, 1-based; 0 when not about a place */
	uint32_t column;
	int32_t schema_id;                     /* the id a message carries; 0 when none is known */
	char schema_guid[TENON_GUID_SIZE];     /* the guid a message carries; "" when none is known */
	size_t offset;                         /* byte of the message at which reading it failed */
	size_t n_findings;
	const struct tenon_finding *findings;
	char message[TENON_MESSAGE_SIZE];      /* one line for people, cut to fit */
	void *reserved[4];
};

/* Releases the findings and makes it all zeros. */
TENON_API void tenon_error_clear(struct tenon_error *err);
/* "UNREACHABLE", "NOT_FOUND" …; lives for ever. */
TENON_API const char *tenon_code_name(enum tenon_code code);
TENON_API enum tenon_verdict tenon_error_verdict(const struct tenon_error *err);

/* ---- configuration ---- */

/*
 * Memory.  `memory` NULL: allocate `size`; `size` 0: free; otherwise as realloc.  NULL says that there is none.  Called from any
 * thread that uses the client, also for what outlives the call.  libcurl's memory is its own (curl_global_init_mem).
 */
typedef void *(*tenon_resize_fn)(void *cls, void *memory, size_t size);

/*
 * Writes the bearer token to be used now, NUL-terminated, into `out` of `size` bytes and returns 0, or another value when there is
 * none (the call ends with TENON_REFUSED).  Called for every request by the thread that makes it: keep the token in a cache.
 */
typedef int (*tenon_token_fn)(void *cls, char *out, size_t size);

/* Texts are copied by tenon_client_create; NULL for what is not wanted. */
struct tenon_config {
	size_t size; /* set by tenon_config_init; later versions of the library add members at the end */

	const char *urls;               /* one or several, with commas; tried from the one that answered last.  A path is kept:
	                                   "http://host/contexts/.eu" works in that context */
	const char *user;               /* basic authentication; also read from the URL (http://user:password@host) */
	const char *password;
	const char *bearer_token;       /* or a token that never changes, */
	tenon_token_fn token;           /* or one that does */
	void *token_cls;
	const char *const *headers;     /* more request headers, "Name: value" each */
	size_t n_headers;

	const char *ca_file;            /* PEM; NULL: the system's */
	const char *certificate_file;   /* PEM: the client's own */
	const char *key_file;           /* PEM; NULL: in certificate_file */
	const char *key_password;
	int insecure;                   /* not 0: the server's certificate is not verified.  For tests only. */
	const char *proxy;              /* "http://host:port"; NULL: from the environment (http_proxy, …); "": none */

	uint32_t connect_timeout_ms;    /* 5000 */
	uint32_t request_timeout_ms;    /* 15000: one request */
	uint32_t timeout_ms;            /* 60000: one call with all its retries */
	uint32_t retries;               /* 3: rounds through the URLs after the first */
	uint32_t retry_wait_ms;         /* 100: doubles with each round; what is waited is random, up to that */
	uint32_t retry_wait_max_ms;     /* 5000; also the most that a Retry-After is heeded */
	uint32_t max_connections;       /* 8: requests at one time; more wait */
	size_t max_response;            /* 16 MiB: a larger answer is TENON_LIMIT */

	size_t cache_bytes;             /* 64 MiB: schemas with their parsed form; 0: no cache */
	uint32_t latest_ttl_ms;         /* 60000: how long "latest" is believed; 0: asked every time */
	uint32_t not_found_ttl_ms;      /* 10000: how long "no such id" is believed; 0: asked every time */
	const char *bundle_file;        /* loaded by tenon_client_create when it exists */
	int offline;                    /* not 0: only what is in bundles; the rest is TENON_NOT_FOUND.  Nothing is dropped for room */

	tenon_resize_fn resize;         /* NULL: realloc and free */
	void *resize_cls;
};

/* Fills in the defaults named above; `size` is sizeof(struct tenon_config). */
TENON_API void tenon_config_init(struct tenon_config *config, size_t size);

/* A client; no request is made.  TENON_INVALID names the setting that is wrong. */
TENON_API enum tenon_code tenon_client_create(const struct tenon_config *config, struct tenon_client **out,
	struct tenon_error *err);
/* No call may be under way, and all schemas must have been given back. */
TENON_API void tenon_client_destroy(struct tenon_client *client);

/* ---- schemas ---- */

enum tenon_type { TENON_AVRO = 0, TENON_JSON = 1, TENON_PROTOBUF = 2 };

struct tenon_reference {
	const char *name;    /* Avro full name, JSON $ref, Protobuf import path */
	const char *subject;
	int32_t version;
};

/* A schema as it is given to a registry.  All zeros but for what is known. */
struct tenon_definition {
	enum tenon_type type;
	const char *text;
	size_t text_len;                      /* 0: up to the NUL */
	const struct tenon_reference *references;
	size_t n_references;
	const char *metadata;                 /* JSON object {"properties": …, "tags": …, "sensitive": …} or NULL */
	const char *rule_set;                 /* JSON object {"domainRules": […], …} or NULL */
	void *reserved[4];
};

/* A schema as a registry knows it: immutable.  What the accessors return lives as long as the schema. */
TENON_API struct tenon_schema *tenon_schema_ref(struct tenon_schema *schema);
TENON_API void tenon_schema_unref(struct tenon_schema *schema);
TENON_API enum tenon_type tenon_schema_type(const struct tenon_schema *schema);
/* Also NUL-terminated; `len` may be NULL. */
TENON_API const char *tenon_schema_text(const struct tenon_schema *schema, size_t *len);
/* 0 when the answer carried none (by guid); else positive, within `tenon_schema_context`. */
TENON_API int32_t tenon_schema_id(const struct tenon_schema *schema);
/* NULL when the registry gives none (before Confluent 8). */
TENON_API const char *tenon_schema_guid(const struct tenon_schema *schema);
/* "." for the default context. */
TENON_API const char *tenon_schema_context(const struct tenon_schema *schema);
/* The subject it was asked for by, or the registry named; NULL when none. */
TENON_API const char *tenon_schema_subject(const struct tenon_schema *schema);
/* 0 when not known. */
TENON_API int32_t tenon_schema_version(const struct tenon_schema *schema);
/* n of them; NULL when 0. */
TENON_API const struct tenon_reference *tenon_schema_references(const struct tenon_schema *schema, size_t *n);
/* JSON text, or NULL. */
TENON_API const char *tenon_schema_metadata(const struct tenon_schema *schema);
TENON_API const char *tenon_schema_rule_set(const struct tenon_schema *schema);

/* ---- the registry ---- */

enum tenon_flags {
	TENON_NORMALIZE = 1 << 0,  /* register, lookup, check: compare and store the normal form */
	TENON_DELETED = 1 << 1,    /* what is soft-deleted counts too */
	TENON_PERMANENT = 1 << 2,  /* delete: for ever; a soft delete comes first */
	TENON_EFFECTIVE = 1 << 3,  /* settings, mode: what is in force, inherited or not */
	TENON_FORCE = 1 << 4,      /* register: without the compatibility check; mode: IMPORT although there are schemas */
	TENON_FRESH = 1 << 5       /* ask the registry, whatever the cache says */
};

enum { TENON_LATEST = -1, TENON_ALL_VERSIONS = -2 };

/*
 * Subjects are plain names or carry their context (":.eu:orders-value").  A context is ".eu" or "eu"; NULL, "" and "." are the
 * default one, or that of the URL.  Answers by id, guid and version, of register and of lookup are kept in the cache, and threads
 * that ask for the same at the same time share one request.
 */

/* Registers, or finds it registered.  TENON_INCOMPATIBLE with findings, TENON_INVALID with line and column where known. */
TENON_API enum tenon_code tenon_register(struct tenon_client *client, const char *subject,
	const struct tenon_definition *definition, unsigned flags, struct tenon_schema **out, struct tenon_error *err);
/* The version of the subject that has this content. */
TENON_API enum tenon_code tenon_lookup(struct tenon_client *client, const char *subject,
	const struct tenon_definition *definition, unsigned flags, struct tenon_schema **out, struct tenon_error *err);

TENON_API enum tenon_code tenon_get_by_id(struct tenon_client *client, const char *context, int32_t id, unsigned flags,
	struct tenon_schema **out, struct tenon_error *err);
/* `guid` as 8-4-4-4-12 hex digits. */
TENON_API enum tenon_code tenon_get_by_guid(struct tenon_client *client, const char *guid, unsigned flags,
	struct tenon_schema **out, struct tenon_error *err);
/* `version` from 1, or TENON_LATEST. */
TENON_API enum tenon_code tenon_get_by_version(struct tenon_client *client, const char *subject, int32_t version,
	unsigned flags, struct tenon_schema **out, struct tenon_error *err);
/* The newest version whose metadata properties contain all `n` pairs keys[i] = values[i]. */
TENON_API enum tenon_code tenon_get_by_metadata(struct tenon_client *client, const char *subject,
	const char *const *keys, const char *const *values, size_t n, unsigned flags, struct tenon_schema **out,
	struct tenon_error *err);

/*
 * What a schema refers to, transitively, in the order in which it must be read: what is depended on first, each name once.  *out is
 * released with tenon_dependencies_free.
 */
struct tenon_dependency {
	const char *name;            /* by which it is referred to */
	struct tenon_schema *schema; /* the array's reference */
};
TENON_API enum tenon_code tenon_dependencies(struct tenon_client *client, struct tenon_schema *schema,
	struct tenon_dependency **out, size_t *n, struct tenon_error *err);
TENON_API void tenon_dependencies_free(struct tenon_dependency *dependencies, size_t n);

/*
 * Would registering be compatible?  TENON_OK when it would, TENON_INCOMPATIBLE with findings when not.  `version` from 1,
 * TENON_LATEST, or TENON_ALL_VERSIONS: against those the subject's level names, as registration does.
 */
TENON_API enum tenon_code tenon_check(struct tenon_client *client, const char *subject, int32_t version,
	const struct tenon_definition *definition, unsigned flags, struct tenon_error *err);

/* Names, NULL after the last; `n` may be NULL.  Released with one tenon_free. */
TENON_API enum tenon_code tenon_subjects(struct tenon_client *client, const char *prefix, unsigned flags, char ***out,
	size_t *n, struct tenon_error *err);
TENON_API enum tenon_code tenon_contexts(struct tenon_client *client, char ***out, size_t *n, struct tenon_error *err);
/* The subjects that use an id. */
TENON_API enum tenon_code tenon_id_subjects(struct tenon_client *client, const char *context, int32_t id, unsigned flags,
	char ***out, size_t *n, struct tenon_error *err);
/* Version numbers, ascending; released with tenon_free. */
TENON_API enum tenon_code tenon_versions(struct tenon_client *client, const char *subject, unsigned flags, int32_t **out,
	size_t *n, struct tenon_error *err);

/* `version` from 1, or TENON_LATEST; *deleted, when asked for, is its number. */
TENON_API enum tenon_code tenon_delete_version(struct tenon_client *client, const char *subject, int32_t version,
	unsigned flags, int32_t *deleted, struct tenon_error *err);
/* *out, when asked for, are the numbers of the versions deleted; released with tenon_free. */
TENON_API enum tenon_code tenon_delete_subject(struct tenon_client *client, const char *subject, unsigned flags,
	int32_t **out, size_t *n, struct tenon_error *err);
/* Of a context without subjects. */
TENON_API enum tenon_code tenon_delete_context(struct tenon_client *client, const char *context, struct tenon_error *err);

/* The configuration of a subject (NULL: the global one) as a JSON object, e.g. {"compatibilityLevel":"BACKWARD"}; tenon_free. */
TENON_API enum tenon_code tenon_settings_get(struct tenon_client *client, const char *subject, unsigned flags, char **out,
	struct tenon_error *err);
/* `json` e.g. {"compatibility":"FULL"}: members that are absent stay as they are, null clears. */
TENON_API enum tenon_code tenon_settings_set(struct tenon_client *client, const char *subject, const char *json,
	struct tenon_error *err);
TENON_API enum tenon_code tenon_settings_delete(struct tenon_client *client, const char *subject, struct tenon_error *err);

/* The compatibility level alone: "BACKWARD", "FULL_TRANSITIVE" …; tenon_free. */
TENON_API enum tenon_code tenon_level_get(struct tenon_client *client, const char *subject, unsigned flags, char **out,
	struct tenon_error *err);
TENON_API enum tenon_code tenon_level_set(struct tenon_client *client, const char *subject, const char *level,
	struct tenon_error *err);

/* "READWRITE", "READONLY", "IMPORT", "FORWARD"; tenon_free. */
TENON_API enum tenon_code tenon_mode_get(struct tenon_client *client, const char *subject, unsigned flags, char **out,
	struct tenon_error *err);
TENON_API enum tenon_code tenon_mode_set(struct tenon_client *client, const char *subject, const char *mode, unsigned flags,
	struct tenon_error *err);
TENON_API enum tenon_code tenon_mode_delete(struct tenon_client *client, const char *subject, struct tenon_error *err);

/*
 * The subject that is associated with a topic's keys or values (`association_type` "key", "value"), for names that follow the
 * registry's associations.  `resource_namespace` is the Kafka cluster's id; NULL: any.  TENON_NOT_FOUND when there is none.
 */
TENON_API enum tenon_code tenon_associated_subject(struct tenon_client *client, const char *resource_namespace,
	const char *topic, const char *association_type, char **out, struct tenon_error *err);

/*
 * Anything else: `path` is appended to the URL, its parts escaped with tenon_escape; `body` may be NULL.  Any status below 400 is
 * success.  *text is the answer's body, NUL-terminated behind *len bytes; tenon_free.  Repeated only when `method` is GET, or when
 * the request did not reach the registry.
 */
TENON_API enum tenon_code tenon_call(struct tenon_client *client, const char *method, const char *path, const char *body,
	char **text, size_t *len, struct tenon_error *err);
/* `part` percent-escaped as one segment of a path or one value of a query; tenon_free.  NULL when there is no memory. */
TENON_API char *tenon_escape(struct tenon_client *client, const char *part);

/* ---- the cache ---- */

struct tenon_cache_stats {
	uint64_t hits;        /* answers of the cache that took its lock; plain hits by id are not counted */
	uint64_t misses;
	uint64_t shared;      /* calls that waited for another one's answer */
	uint64_t evicted;     /* schemas dropped for room */
	size_t bytes;
	size_t entries;
	uint64_t requests;    /* HTTP requests sent, retries included */
};

TENON_API void tenon_cache_stats(struct tenon_client *client, struct tenon_cache_stats *out);
/* Forgets everything; schemas in use stay valid. */
TENON_API void tenon_cache_clear(struct tenon_client *client);

/*
 * The cached schemas as a file, and back: for cold starts and for machines without a registry.  The file has a version and a
 * checksum; it replaces `path` at once or not at all.  Load adds to the cache; TENON_BAD_BYTES: not a bundle, or a damaged one,
 * of which nothing is taken; TENON_LIMIT: it does not fit into cache_bytes.
 */
TENON_API enum tenon_code tenon_bundle_save(struct tenon_client *client, const char *path, struct tenon_error *err);
TENON_API enum tenon_code tenon_bundle_load(struct tenon_client *client, const char *path, struct tenon_error *err);

/* ---- serializers and deserializers ---- */

/*
 * A serializer turns values into messages that carry their schema's id, a deserializer reads them, whoever wrote them.  Each
 * belongs to one thread at a time (make one for each thread: they share the client's cache) and ends before its client.  What
 * they hand out is theirs: it lives until their next call or their end, and is not released.  Messages may be nested 1,000 levels
 * deep, which takes 256 KiB of stack; hostile ones are refused before they take more.
 *
 * Headers: with TENON_FRAME_HEADER_ID and TENON_FRAME_HEADER_GUID the schema stands in a header of the Kafka record, not before
 * the value.
 */
struct tenon_serializer;
struct tenon_deserializer;

/* Of avro-c (avro.h) and jansson (jansson.h), which this header does not need. */
struct avro_value;
struct json_t;

enum tenon_part { TENON_VALUE = 0, TENON_KEY = 1 };

/* The subject of a schema. */
enum tenon_naming {
	TENON_NAMING_TOPIC = 0,        /* "orders-value" */
	TENON_NAMING_RECORD = 1,       /* "com.example.Order": Avro full name, JSON title, Protobuf message */
	TENON_NAMING_TOPIC_RECORD = 2, /* "orders-com.example.Order" */
	TENON_NAMING_ASSOCIATED = 3,   /* what the registry has associated with the topic, else `fallback` */
	TENON_NAMING_NONE = 4          /* for `fallback` only: a topic without association is TENON_NOT_FOUND */
};

/* How a message says which schema wrote it. */
enum tenon_framing {
	TENON_FRAME_ID = 0,         /* byte 0 and the id, before the value; what all clients read */
	TENON_FRAME_GUID = 1,       /* byte 1 and the guid, before the value */
	TENON_FRAME_HEADER_GUID = 2,
	TENON_FRAME_HEADER_ID = 3
};

/* Where the id comes from. */
enum tenon_use {
	TENON_USE_REGISTER = 0, /* the definition is registered, unless it is already */
	TENON_USE_LOOKUP = 1,   /* the definition must have been registered */
	TENON_USE_LATEST = 2,   /* the subject's newest version, which must be able to read what the definition (if any) writes */
	TENON_USE_METADATA = 3  /* as latest, of the versions that have `metadata` */
};

struct tenon_serde_config {
	size_t size;                        /* set by tenon_serde_config_init */
	enum tenon_part part;
	enum tenon_framing framing;         /* serializers; deserializers read all of them */
	enum tenon_naming naming;           /* serializers, as all that follows but `context` */
	enum tenon_naming fallback;
	enum tenon_use use;
	unsigned flags;                     /* TENON_NORMALIZE */
	const char *cluster;                /* of associations: the Kafka cluster's id; NULL: any */
	const char *const *metadata_keys;
	const char *const *metadata_values;
	size_t n_metadata;
	const char *context;                /* that ids and subjects are in; NULL: that of the client's URL */
	void *reserved[4];
};

TENON_API void tenon_serde_config_init(struct tenon_serde_config *config, size_t size);

/* A message, ready to be produced. */
struct tenon_message {
	const void *data;
	size_t len;
	const char *header_name; /* NULL: no header is needed */
	const void *header;
	size_t header_len;
	struct tenon_schema *schema;
};

/*
 * `config` may be NULL, `definition` too with TENON_USE_LATEST and TENON_USE_METADATA.  Both are copied.  Asks the registry only
 * for references; ids are asked for when a topic is met first.
 */
TENON_API enum tenon_code tenon_serializer_create(struct tenon_client *client, const struct tenon_serde_config *config,
	const struct tenon_definition *definition, struct tenon_serializer **out, struct tenon_error *err);
TENON_API void tenon_serializer_destroy(struct tenon_serializer *serializer);

/* The subject that a topic's messages are under; tenon_free. */
TENON_API enum tenon_code tenon_serializer_subject(struct tenon_serializer *serializer, const char *topic, char **out,
	struct tenon_error *err);

/*
 * Before you publish: may this serializer's schema be used for the topic?  TENON_OK when it may: it is registered, or would be.
 * TENON_INCOMPATIBLE with findings and TENON_NOT_FOUND (TENON_USE_LOOKUP, no version) when it may not.  Registers nothing.
 * *explained, when asked for, is set on success and on failure: what Tenon's explanation (POST /api/v1/explain) says as JSON, or
 * NULL when the registry has none; tenon_free.
 */
TENON_API enum tenon_code tenon_may_publish(struct tenon_serializer *serializer, const char *topic, char **explained,
	struct tenon_error *err);

/* A generic avro-c value of the definition's schema into `out`; the caller's: avro_value_decref. */
TENON_API enum tenon_code tenon_serializer_avro_value(struct tenon_serializer *serializer, struct avro_value *out,
	struct tenon_error *err);

/*
 * A value as a message.  `topic` may be NULL with TENON_NAMING_RECORD.  TENON_INVALID when the value does not fit the schema.
 * Avro: the value's avro-c schema must be the one that is written.
 */
TENON_API enum tenon_code tenon_serialize_avro(struct tenon_serializer *serializer, const char *topic, struct avro_value *value,
	struct tenon_message *out, struct tenon_error *err);
/*
 * JSON text by a schema of any format: Avro's JSON encoding (a union's value may also stand without its branch), a document that
 * is validated, ProtoJSON of `message` (its full name; NULL: the schema's first, and for other formats).  `len` 0: up to the NUL.
 */
TENON_API enum tenon_code tenon_serialize_json(struct tenon_serializer *serializer, const char *topic, const char *message,
	const char *json, size_t len, struct tenon_message *out, struct tenon_error *err);
TENON_API enum tenon_code tenon_serialize_jansson(struct tenon_serializer *serializer, const char *topic,
	const struct json_t *value, struct tenon_message *out, struct tenon_error *err);
/* A message that protobuf has encoded. */
TENON_API enum tenon_code tenon_serialize_protobuf(struct tenon_serializer *serializer, const char *topic, const char *message,
	const void *bytes, size_t len, struct tenon_message *out, struct tenon_error *err);

/* A record's key or value as it was consumed, with the header tenon_header_name(part) if it has one (else NULL, 0). */
struct tenon_record {
	const void *data;
	size_t len;
	const void *header;
	size_t header_len;
};

/* "__value_schema_id", "__key_schema_id". */
TENON_API const char *tenon_header_name(enum tenon_part part);

/* Which schema a record names.  TENON_BAD_BYTES when it has no frame. */
struct tenon_frame {
	int32_t id;                 /* 0: the guid */
	char guid[TENON_GUID_SIZE]; /* "": the id */
	int in_header;
	size_t offset;              /* of what follows in the data, for Protobuf the message indexes */
};
TENON_API enum tenon_code tenon_frame_read(const struct tenon_record *record, struct tenon_frame *out, struct tenon_error *err);

/*
 * `reader` NULL: values are as they were written; else as that schema has them.  Avro: defaults, aliases, promotions and unions as
 * the specification's schema resolution.  JSON: valid for it, too.
 */
TENON_API enum tenon_code tenon_deserializer_create(struct tenon_client *client, const struct tenon_serde_config *config,
	const struct tenon_definition *reader, struct tenon_deserializer **out, struct tenon_error *err);
TENON_API void tenon_deserializer_destroy(struct tenon_deserializer *deserializer);

/* A generic avro-c value of the reader's schema into `out`; the caller's: avro_value_decref. */
TENON_API enum tenon_code tenon_deserializer_avro_value(struct tenon_deserializer *deserializer, struct avro_value *out,
	struct tenon_error *err);

/*
 * Reads a record.  Failures name schema and byte in `err`, and tenon_error_verdict says what to do: TENON_BAD_BYTES when the
 * bytes are not what their schema says, TENON_INCOMPATIBLE when the reader cannot read what was written.
 *
 * Avro into `value`, which is of the reader's schema and may be used again and again; after a failure it holds a part.
 */
TENON_API enum tenon_code tenon_deserialize_avro(struct tenon_deserializer *deserializer, const struct tenon_record *record,
	struct avro_value *value, struct tenon_error *err);
/* Any format as JSON text, NUL-terminated behind *len bytes. */
TENON_API enum tenon_code tenon_deserialize_json(struct tenon_deserializer *deserializer, const struct tenon_record *record,
	const char **json, size_t *len, struct tenon_error *err);
/* The same as a jansson value with a reference for the caller: json_decref. */
TENON_API enum tenon_code tenon_deserialize_jansson(struct tenon_deserializer *deserializer, const struct tenon_record *record,
	struct json_t **out, struct tenon_error *err);
/* The bytes of a Protobuf message, in the record's data, and its full name. */
TENON_API enum tenon_code tenon_deserialize_protobuf(struct tenon_deserializer *deserializer, const struct tenon_record *record,
	const char **message, const void **bytes, size_t *len, struct tenon_error *err);
/* The schema that wrote the last record whose schema was found, borrowed; NULL before. */
TENON_API struct tenon_schema *tenon_deserializer_schema(const struct tenon_deserializer *deserializer);

/* Headers for a record in a dead-letter topic: what failed, why and where. */
struct tenon_header {
	const char *name;
	char value[TENON_MESSAGE_SIZE];
};
enum { TENON_DEAD_LETTER_HEADERS = 8 };
struct tenon_dead_letter {
	size_t n_headers;
	struct tenon_header headers[TENON_DEAD_LETTER_HEADERS];
};
/* "tenon.error", "tenon.error.message", "tenon.verdict", "tenon.schema.id", "tenon.schema.guid", "tenon.offset": those that are known. */
TENON_API void tenon_dead_letter(const struct tenon_error *err, struct tenon_dead_letter *out);

#ifdef __cplusplus
}
#endif

#endif
