"""/api/v1: lists, graphs, histories and searches, asked about a registry whose contents are known."""
import json
import os
import pathlib
import re
import statistics

from exchange import ask, render
from support.server import Server

PAGE_MS = 20      # on the server, for a page of 10,000 subjects
SUBJECTS = 10000


class Client:
    """Sends requests, holds every answer against the contract, and counts."""

    def __init__(self, connection, judge, tally):
        self.connection, self.judge, self.tally = connection, judge, tally

    def call(self, method, target, body=None, status=200, headers=()):
        text = None if body is None else json.dumps(body)
        answer = ask(self.connection, method, target, text, headers)
        problems = self.judge.check(method, target, answer, body=text)
        if answer.status != status:
            problems.append("status %d, not %d: %r" % (answer.status, status, answer.body[:500]))
        self.tally.check("%s %s" % (method, target[:120]), not problems, "\n  ".join(problems))
        return answer

    def get(self, target, **named):
        answer = self.call("GET", target, **named)
        return answer.json if answer.body else None

    def register(self, subject, schema, **members):
        text = schema if isinstance(schema, str) else json.dumps(schema)
        return self.call("POST", "/subjects/%s/versions" % subject, {"schema": text, **members}).json

    def same(self, name, got, wanted):
        self.tally.check(name, got == wanted, "%r is not %r" % (got, wanted))


def record(name, *fields):
    return {"type": "record", "name": name, "fields": [{"name": f, "type": "int"} if isinstance(f, str) else f for f in fields]}


def fill(client):
    """A few subjects of every kind."""
    client.register("orders-value", record("Order", "id"), metadata={"properties": {"owner": "sales"}, "tags": {"Order": ["PII"]}})
    client.register("orders-value", record("Order", "id", {"name": "note", "type": "string", "default": "", "confluent:tags": ["FREE"]}),
                    metadata={"properties": {"owner": "sales"}, "tags": {"Order": ["PII"]}})
    client.register("Orders_Key", '"long"')
    client.register(":.eu:orders-value", record("Order", "id"), metadata={"properties": {"owner": "eu"}})
    client.register("customers", '{"type":"object"}', schemaType="JSON")
    client.register("payments", 'syntax = "proto3"; message Payment { int64 id = 1; }', schemaType="PROTOBUF")
    client.register("gone", '"int"')
    client.call("DELETE", "/subjects/gone")


def subjects_of(client, query):
    return [item["subject"] for item in client.get("/api/v1/overview" + query)["items"]]


FILTERED = [
    ("", [":.eu:orders-value", "Orders_Key", "customers", "orders-value", "payments"]),
    ("?q=orders", [":.eu:orders-value", "Orders_Key", "orders-value"]),
    ("?q=ORDERS%20%20val", [":.eu:orders-value", "orders-value"]),
    ("?q=s_K", ["Orders_Key"]),             # no pattern
    ("?q=%25", []),
    ("?q=%5C", []),
    ("?q=a%20b%20c%20d%20e", []),
    ("?type=JSON", ["customers"]),
    ("?type=PROTOBUF", ["payments"]),
    ("?context=.eu", [":.eu:orders-value"]),
    ("?context=eu", [":.eu:orders-value"]),
    ("?context=:.eu:", [":.eu:orders-value"]),
    ("?context=.&q=value", ["orders-value"]),
    ("?context=.none", []),
    ("?tag=PII", ["orders-value"]),
    ("?tag=FREE", ["orders-value"]),
    ("?tag=P", []),
    ("?deleted=true&q=gone", ["gone"]),
    ("?deletedOnly=true", ["gone"]),
    ("?sort=-subject", ["payments", "orders-value", "customers", "Orders_Key", ":.eu:orders-value"]),
    ("?sort=type", [":.eu:orders-value", "Orders_Key", "orders-value", "customers", "payments"]),
    ("?sort=-type", ["payments", "customers", ":.eu:orders-value", "Orders_Key", "orders-value"]),
    ("?sort=-latest&limit=1", ["orders-value"]),
    ("?sort=latest&context=.", ["Orders_Key", "customers", "payments", "orders-value"]),
    ("?sort=versions&offset=4", ["orders-value"]),
    ("?sort=-versions&limit=2", ["orders-value", ":.eu:orders-value"]),
    ("?sort=owner&limit=3", [":.eu:orders-value", "orders-value", "Orders_Key"]),
    ("?sort=-owner&limit=3", ["orders-value", ":.eu:orders-value", "Orders_Key"]),
    ("?offset=7", []),
]


def overview(server, judge, tally):
    """Filters, orders and pages of the overview."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        fill(client)
        for query, wanted in FILTERED:
            client.same("overview%s" % query, subjects_of(client, query), wanted)
        for sign in ("", "-"):
            times = [(item["changed"], item["subject"]) for item in client.get("/api/v1/overview?sort=%schanged" % sign)["items"]]
            client.same("overview by change %s" % sign, [t for t, _ in times], sorted((t for t, _ in times), reverse=bool(sign)))
        for prefix, wanted in (("/contexts/.eu", [":.eu:orders-value"]), ("/contexts/.", FILTERED[0][1])):
            got = [item["subject"] for item in client.get(prefix + "/api/v1/overview")["items"]]
            client.same("overview under %s" % prefix, got, wanted)
        client.same("the total counts all pages", client.get("/api/v1/overview?limit=2&offset=1")["total"], 5)
        for query in ("?sort=size", "?limit=0", "?limit=1001", "?offset=-1"):
            client.call("GET", "/api/v1/overview" + query, status=422)
        client.call("GET", "/api/v1/overview?offset=x", status=404)


def overview_unchanged(server, judge, tally):
    """An answer keeps its ETag until anything changes, over a restart too."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        fill(client)
        etag = client.call("GET", "/api/v1/overview").headers["etag"]
        for sent in (etag, '"other", ' + etag, "*", etag.removeprefix("W/")):
            client.call("GET", "/api/v1/overview", status=304, headers=[("If-None-Match", sent)])
        client.call("GET", "/api/v1/overview", status=200, headers=[("If-None-Match", '"other"')])
        for method, target, body in [("PUT", "/config/customers", {"compatibility": "FULL"}), ("PUT", "/mode/customers", {"mode": "READONLY"}),
                                     ("POST", "/subjects/orders-value/versions", {"schema": '"int"'}), ("DELETE", "/subjects/orders-value/versions/1", None)]:
            client.call("GET", "/api/v1/overview", status=304, headers=[("If-None-Match", etag)])
            client.call(method, target, body, status=409 if body and "schema" in body else 200)
            answer = client.call("GET", "/api/v1/overview", status=304 if body and "schema" in body else 200, headers=[("If-None-Match", etag)])
            etag = answer.headers["etag"]
        before = client.get("/api/v1/overview")
    server.stop()
    server.start()
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.same("the overview after a restart", client.get("/api/v1/overview"), before)
        client.call("GET", "/api/v1/overview", status=304, headers=[("If-None-Match", etag)])


def overview_file(server, judge, tally):
    """The file beside the store is made anew when it is gone, damaged, or of another store."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        fill(client)
        before = client.get("/api/v1/overview?deleted=true")
    for change, wanted in [(remove, before), (damage, before), (put_other_store, None)]:
        server.stop()
        change(server)
        server.start()
        with server.connect() as connection:
            client = Client(connection, judge, tally)
            if wanted:
                client.same("overview after %s" % change.__name__, client.get("/api/v1/overview?deleted=true"), wanted)
            else:
                client.same("overview of another store", subjects_of(client, ""), ["other"])


def remove(server):
    for suffix in ("", "-wal", "-shm"):
        pathlib.Path(server.db + ".index" + suffix).unlink(missing_ok=True)


def damage(server):
    """Every page but the first is overwritten."""
    path = server.db + ".index"
    size = os.path.getsize(path)
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xA5" * (size - 4096))


def put_other_store(server):
    """Another store's file under the same name, as after restoring a backup; the index stays."""
    other = Server(server.binary, server.db + ".other")
    with other:
        other.start()
        with other.connect() as connection:
            for n in range(20):
                ask(connection, "POST", "/subjects/other/versions", json.dumps({"schema": '{"type":"enum","name":"E","symbols":["A%d"]}' % n}))
                ask(connection, "PUT", "/config/other", '{"compatibility":"NONE"}')
        other.stop()
    os.replace(other.db, server.db)


def register_many(client, n):
    """Many subjects, in one stream of requests."""
    chunk = 200
    for start in range(0, n, chunk):
        for i in range(start, start + chunk):
            schema = json.dumps(record("Event%d" % i, "id", "field%d" % i))
            body = {"schema": schema, "metadata": {"properties": {"owner": "team-%d" % (i % 37)}}}
            client.connection.send(render("POST", "/subjects/topic-%05d-value/versions" % i, json.dumps(body)))
        answers = [client.connection.receive().status for _ in range(chunk)]
        if set(answers) != {200}:
            raise AssertionError("registering failed: %s" % set(answers))


def server_ms(server, target):
    """How long the server took for each request of a target, by its access log."""
    line = re.compile(r'path="?%s"? .* ms=([0-9.]+) ' % re.escape(target))
    return [float(ms) for ms in line.findall(server.log_text())]


def overview_large(server, judge, tally):
    """A page of ten thousand subjects is answered at once, whatever it is sorted and filtered by."""
    with server.connect(timeout=120) as connection:
        client = Client(connection, judge, tally)
        register_many(client, SUBJECTS)
        client.same("all are there", client.get("/api/v1/overview?limit=1")["total"], SUBJECTS)
        targets = ["/api/v1/overview" + q for q in ("", "?sort=-changed", "?sort=owner", "?sort=-type", "?q=topic-099", "?offset=9900",
                                                    "?sort=-versions&offset=5000", "?q=value&tag=PII", "?limit=1000")]
        for target in targets:
            for _ in range(15):
                ask(connection, "GET", target)
    server.stop()
    slower = 10 if server_is_slow(server) else 1
    for target in targets:
        times = server_ms(server, target)
        median = statistics.median(times) if times else None
        tally.check("%s within %d ms on the server" % (target, PAGE_MS * slower), len(times) == 15 and median < PAGE_MS * slower,
                    "median %s ms of %d" % (median, len(times)))


def server_is_slow(server):
    """Whether it was built with sanitizers, which take their time."""
    with open(server.binary, "rb") as file:
        return b"__asan_init" in file.read()


SCENARIOS = [
    ("insight-overview", [], overview),
    ("insight-unchanged", [], overview_unchanged),
    ("insight-file", [], overview_file),
    ("insight-large", ["--access-log", "true"], overview_large),
]
