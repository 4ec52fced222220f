/* The JSON that is answered about associations, member by member in the reference's order (contract 2.2, 2.10). */
#include "base/arena.h"
#include "server/api/association_int.h"

/* `name` is the member's name with its punctuation, but for the comma before it. */
static void add_text(struct buf *out, struct str name, struct str value)
{
	if (value.len == 0)
		return;
	if (out->data[out->len - 1] != '{')
		buf_add_c(out, ',');
	buf_add(out, name);
	buf_json_string(out, value);
}

/* Being frozen goes without saying where it follows from the lifecycle. */
static void add_frozen(struct buf *out, const struct association *association)
{
	if (association->frozen != (association->lifecycle == LIFECYCLE_STRONG))
		buf_add(out, association->frozen ? STR(",\"frozen\":true") : STR(",\"frozen\":false"));
}

static void add_resource(struct buf *out, const struct resource *resource)
{
	add_text(out, STR("\"resourceName\":"), resource->name);
	add_text(out, STR("\"resourceNamespace\":"), resource->name_space);
	add_text(out, STR("\"resourceId\":"), resource->id);
	add_text(out, STR("\"resourceType\":"), resource->type);
}

static void write_association(struct buf *out, const struct association *association)
{
	buf_add_c(out, '{');
	add_text(out, STR("\"subject\":"), association->subject);
	add_text(out, STR("\"guid\":"), association->guid);
	add_resource(out, &association->resource);
	add_text(out, STR("\"associationType\":"), association->type);
	add_text(out, STR("\"lifecycle\":"), lifecycle_name(association->lifecycle));
	add_frozen(out, association);
	buf_lit(out, ",\"createTs\":");
	buf_add_i64(out, association->created);
	buf_lit(out, ",\"updateTs\":");
	buf_add_i64(out, association->updated);
	buf_add_c(out, '}');
}

void write_associations(struct buf *out, const struct association *list, size_t n)
{
	buf_add_c(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		write_association(out, &list[i]);
	}
	buf_add_c(out, ']');
}

static void write_made(struct buf *out, const struct association_made *made)
{
	buf_add_c(out, '{');
	add_text(out, STR("\"subject\":"), made->association.subject);
	add_text(out, STR("\"associationType\":"), made->association.type);
	add_text(out, STR("\"lifecycle\":"), lifecycle_name(made->association.lifecycle));
	add_frozen(out, &made->association);
	if (made->schema.version) {
		buf_lit(out, ",\"schema\":");
		write_version(out, &made->schema, made->schema.version->text);
	}
	buf_add_c(out, '}');
}

void write_resource(struct buf *out, const struct resource *resource, const struct association_made *made, size_t n)
{
	buf_add_c(out, '{');
	add_resource(out, resource);
	if (n > 0)
		buf_lit(out, ",\"associations\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		write_made(out, &made[i]);
	}
	if (n > 0)
		buf_add_c(out, ']');
	buf_add_c(out, '}');
}
