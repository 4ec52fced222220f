/*
 * What a check has to say besides its verdict: files that merely look moved, whom else a change affects,
 * exceptions that except nothing, subjects that a registry has under the name of a topic.
 */
#ifndef CLIENT_CLI_CHECK_NOTICES_H
#define CLIENT_CLI_CHECK_NOTICES_H

#include "client/cli/check/judge.h"

/* Adds the notices to a report whose first schemas are those of the tree's files. */
void notices_add(const struct judge *judge, struct report *report);

#endif
