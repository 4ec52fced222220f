/* Following references through the cache, depth first and bounded. */
#include "client/references.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"

struct walk {
	struct call *call;
	struct map names;        /* taken: the first occurrence wins */
	struct client_dependency *found;
	size_t n_found;
	size_t room;
};

static void unref(void *schema)
{
	tenon_schema_unref(schema);
}

/* A subject without a context is in that of the schema that refers to it. */
static const char *qualify(struct call *call, const struct tenon_schema *schema, const char *subject)
{
	if (str_starts(str_of(subject), STR(":.")) || strcmp(schema->context, ".") == 0)
		return subject;
	return arena_printf(call->arena, ":%s:%s", schema->context, subject);
}

static enum tenon_code follow(struct walk *w, const struct tenon_schema *schema, unsigned depth)
{
	const struct client_content *content = schema->content;
	struct call *call = w->call;

	if (depth > LIMIT_REFERENCE_DEPTH)
		return client_fail(call->err, TENON_LIMIT, "references are nested deeper than %u", LIMIT_REFERENCE_DEPTH);
	for (size_t i = 0; i < content->n_references; i++) {
		const struct tenon_reference *reference = &content->references[i];
		struct tenon_schema *target;

		if (map_get(&w->names, str_of(reference->name)))
			continue;
		if (w->names.n_entries >= LIMIT_REFERENCES)
			return client_fail(call->err, TENON_LIMIT, "more than %u references", LIMIT_REFERENCES);
		map_put(&w->names, str_of(reference->name), w);
		CLIENT_TRY(tenon_get_by_version(call->client, qualify(call, schema, reference->subject), reference->version,
			TENON_DELETED, &target, call->err));
		arena_defer(call->arena, unref, target);
		CLIENT_TRY(follow(w, target, depth + 1));
		w->found = arena_grow(call->arena, w->found, w->n_found, &w->room, sizeof(*w->found));
		w->found[w->n_found++] = (struct client_dependency){ .name = reference->name, .schema = target };
	}
	return TENON_OK;
}

enum tenon_code client_references(struct call *call, struct tenon_schema *schema, const struct client_dependency **out, size_t *n)
{
	struct walk w = { .call = call, .names = map_make(call->arena) };

	CLIENT_TRY(follow(&w, schema, 0));
	*out = w.found;
	*n = w.n_found;
	return TENON_OK;
}

enum tenon_code client_references_texts(struct call *call, struct tenon_schema *schema, const struct schema_dependency **out,
	size_t *n)
{
	const struct client_dependency *found;
	struct schema_dependency *texts;
	size_t n_found;

	CLIENT_TRY(client_references(call, schema, &found, &n_found));
	texts = arena_array(call->arena, struct schema_dependency, n_found);
	for (size_t i = 0; i < n_found; i++)
		texts[i] = (struct schema_dependency){
			.name = str_of(found[i].name),
			.subject = str_of(found[i].schema->subject),
			.version = found[i].schema->version,
			.text = found[i].schema->content->text,
		};
	*out = texts;
	*n = n_found;
	return TENON_OK;
}

/* ---- the same for users of the library ---- */

struct asked {
	struct tenon_schema *schema;
	struct tenon_dependency *out;
	size_t n;
};

static enum tenon_code give_dependencies(struct call *call, void *arg)
{
	struct asked *a = arg;
	const struct client_dependency *found;
	size_t size = sizeof(*a->out);
	char *at;

	CLIENT_TRY(client_references(call, a->schema, &found, &a->n));
	for (size_t i = 0; i < a->n; i++)
		size += sizeof(*a->out) + strlen(found[i].name) + 1;
	a->out = client_give(call, size);
	at = (char *)(a->out + a->n);
	for (size_t i = 0; i < a->n; i++) {
		size_t len = strlen(found[i].name) + 1;

		a->out[i] = (struct tenon_dependency){ .name = memcpy(at, found[i].name, len), .schema = tenon_schema_ref(found[i].schema) };
		at += len;
	}
	return TENON_OK;
}

enum tenon_code tenon_dependencies(struct tenon_client *client, struct tenon_schema *schema, struct tenon_dependency **out,
	size_t *n, struct tenon_error *err)
{
	struct asked a = { .schema = schema };

	CLIENT_TRY(client_enter(client, give_dependencies, &a, err));
	*out = a.out;
	*n = a.n;
	return TENON_OK;
}

void tenon_dependencies_free(struct tenon_dependency *dependencies, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tenon_schema_unref(dependencies[i].schema);
	tenon_free(dependencies);
}
