/* The lock file: created, locked, checked to be still the one of that name, and filled with our pid. */
#include "storage/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * "<file>.lock" beside the file itself, whatever links lead to it; a missing file is made (empty).
 * An existing one is not opened: closing it again would drop the locks that an SQLite connection of
 * this process has on it.
 */
static enum err_code find_path(const char *file, char **out, struct err *err)
{
	char *real = realpath(file, NULL);

	if (!real) {
		int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

		if (fd < 0)
			return err_fill(err, ERR_STORE, "%s cannot be created (%s): its directory must exist and be writable",
				file, strerror(errno));
		close(fd);
		real = realpath(file, NULL);
	}
	size_t room = real ? strlen(real) + sizeof(".lock") : 0;
	char *path = real ? malloc(room) : NULL;

	if (path)
		(void)snprintf(path, room, "%s.lock", real);
	free(real);
	if (!path)
		return err_fill(err, ERR_STORE, "%s: %s", file, strerror(errno));
	*out = path;
	return OK;
}

/* Whether `path` still names what `fd` has open: a closing store may have removed it in between. */
static bool is_current(const char *path, int fd)
{
	struct stat named;
	struct stat held;

	return stat(path, &named) == 0 && fstat(fd, &held) == 0 && named.st_dev == held.st_dev &&
		named.st_ino == held.st_ino;
}

static enum err_code refuse(const char *file, int fd, struct err *err)
{
	char pid[32] = { 0 };
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	while (n > 0 && pid[n - 1] == '\n')
		pid[--n] = '\0';
	return err_fill(err, ERR_FILE_LOCKED, "%s is in use by another server (process %s): stop it or choose another file",
		file, n > 0 ? pid : "unknown");
}

static void write_pid(int fd)
{
	char pid[32];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	/* For people to read; the lock holds without it. */
	if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n)
		return;
}

static enum err_code take(const char *file, const char *path, int *out, struct err *err)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

		if (fd < 0)
			return err_fill(err, ERR_STORE, "%s cannot be created (%s): the directory of the database must exist and be writable",
				path, strerror(errno));
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			enum err_code code = errno == EWOULDBLOCK ? refuse(file, fd, err) :
				err_fill(err, ERR_STORE, "%s cannot be locked: %s", path, strerror(errno));

			close(fd);
			return code;
		}
		if (is_current(path, fd)) {
			*out = fd;
			return OK;
		}
		close(fd);
	}
}

enum err_code file_lock_take(const char *file, struct file_lock *out, struct err *err)
{
	char *path = NULL;
	int fd = -1;

	TRY(find_path(file, &path, err));
	enum err_code code = take(file, path, &fd, err);

	if (code != OK) {
		free(path);
		return code;
	}
	write_pid(fd);
	*out = (struct file_lock){ .path = path, .fd = fd };
	return OK;
}

void file_lock_release(struct file_lock *lock)
{
	if (!lock->path)
		return;
	(void)unlink(lock->path);
	close(lock->fd);
	free(lock->path);
	*lock = (struct file_lock){ 0 };
}
