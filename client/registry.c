/* Schemas of a registry: registered, looked up, fetched by id, guid, version and metadata, through the cache. */
#include "base/arena.h"
#include "client/answer.h"
#include "client/definition.h"

/* What is asked for, and what came of it. */
struct question {
	client_work_fn *work;
	struct tenon_schema *schema; /* the answer, with a reference */
	bool asked;                  /* by this call, not by another thread or before */
	const char *subject;
	const char *context;
	const char *guid;
	int32_t id;
	int32_t version;
	unsigned flags;
	const struct tenon_definition *definition;
	const char *const *keys, *const *values;
	size_t n_pairs;
};

static enum tenon_code fetch(struct tenon_client *client, void *arg, struct tenon_schema **out, struct tenon_error *err)
{
	struct question *q = arg;

	q->asked = true;
	CLIENT_TRY(client_enter(client, q->work, q, err));
	*out = q->schema;
	return TENON_OK;
}

/* ":.ctx:" before a subject. */
static struct str context_of(struct str subject)
{
	ptrdiff_t end = str_starts(subject, STR(":.")) ? str_index(str_sub(subject, 1, subject.len), ':') : -1;

	return end > 0 ? str_sub(subject, 1, (size_t)end + 1) : STR("");
}

static struct client_names names_of(const struct question *q)
{
	struct str subject = q->subject ? str_of(q->subject) : STR_NONE;

	return (struct client_names){
		.subject = subject,
		.context = q->subject ? context_of(subject) : str_of(q->context ? q->context : ""),
		.id = q->id,
		.version = q->version > 0 ? q->version : 0,
	};
}

static enum tenon_code get(struct call *call, struct client_path *path, const struct question *q, struct tenon_schema **out)
{
	const struct client_request request = {
		.method = "GET", .path = client_path_text(path), .repeatable = true, .insist = q->id > 0 || q->guid
	};
	const struct client_names names = names_of(q);
	const struct jsn *answer;

	CLIENT_TRY(client_reply(call, &request, &answer));
	return client_schema_read(call, answer, &names, NULL, out);
}

/* ---- by id and guid ---- */

static void id_key(struct client_key *key, const char *context, int32_t id)
{
	client_key_begin(key, 'i', CLIENT_KEY_FOREVER);
	client_key_text(key, str_of(context));
	client_key_number(key, id);
}

/* What is known of a schema by its id is known by it for ever. */
static void keep_id(struct tenon_client *client, struct tenon_schema *schema)
{
	struct client_key key;

	if (schema->id <= 0)
		return;
	id_key(&key, schema->context, schema->id);
	client_cache_put(client->cache, &key, schema);
}

/* The path of a context, where it is not the URL's. */
static enum tenon_code start_in_context(struct call *call, const char *context, struct client_path *out)
{
	*out = client_path_make(call, "");
	if (strcmp(context, ".") == 0)
		return TENON_OK;
	for (size_t i = 0; i < call->client->n_urls; i++)
		if (memmem(call->client->urls[i].base.data, call->client->urls[i].base.len, "/contexts/", 10))
			return client_fail(call->err, TENON_INVALID, "the URL names a context, and the call another one");
	client_path_add(out, "/contexts");
	client_path_part(out, str_of(context));
	return TENON_OK;
}

static enum tenon_code ask_id(struct call *call, void *arg)
{
	struct question *q = arg;
	struct client_path path;

	CLIENT_TRY(start_in_context(call, q->context, &path));
	client_path_add(&path, "/schemas/ids");
	client_path_number(&path, q->id);
	return get(call, &path, q, &q->schema);
}

enum tenon_code tenon_get_by_id(struct tenon_client *client, const char *context, int32_t id, unsigned flags,
	struct tenon_schema **out, struct tenon_error *err)
{
	struct question q = { .work = ask_id, .id = id };
	struct tenon_schema *found;
	struct client_key key;
	uint32_t number = 0;

	if (id <= 0)
		return client_fail(err, TENON_INVALID, "%d is no id", (int)id);
	q.context = context ? client_context(client, str_of(context), &number) : ".";
	if (q.context == NULL)
		return client_no_memory(err);
	found = flags & TENON_FRESH ? NULL : client_cache_find_id(client->cache, client_id_key(number, id));
	if (found) {
		*out = found;
		return TENON_OK;
	}
	id_key(&key, q.context, id);
	return client_cache_get(client->cache, &key, flags, fetch, &q, out, err);
}

static enum tenon_code ask_guid(struct call *call, void *arg)
{
	struct question *q = arg;
	struct client_path path = client_path_make(call, "/schemas/guids");

	client_path_part(&path, str_of(q->guid));
	return get(call, &path, q, &q->schema);
}

/* In lower case, as registries write it; false for what is no guid. */
static bool read_guid(const char *text, char out[TENON_GUID_SIZE])
{
	for (int i = 0; i < TENON_GUID_SIZE - 1; i++) {
		char c = text[i];

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (c != '-')
				return false;
		} else if (c >= 'A' && c <= 'F') {
			c = (char)(c - 'A' + 'a');
		} else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
			return false;
		}
		out[i] = c;
	}
	out[TENON_GUID_SIZE - 1] = '\0';
	return text[TENON_GUID_SIZE - 1] == '\0';
}

enum tenon_code tenon_get_by_guid(struct tenon_client *client, const char *guid, unsigned flags, struct tenon_schema **out,
	struct tenon_error *err)
{
	char lower[TENON_GUID_SIZE];
	struct question q = { .work = ask_guid, .guid = lower };
	struct client_key key;

	if (guid == NULL || !read_guid(guid, lower))
		return client_fail(err, TENON_INVALID, "that is no guid");
	client_key_begin(&key, 'g', CLIENT_KEY_FOREVER);
	client_key_text(&key, str_of(lower));
	return client_cache_get(client->cache, &key, flags, fetch, &q, out, err);
}

/* ---- by subject ---- */

static void version_key(struct client_key *key, const char *subject, int32_t version, unsigned flags)
{
	client_key_begin(key, 'v', version == TENON_LATEST ? CLIENT_KEY_MOVES : 0);
	client_key_subject(key, subject);
	client_key_number(key, version);
	client_key_number(key, flags & TENON_DELETED);
}

/* A schema that came with its version: also found by that, and by its id. */
static void keep(struct tenon_client *client, const struct question *q, struct tenon_schema *schema)
{
	struct client_key key;

	if (!q->asked || schema->version <= 0)
		return;
	keep_id(client, schema);
	version_key(&key, q->subject, schema->version, q->flags);
	client_cache_put(client->cache, &key, schema);
}

static enum tenon_code ask_version(struct call *call, void *arg)
{
	struct question *q = arg;
	struct client_path path = client_path_make(call, "/subjects");

	client_path_part(&path, str_of(q->subject));
	client_path_add(&path, "/versions");
	if (q->version == TENON_LATEST)
		client_path_part(&path, STR("latest"));
	else
		client_path_number(&path, q->version);
	client_path_flag(&path, q->flags & TENON_DELETED, "deleted");
	return get(call, &path, q, &q->schema);
}

enum tenon_code tenon_get_by_version(struct tenon_client *client, const char *subject, int32_t version, unsigned flags,
	struct tenon_schema **out, struct tenon_error *err)
{
	struct question q = { .work = ask_version, .subject = subject, .version = version, .flags = flags };
	struct client_key key;

	CLIENT_TRY(client_check_subject(err, subject));
	if (version <= 0 && version != TENON_LATEST)
		return client_fail(err, TENON_INVALID, "%d is no version", (int)version);
	version_key(&key, subject, version, flags);
	CLIENT_TRY(client_cache_get(client->cache, &key, flags, fetch, &q, out, err));
	keep(client, &q, *out);
	return TENON_OK;
}

static enum tenon_code ask_metadata(struct call *call, void *arg)
{
	struct question *q = arg;
	struct client_path path = client_path_make(call, "/subjects");

	client_path_part(&path, str_of(q->subject));
	client_path_add(&path, "/metadata");
	for (size_t i = 0; i < q->n_pairs; i++) {
		client_path_query(&path, "key", str_of(q->keys[i]));
		client_path_query(&path, "value", str_of(q->values[i]));
	}
	client_path_flag(&path, q->flags & TENON_DELETED, "deleted");
	return get(call, &path, q, &q->schema);
}

enum tenon_code tenon_get_by_metadata(struct tenon_client *client, const char *subject, const char *const *keys,
	const char *const *values, size_t n, unsigned flags, struct tenon_schema **out, struct tenon_error *err)
{
	struct question q = {
		.work = ask_metadata, .subject = subject, .flags = flags, .keys = keys, .values = values, .n_pairs = n
	};
	struct client_key key;

	CLIENT_TRY(client_check_subject(err, subject));
	client_key_begin(&key, 'm', CLIENT_KEY_MOVES);
	client_key_subject(&key, subject);
	client_key_number(&key, flags & TENON_DELETED);
	for (size_t i = 0; i < n; i++) {
		client_key_text(&key, str_of(keys[i]));
		client_key_text(&key, str_of(values[i]));
	}
	CLIENT_TRY(client_cache_get(client->cache, &key, flags, fetch, &q, out, err));
	keep(client, &q, *out);
	return TENON_OK;
}

/* ---- by content ---- */

/* "/subjects/S" and what follows, with the query that a schema comes with. */
static struct client_path schema_path(struct call *call, const char *start, const char *subject)
{
	struct client_path path = client_path_make(call, start);

	client_path_part(&path, str_of(subject));
	return path;
}

static enum tenon_code post(struct call *call, struct client_path *path, struct question *q)
{
	const struct client_names names = names_of(q);
	struct client_request request = { .method = "POST", .path = client_path_text(path), .repeatable = true };
	struct client_draft draft;
	const struct jsn *answer;

	CLIENT_TRY(client_definition_read(call, q->definition, &draft, &request.body));
	CLIENT_TRY(client_reply(call, &request, &answer));
	return client_schema_read(call, answer, &names, &draft, &q->schema);
}

static enum tenon_code ask_lookup(struct call *call, void *arg)
{
	struct question *q = arg;
	struct client_path path = schema_path(call, "/subjects", q->subject);

	client_path_flag(&path, q->flags & TENON_NORMALIZE, "normalize");
	client_path_flag(&path, q->flags & TENON_DELETED, "deleted");
	return post(call, &path, q);
}

static enum tenon_code ask_check(struct call *call, void *arg);

/* A refusal says little in some registries: the check says why, in all of them. */
static enum tenon_code explain_refusal(struct call *call, struct question *q)
{
	const int status = call->err->http_status, registry_code = call->err->registry_code;
	struct question check = *q;
	enum tenon_code code;

	check.version = TENON_ALL_VERSIONS;
	code = ask_check(call, &check);
	if (code != TENON_INCOMPATIBLE) /* changed in between, or no answer: the refusal stands */
		client_fail(call->err, TENON_INCOMPATIBLE, "the schema is incompatible with an earlier one of subject '%s'", q->subject);
	call->err->http_status = status;
	call->err->registry_code = registry_code;
	return TENON_INCOMPATIBLE;
}

static enum tenon_code ask_register(struct call *call, void *arg)
{
	struct question *q = arg;
	struct client_path path = schema_path(call, "/subjects", q->subject);
	enum tenon_code code;

	client_path_add(&path, "/versions");
	client_path_flag(&path, q->flags & TENON_NORMALIZE, "normalize");
	client_path_flag(&path, q->flags & TENON_FORCE, "force");
	code = post(call, &path, q);
	return code == TENON_INCOMPATIBLE ? explain_refusal(call, q) : code;
}

static enum tenon_code by_content(struct tenon_client *client, struct question *q, struct tenon_schema **out,
	struct tenon_error *err)
{
	struct client_key key;

	CLIENT_TRY(client_check_subject(err, q->subject));
	if (q->definition->n_references > 0 && q->definition->references == NULL)
		return client_fail(err, TENON_INVALID, "references are missing");
	client_key_begin(&key, q->work == ask_register ? 'r' : 'c', 0);
	client_key_subject(&key, q->subject);
	client_key_number(&key, q->flags & (TENON_NORMALIZE | TENON_DELETED));
	client_definition_key(&key, q->definition);
	CLIENT_TRY(client_cache_get(client->cache, &key, q->flags, fetch, q, out, err));
	if (q->asked && q->work == ask_register)
		client_cache_forget(client->cache, q->subject, false);
	keep(client, q, *out);
	return TENON_OK;
}

enum tenon_code tenon_register(struct tenon_client *client, const char *subject, const struct tenon_definition *definition,
	unsigned flags, struct tenon_schema **out, struct tenon_error *err)
{
	struct question q = {
		.work = ask_register, .subject = subject, .definition = definition, .flags = flags & ~(unsigned)TENON_DELETED
	};

	return by_content(client, &q, out, err);
}

enum tenon_code tenon_lookup(struct tenon_client *client, const char *subject, const struct tenon_definition *definition,
	unsigned flags, struct tenon_schema **out, struct tenon_error *err)
{
	struct question q = { .work = ask_lookup, .subject = subject, .definition = definition, .flags = flags };

	return by_content(client, &q, out, err);
}

/* ---- compatibility ---- */

/*
 * An invalid schema comes as incompatible, too, when the answer is verbose: with one message that is the parser's, not
 * in braces (contract 2.5).
 */
static enum tenon_code judge(struct call *call, const struct jsn *answer, const char *subject)
{
	const struct jsn *verdict = jsn_get(answer, STR("is_compatible")), *messages = jsn_get_value(answer, STR("messages"));

	if (verdict == NULL || verdict->kind != JSN_BOOL)
		return client_strange(call, "an answer about compatibility without is_compatible");
	if (verdict->boolean)
		return TENON_OK;
	if (messages && messages->n_items == 1 && messages->items[0].kind == JSN_STRING &&
		!str_starts(messages->items[0].text, STR("{")))
		return client_fail(call->err, TENON_INVALID, "%.*s", STR_ARG(messages->items[0].text));
	client_fail(call->err, TENON_INCOMPATIBLE, "the schema is incompatible with an earlier one of subject '%s'", subject);
	client_findings_read(call, messages);
	return TENON_INCOMPATIBLE;
}

static enum tenon_code ask_check(struct call *call, void *arg)
{
	struct question *q = arg;
	struct client_path path = schema_path(call, "/compatibility/subjects", q->subject);
	struct client_request request = { .method = "POST", .repeatable = true };
	struct client_draft draft;
	const struct jsn *answer;

	client_path_add(&path, "/versions");
	if (q->version == TENON_LATEST)
		client_path_part(&path, STR("latest"));
	else if (q->version > 0)
		client_path_number(&path, q->version);
	client_path_flag(&path, true, "verbose");
	client_path_flag(&path, q->flags & TENON_NORMALIZE, "normalize");
	request.path = client_path_text(&path);
	CLIENT_TRY(client_definition_read(call, q->definition, &draft, &request.body));
	CLIENT_TRY(client_reply(call, &request, &answer));
	return judge(call, answer, q->subject);
}

enum tenon_code tenon_check(struct tenon_client *client, const char *subject, int32_t version,
	const struct tenon_definition *definition, unsigned flags, struct tenon_error *err)
{
	struct question q = { .subject = subject, .version = version, .definition = definition, .flags = flags };

	CLIENT_TRY(client_check_subject(err, subject));
	if (version <= 0 && version != TENON_LATEST && version != TENON_ALL_VERSIONS)
		return client_fail(err, TENON_INVALID, "%d is no version", (int)version);
	return client_enter(client, ask_check, &q, err);
}
