"""The order schema through its versions, made by edits so that a reader sees exactly what changes."""
import copy
import datetime
import json
import pathlib

V1 = json.loads((pathlib.Path(__file__).resolve().parent / "schemas" / "order-v1.avsc").read_text(encoding="utf-8"))


OPENING = datetime.datetime(2024, 5, 1, 9, 30, tzinfo=datetime.timezone.utc)


def field(schema, name):
    return next(f for f in schema["fields"] if f["name"] == name)


def without(schema, name):
    """The schema less one field: what a consumer declares that does not read it."""
    edited = copy.deepcopy(schema)
    edited["fields"].remove(field(edited, name))
    return edited


def extended(schema):
    """A new field with a default and a new enum symbol, for which old readers fall back on the enum's default."""
    edited = copy.deepcopy(schema)
    edited["fields"].append({"name": "channel", "type": "string", "default": "web"})
    field(edited, "status")["type"]["symbols"].append("RETURNED")
    return edited


def with_type(schema, name, new_type):
    edited = copy.deepcopy(schema)
    field(edited, name)["type"] = new_type
    return edited


def with_required(schema, name):
    edited = copy.deepcopy(schema)
    edited["fields"].append({"name": name, "type": "string"})
    return edited


EXTENDED = extended(V1)                               # compatible both ways
V2 = with_type(EXTENDED, "quantity", "long")          # v2: as EXTENDED, and int becomes long
V1_LESS_QUANTITY = without(V1, "quantity")            # a v1 consumer that does not read the widened field
V3_REQUIRED = with_required(V2, "warehouse")          # breaks: old events have no warehouse
V3_NARROWED = with_type(V2, "quantity", "int")        # breaks: old events may hold a long
V3 = with_required(V3_NARROWED, "warehouse")          # breaks in both ways


def event(number, version):
    """One order; those of version 2 use everything that is new, quantities beyond 32 bits among it."""
    statuses = ["CREATED", "PAID", "SHIPPED"] + (["RETURNED"] if version == 2 else [])
    order = {
        "id": "o-%d-%05d" % (version, number),
        "customer": "c-%03d" % (number % 97),
        "status": statuses[number % len(statuses)],
        "quantity": number % 1000,
        "lines": [{"sku": "sku-%d" % (number + i), "pieces": i + 1, "price": 0.25 * (number + i)}
                  for i in range(number % 4)],
        "note": None if number % 3 else "leave at the door – нет",
        "placed_at": OPENING + datetime.timedelta(milliseconds=number),
    }
    if version == 2:
        order["channel"] = ["web", "app", "store"][number % 3]
        order["quantity"] += 5000000000 if number % 2 else 0
    return order
