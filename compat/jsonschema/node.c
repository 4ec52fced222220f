/* Nodes: each subschema that is reached from the root, made once, with what its references mean. */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/parse_int.h"
#include "compat/jsonschema/pointer.h"

enum { FEW_PROPERTIES = 8 };

static enum err_code fault(struct jsch_parser *p, const struct jsn *at, struct str reason)
{
	p->err->line = at->line;
	p->err->column = at->column;
	err_text(p->err, ERR_PARSE, STR("Invalid JSON"));
	p->err->reason = reason;
	return ERR_PARSE;
}

enum err_code jsch_fault(struct jsch_parser *p, const struct jsn *at, const char *wanted)
{
	struct buf b = buf_make(p->err->arena, 128);

	if (p->word && p->word != at)
		buf_lit(&b, "what is in ");
	if (p->word)
		buf_json_string(&b, p->word->name);
	else
		buf_lit(&b, "a schema");
	buf_printf(&b, " must be %s, not ", wanted);
	jsch_put_short(&b, at);
	return fault(p, at, buf_str(&b));
}

static enum err_code pass_bound(struct jsch_parser *p, const struct jsn *at, const char *what, unsigned bound)
{
	p->err->line = at->line;
	p->err->column = at->column;
	return err_text(p->err, ERR_LIMIT, str_printf(p->err->arena, "The schema has more than %u %s", bound, what));
}

const struct jsch_property *jsch_property_find(const struct jsch_object *object, struct str name)
{
	if (object->index)
		return map_get(object->index, name);
	for (size_t i = 0; i < object->n_properties; i++)
		if (str_eq(object->properties[i].name, name))
			return &object->properties[i];
	return NULL;
}

/* Both keywords are read by now, in whatever order they came. */
static void join_required(struct jsch_parser *p, struct jsch_object *object)
{
	if (object->n_properties > FEW_PROPERTIES) {
		object->index = arena_new(p->arena, struct map);
		*object->index = map_make(p->arena);
		for (size_t i = 0; i < object->n_properties; i++)
			map_put(object->index, object->properties[i].name, &object->properties[i]);
	}
	for (size_t i = 0; i < object->n_required; i++) {
		const struct jsch_property *found = jsch_property_find(object, object->required[i]);

		if (found)
			object->properties[found - object->properties].required = true;
	}
}

/*
 * In 2020-12 what follows the list is called "items"; alone it is one schema for all (compat-rules 4.1),
 * unless it is true or false, which the reference takes to follow an empty list.
 */
static void rename_rest(struct jsch_array *array)
{
	if (array->items == NULL || (!array->has_list && array->items->json->kind != JSN_BOOL))
		return;
	array->has_list = true;
	array->additional = array->items;
	array->items = NULL;
}

static bool counts_beside_reference(const struct jsn *member)
{
	static const struct str beside[] = { { "$ref", 4 }, { "title", 5 }, { "description", 11 }, { "default", 7 } };

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (str_eq(member->name, beside[i]))
			return true;
	return false;
}

static enum err_code read_members(struct jsch_parser *p, struct jsch_node *node)
{
	enum jsch_draft draft = node->resource->draft;
	bool alone = draft <= JSCH_DRAFT_7 && jsn_get(node->json, STR("$ref"));

	for (size_t i = 0; i < node->json->n_items; i++)
		if (!alone || counts_beside_reference(&node->json->items[i]))
			TRY(jsch_word_read(p, node, &node->json->items[i]));
	if (node->array && draft == JSCH_DRAFT_2020)
		rename_rest(node->array);
	if (node->object)
		join_required(p, node->object);
	return OK;
}

enum err_code jsch_node_get(struct jsch_parser *p, const struct jsn *json, const struct jsch_resource *resource,
	struct jsch_node **out)
{
	struct jsch_node *node = map_get(&p->nodes, str_make((const char *)&json, sizeof(json)));

	if (node) {
		*out = node;
		return OK;
	}
	if (json->kind != JSN_OBJECT && json->kind != JSN_BOOL)
		return jsch_fault(p, json, "a schema: an object, true or false");
	if (p->depth == LIMIT_SCHEMA_DEPTH)
		return pass_bound(p, json, "levels of subschemas", LIMIT_SCHEMA_DEPTH);
	if (++p->n_nodes > LIMIT_SCHEMA_NODES)
		return pass_bound(p, json, "subschemas", LIMIT_SCHEMA_NODES);
	node = arena_new(p->arena, struct jsch_node);
	node->json = json;
	node->resource = json->kind == JSN_OBJECT ? jsch_store_enter(p->store, json, resource) : resource;
	map_put(&p->nodes, str_make((const char *)&node->json, sizeof(node->json)), node);
	p->depth++;
	if (json->kind == JSN_OBJECT)
		TRY(read_members(p, node));
	p->depth--;
	*out = node;
	return OK;
}

static bool is_remote(struct str reference)
{
	return str_starts(reference, STR("http://")) || str_starts(reference, STR("https://"));
}

/* The network is never asked; the reference has the same words when it is told not to (contract 6.3). */
static enum err_code fault_reference(struct jsch_parser *p, const struct jsch_node *node, struct str text)
{
	struct str fragment, url = jsch_uri_resolve(p->arena, node->resource->uri, jsch_uri_split(text, &fragment));

	p->err->line = node->json->line;
	p->err->column = node->json->column;
	if (!is_remote(url) || map_get(&p->store->resources, url))
		return fault(p, node->json, str_printf(p->err->arena,
			"the reference \"%.*s\" leads nowhere: neither into the schema nor into what it refers to", STR_ARG(text)));
	return err_text(p->err, ERR_PARSE,
		str_printf(p->err->arena, "Remote schema reference fetching over HTTP(S) is disabled: %.*s", STR_ARG(url)));
}

enum err_code jsch_nodes_resolve(struct jsch_parser *p)
{
	while (p->pending) {
		const struct jsch_node *node = p->pending->node;
		struct jsch_reference *reference = p->pending->reference;
		const struct jsch_resource *resource;
		const struct jsn *json;

		p->pending = p->pending->next;
		if (!jsch_store_find(p->store, node->resource, reference->text, &json, &resource))
			return fault_reference(p, node, reference->text);
		TRY(jsch_node_get(p, json, resource, &reference->target));
	}
	return OK;
}
