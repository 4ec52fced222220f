"""A server that misbehaves in the way that the first part of the path names; it counts what it is asked.

/NAME/whatever does what the method `do_NAME` does; /count/NAME answers how often /NAME was asked, /connections/NAME over how many
connections; /forget starts both again.
"""
import collections
import gzip
import json
import socket
import socketserver
import ssl
import threading
import time

BOMB = gzip.compress(b" " * 100_000_000, 1)
GOOD = {"subject": "s", "version": 1, "id": 1, "schemaType": "AVRO", "schema": '"string"'}


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=True)
        self.tls = tls
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.connections = collections.defaultdict(set)
        self.hellos = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    @property
    def url(self):
        return "%s://127.0.0.1:%d" % ("https" if self.tls else "http", self.port)

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is part of the game

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(socketserver.BaseRequestHandler):
    def setup(self):
        if self.server.tls:
            self.server.hellos.append(self.request.recv(4096, socket.MSG_PEEK))
            self.request = self.server.tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
            try:
                self.request.do_handshake()
            except ssl.SSLError:
                self.linger()
                raise

    def linger(self):
        """Until the other side has read our alert and hung up: a reset would take it away from under its eyes."""
        with socket.socket(fileno=self.request.detach()) as raw:
            raw.settimeout(5)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(4096):
                pass

    def handle(self):
        rest = b""
        while True:
            while b"\r\n\r\n" not in rest:
                more = self.request.recv(65536)
                if not more:
                    return
                rest += more
            head, rest = rest.split(b"\r\n\r\n", 1)
            lines = head.decode("latin-1").split("\r\n")
            self.method, self.target, _ = lines[0].split(" ", 2)
            self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if ": " in line)}
            length = int(self.headers.get("content-length", 0))
            while len(rest) < length:
                rest += self.request.recv(65536)
            self.body, rest = rest[:length], rest[length:]
            if not self.answer():
                return

    def answer(self):
        path = self.target.split("://", 1)[-1].split("/", 1)[-1] if "://" in self.target else self.target.lstrip("/")
        name = path.split("/")[0].split("?")[0]
        if name == "count":
            return self.send(200, json.dumps(self.server.counts[path.split("/")[1]]))
        if name == "connections":
            return self.send(200, json.dumps(len(self.server.connections[path.split("/")[1]])))
        if name == "forget":
            self.server.counts.clear()
            self.server.connections.clear()
            return self.send(200, "{}")
        with self.server.lock:
            self.server.counts[name] += 1
            self.server.connections[name].add(self.client_address)
            self.count = self.server.counts[name]
        return getattr(self, "do_" + name)()

    # Each answers whether the connection stays open.

    def send(self, status, text, headers="", close=False):
        data = text.encode() if isinstance(text, str) else text
        self.request.sendall(("HTTP/1.1 %d Word\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n" %
                              (status, len(data), headers)).encode() + data)
        return not close

    def good(self, **more):
        return self.send(200, json.dumps({**GOOD, **more}))

    def do_good(self):
        return self.good()

    def do_slow(self):
        time.sleep(5)
        return self.good()

    def do_pause(self):
        time.sleep(0.3)
        return self.good()

    def do_drip(self):
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            self.request.sendall(b" ")
            time.sleep(0.05)
        return False

    def do_cut(self):
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"subject\"")
        return False

    def do_cutchunk(self):
        self.request.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"sub")
        return False

    def do_hangup(self):
        return False

    def do_status(self):
        """/status/N: that status, always."""
        return self.send(int(self.target.split("/")[2]), "a proxy's page\nwith lines")

    def do_later(self):
        """503 twice, then good."""
        return self.good() if self.count > 2 else self.send(503, "{}")

    def do_retryafter(self):
        return self.good() if self.count > 1 else self.send(429, "{}", "Retry-After: 1\r\n")

    def do_sick(self):
        return self.send(500, '{"error_code":50001,"message":"Error in the backend data store"}')

    def do_garbage(self):
        return self.send(200, "<html>welcome</html>")

    def do_nohttp(self):
        self.request.sendall(b"\x00\x01\x02 SSH-2.0 hello\r\n\r\n")
        return False

    def do_notfound(self):
        return self.send(404, '{"error_code":40403,"message":"Schema 1 not found"}')

    def do_loop(self):
        return self.send(302, "", "Location: %s\r\n" % self.target)

    def do_moved(self):
        return self.send(308, "", "Location: /good/x\r\n")

    def do_movedpost(self):
        return self.send(307, "", "Location: /echo/x\r\n")

    def do_file(self):
        return self.send(302, "", "Location: file:///etc/passwd\r\n")

    def do_away(self):
        """To another server: the part of the path behind the name is its port."""
        return self.send(302, "", "Location: http://127.0.0.1:%s/echo/x\r\n" % self.target.split("/")[2])

    def do_huge(self):
        self.request.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(200):
            self.request.sendall(b"100000\r\n" + b" " * 0x100000 + b"\r\n")
        return False

    def do_bomb(self):
        return self.send(200, BOMB, "Content-Encoding: gzip\r\n")

    def do_short(self):
        """Says less than it sends."""
        text = json.dumps(GOOD).encode()
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + text)
        return False

    def do_deep(self):
        return self.send(200, "[" * 100000)

    def do_notext(self):
        return self.send(200, '{"subject":"s","version":1}')

    def do_number(self):
        return self.send(200, "42")

    def do_strange(self):
        """Right in form, wrong in kind."""
        return self.send(200, '{"subject":7,"version":"x","id":-1,"schema":["a"],"references":{"a":1},"schemaType":3}')

    def do_badreference(self):
        return self.good(references=[{"name": "a"}])

    def do_circle(self):
        """A schema that refers to itself, and to more names than any memory holds."""
        version = int(self.target.split("/versions/")[1].split("?")[0]) if "/versions/" in self.target else 1
        return self.good(version=version, references=[{"name": "n%d" % version, "subject": "s", "version": version + 1},
                                                      {"name": "n1", "subject": "s", "version": 1}])

    def do_othertype(self):
        return self.good(schemaType="XML")

    def do_old(self):
        """A registry from before 5.5: an id is all it says."""
        return self.send(200, '{"id":7}') if self.method == "POST" else self.send(200, '{"schema":"\\"string\\""}')

    def do_plain(self):
        """A refusal in words of its own."""
        if "compatibility" in self.target:
            return self.send(200, '{"is_compatible":false,"messages":["{first reason}","{second}"]}')
        return self.send(409, '{"error_code":409,"message":"no"}')

    def do_refuse(self):
        return self.send(401, '{"error_code":401,"message":"Unauthorized"}')

    def do_forbid(self):
        return self.send(403, '{"error_code":40301,"message":"User is denied"}')

    def do_echo(self):
        """What was asked, as the text of a schema."""
        asked = {"method": self.method, "target": self.target, "headers": self.headers, "body": self.body.decode()}
        return self.send(200, json.dumps({**GOOD, "schema": json.dumps(asked)}))
