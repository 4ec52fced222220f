/* Answers of a registry: their status and error_code as codes of ours, and the schemas in them. */
#include "client/answer.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/limits.h"
#include "client/cache.h"

_Static_assert((int)TENON_AVRO == (int)SCHEMA_AVRO && (int)TENON_JSON == (int)SCHEMA_JSON &&
	(int)TENON_PROTOBUF == (int)SCHEMA_PROTOBUF, "a tenon_type is a schema_type");

/* Contract section 3.1.  First those that error_code tells apart, then what a status means by itself (error_code 0). */
static const struct {
	int status;
	int first;
	int last;
	enum tenon_code code;
} meanings[] = {
	{ 404, 40400, 40499, TENON_NOT_FOUND },     /* 404 itself is a path that the registry does not know */
	{ 409, 409, 409, TENON_INCOMPATIBLE },      /* before 8.0 */
	{ 409, 40901, 40901, TENON_INCOMPATIBLE },
	{ 422, 42205, 42206, TENON_REJECTED },
	{ 422, 42211, 42211, TENON_REJECTED },
	{ 422, 42209, 42209, TENON_LIMIT },
	{ 401, 0, 99999, TENON_REFUSED },
	{ 403, 0, 99999, TENON_REFUSED },
	{ 404, 0, 99999, TENON_PROTOCOL },
	{ 405, 0, 99999, TENON_PROTOCOL },
	{ 407, 0, 99999, TENON_REFUSED },
	{ 409, 0, 99999, TENON_REJECTED },
	{ 413, 0, 99999, TENON_LIMIT },
	{ 414, 0, 99999, TENON_LIMIT },
};

static enum tenon_code meaning_of(int status, int error_code)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].status == status && error_code >= meanings[i].first && error_code <= meanings[i].last)
			return meanings[i].code;
	return status < 400 ? TENON_PROTOCOL : TENON_INVALID;
}

struct str client_text_of(const struct jsn *object, struct str name)
{
	const struct jsn *value = jsn_get_value(object, name);

	return value && value->kind == JSN_STRING ? value->text : STR_NONE;
}

bool client_number_of(const struct jsn *value, int32_t *out)
{
	return value && value->kind == JSN_NUMBER && str_to_i32(value->text, out);
}

/* "line: 3, column: 7" in a message about a schema. */
static void find_place(struct tenon_error *err)
{
	const char *line = strstr(err->message, "line: "), *column = line ? strstr(line, "column: ") : NULL;
	unsigned l, c;

	if (column && sscanf(line, "line: %u", &l) == 1 && sscanf(column, "column: %u", &c) == 1) {
		err->line = l;
		err->column = c;
	}
}

static enum tenon_code fail_answer(struct call *call, int status, struct str body)
{
	struct err unread = { .arena = call->arena };
	const struct jsn *json = NULL;
	struct str message = STR_NONE;
	int32_t error_code = 0;

	if (jsn_parse(call->arena, body, JSN_SURROGATES, LIMIT_JSON_DEPTH, &json, &unread) == OK) {
		message = client_text_of(json, STR("message"));
		client_number_of(jsn_get(json, STR("error_code")), &error_code);
	}
	if (!str_present(message))
		message = str_sub(str_trim(body), 0, 200);
	client_fail(call->err, meaning_of(status, error_code), "%.*s", STR_ARG(message));
	if (message.len == 0)
		client_fail(call->err, call->err->code, "the registry answers with status %d", status);
	call->err->http_status = status;
	call->err->registry_code = error_code;
	if (call->err->code == TENON_INVALID)
		find_place(call->err);
	return call->err->code;
}

enum tenon_code client_strange(struct call *call, const char *what)
{
	return client_fail(call->err, TENON_PROTOCOL, "what answers does not answer as a schema registry does: %s", what);
}

enum tenon_code client_reply_text(struct call *call, const struct client_request *request, struct str *out)
{
	struct str body;
	int status;

	CLIENT_TRY(client_ask(call, request, &status, &body));
	if (status < 200 || status >= 300)
		return fail_answer(call, status, body);
	*out = body;
	return TENON_OK;
}

enum tenon_code client_reply(struct call *call, const struct client_request *request, const struct jsn **out)
{
	struct err unread = { .arena = call->arena };
	struct str body;

	CLIENT_TRY(client_reply_text(call, request, &body));
	if (jsn_parse(call->arena, body, JSN_SURROGATES, LIMIT_JSON_DEPTH, out, &unread) != OK)
		return client_strange(call, "the body is no JSON");
	return TENON_OK;
}

/* ---- schemas ---- */

static enum tenon_code read_references(struct call *call, const struct jsn *list, struct client_draft *out)
{
	struct tenon_reference *references;

	if (list == NULL || list->n_items == 0)
		return TENON_OK;
	if (list->kind != JSN_ARRAY || list->n_items > LIMIT_REFERENCES)
		return client_strange(call, "references");
	references = arena_array(call->arena, struct tenon_reference, list->n_items);
	for (size_t i = 0; i < list->n_items; i++) {
		struct str name = client_text_of(&list->items[i], STR("name"));
		struct str subject = client_text_of(&list->items[i], STR("subject"));

		if (!str_present(name) || !str_present(subject) ||
			!client_number_of(jsn_get(&list->items[i], STR("version")), &references[i].version))
			return client_strange(call, "a reference without name, subject or version");
		references[i].name = str_dup(call->arena, name).data;
		references[i].subject = str_dup(call->arena, subject).data;
	}
	out->references = references;
	out->n_references = list->n_items;
	return TENON_OK;
}

static struct str json_text(struct call *call, const struct jsn *value)
{
	struct buf b = buf_make(call->arena, 64);

	if (value == NULL)
		return STR_NONE;
	buf_json(&b, value);
	return buf_str(&b);
}

enum tenon_code client_draft_read(struct call *call, const struct jsn *answer, struct client_draft *out)
{
	struct str type = client_text_of(answer, STR("schemaType"));
	enum schema_type known = SCHEMA_AVRO;

	*out = (struct client_draft){ .type = TENON_AVRO };
	out->text = client_text_of(answer, STR("schema"));
	if (str_index(out->text, '\0') >= 0)
		return client_strange(call, "a NUL in a schema");
	if (str_present(type) && !schema_type_find(type, &known))
		return client_fail(call->err, TENON_INVALID, "a schema of type %.*s, which this library does not know", STR_ARG(type));
	out->type = (enum tenon_type)known;
	out->guid = client_text_of(answer, STR("guid"));
	out->metadata = json_text(call, jsn_get_value(answer, STR("metadata")));
	out->rule_set = json_text(call, jsn_get_value(answer, STR("ruleSet")));
	return read_references(call, jsn_get_value(answer, STR("references")), out);
}

static void read_names(const struct jsn *answer, struct client_names *names)
{
	struct str subject = client_text_of(answer, STR("subject"));
	int32_t number;

	if (!str_present(names->subject) && str_present(subject) && str_index(subject, '\0') < 0) {
		names->subject = subject;
		if (names->version <= 0 && client_number_of(jsn_get(answer, STR("version")), &number) && number > 0)
			names->version = number;
	} else if (names->version <= 0 && client_number_of(jsn_get(answer, STR("version")), &number) && number > 0) {
		names->version = number;
	}
	if (names->id <= 0 && client_number_of(jsn_get(answer, STR("id")), &number) && number > 0)
		names->id = number;
}

static bool same_references(const struct client_content *content, const struct client_draft *draft)
{
	size_t i = 0;

	if (content->n_references != draft->n_references)
		return false;
	while (i < draft->n_references && content->references[i].version == draft->references[i].version &&
		strcmp(content->references[i].name, draft->references[i].name) == 0 &&
		strcmp(content->references[i].subject, draft->references[i].subject) == 0)
		i++;
	return i == draft->n_references;
}

static bool same_or_null(const char *a, struct str b)
{
	return a ? str_eq(str_of(a), b) && str_present(b) : !str_present(b);
}

/* The content of the same id that is cached already, when it says the same: so that it is kept and parsed once.  Or NULL. */
static struct client_content *find_twin(struct call *call, const struct client_draft *draft, const struct client_names *names)
{
	struct client_content *twin = NULL;
	struct tenon_schema *schema;
	uint32_t number;

	if (names->id <= 0 || client_context(call->client, names->context, &number) == NULL)
		return NULL;
	schema = client_cache_find_id(call->client->cache, client_id_key(number, names->id));
	if (schema == NULL)
		return NULL;
	if (schema->content->type == draft->type && str_eq(schema->content->text, draft->text) &&
		same_references(schema->content, draft) && same_or_null(schema->content->guid, draft->guid) &&
		same_or_null(schema->content->metadata, draft->metadata) && same_or_null(schema->content->rule_set, draft->rule_set)) {
		twin = schema->content;
		atomic_fetch_add_explicit(&twin->refs, 1, memory_order_relaxed);
	}
	tenon_schema_unref(schema);
	return twin;
}

enum tenon_code client_schema_read(struct call *call, const struct jsn *answer, const struct client_names *asked,
	const struct client_draft *draft, struct tenon_schema **out)
{
	struct client_draft told;
	struct client_names names = *asked;
	struct client_content *content;
	struct tenon_schema *schema;

	if (answer->kind != JSN_OBJECT)
		return client_strange(call, "a schema is an object");
	CLIENT_TRY(client_draft_read(call, answer, &told));
	read_names(answer, &names);
	if (!str_present(told.text)) { /* registries before 8.0 answer a registration with nothing but the id */
		struct str guid = told.guid;

		if (draft == NULL || names.id <= 0)
			return client_strange(call, "a schema without its text");
		told = *draft;
		told.guid = guid;
	}
	content = find_twin(call, &told, &names);
	if (content == NULL)
		content = client_content_make(call, &told);
	schema = client_schema_make(content, &names);
	if (schema == NULL)
		return client_no_memory(call->err);
	*out = schema;
	return TENON_OK;
}
