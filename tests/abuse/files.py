"""Files that are full, read-only, taken, of someone else or not there; and a server told to stop at work."""
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import threading
import time

from support.http import Closed, Connection, render
from support.logfile import read_log
from support.server import NotReady, Server
from support.tally import Skipped
from target import KNOWN_TEXT, require, require_error, text_of

STORE_ERROR = (500, 50001)


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A file system of a few megabytes; needs to be root."""
    mount = pathlib.Path(folder) / "small"
    mount.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm" % megabytes, "tmpfs", str(mount)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Skipped("cannot mount a file system here: %s" % done.stdout.decode(errors="replace").strip())
    try:
        yield mount
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def filler(number):
    """Some 8 KB of schema."""
    return '{"type":"record","name":"Fill%d","doc":"%s","fields":[]}' % (number, "d" * 8000)


class Writes:
    """Registrations that were acknowledged, and a check that they are all there."""

    def __init__(self):
        self.done = {}

    def register(self, server, number):
        with server.connect() as connection:
            answer = connection.request("POST", "/subjects/fill-%d/versions" % number, {"schema": filler(number)})
        if answer.status == 200:
            self.done[number] = answer.json["id"]
        return answer

    def require_kept(self, server):
        require(len(set(self.done.values())) == len(self.done), "an id was given twice")
        with server.connect() as connection:
            for number, id in self.done.items():
                answer = connection.request("GET", "/subjects/fill-%d/versions/1" % number)
                require(answer.status == 200 and answer.json["id"] == id and answer.json["schema"] == filler(number),
                        "acknowledged and lost:", number, answer)
            answer = connection.request("GET", "/subjects")
            extra = set(answer.json) - {"fill-%d" % n for n in self.done}
            require(not extra, "refused and yet there:", sorted(extra)[:5])


def full_disk(binary, folder):
    """A write that finds no room fails with 50001, reads go on, and writes go on when there is room again."""
    with small_disk(folder, 6) as disk, Server(binary, disk / "tenon.db", log=folder + "/full.log") as server:
        (disk / "ballast").write_bytes(b"b" * (2 << 20))
        server.start()
        writes, number = Writes(), 0
        while (answer := writes.register(server, number)).status == 200:
            number += 1
            require(number < 2000, "the disk never fills")
        require(number > 10, "full after %d writes already" % number)
        require_error(answer, [STORE_ERROR])
        for again in range(20):
            answer = writes.register(server, number + 1 + again)
            if answer.status != 200:
                require_error(answer, [STORE_ERROR])
        require(server.process.poll() is None, "the server died")
        writes.require_kept(server)
        with server.connect() as connection:
            answer = connection.request("POST", "/subjects/fill-0", {"schema": filler(0)})
            require(answer.status == 200, "lookup on a full disk:", answer)
            answer = connection.request("PUT", "/config/fill-0", {"compatibility": "FULL"})
            require(answer.status in (200, 500), answer)
            require(connection.request("GET", "/health/live").status == 200, "not alive")
        (disk / "ballast").unlink()
        answer = writes.register(server, 5000)
        require(answer.status == 200, "there is room again:", answer)
        with server.connect() as connection:
            require(connection.request("GET", "/health/ready").status == 200, "not ready again")
        writes.require_kept(server)
        require(server.stop() == 0, "no clean stop")
        read_log(server.db)
        server.start()
        writes.require_kept(server)


def refused_on_a_full_disk(binary, folder):
    """Refusals, which are kept beside the store, need no room to be refusals; what is looked up there catches up later."""
    def schema(kind):
        return {"schema": json.dumps({"type": "record", "name": "Kept", "fields": [{"name": "a", "type": kind}]})}

    with small_disk(folder, 6) as disk, Server(binary, disk / "tenon.db", log=folder + "/refused.log") as server:
        server.start()
        with server.connect() as connection:
            require(connection.request("POST", "/subjects/kept/versions", schema("int")).status == 200, "not registered")
            answer = connection.request("POST", "/subjects/kept/versions", schema("string"))
            require(answer.status == 409 and "/api/v1/refusals/" in answer.headers.get("link", ""), answer)
            ballast = open(disk / "ballast", "wb", buffering=0)
            try:
                while ballast.write(b"b" * 4096) == 4096:
                    pass
            except OSError:
                pass
            ballast.close()
            for _ in range(3):
                answer = connection.request("POST", "/subjects/kept/versions", schema("string"))
                require_error(answer, [(409, 40901)])
            for path in ("/api/v1/overview", "/api/v1/search?q=kept", "/api/v1/refusals", "/api/v1/timeline"):
                answer = connection.request("GET", path)
                if answer.status != 200:
                    require_error(answer, [STORE_ERROR])
            require(connection.request("GET", "/schemas/ids/1").status == 200, "reads stop")
            (disk / "ballast").unlink()
            answer = connection.request("POST", "/subjects/kept/versions", schema("string"))
            require(answer.status == 409 and "/api/v1/refusals/" in answer.headers.get("link", ""), answer)
            answer = connection.request("GET", "/api/v1/overview")
            require(answer.status == 200 and answer.json["total"] == 1, answer)
        require(server.stop() == 0, "no clean stop")


def killed_on_a_full_disk(binary, folder):
    """The same, but the server is killed while there is no room, and starts again on a disk as full."""
    with small_disk(folder, 6) as disk, Server(binary, disk / "tenon.db", log=folder + "/killed.log") as server:
        (disk / "ballast").write_bytes(b"b" * (2 << 20))
        server.start()
        writes, number = Writes(), 0
        while writes.register(server, number).status == 200:
            number += 1
        server.kill()
        with contextlib.suppress(NotReady):
            server.start()
            writes.require_kept(server)
            require(server.stop() in (0, 1), "it hangs or crashes: status", server.process.returncode)
        require(server.process.returncode is not None and server.process.returncode >= 0,
                "crashed with", server.process.returncode)
        (disk / "ballast").unlink()
        server.start()
        writes.require_kept(server)
        require(writes.register(server, 5000).status == 200, "writes with room")


def as_nobody(binary, folder):
    """A folder and a copy of the binary that a user without rights can use; needs to be root."""
    if os.geteuid() != 0:
        raise Skipped("only root can become someone who may not write")
    home = pathlib.Path(folder) / "nobody"
    home.mkdir()
    for parent in (folder, os.path.dirname(folder)):
        os.chmod(parent, 0o755)
    shutil.copy(binary, home / "tenon")
    os.chmod(home / "tenon", 0o755)
    return home


def refused_to_start(server, *words):
    """It ends by itself with a status that is an error, and says why, naming the file."""
    server.spawn()
    try:
        status = server.process.wait(10)
    except subprocess.TimeoutExpired:
        raise AssertionError("it runs") from None
    text = server.log_text().lower()
    require(status > 0, "status", status, text[-500:])
    require(any(w in text for w in words) and os.path.basename(server.db).lower() in text, "says only", text[-500:])


def read_only_file(binary, folder):
    """A file that may not be written: a clear refusal at the start, or reads that work; and it stays as it was."""
    home = as_nobody(binary, folder)
    db = home / "tenon.db"
    with Server(binary, db, log=folder + "/ro.log") as server:
        server.start()
        writes = Writes()
        require(writes.register(server, 1).status == 200)
        require(server.stop() == 0)
    os.chmod(db, 0o444)
    os.chmod(home, 0o555)
    before = db.read_bytes()
    with Server(home / "tenon", db, log=folder + "/ro2.log", user="nobody") as server:
        server.spawn()
        try:
            server.wait_ready(5)
        except NotReady:
            require(server.process.poll() is not None and server.process.returncode > 0,
                    "neither ready nor ended:", server.process.returncode)
            text = server.log_text()
            words = ("read-only", "readonly", "permission", "write")
            require("tenon.db" in text and any(w in text.lower() for w in words), "says only", text[-500:])
        else:
            writes.require_kept(server)
            require_error(writes.register(server, 2), [STORE_ERROR])
            server.stop()
    require(db.read_bytes() == before, "the file changed")


def two_servers(binary, folder):
    """The second server on a file refuses to start and says why; the first does not notice; then it is its turn."""
    db = folder + "/shared.db"
    os.symlink("shared.db", folder + "/link.db")
    with Server(binary, db) as first, Server(binary, db, log=db + ".second.log") as second, \
            Server(binary, folder + "/link.db", log=db + ".third.log") as third:
        first.start()
        writes = Writes()
        require(writes.register(first, 1).status == 200)
        refused_to_start(second, "another", "in use", "lock", "held")
        refused_to_start(third, "another", "in use", "lock", "held")
        require(writes.register(first, 2).status == 200)
        writes.require_kept(first)
        first.kill()
        second.start()
        writes.require_kept(second)
        require(writes.register(second, 3).status == 200)


def foreign_files(binary, folder):
    """What is no file of ours is refused with its name, and left as it was."""
    folder = pathlib.Path(folder)
    (folder / "text.db").write_text("hello, I am a text\n" * 300)
    (folder / "zeros.db").write_bytes(b"\0" * 8192)
    with sqlite3.connect(folder / "other.db") as other:
        other.execute("CREATE TABLE t (a)")
        other.execute("INSERT INTO t VALUES (1)")
    other.close()
    with Server(binary, folder / "newer.db") as server:
        server.start()
        require(server.stop() == 0)
    with sqlite3.connect(folder / "newer.db") as newer:
        newer.execute("PRAGMA user_version = 1000")
    newer.close()
    (folder / "folder.db").mkdir()
    expected = [("text.db", "not a database", "no database", "another program", "foreign"),
                ("zeros.db", "not a database", "no database", "another program", "foreign"),
                ("other.db", "another program", "foreign", "not a tenon"), ("newer.db", "newer"),
                ("folder.db", "directory", "folder", "open", "read"), ("missing/tenon.db", "no such", "open", "exist")]
    for name, *words in expected:
        path = folder / name
        before = path.read_bytes() if path.is_file() else None
        with Server(binary, path, log=folder / "foreign.log") as server:
            (folder / "foreign.log").unlink(missing_ok=True)
            refused_to_start(server, *words)
        require(before is None or path.read_bytes() == before, name, "changed")


def bad_flags(binary, folder):
    """A command line that makes no sense ends with status 2 and a line that names what is wrong."""
    for arguments, word in ((["--nonsense", "1"], "nonsense"), (["--listen", "here"], "listen"),
                            (["--listen", "127.0.0.1:99999"], "listen"), (["--level", "UPWARD"], "level"),
                            (["--max-body", "-5"], "max-body"), (["--max-body", "many"], "max-body"), (["--db"], "db"),
                            (["--threads", "1e3"], "threads"), (["surplus"], "surplus")):
        done = subprocess.run([binary, "serve", "--db", folder + "/flags.db"] + arguments, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10)
        require(done.returncode == 2, arguments, "status", done.returncode, done.stdout)
        require(word in done.stdout.decode(), arguments, "says only", done.stdout)
    require(not os.path.exists(folder + "/flags.db"), "made a file all the same")


def taken_port(binary, folder):
    """A port that someone else listens on: refused with the address."""
    with Server(binary, folder + "/one.db") as first:
        first.start()
        done = subprocess.run([binary, "serve", "--db", folder + "/two.db", "--listen", "127.0.0.1:%d" % first.port],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10)
        text = done.stdout.decode()
        require(done.returncode > 0 and str(first.port) in text, done.returncode, text)


class Straggler(threading.Thread):
    """Has sent the better part of a registration when the server is told to stop, and sends the rest then."""

    def __init__(self, server, number, stopped):
        super().__init__(daemon=True)
        self.number, self.stopped, self.answer = number, stopped, None
        self.connection = Connection("127.0.0.1", server.port, 15).open()
        data = render("POST", "/subjects/late-%d/versions" % number, {"schema": filler(number)})
        cut = len(data) * (number % 9 + 1) // 10
        self.connection.socket.sendall(data[:cut])
        self.rest = data[cut:]

    def run(self):
        self.stopped.wait()
        with self.connection:
            try:
                self.connection.socket.sendall(self.rest)
                self.answer = self.connection.receive()
            except (Closed, ConnectionError):
                pass


class Busy(threading.Thread):
    """Registers one schema after the other until the server closes the connection."""

    def __init__(self, server, number):
        super().__init__(daemon=True)
        self.server, self.number = server, number
        self.acknowledged, self.wrong, self.unanswered = {}, [], 0

    def run(self):
        connection = self.server.connect(timeout=15)
        count = 0
        while True:
            subject, text = "busy-%d-%d" % (self.number, count), text_of("Busy_%d_%d" % (self.number, count))
            count += 1
            try:
                answer = connection.request("POST", "/subjects/%s/versions" % subject, {"schema": text})
            except OSError:
                break
            if answer.status == 200:
                self.acknowledged[subject] = (answer.json["id"], text)
            elif answer.status != 503:
                self.wrong.append(answer)
                break
        connection.close()


def stop_at_work(binary, folder):
    """SIGTERM: what is in flight is finished and acknowledged, idle connections do not hold it up, nothing is lost."""
    with Server(binary, folder + "/stop.db") as server:
        server.start()
        stopped = threading.Event()
        idle = [server.connect().open() for _ in range(200)]
        late = [Straggler(server, n, stopped) for n in range(40)]
        busy = [Busy(server, n) for n in range(32)]
        for thread in late + busy:
            thread.start()
        time.sleep(0.5)
        server.terminate()
        time.sleep(0.2)
        stopped.set()
        started = time.monotonic()
        status = server.process.wait(20)
        took = time.monotonic() - started
        for thread in late + busy:
            thread.join(20)
        for connection in idle:
            connection.close()
        require(status == 0, "status", status, server.log_text()[-500:])
        require(took < 8, "it took %.1f s to stop" % took)
        unanswered = [s.number for s in late if s.answer is None or s.answer.status != 200]
        require(not unanswered, "requests in flight were not finished:", unanswered)
        require(not any(b.wrong for b in busy), [b.wrong for b in busy if b.wrong][:3])
        require(not os.path.exists(server.db + "-wal") or os.path.getsize(server.db + "-wal") == 0, "no checkpoint")
        read_log(server.db)
        server.start()
        with server.connect() as connection:
            for s in late:
                answer = connection.request("GET", "/subjects/late-%d/versions/1" % s.number)
                require(answer.status == 200 and answer.json["id"] == s.answer.json["id"], "lost:", s.number, answer)
            for b in busy:
                for subject, (id, text) in b.acknowledged.items():
                    answer = connection.request("GET", "/subjects/%s/versions/1" % subject)
                    require(answer.status == 200 and answer.json["id"] == id and answer.json["schema"] == text,
                            "lost:", subject, answer)
        require(sum(len(b.acknowledged) for b in busy) > 32, "the writers were hardly at work")


def stop_stuck(binary, folder):
    """A client that never finishes its request cannot keep the server from stopping."""
    arguments = ["--shutdown-timeout", "2", "--request-timeout", "60"]
    with Server(binary, folder + "/stuck.db", arguments=arguments) as server:
        server.start()
        with server.connect() as stuck:
            stuck.send(render("POST", "/subjects/s/versions", {"schema": KNOWN_TEXT})[:-10])
            time.sleep(0.1)
            started = time.monotonic()
            require(server.stop(timeout=15) == 0, "status", server.process.returncode)
            require(time.monotonic() - started < 8, "it took %.1f s to stop" % (time.monotonic() - started))


CASES = [full_disk, refused_on_a_full_disk, killed_on_a_full_disk, read_only_file, two_servers, foreign_files, bad_flags, taken_port,
         stop_at_work, stop_stuck]
