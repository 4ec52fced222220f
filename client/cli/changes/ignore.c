/* tenon ignore: an exception for a rule and a file, with its reason and its last day, kept in tenon.toml. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/json.h"
#include "client/cli/check/worktree.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/rules/page.h"

struct ignore {
	struct str until;
	struct str reason;
};

/* The settings' file and what it says so far; one that is not there yet is begun at the tree's root. */
static enum err_code open_settings(struct arena *arena, const struct worktree *worktree, struct str *path, struct str *text,
	struct err *err)
{
	const struct settings *settings = worktree->files[0]->settings;

	*path = str_printf(arena, "%.*s/%.*s", STR_ARG(worktree->root), STR_ARG(str_present(settings->path) ? settings->path
		: STR("tenon.toml")));
	*text = STR("");
	return str_present(settings->path) ? tree_read_file(arena, *path, text, err) : OK;
}

/* YYYY-MM-DD, of a calendar that knows the day. */
static bool is_day(struct str text)
{
	struct tm day = { 0 }, given;
	char text_room[16];
	const char *end;

	if (text.len != 10 || memchr(text.data, '\0', text.len))
		return false;
	memcpy(text_room, text.data, text.len);
	text_room[text.len] = '\0';
	end = strptime(text_room, "%Y-%m-%d", &day);
	given = day;
	return end && *end == '\0' && timegm(&day) != -1 && day.tm_mday == given.tm_mday && day.tm_mon == given.tm_mon;
}

static enum err_code refuse_second(const struct worktree *worktree, struct str id, struct str today, struct err *err)
{
	const struct schema_file *file = worktree->files[0];

	for (size_t i = 0; i < file->settings->n_ignores; i++) {
		const struct settings_ignore *ignore = &file->settings->ignores[i];

		if (str_eq_nocase(ignore->rule, id) && str_eq(ignore->path, file->path)
			&& (!str_present(ignore->until) || str_cmp(ignore->until, today) >= 0))
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena,
				"%.*s:%u has this exception already, %s%.*s: change it there", STR_ARG(file->settings->path), ignore->line,
				str_present(ignore->until) ? "until " : "without end", STR_ARG(ignore->until)));
	}
	return OK;
}

static struct str block_of(struct arena *arena, struct str text, struct str id, struct str path, const struct ignore *ignore)
{
	struct buf out = buf_make(arena, text.len + 512);

	buf_add(&out, text);
	if (text.len > 0)
		buf_add(&out, str_ends(text, STR("\n")) ? STR("\n") : STR("\n\n"));
	buf_printf(&out, "[[ignore]]\nrule = \"%.*s\"\npath = ", STR_ARG(id));
	buf_json_string(&out, path); /* a JSON string is a TOML string, too */
	buf_lit(&out, "\nreason = ");
	buf_json_string(&out, ignore->reason);
	if (str_present(ignore->until))
		buf_printf(&out, "\nuntil = %.*s", STR_ARG(ignore->until));
	buf_add_c(&out, '\n');
	return buf_str(&out);
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	const struct ignore *ignore = call->values;
	struct arena *arena = call->arena;
	struct str today = worktree_today(arena), path, text, id;
	struct worktree worktree;
	struct settings checked;
	enum rule rule;

	(void)status;
	if (!rule_find(str_of(call->arguments.items[0]), &rule))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "there is no rule %s; tenon explain lists them",
			call->arguments.items[0]));
	if (!str_present(ignore->reason))
		return err_text(err, ERR_CONFIG_FILE, STR("--reason is missing: who reads it later has to understand it"));
	if (str_present(ignore->until) && !is_day(ignore->until))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--until %.*s is no day of the calendar (YYYY-MM-DD)",
			STR_ARG(ignore->until)));
	if (str_present(ignore->until) && str_cmp(ignore->until, today) < 0)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--until %.*s has passed", STR_ARG(ignore->until)));
	id = str_of(rule_info(rule)->id);
	TRY(worktree_open(arena, &call->arguments.items[1], 1, &worktree, err));
	if (worktree.n_files != 1)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s is no single schema", call->arguments.items[1]));
	TRY(refuse_second(&worktree, id, today, err));
	TRY(open_settings(arena, &worktree, &path, &text, err));
	text = block_of(arena, text, id, str_sub(worktree.files[0]->path, worktree.files[0]->settings->folder.len,
		worktree.files[0]->path.len), ignore);
	TRY(settings_parse(arena, STR("tenon.toml"), text, &checked, err)); /* also: is the date one? */
	TRY(output_write(path, text, err));
	printf("%.*s is excused for %s in %.*s\n", STR_ARG(id), call->arguments.items[1], STR_ARG(path));
	return OK;
}

static const struct flag flags[] = {
	FLAG(FLAG_TEXT, struct ignore, reason, "reason", "TEXT", NULL, "why; shown wherever the finding is"),
	FLAG(FLAG_TEXT, struct ignore, until, "until", "DATE", NULL, "the last day on which it counts, e.g. 2027-01-31"),
};

const struct tool command_ignore = {
	.name = "ignore",
	.usage = "RULE PATH --reason TEXT [--until DATE]",
	.summary = "excuse a rule for a file, until a day, with a reason",
	.about = "Appends an [[ignore]] to the nearest tenon.toml. The finding is still listed, as excused, and fails again behind its\n"
		"last day.",
	.exits = "  0  when it was written\n"
		"  2  when it was not",
	TOOL_FLAGS(flags),
	.size = sizeof(struct ignore),
	.least = 2,
	.most = 2,
	.failed = 2,
	.words = rule_words,
	.run = run,
};
