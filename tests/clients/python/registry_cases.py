"""What the registry client asks: registering, looking up, evolving, deleting, configuring, and every refusal."""
import json

from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel, Metadata, MetadataProperties, Rule, RuleKind, RuleMode, RuleParams, RuleSet, Schema, ServerConfig)

from kit import equal, refused
from schemas import AMOUNT, ID, NARROWED, REQUIRED, V1, V2, V3, avro, field, record, reference

UNKNOWN_GUID = "00000000-0000-0000-0000-00000000dead"


def properties(**named):
    return Metadata(tags=None, properties=MetadataProperties(properties=named), sensitive=None)


def tree(registered):
    return json.loads(registered.schema.schema_str)


async def registers_and_finds(kit):
    subject, r = kit.subject("found"), kit.registry()
    done = await r.register_schema_full_response(subject, avro(V1))
    assert done.schema_id > 0 and len(done.guid) == 36, done
    again = await kit.registry().register_schema_full_response(subject, avro(V1))
    equal((again.schema_id, again.guid), (done.schema_id, done.guid), "registered again")
    looked = await kit.registry().lookup_schema(subject, avro(V1))
    equal((looked.subject, looked.version, looked.schema_id, looked.guid), (subject, 1, done.schema_id, done.guid), "looked up")
    equal(tree(looked), V1)
    equal(json.loads((await kit.registry().get_schema(done.schema_id)).schema_str), V1, "by id")
    equal(json.loads((await kit.registry().get_schema(done.schema_id, subject_name=subject)).schema_str), V1, "by id and subject")
    equal(json.loads((await kit.registry().get_schema_by_guid(done.guid)).schema_str), V1, "by guid")
    for found in (await kit.registry().get_version(subject, 1), await kit.registry().get_latest_version(subject)):
        equal((found.subject, found.version, found.schema_id, found.guid), (subject, 1, done.schema_id, done.guid))
        equal(tree(found), V1)
    equal(await r.get_versions(subject), [1])
    assert subject in await r.get_subjects()
    equal(await r.get_subjects(subject_prefix=subject), [subject])
    equal(await r.get_subjects(subject_prefix=subject, offset=1), [])


async def names_the_types(kit):
    equal(sorted(await kit.registry().get_schema_types()), sorted(kit.types))
    assert "AVRO" in kit.types, kit.types


async def shares_one_id(kit):
    one, two, r = kit.subject("shared-one"), kit.subject("shared-two"), kit.registry()
    shared = record("Shared", field("kit", "string", default=kit.name))
    first = await r.register_schema(one, avro(V1))
    equal(await r.register_schema(two, avro(V1)), first, "the same schema elsewhere")
    only = await r.register_schema(two, avro(V2))
    assert only != first
    found = await r.get_subjects_by_schema_id(first)
    assert {one, two} <= set(found), found
    uses = {(v.subject, v.version) for v in await r.get_schema_versions(first)}
    assert {(one, 1), (two, 1)} <= uses, uses
    alone = await r.register_schema(kit.subject("shared-alone"), avro(shared))
    equal(await r.get_subjects_by_schema_id(alone), [kit.subject("shared-alone")])
    equal([(v.subject, v.version) for v in await r.get_schema_versions(alone)], [(kit.subject("shared-alone"), 1)])


async def evolves(kit):
    subject, r = kit.subject("evolved"), kit.registry()
    ids = [await r.register_schema(subject, avro(V1))]
    for version, schema in ((2, V2), (3, V3)):
        equal(await r.test_compatibility(subject, avro(schema)), True)
        equal(await r.test_compatibility_all_versions(subject, avro(schema)), True)
        ids.append(await r.register_schema(subject, avro(schema)))
        equal((await kit.registry().get_latest_version(subject)).version, version)
    equal(len(set(ids)), 3, "ids")
    equal(await r.get_versions(subject), [1, 2, 3])
    equal([(await kit.registry().get_version(subject, v)).schema_id for v in (1, 2, 3)], ids)


async def refuses_the_incompatible(kit):
    subject, r = kit.subject("refused"), kit.registry()
    await r.register_schema(subject, avro(V1))
    for schema, words in ((NARROWED, ["TYPE_MISMATCH", "/fields/0/type"]), (REQUIRED, ["READER_FIELD_MISSING_DEFAULT_VALUE", "shop"])):
        equal(await r.test_compatibility(subject, avro(schema)), False)
        equal(await r.test_compatibility(subject, avro(schema), version=1, verbose=True), False)
        equal(await r.test_compatibility_all_versions(subject, avro(schema)), False)
        await refused(409, 40901, r.register_schema(subject, avro(schema)), subject, *words)
        await refused(404, 40403, kit.registry().lookup_schema(subject, avro(schema)))
    equal(await r.get_versions(subject), [1])
    await r.set_compatibility(subject, "FORWARD")
    await r.register_schema(subject, avro(REQUIRED))
    equal(await r.get_versions(subject), [1, 2])
    await r.set_compatibility(subject, "NONE")
    await r.register_schema(subject, avro(NARROWED))
    equal(await r.get_versions(subject), [1, 2, 3])


async def says_what_is_missing(kit):
    subject, nowhere, r = kit.subject("missing"), kit.subject("nowhere"), kit.registry()
    await r.register_schema(subject, avro(V1))
    for asked in (r.get_versions(nowhere), r.get_latest_version(nowhere), r.get_version(nowhere, 1), r.delete_subject(nowhere),
                  r.lookup_schema(nowhere, avro(V1)), r.delete_version(nowhere, 1)):
        await refused(404, 40401, asked, nowhere)
    for asked in (r.get_version(subject, 2), r.delete_version(subject, 2), r.test_compatibility(subject, avro(V1), version=9)):
        await refused(404, 40402, asked, "Version")
    for asked in (r.get_schema(99999999), r.get_schema_by_guid(UNKNOWN_GUID), r.get_subjects_by_schema_id(99999999),
                  r.get_schema_versions(99999999), r.lookup_schema(subject, avro(V2))):
        await refused(404, 40403, asked, "not found")
    await refused(404, 40408, r.get_compatibility(subject), subject)
    await refused(404, 40409, r.get_mode(subject), subject)


async def refuses_the_invalid(kit):
    subject, r = kit.subject("invalid"), kit.registry()
    for text in ("{", '{"type":"strin"}', '{"type":"record","name":"R"}', '{"type":"record","name":"R-x","fields":[]}',
                 '{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"no"}]}'):
        await refused(422, 42201, r.register_schema(subject, avro(text)))
    await refused(422, 42201, r.register_schema(subject, Schema(json.dumps(V1), "XML")), "XML")
    await refused(404, 40401, r.get_versions(subject))
    await r.register_schema(subject, avro(V1))
    for version in (0, -2, 2 ** 31, "first"):
        await refused(422, 42202, r.get_version(subject, version), str(version))
    await refused(422, 42202, r.delete_version(subject, 0))
    for name in (subject, None):
        await refused(422, 42203, r.set_compatibility(name, "SIDEWAYS"))
    await refused(422, 42204, r.update_mode(subject, "ASLEEP"))


async def deletes_versions(kit):
    subject, r = kit.subject("deleted-version"), kit.registry()
    ids = [await r.register_schema(subject, avro(schema)) for schema in (V1, V2)]
    await refused(404, 40407, r.delete_version(subject, 1, permanent=True), subject)
    equal(await r.delete_version(subject, 1), 1)
    equal(await r.get_versions(subject), [2])
    equal(await r.get_versions(subject, deleted=True), [1, 2])
    await refused(404, 40402, kit.registry().get_version(subject, 1))
    equal((await kit.registry().get_version(subject, 1, deleted=True)).schema_id, ids[0])
    equal(json.loads((await kit.registry().get_schema(ids[0])).schema_str), V1, "by id, after the soft delete")
    await refused(404, 40406, r.delete_version(subject, 1))
    await refused(404, 40403, kit.registry().lookup_schema(subject, avro(V1)))
    equal((await kit.registry().lookup_schema(subject, avro(V1), deleted=True)).version, 1)
    equal(await r.delete_version(subject, 1, permanent=True), 1)
    equal(await r.get_versions(subject, deleted=True), [2])
    await refused(404, 40402, kit.registry().get_version(subject, 1, deleted=True))


async def deletes_subjects(kit):
    subject, r = kit.subject("deleted"), kit.registry()
    first = await r.register_schema(subject, avro(V1))
    await r.register_schema(subject, avro(V2))
    await refused(404, 40405, r.delete_subject(subject, permanent=True), subject)
    equal(await r.delete_subject(subject), [1, 2])
    await refused(404, 40401, r.get_versions(subject))
    assert subject not in await r.get_subjects()
    assert subject in await r.get_subjects(deleted=True)
    await refused(404, 40404, r.delete_subject(subject), subject)
    again = await kit.registry().register_schema_full_response(subject, avro(V1))
    equal((again.schema_id, (await kit.registry().get_latest_version(subject)).version), (first, 3), "registered again")
    equal(await r.delete_subject(subject), [3])
    equal(sorted(await r.get_versions(subject, deleted=True)), [2, 3])
    equal(await r.delete_subject(subject, permanent=True), [2, 3])
    assert subject not in await r.get_subjects(deleted=True)
    await refused(404, 40401, r.get_versions(subject, deleted=True))
    await kit.registry().register_schema(subject, avro(V1))
    equal(await r.get_versions(subject), [1], "a fresh start")


async def configures(kit):
    subject, r = kit.subject("configured"), kit.registry()
    await r.register_schema(subject, avro(V1))
    equal(await r.get_compatibility(), "BACKWARD")
    for level in ("BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE", "BACKWARD"):
        equal((await r.set_compatibility(subject, level))["compatibility"], level)
        equal(await r.get_compatibility(subject), level)
        equal((await r.get_config(subject)).compatibility_level.value, level)
    await r.delete_config(subject)
    await refused(404, 40408, r.get_config(subject), subject)
    await r.set_compatibility(level="FULL")
    try:
        equal(await r.get_compatibility(), "FULL")
        await refused(409, 40901, r.register_schema(subject, avro(record("Order", ID, field("amount", "long")))))
    finally:
        await r.set_compatibility(level="BACKWARD")
    await r.register_schema(subject, avro(record("Order", ID, field("amount", "long"))))


async def fills_in_metadata(kit):
    subject, r = kit.subject("defaults"), kit.registry()
    config = ServerConfig(compatibility=ConfigCompatibilityLevel.BACKWARD, default_metadata=properties(owner="desk", tier="1"),
                          override_metadata=properties(tier="9"))
    await r.set_config(subject, config)
    kept = await r.get_config(subject)
    equal((kept.default_metadata.properties, kept.override_metadata.properties),
          (config.default_metadata.properties, config.override_metadata.properties))
    await r.register_schema(subject, avro(V1, metadata=properties(owner="me")))
    equal((await kit.registry().get_latest_version(subject)).schema.metadata.properties.properties, {"owner": "me", "tier": "9"})
    await kit.registry().register_schema(subject, avro(V2))
    latest = await kit.registry().get_latest_version(subject)
    equal((latest.version, latest.schema.metadata.properties.properties), (2, {"owner": "me", "tier": "9"}))


async def compares_within_groups(kit):
    subject, r = kit.subject("groups"), kit.registry()
    await r.set_config(subject, ServerConfig(compatibility=ConfigCompatibilityLevel.BACKWARD, compatibility_group="app.major"))
    equal((await r.get_config(subject)).compatibility_group, "app.major")
    await r.register_schema(subject, avro(V1, metadata=properties(**{"app.major": "1"})))
    await refused(409, 40901, r.register_schema(subject, avro(NARROWED, metadata=properties(**{"app.major": "1"}))))
    await r.register_schema(subject, avro(NARROWED, metadata=properties(**{"app.major": "2"})))
    await r.register_schema(subject, avro(V2, metadata=properties(**{"app.major": "1"})))
    equal(await r.get_versions(subject), [1, 2, 3])


async def finds_by_metadata(kit):
    subject, r = kit.subject("metadata"), kit.registry()
    for schema, stage in ((V1, "live"), (V2, "test"), (V3, "live")):
        await r.register_schema(subject, avro(schema, metadata=properties(stage=stage, team="orders")))
    for asked, version in (({"stage": "live"}, 3), ({"stage": "test"}, 2), ({"stage": "test", "team": "orders"}, 2)):
        equal((await kit.registry().get_latest_with_metadata(subject, asked)).version, version)
    await refused(404, 40403, kit.registry().get_latest_with_metadata(subject, {"stage": "gone"}))
    await refused(404, 40401, kit.registry().get_latest_with_metadata(kit.subject("nowhere"), {"stage": "live"}))


async def keeps_rule_sets(kit):
    subject, r = kit.subject("ruled"), kit.registry()
    rule = Rule(name="positive", doc="no debts", kind=RuleKind.CONDITION, mode=RuleMode.WRITE, type="CEL", tags=["PII"],
                params=RuleParams(params={"p": "q"}), expr="message.amount > 0", on_success="NONE", on_failure="ERROR", disabled=True)
    rules = RuleSet(migration_rules=None, domain_rules=[rule], encoding_rules=None, enable_at=None)
    plain = await r.register_schema(subject, avro(V1))
    ruled = await r.register_schema(subject, avro(V1, rule_set=rules))
    assert plain != ruled
    kept = (await kit.registry().get_latest_version(subject)).schema.rule_set.domain_rules
    equal([k.to_dict() for k in kept], [rule.to_dict()])
    twice = RuleSet(migration_rules=None, domain_rules=[rule, rule], encoding_rules=None, enable_at=None)
    await refused(422, 42210, r.register_schema(subject, avro(V1, rule_set=twice)), "positive")


async def switches_modes(kit):
    subject, r = kit.subject("moded"), kit.registry()
    equal(await r.get_global_mode(), "READWRITE")
    await r.register_schema(subject, avro(V1))
    equal(await r.update_mode(subject, "READONLY"), "READONLY")
    equal(await r.get_mode(subject), "READONLY")
    await refused(422, 42205, r.register_schema(subject, avro(V2)), subject, "read-only")
    await refused(422, 42205, r.delete_subject(subject), "read-only")
    equal((await kit.registry().get_latest_version(subject)).version, 1)
    await r.delete_mode(subject)
    await refused(404, 40409, r.get_mode(subject), subject)
    await r.register_schema(subject, avro(V2))
    await refused(422, 42205, r.update_mode(subject, "IMPORT"), "existing")
    equal(await r.update_mode(subject, "IMPORT", force=True), "IMPORT")
    await refused(422, 42205, r.register_schema(subject, avro(V3)), "read-write")
    await r.update_global_mode("READONLY")
    try:
        equal(await r.get_global_mode(), "READONLY")
        await refused(422, 42205, r.register_schema(kit.subject("moded-other"), avro(V1)))
    finally:
        await r.update_global_mode("READWRITE")
    await r.register_schema(kit.subject("moded-other"), avro(V1))


async def follows_references(kit):
    part, whole, r = kit.subject("part"), kit.subject("whole"), kit.registry()
    await r.register_schema(part, avro(record("Part", field("name", "string"))))
    refs = [reference("tenon.orders.Part", part, 1)]
    outer = record("Whole", field("part", "tenon.orders.Part"), AMOUNT)
    id = await r.register_schema(whole, avro(outer, references=refs))
    found = await kit.registry().get_latest_version(whole)
    equal([(f.name, f.subject, f.version) for f in found.schema.references], [("tenon.orders.Part", part, 1)])
    equal(await r.get_referenced_by(part, 1), [id])
    equal((await kit.registry().lookup_schema(whole, avro(outer, references=refs))).schema_id, id)
    inlined = record("Whole", field("part", record("Part", field("name", "string"))), AMOUNT)
    equal((await kit.registry().lookup_schema(whole, avro(inlined))).schema_id, id, "the same schema, written out")
    resolved = json.loads((await kit.registry().get_latest_version(whole, fmt="resolved")).schema.schema_str)
    equal(resolved["fields"][0]["type"]["fields"], [{"name": "name", "type": "string"}], "format=resolved")
    await refused(422, 42206, r.delete_version(part, 1), part)
    await refused(422, 42206, r.delete_subject(part), part)
    await refused(422, 42201, r.register_schema(kit.subject("broken"), avro(outer, references=[reference("tenon.orders.Part", part, 7)])))
    await refused(422, 42201, r.register_schema(kit.subject("broken"), avro(outer)), "Part")
    equal(await r.delete_subject(whole), [1])
    equal(await r.delete_subject(part), [1])


async def normalizes(kit):
    subject, r = kit.subject("normal"), kit.registry()
    messy = record("Order", field("amount", "double", default=1, b=2, a=1), doc="", aliases=["Z", "A"])
    id = await r.register_schema(subject, avro(messy), normalize_schemas=True)
    text = (await kit.registry().get_schema(id)).schema_str
    equal(text, '{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"amount","type":"double",'
                '"default":1.0,"a":1,"b":2}],"aliases":["A","Z"]}', "normalised")
    equal((await kit.registry().lookup_schema(subject, avro(messy), normalize_schemas=True)).version, 1)
    await refused(404, 40403, kit.registry().lookup_schema(subject, avro(messy)))
    spaced = json.dumps(json.loads(text), indent=4)
    equal(await kit.registry().register_schema(subject, avro(spaced)), id, "other white space, not normalised")


async def separates_contexts(kit):
    context, r = ".%s" % kit.name, kit.registry()
    inside = ":%s:orders" % context
    only = record("OnlyHere", field(kit.name, "int"))
    equal(await r.register_schema(inside, avro(only)), 1, "the first id of a context")
    equal(await r.get_subjects(subject_prefix=inside), [inside])
    assert context in await r.get_contexts() and "." in await r.get_contexts()
    found = await kit.registry().get_latest_version(inside)
    equal((found.subject, found.version, tree(found)), (inside, 1, only))
    equal(json.loads((await kit.registry().get_schema(1, subject_name=inside)).schema_str), only, "the context's id 1")
    prefixed = kit.registry("/contexts/" + context)
    equal(await prefixed.get_versions("orders"), [1], "by the URL's prefix")
    await refused(404, 40401, r.get_versions(kit.subject("orders-outside")))


async def takes_any_name(kit):
    r = kit.registry()
    for name in ("a/b", "a b", "100%", "a+b", "a&b=c", "a?b#c", "é-ü-漢字-😀", "a:b", "dots..dots"):
        subject = kit.subject(name)
        id = await r.register_schema(subject, avro(V1))
        found = await kit.registry().get_latest_version(subject)
        equal((found.subject, found.schema_id), (subject, id))
        equal(await r.get_subjects(subject_prefix=subject), [subject])
        equal(await r.delete_subject(subject), [1])

