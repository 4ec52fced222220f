/*
 * Fixes: edits of the new text, the one that takes back least first.  Each is tried: the text with it must parse,
 * the finding be gone and no other come.  When none does, the change is one for a new major version.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/explain_int.h"

enum {
	MOST_EDITS = 8,
	MOST_BYTES = 8 * 1000 * 1000,  /* of texts parsed to try fixes, for one explanation */
	AGAIN_WORK = 100 * 1000,
	MOST_COMPARED = 1000 * 1000,
};

struct fixing {
	struct jsch_explaining *e;
	const struct jsch_telling *t;
	const struct jsn *json;         /* the new side's subschema, in the text */
	const struct jsn *other;        /* the old side's; NULL: it has none */
	struct explain_edit edits[MOST_EDITS];
	size_t n;
	struct str title;
	bool took_away;                 /* all it does is to remove keywords */
};

typedef bool attempt_fn(struct fixing *f);

/* ---- pieces ---- */

static bool new_reads(const struct fixing *f)
{
	return f->e->pair->reader_is_new;
}

static struct str print(const struct fixing *f, const struct jsn *json)
{
	struct buf b = buf_make(f->e->arena, 64);

	buf_json(&b, json);
	return buf_str(&b);
}

static struct str title_with(const struct fixing *f, const char *before, struct str name, const char *after)
{
	struct buf b = buf_make(f->e->arena, 64);

	buf_add(&b, str_of(before));
	buf_json_string(&b, name);
	buf_add(&b, str_of(after));
	return buf_str(&b);
}

static bool replace(struct fixing *f, const struct jsn *value, struct str json)
{
	return f->n < MOST_EDITS && explain_edit_replace(&f->e->edited, value, json, &f->edits[f->n]) && ++f->n;
}

static bool take_out(struct fixing *f, const struct jsn *container, const struct jsn *value)
{
	return f->n < MOST_EDITS && explain_edit_remove(&f->e->edited, container, value, &f->edits[f->n]) && ++f->n;
}

static bool put_in(struct fixing *f, const struct jsn *object, struct str name, struct str json)
{
	return f->n < MOST_EDITS && explain_edit_member(&f->e->edited, object, name, json, &f->edits[f->n]) && ++f->n;
}

static bool add_item(struct fixing *f, const struct jsn *array, size_t index, struct str json)
{
	return f->n < MOST_EDITS && explain_edit_item(&f->e->edited, array, index, json, &f->edits[f->n]) && ++f->n;
}

static enum rule rule_of(const struct fixing *f)
{
	return f->t->finding.rule;
}

static struct str name_of(const struct fixing *f)
{
	return f->t->context ? f->t->context->name : f->t->breach->violation->name;
}

static bool is_about(const struct fixing *f, const char *word)
{
	const struct jsch_telling *t = f->t;

	if (t->rule == NULL)
		return str_eq(t->breach->violation->keyword, str_of(word));
	for (size_t i = 0; i < JSCH_RULE_KEYWORDS && t->rule->keywords[i]; i++)
		if (strcmp(t->rule->keywords[i], word) == 0)
			return true;
	return false;
}

static const struct jsn *find_text(const struct jsn *array, struct str text)
{
	for (size_t i = 0; array && i < array->n_items; i++)
		if (array->items[i].kind == JSN_STRING && str_eq(array->items[i].text, text))
			return &array->items[i];
	return NULL;
}

/* ---- attempts ---- */

static bool relax_required(struct fixing *f)
{
	const struct jsn *required = jsn_get(f->json, STR("required")), *name = find_text(required, name_of(f));

	if (name == NULL)
		return false;
	return required->n_items > 1 ? take_out(f, required, name) : take_out(f, f->json, required);
}

/* The property may be left out again; or, where old readers ask for it, has to be there again. */
static bool attempt_required(struct fixing *f)
{
	const struct jsn *required = jsn_get(f->json, STR("required"));
	struct jsn name = { .kind = JSN_STRING, .text = name_of(f) };

	if (!is_about(f, "required") || !str_present(name.text))
		return false;
	if (new_reads(f)) {
		f->title = title_with(f, "let property ", name.text, " be left out");
		return relax_required(f);
	}
	f->title = title_with(f, "require property ", name.text, " as before");
	if (required)
		return add_item(f, required, required->n_items, print(f, &name));
	return put_in(f, f->json, STR("required"), str_printf(f->e->arena, "[%.*s]", STR_ARG(print(f, &name))));
}

static bool was_removed(const struct fixing *f)
{
	enum rule rule = rule_of(f);

	return rule == RULE_JSON_PROPERTY_REMOVED_FROM_CLOSED || rule == RULE_JSON_PROPERTY_REMOVED_NOT_COVERED;
}

static bool was_added(const struct fixing *f)
{
	enum rule rule = rule_of(f);

	return rule == RULE_JSON_OPTIONAL_PROPERTY_ADDED_TO_OPEN || rule == RULE_JSON_REQUIRED_PROPERTY_ADDED_TO_OPEN ||
		rule == RULE_JSON_REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN || rule == RULE_JSON_PROPERTY_ADDED_NOT_COVERED;
}

/* A property that the old schema has and the new one lost. */
static bool attempt_restore(struct fixing *f)
{
	const struct jsn *properties = jsn_get(f->json, STR("properties"));
	const struct jsn *property = f->other ? jsn_get(jsn_get(f->other, STR("properties")), name_of(f)) : NULL;
	const struct jsn *required = jsn_get(f->json, STR("required"));
	struct jsn name = { .kind = JSN_STRING, .text = name_of(f) };

	if (property == NULL || !(new_reads(f) ? was_removed(f) : was_added(f)) || jsn_get(properties, name.text))
		return false;
	f->title = title_with(f, "put property ", name.text, " back");
	if (!new_reads(f) && find_text(jsn_get(f->other, STR("required")), name.text)) {
		bool done = required ? add_item(f, required, required->n_items, print(f, &name))
			: put_in(f, f->json, STR("required"), str_printf(f->e->arena, "[%.*s]", STR_ARG(print(f, &name))));

		if (!done)
			return false;
	}
	if (properties)
		return put_in(f, properties, name.text, print(f, property));
	return put_in(f, f->json, STR("properties"),
		str_printf(f->e->arena, "{%.*s:%.*s}", STR_ARG(print(f, &name)), STR_ARG(print(f, property))));
}

/* What a schema says that restricts nothing. */
static struct str annotations_of(const struct fixing *f, const struct jsn *json)
{
	static const struct str kept[] = { { "title", 5 }, { "description", 11 }, { "$comment", 8 }, { "default", 7 },
		{ "examples", 8 }, { "deprecated", 10 }, { "confluent:tags", 14 } };
	struct jsn rest = { .kind = JSN_OBJECT, .items = arena_array(f->e->work, struct jsn, json->n_items) };

	for (size_t i = 0; i < json->n_items; i++)
		for (size_t k = 0; k < sizeof(kept) / sizeof(kept[0]); k++)
			if (str_eq(json->items[i].name, kept[k]))
				rest.items[rest.n_items++] = json->items[i];
	return print(f, &rest);
}

/* A property that was added stays, and may be anything, as before it was listed. */
static bool attempt_relax(struct fixing *f)
{
	const struct jsn *property = jsn_get(jsn_get(f->json, STR("properties")), name_of(f));

	if (!new_reads(f) || !was_added(f) || property == NULL)
		return false;
	f->title = title_with(f, "let property ", name_of(f), relax_required(f) ? " be left out or anything, as it could be before"
		: " be anything, as it could be before");
	return replace(f, property, annotations_of(f, property));
}

/* The list of items by position, or NULL. */
static const struct jsn *list_of(const struct jsn *schema)
{
	const struct jsn *list = jsn_get(schema, STR("prefixItems"));

	list = list ? list : jsn_get(schema, STR("items"));
	return list && list->kind == JSN_ARRAY ? list : NULL;
}

static bool attempt_item_relax(struct fixing *f)
{
	const struct jsn *list = list_of(f->json);
	bool added = rule_of(f) == RULE_JSON_ITEM_ADDED_TO_OPEN || rule_of(f) == RULE_JSON_ITEM_ADDED_NOT_COVERED;
	size_t at = f->t->context ? f->t->context->index : 0;

	if (!new_reads(f) || !added || list == NULL || at >= list->n_items)
		return false;
	f->title = STR("let the added item be anything, as it could be before");
	return replace(f, &list->items[at], annotations_of(f, &list->items[at]));
}

static bool item_was_lost(const struct fixing *f)
{
	enum rule rule = rule_of(f);

	if (new_reads(f))
		return rule == RULE_JSON_ITEM_REMOVED_FROM_CLOSED || rule == RULE_JSON_ITEM_REMOVED_NOT_COVERED;
	return rule == RULE_JSON_ITEM_ADDED_TO_OPEN;
}

static bool attempt_item_restore(struct fixing *f)
{
	const struct jsn *list = list_of(f->json), *old = f->other ? list_of(f->other) : NULL;
	size_t at = f->t->context ? f->t->context->index : 0;

	if (!item_was_lost(f) || list == NULL || old == NULL || at >= old->n_items)
		return false;
	f->title = STR("put the item back");
	return add_item(f, list, at, print(f, &old->items[at]));
}

static bool holds(const struct jsn *list, const struct jsn *value)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (jsch_values_equal(&list->items[i], value))
			return true;
	return false;
}

/* Values or alternatives that are missing, behind those that are there; a few at most. */
static bool add_missing(struct fixing *f, const struct jsn *list, const struct jsn *old)
{
	struct buf b = buf_make(f->e->arena, 64);
	size_t n = 0;

	if (list == NULL || old == NULL || list->kind != JSN_ARRAY || old->kind != JSN_ARRAY ||
		list->n_items * old->n_items > MOST_COMPARED)
		return false;
	for (size_t i = 0; i < old->n_items; i++) {
		if (holds(list, &old->items[i]))
			continue;
		if (n++ > 0)
			buf_lit(&b, ", ");
		buf_json(&b, &old->items[i]);
	}
	return n > 0 && add_item(f, list, list->n_items, buf_str(&b));
}

static bool attempt_values(struct fixing *f)
{
	if (!new_reads(f) || !is_about(f, "enum") || f->other == NULL)
		return false;
	f->title = STR("put the missing values back");
	return add_missing(f, jsn_get(f->json, STR("enum")), jsn_get(f->other, STR("enum")));
}

static bool attempt_alternatives(struct fixing *f)
{
	static const char *const words[] = { "oneOf", "anyOf" };

	if (!new_reads(f) || rule_of(f) != RULE_JSON_SUM_TYPE_NARROWED || f->other == NULL)
		return false;
	f->title = STR("put the missing alternative back");
	for (size_t i = 0; i < 2; i++)
		if (add_missing(f, jsn_get(f->json, str_of(words[i])), jsn_get(f->other, str_of(words[i]))))
			return true;
	return add_missing(f, jsn_get(f->json, STR("type")), jsn_get(f->other, STR("type")));
}

static void list_types(const struct fixing *f, struct buf *b, const struct jsn *type, const struct jsn *listed)
{
	const struct jsn *items = type->kind == JSN_ARRAY ? type->items : type;
	size_t n = type->kind == JSN_ARRAY ? type->n_items : 1;

	for (size_t i = 0; i < n; i++) {
		if (listed && (listed->kind == JSN_ARRAY ? holds(listed, &items[i]) : jsch_values_equal(listed, &items[i])))
			continue;
		if (b->len > 1)
			buf_lit(b, ", ");
		buf_add(b, print(f, &items[i]));
	}
}

/* The old type beside the new one. */
static bool attempt_widen(struct fixing *f)
{
	const struct jsn *type = jsn_get(f->json, STR("type")), *old = f->other ? jsn_get(f->other, STR("type")) : NULL;
	struct buf b = buf_make(f->e->arena, 32);

	if (!new_reads(f) || type == NULL || old == NULL || (rule_of(f) != RULE_JSON_TYPE_CHANGED && rule_of(f) != RULE_JSON_CONNECT_BYTES))
		return false;
	buf_add_c(&b, '[');
	list_types(f, &b, old, NULL);
	list_types(f, &b, type, old);
	buf_add_c(&b, ']');
	f->title = STR("allow the old type as well");
	return replace(f, type, buf_str(&b));
}

/* The words that texts have for what the validator calls by one name. */
static size_t words_of(const struct fixing *f, struct str *out, size_t room)
{
	static const char *const others[][3] = {
		{ "dependencies", "dependentRequired", "dependentSchemas" },
		{ "items", "prefixItems", NULL },
		{ "oneOf", "anyOf", "allOf" },
		{ "exclusiveMinimum", "minimum", NULL },
		{ "exclusiveMaximum", "maximum", NULL },
		{ "minimum", "exclusiveMinimum", NULL },
		{ "maximum", "exclusiveMaximum", NULL },
	};
	size_t n = 0;

	if (f->t->rule == NULL)
		out[n++] = f->t->breach->violation->keyword;
	for (size_t i = 0; f->t->rule && i < JSCH_RULE_KEYWORDS && f->t->rule->keywords[i]; i++)
		out[n++] = str_of(f->t->rule->keywords[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		for (size_t k = 1; str_eq(out[0], str_of(others[i][0])) && k < 3 && others[i][k] && n < room; k++)
			out[n++] = str_of(others[i][k]);
	return n;
}

static bool restore_word(struct fixing *f, struct str word)
{
	const struct jsn *now = jsn_get(f->json, word), *before = f->other ? jsn_get(f->other, word) : NULL;

	if ((now == NULL && before == NULL) || (now && before && jsch_values_equal(now, before)))
		return false;
	if (!str_present(f->title) || f->title.len == 0)
		f->title = before ? title_with(f, "set ", word, " back to what it was") : title_with(f, "take ", word, " away");
	if (before == NULL)
		return take_out(f, f->json, now);
	f->took_away = false;
	return now ? replace(f, now, print(f, before)) : put_in(f, f->json, word, print(f, before));
}

static bool restore_words(struct fixing *f, size_t most)
{
	struct str words[8];
	size_t n = words_of(f, words, 8);
	bool any = false;

	f->title = STR("");
	f->took_away = true;
	for (size_t i = 0; i < n && i < most; i++)
		any |= restore_word(f, words[i]);
	return any;
}

/* To take a new type back leaves nothing of the change. */
static bool is_all_of_it(const struct fixing *f)
{
	return rule_of(f) == RULE_JSON_TYPE_CHANGED || rule_of(f) == RULE_JSON_CONNECT_BYTES || f->json->kind != JSN_OBJECT;
}

/* The keyword as it was. */
static bool attempt_keyword(struct fixing *f)
{
	return !is_all_of_it(f) && restore_words(f, 1);
}

/* It, and what goes with it. */
static bool attempt_keywords(struct fixing *f)
{
	return !is_all_of_it(f) && restore_words(f, 8);
}

/* Alternatives that overlap may do so under another name. */
static bool attempt_any_of(struct fixing *f)
{
	const struct jsn *list = jsn_get(f->json, STR("oneOf"));
	struct str text = f->e->edited.text;
	size_t start, end;

	if (!new_reads(f) || list == NULL || jsn_get(f->json, STR("anyOf")) || (f->t->breach && !jsch_overlaps(f->e, f->t->breach)) ||
		!explain_span(&f->e->edited, list, &start, &end))
		return false;
	while (start > 0 && !str_starts(str_sub(text, start, text.len), STR("\"oneOf\"")))
		start--;
	f->title = STR("say \"anyOf\" in place of \"oneOf\"");
	f->edits[f->n++] = (struct explain_edit){ .offset = start, .length = 7, .text = STR("\"anyOf\"") };
	return true;
}

/* The whole subschema as it was: for true and false, and what is inside of what was added. */
static bool attempt_whole(struct fixing *f)
{
	if (f->other == NULL || f->json->kind == f->other->kind || f->json == f->e->text)
		return false;
	f->title = STR("put the old schema back here");
	return replace(f, f->json, print(f, f->other));
}

/* ---- trying ---- */

static void sort_edits(struct fixing *f)
{
	for (size_t i = 1; i < f->n; i++) {
		struct explain_edit edit = f->edits[i];
		size_t k = i;

		for (; k > 0 && f->edits[k - 1].offset > edit.offset; k--)
			f->edits[k] = f->edits[k - 1];
		f->edits[k] = edit;
	}
}

static bool overlap(const struct fixing *f)
{
	for (size_t i = 1; i < f->n; i++)
		if (f->edits[i - 1].offset + f->edits[i - 1].length > f->edits[i].offset || f->edits[i - 1].offset == f->edits[i].offset)
			return true;
	return false;
}

/* The pair with the new text as the edits make it, in the arena of what is needed meanwhile. */
static bool apply(struct fixing *f, struct explain_pair *out)
{
	struct schema_source source = *f->e->pair->source;
	const struct schema *schema;
	struct err err = { .arena = f->e->work };

	sort_edits(f);
	if (overlap(f) || f->e->fix_bytes > MOST_BYTES)
		return false;
	source.text = explain_apply(f->e->work, source.text, f->edits, f->n);
	f->e->fix_bytes += source.text.len + 1000;
	if (schema_parse(f->e->work, &source, SCHEMA_STRICT, &schema, &err) != OK)
		return false;
	*out = *f->e->pair;
	if (new_reads(f))
		out->reader = schema;
	else
		out->writer = schema;
	return true;
}

/* The reference finds less than before, and not this. */
static bool reference_agrees(const struct fixing *f, const struct explain_pair *pair)
{
	const struct finding *finding = f->t->finding.reference;
	enum schema_policy policy = f->t->finding.refused ? pair->policy : SCHEMA_POLICY_STRICT;
	struct findings found = findings_make(f->e->work);
	struct err err = { .arena = f->e->work };

	if (policy == SCHEMA_POLICY_SOUND)
		policy = SCHEMA_POLICY_STRICT;
	if (jsch_check(pair->reader, pair->writer, policy, &found, &err) != OK ||
		(f->t->finding.refused && found.n_items + found.n_unlisted >= f->e->n_before + (f->t->shown != NULL)) ||
		(finding == NULL && found.n_items + found.n_unlisted > f->e->n_before))
		return false;
	/* It may have other causes. */
	for (size_t i = 0; finding && !f->t->shown && i < found.n_items; i++)
		if (found.items[i].type == finding->type && str_eq(found.items[i].path, finding->path))
			return false;
	return true;
}

static bool is_same_breach(const struct jsch_violation *a, const struct jsch_violation *b)
{
	return str_eq(a->keyword, b->keyword) && str_eq(a->name, b->name) && str_eq(a->path, b->path);
}

/* No document is found that breaks like this. */
static bool breaks_no_more(const struct fixing *f, const struct explain_pair *pair)
{
	struct jsch_search search = {
		.arena = f->e->work, .scratch = f->e->scratch, .writer = jsch_of(pair->writer), .reader = jsch_of(pair->reader),
		.formats = f->t->breach->formats, .most_work = AGAIN_WORK,
	};
	const struct jsch_samples *samples = jsch_search(&search);

	for (size_t i = 0; i < samples->n; i++)
		for (size_t k = 0; k < samples->items[i].n_violations; k++)
			if (is_same_breach(&samples->items[i].violations[k], (f->t->shown ? f->t->shown : f->t->breach)->violation))
				return false;
	return true;
}

/* Both new texts allow the same documents. */
static bool is_safe(const struct fixing *f, const struct explain_pair *pair)
{
	const struct jsch_schema *before = f->e->reader, *after = jsch_of(pair->reader);
	bool safe = f->took_away && new_reads(f) && f->t->finding.effect == EFFECT_HARMLESS;

	for (int formats = 0; formats < 2 && safe; formats++) {
		struct jsch_proof there, back;

		jsch_proof_init(&there, f->e->work, before, after, formats);
		jsch_proof_init(&back, f->e->work, after, before, formats);
		safe = jsch_contained(&there, before->root, after->root) && jsch_contained(&back, after->root, before->root);
	}
	return safe;
}

static const struct explain_fix *keep(const struct fixing *f, bool safe)
{
	struct explain_fix *fix = arena_new(f->e->arena, struct explain_fix);
	struct explain_edit *edits = arena_array(f->e->arena, struct explain_edit, f->n);

	for (size_t i = 0; i < f->n; i++) {
		edits[i] = f->edits[i];
		edits[i].text = str_dup(f->e->arena, f->edits[i].text);
	}
	*fix = (struct explain_fix){ .title = f->title, .safe = safe, .edits = edits, .n_edits = f->n };
	return fix;
}

static bool try_one(struct fixing *f, attempt_fn *attempt, const struct explain_fix **out)
{
	struct explain_pair pair;

	f->n = 0;
	f->took_away = false;
	if (!attempt(f) || f->n == 0 || !apply(f, &pair) || !reference_agrees(f, &pair) ||
		(f->t->context == NULL && !breaks_no_more(f, &pair)))
		return false;
	*out = keep(f, is_safe(f, &pair));
	return true;
}

/* ---- where ---- */

static bool find_subschemas(struct fixing *f)
{
	struct jsch_explaining *e = f->e;
	struct str pointer;

	if (f->t->context) {
		const struct jsn *reader = f->t->context->new->json, *writer = f->t->context->old->json;

		pointer = new_reads(f) ? jsch_reader_pointer(e, reader) : jsch_writer_pointer(e, writer);
		f->other = new_reads(f) ? writer : reader;
	} else {
		const struct jsn *reader = f->t->breach->violation->schema;

		pointer = jsch_reader_pointer(e, reader);
		f->other = !new_reads(f) ? reader : str_present(pointer) ? jsch_pointer_find(e->writer->json, pointer) : NULL;
	}
	f->json = str_present(pointer) ? jsch_pointer_find(e->text, pointer) : NULL;
	return f->json != NULL;
}

/* No edit of the own text mends what another document says. */
static const struct explain_fix *mend_elsewhere(struct jsch_explaining *e, const struct jsn *ref)
{
	struct explain_fix *fix = arena_new(e->arena, struct explain_fix);

	*fix = (struct explain_fix){ .major = true, .title = str_printf(e->arena,
		"mend what \"%.*s\" refers to, or keep the version of it that was referred to", STR_ARG(ref->text)) };
	return fix;
}

void jsch_tell_fix(struct jsch_explaining *e, struct jsch_telling *t)
{
	static attempt_fn *const attempts[] = { attempt_required, attempt_restore, attempt_relax, attempt_item_relax,
		attempt_item_restore, attempt_values, attempt_alternatives, attempt_widen, attempt_any_of, attempt_keyword, attempt_keywords, attempt_whole };
	static const struct explain_fix major = {
		.title = { "register it under a new subject, or as a new major version", 58 }, .major = true,
	};
	struct fixing f = { .e = e, .t = t };
	bool found;

	if (e->text == NULL || (!t->finding.refused && !rule_effect_breaks(t->finding.effect)))
		return;
	if (e->fix_bytes > MOST_BYTES)
		return;
	found = find_subschemas(&f);
	for (size_t i = 0; found && i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (try_one(&f, attempts[i], &t->finding.fix))
			return;
	if (e->fix_bytes <= MOST_BYTES)
		t->finding.fix = found || !jsch_new_way_out(e, t) ? &major : mend_elsewhere(e, jsch_new_way_out(e, t));
}
