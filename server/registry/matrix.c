/*
 * Which version reads what which other one wrote.  A pair's answer depends on the two contents alone, so that it is
 * remembered: a new version costs its own row and column.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "server/registry/explain_int.h"
#include "server/registry/pairs_int.h"

/* ---- what was compared before ---- */

enum { SETS = 16384, WAYS = 4 };

struct pair {
	uint64_t key[2];
	unsigned char reads; /* of enum reads, plus one; 0: free */
};

struct pairs {
	pthread_mutex_t lock;
	unsigned turn;              /* whose place the next pair of a full set takes */
	struct pair sets[SETS][WAYS];
};

struct pairs *pairs_create(void)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));

	if (!pairs)
		abort(); /* as arenas do */
	pthread_mutex_init(&pairs->lock, NULL);
	return pairs;
}

void pairs_destroy(struct pairs *pairs)
{
	if (!pairs)
		return;
	pthread_mutex_destroy(&pairs->lock);
	free(pairs);
}

static void make_key(struct arena *arena, const struct matrix_version *reader, const struct matrix_version *writer,
	enum schema_policy policy, uint64_t key[2])
{
	struct buf text = buf_make(arena, 64);
	uint8_t digest[MD5_BYTES];

	buf_add(&text, str_make((const char *)reader->key, MD5_BYTES));
	buf_add(&text, str_make((const char *)writer->key, MD5_BYTES));
	buf_add_c(&text, (char)policy);
	digest_md5(buf_str(&text), digest);
	memcpy(key, digest, sizeof(digest));
}

static bool find_pair(struct pairs *pairs, const uint64_t key[2], enum reads *out)
{
	const struct pair *set = pairs->sets[key[0] % SETS];
	bool found = false;

	pthread_mutex_lock(&pairs->lock);
	for (int i = 0; i < WAYS && !found; i++) {
		found = set[i].reads && set[i].key[0] == key[0] && set[i].key[1] == key[1];
		if (found)
			*out = (enum reads)(set[i].reads - 1);
	}
	pthread_mutex_unlock(&pairs->lock);
	return found;
}

static void keep_pair(struct pairs *pairs, const uint64_t key[2], enum reads reads)
{
	struct pair *set = pairs->sets[key[0] % SETS];
	unsigned way = 0;

	pthread_mutex_lock(&pairs->lock);
	while (way < WAYS && set[way].reads)
		way++;
	if (way == WAYS)
		way = pairs->turn++ % WAYS;
	set[way] = (struct pair){ .key = { key[0], key[1] }, .reads = (unsigned char)(reads + 1) };
	pthread_mutex_unlock(&pairs->lock);
}

/* ---- comparing ---- */

static enum err_code find_breaks(struct arena *arena, const struct schema *reader, const struct schema *writer,
	enum schema_policy policy, bool *out, struct err *err)
{
	const struct explain_pair pair = { .reader = reader, .writer = writer, .reader_is_new = true, .policy = policy };
	struct explanation list = { .arena = arena };

	*out = false;
	TRY(schema_explain(&pair, &list, err));
	for (size_t i = 0; i < list.n_items; i++)
		*out = *out || rule_effect_breaks(list.items[i].effect);
	return OK;
}

/*
 * No: refused by the policy in force.  Warns: it is not, and yet an event breaks or comes out as another.  What is
 * refused need not be explained, which costs far more than judging.
 */
static enum err_code compare(struct arena *arena, const struct schema *reader, const struct schema *writer,
	enum schema_policy policy, enum reads *out, struct err *err)
{
	bool is_sound = policy == SCHEMA_POLICY_SOUND;
	struct findings refused = findings_make(arena);
	bool breaks;

	*out = READS_NO;
	if (reader->type != writer->type)
		return OK;
	if (!is_sound)
		TRY(schema_check(reader, writer, policy, &refused, err));
	if (refused.n_items > 0)
		return OK;
	TRY(find_breaks(arena, reader, writer, is_sound ? SCHEMA_POLICY_STRICT : policy, &breaks, err));
	*out = !breaks ? READS_YES : is_sound ? READS_NO : READS_WARNS;
	return OK;
}

static enum err_code find_reads(struct call *call, const struct matrix_version *reader, const struct matrix_version *writer,
	enum schema_policy policy, unsigned char *out, struct err *err)
{
	struct pairs *pairs = call->registry->pairs;
	enum reads reads = READS_YES;
	struct arena *arena;
	uint64_t key[2];
	enum err_code code;

	make_key(call->arena, reader, writer, policy, key);
	if (!find_pair(pairs, key, &reads)) {
		arena = arena_create(0);
		code = compare(arena, reader->schema, writer->schema, policy, &reads, err);
		arena_destroy(arena);
		TRY(code);
		keep_pair(pairs, key, reads);
	}
	*out = (unsigned char)reads;
	return OK;
}

/* ---- the matrix ---- */

static enum err_code load(struct call *call, const struct view_version *versions, size_t n, struct matrix_version *out,
	int *numbers, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct content content;

		TRY(content_of_version(call, &versions[i], &content, err));
		TRY(content_key(call, &versions[i], out[i].key, err));
		out[i].schema = content.parsed;
		numbers[i] = versions[i].version;
	}
	return OK;
}

static enum err_code fill(struct call *call, struct str subject, size_t most, struct reading_matrix *out, struct err *err)
{
	const struct view_version *versions;
	struct matrix_version *loaded;
	unsigned char *reads;
	struct config config;
	int *numbers;
	size_t n;

	TRY(view_versions(call->view, call->arena, subject, VIEW_LIVE, &versions, &n, err));
	if (n == 0)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(subject));
	versions += n > most ? n - most : 0;
	n = n > most ? most : n;
	TRY(scope_config(call, subject, &config, err));
	numbers = arena_array(call->arena, int, n);
	loaded = arena_array(call->arena, struct matrix_version, n);
	reads = arena_alloc(call->arena, n * n);
	TRY(load(call, versions, n, loaded, numbers, err));
	for (size_t i = 0; i < n * n; i++)
		TRY(find_reads(call, &loaded[i / n], &loaded[i % n], compat_judge_policy(config.policy), &reads[i], err));
	*out = (struct reading_matrix){ .versions = numbers, .n = n, .reads = reads };
	return OK;
}

enum err_code registry_matrix(struct call *call, struct str subject, size_t most, struct reading_matrix *out, struct err *err)
{
	enum err_code code;

	TRY(view_begin(call->view, err));
	code = fill(call, subject_normalize(call->arena, subject), most, out, err);
	view_end(call->view);
	return code;
}
