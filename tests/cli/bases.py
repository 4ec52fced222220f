"""What a tree is compared with: the commit that REF means, the file that was moved, what git ignores, paths of hosts."""
import json
import re
import shutil
import subprocess

from checking import DRAFT, record
from repository import Repository, outcomes, rules
from support.server import Server


def schema(kind, *more):
    return json.dumps(record("O", ("id", kind), *more), indent=1)


def document(kind, **more):
    properties = {name: {"type": "string"} for name in ("street", "town", "country")}
    return {"$schema": DRAFT, "type": "object", "properties": {"id": {"type": kind}, **properties}, **more}


def enum(name, *symbols):
    return {"type": "enum", "name": name, "symbols": list(symbols)}


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


def check_moves_by_text(tally, binary, folder):
    files = {"address.json": document("integer"), "person.json": document("integer", required=["id"], title="person"),
             "p.proto": "syntax = \"proto3\";\nmessage A {\n  int32 id = 1;\n  string town = 2;\n  string street = 3;\n}\n"}
    repository = Repository(folder / "texts", binary, files)
    repository.git("mv", "address.json", "place.json")
    repository.write({"place.json": document("boolean")})
    status, report, _ = repository.check()
    tally.check("moves: a JSON Schema without $id is followed by its text", status == 1 and rules(report)
                and compared(report)["place.json"] == "address.json" and "removed" not in outcomes(report).values(), report)
    repository.git("reset", "-q", "--hard")
    repository.git("mv", "p.proto", "q.proto")
    repository.write({"q.proto": files["p.proto"].replace("message A", "message B").replace("int32 id", "string id")})
    status, report, _ = repository.check("--level", "BACKWARD")
    tally.check("moves: looks alone do not join two names", status == 0 and outcomes(report)["q.proto"] == "first"
                and outcomes(report)["p.proto"] == "removed", report)
    notice, = report["notices"]
    tally.check("moves: but they are told of", notice["path"] == "q.proto" and "looks like p.proto, which is gone" in notice["message"], notice)
    for form, wanted in [("text", "q.proto:1: note: looks like p.proto"), ("github", "::notice file=q.proto,line=1,title=tenon check::looks"),
                         ("sarif", "looks like p.proto"), ("gitlab", "looks like p.proto"), ("markdown", "looks like p.proto"),
                         ("junit", "q.proto:1: looks like p.proto")]:
        status, out, _ = repository.tenon("check", "--against", "git:HEAD", "--format", form)
        tally.check("moves: also as %s" % form, status == 0 and wanted in out, out)
    repository.git("reset", "-q", "--hard")
    repository.write({"address.json": None, "other.json": {"$schema": DRAFT, "enum": ["x", "y"], "description": "nothing of the kind"}})
    status, report, _ = repository.check()
    tally.check("moves: what is nothing alike is new", status == 0 and outcomes(report)["other.json"] == "first"
                and report["notices"] == [], report)


def check_merge_base(tally, binary, folder):
    repository = Repository(folder / "behind", binary, {"e.avsc": enum("E", "A", "B"), "README": "x"})
    fork = repository.git("rev-parse", "HEAD").strip()
    repository.git("checkout", "-q", "-b", "feat")
    repository.commit({"README": "y"})
    repository.git("checkout", "-q", "main")
    repository.commit({"e.avsc": enum("E", "A", "B", "C")})
    tip = repository.git("rev-parse", "HEAD").strip()
    repository.git("checkout", "-q", "feat")
    status, report, err = repository.check(against="git:main")
    tally.check("base: a branch that is merely behind breaks nothing", (status, report["commit"], report["against"])
                == (0, fork, "git:main"), (report, err))
    out = repository.tenon("check", "--against", "git:main")[1]
    tally.check("base: the merge base is said", "against git:main (merge base %s)" % fork[:12] in out, out)
    status, report, err = repository.check(against="git:main..")
    tally.check("base: the tip itself", (status, report["commit"]) == (1, tip), (report, err))
    repository.write({"e.avsc": enum("E", "A")})
    tally.check("base: what the branch itself breaks", repository.check(against="git:main")[0] == 1)
    repository.git("checkout", "-q", "--", ".")
    repository.git("merge", "-q", "main")
    status, report, err = repository.check(against="git:main")
    tally.check("base: an ancestor is itself", (status, report["commit"]) == (0, tip), (report, err))
    status, report, err = repository.check(against="git:HEAD~1")
    tally.check("base: so is a commit before", report["commit"] == repository.git("rev-parse", "HEAD~1").strip(), (report, err))
    tree = repository.git("hash-object", "-t", "tree", "/dev/null").strip()
    status, report, err = repository.check(against="git:" + tree)
    tally.check("base: a tree, here the empty one", status == 0 and outcomes(report) == {"e.avsc": "first"}, (report, err))
    repository.git("checkout", "-q", "--orphan", "apart")
    repository.commit({"README": "z"})
    status, _, err = repository.tenon("check", "--against", "git:main")
    tally.check("base: nothing in common ends with 2", status == 2 and "no commit in common" in err and "git:main.." in err, err)
    tally.check("base: but its tip can be told", repository.check(against="git:main..")[0] == 0)
    for ref in ("main...", ".", "", "..", "main:e.avsc"):
        status, _, err = repository.tenon("check", "--against", "git:" + ref)
        tally.check("base: git:%s names no commit" % ref, status == 2 and "names no commit" in err, err)


def follow(repository, clone, message, pick="git fetch"):
    """Runs the command that a message advises."""
    command = re.search(r"(%s.*?)(?: and name it|; a tag|, or compare|$)" % pick, message.strip()).group(1)
    subprocess.run(command, shell=True, cwd=clone, env=repository.environment(), capture_output=True, check=True)


def check_shallow(tally, binary, folder):
    """Each message has the command that helps: it is run."""
    repository = Repository(folder / "deep", binary, {"e.avsc": enum("E", "A", "B")})
    fork = repository.git("rev-parse", "HEAD").strip()
    for name in ("main", "feat"):
        repository.git("checkout", "-q", "-B", name)
        for number in range(3):
            repository.commit({name: str(number)})
        repository.git("checkout", "-q", "-B", "main", "main")
        repository.git("checkout", "-q", fork)
    repository.git("checkout", "-q", "main")
    repository.git("tag", "v1", fork)

    def clone_of(branch):
        clone = folder / "shallow"
        if clone.exists():
            shutil.rmtree(clone)
        repository.git("clone", "-q", "--depth=1", "--branch", branch, "file://%s" % repository.folder, str(clone))
        return clone

    for ref, then in [("main", "origin/main"), ("origin/main", "origin/main"), ("refs/remotes/origin/main", "origin/main"), ("v1", None),
                      ("main~3", "origin/main~3"), ("origin/main~3", "origin/main~3"), ("refs/tags/v1", "v1"), ("feat~3", "feat~3"),
                      ("HEAD^^^", "HEAD^^^"), (fork, fork), (fork[:10], fork[:10])]:
        clone = clone_of("feat")
        status, _, err = repository.tenon("check", "--against", "git:" + ref, cwd=clone)
        tally.check("shallow: %s is not there" % ref, status == 2 and "shallow" in err and "git fetch" in err, err)
        follow(repository, clone, err, "git fetch[^;]* origin tag" if then is None else "git fetch")
        status, report, err = repository.check(against="git:" + (then or ref), cwd=clone)
        tally.check("shallow: %s is, after that command" % ref, status == 0 and report["commit"] == fork, (report, err))
    status, _, err = repository.tenon("check", "--against", "git:main", cwd=clone_of("feat"))
    tally.check("shallow: where a branch will be", "name it git:origin/main" in err, err)
    clone = clone_of("feat")
    subprocess.run(["git", "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main"], cwd=clone,
                   env=repository.environment(), check=True)
    status, _, err = repository.tenon("check", "--against", "git:main", cwd=clone)
    tally.check("shallow: a branch that is there by another name", status == 2 and "there is git:origin/main" in err, err)
    tally.check("shallow: its tip can be told", repository.check(against="git:origin/main..", cwd=clone)[0] == 0)
    status, _, err = repository.tenon("check", "--against", "git:origin/main", cwd=clone)
    tally.check("shallow: without a merge base", status == 2 and "git fetch --unshallow" in err and "git:origin/main.." in err, err)
    follow(repository, clone, err)
    status, report, err = repository.check(against="git:origin/main", cwd=clone)
    tally.check("shallow: with it, after that command", status == 0 and report["commit"] == fork, (report, err))
    status, _, err = repository.tenon("check", "--against", "git:HEAD", environment={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    tally.check("base: a clone of somebody else, in git's words", status == 2 and "dubious ownership" in err
                and "safe.directory" in err, err)


def check_words(tally, binary, folder):
    """What a shell would obey is quoted where a command is advised; a range is no base."""
    name = "it's;touch$IFS\"owned\"&"
    repository = Repository(folder / "words", binary, {"e.avsc": enum("E", "A", "B")})
    repository.git("branch", name)
    repository.git("branch", "feat")
    clone = folder / "words-shallow"
    repository.git("clone", "-q", "--depth=1", "--branch", "feat", "file://%s" % repository.folder, str(clone))
    status, _, err = repository.tenon("check", "--against", "git:" + name, cwd=clone)
    tally.check("words: a branch that a shell would obey is quoted", status == 2 and "'it'\\''s;touch$IFS\"owned\"&:refs/remotes/origin/" in err, err)
    command = re.search(r"get a branch with: (.*) and name it ('.*'); a tag", err.strip())
    subprocess.run(command.group(1), shell=True, cwd=clone, env=repository.environment(), capture_output=True, check=True)
    named = subprocess.run("%s check --against %s" % (binary, command.group(2)), shell=True, cwd=clone, env=repository.environment(), capture_output=True)
    tally.check("words: and the advice helps", named.returncode == 0 and not list(clone.glob("owned*")), named)
    for ref in ("main...HEAD", "main..HEAD", "HEAD~1..HEAD"):
        status, _, err = repository.tenon("check", "--against", "git:" + ref)
        tally.check("words: %s is a range" % ref, status == 2 and "git:%s is a range" % ref in err and "git:REF.. is REF itself" in err, err)


def check_first(tally, binary, folder):
    repository = Repository(folder / "first", binary)
    repository.write({"e.avsc": enum("E", "A", "B")})
    for ref in ("HEAD", "HEAD.."):
        status, report, err = repository.check(against="git:" + ref)
        tally.check("first: before any commit %s has nothing" % ref, status == 0 and outcomes(report) == {"e.avsc": "first"}
                    and report["commit"] is None, (report, err))
    status, _, err = repository.tenon("check", "--against", "git:HEAD~1")
    tally.check("first: and no commit before it", status == 2, err)
    repository.write({"e.avsc": {"type": "enum"}})
    tally.check("first: what no registry takes is refused all the same", repository.check()[0] == 1)


def check_ignored(tally, binary, folder):
    repository = Repository(folder / "ignored", binary, {
        ".gitignore": "target/\n*.tmp.avsc\n", "z.avsc": enum("Z", "A"), "kept.tmp.avsc": enum("K", "A"), "sub/.gitignore": "/out\n"})
    repository.git("add", "-f", "kept.tmp.avsc")
    repository.commit({})
    broken = {"type": "enum"}
    repository.write({"target/classes/z.avsc": broken, "x.tmp.avsc": broken, "sub/out/y.avsc": broken, "sub/in/y.avsc": enum("Y", "A")})
    status, report, err = repository.check()
    tally.check("ignored: what git ignores is not judged, what it tracks is", status == 0 and outcomes(report)
                == {"z.avsc": "unchanged", "kept.tmp.avsc": "unchanged", "sub/in/y.avsc": "first"}, (report, err))
    status, report, err = repository.check(cwd=repository.folder / "sub")
    tally.check("ignored: also from a folder below", status == 0 and outcomes(report) == {"in/y.avsc": "first"}, (report, err))
    for path in ("target/classes/z.avsc", "x.tmp.avsc", "target", "sub/out"):
        for more in ((), ("z.avsc",)):
            status, report, err = repository.check(path, *more)
            tally.check("ignored: but judged when it is named: %s" % " ".join((path, *more)), status == 1
                        and any(each.startswith(path) for each in outcomes(report)), (report, err))
    repository.write({"tenon.toml": '[subjects."made"]\nfile = "target/made.avsc"\n', "target/made.avsc": enum("M", "A")})
    status, report, err = repository.check()
    tally.check("ignored: and what tenon.toml names", status == 0 and outcomes(report) == {"z.avsc": "unchanged",
                "kept.tmp.avsc": "unchanged", "sub/in/y.avsc": "first", "target/made.avsc": "first"}, (report, err))
    repository.write({"tenon.toml": None})
    server = Server(binary, folder / "ignored.db").start()
    try:
        status, out, err = repository.tenon("register", ".", environment={"TENON_REGISTRY": server.url})
        tally.check("ignored: register passes it over", status == 0 and "target" not in out and out.count("registered as") == 3, (out, err))
    finally:
        server.kill()
    for base in (str(repository.folder), ".", "./", "sub/.."):
        status, report, err = repository.check(against=base)
        tally.check("ignored: in a base, too: %s" % base, status == 0 and set(outcomes(report).values()) == {"unchanged"}, (report, err))


def check_paths(tally, binary, folder):
    repository = Repository(folder / "paths", binary, {"services/a/avro/x.avsc": schema("long")})
    repository.write({"services/a/avro/x.avsc": schema("string")})
    inside, outside = repository.folder / "services/a", folder
    fingerprints = set()
    for cwd, words in [(inside, ()), (repository.folder, ()), (outside, ("paths/services",)), (folder.parent, (str(inside),)),
                       (repository.folder / ".git", (str(inside / "avro/x.avsc"),))]:
        def run(form):
            return repository.tenon("check", *words, "--against", "git:HEAD", "--format", form, cwd=cwd)[1]
        tally.check("paths: github from the repository's root, in %s" % cwd.name, "::error file=services/a/avro/x.avsc,line=" in run("github"))
        quality = json.loads(run("gitlab"))
        tally.check("paths: gitlab, in %s" % cwd.name, [each["location"]["path"] for each in quality] == ["services/a/avro/x.avsc"], quality)
        sarif = run("sarif")
        tally.check("paths: sarif, in %s" % cwd.name, set(re.findall(r'"uri":"([^"]*)"', sarif)) == {"services/a/avro/x.avsc"}, sarif)
        tally.check("paths: markdown, in %s" % cwd.name, "`services/a/avro/x.avsc:" in run("markdown"))
        fingerprints.add(quality[0]["fingerprint"])
    tally.check("paths: a finding is the same one from anywhere", len(fingerprints) == 1, fingerprints)
    status, out, _ = repository.tenon("check", "--against", "git:HEAD", cwd=inside)
    tally.check("paths: text is from the current folder", status == 1 and "\navro/x.avsc:" in "\n" + out, out)
    old, new = "git:HEAD:services/a/avro/x.avsc", "avro/x.avsc"
    for first in (old, "git:HEAD:./avro/x.avsc", "git:HEAD:../a/avro/x.avsc"):
        status, out, err = repository.tenon("diff", first, new, cwd=inside)
        tally.check("diff: %s is a path as git has it" % first, status == 0 and "`id`" in out, (out, err))
    status, _, err = repository.tenon("diff", "git:HEAD:avro/x.avsc", new, cwd=inside)
    tally.check("diff: one that is not from the root", status == 2 and "no schema avro/x.avsc" in err and "./" in err, err)
    plain = folder / "plain"
    plain.mkdir()
    (plain / "x.avsc").write_text(schema("long"))
    status, _, err = repository.tenon("diff", "git:HEAD:x.avsc", "x.avsc", cwd=plain)
    tally.check("diff: no repository", status == 2 and "in no git repository" in err and "--against" not in err, err)
    (plain / "old.avsc").write_text(schema("string"))
    status, out, _ = repository.tenon("check", "plain/x.avsc", "--against", "plain/old.avsc", "--format", "github", cwd=folder)
    tally.check("paths: without a repository from the current folder", status == 1 and "file=plain/x.avsc," in out, out)


def check_all(tally, binary, folder):
    for part in (check_moves, check_moves_by_text, check_merge_base, check_shallow, check_words, check_first, check_ignored, check_paths):
        part(tally, binary, folder / "compared")
