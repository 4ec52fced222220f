/* References between the files of a set: finding what a name means, and the order in which texts are read. */
#include "base/arena.h"
#include "base/limits.h"
#include "client/cli/schemas/set.h"

/* ---- what a name means ---- */

static struct schema_file *find_avro(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	for (size_t i = 0; i < file->names.n_defines; i++)
		if (str_eq(file->names.defines[i], name))
			return NULL; /* its own */
	return map_get(&set->by_name, name);
}

static size_t shared_folders(struct str a, struct str b)
{
	size_t n = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.data[i] == b.data[i]; i++)
		n += a.data[i] == '/';
	return n;
}

/* An import is a path below some root that nobody tells us: the file nearest to the importing one that ends so. */
static struct schema_file *find_proto(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	struct schema_file *best = map_get(&set->by_path, name);
	struct str end = str_concat(set->arena, STR("/"), name);
	size_t best_shared = 0;

	for (size_t i = 0; !best && i < set->n_items; i++)
		if (set->items[i]->type == SCHEMA_PROTOBUF && str_ends(set->items[i]->path, end)) {
			best = set->items[i];
			best_shared = shared_folders(best->path, file->path);
		}
	for (size_t i = 0; best && i < set->n_items; i++) {
		struct schema_file *other = set->items[i];
		size_t shared = shared_folders(other->path, file->path);

		if (other->type == SCHEMA_PROTOBUF && str_ends(other->path, end) && shared > best_shared) {
			best = other;
			best_shared = shared;
		}
	}
	return best;
}

static struct str folder_of(struct str path)
{
	ptrdiff_t slash = str_rindex(path, '/');

	return str_sub(path, 0, slash < 0 ? 0 : (size_t)slash);
}

/* A $ref is another file's $id, as written or below the own one, or a path. */
static struct schema_file *find_json(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	struct schema_file *found = map_get(&set->by_id, name);
	ptrdiff_t slash = str_present(file->names.id) ? str_rindex(file->names.id, '/') : -1;

	if (!found && slash >= 0)
		found = map_get(&set->by_id, str_concat(set->arena, str_sub(file->names.id, 0, (size_t)slash + 1), name));
	if (!found)
		found = map_get(&set->by_path, settings_path(set->arena, folder_of(file->path), name));
	return found;
}

static struct schema_file *find(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	struct schema_file *found = NULL;

	for (size_t i = 0; file->entry && i < file->entry->n_references; i++)
		if (str_eq(file->entry->references[i].name, name))
			return map_get(&set->by_path, file->entry->references[i].file);
	if (file->type == SCHEMA_AVRO)
		found = find_avro(set, file, name);
	else if (file->type == SCHEMA_JSON)
		found = find_json(set, file, name);
	else
		found = find_proto(set, file, name);
	return found && found != file && found->type == file->type ? found : NULL;
}

const struct schema_link *set_links(struct schema_set *set, struct schema_file *file, size_t *n)
{
	if (!file->linked) {
		file->linked = true;
		file->links = arena_array(set->arena, struct schema_link, file->names.n_needs);
		for (size_t i = 0; i < file->names.n_needs; i++) {
			struct schema_file *target = find(set, file, file->names.needs[i]);

			if (target)
				file->links[file->n_links++] = (struct schema_link){ .name = file->names.needs[i], .file = target };
		}
	}
	*n = file->n_links;
	return file->links;
}

/* ---- the order ---- */

struct gathering {
	struct schema_set *set;
	struct map names;     /* of dependencies that are taken */
	struct map files;     /* Avro: whose text is taken, whatever the name */
	struct schema_dependency *items;
	size_t n, room;
};

/* Depth first, what is depended on first; each name once. */
static void gather(struct gathering *g, struct schema_file *file, unsigned depth)
{
	size_t n;
	const struct schema_link *links = set_links(g->set, file, &n);

	for (size_t i = 0; i < n && depth < LIMIT_REFERENCE_DEPTH; i++) {
		struct schema_file *target = links[i].file;
		bool taken = map_get(&g->names, links[i].name) || (file->type == SCHEMA_AVRO && map_get(&g->files, target->path));

		if (taken)
			continue;
		map_put(&g->names, links[i].name, target);
		map_put(&g->files, target->path, target);
		gather(g, target, depth + 1);
		g->items = arena_grow(g->set->arena, g->items, g->n, &g->room, sizeof(*g->items));
		g->items[g->n++] = (struct schema_dependency){
			.name = links[i].name,
			.subject = target->subject,
			.version = 1,
			.text = target->text,
		};
	}
}

struct schema_source set_source(struct schema_set *set, struct schema_file *file)
{
	if (!file->gathered) {
		struct gathering g = { .set = set, .names = map_make(set->arena), .files = map_make(set->arena) };

		file->gathered = true;
		map_put(&g.files, file->path, file);
		gather(&g, file, 0);
		file->source = (struct schema_source){ .type = file->type, .text = file->text, .dependencies = g.items,
			.n_dependencies = g.n };
	}
	return file->source;
}

bool set_source_equal(const struct schema_source *a, const struct schema_source *b)
{
	if (a->type != b->type || !str_eq(a->text, b->text) || a->n_dependencies != b->n_dependencies)
		return false;
	for (size_t i = 0; i < a->n_dependencies; i++)
		if (!str_eq(a->dependencies[i].name, b->dependencies[i].name)
			|| !str_eq(a->dependencies[i].text, b->dependencies[i].text))
			return false;
	return true;
}

enum err_code set_parse(struct schema_set *set, struct schema_file *file, unsigned flags, const struct schema **out,
	struct err *err)
{
	if (!file->schema) {
		struct schema_source source = set_source(set, file);

		TRY(schema_parse(set->arena, &source, flags, &file->schema, err));
	}
	*out = file->schema;
	return OK;
}

void set_change(struct schema_set *set, struct schema_file *file, struct str text)
{
	file->text = text;
	for (size_t i = 0; i < set->n_items; i++) {
		set->items[i]->gathered = false;
		set->items[i]->schema = NULL;
	}
}
