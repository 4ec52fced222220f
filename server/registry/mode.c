/* Modes: global, of a context, of a subject (contract 2.7). */
#include "base/arena.h"
#include "server/registry/registry_int.h"

static const char not_allowed[] = "Mode changes are not allowed";
static const char invalid_mode[] = "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.";
static const char forward_only_global[] = "Forward mode only supported on global level";
static const char import_refused[] = "Cannot import since found existing subjects";

struct mode_change {
	struct str subject;
	struct str shown;
	enum registry_mode mode;     /* MODE_NONE removes the entry */
	bool force;
	bool recursive;
	enum registry_mode old;
};

static bool always_there(struct str subject)
{
	return subject.len == 0 || str_eq(subject, SUBJECT_GLOBAL);
}

static enum err_code find_entry(struct call *call, struct str subject, enum registry_mode *out, struct err *err)
{
	struct str text;

	*out = MODE_NONE;
	TRY(view_mode_find(call->view, call->arena, subject, &text, err));
	if (str_present(text))
		registry_mode_find(text, out);
	return OK;
}

enum err_code registry_mode_get(struct call *call, struct str subject, bool effective, enum registry_mode *out,
	struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	enum registry_mode mode;

	if (effective)
		return scope_mode(call, name, out, err);
	TRY(find_entry(call, name, &mode, err));
	if (mode == MODE_NONE && !always_there(name))
		return err_raise(err, MODE_NOT_FOUND, STR_ARG(subject));
	*out = mode == MODE_NONE ? MODE_READWRITE : mode;
	return OK;
}

/* The subjects an entry speaks for; the global ones speak for all contexts (contract 2.7). */
static enum err_code list_scope(struct call *call, struct str subject, const struct str **out, size_t *n_out, struct err *err)
{
	struct subject_name name = subject_split(subject);
	struct view_filter filter = { .which = VIEW_ALL, .page = { .limit = -1 } };

	if (always_there(subject))
		filter.all_contexts = true;
	else if (subject_is_context(subject))
		filter.context = name.context;
	else {
		struct str *only = arena_new(call->arena, struct str);

		*only = subject;
		*out = only;
		*n_out = 1;
		return OK;
	}
	return view_list_subjects(call->view, call->arena, &filter, out, n_out, err);
}

/* What is left of a subject that enters IMPORT goes for good: only soft-deleted versions, which nothing may refer to. */
static enum err_code clear_subject(struct call *call, struct decision *decision, struct str subject, struct err *err)
{
	const struct view_version_head *heads;
	size_t n;

	TRY(view_version_heads(call->view, call->arena, subject, VIEW_ALL, &heads, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (!heads[i].deleted)
			return err_raise(err, OPERATION_NOT_PERMITTED, import_refused);
		TRY(check_unreferenced(call, subject, heads[i].version, VIEW_ALL, STR_NONE, err));
	}
	for (size_t i = n; i-- > 0;)
		store_emit(decision, &(struct record){
			.kind = RECORD_VERSION_PURGE,
			.subject = subject,
			.version = heads[i].version,
		});
	return OK;
}

static enum err_code enter_import(struct call *call, struct decision *decision, const struct mode_change *change,
	struct err *err)
{
	enum registry_mode current;
	const struct str *subjects;
	size_t n;

	TRY(scope_mode(call, change->subject, &current, err));
	if (change->mode != MODE_IMPORT || current == MODE_IMPORT || change->force)
		return OK;
	TRY(list_scope(call, change->subject, &subjects, &n, err));
	for (size_t i = 0; i < n; i++)
		TRY(clear_subject(call, decision, subjects[i], err));
	return OK;
}

static enum err_code decide_put(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	const struct mode_change *change = write->input;

	TRY(enter_import(call, decision, change, err));
	if (change->mode == MODE_NONE)
		store_emit(decision, &(struct record){ .kind = RECORD_MODE_DELETE, .subject = change->subject });
	else
		store_emit(decision, &(struct record){
			.kind = RECORD_MODE_PUT,
			.subject = change->subject,
			.mode = registry_mode_name(change->mode),
		});
	return OK;
}

/* With `recursive`, the modes of the context's subjects go too. */
static enum err_code emit_below(struct call *call, struct decision *decision, struct str subject, struct err *err)
{
	struct str context = subject_split(subject).context;
	const struct view_entry *entries;
	size_t n;

	if (subject.len > 0 && !subject_is_context(subject))
		return OK;
	TRY(view_list_modes(call->view, call->arena, context, &entries, &n, err));
	for (size_t i = 0; i < n; i++)
		store_emit(decision, &(struct record){ .kind = RECORD_MODE_DELETE, .subject = entries[i].subject });
	return OK;
}

static enum err_code decide_delete(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct mode_change *change = write->input;

	TRY(find_entry(call, change->subject, &change->old, err));
	if (change->old == MODE_NONE && !change->recursive && !always_there(change->subject))
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(change->shown));
	if (change->old != MODE_NONE)
		store_emit(decision, &(struct record){ .kind = RECORD_MODE_DELETE, .subject = change->subject });
	else if (always_there(change->subject))
		change->old = MODE_READWRITE;
	if (change->recursive)
		TRY(emit_below(call, decision, change->subject, err));
	write->result = &change->old;
	return OK;
}

static struct mode_change *mode_change_create(struct call *call, struct str subject)
{
	struct mode_change *change = arena_new(call->arena, struct mode_change);

	change->subject = subject_normalize(call->arena, subject);
	change->shown = subject;
	return change;
}

/* Only the upper-case spelling of FORWARD is held to the global level: so it is in the reference. */
static enum err_code check_mode(const struct mode_change *change, struct str mode, struct err *err)
{
	enum registry_mode found;

	if (str_present(mode) && !registry_mode_find(mode, &found))
		return err_raise(err, INVALID_MODE, invalid_mode);
	if (str_eq(mode, STR("FORWARD")) && !str_eq(change->subject, SUBJECT_GLOBAL))
		return err_raise(err, INVALID_MODE, forward_only_global);
	return OK;
}

enum err_code registry_mode_put(struct call *call, struct str subject, struct str mode, bool force, struct write **write,
	struct err *err)
{
	struct mode_change *change = mode_change_create(call, subject);

	TRY(subject_check_configure(change->subject, err));
	TRY(check_mode(change, mode, err));
	if (!call->registry->options.mode_mutability)
		return err_raise(err, OPERATION_NOT_PERMITTED, not_allowed);
	if (str_present(mode))
		registry_mode_find(mode, &change->mode);
	change->force = force;
	*write = write_create(call, decide_put, change);
	return OK;
}

enum err_code registry_mode_delete(struct call *call, struct str subject, bool recursive, struct write **write,
	struct err *err)
{
	struct mode_change *change = mode_change_create(call, subject);

	if (!call->registry->options.mode_mutability)
		return err_raise(err, OPERATION_NOT_PERMITTED, not_allowed);
	change->recursive = recursive;
	*write = write_create(call, decide_delete, change);
	return OK;
}

enum registry_mode registry_mode_result(const struct write *write)
{
	return *(const enum registry_mode *)write->result;
}
