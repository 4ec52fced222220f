#!/usr/bin/env python3
"""
Schemathesis against a server with an empty store: requests made from api-spec/openapi.yaml, well-formed and not.

    run.py [--tenon BINARY] [--seed N] [--examples N] [--only REGEX]

No request may be answered with 5xx, nor with a status, media type, header or body that openapi.yaml does not
describe, and one that is as described may not be called malformed.  The same seed makes the same requests.  Needs tests/requirements.txt; best with a binary with sanitizers.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "api")]

from contract import Contract
from support.server import Server, add_binary_argument
from support.tally import Tally

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "unsupported_method", "allow_header_conformance", "positive_data_acceptance"]
PHASES = ["examples", "coverage", "fuzzing", "stateful"]
TIME_LIMIT = 900  # seconds; a server that hangs must not hang the tests

# Operations that this server always refuses: they need a key management service.
NEVER = {"testKek"}


def run_schemathesis(server, options, folder):
    """Its exit status; report.xml and seen.json are in the folder then."""
    command = [str(pathlib.Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml"),
               "run", str(ROOT / "api-spec" / "openapi.yaml"), "--url", server.url, "--no-color", "--warnings", "off",
               "--workers", "1", "--seed", str(options.seed), "--max-examples", str(options.examples), "--mode", "all",
               "--checks", ",".join(CHECKS), "--phases", ",".join(PHASES), "--continue-on-failure",
               "--report", "junit", "--report-junit-path", str(folder / "report.xml")]
    if options.only:
        command += ["--include-operation-id-regex", options.only]
    environment = dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=str(HERE), TENON_SEEN=str(folder / "seen.json"),
                       PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0")
    with open(folder / "output.txt", "wb") as output:
        return subprocess.run(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
                              timeout=TIME_LIMIT).returncode


def check_report(path, tally):
    """One fact for each operation, and one for the sequences of operations."""
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        problems = [p for kind in ("failure", "error") for p in case.iter(kind)]
        tally.check(case.get("name"), not problems,
                    "\n".join((p.get("message") or "") + "\n" + (p.text or "") for p in problems))


def check_seen(seen, options, tally):
    """The checks are worth something only where requests got through."""
    contract = Contract((ROOT / "api-spec" / "openapi.yaml").read_text(encoding="utf-8"))
    tally.check("everything could be prepared", not seen["faults"], "\n".join(seen["faults"][:5]))
    for operation in contract.operations:
        statuses = seen["statuses"].get(str(operation), {})
        if not options.only:
            tally.check("%s was asked" % operation, statuses)
            tally.check("%s succeeded" % operation, operation.id in NEVER or any(s < "300" for s in statuses), statuses)
    return sum(sum(statuses.values()) for statuses in seen["statuses"].values())


def run(options, folder, tally):
    server = Server(options.tenon, folder / "tenon.db")
    with server:
        server.start()
        status = run_schemathesis(server, options, folder)
        good = tally.check("the server ends well", server.process.poll() is None and server.stop() == 0,
                           "status %s\n%s" % (server.process.returncode, server.log_text()[-6000:]))
    if not tally.check("schemathesis ran to its end", status in (0, 1) and (folder / "report.xml").exists(),
                       "status %s\n%s" % (status, (folder / "output.txt").read_text(errors="replace")[-3000:])):
        return
    before = len(tally.failed)
    check_report(folder / "report.xml", tally)
    tally.check("its exit status agrees", status == 0 or len(tally.failed) > before or not good, status)
    total = check_seen(json.loads((folder / "seen.json").read_text(encoding="utf-8")), options, tally)
    print("%d requests; --seed %d makes the same" % (total, options.seed))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_binary_argument(parser)
    parser.add_argument("--seed", type=int, default=1, help="makes the requests (default: 1)")
    parser.add_argument("--examples", type=int, default=20, metavar="N", help="made-up cases for an operation (default: 20)")
    parser.add_argument("--only", default="", metavar="REGEX", help="only operations whose operationId matches")
    options = parser.parse_args()
    print("seed %d" % options.seed, flush=True)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="tenon-schemathesis-") as folder:
        run(options, pathlib.Path(folder), tally)
    tally.finish()


if __name__ == "__main__":
    main()
