"""The Protobuf serializer and deserializer, which send a FileDescriptorProto in base64 where a schema is text elsewhere."""
import base64

from confluent_kafka.schema_registry import Schema, header_schema_id_serializer
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

from kit import equal, refused, value_of
from schemas import reference

KINDS = descriptor_pb2.FieldDescriptorProto
TEXT = """syntax = "proto3";
package tenon.%s;

message Order {
  string id = 1;
  int32 amount = 2;
}
"""


def _file(name, package, messages, imports=()):
    """A FileDescriptorProto; `messages` maps a name to its fields as (name, number, kind or the full name of a message)."""
    file = descriptor_pb2.FileDescriptorProto(name=name, package=package, syntax="proto3", dependency=imports)
    for message, fields in messages.items():
        added = file.message_type.add(name=message)
        for field, number, kind in fields:
            one = added.field.add(name=field, number=number, label=KINDS.LABEL_OPTIONAL, json_name=field)
            if isinstance(kind, str):
                one.type, one.type_name = KINDS.TYPE_MESSAGE, kind
            else:
                one.type = kind
    return file


def _classes(*files):
    """The message classes of files, by their short names, from a pool of their own."""
    pool = descriptor_pool.DescriptorPool()
    classes = {}
    for file in files:
        pool.Add(file)
        for message in file.message_type:
            full = pool.FindMessageTypeByName("%s.%s" % (file.package, message.name))
            classes[message.name] = message_factory.GetMessageClass(full)
    return classes


def _orders(kit, *more, amount=KINDS.TYPE_INT32):
    fields = [("id", 1, KINDS.TYPE_STRING), ("amount", 2, amount)]
    return _file("orders.proto", "tenon." + kit.name, {"Order": fields + list(more)})


def _plain(message):
    return {field.name: value for field, value in message.ListFields()}


async def _serializer(kit, message, **conf):
    return await kit.serializer("PROTOBUF", message, kit.registry(), conf=conf)


async def _deserializer(kit, message, **conf):
    return await kit.deserializer("PROTOBUF", message, schema_registry_client=kit.registry(), conf=conf)


async def finds_a_descriptor_by_its_text(kit):
    subject, r = kit.subject("proto-found"), kit.registry()
    text = Schema(TEXT % kit.name, "PROTOBUF")
    encoded = Schema(base64.b64encode(_orders(kit).SerializeToString()).decode(), "PROTOBUF")
    done = await r.register_schema_full_response(subject, encoded)
    for schema in (text, encoded):
        looked = await kit.registry().lookup_schema(subject, schema)
        equal((looked.version, looked.schema_id, looked.guid), (1, done.schema_id, done.guid))
        equal(await kit.registry().register_schema(subject, schema), done.schema_id)
    shown = await kit.registry().get_schema(done.schema_id)
    equal((shown.schema_type, shown.schema_str), ("PROTOBUF", TEXT % kit.name), "shown as text")
    serialized = await kit.registry().get_schema(done.schema_id, subject_name=subject, fmt="serialized")
    back = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(serialized.schema_str))
    equal((back.package, [m.name for m in back.message_type]), ("tenon." + kit.name, ["Order"]), "format=serialized")
    equal([(f.name, f.number, f.type) for f in back.message_type[0].field], [("id", 1, 9), ("amount", 2, 5)])
    await refused(422, 42201, r.register_schema(subject, Schema('syntax = "proto3"; message {', "PROTOBUF")))


async def frames_with_message_indexes(kit):
    topic = kit.subject("proto-framed")
    classes = _classes(_file("two.proto", "tenon." + kit.name, {"First": [("a", 1, KINDS.TYPE_STRING)], "Second": [("b", 1, KINDS.TYPE_INT64)]}))
    first, second = classes["First"](a="añ"), classes["Second"](b=2 ** 40)
    data = await (await _serializer(kit, classes["First"]))(first, value_of(topic))
    id = (await kit.registry().get_latest_version(topic + "-value")).schema_id.to_bytes(4, "big")
    equal(data, b"\0" + id + b"\0" + first.SerializeToString(), "the first message: one byte 0")
    other = await (await _serializer(kit, classes["Second"]))(second, value_of(topic))
    equal(other, b"\0" + id + b"\2\2" + second.SerializeToString(), "the second: its count and its index")
    equal(await kit.registry().get_versions(topic + "-value"), [1], "one schema for both")
    equal(_plain(await (await _deserializer(kit, classes["First"]))(data, value_of(topic))), {"a": "añ"})
    equal(_plain(await (await _deserializer(kit, classes["Second"]))(other, value_of(topic))), {"b": 2 ** 40})


async def carries_the_guid_in_a_header(kit):
    topic, headers = kit.subject("proto-headers"), {}
    order = _classes(_orders(kit))["Order"]
    message = order(id="longer than this client takes a frame to be", amount=7)
    data = await (await _serializer(kit, order, **{"schema.id.serializer": header_schema_id_serializer}))(message, value_of(topic, headers))
    guid = (await kit.registry().get_latest_version(topic + "-value")).guid
    equal((headers["__value_schema_id"], data), (b"\1" + bytes.fromhex(guid.replace("-", "")) + b"\0", message.SerializeToString()))
    equal(await (await _deserializer(kit, order))(data, value_of(topic, headers)), message)


async def reads_across_versions(kit):
    topic = kit.subject("proto-versions")
    old_order = _classes(_orders(kit))["Order"]
    new_order = _classes(_orders(kit, ("note", 3, KINDS.TYPE_STRING)))["Order"]
    old = await (await _serializer(kit, old_order))(old_order(id="o-1", amount=7), value_of(topic))
    new = await (await _serializer(kit, new_order))(new_order(id="o-2", amount=8, note="ring"), value_of(topic))
    equal(await kit.registry().get_versions(topic + "-value"), [1, 2])
    as_old, as_new = await _deserializer(kit, old_order), await _deserializer(kit, new_order)
    equal([_plain(await as_new(d, value_of(topic))) for d in (old, new)],
          [{"id": "o-1", "amount": 7}, {"id": "o-2", "amount": 8, "note": "ring"}])
    equal([_plain(await as_old(d, value_of(topic))) for d in (old, new)], [{"id": "o-1", "amount": 7}, {"id": "o-2", "amount": 8}])
    latest = await _serializer(kit, new_order, **{"auto.register.schemas": False, "use.latest.version": True})
    equal((await latest(new_order(id="o-3"), value_of(topic)))[:5], new[:5], "use.latest.version")


async def is_refused_the_incompatible(kit):
    topic = kit.subject("proto-refused")
    order = _classes(_orders(kit))["Order"]
    await (await _serializer(kit, order))(order(id="o-1"), value_of(topic))
    retyped = _classes(_orders(kit, amount=KINDS.TYPE_STRING))["Order"]
    await refused(409, 40901, (await _serializer(kit, retyped))(retyped(id="o-1", amount="7"), value_of(topic)), topic, "FIELD_SCALAR_KIND_CHANGED", "#/Order/2")
    equal(await kit.registry().get_versions(topic + "-value"), [1])


async def registers_its_imports(kit):
    topic, r = kit.subject("proto-imports"), kit.registry()
    package = "tenon.%s" % kit.name
    part = "%s_part.proto" % kit.name
    inner = _file(part, package, {"Part": [("name", 1, KINDS.TYPE_STRING)]})
    outer = _file("%s_whole.proto" % kit.name, package, {"Whole": [("part", 1, ".%s.Part" % package)]}, [part])
    classes = _classes(inner, outer)
    whole = classes["Whole"](part=classes["Part"](name="axle"))
    data = await (await _serializer(kit, classes["Whole"]))(whole, value_of(topic))
    latest = await kit.registry().get_latest_version(topic + "-value")
    equal([(k.name, k.subject, k.version) for k in latest.schema.references], [(part, part, 1)])
    equal(await r.get_versions(part), [1])
    equal(await r.get_referenced_by(part, 1), [latest.schema_id])
    back = await (await _deserializer(kit, classes["Whole"]))(data, value_of(topic))
    equal(back.part.name, "axle")
    await refused(422, 42206, r.delete_subject(part), part)
    text = Schema('syntax = "proto3";\npackage %s;\n\nimport "%s";\n\nmessage Whole {\n  .%s.Part part = 1;\n}\n' % (package, part, package),
                  "PROTOBUF", references=[reference(part, part, 1)])
    equal((await kit.registry().lookup_schema(topic + "-value", text)).schema_id, latest.schema_id, "by its text")


async def knows_the_well_known_types(kit):
    topic = kit.subject("proto-known")
    stamp = descriptor_pb2.FileDescriptorProto()
    timestamp_pb2.DESCRIPTOR.CopyToProto(stamp)
    event = _file("%s_event.proto" % kit.name, "tenon." + kit.name, {"Event": [("at", 1, ".google.protobuf.Timestamp")]}, [stamp.name])
    made = _classes(stamp, event)["Event"]
    message = made()
    message.at.seconds = 1700000000
    data = await (await _serializer(kit, made))(message, value_of(topic))
    equal((await kit.registry().get_latest_version(topic + "-value")).schema.references or [], [], "no reference for a type that is built in")
    equal((await (await _deserializer(kit, made))(data, value_of(topic))).at.seconds, 1700000000)
