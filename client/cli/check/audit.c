/* tenon audit: every step of every history of a registry, judged again. */
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "client/cli/check/setup.h"
#include "client/cli/commands.h"
#include "client/cli/registry/server.h"
#include "client/cli/report/write.h"

struct audit {
	struct server server;
	struct str level, policy;
	struct str format;
	struct str output;
	struct str fail_on;
	bool quiet;
};

struct auditing {
	struct arena *arena;
	struct registry_view view;
	struct judging said;
	struct settings settings;  /* none: every rule has its standard severity */
	struct report report;
	struct report_schema *schemas;
	size_t n, room;
	struct report_notice *notices;
	size_t n_notices, notices_room;
	size_t n_subjects;         /* with a version that is not deleted */
	size_t n_unpromised;       /* of them, at NONE */
};

static void show_progress(void *cls, size_t n, size_t total)
{
	const struct auditing *a = cls;

	fprintf(stderr, "\rreading %.*s: %zu of %zu ", STR_ARG(a->report.against), n, total);
	if (n == total)
		fprintf(stderr, "\r\033[K");
}

static enum schema_policy policy_of(const struct auditing *a)
{
	return a->said.has_policy ? a->said.policy : SCHEMA_POLICY_SOUND;
}

/* Registries do not see deleted versions; the events that these wrote are there still. */
static bool is_history(const struct auditing *a, const struct registry_version *version)
{
	return !version->deleted || policy_of(a) == SCHEMA_POLICY_SOUND;
}

/* The parsed versions before number `upto`, oldest first; *untold is set when one that is not deleted cannot be parsed. */
static size_t collect(struct auditing *a, const struct registry_subject *subject, size_t upto, struct compat_version *versions,
	struct report_base *bases, struct str *untold)
{
	struct err unparsed = { .arena = a->arena };
	size_t n = 0;

	for (size_t i = 0; i < upto; i++) {
		struct registry_version *version = subject->versions[i];
		struct str label = str_printf(a->arena, "%.*s version %d%s", STR_ARG(subject->name), version->version,
			version->deleted ? " (deleted)" : "");

		if (!is_history(a, version))
			continue;
		if (registry_parse(&a->view, version, &unparsed) != OK && version->deleted)
			continue; /* note_unread */
		if (!version->schema) {
			*untold = str_printf(a->arena, "%.*s cannot be parsed: %.*s", STR_ARG(label),
				STR_ARG(explain_fault(&unparsed)));
			continue;
		}
		bases[n] = (struct report_base){ .version = version->version, .label = label, .text = version->text };
		versions[n++] = (struct compat_version){ .version = version->version, .text = version->schema->canonical,
			.schema = version->schema, .reserved = version->reserved };
	}
	return n;
}

static enum err_code judge_version(struct auditing *a, const struct registry_subject *subject, size_t at,
	struct report_schema *out, struct err *err)
{
	struct registry_version *version = subject->versions[at];
	struct compat_version *versions = arena_array(a->arena, struct compat_version, at + 1);
	struct report_base *bases = arena_array(a->arena, struct report_base, at + 1);
	struct schema_source *source = arena_new(a->arena, struct schema_source);
	struct explain_request request = { .source = source };
	struct err unparsed = { .arena = a->arena };

	*source = registry_source(&a->view, version);
	out->n_bases = collect(a, subject, at, versions, bases, &out->untold);
	out->bases = bases;
	out->outcome = str_present(out->untold) ? OUTCOME_UNTOLD : out->n_bases == 0 ? OUTCOME_FIRST : OUTCOME_COMPATIBLE;
	if (registry_parse(&a->view, version, &unparsed) != OK) {
		out->outcome = OUTCOME_UNTOLD;
		out->untold = str_printf(a->arena, "it cannot be parsed: %.*s", STR_ARG(explain_fault(&unparsed)));
		return OK;
	}
	if (out->n_bases == 0)
		return OK;
	request.judged.level = out->level;
	request.judged.policy = out->policy;
	request.judged.schema = version->schema;
	request.judged.reserved = version->reserved;
	request.judged.validate_fields = subject->validate_fields;
	request.judged.n_versions = compat_looks_back(out->level, out->policy) ? out->n_bases : 1;
	request.judged.versions = versions + out->n_bases - request.judged.n_versions;
	request.judged.latest = &versions[out->n_bases - 1];
	return judge_request(a->arena, &request, &a->settings, out->path, worktree_today(a->arena), out, err);
}

static struct str key_of(struct arena *arena, const struct explain_finding *finding)
{
	return str_printf(arena, "%d %d %d %.*s", finding->rule, finding->new_reads_old, finding->version,
		STR_ARG(finding->message));
}

/* What a version breaks, all after it may break as well: it is told of the first. */
static void tell_once(struct auditing *a, struct map *told, struct report_schema *schema)
{
	size_t n = 0, n_errors = 0;

	for (size_t i = 0; i < schema->n_findings; i++) {
		const struct report_finding *finding = &schema->findings[i];

		if (map_put(told, key_of(a->arena, finding->found), schema))
			continue;
		n_errors += finding->severity == SEVERITY_ERROR && !finding->excused;
		schema->findings[n++] = *finding;
	}
	schema->n_findings = n;
	if (schema->outcome == OUTCOME_BREAKS && n_errors == 0)
		schema->outcome = OUTCOME_COMPATIBLE;
}

static struct str path_of(struct arena *arena, const struct registry_version *version)
{
	return str_printf(arena, "%.*s/versions/%d", STR_ARG(version->subject), version->version);
}

/* A deleted version that cannot be parsed may have been deleted for that; what it wrote nobody can tell. */
static void note_unread(struct auditing *a, const struct registry_subject *subject)
{
	struct err unparsed = { .arena = a->arena };

	for (size_t i = 0; i < subject->n_versions; i++) {
		struct registry_version *version = subject->versions[i];
		struct str path;

		if (!version->deleted || !is_history(a, version) || registry_parse(&a->view, version, &unparsed) == OK)
			continue;
		path = path_of(a->arena, version);
		a->notices = arena_grow(a->arena, a->notices, a->n_notices, &a->notices_room, sizeof(*a->notices));
		a->notices[a->n_notices++] = (struct report_notice){ .path = path, .root_path = path, .line = 1,
			.message = str_printf(a->arena, "is deleted and cannot be parsed, so that nothing is compared with it: %.*s",
				STR_ARG(explain_fault(&unparsed))) };
	}
}

static enum err_code judge_subject(struct auditing *a, const struct registry_subject *subject, struct err *err)
{
	struct map told = map_make(a->arena);
	bool counted = false;

	for (size_t i = 0; i < subject->n_versions; i++) {
		const struct registry_version *version = subject->versions[i];
		struct report_schema schema = {
			.path = path_of(a->arena, version),
			.subject = subject->name,
			.type = version->type,
			.level = a->said.has_level ? a->said.level : subject->judging.has_level ? subject->judging.level : COMPAT_BACKWARD,
			.policy = policy_of(a),
			.text = version->text,
			.untold = STR_NONE,
		};

		if (version->deleted)
			continue;
		schema.root_path = schema.path;
		TRY(judge_version(a, subject, i, &schema, err));
		tell_once(a, &told, &schema);
		a->n_subjects += !counted;
		a->n_unpromised += !counted && schema.level == COMPAT_NONE;
		counted = true;
		if (schema.outcome == OUTCOME_FIRST)
			schema.outcome = OUTCOME_COMPATIBLE; /* every history begins so: nothing to tell */
		a->schemas = arena_grow(a->arena, a->schemas, a->n, &a->room, sizeof(*a->schemas));
		a->schemas[a->n++] = schema;
	}
	if (counted)
		note_unread(a, subject);
	return OK;
}

static enum err_code read_registry(struct auditing *a, const struct audit *audit, const struct arguments *arguments,
	struct err *err)
{
	struct server server = audit->server;
	const struct str *subjects;
	struct rest *rest;
	size_t n;

	if (arguments->n > 0 && str_present(server.url))
		return err_text(err, ERR_CONFIG_FILE, STR("the registry is an argument or --registry, not both"));
	if (arguments->n > 0)
		server.url = str_of(arguments->items[0]);
	TRY(server_open(a->arena, &server, &rest, err));
	a->report.against = a->report.base = rest_url(rest);
	a->view = registry_view_make(a->arena, rest);
	a->view.deleted = true;
	if (isatty(STDERR_FILENO) && !audit->quiet) {
		a->view.progress = show_progress;
		a->view.progress_cls = a;
	}
	TRY(registry_list(&a->view, &subjects, &n, err));
	return registry_read(&a->view, subjects, n, err);
}

static enum err_code make_report(struct auditing *a, const struct audit *audit, const struct arguments *arguments,
	struct err *err)
{
	TRY(setup_judging(audit->level, audit->policy, &a->said, err));
	TRY(read_registry(a, audit, arguments, err));
	for (size_t i = 0; i < a->view.subjects.n_entries; i++)
		TRY(judge_subject(a, a->view.subjects.entries[i].value, err));
	a->report.schemas = a->schemas;
	a->report.n_schemas = a->n;
	a->report.notices = a->notices;
	a->report.n_notices = a->n_notices;
	report_count(&a->report);
	return OK;
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	const struct audit *audit = call->values;
	struct auditing *a = arena_new(call->arena, struct auditing);
	struct report_target target;

	a->arena = call->arena;
	TRY(report_open(call->arena, audit->format, audit->output, &target, err));
	a->report.warnings_fail = str_eq(audit->fail_on, STR("warning"));
	a->report.colour = target.colour;
	a->report.is_registry = true;
	if (make_report(a, audit, &call->arguments, err) != OK)
		return report_fail(&target, err);
	TRY(report_write(&target, &a->report, err));
	if (a->n_unpromised > 0 && !audit->quiet)
		fprintf(stderr, "tenon audit: %zu of %zu subjects are at NONE, which promises nothing; --level judges them too\n",
			a->n_unpromised, a->n_subjects);
	*status = report_status(&a->report);
	return OK;
}

static const struct flag flags[] = {
	SERVER_FLAGS(struct audit),
	FLAG(FLAG_TEXT, struct audit, level, "level", "LEVEL", SETUP_LEVELS, "in place of what is configured for each subject"),
	FLAG(FLAG_TEXT, struct audit, policy, "policy", "POLICY", SETUP_POLICIES,
		"STRICT asks what the registry should have refused, SOUND what breaks events (default SOUND)"),
	FLAG(FLAG_TEXT, struct audit, format, "format", "FORMAT", REPORT_FORMATS, "one of " REPORT_FORMATS " (default text)"),
	FLAG(FLAG_TEXT, struct audit, output, "output", "FILE", NULL, "write the report there instead of to standard output"),
	FLAG(FLAG_TEXT, struct audit, fail_on, "fail-on", "SEVERITY", "error warning",
		"what ends with 1: error or warning (default error)"),
	FLAG(FLAG_ON, struct audit, quiet, "quiet", NULL, NULL, "no progress on a terminal, no word about subjects at NONE"),
};

const struct tool command_audit = {
	.name = "audit",
	.usage = "[http(s)://REGISTRY] [FLAG VALUE]...",
	.summary = "judge every step of every history of a registry again",
	.about = "Reads all subjects of any compatible registry, a few requests at a time, and writes nothing. Each version is judged\n"
		"against all before it by events that break, since events outlive versions, and so those that were deleted; with\n"
		"--policy STRICT against the one before it, or all where the level is transitive, by the reference's rules, and\n"
		"what is deleted does not count. What the registry should not have accepted is listed with its witness, at the\n"
		"first version that breaks.",
	.exits = "  0  every step is sound\n"
		"  1  a step breaks\n"
		"  2  it could not be told",
	TOOL_FLAGS(flags),
	.size = sizeof(struct audit),
	.most = 1,
	.failed = 2,
	.run = run,
};
