/* Compression of bodies (RFC 1952) with one deflate state per thread, which is made on first use. */
#ifndef SERVER_HTTP_GZIP_H
#define SERVER_HTTP_GZIP_H

#include "base/str.h"

enum { GZIP_LEAST = 200 }; /* shorter bodies stay plain: the answers to one version, the usual ones, are longer */

struct gzip;

/* Compresses into memory of malloc that the caller frees; absent when it does not get shorter. */
struct str gzip_make(struct gzip **state, struct str plain);

void gzip_destroy(struct gzip *state);

#endif
