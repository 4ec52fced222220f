r"""
Scenarios as text: requests, and the answers they must get to the byte.  Each file runs on a fresh server.

    # What the scenario is about.
    ! --flag value                    arguments of the server, if it needs other ones
    let R = {"type":"int"}            $R is this as a JSON string with its quotes, ${R} the text itself,
                                      ${R.guid} the guid of a schema whose stored text this is
    let P := message M {}\n           the same, where \n is the end of a line

    POST /subjects/s/versions {"schema":$R}
    Accept: application/json          further headers of the request
    200 {"id":1,"version":1,"guid":"${R.guid}","schemaType":"AVRO","schema":$R}
    Content-Type: application/json    headers of the answer that must be there

    GET /subjects/t/versions
    404 40401 Subject 't' not found.

A blank line ends a step.  A line that starts with two blanks goes on with the one above.  `*` in an expected body
is any one scalar or any part of a string; a status of 400 and more is followed by error_code and message.
"""
import hashlib
import json
import re
import uuid

from exchange import ask

METHOD = re.compile(r"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE) (\S+)(?: (.*))?", re.S)
STATUS = re.compile(r"([1-5]\d\d)(?: (.*))?", re.S)
HEADER = re.compile(r"([A-Za-z-]+): ?(.*)")


class Step:
    def __init__(self, number, method, target, body):
        self.number, self.method, self.target, self.body = number, method, target, body
        self.headers, self.answer_headers = [], []
        self.status = self.expected = None


def guid_of(text):
    return str(uuid.UUID(bytes=hashlib.md5(text.encode()).digest()))


def substitute(text, names):
    def value(match):
        name = match.group("bare") or match.group("name")
        if name not in names:
            raise ValueError("%s is not defined" % name)
        if match.group("bare"):
            return json.dumps(names[name], ensure_ascii=False)
        return guid_of(names[name]) if match.group("guid") else names[name]
    return re.sub(r"\$(?:(?P<bare>[A-Z]\w*)|\{(?P<name>[A-Z]\w*)(?P<guid>\.guid)?\})", value, text)


def logical_lines(text):
    """(number, line) with continuations joined."""
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("  ") and lines and lines[-1][1]:
            lines[-1] = lines[-1][0], lines[-1][1] + line.strip(" ")
        else:
            lines.append((number, line.rstrip(" ")))
    return lines


class Scenario:
    def __init__(self, path):
        self.name = path.stem
        self.arguments, self.steps, names = [], [], {}
        step = None
        for number, line in logical_lines(path.read_text(encoding="utf-8")):
            try:
                step = self.read(step, number, line, names)
            except ValueError as fault:
                raise ValueError("%s:%d: %s" % (path, number, fault)) from None
        unfinished = [s.number for s in self.steps if s.status is None]
        if unfinished or not self.steps:
            raise ValueError("%s: steps without a status: %s" % (path, unfinished))

    def read(self, step, number, line, names):
        """Takes one line; the step that goes on."""
        if not line:
            return None
        if step is None:
            return self.begin(number, line, names)
        status = STATUS.fullmatch(line)
        header = HEADER.fullmatch(line)
        if status and step.status is None:
            step.status = int(status.group(1))
            step.expected = expected_body(step.status, substitute(status.group(2) or "", names))
        elif header:
            (step.headers if step.status is None else step.answer_headers).append(header.groups())
        else:
            raise ValueError("neither status nor header: %s" % line[:80])
        return step

    def begin(self, number, line, names):
        definition = re.fullmatch(r"let ([A-Z]\w*) (:?=) (.*)", line)
        request = METHOD.fullmatch(line)
        if line.startswith("#"):
            return None
        if line.startswith("! "):
            self.arguments += line[2:].split()
        elif definition:
            name, sign, text = definition.groups()
            names[name] = substitute(text.replace("\\n", "\n") if sign == ":=" else text, names)
        elif request:
            method, target, body = request.groups()
            step = Step(number, method, substitute(target, names), None if body is None else substitute(body, names))
            self.steps.append(step)
            return step
        else:
            raise ValueError("not understood: %s" % line[:80])
        return None


def expected_body(status, text):
    if status < 400 or not text:
        return text
    code, _, message = text.partition(" ")
    return '{"error_code":%d,"message":%s}' % (int(code), json.dumps(message, ensure_ascii=False))


def matches(expected, text):
    """Whether the text is what was expected, with `*` for what may be anything."""
    made, quoted, escaped = "", False, False
    for char in expected:
        if char == "*":
            made += r'(?:[^"\\]|\\.)*' if quoted else r"[^,\]}\[{]+"
            continue
        made += re.escape(char)
        if char == '"' and not escaped:
            quoted = not quoted
        escaped = char == "\\" and not escaped
    return re.fullmatch(made, text, re.S) is not None


def run_step(step, connection, judge):
    """What is wrong, as sentences."""
    answer = ask(connection, step.method, step.target, step.body, step.headers)
    text = answer.body.decode("utf-8", "replace")
    problems = judge.check(step.method, step.target, answer, body=step.body)
    if answer.status != step.status:
        problems.append("status %d, not %d: %s" % (answer.status, step.status, text[:600]))
    elif not matches(step.expected, text):
        problems.append("the body\n    %s\n  is not\n    %s" % (text[:1500], step.expected[:1500]))
    for name, value in step.answer_headers:
        if not matches(value, answer.headers.get(name.lower(), "")):
            problems.append("%s is %r, not %r" % (name, answer.headers.get(name.lower()), value))
    return problems


def run(scenario, server, judge, tally):
    with server.connect() as connection:
        for step in scenario.steps:
            problems = run_step(step, connection, judge)
            tally.check("%s.http:%d %s %s" % (scenario.name, step.number, step.method, step.target[:100]),
                        not problems, "\n  ".join(problems))


__all__ = ["Scenario", "guid_of", "matches", "run"]
