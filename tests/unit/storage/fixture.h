/* What the storage tests share: a store in a directory of its own, and records written to it. */
#ifndef TESTS_STORAGE_FIXTURE_H
#define TESTS_STORAGE_FIXTURE_H

#include "base/arena.h"
#include "base/clock.h"
#include "tests/unit/storage/tables.h"
#include "tests/unit/storage/waited.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
	struct arena *arena;
	struct err err;
	char dir[64];
	char path[96];         /* of the store's file */
	struct store_options options;
	struct store *store;   /* NULL until fixture_open */
	struct view *view;     /* a reading view of the open store */
};

/* Fails the test with the error's message when `code` is not OK. */
#define assert_ok(f, call)                                                                             \
	do {                                                                                           \
		enum err_code code_ = (call);                                                          \
		if (code_ != OK)                                                                       \
			fail_msg("%s: %s: %.*s", #call, err_name(code_), STR_ARG((f)->err.message));   \
	} while (0)

#define assert_err(f, code, call)                                                                      \
	do {                                                                                           \
		enum err_code code_ = (call);                                                          \
		if (code_ != (code))                                                                   \
			fail_msg("%s: %s instead of %s", #call, err_name(code_), err_name(code));      \
	} while (0)

#define assert_str(s, expected)                                                                        \
	do {                                                                                           \
		struct str s_ = (s);                                                                   \
		if (!str_eq(s_, str_of(expected)))                                                     \
			fail_msg("%s is '%.*s' instead of '%s'", #s, STR_ARG(s_), (expected));         \
	} while (0)

/* A directory in memory where there is one: what syncs mean to a disk is not what these tests are about. */
static inline bool make_directory(char *dir, size_t room)
{
	static const char *const bases[] = { "/dev/shm", "/tmp" };

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		(void)snprintf(dir, room, "%s/tenon-storage-XXXXXX", bases[i]);
		if (mkdtemp(dir))
			return true;
	}
	return false;
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_create(0);
	f->err.arena = f->arena;
	if (!make_directory(f->dir, sizeof(f->dir)))
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/tenon.db", f->dir);
	f->options = (struct store_options){ .path = f->path, .cache_kib = 256 };
	*state = f;
	return 0;
}

static inline void fixture_close(struct fixture *f)
{
	store_view_close(f->view);
	store_close(f->store);
	f->view = NULL;
	f->store = NULL;
}

static inline int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	(void)nftw(f->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	arena_destroy(f->arena);
	free(f);
	return 0;
}

static inline void fixture_open(struct fixture *f)
{
	assert_ok(f, store_open(&f->options, &f->store, &f->err));
	assert_ok(f, store_view_open(f->store, &f->view, &f->err));
}

static inline void fixture_reopen(struct fixture *f)
{
	fixture_close(f);
	fixture_open(f);
}

/* ---- writing ---- */

/* Writes the records as one command and returns how it ended. */
static inline enum err_code try_write(struct fixture *f, const struct record *records, size_t n)
{
	struct waited w;

	waited_init(&w, f->arena, records, n);
	enum err_code code = waited_run(f->store, &w);

	f->err.message = str_dup(f->arena, str_of(w.message));
	return code;
}

static inline void write_records(struct fixture *f, const struct record *records, size_t n)
{
	assert_ok(f, try_write(f, records, n));
}

static inline void write_record(struct fixture *f, struct record record)
{
	write_records(f, &record, 1);
}

/* A VERSION_PUT whose digest is the MD5 of its text. */
static inline struct record put_of(const char *subject, int version, int id, const char *text)
{
	struct record record = {
		.kind = RECORD_VERSION_PUT,
		.subject = str_of(subject),
		.version = version,
		.id = id,
		.schema_type = STR("AVRO"),
		.text = str_of(text),
	};

	digest_md5(record.text, record.digest);
	return record;
}

static inline struct record record_of(enum record_kind kind, const char *subject, int version)
{
	return (struct record){ .kind = kind, .subject = str_of(subject), .version = version };
}

#endif
