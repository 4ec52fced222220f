/*
 * The records of the event log: each is one change to the registry, self-contained, in the shape it
 * is written, hashed and replayed.  The members mirror the reference's topic records (contract 7.3),
 * so that a log source which reads that topic is a translation and no new model.
 */
#ifndef STORAGE_RECORD_H
#define STORAGE_RECORD_H

#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

struct arena;

enum record_kind {
	RECORD_CONTEXT_PUT = 1,    /* context */
	RECORD_VERSION_PUT,        /* subject, version, id, type, text, references, metadata, rule_set, deleted */
	RECORD_VERSION_DELETE,     /* subject, version: soft delete; the time becomes the version's ts */
	RECORD_VERSION_PURGE,      /* subject, version: gone for good */
	RECORD_SUBJECT_DELETE,     /* subject, version: soft delete of all versions up to this one, keeping their ts */
	RECORD_CONFIG_PUT,         /* subject ("" is global), body: the whole entry as JSON */
	RECORD_CONFIG_DELETE,      /* subject */
	RECORD_MODE_PUT,           /* subject, mode */
	RECORD_MODE_DELETE,        /* subject */
	RECORD_CONTEXT_DELETE,     /* context */
	RECORD_DOCUMENT_PUT,       /* collection, key, body: a document of what is no schema (associations, keys) */
	RECORD_DOCUMENT_DELETE,    /* collection, key */
	RECORD_KINDS,
};

struct record_reference {
	struct str name;
	struct str subject;   /* as given by the client: what is answered and hashed */
	struct str target;    /* the qualified subject it resolves to */
	int version;
};

struct record {
	enum record_kind kind;
	struct str subject;        /* qualified: "orders" or ":.ctx:orders"; "" for global entries */
	struct str context;        /* ".", ".ctx" */
	int version;
	int id;
	uint8_t digest[MD5_BYTES]; /* content identity, the guid (contract 5.1) */
	struct str schema_type;
	struct str text;
	const struct record_reference *references;
	size_t n_references;
	struct str metadata;       /* canonical JSON, or absent */
	struct str rule_set;       /* canonical JSON, or absent */
	bool deleted;
	struct str mode;
	struct str body;
	struct str collection;     /* of documents: "association", "kek", "dek" */
	struct str key;            /* within the collection; parts joined with U+001F, so that a prefix is a question */
};

/* A record as the log holds it. */
struct log_entry {
	uint64_t seq;              /* 1, 2, 3 … without gaps */
	int64_t time_ms;           /* milliseconds since 1970, of the append */
	struct str actor;          /* who: principal, or "anonymous"; with the address for anonymous ones */
	struct str body;           /* record_encode's text */
	uint8_t hash[SHA256_BYTES]; /* chains the entry to the one before it (log_hash) */
};

/*
 * The record as compact JSON with a fixed order of members, only those its kind has; the same record
 * gives the same bytes.  Texts that are JSON themselves (metadata, rule set, configuration) are
 * strings in it, so that they come back byte for byte.
 */
struct str record_encode(struct arena *arena, const struct record *record);

/* The inverse; ERR_LOG_CORRUPT when `body` is no record this version knows. */
ERR_CHECKED enum err_code record_decode(struct arena *arena, struct str body, struct record *out, struct err *err);

/* "VERSION_PUT" …: how the kind is spelled in a body. */
const char *record_kind_name(enum record_kind kind);
bool record_kind_find(struct str name, enum record_kind *out); /* any letter case */

/*
 * Sets entry->hash = SHA-256(previous hash, seq, time, SHA-256(actor), SHA-256(body)), numbers as 8 bytes
 * big-endian; the hash before seq 1 is 32 zero bytes.
 */
void log_hash(const uint8_t previous[SHA256_BYTES], struct log_entry *entry);

#endif
