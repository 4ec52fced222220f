"""The Python suite: every case once with the blocking clients and once with the asynchronous ones."""
import asyncio
import inspect
import json
import pathlib
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import association_cases
import avro_cases
import encryption_cases
import json_cases
import protobuf_cases
import registry_cases
import rule_cases
from kit import URL, AsyncKit, BlockingKit
from support.tally import Skipped, Tally


def offers(path):
    """Whether the server answers this path with 200."""
    try:
        with urllib.request.urlopen(URL + path, timeout=30) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False


def offered_types():
    with urllib.request.urlopen(URL + "/schemas/types", timeout=30) as answer:
        return json.load(answer)


def skip(reason):
    raise Skipped(reason)


def main():
    types = offered_types()
    json_reason = None if "JSON" in types else "the server does not offer the type JSON"
    protobuf_reason = None if "PROTOBUF" in types else "the server does not offer the type PROTOBUF"
    associations = offers("/associations/resources/-/nothing?resourceType=topic")
    modules = [
        (registry_cases, None),
        (avro_cases, None),
        (rule_cases, None),
        (json_cases, json_reason),
        (protobuf_cases, protobuf_reason),
        (association_cases, None if associations else "the server has no associations"),
        (encryption_cases, None if offers("/dek-registry/v1/keks") else "the server has no DEK registry"),
    ]
    tally = Tally()
    with asyncio.Runner() as runner:
        for kit in (BlockingKit(types), AsyncKit(types)):
            for module, reason in modules:
                where = "%s %s" % (kit.name, module.__name__.removesuffix("_cases"))
                if reason:
                    tally.case(where, skip, reason)
                    continue
                for name, case in list(vars(module).items()):
                    if inspect.iscoroutinefunction(case) and case.__module__ == module.__name__ and not name.startswith("_"):
                        tally.case("%s: %s" % (where, name.replace("_", " ")), lambda: runner.run(case(kit)))
    tally.finish()


if __name__ == "__main__":
    main()
