/* What is different between two schemas, and what that does to readers of both sides. */
#include "base/arena.h"
#include "base/limits.h"
#include "server/registry/explain_int.h"

/* Schemas of two types have nothing in common that could be compared. */
static void other_type(const struct content *old, const struct content *new, struct schema_changes *out)
{
	schema_changes_add(out, &(struct schema_change){
		.kind = CHANGE_TYPE,
		.entity = STR("schema"),
		.name = STR(""),
		.in_new = { .line = 1, .column = 1, .path = STR("") },
		.in_old = { .line = 1, .column = 1, .path = STR("") },
		.message = str_printf(out->arena, "the schema is of type %.*s instead of %.*s", STR_ARG(schema_type_name(new->type)),
			STR_ARG(schema_type_name(old->type))),
		.backward = EFFECT_UNPROVEN,
		.forward = EFFECT_UNPROVEN,
	});
}

static enum err_code compare(const struct content *old, const struct content *new, struct schema_changes *out,
	struct err *err)
{
	if (old->type == new->type)
		return schema_diff(old->parsed, new->parsed, out, err);
	other_type(old, new, out);
	return OK;
}

static enum err_code choose_new(struct call *call, const struct schema_choice *choice, struct content *out,
	struct str *text, struct err *err)
{
	struct schema_fault fault = { .message = STR_NONE };

	TRY(explain_choose(call, choice, out, text, &fault, err));
	return explain_no_fault(&fault, "new schema", err);
}

/* ---- two schemas ---- */

static enum err_code diff(struct call *call, const struct schema_choice *from, const struct schema_choice *to,
	struct schema_difference *out, struct err *err)
{
	struct schema_fault fault = { .message = STR_NONE };
	struct content old, new;

	TRY(explain_choose(call, from, &old, &out->old_text, &fault, err));
	TRY(explain_no_fault(&fault, "old schema", err));
	TRY(choose_new(call, to, &new, &out->new_text, err));
	out->old_type = old.type;
	out->new_type = new.type;
	return compare(&old, &new, &out->changes, err);
}

enum err_code registry_diff(struct call *call, const struct schema_choice *old, const struct schema_choice *new,
	struct schema_difference *out, struct err *err)
{
	struct schema_difference difference = {
		.changes = { .arena = call->arena },
	};
	enum err_code code;

	TRY(view_begin(call->view, err));
	code = diff(call, old, new, &difference, err);
	view_end(call->view);
	TRY(code);
	*out = difference;
	return OK;
}

/* ---- a schema and all versions ---- */

static enum err_code diff_version(struct call *call, const struct view_version *version, const struct content *new,
	struct version_changes *out, struct err *err)
{
	struct content old;

	TRY(content_of_version(call, version, &old, err));
	*out = (struct version_changes){
		.version = version->version,
		.changes = { .arena = call->arena },
	};
	return compare(&old, new, &out->changes, err);
}

static enum err_code diff_versions(struct call *call, const struct view_version *versions, size_t n,
	const struct content *new, struct history_changes *out, struct err *err)
{
	size_t most = n < LIMIT_DIFF_VERSIONS ? n : LIMIT_DIFF_VERSIONS;
	struct version_changes *items = arena_array(call->arena, struct version_changes, most);
	size_t n_changes = 0, n_items = 0;

	while (n_items < most && n_changes < LIMIT_DIFF_CHANGES) {
		struct version_changes *item = &items[n_items];

		TRY(diff_version(call, &versions[n - ++n_items], new, item, err));
		n_changes += item->changes.n_items;
		out->backward = schema_changes_worse(out->backward, schema_changes_worst(&item->changes, true));
		out->forward = schema_changes_worse(out->forward, schema_changes_worst(&item->changes, false));
	}
	out->items = items;
	out->n_items = n_items;
	out->n_unlisted = n - n_items;
	return OK;
}

static enum err_code diff_history(struct call *call, struct str subject, const struct schema_choice *to,
	struct history_changes *out, struct err *err)
{
	const struct view_version *versions;
	struct content new;
	size_t n;

	TRY(view_versions(call->view, call->arena, subject, VIEW_LIVE, &versions, &n, err));
	if (n == 0)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(subject));
	TRY(choose_new(call, to, &new, &out->new_text, err));
	out->new_type = new.type;
	return diff_versions(call, versions, n, &new, out, err);
}

enum err_code registry_diff_history(struct call *call, struct str subject, const struct schema_choice *new,
	struct history_changes *out, struct err *err)
{
	struct history_changes history = { .backward = EFFECT_HARMLESS, .forward = EFFECT_HARMLESS };
	enum err_code code;

	TRY(view_begin(call->view, err));
	code = diff_history(call, subject_normalize(call->arena, subject), new, &history, err);
	view_end(call->view);
	TRY(code);
	*out = history;
	return OK;
}
