"""
What schemathesis must know of this server; run.py has it loaded.

Before the cases of an operation the store is brought to where they can succeed.  What was seen goes to the
file TENON_SEEN at the end: {operation: {status: how often}} and what went wrong while preparing.
"""
import atexit
import collections
import json
import os
import pathlib
import re
import sys
import urllib.parse

import schemathesis
from schemathesis.core.media_types import YAML_MEDIA_TYPES
from schemathesis.openapi.checks import MissingContentType
from schemathesis.transport.serialization import Binary

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent), str(HERE.parent / "api")]

from contract import JSON_TYPES, WITHOUT_TYPE, Contract, parse_json, resolve
from prepare import prepare
from support.http import Connection

ERROR = re.compile(rb'\{"error_code":(\d{3}),"message":".+"\}', re.S)
CONTRACT = Contract((HERE.parents[1] / "api-spec" / "openapi.yaml").read_text(encoding="utf-8"))

statuses = collections.defaultdict(collections.Counter)
faults = []
prepared_for = None


def answers_raw(operation):
    """Is the answer to this the text itself, whatever its media type says?"""
    content = operation.responses[200].get("content", {}) if 200 in operation.responses else {}
    return any(resolve(CONTRACT.document, media["schema"]).get("x-raw") for media in content.values())


RAW = {"%s %s" % (o.method, o.path) for o in CONTRACT.operations if answers_raw(o)}


@schemathesis.serializer("application/octet-stream")
def write_octets(context, value):
    """Octets are JSON here, too; those made up as such stay as they are."""
    if isinstance(value, bytes):
        return value
    return value.data if isinstance(value, Binary) else json.dumps(value).encode("utf-8")


@schemathesis.deserializer(*JSON_TYPES)
def read_json(context, response):
    if response.status_code == 200 and context.operation.label in RAW:
        return response.content.decode("utf-8")
    return parse_json(response.content.decode("utf-8"))


@schemathesis.deserializer(*YAML_MEDIA_TYPES)
def read_yaml(context, response):
    """The description of the API is described as text."""
    return response.content.decode("utf-8")


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """What is refused before an operation is chosen has no Content-Type; it must be an error all the same."""
    if not isinstance(failure, MissingContentType) or response.status_code not in WITHOUT_TYPE:
        return True
    error = ERROR.fullmatch(response.content)
    return not error or int(error[1]) != response.status_code


@schemathesis.hook
def before_call(context, case, kwargs):
    """Cases of one operation follow each other; those that are stateful are one sequence."""
    global prepared_for
    phase = case.meta.phase.name.value if case.meta else None
    wanted = (phase, None if phase == "stateful" else case.operation.label)
    if wanted == prepared_for:
        return
    prepared_for = wanted
    server = urllib.parse.urlsplit(kwargs["base_url"] if "base_url" in kwargs else case.operation.base_url)
    with Connection(server.hostname, server.port, 30) as connection:
        faults.extend("before %s: %s" % (case.operation.label, fault) for fault in prepare(connection))


@schemathesis.hook
def after_call(context, case, response):
    if case.method == case.operation.method.upper():
        statuses[case.operation.label][response.status_code] += 1


@atexit.register
def write_seen():
    pathlib.Path(os.environ["TENON_SEEN"]).write_text(json.dumps({"statuses": statuses, "faults": faults}), encoding="utf-8")
