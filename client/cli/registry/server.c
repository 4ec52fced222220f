/* Opening the registry that a command talks to. */
#include "client/cli/registry/server.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "client/cli/schemas/settings.h"
#include "client/cli/schemas/tree.h"

static struct str from_environment(struct str given, const char *name)
{
	const char *value = str_present(given) ? NULL : getenv(name);

	return value && *value ? str_of(value) : given;
}

static enum err_code from_settings(struct arena *arena, struct str *url, struct err *err)
{
	struct settings settings;
	struct str text;

	if (str_present(*url) || access("tenon.toml", F_OK) != 0)
		return OK;
	TRY(tree_read_file(arena, STR("tenon.toml"), &text, err));
	TRY(settings_parse(arena, STR("tenon.toml"), text, &settings, err));
	*url = settings.registry;
	return OK;
}

enum err_code server_open(struct arena *arena, const struct server *server, struct rest **out, struct err *err)
{
	struct server asked = *server;

	asked.url = from_environment(server->url, "TENON_REGISTRY");
	asked.user = from_environment(server->user, "TENON_USER");
	TRY(from_settings(arena, &asked.url, err));
	if (!str_present(asked.url))
		return err_text(err, ERR_CONFIG_FILE, STR("which registry? give --registry http(s)://host:port, or set TENON_REGISTRY"));
	if (!str_starts(asked.url, STR("http://")) && !str_starts(asked.url, STR("https://")))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s is no registry's address: http(s)://host:port",
			STR_ARG(asked.url)));
	return rest_open(arena, &asked, out, err);
}

enum err_code server_refusal(const struct rest *rest, const struct rest_answer *answer, struct err *err)
{
	const struct jsn *message = answer->json ? jsn_get_value(answer->json, STR("message")) : NULL;

	if (message && message->kind == JSN_STRING)
		return err_text(err, ERR_STORE, str_dup(err->arena, message->text));
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s does not answer like a schema registry: status %d, %.*s",
		STR_ARG(rest_url(rest)), answer->status, STR_ARG(rest_excerpt(answer))));
}

enum err_code server_call(struct rest *rest, struct arena *arena, const char *method, struct str path, struct str body,
	const struct jsn **out, struct err *err)
{
	struct rest_answer answer;

	TRY(rest_call(rest, arena, method, path, body, &answer, err));
	if (answer.status < 200 || answer.status > 299 || !answer.json)
		return server_refusal(rest, &answer, err);
	*out = answer.json;
	return OK;
}
