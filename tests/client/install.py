"""The library as it is installed: what it shows, and that a stranger builds against it in each way that is promised."""
import os
import pathlib
import re
import subprocess
import tempfile

from support.server import ROOT

HEADER = ROOT / "client/include/tenon.h"
STRANGER = ROOT / "tests/client/stranger.c"
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]

CMAKE_PROJECT = """\
cmake_minimum_required(VERSION 3.13)
project(stranger C)
find_package(tenon %(version)s REQUIRED)
add_executable(shared %(source)s)
target_link_libraries(shared tenon::tenon)
add_executable(static %(source)s)
target_link_libraries(static tenon::static)
"""


def output(*command, **more):
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        raise AssertionError("%s: %s%s" % (" ".join(map(str, command)), done.stdout[-2000:], done.stderr[-4000:]))
    return done.stdout


def declared():
    """The functions that the header offers."""
    return set(re.findall(r"^TENON_API [^(;]*?\b(tenon_\w+)\(", HEADER.read_text(), re.M))


def exported(library, *flags):
    lines = output("nm", "--defined-only", *flags, library).splitlines()
    return {line.split()[2].split("@")[0] for line in lines if len(line.split()) == 3 and line.split()[1] != "A"}


def check_names(lib):
    for library, flags in ((lib / "libtenon.so", ["-D"]), (lib / "libtenon.a", ["-g"])):
        names = exported(library, *flags)
        assert names == declared(), "%s: only in the library %s, only in the header %s" % (
            library.name, sorted(names - declared()), sorted(declared() - names))
    assert "libtenon.so.0" in output("readelf", "-d", lib / "libtenon.so")


def check_manual(man):
    text = man.read_text().replace("\\-", "-")
    missing = [name for name in sorted(declared()) if name not in text]
    assert not missing, "the manual page does not know %s" % ", ".join(missing)
    if subprocess.run(["which", "groff"], capture_output=True, check=False).returncode == 0:
        done = subprocess.run(["groff", "-man", "-ww", "-z", str(man)], capture_output=True, text=True, check=False)
        assert not done.stderr, done.stderr


class Prefix:
    """An installed tree, and programs built against it."""

    def __init__(self, build, folder):
        self.root, self.folder = folder / "prefix", folder
        output("cmake", "--install", build, "--prefix", self.root, "--component", "library")
        found = list(self.root.rglob("tenon.pc"))
        assert len(found) == 1, found
        self.lib = found[0].parent.parent
        self.environment = {**os.environ, "PKG_CONFIG_PATH": str(found[0].parent), "LD_LIBRARY_PATH": str(self.lib)}
        self.version = re.search(r"^Version: (\S+)", found[0].read_text(), re.M).group(1)

    def pkg_config(self, *flags):
        return output("pkg-config", *flags, "tenon", env=self.environment).split()

    def run(self, program, url):
        out = output(program, url, env=self.environment)
        assert re.fullmatch(r'%s \d+ "string"\n' % re.escape(self.version), out), out

    def needs_library(self, program):
        return "libtenon.so.0" in output("readelf", "-d", program)

    def build(self, name, compiler, *arguments):
        program = self.folder / name
        output(*compiler, *STRICT, STRANGER, "-o", program, *arguments)
        return program


def one_line(prefix, url):
    """The one line of pkg-config."""
    program = prefix.folder / "line"
    output("sh", "-c", "cc -std=c99 -o '%s' '%s' $(pkg-config --cflags --libs tenon)" % (program, STRANGER), env=prefix.environment)
    assert prefix.needs_library(program)
    prefix.run(program, url)


def strict_c99(prefix, url):
    prefix.run(prefix.build("c99", ["cc", "-std=c99"], *prefix.pkg_config("--cflags", "--libs")), url)


def strict_cplusplus(prefix, url):
    prefix.run(prefix.build("cxx", ["g++", "-std=c++11", "-x", "c++"], "-x", "none", *prefix.pkg_config("--cflags", "--libs")), url)


def static_archive(prefix, url):
    """Ours in the archive, what it stands on shared; `pkg-config --static` is for those who have all of that as archives, too."""
    needs = prefix.pkg_config("--print-requires-private")
    libs = prefix.pkg_config("--cflags") + output("pkg-config", "--libs", *needs).split() + ["-lm", "-pthread"]
    program = prefix.build("static", ["cc", "-std=c99"], prefix.lib / "libtenon.a", *libs)
    assert not prefix.needs_library(program)
    prefix.run(program, url)


def cmake_package(prefix, url):
    folder = prefix.folder / "project"
    folder.mkdir()
    (folder / "CMakeLists.txt").write_text(CMAKE_PROJECT % {"version": prefix.version, "source": STRANGER})
    output("cmake", "-S", folder, "-B", folder / "build", "-DCMAKE_PREFIX_PATH=%s" % prefix.root)
    output("cmake", "--build", folder / "build")
    assert prefix.needs_library(folder / "build" / "shared") and not prefix.needs_library(folder / "build" / "static")
    for name in ("shared", "static"):
        prefix.run(folder / "build" / name, url)


def run(tally, build, url):
    with tempfile.TemporaryDirectory(prefix="tenon-install-") as folder:
        prefix = Prefix(build, pathlib.Path(folder))
        tally.case("installed: exactly the functions of tenon.h are exported", check_names, prefix.lib)
        tally.case("installed: the manual page names every function", check_manual, next(prefix.root.rglob("libtenon.3")))
        for case in (one_line, strict_c99, strict_cplusplus, static_archive, cmake_package):
            tally.case("installed: %s" % case.__name__.replace("_", " "), case, prefix, url)
