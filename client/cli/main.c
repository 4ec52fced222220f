/* The tenon command: finds the subcommand and runs it. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/commands.h"

static int print_help(FILE *to, int status)
{
	struct arena *arena = arena_create(0);

	fprintf(to, "%s", help_all(arena).data);
	arena_destroy(arena);
	return status;
}

static int print_help_of(const char *name)
{
	const struct tool *command = tool_find(str_of(name));
	char help[] = "--help", *argument = help;

	if (command)
		return tool_start(command, 1, &argument);
	fprintf(stderr, "tenon: no command \"%s\"\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	struct str name = argc > 1 ? str_of(argv[1]) : STR_NONE;
	const struct tool *command;

	if (!str_present(name))
		return print_help(stderr, 2);
	if (str_eq(name, STR("help")) && argc > 2)
		return print_help_of(argv[2]);
	if (str_eq(name, STR("--help")) || str_eq(name, STR("-h")) || str_eq(name, STR("help")))
		return print_help(stdout, 0);
	command = tool_find(str_eq(name, STR("--version")) ? STR("version") : name);
	if (command)
		return tool_start(command, argc - 2, argv + 2);
	fprintf(stderr, "tenon: no command \"%s\"\n\n", argv[1]);
	return print_help(stderr, 2);
}
