/* Reading the flags of the commands that are no servers: arguments only, no environment and no file. */
#include "client/cli/flags.h"

#include "base/arena.h"

static const struct flag *find(const struct flag *flags, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, str_of(flags[i].name)))
			return &flags[i];
	return NULL;
}

static bool set(const struct flag *flag, void *values, const char *value)
{
	void *member = (char *)values + flag->at;
	const char **list = member;
	size_t at = 0;

	if (flag->kind == FLAG_TEXT) {
		*(struct str *)member = str_of(value);
		return *value != '\0';
	}
	while (list[at])
		at++;
	if (at + 1 >= FLAG_LIST_ROOM)
		return false;
	list[at] = value;
	return true;
}

/* Takes argv[0], and its value from argv[1] when that is not behind an equals sign; the number of arguments taken. */
static int take(char **argv, int n_left, const struct flag *flag, void *values, struct err *err)
{
	const char *equals = strchr(argv[0], '=');
	const char *value = equals ? equals + 1 : NULL, *why = NULL;
	int taken = 1;

	if (flag->kind != FLAG_ON && !value && n_left > 1) {
		value = argv[1];
		taken = 2;
	}
	if (flag->kind == FLAG_ON && value)
		why = "takes no value";
	else if (flag->kind == FLAG_ON)
		*(bool *)(void *)((char *)values + flag->at) = true;
	else if (!value)
		why = "the value is missing";
	else if (!set(flag, values, value))
		why = "the value is empty, or one too many";
	if (!why)
		return taken;
	err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--%s: %s", flag->name, why));
	return 0;
}

/* A lone "-" is an argument: standard input. */
static bool is_flag(struct str arg)
{
	return arg.len > 1 && arg.data[0] == '-';
}

enum err_code flags_read(struct arena *arena, int argc, char **argv, const struct flag *flags, size_t n, void *values,
	struct arguments *out, bool *help, struct err *err)
{
	bool only_arguments = false;

	*out = (struct arguments){ .items = arena_array(arena, char *, (size_t)argc + 1) };
	for (int i = 0, taken = 1; i < argc; i += taken) {
		struct str arg = str_of(argv[i]);
		ptrdiff_t equals = str_index(arg, '=');
		const struct flag *flag = NULL;

		taken = 1;
		if (only_arguments || !is_flag(arg)) {
			out->items[out->n++] = argv[i];
			continue;
		}
		if (str_eq(arg, STR("--help")) || str_eq(arg, STR("-h")) || str_eq(arg, STR("--"))) {
			*help |= arg.len != 2 || arg.data[1] == 'h';
			only_arguments = str_eq(arg, STR("--"));
			continue;
		}
		if (str_starts(arg, STR("--")))
			flag = find(flags, n, str_sub(arg, 2, equals > 0 ? (size_t)equals : arg.len));
		if (!flag)
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s: no such flag; --help lists them", STR_ARG(arg)));
		taken = take(&argv[i], argc - i, flag, values, err);
		if (taken == 0)
			return err->code;
	}
	return OK;
}

struct str flags_help(struct arena *arena, const struct flag *flags, size_t n)
{
	struct buf out = buf_make(arena, 1024);

	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "  %-30s %s\n", arena_printf(arena, "--%s %s", flags[i].name, flags[i].value ? flags[i].value : ""),
			flags[i].help);
	return buf_str(&out);
}
