/* Finding the schema that an argument names. */
#include "client/cli/registry/place.h"

#include <limits.h>
#include <unistd.h>

#include "base/arena.h"
#include "client/cli/check/worktree.h"
#include "client/cli/registry/history.h"
#include "compat/explain.h"
#include "client/cli/schemas/git.h"

static enum err_code open_file(struct arena *arena, const char *given, struct place_schema *out, struct err *err)
{
	char *path = arena_strdup(arena, given);
	struct worktree *worktree = arena_new(arena, struct worktree);

	TRY(worktree_open(arena, &path, 1, worktree, err));
	if (worktree->n_files != 1)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s is no single schema", given));
	out->source = set_source(&worktree->set, worktree->files[0]);
	return OK;
}

/* As git has it: from the repository's root, with "./" or "../" from the current folder. */
static struct str path_in_commit(struct arena *arena, struct str top, struct str here, struct str path)
{
	bool relative = str_starts(path, STR("./")) || str_starts(path, STR("../"));

	return settings_path(arena, relative ? str_sub(here, top.len, here.len) : STR(""), path);
}

/* "git:REF:path". */
static enum err_code open_commit(struct arena *arena, struct str given, struct place_schema *out, struct err *err)
{
	struct str rest = str_sub(given, 4, given.len), path;
	ptrdiff_t colon = str_index(rest, ':');
	struct schema_set *set = arena_new(arena, struct schema_set);
	struct git_base commit;
	char here[PATH_MAX];
	struct schema_file *file;
	struct tree tree;
	struct str top;

	if (colon < 0 || !getcwd(here, sizeof(here)))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s: a file of a commit is git:REF:path", STR_ARG(given)));
	top = git_top(arena, str_of(arena_strdup(arena, here)));
	if (!str_present(top))
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s is in no git repository", STR_ARG(given), here));
	TRY(git_commit_find(arena, top, str_sub(rest, 0, (size_t)colon), &commit, err));
	path = path_in_commit(arena, top, str_of(here), str_sub(rest, (size_t)colon + 1, rest.len));
	tree = (struct tree){ .arena = arena, .scope = tree_scope_all() };
	if (str_present(commit.id))
		TRY(tree_from_git(arena, top, commit.id, (struct tree_scope){ .items = &path, .n = 1 }, &tree, err));
	TRY(set_from_tree(&tree, set, err));
	file = map_get(&set->by_path, path);
	if (!file)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s: the commit has no schema %.*s; a path is taken from the"
			" repository's root, or with ./ from the current folder", STR_ARG(given), STR_ARG(path)));
	out->source = set_source(set, file);
	return OK;
}

static enum err_code open_version(struct arena *arena, struct str given, const struct server *server, struct place_schema *out,
	struct err *err)
{
	ptrdiff_t at = str_rindex(given, '@');
	struct str number = str_sub(given, (size_t)at + 1, given.len);
	struct registry_view *view = arena_new(arena, struct registry_view);
	struct registry_version *version;
	struct rest *rest;
	int32_t n = -1;

	if (!str_eq(number, STR("latest")) && (!str_to_i32(number, &n) || n < 1))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s: a version is a number or \"latest\"", STR_ARG(given)));
	TRY(server_open(arena, server, &rest, err));
	*view = registry_view_make(arena, rest);
	TRY(registry_get(view, str_sub(given, 0, (size_t)at), n, &version, err));
	out->source = registry_source(view, version);
	return OK;
}

enum err_code place_open(struct arena *arena, const char *given, const struct server *server, struct place_schema *out,
	struct err *err)
{
	struct str text = str_of(given);
	struct place_schema place = { .label = text };
	struct err unparsed = { .arena = err->arena };

	if (str_starts(text, STR("git:")))
		TRY(open_commit(arena, text, &place, err));
	else if (access(given, F_OK) == 0 || str_index(text, '@') < 0)
		TRY(open_file(arena, given, &place, err));
	else
		TRY(open_version(arena, text, server, &place, err));
	if (schema_parse(arena, &place.source, 0, &place.schema, &unparsed) != OK)
		return err_text(err, ERR_STORE, unparsed.line > 0 ? str_printf(err->arena, "%s:%u:%u: %.*s", given, unparsed.line,
			unparsed.column, STR_ARG(explain_fault(&unparsed))) : str_printf(err->arena, "%s: %.*s", given,
			STR_ARG(explain_fault(&unparsed))));
	*out = place;
	return OK;
}
