/*
 * Inline tags: the keyword "confluent:tags" of subschemas (contract 6.6).  Paths say "object" at every
 * level of objects ("object", "object.x", "object.o.object.y"); arrays and combinators stand between
 * as "array" and "oneof.0".  What a property is and the record that it holds are one subschema, so
 * that both names lead to the same tags.  References are not followed.
 */
#include "compat/jsonschema/tags.h"

#include "base/arena.h"
#include "compat/jsonschema/parse_int.h"

#define TAGS STR("confluent:tags")

/* A step of the way, on the stack. */
struct step {
	const struct step *up;
	struct str text;
};

static const struct {
	struct str keyword;
	struct str step;
} combinators[JSCH_CRITERIA] = {
	[JSCH_ALL] = { { "allOf", 5 }, { "allof", 5 } },
	[JSCH_ANY] = { { "anyOf", 5 }, { "anyof", 5 } },
	[JSCH_ONE] = { { "oneOf", 5 }, { "oneof", 5 } },
};

static bool has_type(const struct jsn *json, struct str type)
{
	const struct jsn *word = jsn_get(json, STR("type"));

	if (word == NULL)
		return false;
	if (word->kind == JSN_STRING)
		return str_eq(word->text, type);
	for (size_t i = 0; i < word->n_items; i++)
		if (str_eq(word->items[i].text, type))
			return true;
	return false;
}

static const struct jsn *get_kind(const struct jsn *json, struct str name, enum jsn_kind kind)
{
	const struct jsn *found = jsn_get(json, name);

	return found && found->kind == kind ? found : NULL;
}

static bool is_record(const struct jsn *json)
{
	return has_type(json, STR("object")) || get_kind(json, STR("properties"), JSN_OBJECT);
}

/* ---- reading ---- */

struct listing {
	struct arena *arena;
	struct schema_tags *items;
	size_t n, room;
};

static void put_path(struct buf *b, const struct step *step)
{
	if (step->up) {
		put_path(b, step->up);
		buf_add_c(b, '.');
	}
	buf_add(b, step->text);
}

static void list_entity(struct listing *l, const struct jsn *json, const struct step *at, enum schema_entity entity)
{
	const struct jsn *word = get_kind(json, TAGS, JSN_ARRAY);
	struct str *tags;
	size_t n = 0;
	struct buf path;

	if (word == NULL || word->n_items == 0)
		return;
	tags = arena_array(l->arena, struct str, word->n_items);
	for (size_t i = 0; i < word->n_items; i++)
		if (word->items[i].kind == JSN_STRING)
			tags[n++] = word->items[i].text;
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 8;
		struct schema_tags *items = arena_array(l->arena, struct schema_tags, room);

		if (l->n > 0)
			memcpy(items, l->items, l->n * sizeof(*items));
		l->items = items;
		l->room = room;
	}
	path = buf_make(l->arena, 64);
	put_path(&path, at);
	l->items[l->n++] = (struct schema_tags){ .path = buf_str(&path), .entity = entity, .tags = tags, .n_tags = n };
}

static void list(struct listing *l, const struct jsn *json, const struct step *up);

static void list_combinators(struct listing *l, const struct jsn *json, const struct step *up)
{
	for (size_t k = 0; k < JSCH_CRITERIA; k++) {
		const struct jsn *branches = get_kind(json, combinators[k].keyword, JSN_ARRAY);
		const struct step word = { .up = up, .text = combinators[k].step };

		for (size_t i = 0; branches && i < branches->n_items; i++) {
			const struct step index = { .up = &word, .text = str_printf(l->arena, "%zu", i) };

			list(l, &branches->items[i], &index);
		}
	}
}

/* As deep as the text, which the reader has bounded. */
static void list(struct listing *l, const struct jsn *json, const struct step *up)
{
	const struct step object = { .up = up, .text = STR("object") }, array = { .up = up, .text = STR("array") };
	const struct jsn *properties = get_kind(json, STR("properties"), JSN_OBJECT);
	const struct jsn *items = get_kind(json, STR("items"), JSN_OBJECT);

	if (json->kind != JSN_OBJECT)
		return;
	if (is_record(json))
		list_entity(l, json, &object, SCHEMA_RECORD);
	for (size_t i = 0; properties && i < properties->n_items; i++) {
		const struct step field = { .up = &object, .text = properties->items[i].name };

		list_entity(l, &properties->items[i], &field, SCHEMA_FIELD);
		list(l, &properties->items[i], &field);
	}
	if (items)
		list(l, items, &array);
	list_combinators(l, json, up);
}

struct schema_tag_list jsch_tags(struct arena *arena, const struct schema *schema)
{
	struct listing l = { .arena = arena };

	list(&l, jsch_of(schema)->json, NULL);
	return (struct schema_tag_list){ .items = l.items, .n_items = l.n };
}

/* ---- changing ---- */

/* Takes `step` and a dot, or the end, off the front of the path. */
static bool take_step(struct str *path, struct str step)
{
	if (!str_starts(*path, step) || (path->len > step.len && path->data[step.len] != '.'))
		return false;
	*path = path->len > step.len ? str_sub(*path, step.len + 1, path->len) : STR_NONE;
	return true;
}

static const struct jsn *locate(const struct jsn *json, enum schema_entity entity, struct str path);

static const struct jsn *locate_property(const struct jsn *json, enum schema_entity entity, struct str path)
{
	const struct jsn *properties = get_kind(json, STR("properties"), JSN_OBJECT);

	for (size_t i = 0; properties && i < properties->n_items; i++) {
		const struct jsn *property = &properties->items[i], *found;
		struct str rest = path;

		if (property->kind != JSN_OBJECT || !take_step(&rest, property->name))
			continue;
		if (!str_present(rest) && entity == SCHEMA_FIELD)
			return property;
		found = str_present(rest) ? locate(property, entity, rest) : NULL;
		if (found)
			return found;
	}
	return NULL;
}

/* The subschema that a path names, seen from `json`; each step takes something off the path. */
static const struct jsn *locate(const struct jsn *json, enum schema_entity entity, struct str path)
{
	struct str rest = path;
	const struct jsn *items = get_kind(json, STR("items"), JSN_OBJECT);

	if (is_record(json) && take_step(&rest, STR("object"))) {
		if (str_present(rest))
			return locate_property(json, entity, rest);
		return entity == SCHEMA_RECORD ? json : NULL;
	}
	if (items && take_step(&rest, STR("array")))
		return str_present(rest) ? locate(items, entity, rest) : NULL;
	for (size_t k = 0; k < JSCH_CRITERIA; k++) {
		const struct jsn *branches = get_kind(json, combinators[k].keyword, JSN_ARRAY);
		ptrdiff_t dot;
		int32_t index;

		rest = path;
		if (branches == NULL || !take_step(&rest, combinators[k].step) || (dot = str_index(rest, '.')) < 0)
			continue;
		if (str_to_i32(str_sub(rest, 0, (size_t)dot), &index) && index >= 0 && (size_t)index < branches->n_items)
			return locate(&branches->items[index], entity, str_sub(rest, (size_t)dot + 1, rest.len));
	}
	return NULL;
}

/* A subschema whose tags change; the map's values only tell that a tag is there: NULL when removed. */
struct entity {
	const struct jsn *json;
	struct map tags;
};

struct change {
	struct arena *arena;
	const struct jsn *root;
	struct map entities;            /* bytes of a struct jsn pointer to struct entity */
};

static enum err_code tags_of(void *cls, const struct schema_tags *entry, struct map **out, struct err *err)
{
	struct change *c = cls;
	struct str path = str_starts(entry->path, STR(".")) ? str_sub(entry->path, 1, entry->path.len) : entry->path;
	const struct jsn *json = locate(c->root, entry->entity, path), *word;
	struct entity *entity;

	if (json == NULL)
		return schema_tags_no_path(entry->path, err);
	entity = map_get(&c->entities, str_make((const char *)&json, sizeof(json)));
	if (entity == NULL) {
		entity = arena_new(c->arena, struct entity);
		entity->json = json;
		entity->tags = map_make(c->arena);
		word = get_kind(json, TAGS, JSN_ARRAY);
		for (size_t i = 0; word && i < word->n_items; i++)
			if (word->items[i].kind == JSN_STRING)
				map_put(&entity->tags, word->items[i].text, c->arena);
		map_put(&c->entities, str_make((const char *)&entity->json, sizeof(json)), entity);
	}
	*out = &entity->tags;
	return OK;
}

static struct jsn tags_member(struct arena *arena, const struct map *tags)
{
	struct jsn word = { .kind = JSN_ARRAY, .name = TAGS };

	word.items = arena_array(arena, struct jsn, tags->n_entries);
	for (size_t i = 0; i < tags->n_entries; i++)
		if (tags->entries[i].value)
			word.items[word.n_items++] = (struct jsn){ .kind = JSN_STRING, .text = tags->entries[i].key };
	return word;
}

/* The copied members with the tags in their old place, or last; an empty list takes the keyword away. */
static void write_tags(struct change *c, const struct entity *entity, struct jsn *copy)
{
	const struct jsn word = tags_member(c->arena, &entity->tags);
	bool due = word.n_items > 0;
	size_t n = 0;

	for (size_t i = 0; i < copy->n_items; i++) {
		if (!str_eq(copy->items[i].name, TAGS)) {
			copy->items[n++] = copy->items[i];
		} else if (due) {
			copy->items[n++] = word;
			due = false;
		}
	}
	if (due)
		copy->items[n++] = word;
	copy->n_items = n;
}

static struct jsn copy_json(struct change *c, const struct jsn *json)
{
	const struct entity *entity = map_get(&c->entities, str_make((const char *)&json, sizeof(json)));
	struct jsn copy = *json;

	if (json->n_items > 0 || entity) {
		copy.items = arena_array(c->arena, struct jsn, json->n_items + 1);
		for (size_t i = 0; i < json->n_items; i++)
			copy.items[i] = copy_json(c, &json->items[i]);
	}
	if (entity)
		write_tags(c, entity, &copy);
	return copy;
}

enum err_code jsch_retag(struct arena *arena, const struct schema *schema, const struct schema_tag_change *change,
	struct str *out, struct err *err)
{
	struct change c = { .arena = arena, .root = jsch_of(schema)->json, .entities = map_make(arena) };
	struct jsn copy;

	TRY(schema_tags_apply(change, tags_of, &c, err));
	copy = copy_json(&c, c.root);
	*out = jsch_print(arena, &copy, false, schema->canonical.len + 64);
	return OK;
}
