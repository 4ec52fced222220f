/* tenon version */
#include <stdio.h>

#include "client/cli/commands.h"

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	(void)call;
	(void)err;
	printf("tenon %s\n", TENON_VERSION);
	*status = 0;
	return OK;
}

const struct tool command_version = {
	.name = "version",
	.usage = "",
	.summary = "print the version",
	.about = "Prints the version.",
	.exits = "  0  always",
	.run = run,
};
