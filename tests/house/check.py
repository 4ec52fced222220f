#!/usr/bin/env python3
"""The house rules that a program can check: layers, sizes, banned words, headers that stand alone.

Usage: tests/house/check.py [--root DIR]
Prints `file:line: what` for every violation and ends with a count; exits 1 when there is any.
docs/style.md says why the rules are there.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

# Which folders a layer may include from besides itself; `None` means anything.  A folder that is
# not listed belongs to the nearest listed folder above it.
LAYERS = {
    "base": set(),
    "compat": {"base"},
    "compat/avro": {"base", "compat"},
    "compat/jsonschema": {"base", "compat"},
    "compat/protobuf": {"base", "compat"},
    "storage": {"base"},
    "server/http": {"base"},
    "server/registry": {"base", "compat", "storage"},
    "server/api": {"base", "server/registry", "server/http"},
    "client": {"base", "compat", "compat/avro", "compat/jsonschema", "compat/protobuf"},
    "server/dashboard": {"base", "server/http"},
    "client/cli": None,
    "client/examples": set(),
    "tests": None,
}

# System headers and the only folders that may see them.
GUARDED = {
    "microhttpd.h": {"server/http", "tests"},
    "sqlite3.h": {"storage", "tests"},
    "pcre2.h": {"compat/jsonschema", "tests"},
    "curl/curl.h": {"client", "tests"},
    "avro.h": {"client", "client/examples", "tests"},
    "librdkafka/rdkafka.h": {"client/cli", "client/examples", "tests"},
}

# The one header that is installed: the whole interface with its documentation.
PUBLIC_HEADER = "client/include/tenon.h"

# Headers the build makes; they have no folder.
GENERATED = {"openapi_yaml.h", "dashboard_files.h"}

BANNED = {
    "strcpy": "use arena_strdup or memcpy",
    "strcat": "use struct buf",
    "sprintf": "use snprintf or buf_printf",
    "vsprintf": "use vsnprintf",
    "gets": "it cannot be used safely",
    "strtok": "it keeps hidden state",
    "atoi": "use str_to_i32",
    "localtime": "it keeps hidden state",
    "alloca": "the stack is small",
    "goto": "return, and let the arena clean up",
}

FILE_LINES = 800
HEADER_LINES = 200
FUNCTION_LINES = 80
COMPLEXITY = 15

SKIPPED_FOLDERS = {".git", "build", "__pycache__", ".venv", "node_modules"}
C_SUFFIXES = {".c", ".h"}
SOURCE_SUFFIXES = C_SUFFIXES | {".def", ".py", ".sh", ".cmake", ".ts", ".tsx", ".mjs", ".css"}
TEXT_SUFFIXES = SOURCE_SUFFIXES | {".md", ".yaml", ".yml", ".txt", ".in", ".json", ".toml"}
TEXT_NAMES = {"dev", "Dockerfile", "run", ".clang-format", ".editorconfig", ".gitignore"}

# In two pieces, so that this file does not violate its own rules.
MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:wor" + r"k|roo" + r"t)/")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.M)
BANNED_WORD = re.compile(r"\b(" + "|".join(BANNED) + r")\b")
# Comments, strings and characters: what is no code.
NO_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Source:
    """One file of the tree."""

    def __init__(self, root, path):
        self.path = path
        self.file = root / path
        self.text = self.file.read_bytes().decode("utf-8", "replace")
        self.lines = self.text.removesuffix("\n").split("\n")

    @property
    def folder(self):
        return str(self.path.parent)

    @property
    def is_c(self):
        return self.path.suffix in C_SUFFIXES

    def line_at(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def code(self):
        """The text with comments and strings blanked out, lines kept."""
        return NO_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), self.text)


def is_text(path):
    return path.suffix in TEXT_SUFFIXES or path.name in TEXT_NAMES


def find_sources(root):
    sources = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = PurePosixPath(Path(folder, name).relative_to(root))
            if is_text(path) and (root / path).is_file():
                sources.append(Source(root, path))
    return sources


def find_layer(folder):
    """The listed layer a folder belongs to, or None."""
    parts = folder.split("/")
    for n in range(len(parts), 0, -1):
        if "/".join(parts[:n]) in LAYERS:
            return "/".join(parts[:n])
    return None


def check_text(source):
    trimmed = source.path.suffix != ".json"  # recorded answers stay as they are
    for number, line in enumerate(source.lines, 1):
        if trimmed and line != line.rstrip():
            yield number, "trailing white space"
        if MACHINE_PATH.search(line):
            yield number, "an absolute path of one machine"


def check_length(source):
    if source.path.suffix in SOURCE_SUFFIXES and len(source.lines) > FILE_LINES:
        yield FILE_LINES + 1, f"{len(source.lines)} lines; a file has at most {FILE_LINES}"
    if source.path.suffix == ".h" and len(source.lines) > HEADER_LINES and str(source.path) != PUBLIC_HEADER:
        yield HEADER_LINES + 1, f"{len(source.lines)} lines; a header has at most {HEADER_LINES}"


def check_words(source):
    if source.path.suffix == ".c" and not source.text.startswith("/*"):
        yield 1, "does not open with a comment that says what it is"
    for number, line in enumerate(source.lines, 1):
        found = UNFINISHED.search(line)
        if found:
            yield number, f"'{found.group()}' marks unfinished work"
    code = source.code()
    for found in BANNED_WORD.finditer(code):
        word = found.group()
        if word == "goto" and find_layer(source.folder) == "client":
            continue  # the client library is a guest and cleans up by hand
        yield source.line_at(found.start()), f"'{word}' is banned: {BANNED[word]}"


def check_quoted_include(root, source, layer, target):
    if target in GENERATED:
        return
    folder = str(PurePosixPath(target).parent)
    if not (root / target).is_file():
        yield f"includes {target}, which is no file seen from the top"
        return
    there = find_layer(folder)
    allowed = LAYERS[layer]
    if allowed is None:
        pass
    elif there is None or (there != layer and there not in allowed):
        yield f"includes {target}: {layer} may not use {there or folder}"
    if target.endswith("_int.h") and folder != source.folder and layer != "tests":
        yield f"includes {target}, which is internal to {folder}"


def check_includes(root, source):
    layer = find_layer(source.folder)
    if layer is None:
        yield 1, f"{source.folder} is no layer known to tests/house/check.py"
        return
    for found in INCLUDE.finditer(source.text):
        line = source.line_at(found.start())
        quoted, system = found.groups()
        guarded = GUARDED.get(system or quoted)
        if guarded is not None and layer not in guarded:
            yield line, f"includes {system or quoted}: only {', '.join(sorted(guarded))} may"
        elif quoted is not None and guarded is None:
            for what in check_quoted_include(root, source, layer, quoted):
                yield line, what


def check_functions(root, sources):
    """Length and complexity as pmccabe counts them."""
    files = [str(s.path) for s in sources if s.path.suffix == ".c"]
    if not files:
        return
    try:
        done = subprocess.run(["pmccabe", *files], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        yield "tests/house/check.py", 1, "cannot measure functions: pmccabe is not installed"
        return
    for row in done.stdout.splitlines():
        found = re.match(r"(\d+)\t\d+\t\d+\t(\d+)\t(\d+)\t(.+)\(\d+\): (.*)", row)
        if not found:
            continue
        complexity, first, lines = (int(n) for n in found.group(1, 2, 3))
        path, name = found.group(4, 5)
        if lines > FUNCTION_LINES:
            yield path, first, f"{name} has {lines} lines; a function has at most {FUNCTION_LINES}"
        if complexity > COMPLEXITY:
            yield path, first, f"{name} has complexity {complexity}; at most {COMPLEXITY}"


def compile_header(root, path):
    command = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I.", "-x", "c", "-"]
    # Included twice: alone, and protected against a second time.
    text = f'#include "{path}"\n#include "{path}"\n'
    try:
        done = subprocess.run(command, cwd=root, input=text, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "cannot be compiled: gcc is not installed"
    if done.returncode == 0:
        return None
    errors = [line for line in done.stderr.splitlines() if "error:" in line]
    return "does not compile alone: " + (errors[0] if errors else done.stderr.strip())


def check_headers(root, sources):
    headers = [str(s.path) for s in sources if s.path.suffix == ".h"]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for path, what in zip(headers, pool.map(lambda h: compile_header(root, h), headers)):
            if what:
                yield path, 1, what


def find_violations(root, sources):
    for source in sources:
        checks = [check_text(source), check_length(source)]
        if source.is_c:
            checks += [check_words(source), check_includes(root, source)]
        for check in checks:
            for line, what in check:
                yield str(source.path), line, what
    yield from check_functions(root, sources)
    yield from check_headers(root, sources)


def main():
    parser = argparse.ArgumentParser(description="Checks the house rules.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    root = parser.parse_args().root.resolve()
    sources = find_sources(root)
    violations = sorted(set(find_violations(root, sources)))
    for path, line, what in violations:
        print(f"{path}:{line}: {what}")
    print(f"house: {len(sources)} files checked, {len(violations)} violations")
    return 1 if violations or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
