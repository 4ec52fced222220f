/* Configuration entries: global, of a context, of a subject (contract 2.6). */
#include "base/arena.h"
#include "server/registry/registry_int.h"

struct configuring {
	struct str subject;
	struct str shown;
	struct config_update update;
	struct config result;
};

/* The global entry, and the one above all contexts, exist even when nothing was stored. */
static bool always_there(struct str subject)
{
	return subject.len == 0 || str_eq(subject, SUBJECT_GLOBAL);
}

static void fill_level(const struct registry *registry, struct config *config)
{
	if (!config->has_level) {
		config->has_level = true;
		config->level = registry->options.level;
	}
}

enum err_code registry_config_get(struct call *call, struct str subject, bool effective, const struct config **out,
	struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	struct config *config = arena_new(call->arena, struct config);
	bool found;

	if (effective) {
		TRY(scope_config(call, name, config, err));
		*out = config;
		return OK;
	}
	TRY(scope_config_entry(call, name, &found, config, err));
	if (!found && !always_there(name))
		return err_raise(err, CONFIG_NOT_FOUND, STR_ARG(subject));
	fill_level(call->registry, config);
	*out = config;
	return OK;
}

static enum err_code decide_put(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct configuring *input = write->input;
	struct config stored;
	bool found;

	TRY(scope_check_writable(call, input->subject, err));
	TRY(scope_config_entry(call, input->subject, &found, &stored, err));
	input->result = config_updated(&stored, &input->update);
	store_emit(decision, &(struct record){
		.kind = RECORD_CONFIG_PUT,
		.subject = input->subject,
		.body = config_print(call->arena, &input->result, CONFIG_STORED),
	});
	write->result = &input->result;
	return OK;
}

static enum err_code decide_delete(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct configuring *input = write->input;
	bool found;

	TRY(scope_config_entry(call, input->subject, &found, &input->result, err));
	if (!found && !always_there(input->subject))
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(input->shown));
	TRY(scope_check_writable(call, input->subject, err));
	fill_level(call->registry, &input->result);
	if (found)
		store_emit(decision, &(struct record){ .kind = RECORD_CONFIG_DELETE, .subject = input->subject });
	write->result = &input->result;
	return OK;
}

static struct configuring *configuring_create(struct call *call, struct str subject)
{
	struct configuring *input = arena_new(call->arena, struct configuring);

	input->subject = subject_normalize(call->arena, subject);
	input->shown = subject;
	return input;
}

/* As the stock reference: when either is named, both are cleared (contract 5.10). */
static void drop_rules(struct config_update *update)
{
	update->present |= CONFIG_DEFAULT_RULE_SET | CONFIG_OVERRIDE_RULE_SET;
	update->values.default_rule_set = NULL;
	update->values.override_rule_set = NULL;
}

enum err_code registry_config_put(struct call *call, struct str subject, const struct config_update *update,
	struct write **write, struct err *err)
{
	struct configuring *input = configuring_create(call, subject);

	input->update = *update;
	if (call->registry->options.keep_rule_sets) {
		TRY(ruleset_check(update->values.default_rule_set, err));
		TRY(ruleset_check(update->values.override_rule_set, err));
	} else if (update->present & (CONFIG_DEFAULT_RULE_SET | CONFIG_OVERRIDE_RULE_SET)) {
		drop_rules(&input->update);
	}
	TRY(subject_check_configure(input->subject, err));
	*write = write_create(call, decide_put, input);
	return OK;
}

enum err_code registry_config_delete(struct call *call, struct str subject, struct write **write, struct err *err)
{
	(void)err;
	*write = write_create(call, decide_delete, configuring_create(call, subject));
	return OK;
}

const struct config *registry_config_result(const struct write *write)
{
	return write->result;
}
