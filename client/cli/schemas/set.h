/*
 * The schemas of a tree: which files hold one, under which subject, and what each refers to among the others.
 * Everything lives in the set's arena; one thread.
 */
#ifndef CLIENT_CLI_SCHEMAS_SET_H
#define CLIENT_CLI_SCHEMAS_SET_H

#include "client/cli/schemas/names.h"
#include "client/cli/schemas/settings.h"
#include "client/cli/schemas/tree.h"

struct schema_file;

/* A direct reference. */
struct schema_link {
	struct str name;              /* as registries name the reference */
	struct schema_file *file;
	const struct schema_file *other; /* of another text, and as near: it may be meant as well; or NULL */
};

struct schema_file {
	struct str path;              /* from the tree's root */
	struct str text;
	enum schema_type type;
	struct str subject;
	bool named;                   /* the subject is given in tenon.toml */
	bool excluded;                /* by tenon.toml: not judged, but others may refer to it or come from it */
	const struct settings *settings;
	const struct settings_subject *entry; /* in tenon.toml, or NULL */
	struct names names;
	struct schema_link *links;    /* in the order of the text */
	size_t n_links;
	bool linked;
	bool gathered;                /* set_source's */
	const struct schema *schema;  /* set_parse */
	struct schema_source source;
};

/* Files that are called the same. */
struct namesakes {
	struct schema_file **items;   /* ascending by path */
	size_t n, room;
};

struct schema_set {
	struct arena *arena;
	struct tree_scope scope;
	struct schema_file **items;   /* ascending by path */
	size_t n_items, room;
	struct map by_path;           /* to struct schema_file */
	struct map by_name;           /* to struct namesakes: Avro's full names, JSON Schema's $id, Protobuf's last part of the path */
	struct settings **settings;
	size_t n_settings, settings_room;
	const struct settings *defaults; /* where no tenon.toml counts */
};

/* ERR_CONFIG_FILE for a tenon.toml that is not understood and concerns the scope. */
ERR_CHECKED enum err_code set_from_tree(const struct tree *tree, struct schema_set *out, struct err *err);

/* Takes a .json file for a schema, whatever it looks like now, because the same path is one in another tree. */
void set_adopt(struct schema_set *set, const struct tree_file *file);

/* One file, without anything else; its type by its name. */
ERR_CHECKED enum err_code set_from_file(struct arena *arena, struct str path, struct str text, struct schema_set *out,
	struct err *err);

/* By the extension; false when it tells nothing (.json counts as JSON Schema). */
bool set_type_of(struct str path, enum schema_type *out);

/* The settings that count for a path: those nearest above it, or the defaults. */
const struct settings *set_settings_of(const struct schema_set *set, struct str path);

/* The file's text with all that it reaches by references, what is depended on first. */
struct schema_source set_source(struct schema_set *set, struct schema_file *file);

/* Whether both have the same lines, whatever ends them, and refer to the same by the same names. */
bool set_source_equal(const struct schema_source *a, const struct schema_source *b);

/* The file parsed, once; `flags` of schema_parse. */
ERR_CHECKED enum err_code set_parse(struct schema_set *set, struct schema_file *file, unsigned flags,
	const struct schema **out, struct err *err);

/* Gives the file another text, in which it refers to the same; whoever refers to it is parsed again. */
void set_change(struct schema_set *set, struct schema_file *file, struct str text);

/* The direct references of the file. */
const struct schema_link *set_links(struct schema_set *set, struct schema_file *file, size_t *n);

/* A file that this one refers to and that leads back to it, which only Protobuf refuses by itself; NULL: none does. */
const struct schema_file *set_circle(struct schema_set *set, struct schema_file *file);

/*
 * ERR_CONFIG_FILE when a subject of a tenon.toml that concerns the scope is no file's: a mistyped path would leave the gate open.  One that only
 * the base has (NULL: there is none) was removed.
 */
ERR_CHECKED enum err_code set_subjects_found(const struct schema_set *set, const struct schema_set *base, struct err *err);

/* ERR_CONFIG_FILE when two of the files have one subject: a registry could not tell them apart. */
ERR_CHECKED enum err_code set_distinct(struct schema_file *const *files, size_t n, struct arena *arena, struct err *err);

/* The level and policy for a file: what the command says, its entry, its settings, or BACKWARD and STRICT. */
struct judging set_judging(const struct schema_file *file, const struct judging *said);

#endif
