"""What is in the store before each operation: something to find, to delete and to undelete."""
import json

ORDER = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"}]}'
CUSTOMER = '{"type":"object","properties":{"name":{"type":"string"}}}'
PAYMENT = 'syntax = "proto3"; message Payment { int64 id = 1; }'
SCHEMAS = [
    ("orders-value", {"schema": ORDER, "metadata": {"properties": {"owner": "sales"}}}),
    ("customers-value", {"schemaType": "JSON", "schema": CUSTOMER}),
    ("payments-value", {"schemaType": "PROTOBUF", "schema": PAYMENT}),
    (":.staging:orders-value", {"schema": ORDER}),
    ("gone-value", {"schema": '"long"'}),
]
KEK = {"kmsType": "local-kms", "kmsKeyId": "key", "shared": False}
ASSOCIATION = {"resourceName": "orders", "resourceNamespace": "lkc-1", "resourceId": "t-77", "resourceType": "topic",
               "associations": [{"subject": "orders-value", "associationType": "value", "lifecycle": "WEAK"}]}


def settings():
    """What earlier requests may have set for more than themselves is taken back."""
    for scope in ("/:.__GLOBAL:", "/:.:", "/:.staging:", ""):
        yield "DELETE", "/mode%s?recursive=true" % scope, None
        yield "DELETE", "/config" + scope, None
    for subject, _ in SCHEMAS:
        yield "PUT", "/mode/" + subject, {"mode": "READWRITE"}
        yield "PUT", "/config/" + subject, {"compatibility": "NONE", "alias": None}


def versions():
    for subject, schema in SCHEMAS:
        yield "POST", "/subjects/%s/versions" % subject, schema
    yield "DELETE", "/subjects/gone-value", None
    for schema in ('"int"', '"string"'):      # the second is refused
        yield "POST", "/subjects/refused-value/versions", {"schema": schema}
    yield "POST", "/associations", ASSOCIATION


def keys():
    material = {"encryptedKeyMaterial": "bWF0ZXJpYWw="}
    for name in ("orders-kek", "gone-kek"):
        yield "POST", "/dek-registry/v1/keks/%s/undelete" % name, None
        yield "POST", "/dek-registry/v1/keks", {**KEK, "name": name}
        for subject in ("orders-value", "gone-value"):
            deks = "/dek-registry/v1/keks/%s/deks/%s" % (name, subject)
            yield "POST", deks + "/undelete", None
            yield "POST", deks, material
        yield "DELETE", "/dek-registry/v1/keks/%s/deks/gone-value" % name, None
    yield "DELETE", "/dek-registry/v1/keks/gone-kek/deks/orders-value", None
    yield "DELETE", "/dek-registry/v1/keks/gone-kek", None


def prepare(connection):
    """Sends it all and answers what was refused for a reason of the server's; whatever is there already is well."""
    bad = []
    for steps in (settings, versions, keys):
        for method, target, body in steps():
            answer = connection.request(method, target, None if body is None else json.dumps(body))
            if answer.status not in (200, 204, 404, 409):
                bad.append("%s %s: %r" % (method, target, answer))
    return bad
