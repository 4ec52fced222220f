"""What is judged, and what merely helps to judge it: paths named, files elsewhere, excluded ones, submodules."""
import json
import subprocess

from checking import DRAFT, record
from repository import Repository, outcomes, rules

MONEY = 'syntax = "proto3";\npackage acme.common;\nmessage Money { int64 units = 1; }\n'
ORDER = 'syntax = "proto3";\npackage acme.v1;\nimport "acme/common/money.proto";\nmessage Order { acme.common.Money m = 1; }\n'
PERSON = {"$schema": DRAFT, "type": "object", "properties": {"a": {"type": "string"}}}


def check_elsewhere(tally, binary, folder):
    """What a named path refers to lies where it likes in the repository."""
    files = {"proto/acme/common/money.proto": MONEY, "proto/acme/v1/order.proto": ORDER,
             "a/n.avsc": record("N", ("a", "int")), "b/o.avsc": record("O", ("n", "N")),
             "j/n.schema.json": {"type": "integer"}, "k/o.schema.json": {"properties": {"n": {"$ref": "../j/n.schema.json"}}}}
    repository = Repository(folder / "elsewhere", binary, files)
    for path, used, changed in (("proto/acme/v1/order.proto", "proto/acme/common/money.proto", MONEY.replace("int64", "string")),
                                ("b/o.avsc", "a/n.avsc", record("N", ("a", "string"))),
                                ("k/o.schema.json", "j/n.schema.json", {"type": "string"})):
        below, name = path.rsplit("/", 1)
        old = (repository.folder / path).read_text()
        repository.write({path: old.replace("m = 1;", "m = 1; string note = 2;").replace('"O"', '"O", "doc": "d"').replace('"properties"', '"title": "t", "properties"')})
        for words, options in (((path,), {}), ((below,), {}), ((), {"cwd": repository.folder / below}), ((name,), {"cwd": repository.folder / below})):
            status, report, err = repository.check(*words, **options)
            tally.check("scope: %s is understood by %s" % (path, words or "its folder"), status == 0 and list(outcomes(report).values()) == ["compatible"],
                        (status, err, report and report["schemas"]))
        repository.write({path: old, used: changed})
        status, report, err = repository.check(below, "--policy", "SOUND")
        tally.check("scope: %s breaks by what it refers to" % path, status == 1 and outcomes(report) == {path: "breaks"}, (status, err, report))
        repository.git("checkout", "-q", ".")
    status, out, err = repository.tenon("validate", "proto/acme/v1/order.proto", stdin='{"m":{"units":"1"}}')
    tally.check("scope: validate finds an import elsewhere", (status, out) == (0, "valid\n"), (out, err))
    repository.write({"b/tenon.toml": '[subjects."o"]\nfile = "o.avsc"\nreferences = [{ name = "N", file = "../c/n.avsc" }]\n',
                      "c/n.avsc": record("N", ("a", "string"))})
    status, report, err = repository.check("b")
    tally.check("scope: a reference of tenon.toml leads out of the path named", status == 1 and outcomes(report) == {"b/o.avsc": "breaks"}, (err, report))


def check_moved_in(tally, binary, folder):
    repository = Repository(folder / "moved-in", binary, {"svc-a/n.avsc": record("N", ("a", "int"))})
    repository.git("mv", "svc-a", "svc-b")
    repository.write({"svc-b/n.avsc": record("N", ("a", "string"))})
    for words, options in ((("svc-b",), {}), (("svc-b/n.avsc",), {}), ((), {"cwd": repository.folder / "svc-b"}), (("svc-a", "svc-b"), {})):
        status, report, err = repository.check(*words, **options)
        tally.check("scope: moved into %s" % (words or "the current folder",), status == 1 and rules(report)[0][1] == "AVRO-TYPE-CHANGED"
                    and report["schemas"][0]["against"][0]["label"] == "svc-a/n.avsc at git:HEAD", (err, report))


def check_gone(tally, binary, folder):
    """git diff --name-only names what was removed, too."""
    repository = Repository(folder / "gone", binary, {"a/n.avsc": record("N", ("a", "int")), "a/m.avsc": record("M", ("a", "int"))})
    repository.write({"a/n.avsc": None})
    status, report, err = repository.check("a/n.avsc", "a/m.avsc")
    tally.check("scope: what was removed can be named", status == 0 and outcomes(report) == {"a/m.avsc": "unchanged", "a/n.avsc": "removed"}, (err, report))
    (repository.folder / "a/m.avsc").unlink()
    (repository.folder / "a").rmdir()
    status, report, err = repository.check("a/n.avsc")
    tally.check("scope: also with its folder", status == 0 and outcomes(report) == {"a/n.avsc": "removed"}, (err, report))
    for words in (("a/none.avsc",), ("none",)):
        status, _, err = repository.tenon("check", *words, "--against", "git:HEAD")
        tally.check("scope: %s was never there" % words, status == 2 and "No such file" in err, err)
    status, _, err = repository.tenon("validate", "a/n.avsc", stdin="{}")
    tally.check("scope: where there is no base, what is gone is refused", status == 2 and "No such file" in err, err)


def check_spoilt(tally, binary, folder):
    """A .json file that was a schema is judged as one, whatever became of it."""
    text = json.dumps(PERSON)
    repository = Repository(folder / "spoilt", binary, {"order.json": text, "package.json": {"name": "x"}})
    for what, spoilt, rule in (("cut off", text[:-1], "SCHEMA-INVALID"), ("empty", "", "SCHEMA-INVALID"),
                               ("in conflict", "<<<<<<< HEAD\n%s\n=======\n%s\n>>>>>>> x\n" % (text, text), "SCHEMA-INVALID"),
                               ("without $schema", json.dumps({"type": "object", "properties": {"a": {"type": "integer"}}}), "JSON-TYPE-CHANGED")):
        repository.write({"order.json": spoilt})
        for words in ((), ("order.json",)):
            status, report, err = repository.check(*words)
            tally.check("scope: a .json schema that is %s" % what, status == 1 and rules(report) == [("order.json", rule)], (status, err, report))


def check_excluded(tally, binary, folder):
    ext = 'syntax = "proto3";\npackage ext;\nmessage X { int32 i = 1; }\n'
    user = 'syntax = "proto3";\nimport "ext/x.proto";\nmessage M { ext.X x = 1; }\n'
    repository = Repository(folder / "excluded", binary, {"third_party/ext/x.proto": ext, "p/m.proto": user, "tenon.toml": 'exclude = ["third_party/*"]\n'})
    repository.write({"p/m.proto": user.replace("x = 1;", "x = 1; string s = 2;")})
    status, report, err = repository.check()
    tally.check("scope: what is excluded can be referred to", status == 0 and outcomes(report) == {"p/m.proto": "compatible"}, (err, report))
    repository.write({"p/m.proto": user, "third_party/ext/x.proto": ext.replace("int32", "string")})
    status, report, err = repository.check("--policy", "SOUND")
    tally.check("scope: and breaks who refers to it", status == 1 and outcomes(report) == {"p/m.proto": "breaks"}, (err, report))
    for named in ("third_party", "third_party/ext/x.proto"):
        status, report, err = repository.check(named)
        tally.check("scope: excluded although named: said", status == 0 and not report["schemas"] and [notice["message"] for notice in report["notices"]]
                    == ["%s is excluded by tenon.toml: nothing of it is judged" % named], (err, report))
    repository.write({"tenon.toml": ""})
    status, report, err = repository.check()
    tally.check("scope: no longer excluded: compared with what was there", status == 1 and outcomes(report)["third_party/ext/x.proto"] == "breaks", (err, report))
    repository.git("checkout", "-q", ".")
    repository.write({"tenon.toml": 'exclude = ["third_party/*", "p/*"]\n'})
    status, report, err = repository.check()
    tally.check("scope: newly excluded is not removed", status == 0 and not report["schemas"], (err, report))
    repository.write({"third_party/ext/x.proto": None})
    status, report, err = repository.check()
    tally.check("scope: nor what was excluded and is gone", status == 0 and not report["schemas"], (err, report))


def check_nothing(tally, binary, folder):
    repository = Repository(folder / "nothing", binary, {"a/n.avsc": record("N", ("a", "int")), "empty/readme.txt": "x"})
    status, report, _ = repository.check("empty")
    tally.check("scope: nothing found is said", status == 0 and [(notice["path"], notice["message"]) for notice in report["notices"]]
                == [("empty", "no schema was found in empty")], report)
    repository = Repository(folder / "nothing-at-all", binary, {"readme.txt": "x"})
    status, report, _ = repository.check()
    tally.check("scope: nothing found at all is said", [(notice["path"], notice["message"]) for notice in report["notices"]]
                == [(".", "no schema was found in .")], report)


def check_others(tally, binary, folder):
    """What is wrong with another team's files is theirs."""
    repository = Repository(folder / "others", binary, {"a/n.avsc": record("N", ("a", "int")), "b/o.avsc": record("O", ("a", "int")),
                            "b/tenon.toml": "levle = 1\n", "c/tenon.toml": '[subjects."x"]\nfile = "gone.avsc"\n'})
    for words, wanted in ((("a",), 0), (("b",), 2), (("c",), 2), ((), 2)):
        status, _, err = repository.tenon("check", *words, "--against", "git:HEAD")
        tally.check("scope: tenon.toml of others, asked about %s" % (words or "all",), status == wanted, (status, err))


def check_circle(tally, binary, folder):
    a, b = record("A", ("b", ["null", "B"])), record("B", ("a", ["null", "A"]))
    repository = Repository(folder / "circle", binary, {"a.avsc": a, "s/b.avsc": b})
    repository.write({"a.avsc": {**a, "doc": "d"}})
    _, report, err = repository.check("a.avsc")
    told = report["schemas"][0]["findings"][0]["finding"]["message"] if report else err
    tally.check("scope: types that need each other are named", "it refers to s/b.avsc, which refers to it" in told, told)
    repository = Repository(folder / "nearest", binary, {"tenon.toml": '[subjects."n-value"]\nfile = "s/n.avsc"\n', "s/n.avsc": a, "s/tenon.toml": ""})
    status, _, err = repository.tenon("check", "--against", "git:HEAD")
    tally.check("scope: a tenon.toml that another one puts out of force", status == 2 and err.endswith(
        'is not that of s/n.avsc, which is "n": the nearest tenon.toml counts alone, and that is s/tenon.toml\n'), err)


def check_line_ends(tally, binary, folder):
    """A checkout with core.autocrlf changes nothing."""
    text = 'syntax = "proto3";\nmessage A {\n  string a = 1; /* the a */\n}\n'
    repository = Repository(folder / "line-ends", binary, {"a.proto": text, "n.avsc": json.dumps(record("N", ("a", "int")), indent=1) + "\n"})
    for path in ("a.proto", "n.avsc"):
        (repository.folder / path).write_bytes((repository.folder / path).read_bytes().replace(b"\n", b"\r\n"))
    status, report, err = repository.check()
    tally.check("scope: other line ends change nothing", status == 0 and set(outcomes(report).values()) == {"unchanged"}, (err, report))
    (repository.folder / "a.proto").write_bytes(text.replace("string a", "string b").replace("\n", "\r\n").encode())
    _, report, err = repository.check("a.proto")
    told = report["schemas"][0]["findings"][0]["finding"]["message"] if report else err
    tally.check("scope: where registries do not take them that is said", "ends in CR LF, which registries do not take behind a comment" in told, told)


def check_sparse(tally, binary, folder):
    repository = Repository(folder / "sparse", binary, {"a/n.avsc": record("N", ("a", "int")), "b/o.avsc": record("O", ("n", "N")), "b/p.avsc": record("P", ("a", "int"))})
    repository.git("sparse-checkout", "set", "b")
    status, report, err = repository.check()
    tally.check("scope: what a sparse checkout leaves out is there", not (repository.folder / "a").exists() and status == 0
                and set(outcomes(report).values()) == {"unchanged"} and len(outcomes(report)) == 3, (err, report))


def check_folders(tally, binary, folder):
    """Another folder is compared with the paths below what was named; a file with what lies beside it."""
    repository = Repository(folder / "folders", binary, {"s/x/n.avsc": record("N", ("a", "int")), "s/o.avsc": record("O", ("n", "N"))})
    old = folder / "folders-old"
    old.mkdir()
    (old / "x").mkdir()
    (old / "x/n.avsc").write_text(json.dumps(record("N", ("a", "string"))))
    (old / "o.avsc").write_text(json.dumps(record("O", ("n", "N"))))
    status, report, err = repository.check("s", against=str(old))
    tally.check("scope: a folder against another one", status == 1 and outcomes(report) == {"s/o.avsc": "breaks", "s/x/n.avsc": "breaks"}
                and [at["label"] for schema in report["schemas"] for at in schema["against"]] == ["o.avsc at %s" % old, "x/n.avsc at %s" % old], (err, report))
    (old / "n.avsc").write_text((old / "x/n.avsc").read_text())
    status, report, err = repository.check("s/o.avsc", against=str(old / "o.avsc"))
    tally.check("scope: a file that refers to one beside it", status == 1 and rules(report) == [("s/o.avsc", "AVRO-TYPE-CHANGED")], (err, report))


def check_submodule(tally, binary, folder):
    inner = Repository(folder / "inner", binary, {"n.avsc": record("N", ("a", "int"))})
    outer = Repository(folder / "outer", binary, {"o.avsc": record("O", ("n", "N"))})
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.folder), "sub")
    outer.commit()
    outer.write({"sub/n.avsc": record("N", ("a", "string"))})
    for words in ((), ("sub",)):
        status, report, err = outer.check(*words)
        tally.check("scope: a submodule is compared with its commit", status == 1 and (outcomes(report) == {"o.avsc": "breaks", "sub/n.avsc": "breaks"}
                    if not words else outcomes(report) == {"sub/n.avsc": "breaks"}), (err, report))
    clone = folder / "outer-clone"
    subprocess.run(["git", "clone", "-q", str(outer.folder), str(clone)], check=True, env=outer.environment())
    status, report, err = Repository.at(clone, binary).check()
    tally.check("scope: one that is not checked out is left out", status == 0 and outcomes(report) == {"o.avsc": "unchanged"}, (err, report))


def check_all(tally, binary, folder):
    for part in (check_elsewhere, check_moved_in, check_gone, check_spoilt, check_excluded, check_nothing, check_others, check_circle, check_line_ends, check_sparse, check_folders, check_submodule):
        part(tally, binary, folder)
