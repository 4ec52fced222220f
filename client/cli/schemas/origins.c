/* Following schemas that were moved: same text, same name, or the most similar text among the files that are gone. */
#include "client/cli/schemas/origins.h"

#include <stdlib.h>

#include "base/arena.h"

enum {
	MOVED = 50,   /* of a hundred: as much as git asks of a renamed file */
	ALIKE = 30,   /* enough to tell of it */
	SHINGLE = 3,  /* words that are compared at once: fewer, and all schemas of a language look alike */
};

/* Why one file is taken to come from another, the weakest first. */
enum kinship { LOOKS, SAME_SUBJECT, SAME_NAME, SAME_TEXT };

/* A file without a counterpart, and what is in its text. */
struct loose {
	struct schema_file *file;
	uint64_t *shingles; /* ascending; NULL: not looked at yet */
	size_t n_shingles;
};

struct pair {
	struct loose *new, *old;
	enum kinship kinship;
	unsigned likeness;  /* 0 … 100 */
	size_t near;        /* what their paths have in common */
};

struct search {
	struct arena *arena;
	struct origins *origins;
	struct loose *new, *old;
	size_t n_new, n_old;
	struct pair *pairs;
	size_t n_pairs, room;
};

static bool is_known(const struct origins *origins, const struct schema_file *file)
{
	return map_get(&origins->of, file->path) != NULL;
}

static bool is_taken(const struct origins *origins, const struct schema_file *old)
{
	return map_get(&origins->taken, old->path) != NULL;
}

static void join(struct origins *origins, struct schema_file *file, struct schema_file *old)
{
	if (!old || is_taken(origins, old) || is_known(origins, file))
		return;
	map_put(&origins->of, file->path, old);
	map_put(&origins->taken, old->path, file);
}

/* ---- how alike two texts are ---- */

/* Also what URLs are made of, so that the one of a dialect is not taken for many words that two schemas have in common. */
static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80
		|| (c && strchr("_-./#$", c));
}

/* The next word of the text, behind *at; absent at its end. */
static struct str next_word(struct str text, size_t *at)
{
	size_t from;

	while (*at < text.len && !is_word(text.data[*at]))
		(*at)++;
	from = *at;
	while (*at < text.len && is_word(text.data[*at]))
		(*at)++;
	return *at > from ? str_sub(text, from, *at) : STR_NONE;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Every few words that follow each other, so that neither layout nor order of definitions counts for much. */
static void look_at(struct arena *arena, struct loose *loose)
{
	uint64_t window[SHINGLE] = { 0 };
	size_t at = 0, n_words = 0, room = 0;

	for (struct str word; str_present(word = next_word(loose->file->text, &at));) {
		memmove(window, window + 1, sizeof(window) - sizeof(window[0]));
		window[SHINGLE - 1] = hash_str(word);
		if (++n_words < SHINGLE)
			continue;
		loose->shingles = arena_grow(arena, loose->shingles, loose->n_shingles, &room, sizeof(window[0]));
		loose->shingles[loose->n_shingles++] = hash_bytes(window, sizeof(window));
	}
	if (!loose->shingles)
		loose->shingles = arena_new(arena, uint64_t);
	qsort(loose->shingles, loose->n_shingles, sizeof(window[0]), by_number);
}

static unsigned likeness_of(struct arena *arena, struct loose *a, struct loose *b)
{
	size_t i = 0, k = 0, n_common = 0;

	if (!a->shingles)
		look_at(arena, a);
	if (!b->shingles)
		look_at(arena, b);
	while (i < a->n_shingles && k < b->n_shingles) {
		uint64_t x = a->shingles[i], y = b->shingles[k];

		n_common += x == y;
		i += x <= y;
		k += y <= x;
	}
	return n_common > 0 ? (unsigned)(200 * n_common / (a->n_shingles + b->n_shingles)) : 0;
}

/* ---- pairs ---- */

/* What a schema calls itself wherever it lies; "" without. */
static struct str name_of(const struct schema_file *file)
{
	if (file->type != SCHEMA_JSON)
		return file->names.main;
	return str_present(file->names.id) ? file->names.id : STR("");
}

static enum kinship kinship_of(const struct schema_file *new, const struct schema_file *old)
{
	if (str_eq(new->text, old->text))
		return SAME_TEXT;
	if (name_of(new).len > 0 && str_eq(name_of(new), name_of(old)))
		return SAME_NAME;
	return str_eq(new->subject, old->subject) ? SAME_SUBJECT : LOOKS;
}

/* Looks alone do not make two schemas one that call themselves something else. */
static bool is_moved(const struct pair *pair)
{
	struct str new = name_of(pair->new->file), old = name_of(pair->old->file);

	return pair->kinship != LOOKS || (pair->likeness >= MOVED && (new.len == 0 || old.len == 0 || str_eq(new, old)));
}

/* Bytes at both ends of the paths that are the same: of a/x.avsc, b/x.avsc is nearer than b/y.avsc. */
static size_t nearness(struct str a, struct str b)
{
	size_t head = 0, tail = 0;

	while (head < a.len && head < b.len && a.data[head] == b.data[head])
		head++;
	while (tail < a.len - head && tail < b.len - head && a.data[a.len - 1 - tail] == b.data[b.len - 1 - tail])
		tail++;
	return head + tail;
}

static void add_pair(struct search *s, struct loose *new, struct loose *old, enum kinship kinship, unsigned likeness)
{
	s->pairs = arena_grow(s->arena, s->pairs, s->n_pairs, &s->room, sizeof(*s->pairs));
	s->pairs[s->n_pairs++] = (struct pair){ .new = new, .old = old, .kinship = kinship, .likeness = likeness,
		.near = nearness(new->file->path, old->file->path) };
}

static int best_first(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = (x->kinship < y->kinship) - (x->kinship > y->kinship);

	if (order == 0)
		order = (x->likeness < y->likeness) - (x->likeness > y->likeness);
	if (order == 0)
		order = (x->near < y->near) - (x->near > y->near);
	if (order == 0)
		order = str_cmp(x->new->file->path, y->new->file->path);
	return order != 0 ? order : str_cmp(x->old->file->path, y->old->file->path);
}

/* Pairs of a kind; only what is left by stronger kinship is looked at for its text. */
static void collect(struct search *s, bool looks)
{
	s->n_pairs = 0;
	for (size_t i = 0; i < s->n_new; i++) {
		for (size_t k = 0; k < s->n_old && !is_known(s->origins, s->new[i].file); k++) {
			struct loose *new = &s->new[i], *old = &s->old[k];
			enum kinship kinship;
			unsigned likeness;

			if (new->file->type != old->file->type || is_taken(s->origins, old->file))
				continue;
			kinship = kinship_of(new->file, old->file);
			if ((kinship == LOOKS) != looks)
				continue;
			likeness = kinship == SAME_TEXT ? 100 : likeness_of(s->arena, new, old);
			if (!looks || likeness >= ALIKE)
				add_pair(s, new, old, kinship, likeness);
		}
	}
	if (s->n_pairs > 1)
		qsort(s->pairs, s->n_pairs, sizeof(*s->pairs), best_first);
}

static void join_pairs(struct search *s)
{
	for (size_t i = 0; i < s->n_pairs; i++)
		if (is_moved(&s->pairs[i]))
			join(s->origins, s->pairs[i].new->file, s->pairs[i].old->file);
}

/* Of those that are left, the one that looks most like it. */
static void note_alike(struct search *s)
{
	for (size_t i = 0; i < s->n_pairs; i++) {
		struct schema_file *file = s->pairs[i].new->file, *old = s->pairs[i].old->file;

		if (!is_known(s->origins, file) && !is_taken(s->origins, old) && !map_get(&s->origins->alike, file->path))
			map_put(&s->origins->alike, file->path, old);
	}
}

/* ---- the whole ---- */

/* A subject that tenon.toml names is itself wherever its file is. */
static void join_named(struct origins *origins, struct arena *arena, const struct schema_set *base, const struct schema_set *set)
{
	struct map named = map_make(arena);

	for (size_t i = 0; i < base->n_items; i++)
		if (base->items[i]->named)
			map_put(&named, base->items[i]->subject, base->items[i]);
	for (size_t i = 0; i < set->n_items; i++)
		if (set->items[i]->named)
			join(origins, set->items[i], map_get(&named, set->items[i]->subject));
}

static struct loose *list_loose(struct arena *arena, const struct schema_set *of, const struct map *met,
	const struct schema_set *there, size_t *n)
{
	struct loose *out = arena_array(arena, struct loose, of->n_items);

	*n = 0;
	for (size_t i = 0; i < of->n_items; i++)
		if ((!of->items[i]->excluded || there) && !map_get(met, of->items[i]->path) && !(there && map_get(&there->by_path, of->items[i]->path)))
			out[(*n)++].file = of->items[i];
	return out;
}

struct origins origins_find(struct arena *arena, const struct schema_set *base, const struct schema_set *set)
{
	struct origins origins = { .of = map_make(arena), .taken = map_make(arena), .alike = map_make(arena) };
	struct search search = { .arena = arena, .origins = &origins };

	join_named(&origins, arena, base, set);
	for (size_t i = 0; i < set->n_items; i++)
		join(&origins, set->items[i], map_get(&base->by_path, set->items[i]->path));
	search.new = list_loose(arena, set, &origins.of, NULL, &search.n_new);
	search.old = list_loose(arena, base, &origins.taken, set, &search.n_old);
	for (int looks = 0; looks <= 1; looks++) {
		collect(&search, looks);
		join_pairs(&search);
	}
	note_alike(&search);
	return origins;
}
