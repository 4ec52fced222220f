/* A report as JSON, as api-spec/check-output.schema.json describes it. */
#include "client/cli/report/report_int.h"

static void add_excuse(struct buf *out, const char *name, const struct settings_ignore *excuse)
{
	buf_printf(out, ",\"%s\":", name);
	if (!excuse) {
		buf_lit(out, "null");
		return;
	}
	buf_add_c(out, '{');
	report_member(out, "reason", excuse->reason);
	report_member(out, "until", excuse->until);
	buf_add_c(out, '}');
}

static void add_finding(const struct report_schema *schema, const struct report_finding *finding, struct buf *out)
{
	buf_add_c(out, '{');
	report_member(out, "severity", report_severity_name(finding->severity));
	report_member_number(out, "line", finding->line);
	report_member_number(out, "column", finding->column);
	report_member(out, "fingerprint", report_fingerprint(out->arena, schema, finding));
	add_excuse(out, "excused", finding->excused);
	add_excuse(out, "expired", finding->expired);
	buf_lit(out, ",\"finding\":");
	explain_finding_json(out, finding->found, schema->text);
	buf_add_c(out, '}');
}

static void add_schema(const struct report_schema *schema, struct buf *out)
{
	buf_add_c(out, '{');
	report_member(out, "path", schema->path);
	report_member(out, "subject", schema->subject);
	report_member(out, "type", schema_type_name(schema->type));
	report_member(out, "level", compat_level_name(schema->level));
	report_member(out, "policy", settings_policy_name(schema->policy));
	report_member(out, "outcome", report_outcome_name(schema->outcome));
	report_member(out, "error", schema->untold);
	buf_lit(out, ",\"against\":[");
	for (size_t i = 0; i < schema->n_bases; i++) {
		buf_add(out, i > 0 ? STR(",{") : STR("{"));
		report_member_number(out, "version", (size_t)schema->bases[i].version);
		report_member(out, "label", schema->bases[i].label);
		buf_add_c(out, '}');
	}
	buf_lit(out, "],\"findings\":[");
	for (size_t i = 0; i < schema->n_findings; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		add_finding(schema, &schema->findings[i], out);
	}
	buf_add_c(out, ']');
	report_member_number(out, "unlisted", schema->n_unlisted);
	report_member_number(out, "hidden", schema->n_hidden);
	/* A text of which JSON cannot have every byte is not given: it would not be the one that passes. */
	report_member(out, "fixed", str_is_utf8(schema->fixed) ? schema->fixed : STR_NONE);
	buf_lit(out, ",\"affects\":[");
	for (size_t i = 0; i < schema->n_affects; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		buf_json_string(out, schema->affects[i]);
	}
	buf_lit(out, "]}");
}

void report_json(const struct report *report, struct buf *out)
{
	buf_lit(out, "{\"tool\":{\"name\":\"tenon\",\"version\":\"" TENON_VERSION "\"}");
	report_member(out, "against", report->against);
	report_member(out, "commit", report->commit);
	report_member_number(out, "exitCode", (size_t)report_status(report));
	buf_lit(out, ",\"summary\":{");
	for (int i = 0; i < OUTCOMES; i++)
		report_member_number(out, report_outcome_name((enum outcome)i).data, report->n_outcomes[i]);
	report_member_number(out, "errors", report->n_errors);
	report_member_number(out, "warnings", report->n_warnings);
	report_member_number(out, "excused", report->n_excused);
	buf_lit(out, "},\"schemas\":[");
	for (size_t i = 0; i < report->n_schemas; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		add_schema(&report->schemas[i], out);
	}
	buf_lit(out, "],\"notices\":[");
	for (size_t i = 0; i < report->n_notices; i++) {
		buf_add(out, i > 0 ? STR(",{") : STR("{"));
		report_member(out, "path", report->notices[i].path);
		report_member_number(out, "line", report->notices[i].line);
		report_member(out, "message", report->notices[i].message);
		buf_add_c(out, '}');
	}
	buf_lit(out, "]}\n");
}
