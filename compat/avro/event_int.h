/* Events as JSON, behind compat/event.h. */
#ifndef COMPAT_AVRO_EVENT_INT_H
#define COMPAT_AVRO_EVENT_INT_H

#include "compat/event.h"

ERR_CHECKED enum err_code avsc_event_read(struct arena *arena, const struct event_source *source,
	struct event_read *out, struct err *err);
ERR_CHECKED enum err_code avsc_event_write(struct arena *arena, const struct event_target *target, struct str json,
	struct str *out, struct err *err);

#endif
