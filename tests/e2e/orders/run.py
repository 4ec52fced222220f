#!/usr/bin/env python3
"""Real events through a real Apache Kafka broker, with Tenon refusing what would break.

The producer and the consumers are the confluent-kafka client with its Avro serializer and
deserializer; they know of Tenon nothing but its URL.  What is proven, step by step:

1.  1,000 orders are published in schema v1, which the serializer registers itself.
2.  v2 adds a field with a default and an enum symbol (the enum has a default), and widens
    `quantity` from int to long.  The first two are compatible both ways; the third only backward,
    since Avro reads no long as an int.  Under FULL Tenon therefore refuses v2 and names `quantity`,
    and accepts the schema without the widening; under BACKWARD (the default) it accepts v2.
    1,000 orders are published in v2, half of them with quantities beyond 32 bits.
3.  v2 consumers read the old events: a deserializer with v2 as its reader schema reads all 2,000;
    the old ones get the new field's default.
4.  v1 consumers read the new events, in the two ways there are:
    a. a consumer that takes each event as it was written (no reader schema of its own, the writer's is
       fetched by its id) and uses the members it knows from v1 reads all 2,000 to the letter;
    b. a consumer with a reader schema of its own, v1 less the `quantity` it does not use, reads all
       2,000: the new field is skipped and the new symbol becomes the enum's default.
    And the registry's verdict is the decoder's: a reader schema v1 with `quantity` as int reads all
    old events and fails on every new one, which is what FULL had refused.
5.  v3 adds a required field, narrows `quantity` back to int, or both.  The producer gets 409/40901
    with every reason from its serializer, so nothing reaches the broker: the end offsets are as before, and
    a consumer that reads the topic from the start to its end counts 2,000 events with the ids of
    v1 and v2.
6.  The examples of libtenon, in C, against the same broker: a producer that is stopped before its first event
    when its schema would break the topic, and a consumer with a newer schema, which puts what it cannot read
    into a dead-letter topic.
"""
import argparse
import collections
import json
import logging
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE), str(HERE / "kafka")]

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext
from fastavro.read import SchemaResolutionError

import evolution
import examples
import fetch
from broker import Broker
from support.server import ROOT, Server, add_binary_argument
from support.tally import Tally

TOPIC, SUBJECT = "orders", "orders-value"
EVENTS = 1000
PARTITIONS = 3
CONTEXT = SerializationContext(TOPIC, MessageField.VALUE)
QUIET = logging.getLogger("kafka")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


class Topic:
    """The topic as its producers and consumers see it."""

    def __init__(self, broker, registry_url):
        self.broker, self.registry_url = broker, registry_url
        admin = AdminClient({"bootstrap.servers": broker.address}, logger=QUIET)
        admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result(30)

    def registry(self):
        """A client of its own for everyone, so that no cache is shared."""
        return SchemaRegistryClient({"url": self.registry_url})

    def publish(self, schema, events):
        """As an application does it: serialize (and register), then produce; returns how many were delivered."""
        delivered = []
        producer = Producer({"bootstrap.servers": self.broker.address, "linger.ms": 5}, logger=QUIET)
        serializer = AvroSerializer(self.registry(), json.dumps(schema))
        try:
            for order in events:
                producer.produce(TOPIC, serializer(order, CONTEXT), key=order["id"],
                                 on_delivery=lambda error, _: delivered.append(error))
                producer.poll(0)
        finally:
            producer.flush(30)
        assert not any(delivered), [e for e in delivered if e][:3]
        return len(delivered)

    def consumer(self):
        return Consumer({"bootstrap.servers": self.broker.address, "group.id": "orders-test",
                         "enable.auto.commit": False, "auto.offset.reset": "earliest"}, logger=QUIET)

    def end_offsets(self):
        consumer = self.consumer()
        try:
            return [consumer.get_watermark_offsets(TopicPartition(TOPIC, p), timeout=30)[1] for p in range(PARTITIONS)]
        finally:
            consumer.close()

    def read(self):
        """The values of every message there is, from the start of each partition to its end."""
        ends = self.end_offsets()
        consumer = self.consumer()
        consumer.assign([TopicPartition(TOPIC, p, 0) for p in range(PARTITIONS)])
        values = []
        try:
            while len(values) < sum(ends):
                messages = consumer.consume(min(500, sum(ends) - len(values)), timeout=10)
                assert messages, "the broker gave %d of %d messages" % (len(values), sum(ends))
                for message in messages:
                    assert message.error() is None, message.error()
                    values.append(message.value())
            return values
        finally:
            consumer.close()

    def consume(self, reader=None):
        """What a consumer with this reader schema makes of the topic: {order id: order, or the error it got}."""
        deserialize = AvroDeserializer(self.registry(), json.dumps(reader) if reader else None)
        as_written = AvroDeserializer(self.registry())
        orders = {}
        for value in self.read():
            try:
                order = deserialize(value, CONTEXT)
            except SchemaResolutionError as error:
                orders[as_written(value, CONTEXT)["id"]] = error
            else:
                orders[order["id"]] = order
        return orders


class Story:
    def __init__(self, tally, topic, server):
        self.tally, self.topic, self.server = tally, topic, server
        self.check = tally.check
        self.registry = topic.registry()
        self.v1 = {o["id"]: o for o in (evolution.event(n, 1) for n in range(EVENTS))}
        self.v2 = {o["id"]: o for o in (evolution.event(n, 2) for n in range(EVENTS))}

    def ask(self, schema):
        """The registry's verdict on a schema, with its reasons."""
        with self.server.connect() as connection:
            return connection.request("POST", "/compatibility/subjects/%s/versions/latest?verbose=true" % SUBJECT,
                                      {"schema": json.dumps(schema)}).json

    def refused(self, name, schema, reasons):
        """The producer learns why, and nothing is published."""
        before = self.topic.end_offsets()
        versions = self.registry.get_versions(SUBJECT)
        try:
            self.topic.publish(schema, [evolution.event(n, 2) for n in range(EVENTS)])
        except SchemaRegistryError as error:
            self.check("%s: the producer gets 409/40901" % name,
                       (error.http_status_code, error.error_code) == (409, 40901), error)
            self.check("%s: the answer names the subject" % name, '"%s"' % SUBJECT in error.error_message, error)
            for reason in reasons:
                self.check("%s: the producer is told %s" % (name, reason), reason in error.error_message, error)
        else:
            self.check("%s: the producer gets 409/40901" % name, False, "it published")
        self.check("%s: the topic is as it was" % name, self.topic.end_offsets() == before, self.topic.end_offsets())
        self.check("%s: the subject is as it was" % name, self.registry.get_versions(SUBJECT) == versions)

    def publish_v1(self):
        self.check("v1: 1,000 orders are published", self.topic.publish(evolution.V1, self.v1.values()) == EVENTS)
        latest = self.registry.get_latest_version(SUBJECT)
        self.check("v1 is version 1, as the serializer wrote it",
                   latest.version == 1 and json.loads(latest.schema.schema_str) == evolution.V1, latest)
        self.check("v1 consumers read their own events", self.topic.consume(evolution.V1) == self.v1)

    def publish_v2(self):
        self.registry.set_compatibility(SUBJECT, "FULL")
        self.refused("v2 under FULL", evolution.V2, ["TYPE_MISMATCH", "/fields/3/type"])
        verdict = self.ask(evolution.EXTENDED)
        self.check("v2 without the widening is compatible both ways", verdict["is_compatible"] is True, verdict)
        self.registry.set_compatibility(SUBJECT, "BACKWARD")
        self.check("v2: 1,000 orders are published", self.topic.publish(evolution.V2, self.v2.values()) == EVENTS)
        self.check("v2 is version 2", self.registry.get_versions(SUBJECT) == [1, 2])
        old, new = self.ids()
        self.check("v2 has an id of its own", old != new, (old, new))
        framed = collections.Counter(value[:5] for value in self.topic.read())
        expected = {b"\0" + old.to_bytes(4, "big"): EVENTS, b"\0" + new.to_bytes(4, "big"): EVENTS}
        self.check("the topic holds 1,000 events of each id", framed == expected, framed)

    def ids(self):
        return [self.registry.get_version(SUBJECT, version).schema_id for version in (1, 2)]

    def v2_consumers(self):
        expected = {id: dict(order, channel="web") for id, order in self.v1.items()} | self.v2
        self.check("v2 consumers read the old events and the new", self.topic.consume(evolution.V2) == expected)

    def v1_consumers(self):
        written = self.topic.consume()
        known = [f["name"] for f in evolution.V1["fields"]]
        self.check("a v1 consumer that takes events as written reads the new ones", all(
            {name: written[id][name] for name in known} == {name: order[name] for name in known}
            for id, order in (self.v1 | self.v2).items()))

        def as_v1(order):
            status = order["status"] if order["status"] != "RETURNED" else "UNKNOWN"
            return {name: status if name == "status" else order[name] for name in known if name != "quantity"}

        expected = {id: as_v1(order) for id, order in (self.v1 | self.v2).items()}
        self.check("a v1 consumer with a reader schema of its own reads the new ones",
                   self.topic.consume(evolution.V1_LESS_QUANTITY) == expected)
        self.check("the registry had said so", self.forward_verdict(evolution.V1_LESS_QUANTITY, []))

        strict = self.topic.consume(evolution.V1)
        self.check("a reader with quantity as int reads the old events and no new one",
                   all(strict[id] == order for id, order in self.v1.items())
                   and all(isinstance(strict[id], SchemaResolutionError) for id in self.v2))
        self.check("the registry had said so for int", self.forward_verdict(evolution.V1, ["TYPE_MISMATCH", "/fields/3/type"]))

    def forward_verdict(self, reader, reasons):
        """Whether Tenon, asked if `reader` reads v2, answers with exactly these reasons (none: it does)."""
        verdict = self.ask(reader)                    # BACKWARD: the schema asked about reads the latest one
        said = " ".join(verdict["messages"])
        if not reasons:
            return verdict["is_compatible"] is True
        return verdict["is_compatible"] is False and all(r in said for r in reasons) and said.count("errorType") == 1

    def v3_is_refused(self):
        missing = ["READER_FIELD_MISSING_DEFAULT_VALUE", "warehouse"]
        narrowed = ["TYPE_MISMATCH", "/fields/3/type", "LONG", "INT"]
        self.refused("v3 with a required field", evolution.V3_REQUIRED, missing)
        self.refused("v3 with a narrowed type", evolution.V3_NARROWED, narrowed)
        self.refused("v3 with both", evolution.V3, missing + narrowed)
        values = self.topic.read()
        self.check("the topic holds the 2,000 events of v1 and v2, counted by a consumer",
                   len(values) == 2 * EVENTS and {int.from_bytes(v[1:5], "big") for v in values} == set(self.ids()))
        self.check("v2 goes on", self.topic.publish(evolution.V2, [evolution.event(n, 2) for n in range(10)]) == 10)

    def after_restart(self):
        """Events stay readable: a restarted Tenon knows the same ids."""
        before = self.ids()
        self.check("Tenon stops cleanly", self.server.stop() == 0, self.server.log_text()[-500:])
        self.server.start()
        self.topic.registry_url = self.server.url
        self.registry = self.topic.registry()
        self.check("the ids are the same after a restart", self.ids() == before)
        self.check("every event is readable after a restart", len(self.topic.consume(evolution.V2)) == 2 * EVENTS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_binary_argument(parser)
    parser.add_argument("--jars", type=pathlib.Path, default=ROOT / "build" / "cache" / "kafka",
                        help="the broker's jars, fetched by kafka/fetch.py when they are not there")
    parser.add_argument("--examples", type=pathlib.Path, default=ROOT / "build" / "dev",
                        help="where the programs of client/examples are built")
    options = parser.parse_args()
    fetch.fetch(options.jars.resolve())

    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="tenon-orders-") as folder:
        broker = Broker(options.jars.resolve(), folder + "/kafka")
        with Server(options.tenon, folder + "/tenon.db") as server:
            try:
                broker.start()
                server.start()
                story = Story(tally, Topic(broker, server.url), server)
                for chapter in (story.publish_v1, story.publish_v2, story.v2_consumers, story.v1_consumers,
                                story.v3_is_refused, story.after_restart):
                    if not tally.case(chapter.__name__, chapter):
                        break
                tally.case("examples", examples.run, tally, broker, server, options.examples.resolve())
                build = pathlib.Path(options.tenon).resolve().parent
                tally.case("readme", examples.run_readme, tally, broker, server, build)
            finally:
                broker.stop()
    tally.finish()


if __name__ == "__main__":
    main()
