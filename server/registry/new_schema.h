/*
 * What clients send for registering, looking up, comparing and tagging: plain data that borrows from
 * the request's memory and is not checked yet.
 */
#ifndef SERVER_REGISTRY_NEW_SCHEMA_H
#define SERVER_REGISTRY_NEW_SCHEMA_H

#include "compat/schema.h"
#include "server/registry/metadata.h"
#include "server/registry/ruleset.h"

struct new_reference {
	struct str name;                /* absent when not sent */
	struct str subject;
	bool has_version;
	int version;
};

struct new_schema {
	bool has_version, has_id;
	int version, id;
	struct str type;                /* absent: AVRO */
	struct str text;                /* absent or blank: the subject's latest, on registration */
	const struct new_reference *references;
	size_t n_references;
	const struct metadata *metadata; /* NULL: none sent */
	const struct rule_set *rule_set; /* NULL: none sent */
	bool normalize;                 /* query parameter */
	bool force;                     /* query parameter: no compatibility check */
	/* Inline tags, on registration only (contract 6.6). */
	bool retag;                     /* makes a new version of the text with the tags changed, even when none are named */
	bool propagate_tags;            /* the latest version's tags are added where they fit */
	struct schema_tag_list tags_to_add;
	struct schema_tag_list tags_to_remove;
};

/* A change of a stored version's tags and metadata (contract 2.3). */
struct tag_request {
	int new_version;                /* 0: the next one */
	struct schema_tag_list tags_to_add;
	struct schema_tag_list tags_to_remove;
	const struct metadata *metadata; /* NULL: the version's own */
	const struct rule_set *rule_set; /* NULL: the earlier version's, with the two below */
	const struct rule_set *rules_to_merge;
	const struct str *rules_to_remove; /* names; NULL: none sent, which is not the same as no names */
	size_t n_rules_to_remove;
};

#endif
