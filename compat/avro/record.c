/* Records and their fields (Avro specification, "Complex Types"). */
#include "compat/avro/avro_int.h"

#include "base/arena.h"

static enum err_code parse_order(struct avsc_parser *p, const struct jsn *node, enum avsc_order *out)
{
	static const struct {
		struct str name;
		enum avsc_order order;
	} orders[] = {
		{ { "ascending", 9 }, AVSC_ASCENDING },
		{ { "descending", 10 }, AVSC_DESCENDING },
		{ { "ignore", 6 }, AVSC_IGNORE },
	};
	struct buf b;

	if (node == NULL)
		return OK;
	if (node->kind != JSN_STRING)
		return avsc_fault(p, node, "Cannot invoke \"String.toUpperCase(java.util.Locale)\" because the return "
								   "value of \"com.fasterxml.jackson.databind.JsonNode.textValue()\" is null");
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (str_eq_nocase(node->text, orders[i].name)) {
			*out = orders[i].order;
			return OK;
		}
	}
	b = buf_make(p->err->arena, node->text.len);
	for (size_t i = 0; i < node->text.len; i++) {
		char c = node->text.data[i];

		buf_add_c(&b, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	return avsc_fault(p, node, "No enum constant org.apache.avro.Schema.Field.Order.%.*s", STR_ARG(buf_str(&b)));
}

/* A text where a float or double is due is read as a number, "NaN" and "Infinity" included. */
static enum err_code parse_default(struct avsc_parser *p, const struct jsn *node, struct avsc_field *field)
{
	struct jsn *number;
	struct buf b;
	double value;

	field->default_value = node;
	if (node == NULL || node->kind != JSN_STRING ||
		(field->type->kind != AVSC_FLOAT && field->type->kind != AVSC_DOUBLE))
		return OK;
	if (!avsc_java_double(node->text, &value)) {
		struct str text = str_trim(node->text);

		return text.len == 0 ? avsc_fault(p, node, "empty String")
							 : avsc_fault(p, node, "For input string: \"%.*s\"", STR_ARG(text));
	}
	b = buf_make(p->arena, 0);
	avsc_put_double(&b, value);
	number = arena_new(p->arena, struct jsn);
	*number = *node;
	number->kind = JSN_NUMBER;
	number->text = buf_str(&b);
	if (number->text.data[0] == '"')
		number->text = str_sub(number->text, 1, number->text.len - 1);
	field->default_value = number;
	return OK;
}

static enum err_code parse_field(struct avsc_parser *p, const struct jsn *json, struct str space,
	struct avsc_field *field)
{
	struct avsc_members m;

	avsc_members(json, &m);
	field->name = avsc_member_text(&m, AVSC_M_NAME);
	field->at = json;
	if (!str_present(field->name))
		return avsc_fault_json(p, json, "No field name", json);
	field->doc = avsc_member_text(&m, AVSC_M_DOC);
	if (m.at[AVSC_M_TYPE] == NULL)
		return avsc_fault_json(p, json, "No field type", json);
	TRY(avsc_parse_type(p, m.at[AVSC_M_TYPE], space, &field->type));
	TRY(parse_order(p, m.at[AVSC_M_ORDER], &field->order));
	TRY(parse_default(p, m.at[AVSC_M_DEFAULT], field));
	avsc_check_name(p, m.at[AVSC_M_NAME], field->name);
	if (p->strict && field->default_value)
		TRY(avsc_check_default(p, field, m.at[AVSC_M_DEFAULT]));
	avsc_parse_properties(p, json, &m, AVSC_RESERVED_FIELD, &field->properties, &field->n_properties);
	return avsc_parse_aliases(p, json, &m, &field->aliases, &field->n_aliases);
}

/* "INT", "RECORD" …: how messages name kinds. */
static struct str upper_kind(struct arena *arena, enum avsc_kind kind)
{
	char *text = arena_strdup(arena, avsc_kind_name(kind));

	for (char *c = text; *c; c++)
		*c = (char)(*c - 'a' + 'A');
	return str_of(text);
}

static enum err_code fault_duplicate(struct avsc_parser *p, const struct jsn *list, const struct avsc_type *type,
	size_t first, size_t second)
{
	const struct avsc_field *a = &type->fields[first], *b = &type->fields[second];

	return avsc_fault(p, &list->items[second],
		"Duplicate field %.*s in record %.*s: %.*s type:%.*s pos:%zu and %.*s type:%.*s pos:%zu.",
		STR_ARG(b->name), STR_ARG(type->name.full), STR_ARG(b->name),
		STR_ARG(upper_kind(p->err->arena, b->type->kind)), second, STR_ARG(a->name),
		STR_ARG(upper_kind(p->err->arena, a->type->kind)), first);
}

/* Each field name once; a record with many fields gets an index, which lookups use later. */
static enum err_code index_fields(struct avsc_parser *p, const struct jsn *list, struct avsc_type *type)
{
	struct map *index;

	if (type->n_fields <= AVSC_FEW) {
		for (size_t i = 1; i < type->n_fields; i++)
			for (size_t j = 0; j < i; j++)
				if (str_eq(type->fields[i].name, type->fields[j].name))
					return fault_duplicate(p, list, type, j, i);
		return OK;
	}
	index = arena_new(p->arena, struct map);
	*index = map_make(p->arena);
	for (size_t i = 0; i < type->n_fields; i++) {
		struct avsc_field *earlier = map_put(index, type->fields[i].name, &type->fields[i]);

		if (earlier)
			return fault_duplicate(p, list, type, (size_t)(earlier - type->fields), i);
	}
	type->index = index;
	return OK;
}

static enum err_code parse_fields(struct avsc_parser *p, const struct jsn *list, struct avsc_type *type)
{
	const struct avsc_open open = { .up = p->open, .full = type->name.full };

	type->fields = arena_array(p->arena, struct avsc_field, list->n_items);
	p->open = &open;
	for (size_t i = 0; i < list->n_items; i++) {
		enum err_code code = parse_field(p, &list->items[i], type->name.space, &type->fields[i]);

		if (code != OK) {
			p->open = open.up;
			return code;
		}
	}
	p->open = open.up;
	type->n_fields = list->n_items;
	return index_fields(p, list, type);
}

enum err_code avsc_parse_record(struct avsc_parser *p, const struct jsn *json, const struct avsc_members *m,
	struct str space, struct avsc_type **out)
{
	const struct jsn *fields = m->at[AVSC_M_FIELDS];
	const struct avsc_pending *mark = p->fresh;
	struct avsc_type *type;

	TRY(avsc_new_type(p, AVSC_RECORD, json, &type));
	type->is_error = str_eq(m->at[AVSC_M_TYPE]->text, STR("error"));
	TRY(avsc_parse_name(p, json, m, space, &type->name));
	type->doc = avsc_member_text(m, AVSC_M_DOC);
	if (fields == NULL || fields->kind != JSN_ARRAY)
		return avsc_fault_json(p, json, "Record has no fields", json);
	TRY(parse_fields(p, fields, type));
	TRY(avsc_finish_named(p, json, m, type));
	avsc_complete(p, mark);
	*out = type;
	return OK;
}
