/*
 * Writing a snapshot into a registry: everything registered first and soft-deleted afterwards, so that references
 * resolve; configurations next, since an alias would lead later writes astray; modes last, since they
 * forbid writing.
 */
#include "client/cli/replay.h"

#include "base/arena.h"
#include "client/cli/report/report.h"

enum { CLASHES_SHOWN = 20 };

struct replay {
	struct rest *rest;
	struct arena *scratch;        /* of one request */
	struct snapshot *source;
	struct snapshot *target;
	const volatile sig_atomic_t *stop;
	struct snapshot_version **versions; /* the source's, in the order to be written */
	size_t n_versions;
	struct map opened;            /* scopes whose mode was set to IMPORT */
	struct replay_result result;
};

/* One write; a refusal is said and counted, only a registry that is gone is an error. */
static enum err_code write_to(struct replay *r, const char *method, struct str path, struct str body, struct str what, bool *done,
	struct err *err)
{
	struct rest_answer answer;

	if (r->stop && *r->stop)
		return err_text(err, ERR_STORE, STR("stopped by a signal"));
	TRY(rest_call(r->rest, r->scratch, method, path, body, &answer, err));
	*done = answer.status >= 200 && answer.status < 300;
	if (!*done) {
		const struct jsn *message = jsn_get_value(answer.json, STR("message"));

		fprintf(stderr, "%.*s: refused with status %d: %.*s\n", STR_ARG(what), answer.status,
			STR_ARG(report_plain(r->scratch, message ? message->text : answer.text)));
		r->result.n_refused++;
	}
	arena_reset(r->scratch);
	return OK;
}

static struct str entry_path(struct replay *r, const char *what, struct str scope, const char *query)
{
	return str_printf(r->scratch, "/%s%s%.*s%s", what, scope.len > 0 ? "/" : "", STR_ARG(rest_escape(r->scratch, scope)), query);
}

static struct str version_name(struct replay *r, const struct snapshot_version *version)
{
	return str_printf(r->scratch, "subject \"%.*s\" version %d (id %d)", STR_ARG(report_plain(r->scratch, version->subject)),
		version->version, version->id);
}

static struct str entry_name(struct replay *r, const char *what, struct str scope)
{
	return scope.len > 0 ? str_printf(r->scratch, "%s of \"%.*s\"", what, STR_ARG(report_plain(r->scratch, scope))) :
		str_printf(r->scratch, "%s (global)", what);
}

/* ---- what is to be done ---- */

/* What the target has under the version's name, or NULL. */
static const struct snapshot_version *there(const struct replay *r, const struct snapshot_version *version)
{
	return snapshot_find(r->target, version->subject, version->version);
}

static bool to_register(const struct replay *r, const struct snapshot_version *version)
{
	const struct snapshot_version *at = there(r, version);

	return !at || (at->deleted && (!version->deleted || version->revived));
}

static bool to_delete(const struct replay *r, const struct snapshot_version *version)
{
	const struct snapshot_version *at = there(r, version);

	return version->deleted && (!at || !at->deleted || version->revived);
}

static bool to_configure(const struct replay *r, struct str scope)
{
	return !snapshot_same_config(snapshot_config(r->source, scope), snapshot_config(r->target, scope));
}

/* A new version resolves living versions only, so what it refers to has to live until it is there. */
static void revive_referred(struct replay *r)
{
	for (size_t i = r->n_versions; i-- > 0;) {
		const struct snapshot_version *version = r->versions[i];
		size_t n = version->references && to_register(r, version) ? version->references->n_items : 0;

		for (size_t k = 0; k < n; k++) {
			struct snapshot_version *target = snapshot_referred(r->source, version, &version->references->items[k]);

			if (target)
				target->revived = true;
		}
	}
}

static struct str id_key(struct replay *r, const struct snapshot_version *version)
{
	return str_printf(r->target->arena, "%.*s\n%d", STR_ARG(scope_context(version->subject)), version->id);
}

/* Nothing that is at the target may change its meaning: neither a version nor an id. */
static enum err_code check_clashes(struct replay *r, struct err *err)
{
	struct map ids = map_make(r->target->arena);
	size_t n = 0;

	for (size_t i = 0; i < r->target->n_versions; i++)
		map_put(&ids, id_key(r, r->target->versions[i]), r->target->versions[i]);
	for (size_t i = 0; i < r->n_versions; i++) {
		const struct snapshot_version *version = r->versions[i], *at = there(r, version);
		const struct snapshot_version *user = map_get(&ids, id_key(r, version));
		const char *why = NULL;

		if (at && (at->id != version->id || !snapshot_same_content(r->source, version, r->target, at)))
			why = "is something else at the target";
		else if (user && !snapshot_same_content(r->source, version, r->target, user))
			why = "has an id that stands for another schema at the target";
		if (why && n++ < CLASHES_SHOWN)
			fprintf(stderr, "%.*s %s\n", STR_ARG(version_name(r, version)), why);
	}
	if (n == 0)
		return OK;
	return err_text(err, ERR_STORE, str_printf(err->arena, "%zu versions clash with what %.*s holds already; nothing was changed."
		" Import into an empty registry, or a context of its own", n, STR_ARG(rest_url(r->rest))));
}

/* ---- modes while writing ---- */

static enum err_code put_mode(struct replay *r, struct str scope, struct str mode, bool *done, struct err *err)
{
	struct str what = entry_name(r, "mode", scope);
	struct str path = entry_path(r, "mode", scope, str_present(mode) ? "?force=true" : "");

	if (!str_present(mode))
		return write_to(r, "DELETE", path, STR_NONE, what, done, err);
	return write_to(r, "PUT", path, str_printf(r->scratch, "{\"mode\":\"%.*s\"}", STR_ARG(mode)), what, done, err);
}

static enum err_code open_scope(struct replay *r, struct str scope, struct err *err)
{
	bool done;

	if (map_get(&r->opened, scope) || str_eq(snapshot_mode(r->target, scope), STR("IMPORT")))
		return OK;
	TRY(put_mode(r, scope, STR("IMPORT"), &done, err));
	if (!done)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s does not allow IMPORT mode", STR_ARG(rest_url(r->rest))));
	map_put(&r->opened, scope, r);
	return OK;
}

/* The scope's context, and the scope itself where a mode of its own would come first. */
static enum err_code open_for(struct replay *r, struct str scope, struct err *err)
{
	struct str everything = SCOPE_EVERYTHING;

	if (str_eq(scope, everything))
		return open_scope(r, everything, err);
	TRY(open_scope(r, scope_context(scope), err));
	return str_present(snapshot_mode(r->target, scope)) ? open_scope(r, scope, err) : OK;
}

static enum err_code open_all(struct replay *r, struct err *err)
{
	const struct map *scopes = &r->source->scopes;

	for (size_t i = 0; i < r->n_versions; i++)
		if (to_register(r, r->versions[i]) || to_delete(r, r->versions[i]))
			TRY(open_for(r, r->versions[i]->subject, err));
	for (size_t i = 0; i < scopes->n_entries; i++)
		if (to_configure(r, scopes->entries[i].key))
			TRY(open_for(r, scopes->entries[i].key, err));
	return OK;
}

/* ---- versions ---- */

static struct str register_body(struct replay *r, const struct snapshot_version *version)
{
	const struct {
		const char *name;
		const struct jsn *value;
	} parts[] = {
		{ "references", version->references }, { "metadata", version->metadata }, { "ruleSet", version->rule_set },
	};
	struct buf body = buf_make(r->scratch, version->text.len + 256);

	buf_printf(&body, "{\"version\":%d,\"id\":%d,\"schemaType\":", version->version, version->id);
	buf_json_string(&body, version->type);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].value)
			continue;
		buf_printf(&body, ",\"%s\":", parts[i].name);
		buf_json(&body, parts[i].value);
	}
	buf_lit(&body, ",\"schema\":");
	buf_json_string(&body, version->text);
	buf_lit(&body, "}");
	return buf_str(&body);
}

/* A subject with an alias at the target would have its writes go elsewhere. */
static enum err_code drop_alias(struct replay *r, struct str subject, struct err *err)
{
	const struct jsn *config = snapshot_config(r->target, subject);
	bool done;

	if (!jsn_get_value(config, STR("alias")))
		return OK;
	TRY(write_to(r, "DELETE", entry_path(r, "config", subject, ""), STR_NONE, entry_name(r, "config", subject), &done, err));
	if (done)
		snapshot_put_config(r->target, subject, NULL);
	return OK;
}

static enum err_code register_versions(struct replay *r, struct err *err)
{
	for (size_t i = 0; i < r->n_versions; i++) {
		const struct snapshot_version *version = r->versions[i];
		struct str path;
		bool done;

		if (!to_register(r, version))
			continue;
		TRY(drop_alias(r, version->subject, err));
		path = str_printf(r->scratch, "/subjects/%.*s/versions", STR_ARG(rest_escape(r->scratch, version->subject)));
		TRY(write_to(r, "POST", path, register_body(r, version), version_name(r, version), &done, err));
		r->result.n_registered += done;
	}
	return OK;
}

/* Backwards: those that refer before those they refer to. */
static enum err_code delete_versions(struct replay *r, struct err *err)
{
	for (size_t i = r->n_versions; i-- > 0;) {
		const struct snapshot_version *version = r->versions[i];
		struct str path;
		bool done;

		if (!to_delete(r, version))
			continue;
		TRY(drop_alias(r, version->subject, err));
		path = str_printf(r->scratch, "/subjects/%.*s/versions/%d", STR_ARG(rest_escape(r->scratch, version->subject)),
			version->version);
		TRY(write_to(r, "DELETE", path, STR_NONE, version_name(r, version), &done, err));
		r->result.n_deleted += done;
	}
	return OK;
}

/* ---- configurations ---- */

/* The members of `config`, and null for those that only `now` has. */
static struct str config_body(struct replay *r, const struct jsn *config, const struct jsn *now)
{
	struct buf body = buf_make(r->scratch, 256);

	buf_lit(&body, "{");
	for (const char *const *member = snapshot_config_members; *member; member++) {
		const struct jsn *value = jsn_get_value(config, str_of(*member));
		bool level = strcmp(*member, "compatibilityLevel") == 0;

		if (!value && !jsn_get_value(now, str_of(*member)))
			continue;
		buf_printf(&body, "%s\"%s\":", body.len > 1 ? "," : "", level ? "compatibility" : *member);
		if (value)
			buf_json(&body, value);
		else
			buf_lit(&body, "null");
	}
	buf_lit(&body, "}");
	return buf_str(&body);
}

static enum err_code configure(struct replay *r, struct err *err)
{
	const struct map *scopes = &r->source->scopes;

	for (size_t i = 0; i < scopes->n_entries; i++) {
		struct str scope = scopes->entries[i].key, body = STR_NONE;
		const struct jsn *config = snapshot_config(r->source, scope);
		bool done;

		if (!to_configure(r, scope))
			continue;
		if (config)
			body = config_body(r, config, snapshot_config(r->target, scope));
		TRY(write_to(r, config ? "PUT" : "DELETE", entry_path(r, "config", scope, ""), body, entry_name(r, "config", scope),
			&done, err));
		r->result.n_entries += done;
	}
	return OK;
}

/* ---- modes at the end ---- */

static enum err_code set_modes(struct replay *r, struct err *err)
{
	const struct map *scopes = &r->source->scopes;

	for (size_t i = 0; i < scopes->n_entries; i++) {
		struct str scope = scopes->entries[i].key;
		struct str want = snapshot_mode(r->source, scope), now = snapshot_mode(r->target, scope);
		bool differs = !str_eq(want, now), done;

		if (map_get(&r->opened, scope))
			now = STR("IMPORT");
		if (str_eq(want, now))
			continue;
		TRY(put_mode(r, scope, want, &done, err));
		r->result.n_entries += done && differs;
	}
	return OK;
}

/* After a failure, as far as the registry still answers. */
static void restore_modes(struct replay *r)
{
	struct err err = { .arena = r->target->arena };
	bool done;

	r->stop = NULL;
	for (size_t i = 0; i < r->opened.n_entries; i++)
		if (put_mode(r, r->opened.entries[i].key, snapshot_mode(r->target, r->opened.entries[i].key), &done, &err) != OK) {
			fprintf(stderr, "the target could not be taken out of IMPORT mode again; a further run does it\n");
			return;
		}
}

static enum err_code write_all(struct replay *r, struct err *err)
{
	revive_referred(r);
	TRY(open_all(r, err));
	TRY(register_versions(r, err));
	TRY(delete_versions(r, err));
	TRY(configure(r, err));
	return set_modes(r, err);
}

enum err_code replay(struct rest *rest, struct snapshot *source, struct snapshot *target, const volatile sig_atomic_t *stop,
	struct replay_result *out, struct err *err)
{
	struct replay r = { .rest = rest, .source = source, .target = target, .stop = stop };
	enum err_code code;

	r.versions = snapshot_order(source, &r.n_versions);
	r.opened = map_make(target->arena);
	r.scratch = arena_create(0);
	code = check_clashes(&r, err);
	if (code == OK) {
		code = write_all(&r, err);
		if (code != OK)
			restore_modes(&r);
	}
	arena_destroy(r.scratch);
	*out = r.result;
	return code;
}
