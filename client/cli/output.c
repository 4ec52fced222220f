/* Writing files and standard output. */
#include "client/cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { INPUT_BYTES = 64 << 20 };

enum err_code output_write(struct str path, struct str text, struct err *err)
{
	FILE *to = str_present(path) ? fopen(path.data, "we") : stdout;
	bool written;

	if (!to)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s", STR_ARG(path), strerror(errno)));
	written = fwrite(text.data, 1, text.len, to) == text.len;
	if (to != stdout)
		written &= fclose(to) == 0;
	return written ? OK : err_text(err, ERR_STORE, str_printf(err->arena, "%.*s cannot be written", STR_ARG(str_present(path)
		? path : STR("standard output"))));
}

enum err_code output_clear(struct str path, struct err *err)
{
	struct stat found;

	if (!str_present(path) || lstat(path.data, &found) != 0 || !S_ISREG(found.st_mode) || unlink(path.data) == 0)
		return OK;
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s", STR_ARG(path), strerror(errno)));
}

bool output_is_coloured(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (!no || *no == '\0');
}

enum err_code output_read_stdin(struct arena *arena, struct str *out, struct err *err)
{
	struct buf text = buf_make(arena, 65536);
	size_t got;

	do {
		buf_reserve(&text, 65536);
		got = fread(text.data + text.len, 1, 65535, stdin);
		text.len += got;
	} while (got > 0 && text.len < INPUT_BYTES);
	if (ferror(stdin))
		return err_text(err, ERR_STORE, STR("standard input cannot be read"));
	*out = buf_str(&text);
	return OK;
}
