/* Random Protobuf: what tests/property/property.h asks of a format.  One thread: the model of the text made last is kept. */
#include "tests/property/protobuf_int.h"

#include "compat/protobuf/compare.h"

static struct random_file made;
static const struct pbuf_type *picked; /* the message of the event that is made next */

static struct str schema(struct draw *d, struct arena *arena)
{
	random_file(d, &made);
	return random_text(arena, &made);
}

static struct str change(struct draw *d, struct arena *arena, struct str text)
{
	(void)text;
	for (unsigned i = 1 + draw_below(d, 3); i > 0; i--)
		change_file(d, &made);
	return random_text(arena, &made);
}

/* Any message of the schema's own file, unless the reader has none of that name: others are events of their own files. */
static struct str message(struct draw *d, const struct schema *writer, const struct schema *reader)
{
	const struct map *types = &pbuf_of(writer)->types;
	const struct pbuf_type *type = types->n_entries > 0 ? types->entries[draw_below(d, (unsigned)types->n_entries)].value : NULL;

	picked = type && !type->is_enum && type->file == pbuf_of(writer)->file && pbuf_message_find(pbuf_of(reader), type->local) ? type : NULL;
	return picked ? picked->full : STR_NONE;
}

static struct str event(struct draw *d, struct arena *arena, const struct event_source *source)
{
	const struct schema *writer = source->writer;
	const struct pbuf_message *written = picked ? random_event(d, arena, pbuf_of(writer), picked, 0) : NULL;

	return written ? pbuf_json(arena, pbuf_of(writer), written, false) : STR_NONE;
}

/* Compared as trees: in JSON numbers of different types look different. */
static bool same(struct arena *arena, const struct schema *reader, const struct schema *writer, struct str written, struct str read,
	const char **why)
{
	struct pbuf_compare compare = { .arena = arena, .writer = pbuf_of(writer), .reader = pbuf_of(reader) };
	const struct event_target target = { .schema = writer, .message = picked->full };
	const struct pbuf_message *w, *r;
	struct err err = { .arena = arena };
	struct str bytes;

	(void)read;
	if (schema_event_write(arena, &target, written, &bytes, &err) != OK
		|| pbuf_decode(arena, compare.writer, picked, bytes, &w, &err) != OK
		|| pbuf_decode(arena, compare.reader, pbuf_message_find(compare.reader, picked->local), bytes, &r, &err) != OK)
		return false;
	if (pbuf_same(&compare, w, r))
		return true;
	*why = arena_printf(arena, "%.*s %.*s: %s", STR_ARG(picked->local), STR_ARG(compare.path), compare.reason);
	return false;
}

const struct property_format property_protobuf = {
	.type = SCHEMA_PROTOBUF, .schema = schema, .change = change, .message = message, .event = event, .same = same, .n_events = 16, .differs = true,
};
