/*
 * Where a report goes: found before anything is judged, so that no report of an earlier run is left when this one comes
 * to none.
 */
#ifndef CLIENT_CLI_REPORT_WRITE_H
#define CLIENT_CLI_REPORT_WRITE_H

#include "client/cli/report/report.h"

struct report_target {
	struct arena *arena;
	struct str path;               /* absent: standard output */
	report_write_fn *write;
	bool colour;
};

/* `format` may be absent: text.  ERR_CONFIG_FILE when there is no such format.  Removes what `path` has. */
ERR_CHECKED enum err_code report_open(struct arena *arena, struct str format, struct str path, struct report_target *out,
	struct err *err);

ERR_CHECKED enum err_code report_write(const struct report_target *target, const struct report *report, struct err *err);

/* Tells in the forms of hosts, github and sarif, that there is no report and why: `err`, whose code it returns. */
ERR_CHECKED enum err_code report_fail(const struct report_target *target, const struct err *err);

#endif
