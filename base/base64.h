/* Base64 (RFC 4648, section 4), as clients write descriptors and bytes. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/str.h"

struct arena;

/* False when the text is no base64, or empty; padding may be left out. */
bool base64_decode(struct arena *arena, struct str text, struct str *out);
struct str base64_encode(struct arena *arena, struct str bytes);

#endif
