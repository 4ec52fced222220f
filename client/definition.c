/* Definitions: judged, and written as the body of a request. */
#include "client/definition.h"

#include "base/arena.h"
#include "base/limits.h"
#include "client/answer.h"

static struct str text_of(const struct tenon_definition *definition)
{
	if (definition->text == NULL)
		return STR_NONE;
	return definition->text_len ? str_make(definition->text, definition->text_len) : str_of(definition->text);
}

static enum tenon_code read_json_object(struct call *call, const char *what, const char *text, struct str *out)
{
	struct err err = { .arena = call->arena };
	struct buf b = buf_make(call->arena, 64);
	const struct jsn *json;

	*out = STR_NONE;
	if (text == NULL)
		return TENON_OK;
	if (jsn_parse(call->arena, str_of(text), 0, LIMIT_JSON_DEPTH, &json, &err) != OK)
		return client_fail(call->err, TENON_INVALID, "%s: %.*s", what, STR_ARG(err.message));
	if (json->kind != JSN_OBJECT)
		return client_fail(call->err, TENON_INVALID, "%s is no JSON object", what);
	buf_json(&b, json);
	*out = buf_str(&b);
	return TENON_OK;
}

static void write_references(struct buf *b, const struct client_draft *draft)
{
	buf_lit(b, ",\"references\":[");
	for (size_t i = 0; i < draft->n_references; i++) {
		buf_add(b, i ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json_string(b, str_of(draft->references[i].name));
		buf_lit(b, ",\"subject\":");
		buf_json_string(b, str_of(draft->references[i].subject));
		buf_lit(b, ",\"version\":");
		buf_add_i64(b, draft->references[i].version);
		buf_lit(b, "}");
	}
	buf_lit(b, "]");
}

/* Registries before 5.5 know one type and refuse the word. */
static struct str write_body(struct call *call, const struct client_draft *draft)
{
	struct buf b = buf_make(call->arena, draft->text.len + draft->text.len / 4 + 256);

	buf_lit(&b, "{\"schema\":");
	buf_json_string(&b, draft->text);
	if (draft->type != TENON_AVRO) {
		buf_lit(&b, ",\"schemaType\":");
		buf_json_string(&b, schema_type_name((enum schema_type)draft->type));
	}
	if (draft->n_references > 0)
		write_references(&b, draft);
	if (str_present(draft->metadata)) {
		buf_lit(&b, ",\"metadata\":");
		buf_add(&b, draft->metadata);
	}
	if (str_present(draft->rule_set)) {
		buf_lit(&b, ",\"ruleSet\":");
		buf_add(&b, draft->rule_set);
	}
	buf_lit(&b, "}");
	return buf_str(&b);
}

static bool is_text(const char *text)
{
	return text && str_is_utf8(str_of(text));
}

static enum tenon_code check_references(struct call *call, const struct tenon_definition *definition)
{
	for (size_t i = 0; i < definition->n_references; i++)
		if (!is_text(definition->references[i].name) || !is_text(definition->references[i].subject))
			return client_fail(call->err, TENON_INVALID, "reference %zu has no name, or no subject, or one that is no UTF-8", i);
	return TENON_OK;
}

enum tenon_code client_definition_read(struct call *call, const struct tenon_definition *definition, struct client_draft *draft,
	struct str *body)
{
	*draft = (struct client_draft){
		.type = definition->type,
		.text = text_of(definition),
		.references = definition->references,
		.n_references = definition->n_references,
	};
	if ((unsigned)definition->type > TENON_PROTOBUF)
		return client_fail(call->err, TENON_INVALID, "the definition's type is %d", (int)definition->type);
	if (!str_present(draft->text) || !str_is_utf8(draft->text) || str_index(draft->text, '\0') >= 0)
		return client_fail(call->err, TENON_INVALID, "the definition's text is missing, or no UTF-8");
	CLIENT_TRY(check_references(call, definition));
	CLIENT_TRY(read_json_object(call, "metadata", definition->metadata, &draft->metadata));
	CLIENT_TRY(read_json_object(call, "rule_set", definition->rule_set, &draft->rule_set));
	*body = write_body(call, draft);
	return TENON_OK;
}

void client_definition_key(struct client_key *key, const struct tenon_definition *definition)
{
	client_key_number(key, definition->type);
	client_key_text(key, text_of(definition));
	client_key_number(key, (int64_t)definition->n_references);
	for (size_t i = 0; i < definition->n_references; i++) {
		client_key_text(key, str_of(definition->references[i].name));
		client_key_text(key, str_of(definition->references[i].subject));
		client_key_number(key, definition->references[i].version);
	}
	client_key_text(key, str_of(definition->metadata));
	client_key_text(key, str_of(definition->rule_set));
}

enum tenon_code client_check_subject(struct tenon_error *err, const char *subject)
{
	if (subject == NULL || *subject == '\0')
		return client_fail(err, TENON_INVALID, "the subject is missing");
	if (!str_is_utf8(str_of(subject)))
		return client_fail(err, TENON_INVALID, "the subject is no UTF-8");
	if (strcmp(subject, ".") == 0 || strcmp(subject, "..") == 0)
		return client_fail(err, TENON_INVALID, "the subject '%s' would lead to another path", subject);
	return TENON_OK;
}
