/* Which messages meet, and what becomes of their fields. */
#include "compat/protobuf/judge_int.h"

#include "base/json.h"
#include "base/limits.h"

bool pbuf_spend(struct pbuf_judge *j, size_t steps)
{
	j->n_steps += steps;
	if (j->n_steps > LIMIT_EXPLAIN_STEPS && j->failed == OK)
		j->failed = err_text(j->err, ERR_LIMIT,
			str_printf(j->err->arena, "Explaining the change takes more than %u steps", LIMIT_EXPLAIN_STEPS));
	return j->failed == OK;
}

/* ---- what there is ---- */

static struct str pair_key(const void *a, const void *b, const void *out[2])
{
	out[0] = a;
	out[1] = b;
	return str_make((const char *)out, 2 * sizeof(out[0]));
}

static struct str number_key(const struct pbuf_type *type, int32_t number, char out[sizeof(type) + 4])
{
	memcpy(out, &type, sizeof(type));
	memcpy(out + sizeof(type), &number, 4);
	return str_make(out, sizeof(type) + 4);
}

static struct map index_extensions(struct pbuf_judge *j, const struct pbuf_schema *schema)
{
	struct map index = map_make(j->arena);
	char key[sizeof(void *) + 4];

	for (size_t i = 0; i < schema->extensions.n_entries; i++) {
		struct pbuf_field *field = schema->extensions.entries[i].value;

		if (field->extend->target)
			map_put(&index, str_dup(j->arena, number_key(field->extend->target, field->number, key)), field);
	}
	return index;
}

const struct pbuf_field *pbuf_find_number(struct pbuf_judge *j, bool of_reader, const struct pbuf_type *type, int32_t number)
{
	const struct pbuf_field *field = pbuf_field_numbered(type, number);
	char key[sizeof(void *) + 4];

	return field || j->extensions[of_reader].n_entries == 0
		? field : map_get(&j->extensions[of_reader], number_key(type, number, key));
}

bool pbuf_is_entry(const struct pbuf_type *type)
{
	return type->is_map_entry && type->span.line == 0;
}

/* A map is a list of messages with a key and a value (encoding guide, "Maps"). */
static const struct pbuf_type *entry_of(struct pbuf_judge *j, const struct pbuf_field *field)
{
	const struct pbuf_use *use = &field->type;
	struct str key = str_make((const char *)&use, sizeof(use));
	struct pbuf_type *type = map_get(&j->entries, key);

	if (type)
		return type;
	type = arena_new(j->arena, struct pbuf_type);
	*type = (struct pbuf_type){ .is_map_entry = true, .name = field->name, .file = field->file, .parent = field->scope };
	type->local = field->scope ? str_printf(j->arena, "%.*s.%.*s", STR_ARG(field->scope->local), STR_ARG(field->name)) : field->name;
	type->full = type->local;
	type->fields = arena_array(j->arena, struct pbuf_field *, 2);
	for (int i = 0; i < 2; i++) {
		struct pbuf_field *part = arena_new(j->arena, struct pbuf_field);

		*part = (struct pbuf_field){
			.name = i == 0 ? STR("key") : STR("value"), .number = i + 1, .type = i == 0 ? *use->key : *use->value,
			.scope = type, .file = field->file, .span = field->span,
		};
		type->fields[type->n_fields++] = part;
	}
	pbuf_index_fields(j->arena, type);
	map_put(&j->entries, str_dup(j->arena, key), type);
	return type;
}

const struct pbuf_type *pbuf_content(struct pbuf_judge *j, const struct pbuf_field *field)
{
	if (field->type.kind == PBUF_MAP)
		return entry_of(j, field);
	if (field->type.kind == PBUF_GROUP || (field->type.kind == PBUF_NAMED && field->type.named && !field->type.named->is_enum))
		return field->type.named;
	return NULL;
}

enum { PAIR_STEPS = 32 }; /* a pair takes memory until the end */

static void add_pair(struct pbuf_judge *j, const struct pbuf_pair *pair)
{
	const void *both[2];
	struct str key = pair_key(pair->w, pair->r, both);
	struct pbuf_pair *copy;

	/* What lies deeper no one decodes. */
	if (pair->depth >= PBUF_DECODE_DEPTH - 1 || map_get(&j->known, key) || !pbuf_spend(j, PAIR_STEPS))
		return;
	copy = arena_new(j->arena, struct pbuf_pair);
	*copy = *pair;
	map_put(&j->known, str_dup(j->arena, key), copy);
	*pbuf_append(j->arena, j->pairs, j->n_pairs) = copy;
}

const struct pbuf_pair *pbuf_pair_of(struct pbuf_judge *j, const struct pbuf_type *w, const struct pbuf_type *r)
{
	const void *both[2];

	return map_get(&j->known, pair_key(w, r, both));
}

/* Messages of one name at one place are events of their own. */
static void add_roots(struct pbuf_judge *j, struct pbuf_type *const *ws, size_t n_ws, struct pbuf_type *const *rs, size_t n_rs)
{
	struct map named = map_make(j->arena);

	if (n_ws == 0 || n_rs == 0 || !pbuf_spend(j, n_ws + n_rs))
		return;
	for (size_t i = 0; i < n_rs; i++)
		if (!rs[i]->is_enum)
			map_put(&named, rs[i]->name, rs[i]);
	for (size_t i = 0; i < n_ws; i++) {
		const struct pbuf_type *w = ws[i], *r = w->is_enum ? NULL : map_get(&named, w->name);

		if (r == NULL)
			continue;
		add_pair(j, &(struct pbuf_pair){ .w = w, .r = r });
		add_roots(j, w->types, w->n_types, r->types, r->n_types);
	}
}

/* ---- enums ---- */

/* Of several names of one number it is enough that one stays. */
static struct map kept_numbers(struct pbuf_judge *j, const struct pbuf_type *w, const struct map *names)
{
	struct map kept = map_make(j->arena);

	for (size_t i = 0; i < w->n_constants; i++) {
		const struct pbuf_constant *same = map_get(names, w->constants[i].name);

		if (same && same->number == w->constants[i].number)
			map_put(&kept, str_make((const char *)&w->constants[i].number, 4), &w->constants[i]);
	}
	return kept;
}

/* The first one, but rather not zero: that is often not written. */
static void note(const struct pbuf_constant **out, const struct pbuf_constant *constant)
{
	if (*out == NULL || (*out)->number == 0)
		*out = constant;
}

static void compare_enums(struct pbuf_judge *j, const struct pbuf_type *w, const struct pbuf_type *r,
	struct pbuf_enum_pair *out)
{
	struct map names = map_make(j->arena), numbers = map_make(j->arena), kept;

	if (w == r || !pbuf_spend(j, w->n_constants + r->n_constants))
		return;
	for (size_t i = 0; i < r->n_constants; i++) {
		map_put(&names, r->constants[i].name, &r->constants[i]);
		map_put(&numbers, str_make((const char *)&r->constants[i].number, 4), &r->constants[i]);
	}
	kept = kept_numbers(j, w, &names);
	for (size_t i = 0; i < w->n_constants; i++) {
		const struct pbuf_constant *constant = &w->constants[i];
		struct str number = str_make((const char *)&constant->number, 4);
		bool named = map_get(&numbers, number) != NULL, moved = map_get(&names, constant->name) != NULL;

		if (map_get(&kept, number))
			continue;
		if (!named)
			note(&out->unnamed, constant);
		if (moved || (named && !pbuf_enums_related(w, r)))
			note(&out->moved, constant);
	}
}

const struct pbuf_enum_pair *pbuf_enum_pair(struct pbuf_judge *j, const struct pbuf_type *w, const struct pbuf_type *r)
{
	const void *both[2];
	struct str key = pair_key(w, r, both);
	struct pbuf_enum_pair *pair = map_get(&j->enums, key);

	if (pair == NULL) {
		pair = arena_new(j->arena, struct pbuf_enum_pair);
		map_put(&j->enums, str_dup(j->arena, key), pair);
		compare_enums(j, w, r, pair);
	}
	return pair;
}

/* ---- fields ---- */

static bool same_default(const struct pbuf_field *w, const struct pbuf_field *r)
{
	if (w->default_value == NULL || r->default_value == NULL)
		return w->default_value == r->default_value;
	return str_eq(w->default_value->text, r->default_value->text);
}

/* Whether nothing can go wrong at the field itself, whatever its value. */
static bool is_plainly_same(struct pbuf_judge *j, const struct pbuf_field *w, const struct pbuf_field *r)
{
	const struct pbuf_enum_pair *enums;

	if (w->type.kind != r->type.kind || w->label != r->label || w->file->syntax != r->file->syntax || !same_default(w, r))
		return false;
	if (w->type.kind != PBUF_NAMED || w->type.named == r->type.named)
		return true;
	if (w->type.named->is_enum != r->type.named->is_enum)
		return false;
	if (!w->type.named->is_enum)
		return true;
	enums = pbuf_enum_pair(j, w->type.named, r->type.named);
	return enums->moved == NULL && enums->unnamed == NULL && w->type.named->n_constants > 0 && r->type.named->n_constants > 0
		&& w->type.named->constants[0].number == r->type.named->constants[0].number;
}

/* What is tried of one field. */
struct trial {
	struct pbuf_judge *j;
	const struct pbuf_pair *pair;
	const struct pbuf_field *w, *r;
	struct pbuf_datum values[PBUF_MOST_VALUES];
	size_t n_values;
	struct pbuf_datum keys[PBUF_MOST_VALUES];
	size_t n_keys;
};

/* UNSEEN: it changes, but by the reader's names it looks as it was written. */
enum outcome { FINE, FAILS, CHANGES, UNSEEN };

static bool is_many(const struct pbuf_field *field)
{
	return field->label == PBUF_REPEATED || field->type.kind == PBUF_MAP;
}

/* The value of attempt `i`: one element, or at last two; false where the writer would write none. */
static bool make_value(const struct trial *t, struct arena *arena, size_t i, struct pbuf_datum *out)
{
	size_t n = i < t->n_values ? 1 : 2;
	struct pbuf_datum first = t->values[i < t->n_values ? i : 0];

	if (!is_many(t->w)) {
		*out = first;
		return n == 1 && (pbuf_has_presence(t->w) || pbuf_is_entry(t->pair->w) || !pbuf_is_zero(&first));
	}
	*out = (struct pbuf_datum){ .kind = t->w->type.kind == PBUF_MAP ? PBUF_D_MAP : PBUF_D_LIST };
	for (size_t k = 0; k < n; k++) {
		if (t->w->type.kind == PBUF_MAP)
			*pbuf_append(arena, out->items, out->n_items) = t->keys[k < t->n_keys ? k : 0];
		*pbuf_append(arena, out->items, out->n_items) = k == 0 ? first : t->values[t->n_values > 1 ? 1 : 0];
	}
	return t->w->type.kind != PBUF_MAP || n == 1 || t->n_keys > 1;
}

/* Attempt 0: the field is not set; 1 …: it has a value. */
static struct pbuf_message *make_event(const struct trial *t, struct arena *arena, size_t attempt)
{
	struct pbuf_message *event;
	struct pbuf_datum value;

	if (attempt == 0 && (t->w->label == PBUF_REQUIRED || pbuf_is_entry(t->pair->w)))
		return NULL;
	if (attempt > 0 && !make_value(t, arena, attempt - 1, &value))
		return NULL;
	event = pbuf_fill_pair(t->j, arena, t->pair, t->w);
	if (event && attempt > 0)
		*pbuf_member_add(arena, event, t->w) = value;
	return event;
}

/* Reads what is written; required fields that are missing elsewhere are told elsewhere. */
static const struct pbuf_message *read_event(struct pbuf_judge *j, struct arena *arena, const struct pbuf_pair *pair,
	const struct pbuf_message *event, struct pbuf_fault *fault)
{
	struct str bytes = pbuf_encode(arena, event);
	const struct pbuf_message *read;

	if (!pbuf_spend(j, bytes.len + 16 + j->reader->extensions.n_entries)) /* the decoder sorts them out */
		return NULL;
	return pbuf_decode_event(arena, j->reader, pair->r, bytes, PBUF_PARTIAL, &read, fault) ? read : NULL;
}

/*
 * Whether the field is read as it was written but for the other members of its oneof, which the writer requires;
 * that those push it out is told by judge_oneof.
 */
static bool is_fine_alone(const struct trial *t, struct arena *arena, const struct pbuf_message *event)
{
	struct pbuf_compare compare = { .arena = arena, .writer = t->j->writer, .reader = t->j->reader, .shallow = true };
	struct pbuf_message *alone = pbuf_message_make(arena, event->type);
	const struct pbuf_message *read;
	struct pbuf_fault fault;

	for (size_t i = 0; i < event->n_members; i++) {
		const struct pbuf_field *w = event->members[i].field, *r = pbuf_find_number(t->j, true, t->pair->r, w->number);

		if (w == t->w || r == NULL || r->oneof != t->r->oneof)
			*pbuf_member_add(arena, alone, w) = event->members[i].value;
	}
	read = alone->n_members < event->n_members ? read_event(t->j, arena, t->pair, alone, &fault) : NULL;
	return read && pbuf_same_member(&compare, t->w, alone, t->r, read);
}

void pbuf_put_absent(struct buf *b, struct arena *arena, const struct pbuf_field *field)
{
	struct pbuf_event e = { .arena = arena };
	struct pbuf_datum value;

	if (pbuf_absent_value(arena, field, &value))
		pbuf_json_value(&e, b, &field->type, &value);
	else
		buf_lit(b, "nothing");
}

/* Of what is not set neither the event nor what is read of it shows anything. */
static struct str tell_defaults(const struct trial *t, struct arena *arena)
{
	struct buf b = buf_make(arena, 64);

	buf_printf(&b, "not set, %.*s is ", STR_ARG(t->w->name));
	pbuf_put_absent(&b, arena, t->w);
	buf_lit(&b, " to the writer and ");
	pbuf_put_absent(&b, arena, t->r);
	buf_lit(&b, " to the reader");
	return buf_str(&b);
}

/* "it is read as another number" with what it is; of a map its key or its value. */
static struct str tell_difference(const struct trial *t, struct arena *arena, struct str reason)
{
	struct str rest = str_sub(reason, 2, reason.len);

	if (!str_starts(reason, STR("it ")))
		return reason;
	if (pbuf_is_entry(t->pair->w))
		return str_printf(arena, "the %.*s of %.*s%.*s", STR_ARG(t->w->name), STR_ARG(t->pair->w->name), STR_ARG(rest));
	return str_concat(arena, t->w->name, rest);
}

/* Numbers of fields and of constants may be exchanged so that their names say the same again. */
static bool looks_same(const struct trial *t, struct arena *arena, const struct pbuf_message *event, const struct pbuf_message *read)
{
	struct str before = pbuf_json(arena, t->j->writer, event, false), after = pbuf_json(arena, t->j->reader, read, true);
	struct err ignored = { .arena = arena };
	const struct jsn *a, *b;

	return pbuf_spend(t->j, before.len + after.len) &&
		jsn_parse(arena, before, JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &a, &ignored) == OK &&
		jsn_parse(arena, after, JSN_SURROGATES | JSN_WTF8, LIMIT_JSON_DEPTH, &b, &ignored) == OK && jsn_equal(a, b);
}

static enum outcome try_event(const struct trial *t, struct arena *arena, const struct pbuf_message *event, struct str *reason)
{
	struct pbuf_compare compare = { .arena = arena, .writer = t->j->writer, .reader = t->j->reader, .shallow = true };
	struct pbuf_fault fault = { .reason = STR("") };
	const struct pbuf_message *read = read_event(t->j, arena, t->pair, event, &fault);

	if (read == NULL) {
		*reason = fault.reason;
		return t->j->failed == OK ? FAILS : FINE;
	}
	if (t->r->label == PBUF_REQUIRED && pbuf_member_numbered(read, t->r->number) == NULL) {
		*reason = str_printf(arena, "the required field %.*s is missing", STR_ARG(t->r->name));
		return FAILS;
	}
	if (pbuf_same_member(&compare, t->w, event, t->r, read) || (t->r->oneof && is_fine_alone(t, arena, event)))
		return FINE;
	if (!pbuf_member_numbered(event, t->w->number) && !pbuf_member_numbered(read, t->r->number)) {
		*reason = tell_defaults(t, arena);
		return CHANGES;
	}
	*reason = tell_difference(t, arena, str_of(compare.reason));
	return compare.reason != pbuf_no_constant && looks_same(t, arena, event, read) ? UNSEEN : CHANGES;
}

static bool is_enum_use(const struct pbuf_use *use)
{
	return use->kind == PBUF_NAMED && use->named && use->named->is_enum;
}

/* How values are encoded, but for the size of a number. */
enum encoding { IN_VARINT, IN_ZIGZAG, IN_FIXED32, IN_FIXED64, IN_FLOAT, IN_DOUBLE, IN_TEXT, IN_MESSAGE, IN_GROUP, IN_ENTRIES };

static enum encoding encoding_of(const struct pbuf_use *use)
{
	static const enum encoding kinds[PBUF_SCALARS] = {
		[PBUF_DOUBLE] = IN_DOUBLE, [PBUF_FLOAT] = IN_FLOAT, [PBUF_FIXED64] = IN_FIXED64, [PBUF_SFIXED64] = IN_FIXED64,
		[PBUF_FIXED32] = IN_FIXED32, [PBUF_SFIXED32] = IN_FIXED32, [PBUF_SINT32] = IN_ZIGZAG, [PBUF_SINT64] = IN_ZIGZAG,
		[PBUF_STRING] = IN_TEXT, [PBUF_BYTES] = IN_TEXT, /* all others are varints */
	};

	if (use->kind < PBUF_SCALARS)
		return kinds[use->kind];
	if (use->kind == PBUF_MAP)
		return IN_ENTRIES;
	return use->kind == PBUF_GROUP ? IN_GROUP : is_enum_use(use) ? IN_VARINT : IN_MESSAGE;
}

/* Of a value that is encoded in another way. */
static enum rule kind_rule(const struct pbuf_field *w, const struct pbuf_field *r)
{
	if (w->extend)
		return RULE_PROTO_EXTENSION_TYPE_CHANGED;
	return pbuf_is_number(&w->type) && pbuf_is_number(&r->type) ? RULE_PROTO_FIELD_SCALAR_KIND_CHANGED
																: RULE_PROTO_FIELD_KIND_CHANGED;
}

/* Under which rule it is told when the reference has none. */
static enum rule rule_of(const struct trial *t, size_t attempt)
{
	const struct pbuf_use *w = &t->w->type, *r = &t->r->type;
	const struct pbuf_enum_pair *enums;

	if (attempt == 0 && t->r->label == PBUF_REQUIRED)
		return RULE_PROTO_OPTIONAL_TO_REQUIRED;
	if (encoding_of(w) != encoding_of(r))
		return kind_rule(t->w, t->r);
	if (attempt == 0)
		return RULE_PROTO_DEFAULT_CHANGED;
	if (is_many(t->w) != is_many(t->r))
		return RULE_PROTO_REPEATED_TO_SINGULAR;
	if (w->kind == PBUF_BYTES && r->kind == PBUF_STRING)
		return RULE_PROTO_BYTES_TO_STRING;
	if (!is_enum_use(r))
		return RULE_PROTO_NUMBER_NARROWED;
	if (!is_enum_use(w))
		return RULE_PROTO_NUMBER_TO_ENUM;
	enums = pbuf_enum_pair(t->j, w->named, r->named);
	return enums->moved ? RULE_PROTO_ENUM_CONSTANT_RENUMBERED : RULE_PROTO_ENUM_CONSTANT_LOST;
}

static void add_fact(struct pbuf_judge *j, const struct pbuf_fact *fact)
{
	if (j->n_facts < LIMIT_FINDINGS)
		*pbuf_append(j->arena, j->facts, j->n_facts) = *fact;
}

/* What is wrong with two enums is told once, at the first field that shows it. */
static bool is_told(struct pbuf_judge *j, const struct trial *t, enum rule rule)
{
	const void *both[2];
	struct pbuf_enum_pair *enums;
	bool told;

	if (rule != RULE_PROTO_ENUM_CONSTANT_RENUMBERED && rule != RULE_PROTO_ENUM_CONSTANT_LOST)
		return false;
	/* An enum in place of another is the matter of each field. */
	if (!pbuf_enums_related(t->w->type.named, t->r->type.named))
		return false;
	enums = map_get(&j->enums, pair_key(t->w->type.named, t->r->type.named, both));
	told = enums->told;
	enums->told = true;
	return told;
}

static void tell(const struct trial *t, size_t attempt, enum outcome outcome, struct str reason)
{
	struct pbuf_judge *j = t->j;
	struct trial again = *t;
	struct pbuf_fact fact = {
		.rule = t->w->number == t->r->number ? rule_of(t, attempt) : RULE_PROTO_FIELD_RENUMBERED,
		.effect = outcome == FAILS ? EFFECT_FAILS : EFFECT_CHANGES,
		.pair = t->pair, .w = t->w, .r = t->r,
		.reason = str_dup(j->arena, reason),
	};

	if (is_told(j, t, fact.rule))
		return;
	if (fact.rule != RULE_PROTO_FIELD_RENUMBERED && is_enum_use(&t->w->type) && is_enum_use(&t->r->type) && attempt > 0) {
		const struct pbuf_enum_pair *enums = pbuf_enum_pair(j, t->w->type.named, t->r->type.named);

		fact.constant = enums->moved ? enums->moved : enums->unnamed;
	}
	/* Once more, with memory that stays. */
	again.n_values = pbuf_values(j, j->arena, t->w->type.kind == PBUF_MAP ? t->w->type.value : &t->w->type,
		t->w->type.kind == PBUF_MAP || t->w->number != t->r->number ? NULL : &t->r->type, again.values);
	fact.event = make_event(&again, j->arena, attempt);
	add_fact(j, &fact);
}

static void judge_field(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_field *w,
	const struct pbuf_field *r)
{
	const struct pbuf_use *use = w->type.kind == PBUF_MAP ? w->type.value : &w->type;
	struct trial t = { .j = j, .pair = pair, .w = w, .r = r };
	struct str reason = STR(""), unseen = STR_NONE;
	size_t n, n_unseen = 0;
	bool last;

	arena_reset(j->scratch);
	t.n_values = pbuf_values(j, j->scratch, use, w->type.kind == PBUF_MAP ? NULL : &r->type, t.values);
	if (w->type.kind == PBUF_MAP)
		t.n_keys = pbuf_values(j, j->scratch, w->type.key, NULL, t.keys);
	/* A field that is not set comes first, but last where another type is the matter. */
	n = t.n_values == 0 ? 1 : t.n_values + 2;
	last = encoding_of(&w->type) != encoding_of(&r->type) || is_many(w) != is_many(r);
	for (size_t i = 0; i < n && j->failed == OK; i++) {
		size_t attempt = last ? (i + 1) % n : i;
		struct pbuf_message *event;
		enum outcome outcome;

		event = make_event(&t, j->scratch, attempt);
		outcome = event ? try_event(&t, j->scratch, event, &reason) : FINE;
		if (outcome == UNSEEN && !str_present(unseen)) {
			unseen = str_concat(j->scratch, reason, STR(", which looks the same here"));
			n_unseen = attempt;
		} else if (outcome == FAILS || outcome == CHANGES) {
			tell(&t, attempt, outcome, reason);
			return;
		}
	}
	if (str_present(unseen))
		tell(&t, n_unseen, CHANGES, unseen);
}

/* The reader's field that has the name but another number; NULL: none. */
static const struct pbuf_field *find_renumbered(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_field *w)
{
	if (w->extend || pbuf_is_entry(pair->w) || !pbuf_spend(j, pair->r->n_by_number))
		return NULL;
	for (size_t i = 0; i < pair->r->n_by_number; i++) {
		const struct pbuf_field *r = pair->r->by_number[i];

		if (str_eq(r->name, w->name))
			return r->number != w->number && pbuf_is_decodable(&r->type) ? r : NULL;
	}
	return NULL;
}

/* What is written as the field is not read as the one of its name; that the event fails is told elsewhere. */
static void judge_renumbered(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_field *w,
	const struct pbuf_field *r)
{
	struct trial t = { .j = j, .pair = pair, .w = w, .r = r };
	struct str reason = STR("");

	arena_reset(j->scratch);
	t.n_values = pbuf_values(j, j->scratch, w->type.kind == PBUF_MAP ? w->type.value : &w->type, NULL, t.values);
	if (w->type.kind == PBUF_MAP)
		t.n_keys = pbuf_values(j, j->scratch, w->type.key, NULL, t.keys);
	for (size_t attempt = 1; attempt <= t.n_values && j->failed == OK; attempt++) {
		struct pbuf_message *event = make_event(&t, j->scratch, attempt);

		if (event && try_event(&t, j->scratch, event, &reason) == CHANGES) {
			reason = str_printf(j->scratch, "what was written as %.*s = %d is not read as %.*s = %d", STR_ARG(w->name), w->number,
				STR_ARG(r->name), r->number);
			tell(&t, attempt, CHANGES, reason);
			return;
		}
	}
}

static void judge_number(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_field *w)
{
	const struct pbuf_field *r = pbuf_find_number(j, true, pair->r, w->number), *named;
	const struct pbuf_type *inner_w, *inner_r;

	named = (r == NULL || !str_eq(r->name, w->name)) && pbuf_is_decodable(&w->type) ? find_renumbered(j, pair, w) : NULL;
	if (named)
		judge_renumbered(j, pair, w, named);
	if (r == NULL || !pbuf_is_decodable(&w->type) || !pbuf_is_decodable(&r->type))
		return;
	inner_w = pbuf_content(j, w);
	inner_r = pbuf_content(j, r);
	if (inner_w && inner_r && (w->type.kind == PBUF_GROUP) == (r->type.kind == PBUF_GROUP))
		add_pair(j, &(struct pbuf_pair){
			.w = inner_w, .r = inner_r, .from = pair, .via = w, .into = r, .depth = pair->depth + 1,
		});
	/* What is in a map is looked at entry by entry. */
	if ((w->type.kind != PBUF_MAP || r->type.kind != PBUF_MAP) && !is_plainly_same(j, w, r))
		judge_field(j, pair, w, r);
}

/* What the reader requires and the writer does not know. */
static void judge_required(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_field *r)
{
	if (r->label != PBUF_REQUIRED || pbuf_find_number(j, false, pair->w, r->number))
		return;
	add_fact(j, &(struct pbuf_fact){
		.rule = RULE_PROTO_REQUIRED_FIELD_ADDED, .effect = EFFECT_FAILS, .pair = pair, .r = r,
		.reason = str_printf(j->arena, "the required field %.*s is missing", STR_ARG(r->name)),
		.event = pbuf_fill(j, j->arena, pair->w, NULL),
	});
}

/* An entry of a map without a value has an empty message for it, in which something may be missing. */
static void judge_entry(struct pbuf_judge *j, const struct pbuf_pair *pair)
{
	const struct pbuf_field *r = pair->r->n_by_number == 2 ? pair->r->by_number[1] : NULL, *w;
	const struct pbuf_type *content = r && pbuf_is_decodable(&r->type) ? pbuf_content(j, r) : NULL;

	if (!pbuf_is_entry(pair->r) || pbuf_is_entry(pair->w) || content == NULL || !content->has_required)
		return;
	w = pbuf_find_number(j, false, pair->w, 2);
	if (w && w->label == PBUF_REQUIRED)
		return;
	add_fact(j, &(struct pbuf_fact){
		.rule = RULE_PROTO_FIELD_KIND_CHANGED, .effect = EFFECT_FAILS, .pair = pair, .w = w, .r = r,
		.reason = STR("the value of the entry is an empty message"), .event = pbuf_fill(j, j->arena, pair->w, NULL),
	});
}

/* ---- oneofs ---- */

enum { MOST_ATTEMPTS = 64, MOST_MEMBERS = 64 };

/* The first value of those to be tried that is written at all: a zero may not be. */
static bool make_any_value(const struct trial *t, struct arena *arena, struct pbuf_datum *out)
{
	for (size_t i = 0; i < t->n_values; i++)
		if (make_value(t, arena, i, out))
			return true;
	return false;
}

/* An event with two fields set, or NULL. */
static struct pbuf_message *both_set(struct pbuf_judge *j, struct arena *arena, const struct pbuf_pair *pair,
	const struct pbuf_field *const fields[2], size_t n)
{
	struct pbuf_message *event = pbuf_fill_pair(j, arena, pair, fields[0]);

	for (size_t i = 0; i < n && event; i++) {
		struct trial t = { .j = j, .pair = pair, .w = fields[i] };
		const struct pbuf_use *use = &fields[i]->type;
		struct pbuf_datum value;

		if (pbuf_member_numbered(event, fields[i]->number))
			continue;
		t.n_values = pbuf_values(j, arena, use->kind == PBUF_MAP ? use->value : use, NULL, t.values);
		if (use->kind == PBUF_MAP)
			t.n_keys = pbuf_values(j, arena, use->key, NULL, t.keys);
		if (!make_any_value(&t, arena, &value))
			return NULL;
		*pbuf_member_add(arena, event, fields[i]) = value;
	}
	return event;
}

/* Whether the first is read alone and gone with the second. */
static bool is_pushed_out(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_field *const fields[2])
{
	struct pbuf_fault fault;
	const struct pbuf_message *read;
	struct pbuf_message *event;
	int32_t first = fields[0]->number;

	/* One that is required cannot be left out. */
	if (fields[1]->label != PBUF_REQUIRED) {
		event = both_set(j, j->scratch, pair, fields, 1);
		read = event ? read_event(j, j->scratch, pair, event, &fault) : NULL;
		if (read == NULL || pbuf_member_numbered(read, first) == NULL)
			return false;
	}
	event = both_set(j, j->scratch, pair, fields, 2);
	read = event ? read_event(j, j->scratch, pair, event, &fault) : NULL;
	return read && pbuf_member_numbered(read, first) == NULL && pbuf_member_numbered(read, fields[1]->number);
}

/* The writer's fields for members of the oneof; of those that came from one oneof one is enough. */
static size_t take_members(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_oneof *oneof,
	const struct pbuf_field *out[MOST_MEMBERS])
{
	struct map origins = map_make(j->scratch);
	size_t n = 0;

	for (size_t i = 0; i < oneof->n_fields + oneof->n_groups && n < MOST_MEMBERS; i++) {
		const struct pbuf_field *r = i < oneof->n_fields ? oneof->fields[i] : oneof->groups[i - oneof->n_fields];
		const struct pbuf_field *w = pbuf_find_number(j, false, pair->w, r->number);

		if (!w || pbuf_find_number(j, true, pair->r, r->number) != r || !pbuf_is_decodable(&w->type) || !pbuf_is_decodable(&r->type))
			continue;
		if (!w->oneof || !map_put(&origins, str_dup(j->scratch, str_make((const char *)&w->oneof, sizeof(w->oneof))), j))
			out[n++] = w;
	}
	return n;
}

/* Fields that could be set together and are members of one oneof now: the last one stays. */
static void judge_oneof(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_oneof *oneof)
{
	const struct pbuf_field *members[MOST_MEMBERS];
	size_t n = take_members(j, pair, oneof, members), attempts = 0;

	for (size_t i = 0; i < n * n && attempts < MOST_ATTEMPTS && j->failed == OK; i++) {
		const struct pbuf_field *const fields[2] = { members[i / n], members[i % n] };

		if (fields[0]->number >= fields[1]->number)
			continue;
		attempts++;
		if (!is_pushed_out(j, pair, fields))
			continue;
		add_fact(j, &(struct pbuf_fact){
			.rule = RULE_PROTO_FIELDS_MOVED_TO_ONEOF, .effect = EFFECT_CHANGES, .pair = pair, .oneof = oneof,
			.w = fields[0], .r = pbuf_find_number(j, true, pair->r, fields[0]->number),
			.reason = str_printf(j->arena, "%.*s is lost: the reader keeps the last member of the oneof %.*s only",
				STR_ARG(fields[0]->name), STR_ARG(oneof->name)),
			.event = both_set(j, j->arena, pair, fields, 2),
		});
		return;
	}
}

static bool is_last(const struct pbuf_type *type, size_t i)
{
	return i + 1 == type->n_by_number || type->by_number[i + 1]->number != type->by_number[i]->number;
}

static bool can_go_on(const struct pbuf_judge *j)
{
	return j->failed == OK && j->n_facts < LIMIT_FINDINGS;
}

static void judge_extensions(struct pbuf_judge *j, const struct pbuf_pair *pair)
{
	const struct map *extensions = &j->extensions[false];

	for (size_t i = 0; i < extensions->n_entries && pbuf_spend(j, 1); i++) {
		const struct pbuf_field *field = extensions->entries[i].value;

		if (field->extend->target == pair->w && pbuf_find_number(j, false, pair->w, field->number) == field)
			judge_number(j, pair, field);
	}
}

/* No event has one: it requires itself, or is the entry of a map whose values do. */
static bool is_never_written(struct pbuf_judge *j, const struct pbuf_type *type)
{
	const struct pbuf_type *value = pbuf_is_entry(type) ? pbuf_content(j, type->fields[1]) : NULL;

	return pbuf_is_endless(j, type) || (value && pbuf_is_endless(j, value));
}

static void judge_pair(struct pbuf_judge *j, const struct pbuf_pair *pair)
{
	if (!pbuf_spend(j, pair->w->n_by_number + pair->r->n_by_number + 1) || is_never_written(j, pair->w))
		return;
	for (size_t i = 0; i < pair->w->n_by_number && can_go_on(j); i++)
		if (is_last(pair->w, i))
			judge_number(j, pair, pair->w->by_number[i]);
	judge_extensions(j, pair);
	for (size_t i = 0; pair->r->has_required && i < pair->r->n_by_number && can_go_on(j); i++)
		if (is_last(pair->r, i))
			judge_required(j, pair, pair->r->by_number[i]);
	judge_entry(j, pair);
	arena_reset(j->scratch);
	for (size_t i = 0; i < pair->r->n_oneofs && can_go_on(j); i++)
		judge_oneof(j, pair, pair->r->oneofs[i]);
}

const struct pbuf_pair *pbuf_outside(const struct pbuf_fact *fact, const struct pbuf_field **w, const struct pbuf_field **r)
{
	const struct pbuf_pair *pair = fact->pair;

	*w = fact->w;
	*r = fact->r;
	while (pair->from && (pbuf_is_entry(pair->w) || pbuf_is_entry(pair->r))) {
		*w = pair->via;
		*r = pair->into;
		pair = pair->from;
	}
	return pair;
}

enum err_code pbuf_judge_run(struct pbuf_judge *j)
{
	j->scratch = arena_create(0);
	j->known = map_make(j->arena);
	j->enums = map_make(j->arena);
	j->entries = map_make(j->arena);
	j->filled = map_make(j->arena);
	j->extensions[false] = index_extensions(j, j->writer);
	j->extensions[true] = index_extensions(j, j->reader);
	add_roots(j, j->writer->file->types, j->writer->file->n_types, j->reader->file->types, j->reader->file->n_types);
	for (size_t i = 0; i < j->n_pairs && can_go_on(j); i++)
		judge_pair(j, j->pairs[i]);
	arena_destroy(j->scratch);
	return j->failed;
}
