"""The JSON Schema serializer and deserializer: validation, references, evolution, rules."""
import json

from confluent_kafka.schema_registry import Rule, RuleKind, RuleMode, RuleSet, Schema, header_schema_id_serializer
from confluent_kafka.schema_registry.rules.cel.cel_executor import CelExecutor
from confluent_kafka.serialization import SerializationError

from kit import equal, raises, refused, value_of
from schemas import V1, avro, reference

CelExecutor.register()


def _order(required=("id",), closed=False, **properties):
    tree = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Order", "type": "object",
            "properties": dict({"id": {"type": "string"}, "amount": {"type": "integer"}}, **properties), "required": list(required)}
    return dict(tree, additionalProperties=False) if closed else tree


CLOSED = _order(closed=True)
CLOSED_NOTED = _order(closed=True, note={"type": "string", "default": "none"})
RETYPED = _order(closed=True, amount={"type": "string"})
ORDER = {"id": "o-1", "amount": 7}


def _schema(tree, **more):
    return Schema(json.dumps(tree), "JSON", **more)


async def _serializer(kit, tree, **conf):
    return await kit.serializer("JSON", tree if isinstance(tree, Schema) else json.dumps(tree), kit.registry(), conf=conf)


async def _deserializer(kit, tree=None, **conf):
    schema = tree if isinstance(tree, Schema) or tree is None else json.dumps(tree)
    return await kit.deserializer("JSON", schema, schema_registry_client=kit.registry(), conf=conf)


async def registers_and_finds(kit):
    subject, r = kit.subject("json-found"), kit.registry()
    done = await r.register_schema_full_response(subject, _schema(CLOSED))
    looked = await kit.registry().lookup_schema(subject, _schema(CLOSED))
    equal((looked.version, looked.schema_id, looked.guid), (1, done.schema_id, done.guid))
    for found in ((await kit.registry().get_latest_version(subject)).schema, await kit.registry().get_schema(done.schema_id),
                  await kit.registry().get_schema_by_guid(done.guid)):
        equal((found.schema_type, json.loads(found.schema_str)), ("JSON", CLOSED))
    await refused(422, 42201, r.register_schema(subject, _schema(dict(CLOSED, type={"of": "nothing"}))))
    await refused(422, 42201, r.register_schema(subject, Schema("[", "JSON")))


async def evolves_or_is_refused(kit):
    subject, r = kit.subject("json-evolved"), kit.registry()
    first = await r.register_schema(subject, _schema(CLOSED))
    equal(await r.test_compatibility(subject, _schema(CLOSED_NOTED)), True)
    assert await r.register_schema(subject, _schema(CLOSED_NOTED)) != first
    equal(await r.test_compatibility(subject, _schema(RETYPED)), False)
    await refused(409, 40901, r.register_schema(subject, _schema(RETYPED)), subject, "TYPE_CHANGED", "#/properties/amount")
    await refused(409, 40901, r.register_schema(subject, avro(V1)))
    equal(await r.get_versions(subject), [1, 2])


async def frames_and_validates(kit):
    topic = kit.subject("json-framed")
    serialize = await _serializer(kit, CLOSED)
    data = await serialize(ORDER, value_of(topic))
    latest = await kit.registry().get_latest_version(topic + "-value")
    equal((data[:5], json.loads(data[5:])), (b"\0" + latest.schema_id.to_bytes(4, "big"), ORDER))
    equal(await (await _deserializer(kit))(data, value_of(topic)), ORDER)
    await raises(SerializationError, serialize({"id": 1}, value_of(topic)))
    await raises(SerializationError, (await _deserializer(kit))(data[:5] + b'{"id":1}', value_of(topic)))


async def carries_the_guid_in_a_header(kit):
    topic, headers = kit.subject("json-headers"), {}
    data = await (await _serializer(kit, CLOSED, **{"schema.id.serializer": header_schema_id_serializer}))(ORDER, value_of(topic, headers))
    guid = (await kit.registry().get_latest_version(topic + "-value")).guid
    equal((headers["__value_schema_id"], json.loads(data)), (b"\1" + bytes.fromhex(guid.replace("-", "")), ORDER))
    equal(await (await _deserializer(kit))(data, value_of(topic, headers)), ORDER)


async def reads_across_versions(kit):
    topic = kit.subject("json-versions")
    old = await (await _serializer(kit, CLOSED))(ORDER, value_of(topic))
    noted = dict(ORDER, note="ring twice")
    new = await (await _serializer(kit, CLOSED_NOTED))(noted, value_of(topic))
    equal(await kit.registry().get_versions(topic + "-value"), [1, 2])
    assert old[1:5] != new[1:5]
    for deserialize in (await _deserializer(kit), await _deserializer(kit, **{"use.latest.version": True})):
        equal([await deserialize(d, value_of(topic)) for d in (old, new)], [ORDER, noted])
    await refused(409, 40901, (await _serializer(kit, RETYPED))({"id": "x", "amount": "7"}, value_of(topic)), "TYPE_CHANGED")


async def resolves_references(kit):
    topic, part, r = kit.subject("json-referring"), kit.subject("json-part"), kit.registry()
    address = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
               "properties": {"street": {"type": "string"}}, "required": ["street"]}
    await r.register_schema(part, _schema(address))
    outer = _schema(_order(home={"$ref": "address.json"}), references=[reference("address.json", part, 1)])
    customer = dict(ORDER, home={"street": "Long Row"})
    serialize = await _serializer(kit, outer)
    data = await serialize(customer, value_of(topic))
    kept = (await kit.registry().get_latest_version(topic + "-value")).schema.references
    equal([(k.name, k.subject, k.version) for k in kept], [("address.json", part, 1)])
    equal(await r.get_referenced_by(part, 1), [(await kit.registry().get_latest_version(topic + "-value")).schema_id])
    equal(await (await _deserializer(kit))(data, value_of(topic)), customer)
    await raises(SerializationError, serialize(dict(ORDER, home={"street": 7}), value_of(topic)))
    await refused(422, 42206, r.delete_subject(part), part)


async def rules_guard_what_is_written(kit):
    topic = kit.subject("json-ruled")
    rule = Rule(name="large", doc=None, kind=RuleKind.CONDITION, mode=RuleMode.WRITE, type="CEL", tags=None, params=None,
                expr="message.amount > 5", on_success=None, on_failure=None, disabled=False)
    rules = RuleSet(migration_rules=None, domain_rules=[rule], encoding_rules=None, enable_at=None)
    await kit.registry().register_schema(topic + "-value", _schema(CLOSED, rule_set=rules))
    serialize = await _serializer(kit, CLOSED, **{"auto.register.schemas": False, "use.latest.version": True})
    equal(await (await _deserializer(kit))(await serialize(ORDER, value_of(topic)), value_of(topic)), ORDER)
    await raises(SerializationError, serialize({"id": "o", "amount": 1}, value_of(topic)), "message.amount > 5")
