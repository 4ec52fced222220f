/* Reading histories of subjects over REST, many requests at a time. */
#include "client/cli/registry/history.h"

#include "base/arena.h"
#include "base/limits.h"

/* A version that is wanted. */
struct wanted {
	struct str subject;
	int version;
	bool optional; /* it is deleted, or referred to by one that is: it may be gone for good */
};

struct wish {
	struct wanted *items;
	size_t n, room;
	struct map known; /* by key */
};

struct registry_view registry_view_make(struct arena *arena, struct rest *rest)
{
	return (struct registry_view){ .arena = arena, .rest = rest, .subjects = map_make(arena), .versions = map_make(arena) };
}

static struct str key_of(struct arena *arena, struct str subject, int version)
{
	return str_printf(arena, "%.*s\n%d", STR_ARG(subject), version);
}

const struct registry_subject *registry_subject(const struct registry_view *view, struct str name)
{
	return map_get(&view->subjects, name);
}

struct registry_version *registry_version(const struct registry_view *view, struct str subject, int version)
{
	return map_get(&view->versions, key_of(view->arena, subject, version));
}

static enum err_code unexpected(struct registry_view *view, struct str path, const struct rest_answer *answer, struct err *err)
{
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: GET %.*s has status %d: %.*s", STR_ARG(rest_url(view->rest)),
		STR_ARG(path), answer->status, STR_ARG(rest_excerpt(answer))));
}

static bool read_int(const struct jsn *from, struct str name, int *out)
{
	const struct jsn *value = jsn_get_value(from, name);
	int32_t number;

	if (!value || value->kind != JSN_NUMBER || !str_to_i32(value->text, &number))
		return false;
	*out = number;
	return true;
}

static struct str text_of(const struct jsn *from, struct str name)
{
	const struct jsn *value = jsn_get_value(from, name);

	return value && value->kind == JSN_STRING ? value->text : STR_NONE;
}

static void want(struct registry_view *view, struct wish *wish, struct str subject, int version, bool optional)
{
	struct str key = key_of(view->arena, subject, version);

	if (map_get(&wish->known, key) || map_get(&view->versions, key))
		return;
	map_put(&wish->known, key, wish);
	wish->items = arena_grow(view->arena, wish->items, wish->n, &wish->room, sizeof(*wish->items));
	wish->items[wish->n++] = (struct wanted){ .subject = subject, .version = version, .optional = optional };
}

/* A referred subject is a name in the context of the one that refers (contract 5.12). */
static struct str qualified(struct arena *arena, struct str subject, struct str from)
{
	ptrdiff_t end = str_starts(from, STR(":.")) ? str_index(str_sub(from, 1, from.len), ':') : -1;

	if (end < 0 || str_starts(subject, STR(":.")))
		return subject;
	return str_concat(arena, str_sub(from, 0, (size_t)end + 2), subject);
}

static void want_references(struct registry_view *view, struct wish *wish, const struct registry_version *version, bool optional)
{
	for (size_t i = 0; version->references && i < version->references->n_items; i++) {
		struct str subject = text_of(&version->references->items[i], STR("subject"));
		int number;

		if (str_present(subject) && read_int(&version->references->items[i], STR("version"), &number))
			want(view, wish, qualified(view->arena, subject, version->subject), number, optional);
	}
}

static enum err_code take_version(struct registry_view *view, struct str path, const struct rest_answer *answer,
	struct str subject, struct registry_version **out, struct err *err)
{
	struct registry_version *version = arena_new(view->arena, struct registry_version);
	const struct jsn *json = answer->json, *metadata = json ? jsn_get_value(json, STR("metadata")) : NULL;
	struct str type = json ? text_of(json, STR("schemaType")) : STR_NONE;

	*version = (struct registry_version){ .subject = subject, .metadata = metadata, .reserved = STR_NONE };
	if (answer->status != 200 || !json || !read_int(json, STR("version"), &version->version)
		|| (str_present(type) && !schema_type_find(type, &version->type)))
		return unexpected(view, path, answer, err);
	read_int(json, STR("id"), &version->id);
	version->text = text_of(json, STR("schema"));
	version->references = jsn_get_value(json, STR("references"));
	if (!str_present(version->text))
		return unexpected(view, path, answer, err);
	if (metadata && jsn_get_value(metadata, STR("properties")))
		version->reserved = text_of(jsn_get_value(metadata, STR("properties")), STR("confluent:reserved"));
	map_put(&view->versions, key_of(view->arena, subject, version->version), version);
	*out = version;
	return OK;
}

static struct str version_path(struct arena *arena, struct str subject, int version)
{
	/* Referred versions may have been soft-deleted since. */
	if (version < 0)
		return str_printf(arena, "/subjects/%.*s/versions/latest", STR_ARG(rest_escape(arena, subject)));
	return str_printf(arena, "/subjects/%.*s/versions/%d?deleted=true", STR_ARG(rest_escape(arena, subject)), version);
}

/* Until nothing is missing: what is read may refer to more. */
static enum err_code read_wanted(struct registry_view *view, struct wish *wish, struct err *err)
{
	struct arena *arena = view->arena;

	for (size_t from = 0; from < wish->n;) {
		size_t n = wish->n - from;
		struct str *paths = arena_array(arena, struct str, n);
		struct rest_answer *answers = arena_array(arena, struct rest_answer, n);

		for (size_t i = 0; i < n; i++)
			paths[i] = version_path(arena, wish->items[from + i].subject, wish->items[from + i].version);
		TRY(rest_get_many(view->rest, arena, paths, n, answers, view->progress, view->progress_cls, err));
		for (size_t i = 0; i < n; i++) {
			const struct wanted wanted = wish->items[from + i];
			struct registry_version *version;

			if (wanted.optional && answers[i].status == 404)
				continue;
			TRY(take_version(view, paths[i], &answers[i], wanted.subject, &version, err));
			want_references(view, wish, version, wanted.optional);
		}
		from += n;
	}
	return OK;
}

/* ---- subjects ---- */

/* False when the answer is no list of numbers. */
static bool read_numbers(struct arena *arena, const struct rest_answer *answer, int **out, size_t *n)
{
	int *numbers;

	if (answer->status != 200 || !answer->json || answer->json->kind != JSN_ARRAY)
		return false;
	numbers = arena_array(arena, int, answer->json->n_items);
	for (size_t i = 0; i < answer->json->n_items; i++) {
		int32_t number;

		if (answer->json->items[i].kind != JSN_NUMBER || !str_to_i32(answer->json->items[i].text, &number))
			return false;
		numbers[i] = number;
	}
	*out = numbers;
	*n = answer->json->n_items;
	return true;
}

/* 40401: there is no such subject; 40404: it is soft-deleted. */
static bool is_absent(const struct rest_answer *answer)
{
	int error_code = 0;

	return answer->status == 404 && answer->json && read_int(answer->json, STR("error_code"), &error_code)
		&& (error_code == 40401 || error_code == 40404);
}

static bool is_live(const struct registry_subject *subject, int number)
{
	for (size_t i = 0; i < subject->n_live; i++)
		if (subject->live[i] == number)
			return true;
	return false;
}

/* `all` has the deleted ones as well; NULL, or no list from a registry that does not tell them: there are only live ones. */
static enum err_code take_numbers(struct registry_view *view, struct registry_subject *subject, struct str path,
	const struct rest_answer *live, const struct rest_answer *all, int **numbers, struct err *err)
{
	if (!is_absent(live) && !read_numbers(view->arena, live, &subject->live, &subject->n_live))
		return unexpected(view, path, live, err);
	if (!all || !read_numbers(view->arena, all, numbers, &subject->n_versions)) {
		*numbers = subject->live;
		subject->n_versions = subject->n_live;
	}
	return OK;
}

/* Old registries do not know defaultToGlobal and answer 404 where a subject has no configuration. */
static void take_config(struct registry_subject *subject, const struct jsn *config, const struct jsn *global)
{
	const struct jsn *from[] = { config, global };

	for (size_t i = 0; i < 2; i++) {
		const struct jsn *validate = jsn_get_value(from[i], STR("validateFields"));
		struct str level = text_of(from[i], STR("compatibilityLevel")), policy = text_of(from[i], STR("compatibilityPolicy"));

		if (!str_present(level))
			level = text_of(from[i], STR("compatibility"));
		if (!subject->judging.has_level)
			subject->judging.has_level = compat_level_find(level, &subject->judging.level);
		if (!subject->judging.has_policy)
			subject->judging.has_policy = settings_policy_find(policy, &subject->judging.policy);
		if (!str_present(subject->group))
			subject->group = text_of(from[i], STR("compatibilityGroup"));
		subject->validate_fields |= validate && validate->kind == JSN_BOOL && validate->boolean;
	}
}

static const struct jsn *config_of(const struct rest_answer *answer)
{
	return answer->status == 200 && answer->json && answer->json->kind == JSN_OBJECT ? answer->json : NULL;
}

static void collect_versions(struct registry_view *view, struct registry_subject *subject, const int *numbers)
{
	size_t n = 0;

	subject->versions = arena_array(view->arena, struct registry_version *, subject->n_versions);
	for (size_t i = 0; i < subject->n_versions; i++) {
		struct registry_version *version = registry_version(view, subject->name, numbers[i]);

		if (!version)
			continue;
		version->deleted = !is_live(subject, numbers[i]);
		subject->versions[n++] = version;
	}
	subject->n_versions = n;
}

enum err_code registry_read(struct registry_view *view, const struct str *subjects, size_t n, struct err *err)
{
	struct arena *arena = view->arena;
	const size_t each = view->deleted ? 3 : 2; /* requests for a subject */
	struct str *paths = arena_array(arena, struct str, each * n + 1);
	struct rest_answer *answers = arena_array(arena, struct rest_answer, each * n + 1), *global = &answers[each * n];
	struct registry_subject *items = arena_array(arena, struct registry_subject, n);
	int **numbers = arena_array(arena, int *, n);
	struct wish wish = { .known = map_make(arena) };

	for (size_t i = 0; i < n; i++) {
		struct str name = rest_escape(arena, subjects[i]);

		paths[each * i] = str_printf(arena, "/subjects/%.*s/versions", STR_ARG(name));
		paths[each * i + 1] = str_printf(arena, "/config/%.*s?defaultToGlobal=true", STR_ARG(name));
		if (view->deleted)
			paths[each * i + 2] = str_concat(arena, paths[each * i], STR("?deleted=true"));
	}
	paths[each * n] = STR("/config");
	TRY(rest_get_many(view->rest, arena, paths, each * n + 1, answers, view->progress, view->progress_cls, err));
	if (!config_of(global))
		return unexpected(view, paths[each * n], global, err);
	for (size_t i = 0; i < n; i++) {
		const struct rest_answer *answer = &answers[each * i];

		items[i] = (struct registry_subject){ .name = subjects[i], .group = STR_NONE };
		TRY(take_numbers(view, &items[i], paths[each * i], answer, view->deleted ? answer + 2 : NULL, &numbers[i], err));
		for (size_t k = 0; k < items[i].n_versions; k++)
			want(view, &wish, items[i].name, numbers[i][k], !is_live(&items[i], numbers[i][k]));
		take_config(&items[i], config_of(answer + 1), config_of(global));
		map_put(&view->subjects, items[i].name, &items[i]);
	}
	TRY(read_wanted(view, &wish, err));
	for (size_t i = 0; i < n; i++)
		collect_versions(view, &items[i], numbers[i]);
	return OK;
}

enum err_code registry_list(struct registry_view *view, const struct str **out, size_t *n, struct err *err)
{
	struct arena *arena = view->arena;
	/*
	 * All contexts; registries without contexts know no such prefix and find nothing, or everything.  Those that do not
	 * know the deleted ones may refuse to be asked for them.
	 */
	static const char *const paths[] = { "/subjects?subjectPrefix=:*:&deleted=true", "/subjects?deleted=true",
		"/subjects?subjectPrefix=:*:", "/subjects" };
	enum { LIVE = 2, LAST = 3 };

	for (size_t k = view->deleted ? 0 : LIVE; k <= LAST; k++) {
		struct rest_answer answer;
		const struct jsn *list;
		struct str *names;

		if (k < LIVE)
			TRY(rest_call(view->rest, arena, "GET", str_of(paths[k]), STR_NONE, &answer, err));
		else
			TRY(rest_need(view->rest, arena, str_of(paths[k]), &answer.json, err));
		list = answer.json;
		if (!list || list->kind != JSN_ARRAY || (list->n_items == 0 && k < LAST))
			continue;
		names = arena_array(arena, struct str, list->n_items);
		for (size_t i = 0; i < list->n_items; i++)
			names[i] = list->items[i].text;
		*out = names;
		*n = list->n_items;
		return OK;
	}
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s does not answer like a schema registry: GET /subjects is no list",
		STR_ARG(rest_url(view->rest))));
}

enum err_code registry_get(struct registry_view *view, struct str subject, int number, struct registry_version **out,
	struct err *err)
{
	struct wish wish = { .known = map_make(view->arena) };
	struct str path = version_path(view->arena, subject, number);
	struct rest_answer answer;

	TRY(rest_call(view->rest, view->arena, "GET", path, STR_NONE, &answer, err));
	if (answer.status == 404 && answer.json && str_present(text_of(answer.json, STR("message"))))
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %.*s", STR_ARG(rest_url(view->rest)),
			STR_ARG(text_of(answer.json, STR("message")))));
	TRY(take_version(view, path, &answer, subject, out, err));
	want_references(view, &wish, *out, false);
	return read_wanted(view, &wish, err);
}

/* ---- texts ---- */

struct gathering {
	struct registry_view *view;
	struct map names;
	struct schema_dependency *items;
	size_t n, room;
};

static void gather(struct gathering *g, const struct registry_version *version, unsigned depth)
{
	for (size_t i = 0; version->references && depth < LIMIT_REFERENCE_DEPTH && i < version->references->n_items; i++) {
		const struct jsn *reference = &version->references->items[i];
		struct str name = text_of(reference, STR("name")), subject = text_of(reference, STR("subject"));
		const struct registry_version *target;
		int number = 0;

		if (!str_present(name) || !str_present(subject) || !read_int(reference, STR("version"), &number)
			|| map_get(&g->names, name))
			continue;
		target = registry_version(g->view, qualified(g->view->arena, subject, version->subject), number);
		if (!target)
			continue;
		map_put(&g->names, name, g);
		gather(g, target, depth + 1);
		g->items = arena_grow(g->view->arena, g->items, g->n, &g->room, sizeof(*g->items));
		g->items[g->n++] = (struct schema_dependency){ .name = name, .subject = target->subject, .version = number,
			.text = target->text };
	}
}

struct schema_source registry_source(struct registry_view *view, const struct registry_version *version)
{
	struct gathering g = { .view = view, .names = map_make(view->arena) };

	gather(&g, version, 0);
	return (struct schema_source){ .type = version->type, .text = version->text, .dependencies = g.items, .n_dependencies = g.n };
}

enum err_code registry_parse(struct registry_view *view, struct registry_version *version, struct err *err)
{
	struct schema_source source;

	if (version->schema)
		return OK;
	source = registry_source(view, version);
	return schema_parse(view->arena, &source, 0, &version->schema, err);
}
