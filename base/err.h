/*
 * One error type through all layers: a code of base/err.def and its message.  The discoverer
 * raises it once, callers pass it on with TRY, server/http renders it as {error_code, message}.
 * Outputs of a function that fails are untouched.  A `struct err` lives on the caller's stack and
 * keeps its message in the arena it was made with.  A bug is an assert, never an error code.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/str.h"

struct arena;

enum err_code {
	OK = 0,
#define E(name, status, wire, format) ERR_##name,
#include "base/err.def"
#undef E
	ERR_CODES
};

struct err {
	struct arena *arena;  /* where the message goes */
	enum err_code code;
	struct str message;
	struct str reason;    /* what is wrong in words of our own, where the reference's message says less; absent: the message does */
	uint32_t line;        /* 1-based place in a schema or body text; 0: not about a place */
	uint32_t column;
	const void *detail;   /* more than words, for whoever knows the code; NULL: nothing.  Lives as long as the message */
};

#define E(name, status, wire, format) static const char ERR_FORMAT_##name[] __attribute__((unused)) = format;
#include "base/err.def"
#undef E

/* Fills *err with the row's format and the arguments, and returns its code. */
#define err_raise(err, name, ...) err_fill((err), ERR_##name, ERR_FORMAT_##name, ##__VA_ARGS__)

enum err_code err_fill(struct err *err, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_raise for a row whose format is "%s", with a message that is already made (and may hold NULs). */
enum err_code err_text(struct err *err, enum err_code code, struct str message);

int err_status(enum err_code code);           /* HTTP status */
int err_wire(enum err_code code);             /* the error_code member */
const char *err_name(enum err_code code);     /* the row's name, for logs and tests */

/* The one macro that returns: passes an error on.  Safe because arenas make cleanup needless. */
#define TRY(call)                                  \
	do {                                           \
		enum err_code try_code_ = (call);          \
		if (try_code_ != OK)                       \
			return try_code_;                      \
	} while (0)

#define ERR_CHECKED __attribute__((warn_unused_result))

#endif
