/* What the corpus tests of all formats share: rows of a recording reference, what they refer to, and counting. */
#ifndef TESTS_UNIT_COMPAT_CORPUS_TEST_H
#define TESTS_UNIT_COMPAT_CORPUS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/arena.h"
#include "compat/schema.h"

/* Counts of one file. */
struct tally {
	size_t n_rows;
	size_t n_wrong;
	size_t n_other_messages; /* right verdicts, other words */
};

struct row {
	struct arena *arena;
	json_t *json;
	const char *id;
	struct tally *tally;
	bool wrong;
};

typedef void check_fn(struct row *r);

static inline const char *row_text(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static inline void disagree(struct row *r, const char *what, const char *want, struct str got)
{
	r->wrong = true;
	fprintf(stderr, "%s: %s\n  want: %s\n  got:  %.*s\n", r->id, what, want ? want : "(nothing)", STR_ARG(got));
}

static inline void expect_text(struct row *r, const char *what, const char *want, struct str got)
{
	if (want == NULL || !str_eq(str_of(want), got))
		disagree(r, what, want, got);
}

/* The part of an error that the parser is responsible for. */
static inline const char *last_details(const char *error)
{
	const char *found = error, *next;

	while ((next = strstr(found, "details: ")) != NULL)
		found = next + strlen("details: ");
	return found;
}

/* Dependencies of one schema, in the order in which they are read. */
struct dependencies {
	struct schema_dependency items[32];
	size_t n;
};

static inline json_t *find_registered(struct row *r, const char *subject, int version)
{
	json_t *known = json_object_get(r->json, "references"), *one;
	size_t i;

	json_array_foreach(known, i, one)
		if (strcmp(row_text(one, "subject"), subject) == 0 &&
			json_integer_value(json_object_get(one, "version")) == version)
			return one;
	fail_msg("%s: no registered %s version %d", r->id, subject, version);
	return NULL;
}

static inline void add_references(struct row *r, json_t *references, struct dependencies *out)
{
	json_t *one;
	size_t i;

	json_array_foreach(references, i, one) {
		const char *name = row_text(one, "name"), *subject = row_text(one, "subject");
		int version = (int)json_integer_value(json_object_get(one, "version"));
		json_t *registered = find_registered(r, subject, version);
		bool known = false;

		add_references(r, json_object_get(registered, "references"), out);
		for (size_t j = 0; j < out->n; j++)
			known |= str_eq(out->items[j].name, str_of(name));
		if (known)
			continue;
		assert_true(out->n < sizeof(out->items) / sizeof(out->items[0]));
		out->items[out->n++] = (struct schema_dependency){
			.name = str_of(name), .subject = str_of(subject), .version = version,
			.text = str_of(row_text(registered, "schema")),
		};
	}
}

static inline enum err_code parse_row(struct row *r, enum schema_type type, const char *text, json_t *references, unsigned flags,
	const struct schema **out, struct err *err)
{
	struct dependencies found = { .n = 0 };
	struct schema_source source = { .type = type, .text = str_of(text) };

	add_references(r, references, &found);
	source.dependencies = found.items;
	source.n_dependencies = found.n;
	*err = (struct err){ .arena = r->arena };
	return schema_parse(r->arena, &source, flags, out, err);
}

/* Checks the rows of `file` that are of the format; skips the test where there is no corpus. */
static inline struct tally count_file(const char *file, const char *format, check_fn *check)
{
	const char *folder = getenv("TENON_CORPUS");
	struct tally tally = { .n_rows = 0 };
	char path[4096], *line = NULL;
	size_t room = 0;
	FILE *in;

	if (folder == NULL) {
		printf("skipped: no corpus\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	in = fopen(path, "r");
	if (in == NULL)
		fail_msg("cannot open %s", path);
	while (getline(&line, &room, in) > 0) {
		struct row row = { .arena = arena_create(0), .json = json_loads(line, JSON_ALLOW_NUL, NULL), .tally = &tally };

		assert_non_null(row.json);
		row.id = row_text(row.json, "id");
		if (strcmp(row_text(row.json, "format"), format) == 0) {
			check(&row);
			tally.n_rows++;
			tally.n_wrong += row.wrong;
		}
		json_decref(row.json);
		arena_destroy(row.arena);
	}
	free(line);
	fclose(in);
	printf("%s: %zu of %zu rows agree, %zu with other messages\n", file, tally.n_rows - tally.n_wrong, tally.n_rows,
		tally.n_other_messages);
	return tally;
}

/* As above; there must be rows, and all must agree. */
static inline void run_file(const char *file, const char *format, check_fn *check)
{
	struct tally tally = count_file(file, format, check);

	assert_true(tally.n_rows > 0);
	assert_int_equal(tally.n_wrong, 0);
}

#endif
