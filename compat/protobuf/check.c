/*
 * Two files compared as the reference compares them: by names of messages and numbers of fields
 * (compat-rules 5), odd rows included; drop-in answers must not differ.  The old file is the writer's.
 */
#include "compat/protobuf/check_int.h"

#include <stdlib.h>

/* Messages within messages and through fields; one level takes less than a kilobyte of stack. */
enum { DEEPEST = 2 * LIMIT_SCHEMA_DEPTH };

static void check_types(struct check *c, struct pbuf_type *const *old, size_t n_old, struct pbuf_type *const *new,
	size_t n_new);

void pbuf_report(struct check *c, enum finding_type type, struct place place)
{
	struct trouble *trouble = arena_new(c->arena, struct trouble);

	*trouble = (struct trouble){ .type = type, .place = place, .old = c->old, .new = c->new };
	if (c->found->last)
		c->found->last->next = trouble;
	else
		c->found->first = trouble;
	c->found->last = trouble;
}

static void report_inner(struct check *c, const struct troubles *inner)
{
	pbuf_report(c, FINDING_TYPES, (struct place){ 0 });
	c->found->last->inner = inner;
}

/* A message and an entry of a map by the names of their types; NULL when it is neither. */
static const struct pbuf_type *entry_of(const struct pbuf_use *use)
{
	return use->kind == PBUF_NAMED && use->judged && use->judged->is_map_entry ? use->judged : NULL;
}

enum kind { KIND_SCALAR, KIND_MESSAGE, KIND_MAP };

static enum kind kind_of(const struct pbuf_use *use)
{
	if (use->kind < PBUF_SCALARS || (use->judged && use->judged->is_enum))
		return KIND_SCALAR;
	return use->kind == PBUF_MAP || entry_of(use) ? KIND_MAP : KIND_MESSAGE;
}

/* Kinds that stand for each other on the wire, as the reference groups them. */
static enum pbuf_kind group_of(const struct pbuf_use *use)
{
	static const enum pbuf_kind groups[PBUF_SCALARS] = {
		[PBUF_DOUBLE] = PBUF_DOUBLE,
		[PBUF_FLOAT] = PBUF_FLOAT,
		[PBUF_INT64] = PBUF_INT32,
		[PBUF_UINT64] = PBUF_INT32,
		[PBUF_INT32] = PBUF_INT32,
		[PBUF_FIXED64] = PBUF_FIXED64,
		[PBUF_FIXED32] = PBUF_FIXED32,
		[PBUF_BOOL] = PBUF_INT32,
		[PBUF_STRING] = PBUF_STRING,
		[PBUF_BYTES] = PBUF_STRING,
		[PBUF_UINT32] = PBUF_INT32,
		[PBUF_SFIXED32] = PBUF_FIXED32,
		[PBUF_SFIXED64] = PBUF_FIXED64,
		[PBUF_SINT32] = PBUF_SINT32,
		[PBUF_SINT64] = PBUF_SINT32,
	};

	return use->kind < PBUF_SCALARS ? groups[use->kind] : PBUF_INT32; /* an enum is a number */
}

/* What is reached through one version of one subject, or defined in the files themselves, is compared elsewhere. */
static bool same_origin(const struct pbuf_file *old, const struct pbuf_file *new)
{
	if (old->is_root && new->is_root)
		return true;
	if (old->is_known && new->is_known)
		return true;
	return str_present(old->subject) && str_present(new->subject) && str_eq(old->subject, new->subject) &&
		old->version == new->version;
}

static void check_message(struct check *c, const struct pbuf_type *old, const struct pbuf_type *new);

/* What there is to say about a pair of messages of other files; once for each pair. */
static const struct troubles *compare_pair(struct check *c, const struct pbuf_type *old, const struct pbuf_type *new)
{
	uint64_t pair = (uint64_t)old->index << 32 | new->index;
	struct str key = str_make((const char *)&pair, sizeof(pair));
	const struct troubles *known = map_get(&c->memo, key);
	struct troubles *outer = c->found, *inner;
	size_t n_foreign = c->n_foreign;

	if (known)
		return known;
	inner = arena_new(c->arena, struct troubles);
	c->found = inner;
	check_message(c, old, new);
	c->found = outer;
	if (c->n_foreign == n_foreign)
		map_put(&c->memo, str_dup(c->arena, key), inner);
	return inner;
}

static void check_named(struct check *c, struct place place, const struct pbuf_use *old, const struct pbuf_use *new)
{
	const struct troubles *inner;

	if (old->judged == NULL || new->judged == NULL) {
		if (!str_eq(old->text, new->text))
			pbuf_report(c, FINDING_FIELD_NAMED_TYPE_CHANGED, place);
		return;
	}
	if (!str_eq(old->judged->local, new->judged->local)) {
		pbuf_report(c, FINDING_FIELD_NAMED_TYPE_CHANGED, place);
		return;
	}
	if (same_origin(old->judged->file, new->judged->file))
		return;
	inner = compare_pair(c, old->judged, new->judged);
	if (inner->first == NULL)
		return;
	report_inner(c, inner);
	pbuf_report(c, FINDING_FIELD_NAMED_TYPE_CHANGED, place);
}

static void check_use(struct check *c, struct place place, const struct pbuf_use *old, const struct pbuf_use *new);

static const struct pbuf_use *part_of_map(const struct pbuf_use *use, bool key)
{
	const struct pbuf_type *entry = entry_of(use);

	if (entry)
		return &pbuf_field_named(entry, key ? STR("key") : STR("value"))->type;
	return key ? use->key : use->value;
}

static void pass_bound(struct check *c, const char *what, unsigned bound)
{
	if (c->failed == OK)
		c->failed = err_text(c->err, ERR_LIMIT,
			str_printf(c->err->arena, "Comparing the schemas takes more than %u %s", bound, what));
}

/* Keys and values; an entry written out as a message can be its own value. */
static void check_map(struct check *c, struct place place, const struct pbuf_use *old, const struct pbuf_use *new)
{
	if (c->depth == DEEPEST)
		pass_bound(c, "levels of nested messages", DEEPEST);
	if (c->failed != OK)
		return;
	c->depth++;
	check_use(c, place, part_of_map(old, true), part_of_map(new, true));
	check_use(c, place, part_of_map(old, false), part_of_map(new, false));
	c->depth--;
}

static void check_use(struct check *c, struct place place, const struct pbuf_use *old, const struct pbuf_use *new)
{
	enum kind kind = kind_of(old);

	if (kind != kind_of(new)) {
		pbuf_report(c, FINDING_FIELD_KIND_CHANGED, place);
	} else if (kind == KIND_MESSAGE) {
		check_named(c, place, old, new);
	} else if (kind == KIND_MAP) {
		check_map(c, place, old, new);
	} else if (group_of(old) != group_of(new)) {
		pbuf_report(c, FINDING_FIELD_SCALAR_KIND_CHANGED, place);
	}
}

/* Labels count only where both sides write one, and only for what is a number. */
static bool label_changed(const struct pbuf_field *old, const struct pbuf_field *new)
{
	return old->label != new->label && old->label != PBUF_UNLABELLED && new->label != PBUF_UNLABELLED &&
		kind_of(&old->type) == KIND_SCALAR && kind_of(&new->type) == KIND_SCALAR &&
		group_of(&old->type) == group_of(&new->type) && group_of(&old->type) != PBUF_STRING;
}

void pbuf_check_field(struct check *c, struct place place, const struct pbuf_field *old, const struct pbuf_field *new)
{
	place.has_number = true;
	place.number = new->number;
	check_use(c, place, &old->type, &new->type);
	if (label_changed(old, new))
		pbuf_report(c, FINDING_FIELD_NUMERIC_LABEL_CHANGED, place);
}

static void report_removed(struct check *c, const struct pbuf_type *type)
{
	pbuf_report(c, FINDING_MESSAGE_REMOVED, (struct place){ .message = type->local });
	c->found->last->old = type;
	c->found->last->new = NULL;
}

struct ranked {
	size_t bucket;
	size_t place;
	const struct slot *slot;
};

static int in_order(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* A field outside of oneofs on at least one side. */
static void check_plain(struct check *c, const struct slot *slot, struct str message)
{
	struct place place = { .message = message, .has_number = true, .number = slot->number };

	if (slot->old_plain && slot->new_plain)
		pbuf_check_field(c, place, slot->old_plain, slot->new_plain);
	else if (slot->new_plain && slot->new_plain->label == PBUF_REQUIRED)
		pbuf_report(c, FINDING_REQUIRED_FIELD_ADDED, place);
	else if (slot->old_plain && slot->old_plain->label == PBUF_REQUIRED)
		pbuf_report(c, FINDING_REQUIRED_FIELD_REMOVED, place);
}

static bool is_plain(const struct slot *slot)
{
	return slot->new_plain || (slot->old_plain && !slot->new_member);
}

static void check_plains(struct check *c, const struct slots *slots, struct str message)
{
	struct ranked *ranked = arena_array(c->arena, struct ranked, slots->n);
	size_t n = 0;

	for (size_t i = 0; i < slots->n; i++)
		n += is_plain(&slots->items[i]);
	for (size_t i = 0, at = 0; i < slots->n; i++) {
		const struct slot *slot = &slots->items[i];

		if (is_plain(slot)) {
			ranked[at] = (struct ranked){ pbuf_hash_bucket((uint32_t)slot->number, n), at, slot };
			at++;
		}
	}
	qsort(ranked, n, sizeof(*ranked), in_order);
	for (size_t i = 0; i < n && c->failed == OK; i++)
		check_plain(c, ranked[i].slot, message);
}

/* Fields that went into a oneof, out of one, or to one of another name. */
static void check_moved(struct check *c, const struct slots *slots, struct str message)
{
	for (size_t i = 0; i < slots->n && c->failed == OK; i++) {
		const struct slot *slot = &slots->items[i];
		const struct pbuf_field *old = slot->old_member ? slot->old_member : slot->old_plain;
		const struct pbuf_field *new = slot->new_member ? slot->new_member : slot->new_plain;

		if (old == NULL || new == NULL || (old->oneof == NULL && new->oneof == NULL))
			continue;
		if (old->oneof && new->oneof && str_eq(old->oneof->name, new->oneof->name))
			continue;
		pbuf_check_field(c, (struct place){ .message = message, .oneof = new->oneof }, old, new);
	}
}

/* Oneofs of the old message, with those of the same name. */
static void check_oneofs(struct check *c, const struct slots *slots, const struct pbuf_type *old,
	const struct pbuf_type *new)
{
	struct map named = map_make(c->arena);
	struct ranked *ranked = arena_array(c->arena, struct ranked, old->n_oneofs);
	size_t n_all = old->n_oneofs;

	for (size_t i = 0; i < new->n_oneofs; i++)
		map_put(&named, new->oneofs[i]->name, new->oneofs[i]);
	for (size_t i = 0; i < old->n_oneofs; i++)
		n_all -= map_get(&named, old->oneofs[i]->name) != NULL;
	n_all += new->n_oneofs;
	for (size_t i = 0; i < old->n_oneofs; i++)
		ranked[i] = (struct ranked){ pbuf_hash_bucket(pbuf_java_hash(old->oneofs[i]->name), n_all), i, NULL };
	qsort(ranked, old->n_oneofs, sizeof(*ranked), in_order);
	for (size_t i = 0; i < old->n_oneofs && c->failed == OK; i++) {
		const struct pbuf_oneof *oneof = old->oneofs[ranked[i].place];

		pbuf_check_oneof(c, slots, oneof, map_get(&named, oneof->name), new->local);
	}
}

static void check_fields(struct check *c, const struct pbuf_type *old, const struct pbuf_type *new)
{
	struct slots slots = pbuf_slots_make(c->arena, old, new);
	const struct pbuf_type *outer_old = c->old, *outer_new = c->new;

	c->active[old->index] = new;
	c->old = old;
	c->new = new;
	pbuf_check_membership(c, &slots, new);
	check_oneofs(c, &slots, old, new);
	check_plains(c, &slots, new->local);
	check_moved(c, &slots, new->local);
	c->old = outer_old;
	c->new = outer_new;
	c->active[old->index] = NULL;
}

static void check_message(struct check *c, const struct pbuf_type *old, const struct pbuf_type *new)
{
	if (++c->n_pairs > LIMIT_CHECK_PAIRS)
		pass_bound(c, "pairs of messages", LIMIT_CHECK_PAIRS);
	if (c->depth == DEEPEST)
		pass_bound(c, "levels of nested messages", DEEPEST);
	if (c->failed != OK)
		return;
	c->depth++;
	if (c->active[old->index] == NULL)
		check_fields(c, old, new);
	else if (c->active[old->index] != new)
		c->n_foreign++;
	check_types(c, old->types, old->n_types, new->types, new->n_types);
	c->depth--;
}

/* Messages by name, the last of two; in the order of their names in the reference's hash set. */
static void check_types(struct check *c, struct pbuf_type *const *old, size_t n_old, struct pbuf_type *const *new,
	size_t n_new)
{
	struct map olds = map_make(c->arena), news = map_make(c->arena);
	struct ranked *ranked;
	size_t n_all;

	for (size_t i = 0; i < n_old; i++)
		if (!old[i]->is_enum)
			map_put(&olds, old[i]->name, old[i]);
	for (size_t i = 0; i < n_new; i++)
		if (!new[i]->is_enum)
			map_put(&news, new[i]->name, new[i]);
	n_all = news.n_entries;
	for (size_t i = 0; i < olds.n_entries; i++)
		n_all += map_get(&news, olds.entries[i].key) == NULL;
	ranked = arena_array(c->arena, struct ranked, olds.n_entries);
	for (size_t i = 0; i < olds.n_entries; i++)
		ranked[i] = (struct ranked){ pbuf_hash_bucket(pbuf_java_hash(olds.entries[i].key), n_all), i, NULL };
	qsort(ranked, olds.n_entries, sizeof(*ranked), in_order);
	for (size_t i = 0; i < olds.n_entries && c->failed == OK; i++) {
		const struct pbuf_type *before = olds.entries[ranked[i].place].value;
		const struct pbuf_type *now = map_get(&news, before->name);

		if (now)
			check_message(c, before, now);
		else if (!before->is_map_entry)
			report_removed(c, before);
	}
}

static struct str path_of(struct arena *arena, const struct place *place)
{
	struct buf b = buf_make(arena, 64);

	buf_lit(&b, "#/");
	for (size_t i = 0; i < place->message.len; i++) {
		if (place->message.data[i] == '.')
			buf_add_c(&b, '/');
		else
			buf_add_c(&b, place->message.data[i]);
	}
	if (place->oneof) {
		buf_add_c(&b, '/');
		buf_add(&b, place->oneof->name);
	}
	if (place->has_number) {
		buf_add_c(&b, '/');
		buf_add_i64(&b, place->number);
	}
	return buf_str(&b);
}

/* What one message holds another may repeat, and so on: beyond what `out` takes no one is counted. */
static void list(const struct troubles *found, struct findings *out, struct arena *arena, pbuf_trouble_fn *each, void *cls)
{
	for (const struct trouble *t = found->first; t && out->n_unlisted == 0; t = t->next) {
		if (t->inner) {
			list(t->inner, out, arena, each, cls);
			continue;
		}
		findings_add(out, t->type, path_of(arena, &t->place), STR(""));
		if (each && out->n_unlisted == 0)
			each(cls, t, out->n_items - 1);
	}
}

enum err_code pbuf_check_each(const struct pbuf_schema *old, const struct pbuf_schema *new, struct findings *out,
	pbuf_trouble_fn *each, void *cls, struct err *err)
{
	struct troubles found = { 0 };
	struct check c = { .err = err, .found = &found };

	c.arena = arena_create(0);
	c.active = arena_array(c.arena, const struct pbuf_type *, old->n_types);
	c.memo = map_make(c.arena);
	if (!str_eq(old->file->package, new->file->package) ||
		str_present(old->file->package) != str_present(new->file->package))
		pbuf_report(&c, FINDING_PACKAGE_CHANGED, (struct place){ .message = STR("") });
	check_types(&c, old->file->types, old->file->n_types, new->file->types, new->file->n_types);
	if (c.failed == OK)
		list(&found, out, c.arena, each, cls);
	arena_destroy(c.arena);
	return c.failed;
}

enum err_code pbuf_check(const struct schema *reader, const struct schema *writer, enum schema_policy policy,
	struct findings *out, struct err *err)
{
	(void)policy; /* makes no difference for Protobuf (compat-rules 5) */
	return pbuf_check_each(pbuf_of(writer), pbuf_of(reader), out, NULL, NULL, err);
}
