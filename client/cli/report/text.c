/* A report for people: the line, a caret, the event and the fix. */
#include "base/arena.h"
#include "base/letters.h"
#include "client/cli/report/report_int.h"

static const char *paint(bool colour, const char *code)
{
	return colour ? code : "";
}

/* How wide a terminal shows it: East Asian Width W and F, emoji; marks take no place. */
static unsigned cells_of(uint32_t code)
{
	static const struct {
		uint32_t from, to;
		unsigned cells;
	} widths[] = { { 0x300, 0x36F, 0 }, { 0x1100, 0x115F, 2 }, { 0x200B, 0x200F, 0 }, { 0x2E80, 0x303E, 2 }, { 0x3041, 0xA4CF, 2 },
		{ 0xAC00, 0xD7A3, 2 }, { 0xF900, 0xFAFF, 2 }, { 0xFE00, 0xFE0F, 0 }, { 0xFE30, 0xFE6F, 2 }, { 0xFF00, 0xFF60, 2 },
		{ 0xFFE0, 0xFFE6, 2 }, { 0x231A, 0x231B, 2 }, { 0x23E9, 0x23EC, 2 }, { 0x2614, 0x2615, 2 }, { 0x2648, 0x2653, 2 }, { 0x26A1, 0x26A1, 2 },
		{ 0x2705, 0x2705, 2 }, { 0x270A, 0x270B, 2 }, { 0x2728, 0x2728, 2 }, { 0x274C, 0x274C, 2 }, { 0x2753, 0x2757, 2 },
		{ 0x2B50, 0x2B55, 2 }, { 0x1F300, 0x1F64F, 2 }, { 0x1F680, 0x1F6FF, 2 }, { 0x1F7E0, 0x1F7EB, 2 }, { 0x1F900, 0x1F9FF, 2 },
		{ 0x1FA70, 0x1FAFF, 2 }, { 0x20000, 0x3FFFD, 2 } };

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (code >= widths[i].from && code <= widths[i].to)
			return widths[i].cells;
	return 1;
}

/* The first character from that byte on, or the end. */
static size_t character_at(struct str text, size_t at)
{
	while (at < text.len && ((unsigned char)text.data[at] & 0xc0) == 0x80)
		at++;
	return at < text.len ? at : text.len;
}

/* As it is written, but what would be obeyed is a blank; tabs stay. */
static struct str tame(struct arena *arena, struct str text)
{
	struct buf out = buf_make(arena, text.len + 1);

	for (size_t i = 0, n; i < text.len; i += n > 0 ? n : 1) {
		n = report_control(text, i);
		buf_add_c(&out, n == 0 || text.data[i] == '\t' ? text.data[i] : ' ');
	}
	return buf_str(&out);
}

/* As wide as the text. */
static void add_blank(struct str text, struct buf *out)
{
	static const struct str blanks[] = { { "", 0 }, { " ", 1 }, { "  ", 2 } };
	bool readable = str_is_utf8(text);

	for (size_t i = 0; i < text.len;) {
		if (text.data[i] == '\t' || !readable)
			buf_add_c(out, text.data[i++] == '\t' ? '\t' : ' ');
		else
			buf_add(out, blanks[cells_of(letters_next(text, &i))]);
	}
}

/* The line with a caret under the column; tabs stay tabs so that they line up. */
static void add_caret(const struct report_schema *schema, uint32_t line, uint32_t column, bool colour, struct buf *out)
{
	enum { WIDTH = 160 };
	struct str whole = report_line(schema->text, line), before, behind;
	size_t from = column > WIDTH - 40 ? column - (WIDTH - 40) : 0, to, at; /* a schema may be one long line */

	if (!str_present(whole) || whole.len == 0)
		return;
	from = character_at(whole, from);
	to = character_at(whole, from + WIDTH);
	at = column > from ? character_at(whole, column - 1) : from;
	at = at < to ? at : to;
	before = tame(out->arena, str_sub(whole, from, at));
	behind = tame(out->arena, str_sub(whole, at, to));
	buf_printf(out, "%5u | %s%.*s%.*s%s\n", line, from > 0 ? "…" : "", STR_ARG(before), STR_ARG(behind),
		to < whole.len ? "…" : "");
	buf_printf(out, "      | %s", from > 0 ? " " : "");
	add_blank(before, out);
	buf_printf(out, "%s^%s\n", paint(colour, "\033[32;1m"), paint(colour, "\033[0m"));
}

static void add_detail(struct buf *out, const char *name, struct str text)
{
	if (str_present(text))
		buf_printf(out, "      %-8s %.*s\n", name, STR_ARG(text.len > 0 ? report_plain(out->arena, text) : STR("none")));
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
	struct str message = report_plain(out->arena, found->message);

	buf_printf(out, "%s%.*s:%u:%u:%s ", paint(colour, "\033[1m"), STR_ARG(report_plain(out->arena, schema->path)), finding->line,
		report_column(schema->text, finding->line, finding->column), paint(colour, "\033[0m"));
	if (finding->excused)
		buf_printf(out, "excused: %.*s [%s]\n", STR_ARG(message), rule_info(found->rule)->id);
	else
		buf_printf(out, "%s%.*s:%s %.*s [%s]\n", paint(colour, red), STR_ARG(report_severity_name(finding->severity)),
			paint(colour, "\033[0m"), STR_ARG(message), rule_info(found->rule)->id);
	if (finding->excused) {
		add_detail(out, "reason", finding->excused->reason);
		add_detail(out, "until", finding->excused->until);
		return;
	}
	add_caret(schema, finding->line, finding->column, colour, out);
	add_detail(out, "reads", report_direction(out->arena, schema, found));
	add_detail(out, "event", report_witness(out->arena, found, REPORT_SHOWN));
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
	struct str path = report_plain(out->arena, schema->path);

	if (schema->outcome == OUTCOME_UNTOLD)
		buf_printf(out, "%.*s: %scould not tell:%s %.*s\n", STR_ARG(path), paint(colour, "\033[31;1m"),
			paint(colour, "\033[0m"), STR_ARG(report_plain(out->arena, schema->untold)));
	else if (schema->outcome == OUTCOME_FIRST)
		buf_printf(out, "%.*s: first version of %.*s, nothing to compare\n", STR_ARG(path),
			STR_ARG(report_plain(out->arena, schema->subject)));
	else if (schema->outcome == OUTCOME_REMOVED)
		buf_printf(out, "%.*s: removed, nothing is judged\n", STR_ARG(path));
	for (size_t i = 0; i < schema->n_findings; i++)
		report_finding_text(schema, &schema->findings[i], colour, out);
	if (schema->n_unlisted > 0)
		buf_printf(out, "%.*s: at least %zu more like these\n", STR_ARG(path), schema->n_unlisted);
	if (schema->n_hidden > 0)
		buf_printf(out, "%.*s: %zu more will show once what fails is mended: values that are read as others\n", STR_ARG(path),
			schema->n_hidden);
}

static bool is_mendable(const struct report *report)
{
	for (size_t i = 0; i < report->n_schemas && !report->is_registry; i++)
		for (size_t k = 0; k < report->schemas[i].n_findings; k++)
			if (report_is_mendable(&report->schemas[i].findings[k]))
				return true;
	return false;
}

void report_text(const struct report *report, struct buf *out)
{
	for (size_t i = 0; i < report->n_schemas; i++)
		add_schema(&report->schemas[i], report->colour, out);
	for (size_t i = 0; i < report->n_notices; i++)
		buf_printf(out, "%.*s:%u: note: %.*s\n", STR_ARG(report_plain(out->arena, report->notices[i].path)),
			report->notices[i].line, STR_ARG(report_plain(out->arena, report->notices[i].message)));
	buf_printf(out, "%.*s\n", STR_ARG(report_summary(out->arena, report)));
	if (report->n_errors + report->n_warnings > 0)
		buf_printf(out, "tenon explain RULE tells more of a rule%s\n", is_mendable(report) ? "; tenon fix shows the safe edits" : "");
}
