#!/usr/bin/env python3
"""The client library against a real Tenon, and against servers that misbehave.

    run.py [--tenon BINARY] [--programs FOLDER]

The programs are those that the dev preset builds out of tests/client/*_test.c; each test of theirs counts.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

from client import fake
from support.server import ROOT, Server, add_binary_argument
from support.tally import Tally


def run_program(tally, folder, name, environment, timeout=300):
    """Runs a cmocka program; each of its tests is one of ours."""
    path = folder / ("client_program_%s" % name)
    done = subprocess.run([str(path)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, errors="replace",
                          env={**os.environ, **environment}, check=False)
    output = done.stdout + done.stderr
    good = re.findall(r"^\[       OK \] (\S+)", output, re.M)
    bad = re.findall(r"^\[  FAILED  \] (test_\w+)$", output, re.M)
    for test in good:
        tally.check("%s: %s" % (name, test), True)
    for test in sorted(set(bad)):
        tally.check("%s: %s" % (name, test), False)
    clean = done.returncode == 0 and good and not bad
    tally.check("%s ends well" % name, clean, "status %d\n%s" % (done.returncode, output[-6000:]))


def run_against_tenon(tally, binary, programs, names):
    for name in names:
        with tempfile.TemporaryDirectory(prefix="tenon-client-") as folder:
            with Server(binary, pathlib.Path(folder) / "tenon.db").start() as server:
                run_program(tally, programs, name, {"TENON_URL": server.url})


def run_against_fake(tally, programs):
    with fake.Server() as server, fake.Server() as other:
        environment = {"TENON_URL": server.url, "TENON_OTHER_PORT": str(other.port), "no_proxy": "127.0.0.1"}
        run_program(tally, programs, "fake_test", environment)


def main():
    parser = argparse.ArgumentParser(description="Tests the client library.")
    add_binary_argument(parser)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build" / "dev")
    arguments = parser.parse_args()
    tally = Tally()
    run_against_tenon(tally, arguments.tenon, arguments.programs, ["registry_test", "memory_test", "serdes_test"])
    run_against_fake(tally, arguments.programs)
    tally.finish()


if __name__ == "__main__":
    main()
