"""/api/v1: changes explained, schemas told apart, versions compared, events read and checked; refusals that are kept."""
import base64
import json
import re
import uuid

from exchange import render
from insight import Client, record

OLD = record("Order", "id")
NOTE = record("Order", "id", {"name": "note", "type": "string"})
FINE = record("Order", "id", {"name": "note", "type": "string", "default": ""})
STEALS = record("Order", "id", {"name": "b", "type": "int", "aliases": ["id"]})
MEMBERS = {"compatible", "sound", "level", "policy", "firstVersion", "parseError", "findings", "warnings", "unlisted", "hidden", "fixed"}


def verdict(answer):
    return answer["compatible"], answer["sound"], len(answer["findings"]), len(answer["warnings"])


def explain(client, wanted, status=200, **body):
    """Explains and holds the verdict against what is wanted: compatible, sound, how many findings and warnings."""
    body = {k: json.dumps(v) if k == "schema" and not isinstance(v, str) else v for k, v in body.items()}
    answer = client.call("POST", "/api/v1/explain", body, status=status).json
    if wanted is not None:
        client.same("explain %s" % json.dumps(body)[:90], verdict(answer), wanted)
    return answer


def text(schema, **more):
    """As a stored text is written, so that places are the same."""
    return {"schema": json.dumps(schema, separators=(",", ":")), **more}


def explaining(server, judge, tally):
    """A change against a history, a version and a text; under levels and policies."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.register("s", OLD)
        refused = explain(client, (False, False, 1, 0), subject="s", schema=NOTE)
        client.same("all members", set(refused), MEMBERS)
        check_finding(client, refused)
        explain(client, (True, True, 0, 0), subject="s", schema=FINE)
        explain(client, (True, False, 0, 1), subject="s", schema=STEALS)
        explain(client, (False, False, 1, 0), subject="s", schema=STEALS, policy="sound")
        explain(client, (True, True, 0, 0), subject="s", schema=NOTE, level="forward")
        explain(client, (False, False, 1, 0), subject="s", schema=NOTE, version="latest", level="FULL")
        first = explain(client, (True, True, 0, 0), subject="new", schema=NOTE, metadata={"properties": {"a": "b"}})
        client.same("a first version", (first["firstVersion"], refused["firstVersion"]), (True, False))
        texts = explain(client, (False, False, 1, 0), old=text(OLD), new=text(NOTE), level="BACKWARD_TRANSITIVE")
        client.same("no version between texts", (texts["findings"][0]["version"], texts["level"]), (None, "BACKWARD_TRANSITIVE"))
        explain(client, (False, False, 1, 0), old=text(OLD), new={"schema": '{"type":"object"}', "schemaType": "JSON"})
        client.same("explaining changed nothing", client.get("/subjects"), ["s"])


def check_finding(client, answer):
    """The finding is the reference's, its witness and fix are real: what is fixed is accepted."""
    finding = answer["findings"][0]
    client.same("a finding", {k: finding[k] for k in ("rule", "effect", "errorType", "path", "direction", "version")},
                {"rule": "AVRO-FIELD-NO-DEFAULT", "effect": "fails", "errorType": "READER_FIELD_MISSING_DEFAULT_VALUE", "path": "/fields/1",
                 "direction": "backward", "version": 1})
    client.same("its witness is an old event", set(finding["witness"]["event"]), {"id"})
    event = client.call("POST", "/api/v1/validate", {"schema": json.dumps(OLD), "event": finding["witness"]["event"]}).json
    client.same("of those bytes", event["bytes"], finding["witness"]["bytes"])
    explain(client, (True, True, 0, 0), subject="s", schema=answer["fixed"])
    rule = client.get(finding["help"])
    client.same("its rule", (rule["id"], rule["title"]), (finding["rule"], finding["title"]))


def explaining_history(server, judge, tally):
    """Versions that the level does not look at are warned of; groups, references and faults."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.register("s", record("R", "a"))
        client.register("s", record("R"))
        gap = record("R", {"name": "a", "type": "string", "default": ""})
        warned = explain(client, (True, False, 0, 1), subject="s", schema=gap)
        client.same("the version beyond the level", warned["warnings"][0]["version"], 1)
        explain(client, (False, False, 1, 0), subject="s", schema=gap, version=1)
        client.call("PUT", "/config/s", {"compatibility": "NONE"})
        explain(client, (True, True, 0, 0), subject="s", schema=gap)
        client.register("base", record("Base", "x"))
        uses = record("Uses", {"name": "f", "type": "Base"})
        explain(client, (True, True, 0, 0), subject="u", schema=uses, references=[{"name": "Base", "subject": "base", "version": 1}])
        client.call("POST", "/contexts/.eu/api/v1/explain", {"subject": "none", "schema": '"int"'})
        for schema, line, column in [('{"type":"record",\n "name":}', 2, 9), ('{"type":"nothing"}', 1, None), ("", 0, 0)]:
            answer = explain(client, (False, False, 0, 0), subject="s", schema=schema)
            fault = answer["parseError"]
            client.same("a fault has a place: %r" % schema, fault and (fault["line"], column and fault["column"]), (line, column))
            client.same("a fault is for people: %r" % schema, "Exception" in fault["message"] or "[Source" in fault["message"], False)
        missing = explain(client, None, subject="u", schema=uses, references=[{"name": "Base", "subject": "gone", "version": 1}])
        client.same("a missing reference is a fault", bool(missing["parseError"]), True)
        client.same("an unknown type is a fault", bool(explain(client, None, subject="s", schema="x", schemaType="XML")["parseError"]), True)
        for status, body in [(404, {"subject": "s", "schema": '"int"', "version": 7}), (422, {"subject": "s", "schema": '"int"', "version": 0}),
                             (422, {"schema": '"int"'}), (422, {"subject": "s", "schema": '"int"', "level": "UP"}),
                             (422, {"subject": "s", "schema": '"int"', "policy": "HARSH"}), (422, {"old": {"schema": "{"}, "new": {"schema": '"int"'}}),
                             (422, {"subject": "s", "schema": '"%s"' % ("x" * 1100000)}), (400, {"subject": "s", "schema": [1]})]:
            client.call("POST", "/api/v1/explain", body, status=status)


def differences(server, judge, tally):
    """Two versions, two texts, a version and a text."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.register("s", OLD)
        client.register("s", FINE)
        by_versions = client.call("POST", "/api/v1/diff", {"subject": "s", "from": 1, "to": "latest"}).json
        by_texts = client.call("POST", "/api/v1/diff", {"old": text(OLD), "new": text(FINE)}).json
        mixed = client.call("POST", "/api/v1/diff", {"subject": "s", "from": 1, "new": text(FINE)}).json
        client.same("the texts are told", (json.loads(by_versions["old"]["schema"]), json.loads(by_versions["new"]["schema"])), (OLD, FINE))
        client.same("the change", [(c["kind"], c["entity"], c["name"], c["old"], c["backward"], c["forward"]) for c in by_versions["changes"]],
                    [("added", "field", "Order.note", None, "safe", "safe")])
        client.same("whichever way they are given", (by_texts["changes"], mixed["changes"]), (by_versions["changes"],) * 2)
        same = client.call("POST", "/api/v1/diff", {"subject": "s", "from": 2, "to": 2}).json
        client.same("no difference", (same["changes"], same["backward"], same["forward"]), ([], "safe", "safe"))
        types = client.call("POST", "/api/v1/diff", {"old": text(OLD), "new": {"schema": "{}", "schemaType": "JSON"}}).json
        worse = client.call("POST", "/api/v1/diff", {"old": text(OLD), "new": text(NOTE)}).json
        client.same("what it does", (worse["backward"], worse["forward"]), ("fails", "safe"))
        client.same("another type", (types["backward"], types["new"]["schemaType"]), ("unproven", "JSON"))
        client.call("DELETE", "/subjects/s/versions/1")
        client.call("POST", "/api/v1/diff", {"subject": "s", "from": 1, "to": 2})
        for status, body in [(422, {}), (422, {"subject": "s", "from": 1}), (422, {"from": 1, "to": 2}), (404, {"subject": "s", "from": 1, "to": 9}),
                             (404, {"subject": "none", "from": 1, "to": 2}), (422, {"subject": "s", "from": "x", "to": 2}),
                             (422, {"old": text(OLD), "new": {"schema": "{"}}), (422, {"old": {"schema": "{"}, "new": text(OLD)})]:
            client.call("POST", "/api/v1/diff", body, status=status)


def explaining_all(server, judge, tally):
    """Against all live versions, whatever the level looks at; the level answered is the one that did."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.register("s", record("R", "a"))
        client.register("s", record("R"))
        gap = record("R", {"name": "a", "type": "string", "default": ""})
        explain(client, (True, False, 0, 1), subject="s", schema=gap)
        for name in ("all", "ALL"):
            refused = explain(client, (False, False, 1, 0), subject="s", schema=gap, version=name)
            client.same("which version", (refused["level"], refused["findings"][0]["version"]), ("BACKWARD_TRANSITIVE", 1))
        judged = explain(client, (False, False, 1, 0), subject="s", schema=gap, level="BACKWARD_TRANSITIVE")
        client.same("as the transitive level does", refused, judged)
        for level, wide, wanted in [("FORWARD", "FORWARD_TRANSITIVE", (False, False, 1, 0)), ("FULL", "FULL_TRANSITIVE", (False, False, 2, 0)),
                                    ("NONE", "NONE", (True, True, 0, 0)), ("FULL_TRANSITIVE", "FULL_TRANSITIVE", (False, False, 2, 0))]:
            client.same("level", explain(client, wanted, subject="s", schema=gap, version="all", level=level)["level"], wide)
        client.call("DELETE", "/subjects/s/versions/1")
        explain(client, (True, True, 0, 0), subject="s", schema=gap, version="all")
        client.same("a first version", explain(client, (True, True, 0, 0), subject="new", schema=gap, version="all")["firstVersion"], True)
        client.call("POST", "/api/v1/explain", {"version": "all", "schema": '"int"'}, status=422)


def row(version, *changes, backward="safe", forward="safe"):
    return version, list(changes), backward, forward


def diff_all(client, **body):
    """Its answer, and what it says of each version."""
    answer = client.call("POST", "/api/v1/diff", {"subject": "s", "from": "all", **body}).json
    return answer, [(v["version"], [c["kind"] for c in v["changes"]], v["backward"], v["forward"]) for v in answer["versions"]]


def differences_all(server, judge, tally):
    """Every live version and a text or a version, newest first; each as the diff of two says it."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.call("PUT", "/config/s", {"compatibility": "NONE"})
        for schema in (OLD, FINE, NOTE):
            client.register("s", schema)
        answer, rows = diff_all(client, new=text(NOTE))
        client.same("rows", rows, [row(3), row(2, "default"), row(1, "added", backward="fails")])
        client.same("members", set(answer), {"versions", "unlisted", "backward", "forward", "new"})
        client.same("as a whole", (answer["backward"], answer["forward"], answer["unlisted"]), ("fails", "safe", 0))
        client.same("the new text", (json.loads(answer["new"]["schema"]), answer["new"]["schemaType"]), (NOTE, "AVRO"))
        for entry in answer["versions"]:
            two = client.call("POST", "/api/v1/diff", {"subject": "s", "from": entry["version"], "new": text(NOTE)}).json
            client.same("as one by one", {k: two[k] for k in ("changes", "backward", "forward")},
                        {k: entry[k] for k in ("changes", "backward", "forward")})
        by_version, _ = diff_all(client, to=3)
        client.same("and with a version", by_version, answer)
        client.same("latest", diff_all(client, to="latest")[0], answer)
        client.call("DELETE", "/subjects/s/versions/1")
        answer, rows = diff_all(client, to=1)
        client.same("live versions against a deleted one", (rows[0][0], len(rows), answer["backward"], answer["forward"]), (3, 2, "safe", "fails"))
        answer, rows = diff_all(client, new={"schema": "{}", "schemaType": "JSON"})
        client.same("another type", (rows, answer["forward"]), ([row(n, "type", backward="unproven", forward="unproven") for n in (3, 2)], "unproven"))
        for wins in ({"from": "all"}, {"from": 2}):
            two = client.call("POST", "/api/v1/diff", {"subject": "s", "old": text(OLD), "to": 3, **wins}).json
            client.same("a text wins over a version", "versions" in two, False)
        for status, body in [(422, {"from": "all"}), (422, {"from": "all", "to": 1}), (422, {"subject": "s", "from": "all"}),
                             (422, {"subject": "s", "from": 2, "to": "all"}), (404, {"subject": "s", "from": "all", "to": 9}),
                             (404, {"subject": "none", "from": "all", "new": text(OLD)}), (422, {"subject": "s", "from": "all", "new": {"schema": "{"}})]:
            client.call("POST", "/api/v1/diff", body, status=status)


def differences_bounded(server, judge, tally):
    """A hundred versions, and fewer when they have many changes: what is left out is counted."""
    with server.connect(timeout=120) as connection:
        client = Client(connection, judge, tally)
        client.call("PUT", "/config", {"compatibility": "NONE"})
        for i in range(103):
            client.register("s", record("R", "f%d" % i))
        answer, rows = diff_all(client, to=103)
        client.same("the newest hundred", ([r[0] for r in rows], answer["unlisted"]), (list(range(103, 3, -1)), 3))
        wide = record("R", *("g%d" % i for i in range(3999)))
        answer, rows = diff_all(client, new=text(wide))
        client.same("4000 changes a version", ([(r[0], len(r[1])) for r in rows], answer["unlisted"]),
                    ([(103, 4000), (102, 4000), (101, 4000)], 100))


def matrix(server, judge, tally):
    """Everybody against everybody, and again after a change."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.call("PUT", "/config/s", {"compatibility": "NONE"})
        for schema in (OLD, FINE, NOTE, STEALS):
            client.register("s", schema)
        wanted = {"versions": [1, 2, 3, 4], "reads": [["yes", "yes", "yes", "yes"], ["yes", "yes", "yes", "yes"], ["no", "yes", "yes", "no"],
                                                      ["warns", "warns", "warns", "no"]]}  # which is over-strict: it reads its own events
        for _ in range(2):
            client.same("matrix", client.get("/api/v1/subjects/s/matrix"), wanted)
        client.call("PUT", "/config/s", {"compatibilityPolicy": "SOUND"})
        client.same("under SOUND", client.get("/api/v1/subjects/s/matrix")["reads"][3], ["no", "no", "no", "yes"])
        client.same("the newest two", client.get("/api/v1/subjects/s/matrix?versions=2"), {"versions": [3, 4], "reads": [["yes", "no"], ["no", "yes"]]})
        client.call("DELETE", "/subjects/s/versions/3")
        client.register("s", '{"type":"string"}', schemaType="JSON")
        client.same("other types do not read each other", client.get("/api/v1/subjects/s/matrix?versions=2")["reads"], [["yes", "no"], ["no", "yes"]])
        for target, status in (("none/matrix", 404), ("s/matrix?versions=0", 422), ("s/matrix?versions=101", 422), ("s/matrix?versions=x", 404)):
            client.call("GET", "/api/v1/subjects/" + target, status=status)


# ---- events ----

PROTO = 'syntax = "proto3"; package p; message A { int32 x = 1; message In { string s = 1; } } enum E { Z = 0; } message B { string y = 1; }'


def framed(identifier, payload):
    return b"\0" + identifier.to_bytes(4, "big") + payload


def decode(client, data, status=200, **more):
    return client.call("POST", "/api/v1/decode", {"data": data if isinstance(data, str) else data.hex(), **more}, status=status).json


def decoding(server, judge, tally):
    """Every frame and format, and what is wrong with bytes that cannot be read."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        made = client.register("s", OLD)
        client.register("s", FINE)
        guid = uuid.UUID(made["guid"]).bytes
        good = framed(made["id"], b"\x54")
        for data in (good, good.hex(" "), "0x" + good.hex(), good.hex(":"), base64.b64encode(good).decode()):
            answer = decode(client, data)
            client.same("decoded %s" % data, (answer["event"], answer["verdict"], answer["error"], answer["others"]), ({"id": 42}, "ok", None, []))
        client.same("frame", answer["framing"], {"magic": 0, "id": made["id"], "guid": None, "indexes": [], "payloadOffset": 5})
        client.same("schema", answer["schema"], {"id": made["id"], "type": "AVRO", "subjects": [{"subject": "s", "version": 1}]})
        by_guid = decode(client, b"\x01" + guid + b"\x54")
        client.same("by guid", (by_guid["event"], by_guid["framing"]["guid"], by_guid["framing"]["payloadOffset"]), ({"id": 42}, made["guid"], 17))
        client.same("as another version reads it", decode(client, good, subject="s", version=2)["event"], {"id": 42, "note": ""})
        client.same("without a frame", decode(client, b"\x54", subject="s", version=1)["event"], {"id": 42})
        client.same("without frame and version", decode(client, b"\x54\x02a", subject="s")["event"], {"id": 42, "note": "a"})
        check_bad(client, made["id"])
        for status, body in [(422, {"data": "xyz!"}), (422, {}), (404, {"data": "54", "subject": "none"}), (404, {"data": "54", "subject": "s", "version": 9}),
                             (422, {"data": "54", "subject": "s", "version": "x"})]:
            client.call("POST", "/api/v1/decode", body, status=status)


def check_bad(client, identifier):
    cut = decode(client, framed(identifier, b"\xD4"))
    client.same("cut off", (cut["event"], cut["verdict"], cut["error"]["offset"] >= 5), (None, "dead-letter", True))
    newer = decode(client, framed(identifier, b"\x54\x02a"))
    client.same("bytes of the other version", (newer["verdict"], newer["others"]), ("dead-letter", [{"subject": "s", "version": 2, "reads": True}]))
    unknown = decode(client, framed(4711, b"\x54"), subject="s")
    client.same("unknown id", (unknown["schema"], unknown["verdict"], [o["reads"] for o in unknown["others"]]), (None, "dead-letter", [False, True]))
    bare = decode(client, b"{}")
    client.same("no frame", (bare["framing"], bare["schema"], bare["verdict"], bare["others"]), (None, None, "dead-letter", []))
    client.same("short guid", decode(client, b"\x01" + b"\0" * 15)["framing"], None)
    client.same("unknown guid", decode(client, b"\x01" + b"\0" * 16)["schema"], None)


def decoding_formats(server, judge, tally):
    """Protobuf by its message indexes, JSON, ids of contexts, and a schema that cannot be used yet."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        p = client.register("p", PROTO, schemaType="PROTOBUF")["id"]
        j = client.register("j", {"type": "object", "properties": {"n": {"type": "integer"}}}, schemaType="JSON")["id"]
        for indexes, payload, event in [(b"\0", b"\x08\x07", {"x": 7}), (b"\x02\x02", b"\x0a\x01q", {"y": "q"}), (b"\x04\0\0", b"\x0a\x01q", {"s": "q"})]:
            answer = decode(client, framed(p, indexes + payload))
            client.same("message %s" % indexes.hex(), (answer["event"], answer["verdict"]), (event, "ok"))
        client.same("indexes", (answer["framing"]["indexes"], answer["framing"]["payloadOffset"]), ([0, 0], 8))
        for indexes in (b"", b"\x02", b"\x02\x0a", b"\x01", b"\xff\xff\x03", b"\x02\x01"):
            answer = decode(client, framed(p, indexes))
            client.same("bad indexes %s" % indexes.hex(), (answer["verdict"], answer["error"] is None), ("dead-letter", False))
        client.same("JSON", decode(client, framed(j, b'{"n": 5}'))["event"], {"n": 5})
        client.same("invalid JSON", decode(client, framed(j, b'{"n": "x"}'))["verdict"], "dead-letter")
        client.same("a reader of another type", decode(client, framed(j, b'{"n": 5}'), subject="p", version=1)["verdict"], "dead-letter")
        for n in range(3):
            there = client.register(":.eu:e", record("E", *["f%d" % i for i in range(n)]) if n == 0 else record("E", *[
                {"name": "f%d" % i, "type": "int", "default": 0} for i in range(n)]))["id"]
        client.same("an id that only another context has", decode(client, framed(there, b"\x02\x04"))["event"], {"f0": 1, "f1": 2})
        client.same("an id of the subject's context", decode(client, framed(1, b""), subject=":.eu:e")["event"], {})
        client.register("base", record("Base", "x"))
        made = client.register("uses", record("Uses", {"name": "f", "type": "Base"}), references=[{"name": "Base", "subject": "base", "version": 1}])
        client.same("with a reference", decode(client, framed(made["id"], b"\x02"))["event"], {"f": {"x": 1}})


def validating(server, judge, tally):
    """Events as JSON against versions and texts."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.register("s", FINE)
        client.register("p", PROTO, schemaType="PROTOBUF")
        client.register("base", record("Base", "x"))
        uses, reference = record("Uses", {"name": "f", "type": "Base"}), [{"name": "Base", "subject": "base", "version": 1}]
        json_schema = {"schema": '{"type":"object","required":["a"]}', "schemaType": "JSON"}
        for body, wanted in [({"subject": "s", "version": 1, "event": {"id": 42, "note": "a"}}, "540261"), ({"subject": "s", "event": {"id": "x"}}, None),
                             ({"schema": json.dumps(OLD), "event": {"id": 1}}, "02"), ({"schema": '"null"', "event": None}, ""),
                             ({"schema": json.dumps(uses), "references": reference, "event": {"f": {"x": 1}}}, "02"),
                             ({**json_schema, "event": {}}, None), ({**json_schema, "event": {"a": 1}}, b'{"a":1}'.hex()),
                             ({"schema": '{"format":"date"}', "schemaType": "JSON", "event": "x"}, None),
                             ({"schema": '{"format":"date"}', "schemaType": "JSON", "event": "x", "formatsIgnored": True}, b'"x"'.hex()),
                             ({"subject": "p", "message": "p.B", "event": {"y": "q"}}, "0a0171"), ({"subject": "p", "event": {"y": "q"}}, None)]:
            answer = client.call("POST", "/api/v1/validate", body).json
            client.same("validate %s" % json.dumps(body)[:80], (answer["valid"], answer["bytes"], answer["error"] is None),
                        (wanted is not None, wanted, wanted is not None))
        for status, body in [(422, {"subject": "s", "version": 1}), (422, {"event": 1}), (404, {"subject": "none", "event": 1}),
                             (404, {"subject": "s", "version": 9, "event": 1}), (422, {"subject": "s", "version": "x", "event": 1}),
                             (422, {"schema": "{", "event": 1})]:
            client.call("POST", "/api/v1/validate", body, status=status)


def rules(server, judge, tally):
    """Each rule that has an example has the finding that it leads to."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        heads = client.get("/api/v1/rules")
        client.same("ids are there once", len({h["id"] for h in heads}), len(heads))
        for head in heads:
            rule = client.get("/api/v1/rules/%s" % head["id"])
            client.same("%s: its head" % head["id"], {k: rule[k] for k in head}, head)
            client.same("%s: its example" % head["id"], rule["finding"] and rule["finding"]["rule"], head["id"] if rule["example"] else None)
        client.same("letter case", client.get("/api/v1/rules/avro-field-no-default")["id"], "AVRO-FIELD-NO-DEFAULT")
        client.call("GET", "/api/v1/rules/NONE", status=404)


# ---- refusals ----

LINK = re.compile(r'</api/v1/refusals/(\d+)>; rel="describedby"')


def refuse(client, target, body, method="POST"):
    """A refused request: its answer, and the refusal that its Link names."""
    answer = client.call(method, target, body, status=409)
    link = LINK.fullmatch(answer.headers.get("link", ""))
    client.tally.check("Link of %s" % target, link, answer.headers)
    return answer.json, client.get("/api/v1/refusals/" + link[1]) if link else {}


def refusals(server, judge, tally):
    """A refusal is linked, listed and explained, over a restart too; the answer is the reference's."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.register("s", OLD)
        plain, kept = refuse(client, "/subjects/s/versions", text(NOTE))
        client.same("the reference's members", sorted(plain), ["error_code", "message"])
        client.same("a refusal", {k: kept[k] for k in ("subject", "level", "policy", "schemaType", "findings", "references", "message")},
                    {"subject": "s", "level": "BACKWARD", "policy": "STRICT", "schemaType": "AVRO", "findings": 1, "references": [],
                     "message": plain["message"]})
        client.same("its text", json.loads(kept["schema"]), NOTE)
        client.same("its explanation", kept["explanation"], explain(client, None, subject="s", **text(NOTE)))
        explained, _ = refuse(client, "/subjects/s/versions?explain=true", text(NOTE))
        client.same("the same with findings", {**plain, "findings": kept["explanation"]["findings"]}, explained)
        client.same("false is false", refuse(client, "/subjects/s/versions?explain=false", text(NOTE))[0], plain)
        refuse(client, "/contexts/.eu/subjects/:.:s/versions", text(NOTE))
        client.call("POST", "/compatibility/subjects/s/versions/latest", text(NOTE))
        client.same("listed", [r["id"] for r in client.get("/api/v1/refusals")["items"]], [4, 3, 2, 1])
        client.same("of a subject", [r["id"] for r in client.get("/api/v1/refusals?subject=s&limit=2")["items"]], [4, 3])
        client.same("of another one", client.get("/api/v1/refusals?subject=other")["items"], [])
        client.same("counted", client.get("/api/v1/stats")["refusals"], 4)
        client.call("POST", "/subjects/s/versions?explain=true", text(FINE))
        client.same("explained against what was there then", client.get("/api/v1/refusals/1")["explanation"]["findings"][0]["version"], 1)
        for target, status in (("/99", 404), ("/x", 404), ("/0", 404), ("?limit=0", 422), ("?limit=x", 404)):
            client.call("GET", "/api/v1/refusals" + target, status=status)
    server.stop()
    server.start()
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.same("after a restart", [r["id"] for r in client.get("/api/v1/refusals")["items"]], [4, 3, 2, 1])
        client.same("it goes on counting", refuse(client, "/subjects/s/versions", {"schema": '"int"'})[1]["id"], 5)


def refusals_elsewhere(server, judge, tally):
    """Registrations that are part of something else are linked as well; other conflicts are not."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.register("base", record("Base", "x"))
        client.register("uses", record("Uses", {"name": "f", "type": "Base"}), references=[{"name": "Base", "subject": "base", "version": 1}])
        worse = record("Uses", {"name": "f", "type": "Base"}, "g")
        _, kept = refuse(client, "/subjects/uses/versions", text(worse, references=[{"name": "Base", "subject": "base", "version": 1}],
                                                                 metadata={"properties": {"a": "b"}}))
        client.same("its references", kept["references"], [{"name": "Base", "subject": "base", "version": 1}])
        client.same("explained with them", kept["explanation"]["findings"][0]["rule"], "AVRO-FIELD-NO-DEFAULT")
        client.register("s", OLD)
        client.call("PUT", "/config/s", {"compatibility": "NONE"})
        client.register("s", NOTE)
        client.register("s", OLD)
        client.call("PUT", "/config/s", {"compatibility": "FULL_TRANSITIVE"})
        refuse(client, "/subjects/s/versions/2/tags", {"newVersion": 4, "tagsToAdd": [{"schemaEntity": {"entityPath": "Order", "entityType": "sr_record"},
                                                                                       "tags": ["T"]}]})
        client.register(":.n:r-value", OLD)
        refuse(client, "/associations", {"resourceName": "r", "resourceNamespace": "n", "resourceId": "i", "resourceType": "topic", "associations": [
            {"subject": ":.n:r-value", "associationType": "value", "lifecycle": "STRONG", "schema": text(NOTE)}]})
        conflict = client.call("POST", "/dek-registry/v1/keks", {"name": "k", "kmsType": "t", "kmsKeyId": "i"})
        conflict = client.call("POST", "/dek-registry/v1/keks", {"name": "k", "kmsType": "u", "kmsKeyId": "i"}, status=409)
        client.same("another conflict has no link", "link" in conflict.headers, False)


def refusals_contested(server, judge, tally):
    """Whoever is refused because another one was faster is told where to read it, too."""
    bodies = [json.dumps(text(record("R", {"name": name, "type": kind}))) for name, kind in (("a", "int"), ("a", "string"))]
    refused = 0
    with server.connect() as one, server.connect() as two:
        for i in range(60):
            for connection, body in ((one, bodies[0]), (two, bodies[1])):
                connection.send(render("POST", "/subjects/s%d/versions" % i, body))
            answers = [connection.receive() for connection in (one, two)]
            lost = [a for a in answers if a.status == 409]
            tally.check("one of two wins", sorted(a.status for a in answers) == [200, 409], answers)
            tally.check("who loses gets a link", all(LINK.fullmatch(a.headers.get("link", "")) for a in lost), answers)
            refused += len(lost)
        client = Client(one, judge, tally)
        client.same("all are kept", client.get("/api/v1/stats")["refusals"], refused)


def refusals_bounded(server, judge, tally):
    """A thousand are kept, and fewer when they are large."""
    with server.connect(timeout=120) as connection:
        client = Client(connection, judge, tally)
        client.register("s", OLD)
        for _ in range(21):
            for _ in range(50):
                connection.send(render("POST", "/subjects/s/versions", json.dumps(text(NOTE))))
            client.same("refused", {connection.receive().status for _ in range(50)}, {409})
        items = client.get("/api/v1/refusals?limit=1000")["items"]
        client.same("a thousand are kept", (len(items), items[0]["id"], items[-1]["id"]), (1000, 1050, 51))
        client.call("GET", "/api/v1/refusals/50", status=404)
        large = record("Order", "id", {"name": "note", "type": "string", "doc": "x" * 900000})
        for _ in range(25):
            client.call("POST", "/subjects/s/versions", text(large), status=409)
        kept = client.get("/api/v1/stats")["refusals"]
        client.same("fewer when they are large", 10 <= kept <= 19, True)


SCENARIOS = [
    ("refusals", [], refusals),
    ("refusals-elsewhere", [], refusals_elsewhere),
    ("refusals-contested", [], refusals_contested),
    ("refusals-bounded", [], refusals_bounded),
    ("explaining", [], explaining),
    ("explaining-history", [], explaining_history),
    ("differences", [], differences),
    ("explaining-all", [], explaining_all),
    ("differences-all", [], differences_all),
    ("differences-bounded", [], differences_bounded),
    ("matrix", [], matrix),
    ("decoding", [], decoding),
    ("decoding-formats", [], decoding_formats),
    ("validating", [], validating),
    ("rules", [], rules),
]
