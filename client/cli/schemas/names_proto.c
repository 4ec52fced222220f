/* Names in a .proto text: its package, its first message and its imports, without parsing the rest. */
#include "base/arena.h"
#include "client/cli/schemas/names.h"

struct scanner {
	struct str text;
	size_t at;
};

static bool at_comment(const struct scanner *s, char second)
{
	return s->at + 1 < s->text.len && s->text.data[s->at] == '/' && s->text.data[s->at + 1] == second;
}

static void skip_to(struct scanner *s, struct str end)
{
	const char *found = memmem(s->text.data + s->at, s->text.len - s->at, end.data, end.len);

	s->at = found ? (size_t)(found - s->text.data) + end.len : s->text.len;
}

static void skip_blanks(struct scanner *s)
{
	while (s->at < s->text.len) {
		if (at_comment(s, '/'))
			skip_to(s, STR("\n"));
		else if (at_comment(s, '*'))
			skip_to(s, STR("*/"));
		else if ((unsigned char)s->text.data[s->at] <= ' ')
			s->at++;
		else
			return;
	}
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* A string without its quotes, escapes as they stand. */
static struct str take_string(struct scanner *s, char quote)
{
	size_t from = ++s->at;

	while (s->at < s->text.len && s->text.data[s->at] != quote && s->text.data[s->at] != '\n')
		s->at += 1 + (s->text.data[s->at] == '\\');
	if (s->at > s->text.len)
		s->at = s->text.len;
	return str_sub(s->text, from, s->at++);
}

/* A name, the inside of a string, or one other character; absent at the end. */
static struct str take(struct scanner *s)
{
	size_t from;

	skip_blanks(s);
	if (s->at >= s->text.len)
		return STR_NONE;
	from = s->at;
	if (s->text.data[from] == '"' || s->text.data[from] == '\'')
		return take_string(s, s->text.data[from]);
	s->at++;
	if (is_name(s->text.data[from]))
		while (s->at < s->text.len && is_name(s->text.data[s->at]))
			s->at++;
	return str_sub(s->text, from, s->at);
}

/* What protoc and registries have built in. */
static bool is_built_in(struct str path)
{
	return str_starts(path, STR("google/protobuf/")) || str_starts(path, STR("google/type/"))
		|| str_starts(path, STR("confluent/"));
}

static void take_import(struct names *names, struct scanner *s)
{
	struct str word = take(s);

	if (str_eq(word, STR("public")) || str_eq(word, STR("weak")))
		word = take(s);
	if (word.len > 0 && !is_built_in(word))
		names_need(names, word);
}

void names_of_proto(struct names *names, struct str text)
{
	struct scanner s = { .text = text };
	struct str package = STR_NONE, word;
	bool begins = true; /* a statement, at the top */
	size_t depth = 0;

	while (str_present(word = take(&s))) {
		bool first = begins && depth == 0;

		depth += str_eq(word, STR("{"));
		depth -= depth > 0 && str_eq(word, STR("}"));
		begins = str_eq(word, STR(";")) || str_eq(word, STR("}"));
		if (!first)
			continue;
		if (str_eq(word, STR("package")))
			package = take(&s);
		else if (str_eq(word, STR("import")))
			take_import(names, &s);
		else if (str_eq(word, STR("message")) && names->n_defines == 0)
			names_define(names, take(&s));
	}
	if (str_present(package) && str_present(names->main))
		names->main = str_printf(names->arena, "%.*s.%.*s", STR_ARG(package), STR_ARG(names->main));
}
