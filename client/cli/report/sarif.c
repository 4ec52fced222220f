/* A report as SARIF 2.1.0 (OASIS Standard), for code scanning. */
#include "base/arena.h"
#include "client/cli/report/report_int.h"

/* A path as a relative URI reference (RFC 3986). */
static struct str uri_of(struct arena *arena, struct str path)
{
	struct buf out = buf_make(arena, path.len + 16);

	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-_.~/@+,=", c)))
			buf_add_c(&out, (char)c);
		else
			buf_printf(&out, "%%%02X", c);
	}
	return buf_str(&out);
}

static void add_text(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "%s\"%s\":{", out->data[out->len - 1] == '{' ? "" : ",", name);
	report_member(out, "text", text);
	buf_add_c(out, '}');
}

/* ---- rules ---- */

struct used_rules {
	enum rule items[RULES];
	size_t n;
};

static size_t rule_index(struct used_rules *used, enum rule rule)
{
	size_t i = 0;

	while (i < used->n && used->items[i] != rule)
		i++;
	if (i == used->n)
		used->items[used->n++] = rule;
	return i;
}

static struct used_rules collect(const struct report *report)
{
	struct used_rules used = { .n = 0 };

	for (size_t i = 0; i < report->n_schemas; i++)
		for (size_t k = 0; k < report->schemas[i].n_findings; k++)
			rule_index(&used, report->schemas[i].findings[k].found->rule);
	return used;
}

static void add_rule(enum rule rule, struct buf *out)
{
	const struct rule_info *info = rule_info(rule);

	buf_add_c(out, '{');
	report_member(out, "id", str_of(info->id));
	add_text(out, "shortDescription", str_of(info->title));
	add_text(out, "fullDescription", str_of(info->what));
	add_text(out, "help", str_printf(out->arena, "%s %s", info->what, info->why));
	buf_lit(out, ",\"properties\":{");
	report_member(out, "effect", rule_effect_name(info->effect));
	buf_lit(out, "}}");
}

/* ---- results ---- */

static void add_location(const struct report_schema *schema, const struct report_finding *finding, struct buf *out)
{
	buf_lit(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{");
	report_member(out, "uri", uri_of(out->arena, schema->root_path));
	buf_lit(out, "},\"region\":{");
	report_member_number(out, "startLine", finding->line);
	report_member_number(out, "startColumn", report_column(schema->text, finding->line, finding->column));
	buf_lit(out, "}},\"logicalLocations\":[{");
	report_member(out, "fullyQualifiedName", str_printf(out->arena, "%.*s#%.*s", STR_ARG(schema->subject),
		STR_ARG(finding->found->in_new.path)));
	buf_lit(out, "}]}]");
}

static void add_replacement(struct str text, const struct explain_edit *edit, struct buf *out)
{
	uint32_t line, column, end_line, end_column;

	report_position(text, edit->offset, &line, &column);
	report_position(text, edit->offset + edit->length, &end_line, &end_column);
	buf_lit(out, "{\"deletedRegion\":{");
	report_member_number(out, "startLine", line);
	report_member_number(out, "startColumn", report_column(text, line, column));
	report_member_number(out, "endLine", end_line);
	report_member_number(out, "endColumn", report_column(text, end_line, end_column));
	buf_lit(out, "},\"insertedContent\":{");
	report_member(out, "text", edit->text);
	buf_lit(out, "}}");
}

static void add_fix(const struct report_schema *schema, const struct explain_fix *fix, struct buf *out)
{
	if (!fix || fix->n_edits == 0)
		return;
	buf_lit(out, ",\"fixes\":[{");
	add_text(out, "description", fix->title);
	buf_lit(out, ",\"artifactChanges\":[{\"artifactLocation\":{");
	report_member(out, "uri", uri_of(out->arena, schema->root_path));
	buf_lit(out, "},\"replacements\":[");
	for (size_t i = 0; i < fix->n_edits; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		add_replacement(schema->text, &fix->edits[i], out);
	}
	buf_lit(out, "]}]}]");
}

static void add_result(const struct report_schema *schema, const struct report_finding *finding, size_t rule, struct buf *out)
{
	buf_add_c(out, '{');
	report_member(out, "ruleId", str_of(rule_info(finding->found->rule)->id));
	report_member_number(out, "ruleIndex", rule);
	report_member(out, "level", report_severity_name(finding->severity));
	add_text(out, "message", report_paragraph(out->arena, schema, finding, REPORT_WHOLE));
	add_location(schema, finding, out);
	buf_lit(out, ",\"partialFingerprints\":{");
	report_member(out, "tenonFinding/v1", report_fingerprint(out->arena, schema, finding));
	buf_add_c(out, '}');
	add_fix(schema, finding->found->fix, out);
	if (finding->excused) {
		buf_lit(out, ",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\"");
		report_member(out, "justification", str_present(finding->excused->until) ? str_printf(out->arena, "%.*s (until %.*s)",
			STR_ARG(finding->excused->reason), STR_ARG(finding->excused->until)) : finding->excused->reason);
		buf_lit(out, "}]");
	}
	buf_add_c(out, '}');
}

static void add_results(const struct report *report, struct used_rules *used, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < report->n_schemas; i++) {
		const struct report_schema *schema = &report->schemas[i];

		for (size_t k = 0; k < schema->n_findings; k++) {
			if (!first)
				buf_add_c(out, ',');
			first = false;
			add_result(schema, &schema->findings[k], rule_index(used, schema->findings[k].found->rule), out);
		}
	}
}

static void add_notification(struct buf *out, const char *level, struct str path, uint32_t line, struct str message)
{
	buf_printf(out, "%s{\"level\":\"%s\"", out->data[out->len - 1] == '[' ? "" : ",", level);
	add_text(out, "message", message);
	buf_lit(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{");
	report_member(out, "uri", uri_of(out->arena, path));
	buf_printf(out, "},\"region\":{\"startLine\":%u}}}]}", line);
}

/* What could not be told is no result, as are notices: it is said of the run. */
static void add_invocation(const struct report *report, struct buf *out)
{
	buf_printf(out, "\"invocations\":[{\"executionSuccessful\":%s,\"exitCode\":%d,\"toolExecutionNotifications\":[",
		report_status(report) == 2 ? "false" : "true", report_status(report));
	if (str_present(report->failure)) {
		buf_lit(out, "{\"level\":\"error\"");
		add_text(out, "message", report->failure);
		buf_add_c(out, '}');
	}
	for (size_t i = 0; i < report->n_schemas; i++) {
		const struct report_schema *schema = &report->schemas[i];

		if (schema->outcome == OUTCOME_UNTOLD)
			add_notification(out, "error", schema->root_path, 1, str_printf(out->arena, "%.*s: %.*s", STR_ARG(schema->path),
				STR_ARG(schema->untold)));
	}
	for (size_t i = 0; i < report->n_notices; i++)
		add_notification(out, "note", report->notices[i].root_path, report->notices[i].line, report->notices[i].message);
	buf_lit(out, "]}]");
}

void report_sarif(const struct report *report, struct buf *out)
{
	struct used_rules used = collect(report);

	buf_lit(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{"
		"\"driver\":{\"name\":\"tenon\",\"version\":\"" TENON_VERSION "\",\"rules\":[");
	for (size_t i = 0; i < used.n; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		add_rule(used.items[i], out);
	}
	buf_lit(out, "]}},\"columnKind\":\"unicodeCodePoints\",");
	add_invocation(report, out);
	buf_lit(out, ",\"results\":[");
	add_results(report, &used, out);
	buf_lit(out, "]}]}\n");
}
