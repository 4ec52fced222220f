/*
 * Searching the side file: the words of each subject's latest version, found by any part of them (SQLite FTS5 with
 * trigrams).  What a word stands for is the registry's business; here it is a row with a text to be found by.
 */
#ifndef STORAGE_SIDE_SEARCH_H
#define STORAGE_SIDE_SEARCH_H

#include "storage/side.h"

/* In the order in which equally good finds are shown. */
enum side_term_kind { SIDE_SUBJECT, SIDE_TYPE, SIDE_FIELD, SIDE_SYMBOL, SIDE_TAG, SIDE_DOC, SIDE_TERM_KINDS };

struct side_term {
	enum side_term_kind kind;
	struct str text;          /* what it is found by */
	struct str scope;         /* what it lies in: more words find it, but never these alone */
	struct str name;          /* of what it stands for */
	struct str path;
	struct str doc;           /* may be absent */
	const struct str *tags;
	size_t n_tags;
	int line;                 /* 0: none */
};

/* Whose terms they are. */
struct side_owner {
	struct str subject;
	int version;
	int id;
	struct str schema_type;
};

/* In a batch: puts the terms in the place of those the subject had; none takes it out of the search. */
ERR_CHECKED enum err_code side_terms_put(struct side *side, const struct side_owner *owner, const struct side_term *terms,
	size_t n, struct err *err);

struct side_search {
	struct str words;         /* parted by blanks: all have to occur */
	unsigned kinds;           /* 1 << side_term_kind; 0: any */
	struct str schema_type;   /* absent: any */
	struct view_page page;
};

struct side_hit {
	struct side_owner owner;
	struct side_term term;
};

struct side_hits {
	const struct side_hit *items;
	size_t n_items;
	int64_t total;            /* at most LIMIT_SEARCH_HITS */
};

/*
 * Best first: the whole name, then its beginning, then any part of it; names before docs; short ones before long
 * ones.  Words of less than three letters are looked for at the beginning of names when there is no longer one.
 */
ERR_CHECKED enum err_code side_search_list(struct side *side, struct arena *arena, const struct side_search *search,
	struct side_hits *out, struct err *err);

#endif
