/* The side file: what is in it after a crash, another maker, damage, and searches while it is written. */
#include "storage/side_refusal.h"
#include "storage/side_search.h"
#include "tests/unit/storage/fixture.h"

#include <pthread.h>

#define MAKER STR("test 1")

static struct side_place place_at(uint64_t seq)
{
	struct side_place place = { .seq = seq };

	memset(place.hash, (int)seq, sizeof(place.hash));
	return place;
}

static struct side *open_side(struct fixture *f, struct str maker)
{
	struct side *side;

	assert_ok(f, side_open(f->path, maker, &side, &f->err));
	return side;
}

static void put_summary(struct fixture *f, struct side *side, const char *subject)
{
	assert_ok(f, side_summary_put(side, &(struct side_summary){
		.subject = str_of(subject),
		.context = STR("."),
		.schema_type = STR("AVRO"),
		.version = 1,
		.n_versions = 1,
		.actor = STR("me"),
	}, &f->err));
}

static int64_t count_summaries(struct fixture *f, struct side *side)
{
	const struct side_filter filter = { .page = { .limit = 10 }, .which = VIEW_ALL };
	struct side_summaries list;

	assert_ok(f, side_summary_list(side, f->arena, &filter, &list, &f->err));
	assert_int_equal(list.n_items, list.total);
	return list.total;
}

static void commit_summary(struct fixture *f, struct side *side, const char *subject, uint64_t seq)
{
	const struct side_place place = place_at(seq);

	assert_ok(f, side_begin(side, &f->err));
	put_summary(f, side, subject);
	assert_ok(f, side_commit(side, SIDE_SUMMARIES, &place, &f->err));
}

/* A batch is there whole, with its cursor, or not at all. */
static void test_batches(void **state)
{
	struct fixture *f = *state;
	struct side *side = open_side(f, MAKER);
	struct side_place place;

	commit_summary(f, side, "a", 7);
	assert_ok(f, side_begin(side, &f->err));
	put_summary(f, side, "b");
	assert_int_equal(count_summaries(f, side), 1);
	side_abort(side);
	assert_int_equal(count_summaries(f, side), 1);
	assert_int_equal(side_seq(side, SIDE_SUMMARIES), 7);
	side_close(side);
	side = open_side(f, MAKER);
	assert_ok(f, side_find_place(side, SIDE_SUMMARIES, &place, &f->err));
	assert_int_equal(place.seq, 7);
	assert_int_equal(place.hash[31], 7);
	assert_int_equal(side_seq(side, SIDE_EVENTS), 0);
	assert_int_equal(count_summaries(f, side), 1);
	side_close(side);
}

static void add_refusal(struct fixture *f, struct side *side, int *id)
{
	const struct side_refusal refusal = {
		.actor = STR("me"), .subject = STR("s"), .level = STR("FULL"), .policy = STR("STRICT"), .schema_type = STR("AVRO"),
		.text = STR("\"int\""), .message = STR("no"),
	};

	assert_ok(f, side_refusal_add(side, &refusal, id, &f->err));
}

/* Another maker's summaries are made anew; what was refused is told nowhere else and stays. */
static void test_maker(void **state)
{
	struct fixture *f = *state;
	struct side *side = open_side(f, MAKER);
	int64_t n;
	int id;

	commit_summary(f, side, "a", 3);
	add_refusal(f, side, &id);
	side_close(side);
	side = open_side(f, STR("test 2"));
	assert_int_equal(count_summaries(f, side), 0);
	assert_int_equal(side_seq(side, SIDE_SUMMARIES), 0);
	assert_ok(f, side_refusal_count(side, &n, &f->err));
	assert_int_equal(n, 1);
	add_refusal(f, side, &id);
	assert_int_equal(id, 2);
	side_close(side);
}

static void overwrite(const char *path, long from, size_t n, int byte)
{
	FILE *file = fopen(path, "r+b");

	assert_non_null(file);
	assert_int_equal(fseek(file, from, SEEK_SET), 0);
	for (size_t i = 0; i < n; i++)
		(void)fputc(byte, file);
	assert_int_equal(fclose(file), 0);
}

/* A damaged file and one of other tables are begun anew; another program's is left alone. */
static void test_condition(void **state)
{
	struct fixture *f = *state;
	struct side *side = open_side(f, MAKER);

	commit_summary(f, side, "a", 3);
	side_close(side);
	overwrite(f->path, 4096, 8192, 0xA5);
	side = open_side(f, MAKER);
	assert_int_equal(count_summaries(f, side), 0);
	commit_summary(f, side, "a", 3);
	side_close(side);
	run_sql(f->path, "PRAGMA user_version=99");
	side = open_side(f, MAKER);
	assert_int_equal(count_summaries(f, side), 0);
	side_close(side);
	run_sql(f->path, "PRAGMA application_id=1");
	assert_err(f, ERR_FILE_FOREIGN, side_open(f->path, MAKER, &side, &f->err));
	overwrite(f->path, 0, 4096, 'x');
	assert_err(f, ERR_FILE_FOREIGN, side_open(f->path, MAKER, &side, &f->err));
}

/* ---- searching ---- */

static void put_terms(struct fixture *f, struct side *side, const char *subject, const char *const *texts, size_t n)
{
	const struct side_owner owner = { .subject = str_of(subject), .version = 1, .id = 1, .schema_type = STR("AVRO") };
	struct side_term *terms = arena_array(f->arena, struct side_term, n);

	for (size_t i = 0; i < n; i++)
		terms[i] = (struct side_term){ .kind = SIDE_FIELD, .text = str_of(texts[i]), .scope = str_of(subject),
			.name = str_of(texts[i]), .path = STR("") };
	assert_ok(f, side_terms_put(side, &owner, terms, n, &f->err));
}

static void find(struct fixture *f, struct side *side, const char *words, const char *wanted)
{
	const struct side_search search = { .words = str_of(words), .page = { .limit = 100 } };
	struct buf got = buf_make(f->arena, 64);
	struct side_hits hits;

	assert_ok(f, side_search_list(side, f->arena, &search, &hits, &f->err));
	for (size_t i = 0; i < hits.n_items; i++)
		buf_printf(&got, "%s%.*s", i > 0 ? " " : "", STR_ARG(hits.items[i].term.name));
	assert_int_equal(hits.n_items, hits.total);
	if (!str_eq(buf_str(&got), str_of(wanted)))
		fail_msg("'%s' finds '%s' instead of '%s'", words, got.data, wanted);
}

/* What is found is what was put last, and what is taken out is found no more. */
static void test_search(void **state)
{
	struct fixture *f = *state;
	struct side *side = open_side(f, MAKER);
	static const char *const first[] = { "email", "email_of_buyer", "my_email", "id", "Straße", "a_b" };
	static const char *const second[] = { "mail" };
	const struct side_place place = place_at(1);

	assert_ok(f, side_begin(side, &f->err));
	put_terms(f, side, "orders", first, 6);
	assert_ok(f, side_commit(side, SIDE_TERMS, &place, &f->err));
	find(f, side, "email", "email email_of_buyer my_email");
	find(f, side, "EMAIL buyer", "email_of_buyer");
	find(f, side, "orders my_", "my_email");
	find(f, side, "orders", "");
	find(f, side, "i", "id");
	find(f, side, "straße", "Straße");
	find(f, side, "_b", "");
	find(f, side, "\"email\" OR id", "");
	find(f, side, "(", "");
	assert_ok(f, side_begin(side, &f->err));
	put_terms(f, side, "orders", second, 1);
	assert_ok(f, side_commit(side, SIDE_TERMS, &place, &f->err));
	find(f, side, "mail", "mail");
	find(f, side, "email", "");
	assert_ok(f, side_begin(side, &f->err));
	assert_ok(f, side_clear(side, SIDE_TERMS, &f->err));
	assert_ok(f, side_commit(side, SIDE_TERMS, &place, &f->err));
	find(f, side, "mail", "");
	side_close(side);
}

/* ---- threads ---- */

struct reader {
	struct side *side;
	int64_t last;
	bool went_back;
	enum err_code code;
};

/* Reads see whole batches, each as new as the one before. */
static void *read_many(void *arg)
{
	struct reader *reader = arg;
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct side_filter filter = { .page = { .limit = 1 }, .which = VIEW_ALL };

	for (int i = 0; i < 200 && reader->code == OK; i++) {
		struct side_summaries list = { .total = 0 };

		reader->code = side_summary_list(reader->side, arena, &filter, &list, &err);
		reader->went_back = reader->went_back || list.total < reader->last || list.total % 2 != 0;
		reader->last = list.total;
	}
	arena_destroy(arena);
	return NULL;
}

static void test_threads(void **state)
{
	struct fixture *f = *state;
	struct reader readers[4];
	pthread_t threads[4];
	struct side *side = open_side(f, MAKER);

	for (int i = 0; i < 4; i++) {
		readers[i] = (struct reader){ .side = side };
		assert_int_equal(pthread_create(&threads[i], NULL, read_many, &readers[i]), 0);
	}
	for (uint64_t i = 1; i <= 50; i++) {
		const struct side_place place = place_at(i);

		assert_ok(f, side_begin(side, &f->err));
		put_summary(f, side, arena_printf(f->arena, "a%d", (int)i));
		put_summary(f, side, arena_printf(f->arena, "b%d", (int)i));
		assert_ok(f, side_commit(side, SIDE_SUMMARIES, &place, &f->err));
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(readers[i].code, OK);
		assert_false(readers[i].went_back);
	}
	side_close(side);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_batches, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_maker, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_condition, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_search, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_threads, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name("storage/side", tests, NULL, NULL);
}
