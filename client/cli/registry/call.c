/* tenon call: any request to a registry, for what no other command asks. */
#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/output.h"
#include "client/cli/registry/server.h"

struct asked {
	struct server server;
	struct str method;
	struct str body;
	struct str output;
};

static enum err_code run_call(const struct tool_call *call, int *status, struct err *err)
{
	const struct asked *asked = call->values;
	struct str path = str_of(call->arguments.items[0]);
	bool has_body = str_present(asked->body);
	const char *method = str_present(asked->method) ? str_dup(call->arena, asked->method).data : has_body ? "POST" : "GET";
	struct rest_answer answer;
	struct rest *rest;

	(void)status;
	if (!str_starts(path, STR("/")))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s is no path, which begins with /", STR_ARG(path)));
	if (has_body && (str_eq_nocase(str_of(method), STR("GET")) || str_eq_nocase(str_of(method), STR("DELETE"))))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s takes no --body", method));
	TRY(server_open(call->arena, &asked->server, &rest, err));
	TRY(rest_call(rest, call->arena, method, path, asked->body, &answer, err));
	if (answer.status >= 300)
		return server_refusal(rest, &answer, err);
	if (!str_ends(answer.text, STR("\n")))
		answer.text = str_concat(call->arena, answer.text, STR("\n"));
	return output_write(asked->output, answer.text, err);
}

static const struct flag call_flags[] = {
	SERVER_FLAGS(struct asked),
	FLAG(FLAG_TEXT, struct asked, method, "method", "METHOD", "GET POST PUT DELETE", "GET, or POST with a body, unless given"),
	FLAG(FLAG_TEXT, struct asked, body, "body", "JSON", NULL, "what is sent"),
	FLAG(FLAG_TEXT, struct asked, output, "output", "FILE", NULL, "write the answer there instead of to standard output"),
};

const struct tool command_call = {
	.name = "call",
	.usage = "PATH",
	.summary = "ask a registry anything its API has",
	.about = "Sends one request, over the connections, retries and credentials of the other commands, and prints the answer as it came.\n"
		"PATH is what stands behind the registry's address, percent-encoded where it needs to be (docs/api-v1.md, /openapi.yaml).\n\n"
		"  tenon call '/api/v1/search?q=email'\n"
		"  tenon call /mode/orders-value --method PUT --body '{\"mode\":\"READONLY\"}'",
	.exits = "  0  when the registry answered with success\n"
		"  2  when it refused, or could not be asked",
	TOOL_FLAGS(call_flags),
	.size = sizeof(struct asked),
	.least = 1,
	.most = 1,
	.failed = 2,
	.run = run_call,
};
