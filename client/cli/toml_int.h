/* The reader of TOML: its state, and the values that toml_value.c reads for toml.c. */
#ifndef CLIENT_CLI_TOML_INT_H
#define CLIENT_CLI_TOML_INT_H

#include "client/cli/toml.h"

enum { TOML_DEPTH = 100 };

/* A value while tables may still get members. */
struct toml_node {
	struct jsn value;          /* kind, place and name; text of scalars */
	struct toml_node **items;
	size_t n_items, room;
	bool defined;              /* a table with a header of its own, or a value */
	bool dotted;               /* made by a dotted key: no header may reopen it */
	bool closed;               /* an inline table or array: nothing is added */
};

struct toml_reader {
	struct arena *arena;
	struct str text;
	size_t at;
	uint32_t line;
	size_t line_start;
	struct err *err;
};

/* The character at the place, or -1 at the end. */
int toml_peek(const struct toml_reader *r);
enum err_code toml_fault(struct toml_reader *r, const char *what);
/* Blanks and tabs. */
void toml_skip_blanks(struct toml_reader *r);
/* The same, and line ends and comments; a control character in a comment is a fault. */
enum err_code toml_skip_lines(struct toml_reader *r);
struct toml_node *toml_node_new(struct toml_reader *r, enum jsn_kind kind);
void toml_node_add(struct toml_reader *r, struct toml_node *node, struct toml_node *item);

/* The member, or NULL. */
struct toml_node *toml_member(const struct toml_node *table, struct str name);
/* One "key = value"; also for inline tables (toml.c). */
enum err_code toml_read_pair(struct toml_reader *r, struct toml_node *table, unsigned depth);

/* A value of any kind (toml_value.c). */
enum err_code toml_read_value(struct toml_reader *r, unsigned depth, struct toml_node **out);
/* A string in any of its four forms; keys may only be `single` lines (toml_string.c). */
enum err_code toml_read_string(struct toml_reader *r, bool single, struct str *out);

#endif
