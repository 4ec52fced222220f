/* The texts of --help. */
#include "base/arena.h"
#include "client/cli/tool.h"

struct str help_all(struct arena *arena)
{
	struct buf out = buf_make(arena, 2048);

	buf_lit(&out, "usage: tenon COMMAND [ARGUMENT...] [FLAG...]\n\n");
	for (size_t i = 0; i < n_commands; i++)
		buf_printf(&out, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
	buf_lit(&out, "\ntenon COMMAND --help says more of each.\n");
	return buf_str(&out);
}

struct str help_command(struct arena *arena, const struct tool *command)
{
	struct buf out = buf_make(arena, 2048);
	size_t n;
	const struct flag *flags = tool_flags(command, arena, &n);

	buf_printf(&out, "usage: tenon %s %s\n\n%s\n", command->name, command->usage, command->about);
	if (n > 0) {
		buf_lit(&out, "\n");
		buf_add(&out, flags_help(arena, flags, n));
	}
	buf_printf(&out, "\nExit status:\n%s\n", command->exits);
	return buf_str(&out);
}
