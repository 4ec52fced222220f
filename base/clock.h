/* Time and randomness: the wall clock in milliseconds, a monotonic clock, random UUIDs. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);      /* milliseconds since 1970-01-01 UTC */
uint64_t clock_mono_ns(void);     /* nanoseconds of a clock that never steps back */
uint64_t clock_coarse_ms(void);   /* cheap monotonic milliseconds, some ms behind */

/* 64 random bits from a per-thread generator seeded by the kernel; not for secrets. */
uint64_t random_u64(void);

/* Writes a random version 4 UUID, 36 characters and a NUL. */
void random_uuid(char out[37]);

/* The UUID text form (8-4-4-4-12 lower-case hex) of 16 bytes, bits unchanged, and a NUL. */
void uuid_format(const uint8_t bytes[16], char out[37]);

#endif
