"""The programs of client/examples against a real broker and a real registry."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from support.server import ROOT
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


def from_readme(build, folder):
    """The README's producer, built by its line of pkg-config against the library as it is installed."""
    text = (ROOT / "README.md").read_text()
    code = re.search(r"```c\n(.*?)```", text, re.S).group(1)
    assert code == (ROOT / "client/examples/first.c").read_text(), "the README's producer is not client/examples/first.c"
    line = re.search(r"^    (cc first\.c .*)$", text, re.M).group(1)
    (folder / "first.c").write_text(code)
    subprocess.run(["cmake", "--install", str(build), "--prefix", str(folder / "prefix"), "--component", "library"], check=True,
                   stdout=subprocess.DEVNULL)
    found = next((folder / "prefix").rglob("tenon.pc"))
    environment = dict(os.environ, PKG_CONFIG_PATH=str(found.parent), LD_LIBRARY_PATH=str(found.parents[1]))
    subprocess.run(["sh", "-c", line], cwd=folder, env=environment, check=True)
    return [str(folder / "first")], environment


def run_readme(tally, broker, server, build):
    with tempfile.TemporaryDirectory(prefix="tenon-readme-") as name:
        command, environment = from_readme(build, pathlib.Path(name))
        done = subprocess.run(command + [broker.address, server.url, "first"], env=environment, capture_output=True, text=True,
                              timeout=120, check=False)
    reader = AvroDeserializer(SchemaRegistryClient({"url": server.url}))
    values = [reader(message.value(), SerializationContext("first", MessageField.VALUE)) for message in read(broker, "first", 1)]
    tally.check("the README's producer, built by its line of pkg-config", done.returncode == 0 and values == [{"id": 1, "note": ""}],
                (done, values))


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

    registry.register_schema("taken-value", Schema(json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": [
        {"name": "id", "type": "string"}]}), "AVRO"))
    status, out, err = program(folder, "producer", broker.address, server.url, "taken", "10")
    tally.check("a producer whose schema would break its topic stops before the first event", status == 1 and
                out == "0 of 10 delivered\n" and err.startswith("INCOMPATIBLE: ") and "TYPE_MISMATCH" in err, (status, out, err))
