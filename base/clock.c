/* Clocks of the kernel, and random numbers and identifiers that need not be secret. */
#include "base/clock.h"

#include <stdbool.h>
#include <sys/random.h>
#include <time.h>

static struct timespec read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now;
}

int64_t clock_wall_ms(void)
{
	struct timespec now = read_clock(CLOCK_REALTIME);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t clock_mono_ns(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC);

	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t clock_coarse_ms(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC_COARSE);

	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static inline uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

/* xoshiro256** by Blackman and Vigna; any state but all zeros will do. */
uint64_t random_u64(void)
{
	static _Thread_local uint64_t s[4] __attribute__((tls_model("initial-exec"))); /* as in memory.c */
	uint64_t result, moved;

	while ((s[0] | s[1] | s[2] | s[3]) == 0)
		if (getrandom(s, sizeof(s), 0) != (ssize_t)sizeof(s))
			s[0] = s[1] = s[2] = s[3] = 0;
	result = rotate(s[1] * 5, 7) * 9;
	moved = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= moved;
	s[3] = rotate(s[3], 45);
	return result;
}

/* RFC 9562, section 5.4: all random but version and variant. */
void random_uuid(char out[37])
{
	uint8_t bytes[16];
	uint64_t high = random_u64(), low = random_u64();

	for (int i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(high >> (8 * i));
		bytes[8 + i] = (uint8_t)(low >> (8 * i));
	}
	bytes[6] = (uint8_t)(0x40 | (bytes[6] & 0x0F));
	bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3F));
	uuid_format(bytes, out);
}

void uuid_format(const uint8_t bytes[16], char out[37])
{
	static const char digits[] = "0123456789abcdef";
	char *p = out;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digits[bytes[i] >> 4];
		*p++ = digits[bytes[i] & 0x0F];
	}
	*p = '\0';
}
