/* tenon diff: what changed between two schemas, and whom it hurts. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/report/report.h"
#include "client/cli/registry/place.h"
#include "compat/changes.h"

struct diff {
	struct server server;
	struct str format;
};

static const char *sign_of(enum change_kind kind)
{
	return kind == CHANGE_ADDED ? "+" : kind == CHANGE_REMOVED ? "-" : "~";
}

static const char *colour_of(const struct schema_change *change)
{
	bool breaks = rule_effect_breaks(change->backward) || rule_effect_breaks(change->forward);

	return breaks ? "\033[31m" : change->kind == CHANGE_DOC ? "\033[2m" : "\033[32m";
}

static void write_text(const struct schema_changes *changes, struct buf *out)
{
	bool colour = output_is_coloured();

	for (size_t i = 0; i < changes->n_items; i++) {
		const struct schema_change *change = &changes->items[i];
		uint32_t line = change->in_new.line > 0 ? change->in_new.line : change->in_old.line;

		buf_printf(out, "%s%s %.*s%s", colour ? colour_of(change) : "", sign_of(change->kind), STR_ARG(report_plain(out->arena, change->message)),
			colour ? "\033[0m" : "");
		if (line > 0)
			buf_printf(out, "  (%sline %u)", change->in_new.line > 0 ? "" : "old ", line);
		buf_printf(out, "\n    new readers of old events: %.*s; old readers of new events: %.*s\n",
			STR_ARG(schema_changes_effect_name(change->backward)), STR_ARG(schema_changes_effect_name(change->forward)));
	}
	if (changes->n_items == 0)
		buf_lit(out, "no difference\n");
}

static void write_json(const struct schema_changes *changes, struct buf *out)
{
	buf_add_c(out, '{');
	schema_changes_json(out, changes);
	buf_lit(out, "}\n");
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	const struct diff *diff = call->values;
	bool json = str_eq(diff->format, STR("json"));
	struct schema_changes changes = { .arena = call->arena };
	struct buf out = buf_make(call->arena, 4096);
	struct place_schema old, new;

	(void)status;
	if (str_present(diff->format) && !json && !str_eq(diff->format, STR("text")))
		return err_text(err, ERR_CONFIG_FILE, STR("--format is text or json"));
	TRY(place_open(call->arena, call->arguments.items[0], &diff->server, &old, err));
	TRY(place_open(call->arena, call->arguments.items[1], &diff->server, &new, err));
	if (old.schema->type != new.schema->type)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s is of type %.*s, %s of type %.*s",
			call->arguments.items[0], STR_ARG(schema_type_name(old.schema->type)), call->arguments.items[1],
			STR_ARG(schema_type_name(new.schema->type))));
	TRY(schema_diff(old.schema, new.schema, &changes, err));
	(json ? write_json : write_text)(&changes, &out);
	return output_write(STR_NONE, str_repair_utf8(call->arena, buf_str(&out)), err);
}

static const struct flag flags[] = {
	FLAG(FLAG_TEXT, struct diff, format, "format", "FORMAT", "text json", "text or json, as POST /api/v1/diff has it (default text)"),
	SERVER_FLAGS(struct diff),
};

const struct tool command_diff = {
	.name = "diff",
	.usage = "OLD NEW",
	.summary = "tell what changed between two schemas, and whom it hurts",
	.about = "OLD and NEW are each " PLACE_HELP ".\n\n"
		"  tenon diff git:HEAD~1:schemas/order.avsc schemas/order.avsc\n"
		"  tenon diff orders@1 orders@latest --registry http://127.0.0.1:8081",
	.exits = "  0  when both were read, different or not\n"
		"  2  when one could not be",
	TOOL_FLAGS(flags),
	.size = sizeof(struct diff),
	.least = 2,
	.most = 2,
	.failed = 2,
	.words = "FILE",
	.run = run,
};
