/*
 * Metadata of a schema: tags by path, properties, names of sensitive properties (contract 2.2, 5.9).
 * Always sorted by UTF-16 code units and without duplicates, as it is printed and hashed.  An empty
 * metadata is kept and differs from none (NULL).
 */
#ifndef SERVER_REGISTRY_METADATA_H
#define SERVER_REGISTRY_METADATA_H

#include "base/str.h"

struct arena;

#define METADATA_VERSION STR("confluent:version")
#define METADATA_RESERVED STR("confluent:reserved")

struct metadata_property {
	struct str key;
	struct str value;
};

struct metadata_tags {
	struct str path;
	const struct str *tags;
	size_t n_tags;
};

struct metadata {
	const struct metadata_tags *tags;
	size_t n_tags;
	const struct metadata_property *properties;
	size_t n_properties;
	const struct str *sensitive;
	size_t n_sensitive;
};

/* Sorts and removes duplicates in place (the last value of a key wins); call once after filling by hand. */
void metadata_sort(struct metadata *metadata);
void metadata_sort_set(struct str *items, size_t *n);

/* Canonical JSON; "{}" when everything is empty, absent for NULL. */
struct str metadata_print(struct arena *arena, const struct metadata *metadata);

/* The inverse, for text that metadata_print made; NULL for absent. */
const struct metadata *metadata_parse(struct arena *arena, struct str text);

/* What the guid covers (contract 5.1 step 3), the leading 0x01 included; nothing for NULL. */
void metadata_digest_text(struct buf *out, const struct metadata *metadata);

/* The property's value, or absent; NULL metadata has none. */
struct str metadata_get(const struct metadata *metadata, struct str key);

/* A copy with the property set (value present) or without it (absent). */
const struct metadata *metadata_with(struct arena *arena, const struct metadata *metadata, struct str key, struct str value);

/* Later wins by key and path, sensitive names are united; NULL is neutral. */
const struct metadata *metadata_merge(struct arena *arena, const struct metadata *earlier, const struct metadata *later);

bool metadata_equal(const struct metadata *a, const struct metadata *b);

#endif
