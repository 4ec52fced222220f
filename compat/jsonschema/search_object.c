/*
 * What is tried of objects: a plain one with what the writer must write, the same with one thing more, less or
 * other, the full one, and one with one thing less.  Names come from both sides.
 */
#include <stdio.h>

#include "base/arena.h"
#include "compat/jsonschema/names.h"
#include "compat/jsonschema/search_int.h"
#include "compat/jsonschema/strings.h"

enum { NAME_STEPS = 40 * 1000, STEPS_OF_WORK = 16, APART_ROUNDS = 2, MOST_KNOWN = 8 };
enum { MOST_NAMES = 4000, MOST_PATTERN_NAMES = 12, MOST_STRING_NAMES = 80, MOST_FRESH = 66, MOST_SHOWN = 8, MOST_FULL = 200,
	MOST_TRIGGERS = 8, MOST_BY_CHANCE = 40, BY_CHANCE = 200, FEW = 4 };

/* A name that may stand in the object, and what may stand under it. */
struct named {
	struct str name;
	const struct jsch_samples *samples;
	bool required;                  /* by the writer */
	bool wanted;                    /* by the reader */
	bool usual;                     /* the writer lists it */
	bool read;                      /* some reader knows it */
};

struct objects {
	struct jsch_trial *t;
	struct map index;               /* name to its number + 1, as a pointer into `items` by number */
	struct named *items;
	size_t n, room;
};

/* An object while it is put together. */
struct making {
	struct objects *o;
	struct jsn *members;
	size_t n, room;
};

static struct arena *arena_of(const struct objects *o)
{
	return o->t->s->arena;
}

/* ---- names ---- */

static struct named *name_of(struct objects *o, struct str name)
{
	size_t *number = map_get(&o->index, name);

	if (number == NULL && o->n == MOST_NAMES)
		return NULL;
	if (number == NULL) {
		number = arena_new(arena_of(o), size_t);
		*number = o->n;
		map_put(&o->index, name, number);
		o->items = arena_grow(arena_of(o), o->items, o->n, &o->room, sizeof(*o->items));
		o->items[o->n++] = (struct named){ .name = name };
	}
	return &o->items[*number];
}

static void add_name(void *cls, struct str name)
{
	name_of(cls, name);
}

/* Names that a pattern of patternProperties covers. */
static void add_pattern_names(struct objects *o, const struct jsch_node *node)
{
	static const int64_t lengths[] = { 2, 3, 4, 5 };
	struct jsch_alphabet edges = { .n = 0 };
	struct jsch_strings s = { .arena = arena_of(o), .edges = &edges, .lengths = lengths, .n_lengths = 4, .most = MOST_PATTERN_NAMES, .emit = add_name, .cls = o };
	const struct jsn *word = jsn_get(node->json, STR("patternProperties"));

	for (size_t i = 0; word && node->object->n_patterns > 0 && i < word->n_items; i++)
		if (jsch_search_spend(o->t->s, 1))
			jsch_strings_make(&s, word->items[i].name);
}

static void add_text(struct objects *o, const struct jsn *value)
{
	if (value && value->kind == JSN_STRING)
		name_of(o, value->text);
}

static void add_listed_names(struct objects *o, const struct jsch_trial *names)
{
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(names, i)); i++) {
		const struct jsch_logic *logic = node->logic;

		if (logic == NULL)
			continue;
		add_text(o, logic->constant);
		for (size_t k = 0; logic->values && k < logic->values->n_items && jsch_search_spend(o->t->s, 1); k++)
			add_text(o, &logic->values->items[k]);
	}
}

/* Names for propertyNames of either side, as values of a place of their own. */
static void add_written_names(struct objects *o)
{
	struct jsch_site site = { .writer = { .n = 0 } };
	struct jsch_nodes writer = { .n = 0 };
	struct jsch_trial names = { .s = o->t->s, .site = &site, .writer = &writer };
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(o->t, i)); i++)
		if (node->object && node->object->names)
			jsch_nodes_add(arena_of(o), &writer, node->object->names);
	if (writer.n == 0)
		return;
	jsch_search_flatten(o->t->s, &writer, &names.must, &names.may);
	add_listed_names(o, &names);
	jsch_trial_strings(&names, add_name, o);
}

/* Each way to match some of all patterns and not the others: where patterns overlap, and where they do not. */
static void add_names_apart(struct objects *o)
{
	struct jsch_names_apart *apart = arena_new(arena_of(o), struct jsch_names_apart);
	struct arena *arena = arena_create(0);
	struct jsch_language allowed = jsch_language_make(arena, NAME_STEPS);
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(o->t, i)); i++) {
		if (node->object == NULL)
			continue;
		for (size_t k = 0; k < node->object->n_patterns; k++)
			jsch_names_apart_add(apart, jsch_pattern_text(node, k));
		if (i < o->t->writer->n && node->object->names && node->object->names->string)
			jsch_language_add(&allowed, node->object->names->string, o->t->s->formats);
	}
	for (int round = 0; apart->n_patterns > 0 && round < APART_ROUNDS && jsch_search_spend(o->t->s, 1); round++) {
		struct str known[MOST_KNOWN];
		size_t n = 0;

		/* The newest first: a further name of the same kind is wanted. */
		for (; n < MOST_KNOWN && n < o->n; n++)
			known[n] = o->items[o->n - 1 - n].name;
		jsch_names_apart_find(apart, &allowed, known, n);
		jsch_search_spend(o->t->s, apart->work / STEPS_OF_WORK);
		for (size_t i = 0; i < apart->n_names; i++)
			name_of(o, str_dup(arena_of(o), apart->names[i]));
	}
	arena_destroy(arena);
}

static void add_required(struct objects *o, const struct jsch_object *object, bool written, bool sure)
{
	for (size_t i = 0; i < object->n_required; i++) {
		struct named *named = name_of(o, object->required[i]);

		if (named) {
			named->required |= written;
			named->wanted |= !written && sure;
			named->read |= !written;
		}
	}
}

static void add_dependencies(struct objects *o, const struct jsch_object *object)
{
	for (size_t i = 0; i < object->n_dependencies; i++) {
		name_of(o, object->dependencies[i].name);
		for (size_t k = 0; k < object->dependencies[i].n_names; k++)
			name_of(o, object->dependencies[i].names[k]);
	}
}

static void add_names_of(struct objects *o, const struct jsch_node *node, bool written, bool sure)
{
	const struct jsch_object *object = node->object;

	if (object == NULL)
		return;
	for (size_t i = 0; i < object->n_properties && jsch_search_spend(o->t->s, 1); i++) {
		struct named *named = name_of(o, object->properties[i].name);

		if (named)
			*(written ? &named->usual : &named->read) = true;
	}
	add_required(o, object, written, sure);
	add_dependencies(o, object);
	add_pattern_names(o, node);
}

static void add_names(struct objects *o)
{
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(o->t, i)); i++)
		add_names_of(o, node, i < o->t->writer->n, i < o->t->writer->n + o->t->must.n);
	add_written_names(o);
	add_names_apart(o);
	/* Names that nobody has listed. */
	name_of(o, STR("x"));
	name_of(o, STR("other"));
	name_of(o, STR("0"));
}

/* ---- what is under a name ---- */

static bool name_matches(struct objects *o, const struct jsch_regex *regex, struct str name)
{
	return jsch_search_spend(o->t->s, 4) && jsch_regex_match(regex, name, 2000) == JSCH_MATCHES;
}

static void add_under(struct objects *o, struct jsch_nodes *out, const struct jsch_nodes *from, struct str name)
{
	bool evaluated = false;

	for (size_t i = 0; i < from->n; i++) {
		const struct jsch_object *object = from->items[i]->object;
		const struct jsch_property *property = object ? jsch_property_find(object, name) : NULL;
		bool covered = property != NULL;

		if (object == NULL)
			continue;
		if (property)
			jsch_nodes_add(arena_of(o), out, property->node);
		for (size_t k = 0; k < object->n_patterns; k++) {
			if (!name_matches(o, object->patterns[k].regex, name))
				continue;
			covered = true;
			jsch_nodes_add(arena_of(o), out, object->patterns[k].node);
		}
		if (!covered && object->additional)
			jsch_nodes_add(arena_of(o), out, object->additional);
		evaluated |= covered || object->additional;
	}
	for (size_t i = 0; i < from->n && !evaluated; i++)
		if (from->items[i]->object && from->items[i]->object->unevaluated)
			jsch_nodes_add(arena_of(o), out, from->items[i]->object->unevaluated);
}

static const struct jsch_samples *samples_under(struct objects *o, struct str name)
{
	struct jsch_site site = { .writer = { .n = 0 } };

	add_under(o, &site.writer, o->t->writer, name);
	add_under(o, &site.must, &o->t->must, name);
	add_under(o, &site.may, &o->t->may, name);
	return jsch_search_site(o->t->s, &site);
}

/* False when something is required that cannot be there. */
static bool find_samples(struct objects *o)
{
	for (size_t i = 0; i < o->n && jsch_search_spend(o->t->s, 1); i++) {
		const struct jsch_samples *samples = samples_under(o, o->items[i].name);

		o->items[i].samples = samples;
		if (samples->n == 0 && o->items[i].required)
			return false;
	}
	return true;
}

/* ---- putting together ---- */

static struct making begin(struct objects *o)
{
	return (struct making){ .o = o };
}

static struct making copy_of(const struct making *from)
{
	struct making m = { .o = from->o, .n = from->n, .room = from->n + 1 };

	jsch_search_spend(from->o->t->s, m.n / 2);
	m.members = arena_array(arena_of(from->o), struct jsn, m.room);
	if (m.n > 0)
		memcpy(m.members, from->members, m.n * sizeof(*m.members));
	return m;
}

static void set(struct making *m, struct str name, const struct jsn *value)
{
	size_t i = 0;

	jsch_search_spend(m->o->t->s, 1 + m->n / 16);
	while (i < m->n && !str_eq(m->members[i].name, name))
		i++;
	if (i == m->n) {
		m->members = arena_grow(arena_of(m->o), m->members, m->n, &m->room, sizeof(*m->members));
		m->n++;
	}
	m->members[i] = *value;
	m->members[i].name = name;
}

static bool has(const struct making *m, struct str name)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(m->members[i].name, name))
			return true;
	return false;
}

static void drop(struct making *m, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		if (!str_eq(m->members[i].name, name))
			m->members[n++] = m->members[i];
	m->n = n;
}

/* What the writer wants beside what is there. */
static void add_dependents(struct making *m)
{
	const struct jsch_nodes *writer = m->o->t->writer;

	for (size_t i = 0; i < writer->n; i++) {
		const struct jsch_object *object = writer->items[i]->object;

		for (size_t k = 0; object && k < object->n_dependencies; k++) {
			const struct jsch_dependency *dependency = &object->dependencies[k];

			if (!has(m, dependency->name))
				continue;
			for (size_t l = 0; l < dependency->n_names; l++) {
				struct named *named = name_of(m->o, dependency->names[l]);

				if (named && named->samples && named->samples->n > 0 && !has(m, named->name))
					set(m, named->name, named->samples->items[0].value);
			}
		}
	}
}

static void offer(const struct making *m)
{
	struct jsn *value = jsch_make(arena_of(m->o), JSN_OBJECT);

	value->items = m->members;
	value->n_items = m->n;
	jsch_trial_offer(m->o->t, value);
}

/* ---- bounds ---- */

static int64_t fewest(const struct objects *o)
{
	int64_t most = 0;

	for (size_t i = 0; i < o->t->writer->n; i++) {
		const struct jsch_object *object = o->t->writer->items[i]->object;

		if (object && object->min_properties != JSCH_ABSENT && object->min_properties > most)
			most = object->min_properties;
	}
	return most < MOST_FRESH ? most : MOST_FRESH;
}

/* Whether the writer wants more beside a member of that name. */
static bool has_dependents(const struct objects *o, struct str name)
{
	for (size_t i = 0; i < o->t->writer->n; i++) {
		const struct jsch_object *object = o->t->writer->items[i]->object;

		for (size_t k = 0; object && k < object->n_dependencies; k++)
			if (str_eq(object->dependencies[k].name, name))
				return true;
	}
	return false;
}

/* Members of new names until there are so many. */
static void fill_fresh(struct making *m, int64_t n)
{
	struct objects *o = m->o;
	char fresh[24];

	for (int k = 0; k < MOST_FRESH && (int64_t)m->n < n; k++) {
		struct str name = str_make(fresh, (size_t)snprintf(fresh, sizeof(fresh), "x%d", k));
		const struct jsch_samples *samples = samples_under(o, name);

		if (samples->n > 0 && !has(m, name) && !map_get(&o->index, name) && !has_dependents(o, name))
			set(m, str_dup(arena_of(o), name), samples->items[0].value);
	}
}

/* Until there are so many members, names that have nothing against them first. */
static void fill_up(struct making *m, int64_t n)
{
	struct objects *o = m->o;

	for (size_t i = 0; i < o->n && (int64_t)m->n < n; i++)
		if (o->items[i].samples && o->items[i].samples->n_clean > 0 && !has(m, o->items[i].name) &&
			!has_dependents(o, o->items[i].name))
			set(m, o->items[i].name, o->items[i].samples->items[0].value);
	fill_fresh(m, n);
	for (size_t i = 0; i < o->n && (int64_t)m->n < n; i++)
		if (o->items[i].samples && o->items[i].samples->n > 0 && !has(m, o->items[i].name)) {
			set(m, o->items[i].name, o->items[i].samples->items[0].value);
			add_dependents(m);
		}
}

static void offer_sizes(struct objects *o, const struct making *bare, const struct making *plain)
{
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(o->t, i)); i++) {
		const int64_t bounds[] = { node->object ? node->object->max_properties : JSCH_ABSENT,
			node->object ? node->object->min_properties : JSCH_ABSENT };

		for (size_t k = 0; k < 2; k++) {
			for (int64_t d = -1; bounds[k] != JSCH_ABSENT && bounds[k] < MOST_FRESH && d <= 1; d++) {
				struct making m = copy_of(plain);

				fill_up(&m, bounds[k] + d);
				offer(&m);
				if (!o->t->s->thorough)
					continue;
				m = copy_of(bare);
				fill_fresh(&m, bounds[k] + d);
				offer(&m);
			}
		}
	}
}

/* ---- trying ---- */

/* With as many members as there must be: some that are known, or none of these. */
static void offer_full_enough(struct making *m)
{
	int64_t n = fewest(m->o);
	struct making other;

	if ((int64_t)m->n < n && m->o->t->s->thorough) {
		other = copy_of(m);
		fill_fresh(&other, n);
		offer(&other);
	}
	fill_up(m, n);
	offer(m);
}

static void offer_with(struct objects *o, const struct making *plain, const struct named *named, size_t k)
{
	struct making m;

	if (!jsch_search_spend(o->t->s, 1))
		return;
	m = copy_of(plain);
	set(&m, named->name, named->samples->items[k].value);
	add_dependents(&m);
	offer_full_enough(&m);
}

/* Whether it can matter to the reader that a member is there which by itself violates nothing. */
static bool presence_matters(const struct objects *o)
{
	for (size_t i = 0; i < o->t->must.n; i++) {
		const struct jsch_object *object = o->t->must.items[i]->object;

		if (object && (object->n_dependencies > 0 || object->max_properties != JSCH_ABSENT || object->names || object->unevaluated))
			return true;
	}
	return o->t->may.n > 0 || o->t->site->may.n > 0;
}

/* One member other: all that violate something first, then some that do not. */
static void offer_variants(struct objects *o, const struct making *plain)
{
	bool some_case = o->t->may.n > 0 || o->t->site->may.n > 0, matters = presence_matters(o);

	for (size_t i = 0; i < o->n; i++)
		for (size_t k = 0; o->items[i].samples && k < o->items[i].samples->n; k++)
			if (k >= o->items[i].samples->n_clean)
				offer_with(o, plain, &o->items[i], k);
	for (size_t i = 0; i < o->n; i++) {
		const struct jsch_samples *samples = o->items[i].samples;

		for (size_t k = 0; samples && k < samples->n_clean && k < (some_case ? MOST_SHOWN : 1); k++)
			if (matters || !o->items[i].usual)
				offer_with(o, plain, &o->items[i], k);
	}
}

/* Everything that some reader knows, at once. */
static void offer_known(struct objects *o, const struct making *plain, bool last)
{
	struct making known = copy_of(plain);

	for (size_t i = 0; i < o->n && known.n < MOST_FULL / 4; i++) {
		const struct named *named = &o->items[i];

		if (named->read && named->samples && named->samples->n_clean > 0 && !has(&known, named->name))
			set(&known, named->name, named->samples->items[last ? named->samples->n_clean - 1 : 0].value);
	}
	add_dependents(&known);
	offer(&known);
}

/* Everything the writer lists, and the same without one name each. */
static void offer_full(struct objects *o, const struct making *plain)
{
	struct making full = copy_of(plain);

	for (size_t i = 0; i < o->n && full.n < MOST_FULL; i++) {
		const struct named *named = &o->items[i];

		if (named->usual && named->samples && named->samples->n_clean > 0 && !has(&full, named->name))
			set(&full, named->name, named->samples->items[0].value);
	}
	add_dependents(&full);
	offer(&full);
	if (o->t->may.n > 0 && full.n <= MOST_FULL / 4)
		offer_variants(o, &full);
	for (size_t i = 0; i < full.n && full.n <= MOST_FULL / 4; i++) {
		struct making less = copy_of(&full);

		drop(&less, full.members[i].name);
		offer(&less);
	}
}

/* With each member on which something depends for the reader. */
static void offer_triggered(struct objects *o, const struct making *plain)
{
	const struct jsch_node *node;
	size_t n = 0;

	for (size_t i = o->t->writer->n; (node = jsch_trial_node(o->t, i)); i++) {
		for (size_t k = 0; node->object && k < node->object->n_dependencies && n < MOST_TRIGGERS; k++) {
			const struct named *named = name_of(o, node->object->dependencies[k].name);
			struct making m = copy_of(plain);

			if (named == NULL || named->samples == NULL || named->samples->n == 0 || has(plain, named->name))
				continue;
			set(&m, named->name, named->samples->items[0].value);
			add_dependents(&m);
			offer_variants(o, &m);
			n++;
		}
	}
}

/* With all that one of the subschemas asks for, in some case. */
static void offer_asked(struct objects *o, const struct making *plain)
{
	const struct jsch_node *node;
	size_t n = 0;

	for (size_t i = o->t->writer->n; (node = jsch_trial_node(o->t, i)) && n < MOST_TRIGGERS; i++) {
		struct making m = copy_of(plain);

		for (size_t k = 0; node->object && k < node->object->n_required; k++) {
			const struct named *named = name_of(o, node->object->required[k]);

			if (named && named->samples && named->samples->n > 0 && !has(&m, named->name))
				set(&m, named->name, named->samples->items[0].value);
		}
		if (m.n == plain->n)
			continue;
		offer(&m);
		offer_variants(o, &m);
		n++;
	}
}

/* With what the reader wants beside, where the writer lets it be. */
static struct making make_liked(struct objects *o, const struct making *plain)
{
	struct making liked = copy_of(plain);

	for (size_t i = 0; i < o->n; i++) {
		const struct named *named = &o->items[i];

		if (named->wanted && named->samples && named->samples->n > 0 && !has(&liked, named->name))
			set(&liked, named->name, named->samples->items[0].value);
	}
	add_dependents(&liked);
	return liked;
}

/* Without one each of the things that only the reader wants. */
static void offer_unliked(struct objects *o, const struct making *liked)
{
	for (size_t i = 0; i < o->n; i++) {
		struct making less;

		if (!o->items[i].wanted || o->items[i].required || !has(liked, o->items[i].name) ||
			!jsch_search_spend(o->t->s, 1))
			continue;
		less = copy_of(liked);
		drop(&less, o->items[i].name);
		offer(&less);
	}
}

/* A value for each name that must be there, and for some others; mostly of those that violate nothing. */
static void offer_random(struct objects *o)
{
	struct making m = begin(o);
	size_t one_in = 1 + jsch_search_chance(o->t->s, 4);

	for (size_t i = 0; i < o->n; i++) {
		const struct named *named = &o->items[i];
		size_t n;

		if (named->samples == NULL || named->samples->n == 0 ||
			(!named->required && jsch_search_chance(o->t->s, one_in + 1) > 0))
			continue;
		n = named->samples->n_clean > 0 && jsch_search_chance(o->t->s, 3) > 0 ? named->samples->n_clean : named->samples->n;
		/* The first ones tell most. */
		if (n > FEW && jsch_search_chance(o->t->s, 2) > 0)
			n = FEW;
		set(&m, named->name, named->samples->items[jsch_search_chance(o->t->s, n)].value);
	}
	add_dependents(&m);
	offer_full_enough(&m);
}

/* What nobody has thought of. */
static void offer_by_chance(struct objects *o)
{
	if (o->n > MOST_BY_CHANCE)
		return;
	for (int i = 0; i < BY_CHANCE && jsch_search_spend(o->t->s, 1); i++)
		offer_random(o);
}

static struct making make_bare(struct objects *o)
{
	struct making bare = begin(o);

	for (size_t i = 0; i < o->n; i++)
		if (o->items[i].required && o->items[i].samples)
			set(&bare, o->items[i].name, o->items[i].samples->items[0].value);
	add_dependents(&bare);
	return bare;
}

void jsch_trial_objects(struct jsch_trial *t)
{
	struct objects o = { .t = t, .index = map_make(t->s->arena) };
	struct making bare, plain, liked;

	add_names(&o);
	if (!find_samples(&o))
		return;
	bare = make_bare(&o);
	plain = copy_of(&bare);
	fill_up(&plain, fewest(&o));
	offer(&plain);
	liked = make_liked(&o, &plain);
	offer(&liked);
	offer_unliked(&o, &liked);
	offer_variants(&o, &liked);
	if (liked.n != plain.n)
		offer_variants(&o, &plain);
	if (plain.n != bare.n && t->s->thorough) {
		offer_variants(&o, &bare);
		fill_fresh(&bare, fewest(&o));
		offer(&bare);
	}
	offer_triggered(&o, &liked);
	offer_sizes(&o, &bare, &liked);
	offer_known(&o, &liked, false);
	offer_known(&o, &liked, true);
	offer_full(&o, &liked);
	if (t->s->thorough && t->must.n + t->may.n > 0) {
		offer_asked(&o, &liked);
		offer_by_chance(&o);
	}
}
