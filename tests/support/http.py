"""A lean HTTP/1.1 keep-alive connection: one send for a request, raw bytes wherever a test wants them."""
import json
import socket

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


class Closed(ConnectionError):
    """The server closed the connection before an answer was complete."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error_code(self):
        """The error_code of an error body; None when the body is none."""
        try:
            return self.json.get("error_code")
        except (ValueError, AttributeError):
            return None

    def __repr__(self):
        return "%d %s" % (self.status, self.body[:300].decode("utf-8", "replace"))


def render(method, target, body=None, headers=()):
    """A whole request; `target` and `body` are text or bytes, `headers` are pairs that come after the usual ones."""
    if isinstance(target, str):
        target = target.encode("utf-8")
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode("utf-8")
    lines = [b"%s %s HTTP/1.1" % (method.encode(), target), b"Host: 127.0.0.1", b"Accept: " + MEDIA_TYPE.encode()]
    given = {name.lower() for name, _ in headers}
    if body is not None:
        if "content-type" not in given:
            lines.append(b"Content-Type: " + MEDIA_TYPE.encode())
        if "content-length" not in given and "transfer-encoding" not in given:
            lines.append(b"Content-Length: %d" % len(body))
    lines += [("%s: %s" % pair).encode("latin-1") for pair in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


class Connection:
    def __init__(self, host, port, timeout=30):
        self.address, self.timeout = (host, port), timeout
        self.socket = None
        self.buffer = b""

    def open(self):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.buffer = b""
        return self

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None

    def send(self, data):
        self.open()
        self.socket.sendall(data)

    def request(self, method, target, body=None, headers=()):
        self.send(render(method, target, body, headers))
        return self.receive(head=method == "HEAD")

    def receive(self, head=False):
        """The next answer, interim ones skipped."""
        while True:
            answer = self._answer(head)
            if answer.status >= 200:
                return answer

    def _answer(self, head):
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        start, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *rest = start.decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        headers = {}
        for line in rest:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if head or status < 200 or status in (204, 304):
            body = b""
        elif "chunked" in headers.get("transfer-encoding", ""):
            body = self._chunks()
        else:
            body = self._take(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def _chunks(self):
        body = b""
        while True:
            while b"\r\n" not in self.buffer:
                self._more()
            size, self.buffer = self.buffer.split(b"\r\n", 1)
            size = int(size.split(b";")[0], 16)
            body += self._take(size)
            self._take(2)
            if size == 0:
                return body

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def _more(self):
        if self.socket is None:
            raise Closed("the connection is closed")
        data = self.socket.recv(262144)
        if not data:
            self.close()
            raise Closed("the server closed the connection")
        self.buffer += data

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
