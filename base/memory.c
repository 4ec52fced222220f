/* Memory's source for each thread, and the way out of guarded work when there is none. */
#include "base/memory.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A ring of links with the list's own as its first. */
struct ring {
	struct memory_link head;
	void (*drop)(struct memory_link *link);
};

struct guard {
	jmp_buf out;
	const struct memory_hooks *hooks;
	struct guard *outer;
	struct ring rings[2]; /* by enum memory_kind: arenas go before the pieces, which their deferred functions may free */
};

/* In the static part of thread-local memory: looking at it takes no memory, not even in a library that was loaded late. */
static _Thread_local struct guard *innermost __attribute__((tls_model("initial-exec")));

static void *resize_malloc(void *cls, void *memory, size_t size)
{
	(void)cls;
	if (size > 0)
		return realloc(memory, size);
	free(memory);
	return NULL;
}

static const struct memory_hooks of_malloc = { .resize = resize_malloc };

const struct memory_hooks *memory_hooks_now(void)
{
	return innermost ? innermost->hooks : &of_malloc;
}

_Noreturn void memory_out(size_t size)
{
	if (innermost)
		longjmp(innermost->out, 1);
	fprintf(stderr, "tenon: out of memory for %zu bytes\n", size);
	abort();
}

static void link_after(struct memory_link *head, struct memory_link *link)
{
	link->older = head->older;
	link->newer = head;
	link->older->newer = link;
	head->older = link;
}

void memory_link(struct memory_link *link, enum memory_kind kind, void (*drop)(struct memory_link *link))
{
	*link = (struct memory_link){ .older = NULL };
	if (innermost == NULL)
		return;
	innermost->rings[kind].drop = drop;
	link_after(&innermost->rings[kind].head, link);
}

void memory_unlink(struct memory_link *link)
{
	if (link->older == NULL)
		return;
	link->older->newer = link->newer;
	link->newer->older = link->older;
	*link = (struct memory_link){ .older = NULL };
}

/* What is left of `ring` is whose the work made it; not even a guard around this one may take it. */
static void let_go(struct ring *ring)
{
	while (ring->head.older != &ring->head)
		memory_unlink(ring->head.older);
}

/* Newest first. */
static void drop_all(struct ring *ring)
{
	while (ring->head.older != &ring->head) {
		struct memory_link *link = ring->head.older;

		memory_unlink(link);
		ring->drop(link);
	}
}

bool memory_guard(const struct memory_hooks *hooks, void (*work)(void *arg), void *arg)
{
	struct guard guard = { .hooks = hooks, .outer = innermost };

	for (int i = 0; i < 2; i++)
		guard.rings[i].head = (struct memory_link){ &guard.rings[i].head, &guard.rings[i].head };
	innermost = &guard;
	if (setjmp(guard.out) != 0) {
		innermost = guard.outer;
		drop_all(&guard.rings[MEMORY_ARENA]);
		drop_all(&guard.rings[MEMORY_PIECE]);
		return false;
	}
	work(arg);
	innermost = guard.outer;
	let_go(&guard.rings[MEMORY_ARENA]);
	let_go(&guard.rings[MEMORY_PIECE]);
	return true;
}

/* What lies before every piece. */
struct piece {
	struct memory_link link;
	const struct memory_hooks *hooks;
	_Alignas(max_align_t) char data[];
};

static struct piece *piece_of(void *data)
{
	return (struct piece *)((char *)data - offsetof(struct piece, data));
}

static void drop_piece(struct memory_link *link)
{
	struct piece *piece = (struct piece *)link;

	piece->hooks->resize(piece->hooks->cls, piece, 0);
}

void *memory_resize(void *old, size_t size)
{
	struct piece *piece = old ? piece_of(old) : NULL, *larger = NULL;
	const struct memory_hooks *hooks = piece ? piece->hooks : memory_hooks_now();

	if (piece)
		memory_unlink(&piece->link);
	if (size <= PTRDIFF_MAX - sizeof(*piece))
		larger = hooks->resize(hooks->cls, piece, sizeof(*piece) + size);
	if (larger == NULL && piece)
		memory_link(&piece->link, MEMORY_PIECE, drop_piece);
	if (larger == NULL)
		memory_out(size);
	larger->hooks = hooks;
	memory_link(&larger->link, MEMORY_PIECE, drop_piece);
	return larger->data;
}

void memory_free(void *old)
{
	if (old == NULL)
		return;
	memory_unlink(&piece_of(old)->link);
	drop_piece(&piece_of(old)->link);
}
