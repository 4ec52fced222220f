/*
 * What events show of two files: pairs of messages that meet on the wire, and for each field what the reader
 * makes of the values that could go wrong.  Nothing is told that was not seen: an event is encoded as the
 * writer does, decoded as the reader does, and the two are compared (compare.h).
 */
#ifndef COMPAT_PROTOBUF_JUDGE_INT_H
#define COMPAT_PROTOBUF_JUDGE_INT_H

#include "compat/explain.h"
#include "compat/protobuf/compare.h"
#include "compat/protobuf/event_int.h"

/* Two messages of which the reader's reads what the writer's wrote. */
struct pbuf_pair {
	const struct pbuf_type *w, *r;
	const struct pbuf_pair *from;  /* the pair that holds them; NULL: they are events of their own */
	const struct pbuf_field *via;  /* the writer's field of it */
	const struct pbuf_field *into; /* the reader's */
	unsigned depth;
};

/* What was seen to go wrong. */
struct pbuf_fact {
	enum rule rule;                   /* when the reference has no word for it */
	enum rule_effect effect;
	const struct pbuf_pair *pair;
	const struct pbuf_field *w, *r;   /* either may be NULL */
	const struct pbuf_oneof *oneof;   /* the reader's, where fields came together in one */
	const struct pbuf_constant *constant; /* the writer's, of an enum */
	struct str reason;
	const struct pbuf_message *event; /* of the pair's written type */
};

struct pbuf_judge {
	struct arena *arena;
	struct arena *scratch;            /* for one field */
	const struct pbuf_schema *writer, *reader;
	struct err *err;
	enum err_code failed;             /* a bound was passed */
	size_t n_steps;
	struct pbuf_pair **pairs;         /* also the queue of those to be looked at */
	size_t n_pairs;
	struct map known;                 /* both types to the pair */
	struct map enums;                 /* both enums to struct pbuf_enum_pair */
	struct map entries;               /* the use of a map type to its entry as a message */
	struct map filled;                /* type to struct pbuf_filled */
	struct map extensions[2];         /* type and number to the field: of the writer, of the reader */
	struct pbuf_fact *facts;          /* up to LIMIT_FINDINGS */
	size_t n_facts;
};

/* Enums side by side, by the writer's constants. */
struct pbuf_enum_pair {
	const struct pbuf_constant *moved;    /* is read as another constant, or has another number now; NULL: none */
	const struct pbuf_constant *unnamed;  /* its number is of no constant there */
	bool told;
};

/* ERR_LIMIT beyond LIMIT_EXPLAIN_STEPS. */
ERR_CHECKED enum err_code pbuf_judge_run(struct pbuf_judge *j);
/* The pair that was looked at; NULL: these two do not meet. */
const struct pbuf_pair *pbuf_pair_of(struct pbuf_judge *j, const struct pbuf_type *w, const struct pbuf_type *r);
/* The pair and fields that a fact is told of: what is inside of a map's entries, of the map. */
const struct pbuf_pair *pbuf_outside(const struct pbuf_fact *fact, const struct pbuf_field **w, const struct pbuf_field **r);
/* The witness of a fact: its event as one of its own, encoded, and read; NULL when no event can be made. */
const struct explain_witness *pbuf_witness(struct pbuf_judge *j, const struct pbuf_fact *fact);
/* As JSON, what stands for a field that is not set: "nothing" for one that is a list or a message. */
void pbuf_put_absent(struct buf *b, struct arena *arena, const struct pbuf_field *field);

/* ---- inside ---- */

bool pbuf_spend(struct pbuf_judge *j, size_t steps); /* false: the bound is passed */
const struct pbuf_enum_pair *pbuf_enum_pair(struct pbuf_judge *j, const struct pbuf_type *w, const struct pbuf_type *r);
/* The message that a field holds: of a map its entry; NULL: none. */
const struct pbuf_type *pbuf_content(struct pbuf_judge *j, const struct pbuf_field *field);
bool pbuf_is_entry(const struct pbuf_type *type); /* made for a map by pbuf_content */
const struct pbuf_field *pbuf_find_number(struct pbuf_judge *j, bool of_reader, const struct pbuf_type *type, int32_t number);

enum { PBUF_MOST_VALUES = 12 };
/* Values that a field of the type could have, those first that show most; returns how many. */
size_t pbuf_values(struct pbuf_judge *j, struct arena *arena, const struct pbuf_use *use, const struct pbuf_use *read_as,
	struct pbuf_datum out[PBUF_MOST_VALUES]);
/* Whether a message requires itself: then there is none. */
bool pbuf_is_endless(struct pbuf_judge *j, const struct pbuf_type *type);
/* A message with its required fields but `without`; NULL when there is no such message of a sensible size. */
struct pbuf_message *pbuf_fill(struct pbuf_judge *j, struct arena *arena, const struct pbuf_type *type,
	const struct pbuf_field *without);
/* As above, and with what the reader requires as far as the writer has it. */
struct pbuf_message *pbuf_fill_pair(struct pbuf_judge *j, struct arena *arena, const struct pbuf_pair *pair,
	const struct pbuf_field *without);

#endif
