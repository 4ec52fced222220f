/*
 * The git program, as far as commands need it: the one that knows every form of repository (packs, worktrees,
 * partial clones, SHA-256).  Everything lives in the arena of the call.
 */
#ifndef CLIENT_CLI_SCHEMAS_GIT_H
#define CLIENT_CLI_SCHEMAS_GIT_H

#include <sys/types.h>

#include "base/err.h"
#include "base/map.h"

/* The nearest folder at or above an absolute one that has a .git; absent when there is none. */
struct str git_top(struct arena *arena, struct str folder);

struct git_pipes {
	pid_t child;
	int to, from, faults; /* its standard input, output and error; -1: not connected */
};

/* Starts git in the repository with words that NULL ends; `to` and `faults` only when asked for.  False without git. */
bool git_start(struct arena *arena, struct str top, const char *const *words, bool to, bool faults, struct git_pipes *out);

struct git_answer {
	int status;         /* -1: git cannot be started */
	struct str text;    /* without its last line end */
	struct str fault;   /* what it says on standard error */
};

struct git_answer git_ask(struct arena *arena, struct str top, const char *const *words);

/* What git ignores below the folder, whose path may be relative, from there and without a slash at its end; a whole folder is one entry. */
struct map git_ignored(struct arena *arena, struct str folder);

/* A commit, or a tree, that something is compared with. */
struct git_base {
	struct str id;      /* absent: nothing yet, since the repository has no commit */
	bool merge_base;    /* of what was named and HEAD */
};

/*
 * The base that "REF" means for a working tree: REF itself when HEAD comes from it, else the merge base of both;
 * "REF.." is REF itself in any case.  ERR_STORE with what to do about it when there is no such commit, or no merge base.
 */
ERR_CHECKED enum err_code git_base_find(struct arena *arena, struct str top, struct str ref, struct git_base *out,
	struct err *err);

/* The commit or tree that "REF" names, and nothing else; errors as git_base_find's. */
ERR_CHECKED enum err_code git_commit_find(struct arena *arena, struct str top, struct str ref, struct git_base *out,
	struct err *err);

#endif
