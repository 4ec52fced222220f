/*
 * What a check or an audit found, in the forms that people and tools read: one model, one function a form.
 * Everything is borrowed from the arena of whoever made it.
 */
#ifndef CLIENT_CLI_REPORT_REPORT_H
#define CLIENT_CLI_REPORT_REPORT_H

#include "client/cli/schemas/settings.h"
#include "compat/explain.h"

enum outcome {
	OUTCOME_COMPATIBLE,
	OUTCOME_UNCHANGED,
	OUTCOME_FIRST,    /* nothing to compare with */
	OUTCOME_BREAKS,   /* an error that is not excused */
	OUTCOME_UNTOLD,   /* the base cannot be parsed or read */
	OUTCOME_REMOVED,  /* only the base has it: nothing is judged */
	OUTCOMES,
};

/* "compatible", "unchanged", "first", "breaks", "untold", "removed". */
struct str report_outcome_name(enum outcome outcome);

/* What a schema was compared with. */
struct report_base {
	int version;
	struct str label;              /* "order.avsc at git:HEAD~1", "orders-value version 3" */
	struct str text;
};

struct report_finding {
	const struct explain_finding *found;
	enum severity severity;        /* WARNING or ERROR */
	const struct settings_ignore *excused; /* NULL: it counts */
	const struct settings_ignore *expired; /* an excuse whose day has passed */
	uint32_t line, column;         /* where to show it in the text: what encloses it when the place is gone */
};

struct report_schema {
	struct str path;               /* as the user would type it */
	struct str root_path;          /* from the repository's root, as hosts want it */
	struct str subject;
	enum schema_type type;
	enum compat_level level;
	enum schema_policy policy;
	enum outcome outcome;
	struct str text;
	struct str untold;             /* why, for OUTCOME_UNTOLD */
	const struct report_base *bases;
	size_t n_bases;
	struct report_finding *findings;
	size_t n_findings;
	size_t n_unlisted;
	size_t n_hidden;               /* that show once what fails is mended */
	struct str fixed;              /* the text that would pass; absent: none */
	const struct str *affects;     /* paths of those that refer to it and break with it, which is not told again */
	size_t n_affects;
};

/* What changes nothing of the verdict and should not go unsaid. */
struct report_notice {
	struct str path, root_path;    /* of a file, as in report_schema */
	uint32_t line;
	struct str message;
};

struct report {
	struct str against;            /* as it was given */
	struct str base;               /* what that is: "git:main (merge base 1a2b3c4d5e6f)" */
	struct str commit;             /* of git; absent: none */
	const struct report_schema *schemas;
	size_t n_schemas;
	size_t n_outcomes[OUTCOMES];
	size_t n_errors, n_warnings, n_excused;
	const struct report_notice *notices;
	size_t n_notices;
	struct str failure;            /* why it is empty; absent: it is whole */
	bool is_registry;              /* the schemas are no files: nobody can edit them */
	bool warnings_fail;            /* --fail-on warning */
	bool colour;
};

/*
 * On one line and without what a name in a schema may hold and a terminal or a runner would obey: control characters,
 * ends of lines and turns of the direction of writing, which JSON's escapes stand for.  For all that commands print.
 */
struct str report_plain(struct arena *arena, struct str text);

/* How many bytes the character there takes if report_plain has an escape for it; else 0. */
size_t report_control(struct str text, size_t at);

/* Whether `tenon fix` makes its fix: edits that take back nothing the author asked for. */
bool report_is_mendable(const struct report_finding *finding);

/* Puts the findings, which are of one explanation, into the order of their places. */
void report_sort(struct report_schema *schema);

/* Counts what is in `schemas`. */
void report_count(struct report *report);

/* 0, 1 or 2: docs/check.md. */
int report_status(const struct report *report);

/* Line and column of where the finding is shown in `text`. */
void report_locate(struct arena *arena, const struct report_schema *schema, const struct explain_place *place, uint32_t *line,
	uint32_t *column);

typedef void report_write_fn(const struct report *report, struct buf *out);

extern report_write_fn report_text, report_json, report_sarif, report_junit, report_github, report_gitlab, report_markdown;

/* NULL when there is no such format. */
report_write_fn *report_format_find(struct str name);
#define REPORT_FORMATS "text json sarif junit github gitlab markdown"

/* One finding as lines of text, and as one paragraph: event, fix. */
void report_finding_text(const struct report_schema *schema, const struct report_finding *finding, bool colour, struct buf *out);

#endif
