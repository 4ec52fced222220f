/* Events: bytes that a consumer could not read, and JSON that a producer would send. */
#include "base/arena.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/digest.h"
#include "server/api/handlers.h"
#include "server/api/v1_explain_int.h"

/* ---- decode ---- */

/* Without blanks, and without the 0x and the colons that tools print hex with. */
static struct str squeezed(struct arena *arena, struct str text, const char *without)
{
	struct buf out = buf_make(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\0' || !strchr(without, text.data[i]))
			buf_add_c(&out, text.data[i]);
	return buf_str(&out);
}

static bool read_hex(struct arena *arena, struct str text, struct str *out)
{
	struct str digits = squeezed(arena, text, " \t\r\n:");
	uint8_t *bytes;

	if (str_starts(digits, STR("0x")))
		digits = str_sub(digits, 2, digits.len);
	bytes = arena_alloc(arena, digits.len / 2 + 1);
	if (digits.len % 2 != 0 || !hex_decode(digits, bytes, digits.len / 2))
		return false;
	*out = str_make((const char *)bytes, digits.len / 2);
	return true;
}

static enum err_code read_data(struct request *rq, struct str *out, struct err *err)
{
	struct arena *arena = request_arena(rq);
	struct str text;

	TRY(read_text(request_body(rq), STR("data"), &text, err));
	if (str_present(text) && (read_hex(arena, text, out) || base64_decode(arena, squeezed(arena, text, " \t\r\n"), out)))
		return OK;
	return err_raise(err, INVALID_VALUE, "data must be bytes as hex or base64");
}

static void write_frame(struct buf *out, const struct decoded_frame *frame)
{
	char guid[37];

	v1_name(out, "framing");
	if (frame->magic < 0) {
		buf_lit(out, "null");
		return;
	}
	uuid_format(frame->guid, guid);
	buf_add_c(out, '{');
	v1_int(out, "magic", frame->magic);
	if (frame->magic == 0)
		v1_int(out, "id", frame->id);
	else
		v1_text(out, "id", STR_NONE);
	v1_text(out, "guid", frame->magic == 1 ? str_of(guid) : STR_NONE);
	v1_name(out, "indexes");
	buf_add_c(out, '[');
	for (size_t i = 0; i < frame->n_indexes; i++) {
		v1_next(out);
		buf_add_i64(out, frame->indexes[i]);
	}
	buf_add_c(out, ']');
	v1_int(out, "payloadOffset", (int64_t)frame->payload);
	buf_add_c(out, '}');
}

static void write_schema(struct buf *out, const struct decoded *decoded)
{
	v1_name(out, "schema");
	if (!decoded->schema) {
		buf_lit(out, "null");
		return;
	}
	buf_add_c(out, '{');
	v1_int(out, "id", decoded->schema->id);
	v1_text(out, "type", decoded->schema->schema_type);
	v1_name(out, "subjects");
	buf_add_c(out, '[');
	for (size_t i = 0; i < decoded->n_users; i++) {
		v1_next(out);
		buf_add_c(out, '{');
		v1_text(out, "subject", decoded->users[i].subject);
		v1_int(out, "version", decoded->users[i].version);
		buf_add_c(out, '}');
	}
	buf_lit(out, "]}");
}

static void write_event(struct buf *out, const struct event_read *event)
{
	v1_name(out, "event");
	buf_add(out, event->ok ? event->json : STR("null"));
	v1_name(out, "error");
	if (event->ok) {
		buf_lit(out, "null");
		return;
	}
	buf_add_c(out, '{');
	v1_text(out, "message", event->reason);
	v1_int(out, "offset", (int64_t)event->offset);
	v1_text(out, "path", event->path);
	buf_add_c(out, '}');
}

static void write_others(struct buf *out, const struct decoded *decoded)
{
	v1_name(out, "others");
	buf_add_c(out, '[');
	for (size_t i = 0; i < decoded->n_others; i++) {
		v1_next(out);
		buf_add_c(out, '{');
		v1_text(out, "subject", decoded->others[i].subject);
		v1_int(out, "version", decoded->others[i].version);
		v1_bool(out, "reads", decoded->others[i].reads);
		buf_add_c(out, '}');
	}
	buf_add_c(out, ']');
}

enum err_code v1_decode(struct request *rq, struct err *err)
{
	static const struct str verdicts[] = {
		[DECODE_OK] = STR("ok"),
		[DECODE_RETRY] = STR("retry"),
		[DECODE_DEAD_LETTER] = STR("dead-letter"),
	};
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 4096);
	struct decode_query query = { .subject = STR_NONE };
	struct decoded decoded;

	TRY(read_object(request_body(rq), "DecodeRequest", err));
	TRY(read_data(rq, &query.data, err));
	TRY(v1_read_subject(rq, &call, &query.subject, err));
	TRY(v1_read_version(rq, STR("version"), &query.has_reader, &query.reader, err));
	TRY(registry_decode(&call, &query, &decoded, err));
	buf_add_c(&out, '{');
	write_frame(&out, &decoded.frame);
	write_schema(&out, &decoded);
	write_event(&out, &decoded.event);
	v1_text(&out, "verdict", verdicts[decoded.verdict]);
	write_others(&out, &decoded);
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}

/* ---- validate ---- */

static enum err_code read_choice(struct request *rq, struct call *call, struct schema_choice *out, struct err *err)
{
	bool found;

	TRY(v1_read_subject(rq, call, &out->subject, err));
	TRY(v1_read_version(rq, STR("version"), &found, &out->version, err));
	if (jsn_get_value(request_body(rq), STR("schema")))
		return v1_read_schema(rq, request_body(rq), &out->sent, err);
	if (!found)
		out->version = (struct version_number){ .latest = true, .number = -1 };
	if (!str_present(out->subject))
		return err_raise(err, INVALID_VALUE, "Either subject and version, or schema must be given");
	return OK;
}

static void write_validity(struct buf *out, struct str bytes, const struct schema_fault *fault)
{
	bool valid = !str_present(fault->message);

	v1_bool(out, "valid", valid);
	v1_name(out, "error");
	if (valid) {
		buf_lit(out, "null");
		v1_text(out, "bytes", hex_encode(out->arena, (const uint8_t *)bytes.data, bytes.len));
		return;
	}
	buf_add_c(out, '{');
	v1_text(out, "message", fault->message);
	v1_text(out, "path", STR_NONE);
	buf_add_c(out, '}');
	v1_text(out, "bytes", STR_NONE);
}

enum err_code v1_validate(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 1024), event = buf_make(call.arena, 1024);
	struct schema_choice choice = { .sent = NULL };
	struct schema_fault fault = { .message = STR_NONE };
	struct event_target target = { .schema = NULL };
	struct str bytes = STR("");
	enum config_flag flag;
	const struct jsn *member;

	TRY(read_object(request_body(rq), "ValidateRequest", err));
	member = jsn_get(request_body(rq), STR("event"));
	if (!member)
		return err_raise(err, INVALID_VALUE, "event is missing");
	TRY(read_text(request_body(rq), STR("message"), &target.message, err));
	TRY(read_flag(request_body(rq), STR("formatsIgnored"), &flag, err));
	target.formats_ignored = flag == CONFIG_TRUE;
	TRY(read_choice(rq, &call, &choice, err));
	buf_json(&event, member);
	TRY(registry_event_write(&call, &choice, &target, buf_str(&event), &bytes, &fault, err));
	buf_add_c(&out, '{');
	write_validity(&out, bytes, &fault);
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}
