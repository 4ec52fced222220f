/* The working tree that a command is about: its root, the schemas below it, and which of them were named. */
#ifndef CLIENT_CLI_CHECK_WORKTREE_H
#define CLIENT_CLI_CHECK_WORKTREE_H

#include "client/cli/schemas/set.h"

/* A file or folder that was named. */
struct worktree_place {
	struct str given;           /* as it was typed */
	struct str path;            /* from the root */
	struct str within;          /* absolute: itself when it is a folder, else the nearest one above it that there is */
	bool folder, gone;
	size_t n_files;             /* of it that are judged */
	const struct schema_file *excluded; /* one of those that are not, or NULL */
};

struct worktree {
	struct str root;            /* absolute */
	struct str shown;           /* what is put before a path from the root to show it: "", "schemas/", "/x/y/" */
	struct str in_repository;   /* what is put before it to have it from the repository's root: "", "services/a/" */
	struct str anchor;          /* "" or with a slash at its end: what of the root another folder is compared with */
	struct worktree_place *places;
	size_t n_places;
	struct tree_scope scope;    /* their paths */
	struct tree tree;
	struct schema_set set;
	struct schema_file **files; /* of the places, without those that are excluded, ascending by path */
	size_t n_files;
};

/*
 * `paths` are files and folders; none: the current folder.  The root is the repository's top, so that references and
 * files that were moved are found wherever they are; without a repository it is the folder that holds all paths, or the
 * nearest above it with a tenon.toml.  What git ignores is not in it unless it is named.  `files` are not selected yet.
 */
ERR_CHECKED enum err_code worktree_read(struct arena *arena, char *const *paths, int n, struct worktree *out, struct err *err);

/*
 * Selects the files that were named, each of which has to be a schema.  With a base (or NULL) one that was a schema there is
 * one, whatever it looks like now, and one that is gone may be named.
 */
ERR_CHECKED enum err_code worktree_select(struct worktree *worktree, const struct schema_set *base, struct err *err);

/* Both, without a base. */
ERR_CHECKED enum err_code worktree_open(struct arena *arena, char *const *paths, int n, struct worktree *out, struct err *err);

/* The file's path as the user would type it. */
struct str worktree_shown(const struct worktree *worktree, struct arena *arena, struct str path);

/* From the repository's root; without one from the current folder, or the tree's root when that is not below it. */
struct str worktree_in_repository(const struct worktree *worktree, struct arena *arena, struct str path);

/* Today in UTC, "2027-01-31". */
struct str worktree_today(struct arena *arena);

#endif
