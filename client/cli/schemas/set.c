/* Making a set of schemas out of a tree of files. */
#include "client/cli/schemas/set.h"

#include <stdlib.h>

#include "base/arena.h"

bool set_type_of(struct str path, enum schema_type *out)
{
	static const struct {
		struct str extension;
		enum schema_type type;
	} types[] = { { { ".avsc", 5 }, SCHEMA_AVRO }, { { ".proto", 6 }, SCHEMA_PROTOBUF }, { { ".json", 5 }, SCHEMA_JSON } };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_ends(path, types[i].extension)) {
			*out = types[i].type;
			return true;
		}
	}
	return false;
}

const struct settings *set_settings_of(const struct schema_set *set, struct str path)
{
	const struct settings *best = set->defaults;

	for (size_t i = 0; i < set->n_settings; i++)
		if (str_starts(path, set->settings[i]->folder) && (best == set->defaults
			|| set->settings[i]->folder.len > best->folder.len))
			best = set->settings[i];
	return best;
}

static bool is_excluded(const struct settings *settings, struct str path)
{
	for (size_t i = 0; i < settings->n_exclude; i++)
		if (settings_match(settings->exclude[i], path))
			return true;
	return false;
}

/* ---- subjects ---- */

/* "a/order.schema.json" without its folder and extensions. */
static struct str without_extension(struct str path)
{
	static const struct str known[] = { { ".schema.json", 12 }, { ".avsc", 5 }, { ".proto", 6 }, { ".json", 5 } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_ends(path, known[i]))
			return str_sub(path, 0, path.len - known[i].len);
	return path;
}

static struct str dotted(struct arena *arena, struct str path)
{
	char *out = arena_strndup(arena, path.data, path.len);

	for (size_t i = 0; i < path.len; i++)
		if (out[i] == '/')
			out[i] = '.';
	return str_make(out, path.len);
}

/* What stands for "file", "path" or "record". */
static struct str place_of(struct arena *arena, const struct schema_file *file, struct str place)
{
	struct str path = without_extension(file->path);
	ptrdiff_t slash = str_rindex(path, '/');

	if (str_eq(place, STR("record")) && file->names.main.len > 0)
		return file->names.main;
	if (str_eq(place, STR("path")))
		return dotted(arena, str_sub(path, file->settings->folder.len, path.len));
	return str_sub(path, slash < 0 ? 0 : (size_t)slash + 1, path.len);
}

static struct str derive_subject(struct arena *arena, const struct schema_file *file)
{
	struct str rest = str_present(file->settings->naming) ? file->settings->naming : STR("{file}");
	struct buf out = buf_make(arena, file->path.len + rest.len + 1);

	while (rest.len > 0) {
		ptrdiff_t open = str_index(rest, '{'), end = str_index(rest, '}');

		if (open < 0)
			break;
		buf_add(&out, str_sub(rest, 0, (size_t)open));
		buf_add(&out, place_of(arena, file, str_sub(rest, (size_t)open + 1, (size_t)end)));
		rest = str_sub(rest, (size_t)end + 1, rest.len);
	}
	buf_add(&out, rest);
	return buf_str(&out);
}

/* ---- files ---- */

static void add_name(struct schema_set *set, struct str name, struct schema_file *file)
{
	struct namesakes *all = map_get(&set->by_name, name);

	if (!all) {
		all = arena_new(set->arena, struct namesakes);
		map_put(&set->by_name, name, all);
	}
	all->items = arena_grow(set->arena, all->items, all->n, &all->room, sizeof(*all->items));
	all->items[all->n++] = file;
}

/* What others of its type refer to it by. */
static void add_names(struct schema_set *set, struct schema_file *file)
{
	for (size_t i = 0; file->type == SCHEMA_AVRO && i < file->names.n_defines; i++)
		add_name(set, file->names.defines[i], file);
	if (file->type == SCHEMA_JSON && str_present(file->names.id))
		add_name(set, file->names.id, file);
	if (file->type == SCHEMA_PROTOBUF)
		add_name(set, str_sub(file->path, (size_t)(str_rindex(file->path, '/') + 1), file->path.len), file);
}

static struct schema_file *add(struct schema_set *set, struct str path, struct str text, enum schema_type type,
	const struct settings *settings)
{
	struct schema_file *file = arena_new(set->arena, struct schema_file);

	*file = (struct schema_file){ .path = path, .text = text, .type = type, .settings = settings };
	file->entry = settings_subject_of(settings, path);
	file->named = file->entry != NULL;
	if (file->entry && file->entry->has_type)
		file->type = file->entry->type;
	file->names = names_find(set->arena, file->type, text);
	file->subject = file->entry ? file->entry->name : derive_subject(set->arena, file);
	set->items = arena_grow(set->arena, set->items, set->n_items, &set->room, sizeof(*set->items));
	set->items[set->n_items++] = file;
	map_put(&set->by_path, file->path, file);
	add_names(set, file);
	return file;
}

static struct schema_set make(struct arena *arena, struct tree_scope scope)
{
	struct settings *defaults = arena_new(arena, struct settings);

	defaults->folder = STR("");
	return (struct schema_set){
		.arena = arena,
		.scope = scope,
		.by_path = map_make(arena),
		.by_name = map_make(arena),
		.defaults = defaults,
	};
}

static enum err_code add_settings(struct schema_set *set, const struct tree_file *file, struct err *err)
{
	struct settings *settings = arena_new(set->arena, struct settings);
	struct str folder = str_sub(file->path, 0, (size_t)(str_rindex(file->path, '/') < 0 ? 0 : str_rindex(file->path, '/')));

	if (settings_parse(set->arena, file->path, file->text, settings, err) != OK)
		return tree_scope_concerns(&set->scope, folder) ? err->code : OK;
	set->settings = arena_grow(set->arena, set->settings, set->n_settings, &set->settings_room, sizeof(*set->settings));
	set->settings[set->n_settings++] = settings;
	return OK;
}

/* `sure`: it is a schema. */
static void add_file(struct schema_set *set, const struct tree_file *file, bool sure)
{
	const struct settings *settings = set_settings_of(set, file->path);
	const struct settings_subject *entry = settings_subject_of(settings, file->path);
	enum schema_type type;

	if (!set_type_of(file->path, &type))
		return;
	if (type == SCHEMA_JSON && !entry && !sure && !names_is_json_schema(set->arena, file->path, file->text))
		return;
	add(set, file->path, file->text, type, settings)->excluded = !entry && is_excluded(settings, file->path);
}

static int by_path(const void *a, const void *b)
{
	return str_cmp((*(struct schema_file *const *)a)->path, (*(struct schema_file *const *)b)->path);
}

void set_adopt(struct schema_set *set, const struct tree_file *file)
{
	add_file(set, file, true);
	qsort(set->items, set->n_items, sizeof(struct schema_file *), by_path);
}

static bool is_settings(struct str path)
{
	return str_eq(path, STR("tenon.toml")) || str_ends(path, STR("/tenon.toml"));
}

enum err_code set_from_tree(const struct tree *tree, struct schema_set *out, struct err *err)
{
	*out = make(tree->arena, tree->scope);
	for (size_t i = 0; i < tree->n_items; i++)
		if (is_settings(tree->items[i].path))
			TRY(add_settings(out, &tree->items[i], err));
	for (size_t i = 0; i < tree->n_items; i++)
		add_file(out, &tree->items[i], false);
	return OK;
}

enum err_code set_from_file(struct arena *arena, struct str path, struct str text, struct schema_set *out, struct err *err)
{
	enum schema_type type;

	*out = make(arena, tree_scope_all());
	if (!set_type_of(path, &type))
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s: a schema's file ends in .avsc, .json or .proto",
			STR_ARG(path)));
	add(out, path, text, type, out->defaults);
	return OK;
}

/* ---- what counts for a file ---- */

enum err_code set_distinct(struct schema_file *const *files, size_t n, struct arena *arena, struct err *err)
{
	struct map subjects = map_make(arena);

	for (size_t i = 0; i < n; i++) {
		const struct schema_file *other = map_put(&subjects, files[i]->subject, files[i]);

		if (other)
			return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s and %.*s are both the subject %.*s; name them in"
				" tenon.toml: [subjects.\"NAME\"] with file = …, or naming = \"path\"", STR_ARG(other->path),
				STR_ARG(files[i]->path), STR_ARG(files[i]->subject)));
	}
	return OK;
}

static enum err_code find_subject(const struct schema_set *set, const struct schema_set *base, const struct settings *settings,
	const struct settings_subject *subject, struct err *err)
{
	const struct schema_file *file = map_get(&set->by_path, subject->file);

	if (file && file->entry != subject)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s:%u: the subject \"%.*s\" is not that of %.*s, which is"
			" \"%.*s\"%s%.*s", STR_ARG(settings->path), subject->line, STR_ARG(subject->name), STR_ARG(subject->file),
			STR_ARG(file->subject), file->settings == settings ? "" : ": the nearest tenon.toml counts alone, and that is ",
			STR_ARG(file->settings == settings ? STR("") : file->settings->path)));
	if (file || (base && map_get(&base->by_path, subject->file)))
		return OK;
	return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s:%u: the subject \"%.*s\": there is no schema %.*s",
		STR_ARG(settings->path), subject->line, STR_ARG(subject->name), STR_ARG(subject->file)));
}

enum err_code set_subjects_found(const struct schema_set *set, const struct schema_set *base, struct err *err)
{
	for (size_t i = 0; i < set->n_settings; i++) {
		struct str folder = set->settings[i]->folder;
		bool asked = tree_scope_concerns(&set->scope, str_sub(folder, 0, folder.len - (folder.len > 0)));

		for (size_t k = 0; asked && k < set->settings[i]->n_subjects; k++)
			TRY(find_subject(set, base, set->settings[i], &set->settings[i]->subjects[k], err));
	}
	return OK;
}

struct judging set_judging(const struct schema_file *file, const struct judging *said)
{
	struct judging out = { .level = COMPAT_BACKWARD, .policy = SCHEMA_POLICY_STRICT };
	const struct judging *from[] = { said, file->entry ? &file->entry->judging : NULL, &file->settings->judging };

	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		if (!out.has_level && from[i] && from[i]->has_level) {
			out.level = from[i]->level;
			out.has_level = true;
		}
		if (!out.has_policy && from[i] && from[i]->has_policy) {
			out.policy = from[i]->policy;
			out.has_policy = true;
		}
	}
	return out;
}
