/*
 * Registration (contract 3.3, 5.2, 5.3).  The whole judgement runs on the caller's thread first, where
 * it may refuse or find the content; what is new goes to the writer thread with the state it was judged
 * against, and is judged again only when that state is no longer the newest.
 */
#include "base/arena.h"
#include "server/registry/association.h"
#include "server/registry/judge_int.h"
#include "server/registry/parts_int.h"
#include "server/registry/refusal.h"

/* What a judgement depended on: when all of it is unchanged, so is the verdict. */
struct basis {
	uint64_t head;               /* of the log: while it is the same, nothing at all has changed */
	const struct view_version_head *heads;
	size_t n_heads;
	struct str config;
	enum registry_mode mode;
	bool references;             /* of other subjects: their state is not covered here */
};

struct registration {
	struct str subject;
	const struct new_schema *sent;
	const struct new_schema *schema; /* what was sent, its tags changed */
	struct basis basis;
	struct content content;
	struct shown_version judged; /* what the judgement found; version NULL: a new one is to be made */
	struct shown_version done;
	const struct rule_set *answered; /* rules that are answered and not stored, as the stock reference does; or NULL */
	const struct registration *earlier; /* decided before in the same write: what it makes is not in the view yet */
};

static bool importing(enum registry_mode mode)
{
	return mode == MODE_IMPORT || mode == MODE_FORWARD;
}

static bool has_id(const struct new_schema *schema)
{
	return schema->has_id && schema->id >= 0;
}

static bool has_version(const struct new_schema *schema)
{
	return schema->has_version && schema->version != 0;
}

static enum err_code check_mode(struct call *call, const struct registration *reg, enum registry_mode mode, struct err *err)
{
	switch (mode) {
	case MODE_READONLY:
	case MODE_READONLY_OVERRIDE:
		return scope_not_permitted(call, reg->subject, "read-only", true, err);
	case MODE_IMPORT:
	case MODE_FORWARD:
		return has_id(reg->schema) ? OK : scope_not_permitted(call, reg->subject, "read-write", false, err);
	default:
		return has_id(reg->schema) ? scope_not_permitted(call, reg->subject, "import", false, err) : OK;
	}
}

static enum err_code find_existing(struct call *call, struct registration *reg, const struct content *content,
	struct err *err)
{
	const struct equivalent_search search = {
		.subject = reg->subject,
		.content = content,
		.has_id = has_id(reg->schema),
		.id = reg->schema->id,
	};

	return equivalent_find(call, &search, &reg->done, err);
}

/*
 * The look before anything is checked: content that is there is answered in every mode.  With an
 * explicit version only the very same content at that version counts.
 */
static enum err_code look_first(struct call *call, struct registration *reg, const struct config *config, struct err *err)
{
	struct content content;

	if (config->default_metadata || config->override_metadata || config->default_rule_set || config->override_rule_set ||
		str_trim(reg->schema->text).len == 0)
		return OK;
	TRY(content_make(call, reg->subject, reg->schema, content_normalize_flag(reg->schema, config), &content, err));
	TRY(find_existing(call, reg, &content, err));
	if (reg->done.version && has_version(reg->schema) &&
		(reg->done.stored || reg->done.version->version != reg->schema->version))
		reg->done.version = NULL;
	return OK;
}

static int next_version(const struct basis *basis)
{
	return basis->n_heads > 0 ? basis->heads[basis->n_heads - 1].version + 1 : 1;
}

/* Contract 5.3 step 5; *schema is the caller's copy. */
static void inherit(struct call *call, const struct basis *basis, const struct config *config,
	const struct view_version *latest, struct new_schema *schema)
{
	const struct metadata *metadata = schema->metadata;

	if (latest && str_trim(schema->text).len == 0)
		content_as_sent(call->arena, latest, schema);
	if (!metadata && latest)
		metadata = metadata_parse(call->arena, latest->metadata);
	metadata = metadata_merge(call->arena, config->default_metadata, metadata);
	metadata = metadata_merge(call->arena, metadata, config->override_metadata);
	if (has_version(schema) || str_present(metadata_get(metadata, METADATA_VERSION)))
		metadata = metadata_with(call->arena, metadata, METADATA_VERSION,
			str_printf(call->arena, "%d", next_version(basis)));
	schema->metadata = metadata;
	schema->rule_set = content_rules(call, config, schema->rule_set, latest);
}

/* The messages that are findings: the others tell the version, its text, and the settings. */
static size_t count_findings(const struct compat_verdict *verdict)
{
	static const struct str others[] = { STR("{oldSchemaVersion:"), STR("{oldSchema:"), STR("{validateFields:") };
	size_t n = verdict->n_messages;

	for (size_t i = 0; i < verdict->n_messages; i++)
		for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
			n -= str_starts(verdict->messages[i], others[k]);
	return n;
}

static const struct refused *note_refused(struct call *call, const struct registration *reg, const struct config *config,
	const struct new_schema *schema, const struct compat_verdict *verdict)
{
	struct refused *refused = arena_new(call->arena, struct refused);

	*refused = (struct refused){
		.subject = reg->subject,
		.schema = schema,
		.level = config->level,
		.policy = config->policy == POLICY_UNSET ? POLICY_STRICT : config->policy,
		.newest = next_version(&reg->basis) - 1,
		.n_findings = count_findings(verdict),
	};
	return refused;
}

static enum err_code check_compatible(struct call *call, struct registration *reg, const struct config *config,
	const struct new_schema *schema, struct err *err)
{
	struct compat_history history;
	struct compat_verdict verdict;

	TRY(view_versions(call->view, call->arena, reg->subject, VIEW_LIVE, &history.versions, &history.n_versions, err));
	TRY(compat_judge(call, config, &reg->content, &history, &verdict, err));
	if (verdict.compatible)
		return OK;
	err->detail = note_refused(call, reg, config, schema, &verdict);
	return err_text(err, ERR_INCOMPATIBLE, compat_refusal(call->arena, reg->subject, &verdict));
}

static enum err_code take_basis(struct call *call, struct registration *reg, struct config *config, struct err *err)
{
	struct basis *basis = &reg->basis;
	struct view_counts counts;

	TRY(view_counts(call->view, &counts, err));
	basis->head = counts.head;
	TRY(scope_config(call, reg->subject, config, err));
	TRY(scope_mode(call, reg->subject, &basis->mode, err));
	TRY(view_version_heads(call->view, call->arena, reg->subject, VIEW_ALL, &basis->heads, &basis->n_heads, err));
	basis->config = config_print(call->arena, config, CONFIG_STORED);
	basis->references = reg->schema->n_references > 0;
	return OK;
}

/* In IMPORT and FORWARD mode ids and versions are taken as given and nothing is validated or inherited. */
static enum err_code judge_import(struct call *call, struct registration *reg, struct err *err)
{
	TRY(content_make(call, reg->subject, reg->schema, 0, &reg->content, err));
	if (!has_version(reg->schema))
		TRY(find_existing(call, reg, &reg->content, err));
	return OK;
}

/* A subject that belongs to a topic is no library for others. */
static enum err_code check_not_owned(struct call *call, const struct content *content, struct err *err)
{
	for (size_t i = 0; i < content->n_references; i++) {
		struct str target = content->references[i].target;
		bool owned;

		TRY(association_exists(call, target, LIFECYCLE_STRONG, &owned, err));
		if (owned)
			return err_text(err, ERR_OPERATION_NOT_PERMITTED, str_printf(call->arena,
				"Subject '%.*s' has a strong association and cannot be referenced", STR_ARG(target)));
	}
	return OK;
}

static enum err_code judge_new(struct call *call, struct registration *reg, const struct config *config, struct err *err)
{
	struct new_schema *schema = arena_new(call->arena, struct new_schema);
	const struct view_version *latest;
	unsigned flags = content_normalize_flag(reg->schema, config) | content_strict_flag(call->registry, config);

	*schema = *reg->schema;
	TRY(view_latest_find(call->view, call->arena, reg->subject, VIEW_LIVE, &latest, err));
	inherit(call, &reg->basis, config, latest, schema);
	TRY(content_make(call, reg->subject, schema, flags, &reg->content, err));
	TRY(check_not_owned(call, &reg->content, err));
	if (!has_version(schema))
		TRY(find_existing(call, reg, &reg->content, err));
	if (reg->done.version)
		return OK;
	if (!reg->schema->force)
		TRY(check_compatible(call, reg, config, schema, err));
	if (has_version(schema) && schema->version > 0 && schema->version != next_version(&reg->basis))
		return err_text(err, ERR_INVALID_SCHEMA, STR("Version is not one more than previous version"));
	return OK;
}

/* The whole judgement against the call's view: refused, found (reg->done), or new (reg->content). */
static enum err_code judge_now(struct call *call, struct registration *reg, struct err *err)
{
	struct config config;

	reg->done.version = NULL;
	reg->schema = reg->sent;
	TRY(take_basis(call, reg, &config, err));
	if (content_retag_asked(reg->sent))
		TRY(content_retag(call, reg->subject, !importing(reg->basis.mode), &reg->schema, err));
	else
		TRY(look_first(call, reg, &config, err));
	if (reg->done.version)
		return OK;
	TRY(check_mode(call, reg, reg->basis.mode, err));
	if (importing(reg->basis.mode))
		return judge_import(call, reg, err);
	return judge_new(call, reg, &config, err);
}

static enum err_code judge(struct call *call, struct registration *reg, struct err *err)
{
	TRY(judge_now(call, reg, err));
	reg->judged = reg->done;
	return OK;
}

static enum err_code basis_unchanged(struct call *call, const struct registration *reg, bool *out, struct err *err)
{
	struct registration now = { .subject = reg->subject, .schema = reg->schema };
	struct view_counts counts;
	struct config config;

	TRY(view_counts(call->view, &counts, err));
	*out = counts.head == reg->basis.head;
	if (*out)
		return OK;
	TRY(take_basis(call, &now, &config, err));
	if (reg->basis.references || now.basis.mode != reg->basis.mode || now.basis.n_heads != reg->basis.n_heads ||
		!str_eq(now.basis.config, reg->basis.config))
		return OK;
	for (size_t i = 0; i < now.basis.n_heads; i++) {
		const struct view_version_head *a = &now.basis.heads[i], *b = &reg->basis.heads[i];

		if (a->version != b->version || a->id != b->id || a->deleted != b->deleted)
			return OK;
	}
	*out = true;
	return OK;
}

/* Without a decision the registration is only tried. */
static void emit(struct decision *decision, const struct record *record)
{
	if (decision)
		store_emit(decision, record);
}

static enum err_code emit_context(struct call *call, struct decision *decision, struct str context, struct err *err)
{
	const struct str *contexts;
	size_t n;

	if (str_eq(context, CONTEXT_DEFAULT))
		return OK;
	TRY(view_list_contexts(call->view, call->arena, &contexts, &n, err));
	for (size_t i = 0; i < n; i++)
		if (str_eq(contexts[i], context))
			return OK;
	emit(decision, &(struct record){ .kind = RECORD_CONTEXT_PUT, .context = context });
	return OK;
}

/* Older soft-deleted versions with the same id vanish, unless something refers to them (contract 5.9). */
static enum err_code emit_superseded(struct call *call, struct decision *decision, const struct registration *reg, int id,
	struct err *err)
{
	const struct basis *basis = &reg->basis;

	for (size_t i = 0; i < basis->n_heads; i++) {
		const struct view_version_head *referrers;
		size_t n;

		if (!basis->heads[i].deleted || basis->heads[i].id != id)
			continue;
		TRY(view_referrers(call->view, call->arena, reg->subject, basis->heads[i].version, VIEW_ALL, &referrers, &n, err));
		if (n == 0)
			emit(decision, &(struct record){
				.kind = RECORD_VERSION_PURGE,
				.subject = reg->subject,
				.version = basis->heads[i].version,
			});
	}
	return OK;
}

/* An id may stand for one content only, within its context; one whose version was overwritten stands for none. */
static enum err_code check_id_free(struct call *call, const struct registration *reg, struct str context, int id,
	struct err *err)
{
	const struct view_version *user;

	TRY(view_id_find(call->view, call->arena, context, id, &user, err));
	if (!user || user->id != id || memcmp(user->digest, reg->content.digest, MD5_BYTES) == 0)
		return OK;
	return err_text(err, ERR_OPERATION_NOT_PERMITTED,
		str_printf(call->arena, "Overwrite new schema with id %d in context %.*s is not permitted.", id,
			STR_ARG(subject_context_shown(call->arena, reg->subject))));
}

/* Raises *id to what the write has given out already; true when that was for the same content. */
static bool id_of_earlier(const struct registration *reg, struct str context, int *id)
{
	for (const struct registration *other = reg->earlier; other; other = other->earlier) {
		const struct view_version *made = other->done.version;

		if (!made || !str_eq(subject_split(made->subject).context, context))
			continue;
		if (memcmp(made->digest, reg->content.digest, MD5_BYTES) == 0) {
			*id = made->id;
			return true;
		}
		if (made->id > *id)
			*id = made->id;
	}
	return false;
}

static enum err_code choose_id(struct call *call, const struct registration *reg, struct str context, int *out,
	struct err *err)
{
	bool known;

	if (has_id(reg->schema)) {
		*out = reg->schema->id;
		return check_id_free(call, reg, context, *out, err);
	}
	TRY(view_content_id(call->view, context, reg->content.digest, &known, out, err));
	if (known)
		return OK;
	TRY(view_max_id(call->view, context, out, err));
	if (id_of_earlier(reg, context, out))
		return OK;
	if (*out >= INT32_MAX)
		return err_raise(err, INTERNAL);
	++*out;
	return OK;
}

static const struct view_version *made_version(struct arena *arena, const struct record *record)
{
	struct view_version *version = arena_new(arena, struct view_version);

	*version = (struct view_version){
		.subject = record->subject,
		.context = record->context,
		.version = record->version,
		.id = record->id,
		.schema_type = record->schema_type,
		.text = record->text,
		.references = record->references,
		.n_references = record->n_references,
		.metadata = record->metadata,
		.rule_set = record->rule_set,
	};
	memcpy(version->digest, record->digest, MD5_BYTES);
	return version;
}

/* Those that a version inherits from a time when rule sets were kept; contract 5.10. */
static void drop_rules(struct call *call, struct content *content)
{
	if (call->registry->options.keep_rule_sets || !content->rule_set)
		return;
	content->rule_set = NULL;
	content_digest(call->arena, content);
}

/* With rule sets dropped, a tags request is answered with the rules it asked for, and their guid (contract 2.3). */
static const struct view_version *answered_version(struct call *call, const struct registration *reg,
	const struct view_version *made)
{
	struct view_version *shown = arena_new(call->arena, struct view_version);
	struct content content = reg->content;

	content.rule_set = reg->answered;
	content_digest(call->arena, &content);
	*shown = *made;
	shown->rule_set = ruleset_print(call->arena, reg->answered);
	memcpy(shown->digest, content.digest, MD5_BYTES);
	return shown;
}

static enum err_code make_version(struct call *call, struct registration *reg, struct decision *decision, struct err *err)
{
	struct str context = subject_split(reg->subject).context;
	struct record record = {
		.kind = RECORD_VERSION_PUT,
		.subject = reg->subject,
		.context = context,
		.schema_type = schema_type_name(reg->content.type),
		.text = reg->content.text,
		.references = reg->content.references,
		.n_references = reg->content.n_references,
		.metadata = metadata_print(call->arena, reg->content.metadata),
		.rule_set = ruleset_print(call->arena, reg->content.rule_set),
	};
	bool given = has_version(reg->schema) && reg->schema->version > 0 && importing(reg->basis.mode);

	memcpy(record.digest, reg->content.digest, MD5_BYTES);
	record.version = given ? reg->schema->version : next_version(&reg->basis);
	TRY(choose_id(call, reg, context, &record.id, err));
	TRY(emit_context(call, decision, context, err));
	if (!importing(reg->basis.mode))
		TRY(emit_superseded(call, decision, reg, record.id, err));
	emit(decision, &record);
	reg->done = (struct shown_version){ .version = made_version(call->arena, &record), .stored = false };
	if (reg->answered)
		reg->done.version = answered_version(call, reg, reg->done.version);
	return OK;
}

enum err_code registration_decide(struct call *call, struct registration *reg, const struct registration *earlier,
	struct decision *decision, struct shown_version *out, struct err *err)
{
	bool unchanged;

	reg->earlier = earlier;
	TRY(basis_unchanged(call, reg, &unchanged, err));
	if (!unchanged)
		TRY(judge(call, reg, err));
	reg->done = reg->judged; /* without what an earlier try made, when the log had moved on */
	if (!reg->done.version) {
		drop_rules(call, &reg->content);
		TRY(make_version(call, reg, decision, err));
	}
	*out = reg->done;
	return OK;
}

bool registration_is_new(const struct registration *reg)
{
	return !reg->judged.version;
}

static enum err_code decide(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct registration *reg = write->input;
	struct shown_version done;

	TRY(registration_decide(call, reg, NULL, decision, &done, err));
	write->result = reg;
	return OK;
}

/* Rule sets are checked before anything else, or dropped when they are not to be kept (contract 5.10). */
static enum err_code admit_rules(struct call *call, const struct new_schema *sent, struct registration *reg, struct err *err)
{
	struct new_schema *without;

	reg->sent = sent;
	if (call->registry->options.keep_rule_sets || !sent->rule_set)
		return ruleset_check(sent->rule_set, err);
	without = arena_new(call->arena, struct new_schema);
	*without = *sent;
	without->rule_set = NULL;
	reg->sent = without;
	reg->answered = sent->retag ? sent->rule_set : NULL;
	return OK;
}

enum err_code registration_prepare(struct call *call, struct str subject, const struct new_schema *schema,
	struct registration **out, struct err *err)
{
	struct registration *reg = arena_new(call->arena, struct registration);

	reg->subject = subject_normalize(call->arena, subject);
	TRY(admit_rules(call, schema, reg, err));
	TRY(subject_check_register(reg->subject, err));
	TRY(judge(call, reg, err));
	*out = reg;
	return OK;
}

enum err_code registry_register(struct call *call, struct str subject, const struct new_schema *schema,
	struct shown_version *out, struct write **write, struct err *err)
{
	struct registration *reg;
	enum err_code code;

	*write = NULL;
	TRY(view_begin(call->view, err));
	code = registration_prepare(call, subject, schema, &reg, err);
	view_end(call->view);
	TRY(code);
	if (reg->judged.version)
		*out = reg->judged;
	else
		*write = write_create(call, decide, reg);
	return OK;
}

struct shown_version registry_register_result(const struct write *write)
{
	const struct registration *reg = write->result;

	return reg->done;
}
