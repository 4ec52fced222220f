/* Request bodies about associations. */
#include "base/arena.h"
#include "server/api/association_int.h"
#include "server/api/read_int.h"

static enum err_code refuse_value(struct str value, const char *type, const char *accepted, struct err *err)
{
	return read_refuse(err, str_printf(err->arena,
		"Cannot deserialize value of type `%s` from String \"%.*s\": not one of the values accepted for Enum class: %s",
		type, STR_ARG(value), accepted));
}

static enum err_code read_lifecycle(const struct jsn *object, enum lifecycle *out, struct err *err)
{
	struct str name;

	TRY(read_text(object, STR("lifecycle"), &name, err));
	if (!str_present(name) || lifecycle_find(name, out))
		return OK;
	return refuse_value(name, "LifecyclePolicy", "[STRONG, WEAK]", err);
}

static enum err_code read_op(const struct jsn *object, enum association_op *out, struct err *err)
{
	static const struct str names[] = {
		[ASSOCIATION_CREATE] = STR("CREATE"),
		[ASSOCIATION_UPSERT] = STR("UPSERT"),
		[ASSOCIATION_DELETE] = STR("DELETE"),
	};
	struct str name;

	TRY(read_text(object, STR("opType"), &name, err));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(name, names[i])) {
			*out = (enum association_op)i;
			return OK;
		}
	}
	return refuse_value(name, "OpType", "[CREATE, DELETE, UPSERT]", err);
}

static enum err_code read_resource(const struct jsn *body, struct resource *out, struct err *err)
{
	TRY(read_text(body, STR("resourceName"), &out->name, err));
	TRY(read_text(body, STR("resourceNamespace"), &out->name_space, err));
	TRY(read_text(body, STR("resourceId"), &out->id, err));
	return read_text(body, STR("resourceType"), &out->type, err);
}

/* All members whatever the operation; it takes what it needs. */
static enum err_code read_change(struct arena *arena, const struct jsn *object, struct association_change *out,
	struct err *err)
{
	const struct jsn *schema = jsn_get_value(object, STR("schema"));
	enum config_flag flag;
	struct new_schema *made;

	TRY(read_text(object, STR("subject"), &out->subject, err));
	TRY(read_text(object, STR("associationType"), &out->type, err));
	TRY(read_lifecycle(object, &out->lifecycle, err));
	TRY(read_flag(object, STR("frozen"), &out->frozen, err));
	TRY(read_flag(object, STR("cascadeLifecycle"), &flag, err));
	out->cascade = flag == CONFIG_TRUE;
	if (!schema)
		return OK;
	made = arena_new(arena, struct new_schema);
	TRY(read_schema(arena, schema, made, err));
	TRY(read_flag(object, STR("normalize"), &flag, err));
	made->normalize = flag == CONFIG_TRUE;
	out->schema = made;
	return OK;
}

/* The list called `name`, of objects; none when it is missing. */
static enum err_code read_list(const struct jsn *body, struct str name, const char *type, const struct jsn **items,
	size_t *n, struct err *err)
{
	const struct jsn *list = jsn_get_value(body, name);

	*items = NULL;
	*n = 0;
	if (!list)
		return OK;
	if (list->kind != JSN_ARRAY)
		return read_refuse_type(list, type, err);
	for (size_t i = 0; i < list->n_items; i++)
		TRY(read_object(&list->items[i], type, err));
	*items = list->items;
	*n = list->n_items;
	return OK;
}

enum err_code read_association_request(struct arena *arena, const struct jsn *body, enum association_op op,
	struct association_request *out, struct err *err)
{
	const struct jsn *items;
	struct association_change *changes;
	size_t n;

	TRY(read_object(body, "AssociationCreateOrUpdateRequest", err));
	TRY(read_resource(body, &out->resource, err));
	TRY(read_list(body, STR("associations"), "AssociationCreateOrUpdateInfo", &items, &n, err));
	changes = arena_array(arena, struct association_change, n);
	for (size_t i = 0; i < n; i++) {
		TRY(read_change(arena, &items[i], &changes[i], err));
		changes[i].op = op;
	}
	out->changes = changes;
	out->n_changes = n;
	return OK;
}

enum err_code read_association_ops(struct arena *arena, const struct jsn *body, struct association_request *out,
	struct err *err)
{
	const struct jsn *items;
	struct association_change *changes;
	size_t n;

	TRY(read_object(body, "AssociationOpRequest", err));
	TRY(read_resource(body, &out->resource, err));
	TRY(read_list(body, STR("associations"), "AssociationOp", &items, &n, err));
	changes = arena_array(arena, struct association_change, n);
	for (size_t i = 0; i < n; i++) {
		TRY(read_change(arena, &items[i], &changes[i], err));
		TRY(read_op(&items[i], &changes[i].op, err));
	}
	out->changes = changes;
	out->n_changes = n;
	return OK;
}

enum err_code read_association_get(struct arena *arena, const struct jsn *body, struct association_query *out,
	struct err *err)
{
	const struct jsn *types;

	TRY(read_object(body, "AssociationGetRequest", err));
	TRY(read_resource(body, &out->resource, err));
	TRY(read_lifecycle(body, &out->lifecycle, err));
	out->by = out->resource.id.len > 0 ? ASSOCIATION_BY_ID : ASSOCIATION_BY_NAME;
	types = jsn_get_value(body, STR("associationTypes"));
	return types ? read_text_set(arena, types, &out->types, &out->n_types, err) : OK;
}
