/* Which commit a name means, and what to do when it means none. */
#include <ctype.h>

#include "base/arena.h"
#include "client/cli/schemas/git.h"

struct revision {
	struct arena *arena;
	struct str top;
	struct str ref;
};

static struct git_answer ask(const struct revision *r, const char *const *words)
{
	return git_ask(r->arena, r->top, words);
}

/* "rev-parse --verify --quiet NAME". */
static struct git_answer parse(const struct revision *r, struct str name)
{
	return ask(r, (const char *const[]){ "rev-parse", "--verify", "--quiet", str_dup(r->arena, name).data, NULL });
}

static bool is_shallow(const struct revision *r)
{
	return str_eq(ask(r, (const char *const[]){ "rev-parse", "--is-shallow-repository", NULL }).text, STR("true"));
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

/* ---- a commit that is not there ---- */

static bool is_id(struct str ref)
{
	if (ref.len < 7)
		return false;
	for (size_t i = 0; i < ref.len; i++)
		if (!(ref.data[i] >= '0' && ref.data[i] <= '9') && !(ref.data[i] >= 'a' && ref.data[i] <= 'f'))
			return false;
	return true;
}

/* "main" of "main~2", "refs/heads/main^" and "main@{1}"; "origin/main" of "refs/remotes/origin/main". */
static struct str branch_of(struct str ref)
{
	static const struct str prefixes[] = { { "refs/heads/", 11 }, { "refs/remotes/", 13 } };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (str_starts(ref, prefixes[i]))
			ref = str_sub(ref, prefixes[i].len, ref.len);
	for (size_t i = 0; i < ref.len; i++)
		if (strchr("~^@", ref.data[i]))
			return str_sub(ref, 0, i);
	return ref;
}

static bool is_commit(const struct revision *r, struct str name)
{
	return parse(r, str_concat(r->arena, name, STR("^{commit}"))).status == 0;
}

/* A word of a command as a shell takes it: names of branches may hold $ and ;. */
static struct str word(struct arena *arena, struct str text)
{
	struct buf out = buf_make(arena, text.len + 8);
	bool plain = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		plain &= text.data[i] && (isalnum((unsigned char)text.data[i]) || strchr("-_./:+@%=,", text.data[i]));
	if (plain)
		return text;
	buf_add_c(&out, '\'');
	for (size_t i = 0; i < text.len; i++)
		buf_add(&out, text.data[i] == '\'' ? STR("'\\''") : str_sub(text, i, i + 1));
	buf_add_c(&out, '\'');
	return buf_str(&out);
}

/* An id that is whole can be asked for; one that is cut off only when all is there. */
static struct str fetch_id(const struct revision *r, const char *depth)
{
	if (r->ref.len >= 40)
		return str_printf(r->arena, "git fetch%s origin %.*s", depth, STR_ARG(r->ref));
	return str_printf(r->arena, "git fetch%s --tags origin '+refs/heads/*:refs/remotes/origin/*'", depth);
}

/*
 * A clone of one branch fetches no other one unless told where to put it, and then has it as origin/NAME; history is
 * needed up to the merge base.
 */
static struct str fetch_branch(const struct revision *r, struct str branch, const char *depth)
{
	struct str spec = str_printf(r->arena, "%.*s:refs/remotes/origin/%.*s", STR_ARG(branch), STR_ARG(branch));

	return str_printf(r->arena, "git fetch%s origin %.*s", depth, STR_ARG(word(r->arena, spec)));
}

/* Of a commit some steps behind one that is there. */
static struct str fetch_history(const struct revision *r, struct str branch, bool shallow)
{
	if (!shallow)
		return str_printf(r->arena, "the history of %.*s is not that long", STR_ARG(branch));
	if (steps_back(r->ref) > 0)
		return str_printf(r->arena, "get it with: git fetch --deepen=%u", steps_back(r->ref));
	return STR("get it with: git fetch --unshallow");
}

/* What gets the commit. */
static struct str remedy(const struct revision *r, bool shallow)
{
	struct str name = branch_of(r->ref), there = str_concat(r->arena, STR("origin/"), name);
	const char *depth = shallow ? " --unshallow" : "";

	if (name.len > 0 && is_commit(r, name))
		return fetch_history(r, name, shallow);
	if (str_starts(name, STR("origin/")))
		return str_concat(r->arena, STR("get it with: "), fetch_branch(r, str_sub(name, 7, name.len), depth));
	if (str_starts(name, STR("refs/tags/")))
		return str_printf(r->arena, "get it with: git fetch%s origin tag %.*s", depth, STR_ARG(word(r->arena, str_sub(name, 10, name.len))));
	if (is_id(r->ref))
		return str_concat(r->arena, STR("get it with: "), fetch_id(r, depth));
	if (is_commit(r, there))
		return str_printf(r->arena, "but there is git:%.*s", STR_ARG(there));
	return str_printf(r->arena, "get a branch with: %.*s and name it %.*s; a tag with: git fetch%s origin tag %.*s",
		STR_ARG(fetch_branch(r, name, depth)), STR_ARG(word(r->arena, str_concat(r->arena, STR("git:"), there))), depth,
		STR_ARG(word(r->arena, name)));
}

static enum err_code say_missing(const struct revision *r, struct err *err)
{
	bool shallow = is_shallow(r);

	return err_text(err, ERR_STORE, str_printf(err->arena, "git:%.*s: there is no such commit in this %sclone; %.*s",
		STR_ARG(r->ref), shallow ? "shallow " : "", STR_ARG(remedy(r, shallow))));
}

/* git's own words, with what it advises. */
static enum err_code say_fault(struct git_answer answer, struct err *err)
{
	if (answer.status < 0)
		return err_text(err, ERR_STORE, STR("git cannot be started: it is not installed"));
	return err_text(err, ERR_STORE, str_printf(err->arena, "git: %.*s", STR_ARG(str_starts(answer.fault, STR("fatal: "))
		? str_sub(answer.fault, 7, answer.fault.len) : answer.fault)));
}

/* ---- a commit that is ---- */

/* Two dots with something behind: a range, as git log takes it. */
static bool is_range(struct str ref)
{
	for (size_t i = 1; i + 2 < ref.len; i++)
		if (str_starts(str_sub(ref, i, ref.len), STR("..")))
			return true;
	return false;
}

enum err_code git_commit_find(struct arena *arena, struct str top, struct str ref, struct git_base *out, struct err *err)
{
	const struct revision r = { .arena = arena, .top = top, .ref = ref };
	struct git_answer answer;

	if (ref.len == 0 || ref.data[0] == '-' || str_index(ref, '\n') >= 0 || str_index(ref, ':') >= 0 || str_ends(ref, STR(".")))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "git:%.*s names no commit", STR_ARG(ref)));
	if (is_range(ref))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "git:%.*s is a range, and a base is one commit: git:REF is where"
			" HEAD branched off from it, git:REF.. is REF itself", STR_ARG(ref)));
	answer = parse(&r, str_concat(arena, ref, STR("^{commit}")));
	if (answer.status == 1)
		answer = parse(&r, str_concat(arena, ref, STR("^{tree}")));
	if (answer.status == 0) {
		*out = (struct git_base){ .id = answer.text };
		return OK;
	}
	if (answer.status != 1)
		return say_fault(answer, err);
	if (!str_eq(ref, STR("HEAD")))
		return say_missing(&r, err);
	*out = (struct git_base){ .id = STR_NONE }; /* HEAD has a branch, and that has no commit yet */
	return OK;
}

static enum err_code say_unrelated(const struct revision *r, struct err *err)
{
	if (is_shallow(r))
		return err_text(err, ERR_STORE, str_printf(err->arena, "git:%.*s: this shallow clone lacks the commit where HEAD branched"
			" off; get it with: git fetch --unshallow, or compare with the tip itself: git:%.*s..", STR_ARG(r->ref),
			STR_ARG(r->ref)));
	return err_text(err, ERR_STORE, str_printf(err->arena, "git:%.*s has no commit in common with HEAD; git:%.*s.. compares with"
		" its tip", STR_ARG(r->ref), STR_ARG(r->ref)));
}

enum err_code git_base_find(struct arena *arena, struct str top, struct str ref, struct git_base *out, struct err *err)
{
	bool itself = str_ends(ref, STR("..")) && !str_ends(ref, STR("..."));
	const struct revision r = { .arena = arena, .top = top, .ref = str_sub(ref, 0, ref.len - (itself ? 2 : 0)) };
	struct git_answer answer;
	struct git_base base;

	TRY(git_commit_find(arena, top, r.ref, &base, err));
	*out = base;
	if (itself || !str_present(base.id) || str_eq(r.ref, STR("HEAD")) || steps_back(r.ref) > 0)
		return OK;
	/* Of a tree, and where HEAD has no commit, there is no merge base: what was named is meant. */
	answer = ask(&r, (const char *const[]){ "merge-base", str_dup(arena, base.id).data, "HEAD", NULL });
	if (answer.status == 1)
		return say_unrelated(&r, err);
	if (answer.status == 0)
		*out = (struct git_base){ .id = answer.text, .merge_base = !str_eq(answer.text, base.id) };
	return OK;
}
