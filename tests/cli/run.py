#!/usr/bin/env python3
"""The command line: help, versions, where a setting comes from and which source wins, and what is refused.

    run.py [--tenon BINARY]
"""
import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import agreement
import bases
import checking
import commands
import decoding
import gates
import scope
import speed
from support.http import Connection
from support.server import ROOT, Server, add_binary_argument
from support.tally import Tally

ROWS = re.findall(r'^O\((\w+), (\w+), "([^"]*)"', (ROOT / "client/cli/options.def").read_text(), re.M)


def run(binary, *arguments, environment=None, cwd=None):
    done = subprocess.run([binary, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
                          cwd=cwd, env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout, done.stderr


def check_help(tally, binary):
    status, out, _ = run(binary, "serve", "--help")
    tally.check("serve --help ends with 0", status == 0, status)
    for name, _, standard in ROWS:
        line = next((l for l in out.splitlines() if l.strip().startswith("--%s " % name.replace("_", "-"))), "")
        tally.check("help names --%s with its default" % name, "(default %s)" % standard in line, line)
    status, out, _ = run(binary, "--help")
    tally.check("--help lists the commands", status == 0 and "serve" in out and "version" in out, out)
    version = re.search(r"project\(tenon VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    for words in (("version",), ("--version",)):
        status, out, _ = run(binary, *words)
        tally.check("tenon %s" % words[0], (status, out) == (0, "tenon %s\n" % version), out)


REFUSED = [
    (("nosuch",), {}, "no command \"nosuch\""),
    (("serve", "--nosuch", "1"), {}, "--nosuch: no such flag"),
    (("serve", "db"), {}, "db: no such flag"),
    (("serve", "--db"), {}, "--db: the value is missing"),
    (("serve", "--listen", "localhost"), {}, "--listen: \"localhost\" is not a valid value"),
    (("serve", "--listen", "127.0.0.1:70000"), {}, "--listen"),
    (("serve", "--level", "SIDEWAYS"), {}, "--level: \"SIDEWAYS\""),
    (("serve", "--max-body", "-1"), {}, "--max-body: \"-1\""),
    (("serve", "--max-body", "9999999999G"), {}, "--max-body"),
    (("serve", "--access-log=maybe",), {}, "--access-log: \"maybe\""),
    (("serve",), {"TENON_THREADS": "many"}, "TENON_THREADS: \"many\""),
    (("serve", "--config", "/nonexistent/tenon.conf"), {}, "/nonexistent/tenon.conf: No such file"),
]


def check_refused(tally, binary):
    for words, environment, wanted in REFUSED:
        status, _, err = run(binary, *words, environment=environment)
        tally.check("refused: %s %s" % (" ".join(words), environment or ""), status == 2 and wanted in err, (status, err))


def check_file(tally, binary, folder):
    path = folder / "tenon.conf"
    for text, wanted in [("level\n", "tenon.conf:1: expected \"name = value\""),
                         ("# fine\n\nnosuch = 1\n", "tenon.conf:3: \"nosuch\" is no configuration"),
                         ("level = UP # no\n", "tenon.conf:1: \"UP\" is not a valid value")]:
        path.write_text(text)
        status, _, err = run(binary, "serve", "--config", str(path))
        tally.check("file: %r is refused" % text, status == 2 and wanted in err, (status, err))


def level_of(server):
    with Connection("127.0.0.1", server.port) as connection:
        return connection.request("GET", "/config").json["compatibilityLevel"]


def check_precedence(tally, binary, folder):
    """Flag before environment before file before default."""
    path = folder / "good.conf"
    path.write_text("# a comment\nlevel = FULL   # behind a value\n")
    saved = dict(os.environ)
    for name, arguments, environment, wanted in [
            ("default", [], {}, "BACKWARD"),
            ("file", ["--config", str(path)], {}, "FULL"),
            ("file named by the environment", [], {"TENON_CONFIG": str(path)}, "FULL"),
            ("environment over file", ["--config", str(path)], {"TENON_LEVEL": "forward"}, "FORWARD"),
            ("flag over environment", ["--config", str(path), "--level=none"], {"TENON_LEVEL": "FORWARD"}, "NONE")]:
        os.environ.update(environment)
        server = Server(binary, folder / (name.replace(" ", "-") + ".db"), arguments=arguments)
        try:
            server.start()
            tally.check("level from %s" % name, level_of(server) == wanted, level_of(server))
        finally:
            server.kill()
            os.environ.clear()
            os.environ.update(saved)


def check_defaults(tally, binary, folder):
    """`tenon serve` with nothing at all: port 8081 and ./tenon.db; skipped where somebody has the port."""
    process = subprocess.Popen([binary, "serve"], cwd=folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    first = process.stderr.readline()
    if "cannot start" in first and "8081" in first:
        print("skipped: port 8081 is taken")
        process.wait(10)
        return
    process.send_signal(signal.SIGTERM)
    rest = process.communicate(timeout=20)[1]
    tally.check("serves on 127.0.0.1:8081 by default", "8081" in first and "listening" in first, first)
    tally.check("keeps ./tenon.db by default", (folder / "tenon.db").exists())
    tally.check("ends with 0 on SIGTERM", process.returncode == 0 and "stopped" in rest, rest)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_binary_argument(parser)
    binary = str(pathlib.Path(parser.parse_args().tenon).resolve())
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_help(tally, binary)
        check_refused(tally, binary)
        check_file(tally, binary, folder)
        check_precedence(tally, binary, folder)
        check_defaults(tally, binary, folder)
        for part in (checking, bases, scope, commands, decoding, gates, agreement, speed):
            part.check_all(tally, binary, folder)
    tally.finish()


if __name__ == "__main__":
    main()
