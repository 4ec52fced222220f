#!/usr/bin/env python3
"""Fetches the jars of the Kafka broker by their coordinates and checks each against jars.lock.

    fetch.py DIR          DIR holds exactly the locked jars afterwards; nothing is fetched if it does already
    fetch.py --lock       writes jars.lock from what pom.xml resolves to (after a change of version)
"""
import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LOCK = HERE / "jars.lock"


def digests(folder):
    return {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in sorted(folder.glob("*.jar"))}


def resolve(folder):
    """Every jar that pom.xml needs at run time, into the folder; the plain client of the registry does it."""
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies",
               "-DincludeScope=runtime", "-Dmdep.overWriteReleases=true", "-DoutputDirectory=%s" % folder]
    for attempt in (1, 2, 3):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return
        print("mvn failed (attempt %d):\n%s" % (attempt, done.stdout.decode(errors="replace")[-2000:]), file=sys.stderr)
    sys.exit(1)


def read_lock():
    pairs = (line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in pairs}


def fetch(folder):
    wanted = read_lock()
    if folder.is_dir() and digests(folder) == wanted:
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        scratch = pathlib.Path(scratch)
        resolve(scratch)
        got = digests(scratch)
        wrong = sorted(name for name in wanted.keys() | got.keys() if wanted.get(name) != got.get(name))
        if wrong:
            sys.exit("these jars are not the ones of jars.lock: %s" % ", ".join(wrong))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in wanted:
            shutil.move(scratch / name, folder / name)


def lock():
    with tempfile.TemporaryDirectory() as scratch:
        resolve(pathlib.Path(scratch))
        lines = ["%s  %s\n" % (digest, name) for name, digest in digests(pathlib.Path(scratch)).items()]
    LOCK.write_text("# sha256 of every jar that pom.xml resolves to; written by fetch.py --lock\n" + "".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", action="store_true")
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    options = parser.parse_args()
    if options.lock:
        lock()
    elif options.folder:
        fetch(options.folder.resolve())
    else:
        parser.error("DIR or --lock")


if __name__ == "__main__":
    main()
