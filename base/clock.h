/* Time and randomness: the wall clock in milliseconds, a monotonic clock, random UUIDs. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

int64_t clock_wall_ms(void);      /* milliseconds since 1970-01-01 UTC */
uint64_t clock_mono_ns(void);     /* nanoseconds of a clock that never steps back */
uint64_t clock_coarse_ms(void);   /* cheap monotonic milliseconds, some ms behind */

/* "2026-11-25T02:50:45.123Z": RFC 3339, UTC, with milliseconds, and a NUL; years 0 to 9999. */
enum { CLOCK_TEXT = 25 };
void clock_format(int64_t ms, char out[CLOCK_TEXT]);

/*
 * The inverse: an RFC 3339 date and time with any offset and fraction, a date alone (its first moment, UTC), or
 * milliseconds since 1970; false for anything else.
 */
bool clock_parse(struct str text, int64_t *out);

/* 64 random bits from a per-thread generator seeded by the kernel; not for secrets. */
uint64_t random_u64(void);

/* Writes a random version 4 UUID, 36 characters and a NUL. */
void random_uuid(char out[37]);

/* The UUID text form (8-4-4-4-12 lower-case hex) of 16 bytes, bits unchanged, and a NUL. */
void uuid_format(const uint8_t bytes[16], char out[37]);

#endif
