#!/usr/bin/env python3
"""The client library against a real Tenon, against servers that misbehave, over TLS, and as it is installed.

    run.py [--tenon BINARY] [--programs FOLDER] [--threads FOLDER] [--library FOLDER] [PART...]

The programs are those that the dev preset builds out of tests/client/*_test.c; each test of theirs counts.  Those of --threads, if
given, are of the tsan preset.  --library is the build whose library is installed.
"""
import argparse
import collections
import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

from client import abi, fake, install, tls
from support.server import ROOT, Server, add_binary_argument, free_port
from support.tally import Tally


def run_program(tally, folder, name, environment, kind="", timeout=300):
    """Runs a cmocka program; each of its tests is one of ours."""
    path = folder / ("client_program_%s" % name)
    done = subprocess.run([str(path)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, errors="replace",
                          env={**os.environ, **environment}, check=False)
    output = done.stdout + done.stderr
    name += kind
    good = re.findall(r"^\[       OK \] (\S+)", output, re.M)
    bad = re.findall(r"^\[  FAILED  \] (test_\w+)$", output, re.M)
    for test in good:
        tally.check("%s: %s" % (name, test), True)
    for test in sorted(set(bad)):
        tally.check("%s: %s" % (name, test), False)
    clean = done.returncode == 0 and good and not bad
    tally.check("%s ends well" % name, clean, "status %d\n%s" % (done.returncode, done.stderr[:6000]))


def run_against_tenon(tally, arguments):
    for name in ("registry_test", "memory_test", "serdes_test", "serdes_memory_test"):
        with tempfile.TemporaryDirectory(prefix="tenon-client-") as folder:
            with Server(arguments.tenon, pathlib.Path(folder) / "tenon.db").start() as server:
                run_program(tally, arguments.programs, name, {"TENON_URL": server.url})


def run_against_fake(tally, arguments):
    for programs, kind in ((arguments.programs, ""), (arguments.threads, " (threads)")):
        if programs is None:
            continue
        with fake.Server() as server, fake.Server() as other:
            environment = {"TENON_URL": server.url, "TENON_OTHER_PORT": str(other.port), "no_proxy": "127.0.0.1"}
            run_program(tally, programs, "fake_test", environment, kind)


def run_over_tls(tally, arguments):
    with tempfile.TemporaryDirectory(prefix="tenon-client-") as name:
        folder = pathlib.Path(name)
        tls.make_all(folder)
        with tls.server(folder, False) as server, tls.server(folder, True) as mutual, fake.Server() as other:
            environment = {"TENON_URL": server.url, "TENON_MUTUAL_URL": mutual.url, "TENON_CERTIFICATES": name,
                           "TENON_OTHER_PORT": str(other.port), "no_proxy": "127.0.0.1,localhost"}
            run_program(tally, arguments.programs, "tls_test", environment)
            # The list of protocols in the first message of TLS (RFC 7301).
            tally.check("tls: HTTP/2 is offered", any(b"\x02h2\x08http/1.1" in hello for hello in server.hellos))


@contextlib.contextmanager
def proxy_for(server, folder):
    """A gateway that speaks HTTP/2 over TLS to us, and HTTP/1.1 to the registry; its port."""
    port = free_port()
    with open(folder / "nghttpx.log", "wb") as log:
        program = shutil.which("nghttpx", path=os.environ["PATH"] + ":/usr/sbin")
        process = subprocess.Popen([program, "--conf=/dev/null", "--frontend=127.0.0.1,%d" % port, "--backend=127.0.0.1,%d" % server.port,
                                    "--accesslog-file=%s" % (folder / "access"), "--accesslog-format=$alpn $status $request",
                                    "--workers=1", "server.key", "server.pem"], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def run_over_http2(tally, arguments):
    """The same operations through a gateway of the kind that stands before registries."""
    with tempfile.TemporaryDirectory(prefix="tenon-client-") as name:
        folder = pathlib.Path(name)
        tls.make_all(folder)
        with Server(arguments.tenon, folder / "tenon.db").start() as server, proxy_for(server, folder) as port:
            run_program(tally, arguments.programs, "registry_test", {
                "TENON_URL": "https://127.0.0.1:%d" % port, "TENON_CA": str(folder / "ca.pem"), "no_proxy": "127.0.0.1"}, " (HTTP/2)")
        protocols = collections.Counter(line.split()[0] for line in (folder / "access").read_text().splitlines())
        tally.check("all of it went over HTTP/2", set(protocols) == {"h2"} and protocols["h2"] > 50, protocols)


def run_installed(tally, arguments):
    with tempfile.TemporaryDirectory(prefix="tenon-client-") as folder:
        with Server(arguments.tenon, pathlib.Path(folder) / "tenon.db").start() as server:
            install.run(tally, arguments.library, server.url)


def run_abi(tally, arguments):
    abi.run(tally, arguments.library, install.declared())


PARTS = {"tenon": run_against_tenon, "http2": run_over_http2, "fake": run_against_fake, "tls": run_over_tls, "install": run_installed, "abi": run_abi}


def main():
    parser = argparse.ArgumentParser(description="Tests the client library.")
    add_binary_argument(parser)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build" / "dev")
    parser.add_argument("--threads", type=pathlib.Path)
    parser.add_argument("--library", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    arguments = parser.parse_args()
    tally = Tally()
    for part in arguments.parts or PARTS:
        PARTS[part](tally, arguments)
    tally.finish()


if __name__ == "__main__":
    main()
