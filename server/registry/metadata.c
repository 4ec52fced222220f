/* Metadata: sorted sets and maps, their canonical text, merging. */
#include "server/registry/metadata.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"

static int compare_str(const void *a, const void *b)
{
	return str_cmp_utf16(*(const struct str *)a, *(const struct str *)b);
}

static int compare_property(const void *a, const void *b)
{
	return str_cmp_utf16(((const struct metadata_property *)a)->key, ((const struct metadata_property *)b)->key);
}

static int compare_tags(const void *a, const void *b)
{
	return str_cmp_utf16(((const struct metadata_tags *)a)->path, ((const struct metadata_tags *)b)->path);
}

void metadata_sort_set(struct str *items, size_t *n)
{
	size_t kept = 0;

	if (*n == 0)
		return;
	qsort(items, *n, sizeof(*items), compare_str);
	for (size_t i = 1; i < *n; i++)
		if (!str_eq(items[kept], items[i]))
			items[++kept] = items[i];
	*n = kept + 1;
}

/* Keys are unique already: the JSON reader keeps the last of duplicate members. */
void metadata_sort(struct metadata *metadata)
{
	if (metadata->n_properties > 0)
		qsort((void *)(uintptr_t)metadata->properties, metadata->n_properties, sizeof(*metadata->properties),
			compare_property);
	if (metadata->n_tags > 0)
		qsort((void *)(uintptr_t)metadata->tags, metadata->n_tags, sizeof(*metadata->tags), compare_tags);
	metadata_sort_set((struct str *)(uintptr_t)metadata->sensitive, &metadata->n_sensitive);
}

static void print_set(struct buf *out, const struct str *items, size_t n)
{
	buf_add_c(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		buf_json_string(out, items[i]);
	}
	buf_add_c(out, ']');
}

static void print_member(struct buf *out, bool *first, struct str name)
{
	buf_add_c(out, *first ? '{' : ',');
	*first = false;
	buf_json_string(out, name);
	buf_add_c(out, ':');
}

static void print_tags(struct buf *out, const struct metadata *metadata)
{
	bool first = true;

	for (size_t i = 0; i < metadata->n_tags; i++) {
		print_member(out, &first, metadata->tags[i].path);
		print_set(out, metadata->tags[i].tags, metadata->tags[i].n_tags);
	}
	buf_add_c(out, '}');
}

static void print_properties(struct buf *out, const struct metadata *metadata)
{
	bool first = true;

	for (size_t i = 0; i < metadata->n_properties; i++) {
		print_member(out, &first, metadata->properties[i].key);
		buf_json_string(out, metadata->properties[i].value);
	}
	buf_add_c(out, '}');
}

struct str metadata_print(struct arena *arena, const struct metadata *metadata)
{
	struct buf out;
	bool first = true;

	if (!metadata)
		return STR_NONE;
	out = buf_make(arena, 128);
	if (metadata->n_tags > 0) {
		print_member(&out, &first, STR("tags"));
		print_tags(&out, metadata);
	}
	if (metadata->n_properties > 0) {
		print_member(&out, &first, STR("properties"));
		print_properties(&out, metadata);
	}
	if (metadata->n_sensitive > 0) {
		print_member(&out, &first, STR("sensitive"));
		print_set(&out, metadata->sensitive, metadata->n_sensitive);
	}
	if (first)
		buf_add_c(&out, '{');
	buf_add_c(&out, '}');
	return buf_str(&out);
}

static const struct str *parse_set(struct arena *arena, const struct jsn *array, size_t *n)
{
	struct str *items;

	*n = array ? array->n_items : 0;
	items = arena_array(arena, struct str, *n);
	for (size_t i = 0; i < *n; i++)
		items[i] = str_dup(arena, array->items[i].text);
	return items;
}

const struct metadata *metadata_parse(struct arena *arena, struct str text)
{
	struct metadata *out;
	struct metadata_tags *tags;
	struct metadata_property *properties;
	const struct jsn *root, *member;
	struct err err = { .arena = arena };

	if (!str_present(text) || jsn_parse(arena, text, JSN_SURROGATES, LIMIT_JSON_DEPTH, &root, &err) != OK)
		return NULL;
	out = arena_new(arena, struct metadata);
	member = jsn_get(root, STR("tags"));
	out->n_tags = member ? member->n_items : 0;
	tags = arena_array(arena, struct metadata_tags, out->n_tags);
	for (size_t i = 0; i < out->n_tags; i++) {
		tags[i].path = str_dup(arena, member->items[i].name);
		tags[i].tags = parse_set(arena, &member->items[i], &tags[i].n_tags);
	}
	out->tags = tags;
	member = jsn_get(root, STR("properties"));
	out->n_properties = member ? member->n_items : 0;
	properties = arena_array(arena, struct metadata_property, out->n_properties);
	for (size_t i = 0; i < out->n_properties; i++) {
		properties[i].key = str_dup(arena, member->items[i].name);
		properties[i].value = str_dup(arena, member->items[i].text);
	}
	out->properties = properties;
	out->sensitive = parse_set(arena, jsn_get(root, STR("sensitive")), &out->n_sensitive);
	return out;
}

void metadata_digest_text(struct buf *out, const struct metadata *metadata)
{
	if (!metadata)
		return;
	buf_add_c(out, 1);
	for (size_t i = 0; i < metadata->n_tags; i++) {
		buf_add(out, metadata->tags[i].path);
		for (size_t k = 0; k < metadata->tags[i].n_tags; k++)
			buf_add(out, metadata->tags[i].tags[k]);
	}
	for (size_t i = 0; i < metadata->n_properties; i++) {
		buf_add(out, metadata->properties[i].key);
		buf_add(out, metadata->properties[i].value);
	}
	for (size_t i = 0; i < metadata->n_sensitive; i++)
		buf_add(out, metadata->sensitive[i]);
}

struct str metadata_get(const struct metadata *metadata, struct str key)
{
	for (size_t i = 0; metadata && i < metadata->n_properties; i++)
		if (str_eq(metadata->properties[i].key, key))
			return metadata->properties[i].value;
	return STR_NONE;
}

const struct metadata *metadata_with(struct arena *arena, const struct metadata *metadata, struct str key, struct str value)
{
	struct metadata *out = arena_new(arena, struct metadata);
	size_t n = metadata ? metadata->n_properties : 0;
	struct metadata_property *properties = arena_array(arena, struct metadata_property, n + 1);

	if (metadata)
		*out = *metadata;
	out->n_properties = 0;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(metadata->properties[i].key, key))
			properties[out->n_properties++] = metadata->properties[i];
	if (str_present(value))
		properties[out->n_properties++] = (struct metadata_property){ .key = key, .value = value };
	out->properties = properties;
	metadata_sort(out);
	return out;
}

static void merge_tags(struct arena *arena, struct metadata *out, const struct metadata *a, const struct metadata *b)
{
	struct metadata_tags *tags = arena_array(arena, struct metadata_tags, a->n_tags + b->n_tags);
	size_t n = 0;

	for (size_t i = 0; i < a->n_tags; i++) {
		bool replaced = false;

		for (size_t k = 0; k < b->n_tags && !replaced; k++)
			replaced = str_eq(a->tags[i].path, b->tags[k].path);
		if (!replaced)
			tags[n++] = a->tags[i];
	}
	for (size_t k = 0; k < b->n_tags; k++)
		tags[n++] = b->tags[k];
	out->tags = tags;
	out->n_tags = n;
}

static void merge_properties(struct arena *arena, struct metadata *out, const struct metadata *a, const struct metadata *b)
{
	struct metadata_property *properties =
		arena_array(arena, struct metadata_property, a->n_properties + b->n_properties);
	size_t n = 0;

	for (size_t i = 0; i < a->n_properties; i++)
		if (!str_present(metadata_get(b, a->properties[i].key)))
			properties[n++] = a->properties[i];
	for (size_t k = 0; k < b->n_properties; k++)
		properties[n++] = b->properties[k];
	out->properties = properties;
	out->n_properties = n;
}

const struct metadata *metadata_merge(struct arena *arena, const struct metadata *earlier, const struct metadata *later)
{
	struct metadata *out;
	struct str *sensitive;

	if (!earlier || !later)
		return earlier ? earlier : later;
	out = arena_new(arena, struct metadata);
	merge_tags(arena, out, earlier, later);
	merge_properties(arena, out, earlier, later);
	sensitive = arena_array(arena, struct str, earlier->n_sensitive + later->n_sensitive);
	for (size_t i = 0; i < earlier->n_sensitive; i++)
		sensitive[out->n_sensitive++] = earlier->sensitive[i];
	for (size_t i = 0; i < later->n_sensitive; i++)
		sensitive[out->n_sensitive++] = later->sensitive[i];
	out->sensitive = sensitive;
	metadata_sort(out);
	return out;
}

static bool set_equal(const struct str *a, size_t n_a, const struct str *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

bool metadata_equal(const struct metadata *a, const struct metadata *b)
{
	if (!a || !b)
		return a == b;
	if (a->n_tags != b->n_tags || a->n_properties != b->n_properties)
		return false;
	for (size_t i = 0; i < a->n_tags; i++)
		if (!str_eq(a->tags[i].path, b->tags[i].path) ||
			!set_equal(a->tags[i].tags, a->tags[i].n_tags, b->tags[i].tags, b->tags[i].n_tags))
			return false;
	for (size_t i = 0; i < a->n_properties; i++)
		if (!str_eq(a->properties[i].key, b->properties[i].key) ||
			!str_eq(a->properties[i].value, b->properties[i].value))
			return false;
	return set_equal(a->sensitive, a->n_sensitive, b->sensitive, b->n_sensitive);
}
