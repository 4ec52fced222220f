"""Associations: which subject a topic's values are under is asked of the registry by today's serializers."""
import json

from confluent_kafka.schema_registry import AssociationCreateOrUpdateInfo, AssociationCreateOrUpdateRequest

from kit import equal, refused, value_of
from schemas import V1, V2, avro

ORDER = {"id": "o-1", "amount": 7}


def _request(topic, subject, **more):
    info = AssociationCreateOrUpdateInfo(subject=subject, association_type="value", lifecycle="WEAK", **more)
    return AssociationCreateOrUpdateRequest(resource_name=topic, resource_namespace="lkc-1", resource_id="id-" + topic,
                                            resource_type="topic", associations=[info])


async def are_created_and_found(kit):
    topic, subject, r = kit.subject("linked"), kit.subject("linked-elsewhere"), kit.registry()
    await refused(409, 40907, r.create_association(_request(topic, subject)), subject)
    await r.register_schema(subject, avro(V1))
    made = await r.create_association(_request(topic, subject))
    equal((made.resource_name, [(a.subject, a.association_type, a.lifecycle) for a in made.associations]),
          (topic, [(subject, "value", "WEAK")]))
    for namespace in ("lkc-1", "-"):
        found = await kit.registry().get_associations_by_resource_name(topic, namespace, resource_type="topic", association_types=["value"])
        equal([(f.subject, f.resource_name, f.resource_id, f.association_type) for f in found], [(subject, topic, "id-" + topic, "value")])
    equal(await r.get_associations_by_resource_name(kit.subject("unlinked"), "-"), [])
    await refused(409, 40904, r.delete_subject(subject), subject)
    await r.delete_associations("id-" + topic, resource_type="topic", association_types=["value"])
    equal(await kit.registry().get_associations_by_resource_name(topic, "-"), [])
    equal(await r.delete_subject(subject), [1])


async def name_the_subject_of_a_topic(kit):
    topic, subject, r = kit.subject("routed"), kit.subject("routed-elsewhere"), kit.registry()
    id = await r.register_schema(subject, avro(V1))
    await r.create_association(_request(topic, subject))
    data = await (await kit.serializer("AVRO", kit.registry(), json.dumps(V1)))(ORDER, value_of(topic))
    equal(int.from_bytes(data[1:5], "big"), id)
    await (await kit.serializer("AVRO", kit.registry(), json.dumps(V2)))(dict(ORDER, note="n"), value_of(topic))
    equal(await r.get_versions(subject), [1, 2])
    await refused(404, 40401, r.get_versions(topic + "-value"))
    equal(await (await kit.deserializer("AVRO", kit.registry()))(data, value_of(topic)), ORDER)
