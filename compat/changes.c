/* Lists of changes: the worst effect, and JSON. */
#include "compat/changes.h"

#include "base/json.h"

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
