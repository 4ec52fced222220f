/* Where findings are, in both texts, and what they say. */
#include "base/arena.h"
#include "compat/jsonschema/explain_int.h"

struct str jsch_reader_pointer(struct jsch_explaining *e, const struct jsn *json)
{
	return json ? jsch_parents_pointer(e->arena, &e->reader_parents, json) : STR_NONE;
}

struct str jsch_writer_pointer(struct jsch_explaining *e, const struct jsn *json)
{
	return json ? jsch_parents_pointer(e->arena, &e->writer_parents, json) : STR_NONE;
}

/* ---- places ---- */

static const struct jsn *find_text(const struct jsn *array, struct str text)
{
	for (size_t i = 0; array && i < array->n_items; i++)
		if (array->items[i].kind == JSN_STRING && str_eq(array->items[i].text, text))
			return &array->items[i];
	return NULL;
}

static bool is_word(const struct jsch_rule *rule, const char *word)
{
	return strcmp(rule->keywords[0], word) == 0;
}

static const struct jsn *item_in(const struct jsch_telling *t, const struct jsn *schema)
{
	const struct jsn *list = jsn_get(schema, STR("prefixItems")), *items = jsn_get(schema, STR("items"));

	if (list == NULL && (items == NULL || items->kind != JSN_ARRAY))
		return items;
	list = list ? list : items;
	return t->context->index < list->n_items ? &list->items[t->context->index] : NULL;
}

/* What a finding is about within a subschema of one side, or NULL when it is not there. */
static const struct jsn *thing_in(const struct jsch_telling *t, const struct jsn *schema)
{
	const struct jsn *word = NULL;

	if (t->context == NULL && str_eq(t->breach->violation->keyword, STR("required")))
		return find_text(jsn_get(schema, STR("required")), t->breach->violation->name);
	if (t->context == NULL)
		return jsn_get(schema, t->breach->violation->keyword);
	if (t->rule->scope == JSCH_AT_NAME && is_word(t->rule, "required"))
		return find_text(jsn_get(schema, STR("required")), t->context->name);
	if (is_word(t->rule, "properties") || is_word(t->rule, "required")) {
		word = jsn_get(jsn_get(schema, STR("properties")), t->context->name);
		return word ? word : jsn_get(schema, str_of(t->rule->keywords[0]));
	}
	if (is_word(t->rule, "items"))
		return item_in(t, schema);
	for (size_t i = 0; i < JSCH_RULE_KEYWORDS && t->rule->keywords[i] && word == NULL; i++)
		word = jsn_get(schema, str_of(t->rule->keywords[i]));
	return word;
}

/* A place of a text by a pointer into it; what is not there is named by what encloses it. */
static struct explain_place place_of(struct str pointer, const struct jsn *json, bool there)
{
	struct explain_place place = { .path = str_present(pointer) ? pointer : STR("") };

	if (there && json) {
		place.line = json->line;
		place.column = json->column;
	}
	return place;
}

/* The place in the new text, whose lines may be others than those of the tree that was judged. */
static struct explain_place place_in_text(const struct jsch_explaining *e, struct explain_place place)
{
	const struct jsn *json = e->text && place.line > 0 ? jsch_pointer_find(e->text, place.path) : NULL;

	if (json) {
		place.line = json->line;
		place.column = json->column;
	}
	return place;
}

/* As far as the way of a finding, "#/properties/a/items", leads in a text. */
static const struct jsn *walk(const struct jsn *root, struct str way)
{
	const struct jsn *at = root;

	way = str_starts(way, STR("#")) ? str_sub(way, 1, way.len) : way;
	while (way.len > 0) {
		ptrdiff_t slash = str_index(str_sub(way, 1, way.len), '/');
		size_t len = slash < 0 ? way.len : (size_t)slash + 1;
		const struct jsn *next = jsch_pointer_find(at, str_sub(way, 0, len));

		if (!next)
			break;
		at = next;
		way = str_sub(way, len, way.len);
	}
	return at;
}

/* Where a text leads into another document, to a subschema there: the "$ref", or what is nearest to it. */
static const struct jsn *way_out(struct jsch_explaining *e, const struct jsch_telling *t, bool reader)
{
	const struct jsch_violation *violation = t->breach ? t->breach->violation : NULL;
	const struct jsn *at = NULL, *ref;

	for (size_t i = violation && reader ? violation->n_chain : 0; i-- > 0 && !at;)
		if (str_present(jsch_reader_pointer(e, violation->chain[i])))
			at = violation->chain[i];
	if (!at)
		at = walk(reader ? e->reader->json : e->writer->json, t->finding.reference ? t->finding.reference->path : STR(""));
	ref = jsn_get(at, STR("$ref"));
	return ref ? ref : at;
}

static bool leads_out(const struct jsn *json)
{
	return str_eq(json->name, STR("$ref")) && json->kind == JSN_STRING;
}

const struct jsn *jsch_new_way_out(struct jsch_explaining *e, const struct jsch_telling *t)
{
	const struct jsn *found = way_out(e, t, e->pair->reader_is_new);

	return leads_out(found) ? found : NULL;
}

/* The place of what is there of a subschema of one side, or of the subschema; of another document where the own text leads there. */
static struct explain_place place_on(struct jsch_explaining *e, const struct jsch_telling *t, bool reader, const struct jsn *found,
	const struct jsn *schema)
{
	const struct jsn *json = found ? found : schema;
	struct str pointer = reader ? jsch_reader_pointer(e, json) : jsch_writer_pointer(e, json);
	bool there = found != NULL || (json && leads_out(json));

	if (json && !str_present(pointer)) {
		there = true;
		json = way_out(e, t, reader);
		pointer = reader ? jsch_reader_pointer(e, json) : jsch_writer_pointer(e, json);
	}
	return place_of(pointer, json, there);
}

/* The writer's counterpart of a subschema that only the sound judge looked at: at the same place. */
static const struct jsn *counterpart(struct jsch_explaining *e, const struct jsch_telling *t, const struct jsn *reader)
{
	struct str pointer = jsch_reader_pointer(e, reader);

	if (!str_present(pointer))
		pointer = jsch_reader_pointer(e, way_out(e, t, true));
	return jsch_pointer_find(e->writer->json, pointer);
}

void jsch_tell_places(struct jsch_explaining *e, struct jsch_telling *t)
{
	const struct jsn *reader = t->context ? t->context->new->json : t->breach->violation->schema;
	const struct jsn *writer = t->context ? t->context->old->json : counterpart(e, t, reader);
	const struct jsn *in_reader = thing_in(t, reader), *in_writer = writer ? thing_in(t, writer) : NULL;
	struct explain_place read, written;
	bool whole = t->context == NULL || t->rule->scope == JSCH_UNDER;
	bool replaced = t->context && t->rule->rule == RULE_JSON_TYPE_CHANGED; /* a const for an enum, without any type */

	/* What is about a subschema as a whole is there, keyword or not. */
	if (in_reader == NULL && whole && (t->context == NULL || t->context->n_steps == 0 || replaced))
		in_reader = reader;
	read = place_on(e, t, true, in_reader, reader);
	written = place_on(e, t, false, in_writer, writer);
	t->finding.in_new = place_in_text(e, e->pair->reader_is_new ? read : written);
	t->finding.in_old = e->pair->reader_is_new ? written : read;
}

/* ---- sentences ---- */

static void put_step(struct buf *b, const struct jsch_step *step, bool first)
{
	if (step->kind == JSCH_STEP_ITEM || step->kind == JSCH_STEP_ANY_ITEM) {
		buf_add_c(b, '[');
		if (step->kind == JSCH_STEP_ITEM)
			buf_add_i64(b, (int64_t)step->index);
		buf_add_c(b, ']');
		return;
	}
	if (!first)
		buf_add_c(b, '.');
	buf_add(b, step->kind == JSCH_STEP_MEMBER ? step->name : STR("*"));
}

/* "order.lines[].price", items of "order.lines", other properties, or the whole document. */
static void put_subject(struct buf *b, const struct jsch_context *context)
{
	size_t n = context->n_steps;
	enum jsch_step_kind last = n > 0 ? context->steps[n - 1].kind : JSCH_STEP_MEMBER;
	bool any = last == JSCH_STEP_ANY_ITEM || last == JSCH_STEP_ANY_MEMBER;

	if (n == 0)
		buf_lit(b, "the document");
	if (any)
		buf_add(b, last == JSCH_STEP_ANY_ITEM ? STR("items") : STR("other properties"));
	if (any && n > 1)
		buf_lit(b, " of ");
	n -= any;
	if (n == 0)
		return;
	buf_add_c(b, '"');
	for (size_t i = 0; i < n; i++)
		put_step(b, &context->steps[i], i == 0);
	buf_add_c(b, '"');
}

static struct str word_for(const struct jsch_explaining *e, bool reader)
{
	return e->pair->reader_is_new == reader ? STR("new") : STR("old");
}

static void put_template(struct buf *b, const struct jsch_explaining *e, const char *template,
	const struct jsch_context *context)
{
	for (const char *p = template; *p; p++) {
		if (*p != '{' || p[1] == '\0' || p[2] != '}') {
			buf_add_c(b, *p);
			continue;
		}
		if (p[1] == 's')
			put_subject(b, context);
		else if (p[1] == 'n')
			buf_add(b, context->name);
		else if (p[1] == 'r' || p[1] == 'w')
			buf_add(b, word_for(e, p[1] == 'r'));
		else
			jsch_put_short(b, p[1] == 'R' ? context->new->json : context->old->json);
		p += 2;
	}
}

/* The keyword of a subschema by the first of the rule's names that it has. */
static const struct jsn *keyword_of(const struct jsch_rule *rule, const struct jsn *schema)
{
	for (size_t i = 0; i < JSCH_RULE_KEYWORDS && rule->keywords[i]; i++) {
		const struct jsn *found = jsn_get(schema, str_of(rule->keywords[i]));

		if (found)
			return found;
	}
	return NULL;
}

static void put_keyword(struct buf *b, const struct jsn *word)
{
	buf_json_string(b, word->name);
	buf_lit(b, ": ");
	jsch_put_short(b, word);
}

static void put_keywords(struct buf *b, const struct jsch_explaining *e, const struct jsch_telling *t)
{
	const struct jsn *read = keyword_of(t->rule, t->context->new->json);
	const struct jsn *written = keyword_of(t->rule, t->context->old->json);

	put_subject(b, t->context);
	buf_lit(b, ": the ");
	buf_add(b, word_for(e, true));
	buf_lit(b, " schema says ");
	if (read)
		put_keyword(b, read);
	else
		jsch_put_short(b, t->context->new->json);
	buf_lit(b, ", the ");
	buf_add(b, word_for(e, false));
	if (written) {
		buf_lit(b, " one ");
		put_keyword(b, written);
	} else {
		buf_lit(b, " one does not");
	}
}

/* What only the sound judge sees is told by its document. */
static void put_breach(struct buf *b, const struct jsch_explaining *e, const struct jsch_breach *breach)
{
	buf_printf(b, "by the %.*s schema ", STR_ARG(word_for(e, true)));
	buf_add(b, jsch_violation_text(b->arena, breach->violation, breach->sample->value));
	buf_printf(b, ", and the %.*s one allows it", STR_ARG(word_for(e, false)));
}

void jsch_tell_message(struct jsch_explaining *e, struct jsch_telling *t)
{
	struct buf b = buf_make(e->arena, 128);

	if (t->context == NULL)
		put_breach(&b, e, t->breach);
	else if (t->rule->says)
		put_template(&b, e, t->rule->says, t->context);
	else
		put_keywords(&b, e, t);
	t->finding.message = buf_str(&b);
}
