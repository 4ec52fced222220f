/* Reading the configuration: flags before environment before file before defaults. */
#include "client/cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"

extern char **environ;

/* ---- values ---- */

static bool parse_ADDRESS(struct str text, struct option_address *out)
{
	ptrdiff_t colon = str_rindex(text, ':');
	struct str host, port;
	int32_t number;

	if (colon < 0)
		return false;
	host = str_sub(text, 0, (size_t)colon);
	port = str_sub(text, (size_t)colon + 1, text.len);
	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = str_sub(host, 1, host.len - 1);
	if (host.len == 0 || !str_to_i32(port, &number) || number < 0 || number > 65535)
		return false;
	*out = (struct option_address){ .host = host, .port = (uint16_t)number };
	return true;
}

static bool parse_TEXT(struct str text, struct str *out)
{
	*out = text;
	return text.len > 0;
}

static bool parse_LEVEL(struct str text, enum compat_level *out)
{
	return compat_level_find(text, out);
}

static bool parse_BOOL(struct str text, bool *out)
{
	*out = str_eq_nocase(text, STR("true"));
	return *out || str_eq_nocase(text, STR("false"));
}

static bool parse_RULESETS(struct str text, bool *out)
{
	*out = str_eq(text, STR("keep"));
	return *out || str_eq(text, STR("drop"));
}

static bool parse_SIZE(struct str text, size_t *out)
{
	static const char units[] = "KMG";
	const char *unit = text.len > 0 ? strchr(units, text.data[text.len - 1] & ~0x20) : NULL;
	unsigned shift = 0;
	int64_t number;

	if (unit && *unit) {
		shift = 10 * (unsigned)(unit - units + 1);
		text = str_sub(text, 0, text.len - 1);
	}
	if (!str_to_i64(text, &number) || number < 0 || number > INT64_MAX >> (shift + 1))
		return false;
	*out = (size_t)number << shift;
	return true;
}

static bool parse_NUMBER(struct str text, unsigned *out)
{
	int32_t number;

	if (!str_to_i32(text, &number) || number < 0)
		return false;
	*out = (unsigned)number;
	return true;
}

static bool parse_LOGFORMAT(struct str text, enum log_format *out)
{
	*out = str_eq(text, STR("json")) ? LOG_JSON : LOG_TEXT;
	return *out == LOG_JSON || str_eq(text, STR("text"));
}

static bool parse_LOGLEVEL(struct str text, enum log_level *out)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(text, str_of(names[i]))) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* ---- the table ---- */

struct row {
	const char *name;            /* with _ between words, as in the struct */
	const char *kind;
	const char *standard;
	const char *help;
	bool (*parse)(struct str text, struct options *out);
};

#define O(name, kind, standard, help)                                  \
	static bool set_##name(struct str text, struct options *out)       \
	{                                                                  \
		return parse_##kind(text, &out->name);                         \
	}
#include "client/cli/options.def"
#undef O

static const struct row rows[] = {
#define O(name, kind, standard, help) { #name, #kind, standard, help, set_##name },
#include "client/cli/options.def"
#undef O
};
static const size_t n_rows = sizeof(rows) / sizeof(rows[0]);

static const char *shown_kind(const char *kind)
{
	static const struct {
		const char *kind;
		const char *shown;
	} kinds[] = {
		{ "ADDRESS", "HOST:PORT" }, { "TEXT", "FILE" }, { "BOOL", "true|false" }, { "SIZE", "BYTES" }, { "NUMBER", "N" },
		{ "RULESETS", "keep|drop" }, { "LOGFORMAT", "text|json" }, { "LOGLEVEL", "LEVEL" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].shown;
	return kind;
}

/* "max_body" as a flag shows it: "max-body". */
static char *dashed(struct arena *arena, const char *name)
{
	char *out = arena_strdup(arena, name);

	for (char *at = out; *at; at++)
		if (*at == '_')
			*at = '-';
	return out;
}

const struct flag *options_flags(struct arena *arena, size_t *n)
{
	struct flag *flags = arena_array(arena, struct flag, n_rows + 1);

	for (size_t i = 0; i < n_rows; i++)
		flags[i] = (struct flag){
			.name = dashed(arena, rows[i].name),
			.value = shown_kind(rows[i].kind),
			.help = arena_printf(arena, "%s (default %s)", rows[i].help, rows[i].standard),
		};
	flags[n_rows] = (struct flag){ .name = "config", .value = "FILE",
		.help = "read \"name = value\" lines from a file; # begins a comment" };
	*n = n_rows + 1;
	return flags;
}

static const struct row *find_row(struct arena *arena, struct str flag)
{
	for (size_t i = 0; i < n_rows; i++)
		if (str_eq(flag, str_of(dashed(arena, rows[i].name))))
			return &rows[i];
	return NULL;
}

static enum err_code refuse(struct err *err, struct str where, const struct row *row, struct str value)
{
	return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s: \"%.*s\" is not a valid value; expected %s, e.g. %s",
		STR_ARG(where), STR_ARG(value), shown_kind(row->kind), row->standard));
}

/* ---- the three sources, each a map from the row's name to its text, with where it came from ---- */

struct given {
	struct str where;
	struct str value;
};

static void put(struct arena *arena, struct map *map, const struct row *row, struct str where, struct str value)
{
	struct given *given = arena_new(arena, struct given);

	*given = (struct given){ .where = where, .value = value };
	map_put(map, str_of(row->name), given);
}

static enum err_code read_flags(struct arena *arena, int argc, char **argv, struct map *out, struct str *config,
	struct options *options, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		struct str arg = str_of(argv[i]), value, flag;
		ptrdiff_t equals = str_index(arg, '=');
		const struct row *row;

		if (str_eq(arg, STR("--help")) || str_eq(arg, STR("-h"))) {
			options->help = true;
			continue;
		}
		flag = str_sub(arg, 2, equals > 0 ? (size_t)equals : arg.len);
		row = str_starts(arg, STR("--")) ? find_row(arena, flag) : NULL;
		if (!row && !str_eq(flag, STR("config")))
			return err_text(err, ERR_CONFIG_FILE, str_printf(arena,
				"%.*s: no such flag; tenon serve --help lists them", STR_ARG(arg)));
		if (equals > 0)
			value = str_sub(arg, (size_t)equals + 1, arg.len);
		else if (i + 1 < argc)
			value = str_of(argv[++i]);
		else
			return err_text(err, ERR_CONFIG_FILE, str_printf(arena, "%.*s: the value is missing", STR_ARG(arg)));
		if (row)
			put(arena, out, row, str_concat(arena, STR("--"), flag), value);
		else
			*config = value;
	}
	return OK;
}

static void read_environment(struct arena *arena, struct map *out)
{
	for (size_t i = 0; i < n_rows; i++) {
		char *name = arena_printf(arena, "TENON_%s", rows[i].name);
		const char *value;

		for (char *at = name; *at; at++)
			if (*at >= 'a' && *at <= 'z')
				*at = (char)(*at - 0x20);
		value = getenv(name);
		if (value)
			put(arena, out, &rows[i], str_of(name), str_of(value));
	}
}

static enum err_code read_line(struct arena *arena, struct str path, unsigned number, struct str line, struct map *out,
	struct err *err)
{
	ptrdiff_t comment = str_index(line, '#');
	struct str where = str_printf(arena, "%.*s:%u", STR_ARG(path), number);
	ptrdiff_t equals;
	const struct row *row;

	line = str_trim(comment >= 0 ? str_sub(line, 0, (size_t)comment) : line);
	if (line.len == 0)
		return OK;
	equals = str_index(line, '=');
	if (equals < 0)
		return err_text(err, ERR_CONFIG_FILE, str_printf(arena, "%.*s: expected \"name = value\"", STR_ARG(where)));
	row = find_row(arena, str_trim(str_sub(line, 0, (size_t)equals)));
	if (!row)
		return err_text(err, ERR_CONFIG_FILE, str_printf(arena, "%.*s: \"%.*s\" is no configuration; tenon serve --help"
			" lists them", STR_ARG(where), STR_ARG(str_trim(str_sub(line, 0, (size_t)equals)))));
	put(arena, out, row, where, str_trim(str_sub(line, (size_t)equals + 1, line.len)));
	return OK;
}

static enum err_code read_file(struct arena *arena, struct str path, struct map *out, struct err *err)
{
	FILE *file = fopen(path.data, "re");
	enum err_code code = OK;
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	ssize_t len;

	if (!file)
		return err_text(err, ERR_CONFIG_FILE, str_printf(arena, "%.*s: %s", STR_ARG(path), strerror(errno)));
	while (code == OK && (len = getline(&line, &room, file)) >= 0)
		code = read_line(arena, path, ++number, str_dup(arena, str_make(line, (size_t)len)), out, err);
	free(line);
	fclose(file);
	return code;
}

enum err_code options_read(struct arena *arena, int argc, char **argv, struct options *out, struct err *err)
{
	struct map sources[3];
	struct options options = { .help = false };
	struct str config = STR_NONE;

	for (size_t k = 0; k < 3; k++)
		sources[k] = map_make(arena);
	TRY(read_flags(arena, argc, argv, &sources[0], &config, &options, err));
	read_environment(arena, &sources[1]);
	if (!str_present(config))
		config = str_of(getenv("TENON_CONFIG"));
	if (str_present(config))
		TRY(read_file(arena, config, &sources[2], err));
	for (size_t i = 0; i < n_rows; i++) {
		const struct given *given = NULL;

		for (size_t k = 0; k < 3 && !given; k++)
			given = map_get(&sources[k], str_of(rows[i].name));
		if (!given)
			rows[i].parse(str_of(rows[i].standard), &options);
		else if (!rows[i].parse(given->value, &options))
			return refuse(err, given->where, &rows[i], given->value);
	}
	options.listen.host = str_dup(arena, options.listen.host); /* a part of the text: make it end */
	*out = options;
	return OK;
}
