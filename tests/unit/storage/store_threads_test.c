/* Many threads writing and reading at once: no id and no version twice, everything acknowledged is there. */
#include "tests/unit/storage/fixture.h"

enum { WRITERS = 32, WRITES = 40, SUBJECTS = 5, TEXTS = 200, READERS = 4 };

struct registration {
	struct waited waited;
	int subject;
	int text;
	int version;           /* what was promised */
	int id;
};

struct writer {
	struct store *store;
	struct registration done[WRITES];
	unsigned random;
};

static const char *subject_name(struct arena *arena, int n)
{
	return arena_printf(arena, n % 2 ? ":.c:s%d" : "s%d", n);
}

/* Registers as the registry would: the id of known content, else a new one; the next version of the subject. */
static enum err_code decide(struct command *command, struct view *view, struct decision *decision, struct err *err)
{
	struct registration *r = (struct registration *)(void *)command;
	struct arena *arena = command->arena;
	const char *subject = subject_name(arena, r->subject);
	struct record record = put_of(subject, 1, 0, arena_printf(arena, "\"t%d\"", r->text));
	struct str context = r->subject % 2 ? STR(".c") : STR(".");
	const struct view_version *found;
	bool known;

	TRY(view_content_id(view, context, record.digest, &known, &record.id, err));
	if (known) {
		TRY(view_version_of_id(view, arena, record.subject, record.id, &found, err));
		if (found) {
			r->version = found->version;
			r->id = found->id;
			return OK;
		}
	} else {
		TRY(view_max_id(view, context, &record.id, err));
		record.id++;
	}
	TRY(view_latest_find(view, arena, record.subject, VIEW_ALL, &found, err));
	record.version = found ? found->version + 1 : 1;
	r->version = record.version;
	r->id = record.id;
	store_emit(decision, &record);
	return OK;
}

static void *run_writer(void *cls)
{
	struct writer *w = cls;
	struct arena *arena = arena_create(0);

	for (int i = 0; i < WRITES; i++) {
		struct registration *r = &w->done[i];

		w->random = w->random * 1103515245u + 12345u;
		r->subject = (int)(w->random >> 16) % SUBJECTS;
		w->random = w->random * 1103515245u + 12345u;
		r->text = (int)(w->random >> 16) % TEXTS;
		waited_init(&r->waited, arena, NULL, 0);
		r->waited.command.decide = decide;
		assert_int_equal(waited_run(w->store, &r->waited), OK);
	}
	arena_destroy(arena);
	return NULL;
}

/* ---- readers ---- */

struct reader {
	struct store *store;
	_Atomic bool *stop;
	uint64_t reads;
};

/* Heads and counts only grow, and what store_head promised is seen. */
static void *run_reader(void *cls)
{
	struct reader *r = cls;
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct view *view;
	uint64_t last = 0;

	assert_int_equal(store_view_open(r->store, &view, &err), OK);
	while (!*r->stop) {
		struct view_counts counts;
		const struct view_version *version;
		uint64_t promised = store_head(r->store);
		int max;

		arena_reset(arena);
		assert_int_equal(view_begin(view, &err), OK);
		assert_int_equal(view_counts(view, &counts, &err), OK);
		assert_true(counts.head >= promised && counts.head >= last);
		last = counts.head;
		/* Within one snapshot the highest id has its version. */
		assert_int_equal(view_max_id(view, STR(".c"), &max, &err), OK);
		assert_int_equal(view_id_find(view, arena, STR(".c"), max, &version, &err), OK);
		assert_true(max == 0 ? !version : version->id == max);
		view_end(view);
		r->reads++;
	}
	store_view_close(view);
	arena_destroy(arena);
	return NULL;
}

/* ---- the test ---- */

static void check_promises(struct fixture *f, const struct writer *writers)
{
	for (int w = 0; w < WRITERS; w++) {
		for (int i = 0; i < WRITES; i++) {
			const struct registration *r = &writers[w].done[i];
			const struct view_version *version;

			assert_ok(f, view_version_find(f->view, f->arena, str_of(subject_name(f->arena, r->subject)), r->version,
				VIEW_LIVE, &version, &f->err));
			assert_non_null(version);
			assert_int_equal(version->id, r->id);
			assert_str(version->text, arena_printf(f->arena, "\"t%d\"", r->text));
		}
	}
}

/* In the log itself: versions of a subject are 1, 2, 3 …, a new id is the highest so far + 1, one text has one id. */
static void check_log(struct fixture *f)
{
	const struct log_entry *entries;
	int versions[SUBJECTS] = { 0 };
	int max[2] = { 0 };
	int id_of[2][TEXTS] = { { 0 } };
	size_t n;

	assert_ok(f, view_log_tail(f->view, f->arena, 0, 100000, &entries, &n, &f->err));
	assert_int_equal(n, store_head(f->store));
	for (size_t i = 0; i < n; i++) {
		struct record record;
		int32_t text;

		assert_ok(f, record_decode(f->arena, entries[i].body, &record, &f->err));
		int subject = record.subject.data[record.subject.len - 1] - '0';
		int c = subject % 2;

		assert_true(str_to_i32(str_sub(record.text, 2, record.text.len - 1), &text));
		assert_int_equal(record.version, ++versions[subject]);
		if (!id_of[c][text])
			id_of[c][text] = ++max[c];
		assert_int_equal(record.id, id_of[c][text]);
	}
}

static void no_id_and_no_version_twice(void **state)
{
	struct fixture *f = *state;
	static struct writer writers[WRITERS];
	static struct reader readers[READERS];
	pthread_t threads[WRITERS + READERS];
	_Atomic bool stop = false;
	struct store_stats stats;

	fixture_open(f);
	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .store = f->store, .stop = &stop };
		assert_int_equal(pthread_create(&threads[WRITERS + i], NULL, run_reader, &readers[i]), 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .store = f->store, .random = (unsigned)i * 7919u };
		assert_int_equal(pthread_create(&threads[i], NULL, run_writer, &writers[i]), 0);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	stop = true;
	for (int i = 0; i < READERS; i++) {
		pthread_join(threads[WRITERS + i], NULL);
		assert_true(readers[i].reads > 0);
	}
	store_stats(f->store, &stats);
	assert_int_equal(stats.entries, store_head(f->store));
	assert_true(stats.commits < stats.entries); /* they shared */
	assert_int_equal(stats.failures, 0);
	check_promises(f, writers);
	fixture_reopen(f);
	check_promises(f, writers);
	check_log(f);
	assert_ok(f, store_verify(f->view, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_id_and_no_version_twice, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
