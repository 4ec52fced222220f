/* How long Avro schemas take to parse and to compare: records of 10, 30 and 100 fields, and long histories. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "compat/finding.h"
#include "compat/level.h"

/* A record of `n` fields as services have them: strings, numbers, options with a default, a nested record. */
static struct str make_record(struct arena *arena, int n, int version)
{
	static const char *const types[] = {
		"\"string\"",
		"\"long\"",
		"[\"null\",\"string\"],\"default\":null",
		"\"double\",\"default\":0.5",
		"{\"type\":\"array\",\"items\":\"string\"},\"default\":[]",
		"\"int\",\"doc\":\"how many of them\"",
		"{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}",
		"\"boolean\",\"default\":false",
	};
	struct buf b = buf_make(arena, 4096);

	buf_lit(&b, "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop.events\",\"fields\":[");
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s{\"name\":\"field_%d\",\"type\":%s}", i ? "," : "", i, types[i % 8]);
	buf_printf(&b, "],\"revision\":%d}", version);
	return buf_str(&b);
}

static const struct schema *parse(struct arena *arena, struct str text, unsigned flags)
{
	const struct schema_source source = { .type = SCHEMA_AVRO, .text = text };
	const struct schema *schema;
	struct err err = { .arena = arena };

	if (schema_parse(arena, &source, flags, &schema, &err) != OK) {
		fprintf(stderr, "%.*s\n", STR_ARG(err.message));
		exit(1);
	}
	return schema;
}

static double micros_since(uint64_t start, int rounds)
{
	return (double)(clock_mono_ns() - start) / 1000.0 / rounds;
}

static void measure_record(int n)
{
	struct arena *texts = arena_create(0), *arena = arena_create(0), *all = arena_create(0);
	struct str text = make_record(texts, n, 1), other = make_record(texts, n, 2);
	const struct schema *a = parse(all, text, 0), *b = parse(all, other, SCHEMA_STRICT);
	int rounds = 200000 / n;
	double parsing, checking, both;
	size_t size;
	uint64_t start = clock_mono_ns();

	for (int i = 0; i < rounds; i++) {
		arena_reset(arena);
		parse(arena, text, SCHEMA_STRICT);
	}
	parsing = micros_since(start, rounds);
	size = arena_size(arena);
	start = clock_mono_ns();
	for (int i = 0; i < rounds; i++) {
		struct findings found = findings_make(arena);
		struct err err = { .arena = arena };

		if (schema_check(a, b, SCHEMA_POLICY_STRICT, &found, &err) != OK || found.n_items > 0)
			exit(1);
	}
	checking = micros_since(start, rounds);
	start = clock_mono_ns();
	for (int i = 0; i < rounds; i++) {
		struct findings found;
		struct err err;

		arena_reset(arena);
		found = findings_make(arena);
		err = (struct err){ .arena = arena };
		if (schema_check(parse(arena, text, SCHEMA_STRICT), parse(arena, other, 0), SCHEMA_POLICY_STRICT, &found, &err) != OK)
			exit(1);
	}
	both = micros_since(start, rounds);
	printf("%4d fields, %5zu bytes: parse %7.2f us (%6zu bytes kept), check %6.2f us, parse both and check %7.2f us\n", n,
		text.len, parsing, size, checking, both);
	arena_destroy(texts);
	arena_destroy(arena);
	arena_destroy(all);
}

static void measure_history(int n_versions, int n_fields)
{
	struct arena *arena = arena_create(0), *answer = arena_create(0);
	struct compat_version *versions = arena_array(arena, struct compat_version, (size_t)n_versions);
	struct compat_request request = { .level = COMPAT_BACKWARD_TRANSITIVE, .versions = versions };
	struct compat_verdict verdict;
	struct err err = { .arena = answer };
	uint64_t start;
	int rounds = 20;

	for (int i = 0; i < n_versions; i++) {
		versions[i].version = i + 1;
		versions[i].schema = parse(arena, make_record(arena, n_fields, i), 0);
		versions[i].text = versions[i].schema->canonical;
	}
	request.n_versions = (size_t)n_versions;
	request.latest = &versions[n_versions - 1];
	request.schema = parse(arena, make_record(arena, n_fields, n_versions), SCHEMA_STRICT);
	start = clock_mono_ns();
	for (int i = 0; i < rounds; i++)
		if (compat_check(answer, &request, &verdict, &err) != OK || !verdict.compatible)
			exit(1);
	printf("transitive check over %d versions of %d fields: %.2f ms\n", n_versions, n_fields,
		micros_since(start, rounds) / 1000.0);
	arena_destroy(arena);
	arena_destroy(answer);
}

int main(void)
{
	measure_record(10);
	measure_record(30);
	measure_record(100);
	measure_record(1000);
	measure_history(500, 30);
	return 0;
}
