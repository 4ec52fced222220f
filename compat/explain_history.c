/* A change explained against all that is registered: directions, versions, and the text that would pass. */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/explain.h"

enum { FIX_ROUNDS = 4 }; /* an edit may bring to light what another fault had hidden */

struct history {
	struct arena *arena;
	const struct explain_request *rq;
	struct explanation found;
	size_t n_unlisted, n_hidden;
};

static bool same_place(const struct explain_place *a, const struct explain_place *b)
{
	return a->line == b->line && a->column == b->column && str_eq(a->path, b->path);
}

/* The same fault of the new text, met again with an older version. */
static bool is_told(const struct history *h, const struct explain_finding *finding)
{
	for (size_t i = 0; i < h->found.n_items; i++) {
		const struct explain_finding *other = &h->found.items[i];

		if (other->rule == finding->rule && other->new_reads_old == finding->new_reads_old
			&& other->version != finding->version && same_place(&other->in_new, &finding->in_new)
			&& str_eq(other->in_old.path, finding->in_old.path))
			return true;
	}
	return false;
}

/* What breaks nothing needs no new version where events decide. */
static void tell(struct history *h, const struct explain_finding *finding)
{
	static const struct explain_fix accept = { .title = { "nothing breaks: the policy SOUND accepts it", 43 }, .major = true };
	struct explain_finding told = *finding;

	if (finding->refused && finding->effect == EFFECT_HARMLESS && finding->fix && finding->fix->major)
		told.fix = &accept;
	if (h->found.n_items == LIMIT_FINDINGS || is_told(h, finding))
		h->n_unlisted++;
	else
		explanation_add(&h->found, &told);
}

/* One direction of one version; `beyond`: the level does not look at it. */
static enum err_code explain_one(struct history *h, const struct compat_version *old, bool new_reads, bool beyond,
	struct err *err)
{
	const struct compat_request *judged = &h->rq->judged;
	bool by_event = judged->policy == SCHEMA_POLICY_SOUND;
	struct explain_pair pair = {
		.reader = new_reads ? judged->schema : old->schema,
		.writer = new_reads ? old->schema : judged->schema,
		.reader_is_new = new_reads,
		.policy = by_event ? SCHEMA_POLICY_STRICT : judged->policy,
		.source = h->rq->source,
	};
	struct explanation found = { .arena = h->arena };

	TRY(schema_explain(&pair, &found, err));
	h->n_unlisted += found.n_unlisted;
	h->n_hidden = found.n_hidden > h->n_hidden ? found.n_hidden : h->n_hidden;
	for (size_t i = 0; i < found.n_items; i++) {
		struct explain_finding finding = found.items[i];
		bool breaks = rule_effect_breaks(finding.effect);

		if (beyond && !breaks)
			continue;
		finding.version = old->version;
		finding.refused = !beyond && (by_event ? breaks : finding.refused);
		tell(h, &finding);
	}
	return OK;
}

static void tell_other_type(struct history *h, const struct compat_version *old, bool beyond)
{
	static const struct explain_fix elsewhere = { .title = { "register it under a new subject", 31 }, .major = true };

	tell(h, &(struct explain_finding){
		.rule = RULE_SCHEMA_TYPE_CHANGED,
		.effect = EFFECT_UNPROVEN,
		.refused = !beyond,
		.new_reads_old = compat_level_backward(h->rq->judged.level),
		.version = old->version,
		.in_new = { .line = 1, .column = 1, .path = STR("") },
		.in_old = { .line = 1, .column = 1, .path = STR("") },
		.message = str_printf(h->arena, "the old schema is of type %.*s, the new schema of type %.*s",
			STR_ARG(schema_type_name(old->schema->type)), STR_ARG(schema_type_name(h->rq->judged.schema->type))),
		.fix = &elsewhere,
	});
}

static enum err_code explain_version(struct history *h, const struct compat_version *old, bool beyond, struct err *err)
{
	enum compat_level level = h->rq->judged.level;

	if (old->schema->type != h->rq->judged.schema->type) {
		tell_other_type(h, old, beyond);
		return OK;
	}
	if (compat_level_forward(level))
		TRY(explain_one(h, old, false, beyond, err));
	if (compat_level_backward(level))
		TRY(explain_one(h, old, true, beyond, err));
	return OK;
}

/* What compat_check says of reserved names (compat-rules 1.4), as findings: its messages stand before all others. */
static enum err_code explain_reserved(struct history *h, struct err *err)
{
	struct compat_request alone = h->rq->judged;
	struct compat_verdict verdict;

	alone.level = COMPAT_NONE;
	alone.policy = SCHEMA_POLICY_STRICT;
	TRY(compat_check(h->arena, &alone, &verdict, err));
	for (size_t i = 0; i + 1 < verdict.n_messages; i++) { /* the last one tells the settings */
		bool removed = str_starts(verdict.messages[i], STR("The new schema has reserved field"));

		tell(h, &(struct explain_finding){
			.rule = removed ? RULE_RESERVED_FIELD_REMOVED : RULE_RESERVED_FIELD_USED,
			.effect = EFFECT_POLICY,
			.refused = true,
			.new_reads_old = true,
			.version = h->rq->judged.latest ? h->rq->judged.latest->version : 0,
			.in_new = { .path = verdict.messages[i] },
			.in_old = { .path = STR("") },
			.message = verdict.messages[i],
		});
	}
	return OK;
}

static void tell_logical(void *cls, struct str path, struct str why)
{
	struct history *h = cls;

	tell(h, &(struct explain_finding){
		.rule = RULE_LOGICAL_TYPE,
		.effect = EFFECT_POLICY,
		.refused = true,
		.new_reads_old = !compat_level_forward(h->rq->judged.level),
		.in_new = { .path = path },
		.in_old = { .path = path },
		.message = path.len > 0 ? str_printf(h->arena, "column %.*s: %.*s", STR_ARG(path), STR_ARG(why)) : why,
	});
}

static enum err_code explain_all(struct history *h, struct err *err)
{
	const struct compat_request *judged = &h->rq->judged;
	size_t oldest = judged->n_versions > LIMIT_EXPLAIN_VERSIONS ? judged->n_versions - LIMIT_EXPLAIN_VERSIONS : 0;
	bool all = compat_looks_back(judged->level, judged->policy);

	TRY(explain_reserved(h, err));
	compat_logical(h->arena, judged, tell_logical, h);
	if (judged->level == COMPAT_NONE)
		return OK;
	if (all)
		oldest = 0;
	for (size_t i = judged->n_versions; i > oldest; i--)
		TRY(explain_version(h, &judged->versions[i - 1], i < judged->n_versions && !all, err));
	return OK;
}

/* ---- the text that would pass ---- */

static bool same_edit(const struct explain_edit *a, const struct explain_edit *b)
{
	return a->offset == b->offset && a->length == b->length && str_eq(a->text, b->text);
}

/* Whether none of the fix's edits changes what one of the list does, unless in the same way. */
static bool can_join(const struct explain_edit *edits, size_t n, const struct explain_fix *fix)
{
	for (size_t i = 0; i < fix->n_edits; i++) {
		const struct explain_edit *edit = &fix->edits[i];

		for (size_t j = 0; j < n; j++)
			if (!same_edit(&edits[j], edit) && edits[j].offset < edit->offset + edit->length
				&& edit->offset < edits[j].offset + edits[j].length)
				return false;
	}
	return true;
}

/* Puts an edit in its place, once. */
static void insert(struct explain_edit *edits, size_t *n, const struct explain_edit *edit)
{
	size_t at = *n;

	for (size_t i = 0; i < *n; i++)
		if (same_edit(&edits[i], edit))
			return;
	for (; at > 0 && edits[at - 1].offset > edit->offset; at--)
		edits[at] = edits[at - 1];
	edits[at] = *edit;
	++*n;
}

/* All edits that refusals ask for; a fix that collides with another is left to the next round. */
static size_t gather(struct history *h, struct explain_edit **out)
{
	size_t most = 0, n = 0;
	struct explain_edit *edits;

	for (size_t i = 0; i < h->found.n_items; i++)
		most += h->found.items[i].fix ? h->found.items[i].fix->n_edits : 0;
	edits = arena_array(h->arena, struct explain_edit, most + 1);
	for (size_t i = 0; i < h->found.n_items; i++) {
		const struct explain_finding *finding = &h->found.items[i];

		if (!finding->refused || !finding->fix || !can_join(edits, n, finding->fix))
			continue;
		for (size_t j = 0; j < finding->fix->n_edits; j++)
			insert(edits, &n, &finding->fix->edits[j]);
	}
	*out = edits;
	return n;
}

/* Explains `text` in place of the new schema; false in *parsed when it is none. */
static enum err_code explain_text(struct history *h, struct explain_request *rq, struct schema_source *source,
	bool *parsed, struct err *err)
{
	struct err ignored = { .arena = h->arena };

	*parsed = schema_parse(h->arena, source, SCHEMA_STRICT, &rq->judged.schema, &ignored) == OK;
	if (!*parsed)
		return OK;
	rq->source = source;
	h->rq = rq;
	h->found = (struct explanation){ .arena = h->arena };
	return explain_all(h, err);
}

/* Edits until the check passes; absent when it never does. */
static enum err_code find_passing(struct history *h, struct str *out, struct err *err)
{
	struct explain_request rq = *h->rq;
	struct schema_source source = *rq.source;

	for (int round = 0; round < FIX_ROUNDS; round++) {
		struct explain_edit *edits;
		size_t n = gather(h, &edits);
		struct compat_verdict verdict;
		bool parsed;

		if (n == 0)
			return OK;
		source.text = explain_apply(h->arena, source.text, edits, n);
		TRY(explain_text(h, &rq, &source, &parsed, err));
		if (!parsed)
			return OK;
		TRY(compat_check(h->arena, &rq.judged, &verdict, err));
		if (verdict.compatible) {
			*out = source.text;
			return OK;
		}
	}
	return OK;
}

enum err_code compat_explain(struct arena *arena, const struct explain_request *request, struct explained *out,
	struct err *err)
{
	struct history h = { .arena = arena, .rq = request, .found = { .arena = arena } };
	struct explained result = { .sound = true, .first = request->judged.n_versions == 0 };
	struct compat_verdict verdict;

	TRY(compat_check(arena, &request->judged, &verdict, err));
	TRY(explain_all(&h, err));
	result.compatible = verdict.compatible;
	result.items = h.found.items;
	result.n_items = h.found.n_items;
	result.n_unlisted = h.n_unlisted;
	result.n_hidden = h.n_hidden;
	for (size_t i = 0; i < result.n_items; i++)
		result.sound = result.sound && !rule_effect_breaks(result.items[i].effect);
	if (!result.compatible && request->source)
		TRY(find_passing(&h, &result.fixed, err));
	*out = result;
	return OK;
}
