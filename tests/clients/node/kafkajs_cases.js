/* @kafkajs/confluent-schema-registry: registering, encoding and decoding, across versions and with references. */
"use strict";

const assert = require("node:assert/strict");
const { SchemaRegistry, SchemaType } = require("@kafkajs/confluent-schema-registry");
const { URL, ask, field, plain, record, refused, schemas } = require("./kit.js");

const { V1, V2, V3, NARROWED } = schemas;
const ORDER = { id: "o-1", amount: 7 };
const fresh = () => new SchemaRegistry({ host: URL });
const avro = (tree, more) => ({ type: SchemaType.AVRO, schema: typeof tree === "string" ? tree : JSON.stringify(tree), ...more });

/* This client's errors carry the status and the message but no code; where the code matters a plain request asks for it. */
async function failed(status, promise, pattern) {
	await assert.rejects(promise, (error) => {
		assert.equal(error.status, status, error.stack);
		assert.match(error.message, pattern);
		return true;
	});
}

module.exports = {
	async registersAndFinds() {
		const { id } = await fresh().register(avro(V1), { subject: "kafkajs-found" });

		assert.equal((await fresh().register(avro(V1), { subject: "kafkajs-found" })).id, id);
		assert.equal(await fresh().getRegistryId("kafkajs-found", 1), id);
		assert.equal(await fresh().getRegistryId("kafkajs-found", "latest"), id);
		assert.equal(await fresh().getLatestSchemaId("kafkajs-found"), id);
		assert.equal(await fresh().getRegistryIdBySchema("kafkajs-found", avro(V1)), id);
		assert.equal((await fresh().getSchema(id)).name, "tenon.orders.Order");
	},

	async namesASubjectByTheRecord() {
		const { id } = await fresh().register(record("KafkajsOrder", field("id", "string")));

		assert.equal((await ask("GET", "/subjects/tenon.orders.KafkajsOrder/versions/1")).id, id);
		assert.deepEqual(await ask("GET", "/config/tenon.orders.KafkajsOrder"), { compatibilityLevel: "BACKWARD" }, "which it configures on the way");
	},

	async configuresAndComparesTheLevel() {
		await fresh().register(avro(V1), { subject: "kafkajs-level", compatibility: "FULL" });
		assert.deepEqual(await ask("GET", "/config/kafkajs-level"), { compatibilityLevel: "FULL" });
		await assert.rejects(fresh().register(avro(V2), { subject: "kafkajs-level", compatibility: "NONE" }), /NONE != FULL/);
		await refused(422, 42203, ask("PUT", "/config/kafkajs-level", { compatibility: "SIDEWAYS" }));
	},

	async encodesAndDecodesAcrossVersions() {
		const registry = fresh();
		const old = await registry.encode((await registry.register(avro(V1), { subject: "kafkajs-versions" })).id, ORDER);
		const noted = { id: "o-2", amount: 2 ** 40, note: "ring", gift: true };
		const { id } = await registry.register(avro(V3), { subject: "kafkajs-versions" });
		const next = await registry.encode(id, noted);

		assert.deepEqual(next.subarray(0, 5), Buffer.from([0, id >>> 24, id >>> 16, id >>> 8, id]));
		assert.deepEqual(plain(await fresh().decode(old)), ORDER);
		assert.deepEqual(plain(await fresh().decode(next)), noted);
		assert.deepEqual(plain(await fresh().decode(old, { [SchemaType.AVRO]: { readerSchema: V3 } })), { ...ORDER, note: "none", gift: false });
		await assert.rejects(fresh().decode(next, { [SchemaType.AVRO]: { readerSchema: V1 } }), /cannot read|incompatible/);
	},

	async resolvesReferences() {
		const references = [{ name: "tenon.orders.Street", subject: "kafkajs-street", version: 1 }];
		const registry = fresh();

		await registry.register(avro(record("Street", field("name", "string"))), { subject: "kafkajs-street" });
		const { id } = await registry.register(avro(record("House", field("street", "tenon.orders.Street")), { references }), { subject: "kafkajs-house" });
		const data = await registry.encode(id, { street: { name: "Long Row" } });
		assert.deepEqual(plain(await fresh().decode(data)), { street: { name: "Long Row" } });
		assert.deepEqual(await ask("GET", "/subjects/kafkajs-street/versions/1/referencedby"), [id]);
	},

	async isRefused() {
		await fresh().register(avro(V1), { subject: "kafkajs-refused" });
		await failed(409, fresh().register(avro(NARROWED), { subject: "kafkajs-refused" }), /incompatible.*kafkajs-refused/s);
		await refused(409, 40901, ask("POST", "/subjects/kafkajs-refused/versions", { schema: JSON.stringify(NARROWED) }));
		await failed(404, fresh().getLatestSchemaId("kafkajs-nowhere"), /Subject 'kafkajs-nowhere' not found/);
		await failed(404, fresh().getRegistryId("kafkajs-refused", 9), /Version 9 not found/);
		await failed(404, fresh().getSchema(99999999), /Schema 99999999 not found/);
		await assert.rejects(fresh().getRegistryIdBySchema("kafkajs-refused", avro(V2)), /Schema not found/);
		await failed(422, fresh().getRegistryId("kafkajs-refused", 0), /not a valid version/);
		await refused(422, 42201, ask("POST", "/subjects/kafkajs-refused/versions", { schema: "{" }));
	},
};
