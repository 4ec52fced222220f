/* Options as they are written and the values they have, and places in the text; part of the tree of compat/protobuf/pbuf.h. */
#ifndef COMPAT_PROTOBUF_OPTION_H
#define COMPAT_PROTOBUF_OPTION_H

#include "base/str.h"

struct pbuf_field;

/* Where a declaration stands in its file's text. */
struct pbuf_span {
	uint32_t line, column;             /* from 1; columns as the reference counts them, in UTF-16 units; 0: not from text */
	uint32_t from, to;                 /* its bytes: from its first word to behind its last character */
};

enum pbuf_value_kind { PBUF_V_STRING, PBUF_V_BOOL, PBUF_V_NUMBER, PBUF_V_WORD, PBUF_V_MAP, PBUF_V_LIST };

/* The value of an option, as it is written. */
struct pbuf_value {
	enum pbuf_value_kind kind;
	struct str name;                   /* its key inside a map, with brackets where it has them */
	const struct pbuf_field *extension; /* what a key in brackets names; NULL: unknown */
	struct str text;                   /* of a string, decoded; of the other scalars, as spelled */
	struct pbuf_value *items;          /* of a map or a list */
	size_t n_items;
};

struct pbuf_option {
	struct str name;                   /* without parentheses */
	bool parens;
	struct str sub;                    /* "a.b" of "(name).a.b"; absent when there is none */
	struct pbuf_value value;
	const struct pbuf_field *extension; /* what the name in parentheses names; NULL: unknown */
};

struct pbuf_options {
	struct pbuf_option *items;
	size_t n;
};

#endif
