/* What schema and field objects consist of: the members that have a meaning, and all others as properties. */
#include "compat/avro/avro_int.h"

#include "base/arena.h"

static const struct {
	char name[10];
	uint8_t len;
	uint8_t member;
} known[] = {
	{ "name", 4, AVSC_M_NAME },
	{ "type", 4, AVSC_M_TYPE },
	{ "default", 7, AVSC_M_DEFAULT },
	{ "doc", 3, AVSC_M_DOC },
	{ "fields", 6, AVSC_M_FIELDS },
	{ "namespace", 9, AVSC_M_NAMESPACE },
	{ "items", 5, AVSC_M_ITEMS },
	{ "values", 6, AVSC_M_VALUES },
	{ "symbols", 7, AVSC_M_SYMBOLS },
	{ "size", 4, AVSC_M_SIZE },
	{ "aliases", 7, AVSC_M_ALIASES },
	{ "order", 5, AVSC_M_ORDER },
};

static enum avsc_member member_of(struct str name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (name.len == known[i].len && memcmp(name.data, known[i].name, name.len) == 0)
			return known[i].member;
	return AVSC_MEMBERS;
}

void avsc_members(const struct jsn *object, struct avsc_members *out)
{
	*out = (struct avsc_members){ 0 };
	if (object->kind != JSN_OBJECT)
		return;
	for (size_t i = 0; i < object->n_items; i++) {
		enum avsc_member member = member_of(object->items[i].name);

		if (member == AVSC_MEMBERS) {
			out->n_others++;
			continue;
		}
		out->at[member] = &object->items[i];
		out->present |= 1u << member;
	}
}

struct str avsc_member_text(const struct avsc_members *m, enum avsc_member which)
{
	const struct jsn *value = m->at[which];

	return value && value->kind == JSN_STRING ? value->text : STR_NONE;
}

/* Whether all integers in `value` fit a Java long. */
static bool integers_fit(const struct jsn *value)
{
	if (value->kind == JSN_NUMBER)
		return !avsc_number_is_integer(value->text) || value->text.len < 19 ||
			avsc_number_fits(value->text, 64);
	if (value->kind != JSN_ARRAY && value->kind != JSN_OBJECT)
		return true;
	for (size_t i = 0; i < value->n_items; i++)
		if (!integers_fit(&value->items[i]))
			return false;
	return true;
}

enum err_code avsc_check_properties(struct avsc_parser *p, const struct avsc_type *type)
{
	for (size_t i = 0; i < type->n_properties; i++) {
		const struct jsn *value = type->properties[i].value;

		if (integers_fit(value))
			continue;
		if (value->kind == JSN_NUMBER)
			return avsc_fault(p, value, "Can't set a property to null: %.*s", STR_ARG(value->name));
		return avsc_fault(p, value, "Cannot invoke \"Object.getClass()\" because \"datum\" is null");
	}
	return OK;
}

void avsc_parse_properties(struct avsc_parser *p, const struct jsn *object, const struct avsc_members *m,
	unsigned reserved, const struct avsc_property **out, size_t *n_out)
{
	size_t n = m->n_others + (size_t)__builtin_popcount(m->present & ~reserved), at = 0;
	struct avsc_property *properties;

	if (n == 0)
		return;
	properties = arena_array(p->arena, struct avsc_property, n);
	for (size_t i = 0; i < object->n_items; i++) {
		const struct jsn *value = &object->items[i];
		enum avsc_member member = member_of(value->name);

		if (member != AVSC_MEMBERS && (reserved >> member & 1))
			continue;
		properties[at++] = (struct avsc_property){ .name = value->name, .value = value };
	}
	*out = properties;
	*n_out = n;
}

static bool is_known(const struct map *seen, const struct str *list, size_t n, struct str text)
{
	if (n >= AVSC_FEW)
		return map_get(seen, text) != NULL;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], text))
			return true;
	return false;
}

enum err_code avsc_parse_aliases(struct avsc_parser *p, const struct jsn *object,
	const struct avsc_members *m, const struct str **out, size_t *n_out)
{
	const struct jsn *node = m->at[AVSC_M_ALIASES];
	struct map seen = map_make(p->arena);
	struct str *list;
	size_t n = 0;

	if (node == NULL)
		return OK;
	if (node->kind != JSN_ARRAY)
		return avsc_fault_json(p, node, "aliases not an array", object);
	list = arena_array(p->arena, struct str, node->n_items);
	for (size_t i = 0; i < node->n_items; i++) {
		const struct jsn *alias = &node->items[i];

		if (alias->kind != JSN_STRING)
			return avsc_fault_json(p, alias, "alias not a string", alias);
		if (is_known(&seen, list, n, alias->text))
			continue;
		list[n++] = alias->text;
		if (node->n_items > AVSC_FEW)
			map_put(&seen, alias->text, list);
	}
	*out = list;
	*n_out = n;
	return OK;
}

enum err_code avsc_finish_named(struct avsc_parser *p, const struct jsn *json, const struct avsc_members *m,
	struct avsc_type *type)
{
	struct map seen = map_make(p->arena);
	const struct str *aliases = NULL;
	unsigned reserved = type->kind == AVSC_ENUM ? AVSC_RESERVED_ENUM : AVSC_RESERVED;
	struct avsc_name *names;
	size_t n = 0, kept = 0;

	avsc_parse_properties(p, json, m, reserved, &type->properties, &type->n_properties);
	if (type->kind == AVSC_RECORD)
		TRY(avsc_check_properties(p, type));
	TRY(avsc_parse_aliases(p, json, m, &aliases, &n));
	names = n > 0 ? arena_array(p->arena, struct avsc_name, n) : NULL;
	for (size_t i = 0; i < n; i++) {
		avsc_make_name(p, m->at[AVSC_M_ALIASES], aliases[i], type->name.space, &names[kept]);
		/* "Old" and "ns.Old" can be the same. */
		if (map_put(&seen, names[kept].full, names) == NULL)
			kept++;
	}
	type->aliases = names;
	type->n_aliases = kept;
	return avsc_define(p, json, type);
}
