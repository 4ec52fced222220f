/* How long JSON Schemas take to parse and to compare: objects of 30, 50 and 2,000 properties, and long histories. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "compat/finding.h"
#include "compat/level.h"

/* A closed object of `n` properties as services have them; every version adds one that may be absent. */
static struct str make_object(struct arena *arena, int n, int version)
{
	static const char *const types[] = {
		"{\"type\":\"string\",\"maxLength\":200}",
		"{\"type\":\"integer\",\"minimum\":0}",
		"{\"type\":[\"null\",\"string\"],\"default\":null}",
		"{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"number\"}]}",
		"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
		"{\"enum\":[\"NEW\",\"PAID\",\"SENT\"]}",
		"{\"type\":\"object\",\"properties\":{\"street\":{\"type\":\"string\"}},\"additionalProperties\":false}",
		"{\"$ref\":\"#/definitions/money\"}",
	};
	struct buf b = buf_make(arena, 4096);

	buf_lit(&b, "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"title\":\"Order\",\"type\":\"object\",\"properties\":{");
	for (int i = 0; i < n; i++)
		buf_printf(&b, "\"field_%d\":%s,", i, types[i % 8]);
	for (int i = 0; i <= version; i++)
		buf_printf(&b, "%s\"added_%d\":{\"type\":\"string\"}", i ? "," : "", i);
	buf_lit(&b, "},\"required\":[\"field_0\",\"field_1\"],\"additionalProperties\":false,\"definitions\":{\"money\":"
				"{\"type\":\"object\",\"properties\":{\"amount\":{\"type\":\"number\"},\"currency\":{\"type\":\"string\"}}}}}");
	return buf_str(&b);
}

static const struct schema *parse(struct arena *arena, struct str text)
{
	const struct schema_source source = { .type = SCHEMA_JSON, .text = text };
	const struct schema *schema;
	struct err err = { .arena = arena };

	if (schema_parse(arena, &source, SCHEMA_STRICT, &schema, &err) != OK) {
		fprintf(stderr, "%.*s\n", STR_ARG(err.message));
		exit(1);
	}
	return schema;
}

static double micros_since(uint64_t start, int rounds)
{
	return (double)(clock_mono_ns() - start) / 1000.0 / rounds;
}

static void measure_object(int n)
{
	struct arena *texts = arena_create(0), *arena = arena_create(0), *all = arena_create(0);
	struct str text = make_object(texts, n, 0);
	const struct schema *old = parse(all, text), *new = parse(all, make_object(texts, n, 1));
	int rounds = 100000 / n;
	uint64_t start = clock_mono_ns();
	double parsing;

	for (int i = 0; i < rounds; i++) {
		arena_reset(arena);
		parse(arena, text);
	}
	parsing = micros_since(start, rounds);
	start = clock_mono_ns();
	for (int i = 0; i < rounds; i++) {
		struct findings found = findings_make(arena);
		struct err err = { .arena = arena };

		if (schema_check(new, old, SCHEMA_POLICY_STRICT, &found, &err) != OK || found.n_items > 0)
			exit(1);
	}
	printf("%4d properties, %6zu bytes: parse %8.2f us (%7zu bytes kept), check %7.2f us\n", n, text.len, parsing,
		arena_size(arena), micros_since(start, rounds));
	arena_destroy(texts);
	arena_destroy(arena);
	arena_destroy(all);
}

static void measure_history(int n, int n_versions)
{
	struct arena *all = arena_create(0), *arena = arena_create(0);
	struct compat_version *versions = arena_array(all, struct compat_version, (size_t)n_versions);
	struct compat_request request = { .level = COMPAT_BACKWARD_TRANSITIVE, .versions = versions };
	uint64_t start;

	for (int i = 0; i < n_versions; i++) {
		versions[i].version = i + 1;
		versions[i].schema = parse(all, make_object(all, n, i));
		versions[i].text = versions[i].schema->canonical;
	}
	request.n_versions = (size_t)n_versions;
	request.latest = &versions[n_versions - 1];
	request.schema = parse(all, make_object(all, n, n_versions));
	start = clock_mono_ns();
	for (int i = 0; i < 10; i++) {
		struct compat_verdict verdict;
		struct err err = { .arena = arena };

		if (compat_check(arena, &request, &verdict, &err) != OK || !verdict.compatible)
			exit(1);
	}
	printf("%4d properties and one more each time, %d versions: transitive check %.2f ms\n", n, n_versions,
		micros_since(start, 10) / 1000.0);
	arena_destroy(all);
	arena_destroy(arena);
}

int main(void)
{
	measure_object(30);
	measure_object(50);
	measure_object(2000);
	measure_history(30, 500);
	return 0;
}
