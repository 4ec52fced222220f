/* What the store's two files share: its state, by the thread that may touch it. */
#ifndef STORAGE_STORE_INT_H
#define STORAGE_STORE_INT_H

#include "storage/file_lock.h"
#include "storage/store.h"
#include "storage/view_int.h"

#include <pthread.h>
#include <stdatomic.h>

struct store {
	/* set by store_open, then constant */
	char *path;
	char *log_address;
	int64_t cache_kib;
	const struct log_source *source;
	struct sync_vfs *vfs;
	bool owns_vfs;
	struct file_lock lock;
	store_watch_fn *watch;
	void *watch_cls;
	pthread_t thread;
	bool is_running;

	/* the writer thread's */
	struct view *view;
	struct log_head head;      /* the entry applied last */
	struct arena *arena;       /* of the batch */
	int wal_frames;            /* length of the WAL after the last commit */
	int checkpoint_at;         /* frames that are worth the next checkpoint */
	uint64_t batch_ns;         /* how long a batch takes, a running mean */
	uint64_t gap_ns;           /* how far apart commands come, a running mean */
	uint64_t batch_began;      /* when the last one was taken */

	/* under the mutex */
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	struct command *first;
	struct command **last;
	size_t n_waiting;          /* commands in the list */
	size_t crowd;              /* commands unfinished at a time, the most of late */
	size_t gather;             /* so many are waited for; 0: the writer is not gathering */
	bool is_closing;

	/* any thread */
	atomic_uint_fast64_t durable;  /* seq of the last durable entry */
	atomic_uint_fast64_t commits;
	atomic_uint_fast64_t entries;
	atomic_uint_fast64_t failures;
	atomic_uint_fast64_t queued;
	atomic_bool is_failing;
};

/* Applies what the log has beyond the view, checking the chain, and tells the watcher. */
ERR_CHECKED enum err_code store_catch_up(struct store *store, struct err *err);

/* The writer thread: batches until the store is closing and the queue is empty. */
void *store_run_writer(void *store);

#endif
