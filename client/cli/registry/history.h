/*
 * Histories of subjects as a registry has them, read over the calls that every compatible registry knows.
 * Only reads.  Everything lives in the arena it was opened with; one thread.
 */
#ifndef CLIENT_CLI_REGISTRY_HISTORY_H
#define CLIENT_CLI_REGISTRY_HISTORY_H

#include "base/map.h"
#include "client/cli/rest.h"
#include "client/cli/schemas/settings.h"

struct registry_version {
	struct str subject;
	int version;
	int id;
	bool deleted;                 /* soft: what it wrote may be read for ever */
	enum schema_type type;
	struct str text;
	const struct jsn *references; /* NULL: none */
	struct str reserved;          /* metadata property confluent:reserved, or absent */
	const struct jsn *metadata;   /* NULL: none */
	const struct schema *schema;  /* registry_parse */
};

struct registry_subject {
	struct str name;
	int *live;                    /* versions that are not deleted, ascending */
	size_t n_live;
	struct registry_version **versions; /* ascending; with the deleted ones if the view has them */
	size_t n_versions;
	struct judging judging;       /* the configuration in force */
	bool validate_fields;
	struct str group;             /* compatibilityGroup, or absent */
};

struct registry_view {
	struct arena *arena;
	struct rest *rest;
	struct map subjects;          /* to struct registry_subject */
	struct map versions;          /* "subject\nversion" to struct registry_version */
	bool deleted;                 /* reads soft-deleted subjects and versions, too, of registries that tell them */
	rest_progress_fn *progress;   /* may be NULL */
	void *progress_cls;
};

struct registry_view registry_view_make(struct arena *arena, struct rest *rest);

/* Reads the histories of subjects with all they refer to; one that the registry has not has no versions. */
ERR_CHECKED enum err_code registry_read(struct registry_view *view, const struct str *subjects, size_t n, struct err *err);

/* All subjects, of every context, with deleted ones if the view has them. */
ERR_CHECKED enum err_code registry_list(struct registry_view *view, const struct str **out, size_t *n, struct err *err);

const struct registry_subject *registry_subject(const struct registry_view *view, struct str name);
struct registry_version *registry_version(const struct registry_view *view, struct str subject, int version);

/* One version, `number` -1 for the latest, with what it refers to; an error when it is not there. */
ERR_CHECKED enum err_code registry_get(struct registry_view *view, struct str subject, int number,
	struct registry_version **out, struct err *err);

/* The text with everything it reaches by references. */
struct schema_source registry_source(struct registry_view *view, const struct registry_version *version);

/* Parsed leniently, once. */
ERR_CHECKED enum err_code registry_parse(struct registry_view *view, struct registry_version *version, struct err *err);

#endif
