"""Field encryption with keys that the registry stores and a KMS that is local to the client."""
import io
import json

import fastavro

from confluent_kafka.schema_registry import Rule, RuleKind, RuleMode, RuleParams, RuleSet
from confluent_kafka.schema_registry.rules.encryption.dek_registry.dek_registry_client import DekRegistryClient
from confluent_kafka.schema_registry.rules.encryption.encrypt_executor import EncryptionExecutor, FieldEncryptionExecutor
from confluent_kafka.schema_registry.rules.encryption.localkms.local_driver import LocalKmsDriver

from confluent_kafka.schema_registry.rule_registry import RuleRegistry

from kit import URL, equal, raises, value_of
from schemas import avro, field, record

LocalKmsDriver.register()

PATIENT = record("Patient", field("name", "string", **{"confluent:tags": ["PII"]}), field("ward", "int"))
ADA = {"name": "Ada Lovelace", "ward": 7}
SECRET = {"secret": "a secret of this test"}


def _executors():
    """New ones for each serializer: an executor takes no second configuration."""
    executors = RuleRegistry()
    executors.register_executor(FieldEncryptionExecutor())
    executors.register_executor(EncryptionExecutor())
    return executors


async def _encrypts(kit, name, type, tags):
    topic, kek = kit.subject(name), "kek-" + kit.subject(name)
    params = RuleParams(params={"encrypt.kek.name": kek, "encrypt.kms.type": "local-kms", "encrypt.kms.key.id": "mykey"})
    rule = Rule(name="secret", doc=None, kind=RuleKind.TRANSFORM, mode=RuleMode.WRITEREAD, type=type, tags=tags, params=params,
                expr=None, on_success=None, on_failure="ERROR,NONE", disabled=False)
    rules = {"domain_rules": [rule], "encoding_rules": None} if tags else {"domain_rules": None, "encoding_rules": [rule]}
    await kit.registry().register_schema(topic + "-value", avro(PATIENT, rule_set=RuleSet(migration_rules=None, enable_at=None, **rules)))
    serialize = await kit.serializer("AVRO", kit.registry(), json.dumps(PATIENT), rule_conf=SECRET, rule_registry=_executors(),
                                     conf={"auto.register.schemas": False, "use.latest.version": True})
    data = await serialize(dict(ADA), value_of(topic))
    assert b"Lovelace" not in data, data
    deks = DekRegistryClient({"url": URL})
    equal((deks.get_kek(kek).kms_type, deks.get_kek(kek).kms_key_id, deks.get_kek(kek).shared), ("local-kms", "mykey", False))
    stored = deks.get_dek(kek, topic + "-value", version=1)
    equal((stored.kek_name, stored.subject, stored.version), (kek, topic + "-value", 1))
    assert stored.encrypted_key_material, stored
    read = await kit.deserializer("AVRO", kit.registry(), rule_conf=SECRET, rule_registry=_executors())
    equal(await read(data, value_of(topic)), ADA)
    return data


async def encrypts_tagged_fields(kit):
    data = await _encrypts(kit, "encrypted-field", "ENCRYPT", ["PII"])
    seen = fastavro.schemaless_reader(io.BytesIO(data[5:]), PATIENT, None)
    equal(seen["ward"], 7, "what is not tagged stays readable")
    assert seen["name"] != ADA["name"], seen


async def encrypts_whole_payloads(kit):
    data = await _encrypts(kit, "encrypted-payload", "ENCRYPT_PAYLOAD", None)
    await raises(Exception, _as_plain(data))


async def _as_plain(data):
    seen = fastavro.schemaless_reader(io.BytesIO(data[5:]), PATIENT, None)
    assert seen == ADA, "not what was written"
