/*
 * Where memory comes from, and what happens when there is none.  By default that is malloc, and the end of the process
 * (docs/decisions/0003).  Inside memory_guard it comes from the guard's hooks, and running out of it ends the guarded work
 * instead: everything that the work took and still holds is freed, and memory_guard says so (docs/decisions/0005).  A guard
 * belongs to the thread that is inside it.  For base/ and for who runs as a guest; everyone else uses arenas (base/arena.h).
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* As realloc, but `size` 0 frees and gives NULL; NULL otherwise says that there is no memory, and changes nothing. */
struct memory_hooks {
	void *(*resize)(void *cls, void *memory, size_t size);
	void *cls;
};

/*
 * Calls work(arg) with memory from `hooks`, which outlive all that is made of it.  True when the work returned: arenas that it
 * created and did not destroy are the caller's now, and no guard's, also when there is one around this one.  False when memory ran out: those arenas are destroyed, with their deferred
 * functions, and memory_resize's pieces freed.  The work is left where it stood: it must hold no lock, file or foreign object then
 * that is not deferred to an arena of its own, and call back through no foreign code that would miss its return.
 */
bool memory_guard(const struct memory_hooks *hooks, void (*work)(void *arg), void *arg);

/* The hooks of the guard this thread is in; malloc's outside. */
const struct memory_hooks *memory_hooks_now(void);

/* There is no memory for `size` bytes: leaves the guard, or ends the process. */
_Noreturn void memory_out(size_t size);

/*
 * `size` bytes that begin with what was at `old` (NULL: nothing); never NULL.  For tables that move as they grow: freed with
 * memory_free by the function that began them, or by the guard that it does not return through.
 */
void *memory_resize(void *old, size_t size);
void memory_free(void *old); /* NULL is allowed */

/* A thing that the guard must know of while it lives: first member of what is linked. */
struct memory_link {
	struct memory_link *older; /* NULL: in no guard */
	struct memory_link *newer;
};

/* Links what is destroyed with drop(link) when this thread's guard runs out of memory; does nothing outside a guard. */
enum memory_kind { MEMORY_ARENA, MEMORY_PIECE };
void memory_link(struct memory_link *link, enum memory_kind kind, void (*drop)(struct memory_link *link));
void memory_unlink(struct memory_link *link);

#endif
