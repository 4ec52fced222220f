/* Tests of server/registry/ruleset.c: what is refused, canonical text, what the guid covers, merging (contract 2.2, 5.1, 5.10). */
#include "server/registry/ruleset.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"
#include "tests/unit/base/check.h"

static int make_arena(void **state)
{
	*state = arena_create(0);
	return 0;
}

static int drop_arena(void **state)
{
	arena_destroy(*state);
	return 0;
}

#define arena_test(function) cmocka_unit_test_setup_teardown(function, make_arena, drop_arena)

/* A rule as short as one can be, in canonical text. */
#define RULE(name, mode, type) "{\"name\":\"" name "\",\"kind\":\"TRANSFORM\",\"mode\":\"" mode "\",\"type\":\"" type "\",\"disabled\":false}"
#define DOMAIN_RULES(rules) "{\"domainRules\":[" rules "]}"

/* Texts as ruleset_print makes them. */
static const char *const canonical[] = {
	"{}",
	"{\"enableAt\":\"NONE\"}",
	DOMAIN_RULES(RULE("r", "WRITE", "CEL")),
	"{\"migrationRules\":[" RULE("r", "UPGRADE", "CEL") "]}",
	"{\"encodingRules\":[" RULE("r", "WRITE", "CEL") "]}",
	"{\"migrationRules\":[" RULE("a", "UPGRADE", "T") "," RULE("b", "DOWNGRADE", "T") "," RULE("c", "UPDOWN", "T") "],"
		"\"domainRules\":[" RULE("d", "READ", "T") "],\"encodingRules\":[" RULE("e", "WRITEREAD", "T") "],\"enableAt\":\"ALL\"}",
	DOMAIN_RULES("{\"name\":\"r\",\"doc\":\"a \\\"doc\\\"\",\"kind\":\"CONDITION\",\"mode\":\"WRITE\",\"type\":\"CEL\",\"tags\":[\"A\",\"B\"],"
		"\"params\":{\"\":\"\",\"a{\":\"1\",\"z\":\"\xc3\xa4\"},\"expr\":\"a\\nb\",\"onSuccess\":\"NONE\",\"onFailure\":\"DLQ\",\"disabled\":true}"),
};

static void test_round_trip(void **state)
{
	struct arena *arena = *state;

	for (size_t i = 0; i < COUNT(canonical); i++) {
		const struct rule_set *set = ruleset_parse(arena, str_of(canonical[i]));

		CHECK(canonical[i], set != NULL);
		CHECK_STR(canonical[i], ruleset_print(arena, set), str_of(canonical[i]));
		for (size_t k = 0; k < COUNT(canonical); k++)
			CHECK(canonical[i], ruleset_equal(arena, set, ruleset_parse(arena, str_of(canonical[k]))) == (i == k));
	}
	assert_null(ruleset_parse(arena, STR_NONE));
	assert_false(str_present(ruleset_print(arena, NULL)));
	assert_true(ruleset_equal(arena, NULL, NULL));
	assert_false(ruleset_equal(arena, NULL, ruleset_parse(arena, STR("{}"))));
	assert_false(ruleset_equal(arena, ruleset_parse(arena, STR("{}")), NULL));
}

static void test_words(void **state)
{
	enum rule_kind kind;
	enum rule_mode mode;

	(void)state;
	for (enum rule_kind i = 0; i < RULE_KINDS; i++) {
		assert_true(rule_kind_find(rule_kind_name(i), &kind));
		assert_int_equal(kind, i);
	}
	for (enum rule_mode i = 0; i < RULE_MODES; i++) {
		assert_true(rule_mode_find(rule_mode_name(i), &mode));
		assert_int_equal(mode, i);
	}
	kind = RULE_CONDITION;
	assert_false(rule_kind_find(STR("transform"), &kind));
	assert_int_equal(kind, RULE_CONDITION);
	assert_false(rule_mode_find(STR(""), &mode));
	assert_false(rule_mode_find(STR_NONE, &mode));
	assert_true(str_eq(rule_phase_name(RULES_ENCODING), STR("encodingRules")));
}

#define TEXT16 "abcdefghijklmnop"
#define TEXT64 TEXT16 TEXT16 TEXT16 TEXT16
#define TEXT256 TEXT64 TEXT64 TEXT64 TEXT64

static void test_check(void **state)
{
	static const struct {
		const char *rules, *message; /* NULL: nothing is wrong */
	} cases[] = {
		{ "{}", NULL },
		{ DOMAIN_RULES(RULE("_a-9", "WRITE", "T") "," RULE("Z", "READ", "T") "," RULE("z", "WRITEREAD", "T")), NULL },
		{ DOMAIN_RULES("{}"), "Missing rule name" },
		{ DOMAIN_RULES("{\"type\":\"T\"}"), "Missing rule name" },
		{ DOMAIN_RULES(RULE("", "WRITE", "T")), "Empty rule name" },
		{ DOMAIN_RULES(RULE(TEXT256, "WRITE", "T")), NULL },
		{ DOMAIN_RULES(RULE(TEXT256 "a", "WRITE", "T")), "Rule name too long" },
		{ DOMAIN_RULES(RULE("1a", "WRITE", "T")), "Illegal initial character in rule name: 1a" },
		{ DOMAIN_RULES(RULE("-", "WRITE", "T")), "Illegal initial character in rule name: -" },
		{ DOMAIN_RULES(RULE("\xd9\xa3", "WRITE", "T")), "Illegal initial character in rule name: \xd9\xa3" },
		{ DOMAIN_RULES(RULE("\xc3\xa9\xd9\xa3", "WRITE", "T")), NULL },
		{ DOMAIN_RULES(RULE("a.b", "WRITE", "T")), "Illegal character in rule name: a.b" },
		{ DOMAIN_RULES(RULE("a\xe2\x82\xac", "WRITE", "T")), "Illegal character in rule name: a\xe2\x82\xac" },
		{ DOMAIN_RULES(RULE("a\xf0\x90\x90\x80", "WRITE", "T")), "Illegal character in rule name: a\xf0\x90\x90\x80" },
		{ DOMAIN_RULES(RULE("a", "WRITE", "T") "," RULE("a", "READ", "")), "Found rule with duplicate name 'a'" },
		{ "{\"migrationRules\":[" RULE("a", "UPDOWN", "T") "],\"encodingRules\":[" RULE("a", "READ", "T") "]}",
			"Found rule with duplicate name 'a'" },
		{ DOMAIN_RULES(RULE("a", "UPGRADE", "")), "Missing rule type" },
		{ DOMAIN_RULES("{\"name\":\"a\",\"mode\":\"WRITE\"}"), "Missing rule type" },
		{ DOMAIN_RULES("{\"name\":\"a\",\"mode\":\"UPGRADE\",\"type\":\"T\",\"onSuccess\":\"A,B\"}"),
			"Multiple actions only valid with WRITEREAD and UPDOWN" },
		{ DOMAIN_RULES("{\"name\":\"a\",\"mode\":\"READ\",\"type\":\"T\",\"onFailure\":\"A,\"}"),
			"Multiple actions only valid with WRITEREAD and UPDOWN" },
		{ DOMAIN_RULES("{\"name\":\"a\",\"mode\":\"WRITEREAD\",\"type\":\"T\",\"onSuccess\":\"A,B\",\"onFailure\":\"A,B\"}"), NULL },
		{ "{\"migrationRules\":[{\"name\":\"a\",\"mode\":\"UPDOWN\",\"type\":\"T\",\"onSuccess\":\"A,B\"}]}", NULL },
		{ "{\"migrationRules\":[" RULE("a", "UPGRADE", "T") "," RULE("b", "DOWNGRADE", "T") "]}", NULL },
		{ "{\"migrationRules\":[" RULE("a", "WRITE", "T") "]}", "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN" },
		{ "{\"migrationRules\":[" RULE("a", "WRITEREAD", "T") "]}", "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN" },
		{ DOMAIN_RULES(RULE("a", "UPDOWN", "T")), "Domain rules can only be WRITE, READ, WRITEREAD" },
		{ "{\"encodingRules\":[" RULE("a", "DOWNGRADE", "T") "]}", "Encoding rules can only be WRITE, READ, WRITEREAD" },
		{ "{\"encodingRules\":[" RULE("a", "READ", "T") "]}", NULL },
		/* migration before domain before encoding */
		{ "{\"encodingRules\":[{}],\"domainRules\":[" RULE("1", "READ", "T") "],\"migrationRules\":[" RULE("a", "READ", "T") "]}",
			"Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { .arena = *state };
		enum err_code code = ruleset_check(ruleset_parse(*state, str_of(cases[i].rules)), &err);

		CHECK_INT(cases[i].rules, code, cases[i].message ? ERR_INVALID_RULESET : OK);
		if (cases[i].message)
			CHECK_STR(cases[i].rules, err.message, str_of(cases[i].message));
	}
	assert_int_equal(ruleset_check(NULL, &(struct err){ .arena = *state }), OK);
	assert_int_equal(err_wire(ERR_INVALID_RULESET), 42210);
}

/* A guid is the MD5 of the schema's text and of this; the values were made by other means (contract 5.1 step 4). */
static void test_digest(void **state)
{
	static const struct {
		const char *rules, *guid;
	} cases[] = {
		{ NULL, "ef524ea1-b91e-7317-3d93-8ade36c1db32" },
		{ "{}", "1d1d1f70-2ee5-5e03-8ce5-4f3b6703c50f" },
		{ DOMAIN_RULES("{\"name\":\"r\",\"kind\":\"CONDITION\",\"mode\":\"WRITE\",\"type\":\"CEL\",\"expr\":\"true\",\"disabled\":false}"),
			"ff02996e-9d68-a950-4dba-4510a8ff150d" },
		{ "{\"migrationRules\":[{\"name\":\"m\",\"kind\":\"TRANSFORM\",\"mode\":\"UPGRADE\",\"type\":\"JSONATA\",\"expr\":\"$\",\"disabled\":false}],"
			"\"domainRules\":[{\"name\":\"r\",\"doc\":\"a doc\",\"kind\":\"CONDITION\",\"mode\":\"WRITE\",\"type\":\"CEL\",\"tags\":[\"A\",\"B\"],"
			"\"params\":{\"a\":\"1\",\"z\":\"2\"},\"expr\":\"true\",\"onSuccess\":\"NONE\",\"onFailure\":\"ERROR\",\"disabled\":true}],"
			"\"encodingRules\":[{\"name\":\"e\",\"kind\":\"TRANSFORM\",\"mode\":\"WRITEREAD\",\"type\":\"ENCRYPT_PAYLOAD\",\"disabled\":false}],"
			"\"enableAt\":\"CLIENT\"}", "3efe733c-b0a8-22ce-10d8-9471cfe3815f" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf text = buf_make(*state, 64);
		uint8_t digest[MD5_BYTES];
		char guid[37];

		buf_add(&text, STR("\"int\""));
		ruleset_digest_text(&text, cases[i].rules ? ruleset_parse(*state, str_of(cases[i].rules)) : NULL);
		digest_md5(buf_str(&text), digest);
		uuid_format(digest, guid);
		CHECK_STR(cases[i].guid, str_make(guid, 36), str_of(cases[i].guid));
	}
}

static const struct rule_set *parse(struct arena *arena, const char *text)
{
	return text ? ruleset_parse(arena, str_of(text)) : NULL;
}

static void test_merge(void **state)
{
	static const struct {
		const char *earlier, *later, *merged;
	} cases[] = {
		{ NULL, NULL, NULL },
		{ "{}", NULL, "{}" },
		{ NULL, "{}", "{}" },
		{ "{\"enableAt\":\"ALL\"}", "{}", "{\"enableAt\":\"ALL\"}" },
		{ "{\"enableAt\":\"ALL\"}", "{\"enableAt\":\"NONE\"}", "{\"enableAt\":\"NONE\"}" },
		{ DOMAIN_RULES(RULE("a", "READ", "1") "," RULE("b", "READ", "1")), DOMAIN_RULES(RULE("c", "READ", "2") "," RULE("a", "READ", "2")),
			DOMAIN_RULES(RULE("b", "READ", "1") "," RULE("c", "READ", "2") "," RULE("a", "READ", "2")) },
		/* each list for itself */
		{ DOMAIN_RULES(RULE("a", "READ", "1")), "{\"encodingRules\":[" RULE("a", "READ", "2") "]}",
			"{\"domainRules\":[" RULE("a", "READ", "1") "],\"encodingRules\":[" RULE("a", "READ", "2") "]}" },
		{ "{\"migrationRules\":[" RULE("m", "UPDOWN", "1") "]}", DOMAIN_RULES(RULE("a", "READ", "2")),
			"{\"migrationRules\":[" RULE("m", "UPDOWN", "1") "],\"domainRules\":[" RULE("a", "READ", "2") "]}" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].earlier ? cases[i].earlier : "none";
		const struct rule_set *merged = ruleset_merge(*state, parse(*state, cases[i].earlier), parse(*state, cases[i].later));

		CHECK(name, (merged != NULL) == (cases[i].merged != NULL));
		if (merged)
			CHECK_STR(name, ruleset_print(*state, merged), str_of(cases[i].merged));
	}
}

static void test_without(void **state)
{
	static const struct str names[] = { { "a", 1 }, { "none", 4 }, { "m", 1 } };
	const struct rule_set *set = ruleset_parse(*state, STR("{\"migrationRules\":[" RULE("m", "UPDOWN", "T") "],"
		"\"domainRules\":[" RULE("a", "READ", "T") "," RULE("b", "READ", "T") "],\"encodingRules\":[" RULE("A", "READ", "T") "],"
		"\"enableAt\":\"ALL\"}"));

	CHECK_STR("three names", ruleset_print(*state, ruleset_without(*state, set, names, COUNT(names))),
		STR("{\"domainRules\":[" RULE("b", "READ", "T") "],\"encodingRules\":[" RULE("A", "READ", "T") "],\"enableAt\":\"ALL\"}"));
	CHECK_STR("none of them", ruleset_print(*state, ruleset_without(*state, set, names, 0)), ruleset_print(*state, set));
	CHECK_STR("the last", ruleset_print(*state, ruleset_without(*state, parse(*state, DOMAIN_RULES(RULE("a", "READ", "T"))), names, 1)),
		STR("{}"));
	assert_null(ruleset_without(*state, NULL, names, COUNT(names)));
}

static void test_has_type(void **state)
{
	const struct rule_set *set = ruleset_parse(*state, STR("{\"migrationRules\":[" RULE("m", "UPDOWN", "M") "],"
		"\"domainRules\":[" RULE("a", "READ", "D") "," RULE("b", "READ", "D2") "],\"encodingRules\":[" RULE("e", "READ", "E") "]}"));
	static const char *const types[] = { "M", "D", "D2", "E" };

	for (size_t i = 0; i < COUNT(types); i++)
		CHECK(types[i], ruleset_has_type(set, str_of(types[i])));
	assert_false(ruleset_has_type(set, STR("d")));
	assert_false(ruleset_has_type(set, STR("")));
	assert_false(ruleset_has_type(NULL, STR("M")));
}

#define WITH_PARAMS(params) DOMAIN_RULES("{\"name\":\"r\",\"kind\":\"TRANSFORM\",\"mode\":\"WRITEREAD\",\"type\":\"ENCRYPT\"," \
	"\"params\":{" params "},\"disabled\":false}")
#define KEY "\"encrypt.kms.key.id\":"
#define KEK "\"encrypt.kek.name\":"
#define TYPE "\"encrypt.kms.type\":"

static void test_completed(void **state)
{
	static const struct {
		const char *rules, *completed;
	} cases[] = {
		{ "{}", "{}" },
		{ DOMAIN_RULES(RULE("a", "READ", "ENCRYPT")), DOMAIN_RULES(RULE("a", "READ", "ENCRYPT")) },
		{ WITH_PARAMS("\"a\":\"1\""), WITH_PARAMS("\"a\":\"1\"") },
		{ WITH_PARAMS(KEY "\"k.1/\xc3\xa9_-\xe2\x82\xac\xf0\x9f\x98\x80\""),
			WITH_PARAMS(KEK "\"k-1-\xc3\xa9_----\"," KEY "\"k.1/\xc3\xa9_-\xe2\x82\xac\xf0\x9f\x98\x80\"") },
		{ WITH_PARAMS(KEY "\"arn:aws:kms:1\""), WITH_PARAMS(KEK "\"aws-kms-1\"," KEY "\"arn:aws:kms:1\"," TYPE "\"aws-kms\"") },
		{ WITH_PARAMS(KEK "\"mine\"," KEY "\"arn:aws:kms:1\""),
			WITH_PARAMS(KEK "\"mine\"," KEY "\"arn:aws:kms:1\"," TYPE "\"aws-kms\"") },
		{ WITH_PARAMS(KEY "\"arn:1\"," TYPE "\"other\""), WITH_PARAMS(KEK "\"1\"," KEY "\"arn:1\"," TYPE "\"other\"") },
		{ WITH_PARAMS(KEK "\"\"," KEY "\"k\""), WITH_PARAMS(KEK "\"\"," KEY "\"k\"") },
		{ WITH_PARAMS(KEY "\"\""), WITH_PARAMS(KEK "\"\"," KEY "\"\"") },
		{ "{\"encodingRules\":[{\"name\":\"r\",\"kind\":\"TRANSFORM\",\"mode\":\"READ\",\"type\":\"T\",\"params\":{" KEY "\"k\"},\"disabled\":false}],"
			"\"enableAt\":\"ALL\"}",
			"{\"encodingRules\":[{\"name\":\"r\",\"kind\":\"TRANSFORM\",\"mode\":\"READ\",\"type\":\"T\",\"params\":{" KEY "\"k\"},\"disabled\":false}],"
			"\"enableAt\":\"ALL\"}" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rule_set *completed = ruleset_completed(*state, parse(*state, cases[i].rules));

		CHECK_STR(cases[i].rules, ruleset_print(*state, completed), str_of(cases[i].completed));
		CHECK(cases[i].rules, ruleset_equal(*state, ruleset_completed(*state, completed), completed));
	}
	assert_null(ruleset_completed(*state, NULL));
}

/* Names are looked for among many without comparing all with all. */
static void test_many(void **state)
{
	enum { MANY = 50000 };
	struct arena *arena = *state;
	struct data_rule *rules = arena_array(arena, struct data_rule, MANY);
	struct rule_set set = { .phases[RULES_DOMAIN] = { .rules = rules, .n_rules = MANY } };
	const struct rule_set *merged;

	for (int i = 0; i < MANY; i++)
		rules[i] = (struct data_rule){ .name = str_printf(arena, "r%d", i), .type = STR("T"), .mode = RULE_READ };
	assert_int_equal(ruleset_check(&set, &(struct err){ .arena = arena }), OK);
	merged = ruleset_merge(arena, &set, &set);
	assert_int_equal(merged->phases[RULES_DOMAIN].n_rules, MANY);
	rules[MANY - 1].name = STR("r0");
	assert_int_equal(ruleset_check(&set, &(struct err){ .arena = arena }), ERR_INVALID_RULESET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(test_round_trip),
		arena_test(test_words),
		arena_test(test_check),
		arena_test(test_digest),
		arena_test(test_merge),
		arena_test(test_without),
		arena_test(test_has_type),
		arena_test(test_completed),
		arena_test(test_many),
	};

	return cmocka_run_group_tests_name("server/registry: rule sets", tests, NULL, NULL);
}
