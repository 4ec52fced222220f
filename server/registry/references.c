/* References: where they lead, and the texts they stand for (contract 5.12). */
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "server/registry/registry_int.h"

static struct str shown(struct str s)
{
	return str_present(s) ? s : STR("null");
}

void reference_print(struct buf *out, const struct new_reference *reference)
{
	buf_printf(out, "{name='%.*s', subject='%.*s', version=", STR_ARG(shown(reference->name)),
		STR_ARG(shown(reference->subject)));
	if (reference->has_version)
		buf_add_i64(out, reference->version);
	else
		buf_lit(out, "null");
	buf_add_c(out, '}');
}

/*
 * An unqualified subject is one of the referrer's context.  ":.:x" counts as unqualified: in another
 * context the whole text becomes the name, so it does not reach the default context.
 */
static struct str target_of(struct arena *arena, struct str context, struct str subject)
{
	if (subject_split(subject).qualified || str_eq(context, CONTEXT_DEFAULT))
		return subject_normalize(arena, subject);
	return subject_join(arena, context, subject);
}

static enum err_code not_found(struct str subject, int version, struct err *err)
{
	return err_text(err, ERR_PARSE, str_printf(err->arena, "No schema reference found for subject \"%.*s\" and version %d",
		STR_ARG(subject), version));
}

static enum err_code check_complete(struct arena *arena, const struct new_reference *reference, struct err *err)
{
	struct buf text;

	if (str_present(reference->name) && reference->name.len > 0 && str_present(reference->subject) &&
		reference->subject.len > 0 && reference->has_version)
		return OK;
	text = buf_make(arena, 128);
	buf_lit(&text, "Invalid reference: ");
	reference_print(&text, reference);
	return err_text(err, ERR_PARSE, buf_str(&text));
}

/* The version -1 stands for the latest one; its number is what gets stored. */
static enum err_code resolve_one(struct call *call, struct str context, const struct new_reference *from, bool deleted,
	struct record_reference *out, struct err *err)
{
	const struct view_version *latest;

	TRY(check_complete(call->arena, from, err));
	*out = (struct record_reference){
		.name = from->name,
		.subject = from->subject,
		.target = target_of(call->arena, context, from->subject),
		.version = from->version,
	};
	if (from->version > 0)
		return OK;
	if (from->version != -1)
		return err_text(err, ERR_PARSE, str_printf(err->arena, "Invalid version %d in the reference to subject \"%.*s\"",
			from->version, STR_ARG(from->subject)));
	TRY(view_latest_find(call->view, call->arena, out->target, deleted ? VIEW_ALL : VIEW_LIVE, &latest, err));
	if (!latest)
		return not_found(out->target, from->version, err);
	out->version = latest->version;
	return OK;
}

enum err_code references_resolve(struct call *call, struct str subject, const struct new_schema *schema, bool deleted,
	const struct record_reference **out, struct err *err)
{
	struct record_reference *list = arena_array(call->arena, struct record_reference, schema->n_references);
	struct str context = subject_split(subject).context;

	for (size_t i = 0; i < schema->n_references; i++)
		TRY(resolve_one(call, context, &schema->references[i], deleted, &list[i], err));
	*out = list;
	return OK;
}

struct loading {
	struct call *call;
	struct map seen;             /* names that are taken */
	struct schema_dependency *items;
	size_t n_items, room;
	struct buf digest;
	unsigned depth;
};

static void add_dependency(struct loading *load, const struct record_reference *reference, const struct view_version *found)
{
	load->items = arena_grow(load->call->arena, load->items, load->n_items, &load->room, sizeof(*load->items));
	load->items[load->n_items++] = (struct schema_dependency){
		.name = reference->name,
		.subject = found->subject,
		.version = found->version,
		.text = found->text,
	};
	buf_add(&load->digest, reference->name);
	buf_add(&load->digest, str_make((const char *)found->digest, sizeof(found->digest)));
}

/*
 * Depth first, what is depended on before what depends; the first of several versions under one name
 * wins.  Stored schemas may refer to soft-deleted versions.
 */
static enum err_code load_all(struct loading *load, const struct record_reference *references, size_t n, bool deleted,
	struct err *err)
{
	if (load->depth >= LIMIT_REFERENCE_DEPTH)
		return err_text(err, ERR_LIMIT, str_printf(err->arena, "The references are nested deeper than %d levels", LIMIT_REFERENCE_DEPTH));
	load->depth++;
	for (size_t i = 0; i < n; i++) {
		const struct view_version *found;

		if (map_get(&load->seen, references[i].name))
			continue;
		map_put(&load->seen, references[i].name, load);
		if (load->seen.n_entries > LIMIT_REFERENCES)
			return err_text(err, ERR_LIMIT, str_printf(err->arena, "More than %d schemas are referred to", LIMIT_REFERENCES));
		TRY(view_version_find(load->call->view, load->call->arena, references[i].target, references[i].version,
			deleted ? VIEW_ALL : VIEW_LIVE, &found, err));
		if (!found)
			return not_found(references[i].target, references[i].version, err);
		TRY(load_all(load, found->references, found->n_references, true, err));
		add_dependency(load, &references[i], found);
	}
	load->depth--;
	return OK;
}

enum err_code references_load(struct call *call, const struct record_reference *references, size_t n, bool deleted,
	struct dependencies *out, struct err *err)
{
	struct loading load = { .call = call };

	*out = (struct dependencies){ 0 };
	if (n == 0)
		return OK;
	load.seen = map_make(call->arena);
	load.digest = buf_make(call->arena, 256);
	TRY(load_all(&load, references, n, deleted, err));
	out->items = load.items;
	out->n_items = load.n_items;
	digest_md5(buf_str(&load.digest), out->digest);
	return OK;
}
