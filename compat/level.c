/* Levels: which versions are compared, in which direction, and what the answer says (compat-rules 1, 2). */
#include "compat/level.h"

#include "base/arena.h"
#include "compat/explain.h"
#include "compat/messages.h"

static const struct {
	struct str name;
	bool backward;   /* new reads old */
	bool forward;    /* old reads new */
	bool transitive;
} levels[COMPAT_LEVELS] = {
	[COMPAT_NONE] = { { "NONE", 4 }, false, false, false },
	[COMPAT_BACKWARD] = { { "BACKWARD", 8 }, true, false, false },
	[COMPAT_BACKWARD_TRANSITIVE] = { { "BACKWARD_TRANSITIVE", 19 }, true, false, true },
	[COMPAT_FORWARD] = { { "FORWARD", 7 }, false, true, false },
	[COMPAT_FORWARD_TRANSITIVE] = { { "FORWARD_TRANSITIVE", 18 }, false, true, true },
	[COMPAT_FULL] = { { "FULL", 4 }, true, true, false },
	[COMPAT_FULL_TRANSITIVE] = { { "FULL_TRANSITIVE", 15 }, true, true, true },
};

struct str compat_level_name(enum compat_level level)
{
	return levels[level].name;
}

bool compat_level_find(struct str name, enum compat_level *out)
{
	for (int i = 0; i < COMPAT_LEVELS; i++) {
		if (str_eq_nocase(levels[i].name, name)) {
			*out = (enum compat_level)i;
			return true;
		}
	}
	return false;
}

bool compat_level_transitive(enum compat_level level)
{
	return levels[level].transitive;
}

enum compat_level compat_level_to_transitive(enum compat_level level)
{
	for (int i = 0; i < COMPAT_LEVELS; i++)
		if (levels[i].transitive && levels[i].backward == levels[level].backward && levels[i].forward == levels[level].forward)
			return (enum compat_level)i;
	return level;
}

bool compat_looks_back(enum compat_level level, enum schema_policy policy)
{
	return level != COMPAT_NONE && (levels[level].transitive || policy == SCHEMA_POLICY_SOUND);
}

bool compat_level_backward(enum compat_level level)
{
	return levels[level].backward;
}

bool compat_level_forward(enum compat_level level)
{
	return levels[level].forward;
}

/* The messages so far. */
struct messages {
	struct arena *arena;
	struct str *items;
	size_t n;
	size_t room;
};

static void add(struct messages *m, struct str message)
{
	m->items = arena_grow(m->arena, m->items, m->n, &m->room, sizeof(*m->items));
	m->items[m->n++] = message;
}

/* The next of a comma-separated list of names; absent at its end. */
static struct str next_name(struct str *list)
{
	while (str_present(*list)) {
		ptrdiff_t comma = str_index(*list, ',');
		struct str name = str_trim(str_sub(*list, 0, comma < 0 ? list->len : (size_t)comma));

		*list = comma < 0 ? STR_NONE : str_sub(*list, (size_t)comma + 1, list->len);
		if (name.len > 0)
			return name;
	}
	return STR_NONE;
}

static bool list_has(struct str list, struct str wanted)
{
	for (struct str name = next_name(&list); str_present(name); name = next_name(&list))
		if (str_eq(name, wanted))
			return true;
	return false;
}

/* compat-rules 1.4: what was reserved stays so, and no field takes a reserved name. */
static void check_reserved(struct messages *m, const struct compat_request *rq)
{
	struct str before = rq->latest ? rq->latest->reserved : STR_NONE, now = rq->reserved;
	const struct str *fields;
	size_t n_fields;

	for (struct str name = next_name(&before); str_present(name); name = next_name(&before))
		if (!list_has(rq->reserved, name))
			add(m, message_reserved_removed(m->arena, name));
	if (!str_present(now))
		return;
	n_fields = schema_top_fields(m->arena, rq->schema, &fields);
	for (struct str name = next_name(&now); str_present(name); name = next_name(&now)) {
		size_t i = 0;

		while (i < n_fields && !str_eq(fields[i], name))
			i++;
		if (i < n_fields)
			add(m, message_reserved_used(m->arena, name));
	}
}

/* Under SOUND what an event shows decides: neither more nor less than that is refused. */
static enum err_code compare_soundly(struct messages *m, const struct compat_request *rq,
	const struct compat_version *old, enum message_direction direction, bool *fits, struct err *err)
{
	bool new_reads = direction == MESSAGE_NEW_READS_OLD;
	struct explain_pair pair = {
		.reader = new_reads ? rq->schema : old->schema,
		.writer = new_reads ? old->schema : rq->schema,
		.reader_is_new = new_reads,
		.policy = SCHEMA_POLICY_STRICT,
	};
	struct explanation found = { .arena = m->arena };
	const struct finding *told = NULL; /* several findings may be what one of the reference's is about */

	*fits = true;
	TRY(schema_explain(&pair, &found, err));
	for (size_t i = 0; i < found.n_items; i++) {
		const struct explain_finding *finding = &found.items[i];

		if (!rule_effect_breaks(finding->effect))
			continue;
		if (!told || finding->reference != told)
			add(m, message_sound(m->arena, rq->schema->type, finding));
		told = finding->reference;
		*fits = false;
	}
	return OK;
}

/* One direction; *fits tells whether anything was found. */
static enum err_code compare_one(struct messages *m, const struct compat_request *rq,
	const struct compat_version *old, enum message_direction direction, bool *fits, struct err *err)
{
	struct findings found = findings_make(m->arena);

	if (rq->policy == SCHEMA_POLICY_SOUND)
		return compare_soundly(m, rq, old, direction, fits, err);
	if (direction == MESSAGE_NEW_READS_OLD)
		TRY(schema_check(rq->schema, old->schema, rq->policy, &found, err));
	else
		TRY(schema_check(old->schema, rq->schema, rq->policy, &found, err));
	for (size_t i = 0; i < found.n_items; i++)
		add(m, message_finding(m->arena, rq->schema->type, &found.items[i], direction));
	*fits = found.n_items == 0;
	return OK;
}

/*
 * One version in the level's directions.  FULL asks first whether the old schema reads; the old
 * schema itself is shown only when the direction asked last has failed.
 */
static enum err_code compare_version(struct messages *m, const struct compat_request *rq,
	const struct compat_version *old, struct err *err)
{
	bool fits = true;

	if (old->schema->type != rq->schema->type) {
		add(m, message_other_type());
		return OK;
	}
	if (levels[rq->level].forward)
		TRY(compare_one(m, rq, old, MESSAGE_OLD_READS_NEW, &fits, err));
	if (levels[rq->level].backward)
		TRY(compare_one(m, rq, old, MESSAGE_NEW_READS_OLD, &fits, err));
	if (!fits) {
		add(m, message_old_version(m->arena, old->version));
		add(m, message_old_schema(m->arena, old->text));
	}
	return OK;
}

/* Newest first, as far as level and policy look back, up to the first version that does not fit. */
static enum err_code compare_versions(struct messages *m, const struct compat_request *rq, struct err *err)
{
	size_t before = m->n;

	if (rq->level == COMPAT_NONE)
		return OK;
	for (size_t i = rq->n_versions; i > 0; i--) {
		TRY(compare_version(m, rq, &rq->versions[i - 1], err));
		if (m->n > before || !compat_looks_back(rq->level, rq->policy))
			break;
	}
	return OK;
}

/* A finding of the policy LOGICAL. */
struct logical_messages {
	struct messages *m;
	enum schema_type type;
};

static void add_logical(void *cls, struct str path, struct str why)
{
	const struct logical_messages *found = cls;

	add(found->m, message_logical(found->m->arena, found->type, path, why));
}

enum err_code compat_check(struct arena *arena, const struct compat_request *request,
	struct compat_verdict *out, struct err *err)
{
	struct messages m = { .arena = arena };

	if (request->validate_fields)
		check_reserved(&m, request);
	TRY(compare_versions(&m, request, err));
	compat_logical(arena, request, add_logical, &(struct logical_messages){ &m, request->schema->type });
	if (m.n > 0)
		add(&m, message_settings(arena, request->validate_fields, request->level));
	*out = (struct compat_verdict){ .compatible = m.n == 0, .messages = m.items, .n_messages = m.n };
	return OK;
}

struct str compat_refusal(struct arena *arena, struct str subject, const struct compat_verdict *verdict)
{
	struct buf b = buf_make(arena, 256);

	buf_printf(&b, "Schema being registered is incompatible with an earlier schema for subject \"%.*s\", details: [",
		STR_ARG(subject));
	for (size_t i = 0; i < verdict->n_messages; i++) {
		if (i > 0)
			buf_lit(&b, ", ");
		buf_add(&b, verdict->messages[i]);
	}
	buf_add_c(&b, ']');
	return buf_str(&b);
}
