/* Content negotiation (contract 1.1): which media type an answer has, which a body may have, whether gzip is welcome. */
#ifndef SERVER_HTTP_NEGOTIATE_H
#define SERVER_HTTP_NEGOTIATE_H

#include "base/str.h"

enum answer_type { ANSWER_V1, ANSWER_REGISTRY, ANSWER_JSON, ANSWER_TYPES, ANSWER_NONE = ANSWER_TYPES };

/* The Content-Type of each, e.g. "application/vnd.schemaregistry.v1+json". */
extern const char *const negotiate_types[ANSWER_TYPES];

/* The type to answer in for an Accept header (absent or blank: anything goes); ANSWER_NONE when the client takes none. */
enum answer_type negotiate_answer(struct str accept);

/* Whether a browser asks: text/html is named, and liked at least as well as any type an answer has. */
bool negotiate_page(struct str accept);

/* Whether a body of this Content-Type is read as JSON; absent is. */
bool negotiate_body(struct str content_type);

/* Whether an If-None-Match header names the entity tag, weak or not; "*" names all. */
bool negotiate_match(struct str if_none_match, struct str etag);

/* Whether an Accept-Encoding header allows gzip. */
bool negotiate_gzip(struct str accept_encoding);

#endif
