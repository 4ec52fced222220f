/* The rows of base/err.def as tables, and how a struct err is filled. */
#include "base/err.h"

#include <assert.h>

#include "base/arena.h"

static const struct {
	int status;
	int wire;
	const char *name;
} rows[ERR_CODES] = {
	[OK] = { 200, 0, "OK" },
#define E(name, status, wire, format) [ERR_##name] = { status, wire, #name },
#include "base/err.def"
#undef E
};

enum err_code err_fill(struct err *err, enum err_code code, const char *format, ...)
{
	struct buf b = buf_make(err->arena, 0);
	va_list args;

	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	return err_text(err, code, buf_str(&b));
}

enum err_code err_text(struct err *err, enum err_code code, struct str message)
{
	assert(code > OK && code < ERR_CODES);
	err->code = code;
	err->message = message;
	err->reason = STR_NONE;
	return code;
}

int err_status(enum err_code code)
{
	assert(code < ERR_CODES);
	return rows[code].status;
}

int err_wire(enum err_code code)
{
	assert(code < ERR_CODES);
	return rows[code].wire;
}

const char *err_name(enum err_code code)
{
	assert(code < ERR_CODES);
	return rows[code].name;
}
