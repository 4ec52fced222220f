"""Targets that name nothing, bytes that are no HTTP, and clients that are slow, silent or rude."""
import contextlib
import os
import random
import socket
import threading
import time

from support.http import Closed, Connection, render
from support.server import Server
from target import KNOWN_TEXT, exchange, require, require_error, text_of

NOT_FOUND, BAD_PATH, TOO_LONG = (404, 404), (400, 400), (414, 414)
NO_SUBJECT, NO_VERSION, NO_SCHEMA = (404, 40401), (404, 40402), (404, 40403)
BAD_VERSION, BAD_SUBJECT = (422, 42202), (422, 42208)
REQUEST_TIMEOUT = 2          # what run.py gives the server, in seconds

# method, target, allowed errors; POST registers a valid schema
TARGETS = [
    ("GET", b"/subjects//versions", [BAD_PATH, BAD_SUBJECT, NOT_FOUND]),
    ("POST", b"/subjects//versions", [BAD_PATH, BAD_SUBJECT, NOT_FOUND]),
    ("GET", b"//subjects", [BAD_PATH, NOT_FOUND]),
    ("GET", b"/subjects/known//1", [BAD_PATH, NOT_FOUND]),
    ("GET", b"//", [BAD_PATH, NOT_FOUND]),
    ("GET", b"/" * 5000, [BAD_PATH, NOT_FOUND]),
    ("GET", b"/a" * 10000, [NOT_FOUND, TOO_LONG]),
    ("GET", b"/nothing", [NOT_FOUND]),
    ("GET", b"/Subjects", [NOT_FOUND]),
    ("GET", b"/../../../etc/passwd", [NOT_FOUND, BAD_PATH]),
    ("GET", b"/%2e%2e/%2e%2e/etc/passwd", [NOT_FOUND, BAD_PATH]),
    ("GET", b"/subjects/%00/versions", [BAD_PATH, BAD_SUBJECT, NO_SUBJECT]),
    ("POST", b"/subjects/%00/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/a%00b/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/a%0Ab/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/a%C2%85b/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/%FF/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/%C0%AF/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/%ED%A0%80/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/%ZZ/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/%2/versions", [BAD_PATH, BAD_SUBJECT]),
    ("GET", b"/subjects/%", [BAD_PATH, BAD_SUBJECT, NOT_FOUND, (405, 405)]),
    ("GET", b"/subjects/\xff\xfe/versions", [BAD_PATH, BAD_SUBJECT]),
    ("POST", b"/subjects/__GLOBAL/versions", [BAD_SUBJECT]),
    ("POST", b"/subjects/__EMPTY/versions", [BAD_SUBJECT]),
    ("GET", b"/subjects/../versions", [NO_SUBJECT]),
    ("GET", b"/subjects/%2e%2e/versions", [NO_SUBJECT, BAD_PATH]),
    ("POST", b"/subjects/%5C/versions", [BAD_PATH]),
    ("GET", b"/subjects/./versions", [NO_SUBJECT]),
    ("GET", b"/subjects/a%2F..%2Fknown/versions", [NO_SUBJECT]),
    ("GET", b"/subjects/known%20/versions", [NO_SUBJECT]),
    ("GET", b"/subjects/known/versions/0", [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/-2", [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/2147483648", [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/" + b"9" * 5000, [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/1e1", [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/0x1", [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/1.0", [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/last", [BAD_VERSION]),
    ("GET", b"/subjects/known/versions/%31%00", [BAD_VERSION, BAD_PATH]),
    ("GET", b"/subjects/known/versions/2", [NO_VERSION]),
    ("GET", b"/schemas/ids/abc", [NOT_FOUND]),
    ("GET", b"/schemas/ids/2147483648", [NOT_FOUND]),
    ("GET", b"/schemas/ids/" + b"9" * 5000, [NOT_FOUND]),
    ("GET", b"/schemas/ids/-1", [NO_SCHEMA]),
    ("GET", b"/schemas/ids/999999", [NO_SCHEMA]),
    ("GET", b"/schemas/ids/1%00", [NOT_FOUND, BAD_PATH]),
    ("GET", b"/schemas/guids/x", [NO_SCHEMA]),
    ("GET", b"/schemas/guids/" + b"%25s" * 1000, [NO_SCHEMA]),
    ("GET", b"/subjects?limit=x", [NOT_FOUND]),
    ("GET", b"/subjects?offset=99999999999999999999", [NOT_FOUND]),
    ("GET", b"/subjects/" + b"n" * 9000 + b"/versions", [TOO_LONG]),
    ("POST", b"/subjects/" + b"n" * 65536 + b"/versions", [TOO_LONG]),
    ("GET", b"/subjects/" + b"n" * 300000 + b"/versions", [TOO_LONG]),
    ("DELETE", b"/subjects/nothing", [NO_SUBJECT]),
    ("DELETE", b"/subjects/known/versions/7", [NO_VERSION]),
    ("DELETE", b"/subjects", [(405, 405)]),
    ("PUT", b"/schemas/ids/1", [(405, 405)]),
    ("POST", b"/schemas/ids/1", [(405, 405)]),
]

# Odd, and yet right: answered as if nothing were.
HARMLESS = [b"/subjects?", b"/subjects?&&&", b"/subjects?=", b"/subjects?limit=", b"/subjects?x=%00",
            b"/subjects?deleted=nope",
            b"/subjects?" + b"a=b&" * 1500, b"/subjects/", b"/subjects?subjectPrefix=" + b"p" * 6000]


def targets(target):
    for method, path, allowed in TARGETS:
        body = {"schema": text_of("T")} if method in ("POST", "PUT") else None
        answer = target.request(method, path, body)
        if answer.status == 414 and TOO_LONG in allowed:
            continue             # may come from the HTTP library, whose page is no JSON (as the reference's)
        try:
            require_error(answer, allowed)
        except AssertionError as failure:
            raise AssertionError("%s %s: %s" % (method, path[:60], failure)) from None
    for path in HARMLESS:
        answer = target.request("GET", path)
        require(answer.status == 200, path[:60], answer)
    target.guard_state()


def odd_names(target):
    """Names that are strange and allowed come back as they were: dots, slashes, 7 KB, every script."""
    names = {"..": "..", ".": ".",
             "a%2F..%2Fb": "a/../b", "%25": "%", "a%20b": "a b", "%3F%23%26": "?#&", "%22": '"',
             "x" * 7000: "x" * 7000, "%E2%82%AC" * 700: "€" * 700, "%F0%9F%A6%80": "🦀", "null": "null",
             "'%20OR%201=1%20--": "' OR 1=1 --", "%7B%7D": "{}", "%25s%25n": "%s%n", "-1": "-1"}
    for coded, name in names.items():
        answer = target.request("POST", "/subjects/%s/versions" % coded, {"schema": KNOWN_TEXT})
        require(answer.status == 200 and answer.json["id"] == target.id, name[:40], answer)
        target.subjects.add(name)
        answer = target.request("GET", "/subjects/%s/versions/1" % coded)
        require(answer.status == 200 and answer.json["subject"] == name, name[:40], answer)
        answer = target.request("POST", "/subjects/%s" % coded, {"schema": KNOWN_TEXT})
        require(answer.status == 200 and answer.json["subject"] == name, name[:40], answer)
    target.guard_state()
    for coded, name in names.items():
        require(target.request("DELETE", "/subjects/" + coded).json == [1], name[:40])
        require(target.request("DELETE", "/subjects/%s?permanent=true" % coded).json == [1], name[:40])
        target.subjects.discard(name)
    target.guard_state()


def long_name(roomy):
    """A subject name of 64 KB is kept where the limit is raised, and refused with 414 where it is not (targets)."""
    name = "x" * 65536
    answer = roomy.request("POST", "/subjects/%s/versions" % name, {"schema": KNOWN_TEXT})
    require(answer.status == 200, answer)
    require(roomy.request("GET", "/subjects/%s/versions/1" % name).json["subject"] == name, "another name")
    roomy.subjects.add(name)
    roomy.guard_state()
    answer = roomy.request("GET", "/subjects/" + "x" * 300000 + "/versions")
    require(answer.status in (414, 431), answer)
    roomy.guard_state()


HEAD = b"GET /subjects HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /subjects/nothing/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
NO_HTTP = [
    ("garbage", b"GARBAGE\r\n\r\n"),
    ("no target", b"GET\r\n\r\n"),
    ("no version", b"GET /subjects\r\n\r\n"),
    ("a version to come", b"GET /subjects HTTP/9.9\r\nHost: x\r\n\r\n"),
    ("NUL in the target", b"GET /sub\0jects HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("NUL in a header", HEAD + b"X-A: a\0b\r\n\r\n"),
    ("no colon in a header", HEAD + b"nonsense\r\n\r\n"),
    ("no name of a header", HEAD + b": value\r\n\r\n"),
    ("a header of 1 MB", HEAD + b"X-A: " + b"a" * (1 << 20) + b"\r\n\r\n"),
    ("10,000 headers", HEAD + b"X-A: a\r\n" * 10000 + b"\r\n"),
    ("a name of 300 KB", HEAD + b"X" * 300000 + b": a\r\n\r\n"),
    ("no host", b"GET /subjects HTTP/1.1\r\n\r\n"),
    ("two hosts", HEAD + b"Host: y\r\n\r\n"),
    ("an unknown method", b"BREW /subjects HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("TRACE", b"TRACE /subjects HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("CONNECT", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("an absolute target", b"GET http://x/subjects HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a target that is a star", b"GET * HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a negative length", POST + b"Content-Length: -1\r\n\r\n{}"),
    ("a length that is none", POST + b"Content-Length: many\r\n\r\n{}"),
    ("a length beyond 64 bits", POST + b"Content-Length: 99999999999999999999999\r\n\r\n{}"),
    ("two lengths", POST + b"Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}"),
    ("length and chunks", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("an unknown transfer coding", POST + b"Transfer-Encoding: zip\r\n\r\n{}"),
    ("a chunk size that is none", POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n"),
    ("a chunk size beyond 64 bits", POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}"),
    ("a negative chunk size", POST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"),
    ("a bad media type", POST.replace(b"application/json", b"%00;;;=\"") + b"Content-Length: 2\r\n\r\n{}"),
    ("an Accept of 20 KB", HEAD + b"Accept: " + b"a/b;q=0.1," * 2000 + b"\r\n\r\n"),
    ("nonsense in Accept", HEAD + b"Accept: ;;q=,/,*/;q=x\r\n\r\n"),
]

# No line of a request ever comes: such a connection is as good as idle, and ends with the idle timeout.
NO_REQUEST_LINE = [bytes.fromhex("16030100c8010000c40303") + b"\x5a" * 190, b"\0" * 4096, b"\r\n" * 5000, b"G"]


def no_http(target):
    """Answered with an error or closed, never with a 500, and never mistaken for a request that writes."""
    for name, data in NO_HTTP:
        answer = exchange(target, data, timeout=8, half_close=True)
        require(answer is None or answer.status != 500, name, answer)
        target.guard()
    for data in NO_REQUEST_LINE:
        with target.connect() as connection:
            connection.send(data)
            target.guard()
    rng = random.Random(7)
    whole = render("POST", "/subjects/nothing/versions", {"schema": "no schema"})
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(rng.randrange(1, 8)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        answer = exchange(target, bytes(broken), timeout=8, half_close=True)
        require(answer is None or answer.status < 500 or answer.status in (501, 505), bytes(broken), answer)
    target.guard_state()


def smuggling(target):
    """A request whose length is ambiguous hides no second one: it is refused, or the last on its connection."""
    hidden = b"DELETE /subjects/known HTTP/1.1\r\nHost: x\r\n\r\n"
    lengths = b"Content-Length: 2\r\nContent-Length: %d\r\n\r\n{}" % (2 + len(hidden))
    chunks = b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(hidden))
    for name, start in (("two lengths", POST + lengths), ("length and chunks", POST + chunks)):
        with target.connect(timeout=8) as connection:
            connection.send(start + hidden)
            try:
                require_error(connection.receive(), [BAD_PATH, (422, 42201), (422, 422)])
                second = connection.receive()
            except OSError:
                second = None
            require(second is None, name, "hid a request that was answered:", second)
    target.guard_state()


def pipelining(target):
    """200 requests in one go are answered in their order; so is one whose client closed its sending side."""
    with target.connect() as connection:
        ids = [target.id if i % 2 else 900000 + i for i in range(200)]
        connection.send(b"".join(render("GET", "/schemas/ids/%d" % id) for id in ids))
        for i in range(200):
            answer = connection.receive()
            require(answer.status == (200 if i % 2 else 404), i, answer)
            require(i % 2 or str(900000 + i) in answer.json["message"], i, answer)
    answer = exchange(target, render("GET", "/schemas/ids/%d" % target.id), half_close=True)
    require(answer is not None and answer.status == 200, answer)
    target.guard_state()


def expect_continue(target):
    """A client that asks before it sends the body gets its go-ahead."""
    body = b'{"schema":"no schema"}'
    head = render("POST", "/subjects/nothing/versions", headers=[
        ("Content-Type", "application/json"), ("Content-Length", len(body)), ("Expect", "100-continue")])
    with target.connect(timeout=5) as connection:
        connection.send(head)
        interim = connection.socket.recv(1000)
        require(interim.startswith(b"HTTP/1.1 100"), interim)
        connection.send(body)
        require_error(connection.receive(), [(422, 42201)])
    target.guard_state()


def never_reads(target):
    """Clients that ask for much and read nothing hold up nobody, and go away without harm."""
    with contextlib.ExitStack() as rude:
        for _ in range(20):
            connection = rude.enter_context(Connection("127.0.0.1", target.server.port, 5))
            connection.open()
            connection.socket.setblocking(False)
            data = render("GET", "/schemas/ids/%d" % target.id) * 5000
            with contextlib.suppress(BlockingIOError):
                for start in range(0, len(data), 65536):
                    connection.socket.sendall(data[start:start + 65536])
        slowest = max(timed_request(target) for _ in range(100))
        require(slowest < 1, "others waited %.2f s" % slowest)
    target.guard_state()


def timed_request(target):
    started = time.monotonic()
    answer = target.request("GET", "/schemas/ids/%d" % target.id)
    require(answer.status == 200, answer)
    return time.monotonic() - started


class Dripper(threading.Thread):
    """Sends `first` at once, then `slowly` a byte a second until it is answered or closed."""

    def __init__(self, target, first, slowly):
        super().__init__(daemon=True)
        self.target, self.first, self.slowly = target, first, slowly
        self.answer, self.seconds, self.error = None, None, None

    def run(self):
        started = time.monotonic()
        try:
            with Connection("127.0.0.1", self.target.server.port, 1) as connection:
                connection.send(self.first)
                self.drip(connection)
        except (Closed, ConnectionError):
            pass
        except Exception as failure:
            self.error = failure
        self.seconds = time.monotonic() - started

    def drip(self, connection):
        for i in range(len(self.slowly)):
            connection.socket.sendall(self.slowly[i:i + 1])
            try:
                self.answer = connection.receive()
                return
            except socket.timeout:
                continue


def slow_client(target):
    """A byte a second: cut off after the request timeout, in the head or in the body, while others are served."""
    whole = render("POST", "/subjects/nothing/versions", {"schema": text_of("Slow")})
    head = whole[:whole.index(b"\r\n\r\n") + 4]
    drippers = [Dripper(target, whole[:1], whole[1:]) for _ in range(10)]
    in_body = [Dripper(target, head, whole[len(head):]) for _ in range(10)]
    for dripper in drippers + in_body:
        dripper.start()
    slowest = 0
    for _ in range(60):
        slowest = max(slowest, timed_request(target))
        time.sleep(0.05)
    require(slowest < 0.5, "others waited %.2f s" % slowest)
    for dripper in drippers + in_body:
        dripper.join(REQUEST_TIMEOUT + 10)
        require(not dripper.is_alive() and dripper.error is None, "still dripping", dripper.error)
        require(REQUEST_TIMEOUT - 1 <= dripper.seconds <= REQUEST_TIMEOUT + 4, "cut off after %.1f s" % dripper.seconds)
        require(dripper.answer is None or dripper.answer.status == 408, dripper.answer)
    for dripper in in_body:
        require(dripper.answer is not None, "cut off without a word in the body")
        require_error(dripper.answer, [(408, 408)])
    target.guard_state()


def open_files(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def settled_files(target, enough):
    """How many files the server has open once that are few enough, or once their number rests."""
    deadline, last = time.monotonic() + 10, None
    while time.monotonic() < deadline:
        count = open_files(target.server.pid)
        if count <= enough or count == last:
            break
        last = count
        time.sleep(0.5)
    return count


IDLE = 5000


def idle_connections(target):
    """5,000 connections that say nothing, while others are served; each of them still works; none leaks."""
    before = settled_files(target, 0)
    with contextlib.ExitStack() as crowd:
        idle = [crowd.enter_context(Connection("127.0.0.1", target.server.port, 20).open()) for _ in range(IDLE)]
        slowest = max(timed_request(target) for _ in range(300))
        require(slowest < 1, "others waited %.2f s" % slowest)
        target.guard()
        require(open_files(target.server.pid) > IDLE, "only %d open files" % open_files(target.server.pid))
        for connection in idle[::50]:
            answer = connection.request("GET", "/schemas/ids/%d" % target.id)
            require(answer.status == 200, answer)
    left = settled_files(target, before + 10) - before
    require(left <= 10, "%d files are left open" % left)
    target.guard_state()


def idle_timeout(binary, folder):
    """A connection that says nothing is closed after the idle timeout."""
    with Server(binary, folder + "/idle.db", arguments=["--idle-timeout", "1"]) as server:
        server.start()
        with server.connect(timeout=10) as silent, server.connect(timeout=10) as kept:
            silent.open()
            started = time.monotonic()
            require(kept.request("GET", "/subjects").status == 200)
            for connection in (silent, kept):
                try:
                    require(connection.socket.recv(1) == b"", "it talks")
                except ConnectionResetError:
                    pass
            require(0.5 < time.monotonic() - started < 5, "closed after %.1f s" % (time.monotonic() - started))


def half_requests(target):
    """Thousands of requests broken off at random places leave no trace."""
    rng = random.Random(11)
    whole = render("POST", "/subjects/nothing/versions", {"schema": text_of("Half")})
    for i in range(2000):
        with Connection("127.0.0.1", target.server.port, 5) as connection:
            connection.open()
            connection.socket.sendall(whole[:rng.randrange(len(whole))])
            if i % 2:                     # goes with a reset, not with a farewell
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    target.guard_state()


CASES = [targets, odd_names, no_http, smuggling, pipelining, expect_continue, never_reads, slow_client, half_requests,
         idle_connections]
ROOMY_CASES = [long_name]
