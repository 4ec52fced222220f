#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments under 32 concurrent writers, again and again on one file.

    kill9.py [--rounds 200] [--seed N] [--tenon BINARY]       (rounds also by KILL9_ROUNDS)

What every writer was told is kept.  After each restart every registration acknowledged in the round
must be there with its id, version and text; over all rounds no id may have been given to two contents,
no content two ids, and no version of a subject to two contents.  Every tenth round the server is killed
once more while it starts.  At the end everything ever acknowledged is compared with the server's whole
listing, the listing with the log, and the log's hash chain is recomputed; versions must be 1, 2, 3 …
in every subject.
"""
import argparse
import os
import pathlib
import random
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.http import render
from support.logfile import BrokenChain, read_log
from support.server import Server, add_binary_argument
from support.tally import Tally

WRITERS = 32
HOT_SUBJECTS = 4         # that all writers add versions to
SHARED_CONTENTS = 6      # that several writers register under subjects of their own at the same time


def schema(token):
    return ('{"type":"record","name":"E_%s","namespace":"crash.test","fields":['
            '{"name":"id","type":"long"},{"name":"note","type":["null","string"],"default":null}]}' % token)


class Writer(threading.Thread):
    """Writes until its connection breaks; `acknowledged` holds (subject, version, id, text)."""

    def __init__(self, server, round_number, number, seed):
        super().__init__(daemon=True)
        self.server, self.round, self.number = server, round_number, number
        self.random = random.Random(seed)
        self.acknowledged, self.wrong = [], []
        self.count = 0

    def choose(self):
        """A subject and a text: new both, a further version, or a text that others register as well."""
        self.count += 1
        token = "%d_%d_%d" % (self.round, self.number, self.count)
        kind = self.random.random()
        if kind < 0.4:
            return "new-%s" % token, schema(token)
        if kind < 0.7:
            return "hot-%d-%d" % (self.round // 10, self.random.randrange(HOT_SUBJECTS)), schema(token)
        shared = "shared_%d_%d" % (self.round, self.random.randrange(SHARED_CONTENTS))
        return "own-%s" % token, schema(shared)

    def run(self):
        connection = self.server.connect(timeout=20)
        try:
            while True:
                if self.acknowledged and self.random.random() < 0.25:
                    self.look_up(connection, self.random.choice(self.acknowledged))
                else:
                    self.register(connection, *self.choose())
        except OSError:
            pass
        finally:
            connection.close()

    def register(self, connection, subject, text):
        answer = connection.request("POST", "/subjects/%s/versions" % subject, {"schema": text})
        if answer.status == 200:
            body = answer.json
            self.acknowledged.append((subject, body["version"], body["id"], text))
        else:
            self.wrong.append("register %s: %s" % (subject, answer))

    def look_up(self, connection, known):
        subject, version, id, text = known
        answer = connection.request("POST", "/subjects/%s" % subject, {"schema": text})
        if answer.status != 200 or (answer.json["version"], answer.json["id"]) != (version, id):
            self.wrong.append("lookup of %s: %s" % (known, answer))


class Ledger:
    """All that was ever acknowledged, and what must stay unique in it."""

    def __init__(self):
        self.versions = {}        # (subject, version) -> (id, text)
        self.text_of, self.id_of = {}, {}

    def add(self, acknowledged):
        """Complaints about acknowledgements that contradict earlier ones."""
        wrong = []
        for subject, version, id, text in acknowledged:
            if self.text_of.setdefault(id, text) != text:
                wrong.append("id %d was given to two contents: %s and %s" % (id, self.text_of[id], text))
            if self.id_of.setdefault(text, id) != id:
                wrong.append("%s was given two ids: %d and %d" % (text, self.id_of[text], id))
            if self.versions.setdefault((subject, version), (id, text)) != (id, text):
                wrong.append("version %d of %s was given twice: %s and %s" % (
                    version, subject, self.versions[subject, version], (id, text)))
        return wrong


def read_back(server, acknowledged):
    """Complaints about acknowledged registrations that the server does not know as they were; pipelined."""
    wrong = []
    with server.connect() as connection:
        for start in range(0, len(acknowledged), 50):
            part = acknowledged[start:start + 50]
            connection.send(b"".join(render("GET", "/subjects/%s/versions/%d" % (s, v)) for s, v, _, _ in part))
            for subject, version, id, text in part:
                answer = connection.receive()
                found = answer.json if answer.status == 200 else {}
                if (found.get("subject"), found.get("version"), found.get("id"), found.get("schema")) != (
                        subject, version, id, text):
                    wrong.append("acknowledged %s version %d id %d, found %s" % (subject, version, id, answer))
    return wrong


def one_round(server, number, rng, seconds):
    """Runs the writers and kills the server under them; what they were told and what went wrong."""
    writers = [Writer(server, number, i, rng.random()) for i in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(rng.uniform(0.1, 1.0) * seconds)
    server.kill()
    for writer in writers:
        writer.join(30)
    assert not any(writer.is_alive() for writer in writers), "a writer still waits for an answer of a dead server"
    return [a for w in writers for a in w.acknowledged], [x for w in writers for x in w.wrong]


def kill_while_starting(server, rng):
    server.spawn()
    time.sleep(rng.uniform(0, 0.03))
    server.kill()


def listing(server):
    """{(subject, version): (id, text)} of everything the server lists, page by page."""
    found, offset = {}, 0
    with server.connect(timeout=120) as connection:
        while True:
            page = connection.request("GET", "/schemas?offset=%d&limit=1000" % offset).json
            for s in page:
                found[s["subject"], s["version"]] = (s["id"], s["schema"])
            if len(page) < 1000:
                return found
            offset += len(page)


def final_checks(tally, server, ledger):
    found = listing(server)
    lost = [key for key, value in ledger.versions.items() if found.get(key) != value]
    tally.check("everything ever acknowledged is listed as it was", not lost, lost[:5])

    wrong = Ledger().add((s, v, id, text) for (s, v), (id, text) in found.items())
    tally.check("one id for each content, one content for each id", not wrong, wrong[:5])

    numbers = {}
    for subject, version in found:
        numbers.setdefault(subject, []).append(version)
    gaps = {s: sorted(v) for s, v in numbers.items() if sorted(v) != list(range(1, len(v) + 1))}
    tally.check("versions are 1, 2, 3 … in every subject", not gaps, list(gaps.items())[:3])

    tally.check("clean stop", server.stop() == 0, server.log_text()[-500:])
    try:
        records = [r for _, r in read_log(server.db) if r["kind"] == "VERSION_PUT"]
    except BrokenChain as broken:
        tally.check("the hash chain verifies", False, broken)
        return
    tally.check("the hash chain verifies", True)
    logged = {(r["subject"], r["version"]): (r["id"], r["schema"]) for r in records}
    tally.check("no version is in the log twice", len(logged) == len(records))
    tally.check("the view lists what the log says", logged == found, "%d logged, %d listed" % (len(logged), len(found)))


def run(tally, server, options):
    rng = random.Random(options.seed)
    ledger = Ledger()
    server.start()
    with server.connect() as connection:
        assert connection.request("PUT", "/config", {"compatibility": "NONE"}).status == 200
    for number in range(options.rounds):
        acknowledged, wrong = one_round(server, number, rng, options.seconds)
        if number % 10 == 9:
            kill_while_starting(server, rng)
        wrong += ledger.add(acknowledged)
        server.start()
        wrong += read_back(server, acknowledged)
        if not acknowledged and number % 10 != 0:
            print("round %d: killed before the first acknowledgement" % number)
        tally.check("round %d" % number, not wrong, "\n  ".join(wrong[:5]))
    tally.check("the rounds acknowledged something", len(ledger.versions) >= options.rounds, len(ledger.versions))
    final_checks(tally, server, ledger)
    return len(ledger.versions)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_binary_argument(parser)
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("KILL9_ROUNDS", 200)))
    parser.add_argument("--seconds", type=float, default=0.4, help="the longest that writers run before the kill")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    print("seed %d" % options.seed, flush=True)

    tally, started = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tenon-crash-") as folder:
        with Server(options.tenon, folder + "/tenon.db") as server:
            try:
                count = run(tally, server, options)
                size = os.path.getsize(server.db) >> 20
                print("%d registrations acknowledged in %d rounds, %.0f s, file of %d MB" % (
                    count, options.rounds, time.monotonic() - started, size))
            except Exception as failure:
                tally.check("to the end", False, "%s: %s\n%s" % (
                    type(failure).__name__, failure, server.log_text()[-1000:]))
    tally.finish()


if __name__ == "__main__":
    main()
