/*
 * Judging a whole tree: what a change of a referenced schema breaks is told of that schema, once, and not again of
 * each one that refers to it.
 */
#ifndef CLIENT_CLI_CHECK_REACH_H
#define CLIENT_CLI_CHECK_REACH_H

#include "client/cli/check/judge.h"

/* How far what breaks in a schema reaches. */
struct reach {
	const struct schema_file *file;
	const struct schema_file **affected; /* refer to it, directly or not, and break with it */
	size_t n_affected, room;
};

/*
 * Judges the worktree's files, those that others refer to first; schemas[i] and reaches[i] are those of its i-th
 * file.  A schema is compared with what its base refers to, by its own change alone, when all that it refers to is
 * judged in the same run and breaks in each direction that its own level asks for, under the same policy; else with
 * everything that it refers to.
 */
ERR_CHECKED enum err_code reach_judge(const struct judge *judge, struct report_schema *schemas, struct reach *reaches,
	struct err *err);

#endif
