/*
 * Explains one direction: what the reference finds, each with a document that shows it, the proof that it
 * breaks nothing, or neither; then what it does not see and some document shows.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/explain_int.h"

enum {
	SEARCH_WORK = 1000 * 1000,     /* and for each subschema so much more, up to a bound */
	SEARCH_NODE_WORK = 1500,
	MOST_SEARCH_WORK = 6 * 1000 * 1000,
	SHRINK_WORK = 500 * 1000,
	MOST_BREACHES = 20 * 1000,
	MOST_WARNINGS = 100,
	MOST_CAUSES = 20,
};

/* ---- what the documents show ---- */

static int compare_breaches(const void *a, const void *b)
{
	const struct jsch_sample *left = ((const struct jsch_breach *)a)->sample;
	const struct jsch_sample *right = ((const struct jsch_breach *)b)->sample;

	if (left->n_violations != right->n_violations)
		return left->n_violations < right->n_violations ? -1 : 1;
	return left->size < right->size ? -1 : left->size > right->size;
}

static void collect(struct jsch_explaining *e, const struct jsch_samples *samples, bool formats)
{
	for (size_t i = 0; i < samples->n; i++) {
		const struct jsch_sample *sample = &samples->items[i];

		for (size_t k = 0; k < sample->n_violations && e->n_breaches < MOST_BREACHES; k++) {
			e->breaches = arena_grow(e->work, e->breaches, e->n_breaches, &e->room, sizeof(*e->breaches));
			e->breaches[e->n_breaches++] = (struct jsch_breach){ .sample = sample, .violation = &sample->violations[k],
				.formats = formats };
		}
	}
	if (e->n_breaches > 1)
		qsort(e->breaches, e->n_breaches, sizeof(*e->breaches), compare_breaches);
}

static uint64_t search_work(const struct jsch_explaining *e)
{
	uint64_t work = SEARCH_WORK + (uint64_t)SEARCH_NODE_WORK * e->reader->nodes.n_entries;

	return work < MOST_SEARCH_WORK ? work : MOST_SEARCH_WORK;
}

static void search(struct jsch_explaining *e, int mode, bool thorough)
{
	e->search = (struct jsch_search){
		.arena = e->work, .writer = e->writer, .reader = e->reader, .most_work = search_work(e), .scratch = e->scratch,
		.formats = mode == JSCH_ASSERTED, .thorough = thorough,
	};
	collect(e, jsch_search(&e->search), mode == JSCH_ASSERTED);
	/* What is left is for making the documents small. */
	e->search.work = 0;
	e->search.most_work = SHRINK_WORK;
}

/*
 * Looks for documents where it was not looked yet: quickly for either kind of validator, then thoroughly.  False when
 * there is no more to look for; not looked for is what is proven not to be.
 */
static bool look_further(struct jsch_explaining *e)
{
	while (e->n_looked < 2 * e->n_modes) {
		int mode = e->n_looked % e->n_modes, round = e->n_looked / e->n_modes;

		e->n_looked++;
		if (e->contained[mode])
			continue;
		search(e, mode, round > 0);
		return true;
	}
	return false;
}

static void prepare_proofs(struct jsch_explaining *e)
{
	e->n_modes = jsch_has_formats(e->writer) || jsch_has_formats(e->reader) ? 2 : 1;
	for (int mode = 0; mode < e->n_modes; mode++) {
		jsch_proof_init(&e->proofs[mode], e->work, e->writer, e->reader, mode == JSCH_ASSERTED);
		e->contained[mode] = jsch_contained(&e->proofs[mode], e->writer->root, e->reader->root);
	}
}

/* ---- the reference's findings ---- */

static bool find_witness(struct jsch_explaining *e, struct jsch_telling *t)
{
	bool found = false;

	for (size_t i = 0; i < e->n_breaches; i++) {
		struct jsch_breach *breach = &e->breaches[i];

		if (!jsch_shows(t->rule, t->context, breach->violation))
			continue;
		breach->told = true;
		if (found)
			continue;
		t->breach = breach;
		found = jsch_tell_witness(e, t);
	}
	return found;
}

static bool is_harmless(struct jsch_explaining *e, const struct jsch_telling *t)
{
	const struct jsch_node *asked = jsch_only(e, t->rule, t->context);

	if (jsch_is_idle(e, t->context->new))
		return true;
	for (int mode = 0; mode < e->n_modes; mode++) {
		struct jsch_proof *proof = &e->proofs[mode];

		if (!e->contained[mode] && !jsch_contained(proof, t->context->old, asked) &&
			!jsch_holds(proof, jsch_reach(proof, t->context), asked))
			return false;
	}
	return true;
}

static void tell(struct jsch_explaining *e, struct jsch_telling *t)
{
	jsch_tell_places(e, t);
	jsch_tell_message(e, t);
	t->finding.rule = t->rule ? t->rule->rule : t->finding.rule;
	t->finding.new_reads_old = e->pair->reader_is_new;
	jsch_tell_fix(e, t);
	explanation_add(e->out, &t->finding);
}

/* ---- of a whole ---- */

static struct str key_of(struct jsch_explaining *e, const struct jsch_violation *violation);

static bool is_of_a_whole(enum finding_type type)
{
	return type == FINDING_TYPE_CHANGED || type == FINDING_COMBINED_TYPE_SUBSCHEMAS_CHANGED;
}

/* Whether the cause is what the finding says: the subschema's own type, or its alternatives. */
static bool is_said(const struct jsch_telling *t, const struct jsch_violation *cause)
{
	static const char *const words[] = { "type", "oneOf", "anyOf", "false" };

	for (size_t i = 0; cause->schema == t->context->new->json && i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(cause->keyword, str_of(words[i])))
			return true;
	return false;
}

/* What is told is the cause; what is shown is the document that breaks by it. */
static void find_cause(struct jsch_explaining *e, struct jsch_telling *t)
{
	const struct jsch_violation *found = jsch_cause_of(e, t->breach);
	struct jsch_breach *cause;

	if (found == t->breach->violation)
		return;
	cause = arena_new(e->work, struct jsch_breach);
	*cause = *t->breach;
	cause->violation = found;
	t->shown = t->breach;
	t->breach = cause;
}

/* One cause of a finding, as a refusal of its own; false when nothing is told. */
static bool tell_cause(struct jsch_explaining *e, const struct jsch_telling *of, struct jsch_breach *shown, struct map *told)
{
	struct jsch_telling t = { .finding = of->finding, .breach = shown }, witness = t;
	enum rule rule;

	find_cause(e, &t);
	t.shown = shown;
	if (is_said(of, t.breach->violation) || !jsch_rule_of_cause(e, t.breach, &rule) ||
		map_put(told, key_of(e, t.breach->violation), e) || !jsch_tell_witness(e, &witness))
		return false;
	t.finding = witness.finding;
	t.finding.rule = rule;
	tell(e, &t);
	return true;
}

/* All causes that documents show, each at its place; false when there is none but what the finding says. */
static bool tell_causes(struct jsch_explaining *e, const struct jsch_telling *of)
{
	struct map told = map_make(e->work);
	size_t n = 0;

	for (size_t i = 0; i < e->n_breaches && n < MOST_CAUSES; i++)
		if (jsch_shows(of->rule, of->context, e->breaches[i].violation))
			n += tell_cause(e, of, &e->breaches[i], &told);
	return n > 0;
}

static void tell_finding(struct jsch_explaining *e, const struct finding *finding, const struct jsch_context *context,
	bool refused)
{
	struct jsch_telling t = { .rule = jsch_rule_of(finding->type), .context = context };
	bool found;

	t.finding.reference = finding;
	t.finding.refused = refused;
	t.finding.effect = EFFECT_UNPROVEN;
	found = find_witness(e, &t);
	if (!found && is_harmless(e, &t))
		t.finding.effect = EFFECT_HARMLESS;
	while (!found && t.finding.effect == EFFECT_UNPROVEN && look_further(e))
		found = find_witness(e, &t);
	if (!found || !is_of_a_whole(finding->type) || !tell_causes(e, &t))
		tell(e, &t);
}

/* Under LENIENT what it lets pass is told as well, as warnings: the documents break all the same. */
static enum err_code tell_findings(struct jsch_explaining *e, struct err *err)
{
	enum schema_policy policy = e->pair->policy == SCHEMA_POLICY_LENIENT ? SCHEMA_POLICY_LENIENT : SCHEMA_POLICY_STRICT;
	struct jsch_contexts contexts = { .arena = e->work }, strict_contexts = { .arena = e->work };
	struct findings *found = arena_new(e->arena, struct findings), *strict = arena_new(e->arena, struct findings);

	*found = findings_make(e->arena);
	*strict = findings_make(e->arena);
	TRY(jsch_check_with(e->pair->reader, e->pair->writer, policy, found, &contexts, err));
	if (policy == SCHEMA_POLICY_LENIENT)
		TRY(jsch_check_with(e->pair->reader, e->pair->writer, SCHEMA_POLICY_STRICT, strict, &strict_contexts, err));
	e->n_before = found->n_items;
	e->out->n_unlisted += found->n_unlisted;
	if (found->n_items + strict->n_items == 0 && str_eq(e->pair->reader->canonical, e->pair->writer->canonical) &&
		!e->reader->refers && !e->writer->refers && e->reader->nodes.n_entries == e->writer->nodes.n_entries)
		return OK;
	prepare_proofs(e);
	look_further(e);
	for (size_t i = 0; i < found->n_items; i++)
		tell_finding(e, &found->items[i], &contexts.items[i], true);
	for (size_t i = 0; i < strict->n_items; i++)
		if (jsch_is_lenient(strict->items[i].type))
			tell_finding(e, &strict->items[i], &strict_contexts.items[i], false);
	return OK;
}

/* ---- what it does not see ---- */

/* What was violated, wherever and by whichever document. */
static struct str key_of(struct jsch_explaining *e, const struct jsch_violation *violation)
{
	uint64_t *key = arena_new(e->work, uint64_t);

	*key = (hash_bytes(&violation->schema, sizeof(violation->schema)) * 31 + hash_str(violation->keyword)) * 31 +
		hash_str(violation->name);
	return str_make((const char *)key, sizeof(*key));
}

static size_t tell_warnings(struct jsch_explaining *e)
{
	struct map told = map_make(e->work);
	size_t n = 0;

	for (size_t i = 0; i < e->n_breaches; i++)
		if (e->breaches[i].told)
			map_put(&told, key_of(e, e->breaches[i].violation), e);
	for (size_t i = 0; i < e->n_breaches && n < MOST_WARNINGS; i++) {
		struct jsch_telling t = { .breach = &e->breaches[i] };

		if (map_put(&told, key_of(e, t.breach->violation), e) || !jsch_tell_witness(e, &t))
			continue;
		find_cause(e, &t);
		t.finding.rule = jsch_rule_of_breach(e, t.breach);
		tell(e, &t);
		n++;
	}
	return n;
}

static void tell_unproven(struct jsch_explaining *e)
{
	explanation_add(e->out, &(struct explain_finding){
		.rule = RULE_JSON_NOT_PROVEN,
		.effect = EFFECT_UNPROVEN,
		.new_reads_old = e->pair->reader_is_new,
		.in_new = { .line = 1, .column = 1, .path = STR("") },
		.in_old = { .line = 1, .column = 1, .path = STR("") },
		.message = STR("no document was found that this change breaks, but it could not be proven that there is none"),
	});
}

static bool is_contained(const struct jsch_explaining *e)
{
	for (int mode = 0; mode < e->n_modes; mode++)
		if (!e->contained[mode])
			return false;
	return true;
}

/* Nothing said so far that documents break. */
static bool is_silent(const struct explanation *out, size_t before)
{
	for (size_t i = before; i < out->n_items; i++)
		if (rule_effect_breaks(out->items[i].effect))
			return false;
	return true;
}

static void prepare_text(struct jsch_explaining *e)
{
	struct err err = { .arena = e->work };

	if (e->pair->source == NULL || jsn_parse(e->work, e->pair->source->text, JSN_TRAILING | JSN_SURROGATES | JSN_WTF8,
			LIMIT_JSON_DEPTH, &e->text, &err) != OK)
		e->text = NULL;
	if (e->text)
		e->edited = explain_text_make(e->work, e->pair->source->text);
}

static enum err_code explain(struct jsch_explaining *e, struct err *err)
{
	size_t before = e->out->n_items;

	e->reader_parents = jsch_parents_make(e->work, e->reader->json);
	e->writer_parents = jsch_parents_make(e->work, e->writer->json);
	prepare_text(e);
	TRY(tell_findings(e, err));
	tell_warnings(e);
	while (is_silent(e->out, before) && look_further(e))
		tell_warnings(e);
	if (is_silent(e->out, before) && !is_contained(e))
		tell_unproven(e);
	return OK;
}

enum err_code jsch_explain(const struct explain_pair *pair, struct explanation *out, struct err *err)
{
	static const struct jsn always = { .kind = JSN_BOOL, .boolean = true };
	struct jsch_explaining e = {
		.pair = pair, .out = out, .arena = out->arena, .writer = jsch_of(pair->writer), .reader = jsch_of(pair->reader),
		.anything = { .json = &always },
	};
	size_t before = out->n_items;
	enum err_code code;

	for (int side = 0; side < 2; side++) {
		const struct jsch_schema *schema = side == 0 ? e.writer : e.reader;

		if (schema->root == NULL)
			return err_text(err, ERR_PARSE, str_dup(err->arena, schema->fault));
	}
	e.work = arena_create(0);
	e.scratch = arena_create(0);
	code = explain(&e, err);
	if (code != OK)
		out->n_items = before;
	arena_destroy(e.scratch);
	arena_destroy(e.work);
	return code;
}
