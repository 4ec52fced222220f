/* tenon get, tenon subjects, tenon config: looking into a registry, and its configuration. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/check/setup.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/registry/server.h"
#include "client/cli/report/report.h"

/* ---- get ---- */

struct get {
	struct server server;
	struct str format;
	struct str output;
	bool json;
};

/* "17" an id, "orders@3" or "orders" a version. */
static struct str path_of(struct arena *arena, struct str wanted, struct str format)
{
	ptrdiff_t at = str_rindex(wanted, '@');
	const char *query = str_present(format) ? "?format=" : "";
	struct str subject = str_sub(wanted, 0, at < 0 ? wanted.len : (size_t)at), suffix;
	int32_t id;

	suffix = str_printf(arena, "%s%.*s", query, STR_ARG(format));
	if (at < 0 && str_to_i32(wanted, &id) && id > 0)
		return str_printf(arena, "/schemas/ids/%d%.*s", id, STR_ARG(suffix));
	return str_printf(arena, "/subjects/%.*s/versions/%.*s%.*s", STR_ARG(rest_escape(arena, subject)),
		STR_ARG(at < 0 ? STR("latest") : rest_escape(arena, str_sub(wanted, (size_t)at + 1, wanted.len))), STR_ARG(suffix));
}

static enum err_code run_get(const struct tool_call *call, int *status, struct err *err)
{
	const struct get *get = call->values;
	struct buf out = buf_make(call->arena, 4096);
	const struct jsn *answer, *text;
	struct rest *rest;

	(void)status;
	TRY(server_open(call->arena, &get->server, &rest, err));
	TRY(server_call(rest, call->arena, "GET", path_of(call->arena, str_of(call->arguments.items[0]), get->format), STR_NONE,
		&answer, err));
	text = jsn_get_value(answer, STR("schema"));
	if (get->json)
		buf_json(&out, answer);
	else if (text && text->kind == JSN_STRING)
		buf_add(&out, text->text);
	if (!str_ends(buf_str(&out), STR("\n")))
		buf_add_c(&out, '\n');
	return output_write(get->output, buf_str(&out), err);
}

static const struct flag get_flags[] = {
	SERVER_FLAGS(struct get),
	FLAG(FLAG_TEXT, struct get, format, "format", "FORMAT", "resolved serialized ignore_extensions logical",
		"the form of the text, as the API's format"),
	FLAG(FLAG_TEXT, struct get, output, "output", "FILE", NULL, "write it there instead of to standard output"),
	FLAG(FLAG_ON, struct get, json, "json", NULL, NULL, "the whole answer, with id, references and metadata"),
};

const struct tool command_get = {
	.name = "get",
	.usage = "SUBJECT[@VERSION]|ID",
	.summary = "print a schema of a registry",
	.about = "Prints the text of a version (the latest without one), or of an id.\n\n"
		"  tenon get orders-value@3\n"
		"  tenon get 17 --json",
	.exits = "  0  when it was printed\n"
		"  2  when there is none, or the registry could not be asked",
	TOOL_FLAGS(get_flags),
	.size = sizeof(struct get),
	.least = 1,
	.most = 1,
	.failed = 2,
	.run = run_get,
};

/* ---- subjects ---- */

struct subjects {
	struct server server;
	bool deleted;
	bool versions;
};

/* Every context's when no prefix says otherwise; a registry without contexts finds nothing under that. */
static enum err_code list(struct rest *rest, struct arena *arena, struct str prefix, bool deleted, const struct jsn **out,
	struct err *err)
{
	const char *also = deleted ? "&deleted=true" : "";

	TRY(server_call(rest, arena, "GET", str_printf(arena, "/subjects?subjectPrefix=%.*s%s",
		STR_ARG(rest_escape(arena, str_present(prefix) ? prefix : STR(":*:"))), also), STR_NONE, out, err));
	if ((*out)->n_items == 0 && !str_present(prefix))
		TRY(server_call(rest, arena, "GET", str_printf(arena, "/subjects?%s", also), STR_NONE, out, err));
	return OK;
}

static enum err_code print_versions(struct rest *rest, struct arena *arena, struct str subject, bool deleted, struct err *err)
{
	const struct jsn *versions;

	TRY(server_call(rest, arena, "GET", str_printf(arena, "/subjects/%.*s/versions%s", STR_ARG(rest_escape(arena, subject)),
		deleted ? "?deleted=true" : ""), STR_NONE, &versions, err));
	printf("%.*s", STR_ARG(report_plain(arena, subject)));
	for (size_t i = 0; i < versions->n_items; i++)
		printf("%s%.*s", i == 0 ? "\t" : " ", STR_ARG(versions->items[i].text));
	printf("\n");
	return OK;
}

static enum err_code run_subjects(const struct tool_call *call, int *status, struct err *err)
{
	const struct subjects *subjects = call->values;
	struct str prefix = call->arguments.n > 0 ? str_of(call->arguments.items[0]) : STR_NONE;
	const struct jsn *names;
	struct rest *rest;

	(void)status;
	TRY(server_open(call->arena, &subjects->server, &rest, err));
	TRY(list(rest, call->arena, prefix, subjects->deleted, &names, err));
	for (size_t i = 0; i < names->n_items; i++) {
		if (subjects->versions)
			TRY(print_versions(rest, call->arena, names->items[i].text, subjects->deleted, err));
		else
			printf("%.*s\n", STR_ARG(report_plain(call->arena, names->items[i].text)));
	}
	return OK;
}

static const struct flag subjects_flags[] = {
	SERVER_FLAGS(struct subjects),
	FLAG(FLAG_ON, struct subjects, deleted, "deleted", NULL, NULL, "soft-deleted ones, too"),
	FLAG(FLAG_ON, struct subjects, versions, "versions", NULL, NULL, "each with its versions"),
};

const struct tool command_subjects = {
	.name = "subjects",
	.usage = "[PREFIX]",
	.summary = "list the subjects of a registry",
	.about = "Lists the subjects of all contexts, or those whose name begins with PREFIX, one a line.",
	.exits = "  0  when they were listed, also when there is none\n"
		"  2  when the registry could not be asked",
	TOOL_FLAGS(subjects_flags),
	.size = sizeof(struct subjects),
	.most = 1,
	.failed = 2,
	.run = run_subjects,
};

/* ---- config ---- */

struct config {
	struct server server;
	struct str level;
	struct str policy;
	bool remove;
};

static struct str config_body(struct arena *arena, const struct judging *judging)
{
	struct buf out = buf_make(arena, 128);

	buf_add_c(&out, '{');
	if (judging->has_level)
		buf_printf(&out, "\"compatibility\":\"%.*s\"", STR_ARG(compat_level_name(judging->level)));
	if (judging->has_policy)
		buf_printf(&out, "%s\"compatibilityPolicy\":\"%.*s\"", judging->has_level ? "," : "",
			STR_ARG(settings_policy_name(judging->policy)));
	buf_add_c(&out, '}');
	return buf_str(&out);
}

static enum err_code run_config(const struct tool_call *call, int *status, struct err *err)
{
	const struct config *config = call->values;
	struct arena *arena = call->arena;
	struct str path = call->arguments.n > 0 ? str_printf(arena, "/config/%.*s", STR_ARG(rest_escape(arena,
		str_of(call->arguments.items[0])))) : STR("/config");
	struct judging judging = { .has_level = false };
	struct buf out = buf_make(arena, 256);
	const struct jsn *answer;
	struct rest *rest;

	(void)status;
	TRY(setup_judging(config->level, config->policy, &judging, err));
	if (config->remove && (judging.has_level || judging.has_policy))
		return err_text(err, ERR_CONFIG_FILE, STR("--delete and a new value at once"));
	TRY(server_open(arena, &config->server, &rest, err));
	if (config->remove)
		TRY(server_call(rest, arena, "DELETE", path, STR_NONE, &answer, err));
	else if (judging.has_level || judging.has_policy)
		TRY(server_call(rest, arena, "PUT", path, config_body(arena, &judging), &answer, err));
	if (!config->remove || call->arguments.n > 0)
		TRY(server_call(rest, arena, "GET", str_concat(arena, path, call->arguments.n > 0 ? STR("?defaultToGlobal=true") : STR("")),
			STR_NONE, &answer, err));
	buf_json(&out, answer);
	buf_add_c(&out, '\n');
	return output_write(STR_NONE, buf_str(&out), err);
}

static const struct flag config_flags[] = {
	SERVER_FLAGS(struct config),
	FLAG(FLAG_TEXT, struct config, level, "level", "LEVEL", SETUP_LEVELS, "set the compatibility level"),
	FLAG(FLAG_TEXT, struct config, policy, "policy", "POLICY", SETUP_POLICIES, "set the policy"),
	FLAG(FLAG_ON, struct config, remove, "delete", NULL, NULL, "remove the configuration of its own"),
};

const struct tool command_config = {
	.name = "config",
	.usage = "[SUBJECT] [--level LEVEL] [--policy POLICY] [--delete]",
	.summary = "show or change the compatibility level of a registry or a subject",
	.about = "Prints the configuration in force, of SUBJECT or of the registry, after having changed it when a flag says so.",
	.exits = "  0  when it was printed\n"
		"  2  when the registry refused it or could not be asked",
	TOOL_FLAGS(config_flags),
	.size = sizeof(struct config),
	.most = 1,
	.failed = 2,
	.run = run_config,
};
