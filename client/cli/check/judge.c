/* From a schema and its history to findings with their severity. */
#include "client/cli/check/judge.h"

#include <string.h>

#include "base/arena.h"

static enum severity severity_of(const struct settings *settings, const struct explain_finding *found)
{
	enum severity said = settings->severity[found->rule];

	if (said != SEVERITY_UNSET)
		return said;
	return found->refused ? SEVERITY_ERROR : SEVERITY_WARNING;
}

/* The exception for a finding of the rule: one that still holds before one that has ended. */
static void find_excuse(const struct settings *settings, struct str path, struct str today, enum rule rule,
	struct report_finding *finding)
{
	struct str id = str_of(rule_info(rule)->id);

	for (size_t i = 0; i < settings->n_ignores && !finding->excused; i++) {
		const struct settings_ignore *ignore = &settings->ignores[i];

		if ((!str_eq(ignore->rule, STR("*")) && !str_eq_nocase(ignore->rule, id)) || !settings_match(ignore->path, path))
			continue;
		if (!str_present(ignore->until) || str_cmp(str_sub(ignore->until, 0, 10), today) >= 0)
			finding->excused = ignore;
		else
			finding->expired = ignore;
	}
	if (finding->excused)
		finding->expired = NULL;
}

bool judge_excuses(const struct judge *judge, const struct schema_file *file, enum rule rule)
{
	struct report_finding finding = { .found = NULL };

	find_excuse(file->settings, file->path, judge->today, rule, &finding);
	return finding.excused != NULL;
}

static void add_finding(struct arena *arena, const struct explain_finding *found, const struct settings *settings, struct str path,
	struct str today, struct report_schema *out)
{
	struct report_finding finding = { .found = found, .severity = severity_of(settings, found) };

	if (finding.severity == SEVERITY_OFF)
		return;
	find_excuse(settings, path, today, found->rule, &finding);
	report_locate(arena, out, &found->in_new, &finding.line, &finding.column);
	if (finding.severity == SEVERITY_ERROR && !finding.excused)
		out->outcome = OUTCOME_BREAKS;
	out->findings[out->n_findings++] = finding;
}

static bool is_invalid(enum err_code code)
{
	return code == ERR_PARSE || code == ERR_INVALID_SCHEMA || code == ERR_LIMIT || code == ERR_BAD_JSON;
}

/* Which of the texts cannot be taken: some faults show only when it is compared. */
static struct str find_invalid(struct arena *arena, const struct explain_request *request, const struct report_schema *schema)
{
	struct err ignored = { .arena = arena };
	const struct schema *parsed;
	struct explained explained;

	if (schema_parse(arena, request->source, SCHEMA_STRICT, &parsed, &ignored) != OK)
		return STR("it");
	for (size_t i = 0; i < request->judged.n_versions; i++) {
		struct explain_request one = *request;

		one.judged.versions = one.judged.latest = &request->judged.versions[i];
		one.judged.n_versions = 1;
		if (!is_invalid(compat_explain(arena, &one, &explained, &ignored)))
			continue;
		for (size_t k = 0; k < schema->n_bases; k++)
			if (schema->bases[k].version == one.judged.latest->version)
				return schema->bases[k].label;
	}
	return STR("a version before");
}

enum err_code judge_request(struct arena *arena, const struct explain_request *request, const struct settings *settings,
	struct str path, struct str today, struct report_schema *out, struct err *err)
{
	struct err invalid = { .arena = arena };
	struct explained explained;
	enum err_code code = compat_explain(arena, request, &explained, &invalid);

	if (is_invalid(code)) {
		out->outcome = OUTCOME_UNTOLD;
		out->untold = str_printf(arena, "%.*s cannot be parsed: %.*s", STR_ARG(find_invalid(arena, request, out)),
			STR_ARG(explain_fault(&invalid)));
		return OK;
	}
	if (code != OK)
		return err_text(err, code, invalid.message);
	out->findings = arena_array(arena, struct report_finding, explained.n_items);
	for (size_t i = 0; i < explained.n_items; i++)
		add_finding(arena, &explained.items[i], settings, path, today, out);
	report_sort(out);
	out->n_unlisted = explained.n_unlisted;
	out->n_hidden = explained.n_hidden;
	out->fixed = explained.fixed;
	return OK;
}

static struct str fault_of(const struct judge *judge, struct schema_file *file, const struct err *why)
{
	const struct schema_file *other = file->type == SCHEMA_AVRO ? set_circle(&judge->worktree->set, file) : NULL;

	if (str_starts(file->text, STR("\xEF\xBB\xBF")))
		return STR("it begins with a byte order mark, which no registry takes: save it as UTF-8 without one");
	if (str_index(file->text, '\r') >= 0 && memmem(why->message.data, why->message.len, "trailing comment", 16))
		return str_concat(judge->arena, explain_fault(why), STR(": the line ends in CR LF, which registries do not take behind a comment"));
	if (!other)
		return explain_fault(why);
	return str_printf(judge->arena, "%.*s; it refers to %.*s, which refers to it: types that need each other belong into one file",
		STR_ARG(explain_fault(why)), STR_ARG(worktree_shown(judge->worktree, judge->arena, other->path)));
}

/* A new text that no registry would take: the place and the parser's words, as a finding. */
static void tell_invalid(const struct judge *judge, struct schema_file *file, const struct err *why,
	struct report_schema *out)
{
	struct explain_finding *found = arena_new(judge->arena, struct explain_finding);

	*found = (struct explain_finding){
		.rule = RULE_SCHEMA_INVALID,
		.effect = EFFECT_POLICY,
		.refused = true,
		.new_reads_old = true,
		.in_new = { .line = why->line > 0 ? why->line : 1, .column = why->column > 0 ? why->column : 1, .path = STR("") },
		.in_old = { .path = STR("") },
		.message = fault_of(judge, file, why),
	};
	out->findings = arena_new(judge->arena, struct report_finding);
	add_finding(judge->arena, found, file->settings, file->path, judge->today, out);
}

/* What the command says counts before what the registry has configured, and that before tenon.toml. */
static struct judging choose_judging(const struct judge *judge, const struct schema_file *file, const struct history *history)
{
	struct judging said = judge->said;

	if (!said.has_level && history->judging.has_level) {
		said.has_level = true;
		said.level = history->judging.level;
	}
	if (!said.has_policy && history->judging.has_policy) {
		said.has_policy = true;
		said.policy = history->judging.policy;
	}
	return set_judging(file, &said);
}

static struct history begin(const struct judge *judge, struct schema_file *file, struct judging *judging,
	struct report_schema *out)
{
	struct history history = base_history(judge->base, &judge->worktree->set, file);

	*judging = choose_judging(judge, file, &history);
	*out = (struct report_schema){
		.path = worktree_shown(judge->worktree, judge->arena, file->path),
		.root_path = worktree_in_repository(judge->worktree, judge->arena, file->path),
		.subject = file->subject,
		.type = file->type,
		.level = judging->level,
		.policy = judging->policy,
		.text = file->text,
		.untold = history.untold,
		.bases = history.bases,
		.n_bases = history.n,
		.outcome = history.unchanged ? OUTCOME_UNCHANGED : history.n > 0 ? OUTCOME_COMPATIBLE : OUTCOME_FIRST,
	};
	if (str_present(history.untold))
		out->outcome = OUTCOME_UNTOLD;
	return history;
}

void judge_begin(const struct judge *judge, struct schema_file *file, struct report_schema *out)
{
	struct judging judging;

	begin(judge, file, &judging, out);
}

static enum err_code judge_with(const struct judge *judge, struct schema_file *file, const struct history *history,
	struct explain_request *request, struct report_schema *out, struct err *err)
{
	request->judged.level = out->level;
	request->judged.policy = out->policy;
	request->judged.validate_fields = history->validate_fields;
	request->judged.versions = history->versions;
	request->judged.n_versions = history->n;
	request->judged.latest = &history->versions[history->n - 1];
	return judge_request(judge->arena, request, file->settings, file->path, judge->today, out, err);
}

/* What the file refers to, with the old texts of those that are in `before`. */
static struct schema_source source_apart(const struct judge *judge, struct schema_file *file, const struct map *before)
{
	struct schema_source source = set_source(&judge->worktree->set, file);
	struct schema_dependency *mixed = arena_array(judge->arena, struct schema_dependency, source.n_dependencies);

	for (size_t i = 0; i < source.n_dependencies; i++) {
		const struct schema_file *old = map_get(before, source.dependencies[i].name);

		mixed[i] = source.dependencies[i];
		if (old)
			mixed[i].text = old->text;
	}
	source.dependencies = mixed;
	return source;
}

enum err_code judge_apart(const struct judge *judge, struct schema_file *file, const struct map *before,
	struct report_schema *out, bool *told, struct err *err)
{
	struct judging judging;
	struct history history = begin(judge, file, &judging, out);
	struct schema_file *old = base_file(judge->base, file);
	struct schema_source source, old_source;
	struct explain_request request = { .source = &source };
	struct err unparsed = { .arena = judge->arena };

	*told = false;
	if (out->outcome != OUTCOME_COMPATIBLE || old == NULL)
		return OK;
	source = source_apart(judge, file, before);
	old_source = set_source(&judge->base->set, old);
	if (set_source_equal(&source, &old_source)) {
		*told = true;
		return OK;
	}
	if (schema_parse(judge->arena, &source, SCHEMA_STRICT, &request.judged.schema, &unparsed) != OK)
		return OK;
	*told = true;
	return judge_with(judge, file, &history, &request, out, err);
}

enum err_code judge_file(const struct judge *judge, struct schema_file *file, struct report_schema *out, struct err *err)
{
	struct judging judging;
	struct history history = begin(judge, file, &judging, out);
	struct schema_source source = set_source(&judge->worktree->set, file);
	struct explain_request request = { .source = &source };
	struct err invalid = { .arena = judge->arena };
	enum err_code code;

	if (out->outcome == OUTCOME_UNCHANGED)
		return OK;
	code = set_parse(&judge->worktree->set, file, SCHEMA_STRICT, &request.judged.schema, &invalid);
	if (is_invalid(code)) {
		tell_invalid(judge, file, &invalid, out);
		return OK;
	}
	if (code != OK || out->outcome != OUTCOME_COMPATIBLE)
		return code != OK ? err_text(err, code, invalid.message) : OK;
	return judge_with(judge, file, &history, &request, out, err);
}
