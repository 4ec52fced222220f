/* What failed, as headers of a record in a dead-letter topic. */
#include <stdio.h>

#include "client/client_int.h"

static const char *verdict_name(enum tenon_verdict verdict)
{
	static const char *const names[] = {
		[TENON_PROCEED] = "PROCEED", [TENON_RETRY] = "RETRY", [TENON_DEAD_LETTER] = "DEAD_LETTER", [TENON_STOP] = "STOP",
	};

	return names[verdict];
}

__attribute__((format(printf, 3, 4))) static void add(struct tenon_dead_letter *out, const char *name, const char *format, ...)
{
	struct tenon_header *header = &out->headers[out->n_headers++];
	va_list args;

	header->name = name;
	va_start(args, format);
	vsnprintf(header->value, sizeof(header->value), format, args);
	va_end(args);
}

void tenon_dead_letter(const struct tenon_error *err, struct tenon_dead_letter *out)
{
	out->n_headers = 0;
	add(out, "tenon.error", "%s", tenon_code_name(err->code));
	add(out, "tenon.error.message", "%s", err->message);
	add(out, "tenon.verdict", "%s", verdict_name(tenon_error_verdict(err)));
	if (err->schema_id > 0)
		add(out, "tenon.schema.id", "%d", err->schema_id);
	if (*err->schema_guid)
		add(out, "tenon.schema.guid", "%s", err->schema_guid);
	if (err->code == TENON_BAD_BYTES || err->code == TENON_INCOMPATIBLE)
		add(out, "tenon.offset", "%zu", err->offset);
}
