/* tenon fix: the edits that mend what breaks and change nothing the author asked for. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/changes/patch.h"
#include "client/cli/check/setup.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"

enum { ROUNDS = 8 }; /* an edit may bring to light what another fault had hidden */

struct fix {
	struct setup_values setup;
	bool write;
};

struct fixing {
	struct setup setup;
	struct buf patch;
	size_t n_mended;   /* findings */
	size_t n_files;
	size_t n_left;     /* errors that no safe edit mends … */
	struct buf left;   /* … a line each */
	bool untold;
};

static bool collides(const struct explain_edit *edits, size_t n, const struct explain_edit *edit)
{
	for (size_t i = 0; i < n; i++)
		if (edits[i].offset < edit->offset + edit->length + 1 && edit->offset < edits[i].offset + edits[i].length + 1)
			return true;
	return false;
}

static void insert(struct explain_edit *edits, size_t *n, const struct explain_edit *edit)
{
	size_t at = (*n)++;

	for (; at > 0 && edits[at - 1].offset > edit->offset; at--)
		edits[at] = edits[at - 1];
	edits[at] = *edit;
}

/* The text with as many safe fixes made as do not touch each other; absent when there is none. */
static struct str mend_once(struct fixing *fixing, const struct report_schema *schema)
{
	struct arena *arena = fixing->setup.judge.arena;
	size_t most = 0, n = 0;
	struct explain_edit *edits;

	for (size_t i = 0; i < schema->n_findings; i++)
		most += report_is_mendable(&schema->findings[i]) ? schema->findings[i].found->fix->n_edits : 0;
	edits = arena_array(arena, struct explain_edit, most + 1);
	for (size_t i = 0; i < schema->n_findings; i++) {
		const struct explain_fix *fix = schema->findings[i].found->fix;
		bool fits = report_is_mendable(&schema->findings[i]);

		for (size_t k = 0; fits && k < fix->n_edits; k++)
			fits = !collides(edits, n, &fix->edits[k]);
		for (size_t k = 0; fits && k < fix->n_edits; k++)
			insert(edits, &n, &fix->edits[k]);
		fixing->n_mended += fits;
	}
	return n > 0 ? explain_apply(arena, schema->text, edits, n) : STR_NONE;
}

/* Why it is not mended. */
static const char *obstacle(const struct explain_fix *fix)
{
	if (!fix)
		return "there is no edit for it";
	return fix->major ? "no edit keeps what the change is for" : "its fix takes back what the change is for";
}

static void add_left(struct fixing *fixing, const struct report_schema *schema)
{
	struct arena *arena = fixing->setup.judge.arena;

	for (size_t i = 0; i < schema->n_findings; i++) {
		const struct report_finding *finding = &schema->findings[i];
		const struct explain_fix *fix = finding->found->fix;

		if (finding->severity != SEVERITY_ERROR || finding->excused)
			continue;
		fixing->n_left++;
		buf_printf(&fixing->left, "%.*s:%u: left: %.*s [%s]: %s%s%.*s\n", STR_ARG(schema->path), finding->line,
			STR_ARG(report_plain(arena, finding->found->message)), rule_info(finding->found->rule)->id, obstacle(fix),
			fix ? ": " : "", STR_ARG(fix ? report_plain(arena, fix->title) : STR("")));
	}
}

/* Edits and judges again until nothing safe is left to do. */
static enum err_code mend(struct fixing *fixing, struct schema_file *file, const struct fix *fix, struct err *err)
{
	const struct worktree *worktree = &fixing->setup.worktree;
	struct str before = file->text, text;
	struct report_schema schema;

	for (int round = 0; ; round++) {
		TRY(judge_file(&fixing->setup.judge, file, &schema, err));
		text = round < ROUNDS ? mend_once(fixing, &schema) : STR_NONE;
		if (!str_present(text))
			break;
		set_change(&fixing->setup.worktree.set, file, text);
	}
	add_left(fixing, &schema);
	fixing->untold |= schema.outcome == OUTCOME_UNTOLD;
	if (str_eq(before, file->text))
		return OK;
	fixing->n_files++;
	patch_add(&fixing->patch, schema.path, before, file->text);
	if (fix->write)
		TRY(output_write(str_printf(fixing->setup.judge.arena, "%.*s/%.*s", STR_ARG(worktree->root), STR_ARG(file->path)),
			file->text, err));
	return OK;
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	const struct fix *fix = call->values;
	struct fixing *fixing = arena_new(call->arena, struct fixing);

	fixing->patch = buf_make(call->arena, 4096);
	fixing->left = buf_make(call->arena, 1024);
	TRY(setup_open(call, &fix->setup, &fixing->setup, err));
	for (size_t i = 0; i < fixing->setup.worktree.n_files; i++)
		TRY(mend(fixing, fixing->setup.worktree.files[i], fix, err));
	if (fix->write)
		printf("mended %zu finding%s in %zu file%s, %zu left\n", fixing->n_mended, fixing->n_mended == 1 ? "" : "s",
			fixing->n_files, fixing->n_files == 1 ? "" : "s", fixing->n_left);
	else
		TRY(output_write(STR_NONE, buf_str(&fixing->patch), err));
	fprintf(stderr, "%.*s", STR_ARG(buf_str(&fixing->left)));
	*status = fixing->untold ? 2 : fixing->n_left > 0;
	return OK;
}

static const struct flag flags[] = {
	SETUP_FLAGS(struct fix),
	FLAG(FLAG_ON, struct fix, write, "write", NULL, NULL, "change the files; without it a patch is printed"),
};

const struct tool command_fix = {
	.name = "fix",
	.usage = "[PATH...] --against BASE [--write]",
	.summary = "mend what breaks, by safe edits only",
	.about = "Makes the edits that let the change pass and take nothing away from it, of warnings as well: a default, an alias, a\n"
		"reserved number. Without --write a patch is printed, as git apply takes it. What is left is told on standard error,\n"
		"with the reason.\n\n"
		"  tenon fix --against git:origin/main | git apply",
	.exits = "  0  nothing breaks, or nothing does any more with these edits\n"
		"  1  something is left that no safe edit mends\n"
		"  2  it could not be told, as with tenon check",
	TOOL_FLAGS(flags),
	.size = sizeof(struct fix),
	.most = -1,
	.failed = 2,
	.words = "FILE",
	.run = run,
};
