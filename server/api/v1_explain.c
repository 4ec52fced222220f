/* Why a change is refused, and the rules by which it is. */
#include "server/api/v1_explain_int.h"

#include "base/arena.h"
#include "server/api/handlers.h"

/* ---- bodies ---- */

enum err_code v1_read_schema(struct request *rq, const struct jsn *object, const struct new_schema **out, struct err *err)
{
	struct new_schema *schema = arena_new(request_arena(rq), struct new_schema);

	TRY(read_schema_text(request_arena(rq), object, schema, err));
	if (!str_present(schema->text))
		schema->text = STR("");
	*out = schema;
	return OK;
}

enum err_code v1_read_inner(struct request *rq, struct str name, const struct new_schema **out, struct err *err)
{
	const struct jsn *object = jsn_get_value(request_body(rq), name);

	*out = NULL;
	return object ? v1_read_schema(rq, object, out, err) : OK;
}

enum err_code v1_read_subject(struct request *rq, struct call *call, struct str *out, struct err *err)
{
	struct str given;

	TRY(read_text(request_body(rq), STR("subject"), &given, err));
	if (given.len == 0) {
		*out = STR_NONE;
		return OK;
	}
	return registry_alias(call, api_scoped(rq, given), out, err);
}

enum err_code v1_read_version(struct request *rq, struct str name, bool *found, struct version_number *out, struct err *err)
{
	struct str text;

	TRY(read_text(request_body(rq), name, &text, err));
	*found = str_present(text);
	return *found ? version_number_parse(text, out, err) : OK;
}

enum err_code v1_read_all(struct request *rq, struct str name, bool *out, struct err *err)
{
	struct str text;

	TRY(read_text(request_body(rq), name, &text, err));
	*out = str_present(text) && str_eq_nocase(str_trim(text), STR("all"));
	return OK;
}

static enum err_code read_level(struct request *rq, struct explain_query *out, struct err *err)
{
	struct str level, policy;

	TRY(read_text(request_body(rq), STR("level"), &level, err));
	TRY(read_text(request_body(rq), STR("policy"), &policy, err));
	out->has_level = str_present(level);
	if (out->has_level && !compat_level_find(level, &out->level))
		return err_raise(err, INVALID_LEVEL);
	if (str_present(policy) && !config_policy_find(policy, &out->policy))
		return err_raise(err, INVALID_VALUE, "policy must be STRICT, LENIENT, LOGICAL or SOUND");
	return OK;
}

/* ---- answers ---- */

void v1_write_findings(struct buf *out, const char *name, const struct explained_change *change, bool refused)
{
	v1_name(out, name);
	buf_add_c(out, '[');
	for (size_t i = 0; i < change->found.n_items; i++) {
		if (change->found.items[i].refused != refused)
			continue;
		v1_next(out);
		explain_finding_json(out, &change->found.items[i], change->text);
	}
	buf_add_c(out, ']');
}

static void write_fault(struct buf *out, const struct schema_fault *fault)
{
	v1_name(out, "parseError");
	if (!str_present(fault->message)) {
		buf_lit(out, "null");
		return;
	}
	buf_add_c(out, '{');
	v1_text(out, "message", fault->message);
	v1_int(out, "line", fault->line);
	v1_int(out, "column", fault->column);
	buf_add_c(out, '}');
}

void v1_write_explanation(struct buf *out, const struct explained_change *change)
{
	bool parsed = !str_present(change->fault.message);

	v1_bool(out, "compatible", parsed && change->found.compatible);
	v1_bool(out, "sound", parsed && change->found.sound);
	v1_text(out, "level", compat_level_name(change->level));
	v1_text(out, "policy", config_policy_name(change->policy));
	v1_bool(out, "firstVersion", change->first);
	write_fault(out, &change->fault);
	v1_write_findings(out, "findings", change, true);
	v1_write_findings(out, "warnings", change, false);
	v1_int(out, "unlisted", (int64_t)change->found.n_unlisted);
	v1_int(out, "hidden", (int64_t)change->found.n_hidden);
	v1_text(out, "fixed", change->found.fixed);
}

/* ---- explain ---- */

static enum err_code read_query(struct request *rq, struct call *call, struct explain_query *out, struct version_number *version,
	struct err *err)
{
	const struct new_schema *old, *new;
	bool found = false;

	TRY(read_object(request_body(rq), "ExplainRequest", err));
	TRY(read_level(rq, out, err));
	TRY(v1_read_inner(rq, STR("old"), &old, err));
	TRY(v1_read_inner(rq, STR("new"), &new, err));
	if (old && new) {
		out->old = old;
		out->schema = new;
		return OK;
	}
	TRY(v1_read_subject(rq, call, &out->subject, err));
	TRY(v1_read_all(rq, STR("version"), &out->all, err));
	if (!out->all)
		TRY(v1_read_version(rq, STR("version"), &found, version, err));
	TRY(v1_read_schema(rq, request_body(rq), &out->schema, err));
	if (!str_present(out->subject))
		return err_raise(err, INVALID_VALUE, "Either subject and schema, or old and new must be given");
	out->version = found ? version : NULL;
	return OK;
}

enum err_code v1_explain(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 4096);
	struct explain_query query = { .subject = STR_NONE };
	struct explained_change change;
	struct version_number version;

	TRY(read_query(rq, &call, &query, &version, err));
	TRY(registry_explain(&call, &query, &change, err));
	buf_add_c(&out, '{');
	v1_write_explanation(&out, &change);
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}

/* ---- rules ---- */

static void write_rule(struct buf *out, const struct rule_info *info)
{
	v1_text(out, "id", str_of(info->id));
	v1_text(out, "type", (int)info->type < SCHEMA_TYPES ? schema_type_name(info->type) : STR_NONE);
	v1_text(out, "effect", rule_effect_name(info->effect));
	v1_text(out, "title", str_of(info->title));
}

enum err_code v1_rules(struct request *rq, struct err *err)
{
	struct buf out = buf_make(request_arena(rq), 16384);

	(void)err;
	buf_add_c(&out, '[');
	for (int i = 0; i < RULES; i++) {
		v1_next(&out);
		buf_add_c(&out, '{');
		write_rule(&out, rule_info((enum rule)i));
		buf_add_c(&out, '}');
	}
	buf_add_c(&out, ']');
	return reply(rq, buf_str(&out));
}

static enum err_code write_example(struct buf *out, enum rule rule, struct err *err)
{
	const struct rule_info *info = rule_info(rule);
	struct explain_finding finding;
	bool found;

	TRY(registry_rule_example(out->arena, rule, &found, &finding, err));
	v1_name(out, "example");
	if (info->old_schema && info->new_schema) {
		buf_add_c(out, '{');
		v1_text(out, "old", str_of(info->old_schema));
		v1_text(out, "new", str_of(info->new_schema));
		buf_add_c(out, '}');
	} else {
		buf_lit(out, "null");
	}
	v1_name(out, "finding");
	if (found)
		explain_finding_json(out, &finding, str_of(info->new_schema));
	else
		buf_lit(out, "null");
	return OK;
}

enum err_code v1_rule(struct request *rq, struct err *err)
{
	struct str id = request_param(rq, "rule");
	struct buf out = buf_make(request_arena(rq), 4096);
	enum rule rule;

	if (!rule_find(id, &rule))
		return err_raise(err, RULE_NOT_FOUND, STR_ARG(id));
	buf_add_c(&out, '{');
	write_rule(&out, rule_info(rule));
	v1_text(&out, "what", str_of(rule_info(rule)->what));
	v1_text(&out, "why", str_of(rule_info(rule)->why));
	TRY(write_example(&out, rule, err));
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}
