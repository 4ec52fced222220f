/*
 * What a commit holds, by one `git cat-file --batch`: the one program that knows every form of repository
 * (packs, worktrees, partial clones, SHA-256), started once and asked through pipes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "client/cli/schemas/tree.h"

extern char **environ;

enum {
	BATCH = 500,            /* names sent at once: less than a pipe holds, so that neither side waits for the other */
	TREE_DEPTH = 100,
	TREE_BYTES = 64 << 20,
	BUFFER = 1 << 16,
};

struct git {
	struct arena *arena;
	struct str top;         /* of the working tree */
	struct str ref;
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
	size_t id_bytes;
};

/* ---- the process ---- */

/* The nearest folder at or above that has a .git; absent when there is none. */
static struct str find_top(struct arena *arena, struct str folder)
{
	for (;;) {
		if (access(str_printf(arena, "%.*s/.git", STR_ARG(folder)).data, F_OK) == 0)
			return folder.len > 0 ? folder : STR("/");
		if (folder.len == 0)
			return STR_NONE;
		folder = str_sub(folder, 0, (size_t)str_rindex(folder, '/'));
	}
}

/* Starts git in the repository; -1 when there is none.  `to` is NULL for a program that is told nothing. */
static pid_t start(const struct git *git, const char *command, const char *flag, int *to, int *from)
{
	struct arena *arena = git->arena;
	char *argv[] = { arena_strdup(arena, "git"), arena_strdup(arena, "-C"), arena_strndup(arena, git->top.data, git->top.len),
		arena_strdup(arena, command), arena_strdup(arena, flag), NULL };
	int in[2] = { -1, -1 }, out[2];
	posix_spawn_file_actions_t actions;
	pid_t child = -1;

	if ((to && pipe2(in, O_CLOEXEC) != 0) || pipe2(out, O_CLOEXEC) != 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	if (to)
		posix_spawn_file_actions_adddup2(&actions, in[0], 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, "git", &actions, NULL, argv, environ) != 0)
		child = -1;
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	*from = out[0];
	if (to) {
		close(in[0]);
		*to = in[1];
	}
	return child;
}

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
		STR_ARG(git->top), STR_ARG(git->top), STR_ARG(git->ref)));
}

static enum err_code open_git(struct arena *arena, struct str ref, struct str folder, struct git **out, struct err *err)
{
	struct git *git = arena_new(arena, struct git);
	int from;

	*git = (struct git){ .arena = arena, .ref = ref, .top = find_top(arena, folder) };
	if (!str_present(git->top))
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s is in no git repository; compare with a folder instead:"
			" --against DIR", STR_ARG(folder)));
	if (ref.len == 0 || ref.data[0] == '-' || str_index(ref, '\n') >= 0 || str_index(ref, ':') >= 0)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "git:%.*s names no commit", STR_ARG(ref)));
	signal(SIGPIPE, SIG_IGN);
	git->child = start(git, "cat-file", "--batch", &git->to, &from);
	if (git->child < 0)
		return err_text(err, ERR_STORE, STR("git cannot be started: it is not installed"));
	git->from = fdopen(from, "re");
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
				return err_text(err, ERR_STORE, str_printf(err->arena, "git:%.*s: the content of %.*s is not in this clone;"
					" get it with: git fetch --refetch", STR_ARG(git->ref), STR_ARG(blobs->items[i].path)));
			tree_add(out, blobs->items[i].path, blob.data);
		}
	}
	return OK;
}

/* ---- a commit that is not there ---- */

static bool is_shallow(struct git *git)
{
	char answer[16] = "";
	pid_t child;
	int from;

	child = start(git, "rev-parse", "--is-shallow-repository", NULL, &from);
	if (child < 0)
		return false;
	if (read(from, answer, sizeof(answer) - 1) < 0)
		answer[0] = '\0';
	close(from);
	waitpid(child, NULL, 0);
	return str_starts(str_of(answer), STR("true"));
}

/* How many commits back "HEAD~3", "HEAD^" or "HEAD^^" means; 0 for anything else. */
static unsigned steps_back(struct str ref)
{
	struct str rest = str_sub(ref, 4, ref.len);
	int32_t n;

	if (!str_starts(ref, STR("HEAD")) || rest.len == 0)
		return 0;
	if (str_eq(rest, STR("~")))
		return 1;
	if (rest.data[0] == '~')
		return str_to_i32(str_sub(rest, 1, rest.len), &n) && n > 0 ? (unsigned)n : 0;
	for (size_t i = 0; i < rest.len; i++)
		if (rest.data[i] != '^')
			return 0;
	return (unsigned)rest.len;
}

static enum err_code say_missing(struct git *git, struct err *err)
{
	bool shallow = is_shallow(git);
	struct str ref = git->ref, branch = str_starts(ref, STR("origin/")) ? str_sub(ref, 7, ref.len) : STR_NONE, command;

	if (str_present(branch))
		command = str_printf(err->arena, "git fetch%s origin %.*s:refs/remotes/origin/%.*s", shallow ? " --depth=1" : "",
			STR_ARG(branch), STR_ARG(branch));
	else if (shallow && steps_back(ref) > 0)
		command = str_printf(err->arena, "git fetch --deepen=%u", steps_back(ref));
	else if (shallow)
		command = STR("git fetch --unshallow");
	else if (steps_back(ref) > 0)
		return err_text(err, ERR_STORE, str_printf(err->arena, "git:%.*s: there is no such commit: the history of HEAD is not"
			" that long", STR_ARG(ref)));
	else
		command = STR("git fetch --all --tags");
	return err_text(err, ERR_STORE, str_printf(err->arena, "git:%.*s: there is no such commit in this %sclone; get it with: %.*s",
		STR_ARG(ref), shallow ? "shallow " : "", STR_ARG(command)));
}

enum err_code tree_from_git(struct arena *arena, struct str ref, struct str folder, struct tree *out, struct err *err)
{
	struct tree tree = { .arena = arena };
	struct blobs blobs = { .n = 0 };
	struct object commit, root;
	struct str below;
	size_t id_digits = 0;
	struct git *git = NULL;

	TRY(open_git(arena, ref, folder, &git, err));
	TRY(ask_one(git, str_concat(arena, ref, STR("^{commit}")), &commit, &id_digits, err));
	if (!commit.there)
		return say_missing(git, err);
	blobs.id_bytes = id_digits / 2;
	below = str_sub(folder, git->top.len, folder.len);
	while (str_starts(below, STR("/")))
		below = str_sub(below, 1, below.len);
	TRY(ask_one(git, str_printf(arena, "%.*s^{commit}:%.*s", STR_ARG(ref), STR_ARG(below)), &root, NULL, err));
	if (root.there && str_eq(root.type, STR("tree"))) {
		TRY(walk(git, root.data, STR(""), 0, &blobs, err));
		TRY(read_blobs(git, &blobs, &tree, err));
	}
	tree_sort(&tree);
	*out = tree;
	return OK;
}
