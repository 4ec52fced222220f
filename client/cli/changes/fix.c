/* tenon fix: the edits that mend what breaks and change nothing the author asked for. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/changes/patch.h"
#include "client/cli/check/reach.h"
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
	struct report_schema *schemas; /* of the worktree's files, as judged last */
	struct buf patch;
	size_t n_mended;   /* findings */
	size_t n_files;
	size_t n_left;     /* errors and warnings that no safe edit mends … */
	size_t n_warnings; /* … those of them that are warnings … */
	struct buf left;   /* … a line each */
	bool untold;
};

/* The edits of one round, ascending, and how many findings they mend. */
struct edits {
	struct explain_edit *items;
	size_t n, n_findings;
};

static bool same_edit(const struct explain_edit *a, const struct explain_edit *b)
{
	return a->offset == b->offset && a->length == b->length && str_eq(a->text, b->text);
}

/* Whether nothing is changed in two ways; what is inserted at one place stands one behind the other. */
static bool can_join(const struct edits *edits, const struct explain_edit *edit)
{
	for (size_t i = 0; i < edits->n; i++) {
		const struct explain_edit *other = &edits->items[i];

		if (!same_edit(other, edit) && other->offset < edit->offset + edit->length && edit->offset < other->offset + other->length)
			return false;
	}
	return true;
}

/* Once, when two findings ask for the same. */
static void insert(struct edits *edits, const struct explain_edit *edit)
{
	size_t at = edits->n;

	for (size_t i = 0; i < edits->n; i++)
		if (same_edit(&edits->items[i], edit))
			return;
	edits->n++;
	for (; at > 0 && edits->items[at - 1].offset > edit->offset; at--)
		edits->items[at] = edits->items[at - 1];
	edits->items[at] = *edit;
}

/* As many safe fixes as can be made at once, at most `most` of them. */
static struct edits gather(struct arena *arena, const struct report_schema *schema, size_t most)
{
	struct edits edits = { .n = 0 };
	size_t room = 0;

	for (size_t i = 0; i < schema->n_findings; i++)
		room += report_is_mendable(&schema->findings[i]) ? schema->findings[i].found->fix->n_edits : 0;
	edits.items = arena_array(arena, struct explain_edit, room + 1);
	for (size_t i = 0; i < schema->n_findings && edits.n_findings < most; i++) {
		const struct explain_fix *fix = schema->findings[i].found->fix;
		bool fits = report_is_mendable(&schema->findings[i]);

		for (size_t k = 0; fits && k < fix->n_edits; k++)
			fits = can_join(&edits, &fix->edits[k]);
		for (size_t k = 0; fits && k < fix->n_edits; k++)
			insert(&edits, &fix->edits[k]);
		edits.n_findings += fits;
	}
	return edits;
}

/* Edits the file; each fix was tried alone: when they are no schema together, only the first is made. */
static bool mend_once(struct fixing *fixing, struct schema_file *file, const struct report_schema *schema)
{
	struct arena *arena = fixing->setup.judge.arena;
	struct schema_set *set = &fixing->setup.worktree.set;
	struct edits edits = gather(arena, schema, SIZE_MAX);
	struct err ignored = { .arena = arena };
	const struct schema *parsed;

	if (edits.n == 0)
		return false;
	set_change(set, file, explain_apply(arena, schema->text, edits.items, edits.n));
	if (edits.n_findings > 1 && set_parse(set, file, SCHEMA_STRICT, &parsed, &ignored) != OK) {
		edits = gather(arena, schema, 1);
		set_change(set, file, explain_apply(arena, schema->text, edits.items, edits.n));
	}
	fixing->n_mended += edits.n_findings;
	return true;
}

/* Why it is not mended. */
static const char *obstacle(const struct report_finding *finding)
{
	const struct explain_fix *fix = finding->found->fix;

	if (!fix && (finding->found->refused || rule_effect_breaks(finding->found->effect)))
		return "the schema is too large for trying all edits at once; tenon fix goes on when run again";
	if (!fix)
		return "there is no edit for it";
	if (report_is_mendable(finding))
		return "what was mended so far came first; tenon fix mends it when run again";
	return fix->major ? "no edit keeps what the change is for" : "its fix is the author's to choose";
}

static void add_left(struct fixing *fixing, const struct report_schema *schema)
{
	struct arena *arena = fixing->setup.judge.arena;
	struct str path = report_plain(arena, schema->path);

	if (schema->outcome == OUTCOME_UNTOLD)
		buf_printf(&fixing->left, "%.*s: could not tell: %.*s\n", STR_ARG(path), STR_ARG(report_plain(arena, schema->untold)));
	fixing->untold |= schema->outcome == OUTCOME_UNTOLD;
	for (size_t i = 0; i < schema->n_findings; i++) {
		const struct report_finding *finding = &schema->findings[i];
		const struct explain_fix *fix = finding->found->fix;
		bool warns = finding->severity != SEVERITY_ERROR;

		if (finding->excused)
			continue;
		fixing->n_left++;
		fixing->n_warnings += warns;
		buf_printf(&fixing->left, "%.*s:%u: %s left: %.*s [%s]: %s%s%.*s\n", STR_ARG(path), finding->line,
			warns ? "warning" : "error", STR_ARG(report_plain(arena, finding->found->message)),
			rule_info(finding->found->rule)->id, obstacle(finding), fix ? ": " : "",
			STR_ARG(fix ? report_plain(arena, fix->title) : STR("")));
	}
	if (schema->n_unlisted > 0)
		buf_printf(&fixing->left, "%.*s: at least %zu more like these\n", STR_ARG(path), schema->n_unlisted);
}

/* Edits and judges again until nothing safe is left to do. */
static enum err_code mend_all(struct fixing *fixing, struct err *err)
{
	struct worktree *worktree = &fixing->setup.worktree;
	bool edited = true;

	for (int round = 0; edited; round++) {
		TRY(reach_judge(&fixing->setup.judge, fixing->schemas, err));
		edited = false;
		for (size_t i = 0; i < worktree->n_files && round < ROUNDS; i++)
			edited |= mend_once(fixing, worktree->files[i], &fixing->schemas[i]);
	}
	return OK;
}

static enum err_code tell_file(struct fixing *fixing, const struct schema_file *file, struct str before, bool write,
	struct err *err)
{
	struct arena *arena = fixing->setup.judge.arena;
	const struct worktree *worktree = &fixing->setup.worktree;

	if (str_eq(before, file->text))
		return OK;
	fixing->n_files++;
	patch_add(&fixing->patch, worktree_shown(worktree, arena, file->path), before, file->text);
	if (write)
		TRY(output_write(str_printf(arena, "%.*s/%.*s", STR_ARG(worktree->root), STR_ARG(file->path)), file->text, err));
	return OK;
}

/* A patch is alone on standard output. */
static enum err_code tell(struct fixing *fixing, bool write, struct err *err)
{
	struct buf out = buf_make(fixing->setup.judge.arena, 128);

	buf_printf(&out, "%s %zu finding%s in %zu file%s, %zu left", write ? "mended" : "mends", fixing->n_mended,
		fixing->n_mended == 1 ? "" : "s", fixing->n_files, fixing->n_files == 1 ? "" : "s", fixing->n_left);
	if (fixing->n_warnings > 0)
		buf_printf(&out, ", of which %zu warning%s", fixing->n_warnings, fixing->n_warnings == 1 ? "" : "s");
	buf_add_c(&out, '\n');
	fprintf(stderr, "%.*s%.*s", STR_ARG(buf_str(&fixing->left)), STR_ARG(write ? STR("") : buf_str(&out)));
	return output_write(STR_NONE, write ? buf_str(&out) : buf_str(&fixing->patch), err);
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	const struct fix *fix = call->values;
	struct fixing *fixing = arena_new(call->arena, struct fixing);
	const struct worktree *worktree = &fixing->setup.worktree;
	struct str *before;

	fixing->patch = buf_make(call->arena, 4096);
	fixing->left = buf_make(call->arena, 1024);
	TRY(setup_open(call, &fix->setup, &fixing->setup, err));
	fixing->schemas = arena_array(call->arena, struct report_schema, worktree->n_files);
	before = arena_array(call->arena, struct str, worktree->n_files);
	for (size_t i = 0; i < worktree->n_files; i++)
		before[i] = worktree->files[i]->text;
	TRY(mend_all(fixing, err));
	for (size_t i = 0; i < worktree->n_files; i++) {
		add_left(fixing, &fixing->schemas[i]);
		TRY(tell_file(fixing, worktree->files[i], before[i], fix->write, err));
	}
	TRY(tell(fixing, fix->write, err));
	*status = fixing->untold ? 2 : fixing->n_left > fixing->n_warnings;
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
		"reserved number. Without --write a patch is printed, as git apply takes it. Each finding that is left is told on\n"
		"standard error, with why: its fix takes something back and is the author's to choose, or there is none.\n\n"
		"  tenon fix --against git:origin/main | git apply",
	.exits = "  0  nothing breaks, or nothing does any more with these edits; warnings may be left\n"
		"  1  an error is left that no safe edit mends\n"
		"  2  it could not be told, as with tenon check",
	TOOL_FLAGS(flags),
	.size = sizeof(struct fix),
	.most = -1,
	.failed = 2,
	.words = "FILE",
	.run = run,
};
