/*
 * Fuzzes Protobuf: any bytes are a schema, or two with a NUL between them, or a schema and a message of it
 * behind a byte of ones.  Texts must be fixpoints, checks must end, decoded messages must come back.
 */
#include <stdint.h>

#include "base/arena.h"
#include "compat/finding.h"
#include "compat/format.h"
#include "compat/protobuf/decode.h"
#include "compat/protobuf/output.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct schema *parse(struct arena *arena, struct str text, unsigned flags)
{
	const struct schema_source source = { .type = SCHEMA_PROTOBUF, .text = text };
	const struct schema *schema = NULL;
	struct err err = { .arena = arena };
	enum err_code code = pbuf_format.parse(arena, &source, flags, &schema, &err);

	demand((code == OK) == (schema != NULL));
	demand(code == OK || code == ERR_PARSE || code == ERR_LIMIT || (code == ERR_INVALID_SCHEMA && flags));
	demand(code == OK || err.message.len > 0);
	return schema;
}

/* Canonical and normal forms are read as what they are. */
static void check_texts(struct arena *arena, const struct schema *schema)
{
	struct str normal = pbuf_format.normalized(arena, schema), serialized = pbuf_serialized(arena, schema);
	const struct schema *again = parse(arena, schema->canonical, 0), *form = parse(arena, normal, 0), *last;
	struct schema_tag_list tags = pbuf_format.tags(arena, schema);
	const struct schema_tag_change none = { .inherited = tags };
	struct err err = { .arena = arena };
	struct str retagged;

	demand(again && str_eq(again->canonical, schema->canonical));
	demand(form != NULL);
	/* Extends without fields leave an empty line the first time. */
	normal = pbuf_format.normalized(arena, form);
	last = parse(arena, normal, 0);
	demand(last != NULL);
	if (str_is_utf8(normal)) /* else it has no order */
		demand(str_eq(pbuf_format.normalized(arena, last), normal));
	demand(parse(arena, pbuf_without_extensions(arena, schema), 0) != NULL);
	parse(arena, serialized, 0);
	demand(pbuf_format.retag(arena, schema, &none, &retagged, &err) == OK);
	demand(parse(arena, retagged, 0) != NULL);
}

static void check_pair(struct arena *arena, const struct schema *a, const struct schema *b)
{
	struct findings first = findings_make(arena), second = findings_make(arena);
	struct err err = { .arena = arena };
	enum err_code code = pbuf_format.check(a, b, SCHEMA_POLICY_STRICT, &first, &err);

	demand(code == pbuf_format.check(a, b, SCHEMA_POLICY_STRICT, &second, &err));
	demand(first.n_items == second.n_items);
	for (size_t i = 0; i < first.n_items; i++)
		demand(first.items[i].type == second.items[i].type && str_eq(first.items[i].path, second.items[i].path));
	if (a == b && code == OK)
		demand(first.n_items == 0);
}

static const struct pbuf_message *decode(struct arena *arena, const struct pbuf_schema *schema,
	const struct pbuf_type *type, struct str bytes)
{
	const struct pbuf_message *tree = NULL;
	struct err err = { .arena = arena };
	enum err_code code = pbuf_decode(arena, schema, type, bytes, &tree, &err);

	demand((code == OK) == (tree != NULL));
	return tree;
}

/* What was decoded is written and read again; then the bytes stay the same. */
static void check_decode(struct arena *arena, const struct schema *schema, struct str bytes)
{
	const struct pbuf_schema *parsed = pbuf_of(schema);

	for (size_t i = 0; i < parsed->file->n_types && i < 4; i++) {
		const struct pbuf_type *type = parsed->file->types[i];
		const struct pbuf_message *tree = type->is_enum ? NULL : decode(arena, parsed, type, bytes);
		struct str once, twice;

		if (tree == NULL)
			continue;
		once = pbuf_encode(arena, tree);
		tree = decode(arena, parsed, type, once);
		demand(tree != NULL);
		twice = pbuf_encode(arena, tree);
		demand(str_eq(once, twice));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(0);
	const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
	const uint8_t *ones = size ? memchr(data, 0xFF, size) : NULL;
	size_t len = end ? (size_t)(end - data) : ones ? (size_t)(ones - data) : size;
	struct str text = str_make((const char *)data, len);
	struct str rest = len < size ? str_make((const char *)data + len + 1, size - len - 1) : STR("");
	const struct schema *schema = parse(arena, text, size & 1 ? SCHEMA_STRICT : 0), *other;

	if (schema) {
		check_texts(arena, schema);
		check_pair(arena, schema, schema);
		other = end ? parse(arena, rest, 0) : NULL;
		if (other) {
			check_pair(arena, schema, other);
			check_pair(arena, other, schema);
		}
		if (!end)
			check_decode(arena, schema, rest);
	}
	arena_destroy(arena);
	return 0;
}
