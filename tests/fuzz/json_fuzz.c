/*
 * libFuzzer target of the JSON reader: any bytes under every set of flags, and what is taken must
 * survive writing and reading again unchanged.
 */
#include "base/arena.h"
#include "base/json.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 1000 };

/* The places of values and complaints lie inside the text. */
static void check_place(struct str text, uint32_t line, uint32_t column)
{
	demand(line >= 1 && line <= text.len + 1);
	demand(column >= 1 && column <= text.len + 1);
}

static void check_round_trip(struct arena *arena, struct str text, unsigned flags, const struct jsn *value)
{
	struct err err = { .arena = arena };
	struct buf first = buf_make(arena, 0), second = buf_make(arena, 0);
	const struct jsn *again;

	check_place(text, value->line, value->column);
	demand(jsn_equal(value, value));
	buf_json(&first, value);
	demand(str_is_utf8(buf_str(&first)));
	demand(jsn_parse(arena, buf_str(&first), flags & ~(unsigned)JSN_COMMENTS, DEPTH, &again, &err) == OK);
	demand(jsn_equal(value, again) && jsn_equal(again, value));
	buf_json(&second, again);
	demand(str_eq(buf_str(&first), buf_str(&second)));
}

/* Taken without a flag means taken with it, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(0);
	struct str text = str_make((const char *)data, size);
	bool strict = false;

	for (unsigned flags = 0; flags < 16; flags++) {
		struct err err = { .arena = arena };
		const struct jsn *value = NULL;
		enum err_code code = jsn_parse(arena, text, flags, DEPTH, &value, &err);

		if (code == OK) {
			check_round_trip(arena, text, flags, value);
		} else {
			demand(value == NULL && (code == ERR_BAD_JSON || code == ERR_LIMIT) && err.code == code);
			demand(err.message.len > 0 && str_is_utf8(err.message) && !strict);
			check_place(text, err.line, err.column);
		}
		strict = strict || (flags == 0 && code == OK);
		arena_reset(arena);
	}
	jsn_decode(arena, text);
	arena_destroy(arena);
	return 0;
}
