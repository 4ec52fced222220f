/* A list of incompatibilities, bounded. */
#include "compat/finding.h"

#include "base/arena.h"
#include "base/limits.h"

struct findings findings_make(struct arena *arena)
{
	return (struct findings){ .arena = arena };
}

void findings_add(struct findings *list, enum finding_type type, struct str path, struct str info)
{
	if (list->n_items == LIMIT_FINDINGS) {
		list->n_unlisted++;
		return;
	}
	list->items = arena_grow(list->arena, list->items, list->n_items, &list->room, sizeof(*list->items));
	list->items[list->n_items++] = (struct finding){
		.type = type, .path = str_dup(list->arena, path), .info = str_dup(list->arena, info),
	};
}

const char *finding_type_name(enum finding_type type)
{
	static const char *const names[FINDING_TYPES] = {
#define F(name, description) [FINDING_##name] = #name,
#include "compat/finding.def"
#undef F
	};

	return names[type];
}
