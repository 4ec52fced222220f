/* How the side file follows the log: what is in it is as new as the view that is asked beside it. */
#ifndef SERVER_REGISTRY_FOLLOW_INT_H
#define SERVER_REGISTRY_FOLLOW_INT_H

#include "server/registry/registry_int.h"
#include "storage/side.h"

/* What became of a subject: its last entry, and who wrote it. */
struct follow_change {
	struct str subject;
	int64_t time_ms;
	struct str actor;
};

/* Brings what the cursor stands for up to the call's view, and hands out the file it is in. */
ERR_CHECKED enum err_code follow_log(struct call *call, enum side_cursor cursor, struct side **out, struct err *err);

/* The file, whatever it holds; opened at first use. */
ERR_CHECKED enum err_code follow_side(struct registry *registry, struct side **out, struct err *err);

/* The version that stands for a subject: the latest live one, else the last; NULL when it has none. */
ERR_CHECKED enum err_code follow_version(struct call *call, struct str subject, const struct view_version **out,
	struct err *err);

/* search.c: writes the terms of a subject anew; in a batch. */
ERR_CHECKED enum err_code follow_terms(struct call *call, struct side *side, const struct follow_change *change,
	struct err *err);

/* overview.c: writes the summary of a subject anew; in a batch. */
ERR_CHECKED enum err_code follow_summary(struct call *call, struct side *side, const struct follow_change *change,
	struct err *err);

#endif
