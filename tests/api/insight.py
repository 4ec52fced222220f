"""/api/v1: lists, graphs, histories and searches, asked about a registry whose contents are known."""
import json
import os
import pathlib
import re
import statistics

from exchange import ask, render
from support.server import DEFAULT_BINARY, Server

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
    """A page of ten thousand subjects is answered at once, whatever it is sorted and filtered by: by the release, where it is built."""
    if server_is_slow(server) and DEFAULT_BINARY.exists():
        with Server(DEFAULT_BINARY, server.db + ".large", arguments=server.arguments) as fast:
            fast.start()
            measure_pages(fast, judge, tally, PAGE_MS)
    else:
        measure_pages(server, judge, tally, PAGE_MS * (10 if server_is_slow(server) else 1))


def measure_pages(server, judge, tally, limit):
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
    for target in targets:
        times = server_ms(server, target)
        median = statistics.median(times) if times else None
        tally.check("%s within %d ms on the server" % (target, limit), len(times) == 15 and median < limit,
                    "median %s ms of %d" % (median, len(times)))


def server_is_slow(server):
    """Whether it was built with sanitizers, which take their time."""
    with open(server.binary, "rb") as file:
        return b"__asan_init" in file.read()


# ---- references ----

def uses(name, *targets):
    return record(name, *[{"name": "f%d" % i, "type": t} for i, t in enumerate(targets)])


def refer(client, subject, name, *targets):
    """Registers a record with fields of other subjects' types."""
    client.register(subject, uses(name, *[t for t, _, _ in targets]),
                    references=[{"name": n, "subject": s, "version": v} for n, s, v in targets])


def fill_graph(client):
    client.register("base", record("Base", "a"))
    client.register("base", record("Base", "a", {"name": "b", "type": "int", "default": 0}))
    client.register("alone", '"int"')
    refer(client, "left", "Left", ("Base", "base", 1))
    refer(client, "left", "Left", ("Base", "base", 2))
    refer(client, "right", "Right", ("Base", "base", 1))
    refer(client, "top", "Top", ("Left", "left", 2), ("Right", "right", 1))
    refer(client, "old", "Old", ("Base", "base", 1))
    client.call("PUT", "/config/old", {"compatibility": "NONE"})
    client.register("old", '"int"')
    refer(client, "gone", "Gone", ("Base", "base", 1))
    client.call("DELETE", "/subjects/gone")


def drawn(graph):
    nodes = {"%s:%d" % (n["subject"], n["version"]) for n in graph["nodes"]}
    edges = {"%s:%d>%s:%d" % (e["from"]["subject"], e["from"]["version"], e["to"]["subject"], e["to"]["version"]) for e in graph["edges"]}
    return nodes, edges


GRAPHS = [
    ("?subject=top", "top:1 left:2 right:1 base:2 base:1", "top:1>left:2 top:1>right:1 left:2>base:2 right:1>base:1"),
    ("?subject=top&depth=1", "top:1 left:2 right:1", "top:1>left:2 top:1>right:1"),
    ("?subject=top&depth=0", "top:1", ""),
    ("?subject=top&direction=in", "top:1", ""),
    ("?subject=base&direction=in&depth=1", "base:2 base:1 left:2 right:1", "left:2>base:2 right:1>base:1"),
    ("?subject=base&direction=in", "base:2 base:1 left:2 right:1 top:1", "left:2>base:2 right:1>base:1 top:1>left:2 top:1>right:1"),
    ("?subject=base&direction=out", "base:2", ""),
    ("?subject=base&direction=in&depth=1&versions=all", "base:2 base:1 left:2 left:1 right:1 old:1",
     "left:2>base:2 left:1>base:1 right:1>base:1 old:1>base:1"),
    ("?subject=:.:right&depth=1", "right:1 base:1 top:1", "right:1>base:1 top:1>right:1"),
    ("?subject=alone", "alone:1", ""),
    ("", "left:2 right:1 top:1 base:1 base:2", "top:1>left:2 top:1>right:1 left:2>base:2 right:1>base:1"),
    ("?versions=all", "left:1 left:2 right:1 top:1 base:1 base:2 old:1",
     "top:1>left:2 top:1>right:1 left:2>base:2 left:1>base:1 right:1>base:1 old:1>base:1"),
]


def graph(server, judge, tally):
    """The graph from each side, to each depth."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        fill_graph(client)
        for query, nodes, edges in GRAPHS:
            answer = client.get("/api/v1/graph" + query)
            client.same("graph%s" % query, drawn(answer), (set(nodes.split()), set(edges.split())))
            client.same("graph%s is whole" % query, answer["truncated"], False)
        client.same("the name of a reference", client.get("/api/v1/graph?subject=right&depth=1&direction=out")["edges"][0]["name"], "Base")
        for query, status in (("?subject=none", 404), ("?subject=gone", 404), ("?depth=11", 422), ("?depth=-1", 422), ("?depth=x", 404),
                              ("?direction=up", 422), ("?versions=some", 422)):
            client.call("GET", "/api/v1/graph" + query, status=status)


def graph_bounds(server, judge, tally):
    """A graph of more versions than it may have is cut, and says so."""
    with server.connect(timeout=120) as connection:
        client = Client(connection, judge, tally)
        client.register("base", record("Base", "a"))
        for start in range(0, 2100, 100):
            for i in range(start, start + 100):
                body = {"schema": json.dumps(uses("Use%d" % i, "Base")), "references": [{"name": "Base", "subject": "base", "version": 1}]}
                connection.send(render("POST", "/subjects/use-%d/versions" % i, json.dumps(body)))
            client.same("registered", {connection.receive().status for _ in range(100)}, {200})
        for query in ("", "?subject=base"):
            answer = client.get("/api/v1/graph" + query)
            client.same("nodes of the graph%s" % query, (len(answer["nodes"]), answer["truncated"]), (2000, True))


# ---- what happened ----

def fill_timeline(client):
    client.register("a", '"int"')
    client.register("b", '"int"')
    client.register("a", '"long"')
    client.call("PUT", "/config/a", {"compatibility": "FULL"})
    client.call("PUT", "/config", {"compatibility": "NONE"})
    client.call("DELETE", "/subjects/a/versions/1")
    client.call("DELETE", "/subjects/a/versions/1?permanent=true")
    client.call("DELETE", "/subjects/b")
    client.call("PUT", "/mode/a", {"mode": "READONLY"})
    client.call("DELETE", "/mode/a")
    client.call("DELETE", "/config/a")
    client.register(":.eu:c", '"int"')
    client.call("POST", "/dek-registry/v1/keks", {"name": "k", "kmsType": "t", "kmsKeyId": "i", "shared": False})


HAPPENED = ["VERSION_PUT a 1", "VERSION_PUT b 1", "VERSION_PUT a 2", "CONFIG_PUT a None", "CONFIG_PUT  None", "VERSION_DELETE a 1",
            "VERSION_PURGE a 1", "SUBJECT_DELETE b 1", "MODE_PUT a None", "MODE_DELETE a None", "CONFIG_DELETE a None",
            "CONTEXT_PUT None None", "VERSION_PUT :.eu:c 1", "DOCUMENT_PUT None None"]


def told(items):
    return ["%s %s %s" % (item["kind"], item["subject"], item["version"]) for item in items]


def timeline(server, judge, tally):
    """Everything that happened, by pages and filters."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        client.same("nothing happened", client.get("/api/v1/timeline"), {"items": [], "next": None})
        fill_timeline(client)
        newest = client.get("/api/v1/timeline")
        client.same("timeline", told(newest["items"]), HAPPENED[::-1])
        client.same("sequence", [i["sequence"] for i in newest["items"]], list(range(len(HAPPENED), 0, -1)))
        pages, before = [], ""
        while before is not None:
            page = client.get("/api/v1/timeline?limit=4" + (before and "&before=%d" % before))
            pages += page["items"]
            before = page["next"]
        client.same("timeline by pages", pages, newest["items"])
        check_filters(client, newest["items"])
        check_details(client, {i["sequence"]: i["detail"] for i in newest["items"]})
        for query in ("kind=NONE", "since=yesterday", "until=2026-13-01", "before=x", "before=-1", "limit=0"):
            client.call("GET", "/api/v1/timeline?" + query, status=422)
        client.call("GET", "/api/v1/timeline?limit=x", status=404)


def check_filters(client, items):
    a = [e for e in HAPPENED[::-1] if " a " in e]
    client.same("of a subject", told(client.get("/api/v1/timeline?subject=a")["items"]), a)
    client.same("of a context's subject", told(client.get("/contexts/.eu/api/v1/timeline?subject=c")["items"]), ["VERSION_PUT :.eu:c 1"])
    client.same("of a kind", told(client.get("/api/v1/timeline?kind=version_put&subject=a")["items"]), ["VERSION_PUT a 2", "VERSION_PUT a 1"])
    client.same("of all of a kind", len(client.get("/api/v1/timeline?kind=CONFIG_PUT")["items"]), 2)
    client.same("of an actor", len(client.get("/api/v1/timeline?actor=anonymous@127.0.0.1")["items"]), len(HAPPENED))
    client.same("of another actor", client.get("/api/v1/timeline?actor=nobody")["items"], [])
    moment = items[6]["time"]
    since = client.get("/api/v1/timeline?since=%s" % moment)["items"]
    until = client.get("/api/v1/timeline?until=%s" % moment)["items"]
    client.same("since a moment", since, [i for i in items if i["time"] >= moment])
    client.same("until a moment", until, [i for i in items if i["time"] < moment])
    client.same("in the future", client.get("/api/v1/timeline?since=2999-01-01")["items"], [])
    client.same("before everything", client.get("/api/v1/timeline?until=0")["items"], [])


def check_details(client, details):
    wanted = {1: {"type": "AVRO", "references": 0, "deleted": False}, 4: {"config": {"compatibilityLevel": "FULL"}}, 9: {"mode": "READONLY"},
              11: {}, 12: {"context": ".eu"}, 14: {"collection": "kek", "key": ["k"]}}
    for sequence, detail in wanted.items():
        client.same("detail of %d" % sequence, details[sequence], detail)


# ---- searching ----

CUSTOMER = {"type": "record", "name": "Customer", "namespace": "com.acme", "doc": "Who buys from us.", "fields": [
    {"name": "customer_email", "type": "string", "doc": "Where receipts go.", "confluent:tags": ["PII"]},
    {"name": "id", "type": "long"},
    {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["ACTIVE", "CLOSED"]}, "default": "ACTIVE"}]}
PERSON = {"type": "object", "title": "Person", "properties": {"email": {"type": "string", "description": "Work address"}, "größe": {"type": "number"}}}
PROTO = 'syntax = "proto3"; package shop; message Basket { string email_of_buyer = 1; Kind kind = 2; } enum Kind { SMALL = 0; }'


def fill_search(client):
    client.register("customers-value", CUSTOMER, metadata={"tags": {"com.acme.Customer.id": ["INTERNAL"]}})
    client.register("people", PERSON, schemaType="JSON")
    client.register("baskets", PROTO, schemaType="PROTOBUF")
    client.register("gone_email", '"int"')
    client.call("DELETE", "/subjects/gone_email")


def found(client, query):
    return ["%s %s %s" % (i["kind"], i["subject"], i["name"]) for i in client.get("/api/v1/search" + query)["items"]]


EMAIL = "field customers-value customer_email"
SEARCHES = [
    ("", []), ("?q=", []), ("?q=%20", []), ("?q=nothing_has_this", []),
    ("?q=email", ["field people email", "field baskets email_of_buyer", EMAIL]),
    ("?q=EMAIL&kind=field&type=AVRO", [EMAIL]),
    ("?q=mer_ema", [EMAIL]),
    ("?q=customer&kind=type", ["type customers-value com.acme.Customer"]),
    ("?q=customer&kind=type&kind=subject", ["type customers-value com.acme.Customer", "subject customers-value customers-value"]),
    ("?q=acme.Cust&kind=type", ["type customers-value com.acme.Customer"]),
    ("?q=customer%20id", ["field customers-value id"]),        # the first word may be around it, the last one alone is short
    ("?q=person%20email", ["field people email"]),
    ("?q=email%20person", ["field people email"]),
    ("?q=receipts", ["doc customers-value customer_email"]),
    ("?q=receipts&kind=field", []),
    ("?q=pii", ["tag customers-value customer_email"]),
    ("?q=internal", ["tag customers-value com.acme.Customer.id"]),
    ("?q=active", ["symbol customers-value ACTIVE"]),
    ("?q=small", ["symbol baskets SMALL"]),
    ("?q=id", ["field customers-value id"]),
    ("?q=gr%C3%B6%C3%9Fe", ["field people gr\u00f6\u00dfe"]),
    ("?q=GR%C3%96", ["field people gr\u00f6\u00dfe"]),
    ("?q=%22", []), ("?q=a%22b%22c", []), ("?q=%22email%22", []), ("?q=email%00", ["field people email", "field baskets email_of_buyer", EMAIL]),
    ("?q=email%20OR%20nothing", []), ("?q=NEAR(email)", []), ("?q=text:email", []), ("?q=em*", []), ("?q=%25", []), ("?q=_", []),
    ("?q=email&limit=1&offset=1", ["field baskets email_of_buyer"]),
]


def search(server, judge, tally):
    """What is found, in which order, and that it follows every change."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        fill_search(client)
        for query, wanted in SEARCHES:
            client.same("search%s" % query, found(client, query), wanted)
        client.same("total", client.get("/api/v1/search?q=email&limit=1")["total"], 3)
        hit = client.get("/api/v1/search?q=customer_email&kind=field")["items"][0]
        client.same("a find", {k: hit[k] for k in ("version", "id", "type", "doc", "tags", "line")},
                    {"version": 1, "id": 1, "type": "AVRO", "doc": "Where receipts go.", "tags": ["PII"], "line": 1})
        client.call("PUT", "/config/people", {"compatibility": "NONE"})
        client.register("people", {"type": "object", "properties": {"mail": {"type": "string"}}}, schemaType="JSON")
        client.same("a field that is gone is not found", found(client, "?q=email&type=JSON"), [])
        client.call("DELETE", "/subjects/baskets")
        client.same("nor is one of a deleted subject", found(client, "?q=email"), [EMAIL])
        client.register("baskets", PROTO, schemaType="PROTOBUF")
        client.same("until it comes back", found(client, "?q=email"), ["field baskets email_of_buyer", EMAIL])
        for query in ("kind=all", "limit=0", "offset=-1"):
            client.call("GET", "/api/v1/search?q=a&" + query, status=422)
        client.call("GET", "/api/v1/search?q=a&limit=x", status=404)


def search_hostile(server, judge, tally):
    """What is large or deep is searched as far as it goes, and costs no more than its size."""
    with server.connect(timeout=60) as connection:
        client = Client(connection, judge, tally)
        long = "N" * 200000
        client.register("long", record(long, *["field%d" % i for i in range(10000)]))
        deep = record("Inner0", "innermost")
        for i in range(1, 200):
            deep = record("R" * 100 + str(i), {"name": "x" * 100 + str(i), "type": deep})
        client.register("deep", deep)
        client.register("tagged", record("T", {"name": "t", "type": "int", "confluent:tags": ["TAG%d" % i for i in range(20000)]}))
        client.same("the last field", found(client, "?q=field9999"), ["field long field9999"])
        client.same("the innermost", found(client, "?q=innermost"), ["field deep innermost"])
        client.same("a tag", len(client.get("/api/v1/search?q=tag1&kind=tag")["items"][0]["tags"]), 20)
        size = os.path.getsize(server.db + ".index") + os.path.getsize(server.db + ".index-wal")
        tally.check("the index stays small", size < 60 << 20, size)


def outline(server, judge, tally):
    """A version as a tree, in all formats."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        fill_search(client)
        tree = client.get("/api/v1/subjects/customers-value/versions/latest/outline")
        fields = tree["root"]["items"]
        client.same("an outline", (tree["subject"], tree["version"], tree["type"], tree["root"]["name"], [f["name"] for f in fields]),
                    ("customers-value", 1, "AVRO", "com.acme.Customer", ["customer_email", "id", "status"]))
        client.same("a node", {k: fields[0].get(k) for k in ("kind", "type", "doc", "tags")},
                    {"kind": "field", "type": "string", "doc": "Where receipts go.", "tags": ["PII"]})
        client.same("a default", fields[2]["default"], "ACTIVE")
        for subject, name in (("people", "Person"), ("baskets", "shop")):
            client.same(subject, client.get("/api/v1/subjects/%s/versions/1/outline" % subject)["root"]["name"], name)
        client.call("GET", "/api/v1/subjects/gone_email/versions/1/outline", status=404)
        client.get("/api/v1/subjects/gone_email/versions/1/outline?deleted=true")
        client.call("GET", "/api/v1/subjects/people/versions/7/outline", status=404)
        client.call("GET", "/api/v1/subjects/people/versions/x/outline", status=422)


def stats(server, judge, tally):
    """The numbers are those of what is there."""
    with server.connect() as connection:
        client = Client(connection, judge, tally)
        fill(client)
        got = client.get("/api/v1/stats")
        client.same("stats", {k: got[k] for k in ("subjects", "versions", "schemas", "contexts", "types", "head", "refusals")},
                    {"subjects": 5, "versions": 6, "schemas": 7, "contexts": 2, "types": {"AVRO": 3, "JSON": 1, "PROTOBUF": 1}, "head": 9, "refusals": 0})
        size = os.path.getsize(server.db)
        client.same("the size is that of the file", size <= got["databaseBytes"] <= size + (1 << 20), True)


SCENARIOS = [
    ("insight-search", [], search),
    ("insight-search-hostile", [], search_hostile),
    ("insight-outline", [], outline),
    ("insight-graph", [], graph),
    ("insight-graph-bounds", [], graph_bounds),
    ("insight-timeline", [], timeline),
    ("insight-stats", [], stats),
    ("insight-overview", [], overview),
    ("insight-unchanged", [], overview_unchanged),
    ("insight-file", [], overview_file),
    ("insight-large", ["--access-log", "true"], overview_large),
]
