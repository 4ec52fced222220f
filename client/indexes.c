/* Which message of a .proto file a value is: the places of its definition, from the file down (contract 8.1). */
#include "client/serde_int.h"

/* Nesting of messages that is written and read. */
enum { DEEPEST = CLIENT_INDEXES_MAX, VARINT_BYTES = 10 };

/* The place among the messages around it: enums do not count. */
static size_t place_of(const struct pbuf_type *type)
{
	struct pbuf_type *const *types = type->parent ? type->parent->types : type->file->types;
	size_t place = 0;

	for (size_t i = 0; types[i] != type; i++)
		place += !types[i]->is_enum;
	return place;
}

static void put_varint(struct client_bytes *out, uint64_t value)
{
	for (value <<= 1; value >= 0x80; value >>= 7)
		out->data[out->len++] = (char)(value | 0x80);
	out->data[out->len++] = (char)value;
}

bool client_indexes_write(const struct tenon_client *client, const struct pbuf_type *type, struct client_bytes *out)
{
	size_t places[DEEPEST], n = 0;

	for (; type && n < DEEPEST; type = type->parent)
		places[n++] = place_of(type);
	if (!client_bytes_reserve(client, out, (n + 1) * VARINT_BYTES))
		return false;
	if (n == 1 && places[0] == 0) {
		out->data[out->len++] = 0;
		return true;
	}
	put_varint(out, n);
	while (n > 0)
		put_varint(out, places[--n]);
	return true;
}

/* A zig-zag number that is not negative. */
static bool read_number(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 63 && *at < end; shift += 7) {
		uint8_t byte = *(*at)++;

		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80) {
			*out = value >> 1;
			return (value & 1) == 0;
		}
	}
	return false;
}

static const struct pbuf_type *find_place(struct pbuf_type *const *types, size_t n_types, uint64_t place)
{
	for (size_t i = 0; i < n_types; i++) {
		if (types[i]->is_enum)
			continue;
		if (place-- == 0)
			return types[i];
	}
	return NULL;
}

const struct pbuf_type *client_indexes_read(const struct pbuf_schema *schema, const uint8_t **at, const uint8_t *end,
	const char **why)
{
	const struct pbuf_type *type = NULL;
	uint64_t n, place = 0;

	*why = "the message indexes are cut off or negative";
	if (!read_number(at, end, &n))
		return NULL;
	if (n > CLIENT_INDEXES_MAX) {
		*why = "there are too many message indexes";
		return NULL;
	}
	for (uint64_t i = 0; i < (n > 0 ? n : 1); i++) {
		if (n > 0 && !read_number(at, end, &place))
			return NULL;
		type = type ? find_place(type->types, type->n_types, place)
			: find_place(schema->file->types, schema->file->n_types, place);
		if (type == NULL) {
			*why = "the schema has no message at the message indexes";
			return NULL;
		}
	}
	return type;
}
