"""What holds for every operation alike: refusals before it is reached, methods, headers, media types, compression."""
import gzip
import re
import time

from contract import JSON_TYPES
from exchange import MEDIA_TYPE, ask, render
from support.http import Closed

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
VALUES = {"subject": "s", "version": "1", "id": "1", "guid": "5dc3f779-b8f9-f027-359c-6140cfb455e0", "context": ".none",
          "resourceId": "t-1", "resourceNamespace": "-", "resourceName": "orders", "name": "k", "rule": "AVRO-FIELD-NO-DEFAULT"}
INT = '{"schema":"\\"int\\""}'


def concrete(path):
    return re.sub(r"\{(\w+)\}", lambda match: VALUES[match.group(1)], path)


def prepare(connection):
    """A registry in which every GET has something to answer."""
    for method, target, body in [("POST", "/subjects/s/versions", '{"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"R\\",'
                                  '\\"fields\\":[{\\"name\\":\\"a\\",\\"type\\":\\"string\\"}]}","metadata":null}'),
                                 ("POST", "/subjects/s/versions", '{"metadata":{}}'),
                                 ("PUT", "/config/s", '{"normalize":true}'), ("PUT", "/mode/s", '{"mode":"READWRITE"}'),
                                 ("POST", "/dek-registry/v1/keks", '{"name":"k","kmsType":"t","kmsKeyId":"i"}'),
                                 ("POST", "/dek-registry/v1/keks/k/deks/s", '{"encryptedKeyMaterial":"m"}')]:
        answer = ask(connection, method, target, body)
        assert answer.status == 200, answer
    answer = ask(connection, "POST", "/subjects/s/versions", '{"schema":"\\"int\\""}')
    assert answer.status == 409, answer


def expect(tally, judge, name, answer, method, target, status, code=None, operation=None):
    problems = judge.check(method, target, answer, operation)
    if answer.status != status or (code is not None and answer.error_code != code):
        problems.append("%s is not %s/%s" % (answer, status, code))
    return tally.check(name, not problems, "; ".join(problems))


def each(judge, *, body=None, plain=None):
    return [o for o in judge.operations if (body is None or (o.body is not None) == body) and
            (plain is None or o.plain == plain)]


# ---- refusals ----

def refused_early(server, judge, tally):
    """A malformed path, a long target, nothing acceptable."""
    with server.connect() as connection:
        for o in judge.operations:
            target = concrete(o.path)
            answer = ask(connection, o.method, target + "%zz", "{}" if o.body else None)
            expect(tally, judge, "%s: broken escape" % o, answer, o.method, target, 400, 400, o)
            tally.check("%s: no type" % o, "content-type" not in answer.headers)
            answer = ask(connection, o.method, target + "?x=" + "y" * 300, "{}" if o.body else None)
            expect(tally, judge, "%s: long target" % o, answer, o.method, target, 414, 414)
            tally.check("%s: no type" % o, "content-type" not in answer.headers)
            if not o.plain:
                answer = ask(connection, o.method, target, "{}" if o.body else None, [("Accept", "text/html")])
                expect(tally, judge, "%s: nothing acceptable" % o, answer, o.method, target, 406, 406)
                tally.check("%s: no type" % o, "content-type" not in answer.headers)


def refused_bodies(server, judge, tally):
    """Bodies that are too large, of a wrong media type, missing, or no JSON."""
    for o in judge.operations:
        target = concrete(o.path)
        with server.connect() as connection:
            answer = ask(connection, o.method, target, '"%s"' % ("x" * 5000))
            expect(tally, judge, "%s: large body" % o, answer, o.method, target, 413, 413)
    with server.connect() as connection:
        for o in each(judge, body=True):
            target = concrete(o.path)
            answer = ask(connection, o.method, target, "{}", [("Content-Type", "text/plain")])
            expect(tally, judge, "%s: media type" % o, answer, o.method, target, 415, 415)
            answer = ask(connection, o.method, target, "{bad}")
            expect(tally, judge, "%s: no JSON" % o, answer, o.method, target, 400, 400)
            for body in (None, "", "null", " \n") if o.body.get("required") else ():
                answer = ask(connection, o.method, target, body)
                expect(tally, judge, "%s: body %r" % (o, body), answer, o.method, target, 422, 422)
                tally.check("%s: body %r: message" % (o, body),
                            answer.json["message"] == "%s.request must not be null (was null)" % o.id, answer)
    refused_chunks(server, judge, tally)


def refused_chunks(server, judge, tally):
    """A body whose length nobody knew: it ends the connection as soon as it is too long."""
    with server.connect() as connection:
        connection.send(b"POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n" + b"bb8\r\n" + b"x" * 3000 + b"\r\n")
        answer = connection.receive()
        expect(tally, judge, "chunks: too many", answer, "POST", "/subjects/s/versions", 413, 413)
    with server.connect() as connection:
        connection.send(b"POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                        b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b'{"schema":', b'"\\"int\\""}')) +
                        b"0\r\n\r\n")
        expect(tally, judge, "chunks: fine", connection.receive(), "POST", "/subjects/s/versions", 200)


def slow(server, judge, tally):
    """Whoever does not finish a request in time is told so."""
    waiting = []
    for o in judge.operations:
        connection = server.connect(timeout=20)
        whole = render(o.method, concrete(o.path), '{"schema":""}' if o.body else None)
        connection.send(whole[:-3])
        waiting.append((o, connection))
    for o, connection in waiting:
        with connection:
            expect(tally, judge, "%s: slow" % o, connection.receive(), o.method, concrete(o.path), 408, 408)
    with server.connect() as connection:
        expect(tally, judge, "others go on", ask(connection, "GET", "/"), "GET", "/", 200)


def crowded(server, judge, tally):
    """With one connection allowed, the second is told to come again."""
    with server.connect() as first:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:      # the connection that found the server ready may still be counted
            try:
                if ask(first, "GET", "/").status == 200:
                    break
            except (Closed, ConnectionError):
                pass
            first.close()
            time.sleep(0.05)
        for o in judge.operations:
            with server.connect() as second:
                second.open()
                expect(tally, judge, "%s: crowded" % o, second.receive(), o.method, concrete(o.path), 503, 503)
        expect(tally, judge, "the first goes on", ask(first, "GET", "/subjects"), "GET", "/subjects", 200)


# ---- methods ----

def methods(server, judge, tally):
    """HEAD beside every GET, OPTIONS everywhere, 405 for all else."""
    with server.connect() as connection:
        prepare(connection)
        for path in judge.document["paths"]:
            target = concrete(path)
            there = {o.method for o in judge.operations if o.path == path}
            expect(tally, judge, "OPTIONS %s" % path, ask(connection, "OPTIONS", target), "OPTIONS", target, 200)
            for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "BREW"} - there:
                answer = ask(connection, method, target, "{}" if method in ("POST", "PUT") else None)
                expect(tally, judge, "%s %s" % (method, path), answer, method, target, 405, 405)
            head = ask(connection, "HEAD", target)
            if "GET" not in there:
                tally.check("HEAD %s" % path, head.status == 405 and "allow" in head.headers, head)
                continue
            get = ask(connection, "GET", target)
            expect(tally, judge, "GET %s" % path, get, "GET", target, 200)
            expect(tally, judge, "HEAD %s" % path, head, "HEAD", target, 200)
            same = ("content-type",) + (("content-length",) if path not in ("/metrics",) else ())
            tally.check("HEAD %s has the headers of GET" % path,
                        all(head.headers.get(h) == get.headers.get(h) for h in same), (head.headers, get.headers))


def slashes(server, judge, tally):
    """A slash at the end changes nothing."""
    with server.connect() as connection:
        prepare(connection)
        for o in judge.operations:
            target = concrete(o.path)
            if o.method != "GET" or o.path in ("/", "/metrics"):
                continue
            plain, slashed = ask(connection, "GET", target), ask(connection, "GET", target + "/")
            expect(tally, judge, "%s/" % o, slashed, "GET", target + "/", 200)
            tally.check("%s/ is the same" % o, plain.body == slashed.body, (plain, slashed))
        for method, target, body in [("POST", "/compatibility/subjects/s/versions/", INT), ("POST", "/subjects/t/versions/", INT),
                                     ("POST", "/subjects/t/", INT), ("PUT", "/config/", "{}"), ("PUT", "/config/t/", "{}"),
                                     ("DELETE", "/config/t/", None), ("DELETE", "/subjects/t/versions/1/", None)]:
            expect(tally, judge, "%s %s" % (method, target), ask(connection, method, target, body), method, target, 200)


# ---- headers ----

def request_ids(server, judge, tally):
    """X-Request-ID: the request's own, or a new one."""
    with server.connect() as connection:
        def id_of(target, *values, method="GET"):
            answer = ask(connection, method, target, None, [("X-Request-ID", value) for value in values])
            return answer.headers.get("x-request-id")
        for target in ("/subjects", "/subjects/none/versions", "/nothing", "/subjects/%zz", "/health/live", "/metrics"):
            tally.check("%s: echoed" % target, id_of(target, "abc-1") == "abc-1")
            tally.check("%s: trimmed" % target, id_of(target, "  a b ") == "a b")
            made = [id_of(target), id_of(target, " "), id_of(target, "one", "two"), id_of(target)]
            tally.check("%s: made" % target, all(UUID4.fullmatch(i or "") for i in made) and len(set(made)) == 4, made)
        tally.check("HEAD: echoed", id_of("/subjects", "abc-1", method="HEAD") == "abc-1")
        tally.check("DELETE: echoed", id_of("/subjects/none", "abc-1", method="DELETE") == "abc-1")


V1, REGISTRY, JSON = JSON_TYPES
NEGOTIATED = [
    (None, V1), ("*/*", V1), ("application/*", V1), ("", V1), (JSON, JSON), (REGISTRY, REGISTRY), (V1, V1),
    ("%s, %s, %s" % (JSON, REGISTRY, V1), V1), ("%s, %s" % (JSON, REGISTRY), REGISTRY),
    ("application/json;q=0.9, application/vnd.schemaregistry.v1+json;q=0.1", JSON),
    ("application/json, text/plain, */*", V1), ("text/html, application/json;q=0.5", JSON),
    ("APPLICATION/JSON", JSON), ("application/json; charset=utf-8", JSON), ("text/html;q=1, */*;q=0.1", V1),
    ("application/vnd.schemaregistry.v1+json;q=0, */*", REGISTRY),
]
UNACCEPTABLE = ["text/html", "text/*", "application/xml", "application/json;q=0", "image/png, text/plain;q=0.5"]


def negotiation(server, judge, tally):
    """Accept chooses among three media types, also for errors of an operation."""
    with server.connect() as connection:
        for target, status in (("/subjects", 200), ("/config", 200), ("/subjects/none/versions", 404)):
            for accept, wanted in NEGOTIATED:
                answer = ask(connection, "GET", target, None, [] if accept is None else [("Accept", accept)])
                expect(tally, judge, "%s, Accept %s" % (target, accept), answer, "GET", target, status)
                tally.check("%s, Accept %s: type" % (target, accept), answer.headers.get("content-type") == wanted,
                            answer.headers)
            for accept in UNACCEPTABLE:
                answer = ask(connection, "GET", target, None, [("Accept", accept)])
                expect(tally, judge, "%s, Accept %s" % (target, accept), answer, "GET", target, 406, 406)
        for o in each(judge, plain=True):
            answer = ask(connection, o.method, o.path, None, [("Accept", "image/png")])
            expect(tally, judge, "%s, Accept image/png" % o, answer, o.method, o.path, 200)


def compression(server, judge, tally):
    """Gzip for those who take it, when it pays, for GET and POST."""
    fields = ",".join('{\\"name\\":\\"field%d\\",\\"type\\":\\"string\\"}' % i for i in range(50))
    body = '{"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"R\\",\\"fields\\":[%s]}"}' % fields
    with server.connect() as connection:
        for method, target, sent in [("POST", "/subjects/s/versions", body), ("POST", "/subjects/s", body),
                                     ("GET", "/subjects/s/versions/1", None), ("GET", "/schemas", None),
                                     ("GET", "/schemas/ids/1/schema", None), ("GET", "/openapi.yaml", None)]:
            for _ in range(2):     # made, then kept
                plain = ask(connection, method, target, sent)
                packed = ask(connection, method, target, sent, [("Accept-Encoding", "br, gzip;q=0.5")])
                tally.check("%s %s: packed" % (method, target), packed.headers.get("content-encoding") == "gzip" and
                            len(packed.body) < len(plain.body) and gzip.decompress(packed.body) == plain.body, packed.headers)
                tally.check("%s %s: not asked for" % (method, target), "content-encoding" not in plain.headers)
                tally.check("%s %s: Vary" % (method, target), plain.headers.get("vary") == "Accept-Encoding" ==
                            packed.headers.get("vary"), (plain.headers, packed.headers))
            for refused in ("identity", "gzip;q=0", "*;q=0", "br"):
                answer = ask(connection, method, target, sent, [("Accept-Encoding", refused)])
                tally.check("%s %s: %s" % (method, target, refused), answer.body == plain.body and
                            "content-encoding" not in answer.headers, answer.headers)
        answer = ask(connection, "GET", "/subjects", None, [("Accept-Encoding", "gzip")])
        tally.check("a short answer stays plain", answer.body == b'["s"]', answer)
        answer = ask(connection, "GET", "/subjects/none/versions", None, [("Accept-Encoding", "gzip")])
        tally.check("an error stays plain", answer.error_code == 40401, answer)
        answer = ask(connection, "PUT", "/config/s", '{"compatibilityGroup":"%s"}' % ("g" * 500), [("Accept-Encoding", "gzip")])
        tally.check("PUT stays plain", answer.json["compatibilityGroup"] == "g" * 500, answer)


def connections(server, judge, tally):
    """Several requests on one connection, sent at once, and its end."""
    with server.connect() as connection:
        connection.send(render("GET", "/subjects") + render("GET", "/contexts") + render("POST", "/subjects/s/versions", INT) +
                        render("GET", "/subjects") + render("HEAD", "/subjects") + render("GET", "/mode"))
        for method, target, body in [("GET", "/subjects", b"[]"), ("GET", "/contexts", b'["."]'),
                                     ("POST", "/subjects/s/versions", None), ("GET", "/subjects", b'["s"]'),
                                     ("HEAD", "/subjects", b""), ("GET", "/mode", b'{"mode":"READWRITE"}')]:
            answer = connection.receive(head=method == "HEAD")
            expect(tally, judge, "pipelined %s %s" % (method, target), answer, method, target, 200)
            tally.check("pipelined %s %s: body" % (method, target), body in (None, answer.body), answer)
        answer = ask(connection, "GET", "/subjects", None, [("Connection", "close")])
        tally.check("the end is announced", answer.headers.get("connection", "").lower() == "close", answer.headers)
    with server.connect() as connection:
        connection.send(b"GET /subjects HTTP/1.0\r\n\r\n")
        expect(tally, judge, "HTTP/1.0", connection.receive(), "GET", "/subjects", 200)
        connection.close()
        connection.send(b"GET http://registry.test/subjects?deleted=true HTTP/1.1\r\nHost: x\r\n\r\n")
        expect(tally, judge, "absolute target", connection.receive(), "GET", "/subjects?deleted=true", 200)
        answer = ask(connection, "GET", "/subjects", "{}", [("Content-Type", "text/plain")])
        expect(tally, judge, "a body with GET", answer, "GET", "/subjects", 200)
        answer = ask(connection, "POST", "/subjects/s", INT, [("Content-Type", "")])
        expect(tally, judge, "an empty media type", answer, "POST", "/subjects/s", 200)
        connection.send(b"POST /subjects/s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(INT), INT.encode()))
        expect(tally, judge, "no media type", connection.receive(), "POST", "/subjects/s", 200)
        for name in ("Confluent-Accept-Unknown-Properties", "Confluent-Client-Version", "Confluent-Identity-Pool-Id",
                     "target-sr-cluster", "X-Forward", "Origin"):
            answer = ask(connection, "POST", "/subjects/s", INT, [(name, "true"), ("Content-Type", MEDIA_TYPE)])
            expect(tally, judge, "header %s" % name, answer, "POST", "/subjects/s", 200)


SCENARIOS = [
    ("refused-early", ["--max-uri", "300"], refused_early),
    ("refused-bodies", ["--max-body", "2000"], refused_bodies),
    ("slow", ["--request-timeout", "1"], slow),
    ("crowded", ["--max-connections", "1"], crowded),
    ("methods", [], methods),
    ("slashes", [], slashes),
    ("request-ids", [], request_ids),
    ("negotiation", [], negotiation),
    ("compression", [], compression),
    ("connections", [], connections),
]
