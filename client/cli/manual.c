/* tenon manual: the page for man(1), made of the table of commands. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/commands.h"

/* Text as roff takes it: no line is a request, hyphens and backslashes are themselves. */
static void add_text(struct buf *out, const char *text)
{
	bool starts = true;

	for (const char *at = text; *at; at++) {
		if (starts && (*at == '.' || *at == '\''))
			buf_lit(out, "\\&");
		if (*at == '\\')
			buf_lit(out, "\\e");
		else if (*at == '-')
			buf_lit(out, "\\-");
		else
			buf_add_c(out, *at);
		starts = *at == '\n';
	}
	buf_add_c(out, '\n');
}

/* The next line of *text, which goes on behind it. */
static struct str take_line(struct str *text)
{
	ptrdiff_t end = str_index(*text, '\n');
	struct str line = str_sub(*text, 0, end < 0 ? text->len : (size_t)end);

	*text = str_sub(*text, end < 0 ? text->len : (size_t)end + 1, text->len);
	return line;
}

/* Paragraphs are filled to the reader's width; lines that are indented stay as they are. */
static void add_about(struct buf *out, struct str text)
{
	bool as_is = false;

	while (text.len > 0) {
		struct str line = take_line(&text);
		bool indented = str_starts(line, STR("  "));

		if (indented != as_is)
			buf_add(out, indented ? STR(".nf\n") : STR(".fi\n"));
		as_is = indented;
		if (line.len == 0)
			buf_lit(out, ".PP\n");
		else
			add_text(out, str_dup(out->arena, line).data);
	}
	if (as_is)
		buf_lit(out, ".fi\n");
}

/* "  0  when …", and lines that go on, which are indented further. */
static void add_exits(struct buf *out, struct str text)
{
	while (text.len > 0) {
		struct str line = take_line(&text), status = str_sub(line, 2, 3);

		if (!str_eq(status, STR(" ")))
			buf_printf(out, ".TP\n.B %.*s\n", STR_ARG(status));
		add_text(out, str_dup(out->arena, str_trim(str_sub(line, 3, line.len))).data);
	}
}

static void add_command(struct buf *out, const struct tool *command)
{
	size_t n;
	const struct flag *flags = tool_flags(command, out->arena, &n);

	buf_printf(out, ".SS tenon %s\n", command->name);
	add_text(out, command->summary);
	buf_printf(out, ".PP\n.B tenon %s\n", command->name);
	add_text(out, command->usage);
	buf_lit(out, ".PP\n");
	add_about(out, str_of(command->about));
	for (size_t i = 0; i < n; i++) {
		buf_lit(out, ".TP\n.B ");
		add_text(out, arena_printf(out->arena, "--%s %s", flags[i].name, flags[i].value ? flags[i].value : ""));
		add_text(out, flags[i].help);
	}
	buf_lit(out, ".PP\nExit status:\n");
	add_exits(out, str_of(command->exits));
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	struct buf out = buf_make(call->arena, 16384);

	(void)status;
	(void)err;
	buf_lit(&out, ".TH TENON 1 \"\" \"tenon " TENON_VERSION "\" \"Tenon\"\n.SH NAME\ntenon \\- schema registry and schema evolution\n"
		".SH SYNOPSIS\n.B tenon\nCOMMAND [ARGUMENT...] [FLAG...]\n.SH DESCRIPTION\n"
		"Runs a schema registry and works with schemas: judges changes, explains why they break, and moves registries.\n"
		".SH COMMANDS\n");
	for (size_t i = 0; i < n_commands; i++)
		add_command(&out, commands[i]);
	buf_lit(&out, ".SH ENVIRONMENT\n.TP\n.B TENON_REGISTRY\nthe registry's address where \\-\\-registry is not given\n"
		".TP\n.B TENON_USER\nNAME:PASSWORD where \\-\\-user is not given\n"
		".TP\n.B TENON_TIMEOUT\nseconds that a registry may take for one answer where \\-\\-timeout is not given (default 30)\n"
		".TP\n.B NO_COLOR\nno colours on a terminal\n"
		".SH FILES\n.TP\n.B tenon.toml\nsubjects, levels, severities and exceptions of the schemas beside and below it\n");
	fwrite(out.data, 1, out.len, stdout);
	return OK;
}

const struct tool command_manual = {
	.name = "manual",
	.usage = "",
	.summary = "print the manual page",
	.about = "Prints the page for man(1).\n\n  tenon manual > tenon.1",
	.exits = "  0  when it was printed",
	.failed = 2,
	.run = run,
};
