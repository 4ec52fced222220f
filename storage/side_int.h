/* What the files of the side file share: its connections. */
#ifndef STORAGE_SIDE_INT_H
#define STORAGE_SIDE_INT_H

#include "storage/query.h"
#include "storage/side.h"

/* The connection of the batch under way. */
struct db *side_writer(struct side *side);

/* A reading connection for the calling thread until it is given back. */
ERR_CHECKED enum err_code side_take(struct side *side, struct db **out, struct err *err);
void side_give(struct side *side, struct db *db);

#endif
