/* What a commit holds, by one `git cat-file --batch`, started once and asked through pipes. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "client/cli/schemas/git.h"
#include "client/cli/schemas/tree.h"

enum {
	BATCH = 500,            /* names sent at once: less than a pipe holds, so that neither side waits for the other */
	TREE_DEPTH = 100,
	TREE_BYTES = 64 << 20,
	BUFFER = 1 << 16,
};

struct git {
	struct arena *arena;
	struct str top;         /* of the working tree */
	struct str id;          /* of the commit or tree */
	pid_t child;
	int to;
	FILE *from;
};

struct object {
	bool there;
	struct str type;        /* "commit", "tree", "blob" */
	struct str data;
};

/* A blob that is wanted. */
struct blob {
	struct str path;
	struct str id;          /* hexadecimal */
};

struct blobs {
	struct blob *items;
	size_t n, room;
	struct blob *modules; /* commits of submodules */
	size_t n_modules, modules_room;
	size_t id_bytes;
};

/* ---- the process ---- */

static void end(void *arg)
{
	struct git *git = arg;

	close(git->to);
	fclose(git->from);
	if (git->child > 0)
		waitpid(git->child, NULL, 0);
}

static enum err_code broken(const struct git *git, struct err *err)
{
	return err_text(err, ERR_STORE, str_printf(err->arena, "git cat-file ended early in %.*s; try git -C %.*s cat-file -p %.*s",
		STR_ARG(git->top), STR_ARG(git->top), STR_ARG(git->id)));
}

static enum err_code open_git(struct arena *arena, struct str top, struct str id, struct git **out, struct err *err)
{
	static const char *const words[] = { "cat-file", "--batch", NULL };
	struct git *git = arena_new(arena, struct git);
	struct git_pipes pipes;

	*git = (struct git){ .arena = arena, .id = id, .top = top };
	signal(SIGPIPE, SIG_IGN);
	if (!git_start(arena, top, words, true, false, &pipes))
		return err_text(err, ERR_STORE, STR("git cannot be started: it is not installed"));
	git->child = pipes.child;
	git->to = pipes.to;
	git->from = fdopen(pipes.from, "re");
	setvbuf(git->from, NULL, _IOFBF, BUFFER);
	arena_defer(arena, end, git);
	*out = git;
	return OK;
}

/* ---- asking ---- */

static enum err_code ask(struct git *git, struct str names, struct err *err)
{
	while (names.len > 0) {
		ssize_t written = write(git->to, names.data, names.len);

		if (written < 0)
			return broken(git, err);
		names = str_sub(names, (size_t)written, names.len);
	}
	return OK;
}

/* "<id> <type> <bytes>", the bytes and a line end; "<name> missing" when there is none. */
static enum err_code take(struct git *git, struct object *out, size_t *id_digits, struct err *err)
{
	char line[4352], type[16], *text;
	struct str head;
	size_t size;

	if (!fgets(line, sizeof(line), git->from))
		return broken(git, err);
	head = str_trim(str_of(line));
	*out = (struct object){ .there = false };
	if (str_ends(head, STR(" missing")) || str_ends(head, STR(" ambiguous")))
		return OK;
	if (sscanf(line, "%*s %15s %zu", type, &size) != 2 || size > TREE_BYTES)
		return broken(git, err);
	text = arena_alloc_text(git->arena, size + 1);
	if (fread(text, 1, size, git->from) != size || fgetc(git->from) != '\n')
		return broken(git, err);
	text[size] = '\0';
	if (id_digits)
		*id_digits = (size_t)str_index(head, ' ');
	*out = (struct object){ .there = true, .type = str_of(arena_strdup(git->arena, type)), .data = str_make(text, size) };
	return OK;
}

static enum err_code ask_one(struct git *git, struct str name, struct object *out, size_t *id_digits, struct err *err)
{
	TRY(ask(git, str_concat(git->arena, name, STR("\n")), err));
	return take(git, out, id_digits, err);
}

/* ---- trees ---- */

static struct str hex(struct arena *arena, struct str bytes)
{
	struct buf out = buf_make(arena, 2 * bytes.len + 1);

	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(&out, "%02x", (unsigned char)bytes.data[i]);
	return buf_str(&out);
}

static enum err_code walk(struct git *git, struct str tree, struct str path, unsigned depth, struct blobs *out, struct err *err)
{
	/* Entries are "<mode> <name>\0<id>". */
	while (tree.len > 0) {
		ptrdiff_t blank = str_index(tree, ' '), nul = str_index(tree, '\0');
		struct str mode, name, id, here;
		struct object below;

		if (blank < 0 || nul < blank || tree.len < (size_t)nul + 1 + out->id_bytes)
			return broken(git, err);
		mode = str_sub(tree, 0, (size_t)blank);
		name = str_sub(tree, (size_t)blank + 1, (size_t)nul);
		id = str_sub(tree, (size_t)nul + 1, (size_t)nul + 1 + out->id_bytes);
		tree = str_sub(tree, (size_t)nul + 1 + out->id_bytes, tree.len);
		here = path.len > 0 ? str_printf(git->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(name)) : name;
		if (str_eq(mode, STR("40000")) && tree_wants_folder(name) && depth < TREE_DEPTH) {
			TRY(ask_one(git, hex(git->arena, id), &below, NULL, err));
			TRY(walk(git, below.data, here, depth + 1, out, err));
		} else if (str_starts(mode, STR("100")) && tree_wants_folder(name) && tree_wants_file(name)) {
			out->items = arena_grow(git->arena, out->items, out->n, &out->room, sizeof(*out->items));
			out->items[out->n++] = (struct blob){ .path = here, .id = hex(git->arena, id) };
		} else if (str_eq(mode, STR("160000")) && tree_wants_folder(name)) {
			out->modules = arena_grow(git->arena, out->modules, out->n_modules, &out->modules_room, sizeof(*out->modules));
			out->modules[out->n_modules++] = (struct blob){ .path = here, .id = hex(git->arena, id) };
		}
	}
	return OK;
}

static enum err_code read_blobs(struct git *git, const struct blobs *blobs, struct tree *out, struct err *err)
{
	for (size_t from = 0; from < blobs->n; from += BATCH) {
		size_t to = from + BATCH < blobs->n ? from + BATCH : blobs->n;
		struct buf names = buf_make(git->arena, BUFFER);

		for (size_t i = from; i < to; i++) {
			buf_add(&names, blobs->items[i].id);
			buf_add_c(&names, '\n');
		}
		TRY(ask(git, buf_str(&names), err));
		for (size_t i = from; i < to; i++) {
			struct object blob;

			TRY(take(git, &blob, NULL, err));
			if (!blob.there)
				return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: the content of %.*s is not in this clone;"
					" get it with: git fetch --refetch", STR_ARG(git->id), STR_ARG(blobs->items[i].path)));
			tree_add(out, blobs->items[i].path, blob.data);
		}
	}
	return OK;
}

/* ---- the whole ---- */

static enum err_code read_commit(struct tree *tree, struct str top, struct str id, struct str path, unsigned depth, struct err *err);

/* A submodule that is not checked out has no files in the working tree either. */
static enum err_code read_module(struct tree *tree, struct str top, const struct blob *module, struct str path, unsigned depth,
	struct err *err)
{
	struct str folder = str_printf(tree->arena, "%.*s/%.*s", STR_ARG(top), STR_ARG(module->path));
	struct str below = str_concat(tree->arena, path, module->path);

	if (depth >= TREE_DEPTH || !str_eq(git_top(tree->arena, folder), folder))
		return OK;
	if (read_commit(tree, folder, module->id, str_concat(tree->arena, below, STR("/")), depth, err) == OK)
		return OK;
	if (!tree_scope_concerns(&tree->scope, below))
		return OK;
	return err_text(err, err->code, str_printf(err->arena, "the submodule %.*s lacks the commit %.*s; get it with: git -C %.*s fetch",
		STR_ARG(below), STR_ARG(module->id), STR_ARG(below)));
}

/* Adds what the commit has; `path`, "" or with a slash at its end, is where its repository lies in the tree. */
static enum err_code read_commit(struct tree *tree, struct str top, struct str id, struct str path, unsigned depth, struct err *err)
{
	struct tree own = { .arena = tree->arena };
	struct blobs blobs = { .n = 0 };
	struct object root;
	size_t id_digits = 0;
	struct git *git = NULL;

	TRY(open_git(tree->arena, top, id, &git, err));
	TRY(ask_one(git, str_concat(tree->arena, id, STR("^{tree}")), &root, &id_digits, err));
	if (!root.there)
		return broken(git, err);
	blobs.id_bytes = id_digits / 2;
	TRY(walk(git, root.data, STR(""), 0, &blobs, err));
	TRY(read_blobs(git, &blobs, &own, err));
	for (size_t i = 0; i < own.n_items; i++)
		tree_add(tree, str_concat(tree->arena, path, own.items[i].path), own.items[i].text);
	for (size_t i = 0; i < blobs.n_modules; i++)
		TRY(read_module(tree, top, &blobs.modules[i], path, depth + 1, err));
	return OK;
}

/* ---- what a sparse checkout leaves out ---- */

/* "S <mode> <id> <stage>\t<path>" of those that are not checked out; other letters stand for other things. */
static void list_sparse(struct arena *arena, struct str list, struct blobs *out)
{
	while (list.len > 0) {
		ptrdiff_t nul = str_index(list, '\0');
		struct str entry = str_sub(list, 0, nul < 0 ? list.len : (size_t)nul), path, name;
		ptrdiff_t tab = str_index(entry, '\t');
		size_t id = str_starts(entry, STR("S 100")) && tab > 0 ? strlen("S 100644 ") : 0;

		list = str_sub(list, entry.len + (nul >= 0), list.len);
		if (id == 0 || (size_t)tab < id + strlen(" 0"))
			continue;
		path = str_sub(entry, (size_t)tab + 1, entry.len);
		name = str_sub(path, (size_t)(str_rindex(path, '/') + 1), path.len);
		if (!tree_wants_path(path) || !tree_wants_file(name))
			continue;
		out->items = arena_grow(arena, out->items, out->n, &out->room, sizeof(*out->items));
		out->items[out->n++] = (struct blob){ .path = path, .id = str_sub(entry, id, (size_t)tab - strlen(" 0")) };
	}
}

enum err_code tree_add_sparse(struct tree *tree, struct str top, struct err *err)
{
	struct git_answer sparse = git_ask(tree->arena, top, (const char *const[]){ "config", "--type=bool", "core.sparseCheckout", NULL });
	struct blobs blobs = { .n = 0 };
	struct git *git = NULL;

	if (sparse.status != 0 || !str_eq(sparse.text, STR("true")))
		return OK;
	list_sparse(tree->arena, git_ask(tree->arena, top, (const char *const[]){ "ls-files", "-s", "-t", "-z", NULL }).text, &blobs);
	if (blobs.n == 0)
		return OK;
	TRY(open_git(tree->arena, top, STR("HEAD"), &git, err));
	TRY(read_blobs(git, &blobs, tree, err));
	tree_sort(tree);
	return OK;
}

enum err_code tree_from_git(struct arena *arena, struct str top, struct str id, struct tree_scope scope, struct tree *out,
	struct err *err)
{
	*out = (struct tree){ .arena = arena, .scope = scope };
	TRY(read_commit(out, top, id, STR(""), 0, err));
	tree_sort(out);
	return OK;
}
