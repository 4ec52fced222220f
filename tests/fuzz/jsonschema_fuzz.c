/*
 * libFuzzer target of JSON Schema: up to three texts with a byte FF between them: a schema, another
 * one that is also its dependency "b", and a document.  What parses must be kept as a text that
 * means the same, fit itself, and be judged the same way every time.
 */
#include "base/arena.h"
#include "compat/finding.h"
#include "compat/jsonschema/jsch.h"
#include "compat/jsonschema/validate.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 1000 };

static const struct schema *parse(struct arena *arena, struct str text, const struct schema_dependency *dependency,
	unsigned flags)
{
	const struct schema_source source = {
		.type = SCHEMA_JSON, .text = text, .dependencies = dependency, .n_dependencies = dependency ? 1 : 0,
	};
	const struct schema *schema = NULL;
	struct err err = { .arena = arena };
	enum err_code code = jsch_format.parse(arena, &source, flags, &schema, &err);

	demand(code == OK || code == ERR_PARSE || code == ERR_INVALID_SCHEMA || code == ERR_LIMIT);
	demand(code == err.code && (code == OK || err.message.len > 0));
	demand((code == OK) == (schema != NULL));
	return schema;
}

/* The number of findings, or SIZE_MAX when a bound was passed. */
static size_t judge(struct arena *arena, const struct schema *reader, const struct schema *writer,
	enum schema_policy policy)
{
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	enum err_code code = jsch_check(reader, writer, policy, &found, &err);

	demand(code == OK || code == ERR_LIMIT || code == ERR_PARSE);
	for (size_t i = 0; i < found.n_items; i++)
		demand(str_starts(found.items[i].path, STR("#/")));
	return code == OK ? found.n_items : SIZE_MAX;
}

static void check_texts(struct arena *arena, const struct schema *schema, const struct schema_dependency *dependency)
{
	struct str normal = jsch_format.normalized(arena, schema);
	const struct schema *again = parse(arena, schema->canonical, dependency, SCHEMA_STRICT);
	const struct schema *normalized = parse(arena, normal, dependency, SCHEMA_STRICT);
	const struct str *fields;

	demand(str_is_utf8(schema->canonical) && str_is_utf8(normal));
	demand(again && jsch_format.equal(schema, again) && normalized && str_eq(normalized->canonical, normal));
	demand(str_eq(jsch_format.normalized(arena, normalized), normal));
	jsch_format.name(schema);
	jsch_format.top_fields(arena, schema, &fields);
}

static void check_tags(struct arena *arena, const struct schema *schema)
{
	const struct schema_tag_list tags = jsch_format.tags(arena, schema);
	const struct schema_tag_change change = { .inherited = tags, .removed = tags };
	struct err err = { .arena = arena };
	struct str text;

	if (jsch_format.retag(arena, schema, &change, &text, &err) == OK)
		demand(str_is_utf8(text));
}

static void check_pair(struct arena *arena, const struct schema *a, const struct schema *b)
{
	size_t strict = judge(arena, a, b, SCHEMA_POLICY_STRICT), lenient = judge(arena, a, b, SCHEMA_POLICY_LENIENT);

	demand(strict == judge(arena, a, b, SCHEMA_POLICY_STRICT));
	if (strict == 0)
		demand(lenient == 0 || lenient == SIZE_MAX);
	if (a == b)
		demand(strict == 0 || strict == SIZE_MAX);
}

static void check_document(struct arena *arena, const struct schema *schema, struct str text)
{
	const struct jsch_violation *violation = NULL;
	struct err err = { .arena = arena };
	const struct jsn *value;
	enum err_code code;

	if (jsn_parse(arena, text, JSN_SURROGATES, DEPTH, &value, &err) != OK)
		return;
	code = jsch_validate(arena, schema, value, &violation, &err);
	demand(code == OK || code == ERR_LIMIT || code == ERR_PARSE);
	if (violation)
		demand(violation->keyword.len > 0);
}

static struct str next_text(struct str *rest)
{
	ptrdiff_t end = str_index(*rest, '\xff');
	struct str text = str_sub(*rest, 0, end < 0 ? rest->len : (size_t)end);

	*rest = end < 0 ? STR("") : str_sub(*rest, (size_t)end + 1, rest->len);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(0);
	struct str rest = str_make((const char *)data, size);
	struct str first = next_text(&rest), second = next_text(&rest), document = next_text(&rest);
	const struct schema_dependency dependency = { .name = STR("b"), .text = second };
	const struct schema *a = parse(arena, first, &dependency, SCHEMA_STRICT);
	const struct schema *b = parse(arena, second, NULL, SCHEMA_STRICT), *loose = parse(arena, first, NULL, 0);

	if (a) {
		check_texts(arena, a, &dependency);
		check_tags(arena, a);
		check_pair(arena, a, a);
		check_document(arena, a, document);
		check_document(arena, a, first);
	}
	if (a && b) {
		check_pair(arena, a, b);
		check_pair(arena, b, a);
	}
	if (loose && b)
		judge(arena, loose, b, SCHEMA_POLICY_STRICT);
	arena_destroy(arena);
	return 0;
}
