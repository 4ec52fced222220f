/* Names by patterns: asked pattern by pattern, so that what no name can be is left early. */
#include "compat/jsonschema/names.h"

enum { MOST_EXCLUDED = 8, MOST_STEPS = 400 * 1000 };

void jsch_name_classes_add(struct jsch_name_classes *classes, struct str pattern)
{
	for (size_t i = 0; i < classes->n_patterns; i++)
		if (str_eq(classes->patterns[i], pattern))
			return;
	if (classes->n_patterns < JSCH_MOST_NAME_PATTERNS)
		classes->patterns[classes->n_patterns++] = pattern;
}

struct splitting {
	struct jsch_name_classes *out;
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

/* By a name that is not listed, if there are not too many of these. */
static bool add_class(struct splitting *f, struct jsch_language l, unsigned matched)
{
	struct jsch_name_class class = { .matched = matched, .name = STR_NONE };
	struct str name = STR_NONE;
	enum jsch_answer answer;

	for (size_t i = 0; i < f->n_listed && i < MOST_EXCLUDED; i++)
		jsch_language_pattern(&l, pattern_for(l.arena, f->listed[i]), false);
	answer = find(f, l, &name);
	if (answer == JSCH_NO_TEXT)
		return true;
	if (f->out->n == JSCH_MOST_NAME_CLASSES)
		return false;
	if (answer == JSCH_A_TEXT)
		class.name = name;
	f->out->items[f->out->n++] = class;
	return true;
}

static bool split(struct splitting *f, const struct jsch_language *known, size_t at, unsigned matched)
{
	struct str name;

	if (f->out->work > MOST_STEPS)
		return false;
	if (at == f->out->n_patterns)
		return add_class(f, *known, matched);
	for (unsigned holds = 0; holds < 2; holds++) {
		struct jsch_language l = *known;

		/* One that is not regular may match or not. */
		if (jsch_language_pattern(&l, f->out->patterns[at], holds) && find(f, l, &name) == JSCH_NO_TEXT)
			continue;
		if (!split(f, &l, at + 1, matched | holds << at))
			return false;
	}
	return true;
}

bool jsch_name_classes_find(struct jsch_name_classes *classes, const struct jsch_language *allowed, const struct str *listed,
	size_t n_listed)
{
	struct splitting f = { .out = classes, .listed = listed, .n_listed = n_listed };

	classes->n = 0;
	classes->work = 0;
	if (classes->n_patterns == 0 && allowed->n == 0 && allowed->max_length == JSCH_ABSENT) {
		/* There are always more names than those that are listed. */
		classes->items[classes->n++] = (struct jsch_name_class){ .name = STR_NONE };
		return true;
	}
	return split(&f, allowed, 0, 0);
}

enum jsch_match jsch_name_class_match(const struct jsch_name_classes *classes, const struct jsch_name_class *class,
	struct str pattern)
{
	for (size_t i = 0; i < classes->n_patterns; i++)
		if (str_eq(classes->patterns[i], pattern))
			return class->matched >> i & 1 ? JSCH_MATCHES : JSCH_DIFFERS;
	return JSCH_TOO_MUCH;
}
