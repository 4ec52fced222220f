/* tenon validate: events against a schema, by the code that consumers' events are read with. */
#include <stdio.h>

#include "base/arena.h"
#include "base/digest.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/registry/place.h"
#include "client/cli/report/report.h"
#include "client/cli/schemas/tree.h"
#include "compat/event.h"

struct validate {
	struct server server;
	struct str message;
	bool lines;
	bool bytes;
	bool ignore_formats;
};

struct validating {
	const struct validate *values;
	struct place_schema place;
	struct str from;
	size_t n_bad;
};

/* One event; `line` is 0 when it is the whole input. */
static enum err_code check_event(struct validating *v, struct arena *arena, struct str event, unsigned line, struct err *err)
{
	struct err why = { .arena = arena };
	struct str bytes, where = line > 0 ? str_printf(arena, "%.*s:%u", STR_ARG(v->from), line) : v->from;
	const struct event_target target = { .schema = v->place.schema, .message = v->values->message,
		.formats_ignored = v->values->ignore_formats };
	enum err_code code = schema_event_write(arena, &target, event, &bytes, &why);

	if (code == ERR_LIMIT)
		return err_text(err, ERR_STORE, str_dup(err->arena, why.message));
	if (code != OK) {
		v->n_bad++;
		printf("%.*s: not valid: %.*s\n", STR_ARG(report_plain(arena, where)), STR_ARG(report_plain(arena, why.message)));
	} else if (v->values->bytes) {
		printf("%.*s\n", STR_ARG(hex_encode(arena, (const uint8_t *)bytes.data, bytes.len)));
	}
	return OK;
}

static enum err_code check_lines(struct validating *v, struct str text, struct err *err)
{
	struct arena *arena = arena_create(0);
	enum err_code code = OK;

	for (unsigned line = 1; code == OK && text.len > 0; line++) {
		ptrdiff_t end = str_index(text, '\n');
		struct str event = str_trim(str_sub(text, 0, end < 0 ? text.len : (size_t)end));

		text = str_sub(text, end < 0 ? text.len : (size_t)end + 1, text.len);
		if (event.len > 0)
			code = check_event(v, arena, event, line, err);
		arena_reset(arena);
	}
	arena_destroy(arena);
	return code;
}

/* No event can be valid for a message that is not there: that is a mistake in the arguments. */
static enum err_code check_message(struct validating *v, struct arena *arena, struct err *err)
{
	const struct event_source nothing = { .writer = v->place.schema, .message = v->values->message, .bytes = STR("") };
	struct err why = { .arena = err->arena };
	struct event_read read;

	if (!str_present(v->values->message) || schema_event_read(arena, &nothing, &read, &why) != ERR_PARSE)
		return OK;
	return err_text(err, ERR_CONFIG_FILE, why.message);
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	struct validating v = { .values = call->values, .from = STR("-") };
	struct str text;

	if (call->arguments.n > 1)
		v.from = str_of(call->arguments.items[1]);
	TRY(place_open(call->arena, call->arguments.items[0], &v.values->server, &v.place, err));
	TRY(check_message(&v, call->arena, err));
	if (str_eq(v.from, STR("-")))
		TRY(output_read_stdin(call->arena, &text, err));
	else
		TRY(tree_read_file(call->arena, v.from, &text, err));
	if (str_trim(text).len == 0)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s holds no event", STR_ARG(v.from)));
	if (v.values->lines)
		TRY(check_lines(&v, text, err));
	else
		TRY(check_event(&v, call->arena, text, 0, err));
	if (v.n_bad == 0 && !v.values->bytes)
		printf("valid\n");
	*status = v.n_bad > 0;
	return OK;
}

static const struct flag flags[] = {
	SERVER_FLAGS(struct validate),
	FLAG(FLAG_TEXT, struct validate, message, "message", "NAME", NULL, "Protobuf: the full name of the message (default: the first)"),
	FLAG(FLAG_ON, struct validate, ignore_formats, "ignore-formats", NULL, NULL,
		"JSON Schema: take \"format\" for an annotation, as many validators do"),
	FLAG(FLAG_ON, struct validate, lines, "lines", NULL, NULL, "one event a line"),
	FLAG(FLAG_ON, struct validate, bytes, "bytes", NULL, NULL, "print each event's bytes in hex, without framing"),
};

const struct tool command_validate = {
	.name = "validate",
	.usage = "SCHEMA [FILE]",
	.summary = "tell whether events fit a schema",
	.about = "SCHEMA is " PLACE_HELP ". FILE holds an event as JSON (Avro's JSON\n"
		"encoding, the document, Protobuf's JSON); without it, or with -, standard input is read.\n"
		"Avro is read more leniently than by Java's jsonDecoder: a field with a default may be left out, and a value of a union\n"
		"needs no name of its branch where only one fits.\n\n"
		"  echo '{\"id\": 1}' | tenon validate schemas/order.avsc\n"
		"  tenon validate orders-value@latest events.jsonl --lines",
	.exits = "  0  all are valid\n"
		"  1  one is not\n"
		"  2  it could not be told",
	TOOL_FLAGS(flags),
	.size = sizeof(struct validate),
	.least = 1,
	.most = 2,
	.failed = 2,
	.words = "FILE",
	.run = run,
};
