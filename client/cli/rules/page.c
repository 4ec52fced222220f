/* Pages of rules, made of the table and of the engine. */
#include "client/cli/rules/page.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "compat/example.h"

const char rule_words[] = ""
#define R(name, id, ...) " " id
#include "compat/rules_common.def"
#include "compat/rules_avro.def"
#include "compat/rules_json.def"
#include "compat/rules_protobuf.def"
#undef R
	;

/* A text as its author would lay it out: JSON of Avro and JSON Schema with a member a line where it is long. */
static void add_indented(struct buf *out, const struct jsn *value, unsigned depth)
{
	enum { SHORT = 72 };
	struct buf flat = buf_make(out->arena, 256);

	buf_json(&flat, value);
	if (flat.len <= SHORT || value->n_items == 0) {
		buf_add(out, buf_str(&flat));
		return;
	}
	buf_add(out, value->kind == JSN_OBJECT ? STR("{") : STR("["));
	for (size_t i = 0; i < value->n_items; i++) {
		buf_printf(out, "%s\n%*s", i > 0 ? "," : "", (int)(2 * depth + 2), "");
		if (value->kind == JSN_OBJECT) {
			buf_json_string(out, value->items[i].name);
			buf_lit(out, ": ");
		}
		add_indented(out, &value->items[i], depth + 1);
	}
	buf_printf(out, "\n%*s", (int)(2 * depth), "");
	buf_add(out, value->kind == JSN_OBJECT ? STR("}") : STR("]"));
}

static struct str laid_out(struct arena *arena, enum schema_type type, const char *text)
{
	struct buf out = buf_make(arena, 512);
	struct err ignored = { .arena = arena };
	const struct jsn *value;

	if (type == SCHEMA_PROTOBUF || jsn_parse(arena, str_of(text), 0, LIMIT_JSON_DEPTH, &value, &ignored) != OK)
		return str_of(text);
	add_indented(&out, value, 0);
	return buf_str(&out);
}

/* ---- the example ---- */

static enum err_code explain(struct arena *arena, enum rule rule, struct rule_example *out, struct err *err)
{
	struct explain_finding *found = arena_new(arena, struct explain_finding);
	struct report_finding *finding = arena_new(arena, struct report_finding);
	bool leads = false;

	TRY(rule_example_explain(arena, rule, out->schema.bases[0].text, out->schema.text, &leads, found, err));
	if (!leads)
		return err_text(err, ERR_STORE, str_printf(err->arena, "the example of %s does not lead to it", rule_info(rule)->id));
	found->version = out->schema.bases[0].version;
	finding->found = found;
	finding->severity = found->refused ? SEVERITY_ERROR : SEVERITY_WARNING;
	report_locate(arena, &out->schema, &found->in_new, &finding->line, &finding->column);
	out->finding = finding;
	return OK;
}

enum err_code rule_explain(struct arena *arena, enum rule rule, struct rule_example *out, struct err *err)
{
	const struct rule_info *info = rule_info(rule);
	struct rule_example example = { .finding = NULL };
	struct report_base *base = arena_new(arena, struct report_base);

	if (info->new_schema) {
		*base = (struct report_base){ .version = 1, .label = STR("the old schema"),
			.text = laid_out(arena, info->type, info->old_schema) };
		example.schema = (struct report_schema){ .path = STR("example"), .root_path = STR("example"), .subject = STR("example"), .type = info->type,
			.level = COMPAT_BACKWARD, .text = laid_out(arena, info->type, info->new_schema), .bases = base, .n_bases = 1 };
		TRY(explain(arena, rule, &example, err));
	}
	*out = example;
	return OK;
}

/* ---- pages ---- */

static const char *effect_words(enum rule_effect effect)
{
	static const char *const words[RULE_EFFECTS] = {
		[EFFECT_FAILS] = "fails: the reader cannot read some event",
		[EFFECT_CHANGES] = "changes: the reader reads some event as something else",
		[EFFECT_POLICY] = "policy: no event breaks, but code, names or agreements do",
		[EFFECT_HARMLESS] = "harmless: refused by registries, but nothing breaks",
		[EFFECT_UNPROVEN] = "unproven: taken to break, without an event that shows it",
	};

	return words[effect];
}

enum err_code rule_page_text(struct arena *arena, enum rule rule, bool colour, struct buf *out, struct err *err)
{
	const struct rule_info *info = rule_info(rule);
	struct rule_example example;

	TRY(rule_explain(arena, rule, &example, err));
	buf_printf(out, "%s: %s\n\n  what    %s\n  why     %s\n  effect  %s\n", info->id, info->title, info->what, info->why,
		effect_words(info->effect));
	if (!example.finding)
		return OK;
	buf_printf(out, "\nOld schema:\n\n%.*s\n\nNew schema:\n\n%.*s\n\n", STR_ARG(example.schema.bases[0].text),
		STR_ARG(example.schema.text));
	report_finding_text(&example.schema, example.finding, colour, out);
	return OK;
}

static void add_fence(struct buf *out, enum schema_type type, struct str text)
{
	buf_printf(out, "```%s\n%.*s\n```\n\n", type == SCHEMA_PROTOBUF ? "proto" : "json", STR_ARG(text));
}

static void add_witness(struct arena *arena, const struct explain_finding *found, struct buf *out)
{
	const struct explain_witness *witness = found->witness;

	if (!witness)
		return;
	buf_printf(out, "**An event that shows it:** ```%.*s```", STR_ARG(witness->event));
	if (witness->bytes.len > 0 && !str_eq(witness->bytes, witness->event))
		buf_printf(out, ", as bytes `%.*s`", STR_ARG(hex_encode(arena, (const uint8_t *)witness->bytes.data, witness->bytes.len)));
	if (witness->effect == EFFECT_CHANGES)
		buf_printf(out, ", is read as ```%.*s```", STR_ARG(str_present(witness->read) ? witness->read : STR("null")));
	else
		buf_printf(out, ", fails at byte %zu", witness->offset);
	if (witness->reason.len > 0)
		buf_printf(out, ": %.*s", STR_ARG(witness->reason));
	buf_lit(out, "\n\n");
}

static void add_fix(struct arena *arena, const struct rule_example *example, struct buf *out)
{
	const struct explain_fix *fix = example->finding->found->fix;

	if (!fix)
		return;
	buf_printf(out, "**Fix%s:** %.*s\n\n", fix->safe ? " (safe)" : "", STR_ARG(fix->title));
	if (fix->n_edits > 0)
		add_fence(out, example->schema.type, explain_apply(arena, example->schema.text, fix->edits, fix->n_edits));
}

enum err_code rule_page_markdown(struct arena *arena, enum rule rule, struct buf *out, struct err *err)
{
	const struct rule_info *info = rule_info(rule);
	struct rule_example example;

	TRY(rule_explain(arena, rule, &example, err));
	buf_printf(out, "# %s: %s\n\n%s\n\n**Why:** %s\n\n**Effect:** %s.\n\n", info->id, info->title, info->what, info->why,
		effect_words(info->effect));
	if (example.finding) {
		const struct explain_finding *found = example.finding->found;

		buf_lit(out, "## Example\n\n");
		add_fence(out, info->type, example.schema.bases[0].text);
		buf_lit(out, "becomes\n\n");
		add_fence(out, info->type, example.schema.text);
		buf_printf(out, "%s at line %u: %.*s\n\n", example.finding->severity == SEVERITY_ERROR ? "Error" : "Warning",
			example.finding->line, STR_ARG(found->message));
		add_witness(arena, found, out);
		add_fix(arena, &example, out);
	}
	buf_lit(out, "[All rules](README.md). This page is made by `tenon explain --markdown docs/rules`.\n");
	return OK;
}

void rule_index_markdown(struct buf *out)
{
	buf_lit(out, "# Rules\n\nWhat `tenon check` and the registry tell of a change, by rule. These pages are made by\n"
		"`tenon explain --markdown docs/rules`.\n\n| rule | | effect |\n|---|---|---|\n");
	for (int i = 0; i < RULES; i++) {
		const struct rule_info *info = rule_info((enum rule)i);

		buf_printf(out, "| [%s](%s.md) | %s | %.*s |\n", info->id, info->id, info->title, STR_ARG(rule_effect_name(info->effect)));
	}
}
