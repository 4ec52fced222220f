/* tenon version */
#include <stdio.h>

#include "client/cli/commands.h"

int command_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("tenon %s\n", TENON_VERSION);
	return 0;
}
