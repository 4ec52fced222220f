/* What is different between two schemas, and what that does to readers of both sides. */
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

static enum err_code diff(struct call *call, const struct schema_choice *from, const struct schema_choice *to,
	struct schema_difference *out, struct err *err)
{
	struct schema_fault fault = { .message = STR_NONE };
	struct content old, new;

	TRY(explain_choose(call, from, &old, &out->old_text, &fault, err));
	TRY(explain_no_fault(&fault, "old schema", err));
	TRY(explain_choose(call, to, &new, &out->new_text, &fault, err));
	TRY(explain_no_fault(&fault, "new schema", err));
	out->old_type = old.type;
	out->new_type = new.type;
	if (old.type == new.type)
		TRY(schema_diff(old.parsed, new.parsed, &out->changes, err));
	else
		other_type(&old, &new, &out->changes);
	return OK;
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
