/* tenon completion: scripts for bash, zsh and fish, made of the table of commands. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/commands.h"

/* Text inside single quotes of any of the three shells. */
static void add_quoted(struct buf *out, struct str text, bool fish)
{
	buf_add_c(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\'')
			buf_add(out, fish ? STR("\\'") : STR("'\\''"));
		else
			buf_add_c(out, text.data[i]);
	}
	buf_add_c(out, '\'');
}

static bool is_file(const char *value)
{
	return value && (strcmp(value, "FILE") == 0 || strcmp(value, "DIR") == 0 || strcmp(value, "BASE") == 0
		|| strcmp(value, "PLACE") == 0);
}

/* The words that the first argument may be, or NULL. */
static const char *words_of(const struct tool *command)
{
	return command->words && strcmp(command->words, "FILE") != 0 ? command->words : NULL;
}

/* Which argument it is only zsh tells: the others offer words and files at once. */
static bool takes_file(const struct tool *command)
{
	return !words_of(command) || command->most != 1;
}

static void add_names(struct buf *out)
{
	for (size_t i = 0; i < n_commands; i++)
		buf_printf(out, "%s%s", i > 0 ? " " : "", commands[i]->name);
}

/* ---- bash ---- */

static void add_bash_values(struct buf *out, const struct tool *command, const struct flag *flags, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!flags[i].value)
			continue;
		if (flags[i].words)
			buf_printf(out, "\t\t%s:--%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", command->name, flags[i].name,
				flags[i].words);
		else
			buf_printf(out, "\t\t%s:--%s) %s; return ;;\n", command->name, flags[i].name,
				is_file(flags[i].value) ? "COMPREPLY=($(compgen -f -- \"$word\"))" : "COMPREPLY=()");
	}
}

static void add_bash(struct buf *out)
{
	buf_lit(out, "# bash completion of tenon; source it, or put it into /usr/share/bash-completion/completions/tenon\n"
		"_tenon() {\n\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
		"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '");
	add_names(out);
	buf_lit(out, " --help --version' -- \"$word\")); return\n\tfi\n\tcase $command:$before in\n");
	for (size_t i = 0; i < n_commands; i++) {
		size_t n;
		const struct flag *flags = tool_flags(commands[i], out->arena, &n);

		add_bash_values(out, commands[i], flags, n);
	}
	buf_lit(out, "\tesac\n\tcase $command in\n");
	for (size_t i = 0; i < n_commands; i++) {
		size_t n;
		const struct flag *flags = tool_flags(commands[i], out->arena, &n);

		buf_printf(out, "\t\t%s)\n\t\t\tcase $word in\n\t\t\t\t-*) COMPREPLY=($(compgen -W '--help", commands[i]->name);
		for (size_t k = 0; k < n; k++)
			buf_printf(out, " --%s", flags[k].name);
		buf_lit(out, "' -- \"$word\")) ;;\n\t\t\t\t*) ");
		buf_printf(out, "COMPREPLY=($(compgen%s -W '%s' -- \"$word\"))", takes_file(commands[i]) ? " -f" : "",
			words_of(commands[i]) ? words_of(commands[i]) : "");
		buf_lit(out, " ;;\n\t\t\tesac ;;\n");
	}
	buf_lit(out, "\tesac\n}\ncomplete -o filenames -F _tenon tenon\n");
}

/* ---- zsh ---- */

/* In a specification of _arguments brackets and colons are syntax. */
static void add_zsh_help(struct buf *out, const char *help)
{
	for (const char *at = help; *at; at++) {
		if (strchr("[]:\\", *at))
			buf_add_c(out, '\\');
		if (*at == '\'')
			buf_lit(out, "'\\''");
		else
			buf_add_c(out, *at);
	}
}

static void add_zsh_flags(struct buf *out, const struct tool *command)
{
	size_t n;
	const struct flag *flags = tool_flags(command, out->arena, &n);

	buf_printf(out, "\t\t%s)\n\t\t\t_arguments '--help[say more of the command]'", command->name);
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, " \\\n\t\t\t\t'%s--%s%s[", flags[i].kind == FLAG_LIST ? "*" : "", flags[i].name, flags[i].value ? "=" : "");
		add_zsh_help(out, flags[i].help);
		buf_add_c(out, ']');
		if (flags[i].value) {
			buf_printf(out, ":%s:", flags[i].name);
			if (flags[i].words)
				buf_printf(out, "(%s)", flags[i].words);
			else if (is_file(flags[i].value))
				buf_lit(out, "_files");
		}
		buf_add_c(out, '\'');
	}
	if (words_of(command))
		buf_printf(out, " \\\n\t\t\t\t'1:argument:(%s)'", words_of(command));
	buf_add(out, takes_file(command) ? STR(" \\\n\t\t\t\t'*:file:_files' ;;\n") : STR(" ;;\n"));
}

static void add_zsh(struct buf *out)
{
	buf_lit(out, "#compdef tenon\n# zsh completion of tenon; put it into a folder of $fpath as _tenon\n_tenon() {\n"
		"\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; i < n_commands; i++) {
		buf_lit(out, "\t\t'");
		buf_printf(out, "%s:", commands[i]->name);
		add_zsh_help(out, commands[i]->summary);
		buf_lit(out, "'\n");
	}
	buf_lit(out, "\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n"
		"\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n");
	for (size_t i = 0; i < n_commands; i++)
		add_zsh_flags(out, commands[i]);
	buf_lit(out, "\tesac\n}\nif [ \"$funcstack[1]\" = _tenon ]; then _tenon \"$@\"; else compdef _tenon tenon; fi\n");
}

/* ---- fish ---- */

static void add_fish_flags(struct buf *out, const struct tool *command)
{
	size_t n;
	const struct flag *flags = tool_flags(command, out->arena, &n);

	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "complete -c tenon -n '__fish_seen_subcommand_from %s' -l %s", command->name, flags[i].name);
		if (flags[i].value)
			buf_add(out, flags[i].words || !is_file(flags[i].value) ? STR(" -x") : STR(" -r -F"));
		if (flags[i].words)
			buf_printf(out, " -a '%s'", flags[i].words);
		buf_lit(out, " -d ");
		add_quoted(out, str_of(flags[i].help), true);
		buf_add_c(out, '\n');
	}
	if (command->words && takes_file(command))
		buf_printf(out, "complete -c tenon -n '__fish_seen_subcommand_from %s' -F\n", command->name);
	if (words_of(command))
		buf_printf(out, "complete -c tenon -n '__fish_seen_subcommand_from %s' -a '%s'\n", command->name, words_of(command));
}

static void add_fish(struct buf *out)
{
	buf_lit(out, "# fish completion of tenon; put it into ~/.config/fish/completions/tenon.fish\ncomplete -c tenon -f\n");
	for (size_t i = 0; i < n_commands; i++) {
		buf_printf(out, "complete -c tenon -n __fish_use_subcommand -a %s -d ", commands[i]->name);
		add_quoted(out, str_of(commands[i]->summary), true);
		buf_add_c(out, '\n');
	}
	for (size_t i = 0; i < n_commands; i++)
		add_fish_flags(out, commands[i]);
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	static const struct {
		const char *shell;
		void (*add)(struct buf *out);
	} shells[] = { { "bash", add_bash }, { "zsh", add_zsh }, { "fish", add_fish } };
	struct buf out = buf_make(call->arena, 16384);

	(void)status;
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(call->arguments.items[0], shells[i].shell) != 0)
			continue;
		shells[i].add(&out);
		fwrite(out.data, 1, out.len, stdout);
		return OK;
	}
	return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s: there are bash, zsh and fish", call->arguments.items[0]));
}

const struct tool command_completion = {
	.name = "completion",
	.usage = "bash|zsh|fish",
	.summary = "print the shell's completion script",
	.about = "Prints a script that completes commands, flags and their values.\n\n"
		"  source <(tenon completion bash)",
	.exits = "  0  when it was printed\n"
		"  2  for any other shell",
	.least = 1,
	.most = 1,
	.failed = 2,
	.words = "bash zsh fish",
	.run = run,
};
