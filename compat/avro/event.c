/* Events as JSON: the sink that writes Avro's JSON encoding, and both directions behind compat/event.h. */
#include "compat/avro/event_int.h"
#include "compat/avro/plan_int.h"
#include "compat/avro/value_int.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/limits.h"

/* The text of one field of a record: `"name":value`. */
struct piece {
	size_t start, end;
};

/* An open value. */
struct level {
	size_t n_items;       /* that came so far */
	struct piece *pieces; /* of a record, by index: fields may come in another order than the reader's */
	size_t last;          /* the index of the field that came last */
	bool reordered;
};

struct json_sink {
	struct arena *arena;
	struct buf out;
	struct buf scratch;
	struct level *levels;
	size_t n_levels, room;
	const char *reason; /* why it stopped */
	bool limit;         /* because of our bound */
};

static struct level *top(struct json_sink *s)
{
	return &s->levels[s->n_levels - 1];
}

static void push(struct json_sink *s)
{
	s->levels = arena_grow(s->arena, s->levels, s->n_levels, &s->room, sizeof(*s->levels));
	s->levels[s->n_levels++] = (struct level){ .n_items = 0 };
}

static bool json_null(void *to)
{
	struct json_sink *s = to;

	buf_lit(&s->out, "null");
	return true;
}

static bool json_boolean(void *to, bool value)
{
	struct json_sink *s = to;

	buf_add(&s->out, value ? STR("true") : STR("false"));
	return true;
}

static bool json_long(void *to, int64_t value)
{
	struct json_sink *s = to;

	buf_add_i64(&s->out, value);
	return true;
}

static bool json_int(void *to, int32_t value)
{
	return json_long(to, value);
}

static bool json_float(void *to, float value)
{
	struct json_sink *s = to;

	avsc_put_float(&s->out, value);
	return true;
}

static bool json_double(void *to, double value)
{
	struct json_sink *s = to;

	avsc_put_double(&s->out, value);
	return true;
}

static bool json_string(void *to, struct str value)
{
	struct json_sink *s = to;

	if (!str_is_utf8(value)) {
		s->reason = "The string is not valid UTF-8";
		return false;
	}
	buf_json_string(&s->out, value);
	return true;
}

/* Each byte is the character of its number. */
static bool json_bytes(void *to, struct str value)
{
	struct json_sink *s = to;
	size_t size = 0;
	char *text = arena_alloc_text(s->arena, 2 * value.len + 1);

	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = (uint8_t)value.data[i];

		if (c >= 0x80)
			text[size++] = (char)(0xC0 | c >> 6);
		text[size++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3F));
	}
	buf_json_string(&s->out, str_make(text, size));
	return true;
}

static bool json_fixed(void *to, const struct avsc_type *type, struct str value)
{
	(void)type;
	return json_bytes(to, value);
}

static bool json_enum(void *to, const struct avsc_type *type, size_t symbol)
{
	struct json_sink *s = to;

	buf_json_string(&s->out, type->symbols[symbol]);
	return true;
}

/* Names and defaults can make the text much longer than the bytes. */
static bool has_room(struct json_sink *s)
{
	if (s->out.len < LIMIT_EVENT_JSON)
		return true;
	s->reason = "The event is too long as JSON";
	s->limit = true;
	return false;
}

static bool json_record_begin(void *to, const struct avsc_type *type)
{
	struct json_sink *s = to;

	buf_add_c(&s->out, '{');
	push(s);
	top(s)->pieces = arena_array(s->arena, struct piece, type->n_fields);
	return true;
}

static bool json_field(void *to, const struct avsc_type *type, size_t index)
{
	struct json_sink *s = to;
	struct level *level = top(s);

	if (level->n_items > 0) {
		level->pieces[level->last].end = s->out.len;
		level->reordered |= index < level->last;
		buf_add_c(&s->out, ',');
	}
	level->n_items++;
	level->last = index;
	level->pieces[index].start = s->out.len;
	buf_json_string(&s->out, type->fields[index].name);
	buf_add_c(&s->out, ':');
	return has_room(s);
}

/* The fields' texts once more, in the reader's order; a witness may be run with a record that lacks some. */
static void put_in_order(struct json_sink *s, const struct piece *pieces, size_t n_fields)
{
	struct buf *again = &s->scratch;

	again->len = 0;
	for (size_t i = 0; i < n_fields; i++) {
		if (pieces[i].end == pieces[i].start)
			continue;
		if (again->len > 0)
			buf_add_c(again, ',');
		buf_add(again, str_make(s->out.data + pieces[i].start, pieces[i].end - pieces[i].start));
	}
	memcpy(s->out.data + s->out.len - again->len, again->data, again->len);
}

static bool json_record_end(void *to, const struct avsc_type *type)
{
	struct json_sink *s = to;
	struct level *level = top(s);

	if (level->n_items > 0)
		level->pieces[level->last].end = s->out.len;
	if (level->reordered)
		put_in_order(s, level->pieces, type->n_fields);
	s->n_levels--;
	buf_add_c(&s->out, '}');
	return true;
}

static bool json_array_begin(void *to)
{
	struct json_sink *s = to;

	buf_add_c(&s->out, '[');
	push(s);
	return true;
}

static bool json_item(void *to)
{
	struct json_sink *s = to;

	if (top(s)->n_items++ > 0)
		buf_add_c(&s->out, ',');
	return has_room(s);
}

static bool json_array_end(void *to)
{
	struct json_sink *s = to;

	s->n_levels--;
	buf_add_c(&s->out, ']');
	return true;
}

static bool json_map_begin(void *to)
{
	struct json_sink *s = to;

	buf_add_c(&s->out, '{');
	push(s);
	return true;
}

static bool json_key(void *to, struct str key)
{
	struct json_sink *s = to;

	if (!json_item(to) || !json_string(to, key))
		return false;
	buf_add_c(&s->out, ':');
	return true;
}

static bool json_map_end(void *to)
{
	struct json_sink *s = to;

	s->n_levels--;
	buf_add_c(&s->out, '}');
	return true;
}

/* Specification, "JSON Encoding": null stands by itself, all else behind the branch's name. */
static bool json_union_begin(void *to, const struct avsc_type *type, size_t branch)
{
	struct json_sink *s = to;
	const struct avsc_type *inner = type->branches[branch];

	push(s);
	top(s)->n_items = inner->kind != AVSC_NULL;
	if (inner->kind == AVSC_NULL)
		return true;
	buf_add_c(&s->out, '{');
	buf_json_string(&s->out, avsc_kind_is_named(inner->kind) ? inner->name.full : str_of(avsc_kind_name(inner->kind)));
	buf_add_c(&s->out, ':');
	return true;
}

static bool json_union_end(void *to)
{
	struct json_sink *s = to;

	if (top(s)->n_items > 0)
		buf_add_c(&s->out, '}');
	s->n_levels--;
	return true;
}

enum err_code avsc_plan_json(struct arena *arena, const struct avsc_plan *plan, struct str bytes, struct event_read *out,
	struct err *err)
{
	struct json_sink json = { .arena = arena, .out = buf_make(arena, bytes.len + 64),
		.scratch = buf_make(arena, 0) };
	const struct avsc_sink sink = {
		.to = &json, .put_null = json_null, .put_boolean = json_boolean, .put_int = json_int, .put_long = json_long,
		.put_float = json_float, .put_double = json_double, .put_bytes = json_bytes, .put_string = json_string,
		.put_fixed = json_fixed, .put_enum = json_enum, .record_begin = json_record_begin, .field = json_field,
		.record_end = json_record_end, .array_begin = json_array_begin, .item = json_item, .array_end = json_array_end,
		.map_begin = json_map_begin, .key = json_key, .map_end = json_map_end, .union_begin = json_union_begin,
		.union_end = json_union_end,
	};
	struct avsc_failure failure;

	*out = (struct event_read){ .ok = avsc_plan_run(plan, bytes, &sink, &failure) };
	if (out->ok) {
		out->json = buf_str(&json.out);
		return OK;
	}
	out->reason = str_of(failure.by_sink ? json.reason : arena_strdup(arena, failure.reason));
	if (failure.limit || json.limit)
		return err_text(err, ERR_LIMIT, str_dup(err->arena, out->reason));
	out->offset = failure.offset;
	out->unresolved = failure.unresolved;
	out->path = str_of(arena_strdup(arena, failure.path));
	return OK;
}

enum err_code avsc_event_read(struct arena *arena, const struct event_source *source, struct event_read *out,
	struct err *err)
{
	const struct schema *reader = source->reader ? source->reader : source->writer;
	const struct avsc_plan *plan;

	TRY(avsc_plan_make(arena, avsc_of(source->writer), avsc_of(reader), &plan, err));
	return avsc_plan_json(arena, plan, source->bytes, out, err);
}

/* ---- writing ---- */

/* The JSON pointer of a value in the tree, found by its address; false when it is not below. */
static bool put_pointer(struct buf *b, const struct jsn *tree, const struct jsn *value)
{
	size_t len = b->len;

	if (tree == value)
		return true;
	for (size_t i = 0; i < tree->n_items; i++) {
		buf_add_c(b, '/');
		if (tree->kind == JSN_ARRAY)
			buf_add_i64(b, (int64_t)i);
		for (size_t j = 0; tree->kind == JSN_OBJECT && j < tree->items[i].name.len; j++) {
			char c = tree->items[i].name.data[j];

			if (c == '~' || c == '/')
				buf_add(b, c == '~' ? STR("~0") : STR("~1"));
			else
				buf_add_c(b, c);
		}
		if (put_pointer(b, &tree->items[i], value))
			return true;
		b->len = len;
	}
	return false;
}

static enum err_code add_place(struct err *err, const struct jsn *tree, const struct jsn *fault)
{
	struct buf b = buf_make(err->arena, 0);

	if (fault == NULL)
		return err->code;
	if (put_pointer(&b, tree, fault) && b.len > 0)
		err->message = str_printf(err->arena, "%.*s: %.*s", STR_ARG(buf_str(&b)), STR_ARG(err->message));
	err->line = fault->line;
	err->column = fault->column;
	return err->code;
}

enum err_code avsc_event_write(struct arena *arena, const struct event_target *target, struct str json, struct str *out,
	struct err *err)
{
	struct buf bytes = buf_make(arena, json.len + 16);
	struct err why = { .arena = err->arena };
	uint64_t n_steps = 0;
	struct avsc_encoder encoder = { .out = &bytes, .err = err, .n_steps = &n_steps };
	const struct jsn *value;

	if (jsn_parse(arena, json, 0, LIMIT_JSON_DEPTH, &value, &why) != OK) {
		*err = why;
		err->code = why.code == ERR_BAD_JSON ? ERR_PARSE : why.code;
		return err->code;
	}
	if (avsc_encode(&encoder, avsc_of(target->schema)->root, value) != OK)
		return add_place(err, value, err->code == ERR_PARSE ? encoder.fault : NULL);
	*out = buf_str(&bytes);
	return OK;
}
