/* cmocka's assertions for table-driven tests of base/: what fails is printed with the name of its case. */
#ifndef TESTS_UNIT_BASE_CHECK_H
#define TESTS_UNIT_BASE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define CHECK(name, condition)                              \
	do {                                                    \
		if (!(condition))                                   \
			fail_msg("case '%s': %s", (name), #condition);  \
	} while (0)

/* Two texts are the same, byte by byte. */
#define CHECK_STR(name, got, want)                                                                \
	do {                                                                                          \
		struct str got_ = (got), want_ = (want);                                                  \
		if (!str_eq(got_, want_))                                                                 \
			fail_msg("case '%s': '%.*s' is not '%.*s'", (name), STR_ARG(got_), STR_ARG(want_));   \
	} while (0)

#define CHECK_INT(name, got, want)                                                                \
	do {                                                                                          \
		long long got_ = (long long)(got), want_ = (long long)(want);                             \
		if (got_ != want_)                                                                        \
			fail_msg("case '%s': %s is %lld, not %lld", (name), #got, got_, want_);               \
	} while (0)

#endif
