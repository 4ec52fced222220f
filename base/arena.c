/* Arenas: a pointer that moves through malloc'ed blocks, and a list of what to call at the end. */
#include "base/arena.h"
#include "base/arena_int.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

/*
 * Under AddressSanitizer what is not handed out is poisoned, with a gap behind every piece, so that
 * overruns inside a block and uses after a reset are found like those of malloc'ed memory.
 */
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#define HIDE(at, len) ASAN_POISON_MEMORY_REGION((at), (len))
#define SHOW(at, len) ASAN_UNPOISON_MEMORY_REGION((at), (len))
#else
enum { GAP = 0 };
#define HIDE(at, len) ((void)0)
#define SHOW(at, len) ((void)0)
#endif

enum {
	ALIGN = alignof(max_align_t),
	DEFAULT_BLOCK = 4096,
	LARGEST_BLOCK = 64 * 1024, /* further blocks double up to here, so that big trees need few */
};

struct block {
	struct block *older;
	size_t size;
	alignas(max_align_t) char data[];
};

struct deferred {
	struct deferred *older;
	void (*fn)(void *arg);
	void *arg;
};

struct arena {
	struct memory_link link;
	const struct memory_hooks *hooks;
	char *at;             /* free memory of the newest ordinary block */
	char *end;
	struct block *blocks; /* all but the first, which lies behind this struct */
	struct deferred *deferred;
	size_t block;
	size_t total;
	size_t first;         /* size of `data` */
	alignas(max_align_t) char data[];
};

/* Memory for `head` and `size` bytes together; NULL when there is none. */
static void *take(const struct memory_hooks *hooks, size_t head, size_t size)
{
	return size <= PTRDIFF_MAX - head ? hooks->resize(hooks->cls, NULL, head + size) : NULL;
}

static void give_back(const struct arena *arena, void *memory)
{
	arena->hooks->resize(arena->hooks->cls, memory, 0);
}

static void rewind_first(struct arena *arena)
{
	arena->at = arena->data;
	arena->end = arena->data + arena->first;
	arena->blocks = NULL;
	arena->total = sizeof(*arena) + arena->first;
	HIDE(arena->data, arena->first);
}

static void drop(struct memory_link *link)
{
	arena_destroy((struct arena *)link);
}

struct arena *arena_create(size_t block)
{
	const struct memory_hooks *hooks = memory_hooks_now();
	size_t first = block > 0 ? block : DEFAULT_BLOCK;
	struct arena *arena = take(hooks, sizeof(*arena), first);

	if (arena == NULL)
		memory_out(first);
	arena->hooks = hooks;
	arena->block = first;
	arena->first = first;
	arena->deferred = NULL;
	rewind_first(arena);
	memory_link(&arena->link, MEMORY_ARENA, drop);
	return arena;
}

/* Deferred functions may allocate and defer again: each is off the list before it runs. */
static void run_deferred(struct arena *arena)
{
	while (arena->deferred) {
		struct deferred *d = arena->deferred;

		arena->deferred = d->older;
		d->fn(d->arg);
	}
}

static void free_blocks(struct arena *arena)
{
	struct block *block = arena->blocks;

	while (block) {
		struct block *older = block->older;

		SHOW(block->data, block->size);
		give_back(arena, block);
		block = older;
	}
}

void arena_destroy(struct arena *arena)
{
	if (arena == NULL)
		return;
	memory_unlink(&arena->link);
	run_deferred(arena);
	free_blocks(arena);
	SHOW(arena->data, arena->first);
	give_back(arena, arena);
}

void arena_reset(struct arena *arena)
{
	run_deferred(arena);
	if (arena->blocks)
		free_blocks(arena);
	rewind_first(arena);
}

static struct block *add_block(struct arena *arena, size_t size)
{
	struct block *block = take(arena->hooks, sizeof(*block), size);

	if (block == NULL)
		return NULL;
	block->older = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->total += sizeof(*block) + size;
	HIDE(block->data, size);
	return block;
}

/* The current block has no room: a new one, or one of its own for a large piece; NULL when there is no memory. */
static char *alloc_slow(struct arena *arena, size_t size)
{
	size_t next = arena->total < LARGEST_BLOCK ? arena->total : LARGEST_BLOCK;
	struct block *block;

	if (next < arena->block)
		next = arena->block;
	if (size > next / 4) {
		block = add_block(arena, size);
		if (block == NULL)
			return NULL;
		SHOW(block->data, size);
		return block->data;
	}
	block = add_block(arena, next);
	if (block == NULL)
		return NULL;
	arena->at = block->data + size + GAP;
	arena->end = block->data + next;
	if (arena->at > arena->end)
		arena->at = arena->end;
	SHOW(block->data, size);
	return block->data;
}

/* `size` bytes, or NULL. */
static inline char *find_room(struct arena *arena, size_t size, size_t align)
{
	size_t left = (size_t)(arena->end - arena->at);
	size_t pad = -(uintptr_t)arena->at & (align - 1);
	char *piece;

	if (size > left || pad + GAP > left - size)
		return alloc_slow(arena, size);
	piece = arena->at + pad;
	arena->at = piece + size + GAP;
	SHOW(piece, size);
	return piece;
}

static inline char *alloc(struct arena *arena, size_t size, size_t align)
{
	char *piece = find_room(arena, size, align);

	if (piece == NULL)
		memory_out(size);
	return piece;
}

void *arena_alloc_raw(struct arena *arena, size_t size)
{
	return alloc(arena, size, ALIGN);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(alloc(arena, size, ALIGN), 0, size);
}

void *arena_alloc_array(struct arena *arena, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		memory_out(SIZE_MAX);
	return arena_alloc(arena, bytes);
}

char *arena_alloc_text(struct arena *arena, size_t size)
{
	return alloc(arena, size, 1);
}

bool arena_extend(struct arena *arena, char *data, size_t old_size, size_t new_size)
{
	if (data == NULL || data + old_size + GAP != arena->at)
		return false;
	if (new_size - old_size > (size_t)(arena->end - arena->at))
		return false;
	arena->at += new_size - old_size;
	SHOW(data, new_size);
	return true;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc_text(arena, len + 1);

	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	char small[256];
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(small, sizeof(small), format, args);
	if (len < 0) /* longer than INT_MAX */
		memory_out(SIZE_MAX);
	if ((size_t)len < sizeof(small)) {
		text = arena_strndup(arena, small, (size_t)len);
	} else {
		text = arena_alloc_text(arena, (size_t)len + 1);
		vsnprintf(text, (size_t)len + 1, format, again);
	}
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void arena_defer(struct arena *arena, void (*fn)(void *arg), void *arg)
{
	struct deferred *d = (struct deferred *)(void *)find_room(arena, sizeof(*d), ALIGN);

	if (d == NULL) {
		fn(arg);
		memory_out(sizeof(*d));
	}
	d->older = arena->deferred;
	d->fn = fn;
	d->arg = arg;
	arena->deferred = d;
}

void arena_keep(struct arena *arena)
{
	memory_unlink(&arena->link);
}

size_t arena_size(const struct arena *arena)
{
	return arena->total;
}

void *arena_grow(struct arena *arena, void *array, size_t n, size_t *room, size_t size)
{
	size_t larger;
	void *copy;

	if (n < *room)
		return array;
	larger = *room ? *room * 2 : 8;
	copy = arena_alloc_array(arena, larger, size);
	if (n > 0)
		memcpy(copy, array, n * size);
	*room = larger;
	return copy;
}
