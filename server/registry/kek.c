/* Key-encryption keys: create, change, delete softly and for good, undelete. */
#include "server/registry/dek_int.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"

enum { NAME_MOST = 256, KEK_DEPTH = 3 };

/* ---- documents ---- */

struct str key_text(const struct jsn *object, struct str name)
{
	const struct jsn *member = jsn_get_value(object, name);

	return member ? member->text : STR("");
}

bool key_flag(const struct jsn *object, struct str name)
{
	const struct jsn *member = jsn_get_value(object, name);

	return member && member->boolean;
}

static void add_text(struct buf *out, struct str label, struct str text)
{
	buf_add(out, label);
	buf_json_string(out, text);
}

static void add_props(struct buf *out, const struct kek *kek)
{
	buf_lit(out, ",\"kmsProps\":{");
	for (size_t i = 0; i < kek->n_props; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		buf_json_string(out, kek->props[i].key);
		buf_add_c(out, ':');
		buf_json_string(out, kek->props[i].value);
	}
	buf_add_c(out, '}');
}

struct str kek_print(struct arena *arena, const struct kek *kek)
{
	struct buf out = buf_make(arena, 256);

	add_text(&out, STR("{\"name\":"), kek->name);
	add_text(&out, STR(",\"kmsType\":"), kek->kms_type);
	add_text(&out, STR(",\"kmsKeyId\":"), kek->kms_key_id);
	add_props(&out, kek);
	if (str_present(kek->doc))
		add_text(&out, STR(",\"doc\":"), kek->doc);
	buf_add(&out, kek->shared ? STR(",\"shared\":true,\"ts\":") : STR(",\"shared\":false,\"ts\":"));
	buf_add_i64(&out, kek->ts);
	buf_add(&out, kek->deleted ? STR(",\"deleted\":true}") : STR("}"));
	return buf_str(&out);
}

static void parse_props(struct arena *arena, const struct jsn *object, struct kek *out)
{
	const struct jsn *props = jsn_get_value(object, STR("kmsProps"));
	struct metadata_property *list;

	if (!props)
		return;
	list = arena_array(arena, struct metadata_property, props->n_items);
	for (size_t i = 0; i < props->n_items; i++)
		list[i] = (struct metadata_property){ .key = props->items[i].name, .value = props->items[i].text };
	out->props = list;
	out->n_props = props->n_items;
}

static enum err_code parse(struct arena *arena, struct str body, struct kek *out, struct err *err)
{
	const struct jsn *object, *doc;

	TRY(jsn_parse(arena, body, JSN_SURROGATES, KEK_DEPTH, &object, err));
	doc = jsn_get_value(object, STR("doc"));
	*out = (struct kek){
		.name = key_text(object, STR("name")),
		.kms_type = key_text(object, STR("kmsType")),
		.kms_key_id = key_text(object, STR("kmsKeyId")),
		.doc = doc ? doc->text : STR_NONE,
		.shared = key_flag(object, STR("shared")),
		.deleted = key_flag(object, STR("deleted")),
	};
	(void)str_to_i64(key_text(object, STR("ts")), &out->ts);
	parse_props(arena, object, out);
	return OK;
}

/* ---- finding ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

enum err_code kek_check_name(struct str name, struct err *err)
{
	bool good = name.len > 0 && name.len <= NAME_MOST && is_letter(name.data[0]);

	for (size_t i = 1; good && i < name.len; i++)
		good = is_letter(name.data[i]) || (name.data[i] >= '0' && name.data[i] <= '9') || name.data[i] == '-';
	return good ? OK : err_raise(err, INVALID_KEY, "name");
}

enum err_code kek_find(struct call *call, struct str name, const struct kek **out, struct err *err)
{
	const struct view_document *document;
	struct kek *kek;

	TRY(view_document_find(call->view, call->arena, KEK_COLLECTION, name, &document, err));
	if (!document) {
		*out = NULL;
		return OK;
	}
	kek = arena_new(call->arena, struct kek);
	TRY(parse(call->arena, document->body, kek, err));
	*out = kek;
	return OK;
}

enum err_code kek_need(struct call *call, struct str name, bool deleted, const struct kek **out, struct err *err)
{
	const struct kek *kek;

	TRY(kek_find(call, name, &kek, err));
	if (!kek || (kek->deleted && !deleted))
		return err_raise(err, KEY_NOT_FOUND, STR_ARG(name));
	*out = kek;
	return OK;
}

enum err_code registry_kek_get(struct call *call, struct str name, bool deleted, const struct kek **out, struct err *err)
{
	TRY(kek_check_name(name, err));
	return kek_need(call, name, deleted, out, err);
}

static bool has_prefix(struct str subject, const struct str *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(subject, prefixes[i]))
			return true;
	return false;
}

/* DEKs come sorted by the name of their KEK. */
static enum err_code list_by_subject(struct call *call, const struct str *prefixes, size_t n_prefixes, bool deleted,
	const struct str **out, size_t *n_out, struct err *err)
{
	const struct dek *deks;
	struct str *names;
	size_t n, n_names = 0;

	TRY(dek_list(call, STR(""), deleted, &deks, &n, err));
	names = arena_array(call->arena, struct str, n);
	for (size_t i = 0; i < n; i++)
		if (has_prefix(deks[i].id.subject, prefixes, n_prefixes) &&
			(n_names == 0 || !str_eq(names[n_names - 1], deks[i].id.kek)))
			names[n_names++] = deks[i].id.kek;
	*out = names;
	*n_out = n_names;
	return OK;
}

enum err_code registry_kek_list(struct call *call, const struct str *prefixes, size_t n_prefixes, bool deleted,
	const struct str **out, size_t *n_out, struct err *err)
{
	const struct view_document *documents;
	struct str *names;
	size_t n, n_names = 0;

	if (n_prefixes > 0)
		return list_by_subject(call, prefixes, n_prefixes, deleted, out, n_out, err);
	TRY(view_documents(call->view, call->arena, KEK_COLLECTION, STR(""), &documents, &n, err));
	names = arena_array(call->arena, struct str, n);
	for (size_t i = 0; i < n; i++) {
		struct kek kek;

		TRY(parse(call->arena, documents[i].body, &kek, err));
		if (deleted || !kek.deleted)
			names[n_names++] = kek.name;
	}
	*out = names;
	*n_out = n_names;
	return OK;
}

/* ---- writing ---- */

enum err_code kek_refuse_kms(struct err *err, const char *what, struct str subject)
{
	return err_text(err, ERR_NO_KMS, str_printf(err->arena,
		"Could not %s for %.*s: this server has no key management service; encrypt the key in the client and send"
		" encryptedKeyMaterial", what, STR_ARG(subject)));
}

struct kek_change {
	struct str name;
	struct kek kek;              /* wanted, then the outcome */
	struct kek_update update;
	bool permanent;
};

static void emit(struct call *call, struct decision *decision, struct kek *kek)
{
	kek->ts = clock_wall_ms();
	store_emit(decision, &(struct record){
		.kind = RECORD_DOCUMENT_PUT,
		.collection = KEK_COLLECTION,
		.key = kek->name,
		.body = kek_print(call->arena, kek),
	});
}

/* But for being deleted, and when. */
static bool is_same(struct arena *arena, const struct kek *a, const struct kek *b)
{
	struct kek left = *a, right = *b;

	left.deleted = right.deleted = false;
	left.ts = right.ts = 0;
	return str_eq(kek_print(arena, &left), kek_print(arena, &right));
}

static enum err_code decide_create(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct kek_change *change = write->input;
	const struct kek *old;

	TRY(kek_find(call, change->name, &old, err));
	if (old && (old->deleted == change->kek.deleted || !is_same(call->arena, old, &change->kek)))
		return err_raise(err, KEY_EXISTS, STR_ARG(change->name));
	emit(call, decision, &change->kek);
	write->result = &change->kek;
	return OK;
}

/* The three services the reference knows, under the one name each has. */
static struct str normal_type(struct str type)
{
	static const struct {
		const char *begin, *name;
	} known[] = { { "aws", "aws-kms" }, { "azure", "azure-kms" }, { "gcp", "gcp-kms" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct str begin = str_of(known[i].begin);

		if (str_eq_nocase(str_sub(type, 0, begin.len), begin))
			return str_of(known[i].name);
	}
	return type;
}

enum err_code registry_kek_create(struct call *call, const struct kek *kek, bool test_sharing, struct write **write,
	struct err *err)
{
	struct kek_change *change = arena_new(call->arena, struct kek_change);

	TRY(kek_check_name(kek->name, err));
	if (kek->kms_key_id.len == 0)
		return err_raise(err, INVALID_KEY, "kmsKeyId");
	if (!str_present(kek->kms_type))
		return err_raise(err, INVALID_KEY, "kmsType");
	if (test_sharing && kek->shared)
		return kek_refuse_kms(err, "generate a test key", kek->name);
	*change = (struct kek_change){ .name = kek->name, .kek = *kek };
	change->kek.kms_type = normal_type(kek->kms_type);
	*write = write_create(call, decide_create, change);
	return OK;
}

static enum err_code decide_update(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct kek_change *change = write->input;
	const struct kek_update *update = &change->update;
	const struct kek *old;

	TRY(kek_need(call, change->name, false, &old, err));
	change->kek = *old;
	if (update->has_props) {
		change->kek.props = update->props;
		change->kek.n_props = update->n_props;
	}
	if (update->has_doc)
		change->kek.doc = update->doc;
	if (update->has_shared)
		change->kek.shared = update->shared;
	if (!is_same(call->arena, old, &change->kek))
		emit(call, decision, &change->kek);
	write->result = &change->kek;
	return OK;
}

enum err_code registry_kek_update(struct call *call, struct str name, const struct kek_update *update, struct write **write,
	struct err *err)
{
	struct kek_change *change = arena_new(call->arena, struct kek_change);

	TRY(kek_check_name(name, err));
	*change = (struct kek_change){ .name = name, .update = *update };
	*write = write_create(call, decide_update, change);
	return OK;
}

const struct kek *registry_kek_result(const struct write *write)
{
	return write->result;
}

static enum err_code decide_delete(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct kek_change *change = write->input;
	const struct kek *old;
	const struct dek *deks;
	size_t n;

	TRY(kek_need(call, change->name, true, &old, err));
	TRY(dek_list(call, change->name, change->permanent, &deks, &n, err));
	if (n > 0)
		return err_raise(err, KEY_REFERENCE_EXISTS, STR_ARG(change->name));
	if (change->permanent && !old->deleted)
		return err_raise(err, KEY_NOT_SOFT_DELETED, STR_ARG(change->name));
	change->kek = *old;
	change->kek.deleted = true;
	if (change->permanent)
		store_emit(decision, &(struct record){
			.kind = RECORD_DOCUMENT_DELETE,
			.collection = KEK_COLLECTION,
			.key = change->name,
		});
	else if (!old->deleted)
		emit(call, decision, &change->kek);
	return OK;
}

enum err_code registry_kek_delete(struct call *call, struct str name, bool permanent, struct write **write, struct err *err)
{
	struct kek_change *change = arena_new(call->arena, struct kek_change);

	TRY(kek_check_name(name, err));
	*change = (struct kek_change){ .name = name, .permanent = permanent };
	*write = write_create(call, decide_delete, change);
	return OK;
}

static enum err_code decide_undelete(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct kek_change *change = write->input;
	const struct kek *old;

	TRY(kek_need(call, change->name, true, &old, err));
	change->kek = *old;
	change->kek.deleted = false;
	if (old->deleted)
		emit(call, decision, &change->kek);
	return OK;
}

enum err_code registry_kek_undelete(struct call *call, struct str name, struct write **write, struct err *err)
{
	struct kek_change *change = arena_new(call->arena, struct kek_change);

	TRY(kek_check_name(name, err));
	change->name = name;
	*write = write_create(call, decide_undelete, change);
	return OK;
}

enum err_code registry_kek_test(struct call *call, struct str name, struct err *err)
{
	const struct kek *kek;

	TRY(registry_kek_get(call, name, false, &kek, err));
	if (!kek->shared)
		return err_raise(err, INVALID_KEY, "shared");
	return kek_refuse_kms(err, "generate a test key", name);
}
