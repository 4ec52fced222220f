/* What is in force for a subject: its effective configuration and mode (contract 4.6). */
#include "server/registry/registry_int.h"

/* The entry that speaks for a whole context: its own, or the global one for the default context. */
static struct str context_entry(struct call *call, struct str subject)
{
	struct subject_name name = subject_split(subject);

	return name.qualified ? subject_join(call->arena, name.context, STR("")) : STR("");
}

enum err_code scope_config_entry(struct call *call, struct str subject, bool *found, struct config *out, struct err *err)
{
	struct str text;

	TRY(view_config_find(call->view, call->arena, subject, &text, err));
	*found = str_present(text);
	config_parse(call->arena, text, out);
	return OK;
}

/* Own entries inherit these members from the plain global entry, whatever their context. */
static void inherit(struct config *own, const struct config *global)
{
	if (own->normalize == CONFIG_UNSET)
		own->normalize = global->normalize;
	if (own->validate_fields == CONFIG_UNSET)
		own->validate_fields = global->validate_fields;
	if (own->validate_new_schemas == CONFIG_UNSET)
		own->validate_new_schemas = global->validate_new_schemas;
	if (own->validate_rules == CONFIG_UNSET)
		own->validate_rules = global->validate_rules;
	if (own->policy == POLICY_UNSET)
		own->policy = global->policy;
	if (!str_present(own->group))
		own->group = global->group;
}

/* An entry without a level has the server's default level, not that of the entry above it. */
static void complete(const struct registry *registry, struct config *config)
{
	if (!config->has_level) {
		config->has_level = true;
		config->level = registry->options.level;
	}
}

enum err_code scope_config(struct call *call, struct str subject, struct config *out, struct err *err)
{
	enum config_origin origin;

	return scope_config_from(call, subject, out, &origin, err);
}

/* Of the entries above a subject; that of the default context is the global one. */
static enum config_origin origin_above(struct str entry)
{
	return entry.len == 0 || str_eq(entry, SUBJECT_GLOBAL) ? ORIGIN_GLOBAL : ORIGIN_CONTEXT;
}

enum err_code scope_config_from(struct call *call, struct str subject, struct config *out, enum config_origin *origin,
	struct err *err)
{
	enum config_origin from = ORIGIN_SUBJECT;
	const struct str above[] = { context_entry(call, subject), SUBJECT_GLOBAL };
	struct config config, global;
	bool found = false;

	if (subject.len > 0) {
		TRY(scope_config_entry(call, subject, &found, &config, err));
		if (found) {
			bool has_global;

			TRY(scope_config_entry(call, STR(""), &has_global, &global, err));
			inherit(&config, &global);
		}
	}
	for (size_t i = 0; !found && i < sizeof(above) / sizeof(above[0]); i++) {
		from = origin_above(above[i]);
		TRY(scope_config_entry(call, above[i], &found, &config, err));
	}
	if (!found)
		config = (struct config){ 0 };
	*origin = config.has_level ? from : ORIGIN_DEFAULT;
	complete(call->registry, &config);
	*out = config;
	return OK;
}

bool scope_validates_fields(const struct registry *registry, const struct config *config)
{
	return config->validate_fields == CONFIG_UNSET ? registry->options.validate_fields :
		config->validate_fields == CONFIG_TRUE;
}

enum err_code scope_mode(struct call *call, struct str subject, enum registry_mode *out, struct err *err)
{
	const struct str chain[] = { subject, context_entry(call, subject), SUBJECT_GLOBAL };

	for (size_t i = 0; i < sizeof(chain) / sizeof(chain[0]); i++) {
		struct str text;

		TRY(view_mode_find(call->view, call->arena, chain[i], &text, err));
		if (str_present(text) && registry_mode_find(text, out))
			return OK;
	}
	*out = MODE_READWRITE;
	return OK;
}

enum err_code scope_not_permitted(struct call *call, struct str subject, const char *mode, bool is_in, struct err *err)
{
	struct str context = subject_context_shown(call->arena, subject);

	return err_text(err, ERR_OPERATION_NOT_PERMITTED,
		str_printf(call->arena, "Subject %.*s in context %.*s is %s %s mode", STR_ARG(subject), STR_ARG(context),
			is_in ? "in" : "not in", mode));
}

enum err_code scope_check_writable(struct call *call, struct str subject, struct err *err)
{
	enum registry_mode mode;
	struct str shown = subject.len > 0 ? subject : STR("null");

	TRY(scope_mode(call, subject, &mode, err));
	if (mode != MODE_READONLY && mode != MODE_READONLY_OVERRIDE)
		return OK;
	return scope_not_permitted(call, shown, "read-only", true, err);
}
