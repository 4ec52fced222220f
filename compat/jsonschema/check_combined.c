/*
 * Combinators: as many branches of the smaller side as it has must find a branch of their own on the
 * other side (compat-rules 4.6): a maximum matching.  Branches of equal text are tried on each other
 * first, so that a long list to which little was done costs little.
 */
#include "base/arena.h"
#include "compat/jsonschema/check_int.h"

enum { WORD_BITS = 64 };

/* Which old branch (left) may go with which new one (right), and which do. */
struct matching {
	struct jsch_check *c;
	struct arena *arena;
	const struct jsch_shape *old, *new;
	uint64_t **edges;               /* n_words for each left that was asked for */
	size_t n_words;
	uint32_t *left_of;              /* 1-based; 0: free */
	uint32_t *right_of;
	uint32_t *reached_from;         /* by right: the left from which the search came */
	uint32_t n_matched;
};

static bool criterion_allows(const struct jsch_shape *old, const struct jsch_shape *new)
{
	return old->criterion == new->criterion || new->criterion == JSCH_ANY ||
		(old->n_written == 1 && (new->n_written == 1 || new->criterion == JSCH_ONE)) ||
		(new->n_written == 1 && old->criterion == JSCH_ALL);
}

static void join(struct matching *m, uint32_t left, uint32_t right)
{
	m->right_of[left] = right + 1;
	m->left_of[right] = left + 1;
}

static uint32_t smaller_side(const struct matching *m)
{
	return m->old->n_branches < m->new->n_branches ? m->old->n_branches : m->new->n_branches;
}

/* What has the same text fits most often; both sides are in the order of their hashes. */
static void join_equal_texts(struct matching *m)
{
	const struct jsch_hashed *old = m->old->hashed, *new = m->new->hashed;
	uint32_t i = 0, k = 0;

	while (old && new && i < m->old->n_branches && k < m->new->n_branches && m->c->failed == OK) {
		if (old[i].hash == new[k].hash) {
			if (jsch_pair(m->c, NULL, m->old->branches[old[i].index], m->new->branches[new[k].index])) {
				join(m, old[i].index, new[k].index);
				m->n_matched++;
			}
			i++;
			k++;
		} else if (old[i].hash < new[k].hash) {
			i++;
		} else {
			k++;
		}
	}
}

/* The new branches that an old one fits, when first asked for; NULL when a bound is passed. */
static const uint64_t *edges_of(struct matching *m, uint32_t left)
{
	uint64_t *edges = m->edges[left];

	if (edges)
		return edges;
	edges = arena_array(m->arena, uint64_t, m->n_words);
	for (uint32_t right = 0; right < m->new->n_branches; right++) {
		bool known = m->right_of[left] == right + 1;

		if (known || jsch_pair(m->c, NULL, m->old->branches[left], m->new->branches[right]))
			edges[right / WORD_BITS] |= 1ull << right % WORD_BITS;
		if (m->c->failed != OK)
			return NULL;
	}
	m->edges[left] = edges;
	return edges;
}

/* Along the way that was found, every right goes to the left it was reached from. */
static void turn(struct matching *m, uint32_t right)
{
	for (;;) {
		uint32_t left = m->reached_from[right], before = m->right_of[left];

		join(m, left, right);
		if (before == 0)
			return;
		right = before - 1;
	}
}

/* Looks for a free right for `start`, through lefts that can be given another; each right is reached once. */
static bool augment(struct matching *m, uint32_t start, uint64_t *unseen, uint32_t *queue)
{
	size_t n_queue = 0;

	memset(unseen, 0xff, m->n_words * sizeof(*unseen));
	queue[n_queue++] = start;
	for (size_t at = 0; at < n_queue; at++) {
		uint32_t left = queue[at];
		const uint64_t *edges = edges_of(m, left);

		if (edges == NULL)
			return false;
		for (size_t word = 0; word < m->n_words; word++) {
			uint64_t bits = edges[word] & unseen[word];

			unseen[word] &= ~bits;
			for (; bits; bits &= bits - 1) {
				uint32_t right = (uint32_t)(word * WORD_BITS) + (uint32_t)__builtin_ctzll(bits);

				m->reached_from[right] = left;
				if (m->left_of[right] == 0) {
					turn(m, right);
					return true;
				}
				queue[n_queue++] = m->left_of[right] - 1;
			}
		}
	}
	return false;
}

static bool match(struct matching *m)
{
	uint64_t *unseen;
	uint32_t *queue;

	join_equal_texts(m);
	if (m->n_matched == smaller_side(m) || m->c->failed != OK)
		return true;
	m->n_words = (m->new->n_branches + WORD_BITS - 1) / WORD_BITS;
	m->edges = arena_array(m->arena, uint64_t *, m->old->n_branches);
	m->reached_from = arena_array(m->arena, uint32_t, m->new->n_branches);
	unseen = arena_array(m->arena, uint64_t, m->n_words);
	queue = arena_array(m->arena, uint32_t, (size_t)m->new->n_branches + 1);
	for (uint32_t left = 0; left < m->old->n_branches && m->n_matched < smaller_side(m) && m->c->failed == OK; left++)
		if (m->right_of[left] == 0 && augment(m, left, unseen, queue))
			m->n_matched++;
	return m->n_matched == smaller_side(m);
}

/* Whether the number of branches changed for the worse: more of what the new one is, or fewer of what the old one was. */
static bool pair_numbers(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	if (old->n_branches < new->n_branches && new->criterion == JSCH_ALL)
		return jsch_differ(c, at, FINDING_PRODUCT_TYPE_EXTENDED);
	if (old->n_branches > new->n_branches && old->criterion != JSCH_ALL)
		return jsch_differ(c, at, FINDING_SUM_TYPE_NARROWED);
	return true;
}

bool jsch_pair_combined(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new)
{
	struct matching m = { .c = c, .old = old, .new = new };
	bool fits, matches;

	if (!criterion_allows(old, new))
		return jsch_differ(c, at, FINDING_COMBINED_TYPE_CHANGED);
	fits = pair_numbers(c, at, old, new);
	if (jsch_settled(c, at, fits))
		return fits;
	m.arena = arena_create(0);
	m.left_of = arena_array(m.arena, uint32_t, new->n_branches);
	m.right_of = arena_array(m.arena, uint32_t, old->n_branches);
	matches = match(&m);
	arena_destroy(m.arena);
	if (matches)
		return fits;
	return jsch_differ(c, at, FINDING_COMBINED_TYPE_SUBSCHEMAS_CHANGED) && fits;
}
