"""The rows of base/err.def: which of them the scenarios provoked, and where the others are tested."""
import re

ROW = re.compile(r'^E\((\w+), (\d+), (\d+), ("(?:[^"\\]|\\.)*")\)$', re.M)

# Rows whose format is "%s": what the message says when it is this row that was raised.
WORDS = {
    "BAD_JSON": r"(Unexpected |Cannot |Unrecognized |Numeric value ).*",
    "BAD_PATH": r"The path has .*",
    "REQUEST_TIMEOUT": r"The request took too long to arrive",
    "INCOMPATIBLE": r'Schema being registered is incompatible with an earlier schema for subject ".*", details: \[.+\]',
    "INVALID_VALUE": r"offset must not be negative",
    "INVALID_SCHEMA": r"Invalid schema .*",
    "INVALID_RULESET": r"Illegal character in rule name: .*",
    "INVALID_MODE": r"Invalid mode\. Valid values are READWRITE, READONLY, IMPORT and FORWARD\.",
    "OPERATION_NOT_PERMITTED": r"Subject .+ in context .* is in read-only mode",
    "NO_KMS": r"Could not generate .*: this server has no key management service; .*",
    "NOT_READY": r"The server has too many connections",
}

# Rows that no request can provoke at will: the test that does, and the text in it that says so.
ELSEWHERE = {
    "UNAUTHORIZED": ("tests/unit/server_api/routes_test.c", "ERR_UNAUTHORIZED"),
    "FORBIDDEN": ("tests/unit/server_api/routes_test.c", "ERR_FORBIDDEN"),
    "TOO_MANY_REQUESTS": ("tests/unit/server_api/routes_test.c", "ERR_TOO_MANY_REQUESTS"),
    "STORE": ("tests/abuse/files.py", "STORE_ERROR = (500, 50001)"),
    "STORE_TIMEOUT": ("tests/unit/server_registry/contested_test.c", "ERR_STORE_TIMEOUT"),
    "START": ("tests/unit/server_http/router_test.c", "ERR_START"),
    "CONFLICT": ("tests/unit/storage/store_test.c", "ERR_CONFLICT"),
    "PARSE": ("tests/unit/compat/avro_parse_test.c", "ERR_PARSE"),
    "LIMIT": ("tests/unit/compat/avro_limits_test.c", "ERR_LIMIT"),
    "FILE_FOREIGN": ("tests/unit/storage/migrate_test.c", "ERR_FILE_FOREIGN"),
    "FILE_NEWER": ("tests/unit/storage/migrate_test.c", "ERR_FILE_NEWER"),
    "FILE_LOCKED": ("tests/unit/storage/store_test.c", "ERR_FILE_LOCKED"),
    "LOG_CORRUPT": ("tests/unit/storage/store_test.c", "ERR_LOG_CORRUPT"),
    "CONFIG_FILE": ("tests/cli/run.py", "is not a valid value"),
}


def read_rows(path):
    """[(name, status, error_code, format)]; every line that opens a row must be one."""
    text = path.read_text(encoding="utf-8")
    rows = [(name, int(status), int(code), format[1:-1].replace('\\"', '"'))
            for name, status, code, format in ROW.findall(text)]
    assert rows and len(rows) == len(re.findall(r"^E\(", text, re.M)), "a row of %s cannot be read" % path
    return rows


def pattern(format):
    """The messages that a printf format makes."""
    parts = re.split(r"(%\.\*s|%s|%d|%zu)", format)
    made = {"%.*s": ".*", "%s": ".+", "%d": r"-?\d+", "%zu": r"\d+"}
    return "".join(made[p] if p in made else re.escape(p) for p in parts)


def check_rows(root, seen, tally):
    """`seen` is [(status, error_code, message)] of all answers."""
    rows = read_rows(root / "base" / "err.def")
    for name in sorted(set(WORDS) | set(ELSEWHERE)):
        tally.check("%s is a row of err.def" % name, name in {row[0] for row in rows})
    for name, status, code, format in rows:
        if name in ELSEWHERE:
            path, words = ELSEWHERE[name]
            file = root / path
            tally.check("%s is tested by %s" % (name, path),
                        file.is_file() and words in file.read_text(encoding="utf-8"), "it does not say %r" % words)
            continue
        wanted = re.compile(WORDS.get(name, pattern(format)), re.S)
        hits = [m for s, c, m in seen if (s, c) == (status, code) and wanted.fullmatch(m)]
        if format == "%s":
            tally.check("%s has words of its own" % name, name in WORDS)
        tally.check("%s was provoked" % name, hits, "no answer %d/%d with %r" % (status, code, wanted.pattern))
