/* What the formats' explanations share: lists, edits, and a whole history explained. */
#include "compat/explain.h"

#include "base/arena.h"
#include "base/limits.h"

void explanation_add(struct explanation *list, const struct explain_finding *finding)
{
	list->items = arena_grow(list->arena, list->items, list->n_items, &list->room, sizeof(*list->items));
	list->items[list->n_items++] = *finding;
}

void schema_changes_add(struct schema_changes *list, const struct schema_change *change)
{
	list->items = arena_grow(list->arena, list->items, list->n_items, &list->room, sizeof(*list->items));
	list->items[list->n_items++] = *change;
}

static const char *const change_names[CHANGE_KINDS] = {
	[CHANGE_ADDED] = "added",
	[CHANGE_REMOVED] = "removed",
	[CHANGE_RENAMED] = "renamed",
	[CHANGE_TYPE] = "type",
	[CHANGE_WIDENED] = "widened",
	[CHANGE_NARROWED] = "narrowed",
	[CHANGE_REORDERED] = "reordered",
	[CHANGE_DEFAULT] = "default",
	[CHANGE_DOC] = "doc",
	[CHANGE_ALIAS] = "alias",
	[CHANGE_CONSTRAINT] = "constraint",
	[CHANGE_ATTRIBUTE] = "attribute",
};

struct str change_kind_name(enum change_kind kind)
{
	return str_of(change_names[kind]);
}

struct str explain_fault(const struct err *err)
{
	struct str message = err->message;
	static const struct str source = { "\n at [Source: ", 14 }, exception = { "Exception", 9 };
	ptrdiff_t line = str_index(message, '\n'), colon = str_index(message, ':');
	struct str class = colon > 0 ? str_sub(message, 0, (size_t)colon) : STR("");

	if (str_present(err->reason))
		return err->reason;
	if (line > 0 && str_starts(str_sub(message, (size_t)line, message.len), source))
		message.len = (size_t)line;
	if (str_ends(class, exception) && str_index(class, '.') > 0 && str_index(class, ' ') < 0)
		message = str_trim(str_sub(message, (size_t)colon + 1, message.len));
	return message;
}

struct str explain_apply(struct arena *arena, struct str text, const struct explain_edit *edits, size_t n_edits)
{
	struct buf out = buf_make(arena, text.len + 64);
	size_t at = 0;

	for (size_t i = 0; i < n_edits; i++) {
		buf_add(&out, str_sub(text, at, edits[i].offset));
		buf_add(&out, edits[i].text);
		at = edits[i].offset + edits[i].length;
	}
	buf_add(&out, str_sub(text, at, text.len));
	return buf_str(&out);
}
