/* Opening a base, and the history that it has of a schema. */
#include "client/cli/check/base.h"

#include <sys/stat.h>

#include "base/arena.h"
#include "client/cli/schemas/git.h"

enum { SHORT_ID = 12 }; /* digits that are shown of a commit */

static bool is_url(struct str text)
{
	return str_starts(text, STR("http://")) || str_starts(text, STR("https://"));
}

/* The base may have a tenon.toml that is not understood: its name alone would be taken for the working tree's. */
static enum err_code read_set(const struct tree *tree, struct str label, struct schema_set *out, struct err *err)
{
	if (set_from_tree(tree, out, err) == OK)
		return OK;
	return err_text(err, err->code, str_printf(err->arena, "%.*s: %.*s", STR_ARG(label), STR_ARG(err->message)));
}

/* What it refers to lies beside it. */
static enum err_code open_file(struct base *base, struct str path, struct err *err)
{
	ptrdiff_t slash = str_rindex(path, '/');
	struct str folder = slash < 0 ? STR(".") : str_sub(path, 0, slash > 0 ? (size_t)slash : 1), text;
	struct str name = str_sub(path, (size_t)(slash + 1), path.len);
	struct tree tree;

	TRY(tree_read_file(base->arena, path, &text, err));
	TRY(set_from_file(base->arena, path, text, &base->set, err));
	base->only = base->set.items[0];
	if (base->only->names.n_needs == 0)
		return OK;
	TRY(tree_from_folder(base->arena, folder, (struct tree_scope){ .items = &name, .n = 1 }, &tree, err));
	TRY(read_set(&tree, base->label, &base->set, err));
	base->only = map_get(&base->set.by_path, name);
	if (!base->only)
		TRY(set_from_file(base->arena, path, text, &base->set, err));
	base->only = base->only ? base->only : base->set.items[0];
	return OK;
}

static enum err_code open_place(struct base *base, const struct base_request *request, struct err *err)
{
	struct str path = str_dup(base->arena, request->against);
	struct tree tree;
	struct stat st;

	if (stat(path.data, &st) != 0)
		return err_text(err, ERR_STORE, str_printf(err->arena, "--against %.*s: there is no such file or folder; a commit is"
			" written git:%.*s", STR_ARG(path), STR_ARG(path)));
	if (!S_ISDIR(st.st_mode))
		return open_file(base, path, err);
	TRY(tree_from_folder(base->arena, path, tree_scope_all(), &tree, err));
	tree_move_below(&tree, request->anchor);
	tree.scope = request->scope;
	base->anchor = request->anchor;
	return read_set(&tree, base->label, &base->set, err);
}

static enum err_code open_commit(struct base *base, const struct base_request *request, struct err *err)
{
	struct str top = git_top(base->arena, request->root);
	struct tree tree = { .arena = base->arena, .scope = request->scope };
	struct git_base commit;

	if (!str_present(top))
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s is in no git repository; compare with a folder instead:"
			" --against DIR", STR_ARG(request->root)));
	TRY(git_base_find(base->arena, top, str_sub(request->against, 4, request->against.len), &commit, err));
	base->commit = commit.id;
	if (commit.merge_base)
		base->label = str_printf(base->arena, "%.*s (merge base %.*s)", STR_ARG(base->label),
			STR_ARG(str_sub(commit.id, 0, SHORT_ID)));
	if (str_present(commit.id))
		TRY(tree_from_git(base->arena, top, commit.id, request->scope, &tree, err));
	return read_set(&tree, base->label, &base->set, err);
}

enum err_code base_open(struct arena *arena, const struct base_request *request, struct base *out, struct err *err)
{
	struct base base = { .arena = arena, .label = request->against, .is_registry = is_url(request->against),
		.commit = STR_NONE, .anchor = STR("") };
	struct rest *rest;

	if (base.is_registry) {
		TRY(rest_open(arena, &request->server, &rest, err));
		base.view = registry_view_make(arena, rest);
	} else if (str_starts(request->against, STR("git:"))) {
		TRY(open_commit(&base, request, err));
	} else {
		TRY(open_place(&base, request, err));
	}
	*out = base;
	return OK;
}

enum err_code base_prepare(struct base *base, const struct schema_set *set, struct schema_file *const *files, size_t n,
	struct err *err)
{
	struct str *subjects = arena_array(base->arena, struct str, n);

	if (!base->is_registry) {
		if (!base->only)
			base->origins = origins_find(base->arena, &base->set, set);
		return OK;
	}
	TRY(set_distinct(files, n, base->arena, err));
	for (size_t i = 0; i < n; i++)
		subjects[i] = files[i]->subject;
	return registry_read(&base->view, subjects, n, err);
}

/* ---- trees ---- */

static struct str cannot_parse(struct arena *arena, struct str label, const struct err *err)
{
	return str_printf(arena, "%.*s cannot be parsed: %.*s", STR_ARG(label), STR_ARG(explain_fault(err)));
}

struct schema_file *base_file(const struct base *base, const struct schema_file *file)
{
	return base->is_registry || base->only ? NULL : map_get(&base->origins.of, file->path);
}

static void history_of_tree(struct base *base, struct schema_set *set, struct schema_file *file, struct history *out)
{
	struct schema_file *old = base->only ? base->only : map_get(&base->origins.of, file->path);
	struct err unparsed = { .arena = base->arena };
	struct schema_source new_source, old_source;
	struct str label;

	if (!old)
		return;
	label = base->only ? base->label : str_printf(base->arena, "%.*s at %.*s",
		STR_ARG(str_sub(old->path, base->anchor.len, old->path.len)), STR_ARG(base->label));
	new_source = set_source(set, file);
	old_source = set_source(&base->set, old);
	out->unchanged = set_source_equal(&new_source, &old_source);
	out->n = 1;
	out->bases = arena_new(base->arena, struct report_base);
	out->bases[0] = (struct report_base){ .version = 1, .label = label, .text = old->text };
	out->versions = arena_new(base->arena, struct compat_version);
	out->versions[0].version = 1;
	if (out->unchanged)
		return;
	if (set_parse(&base->set, old, 0, &out->versions[0].schema, &unparsed) != OK)
		out->untold = cannot_parse(base->arena, label, &unparsed);
	else
		out->versions[0].text = out->versions[0].schema->canonical;
}

/* ---- registries ---- */

/* compat-rules 1.1: only versions of the same group are compared; a file has no metadata, so it is of none. */
static bool in_group(const struct registry_subject *subject, const struct registry_version *version)
{
	const struct jsn *properties = version->metadata ? jsn_get_value(version->metadata, STR("properties")) : NULL;

	return !str_present(subject->group) || !properties || !jsn_get_value(properties, subject->group);
}

static void history_of_registry(struct base *base, struct schema_file *file, struct history *out)
{
	const struct registry_subject *subject = registry_subject(&base->view, file->subject);
	struct err unparsed = { .arena = base->arena };

	if (!subject)
		return;
	out->judging = subject->judging;
	out->validate_fields = subject->validate_fields;
	out->versions = arena_array(base->arena, struct compat_version, subject->n_versions);
	out->bases = arena_array(base->arena, struct report_base, subject->n_versions);
	for (size_t i = 0; i < subject->n_versions; i++) {
		struct registry_version *version = subject->versions[i];
		struct str label = str_printf(base->arena, "%.*s version %d", STR_ARG(subject->name), version->version);

		if (!in_group(subject, version))
			continue;
		if (registry_parse(&base->view, version, &unparsed) != OK) {
			out->untold = cannot_parse(base->arena, label, &unparsed);
			continue;
		}
		out->bases[out->n] = (struct report_base){ .version = version->version, .label = label, .text = version->text };
		out->versions[out->n++] = (struct compat_version){
			.version = version->version,
			.text = version->schema->canonical,
			.schema = version->schema,
			.reserved = version->reserved,
		};
	}
}

struct history base_history(struct base *base, struct schema_set *set, struct schema_file *file)
{
	struct history history = { .untold = STR_NONE };

	if (base->is_registry)
		history_of_registry(base, file, &history);
	else
		history_of_tree(base, set, file, &history);
	return history;
}
