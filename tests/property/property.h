/*
 * Proof in bulk, for all formats: random pairs of schemas and random events.  What the sound judge calls
 * compatible must read every event as it was written; what it refuses it must show; what it offers must help.
 * A format supplies a struct property_format; its test calls property_run, its fuzzer property_pair.
 *
 * TENON_SEED and TENON_PAIRS set where to start and how many pairs are tried; what fails tells its seed.  With
 * TENON_SHOW set what nothing shows is printed.
 */
#ifndef TESTS_PROPERTY_PROPERTY_H
#define TESTS_PROPERTY_PROPERTY_H

#include "compat/event.h"

/* Where chance comes from: some given bytes first, then numbers made from a seed (SplitMix64). */
struct draw {
	uint64_t state;
	const uint8_t *bytes;
	size_t n_bytes;
};

static inline uint64_t draw_number(struct draw *d)
{
	uint64_t z = d->state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* From 0 to n - 1; given bytes are taken as they come, so that a fuzzer can steer. */
static inline unsigned draw_below(struct draw *d, unsigned n)
{
	if (d->n_bytes > 0 && n <= 256) {
		d->n_bytes--;
		return *d->bytes++ % n;
	}
	return (unsigned)(draw_number(d) % n);
}

static inline bool draw_chance(struct draw *d, unsigned percent)
{
	return draw_below(d, 100) < percent;
}

struct property_format {
	enum schema_type type;
	/* The text of a random schema; may now and then be none. */
	struct str (*schema)(struct draw *d, struct arena *arena);
	/* The text with a few changes; need not be a schema any more, but mostly should. */
	struct str (*change)(struct draw *d, struct arena *arena, struct str text);
	/* Whether the schema means something; NULL: always. */
	bool (*meaningful)(struct arena *arena, const struct schema *schema);
	/* The name of the message that the next event is of; NULL, or absent: the first (Protobuf). */
	struct str (*message)(struct draw *d, const struct schema *writer, const struct schema *reader);
	/* A random event of the source's writer as JSON; absent when there is none. */
	struct str (*event)(struct draw *d, struct arena *arena, const struct event_source *source);
	/* Whether what was read means what was written, by names, promotions allowed; else *why. */
	bool (*same)(struct arena *arena, const struct schema *reader, const struct schema *writer, struct str written,
		struct str read, const char **why);
	unsigned n_events;  /* tried for each compatible direction */
	bool has_formats;   /* events are also those of who does not assert formats */
	bool differs;       /* where something breaks, schema_diff must tell a difference */
	bool undecided;     /* whether something breaks cannot be decided in general: a fuzzer lets pass what is neither
	                       shown nor proven, the fixed pairs of the tests have none */
};

struct property_counts {
	size_t n_pairs;
	size_t n_users;        /* pairs that were also looked at from a schema that refers to them */
	size_t n_compatible;   /* directions */
	size_t n_events;       /* read as they were written */
	size_t n_findings, n_witnesses, n_fixes, n_unproven;
	size_t n_limits;
};

/* One pair in both directions; false when something does not hold, which was shown then. */
bool property_pair(const struct property_format *f, struct draw *d, struct property_counts *counts);

/* As many pairs as are asked for; false at the first that does not hold. */
bool property_run(const struct property_format *f, size_t n_pairs);

extern const struct property_format property_avro, property_json, property_protobuf;

#endif
