/* The tenon command: finds the subcommand and runs it. */
#include <stdio.h>
#include <string.h>

#include "client/cli/commands.h"

static const struct {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "serve", "run the registry; tenon serve --help lists its configuration", command_serve },
	{ "import", "bring another registry or its topic into this one, ids and all; see tenon import --help", command_import },
	{ "export", "write a registry as the records of a _schemas topic; see tenon export --help", command_export },
	{ "version", "print the version", command_version },
};

static const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

static void usage(FILE *to)
{
	fprintf(to, "usage: tenon COMMAND [FLAG...]\n\n");
	for (size_t i = 0; i < n_commands; i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0)
		return command_version(0, NULL);
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	fprintf(stderr, "tenon: no command \"%s\"\n\n", argv[1]);
	usage(stderr);
	return 2;
}
