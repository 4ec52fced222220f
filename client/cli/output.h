/* Where commands write to. */
#ifndef CLIENT_CLI_OUTPUT_H
#define CLIENT_CLI_OUTPUT_H

#include "base/err.h"

/* The text as the file's whole content; absent path: standard output.  ERR_STORE with the path. */
ERR_CHECKED enum err_code output_write(struct str path, struct str text, struct err *err);

/* Removes the file if there is one; what is no file, as a device, a pipe or a link, is left as it is. */
ERR_CHECKED enum err_code output_clear(struct str path, struct err *err);

/* Whether standard output is a terminal that may show colours (https://no-color.org). */
bool output_is_coloured(void);

/* All of standard input. */
ERR_CHECKED enum err_code output_read_stdin(struct arena *arena, struct str *out, struct err *err);

#endif
