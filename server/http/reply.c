/* How a handler answers. */
#include "server/http/request_int.h"

#include <assert.h>

#include "base/arena.h"

enum err_code reply(struct request *rq, struct str body)
{
	return reply_status(rq, 200, body);
}

enum err_code reply_status(struct request *rq, int status, struct str body)
{
	return reply_as(rq, status, negotiate_types[rq->type], body);
}

enum err_code reply_as(struct request *rq, int status, const char *content_type, struct str body)
{
	assert(!rq->answered);
	rq->answered = true;
	rq->status = status;
	rq->answer_type = content_type;
	rq->answer = body;
	return OK;
}

enum err_code reply_packed(struct request *rq, const char *content_type, struct str plain, struct str gzip)
{
	rq->packed = gzip;
	return reply_as(rq, 200, content_type, plain);
}

void reply_header(struct request *rq, const char *name, struct str value)
{
	struct header *header;
	struct header **last = &rq->headers;

	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.data[i] < 0x20 || value.data[i] == 0x7F)
			return;
	header = arena_new(rq->arena, struct header);
	header->name = name;
	header->value = arena_strndup(rq->arena, value.data, value.len);
	while (*last)
		last = &(*last)->next;
	*last = header;
}

void reply_depends(struct request *rq, uint64_t tag)
{
	if (rq->n_tags < HTTP_CACHE_TAGS)
		rq->tags[rq->n_tags] = tag;
	rq->n_tags++;
}

bool reply_unchanged(struct request *rq, struct str stamp)
{
	struct str etag = str_printf(rq->arena, "W/\"%.*s\"", STR_ARG(stamp));

	reply_header(rq, "ETag", etag);
	reply_header(rq, "Cache-Control", STR("no-cache"));
	if (!negotiate_match(rq->if_none_match, etag))
		return false;
	(void)reply_as(rq, 304, "", STR(""));
	return true;
}
