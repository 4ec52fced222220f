/* Names by patterns: asked pattern by pattern, so that what no name can be is left early. */
#include "compat/jsonschema/names.h"

enum { MOST_EXCLUDED = 8, MOST_STEPS = 400 * 1000 };

void jsch_names_apart_add(struct jsch_names_apart *apart, struct str pattern)
{
	for (size_t i = 0; i < apart->n_patterns; i++)
		if (str_eq(apart->patterns[i], pattern))
			return;
	if (apart->n_patterns < JSCH_MOST_NAME_PATTERNS)
		apart->patterns[apart->n_patterns++] = pattern;
}

struct splitting {
	struct jsch_names_apart *out;
	const struct str *listed;
	size_t n_listed;
};

/* A pattern for just that name. */
static struct str pattern_for(struct arena *arena, struct str name)
{
	static const char special[] = "^$\\.*+?()[]{}|/";
	struct buf b = buf_make(arena, name.len + 8);

	buf_add_c(&b, '^');
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] && strchr(special, name.data[i]))
			buf_add_c(&b, '\\');
		buf_add_c(&b, name.data[i]);
	}
	buf_add_c(&b, '$');
	return buf_str(&b);
}

static enum jsch_answer find(struct splitting *f, struct jsch_language l, struct str *name)
{
	enum jsch_answer answer = jsch_language_find(&l, name);

	f->out->work += l.work;
	return answer;
}

/* One that is not listed, if there are not too many of these. */
static void add_name(struct splitting *f, struct jsch_language l)
{
	struct str name;

	for (size_t i = 0; i < f->n_listed && i < MOST_EXCLUDED; i++)
		jsch_language_pattern(&l, pattern_for(l.arena, f->listed[i]), false);
	if (f->out->n_names < JSCH_MOST_NAMES && find(f, l, &name) == JSCH_A_TEXT)
		f->out->names[f->out->n_names++] = name;
}

static void split(struct splitting *f, const struct jsch_language *known, size_t at)
{
	struct str name;

	if (at == f->out->n_patterns) {
		add_name(f, *known);
		return;
	}
	for (int holds = 0; holds < 2 && f->out->work <= MOST_STEPS; holds++) {
		struct jsch_language l = *known;

		/* One that is not regular may match or not. */
		if (!jsch_language_pattern(&l, f->out->patterns[at], holds) || find(f, l, &name) != JSCH_NO_TEXT)
			split(f, &l, at + 1);
	}
}

void jsch_names_apart_find(struct jsch_names_apart *apart, const struct jsch_language *allowed, const struct str *listed,
	size_t n_listed)
{
	struct splitting f = { .out = apart, .listed = listed, .n_listed = n_listed };

	apart->n_names = 0;
	apart->work = 0;
	split(&f, allowed, 0);
}
