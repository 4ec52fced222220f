/* Changing inline tags: what is the same for all formats. */
#include "compat/format.h"

static enum err_code apply(const struct schema_tag_list *list, bool add, schema_tags_of_fn *tags_of, void *cls, bool strict,
	struct err *err)
{
	struct err ignored = { .arena = err->arena };

	for (size_t i = 0; i < list->n_items; i++) {
		struct map *tags;
		enum err_code code = tags_of(cls, &list->items[i], &tags, strict ? err : &ignored);

		if (code != OK && strict)
			return code;
		for (size_t k = 0; code == OK && k < list->items[i].n_tags; k++)
			map_put(tags, list->items[i].tags[k], add ? cls : NULL);
	}
	return OK;
}

enum err_code schema_tags_apply(const struct schema_tag_change *change, schema_tags_of_fn *tags_of, void *cls, struct err *err)
{
	TRY(apply(&change->inherited, true, tags_of, cls, false, err));
	TRY(apply(&change->added, true, tags_of, cls, true, err));
	return apply(&change->removed, false, tags_of, cls, true, err);
}

enum err_code schema_tags_no_path(struct str path, struct err *err)
{
	return err_text(err, ERR_PARSE, str_printf(err->arena,
		"java.lang.IllegalArgumentException: No matching path '%.*s' found in the schema", STR_ARG(path)));
}
