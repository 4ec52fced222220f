/* An Avro change explained: what a judgement tells, each proven by an event that was run, with a fix that was tried. */
#include "compat/avro/explain.h"

#include "base/arena.h"
#include "base/limits.h"
#include "compat/avro/explain_int.h"

struct proving {
	struct avsc_judgement *j;
	uint64_t shown, mended;       /* spent on witnesses and on fixes: edges, bytes and what judgements take */
};

/* What may be spent on either; what is found beyond it is told without. */
enum { PROVING_MOST = 16 * 1000 * 1000 };

/* The reader's field that a defect says cannot be read; of aliases that steal, the one that goes without. */
static uint32_t field_of(const struct avsc_defect *d)
{
	switch (d->rule) {
	case RULE_AVRO_ALIAS_STEALS:
	case RULE_AVRO_ALIAS_SHARED:
		return d->other;
	case RULE_AVRO_FIELD_NO_DEFAULT:
	case RULE_AVRO_FIELD_TWICE:
	case RULE_AVRO_ALIAS_IGNORED:
	case RULE_AVRO_DEFAULT_INVALID:
		return d->index;
	default:
		return AVSC_NO_FIELD;
	}
}

/* The writer's field whose value the reader has not where it looks for it. */
static uint32_t moved_field(const struct avsc_graph *g, const struct avsc_defect *d)
{
	const struct avsc_pair *p = &g->pairs[d->pair];
	const struct avsc_field *found = NULL;

	if (p->reader->kind != AVSC_RECORD || p->writer->kind != AVSC_RECORD)
		return AVSC_NO_FIELD;
	if (d->rule == RULE_AVRO_ALIAS_STEALS)
		found = avsc_field_find(p->writer, p->reader->fields[d->other].name);
	else if (d->rule == RULE_AVRO_ALIAS_IGNORED || d->rule == RULE_AVRO_TYPE_ALIAS_STEALS)
		found = avsc_lost_field(g, p, &p->reader->fields[d->index]);
	return found ? (uint32_t)(found - p->writer->fields) : AVSC_NO_FIELD;
}

/* The event that a finding is to be shown by; false when there is none. */
static bool find_aim(struct proving *p, const struct avsc_told *told, struct avsc_aim *aim, struct avsc_ways *ways)
{
	const struct avsc_judgement *j = p->j;

	const struct avsc_defect *d = told->inner ? told->inner : told->defect;

	if (told->pair == UINT32_MAX || !d)
		return false;
	*aim = (struct avsc_aim){ .pair = d->pair, .value = d->value, .field = field_of(d), .moved = moved_field(&j->graph, d) };
	if (!told->inner)
		return true;
	p->shown += j->graph.n_edges + j->graph.n_pairs;
	*ways = avsc_graph_ways(&j->graph, told->pair);
	aim->by = ways;
	return ways->reach[d->pair] != AVSC_NEVER;
}

/* Whether no event can hold such a value, for want of an end of a recursive type or of a symbol. */
static bool is_never(const struct avsc_judgement *j, const struct avsc_told *told)
{
	return told->pair != UINT32_MAX &&
		(j->graph.ways.reach[told->pair] == AVSC_NEVER || j->graph.least[told->writer->number] == AVSC_NEVER);
}

/* The effect that was seen, or the reason why none was. */
static enum err_code prove(struct proving *p, const struct avsc_told *told, struct explain_finding *out, struct err *err)
{
	struct avsc_aim aim;
	struct avsc_ways ways;
	bool same;

	out->effect = told->effect;
	if (told->effect != EFFECT_FAILS && told->effect != EFFECT_CHANGES)
		return OK;
	out->effect = EFFECT_UNPROVEN;
	if (is_never(p->j, told)) {
		out->effect = EFFECT_HARMLESS;
		return OK;
	}
	if (p->shown > PROVING_MOST || !find_aim(p, told, &aim, &ways))
		return OK;
	TRY(avsc_witness(&p->j->graph, &aim, &out->witness, &same, err));
	/* There is no value by which one could tell that another one's is read. */
	if (same && aim.moved != AVSC_NO_FIELD)
		out->effect = EFFECT_HARMLESS;
	if (out->witness) {
		out->effect = out->witness->effect;
		p->shown += 64 + out->witness->event.len;
	}
	return OK;
}

/* An event that is read as it was written is no reason to warn. */
static bool is_worth_telling(const struct avsc_told *told, const struct explain_finding *finding)
{
	return told->refused || finding->effect != EFFECT_UNPROVEN || told->effect == EFFECT_FAILS;
}

static enum err_code explain_one(struct proving *p, const struct avsc_told *told, struct explanation *out, struct err *err)
{
	const struct explain_pair *asked = p->j->asked;
	struct explain_finding finding = {
		.rule = told->rule,
		.refused = told->refused,
		.reference = told->reference,
		.new_reads_old = asked->reader_is_new,
		.message = told->message,
	};
	struct explain_place in_reader, in_writer;

	TRY(prove(p, told, &finding, err));
	if (!is_worth_telling(told, &finding))
		return OK;
	avsc_places(p->j, told, &in_reader, &in_writer);
	finding.in_new = asked->reader_is_new ? in_reader : in_writer;
	finding.in_old = asked->reader_is_new ? in_writer : in_reader;
	if (p->mended <= PROVING_MOST && asked->source) {
		p->mended += asked->source->text.len;
		TRY(avsc_fix(p->j, told, &p->mended, &finding.fix, err));
	}
	explanation_add(out, &finding);
	return OK;
}

enum err_code avsc_explain(const struct explain_pair *pair, struct explanation *out, struct err *err)
{
	struct avsc_judgement j;
	struct proving p = { .j = &j };

	TRY(avsc_judge(out->arena, pair, &j, err));
	p.shown = p.mended = j.spent;
	for (size_t i = 0; i < j.n; i++)
		TRY(explain_one(&p, &j.items[i], out, err));
	out->n_unlisted += j.n_unlisted;
	out->n_hidden += j.n_hidden;
	return OK;
}
