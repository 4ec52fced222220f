/* Refusals: their texts are kept when they happen, and explained when somebody asks. */
#include "server/registry/refusal.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "server/registry/follow_int.h"

/* ---- references as JSON ---- */

static struct str print_references(struct arena *arena, const struct new_schema *schema)
{
	struct buf out = buf_make(arena, 128);

	if (schema->n_references == 0)
		return STR_NONE;
	buf_add_c(&out, '[');
	for (size_t i = 0; i < schema->n_references; i++) {
		const struct new_reference *reference = &schema->references[i];

		buf_add(&out, i > 0 ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json_string(&out, str_present(reference->name) ? reference->name : STR(""));
		buf_lit(&out, ",\"subject\":");
		buf_json_string(&out, str_present(reference->subject) ? reference->subject : STR(""));
		buf_printf(&out, ",\"version\":%d}", reference->has_version ? reference->version : -1);
	}
	buf_add_c(&out, ']');
	return buf_str(&out);
}

static struct str text_of(const struct jsn *object, struct str name)
{
	const struct jsn *member = jsn_get_value(object, name);

	return member ? member->text : STR("");
}

static void parse_references(struct arena *arena, struct str text, struct new_schema *out)
{
	struct err ignored = { .arena = arena };
	struct new_reference *references;
	const struct jsn *list;

	if (!str_present(text) || jsn_parse(arena, text, JSN_SURROGATES, LIMIT_JSON_DEPTH, &list, &ignored) != OK)
		return;
	references = arena_array(arena, struct new_reference, list->n_items);
	for (size_t i = 0; i < list->n_items; i++) {
		references[i].name = text_of(&list->items[i], STR("name"));
		references[i].subject = text_of(&list->items[i], STR("subject"));
		references[i].has_version = str_to_i32(text_of(&list->items[i], STR("version")), &references[i].version);
	}
	out->references = references;
	out->n_references = list->n_items;
}

/* ---- keeping ---- */

enum err_code registry_refusal_keep(struct call *call, const struct refused *refused, struct str message, int *id,
	struct err *err)
{
	const struct new_schema *schema = refused->schema;
	const struct side_refusal refusal = {
		.time_ms = clock_wall_ms(),
		.actor = call->actor,
		.subject = refused->subject,
		.level = compat_level_name(refused->level),
		.policy = config_policy_name(refused->policy),
		.schema_type = str_present(schema->type) ? schema->type : STR("AVRO"),
		.newest = refused->newest,
		.n_findings = (int)refused->n_findings,
		.text = schema->text,
		.references = print_references(call->arena, schema),
		.metadata = metadata_print(call->arena, schema->metadata),
		.message = message,
	};
	struct side *side;

	TRY(follow_side(call->registry, &side, err));
	return side_refusal_add(side, &refusal, id, err);
}

/* ---- asking ---- */

enum err_code registry_refusal_list(struct call *call, struct str subject, size_t limit, const struct side_refusal **out,
	size_t *n_out, struct err *err)
{
	struct side *side;

	TRY(follow_side(call->registry, &side, err));
	return side_refusal_list(side, call->arena, str_present(subject) ? subject_normalize(call->arena, subject) : STR_NONE,
		limit, out, n_out, err);
}

enum err_code registry_refusal_get(struct call *call, int id, const struct side_refusal **out, struct err *err)
{
	struct side *side;

	TRY(follow_side(call->registry, &side, err));
	TRY(side_refusal_find(side, call->arena, id, out, err));
	return *out ? OK : err_raise(err, REFUSAL_NOT_FOUND, id);
}

enum err_code registry_refusal_count(struct call *call, int64_t *out, struct err *err)
{
	struct side *side;

	TRY(follow_side(call->registry, &side, err));
	return side_refusal_count(side, out, err);
}

enum err_code registry_refused_explain(struct call *call, const struct refused *refused, struct explained_change *out,
	struct err *err)
{
	const struct explain_query query = {
		.subject = refused->subject,
		.newest = refused->newest,
		.schema = refused->schema,
		.has_level = true,
		.level = refused->level,
		.policy = refused->policy,
	};

	return registry_explain(call, &query, out, err);
}

enum err_code registry_refusal_explain(struct call *call, const struct side_refusal *refusal, struct explained_change *out,
	struct err *err)
{
	struct new_schema schema = {
		.type = refusal->schema_type,
		.text = refusal->text,
		.metadata = metadata_parse(call->arena, refusal->metadata),
	};
	struct refused refused = { .subject = refusal->subject, .schema = &schema, .newest = refusal->newest };

	parse_references(call->arena, refusal->references, &schema);
	if (!compat_level_find(refusal->level, &refused.level) || !config_policy_find(refusal->policy, &refused.policy))
		return err_raise(err, INTERNAL);
	return registry_refused_explain(call, &refused, out, err);
}
