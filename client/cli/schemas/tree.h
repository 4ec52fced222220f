/*
 * The files of a working tree or of a commit that may hold schemas or settings, read whole: .avsc, .proto, .json
 * and tenon.toml.  Hidden folders and node_modules are not looked into.  Everything lives in the tree's arena.
 */
#ifndef CLIENT_CLI_SCHEMAS_TREE_H
#define CLIENT_CLI_SCHEMAS_TREE_H

#include "base/err.h"

struct tree_file {
	struct str path; /* from the tree's root, with slashes */
	struct str text;
};

struct tree {
	struct arena *arena;
	struct tree_file *items; /* ascending by path */
	size_t n_items, room;
};

/* Whether a file of that name is taken. */
bool tree_wants_file(struct str name);
bool tree_wants_folder(struct str name);

/* Appends; tree_sort brings them in order at the end. */
struct tree_file *tree_add(struct tree *tree, struct str path, struct str text);
void tree_sort(struct tree *tree);
const struct tree_file *tree_find(const struct tree *tree, struct str path);

/* The folder's files.  ERR_STORE when the folder or a file cannot be read. */
ERR_CHECKED enum err_code tree_from_folder(struct arena *arena, struct str folder, struct tree *out, struct err *err);

/* A whole file; ERR_STORE when it cannot be read. */
ERR_CHECKED enum err_code tree_read_file(struct arena *arena, struct str path, struct str *out, struct err *err);

/*
 * What the commit `ref` has in `folder`, an absolute path in some clone; nothing when it is not there.
 * ERR_STORE with what to do about it when there is no clone, no git, or no such commit.
 */
ERR_CHECKED enum err_code tree_from_git(struct arena *arena, struct str ref, struct str folder, struct tree *out,
	struct err *err);

#endif
