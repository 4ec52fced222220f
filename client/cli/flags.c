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

static bool set(const struct flag *flag, const char *value)
{
	size_t at = 0;

	if (flag->text) {
		*flag->text = str_of(value);
		return *value != '\0';
	}
	while (flag->list[at])
		at++;
	if (at + 1 >= FLAG_LIST)
		return false;
	flag->list[at] = value;
	return true;
}

/* Takes argv[i], and its value from argv[i + 1] when that is not behind an equals sign; the number of arguments taken. */
static int take(char **argv, int n_left, const struct flag *flag, struct err *err)
{
	const char *equals = strchr(argv[0], '=');
	const char *value = equals ? equals + 1 : NULL, *why = NULL;
	int taken = 1;

	if (!flag->on && !value && n_left > 1) {
		value = argv[1];
		taken = 2;
	}
	if (flag->on && value)
		why = "takes no value";
	else if (flag->on)
		*flag->on = true;
	else if (!value)
		why = "the value is missing";
	else if (!set(flag, value))
		why = "the value is empty, or one too many";
	if (!why)
		return taken;
	err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--%s: %s", flag->name, why));
	return 0;
}

enum err_code flags_read(int argc, char **argv, const struct flag *flags, size_t n, bool *help, struct err *err)
{
	for (int i = 0, taken = 1; i < argc; i += taken) {
		struct str arg = str_of(argv[i]);
		ptrdiff_t equals = str_index(arg, '=');
		const struct flag *flag = NULL;

		taken = 1;
		if (str_eq(arg, STR("--help")) || str_eq(arg, STR("-h"))) {
			*help = true;
			continue;
		}
		if (str_starts(arg, STR("--")))
			flag = find(flags, n, str_sub(arg, 2, equals > 0 ? (size_t)equals : arg.len));
		if (!flag)
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s: no such flag; --help lists them", STR_ARG(arg)));
		taken = take(&argv[i], argc - i, flag, err);
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
