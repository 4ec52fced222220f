/* Well-known types whose JSON is not that of a message (ProtoJSON, the table of the guide), printed. */
#include "compat/protobuf/event_int.h"

#include <stdlib.h>
#include <time.h>

#include "base/base64.h"
#include "base/json.h"
#include "compat/protobuf/descriptor.h"

static bool has_kind(const struct pbuf_type *type, int32_t number, enum pbuf_kind kind)
{
	const struct pbuf_field *field = pbuf_field_numbered(type, number);

	return field && field->type.kind == kind;
}

static bool is_time(const struct pbuf_type *type)
{
	return has_kind(type, 1, PBUF_INT64) && has_kind(type, 2, PBUF_INT32);
}

static bool is_any(const struct pbuf_type *type)
{
	return has_kind(type, 1, PBUF_STRING) && has_kind(type, 2, PBUF_BYTES);
}

static bool is_wrapper(const struct pbuf_type *type)
{
	const struct pbuf_field *field = pbuf_field_numbered(type, 1);

	return field && field->type.kind < PBUF_SCALARS && field->label != PBUF_REPEATED;
}

static bool is_mask(const struct pbuf_type *type)
{
	const struct pbuf_field *paths = pbuf_field_numbered(type, 1);

	return has_kind(type, 1, PBUF_STRING) && paths->label == PBUF_REPEATED;
}

static bool is_list(const struct pbuf_type *type)
{
	const struct pbuf_field *values = pbuf_field_numbered(type, 1);

	return has_kind(type, 1, PBUF_NAMED) && values->label == PBUF_REPEATED && values->type.named
		&& str_eq(values->type.named->full, STR("google.protobuf.Value"));
}

static bool is_struct(const struct pbuf_type *type)
{
	const struct pbuf_field *fields = pbuf_field_numbered(type, 1);

	return has_kind(type, 1, PBUF_MAP) && fields->type.key->kind == PBUF_STRING && fields->type.value->named
		&& str_eq(fields->type.value->named->full, STR("google.protobuf.Value"));
}

static bool is_value(const struct pbuf_type *type)
{
	return has_kind(type, 1, PBUF_NAMED) && has_kind(type, 2, PBUF_DOUBLE) && has_kind(type, 3, PBUF_STRING)
		&& has_kind(type, 4, PBUF_BOOL) && has_kind(type, 5, PBUF_NAMED) && has_kind(type, 6, PBUF_NAMED)
		&& pbuf_field_numbered(type, 1)->type.named && pbuf_field_numbered(type, 5)->type.named
		&& pbuf_field_numbered(type, 6)->type.named && pbuf_wkt_of(pbuf_field_numbered(type, 5)->type.named) == WKT_STRUCT
		&& pbuf_wkt_of(pbuf_field_numbered(type, 6)->type.named) == WKT_LIST_VALUE;
}

static bool is_empty(const struct pbuf_type *type)
{
	return type->n_by_number == 0;
}

enum pbuf_wkt pbuf_wkt_of(const struct pbuf_type *type)
{
	static const struct {
		struct str name;
		enum pbuf_wkt wkt;
		bool (*fits)(const struct pbuf_type *type);
	} rows[] = {
#define W(name, wkt, fits) { { name, sizeof(name) - 1 }, wkt, fits }
		W("Any", WKT_ANY, is_any), W("Timestamp", WKT_TIMESTAMP, is_time), W("Duration", WKT_DURATION, is_time),
		W("Struct", WKT_STRUCT, is_struct), W("Value", WKT_VALUE, is_value), W("ListValue", WKT_LIST_VALUE, is_list),
		W("FieldMask", WKT_FIELD_MASK, is_mask), W("Empty", WKT_EMPTY, is_empty),
		W("DoubleValue", WKT_WRAPPER, is_wrapper), W("FloatValue", WKT_WRAPPER, is_wrapper),
		W("Int64Value", WKT_WRAPPER, is_wrapper), W("UInt64Value", WKT_WRAPPER, is_wrapper),
		W("Int32Value", WKT_WRAPPER, is_wrapper), W("UInt32Value", WKT_WRAPPER, is_wrapper),
		W("BoolValue", WKT_WRAPPER, is_wrapper), W("StringValue", WKT_WRAPPER, is_wrapper),
		W("BytesValue", WKT_WRAPPER, is_wrapper),
#undef W
	};
	struct str package = STR("google.protobuf.");

	if (type == NULL || !str_starts(type->full, package))
		return WKT_NONE;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_eq(rows[i].name, str_sub(type->full, package.len, type->full.len)))
			return rows[i].fits(type) ? rows[i].wkt : WKT_NONE;
	return WKT_NONE;
}

bool pbuf_is_null_value(const struct pbuf_use *use)
{
	return use->named && use->named->is_enum && str_eq(use->named->full, STR("google.protobuf.NullValue"));
}

static int64_t integer_of(const struct pbuf_message *message, int32_t number)
{
	const struct pbuf_datum *value = pbuf_member_numbered(message, number);

	return value ? value->i : 0;
}

/* ".020": none, three, six or nine digits. */
static void put_nanos(struct buf *b, int64_t nanos)
{
	if (nanos == 0)
		return;
	if (nanos % 1000000 == 0)
		buf_printf(b, ".%03d", (int)(nanos / 1000000));
	else if (nanos % 1000 == 0)
		buf_printf(b, ".%06d", (int)(nanos / 1000));
	else
		buf_printf(b, ".%09d", (int)nanos);
}

static bool put_timestamp(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	int64_t seconds = integer_of(message, 1), nanos = integer_of(message, 2);
	time_t time = (time_t)seconds;
	struct tm tm;

	(void)e;
	if (seconds < PBUF_FIRST_SECOND || seconds > PBUF_LAST_SECOND || nanos < 0 || nanos > 999999999)
		return false;
	if (gmtime_r(&time, &tm) == NULL)
		return false;
	buf_printf(b, "\"%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		tm.tm_sec);
	put_nanos(b, nanos);
	buf_lit(b, "Z\"");
	return true;
}

static bool put_duration(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	int64_t seconds = integer_of(message, 1), nanos = integer_of(message, 2);
	bool minus = seconds < 0 || nanos < 0;

	(void)e;
	if (llabs(seconds) > PBUF_MOST_SECONDS || seconds == INT64_MIN || nanos < -999999999 || nanos > 999999999
		|| (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0))
		return false;
	buf_printf(b, "\"%s%lld", minus ? "-" : "", (long long)llabs(seconds));
	put_nanos(b, llabs(nanos));
	buf_lit(b, "s\"");
	return true;
}

static bool put_wrapper(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	const struct pbuf_field *field = pbuf_field_numbered(message->type, 1);
	const struct pbuf_datum *value = pbuf_member_numbered(message, 1);
	struct pbuf_datum zero = pbuf_zero_value(&field->type);

	pbuf_json_value(e, b, &field->type, value ? value : &zero);
	return true;
}

static bool put_mask(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	const struct pbuf_datum *paths = pbuf_member_numbered(message, 1);
	struct buf text = buf_make(e->arena, 64);

	for (size_t i = 0; paths && i < paths->n_items; i++) {
		struct str path = paths->items[i].text;

		for (size_t k = 0; k < path.len; k++)
			if ((path.data[k] >= 'A' && path.data[k] <= 'Z') || path.data[k] == ',')
				return false; /* would not come back */
		if (i > 0)
			buf_add_c(&text, ',');
		buf_add(&text, pbuf_default_json_name(e->arena, path));
	}
	buf_json_string(b, buf_str(&text));
	return true;
}

static bool put_struct(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	const struct pbuf_field *field = pbuf_field_numbered(message->type, 1);
	const struct pbuf_datum *fields = pbuf_member_numbered(message, 1);

	buf_add_c(b, '{');
	for (size_t i = 0; fields && i + 1 < fields->n_items; i += 2) {
		if (i > 0)
			buf_add_c(b, ',');
		pbuf_json_value(e, b, field->type.key, &fields->items[i]);
		buf_add_c(b, ':');
		pbuf_json_value(e, b, field->type.value, &fields->items[i + 1]);
	}
	buf_add_c(b, '}');
	return true;
}

static bool put_list(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	const struct pbuf_datum *values = pbuf_member_numbered(message, 1);

	buf_add_c(b, '[');
	for (size_t i = 0; values && i < values->n_items; i++) {
		if (i > 0)
			buf_add_c(b, ',');
		pbuf_json_message(e, b, values->items[i].message);
	}
	buf_add_c(b, ']');
	return true;
}

/* Of a Value exactly one field is set; none counts as null. */
static bool put_value(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	if (message->n_members == 0)
		buf_lit(b, "null");
	else
		pbuf_json_value(e, b, &message->members[0].field->type, &message->members[0].value);
	return true;
}

static bool put_empty(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	(void)e, (void)message;
	buf_lit(b, "{}");
	return true;
}

/* The type behind the last slash of a type URL, when the schema knows it. */
const struct pbuf_type *pbuf_any_type(const struct pbuf_schema *schema, struct str url)
{
	const struct pbuf_type *type = map_get(&schema->types, str_sub(url, (size_t)(str_rindex(url, '/') + 1), url.len));

	return type && !type->is_enum ? type : NULL;
}

/* What is inside stands beside "@type" when its type is known, else as its bytes under "value". */
static bool put_any(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	const struct pbuf_datum *url = pbuf_member_numbered(message, 1), *value = pbuf_member_numbered(message, 2);
	const struct pbuf_type *type = url ? pbuf_any_type(e->schema, url->text) : NULL;
	const struct pbuf_message *inner = NULL;
	struct err ignored = { .arena = e->arena };
	bool first = false;

	if (url == NULL)
		return false;
	if (type && e->depth <= PBUF_DECODE_DEPTH
		&& pbuf_decode(e->arena, e->schema, type, value ? value->text : STR(""), &inner, &ignored) != OK)
		inner = NULL;
	buf_lit(b, "{\"@type\":");
	buf_json_string(b, url->text);
	if (inner && pbuf_wkt_of(type) == WKT_NONE) {
		pbuf_json_members(e, b, inner, &first);
	} else if (inner) {
		buf_lit(b, ",\"value\":");
		pbuf_json_message(e, b, inner);
	} else if (value) {
		buf_lit(b, ",\"value\":");
		buf_json_string(b, base64_encode(e->arena, value->text));
	}
	buf_add_c(b, '}');
	return true;
}

bool pbuf_json_known(struct pbuf_event *e, struct buf *b, enum pbuf_wkt wkt, const struct pbuf_message *message)
{
	static bool (*const puts[])(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message) = {
		[WKT_ANY] = put_any, [WKT_TIMESTAMP] = put_timestamp, [WKT_DURATION] = put_duration, [WKT_WRAPPER] = put_wrapper,
		[WKT_STRUCT] = put_struct, [WKT_VALUE] = put_value, [WKT_LIST_VALUE] = put_list, [WKT_FIELD_MASK] = put_mask,
		[WKT_EMPTY] = put_empty,
	};

	if (message->n_unknown > 0 && e->shows_unknown)
		return false;
	return puts[wkt](e, b, message);
}
