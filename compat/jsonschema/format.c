/* JSON Schema behind compat/schema.h: from text and dependencies to a schema with its stored text. */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/parse_int.h"
#include "compat/jsonschema/tags.h"

/* Where a schema stands that does not say (contract 6.3). */

static const char *const kinds[] = {
	[JSN_NULL] = "NULL", [JSN_BOOL] = "BOOLEAN", [JSN_NUMBER] = "NUMBER",
	[JSN_STRING] = "STRING", [JSN_ARRAY] = "ARRAY", [JSN_OBJECT] = "OBJECT",
};

/* Numbers that Java has no room for end its parser. */
static bool numbers_fit(const struct jsn *json)
{
	if (json->kind == JSN_NUMBER)
		return jsch_number_fits(json->text);
	for (size_t i = 0; i < json->n_items; i++)
		if (!numbers_fit(&json->items[i]))
			return false;
	return true;
}

/* What follows the first value is nobody's business (SURPRISES 20). */
static enum err_code parse_text(struct arena *arena, struct str text, const struct jsn **out, struct err *err)
{
	struct err why = { .arena = err->arena };
	enum err_code code = jsn_parse(arena, str_dup(arena, text), JSN_TRAILING | JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, out,
		&why);

	if (code == OK && numbers_fit(*out))
		return OK;
	err->line = why.line;
	err->column = why.column;
	code = err_text(err, code == ERR_LIMIT ? ERR_LIMIT : ERR_PARSE, STR("Invalid JSON schema"));
	err->reason = why.message;
	return code;
}

/* The documents of the dependencies, in the source's order. */
static enum err_code parse_dependencies(struct arena *arena, const struct schema_source *source,
	const struct jsn ***out, struct err *err)
{
	const struct jsn **documents = arena_array(arena, const struct jsn *, source->n_dependencies);

	for (size_t i = 0; i < source->n_dependencies; i++)
		TRY(parse_text(arena, source->dependencies[i].text, &documents[i], err));
	*out = documents;
	return OK;
}

static bool leaves_validation_out(const struct jsn *metaschema)
{
	const struct jsn *vocabularies = jsn_get(metaschema, STR("$vocabulary"));

	if (vocabularies == NULL || vocabularies->kind != JSN_OBJECT)
		return false;
	for (size_t i = 0; i < vocabularies->n_items; i++)
		if (str_ends(vocabularies->items[i].name, STR("/vocab/validation")))
			return false;
	return true;
}

/* $schema may name a dependency that is a meta-schema itself; what is unknown leaves the dialect as it is. */
static struct jsch_dialect dialect_of(const struct schema_source *source, const struct jsn *const *documents,
	const struct jsn *json, struct jsch_dialect dialect)
{
	const struct jsn *word = jsn_get(json, STR("$schema"));
	struct str fragment;

	if (jsch_draft_find(json, &dialect.draft))
		dialect.unvalidated = false;
	else if (word && word->kind == JSN_STRING)
		for (size_t i = 0; i < source->n_dependencies; i++)
			if (str_eq(source->dependencies[i].name, jsch_uri_split(word->text, &fragment)) &&
				jsch_draft_find(documents[i], &dialect.draft))
				dialect.unvalidated = leaves_validation_out(documents[i]);
	return dialect;
}

static struct jsch_resource *add_documents(struct jsch_store *store, const struct schema_source *source,
	const struct jsn *const *documents, const struct jsn *root)
{
	struct jsch_dialect dialect = dialect_of(source, documents, root, (struct jsch_dialect){ .draft = JSCH_DRAFT_7 });
	struct jsch_resource *main = jsch_store_add(store, JSCH_NOWHERE, root, dialect), *resource;

	for (size_t i = 0; i < source->n_dependencies; i++) {
		struct str name = str_dup(store->arena, source->dependencies[i].name), fragment;

		resource = jsch_store_add(store, jsch_uri_resolve(store->arena, main->uri, jsch_uri_split(name, &fragment)),
			documents[i], dialect_of(source, documents, documents[i], dialect));
		if (map_get(&store->names, name) == NULL)
			map_put(&store->names, name, resource);
	}
	return main;
}

static enum err_code load_resource(struct jsch_parser *p, const struct jsch_resource *resource)
{
	struct jsch_node *node;

	if (resource->recursive)
		TRY(jsch_node_get(p, resource->root, resource, &node));
	for (size_t k = 0; k < resource->dynamic_anchors.n_entries; k++)
		TRY(jsch_node_get(p, resource->dynamic_anchors.entries[k].value, resource, &node));
	return jsch_nodes_resolve(p);
}

/* What a reference can lead to only while a document is validated has to be there by then. */
static enum err_code load_dynamic(struct jsch_parser *p)
{
	struct map loaded = map_make(p->arena);

	for (size_t i = 0; i < p->nodes.n_entries; i++) { /* they become more */
		struct jsch_node *node = p->nodes.entries[i].value;
		struct str key = str_make((const char *)&node->resource, sizeof(node->resource));

		if (map_get(&loaded, key))
			continue;
		map_put(&loaded, key, node);
		TRY(load_resource(p, node->resource));
	}
	return OK;
}

/* Everything that is reached from the root, as the model has it. */
static enum err_code load(struct arena *arena, const struct schema_source *source, struct jsch_schema *schema,
	struct err *err)
{
	struct jsch_parser p = {
		.arena = arena, .err = err, .nodes = map_make(arena), .regexes = map_make(arena),
		.store = jsch_store_make(arena),
	};
	const struct jsch_resource *resource;
	const struct jsn **documents;
	struct jsch_node *root;

	if (schema->json->kind != JSN_OBJECT && schema->json->kind != JSN_BOOL)
		return err_text(err, ERR_PARSE,
			str_printf(err->arena, "Invalid JSON schema: expected an object or boolean at the root, found %s",
				kinds[schema->json->kind]));
	schema->refers = source->n_dependencies > 0;
	TRY(parse_dependencies(arena, source, &documents, err));
	resource = add_documents(p.store, source, documents, schema->json);
	TRY(jsch_node_get(&p, schema->json, resource, &root));
	TRY(jsch_nodes_resolve(&p));
	if (p.any_dynamic)
		TRY(load_dynamic(&p));
	jsch_shapes_make(&p);
	schema->root = root;
	schema->nodes = p.nodes;
	return OK;
}

/*
 * What is JSON but no schema is an error only in the strict sense: IMPORT takes it as it is (contract
 * 5.11).  It then can neither be compared nor validate anything.
 */
static enum err_code parse(struct arena *arena, const struct schema_source *source, unsigned flags,
	const struct schema **out, struct err *err)
{
	struct jsch_schema *schema = arena_new(arena, struct jsch_schema);
	struct err fault = { .arena = arena };

	TRY(parse_text(arena, source->text, &schema->json, err));
	if (load(arena, source, schema, &fault) != OK) {
		if (flags & SCHEMA_STRICT || fault.code != ERR_PARSE) {
			err->line = fault.line;
			err->column = fault.column;
			err_text(err, fault.code == ERR_PARSE ? ERR_INVALID_SCHEMA : fault.code, str_dup(err->arena, fault.message));
			err->reason = str_present(fault.reason) ? str_dup(err->arena, fault.reason) : STR_NONE;
			return err->code;
		}
		schema->fault = fault.message;
	}
	schema->base.type = SCHEMA_JSON;
	schema->base.canonical = jsch_print(arena, schema->json, false, source->text.len + 64);
	*out = &schema->base;
	return OK;
}

static struct str normalized(struct arena *arena, const struct schema *schema)
{
	return jsch_print(arena, jsch_of(schema)->json, true, schema->canonical.len + 64);
}

static struct str formatted(struct arena *arena, const struct schema *schema, struct str format)
{
	(void)arena;
	(void)format; /* there is only one form for JSON (contract 6.1) */
	return schema->canonical;
}

static struct str name(const struct schema *schema)
{
	const struct jsn *title = jsn_get(jsch_of(schema)->json, STR("title"));

	return title && title->kind == JSN_STRING ? title->text : STR_NONE;
}

static bool equal(const struct schema *a, const struct schema *b)
{
	return str_eq(a->canonical, b->canonical);
}

static size_t top_fields(struct arena *arena, const struct schema *schema, const struct str **out)
{
	const struct jsch_node *root = jsch_of(schema)->root;
	const struct jsch_object *object = root ? root->object : NULL;
	struct str *names;

	*out = NULL;
	if (object == NULL)
		return 0;
	names = arena_array(arena, struct str, object->n_properties);
	for (size_t i = 0; i < object->n_properties; i++)
		names[i] = object->properties[i].name;
	*out = names;
	return object->n_properties;
}

const struct schema_format jsch_format = {
	.parse = parse,
	.normalized = normalized,
	.formatted = formatted,
	.name = name,
	.equal = equal,
	.top_fields = top_fields,
	.check = jsch_check,
	.tags = jsch_tags,
	.retag = jsch_retag,
	.explain = jsch_explain,
	.diff = jsch_diff,
	.event_read = jsch_event_read,
	.event_write = jsch_event_write,
	.outline = jsch_outline,
	.logical_read = jsch_logical_read,
	.logical_write = jsch_logical_write,
};
