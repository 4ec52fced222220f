/*
 * Rendered answers, kept until something they depend on changes.  Entries are shared: found ones
 * carry a reference, so that one may still be on its way to a client while it is dropped here.
 * All functions may be called by any thread; http_cache_change and _advance by one at a time.
 */
#ifndef SERVER_HTTP_CACHE_H
#define SERVER_HTTP_CACHE_H

#include "base/str.h"

enum {
	HTTP_CACHE_TAGS = 4,
	HTTP_CACHE_BODY = 8 * 1024, /* of a request; longer ones are not worth their memory */
};

struct http_cache;
struct http_entry;
struct gzip;

/* What an answer is kept by. */
struct http_key {
	unsigned kind;          /* method and answer type */
	struct str target;      /* as sent */
	struct str body;
	uint64_t hash;          /* set by http_key_make */
};

/* What is kept. */
struct http_kept {
	struct str body;
	const void *route;      /* whatever the caller wants back */
	uint64_t sequence;
	uint64_t tags[HTTP_CACHE_TAGS];
	size_t n_tags;
};

struct http_counts {
	uint64_t evictions;
	size_t bytes, entries;
};

struct http_key http_key_make(unsigned kind, struct str target, struct str body);

/* A cache of at most about `bytes`; NULL when that is too little to keep anything.  Caller destroys. */
struct http_cache *http_cache_create(size_t bytes);

/* No entry may be in use any more; NULL is allowed. */
void http_cache_destroy(struct http_cache *cache);

/* A valid entry with a reference that the caller gives back, or NULL. */
struct http_entry *http_cache_find(struct http_cache *cache, const struct http_key *key);

/*
 * Keeps a copy; it comes back with a reference that the caller gives back.  NULL when it cannot be
 * kept: it depends on nothing, is too large, or something it depends on has changed since.
 */
struct http_entry *http_cache_put(struct http_cache *cache, const struct http_key *key, const struct http_kept *kept);

/* Changes to `tag` as of `sequence`, then the sequence at which new answers are computed (server.h). */
void http_cache_change(struct http_cache *cache, uint64_t tag, uint64_t sequence);
void http_cache_advance(struct http_cache *cache, uint64_t sequence);

/* To be read before an answer is computed: what http_kept.sequence must be. */
uint64_t http_cache_sequence(const struct http_cache *cache);

struct http_counts http_cache_counts(struct http_cache *cache);

/* ---- entries ---- */
struct str http_entry_body(const struct http_entry *entry);
const void *http_entry_route(const struct http_entry *entry);

/* The body compressed, made on first demand with the caller's state; absent when that is no gain. */
struct str http_entry_gzip(struct http_entry *entry, struct gzip **state);

/* Gives one reference back; the type fits MHD_ContentReaderFreeCallback. */
void http_entry_unref(void *entry);

#endif
