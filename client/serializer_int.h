/* A serializer and what it knows of topics. */
#ifndef CLIENT_SERIALIZER_INT_H
#define CLIENT_SERIALIZER_INT_H

#include "client/serde_int.h"

/* What is written to a topic: found out once, for `latest` again after a while. */
struct client_target {
	struct client_target *older;
	char *topic;                  /* NULL: none was given */
	char *record;                 /* the name that the subject depends on; NULL: it does not */
	char *subject;
	struct tenon_schema *schema;
	const struct schema *parsed;
	uint64_t expires_ms;          /* 0: never */
	uint8_t frame[CLIENT_FRAME_MAX];
	size_t frame_len;
	/* Avro */
	avro_schema_t avro;           /* NULL: not yet made */
	avro_schema_t known;          /* the last schema of a value that was found to be the same */
	bool raw;                     /* a schema "bytes": the value stands as it is (contract 8.1) */
	/* Protobuf */
	const struct pbuf_type *type; /* the last message, */
	char *message;                /* by this name; NULL: the first */
	struct client_bytes indexes;
};

struct tenon_serializer {
	struct tenon_client *client;
	struct arena *arena;              /* of the settings and the definition */
	struct tenon_serde_config config;
	struct tenon_definition definition;
	struct tenon_schema *local;       /* the definition; NULL: none was given */
	avro_schema_t local_avro;         /* NULL: not yet made */
	avro_value_iface_t *class;        /* of local_avro; NULL: not yet made */
	struct client_target *targets;    /* the one used last is the first */
	size_t n_targets;
	struct client_bytes out;          /* frame and value of the message handed out */
	struct client_bytes header;
	struct client_bytes scratch;
	avro_writer_t writer;
};

/* The target of a topic.  `record`: name of the message or type; absent: the definition's. */
CLIENT_CHECKED enum tenon_code client_target_get(struct tenon_serializer *s, const char *topic, struct str record,
	struct client_target **out, struct tenon_error *err);
/* The subject alone; client_release. */
CLIENT_CHECKED enum tenon_code client_target_subject(struct tenon_serializer *s, const char *topic, struct str record, char **out,
	struct tenon_error *err);
void client_targets_free(struct tenon_serializer *s);

#endif
