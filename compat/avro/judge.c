/*
 * A judgement of two schemas: what the reference finds, each with the defect that decoders meet there, and
 * then the defects that it does not see.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/avro/explain_int.h"

struct judging {
	struct avsc_judgement *j;
	bool *used;                   /* by defect: told with a refusal */
	bool *covered;                /* by pair: a refusal says that reading fails at or below it */
	bool *named;                  /* by pair: told as AVRO_UNION_NAME_FIRST */
	bool *opened;                 /* by pair: a union's branch that a refusal is about, told by what is in it */
};

/* What may be looked at in searches below pairs; findings beyond it have no inner reason. */
enum { SEARCH_MOST = 4 * 1000 * 1000 };

/* Types that are used at several places are compared at each; what is wrong with them is told once. */
static bool is_told_already(const struct avsc_judgement *j, const struct avsc_told *told)
{
	for (size_t i = 0; i < j->n; i++) {
		const struct avsc_told *other = &j->items[i];

		if (other->rule == told->rule && other->pair == told->pair && other->reader == told->reader &&
			other->writer == told->writer && other->index == told->index && other->other == told->other)
			return true;
	}
	return false;
}

static void tell(struct judging *g, struct avsc_told told)
{
	struct avsc_judgement *j = g->j;

	if (j->n == LIMIT_FINDINGS) {
		j->n_unlisted++;
		return;
	}
	if (told.pair != UINT32_MAX) {
		told.reader = j->graph.pairs[told.pair].reader;
		told.writer = j->graph.pairs[told.pair].writer;
	}
	told.message = avsc_message(j, &told);
	j->items = arena_grow(j->arena, j->items, j->n, &j->room, sizeof(*j->items));
	j->items[j->n++] = told;
}

/* ---- what the reference finds ---- */

/* The rules that a kind of finding can be told under, by what decoders meet at its pair. */
static const struct {
	enum rule rules[4];
	size_t n;
	bool by_field;
} meanings[] = {
	[ITEM_NAME] = { { RULE_AVRO_NAME_CHANGED, RULE_AVRO_RECORD_NAME_CHANGED, RULE_AVRO_NAMESPACE_CHANGED, RULE_AVRO_UNION_TAKEN_BY_SHAPE },
		4, false },
	[ITEM_SIZE] = { { RULE_AVRO_FIXED_SIZE }, 1, false },
	[ITEM_SYMBOLS] = { { RULE_AVRO_ENUM_SYMBOL_MISSING }, 1, false },
	[ITEM_KIND] = { { RULE_AVRO_TYPE_CHANGED, RULE_AVRO_TYPE_NARROWED, RULE_AVRO_UNION_REMOVED }, 3, false },
	[ITEM_DEFAULT] = { { RULE_AVRO_FIELD_NO_DEFAULT, RULE_AVRO_ALIAS_STEALS, RULE_AVRO_ALIAS_SHARED }, 3, true },
	[ITEM_BRANCH] = { { RULE_AVRO_UNION_BRANCH_MISSING, RULE_AVRO_UNION_BRANCH_UNREADABLE }, 2, false },
	[ITEM_NO_BRANCH] = { { RULE_AVRO_UNION_BRANCH_MISSING, RULE_AVRO_UNION_BRANCH_UNREADABLE }, 2, false },
	[ITEM_TWICE] = { { RULE_AVRO_FIELD_TWICE, RULE_AVRO_ALIAS_STEALS }, 2, true },
};

static bool means(const struct avsc_found *found, const struct avsc_defect *d)
{
	bool thief = d->rule == RULE_AVRO_ALIAS_STEALS || d->rule == RULE_AVRO_ALIAS_SHARED;

	if (meanings[found->kind].by_field && found->index != (thief ? d->other : d->index))
		return false;
	for (size_t i = 0; i < meanings[found->kind].n; i++)
		if (meanings[found->kind].rules[i] == d->rule)
			return true;
	return false;
}

static const struct avsc_defect *find_defect(const struct avsc_judgement *j, uint32_t pair, const struct avsc_found *found)
{
	if (pair == UINT32_MAX)
		return NULL;
	for (uint32_t i = j->defects.first[pair]; i < j->defects.first[pair + 1]; i++)
		if (means(found, &j->defects.items[i]))
			return &j->defects.items[i];
	return NULL;
}

/*
 * The reference compares an enum with a default of its own, where no field feeds it, with the writer's record
 * (compat-rules 3.5): what is meant is the record's field.
 */
static bool find_odd(const struct avsc_judgement *j, struct avsc_found *found)
{
	if (found->kind != ITEM_KIND || found->reader->kind != AVSC_ENUM || found->writer->kind != AVSC_RECORD)
		return false;
	for (size_t i = 0; i < j->defects.n; i++) {
		const struct avsc_defect *d = &j->defects.items[i];
		const struct avsc_pair *p = &j->graph.pairs[d->pair];

		if (d->rule != RULE_AVRO_FIELD_NO_DEFAULT || p->writer != found->writer ||
			p->reader->fields[d->index].type != found->reader)
			continue;
		*found = (struct avsc_found){ .reader = p->reader, .writer = p->writer, .kind = ITEM_DEFAULT, .index = d->index };
		return true;
	}
	return false;
}

/* Whether reading fails for certain, and not just for the reader's program. */
static bool breaks(const struct avsc_defect *d)
{
	return d->effect == EFFECT_FAILS;
}

/* The nearest defect below a pair that makes reading fail. */
static const struct avsc_defect *find_inner(const struct avsc_judgement *j, uint32_t pair)
{
	const struct avsc_ways ways = avsc_graph_ways(&j->graph, pair);
	const struct avsc_defect *best = NULL;

	for (size_t i = 0; i < j->defects.n; i++) {
		const struct avsc_defect *d = &j->defects.items[i];

		if (breaks(d) && ways.reach[d->pair] != AVSC_NEVER && (!best || ways.reach[d->pair] < ways.reach[best->pair]))
			best = d;
	}
	return best;
}

/* What a branch is told as that decoders take and that fails, where the reference says nothing of what is in it. */
static void explain_branch(struct judging *g, struct avsc_told *told)
{
	const struct avsc_graph *graph = &g->j->graph;

	if (told->pair == UINT32_MAX)
		return;
	if (!told->defect && graph->pairs[told->pair].plan->op == AVSC_OP_BRANCH) {
		told->rule = RULE_AVRO_UNION_BRANCH_UNREADABLE;
		told->effect = EFFECT_UNPROVEN;
		g->j->spent += 1 + graph->n_edges + graph->n_pairs + g->j->defects.n;
		if (g->j->spent > SEARCH_MOST)
			return;
		told->inner = find_inner(g->j, told->pair);
		told->effect = told->inner ? EFFECT_FAILS : EFFECT_HARMLESS;
	}
	g->covered[told->pair] = true;
}

static void tell_refusal(struct judging *g, const struct finding *reference, struct avsc_found found);

/*
 * The reference says of a union only that it has no branch for what is written.  Where decoders take one, each thing
 * that speaks against that one is the finding, and all of them have to go: every one is told as that refusal.
 * False when there is none.
 */
static bool open_branch(struct judging *g, const struct finding *reference, uint32_t pair)
{
	struct avsc_judgement *j = g->j;
	const struct avsc_pair *p = pair == UINT32_MAX ? NULL : &j->graph.pairs[pair];
	struct err why = { .arena = j->arena };
	struct findings found = findings_make(j->arena);
	struct avsc_trace trace = { 0 };
	struct avsc_compared of;

	if (!p || p->plan->op != AVSC_OP_BRANCH || j->spent > SEARCH_MOST)
		return false;
	if (g->opened[pair])
		return true;
	of = (struct avsc_compared){ .reader = p->reader->branches[p->plan->branch], .writer = p->writer,
		.n_writer_names = j->graph.writer->n_names };
	/* It may take more than the whole did, which had compared some of it before. */
	if (avsc_check_traced(&of, &found, &trace, &why) != OK)
		trace.n = 0;
	j->spent += trace.n_steps;
	g->opened[pair] = trace.n > 0;
	for (size_t i = 0; i < trace.n; i++)
		tell_refusal(g, reference, trace.items[i]);
	j->n_unlisted += trace.n > 0 ? found.n_unlisted : 0;
	return trace.n > 0;
}

static enum rule usual_rule(const struct avsc_found *found)
{
	if (found->kind == ITEM_NAME && found->reader->kind == AVSC_RECORD)
		return RULE_AVRO_RECORD_NAME_CHANGED;
	return meanings[found->kind].rules[0];
}

static void tell_refusal(struct judging *g, const struct finding *reference, struct avsc_found found)
{
	struct avsc_judgement *j = g->j;
	struct avsc_told told = { .refused = true, .reference = reference, .effect = EFFECT_HARMLESS };
	bool of_branch = found.kind == ITEM_BRANCH || found.kind == ITEM_NO_BRANCH;
	const struct avsc_type *writer;

	find_odd(j, &found);
	writer = found.kind == ITEM_BRANCH ? found.writer->branches[found.index] : found.writer;
	told.reader = found.reader;
	told.writer = writer;
	told.pair = avsc_graph_find(&j->graph, found.reader, writer);
	if (of_branch && open_branch(g, reference, told.pair))
		return;
	told.defect = find_defect(j, told.pair, &found);
	told.rule = told.defect ? told.defect->rule : usual_rule(&found);
	told.index = told.defect ? told.defect->index : found.index;
	told.other = told.defect ? told.defect->other : found.index;
	if (told.defect)
		told.effect = told.defect->effect;
	if (of_branch)
		explain_branch(g, &told);
	if (told.defect)
		g->used[told.defect - j->defects.items] = true;
	if (!is_told_already(j, &told))
		tell(g, told);
}

/* ---- what it does not see ---- */

static bool is_covered(const struct judging *g, uint32_t pair)
{
	const struct avsc_ways *ways = &g->j->graph.ways;

	while (!g->covered[pair] && pair != ways->source)
		pair = ways->from[pair];
	return g->covered[pair];
}

/* The innermost union that has chosen a branch on the way to a pair; UINT32_MAX: none. */
static uint32_t choice_above(const struct judging *g, uint32_t pair)
{
	const struct avsc_ways *ways = &g->j->graph.ways;

	for (; pair != ways->source; pair = ways->from[pair])
		if (g->j->graph.edges[ways->edge[pair]].way == AVSC_WAY_READER_BRANCH)
			return ways->from[pair];
	return UINT32_MAX;
}

/* A failure inside a branch that the reference thinks another one would save. */
static bool tell_choice(struct judging *g, const struct avsc_defect *d)
{
	uint32_t pair = choice_above(g, d->pair);
	const struct avsc_pair *p = pair == UINT32_MAX ? NULL : &g->j->graph.pairs[pair];

	if (!p || g->opened[pair] || d->effect != EFFECT_FAILS || d->rule == RULE_AVRO_ALIAS_STEALS || d->rule == RULE_AVRO_ALIAS_SHARED ||
		d->rule == RULE_AVRO_DEFAULT_INVALID || d->rule == RULE_AVRO_BYTES_AS_STRING)
		return false;
	if (!g->named[pair])
		tell(g, (struct avsc_told){ .rule = RULE_AVRO_UNION_NAME_FIRST, .effect = EFFECT_FAILS, .inner = d, .pair = pair });
	g->named[pair] = true;
	return true;
}

/* What is read otherwise in an event that fails for another reason waits until that is gone. */
static void tell_warning(struct judging *g, const struct avsc_defect *d)
{
	uint64_t reach = g->j->graph.ways.reach[d->pair];

	if (g->used[d - g->j->defects.items] || reach == AVSC_NEVER)
		return;
	if (avsc_size_is_shadowed(reach) && !breaks(d)) {
		g->j->n_hidden += rule_effect_breaks(d->effect);
		return;
	}
	if (breaks(d) && (is_covered(g, d->pair) || tell_choice(g, d)))
		return;
	tell(g, (struct avsc_told){ .rule = d->rule, .effect = d->effect, .defect = d, .pair = d->pair, .index = d->index,
		.other = d->other });
}

enum err_code avsc_judge(struct arena *arena, const struct explain_pair *asked, struct avsc_judgement *out,
	struct err *err)
{
	struct avsc_judgement j = { .arena = arena, .asked = asked };
	struct findings found = findings_make(arena);
	const struct avsc_compared of = avsc_compared_of(avsc_of(asked->reader), avsc_of(asked->writer));
	struct avsc_trace trace = { 0 };
	struct judging g = { .j = &j };

	TRY(avsc_check_traced(&of, &found, &trace, err));
	TRY(avsc_graph_make(arena, avsc_of(asked->reader), avsc_of(asked->writer), &j.graph, err));
	j.defects = avsc_defects_find(&j.graph);
	j.spent = j.graph.n_pairs + j.graph.n_edges + j.defects.n;
	g.used = arena_array(arena, bool, j.defects.n + 1);
	g.covered = arena_array(arena, bool, j.graph.n_pairs);
	g.named = arena_array(arena, bool, j.graph.n_pairs);
	g.opened = arena_array(arena, bool, j.graph.n_pairs);
	for (size_t i = 0; i < trace.n; i++)
		tell_refusal(&g, &found.items[i], trace.items[i]);
	j.n_unlisted += found.n_unlisted;
	/* What the reference found beyond the list is among the defects that nothing has told. */
	for (size_t i = 0; i < j.defects.n && found.n_unlisted == 0; i++)
		tell_warning(&g, &j.defects.items[i]);
	*out = j;
	return OK;
}
