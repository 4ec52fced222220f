/* What serializers and deserializers share: their settings, frames, buffers, and values of avro-c. */
#ifndef CLIENT_SERDE_INT_H
#define CLIENT_SERDE_INT_H

#include <avro.h>

#include "client/schema_int.h"
#include "compat/avro/plan.h"
#include "compat/protobuf/pbuf.h"

/* Bytes of the client's hooks that are kept from call to call. */
struct client_bytes {
	char *data;
	size_t len;
	size_t room;
};

/* Room for `more` bytes behind `len`; false when there is no memory. */
bool client_bytes_reserve(const struct tenon_client *client, struct client_bytes *bytes, size_t more);

/* ---- serde.c ---- */

/* A checked copy of the settings, in an arena that is the caller's once it has left the guard.  `config` may be NULL. */
CLIENT_CHECKED enum tenon_code client_serde_config_copy(struct call *call, const struct tenon_serde_config *config,
	struct arena **arena, struct tenon_serde_config *out);

/* A definition as a schema without id: with one reference, for parsing and naming.  `context` is that of its references. */
CLIENT_CHECKED enum tenon_code client_schema_local(struct tenon_client *client, const char *context,
	const struct tenon_definition *definition, struct tenon_schema **out, struct tenon_error *err);

/* ---- frame.c ---- */

enum { CLIENT_GUID_BYTES = 16, CLIENT_ID_BYTES = 4, CLIENT_FRAME_MAX = 1 + CLIENT_GUID_BYTES, CLIENT_INDEXES_MAX = 100 };

/* Magic byte and id or guid of the schema; `out` has room for CLIENT_FRAME_MAX.  TENON_PROTOCOL: it has no guid. */
CLIENT_CHECKED enum tenon_code client_frame_make(const struct tenon_schema *schema, enum tenon_framing framing, uint8_t *out,
	size_t *len, struct tenon_error *err);

/* ---- indexes.c: which message of a .proto file, as numbers ---- */

/* Bytes that are the path to `type` (contract 8.1).  False when there is no memory. */
bool client_indexes_write(const struct tenon_client *client, const struct pbuf_type *type, struct client_bytes *out);
/* The message that the indexes at *at name; *at moves behind them.  NULL, with why, when they are no path to one. */
const struct pbuf_type *client_indexes_read(const struct pbuf_schema *schema, const uint8_t **at, const uint8_t *end,
	const char **why);

/* ---- values.c: avro-c ---- */

/* avro-c's own schema of a parsed one, references written out; avro_schema_decref. */
CLIENT_CHECKED enum tenon_code client_avro_schema(struct tenon_client *client, const struct schema *parsed, avro_schema_t *out,
	struct tenon_error *err);
/* Whether values of `theirs` are those of `ours`; remembers the last that was, in *known (a reference). */
bool client_avro_fits(avro_schema_t ours, avro_schema_t theirs, avro_schema_t *known);

/* Runs a plan into a value. `text` is scratch.  TENON_BAD_BYTES, TENON_INCOMPATIBLE, TENON_LIMIT, TENON_NOMEM; *offset on failure. */
struct client_fill {
	struct tenon_client *client;
	const struct avsc_plan *plan;
	struct client_bytes *text;
};
CLIENT_CHECKED enum tenon_code client_avro_fill(const struct client_fill *fill, struct str bytes, avro_value_t *value,
	size_t *offset, struct tenon_error *err);

/* ---- subject.c ---- */

struct client_naming {
	struct tenon_client *client;
	const struct tenon_serde_config *config;
	const char *topic;  /* may be NULL */
	struct str record;  /* absent: the schema has no name */
};
/* The subject; client_release. */
CLIENT_CHECKED enum tenon_code client_subject(const struct client_naming *naming, char **out, struct tenon_error *err);

#endif
