/* Memory hooks for tests: they count what is held, and have no memory from the n-th time on that they are asked. */
#ifndef TESTS_UNIT_BASE_FEW_HOOKS_H
#define TESTS_UNIT_BASE_FEW_HOOKS_H

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

struct few {
	size_t left;  /* times that there is memory */
	bool once;    /* after one refusal there is memory again: what cleans up and goes on must not be misled */
	bool refused;
	size_t held;  /* pieces not given back */
};

static inline void *few_resize(void *cls, void *memory, size_t size)
{
	struct few *few = cls;
	void *got;

	if (size == 0) {
		few->held -= memory != NULL;
		free(memory);
		return NULL;
	}
	if (few->left == 0 && !(few->once && few->refused)) {
		few->refused = true;
		return NULL;
	}
	few->left -= few->left > 0;
	got = realloc(memory, size);
	few->held += memory == NULL && got != NULL;
	return got;
}

#endif
