/* Collecting the notices of a check. */
#include "client/cli/check/notices.h"

#include "base/arena.h"

struct notices {
	const struct judge *judge;
	const struct report_schema *schemas; /* of the files of the tree */
	struct report_notice *items;
	size_t n, room;
};

static void add(struct notices *notices, struct str path, uint32_t line, struct str message)
{
	const struct worktree *worktree = notices->judge->worktree;
	struct arena *arena = notices->judge->arena;

	notices->items = arena_grow(arena, notices->items, notices->n, &notices->room, sizeof(*notices->items));
	notices->items[notices->n++] = (struct report_notice){
		.path = worktree_shown(worktree, arena, path),
		.root_path = worktree_in_repository(worktree, arena, path),
		.line = line,
		.message = message,
	};
}

static bool is_tree(const struct base *base)
{
	return !base->is_registry && !base->only;
}

/* A gate that looks at nothing is open. */
static void note_nothing(struct notices *notices, const struct report *report)
{
	const struct worktree *worktree = notices->judge->worktree;

	for (size_t i = 0; i < worktree->n_places; i++) {
		const struct worktree_place *place = &worktree->places[i];
		const struct settings *settings = place->excluded ? place->excluded->settings : NULL;

		if (place->n_files > 0 || place->gone || (!settings && report->n_schemas > worktree->n_files))
			continue;
		add(notices, place->path, 1, settings ? str_printf(notices->judge->arena, "%.*s is excluded by %.*s: nothing of it is judged",
			STR_ARG(place->given), STR_ARG(worktree_shown(worktree, notices->judge->arena, settings->path)))
			: str_printf(notices->judge->arena, "no schema was found in %.*s", STR_ARG(place->given)));
		if (place->path.len == 0)
			notices->items[notices->n - 1].path = notices->items[notices->n - 1].root_path = STR(".");
	}
}

/* A first version that looks like a file that is gone: whether it is the same schema only its author can tell. */
static void note_alike(struct notices *notices)
{
	const struct judge *judge = notices->judge;

	for (size_t i = 0; i < judge->worktree->n_files && is_tree(judge->base); i++) {
		const struct schema_file *file = judge->worktree->files[i], *old = map_get(&judge->base->origins.alike, file->path);

		if (old)
			add(notices, file->path, 1, str_printf(judge->arena, "looks like %.*s, which is gone; if it is the same schema, keep its"
				" name or id, or move it in a commit of its own", STR_ARG(old->path)));
	}
}

/* Whether the nearest of a name is the one that is meant cannot be told when another one is as near. */
static void note_namesakes(struct notices *notices)
{
	struct worktree *worktree = notices->judge->worktree;

	for (size_t i = 0; i < worktree->n_files; i++) {
		size_t n = 0;
		const struct schema_link *links = set_links(&worktree->set, worktree->files[i], &n);

		for (size_t k = 0; k < n && notices->schemas[i].outcome != OUTCOME_UNCHANGED; k++)
			if (links[k].other)
				add(notices, worktree->files[i]->path, 1, str_printf(notices->judge->arena, "%.*s is taken to be that of %.*s, but"
					" %.*s is as near; which one is meant can be said in tenon.toml", STR_ARG(links[k].name),
					STR_ARG(links[k].file->path), STR_ARG(links[k].other->path)));
	}
}

enum { MOST_NAMED = 5 };

/* Those that refer to it do not tell it again. */
static void note_affected(struct notices *notices)
{
	const struct judge *judge = notices->judge;

	for (size_t i = 0; i < judge->worktree->n_files; i++) {
		const struct report_schema *schema = &notices->schemas[i];
		size_t n = schema->n_affects;
		struct buf b = buf_make(judge->arena, 128);

		if (n == 0)
			continue;
		buf_printf(&b, "what is told here is not told again of %zu schema%s that refer%s to it: ", n, n == 1 ? "" : "s",
			n == 1 ? "s" : "");
		for (size_t k = 0; k < n && k < MOST_NAMED; k++)
			buf_printf(&b, "%s%.*s", k > 0 ? ", " : "", STR_ARG(schema->affects[k]));
		if (n > MOST_NAMED)
			buf_printf(&b, " and %zu more", n - MOST_NAMED);
		add(notices, judge->worktree->files[i]->path, 1, buf_str(&b));
	}
}

/* ---- exceptions ---- */

static bool has_match(const struct schema_set *set, const struct settings_ignore *ignore)
{
	for (size_t i = 0; i < set->n_items; i++)
		if (settings_match(ignore->path, set->items[i]->path))
			return true;
	return false;
}

static bool is_met(const struct report_schema *schema, const struct settings_ignore *ignore)
{
	for (size_t i = 0; i < schema->n_findings; i++)
		if (schema->findings[i].excused == ignore || schema->findings[i].expired == ignore)
			return true;
	return false;
}

/* Whether all schemas of the exception were judged, and none of them needs it.  What is unchanged may have needed it. */
static bool is_idle(const struct notices *notices, const struct settings *settings, const struct settings_ignore *ignore)
{
	const struct worktree *worktree = notices->judge->worktree;
	bool any = false;

	for (size_t i = 0; i < worktree->n_files; i++) {
		const struct report_schema *schema = &notices->schemas[i];
		bool judged = schema->outcome == OUTCOME_COMPATIBLE || schema->outcome == OUTCOME_BREAKS;

		if (worktree->files[i]->settings != settings || !settings_match(ignore->path, worktree->files[i]->path))
			continue;
		if (!judged || is_met(schema, ignore))
			return false;
		any = true;
	}
	return any;
}

static void note_ignores(struct notices *notices, const struct settings *settings)
{
	const struct judge *judge = notices->judge;

	for (size_t i = 0; i < settings->n_ignores; i++) {
		const struct settings_ignore *ignore = &settings->ignores[i];
		bool found = has_match(&judge->worktree->set, ignore) || (is_tree(judge->base) && has_match(&judge->base->set, ignore));

		if (!found)
			add(notices, settings->path, ignore->line, str_printf(judge->arena, "the exception for %.*s matches no schema",
				STR_ARG(ignore->path)));
		else if (is_idle(notices, settings, ignore))
			add(notices, settings->path, ignore->line, str_printf(judge->arena, "the exception from %.*s for %.*s excuses nothing",
				STR_ARG(ignore->rule), STR_ARG(ignore->path)));
	}
}

/* ---- registries ---- */

/* Producers name subjects after topics: what is new as "order" may be there as "order-value". */
static void note_topics(struct notices *notices, const struct schema_file *file, const struct map *subjects)
{
	static const char *const ends[] = { "-value", "-key" };
	struct arena *arena = notices->judge->arena;
	struct str naming = str_present(file->settings->naming) ? file->settings->naming : STR("{file}");

	for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++) {
		struct str there = str_concat(arena, file->subject, str_of(ends[k]));

		if (map_get(subjects, there))
			add(notices, file->path, 1, str_printf(arena, "the registry has no subject %.*s, but %.*s; if that is meant, tenon.toml"
				" can say so: naming = \"%.*s%s\", or [subjects.\"%.*s\"] with file = …", STR_ARG(file->subject), STR_ARG(there),
				STR_ARG(naming), ends[k], STR_ARG(there)));
	}
}

static bool has_first(const struct notices *notices)
{
	for (size_t i = 0; i < notices->judge->worktree->n_files; i++)
		if (notices->schemas[i].outcome == OUTCOME_FIRST)
			return true;
	return false;
}

static void note_first(struct notices *notices)
{
	const struct judge *judge = notices->judge;
	struct map subjects = map_make(judge->arena);
	struct err unread = { .arena = judge->arena };
	const struct str *names;
	size_t n;

	/* Who may read a subject need not be allowed to list them: then nothing is said. */
	if (!judge->base->is_registry || !has_first(notices) || registry_list(&judge->base->view, &names, &n, &unread) != OK)
		return;
	for (size_t i = 0; i < n; i++)
		map_put(&subjects, names[i], notices);
	for (size_t i = 0; i < judge->worktree->n_files; i++)
		if (notices->schemas[i].outcome == OUTCOME_FIRST && !map_get(&subjects, judge->worktree->files[i]->subject))
			note_topics(notices, judge->worktree->files[i], &subjects);
}

void notices_add(const struct judge *judge, struct report *report)
{
	const struct schema_set *set = &judge->worktree->set;
	struct notices notices = { .judge = judge, .schemas = report->schemas };

	note_nothing(&notices, report);
	note_alike(&notices);
	note_namesakes(&notices);
	note_affected(&notices);
	note_first(&notices);
	for (size_t i = 0; i < set->n_settings; i++)
		note_ignores(&notices, set->settings[i]);
	report->notices = notices.items;
	report->n_notices = notices.n;
}
