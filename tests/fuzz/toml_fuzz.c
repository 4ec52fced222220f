/* libFuzzer target of the command's own readers: TOML, and the names that texts of schemas define and need. */
#include "base/arena.h"
#include "client/cli/schemas/names.h"
#include "client/cli/schemas/settings.h"
#include "client/cli/toml.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(0);
	struct str text = str_make((const char *)data, size);
	struct err err = { .arena = arena };
	struct settings settings;
	const struct jsn *value;

	demand(toml_parse(arena, text, &value, &err) == OK || (err.code == ERR_CONFIG_FILE && err.line >= 1 && err.column >= 1));
	err = (struct err){ .arena = arena };
	demand(settings_parse(arena, STR("a/tenon.toml"), text, &settings, &err) == OK || err.code == ERR_CONFIG_FILE);
	for (int type = 0; type < SCHEMA_TYPES; type++)
		names_find(arena, (enum schema_type)type, text);
	arena_destroy(arena);
	return 0;
}
