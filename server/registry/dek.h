/*
 * The DEK registry (contract 2.11): key-encryption keys (KEK), which point at a key in a key management
 * service, and data-encryption keys (DEK), which clients encrypt with it and keep here, by subject,
 * algorithm and version.  This server has no key management service: what would need one is refused.
 */
#ifndef SERVER_REGISTRY_DEK_H
#define SERVER_REGISTRY_DEK_H

#include "server/registry/registry.h"

/* ---- KEKs: kek.c ---- */

struct kek {
	struct str name;
	struct str kms_type;
	struct str kms_key_id;
	const struct metadata_property *props; /* sorted by key */
	size_t n_props;
	struct str doc;                 /* absent: none */
	bool shared;
	bool deleted;
	int64_t ts;                     /* milliseconds */
};

/* The answer's JSON, which is also how it is kept. */
struct str kek_print(struct arena *arena, const struct kek *kek);

/* Names, sorted; with prefixes those of KEKs that have a DEK for a subject with one of them. */
ERR_CHECKED enum err_code registry_kek_list(struct call *call, const struct str *prefixes, size_t n_prefixes, bool deleted,
	const struct str **out, size_t *n_out, struct err *err);

/* 40470, 42271. */
ERR_CHECKED enum err_code registry_kek_get(struct call *call, struct str name, bool deleted, const struct kek **out,
	struct err *err);

/* The same key again that is deleted is undeleted; any other that is there is 40971. */
ERR_CHECKED enum err_code registry_kek_create(struct call *call, const struct kek *kek, bool test_sharing,
	struct write **write, struct err *err);

struct kek_update {
	bool has_props, has_doc, has_shared;
	const struct metadata_property *props;
	size_t n_props;
	struct str doc;
	bool shared;
};
ERR_CHECKED enum err_code registry_kek_update(struct call *call, struct str name, const struct kek_update *update,
	struct write **write, struct err *err);

/* What a create or an update left. */
const struct kek *registry_kek_result(const struct write *write);

/* 42272 while it has DEKs, 40471. */
ERR_CHECKED enum err_code registry_kek_delete(struct call *call, struct str name, bool permanent, struct write **write,
	struct err *err);
ERR_CHECKED enum err_code registry_kek_undelete(struct call *call, struct str name, struct write **write, struct err *err);

/* Always fails for what exists: 42271 for a KEK that is not shared, 40370 for one that is. */
ERR_CHECKED enum err_code registry_kek_test(struct call *call, struct str name, struct err *err);

/* ---- DEKs: dek.c ---- */

/* AES256_GCM, AES128_GCM or AES256_SIV. */
bool dek_algorithm_find(struct str name);

/* Which DEKs; an algorithm that is absent or "" is AES256_GCM. */
struct dek_id {
	struct str kek;
	struct str subject;
	struct str algorithm;
};

struct dek {
	struct dek_id id;
	int version;
	struct str material;            /* encrypted, base64; absent: none was sent */
	bool deleted;
	int64_t ts;
};

struct str dek_print(struct arena *arena, const struct dek *dek);

/* Sorted. */
ERR_CHECKED enum err_code registry_dek_subjects(struct call *call, struct str kek, bool deleted, const struct str **out,
	size_t *n_out, struct err *err);
ERR_CHECKED enum err_code registry_dek_versions(struct call *call, const struct dek_id *id, bool deleted, const int **out,
	size_t *n_out, struct err *err);
ERR_CHECKED enum err_code registry_dek_get(struct call *call, const struct dek_id *id, struct version_number version,
	bool deleted, const struct dek **out, struct err *err);

/* As for KEKs; `rewrap` replaces what is there. */
ERR_CHECKED enum err_code registry_dek_create(struct call *call, const struct dek *dek, bool rewrap, struct write **write,
	struct err *err);
const struct dek *registry_dek_result(const struct write *write);

/* One version, or all (version NULL). */
ERR_CHECKED enum err_code registry_dek_delete(struct call *call, const struct dek_id *id,
	const struct version_number *version, bool permanent, struct write **write, struct err *err);
ERR_CHECKED enum err_code registry_dek_undelete(struct call *call, const struct dek_id *id,
	const struct version_number *version, struct write **write, struct err *err);

/* The subject whose DEKs requests for `subject` are about: its aliasForDeks, its alias, or itself. */
ERR_CHECKED enum err_code registry_dek_alias(struct call *call, struct str subject, struct str *out, struct err *err);

#endif
