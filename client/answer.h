/* From bytes of a registry to what they mean: answers as JSON, errors as codes of ours, schemas.  Guarded. */
#ifndef CLIENT_ANSWER_H
#define CLIENT_ANSWER_H

#include "base/json.h"
#include "client/http.h"
#include "client/schema_int.h"

/* A path of a request as it is put together: parts are escaped, the query knows its separators. */
struct client_path {
	struct buf text;
	bool has_query;
};
struct client_path client_path_make(struct call *call, const char *start);
void client_path_add(struct client_path *path, const char *raw);
void client_path_part(struct client_path *path, struct str part);      /* "/part", escaped */
void client_path_number(struct client_path *path, int64_t number);     /* "/number" */
void client_path_query(struct client_path *path, const char *name, struct str value);
void client_path_flag(struct client_path *path, bool wanted, const char *name); /* name=true */
const char *client_path_text(struct client_path *path);
/* Appends `text` percent-escaped as one part of a path or query (RFC 3986 section 2.3; "." and ".." are no parts, so their dots are escaped). */
void client_escape(struct buf *b, struct str text);

/* Asks, and reads the answer: *out is its JSON.  Every answer that is no success is an error here. */
CLIENT_CHECKED enum tenon_code client_reply(struct call *call, const struct client_request *request, const struct jsn **out);
/* The same, as text that need not be JSON. */
CLIENT_CHECKED enum tenon_code client_reply_text(struct call *call, const struct client_request *request, struct str *out);

/* TENON_PROTOCOL: what answered is not the answer of a schema registry. */
enum tenon_code client_strange(struct call *call, const char *what);

/* A member that is a string or an integer; absent when it is not there, or null, or something else. */
struct str client_text_of(const struct jsn *object, struct str name);
bool client_number_of(const struct jsn *value, int32_t *out);

/* What a schema says, in the words of the API; the text may be absent.  Borrowed from the JSON and the call's arena. */
CLIENT_CHECKED enum tenon_code client_draft_read(struct call *call, const struct jsn *answer, struct client_draft *out);

/*
 * The schema that `answer` describes.  `asked` is what the caller knows: its subject, version, context and id hold where the answer
 * says nothing, and `draft` (may be NULL) is what the text and the rest then are.
 */
CLIENT_CHECKED enum tenon_code client_schema_read(struct call *call, const struct jsn *answer, const struct client_names *asked,
	const struct client_draft *draft, struct tenon_schema **out);

/* Puts the registry's messages into call->err as findings. */
void client_findings_read(struct call *call, const struct jsn *messages);

#endif
