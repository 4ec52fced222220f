/*
 * A command of `tenon` as data, here called a tool (a command of the store is something else): help, completion
 * and the manual are made of it (help.c, completion.c, manual.c), and main.c runs it.  One constant of this type in the file of each command, listed in commands.c.
 */
#ifndef CLIENT_CLI_TOOL_H
#define CLIENT_CLI_TOOL_H

#include "client/cli/flags.h"

struct tool;

/* What a command is given; everything lives as long as the command runs. */
struct tool_call {
	struct arena *arena;
	const struct tool *command;
	void *values;               /* the struct that its flags fill */
	struct arguments arguments;
};

/* *status is what the process ends with, 0 unless it is set; an error is printed and ends with `failed`. */
typedef enum err_code tool_fn(const struct tool_call *call, int *status, struct err *err);

struct tool {
	const char *name;
	const char *usage;          /* what stands behind the name */
	const char *summary;        /* one line */
	const char *about;          /* paragraphs for help and manual */
	const char *exits;          /* lines "0  when …" */
	const struct flag *flags;
	size_t n_flags;
	/* In place of `flags`, for a table that is made of another one. */
	const struct flag *(*make_flags)(struct arena *arena, size_t *n);
	size_t size;                /* of the struct of values */
	int least, most;            /* number of arguments; -1: any */
	int failed;                 /* exit status of an error; wrong arguments are always 2 */
	const char *words;          /* what the first argument may be, with blanks between; "FILE": a file; NULL: anything.  Further ones are files */
	tool_fn *run;
	int (*main)(int argc, char **argv); /* in place of `run`: reads its arguments itself */
};

#define TOOL_FLAGS(table) .flags = table, .n_flags = sizeof(table) / sizeof(table[0])

/* All of them, in the order of help. */
extern const struct tool *const commands[];
extern const size_t n_commands;

/* NULL when there is none of that name. */
const struct tool *tool_find(struct str name);

/* Reads the arguments behind the command's name and runs it. */
int tool_start(const struct tool *command, int argc, char **argv);

/* The command's flags, whichever way it has them. */
const struct flag *tool_flags(const struct tool *command, struct arena *arena, size_t *n);

/* The texts of --help, of the whole and of one command. */
struct str help_all(struct arena *arena);
struct str help_command(struct arena *arena, const struct tool *command);

#endif
