/*
 * Memory by lifetime: everything allocated from an arena is freed in one go when it is reset or
 * destroyed.  One arena serves one request, one parsed schema or one command; an arena belongs to
 * one thread at a time.  Allocation never returns NULL: what a stranger can make grow is bounded
 * at the door (base/limits.def), so running out of memory is a fault of the machine and aborts.
 * In the client library, which is a guest, it leaves the guarded call instead (base/memory.h).
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new empty arena whose blocks hold at least `block` bytes (0: the default of 4096).  Caller destroys. */
struct arena *arena_create(size_t block);

/* Runs the deferred functions, newest first, then frees everything; NULL is allowed. */
void arena_destroy(struct arena *arena);

/* Like destroy, but the arena stays usable and keeps its first block. */
void arena_reset(struct arena *arena);

/* `size` zeroed bytes, aligned for any type, living as long as the arena; never NULL, also for size 0. */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc for `n` elements of `size` bytes; aborts when n * size overflows. */
void *arena_alloc_array(struct arena *arena, size_t n, size_t size);

/* `size` bytes of unspecified content without any alignment, for text. */
char *arena_alloc_text(struct arena *arena, size_t size);

/* A NUL-terminated copy of the first `len` bytes of `text`. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);

/* A copy of the NUL-terminated `text`. */
char *arena_strdup(struct arena *arena, const char *text);

/*
 * Room for element `n` of a growing array: the array itself while *room holds it, else a larger copy of
 * it with *room updated.  For lists whose length only their last element tells; starts with NULL and 0.
 */
void *arena_grow(struct arena *arena, void *array, size_t n, size_t *room, size_t size);

/* printf into the arena; the result is NUL-terminated. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/*
 * Calls fn(arg) when the arena is reset or destroyed: how foreign objects (statements, parsed schemas) join a lifetime.
 * Also when there is no memory to remember it.
 */
void arena_defer(struct arena *arena, void (*fn)(void *arg), void *arg);

/* Inside a guard (base/memory.h): the arena is no longer the guard's, since what is in it counts its own references. */
void arena_keep(struct arena *arena);

/* Bytes taken from the system by this arena, for caches that bound their memory. */
size_t arena_size(const struct arena *arena);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, n) ((type *)arena_alloc_array((arena), (n), sizeof(type)))

#endif
