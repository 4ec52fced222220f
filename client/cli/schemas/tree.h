/*
 * The files of a working tree or of a commit that may hold schemas or settings, read whole: .avsc, .proto, .json
 * and tenon.toml.  Hidden folders, node_modules and what git ignores are not looked into.  Everything lives in the
 * tree's arena.
 */
#ifndef CLIENT_CLI_SCHEMAS_TREE_H
#define CLIENT_CLI_SCHEMAS_TREE_H

#include "base/err.h"
#include "base/map.h"

struct tree_file {
	struct str path; /* from the tree's root, with slashes */
	struct str text;
};

struct tree {
	struct arena *arena;
	struct tree_file *items; /* ascending by path */
	size_t n_items, room;
	struct map ignored;      /* paths of files and folders of a folder that were passed over */
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

/* Adds a file or folder of the tree from `folder` although it is ignored, when it is; tree_sort after it. */
ERR_CHECKED enum err_code tree_add_ignored(struct tree *tree, struct str folder, struct str path, struct err *err);

/* A whole file; ERR_STORE when it cannot be read. */
ERR_CHECKED enum err_code tree_read_file(struct arena *arena, struct str path, struct str *out, struct err *err);

/*
 * What the commit or tree of that id has in `folder`, an absolute path at or below the repository's `top`; nothing when
 * the folder is not there.  ERR_STORE when git fails.
 */
ERR_CHECKED enum err_code tree_from_git(struct arena *arena, struct str top, struct str id, struct str folder, struct tree *out,
	struct err *err);

#endif
