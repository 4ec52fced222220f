/* @confluentinc/schemaregistry: associations, and the subject that its serializers take from them. */
"use strict";

const assert = require("node:assert/strict");
const sr = require("@confluentinc/schemaregistry");
const { URL, avro, plain, refused, schemas } = require("./kit.js");

const { V1 } = schemas;
const fresh = () => new sr.SchemaRegistryClient({ baseURLs: [URL] });
const find = (topic) => fresh().getAssociationsByResourceName(topic, "-", "topic", ["value"], null, 0, -1);
const request = (topic, subject) => ({
	resourceName: topic, resourceNamespace: "lkc-1", resourceId: `id-${topic}`, resourceType: "topic",
	associations: [{ subject, associationType: "value", lifecycle: "WEAK" }],
});

module.exports = {
	async nameTheSubjectOfATopic() {
		const [topic, subject] = ["node-routed", "node-routed-elsewhere"];

		await refused(409, 40907, fresh().createAssociation(request(topic, subject)), subject);
		const id = await fresh().register(subject, avro(V1));
		const made = await fresh().createAssociation(request(topic, subject));
		assert.deepEqual(made.associations.map((a) => [a.subject, a.associationType, a.lifecycle]), [[subject, "value", "WEAK"]]);
		assert.deepEqual((await find(topic)).map((a) => [a.subject, a.resourceId]), [[subject, `id-${topic}`]]);
		const serializer = new sr.AvroSerializer(fresh(), sr.SerdeType.VALUE, { useLatestVersion: true });
		const data = await serializer.serialize(topic, { id: "o-1", amount: 7 });
		assert.equal(data.readUInt32BE(1), id);
		const read = await new sr.AvroDeserializer(fresh(), sr.SerdeType.VALUE, {}).deserialize(topic, data);
		assert.deepEqual(plain(read), { id: "o-1", amount: 7 });
		await refused(404, 40401, fresh().getAllVersions(`${topic}-value`));
		await refused(409, 40904, fresh().deleteSubject(subject), subject);
		await fresh().deleteAssociations(`id-${topic}`, "topic", ["value"], false);
		assert.deepEqual(await find(topic), []);
	},
};
