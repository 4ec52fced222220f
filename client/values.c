/* Values of avro-c: filled by a plan, made of a schema. */
#include <errno.h>

#include "base/arena.h"
#include "base/limits.h"
#include "client/serde_int.h"

struct filler {
	const struct client_fill *fill;
	avro_value_t *at;     /* what is filled now; what holds it stands before it */
	int failed;           /* an errno of avro-c */
	const char *reason;   /* or ours */
};

static bool done(struct filler *f, int rc)
{
	f->failed = rc;
	return rc == 0;
}

static bool fill_null(void *to)
{
	struct filler *f = to;

	return done(f, avro_value_set_null(f->at));
}

static bool fill_boolean(void *to, bool value)
{
	struct filler *f = to;

	return done(f, avro_value_set_boolean(f->at, value));
}

static bool fill_int(void *to, int32_t value)
{
	struct filler *f = to;

	return done(f, avro_value_set_int(f->at, value));
}

static bool fill_long(void *to, int64_t value)
{
	struct filler *f = to;

	return done(f, avro_value_set_long(f->at, value));
}

static bool fill_float(void *to, float value)
{
	struct filler *f = to;

	return done(f, avro_value_set_float(f->at, value));
}

static bool fill_double(void *to, double value)
{
	struct filler *f = to;

	return done(f, avro_value_set_double(f->at, value));
}

/* avro-c takes bytes without const, and copies them. */
static void *unconst(struct str value)
{
	return (void *)(uintptr_t)(value.len > 0 ? value.data : "");
}

static bool fill_bytes(void *to, struct str value)
{
	struct filler *f = to;

	return done(f, avro_value_set_bytes(f->at, unconst(value), value.len));
}

static bool fill_fixed(void *to, const struct avsc_type *type, struct str value)
{
	struct filler *f = to;

	(void)type;
	return done(f, avro_value_set_fixed(f->at, unconst(value), value.len));
}

/* avro-c wants the NUL that the bytes do not have. */
static char *terminate(struct filler *f, struct str value)
{
	struct client_bytes *text = f->fill->text;

	text->len = 0;
	if (!client_bytes_reserve(f->fill->client, text, value.len + 1)) {
		f->failed = ENOMEM;
		return NULL;
	}
	memcpy(text->data, value.data, value.len);
	text->data[value.len] = '\0';
	return text->data;
}

static bool fill_string(void *to, struct str value)
{
	struct filler *f = to;
	char *text = terminate(f, value);

	return text && done(f, avro_value_set_string_len(f->at, text, value.len + 1));
}

static bool fill_enum(void *to, const struct avsc_type *type, size_t symbol)
{
	struct filler *f = to;

	(void)type;
	return done(f, avro_value_set_enum(f->at, (int)symbol));
}

static bool fill_record_begin(void *to, const struct avsc_type *type)
{
	struct filler *f = to;

	(void)type;
	f->at++;
	return true;
}

static bool fill_field(void *to, const struct avsc_type *type, size_t index)
{
	struct filler *f = to;

	(void)type;
	return done(f, avro_value_get_by_index(f->at - 1, index, f->at, NULL));
}

static bool fill_begin(void *to)
{
	struct filler *f = to;

	f->at++;
	return true;
}

static bool fill_end(void *to)
{
	struct filler *f = to;

	f->at--;
	return true;
}

static bool fill_record_end(void *to, const struct avsc_type *type)
{
	(void)type;
	return fill_end(to);
}

static bool fill_item(void *to)
{
	struct filler *f = to;

	return done(f, avro_value_append(f->at - 1, f->at, NULL));
}

/* A key that comes again takes the place of the first. */
static bool fill_key(void *to, struct str key)
{
	struct filler *f = to;
	char *text = terminate(f, key);
	int is_new;

	if (text == NULL)
		return false;
	if (memchr(text, '\0', key.len)) {
		f->reason = "a map's key contains the character U+0000, which avro-c cannot hold";
		return false;
	}
	if (!done(f, avro_value_add(f->at - 1, text, f->at, NULL, &is_new)))
		return false;
	return is_new || done(f, avro_value_reset(f->at));
}

static bool fill_union_begin(void *to, const struct avsc_type *type, size_t branch)
{
	struct filler *f = to;

	(void)type;
	f->at++;
	return done(f, avro_value_set_branch(f->at - 1, (int)branch, f->at));
}

static enum tenon_code fail(const struct filler *f, const struct avsc_failure *failure, struct tenon_error *err)
{
	if (failure->by_sink && f->failed == ENOMEM)
		return client_no_memory(err);
	if (failure->by_sink && f->reason)
		return client_fail(err, TENON_BAD_BYTES, "%s", f->reason);
	if (failure->by_sink)
		return client_fail(err, TENON_INVALID, "avro-c does not take the value: %s", avro_strerror());
	return client_fail(err, failure->limit ? TENON_LIMIT : failure->unresolved ? TENON_INCOMPATIBLE : TENON_BAD_BYTES,
		"%s%s%s", failure->reason, *failure->path ? ", at " : "", failure->path);
}

enum tenon_code client_avro_fill(const struct client_fill *fill, struct str bytes, avro_value_t *value, size_t *offset,
	struct tenon_error *err)
{
	/* One for each level that a run enters, and one below the last. */
	avro_value_t levels[LIMIT_EVENT_DEPTH + 2];
	struct filler f = { .fill = fill, .at = levels };
	const struct avsc_sink sink = {
		.to = &f, .put_null = fill_null, .put_boolean = fill_boolean, .put_int = fill_int, .put_long = fill_long,
		.put_float = fill_float, .put_double = fill_double, .put_bytes = fill_bytes, .put_string = fill_string,
		.put_fixed = fill_fixed, .put_enum = fill_enum, .record_begin = fill_record_begin, .field = fill_field,
		.record_end = fill_record_end, .array_begin = fill_begin, .item = fill_item, .array_end = fill_end,
		.map_begin = fill_begin, .key = fill_key, .map_end = fill_end, .union_begin = fill_union_begin,
		.union_end = fill_end,
	};
	struct avsc_failure failure;

	levels[0] = *value;
	if (avro_value_reset(value) != 0)
		return client_fail(err, TENON_INVALID, "avro-c does not reset the value: %s", avro_strerror());
	if (avsc_plan_run(fill->plan, bytes, &sink, &failure))
		return TENON_OK;
	*offset = failure.offset;
	return fail(&f, &failure, err);
}

/* ---- schemas ---- */

struct to_text {
	const struct schema *parsed;
	struct arena *arena; /* of the text; outlives the call */
	struct str text;
};

static enum tenon_code make_text(struct call *call, void *arg)
{
	struct to_text *t = arg;

	(void)call;
	t->arena = arena_create(0);
	t->text = schema_formatted(t->arena, t->parsed, STR("resolved"));
	return TENON_OK;
}

enum tenon_code client_avro_schema(struct tenon_client *client, const struct schema *parsed, avro_schema_t *out,
	struct tenon_error *err)
{
	struct to_text t = { .parsed = parsed };
	enum tenon_code code = TENON_OK;

	CLIENT_TRY(client_enter(client, make_text, &t, err));
	if (avro_schema_from_json_length(t.text.data, t.text.len, out) != 0)
		code = client_fail(err, TENON_INVALID, "avro-c does not take the schema: %s", avro_strerror());
	arena_destroy(t.arena);
	return code;
}

bool client_avro_fits(avro_schema_t ours, avro_schema_t theirs, avro_schema_t *known)
{
	if (theirs == *known || theirs == ours)
		return true;
	if (theirs == NULL || !avro_schema_equal(ours, theirs))
		return false;
	if (*known)
		avro_schema_decref(*known);
	*known = avro_schema_incref(theirs);
	return true;
}
