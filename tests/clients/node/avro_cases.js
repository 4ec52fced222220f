/* @confluentinc/schemaregistry: the Avro serializer and deserializer, and the rules they execute. */
"use strict";

const assert = require("node:assert/strict");
const sr = require("@confluentinc/schemaregistry");
const { URL, avro, field, plain, record, refused, schemas } = require("./kit.js");

const { V1, V2, V3, REQUIRED } = schemas;
const ORDER = { id: "o-1", amount: 7 };
const LATEST = { autoRegisterSchemas: false, useLatestVersion: true };

for (const executor of [sr.CelExecutor, sr.CelFieldExecutor, sr.JsonataExecutor])
	sr.RuleRegistry.registerRuleExecutor(new executor());

const fresh = () => new sr.SchemaRegistryClient({ baseURLs: [URL] });
const latest = (topic) => fresh().getLatestSchemaMetadata(`${topic}-value`);
const framed = (id) => Buffer.from([0, id >>> 24, id >>> 16, id >>> 8, id]);

async function write(topic, schema, value, conf = {}, headers = undefined) {
	if (schema)
		await fresh().register(`${topic}-value`, avro(schema));
	const serializer = new sr.AvroSerializer(fresh(), sr.SerdeType.VALUE, { ...LATEST, ...conf });
	return serializer.serialize(topic, { ...value }, headers);
}

async function read(topic, data, conf = {}, headers = undefined) {
	return plain(await new sr.AvroDeserializer(fresh(), sr.SerdeType.VALUE, conf).deserialize(topic, data, headers));
}

module.exports = {
	async framesWithTheId() {
		const data = await write("node-framed", V1, ORDER);

		assert.deepEqual(data, Buffer.concat([framed((await latest("node-framed")).id), Buffer.from([6, 0x6f, 0x2d, 0x31, 14])]));
		assert.deepEqual(await read("node-framed", data), ORDER);
	},

	async registersItself() {
		const serializer = new sr.AvroSerializer(fresh(), sr.SerdeType.KEY, { autoRegisterSchemas: true });
		const data = await serializer.serialize("node-auto", "a key");

		assert.deepEqual(await fresh().getAllVersions("node-auto-key"), [1]);
		assert.equal(await new sr.AvroDeserializer(fresh(), sr.SerdeType.KEY, {}).deserialize("node-auto", data), "a key");
		await refused(404, 40401, write("node-unregistered", null, ORDER));
	},

	async namesSubjects() {
		await fresh().register("tenon.orders.Order", avro(V1));
		await fresh().register("node-named-tenon.orders.Order", avro(V2));
		for (const [type, subject] of [["RECORD", "tenon.orders.Order"], ["TOPIC_RECORD", "node-named-tenon.orders.Order"]]) {
			const found = await fresh().getLatestSchemaMetadata(subject);
			const data = framed(found.id);
			const body = subject.startsWith("node") ? [6, 0x6f, 0x2d, 0x31, 14, 2, 0x6e] : [6, 0x6f, 0x2d, 0x31, 14];
			const conf = { subjectNameStrategyType: type };

			assert.equal((await read("node-named", Buffer.concat([data, Buffer.from(body)]), conf)).id, "o-1");
		}
	},

	async carriesTheGuidInAHeader() {
		const headers = {};
		const data = await write("node-headers", V1, ORDER, { schemaIdSerializer: sr.HeaderSchemaIdSerializer }, headers);
		const guid = (await latest("node-headers")).guid.replaceAll("-", "");

		assert.deepEqual(headers.__value_schema_id, Buffer.from(`01${guid}`, "hex"));
		assert.deepEqual(data, Buffer.from([6, 0x6f, 0x2d, 0x31, 14]), "a bare payload");
		assert.deepEqual(await read("node-headers", data, { schemaIdDeserializer: sr.DualSchemaIdDeserializer }, headers), ORDER);
	},

	async readsAcrossVersions() {
		const old = await write("node-versions", V1, ORDER);
		const noted = { id: "o-2", amount: 2 ** 40, note: "ring", gift: true };
		const next = await write("node-versions", V3, noted);

		assert.notDeepEqual(old.subarray(0, 5), next.subarray(0, 5));
		assert.deepEqual(await read("node-versions", old), ORDER);
		assert.deepEqual(await read("node-versions", next), noted);
		assert.deepEqual(await read("node-versions", old, { useLatestVersion: true }), { ...ORDER, note: "none", gift: false });
		await refused(409, 40901, write("node-versions", REQUIRED, { ...ORDER, shop: "here" }), "shop");
		await fresh().deleteSubject("node-versions-value");
		assert.deepEqual(await read("node-versions", old), ORDER, "after the soft delete");
	},

	async choosesByMetadata() {
		for (const [schema, stage] of [[V1, "old"], [V2, "live"], [V3, "next"]])
			await fresh().register("node-staged-value", avro(schema, { metadata: { properties: { stage } } }));
		const data = await write("node-staged", null, { ...ORDER, note: "n" }, { useLatestVersion: false, useLatestWithMetadata: { stage: "live" } });
		const live = await fresh().getSchemaMetadata("node-staged-value", 2);

		assert.deepEqual(data.subarray(0, 5), framed(live.id));
		assert.deepEqual(await read("node-staged", data, { useLatestWithMetadata: { stage: "next" } }), { ...ORDER, note: "n", gift: false });
	},

	async resolvesReferences() {
		const references = [{ name: "tenon.orders.City", subject: "node-city", version: 1 }];
		const customer = { name: "Ada", home: { name: "Bath" } };

		await fresh().register("node-city", avro(record("City", field("name", "string"))));
		await fresh().register("node-customer-value", avro(record("Customer", field("name", "string"), field("home", "tenon.orders.City")), { references }));
		assert.deepEqual(await read("node-customer", await write("node-customer", null, customer)), customer);
	},

	async celRulesGuardAndTransform() {
		const tagged = record("Person", field("name", "string", { "confluent:tags": ["PII"] }), field("city", "string"), field("age", "int"));
		const rule = (more) => ({ mode: "WRITE", ...more });
		const domainRules = [
			rule({ name: "adult", kind: "CONDITION", type: "CEL", expr: "message.age >= 18" }),
			rule({ name: "mask", kind: "TRANSFORM", type: "CEL_FIELD", tags: ["PII"], expr: "typeName == 'STRING' ; value + '-' + name" }),
		];

		await fresh().register("node-cel-value", avro(tagged, { ruleSet: { domainRules } }));
		const data = await write("node-cel", null, { name: "Ada", city: "Bath", age: 36 });
		assert.deepEqual(await read("node-cel", data), { name: "Ada-name", city: "Bath", age: 36 });
		await assert.rejects(write("node-cel", null, { name: "Kid", city: "Bath", age: 7 }), /adult|message\.age >= 18/);
	},

	async jsonataMigratesBothWays() {
		const major = (number, more) => ({ metadata: { properties: { "app.major": number } }, ...more });
		const renamed = record("Order", field("key", "string"), field("amount", "int"));
		const rule = (name, mode, gone, come) => ({
			name, mode, kind: "TRANSFORM", type: "JSONATA",
			expr: `$merge([$sift($, function($v, $k) {$k != '${gone}'}), {'${come}': $.'${gone}'}])`,
		});
		const ruleSet = { migrationRules: [rule("up", "UPGRADE", "id", "key"), rule("down", "DOWNGRADE", "key", "id")] };
		const at = (number) => ({ useLatestVersion: false, useLatestWithMetadata: { "app.major": number } });

		await fresh().updateConfig("node-migrated-value", { compatibility: "BACKWARD", compatibilityGroup: "app.major" });
		await fresh().register("node-migrated-value", avro(V1, major("1")));
		await fresh().register("node-migrated-value", avro(renamed, major("2", { ruleSet })));
		const old = await write("node-migrated", null, ORDER, at("1"));
		const next = await write("node-migrated", null, { key: "o-1", amount: 7 }, at("2"));
		for (const data of [old, next]) {
			assert.deepEqual(await read("node-migrated", data, at("2")), { key: "o-1", amount: 7 });
			assert.deepEqual(await read("node-migrated", data, at("1")), ORDER);
		}
	},
};
