/* A registry in memory: keeping, finding, ordering and comparing what is in it. */
#include "client/cli/snapshot.h"

#include <stdlib.h>

#include "base/arena.h"
#include "client/cli/report/report.h"

enum { ORDER_DEPTH = 4000 }; /* references through references that are still put in order */

const char *const snapshot_config_members[] = {
	"alias", "aliasForDeks", "normalize", "validateFields", "validateNewSchemas", "validateRules", "compatibilityLevel",
	"compatibilityPolicy", "compatibilityGroup", "defaultMetadata", "overrideMetadata", "defaultRuleSet", "overrideRuleSet", NULL,
};

struct snapshot snapshot_make(struct arena *arena)
{
	return (struct snapshot){
		.arena = arena,
		.by_key = map_make(arena),
		.scopes = map_make(arena),
		.configs = map_make(arena),
		.modes = map_make(arena),
	};
}

static struct str key_of(struct arena *arena, struct str subject, int version)
{
	return str_printf(arena, "%.*s\n%d", STR_ARG(subject), version);
}

/* A scope and its context. */
static void know(struct snapshot *snapshot, struct str scope)
{
	map_put(&snapshot->scopes, scope, snapshot->arena);
	map_put(&snapshot->scopes, scope_context(scope), snapshot->arena);
}

struct snapshot_version *snapshot_put(struct snapshot *snapshot, const struct snapshot_version *version)
{
	struct snapshot_version *at = snapshot_find(snapshot, version->subject, version->version);

	if (!at) {
		at = arena_new(snapshot->arena, struct snapshot_version);
		snapshot->versions = arena_grow(snapshot->arena, snapshot->versions, snapshot->n_versions, &snapshot->room,
			sizeof(*snapshot->versions));
		snapshot->versions[snapshot->n_versions++] = at;
		map_put(&snapshot->by_key, key_of(snapshot->arena, version->subject, version->version), at);
		know(snapshot, version->subject);
	}
	*at = *version;
	return at;
}

struct snapshot_version *snapshot_find(const struct snapshot *snapshot, struct str subject, int version)
{
	return map_get(&snapshot->by_key, key_of(snapshot->arena, subject, version));
}

void snapshot_put_config(struct snapshot *snapshot, struct str scope, const struct jsn *config)
{
	struct jsn *kept = NULL;

	if (config) {
		kept = arena_new(snapshot->arena, struct jsn);
		*kept = *config;
	}
	know(snapshot, scope);
	map_put(&snapshot->configs, scope, kept);
}

void snapshot_put_mode(struct snapshot *snapshot, struct str scope, struct str mode)
{
	struct str *kept = NULL;

	if (str_present(mode)) {
		kept = arena_new(snapshot->arena, struct str);
		*kept = mode;
	}
	know(snapshot, scope);
	map_put(&snapshot->modes, scope, kept);
}

struct str snapshot_mode(const struct snapshot *snapshot, struct str scope)
{
	const struct str *mode = map_get(&snapshot->modes, scope);

	return mode ? *mode : STR_NONE;
}

const struct jsn *snapshot_config(const struct snapshot *snapshot, struct str scope)
{
	static struct jsn level = { .kind = JSN_STRING, .name = { "compatibilityLevel", 18 }, .text = { "BACKWARD", 8 } };
	static const struct jsn standard = { .kind = JSN_OBJECT, .items = &level, .n_items = 1 };
	const struct jsn *config = map_get(&snapshot->configs, scope);

	return config || (scope.len > 0 && !str_eq(scope, SCOPE_EVERYTHING)) ? config : &standard;
}

static struct str text_of(const struct jsn *from, struct str name)
{
	const struct jsn *value = jsn_get_value(from, name);

	return value && value->kind == JSN_STRING ? value->text : STR_NONE;
}

void snapshot_read_content(const struct jsn *from, struct snapshot_version *out)
{
	const struct jsn *references = jsn_get_value(from, STR("references"));
	const struct jsn *deleted = jsn_get_value(from, STR("deleted"));
	struct str type = text_of(from, STR("schemaType"));

	out->type = str_present(type) ? type : STR("AVRO");
	out->text = text_of(from, STR("schema"));
	out->references = references && references->kind == JSN_ARRAY && references->n_items > 0 ? references : NULL;
	out->metadata = jsn_get_value(from, STR("metadata"));
	out->rule_set = jsn_get_value(from, STR("ruleSet"));
	out->deleted = deleted && deleted->kind == JSN_BOOL && deleted->boolean;
}

struct str scope_context(struct str scope)
{
	ptrdiff_t end;

	if (!str_starts(scope, STR(":.")))
		return STR("");
	end = str_index(str_sub(scope, 1, scope.len), ':');
	return end < 0 ? scope : str_sub(scope, 0, (size_t)end + 2);
}

/* ---- equal? ---- */

static bool same(const struct jsn *a, const struct jsn *b)
{
	return a == b || (a && b && jsn_equal(a, b));
}

/* Names are what counts in a reference, whatever else a registry writes there. */
static bool same_references(const struct jsn *a, const struct jsn *b)
{
	static const char *const members[] = { "name", "subject", "version" };
	size_t n_a = a ? a->n_items : 0, n_b = b ? b->n_items : 0;

	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++)
			if (!same(jsn_get_value(&a->items[i], str_of(members[k])), jsn_get_value(&b->items[i], str_of(members[k]))))
				return false;
	return true;
}

bool snapshot_same_content(const struct snapshot *source, const struct snapshot_version *a, const struct snapshot *target,
	const struct snapshot_version *b)
{
	return str_eq(a->type, b->type) && same_references(a->references, b->references) && same(a->metadata, b->metadata) &&
		same(a->rule_set, b->rule_set) && snapshot_same_text(source, a, target, b);
}

bool snapshot_same_config(const struct jsn *a, const struct jsn *b)
{
	if (!a || !b)
		return a == b;
	for (const char *const *member = snapshot_config_members; *member; member++) {
		const struct jsn *mine = jsn_get_value(a, str_of(*member)), *other = jsn_get_value(b, str_of(*member));
		bool level = strcmp(*member, "compatibilityLevel") == 0;

		if (!same(mine, other) && !(level && (!mine || !other)))
			return false;
	}
	return true;
}

/* ---- order ---- */

static int compare_ages(const void *a, const void *b)
{
	const struct snapshot_version *left = *(struct snapshot_version *const *)a, *right = *(struct snapshot_version *const *)b;
	int order = (left->ts > right->ts) - (left->ts < right->ts);

	return order != 0 ? order : (left->at > right->at) - (left->at < right->at);
}

struct order {
	struct snapshot *snapshot;
	struct snapshot_version **out;
	size_t n;
};

struct snapshot_version *snapshot_referred(const struct snapshot *snapshot, const struct snapshot_version *from,
	const struct jsn *reference)
{
	struct str subject = text_of(reference, STR("subject"));
	const struct jsn *number = jsn_get_value(reference, STR("version"));
	int32_t version;

	if (!str_present(subject) || !number || !str_to_i32(number->text, &version))
		return NULL;
	if (!str_starts(subject, STR(":.")))
		subject = str_concat(snapshot->arena, scope_context(from->subject), subject);
	return snapshot_find(snapshot, subject, version);
}

static void place(struct order *order, struct snapshot_version *version, unsigned depth)
{
	if (version->placed || version->gone)
		return;
	version->placed = true;
	for (size_t i = 0; depth < ORDER_DEPTH && version->references && i < version->references->n_items; i++) {
		struct snapshot_version *target = snapshot_referred(order->snapshot, version, &version->references->items[i]);

		if (target)
			place(order, target, depth + 1);
	}
	order->out[order->n++] = version;
}

struct snapshot_version **snapshot_order(struct snapshot *snapshot, size_t *n_out)
{
	struct order order = {
		.snapshot = snapshot,
		.out = arena_array(snapshot->arena, struct snapshot_version *, snapshot->n_versions),
	};
	struct snapshot_version **oldest = arena_array(snapshot->arena, struct snapshot_version *, snapshot->n_versions);

	for (size_t i = 0; i < snapshot->n_versions; i++) {
		oldest[i] = snapshot->versions[i];
		oldest[i]->placed = false;
		oldest[i]->at = i;
	}
	qsort(oldest, snapshot->n_versions, sizeof(struct snapshot_version *), compare_ages);
	for (size_t i = 0; i < snapshot->n_versions; i++)
		place(&order, oldest[i], 0);
	*n_out = order.n;
	return order.out;
}

/* ---- differences ---- */

static const char *difference(const struct snapshot *source, const struct snapshot_version *a, const struct snapshot *target)
{
	const struct snapshot_version *b = snapshot_find(target, a->subject, a->version);

	if (!b || b->gone)
		return "is missing at the target";
	if (a->id != b->id)
		return "has another id at the target";
	if (!snapshot_same_content(source, a, target, b))
		return "has another schema, references, metadata or rules at the target";
	if (a->deleted != b->deleted)
		return a->deleted ? "is soft-deleted at the source only" : "is soft-deleted at the target only";
	return NULL;
}

static size_t compare_all_versions(const struct snapshot *source, const struct snapshot *target, FILE *to)
{
	size_t n = 0;

	for (size_t i = 0; i < source->n_versions; i++) {
		const struct snapshot_version *version = source->versions[i];
		const char *what = version->gone ? NULL : difference(source, version, target);

		if (!what)
			continue;
		fprintf(to, "subject \"%.*s\" version %d (id %d) %s\n", STR_ARG(report_plain(source->arena, version->subject)),
			version->version, version->id, what);
		n++;
	}
	for (size_t i = 0; i < target->n_versions; i++) {
		const struct snapshot_version *version = target->versions[i];
		const struct snapshot_version *other = snapshot_find(source, version->subject, version->version);

		if (version->gone || (other && !other->gone))
			continue;
		fprintf(to, "subject \"%.*s\" version %d (id %d) is at the target only\n",
			STR_ARG(report_plain(source->arena, version->subject)), version->version, version->id);
		n++;
	}
	return n;
}

static struct str shown(const struct snapshot *snapshot, const struct jsn *config)
{
	struct buf text = buf_make(snapshot->arena, 64);

	if (!config)
		return STR("none");
	buf_json(&text, config);
	return buf_str(&text);
}

static size_t compare_scope(const struct snapshot *source, const struct snapshot *target, struct str scope, FILE *to)
{
	const struct jsn *config = snapshot_config(source, scope), *other = snapshot_config(target, scope);
	struct str mode = snapshot_mode(source, scope), other_mode = snapshot_mode(target, scope);
	struct str name = scope.len > 0 ? str_printf(source->arena, "of \"%.*s\"", STR_ARG(report_plain(source->arena, scope))) :
		STR("(global)");
	size_t n = 0;

	if (!snapshot_same_config(config, other)) {
		fprintf(to, "config %.*s differs: source %.*s, target %.*s\n", STR_ARG(name), STR_ARG(shown(source, config)),
			STR_ARG(shown(target, other)));
		n++;
	}
	if (!str_eq(mode, other_mode)) {
		fprintf(to, "mode %.*s differs: source %.*s, target %.*s\n", STR_ARG(name),
			STR_ARG(str_present(mode) ? mode : STR("none")), STR_ARG(str_present(other_mode) ? other_mode : STR("none")));
		n++;
	}
	return n;
}

size_t snapshot_compare(const struct snapshot *source, const struct snapshot *target, FILE *to)
{
	size_t n = compare_all_versions(source, target, to);

	for (size_t i = 0; i < source->scopes.n_entries; i++)
		n += compare_scope(source, target, source->scopes.entries[i].key, to);
	for (size_t i = 0; i < target->scopes.n_entries; i++)
		if (!map_get(&source->scopes, target->scopes.entries[i].key))
			n += compare_scope(source, target, target->scopes.entries[i].key, to);
	return n;
}

void snapshot_say_left(const struct snapshot *snapshot, struct str from)
{
	if (snapshot->n_associations > 0)
		fprintf(stderr, "%.*s: %zu associations are left behind\n", STR_ARG(from), snapshot->n_associations);
	if (snapshot->n_keys > 0)
		fprintf(stderr, "%.*s: %zu keys of the DEK registry are left behind\n", STR_ARG(from), snapshot->n_keys);
}
