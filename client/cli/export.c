/* tenon export: a registry as the records of a `_schemas` topic, into a file or the topic itself. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/flags.h"
#include "client/cli/places.h"

struct export {
	struct str from;
	struct str db;
	struct str to;
	struct str from_user;
	struct str ca;
	const char *kafka[FLAG_LIST];
	bool help;
};

static enum err_code read_source(const struct export *export, struct snapshot *out, struct err *err)
{
	struct rest *rest;

	if (str_present(export->db))
		return snapshot_from_db(export->db, out, err);
	TRY(rest_open(out->arena, export->from, export->from_user, export->ca, &rest, err));
	return snapshot_from_rest(rest, NULL, out, err);
}

static enum err_code run(const struct export *export, struct arena *arena, struct err *err)
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

static enum err_code read_arguments(struct arena *arena, int argc, char **argv, struct export *export, struct str *help,
	struct err *err)
{
	const struct flag flags[] = {
		{ .name = "from", .value = "URL", .text = &export->from, .help = "a registry that runs, http(s)://host:port" },
		{ .name = "db", .value = "FILE", .text = &export->db, .help = "instead: the file of a Tenon that does not run" },
		{ .name = "to", .value = "PLACE", .text = &export->to, .help = "a file, or kafka://broker:port/topic" },
		{ .name = "from-user", .value = "NAME:PASSWORD", .text = &export->from_user, .help = "for the registry's REST API (or TENON_FROM_USER)" },
		{ .name = "ca", .value = "FILE", .text = &export->ca, .help = "certificates to trust for https, instead of the system's" },
		{ .name = "kafka", .value = "NAME=VALUE", .list = export->kafka,
			.help = "a setting of librdkafka, e.g. security.protocol=ssl; may be repeated" },
	};

	*help = flags_help(arena, flags, sizeof(flags) / sizeof(flags[0]));
	TRY(flags_read(argc, argv, flags, sizeof(flags) / sizeof(flags[0]), &export->help, err));
	if (!str_present(export->from_user))
		export->from_user = str_of(getenv("TENON_FROM_USER"));
	if (export->help)
		return OK;
	if (str_present(export->from) == str_present(export->db))
		return err_text(err, ERR_CONFIG_FILE, STR("either --from or --db is needed"));
	if (!str_present(export->to))
		return err_text(err, ERR_CONFIG_FILE, STR("--to is needed"));
	return OK;
}

int command_export(int argc, char **argv)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct export export = { .help = false };
	struct str help;
	int status = 2;

	if (read_arguments(arena, argc, argv, &export, &help, &err) != OK) {
		fprintf(stderr, "tenon export: %.*s\n", STR_ARG(err.message));
	} else if (export.help) {
		printf("usage: tenon export --from URL|--db FILE --to PLACE [FLAG VALUE]...\n\n%.*s\n"
			"Keys and values are byte for byte those of a `_schemas` topic; a file has one {\"key\":…,\"value\":…,\"ts\":…} a line.\n"
			"Ends with 0 when everything was written, 1 when it failed, 2 when it was called wrongly.\n",
			STR_ARG(help));
		status = 0;
	} else if (run(&export, arena, &err) != OK) {
		fprintf(stderr, "tenon export: %.*s\n", STR_ARG(err.message));
		status = 1;
	} else {
		status = 0;
	}
	arena_destroy(arena);
	return status;
}
