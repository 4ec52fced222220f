/* The flags of one command: a constant table of names, what they set, and their help. */
#ifndef CLIENT_CLI_FLAGS_H
#define CLIENT_CLI_FLAGS_H

#include "base/err.h"

enum { FLAG_LIST_ROOM = 32 }; /* places of a flag's list, the last one stays NULL */

enum flag_kind {
	FLAG_TEXT, /* struct str */
	FLAG_ON,   /* bool, no value */
	FLAG_LIST, /* const char *[FLAG_LIST_ROOM]: a value that may come several times */
};

struct flag {
	const char *name;       /* without the dashes */
	const char *value;      /* how help shows the value; FILE and DIR are completed as such; NULL without one */
	const char *words;      /* the values there are, with blanks between; NULL: any */
	const char *help;
	enum flag_kind kind;
	size_t at;              /* offset of what it sets in the command's values */
};

/* One row for a member of the command's struct of values. */
#define FLAG(kind_, type, member, name_, value_, words_, help_) \
	{ .name = name_, .value = value_, .words = words_, .help = help_, .kind = kind_, .at = offsetof(type, member) }

struct arguments {
	char **items;           /* what is no flag, in its order */
	int n;
};

/*
 * Reads "--name value", "--name=value" and arguments, which may be mixed; behind "--" all are arguments.  *help
 * is set by --help and -h.  ERR_CONFIG_FILE with a sentence that names what is wrong.  Texts are the arguments
 * themselves or parts of them, NUL-terminated.
 */
ERR_CHECKED enum err_code flags_read(struct arena *arena, int argc, char **argv, const struct flag *flags, size_t n,
	void *values, struct arguments *out, bool *help, struct err *err);

/* The lines of help. */
struct str flags_help(struct arena *arena, const struct flag *flags, size_t n);

#endif
