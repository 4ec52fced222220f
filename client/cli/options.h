/* The configuration of `tenon serve`: one table (options.def) for flags, environment, file and help. */
#ifndef CLIENT_CLI_OPTIONS_H
#define CLIENT_CLI_OPTIONS_H

#include "base/err.h"
#include "base/log.h"
#include "client/cli/flags.h"
#include "compat/level.h"

struct option_address {
	struct str host;             /* without brackets; NUL-terminated */
	uint16_t port;
};

/* The C type of each kind of value. */
typedef struct option_address option_ADDRESS;
typedef struct str option_TEXT;
typedef enum compat_level option_LEVEL;
typedef bool option_BOOL;
typedef bool option_RULESETS;    /* whether they are kept */
typedef size_t option_SIZE;
typedef unsigned option_NUMBER;
typedef enum log_format option_LOGFORMAT;
typedef enum log_level option_LOGLEVEL;

struct options {
#define O(name, kind, standard, help) option_##kind name;
#include "client/cli/options.def"
#undef O
	bool help;                   /* --help was given */
};

/*
 * From the arguments behind "serve" (argv[0] is the first of them), the environment and the file.
 * ERR_CONFIG_FILE with a sentence that names the flag, variable or line, and the value.
 * Texts are NUL-terminated and live in `arena` or are the arguments themselves.
 */
ERR_CHECKED enum err_code options_read(struct arena *arena, int argc, char **argv, struct options *out, struct err *err);

/* The table as flags, with the defaults in their help. */
const struct flag *options_flags(struct arena *arena, size_t *n);

#endif
