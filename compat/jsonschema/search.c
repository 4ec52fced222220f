/* The search: sites and their samples, and what is kept of what is tried. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/search_int.h"

enum {
	DEEPEST = 40,          /* sites within sites */
	MOST_CLEAN = 16,
	MOST_SAMPLES = 1200,
	LARGEST = 64 * 1024,   /* bytes of a document */
	ONE_WORK = 100 * 1000, /* for validating one value */
	ONE_MATCH = 2000,
	FAILED_WORK = 500,     /* what it costs to run into one of these bounds */
	MOST_MAY = 64,
	MOST_SPARES = 40,
	MOST_ALIKE = 5,
};

bool jsch_search_spend(struct jsch_search *s, uint64_t units)
{
	s->work += units;
	return s->work <= s->most_work;
}

bool jsch_search_has_draft_4(const struct jsch_search *s)
{
	return s->writer->root->resource->draft == JSCH_DRAFT_4 || s->reader->root->resource->draft == JSCH_DRAFT_4;
}

size_t jsch_search_chance(struct jsch_search *s, size_t n)
{
	uint64_t z = s->chance += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (size_t)((z ^ z >> 31) % n);
}

/* ---- values ---- */

struct jsn *jsch_make(struct arena *arena, enum jsn_kind kind)
{
	struct jsn *value = arena_new(arena, struct jsn);

	value->kind = kind;
	return value;
}

struct jsn *jsch_make_text(struct arena *arena, enum jsn_kind kind, struct str text)
{
	struct jsn *value = jsch_make(arena, kind);

	value->text = text;
	return value;
}

size_t jsch_value_size(const struct jsn *value)
{
	size_t size = 2;

	if (value->kind == JSN_NUMBER)
		return value->text.len + (value->text.len > 0 && value->text.data[0] == '-');
	if (value->kind == JSN_STRING)
		return value->text.len + 2;
	if (value->kind == JSN_NULL || value->kind == JSN_BOOL)
		return 4;
	for (size_t i = 0; i < value->n_items; i++)
		size += jsch_value_size(&value->items[i]) + (value->kind == JSN_OBJECT ? value->items[i].name.len + 4 : 1);
	return size;
}

/* ---- validating ---- */

bool jsch_search_valid(struct jsch_search *s, const struct jsch_schema *schema, const struct jsch_node *node,
	const struct jsn *value)
{
	struct err err = { .arena = s->scratch };
	struct jsch_validation v = {
		.arena = s->scratch, .out = s->scratch, .err = &err, .schema = schema, .formats = s->formats, .quiet = 1,
		.most_work = ONE_WORK, .match_steps = ONE_MATCH,
	};
	bool valid = jsch_valid(&v, node, value, NULL, NULL);

	jsch_search_spend(s, v.work + 1 + (v.failed != OK ? FAILED_WORK : 0));
	arena_reset(s->scratch);
	return valid && v.failed == OK;
}

void jsch_search_violations(struct jsch_search *s, const struct jsch_schema *schema, const struct jsch_node *node,
	const struct jsn *value, struct jsch_violations *out)
{
	struct err err = { .arena = s->scratch };
	struct jsch_validation v = {
		.arena = s->scratch, .out = s->arena, .err = &err, .schema = schema, .formats = s->formats, .all = out,
		.most_work = ONE_WORK, .match_steps = ONE_MATCH,
	};
	size_t before = out->n;

	jsch_valid(&v, node, value, NULL, NULL);
	jsch_search_spend(s, v.work + 1 + 8 * (out->n - before) + (v.failed != OK ? FAILED_WORK : 0));
	if (v.failed != OK)
		out->n = before;
	arena_reset(s->scratch);
}

uint64_t jsch_violation_key(const struct jsch_violation *violation)
{
	uint64_t key = hash_bytes(violation->chain, violation->n_chain * sizeof(*violation->chain));

	key = key * 31 + hash_str(violation->keyword);
	key = key * 31 + hash_str(violation->name);
	return key * 31 + hash_str(violation->path);
}

/* ---- keeping ---- */

static void add_sample(struct jsch_trial *t, const struct jsch_sample *sample)
{
	t->out->items = arena_grow(t->s->arena, t->out->items, t->out->n, &t->out->room, sizeof(*t->out->items));
	t->out->items[t->out->n++] = *sample;
}

static bool is_better(const struct jsch_sample *a, const struct jsch_sample *b)
{
	if (a->n_violations != b->n_violations)
		return a->n_violations < b->n_violations;
	return a->size < b->size;
}

/* A clean one for each signature, the smallest. */
static void keep_clean(struct jsch_trial *t, const struct jsch_sample *sample)
{
	size_t n_clean = 0;

	for (size_t i = 0; i < t->out->n; i++) {
		struct jsch_sample *known = &t->out->items[i];

		if (known->n_violations > 0)
			continue;
		n_clean++;
		if (known->signature == sample->signature && known->value->kind == sample->value->kind && n_clean > 2) {
			if (sample->size < known->size)
				*known = *sample;
			return;
		}
	}
	if (n_clean < MOST_CLEAN)
		add_sample(t, sample);
}

static void keep_violating(struct jsch_trial *t, const struct jsch_sample *sample)
{
	size_t new_at = SIZE_MAX;

	for (size_t i = 0; i < sample->n_violations; i++) {
		uint64_t *key = arena_new(t->s->arena, uint64_t);
		struct str bytes = str_make((const char *)key, sizeof(*key));
		struct jsch_sample *known;
		size_t *index;

		*key = jsch_violation_key(&sample->violations[i]);
		index = map_get(t->violated, bytes);
		known = index ? &t->out->items[*index] : NULL;
		if (known && !is_better(sample, known))
			continue;
		if (new_at == SIZE_MAX) {
			if (t->out->n == MOST_SAMPLES)
				return;
			new_at = t->out->n;
			add_sample(t, sample);
		}
		if (index == NULL) {
			index = arena_new(t->s->arena, size_t);
			map_put(t->violated, bytes, index);
		}
		*index = new_at;
	}
}

static void keep_spare(struct jsch_trial *t, const struct jsch_sample *sample)
{
	const struct jsch_spare spare = {
		.value = sample->value, .clean = sample->n_violations == 0, .signature = sample->signature,
	};
	struct jsch_samples *out = t->out;
	size_t n_alike = 0;

	for (size_t i = 0; i < out->n_spares; i++)
		n_alike += out->spares[i].clean == spare.clean && out->spares[i].signature == spare.signature;
	if (n_alike >= MOST_ALIKE || out->n_spares == MOST_SPARES)
		return;
	out->spares = arena_grow(t->s->arena, out->spares, out->n_spares, &out->spares_room, sizeof(*out->spares));
	out->spares[out->n_spares++] = spare;
}

/* Bits of those that may hold, as far as they have room. */
static uint64_t sign(struct jsch_trial *t, const struct jsn *value)
{
	uint64_t signature = 0;

	for (size_t i = 0; i < t->site->may.n && i < MOST_MAY; i++)
		if (jsch_search_valid(t->s, t->s->reader, t->site->may.items[i], value))
			signature |= 1ull << i;
	return signature;
}

static bool is_written(struct jsch_trial *t, const struct jsn *value)
{
	const struct jsch_nodes *writer = &t->site->writer;

	for (size_t i = 0; i < writer->n; i++)
		if (!jsch_search_valid(t->s, t->s->writer, writer->items[i], value))
			return false;
	return true;
}

/* To draft 4 a whole number with a point is another thing than without. */
static uint64_t hash_points(const struct jsn *value)
{
	uint64_t hash = value->kind == JSN_NUMBER && str_index(value->text, '.') >= 0;

	for (size_t i = 0; i < value->n_items; i++)
		hash = hash * 31 + hash_points(&value->items[i]);
	return hash;
}

static bool was_tried(struct jsch_trial *t, const struct jsn *value)
{
	uint64_t *key = arena_new(t->s->arena, uint64_t);

	*key = jsch_value_hash(value);
	if (jsch_search_has_draft_4(t->s))
		*key = *key * 31 + hash_points(value);
	return map_put(t->seen, str_make((const char *)key, sizeof(*key)), t->seen) != NULL;
}

void jsch_trial_offer(struct jsch_trial *t, const struct jsn *value)
{
	struct jsch_sample sample = { .value = value, .size = jsch_value_size(value) };
	struct jsch_violations found = { .n = 0 };

	if (sample.size > LARGEST || !jsch_search_spend(t->s, 1 + sample.size / 64) || was_tried(t, value) ||
		!is_written(t, value))
		return;
	for (size_t i = 0; i < t->site->must.n; i++)
		jsch_search_violations(t->s, t->s->reader, t->site->must.items[i], value, &found);
	sample.violations = found.items;
	sample.n_violations = found.n;
	if (found.n == 0)
		sample.signature = sign(t, value);
	keep_spare(t, &sample);
	if (found.n > 0)
		keep_violating(t, &sample);
	else
		keep_clean(t, &sample);
}

/* ---- trials ---- */

const struct jsch_node *jsch_trial_node(const struct jsch_trial *t, size_t i)
{
	if (i < t->writer->n)
		return t->writer->items[i];
	i -= t->writer->n;
	if (i < t->must.n)
		return t->must.items[i];
	i -= t->must.n;
	return i < t->may.n ? t->may.items[i] : NULL;
}

unsigned jsch_trial_types(const struct jsch_trial *t)
{
	unsigned types = (1u << JSCH_TYPES) - 1;

	for (size_t i = 0; i < t->writer->n; i++) {
		const struct jsch_node *node = t->writer->items[i];
		unsigned own = node->types;

		if (node->json->kind == JSN_BOOL && !node->json->boolean)
			return 0;
		if (node->type == NULL)
			continue;
		if (own & JSCH_TYPE_NUMBER)
			own |= JSCH_TYPE_INTEGER;
		types &= own;
	}
	return types;
}

static bool has_finite(const struct jsch_nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (nodes->items[i]->logic && (nodes->items[i]->logic->values || nodes->items[i]->logic->constant))
			return true;
	return false;
}

static void try_case(struct jsch_trial *t)
{
	unsigned types = jsch_trial_types(t);

	if (types == 0)
		return;
	jsch_trial_values(t);
	if (has_finite(t->writer) || t->closed)
		return;
	if (types & JSCH_TYPE_ARRAY)
		jsch_trial_arrays(t);
	if (types & JSCH_TYPE_OBJECT)
		jsch_trial_objects(t);
}

static int compare_samples(const void *a, const void *b)
{
	const struct jsch_sample *left = a, *right = b;

	if (left->n_violations != right->n_violations)
		return left->n_violations < right->n_violations ? -1 : 1;
	return left->size < right->size ? -1 : left->size > right->size;
}

/* One of each signature first: where only some are shown, these tell most. */
static void sort_clean(struct jsch_samples *samples)
{
	size_t n_first = 0;

	for (size_t i = 0; i < samples->n_clean; i++) {
		struct jsch_sample sample = samples->items[i];
		size_t k = 0;

		while (k < n_first && samples->items[k].signature != sample.signature)
			k++;
		if (k < n_first)
			continue;
		memmove(&samples->items[n_first + 1], &samples->items[n_first], (i - n_first) * sizeof(sample));
		samples->items[n_first++] = sample;
	}
}

/* Samples that something better has replaced for all they violate go. */
static void sort_samples(struct jsch_trial *t)
{
	struct jsch_samples *out = t->out;
	bool *wanted = arena_array(t->s->arena, bool, out->n);
	size_t n = 0;

	for (size_t i = 0; i < t->violated->n_entries; i++)
		wanted[*(size_t *)t->violated->entries[i].value] = true;
	for (size_t i = 0; i < out->n; i++)
		if (wanted[i] || out->items[i].n_violations == 0)
			out->items[n++] = out->items[i];
	out->n = n;
	if (n > 1)
		qsort(out->items, n, sizeof(*out->items), compare_samples);
	out->n_clean = 0;
	while (out->n_clean < n && out->items[out->n_clean].n_violations == 0)
		out->n_clean++;
	sort_clean(out);
}

static struct str site_key(struct jsch_search *s, const struct jsch_site *site)
{
	const struct jsch_nodes *lists[] = { &site->writer, &site->must, &site->may };
	struct buf b = buf_make(s->arena, 64);

	for (size_t k = 0; k < 3; k++) {
		buf_add(&b, str_make((const char *)&lists[k]->n, sizeof(size_t)));
		buf_add(&b, str_make((const char *)lists[k]->items, lists[k]->n * sizeof(*lists[k]->items)));
	}
	return buf_str(&b);
}

static void try_site(struct jsch_search *s, const struct jsch_site *site, struct jsch_samples *out)
{
	struct map seen = map_make(s->arena), violated = map_make(s->arena);
	struct jsch_trial t = { .s = s, .site = site, .out = out, .seen = &seen, .violated = &violated };
	struct jsch_cases cases = { .n = 0 };

	jsch_search_flatten(s, &site->must, &t.must, &t.may);
	jsch_search_flatten(s, &site->may, &t.may, &t.may);
	if (s->thorough)
		jsch_search_hints(s, &site->writer, &t.may);
	jsch_search_cases(s, &site->writer, &cases);
	t.closed = s->depth >= DEEPEST;
	for (size_t i = 0; i < cases.n && s->work <= s->most_work; i++) {
		t.writer = &cases.items[i];
		try_case(&t);
	}
	sort_samples(&t);
}

/* A site inside itself is first asked without its reader, then not at all. */
const struct jsch_samples *jsch_search_site(struct jsch_search *s, const struct jsch_site *site)
{
	static const struct jsch_samples nothing;
	struct str key = site_key(s, site);
	struct jsch_samples *found = map_get(&s->sites, key);

	if (found == &s->pending) {
		const struct jsch_site plain = { .writer = site->writer };

		return site->must.n + site->may.n == 0 ? &nothing : jsch_search_site(s, &plain);
	}
	if (found)
		return found;
	if (s->work > s->most_work || s->depth > DEEPEST)
		return &nothing;
	map_put(&s->sites, key, &s->pending);
	found = arena_new(s->arena, struct jsch_samples);
	s->depth++;
	try_site(s, site, found);
	s->depth--;
	map_put(&s->sites, key, found);
	return found;
}

const struct jsch_samples *jsch_search(struct jsch_search *s)
{
	struct jsch_site root = { .writer = { .n = 0 } };

	s->sites = map_make(s->arena);
	jsch_nodes_add(s->arena, &root.writer, s->writer->root);
	jsch_nodes_add(s->arena, &root.must, s->reader->root);
	return jsch_search_site(s, &root);
}
