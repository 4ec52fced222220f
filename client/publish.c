/* Before you publish: whether a serializer's schema may be used for a topic, asked at start-up. */
#include "base/arena.h"
#include "base/json.h"
#include "client/serializer_int.h"

/* ---- what Tenon says beyond the findings ---- */

struct question {
	const struct tenon_serializer *serializer;
	const char *subject;
	char *body; /* client_hand_out's */
};

static enum tenon_code write_question(struct call *call, void *arg)
{
	struct question *q = arg;
	const struct tenon_definition *d = &q->serializer->definition;
	struct buf b = buf_make(call->arena, d->text_len + 256);

	buf_lit(&b, "{\"subject\":");
	buf_json_string(&b, str_of(q->subject));
	buf_lit(&b, ",\"schemaType\":");
	buf_json_string(&b, schema_type_name((enum schema_type)d->type));
	buf_lit(&b, ",\"schema\":");
	buf_json_string(&b, str_make(d->text, d->text_len));
	buf_lit(&b, ",\"references\":[");
	for (size_t i = 0; i < d->n_references; i++) {
		buf_lit(&b, "{\"name\":");
		buf_json_string(&b, str_of(d->references[i].name));
		buf_lit(&b, ",\"subject\":");
		buf_json_string(&b, str_of(d->references[i].subject));
		buf_printf(&b, ",\"version\":%d}%s", d->references[i].version, i + 1 < d->n_references ? "," : "");
	}
	buf_add_c(&b, ']');
	if (d->metadata)
		buf_printf(&b, ",\"metadata\":%s", d->metadata);
	buf_add_c(&b, '}');
	q->body = client_give_text(call, buf_str(&b));
	return TENON_OK;
}

/* NULL when the registry is none of Tenon's, or does not answer: the findings stand by themselves. */
static char *explain(const struct tenon_serializer *s, const char *subject)
{
	struct question q = { .serializer = s, .subject = subject };
	char *text = NULL;

	if (client_enter(s->client, write_question, &q, NULL) != TENON_OK)
		return NULL;
	if (tenon_call(s->client, "POST", "/api/v1/explain", q.body, &text, NULL, NULL) != TENON_OK)
		text = NULL;
	tenon_free(q.body);
	return text;
}

/* ---- the ways to an id ---- */

/* Whether the subject takes writes at all; registries without modes do. */
static enum tenon_code check_mode(const struct tenon_serializer *s, const char *subject, struct tenon_error *err)
{
	enum tenon_code code = TENON_OK;
	char *mode;

	if (tenon_mode_get(s->client, subject, TENON_EFFECTIVE, &mode, NULL) != TENON_OK)
		return TENON_OK;
	if (strncmp(mode, "READONLY", 8) == 0)
		code = client_fail(err, TENON_REJECTED, "%s is in mode %s: it takes no new versions", subject, mode);
	tenon_free(mode);
	return code;
}

/* Registered already, or what would happen if it were. */
static enum tenon_code would_register(struct tenon_serializer *s, const char *subject, struct tenon_error *err)
{
	struct tenon_error why = { .code = TENON_OK };
	struct tenon_schema *schema;
	const struct schema *parsed;
	enum tenon_code code = tenon_lookup(s->client, subject, &s->definition, s->config.flags, &schema, &why);

	if (code == TENON_OK) {
		tenon_schema_unref(schema);
		return code;
	}
	if (code != TENON_NOT_FOUND) {
		client_error_copy(s->client, err, &why);
		tenon_error_clear(&why);
		return code;
	}
	tenon_error_clear(&why);
	CLIENT_TRY(client_schema_parsed(s->local, &parsed, err));
	CLIENT_TRY(check_mode(s, subject, err));
	code = tenon_check(s->client, subject, TENON_ALL_VERSIONS, &s->definition, s->config.flags, &why);
	if (code == TENON_NOT_FOUND) /* the first of its subject */
		code = TENON_OK;
	else if (code != TENON_OK)
		client_error_copy(s->client, err, &why);
	tenon_error_clear(&why);
	return code;
}

static enum tenon_code look_up(struct tenon_serializer *s, const char *subject, struct tenon_error *err)
{
	struct tenon_schema *schema;

	CLIENT_TRY(tenon_lookup(s->client, subject, &s->definition, s->config.flags, &schema, err));
	tenon_schema_unref(schema);
	return TENON_OK;
}

enum tenon_code tenon_may_publish(struct tenon_serializer *s, const char *topic, char **explained, struct tenon_error *err)
{
	struct client_target *target;
	char *subject;
	enum tenon_code code;

	if (explained)
		*explained = NULL;
	if (s->config.use == TENON_USE_LATEST || s->config.use == TENON_USE_METADATA)
		return client_target_get(s, topic, STR_NONE, &target, err);
	CLIENT_TRY(client_target_subject(s, topic, STR_NONE, &subject, err));
	code = s->config.use == TENON_USE_LOOKUP ? look_up(s, subject, err) : would_register(s, subject, err);
	if (explained && (code == TENON_OK || code == TENON_INCOMPATIBLE))
		*explained = explain(s, subject);
	client_release(s->client, subject);
	return code;
}
