/* Reading the files of a folder that may hold schemas. */
#include "client/cli/schemas/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "client/cli/schemas/git.h"

enum { FOLDER_DEPTH = 100 };

bool tree_wants_file(struct str name)
{
	return str_ends(name, STR(".avsc")) || str_ends(name, STR(".proto")) || str_ends(name, STR(".json"))
		|| str_eq(name, STR("tenon.toml"));
}

bool tree_wants_folder(struct str name)
{
	return !str_starts(name, STR(".")) && !str_eq(name, STR("node_modules"));
}

bool tree_wants_path(struct str path)
{
	for (ptrdiff_t slash = 0; slash >= 0; path = str_sub(path, (size_t)(slash + 1), path.len)) {
		slash = str_index(path, '/');
		if (!tree_wants_folder(slash < 0 ? path : str_sub(path, 0, (size_t)slash)))
			return false;
	}
	return true;
}

static bool is_at_or_below(struct str path, struct str folder)
{
	return folder.len == 0 || (str_starts(path, folder) && (path.len == folder.len || path.data[folder.len] == '/'));
}

bool tree_scope_has(const struct tree_scope *scope, struct str path)
{
	for (size_t i = 0; i < scope->n; i++)
		if (is_at_or_below(path, scope->items[i]))
			return true;
	return false;
}

bool tree_scope_concerns(const struct tree_scope *scope, struct str path)
{
	for (size_t i = 0; i < scope->n; i++)
		if (is_at_or_below(path, scope->items[i]) || is_at_or_below(scope->items[i], path))
			return true;
	return false;
}

struct tree_scope tree_scope_all(void)
{
	static const struct str whole = { "", 0 };

	return (struct tree_scope){ .items = &whole, .n = 1 };
}

void tree_move_below(struct tree *tree, struct str folder)
{
	for (size_t i = 0; i < tree->n_items; i++)
		tree->items[i].path = str_concat(tree->arena, folder, tree->items[i].path);
}

struct tree_file *tree_add(struct tree *tree, struct str path, struct str text)
{
	tree->items = arena_grow(tree->arena, tree->items, tree->n_items, &tree->room, sizeof(*tree->items));
	tree->items[tree->n_items] = (struct tree_file){ .path = path, .text = text };
	return &tree->items[tree->n_items++];
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

void tree_sort(struct tree *tree)
{
	if (tree->n_items > 1)
		qsort(tree->items, tree->n_items, sizeof(*tree->items), by_path);
}

const struct tree_file *tree_find(const struct tree *tree, struct str path)
{
	const struct tree_file wanted = { .path = path };

	return tree->n_items > 0 ? bsearch(&wanted, tree->items, tree->n_items, sizeof(wanted), by_path) : NULL;
}

static enum err_code fail(struct err *err, struct str path)
{
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s", STR_ARG(path), strerror(errno)));
}

/* All of an open file; what has more than a schema may have is cut behind that, which no parser takes. */
static bool read_all(struct arena *arena, int fd, struct str *out)
{
	struct stat st;
	struct buf text;

	if (fstat(fd, &st) != 0)
		return false;
	text = buf_make(arena, (size_t)st.st_size + 2);
	while (text.len <= LIMIT_SCHEMA_BYTES) {
		ssize_t got;

		buf_reserve(&text, 4096);
		got = read(fd, text.data + text.len, text.room - text.len - 1);
		if (got == 0)
			break;
		if (got < 0)
			return false;
		text.len += (size_t)got;
	}
	*out = buf_str(&text);
	return true;
}

enum err_code tree_read_file(struct arena *arena, struct str path, struct str *out, struct err *err)
{
	int fd = open(str_dup(arena, path).data, O_RDONLY | O_CLOEXEC);
	bool read;

	if (fd < 0)
		return fail(err, path);
	read = read_all(arena, fd, out);
	if (!read)
		fail(err, path);
	close(fd);
	return read ? OK : err->code;
}

/* What cannot be read elsewhere is as if it were not there. */
static enum err_code fail_of(const struct tree *tree, struct str path, struct err *err)
{
	return tree_scope_concerns(&tree->scope, path) ? fail(err, path) : OK;
}

static enum err_code read_folder(struct tree *tree, int at, struct str name, struct str path, unsigned depth, struct err *err);

static enum err_code read_entry(struct tree *tree, DIR *folder, const struct dirent *entry, struct str path, unsigned depth,
	struct err *err)
{
	struct str name = str_of(entry->d_name);
	struct str here = path.len > 0 ? str_printf(tree->arena, "%.*s/%s", STR_ARG(path), entry->d_name) : str_dup(tree->arena, name);
	struct stat st;

	if (!tree_wants_folder(name) || map_get(&tree->ignored, here) || (entry->d_type == DT_REG && !tree_wants_file(name)))
		return OK;
	if (fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return fail_of(tree, here, err);
	if (S_ISDIR(st.st_mode))
		return read_folder(tree, dirfd(folder), name, here, depth + 1, err);
	if (S_ISREG(st.st_mode) && tree_wants_file(name)) {
		int fd = openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC);
		struct str text;
		bool read = fd >= 0 && read_all(tree->arena, fd, &text);
		enum err_code code = read ? OK : fail_of(tree, here, err);

		if (fd >= 0)
			close(fd);
		if (read)
			tree_add(tree, here, text);
		return code;
	}
	return OK;
}

static enum err_code read_folder(struct tree *tree, int at, struct str name, struct str path, unsigned depth, struct err *err)
{
	int fd = openat(at, name.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	enum err_code code = OK;

	if (!folder) {
		code = path.len > 0 ? fail_of(tree, path, err) : fail(err, name);
		if (fd >= 0)
			close(fd);
		return code;
	}
	while (code == OK && depth < FOLDER_DEPTH) {
		const struct dirent *entry = readdir(folder);

		if (!entry)
			break;
		code = read_entry(tree, folder, entry, path, depth, err);
	}
	closedir(folder);
	return code;
}

enum err_code tree_from_folder(struct arena *arena, struct str folder, struct tree_scope scope, struct tree *out,
	struct err *err)
{
	struct tree tree = { .arena = arena, .scope = scope, .ignored = git_ignored(arena, folder) };

	TRY(read_folder(&tree, AT_FDCWD, str_dup(arena, folder), STR(""), 0, err));
	tree_sort(&tree);
	*out = tree;
	return OK;
}

static bool is_ignored(const struct tree *tree, struct str path)
{
	for (ptrdiff_t end = (ptrdiff_t)path.len; end > 0; end = str_rindex(str_sub(path, 0, (size_t)end), '/'))
		if (map_get(&tree->ignored, str_sub(path, 0, (size_t)end)))
			return true;
	return false;
}

enum err_code tree_add_ignored(struct tree *tree, struct str folder, struct str path, struct err *err)
{
	struct tree below = { .arena = tree->arena, .scope = tree_scope_all(), .ignored = map_make(tree->arena) };
	struct str whole = str_printf(tree->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(path)), text;
	struct stat st;

	if (!is_ignored(tree, path) || tree_find(tree, path))
		return OK;
	if (stat(whole.data, &st) == 0 && S_ISDIR(st.st_mode)) {
		TRY(read_folder(&below, AT_FDCWD, whole, path, 0, err));
	} else {
		TRY(tree_read_file(tree->arena, whole, &text, err));
		tree_add(&below, path, text);
	}
	for (size_t i = 0; i < below.n_items; i++)
		tree_add(tree, below.items[i].path, below.items[i].text);
	tree_sort(tree);
	return OK;
}
