/* What the forms of a report share. */
#ifndef CLIENT_CLI_REPORT_REPORT_INT_H
#define CLIENT_CLI_REPORT_REPORT_INT_H

#include "base/json.h"
#include "client/cli/report/report.h"

/* The line of a text, without its end; absent beyond the last one. */
struct str report_line(struct str text, uint32_t line);
/* A column in bytes as one in characters. */
uint32_t report_column(struct str text, uint32_t line, uint32_t column);
/* Line and column of a byte, from 1. */
void report_position(struct str text, size_t offset, uint32_t *line, uint32_t *column);

/* Its first `most` bytes and an ellipsis, if it is longer. */
struct str report_short(struct arena *arena, struct str text, size_t most);

/* "error" or "warning". */
struct str report_severity_name(enum severity severity);
/* What reads what: "the new schema reads what order.avsc at git:HEAD~1 wrote". */
struct str report_direction(struct arena *arena, const struct report_schema *schema, const struct explain_finding *finding);
/* How much of an event readers want to see; tools get it whole. */
enum { REPORT_SHOWN = 500 };
#define REPORT_WHOLE SIZE_MAX

/* What becomes of the event, in one sentence, of its parts `most` bytes each; absent without a witness. */
struct str report_witness(struct arena *arena, const struct explain_finding *finding, size_t most);
/* "excused until 2027-01-31 (the reason)". */
struct str report_excuse(struct arena *arena, const struct settings_ignore *excuse);
/* The one paragraph that formats with a single message give: message, direction, event, fix, exceptions. */
struct str report_paragraph(struct arena *arena, const struct report_schema *schema, const struct report_finding *finding,
	size_t most);
/* "3 schemas checked …" */
struct str report_summary(struct arena *arena, const struct report *report);
/* The same finding has the same one however lines move: for tools that remember. */
struct str report_fingerprint(struct arena *arena, const struct report_schema *schema, const struct report_finding *finding);

struct str report_notice_fingerprint(struct arena *arena, const struct report_notice *notice);

/* ,"name":"text" with the comma unless it is the first of its object; absent is null. */
void report_member(struct buf *out, const char *name, struct str text);
void report_member_number(struct buf *out, const char *name, size_t number);

#endif
