"""One Tenon process under test: start it on a free port, wait until it is ready, stop or kill it."""
import os
import pathlib
import resource
import signal
import socket
import subprocess
import time

from support.http import Connection

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT_BINARY = ROOT / "build" / "release" / "tenon"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def raise_open_files():
    """As many open files as the hard limit allows, for this process and what it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def add_binary_argument(parser):
    parser.add_argument("--tenon", default=os.environ.get("TENON_BINARY", str(DEFAULT_BINARY)),
                        help="the binary under test (default: build/release/tenon, or TENON_BINARY)")


class NotReady(Exception):
    pass


class Server:
    """`db` is the store's file; the log of the process goes to `log`, appended over restarts."""

    def __init__(self, binary, db, log=None, arguments=(), user=None):
        self.binary, self.db, self.arguments, self.user = str(binary), str(db), list(arguments), user
        self.log = str(log or self.db + ".log")
        self.process = None
        self.port = None

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def spawn(self, *more):
        """Starts the process without waiting for it."""
        self.port = free_port()
        command = [self.binary, "serve", "--listen", "127.0.0.1:%d" % self.port, "--db", self.db]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command + self.arguments + list(more), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, user=self.user, start_new_session=True)
        return self

    def start(self, timeout=20):
        """Starts the process and returns when it is ready; a port that someone took meanwhile is tried again."""
        for attempt in range(3):
            self.spawn()
            try:
                self.wait_ready(timeout)
                return self
            except NotReady:
                taken = self.process.poll() is not None and "in use" in self.log_text()[-2000:]
                if attempt == 2 or not taken:
                    self.kill()
                    raise

    def wait_ready(self, timeout=20):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise NotReady("tenon ended with status %d:\n%s" % (self.process.returncode, self.log_text()[-2000:]))
            if self.is_ready():
                return
            time.sleep(0.002)
        raise NotReady("not ready within %d s:\n%s" % (timeout, self.log_text()[-2000:]))

    def is_ready(self):
        try:
            with self.connect(timeout=5) as connection:
                return connection.request("GET", "/health/ready").status == 200
        except OSError:
            return False

    def connect(self, timeout=30):
        return Connection("127.0.0.1", self.port, timeout)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self, timeout=30):
        """A clean stop; the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()

    def log_text(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def remove_db(self):
        for suffix in ("", "-wal", "-shm", ".lock", ".index", ".index-wal", ".index-shm"):
            pathlib.Path(self.db + suffix).unlink(missing_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
