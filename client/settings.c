/* Configuration, levels and modes of subjects; associations; contexts; and whatever else is asked of a registry. */
#include "base/arena.h"
#include "base/limits.h"
#include "client/answer.h"
#include "client/definition.h"

/* A request and the text that it gives. */
struct text_question {
	const char *method;
	const char *resource;  /* "/config", "/mode" */
	const char *subject;   /* NULL: the global one */
	const char *path;      /* tenon_call */
	const char *context;
	const char *topic;
	const char *association_type;
	struct str body;
	const char *member;    /* the one member whose value is wanted; NULL: the whole answer */
	const char *value;     /* what it is set to */
	unsigned flags;
	char *out;
	size_t len;
};

/* "/config" or "/config/S". */
static struct client_path resource_path(struct call *call, const struct text_question *q)
{
	struct client_path path = client_path_make(call, q->resource);

	if (q->subject)
		client_path_part(&path, str_of(q->subject));
	client_path_flag(&path, q->flags & TENON_EFFECTIVE, "defaultToGlobal");
	client_path_flag(&path, q->flags & TENON_FORCE, "force");
	return path;
}

static enum tenon_code ask_resource(struct call *call, struct text_question *q, const struct jsn **answer)
{
	struct client_path path = resource_path(call, q);
	const struct client_request request = {
		.method = q->method,
		.path = client_path_text(&path),
		.body = q->body,
		.repeatable = strcmp(q->method, "DELETE") != 0,
	};

	CLIENT_TRY(client_reply(call, &request, answer));
	if ((*answer)->kind != JSN_OBJECT)
		return client_strange(call, "this is answered with an object");
	return TENON_OK;
}

static enum tenon_code give_member(struct call *call, const struct jsn *answer, const char *member, char **out)
{
	struct str value = client_text_of(answer, str_of(member));

	if (!str_present(value))
		return client_strange(call, member);
	*out = client_give_text(call, value);
	return TENON_OK;
}

static enum tenon_code read_resource(struct call *call, void *arg)
{
	struct text_question *q = arg;
	const struct jsn *answer;
	struct buf b;

	CLIENT_TRY(ask_resource(call, q, &answer));
	if (q->member)
		return give_member(call, answer, q->member, &q->out);
	b = buf_make(call->arena, 128);
	buf_json(&b, answer);
	q->out = client_give_text(call, buf_str(&b));
	return TENON_OK;
}

/* With {"member": "value"}, or the body as it is. */
static enum tenon_code write_resource(struct call *call, void *arg)
{
	struct text_question *q = arg;
	struct err unread = { .arena = call->arena };
	struct buf b = buf_make(call->arena, 64);
	const struct jsn *answer;

	if (q->member) {
		buf_lit(&b, "{");
		buf_json_string(&b, str_of(q->member));
		buf_lit(&b, ":");
		buf_json_string(&b, str_of(q->value));
		buf_lit(&b, "}");
		q->body = buf_str(&b);
	} else if (str_present(q->body) && jsn_parse(call->arena, q->body, 0, LIMIT_JSON_DEPTH, &answer, &unread) != OK) {
		return client_fail(call->err, TENON_INVALID, "the settings are no JSON: %.*s", STR_ARG(unread.message));
	}
	return ask_resource(call, q, &answer);
}

static enum tenon_code check_text(struct tenon_error *err, const char *what, const char *text)
{
	if (text == NULL || *text == '\0' || !str_is_utf8(str_of(text)))
		return client_fail(err, TENON_INVALID, "%s is missing, or no UTF-8", what);
	return TENON_OK;
}

static enum tenon_code check_optional_subject(struct tenon_error *err, const char *subject)
{
	return subject ? client_check_subject(err, subject) : TENON_OK;
}

static enum tenon_code get_text(struct tenon_client *client, struct text_question *q, char **out, struct tenon_error *err)
{
	CLIENT_TRY(check_optional_subject(err, q->subject));
	CLIENT_TRY(client_enter(client, read_resource, q, err));
	*out = q->out;
	return TENON_OK;
}

static enum tenon_code put_text(struct tenon_client *client, struct text_question *q, struct tenon_error *err)
{
	CLIENT_TRY(check_optional_subject(err, q->subject));
	return client_enter(client, write_resource, q, err);
}

enum tenon_code tenon_settings_get(struct tenon_client *client, const char *subject, unsigned flags, char **out,
	struct tenon_error *err)
{
	struct text_question q = { .method = "GET", .resource = "/config", .subject = subject, .flags = flags & TENON_EFFECTIVE };

	return get_text(client, &q, out, err);
}

enum tenon_code tenon_settings_set(struct tenon_client *client, const char *subject, const char *json, struct tenon_error *err)
{
	struct text_question q = { .method = "PUT", .resource = "/config", .subject = subject, .body = str_of(json) };

	CLIENT_TRY(check_text(err, "the settings' JSON", json));
	return put_text(client, &q, err);
}

enum tenon_code tenon_settings_delete(struct tenon_client *client, const char *subject, struct tenon_error *err)
{
	struct text_question q = { .method = "DELETE", .resource = "/config", .subject = subject };

	return put_text(client, &q, err);
}

enum tenon_code tenon_level_get(struct tenon_client *client, const char *subject, unsigned flags, char **out,
	struct tenon_error *err)
{
	struct text_question q = {
		.method = "GET", .resource = "/config", .subject = subject, .member = "compatibilityLevel", .flags = flags & TENON_EFFECTIVE
	};

	return get_text(client, &q, out, err);
}

enum tenon_code tenon_level_set(struct tenon_client *client, const char *subject, const char *level, struct tenon_error *err)
{
	struct text_question q = {
		.method = "PUT", .resource = "/config", .subject = subject, .member = "compatibility", .value = level
	};

	CLIENT_TRY(check_text(err, "the level", level));
	return put_text(client, &q, err);
}

enum tenon_code tenon_mode_get(struct tenon_client *client, const char *subject, unsigned flags, char **out,
	struct tenon_error *err)
{
	struct text_question q = {
		.method = "GET", .resource = "/mode", .subject = subject, .member = "mode", .flags = flags & TENON_EFFECTIVE
	};

	return get_text(client, &q, out, err);
}

enum tenon_code tenon_mode_set(struct tenon_client *client, const char *subject, const char *mode, unsigned flags,
	struct tenon_error *err)
{
	struct text_question q = {
		.method = "PUT", .resource = "/mode", .subject = subject, .member = "mode", .value = mode, .flags = flags & TENON_FORCE
	};

	CLIENT_TRY(check_text(err, "the mode", mode));
	return put_text(client, &q, err);
}

enum tenon_code tenon_mode_delete(struct tenon_client *client, const char *subject, struct tenon_error *err)
{
	struct text_question q = { .method = "DELETE", .resource = "/mode", .subject = subject };

	return put_text(client, &q, err);
}

static enum tenon_code read_text(struct call *call, void *arg)
{
	struct text_question *q = arg;
	struct client_request request = {
		.method = q->method, .path = q->path, .body = q->body, .repeatable = strcmp(q->method, "GET") == 0
	};
	struct client_path path = client_path_make(call, "/contexts");
	struct str answer;

	if (q->context) {
		client_path_part(&path, str_of(q->context));
		request.path = client_path_text(&path);
	}
	CLIENT_TRY(client_reply_text(call, &request, &answer));
	q->out = client_give_text(call, answer);
	q->len = answer.len;
	return TENON_OK;
}

enum tenon_code tenon_delete_context(struct tenon_client *client, const char *context, struct tenon_error *err)
{
	struct text_question q = { .method = "DELETE" };
	uint32_t number;

	CLIENT_TRY(check_text(err, "the context", context));
	q.context = client_context(client, str_of(context), &number);
	if (q.context == NULL)
		return client_no_memory(err);
	CLIENT_TRY(client_enter(client, read_text, &q, err));
	tenon_free(q.out);
	return TENON_OK;
}

/* What a request's target may be made of: no blanks, no controls, nothing beyond ASCII (RFC 3986). */
static bool is_target(const char *path)
{
	while (*path > ' ' && *path < 0x7f)
		path++;
	return *path == '\0';
}

enum tenon_code tenon_call(struct tenon_client *client, const char *method, const char *path, const char *body, char **text,
	size_t *len, struct tenon_error *err)
{
	struct text_question q = { .method = method, .path = path, .body = str_of(body) };

	CLIENT_TRY(check_text(err, "the method", method));
	if (method[strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
		return client_fail(err, TENON_INVALID, "a method is in capital letters");
	if (path == NULL || *path != '/' || !is_target(path))
		return client_fail(err, TENON_INVALID, "a path begins with a slash, and what is in it is escaped");
	CLIENT_TRY(client_enter(client, read_text, &q, err));
	if (len)
		*len = q.len;
	if (text)
		*text = q.out;
	else
		tenon_free(q.out);
	return TENON_OK;
}

static enum tenon_code ask_association(struct call *call, void *arg)
{
	struct text_question *q = arg;
	struct client_path path = client_path_make(call, "/associations/resources");
	struct client_request request = { .method = "GET", .repeatable = true };
	const struct jsn *answer;

	client_path_part(&path, str_of(q->context));
	client_path_part(&path, str_of(q->topic));
	client_path_query(&path, "resourceType", STR("topic"));
	client_path_query(&path, "associationType", str_of(q->association_type));
	request.path = client_path_text(&path);
	CLIENT_TRY(client_reply(call, &request, &answer));
	if (answer->kind != JSN_ARRAY)
		return client_strange(call, "associations are a list");
	if (answer->n_items == 0)
		return client_fail(call->err, TENON_NOT_FOUND, "no subject is associated with the %s of topic '%s'",
			q->association_type, q->topic);
	if (answer->n_items > 1)
		return client_fail(call->err, TENON_REJECTED, "several subjects are associated with the %s of topic '%s'",
			q->association_type, q->topic);
	return give_member(call, &answer->items[0], "subject", &q->out);
}

enum tenon_code tenon_associated_subject(struct tenon_client *client, const char *resource_namespace, const char *topic,
	const char *association_type, char **out, struct tenon_error *err)
{
	struct text_question q = {
		.context = resource_namespace ? resource_namespace : "-", .topic = topic, .association_type = association_type
	};

	CLIENT_TRY(check_text(err, "the topic", topic));
	CLIENT_TRY(check_text(err, "the association's type", association_type));
	CLIENT_TRY(client_enter(client, ask_association, &q, err));
	*out = q.out;
	return TENON_OK;
}
