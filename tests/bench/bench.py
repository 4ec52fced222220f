#!/usr/bin/env python3
"""Measures what Tenon promises, in one run beside yardsticks on the same machine, and prints a table.

    bench.py [--build build/release] [--quick] [--enforce] [--only cpu,durable,large,client] [--dir DIR]

cpu      the server's own CPU time (utime + stime) per request under wrk, for each kind of request beside
         bare_mhd, a bare libmicrohttpd server that answers the same bytes to the same requests with as many threads; the two
         take turns, the median counts.  Compatibility checks send a new schema each time.
durable  registrations of 1 KB schemas by 1 and by 64 writers, beside bare_sqlite, which commits the same bytes
         one by one to a bare SQLite file; fsyncs as Tenon counts them and as strace counts them.
large    100,000 schemas of 1 KB: time to ready after a clean stop, resident memory after all were asked for,
         latency by id beside a server that holds 100.
client   libtenon's serializer and deserializer beside avro-c alone, on the same value: nanoseconds for a message, and how
         often a message allocates.

A ratio is value / yardstick.  Exit status 1 when a target is missed and --enforce is given.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.http import MEDIA_TYPE, render
from support.server import ROOT, Server, free_port

TICKS = os.sysconf("SC_CLK_TCK")
CLIENT_HEADERS = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}


# ---------------------------------------------------------------- schemas and requests

def record(name, fields, doc="", more=0):
    """An Avro record of `fields` fields of the usual kinds; `more` adds optional ones."""
    kinds = ['"long"', '"string"', '"double"', '["null","string"]', '{"type":"long","logicalType":"timestamp-millis"}']
    listed = ['{"name":"f%d","type":%s%s}' % (i, kinds[i % 5], ',"default":null' if i % 5 == 3 else "") for i in range(fields)]
    listed += ['{"name":"x%d","type":["null","string"],"default":null}' % i for i in range(more)]
    return '{"type":"record","name":"%s","namespace":"bench.tenon","doc":"%s","fields":[%s]}' % (name, doc, ",".join(listed))


def kilobyte(name):
    """A schema of 1,000 bytes."""
    text = record(name, 12)
    return record(name, 12, doc="d" * (1000 - len(text)))


def body_of(text):
    return json.dumps({"schema": text})


def registration(subject, text):
    return render("POST", "/subjects/%s/versions" % subject, body_of(text))


def write_requests(path, requests):
    with open(path, "wb") as out:
        for request in requests:
            out.write(struct.pack(">I", len(request)) + request)
    return path


# ---------------------------------------------------------------- what is measured

def cpu_seconds(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path("/proc/%d/status" % pid).read_text()).group(1)) / 1024


def busy_seconds():
    """CPU time that the whole machine has spent, and that this program and the children it waited for have."""
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    own = os.times()
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICKS, sum(own[:4])


def metric(server, name):
    with server.connect() as connection:
        text = connection.request("GET", "/metrics").body.decode()
    return float(re.search(r"^%s(?:\{[^}]*\})? (\S+)$" % name, text, re.M).group(1))


def lua_string(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def lua_script(method, paths, body, unique):
    """wrk's script: one request, one of many paths drawn at random, or a body with a number of its own each time."""
    lines = ['wrk.method = "%s"' % method] + ['wrk.headers[%s] = %s' % (lua_string(k), lua_string(v))
                                              for k, v in CLIENT_HEADERS.items() if body or k == "Accept"]
    if body:
        lines.append("wrk.body = %s" % lua_string(body))
    if unique:
        before, after = body.split(unique)
        lines += ["local n = 1000000 + math.random(1000000) * 100",
                  "function request() n = n + 1; return wrk.format(nil, nil, nil, %s .. n .. %s) end" % (
                      lua_string(before), lua_string(after))]
    elif len(paths) > 1:
        bodies = [p[1] if isinstance(p, tuple) else None for p in paths]
        targets = [p[0] if isinstance(p, tuple) else p for p in paths]
        lines += ["local p = {%s}" % ",".join(map(lua_string, targets)),
                  "local b = {%s}" % ",".join(lua_string(b) for b in bodies if b),
                  "local r = {}",
                  "function init() for i = 1, #p do r[i] = wrk.format(nil, p[i], nil, b[i]) end end",
                  "function request() return r[math.random(#r)] end"]
    return "\n".join(lines) + "\n"


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.build = pathlib.Path(options.build)
        self.tenon = options.tenon or str(self.build / "tenon")
        self.rows = []

    def server(self, name):
        return Server(self.tenon, self.folder / name, arguments=["--level", "BACKWARD"])

    def row(self, name, value, yardstick, target, text, good=None):
        """One line of the table; the target is an upper bound of the ratio unless `good` says otherwise."""
        ratio = value / yardstick if yardstick else None
        good = ratio <= target if good is None else good
        self.rows.append((name, text % ((value, yardstick) if text.count("%") == 2 else value), ratio, target, good))
        print("%-66s %-34s %s  %s" % (name, self.rows[-1][1], "%7.2f" % ratio if ratio else "      -",
                                      "met" if good else "MISSED"), flush=True)

    def load(self, server, connections, requests, count=None, processor=None):
        """Runs the load client, on one processor if wished; its result, all answers being 200."""
        path = requests if isinstance(requests, (str, pathlib.Path)) else write_requests(self.folder / "requests", requests)
        command = [str(self.build / "load"), str(server.port), str(connections), str(path)] + ([str(count)] if count else [])
        pin = (lambda: os.sched_setaffinity(0, {processor})) if processor is not None else None
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=600, preexec_fn=pin)
        result = json.loads(done.stdout)
        assert list(result["status"]) == ["200"], result
        return result

    # ---- CPU per request

    def wrk(self, port, pid, path, script, seconds):
        """CPU microseconds of `pid` per request."""
        before = cpu_seconds(pid)
        done = subprocess.run(["wrk", "-t1", "-c32", "-d%ds" % seconds, "-s", str(script),
                               "http://127.0.0.1:%d%s" % (port, path)], stdout=subprocess.PIPE, text=True, check=True)
        used = cpu_seconds(pid) - before
        assert "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
        return used / int(re.search(r"(\d+) requests in", done.stdout).group(1)) * 1e6

    def compare(self, name, server, target, method, paths, body=None, unique=None):
        """The same requests to Tenon and to bare_mhd, in turns."""
        first, first_body = paths[0] if isinstance(paths[0], tuple) else (paths[0], body)
        with server.connect() as connection:
            answer = connection.request(method, first, first_body)
        assert answer.status == 200, answer
        (self.folder / "answer").write_bytes(answer.body)
        script = self.folder / "wrk.lua"
        script.write_text(lua_script(method, paths, first_body, unique))
        port = free_port()
        threads = min(os.cpu_count(), 8)
        bare = subprocess.Popen([str(self.build / "bare_mhd"), str(port), str(threads), "@%s" % (self.folder / "answer")],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            bare.stdout.readline()
            ours, theirs = [], []
            self.wrk(server.port, server.pid, first, script, 1)
            for _ in range(self.options.repeat):
                ours.append(self.wrk(server.port, server.pid, first, script, self.options.seconds))
                theirs.append(self.wrk(port, bare.pid, first, script, self.options.seconds))
        finally:
            bare.send_signal(signal.SIGTERM)
            bare.wait(10)
        self.row(name, statistics.median(ours), statistics.median(theirs), target, "%.1f µs CPU, bare %.1f")

    def cpu(self):
        n = 1000 if self.options.quick else 10000
        with self.server("cpu.db") as server:
            server.start()
            texts = [record("Order%d" % i, 5) for i in range(n)]
            self.load(server, 64, [registration("orders-%d" % i, text) for i, text in enumerate(texts)])
            for fields in (10, 100):
                self.load(server, 1, [registration("record-%d" % fields, record("Wide", fields))])
            with server.connect() as connection:
                latest = connection.request("GET", "/subjects/orders-%d/versions/latest" % (n // 2)).json
            spread = "spread over %d" % n

            self.compare("GET /schemas/ids/{id}", server, 1.3, "GET", ["/schemas/ids/%d" % latest["id"]])
            self.compare("GET /schemas/ids/{id}, " + spread, server, 1.3, "GET", ["/schemas/ids/%d" % (i + 1) for i in range(n)])
            self.compare("GET /subjects/{s}/versions/latest", server, 1.3, "GET", ["/subjects/%s/versions/latest" % latest["subject"]])
            self.compare("GET /subjects/{s}/versions/latest, " + spread, server, 1.3, "GET",
                         ["/subjects/orders-%d/versions/latest" % i for i in range(n)])
            self.compare("POST /subjects/{s} (lookup)", server, 3, "POST", ["/subjects/" + latest["subject"]], body_of(latest["schema"]))
            self.compare("POST /subjects/{s} (lookup), " + spread, server, 3, "POST",
                         [("/subjects/orders-%d" % i, body_of(text)) for i, text in enumerate(texts)])
            for fields, target in ((10, 5), (100, 20)):
                candidate = body_of(record("Wide", fields, doc="@@", more=1))
                self.compare("compatibility check, %d fields, a new schema each time" % fields, server, target, "POST",
                             ["/compatibility/subjects/record-%d/versions/latest" % fields], candidate, unique="@@")

    # ---- durable registration

    def durable(self):
        n_many = 3000 if self.options.quick else 20000
        with self.server("durable.db") as server:
            server.start()
            one, bare = self.one_writer(server, 500, 3 if self.options.quick else 12)
            manies, syncs = [], []
            for turn in range(self.options.repeat):
                before = metric(server, "tenon_store_syncs_total")
                many = self.load(server, 64, [registration("many-%d-%d" % (turn, i), kilobyte("Many%d_%d" % (turn, i)))
                                              for i in range(n_many)])
                manies.append(many["per_s"])
                syncs.append((metric(server, "tenon_store_syncs_total") - before) / n_many)
            self.row("one writer: time of a registration beside a bare commit", one, bare, 1.5, "%.0f µs, bare %.0f")
            rate = statistics.median(manies)
            self.row("64 writers: rate beside one writer's", rate, 1e6 / one, 3, "%.0f /s, one %.0f", rate >= 3e6 / one)
            self.row("64 writers: fsyncs of a registration (counted by Tenon)", statistics.median(syncs), None, 0.2, "%.3f",
                     statistics.median(syncs) <= 0.2)
            self.strace(server, n_many // 4)
            assert server.stop() == 0

    def one_writer(self, server, n, turns):
        """Microseconds of a registration and of a bare commit, in short turns: the disk has its moods."""
        ones, bares = [], []
        for turn in range(turns):
            command = [str(self.build / "bare_sqlite"), str(self.folder / "bare.db"), str(n), "1000"]
            bares.append(float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
            result = self.load(server, 1, [registration("one-%d-%d" % (turn, i), kilobyte("One%d_%d" % (turn, i)))
                                           for i in range(n)])
            ones.append(result["seconds"] / n * 1e6)
        return statistics.median(ones), statistics.median(bares)

    def strace(self, server, n):
        """Whether Tenon counts its fsyncs right (tracing slows it, so nothing else is read off this run)."""
        output = self.folder / "strace"
        if not shutil.which("strace"):
            print("no strace here: fsyncs are not cross-checked")
            return
        tracer = subprocess.Popen(["strace", "-f", "-c", "-e", "trace=fsync,fdatasync,sync_file_range", "-p", str(server.pid), "-o", str(output)],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        first = tracer.stderr.readline()
        if "attached" not in first:
            tracer.wait(10)
            print("strace cannot attach here: fsyncs are not cross-checked (%s)" % first.strip())
            return
        before = metric(server, "tenon_store_syncs_total")
        self.load(server, 64, [registration("traced-%d" % i, kilobyte("Traced%d" % i)) for i in range(n)])
        counted = metric(server, "tenon_store_syncs_total") - before
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        seen = sum(int(line.split()[3]) for line in output.read_text().splitlines()
                   if line.split() and line.split()[-1] in ("fsync", "fdatasync", "sync_file_range"))
        self.row("fsyncs seen by strace beside those counted by Tenon", seen, max(counted, 1), 1.02, "%.0f, counted %.0f",
                 abs(seen - counted) <= counted * 0.02 + 2)

    # ---- many schemas

    def filled(self, name, n):
        server = self.server(name).start()
        started = time.monotonic()
        for start in range(0, n, 50000):
            part = range(start, min(n, start + 50000))
            self.load(server, 256, [registration("s-%d" % i, kilobyte("Large%d" % i)) for i in part])
        print("%d schemas of 1 KB registered in %.1f s" % (n, time.monotonic() - started), flush=True)
        assert server.stop() == 0
        return server

    def time_to_ready(self, server):
        """Milliseconds from the start of the process to the first 200 of /health/ready."""
        started = time.monotonic()
        server.spawn()
        while not server.is_ready():
            assert server.process.poll() is None, server.log_text()[-500:]
            time.sleep(0.001)
        return (time.monotonic() - started) * 1e3

    def large(self):
        n = 10000 if self.options.quick else 100000
        draws = 1000 if self.options.quick else 4000
        label = "{:,} schemas of 1 KB: ".format(n)
        with self.filled("small.db", 100) as small, self.filled("large.db", n) as large:
            times = [(self.time_to_ready(large), large.stop())[0] for _ in range(max(3, self.options.repeat))]
            self.row(label + "ready after a clean stop", statistics.median(times), None, 150, "%.0f ms", statistics.median(times) < 150)
            large.start()
            small.start()
            self.row(label + "resident memory, started", resident_mb(large.pid), None, 64, "%.1f MB", resident_mb(large.pid) < 64)
            every = write_requests(self.folder / "every", [render("GET", "/schemas/ids/%d" % (i + 1)) for i in range(n)])
            hot = write_requests(self.folder / "hot", [render("GET", "/schemas/ids/%d" % (i + 1)) for i in range(100)])
            for server, file in ((small, hot), (large, every), (large, hot)):
                self.load(server, 16, file)
            self.latency(label, small, large, every, hot, draws)
            self.row(label + "resident memory, all asked for", resident_mb(large.pid), None, 64, "%.1f MB", resident_mb(large.pid) < 64)
            assert large.stop() == 0 and small.stop() == 0

    # ---- the client library

    def client(self):
        """serdes_bench measures the two in turns itself; the middle of the turns' ratios counts."""
        with self.server("client.db") as server:
            server.start()
            done = subprocess.run([str(self.build / "serdes_bench")], stdout=subprocess.PIPE, check=True, timeout=600,
                                  env=dict(os.environ, TENON_URL=server.url))
            cache = json.loads(subprocess.run([str(self.build / "cache_bench")], stdout=subprocess.PIPE, check=True, timeout=600,
                                              env=dict(os.environ, TENON_URL=server.url)).stdout)
            assert server.stop() == 0
        for name, target, what in (("one", 50, "always the same"), ("many", 50, "1000 in turn"), ("shared", 200, "the same by two threads")):
            self.row("libtenon: a cached id looked up, %s" % what, cache[name], None, target, "%.0f ns", cache[name] < target)
        result = json.loads(done.stdout)
        for name, target, what in (("encode", 1.05, "libtenon: a message of %d bytes written"),
                                   ("decode", 1.05, "libtenon: a message of %d bytes read"),
                                   ("resolve", 1.0, "libtenon: a message of %d bytes read as another schema")):
            one = result[name]
            self.row(what % result["bytes"] + ", beside avro-c", one["tenon_ns"], one["bare_ns"], target, "%.0f ns, avro-c %.0f ns",
                     one["ratio"] <= target)
            self.row(what % result["bytes"] + ": allocations", one["tenon_allocations"], None, one["bare_allocations"], "%d",
                     one["tenon_allocations"] <= one["bare_allocations"])

    def latency(self, label, small, large, every, hot, draws):
        """
        By id, one request at a time, in many short turns: the same 100 ids on both, and all ids on the large one.
        Servers and client have a processor of their own each, or the scheduler's moods are all one sees.
        """
        processors = sorted(os.sched_getaffinity(0))
        for server in (small, large):
            for task in os.listdir("/proc/%d/task" % server.pid):
                os.sched_setaffinity(int(task), {processors[0]})
        results = {"small": [], "hot": [], "every": []}
        for _ in range(5 * self.options.repeat):
            for name, server, file in (("small", small, hot), ("hot", large, hot), ("every", large, every)):
                results[name].append(self.load(server, 1, file, draws, processors[-1]))
        middle = {name: {p: statistics.median(r[p] for r in runs) for p in ("p50_us", "p99_us")} for name, runs in results.items()}
        for name, what in (("hot", "the same 100 ids"), ("every", "every id as likely")):
            for p in ("p50_us", "p99_us"):
                self.row(label + "by id, %s, %s" % (p[:3], what), middle[name][p], middle["small"][p], 1.1, "%.1f µs, with 100 %.1f")


def table(rows):
    print("\n| number | value | ratio | target | verdict |\n|---|---|---|---|---|")
    for name, text, ratio, target, good in rows:
        print("| %s | %s | %s | %s | %s |" % (name, text, "%.2f" % ratio if ratio else "–", target, "met" if good else "**missed**"))
    print("\n%d met, %d missed" % (sum(r[4] for r in rows), sum(not r[4] for r in rows)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), help="folder of tenon, bare_mhd, bare_sqlite and load")
    parser.add_argument("--tenon", help="the binary, when it is elsewhere")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: shows that it works, measures little")
    parser.add_argument("--enforce", action="store_true", help="exit status 1 when a target is missed")
    parser.add_argument("--only", default="cpu,durable,large,client")
    parser.add_argument("--dir", help="where the files live: the disk that is measured (default: the temporary folder)")
    parser.add_argument("--repeat", type=int, default=5, help="turns of each measurement")
    parser.add_argument("--seconds", type=int, default=3, help="of one wrk run")
    parser.add_argument("--json", help="writes the rows to this file")
    options = parser.parse_args()
    if options.quick:
        options.repeat, options.seconds = min(options.repeat, 1), 1

    started, (busy, own) = time.monotonic(), busy_seconds()
    with tempfile.TemporaryDirectory(prefix="tenon-bench-", dir=options.dir) as folder:
        bench = Bench(options, folder)
        for part in options.only.split(","):
            {"cpu": bench.cpu, "durable": bench.durable, "large": bench.large, "client": bench.client}[part]()
    table(bench.rows)
    now_busy, now_own = busy_seconds()
    others = max(0, now_busy - busy - (now_own - own)) / (time.monotonic() - started)
    print("%.0f s on %d processors, of which other programs kept %.2f busy%s" % (
        time.monotonic() - started, os.cpu_count(), others, ": not a quiet run" if others > 0.25 else ""))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(
            [dict(zip(("name", "value", "ratio", "target", "met"), row)) for row in bench.rows], indent=1))
    sys.exit(1 if options.enforce and not all(row[4] for row in bench.rows) else 0)


if __name__ == "__main__":
    main()
