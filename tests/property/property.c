/* Random pairs and events: what must hold for all formats. */
#include "tests/property/property.h"

#include <stdlib.h>

#include "compat/changes.h"
#include "tests/unit/compat/explain_check.h"

static void show(const struct explained_pair *pair, const char *what, struct str event)
{
	show_findings(pair);
	fprintf(stderr, "%s, %s: %.*s\n", pair->new_reads_old ? "new reads old" : "old reads new", what, STR_ARG(event));
}

/* One event of a direction that is called compatible. */
static bool check_event(const struct property_format *f, struct draw *d, const struct explained_pair *pair,
	struct property_counts *counts)
{
	const struct schema *reader = pair->new_reads_old ? pair->new_schema : pair->old_schema;
	struct event_target target;
	struct event_source source = { .writer = pair->new_reads_old ? pair->old_schema : pair->new_schema, .reader = reader };
	struct str event;
	struct err err = { .arena = pair->arena };
	const char *why = "it is read otherwise";
	struct event_read read;

	source.message = f->message ? f->message(d, source.writer, reader) : STR_NONE;
	source.formats_ignored = f->has_formats && draw_below(d, 2);
	event = f->event(d, pair->arena, &source);
	if (!str_present(event))
		return true;
	target = (struct event_target){ .schema = source.writer, .message = source.message, .formats_ignored = source.formats_ignored };
	if (schema_event_write(pair->arena, &target, event, &source.bytes, &err) != OK) {
		show(pair, "the generated event cannot be written", err.message);
		return false;
	}
	if (schema_event_read(pair->arena, &source, &read, &err) != OK)
		return err.code == ERR_LIMIT;
	if (!read.ok) {
		show(pair, "called compatible, but cannot be read", event);
		fprintf(stderr, "%.*s\n", STR_ARG(read.reason));
		return false;
	}
	if (!f->same(pair->arena, reader, source.writer, event, read.json, &why)) {
		show(pair, "called compatible, but read otherwise", event);
		fprintf(stderr, "%s: %.*s\n", why, STR_ARG(read.json));
		return false;
	}
	counts->n_events++;
	return true;
}

/* With TENON_SHOW set: what nothing shows, to work on it. */
static void show_unproven(const struct explained_pair *pair, const struct explain_finding *finding)
{
	const struct explain_place *place = pair->new_reads_old ? &finding->in_new : &finding->in_old;

	if (getenv("TENON_SHOW"))
		fprintf(stderr, "unproven %s at \"%.*s\", %s\n  old: %.*s\n  new: %.*s\n", rule_info(finding->rule)->id,
			STR_ARG(place->path), pair->new_reads_old ? "new reads old" : "old reads new",
			STR_ARG(pair->old_schema->canonical), STR_ARG(pair->new_schema->canonical));
}

/* What breaks is a difference too. */
static bool check_diff(const struct property_format *f, const struct explained_pair *pair, bool breaks)
{
	struct schema_changes changes = { .arena = pair->arena };
	struct err err = { .arena = pair->arena };
	enum err_code code = schema_diff(pair->old_schema, pair->new_schema, &changes, &err);

	if (code == ERR_LIMIT || (code == OK && (!breaks || !f->differs || rule_effect_breaks(schema_changes_worst(&changes, pair->new_reads_old)))))
		return true;
	show(pair, changes.n_items > 0 ? "each difference is called safe" : "no difference was found", err.message);
	return false;
}

static bool check_direction(const struct property_format *f, struct draw *d, struct arena *arena,
	const struct schema_source *old, const struct schema_source *new, bool new_reads_old, struct property_counts *counts)
{
	struct explained_pair pair;
	bool breaks = false;
	struct err err;
	enum err_code code = try_explain(arena, old, new, new_reads_old, &pair, &err);

	if (code == ERR_LIMIT) {
		counts->n_limits++;
		return true;
	}
	if (code != OK) {
		show(&pair, "cannot be explained", err.message);
		return false;
	}
	for (size_t i = 0; i < pair.found.n_items; i++) {
		const struct explain_finding *finding = &pair.found.items[i];
		const char *flaw = finding_flaw(&pair, finding);

		if (!flaw && finding->effect == EFFECT_UNPROVEN && !f->undecided)
			flaw = "breaks, but nothing shows it";
		if (flaw) {
			show(&pair, flaw, str_of(rule_info(finding->rule)->id));
			return false;
		}
		if (finding->effect == EFFECT_UNPROVEN)
			show_unproven(&pair, finding);
		breaks |= rule_effect_breaks(finding->effect);
		counts->n_findings++;
		counts->n_unproven += finding->effect == EFFECT_UNPROVEN;
		counts->n_witnesses += finding->witness != NULL;
		counts->n_fixes += finding->fix && !finding->fix->major;
	}
	if (!check_diff(f, &pair, breaks))
		return false;
	counts->n_compatible += !breaks;
	for (unsigned i = 0; i < f->n_events && !breaks; i++)
		if (!check_event(f, d, &pair, counts))
			return false;
	return true;
}

/* Whether the text is a schema that something can be said about. */
static bool is_usable(const struct property_format *f, struct arena *arena, const struct schema_source *source)
{
	struct err err = { .arena = arena };
	const struct schema *schema;

	return schema_parse(arena, source, SCHEMA_STRICT, &schema, &err) == OK &&
		(f->meaningful == NULL || f->meaningful(arena, schema));
}

/* ---- the same from another schema, which refers to it ---- */

/* The text of a schema of which the named one is a part; an import and a "$ref" are by a file's name. */
static struct str user_of(struct arena *arena, enum schema_type type, struct str name)
{
	switch (type) {
	case SCHEMA_AVRO:
		return str_printf(arena, "{\"type\":\"record\",\"name\":\"of.Another\",\"fields\":[{\"name\":\"p\",\"type\":[\"null\",\"%.*s\"]}]}",
			STR_ARG(name));
	case SCHEMA_JSON:
		return STR("{\"type\":\"object\",\"properties\":{\"p\":{\"$ref\":\"used\"}}}");
	default:
		return str_printf(arena, "syntax = \"proto3\";\nimport \"used\";\nmessage OfAnother {\n  .%.*s p = 1;\n}\n", STR_ARG(name));
	}
}

/* Only named types can be referred to. */
static bool refer(const struct property_format *f, struct arena *arena, const struct schema_source *used,
	struct schema_dependency *dependency, struct schema_source *out)
{
	struct err err = { .arena = arena };
	const struct schema *schema;
	struct str name;

	if (schema_parse(arena, used, SCHEMA_STRICT, &schema, &err) != OK)
		return false;
	name = f->type == SCHEMA_JSON ? STR("used") : schema_name(schema);
	if (!str_present(name) || (f->type == SCHEMA_AVRO && !str_starts(schema->canonical, STR("{\"type\":\"record\""))))
		return false;
	*dependency = (struct schema_dependency){ .name = f->type == SCHEMA_AVRO ? name : STR("used"), .subject = STR("used"),
		.version = 1, .text = used->text };
	*out = (struct schema_source){ .type = f->type, .text = user_of(arena, f->type, name), .dependencies = dependency,
		.n_dependencies = 1 };
	return is_usable(f, arena, out);
}

/* What changes in a schema changes for whoever refers to it. */
static bool check_user(const struct property_format *f, struct draw *d, struct arena *arena, const struct schema_source *old,
	const struct schema_source *new, struct property_counts *counts)
{
	struct schema_dependency before, after;
	struct schema_source old_user, new_user;

	if (!refer(f, arena, old, &before, &old_user) || !refer(f, arena, new, &after, &new_user))
		return true;
	counts->n_users++;
	return check_direction(f, d, arena, &old_user, &new_user, true, counts) &&
		check_direction(f, d, arena, &old_user, &new_user, false, counts);
}

bool property_pair(const struct property_format *f, struct draw *d, struct property_counts *counts)
{
	struct arena *arena = arena_create(1 << 16);
	struct schema_source old = { .type = f->type }, new = { .type = f->type };
	bool holds = true;

	old.text = f->schema(d, arena);
	for (int tries = is_usable(f, arena, &old) ? 0 : 4; tries < 4; tries++) {
		new.text = f->change(d, arena, old.text);
		if (!is_usable(f, arena, &new))
			continue;
		counts->n_pairs++;
		holds = check_direction(f, d, arena, &old, &new, true, counts) &&
			check_direction(f, d, arena, &old, &new, false, counts) &&
			(draw_below(d, 4) > 0 || check_user(f, d, arena, &old, &new, counts));
		break;
	}
	arena_destroy(arena);
	return holds;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

bool property_run(const struct property_format *f, size_t n_pairs)
{
	uint64_t seed = setting("TENON_SEED", 1);
	struct property_counts counts = { 0 };

	n_pairs = (size_t)setting("TENON_PAIRS", n_pairs);
	for (size_t i = 0; counts.n_pairs < n_pairs && i < 4 * n_pairs; i++) {
		struct draw d = { .state = (seed + i) * 0x2545F4914F6CDD1Du };

		if (!property_pair(f, &d, &counts)) {
			fprintf(stderr, "TENON_SEED=%llu TENON_PAIRS=1 repeats it\n", (unsigned long long)seed + i);
			return false;
		}
	}
	printf("%zu pairs, %zu referred to: %zu directions compatible, %zu events read; %zu findings, %zu witnesses, %zu fixes, %zu unproven; "
		"%zu over a bound\n",
		counts.n_pairs, counts.n_users, counts.n_compatible, counts.n_events, counts.n_findings, counts.n_witnesses, counts.n_fixes,
		counts.n_unproven, counts.n_limits);
	return counts.n_pairs >= n_pairs && counts.n_unproven == 0;
}
