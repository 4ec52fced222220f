"""The schemas of the cases: one record through its versions, and what does not fit them."""
import json

from confluent_kafka.schema_registry import Schema, SchemaReference


def record(name, *fields, **more):
    return dict({"type": "record", "name": name, "namespace": "tenon.orders", "fields": list(fields)}, **more)


def field(name, kind, **more):
    return dict({"name": name, "type": kind}, **more)


def avro(tree, **more):
    return Schema(tree if isinstance(tree, str) else json.dumps(tree), "AVRO", **more)


def reference(name, subject, version):
    return SchemaReference(name=name, subject=subject, version=version)


ID, AMOUNT = field("id", "string"), field("amount", "int")
V1 = record("Order", ID, AMOUNT)
V2 = record("Order", ID, AMOUNT, field("note", "string", default="none"))
V3 = record("Order", ID, field("amount", "long"), field("note", "string", default="none"), field("gift", "boolean", default=False))
NARROWED = record("Order", field("id", "int"), AMOUNT)
REQUIRED = record("Order", ID, AMOUNT, field("shop", "string"))
