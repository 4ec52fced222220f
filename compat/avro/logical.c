/* Avro and logical types (Flink, "Data Type Mappings": Avro). */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/avro/avro_int.h"
#include "compat/logical.h"

struct reading {
	struct arena *arena;
	struct err *err;
	unsigned depth;
};

static enum err_code read_type(struct reading *r, const struct avsc_type *type, const struct logical_type **out);

static const struct jsn *find_property(const struct avsc_type *type, const char *name)
{
	for (size_t i = 0; i < type->n_properties; i++)
		if (str_eq(type->properties[i].name, str_of(name)))
			return type->properties[i].value;
	return NULL;
}

static struct str text_property(const struct avsc_type *type, const char *name)
{
	const struct jsn *value = find_property(type, name);

	return value && value->kind == JSN_STRING ? value->text : STR_NONE;
}

static int64_t number_property(const struct avsc_type *type, const char *name, int64_t usual)
{
	const struct jsn *value = find_property(type, name);
	int64_t number;

	return value && value->kind == JSN_NUMBER && str_to_i64(value->text, &number) ? number : usual;
}

/* What a primitive stands for: by kind, and by its logicalType or connect.type. */
static const struct {
	enum avsc_kind kind;
	const char *property;  /* NULL: any that no row before this names */
	const char *value;
	enum logical_kind logical;
	int precision;
} primitives[] = {
	{ AVSC_BOOLEAN, NULL, NULL, LOGICAL_BOOLEAN, 0 },
	{ AVSC_INT, "logicalType", "date", LOGICAL_DATE, 0 },
	{ AVSC_INT, "logicalType", "time-millis", LOGICAL_TIME, 3 },
	{ AVSC_INT, "connect.type", "int8", LOGICAL_TINYINT, 0 },
	{ AVSC_INT, "connect.type", "int16", LOGICAL_SMALLINT, 0 },
	{ AVSC_INT, NULL, NULL, LOGICAL_INT, 0 },
	{ AVSC_LONG, "logicalType", "timestamp-millis", LOGICAL_TIMESTAMP_LTZ, 3 },
	{ AVSC_LONG, "logicalType", "timestamp-micros", LOGICAL_TIMESTAMP_LTZ, 6 },
	{ AVSC_LONG, "logicalType", "timestamp-nanos", LOGICAL_TIMESTAMP_LTZ, 9 },
	{ AVSC_LONG, "logicalType", "local-timestamp-millis", LOGICAL_TIMESTAMP, 3 },
	{ AVSC_LONG, "logicalType", "local-timestamp-micros", LOGICAL_TIMESTAMP, 6 },
	{ AVSC_LONG, "logicalType", "local-timestamp-nanos", LOGICAL_TIMESTAMP, 9 },
	{ AVSC_LONG, NULL, NULL, LOGICAL_BIGINT, 0 },
	{ AVSC_FLOAT, NULL, NULL, LOGICAL_FLOAT, 0 },
	{ AVSC_DOUBLE, NULL, NULL, LOGICAL_DOUBLE, 0 },
	{ AVSC_STRING, NULL, NULL, LOGICAL_STRING, 0 },
	{ AVSC_ENUM, NULL, NULL, LOGICAL_STRING, 0 },
	{ AVSC_BYTES, NULL, NULL, LOGICAL_BYTES, 0 },
};

static enum err_code read_primitive(struct reading *r, const struct avsc_type *type, const struct logical_type **out)
{
	for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++) {
		if (primitives[i].kind != type->kind)
			continue;
		if (primitives[i].property
			&& !str_eq(text_property(type, primitives[i].property), str_of(primitives[i].value)))
			continue;
		*out = logical_timed(r->arena, primitives[i].logical, primitives[i].precision);
		return OK;
	}
	return logical_refuse(r->err, "The Avro type %s", avsc_kind_name(type->kind));
}

static enum err_code read_bytes(struct reading *r, const struct avsc_type *type, const struct logical_type **out)
{
	struct logical_type *made;

	if (str_eq(text_property(type, "logicalType"), STR("decimal"))) {
		int64_t precision = number_property(type, "precision", 0), scale = number_property(type, "scale", 0);

		if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
			return logical_refuse(r->err, "A decimal of precision %lld and scale %lld", (long long)precision,
				(long long)scale);
		*out = logical_decimal(r->arena, precision, scale);
		return OK;
	}
	if (type->kind == AVSC_BYTES)
		return read_primitive(r, type, out);
	if (type->size < 1 || type->size > INT32_MAX)
		return logical_refuse(r->err, "A fixed of %lld bytes", (long long)type->size);
	made = logical_new(r->arena, LOGICAL_BINARY);
	made->length = (int32_t)type->size;
	*out = made;
	return OK;
}

/* Of a type or null; all other unions have no word. */
static enum err_code read_union(struct reading *r, const struct avsc_type *type, const struct logical_type **out)
{
	const struct avsc_type *only = NULL;
	size_t n_others = 0;

	for (size_t i = 0; i < type->n_branches; i++) {
		if (type->branches[i]->kind != AVSC_NULL) {
			only = type->branches[i];
			n_others++;
		}
	}
	if (n_others != 1)
		return logical_refuse(r->err, "A union of %zu types beside null", n_others);
	TRY(read_type(r, only, out));
	if (type->n_branches > 1)
		*out = logical_nullable(r->arena, *out);
	return OK;
}

/* Maps whose keys are no strings are arrays of such records. */
static bool is_map_entry(const struct avsc_type *type)
{
	return type->kind == AVSC_RECORD && type->n_fields == 2 && str_eq(type->fields[0].name, STR("key"))
		&& str_eq(type->fields[1].name, STR("value"))
		&& (str_eq(text_property(type, "connect.internal.type"), STR("MapEntry")) || str_ends(type->name.last, STR("MapEntry")));
}

static enum err_code read_array(struct reading *r, const struct avsc_type *type, const struct logical_type **out)
{
	const struct avsc_type *items = type->items;
	const struct logical_type *key, *element;

	if (is_map_entry(items)) {
		TRY(read_type(r, items->fields[0].type, &key));
		TRY(read_type(r, items->fields[1].type, &element));
		*out = logical_map(r->arena, key, element);
		return OK;
	}
	TRY(read_type(r, items, &element));
	*out = logical_array(r->arena, element);
	return OK;
}

static enum err_code read_record(struct reading *r, const struct avsc_type *type, const struct logical_type **out)
{
	struct logical_type *made = logical_new(r->arena, LOGICAL_STRUCT);

	made->name = type->name.full;
	made->doc = type->doc;
	made->n_fields = type->n_fields;
	made->fields = arena_array(r->arena, struct logical_field, type->n_fields);
	for (size_t i = 0; i < type->n_fields; i++) {
		made->fields[i] = (struct logical_field){ .name = type->fields[i].name, .doc = type->fields[i].doc };
		TRY(read_type(r, type->fields[i].type, &made->fields[i].type));
	}
	*out = made;
	return OK;
}

static enum err_code read_inside(struct reading *r, const struct avsc_type *type, const struct logical_type **out)
{
	const struct logical_type *element;

	switch (type->kind) {
	case AVSC_RECORD:
		return read_record(r, type, out);
	case AVSC_UNION:
		return read_union(r, type, out);
	case AVSC_ARRAY:
		return read_array(r, type, out);
	case AVSC_MAP:
		TRY(read_type(r, type->items, &element));
		*out = logical_map(r->arena, logical_new(r->arena, LOGICAL_STRING), element);
		return OK;
	case AVSC_BYTES:
	case AVSC_FIXED:
		return read_bytes(r, type, out);
	default:
		return read_primitive(r, type, out);
	}
}

/* A type within itself is met as one that is nested too deeply. */
static enum err_code read_type(struct reading *r, const struct avsc_type *type, const struct logical_type **out)
{
	if (r->depth == LIMIT_LOGICAL_DEPTH)
		return logical_refuse(r->err, "A type that is recursive or nested deeper than %u levels", LIMIT_LOGICAL_DEPTH);
	r->depth++;
	TRY(read_inside(r, type, out));
	r->depth--;
	return OK;
}

enum err_code avsc_logical_read(struct arena *arena, const struct schema *schema, const struct logical_type **out,
	struct err *err)
{
	struct reading r = { .arena = arena, .err = err };

	return read_type(&r, avsc_of(schema)->root, out);
}

/* ---- the other way ---- */

static void put_type(struct buf *out, const struct logical_type *type, struct str around, struct str field);

/* What stands for a kind; %d is the length, precision and scale. */
static const char *const words[LOGICAL_KINDS] = {
	[LOGICAL_BOOLEAN] = "\"boolean\"",
	[LOGICAL_TINYINT] = "{\"type\":\"int\",\"connect.type\":\"int8\"}",
	[LOGICAL_SMALLINT] = "{\"type\":\"int\",\"connect.type\":\"int16\"}",
	[LOGICAL_INT] = "\"int\"",
	[LOGICAL_BIGINT] = "\"long\"",
	[LOGICAL_FLOAT] = "\"float\"",
	[LOGICAL_DOUBLE] = "\"double\"",
	[LOGICAL_CHAR] = "\"string\"",
	[LOGICAL_VARCHAR] = "\"string\"",
	[LOGICAL_STRING] = "\"string\"",
	[LOGICAL_VARBINARY] = "\"bytes\"",
	[LOGICAL_BYTES] = "\"bytes\"",
	[LOGICAL_DATE] = "{\"type\":\"int\",\"logicalType\":\"date\"}",
	[LOGICAL_TIME] = "{\"type\":\"int\",\"logicalType\":\"time-millis\"}",
};

static const char *unit(int precision)
{
	return precision <= 3 ? "millis" : precision <= 6 ? "micros" : "nanos";
}

static void put_scalar(struct buf *out, const struct logical_type *type, struct str around, struct str field)
{
	switch (type->kind) {
	case LOGICAL_DECIMAL:
		buf_printf(out, "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":%d,\"scale\":%d}", type->precision,
			type->scale);
		break;
	case LOGICAL_TIMESTAMP:
		buf_printf(out, "{\"type\":\"long\",\"logicalType\":\"local-timestamp-%s\"}", unit(type->precision));
		break;
	case LOGICAL_TIMESTAMP_LTZ:
		buf_printf(out, "{\"type\":\"long\",\"logicalType\":\"timestamp-%s\"}", unit(type->precision));
		break;
	case LOGICAL_BINARY:
		buf_lit(out, "{\"type\":\"fixed\",\"name\":");
		buf_json_string(out, logical_name(out->arena, type, around, field));
		buf_printf(out, ",\"size\":%d}", type->length);
		break;
	default:
		buf_add(out, str_of(words[type->kind]));
	}
}

static void put_doc(struct buf *out, struct str doc)
{
	if (!str_present(doc))
		return;
	buf_lit(out, ",\"doc\":");
	buf_json_string(out, doc);
}

static void put_record(struct buf *out, const struct logical_type *type, struct str around, struct str field)
{
	struct str name = logical_name(out->arena, type, around, field), space = logical_space(name);

	buf_lit(out, "{\"type\":\"record\",\"name\":");
	buf_json_string(out, logical_last(name));
	if (str_present(space)) {
		buf_lit(out, ",\"namespace\":");
		buf_json_string(out, space);
	}
	put_doc(out, type->doc);
	buf_lit(out, ",\"fields\":[");
	for (size_t i = 0; i < type->n_fields; i++) {
		buf_add(out, i > 0 ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json_string(out, type->fields[i].name);
		buf_lit(out, ",\"type\":");
		put_type(out, type->fields[i].type, name, type->fields[i].name);
		put_doc(out, type->fields[i].doc);
		buf_add_c(out, '}');
	}
	buf_lit(out, "]}");
}

static void put_map(struct buf *out, const struct logical_type *type, struct str around, struct str field)
{
	if (type->key->kind == LOGICAL_STRING && !type->key->nullable) {
		buf_lit(out, "{\"type\":\"map\",\"values\":");
		put_type(out, type->element, around, field);
		buf_add_c(out, '}');
		return;
	}
	buf_lit(out, "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":");
	buf_json_string(out, str_printf(out->arena, "%.*s_%.*s_MapEntry", STR_ARG(logical_last(around)), STR_ARG(field)));
	buf_lit(out, ",\"fields\":[{\"name\":\"key\",\"type\":");
	put_type(out, type->key, around, str_concat(out->arena, field, STR("_key")));
	buf_lit(out, "},{\"name\":\"value\",\"type\":");
	put_type(out, type->element, around, str_concat(out->arena, field, STR("_value")));
	buf_lit(out, "}],\"connect.internal.type\":\"MapEntry\"}}");
}

static void put_type(struct buf *out, const struct logical_type *type, struct str around, struct str field)
{
	if (type->nullable)
		buf_lit(out, "[\"null\",");
	switch (type->kind) {
	case LOGICAL_STRUCT:
		put_record(out, type, around, field);
		break;
	case LOGICAL_MAP:
		put_map(out, type, around, field);
		break;
	case LOGICAL_ARRAY:
		buf_lit(out, "{\"type\":\"array\",\"items\":");
		put_type(out, type->element, around, field);
		buf_add_c(out, '}');
		break;
	default:
		put_scalar(out, type, around, field);
	}
	if (type->nullable)
		buf_add_c(out, ']');
}

struct str avsc_logical_write(struct arena *arena, const struct logical_type *type)
{
	struct buf out = buf_make(arena, 256);

	put_type(&out, type, STR_NONE, STR("value"));
	return buf_str(&out);
}
