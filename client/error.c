/* Errors of the client library: their names, what to do about them, how they are filled. */
#include <stdio.h>

#include "base/arena.h"
#include "client/client_int.h"

static const struct {
	const char *name;
	enum tenon_verdict verdict;
} codes[] = {
	[TENON_OK] = { "OK", TENON_PROCEED },
	[TENON_UNREACHABLE] = { "UNREACHABLE", TENON_RETRY },
	[TENON_NOT_FOUND] = { "NOT_FOUND", TENON_DEAD_LETTER },
	[TENON_INCOMPATIBLE] = { "INCOMPATIBLE", TENON_DEAD_LETTER },
	[TENON_BAD_BYTES] = { "BAD_BYTES", TENON_DEAD_LETTER },
	[TENON_REFUSED] = { "REFUSED", TENON_STOP },
	[TENON_INVALID] = { "INVALID", TENON_DEAD_LETTER },
	[TENON_REJECTED] = { "REJECTED", TENON_STOP },
	[TENON_PROTOCOL] = { "PROTOCOL", TENON_STOP },
	[TENON_LIMIT] = { "LIMIT", TENON_DEAD_LETTER },
	[TENON_NOMEM] = { "NOMEM", TENON_RETRY },
	[TENON_FILE] = { "FILE", TENON_STOP },
};

static bool is_code(enum tenon_code code)
{
	return (unsigned)code < sizeof(codes) / sizeof(codes[0]);
}

const char *tenon_code_name(enum tenon_code code)
{
	return is_code(code) ? codes[code].name : "?";
}

enum tenon_verdict tenon_error_verdict(const struct tenon_error *err)
{
	return is_code(err->code) ? codes[err->code].verdict : TENON_STOP;
}

static void free_findings(struct tenon_error *err)
{
	union {
		const struct tenon_finding *given;
		void *memory;
	} findings = { .given = err->findings };

	tenon_free(findings.memory);
}

void tenon_error_clear(struct tenon_error *err)
{
	if (err == NULL)
		return;
	free_findings(err);
	*err = (struct tenon_error){ .code = TENON_OK };
}

/* One line, and whole characters. */
static void tidy(char message[TENON_MESSAGE_SIZE])
{
	size_t len = strlen(message);

	for (int i = 0; i < 3 && strlen(message) >= TENON_MESSAGE_SIZE - 4 && !str_is_utf8(str_of(message)); i++)
		message[--len] = '\0';
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)message[i] < ' ')
			message[i] = ' ';
}

enum tenon_code client_fail(struct tenon_error *err, enum tenon_code code, const char *format, ...)
{
	char message[TENON_MESSAGE_SIZE] = ""; /* the arguments may be parts of the error */
	va_list args;

	if (err == NULL)
		return code;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	tidy(message);
	tenon_error_clear(err);
	err->code = code;
	memcpy(err->message, message, sizeof(message));
	return code;
}

enum tenon_code client_no_memory(struct tenon_error *err)
{
	return client_fail(err, TENON_NOMEM, "out of memory");
}

enum tenon_code client_fail_schema(struct tenon_error *err, const struct err *from)
{
	enum tenon_code code = client_fail(err, from->code == ERR_LIMIT ? TENON_LIMIT : TENON_INVALID, "%.*s",
		STR_ARG(from->message));

	if (err) {
		err->line = from->line;
		err->column = from->column;
	}
	return code;
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static const char *copy_text(char **at, const char *text)
{
	size_t size = text_size(text);
	char *copy = *at;

	if (size == 0)
		return NULL;
	memcpy(copy, text, size);
	*at += size;
	return copy;
}

void client_error_copy(struct tenon_client *client, struct tenon_error *to, const struct tenon_error *from)
{
	size_t size = from->n_findings * sizeof(*from->findings);
	struct tenon_finding *copy;
	char *at;

	if (to == NULL)
		return;
	tenon_error_clear(to);
	*to = *from;
	to->findings = NULL;
	to->n_findings = 0;
	for (size_t i = 0; i < from->n_findings; i++)
		size += text_size(from->findings[i].text) + text_size(from->findings[i].type) + text_size(from->findings[i].path);
	copy = from->n_findings ? client_hand_out(client, size) : NULL;
	if (copy == NULL)
		return;
	at = (char *)(copy + from->n_findings);
	for (size_t i = 0; i < from->n_findings; i++)
		copy[i] = (struct tenon_finding){
			.text = copy_text(&at, from->findings[i].text),
			.type = copy_text(&at, from->findings[i].type),
			.path = copy_text(&at, from->findings[i].path),
		};
	to->findings = copy;
	to->n_findings = from->n_findings;
}
