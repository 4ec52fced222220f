"""The registry clients and serializers of confluent-kafka, blocking and asynchronous, behind one face: every case is written once."""
import os

from confluent_kafka.schema_registry import AsyncSchemaRegistryClient, SchemaRegistryClient
from confluent_kafka.schema_registry import avro, json_schema, protobuf
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

URL = os.environ["TENON_URL"]


class Awaited:
    """A blocking object whose methods can be awaited, as those of the asynchronous clients are."""

    def __init__(self, blocking):
        self.blocking = blocking

    def __getattr__(self, name):
        method = getattr(self.blocking, name)

        async def call(*arguments, **named):
            return method(*arguments, **named)
        return call


class BlockingKit:
    name = "sync"
    serdes = {
        "AVRO": (avro.AvroSerializer, avro.AvroDeserializer),
        "JSON": (json_schema.JSONSerializer, json_schema.JSONDeserializer),
        "PROTOBUF": (protobuf.ProtobufSerializer, protobuf.ProtobufDeserializer),
    }

    def __init__(self, types):
        self.types = types

    def registry(self, path=""):
        """A client of its own, so that no answer comes from another's cache."""
        return Awaited(SchemaRegistryClient({"url": URL + path}))

    async def serializer(self, kind, *arguments, **named):
        return await self._serde(self.serdes[kind][0], arguments, named)

    async def deserializer(self, kind, *arguments, **named):
        return await self._serde(self.serdes[kind][1], arguments, named)

    async def _serde(self, make, arguments, named):
        serde = make(*[a.blocking if isinstance(a, Awaited) else a for a in arguments],
                     **{k: v.blocking if isinstance(v, Awaited) else v for k, v in named.items()})

        async def call(value, context=None):
            return serde(value, context)
        return call

    def subject(self, text):
        """A name that no other case and not the other kit uses."""
        return "%s-%s" % (self.name, text)


class AsyncKit(BlockingKit):
    name = "async"
    serdes = {
        "AVRO": (avro.AsyncAvroSerializer, avro.AsyncAvroDeserializer),
        "JSON": (json_schema.AsyncJSONSerializer, json_schema.AsyncJSONDeserializer),
        "PROTOBUF": (protobuf.AsyncProtobufSerializer, protobuf.AsyncProtobufDeserializer),
    }

    def registry(self, path=""):
        return AsyncSchemaRegistryClient({"url": URL + path})

    async def _serde(self, make, arguments, named):
        return await make(*arguments, **named)


def value_of(topic, headers=None):
    return SerializationContext(topic, MessageField.VALUE, headers)


def key_of(topic, headers=None):
    return SerializationContext(topic, MessageField.KEY, headers)


def equal(got, wanted, what=""):
    assert got == wanted, "%swanted %r, got %r" % (what and what + ": ", wanted, got)


async def refused(status, code, awaitable, *words):
    """The error that the registry answered: its status, its code and what its message names."""
    try:
        answer = await awaitable
    except SchemaRegistryError as error:
        equal((error.http_status_code, error.error_code), (status, code), error.error_message)
        for word in words:
            assert word in error.error_message, "%r is not in %r" % (word, error.error_message)
        return error
    raise AssertionError("wanted %d/%d, got the answer %r" % (status, code, answer))


async def raises(kind, awaitable, *words):
    """What a serializer or deserializer itself refuses; the words may be in the error or in what caused it."""
    try:
        answer = await awaitable
    except kind as error:
        said, cause = str(error), error.__cause__
        while cause is not None:
            said, cause = "%s: %s" % (said, cause), cause.__cause__
        for word in words:
            assert word in said, "%r is not in %r" % (word, said)
        return error
    raise AssertionError("wanted %s, got %r" % (kind.__name__, answer))
