/* tenon export: a registry as the records of a `_schemas` topic, into a file or the topic itself. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/places.h"

struct export {
	struct str from;
	struct str db;
	struct str to;
	struct str from_user;
	struct str ca;
	struct str timeout;
	const char *kafka[FLAG_LIST_ROOM];
};

static enum err_code read_source(const struct export *export, struct snapshot *out, struct err *err)
{
	const struct server server = { .url = export->from, .user = export->from_user, .ca = export->ca, .timeout = export->timeout };
	struct rest *rest;

	if (str_present(export->db))
		return snapshot_from_db(export->db, out, err);
	TRY(rest_open(out->arena, &server, &rest, err));
	return snapshot_from_rest(rest, NULL, out, err);
}

static enum err_code write_records(const struct export *export, struct arena *arena, struct err *err)
{
	struct snapshot snapshot = snapshot_make(arena);
	size_t n = 0;

	TRY(read_source(export, &snapshot, err));
	snapshot_say_left(&snapshot, str_present(export->db) ? export->db : export->from);
	if (str_starts(export->to, STR("kafka://")))
		TRY(snapshot_to_topic(&snapshot, export->to, export->kafka, &n, err));
	else
		TRY(snapshot_to_file(&snapshot, export->to, &n, err));
	printf("wrote %zu records to %.*s\n", n, STR_ARG(export->to));
	return OK;
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	struct export *export = call->values;

	(void)status;
	if (!str_present(export->from_user))
		export->from_user = str_of(getenv("TENON_FROM_USER"));
	if (str_present(export->from) == str_present(export->db))
		return err_text(err, ERR_CONFIG_FILE, STR("either --from or --db is needed"));
	if (!str_present(export->to))
		return err_text(err, ERR_CONFIG_FILE, STR("--to is needed"));
	return write_records(export, call->arena, err);
}

static const struct flag flags[] = {
	FLAG(FLAG_TEXT, struct export, from, "from", "URL", NULL, "a registry that runs, http(s)://host:port"),
	FLAG(FLAG_TEXT, struct export, db, "db", "FILE", NULL, "instead: the file of a Tenon that does not run"),
	FLAG(FLAG_TEXT, struct export, to, "to", "PLACE", NULL, "a file, or kafka://broker:port/topic"),
	FLAG(FLAG_TEXT, struct export, from_user, "from-user", "NAME:PASSWORD", NULL,
		"for the registry's REST API (or TENON_FROM_USER)"),
	FLAG(FLAG_TEXT, struct export, ca, "ca", "FILE", NULL, "certificates to trust for https, instead of the system's"),
	TIMEOUT_FLAG(struct export, timeout),
	FLAG(FLAG_LIST, struct export, kafka, "kafka", "NAME=VALUE", NULL,
		"a setting of librdkafka, e.g. security.protocol=ssl; may be repeated"),
};

const struct tool command_export = {
	.name = "export",
	.usage = "--from URL|--db FILE --to PLACE [FLAG VALUE]...",
	.summary = "write a registry as the records of a _schemas topic",
	.about = "Keys and values are byte for byte those of a `_schemas` topic; a file has one {\"key\":…,\"value\":…,\"ts\":…} a line.",
	.exits = "  0  when everything was written\n"
		"  1  when it failed\n"
		"  2  when it was called wrongly",
	TOOL_FLAGS(flags),
	.size = sizeof(struct export),
	.failed = 1,
	.run = run,
};
