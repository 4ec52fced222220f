/* The DEK registry (contract 2.11): key-encryption keys and the data-encryption keys under them. */
#include "base/arena.h"
#include "server/api/handlers.h"
#include "server/api/read_int.h"
#include "server/registry/dek.h"

static enum err_code no_content(struct request *rq)
{
	return reply_as(rq, 204, "", STR(""));
}

static enum err_code done(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return no_content(rq);
}

/* A part of what is listed, as offset and limit say. */
static enum err_code reply_page(struct request *rq, const struct str *list, size_t n, struct err *err)
{
	struct view_page page;
	size_t from;

	TRY(api_page(rq, -1, INT32_MAX, &page, err));
	from = (size_t)page.offset < n ? (size_t)page.offset : n;
	n -= from;
	if (page.limit >= 0 && (size_t)page.limit < n)
		n = (size_t)page.limit;
	return reply_texts(rq, list + from, n);
}

/* ---- KEKs ---- */

enum err_code keks_list(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct str *given;
	const struct str *list;
	size_t n_given = request_query_all(rq, "subjectPrefix", &given);
	struct str *prefixes = arena_array(request_arena(rq), struct str, n_given + 1);
	size_t n = 0;

	for (size_t i = 0; i < n_given; i++)
		prefixes[n++] = api_scoped(rq, given[i]);
	/* Under a context the list is about that context's subjects. */
	if (n == 0 && request_scope(rq).len > 0)
		prefixes[n++] = request_scope(rq);
	TRY(registry_kek_list(&call, prefixes, n, request_query_bool(rq, "deleted"), &list, &n, err));
	return reply_page(rq, list, n, err);
}

static enum err_code kek_written(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return reply(rq, kek_print(request_arena(rq), registry_kek_result(write)));
}

/* kmsProps, sorted; an explicit null is the empty map. */
static enum err_code read_props(struct request *rq, const struct jsn *body, struct kek_update *out, struct err *err)
{
	const struct jsn *value = jsn_get(body, STR("kmsProps"));
	struct metadata sorted = { 0 };

	out->has_props = value != NULL;
	if (!value || value->kind == JSN_NULL)
		return OK;
	TRY(read_text_map(request_arena(rq), value, &sorted.properties, &sorted.n_properties, err));
	metadata_sort(&sorted);
	out->props = sorted.properties;
	out->n_props = sorted.n_properties;
	return OK;
}

/* What KEKs are created and updated with alike. */
static enum err_code read_update(struct request *rq, struct kek_update *out, struct err *err)
{
	const struct jsn *body = request_body(rq);
	enum config_flag shared;

	TRY(read_object(body, "UpdateKekRequest", err));
	TRY(read_props(rq, body, out, err));
	TRY(read_text(body, STR("doc"), &out->doc, err));
	TRY(read_flag(body, STR("shared"), &shared, err));
	out->has_doc = str_present(out->doc);
	out->has_shared = shared != CONFIG_UNSET;
	out->shared = shared == CONFIG_TRUE;
	return OK;
}

enum err_code kek_create(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct jsn *body = request_body(rq);
	struct kek_update update = { 0 };
	struct kek kek = { 0 };
	enum config_flag deleted;
	struct write *write;

	TRY(read_update(rq, &update, err));
	TRY(read_text(body, STR("name"), &kek.name, err));
	TRY(read_text(body, STR("kmsType"), &kek.kms_type, err));
	TRY(read_text(body, STR("kmsKeyId"), &kek.kms_key_id, err));
	TRY(read_flag(body, STR("deleted"), &deleted, err));
	kek.props = update.props;
	kek.n_props = update.n_props;
	kek.doc = update.doc;
	kek.shared = update.shared;
	kek.deleted = deleted == CONFIG_TRUE;
	TRY(registry_kek_create(&call, &kek, request_query_bool(rq, "testSharing"), &write, err));
	return api_commit(rq, write, kek_written);
}

enum err_code kek_get(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct kek *kek;

	TRY(registry_kek_get(&call, request_param(rq, "name"), request_query_bool(rq, "deleted"), &kek, err));
	return reply(rq, kek_print(request_arena(rq), kek));
}

enum err_code kek_update(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct kek_update update = { 0 };
	struct write *write;

	TRY(read_update(rq, &update, err));
	TRY(registry_kek_update(&call, request_param(rq, "name"), &update, &write, err));
	return api_commit(rq, write, kek_written);
}

enum err_code kek_delete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct write *write;

	TRY(registry_kek_delete(&call, request_param(rq, "name"), request_query_bool(rq, "permanent"), &write, err));
	return api_commit(rq, write, done);
}

enum err_code kek_undelete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct write *write;

	TRY(registry_kek_undelete(&call, request_param(rq, "name"), &write, err));
	return api_commit(rq, write, done);
}

enum err_code kek_test(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);

	return registry_kek_test(&call, request_param(rq, "name"), err);
}

/* ---- DEKs ---- */

/* name, {subject} or what its alias leads to, algorithm; 404 for an algorithm that is none. */
static enum err_code read_id(struct request *rq, struct call *call, struct dek_id *out, struct err *err)
{
	out->kek = request_param(rq, "name");
	out->algorithm = request_query(rq, "algorithm");
	if (out->algorithm.len > 0 && !dek_algorithm_find(out->algorithm))
		return err_raise(err, NOT_FOUND);
	return registry_dek_alias(call, request_param(rq, "subject"), &out->subject, err);
}

enum err_code deks_list(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct str *list;
	size_t n;

	TRY(registry_dek_subjects(&call, request_param(rq, "name"), request_query_bool(rq, "deleted"), &list, &n, err));
	return reply_page(rq, list, n, err);
}

static enum err_code answer_dek(struct request *rq, struct version_number version, struct err *err)
{
	struct call call = api_call(rq);
	const struct dek *dek;
	struct dek_id id;

	TRY(read_id(rq, &call, &id, err));
	TRY(registry_dek_get(&call, &id, version, request_query_bool(rq, "deleted"), &dek, err));
	return reply(rq, dek_print(request_arena(rq), dek));
}

enum err_code dek_get(struct request *rq, struct err *err)
{
	return answer_dek(rq, (struct version_number){ .number = 1 }, err);
}

enum err_code dek_get_version(struct request *rq, struct err *err)
{
	struct version_number version;

	TRY(api_version(rq, &version, err));
	return answer_dek(rq, version, err);
}

enum err_code dek_versions(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct dek_id id;
	struct view_page page;
	const int *list;
	size_t n, from;

	TRY(read_id(rq, &call, &id, err));
	TRY(api_page(rq, -1, INT32_MAX, &page, err));
	TRY(registry_dek_versions(&call, &id, request_query_bool(rq, "deleted"), &list, &n, err));
	from = (size_t)page.offset < n ? (size_t)page.offset : n;
	n -= from;
	if (page.limit >= 0 && (size_t)page.limit < n)
		n = (size_t)page.limit;
	return reply_ints(rq, list + from, n);
}

static enum err_code dek_written(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return reply(rq, dek_print(request_arena(rq), registry_dek_result(write)));
}

static enum err_code read_algorithm(const struct jsn *body, struct str *out, struct err *err)
{
	TRY(read_text(body, STR("algorithm"), out, err));
	if (!str_present(*out) || dek_algorithm_find(*out))
		return OK;
	return read_refuse(err, str_printf(err->arena,
		"Cannot deserialize value of type `DekFormat` from String \"%.*s\": not one of the values accepted for Enum class:"
		" [AES128_GCM, AES256_GCM, AES256_SIV]", STR_ARG(*out)));
}

/* With `subject` absent the body names it. */
static enum err_code create(struct request *rq, struct call *call, struct str subject, struct err *err)
{
	const struct jsn *body = request_body(rq);
	struct dek dek = { .id.kek = request_param(rq, "name"), .version = 1 };
	enum config_flag deleted;
	struct write *write;
	bool has_version;

	TRY(read_object(body, "CreateDekRequest", err));
	TRY(read_text(body, STR("subject"), &dek.id.subject, err));
	TRY(read_int(body, STR("version"), &has_version, &dek.version, err));
	TRY(read_algorithm(body, &dek.id.algorithm, err));
	TRY(read_text(body, STR("encryptedKeyMaterial"), &dek.material, err));
	TRY(read_flag(body, STR("deleted"), &deleted, err));
	dek.deleted = deleted == CONFIG_TRUE;
	if (str_present(subject))
		dek.id.subject = subject;
	TRY(registry_dek_create(call, &dek, request_query_bool(rq, "rewrap"), &write, err));
	return api_commit(rq, write, dek_written);
}

enum err_code dek_create_named(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);

	return create(rq, &call, STR_NONE, err);
}

enum err_code dek_create(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct str subject;

	TRY(registry_dek_alias(&call, request_param(rq, "subject"), &subject, err));
	return create(rq, &call, subject, err);
}

static enum err_code delete(struct request *rq, const struct version_number *version, struct err *err)
{
	struct call call = api_call(rq);
	struct write *write;
	struct dek_id id;

	TRY(read_id(rq, &call, &id, err));
	TRY(registry_dek_delete(&call, &id, version, request_query_bool(rq, "permanent"), &write, err));
	return api_commit(rq, write, done);
}

enum err_code deks_delete(struct request *rq, struct err *err)
{
	return delete(rq, NULL, err);
}

enum err_code dek_delete_version(struct request *rq, struct err *err)
{
	struct version_number version;

	TRY(api_version(rq, &version, err));
	return delete(rq, &version, err);
}

static enum err_code undelete(struct request *rq, const struct version_number *version, struct err *err)
{
	struct call call = api_call(rq);
	struct write *write;
	struct dek_id id;

	TRY(read_id(rq, &call, &id, err));
	TRY(registry_dek_undelete(&call, &id, version, &write, err));
	return api_commit(rq, write, done);
}

enum err_code deks_undelete(struct request *rq, struct err *err)
{
	return undelete(rq, NULL, err);
}

enum err_code dek_undelete_version(struct request *rq, struct err *err)
{
	struct version_number version;

	TRY(api_version(rq, &version, err));
	return undelete(rq, &version, err);
}
