/* Deleting versions, subjects and contexts, softly and for good (contract 3.3, 5.6 to 5.8). */
#include "base/arena.h"
#include "server/registry/association.h"
#include "server/registry/parts_int.h"

struct deletion {
	struct str subject;          /* qualified; or the context as shown for registry_context_delete */
	struct str shown;            /* as the client wrote it, for messages */
	struct version_number version;
	bool permanent;
	int *numbers;                /* what went away */
	size_t n_numbers;
};

enum err_code check_unreferenced(struct call *call, struct str subject, int version, enum view_deleted which,
	struct str except_subject, struct err *err)
{
	const struct view_version_head *referrers;
	size_t n;

	TRY(view_referrers(call->view, call->arena, subject, version, which, &referrers, &n, err));
	for (size_t i = 0; i < n; i++)
		if (!str_present(except_subject) || !str_eq(referrers[i].subject, except_subject))
			return err_raise(err, REFERENCE_EXISTS, STR_ARG(subject), version);
	return OK;
}

/* When the last version goes for good, so do the subject's mode and configuration. */
static enum err_code emit_entries_delete(struct call *call, struct decision *decision, struct str subject, struct err *err)
{
	struct str mode, config;

	TRY(view_mode_find(call->view, call->arena, subject, &mode, err));
	TRY(view_config_find(call->view, call->arena, subject, &config, err));
	if (str_present(mode))
		store_emit(decision, &(struct record){ .kind = RECORD_MODE_DELETE, .subject = subject });
	if (str_present(config))
		store_emit(decision, &(struct record){ .kind = RECORD_CONFIG_DELETE, .subject = subject });
	return OK;
}

static enum err_code find_version(struct call *call, const struct deletion *del, const struct view_version **out,
	struct err *err)
{
	const struct view_version *any;
	enum view_deleted which = del->permanent ? VIEW_ALL : VIEW_LIVE;

	if (del->version.latest)
		TRY(view_latest_find(call->view, call->arena, del->subject, VIEW_LIVE, out, err));
	else
		TRY(view_version_find(call->view, call->arena, del->subject, del->version.number, VIEW_ALL, out, err));
	if (*out && (*out)->deleted && !del->permanent)
		return err_raise(err, VERSION_SOFT_DELETED, STR_ARG(del->shown), (*out)->version);
	if (*out)
		return OK;
	TRY(view_latest_find(call->view, call->arena, del->subject, which, &any, err));
	if (!any)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(del->shown));
	return err_raise(err, VERSION_NOT_FOUND, del->version.number);
}

/* Whom an association leads to must have a version. */
static enum err_code check_not_last(struct call *call, const struct deletion *del, const struct view_version_head *heads,
	size_t n, struct err *err)
{
	bool associated;
	size_t n_live = 0;

	for (size_t i = 0; i < n; i++)
		n_live += !heads[i].deleted;
	if (del->permanent || n_live > 1)
		return OK;
	TRY(association_exists(call, del->subject, LIFECYCLE_UNSET, &associated, err));
	return associated ? err_raise(err, NO_ACTIVE_VERSION, STR_ARG(del->subject)) : OK;
}

static enum err_code decide_version(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct deletion *del = write->input;
	const struct view_version *version;
	const struct view_version_head *heads;
	struct record record = { .kind = del->permanent ? RECORD_VERSION_PURGE : RECORD_VERSION_DELETE, .subject = del->subject };
	size_t n;

	TRY(find_version(call, del, &version, err));
	TRY(scope_check_writable(call, del->subject, err));
	TRY(view_version_heads(call->view, call->arena, del->subject, VIEW_ALL, &heads, &n, err));
	TRY(check_not_last(call, del, heads, n, err));
	/* A soft delete minds only referrers that are alive; a permanent one all of them. */
	TRY(check_unreferenced(call, del->subject, version->version, del->permanent ? VIEW_ALL : VIEW_LIVE, STR_NONE, err));
	if (del->permanent && !version->deleted)
		return err_raise(err, VERSION_NOT_SOFT_DELETED, STR_ARG(del->shown), version->version);
	record.version = version->version;
	store_emit(decision, &record);
	if (del->permanent && n == 1)
		TRY(emit_entries_delete(call, decision, del->subject, err));
	del->numbers = arena_array(call->arena, int, 1);
	del->numbers[0] = version->version;
	del->n_numbers = 1;
	write->result = del;
	return OK;
}

/* Referrers within the subject itself do not block its deletion as a whole. */
static enum err_code check_versions(struct call *call, const struct deletion *del, const struct view_version_head *heads,
	size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (heads[i].deleted && !del->permanent)
			continue;
		TRY(check_unreferenced(call, del->subject, heads[i].version, del->permanent ? VIEW_ALL : VIEW_LIVE,
			del->subject, err));
		if (del->permanent && !heads[i].deleted)
			return err_raise(err, SUBJECT_NOT_SOFT_DELETED, STR_ARG(del->shown));
	}
	return OK;
}

static enum err_code emit_subject_purge(struct call *call, struct decision *decision, const struct deletion *del,
	const struct view_version_head *heads, size_t n, struct err *err)
{
	for (size_t i = n; i-- > 0;)
		store_emit(decision, &(struct record){
			.kind = RECORD_VERSION_PURGE,
			.subject = del->subject,
			.version = heads[i].version,
		});
	return emit_entries_delete(call, decision, del->subject, err);
}

enum err_code subject_purge(struct call *call, struct str subject, struct decision *decision, struct err *err)
{
	struct deletion del = { .subject = subject, .shown = subject };
	const struct view_version_head *heads;
	size_t n;

	TRY(view_version_heads(call->view, call->arena, subject, VIEW_ALL, &heads, &n, err));
	for (size_t i = 0; i < n; i++)
		TRY(check_unreferenced(call, subject, heads[i].version, VIEW_ALL, subject, err));
	return decision ? emit_subject_purge(call, decision, &del, heads, n, err) : OK;
}

static enum err_code decide_subject(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct deletion *del = write->input;
	const struct view_version_head *heads;
	size_t n;
	bool associated;

	TRY(view_version_heads(call->view, call->arena, del->subject, VIEW_ALL, &heads, &n, err));
	if (n == 0)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(del->shown));
	del->numbers = arena_array(call->arena, int, n);
	del->n_numbers = 0;
	for (size_t i = 0; i < n; i++)
		if (del->permanent || !heads[i].deleted)
			del->numbers[del->n_numbers++] = heads[i].version;
	if (del->n_numbers == 0)
		return err_raise(err, SUBJECT_SOFT_DELETED, STR_ARG(del->shown));
	TRY(scope_check_writable(call, del->subject, err));
	TRY(association_exists(call, del->subject, LIFECYCLE_UNSET, &associated, err));
	if (associated)
		return err_raise(err, ASSOCIATION_EXISTS, STR_ARG(del->subject));
	TRY(check_versions(call, del, heads, n, err));
	if (del->permanent)
		TRY(emit_subject_purge(call, decision, del, heads, n, err));
	else
		store_emit(decision, &(struct record){
			.kind = RECORD_SUBJECT_DELETE,
			.subject = del->subject,
			.version = del->numbers[del->n_numbers - 1],
		});
	write->result = del;
	return OK;
}

static enum err_code decide_context(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct deletion *del = write->input;
	struct subject_name name = subject_split(del->subject);
	const struct view_filter filter = { .context = name.context, .which = VIEW_ALL, .page = { .limit = 1 } };
	const struct str *subjects;
	size_t n;

	TRY(view_list_subjects(call->view, call->arena, &filter, &subjects, &n, err));
	if (n > 0)
		return err_raise(err, CONTEXT_NOT_EMPTY, STR_ARG(del->subject));
	store_emit(decision, &(struct record){ .kind = RECORD_CONTEXT_DELETE, .context = name.context });
	write->result = del;
	return OK;
}

static struct deletion *deletion_create(struct call *call, struct str subject)
{
	struct deletion *del = arena_new(call->arena, struct deletion);

	del->subject = subject_normalize(call->arena, subject);
	del->shown = subject;
	return del;
}

enum err_code registry_version_delete(struct call *call, struct str subject, struct version_number version, bool permanent,
	struct write **write, struct err *err)
{
	struct deletion *del = deletion_create(call, subject);

	(void)err;
	del->version = version;
	del->permanent = permanent;
	*write = write_create(call, decide_version, del);
	return OK;
}

enum err_code registry_subject_delete(struct call *call, struct str subject, bool permanent, struct write **write,
	struct err *err)
{
	struct deletion *del = deletion_create(call, subject);

	(void)err;
	del->permanent = permanent;
	*write = write_create(call, decide_subject, del);
	return OK;
}

enum err_code registry_context_delete(struct call *call, struct str context, struct write **write, struct err *err)
{
	struct str text = context;

	if (!str_starts(context, STR(":.")))
		text = str_printf(call->arena, ":%s%.*s:", str_starts(context, STR(".")) ? "" : ".", STR_ARG(context));
	(void)err;
	*write = write_create(call, decide_context, deletion_create(call, text));
	return OK;
}

const int *registry_delete_result(const struct write *write, size_t *n_out)
{
	const struct deletion *del = write->result;

	*n_out = del->n_numbers;
	return del->numbers;
}
