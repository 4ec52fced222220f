"""What a tree is compared with: the file that was moved."""
import json

from checking import record
from repository import Repository, outcomes


def schema(kind, *more):
    return json.dumps(record("O", ("id", kind), *more), indent=1)


def compared(report):
    """Path to the path in the base that it is compared with."""
    return {each["path"]: each["against"][0]["label"].split(" at ")[0] for each in report["schemas"] if each["against"]}


def check_moves(tally, binary, folder):
    repository = Repository(folder / "moves", binary, {"a/o.avsc": schema("long"), "b/o.avsc": schema("string")})
    repository.git("mv", "a", "a2")
    repository.git("mv", "b", "b2")
    status, report, err = repository.check()
    tally.check("moves: two files of one name, each by its text", status == 0
                and outcomes(report) == {"a2/o.avsc": "unchanged", "b2/o.avsc": "unchanged"}, (report, err))
    repository.write({"a2/o.avsc": schema("double"), "b2/o.avsc": schema("string", ("note", "int"))})
    status, report, _ = repository.check()
    tally.check("moves: and by the most similar text", status == 1 and compared(report)
                == {"a2/o.avsc": "a/o.avsc", "b2/o.avsc": "b/o.avsc"} and outcomes(report)["a2/o.avsc"] == "compatible", report)
    repository.git("reset", "-q", "--hard")
    repository.git("mv", "b", "b2")
    repository.write({"b2/o.avsc": schema("int")})
    status, report, _ = repository.check()
    tally.check("moves: one of two is broken where it is now", status == 1 and compared(report)
                == {"a/o.avsc": "a/o.avsc", "b2/o.avsc": "b/o.avsc"} and outcomes(report)["b2/o.avsc"] == "breaks", report)
    repository.write({"c/o.avsc": schema("int")})
    status, report, _ = repository.check()
    tally.check("moves: a base is used once", outcomes(report)["c/o.avsc"] == "first" and outcomes(report)["b2/o.avsc"] == "breaks", report)


def check_all(tally, binary, folder):
    for part in (check_moves,):
        part(tally, binary, folder / "compared")
