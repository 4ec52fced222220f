/* The commands of `tenon`, each in a file of its own. */
#ifndef CLIENT_CLI_COMMANDS_H
#define CLIENT_CLI_COMMANDS_H

#include "client/cli/tool.h"

extern const struct tool command_audit;
extern const struct tool command_call;
extern const struct tool command_check;
extern const struct tool command_completion;
extern const struct tool command_config;
extern const struct tool command_decode;
extern const struct tool command_diff;
extern const struct tool command_explain;
extern const struct tool command_export;
extern const struct tool command_fix;
extern const struct tool command_get;
extern const struct tool command_ignore;
extern const struct tool command_import;
extern const struct tool command_manual;
extern const struct tool command_register;
extern const struct tool command_serve;
extern const struct tool command_subjects;
extern const struct tool command_validate;
extern const struct tool command_version;

#endif
