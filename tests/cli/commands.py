"""The other commands that work with schemas: what they print, what they change, how they end."""
import contextlib
import http.server
import json
import os
import pathlib
import pty
import re
import socket
import subprocess
import tempfile
import threading

from checking import DRAFT, FILES, MONEY, ORDER, record, register
from repository import Repository, outcomes
from support.http import Connection
from support.server import ROOT, Server

PAGES = ROOT / "docs/rules"


def check_explain(tally, binary, folder):
    repository = Repository(folder / "explain", binary)
    status, out, _ = repository.tenon("explain")
    listed = [line.split()[0] for line in out.splitlines()]
    tally.check("explain: lists the rules", status == 0 and "AVRO-FIELD-NO-DEFAULT" in listed, out)
    status, out, _ = repository.tenon("explain", "avro-field-no-default")
    tally.check("explain: a rule in any letter case", status == 0 and out.startswith("AVRO-FIELD-NO-DEFAULT: ") and "New schema" in out, out)
    status, _, err = repository.tenon("explain", "NO-SUCH-RULE")
    tally.check("explain: an unknown rule ends with 2", status == 2 and "no rule NO-SUCH-RULE; tenon explain lists them\n" in err, err)
    for given, wanted in [("AVRO-FIELD", "near are AVRO-FIELD-"), ("avro-field-no-defualt", "; near are AVRO-FIELD-NO-DEFAULT; tenon"),
                          ("AVRO-FIELD-DEFAULT", "AVRO-FIELD-NO-DEFAULT"), ("SCHEMA-TYPE-CHANGE", "near are SCHEMA-TYPE-CHANGED; tenon")]:
        for words in (("explain", given), ("ignore", given, "x.avsc", "--reason", "r")):
            status, _, err = repository.tenon(*words)
            tally.check("%s: a rule that is none names those near it: %s" % (words[0], given), status == 2 and "no rule " + given in err and wanted in err, err)
    tally.check("explain: an empty name, and a long one", all(repository.tenon("explain", given)[0] == 2 for given in ("", "A" * 500)))
    made = folder / "rules"
    made.mkdir()
    status, _, err = repository.tenon("explain", "--markdown", str(made))
    tally.check("explain: every rule's example leads to the rule", status == 0, err)
    have = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    want = {path.name: path.read_text() for path in made.glob("*.md")}
    different = sorted(name for name in have.keys() | want.keys() if have.get(name) != want.get(name))
    tally.check("explain: docs/rules is as `tenon explain --markdown docs/rules` makes it", status != 0 or not different,
                "make it again; different: %s" % ", ".join(different))


def check_diff(tally, binary, folder):
    repository = Repository(folder / "diff", binary, FILES)
    changed = record("Order", ("id", "long"), ("price", "shop.Money"), ("note", "string"), namespace="shop")
    repository.write({"schemas/order.avsc": json.dumps(changed)})
    old, new = "git:HEAD:schemas/order.avsc", "schemas/order.avsc"
    status, out, err = repository.tenon("diff", old, new)
    tally.check("diff: a commit and a file, with references", status == 0 and "`note`" in out and out.startswith("+ ")
                and "new readers of old events: fails; old readers of new events: safe" in out, (out, err))
    status, out, _ = repository.tenon("diff", new, new)
    tally.check("diff: nothing", (status, out) == (0, "no difference\n"), out)
    status, out, _ = repository.tenon("diff", old, new, "--format", "json")
    answer = json.loads(out)
    tally.check("diff: json", status == 0 and set(answer) == {"changes", "backward", "forward"}, answer)
    repository.write({"broken.avsc": "{bad"})
    status, _, err = repository.tenon("diff", "broken.avsc", new)
    tally.check("diff: a text that cannot be parsed, in words for people", status == 2
                and err.startswith("tenon diff: broken.avsc:1:2: Unexpected character") and "Source" not in err, err)
    for arguments, wanted in [((old, "schemas/shop.proto"), "of type"), ((old, "schemas/nothing.avsc"), "No such file"),
                              (("git:HEAD:nothing.avsc", new), "no schema nothing.avsc"), ((old,), "an argument is missing"),
                              ((old, new, new), "one argument too many"), (("orders@x", new), "a version is a number")]:
        status, _, err = repository.tenon("diff", *arguments)
        tally.check("diff: %s ends with 2" % wanted, status == 2 and wanted in err, err)


def check_fix(tally, binary, folder):
    repository = Repository(folder / "fix", binary, {"a.avsc": json.dumps(record("A", ("id", "long")), indent=2) + "\n"})
    repository.write({"a.avsc": json.dumps(record("A", ("id", "long"), ("note", ["null", "string"])), indent=2) + "\n"})
    before = (repository.folder / "a.avsc").read_text()
    status, patch, err = repository.tenon("fix", "--against", "git:HEAD")
    tally.check("fix: without --write nothing is changed", (repository.folder / "a.avsc").read_text() == before)
    mendable = any(finding["finding"]["fix"] and finding["finding"]["fix"]["safe"]
                   for schema in repository.check()[1]["schemas"] for finding in schema["findings"])
    if not tally.check("fix: a field without default has a safe fix", mendable, (status, patch, err)):
        return
    subprocess.run(["git", "apply", "--check"], cwd=repository.folder, input=patch, text=True, check=True, capture_output=True)
    tally.check("fix: the patch applies, and that is all there was", status == 0 and patch.startswith("--- a/a.avsc\n+++ b/a.avsc\n@@ "), patch)
    status, out, err = repository.tenon("fix", "--against", "git:HEAD", "--write")
    tally.check("fix: --write mends", status == 0 and "mended 1 finding in 1 file, 0 left" in out and repository.check()[0] == 0, (out, err))
    repository.write({"a.avsc": json.dumps(record("A", ("id", "boolean")))})
    status, out, err = repository.tenon("fix", "--against", "git:HEAD")
    tally.check("fix: what no safe edit mends is left and ends with 1", status == 1 and not out
                and "error left: field `id` is written as long and read as boolean [AVRO-TYPE-CHANGED]: its fix is the author's to choose" in err
                and err.endswith("\nmends 0 findings in 0 files, 1 left\n"), (out, err))
    kept, lost = ('syntax = "proto3";\nmessage M {\n  int32 a = 1;\n%s}\n' % more for more in ("  int32 b = 2;\n", ""))
    repository.git("checkout", "-q", ".")
    repository.write({"m.proto": kept})
    repository.commit()
    repository.write({"m.proto": lost})
    status, out, err = repository.tenon("fix", "--against", "git:HEAD", "--write")
    tally.check("fix: what a warning asks for is mended as well", "mended 1 finding in 1 file, 0 left" in out and
                "reserved 2;" in (repository.folder / "m.proto").read_text(), (out, err))
    tally.check("fix: and is not found again", not repository.check()[1]["summary"]["warnings"], out)
    check_fix_left(tally, binary, folder)


def check_fix_left(tally, binary, folder):
    """What is left is told, also when it is a warning, and as tenon check tells it."""
    repository = Repository(folder / "left", binary, {"a.avsc": record("A", ("n", "long")), "b.avsc": "{"})
    repository.write({"a.avsc": record("A", ("n", "double"))})
    status, out, err = repository.tenon("fix", "a.avsc", "--against", "git:HEAD")
    tally.check("fix: a warning that is left", (status, out) == (0, "") and re.search(r"^a\.avsc:1: warning left: .* \[AVRO-NUMBER-LOSSY\]: its fix is the "
                "author's to choose: ", err, re.M) and err.endswith("mends 0 findings in 0 files, 1 left, of which 1 warning\n"), (status, out, err))
    repository.write({"b.avsc": record("B")})
    status, out, err = repository.tenon("fix", "b.avsc", "--against", "git:HEAD")
    tally.check("fix: what could not be told", status == 2 and err.startswith("b.avsc: could not tell: "), (status, out, err))
    # One place for many edits.
    fields = "".join("  int32 f%d = %d;\n" % (number, number) for number in range(1, 41))
    proto = "syntax = \"proto3\";\nmessage M {\n%s}\n"
    repository = Repository(folder / "numbers", binary, {"m.proto": proto % fields})
    repository.write({"m.proto": proto % "".join(fields.splitlines(True)[:20])})
    status, out, err = repository.tenon("fix", "--against", "git:HEAD", "--write")
    tally.check("fix: twenty edits at one place", (status, out) == (0, "mended 20 findings in 1 file, 0 left\n")
                and repository.check()[1]["summary"]["warnings"] == 0, (status, out, err))
    repository = Repository(folder / "renamed", binary, {"a.avsc": record("A", ("id", "long"))})
    repository.write({"a.avsc": record("A", ("ident", "long"))})
    status, out, err = repository.tenon("fix", "--against", "git:HEAD", "--write")
    tally.check("fix: whether a field is new or renamed is its author's to say", (status, out) == (1, "mended 0 findings in 0 files, 1 left\n")
                and "its fix is the author's to choose: give field `ident` the default 0, or the alias `id` if that is what it was called" in err
                and "default" not in (repository.folder / "a.avsc").read_text(), (out, err))
    repository = Repository(folder / "shared", binary, FILES)
    repository.write({"schemas/common/money.avsc": record("Money", ("amount", "long"), ("currency", "string"), namespace="shop")})
    status, out, err = repository.tenon("fix", "--against", "git:HEAD", "--write")
    tally.check("fix: what others refer to is mended once, and they are fine with it", (status, out) ==
                (0, "mended 1 finding in 1 file, 0 left\n") and repository.check()[0] == 0, (status, out, err))


def check_ignore(tally, binary, folder):
    repository = Repository(folder / "ignore", binary, FILES)
    repository.write({"schemas/order.avsc": json.dumps(record("Order", ("id", "string"), ("price", "shop.Money"), namespace="shop"))})
    status, report, _ = repository.check()
    rule = report["schemas"][-3]["findings"] or [finding for schema in report["schemas"] for finding in schema["findings"]]
    rule = rule[0]["finding"]["rule"]
    for arguments, wanted in [((rule, "schemas/order.avsc"), "--reason is missing"),
                              ((rule, "schemas/order.avsc", "--reason", "r", "--until", "2020-01-01"), "has passed"),
                              ((rule, "schemas/order.avsc", "--reason", "r", "--until", "soon"), "is no day of the calendar"),
                              ((rule, "schemas/none.avsc", "--reason", "r"), "No such file"),
                              (("NO-RULE", "schemas/order.avsc", "--reason", "r"), "no rule NO-RULE")]:
        status, _, err = repository.tenon("ignore", *arguments)
        tally.check("ignore: %s ends with 2" % wanted, status == 2 and wanted in err and not (repository.folder / "tenon.toml").exists(), err)
    words = ("ignore", rule, "schemas/order.avsc", "--reason", "a \"quoted\"\nreason", "--until", "2099-12-31")
    status, out, err = repository.tenon(*words)
    tally.check("ignore: is written", status == 0 and (repository.folder / "tenon.toml").exists(), (out, err))
    status, report, err = repository.check()
    excused = [finding["excused"] for schema in report["schemas"] for finding in schema["findings"]]
    tally.check("ignore: counts, and is reported", status == 0 and {"reason": "a \"quoted\"\nreason", "until": "2099-12-31"} in excused,
                (status, report, err))
    status, _, err = repository.tenon(*words)
    tally.check("ignore: not twice", status == 2 and "tenon.toml:1 has this exception already, until 2099-12-31" in err, err)
    status, _, err = repository.tenon(*words[:-1], "2099-02-30")
    tally.check("ignore: not to a day that is none", status == 2 and "--until 2099-02-30 is no day of the calendar" in err, err)


def check_ignore_patterns(tally, binary, folder):
    """A name that looks like a pattern excuses that file alone; a pattern excuses what it matches."""
    names = ["a[1].avsc", "a1.avsc", "b*.avsc", "bc.avsc", "c?.avsc", "cd.avsc", "d\\e.avsc", "s/x.avsc", "s[2]/y.avsc"]

    def excused(given, cwd=".", settings="tenon.toml"):
        repository = Repository(folder / ("patterns-%d" % len(list(folder.iterdir()))), binary, {name: record("N", ("a", "int")) for name in names})
        repository.write({name: record("N", ("a", "string")) for name in names})
        if settings != "tenon.toml":
            repository.write({settings: ""})
        status, out, err = repository.tenon("ignore", "AVRO-TYPE-CHANGED", given, "--reason", "r", cwd=repository.folder / cwd)
        again = repository.tenon("ignore", "AVRO-TYPE-CHANGED", given, "--reason", "r", cwd=repository.folder / cwd)
        tally.check("ignore: %s is not excused twice" % given, status != 0 or again[0] == 2 and "has this exception already" in again[2], again)
        if status != 0:
            return err
        tally.check("ignore: %s, into the nearest tenon.toml" % given, settings == "tenon.toml" or (repository.folder / settings).read_text(), out)
        return [name for name in names if repository.check()[1] and outcomes(repository.check()[1])[name] == "compatible"]

    for name in names:
        tally.check("ignore: %s means that file" % name, excused(name) == [name], name)
    for given, options, wanted in [("*", {}, names), ("s/*", {}, ["s/x.avsc"]), ("s*", {}, ["s/x.avsc", "s[2]/y.avsc"]), ("./s/?.avsc", {}, ["s/x.avsc"]),
                                   ("*", {"cwd": "s"}, ["s/x.avsc"]), ("../b*", {"cwd": "s"}, ["b*.avsc", "bc.avsc"]), ("s/*", {"settings": "s/tenon.toml"}, ["s/x.avsc"]),
                                   ("s[2]/*", {}, []), ("s\\[2]/*", {}, ["s[2]/y.avsc"])]:
        if wanted:
            tally.check("ignore: the pattern %s" % given, excused(given, **options) == wanted, (options, excused(given, **options)))
        else:
            tally.check("ignore: a pattern that matches nothing is refused", "matches no schema" in excused(given, **options), excused(given, **options))


def on_terminal(repository, *arguments, environment):
    """What the command shows on standard error when that is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([repository.binary, *arguments], cwd=repository.folder, stderr=theirs, stdout=subprocess.DEVNULL,
                          env={**repository.environment(), **environment}) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # Linux: nobody has the other end any more
            pass
        process.wait(20)
    os.close(ours)
    return shown.decode()


EVENTS = [
    ("schemas/common/money.avsc", '{"amount": 1}', '{"amount": "x"}', "02"),
    ("schemas/shop.proto", '{"id": 1}', '{"id": "x"}', "0801"),
    ("schemas/person.json", '{"name": "x"}', '{"name": 1}', None),
]


def check_validate(tally, binary, folder):
    repository = Repository(folder / "validate", binary, FILES)
    for path, good, bad, data in EVENTS:
        status, out, err = repository.tenon("validate", path, stdin=good)
        tally.check("validate: %s takes %s" % (path, good), (status, out) == (0, "valid\n"), (out, err))
        status, out, err = repository.tenon("validate", path, stdin=bad)
        tally.check("validate: %s refuses %s" % (path, bad), status == 1 and out.startswith("-: not valid: "), (out, err))
        if data:
            status, out, _ = repository.tenon("validate", path, "--bytes", stdin=good)
            tally.check("validate: bytes of %s" % path, (status, out) == (0, data + "\n"), out)
        repository.write({"events.jsonl": "%s\n\n%s\n%s" % (good, bad, good)})
        status, out, _ = repository.tenon("validate", path, "events.jsonl", "--lines")
        tally.check("validate: lines of %s" % path, status == 1 and len(out.splitlines()) == 1 and out.startswith("events.jsonl:3: "), out)
    lenient = {"type": "record", "name": "L", "fields": [{"name": "a", "type": ["null", "string"]}, {"name": "b", "type": "int", "default": 1}]}
    repository.write({"lenient.avsc": lenient})
    said = repository.tenon("validate", "--help")[1]
    tally.check("validate: is more lenient than Java's jsonDecoder, which its help says", repository.tenon("validate", "lenient.avsc", stdin='{"a": "x"}')[0] == 0
                and "jsonDecoder" in said and "default may be left out" in said and "no name of its branch" in said, said)
    repository.write({"date.json": '{"$schema": "%s", "format": "date"}' % DRAFT})
    for flags, wanted in [((), 1), (("--ignore-formats",), 0)]:
        status, out, _ = repository.tenon("validate", "date.json", *flags, stdin='"tomorrow"')
        tally.check("validate: formats %s" % (flags,), status == wanted, out)
    for arguments, stdin in [(("schemas/shop.proto", "--message", "shop.Nope"), "{}"), (("schemas/shop.proto",), " \n")]:
        status, out, err = repository.tenon("validate", *arguments, stdin=stdin)
        tally.check("validate: what cannot be told ends with 2: %s" % (arguments,), status == 2 and err and not out, (out, err))
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = "http://127.0.0.1:%d" % deaf.getsockname()[1]
        status, _, err = repository.tenon("subjects", "--registry", url, environment={"TENON_TIMEOUT": "1"})
        tally.check("a registry that never answers ends with 2", status == 2 and "timed out" in err and "TENON_TIMEOUT" in err, err)
        shown = on_terminal(repository, "subjects", "--registry", url, environment={"TENON_TIMEOUT": "1"})
        tally.check("a registry that does not answer at once is waited for aloud", "waiting for %s " % url in shown, shown)
    status, _, err = repository.tenon("subjects", "--registry", "http://127.0.0.1:9", environment={"TENON_TIMEOUT": "soon"})
    tally.check("a wrong TENON_TIMEOUT is refused", status == 2 and "from 1 to 3600" in err, err)
    name = "x\x1b[31m\u202e"
    repository.write({"named.json": {"$schema": DRAFT, "properties": {name: {"type": "string"}}}})
    status, out, _ = repository.tenon("validate", "named.json", stdin=json.dumps({name: 1}))
    tally.check("validate: says nothing that is obeyed", status == 1 and "\x1b" not in out and "\u202e" not in out, repr(out))
    status, _, err = repository.tenon("validate", "schemas/common/money.avsc", "nothing.json")
    tally.check("validate: no such file ends with 2", status == 2 and "nothing.json" in err, err)


class Page(http.server.BaseHTTPRequestHandler):
    """What a proxy answers when there is no registry behind it."""

    def do_GET(self):
        body = b"<html>\n<head><title>Gateway</title></head>\n</html>\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Old(Page):
    """A registry that does not know deleted=true but for a version."""
    answers = {"/subjects?subjectPrefix=:*:": [], "/subjects": ["a"], "/subjects/a/versions": [1], "/config": {"compatibilityLevel": "FULL"},
               "/subjects/a/versions/1?deleted=true": {"subject": "a", "version": 1, "id": 1, "schema": "\"int\""}}

    @staticmethod
    def make(**answers):
        return type("Made", (Old,), {"answers": {**Old.answers, **answers}})

    def do_GET(self):
        known = self.answers.get(self.path)
        body = json.dumps({"error_code": 400, "message": "no"} if known is None else known).encode()
        self.send_response(200 if known is not None else 404 if "versions/" in self.path else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def stranger(handler=Page):
    """The address of a server that is no registry, or another one."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield "http://127.0.0.1:%d" % server.server_port
        finally:
            server.shutdown()
            thread.join()


def check_strangers(tally, binary, folder):
    repository = Repository(folder / "strangers", binary, FILES)
    with stranger() as url:
        for arguments, wanted in [(("check", "--against", url), 2), (("get", "order@1", "--registry", url), 2), (("audit", url), 2),
                                  (("subjects", "--registry", url), 2), (("export", "--from", url, "--to", "out.jsonl"), 1)]:
            status, _, err = repository.tenon(*arguments)
            tally.check("%s: a page in place of an answer is told by its first line" % arguments[0], status == wanted and url in err
                        and "<html>" in err and "Gateway" not in err, (status, err))
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = "http://127.0.0.1:%d" % deaf.getsockname()[1]
        for arguments, wanted in [(("check", "--against", url), 2), (("audit", url), 2), (("export", "--from", url, "--to", "out.jsonl"), 1)]:
            status, _, err = repository.tenon(*arguments, "--timeout", "1", environment={"TENON_TIMEOUT": "600"})
            waited = re.search(r"waited for (\d+\.\d) seconds in all", err)
            tally.check("%s: --timeout goes before TENON_TIMEOUT, and what was waited is said" % arguments[0], status == wanted
                        and url in err and waited and 1 <= float(waited.group(1)) <= 10, (status, err))
    for seconds in ("soon", "0", "3601"):
        status, _, err = repository.tenon("check", "--against", "http://127.0.0.1:9", "--timeout", seconds)
        tally.check("check: --timeout %r is refused" % seconds, status == 2 and "--timeout is how many seconds" in err
                    and "from 1 to 3600" in err, (status, err))
    for name in ("check", "fix", "diff", "validate", "decode", "register", "get", "subjects", "config", "call", "audit", "import", "export"):
        tally.check("%s: has --timeout" % name, "--timeout SECONDS" in repository.tenon(name, "--help")[1], name)


def check_registry(tally, binary, folder):
    repository = Repository(folder / "commands", binary, FILES)
    repository.write({"schemas/tenon.toml": "[subjects.\"orders-value\"]\nfile = \"order.avsc\"\n"})
    server = Server(binary, folder / "commands.db").start()
    there = {"TENON_REGISTRY": server.url}

    def tenon(*arguments, **options):
        return repository.tenon(*arguments, environment=there, **options)

    try:
        status, out, err = tenon("subjects")
        tally.check("subjects: none", (status, out) == (0, ""), (out, err))
        status, _, err = tenon("register", "schemas/order.avsc")
        tally.check("register: what is referred to has to be there", status == 2 and "money.avsc is referred to and not registered" in err, err)
        repository.write({"twice/a/money.avsc": MONEY, "twice/b/money.avsc": MONEY})
        for words in (("register", "twice"), ("check", "twice", "--against", server.url)):
            status, _, err = tenon(*words)
            tally.check("%s: two files of one subject are refused" % words[0], status == 2 and "both the subject money" in err, err)
        status, out, err = tenon("register", "schemas", "--dry-run")
        tally.check("register: --dry-run registers nothing", status == 0 and "would be registered as orders-value" in out and tenon("subjects")[1] == "", (out, err))
        tally.check("register: --dry-run lists each file once", len(set(out.splitlines())) == len(out.splitlines()) == 6, out)
        tally.check("register: --dry-run says what it cannot ask about yet", "schemas/order.avsc: would be registered as orders-value, which the registry"
                    " cannot be asked about before schemas/common/money.avsc is registered\n" in out, out)
        status, out, err = tenon("register", "schemas")
        tally.check("register: a folder in the order of its references", status == 0
                    and "schemas/order.avsc: registered as orders-value version 1, id " in out, (out, err))
        status, out, err = tenon("register", "schemas")
        tally.check("register: twice changes nothing", status == 0 and "registered as" not in out and "is orders-value version 1" in out, (out, err))
        status, out, _ = tenon("subjects")
        tally.check("subjects: lists", out.split() == sorted(["money", "name", "orders-value", "person", "price", "shop"]), out)
        status, out, _ = tenon("subjects", "orders", "--versions")
        tally.check("subjects: by prefix, with versions", out == "orders-value\t1\n", out)
        status, out, _ = tenon("get", "money")
        tally.check("get: the latest", status == 0 and json.loads(out) == MONEY, out)
        status, out, _ = tenon("get", "orders-value@1", "--json")
        answer = json.loads(out)
        tally.check("get: a version whole", answer["references"] == [{"name": "shop.Money", "subject": "money", "version": 1}], out)
        tally.check("get: an id", tenon("get", str(answer["id"]))[1] == answer["schema"] + "\n")
        status, _, err = tenon("get", "nobody")
        tally.check("get: a subject that is not there ends with 2", status == 2 and "Subject 'nobody' not found." in err, err)
        with Connection("127.0.0.1", server.port) as connection:
            answer = connection.request("GET", "/api/v1/search?q=amount").json
        status, out, err = tenon("call", "/api/v1/search?q=amount")
        tally.check("call: what the registry answers", status == 0 and json.loads(out) == answer and answer["total"] > 0, (out, err))
        status, out, err = tenon("call", "/mode/money", "--method", "PUT", "--body", '{"mode": "READONLY"}')
        tally.check("call: sends a body", (status, out) == (0, '{"mode":"READONLY"}\n'), (out, err))
        tenon("call", "/mode/money", "--method", "DELETE")
        for arguments, wanted in [(("/nothing",), "404"), (("nothing",), "is no path"), (("/mode", "--method", "GET", "--body", "x"), "takes no --body")]:
            status, out, err = tenon("call", *arguments)
            tally.check("call: %s ends with 2" % wanted, (status, out) == (2, "") and wanted in err, (out, err))
        status, out, _ = tenon("config", "money", "--level", "FULL")
        tally.check("config: sets and prints", status == 0 and json.loads(out)["compatibilityLevel"] == "FULL", out)
        status, out, _ = tenon("config")
        tally.check("config: the registry's", json.loads(out)["compatibilityLevel"] == "BACKWARD", out)
        status, out, _ = tenon("config", "money", "--delete")
        tally.check("config: removes", status == 0 and json.loads(out)["compatibilityLevel"] == "BACKWARD", out)
        repository.write({"schemas/common/money.avsc": record("Money", ("amount", "string"), namespace="shop")})
        status, out, err = tenon("register", "schemas/common/money.avsc")
        tally.check("register: a refusal ends with 1 and says where and why", status == 1
                    and re.search(r"^schemas/common/money\.avsc:\d+:\d+: refused: field `amount` is .* \[AVRO-TYPE-CHANGED\]$", err, re.M), (out, err))
        status, out, err = tenon("register", "schemas")
        tally.check("register: what needs a refused one is not sent", status == 1 and err.count("money.avsc:") == 1
                    and "schemas/order.avsc: not sent, because it refers to schemas/common/money.avsc\n" in err, (out, err))
        status, out, err = tenon("diff", "money@1", "schemas/common/money.avsc")
        tally.check("diff: against a version of the registry", status == 0, (out, err))
        repository.write({"b.proto": FILES["schemas/common/price.proto"].replace("int64", "string")})
        status, out, err = tenon("diff", "price@1", "b.proto", "--format", "json")
        with Connection("127.0.0.1", server.port) as connection:
            answer = connection.request("POST", "/api/v1/diff", {
                "subject": "price", "from": 1, "new": {"schema": (repository.folder / "b.proto").read_text(), "schemaType": "PROTOBUF"}}).json
        tally.check("diff: what the API says", {name: answer[name] for name in ("changes", "backward", "forward")} == json.loads(out)
                    and len(answer["changes"]) == 1, (answer, out))
        status, out, err = tenon("validate", "orders-value@latest", stdin='{"id": 1, "price": {"amount": 2}}')
        tally.check("validate: by a version with references", (status, out) == (0, "valid\n"), (out, err))
    finally:
        server.kill()
    status, _, err = tenon("subjects")
    tally.check("subjects: a registry that is gone ends with 2", status == 2 and server.url in err, err)
    status, _, err = repository.tenon("subjects")
    tally.check("subjects: no registry ends with 2", status == 2 and "TENON_REGISTRY" in err, err)


def check_refusals(tally, binary, folder):
    """What a registry refuses is refused by --dry-run as well, and only what tenon check could explain is said to be explained."""
    repository = Repository(folder / "refusals", binary, FILES)
    server = Server(binary, folder / "refusals.db").start()
    hint = "tenon check --against %s explains what is refused\n" % server.url

    def both(*paths):
        """Of the dry run and of the real one."""
        return [repository.tenon("register", *paths, *flags, environment={"TENON_REGISTRY": server.url}) for flags in (["--dry-run"], [])]

    try:
        both("schemas")
        status, out, err = both("schemas")[0]
        tally.check("register: --dry-run knows what is there", status == 0 and "would" not in out and "is order version 1" in out, (out, err))
        repository.write({"schemas/common/money.avsc": record("Money", ("amount", "string"), namespace="shop")})
        for status, out, err in both("schemas"):
            tally.check("register: incompatible, and what refers to it", status == 1 and "schemas/common/money.avsc:" in err and "refused: " in err
                        and "schemas/order.avsc: not sent, because it refers to schemas/common/money.avsc\n" in err and hint in err
                        and "money.avsc: would" not in out, (status, out, err))
        _, _, err = both("schemas/common/money.avsc")[0]
        tally.check("register: --dry-run says what the registry says, without the schemas", "TYPE_MISMATCH" in err and "oldSchema" not in err, err)
        for name, text in [("broken.avsc", "{"), ("default.avsc", {"type": "record", "name": "D", "fields": [{"name": "a", "type": "int", "default": "x"}]})]:
            repository.write({name: text})
            for status, out, err in both(name):
                tally.check("register: %s is refused, which no check explains" % name, status == 1 and name + ": refused: " in err
                            and hint not in err and not out, (status, out, err))
        repository.write({"schemas/common/money.avsc": MONEY, "new.avsc": record("New", ("a", "int")), "user.avsc": record("User", ("new", "New")),
                          "bad.avsc": {**record("Bad", ("new", "New")), "fields": [{"name": "new", "type": "New"}, {"name": "new", "type": "int"}]}})
        status, out, err = both("new.avsc", "user.avsc", "bad.avsc")[0]
        tally.check("register: --dry-run parses what it cannot ask about", status == 1 and "user.avsc: would be registered as user" in out
                    and "bad.avsc: refused: " in err, (status, out, err))
        repository.tenon("call", "/mode/fresh", "--method", "PUT", "--body", '{"mode": "READONLY"}', "--registry", server.url)
        repository.write({"fresh.avsc": record("Fresh", ("a", "int"))})
        for status, out, err in both("fresh.avsc"):
            tally.check("register: a subject that is closed", status == 1 and "fresh.avsc: refused: Subject fresh " in err
                        and hint not in err and not out, (status, out, err))
    finally:
        server.kill()


def check_audit(tally, binary, folder):
    repository = Repository(folder / "audit", binary)
    server = Server(binary, folder / "audit.db", arguments=["--level", "NONE"]).start()
    try:
        status, report, err = audit(repository, server.url)
        tally.check("audit: an empty registry", status == 0 and report["schemas"] == [], (report, err))
        register(server, "good", MONEY)
        register(server, "good", record("Money", ("amount", "long"), namespace="shop", doc="of the shop"))
        register(server, "bad", MONEY)
        register(server, "bad", record("Money", ("amount", "string"), namespace="shop"))
        register(server, ":.ctx:order", ORDER, references=[])
        status, report, err = audit(repository, server.url)
        tally.check("audit: under NONE nothing is promised", status == 0, (report, err))
        with Connection("127.0.0.1", server.port) as connection:
            for name in ("good", "bad"):
                connection.request("PUT", "/config/" + name, {"compatibility": "BACKWARD"})
        status, report, err = audit(repository, server.url)
        tally.check("audit: a step that the registry should have refused", status == 1 and outcomes(report) == {
            "good/versions/1": "compatible", "good/versions/2": "compatible", "bad/versions/1": "compatible",
            "bad/versions/2": "breaks"}, (report and outcomes(report), err))
        with Connection("127.0.0.1", server.port) as connection:
            connection.request("PUT", "/config/hole", {"compatibility": "BACKWARD"})
        register(server, "unpromised", MONEY)
        register(server, "hole", record("Hole", ("a", "int")))
        register(server, "hole", record("Hole"))
        again = {"type": "record", "name": "Hole", "fields": [{"name": "a", "type": "string", "default": ""}]}
        register(server, "hole", again)
        register(server, "hole", {**again, "doc": "again"})
        status, report, err = audit(repository, server.url)
        tally.check("audit: a hole that the level does not see, told once", {name: end for name, end in outcomes(report).items() if "hole" in name} ==
                    {"hole/versions/1": "compatible", "hole/versions/2": "compatible", "hole/versions/3": "breaks", "hole/versions/4": "compatible"},
                    report and outcomes(report))
        tally.check("audit: subjects at NONE are counted", "1 of 4 subjects are at NONE" in err, err)
        status, out, err = repository.tenon("audit", server.url, "--policy", "STRICT", "--quiet", "--format", "json")
        tally.check("audit: STRICT asks for the level's promise", outcomes(json.loads(out))["hole/versions/3"] == "compatible" and not err, (out, err))
        for number in range(3, 30):
            register(server, "long", record("Money", ("amount", "long"), namespace="shop", doc="v%d" % number))
        status, report, err = audit(repository, server.url)
        tally.check("audit: longer histories than requests at a time", len(report["schemas"]) == 4 + 5 + 27, err)
        for form in ("text", "sarif", "junit", "github", "gitlab", "markdown"):
            status, out, err = repository.tenon("audit", server.url, "--format", form)
            tally.check("audit: as %s" % form, status == 1 and "bad/versions/2" in out, (out, err))
    finally:
        server.kill()
    status, _, err = repository.tenon("audit", server.url)
    tally.check("audit: a registry that is gone ends with 2", status == 2, err)
    check_audit_deleted(tally, binary, folder)


def check_audit_deleted(tally, binary, folder):
    """Events outlive versions: what was written under one that is deleted is read still."""
    repository = Repository(folder / "deleted", binary)
    server = Server(binary, folder / "deleted.db", arguments=["--level", "NONE"]).start()
    try:
        register(server, "part", MONEY)
        register(server, "money", MONEY)
        register(server, "money", record("Money", ("amount", "string"), namespace="shop"))
        register(server, "money", record("Money", ("amount", "long"), namespace="shop", doc="back"))
        register(server, "gone", MONEY)
        register(server, "order", ORDER, references=[{"name": "shop.Money", "subject": "part", "version": 1}])
        register(server, "order", record("Order", ("id", "long")))
        with Connection("127.0.0.1", server.port) as connection:
            connection.request("PUT", "/config", {"compatibility": "BACKWARD"})
            for path in ("/subjects/money/versions/2", "/subjects/gone", "/subjects/order/versions/1", "/subjects/part", "/subjects/part?permanent=true"):
                connection.request("DELETE", path)
        status, report, err = audit(repository, server.url)
        direction = next((each["path"], each["against"]) for each in report["schemas"] if each["outcome"] == "breaks")
        tally.check("audit: a step from a deleted version", status == 1 and sorted(outcomes(report)) == ["money/versions/1", "money/versions/3", "order/versions/2"]
                    and direction[0] == "money/versions/3" and direction[1][-1]["label"] == "money version 2 (deleted)", (outcomes(report), direction))
        status, out, err = repository.tenon("audit", "--registry", server.url)
        tally.check("audit: --registry, and the finding says what was deleted", status == 1 and "what money version 2 (deleted) wrote" in out, (out, err))
        tally.check("audit: fix cannot mend a registry", "tenon explain RULE" in out and "tenon fix" not in out, out)
        status, out, err = repository.tenon("audit", environment={"TENON_REGISTRY": server.url})
        tally.check("audit: TENON_REGISTRY", status == 1 and server.url in out, (out, err))
        status, out, err = repository.tenon("audit", server.url, "--policy", "STRICT")
        tally.check("audit: a registry does not see deleted versions", status == 0, (out, err))
        status, _, err = repository.tenon("audit", server.url, "--registry", server.url)
        tally.check("audit: one registry at a time", status == 2 and "not both" in err, err)
    finally:
        server.kill()
    with stranger(Old) as url:
        status, report, err = audit(repository, url)
        tally.check("audit: a registry that does not tell what is deleted", status == 0 and list(outcomes(report)) == ["a/versions/1"], (report, err))
    lost = {"subject": "a", "version": 1, "id": 1, "schema": "\"x.Gone\"", "references": [{"name": "x.Gone", "subject": "gone", "version": 1}]}
    with stranger(Old.make(**{"/subjects/a/versions": [2], "/subjects/a/versions?deleted=true": [1, 2, 3], "/subjects/a/versions/1?deleted=true": lost,
                              "/subjects/a/versions/2?deleted=true": {"subject": "a", "version": 2, "id": 2, "schema": "\"int\""}})) as url:
        status, report, err = audit(repository, url)
        tally.check("audit: deleted versions that are gone for good, or refer to such, are told of", status == 0 and list(outcomes(report)) == ["a/versions/2"]
                    and [each["path"] for each in report["notices"]] == ["a/versions/1"] and "is deleted and cannot be parsed" in
                    report["notices"][0]["message"], (report, err))
    status, _, err = repository.tenon("audit")
    tally.check("audit: no registry ends with 2", status == 2 and "TENON_REGISTRY" in err, err)


def audit(repository, url):
    status, out, err = repository.tenon("audit", url, "--format", "json")
    return status, json.loads(out) if out else None, err


def check_shells(tally, binary, folder):
    repository = Repository(folder / "shells", binary)
    script = folder / "tenon.bash"
    script.write_text(repository.tenon("completion", "bash")[1])
    asked = 'source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _tenon; echo "${COMPREPLY[*]}"'

    def complete(*words):
        quoted = " ".join("'%s'" % word for word in words)
        done = subprocess.run(["bash", "-c", asked % (script, quoted, len(words) - 1)], cwd=folder, capture_output=True, text=True)
        return done.stdout.split()

    for words, wanted in [(("tenon", "ch"), ["check"]), (("tenon", "check", "--form"), ["--format"]),
                          (("tenon", "check", "--format", "s"), ["sarif"]), (("tenon", "completion", "z"), ["zsh"]),
                          (("tenon", "serve", "--max-s"), ["--max-schema"]), (("tenon", "explain", "SCHEMA-T"), ["SCHEMA-TYPE-CHANGED"]),
                          (("tenon", "ignore", "SCHEMA-T"), ["SCHEMA-TYPE-CHANGED"]), (("tenon", "ignore", "SCHEMA-TYPE-CHANGED", "tenon.b"), ["tenon.bash"])]:
        tally.check("completion: bash %s" % " ".join(words), complete(*words) == wanted, complete(*words))
    for shell, first in [("zsh", "#compdef tenon"), ("fish", "# fish completion of tenon")]:
        status, out, _ = repository.tenon("completion", shell)
        tally.check("completion: %s" % shell, status == 0 and out.startswith(first) and "--against" in out.replace("-l against", "--against"), out[:200])
        have = subprocess.run(["which", shell], capture_output=True).returncode == 0
        if have:
            (folder / ("tenon." + shell)).write_text(out)
            done = subprocess.run([shell, "-n", str(folder / ("tenon." + shell))], capture_output=True, text=True)
            tally.check("completion: %s takes it" % shell, done.returncode == 0, done.stderr)
    tally.check("completion: another shell ends with 2", repository.tenon("completion", "tcsh")[0] == 2)
    status, out, _ = repository.tenon("manual")
    names = [line.split()[0] for line in repository.tenon("--help")[1].splitlines() if line.startswith("  ")]
    tally.check("manual: has every command", status == 0 and len(names) > 10 and all(".SS tenon %s\n" % name in out for name in names), names)
    kept = re.findall(r"^\.nf\n(.*?)^\.fi\n", out, re.M | re.S)
    widest = max((line.replace("\\-", "-") for block in kept for line in block.splitlines()), key=len)
    tally.check("manual: what is not filled fits 80 columns behind its margin", len(widest) <= 73, widest)
    for name in names:
        status, text, err = repository.tenon(name, "--help")
        tally.check("help: %s says usage, flags and exit status" % name, status == 0 and text.startswith("usage: tenon %s" % name)
                    and "Exit status:" in text and not err, (text, err))
        tally.check("help: tenon help %s is the same" % name, repository.tenon("help", name)[1] == text)


def check_all(tally, binary, folder):
    for part in (check_explain, check_diff, check_fix, check_ignore, check_ignore_patterns, check_validate, check_strangers, check_registry, check_refusals, check_audit, check_shells):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            part(tally, binary, pathlib.Path(name))
