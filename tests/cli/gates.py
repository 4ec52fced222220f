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
    known = {value.split("inputs.")[1].split(" ")[0] for value in step["env"].values()}
    tally.check("action: every input is passed on", known == set(action["inputs"]), known)
    script = str(ROOT / ".github/actions/check/check.sh")
    inputs = {name: action["inputs"][value.split("inputs.")[1].split(" ")[0]]["default"] for name, value in step["env"].items()}
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
    status, out, err = run(repository, ["bash", script], folder / "github-good", **{**inputs, "INPUT_AGAINST": "git:nosuch"})
    tally.check("action: what cannot be told ends with 2", status == 2, (status, out, err))


def check_gitlab(tally, repository, folder):
    job = yaml.safe_load((ROOT / "docs/ci/gitlab-ci.yml").read_text())["tenon-check"]
    for branch, wanted in (("good", 0), ("bad", 1)):
        clone = make_clone(repository, folder / ("gitlab-" + branch), branch)
        variables = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
        for name, value in job["variables"].items():
            variables[name] = value.replace("$CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")
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


def check_all(tally, binary, folder):
    repository = make_branches(binary, folder / "gates")
    for part in (check_github, check_gitlab, check_pre_commit):
        part(tally, repository, folder / "gates")
