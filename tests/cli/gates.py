"""The GitHub Action, the GitLab job and the pre-commit hook: their scripts, run on a shallow clone as a runner has it."""
import json
import subprocess

import jsonschema
import yaml
from checking import FILES, HERE, ORDER, record
from repository import Repository
from support.server import ROOT

BROKEN = json.dumps(record("Order", ("id", "string"), ("price", "shop.Money"), namespace="shop"), indent=2)
HARMLESS = json.dumps({**ORDER, "doc": "An order."}, indent=2)


def make_clone(repository, folder, branch):
    """What a runner checks out: one commit of the branch, nothing of the base."""
    repository.git("clone", "-q", "--depth=1", "--branch", branch, "--single-branch", "file://%s" % repository.folder, str(folder))
    return folder


def run(repository, command, cwd, **environment):
    """The shell gets the program as a runner's PATH has it."""
    programs = repository.folder.parent / "bin"
    programs.mkdir(exist_ok=True)
    if not (programs / "tenon").exists():
        (programs / "tenon").symlink_to(repository.binary)
    base = repository.environment()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60,
                          env={**base, "PATH": "%s:%s" % (programs, base["PATH"]), **environment})
    return done.returncode, done.stdout, done.stderr


def make_branches(binary, folder):
    repository = Repository(folder / "origin", binary, FILES)
    for branch, text in (("good", HARMLESS), ("bad", BROKEN)):
        repository.git("checkout", "-q", "-b", branch, "main")
        repository.commit({"schemas/order.avsc": text})
    repository.git("checkout", "-q", "main")
    return repository


def check_github(tally, repository, folder):
    action = yaml.safe_load((ROOT / ".github/actions/check/action.yml").read_text())
    step, = action["runs"]["steps"]
    passed = {name: value.split("inputs.")[1].split(" ")[0] for name, value in step["env"].items() if "inputs." in value}
    known = set(passed.values())
    tally.check("action: every input is passed on", known == set(action["inputs"]), known)
    script = str(ROOT / ".github/actions/check/check.sh")
    inputs = {name: action["inputs"][value]["default"] for name, value in passed.items()}
    for branch, wanted in (("good", 0), ("bad", 1)):
        clone = make_clone(repository, folder / ("github-" + branch), branch)
        summary, output = folder / "summary.md", folder / "output"
        summary.write_text("")
        output.write_text("")
        status, out, err = run(repository, ["bash", script], clone, **{
            **inputs, "GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output),
            "INPUT_SARIF": str(folder / "out.sarif"), "INPUT_PATHS": "schemas"})
        tally.check("action: a pull request, %s" % branch, status == wanted, (status, out, err))
        tally.check("action: annotations, %s" % branch, ("::error file=schemas/order.avsc,line=" in out) == (branch == "bad"), out)
        tally.check("action: summary and output, %s" % branch, summary.read_text().startswith("<!-- tenon-check -->")
                    and output.read_text() == "exit-code=%d\n" % wanted, summary.read_text())
        jsonschema.validate(json.loads((folder / "out.sarif").read_text()), json.loads((HERE / "sarif-2.1.0.json").read_text()),
                            jsonschema.Draft4Validator)
        status, out, err = run(repository, ["bash", script], clone, **{**inputs, "GITHUB_BASE_REF": ""})
        tally.check("action: a push deepens the clone, %s" % branch, status == wanted, (status, out, err))
    for name, more, wanted in [("no such commit", {"INPUT_AGAINST": "git:no%such"}, "git:no%such: there is no such commit"),
                               ("wrong arguments", {"INPUT_PATHS": "--nosuch"}, "--nosuch: no such flag")]:
        summary = folder / "untold.md"
        summary.write_text("")
        status, out, err = run(repository, ["bash", script], folder / "github-good", **{
            **inputs, "GITHUB_STEP_SUMMARY": str(summary), "INPUT_AGAINST": "git:HEAD", "INPUT_MARKDOWN": str(folder / "comment.md"), **more})
        tally.check("action: what cannot be told ends with 2, %s" % name, status == 2 and wanted in err, (status, out, err))
        tally.check("action: and is annotated once, %s" % name, out.count("::error::") == 1 and wanted.replace("%", "%25") in out, out)
        tally.check("action: and in the summary and the comment, %s" % name, summary.read_text().startswith("<!-- tenon-check -->\n### Schema"
                    " compatibility: could not tell\n") and wanted in summary.read_text()
                    and (folder / "comment.md").read_text() == summary.read_text(), summary.read_text())


def check_github_paths(tally, binary, folder):
    """Paths with blanks in them, one a line; with blanks between, as it was."""
    files = {"my schemas/a.avsc": record("A", ("a", "int")), "more/b.avsc": record("B", ("b", "int")), "c.avsc": record("C", ("c", "int"))}
    repository = Repository(folder / "paths", binary, files)
    script = str(ROOT / ".github/actions/check/check.sh")
    for paths, wanted in [("", 3), ("my schemas", 1), ("my schemas\n", 1), ("my schemas\nmore\n", 2), ("  my schemas  \n\nc.avsc\n", 2), ("more c.avsc", 2),
                          ("more\tc.avsc\n", 2), ("*.avsc", 1), ("my*/*.avsc\nmore/b.avsc", 2)]:
        status, out, err = run(repository, ["bash", script], repository.folder, INPUT_PATHS=paths, INPUT_AGAINST="git:HEAD")
        tally.check("action: the paths %r" % paths, status == 0 and out.startswith("%d schema" % wanted), (status, out, err))
    status, out, err = run(repository, ["bash", script], repository.folder, INPUT_PATHS="my schemas\nno schemas", INPUT_AGAINST="git:HEAD")
    tally.check("action: a path of several that is none", status == 2 and "no schemas: No such file" in err, (status, out, err))


def check_github_bases(tally, binary, folder):
    """What the action compares with, by the event: each time in the shallow checkout of a runner."""
    script = str(ROOT / ".github/actions/check/check.sh")
    repository = Repository(folder / "events", binary, {"README": "x"})
    none = "0" * 40
    environment = {"DEFAULT_BRANCH": "main", "GITHUB_REF": "refs/heads/main"}
    shas = [repository.git("rev-parse", "HEAD").strip()]

    def act(branch, **more):
        clone = make_clone(repository, folder / ("events-%d" % len(list(folder.iterdir()))), branch)
        return run(repository, ["bash", script], clone, **{**environment, **more})

    def push(files):
        repository.commit(files)
        shas.append(repository.git("rev-parse", "HEAD").strip())

    status, out, err = act("main", EVENT_BEFORE=none)
    tally.check("action: a repository's first push", status == 0, (status, out, err))
    status, out, err = act("main")
    tally.check("action: an event without a push, on the first commit", status == 0, (status, out, err))
    push(FILES)
    status, out, err = act("main", EVENT_BEFORE=none)
    tally.check("action: a first push of several commits has first versions", status == 0
                and "file=schemas/order.avsc,line=1,col=1,title=first version" in out, (status, out, err))
    push({"schemas/order.avsc": BROKEN})
    push({"README": "y"})
    status, out, err = act("main", EVENT_BEFORE=shas[1])
    tally.check("action: a push of several commits is judged whole", status == 1 and "::error file=schemas/order.avsc" in out, (status, out, err))
    status, out, err = act("main", EVENT_BEFORE=shas[3])
    tally.check("action: and only what was pushed", status == 0, (status, out, err))
    status, out, err = act("main", EVENT_BEFORE="1" * 40)
    tally.check("action: a commit that is gone, else the one before", status == 0 and "against git:HEAD~1" in out, (status, out, err))
    # A branch cut before main went on, and itself with more commits than a first fetch has.
    repository.git("checkout", "-q", "-b", "long", shas[1])
    for number in range(40):
        repository.commit({"README": str(number)})
    for name, more in [("a pull request", {"GITHUB_BASE_REF": "main"}),
                       ("the first push of a branch", {"EVENT_BEFORE": none, "GITHUB_REF": "refs/heads/long"})]:
        status, out, err = act("long", **more)
        tally.check("action: %s that is behind" % name, status == 0 and "(merge base %s)" % shas[1][:12] in out, (status, out, err))
    repository.commit({"schemas/order.avsc": BROKEN})
    status, out, err = act("long", GITHUB_BASE_REF="main")
    tally.check("action: what it breaks itself", status == 1, (status, out, err))
    repository.git("checkout", "-q", "-b", "merged", "main")
    repository.git("merge", "-q", "-X", "ours", "long")
    status, out, err = act("merged", GITHUB_BASE_REF="main")
    tally.check("action: the merge commit that a pull request is checked out as", status == 0, (status, out, err))


def check_gitlab(tally, repository, folder):
    job = yaml.safe_load((ROOT / "docs/ci/gitlab-ci.yml").read_text())["tenon-check"]
    for branch, wanted in (("good", 0), ("bad", 1)):
        clone = make_clone(repository, folder / ("gitlab-" + branch), branch)
        variables = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.git("merge-base", "main", branch).strip()}
        for name, value in job["variables"].items():
            variables[name] = value.replace("$CI_MERGE_REQUEST_DIFF_BASE_SHA", variables["CI_MERGE_REQUEST_DIFF_BASE_SHA"])
        status, out, err = run(repository, ["bash", "-e", "-c", "\n".join(job["script"])], clone, **variables)
        quality = json.loads((clone / job["artifacts"]["reports"]["codequality"]).read_text())
        tally.check("gitlab: a merge request, %s" % branch, status == wanted and bool(quality) == (branch == "bad")
                    and (clone / job["artifacts"]["reports"]["junit"]).exists(), (status, out, err))


def check_pre_commit(tally, repository, folder):
    hook, = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    clone = make_clone(repository, folder / "pre-commit", "main")
    for text, wanted in ((HARMLESS, 0), (BROKEN, 1)):
        (clone / "schemas/order.avsc").write_text(text)
        status, out, err = run(repository, hook["entry"].split(), clone)
        tally.check("pre-commit: ends with %d" % wanted, status == wanted and hook["pass_filenames"] is False, (status, out, err))


    empty = Repository(folder / "pre-commit-first", repository.binary)
    empty.write(FILES)
    status, out, err = run(empty, hook["entry"].split(), empty.folder)
    tally.check("pre-commit: the first commit of all", status == 0 and "first version of order" in out, (status, out, err))


def check_all(tally, binary, folder):
    repository = make_branches(binary, folder / "gates")
    for part in (check_github, check_gitlab, check_pre_commit):
        part(tally, repository, folder / "gates")
    check_github_bases(tally, binary, folder / "gates")
    check_github_paths(tally, binary, folder / "gates")
