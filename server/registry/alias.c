/* Aliases: a subject whose configuration leads to another one (contract 4.7). */
#include "base/arena.h"
#include "server/registry/registry_int.h"

/* An unqualified target is one of the alias's own context. */
struct str registry_alias_target(struct arena *arena, struct str subject, struct str alias)
{
	struct subject_name target = subject_split(alias);

	if (target.qualified)
		return subject_normalize(arena, alias);
	return subject_join(arena, subject_split(subject).context, target.name);
}

enum err_code registry_alias(struct call *call, struct str subject, struct str *out, struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	struct config config;
	struct str text;

	if (name.len > 0) {
		TRY(view_config_find(call->view, call->arena, name, &text, err));
		config_parse(call->arena, text, &config);
		if (str_present(text) && str_present(config.alias) && config.alias.len > 0) {
			*out = registry_alias_target(call->arena, name, config.alias);
			return OK;
		}
	}
	*out = subject;
	return OK;
}
