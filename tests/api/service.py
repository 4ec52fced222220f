"""What the server says about itself, and answers that are kept: metrics, its description, the cache."""
import random
import string

import prometheus
from exchange import ask
from scenario import guid_of

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
GAUGES = {"tenon_subjects": 2, "tenon_schemas": 2, "tenon_versions": 3, "tenon_log_head": 5, "tenon_store_queued": 0}


def read_metrics(connection, tally):
    answer = ask(connection, "GET", "/metrics")
    tally.check("metrics: Content-Type", answer.headers.get("content-type") == METRICS_TYPE, answer.headers)
    return prometheus.parse(answer.body.decode("utf-8"))


def value(families, name, **labels):
    family = next((f for f in families.values() if f.owns(name)), None)
    return family.samples.get((name, tuple(labels.items())), 0) if family else None


def requests_of(families, method, route, status):
    return value(families, "tenon_http_requests_total", method=method, route=route, status=str(status))


def schema(text):
    return '{"schema":"\\"%s\\""}' % text


def metrics(server, judge, tally):
    """The metrics are well-formed and tell what happened."""
    with server.connect() as connection:
        before = read_metrics(connection, tally)
        for target, text in (("a", "int"), ("a", "long"), ("b", "int")):
            tally.check("register", ask(connection, "POST", "/subjects/%s/versions" % target, schema(text)).status == 200)
        ask(connection, "POST", "/subjects/c/versions", schema("int"))
        tally.check("delete", ask(connection, "DELETE", "/subjects/c").body == b"[1]")
        for _ in range(3):
            ask(connection, "GET", "/schemas/ids/1")
        ask(connection, "HEAD", "/subjects")
        ask(connection, "GET", "/subjects/none/versions")
        ask(connection, "GET", "/nothing")
        after = read_metrics(connection, tally)
        for name, wanted in GAUGES.items():
            tally.check("metrics: %s" % name, value(after, name) == wanted, value(after, name))
        for method, route, status, wanted in [
                ("POST", "/subjects/{subject}/versions", 200, 4), ("DELETE", "/subjects/{subject}", 200, 1),
                ("GET", "/schemas/ids/{id}", 200, 3), ("HEAD", "/subjects", 200, 1), ("GET", "unmatched", 404, 1),
                ("GET", "/subjects/{subject}/versions", 404, 1), ("GET", "/metrics", 200, 1)]:
            got = requests_of(after, method, route, status) - requests_of(before, method, route, status)
            tally.check("metrics: %s %s %d" % (method, route, status), got == wanted, got)
        count = value(after, "tenon_http_request_duration_seconds_count", route="/schemas/ids/{id}")
        tally.check("metrics: durations", count == 3, count)
        for name in ("tenon_store_commits_total", "tenon_store_syncs_total", "tenon_store_sync_seconds_count"):
            tally.check("metrics: %s grows" % name, value(after, name) > value(before, name))
        tally.check("metrics: entries", value(after, "tenon_store_entries_total") == 5)
        tally.check("metrics: build", "tenon_build_info" in after and len(after["tenon_build_info"].samples) == 1)
        hits = [name for name in after if "hit" in name]
        tally.check("metrics: cache hits are counted", any(value(after, n) > value(before, n) for n in hits), hits)


def wander(connection, chance):
    """Requests as a stranger would make them, none of which may leave a series of its own."""
    def word():
        return "".join(chance.choice(string.ascii_letters + string.digits) for _ in range(8))
    for _ in range(40):
        for method, target in [("GET", "/%s" % word()), ("GET", "/subjects/%s/versions" % word()),
                               ("GET", "/schemas/ids/%d" % chance.randrange(100, 10 ** 9)), (word().upper(), "/subjects"),
                               (word().upper(), "/%s" % word()), ("DELETE", "/contexts/%s" % word()),
                               ("GET", "/config/%s" % word()), ("GET", "/subjects/%zz" + word()),
                               ("GET", "/subjects?%s=%s" % (word(), word())), ("OPTIONS", "/mode/%s" % word())]:
            ask(connection, method, target)


def bounded_metrics(server, judge, tally):
    """What a stranger asks for makes no new series."""
    chance = random.Random(7)
    with server.connect() as connection:
        wander(connection, chance)
        read_metrics(connection, tally)
        before = prometheus.series(read_metrics(connection, tally))
        wander(connection, chance)
        families = read_metrics(connection, tally)
        after = prometheus.series(families)
        tally.check("metrics: no new series", after == before, sorted(after - before)[:5])
        labels = {pair for _, pairs in after for pair in pairs}
        routes = {v for k, v in labels if k == "route"}
        tally.check("metrics: routes are templates", routes <= set(judge.document["paths"]) | {"unmatched"}, routes)
        verbs = {v for k, v in labels if k == "method"}
        tally.check("metrics: methods", verbs <= {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "other"}, verbs)
        statuses = {v for k, v in labels if k == "status"}
        tally.check("metrics: statuses", all(s == "other" or (s.isdigit() and len(s) == 3) for s in statuses), statuses)
        tally.check("metrics: labels", {k for k, _ in labels} <= {"route", "method", "status", "le", "version"}, labels)


def description(server, judge, tally):
    """/openapi.yaml is the file."""
    with server.connect() as connection:
        answer = ask(connection, "GET", "/openapi.yaml")
        tally.check("openapi.yaml is served", answer.body == judge.text.encode("utf-8"), len(answer.body))
        tally.check("openapi.yaml: Content-Type", answer.headers.get("content-type") == "application/yaml", answer.headers)


RECORD = '{"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"R\\",\\"fields\\":[%s]}"%s}'
FIELD = '{\\"name\\":\\"f\\",\\"type\\":\\"int\\",\\"default\\":1}'
MINE = ',"metadata":{"properties":{"k":"v"}}'

READS = [("GET", target, None) for target in (
    "/subjects?deleted=true", "/subjects", "/subjects?deletedOnly=true", "/subjects?subjectPrefix=:.c:",
    "/subjects/s/versions", "/subjects/s/versions?deletedAsNegative=true&deleted=true", "/subjects/s/versions/latest",
    "/subjects/s/versions/1", "/subjects/s/versions/1?deleted=true", "/subjects/s/versions/2/schema",
    "/subjects/s/metadata", "/subjects/s/metadata?key=k&value=v", "/subjects/a/versions/latest", "/subjects/a/versions",
    "/schemas/ids/1", "/schemas/ids/2", "/schemas/ids/1?subject=s", "/schemas/ids/1?subject=a", "/schemas/ids/1?fetchMaxId=true",
    "/schemas/ids/1/schema", "/schemas/ids/1/subjects", "/schemas/ids/1/subjects?deleted=true", "/schemas/ids/1/versions",
    "/schemas/ids/1/versions?subject=s", "/schemas/guids/74f85e4a-3f0b-0bb4-2ba4-dd0fd8ff0b5f", "/schemas?deleted=true",
    "/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d", "/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d/ids",
    "/config/s?defaultToGlobal=true", "/mode/s?defaultToGlobal=true", "/contexts",
    "/contexts/.c/subjects", "/contexts/.c/subjects/s/versions/1", "/contexts/.c/schemas/ids/1", "/contexts/c/schemas/ids/1/subjects",
    "/subjects/s/versions/1/referencedby")
] + [("POST", "/subjects/s", RECORD % ("", "")), ("POST", "/subjects/s?deleted=true", RECORD % ("", "")),
     ("POST", "/subjects/s", RECORD % (FIELD, "")), ("POST", "/subjects/a", RECORD % ("", "")),
     ("POST", "/subjects/s?normalize=true", RECORD % (FIELD, "")), ("POST", "/subjects/t", schema("string"))]

CHANGES = [
    ("POST", "/subjects/s/versions", RECORD % ("", "")), ("POST", "/subjects/t/versions", schema("string")),
    ("POST", "/subjects/:.c:s/versions", schema("string")), ("POST", "/subjects/s/versions", RECORD % (FIELD, MINE)),
    ("PUT", "/config/a", '{"alias":"s"}'), ("POST", "/subjects/:.c:t/versions", RECORD % ("", "")),
    ("PUT", "/config/s", '{"normalize":true}'), ("DELETE", "/subjects/s/versions/1", None),
    ("POST", "/subjects/s/versions?force=true", RECORD % ("", "")), ("PUT", "/config/a", '{"alias":"t"}'),
    ("DELETE", "/subjects/t", None), ("DELETE", "/subjects/t?permanent=true", None), ("DELETE", "/config/a", None),
    ("PUT", "/mode/s", '{"mode":"READONLY"}'), ("DELETE", "/mode/s", None), ("DELETE", "/subjects/s", None),
    ("DELETE", "/subjects/s?permanent=true", None), ("DELETE", "/subjects/:.c:s", None),
    ("DELETE", "/subjects/:.c:s?permanent=true", None), ("POST", "/subjects/s/versions", RECORD % ("", "")),
    ("PUT", "/config", '{"defaultMetadata":{"properties":{"k":"v"}}}'),
    ("POST", "/subjects/s/versions", RECORD % (FIELD, "")),
]


def kept_answers(server, judge, tally):
    """After every change each answer is the one that is made anew: an unknown parameter goes past what is kept."""
    with server.connect() as connection:
        for number, change in enumerate([None] + CHANGES):
            if change:
                answer = ask(connection, *change)
                tally.check("change %d: %s %s" % (number, *change[:2]), answer.status in (200, 204), answer)
            for method, target, body in READS:
                kept = ask(connection, method, target, body)
                again = ask(connection, method, target, body)
                past = "%s%sanew=%d" % (target, "&" if "?" in target else "?", number)
                anew = ask(connection, method, past, body)
                same = (kept.status, kept.body) == (again.status, again.body) == (anew.status, anew.body)
                tally.check("after change %d: %s %s" % (number, method, target), same, (kept, again, anew))


RULES = ',"ruleSet":{"domainRules":[{"name":"r","type":"CEL"}]}'
DROPPED = [                                        # what is asked once rules are dropped, and the version it is about
    ("GET", "/subjects/s/versions/1", None, 1, True), ("POST", "/subjects/s/versions", RECORD % ("", ""), 1, True),
    ("POST", "/subjects/s/versions", RECORD % (FIELD, ""), 2, False), ("POST", "/subjects/s", RECORD % (FIELD, ""), 2, False),
    ("POST", "/subjects/s/versions", RECORD % (FIELD, ""), 2, False), ("GET", "/subjects/s/versions/2", None, 2, False),
    ("POST", "/subjects/c/versions", RECORD % (FIELD, ""), 2, False), ("POST", "/subjects/c/versions", RECORD % (FIELD, ""), 2, False),
]


def rules_no_longer_kept(server, judge, tally):
    """Rules from a time when they were kept are served, and go no further."""
    with server.connect() as connection:
        ask(connection, "PUT", "/config/c", '{"defaultRuleSet":{"domainRules":[{"name":"d","type":"CEL"}]}}')
        for target, rules in (("s", RULES), ("c", "")):
            answer = ask(connection, "POST", "/subjects/%s/versions" % target, RECORD % ("", rules))
            tally.check("rules are kept", answer.status == 200 and "ruleSet" in answer.json, answer)
    tally.check("the server ends well", server.stop() == 0)
    server.arguments += ["--rule-sets", "drop"]
    server.start()
    with server.connect() as connection:
        for method, target, body, version, has_rules in DROPPED:
            answer = ask(connection, method, target, body)
            tally.check("rules are dropped: %s %s" % (method, target), answer.status == 200 and
                        (answer.json["version"], "ruleSet" in answer.json) == (version, has_rules), answer)
        stored = ask(connection, "GET", "/subjects/s/versions/2").json
        tally.check("the guid is that without rules", stored["guid"] == guid_of(stored["schema"]), stored)


SCENARIOS = [
    ("metrics", [], metrics),
    ("bounded-metrics", [], bounded_metrics),
    ("description", [], description),
    ("kept-answers", [], kept_answers),
    ("rules-no-longer-kept", [], rules_no_longer_kept),
]
