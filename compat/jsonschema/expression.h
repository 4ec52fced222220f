/*
 * Regular expressions as trees, as compat/jsonschema/pattern.c has them understood: for making texts that match
 * and for comparing what patterns allow.  What is not regular (look-around, back references), or what is not
 * followed to the letter (properties, word boundaries), is taken for something near and said to be inexact.
 */
#ifndef COMPAT_JSONSCHEMA_EXPRESSION_H
#define COMPAT_JSONSCHEMA_EXPRESSION_H

#include "base/str.h"

struct arena;

enum jsch_piece_kind {
	JSCH_PIECE_NOTHING,
	JSCH_PIECE_START,    /* ^ */
	JSCH_PIECE_END,      /* $ */
	JSCH_PIECE_CLASS,    /* one character of a set */
	JSCH_PIECE_SEQUENCE,
	JSCH_PIECE_CHOICE,
	JSCH_PIECE_REPEAT,
};

enum { JSCH_NO_END = 1 << 20, JSCH_LAST_CODE = 0x10FFFF };

struct jsch_range {
	uint32_t from, to;               /* both are in it */
};

struct jsch_piece {
	enum jsch_piece_kind kind;
	struct jsch_piece **parts;       /* SEQUENCE, CHOICE; one of REPEAT */
	size_t n_parts, parts_room;
	struct jsch_range *ranges;       /* CLASS: sorted, apart from each other */
	size_t n_ranges, ranges_room;
	bool negated;                    /* CLASS: it was written as what it does not hold */
	uint32_t min, max;               /* REPEAT; JSCH_NO_END: without bound */
};

/* The tree of a pattern; *exact tells whether it stands for just what the pattern matches. */
const struct jsch_piece *jsch_expression_read(struct arena *arena, struct str pattern, bool *exact);

bool jsch_piece_holds(const struct jsch_piece *class, uint32_t code);

#endif
