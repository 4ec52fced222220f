#!/usr/bin/env python3
"""Shows that tests/house/check.py can fail: a good small tree passes, and each way to spoil it is reported."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).with_name("check.py")

# Words the rules forbid, in pieces: this file is checked, too.
ROOT = "/roo" + "t/"
WORK = "/wor" + "k/"
DO_IT = "TO" + "DO"
FIX_IT = "FIX" + "ME"
MIND_IT = "XX" + "X"

GOOD = {
    "base/str.h": "/* Text. */\n#ifndef BASE_STR_H\n#define BASE_STR_H\n\n#include <stddef.h>\n\n"
    "size_t str_len(const char *s);\n\n#endif\n",
    "base/str.c": '/* Text: its length.  strcpy is not used. */\n#include "base/str.h"\n\n#include <string.h>\n\n'
    "size_t str_len(const char *s)\n{\n\treturn strlen(s); /* no goto */\n}\n",
    "base/str_int.h": "/* Inside. */\n#ifndef BASE_STR_INT_H\n#define BASE_STR_INT_H\n#endif\n",
    "compat/schema.h": '/* Schemas. */\n#ifndef COMPAT_SCHEMA_H\n#define COMPAT_SCHEMA_H\n\n#include "base/str.h"\n\n#endif\n',
    "compat/avro/avsc.c": '/* Avro. */\n#include "compat/schema.h"\n',
    "storage/store.c": '/* The store. */\n#include <sqlite3.h>\n\n#include "base/str.h"\n',
    "storage/store.h": "/* The store. */\n#ifndef STORAGE_STORE_H\n#define STORAGE_STORE_H\n#endif\n",
    "server/http/server.c": '/* HTTP. */\n#include <microhttpd.h>\n\n#include "base/str.h"\n',
    "server/http/server.h": "/* HTTP. */\n#ifndef SERVER_HTTP_SERVER_H\n#define SERVER_HTTP_SERVER_H\n#endif\n",
    "server/registry/registry.c": '/* Operations. */\n#include "compat/schema.h"\n#include "storage/store.h"\n',
    "server/registry/registry.h": "/* Operations. */\n#ifndef REGISTRY_H\n#define REGISTRY_H\n#endif\n",
    "server/api/api.c": '/* Handlers. */\n#include "openapi_yaml.h"\n#include "server/http/server.h"\n'
    '#include "server/registry/registry.h"\n',
    "server/api/api.h": "/* Handlers. */\n#ifndef API_H\n#define API_H\n#endif\n",
    "client/include/tenon.h": "/* The interface. */\n" + "/* a line */\n" * 300,
    "client/client.c": '/* The library. */\n#include <curl/curl.h>\n\n#include "client/include/tenon.h"\n#include "compat/schema.h"\n',
    "client/cli/main.c": '/* The command. */\n#include "server/api/api.h"\n#include "compat/schema.h"\n',
    "tests/unit/base/str_test.c": '/* Tests. */\n#include <sqlite3.h>\n#include "base/str_int.h"\n',
    "docs/page.md": "# A page\n\nSee `${HOME}" + WORK + "` and https://example.org" + ROOT + "x\n",
}


def c_function(n_lines, body="\t(void)0;\n"):
    return "/* Long. */\nvoid f(void)\n{\n" + body * (n_lines - 3) + "}\n"


def branches(n):
    return "/* Branchy. */\nint f(int x)\n{\n" + "".join(f"\tif (x == {i})\n\t\treturn {i};\n" for i in range(n)) + "\treturn 0;\n}\n"


# What is added to the good tree (or put in a file's place), and what must be said about it.
BAD = [
    ("base includes upward", {"base/up.c": '/* Up. */\n\n#include "compat/schema.h"\n'},
     "base/up.c:3: includes compat/schema.h: base may not use compat"),
    ("compat includes storage", {"compat/up.c": '/* Up. */\n#include "storage/store.h"\n'},
     "compat/up.c:2: includes storage/store.h: compat may not use storage"),
    ("a format includes the server", {"compat/avro/up.c": '/* Up. */\n#include "server/http/server.h"\n'},
     "compat/avro/up.c:2: includes server/http/server.h: compat/avro may not use server/http"),
    ("compat includes a format", {"compat/avro/avsc.h": "/* Avro. */\n", "compat/down.c": '/* D. */\n#include "compat/avro/avsc.h"\n'},
     "compat/down.c:2: includes compat/avro/avsc.h: compat may not use compat/avro"),
    ("storage includes compat", {"storage/up.c": '/* Up. */\n#include "compat/schema.h"\n'},
     "storage/up.c:2: includes compat/schema.h: storage may not use compat"),
    ("http includes the registry", {"server/http/up.c": '/* Up. */\n#include "server/registry/registry.h"\n'},
     "server/http/up.c:2: includes server/registry/registry.h: server/http may not use server/registry"),
    ("the registry includes http", {"server/registry/up.c": '/* Up. */\n#include "server/http/server.h"\n'},
     "server/registry/up.c:2: includes server/http/server.h: server/registry may not use server/http"),
    ("the registry includes the api", {"server/registry/up.c": '/* Up. */\n#include "server/api/api.h"\n'},
     "server/registry/up.c:2: includes server/api/api.h: server/registry may not use server/api"),
    ("the api includes storage", {"server/api/down.c": '/* Down. */\n#  include "storage/store.h"\n'},
     "server/api/down.c:2: includes storage/store.h: server/api may not use storage"),
    ("a header includes upward", {"base/up.h": '/* Up. */\n#include "storage/store.h"\n'},
     "base/up.h:2: includes storage/store.h: base may not use storage"),
    ("base includes a test", {"tests/t.h": "/* T. */\n", "base/up.c": '/* Up. */\n#include "tests/t.h"\n'},
     "base/up.c:2: includes tests/t.h: base may not use tests"),
    ("another folder's internals", {"storage/peek.c": '/* Peek. */\n#include "base/str_int.h"\n'},
     "storage/peek.c:2: includes base/str_int.h, which is internal to base"),
    ("the client library includes the server", {"client/up.c": '/* Up. */\n#include "server/api/api.h"\n'},
     "client/up.c:2: includes server/api/api.h: client may not use server/api"),
    ("an include without its layer", {"base/near.c": '/* Near. */\n#include "str.h"\n'},
     "base/near.c:2: includes str.h, which is no file seen from the top"),
    ("an unknown folder", {"extra/x.c": "/* X. */\n"}, "extra/x.c:1: extra is no layer"),
    ("microhttpd in the api", {"server/api/mhd.c": "/* M. */\n#include <microhttpd.h>\n"},
     "server/api/mhd.c:2: includes microhttpd.h: only server/http, tests may"),
    ("sqlite in the registry", {"server/registry/sql.c": "/* S. */\n#include <sqlite3.h>\n"},
     "server/registry/sql.c:2: includes sqlite3.h: only storage, tests may"),
    ("sqlite in quotes", {"base/sql.c": '/* S. */\n#include "sqlite3.h"\n'},
     "base/sql.c:2: includes sqlite3.h: only storage, tests may"),
    ("a long file", {"base/long.c": "/* L. */\n" * 801}, "base/long.c:801: 801 lines"),
    ("a long script", {"tests/long.py": "pass\n" * 801}, "tests/long.py:801: 801 lines"),
    ("a long header", {"base/long.h": "/* L. */\n" * 201}, "base/long.h:201: 201 lines"),
    ("a long function", {"base/f.c": c_function(81)}, "base/f.c:2: f has 81 lines"),
    ("a long test", {"tests/unit/base/f.c": c_function(100)}, "tests/unit/base/f.c:2: f has 100 lines"),
    ("a function of many branches", {"base/f.c": branches(15)}, "base/f.c:2: f has complexity 16"),
    ("no opening comment", {"base/bare.c": "\n/* Late. */\n"}, "base/bare.c:1: does not open with a comment"),
    ("white space behind a line of C", {"base/w.c": "/* W. */\nint x; \n"}, "base/w.c:2: trailing white space"),
    ("white space behind a line of text", {"docs/w.md": "a\n\nb\t\n"}, "docs/w.md:3: trailing white space"),
    ("white space behind a line of a script", {"dev": "#!/bin/sh\necho \n"}, "dev:2: trailing white space"),
    ("a carriage return", {"base/cr.c": "/* C. */\r\n"}, "base/cr.c:1: trailing white space"),
    ("a machine's path in C", {"base/p.c": '/* P. */\nstatic const char p[] = "' + WORK + 'x";\n'}, "base/p.c:2: an absolute path"),
    ("a machine's path in a page", {"docs/p.md": "see " + ROOT + "x\n"}, "docs/p.md:1: an absolute path"),
    ("a machine's path in data", {"tests/p.json": '["' + WORK + 'x"]\n'}, "tests/p.json:1: an absolute path"),
    ("unfinished", {"base/u.c": "/* U. */\n/* " + DO_IT + ": more */\n"}, f"base/u.c:2: '{DO_IT}' marks"),
    ("to be fixed", {"base/u.h": "/* U. */\n// " + FIX_IT + "\n"}, f"base/u.h:2: '{FIX_IT}' marks"),
    ("to be minded", {"tests/unit/u.c": "/* U. */\n/* " + MIND_IT + " */\n"}, f"tests/unit/u.c:2: '{MIND_IT}' marks"),
    ("a header that needs another", {"base/h.h": "/* H. */\nsize_t f(void);\n"}, "base/h.h:1: does not compile alone"),
    ("a header without a guard", {"base/h.h": "/* H. */\nstruct h { int x; };\n"}, "base/h.h:1: does not compile alone"),
] + [
    (word, {"base/b.c": f"/* B. */\nvoid f(void)\n{{\n\t{use};\n}}\n"}, f"base/b.c:4: '{word}' is banned")
    for word, use in [
        ("strcpy", "strcpy(a, b)"), ("strcat", "strcat(a, b)"), ("sprintf", 'sprintf(a, "x")'),
        ("vsprintf", "vsprintf(a, b, c)"), ("gets", "gets(a)"), ("strtok", 'strtok(a, "/* x")'),
        ("atoi", "x = atoi (a)"), ("localtime", "localtime(&t)"), ("alloca", "alloca(5)"), ("goto", "goto out"),
    ]
]

# Things that look like violations and are none.
HARMLESS = [
    ("words in comments and strings", {"base/c.c": '/* strcpy, sprintf and goto */\nstatic const char s[] = "atoi(x) \\" goto";\n'}),
    ("reentrant relatives", {"base/c.c": "/* C. */\nvoid f(void)\n{\n\tstrtok_r(a, b, c);\n\tlocaltime_r(a, b);\n\tsnprintf(a, 1, b);\n}\n"}),
    ("templates of names", {"base/c.c": '/* C. */\nstatic char name[] = "/tmp/f' + MIND_IT * 2 + '";\n'}),
    ("lengths at the limit", {"base/c.c": c_function(80), "base/l.h": "/* L. */\n" * 200, "base/l.c": "/* L. */\n" * 800}),
    ("complexity at the limit", {"base/c.c": branches(14)}),
    ("what was built", {"build/x.c": "int x; \n", ".git/x.c": "int x; \n"}),
    ("goto in the client library", {"client/guest.c": "/* G. */\nvoid f(void)\n{\n\tgoto out;\nout:\n\treturn;\n}\n"}),
]


def run(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        done = subprocess.run([sys.executable, str(CHECK), "--root", root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr


class CheckTest(unittest.TestCase):
    def test_good_tree(self):
        code, lines, errors = run(GOOD)
        self.assertEqual((code, lines, errors), (0, [f"house: {len(GOOD)} files checked, 0 violations"], ""))

    def test_harmless(self):
        for name, files in HARMLESS:
            with self.subTest(name):
                code, lines, errors = run(GOOD | files)
                self.assertEqual((code, len(lines), errors), (0, 1, ""), lines)

    def test_bad_trees(self):
        for name, files, said in BAD:
            with self.subTest(name):
                code, lines, errors = run(GOOD | files)
                self.assertEqual((code, errors), (1, ""), lines)
                self.assertTrue(any(line.startswith(said) for line in lines), lines)
                self.assertRegex(lines[-1], r"^house: \d+ files checked, [1-9]\d* violations$")

    def test_nothing_to_check(self):
        self.assertEqual(run({})[:2], (1, ["house: 0 files checked, 0 violations"]))


if __name__ == "__main__":
    unittest.main()
