/* Reading tenon.toml. */
#include "client/cli/schemas/settings.h"

#include <fnmatch.h>

#include "base/arena.h"
#include "client/cli/toml.h"

struct reader {
	struct arena *arena;
	struct str path;
	struct settings *out;
	struct err *err;
};

static enum err_code refuse(struct reader *r, const struct jsn *at, struct str why)
{
	return err_text(r->err, ERR_CONFIG_FILE, str_printf(r->err->arena, "%.*s:%u: %.*s", STR_ARG(r->path), at->line,
		STR_ARG(why)));
}

static enum err_code expect(struct reader *r, const struct jsn *value, enum jsn_kind kind, const char *what)
{
	if (value->kind == kind)
		return OK;
	return refuse(r, value, str_printf(r->err->arena, "\"%.*s\" has to be %s", STR_ARG(value->name), what));
}

static enum err_code expect_text(struct reader *r, const struct jsn *value, struct str *out)
{
	TRY(expect(r, value, JSN_STRING, "a text in quotes"));
	if (value->text.len == 0)
		return refuse(r, value, str_printf(r->err->arena, "\"%.*s\" is empty", STR_ARG(value->name)));
	*out = value->text;
	return OK;
}

static enum err_code unknown(struct reader *r, const struct jsn *member, const char *known)
{
	return refuse(r, member, str_printf(r->err->arena, "\"%.*s\" is not known here; there are %s", STR_ARG(member->name), known));
}

/* ---- small things ---- */

static const struct str policies[] = {
	[SCHEMA_POLICY_STRICT] = { "STRICT", 6 },
	[SCHEMA_POLICY_LENIENT] = { "LENIENT", 7 },
	[SCHEMA_POLICY_LOGICAL] = { "LOGICAL", 7 },
	[SCHEMA_POLICY_SOUND] = { "SOUND", 5 },
};

bool settings_policy_find(struct str name, enum schema_policy *out)
{
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (str_eq_nocase(name, policies[i])) {
			*out = (enum schema_policy)i;
			return true;
		}
	}
	return false;
}

struct str settings_policy_name(enum schema_policy policy)
{
	return policies[policy];
}

struct str settings_path(struct arena *arena, struct str folder, struct str path)
{
	struct buf out = buf_make(arena, folder.len + path.len + 2);
	struct str rest = str_starts(path, STR("/")) ? path : str_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(path));

	while (rest.len > 0) {
		ptrdiff_t slash = str_index(rest, '/');
		struct str part = str_sub(rest, 0, slash < 0 ? rest.len : (size_t)slash);

		rest = str_sub(rest, slash < 0 ? rest.len : (size_t)slash + 1, rest.len);
		if (str_eq(part, STR(".."))) {
			ptrdiff_t last = str_rindex(str_make(out.data, out.len), '/');

			out.len = last < 0 ? 0 : (size_t)last;
		} else if (part.len > 0 && !str_eq(part, STR("."))) {
			if (out.len > 0)
				buf_add_c(&out, '/');
			buf_add(&out, part);
		}
	}
	return buf_str(&out);
}

bool settings_match(struct str pattern, struct str path)
{
	if (fnmatch(pattern.data, path.data, FNM_LEADING_DIR) == 0)
		return true;
	return str_starts(path, pattern) && (pattern.len == 0 || path.data[pattern.len] == '/');
}

struct str settings_literal(struct arena *arena, struct str path)
{
	struct buf out = buf_make(arena, path.len + 8);

	for (size_t i = 0; i < path.len; i++) {
		if (path.data[i] && strchr(SETTINGS_SPECIAL, path.data[i]))
			buf_add_c(&out, '\\');
		buf_add_c(&out, path.data[i]);
	}
	return buf_str(&out);
}

const struct settings_subject *settings_subject_of(const struct settings *settings, struct str path)
{
	for (size_t i = 0; i < settings->n_subjects; i++)
		if (str_eq(settings->subjects[i].file, path))
			return &settings->subjects[i];
	return NULL;
}

/* A path of the file as one from the tree's root. */
static struct str rooted(struct reader *r, struct str path)
{
	return settings_path(r->arena, r->out->folder, path);
}

/* Only what the file says is a pattern, not the folder's name before it. */
static struct str rooted_pattern(struct reader *r, struct str pattern)
{
	return settings_path(r->arena, settings_literal(r->arena, r->out->folder), pattern);
}

/* ---- keys ---- */

/* "level" and "policy"; false when the member is neither. */
static bool read_judging(struct reader *r, const struct jsn *member, struct judging *out, enum err_code *code)
{
	bool level = str_eq(member->name, STR("level"));

	if (!level && !str_eq(member->name, STR("policy")))
		return false;
	*code = expect(r, member, JSN_STRING, "a text in quotes");
	if (*code != OK)
		return true;
	if (level && compat_level_find(member->text, &out->level))
		out->has_level = true;
	else if (!level && settings_policy_find(member->text, &out->policy))
		out->has_policy = true;
	else
		*code = refuse(r, member, str_printf(r->err->arena, "\"%.*s\" is no %s", STR_ARG(member->text), level
			? "level: NONE, BACKWARD, FORWARD, FULL or one of these with _TRANSITIVE" : "policy: STRICT, LENIENT, LOGICAL or SOUND"));
	return true;
}

static enum err_code read_references(struct reader *r, const struct jsn *list, struct settings_subject *out)
{
	TRY(expect(r, list, JSN_ARRAY, "an array of tables { name = …, file = … }"));
	out->references = arena_array(r->arena, struct settings_reference, list->n_items);
	for (size_t i = 0; i < list->n_items; i++) {
		struct settings_reference *reference = &out->references[out->n_references++];
		const struct jsn *item = &list->items[i];

		TRY(expect(r, item, JSN_OBJECT, "a table { name = …, file = … }"));
		for (size_t k = 0; k < item->n_items; k++) {
			if (str_eq(item->items[k].name, STR("name")))
				TRY(expect_text(r, &item->items[k], &reference->name));
			else if (str_eq(item->items[k].name, STR("file")))
				TRY(expect_text(r, &item->items[k], &reference->file));
			else
				return unknown(r, &item->items[k], "name and file");
		}
		if (!str_present(reference->name) || !str_present(reference->file))
			return refuse(r, item, STR("a reference needs its name and its file"));
		reference->file = rooted(r, reference->file);
	}
	return OK;
}

static enum err_code read_subject(struct reader *r, const struct jsn *table, struct settings_subject *out)
{
	TRY(expect(r, table, JSN_OBJECT, "a table"));
	out->name = table->name;
	out->line = table->line;
	for (size_t i = 0; i < table->n_items; i++) {
		const struct jsn *member = &table->items[i];
		enum err_code code = OK;
		struct str type;

		if (read_judging(r, member, &out->judging, &code)) {
			TRY(code);
		} else if (str_eq(member->name, STR("file"))) {
			TRY(expect_text(r, member, &out->file));
		} else if (str_eq(member->name, STR("references"))) {
			TRY(read_references(r, member, out));
		} else if (str_eq(member->name, STR("type"))) {
			TRY(expect_text(r, member, &type));
			out->has_type = schema_type_find(type, &out->type);
			if (!out->has_type)
				return refuse(r, member, STR("the types are AVRO, JSON and PROTOBUF"));
		} else {
			return unknown(r, member, "file, level, policy, type and references");
		}
	}
	if (!str_present(out->file))
		return refuse(r, table, str_printf(r->err->arena, "the subject \"%.*s\" has no file", STR_ARG(table->name)));
	out->file = rooted(r, out->file);
	return OK;
}

static enum err_code read_subjects(struct reader *r, const struct jsn *table)
{
	TRY(expect(r, table, JSN_OBJECT, "a table"));
	r->out->subjects = arena_array(r->arena, struct settings_subject, table->n_items);
	for (size_t i = 0; i < table->n_items; i++)
		TRY(read_subject(r, &table->items[i], &r->out->subjects[r->out->n_subjects++]));
	return OK;
}

static enum err_code read_severity(struct reader *r, const struct jsn *table)
{
	static const struct str words[] = { { "off", 3 }, { "warning", 7 }, { "error", 5 } };

	TRY(expect(r, table, JSN_OBJECT, "a table"));
	for (size_t i = 0; i < table->n_items; i++) {
		const struct jsn *member = &table->items[i];
		enum rule rule;
		size_t k = 0;

		if (!rule_find(member->name, &rule))
			return refuse(r, member, str_printf(r->err->arena, "there is no rule %.*s", STR_ARG(member->name)));
		while (k < 3 && !(member->kind == JSN_STRING && str_eq(member->text, words[k])))
			k++;
		if (k == 3)
			return refuse(r, member, STR("a severity is \"off\", \"warning\" or \"error\""));
		r->out->severity[rule] = (enum severity)(SEVERITY_OFF + k);
	}
	return OK;
}

static enum err_code read_ignore(struct reader *r, const struct jsn *table, struct settings_ignore *out)
{
	enum rule rule;

	TRY(expect(r, table, JSN_OBJECT, "a table [[ignore]]"));
	out->line = table->line;
	for (size_t i = 0; i < table->n_items; i++) {
		const struct jsn *member = &table->items[i];
		struct str *to = str_eq(member->name, STR("rule")) ? &out->rule : str_eq(member->name, STR("path")) ? &out->path
			: str_eq(member->name, STR("until")) ? &out->until : str_eq(member->name, STR("reason")) ? &out->reason : NULL;

		if (!to)
			return unknown(r, member, "rule, path, until and reason");
		TRY(expect_text(r, member, to));
	}
	if (!str_present(out->rule) || !str_present(out->path) || !str_present(out->reason))
		return refuse(r, table, STR("an [[ignore]] needs its rule, path and reason"));
	if (!str_eq(out->rule, STR("*")) && !rule_find(out->rule, &rule))
		return refuse(r, table, str_printf(r->err->arena, "there is no rule %.*s", STR_ARG(out->rule)));
	if (str_present(out->until) && (out->until.len < 10 || out->until.data[4] != '-'))
		return refuse(r, table, STR("\"until\" is a date: 2027-01-31"));
	out->path = rooted_pattern(r, out->path);
	return OK;
}

static enum err_code read_ignores(struct reader *r, const struct jsn *list)
{
	TRY(expect(r, list, JSN_ARRAY, "written as [[ignore]]"));
	r->out->ignores = arena_array(r->arena, struct settings_ignore, list->n_items);
	for (size_t i = 0; i < list->n_items; i++)
		TRY(read_ignore(r, &list->items[i], &r->out->ignores[r->out->n_ignores++]));
	return OK;
}

static enum err_code read_exclude(struct reader *r, const struct jsn *list)
{
	TRY(expect(r, list, JSN_ARRAY, "an array of patterns"));
	r->out->exclude = arena_array(r->arena, struct str, list->n_items);
	for (size_t i = 0; i < list->n_items; i++) {
		TRY(expect(r, &list->items[i], JSN_STRING, "an array of patterns"));
		r->out->exclude[r->out->n_exclude++] = rooted_pattern(r, list->items[i].text);
	}
	return OK;
}

static bool is_place(struct str name)
{
	return str_eq(name, STR("file")) || str_eq(name, STR("path")) || str_eq(name, STR("record"));
}

/* Whether it has a place, without which all files would be one subject, and no brace but around places. */
static bool is_template(struct str text)
{
	bool any = false;

	for (size_t at = 0; at < text.len; at++) {
		ptrdiff_t end = str_index(str_sub(text, at, text.len), '}');

		if (text.data[at] == '}')
			return false;
		if (text.data[at] != '{')
			continue;
		if (end < 0 || !is_place(str_sub(text, at + 1, at + (size_t)end)))
			return false;
		any = true;
		at += (size_t)end;
	}
	return any;
}

static enum err_code read_naming(struct reader *r, const struct jsn *member)
{
	struct str text;

	TRY(expect_text(r, member, &text));
	if (is_place(text))
		text = str_printf(r->arena, "{%.*s}", STR_ARG(text));
	if (!is_template(text))
		return refuse(r, member, STR("\"naming\" is \"file\", \"path\", \"record\", or a text with these in braces: \"{file}-value\""));
	r->out->naming = text;
	return OK;
}

static enum err_code read_registry(struct reader *r, const struct jsn *member)
{
	return expect_text(r, member, &r->out->registry);
}

static enum err_code read_root(struct reader *r, const struct jsn *root)
{
	static const struct {
		struct str name;
		enum err_code (*read)(struct reader *r, const struct jsn *member);
	} keys[] = {
		{ { "registry", 8 }, read_registry }, { { "naming", 6 }, read_naming }, { { "exclude", 7 }, read_exclude },
		{ { "subjects", 8 }, read_subjects }, { { "severity", 8 }, read_severity }, { { "ignore", 6 }, read_ignores },
	};
	const size_t n_keys = sizeof(keys) / sizeof(keys[0]);

	for (size_t i = 0; i < root->n_items; i++) {
		const struct jsn *member = &root->items[i];
		enum err_code code = OK;
		size_t k = 0;

		if (read_judging(r, member, &r->out->judging, &code)) {
			TRY(code);
			continue;
		}
		while (k < n_keys && !str_eq(member->name, keys[k].name))
			k++;
		if (k == n_keys)
			return unknown(r, member, "level, policy, naming, registry, exclude, [subjects], [severity] and [[ignore]]");
		TRY(keys[k].read(r, member));
	}
	return OK;
}

enum err_code settings_parse(struct arena *arena, struct str path, struct str text, struct settings *out, struct err *err)
{
	struct settings settings = { .path = path };
	struct reader reader = { .arena = arena, .path = path, .out = &settings, .err = err };
	ptrdiff_t slash = str_rindex(path, '/');
	const struct jsn *root;

	settings.folder = str_dup(arena, str_sub(path, 0, slash < 0 ? 0 : (size_t)slash + 1));
	if (toml_parse(arena, text, &root, err) != OK)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s:%u:%u: %.*s", STR_ARG(path), err->line, err->column,
			STR_ARG(err->message)));
	TRY(read_root(&reader, root));
	*out = settings;
	return OK;
}
