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

struct place {
	struct str path;   /* absolute */
	struct str given;
	bool folder;
};

static enum err_code resolve(struct arena *arena, const char *given, struct place *out, struct err *err)
{
	char path[PATH_MAX];
	struct stat st;

	if (!realpath(given, path) || stat(path, &st) != 0)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s: %s", given, strerror(errno)));
	*out = (struct place){ .path = str_of(arena_strdup(arena, path)), .given = str_of(given), .folder = S_ISDIR(st.st_mode) };
	return OK;
}

static struct str parent(struct str path)
{
	return str_sub(path, 0, (size_t)str_rindex(path, '/'));
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
static struct str find_root(struct arena *arena, struct str folder)
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

static struct str repository_prefix(struct arena *arena, const struct worktree *worktree)
{
	struct str top = git_top(arena, worktree->root);

	if (!str_present(top))
		return str_starts(worktree->shown, STR("/")) || str_starts(worktree->shown, STR("../")) ? STR("") : worktree->shown;
	if (str_eq(top, worktree->root))
		return STR("");
	return str_printf(arena, "%.*s/", STR_ARG(str_sub(worktree->root, top.len + (top.len > 1), worktree->root.len)));
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

/* The path of the place from the root. */
static struct str below_root(const struct worktree *worktree, const struct place *place)
{
	return str_sub(place->path, worktree->root.len + (place->path.len > worktree->root.len), place->path.len);
}

/* Marks what the place names; false when that is no schema. */
static bool select_files(struct worktree *worktree, const struct place *place, bool *selected)
{
	struct str below = below_root(worktree, place);
	bool any = place->folder;

	for (size_t i = 0; i < worktree->set.n_items; i++) {
		struct str path = worktree->set.items[i]->path;

		if (below.len == 0 || is_below(path, below)) {
			selected[i] = true;
			any = true;
		}
	}
	return any;
}

static enum err_code select_all(struct worktree *worktree, const struct place *places, size_t n, struct err *err)
{
	struct arena *arena = worktree->set.arena;
	bool *selected = arena_array(arena, bool, worktree->set.n_items);

	for (size_t i = 0; i < n; i++)
		if (!select_files(worktree, &places[i], selected))
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s is no schema: .avsc, .proto, or a .json file with"
				" a \"$schema\" of JSON Schema; tenon.toml can name others", STR_ARG(places[i].given)));
	worktree->files = arena_array(arena, struct schema_file *, worktree->set.n_items);
	for (size_t i = 0; i < worktree->set.n_items; i++)
		if (selected[i])
			worktree->files[worktree->n_files++] = worktree->set.items[i];
	return OK;
}

/* A file that a tenon.toml names is meant although git ignores it: schemas may be generated. */
static enum err_code add_named(struct worktree *worktree, struct tree *tree, struct err *err)
{
	const struct schema_set *set = &worktree->set;
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

enum err_code worktree_open(struct arena *arena, char *const *paths, int n, struct worktree *out, struct err *err)
{
	static char here[] = ".";
	char *const only[] = { here };
	size_t n_places = n > 0 ? (size_t)n : 1;
	struct place *places = arena_array(arena, struct place, n_places);
	struct worktree worktree = { .n_files = 0 };
	struct tree tree;

	for (size_t i = 0; i < n_places; i++) {
		struct str folder;

		TRY(resolve(arena, n > 0 ? paths[i] : only[0], &places[i], err));
		folder = places[i].folder ? places[i].path : parent(places[i].path);
		if (i == 0)
			worktree.root = folder;
		while (!is_below(folder, worktree.root))
			worktree.root = parent(worktree.root);
	}
	worktree.root = str_dup(arena, find_root(arena, worktree.root));
	worktree.shown = shown_prefix(arena, worktree.root);
	worktree.in_repository = repository_prefix(arena, &worktree);
	TRY(tree_from_folder(arena, worktree.root.len > 0 ? worktree.root : STR("/"), &tree, err));
	for (size_t i = 0; i < n_places; i++)
		TRY(tree_add_ignored(&tree, worktree.root, below_root(&worktree, &places[i]), err));
	TRY(set_from_tree(&tree, &worktree.set, err));
	TRY(add_named(&worktree, &tree, err));
	TRY(select_all(&worktree, places, n_places, err));
	*out = worktree;
	return OK;
}
