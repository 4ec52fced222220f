/* Names: what they may consist of, which type they mean, and references that are met before the definition. */
#include "compat/avro/avro_int.h"

#include "base/arena.h"
#include "base/letters.h"

static const struct {
	struct str name;
	enum avsc_kind kind;
} primitives[] = {
	{ { "string", 6 }, AVSC_STRING },
	{ { "long", 4 }, AVSC_LONG },
	{ { "int", 3 }, AVSC_INT },
	{ { "null", 4 }, AVSC_NULL },
	{ { "double", 6 }, AVSC_DOUBLE },
	{ { "boolean", 7 }, AVSC_BOOLEAN },
	{ { "bytes", 5 }, AVSC_BYTES },
	{ { "float", 5 }, AVSC_FLOAT },
};

bool avsc_is_primitive_name(struct str name, enum avsc_kind *out)
{
	for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++) {
		if (str_eq(name, primitives[i].name)) {
			*out = primitives[i].kind;
			return true;
		}
	}
	return false;
}

static bool is_letter(const struct avsc_parser *p, uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	return !p->strict && letters_is_letter(c);
}

static bool is_digit(const struct avsc_parser *p, uint32_t c)
{
	if (c < 0x80)
		return c >= '0' && c <= '9';
	return !p->strict && letters_is_digit(c);
}

/* What is wrong with a name, or NULL; beyond the first basic plane nothing is a letter to Java. */
static const char *find_flaw(const struct avsc_parser *p, struct str name)
{
	size_t at = 0;

	if (!str_present(name))
		return "Null name";
	if (name.len == 0)
		return "Empty name";
	if (!is_letter(p, letters_next(name, &at)))
		return "Illegal initial character: ";
	while (at < name.len) {
		uint32_t c = letters_next(name, &at);

		if (!is_letter(p, c) && !is_digit(p, c))
			return "Illegal character in: ";
	}
	return NULL;
}

/* The flaw with the name behind it, where the sentence asks for it. */
static struct str complete_flaw(struct avsc_parser *p, const char *flaw, struct str name)
{
	struct str text = str_of(flaw);

	return str_ends(text, STR(": ")) ? str_concat(p->err->arena, text, name) : text;
}

void avsc_check_name(struct avsc_parser *p, const struct jsn *at, struct str name)
{
	const char *flaw = find_flaw(p, name);

	if (flaw)
		avsc_flaw(p, at, "%.*s", STR_ARG(complete_flaw(p, flaw, name)));
}

/* New schemas need a valid name in every part of the namespace; those that are stored keep what they have. */
static void check_space(struct avsc_parser *p, const struct jsn *at, struct str space)
{
	size_t from = 0;

	if (!p->strict || space.len == 0)
		return;
	for (size_t i = 0; i <= space.len; i++) {
		struct str part = str_make(space.data + from, i - from);
		const char *flaw;

		if (i < space.len && space.data[i] != '.')
			continue;
		from = i + 1;
		flaw = find_flaw(p, part);
		if (flaw)
			avsc_flaw(p, at, "Namespace part \"%.*s\" is invalid: %.*s", STR_ARG(part),
				STR_ARG(complete_flaw(p, flaw, part)));
	}
}

/* space + "." + last, or just `last` in the null namespace. */
static struct str join(struct arena *arena, struct str space, struct str last)
{
	char *text;

	if (space.len == 0)
		return last;
	text = arena_alloc_text(arena, space.len + 1 + last.len);
	memcpy(text, space.data, space.len);
	text[space.len] = '.';
	memcpy(text + space.len + 1, last.data, last.len);
	return str_make(text, space.len + 1 + last.len);
}

void avsc_make_name(struct avsc_parser *p, const struct jsn *at, struct str text, struct str space,
	struct avsc_name *out)
{
	ptrdiff_t dot = str_rindex(text, '.');

	if (dot >= 0) {
		space = str_sub(text, 0, (size_t)dot);
		out->last = str_sub(text, (size_t)dot + 1, text.len);
	} else {
		out->last = text;
	}
	avsc_check_name(p, at, out->last);
	out->space = space.len > 0 ? space : STR("");
	out->full = dot > 0 ? text : join(p->arena, space, out->last);
}

enum err_code avsc_parse_name(struct avsc_parser *p, const struct jsn *json,
	const struct avsc_members *m, struct str space, struct avsc_name *out)
{
	struct str own = avsc_member_text(m, AVSC_M_NAMESPACE), name = avsc_member_text(m, AVSC_M_NAME);
	enum avsc_kind kind;

	if (!str_present(name))
		return avsc_fault_json(p, json, "No name in schema", json);
	avsc_make_name(p, m->at[AVSC_M_NAME], name, str_present(own) ? own : space, out);
	if (avsc_is_primitive_name(out->full, &kind))
		return avsc_fault(p, m->at[AVSC_M_NAME], "Schemas may not be named after primitives: %.*s",
			STR_ARG(out->full));
	return OK;
}

enum err_code avsc_define(struct avsc_parser *p, const struct jsn *at, struct avsc_type *type)
{
	struct avsc_named *known = map_get(&p->names, type->name.full);

	check_space(p, at, type->name.space);
	if (known == NULL) {
		known = arena_new(p->arena, struct avsc_named);
		*known = (struct avsc_named){ .type = type, .number = (uint32_t)p->names.n_entries };
		map_put(&p->names, type->name.full, known);
	} else if (!avsc_type_equal(type, known->type)) {
		return avsc_fault(p, at, "Can't redefine: %.*s", STR_ARG(type->name.full));
	}
	type->name_number = known->number;
	return OK;
}

/* What `name` means inside `space`: there first, then as it stands. */
static const struct avsc_named *find_named(struct avsc_parser *p, struct str name, struct str full)
{
	const struct avsc_named *known = map_get(&p->names, full);

	return known == NULL && full.data != name.data ? map_get(&p->names, name) : known;
}

enum err_code avsc_refer(struct avsc_parser *p, const struct jsn *at, struct str name, struct str space,
	struct avsc_type **slot)
{
	struct str full = str_index(name, '.') < 0 ? join(p->arena, space, name) : name;
	const struct avsc_named *known = find_named(p, name, full);
	struct avsc_pending *pending;
	struct avsc_type *stand_in;

	if (known) {
		*slot = known->type;
		return OK;
	}
	stand_in = arena_new(p->arena, struct avsc_type);
	*stand_in = (struct avsc_type){
		.kind = AVSC_RECORD, .number = AVSC_PENDING, .name = { .full = full, .space = STR(""), .last = full },
	};
	pending = arena_new(p->arena, struct avsc_pending);
	*pending = (struct avsc_pending){ .next = p->fresh, .slot = slot, .at = at, .full = full };
	p->fresh = pending;
	*slot = stand_in;
	return OK;
}

void avsc_complete(struct avsc_parser *p, const struct avsc_pending *mark)
{
	struct avsc_pending *list = NULL;

	/* The newest is the first of p->fresh; turned round they are in the order of the text. */
	while (p->fresh != mark) {
		struct avsc_pending *next = p->fresh->next;

		p->fresh->next = list;
		list = p->fresh;
		p->fresh = next;
	}
	*p->pending_end = list;
	while (*p->pending_end)
		p->pending_end = &(*p->pending_end)->next;
}

void avsc_check_later(struct avsc_parser *p, const struct avsc_later *what)
{
	struct avsc_later *later = arena_new(p->arena, struct avsc_later);

	*later = *what;
	*p->later_end = later;
	p->later_end = &later->next;
}

enum err_code avsc_resolve(struct avsc_parser *p)
{
	avsc_complete(p, NULL);
	for (struct avsc_pending *pending = p->pending; pending; pending = pending->next) {
		const struct avsc_named *known = map_get(&p->names, pending->full);

		if (known == NULL)
			return avsc_fault(p, pending->at, "Undefined schema: %.*s", STR_ARG(pending->full));
		*pending->slot = known->type;
	}
	for (const struct avsc_later *later = p->later; later; later = later->next) {
		if (later->a_union)
			TRY(avsc_check_union(p, later->a_union, later->at));
		else
			TRY(avsc_check_default(p, later->field, later->at));
	}
	p->pending = NULL;
	p->pending_end = &p->pending;
	p->later = NULL;
	p->later_end = &p->later;
	return OK;
}
