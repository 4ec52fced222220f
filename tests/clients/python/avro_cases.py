"""The Avro serializer and deserializer: framing, subject names, what is registered when, and reading across versions."""
import io
import json

import fastavro

from confluent_kafka.schema_registry import (
    Metadata, MetadataProperties, header_schema_id_serializer, record_subject_name_strategy,
    topic_record_subject_name_strategy)
from confluent_kafka.serialization import SerializationError
from fastavro.read import SchemaResolutionError

from kit import equal, key_of, raises, refused, value_of
from schemas import NARROWED, REQUIRED, V1, V2, V3, avro, field, record, reference

ORDER = {"id": "o-1", "amount": 7}
NOTED = {"id": "o-2", "amount": 2 ** 40, "note": "ring twice", "gift": True}


async def _serializer(kit, schema, **conf):
    return await kit.serializer("AVRO", kit.registry(), schema if not isinstance(schema, dict) else json.dumps(schema), conf=conf)


async def _deserializer(kit, schema=None, **conf):
    return await kit.deserializer("AVRO", kit.registry(), json.dumps(schema) if isinstance(schema, dict) else schema, conf=conf)


async def frames_with_the_id(kit):
    topic = kit.subject("framed")
    serialize = await _serializer(kit, V1)
    data = await serialize(ORDER, value_of(topic))
    latest = await kit.registry().get_latest_version(topic + "-value")
    equal(json.loads(latest.schema.schema_str), V1, "registered")
    equal(data[:5], b"\0" + latest.schema_id.to_bytes(4, "big"), "the frame")
    equal(fastavro.schemaless_reader(io.BytesIO(data[5:]), V1, None), ORDER, "the payload")
    equal(await (await _deserializer(kit))(data, value_of(topic)), ORDER)


async def names_subjects(kit):
    topic = kit.subject("named")
    mine = record("Named_" + kit.name, field("id", "string"), field("amount", "int"))
    full = "tenon.orders.Named_" + kit.name
    for strategy, context, subject in ((None, value_of(topic), topic + "-value"), (None, key_of(topic), topic + "-key"),
                                       (record_subject_name_strategy, value_of(topic), full),
                                       (topic_record_subject_name_strategy, value_of(topic), "%s-%s" % (topic, full))):
        conf = {"subject.name.strategy": strategy} if strategy else {}
        data = await (await _serializer(kit, mine, **conf))(ORDER, context)
        equal(await kit.registry().get_versions(subject), [1], subject)
        equal(await (await _deserializer(kit, **conf))(data, context), ORDER, subject)


async def registers_only_when_told(kit):
    topic = kit.subject("told")
    serialize = await _serializer(kit, V1, **{"auto.register.schemas": False})
    await refused(404, 40401, serialize(ORDER, value_of(topic)), topic)
    id = await kit.registry().register_schema(topic + "-value", avro(V1))
    data = await serialize(ORDER, value_of(topic))
    equal(int.from_bytes(data[1:5], "big"), id)
    other = await _serializer(kit, V2, **{"auto.register.schemas": False})
    await refused(404, 40403, other(ORDER, value_of(topic)))
    equal(await kit.registry().get_versions(topic + "-value"), [1])


async def is_refused_the_incompatible(kit):
    topic = kit.subject("refused")
    await (await _serializer(kit, V1))(ORDER, value_of(topic))
    await refused(409, 40901, (await _serializer(kit, REQUIRED))(dict(ORDER, shop="here"), value_of(topic)), "shop")
    await refused(409, 40901, (await _serializer(kit, NARROWED))({"id": 1, "amount": 7}, value_of(topic)), "/fields/0/type")
    equal(await kit.registry().get_versions(topic + "-value"), [1])


async def writes_the_latest(kit):
    topic, r = kit.subject("latest"), kit.registry()
    await r.register_schema(topic + "-value", avro(V1))
    id = await r.register_schema(topic + "-value", avro(V2))
    serialize = await _serializer(kit, V1, **{"auto.register.schemas": False, "use.latest.version": True})
    data = await serialize(ORDER, value_of(topic))
    equal(int.from_bytes(data[1:5], "big"), id, "the id of the latest version")
    equal(await (await _deserializer(kit))(data, value_of(topic)), dict(ORDER, note="none"))


async def writes_the_latest_with_metadata(kit):
    topic, r = kit.subject("staged"), kit.registry()
    ids = []
    for schema, stage in ((V1, "old"), (V2, "live"), (V3, "next")):
        metadata = Metadata(tags=None, properties=MetadataProperties(properties={"stage": stage}), sensitive=None)
        ids.append(await r.register_schema(topic + "-value", avro(schema, metadata=metadata)))
    serialize = await _serializer(kit, V1, **{"auto.register.schemas": False, "use.latest.with.metadata": {"stage": "live"}})
    data = await serialize(ORDER, value_of(topic))
    equal(int.from_bytes(data[1:5], "big"), ids[1])
    equal(await (await _deserializer(kit, **{"use.latest.with.metadata": {"stage": "next"}}))(data, value_of(topic)),
          dict(ORDER, note="none", gift=False), "read with the version that has the metadata")


async def registers_normalized(kit):
    topic = kit.subject("normal")
    messy = record("Order", field("id", "string"), field("amount", "double", default=1, b=2, a=1), aliases=["Z", "A"])
    data = await (await _serializer(kit, messy, **{"normalize.schemas": True}))({"id": "x", "amount": 2.5}, value_of(topic))
    text = (await kit.registry().get_latest_version(topic + "-value")).schema.schema_str
    assert '"default":1.0,"a":1,"b":2' in text and text.endswith('"aliases":["A","Z"]}'), text
    equal(await (await _deserializer(kit))(data, value_of(topic)), {"id": "x", "amount": 2.5})


async def resolves_references(kit):
    topic, r = kit.subject("referring"), kit.registry()
    city, address = kit.subject("city"), kit.subject("address")
    await r.register_schema(city, avro(record("City", field("name", "string"))))
    await r.register_schema(address, avro(record("Address", field("street", "string"), field("city", "tenon.orders.City")),
                                          references=[reference("tenon.orders.City", city, 1)]))
    refs = [reference("tenon.orders.Address", address, 1)]
    schema = avro(record("Customer", field("name", "string"), field("home", "tenon.orders.Address")), references=refs)
    customer = {"name": "Ada", "home": {"street": "Long Row", "city": {"name": "Bath"}}}
    data = await (await _serializer(kit, schema))(customer, value_of(topic))
    kept = (await kit.registry().get_latest_version(topic + "-value")).schema.references
    equal([(k.name, k.subject, k.version) for k in kept], [("tenon.orders.Address", address, 1)])
    equal(await (await _deserializer(kit))(data, value_of(topic)), customer)
    equal(await r.delete_subject(topic + "-value"), [1])
    equal(await r.delete_subject(address), [1])
    equal(await (await _deserializer(kit))(data, value_of(topic)), customer, "after everything was soft deleted")


async def carries_the_guid_in_a_header(kit):
    topic, headers = kit.subject("headers"), {}
    serialize = await _serializer(kit, V1, **{"schema.id.serializer": header_schema_id_serializer})
    long = dict(ORDER, id="longer than this client takes a frame to be")
    data = await serialize(long, value_of(topic, headers))
    guid = (await kit.registry().get_latest_version(topic + "-value")).guid
    equal(headers, {"__value_schema_id": b"\1" + bytes.fromhex(guid.replace("-", ""))}, "the header")
    equal(fastavro.schemaless_reader(io.BytesIO(data), V1, None), long, "a bare payload")
    equal(await (await _deserializer(kit))(data, value_of(topic, headers)), long)


async def reads_across_versions(kit):
    topic = kit.subject("versions")
    old = await (await _serializer(kit, V1))(ORDER, value_of(topic))
    new = await (await _serializer(kit, V3))(NOTED, value_of(topic))
    equal(await kit.registry().get_versions(topic + "-value"), [1, 2])
    as_new = await _deserializer(kit, V3)
    equal(await as_new(old, value_of(topic)), dict(ORDER, note="none", gift=False))
    equal(await as_new(new, value_of(topic)), NOTED)
    as_latest = await _deserializer(kit, **{"use.latest.version": True})
    equal(await as_latest(old, value_of(topic)), dict(ORDER, note="none", gift=False), "read as the latest version")
    as_written = await _deserializer(kit)
    equal([await as_written(d, value_of(topic)) for d in (old, new)], [ORDER, NOTED])
    as_old = await _deserializer(kit, V1)
    equal(await as_old(old, value_of(topic)), ORDER)
    await raises(SchemaResolutionError, as_old(new, value_of(topic)))
    equal(await kit.registry().test_compatibility(topic + "-value", avro(V1)), False, "which the registry had said")


async def reads_the_soft_deleted(kit):
    topic = kit.subject("gone")
    mine = record("Gone_" + kit.name, field("id", "string"), field("amount", "int"))
    data = await (await _serializer(kit, mine))(ORDER, value_of(topic))
    equal(await kit.registry().delete_subject(topic + "-value"), [1])
    equal(await (await _deserializer(kit))(data, value_of(topic)), ORDER)
    equal(await kit.registry().delete_subject(topic + "-value", permanent=True), [1])
    await refused(404, 40403, (await _deserializer(kit))(data, value_of(topic)))


async def refuses_what_is_no_message(kit):
    deserialize = await _deserializer(kit)
    await raises(SerializationError, deserialize(b"\0\0\0\0", value_of("t")))
    await raises(SerializationError, deserialize(b"\7\0\0\0\1\2\2", value_of("t")))
    await refused(404, 40403, deserialize(b"\0\x7f\0\0\1\2\2", value_of("t")))


async def carries_primitives(kit):
    for name, schema, value, payload in (("text", '"string"', "añ😀", None), ("number", '"long"', -2 ** 62, None),
                                         ("octets", '"bytes"', b"\0\1\xff", b"\0\1\xff")):
        topic = kit.subject("primitive-" + name)
        data = await (await _serializer(kit, schema))(value, value_of(topic))
        if payload is not None:
            equal(data[5:], payload, "plain bytes have no length before them")
        equal(await (await _deserializer(kit))(data, value_of(topic)), value)


async def works_in_a_context(kit):
    topic = kit.subject("inside")
    r = kit.registry("/contexts/.serde-" + kit.name)
    data = await (await kit.serializer("AVRO", r, json.dumps(V2)))(dict(ORDER, note="n"), value_of(topic))
    equal(int.from_bytes(data[1:5], "big"), 1, "the first id of the context")
    equal(await (await kit.deserializer("AVRO", kit.registry("/contexts/.serde-" + kit.name)))(data, value_of(topic)), dict(ORDER, note="n"))
    equal(await kit.registry().get_subjects(subject_prefix=":.serde-%s:" % kit.name), [":.serde-%s:%s-value" % (kit.name, topic)])
