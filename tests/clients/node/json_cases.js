/* @confluentinc/schemaregistry: the JSON Schema serializer and deserializer. */
"use strict";

const assert = require("node:assert/strict");
const sr = require("@confluentinc/schemaregistry");
const { SchemaRegistry, SchemaType } = require("@kafkajs/confluent-schema-registry");
const { URL, plain, refused } = require("./kit.js");

const tree = (properties) => ({
	$schema: "http://json-schema.org/draft-07/schema#", title: "Order", type: "object", additionalProperties: false,
	properties: { id: { type: "string" }, amount: { type: "integer" }, ...properties }, required: ["id"],
});
const V1 = tree({});
const V2 = tree({ note: { type: "string", default: "none" } });
const RETYPED = tree({ amount: { type: "string" } });
const ORDER = { id: "o-1", amount: 7 };
const LATEST = { autoRegisterSchemas: false, useLatestVersion: true, validate: true };

const fresh = () => new sr.SchemaRegistryClient({ baseURLs: [URL] });
const json = (schema, more) => ({ schema: JSON.stringify(schema), schemaType: "JSON", ...more });

async function write(topic, schema, value, more = {}) {
	if (schema)
		await fresh().register(`${topic}-value`, json(schema, more));
	return new sr.JsonSerializer(fresh(), sr.SerdeType.VALUE, LATEST).serialize(topic, { ...value });
}

async function read(topic, data, conf = {}) {
	return plain(await new sr.JsonDeserializer(fresh(), sr.SerdeType.VALUE, { validate: true, ...conf }).deserialize(topic, data));
}

module.exports = {
	async registersAndIsRefused() {
		const subject = "node-json-found";
		const done = await fresh().registerFullResponse(subject, json(V1));

		assert.equal(await fresh().getVersion(subject, json(V1)), 1);
		const found = await fresh().getByGuid(done.guid);
		assert.deepEqual([found.schemaType, JSON.parse(found.schema)], ["JSON", V1]);
		assert.equal(await fresh().testSubjectCompatibility(subject, json(V2)), true);
		assert.equal(await fresh().testSubjectCompatibility(subject, json(RETYPED)), false);
		await refused(409, 40901, fresh().register(subject, json(RETYPED)), "TYPE_CHANGED", "#/properties/amount");
		await refused(422, 42201, fresh().register(subject, { schema: "[", schemaType: "JSON" }));
	},

	async writesAndReadsAcrossVersions() {
		const old = await write("node-json", V1, ORDER);
		const { id } = await fresh().getLatestSchemaMetadata("node-json-value");

		assert.deepEqual(old.subarray(0, 5), Buffer.from([0, id >>> 24, id >>> 16, id >>> 8, id]));
		assert.deepEqual(JSON.parse(old.subarray(5)), ORDER);
		const next = await write("node-json", V2, { ...ORDER, note: "ring" });
		assert.deepEqual(await fresh().getAllVersions("node-json-value"), [1, 2]);
		assert.deepEqual(await read("node-json", old), ORDER);
		assert.deepEqual(await read("node-json", next), { ...ORDER, note: "ring" });
		assert.deepEqual(await read("node-json", old, { useLatestVersion: true }), ORDER);
		await assert.rejects(write("node-json", null, { id: 7 }), sr.SerializationError);
	},

	async resolvesReferences() {
		const references = [{ name: "http://example.org/address.json", subject: "node-json-address", version: 1 }];
		const address = { $schema: V1.$schema, type: "object", properties: { street: { type: "string" } }, required: ["street"] };
		const customer = { ...ORDER, home: { street: "Long Row" } };

		await fresh().register("node-json-address", json(address));
		const data = await write("node-json-customer", tree({ home: { $ref: references[0].name } }), customer, { references });
		assert.deepEqual((await fresh().getLatestSchemaMetadata("node-json-customer-value")).references, references);
		assert.deepEqual(await read("node-json-customer", data), customer);
		await assert.rejects(write("node-json-customer", null, { ...ORDER, home: { street: 7 } }), sr.SerializationError);
		await refused(422, 42206, fresh().deleteSubject("node-json-address"));
	},

	async kafkajsEncodesAndDecodes() {
		const registry = new SchemaRegistry({ host: URL });
		const { id } = await registry.register({ type: SchemaType.JSON, schema: JSON.stringify(V1) }, { subject: "kafkajs-json" });
		const data = await registry.encode(id, ORDER);

		assert.deepEqual(await new SchemaRegistry({ host: URL }).decode(data), ORDER);
		await assert.rejects(registry.encode(id, { id: 7 }), /invalid payload/);
	},
};
