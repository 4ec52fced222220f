"""A git repository of schemas made for a test, and the command run in it."""
import json
import os
import subprocess

ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "NO_COLOR": "1",
}


class Repository:
    def __init__(self, folder, binary, files=None):
        self.folder, self.binary = folder, binary
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        if files:
            self.write(files)
            self.commit()

    @classmethod
    def at(cls, folder, binary):
        """One that is there already."""
        repository = cls.__new__(cls)
        repository.folder, repository.binary = folder, binary
        return repository

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "TENON_"))}
        return {**kept, **ENVIRONMENT}

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.folder, env=self.environment(), check=True, capture_output=True,
                              text=True).stdout

    def write(self, files):
        """Texts by path; what is no text is written as JSON, None removes the file."""
        for path, text in files.items():
            to = self.folder / path
            if text is None:
                to.unlink()
                continue
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_text(text if isinstance(text, str) else json.dumps(text))

    def commit(self, files=None, message="change"):
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def tenon(self, *arguments, cwd=None, environment=None, stdin=None):
        """(status, standard output, standard error)"""
        done = subprocess.run([self.binary, *arguments], cwd=cwd or self.folder, env={**self.environment(), **(environment or {})},
                              capture_output=True, text=True, timeout=60, input=stdin)
        return done.returncode, done.stdout, done.stderr

    def check(self, *arguments, against="git:HEAD", **options):
        """The status and the report as JSON; the report is None when there is none."""
        status, out, err = self.tenon("check", *arguments, "--against", against, "--format", "json", **options)
        return status, json.loads(out) if out else None, err

    def check_as(self, form, *arguments, against="git:HEAD"):
        return self.tenon("check", *arguments, "--against", against, "--format", form)


def outcomes(report):
    return {schema["path"]: schema["outcome"] for schema in report["schemas"]}


def rules(report):
    return sorted((schema["path"], finding["finding"]["rule"]) for schema in report["schemas"] for finding in schema["findings"])
