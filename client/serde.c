/* What serializers and deserializers begin with: settings, a schema of one's own, memory that is kept. */
#include "base/arena.h"
#include "client/serde_int.h"

void tenon_serde_config_init(struct tenon_serde_config *config, size_t size)
{
	struct tenon_serde_config first = { .size = size < sizeof(first) ? size : sizeof(first) };

	memset(config, 0, size);
	memcpy(config, &first, first.size);
	config->size = size;
}

bool client_bytes_reserve(const struct tenon_client *client, struct client_bytes *bytes, size_t more)
{
	size_t need, room;
	char *data;

	if (bytes->room - bytes->len >= more)
		return true;
	if (__builtin_add_overflow(bytes->len, more, &need) || need > SIZE_MAX / 4)
		return false;
	room = bytes->room < 128 ? 256 : bytes->room * 2;
	if (room < need)
		room = need;
	data = client_resize(client, bytes->data, room);
	if (data == NULL)
		return false;
	bytes->data = data;
	bytes->room = room;
	return true;
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

static const char *const *copy_texts(struct arena *arena, const char *const *texts, size_t n)
{
	const char **copy = arena_array(arena, const char *, n);

	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(arena, texts[i]);
	return copy;
}

static enum tenon_code check_config(struct call *call, const struct tenon_serde_config *config)
{
	if ((unsigned)config->part > TENON_KEY || (unsigned)config->framing > TENON_FRAME_HEADER_ID ||
		(unsigned)config->naming > TENON_NAMING_ASSOCIATED || (unsigned)config->use > TENON_USE_METADATA)
		return client_fail(call->err, TENON_INVALID, "a member of tenon_serde_config is none of its values");
	if ((unsigned)config->fallback > TENON_NAMING_NONE || config->fallback == TENON_NAMING_ASSOCIATED)
		return client_fail(call->err, TENON_INVALID, "the fallback of an associated subject is another naming, or none");
	if (config->use == TENON_USE_METADATA && config->n_metadata == 0)
		return client_fail(call->err, TENON_INVALID, "TENON_USE_METADATA needs metadata");
	return TENON_OK;
}

enum tenon_code client_serde_config_copy(struct call *call, const struct tenon_serde_config *config, struct arena **arena,
	struct tenon_serde_config *out)
{
	struct tenon_serde_config copy;
	struct arena *kept;

	tenon_serde_config_init(&copy, sizeof(copy));
	if (config)
		memcpy(&copy, config, config->size < sizeof(copy) ? config->size : sizeof(copy));
	copy.size = sizeof(copy);
	CLIENT_TRY(check_config(call, &copy));
	kept = arena_create(512);
	copy.cluster = copy_text(kept, copy.cluster);
	copy.context = copy_text(kept, copy.context);
	copy.metadata_keys = copy_texts(kept, copy.metadata_keys, copy.n_metadata);
	copy.metadata_values = copy_texts(kept, copy.metadata_values, copy.n_metadata);
	*arena = kept;
	*out = copy;
	return TENON_OK;
}

/* ---- a schema of one's own ---- */

struct local {
	const struct tenon_definition *definition;
	struct client_content *content;
};

static enum tenon_code make_content(struct call *call, void *arg)
{
	struct local *l = arg;
	const struct tenon_definition *d = l->definition;
	const struct client_draft draft = {
		.type = d->type,
		.text = str_make(d->text, d->text_len > 0 ? d->text_len : strlen(d->text)),
		.references = d->references,
		.n_references = d->n_references,
		.metadata = str_of(d->metadata),
		.rule_set = str_of(d->rule_set),
	};

	l->content = client_content_make(call, &draft);
	return TENON_OK;
}

enum tenon_code client_schema_local(struct tenon_client *client, const char *context,
	const struct tenon_definition *definition, struct tenon_schema **out, struct tenon_error *err)
{
	struct local l = { .definition = definition };
	struct tenon_schema *schema;

	if (definition->text == NULL || (unsigned)definition->type > TENON_PROTOBUF)
		return client_fail(err, TENON_INVALID, "the definition has no text, or no known type");
	CLIENT_TRY(client_enter(client, make_content, &l, err));
	schema = client_schema_make(l.content, &(struct client_names){ .context = str_of(context) });
	if (schema == NULL)
		return client_no_memory(err);
	*out = schema;
	return TENON_OK;
}
