"""Rules that the registry keeps and the clients execute: CEL conditions and transforms, tags, JSONata migrations."""
import json

from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel, Metadata, MetadataProperties, MetadataTags, Rule, RuleKind, RuleMode, RuleSet, ServerConfig)
from confluent_kafka.schema_registry.rules.cel.cel_executor import CelExecutor
from confluent_kafka.schema_registry.rules.cel.cel_field_executor import CelFieldExecutor
from confluent_kafka.schema_registry.rules.jsonata.jsonata_executor import JsonataExecutor
from confluent_kafka.serialization import SerializationError

from kit import equal, raises, value_of
from schemas import avro, field, record

for executor in (CelExecutor, CelFieldExecutor, JsonataExecutor):
    executor.register()

LATEST = {"auto.register.schemas": False, "use.latest.version": True}
PERSON = record("Person", field("name", "string", **{"confluent:tags": ["PII"]}), field("city", "string"), field("age", "int"))
ADA = {"name": "Ada", "city": "Bath", "age": 36}


def _rule(name, kind, mode, type, expr, tags=None, on_failure=None, disabled=False):
    return Rule(name=name, doc=None, kind=kind, mode=mode, type=type, tags=tags, params=None, expr=expr, on_success=None,
                on_failure=on_failure, disabled=disabled)


def _domain(*rules):
    return RuleSet(migration_rules=None, domain_rules=list(rules), encoding_rules=None, enable_at=None)


async def _write(kit, topic, schema, value):
    serialize = await kit.serializer("AVRO", kit.registry(), json.dumps(schema), conf=LATEST)
    return await serialize(dict(value), value_of(topic))    # a copy: a transform works on what it is given


async def _read(kit, topic, data, **conf):
    return await (await kit.deserializer("AVRO", kit.registry(), conf=conf))(data, value_of(topic))


async def cel_conditions_guard_what_is_written(kit):
    topic = kit.subject("cel-guarded")
    rules = _domain(_rule("adult", RuleKind.CONDITION, RuleMode.WRITE, "CEL", "message.age >= 18"))
    await kit.registry().register_schema(topic + "-value", avro(PERSON, rule_set=rules))
    data = await _write(kit, topic, PERSON, ADA)
    equal(await _read(kit, topic, data), ADA)
    await raises(SerializationError, _write(kit, topic, PERSON, dict(ADA, age=7)), "message.age >= 18")


async def cel_conditions_guard_what_is_read(kit):
    topic = kit.subject("cel-read")
    rules = _domain(_rule("adult", RuleKind.CONDITION, RuleMode.READ, "CEL", "message.age >= 18"))
    await kit.registry().register_schema(topic + "-value", avro(PERSON, rule_set=rules))
    equal(await _read(kit, topic, await _write(kit, topic, PERSON, ADA)), ADA)
    young = await _write(kit, topic, PERSON, dict(ADA, age=7))
    await raises(SerializationError, _read(kit, topic, young), "message.age >= 18")


async def rules_can_be_off_or_harmless(kit):
    topic = kit.subject("cel-off")
    rules = _domain(_rule("off", RuleKind.CONDITION, RuleMode.WRITE, "CEL", "false", disabled=True),
                    _rule("harmless", RuleKind.CONDITION, RuleMode.WRITE, "CEL", "false", on_failure="NONE"))
    await kit.registry().register_schema(topic + "-value", avro(PERSON, rule_set=rules))
    equal(await _read(kit, topic, await _write(kit, topic, PERSON, ADA)), ADA)


async def cel_transforms_tagged_fields(kit):
    topic = kit.subject("cel-tags")
    rules = _domain(_rule("mask", RuleKind.TRANSFORM, RuleMode.WRITE, "CEL_FIELD",
                          "typeName == 'STRING' ; value + '-' + name", tags=["PII"]))
    await kit.registry().register_schema(topic + "-value", avro(PERSON, rule_set=rules))
    kept = await kit.registry().get_latest_version(topic + "-value")
    equal(json.loads(kept.schema.schema_str)["fields"][0]["confluent:tags"], ["PII"], "the tag is kept in the text")
    equal(kept.schema.rule_set.domain_rules[0].tags, ["PII"])
    equal(await _read(kit, topic, await _write(kit, topic, PERSON, ADA)), dict(ADA, name="Ada-name"), "only the tagged field")


async def cel_transforms_fields_tagged_by_metadata(kit):
    topic = kit.subject("cel-metadata-tags")
    metadata = Metadata(tags=MetadataTags(tags={"**.city": ["PLACE"]}), properties=None, sensitive=None)
    rules = _domain(_rule("mask", RuleKind.TRANSFORM, RuleMode.WRITE, "CEL_FIELD", "'somewhere'", tags=["PLACE"]))
    await kit.registry().register_schema(topic + "-value", avro(PERSON, metadata=metadata, rule_set=rules))
    kept = (await kit.registry().get_latest_version(topic + "-value")).schema.metadata.tags.tags
    equal({path: list(tags) for path, tags in kept.items()}, {"**.city": ["PLACE"]})
    equal(await _read(kit, topic, await _write(kit, topic, PERSON, ADA)), dict(ADA, city="somewhere"), "only the tagged field")


async def cel_transforms_messages(kit):
    topic = kit.subject("cel-message")
    rules = _domain(_rule("older", RuleKind.TRANSFORM, RuleMode.WRITE, "CEL",
                          "{'name': message.name, 'city': message.city, 'age': message.age + 1}"))
    await kit.registry().register_schema(topic + "-value", avro(PERSON, rule_set=rules))
    equal(await _read(kit, topic, await _write(kit, topic, PERSON, ADA)), dict(ADA, age=37))


async def configured_rules_reach_every_schema(kit):
    topic, r = kit.subject("cel-default"), kit.registry()
    rules = _domain(_rule("adult", RuleKind.CONDITION, RuleMode.WRITE, "CEL", "message.age >= 18"))
    await r.set_config(topic + "-value", ServerConfig(compatibility=ConfigCompatibilityLevel.BACKWARD, default_rule_set=rules))
    equal([k.to_dict() for k in (await r.get_config(topic + "-value")).default_rule_set.domain_rules],
          [k.to_dict() for k in rules.domain_rules])
    await r.register_schema(topic + "-value", avro(PERSON))
    equal(await _read(kit, topic, await _write(kit, topic, PERSON, ADA)), ADA)
    await raises(SerializationError, _write(kit, topic, PERSON, dict(ADA, age=7)), "message.age >= 18")


async def jsonata_migrates_both_ways(kit):
    topic, r = kit.subject("migrated"), kit.registry()
    subject = topic + "-value"
    await r.set_config(subject, ServerConfig(compatibility=ConfigCompatibilityLevel.BACKWARD, compatibility_group="app.major"))

    def major(number):
        return Metadata(tags=None, properties=MetadataProperties(properties={"app.major": number}), sensitive=None)

    renamed = record("Person", field("title", "string"), field("city", "string"), field("age", "int"))
    rules = RuleSet(domain_rules=None, encoding_rules=None, enable_at=None, migration_rules=[
        _rule("up", RuleKind.TRANSFORM, RuleMode.UPGRADE, "JSONATA", "$merge([$sift($, function($v, $k) {$k != 'name'}), {'title': $.'name'}])"),
        _rule("down", RuleKind.TRANSFORM, RuleMode.DOWNGRADE, "JSONATA", "$merge([$sift($, function($v, $k) {$k != 'title'}), {'name': $.'title'}])")])
    await r.register_schema(subject, avro(PERSON, metadata=major("1")))
    await r.register_schema(subject, avro(renamed, metadata=major("2"), rule_set=rules))
    equal(await r.get_versions(subject), [1, 2])

    async def write(schema, number, value):
        conf = {"auto.register.schemas": False, "use.latest.with.metadata": {"app.major": number}}
        return await (await kit.serializer("AVRO", kit.registry(), json.dumps(schema), conf=conf))(dict(value), value_of(topic))

    old, new = await write(PERSON, "1", ADA), await write(renamed, "2", {"title": "Ada", "city": "Bath", "age": 36})
    assert old[1:5] != new[1:5]
    for data in (old, new):
        equal(await _read(kit, topic, data, **{"use.latest.with.metadata": {"app.major": "2"}}), {"title": "Ada", "city": "Bath", "age": 36})
        equal(await _read(kit, topic, data, **{"use.latest.with.metadata": {"app.major": "1"}}), ADA)
