/*
 * A comparison told: the reference's findings with what events show of each, then what only events show,
 * then what breaks nothing but an agreement.
 */
#include "compat/protobuf/explain.h"

#include "compat/protobuf/check_int.h"
#include "compat/protobuf/explain_int.h"

static const struct {
	enum finding_type type;
	enum rule rule;
} rules[] = {
	{ FINDING_PACKAGE_CHANGED, RULE_PROTO_PACKAGE_CHANGED },
	{ FINDING_MESSAGE_REMOVED, RULE_PROTO_MESSAGE_REMOVED },
	{ FINDING_FIELD_KIND_CHANGED, RULE_PROTO_FIELD_KIND_CHANGED },
	{ FINDING_FIELD_SCALAR_KIND_CHANGED, RULE_PROTO_FIELD_SCALAR_KIND_CHANGED },
	{ FINDING_FIELD_NAMED_TYPE_CHANGED, RULE_PROTO_FIELD_NAMED_TYPE_CHANGED },
	{ FINDING_FIELD_NUMERIC_LABEL_CHANGED, RULE_PROTO_FIELD_LABEL_CHANGED },
	{ FINDING_REQUIRED_FIELD_ADDED, RULE_PROTO_REQUIRED_FIELD_ADDED },
	{ FINDING_REQUIRED_FIELD_REMOVED, RULE_PROTO_REQUIRED_FIELD_REMOVED },
	{ FINDING_ONEOF_FIELD_REMOVED, RULE_PROTO_ONEOF_FIELD_REMOVED },
	{ FINDING_MULTIPLE_FIELDS_MOVED_TO_ONEOF, RULE_PROTO_FIELDS_MOVED_TO_ONEOF },
	{ FINDING_FIELD_MOVED_TO_EXISTING_ONEOF, RULE_PROTO_FIELD_MOVED_TO_EXISTING_ONEOF },
};

static enum rule rule_of(enum finding_type type)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].type == type)
			return rules[i].rule;
	return RULE_PROTO_FIELD_KIND_CHANGED;
}

static void link_finding(void *cls, const struct trouble *trouble, size_t finding)
{
	struct pbuf_explain *x = cls;

	*pbuf_append(x->arena, x->links, x->n_links) = (struct pbuf_link){
		.finding = finding, .type = trouble->type, .w = trouble->old, .r = trouble->new, .oneof = trouble->place.oneof,
		.has_number = trouble->place.has_number, .number = trouble->place.number,
	};
}

/* ---- what a finding is about ---- */

static struct pbuf_subject subject_of(const struct pbuf_explain *x, const struct pbuf_type *w, const struct pbuf_type *r,
	const struct pbuf_field *wf, const struct pbuf_field *rf)
{
	return (struct pbuf_subject){
		.old_type = x->new_reads_old ? w : r, .new_type = x->new_reads_old ? r : w,
		.old_field = x->new_reads_old ? wf : rf, .new_field = x->new_reads_old ? rf : wf,
	};
}

static struct pbuf_subject subject_of_link(struct pbuf_explain *x, const struct pbuf_link *link)
{
	const struct pbuf_field *wf = link->w && link->has_number ? pbuf_find_number(&x->judge, false, link->w, link->number) : NULL;
	const struct pbuf_field *rf = link->r && link->has_number ? pbuf_find_number(&x->judge, true, link->r, link->number) : NULL;
	struct pbuf_subject s = subject_of(x, link->w, link->r, wf, rf);

	s.rule = rule_of(link->type);
	s.oneof = link->oneof;
	s.number = link->number;
	return s;
}

static struct pbuf_subject subject_of_fact(const struct pbuf_explain *x, const struct pbuf_fact *fact)
{
	const struct pbuf_field *w, *r;
	const struct pbuf_pair *pair = pbuf_outside(fact, &w, &r);
	struct pbuf_subject s = subject_of(x, pair->w, pair->r, w, r);

	s.rule = fact->rule;
	s.oneof = fact->oneof;
	s.constant = fact->constant;
	s.number = w ? w->number : r ? r->number : 0;
	return s;
}

/* ---- facts for findings ---- */

static bool lies_within(const struct pbuf_pair *pair, const struct pbuf_type *w, const struct pbuf_type *r)
{
	for (; pair; pair = pair->from)
		if (pair->w == w && pair->r == r)
			return true;
	return false;
}

static const struct pbuf_type *held(const struct pbuf_field *field)
{
	return field && field->type.kind == PBUF_NAMED ? field->type.named
		: field && field->type.kind == PBUF_MAP ? field->type.value->named : NULL;
}

/* Whether the fact is what the finding warns of. */
static bool proves(const struct pbuf_link *link, const struct pbuf_fact *fact)
{
	const struct pbuf_field *w, *r;
	const struct pbuf_pair *pair = pbuf_outside(fact, &w, &r);

	if (pair->w != link->w || pair->r != link->r || fact->rule == RULE_PROTO_FIELD_RENUMBERED)
		return false;
	if (link->type == FINDING_MULTIPLE_FIELDS_MOVED_TO_ONEOF || link->type == FINDING_FIELD_MOVED_TO_EXISTING_ONEOF)
		return fact->oneof != NULL && fact->oneof == link->oneof;
	return link->has_number && fact->oneof == NULL && (w ? w->number : r ? r->number : 0) == link->number;
}

static const struct pbuf_pair *step_into(struct pbuf_explain *x, const struct pbuf_pair *from, const struct pbuf_field *w,
	const struct pbuf_field *r)
{
	struct pbuf_pair *pair = arena_new(x->arena, struct pbuf_pair);

	*pair = (struct pbuf_pair){ .w = pbuf_content(&x->judge, w), .r = pbuf_content(&x->judge, r), .from = from, .via = w, .into = r };
	return pair;
}

/* The pair with all around it up to what the finding's field holds, and that in this field. */
static const struct pbuf_pair *put_inside(struct pbuf_explain *x, const struct pbuf_pair *pair, const struct pbuf_pair *top)
{
	struct pbuf_pair *copy = arena_new(x->arena, struct pbuf_pair);

	if (pair->w == top->w && pair->r == top->r)
		return top;
	*copy = *pair;
	copy->from = put_inside(x, pair->from, top);
	return copy;
}

/* What differs inside of two messages, shown where it can be in the field that the finding is about. */
static const struct pbuf_fact *fact_in_field(struct pbuf_explain *x, const struct pbuf_fact *fact, const struct pbuf_link *link,
	const struct pbuf_field *w, const struct pbuf_field *r)
{
	const struct pbuf_pair *top = pbuf_pair_of(&x->judge, link->w, link->r);
	struct pbuf_fact *shown = arena_new(x->arena, struct pbuf_fact);

	if (top == NULL || (w->type.kind == PBUF_MAP) != (r->type.kind == PBUF_MAP))
		return fact;
	top = step_into(x, top, w, r);
	if (w->type.kind == PBUF_MAP)
		top = step_into(x, top, top->w->fields[1], top->r->fields[1]);
	*shown = *fact;
	shown->pair = put_inside(x, fact->pair, top);
	return pbuf_witness(&x->judge, shown) ? shown : fact;
}

/*
 * What differs inside of a field's message that became another one: the worst of it, what fails before what changes.  The
 * other one's own fields never changed, and it is told of this one only.
 */
static const struct pbuf_fact *fact_inside(struct pbuf_explain *x, const struct pbuf_link *link)
{
	const struct pbuf_judge *j = &x->judge;
	struct pbuf_subject s = subject_of_link(x, link);
	const struct pbuf_field *w = x->new_reads_old ? s.old_field : s.new_field, *r = x->new_reads_old ? s.new_field : s.old_field;
	const struct pbuf_fact *found = NULL;

	if (!held(w) || !held(r))
		return NULL;
	for (size_t i = 0; i < j->n_facts; i++) {
		const struct pbuf_fact *fact = &j->facts[i];

		x->told[i] = x->told[i] || (fact->pair->w == held(w) && fact->pair->r == held(r));
		if (lies_within(fact->pair, held(w), held(r)) && (!found || (fact->effect == EFFECT_FAILS && found->effect != EFFECT_FAILS)))
			found = fact;
	}
	return found ? fact_in_field(x, found, link, w, r) : NULL;
}

static const struct pbuf_fact *fact_for(struct pbuf_explain *x, const struct pbuf_link *link)
{
	const struct pbuf_judge *j = &x->judge;
	const struct pbuf_fact *found = NULL;

	for (size_t i = 0; i < j->n_facts; i++) {
		if (!proves(link, &j->facts[i]))
			continue;
		x->told[i] = true;
		if (found == NULL)
			found = &j->facts[i];
	}
	return found || link->type != FINDING_FIELD_NAMED_TYPE_CHANGED ? found : fact_inside(x, link);
}

/* Without a fact: nothing breaks, or nothing can be said because a type is not known. */
static enum rule_effect effect_without(const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	if (s->rule == RULE_PROTO_PACKAGE_CHANGED || s->rule == RULE_PROTO_MESSAGE_REMOVED)
		return EFFECT_POLICY;
	if (x->judge.n_facts == LIMIT_FINDINGS)
		return EFFECT_UNPROVEN;
	return (s->old_field && !pbuf_is_decodable(&s->old_field->type)) || (s->new_field && !pbuf_is_decodable(&s->new_field->type))
		? EFFECT_UNPROVEN : EFFECT_HARMLESS;
}

/* ---- telling ---- */

static void tell(struct pbuf_explain *x, const struct pbuf_subject *s, enum rule_effect effect, const struct finding *reference,
	const struct pbuf_fact *fact)
{
	struct explain_finding finding = {
		.rule = s->rule,
		.effect = effect,
		.refused = reference != NULL,
		.reference = reference,
		.new_reads_old = x->new_reads_old,
		.in_new = pbuf_place_new(x, s),
		.in_old = pbuf_place_old(x, s),
		.message = pbuf_sentence(x, s),
		.fix = pbuf_fix(x, s),
	};

	if (fact) {
		finding.witness = pbuf_witness(&x->judge, fact);
		finding.effect = finding.witness ? finding.witness->effect : EFFECT_UNPROVEN;
	}
	explanation_add(x->out, &finding);
}

void pbuf_tell(struct pbuf_explain *x, const struct pbuf_subject *s, enum rule_effect effect)
{
	tell(x, s, effect, NULL, NULL);
}

static void tell_refusals(struct pbuf_explain *x)
{
	struct finding *kept = arena_array(x->arena, struct finding, x->found.n_items);

	for (size_t i = 0; i < x->n_links; i++) {
		const struct pbuf_link *link = &x->links[i];
		struct pbuf_subject s = subject_of_link(x, link);
		const struct pbuf_fact *fact = fact_for(x, link);

		kept[i] = x->found.items[link->finding];
		if (fact)
			s.constant = fact->constant;
		tell(x, &s, fact ? fact->effect : effect_without(x, &s), &kept[i], fact);
	}
}

static void tell_warnings(struct pbuf_explain *x)
{
	for (size_t i = 0; i < x->judge.n_facts; i++) {
		const struct pbuf_fact *fact = &x->judge.facts[i];
		struct pbuf_subject s = subject_of_fact(x, fact);

		if (!x->told[i])
			tell(x, &s, fact->effect, NULL, fact);
	}
}

/* The schema whose places are those of the author's text: parsed from it, once more if need be. */
static const struct pbuf_schema *as_written(struct arena *arena, const struct schema *schema, const struct schema_source *source,
	struct str *text)
{
	const struct schema *again;
	struct err ignored = { .arena = arena };

	*text = STR_NONE;
	if (source == NULL)
		return pbuf_of(schema);
	if (!str_eq(pbuf_of(schema)->file->text, source->text)) {
		if (pbuf_format.parse(arena, source, 0, &again, &ignored) != OK)
			return pbuf_of(schema);
		schema = again;
	}
	if (str_eq(pbuf_of(schema)->file->text, source->text))
		*text = source->text;
	return pbuf_of(schema);
}

enum err_code pbuf_explain(const struct explain_pair *pair, struct explanation *out, struct err *err)
{
	struct arena *arena = out->arena;
	struct pbuf_explain x = {
		.arena = arena, .out = out, .new_reads_old = pair->reader_is_new, .found = findings_make(arena),
	};
	const struct pbuf_schema *writer, *reader;
	size_t n_edited = 0;

	x.new = as_written(arena, pair->reader_is_new ? pair->reader : pair->writer, pair->source, &x.text);
	x.old = pbuf_of(pair->reader_is_new ? pair->writer : pair->reader);
	writer = pair->reader_is_new ? x.old : x.new;
	reader = pair->reader_is_new ? x.new : x.old;
	x.judge = (struct pbuf_judge){ .arena = arena, .writer = writer, .reader = reader, .err = err };
	TRY(pbuf_judge_run(&x.judge));
	x.n_edited = &n_edited;
	x.told = arena_array(arena, bool, x.judge.n_facts);
	TRY(pbuf_check_each(writer, reader, &x.found, link_finding, &x, err));
	out->n_unlisted += x.found.n_unlisted;
	tell_refusals(&x);
	tell_warnings(&x);
	if (x.new_reads_old)
		pbuf_explain_policy(&x);
	return x.judge.failed;
}
