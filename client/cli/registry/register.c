/* tenon register: schemas of a working tree into a registry, what is referred to first. */
#include <stdio.h>

#include "base/arena.h"
#include "client/cli/check/worktree.h"
#include "client/cli/commands.h"
#include "client/cli/registry/server.h"
#include "client/cli/report/report.h"
#include "compat/explain.h"

struct register_values {
	struct server server;
	struct str subject;
	bool normalize;
	bool dry_run;
};

struct registering {
	struct arena *arena;
	struct rest *rest;
	struct worktree worktree;
	const struct register_values *values;
	struct map versions;    /* path to int: known in the registry */
	struct map chosen;      /* path: named on the command line */
	struct map refused;     /* path: not taken, or in need of one that was not */
	struct map met;         /* path: looked at, whatever came of it */
	size_t n_refused;
	bool incompatible;      /* one of them for that */
};

static struct str subject_of(const struct registering *r, const struct schema_file *file)
{
	return str_present(r->values->subject) && map_get(&r->chosen, file->path) ? r->values->subject : file->subject;
}

static int *number_of(struct arena *arena, const struct jsn *json, const char *name)
{
	const struct jsn *value = json ? jsn_get_value(json, str_of(name)) : NULL;
	int *out = arena_new(arena, int);
	int32_t number;

	if (!value || value->kind != JSN_NUMBER || !str_to_i32(value->text, &number))
		return NULL;
	*out = number;
	return out;
}

static struct str body_of(struct registering *r, struct schema_file *file)
{
	struct buf out = buf_make(r->arena, file->text.len + 256);
	size_t n, n_written = 0;
	const struct schema_link *links = set_links(&r->worktree.set, file, &n);

	buf_lit(&out, "{\"schemaType\":");
	buf_json_string(&out, schema_type_name(file->type));
	buf_lit(&out, ",\"references\":[");
	for (size_t i = 0; i < n; i++) {
		const int *version = map_get(&r->versions, links[i].file->path);

		if (!version)
			continue;
		buf_add(&out, n_written++ > 0 ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json_string(&out, links[i].name);
		buf_lit(&out, ",\"subject\":");
		buf_json_string(&out, subject_of(r, links[i].file));
		buf_printf(&out, ",\"version\":%d}", *version);
	}
	buf_lit(&out, "],\"schema\":");
	buf_json_inner(&out, file->text);
	buf_add_c(&out, '}');
	return buf_str(&out);
}

/* The version that this very schema has under its subject; NULL: none. */
static enum err_code look_up(struct registering *r, struct schema_file *file, struct str body, int **version, int **id,
	struct err *err)
{
	struct rest_answer answer;

	TRY(rest_call(r->rest, r->arena, "POST", str_printf(r->arena, "/subjects/%.*s%s", STR_ARG(rest_escape(r->arena,
		subject_of(r, file))), r->values->normalize ? "?normalize=true" : ""), body, &answer, err));
	*version = answer.status == 200 ? number_of(r->arena, answer.json, "version") : NULL;
	*id = answer.status == 200 ? number_of(r->arena, answer.json, "id") : NULL;
	return OK;
}

/* As the user would type it. */
static struct str shown(const struct registering *r, const struct schema_file *file)
{
	return report_plain(r->arena, worktree_shown(&r->worktree, r->arena, file->path));
}

static void say(const struct registering *r, const struct schema_file *file, const char *what, const int *version, const int *id)
{
	printf("%.*s: %s %.*s version %d, id %d\n", STR_ARG(shown(r, file)), what, STR_ARG(report_plain(r->arena, subject_of(r, file))),
		version ? *version : 0, id ? *id : 0);
}

/* Line and column in the file, where the finding has them. */
static struct str place_of(struct arena *arena, const struct jsn *finding)
{
	const struct jsn *place = jsn_get_value(finding, STR("new"));
	const int *line = number_of(arena, place, "line"), *column = number_of(arena, place, "column");

	return line && column && *line > 0 ? str_printf(arena, ":%d:%d", *line, *column) : STR("");
}

static void count_refused(struct registering *r, struct schema_file *file)
{
	r->n_refused++;
	map_put(&r->refused, file->path, file);
}

static void say_refused(const struct registering *r, const struct schema_file *file, struct str why)
{
	fprintf(stderr, "%.*s: refused: %.*s\n", STR_ARG(shown(r, file)), STR_ARG(report_plain(r->arena, why)));
}

/* The findings of a registry that explains itself (docs/api-v1.md), or else its own words. */
static void refuse(struct registering *r, struct schema_file *file, const struct rest_answer *answer)
{
	const struct jsn *findings = answer->json ? jsn_get_value(answer->json, STR("findings")) : NULL;
	struct err refusal = { .arena = r->arena };
	size_t n = findings && findings->kind == JSN_ARRAY ? findings->n_items : 0;

	count_refused(r, file);
	r->incompatible |= answer->status == 409;
	for (size_t i = 0; i < n; i++) {
		const struct jsn *rule = jsn_get_value(&findings->items[i], STR("rule"));
		const struct jsn *message = jsn_get_value(&findings->items[i], STR("message"));

		if (rule && message)
			fprintf(stderr, "%.*s%.*s: refused: %.*s [%.*s]\n", STR_ARG(shown(r, file)),
				STR_ARG(place_of(r->arena, &findings->items[i])), STR_ARG(report_plain(r->arena, message->text)),
				STR_ARG(report_plain(r->arena, rule->text)));
	}
	if (n == 0 && server_refusal(r->rest, answer, &refusal) != OK)
		say_refused(r, file, refusal.message);
}

/* A refusal is said and counted, and the others go on. */
static enum err_code send(struct registering *r, struct schema_file *file, struct str body, struct err *err)
{
	struct str path = str_printf(r->arena, "/subjects/%.*s/versions?explain=true%s",
		STR_ARG(rest_escape(r->arena, subject_of(r, file))), r->values->normalize ? "&normalize=true" : "");
	struct rest_answer answer;
	int *version, *id;

	TRY(rest_call(r->rest, r->arena, "POST", path, body, &answer, err));
	if (answer.status == 409 || answer.status == 422) {
		refuse(r, file, &answer);
		return OK;
	}
	if (answer.status != 200)
		return server_refusal(r->rest, &answer, err);
	TRY(look_up(r, file, body, &version, &id, err));
	if (!version)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s was registered but is not found", STR_ARG(file->path)));
	map_put(&r->versions, file->path, version);
	say(r, file, "registered as", version, id);
	return OK;
}

/* ---- --dry-run ---- */

static const struct jsn *member_of(const struct rest_answer *answer, const char *name)
{
	return answer->status == 200 && answer->json ? jsn_get_value(answer->json, str_of(name)) : NULL;
}

/* Compatible or not, a subject may be closed.  Where no mode is known, or may be read, it is taken to be open. */
static void ask_mode(struct registering *r, struct schema_file *file)
{
	struct err unread = { .arena = r->arena };
	struct str path = str_printf(r->arena, "/mode/%.*s?defaultToGlobal=true", STR_ARG(rest_escape(r->arena, subject_of(r, file))));
	struct rest_answer answer;
	const struct jsn *mode;

	if (rest_call(r->rest, r->arena, "GET", path, STR_NONE, &answer, &unread) != OK)
		return;
	mode = member_of(&answer, "mode");
	if (mode && mode->kind == JSN_STRING && !str_eq(mode->text, STR("READWRITE"))) {
		count_refused(r, file);
		say_refused(r, file, str_printf(r->arena, "Subject %.*s is in mode %.*s", STR_ARG(subject_of(r, file)), STR_ARG(mode->text)));
	}
}

/*
 * What a registry says of a schema that it would not take: its errors, without the old schema and the level behind them.
 * That a text is invalid is one of these errors here, and a status of its own when it is sent.
 */
static void refuse_messages(struct registering *r, struct schema_file *file, const struct jsn *messages)
{
	size_t n = messages && messages->kind == JSN_ARRAY ? messages->n_items : 0, n_said = 0;

	count_refused(r, file);
	for (size_t i = 0; i < n; i++) {
		if (messages->items[i].kind != JSN_STRING || str_starts(messages->items[i].text, STR("{oldSchema"))
			|| str_starts(messages->items[i].text, STR("{validateFields")) || str_starts(messages->items[i].text, STR("{compatibility")))
			continue;
		say_refused(r, file, messages->items[i].text);
		r->incompatible |= !str_starts(messages->items[i].text, STR("Invalid schema"));
		n_said++;
	}
	if (n_said == 0)
		say_refused(r, file, STR("it is incompatible with what is there"));
}

/* A subject that is not there yet has nothing to be compatible with: some registries answer 404 for it. */
static enum err_code ask_compatible(struct registering *r, struct schema_file *file, struct str body, struct err *err)
{
	struct str path = str_printf(r->arena, "/compatibility/subjects/%.*s/versions?verbose=true%s",
		STR_ARG(rest_escape(r->arena, subject_of(r, file))), r->values->normalize ? "&normalize=true" : "");
	struct rest_answer answer;
	const struct jsn *compatible;

	TRY(rest_call(r->rest, r->arena, "POST", path, body, &answer, err));
	compatible = member_of(&answer, "is_compatible");
	if (answer.status == 409 || answer.status == 422)
		refuse(r, file, &answer);
	else if (compatible && compatible->kind == JSN_BOOL && !compatible->boolean)
		refuse_messages(r, file, member_of(&answer, "messages"));
	else if (!compatible && answer.status != 404)
		return server_refusal(r->rest, &answer, err);
	return OK;
}

/* The first file that it refers to and that has no version yet, or NULL. */
static const struct schema_file *find_unversioned(const struct registering *r, const struct schema_link *links, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!map_get(&r->versions, links[i].file->path))
			return links[i].file;
	return NULL;
}

/* Without versions to refer to no registry can judge it; that it can be parsed is told here. */
static void foretell(struct registering *r, struct schema_file *file, const struct schema_file *first)
{
	struct err unparsed = { .arena = r->arena };
	const struct schema *schema;

	if (set_parse(&r->worktree.set, file, SCHEMA_STRICT, &schema, &unparsed) != OK) {
		count_refused(r, file);
		say_refused(r, file, explain_fault(&unparsed));
		return;
	}
	printf("%.*s: would be registered as %.*s, which the registry cannot be asked about before %.*s is registered\n",
		STR_ARG(shown(r, file)), STR_ARG(report_plain(r->arena, subject_of(r, file))), STR_ARG(shown(r, first)));
}

/* What sending it would come to. */
static enum err_code try(struct registering *r, struct schema_file *file, struct str body, struct err *err)
{
	size_t n, n_refused = r->n_refused;
	const struct schema_link *links = set_links(&r->worktree.set, file, &n);
	const struct schema_file *first = find_unversioned(r, links, n);

	ask_mode(r, file);
	if (n_refused == r->n_refused && first)
		foretell(r, file, first);
	else if (n_refused == r->n_refused)
		TRY(ask_compatible(r, file, body, err));
	if (n_refused == r->n_refused && !first)
		printf("%.*s: would be registered as %.*s\n", STR_ARG(shown(r, file)), STR_ARG(report_plain(r->arena, subject_of(r, file))));
	return OK;
}

/* ---- the order ---- */

/* What needs a schema that was refused is not sent: no registry could resolve it.  Says so. */
static bool is_held_up(struct registering *r, const struct schema_file *file, const struct schema_link *links, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!map_get(&r->refused, links[i].file->path))
			continue;
		map_put(&r->refused, file->path, r);
		r->n_refused++;
		fprintf(stderr, "%.*s: not sent, because it refers to %.*s\n", STR_ARG(shown(r, file)), STR_ARG(shown(r, links[i].file)));
		return true;
	}
	return false;
}

static enum err_code register_file(struct registering *r, struct schema_file *file, struct err *err)
{
	bool chosen = map_get(&r->chosen, file->path) != NULL;
	int *version, *id;
	struct str body;
	size_t n;
	const struct schema_link *links = set_links(&r->worktree.set, file, &n);

	if (map_put(&r->met, file->path, file))
		return OK;
	for (size_t i = 0; i < n; i++)
		TRY(register_file(r, links[i].file, err));
	if (is_held_up(r, file, links, n))
		return OK;
	body = body_of(r, file);
	TRY(look_up(r, file, body, &version, &id, err));
	if (version) {
		map_put(&r->versions, file->path, version);
		if (chosen)
			say(r, file, "is", version, id);
		return OK;
	}
	if (!chosen)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%.*s is referred to and not registered; name it too",
			STR_ARG(worktree_shown(&r->worktree, r->arena, file->path))));
	return r->values->dry_run ? try(r, file, body, err) : send(r, file, body, err);
}

static enum err_code run(const struct tool_call *call, int *status, struct err *err)
{
	struct registering *r = arena_new(call->arena, struct registering);

	*r = (struct registering){ .arena = call->arena, .values = call->values, .versions = map_make(call->arena),
		.chosen = map_make(call->arena), .refused = map_make(call->arena), .met = map_make(call->arena) };
	TRY(worktree_open(call->arena, call->arguments.items, call->arguments.n, &r->worktree, err));
	if (str_present(r->values->subject) && r->worktree.n_files != 1)
		return err_text(err, ERR_CONFIG_FILE, STR("--subject is for a single file"));
	TRY(set_subjects_found(&r->worktree.set, NULL, err));
	TRY(set_distinct(r->worktree.files, r->worktree.n_files, call->arena, err));
	TRY(server_open(call->arena, &r->values->server, &r->rest, err));
	for (size_t i = 0; i < r->worktree.n_files; i++)
		map_put(&r->chosen, r->worktree.files[i]->path, r);
	for (size_t i = 0; i < r->worktree.n_files; i++)
		TRY(register_file(r, r->worktree.files[i], err));
	*status = r->n_refused > 0;
	if (r->incompatible)
		fprintf(stderr, "tenon check --against %.*s explains what is refused\n", STR_ARG(rest_url(r->rest)));
	return OK;
}

static const struct flag flags[] = {
	SERVER_FLAGS(struct register_values),
	FLAG(FLAG_TEXT, struct register_values, subject, "subject", "NAME", NULL,
		"of a single file, in place of tenon.toml's or the file's name"),
	FLAG(FLAG_ON, struct register_values, normalize, "normalize", NULL, NULL, "let the registry normalise the text"),
	FLAG(FLAG_ON, struct register_values, dry_run, "dry-run", NULL, NULL, "send nothing; ask the registry what it would register and what refuse"),
};

const struct tool command_register = {
	.name = "register",
	.usage = "[PATH...] [FLAG VALUE]...",
	.summary = "register the schemas of files and folders",
	.about = "Registers what tenon check would judge, under the same subjects, with references between the files, those that are\n"
		"referred to first. What is registered already stays as it is.\n\n"
		"  tenon register schemas --registry http://127.0.0.1:8081",
	.exits = "  0  when all are registered, or would be\n"
		"  1  when the registry refused one, or would\n"
		"  2  when it could not be asked",
	TOOL_FLAGS(flags),
	.size = sizeof(struct register_values),
	.most = -1,
	.failed = 2,
	.words = "FILE",
	.run = run,
};
