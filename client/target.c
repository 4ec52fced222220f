/* What a serializer writes to a topic: under which subject, by which schema, with which bytes before it. */
#include "base/arena.h"
#include "client/serializer_int.h"
#include "compat/finding.h"

enum { MOST_TARGETS = 256 }; /* of a serializer; beyond it, what was used longest ago is looked up again */

/* ---- names ---- */

/* The name of the definition, which is parsed for it. */
static enum tenon_code local_name(struct tenon_serializer *s, struct str *out, struct tenon_error *err)
{
	const struct schema *parsed;

	*out = STR_NONE;
	if (s->local == NULL)
		return TENON_OK;
	CLIENT_TRY(client_schema_parsed(s->local, &parsed, err));
	*out = schema_name(parsed);
	return TENON_OK;
}

static bool needs_record(const struct tenon_serde_config *config)
{
	enum tenon_naming naming = config->naming == TENON_NAMING_ASSOCIATED ? config->fallback : config->naming;

	return naming == TENON_NAMING_RECORD || naming == TENON_NAMING_TOPIC_RECORD;
}

enum tenon_code client_target_subject(struct tenon_serializer *s, const char *topic, struct str record, char **out,
	struct tenon_error *err)
{
	struct client_naming naming = { .client = s->client, .config = &s->config, .topic = topic, .record = record };

	if (needs_record(&s->config) && !str_present(record))
		CLIENT_TRY(local_name(s, &naming.record, err));
	return client_subject(&naming, out, err);
}

/* ---- schemas ---- */

struct strict {
	const struct schema *latest, *local;
	struct tenon_schema *schema;
};

static enum tenon_code check_latest(struct call *call, void *arg)
{
	struct strict *c = arg;
	struct findings found = findings_make(call->arena);
	struct err err = { .arena = call->arena };

	if (c->latest->type != c->local->type)
		return client_fail(call->err, TENON_INVALID, "the latest version is of another type than the definition");
	if (schema_check(c->latest, c->local, SCHEMA_POLICY_STRICT, &found, &err) != OK)
		return client_fail_schema(call->err, &err);
	if (found.n_items == 0)
		return TENON_OK;
	return client_fail(call->err, TENON_INCOMPATIBLE,
		"version %d of %s cannot read what the definition writes: %s at %.*s", tenon_schema_version(c->schema),
		tenon_schema_subject(c->schema), finding_type_name(found.items[0].type), STR_ARG(found.items[0].path));
}

/* The chosen version must be able to read what the definition writes. */
static enum tenon_code check_chosen(struct tenon_serializer *s, struct client_target *t, struct tenon_error *err)
{
	struct strict c = { .latest = t->parsed, .schema = t->schema };

	if (s->local == NULL || (s->config.use != TENON_USE_LATEST && s->config.use != TENON_USE_METADATA))
		return TENON_OK;
	CLIENT_TRY(client_schema_parsed(s->local, &c.local, err));
	return client_enter(s->client, check_latest, &c, err);
}

static enum tenon_code ask_schema(struct tenon_serializer *s, struct client_target *t, struct tenon_error *err)
{
	const struct tenon_serde_config *config = &s->config;

	switch (config->use) {
	case TENON_USE_REGISTER:
		return tenon_register(s->client, t->subject, &s->definition, config->flags, &t->schema, err);
	case TENON_USE_LOOKUP:
		return tenon_lookup(s->client, t->subject, &s->definition, config->flags, &t->schema, err);
	case TENON_USE_LATEST:
		return tenon_get_by_version(s->client, t->subject, TENON_LATEST, 0, &t->schema, err);
	default:
		return tenon_get_by_metadata(s->client, t->subject, config->metadata_keys, config->metadata_values,
			config->n_metadata, 0, &t->schema, err);
	}
}

static bool is_raw(const struct schema *parsed)
{
	return parsed->type == SCHEMA_AVRO && avsc_of(parsed)->root->kind == AVSC_BYTES;
}

static enum tenon_code find_schema(struct tenon_serializer *s, struct client_target *t, struct tenon_error *err)
{
	CLIENT_TRY(ask_schema(s, t, err));
	CLIENT_TRY(client_schema_parsed(t->schema, &t->parsed, err));
	CLIENT_TRY(check_chosen(s, t, err));
	CLIENT_TRY(client_frame_make(t->schema, s->config.framing, t->frame, &t->frame_len, err));
	t->raw = is_raw(t->parsed);
	if (s->config.use == TENON_USE_LATEST || s->config.use == TENON_USE_METADATA)
		t->expires_ms = client_now_ms() + s->client->config.latest_ttl_ms;
	return TENON_OK;
}

/* ---- the list ---- */

static void free_target(struct tenon_serializer *s, struct client_target *t)
{
	if (t->avro)
		avro_schema_decref(t->avro);
	if (t->known)
		avro_schema_decref(t->known);
	tenon_schema_unref(t->schema);
	client_release(s->client, t->topic);
	client_release(s->client, t->record);
	client_release(s->client, t->subject);
	client_release(s->client, t->message);
	client_release(s->client, t->indexes.data);
	client_release(s->client, t);
}

void client_targets_free(struct tenon_serializer *s)
{
	while (s->targets) {
		struct client_target *older = s->targets->older;

		free_target(s, s->targets);
		s->targets = older;
	}
}

static bool copy_text(struct tenon_serializer *s, struct str text, char **out)
{
	if (!str_present(text))
		return true;
	*out = client_resize(s->client, NULL, text.len + 1);
	if (*out == NULL)
		return false;
	memcpy(*out, text.data, text.len);
	(*out)[text.len] = '\0';
	return true;
}

static bool is_same(const char *a, struct str b)
{
	return a ? str_present(b) && str_eq(str_of(a), b) : !str_present(b);
}

static void drop_oldest(struct tenon_serializer *s)
{
	struct client_target **last = &s->targets;

	while ((*last)->older)
		last = &(*last)->older;
	free_target(s, *last);
	*last = NULL;
	s->n_targets--;
}

static enum tenon_code make_target(struct tenon_serializer *s, const char *topic, struct str record, struct client_target **out,
	struct tenon_error *err)
{
	struct client_target *t = client_resize(s->client, NULL, sizeof(*t));
	enum tenon_code code;

	if (t == NULL)
		return client_no_memory(err);
	*t = (struct client_target){ .topic = NULL };
	if (!copy_text(s, str_of(topic), &t->topic) || !copy_text(s, record, &t->record)) {
		free_target(s, t);
		return client_no_memory(err);
	}
	code = client_target_subject(s, topic, record, &t->subject, err);
	if (code == TENON_OK)
		code = find_schema(s, t, err);
	if (code != TENON_OK) {
		free_target(s, t);
		return code;
	}
	if (s->n_targets == MOST_TARGETS)
		drop_oldest(s);
	s->n_targets++;
	t->older = s->targets;
	s->targets = t;
	*out = t;
	return TENON_OK;
}

/* The target where it stands in the list. */
static struct client_target **find_target(struct tenon_serializer *s, struct str topic, struct str record)
{
	struct client_target **at = &s->targets;

	while (*at && !(is_same((*at)->topic, topic) && is_same((*at)->record, record)))
		at = &(*at)->older;
	return at;
}

static bool is_current(const struct client_target *t)
{
	return t->expires_ms == 0 || client_now_ms() < t->expires_ms;
}

enum tenon_code client_target_get(struct tenon_serializer *s, const char *topic, struct str record, struct client_target **out,
	struct tenon_error *err)
{
	struct client_target **at, *t;

	if (!needs_record(&s->config))
		record = STR_NONE;
	at = find_target(s, str_of(topic), record);
	t = *at;
	if (t) {
		*at = t->older;
		if (is_current(t)) {
			t->older = s->targets;
			s->targets = t;
			*out = t;
			return TENON_OK;
		}
		s->n_targets--;
		free_target(s, t);
	}
	return make_target(s, topic, record, out, err);
}
