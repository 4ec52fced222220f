/* gzip by zlib: one stream, reset for every body. */
#include "server/http/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum {
	LEVEL = 6,
	WINDOW_GZIP = 15 + 16, /* zlib's way to ask for a gzip header and trailer */
	MEMORY = 8,
};

struct gzip {
	z_stream stream;
};

static struct gzip *open_stream(void)
{
	struct gzip *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return NULL;
	if (deflateInit2(&state->stream, LEVEL, Z_DEFLATED, WINDOW_GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(state);
		return NULL;
	}
	return state;
}

struct str gzip_make(struct gzip **state, struct str plain)
{
	struct gzip *gz = *state ? *state : (*state = open_stream());
	unsigned char *out;

	if (gz == NULL || plain.len < 2 || plain.len > UINT_MAX)
		return STR_NONE;
	out = malloc(plain.len);
	if (out == NULL || deflateReset(&gz->stream) != Z_OK) {
		free(out);
		return STR_NONE;
	}
	gz->stream.next_in = (z_const Bytef *)(uintptr_t)plain.data;
	gz->stream.avail_in = (uInt)plain.len;
	gz->stream.next_out = out;
	gz->stream.avail_out = (uInt)plain.len - 1;
	if (deflate(&gz->stream, Z_FINISH) != Z_STREAM_END) {
		free(out);
		return STR_NONE;
	}
	return str_make((char *)out, gz->stream.total_out);
}

void gzip_destroy(struct gzip *state)
{
	if (state == NULL)
		return;
	deflateEnd(&state->stream);
	free(state);
}
