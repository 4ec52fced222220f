/* tenon import: another registry, a topic or a file of records into a registry, which keeps every id and version. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "client/cli/commands.h"
#include "client/cli/flags.h"
#include "client/cli/places.h"
#include "client/cli/replay.h"

static volatile sig_atomic_t stopped;

struct import {
	struct str from;
	struct str to;
	struct str from_user;
	struct str ca;
	struct str to_user;
	const char *kafka[FLAG_LIST];
	bool verify;
	bool help;
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
	struct rest *rest;

	if (str_starts(import->from, STR("kafka://")))
		return snapshot_from_topic(import->from, import->kafka, out, err);
	if (!is_http(import->from))
		return snapshot_from_file(import->from, out, err);
	TRY(rest_open(out->arena, import->from, import->from_user, import->ca, &rest, err));
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
static enum err_code run(const struct import *import, struct arena *arena, size_t *differences, struct err *err)
{
	struct snapshot source = snapshot_make(arena), before = snapshot_make(arena), after = snapshot_make(arena);
	struct snapshot *target = &before;
	struct rest *rest;

	TRY(read_source(import, &source, err));
	printf("%.*s holds %zu versions\n", STR_ARG(import->from), count(&source));
	snapshot_say_left(&source, import->from);
	TRY(rest_open(arena, import->to, import->to_user, import->ca, &rest, err));
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

static enum err_code read_arguments(struct arena *arena, int argc, char **argv, struct import *import, struct str *help,
	struct err *err)
{
	const struct flag flags[] = {
		{ .name = "from", .value = "PLACE", .text = &import->from,
			.help = "http(s)://registry, kafka://broker:port/_schemas, or a file of tenon export" },
		{ .name = "to", .value = "URL", .text = &import->to, .help = "the registry to write to, http(s)://host:port" },
		{ .name = "verify", .on = &import->verify, .help = "write nothing; compare both sides and list the differences" },
		{ .name = "from-user", .value = "NAME:PASSWORD", .text = &import->from_user, .help = "for the source's REST API (or TENON_FROM_USER)" },
		{ .name = "to-user", .value = "NAME:PASSWORD", .text = &import->to_user, .help = "for the target's REST API (or TENON_TO_USER)" },
		{ .name = "ca", .value = "FILE", .text = &import->ca, .help = "certificates to trust for https, instead of the system's" },
		{ .name = "kafka", .value = "NAME=VALUE", .list = import->kafka,
			.help = "a setting of librdkafka, e.g. security.protocol=ssl; may be repeated" },
	};

	*help = flags_help(arena, flags, sizeof(flags) / sizeof(flags[0]));
	TRY(flags_read(argc, argv, flags, sizeof(flags) / sizeof(flags[0]), &import->help, err));
	if (!str_present(import->from_user))
		import->from_user = str_of(getenv("TENON_FROM_USER"));
	if (!str_present(import->to_user))
		import->to_user = str_of(getenv("TENON_TO_USER"));
	if (!import->help && (!str_present(import->from) || !str_present(import->to)))
		return err_text(err, ERR_CONFIG_FILE, STR("--from and --to are both needed"));
	if (!import->help && !is_http(import->to))
		return err_text(err, ERR_CONFIG_FILE, STR("--to is a registry's address, http://host:port"));
	return OK;
}

int command_import(int argc, char **argv)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct import import = { .verify = false };
	size_t differences = 0;
	struct str help;
	int status = 2;

	if (read_arguments(arena, argc, argv, &import, &help, &err) != OK) {
		fprintf(stderr, "tenon import: %.*s\n", STR_ARG(err.message));
	} else if (import.help) {
		printf("usage: tenon import --from PLACE --to URL [--verify] [FLAG VALUE]...\n\n%.*s\n"
			"Ids, versions, soft deletes, configurations, modes, metadata and rules arrive as they are; a second run changes\n"
			"nothing. Ends with 0 when both sides are equal, 1 when they differ or it failed, 2 when it was called wrongly.\n",
			STR_ARG(help));
		status = 0;
	} else if (run(&import, arena, &differences, &err) != OK) {
		fflush(stdout);
		fprintf(stderr, "tenon import: %.*s\n", STR_ARG(err.message));
		status = 1;
	} else {
		status = differences > 0;
	}
	arena_destroy(arena);
	return status;
}
