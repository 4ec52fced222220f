/* Data-encryption keys: kept encrypted, by KEK, subject, algorithm and version. */
#include "server/registry/dek_int.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"

#define DEFAULT_ALGORITHM STR("AES256_GCM")

enum { DEK_DEPTH = 2 };

bool dek_algorithm_find(struct str name)
{
	return str_eq(name, DEFAULT_ALGORITHM) || str_eq(name, STR("AES128_GCM")) || str_eq(name, STR("AES256_SIV"));
}

/* ---- documents ---- */

/* U+001F sorts before all that subjects hold (control characters are refused). */
static struct str prefix_of(struct arena *arena, const struct dek_id *id)
{
	return str_printf(arena, "%.*s\x1f%.*s\x1f%.*s\x1f", STR_ARG(id->kek), STR_ARG(id->subject), STR_ARG(id->algorithm));
}

static struct str key_of(struct arena *arena, const struct dek_id *id, int version)
{
	return str_concat(arena, prefix_of(arena, id), str_printf(arena, "%010d", version));
}

static void add_text(struct buf *out, struct str label, struct str text)
{
	buf_add(out, label);
	buf_json_string(out, text);
}

struct str dek_print(struct arena *arena, const struct dek *dek)
{
	struct buf out = buf_make(arena, 256);

	add_text(&out, STR("{\"kekName\":"), dek->id.kek);
	add_text(&out, STR(",\"subject\":"), dek->id.subject);
	buf_printf(&out, ",\"version\":%d", dek->version);
	add_text(&out, STR(",\"algorithm\":"), dek->id.algorithm);
	add_text(&out, STR(",\"encryptedKeyMaterial\":"), dek->material);
	buf_lit(&out, ",\"ts\":");
	buf_add_i64(&out, dek->ts);
	buf_add(&out, dek->deleted ? STR(",\"deleted\":true}") : STR("}"));
	return buf_str(&out);
}

static enum err_code parse(struct arena *arena, struct str body, struct dek *out, struct err *err)
{
	const struct jsn *object;
	int32_t version = 0;

	TRY(jsn_parse(arena, body, JSN_SURROGATES, DEK_DEPTH, &object, err));
	(void)str_to_i32(key_text(object, STR("version")), &version);
	*out = (struct dek){
		.id = {
			.kek = key_text(object, STR("kekName")),
			.subject = key_text(object, STR("subject")),
			.algorithm = key_text(object, STR("algorithm")),
		},
		.version = version,
		.material = key_text(object, STR("encryptedKeyMaterial")),
		.deleted = key_flag(object, STR("deleted")),
	};
	(void)str_to_i64(key_text(object, STR("ts")), &out->ts);
	return OK;
}

static enum err_code list_prefix(struct call *call, struct str prefix, bool deleted, const struct dek **out, size_t *n_out,
	struct err *err)
{
	const struct view_document *documents;
	struct dek *list;
	size_t n, n_list = 0;

	TRY(view_documents(call->view, call->arena, DEK_COLLECTION, prefix, &documents, &n, err));
	list = arena_array(call->arena, struct dek, n);
	for (size_t i = 0; i < n; i++) {
		TRY(parse(call->arena, documents[i].body, &list[n_list], err));
		n_list += deleted || !list[n_list].deleted;
	}
	*out = list;
	*n_out = n_list;
	return OK;
}

enum err_code dek_list(struct call *call, struct str kek, bool deleted, const struct dek **out, size_t *n_out,
	struct err *err)
{
	struct str prefix = kek.len > 0 ? str_concat(call->arena, kek, STR("\x1f")) : STR("");

	return list_prefix(call, prefix, deleted, out, n_out, err);
}

/* ---- asking ---- */

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < 0x20 || c == 0x7f || (c == 0xc2 && i + 1 < text.len && (unsigned char)text.data[i + 1] < 0xa0))
			return true;
	}
	return false;
}

/* The names are well-formed and the algorithm is filled in. */
static enum err_code check(const struct dek_id *id, struct dek_id *out, struct err *err)
{
	TRY(kek_check_name(id->kek, err));
	if (id->subject.len == 0 || has_control(id->subject))
		return err_raise(err, INVALID_KEY, "subject");
	*out = *id;
	if (id->algorithm.len == 0)
		out->algorithm = DEFAULT_ALGORITHM;
	return OK;
}

enum err_code registry_dek_subjects(struct call *call, struct str kek, bool deleted, const struct str **out, size_t *n_out,
	struct err *err)
{
	const struct kek *found;
	const struct dek *deks;
	struct str *subjects;
	size_t n, n_subjects = 0;

	TRY(registry_kek_get(call, kek, deleted, &found, err));
	TRY(dek_list(call, found->name, deleted, &deks, &n, err));
	subjects = arena_array(call->arena, struct str, n);
	for (size_t i = 0; i < n; i++)
		if (n_subjects == 0 || !str_eq(subjects[n_subjects - 1], deks[i].id.subject))
			subjects[n_subjects++] = deks[i].id.subject;
	*out = subjects;
	*n_out = n_subjects;
	return OK;
}

enum err_code registry_dek_versions(struct call *call, const struct dek_id *id, bool deleted, const int **out, size_t *n_out,
	struct err *err)
{
	struct dek_id wanted;
	const struct kek *kek;
	const struct dek *deks;
	int *versions;
	size_t n;

	TRY(check(id, &wanted, err));
	TRY(kek_need(call, wanted.kek, deleted, &kek, err));
	TRY(list_prefix(call, prefix_of(call->arena, &wanted), deleted, &deks, &n, err));
	versions = arena_array(call->arena, int, n);
	for (size_t i = 0; i < n; i++)
		versions[i] = deks[i].version;
	*out = versions;
	*n_out = n;
	return OK;
}

/* Those of one version, of the latest one, or of all (version NULL); 40470 when there are none. */
static enum err_code find(struct call *call, const struct dek_id *id, const struct version_number *version, bool deleted,
	const struct dek **out, size_t *n_out, struct err *err)
{
	struct str key = version && !version->latest ? key_of(call->arena, id, version->number) : prefix_of(call->arena, id);

	TRY(list_prefix(call, key, deleted, out, n_out, err));
	if (*n_out == 0)
		return err_raise(err, KEY_NOT_FOUND, STR_ARG(id->subject));
	if (version && version->latest) {
		*out += *n_out - 1;
		*n_out = 1;
	}
	return OK;
}

enum err_code registry_dek_get(struct call *call, const struct dek_id *id, struct version_number version, bool deleted,
	const struct dek **out, struct err *err)
{
	struct dek_id wanted;
	const struct kek *kek;
	size_t n;

	TRY(check(id, &wanted, err));
	TRY(kek_need(call, wanted.kek, deleted, &kek, err));
	return find(call, &wanted, &version, deleted, out, &n, err);
}

enum err_code registry_dek_alias(struct call *call, struct str subject, struct str *out, struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	struct config config;
	bool found = false;

	if (name.len > 0)
		TRY(scope_config_entry(call, name, &found, &config, err));
	if (found && str_present(config.alias_for_deks) && config.alias_for_deks.len > 0) {
		*out = registry_alias_target(call->arena, name, config.alias_for_deks);
		return OK;
	}
	return registry_alias(call, subject, out, err);
}

/* ---- writing ---- */

struct dek_change {
	struct dek dek;              /* wanted, then the outcome */
	bool rewrap;
	struct dek_id id;
	bool has_version;
	struct version_number version;
	bool permanent;
	bool undelete;
};

static void emit(struct call *call, struct decision *decision, struct dek *dek)
{
	dek->ts = clock_wall_ms();
	store_emit(decision, &(struct record){
		.kind = RECORD_DOCUMENT_PUT,
		.collection = DEK_COLLECTION,
		.key = key_of(call->arena, &dek->id, dek->version),
		.body = dek_print(call->arena, dek),
	});
}

static enum err_code find_version(struct call *call, const struct dek *dek, const struct dek **out, struct err *err)
{
	struct str key = key_of(call->arena, &dek->id, dek->version);
	size_t n;

	TRY(list_prefix(call, key, true, out, &n, err));
	if (n == 0)
		*out = NULL;
	return OK;
}

static enum err_code decide_create(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct dek_change *change = write->input;
	const struct dek *old;
	const struct kek *kek;
	struct dek *dek = &change->dek;

	TRY(kek_need(call, dek->id.kek, dek->deleted, &kek, err));
	TRY(find_version(call, dek, &old, err));
	/* The same key again undeletes the one that is deleted. */
	if (old && !change->rewrap && (old->deleted == dek->deleted || (dek->material.len > 0 && !str_eq(old->material, dek->material))))
		return err_raise(err, KEY_EXISTS, STR_ARG(dek->id.subject));
	if (dek->material.len == 0)
		return kek->shared ? kek_refuse_kms(err, "generate an encrypted dek", dek->id.subject) :
			err_raise(err, INVALID_KEY, "encryptedKeyMaterial");
	if (kek->shared && old)
		return err_raise(err, KEY_EXISTS, STR_ARG(dek->id.subject));
	emit(call, decision, dek);
	write->result = dek;
	return OK;
}

enum err_code registry_dek_create(struct call *call, const struct dek *dek, bool rewrap, struct write **write,
	struct err *err)
{
	struct dek_change *change = arena_new(call->arena, struct dek_change);

	*change = (struct dek_change){ .dek = *dek, .rewrap = rewrap };
	TRY(check(&dek->id, &change->dek.id, err));
	if (dek->version < 1)
		return err_raise(err, INVALID_KEY, "version");
	*write = write_create(call, decide_create, change);
	return OK;
}

const struct dek *registry_dek_result(const struct write *write)
{
	return write->result;
}

static void emit_purge(struct call *call, struct decision *decision, const struct dek *dek)
{
	store_emit(decision, &(struct record){
		.kind = RECORD_DOCUMENT_DELETE,
		.collection = DEK_COLLECTION,
		.key = key_of(call->arena, &dek->id, dek->version),
	});
}

static void mark_all(struct call *call, struct decision *decision, const struct dek *deks, size_t n, bool deleted)
{
	for (size_t i = 0; i < n; i++) {
		struct dek dek = deks[i];

		if (dek.deleted == deleted)
			continue;
		dek.deleted = deleted;
		emit(call, decision, &dek);
	}
}

static enum err_code decide_change(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct dek_change *change = write->input;
	const struct version_number *version = change->has_version ? &change->version : NULL;
	const struct kek *kek;
	const struct dek *deks;
	size_t n;

	TRY(kek_need(call, change->id.kek, true, &kek, err));
	TRY(find(call, &change->id, version, true, &deks, &n, err));
	if (change->undelete && kek->deleted)
		return err_raise(err, KEY_SOFT_DELETED, STR_ARG(kek->name));
	if (!change->permanent) {
		mark_all(call, decision, deks, n, !change->undelete);
		return OK;
	}
	for (size_t i = 0; i < n; i++)
		if (!deks[i].deleted)
			return err_raise(err, KEY_NOT_SOFT_DELETED, STR_ARG(change->id.subject));
	for (size_t i = 0; i < n; i++)
		emit_purge(call, decision, &deks[i]);
	return OK;
}

static enum err_code prepare_change(struct call *call, const struct dek_id *id, const struct version_number *version,
	struct dek_change **out, struct write **write, struct err *err)
{
	struct dek_change *change = arena_new(call->arena, struct dek_change);

	TRY(check(id, &change->id, err));
	if (version) {
		change->has_version = true;
		change->version = *version;
	}
	*out = change;
	*write = write_create(call, decide_change, change);
	return OK;
}

enum err_code registry_dek_delete(struct call *call, const struct dek_id *id, const struct version_number *version,
	bool permanent, struct write **write, struct err *err)
{
	struct dek_change *change;

	TRY(prepare_change(call, id, version, &change, write, err));
	change->permanent = permanent;
	return OK;
}

enum err_code registry_dek_undelete(struct call *call, const struct dek_id *id, const struct version_number *version,
	struct write **write, struct err *err)
{
	struct dek_change *change;

	TRY(prepare_change(call, id, version, &change, write, err));
	change->undelete = true;
	return OK;
}
