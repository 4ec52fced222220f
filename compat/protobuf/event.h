/* Events of .proto schemas, behind compat/event.h. */
#ifndef COMPAT_PROTOBUF_EVENT_H
#define COMPAT_PROTOBUF_EVENT_H

#include "compat/event.h"
#include "compat/protobuf/pbuf.h"

ERR_CHECKED enum err_code pbuf_event_read(struct arena *arena, const struct event_source *source, struct event_read *out,
	struct err *err);
ERR_CHECKED enum err_code pbuf_event_write(struct arena *arena, const struct event_target *target, struct str json,
	struct str *out, struct err *err);
/* The first message of the file, or NULL. */
const struct pbuf_type *pbuf_first_message(const struct pbuf_schema *schema);

#endif
