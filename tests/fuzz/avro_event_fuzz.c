/*
 * libFuzzer target of Avro events: a writer's schema, a byte FE, a reader's schema, a byte FE, bytes.  What is read
 * without resolution is written back and read again as the same.
 */
#include "base/arena.h"
#include "compat/event.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str next_part(struct str *rest)
{
	ptrdiff_t end = str_index(*rest, '\xFE');
	struct str part = end < 0 ? *rest : str_sub(*rest, 0, (size_t)end);

	*rest = end < 0 ? STR("") : str_sub(*rest, (size_t)end + 1, rest->len);
	return part;
}

static const struct schema *parse(struct arena *arena, struct str text)
{
	const struct schema_source source = { .type = SCHEMA_AVRO, .text = text };
	struct err err = { .arena = arena };
	const struct schema *schema = NULL;

	return schema_parse(arena, &source, 0, &schema, &err) == OK ? schema : NULL;
}

static struct event_read read_event(struct arena *arena, const struct event_source *source)
{
	struct err err = { .arena = arena };
	struct event_read read = { .ok = false };
	enum err_code code = schema_event_read(arena, source, &read, &err);

	demand(code == OK || code == ERR_LIMIT);
	demand(code == OK || err.message.len > 0);
	if (code == OK && !read.ok)
		demand(read.reason.len > 0 && read.offset <= source->bytes.len);
	if (code == OK && read.ok)
		demand(str_is_utf8(read.json));
	return read;
}

/* As JSON and back: the bytes may differ in their blocks, what they mean may not. */
static void write_back(struct arena *arena, const struct schema *schema, struct str json)
{
	struct err err = { .arena = arena };
	struct event_source source = { .writer = schema };
	struct event_read again;
	enum err_code code = schema_event_write(arena, &(struct event_target){ .schema = schema }, json, &source.bytes, &err);

	demand(code == OK || code == ERR_LIMIT || code == ERR_PARSE);
	if (code != OK) /* a schema that is not strict may have two branches of one name, or a map two equal keys */
		return;
	again = read_event(arena, &source);
	demand(!again.ok || again.json.len <= json.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(0);
	struct str rest = str_make(size > 0 ? (const char *)data : "", size);
	const struct schema *writer = parse(arena, next_part(&rest)), *reader = parse(arena, next_part(&rest));
	struct event_read read;

	if (writer) {
		read = read_event(arena, &(struct event_source){ .writer = writer, .bytes = rest });
		if (read.ok)
			write_back(arena, writer, read.json);
	}
	if (writer && reader) {
		read_event(arena, &(struct event_source){ .writer = writer, .reader = reader, .bytes = rest });
		write_back(arena, reader, rest);
	}
	arena_destroy(arena);
	return 0;
}
