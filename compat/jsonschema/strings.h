/*
 * Texts that match a regular expression, made from its parts.  Best effort: what is made is tried on the
 * pattern by whoever asks; look-around, back references and properties are taken for nothing in particular.
 */
#ifndef COMPAT_JSONSCHEMA_STRINGS_H
#define COMPAT_JSONSCHEMA_STRINGS_H

#include "base/str.h"

struct arena;

struct jsch_alphabet {
	uint32_t *codes;
	size_t n, room;
};

/* Adds the characters at which something changes in the pattern: the ends of its ranges and their neighbours. */
void jsch_strings_edges(struct arena *arena, struct str pattern, struct jsch_alphabet *edges);

struct jsch_strings {
	struct arena *arena;
	const struct jsch_alphabet *edges; /* characters worth trying where the pattern allows them */
	const int64_t *lengths;            /* how often is worth trying where something repeats */
	size_t n_lengths;
	size_t most;                       /* texts */
	void (*emit)(void *cls, struct str text);
	void *cls;
};

/* Calls `emit` with up to `most` texts. */
void jsch_strings_make(const struct jsch_strings *s, struct str pattern);

#endif
