/* What the forms of a report share: counting, places, sentences. */
#include "client/cli/report/report.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/letters.h"
#include "client/cli/report/report_int.h"

struct str report_outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOMES] = { "compatible", "unchanged", "first", "breaks", "untold", "removed" };

	return str_of(names[outcome]);
}

struct str report_severity_name(enum severity severity)
{
	return severity == SEVERITY_ERROR ? STR("error") : STR("warning");
}

bool report_is_mendable(const struct report_finding *finding)
{
	const struct explain_fix *fix = finding->found->fix;

	return !finding->excused && fix && fix->safe && !fix->major && fix->n_edits > 0;
}

/* By place; those of one place as they were found. */
static int by_place(const void *a, const void *b)
{
	const struct report_finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return x->found < y->found ? -1 : x->found > y->found;
}

void report_sort(struct report_schema *schema)
{
	if (schema->n_findings > 1)
		qsort(schema->findings, schema->n_findings, sizeof(*schema->findings), by_place);
}

void report_count(struct report *report)
{
	for (size_t i = 0; i < report->n_schemas; i++) {
		const struct report_schema *schema = &report->schemas[i];

		report->n_outcomes[schema->outcome]++;
		for (size_t k = 0; k < schema->n_findings; k++) {
			report->n_excused += schema->findings[k].excused != NULL;
			if (schema->findings[k].excused)
				continue;
			report->n_errors += schema->findings[k].severity == SEVERITY_ERROR;
			report->n_warnings += schema->findings[k].severity == SEVERITY_WARNING;
		}
	}
}

int report_status(const struct report *report)
{
	if (str_present(report->failure) || report->n_outcomes[OUTCOME_UNTOLD] > 0)
		return 2;
	return report->n_errors > 0 || (report->warnings_fail && report->n_warnings > 0);
}

static const struct {
	struct str name;
	report_write_fn *write;
} formats[] = {
	{ { "text", 4 }, report_text },
	{ { "json", 4 }, report_json },
	{ { "sarif", 5 }, report_sarif },
	{ { "junit", 5 }, report_junit },
	{ { "github", 6 }, report_github },
	{ { "gitlab", 6 }, report_gitlab },
	{ { "markdown", 8 }, report_markdown },
};

report_write_fn *report_format_find(struct str name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (str_eq(name, formats[i].name))
			return formats[i].write;
	return NULL;
}

/* ---- sentences ---- */

/* Control characters, C0 and C1, ends of lines, and what turns the direction of writing: all that is not what it looks like. */
size_t report_control(struct str text, size_t at)
{
	static const struct {
		struct str head;
		unsigned char from, to; /* of the byte behind the head */
	} ranges[] = { { { "", 0 }, 0, 0x1f }, { { "", 0 }, 0x7f, 0x7f }, { { "\xc2", 1 }, 0x80, 0x9f }, { { "\xd8", 1 }, 0x9c, 0x9c },
		{ { "\xe2\x80", 2 }, 0x8e, 0x8f }, { { "\xe2\x80", 2 }, 0xa8, 0xae }, { { "\xe2\x81", 2 }, 0xa6, 0xa9 } };
	struct str rest = str_sub(text, at, text.len);

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		size_t n = ranges[i].head.len;

		if (n < rest.len && str_starts(rest, ranges[i].head) && (unsigned char)rest.data[n] >= ranges[i].from &&
			(unsigned char)rest.data[n] <= ranges[i].to)
			return n + 1;
	}
	return 0;
}

static void add_control(struct buf *out, struct str character)
{
	size_t at = 0;

	if (str_eq(character, STR("\n")))
		buf_lit(out, "\\n");
	else if (str_eq(character, STR("\r")))
		buf_lit(out, "\\r");
	else if (str_eq(character, STR("\t")))
		buf_lit(out, "\\t");
	else
		buf_printf(out, "\\u%04x", letters_next(character, &at));
}

struct str report_plain(struct arena *arena, struct str text)
{
	struct buf out;

	if (!str_present(text))
		return text;
	out = buf_make(arena, text.len + 16);
	for (size_t i = 0, n; i < text.len; i += n > 0 ? n : 1) {
		n = report_control(text, i);
		if (n > 0)
			add_control(&out, str_sub(text, i, i + n));
		else
			buf_add_c(&out, text.data[i]);
	}
	return buf_str(&out);
}

struct str report_short(struct arena *arena, struct str text, size_t most)
{
	size_t n = most;

	if (text.len <= most)
		return text;
	while (n > 0 && ((unsigned char)text.data[n] & 0xc0) == 0x80)
		n--;
	return str_printf(arena, "%.*s…", STR_ARG(str_sub(text, 0, n)));
}

static const struct report_base *find_base(const struct report_schema *schema, int version)
{
	for (size_t i = 0; i < schema->n_bases; i++)
		if (schema->bases[i].version == version)
			return &schema->bases[i];
	return NULL;
}

struct str report_direction(struct arena *arena, const struct report_schema *schema, const struct explain_finding *finding)
{
	const struct report_base *base = find_base(schema, finding->version);
	struct str label;

	if (!base)
		return STR_NONE;
	label = report_plain(arena, base->label);
	if (finding->new_reads_old)
		return str_printf(arena, "the new schema reads what %.*s wrote", STR_ARG(label));
	return str_printf(arena, "%.*s reads what the new schema writes", STR_ARG(label));
}

struct str report_witness(struct arena *arena, const struct explain_finding *finding, size_t most)
{
	const struct explain_witness *witness = finding->witness;
	struct str reason;
	struct buf out;

	if (!witness && finding->effect == EFFECT_HARMLESS)
		return STR("none breaks: decoders read what the registry refuses");
	if (!witness)
		return finding->effect == EFFECT_UNPROVEN ? STR("none was found that breaks") : STR_NONE;
	out = buf_make(arena, 256);
	reason = report_short(arena, report_plain(arena, witness->reason), most);
	buf_add(&out, report_short(arena, report_plain(arena, witness->event), most));
	if (witness->effect == EFFECT_CHANGES) {
		buf_printf(&out, " is read as %.*s",
			STR_ARG(str_present(witness->read) ? report_short(arena, report_plain(arena, witness->read), most) : STR("something else")));
		if (reason.len > 0)
			buf_printf(&out, ": %.*s", STR_ARG(reason));
	} else {
		buf_printf(&out, " cannot be read, at byte %zu: %.*s", witness->offset, STR_ARG(reason));
	}
	return buf_str(&out);
}

struct str report_excuse(struct arena *arena, const struct settings_ignore *excuse)
{
	struct str reason = report_plain(arena, excuse->reason);

	if (!str_present(excuse->until))
		return str_printf(arena, "excused (%.*s)", STR_ARG(reason));
	return str_printf(arena, "excused until %.*s (%.*s)", STR_ARG(excuse->until), STR_ARG(reason));
}

struct str report_paragraph(struct arena *arena, const struct report_schema *schema, const struct report_finding *finding,
	size_t most)
{
	struct buf out = buf_make(arena, 512);
	struct str direction = report_direction(arena, schema, finding->found), event = report_witness(arena, finding->found, most);

	if (finding->excused)
		buf_printf(&out, "%.*s: ", STR_ARG(report_excuse(arena, finding->excused)));
	buf_add(&out, report_plain(arena, finding->found->message));
	if (str_present(direction))
		buf_printf(&out, "\nDirection: %.*s", STR_ARG(direction));
	if (str_present(event))
		buf_printf(&out, "\nEvent: %.*s", STR_ARG(event));
	if (finding->found->fix)
		buf_printf(&out, "\nFix: %.*s", STR_ARG(report_plain(arena, finding->found->fix->title)));
	if (finding->expired)
		buf_printf(&out, "\nThe exception for it ended on %.*s: %.*s", STR_ARG(finding->expired->until),
			STR_ARG(report_plain(arena, finding->expired->reason)));
	return buf_str(&out);
}

struct str report_summary(struct arena *arena, const struct report *report)
{
	const size_t *n = report->n_outcomes;
	struct buf out = buf_make(arena, 256);

	buf_printf(&out, "%zu schema%s checked against %.*s: %zu break%s, %zu warning%s", report->n_schemas - n[OUTCOME_REMOVED],
		report->n_schemas - n[OUTCOME_REMOVED] == 1 ? "" : "s", STR_ARG(report_plain(arena, report->base)), n[OUTCOME_BREAKS],
		n[OUTCOME_BREAKS] == 1 ? "s" : "", report->n_warnings, report->n_warnings == 1 ? "" : "s");
	if (n[OUTCOME_FIRST] > 0)
		buf_printf(&out, ", %zu new", n[OUTCOME_FIRST]);
	if (n[OUTCOME_UNCHANGED] > 0)
		buf_printf(&out, ", %zu unchanged", n[OUTCOME_UNCHANGED]);
	if (n[OUTCOME_REMOVED] > 0)
		buf_printf(&out, ", %zu removed", n[OUTCOME_REMOVED]);
	if (report->n_excused > 0)
		buf_printf(&out, ", %zu excused", report->n_excused);
	if (n[OUTCOME_UNTOLD] > 0)
		buf_printf(&out, ", %zu could not be told", n[OUTCOME_UNTOLD]);
	return buf_str(&out);
}

static struct str digest_of(struct arena *arena, struct str whole)
{
	uint8_t digest[MD5_BYTES];

	digest_md5(whole, digest);
	return hex_encode(arena, digest, sizeof(digest));
}

struct str report_fingerprint(struct arena *arena, const struct report_schema *schema, const struct report_finding *finding)
{
	const struct explain_finding *found = finding->found;

	return digest_of(arena, str_printf(arena, "%s\n%.*s\n%.*s\n%.*s\n%d", rule_info(found->rule)->id,
		STR_ARG(schema->root_path), STR_ARG(found->in_new.path), STR_ARG(found->in_old.path), found->new_reads_old));
}

struct str report_notice_fingerprint(struct arena *arena, const struct report_notice *notice)
{
	return digest_of(arena, str_printf(arena, "%.*s\n%.*s", STR_ARG(notice->root_path), STR_ARG(notice->message)));
}

void report_member(struct buf *out, const char *name, struct str text)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_add_c(out, ',');
	buf_printf(out, "\"%s\":", name);
	if (str_present(text))
		buf_json_string(out, text);
	else
		buf_lit(out, "null");
}

void report_member_number(struct buf *out, const char *name, size_t number)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_add_c(out, ',');
	buf_printf(out, "\"%s\":%zu", name, number);
}
