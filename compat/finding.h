/*
 * Incompatibilities as data: a list of type, path and detail, in the order found.  What turns them
 * into the reference's `messages` strings is compat/messages.h.
 */
#ifndef COMPAT_FINDING_H
#define COMPAT_FINDING_H

#include "base/str.h"

struct arena;

enum finding_type {
#define F(name, description) FINDING_##name,
#include "compat/finding.def"
#undef F
	FINDING_TYPES
};

struct finding {
	enum finding_type type;
	struct str path;        /* compat-rules 2.1 */
	struct str info;        /* the additionalInfo member of Avro's messages */
	struct str description; /* ready text for a type whose .def description is not enough; absent otherwise */
};

struct findings {
	struct arena *arena; /* of the list, its paths and infos */
	struct finding *items;
	size_t n_items;
	size_t room;
	size_t n_unlisted;   /* found beyond LIMIT_FINDINGS and only counted */
};

struct findings findings_make(struct arena *arena);

/* Appends one finding; path and info are copied. */
void findings_add(struct findings *list, enum finding_type type, struct str path, struct str info);

/* "READER_FIELD_MISSING_DEFAULT_VALUE" …: the reference's errorType. */
const char *finding_type_name(enum finding_type type);

#endif
