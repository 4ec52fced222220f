/* tenon ignore: an exception for a rule and a file, or a pattern of files, with its reason and its last day, kept in tenon.toml. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/json.h"
#include "client/cli/check/worktree.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/rules/near.h"
#include "client/cli/rules/page.h"

struct ignore {
	struct str until;
	struct str reason;
};

/* What is excused, and where that is said. */
struct target {
	struct worktree worktree;
	const struct settings *settings;
	struct str pattern;         /* from the tree's root */
};

/* ---- what is meant ---- */

static enum err_code find_file(struct arena *arena, char *given, struct target *out, struct err *err)
{
	TRY(worktree_open(arena, &given, 1, &out->worktree, err));
	if (out->worktree.n_files != 1)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s is no single schema; a pattern names several: '%s/*'", given,
			given));
	out->settings = out->worktree.files[0]->settings;
	out->pattern = settings_literal(arena, out->worktree.files[0]->path);
	return OK;
}

/* The part of a pattern before the first character that makes it one, up to a slash. */
static struct str fixed_part(struct str given)
{
	size_t at = 0;
	ptrdiff_t slash;

	while (at < given.len && !strchr(SETTINGS_SPECIAL, given.data[at]))
		at++;
	slash = str_rindex(str_sub(given, 0, at), '/');
	return str_sub(given, 0, (size_t)(slash + 1));
}

static bool has_match(const struct target *target)
{
	const struct schema_set *set = &target->worktree.set;

	for (size_t i = 0; i < set->n_items; i++)
		if (set->items[i]->settings == target->settings && settings_match(target->pattern, set->items[i]->path))
			return true;
	return false;
}

static enum err_code find_pattern(struct arena *arena, struct str given, struct target *out, struct err *err)
{
	struct str fixed = fixed_part(given), below;
	char *folder = arena_printf(arena, "%.*s", STR_ARG(fixed.len > 0 ? fixed : STR("."))), path[PATH_MAX];

	TRY(worktree_open(arena, &folder, 1, &out->worktree, err));
	below = realpath(folder, path) ? str_of(arena_strdup(arena, path)) : STR("");
	below = str_sub(below, out->worktree.root.len + 1, below.len);
	if (below.len > 0)
		below = str_concat(arena, below, STR("/"));
	out->settings = set_settings_of(&out->worktree.set, below);
	out->pattern = str_concat(arena, settings_literal(arena, below), str_sub(given, fixed.len, given.len));
	if (!has_match(out))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s matches no schema that the tenon.toml there counts for",
			STR_ARG(given)));
	return OK;
}

/* A name may hold what patterns are made of: it is a pattern where there is no such file. */
static enum err_code find_target(struct arena *arena, char *given, struct target *out, struct err *err)
{
	if (access(given, F_OK) != 0 && strpbrk(given, SETTINGS_SPECIAL))
		return find_pattern(arena, str_of(given), out, err);
	return find_file(arena, given, out, err);
}

/* ---- what is written ---- */

/* The settings' file and what it says so far; one that is not there yet is begun at the tree's root. */
static enum err_code open_settings(struct arena *arena, const struct target *target, struct str *path, struct str *text,
	struct err *err)
{
	const struct settings *settings = target->settings;

	*path = str_printf(arena, "%.*s/%.*s", STR_ARG(target->worktree.root), STR_ARG(str_present(settings->path) ? settings->path
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

static enum err_code refuse_second(const struct target *target, struct str id, struct str today, struct err *err)
{
	const struct settings *settings = target->settings;

	for (size_t i = 0; i < settings->n_ignores; i++) {
		const struct settings_ignore *ignore = &settings->ignores[i];

		if (str_eq_nocase(ignore->rule, id) && str_eq(ignore->path, target->pattern)
			&& (!str_present(ignore->until) || str_cmp(ignore->until, today) >= 0))
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena,
				"%.*s:%u has this exception already, %s%.*s: change it there", STR_ARG(settings->path), ignore->line,
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
	struct target target;
	struct settings checked;
	enum rule rule;

	(void)status;
	if (!rule_find(str_of(call->arguments.items[0]), &rule))
		return rule_unknown(call->arguments.items[0], err);
	if (!str_present(ignore->reason))
		return err_text(err, ERR_CONFIG_FILE, STR("--reason is missing: who reads it later has to understand it"));
	if (str_present(ignore->until) && !is_day(ignore->until))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--until %.*s is no day of the calendar (YYYY-MM-DD)",
			STR_ARG(ignore->until)));
	if (str_present(ignore->until) && str_cmp(ignore->until, today) < 0)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--until %.*s has passed", STR_ARG(ignore->until)));
	id = str_of(rule_info(rule)->id);
	TRY(find_target(arena, call->arguments.items[1], &target, err));
	TRY(refuse_second(&target, id, today, err));
	TRY(open_settings(arena, &target, &path, &text, err));
	text = block_of(arena, text, id, str_sub(target.pattern, settings_literal(arena, target.settings->folder).len, target.pattern.len), ignore);
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
		"last day. PATH is a file, or a pattern in which * stands for anything; where there is a file of that very name, it\n"
		"alone is meant.\n\n"
		"  tenon ignore AVRO-FIELD-NO-DEFAULT 's/*' --reason \"not in use yet\"",
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
