/* Tests of server/registry/config.c: entries as text, updates, names of modes and policies (contract 2.2, 2.6, 2.7). */
#include "server/registry/config.h"

#include "base/arena.h"
#include "tests/unit/base/check.h"

#define FULL_ENTRY                                                                                            \
	"{\"alias\":\"a\",\"aliasForDeks\":\"d\",\"normalize\":true,\"validateFields\":false,\"validateNewSchemas\":true," \
	"\"validateRules\":false,\"compatibilityLevel\":\"FULL_TRANSITIVE\",\"compatibilityPolicy\":\"LENIENT\","  \
	"\"compatibilityGroup\":\"g\",\"defaultMetadata\":{},\"overrideMetadata\":{\"properties\":{\"k\":\"v\"}}}"

static const char *const entries[] = {
	"{}",
	"{\"alias\":\"\"}",
	"{\"normalize\":false}",
	"{\"compatibilityLevel\":\"NONE\"}",
	"{\"compatibilityPolicy\":\"LOGICAL\",\"compatibilityGroup\":\"a\\\"b\"}",
	"{\"defaultMetadata\":{\"tags\":{\"p\":[\"t\"]}}}",
	FULL_ENTRY,
};

static struct config parsed(struct arena *arena, const char *text)
{
	struct config config;

	config_parse(arena, str_of(text), &config);
	return config;
}

static void test_round_trip(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(entries); i++) {
		struct config config = parsed(arena, entries[i]);

		CHECK_STR(entries[i], config_print(arena, &config, CONFIG_STORED), str_of(entries[i]));
	}
	struct config none = parsed(arena, NULL);
	CHECK_STR("absent", config_print(arena, &none, CONFIG_STORED), STR("{}"));
	arena_destroy(arena);
}

/* What is answered: the level's name depends on the operation, and GET leaves empty texts out. */
static void test_shapes(void **state)
{
	static const struct {
		const char *stored, *shown, *echoed;
	} cases[] = {
		{ "{}", "{}", "{}" },
		{ "{\"normalize\":true,\"compatibilityLevel\":\"FORWARD\"}", "{\"normalize\":true,\"compatibilityLevel\":\"FORWARD\"}",
			"{\"normalize\":true,\"compatibility\":\"FORWARD\"}" },
		{ "{\"alias\":\"\",\"aliasForDeks\":\"\",\"compatibilityGroup\":\"\"}", "{}",
			"{\"alias\":\"\",\"aliasForDeks\":\"\",\"compatibilityGroup\":\"\"}" },
		{ "{\"defaultMetadata\":{}}", "{\"defaultMetadata\":{}}", "{\"defaultMetadata\":{}}" },
	};
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config = parsed(arena, cases[i].stored);

		CHECK_STR(cases[i].stored, config_print(arena, &config, CONFIG_SHOWN), str_of(cases[i].shown));
		CHECK_STR(cases[i].stored, config_print(arena, &config, CONFIG_ECHOED), str_of(cases[i].echoed));
	}
	arena_destroy(arena);
}

/* Each member alone: naming it takes its new value, or clears it; not naming it keeps what was stored. */
static void test_update(void **state)
{
	static const enum config_member members[] = {
		CONFIG_ALIAS, CONFIG_ALIAS_FOR_DEKS, CONFIG_NORMALIZE, CONFIG_VALIDATE_FIELDS, CONFIG_VALIDATE_NEW_SCHEMAS,
		CONFIG_VALIDATE_RULES, CONFIG_LEVEL, CONFIG_POLICY, CONFIG_GROUP, CONFIG_DEFAULT_METADATA, CONFIG_OVERRIDE_METADATA,
	};
	struct arena *arena = arena_create(0);
	const struct config full = parsed(arena, FULL_ENTRY), empty = { 0 };
	struct config built = empty, cut = full;

	(void)state;
	for (size_t i = 0; i < COUNT(members); i++) {
		const struct config_update set = { .present = members[i], .values = full };
		const struct config_update clear = { .present = members[i] };
		struct str before = config_print(arena, &built, CONFIG_STORED);

		built = config_updated(&built, &set);
		CHECK("one member more", config_print(arena, &built, CONFIG_STORED).len > before.len);
		before = config_print(arena, &cut, CONFIG_STORED);
		cut = config_updated(&cut, &clear);
		CHECK("one member less", config_print(arena, &cut, CONFIG_STORED).len < before.len);
	}
	CHECK_STR("all set", config_print(arena, &built, CONFIG_STORED), STR(FULL_ENTRY));
	CHECK_STR("all cleared", config_print(arena, &cut, CONFIG_STORED), STR("{}"));

	const struct config_update nothing = { .present = 0, .values = full };
	struct config same = config_updated(&empty, &nothing);
	CHECK_STR("nothing named", config_print(arena, &same, CONFIG_STORED), STR("{}"));
	arena_destroy(arena);
}

static void test_modes(void **state)
{
	static const struct {
		const char *text;
		enum registry_mode mode;
	} cases[] = {
		{ "READWRITE", MODE_READWRITE }, { "readwrite", MODE_READWRITE }, { "ReadOnly", MODE_READONLY },
		{ "READONLY_OVERRIDE", MODE_READONLY_OVERRIDE }, { "import", MODE_IMPORT }, { "FORWARD", MODE_FORWARD },
		{ "", MODE_NONE }, { "READ", MODE_NONE }, { "READONLY ", MODE_NONE }, { "NONE", MODE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum registry_mode mode = MODE_NONE;

		CHECK(cases[i].text, registry_mode_find(str_of(cases[i].text), &mode) == (cases[i].mode != MODE_NONE));
		CHECK_INT(cases[i].text, mode, cases[i].mode);
		if (mode != MODE_NONE)
			CHECK(cases[i].text, str_eq_nocase(registry_mode_name(mode), str_of(cases[i].text)));
	}
}

static void test_policies(void **state)
{
	(void)state;
	for (enum config_policy policy = POLICY_STRICT; policy <= POLICY_LOGICAL; policy++) {
		enum config_policy found = POLICY_UNSET;

		assert_true(config_policy_find(config_policy_name(policy), &found));
		assert_int_equal(found, policy);
	}
	enum config_policy kept = POLICY_LENIENT;
	assert_false(config_policy_find(STR(""), &kept));
	assert_false(config_policy_find(STR("sideways"), &kept));
	assert_int_equal(kept, POLICY_LENIENT);
	assert_true(config_policy_find(STR("strict"), &kept));
	assert_int_equal(kept, POLICY_STRICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_policies),
	};

	return cmocka_run_group_tests_name("server/registry/config", tests, NULL, NULL);
}
