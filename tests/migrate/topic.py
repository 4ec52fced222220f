"""A topic as reference registries of several ages have left it, by the record shapes of their storage format."""
import json

INT, LONG, TEXT, MONEY = '"int"', '"long"', '"string"', '{"type":"record","name":"Money","namespace":"ex","fields":[]}'
PAY = '{"type":"record","name":"Pay","namespace":"ex","fields":[{"name":"m","type":"ex.Money"}]}'

PAY_KEPT = '{"type":"record","name":"Pay","namespace":"ex","fields":[{"name":"m","type":"Money"}]}'  # canonically


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def key(keytype, magic=0, **members):
    return compact({"keytype": keytype, **members, "magic": magic})


def schema_key(subject, version, magic=1):
    return key("SCHEMA", magic, subject=subject, version=version)


def schema(subject, version, id, text, deleted=False, **more):
    return compact({"subject": subject, "version": version, "id": id, **more, "schema": text, "deleted": deleted})


def records():
    """(key, value or None), in the order of their offsets."""
    return [
        (key("NOOP"), None),
        # Old: magic 0, no schemaType, no deleted; members in another order, members of later releases.
        (schema_key("old", 1, 0), compact({"subject": "old", "version": 1, "id": 1, "schema": INT})),
        ('{"magic":1,"version":2,"subject":"old","keytype":"SCHEMA","more":true}',
         compact({"schema": LONG, "id": 2, "version": 2, "subject": "old", "offset": 3, "ts": 5})),
        (schema_key("old", 3, 2), schema("old", 3, 3, TEXT)),  # a magic that nobody knows: skipped
        # Old global entries carry "subject":null.
        ('{"keytype":"CONFIG","subject":null,"magic":0}', '{"compatibilityLevel":"NONE"}'),
        ('{"keytype":"MODE","subject":null,"magic":0}', '{"mode":"READONLY"}'),
        # The last record of a key counts; a tombstone removes.
        (key("CONFIG", subject="old"), '{"subject":"old","compatibilityLevel":"FULL"}'),
        (key("CONFIG", subject="old"), '{"compatibilityLevel":"FORWARD","normalize":true}'),
        (key("CONFIG", subject="new"), '{"subject":"new","compatibilityLevel":"FULL"}'),
        (key("CONFIG", subject="new"), None),
        (key("MODE", subject="old"), '{"subject":"old","mode":"READWRITE"}'),
        (key("MODE", subject="gone"), '{"subject":"gone","mode":"IMPORT"}'),
        (key("MODE", subject="gone"), None),
        # References; the one that refers comes to the topic first, as compaction can leave it.
        (schema_key("pay", 1), schema("pay", 1, 11, PAY, schemaType="AVRO",
                                      references=[{"name": "ex.Money", "subject": "money", "version": 1}])),
        (schema_key("money", 1), schema("money", 1, 10, MONEY, schemaType="AVRO")),
        # DELETE_SUBJECT marks what is there up to its version; a later version lives.
        (schema_key("gone", 1), schema("gone", 1, 20, INT + " ", schemaType="AVRO")),
        (schema_key("gone", 2), schema("gone", 2, 21, LONG + " ", schemaType="AVRO")),
        (key("DELETE_SUBJECT", subject="gone"), '{"subject":"gone","version":2}'),
        (schema_key("gone", 3), schema("gone", 3, 22, TEXT + " ", schemaType="AVRO")),
        # One version soft-deleted, one taken away by a tombstone, one written again.
        (schema_key("new", 1), schema("new", 1, 30, '"bytes"', schemaType="AVRO")),
        (schema_key("new", 1), schema("new", 1, 30, '"bytes"', True, schemaType="AVRO")),
        (schema_key("new", 2), schema("new", 2, 31, '"float"', schemaType="AVRO")),
        (schema_key("new", 2), None),
        (schema_key("new", 3), schema("new", 3, 32, '{"type":"string"}', schemaType="JSON",
                                      metadata={"properties": {"k": "v"}}, ruleSet={"domainRules": [
                                          {"name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true",
                                           "disabled": False}]})),
        # The id of a live version with another text is refused; a freed one may be used again.
        (schema_key("wrong", 1), schema("wrong", 1, 10, '"double"', schemaType="AVRO")),
        (schema_key("again", 1), schema("again", 1, 31, '"double"', schemaType="AVRO")),
        # CLEAR_SUBJECT removes what is soft-deleted of a subject, of a context; what lives stays.
        (schema_key("cleared", 1), schema("cleared", 1, 40, INT + "  ", True, schemaType="AVRO")),
        (schema_key("cleared", 2), schema("cleared", 2, 41, LONG + "  ", schemaType="AVRO")),
        (key("CLEAR_SUBJECT", subject="cleared"), '{"subject":"cleared"}'),
        (key("CONTEXT", tenant="default", context=".c"), '{"tenant":"default","context":".c"}'),
        (schema_key(":.c:s", 1), schema(":.c:s", 1, 1, TEXT, True, schemaType="AVRO")),
        (schema_key(":.c:t", 5), schema(":.c:t", 5, 2, TEXT, schemaType="AVRO")),
        (key("CLEAR_SUBJECT", subject=":.c:"), '{"subject":":.c:"}'),
        (key("CONFIG", subject=":.c:"), '{"subject":":.c:","compatibilityLevel":"FULL_TRANSITIVE"}'),
        (key("MODE", subject=":.c:"), '{"subject":":.c:","mode":"READONLY"}'),
        # What nobody can read, and what a registry knows and this tool does not.
        ("no json", "{}"),
        (key("SCHEMA", 1, subject="broken", version=1), '{"subject":'),
        (key("NEWFANGLED", subject="x"), '{"subject":"x"}'),
        (key("NOOP"), None),
    ]


SKIPPED = 5  # the unknown magic, the refused id, and the last three but the NOOP
VERSIONS = {
    ("old", 1): (1, INT, False), ("old", 2): (2, LONG, False), ("pay", 1): (11, PAY_KEPT, False), ("money", 1): (10, MONEY, False),
    ("gone", 1): (20, INT, True), ("gone", 2): (21, LONG, True), ("gone", 3): (22, TEXT, False),
    ("new", 1): (30, '"bytes"', True), ("new", 3): (32, '{"type":"string"}', False), ("again", 1): (31, '"double"', False),
    ("cleared", 2): (41, LONG, False), (":.c:t", 5): (2, TEXT, False),
}
ENTRIES = {
    "/config": {"compatibilityLevel": "NONE"}, "/config/old": {"normalize": True, "compatibilityLevel": "FORWARD"},
    "/config/new": 40408, "/config/:.c:": {"compatibilityLevel": "FULL_TRANSITIVE"}, "/mode": {"mode": "READONLY"},
    "/mode/old": {"mode": "READWRITE"}, "/mode/gone": 40409, "/mode/:.c:": {"mode": "READONLY"},
}
