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
	size_t n_left;     /* errors that no safe edit mends */
	bool untold;
};

static bool collides(const struct explain_edit *edits, size_t n, const struct explain_edit *edit)
{
	for (size_t i = 0; i < n; i++)
		if (edits[i].offset < edit->offset + edit->length + 1 && edit->offset < edits[i].offset + edits[i].length + 1)
			return true;
	return false;
}

static bool is_mendable(const struct report_finding *finding)
{
	const struct explain_fix *fix = finding->found->fix;

	return finding->severity == SEVERITY_ERROR && !finding->excused && fix && fix->safe && !fix->major && fix->n_edits > 0;
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
		most += is_mendable(&schema->findings[i]) ? schema->findings[i].found->fix->n_edits : 0;
	edits = arena_array(arena, struct explain_edit, most + 1);
	for (size_t i = 0; i < schema->n_findings; i++) {
		const struct explain_fix *fix = schema->findings[i].found->fix;
		bool fits = is_mendable(&schema->findings[i]);

		for (size_t k = 0; fits && k < fix->n_edits; k++)
			fits = !collides(edits, n, &fix->edits[k]);
		for (size_t k = 0; fits && k < fix->n_edits; k++)
			insert(edits, &n, &fix->edits[k]);
		fixing->n_mended += fits;
	}
	return n > 0 ? explain_apply(arena, schema->text, edits, n) : STR_NONE;
}

static size_t count_errors(const struct report_schema *schema)
{
	size_t n = 0;

	for (size_t i = 0; i < schema->n_findings; i++)
		n += schema->findings[i].severity == SEVERITY_ERROR && !schema->findings[i].excused;
	return n;
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
	fixing->n_left += count_errors(&schema);
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
	TRY(setup_open(call, &fix->setup, &fixing->setup, err));
	for (size_t i = 0; i < fixing->setup.worktree.n_files; i++)
		TRY(mend(fixing, fixing->setup.worktree.files[i], fix, err));
	if (fix->write)
		printf("mended %zu finding%s in %zu file%s, %zu left\n", fixing->n_mended, fixing->n_mended == 1 ? "" : "s",
			fixing->n_files, fixing->n_files == 1 ? "" : "s", fixing->n_left);
	else
		TRY(output_write(STR_NONE, buf_str(&fixing->patch), err));
	if (!fix->write && fixing->n_left > 0)
		fprintf(stderr, "tenon fix: no safe edit mends %zu more; tenon check tells which\n", fixing->n_left);
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
	.about = "Makes the edits that let the change pass and take nothing away from it: a default, an alias, a reserved number. Without\n"
		"--write a patch is printed, as git apply takes it.\n\n"
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
