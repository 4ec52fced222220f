/* Files of the client: read whole, and replaced so that no reader sees half of one. */
#include "client/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

static enum tenon_code fail_file(struct tenon_error *err, const char *path, const char *what)
{
	char why[128];

	return client_fail(err, TENON_FILE, "%s: %s: %s", path, what, strerror_r(errno, why, sizeof(why)));
}

static enum tenon_code read_open(struct tenon_client *client, int fd, const char *path, size_t most, char **data, size_t *len,
	struct tenon_error *err)
{
	struct stat st;
	size_t size, got = 0;
	char *buffer;

	if (fstat(fd, &st) != 0)
		return fail_file(err, path, "cannot be read");
	if (!S_ISREG(st.st_mode))
		return client_fail(err, TENON_FILE, "%s: is no file", path);
	size = (size_t)st.st_size;
	if (size > most)
		return client_fail(err, TENON_LIMIT, "%s: is larger than %zu bytes", path, most);
	buffer = client_resize(client, NULL, size + 1);
	if (buffer == NULL)
		return client_no_memory(err);
	while (got < size) {
		ssize_t n = read(fd, buffer + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			client_release(client, buffer);
			return fail_file(err, path, "cannot be read");
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	buffer[got] = '\0';
	*data = buffer;
	*len = got;
	return TENON_OK;
}

enum tenon_code client_file_read(struct tenon_client *client, const char *path, size_t most, bool may_be_missing, char **data,
	size_t *len, struct tenon_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum tenon_code code;

	if (fd < 0 && errno == ENOENT && may_be_missing)
		return TENON_OK;
	if (fd < 0)
		return fail_file(err, path, "cannot be opened");
	code = read_open(client, fd, path, most, data, len, err);
	close(fd);
	return code;
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

enum tenon_code client_file_replace(struct tenon_client *client, const char *path, const char *data, size_t len,
	struct tenon_error *err)
{
	size_t size = strlen(path) + 24;
	char *beside = client_resize(client, NULL, size);
	enum tenon_code code = TENON_OK;
	bool good;
	int fd;

	if (beside == NULL)
		return client_no_memory(err);
	snprintf(beside, size, "%s.%016llx", path, (unsigned long long)random_u64());
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		code = fail_file(err, path, "cannot be written");
	} else {
		good = write_all(fd, data, len);
		good = close(fd) == 0 && good;
		if (!good || rename(beside, path) != 0) {
			code = fail_file(err, path, "cannot be written");
			unlink(beside);
		}
	}
	client_release(client, beside);
	return code;
}
