/*
 * One server per file: an advisory lock of the operating system on "<file>.lock", held as long as
 * the store is open and released by the kernel when the process dies, however it dies.  The lock
 * file names the process that holds it and is removed at a clean close.
 */
#ifndef STORAGE_FILE_LOCK_H
#define STORAGE_FILE_LOCK_H

#include "base/err.h"

struct file_lock {
	char *path;
	int fd;
};

/* ERR_FILE_LOCKED when another store holds the file, in this process or another; ERR_STORE otherwise. */
ERR_CHECKED enum err_code file_lock_take(const char *file, struct file_lock *out, struct err *err);

void file_lock_release(struct file_lock *lock); /* also of a zeroed one */

#endif
