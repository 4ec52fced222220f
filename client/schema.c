/* Schemas that are handed out: counted references, memory that is used again, and what is asked of them. */
#include "client/schema_int.h"

#include "base/arena.h"
#include "client/cache.h"

enum { CHUNK = 64 };

struct chunk {
	struct chunk *older;
	struct tenon_schema schemas[CHUNK];
};

/* Only ever added to, so that it is read without a lock. */
struct context {
	struct context *older;
	uint32_t number;
	char name[];
};

struct client_schemas {
	struct tenon_client *client;
	pthread_mutex_t lock;
	struct chunk *chunks;
	struct tenon_schema *free;
	_Atomic(struct context *) contexts;
};

struct client_schemas *client_schemas_create(struct tenon_client *client)
{
	struct client_schemas *schemas = client_resize(client, NULL, sizeof(*schemas));

	if (schemas == NULL)
		return NULL;
	*schemas = (struct client_schemas){ .client = client };
	pthread_mutex_init(&schemas->lock, NULL);
	return schemas;
}

void client_schemas_destroy(struct client_schemas *schemas)
{
	struct context *context;

	if (schemas == NULL)
		return;
	while (schemas->chunks) {
		struct chunk *chunk = schemas->chunks;

		schemas->chunks = chunk->older;
		client_release(schemas->client, chunk);
	}
	context = atomic_load(&schemas->contexts);
	while (context) {
		struct context *older = context->older;

		client_release(schemas->client, context);
		context = older;
	}
	pthread_mutex_destroy(&schemas->lock);
	client_release(schemas->client, schemas);
}

/* `name` is without its dot. */
static struct context *find_context(struct client_schemas *schemas, struct str name)
{
	struct context *context = atomic_load_explicit(&schemas->contexts, memory_order_acquire);

	while (context && !str_eq(str_of(context->name + 1), name))
		context = context->older;
	return context;
}

static struct context *add_context(struct client_schemas *schemas, struct str name)
{
	struct context *context;

	pthread_mutex_lock(&schemas->lock);
	context = find_context(schemas, name);
	if (context == NULL)
		context = client_resize(schemas->client, NULL, sizeof(*context) + name.len + 2);
	else
		name = STR_NONE;
	if (context && str_present(name)) {
		context->older = atomic_load_explicit(&schemas->contexts, memory_order_relaxed);
		context->number = context->older ? context->older->number + 1 : 1;
		context->name[0] = '.';
		memcpy(context->name + 1, name.data, name.len);
		context->name[name.len + 1] = '\0';
		atomic_store_explicit(&schemas->contexts, context, memory_order_release);
	}
	pthread_mutex_unlock(&schemas->lock);
	return context;
}

const char *client_context(struct tenon_client *client, struct str name, uint32_t *number)
{
	struct context *context;

	if (str_starts(name, STR(":.")) && str_ends(name, STR(":")) && name.len >= 3)
		name = str_sub(name, 1, name.len - 1);
	if (str_starts(name, STR(".")))
		name = str_sub(name, 1, name.len);
	*number = 0;
	if (name.len == 0)
		return ".";
	context = find_context(client->schemas, name);
	if (context == NULL)
		context = add_context(client->schemas, name);
	if (context == NULL)
		return NULL;
	*number = context->number;
	return context->name;
}

/* A free one; NULL: no memory. */
static struct tenon_schema *take_free(struct client_schemas *schemas)
{
	struct tenon_schema *schema;

	pthread_mutex_lock(&schemas->lock);
	if (schemas->free == NULL) {
		struct chunk *chunk = client_resize(schemas->client, NULL, sizeof(*chunk));

		if (chunk) {
			memset(chunk, 0, sizeof(*chunk));
			chunk->older = schemas->chunks;
			schemas->chunks = chunk;
			for (size_t i = 0; i < CHUNK; i++) {
				chunk->schemas[i].free = schemas->free;
				schemas->free = &chunk->schemas[i];
			}
		}
	}
	schema = schemas->free;
	if (schema)
		schemas->free = schema->free;
	pthread_mutex_unlock(&schemas->lock);
	return schema;
}

static void put_free(struct client_schemas *schemas, struct tenon_schema *schema)
{
	pthread_mutex_lock(&schemas->lock);
	schema->free = schemas->free;
	schemas->free = schema;
	pthread_mutex_unlock(&schemas->lock);
}

struct tenon_schema *client_schema_make(struct client_content *content, const struct client_names *names)
{
	struct tenon_client *client = content->client;
	uint32_t number;
	const char *context = client_context(client, names->context, &number);
	struct tenon_schema *schema = context ? take_free(client->schemas) : NULL;
	char *subject = NULL;

	if (schema && str_present(names->subject)) {
		subject = client_resize(client, NULL, names->subject.len + 1);
		if (subject == NULL) {
			put_free(client->schemas, schema);
			schema = NULL;
		}
	}
	if (schema == NULL) {
		client_content_unref(content);
		return NULL;
	}
	if (subject) {
		memcpy(subject, names->subject.data, names->subject.len);
		subject[names->subject.len] = '\0';
	}
	schema->id = names->id;
	schema->version = names->version;
	schema->content = content;
	schema->context = context;
	schema->subject = subject;
	atomic_store_explicit(&schema->used, false, memory_order_relaxed);
	atomic_store_explicit(&schema->key, names->id > 0 ? client_id_key(number, names->id) : 0, memory_order_relaxed);
	atomic_store_explicit(&schema->refs, 1, memory_order_release);
	return schema;
}

bool client_schema_try_ref(struct tenon_schema *schema)
{
	unsigned refs = atomic_load_explicit(&schema->refs, memory_order_relaxed);

	while (refs > 0)
		if (atomic_compare_exchange_weak_explicit(&schema->refs, &refs, refs + 1, memory_order_acquire,
			memory_order_relaxed))
			return true;
	return false;
}

struct tenon_schema *tenon_schema_ref(struct tenon_schema *schema)
{
	atomic_fetch_add_explicit(&schema->refs, 1, memory_order_relaxed);
	return schema;
}

static void end_schema(struct tenon_schema *schema)
{
	struct client_content *content = schema->content;
	struct tenon_client *client = content->client;

	atomic_store_explicit(&schema->key, 0, memory_order_relaxed);
	client_release(client, schema->subject);
	schema->subject = NULL;
	put_free(client->schemas, schema);
	client_content_unref(content);
}

void tenon_schema_unref(struct tenon_schema *schema)
{
	if (schema && atomic_fetch_sub_explicit(&schema->refs, 1, memory_order_acq_rel) == 1)
		end_schema(schema);
}

enum tenon_type tenon_schema_type(const struct tenon_schema *schema)
{
	return schema->content->type;
}

const char *tenon_schema_text(const struct tenon_schema *schema, size_t *len)
{
	if (len)
		*len = schema->content->text.len;
	return schema->content->text.data;
}

int32_t tenon_schema_id(const struct tenon_schema *schema)
{
	return schema->id;
}

const char *tenon_schema_guid(const struct tenon_schema *schema)
{
	return schema->content->guid;
}

const char *tenon_schema_context(const struct tenon_schema *schema)
{
	return schema->context;
}

const char *tenon_schema_subject(const struct tenon_schema *schema)
{
	return schema->subject;
}

int32_t tenon_schema_version(const struct tenon_schema *schema)
{
	return schema->version;
}

const struct tenon_reference *tenon_schema_references(const struct tenon_schema *schema, size_t *n)
{
	*n = schema->content->n_references;
	return schema->content->references;
}

const char *tenon_schema_metadata(const struct tenon_schema *schema)
{
	return schema->content->metadata;
}

const char *tenon_schema_rule_set(const struct tenon_schema *schema)
{
	return schema->content->rule_set;
}
