#!/usr/bin/env python3
"""Replays the recorded transcripts against the binary, each scenario with the messages compared to the letter.

    run.py [--tenon BINARY] [--only REGEX] [-v] [AREA...]

later.txt names the scenarios that need something that is not there yet; one of them that passes is a
failure too, so that the list can only shrink.  loose.txt names those whose messages may differ from the
reference's, with the reason; the rest of such a scenario is compared as strictly as the others, and one
that has come to agree must be taken off the list.
"""
import argparse
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import replay
from support.server import Server, add_binary_argument
from support.tally import Tally

AREAS = "register lookup byid schemas delete refs compat config mode contexts metadata json proto errors misc".split()


class BothWays:
    """Compares each step strictly, and remembers which differences are more than the wording of a message."""

    def __init__(self):
        options = argparse.Namespace(ignore_content_type=False, ignore_keys="", unordered_lists=False,
                                     strict_500=False, strict_messages=True)
        self.strict = replay.Comparer(options)
        options.strict_messages = False
        self.loose = replay.Comparer(options)
        self.only_wording = True

    def response(self, expect, actual):
        self.only_wording = self.only_wording and not self.loose.response(expect, actual)
        return self.strict.response(expect, actual)


def read_list(name):
    """`area/name  reason` per line; # starts a comment."""
    listed = {}
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line:
            scenario, _, reason = line.partition(" ")
            assert reason.strip(), "%s: no reason for %s" % (name, scenario)
            listed[scenario] = reason.strip()
    return listed


def show(failures, verbose):
    for index, step, differences in failures if verbose else failures[:2]:
        print("  step %d  %s %s" % (index + 1, step["method"], replay.short(step["path"], 150)))
        if step.get("body"):
            print("      body %s" % replay.short(step["body"], 400 if verbose else 150))
        for line in differences[:None if verbose else 3]:
            print("      " + line)
    if not verbose and len(failures) > 2:
        print("  ... and %d more steps (-v shows them)" % (len(failures) - 2))


class Run:
    def __init__(self, server, tally, verbose):
        self.server, self.tally, self.verbose = server, tally, verbose
        self.later, self.loose = read_list("later.txt"), read_list("loose.txt")
        self.client = None
        self.dirty = self.used = True

    def fresh(self):
        if self.client:
            self.client.close()
        self.server.stop()
        self.server.remove_db()
        self.server.start()
        self.client = replay.Client(self.server.url, 30)
        self.dirty = self.used = False

    def scenario(self, scenario):
        name = "%s/%s" % (scenario["area"], scenario["name"])
        if self.dirty or self.server.process.poll() is not None or (scenario.get("needs_empty") and self.used):
            self.fresh()
        comparer = BothWays()
        failures = replay.run_scenario(self.client, scenario, replay.RECORDED_RUN, comparer, False)
        self.used = True
        if self.server.process.poll() is not None:
            self.tally.check(name, False, "the server died with status %d" % self.server.process.returncode)
        silent = any(d.startswith("no response") for _, _, differences in failures for d in differences)
        self.dirty = silent or bool(scenario.get("needs_empty")) or (bool(scenario.get("global")) and bool(failures))
        self.judge(name, scenario, failures, comparer.only_wording and not silent)

    def judge(self, name, scenario, failures, only_wording):
        if name in self.later:
            self.tally.check(name, failures, "passes although later.txt lists it: take it off")
        elif name in self.loose:
            self.tally.check(name, failures, "agrees to the letter although loose.txt lists it: take it off")
            if failures and not self.tally.check(name, only_wording, "differs in more than wording"):
                show(failures, self.verbose)
        elif not self.tally.check(name, not failures, "%d of %d steps differ%s: %s" % (
                len(failures), len(scenario["steps"]), " in wording only" if only_wording else "", scenario["about"])):
            show(failures, self.verbose)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_binary_argument(parser)
    parser.add_argument("--only", default="", metavar="REGEX", help="only scenarios whose area/name it matches")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("areas", nargs="*", default=AREAS, metavar="AREA")
    options = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")

    tally = Tally()
    scenarios = [s for s in replay.load([str(HERE / area) for area in options.areas]) if not s.get("quirk")]
    with tempfile.TemporaryDirectory(prefix="tenon-conformance-") as folder:
        # the transcripts were recorded from the stock reference, which drops rule sets
        with Server(options.tenon, folder + "/tenon.db", arguments=["--rule-sets", "drop"]) as server:
            run = Run(server, tally, options.verbose)
            known = {"%s/%s" % (s["area"], s["name"]) for s in scenarios}
            if options.areas == AREAS:
                for name in sorted((set(run.later) | set(run.loose)) - known):
                    tally.check(name, False, "listed, but there is no such scenario")
            for scenario in scenarios:
                if re.search(options.only, "%s/%s" % (scenario["area"], scenario["name"])):
                    run.scenario(scenario)
            tally.check("clean stop", server.stop() == 0, server.log_text()[-500:])
    if not options.only and options.areas == AREAS:
        print("%d scenarios are left for later (later.txt)" % len(run.later))
    tally.finish()


if __name__ == "__main__":
    main()
