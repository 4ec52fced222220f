#!/usr/bin/env python3
"""Moving in and out: `tenon import` and `tenon export` between real servers, files and a topic of a real broker.

    run.py [--tenon BINARY] [--jars DIR]

What is there afterwards is compared twice: by `--verify` and by asking both servers everything (varied.look).
"""
import argparse
import functools
import http.server
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE), str(HERE.parent / "e2e" / "orders"), str(HERE.parent / "e2e" / "orders" / "kafka")]

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import fetch
import topic
import varied
from broker import Broker
from support.logfile import read_log
from support.server import ROOT, Server, add_binary_argument, free_port
from support.tally import Tally

MANY = 400


class Bench:
    """Fresh servers on request, and the command under test."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.servers = binary, pathlib.Path(folder), []

    def server(self, *arguments):
        server = Server(self.binary, self.folder / ("%d.db" % len(self.servers)), arguments=arguments).start()
        self.servers.append(server)
        return server

    def varied(self):
        server = self.server()
        varied.fill(server)
        return server

    def run(self, *arguments, status=0, environment=None):
        done = subprocess.run([self.binary, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, env={**os.environ, **(environment or {})})
        assert done.returncode == status, "status %d: %s%s" % (done.returncode, done.stdout, done.stderr)
        return done.stdout, done.stderr

    def take_in(self, source, target, *more, status=0):
        return self.run("import", "--from", getattr(source, "url", source), "--to", target.url, *more, status=status)

    def path(self, name):
        return self.folder / name

    def close(self):
        for server in self.servers:
            server.kill()


def head(server):
    return len(read_log(server.db))


def same(a, b):
    left, right = varied.look(a), varied.look(b)
    for name in left.keys() | right.keys():
        assert left.get(name) == right.get(name), "%s: %r and %r" % (name, left.get(name), right.get(name))


def check_equal(bench, source, a, b):
    """Both comparisons, and that a further run writes nothing."""
    bench.take_in(source, b, "--verify")
    same(a, b)
    before = head(b)
    out, _ = bench.take_in(source, b)
    assert "registered 0, soft-deleted 0, set 0" in out, out
    assert head(b) == before, "a second run wrote to the log"


# ---- from registry to registry ----

def case_registry(bench):
    a, b = bench.varied(), bench.server()
    out, _ = bench.take_in(a, b, "--verify", status=1)
    assert 'subject ":.imp:twins" version 4 (id 0) is missing at the target' in out, out
    assert head(b) == 0, "--verify wrote"
    before = head(a)
    out, _ = bench.take_in(a, b)
    assert "0 refused" in out and "source and target are equal" in out, out
    assert head(a) == before, "the source was written to"
    check_equal(bench, a, a, b)


def case_verify_sees(bench):
    """Each kind of difference is named."""
    a, b = bench.varied(), bench.server()
    bench.take_in(a, b)
    varied.put(b, "mode", ":.__GLOBAL:", {"mode": "READWRITE"})
    varied.put(b, "mode", "", {"mode": "READWRITE"})
    varied.put(b, "config", "", {"compatibility": "NONE"})
    varied.put(b, "config", "many", {"normalize": True})
    varied.register(b, "extra", varied.record("Extra"))
    varied.delete(b, "many", 4)
    varied.delete(b, "gone-user", permanent=True)
    out, _ = bench.take_in(a, b, "--verify", status=1)
    for wanted in ["config (global) differs", 'config of "many" differs: source none', 'mode of ":.__GLOBAL:" differs',
                   'subject "extra" version 1 (id 14) is at the target only', 'subject "many" version 4 (id 11) is soft-deleted'
                   " at the target only", 'subject "gone-user" version 1 (id 13) is missing', "7 differences"]:
        assert wanted in out, "%s: %s" % (wanted, out)
    out, _ = bench.take_in(a, b, status=1)
    assert "registered 3, soft-deleted 2" in out and "\n1 differences" in out and '"extra"' in out, out


def case_later_changes(bench):
    """What happened at the source since the first run is all that the next one writes, aliases in the way included."""
    a, b = bench.varied(), bench.server()
    bench.take_in(a, b)
    for scope in (":.__GLOBAL:", "", "money", ":.east:"):
        varied.put(a, "mode", scope, {"mode": "READWRITE"})
    varied.put(a, "config", "unit", {"alias": None})
    varied.register(a, "unit", varied.PROTO_UNIT.replace("}", "  string more = 2;\n}"), schemaType="PROTOBUF")
    varied.delete(a, "unit", 2)
    varied.put(a, "config", "unit", {"alias": "line"})
    varied.call(a, "DELETE", "/config/orders-value")
    varied.call(a, "DELETE", "/mode/" + varied.quote(":.imp:"))
    out, _ = bench.take_in(a, b)
    assert "registered 1, soft-deleted 1" in out, out
    check_equal(bench, a, a, b)


def fill_many(server):
    with server.connect() as connection:
        for n in range(MANY):
            body = {"schema": varied.record("R%d" % n)}
            assert connection.request("POST", "/subjects/s%d/versions" % (n % 50), body).status in (200, 409)
    varied.put(server, "config", "", {"compatibility": "NONE"})


def start_import(bench, a, b):
    """An import that has written something and not all."""
    process = subprocess.Popen([bench.binary, "import", "--from", a.url, "--to", b.url], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with b.connect() as connection:
        while process.poll() is None and not connection.request("GET", "/subjects").json:
            pass
    return process


def case_interrupted(bench):
    a = bench.server()
    varied.put(a, "config", "", {"compatibility": "NONE"})
    fill_many(a)
    varied.put(a, "mode", "", {"mode": "READONLY"})
    for number, wanted in [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 1)]:
        b = bench.server()
        process = start_import(bench, a, b)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        assert process.returncode == wanted, "status %d: %s" % (process.returncode, said)
        versions = len(varied.call(b, "GET", "/schemas"))
        assert 0 < versions < MANY, "%d versions: the interruption came too late to prove anything" % versions
        mode = varied.call(b, "GET", "/mode")["mode"]
        assert mode == ("IMPORT" if wanted < 0 else "READWRITE"), mode
        assert wanted < 0 or "stopped by a signal" in said, said
        bench.take_in(a, b, "--verify", status=1)
        bench.take_in(a, b)
        check_equal(bench, a, a, b)


def case_standard_levels(bench):
    """Servers with other standard levels: what counts at the source counts at the target."""
    for level, other in [("FULL", "BACKWARD"), ("BACKWARD", "NONE")]:
        a, b = bench.server("--level", level), bench.server("--level", other)
        for subject in ("s", ":.c:s"):
            varied.register(a, subject, varied.record("S"))
            varied.put(a, "config", subject, {"normalize": True})
            varied.register(a, subject + "2", varied.record("S"))
        bench.take_in(a, b)
        check_equal(bench, a, a, b)


def case_clash(bench):
    """An id, or a version, that is something else at the target: nothing is written at all."""
    a = bench.server()
    varied.register(a, "first", varied.record("First"))
    varied.register(a, "second", varied.record("Second"))
    for subject, wanted in [("other", 'subject "first" version 1 (id 1) has an id that stands for another schema at the target'),
                            ("first", 'subject "first" version 1 (id 1) is something else at the target')]:
        b = bench.server()
        varied.register(b, subject, varied.record("Other"))
        before = head(b)
        _, said = bench.take_in(a, b, status=1)
        assert wanted in said and "nothing was changed" in said and "1 versions clash" in said, said
        assert head(b) == before, "something was written"
    c = bench.server()
    varied.register(c, ":.mine:first", varied.record("Other"))
    out, _ = bench.take_in(a, c, status=1)
    assert "registered 2" in out and 'subject ":.mine:first" version 1 (id 1) is at the target only' in out, out


def case_refusals(bench):
    """What the target refuses is said one by one, and the status tells."""
    a, deaf, stock = bench.varied(), bench.server("--mode-mutability", "false"), bench.server("--rule-sets", "drop")
    _, said = bench.take_in(a, deaf, status=1)
    assert "does not allow IMPORT mode" in said and "Mode changes are not allowed" in said, said
    assert head(deaf) == 0
    out, _ = bench.take_in(a, stock, status=1)
    assert 'subject "a-first" version 1 (id 3) has another schema, references, metadata or rules at the target' in out, out
    small = bench.server("--max-schema", "100")
    out, said = bench.take_in(a, small, status=1)
    assert 'subject "money" version 1 (id 1): refused with status 422: Register operation failed because' in said, said
    assert varied.call(small, "GET", "/mode") == varied.call(a, "GET", "/mode"), "the target stayed in IMPORT mode"


def case_left_behind(bench):
    a, b = bench.server(), bench.server()
    varied.register(a, "s", varied.record("S"))
    varied.call(a, "POST", "/associations", {"resourceName": "t", "resourceNamespace": "n", "resourceId": "i", "resourceType": "topic",
                                             "associations": [{"subject": "s", "associationType": "value", "lifecycle": "WEAK"}]})
    varied.call(a, "POST", "/dek-registry/v1/keks", {"name": "k", "kmsType": "local", "kmsKeyId": "x", "shared": False})
    wanted = ["1 associations are left behind", "1 keys of the DEK registry are left behind"]
    said = bench.take_in(a, b)[1]
    assert all(line in said for line in wanted), said
    assert a.stop() == 0
    said = bench.run("export", "--db", a.db, "--to", bench.path("out"))[1]
    assert all(line in said for line in wanted), said


# ---- files ----

def expected_records(server):
    """The records of the registry by key, made here from what the API answers."""
    records = {}
    for item in varied.call(server, "GET", "/schemas?deleted=true&subjectPrefix=%3A*%3A"):
        members = ["subject", "version", "id", "schemaType", "references", "metadata", "ruleSet", "schema", "deleted"]
        records[topic.schema_key(item["subject"], item["version"])] = topic.compact(
            {name: item[name] for name in members if name in item})
    for context in varied.call(server, "GET", "/contexts")[1:]:
        records[topic.key("CONTEXT", tenant="default", context=context)] = topic.compact({"tenant": "default", "context": context})
    for keytype, scopes in [("CONFIG", ["", "orders-value", "alias-only", ":.east:", ":.__GLOBAL:", "unit"]),
                            ("MODE", ["", "money", ":.east:", ":.__GLOBAL:", ":.imp:"])]:
        for scope in scopes:
            entry = varied.call(server, "GET", "/%s%s" % (keytype.lower(), "/" + varied.quote(scope) if scope else ""))
            subject = {"subject": scope} if scope else {}
            records[topic.key(keytype, **subject)] = topic.compact({**subject, **entry})
    return records


def read_file(path):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({line["key"] for line in lines}) == len(lines), "a key comes twice"
    return {line["key"]: line["value"] for line in lines}


def case_file(bench):
    a = bench.varied()
    live, cold = bench.path("live.jsonl"), bench.path("cold.jsonl")
    bench.run("export", "--from", a.url, "--to", live)
    got, wanted = read_file(live), expected_records(a)
    for name in got.keys() | wanted.keys():
        assert got.get(name) == wanted.get(name), "%s: %r, expected %r" % (name, got.get(name), wanted.get(name))
    assert got['{"keytype":"SCHEMA","subject":"line","version":1,"magic":1}'] == (
        '{"subject":"line","version":1,"id":5,"schemaType":"PROTOBUF","references":[{"name":"unit.proto","subject":"unit",'
        '"version":1}],"schema":%s,"deleted":false}' % json.dumps(varied.PROTO_LINE))
    assert got['{"keytype":"MODE","magic":0}'] == '{"mode":"READWRITE"}'
    order = list(got)
    assert order.index(topic.schema_key("money", 1)) < order.index(topic.schema_key("a-first", 1)), "a reference comes late"
    said = bench.run("export", "--db", a.db, "--to", cold, status=1)[1]
    assert "server" in said and not cold.exists(), said
    assert a.stop() == 0
    bench.run("export", "--db", a.db, "--to", cold)
    wanted[topic.key("CONFIG", subject="alias-only")] = '{"subject":"alias-only","alias":"orders-value"}'
    wanted[topic.key("CONFIG", subject="unit")] = '{"subject":"unit","alias":"line"}'
    got = read_file(cold)
    for name in got.keys() | wanted.keys():
        assert got.get(name) == wanted.get(name), "%s: %r, expected %r" % (name, got.get(name), wanted.get(name))
    a.start()
    for path in (live, cold):
        b = bench.server()
        bench.take_in(path, b)
        check_equal(bench, path, a, b)


# ---- topics ----

def make_topic(broker, name, partitions=1):
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.create_topics([NewTopic(name, partitions, 1, config={"cleanup.policy": "compact"})])[name].result(30)
    return "kafka://%s/%s" % (broker.address, name)


def produce(broker, name, records):
    producer = Producer({"bootstrap.servers": broker.address, "acks": "all"})
    for key, value in records:
        producer.produce(name, value, key=key, partition=0)
    assert producer.flush(30) == 0


def consume(broker, name):
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "test", "enable.partition.eof": True})
    consumer.assign([TopicPartition(name, 0, 0)])
    records = []
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        message = consumer.poll(1)
        if message is not None and message.error():
            break
        if message is not None:
            records.append((message.key().decode(), message.value().decode(), message.timestamp()[1]))
    consumer.close()
    return records


def check_by_hand(bench, source):
    """What topic.records() leave behind, in a fresh server."""
    b = bench.server()
    _, said = bench.take_in(source, b)
    assert said.count(" skipped: ") == topic.SKIPPED, said
    for wanted in ("its id stands for another schema already", "keytype NEWFANGLED is not taken over", "its key is none of a registry",
                   "its value is no JSON object", "a member is missing"):
        assert said.count(wanted) == 1, "%s: %s" % (wanted, said)
    got = {(i["subject"], i["version"]): (i["id"], i["schema"], i["deleted"])
           for i in varied.call(b, "GET", "/schemas?deleted=true&subjectPrefix=%3A*%3A")}
    assert got == topic.VERSIONS, got
    for path, wanted in topic.ENTRIES.items():
        answer = varied.call(b, "GET", path, good=(200, 404))
        assert answer.get("error_code", answer) == wanted, "%s: %r" % (path, answer)
    new = varied.call(b, "GET", "/subjects/new/versions/3")
    assert new["metadata"] == {"properties": {"k": "v"}} and new["ruleSet"]["domainRules"][0]["name"] == "r", new
    before = head(b)
    bench.take_in(source, b)
    assert head(b) == before, "a second run wrote to the log"


def case_topic_by_hand(bench, broker):
    source = make_topic(broker, "by-hand")
    produce(broker, "by-hand", topic.records())
    check_by_hand(bench, source)


def case_file_by_hand(bench):
    path = bench.path("by-hand.jsonl")
    path.write_text("".join(json.dumps({"key": key, "value": value}) + "\n" for key, value in topic.records()))
    check_by_hand(bench, path)


def case_topic_and_back(bench, broker):
    a, path = bench.varied(), bench.path("beside.jsonl")
    url = make_topic(broker, "_schemas")
    bench.run("export", "--from", a.url, "--to", url)
    bench.run("export", "--from", a.url, "--to", path)
    got = consume(broker, "_schemas")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(key, value) for key, value, _ in got] == [(line["key"], line["value"]) for line in lines]
    for (_, _, ts), line in zip(got, lines):
        assert ts == line.get("ts", ts) and ts > 0, line
    b = bench.server()
    bench.take_in(url, b)
    check_equal(bench, url, a, b)
    assert dict((key, value) for key, value, _ in consume(broker, "_schemas")) == read_file(path), "importing wrote to the topic"


def case_bad_topics(bench, broker):
    b = bench.server()
    garbage, encrypted, wide = make_topic(broker, "garbage"), make_topic(broker, "encrypted"), make_topic(broker, "wide", 3)
    produce(broker, "garbage", [("k%d" % n, "v") for n in range(500)])
    produce(broker, "encrypted", [(topic.schema_key("s", 1), topic.schema("s", 1, 1, topic.INT, md5="x", metadata={
        "properties": {"__enc__": "true", "s": "AAAA"}, "sensitive": ["s"]}))])
    for source, wanted in [(garbage, "none of its 500 records is one of a schema registry"), (encrypted, "is encrypted"),
                           (wide, "one partition"), (garbage[:-7] + "absent", "Unknown topic"),
                           ("kafka://%s" % broker.address, "expected kafka://broker:port/topic")]:
        _, said = bench.take_in(source, b, status=1)
        assert wanted in said, "%s: %s" % (source, said)
        assert said.count("\n") < 30, "%d lines" % said.count("\n")
    assert head(b) == 0
    _, said = bench.take_in(garbage, b, "--kafka", "no.such=1", status=1)
    assert "no.such" in said, said
    empty = make_topic(broker, "empty")
    assert "holds 0 versions" in bench.take_in(empty, b)[0]
    _, said = bench.run("export", "--from", b.url, "--to", wide, status=1)
    assert "one partition" in said, said


# ---- what is no registry ----

class Stranger(http.server.BaseHTTPRequestHandler):
    answers = {"/plain": (200, b"<html>hello</html>"), "/refusing": (401, b'{"error_code":401,"message":"Unauthorized"}'),
               "/object": (200, b'{"a":1}')}

    def do_GET(self):
        status, body = self.answers["/" + self.path.split("/")[1]]
        self.server.seen.append(self.headers.get("Authorization"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def case_bad_places(bench):
    b = bench.server()
    stranger = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    stranger.seen = []
    threading.Thread(target=stranger.serve_forever, daemon=True).start()
    base = "http://127.0.0.1:%d" % stranger.server_port
    broken = bench.path("broken.jsonl")
    broken.write_text('{"key":"{}","value":null}\nno json\n')
    foreign = bench.path("foreign.jsonl")
    foreign.write_text('{"key":"a","value":"b"}\n')
    for source, wanted in [(base + "/plain", "does not answer like a schema registry: GET /schemas/types has status 200"),
                           (base + "/object", "does not answer like a schema registry: GET /schemas is an object"),
                           (base + "/refusing", "status 401: give a user and password"),
                           ("http://127.0.0.1:%d" % free_port(), "onnect"), ("kafka://127.0.0.1:%d/t" % free_port(), "Connection refused"),
                           (bench.path("absent.jsonl"), "No such file"), (broken, "line 2 is not"),
                           (foreign, "none of its 1 records")]:
        _, said = bench.take_in(source, b, status=1)
        assert wanted in said, "%s: %s" % (source, said)
    assert head(b) == 0
    bench.run("import", "--from", base + "/refusing", "--from-user", "ann:secret", "--to", b.url, status=1)
    assert stranger.seen[-1] == "Basic YW5uOnNlY3JldA==", stranger.seen[-1]
    bench.run("import", "--from", base + "/refusing", "--to", b.url, status=1, environment={"TENON_FROM_USER": "bob:x"})
    assert stranger.seen[-1] == "Basic Ym9iOng=", stranger.seen[-1]
    assert "status 401" in bench.run("import", "--from", b.url, "--to", base + "/refusing", status=1)[1]
    assert "No such file" in bench.run("export", "--db", bench.path("absent.db"), "--to", bench.path("out"), status=1)[1]
    assert not bench.path("absent.db").exists(), "export made a database"
    assert "cannot be written" in bench.run("export", "--from", b.url, "--to", bench.path("no/such/out"), status=1)[1]
    stranger.shutdown()


class Front(http.server.BaseHTTPRequestHandler):
    """What ends TLS in front of a registry."""

    def do_GET(self):
        with self.server.behind.connect() as connection:
            answer = connection.request("GET", self.path)
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        pass


class Elderly(http.server.BaseHTTPRequestHandler):
    """A Tenon as a registry of long ago: no contexts, no pages, no word on what is deleted, AVRO not named."""

    def do_GET(self):
        path, _, query = self.path.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        with self.server.behind.connect() as connection:
            deleted = "?deleted=%s" % query.get("deleted", "false") if path == "/schemas" else ""
            answer = connection.request("GET", path + deleted)
        status, body = answer.status, answer.body
        if path == "/schemas":
            items = [] if "subjectPrefix" in query else answer.json
            for item in items:
                for name in ("deleted", "ts", "guid"):
                    item.pop(name)
                if item["schemaType"] == "AVRO":
                    item.pop("schemaType")
            body = json.dumps(items).encode()
        elif path == "/contexts" or path.startswith("/dek-registry") or path.startswith("/associations") or "__GLOBAL" in path:
            status, body = 404, b'{"error_code":404,"message":"HTTP 404 Not Found"}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def case_old_registry(bench):
    a, b = bench.server(), bench.server()
    varied.register(a, "money", varied.AVRO_MONEY)
    varied.register(a, "orders", varied.AVRO_ORDER, references=[{"name": "ex.Money", "subject": "money", "version": 1}])
    varied.register(a, "line", varied.PROTO_UNIT, schemaType="PROTOBUF")
    for n in range(3):
        varied.register(a, "many", varied.record("Many", *("f%d" % k for k in range(n))))
    varied.delete(a, "many", 2)
    varied.put(a, "config", "many", {"compatibility": "FULL"})
    elderly = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elderly)
    elderly.behind = a
    threading.Thread(target=elderly.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d/" % elderly.server_port
    out, _ = bench.take_in(url, b)
    assert "holds 6 versions" in out, out
    check_equal(bench, url, a, b)
    elderly.shutdown()


def case_https(bench):
    """A certificate is checked, and --ca names the one to trust."""
    a, b, pem = bench.varied(), bench.server(), bench.path("own.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pem, "-out", bench.path("cert.pem"),
                    "-days", "2", "-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
    front.behind = a
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bench.path("cert.pem"), pem)
    front.socket = context.wrap_socket(front.socket, server_side=True)
    threading.Thread(target=front.serve_forever, daemon=True).start()
    url = "https://127.0.0.1:%d" % front.server_port
    assert "certificate" in bench.take_in(url, b, status=1)[1]
    assert head(b) == 0
    bench.take_in(url, b, "--ca", bench.path("cert.pem"))
    same(a, b)
    front.shutdown()


def case_usage(bench):
    for arguments in [["import"], ["import", "--from", "x"], ["import", "--from", "x", "--to", "y"], ["import", "--nonsense"],
                      ["import", "--verify=yes"], ["import", "--from"], ["export"], ["export", "--from", "x"],
                      ["export", "--from", "x", "--db", "y", "--to", "z"], ["export", "--to", "z"], ["import", "stray"]]:
        out, said = bench.run(*arguments, status=2)
        assert said.startswith("tenon %s: " % arguments[0]) and not out, (arguments, said)
    for command in ("import", "export"):
        out, _ = bench.run(command, "--help")
        for flag in ("--from", "--to", "--from-user", "--kafka"):
            assert "  %s " % flag in out, out
        assert "  %s " % command in bench.run("--help")[0]


CASES = [case_registry, case_verify_sees, case_later_changes, case_interrupted, case_standard_levels, case_clash,
         case_refusals, case_left_behind, case_file, case_file_by_hand, case_bad_places,
         case_old_registry, case_https, case_usage]
BROKER_CASES = [case_topic_by_hand, case_topic_and_back, case_bad_topics]


def name_of(case):
    return case.__name__.removeprefix("case_").replace("_", " ")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_binary_argument(parser)
    parser.add_argument("--jars", type=pathlib.Path, default=ROOT / "build" / "cache" / "kafka",
                        help="the broker's jars, fetched by e2e/orders/kafka/fetch.py when they are not there")
    parser.add_argument("--only", help="the cases whose name contains this")
    options = parser.parse_args()
    binary = str(pathlib.Path(options.tenon).resolve())
    wanted = lambda case: not options.only or options.only in name_of(case)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        def run(case, *more):
            bench = Bench(binary, tempfile.mkdtemp(dir=folder))
            try:
                tally.case(name_of(case), functools.partial(case, bench, *more))
            finally:
                bench.close()
        for case in filter(wanted, CASES):
            run(case)
        if any(map(wanted, BROKER_CASES)):
            fetch.fetch(options.jars.resolve())
            broker = Broker(options.jars.resolve(), folder + "/kafka")
            try:
                broker.start()
                for case in filter(wanted, BROKER_CASES):
                    run(case, broker)
            finally:
                broker.stop()
    tally.finish()


if __name__ == "__main__":
    main()
