"""One answer everywhere: the golden pairs at a real server, in a check against it, and in a check without it."""
import concurrent.futures
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


def in_parallel(server, pairs, work):
    """work(connection, pair) for every pair over a few connections; the results in order."""
    def run(part):
        with Connection("127.0.0.1", server.port) as connection:
            return [work(connection, pair) for pair in part]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return [result for part in pool.map(run, [pairs[at:at + 50] for at in range(0, len(pairs), 50)]) for result in part]


def register_old(server, pairs):
    """The pairs whose old text the registry takes."""
    def register(connection, pair):
        done = connection.request("POST", "/subjects/%s/versions" % pair[0], {"schema": pair[3], "schemaType": pair[2]})
        assert done.status in (200, 422), (pair[0], done)
        return done.status == 200

    return [pair for pair, taken in zip(pairs, in_parallel(server, pairs, register)) if taken]


def ask_server(server, pairs, level, policy):
    """What the compatible API says of each pair: True, False, or None for a new text that it does not take."""
    def ask(connection, pair):
        done = connection.request("POST", "/compatibility/subjects/%s/versions" % pair[0], {"schema": pair[4], "schemaType": pair[2]})
        return pair[0], done.json["is_compatible"] if done.status == 200 else None

    with Connection("127.0.0.1", server.port) as connection:
        done = connection.request("PUT", "/config", {"compatibility": level, "compatibilityPolicy": policy})
        assert done.status == 200, done
    return dict(in_parallel(server, pairs, ask))


def ask_check(repository, against, *flags):
    status, report, err = repository.check("new", *flags, against=against)
    assert report and status in (0, 1), (status, err)
    return {schema["subject"]: None if any(finding["finding"]["rule"] == "SCHEMA-INVALID" for finding in schema["findings"])
            else schema["outcome"] != "breaks" for schema in report["schemas"]}


def compare(tally, name, wanted, got):
    different = {subject: (wanted[subject], got.get(subject)) for subject in wanted if wanted[subject] != got.get(subject)}
    tally.check("agreement: %d pairs, %s" % (len(wanted), name), not different, different)


def check_all(tally, binary, folder):
    pairs = [pair for pair in golden_pairs() if pair[3] != pair[4]]  # what does not change is not judged
    repository = Repository(folder / "agreement", binary)
    repository.write({"new/%s/%s" % (subject, name): new for subject, name, _, _, new in pairs})
    repository.write({"old/%s/%s" % (subject, name): old for subject, name, _, old, _ in pairs})
    server = Server(binary, folder / "agreement.db").start()
    try:
        pairs = register_old(server, pairs)
        tally.check("agreement: enough pairs", len(pairs) > 600, len(pairs))
        for level, policy in (("BACKWARD", "STRICT"), ("FORWARD", "LENIENT"), ("FULL", "SOUND"), ("BACKWARD", "LOGICAL")):
            wanted = ask_server(server, pairs, level, policy)
            tally.check("agreement: both verdicts occur, %s %s" % (level, policy), {True, False} <= set(wanted.values()))
            # Against the registry its own level and policy count; without it they are said.
            compare(tally, "%s %s, against the registry" % (level, policy), wanted, ask_check(repository, server.url))
            compare(tally, "%s %s, against a folder" % (level, policy), wanted,
                    ask_check(repository, "old", "--level", level, "--policy", policy))
    finally:
        server.kill()
