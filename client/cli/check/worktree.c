/* Finding the root of a working tree and the schemas that were named. */
#include "client/cli/check/worktree.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "client/cli/schemas/git.h"

static struct str parent(struct str path)
{
	return str_sub(path, 0, (size_t)str_rindex(path, '/'));
}

static bool is_there(struct arena *arena, struct str path)
{
	return access(str_dup(arena, path.len > 0 ? path : STR("/")).data, F_OK) == 0;
}

/* Of what is gone: where it would be, by the nearest folder above it that there is. */
static bool resolve_gone(struct arena *arena, struct str given, struct str *path, struct str *within)
{
	char room[PATH_MAX];
	struct str here = str_starts(given, STR("/")) || !getcwd(room, sizeof(room)) ? STR("/") : str_of(arena_strdup(arena, room));
	struct str whole = str_concat(arena, STR("/"), settings_path(arena, str_sub(here, 1, here.len), given)), above = parent(whole);

	while (above.len > 0 && !is_there(arena, above))
		above = parent(above);
	if (!realpath(str_dup(arena, above.len > 0 ? above : STR("/")).data, room))
		return false;
	*within = str_of(arena_strdup(arena, room));
	*path = str_printf(arena, "%.*s/%.*s", STR_ARG(within->len > 1 ? *within : STR("")),
		STR_ARG(str_sub(whole, above.len + 1, whole.len)));
	return true;
}

/* Its absolute path goes into `path`. */
static enum err_code resolve(struct arena *arena, const char *given, struct worktree_place *out, struct str *path, struct err *err)
{
	char room[PATH_MAX];
	struct stat st;

	*out = (struct worktree_place){ .given = str_of(given) };
	if (realpath(given, room) && stat(room, &st) == 0) {
		*path = str_of(arena_strdup(arena, room));
		out->folder = S_ISDIR(st.st_mode);
		out->within = out->folder ? *path : parent(*path);
		return OK;
	}
	out->gone = errno == ENOENT || errno == ENOTDIR;
	if (out->gone && resolve_gone(arena, str_of(given), path, &out->within))
		return OK;
	return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s: %s", given, strerror(errno)));
}

static bool is_below(struct str path, struct str folder)
{
	return str_starts(path, folder) && (path.len == folder.len || path.data[folder.len] == '/');
}

static bool has(struct arena *arena, struct str folder, const char *name)
{
	return access(str_printf(arena, "%.*s/%s", STR_ARG(folder), name).data, F_OK) == 0;
}

/* The nearest folder at or above with a tenon.toml, looked for up to the repository's top. */
static struct str find_anchor(struct arena *arena, struct str folder)
{
	for (struct str at = folder; at.len > 0; at = parent(at)) {
		if (has(arena, at, "tenon.toml"))
			return at;
		if (has(arena, at, ".git"))
			break;
	}
	return folder;
}

static struct str shown_prefix(struct arena *arena, struct str root)
{
	char path[PATH_MAX];
	struct str here = getcwd(path, sizeof(path)) ? str_of(path) : STR("");

	if (str_eq(root, here))
		return STR("");
	if (is_below(root, here) && here.len > 1)
		return str_printf(arena, "%.*s/", STR_ARG(str_sub(root, here.len + 1, root.len)));
	if (is_below(here, root)) {
		struct buf out = buf_make(arena, 32);

		for (struct str at = here; at.len > root.len; at = parent(at))
			buf_lit(&out, "../");
		return buf_str(&out);
	}
	return str_concat(arena, root, STR("/"));
}

/* The root is the repository's when there is one. */
static struct str repository_prefix(struct arena *arena, const struct worktree *worktree)
{
	bool outside = str_starts(worktree->shown, STR("/")) || str_starts(worktree->shown, STR("../"));

	return outside || str_present(git_top(arena, worktree->root)) ? STR("") : worktree->shown;
}

struct str worktree_in_repository(const struct worktree *worktree, struct arena *arena, struct str path)
{
	return str_concat(arena, worktree->in_repository, path);
}

struct str worktree_shown(const struct worktree *worktree, struct arena *arena, struct str path)
{
	struct str out = str_concat(arena, worktree->shown, path);
	char here[PATH_MAX];
	struct str at;

	/* "../a/b" from within a: as it is seen from there. */
	if (!str_starts(worktree->shown, STR("../")) || !getcwd(here, sizeof(here)))
		return out;
	at = str_printf(arena, "%.*s/%.*s", STR_ARG(worktree->root), STR_ARG(path));
	return is_below(at, str_of(here)) ? str_sub(at, strlen(here) + 1, at.len) : out;
}

struct str worktree_today(struct arena *arena)
{
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct tm day;

	gmtime_r(&now, &day);
	return str_printf(arena, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

/* The path from the root. */
static struct str below_root(const struct worktree *worktree, struct str path)
{
	return str_sub(path, worktree->root.len + (path.len > worktree->root.len), path.len);
}

/* ---- selecting ---- */

/* A schema that can no longer be told from other JSON is one nevertheless: else the gate would be open for it. */
static void adopt(struct worktree *worktree, const struct schema_set *base)
{
	for (size_t i = 0; i < base->n_items; i++) {
		struct str path = base->items[i]->path;
		const struct tree_file *file = map_get(&worktree->set.by_path, path) ? NULL : tree_find(&worktree->tree, path);

		if (file && !base->items[i]->excluded)
			set_adopt(&worktree->set, file);
	}
}

static bool has_below(const struct schema_set *set, struct str folder)
{
	for (size_t i = 0; set && i < set->n_items; i++)
		if (is_below(set->items[i]->path, folder))
			return true;
	return false;
}

/* Marks what the place names; false when that is no schema. */
static bool select_place(struct worktree *worktree, struct worktree_place *place, const struct schema_set *base, bool *selected)
{
	for (size_t i = 0; i < worktree->set.n_items; i++) {
		const struct schema_file *file = worktree->set.items[i];

		if (place->path.len > 0 && !is_below(file->path, place->path))
			continue;
		selected[i] |= !file->excluded;
		place->n_files += !file->excluded;
		if (file->excluded)
			place->excluded = file;
	}
	return place->folder || place->n_files > 0 || place->excluded || (place->gone && has_below(base, place->path));
}

enum err_code worktree_select(struct worktree *worktree, const struct schema_set *base, struct err *err)
{
	struct arena *arena = worktree->set.arena;
	bool *selected;

	if (base)
		adopt(worktree, base);
	selected = arena_array(arena, bool, worktree->set.n_items);
	for (size_t i = 0; i < worktree->n_places; i++) {
		struct worktree_place *place = &worktree->places[i];

		if (select_place(worktree, place, base, selected))
			continue;
		return err_text(err, ERR_CONFIG_FILE, place->gone ? str_printf(err->arena, "%.*s: %s", STR_ARG(place->given), strerror(ENOENT))
			: str_printf(err->arena, "%.*s is no schema: .avsc, .proto, or a .json file with a \"$schema\" of JSON Schema; tenon.toml can"
			" name others", STR_ARG(place->given)));
	}
	worktree->files = arena_array(arena, struct schema_file *, worktree->set.n_items);
	for (size_t i = 0; i < worktree->set.n_items; i++)
		if (selected[i])
			worktree->files[worktree->n_files++] = worktree->set.items[i];
	return OK;
}

/* ---- reading ---- */

/* A file that a tenon.toml names is meant although git ignores it: schemas may be generated. */
static enum err_code add_named(struct worktree *worktree, struct err *err)
{
	const struct schema_set *set = &worktree->set;
	struct tree *tree = &worktree->tree;
	size_t n = tree->n_items;

	for (size_t i = 0; i < set->n_settings; i++) {
		for (size_t k = 0; k < set->settings[i]->n_subjects; k++) {
			struct str path = set->settings[i]->subjects[k].file;

			if (has(tree->arena, worktree->root, path.data))
				TRY(tree_add_ignored(tree, worktree->root, path, err));
		}
	}
	return n == tree->n_items ? OK : set_from_tree(tree, &worktree->set, err);
}

/* The places, their scope, and the root. */
static enum err_code find_places(struct arena *arena, char *const *paths, struct worktree *out, struct err *err)
{
	struct str *absolute = arena_array(arena, struct str, out->n_places), *scope = arena_array(arena, struct str, out->n_places);
	struct str holds = STR(""), top, anchor;

	for (size_t i = 0; i < out->n_places; i++) {
		TRY(resolve(arena, paths[i], &out->places[i], &absolute[i], err));
		if (i == 0)
			holds = out->places[i].within;
		while (!is_below(out->places[i].within, holds))
			holds = parent(holds);
	}
	anchor = find_anchor(arena, holds);
	top = git_top(arena, anchor);
	out->root = str_dup(arena, str_present(top) ? top : anchor);
	anchor = below_root(out, anchor);
	out->anchor = anchor.len > 0 ? str_concat(arena, anchor, STR("/")) : STR("");
	for (size_t i = 0; i < out->n_places; i++)
		scope[i] = out->places[i].path = below_root(out, absolute[i]);
	out->scope = (struct tree_scope){ .items = scope, .n = out->n_places };
	return OK;
}

enum err_code worktree_read(struct arena *arena, char *const *paths, int n, struct worktree *out, struct err *err)
{
	static char here[] = ".";
	char *const only[] = { here };
	struct worktree worktree = { .n_places = n > 0 ? (size_t)n : 1 };

	worktree.places = arena_array(arena, struct worktree_place, worktree.n_places);
	TRY(find_places(arena, n > 0 ? paths : only, &worktree, err));
	worktree.shown = shown_prefix(arena, worktree.root);
	worktree.in_repository = repository_prefix(arena, &worktree);
	TRY(tree_from_folder(arena, worktree.root.len > 0 ? worktree.root : STR("/"), worktree.scope, &worktree.tree, err));
	if (str_present(git_top(arena, worktree.root)))
		TRY(tree_add_sparse(&worktree.tree, worktree.root, err));
	for (size_t i = 0; i < worktree.n_places; i++)
		if (!worktree.places[i].gone)
			TRY(tree_add_ignored(&worktree.tree, worktree.root, worktree.places[i].path, err));
	TRY(set_from_tree(&worktree.tree, &worktree.set, err));
	TRY(add_named(&worktree, err));
	*out = worktree;
	return OK;
}

enum err_code worktree_open(struct arena *arena, char *const *paths, int n, struct worktree *out, struct err *err)
{
	TRY(worktree_read(arena, paths, n, out, err));
	return worktree_select(out, NULL, err);
}
