/* References between the files of a set: finding what a name means, and the order in which texts are read. */
#include "base/arena.h"
#include "base/limits.h"
#include "client/cli/schemas/set.h"

/* ---- what a name means ---- */

static size_t count_folders(struct str path)
{
	size_t n = 0;

	for (size_t i = 0; i < path.len; i++)
		n += path.data[i] == '/';
	return n;
}

static size_t shared_folders(struct str a, struct str b)
{
	size_t n = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.data[i] == b.data[i]; i++)
		n += a.data[i] == '/';
	return n;
}

/* Whether the path is `end` below some folder. */
static bool is_below_some(struct str path, struct str end)
{
	return str_ends(path, end) && (path.len == end.len || path.data[path.len - end.len - 1] == '/');
}

/* What lies below it may be meant to use the file: of an import the root it is a path from, else the file's folder. */
static struct str root_of(struct str path, struct str end)
{
	return str_sub(path, 0, str_present(end) ? path.len - end.len : (size_t)(str_rindex(path, '/') + 1));
}

/* Above zero when `a` is more likely meant than `b`. */
static int compare_nearness(const struct schema_file *a, const struct schema_file *b, const struct schema_file *from, struct str end)
{
	size_t shared_a = shared_folders(a->path, from->path), shared_b = shared_folders(b->path, from->path);
	size_t folders_a = count_folders(a->path), folders_b = count_folders(b->path);
	bool holds_a = str_starts(from->path, root_of(a->path, end)), holds_b = str_starts(from->path, root_of(b->path, end));

	if (holds_a != holds_b)
		return holds_a ? 1 : -1;
	if (shared_a != shared_b)
		return shared_a > shared_b ? 1 : -1;
	return folders_a == folders_b ? 0 : folders_a < folders_b ? 1 : -1;
}

/*
 * Services of one repository may define the same names: of the files that are called so, of the file's type and with a
 * path that ends so, the nearest; of those that are as near the first.
 */
static struct schema_link find_nearest(const struct schema_set *set, const struct schema_file *file, struct str name,
	struct str end)
{
	const struct namesakes *all = map_get(&set->by_name, name);
	struct schema_link best = { .file = NULL };

	for (size_t i = 0; all && i < all->n; i++) {
		struct schema_file *other = all->items[i];
		int nearer;

		if (other == file || other->type != file->type || (str_present(end) && !is_below_some(other->path, end)))
			continue;
		nearer = best.file ? compare_nearness(other, best.file, file, end) : 1;
		if (nearer > 0)
			best = (struct schema_link){ .file = other };
		else if (nearer == 0 && !best.other && !str_eq(other->text, best.file->text))
			best.other = other;
	}
	return best;
}

static struct schema_link find_avro(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	for (size_t i = 0; i < file->names.n_defines; i++)
		if (str_eq(file->names.defines[i], name))
			return (struct schema_link){ .file = NULL }; /* its own */
	return find_nearest(set, file, name, STR_NONE);
}

static struct schema_link find_proto(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	return find_nearest(set, file, str_sub(name, (size_t)(str_rindex(name, '/') + 1), name.len), name);
}

static struct str folder_of(struct str path)
{
	ptrdiff_t slash = str_rindex(path, '/');

	return str_sub(path, 0, slash < 0 ? 0 : (size_t)slash);
}

/* A $ref is another file's $id, as written or below the own one, or a path. */
static struct schema_link find_json(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	struct str id = file->names.id;
	ptrdiff_t slash = str_present(id) ? str_rindex(id, '/') : -1;
	struct schema_link found = { .file = NULL };

	if (str_present(id) && str_eq(id, name))
		return found; /* its own */
	found = find_nearest(set, file, name, STR_NONE);
	if (!found.file && slash >= 0)
		found = find_nearest(set, file, str_concat(set->arena, str_sub(id, 0, (size_t)slash + 1), name), STR_NONE);
	if (!found.file)
		found.file = map_get(&set->by_path, settings_path(set->arena, folder_of(file->path), name));
	return found;
}

/* The file that a name means; none for what the file itself has, or nobody. */
static struct schema_link find(const struct schema_set *set, const struct schema_file *file, struct str name)
{
	struct schema_link found = { .file = NULL };

	for (size_t i = 0; file->entry && i < file->entry->n_references; i++)
		if (str_eq(file->entry->references[i].name, name))
			return (struct schema_link){ .name = name, .file = map_get(&set->by_path, file->entry->references[i].file) };
	if (file->type == SCHEMA_AVRO)
		found = find_avro(set, file, name);
	else if (file->type == SCHEMA_JSON)
		found = find_json(set, file, name);
	else
		found = find_proto(set, file, name);
	if (found.file == file || (found.file && found.file->type != file->type))
		found.file = NULL;
	found.name = name;
	return found;
}

const struct schema_link *set_links(struct schema_set *set, struct schema_file *file, size_t *n)
{
	if (!file->linked) {
		file->linked = true;
		file->links = arena_array(set->arena, struct schema_link, file->names.n_needs);
		for (size_t i = 0; i < file->names.n_needs; i++) {
			struct schema_link link = find(set, file, file->names.needs[i]);

			if (link.file)
				file->links[file->n_links++] = link;
		}
	}
	*n = file->n_links;
	return file->links;
}

/* ---- circles ---- */

static bool leads_to(struct schema_set *set, struct schema_file *from, const struct schema_file *to, struct map *met, unsigned depth)
{
	size_t n;
	const struct schema_link *links = set_links(set, from, &n);

	if (depth >= LIMIT_REFERENCE_DEPTH || map_put(met, from->path, from))
		return false;
	for (size_t i = 0; i < n; i++)
		if (links[i].file == to || leads_to(set, links[i].file, to, met, depth + 1))
			return true;
	return false;
}

const struct schema_file *set_circle(struct schema_set *set, struct schema_file *file)
{
	size_t n;
	const struct schema_link *links = set_links(set, file, &n);

	for (size_t i = 0; i < n; i++) {
		struct map met = map_make(set->arena);

		if (leads_to(set, links[i].file, file, &met, 0))
			return links[i].file;
	}
	return NULL;
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

/* git may have written the same lines with other ends (core.autocrlf). */
static bool same_lines(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	if (str_eq(a, b))
		return true;
	while (i < a.len && k < b.len) {
		i += a.data[i] == '\r' && i + 1 < a.len && a.data[i + 1] == '\n';
		k += b.data[k] == '\r' && k + 1 < b.len && b.data[k + 1] == '\n';
		if (a.data[i++] != b.data[k++])
			return false;
	}
	return i == a.len && k == b.len;
}

bool set_source_equal(const struct schema_source *a, const struct schema_source *b)
{
	if (a->type != b->type || !same_lines(a->text, b->text) || a->n_dependencies != b->n_dependencies)
		return false;
	for (size_t i = 0; i < a->n_dependencies; i++)
		if (!str_eq(a->dependencies[i].name, b->dependencies[i].name)
			|| !same_lines(a->dependencies[i].text, b->dependencies[i].text))
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
