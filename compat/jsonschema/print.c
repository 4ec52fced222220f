/* The text that is stored: JSON written compactly, as Jackson does (contract 6.3). */
#include <stdlib.h>

#include "base/arena.h"
#include "base/memory.h"
#include "compat/jsonschema/parse_int.h"

struct printer {
	struct buf out;
	bool sorted;
};

static int by_name(const void *a, const void *b)
{
	const struct jsn *const *x = a, *const *y = b;

	return str_cmp_utf16((*x)->name, (*y)->name);
}

static void print(struct printer *p, const struct jsn *json);

static void print_member(struct printer *p, const struct jsn *member)
{
	buf_json_string(&p->out, member->name);
	buf_add_c(&p->out, ':');
	print(p, member);
}

static void print_object(struct printer *p, const struct jsn *json)
{
	const struct jsn **members = NULL;

	if (p->sorted && json->n_items > 1) {
		members = memory_resize(NULL, json->n_items * sizeof(const struct jsn *));
		for (size_t i = 0; i < json->n_items; i++)
			members[i] = &json->items[i];
		qsort(members, json->n_items, sizeof(const struct jsn *), by_name);
	}
	buf_add_c(&p->out, '{');
	for (size_t i = 0; i < json->n_items; i++) {
		if (i > 0)
			buf_add_c(&p->out, ',');
		print_member(p, members ? members[i] : &json->items[i]);
	}
	buf_add_c(&p->out, '}');
	memory_free(members);
}

/* As deep as the text, which the reader has bounded. */
static void print(struct printer *p, const struct jsn *json)
{
	switch (json->kind) {
	case JSN_OBJECT:
		print_object(p, json);
		break;
	case JSN_ARRAY:
		buf_add_c(&p->out, '[');
		for (size_t i = 0; i < json->n_items; i++) {
			if (i > 0)
				buf_add_c(&p->out, ',');
			print(p, &json->items[i]);
		}
		buf_add_c(&p->out, ']');
		break;
	case JSN_NUMBER:
		jsch_number_print(&p->out, json->text);
		break;
	default:
		buf_json(&p->out, json);
		break;
	}
}

struct str jsch_print(struct arena *arena, const struct jsn *json, bool sorted, size_t room)
{
	struct printer p = { .out = buf_make(arena, room), .sorted = sorted };

	print(&p, json);
	return buf_str(&p.out);
}
