/* The VFS shim: every method goes on to the system's VFS; syncs are timed, and tests may break operations. */
#include "storage/sync_vfs.h"

#include "base/clock.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sync_vfs {
	sqlite3_vfs base;      /* what SQLite sees; pAppData points back here */
	sqlite3_vfs *under;
	char name[32];
	atomic_uint_fast64_t syncs;
	atomic_uint_fast64_t sync_ns;
	atomic_uint_fast64_t sync_le[SYNC_BUCKETS];
	atomic_int_fast64_t countdown; /* operations until the failing one; 0 or less: none to come */
	atomic_int fault;
	atomic_bool forever;
	atomic_bool armed;     /* kept false outside tests, so that it costs one load */
	atomic_bool failed;
};

/*
 * SQLite writes each page of a commit to the WAL in two pieces, header and page, of one system call
 * each.  They are adjacent, and nobody may read them before they are synced (the commit is published
 * in the WAL index after that), so they are gathered here and written at once.
 */
struct gather {
	char *data;            /* GATHER_BYTES of them, NULL until the first write */
	int len;
	sqlite3_int64 at;      /* place of data[0] in the file */
};

/* SQLite's own VFS cannot write 128 KiB or more in one call. */
enum { GATHER_BYTES = 96 * 1024 };

/* An open file: SQLite's part first, the file of the VFS below right behind this struct. */
struct sync_file {
	sqlite3_file base;
	struct sync_vfs *vfs;
	sqlite3_file *under;
	bool gathers;          /* a WAL */
	struct gather gather;
};

static const uint64_t BUCKET_NS[SYNC_BUCKETS - 1] = {
	100000, 250000, 500000, 1000000, 2500000, 5000000,
	10000000, 25000000, 50000000, 100000000, 250000000,
};

static struct sync_file *file_of(sqlite3_file *file)
{
	return (struct sync_file *)(void *)file;
}

static sqlite3_file *under_of(sqlite3_file *file)
{
	return file_of(file)->under;
}

/* Whether the operation that is about to happen has to fail. */
static bool breaks(struct sync_vfs *vfs, bool writes)
{
	if (!atomic_load_explicit(&vfs->armed, memory_order_relaxed))
		return false;
	if (atomic_load(&vfs->fault) == SYNC_FAULT_FULL && !writes)
		return false;
	int_fast64_t left = atomic_fetch_sub(&vfs->countdown, 1);

	if (left > 1 || (left < 1 && !atomic_load(&vfs->forever)))
		return false;
	atomic_store(&vfs->failed, true);
	return true;
}

static int fault_code(const struct sync_vfs *vfs, int io_code)
{
	return atomic_load(&vfs->fault) == SYNC_FAULT_FULL ? SQLITE_FULL : io_code;
}

static void count_sync(struct sync_vfs *vfs, uint64_t ns)
{
	size_t i = 0;

	while (i < SYNC_BUCKETS - 1 && ns > BUCKET_NS[i])
		i++;
	atomic_fetch_add_explicit(&vfs->sync_le[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&vfs->syncs, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&vfs->sync_ns, ns, memory_order_relaxed);
}

/* ---- files ---- */

static int write_now(struct sync_file *file, const void *from, int n, sqlite3_int64 at)
{
	if (breaks(file->vfs, true))
		return fault_code(file->vfs, SQLITE_IOERR_WRITE);
	return file->under->pMethods->xWrite(file->under, from, n, at);
}

/* Writes what was gathered.  After a failure it is forgotten: SQLite undoes the transaction and writes anew. */
static int flush(struct sync_file *file)
{
	int len = file->gather.len;

	if (len == 0)
		return SQLITE_OK;
	file->gather.len = 0;
	return write_now(file, file->gather.data, len, file->gather.at);
}

static int gather(struct sync_file *file, const void *from, int n, sqlite3_int64 at)
{
	struct gather *g = &file->gather;

	if (at != g->at + g->len || g->len + n > GATHER_BYTES) {
		int rc = flush(file);

		if (rc != SQLITE_OK)
			return rc;
		g->at = at;
	}
	if (!g->data && !(g->data = sqlite3_malloc(GATHER_BYTES)))
		return SQLITE_IOERR_NOMEM;
	memcpy(g->data + g->len, from, (size_t)n);
	g->len += n;
	return SQLITE_OK;
}

static int file_close(sqlite3_file *file)
{
	sqlite3_file *under = under_of(file);

	/* What is still gathered belongs to no commit: one that was made is synced. */
	sqlite3_free(file_of(file)->gather.data);
	return under->pMethods ? under->pMethods->xClose(under) : SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	int rc = flush(file_of(file));

	if (rc != SQLITE_OK)
		return rc;
	if (breaks(file_of(file)->vfs, false))
		return SQLITE_IOERR_READ;
	return under_of(file)->pMethods->xRead(under_of(file), to, n, at);
}

static int file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	if (file_of(file)->gathers && n <= GATHER_BYTES)
		return gather(file_of(file), from, n, at);
	return write_now(file_of(file), from, n, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = flush(file_of(file));

	if (rc != SQLITE_OK)
		return rc;
	if (breaks(file_of(file)->vfs, false))
		return SQLITE_IOERR_TRUNCATE;
	return under_of(file)->pMethods->xTruncate(under_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
	struct sync_vfs *vfs = file_of(file)->vfs;
	int rc = flush(file_of(file));

	if (rc != SQLITE_OK)
		return rc;
	if (breaks(vfs, false))
		return SQLITE_IOERR_FSYNC;
	uint64_t start = clock_mono_ns();

	rc = under_of(file)->pMethods->xSync(under_of(file), flags);

	count_sync(vfs, clock_mono_ns() - start);
	return rc;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	int rc = flush(file_of(file));

	return rc == SQLITE_OK ? under_of(file)->pMethods->xFileSize(under_of(file), size) : rc;
}

static int file_lock(sqlite3_file *file, int lock)
{
	return under_of(file)->pMethods->xLock(under_of(file), lock);
}

static int file_unlock(sqlite3_file *file, int lock)
{
	return under_of(file)->pMethods->xUnlock(under_of(file), lock);
}

static int file_check_lock(sqlite3_file *file, int *out)
{
	return under_of(file)->pMethods->xCheckReservedLock(under_of(file), out);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
	return under_of(file)->pMethods->xFileControl(under_of(file), op, arg);
}

static int file_sector(sqlite3_file *file)
{
	return under_of(file)->pMethods->xSectorSize(under_of(file));
}

static int file_device(sqlite3_file *file)
{
	return under_of(file)->pMethods->xDeviceCharacteristics(under_of(file));
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
	return under_of(file)->pMethods->xShmMap(under_of(file), region, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return under_of(file)->pMethods->xShmLock(under_of(file), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
	under_of(file)->pMethods->xShmBarrier(under_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int delete_it)
{
	return under_of(file)->pMethods->xShmUnmap(under_of(file), delete_it);
}

/* Version 2: without memory-mapped reads, which the store does not use (they would count as resident memory). */
static const sqlite3_io_methods FILE_METHODS = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_device,
	.xShmMap = file_shm_map,
	.xShmLock = file_shm_lock,
	.xShmBarrier = file_shm_barrier,
	.xShmUnmap = file_shm_unmap,
};

/* ---- the VFS ---- */

static struct sync_vfs *vfs_of(sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

static int vfs_open(sqlite3_vfs *self, sqlite3_filename name, sqlite3_file *out, int flags, int *out_flags)
{
	struct sync_vfs *vfs = vfs_of(self);
	struct sync_file *file = file_of(out);

	file->base.pMethods = NULL; /* SQLite closes what has methods, also after a failed open */
	file->vfs = vfs;
	file->under = (sqlite3_file *)(void *)(file + 1);
	file->gathers = flags & SQLITE_OPEN_WAL;
	file->gather = (struct gather){ 0 };
	if (breaks(vfs, false))
		return SQLITE_CANTOPEN;
	int rc = vfs->under->xOpen(vfs->under, name, file->under, flags, out_flags);

	if (rc == SQLITE_OK)
		file->base.pMethods = &FILE_METHODS;
	return rc;
}

static int vfs_delete(sqlite3_vfs *self, const char *name, int sync_directory)
{
	struct sync_vfs *vfs = vfs_of(self);

	if (breaks(vfs, false))
		return SQLITE_IOERR_DELETE;
	uint64_t start = clock_mono_ns();
	int rc = vfs->under->xDelete(vfs->under, name, sync_directory);

	if (sync_directory)
		count_sync(vfs, clock_mono_ns() - start);
	return rc;
}

static int vfs_access(sqlite3_vfs *self, const char *name, int flags, int *out)
{
	return vfs_of(self)->under->xAccess(vfs_of(self)->under, name, flags, out);
}

static int vfs_full_path(sqlite3_vfs *self, const char *name, int n, char *out)
{
	return vfs_of(self)->under->xFullPathname(vfs_of(self)->under, name, n, out);
}

static int vfs_randomness(sqlite3_vfs *self, int n, char *out)
{
	return vfs_of(self)->under->xRandomness(vfs_of(self)->under, n, out);
}

static int vfs_sleep(sqlite3_vfs *self, int microseconds)
{
	return vfs_of(self)->under->xSleep(vfs_of(self)->under, microseconds);
}

static int vfs_time(sqlite3_vfs *self, double *out)
{
	return vfs_of(self)->under->xCurrentTime(vfs_of(self)->under, out);
}

static int vfs_last_error(sqlite3_vfs *self, int n, char *out)
{
	return vfs_of(self)->under->xGetLastError(vfs_of(self)->under, n, out);
}

static int vfs_time_ms(sqlite3_vfs *self, sqlite3_int64 *out)
{
	return vfs_of(self)->under->xCurrentTimeInt64(vfs_of(self)->under, out);
}

struct sync_vfs *sync_vfs_create(void)
{
	static atomic_uint next;

	/* SQLite's own count of its memory is a lock that all connections would share; nothing reads it. */
	if (atomic_load(&next) == 0)
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused without harm when SQLite already runs */
	sqlite3_vfs *under = sqlite3_vfs_find(NULL);
	struct sync_vfs *vfs = under ? calloc(1, sizeof(*vfs)) : NULL;

	if (!vfs)
		return NULL;
	(void)snprintf(vfs->name, sizeof(vfs->name), "tenon-%u", atomic_fetch_add(&next, 1));
	vfs->under = under;
	vfs->base = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = (int)sizeof(struct sync_file) + under->szOsFile,
		.mxPathname = under->mxPathname,
		.zName = vfs->name,
		.pAppData = vfs,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
		.xCurrentTimeInt64 = vfs_time_ms,
	};
	if (sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK) {
		free(vfs);
		return NULL;
	}
	return vfs;
}

void sync_vfs_destroy(struct sync_vfs *vfs)
{
	if (!vfs)
		return;
	sqlite3_vfs_unregister(&vfs->base);
	free(vfs);
}

const char *sync_vfs_name(const struct sync_vfs *vfs)
{
	return vfs->name;
}

void sync_vfs_stats(struct sync_vfs *vfs, struct sync_stats *out)
{
	out->syncs = atomic_load_explicit(&vfs->syncs, memory_order_relaxed);
	out->sync_ns = atomic_load_explicit(&vfs->sync_ns, memory_order_relaxed);
	for (size_t i = 0; i < SYNC_BUCKETS; i++)
		out->sync_le[i] = atomic_load_explicit(&vfs->sync_le[i], memory_order_relaxed);
}

void sync_vfs_fail(struct sync_vfs *vfs, int64_t n, enum sync_fault fault, bool forever)
{
	atomic_store(&vfs->failed, false);
	atomic_store(&vfs->fault, (int)fault);
	atomic_store(&vfs->forever, forever);
	atomic_store(&vfs->countdown, n);
	atomic_store(&vfs->armed, true);
}

bool sync_vfs_heal(struct sync_vfs *vfs)
{
	atomic_store(&vfs->armed, false);
	return atomic_load(&vfs->failed);
}
