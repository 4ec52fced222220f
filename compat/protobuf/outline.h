/* What a .proto file shows: its outline, behind compat/outline.h, and the places and comments of its parts. */
#ifndef COMPAT_PROTOBUF_OUTLINE_H
#define COMPAT_PROTOBUF_OUTLINE_H

#include "compat/explain.h"
#include "compat/outline.h"
#include "compat/protobuf/pbuf.h"

const struct outline *pbuf_outline(struct arena *arena, const struct schema *schema);

/* Line and column, in bytes, of a span; none when `text`, which it means, is absent or the span is not from text. */
struct explain_place pbuf_place_in(struct str text, const struct pbuf_span *span, struct str path);

/* The comment that ends on the line above the span, or else the one behind it on its line; absent: none. */
struct str pbuf_comment_of(struct arena *arena, struct str text, const struct pbuf_span *span);

#endif
