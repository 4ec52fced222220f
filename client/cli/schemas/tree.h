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

/* The files and folders of a tree that somebody asks about, by their paths; what lies elsewhere only helps to understand them. */
struct tree_scope {
	const struct str *items; /* "" is the whole tree */
	size_t n;
};

struct tree {
	struct arena *arena;
	struct tree_scope scope;
	struct tree_file *items; /* ascending by path */
	size_t n_items, room;
	struct map ignored;      /* paths of files and folders of a folder that were passed over */
};

/* Whether the path is one of the scope's or below one. */
bool tree_scope_has(const struct tree_scope *scope, struct str path);

/* Whether what is wrong with a file or folder is the business of who asks: it is in the scope, or above some of it. */
bool tree_scope_concerns(const struct tree_scope *scope, struct str path);

/* Whether a file of that name is taken. */
bool tree_wants_file(struct str name);
bool tree_wants_folder(struct str name);

/* Whether no part of the path is a folder that is not taken. */
bool tree_wants_path(struct str path);

/* Appends; tree_sort brings them in order at the end. */
struct tree_file *tree_add(struct tree *tree, struct str path, struct str text);
void tree_sort(struct tree *tree);
const struct tree_file *tree_find(const struct tree *tree, struct str path);

/* The folder's files.  ERR_STORE when the folder, or what the scope concerns, cannot be read. */
ERR_CHECKED enum err_code tree_from_folder(struct arena *arena, struct str folder, struct tree_scope scope, struct tree *out,
	struct err *err);

/* The whole of a tree. */
struct tree_scope tree_scope_all(void);

/* Puts a folder, "" or with a slash at its end, before all paths. */
void tree_move_below(struct tree *tree, struct str folder);

/* Adds a file or folder of the tree from `folder` although it is ignored, when it is; tree_sort after it. */
ERR_CHECKED enum err_code tree_add_ignored(struct tree *tree, struct str folder, struct str path, struct err *err);

/* A whole file; ERR_STORE when it cannot be read. */
ERR_CHECKED enum err_code tree_read_file(struct arena *arena, struct str path, struct str *out, struct err *err);

/*
 * Adds the files that a sparse checkout of the repository leaves out, as its index has them: they are not removed.
 * ERR_STORE when git fails.
 */
ERR_CHECKED enum err_code tree_add_sparse(struct tree *tree, struct str top, struct err *err);

/*
 * What the commit or tree of that id has, and of its submodules what it names of them; those that are not checked out are
 * left out.  ERR_STORE when git fails.
 */
ERR_CHECKED enum err_code tree_from_git(struct arena *arena, struct str top, struct str id, struct tree_scope scope,
	struct tree *out, struct err *err);

#endif
