/* Judging schemas against a base: what `tenon check`, `tenon fix` and `tenon audit` have in common. */
#ifndef CLIENT_CLI_CHECK_JUDGE_H
#define CLIENT_CLI_CHECK_JUDGE_H

#include "client/cli/check/base.h"
#include "client/cli/check/worktree.h"

struct judge {
	struct arena *arena;
	struct worktree *worktree;
	struct base *base;
	struct judging said;           /* on the command line */
	struct str today;
};

/* One schema, and everything that can be said about it. */
ERR_CHECKED enum err_code judge_file(const struct judge *judge, struct schema_file *file, struct report_schema *out,
	struct err *err);

/* What is told of a schema before it is judged: its paths, level and policy, and what it is compared with. */
void judge_begin(const struct judge *judge, struct schema_file *file, struct report_schema *out);

/*
 * The schema without the changes of some that it refers to: `before` has their files in the base by the names of the
 * references.  *told is false, and nothing is said of it, where that cannot be: against a registry, whose versions refer to
 * versions, or when the new text cannot be parsed with the old ones.
 */
ERR_CHECKED enum err_code judge_apart(const struct judge *judge, struct schema_file *file, const struct map *before,
	struct report_schema *out, bool *told, struct err *err);

/* Whether an exception that still holds excuses the file from the rule. */
bool judge_excuses(const struct judge *judge, const struct schema_file *file, enum rule rule);

/*
 * Explains `request` and puts what is found into `out`, whose path, subject, type, text and bases are set;
 * severities and exceptions are those of `settings` for the file at `path` there.  A text that cannot be parsed makes
 * it OUTCOME_UNTOLD.
 */
ERR_CHECKED enum err_code judge_request(struct arena *arena, const struct explain_request *request,
	const struct settings *settings, struct str path, struct str today, struct report_schema *out, struct err *err);

#endif
