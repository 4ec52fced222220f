/* The difference of two texts by lines, in the unified format that patch and git apply take. */
#ifndef CLIENT_CLI_CHANGES_PATCH_H
#define CLIENT_CLI_CHANGES_PATCH_H

#include "base/str.h"

/* Appends nothing when the texts are equal. */
void patch_add(struct buf *out, struct str path, struct str old, struct str new);

#endif
