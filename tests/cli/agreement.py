"""One answer everywhere: the golden pairs at a real server, in a check against it, and in a check without it."""
import json

from repository import Repository
from support.http import Connection
from support.server import ROOT, Server

GOLDEN = ROOT / "tests/golden/compat"
KINDS = {"avro": ("AVRO", ".avsc"), "jsonschema": ("JSON", ".schema.json"), "protobuf": ("PROTOBUF", ".proto")}


def golden_pairs():
    """(subject, file name, type, old text, new text) of every pair that stands alone."""
    for kind, (schema_type, extension) in KINDS.items():
        for path in sorted((GOLDEN / kind).glob("*.json")):
            for number, case in enumerate(json.loads(path.read_text())):
                if "writer_dependencies" in case or "reader_dependencies" in case:
                    continue
                old, new = (case[a] if a in case else case[b] for a, b in (("writer", "old"), ("reader", "new")))
                if schema_type != "PROTOBUF":
                    old, new = json.dumps(old), json.dumps(new)
                subject = "%s-%s-%d" % (kind, path.stem, number)
                yield subject, subject + extension, schema_type, old, new


def ask_server(server, pairs):
    """What the compatible API says of each pair: True, False, None for a new text that it does not take; nothing of an old one."""
    answers = {}
    with Connection("127.0.0.1", server.port) as connection:
        for subject, _, schema_type, old, new in pairs:
            done = connection.request("POST", "/subjects/%s/versions" % subject, {"schema": old, "schemaType": schema_type})
            if done.status == 422:
                continue
            assert done.status == 200, (subject, done)
            done = connection.request("POST", "/compatibility/subjects/%s/versions" % subject, {"schema": new, "schemaType": schema_type})
            answers[subject] = done.json["is_compatible"] if done.status == 200 else None
    return answers


def ask_check(repository, against):
    status, report, err = repository.check("new", "--level", "BACKWARD", against=against)
    assert report and status in (0, 1), (status, err)
    return {schema["subject"]: None if any(finding["finding"]["rule"] == "SCHEMA-INVALID" for finding in schema["findings"])
            else schema["outcome"] != "breaks" for schema in report["schemas"]}


def check_all(tally, binary, folder):
    pairs = list(golden_pairs())
    repository = Repository(folder / "agreement", binary)
    repository.write({"new/%s/%s" % (subject, name): new for subject, name, _, _, new in pairs})
    repository.write({"old/%s/%s" % (subject, name): old for subject, name, _, old, _ in pairs})
    server = Server(binary, folder / "agreement.db").start()
    try:
        wanted = ask_server(server, pairs)
        answers = {"against the registry": ask_check(repository, server.url), "against a folder": ask_check(repository, "old")}
    finally:
        server.kill()
    tally.check("agreement: both verdicts occur", {True, False} <= set(wanted.values()) and len(wanted) > 600, len(wanted))
    for name, got in answers.items():
        different = {subject: (wanted[subject], got.get(subject)) for subject in wanted if wanted[subject] != got.get(subject)}
        tally.check("agreement: %d pairs, tenon check %s" % (len(wanted), name), not different, different)
