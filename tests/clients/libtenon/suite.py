"""libtenon and confluent-kafka on one wire: what one writes the other reads, in all three formats, in both directions."""
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1])]

from confluent_kafka.schema_registry import SchemaRegistryClient, header_schema_id_serializer
from confluent_kafka.schema_registry import avro, json_schema, protobuf
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from support.tally import Tally

URL, DRIVER = os.environ["TENON_URL"], os.environ["TENON_DRIVER"]
ID, GUID, HEADER_GUID, HEADER_ID = range(4)
NAME = "__value_schema_id"

V1 = {"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "id", "type": "string"}, {"name": "amount", "type": "int"}, {"name": "raw", "type": "bytes"},
    {"name": "share", "type": "float"}, {"name": "total", "type": "double"}, {"name": "paid", "type": "boolean"},
    {"name": "note", "type": ["null", "string", {"type": "map", "values": "long"}]},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B", "C"]}},
    {"name": "mark", "type": {"type": "fixed", "name": "Mark", "size": 2}},
    {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
        {"name": "sku", "type": "string"}, {"name": "next", "type": ["null", "Line"]}]}}}]}
# Renamed, promoted, reordered, one less, one more.
V2 = {"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "gift", "type": "boolean", "default": True}, {"name": "sum", "type": "double", "aliases": ["amount"]},
    {"name": "id", "type": "string"}, {"name": "share", "type": "double"},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "other"], "default": "other"}},
    {"name": "tags", "type": {"type": "array", "items": "string"}, "default": ["a", "b"]}]}
LINE = {"sku": "s1", "next": {"sku": "s2", "next": None}}
ORDERS = [
    {"id": "1", "amount": 42, "raw": b"\x00\x7f\x80\xff", "share": 0.5, "total": -1e300, "paid": True, "note": None, "kind": "A",
     "mark": b"ab", "lines": [LINE, LINE]},
    {"id": "zwölf \u20ac \U0001f600", "amount": -2147483648, "raw": b"", "share": -0.0, "total": 0.1, "paid": False, "note": "n",
     "kind": "C", "mark": b"\xff\x00", "lines": []},
    {"id": "", "amount": 0, "raw": b"x" * 300, "share": 1.5, "total": 2.0, "paid": False, "note": {"a": 1 << 40, "b": -1},
     "kind": "B", "mark": b"\x80\x81", "lines": [LINE] * 70},
]
PERSON = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Person", "type": "object",
          "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}}, "required": ["name"]}
PROTO = 'syntax = "proto3"; package shop; message First { int32 x = 1; } message Order { string id = 1; repeated int64 n = 2; message Line { string sku = 1; } Line line = 3; }'


def driver(*arguments, fails=None):
    done = subprocess.run([DRIVER, *arguments], capture_output=True, text=True, timeout=60, check=False)
    if fails:
        assert done.returncode == 1 and fails in done.stderr, (done.returncode, done.stdout, done.stderr)
        return None
    assert done.returncode == 0, done.stderr
    return done.stdout


class Suite:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def file(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def write(self, verb, kind, schema, topic, framing, value, *message):
        data, header = driver(verb, kind, schema, topic, str(framing), json.dumps(value), *message)[:-1].split(" ")
        return bytes.fromhex(data), {NAME: bytes.fromhex(header)} if header else {}

    def read(self, verb, data, headers, *reader):
        return json.loads(driver(verb, data.hex(), headers.get(NAME, b"").hex(), *reader))


def context(topic, headers):
    return SerializationContext(topic, MessageField.VALUE, headers)


def conf(framing):
    return {"schema.id.serializer": header_schema_id_serializer} if framing == HEADER_GUID else {}


def registry():
    return SchemaRegistryClient({"url": URL})


def equal(got, want):
    assert got == want, "%r is not %r" % (got, want)


# ---- Avro

def as_json(order):
    """The order in Avro's JSON encoding, as libtenon takes and gives it."""
    note = order["note"]
    branch = {str: "string", dict: "map"}.get(type(note))

    def line(one):
        return one and {"sku": one["sku"], "next": one["next"] and {"shop.Line": line(one["next"])}}
    return dict(order, raw=order["raw"].decode("latin-1"), mark=order["mark"].decode("latin-1"),
                note={branch: note} if branch else None, lines=[line(one) for one in order["lines"]])


def avro_written_by_libtenon(suite, verb, framing):
    topic = "avro-from-c-%s-%d" % (verb, framing)
    for order in ORDERS:
        data, headers = suite.write(verb, "AVRO", suite.file("v1.avsc", V1), topic, framing, as_json(order))
        read = avro.AvroDeserializer(registry())(data, context(topic, headers))
        equal(read, order)
        evolved = avro.AvroDeserializer(registry(), json.dumps(V2))(data, context(topic, headers))
        ours = suite.read("read", data, headers, "AVRO", suite.file("v2.avsc", V2))
        equal(ours, evolved)


def avro_written_by_python(suite, verb, framing):
    topic = "avro-from-python-%s-%d" % (verb, framing)
    serialize = avro.AvroSerializer(registry(), json.dumps(V1), conf=conf(framing))
    for order in ORDERS:
        headers = {}
        data = serialize(order, context(topic, headers))
        if verb == "read":
            equal(suite.read("read", data, headers), as_json(order))
        evolved = avro.AvroDeserializer(registry(), json.dumps(V2))(data, context(topic, headers))
        equal(suite.read(verb, data, headers, "AVRO", suite.file("v2.avsc", V2)), evolved)
    cut = data[:-2]
    driver("read", cut.hex(), headers.get(NAME, b"").hex(), fails="BAD_BYTES")


def same_bytes(suite):
    """Not only readable: the same, to the byte."""
    serialize = avro.AvroSerializer(registry(), json.dumps(V1))
    for order in ORDERS:
        data, _ = suite.write("write", "AVRO", suite.file("v1.avsc", V1), "same", ID, as_json(order))
        equal(data, serialize(order, context("same", {})))


# ---- JSON Schema

def json_written_by_libtenon(suite, framing):
    topic = "json-from-c-%d" % framing
    data, headers = suite.write("write", "JSON", suite.file("person.json", PERSON), topic, framing, {"name": "Ada", "age": 36})
    equal(json_schema.JSONDeserializer(json.dumps(PERSON), schema_registry_client=registry())(data, context(topic, headers)), {"name": "Ada", "age": 36})


def json_written_by_python(suite, framing):
    topic, headers = "json-from-python-%d" % framing, {}
    serialize = json_schema.JSONSerializer(json.dumps(PERSON), registry(), conf=conf(framing))
    data = serialize({"name": "Ada", "age": 36}, context(topic, headers))
    equal(suite.read("read", data, headers), {"name": "Ada", "age": 36})
    stricter = suite.file("strict.json", dict(PERSON, required=["name", "shoe"]))
    driver("read", data.hex(), headers.get(NAME, b"").hex(), "JSON", stricter, fails="shoe")


# ---- Protobuf

@functools.cache
def messages():
    """The classes of PROTO, made without protoc."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="orders.proto", package="shop", syntax="proto3")
    first, order = file.message_type.add(name="First"), file.message_type.add(name="Order")
    first.field.add(name="x", number=1, label=kinds.LABEL_OPTIONAL, type=kinds.TYPE_INT32, json_name="x")
    order.field.add(name="id", number=1, label=kinds.LABEL_OPTIONAL, type=kinds.TYPE_STRING, json_name="id")
    order.field.add(name="n", number=2, label=kinds.LABEL_REPEATED, type=kinds.TYPE_INT64, json_name="n")
    order.field.add(name="line", number=3, label=kinds.LABEL_OPTIONAL, type=kinds.TYPE_MESSAGE, type_name=".shop.Order.Line", json_name="line")
    order.nested_type.add(name="Line").field.add(name="sku", number=1, label=kinds.LABEL_OPTIONAL, type=kinds.TYPE_STRING, json_name="sku")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName("shop." + name)) for name in ("First", "Order", "Order.Line")}


PROTOS = [("Order", {"id": "7", "n": ["1", "-9000000000"], "line": {"sku": "s"}}), ("First", {"x": -5}), ("Order.Line", {"sku": "x"})]


def protobuf_written_by_libtenon(suite, framing):
    for name, value in PROTOS:
        topic = "proto-from-c-%s-%d" % (name, framing)
        data, headers = suite.write("write", "PROTOBUF", suite.file("orders.proto", PROTO), topic, framing, value, "shop." + name)
        read = protobuf.ProtobufDeserializer(messages()[name], {}, registry())(data, context(topic, headers))
        equal(json_format.MessageToDict(read), value)


def protobuf_written_by_python(suite, framing):
    for name, value in PROTOS:
        topic, headers = "proto-from-python-%s-%d" % (name, framing), {}
        message = json_format.ParseDict(value, messages()[name]())
        data = protobuf.ProtobufSerializer(messages()[name], registry(), conf=conf(framing))(message, context(topic, headers))
        equal(suite.read("read", data, headers), value)


FRAMINGS = {ID: "id", GUID: "guid", HEADER_GUID: "guid in the header", HEADER_ID: "id in the header"}


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="tenon-libtenon-") as folder:
        suite = Suite(folder)
        for framing, text in FRAMINGS.items():
            for verb, how in (("write", "JSON text"), ("write-avro", "values of avro-c")):
                tally.case("avro, %s: libtenon from %s to python" % (text, how), avro_written_by_libtenon, suite, verb, framing)
            tally.case("json, %s: libtenon to python" % text, json_written_by_libtenon, suite, framing)
            tally.case("protobuf, %s: libtenon to python" % text, protobuf_written_by_libtenon, suite, framing)
        for framing in (ID, HEADER_GUID): # that python writes
            text = FRAMINGS[framing]
            for verb, how in (("read", "JSON text"), ("read-avro", "values of avro-c")):
                tally.case("avro, %s: python to libtenon's %s" % (text, how), avro_written_by_python, suite, verb, framing)
            tally.case("json, %s: python to libtenon" % text, json_written_by_python, suite, framing)
            tally.case("protobuf, %s: python to libtenon" % text, protobuf_written_by_python, suite, framing)
        tally.case("avro: the same bytes", same_bytes, suite)
    tally.finish()


if __name__ == "__main__":
    main()
