/* Events against schemas: JSON to bytes, and bytes as a consumer gets them to what they say, with whatever is wrong with them. */
#include "base/arena.h"
#include "compat/outline.h"
#include "server/registry/explain_int.h"

enum {
	ID_FRAME = 5,      /* a zero and four bytes of the id, most significant first */
	GUID_FRAME = 17,   /* a one and the guid */
	INDEXES = 64,      /* of nested messages */
	OTHERS = 50,       /* further versions that are tried */
};

/* ---- writing ---- */

enum err_code registry_event_write(struct call *call, const struct schema_choice *schema,
	const struct event_target *target, struct str json, struct str *bytes, struct schema_fault *fault, struct err *err)
{
	struct event_target chosen = *target;
	struct schema_fault unreadable = { .message = STR_NONE };
	struct err said = { .arena = call->arena };
	struct content content;
	struct str text;
	enum err_code code;

	TRY(explain_choose(call, schema, &content, &text, &unreadable, err));
	TRY(explain_no_fault(&unreadable, "schema", err));
	chosen.schema = content.parsed;
	code = schema_event_write(call->arena, &chosen, json, bytes, &said);
	if (code == ERR_PARSE)
		*fault = (struct schema_fault){ .message = said.message };
	else if (code != OK)
		return err_text(err, code, said.message);
	return OK;
}

/* ---- frames ---- */

static void read_frame(struct str data, struct decoded_frame *out)
{
	const unsigned char *bytes = (const unsigned char *)data.data;

	*out = (struct decoded_frame){ .magic = -1 };
	if (data.len >= ID_FRAME && bytes[0] == 0) {
		out->magic = 0;
		out->id = (int)((uint32_t)bytes[1] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 8 | bytes[4]);
		out->payload = ID_FRAME;
	} else if (data.len >= GUID_FRAME && bytes[0] == 1) {
		out->magic = 1;
		memcpy(out->guid, bytes + 1, sizeof(out->guid));
		out->payload = GUID_FRAME;
	}
}

/* One number as Avro and sint64 write it; false when the data ends before. */
static bool read_number(struct str data, size_t *at, int64_t *out)
{
	uint64_t bits = 0;

	for (unsigned shift = 0; shift < 64 && *at < data.len; shift += 7) {
		unsigned char byte = (unsigned char)data.data[(*at)++];

		bits |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80) {
			*out = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
			return true;
		}
	}
	return false;
}

/* Which message it is: how many steps down, and the steps; a single zero is the first message. */
static bool read_indexes(struct arena *arena, struct str data, struct decoded_frame *frame)
{
	int *indexes = arena_array(arena, int, INDEXES);
	int64_t n, index = 0;

	if (!read_number(data, &frame->payload, &n) || n < 0 || n > INDEXES)
		return false;
	for (int64_t i = 0; i < n; i++) {
		if (!read_number(data, &frame->payload, &index) || index < 0 || index > INT32_MAX)
			return false;
		indexes[i] = (int)index;
	}
	frame->indexes = indexes;
	frame->n_indexes = n == 0 ? 1 : (size_t)n;
	return true;
}

static const struct outline *nth_message(const struct outline *in, int index)
{
	for (size_t i = 0; i < in->n_items; i++)
		if (str_eq(in->items[i].kind, STR("message")) && index-- == 0)
			return &in->items[i];
	return NULL;
}

/* The full name of the message that the indexes lead to; absent: they lead nowhere, or there are none. */
static struct str message_of(struct arena *arena, const struct schema *schema, const struct decoded_frame *frame)
{
	const struct outline *at;

	if (schema->type != SCHEMA_PROTOBUF || frame->n_indexes == 0)
		return STR_NONE;
	at = schema_outline(arena, schema);
	for (size_t i = 0; i < frame->n_indexes && at; i++)
		at = nth_message(at, frame->indexes[i]);
	return at ? at->name : STR_NONE;
}

/* ---- whose bytes they are ---- */

/* Absence is an answer here. */
static enum err_code or_absent(enum err_code code, const struct err *said, const struct view_version **out, struct err *err)
{
	if (code == OK)
		return OK;
	*out = NULL;
	return err_status(code) == 404 ? OK : err_text(err, code, said->message);
}

static enum err_code find_id(struct call *call, int id, struct str subject, const struct view_version **out, struct err *err)
{
	struct err said = { .arena = call->arena };
	const struct str *contexts;
	size_t n;

	TRY(or_absent(registry_id_get(call, id, subject, out, &said), &said, out, err));
	TRY(view_list_contexts(call->view, call->arena, &contexts, &n, err));
	for (size_t i = 0; i < n && !*out; i++)
		TRY(view_id_find(call->view, call->arena, contexts[i], id, out, err));
	return OK;
}

static enum err_code find_schema(struct call *call, const struct decode_query *query, const struct decoded_frame *frame,
	const struct view_version **out, struct err *err)
{
	struct err said = { .arena = call->arena };

	*out = NULL;
	if (frame->magic == 0)
		return find_id(call, frame->id, query->subject, out, err);
	if (frame->magic == 1)
		return or_absent(registry_guid_get(call, hex_encode(call->arena, frame->guid, sizeof(frame->guid)), out, &said), &said,
			out, err);
	if (str_present(query->subject))
		return registry_version_get(call, query->subject,
			query->has_reader ? query->reader : (struct version_number){ .latest = true, .number = -1 }, true, out, err);
	return OK;
}

/* The live versions that have the schema. */
static enum err_code find_users(struct call *call, struct decoded *out, struct err *err)
{
	const struct view_version_head *all;
	struct view_version_head *live;
	size_t n;

	if (!out->schema)
		return OK;
	TRY(view_id_users(call->view, call->arena, out->schema->context, out->schema->id, &all, &n, err));
	live = arena_array(call->arena, struct view_version_head, n);
	for (size_t i = 0; i < n; i++)
		if (!all[i].deleted)
			live[out->n_users++] = all[i];
	out->users = live;
	return OK;
}

/* ---- reading ---- */

static void fail(struct decoded *out, struct str reason, size_t offset, enum decode_verdict verdict)
{
	out->event = (struct event_read){ .reason = reason, .offset = offset };
	out->verdict = verdict;
}

static struct str no_schema(struct arena *arena, const struct decoded_frame *frame)
{
	if (frame->magic == 0)
		return str_printf(arena, "no schema has the id %d", frame->id);
	if (frame->magic == 1)
		return STR("no schema has this guid");
	return STR("the bytes have no frame: they do not begin with 0 and an id, or 1 and a guid");
}

static enum err_code read_payload(struct call *call, const struct decode_query *query, const struct schema *writer,
	const struct schema *reader, const struct decoded_frame *frame, struct event_read *out, struct err *err)
{
	const struct event_source source = {
		.writer = writer,
		.reader = reader,
		.message = message_of(call->arena, writer, frame),
		.bytes = str_sub(query->data, frame->payload, query->data.len),
	};

	if (frame->n_indexes > 0 && writer->type == SCHEMA_PROTOBUF && !str_present(source.message)) {
		*out = (struct event_read){ .reason = STR("the message indexes lead to no message of the schema") };
		return OK;
	}
	TRY(schema_event_read(call->arena, &source, out, err));
	out->offset += frame->payload;
	return OK;
}

/* Whether a version would read the payload; one that cannot be used does not. */
static enum err_code try_other(struct call *call, const struct decode_query *query, const struct view_version *version,
	const struct decoded *decoded, bool *out, struct err *err)
{
	struct err said = { .arena = call->arena };
	struct decoded_frame frame = decoded->frame;
	struct content content;
	struct event_read read;

	*out = false;
	if (content_of_version(call, version, &content, &said) != OK)
		return OK;
	if (content.type == SCHEMA_PROTOBUF && frame.magic >= 0 && frame.n_indexes == 0 &&
		!read_indexes(call->arena, query->data, &frame))
		return OK;
	TRY(read_payload(call, query, content.parsed, NULL, &frame, &read, err));
	*out = read.ok;
	return OK;
}

/* Newest first; the one that failed is none of them. */
static enum err_code try_subject(struct call *call, const struct decode_query *query, struct str subject,
	struct decoded *out, struct decoded_other *list, struct err *err)
{
	const struct view_version *versions;
	size_t n;

	TRY(view_versions(call->view, call->arena, subject, VIEW_LIVE, &versions, &n, err));
	for (size_t i = n; i-- > 0 && out->n_others < OTHERS;) {
		struct decoded_other *other = &list[out->n_others];

		if (out->schema && versions[i].id == out->schema->id && str_eq(versions[i].context, out->schema->context))
			continue;
		*other = (struct decoded_other){ .subject = subject, .version = versions[i].version };
		TRY(try_other(call, query, &versions[i], out, &other->reads, err));
		out->n_others++;
	}
	return OK;
}

static enum err_code try_others(struct call *call, const struct decode_query *query, struct decoded *out, struct err *err)
{
	struct decoded_other *list = arena_array(call->arena, struct decoded_other, OTHERS);
	struct str given = str_present(query->subject) ? subject_normalize(call->arena, query->subject) : STR("");
	bool met = given.len == 0;

	for (size_t i = 0; i < out->n_users; i++) {
		if (i > 0 && str_eq(out->users[i].subject, out->users[i - 1].subject))
			continue;
		met = met || str_eq(out->users[i].subject, given);
		TRY(try_subject(call, query, out->users[i].subject, out, list, err));
	}
	if (!met)
		TRY(try_subject(call, query, given, out, list, err));
	out->others = list;
	return OK;
}

/* The reader's schema; NULL when none was asked for. */
static enum err_code find_reader(struct call *call, const struct decode_query *query, const struct decoded *out,
	const struct schema **reader, struct err *err)
{
	const struct view_version *version;
	struct content content;

	*reader = NULL;
	if (!query->has_reader || !str_present(query->subject) || out->frame.magic < 0)
		return OK;
	TRY(registry_version_get(call, query->subject, query->reader, true, &version, err));
	TRY(content_of_version(call, version, &content, err));
	*reader = content.parsed;
	return OK;
}

static enum err_code decode(struct call *call, const struct decode_query *query, struct decoded *out, struct err *err)
{
	struct err said = { .arena = call->arena };
	const struct schema *reader;
	struct content writer;

	if (content_of_version(call, out->schema, &writer, &said) != OK) {
		fail(out, said.message, 0, DECODE_RETRY); /* what it refers to is not there (yet) */
		return OK;
	}
	if (writer.type == SCHEMA_PROTOBUF && out->frame.magic >= 0 && !read_indexes(call->arena, query->data, &out->frame)) {
		fail(out, STR("the message indexes are cut off or too many"), out->frame.payload, DECODE_DEAD_LETTER);
		return OK;
	}
	TRY(find_reader(call, query, out, &reader, err));
	if (reader && reader->type != writer.type) {
		fail(out, STR("the reader's schema is of another type"), 0, DECODE_DEAD_LETTER);
		return OK;
	}
	TRY(read_payload(call, query, writer.parsed, reader, &out->frame, &out->event, err));
	out->verdict = out->event.ok ? DECODE_OK : DECODE_DEAD_LETTER;
	return OK;
}

static enum err_code decode_all(struct call *call, const struct decode_query *query, struct decoded *out, struct err *err)
{
	read_frame(query->data, &out->frame);
	TRY(find_schema(call, query, &out->frame, &out->schema, err));
	TRY(find_users(call, out, err));
	if (out->schema)
		TRY(decode(call, query, out, err));
	else
		fail(out, no_schema(call->arena, &out->frame), out->frame.magic < 0 ? 0 : 1, DECODE_DEAD_LETTER);
	return out->event.ok ? OK : try_others(call, query, out, err);
}

enum err_code registry_decode(struct call *call, const struct decode_query *query, struct decoded *out, struct err *err)
{
	struct decoded decoded = { .verdict = DECODE_OK };
	enum err_code code;

	TRY(view_begin(call->view, err));
	code = decode_all(call, query, &decoded, err);
	view_end(call->view);
	TRY(code);
	*out = decoded;
	return OK;
}
