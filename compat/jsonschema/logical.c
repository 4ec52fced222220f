/* JSON Schema and logical types (Flink, "Data Type Mappings": JSON Schema). */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/parse_int.h"
#include "compat/logical.h"

struct reading {
	struct arena *arena;
	struct err *err;
	unsigned depth;
};

static enum err_code read_node(struct reading *r, const struct jsch_node *node, const struct logical_type **out);

static struct str text_member(const struct jsch_node *node, const char *name)
{
	const struct jsn *value = jsn_get(node->json, str_of(name));

	return value && value->kind == JSN_STRING ? value->text : STR_NONE;
}

static int32_t number_member(const struct jsch_node *node, const char *name, int32_t usual)
{
	const struct jsn *value = jsn_get(node->json, str_of(name));
	int32_t number;

	return value && (value->kind == JSN_NUMBER || value->kind == JSN_STRING) && str_to_i32(value->text, &number) ? number : usual;
}

/* Types that "title" or "connect.type" tell from the plain ones. */
static const struct {
	const char *member;
	const char *value;
	enum logical_kind kind;
	int precision;
} marks[] = {
	{ "title", "org.apache.kafka.connect.data.Date", LOGICAL_DATE, 0 },
	{ "title", "org.apache.kafka.connect.data.Time", LOGICAL_TIME, 3 },
	{ "title", "org.apache.kafka.connect.data.Timestamp", LOGICAL_TIMESTAMP_LTZ, 3 },
	{ "title", "org.apache.kafka.connect.data.Decimal", LOGICAL_DECIMAL, 38 },
	{ "connect.type", "int8", LOGICAL_TINYINT, 0 },
	{ "connect.type", "int16", LOGICAL_SMALLINT, 0 },
	{ "connect.type", "int32", LOGICAL_INT, 0 },
	{ "connect.type", "int64", LOGICAL_BIGINT, 0 },
	{ "connect.type", "float32", LOGICAL_FLOAT, 0 },
	{ "connect.type", "float64", LOGICAL_DOUBLE, 0 },
	{ "connect.type", "bytes", LOGICAL_BYTES, 0 },
};

/* The scale, and by the reference's name of it the precision, of a decimal. */
static enum err_code read_decimal(struct reading *r, const struct jsch_node *node, const struct logical_type **out)
{
	const struct jsn *parameters = jsn_get(node->json, STR("connect.parameters"));
	const struct jsn *scale = parameters ? jsn_get(parameters, STR("scale")) : NULL;
	const struct jsn *precision = parameters ? jsn_get(parameters, STR("connect.decimal.precision")) : NULL;
	int32_t digits = 38, behind = 0;

	if (scale)
		str_to_i32(scale->text, &behind);
	if (precision)
		str_to_i32(precision->text, &digits);
	if (digits < 1 || digits > 38 || behind < 0 || behind > digits)
		return logical_refuse(r->err, "A decimal of precision %d and scale %d", digits, behind);
	*out = logical_decimal(r->arena, digits, behind);
	return OK;
}

static bool find_mark(const struct jsch_node *node, size_t *out)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (str_eq(text_member(node, marks[i].member), str_of(marks[i].value))) {
			*out = i;
			return true;
		}
	}
	return false;
}

static enum err_code read_marked(struct reading *r, const struct jsch_node *node, size_t mark,
	const struct logical_type **out)
{
	bool local = marks[mark].kind == LOGICAL_TIMESTAMP_LTZ
		&& str_eq(text_member(node, "flink.type"), STR("TIMESTAMP"));

	if (marks[mark].kind == LOGICAL_DECIMAL)
		return read_decimal(r, node, out);
	*out = logical_timed(r->arena, local ? LOGICAL_TIMESTAMP : marks[mark].kind,
		number_member(node, "flink.precision", marks[mark].precision));
	return OK;
}

static bool is_required(const struct jsch_object *object, const struct jsch_property *property)
{
	for (size_t i = 0; i < object->n_required; i++)
		if (str_eq(object->required[i], property->name))
			return true;
	return false;
}

static enum err_code read_struct(struct reading *r, const struct jsch_node *node, const struct logical_type **out)
{
	const struct jsch_object *object = node->object;
	struct logical_type *made = logical_new(r->arena, LOGICAL_STRUCT);

	made->name = text_member(node, "title");
	made->doc = text_member(node, "description");
	made->fields = arena_array(r->arena, struct logical_field, object->n_properties);
	for (size_t i = 0; i < object->n_properties; i++) {
		const struct jsch_property *property = &object->properties[i];
		struct logical_field *field = &made->fields[made->n_fields];

		if (property->node == NULL)
			continue;
		*field = (struct logical_field){ .name = property->name, .doc = text_member(property->node, "description") };
		TRY(read_node(r, property->node, &field->type));
		if (!is_required(object, property))
			field->type = logical_nullable(r->arena, field->type);
		made->n_fields++;
	}
	*out = made;
	return OK;
}

static enum err_code read_object(struct reading *r, const struct jsch_node *node, const struct logical_type **out)
{
	const struct logical_type *value;

	if (node->object && node->object->n_properties > 0)
		return read_struct(r, node, out);
	if (!node->object || !node->object->additional || node->object->additional->json->kind != JSN_OBJECT) {
		if (str_eq(text_member(node, "connect.type"), STR("map")))
			return logical_refuse(r->err, "A map without a schema for its values");
		*out = logical_new(r->arena, LOGICAL_STRUCT);
		return OK;
	}
	TRY(read_node(r, node->object->additional, &value));
	*out = logical_map(r->arena, logical_new(r->arena, LOGICAL_STRING), value);
	return OK;
}

/* An array of objects {key, value} with connect.type map is a map whose keys are no strings. */
static enum err_code read_array(struct reading *r, const struct jsch_node *node, const struct logical_type **out)
{
	const struct logical_type *element;

	if (!node->array || !node->array->items)
		return logical_refuse(r->err, "An array without one schema for its items");
	TRY(read_node(r, node->array->items, &element));
	if (str_eq(text_member(node, "connect.type"), STR("map")) && element->kind == LOGICAL_STRUCT
		&& element->n_fields == 2)
		*out = logical_map(r->arena, element->fields[0].type, element->fields[1].type);
	else
		*out = logical_array(r->arena, element);
	return OK;
}

/* One of null and a type: that type, nullable. */
static enum err_code read_branches(struct reading *r, const struct jsch_branches *branches,
	const struct logical_type **out)
{
	const struct jsch_node *only = NULL;
	size_t n_others = 0;

	for (size_t i = 0; i < branches->n; i++) {
		if (branches->nodes[i]->types != JSCH_TYPE_NULL) {
			only = branches->nodes[i];
			n_others++;
		}
	}
	if (n_others != 1)
		return logical_refuse(r->err, "A choice of %zu schemas beside null", n_others);
	TRY(read_node(r, only, out));
	if (branches->n > 1)
		*out = logical_nullable(r->arena, *out);
	return OK;
}

static bool are_strings(const struct jsn *values)
{
	for (size_t i = 0; i < values->n_items; i++)
		if (values->items[i].kind != JSN_STRING)
			return false;
	return values->n_items > 0;
}

static enum err_code read_typed(struct reading *r, const struct jsch_node *node, unsigned types,
	const struct logical_type **out)
{
	size_t mark;

	if (types == JSCH_TYPE_OBJECT)
		return read_object(r, node, out);
	if (types == JSCH_TYPE_ARRAY)
		return read_array(r, node, out);
	if (find_mark(node, &mark))
		return read_marked(r, node, mark, out);
	switch (types) {
	case JSCH_TYPE_STRING:
		*out = logical_new(r->arena, LOGICAL_STRING);
		return OK;
	case JSCH_TYPE_INTEGER:
		*out = logical_new(r->arena, LOGICAL_BIGINT);
		return OK;
	case JSCH_TYPE_NUMBER:
	case JSCH_TYPE_NUMBER | JSCH_TYPE_INTEGER:
		*out = logical_new(r->arena, LOGICAL_DOUBLE);
		return OK;
	case JSCH_TYPE_BOOLEAN:
		*out = logical_new(r->arena, LOGICAL_BOOLEAN);
		return OK;
	default:
		return logical_refuse(r->err, "A schema without one type");
	}
}

/* The type that keywords imply where "type" is absent. */
static unsigned implied(const struct jsch_node *node)
{
	return node->object ? JSCH_TYPE_OBJECT : node->array ? JSCH_TYPE_ARRAY : 0;
}

static enum err_code read_inside(struct reading *r, const struct jsch_node *node, const struct logical_type **out)
{
	const struct jsch_logic *logic = node->logic;
	unsigned types = node->type ? node->types : implied(node);

	if (node->reference.target)
		return read_node(r, node->reference.target, out);
	if (logic && logic->branches[JSCH_ONE].nodes)
		return read_branches(r, &logic->branches[JSCH_ONE], out);
	if (logic && logic->branches[JSCH_ANY].nodes)
		return read_branches(r, &logic->branches[JSCH_ANY], out);
	if (logic && logic->branches[JSCH_ALL].nodes && logic->branches[JSCH_ALL].n == 1 && types == 0)
		return read_node(r, logic->branches[JSCH_ALL].nodes[0], out);
	if (logic && logic->values && are_strings(logic->values)) {
		*out = logical_new(r->arena, LOGICAL_STRING);
		return OK;
	}
	TRY(read_typed(r, node, types & ~(unsigned)JSCH_TYPE_NULL, out));
	if (types & JSCH_TYPE_NULL)
		*out = logical_nullable(r->arena, *out);
	return OK;
}

static enum err_code read_node(struct reading *r, const struct jsch_node *node, const struct logical_type **out)
{
	if (r->depth == LIMIT_LOGICAL_DEPTH)
		return logical_refuse(r->err, "A schema that is recursive or nested deeper than %u levels", LIMIT_LOGICAL_DEPTH);
	r->depth++;
	TRY(read_inside(r, node, out));
	r->depth--;
	return OK;
}

enum err_code jsch_logical_read(struct arena *arena, const struct schema *schema, const struct logical_type **out,
	struct err *err)
{
	struct reading r = { .arena = arena, .err = err };
	const struct jsch_node *root = jsch_of(schema)->root;

	return root ? read_node(&r, root, out) : logical_refuse(err, "A text that is no schema");
}

/* ---- the other way ---- */

static void put_type(struct buf *out, const struct logical_type *type, struct str doc);

static const char *const words[LOGICAL_KINDS] = {
	[LOGICAL_BOOLEAN] = "\"type\":\"boolean\"",
	[LOGICAL_TINYINT] = "\"type\":\"number\",\"connect.type\":\"int8\"",
	[LOGICAL_SMALLINT] = "\"type\":\"number\",\"connect.type\":\"int16\"",
	[LOGICAL_INT] = "\"type\":\"number\",\"connect.type\":\"int32\"",
	[LOGICAL_BIGINT] = "\"type\":\"number\",\"connect.type\":\"int64\"",
	[LOGICAL_FLOAT] = "\"type\":\"number\",\"connect.type\":\"float32\"",
	[LOGICAL_DOUBLE] = "\"type\":\"number\",\"connect.type\":\"float64\"",
	[LOGICAL_CHAR] = "\"type\":\"string\"",
	[LOGICAL_VARCHAR] = "\"type\":\"string\"",
	[LOGICAL_STRING] = "\"type\":\"string\"",
	[LOGICAL_BINARY] = "\"type\":\"string\",\"connect.type\":\"bytes\"",
	[LOGICAL_VARBINARY] = "\"type\":\"string\",\"connect.type\":\"bytes\"",
	[LOGICAL_BYTES] = "\"type\":\"string\",\"connect.type\":\"bytes\"",
	[LOGICAL_DATE] = "\"type\":\"number\",\"title\":\"org.apache.kafka.connect.data.Date\",\"connect.type\":\"int32\"",
};

static void put_scalar(struct buf *out, const struct logical_type *type)
{
	switch (type->kind) {
	case LOGICAL_DECIMAL:
		buf_printf(out, "\"type\":\"number\",\"title\":\"org.apache.kafka.connect.data.Decimal\",\"connect.type\":\"bytes\","
						"\"connect.parameters\":{\"scale\":\"%d\",\"connect.decimal.precision\":\"%d\"}",
			type->scale, type->precision);
		break;
	case LOGICAL_TIME:
		buf_printf(out, "\"type\":\"number\",\"title\":\"org.apache.kafka.connect.data.Time\",\"connect.type\":\"int32\","
						"\"flink.precision\":%d", type->precision);
		break;
	case LOGICAL_TIMESTAMP:
	case LOGICAL_TIMESTAMP_LTZ:
		buf_printf(out, "\"type\":\"number\",\"title\":\"org.apache.kafka.connect.data.Timestamp\","
						"\"connect.type\":\"int64\",\"flink.precision\":%d%s",
			type->precision, type->kind == LOGICAL_TIMESTAMP ? ",\"flink.type\":\"TIMESTAMP\"" : "");
		break;
	default:
		buf_add(out, str_of(words[type->kind]));
		if (type->kind == LOGICAL_CHAR)
			buf_printf(out, ",\"minLength\":%d", type->length);
		if (type->kind == LOGICAL_CHAR || type->kind == LOGICAL_VARCHAR)
			buf_printf(out, ",\"maxLength\":%d", type->length);
	}
}

static void put_text(struct buf *out, const char *name, struct str text)
{
	if (!str_present(text))
		return;
	buf_printf(out, ",\"%s\":", name);
	buf_json_string(out, text);
}

static void put_struct(struct buf *out, const struct logical_type *type)
{
	const char *comma = "";

	buf_lit(out, "\"type\":\"object\"");
	put_text(out, "title", type->name);
	buf_lit(out, ",\"additionalProperties\":false,\"properties\":{");
	for (size_t i = 0; i < type->n_fields; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		buf_json_string(out, type->fields[i].name);
		buf_add_c(out, ':');
		put_type(out, type->fields[i].type, type->fields[i].doc);
	}
	buf_lit(out, "},\"required\":[");
	for (size_t i = 0; i < type->n_fields; i++) {
		if (type->fields[i].type->nullable)
			continue;
		buf_printf(out, "%s", comma);
		buf_json_string(out, type->fields[i].name);
		comma = ",";
	}
	buf_add_c(out, ']');
}

static void put_map(struct buf *out, const struct logical_type *type)
{
	if (type->key->kind == LOGICAL_STRING && !type->key->nullable) {
		buf_lit(out, "\"type\":\"object\",\"connect.type\":\"map\",\"additionalProperties\":");
		put_type(out, type->element, STR_NONE);
		return;
	}
	buf_lit(out, "\"type\":\"array\",\"connect.type\":\"map\",\"items\":{\"type\":\"object\",\"properties\":{\"key\":");
	put_type(out, type->key, STR_NONE);
	buf_lit(out, ",\"value\":");
	put_type(out, type->element, STR_NONE);
	buf_lit(out, "},\"required\":[\"key\",\"value\"]}");
}

/* The members of a schema that allows no null. */
static void put_members(struct buf *out, const struct logical_type *type)
{
	switch (type->kind) {
	case LOGICAL_STRUCT:
		put_struct(out, type);
		break;
	case LOGICAL_MAP:
		put_map(out, type);
		break;
	case LOGICAL_ARRAY:
		buf_lit(out, "\"type\":\"array\",\"items\":");
		put_type(out, type->element, STR_NONE);
		break;
	default:
		put_scalar(out, type);
	}
}

static void put_type(struct buf *out, const struct logical_type *type, struct str doc)
{
	buf_add_c(out, '{');
	if (type->nullable)
		buf_lit(out, "\"oneOf\":[{\"type\":\"null\"},{");
	put_members(out, type);
	if (type->nullable)
		buf_lit(out, "}]");
	put_text(out, "description", doc);
	buf_add_c(out, '}');
}

struct str jsch_logical_write(struct arena *arena, const struct logical_type *type)
{
	struct buf out = buf_make(arena, 256);

	buf_lit(&out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",");
	put_members(&out, type);
	put_text(&out, "description", type->doc);
	buf_add_c(&out, '}');
	return buf_str(&out);
}
