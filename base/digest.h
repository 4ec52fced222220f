/* Digests of text: MD5 and SHA-256 (nettle) and CRC-64-AVRO (Avro specification, "Schema Fingerprints"). */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

struct arena;

enum { MD5_BYTES = 16, SHA256_BYTES = 32 };

void digest_md5(struct str text, uint8_t out[MD5_BYTES]);
void digest_sha256(struct str text, uint8_t out[SHA256_BYTES]);

/* The 64-bit Rabin fingerprint; its little-endian bytes are what Avro's single-object encoding carries. */
uint64_t digest_crc64_avro(struct str text);

/* Lower-case hex of `len` bytes. */
struct str hex_encode(struct arena *arena, const uint8_t *bytes, size_t len);

/* Reads exactly 2 * len hex digits of either case; false when `text` is anything else. */
bool hex_decode(struct str text, uint8_t *bytes, size_t len);

#endif
