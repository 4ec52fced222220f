"""Bodies that are no JSON, not the JSON that was asked for, too large, too deep or too many-fielded."""
import json
import socket
import time

from support.http import Closed, render
from target import KNOWN_TEXT, require, require_error, text_of

BAD_JSON, NULL_BODY, BAD_SCHEMA = (400, 400), (422, 422), (422, 42201)
TOO_LARGE, SCHEMA_TOO_LARGE = (413, 413), (422, 42209)
BAD_LEVEL, BAD_MODE, NOT_PERMITTED = (422, 42203), (422, 42204), (422, 42205)
MAX_BODY = 1 << 20

# Every operation with a body, on a subject that none of them may bring into being.
OPERATIONS = [
    ("register", "POST", "/subjects/nothing/versions"),
    ("lookup", "POST", "/subjects/known"),
    ("compatibility with a version", "POST", "/compatibility/subjects/known/versions/latest"),
    ("compatibility with all", "POST", "/compatibility/subjects/known/versions"),
    ("config", "PUT", "/config"),
    ("config of a subject", "PUT", "/config/nothing"),
    ("mode", "PUT", "/mode"),
    ("mode of a subject", "PUT", "/mode/nothing"),
]

# name, body, allowed errors: whatever the operation
MALFORMED = [
    ("empty", b"", [NULL_BODY]),
    ("null", b"null", [NULL_BODY]),
    ("blanks", b" \r\n\t ", [NULL_BODY, BAD_JSON]),
    ("open brace", b"{", [BAD_JSON]),
    ("close brace", b"}", [BAD_JSON]),
    ("text", b"hello", [BAD_JSON]),
    ("array", b"[]", [BAD_JSON]),
    ("number", b"5", [BAD_JSON]),
    ("string", b'"x"', [BAD_JSON]),
    ("true", b"true", [BAD_JSON]),
    ("key without value", b'{"schema"}', [BAD_JSON]),
    ("key without quotes", b'{schema:"x"}', [BAD_JSON]),
    ("single quotes", b"{'schema':'x'}", [BAD_JSON]),
    ("no comma", b'{"schema":"x" "id":1}', [BAD_JSON]),
    ("trailing comma", b'{"schema":"x",}', [BAD_JSON]),
    ("two colons", b'{"schema"::"x"}', [BAD_JSON]),
    ("comment", b'{/* c */"schema":"x"}', [BAD_JSON]),
    ("bad escape", b'{"schema":"\\x"}', [BAD_JSON]),
    ("short unicode escape", b'{"schema":"\\u12"}', [BAD_JSON]),
    ("newline in a string", b'{"schema":"a\nb"}', [BAD_JSON]),
    ("NUL in a string", b'{"schema":"a\0b"}', [BAD_JSON]),
    ("NUL between", b'{\0"schema":"x"}', [BAD_JSON]),
    ("NUL bytes", b"\0" * 64, [BAD_JSON, NULL_BODY]),
    ("NULs before", b'\0\0\0\0{"schema":"x"}', [BAD_JSON]),
    ("NULs behind", b'{"schema":"x"\0\0\0\0', [BAD_JSON]),
    ("leading zero", b'{"id":01}', [BAD_JSON]),
    ("plus sign", b'{"id":+1}', [BAD_JSON]),
    ("lone minus", b'{"id":-}', [BAD_JSON]),
    ("overlong UTF-8", b'{"schema":"\xc0\xaf"}', [BAD_JSON]),
    ("lone continuation byte", b'{"schema":"\x80"}', [BAD_JSON]),
    ("surrogate in UTF-8", b'{"schema":"\xed\xa0\x80"}', [BAD_JSON]),
    ("beyond U+10FFFF", b'{"schema":"\xf4\x90\x80\x80"}', [BAD_JSON]),
    ("cut UTF-8", b'{"schema":"\xe2\x82"}', [BAD_JSON]),
    ("invalid UTF-8 in a key", b'{"sch\xffema":"x"}', [BAD_JSON]),
    ("half of UTF-16", '{"schema":"x"}'.encode("utf-16")[:-5], [BAD_JSON]),
    ("gzip without saying so", bytes.fromhex("1f8b0800000000000003ab562ace484dcc4d54b2525032544a2ec9cc01"), [BAD_JSON]),
    ("10,000 open arrays", b"[" * 10000, [BAD_JSON]),
    ("10,000 nested arrays", b"[" * 10000 + b"]" * 10000, [BAD_JSON]),
    ("10,000 nested objects", b'{"a":' * 10000 + b"1" + b"}" * 10000, [BAD_JSON]),
    ("an unknown member 10,000 deep", b'{"x":' + b"[" * 10000 + b"]" * 10000 + b"}", [BAD_JSON]),
    ("a million open brackets", b"[" * (MAX_BODY - 1), [BAD_JSON]),
]


def malformed(target):
    for operation, method, path in OPERATIONS:
        with target.connect() as connection:
            for name, body, allowed in MALFORMED:
                answer = connection.request(method, path, body)
                try:
                    require_error(answer, allowed)
                except AssertionError as failure:
                    raise AssertionError("%s, %s: %s" % (operation, name, failure)) from None
        target.guard_state()


VALID = json.dumps({"schemaType": "AVRO", "references": [], "metadata": {"properties": {"owner": "é €"}},
                    "schema": text_of("Whole"), "unknown": [1, {"a": None}]}, ensure_ascii=False).encode()


def truncated_body(target):
    """A valid registration cut after every byte, whole as HTTP."""
    with target.connect() as connection:
        for length in range(len(VALID)):
            answer = connection.request("POST", "/subjects/nothing/versions", VALID[:length])
            require_error(answer, [NULL_BODY] if length == 0 else [BAD_JSON])
            if length % 16 == 0:
                target.guard()
    target.guard_state()


def truncated_transfer(target):
    """The same cut in the transfer: the client says how much is to come, sends a part and goes."""
    whole = render("POST", "/subjects/nothing/versions", VALID)
    for length in range(0, len(whole), 7):
        with target.connect() as connection:
            connection.send(whole[:length])
        if length % 49 == 0:
            target.guard()
    target.guard_state()


def truncated_schema(target):
    """A valid body around a schema text cut after every character."""
    with target.connect() as connection:
        for length in range(len(KNOWN_TEXT)):
            for path in ("/subjects/nothing/versions", "/subjects/known",
                         "/compatibility/subjects/known/versions/latest"):
                answer = connection.request("POST", path, {"schema": KNOWN_TEXT[:length]})
                if path == "/subjects/known" and length == 0:
                    allowed = [BAD_SCHEMA, (404, 40403)]
                else:
                    allowed = [BAD_SCHEMA]
                require_error(answer, allowed)
    target.guard_state()


ANY_ERROR = [BAD_JSON, NULL_BODY, BAD_SCHEMA, NOT_PERMITTED]
# member, values, allowed errors; None: coerced or ignored as the contract says (1.4), so 200 will do as well
WRONG_TYPES = [
    ("schema", [[], {}, ["x"]], [BAD_JSON]),
    ("schema", [5, 1.5, True, None, ""], [BAD_SCHEMA]),
    ("schemaType", [[], {}], [BAD_JSON]),
    ("schemaType", ["", "avro", "XML", "AVRO ", 5, False, "A" * 10000, "%s%n", "\u0000"], [BAD_SCHEMA]),
    ("version", ["x", [], {}, "1x"], [BAD_JSON]),
    ("version", [2 ** 31, -2 ** 31 - 1, 10 ** 30], [BAD_JSON]),
    ("version", [1.5, True, "5", 7], None),
    ("id", ["x", [], {}, 2 ** 31, 10 ** 30], [BAD_JSON]),
    ("id", [5, "5", 0], [NOT_PERMITTED]),
    ("references", ["x", 5, True, {"name": "n"}], [BAD_JSON]),
    ("references", [["x"], [5], [[]]], [BAD_JSON]),
    ("references", [[{}], [{"name": "n", "subject": "s", "version": 1}], [{"name": "n"}]], [BAD_SCHEMA]),
    ("references", [[None], [{"name": None, "subject": "s", "version": 1}]], ANY_ERROR),
    ("references", [[{"name": [], "subject": "s", "version": 1}], [{"name": "n", "subject": {}, "version": 1}],
                    [{"name": "n", "subject": "s", "version": "x"}]], [BAD_JSON]),
    ("references", [[{"name": "n%d" % i, "subject": "s", "version": 1} for i in range(5000)]], [BAD_SCHEMA]),
    ("metadata", ["x", 5, [], True], [BAD_JSON]),
    ("metadata", [{"properties": []}, {"properties": "x"}, {"tags": "x"}, {"sensitive": 5}], [BAD_JSON]),
    ("metadata", [{"properties": {"a": []}}, {"properties": {"a": {}}}, {"tags": {"a": {"b": 1}}}], [BAD_JSON]),
    ("metadata", [{"properties": {"a": 5}}, {"unknown": 1}], None),
    ("ruleSet", ["x", 5, [], {"domainRules": 5}, {"domainRules": [5]}, {"migrationRules": {}}], None),
    ("schemaTagsToAdd", ["x", 5, {}, [5]], None),
    ("schemaTagsToRemove", ["x", 5, {}, [5]], None),
    ("propagateSchemaTags", ["x", 5, [], {}], None),
]


def wrong_types(target):
    with target.connect() as connection:
        for member, values, allowed in WRONG_TYPES:
            for value in values:
                subject = target.fresh_subject()
                body = {"schema": text_of("W"), member: value}
                answer = connection.request("POST", "/subjects/%s/versions" % subject, body)
                where = "%s = %s:" % (member, json.dumps(value)[:80])
                if allowed is None and answer.status == 200:
                    target.subjects.add(subject)
                    continue
                try:
                    require_error(answer, allowed or ANY_ERROR)
                except AssertionError as failure:
                    raise AssertionError("%s %s" % (where, failure)) from None
    target.guard_state()


# path, body, allowed errors
WRONG_SETTINGS = [
    ("/config", {"compatibility": "UPWARD"}, [BAD_LEVEL]),
    ("/config", {"compatibility": ""}, [BAD_LEVEL]),
    ("/config", {"compatibility": 5}, [BAD_LEVEL]),
    ("/config", {"compatibility": []}, [BAD_JSON]),
    ("/config", {"compatibility": {}}, [BAD_JSON]),
    ("/config", {"compatibility": "BACKWARD" * 10000}, [BAD_LEVEL]),
    ("/config", {"normalize": "x"}, [BAD_JSON]),
    ("/config", {"normalize": []}, [BAD_JSON]),
    ("/config", {"alias": []}, [BAD_JSON]),
    ("/config", {"defaultMetadata": "x"}, [BAD_JSON]),
    ("/config", {"validateFields": {}}, [BAD_JSON]),
    ("/mode", {"mode": "WRITE"}, [BAD_MODE]),
    ("/mode", {"mode": ""}, [BAD_MODE]),
    ("/mode", {"mode": 5}, [BAD_MODE]),
    ("/mode", {"mode": []}, [BAD_JSON]),
    ("/mode", {"mode": {}}, [BAD_JSON]),
]


def wrong_settings(target):
    for path, body, allowed in WRONG_SETTINGS:
        for of in ("", "/nothing"):
            answer = target.request("PUT", path + of, body)
            try:
                require_error(answer, allowed)
            except AssertionError as failure:
                raise AssertionError("%s %s: %s" % (path + of, json.dumps(body)[:80], failure)) from None
    target.guard_state()


def duplicate_keys(target):
    """The last of members with the same name counts, in the body as in a schema (contract 6.2)."""
    first, second = text_of("First"), text_of("Second")
    doubled = first.replace('"name":"First"', '"name":"First","name":"Second"')
    many = first.replace('"name":"First"', '"name":"First",' + '"doc":"d",' * 10000 + '"name":"Second","doc":"last"')
    body = '{"schema":%s,"schema":%s}' % (json.dumps(first), json.dumps(second))
    for body, doc in ((body, None), ({"schema": doubled}, None), ({"schema": many}, "last")):
        subject = target.fresh_subject()
        answer = timed(5, target.request, "POST", "/subjects/%s/versions" % subject, body)
        require(answer.status == 200, answer)
        target.subjects.add(subject)
        kept = json.loads(target.request("GET", "/subjects/%s/versions/1" % subject).json["schema"])
        require((kept["name"], kept.get("doc")) == ("Second", doc), "not the last:", kept)
    target.guard_state()


def other_odd_texts(target):
    """JSON that is right, around texts that are odd: refused or kept to the letter."""
    for text in ("\x00", "\ufeff", "\ud800", "\u2028", "'", "%s%n", "a" * 70000, "{}", "[]x", "nul", '"', "0x1f",
                 "1e999999"):
        body = json.dumps({"schema": text})
        require_error(target.request("POST", "/subjects/nothing/versions", body), [BAD_SCHEMA, BAD_JSON])
    doc = "nul \\u0000, newline \\n, quote \\\", emoji \\ud83d\\ude00, Ω"
    text = '{"type":"record","name":"Odd","doc":"%s","fields":[]}' % doc
    subject = target.fresh_subject()
    answer = target.request("POST", "/subjects/%s/versions" % subject, {"schema": text})
    require(answer.status == 200, answer)
    target.subjects.add(subject)
    kept = json.loads(target.request("GET", "/subjects/%s/versions/1" % subject).json["schema"])
    require(kept == json.loads(text), "not as sent:", kept)
    target.guard_state()


def padded(length):
    body = json.dumps({"schema": text_of("Padded")}).encode()
    return body + b" " * (length - len(body))


def largest_body(target):
    """Exactly as large as allowed is served; one byte more is not."""
    subject = target.fresh_subject()
    answer = target.request("POST", "/subjects/%s/versions" % subject, padded(MAX_BODY))
    require(answer.status == 200, answer)
    target.subjects.add(subject)
    require_error(target.request("POST", "/subjects/nothing/versions", padded(MAX_BODY + 1)), [TOO_LARGE])
    target.guard_state()


def read_while_sending(target, head, pieces):
    """Sends piece after piece until an answer is there; the answer, however early it comes."""
    with target.connect(timeout=15) as connection:
        connection.send(head)
        try:
            for piece in pieces:
                connection.socket.sendall(piece)
        except (ConnectionError, socket.timeout):
            pass
        return connection.receive()


def huge_body(target):
    """64 MB, announced or in chunks, and a length that is only announced."""
    piece = b" " * 65536
    started = time.monotonic()
    announced = render("POST", "/subjects/nothing/versions", headers=[("Content-Length", 1 << 26)])
    require_error(read_while_sending(target, announced, [piece] * 1024), [TOO_LARGE])
    chunked = render("POST", "/subjects/nothing/versions", headers=[("Transfer-Encoding", "chunked")])
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
    require_error(read_while_sending(target, chunked, [chunk] * 1024), [TOO_LARGE])
    for length in (1 << 40, 2 ** 63 - 1):
        lying = render("POST", "/subjects/nothing/versions", headers=[("Content-Length", length)])
        try:
            require_error(read_while_sending(target, lying, []), [TOO_LARGE])
        except Closed:
            pass             # closed without reading what was announced: fine as well
    require(time.monotonic() - started < 30, "took too long")
    target.guard_state()


def nested(kind, depth):
    """A schema text of types within types."""
    if kind == "array":
        return '{"type":"array","items":' * depth + '"int"' + "}" * depth
    if kind == "map":
        return '{"type":"map","values":' * depth + '"int"' + "}" * depth
    if kind == "union":
        return "[" * depth + '"int"' + "]" * depth
    if kind == "type":
        return '{"type":' * depth + '"int"' + "}" * depth
    start = "".join('{"type":"record","name":"R%d","fields":[{"name":"f","type":' % i for i in range(depth))
    return start + '"int"' + "}]}" * depth


def deep_schema(target):
    paths = ("/subjects/nothing/versions", "/subjects/known", "/compatibility/subjects/known/versions/latest")
    for kind in ("array", "map", "union", "type", "record"):
        for path in paths:
            answer = target.request("POST", path, {"schema": nested(kind, 10000)})
            require_error(answer, [BAD_SCHEMA, SCHEMA_TOO_LARGE])
    deep = "[" * 10000 + "]" * 10000
    for member in ("default", "doc", "x", "aliases", "order"):
        text = '{"type":"record","name":"D","fields":[{"name":"a","type":"int","%s":%s}]}' % (member, deep)
        require_error(target.request("POST", paths[0], {"schema": text}), [BAD_SCHEMA])
    subject = target.fresh_subject()
    answer = target.request("POST", "/subjects/%s/versions" % subject, {"schema": nested("array", 100)})
    require(answer.status == 200, "100 levels are no abuse:", answer)
    target.subjects.add(subject)
    target.guard_state()


def wide_record(fields, first="int", added=""):
    lines = ['{"name":"f%d","type":"%s"}' % (i, first if i == 0 else "int") for i in range(fields)]
    return '{"type":"record","name":"Wide","fields":[%s%s]}' % (",".join(lines), added)


def timed(seconds, function, *arguments):
    started = time.monotonic()
    result = function(*arguments)
    took = time.monotonic() - started
    require(took < seconds, "took %.1f s, %s allowed" % (took, seconds))
    return result


def too_many_fields(target):
    """100,000 fields are more than one schema may have bytes: a clear refusal."""
    body = {"schema": wide_record(100000)}
    for path in ("/subjects/nothing/versions", "/compatibility/subjects/known/versions/latest", "/subjects/known"):
        answer = timed(10, target.request, "POST", path, body)
        require_error(answer, [TOO_LARGE, SCHEMA_TOO_LARGE])
    target.guard_state()


def large_schema(target):
    """A body that is small enough around a schema that is not."""
    text = '{"type":"record","name":"Large","doc":"%s","fields":[]}' % ("d" * 1001000)
    require_error(target.request("POST", "/subjects/nothing/versions", {"schema": text}), [SCHEMA_TOO_LARGE])
    target.guard_state()


def many_fields(roomy):
    """Where the limits are raised, 100,000 fields are registered, looked up, judged and evolved like any others."""
    text = wide_record(100000)
    answer = timed(10, roomy.request, "POST", "/subjects/wide/versions", {"schema": text})
    require(answer.status == 200, answer)
    roomy.subjects.add("wide")
    answer = timed(10, roomy.request, "POST", "/subjects/wide", {"schema": text})
    require(answer.status == 200 and answer.json["version"] == 1, answer)
    path = "/compatibility/subjects/wide/versions/latest?verbose=true"
    answer = timed(10, roomy.request, "POST", path, {"schema": wide_record(100000, first="string")})
    require(answer.status == 200 and answer.json["is_compatible"] is False
            and "TYPE_MISMATCH" in answer.json["messages"][0], answer)
    more = wide_record(100000, added=',{"name":"more","type":"int","default":0}')
    answer = timed(10, roomy.request, "POST", "/subjects/wide/versions", {"schema": more})
    require(answer.status == 200 and answer.json["version"] == 2, answer)
    every = text.replace('"int"', '"string"')
    answer = timed(10, roomy.request, "POST", path, {"schema": every})
    require(answer.status == 200 and answer.json["is_compatible"] is False, answer)
    require(len(answer.body) < 16 << 20, "an answer of %d bytes" % len(answer.body))
    roomy.guard_state()


def doubling(levels, leaf):
    """A record of 2^levels paths in a text of `levels` lines: every record is used twice."""
    text = '"%s"' % leaf
    for i in reversed(range(levels)):
        text = ('{"type":"record","name":"L%d","fields":[{"name":"a","type":%s},{"name":"b","type":%s}]}' % (
            i, text, '"L%d"' % (i + 1) if i < levels - 1 else '"%s"' % leaf))
    return text


def many_branches(n, field):
    return "[%s]" % ",".join('{"type":"record","name":"B%d","fields":[{"name":"%s","type":"int"}]}' % (i, field)
                             for i in range(n))


def costly_pairs(target):
    """Small texts that cost a naive judge more than anyone's patience: an answer or a clear limit, in time."""
    cases = [
        ("doubling", doubling(40, "int"), doubling(40, "string")),
        ("doubling, same", doubling(40, "int"), doubling(40, "int").replace('"L0"', '"L0","doc":"x"', 1)),
        ("unions", many_branches(3000, "x"), many_branches(3000, "y")),
        ("enum", '{"type":"enum","name":"E","symbols":[%s]}' % ",".join('"S%d"' % i for i in range(40000)),
         '{"type":"enum","name":"E","symbols":[%s]}' % ",".join('"T%d"' % i for i in range(40000))),
    ]
    for name, old, new in cases:
        subject = target.fresh_subject()
        answer = timed(15, target.request, "POST", "/subjects/%s/versions?normalize=true" % subject, {"schema": old})
        require(answer.status == 200, name, answer)
        target.subjects.add(subject)
        path = "/compatibility/subjects/%s/versions/latest" % subject
        answer = timed(15, target.request, "POST", path, {"schema": new})
        if answer.status != 200:
            require_error(answer, [BAD_SCHEMA])
    target.guard_state()


CASES = [malformed, truncated_body, truncated_transfer, truncated_schema, wrong_types, wrong_settings, duplicate_keys,
         other_odd_texts, largest_body, huge_body, deep_schema, large_schema, too_many_fields, costly_pairs]
ROOMY_CASES = [many_fields]
