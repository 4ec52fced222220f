#!/usr/bin/env python3
"""Real client libraries against a real Tenon: each suite gets a fresh server and asserts what the client was told.

Usage: tests/clients/run.py [--tenon BINARY] [--list] [SUITE...]

A suite is a program in the client's own language; it is given the server's address in TENON_URL, prints one line
for each case and closes with "N passed, N failed".  Two more facts are counted here for each: the server answered no
request with a 5xx, and it stopped cleanly.  What is fetched and built goes to build/clients/SUITE and is pinned
by the suite's lock file.  A suite whose toolchain is not on the machine, or is too old, is skipped with a line that says so.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support.server import ROOT, NotReady, Server, add_binary_argument
from support.tally import Skipped, Tally

BUILD = ROOT / "build" / "clients"
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
SERVER_ERROR = re.compile(r"\bstatus=5\d\d\b")
RUN_SECONDS = 300
PREPARE_SECONDS = 1800


class Failure(Exception):
    """A suite could not be prepared, or did not run to its end."""


def find_tool(name, command, least):
    """The tool's path; Skipped when it is missing or older than `least`."""
    path = shutil.which(name)
    wanted = "%s %s or newer" % (name, ".".join(map(str, least)))
    if path is None:
        raise Skipped("needs %s, which is not on this machine" % wanted)
    said = subprocess.run([path, command], capture_output=True, text=True, timeout=60).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or tuple(map(int, found.groups())) < least:
        raise Skipped("needs %s; this machine has %s" % (wanted, said.strip() or "one that does not run"))
    return path


def run_tool(what, command, **options):
    """Runs one step of a preparation; its output is shown only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PREPARE_SECONDS, **options)
    if done.returncode:
        raise Failure("%s failed with status %d:\n%s" % (what, done.returncode, done.stdout[-4000:]))


def is_fresh(stamp, *sources):
    """Whether `stamp` holds the very bytes of `sources`, which were prepared then."""
    return stamp.exists() and stamp.read_bytes() == b"".join(s.read_bytes() for s in sources)


def set_stamp(stamp, *sources):
    stamp.write_bytes(b"".join(s.read_bytes() for s in sources))


def prepare_python(folder):
    """A virtual environment with confluent-kafka and what its serializers and rules need."""
    python = find_tool("python3", "--version", (3, 11))
    lock, stamp = HERE / "python" / "requirements.txt", folder / "requirements.stamp"
    if not is_fresh(stamp, lock):
        shutil.rmtree(folder, ignore_errors=True)
        run_tool("making the virtual environment", [python, "-m", "venv", str(folder)])
        run_tool("pip install", [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check",
                                 "--require-hashes", "-r", str(lock)])
        set_stamp(stamp, lock)
    return [str(folder / "bin" / "python"), str(HERE / "python" / "suite.py")], {}


def prepare_libtenon(folder):
    """Our own client library beside the Python suite's: a program of the dev build, in its environment."""
    program = ROOT / "build" / "dev" / "libtenon_driver"
    if not program.exists():
        raise Skipped("needs build/dev/libtenon_driver, which ./dev build makes with the dev preset")
    python = prepare_python(BUILD / "python")[0][0]
    return [python, str(HERE / "libtenon" / "suite.py")], {"TENON_DRIVER": str(program)}


def prepare_node(folder):
    """The two Node clients; the suite's own modules stay where they are and find them by NODE_PATH."""
    node, npm = find_tool("node", "--version", (20, 0)), find_tool("npm", "--version", (9, 0))
    sources, stamp = [HERE / "node" / n for n in ("package.json", "package-lock.json")], folder / "lock.stamp"
    if not is_fresh(stamp, *sources):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for source in sources:
            shutil.copy(source, folder)
        run_tool("npm ci", [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev"], cwd=folder,
                 env=dict(os.environ, npm_config_cache=str(BUILD / "npm-cache"), npm_config_update_notifier="false"))
        set_stamp(stamp, *sources)
    return [node, str(HERE / "node" / "suite.js")], {"NODE_PATH": str(folder / "node_modules")}


def prepare_go(folder):
    go = find_tool("go", "version", (1, 24))
    folder.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ, GOPATH=str(folder / "path"), GOCACHE=str(folder / "cache"), GOTOOLCHAIN="local",
                       GOFLAGS="-mod=readonly -modcacherw -buildvcs=false", GOWORK="off")
    run_tool("go build", [go, "build", "-o", str(folder / "suite"), "."], cwd=HERE / "go", env=environment)
    return [str(folder / "suite")], {}


def prepare_rust(folder):
    cargo = find_tool("cargo", "--version", (1, 89))
    folder.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ, CARGO_HOME=str(folder / "home"), CARGO_TARGET_DIR=str(folder / "target"))
    run_tool("cargo build", [cargo, "build", "--locked", "--quiet"], cwd=HERE / "rust", env=environment)
    return [str(folder / "target" / "debug" / "suite")], {}


SUITES = {"python": prepare_python, "libtenon": prepare_libtenon, "node": prepare_node, "go": prepare_go, "rust": prepare_rust}


def run_suite(tally, name, tenon):
    started = time.monotonic()
    command, more = SUITES[name](BUILD / name)
    prepared = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tenon-clients-") as folder, Server(tenon, folder + "/tenon.db") as server:
        server.start()
        counts = watch(command, dict(os.environ, TENON_URL=server.url, **more))
        print("%s: prepared in %.1f s, ran for %.1f s" % (name, prepared - started, time.monotonic() - prepared), flush=True)
        if counts is None:
            raise Failure("the suite did not run to its end")
        passed, failed, skipped = counts
        tally.passed += passed
        tally.failed += ["%s, one of its cases" % name] * failed
        tally.skipped += ["%s, one of its cases" % name] * skipped
        tally.check("%s: the suite ran cases" % name, passed + failed > 0)
        errors = [line for line in server.log_text().splitlines() if SERVER_ERROR.search(line)]
        tally.check("%s: the server answered no request with a 5xx" % name, not errors, errors[:5])
        tally.check("%s: the server stopped cleanly" % name, server.stop() == 0, server.log_text()[-500:])


def watch(command, environment):
    """Runs a suite, shows its lines, and returns the counts of its closing line; None when there was none in time."""
    counts = None
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, errors="replace", env=environment)
    watchdog = threading.Timer(RUN_SECONDS, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            found = CLOSING.match(line)
            if found:
                counts = tuple(int(n or 0) for n in found.groups())
            else:
                print(line, end="", flush=True)
        status = process.wait()
    finally:
        watchdog.cancel()
        process.kill()
    agrees = counts is not None and (status == 0) == (counts[1] == 0 and counts[0] > 0)
    return counts if agrees else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_binary_argument(parser)
    parser.add_argument("--list", action="store_true", help="name the suites and end")
    parser.add_argument("suites", metavar="SUITE", nargs="*", help="which to run (default: all)")
    options = parser.parse_args()
    if options.list:
        print(" ".join(SUITES))
        return
    unknown = [name for name in options.suites if name not in SUITES]
    if unknown:
        parser.error("no suite is called %s; there are %s" % (", ".join(unknown), ", ".join(SUITES)))
    tally = Tally()
    for name in options.suites or SUITES:
        print("-- %s" % name, flush=True)
        try:
            run_suite(tally, name, options.tenon)
        except Skipped as reason:
            tally.skipped.append(name)
            print("skipped %s: %s" % (name, reason), flush=True)
        except (Failure, NotReady, OSError, subprocess.TimeoutExpired) as failure:
            tally.check(name, False, failure)
    tally.finish()


if __name__ == "__main__":
    main()
