/* Lists of changes: the worst effect, and JSON. */
#include "compat/changes.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"

/* From the best to the worst. */
static const int weight[RULE_EFFECTS] = {
	[EFFECT_HARMLESS] = 0,
	[EFFECT_POLICY] = 1,
	[EFFECT_UNPROVEN] = 2,
	[EFFECT_CHANGES] = 3,
	[EFFECT_FAILS] = 4,
};

enum rule_effect schema_changes_worse(enum rule_effect a, enum rule_effect b)
{
	return weight[b] > weight[a] ? b : a;
}

enum rule_effect schema_changes_worst(const struct schema_changes *changes, bool backward)
{
	enum rule_effect worst = EFFECT_HARMLESS;

	for (size_t i = 0; i < changes->n_items; i++)
		worst = schema_changes_worse(worst, backward ? changes->items[i].backward : changes->items[i].forward);
	return worst;
}

/* ---- what explaining finds ---- */

static enum rule_effect *effect_of(struct schema_change *change, bool backward)
{
	return backward ? &change->backward : &change->forward;
}

/* One path is the other, or leads into it; the whole leads everywhere and says nothing. */
static bool leads_into(struct str a, struct str b)
{
	if (a.len > b.len)
		return leads_into(b, a);
	return a.len > 0 && str_starts(b, a) && (a.len == b.len || strchr("/.#", b.data[a.len]));
}

static size_t common(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.data[n] == b.data[n])
		n++;
	return n;
}

static bool is_at(const struct schema_change *change, const struct explain_finding *finding)
{
	return leads_into(change->in_new.path, finding->in_new.path) || leads_into(change->in_old.path, finding->in_old.path);
}

/* Charges the change at its place, or else the one nearest to it, unless one at its place says as much. */
static void charge(struct schema_changes *changes, size_t first, const struct explain_finding *finding)
{
	bool backward = finding->new_reads_old;
	struct schema_change *best = NULL;
	size_t nearest = 0;

	for (size_t i = first; i < changes->n_items; i++) {
		struct schema_change *change = &changes->items[i];
		size_t near = common(change->in_new.path, finding->in_new.path) + common(change->in_old.path, finding->in_old.path);

		/* Words for people change no event, unless there is nothing else. */
		if (change->kind == CHANGE_DOC && (best || i + 1 < changes->n_items))
			continue;
		if (is_at(change, finding)) {
			if (weight[*effect_of(change, backward)] >= weight[finding->effect])
				return;
			near += LIMIT_SCHEMA_BYTES;
		}
		if (!best || near > nearest) {
			best = change;
			nearest = near;
		}
	}
	if (best && (nearest >= LIMIT_SCHEMA_BYTES || weight[finding->effect] > weight[schema_changes_worst(changes, backward)]))
		*effect_of(best, backward) = schema_changes_worse(*effect_of(best, backward), finding->effect);
}

static struct explain_place keep_place(struct arena *arena, struct explain_place place)
{
	place.path = str_dup(arena, place.path);
	return place;
}

/* What breaks although no difference was seen is one: it lies in what the schemas refer to. */
static void add_finding(struct schema_changes *changes, const struct explain_finding *finding)
{
	schema_changes_add(changes, &(struct schema_change){
		.kind = CHANGE_TYPE,
		.entity = STR("reference"),
		.name = STR(""),
		.in_new = keep_place(changes->arena, finding->in_new),
		.in_old = keep_place(changes->arena, finding->in_old),
		.message = str_dup(changes->arena, finding->message),
		.backward = finding->new_reads_old ? finding->effect : EFFECT_HARMLESS,
		.forward = finding->new_reads_old ? EFFECT_HARMLESS : finding->effect,
	});
}

/* `seen`: there is some difference. */
static void settle(struct schema_changes *changes, size_t first, bool seen, const struct explain_pair *pair)
{
	struct explanation found = { .arena = arena_create(0) };
	struct err ignored = { .arena = found.arena };

	/* What takes more than the bounds is left as the formats weigh it. */
	if (schema_explain(pair, &found, &ignored) == OK) {
		for (size_t i = 0; i < found.n_items; i++) {
			if (!rule_effect_breaks(found.items[i].effect))
				continue;
			if (seen)
				charge(changes, first, &found.items[i]);
			else
				add_finding(changes, &found.items[i]);
		}
	}
	arena_destroy(found.arena);
}

void schema_changes_settle(struct schema_changes *changes, size_t first, const struct schema *old, const struct schema *new)
{
	const struct explain_pair backward = { .reader = new, .writer = old, .reader_is_new = true, .policy = SCHEMA_POLICY_STRICT };
	const struct explain_pair forward = { .reader = old, .writer = new, .policy = SCHEMA_POLICY_STRICT };

	bool seen = changes->n_items > first;

	settle(changes, first, seen, &backward);
	settle(changes, first, seen, &forward);
}

struct str schema_changes_effect_name(enum rule_effect effect)
{
	return effect == EFFECT_HARMLESS ? STR("safe") : rule_effect_name(effect);
}

static void put_text(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", name);
	buf_json_string(out, str_present(text) ? text : STR(""));
}

static void put_place(struct buf *out, const char *name, const struct explain_place *place)
{
	buf_printf(out, ",\"%s\":", name);
	if (place->line == 0 && place->path.len == 0) {
		buf_lit(out, "null");
		return;
	}
	buf_printf(out, "{\"line\":%u,\"column\":%u", place->line, place->column);
	put_text(out, "path", place->path);
	buf_add_c(out, '}');
}

static void put_change(struct buf *out, const struct schema_change *change)
{
	buf_add_c(out, '{');
	put_text(out, "kind", change_kind_name(change->kind));
	put_text(out, "entity", change->entity);
	put_text(out, "name", change->name);
	put_text(out, "message", change->message);
	put_place(out, "new", &change->in_new);
	put_place(out, "old", &change->in_old);
	put_text(out, "backward", schema_changes_effect_name(change->backward));
	put_text(out, "forward", schema_changes_effect_name(change->forward));
	buf_add_c(out, '}');
}

void schema_changes_json(struct buf *out, const struct schema_changes *changes)
{
	buf_lit(out, "\"changes\":[");
	for (size_t i = 0; i < changes->n_items; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		put_change(out, &changes->items[i]);
	}
	buf_add_c(out, ']');
	put_text(out, "backward", schema_changes_effect_name(schema_changes_worst(changes, true)));
	put_text(out, "forward", schema_changes_effect_name(schema_changes_worst(changes, false)));
}
