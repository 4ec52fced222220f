"""tenon decode: messages in every form they come in, whole and broken, of known and unknown schemas."""
import base64
import json

from checking import record, register
from repository import Repository
from support.http import Connection
from support.server import Server

V1 = record("Order", ("id", "long"), ("count", "int"))
V2 = record("Order", ("id", "long"), ("count", "long"))
V2["fields"].append({"name": "note", "type": "string", "default": ""})
V3 = record("Order", ("id", "long"), ("must", "int"))
PROTO = 'syntax = "proto3"; message A { int32 x = 1; } message B { string name = 1; }'
EVENT = bytes([2, 84])  # id 1, count 42


def framed(number, payload):
    return b"\0" + number.to_bytes(4, "big") + payload


def check_decode(tally, binary, folder):
    repository = Repository(folder / "decode", binary)
    server = Server(binary, folder / "decode.db", arguments=["--level", "NONE"]).start()

    def decode(*arguments, **more):
        return repository.tenon("decode", "--registry", server.url, *arguments, **more)

    try:
        for schema in (V1, V2, V3):
            register(server, "orders-value", schema)
        register(server, "proto-value", PROTO, kind="PROTOBUF")
        register(server, "document-value", {"type": "object", "required": ["a"]}, kind="JSON")
        with Connection("127.0.0.1", server.port) as connection:
            guid = json.loads(connection.request("GET", "/schemas/ids/1?subject=orders-value").body).get("guid", "")
            guid = guid or json.loads(connection.request("GET", "/subjects/orders-value/versions/1").body)["guid"]
        message = framed(1, EVENT)
        wanted = ("id:      1\nschema:  AVRO, orders-value version 1\nevent:   {\"id\":1,\"count\":42}\nversion 2 reads it\n"
                  "version 3 does not read it: Found Order, expecting Order, missing required field must\n")
        (repository.folder / "message.bin").write_bytes(message)
        for name, arguments in [("hex", [message.hex()]), ("hex with blanks and colons", ["0x" + message.hex(":")]),
                                ("base64", [base64.b64encode(message).decode()]), ("a file", ["--file", "message.bin"]),
                                ("base64 that could be hex", ["--base64", base64.b64encode(message).decode()])]:
            status, out, err = decode(*arguments)
            tally.check("decode: %s" % name, (status, out) == (0, wanted), (status, out, err))
        header = "01" + guid.replace("-", "")
        status, out, err = decode(EVENT.hex(), "--header", header)
        tally.check("decode: a guid in the header", status == 0 and "guid:    %s (in the header)" % guid in out and
                    "orders-value version 1" in out and "version 2 reads it" in out, (status, out, err))
        status, out, _ = decode(message.hex(), "--json")
        answer = json.loads(out)
        tally.check("decode: json", status == 0 and answer["event"] == {"id": 1, "count": 42} and answer["code"] == "OK" and
                    [(other["version"], other["reads"]) for other in answer["others"]] == [(2, True), (3, False)], out)

        # The bytes are version 1's, the id says 2: at which byte it shows, and whose they are.
        status, out, err = decode(framed(2, EVENT).hex())
        tally.check("decode: bytes that are another version's", status == 1 and "fails:   at byte 7 of 7: " in out and
                    "version 1 reads it" in out, (status, out, err))
        status, out, _ = decode(framed(2, EVENT).hex(), "--json")
        answer = json.loads(out)
        tally.check("decode: json of a failure", status == 1 and answer["code"] == "BAD_BYTES" and answer["offset"] == 7 and
                    answer["others"][0] == {"version": 1, "reads": True}, out)
        status, out, err = decode(framed(999, EVENT).hex(), "--subject", "orders-value")
        tally.check("decode: an id that nobody knows", status == 1 and "id:      999" in out and "version 1 reads it" in out, (status, out, err))
        for name, data, wanted in [("no frame", b"{}", "at byte 0 of 2: the first byte is neither 0 nor 1"),
                                   ("half a frame", b"\0\0", "at byte 2 of 2: the record ends within the schema's id"),
                                   ("a hostile length", framed(2, bytes([2, 84]) + b"\x80" * 5 + b"\x7f"), "at byte ")]:
            status, out, err = decode(data.hex())
            tally.check("decode: %s" % name, status == 1 and wanted in out, (status, out, err))
        status, out, err = decode(framed(4, bytes([2, 2, 10, 1, 97])).hex())
        tally.check("decode: a message of a .proto file", status == 0 and 'event:   {"name":"a"}' in out, (status, out, err))
        status, out, err = decode(framed(5, b'{"a":1}').hex())
        tally.check("decode: a document", status == 0 and 'event:   {"a":1}' in out, (status, out, err))
        status, out, err = decode(framed(5, b'{"b":1}').hex())
        tally.check("decode: a document that is not valid", status == 1 and "fails:" in out and "required" in out, (status, out, err))
        for arguments, wanted in [((), "the message as an argument, or --file"), (("zz!",), "neither hex nor base64"),
                                  (("00", "--header", "xx"), "--header is not hex"), (("--file", "nothing"), "No such file")]:
            status, _, err = decode(*arguments)
            tally.check("decode: %s ends with 2" % wanted, status == 2 and wanted in err, (status, err))
    finally:
        server.kill()
    status, _, err = decode(framed(1, EVENT).hex())
    tally.check("decode: a registry that is gone ends with 2", status == 2, (status, err))


def check_all(tally, binary, folder):
    check_decode(tally, binary, folder)
