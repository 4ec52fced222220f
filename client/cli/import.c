/* tenon import: another registry, a topic or a file of records into a registry, which keeps every id and version. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/places.h"
#include "client/cli/replay.h"

static volatile sig_atomic_t stopped;

struct import {
	struct str from;
	struct str to;
	struct str from_user;
	struct str ca;
	struct str timeout;
	struct str to_user;
	const char *kafka[FLAG_LIST_ROOM];
	bool verify;
};

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static bool is_http(struct str place)
{
	return str_starts(place, STR("http://")) || str_starts(place, STR("https://"));
}

static enum err_code read_source(const struct import *import, struct snapshot *out, struct err *err)
{
	const struct server server = { .url = import->from, .user = import->from_user, .ca = import->ca, .timeout = import->timeout };
	struct rest *rest;

	if (str_starts(import->from, STR("kafka://")))
		return snapshot_from_topic(import->from, import->kafka, out, err);
	if (!is_http(import->from))
		return snapshot_from_file(import->from, out, err);
	TRY(rest_open(out->arena, &server, &rest, err));
	return snapshot_from_rest(rest, NULL, out, err);
}

static size_t count(const struct snapshot *snapshot)
{
	size_t n = 0;

	for (size_t i = 0; i < snapshot->n_versions; i++)
		n += !snapshot->versions[i]->gone;
	return n;
}

static enum err_code write_target(struct rest *rest, struct snapshot *source, struct snapshot *target, struct err *err)
{
	struct replay_result result = { .n_refused = 0 };
	enum err_code code;

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	code = replay(rest, source, target, &stopped, &result, err);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	printf("registered %zu, soft-deleted %zu, set %zu configurations and modes, %zu refused\n", result.n_registered,
		result.n_deleted, result.n_entries, result.n_refused);
	return code;
}

/* Reads both sides, writes unless only asked to compare, and compares what is there then; the differences. */
static enum err_code move(const struct import *import, struct arena *arena, size_t *differences, struct err *err)
{
	struct snapshot source = snapshot_make(arena), before = snapshot_make(arena), after = snapshot_make(arena);
	const struct server server = { .url = import->to, .user = import->to_user, .ca = import->ca, .timeout = import->timeout };
	struct snapshot *target = &before;
	struct rest *rest;

	TRY(read_source(import, &source, err));
	printf("%.*s holds %zu versions\n", STR_ARG(import->from), count(&source));
	snapshot_say_left(&source, import->from);
	TRY(rest_open(arena, &server, &rest, err));
	TRY(snapshot_from_rest(rest, &source, &before, err));
	if (!import->verify) {
		TRY(write_target(rest, &source, &before, err));
		TRY(snapshot_from_rest(rest, &source, &after, err));
		target = &after;
	}
	*differences = snapshot_compare(&source, target, stdout);
	if (*differences == 0)
		printf("source and target are equal\n");
	else
		printf("%zu differences\n", *differences);
	return OK;
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	struct import *import = call->values;
	size_t differences = 0;

	if (!str_present(import->from_user))
		import->from_user = str_of(getenv("TENON_FROM_USER"));
	if (!str_present(import->to_user))
		import->to_user = str_of(getenv("TENON_TO_USER"));
	if (!str_present(import->from) || !str_present(import->to))
		return err_text(err, ERR_CONFIG_FILE, STR("--from and --to are both needed"));
	if (!is_http(import->to))
		return err_text(err, ERR_CONFIG_FILE, STR("--to is a registry's address, http://host:port"));
	TRY(move(import, call->arena, &differences, err));
	*status = differences > 0;
	return OK;
}

static const struct flag flags[] = {
	FLAG(FLAG_TEXT, struct import, from, "from", "PLACE", NULL,
		"http(s)://registry, kafka://broker:port/_schemas, or a file of tenon export"),
	FLAG(FLAG_TEXT, struct import, to, "to", "URL", NULL, "the registry to write to, http(s)://host:port"),
	FLAG(FLAG_ON, struct import, verify, "verify", NULL, NULL, "write nothing; compare both sides and list the differences"),
	FLAG(FLAG_TEXT, struct import, from_user, "from-user", "NAME:PASSWORD", NULL,
		"for the source's REST API (or TENON_FROM_USER)"),
	FLAG(FLAG_TEXT, struct import, to_user, "to-user", "NAME:PASSWORD", NULL,
		"for the target's REST API (or TENON_TO_USER)"),
	FLAG(FLAG_TEXT, struct import, ca, "ca", "FILE", NULL, "certificates to trust for https, instead of the system's"),
	TIMEOUT_FLAG(struct import, timeout),
	FLAG(FLAG_LIST, struct import, kafka, "kafka", "NAME=VALUE", NULL,
		"a setting of librdkafka, e.g. security.protocol=ssl; may be repeated"),
};

const struct tool command_import = {
	.name = "import",
	.usage = "--from PLACE --to URL [--verify] [FLAG VALUE]...",
	.summary = "bring another registry or its topic into this one, ids and all",
	.about = "Ids, versions, soft deletes, configurations, modes, metadata and rules arrive as they are; a second run changes\n"
		"nothing.",
	.exits = "  0  when both sides are equal\n"
		"  1  when they differ or it failed\n"
		"  2  when it was called wrongly",
	TOOL_FLAGS(flags),
	.size = sizeof(struct import),
	.failed = 1,
	.run = run,
};
