/* What is told of a rule: its row, and its example really explained. */
#ifndef CLIENT_CLI_RULES_PAGE_H
#define CLIENT_CLI_RULES_PAGE_H

#include "client/cli/report/report.h"

/* The ids of all rules, with blanks between. */
extern const char rule_words[];

struct rule_example {
	struct report_schema schema;             /* the new schema of the example, with its findings */
	const struct report_finding *finding;    /* that of the rule; NULL when it has no example */
};

/* ERR_… when the example does not lead to the rule: a fault of the table. */
ERR_CHECKED enum err_code rule_explain(struct arena *arena, enum rule rule, struct rule_example *out, struct err *err);

/* For a terminal. */
ERR_CHECKED enum err_code rule_page_text(struct arena *arena, enum rule rule, bool colour, struct buf *out, struct err *err);
/* A page of docs/rules/. */
ERR_CHECKED enum err_code rule_page_markdown(struct arena *arena, enum rule rule, struct buf *out, struct err *err);
/* docs/rules/README.md: all rules. */
void rule_index_markdown(struct buf *out);

#endif
