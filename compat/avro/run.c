/* A plan run on an event's bytes: every length, count and level is bounded before anything is done with it. */
#include "compat/avro/plan_int.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

enum { EXTRA_PER_BYTE = 64, VARINT_BYTES = 10 };

struct run {
	const uint8_t *at, *end;
	const uint8_t *start;
	const struct avsc_sink *sink;
	const struct avsc_plan *plan;
	unsigned depth;
	bool in_default;      /* offsets are those of the event, not of the default */
	uint64_t extra;       /* what is left for values that the event's bytes do not pay for */
	struct avsc_failure *failure;
	char *path;           /* grows towards the front of failure->path_room */
	const uint8_t *event; /* where the event stands while a default is read */
};

static bool run_node(struct run *r, const struct avsc_node *n);
static bool skip(struct run *r, const struct avsc_type *type);

/* ---- failures: formatted in place, the path on the way out ---- */

#define COLD __attribute__((cold, noinline))

static COLD bool fail_at(struct run *r, const uint8_t *at, const char *reason)
{
	const uint8_t *where = r->in_default ? r->event : at;

	r->failure->offset = (size_t)(where - r->start);
	snprintf(r->failure->reason, sizeof(r->failure->reason), "%s", reason);
	return false;
}

static COLD bool fail(struct run *r, const char *reason)
{
	return fail_at(r, r->at, reason);
}

static COLD bool fail_limit(struct run *r, const char *reason)
{
	r->failure->limit = true;
	return fail(r, reason);
}

static COLD bool fail_sink(struct run *r)
{
	r->failure->by_sink = true;
	return fail(r, "");
}

static COLD bool fail_number(struct run *r, const uint8_t *at, const char *what, int64_t number)
{
	char text[96];

	snprintf(text, sizeof(text), "%s: %" PRId64, what, number);
	return fail_at(r, at, text);
}

/* Names are cut so that the end of the sentence remains. */
static const char *type_name(const struct avsc_type *type, int *len)
{
	struct str name = avsc_kind_is_named(type->kind) ? type->name.full : str_of(avsc_kind_name(type->kind));

	*len = name.len > 80 ? 80 : (int)name.len;
	return name.data;
}

/* In Java's words, which users will have met. */
static COLD bool fail_node(struct run *r, const struct avsc_node *n)
{
	char text[AVSC_FAILURE_REASON];
	int writer_len, reader_len, more = n->message.len > 60 ? 60 : (int)n->message.len;
	const char *writer = type_name(n->writer, &writer_len), *reader = type_name(n->reader, &reader_len);

	if (n->branch == AVSC_FAIL_TEXT)
		snprintf(text, sizeof(text), "%.*s", STR_ARG(n->message));
	else
		snprintf(text, sizeof(text), "Found %.*s, expecting %.*s%s%.*s", writer_len, writer, reader_len, reader,
			n->branch == AVSC_FAIL_MISSING ? ", missing required field " : "", more, n->message.data ? n->message.data : "");
	r->failure->unresolved = true;
	return fail(r, text);
}

/* Puts a step before the path; the innermost steps say most, and stay when there is no room for all. */
static COLD bool add_word(struct run *r, const char *word)
{
	size_t len = strlen(word);

	if (len <= (size_t)(r->path - r->failure->path_room)) {
		r->path -= len;
		memcpy(r->path, word, len);
		r->failure->path = r->path;
	}
	return false;
}

static COLD bool add_path(struct run *r, const char *before, size_t number, const char *after)
{
	char text[64];

	snprintf(text, sizeof(text), "%s/%zu%s", before, number, after);
	return add_word(r, text);
}

/* ---- bytes ---- */

/* Never NULL, also where there is none. */
static const uint8_t *first_byte(struct str bytes)
{
	static const uint8_t nothing[1];

	return bytes.len > 0 ? (const uint8_t *)bytes.data : nothing;
}

static size_t left(const struct run *r)
{
	return (size_t)(r->end - r->at);
}

static bool read_long_varint(struct run *r, uint64_t *out)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < VARINT_BYTES; i++) {
		uint8_t byte;

		if (r->at + i == r->end)
			return fail_at(r, r->end, "The bytes end within a number");
		byte = r->at[i];
		if (i == VARINT_BYTES - 1 && byte > 1)
			return fail(r, "Invalid long encoding");
		value |= (uint64_t)(byte & 0x7F) << (7 * i);
		if (byte < 0x80) {
			r->at += i + 1;
			*out = value;
			return true;
		}
	}
	return fail(r, "Invalid long encoding");
}

static inline bool read_long(struct run *r, int64_t *out)
{
	uint64_t value;

	if (r->at < r->end && *r->at < 0x80)
		value = *r->at++;
	else if (!read_long_varint(r, &value))
		return false;
	*out = (int64_t)((value >> 1) ^ -(value & 1));
	return true;
}

static inline bool read_int(struct run *r, int32_t *out)
{
	const uint8_t *at = r->at;
	int64_t value;

	if (!read_long(r, &value))
		return false;
	if (value < INT32_MIN || value > INT32_MAX)
		return fail_number(r, at, "Invalid int encoding: the number does not fit 32 bits", value);
	*out = (int32_t)value;
	return true;
}

static COLD bool fail_short(struct run *r, const char *what, uint64_t need)
{
	char text[120];

	snprintf(text, sizeof(text), "The bytes end within a %s: %" PRIu64 " are needed, %zu are left", what, need, left(r));
	return fail(r, text);
}

static inline bool read_raw(struct run *r, const char *what, uint64_t len, struct str *out)
{
	if (len > left(r))
		return fail_short(r, what, len);
	*out = str_make((const char *)r->at, (size_t)len);
	r->at += len;
	return true;
}

static inline bool read_text(struct run *r, const char *what, struct str *out)
{
	const uint8_t *at = r->at;
	int64_t len;

	if (!read_long(r, &len))
		return false;
	if (len < 0)
		return fail_number(r, at, "Malformed data: the length is negative", len);
	return read_raw(r, what, (uint64_t)len, out);
}

/* IEEE 754, least byte first, whatever the machine's order. */
static inline bool read_float(struct run *r, float *out)
{
	uint32_t bits = 0;

	if (left(r) < 4)
		return fail_short(r, "float", 4);
	for (unsigned i = 0; i < 4; i++)
		bits |= (uint32_t)r->at[i] << (8 * i);
	memcpy(out, &bits, sizeof(bits));
	r->at += 4;
	return true;
}

static inline bool read_double(struct run *r, double *out)
{
	uint64_t bits = 0;

	if (left(r) < 8)
		return fail_short(r, "double", 8);
	for (unsigned i = 0; i < 8; i++)
		bits |= (uint64_t)r->at[i] << (8 * i);
	memcpy(out, &bits, sizeof(bits));
	r->at += 8;
	return true;
}

static inline bool read_boolean(struct run *r, bool *out)
{
	if (r->at == r->end)
		return fail_short(r, "boolean", 1);
	if (*r->at > 1)
		return fail_number(r, r->at, "Invalid boolean", *r->at);
	*out = *r->at++;
	return true;
}

static bool read_index(struct run *r, const char *what, size_t n, size_t *out)
{
	const uint8_t *at = r->at;
	int64_t index;

	if (!read_long(r, &index))
		return false;
	if (index < 0 || (uint64_t)index >= n)
		return fail_number(r, at, what, index);
	*out = (size_t)index;
	return true;
}

/* What an event's own bytes do not pay for. */
static bool charge(struct run *r, uint64_t cost)
{
	if (cost > r->extra)
		return fail_limit(r, "The event has more values without bytes of their own than are allowed");
	r->extra -= cost;
	return true;
}

/*
 * The number of items in the next block, 0 at the end; `size` is that of a block that tells it, else -1.  Items of
 * at least one byte cannot be more than there are bytes.
 */
static bool read_block(struct run *r, bool empty_items, size_t *n, int64_t *size)
{
	const uint8_t *at = r->at;
	int64_t count;

	*size = -1;
	if (!read_long(r, &count))
		return false;
	if (count < 0) {
		if (count == INT64_MIN)
			return fail_number(r, at, "Malformed data: invalid count of items", count);
		count = -count;
		if (!read_long(r, size))
			return false;
		if (*size < 0 || (uint64_t)*size > left(r))
			return fail_number(r, at, "Malformed data: invalid size of a block", *size);
	}
	if (empty_items && !charge(r, (uint64_t)count))
		return false;
	if (!empty_items && (uint64_t)count > left(r)) {
		fail_number(r, at, "Malformed data: more items than bytes are left", count);
		return false;
	}
	*n = (size_t)count;
	return true;
}

static bool enter(struct run *r)
{
	if (r->depth == LIMIT_EVENT_DEPTH)
		return fail_limit(r, "The event is nested deeper than is allowed");
	r->depth++;
	return true;
}

/* ---- skipping what the reader does not have ---- */

static bool skip_raw(struct run *r, const char *what, uint64_t len)
{
	struct str ignored;

	return read_raw(r, what, len, &ignored);
}

static bool skip_record(struct run *r, const struct avsc_type *type)
{
	if (avsc_may_be_empty(r->plan, type) && !charge(r, 1))
		return false;
	for (size_t i = 0; i < type->n_fields; i++)
		if (!skip(r, type->fields[i].type))
			return add_path(r, "/fields", i, "/type");
	return true;
}

static bool skip_blocks(struct run *r, const struct avsc_type *type)
{
	bool empty_items = type->kind == AVSC_ARRAY && avsc_may_be_empty(r->plan, type->items);
	struct str key;
	size_t n;
	int64_t size;

	for (;;) {
		if (!read_block(r, empty_items, &n, &size))
			return false;
		if (n == 0)
			return true;
		if (size >= 0) {
			r->at += size;
			continue;
		}
		for (; n > 0; n--) {
			if (type->kind == AVSC_MAP && !read_text(r, "key", &key))
				return false;
			if (!skip(r, type->items))
				return add_word(r, type->kind == AVSC_MAP ? "/values" : "/items");
		}
	}
}

static bool skip_union(struct run *r, const struct avsc_type *type)
{
	size_t branch;

	if (!read_index(r, "The union has no such branch", type->n_branches, &branch))
		return false;
	return skip(r, type->branches[branch]) || add_path(r, "", branch, "");
}

static bool skip_complex(struct run *r, const struct avsc_type *type)
{
	bool ok;

	if (!enter(r))
		return false;
	if (type->kind == AVSC_RECORD)
		ok = skip_record(r, type);
	else if (type->kind == AVSC_UNION)
		ok = skip_union(r, type);
	else
		ok = skip_blocks(r, type);
	r->depth--;
	return ok;
}

static bool skip(struct run *r, const struct avsc_type *type)
{
	struct str text;
	int64_t number;
	int32_t narrow;
	size_t index;
	bool boolean;

	switch (type->kind) {
	case AVSC_NULL:
		return true;
	case AVSC_BOOLEAN:
		return read_boolean(r, &boolean);
	case AVSC_INT:
		return read_int(r, &narrow);
	case AVSC_LONG:
		return read_long(r, &number);
	case AVSC_FLOAT:
		return skip_raw(r, "float", 4);
	case AVSC_DOUBLE:
		return skip_raw(r, "double", 8);
	case AVSC_BYTES:
		return read_text(r, "value of type bytes", &text);
	case AVSC_STRING:
		return read_text(r, "string", &text);
	case AVSC_FIXED:
		return skip_raw(r, "fixed", (uint64_t)type->size);
	case AVSC_ENUM:
		return read_index(r, "The enum has no such symbol", type->n_symbols, &index);
	default:
		return skip_complex(r, type);
	}
}

/* ---- reading ---- */

static inline bool told(struct run *r, bool ok)
{
	return ok || fail_sink(r);
}

static bool run_default(struct run *r, const struct avsc_default *d)
{
	const uint8_t *at = r->at, *end = r->end;
	bool outer = r->in_default, ok;

	if (!charge(r, d->bytes.len + 1))
		return false;
	if (!outer)
		r->event = at;
	r->in_default = true;
	r->at = first_byte(d->bytes);
	r->end = r->at + d->bytes.len;
	ok = run_node(r, d->node);
	r->in_default = outer;
	r->at = at;
	r->end = end;
	return ok;
}

static bool run_record(struct run *r, const struct avsc_node *n)
{
	const struct avsc_sink *sink = r->sink;

	if (n->empty && !charge(r, 1))
		return false;
	if (!sink->record_begin(sink->to, n->reader))
		return fail_sink(r);
	for (size_t i = 0; i < n->writer->n_fields; i++) {
		const struct avsc_step *step = &n->steps[i];
		bool ok;

		if (step->node)
			ok = told(r, sink->field(sink->to, n->reader, step->field)) && run_node(r, step->node);
		else
			ok = skip(r, step->skip);
		if (!ok)
			return add_path(r, "/fields", i, "/type");
	}
	for (size_t i = 0; i < n->n_defaults; i++) {
		const struct avsc_default *d = &n->defaults[i];

		if (!told(r, sink->field(sink->to, n->reader, d->field)) || !run_default(r, d))
			return add_path(r, "/fields", d->field, "/default");
	}
	return told(r, sink->record_end(sink->to, n->reader));
}

static bool run_array(struct run *r, const struct avsc_node *n)
{
	const struct avsc_sink *sink = r->sink;
	size_t count;
	int64_t size;

	if (!sink->array_begin(sink->to))
		return fail_sink(r);
	for (;;) {
		if (!read_block(r, n->child->empty, &count, &size))
			return false;
		if (count == 0)
			return told(r, sink->array_end(sink->to));
		for (; count > 0; count--)
			if (!told(r, sink->item(sink->to)) || !run_node(r, n->child))
				return add_word(r, "/items");
	}
}

static bool run_map(struct run *r, const struct avsc_node *n)
{
	const struct avsc_sink *sink = r->sink;
	struct str key;
	size_t count;
	int64_t size;

	if (!sink->map_begin(sink->to))
		return fail_sink(r);
	for (;;) {
		if (!read_block(r, false, &count, &size))
			return false;
		if (count == 0)
			return told(r, sink->map_end(sink->to));
		for (; count > 0; count--)
			if (!read_text(r, "key", &key) || !told(r, sink->key(sink->to, key)) || !run_node(r, n->child))
				return add_word(r, "/values");
	}
}

static bool run_enum(struct run *r, const struct avsc_node *n)
{
	const uint8_t *at = r->at;
	char text[AVSC_FAILURE_REASON];
	size_t index;

	if (!read_index(r, "The enum has no such symbol", n->writer->n_symbols, &index))
		return false;
	if (n->symbols[index] < 0) {
		snprintf(text, sizeof(text), "No match for %.*s", STR_ARG(n->writer->symbols[index]));
		r->failure->unresolved = true;
		return fail_at(r, at, text);
	}
	return told(r, r->sink->put_enum(r->sink->to, n->reader, (size_t)n->symbols[index]));
}

static bool run_union(struct run *r, const struct avsc_node *n)
{
	size_t branch;

	if (!read_index(r, "The union has no such branch", n->writer->n_branches, &branch))
		return false;
	return run_node(r, n->branches[branch]) || add_path(r, "", branch, "");
}

static bool run_branch(struct run *r, const struct avsc_node *n)
{
	const struct avsc_sink *sink = r->sink;

	return told(r, sink->union_begin(sink->to, n->reader, n->branch)) && run_node(r, n->child) &&
		told(r, sink->union_end(sink->to));
}

static bool run_complex(struct run *r, const struct avsc_node *n)
{
	static bool (*const runs[])(struct run *, const struct avsc_node *) = {
		[AVSC_OP_RECORD] = run_record,
		[AVSC_OP_ARRAY] = run_array,
		[AVSC_OP_MAP] = run_map,
		[AVSC_OP_UNION] = run_union,
		[AVSC_OP_BRANCH] = run_branch,
	};
	bool ok;

	if (!enter(r))
		return false;
	ok = runs[n->op](r, n);
	r->depth--;
	return ok;
}

/* An int, read as what it is or promoted. */
static inline bool run_int(struct run *r, enum avsc_op op)
{
	const struct avsc_sink *sink = r->sink;
	int32_t value = 0;

	if (!read_int(r, &value))
		return false;
	if (op == AVSC_OP_INT)
		return told(r, sink->put_int(sink->to, value));
	if (op == AVSC_OP_INT_LONG)
		return told(r, sink->put_long(sink->to, value));
	if (op == AVSC_OP_INT_FLOAT)
		return told(r, sink->put_float(sink->to, (float)value));
	return told(r, sink->put_double(sink->to, value));
}

static inline bool run_long(struct run *r, enum avsc_op op)
{
	const struct avsc_sink *sink = r->sink;
	int64_t value;

	if (!read_long(r, &value))
		return false;
	if (op == AVSC_OP_LONG)
		return told(r, sink->put_long(sink->to, value));
	if (op == AVSC_OP_LONG_FLOAT)
		return told(r, sink->put_float(sink->to, (float)value));
	return told(r, sink->put_double(sink->to, (double)value));
}

static inline bool run_float(struct run *r, enum avsc_op op)
{
	float value;

	if (!read_float(r, &value))
		return false;
	if (op == AVSC_OP_FLOAT)
		return told(r, r->sink->put_float(r->sink->to, value));
	return told(r, r->sink->put_double(r->sink->to, value));
}

static inline bool run_text(struct run *r, enum avsc_op op)
{
	struct str value;

	if (op == AVSC_OP_STRING)
		return read_text(r, "string", &value) && told(r, r->sink->put_string(r->sink->to, value));
	return read_text(r, "value of type bytes", &value) && told(r, r->sink->put_bytes(r->sink->to, value));
}

static inline bool run_fixed(struct run *r, const struct avsc_node *n)
{
	struct str value;

	return read_raw(r, "fixed", (uint64_t)n->writer->size, &value) &&
		told(r, r->sink->put_fixed(r->sink->to, n->reader, value));
}

static bool run_node(struct run *r, const struct avsc_node *n)
{
	double number;
	bool boolean = false;

	switch (n->op) {
	case AVSC_OP_NULL:
		return told(r, r->sink->put_null(r->sink->to));
	case AVSC_OP_BOOLEAN:
		return read_boolean(r, &boolean) && told(r, r->sink->put_boolean(r->sink->to, boolean));
	case AVSC_OP_INT:
	case AVSC_OP_INT_LONG:
	case AVSC_OP_INT_FLOAT:
	case AVSC_OP_INT_DOUBLE:
		return run_int(r, n->op);
	case AVSC_OP_LONG:
	case AVSC_OP_LONG_FLOAT:
	case AVSC_OP_LONG_DOUBLE:
		return run_long(r, n->op);
	case AVSC_OP_FLOAT:
	case AVSC_OP_FLOAT_DOUBLE:
		return run_float(r, n->op);
	case AVSC_OP_DOUBLE:
		return read_double(r, &number) && told(r, r->sink->put_double(r->sink->to, number));
	case AVSC_OP_BYTES:
	case AVSC_OP_STRING:
		return run_text(r, n->op);
	case AVSC_OP_FIXED:
		return run_fixed(r, n);
	case AVSC_OP_ENUM:
		return run_enum(r, n);
	case AVSC_OP_FAIL:
		return fail_node(r, n);
	default:
		return run_complex(r, n);
	}
}

bool avsc_plan_run(const struct avsc_plan *plan, struct str bytes, const struct avsc_sink *sink,
	struct avsc_failure *failure)
{
	const uint8_t *start = first_byte(bytes);
	struct run r = {
		.at = start, .end = start + bytes.len, .start = start, .sink = sink, .plan = plan, .failure = failure,
		.extra = LIMIT_EVENT_EXTRA + (uint64_t)bytes.len * EXTRA_PER_BYTE,
		.path = failure->path_room + sizeof(failure->path_room) - 1,
	};

	failure->offset = 0;
	failure->by_sink = failure->limit = failure->unresolved = false;
	failure->reason[0] = '\0';
	*r.path = '\0';
	failure->path = r.path;
	if (!run_node(&r, plan->root))
		return false;
	if (r.at != r.end)
		return fail_number(&r, r.at, "Bytes are left behind the event", (int64_t)left(&r));
	return true;
}
