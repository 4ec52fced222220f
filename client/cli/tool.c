/* Starting a command: arguments read, help or the command itself, its exit status. */
#include "client/cli/tool.h"

#include <stdio.h>

#include "base/arena.h"
#include "client/cli/report/report.h"

const struct flag *tool_flags(const struct tool *command, struct arena *arena, size_t *n)
{
	if (command->make_flags)
		return command->make_flags(arena, n);
	*n = command->n_flags;
	return command->flags;
}

static int refuse(const struct tool *command, struct arena *arena, struct str why)
{
	fflush(stdout);
	fprintf(stderr, "tenon %s: %.*s\n", command->name, STR_ARG(report_plain(arena, why)));
	return 2;
}

static int run(const struct tool_call *call, struct err *err)
{
	const struct tool *command = call->command;
	const struct arguments *given = &call->arguments;
	int status = 0;

	if (given->n < command->least)
		return refuse(command, call->arena, str_printf(call->arena, "an argument is missing; usage: tenon %s %s", command->name,
			command->usage));
	if (command->most >= 0 && given->n > command->most)
		return refuse(command, call->arena, str_printf(call->arena, "%s: one argument too many; usage: tenon %s %s",
			given->items[command->most], command->name, command->usage));
	if (command->run(call, &status, err) != OK) {
		status = err->code == ERR_CONFIG_FILE ? 2 : command->failed;
		refuse(command, call->arena, err->message);
	}
	return status;
}

int tool_start(const struct tool *command, int argc, char **argv)
{
	struct arena *arena;
	struct err err;
	struct tool_call call = { .command = command };
	bool help = false;
	int status;

	if (command->main)
		return command->main(argc, argv);
	arena = arena_create(0);
	err = (struct err){ .arena = arena };
	call.arena = arena;
	call.values = arena_alloc(arena, command->size);
	if (flags_read(arena, argc, argv, command->flags, command->n_flags, call.values, &call.arguments, &help, &err) != OK) {
		status = refuse(command, arena, err.message);
	} else if (help) {
		printf("%s", help_command(arena, command).data);
		status = 0;
	} else {
		status = run(&call, &err);
	}
	if (fflush(stdout) != 0 && status == 0)
		status = refuse(command, arena, STR("standard output cannot be written"));
	arena_destroy(arena);
	return status;
}
