#!/usr/bin/env python3
"""
The contract tests: every answer of the server is held against api-spec/openapi.yaml.

    run.py [--only REGEX] BINARY

Scenarios are the text files of scenarios/ and the functions of protocol.py and service.py; each starts a
server of its own with an empty store.  At the end the route table and openapi.yaml must list the same
operations, and every operation, query parameter, member and error_code of openapi.yaml and every row of
base/err.def must have been provoked.  Needs tests/requirements.txt.
"""
import argparse
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent), str(HERE)]

import errors
import explaining
import insight
import judge_test
import protocol
import scenario
import service
from contract import Contract
from support.server import Server
from support.tally import Tally

ROW = re.compile(r'^\t\{ (GET|POST|PUT|DELETE),\s+"([^"]+)",\s+\w+,\s+\w+,\s+(NULL|"\w+"),\s+[\w| ]+ \},$', re.M)

# error_code values that no request provokes at will; errors.py says where each row is tested.
NOT_AT_WILL = {500, 50001, 50002}

# Operations that this server always refuses: they need a key management service.
NEVER = {"testKek"}


def read_routes(path):
    """[(method, path, name of the operation or None)] of the route table; each of its lines must be a row."""
    text = path.read_text(encoding="utf-8")
    rows = [(method, target, None if body == "NULL" else body.strip('"')) for method, target, body in ROW.findall(text)]
    assert rows and len(rows) == len(re.findall(r"^\t\{", text, re.M)), "a row of %s cannot be read" % path
    return rows


def check_table(contract, tally):
    rows = read_routes(ROOT / "server" / "api" / "routes.c")
    described = [(o.method, o.path) for o in contract.operations]
    tally.check("routes.c and openapi.yaml list the same operations", {r[:2] for r in rows} == set(described),
                sorted({r[:2] for r in rows} ^ set(described)))
    tally.check("in the same order", [r[:2] for r in rows] == described)
    for method, path, name in rows:
        operation = next((o for o in contract.operations if (o.method, o.path) == (method, path)), None)
        if operation:
            tally.check("%s: body and operationId" % operation,
                        (name is None) == (operation.body is None) and name in (None, operation.id), name)


def check_document(contract, tally):
    faults = list(contract.faults())
    tally.check("openapi.yaml is sound", not faults, "\n  ".join(faults))


def check_coverage(contract, tally):
    for operation in contract.operations:
        if operation.id not in NEVER:
            tally.check("%s succeeded" % operation, operation.id in contract.succeeded)
        for name in sorted(operation.query):
            tally.check("%s succeeded with %s" % (operation, name), (operation.id, name) in contract.queried)
        for name in sorted(contract.body_members(operation)):
            tally.check("%s was sent %s" % (operation, name), (operation.id, name) in contract.sent)
        for name in sorted(contract.answer_members(operation)):
            tally.check("%s answered %s" % (operation, name), operation.id in NEVER or
                        (operation.id, name) in contract.answered)
        for code in sorted({code for codes in operation.codes.values() for code in codes} - NOT_AT_WILL):
            tally.check("%s failed with %d" % (operation, code), (operation.id, code) in contract.failed)


class Run:
    """Starts servers for the scenarios and sees to it that they end well."""

    def __init__(self, binary, folder, contract, tally):
        self.binary, self.folder, self.contract, self.tally = binary, pathlib.Path(folder), contract, tally

    def with_server(self, name, arguments, function):
        server = Server(self.binary, self.folder / (name + ".db"), arguments=arguments)
        try:
            with server:
                server.start()
                function(server, self.contract, self.tally)
                status = server.stop()
            self.tally.check("%s: the server ends well" % name, status == 0,
                             "status %s\n%s" % (status, server.log_text()[-3000:]))
        except Exception as fault:
            self.tally.check(name, False, "%s: %s\n%s" % (type(fault).__name__, fault, server.log_text()[-3000:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="REGEX", help="only scenarios whose name matches; no coverage is demanded")
    parser.add_argument("binary")
    options = parser.parse_args()
    tally = Tally(verbose=False)
    contract = Contract((ROOT / "api-spec" / "openapi.yaml").read_text(encoding="utf-8"))
    judge_test.run(Contract(contract.text), tally)
    check_document(contract, tally)
    check_table(contract, tally)
    with tempfile.TemporaryDirectory(prefix="tenon-contract-") as folder:
        run = Run(options.binary, folder, contract, tally)
        for path in sorted((HERE / "scenarios").glob("*.http")):
            if re.search(options.only, path.stem):
                one = scenario.Scenario(path)
                run.with_server(one.name, one.arguments, lambda *a, one=one: scenario.run(one, *a))
        for name, arguments, function in protocol.SCENARIOS + service.SCENARIOS + insight.SCENARIOS + explaining.SCENARIOS:
            if re.search(options.only, name):
                run.with_server(name, arguments, function)
    if not options.only:
        check_coverage(contract, tally)
        errors.check_rows(ROOT, contract.errors, tally)
    tally.finish()


if __name__ == "__main__":
    main()
