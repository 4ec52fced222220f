/*
 * What must hold for every finding of every format, without a test framework so that fuzzers can ask too: its
 * witness fails again when it is run once more, its fix makes it go away, its places exist.
 */
#ifndef TESTS_UNIT_COMPAT_EXPLAIN_CHECK_H
#define TESTS_UNIT_COMPAT_EXPLAIN_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "compat/event.h"
#include "compat/explain.h"

struct explained_pair {
	struct arena *arena;
	enum schema_type type;
	struct str old, new;
	struct schema_source old_source, new_source;
	const struct schema *old_schema, *new_schema;
	bool new_reads_old;
	struct explanation found;
};

/* Parses both leniently and explains.  OK, or what went wrong, with *err filled. */
static inline enum err_code try_explain(struct arena *arena, const struct schema_source *old,
	const struct schema_source *new, bool new_reads_old, struct explained_pair *out, struct err *err)
{
	struct explain_pair pair = { .reader_is_new = new_reads_old, .policy = SCHEMA_POLICY_STRICT, .source = new };

	*out = (struct explained_pair){ .arena = arena, .type = new->type, .old = old->text, .new = new->text,
		.old_source = *old, .new_source = *new, .new_reads_old = new_reads_old, .found = { .arena = arena } };
	*err = (struct err){ .arena = arena };
	TRY(schema_parse(arena, old, 0, &out->old_schema, err));
	TRY(schema_parse(arena, new, 0, &out->new_schema, err));
	pair.reader = new_reads_old ? out->new_schema : out->old_schema;
	pair.writer = new_reads_old ? out->old_schema : out->new_schema;
	return schema_explain(&pair, &out->found, err);
}

static inline void show_findings(const struct explained_pair *pair)
{
	fprintf(stderr, "old: %.*s\nnew: %.*s\n", STR_ARG(pair->old), STR_ARG(pair->new));
	for (size_t i = 0; i < pair->found.n_items; i++) {
		struct buf b = buf_make(pair->arena, 0);

		explain_finding_json(&b, &pair->found.items[i], pair->new);
		fprintf(stderr, "%s %.*s\n", pair->found.items[i].refused ? "refused" : "warning", STR_ARG(buf_str(&b)));
	}
}

/* Whether a value is there as it was, whatever stands beside it; numbers by what they are. */
static inline bool json_within(const struct jsn *part, const struct jsn *whole)
{
	bool same = whole && part->kind == whole->kind;

	if (!same || part->kind == JSN_NULL)
		return same;
	if (part->kind == JSN_NUMBER)
		return strtold(part->text.data, NULL) == strtold(whole->text.data, NULL);
	if (part->kind != JSN_OBJECT && part->kind != JSN_ARRAY)
		return part->boolean == whole->boolean && str_eq(part->text, whole->text);
	for (size_t i = 0; i < part->n_items && same; i++)
		same = json_within(&part->items[i], part->kind == JSN_OBJECT ? jsn_get(whole, part->items[i].name)
			: i < whole->n_items ? &whole->items[i] : NULL);
	return same && (part->kind == JSN_OBJECT || part->n_items == whole->n_items);
}

/*
 * Of these the value is the same, and what it means is not, be it that it is a number where a constant's name should
 * be: the reason tells.  So it does of what stands for a field that is not set, which JSON leaves out, and where the
 * only values that are read at all are exchanged together with their fields' names.
 */
static inline bool changes_meaning_only(const struct explain_finding *finding)
{
	enum rule rule = finding->rule;

	return rule == RULE_AVRO_LOGICAL_CHANGED || rule == RULE_AVRO_DECIMAL_SCALE || rule == RULE_AVRO_DECIMAL_PRECISION ||
		rule == RULE_AVRO_UUID_ADDED || str_starts(finding->witness->reason, STR("not set, ")) ||
		str_eq(finding->witness->reason, STR("the number is that of no constant")) ||
		str_ends(finding->witness->reason, STR(", which looks the same here"));
}

/* Whether one sees in what was read that it is not what was written; fields that Avro's readers add are no difference. */
static inline bool change_is_seen(const struct explained_pair *pair, const struct explain_finding *finding)
{
	struct err err = { .arena = pair->arena };
	const struct jsn *event, *read;

	if (changes_meaning_only(finding))
		return true;
	return jsn_parse(pair->arena, finding->witness->event, JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &event, &err) == OK &&
		jsn_parse(pair->arena, finding->witness->read, JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &read, &err) == OK &&
		(!json_within(event, read) || (pair->type != SCHEMA_AVRO && !json_within(read, event)));
}

/* What the witness says happens when its event is read again, and its bytes are those that the writer writes. */
static inline bool witness_holds(const struct explained_pair *pair, const struct explain_finding *finding)
{
	const struct explain_witness *w = finding->witness;
	const struct event_source source = {
		.writer = pair->new_reads_old ? pair->old_schema : pair->new_schema,
		.reader = pair->new_reads_old ? pair->new_schema : pair->old_schema,
		.message = w->message,
		.bytes = w->bytes,
		.formats_ignored = w->formats_ignored,
	};
	const struct event_target target = { .schema = source.writer, .message = w->message, .formats_ignored = w->formats_ignored };
	struct err err = { .arena = pair->arena };
	struct event_read again;
	struct str bytes;

	if (w->effect != finding->effect || !str_present(w->reason))
		return false;
	if (schema_event_write(pair->arena, &target, w->event, &bytes, &err) != OK || !str_eq(bytes, w->bytes))
		return false;
	if (schema_event_read(pair->arena, &source, &again, &err) != OK)
		return false;
	if (w->effect == EFFECT_FAILS)
		return !again.ok && !str_present(w->read);
	return again.ok && str_eq(again.json, w->read);
}

/* How often the same is said: fields of one name may be in several records. */
static inline size_t count_told(const struct explained_pair *pair, const struct explain_finding *finding)
{
	size_t n = 0;

	for (size_t i = 0; i < pair->found.n_items; i++)
		n += pair->found.items[i].rule == finding->rule && str_eq(pair->found.items[i].message, finding->message);
	return n;
}

/* Whether the text with the edits parses, and is not told the same of. */
static inline bool fix_holds(const struct explained_pair *pair, const struct explain_finding *finding)
{
	struct schema_source source = pair->new_source;
	struct explained_pair after;
	const struct schema *schema;
	struct err err = { .arena = pair->arena };

	source.text = explain_apply(pair->arena, pair->new, finding->fix->edits, finding->fix->n_edits);
	if (schema_parse(pair->arena, &source, SCHEMA_STRICT, &schema, &err) != OK)
		return false;
	if (try_explain(pair->arena, &pair->old_source, &source, pair->new_reads_old, &after, &err) != OK)
		return false;
	return count_told(&after, finding) < count_told(pair, finding);
}

static inline bool place_holds(const struct explain_place *place, struct str text)
{
	uint32_t lines = 1;

	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	return str_present(place->path) && place->line <= lines && (place->line > 0) == (place->column > 0);
}

/* What is wrong with a finding, or NULL. */
static inline const char *finding_flaw(const struct explained_pair *pair, const struct explain_finding *finding)
{
	bool shown = finding->effect == EFFECT_FAILS || finding->effect == EFFECT_CHANGES;

	if (rule_info(finding->rule)->type != pair->type || finding->new_reads_old != pair->new_reads_old)
		return "another format or direction";
	if (!str_present(finding->message) || finding->message.len == 0)
		return "no sentence";
	if (finding->refused != (finding->reference != NULL))
		return "refused without the reference, or not refused with it";
	if (shown != (finding->witness != NULL))
		return "an effect without witness, or a witness without effect";
	if (finding->witness && !witness_holds(pair, finding))
		return "a witness that does not hold";
	if (finding->effect == EFFECT_CHANGES && !change_is_seen(pair, finding))
		return "a change that its witness does not show";
	if (finding->fix && finding->fix->major != (finding->fix->n_edits == 0))
		return "a fix that is neither edits nor major";
	if (finding->fix && !finding->fix->major && !fix_holds(pair, finding))
		return "a fix that does not help";
	if (!place_holds(&finding->in_new, pair->new) || !place_holds(&finding->in_old, pair->old))
		return "a place that is none";
	return NULL;
}

#endif
