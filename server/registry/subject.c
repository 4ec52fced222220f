/* Names of subjects and contexts: splitting, joining, and which ones are refused. */
#include "server/registry/subject.h"

#include "base/arena.h"

struct subject_name subject_split(struct str text)
{
	struct subject_name out = { .context = CONTEXT_DEFAULT, .name = str_present(text) ? text : STR("") };
	struct str rest;
	ptrdiff_t end;

	if (!str_starts(text, STR(":.")))
		return out;
	rest = str_sub(text, 1, text.len);
	end = str_index(rest, ':');
	out.context = end < 0 ? rest : str_sub(rest, 0, (size_t)end);
	out.name = end < 0 ? STR("") : str_sub(rest, (size_t)end + 1, rest.len);
	out.qualified = !str_eq(out.context, CONTEXT_DEFAULT);
	return out;
}

struct str subject_join(struct arena *arena, struct str context, struct str name)
{
	if (str_eq(context, CONTEXT_DEFAULT))
		return name;
	return str_printf(arena, ":%.*s:%.*s", STR_ARG(context), STR_ARG(name));
}

struct str subject_normalize(struct arena *arena, struct str text)
{
	struct subject_name name = subject_split(text);

	if (name.qualified && text.len == name.context.len + name.name.len + 2)
		return text;
	return subject_join(arena, name.context, name.name);
}

struct str subject_context_shown(struct arena *arena, struct str subject)
{
	return subject_join(arena, subject_split(subject).context, STR(""));
}

bool subject_is_context(struct str subject)
{
	struct subject_name name = subject_split(subject);

	return name.qualified && name.name.len == 0;
}

/* C0, DEL and C1 controls (contract 4.2); C1 is C2 80 … C2 9F in UTF-8. */
static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < 0x20 || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < text.len && (unsigned char)text.data[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static bool is_reserved(struct str text)
{
	struct subject_name name = subject_split(text);

	return has_control(text) || str_eq(name.name, STR("__GLOBAL")) || str_eq(name.name, STR("__EMPTY"));
}

enum err_code subject_check_configure(struct str text, struct err *err)
{
	if (is_reserved(text))
		return err_raise(err, INVALID_SUBJECT, STR_ARG(text));
	return OK;
}

/*
 * Beside the reserved names: the global context, the listing wildcard, and the empty name in the
 * default context.  The reference accepts the last two and then breaks (times out, or answers 500
 * from then on); refusing them is a choice, listed in docs/differences.md.
 */
enum err_code subject_check_register(struct str text, struct err *err)
{
	struct subject_name name = subject_split(text);

	if (is_reserved(text) || str_eq(name.context, CONTEXT_GLOBAL) || str_starts(text, STR(":*:")) ||
		(!name.qualified && name.name.len == 0))
		return err_raise(err, INVALID_SUBJECT, STR_ARG(text));
	return OK;
}
