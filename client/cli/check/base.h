/* What a working tree is judged against: a commit, a folder, a file or a registry, behind one interface. */
#ifndef CLIENT_CLI_CHECK_BASE_H
#define CLIENT_CLI_CHECK_BASE_H

#include "client/cli/registry/history.h"
#include "client/cli/report/report.h"
#include "client/cli/schemas/origins.h"

struct base {
	struct arena *arena;
	struct str label;             /* "git:HEAD~1", "git:main (merge base 1a2b3c4d5e6f)" */
	bool is_registry;
	struct str commit;            /* of git; absent: none */
	struct schema_set set;        /* of a tree */
	struct schema_file *only;     /* the file that every schema is compared with, or NULL */
	struct str anchor;            /* of a folder: what is put before its paths to have them from the working tree's root */
	struct origins origins;       /* of a tree, without `only`; base_prepare */
	struct registry_view view;    /* of a registry */
};

struct base_request {
	struct str against;
	struct str root;              /* the absolute path of the working tree's root */
	struct str anchor;            /* the folder of it, "" or with a slash at its end, that a folder is compared with */
	struct tree_scope scope;      /* the paths of it that are asked about */
	struct server server;         /* when it is a registry */
};

/* The versions that a schema is compared with. */
struct history {
	struct compat_version *versions;
	struct report_base *bases;
	size_t n;
	bool unchanged;               /* the last of them has the same text and references */
	struct judging judging;       /* what a registry has configured */
	bool validate_fields;
	struct str untold;            /* why nothing can be told; absent: it can */
};

ERR_CHECKED enum err_code base_open(struct arena *arena, const struct base_request *request, struct base *out, struct err *err);

/* For these files of the set: reads what a registry has of them; finds where they come from in a tree. */
ERR_CHECKED enum err_code base_prepare(struct base *base, const struct schema_set *set, struct schema_file *const *files,
	size_t n, struct err *err);

/* The file of the base's tree that the file comes from; NULL for a registry's, for one file, and for a first version. */
struct schema_file *base_file(const struct base *base, const struct schema_file *file);

/* What the base has of the file; nothing for a first version. */
struct history base_history(struct base *base, struct schema_set *set, struct schema_file *file);

#endif
