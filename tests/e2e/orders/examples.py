"""The programs of client/examples against a real broker and a real registry."""
import json
import subprocess
import time

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from support.tally import Skipped

COUNT = 500


def program(folder, name, *arguments):
    done = subprocess.run([str(folder / ("example_" + name)), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def read(broker, topic, count):
    """The first `count` messages of a topic."""
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "examples-" + topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    messages, deadline = [], time.monotonic() + 60
    while len(messages) < count and time.monotonic() < deadline:
        message = consumer.poll(1)
        if message is not None and message.error() is None:
            messages.append(message)
    consumer.close()
    return messages


def run(tally, broker, server, folder):
    if not (folder / "example_producer").exists():
        raise Skipped("the examples are not built in %s: ./dev build dev" % folder)
    admin = AdminClient({"bootstrap.servers": broker.address})
    for made in admin.create_topics([NewTopic(name, 1, 1) for name in ("shop", "shop-dead", "first", "taken")]).values():
        made.result(30)
    registry = SchemaRegistryClient({"url": server.url})

    status, out, err = program(folder, "producer", broker.address, server.url, "shop", str(COUNT))
    tally.check("the example producer", (status, out) == (0, "%d of %d delivered\n" % (COUNT, COUNT)), (status, out, err))
    good = read(broker, "shop", 1)[0].value()
    bad = [b"not framed at all", good[:-3], b"\0\x7f\xff\xff\xff" + good[5:]]
    producer = Producer({"bootstrap.servers": broker.address})
    for value in bad:
        producer.produce("shop", value)
    producer.flush(30)

    status, out, err = program(folder, "consumer", broker.address, server.url, "shop", str(COUNT + len(bad)))
    orders = [json.loads(line) for line in out.splitlines()]
    tally.check("the example consumer reads as its newer schema has it", status == 0 and orders == [
        {"id": id, "total": id / 4, "currency": "EUR"} for id in range(1, COUNT + 1)], (status, len(orders), orders[:2], err))
    tally.check("the example consumer counts the dead letters", err == "%d read, %d dead\n" % (COUNT, len(bad)), err)
    dead = read(broker, "shop-dead", len(bad))
    said = [(dict(message.headers())["tenon.error"], message.value()) for message in dead]
    tally.check("the dead letters are the records as they were, with what was wrong", said == [
        (b"BAD_BYTES", bad[0]), (b"BAD_BYTES", bad[1]), (b"NOT_FOUND", bad[2])], said)
    tally.check("they name the schema and the byte", dict(dead[1].headers()).get("tenon.schema.id") == str(int.from_bytes(good[1:5], "big")).encode()
                and int(dict(dead[1].headers())["tenon.offset"]) > 5, dead[1].headers())

    status, out, err = program(folder, "first", broker.address, server.url, "first")
    value = AvroDeserializer(registry)(read(broker, "first", 1)[0].value(), SerializationContext("first", MessageField.VALUE))
    tally.check("the README's producer", status == 0 and value == {"id": 1, "note": ""}, (status, value, err))

    registry.register_schema("taken-value", Schema(json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": [
        {"name": "id", "type": "string"}]}), "AVRO"))
    status, out, err = program(folder, "producer", broker.address, server.url, "taken", "10")
    tally.check("a producer whose schema would break its topic stops before the first event", status == 1 and
                out == "0 of 10 delivered\n" and err.startswith("INCOMPATIBLE: ") and "TYPE_MISMATCH" in err, (status, out, err))
