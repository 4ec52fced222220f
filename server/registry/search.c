/* What the search knows of a schema: its outline as a list of terms. */
#include "server/registry/search.h"

#include "base/arena.h"
#include "base/limits.h"
#include "server/registry/follow_int.h"

/*
 * What is repeated for each thing that lies in another one must not grow with what a stranger writes: docs, paths,
 * the names around something (each and all of them), and tags of one thing.  More is not searched.
 */
enum { DOC_BYTES = 4096, PATH_BYTES = 512, AROUND_BYTES = 100, SCOPE_BYTES = 300, TAGS = 20 };

/* The terms of one schema, growing. */
struct harvest {
	struct arena *arena;
	struct side_term *items;
	size_t n, room;
};

/* Kinds of an outline that are no types. */
static const struct {
	struct str name;
	enum side_term_kind kind;
} kinds[] = {
	{ STR("field"), SIDE_FIELD },   { STR("property"), SIDE_FIELD }, { STR("extension"), SIDE_FIELD },
	{ STR("oneof"), SIDE_FIELD },   { STR("rpc"), SIDE_FIELD },      { STR("symbol"), SIDE_SYMBOL },
	{ STR("constant"), SIDE_SYMBOL }, { STR("value"), SIDE_SYMBOL },
};

static enum side_term_kind kind_of(struct str name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(kinds[i].name, name))
			return kinds[i].kind;
	return SIDE_TYPE;
}

/* At most `most` bytes, cut between characters. */
static struct str start_of(struct str text, size_t most)
{
	if (text.len <= most)
		return text;
	while (most > 0 && ((unsigned char)text.data[most] & 0xC0) == 0x80)
		most--;
	return str_sub(text, 0, most);
}

static void add(struct harvest *h, const struct side_term *like, enum side_term_kind kind, struct str text)
{
	if (h->n == LIMIT_SEARCH_TERMS || text.len == 0)
		return;
	h->items = arena_grow(h->arena, h->items, h->n, &h->room, sizeof(*h->items));
	h->items[h->n] = *like;
	h->items[h->n].kind = kind;
	h->items[h->n++].text = text;
}

static struct str present(struct str text)
{
	return str_present(text) ? text : STR("");
}

/* What lies in `node` is found by its name, too. */
static struct str inner_scope(struct harvest *h, struct str scope, const struct outline *node)
{
	if (!str_present(node->name) || scope.len > SCOPE_BYTES)
		return scope;
	return str_printf(h->arena, "%.*s %.*s", STR_ARG(scope), STR_ARG(start_of(node->name, AROUND_BYTES)));
}

static void add_node(struct harvest *h, const struct outline *node, struct str scope)
{
	const struct side_term term = {
		.scope = scope,
		.name = present(node->name),
		.path = start_of(present(node->path), PATH_BYTES),
		.doc = start_of(node->doc, DOC_BYTES),
		.tags = node->tags,
		.n_tags = node->n_tags < TAGS ? node->n_tags : TAGS,
		.line = (int)node->line,
	};
	struct str inside = inner_scope(h, scope, node);

	if (str_present(node->name))
		add(h, &term, kind_of(node->kind), node->name);
	for (size_t i = 0; i < term.n_tags; i++)
		add(h, &term, SIDE_TAG, node->tags[i]);
	if (str_present(node->doc))
		add(h, &term, SIDE_DOC, term.doc);
	for (size_t i = 0; i < node->n_items && h->n < LIMIT_SEARCH_TERMS; i++)
		add_node(h, &node->items[i], inside);
}

/* Tags that the metadata has for a path. */
static void add_metadata(struct harvest *h, const struct metadata *metadata, struct str scope)
{
	for (size_t i = 0; metadata && i < metadata->n_tags; i++) {
		const struct metadata_tags *entry = &metadata->tags[i];
		const struct side_term term = {
			.scope = scope,
			.name = start_of(entry->path, PATH_BYTES),
			.path = start_of(entry->path, PATH_BYTES),
			.tags = entry->tags,
			.n_tags = entry->n_tags < TAGS ? entry->n_tags : TAGS,
		};

		for (size_t k = 0; k < term.n_tags; k++)
			add(h, &term, SIDE_TAG, entry->tags[k]);
	}
}

static enum err_code add_schema(struct harvest *h, struct call *call, const struct view_version *version, struct err *err)
{
	struct content content;

	TRY(content_of_version(call, version, &content, err));
	add_node(h, schema_outline(call->arena, content.parsed), start_of(version->subject, SCOPE_BYTES));
	add_metadata(h, content.metadata, start_of(version->subject, SCOPE_BYTES));
	return OK;
}

enum err_code follow_terms(struct call *call, struct side *side, const struct follow_change *change, struct err *err)
{
	struct side_owner owner = { .subject = change->subject };
	struct harvest h = { .arena = call->arena };
	struct err unreadable = { .arena = call->arena };
	const struct view_version *version;

	TRY(view_latest_find(call->view, call->arena, change->subject, VIEW_LIVE, &version, err));
	if (version) {
		owner.version = version->version;
		owner.id = version->id;
		owner.schema_type = version->schema_type;
		add(&h, &(struct side_term){ .scope = STR(""), .name = change->subject, .path = STR("") }, SIDE_SUBJECT, change->subject);
		/* A text of an import that does not parse is found by its subject. */
		(void)!add_schema(&h, call, version, &unreadable);
	}
	return side_terms_put(side, &owner, h.items, h.n, err);
}

/* ---- asking ---- */

enum err_code registry_search(struct call *call, const struct side_search *search, struct side_hits *out, struct err *err)
{
	struct side *side;

	TRY(follow_log(call, SIDE_TERMS, &side, err));
	return side_search_list(side, call->arena, search, out, err);
}

enum err_code registry_outline(struct call *call, const struct view_version *version, const struct outline **out,
	struct err *err)
{
	struct content content;

	TRY(content_of_version(call, version, &content, err));
	*out = schema_outline(call->arena, content.parsed);
	return OK;
}
