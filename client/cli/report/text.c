/* A report for people: the line, a caret, the event and the fix. */
#include "base/arena.h"
#include "client/cli/report/report_int.h"

static const char *paint(bool colour, const char *code)
{
	return colour ? code : "";
}

/* The line with a caret under the column; tabs stay tabs so that they line up. */
static void add_caret(const struct report_schema *schema, uint32_t line, uint32_t column, bool colour, struct buf *out)
{
	enum { WIDTH = 160 };
	struct str text = report_line(schema->text, line);
	size_t from = column > WIDTH - 40 ? column - (WIDTH - 40) : 0; /* a schema may be one long line */

	if (!str_present(text) || text.len == 0)
		return;
	while (from > 0 && from < text.len && ((unsigned char)text.data[from] & 0xc0) == 0x80)
		from++;
	text = str_sub(text, from, from + WIDTH);
	while (text.len > 0 && ((unsigned char)text.data[text.len - 1] & 0xc0) == 0x80)
		text.len--; /* not half a character */
	buf_printf(out, "%5u | %.*s\n      | ", line, STR_ARG(text));
	for (size_t i = 0; i + 1 < column - from && i < text.len; i++)
		if (((unsigned char)text.data[i] & 0xc0) != 0x80)
			buf_add_c(out, text.data[i] == '\t' ? '\t' : ' ');
	buf_printf(out, "%s^%s\n", paint(colour, "\033[32;1m"), paint(colour, "\033[0m"));
}

static void add_detail(struct buf *out, const char *name, struct str text)
{
	if (str_present(text))
		buf_printf(out, "      %-8s %.*s\n", name, STR_ARG(text));
}

static struct str hex_of(struct arena *arena, const struct explain_witness *witness)
{
	enum { SHOWN = 64 };
	struct buf out = buf_make(arena, 2 * SHOWN + 8);

	for (size_t i = 0; i < witness->bytes.len && i < SHOWN; i++)
		buf_printf(&out, "%s%02x", i > 0 ? " " : "", (unsigned char)witness->bytes.data[i]);
	if (witness->bytes.len > SHOWN)
		buf_lit(&out, " …");
	return buf_str(&out);
}

void report_finding_text(const struct report_schema *schema, const struct report_finding *finding, bool colour, struct buf *out)
{
	const struct explain_finding *found = finding->found;
	const char *red = finding->severity == SEVERITY_ERROR ? "\033[31;1m" : "\033[33;1m";

	buf_printf(out, "%s%.*s:%u:%u:%s ", paint(colour, "\033[1m"), STR_ARG(schema->path), finding->line,
		report_column(schema->text, finding->line, finding->column), paint(colour, "\033[0m"));
	if (finding->excused)
		buf_printf(out, "excused: %.*s [%s]\n", STR_ARG(found->message), rule_info(found->rule)->id);
	else
		buf_printf(out, "%s%.*s:%s %.*s [%s]\n", paint(colour, red), STR_ARG(report_severity_name(finding->severity)),
			paint(colour, "\033[0m"), STR_ARG(found->message), rule_info(found->rule)->id);
	if (finding->excused) {
		add_detail(out, "reason", finding->excused->reason);
		add_detail(out, "until", finding->excused->until);
		return;
	}
	add_caret(schema, finding->line, finding->column, colour, out);
	add_detail(out, "reads", report_direction(out->arena, schema, found));
	add_detail(out, "event", report_witness(out->arena, found));
	if (found->witness && schema->type != SCHEMA_JSON)
		add_detail(out, "bytes", hex_of(out->arena, found->witness));
	if (found->fix)
		add_detail(out, "fix", found->fix->title);
	if (finding->expired)
		add_detail(out, "expired", str_printf(out->arena, "the exception ended on %.*s: %.*s", STR_ARG(finding->expired->until),
			STR_ARG(finding->expired->reason)));
}

static void add_schema(const struct report_schema *schema, bool colour, struct buf *out)
{
	if (schema->outcome == OUTCOME_UNTOLD)
		buf_printf(out, "%.*s: %scould not tell:%s %.*s\n", STR_ARG(schema->path), paint(colour, "\033[31;1m"),
			paint(colour, "\033[0m"), STR_ARG(schema->untold));
	else if (schema->outcome == OUTCOME_FIRST)
		buf_printf(out, "%.*s: first version of %.*s, nothing to compare\n", STR_ARG(schema->path), STR_ARG(schema->subject));
	else if (schema->outcome == OUTCOME_REMOVED)
		buf_printf(out, "%.*s: removed, nothing is judged\n", STR_ARG(schema->path));
	for (size_t i = 0; i < schema->n_findings; i++)
		report_finding_text(schema, &schema->findings[i], colour, out);
	if (schema->n_unlisted > 0)
		buf_printf(out, "%.*s: %zu more findings like these\n", STR_ARG(schema->path), schema->n_unlisted);
}

static bool is_fixable(const struct report *report)
{
	for (size_t i = 0; i < report->n_schemas; i++)
		for (size_t k = 0; k < report->schemas[i].n_findings; k++) {
			const struct explain_fix *fix = report->schemas[i].findings[k].found->fix;

			if (fix && fix->safe && fix->n_edits > 0)
				return true;
		}
	return false;
}

void report_text(const struct report *report, struct buf *out)
{
	for (size_t i = 0; i < report->n_schemas; i++)
		add_schema(&report->schemas[i], report->colour, out);
	for (size_t i = 0; i < report->n_notices; i++)
		buf_printf(out, "%.*s:%u: note: %.*s\n", STR_ARG(report->notices[i].path), report->notices[i].line,
			STR_ARG(report->notices[i].message));
	buf_printf(out, "%.*s\n", STR_ARG(report_summary(out->arena, report)));
	if (report->n_errors > 0)
		buf_printf(out, "tenon explain RULE tells more of a rule%s\n", is_fixable(report) ? "; tenon fix shows the safe edits" : "");
}
