/*
 * What texts are left when patterns and bounds on the length hold and others do not: decided for what is regular,
 * by walking the automata of all of them at once (J. E. Hopcroft and J. D. Ullman: products and complements of
 * regular languages).  Texts are sequences of code points without surrogates.
 */
#ifndef COMPAT_JSONSCHEMA_LANGUAGE_H
#define COMPAT_JSONSCHEMA_LANGUAGE_H

#include "base/str.h"

struct arena;
struct jsch_automaton;
struct jsch_string;

enum { JSCH_MOST_AUTOMATA = 16 };

struct jsch_language {
	struct arena *arena;
	struct jsch_automaton *automata[JSCH_MOST_AUTOMATA];
	size_t n;
	int64_t min_length, max_length;  /* in code points; JSCH_ABSENT: no bound above */
	uint64_t work, most_work;        /* steps of the walk */
};

enum jsch_answer {
	JSCH_NO_TEXT,                    /* there is none, for sure */
	JSCH_A_TEXT,
	JSCH_NOT_KNOWN,                  /* the work is used up */
};

struct jsch_language jsch_language_make(struct arena *arena, uint64_t most_work);

/*
 * The pattern matches somewhere in the text, or (`holds` false) nowhere.  False, and nothing is added, when the
 * pattern is not regular or too large.
 */
bool jsch_language_pattern(struct jsch_language *l, struct str pattern, bool holds);

/* The same for a text that is of the format (compat/jsonschema/formats.c); false, too, for formats that are not known. */
bool jsch_language_format(struct jsch_language *l, struct str format, bool holds);

void jsch_language_longest(struct jsch_language *l, int64_t length);
void jsch_language_shortest(struct jsch_language *l, int64_t length);

/* All that the keywords of a subschema say, as far as it can be told; with `formats`, they are asserted. */
void jsch_language_add(struct jsch_language *l, const struct jsch_string *string, bool formats);

/* JSCH_A_TEXT: *text is one of the shortest, of plain characters where they do. */
enum jsch_answer jsch_language_find(struct jsch_language *l, struct str *text);

#endif
