/* The subject of a topic's schema (contract 8.2). */
#include <stdio.h>

#include "client/serde_int.h"

static const char *part_name(enum tenon_part part)
{
	return part == TENON_KEY ? "key" : "value";
}

/* ":.ctx:" before `a`, `joint` and `b`. */
static enum tenon_code join(const struct client_naming *naming, struct str a, const char *joint, struct str b, char **out,
	struct tenon_error *err)
{
	const char *context = naming->config->context;
	bool prefixed = context && *context && strcmp(context, ".") != 0;
	const char *dot = prefixed && *context != '.' ? "." : "";
	size_t size = (prefixed ? strlen(context) + 4 : 0) + a.len + strlen(joint) + b.len + 1;
	char *subject = client_resize(naming->client, NULL, size);

	if (subject == NULL)
		return client_no_memory(err);
	snprintf(subject, size, "%s%s%s%s%.*s%s%.*s", prefixed ? ":" : "", dot, prefixed ? context : "", prefixed ? ":" : "",
		STR_ARG(a), joint, STR_ARG(b));
	*out = subject;
	return TENON_OK;
}

static enum tenon_code name_by(const struct client_naming *naming, enum tenon_naming kind, char **out, struct tenon_error *err)
{
	bool by_topic = kind == TENON_NAMING_TOPIC || kind == TENON_NAMING_TOPIC_RECORD;

	if (by_topic && naming->topic == NULL)
		return client_fail(err, TENON_INVALID, "the subject's name needs a topic");
	if (kind != TENON_NAMING_TOPIC && !str_present(naming->record))
		return client_fail(err, TENON_INVALID,
			"the subject's name needs the schema's name, and it has none (Avro: a named type, JSON: a title)");
	if (kind == TENON_NAMING_TOPIC)
		return join(naming, str_of(naming->topic), "-", str_of(part_name(naming->config->part)), out, err);
	if (kind == TENON_NAMING_RECORD)
		return join(naming, naming->record, "", STR(""), out, err);
	return join(naming, str_of(naming->topic), "-", naming->record, out, err);
}

static enum tenon_code name_associated(const struct client_naming *naming, char **out, struct tenon_error *err)
{
	const struct tenon_serde_config *config = naming->config;
	struct tenon_error why = { .code = TENON_OK };
	char *subject;
	enum tenon_code code;

	if (naming->topic == NULL)
		return client_fail(err, TENON_INVALID, "an associated subject needs a topic");
	code = tenon_associated_subject(naming->client, config->cluster, naming->topic, part_name(config->part), &subject, &why);
	if (code == TENON_OK) {
		size_t size = strlen(subject) + 1;

		*out = client_resize(naming->client, NULL, size);
		if (*out)
			memcpy(*out, subject, size);
		tenon_free(subject);
		return *out ? TENON_OK : client_no_memory(err);
	}
	if (code == TENON_NOT_FOUND && config->fallback != TENON_NAMING_NONE) {
		tenon_error_clear(&why);
		return name_by(naming, config->fallback, out, err);
	}
	client_error_copy(naming->client, err, &why);
	tenon_error_clear(&why);
	return code;
}

enum tenon_code client_subject(const struct client_naming *naming, char **out, struct tenon_error *err)
{
	if (naming->config->naming == TENON_NAMING_ASSOCIATED)
		return name_associated(naming, out, err);
	return name_by(naming, naming->config->naming, out, err);
}
