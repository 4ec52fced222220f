/* tenon explain: what a rule says and why, with an example that is really explained. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/rules/near.h"
#include "client/cli/rules/page.h"

struct explain {
	struct str markdown;
};

static enum err_code write_pages(struct arena *arena, struct str folder, struct err *err)
{
	struct buf index = buf_make(arena, 16384);

	for (int i = 0; i < RULES; i++) {
		struct buf page = buf_make(arena, 4096);

		TRY(rule_page_markdown(arena, (enum rule)i, &page, err));
		TRY(output_write(str_printf(arena, "%.*s/%s.md", STR_ARG(folder), rule_info((enum rule)i)->id), buf_str(&page), err));
	}
	rule_index_markdown(&index);
	TRY(output_write(str_concat(arena, folder, STR("/README.md")), buf_str(&index), err));
	printf("wrote %d pages into %.*s\n", RULES, STR_ARG(folder));
	return OK;
}

static void list_rules(void)
{
	for (int i = 0; i < RULES; i++)
		printf("%-40s %s\n", rule_info((enum rule)i)->id, rule_info((enum rule)i)->title);
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	const struct explain *explain = call->values;
	struct buf page = buf_make(call->arena, 4096);
	enum rule rule;

	(void)status;
	if (str_present(explain->markdown))
		return write_pages(call->arena, explain->markdown, err);
	if (call->arguments.n == 0) {
		list_rules();
		return OK;
	}
	if (!rule_find(str_of(call->arguments.items[0]), &rule))
		return rule_unknown(call->arguments.items[0], err);
	TRY(rule_page_text(call->arena, rule, output_is_coloured(), &page, err));
	printf("%s", buf_str(&page).data);
	return OK;
}

static const struct flag flags[] = {
	FLAG(FLAG_TEXT, struct explain, markdown, "markdown", "DIR", NULL, "write a page for each rule there (docs/rules)"),
};

const struct tool command_explain = {
	.name = "explain",
	.usage = "[RULE]",
	.summary = "tell what a rule says, why, and what mends it",
	.about = "Shows the rule with an example, an event that the example breaks, and its fix. Without RULE it lists all.\n\n"
		"  tenon explain AVRO-FIELD-NO-DEFAULT",
	.exits = "  0  when it was told\n"
		"  2  when there is no such rule",
	TOOL_FLAGS(flags),
	.size = sizeof(struct explain),
	.most = 1,
	.failed = 2,
	.words = rule_words,
	.run = run,
};
