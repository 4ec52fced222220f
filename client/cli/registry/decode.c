/* tenon decode: a message by itself, read with libtenon as a consumer would. */
#include <stdio.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/registry/server.h"
#include "client/cli/report/report.h"
#include "client/cli/schemas/tree.h"
#include "client/include/tenon.h"
#include "compat/schema.h"

struct decode {
	struct server server;
	struct str file;
	struct str header;
	struct str subject;
	bool base64;
	bool json;
};

/* What another version of the subject makes of it. */
struct other {
	int32_t version;
	bool reads;
	struct str why; /* it does not: the reason */
};

struct decoding {
	const struct decode *values;
	struct arena *arena;
	struct tenon_client *client;
	struct tenon_record record;
	struct tenon_frame frame;
	struct tenon_error failed;       /* TENON_OK: it was read */
	struct str event;
	struct tenon_schema *schema;     /* that the frame names; NULL: unknown */
	struct str subject;              /* absent: none uses it */
	int32_t version;
	size_t n_subjects;               /* that use it */
	struct other *others;
	size_t n_others, room;
};

/* ---- the bytes ---- */

/* Digits with blanks, colons and "0x" among them, as tools print them. */
static bool read_hex(struct arena *arena, struct str text, struct str *out)
{
	char *digits = arena_alloc_text(arena, text.len + 1);
	size_t n = 0;
	uint8_t *bytes;

	if (str_starts(text, STR("0x")))
		text = str_sub(text, 2, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(" \t\r\n:", text.data[i]))
			digits[n++] = text.data[i];
	bytes = arena_array(arena, uint8_t, n / 2 + 1);
	if (n % 2 != 0 || !hex_decode(str_make(digits, n), bytes, n / 2))
		return false;
	*out = str_make((const char *)bytes, n / 2);
	return true;
}

static enum err_code read_bytes(const struct tool_call *call, struct str *out, struct err *err)
{
	const struct decode *decode = call->values;
	struct str text;

	if (str_present(decode->file) == (call->arguments.n > 0))
		return err_text(err, ERR_CONFIG_FILE, STR("the message as an argument, or --file FILE"));
	if (str_present(decode->file) && str_eq(decode->file, STR("-")))
		return output_read_stdin(call->arena, out, err);
	if (str_present(decode->file))
		return tree_read_file(call->arena, decode->file, out, err);
	text = str_trim(str_of(call->arguments.items[0]));
	if (!decode->base64 && read_hex(call->arena, text, out))
		return OK;
	if (base64_decode(call->arena, text, out))
		return OK;
	return err_text(err, ERR_CONFIG_FILE, STR("the message is neither hex nor base64"));
}

static enum err_code read_record(const struct tool_call *call, struct decoding *d, struct err *err)
{
	struct str bytes, header;

	TRY(read_bytes(call, &bytes, err));
	d->record = (struct tenon_record){ .data = bytes.data, .len = bytes.len };
	if (!str_present(d->values->header))
		return OK;
	if (!read_hex(call->arena, d->values->header, &header))
		return err_text(err, ERR_CONFIG_FILE, STR("--header is not hex"));
	d->record.header = header.data;
	d->record.header_len = header.len;
	return OK;
}

/* ---- the registry ---- */

static void unref_schema(void *arg)
{
	tenon_schema_unref(arg);
}

static enum err_code library_error(const struct tenon_error *from, struct err *err)
{
	return err_text(err, ERR_STORE, str_of(arena_strdup(err->arena, from->message)));
}

/* Whether it is the message's fault; else nothing can be told about it. */
static bool is_about_message(enum tenon_code code)
{
	return code == TENON_OK || code == TENON_BAD_BYTES || code == TENON_NOT_FOUND || code == TENON_INCOMPATIBLE ||
		code == TENON_INVALID || code == TENON_LIMIT;
}

static enum err_code read_event(struct decoding *d, struct err *err)
{
	struct tenon_deserializer *deserializer;
	struct tenon_error why = { .code = TENON_OK };
	const char *json;
	size_t len;

	if (tenon_frame_read(&d->record, &d->frame, &d->failed) != TENON_OK)
		return OK;
	if (tenon_deserializer_create(d->client, NULL, NULL, &deserializer, &why) != TENON_OK)
		return library_error(&why, err);
	if (tenon_deserialize_json(deserializer, &d->record, &json, &len, &d->failed) == TENON_OK)
		d->event = str_dup(d->arena, str_make(json, len));
	d->schema = tenon_deserializer_schema(deserializer);
	if (d->schema)
		arena_defer(d->arena, unref_schema, tenon_schema_ref(d->schema));
	tenon_deserializer_destroy(deserializer);
	return is_about_message(d->failed.code) ? OK : library_error(&d->failed, err);
}

/* An answer as JSON; NULL when the registry does not have it. */
static const struct jsn *ask(struct decoding *d, const char *path)
{
	struct err ignored = { .arena = d->arena };
	const struct jsn *answer = NULL;
	size_t len;
	char *text;

	if (tenon_call(d->client, "GET", path, NULL, &text, &len, NULL) != TENON_OK)
		return NULL;
	if (jsn_parse(d->arena, str_dup(d->arena, str_make(text, len)), 0, 100, &answer, &ignored) != OK)
		answer = NULL;
	tenon_free(text);
	return answer;
}

static int32_t number_of(const struct jsn *object, struct str name)
{
	const struct jsn *value = jsn_get_value(object, name);
	int32_t number = 0;

	return value && value->kind == JSN_NUMBER && str_to_i32(value->text, &number) ? number : 0;
}

static int32_t find_id(struct decoding *d)
{
	const struct jsn *ids;

	if (d->frame.id > 0)
		return d->frame.id;
	ids = ask(d, arena_printf(d->arena, "/schemas/guids/%s/ids", d->frame.guid));
	return ids && ids->kind == JSN_ARRAY && ids->n_items > 0 ? number_of(&ids->items[0], STR("id")) : 0;
}

/* The subject that uses the schema: the one that was asked for, or the first. */
static void find_subject(struct decoding *d)
{
	int32_t id = find_id(d);
	const struct jsn *uses = id > 0 ? ask(d, arena_printf(d->arena, "/schemas/ids/%d/versions", id)) : NULL;

	d->subject = d->values->subject;
	for (size_t i = 0; uses && uses->kind == JSN_ARRAY && i < uses->n_items; i++) {
		const struct jsn *subject = jsn_get_value(&uses->items[i], STR("subject"));

		if (!subject || subject->kind != JSN_STRING)
			continue;
		d->n_subjects++;
		if (!str_present(d->subject))
			d->subject = subject->text;
		if (str_eq(d->subject, subject->text))
			d->version = number_of(&uses->items[i], STR("version"));
	}
}

/* ---- other versions ---- */

static struct tenon_definition definition_of(const struct tenon_schema *schema)
{
	struct tenon_definition definition = { .type = tenon_schema_type(schema) };

	definition.text = tenon_schema_text(schema, &definition.text_len);
	definition.references = tenon_schema_references(schema, &definition.n_references);
	return definition;
}

/* As a reader of what was read; or, when nothing could be read, as the writer that the message does not name. */
static void try_version(struct decoding *d, struct tenon_schema *schema, struct tenon_error *why)
{
	struct tenon_definition reader = definition_of(schema);
	struct tenon_deserializer *deserializer;
	struct tenon_record record = d->record;
	uint8_t header[5] = { 0 };
	uint32_t id = (uint32_t)tenon_schema_id(schema);
	const char *json;
	size_t len;

	if (d->failed.code != TENON_OK) {
		for (unsigned i = 0; i < 4; i++)
			header[1 + i] = (uint8_t)(id >> (24 - 8 * i));
		record.header = header;
		record.header_len = sizeof(header);
		record.data = (const char *)d->record.data + d->frame.offset;
		record.len -= d->frame.offset;
	}
	if (tenon_deserializer_create(d->client, NULL, d->failed.code == TENON_OK ? &reader : NULL, &deserializer, why) != TENON_OK)
		return;
	tenon_deserialize_json(deserializer, &record, &json, &len, why);
	tenon_deserializer_destroy(deserializer);
}

static void add_other(struct decoding *d, int32_t version, const struct tenon_error *why)
{
	d->others = arena_grow(d->arena, d->others, d->n_others, &d->room, sizeof(*d->others));
	d->others[d->n_others++] = (struct other){
		.version = version,
		.reads = why->code == TENON_OK,
		.why = str_of(arena_strdup(d->arena, why->message)),
	};
}

/* Message indexes stand before a value of Protobuf, and only its own schema knows how many: not tried with others. */
static bool can_try(const struct decoding *d)
{
	return str_present(d->subject) && (d->failed.code == TENON_OK || !d->schema || tenon_schema_type(d->schema) != TENON_PROTOBUF);
}

static enum err_code try_others(struct decoding *d, struct err *err)
{
	struct tenon_error why = { .code = TENON_OK };
	const char *subject;
	int32_t *versions;
	size_t n;

	if (!can_try(d))
		return OK;
	subject = arena_strndup(d->arena, d->subject.data, d->subject.len);
	if (tenon_versions(d->client, subject, 0, &versions, &n, &why) != TENON_OK)
		return is_about_message(why.code) ? OK : library_error(&why, err);
	for (size_t i = 0; i < n; i++) {
		struct tenon_schema *schema;

		tenon_error_clear(&why);
		if (versions[i] == d->version || tenon_get_by_version(d->client, subject, versions[i], 0, &schema, &why) != TENON_OK)
			continue;
		try_version(d, schema, &why);
		add_other(d, versions[i], &why);
		tenon_schema_unref(schema);
	}
	tenon_error_clear(&why);
	tenon_free(versions);
	return OK;
}

/* ---- what is printed ---- */

static void print_frame(const struct decoding *d)
{
	if (d->frame.id == 0 && !*d->frame.guid)
		return;
	if (d->frame.id > 0)
		printf("id:      %d", d->frame.id);
	else
		printf("guid:    %s", d->frame.guid);
	printf("%s\n", d->frame.in_header ? " (in the header)" : "");
	if (!d->schema)
		return;
	printf("schema:  %.*s", STR_ARG(schema_type_name((enum schema_type)tenon_schema_type(d->schema))));
	if (str_present(d->subject) && d->version > 0)
		printf(", %.*s version %d", STR_ARG(report_plain(d->arena, d->subject)), d->version);
	if (d->n_subjects > 1)
		printf(" (used %zu times)", d->n_subjects);
	printf("\n");
}

static void print_text(const struct decoding *d)
{
	bool read = d->failed.code == TENON_OK;

	print_frame(d);
	if (read)
		printf("event:   %.*s\n", STR_ARG(report_plain(d->arena, d->event)));
	else
		printf("fails:   at byte %zu of %zu: %.*s\n", d->failed.offset, d->record.len,
			STR_ARG(report_plain(d->arena, str_of(d->failed.message))));
	for (size_t i = 0; i < d->n_others; i++) {
		const struct other *other = &d->others[i];

		printf("version %d %s%s%.*s\n", other->version, other->reads ? "reads it" : read ? "does not read it" : "is not it either",
			other->reads ? "" : ": ", STR_ARG(other->reads ? STR("") : report_plain(d->arena, other->why)));
	}
}

static void add_member(struct buf *b, const char *name, struct str text)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json_string(b, text);
}

static void print_json(const struct decoding *d)
{
	struct buf b = buf_make(d->arena, 1024);

	buf_printf(&b, "{\"code\":\"%s\"", tenon_code_name(d->failed.code));
	if (d->frame.id > 0)
		buf_printf(&b, ",\"id\":%d", d->frame.id);
	if (*d->frame.guid)
		add_member(&b, "guid", str_of(d->frame.guid));
	if (d->schema)
		add_member(&b, "schemaType", schema_type_name((enum schema_type)tenon_schema_type(d->schema)));
	if (str_present(d->subject))
		add_member(&b, "subject", d->subject);
	if (d->version > 0)
		buf_printf(&b, ",\"version\":%d", d->version);
	if (d->failed.code == TENON_OK) {
		buf_lit(&b, ",\"event\":");
		buf_add(&b, d->event);
	} else {
		add_member(&b, "message", str_of(d->failed.message));
		buf_printf(&b, ",\"offset\":%zu", d->failed.offset);
	}
	buf_lit(&b, ",\"others\":[");
	for (size_t i = 0; i < d->n_others; i++) {
		buf_printf(&b, "%s{\"version\":%d,\"reads\":%s", i > 0 ? "," : "", d->others[i].version,
			d->others[i].reads ? "true" : "false");
		if (!d->others[i].reads)
			add_member(&b, "message", d->others[i].why);
		buf_add_c(&b, '}');
	}
	buf_lit(&b, "]}");
	printf("%.*s\n", STR_ARG(buf_str(&b)));
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	struct decoding d = { .values = call->values, .arena = call->arena };
	struct rest *rest;

	TRY(read_record(call, &d, err));
	TRY(server_open(call->arena, &d.values->server, &rest, err));
	d.client = rest_client(rest);
	TRY(read_event(&d, err));
	if (d.frame.id > 0 || *d.frame.guid)
		find_subject(&d);
	TRY(try_others(&d, err));
	if (d.values->json)
		print_json(&d);
	else
		print_text(&d);
	*status = d.failed.code != TENON_OK;
	tenon_error_clear(&d.failed);
	return OK;
}

static const struct flag flags[] = {
	SERVER_FLAGS(struct decode),
	FLAG(FLAG_TEXT, struct decode, file, "file", "FILE", NULL, "the message as it is, in a file (-: standard input)"),
	FLAG(FLAG_TEXT, struct decode, header, "header", "HEX", NULL, "the record's header __value_schema_id or __key_schema_id"),
	FLAG(FLAG_TEXT, struct decode, subject, "subject", "SUBJECT", NULL, "whose versions are tried (default: the first that uses the schema)"),
	FLAG(FLAG_ON, struct decode, base64, "base64", NULL, NULL, "the argument is base64, also where it could be hex"),
	FLAG(FLAG_ON, struct decode, json, "json", NULL, NULL, "print one JSON object"),
};

const struct tool command_decode = {
	.name = "decode",
	.usage = "MESSAGE|--file FILE",
	.summary = "read a message and tell its schema, or the byte where it fails",
	.about = "MESSAGE is a record's value (or key) in hex or base64, with its frame: id or guid before the value, or in\n"
		"--header. Printed are the schema that wrote it, the event as JSON or the byte at which reading fails, and the other\n"
		"versions of the subject: whether they could read it as consumers; or, when it cannot be read, whether it was one of\n"
		"them that wrote it.\n\n"
		"  tenon decode 000000000302\n"
		"  kcat -C -t orders -c 1 -e -D '' | tenon decode --file -",
	.exits = "  0  it was read\n"
		"  1  it cannot be read: no frame, an unknown schema, or bytes that are not what it says\n"
		"  2  it could not be told: wrong arguments, or the registry could not be asked",
	TOOL_FLAGS(flags),
	.size = sizeof(struct decode),
	.most = 1,
	.failed = 2,
	.run = run,
};
