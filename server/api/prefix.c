/*
 * The /contexts/{context} prefix in front of every endpoint (contract 4.4): taken off the path before
 * it is matched; subjects of the path become qualified, subjects of the query when they are read.
 */
#include "base/arena.h"
#include "server/api/api.h"
#include "server/http/target.h"

/* ":.c:" for what a client writes as ".c", "c" or ":.c:"; "" for the default context. */
static enum err_code context_of(struct arena *arena, struct str text, struct str *out, struct err *err)
{
	struct str name = text;

	if (str_starts(name, STR(":.")) && str_ends(name, STR(":")) && name.len > 2)
		name = str_sub(name, 1, name.len - 1);
	if (str_index(name, ':') >= 0)
		return err_text(err, ERR_BAD_PATH,
			str_printf(arena, "Context name '%.*s' cannot contain a colon", STR_ARG(text)));
	if (!str_starts(name, STR(".")))
		name = str_concat(arena, STR("."), name);
	*out = subject_join(arena, name, STR(""));
	return OK;
}

static bool is_qualified(struct str subject)
{
	return str_starts(subject, STR(":.")) || str_starts(subject, STR(":*:"));
}

struct str api_scoped(struct request *rq, struct str subject)
{
	struct str scope = request_scope(rq);

	if (!str_present(scope) || is_qualified(subject))
		return subject;
	return str_concat(request_arena(rq), scope, str_present(subject) ? subject : STR(""));
}

/* Segments behind "subjects" and "deks", and behind a leading "config" or "mode", are subjects. */
static bool is_subject(const struct target *target, size_t at)
{
	struct str before;

	if (at == 0)
		return false;
	before = target->segments[at - 1];
	if (str_eq(before, STR("subjects")) || str_eq(before, STR("deks")))
		return true;
	return at == 1 && (str_eq(before, STR("config")) || str_eq(before, STR("mode")));
}

/* "/config" and "/mode" under a context are the context's own entry. */
static void add_own_entry(struct target *target, struct str scope)
{
	struct str first = target->segments[0];

	if (target->n_segments == 1 && (str_eq(first, STR("config")) || str_eq(first, STR("mode"))))
		target->segments[target->n_segments++] = scope;
}

enum err_code api_rewrite(struct arena *arena, struct target *target, struct str *scope, struct err *err)
{
	struct str found;

	if (target->n_segments < 3 || target->n_segments > TARGET_SEGMENTS || !str_eq(target->segments[0], STR("contexts")))
		return OK;
	TRY(context_of(arena, target->segments[1], &found, err));
	target->n_segments -= 2;
	memmove(target->segments, target->segments + 2, target->n_segments * sizeof(target->segments[0]));
	*scope = found;
	if (found.len == 0)
		return OK;
	for (size_t i = 0; i < target->n_segments; i++)
		if (is_subject(target, i) && !is_qualified(target->segments[i]))
			target->segments[i] = str_concat(arena, found, target->segments[i]);
	add_own_entry(target, found);
	return OK;
}
