/* The table of commands. */
#include "client/cli/commands.h"

const struct tool *const commands[] = {
	&command_check,
	&command_explain,
	&command_diff,
	&command_fix,
	&command_ignore,
	&command_validate,
	&command_decode,
	&command_register,
	&command_get,
	&command_subjects,
	&command_config,
	&command_call,
	&command_audit,
	&command_serve,
	&command_import,
	&command_export,
	&command_completion,
	&command_manual,
	&command_version,
};
const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

const struct tool *tool_find(struct str name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (str_eq(name, str_of(commands[i]->name)))
			return commands[i];
	return NULL;
}
