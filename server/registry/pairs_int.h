/* Pairs of contents that were compared before; any thread. */
#ifndef SERVER_REGISTRY_PAIRS_INT_H
#define SERVER_REGISTRY_PAIRS_INT_H

#include "server/registry/judge_int.h"

struct pairs;

struct pairs *pairs_create(void);
void pairs_destroy(struct pairs *pairs);

/* A version of a matrix: its schema, and what stands for its text and all that it refers to. */
struct matrix_version {
	const struct schema *schema;
	uint8_t key[MD5_BYTES];
};

#endif
