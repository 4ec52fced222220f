/* tenon check: a working tree against a commit, a folder, a file or a registry. */
#include "base/arena.h"
#include "client/cli/check/notices.h"
#include "client/cli/check/reach.h"
#include "client/cli/check/setup.h"
#include "client/cli/commands.h"
#include "client/cli/report/write.h"

struct check {
	struct setup_values setup;
	struct str format;
	struct str output;
	struct str fail_on;
};

/* Schemas of the base that are in no file any more, of what was named. */
static size_t add_removed(const struct judge *judge, struct report_schema *out)
{
	const struct worktree *worktree = judge->worktree;
	const struct base *base = judge->base;
	size_t n = 0;

	if (base->is_registry || base->only)
		return 0;
	for (size_t i = 0; i < base->set.n_items; i++) {
		const struct schema_file *old = base->set.items[i];

		if (!old->excluded && !map_get(&base->origins.taken, old->path) && tree_scope_has(&worktree->scope, old->path))
			out[n++] = (struct report_schema){
				.path = worktree_shown(worktree, judge->arena, old->path),
				.root_path = worktree_in_repository(worktree, judge->arena, old->path),
				.subject = old->subject,
				.type = old->type,
				.level = set_judging(old, &judge->said).level,
				.text = STR(""),
				.outcome = OUTCOME_REMOVED,
			};
	}
	return n;
}

/* Judges every file that was named; the schemas of the report live in the judge's arena. */
static enum err_code judge_all(const struct judge *judge, struct report *out, struct err *err)
{
	const struct worktree *worktree = judge->worktree;
	size_t most = worktree->n_files + judge->base->set.n_items;
	struct report_schema *schemas = arena_array(judge->arena, struct report_schema, most + 1);

	TRY(reach_judge(judge, schemas, err));
	out->schemas = schemas;
	out->n_schemas = worktree->n_files + add_removed(judge, &schemas[worktree->n_files]);
	notices_add(judge, out);
	report_count(out);
	return OK;
}

static enum err_code make_report(const struct tool_call *call, struct report *report, struct err *err)
{
	const struct check *check = call->values;
	struct setup *setup = arena_new(call->arena, struct setup);

	if (str_present(check->fail_on) && !report->warnings_fail && !str_eq(check->fail_on, STR("error")))
		return err_text(err, ERR_CONFIG_FILE, STR("--fail-on is error or warning"));
	TRY(setup_open(call, &check->setup, setup, err));
	report->base = setup->base.label;
	report->commit = setup->base.commit;
	return judge_all(&setup->judge, report, err);
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	const struct check *check = call->values;
	struct report report = { .against = check->setup.against, .warnings_fail = str_eq(check->fail_on, STR("warning")) };
	struct report_target target;

	TRY(report_open(call->arena, check->format, check->output, &target, err));
	report.colour = target.colour;
	if (make_report(call, &report, err) != OK)
		return report_fail(&target, err);
	TRY(report_write(&target, &report, err));
	*status = report_status(&report);
	return OK;
}

static const struct flag flags[] = {
	SETUP_FLAGS(struct check),
	FLAG(FLAG_TEXT, struct check, format, "format", "FORMAT", REPORT_FORMATS, "one of " REPORT_FORMATS " (default text)"),
	FLAG(FLAG_TEXT, struct check, output, "output", "FILE", NULL, "write the report there instead of to standard output"),
	FLAG(FLAG_TEXT, struct check, fail_on, "fail-on", "SEVERITY", "error warning",
		"what ends with 1: error or warning (default error)"),
};

const struct tool command_check = {
	.name = "check",
	.usage = "[PATH...] --against BASE [FLAG VALUE]...",
	.summary = "judge changed schemas against a commit, a folder, a file or a registry",
	.about = "Finds the schemas in the files and folders named (none: the current folder): .avsc, .proto, and .json files that\n"
		"hold a JSON Schema, with what they refer to among each other. A tenon.toml beside or above them may give subjects,\n"
		"levels, severities and exceptions. Each schema is compared with what BASE has of it, and what breaks is shown\n"
		"with its line, an event that shows it and a fix.\n\n"
		"git:REF is the merge base of REF and HEAD when REF has gone on since, as for a pull request; git:REF.. is REF itself.\n\n"
		"  tenon check --against git:origin/main\n"
		"  tenon check schemas --against https://registry.example.com",
	.exits = "  0  nothing breaks; also for first versions, which have nothing to be compared with\n"
		"  1  a rule is broken\n"
		"  2  it could not be told: wrong arguments, no such commit, a registry that cannot be reached, a base that cannot\n"
		"     be parsed",
	TOOL_FLAGS(flags),
	.size = sizeof(struct check),
	.most = -1,
	.failed = 2,
	.words = "FILE",
	.run = run,
};
