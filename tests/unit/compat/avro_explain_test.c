/* Explanations of Avro changes: each rule by its own example, places and sentences, fixes that work, the corpus. */
#include "tests/unit/compat/corpus_test.h"
#include "tests/unit/compat/avro_test.h"
#include "tests/unit/compat/explain_corpus_test.h"

/* The example in a rule's row leads to a finding of that rule, of the effect that the row claims. */
static void rules_are_shown_by_their_examples(void **state)
{
	size_t n = 0;

	for (int i = 0; i < RULES; i++) {
		const struct rule_info *rule = rule_info((enum rule)i);
		const struct explain_finding *found;
		struct explained_pair pair;

		if (rule->type != SCHEMA_AVRO || !str_starts(str_of(rule->id), STR("AVRO-")))
			continue;
		explain_texts(*state, SCHEMA_AVRO, str_of(rule->old_schema), str_of(rule->new_schema), true, &pair);
		found = find_rule(&pair, (enum rule)i);
		if (!found) {
			show_findings(&pair);
			fail_msg("%s is not shown by its example", rule->id);
		} else if (found->effect != rule->effect) {
			show_findings(&pair);
			fail_msg("%s: %.*s instead of %.*s", rule->id, STR_ARG(rule_effect_name(found->effect)),
				STR_ARG(rule_effect_name(rule->effect)));
		}
		expect_sound_findings(&pair, rule->id);
		n++;
	}
	assert_true(n > 25);
}

/* ---- what is told, word by word ---- */

#define R(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define R2(name, fields) "{\"type\":\"record\",\"name\":\"" name "\",\"fields\":[" fields "]}"
#define F(name, type) "{\"name\":\"" name "\",\"type\":" type "}"

static const struct told_case {
	const char *old, *new;
	bool forward;          /* old reads new */
	const char *want;
} told_cases[] = {
	{ "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[\n"
		"  {\"name\":\"id\",\"type\":\"long\"},\n"
		"  {\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"State\",\"symbols\":[\"OPEN\",\"DONE\",\"GONE\"]}}\n"
		"]}",
		"{\n"
		"  \"type\": \"record\",\n"
		"  \"name\": \"Order\",\n"
		"  \"fields\": [\n"
		"    {\n"
		"      \"name\": \"id\",\n"
		"      \"type\": \"int\"\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"state\",\n"
		"      \"type\": {\n"
		"        \"type\": \"enum\",\n"
		"        \"name\": \"State\",\n"
		"        \"symbols\": [\n"
		"          \"OPEN\"\n"
		"        ]\n"
		"      }\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"note\",\n"
		"      \"type\": [\"null\", \"string\"]\n"
		"    }\n"
		"  ]\n"
		"}",
		false,
		"refused AVRO-TYPE-NARROWED fails\n"
		" new 7:15 /fields/0/type, old 2:23 /fields/0/type\n"
		" field `id` is written as long and read as int\n"
		" {\"id\":0,\"state\":\"OPEN\"}: Found long, expecting int; the event fails earlier too: Found Order, expecting Order, missing required field note\n"
		" keep the wider type of field `id`\n"
		"{\n"
		"  \"type\": \"record\",\n"
		"  \"name\": \"Order\",\n"
		"  \"fields\": [\n"
		"    {\n"
		"      \"name\": \"id\",\n"
		"      \"type\": \"long\"\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"state\",\n"
		"      \"type\": {\n"
		"        \"type\": \"enum\",\n"
		"        \"name\": \"State\",\n"
		"        \"symbols\": [\n"
		"          \"OPEN\"\n"
		"        ]\n"
		"      }\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"note\",\n"
		"      \"type\": [\"null\", \"string\"]\n"
		"    }\n"
		"  ]\n"
		"}\n"
		"refused AVRO-ENUM-SYMBOL-MISSING fails\n"
		" new 14:20 /fields/1/type/symbols, old 3:74 /fields/1/type/symbols/1\n"
		" enum `State` of the new schema has no default and not the symbols `DONE`, `GONE` of the old one\n"
		" {\"id\":0,\"state\":\"DONE\"}: No match for DONE; the event fails earlier too: Found Order, expecting Order, missing required field note\n"
		" keep the symbols of enum `State`\n"
		"{\n"
		"  \"type\": \"record\",\n"
		"  \"name\": \"Order\",\n"
		"  \"fields\": [\n"
		"    {\n"
		"      \"name\": \"id\",\n"
		"      \"type\": \"int\"\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"state\",\n"
		"      \"type\": {\n"
		"        \"type\": \"enum\",\n"
		"        \"name\": \"State\",\n"
		"        \"symbols\": [\n"
		"          \"OPEN\",\n"
		"          \"DONE\",\n"
		"          \"GONE\"\n"
		"        ]\n"
		"      }\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"note\",\n"
		"      \"type\": [\"null\", \"string\"]\n"
		"    }\n"
		"  ]\n"
		"}\n"
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 20:15 /fields/2, old 0:0 \n"
		" field `note` has no default, and events written with the old schema do not have it\n"
		" {\"id\":0,\"state\":\"OPEN\"}: Found Order, expecting Order, missing required field note\n"
		" give field `note` the default null\n"
		"{\n"
		"  \"type\": \"record\",\n"
		"  \"name\": \"Order\",\n"
		"  \"fields\": [\n"
		"    {\n"
		"      \"name\": \"id\",\n"
		"      \"type\": \"int\"\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"state\",\n"
		"      \"type\": {\n"
		"        \"type\": \"enum\",\n"
		"        \"name\": \"State\",\n"
		"        \"symbols\": [\n"
		"          \"OPEN\"\n"
		"        ]\n"
		"      }\n"
		"    },\n"
		"    {\n"
		"      \"name\": \"note\",\n"
		"      \"type\": [\"null\", \"string\"],\n"
		"      \"default\": null\n"
		"    }\n"
		"  ]\n"
		"}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"string\"},{\"name\":\"c\",\"type\":\"int\"}]}",
		"{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n"
		"\t{\"name\": \"a\", \"type\": \"int\"},\n"
		"\t{\"name\": \"c\", \"type\": \"int\"}\n"
		"]}",
		true,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 0:0 , old 1:73 /fields/1\n"
		" field `b` is not written any more, and the old schema has no default for it\n"
		" {\"a\":0,\"c\":0}: Found R, expecting R, missing required field b\n"
		" keep field `b`\n"
		"{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n"
		"\t{\"name\": \"a\", \"type\": \"int\"},\n"
		"\t{\"name\": \"b\", \"type\": \"string\"},\n"
		"\t{\"name\": \"c\", \"type\": \"int\"}\n"
		"]}\n" },
	{ "[\"null\",{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"v\",\"type\":\"int\"},{\"name\":\"next\",\"type\":[\"null\",\"L\"]}]}]",
		"[\"null\",{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"v\",\"type\":\"string\"},{\"name\":\"next\",\"type\":[\"null\",\"L\"]}]}]",
		false,
		"refused AVRO-TYPE-CHANGED fails\n"
		" new 1:66 /1/fields/0/type, old 1:66 /1/fields/0/type\n"
		" field `v` is written as int and read as string\n"
		" {\"L\":{\"v\":0,\"next\":null}}: Found int, expecting string\n"
		" make field `v` a union with int\n"
		"[\"null\",{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"v\",\"type\":[\"string\",\"int\"]},{\"name\":\"next\",\"type\":[\"null\",\"L\"]}]}]\n" },
	{ "{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"v\",\"type\":\"int\"},{\"name\":\"next\",\"type\":[\"null\",\"L\"]},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"long\"]}}]}",
		"{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"v\",\"type\":\"int\"},{\"name\":\"next\",\"type\":[\"null\",\"L\"]},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"long\"}}]}",
		false,
		"refused AVRO-UNION-REMOVED fails\n"
		" new 1:143 /fields/2/type/values, old 1:144 /fields/2/type/values/0\n"
		" the values of field `m` may be null in the old schema, which the new one's long does not read\n"
		" {\"v\":0,\"next\":null,\"m\":{\"k\":null}}: Found null, expecting long\n"
		" make the values of field `m` a union with null\n"
		"{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"v\",\"type\":\"int\"},{\"name\":\"next\",\"type\":[\"null\",\"L\"]},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"long\"]}}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"b\",\"type\":\"int\"}]}",
		false,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:47 /fields/0, old 0:0 \n"
		" field `b` has no default, and events written with the old schema do not have it\n"
		" {\"a\":0}: Found R, expecting R, missing required field b\n"
		" give field `b` the default 0, or the alias `a` if that is what it was called\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"b\",\"type\":\"int\",\"default\":0}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"n2\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"}]}]}]}",
		"[{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"n1\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"}]}]},{\"name\":\"g\",\"type\":\"int\"}]},{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"n2\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\",\"n1.B\"]}]}]",
		false,
		"warning AVRO-UNION-NAME-FIRST fails\n"
		" new 1:1 , old 1:1 \n"
		" the union of the schema reads n2.A as branch 1, whatever the others could, and fails: the union of field `f` has the branch n1.B in the new schema, which does not read n2.B of the old one\n"
		" {\"f\":{\"n2.B\":{\"a\":{\"f\":null}}}}: Found n2.B, expecting union\n"
		" keep the name `n2.B` as an alias\n"
		"[{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"n1\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"}],\"aliases\":[\"n2.B\"]}]},{\"name\":\"g\",\"type\":\"int\"}]},{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"n2\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\",\"n1.B\"]}]}]\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"null\",\"long\"],\"default\":null}]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"null\",\"int\"],\"default\":null}]}",
		false,
		"refused AVRO-UNION-BRANCH-MISSING fails\n"
		" new 1:58 /fields/0/type, old 1:66 /fields/0/type/1\n"
		" field `v` may be long in the old schema, which no branch of the new one's [null, int] reads\n"
		" {\"v\":{\"long\":0}}: Found long, expecting union\n"
		" widen the branch int of field `v` to long\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"null\",\"long\"],\"default\":null}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"null\",\"long\"]}]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"null\",{\"type\":\"int\",\"logicalType\":\"date\"}]}]}",
		false,
		"refused AVRO-UNION-BRANCH-MISSING fails\n"
		" new 1:58 /fields/0/type, old 1:66 /fields/0/type/1\n"
		" field `v` may be long in the old schema, which no branch of the new one's [null, int] reads\n"
		" {\"v\":{\"long\":0}}: Found long, expecting union\n"
		" give the union of field `v` the branch long\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"null\",{\"type\":\"int\",\"logicalType\":\"date\"},\"long\"]}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"d\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}}]}",
		false,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:47 /fields/0, old 0:0 \n"
		" field `d` has no default, and events written with the old schema do not have it\n"
		" {}: Found R, expecting R, missing required field d\n"
		" give field `d` the default \"\\u0000\"\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"d\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2},\"default\":\"\\u0000\"}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"d\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"}}]}",
		false,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:47 /fields/0, old 0:0 \n"
		" field `d` has no default, and events written with the old schema do not have it\n"
		" {}: Found R, expecting R, missing required field d\n"
		" give field `d` the default \"00000000-0000-0000-0000-000000000000\"\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"d\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"default\":\"00000000-0000-0000-0000-000000000000\"}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":\"int\"}]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"float\",\"double\"]}]}",
		false,
		"warning AVRO-NUMBER-LOSSY changes\n"
		" new 1:59 /fields/0/type/0, old 1:58 /fields/0/type\n"
		" field `v` is written as int and read as float, which does not hold all of its digits; double would, but is not the first branch that it can be promoted to\n"
		" {\"v\":16777217}: 16777217 becomes 1.6777216E7: float does not hold all of the digits\n"
		" give the union of field `v` the branch int\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"float\",\"double\",\"int\"]}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":\"long\"}]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":\"double\"}]}",
		false,
		"warning AVRO-NUMBER-LOSSY changes\n"
		" new 1:58 /fields/0/type, old 1:58 /fields/0/type\n"
		" field `v` is written as long and read as double, which does not hold all of its digits\n"
		" {\"v\":9007199254740993}: 9007199254740993 becomes 9.007199254740992E15: double does not hold all of the digits\n"
		" make field `v` a union with long\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"double\",\"long\"]}]}\n" },
	/* One event is read as another. */
	{ "[{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"}]},{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"}]}]",
		"[{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"}]}]",
		false,
		"refused AVRO-UNION-TAKEN-BY-SHAPE changes\n"
		" new 1:26 /0/name, old 1:92 /1/name\n"
		" record `B` is in the union of the old schema and not of the new one, which reads it as `A`\n"
		" {\"B\":{\"i\":0}}: B is read as A\n"
		" give the union of the schema the branch B\n"
		"[{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"}]},{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"}]}]\n" },
	/* Aliases alone make no other schema, and are not applied. */
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"aliases\":[\"b\"]},{\"name\":\"b\",\"type\":\"int\",\"aliases\":[\"a\"]}]}",
		false,
		"refused AVRO-FIELD-TWICE harmless\n"
		" new 1:74 /fields/0/aliases, old 1:73 /fields/1\n"
		" field `a` of the new schema is two fields of the old one, by its name and an alias\n"
		" register it under a new subject, or as a new major version\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"aliases\":[\"b\"]},{\"name\":\"b\",\"type\":\"int\",\"aliases\":[\"a\"]},{\"name\":\"c\",\"type\":\"int\",\"default\":0}]}",
		false,
		"refused AVRO-ALIAS-STEALS changes\n"
		" new 1:116 /fields/1/aliases, old 1:47 /fields/0\n"
		" field `b` has the alias `a` and takes the value of field `a`, which is still there\n"
		" {\"a\":1,\"b\":0}: the value of field a is in field b, and a has another\n"
		" register it under a new subject, or as a new major version\n"
		"warning AVRO-ALIAS-STEALS changes\n"
		" new 1:74 /fields/0/aliases, old 1:73 /fields/1\n"
		" field `a` has the alias `b` and takes the value of field `b`, which is still there\n"
		" {\"a\":0,\"b\":1}: the value of field b is in field a, and b has another\n"
		" take the alias `b` from field `a`\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\",\"aliases\":[\"a\"]},{\"name\":\"c\",\"type\":\"int\",\"default\":0}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}",
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"A\"}}]}",
		false,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:47 /fields/0, old 0:0 \n"
		" field `e` has no default, and events written with the old schema do not have it\n"
		" {}: Found R, expecting R, missing required field e\n"
		" give field `e` the default \"A\"\n"
		"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"A\"},\"default\":\"A\"}]}\n" },
	{ "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"}]}",
		"{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"},{\"name\":\"b\",\"type\":\"int\"}]}",
		false,
		"refused AVRO-FIELD-NO-DEFAULT harmless\n"
		" new 1:71 /fields/1, old 0:0 \n"
		" field `b` has no default, and events written with the old schema do not have it\n"
		" give field `b` the default 0\n"
		"{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"},{\"name\":\"b\",\"type\":\"int\",\"default\":0}]}\n" },
	/* A fix is not to blame for what it brings to light: the decimal point, which no event shows that fails anyway. */
	{ R(F("p", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}")),
		R(F("p", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":3}") "," F("y", "\"int\"")),
		false,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:132 /fields/1, old 0:0 \n"
		" field `y` has no default, and events written with the old schema do not have it\n"
		" {\"p\":\"\\u0000\"}: Found R, expecting R, missing required field y\n"
		" give field `y` the default 0\n"
		R(F("p", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":3}")
			",{\"name\":\"y\",\"type\":\"int\",\"default\":0}") "\n" },
	/* What is wrong with the branch that decoders take is told, all of it, and not that the union has none. */
	{ "{\"type\":\"record\",\"name\":\"C\",\"fields\":[{\"name\":\"addr\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"A\",\"fields\":[\n"
		"  {\"name\":\"zip\",\"type\":\"int\"}\n"
		"]}]},{\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"A\"]}}]}",
		"{\"type\":\"record\",\"name\":\"C\",\"fields\":[{\"name\":\"addr\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"A\",\"fields\":[\n"
		"  {\"name\":\"zip\",\"type\":\"string\"},\n"
		"  {\"name\":\"city\",\"type\":\"string\"}\n"
		"]}]},{\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"A\"]}}]}",
		false,
		"refused AVRO-TYPE-CHANGED fails\n"
		" new 2:24 /fields/0/type/1/fields/0/type, old 2:24 /fields/0/type/1/fields/0/type\n"
		" field `zip` is written as int and read as string\n"
		" {\"addr\":{\"A\":{\"zip\":0}},\"more\":{}}: Found int, expecting string; the event fails earlier too: Found A, expecting A, missing required field city\n"
		" make field `zip` a union with int\n"
		"{\"type\":\"record\",\"name\":\"C\",\"fields\":[{\"name\":\"addr\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"A\",\"fields\":[\n"
		"  {\"name\":\"zip\",\"type\":[\"string\",\"int\"]},\n"
		"  {\"name\":\"city\",\"type\":\"string\"}\n"
		"]}]},{\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"A\"]}}]}\n"
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 3:11 /fields/0/type/1/fields/1, old 0:0 /fields/0/type/1\n"
		" field `city` has no default, and events written with the old schema do not have it\n"
		" {\"addr\":{\"A\":{\"zip\":0}},\"more\":{}}: Found A, expecting A, missing required field city\n"
		" give field `city` the default \"\"\n"
		"{\"type\":\"record\",\"name\":\"C\",\"fields\":[{\"name\":\"addr\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"A\",\"fields\":[\n"
		"  {\"name\":\"zip\",\"type\":\"string\"},\n"
		"  {\"name\":\"city\",\"type\":\"string\",\"default\":\"\"}\n"
		"]}]},{\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"A\"]}}]}\n" },
	/* The other way round, in unions within arrays within unions. */
	{ "[\"null\",{\"type\":\"array\",\"items\":[\"int\",{\"type\":\"record\",\"name\":\"A\",\"fields\":[\n{\"name\":\"zip\",\"type\":\"int\"}]}]}]",
		"[\"null\",{\"type\":\"array\",\"items\":[\"int\",{\"type\":\"record\",\"name\":\"A\",\"fields\":[]}]}]",
		true,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 0:0 /1/items/1, old 2:9 /1/items/1/fields/0\n"
		" field `zip` is not written any more, and the old schema has no default for it\n"
		" {\"array\":[{\"A\":{}}]}: Found A, expecting A, missing required field zip\n"
		" keep field `zip`\n"
		"[\"null\",{\"type\":\"array\",\"items\":[\"int\",{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"zip\",\"type\":\"int\"}]}]}]\n" },
	/* Of a type that is used twice it is told once, of two fields of one name twice. */
	{ R(F("a", R2("A", "")) "," F("b", "\"A\"") "," F("c", R2("B", ""))),
		R(F("a", R2("A", F("x", "\"int\""))) "," F("b", "\"A\"") "," F("c", R2("B", F("x", "\"int\"")))),
		false,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:104 /fields/0/type/fields/0, old 0:0 /fields/0/type\n"
		" field `x` has no default, and events written with the old schema do not have it\n"
		" {\"a\":{},\"b\":{},\"c\":{}}: Found A, expecting A, missing required field x\n"
		" give field `x` the default 0\n"
		R(F("a", R2("A", "{\"name\":\"x\",\"type\":\"int\",\"default\":0}")) "," F("b", "\"A\"") "," F("c", R2("B", F("x", "\"int\"")))) "\n"
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:214 /fields/2/type/fields/0, old 0:0 /fields/2/type\n"
		" field `x` has no default, and events written with the old schema do not have it\n"
		" {\"a\":{},\"b\":{},\"c\":{}}: Found B, expecting B, missing required field x; the event fails earlier too: Found A, expecting A, missing required field x\n"
		" give field `x` the default 0\n"
		R(F("a", R2("A", F("x", "\"int\""))) "," F("b", "\"A\"") "," F("c", R2("B", "{\"name\":\"x\",\"type\":\"int\",\"default\":0}"))) "\n" },
	/* A branch that is called so, and is another one to decoders. */
	{ R(F("e", "[\"null\",{\"type\":\"enum\",\"name\":\"p.E\",\"symbols\":[\"A\"]}]")),
		R(F("e", "[\"null\",{\"type\":\"enum\",\"name\":\"q.E\",\"symbols\":[\"A\"]},\"int\"]")),
		false,
		"warning AVRO-UNION-BRANCH-UNREADABLE fails\n"
		" new 1:88 /fields/0/type/1, old 1:66 /fields/0/type/1\n"
		" the union of field `e` has the branch q.E in the new schema, which does not read p.E of the old one\n"
		" {\"e\":{\"p.E\":\"A\"}}: Found p.E, expecting union\n"
		" keep the name `p.E` as an alias\n"
		R(F("e", "[\"null\",{\"type\":\"enum\",\"name\":\"q.E\",\"symbols\":[\"A\"],\"aliases\":[\"p.E\"]},\"int\"]")) "\n" },
	/* What the union lost comes back, and what is wrong in the branch that stayed is mended there. */
	{ R(F("a", "[\"null\"," R2("V", "") "]")), R(F("a", R2("V", F("y", "\"int\"")))),
		false,
		"refused AVRO-UNION-REMOVED fails\n"
		" new 1:58 /fields/0/type, old 1:59 /fields/0/type/0\n"
		" field `a` may be null in the old schema, which the new one's V does not read\n"
		" {\"a\":null}: Found null, expecting V\n"
		" make field `a` a union with null\n"
		R(F("a", "[\"null\"," R2("V", F("y", "\"int\"")) "]")) "\n"
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:104 /fields/0/type/fields/0, old 0:0 /fields/0/type/1\n"
		" field `y` has no default, and events written with the old schema do not have it\n"
		" {\"a\":{\"V\":{}}}: Found V, expecting V, missing required field y\n"
		" give field `y` the default 0\n"
		R(F("a", R2("V", "{\"name\":\"y\",\"type\":\"int\",\"default\":0}"))) "\n" },
	/* Both a new namespace and a new field. */
	{ R(F("a", "[\"null\"," R2("V", "") "]")), R(F("a", "[\"null\"," R2("n.V", F("y", "\"int\"")) "]")),
		false,
		"refused AVRO-UNION-BRANCH-UNREADABLE fails\n"
		" new 1:90 /fields/0/type/1, old 1:66 /fields/0/type/1\n"
		" the union of field `a` has the branch n.V in the new schema, which does not read V of the old one\n"
		" {\"a\":{\"V\":{}}}: Found V, expecting union\n"
		" keep the name `V` as an alias, and give what is new defaults\n"
		R(F("a", "[\"null\",{\"type\":\"record\",\"name\":\"n.V\",\"fields\":[{\"name\":\"y\",\"type\":\"int\",\"default\":0}],\"aliases\":[\"V\"]}]")) "\n" },
	/* Each is about its own field, though Java names the last one only. */
	{ R(""), R(F("a", "\"int\"") "," F("b", "[\"null\",\"int\"]")),
		false,
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:47 /fields/0, old 0:0 \n"
		" field `a` has no default, and events written with the old schema do not have it\n"
		" {}: Found R, expecting R, missing required field a\n"
		" give field `a` the default 0\n"
		R("{\"name\":\"a\",\"type\":\"int\",\"default\":0}," F("b", "[\"null\",\"int\"]")) "\n"
		"refused AVRO-FIELD-NO-DEFAULT fails\n"
		" new 1:73 /fields/1, old 0:0 \n"
		" field `b` has no default, and events written with the old schema do not have it\n"
		" {}: Found R, expecting R, missing required field b\n"
		" give field `b` the default null\n"
		R(F("a", "\"int\"") ",{\"name\":\"b\",\"type\":[\"null\",\"int\"],\"default\":null}") "\n" },
	/* What is read as its default has another value in the event. */
	{ R(F("a", "[\"null\",\"int\"]")),
		R("{\"name\":\"a\",\"type\":[\"null\",\"int\"],\"default\":null},{\"name\":\"b\",\"type\":[\"null\",\"int\"],\"aliases\":[\"a\"]}"),
		false,
		"warning AVRO-ALIAS-STEALS changes\n"
		" new 1:133 /fields/1/aliases, old 1:47 /fields/0\n"
		" field `b` has the alias `a` and takes the value of field `a`, which is still there\n"
		" {\"a\":{\"int\":1}}: the value of field a is in field b, and a has another\n"
		" give field `b` a default instead of the alias `a`\n"
		R("{\"name\":\"a\",\"type\":[\"null\",\"int\"],\"default\":null},{\"name\":\"b\",\"type\":[\"null\",\"int\"],\"default\":null}") "\n" },
	/* Fields that are exchanged and have one value only. */
	{ R(F("a", "\"null\"") "," F("b", "\"null\"")),
		R("{\"name\":\"a\",\"type\":\"null\",\"aliases\":[\"b\"],\"default\":null},{\"name\":\"b\",\"type\":\"null\",\"aliases\":[\"a\"]}"),
		false,
		"refused AVRO-ALIAS-STEALS harmless\n"
		" new 1:133 /fields/1/aliases, old 1:47 /fields/0\n"
		" field `b` has the alias `a` and takes the value of field `a`, which is still there\n"
		" register it under a new subject, or as a new major version\n"
		"warning AVRO-ALIAS-STEALS harmless\n"
		" new 1:75 /fields/0/aliases, old 1:74 /fields/1\n"
		" field `a` has the alias `b` and takes the value of field `b`, which is still there\n"
		" take the alias `b` from field `a`\n"
		R("{\"name\":\"a\",\"type\":\"null\",\"default\":null},{\"name\":\"b\",\"type\":\"null\",\"aliases\":[\"a\"]}") "\n" },
	/* Two findings with the same fix, so that both can be applied. */
	{ R(F("u", "[\"null\",\"string\",\"int\"]")), R(F("u", "\"int\"")),
		false,
		"refused AVRO-UNION-REMOVED fails\n"
		" new 1:58 /fields/0/type, old 1:59 /fields/0/type/0\n"
		" field `u` may be null in the old schema, which the new one's int does not read\n"
		" {\"u\":null}: Found null, expecting int\n"
		" make field `u` a union with null, string\n"
		R(F("u", "[\"null\",\"int\",\"string\"]")) "\n"
		"refused AVRO-UNION-REMOVED fails\n"
		" new 1:58 /fields/0/type, old 1:66 /fields/0/type/1\n"
		" field `u` may be string in the old schema, which the new one's int does not read\n"
		" {\"u\":{\"string\":\"\"}}: Found string, expecting int\n"
		" make field `u` a union with null, string\n"
		R(F("u", "[\"null\",\"int\",\"string\"]")) "\n" },
};

/* What there is to a finding, in lines; with what the new text becomes by its fix. */
static struct str told_of(struct arena *arena, const struct told_case *c)
{
	struct buf b = buf_make(arena, 256);
	struct explained_pair pair;

	explain_texts(arena, SCHEMA_AVRO, str_of(c->old), str_of(c->new), !c->forward, &pair);
	for (size_t i = 0; i < pair.found.n_items; i++) {
		const struct explain_finding *f = &pair.found.items[i];

		buf_printf(&b, "%s %s %.*s\n", f->refused ? "refused" : "warning", rule_info(f->rule)->id,
			STR_ARG(rule_effect_name(f->effect)));
		buf_printf(&b, " new %u:%u %.*s, old %u:%u %.*s\n", f->in_new.line, f->in_new.column, STR_ARG(f->in_new.path),
			f->in_old.line, f->in_old.column, STR_ARG(f->in_old.path));
		buf_printf(&b, " %.*s\n", STR_ARG(f->message));
		if (f->witness)
			buf_printf(&b, " %.*s: %.*s\n", STR_ARG(f->witness->event), STR_ARG(f->witness->reason));
		if (f->fix)
			buf_printf(&b, " %.*s\n", STR_ARG(f->fix->title));
		if (f->fix && !f->fix->major)
			buf_printf(&b, "%.*s\n", STR_ARG(explain_apply(arena, pair.new, f->fix->edits, f->fix->n_edits)));
	}
	expect_sound_findings(&pair, c->new);
	return buf_str(&b);
}

static void findings_are_told(void **state)
{
	for (size_t i = 0; i < sizeof(told_cases) / sizeof(told_cases[0]); i++)
		expect_str(told_cases[i].new, told_cases[i].want, told_of(*state, &told_cases[i]));
}

/* As many as are listed are shown by events, whatever mending them would take. */
static void hundreds_of_findings_are_proven(void **state)
{
	enum { FIELDS = 800 };
	struct buf old = buf_make(*state, 0), new = buf_make(*state, 0);
	struct explained_pair pair;
	size_t n_fixes = 0;

	for (int i = 0; i < FIELDS; i++) {
		buf_printf(&old, "%s{\"name\":\"f%d\",\"type\":\"int\"}", i ? "," : "", i);
		buf_printf(&new, "%s{\"name\":\"f%d\",\"type\":\"string\"}", i ? "," : "", i);
	}
	explain_texts(*state, SCHEMA_AVRO, str_printf(*state, R("%s"), buf_str(&old).data),
		str_printf(*state, R("%s"), buf_str(&new).data), true, &pair);
	assert_int_equal(pair.found.n_items, FIELDS);
	for (size_t i = 0; i < FIELDS; i++) {
		assert_int_equal(pair.found.items[i].effect, EFFECT_FAILS);
		n_fixes += pair.found.items[i].fix != NULL;
	}
	assert_true(n_fixes > 20);
}

/* What a referenced schema defines has no place in the text and cannot be edited; what uses it has and can. */
static void referenced_schemas_are_not_edited(void **state)
{
	const struct schema_dependency before = { .name = STR("A"), .subject = STR("a"), .version = 1, .text = STR(R(F("x", "\"int\""))) };
	struct schema_dependency after = before;
	struct schema_source old = { .type = SCHEMA_AVRO, .dependencies = &before, .n_dependencies = 1,
		.text = STR("{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"r\",\"type\":\"R\"}]}") };
	struct schema_source new = old;
	struct explained_pair pair;
	const struct explain_finding *found;

	after.text = STR(R(F("x", "\"int\"") "," F("y", "\"int\"")));
	new.dependencies = &after;
	new.text = STR("{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"r\",\"type\":\"R\"},{\"name\":\"s\",\"type\":\"R\"}]}");
	explain_source(*state, &old, &new, true, &pair);
	expect_sound_findings(&pair, "references");
	assert_int_equal(pair.found.n_items, 2);
	found = &pair.found.items[0];
	assert_int_equal(found->rule, RULE_AVRO_FIELD_NO_DEFAULT);
	assert_int_equal(found->in_new.line, 0);
	expect_str("path", "/fields/0/type/fields/1", found->in_new.path);
	assert_true(found->fix->major);
	expect_str("fix", "mend `R` where it is defined, or keep the version of it that was referred to", found->fix->title);
	found = &pair.found.items[1];
	assert_int_equal(found->in_new.column, 71);
	expect_str("fix", "give field `s` the default {\"x\":0,\"y\":0}", found->fix->title);
}

/* ---- the corpus ---- */

static void pairs_of_the_corpus_are_explained(void **state)
{
	(void)state;
	explain_corpus("avro.jsonl", SCHEMA_AVRO, 0);
	assert_true(n_witnessed > 600 && n_fixed > 300);
}

/* What is unsound about the reference has a warning that an event shows; what implementations differ in is told. */
static void warn_row(struct row *r)
{
	const char *kind = row_text(r->json, "kind");
	bool shown = strstr(kind, "fails") || strstr(kind, "silent"), told = false;
	struct explained_pair pair;

	if (json_object_get(r->json, "chain"))
		return;
	explain_texts(r->arena, SCHEMA_AVRO, str_of(row_text(r->json, "old")), str_of(row_text(r->json, "new")), true, &pair);
	for (size_t i = 0; i < pair.found.n_items; i++) {
		const struct explain_finding *finding = &pair.found.items[i];

		told |= !finding->refused && (shown ? finding->witness != NULL : finding->effect == EFFECT_POLICY);
	}
	if (!told) {
		show_findings(&pair);
		disagree(r, kind, shown ? "a warning with a witness" : "a warning", STR("none"));
	}
	expect_sound_findings(&pair, r->id);
}

static void what_the_reference_does_not_see_is_warned_of(void **state)
{
	(void)state;
	run_file("findings.jsonl", "AVRO", warn_row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(rules_are_shown_by_their_examples),
		arena_test(findings_are_told),
		arena_test(hundreds_of_findings_are_proven),
		arena_test(referenced_schemas_are_not_edited),
		cmocka_unit_test(pairs_of_the_corpus_are_explained),
		cmocka_unit_test(what_the_reference_does_not_see_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
