/* The text of a schema as Avro's Schema.toString has it, and the same normalised (contract 6.2). */
#include "compat/avro/avro_int.h"

#include <stdlib.h>

#include "base/arena.h"

/* Nested as deep as the tree at first sight of each name, which parsing bounds. */
struct writer {
	struct buf out;
	uint8_t *written;     /* a bit for each name_number: the name stands for the type from now on */
	unsigned flags;
};

static void put_type(struct writer *w, const struct avsc_type *type, struct str space);

/* A name that needs no escapes. */
static void put_plain(struct writer *w, struct str text)
{
	buf_reserve(&w->out, text.len + 2);
	buf_add_c(&w->out, '"');
	buf_add(&w->out, text);
	buf_add_c(&w->out, '"');
}

static void put_doc(struct writer *w, struct str doc, bool named)
{
	if (!str_present(doc) || (named && (w->flags & AVSC_NORMAL) && doc.len == 0))
		return;
	buf_lit(&w->out, ",\"doc\":");
	buf_json_inner(&w->out, doc);
}

static int by_property_name(const void *a, const void *b)
{
	const struct avsc_property *x = a, *y = b;

	return str_cmp_utf16(x->name, y->name);
}

static void put_properties(struct writer *w, const struct avsc_property *properties, size_t n)
{
	unsigned flags = w->flags & AVSC_NORMAL ? AVSC_SORTED : 0;

	if (n > 1 && (w->flags & AVSC_NORMAL)) {
		struct avsc_property *sorted = arena_array(w->out.arena, struct avsc_property, n);

		memcpy(sorted, properties, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), by_property_name);
		properties = sorted;
	}
	for (size_t i = 0; i < n; i++) {
		buf_add_c(&w->out, ',');
		buf_json_inner(&w->out, properties[i].name);
		buf_add_c(&w->out, ':');
		avsc_put_value(&w->out, properties[i].value, flags);
	}
}

static int by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp_utf16(*x, *y);
}

/* "record", "int" …: no name of these is shortened, since it would then mean the kind. */
static bool is_kind_name(struct str name)
{
	for (int kind = 0; kind < AVSC_KINDS; kind++)
		if (str_eq(name, str_of(avsc_kind_name((enum avsc_kind)kind))))
			return true;
	return false;
}

/* The name as it is understood inside `space`. */
static void put_qualified(struct writer *w, const struct avsc_name *name, struct str space)
{
	if (name->space.len > 0 && str_eq(name->space, space) && !is_kind_name(name->last))
		put_plain(w, name->last);
	else
		buf_json_inner(&w->out, name->full);
}

/* An alias in the null namespace of a type that is in another has a dot before it, and sorts first. */
static bool has_dot(const struct avsc_type *type, const struct avsc_name *alias)
{
	return alias->space.len == 0 && type->name.space.len > 0;
}

struct alias {
	struct str key;
	const struct avsc_name *name;
};

static int by_key(const void *a, const void *b)
{
	const struct alias *x = a, *y = b;

	return str_cmp_utf16(x->key, y->key);
}

static const struct avsc_name *sort_aliases(struct arena *arena, const struct avsc_type *type)
{
	struct alias *order = arena_array(arena, struct alias, type->n_aliases);
	struct avsc_name *sorted = arena_array(arena, struct avsc_name, type->n_aliases);

	for (size_t i = 0; i < type->n_aliases; i++) {
		const struct avsc_name *name = &type->aliases[i];

		order[i].key = has_dot(type, name) ? str_concat(arena, STR("."), name->full) : name->full;
		order[i].name = name;
	}
	qsort(order, type->n_aliases, sizeof(*order), by_key);
	for (size_t i = 0; i < type->n_aliases; i++)
		sorted[i] = *order[i].name;
	return sorted;
}

static void put_aliases(struct writer *w, const struct avsc_type *type)
{
	const struct avsc_name *aliases = type->aliases;

	if (type->n_aliases == 0)
		return;
	if (w->flags & AVSC_NORMAL)
		aliases = sort_aliases(w->out.arena, type);
	buf_lit(&w->out, ",\"aliases\":[");
	for (size_t i = 0; i < type->n_aliases; i++) {
		if (i > 0)
			buf_add_c(&w->out, ',');
		put_qualified(w, &aliases[i], type->name.space);
	}
	buf_add_c(&w->out, ']');
}

static void put_field_aliases(struct writer *w, const struct avsc_field *field)
{
	const struct str *aliases = field->aliases;

	if (field->n_aliases == 0)
		return;
	if (w->flags & AVSC_NORMAL) {
		struct str *sorted = arena_array(w->out.arena, struct str, field->n_aliases);

		memcpy(sorted, aliases, field->n_aliases * sizeof(*sorted));
		qsort(sorted, field->n_aliases, sizeof(*sorted), by_text);
		aliases = sorted;
	}
	buf_lit(&w->out, ",\"aliases\":[");
	for (size_t i = 0; i < field->n_aliases; i++) {
		if (i > 0)
			buf_add_c(&w->out, ',');
		buf_json_inner(&w->out, aliases[i]);
	}
	buf_add_c(&w->out, ']');
}

static void put_field(struct writer *w, const struct avsc_field *field, struct str space)
{
	buf_lit(&w->out, "{\"name\":");
	put_plain(w, field->name);
	buf_lit(&w->out, ",\"type\":");
	put_type(w, field->type, space);
	put_doc(w, field->doc, false);
	if (field->default_value) {
		buf_lit(&w->out, ",\"default\":");
		if (w->flags & AVSC_NORMAL)
			avsc_put_default(&w->out, field->default_value, field->type);
		else
			avsc_put_value(&w->out, field->default_value, 0);
	}
	if (field->order != AVSC_ASCENDING)
		buf_add(&w->out, field->order == AVSC_IGNORE ? STR(",\"order\":\"ignore\"")
													 : STR(",\"order\":\"descending\""));
	put_field_aliases(w, field);
	put_properties(w, field->properties, field->n_properties);
	buf_add_c(&w->out, '}');
}

/* What is particular to records, enums and fixed, between the doc and the properties. */
static void put_body(struct writer *w, const struct avsc_type *type)
{
	if (type->kind == AVSC_FIXED) {
		buf_lit(&w->out, ",\"size\":");
		buf_add_i64(&w->out, type->size);
		return;
	}
	buf_add(&w->out, type->kind == AVSC_RECORD ? STR(",\"fields\":[") : STR(",\"symbols\":["));
	for (size_t i = 0; i < type->n_fields; i++) {
		if (i > 0)
			buf_add_c(&w->out, ',');
		put_field(w, &type->fields[i], type->name.space);
	}
	for (size_t i = 0; i < type->n_symbols; i++) {
		if (i > 0)
			buf_add_c(&w->out, ',');
		put_plain(w, type->symbols[i]);
	}
	buf_add_c(&w->out, ']');
	if (str_present(type->enum_default)) {
		buf_lit(&w->out, ",\"default\":");
		put_plain(w, type->enum_default);
	}
}

/* Whether the name stands for the type here; if not, it does from now on. */
static bool is_written(struct writer *w, uint32_t number)
{
	uint8_t bit = (uint8_t)(1u << (number & 7));

	if (w->written[number >> 3] & bit)
		return true;
	w->written[number >> 3] |= bit;
	return false;
}

static void put_named(struct writer *w, const struct avsc_type *type, struct str space)
{
	bool error = type->is_error && !(w->flags & AVSC_NORMAL);

	if (avsc_is_pending(type) || is_written(w, type->name_number)) {
		put_qualified(w, &type->name, space);
		return;
	}
	buf_lit(&w->out, "{\"type\":");
	put_plain(w, error ? STR("error") : str_of(avsc_kind_name(type->kind)));
	buf_lit(&w->out, ",\"name\":");
	put_plain(w, type->name.last);
	if (!str_eq(type->name.space, space)) {
		buf_lit(&w->out, ",\"namespace\":");
		buf_json_inner(&w->out, type->name.space);
	}
	put_doc(w, type->doc, true);
	put_body(w, type);
	put_properties(w, type->properties, type->n_properties);
	put_aliases(w, type);
	buf_add_c(&w->out, '}');
}

static void put_unnamed(struct writer *w, const struct avsc_type *type, struct str space)
{
	bool primitive = avsc_kind_is_primitive(type->kind);
	struct str kind = str_of(avsc_kind_name(type->kind));

	if (primitive && type->n_properties == 0) {
		put_plain(w, kind);
		return;
	}
	buf_lit(&w->out, "{\"type\":");
	put_plain(w, kind);
	if (!primitive) {
		buf_add(&w->out, type->kind == AVSC_ARRAY ? STR(",\"items\":") : STR(",\"values\":"));
		put_type(w, type->items, space);
	}
	put_properties(w, type->properties, type->n_properties);
	buf_add_c(&w->out, '}');
}

/* `space` is the namespace of what encloses the type. */
static void put_type(struct writer *w, const struct avsc_type *type, struct str space)
{
	if (avsc_kind_is_named(type->kind)) {
		put_named(w, type, space);
	} else if (type->kind == AVSC_UNION) {
		buf_add_c(&w->out, '[');
		for (size_t i = 0; i < type->n_branches; i++) {
			if (i > 0)
				buf_add_c(&w->out, ',');
			put_type(w, type->branches[i], space);
		}
		buf_add_c(&w->out, ']');
	} else {
		put_unnamed(w, type, space);
	}
}

static struct writer writer_make(struct arena *arena, uint32_t n_names, size_t room)
{
	return (struct writer){
		.written = arena_array(arena, uint8_t, n_names / 8 + 1),
		.out = buf_make(arena, room),
	};
}

struct str avsc_print(struct arena *arena, const struct avsc_schema *schema, unsigned flags, size_t room)
{
	struct writer w = writer_make(arena, schema->n_names, room);

	w.flags = flags;
	if (!(flags & AVSC_RESOLVED))
		memcpy(w.written, schema->referenced, schema->n_names / 8 + 1);
	put_type(&w, schema->root, STR(""));
	return buf_str(&w.out);
}

struct str avsc_print_type(struct arena *arena, const struct avsc_type *type, uint32_t n_names)
{
	struct writer w = writer_make(arena, n_names, 0);

	put_type(&w, type, STR(""));
	return buf_str(&w.out);
}
