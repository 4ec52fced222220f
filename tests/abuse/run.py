#!/usr/bin/env python3
"""Abuses the server from outside: after everything it answers right, and has lost and gained nothing.

    run.py [--tenon BINARY] [--only REGEX]

One case is one function of bodies.py, wire.py or files.py; each ends with the questions of target.py:
does the server live, is it ready, does it know exactly what it knew?
"""
import argparse
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import bodies
import files
import wire
from support.server import Server, add_binary_argument, raise_open_files
from support.tally import Skipped, Tally
from target import Target

ABUSED = ["--max-body", str(bodies.MAX_BODY), "--request-timeout", str(wire.REQUEST_TIMEOUT)]
ROOMY = ["--max-body", "64M", "--max-schema", "32M", "--max-uri", "128K"]


def on_one_server(tally, wanted, binary, db, arguments, cases):
    """Runs cases one after the other on one server, which is started anew when a case has broken it."""
    cases = [case for case in cases if wanted(case)]
    if not cases:
        return
    with Server(binary, db, arguments=arguments) as server:
        target = None
        for case in cases:
            if target is None:
                server.kill()
                server.remove_db()
                target = Target(server.start()).prepare()
            if not tally.case(case.__name__, case, target):
                target = None
        if target is not None:
            tally.case("stop", lambda: check_stop(server))


def check_stop(server):
    status = server.stop()
    assert status == 0, "status %d: %s" % (status, server.log_text()[-500:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_binary_argument(parser)
    parser.add_argument("--only", default="", metavar="REGEX", help="only cases whose name it matches")
    options = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")

    def wanted(case):
        return re.search(options.only, case.__name__)

    def enough_files(case):
        """5,000 connections need as many files, here and there."""
        def run(target):
            if raise_open_files() < wire.IDLE + 500:
                raise Skipped("fewer than %d files may be open here" % (wire.IDLE + 500))
            case(target)
        run.__name__ = case.__name__
        return run

    raise_open_files()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="tenon-abuse-") as folder:
        shared = bodies.CASES + [enough_files(c) if c is wire.idle_connections else c for c in wire.CASES]
        on_one_server(tally, wanted, options.tenon, folder + "/abused.db", ABUSED, shared)
        on_one_server(tally, wanted, options.tenon, folder + "/roomy.db", ROOMY, bodies.ROOMY_CASES + wire.ROOMY_CASES)
        for case in filter(wanted, [wire.idle_timeout] + files.CASES):
            with tempfile.TemporaryDirectory(prefix=case.__name__, dir=folder) as own:
                tally.case(case.__name__, case, options.tenon, own)
    tally.finish()


if __name__ == "__main__":
    main()
