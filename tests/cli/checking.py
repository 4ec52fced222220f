"""tenon check: what is found, what it is compared with, how it ends, and every form of its report."""
import json
import pathlib
import re
import subprocess
import xml.etree.ElementTree

import jsonschema
from repository import Repository, outcomes, rules
from support.http import Connection
from support.server import ROOT, Server

HERE = pathlib.Path(__file__).resolve().parent
DRAFT = "http://json-schema.org/draft-07/schema#"


def record(name, *fields, **more):
    return {"type": "record", "name": name, "fields": [{"name": field, "type": kind} for field, kind in fields], **more}


ORDER = record("Order", ("id", "long"), ("price", "shop.Money"), namespace="shop")
MONEY = record("Money", ("amount", "long"), namespace="shop")
FILES = {
    "schemas/order.avsc": json.dumps(ORDER, indent=2),
    "schemas/common/money.avsc": MONEY,
    "schemas/shop.proto": "syntax = \"proto3\";\npackage shop;\n\nimport \"common/price.proto\";\n"
                          "import \"google/protobuf/timestamp.proto\";\n\nmessage Sale {\n  int32 id = 1;\n  Price price = 2;\n}\n",
    "schemas/common/price.proto": "syntax = \"proto3\";\npackage shop;\n\nmessage Price {\n  int64 cents = 1;\n}\n",
    "schemas/person.json": {"$schema": DRAFT, "type": "object", "properties": {"name": {"$ref": "common/name.json#/definitions/n"}}},
    "schemas/common/name.json": {"$schema": DRAFT, "definitions": {"n": {"type": "string"}}},
    "package.json": {"name": "no schema", "type": "module"},
    "node_modules/x/y.avsc": "not looked at",
    ".hidden/y.avsc": "not looked at",
}


def check_discovery(tally, binary, folder):
    repository = Repository(folder / "discovery", binary, FILES)
    status, report, err = repository.check()
    found = sorted(schema["path"] for schema in report["schemas"])
    wanted = sorted(path for path in FILES if path.startswith("schemas/"))
    tally.check("check: finds schemas by extension and content", found == wanted, found)
    tally.check("check: nothing changed ends with 0", status == 0 and set(outcomes(report).values()) == {"unchanged"}, (report, err))
    status, report, _ = repository.check("order.avsc", cwd=repository.folder / "schemas")
    tally.check("check: a file named from below, with references from beside it",
                (status, outcomes(report)) == (0, {"order.avsc": "unchanged"}), report)
    status, _, err = repository.tenon("check", "package.json", "--against", "git:HEAD")
    tally.check("check: a named file that is no schema is refused", status == 2 and "package.json is no schema" in err, err)
    # Each of these changes only what another file refers to.
    repository.write({"schemas/common/money.avsc": record("Money", ("amount", "string"), namespace="shop")})
    status, report, _ = repository.check()
    tally.check("check: a change of a referenced Avro type breaks both", status == 1 and outcomes(report)["schemas/order.avsc"]
                == outcomes(report)["schemas/common/money.avsc"] == "breaks", outcomes(report))
    told = {schema["path"]: [finding["finding"]["rule"] for finding in schema["findings"]] for schema in report["schemas"]}
    tally.check("check: and is told where it was made", told["schemas/common/money.avsc"] and not told["schemas/order.avsc"], told)
    tally.check("check: with those that it reaches", [(notice["path"], notice["message"].split(": ")[1]) for notice in report["notices"]]
                == [("schemas/common/money.avsc", "schemas/order.avsc")], report["notices"])
    status, report, _ = repository.check("schemas/order.avsc")
    tally.check("check: told of who refers when the other is not judged", status == 1 and report["schemas"][0]["findings"], report)
    excuse = '[[ignore]]\nrule = "AVRO-TYPE-CHANGED"\npath = "%s"\nreason = "agreed"\nuntil = "2999-01-01"\n'
    rule = told["schemas/common/money.avsc"][0]
    repository.write({"tenon.toml": (excuse % "schemas/common/money.avsc").replace("AVRO-TYPE-CHANGED", rule)})
    status, report, _ = repository.check()
    tally.check("check: one exception is enough", status == 0 and outcomes(report)["schemas/order.avsc"] == "compatible", report)
    repository.write({"tenon.toml": '[subjects."order"]\nfile = "schemas/order.avsc"\nlevel = "FULL"\n'})
    status, report, _ = repository.check()
    told = {schema["path"]: [finding["finding"]["direction"] for finding in schema["findings"]] for schema in report["schemas"]}
    tally.check("check: a level that asks for more is judged by itself", set(told["schemas/order.avsc"]) == {"backward", "forward"}, told)
    repository.write({"tenon.toml": "", "schemas/order.avsc": {**ORDER, "fields": ORDER["fields"] + [{"name": "note", "type": "string"}]}})
    status, report, _ = repository.check()
    told = {schema["path"]: [finding["finding"]["rule"] for finding in schema["findings"]] for schema in report["schemas"]}
    tally.check("check: its own change is told of it", told["schemas/order.avsc"] == ["AVRO-FIELD-NO-DEFAULT"], told)
    repository.git("checkout", "-q", ".")
    repository.git("clean", "-qfd")
    repository.write({"schemas/common/name.json": {"$schema": DRAFT, "definitions": {"n": {"type": "boolean"}}}})
    status, report, _ = repository.check()
    tally.check("check: a change behind a $ref breaks the one that refers", status == 1
                and outcomes(report)["schemas/person.json"] == "breaks", outcomes(report))
    repository.git("checkout", "-q", ".")
    repository.write({"schemas/common/price.proto": FILES["schemas/common/price.proto"].replace("int64", "string")})
    status, report, _ = repository.check("schemas/common")
    tally.check("check: only what is below the folder named", status == 1
                and {path: what for path, what in outcomes(report).items() if what == "breaks"}
                == {"schemas/common/price.proto": "breaks"} and len(outcomes(report)) == 3, outcomes(report))


def check_namesakes(tally, binary, folder):
    """Services of one repository that define the same names: each refers to its own."""
    proto = 'syntax = "proto3";\npackage shop;\nmessage Price {\n  int64 cents = 1;\n}\n'
    named = lambda kind: {"$schema": DRAFT, "$id": "https://shop.example/name", "type": kind}
    forms = {
        "avro": ("money.avsc", MONEY, record("Money", ("amount", "string"), namespace="shop"), "order.avsc", ORDER),
        "protobuf": ("common/price.proto", proto, proto.replace("int64", "string"), "sale.proto", FILES["schemas/shop.proto"].replace("Sale", "Sold")),
        "json": ("name.json", named("string"), named("boolean"), "person.json",
                 {"$schema": DRAFT, "properties": {"n": {"$ref": "https://shop.example/name"}}}),
    }
    for form, (used, old, new, user, text) in forms.items():
        where = ("", "a/", "services/b/", "services/b/far/", "services/z/")
        repository = Repository(folder / ("namesakes-" + form), binary, {at + used: old for at in where} | {
            at + user: text for at in ("services/b/", "services/c/")})
        for at, broken in (("", {used, "services/c/" + user}), ("a/", {"a/" + used}), ("services/z/", {"services/z/" + used}),
                           ("services/b/", {"services/b/" + used, "services/b/" + user}), ("services/b/far/", {"services/b/far/" + used})):
            repository.write({at + used: new})
            _, report, err = repository.check()
            told = {path for path, what in outcomes(report).items() if what == "breaks"} if report else err
            tally.check("check: %s: the nearest of a name, changed in %s" % (form, at or "the root"), told == broken, told)
            repository.git("checkout", "-q", ".")
    two = {"b/money.avsc": MONEY, "z/money.avsc": MONEY, "c/order.avsc": ORDER}
    repository = Repository(folder / "namesakes-twice", binary, two)
    noticed = lambda report: [(notice["path"], notice["message"]) for notice in report["notices"] if "as near" in notice["message"]]
    repository.write({"c/order.avsc": {**ORDER, "doc": "new"}})
    tally.check("check: of one text it does not matter which is meant", noticed(repository.check()[1]) == [])
    repository.write({"z/money.avsc": {**MONEY, "doc": "another"}})
    _, report, _ = repository.check()
    tally.check("check: two that are as near are told", noticed(report) == [("c/order.avsc", "shop.Money is taken to be that of "
                "b/money.avsc, but z/money.avsc is as near; which one is meant can be said in tenon.toml")], report["notices"])
    repository.write({"tenon.toml": '[subjects."order"]\nfile = "c/order.avsc"\nreferences = [{ name = "shop.Money", file = "z/money.avsc" }]\n'})
    tally.check("check: not once it is said", noticed(repository.check()[1]) == [])


def excuse(path, rule):
    return '[[ignore]]\nrule = "%s"\npath = "%s"\nreason = "agreed"\n' % (rule, path)


def entry(name, path, **more):
    return '[subjects."%s"]\nfile = "%s"\n%s' % (name, path, "".join('%s = "%s"\n' % each for each in more.items()))


def check_reach(tally, binary, folder):
    """What is told of a referenced schema hides nothing else from whoever refers to it."""
    a, b = (record(name, ("x", "int"), namespace="shop") for name in "AB")
    new_a, new_b = (record(name, ("y", "int"), namespace="shop") for name in "AB")
    both = record("C", ("a", "shop.A"), ("b", "shop.B"), namespace="shop")
    rule = "AVRO-FIELD-NO-DEFAULT"
    old_json = {"$schema": DRAFT, "type": "object", "properties": {"p": {"type": "string", "maxLength": 9}}, "definitions": {"q": {"type": "string"}}}
    new_json = {**old_json, "properties": {"p": {"type": "string", "maxLength": 5}}, "definitions": {"q": {"type": "integer"}}}
    user_json = {"$schema": DRAFT, "type": "object", "properties": {"r": {"$ref": "a.json#/definitions/q"}}}
    symbols = lambda *names: {"type": "enum", "name": "E", "namespace": "shop", "symbols": list(names)}
    old_enum, new_enum = record("A", ("x", "int"), ("e", symbols("P", "Q")), namespace="shop"), record(
        "A", ("x", "int"), ("y", "int"), ("e", symbols("P")), namespace="shop")
    number = lambda kind: 'syntax = "proto3";\npackage c;\nmessage C { %s n = 1; }\n' % kind
    user = lambda name: 'syntax = "proto3";\nimport "c.proto";\nmessage %s { c.C c = 1; }\n' % name
    used = {"$schema": DRAFT, "type": "object", "definitions": {"q": {"type": "string"}}}
    cases = [
        ("one reference is excused, one is at NONE", {"a.avsc": a, "b.avsc": b, "c.avsc": both,
            "tenon.toml": excuse("a.avsc", "*") + entry("b", "b.avsc", level="NONE")}, {"a.avsc": new_a, "b.avsc": new_b},
         1, [("a.avsc", rule), ("c.avsc", rule)], {"a.avsc": ["c.avsc"]}),
        ("one reference breaks, one is at NONE", {"a.avsc": a, "b.avsc": b, "c.avsc": both,
            "tenon.toml": entry("b", "b.avsc", level="NONE")}, {"a.avsc": new_a, "b.avsc": new_b},
         1, [("a.avsc", rule), ("c.avsc", rule)], {"a.avsc": ["c.avsc"]}),
        ("both references are excused", {"a.avsc": a, "b.avsc": b, "c.avsc": both,
            "tenon.toml": excuse("a.avsc", rule) + excuse("b.avsc", rule)}, {"a.avsc": new_a, "b.avsc": new_b},
         0, [("a.avsc", rule), ("b.avsc", rule)], {"a.avsc": ["c.avsc"], "b.avsc": ["c.avsc"]}),
        ("what is reached only from outside is not excused with the rest", {"a.json": old_json, "k.json": user_json,
            "tenon.toml": excuse("a.json", "JSON-MAX-LENGTH-DECREASED")}, {"a.json": new_json},
         1, [("a.json", "JSON-MAX-LENGTH-DECREASED"), ("k.json", "JSON-TYPE-CHANGED")], {"a.json": ["k.json"]}),
        ("it is excused by an exception of its file", {"a.json": old_json, "k.json": user_json,
            "tenon.toml": excuse("a.json", "*")}, {"a.json": new_json},
         0, [("a.json", "JSON-MAX-LENGTH-DECREASED")], {"a.json": ["k.json"]}),
        ("severities of the reference's own", {"p/a.avsc": old_enum, "p/tenon.toml": excuse("a.avsc", rule)
            + '[severity]\nAVRO-ENUM-SYMBOL-MISSING = "off"\n', "c.avsc": record("C", ("a", "shop.A"), namespace="shop")},
         {"p/a.avsc": new_enum}, 1, [("c.avsc", "AVRO-ENUM-SYMBOL-MISSING"), ("c.avsc", rule), ("p/a.avsc", rule)], {}),
        ("a direction in which the reference does not break", {"a.avsc": a, "c.avsc": record("C", ("a", "shop.A"), namespace="shop"),
            "tenon.toml": 'level = "FULL"\n'}, {"a.avsc": record("A", ("x", "int"), ("y", "int"), namespace="shop")},
         1, [("a.avsc", rule)], {"a.avsc": ["c.avsc"]}),
        ("a schema at NONE does not break with it", {"a.avsc": a, "c.avsc": record("C", ("a", "shop.A"), namespace="shop"),
            "tenon.toml": entry("c", "c.avsc", level="NONE") + excuse("x.avsc", "*")}, {"a.avsc": new_a},
         1, [("a.avsc", rule)], {}),
        ("what a level of NONE passes is told once of those that refer in a chain", {"a.avsc": a,
            "m.avsc": record("M", ("a", "shop.A"), namespace="shop"), "t.avsc": record("T", ("m", "shop.M"), namespace="shop"),
            "tenon.toml": entry("a", "a.avsc", level="NONE")}, {"a.avsc": new_a},
         1, [("m.avsc", rule)], {"m.avsc": ["t.avsc"]}),
        ("a warning is told once", {"c.proto": number("int64"), "m.proto": user("M"), "n.proto": user("N")}, {"c.proto": number("int32")},
         0, [("c.proto", "PROTO-NUMBER-NARROWED")], {"c.proto": ["m.proto", "n.proto"]}),
        ("what a warning is an error of", {"c.json": {**used, "title": "t"}, "k.json": {**user_json, "properties": {"r": {"$ref": "c.json#/definitions/q"}}}},
         {"c.json": {**used, "required": ["x"], "definitions": {"q": {"type": "integer"}}}},
         1, [("c.json", "JSON-REQUIRED-UNLISTED"), ("k.json", "JSON-TYPE-CHANGED")], {"c.json": ["k.json"]}),
    ]
    for number, (name, before, after, status, found, affects) in enumerate(cases):
        repository = Repository(folder / ("reach-%d" % number), binary, before)
        repository.commit(after)
        done, report, err = repository.check(against="git:HEAD~1")
        tally.check("reach: %s" % name, done == status and rules(report) == sorted(found), (done, err, report and rules(report)))
        told = {schema["path"]: schema["affects"] for schema in report["schemas"] if schema["affects"]} if report else None
        tally.check("reach: %s: whom it affects" % name, told == affects, told)


def check_states(tally, binary, folder):
    repository = Repository(folder / "states", binary, FILES)
    repository.git("mv", "schemas/order.avsc", "schemas/bestellung.avsc")
    repository.git("mv", "schemas/shop.proto", "schemas/common/laden.proto")
    repository.write({"schemas/new.avsc": record("New", ("a", "int")), "schemas/common/name.json": None,
                      "schemas/person.json": {"$schema": DRAFT, "type": "object"}})
    status, report, _ = repository.check()
    got = outcomes(report)
    tally.check("check: a moved file is followed by its full name", got["schemas/bestellung.avsc"] == "unchanged"
                and got["schemas/common/laden.proto"] == "unchanged", got)
    tally.check("check: a first version is said", got["schemas/new.avsc"] == "first", got)
    tally.check("check: a removed file is said", got["schemas/common/name.json"] == "removed", got)
    _, out, _ = repository.tenon("check", "--against", "git:HEAD")
    tally.check("check: the text says first version", "schemas/new.avsc: first version of new, nothing to compare" in out, out)
    repository.git("reset", "-q", "--hard")
    repository.write({"schemas/order.avsc": "{\"type\": \"record\",\n \"name\": 1}"})
    status, report, _ = repository.check()
    tally.check("check: a new text that no registry takes breaks a rule, at its place",
                status == 1 and ("schemas/order.avsc", "SCHEMA-INVALID") in rules(report), (status, report))
    status, report, _ = repository.check("schemas/person.json", against="schemas/common/money.avsc")
    told = [finding["finding"]["message"] for finding in report["schemas"][0]["findings"]]
    tally.check("check: a file of another type has no version", status == 1
                and told == ["the old schema is of type AVRO, the new schema of type JSON"], told)
    repository.commit()
    repository.write({"schemas/order.avsc": json.dumps(ORDER)})
    status, report, _ = repository.check()
    tally.check("check: a base that cannot be parsed ends with 2", status == 2 and outcomes(report)["schemas/order.avsc"] == "untold",
                (status, report))
    (folder / "old.schema.json").write_text('{"type": "record"}')
    (folder / "new.schema.json").write_text('{"type": "string"}')
    for form in ("text", "json", "github", "gitlab", "sarif", "junit", "markdown"):
        status, out, err = repository.tenon("check", "new.schema.json", "--against", "old.schema.json", "--format", form, cwd=folder)
        tally.check("check: a file that cannot be parsed is named, as %s" % form, status == 2 and re.search(
            r"old\W*\.schema\W*\.json cannot be parsed: Invalid JSON", out) and not err, (status, out, err))
    status, report, _ = repository.check("schemas/shop.proto")
    tally.check("check: what is not asked for does not end with 2", status == 0, report)


def check_bases(tally, binary, folder):
    repository = Repository(folder / "bases", binary, FILES)
    other = Repository(folder / "other", binary, FILES)
    repository.write({"schemas/order.avsc": json.dumps(record("Order", ("id", "string"), ("price", "shop.Money"), namespace="shop"))})
    for name, against in [("a folder", str(other.folder)), ("a commit", "git:HEAD")]:
        status, report, err = repository.check(against=against)
        tally.check("check: against %s" % name, status == 1 and outcomes(report)["schemas/order.avsc"] == "breaks"
                    and outcomes(report)["schemas/shop.proto"] == "unchanged", (status, report, err))
    (folder / "old.avsc").write_text(json.dumps(MONEY))
    status, report, err = repository.check("schemas/common/money.avsc", against=str(folder / "old.avsc"))
    tally.check("check: against a file", status == 0 and outcomes(report) == {"schemas/common/money.avsc": "unchanged"}, (report, err))
    repository.commit()
    repository.commit({"schemas/common/money.avsc": record("Money", ("amount", "double"), namespace="shop")})
    status, report, _ = repository.check(against="git:HEAD~1")
    tally.check("check: against the commit before", status == 0 and outcomes(report)["schemas/common/money.avsc"] == "compatible", report)
    for name, arguments, wanted in [
            ("no base", (), "--against is missing"),
            ("no such place", ("--against", "nowhere"), "git:nowhere"),
            ("no such commit", ("--against", "git:nosuch"), "git fetch origin nosuch:refs/remotes/origin/nosuch"),
            ("a history that is too short", ("--against", "git:HEAD~9"), "not that long"),
            ("a branch that was never fetched", ("--against", "git:origin/main"), "git fetch origin main:refs/remotes/origin/main"),
            ("an option in place of a commit", ("--against", "git:--batch"), "names no commit"),
            ("a registry that is not there", ("--against", "http://127.0.0.1:9"), "127.0.0.1:9"),
            ("an unknown format", ("--against", "git:HEAD", "--format", "pdf"), "sarif"),
            ("an unknown level", ("--against", "git:HEAD", "--level", "UP"), "FORWARD"),
            ("an output that cannot be written", ("--against", "git:HEAD", "--output", "/nonexistent/x"), "/nonexistent/x")]:
        status, out, err = repository.tenon("check", *arguments)
        tally.check("check: %s ends with 2" % name, status == 2 and wanted in err and not out, (status, out, err))
    status, _, err = repository.tenon("check", "--against", "git:HEAD", cwd=folder)
    tally.check("check: no repository ends with 2", status == 2 and "no git repository" in err, err)
    clone = folder / "clone"
    repository.git("clone", "-q", "--depth=1", "file://%s" % repository.folder, str(clone))
    for ref, wanted in [("HEAD~1", "git fetch --deepen=1"), ("origin/next", "git fetch --unshallow origin next:refs/remotes/origin/next"),
                        ("v1", "git fetch --unshallow origin tag v1")]:
        status, _, err = repository.tenon("check", "--against", "git:" + ref, cwd=clone)
        tally.check("check: a shallow clone without %s is told how to get it" % ref, status == 2 and "shallow" in err and wanted in err, err)
    subprocess.run(["git", "fetch", "-q", "--deepen=1"], cwd=clone, env=repository.environment(), check=True)
    status, report, err = repository.check(against="git:HEAD~1", cwd=clone)
    tally.check("check: and that command helps", status == 0, (status, err))


def check_settings(tally, binary, folder):
    repository = Repository(folder / "settings", binary, FILES)
    settings = """
level = "FULL"
exclude = ["common/old/*"]

[subjects."orders-value"]
file = "order.avsc"
level = "FORWARD"
"""
    repository.commit({"schemas/tenon.toml": settings, "schemas/common/old/x.avsc": "not a schema"})
    changed = record("Order", ("id", "long"), ("price", "shop.Money"), ("note", "string"), namespace="shop")
    repository.write({"schemas/order.avsc": json.dumps(changed)})
    status, report, err = repository.check()
    order = next(schema for schema in report["schemas"] if schema["path"] == "schemas/order.avsc")
    tally.check("check: tenon.toml gives subject and level", (status, order["subject"], order["level"]) == (0, "orders-value", "FORWARD"),
                (status, order, err))
    tally.check("check: and the level of the others", all(schema["level"] == "FULL" for schema in report["schemas"]
                if schema["path"].startswith("schemas/common")), report)
    status, report, _ = repository.check("--level", "BACKWARD")
    tally.check("check: --level counts more", status == 1, report)
    # Severities and exceptions, both ways.
    rule = rules(report)[0][1]
    for name, more, wanted in [
            ("severity warning", "[severity]\n%s = \"warning\"\n", 0),
            ("severity off", "[severity]\n%s = \"off\"\n", 0),
            ("an exception", "[[ignore]]\nrule = \"%s\"\npath = \"order.avsc\"\nreason = \"agreed\"\nuntil = 2099-01-31\n", 0),
            ("an exception for a pattern", "[[ignore]]\nrule = \"%s\"\npath = \"*.avsc\"\nreason = \"agreed\"\n", 0),
            ("an exception for another file", "[[ignore]]\nrule = \"%s\"\npath = \"other.avsc\"\nreason = \"agreed\"\n", 1),
            ("an exception that has ended", "[[ignore]]\nrule = \"%s\"\npath = \"order.avsc\"\nreason = \"agreed\"\nuntil = 2020-01-31\n", 1)]:
        repository.write({"schemas/tenon.toml": settings.replace("FORWARD", "BACKWARD") + more % rule})
        status, report, err = repository.check()
        tally.check("check: %s" % name, status == wanted, (status, report, err))
    text = repository.tenon("check", "--against", "git:HEAD")[1]
    tally.check("check: that an exception has ended is said", "ended on 2020-01-31" in text, text)
    repository.write({"schemas/tenon.toml": settings.replace("FORWARD", "BACKWARD") + "[severity]\n%s = \"warning\"\n" % rule})
    tally.check("check: --fail-on warning", repository.check("--fail-on", "warning")[0] == 1)
    repository.commit({"schemas/tenon.toml": "levle = \"FULL\""})
    repository.write({"schemas/tenon.toml": ""})
    status, _, err = repository.tenon("check", "--against", "git:HEAD")
    tally.check("check: a base whose tenon.toml is not understood", status == 2 and "git:HEAD: schemas/tenon.toml:1: " in err, err)
    for text, wanted in [("levle = \"FULL\"", "tenon.toml:1: \"levle\" is not known here"),
                         ("\nlevel = \"UP\"", "tenon.toml:2: \"UP\" is no level"),
                         ("level = ", "tenon.toml:1:9: expected a value"),
                         ("[subjects.x]\nlevel = \"FULL\"", "the subject \"x\" has no file"),
                         ("[severity]\nNO-SUCH = \"off\"", "tenon.toml:2: there is no rule NO-SUCH"),
                         ("[[ignore]]\nrule = \"*\"\npath = \"x\"", "needs its rule, path and reason")]:
        repository.write({"schemas/tenon.toml": text})
        status, _, err = repository.tenon("check", "--against", "git:HEAD")
        tally.check("check: tenon.toml with %r is refused" % text, status == 2 and wanted in err, (status, err))


def check_formats(tally, binary, folder):
    repository = Repository(folder / "formats", binary, FILES)
    broken = record("Order", ("id", "string"), ("price", "shop.Money"), ("note", "string"), namespace="shop")
    repository.write({"schemas/order.avsc": json.dumps(broken, indent=2), "schemas/new, odd%.avsc": record("New", ("a", "int")),
                      "schemas/shop.proto": FILES["schemas/shop.proto"].replace("int32 id", "string id")})
    schema = json.loads((ROOT / "api-spec/check-output.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    status, report, _ = repository.check()
    jsonschema.validate(report, schema, jsonschema.Draft202012Validator)
    tally.check("check: json is as its schema says, and breaks", status == 1 == report["exitCode"] and len(rules(report)) >= 3, report)
    with_rules = {rule for _, rule in rules(report)}

    def run(form):
        status, out, err = repository.tenon("check", "--against", "git:HEAD", "--format", form)
        tally.check("check: %s ends with 1" % form, status == 1 and not err, (status, err))
        return out

    sarif = json.loads(run("sarif"))
    jsonschema.validate(sarif, json.loads((HERE / "sarif-2.1.0.json").read_text()), jsonschema.Draft4Validator)
    results = sarif["runs"][0]["results"]
    tally.check("check: sarif has every finding", {result["ruleId"] for result in results} == with_rules
                and all(sarif["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
                        for result in results), results)
    suites = xml.etree.ElementTree.fromstring(run("junit"))
    failures = {case.get("name") for case in suites.iter("testcase") if case.find("failure") is not None}
    tally.check("check: junit has the failures", failures == {"schemas/order.avsc", "schemas/shop.proto"}
                and suites.find("testsuite").get("failures") == "2", failures)
    github = run("github").splitlines()
    tally.check("check: github has errors at lines, and escapes", any(line.startswith("::error file=schemas/order.avsc,line=") for line in github)
                and any(line.startswith("::notice file=schemas/new%2C odd%25.avsc,") for line in github), github)
    quality = json.loads(run("gitlab"))
    tally.check("check: gitlab has path, line, severity and distinct fingerprints", quality and all(
        item["location"]["path"] and item["location"]["lines"]["begin"] >= 1 and item["severity"] == "critical" for item in quality)
        and len({item["fingerprint"] for item in quality}) == len(quality), quality)
    markdown = run("markdown")
    tally.check("check: markdown begins with its marker", markdown.startswith("<!-- tenon-check -->\n")
                and all(rule in markdown for rule in with_rules), markdown)
    text = run("text")
    tally.check("check: text has a caret and names the rule", "      | " in text and "^" in text
                and "[%s]" % sorted(with_rules)[0] in text and "\033" not in text, text)
    status, out, _ = repository.tenon("check", "--against", "git:HEAD", "--format", "json", "--output", "report.json")
    tally.check("check: --output writes a file", (status, out) == (1, "")
                and json.loads((repository.folder / "report.json").read_text())["exitCode"] == 1)


OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?m:^::warning::pwned)")
REPORTS = ("text", "markdown", "github", "junit")


def check_excuses(tally, binary, folder):
    """Every form tells of an exception: its reason and its day while it holds, and that it has ended."""
    repository = Repository(folder / "excuses", binary, {"a.avsc": record("A", ("a", "int")), "b.avsc": record("B", ("b", "int"))})
    excuse = "[[ignore]]\nrule = \"*\"\npath = \"%s.avsc\"\nreason = \"%s\"\nuntil = %s\n"
    repository.write({"a.avsc": record("A", ("a", "string")), "b.avsc": record("B", ("b", "string")),
                      "tenon.toml": excuse % ("a", "agreed", "2099-01-31") + excuse % ("b", "over", "2020-01-31")})
    for form in ("text", "json", "sarif", "junit", "github", "gitlab", "markdown"):
        status, out, _ = repository.tenon("check", "--against", "git:HEAD", "--format", form)
        tally.check("check: %s tells of exceptions" % form, status == 1 and all(
            word in out for word in ("excused", "agreed", "2099-01-31", "over", "2020-01-31")), out)
        if form == "sarif":
            results = json.loads(out)["runs"][0]["results"]
            tally.check("check: sarif suppresses what is excused, not what was", [result.get("suppressions") for result in results]
                        == [[{"kind": "external", "status": "accepted", "justification": "agreed (until 2099-01-31)"}], None], results)
        if form == "junit":
            cases = {case.get("name"): case for case in xml.etree.ElementTree.fromstring(out).iter("testcase")}
            tally.check("check: junit says what is excused without failing it", cases["a.avsc"].find("failure") is None
                        and "excused: " in cases["a.avsc"].findtext("system-out") and cases["b.avsc"].find("failure") is not None, out)


def check_hostile(tally, binary, folder):
    """What a schema or a path may hold must not be obeyed by a terminal or a runner."""
    name = "x\n::warning::pwned \x1b[31m\x9b\u202e"
    shape = {"$schema": DRAFT, "type": "object", "properties": {name: {"type": "string"}}, "additionalProperties": False}
    path = "p\n::warning::pwned\"\\\x1b\x9b.avsc"
    repository = Repository(folder / "hostile", binary, {"a.json": shape, "w.json": "{}", path: record("A")})
    repository.write({"a.json": {**shape, "properties": {name: {"type": "string", "maxLength": 3}}}, path: record("A", ("n", "int")),
                      "c.proto": "syntax = \"proto3\";\nmessage M { /* pwned\x9b\u202e */ int32 int32 = 1; }", "b" + path: "{\x1b"})
    for command in [("check", "--against", "git:HEAD", "--format", form) for form in REPORTS] + [
            ("diff", "git:HEAD:a.json", "a.json"), ("fix", "--against", "git:HEAD"), ("check", "--against", "git:" + name)]:
        _, out, err = repository.tenon(*command)
        shown = out + err
        tally.check("hostile: %s says nothing that is obeyed" % " ".join(command[:5]), "pwned" in shown and not OBEYED.search(shown), repr(shown))
    patch = repository.tenon("fix", "--against", "git:HEAD")[1]
    done = subprocess.run(["git", "apply", "--check"], cwd=repository.folder, input=patch, text=True, capture_output=True)
    tally.check("hostile: a patch has the path as git has it", patch and done.returncode == 0, (patch, done.stderr))
    told = [each["description"] for each in json.loads(repository.check_as("gitlab")[1])]
    tally.check("hostile: gitlab says nothing that is obeyed", "pwned" in "".join(told) and not OBEYED.search("".join(told)), told)
    repository.write({"marked.avsc": '\ufeff"string"'})
    status, out, _ = repository.check_as("text", "marked.avsc")
    tally.check("hostile: a byte order mark is named", status == 1 and "byte order mark" in out, out)
    repository = Repository(folder / "subjects", binary, {"pwned\u202e.avsc": record("A")})
    server = Server(binary, folder / "hostile.db").start()
    try:
        for words in (("register", ), ("subjects", ), ("subjects", "--versions")):
            status, out, err = repository.tenon(*words, "--registry", server.url)
            tally.check("hostile: %s says nothing that is obeyed" % " ".join(words), "pwned" in out + err and not OBEYED.search(out + err), (out, err))
    finally:
        server.kill()


def check_long(tally, binary, folder):
    """A comment has an end, and so has a line."""
    fields = [("f%d" % number, "long") for number in range(3000)]
    repository = Repository(folder / "long", binary, {"wide.avsc": record("Wide", *fields)})
    repository.write({"wide.avsc": record("Wide", *((name, "int") for name, _ in fields))})
    _, out, _ = repository.check_as("markdown")
    tally.check("long: a comment has bounds and says what is not in it", len(out) < 60000 and re.search(r"and (at least )?\d+ more findings; `tenon check`", out), len(out))
    for form, most in (("text", 1700), ("github", 2500)):
        _, out, _ = repository.check_as(form)
        tally.check("long: events are cut in %s" % form, max(map(len, out.splitlines())) < most and "…" in out, max(map(len, out.splitlines())))
    tally.check("long: events are cut in gitlab", max(len(each["description"]) for each in json.loads(repository.check_as("gitlab")[1])) < 2500)
    _, report, _ = repository.check()
    first = report["schemas"][0]["findings"][0]["finding"]
    results = json.loads(repository.check_as("sarif")[1])["runs"][0]["results"]
    tally.check("long: json and sarif are whole", len(first["witness"]["event"]) == 3000 and '"f2999":' in results[0]["message"]["text"], first)
    long = "n" * 20000
    notes = "[[ignore]]\nrule = \"*\"\npath = \"%s%d\"\nreason = \"none\"\n"
    repository.commit({"wide.avsc": record("Wide", *((long + str(number), "long") for number in range(9)))})
    repository.write({"wide.avsc": record("Wide", *((long + str(number), "string") for number in range(9))),
                      "tenon.toml": "".join(notes % (long[:5000], number) for number in range(99))})
    _, out, err = repository.check_as("markdown")
    tally.check("long: names do not fill a comment", "more notices" in out and out.count("AVRO-TYPE-CHANGED") == 9 and len(out) < 60000, (len(out), err))


SHOWN = '''{"type": "record", "name": "Shown",
 "doc": "日本✅",\t"fields": [{"name": "g", "type": "long"},
 {"name": "a", "type": "string"}, {"name": "b", "type": "string"}]}'''


def check_excerpt(tally, binary, folder):
    fields = [{"name": name, "type": "int", "default": 0} for name in "ab"]
    repository = Repository(folder / "excerpt", binary, {"a.avsc": {"type": "record", "name": "Shown", "fields": fields}})
    repository.write({"a.avsc": SHOWN})
    _, out, _ = repository.check_as("text")
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if "日本" in line)
    tally.check("excerpt: a caret stands under what it means, wide characters and tabs before it", lines[at + 1].rstrip().endswith("^")
                and lines[at + 1].count("\t") == 1 and lines[at + 1].split("\t")[0] == "      | " + " " * (len(' "doc": "",') + 6), lines[at:at + 2])
    places = [tuple(map(int, found)) for found in re.findall(r"^a\.avsc:(\d+):(\d+): ", out, re.M)]
    tally.check("excerpt: findings are in the order of their places", len(places) == 3 and places == sorted(places), places)
    padding = '"doc": "%s", ' % ("d" * 400)
    repository.write({"a.avsc": '{"type": "record", "name": "Shown", %s"fields": [{"name": "g", %s"type": "long"}]}' % (padding, padding)})
    _, out, _ = repository.check_as("text")
    shown, caret = next((line, out.splitlines()[number + 1]) for number, line in enumerate(out.splitlines()) if line.startswith("    1 | "))
    tally.check("excerpt: what is cut off is told at both ends", shown.startswith("    1 | …") and shown.endswith("…")
                and shown[caret.index("^"):].startswith('"g"'), (shown, caret))
    repository.commit({"a.avsc": record("Shown")})
    repository.write({"a.avsc": record("Shown", ("g", "long"))})
    _, out, _ = repository.check_as("text")
    tally.check("excerpt: an event without bytes has none", "      bytes    none\n" in out, out)


def check_idle_settings(tally, binary, folder):
    """A typing mistake in tenon.toml would leave the gate open."""
    files = {"a.avsc": record("A", ("id", "long")), "b.avsc": record("B", ("id", "long"))}
    repository = Repository(folder / "idle", binary, files)
    server = Server(binary, folder / "idle.db").start()
    try:
        for text, wanted in [("[subjects.\"s\"]\nfile = \"nofile.avsc\"", "tenon.toml:1: the subject \"s\": there is no schema nofile.avsc"),
                             ("\n[subjects.s]\nfile = \"a.avsc\"\n[subjects.t]\nfile = \"a.avsc\"",
                              "tenon.toml:4: the subject \"t\" is not that of a.avsc, which is \"s\"")]:
            repository.write({"tenon.toml": text})
            for words in (("check", "--against", "git:HEAD"), ("check", "--against", server.url), ("register", "--registry", server.url),
                          ("fix", "--against", "git:HEAD")):
                status, out, err = repository.tenon(*words)
                tally.check("%s: a subject of no file is refused: %s" % (words[0], wanted), status == 2 and wanted in err and not out, (out, err))
    finally:
        server.kill()
    repository.write({"tenon.toml": "[subjects.s]\nfile = \"b.avsc\"", "b.avsc": None})
    status, report, err = repository.check()
    tally.check("check: one that was removed is not", status == 0 and outcomes(report)["b.avsc"] == "removed", (report, err))
    ignore = "[[ignore]]\nrule = \"%s\"\npath = \"%s\"\nreason = \"r\"\n"
    repository.write({**files, "a.avsc": record("A", ("id", "string")), "tenon.toml": ""})
    rule = rules(repository.check()[1])[0][1]
    for path, what, status, wanted in [("c*.avsc", rule, 1, "the exception for c*.avsc matches no schema"),
                                       ("a.avsc", "AVRO-ENUM-SYMBOL-MISSING", 1, "the exception from AVRO-ENUM-SYMBOL-MISSING for a.avsc excuses nothing"),
                                       ("a.avsc", rule, 0, None), ("b.avsc", rule, 1, None)]:
        repository.write({"tenon.toml": "\n" + ignore % (what, path)})
        got, report, err = repository.check()
        tally.check("check: an exception for %s from %s" % (path, what), got == status and [(each["path"], each["line"], each["message"])
                    for each in report["notices"]] == ([("tenon.toml", 2, wanted)] if wanted else []), (report["notices"], err))


GONE = {
    "a.avsc": ('{"type": "record", "name": "A", "fields": [\n {"name": "x", "type":\n  {"type": "record", "name": "In", "fields": [\n'
               '   {"name": "q", "type": "int"},\n   {"name": "p", "type": "int"}]}}]}', '   {"name": "q", "type": "int"},\n', 3),
    "b.proto": ('syntax = "proto2";\nmessage Out {\n  message In {\n    required int32 p = 1;\n    required int32 q = 2;\n  }\n'
                '  optional In x = 1;\n}\n', "    required int32 q = 2;\n", 3),
    "c.json": ('{"$schema": "%s", "type": "object", "properties": {\n "x":\n  {"type": "object", "additionalProperties": false,'
               ' "properties": {\n   "q": {"type": "string"},\n   "p": {"type": "string"}}}}}' % DRAFT, '   "q": {"type": "string"},\n', 3),
}


def check_many(tally, binary, folder):
    """What is not listed is counted."""
    fields = lambda kind: record("R", *(("f%d" % number, kind) for number in range(1500)))
    messages = lambda kind: 'syntax = "proto3";\nmessage M {\n%s}\n' % "".join("  %s f%d = %d;\n" % (kind, number, number) for number in range(1, 1501))
    properties = lambda kind: {"$schema": DRAFT, "properties": {"f%d" % number: {"type": kind} for number in range(1500)}}
    repository = Repository(folder / "many", binary, {"r.avsc": fields("int"), "m.proto": messages("int32"), "p.json": properties("integer")})
    repository.write({"r.avsc": fields("string"), "m.proto": messages("string"), "p.json": properties("string")})
    _, report, _ = repository.check()
    for schema in report["schemas"]:
        tally.check("check: %s: 1,000 of 1,500 findings are listed, and there are more" % schema["path"],
                    len(schema["findings"]) == 1000 and schema["unlisted"] > 0, (len(schema["findings"]), schema["unlisted"]))
    _, out, _ = repository.check_as("text")
    tally.check("check: and that is told", len(re.findall(": at least [0-9]+ more like these\n", out)) == 3, out[-300:])


def check_hidden(tally, binary, folder):
    """Where every event fails, none shows what would be read as something else."""
    stamp = lambda unit: {"type": "long", "logicalType": "timestamp-" + unit}
    repository = Repository(folder / "hidden", binary, {"t.avsc": record("T", ("at", stamp("millis")))})
    repository.write({"t.avsc": record("T", ("at", stamp("micros")), ("more", "int"))})
    _, report, _ = repository.check()
    tally.check("check: what is hidden is counted", [rule for _, rule in rules(report)] == ["AVRO-FIELD-NO-DEFAULT"] and report["schemas"][0]["hidden"] == 1, report)
    _, out, _ = repository.check_as("text")
    tally.check("check: and told", "t.avsc: 1 more will show once what fails is mended" in out, out)


def check_harmless(tally, binary, folder):
    """Two fields of one alias: the reference compares the first, decoders give the value to the last."""
    old = record("T", ("g", "int"))
    new = {**old, "fields": [{"name": "first", "type": "string", "default": "", "aliases": ["g"]}, {"name": "last", "type": "int", "aliases": ["g"]}]}
    repository = Repository(folder / "harmless", binary, {"t.avsc": old})
    repository.write({"t.avsc": new})
    for form in ("text", "markdown", "gitlab"):
        _, out, _ = repository.check_as(form)
        tally.check("check: %s says that nothing breaks" % form, "field `first` is written as int" in out.replace("\\`", "`")
                    and "none breaks: decoders read what the registry refuses" in out, out)


def check_removed_field(tally, binary, folder):
    """An annotation needs a line that is there: that of what enclosed the field."""
    repository = Repository(folder / "gone", binary, {path: text for path, (text, _, _) in GONE.items()})
    repository.write({path: text.replace(line, "") for path, (text, line, _) in GONE.items()})
    status, out, _ = repository.tenon("check", "--against", "git:HEAD", "--level", "FULL", "--format", "github")
    for path, (_, _, line) in GONE.items():
        tally.check("check: a field that is gone from %s is told at what enclosed it" % path,
                    status == 1 and "::error file=%s,line=%d," % (path, line) in out, out)


def register(server, subject, schema, kind="AVRO", references=()):
    body = {"schema": schema if isinstance(schema, str) else json.dumps(schema), "schemaType": kind, "references": list(references)}
    with Connection("127.0.0.1", server.port) as connection:
        return connection.request("POST", "/subjects/%s/versions" % subject, body)


def check_registry(tally, binary, folder):
    repository = Repository(folder / "registry", binary, FILES)
    server = Server(binary, folder / "check.db").start()
    try:
        register(server, "money", MONEY)
        register(server, "order", ORDER, references=[{"name": "shop.Money", "subject": "money", "version": 1}])
        status, report, err = repository.check("schemas/order.avsc", "schemas/common", against=server.url)
        tally.check("check: against a registry, by the names of files", status == 0 and outcomes(report) == {
            "schemas/order.avsc": "compatible", "schemas/common/money.avsc": "compatible",
            "schemas/common/price.proto": "first", "schemas/common/name.json": "first"}, (report, err))
        repository.write({"schemas/common/money.avsc": record("Money", ("amount", "double"), namespace="shop")})
        for flags, wanted in (((), 0), (("--policy", "SOUND"), 1), (("--level", "FORWARD"), 1)):
            status, report, err = repository.check("schemas/common/money.avsc", *flags, against=server.url)
            tally.check("check: a registry's level and policy, and %s" % (flags or "no others",), status == wanted, (report, err))
        for number in (2, 3):
            register(server, "money", record("Money", ("amount", "long"), namespace="shop", doc="version %d" % number))
        with Connection("127.0.0.1", server.port) as connection:
            connection.request("PUT", "/config/money", {"compatibility": "FULL_TRANSITIVE"})
        repository.write({"schemas/common/money.avsc": record("Money", ("amount", "double"), namespace="shop")})
        status, report, err = repository.check("schemas/common/money.avsc", against=server.url)
        money = report["schemas"][0]
        tally.check("check: the registry's level and all versions count", status == 1 and money["level"] == "FULL_TRANSITIVE"
                    and len(money["against"]) == 3, (money, err))
    finally:
        server.kill()


def check_unreported(tally, binary, folder):
    """A run without a verdict leaves no report of an earlier one, and is told where its host looks."""
    repository = Repository(folder / "unreported", binary, FILES)
    for form in ("text", "json", "sarif", "junit", "github", "gitlab", "markdown"):
        words = ("--format", form, "--output", "report")
        repository.tenon("check", "--against", "git:HEAD", *words)
        had = (repository.folder / "report").read_text()
        for name, bad in (("check", ("check", "--against", "git:no%such")), ("audit", ("audit", "http://127.0.0.1:9"))):
            (repository.folder / "report").write_text(had)
            status, out, err = repository.tenon(*bad, *words)
            left = (repository.folder / "report").read_text() if (repository.folder / "report").exists() else None
            tally.check("%s: as %s nothing old is left" % (name, form), status == 2 and had and left != had and err and not out
                        and (left is not None) == (form in ("github", "sarif")), (status, out, err, left))
        if form == "github":
            status, out, err = repository.tenon("check", "--against", "git:no%such", "--format", form)
            tally.check("check: github says why there is no report", out.startswith("::error::git:no%25such") and len(out.splitlines()) == 1
                        and err.startswith("tenon check: git:no%such"), (out, err))
        if form == "sarif":
            jsonschema.validate(json.loads(left), json.loads((HERE / "sarif-2.1.0.json").read_text()), jsonschema.Draft4Validator)
            run = json.loads(left)["runs"][0]["invocations"][0]
            tally.check("audit: sarif says that there was none", not run["executionSuccessful"] and run["exitCode"] == 2
                        and "127.0.0.1:9" in run["toolExecutionNotifications"][0]["message"]["text"], run)
    (repository.folder / "link").symlink_to("report")
    (repository.folder / "report").write_text("x")
    repository.tenon("check", "--against", "git:nosuch", "--output", "link")
    tally.check("check: what is no file is left", (repository.folder / "report").read_text() == "x" and (repository.folder / "link").is_symlink())
    repository.tenon("check", "--against", "git:HEAD", "--format", "nosuch", "--output", "report")
    tally.check("check: and so it is by wrong arguments", (repository.folder / "report").read_text() == "x")


def check_latin(tally, binary, folder):
    """Bytes that are no UTF-8, of which no JSON and no XML may have any."""
    repository = Repository(folder / "latin", binary)
    text = "syntax = \"proto3\";\npackage p; // Gr\xf6\xdfe\nmessage M {\n  /* \xfc */ %s // n\xe4mlich\n}\n"

    def write(field):
        (repository.folder / "m.proto").write_bytes((text % field).encode("latin-1"))

    write("int32 a = 1; int32 b = 2;")
    repository.commit()
    write("string a = 1;")
    for form in ("text", "json", "sarif", "junit", "github", "gitlab", "markdown"):
        done = subprocess.run([binary, "check", "--against", "git:HEAD", "--format", form, "--level", "FULL"], cwd=repository.folder,
                              env=repository.environment(), capture_output=True)
        told = done.stdout.decode("utf-8", "replace")
        tally.check("check: %s is UTF-8 whatever a schema is" % form, done.returncode == 1 and told.encode() == done.stdout, (done.returncode, told))
        if form == "json":
            tally.check("check: json has no text that it cannot have", json.loads(told)["schemas"][0]["fixed"] is None, told)
        if form == "junit":
            xml.etree.ElementTree.fromstring(done.stdout)
    done = subprocess.run([binary, "diff", "git:HEAD:m.proto", "m.proto", "--format", "json"], cwd=repository.folder,
                          env=repository.environment(), capture_output=True)
    tally.check("diff: and so is its json", done.returncode == 0 and json.loads(done.stdout.decode()), done)


def check_naming(tally, binary, folder):
    """Subjects after files, paths and records, with what Kafka's producers put behind a topic's name."""
    repository = Repository(folder / "naming", binary, FILES)

    def subjects(naming):
        repository.write({"schemas/tenon.toml": "naming = \"%s\"\n" % naming})
        return {each["path"].rsplit("/", 1)[1]: each["subject"] for each in repository.check()[1]["schemas"]}

    for naming, order, price in [("file", "order", "price"), ("path", "order", "common.price"), ("{file}-value", "order-value", "price-value"),
                                 ("{path}-key", "order-key", "common.price-key"), ("shop.{file}.{record}", "shop.order.shop.Order", None),
                                 ("record", "shop.Order", None), ("{record}", "shop.Order", None)]:
        named = subjects(naming)
        tally.check("naming: %s" % naming, named["order.avsc"] == order and price in (None, named["price.proto"]), named)
    for naming in ("value", "", "{", "}", "{file", "file}", "{}", "{topic}-value", "{{file}}", "{file}}"):
        repository.write({"schemas/tenon.toml": "\nnaming = \"%s\"\n" % naming})
        status, _, err = repository.tenon("check", "--against", "git:HEAD")
        tally.check("naming: %r is refused" % naming, status == 2 and "tenon.toml:2: \"naming\" is " in err, (status, err))
    server = Server(binary, folder / "naming.db").start()
    try:
        register(server, "money-value", MONEY)
        register(server, "money-key", MONEY)
        repository.write({"schemas/tenon.toml": ""})
        status, report, err = repository.check("schemas/common", against=server.url)
        said = [each["message"] for each in report["notices"] if each["path"] == "schemas/common/money.avsc"]
        tally.check("naming: a registry that has the subject of a topic", status == 0 and len(said) == len(report["notices"]) == 2
                    and said[0].startswith("the registry has no subject money, but money-value;") and "naming = \"{file}-value\"" in said[0]
                    and "money-key;" in said[1], report["notices"])
        repository.write({"schemas/tenon.toml": "naming = \"{file}-value\"", "schemas/common/money.avsc": record("Money", ("amount", "string"), namespace="shop")})
        status, report, err = repository.check("schemas/common", against=server.url)
        tally.check("naming: and is compared with it", status == 1 and not report["notices"] and report["schemas"][0]["subject"] == "money-value", (report, err))
    finally:
        server.kill()


def check_all(tally, binary, folder):
    for part in (check_discovery, check_namesakes, check_reach, check_states, check_bases, check_settings, check_idle_settings, check_formats, check_excuses, check_removed_field, check_harmless, check_hidden, check_many, check_hostile, check_long, check_excerpt,
                 check_registry, check_naming, check_unreported, check_latin):
        part(tally, binary, folder)
