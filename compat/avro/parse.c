/* From JSON to the schema tree: everything but records (Avro specification, "Schema Declaration"). */
#include "compat/avro/avro_int.h"

#include "base/arena.h"

static void set_place(struct avsc_parser *p, const struct jsn *at)
{
	/* A dependency's text is not the one that was sent. */
	p->err->line = at && !p->in_dependency ? at->line : 0;
	p->err->column = at && !p->in_dependency ? at->column : 0;
}

enum err_code avsc_fault(struct avsc_parser *p, const struct jsn *at, const char *format, ...)
{
	struct buf b = buf_make(p->err->arena, 0);
	va_list args;

	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	set_place(p, at);
	return err_text(p->err, ERR_PARSE, buf_str(&b));
}

void avsc_flaw(struct avsc_parser *p, const struct jsn *at, const char *format, ...)
{
	struct buf b = buf_make(p->err->arena, 0);
	va_list args;

	if (p->flaw.code != OK)
		return;
	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	set_place(p, at);
	p->flaw = *p->err;
	p->flaw.code = ERR_PARSE;
	p->flaw.message = buf_str(&b);
}

enum err_code avsc_fault_json(struct avsc_parser *p, const struct jsn *at, const char *message,
	const struct jsn *value)
{
	struct buf b = buf_make(p->err->arena, 0);

	buf_add(&b, str_of(message));
	buf_lit(&b, ": ");
	avsc_put_value(&b, value, 0);
	set_place(p, at);
	return err_text(p->err, ERR_PARSE, buf_str(&b));
}

enum err_code avsc_fault_limit(struct avsc_parser *p, const struct jsn *at, const char *format, ...)
{
	struct buf b = buf_make(p->err->arena, 0);
	va_list args;

	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	set_place(p, at);
	return err_text(p->err, ERR_LIMIT, buf_str(&b));
}

enum err_code avsc_new_type(struct avsc_parser *p, enum avsc_kind kind, const struct jsn *at,
	struct avsc_type **out)
{
	struct avsc_type *type;

	if (p->n_types == LIMIT_SCHEMA_NODES)
		return avsc_fault_limit(p, at, "The schema has more than %u types", (unsigned)LIMIT_SCHEMA_NODES);
	type = arena_new(p->arena, struct avsc_type);
	type->kind = kind;
	type->number = p->n_types++;
	type->from_dependency = p->in_dependency;
	type->at = at;
	*out = type;
	return OK;
}

static enum err_code parse_primitive(struct avsc_parser *p, enum avsc_kind kind, const struct jsn *json,
	const struct avsc_members *m, struct avsc_type **out)
{
	TRY(avsc_new_type(p, kind, json, out));
	avsc_parse_properties(p, json, m, AVSC_RESERVED, &(*out)->properties, &(*out)->n_properties);
	return OK;
}

static enum err_code parse_container(struct avsc_parser *p, enum avsc_kind kind, const struct jsn *json,
	const struct avsc_members *m, struct str space, struct avsc_type **out)
{
	const struct jsn *items = m->at[kind == AVSC_ARRAY ? AVSC_M_ITEMS : AVSC_M_VALUES];

	if (items == NULL)
		return avsc_fault_json(p, json,
			kind == AVSC_ARRAY ? "Array has no items type" : "Map has no values type", json);
	TRY(avsc_new_type(p, kind, json, out));
	TRY(avsc_parse_type(p, items, space, &(*out)->items));
	avsc_parse_properties(p, json, m, AVSC_RESERVED, &(*out)->properties, &(*out)->n_properties);
	return avsc_check_properties(p, *out);
}

static bool is_symbol_known(const struct map *seen, const struct str *symbols, size_t n, struct str symbol)
{
	if (seen)
		return map_get(seen, symbol) != NULL;
	for (size_t i = 0; i < n; i++)
		if (str_eq(symbols[i], symbol))
			return true;
	return false;
}

static enum err_code parse_symbols(struct avsc_parser *p, const struct jsn *list, struct avsc_type *type)
{
	struct str *symbols = arena_array(p->arena, struct str, list->n_items);
	struct map *seen = NULL;

	if (list->n_items > AVSC_FEW) {
		seen = arena_new(p->arena, struct map);
		*seen = map_make(p->arena);
	}
	for (size_t i = 0; i < list->n_items; i++) {
		const struct jsn *item = &list->items[i];
		struct str symbol = item->kind == JSN_STRING ? item->text : STR_NONE;

		avsc_check_name(p, item, symbol);
		if (is_symbol_known(seen, symbols, i, symbol))
			return avsc_fault(p, item, "Duplicate enum symbol: %.*s", STR_ARG(symbol));
		symbols[i] = symbol;
		if (seen)
			map_put(seen, symbol, &symbols[i]);
	}
	type->symbols = symbols;
	type->n_symbols = list->n_items;
	type->index = seen;
	return OK;
}

static enum err_code fault_enum_default(struct avsc_parser *p, const struct jsn *at,
	const struct avsc_type *type)
{
	struct buf b = buf_make(p->err->arena, 0);

	for (size_t i = 0; i < type->n_symbols; i++) {
		if (i > 0)
			buf_lit(&b, ", ");
		buf_add(&b, type->symbols[i]);
	}
	return avsc_fault(p, at, "The Enum Default: %.*s is not in the enum symbol set: [%.*s]",
		STR_ARG(type->enum_default), STR_ARG(buf_str(&b)));
}

static enum err_code parse_enum(struct avsc_parser *p, const struct jsn *json, const struct avsc_members *m,
	struct str space, struct avsc_type **out)
{
	const struct jsn *symbols = m->at[AVSC_M_SYMBOLS];
	struct avsc_type *type;

	TRY(avsc_new_type(p, AVSC_ENUM, json, &type));
	TRY(avsc_parse_name(p, json, m, space, &type->name));
	type->doc = avsc_member_text(m, AVSC_M_DOC);
	if (symbols == NULL || symbols->kind != JSN_ARRAY)
		return avsc_fault_json(p, json, "Enum has no symbols", json);
	TRY(parse_symbols(p, symbols, type));
	type->enum_default = avsc_member_text(m, AVSC_M_DEFAULT);
	if (str_present(type->enum_default) && !avsc_symbol_find(type, type->enum_default))
		return fault_enum_default(p, m->at[AVSC_M_DEFAULT], type);
	*out = type;
	return avsc_finish_named(p, json, m, type);
}

/* The largest array a Java virtual machine has, which is where the reference draws the line. */
enum { FIXED_MOST = INT32_MAX - 8 };

static enum err_code parse_fixed(struct avsc_parser *p, const struct jsn *json, const struct avsc_members *m,
	struct str space, struct avsc_type **out)
{
	const struct jsn *size = m->at[AVSC_M_SIZE];
	struct avsc_type *type;

	TRY(avsc_new_type(p, AVSC_FIXED, json, &type));
	TRY(avsc_parse_name(p, json, m, space, &type->name));
	type->doc = avsc_member_text(m, AVSC_M_DOC);
	if (size == NULL || size->kind != JSN_NUMBER || !avsc_number_fits(size->text, 32) ||
		!str_to_i64(size->text, &type->size))
		return avsc_fault_json(p, json, "Invalid or no size", json);
	if (type->size < 0)
		return avsc_fault(p, size, "Malformed data. Length is negative: %lld", (long long)type->size);
	if (type->size > FIXED_MOST)
		return avsc_fault(p, size, "Cannot read arrays longer than %d bytes in Java library", FIXED_MOST);
	*out = type;
	return avsc_finish_named(p, json, m, type);
}

/* How a branch is told from the others: by its full name, or its kind. */
static struct str branch_name(const struct avsc_type *branch)
{
	return avsc_kind_is_named(branch->kind) ? branch->name.full : str_of(avsc_kind_name(branch->kind));
}

static enum err_code fault_nested(struct avsc_parser *p, const struct avsc_type *type, const struct jsn *at)
{
	return avsc_fault(p, at, "Nested union: %.*s",
		STR_ARG(avsc_print_type(p->err->arena, type, (uint32_t)p->names.n_entries)));
}

enum err_code avsc_check_union(struct avsc_parser *p, const struct avsc_type *type, const struct jsn *at)
{
	struct map seen = map_make(p->arena);
	bool waits = false;

	for (size_t i = 0; i < type->n_branches; i++) {
		const struct avsc_type *branch = type->branches[i];
		struct str name = branch_name(branch);
		bool known;

		if (branch->kind == AVSC_UNION)
			return fault_nested(p, type, &at->items[i]);
		if (avsc_is_pending(branch)) {
			waits = true;
			continue;
		}
		known = map_get(&seen, name) != NULL;
		for (size_t j = 0; type->n_branches <= AVSC_FEW && j < i && !known; j++)
			known = !avsc_is_pending(type->branches[j]) && str_eq(branch_name(type->branches[j]), name);
		if (known)
			return avsc_fault(p, &at->items[i], "Duplicate in union:%.*s", STR_ARG(name));
		if (type->n_branches > AVSC_FEW)
			map_put(&seen, name, &seen);
	}
	if (waits)
		avsc_check_later(p, &(struct avsc_later){ .a_union = type, .at = at });
	return OK;
}

static enum err_code parse_union(struct avsc_parser *p, const struct jsn *json, struct str space,
	struct avsc_type **out)
{
	struct avsc_type *type;

	TRY(avsc_new_type(p, AVSC_UNION, json, &type));
	type->branches = arena_array(p->arena, struct avsc_type *, json->n_items);
	for (size_t i = 0; i < json->n_items; i++)
		TRY(avsc_parse_type(p, &json->items[i], space, &type->branches[i]));
	type->n_branches = json->n_items;
	*out = type;
	return avsc_check_union(p, type, json);
}

static enum err_code parse_object(struct avsc_parser *p, const struct jsn *json, struct str space,
	struct avsc_type **slot)
{
	struct avsc_members m;
	struct str type;
	enum avsc_kind kind;

	avsc_members(json, &m);
	type = avsc_member_text(&m, AVSC_M_TYPE);
	if (!str_present(type))
		return avsc_fault_json(p, json, "No type", json);
	if (str_eq(type, STR("record")) || str_eq(type, STR("error")))
		return avsc_parse_record(p, json, &m, space, slot);
	if (avsc_is_primitive_name(type, &kind))
		return parse_primitive(p, kind, json, &m, slot);
	if (str_eq(type, STR("array")))
		return parse_container(p, AVSC_ARRAY, json, &m, space, slot);
	if (str_eq(type, STR("map")))
		return parse_container(p, AVSC_MAP, json, &m, space, slot);
	if (str_eq(type, STR("enum")))
		return parse_enum(p, json, &m, space, slot);
	if (str_eq(type, STR("fixed")))
		return parse_fixed(p, json, &m, space, slot);
	return avsc_refer(p, m.at[AVSC_M_TYPE], type, space, slot);
}

enum err_code avsc_parse_type(struct avsc_parser *p, const struct jsn *json, struct str space,
	struct avsc_type **slot)
{
	struct avsc_type *type = NULL;
	enum avsc_kind kind;

	if (json->kind == JSN_STRING) {
		if (!avsc_is_primitive_name(json->text, &kind))
			return avsc_refer(p, json, json->text, space, slot);
		TRY(avsc_new_type(p, kind, json, &type));
	} else if (json->kind != JSN_OBJECT && json->kind != JSN_ARRAY) {
		return avsc_fault_json(p, json, "Schema not yet supported", json);
	} else {
		if (p->depth == LIMIT_SCHEMA_DEPTH)
			return avsc_fault_limit(p, json, "Types are nested deeper than %u levels",
				(unsigned)LIMIT_SCHEMA_DEPTH);
		p->depth++;
		if (json->kind == JSN_ARRAY)
			TRY(parse_union(p, json, space, slot));
		else
			TRY(parse_object(p, json, space, slot));
		p->depth--;
		return OK;
	}
	*slot = type;
	return OK;
}
