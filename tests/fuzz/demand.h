/* What fuzz targets claim: a claim that does not hold ends the run and says so, as finds of other machines are read in logs. */
#ifndef TESTS_FUZZ_DEMAND_H
#define TESTS_FUZZ_DEMAND_H

#include <stdio.h>
#include <stdlib.h>

#define demand(condition) ((condition) ? (void)0 : violated(__FILE__, __LINE__, #condition))

static inline void violated(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: violated: %s\n", file, line, condition);
	abort();
}

#endif
