/* What commands that judge a working tree against a base have in common: flags, opening both sides. */
#ifndef CLIENT_CLI_CHECK_SETUP_H
#define CLIENT_CLI_CHECK_SETUP_H

#include "client/cli/check/judge.h"
#include "client/cli/tool.h"

struct setup_values {
	struct str against, level, policy, user, ca, timeout;
};

#define SETUP_LEVELS "NONE BACKWARD BACKWARD_TRANSITIVE FORWARD FORWARD_TRANSITIVE FULL FULL_TRANSITIVE"
#define SETUP_POLICIES "STRICT LENIENT LOGICAL SOUND"

/* Rows for a struct of values with a `struct setup_values setup`. */
#define SETUP_FLAGS(type) \
	FLAG(FLAG_TEXT, type, setup.against, "against", "BASE", NULL, "git:REF (git:REF.. for its tip), a folder, a file, or http(s)://registry"), \
	FLAG(FLAG_TEXT, type, setup.level, "level", "LEVEL", SETUP_LEVELS, \
		"in place of tenon.toml's or the registry's (default BACKWARD)"), \
	FLAG(FLAG_TEXT, type, setup.policy, "policy", "POLICY", SETUP_POLICIES, \
		"STRICT as registries judge, LENIENT for JSON Schema, LOGICAL for tables, SOUND by events (default STRICT)"), \
	FLAG(FLAG_TEXT, type, setup.user, "user", "NAME:PASSWORD", NULL, "for a registry (or TENON_USER)"), \
	FLAG(FLAG_TEXT, type, setup.ca, "ca", "FILE", NULL, "certificates to trust for https, instead of the system's"), \
	TIMEOUT_FLAG(type, setup.timeout)

struct setup {
	struct worktree worktree;
	struct base base;
	struct judge judge; /* of these two: not to be moved */
};

/* ERR_CONFIG_FILE for words that are no level or policy. */
ERR_CHECKED enum err_code setup_judging(struct str level, struct str policy, struct judging *out, struct err *err);

/* Opens the tree with the paths of the call and the base, and reads what the named files need of it. */
ERR_CHECKED enum err_code setup_open(const struct tool_call *call, const struct setup_values *values, struct setup *out,
	struct err *err);

#endif
