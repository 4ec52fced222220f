/*
 * libFuzzer target of the Avro formats: one or two schemas, the second behind a byte FF, which is
 * also tried as a dependency of the first.  What parses must print to a text that means the same.
 */
#include "base/arena.h"
#include "compat/avro/avsc.h"
#include "compat/explain.h"
#include "compat/finding.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct schema *parse(struct arena *arena, struct str text, const struct schema_dependency *dependency,
	unsigned flags)
{
	const struct schema_source source = {
		.type = SCHEMA_AVRO, .text = text, .dependencies = dependency, .n_dependencies = dependency ? 1 : 0,
	};
	const struct schema *schema = NULL;
	struct err err = { .arena = arena };
	enum err_code code = schema_parse(arena, &source, flags, &schema, &err);

	demand(code == OK || code == ERR_PARSE || code == ERR_LIMIT);
	demand(code == err.code && (code == OK || err.message.len > 0));
	demand((code == OK) == (schema != NULL));
	return schema;
}

/* A schema reads what it wrote, unless a field's alias is a field, which the reference calls an exception. */
static void check_against_itself(struct arena *arena, const struct schema *schema)
{
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	enum err_code code = schema_check(schema, schema, SCHEMA_POLICY_STRICT, &found, &err);

	demand(code == OK || code == ERR_LIMIT);
	for (size_t i = 0; i < found.n_items; i++)
		demand(found.items[i].type == FINDING_UNEXPECTED_EXCEPTION);
}

static bool is_listed(const struct findings *found, const struct finding *reference)
{
	size_t i = 0;

	while (i < found->n_items && !(found->items[i].type == reference->type && str_eq(found->items[i].path, reference->path)))
		i++;
	return i < found->n_items;
}

/*
 * Refusals are of what the check finds, but not one each: a union's finding is told by all that fails in its branch, and
 * what is wrong with a type used at several places once.  Places and edits are those of another text, and must not matter.
 */
static void explain_pair(struct arena *arena, const struct schema *a, const struct schema *b, const struct findings *listed)
{
	const struct schema_source source = { .type = SCHEMA_AVRO, .text = b->canonical };
	const struct explain_pair pair = { .reader = a, .writer = b, .reader_is_new = listed->n_items % 2, .source = &source };
	struct explanation found = { .arena = arena };
	struct schema_changes changes = { .arena = arena };
	struct err err = { .arena = arena };
	enum err_code code = schema_explain(&pair, &found, &err);
	size_t n_refused = 0;

	demand(code == OK || code == ERR_LIMIT);
	for (size_t i = 0; i < found.n_items; i++) {
		const struct explain_finding *finding = &found.items[i];

		n_refused += finding->refused;
		demand(finding->refused == (finding->reference != NULL));
		demand(!finding->refused || is_listed(listed, finding->reference));
		demand(finding->message.len > 0 && str_present(finding->in_new.path) && str_present(finding->in_old.path));
		demand((finding->effect == EFFECT_FAILS || finding->effect == EFFECT_CHANGES) == (finding->witness != NULL));
	}
	demand(code == ERR_LIMIT || (n_refused > 0) == (listed->n_items > 0));
	code = schema_diff(a, b, &changes, &err);
	demand(code == OK || code == ERR_LIMIT);
}

static void check_pair(struct arena *arena, const struct schema *a, const struct schema *b)
{
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	enum err_code code = schema_check(a, b, SCHEMA_POLICY_STRICT, &found, &err);

	demand(code == OK || code == ERR_LIMIT);
	for (size_t i = 0; i < found.n_items; i++)
		demand(found.items[i].type == FINDING_UNEXPECTED_EXCEPTION || found.items[i].path.data[0] == '/');
	if (code == OK)
		explain_pair(arena, a, b, &found);
	demand(schema_equal(a, b) == schema_equal(b, a));
	if (schema_equal(a, b))
		demand(found.n_items == 0 || found.items[0].type == FINDING_UNEXPECTED_EXCEPTION);
}

static bool has_dependencies(const struct schema *schema)
{
	return avsc_of(schema)->n_dependency_names > 0;
}

/*
 * An alias in the null namespace inside another one is printed without its dot, as the reference does,
 * and read back as another: only then may a text change once more.
 */
static bool may_have_dotted_alias(struct str text)
{
	return memmem(text.data, text.len, "\".", 2) || memchr(text.data, '\\', text.len);
}

/* What is printed prints as itself, and is the same schema. */
static void check_texts(struct arena *arena, const struct schema *schema, const struct schema_dependency *dependency,
	unsigned flags, bool exact)
{
	const struct schema *again = parse(arena, schema->canonical, dependency, flags);
	struct str normal = schema_normalized(arena, schema), resolved = schema_formatted(arena, schema, STR("resolved"));
	const struct schema *normal_again = parse(arena, normal, dependency, 0);

	demand(again && normal_again);
	if (exact) {
		demand(str_eq(again->canonical, schema->canonical));
		demand(str_eq(schema_normalized(arena, normal_again), normal));
		demand(str_eq(avsc_parsing_canonical(arena, avsc_of(again)), avsc_parsing_canonical(arena, avsc_of(schema))));
	}
	demand(has_dependencies(schema) || str_eq(resolved, schema->canonical));
	demand(avsc_parsing_canonical(arena, avsc_of(schema)).len > 0);
	demand(schema_equal(schema, schema));
}

static void try_text(struct arena *arena, struct str text, const struct schema_dependency *dependency)
{
	const struct schema *lenient = parse(arena, text, dependency, 0);
	const struct schema *strict = parse(arena, text, dependency, SCHEMA_STRICT);
	bool exact = !may_have_dotted_alias(text);

	demand(strict == NULL || lenient != NULL);
	if (lenient == NULL)
		return;
	demand(strict == NULL || str_eq(strict->canonical, lenient->canonical));
	check_texts(arena, lenient, dependency, 0, exact);
	if (strict)
		check_texts(arena, strict, dependency, SCHEMA_STRICT, exact);
	check_against_itself(arena, lenient);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(0);
	struct str text = str_make((const char *)data, size), other = STR_NONE;
	ptrdiff_t split = size > 0 ? str_index(text, '\xFF') : -1;
	const struct schema *a, *b;

	if (size == 0)
		text = STR("");
	if (split >= 0) {
		other = str_sub(text, (size_t)split + 1, text.len);
		text = str_sub(text, 0, (size_t)split);
	}
	try_text(arena, text, NULL);
	if (str_present(other)) {
		const struct schema_dependency dependency = { .name = STR("d"), .subject = STR("d"), .version = 1, .text = other };

		a = parse(arena, text, NULL, 0);
		b = parse(arena, other, NULL, 0);
		if (a && b) {
			check_pair(arena, a, b);
			check_pair(arena, b, a);
		}
		if (b)
			try_text(arena, text, &dependency);
	}
	arena_destroy(arena);
	return 0;
}
