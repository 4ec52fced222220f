/* Lists of names and numbers that a registry gives, and deletions, which answer with such. */
#include "base/arena.h"
#include "client/answer.h"
#include "client/definition.h"

/* A request whose answer is a list, or a number; and the list as it is handed out. */
struct list_question {
	const char *subject;
	const char *context;
	const char *prefix;
	int32_t id;
	int32_t version;
	unsigned flags;
	enum tenon_code (*ask)(struct call *call, const struct list_question *q, const struct jsn **answer);
	char **names;
	int32_t *numbers;
	size_t n;
};

static enum tenon_code send(struct call *call, const char *method, struct client_path *path, const struct jsn **answer)
{
	const struct client_request request = {
		.method = method, .path = client_path_text(path), .repeatable = strcmp(method, "GET") == 0
	};

	return client_reply(call, &request, answer);
}

/* One block: the pointers, NULL, the texts. */
static enum tenon_code give_names(struct call *call, void *arg)
{
	struct list_question *q = arg;
	const struct jsn *answer;
	size_t size = sizeof(char *);
	char *at;

	CLIENT_TRY(q->ask(call, q, &answer));
	if (answer->kind != JSN_ARRAY)
		return client_strange(call, "a list is an array");
	for (size_t i = 0; i < answer->n_items; i++) {
		if (answer->items[i].kind != JSN_STRING)
			return client_strange(call, "a list of names has something else in it");
		size += sizeof(char *) + answer->items[i].text.len + 1;
	}
	q->names = client_give(call, size);
	q->n = answer->n_items;
	at = (char *)(q->names + q->n + 1);
	for (size_t i = 0; i < q->n; i++) {
		struct str text = answer->items[i].text;

		q->names[i] = at;
		memcpy(at, text.data, text.len);
		at[text.len] = '\0';
		at += text.len + 1;
	}
	q->names[q->n] = NULL;
	return TENON_OK;
}

/* A single number is a list of one. */
static enum tenon_code give_numbers(struct call *call, void *arg)
{
	struct list_question *q = arg;
	const struct jsn *answer, *items;
	size_t n;

	CLIENT_TRY(q->ask(call, q, &answer));
	items = answer->kind == JSN_ARRAY ? answer->items : answer;
	n = answer->kind == JSN_ARRAY ? answer->n_items : 1;
	q->numbers = client_give(call, (n + 1) * sizeof(*q->numbers));
	q->n = n;
	for (size_t i = 0; i < n; i++) {
		if (!client_number_of(&items[i], &q->numbers[i])) {
			tenon_free(q->numbers);
			return client_strange(call, "a list of numbers has something else in it");
		}
	}
	return TENON_OK;
}

static enum tenon_code ask_names(struct tenon_client *client, struct list_question *q, char ***out, size_t *n,
	struct tenon_error *err)
{
	CLIENT_TRY(client_enter(client, give_names, q, err));
	*out = q->names;
	if (n)
		*n = q->n;
	return TENON_OK;
}

static enum tenon_code ask_numbers(struct tenon_client *client, struct list_question *q, int32_t **out, size_t *n,
	struct tenon_error *err)
{
	CLIENT_TRY(client_enter(client, give_numbers, q, err));
	if (n)
		*n = q->n;
	if (out)
		*out = q->numbers;
	else
		tenon_free(q->numbers);
	return TENON_OK;
}

static enum tenon_code ask_subjects(struct call *call, const struct list_question *q, const struct jsn **answer)
{
	struct client_path path = client_path_make(call, "/subjects");

	if (q->prefix)
		client_path_query(&path, "subjectPrefix", str_of(q->prefix));
	client_path_flag(&path, q->flags & TENON_DELETED, "deleted");
	return send(call, "GET", &path, answer);
}

enum tenon_code tenon_subjects(struct tenon_client *client, const char *prefix, unsigned flags, char ***out, size_t *n,
	struct tenon_error *err)
{
	struct list_question q = { .ask = ask_subjects, .prefix = prefix, .flags = flags };

	return ask_names(client, &q, out, n, err);
}

static enum tenon_code ask_contexts(struct call *call, const struct list_question *q, const struct jsn **answer)
{
	struct client_path path = client_path_make(call, "/contexts");

	(void)q;
	return send(call, "GET", &path, answer);
}

enum tenon_code tenon_contexts(struct tenon_client *client, char ***out, size_t *n, struct tenon_error *err)
{
	struct list_question q = { .ask = ask_contexts };

	return ask_names(client, &q, out, n, err);
}

static enum tenon_code ask_id_subjects(struct call *call, const struct list_question *q, const struct jsn **answer)
{
	struct client_path path = client_path_make(call, "");

	if (strcmp(q->context, ".") != 0) {
		client_path_add(&path, "/contexts");
		client_path_part(&path, str_of(q->context));
	}
	client_path_add(&path, "/schemas/ids");
	client_path_number(&path, q->id);
	client_path_add(&path, "/subjects");
	client_path_flag(&path, q->flags & TENON_DELETED, "deleted");
	return send(call, "GET", &path, answer);
}

enum tenon_code tenon_id_subjects(struct tenon_client *client, const char *context, int32_t id, unsigned flags, char ***out,
	size_t *n, struct tenon_error *err)
{
	struct list_question q = { .ask = ask_id_subjects, .id = id, .flags = flags };
	uint32_t number;

	q.context = client_context(client, str_of(context), &number);
	if (q.context == NULL)
		return client_no_memory(err);
	return ask_names(client, &q, out, n, err);
}

static struct client_path versions_path(struct call *call, const struct list_question *q)
{
	struct client_path path = client_path_make(call, "/subjects");

	client_path_part(&path, str_of(q->subject));
	client_path_add(&path, "/versions");
	return path;
}

static enum tenon_code ask_versions(struct call *call, const struct list_question *q, const struct jsn **answer)
{
	struct client_path path = versions_path(call, q);

	client_path_flag(&path, q->flags & TENON_DELETED, "deleted");
	return send(call, "GET", &path, answer);
}

enum tenon_code tenon_versions(struct tenon_client *client, const char *subject, unsigned flags, int32_t **out, size_t *n,
	struct tenon_error *err)
{
	struct list_question q = { .ask = ask_versions, .subject = subject, .flags = flags };

	CLIENT_TRY(client_check_subject(err, subject));
	return ask_numbers(client, &q, out, n, err);
}

/* ---- deletions ---- */

static enum tenon_code ask_delete_version(struct call *call, const struct list_question *q, const struct jsn **answer)
{
	struct client_path path = versions_path(call, q);

	if (q->version == TENON_LATEST)
		client_path_part(&path, STR("latest"));
	else
		client_path_number(&path, q->version);
	client_path_flag(&path, q->flags & TENON_PERMANENT, "permanent");
	return send(call, "DELETE", &path, answer);
}

enum tenon_code tenon_delete_version(struct tenon_client *client, const char *subject, int32_t version, unsigned flags,
	int32_t *deleted, struct tenon_error *err)
{
	struct list_question q = { .ask = ask_delete_version, .subject = subject, .version = version, .flags = flags };
	int32_t *numbers;
	enum tenon_code code;

	CLIENT_TRY(client_check_subject(err, subject));
	if (version <= 0 && version != TENON_LATEST)
		return client_fail(err, TENON_INVALID, "%d is no version", (int)version);
	code = ask_numbers(client, &q, &numbers, NULL, err);
	client_cache_forget(client->cache, subject, true); /* also when it failed: it may have been done */
	if (code != TENON_OK)
		return code;
	if (deleted)
		*deleted = q.n > 0 ? numbers[0] : 0;
	tenon_free(numbers);
	return TENON_OK;
}

static enum tenon_code ask_delete_subject(struct call *call, const struct list_question *q, const struct jsn **answer)
{
	struct client_path path = client_path_make(call, "/subjects");

	client_path_part(&path, str_of(q->subject));
	client_path_flag(&path, q->flags & TENON_PERMANENT, "permanent");
	return send(call, "DELETE", &path, answer);
}

enum tenon_code tenon_delete_subject(struct tenon_client *client, const char *subject, unsigned flags, int32_t **out, size_t *n,
	struct tenon_error *err)
{
	struct list_question q = { .ask = ask_delete_subject, .subject = subject, .flags = flags };
	enum tenon_code code;

	CLIENT_TRY(client_check_subject(err, subject));
	code = ask_numbers(client, &q, out, n, err);
	client_cache_forget(client->cache, subject, true);
	return code;
}
