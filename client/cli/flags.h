/* The flags of one command: a table of names, what they set, and their help. */
#ifndef CLIENT_CLI_FLAGS_H
#define CLIENT_CLI_FLAGS_H

#include "base/err.h"

enum { FLAG_LIST = 32 }; /* places of a flag's list, the last one stays NULL */

/* Exactly one of text, on and list is set: a value, no value, a value that may come several times. */
struct flag {
	const char *name;       /* without the dashes */
	const char *value;      /* how help shows the value; NULL without one */
	const char *help;
	struct str *text;
	bool *on;
	const char **list;
};

/*
 * Reads "--name value" and "--name=value"; *help is set by --help.  ERR_CONFIG_FILE with a sentence that
 * names what is wrong.  Texts are the arguments themselves or parts of them, NUL-terminated.
 */
ERR_CHECKED enum err_code flags_read(int argc, char **argv, const struct flag *flags, size_t n, bool *help, struct err *err);

/* The lines of help. */
struct str flags_help(struct arena *arena, const struct flag *flags, size_t n);

#endif
