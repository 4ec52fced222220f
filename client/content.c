/* Contents: what a schema says, and its parsed form. */
#include "base/arena.h"
#include "client/cache.h"
#include "client/references.h"
#include "client/schema_int.h"

static const char *copy_or_null(struct arena *arena, struct str text)
{
	return str_present(text) ? arena_strndup(arena, text.data, text.len) : NULL;
}

static void copy_references(struct client_content *content, const struct client_draft *draft)
{
	struct tenon_reference *references = arena_array(content->arena, struct tenon_reference, draft->n_references);

	for (size_t i = 0; i < draft->n_references; i++) {
		references[i].name = arena_strdup(content->arena, draft->references[i].name);
		references[i].subject = arena_strdup(content->arena, draft->references[i].subject);
		references[i].version = draft->references[i].version;
	}
	content->references = draft->n_references ? references : NULL;
	content->n_references = draft->n_references;
}

struct client_content *client_content_make(struct call *call, const struct client_draft *draft)
{
	struct arena *arena = arena_create(draft->text.len + draft->metadata.len + draft->rule_set.len + 512);
	struct client_content *content = arena_new(arena, struct client_content);

	content->client = call->client;
	content->arena = arena;
	content->type = draft->type;
	content->text = str_dup(arena, draft->text);
	copy_references(content, draft);
	content->guid = copy_or_null(arena, draft->guid);
	content->metadata = copy_or_null(arena, draft->metadata);
	content->rule_set = copy_or_null(arena, draft->rule_set);
	pthread_mutex_init(&content->parsing, NULL);
	atomic_store(&content->bytes, arena_size(arena));
	atomic_store(&content->refs, 1);
	arena_keep(arena);
	return content;
}

static void free_parsed(struct client_parsed *parsed)
{
	if (parsed)
		arena_destroy(parsed->arena);
}

void client_content_unref(struct client_content *content)
{
	if (atomic_fetch_sub_explicit(&content->refs, 1, memory_order_acq_rel) != 1)
		return;
	free_parsed(atomic_load(&content->parsed));
	pthread_mutex_destroy(&content->parsing);
	arena_destroy(content->arena);
}

/* The content has become larger: the cache counts that. */
static void grow_content(struct client_content *content, size_t more)
{
	atomic_fetch_add_explicit(&content->bytes, more, memory_order_relaxed);
	client_cache_recount(content->client->cache, content);
}

struct parse {
	struct tenon_schema *schema;
	struct client_parsed *parsed;
};

/* Into an arena of its own; that a text is no schema is remembered, too, since it will not change. */
static enum tenon_code parse(struct call *call, void *arg)
{
	struct parse *p = arg;
	const struct client_content *content = p->schema->content;
	struct schema_source source = { .type = (enum schema_type)content->type, .text = content->text };
	struct client_parsed *parsed;
	struct arena *arena;
	struct err err;

	CLIENT_TRY(client_references_texts(call, p->schema, &source.dependencies, &source.n_dependencies));
	arena = arena_create(0);
	err = (struct err){ .arena = call->arena };
	parsed = arena_new(arena, struct client_parsed);
	parsed->arena = arena;
	if (schema_parse(arena, &source, 0, &parsed->schema, &err) != OK) {
		parsed->schema = NULL;
		client_fail_schema(&parsed->failed, &err);
	}
	p->parsed = parsed;
	return TENON_OK;
}

static enum tenon_code give_parsed(const struct client_parsed *parsed, const struct tenon_schema *schema,
	const struct schema **out, struct tenon_error *err)
{
	enum tenon_code code;

	if (parsed->schema) {
		*out = parsed->schema;
		return TENON_OK;
	}
	code = client_fail(err, parsed->failed.code, "%s", parsed->failed.message);
	if (err) {
		err->line = parsed->failed.line;
		err->column = parsed->failed.column;
		err->schema_id = schema->id;
	}
	return code;
}

enum tenon_code client_schema_parsed(struct tenon_schema *schema, const struct schema **out, struct tenon_error *err)
{
	struct client_content *content = schema->content;
	struct client_parsed *parsed = atomic_load_explicit(&content->parsed, memory_order_acquire);
	struct parse p = { .schema = schema };
	enum tenon_code code = TENON_OK;

	if (parsed)
		return give_parsed(parsed, schema, out, err);
	pthread_mutex_lock(&content->parsing);
	parsed = atomic_load_explicit(&content->parsed, memory_order_acquire);
	if (parsed == NULL) {
		code = client_enter(content->client, parse, &p, err);
		if (code == TENON_OK) {
			parsed = p.parsed;
			atomic_store_explicit(&content->parsed, parsed, memory_order_release);
		}
	}
	pthread_mutex_unlock(&content->parsing);
	if (code != TENON_OK)
		return code;
	if (p.parsed)
		grow_content(content, arena_size(p.parsed->arena));
	return give_parsed(parsed, schema, out, err);
}
