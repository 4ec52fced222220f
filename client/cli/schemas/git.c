/* Running git: starting it, asking it one thing, and what it ignores. */
#include "client/cli/schemas/git.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

extern char **environ;

enum { WORDS = 16 };

struct str git_top(struct arena *arena, struct str folder)
{
	assert(folder.len == 0 || folder.data[0] == '/');
	for (;;) {
		if (access(str_printf(arena, "%.*s/.git", STR_ARG(folder)).data, F_OK) == 0)
			return folder.len > 0 ? folder : STR("/");
		if (folder.len == 0)
			return STR_NONE;
		folder = str_sub(folder, 0, (size_t)str_rindex(folder, '/'));
	}
}

/* ---- the process ---- */

static pid_t spawn(struct arena *arena, struct str top, const char *const *words, const int ends[3])
{
	char *argv[WORDS] = { arena_strdup(arena, "git"), arena_strdup(arena, "-C"), arena_strndup(arena, top.data, top.len) };
	posix_spawn_file_actions_t actions;
	pid_t child = -1;

	for (size_t i = 0; words[i] && i + 4 < WORDS; i++)
		argv[i + 3] = arena_strdup(arena, words[i]);
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < 3; i++) {
		if (ends[i] >= 0)
			posix_spawn_file_actions_adddup2(&actions, ends[i], i);
		else
			posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
	}
	if (posix_spawnp(&child, "git", &actions, NULL, argv, environ) != 0)
		child = -1;
	posix_spawn_file_actions_destroy(&actions);
	return child;
}

static void close_one(int fd)
{
	if (fd >= 0)
		close(fd);
}

bool git_start(struct arena *arena, struct str top, const char *const *words, bool to, bool faults, struct git_pipes *out)
{
	int in[2] = { -1, -1 }, text[2] = { -1, -1 }, error[2] = { -1, -1 };
	bool piped = (!to || pipe2(in, O_CLOEXEC) == 0) && pipe2(text, O_CLOEXEC) == 0 && (!faults || pipe2(error, O_CLOEXEC) == 0);
	pid_t child = piped ? spawn(arena, top, words, (const int[]){ in[0], text[1], error[1] }) : -1;

	close_one(in[0]);
	close_one(text[1]);
	close_one(error[1]);
	if (child < 0) {
		close_one(in[1]);
		close_one(text[0]);
		close_one(error[0]);
		return false;
	}
	*out = (struct git_pipes){ .child = child, .to = in[1], .from = text[0], .faults = error[0] };
	return true;
}

static struct str read_to_end(struct arena *arena, int fd)
{
	struct buf out = buf_make(arena, 256);

	for (;;) {
		ssize_t got;

		buf_reserve(&out, 4096);
		got = read(fd, out.data + out.len, out.room - out.len - 1);
		if (got <= 0)
			break;
		out.len += (size_t)got;
	}
	close(fd);
	return buf_str(&out);
}

/* What git says of a fault is little: a pipe holds it until its output has been read. */
struct git_answer git_ask(struct arena *arena, struct str top, const char *const *words)
{
	struct git_answer out = { .status = -1, .text = STR(""), .fault = STR("") };
	struct git_pipes pipes;
	int status;

	if (!git_start(arena, top, words, false, true, &pipes))
		return out;
	out.text = read_to_end(arena, pipes.from);
	out.fault = str_trim(read_to_end(arena, pipes.faults));
	if (str_ends(out.text, STR("\n")))
		out.text = str_sub(out.text, 0, out.text.len - 1);
	if (waitpid(pipes.child, &status, 0) == pipes.child && WIFEXITED(status))
		out.status = WEXITSTATUS(status);
	return out;
}

/* ---- what is ignored ---- */

struct map git_ignored(struct arena *arena, struct str folder)
{
	struct map out = map_make(arena);
	char path[PATH_MAX];
	struct str top, below, list;
	const char *words[] = { "--literal-pathspecs", "ls-files", "-z", "--others", "--ignored", "--exclude-standard",
		"--directory", "--", NULL, NULL };

	if (!realpath(str_dup(arena, folder).data, path))
		return out;
	folder = str_of(arena_strdup(arena, path));
	top = git_top(arena, folder);
	if (!str_present(top))
		return out;
	below = str_sub(folder, top.len + (top.len > 1 && folder.len > top.len), folder.len);
	words[8] = below.len > 0 ? str_dup(arena, below).data : ".";
	list = git_ask(arena, top, words).text;
	while (list.len > 0) {
		ptrdiff_t nul = str_index(list, '\0');
		struct str entry = str_sub(list, 0, nul < 0 ? list.len : (size_t)nul);

		list = str_sub(list, entry.len + 1, list.len);
		if (str_ends(entry, STR("/")))
			entry = str_sub(entry, 0, entry.len - 1);
		if (below.len == 0)
			map_put(&out, entry, arena);
		else if (entry.len > below.len && str_starts(entry, below) && entry.data[below.len] == '/')
			map_put(&out, str_sub(entry, below.len + 1, entry.len), arena);
	}
	return out;
}
