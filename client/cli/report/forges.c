/* A report for the places where changes are reviewed: GitHub annotations, GitLab code quality, JUnit, a comment. */
#include "base/arena.h"
#include "client/cli/report/report_int.h"

/* ---- GitHub: workflow commands ---- */

/* Percent-encodes what the runner would take for syntax; in properties also colons and commas. */
static void add_escaped(struct buf *out, struct str text, bool property)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_printf(out, "%%%02X", (unsigned char)c);
		else
			buf_add_c(out, c);
	}
}

struct place {
	struct str path;
	uint32_t line, column; /* 0: not told */
};

static void add_annotation(struct buf *out, const char *kind, struct place place, struct str title, struct str message)
{
	buf_printf(out, "::%s file=", kind);
	add_escaped(out, report_plain(out->arena, place.path), true);
	if (place.line > 0)
		buf_printf(out, ",line=%u", place.line);
	if (place.column > 0)
		buf_printf(out, ",col=%u", place.column);
	buf_lit(out, ",title=");
	add_escaped(out, title, true);
	buf_lit(out, "::");
	add_escaped(out, message, false);
	buf_add_c(out, '\n');
}

static void add_annotations(struct buf *out, const struct report_schema *schema)
{
	for (size_t k = 0; k < schema->n_findings; k++) {
		const struct report_finding *finding = &schema->findings[k];
		const char *kind = finding->excused ? "notice" : finding->severity == SEVERITY_ERROR ? "error" : "warning";
		struct place place = { .path = schema->root_path, .line = finding->line,
			.column = report_column(schema->text, finding->line, finding->column) };

		add_annotation(out, kind, place, str_of(rule_info(finding->found->rule)->id),
			report_paragraph(out->arena, schema, finding, REPORT_SHOWN));
	}
}

void report_github(const struct report *report, struct buf *out)
{
	if (str_present(report->failure)) {
		buf_lit(out, "::error::");
		add_escaped(out, report_plain(out->arena, report->failure), false);
		buf_add_c(out, '\n');
		return;
	}
	for (size_t i = 0; i < report->n_schemas; i++) {
		const struct report_schema *schema = &report->schemas[i];

		if (schema->outcome == OUTCOME_UNTOLD)
			add_annotation(out, "error", (struct place){ .path = schema->root_path }, STR("tenon could not tell"),
				report_plain(out->arena, schema->untold));
		if (schema->outcome == OUTCOME_FIRST)
			add_annotation(out, "notice", (struct place){ .path = schema->root_path, .line = 1, .column = 1 }, STR("first version"),
				str_printf(out->arena, "first version of %.*s, nothing to compare",
					STR_ARG(report_plain(out->arena, schema->subject))));
		add_annotations(out, schema);
	}
	for (size_t i = 0; i < report->n_notices; i++) {
		const struct report_notice *notice = &report->notices[i];

		add_annotation(out, "notice", (struct place){ .path = notice->root_path, .line = notice->line }, STR("tenon check"),
			report_plain(out->arena, notice->message));
	}
	buf_printf(out, "%.*s\n", STR_ARG(report_summary(out->arena, report)));
}

/* ---- GitLab: code quality ---- */

struct quality {
	struct str description, name, fingerprint;
	const char *severity;
};

static void add_quality(struct buf *out, struct str path, uint32_t line, const struct quality *quality)
{
	buf_add(out, out->len > 1 ? STR(",{") : STR("{"));
	report_member(out, "description", quality->description);
	report_member(out, "check_name", quality->name);
	report_member(out, "fingerprint", quality->fingerprint);
	report_member(out, "severity", str_of(quality->severity));
	buf_lit(out, ",\"location\":{");
	report_member(out, "path", path);
	buf_lit(out, ",\"lines\":{");
	report_member_number(out, "begin", line);
	buf_lit(out, "}}}");
}

static void add_qualities(struct buf *out, const struct report_schema *schema)
{
	if (schema->outcome == OUTCOME_UNTOLD)
		add_quality(out, schema->root_path, 1, &(struct quality){ .description = report_plain(out->arena, schema->untold), .name = STR("could-not-tell"),
			.fingerprint = schema->root_path, .severity = "blocker" });
	for (size_t k = 0; k < schema->n_findings; k++) {
		const struct report_finding *finding = &schema->findings[k];

		add_quality(out, schema->root_path, finding->line, &(struct quality){
			.description = report_paragraph(out->arena, schema, finding, REPORT_SHOWN),
			.name = str_of(rule_info(finding->found->rule)->id),
			.fingerprint = report_fingerprint(out->arena, schema, finding),
			.severity = finding->excused ? "info" : finding->severity == SEVERITY_ERROR ? "critical" : "minor",
		});
	}
}

void report_gitlab(const struct report *report, struct buf *out)
{
	buf_add_c(out, '[');
	for (size_t i = 0; i < report->n_schemas; i++)
		add_qualities(out, &report->schemas[i]);
	for (size_t i = 0; i < report->n_notices; i++) {
		const struct report_notice *notice = &report->notices[i];

		add_quality(out, notice->root_path, notice->line, &(struct quality){ .description = report_plain(out->arena, notice->message),
			.name = STR("notice"), .fingerprint = report_notice_fingerprint(out->arena, notice), .severity = "info" });
	}
	buf_lit(out, "]\n");
}

/* ---- JUnit ---- */

static void add_xml(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c == '<')
			buf_lit(out, "&lt;");
		else if (c == '>')
			buf_lit(out, "&gt;");
		else if (c == '&')
			buf_lit(out, "&amp;");
		else if (c == '"')
			buf_lit(out, "&quot;");
		else if (c == '\n' || c == '\t')
			buf_printf(out, "&#%u;", c);
		else if (c >= 0x20)
			buf_add_c(out, (char)c);
		else
			buf_lit(out, "\xef\xbf\xbd"); /* XML 1.0 has no other control characters */
	}
}

static void add_failures(struct buf *out, const struct report_schema *schema)
{
	for (size_t i = 0; i < schema->n_findings; i++) {
		struct buf text = buf_make(out->arena, 512);

		if (schema->findings[i].excused || schema->findings[i].severity != SEVERITY_ERROR)
			continue;
		report_finding_text(schema, &schema->findings[i], false, &text);
		buf_printf(out, "<failure type=\"%s\" message=\"", rule_info(schema->findings[i].found->rule)->id);
		add_xml(out, report_plain(out->arena, schema->findings[i].found->message));
		buf_lit(out, "\">");
		add_xml(out, buf_str(&text));
		buf_lit(out, "</failure>");
	}
}

/* What fails nothing: warnings, and what is excused. */
static void add_remarks(struct buf *out, const struct report_schema *schema)
{
	struct buf text = buf_make(out->arena, 512);

	for (size_t i = 0; i < schema->n_findings; i++)
		if (schema->findings[i].excused || schema->findings[i].severity != SEVERITY_ERROR)
			report_finding_text(schema, &schema->findings[i], false, &text);
	if (text.len == 0)
		return;
	buf_lit(out, "<system-out>");
	add_xml(out, buf_str(&text));
	buf_lit(out, "</system-out>");
}

static void add_case(struct buf *out, const struct report_schema *schema)
{
	buf_lit(out, "<testcase classname=\"");
	add_xml(out, report_plain(out->arena, schema->subject));
	buf_lit(out, "\" name=\"");
	add_xml(out, report_plain(out->arena, schema->path));
	buf_lit(out, "\">");
	if (schema->outcome == OUTCOME_UNTOLD) {
		buf_lit(out, "<error message=\"");
		add_xml(out, report_plain(out->arena, schema->untold));
		buf_lit(out, "\"/>");
	} else if (schema->outcome == OUTCOME_FIRST) {
		buf_lit(out, "<skipped message=\"first version, nothing to compare\"/>");
	}
	add_failures(out, schema);
	add_remarks(out, schema);
	buf_lit(out, "</testcase>\n");
}

void report_junit(const struct report *report, struct buf *out)
{
	const size_t *n = report->n_outcomes;

	buf_lit(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tenon check\">\n<testsuite name=\"");
	add_xml(out, report_plain(out->arena, report->base));
	buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", report->n_schemas - n[OUTCOME_REMOVED],
		n[OUTCOME_BREAKS], n[OUTCOME_UNTOLD], n[OUTCOME_FIRST]);
	for (size_t i = 0; i < report->n_schemas; i++)
		if (report->schemas[i].outcome != OUTCOME_REMOVED)
			add_case(out, &report->schemas[i]);
	for (size_t i = 0; i < report->n_notices; i++) {
		const struct report_notice *notice = &report->notices[i];

		buf_add(out, i > 0 ? STR("") : STR("<system-out>"));
		add_xml(out, str_printf(out->arena, "%.*s:%u: %.*s\n", STR_ARG(report_plain(out->arena, notice->path)), notice->line,
			STR_ARG(report_plain(out->arena, notice->message))));
		buf_add(out, i + 1 < report->n_notices ? STR("") : STR("</system-out>\n"));
	}
	buf_lit(out, "</testsuite>\n</testsuites>\n");
}

/* ---- one comment that is updated ---- */

/* The room is less than a comment's at GitHub, which is 65,536 characters, by more than the last finding can take. */
enum { MARKDOWN_ROOM = 45 * 1000, NOTICES_ROOM = 15 * 1000, TEXT_SHOWN = 600 };

/* In a table's cell or a line of its own: no markup, no line ends, and no more than a reader wants to see. */
static void add_markdown(struct buf *out, struct str text)
{
	text = report_short(out->arena, report_plain(out->arena, text), TEXT_SHOWN);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c && strchr("\\`*_{}[]<>|#", c))
			buf_printf(out, "\\%c", c);
		else
			buf_add_c(out, c);
	}
}

/* Text between backticks: a run of them longer than any inside (CommonMark 6.1). */
static void add_code(struct buf *out, struct str text)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < text.len; i++) {
		run = text.data[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		buf_add_c(out, '`');
	buf_printf(out, "%s%.*s%s", longest > 0 ? " " : "", STR_ARG(text), longest > 0 ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		buf_add_c(out, '`');
}

static void add_place(struct buf *out, struct str path, uint32_t line)
{
	path = report_short(out->arena, report_plain(out->arena, path), TEXT_SHOWN);
	add_code(out, str_printf(out->arena, "%.*s:%u", STR_ARG(path), line));
	buf_add_c(out, ' ');
}

static void add_finding_markdown(struct buf *out, const struct report_schema *schema, const struct report_finding *finding)
{
	struct str event = report_witness(out->arena, finding->found, REPORT_SHOWN);

	buf_printf(out, "- %s **%s** ", finding->excused ? "⚪" : finding->severity == SEVERITY_ERROR ? "🔴" : "🟡",
		rule_info(finding->found->rule)->id);
	add_place(out, schema->root_path, finding->line);
	add_markdown(out, finding->found->message);
	if (finding->excused) {
		buf_lit(out, " – ");
		add_markdown(out, report_excuse(out->arena, finding->excused));
	}
	if (finding->expired) {
		buf_printf(out, " (the exception ended on %.*s: ", STR_ARG(finding->expired->until));
		add_markdown(out, finding->expired->reason);
		buf_lit(out, ")");
	}
	buf_add_c(out, '\n');
	if (str_present(event) && !finding->excused) {
		buf_lit(out, "  - event: ");
		(finding->found->witness ? add_code : add_markdown)(out, event);
		buf_add_c(out, '\n');
	}
	if (finding->found->fix && !finding->excused) {
		buf_lit(out, "  - fix: ");
		add_markdown(out, finding->found->fix->title);
		buf_add_c(out, '\n');
	}
}

static void add_schema_markdown(struct buf *out, const struct report_schema *schema)
{
	size_t k = 0, n_left;

	buf_lit(out, "\n#### ");
	add_markdown(out, schema->subject);
	buf_printf(out, " (%.*s)\n\n", STR_ARG(compat_level_name(schema->level)));
	if (schema->outcome == OUTCOME_UNTOLD) {
		buf_lit(out, "- ⚠️ could not tell: ");
		add_markdown(out, schema->untold);
		buf_add_c(out, '\n');
	}
	for (; k < schema->n_findings && out->len < MARKDOWN_ROOM; k++)
		add_finding_markdown(out, schema, &schema->findings[k]);
	n_left = schema->n_findings - k + schema->n_unlisted;
	if (n_left > 0)
		buf_printf(out, "- … and %s%zu more finding%s; `tenon check` tells %s\n", schema->n_unlisted > 0 ? "at least " : "", n_left, n_left == 1 ? "" : "s",
			schema->n_unlisted > 0 ? "more of them" : "them all");
	if (schema->n_hidden > 0)
		buf_printf(out, "- … and %zu more will show once what fails is mended\n", schema->n_hidden);
}

static void add_notices_markdown(struct buf *out, const struct report *report)
{
	size_t i = 0;

	for (; i < report->n_notices && out->len < NOTICES_ROOM; i++) {
		buf_add(out, i > 0 ? STR("- ℹ️ ") : STR("\n- ℹ️ "));
		add_place(out, report->notices[i].root_path, report->notices[i].line);
		add_markdown(out, report->notices[i].message);
		buf_add_c(out, '\n');
	}
	if (i < report->n_notices)
		buf_printf(out, "- ℹ️ … and %zu more notices\n", report->n_notices - i);
}

void report_markdown(const struct report *report, struct buf *out)
{
	int status = report_status(report);
	size_t n_left = 0;

	buf_printf(out, "<!-- tenon-check -->\n### Schema compatibility: %s\n\n", status == 0 ? "passed" : status == 1 ? "breaking changes"
		: "could not tell");
	add_markdown(out, report_summary(out->arena, report));
	buf_lit(out, "\n");
	add_notices_markdown(out, report);
	for (size_t i = 0; i < report->n_schemas; i++) {
		const struct report_schema *schema = &report->schemas[i];

		if (schema->n_findings == 0 && schema->outcome != OUTCOME_UNTOLD)
			continue;
		if (out->len < MARKDOWN_ROOM)
			add_schema_markdown(out, schema);
		else
			n_left++;
	}
	if (n_left > 0)
		buf_printf(out, "\n… and %zu more schema%s with findings; `tenon check` tells them all.\n", n_left, n_left == 1 ? "" : "s");
}
