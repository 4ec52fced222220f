/*
 * A thin SQLite VFS over the system's own: counts and times what makes a commit durable, and lets a
 * test make the n-th file operation fail.  One per store; every connection of the store opens its
 * file through it, so that one set of numbers covers the file, its WAL and its directory.  All
 * functions may be called from any thread.
 */
#ifndef STORAGE_SYNC_VFS_H
#define STORAGE_SYNC_VFS_H

#include <stdbool.h>
#include <stdint.h>

struct sync_vfs;

enum { SYNC_BUCKETS = 12 };

struct sync_stats {
	uint64_t syncs;
	uint64_t sync_ns;
	uint64_t sync_le[SYNC_BUCKETS]; /* one sync took at most 0.1, 0.25, 0.5, 1, 2.5 … 100, 250 ms; the last: longer */
};

/* Registers a new VFS under a name of its own; NULL when SQLite cannot start. */
struct sync_vfs *sync_vfs_create(void);

/* After the last connection that uses it was closed; NULL is allowed. */
void sync_vfs_destroy(struct sync_vfs *vfs);

/* What to give sqlite3_open_v2. */
const char *sync_vfs_name(const struct sync_vfs *vfs);

void sync_vfs_stats(struct sync_vfs *vfs, struct sync_stats *out);

/* ---- for tests ---- */

/* What a failing operation says: a broken disk, or one without room (only operations that write fail). */
enum sync_fault { SYNC_FAULT_IO, SYNC_FAULT_FULL };

/*
 * Makes the n-th operation from now on fail (1: the next), and with `forever` all after it.  An
 * operation is a read, write, truncation, sync, deletion or opening of a file; with SYNC_FAULT_FULL
 * only a write counts.
 */
void sync_vfs_fail(struct sync_vfs *vfs, int64_t n, enum sync_fault fault, bool forever);

/* No more failures; whether one happened since sync_vfs_fail. */
bool sync_vfs_heal(struct sync_vfs *vfs);

#endif
