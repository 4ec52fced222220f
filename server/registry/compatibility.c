/* Judging a schema without registering it (contract 2.5). */
#include "base/arena.h"
#include "server/registry/judge_int.h"

/* With verbose, a schema that does not parse is an answer: incompatible, with the parser's words. */
static void unparsable(struct arena *arena, const struct err *err, struct compat_verdict *out)
{
	struct str *message = arena_new(arena, struct str);

	*message = err->message;
	*out = (struct compat_verdict){ .compatible = false, .messages = message, .n_messages = 1 };
}

static enum err_code judge(struct call *call, struct str subject, const struct version_number *version,
	const struct new_schema *schema, bool verbose, struct compat_verdict *out, struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	struct compat_history history = { 0 };
	struct content content;
	struct config config;
	enum err_code code;
	unsigned flags;

	TRY(compat_judge_history(call, name, version, &history, err));
	TRY(scope_config(call, name, &config, err));
	flags = content_normalize_flag(schema, &config) | content_strict_flag(call->registry, &config);
	code = content_make(call, name, schema, flags, &content, err);
	if (code == ERR_INVALID_SCHEMA && verbose) {
		unparsable(call->arena, err, out);
		return OK;
	}
	TRY(code);
	return compat_judge(call, &config, &content, &history, out, err);
}

enum err_code registry_compatibility(struct call *call, struct str subject, const struct version_number *version,
	const struct new_schema *schema, bool verbose, struct compat_verdict *out, struct err *err)
{
	enum err_code code;

	TRY(view_begin(call->view, err));
	code = judge(call, subject, version, schema, verbose, out, err);
	view_end(call->view);
	return code;
}
