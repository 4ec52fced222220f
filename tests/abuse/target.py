"""The server that is abused, and the questions that show it took no harm."""
import json
import socket

from support.http import Closed, Connection, render

KNOWN_TEXT = ('{"type":"record","name":"Known","namespace":"abuse.test","fields":['
              '{"name":"id","type":"long"},{"name":"note","type":["null","string"],"default":null}]}')


def text_of(name, fields=1):
    """A small valid schema of its own."""
    return json.dumps({"type": "record", "name": name, "fields": [
        {"name": "f%d" % i, "type": "long"} for i in range(fields)]}, separators=(",", ":"))


def require(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(w)[:600] for w in what))


def require_error(answer, allowed):
    """The answer is one of the `allowed` (status, error_code) pairs, with a message that says something."""
    require((answer.status, answer.error_code) in allowed, "expected one of", allowed, "got", answer)
    body = answer.json
    require(set(body) == {"error_code", "message"}, "not the two members of an error:", answer)
    require(isinstance(body["message"], str) and len(body["message"]) > 5 and "(null)" not in body["message"],
            "no clear message:", answer)


class Target:
    def __init__(self, server):
        self.server = server
        self.id = None
        self.subjects = None
        self.n_named = 0

    def prepare(self):
        """The known schema, and what the registry holds beside it from now on."""
        with self.server.connect() as connection:
            answer = connection.request("POST", "/subjects/known/versions", {"schema": KNOWN_TEXT})
            require(answer.status == 200, answer)
            self.id = answer.json["id"]
        self.subjects = {"known"}
        return self

    def fresh_subject(self):
        self.n_named += 1
        return "abuse-%d" % self.n_named

    def connect(self, timeout=30):
        return self.server.connect(timeout)

    def request(self, *arguments, **more):
        with self.connect() as connection:
            return connection.request(*arguments, **more)

    def guard(self, connection=None):
        """The server lives, is ready, and knows what it knew."""
        require(self.server.process.poll() is None, "the server died with status", self.server.process.returncode,
                self.server.log_text()[-1500:])
        with connection or self.connect(timeout=10) as connection:
            require(connection.request("GET", "/health/live").status == 200, "not alive")
            require(connection.request("GET", "/health/ready").status == 200, "not ready")
            answer = connection.request("GET", "/schemas/ids/%d" % self.id)
            require(answer.status == 200 and answer.json["schema"] == KNOWN_TEXT, "the known schema:", answer)
            answer = connection.request("GET", "/subjects/known/versions")
            require(answer.status == 200 and answer.json == [1], "the known subject:", answer)

    def guard_state(self):
        """As guard; and no abuse added or took a subject, nor changed a setting."""
        self.guard()
        subjects = set(self.request("GET", "/subjects?deleted=true").json)
        require(subjects == self.subjects, "subjects came:", sorted(subjects - self.subjects)[:5],
                "went:", sorted(self.subjects - subjects)[:5])
        require(self.request("GET", "/config").json == {"compatibilityLevel": "BACKWARD"}, "the level changed")
        require(self.request("GET", "/mode").json == {"mode": "READWRITE"}, "the mode changed")


def exchange(target, data, timeout=10, half_close=False):
    """Raw bytes to a new connection: the answers that come until it is closed, silent or answered once."""
    with Connection("127.0.0.1", target.server.port, timeout) as connection:
        connection.open()
        try:
            connection.socket.sendall(data)
        except (ConnectionError, BrokenPipeError):
            pass              # an early answer may have closed it; what it said can still be read
        if half_close:
            connection.socket.shutdown(socket.SHUT_WR)
        try:
            return connection.receive()
        except (Closed, ConnectionError):
            return None


__all__ = ["KNOWN_TEXT", "Target", "exchange", "render", "require", "require_error", "text_of"]
