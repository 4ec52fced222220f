/* The working tree that a command is about: its root, the schemas below it, and which of them were named. */
#ifndef CLIENT_CLI_CHECK_WORKTREE_H
#define CLIENT_CLI_CHECK_WORKTREE_H

#include "client/cli/schemas/set.h"

struct worktree {
	struct str root;            /* absolute */
	struct str shown;           /* what is put before a path from the root to show it: "", "schemas/", "/x/y/" */
	struct str in_repository;   /* what is put before it to have it from the repository's root: "", "services/a/" */
	struct schema_set set;
	struct schema_file **files; /* the named ones, ascending by path */
	size_t n_files;
};

/*
 * `paths` are files and folders; none: the current folder.  The root is the folder that holds them all, or the
 * nearest above it with a tenon.toml in the same repository, so that references find their files.  A file that
 * is named has to be a schema.  What git ignores is not in it unless it is named.
 */
ERR_CHECKED enum err_code worktree_open(struct arena *arena, char *const *paths, int n, struct worktree *out, struct err *err);

/* The file's path as the user would type it. */
struct str worktree_shown(const struct worktree *worktree, struct arena *arena, struct str path);

/* From the repository's root; without one from the current folder, or the tree's root when that is not below it. */
struct str worktree_in_repository(const struct worktree *worktree, struct arena *arena, struct str path);

/* Today in UTC, "2027-01-31". */
struct str worktree_today(struct arena *arena);

#endif
