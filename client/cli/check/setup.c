/* Opening a working tree and its base. */
#include "client/cli/check/setup.h"

#include <stdlib.h>

#include "base/arena.h"

enum err_code setup_judging(struct str level, struct str policy, struct judging *out, struct err *err)
{
	if (str_present(level)) {
		out->has_level = compat_level_find(level, &out->level);
		if (!out->has_level)
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--level %.*s: there are NONE, BACKWARD, FORWARD, FULL and"
				" these with _TRANSITIVE", STR_ARG(level)));
	}
	if (str_present(policy)) {
		out->has_policy = settings_policy_find(policy, &out->policy);
		if (!out->has_policy)
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--policy %.*s: there are STRICT, LENIENT, LOGICAL and SOUND",
				STR_ARG(policy)));
	}
	return OK;
}

enum err_code setup_open(const struct tool_call *call, const struct setup_values *values, struct setup *out, struct err *err)
{
	struct base_request request = { .against = values->against };
	const struct schema_set *tree = NULL;

	request.server = (struct server){ .url = values->against, .ca = values->ca, .timeout = values->timeout };
	request.server.user = str_present(values->user) ? values->user : str_of(getenv("TENON_USER"));
	if (!str_present(values->against))
		return err_text(err, ERR_CONFIG_FILE, STR("--against is missing: git:REF, a folder, a file, or a registry's http(s)://host:port"));
	out->judge = (struct judge){ .arena = call->arena, .worktree = &out->worktree, .base = &out->base,
		.today = worktree_today(call->arena) };
	TRY(setup_judging(values->level, values->policy, &out->judge.said, err));
	TRY(worktree_read(call->arena, call->arguments.items, call->arguments.n, &out->worktree, err));
	request.root = out->worktree.root;
	request.anchor = out->worktree.anchor;
	request.scope = out->worktree.scope;
	TRY(base_open(call->arena, &request, &out->base, err));
	if (!out->base.is_registry && !out->base.only)
		tree = &out->base.set;
	TRY(worktree_select(&out->worktree, tree, err));
	TRY(set_subjects_found(&out->worktree.set, tree, err));
	return base_prepare(&out->base, &out->worktree.set, out->worktree.files, out->worktree.n_files, err);
}
