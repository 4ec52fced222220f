/*
 * Judging a whole tree: what a change of a referenced schema breaks is told of that schema, once, and not again of
 * each one that refers to it.
 */
#ifndef CLIENT_CLI_CHECK_REACH_H
#define CLIENT_CLI_CHECK_REACH_H

#include "client/cli/check/judge.h"

/*
 * Judges the worktree's files, those that others refer to first; schemas[i] is that of its i-th file.  A schema is
 * judged without the changes of those that it refers to and that tell them: ones that break in a direction that its own level
 * asks for, and were judged in all of these, under the same policy and severities.  What else is changed is told of it.
 * What an excused one of them does to it that is not excused there is told of it, too.
 */
ERR_CHECKED enum err_code reach_judge(const struct judge *judge, struct report_schema *schemas, struct err *err);

#endif
