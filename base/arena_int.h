/* What arenas offer to base/ only: memory that is not cleared, and growing the newest piece in place. */
#ifndef BASE_ARENA_INT_H
#define BASE_ARENA_INT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* As arena_alloc, but of unspecified content. */
void *arena_alloc_raw(struct arena *arena, size_t size);

/*
 * Makes the `old_size` bytes at `data` `new_size` bytes long without moving them, when they are
 * the arena's newest piece and its block has the room; false when not, and nothing changed.
 */
bool arena_extend(struct arena *arena, char *data, size_t old_size, size_t new_size);

#endif
