/* How a message names its schema: before the value or in a header of the record (contract 8.1). */
#include "client/serde_int.h"

enum { MAGIC_ID = 0, MAGIC_GUID = 1 };

const char *tenon_header_name(enum tenon_part part)
{
	return part == TENON_KEY ? "__key_schema_id" : "__value_schema_id";
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 8-4-4-4-12 hex digits as 16 bytes, big-endian. */
static bool parse_guid(const char *text, uint8_t out[CLIENT_GUID_BYTES])
{
	size_t n = 0;

	for (; text && *text && n < 2 * CLIENT_GUID_BYTES; text++) {
		int digit = hex_digit(*text);

		if (*text == '-')
			continue;
		if (digit < 0)
			return false;
		out[n / 2] = (uint8_t)(n % 2 ? out[n / 2] | digit : digit << 4);
		n++;
	}
	return text && *text == '\0' && n == 2 * CLIENT_GUID_BYTES;
}

static void print_guid(const uint8_t *bytes, char out[TENON_GUID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < CLIENT_GUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[n++] = '-';
		out[n++] = digits[bytes[i] >> 4];
		out[n++] = digits[bytes[i] & 15];
	}
	out[n] = '\0';
}

enum tenon_code client_frame_make(const struct tenon_schema *schema, enum tenon_framing framing, uint8_t *out, size_t *len,
	struct tenon_error *err)
{
	uint32_t id = (uint32_t)tenon_schema_id(schema);

	if (framing == TENON_FRAME_GUID || framing == TENON_FRAME_HEADER_GUID) {
		out[0] = MAGIC_GUID;
		if (!parse_guid(tenon_schema_guid(schema), out + 1))
			return client_fail(err, TENON_PROTOCOL, "the registry gives schema %d no guid, which the framing needs",
				tenon_schema_id(schema));
		*len = 1 + CLIENT_GUID_BYTES;
		return TENON_OK;
	}
	out[0] = MAGIC_ID;
	for (unsigned i = 0; i < CLIENT_ID_BYTES; i++)
		out[1 + i] = (uint8_t)(id >> (24 - 8 * i));
	*len = 1 + CLIENT_ID_BYTES;
	return TENON_OK;
}

static enum tenon_code fail_at(struct tenon_error *err, size_t offset, const char *message)
{
	enum tenon_code code = client_fail(err, TENON_BAD_BYTES, "%s", message);

	if (err)
		err->offset = offset;
	return code;
}

/* The frame at the begin of `bytes`; its length in *len. */
static enum tenon_code read_frame(const uint8_t *bytes, size_t size, struct tenon_frame *out, size_t *len, struct tenon_error *err)
{
	uint32_t id = 0;

	if (size == 0)
		return fail_at(err, 0, "the record is empty: it has no schema id");
	if (bytes[0] == MAGIC_GUID) {
		if (size < 1 + CLIENT_GUID_BYTES)
			return fail_at(err, size, "the record ends within the schema's guid");
		print_guid(bytes + 1, out->guid);
		*len = 1 + CLIENT_GUID_BYTES;
		return TENON_OK;
	}
	if (bytes[0] != MAGIC_ID)
		return fail_at(err, 0, "the first byte is neither 0 nor 1: the record was not written with a schema registry");
	if (size < 1 + CLIENT_ID_BYTES)
		return fail_at(err, size, "the record ends within the schema's id");
	for (unsigned i = 0; i < CLIENT_ID_BYTES; i++)
		id = id << 8 | bytes[1 + i];
	if (id == 0 || id > INT32_MAX)
		return fail_at(err, 1, "the schema's id is not positive");
	out->id = (int32_t)id;
	*len = 1 + CLIENT_ID_BYTES;
	return TENON_OK;
}

enum tenon_code tenon_frame_read(const struct tenon_record *record, struct tenon_frame *out, struct tenon_error *err)
{
	struct tenon_frame frame = { .in_header = record->header != NULL };
	size_t len;

	if (record->header)
		CLIENT_TRY(read_frame(record->header, record->header_len, &frame, &len, err));
	else
		CLIENT_TRY(read_frame(record->data, record->data ? record->len : 0, &frame, &len, err));
	frame.offset = frame.in_header ? 0 : len;
	*out = frame;
	return TENON_OK;
}
