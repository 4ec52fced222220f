/* Well-known types out of their own forms in JSON (ProtoJSON, the table of the guide). */
#include "compat/protobuf/event_int.h"

#include <time.h>

#include "base/base64.h"
#include "base/json.h"
#include "compat/protobuf/descriptor.h"

static void set_integer(struct pbuf_event *e, struct pbuf_message *message, int32_t number, int64_t value)
{
	const struct pbuf_field *field = pbuf_field_numbered(message->type, number);

	if (value != 0 || pbuf_has_presence(field))
		*pbuf_member_add(e->arena, message, field) = (struct pbuf_datum){ .kind = PBUF_D_INT, .i = value };
}

static bool take_digits(struct str *text, size_t least, size_t most, int64_t *out)
{
	int64_t value = 0;
	size_t n = 0;

	while (n < text->len && n < most && text->data[n] >= '0' && text->data[n] <= '9')
		value = value * 10 + (text->data[n++] - '0');
	*text = str_sub(*text, n, text->len);
	*out = value;
	return n >= least;
}

static bool take_char(struct str *text, char c)
{
	if (text->len == 0 || text->data[0] != c)
		return false;
	*text = str_sub(*text, 1, text->len);
	return true;
}

/* ".02" as nanoseconds; nothing is none. */
static bool take_nanos(struct str *text, int64_t *out)
{
	size_t before;

	*out = 0;
	if (!take_char(text, '.'))
		return true;
	before = text->len;
	if (!take_digits(text, 1, 9, out))
		return false;
	for (size_t n = before - text->len; n < 9; n++)
		*out *= 10;
	return true;
}

/* "Z" or "+01:30", in seconds east. */
static bool take_zone(struct str *text, int64_t *out)
{
	int64_t hours, minutes;
	bool minus = text->len > 0 && text->data[0] == '-';

	*out = 0;
	if (take_char(text, 'Z') || take_char(text, 'z'))
		return true;
	if (!take_char(text, '+') && !take_char(text, '-'))
		return false;
	if (!take_digits(text, 2, 2, &hours) || !take_char(text, ':') || !take_digits(text, 2, 2, &minutes))
		return false;
	*out = (hours * 60 + minutes) * (minus ? -60 : 60);
	return hours < 24 && minutes < 60;
}

/* Two digits up to `most` in front of `end`; no `end` where that is 0. */
static bool take_part(struct str *text, int64_t most, char end, int *out)
{
	int64_t value;

	if (!take_digits(text, 2, 2, &value) || value > most || (end && !take_char(text, end)))
		return false;
	*out = (int)value;
	return true;
}

static bool take_date(struct str *text, struct tm *tm)
{
	int64_t year;

	if (!take_digits(text, 4, 4, &year) || !take_char(text, '-') || !take_part(text, 12, '-', &tm->tm_mon)
		|| !take_part(text, 31, 0, &tm->tm_mday))
		return false;
	tm->tm_year = (int)year - 1900;
	tm->tm_mon--;
	return tm->tm_mon >= 0 && tm->tm_mday > 0;
}

/* RFC 3339. */
static bool parse_time(struct str text, int64_t *seconds, int64_t *nanos)
{
	struct tm tm = { 0 };
	int64_t east;
	int day;

	if (!take_date(&text, &tm) || !(take_char(&text, 'T') || take_char(&text, 't')))
		return false;
	if (!take_part(&text, 23, ':', &tm.tm_hour) || !take_part(&text, 59, ':', &tm.tm_min)
		|| !take_part(&text, 59, 0, &tm.tm_sec))
		return false;
	if (!take_nanos(&text, nanos) || !take_zone(&text, &east) || text.len > 0)
		return false;
	day = tm.tm_mday;
	*seconds = (int64_t)timegm(&tm) - east;
	/* The 30th of February came out as another day. */
	return tm.tm_mday == day && *seconds >= PBUF_FIRST_SECOND && *seconds <= PBUF_LAST_SECOND;
}

static bool parse_duration(struct str text, int64_t *seconds, int64_t *nanos)
{
	bool minus = take_char(&text, '-');

	if (!take_digits(&text, 1, 12, seconds) || !take_nanos(&text, nanos) || !take_char(&text, 's') || text.len > 0)
		return false;
	if (minus) {
		*seconds = -*seconds;
		*nanos = -*nanos;
	}
	return *seconds >= -PBUF_MOST_SECONDS && *seconds <= PBUF_MOST_SECONDS;
}

/* What has no such form is printed, and read, as any message. */
static enum err_code read_time(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json, bool is_span)
{
	int64_t seconds = 0, nanos = 0;

	if (json->kind == JSN_OBJECT)
		return pbuf_json_read_members(e, message, json);
	if (json->kind != JSN_STRING
		|| !(is_span ? parse_duration(json->text, &seconds, &nanos) : parse_time(json->text, &seconds, &nanos)))
		return pbuf_json_misfit(e, is_span ? "a duration is written \"1.5s\"" : "a time is written \"2020-01-31T10:00:00.5Z\"");
	set_integer(e, message, 1, seconds);
	set_integer(e, message, 2, nanos);
	return OK;
}

static enum err_code read_timestamp(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	return read_time(e, message, json, false);
}

static enum err_code read_duration(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	return read_time(e, message, json, true);
}

static enum err_code read_wrapper(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	const struct pbuf_field *field = pbuf_field_numbered(message->type, 1);
	struct pbuf_datum value;

	TRY(pbuf_json_read_value(e, &field->type, json, &value));
	if (pbuf_has_presence(field) || !pbuf_is_zero(&value))
		*pbuf_member_add(e->arena, message, field) = value;
	return OK;
}

static enum err_code read_struct(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	const struct pbuf_field *field = pbuf_field_numbered(message->type, 1);
	struct pbuf_datum value;

	TRY(pbuf_json_read_map(e, &field->type, json, &value));
	if (value.n_items > 0)
		*pbuf_member_add(e->arena, message, field) = value;
	return OK;
}

static enum err_code read_list(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	const struct pbuf_field *field = pbuf_field_numbered(message->type, 1);
	struct pbuf_datum value;

	TRY(pbuf_json_read_list(e, &field->type, json, &value));
	if (value.n_items > 0)
		*pbuf_member_add(e->arena, message, field) = value;
	return OK;
}

/* google/protobuf/struct.proto: the field of each kind of value. */
static enum err_code read_any_value(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	static const int32_t numbers[] = {
		[JSN_NULL] = 1, [JSN_NUMBER] = 2, [JSN_STRING] = 3, [JSN_BOOL] = 4, [JSN_OBJECT] = 5, [JSN_ARRAY] = 6,
	};
	const struct pbuf_field *field = pbuf_field_numbered(message->type, numbers[json->kind]);
	struct pbuf_datum value;

	TRY(pbuf_json_read_value(e, &field->type, json, &value));
	*pbuf_member_add(e->arena, message, field) = value;
	return OK;
}

static struct str with_underscores(struct arena *arena, struct str path)
{
	struct buf b = buf_make(arena, path.len + 8);

	for (size_t i = 0; i < path.len; i++) {
		char c = path.data[i];

		if (c >= 'A' && c <= 'Z') {
			buf_add_c(&b, '_');
			c = (char)(c - 'A' + 'a');
		}
		buf_add_c(&b, c);
	}
	return buf_str(&b);
}

static enum err_code read_mask(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	const struct pbuf_field *field = pbuf_field_numbered(message->type, 1);
	struct pbuf_datum list = { .kind = PBUF_D_LIST };

	if (json->kind == JSN_OBJECT)
		return pbuf_json_read_members(e, message, json);
	if (json->kind != JSN_STRING)
		return pbuf_json_misfit(e, "a field mask is written \"a,b.c\"");
	for (size_t at = 0; json->text.len > 0 && at <= json->text.len;) {
		struct str rest = str_sub(json->text, at, json->text.len);
		ptrdiff_t comma = str_index(rest, ',');
		size_t len = comma < 0 ? rest.len : (size_t)comma;

		*pbuf_append(e->arena, list.items, list.n_items) = (struct pbuf_datum){
			.kind = PBUF_D_STRING, .text = with_underscores(e->arena, str_sub(rest, 0, len)),
		};
		at += len + 1;
	}
	if (list.n_items > 0)
		*pbuf_member_add(e->arena, message, field) = list;
	return OK;
}

/* The bytes of what is inside: of a known type from its JSON, else as they are written. */
static enum err_code read_inside(struct pbuf_event *e, const struct pbuf_type *type, const struct jsn *json, struct str *out)
{
	const struct jsn *value = jsn_get(json, STR("value"));
	struct pbuf_message *inner;

	*out = STR("");
	if (type == NULL) {
		if (value && value->kind == JSN_STRING && (value->text.len == 0 || base64_decode(e->arena, value->text, out)))
			return OK;
		return value == NULL ? OK : pbuf_json_misfit(e, "what is inside of an unknown type is its bytes in base64");
	}
	inner = pbuf_message_make(e->arena, type);
	if (pbuf_wkt_of(type) == WKT_NONE)
		TRY(pbuf_json_read_members(e, inner, json));
	else if (value == NULL)
		return pbuf_json_misfit(e, "\"value\" is missing beside \"@type\"");
	else
		TRY(pbuf_json_read_message(e, inner, value));
	*out = pbuf_encode(e->arena, inner);
	return OK;
}

static enum err_code read_any(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	const struct jsn *url = jsn_get(json, STR("@type"));
	struct str bytes;

	if (json->kind != JSN_OBJECT)
		return pbuf_json_misfit(e, "an Any is an object, not %s", jsn_kind_name(json->kind));
	if (json->n_items == 0)
		return OK;
	if (url == NULL || url->kind != JSN_STRING)
		return pbuf_json_misfit(e, "an Any names its type in \"@type\"");
	TRY(read_inside(e, pbuf_any_type(e->schema, url->text), json, &bytes));
	*pbuf_member_add(e->arena, message, pbuf_field_numbered(message->type, 1)) =
		(struct pbuf_datum){ .kind = PBUF_D_STRING, .text = url->text };
	if (bytes.len > 0)
		*pbuf_member_add(e->arena, message, pbuf_field_numbered(message->type, 2)) =
			(struct pbuf_datum){ .kind = PBUF_D_BYTES, .text = bytes };
	return OK;
}

enum err_code pbuf_json_read_known(struct pbuf_event *e, enum pbuf_wkt wkt, struct pbuf_message *message,
	const struct jsn *json)
{
	static enum err_code (*const reads[])(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json) = {
		[WKT_ANY] = read_any, [WKT_TIMESTAMP] = read_timestamp, [WKT_DURATION] = read_duration, [WKT_WRAPPER] = read_wrapper,
		[WKT_STRUCT] = read_struct, [WKT_VALUE] = read_any_value, [WKT_LIST_VALUE] = read_list,
		[WKT_FIELD_MASK] = read_mask, [WKT_EMPTY] = pbuf_json_read_members,
	};

	return reads[wkt](e, message, json);
}
