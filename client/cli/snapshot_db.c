/* Reading the file of a Tenon that does not run. */
#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "client/cli/places.h"
#include "storage/store.h"

static enum err_code parse(struct snapshot *out, struct str text, const struct jsn **value, struct err *err)
{
	*value = NULL;
	return str_present(text) ? jsn_parse(out->arena, text, JSN_SURROGATES, SNAPSHOT_DEPTH, value, err) : OK;
}

static struct str print_references(struct arena *arena, const struct view_version *version)
{
	struct buf text = buf_make(arena, 128);

	for (size_t i = 0; i < version->n_references; i++) {
		buf_add(&text, i > 0 ? STR(",{\"name\":") : STR("[{\"name\":"));
		buf_json_string(&text, version->references[i].name);
		buf_lit(&text, ",\"subject\":");
		buf_json_string(&text, version->references[i].subject);
		buf_printf(&text, ",\"version\":%d}", version->references[i].version);
	}
	buf_lit(&text, "]");
	return version->n_references > 0 ? buf_str(&text) : STR_NONE;
}

static enum err_code read_versions(struct view *view, struct snapshot *out, struct err *err)
{
	const struct view_filter filter = { .all_contexts = true, .which = VIEW_ALL, .page = { .limit = -1 } };
	const struct view_version *versions;
	size_t n;

	TRY(view_list_versions(view, out->arena, &filter, &versions, &n, err));
	for (size_t i = 0; i < n; i++) {
		const struct view_version *from = &versions[i];
		struct snapshot_version version = {
			.subject = from->subject,
			.version = from->version,
			.id = from->id,
			.type = from->schema_type,
			.text = from->text,
			.deleted = from->deleted,
			.ts = from->ts,
		};

		TRY(parse(out, from->metadata, &version.metadata, err));
		TRY(parse(out, from->rule_set, &version.rule_set, err));
		TRY(parse(out, print_references(out->arena, from), &version.references, err));
		snapshot_put(out, &version);
	}
	return OK;
}

static enum err_code read_entry(struct view *view, struct snapshot *out, struct str scope, struct err *err)
{
	const struct jsn *config;
	struct str text;

	TRY(view_config_find(view, out->arena, scope, &text, err));
	TRY(parse(out, text, &config, err));
	if (config)
		snapshot_put_config(out, scope, config);
	TRY(view_mode_find(view, out->arena, scope, &text, err));
	if (str_present(text))
		snapshot_put_mode(out, scope, text);
	return OK;
}

static enum err_code read_entries(struct view *view, struct snapshot *out, struct err *err)
{
	const struct view_entry *entries;
	const struct str *contexts;
	size_t n;

	TRY(view_list_configs(view, out->arena, STR_NONE, &entries, &n, err));
	for (size_t i = 0; i < n; i++)
		TRY(read_entry(view, out, entries[i].subject, err));
	TRY(view_list_modes(view, out->arena, STR_NONE, &entries, &n, err));
	for (size_t i = 0; i < n; i++)
		TRY(read_entry(view, out, entries[i].subject, err));
	TRY(view_list_contexts(view, out->arena, &contexts, &n, err));
	for (size_t i = 0; i < n; i++)
		TRY(read_entry(view, out, str_printf(out->arena, ":%.*s:", STR_ARG(contexts[i])), err));
	TRY(read_entry(view, out, SCOPE_EVERYTHING, err));
	return read_entry(view, out, STR(""), err);
}

static enum err_code count_documents(struct view *view, struct snapshot *out, struct err *err)
{
	const struct view_document *documents;

	TRY(view_documents(view, out->arena, STR("association"), STR(""), &documents, &out->n_associations, err));
	return view_documents(view, out->arena, STR("kek"), STR(""), &documents, &out->n_keys, err);
}

enum err_code snapshot_from_db(struct str path, struct snapshot *out, struct err *err)
{
	const struct store_options options = { .path = path.data };
	struct store *store;
	struct view *view;
	enum err_code code;

	if (access(path.data, R_OK) != 0) /* opening would make the file */
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s", STR_ARG(path), strerror(errno)));
	TRY(store_open(&options, &store, err));
	code = store_view_open(store, &view, err);
	if (code == OK) {
		code = read_versions(view, out, err);
		if (code == OK)
			code = read_entries(view, out, err);
		if (code == OK)
			code = count_documents(view, out, err);
		store_view_close(view);
	}
	store_close(store);
	return code;
}
