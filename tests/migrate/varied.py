"""A registry with something of everything, and how to look at one without the tool under test."""
import json
import urllib.parse

AVRO_MONEY = {"type": "record", "name": "Money", "namespace": "ex", "fields": [
    {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
    {"name": "currency", "type": "string", "doc": "ISO 4217: \"EUR\", \u20ac"}]}
AVRO_ORDER = {"type": "record", "name": "Order", "namespace": "ex", "fields": [
    {"name": "id", "type": "long"}, {"name": "price", "type": "ex.Money"}]}
PROTO_UNIT = 'syntax = "proto3";\npackage ex;\n\nmessage Unit {\n  string name = 1;\n}\n'
PROTO_LINE = 'syntax = "proto3";\npackage ex;\n\nimport "unit.proto";\n\nmessage Line {\n  .ex.Unit unit = 1;\n  int64 count = 2;\n}\n'
METADATA = {"tags": {"**.ssn": ["PII"]}, "properties": {"owner": "team a", "secret": "s3cr\u00e9t"}, "sensitive": ["secret"]}
RULES = {"domainRules": [{"name": "positive", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "tags": ["PII"],
                          "params": {"a": "b"}, "expr": "message.id > 0", "onFailure": "DLQ", "disabled": False}],
         "migrationRules": [{"name": "up", "kind": "TRANSFORM", "mode": "UPGRADE", "type": "JSONATA", "expr": "$",
                             "disabled": True}]}


def quote(text):
    return urllib.parse.quote(text, safe="")


def call(server, method, path, body=None, good=(200, 204)):
    with server.connect() as connection:
        answer = connection.request(method, path, body)
    assert answer.status in good, "%s %s: %r" % (method, path, answer)
    return answer.json if answer.body else None


def record(name, *fields):
    return json.dumps({"type": "record", "name": name, "fields": [{"name": f, "type": "string", "default": ""} for f in fields]})


def register(server, subject, schema, **more):
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return call(server, "POST", "/subjects/%s/versions" % quote(subject), {"schema": text, **more})["id"]


def put(server, what, scope, body, query=""):
    call(server, "PUT", "/%s%s%s" % (what, "/" + quote(scope) if scope else "", query), body)


def delete(server, subject, version=None, permanent=False):
    path = "/subjects/%s" % quote(subject) + ("/versions/%d" % version if version else "")
    call(server, "DELETE", path + ("?permanent=true" if permanent else ""))


def fill_formats(server):
    register(server, "money", AVRO_MONEY)
    register(server, "orders-value", AVRO_ORDER, references=[{"name": "ex.Money", "subject": "money", "version": 1}])
    register(server, "a-first", AVRO_ORDER, references=[{"name": "ex.Money", "subject": "money", "version": 1}],
             metadata=METADATA, ruleSet=RULES)
    register(server, "unit", PROTO_UNIT, schemaType="PROTOBUF")
    register(server, "line", PROTO_LINE, schemaType="PROTOBUF",
             references=[{"name": "unit.proto", "subject": "unit", "version": 1}])
    register(server, "point", {"type": "object", "properties": {"x": {"type": "number"}}}, schemaType="JSON", metadata={})
    register(server, "ref/with slash \u00e9 %41+?", '{"$ref": "point.json"}', schemaType="JSON",
             references=[{"name": "point.json", "subject": "point", "version": 1}])
    register(server, ":.east:money", AVRO_MONEY)
    register(server, ":.east:orders-value", AVRO_ORDER, references=[{"name": "ex.Money", "subject": "money", "version": 1}])
    register(server, ":.west.2:only", record("W"))
    register(server, ":.west.2:", record("Nameless"))


def fill_history(server):
    """Gaps, soft-deleted versions and subjects, a reference from one soft-deleted version to another."""
    for n in range(1, 5):
        register(server, "many", record("Many", *("f%d" % k for k in range(n))))
    delete(server, "many", 2)
    delete(server, "many", 2, permanent=True)
    delete(server, "many", 3)
    register(server, "gone", record("Gone"))
    register(server, "gone-user", {"type": "record", "name": "User", "fields": [{"name": "g", "type": "Gone"}]},
             references=[{"name": "Gone", "subject": "gone", "version": 1}])
    delete(server, "gone-user")
    delete(server, "gone")
    register(server, ":.east:gone", record("Gone"))
    delete(server, ":.east:gone")


def fill_imported(server):
    """Several ids for one content, versions with gaps and in no order, id 0."""
    put(server, "mode", ":.imp:", {"mode": "IMPORT"})
    for id, version, schema in [(700, 9, record("T")), (5, 2, record("T")), (0, 4, record("Zero")), (70000, 5, record("T"))]:
        register(server, ":.imp:twins", schema, id=id, version=version)


def fill_entries(server):
    put(server, "config", "", {"compatibility": "FULL", "validateFields": True})
    put(server, "config", "orders-value", {"compatibility": "NONE", "normalize": True, "compatibilityGroup": "app.major",
                                           "defaultMetadata": {"properties": {"k": "v"}}, "overrideRuleSet": RULES})
    put(server, "config", "alias-only", {"alias": "orders-value"})
    put(server, "config", ":.east:", {"compatibility": "BACKWARD_TRANSITIVE", "compatibilityPolicy": "LENIENT"})
    put(server, "config", ":.__GLOBAL:", {"compatibility": "FORWARD"})
    put(server, "config", "unit", {"alias": "line"})
    put(server, "mode", "money", {"mode": "READONLY"})
    put(server, "mode", ":.east:", {"mode": "READONLY"})
    put(server, "mode", ":.__GLOBAL:", {"mode": "READONLY"})
    put(server, "mode", "", {"mode": "READWRITE"})


def fill(server):
    fill_formats(server)
    fill_history(server)
    fill_imported(server)
    fill_entries(server)


def look(server):
    """Everything a client can see of a registry that is to survive a move: independent of the tool's own comparison."""
    schemas = call(server, "GET", "/schemas?deleted=true&subjectPrefix=%3A*%3A&aliases=true")
    subjects = call(server, "GET", "/subjects?deleted=true&subjectPrefix=%3A*%3A")
    contexts = call(server, "GET", "/contexts")
    seen = {"contexts": contexts, "subjects": subjects, "versions": {}, "ids": {}, "entries": {}}
    for item in schemas:
        item.pop("ts", None)
        seen["versions"][item["subject"], item["version"]] = item
        scope = item["subject"][:item["subject"].index(":", 2) + 1] if item["subject"].startswith(":.") else ""
        answer = call(server, "GET", "/schemas/ids/%d?subject=%s" % (item["id"], quote(scope)))
        answer.pop("ts", None)
        seen["ids"][scope, item["id"]] = answer
    for subject in subjects:
        seen["versions", subject] = call(server, "GET", "/subjects/%s/versions?deletedAsNegative=true" % quote(subject),
                                         good=(200, 404))
    aliases = {a for item in schemas for a in item.get("aliases", [])}
    for scope in ["", ":.__GLOBAL:", *(":%s:" % c for c in contexts if c != "."), *subjects, *sorted(aliases)]:
        for what in ("config", "mode"):
            path = "/%s%s" % (what, "/" + quote(scope) if scope else "")
            seen["entries"][what, scope] = call(server, "GET", path, good=(200, 404))
            seen["entries"][what, scope, "effective"] = call(server, "GET", path + "?defaultToGlobal=true", good=(200, 404))
    return seen
