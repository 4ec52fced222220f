/* @confluentinc/schemaregistry: fields encrypted with keys that the registry stores and a KMS that is local to the client. */
"use strict";

const assert = require("node:assert/strict");
const sr = require("@confluentinc/schemaregistry");
const { URL, ask, avro, field, plain, record } = require("./kit.js");

sr.LocalKmsDriver.register();

/* New ones for each serializer: an executor takes no second configuration. */
function executors() {
	const registry = new sr.RuleRegistry();

	registry.registerExecutor(new sr.FieldEncryptionExecutor());
	return registry;
}

const fresh = () => new sr.SchemaRegistryClient({ baseURLs: [URL] });
const conf = (more) => ({ ruleConfig: { secret: "a secret of this test" }, ...more });

module.exports = {
	async encryptsTaggedFields() {
		const patient = record("Patient", field("name", "string", { "confluent:tags": ["PII"] }), field("ward", "int"));
		const rule = {
			name: "secret", kind: "TRANSFORM", mode: "WRITEREAD", type: "ENCRYPT", tags: ["PII"], onFailure: "ERROR,NONE",
			params: { "encrypt.kek.name": "node-kek", "encrypt.kms.type": "local-kms", "encrypt.kms.key.id": "mykey" },
		};

		await fresh().register("node-secret-value", avro(patient, { ruleSet: { domainRules: [rule] } }));
		const serializer = new sr.AvroSerializer(fresh(), sr.SerdeType.VALUE, conf({ useLatestVersion: true }), executors());
		const data = await serializer.serialize("node-secret", { name: "Ada Lovelace", ward: 7 });
		assert.ok(!data.includes("Lovelace"), data.toString("latin1"));
		const kek = await ask("GET", "/dek-registry/v1/keks/node-kek");
		assert.deepEqual([kek.name, kek.kmsType, kek.kmsKeyId, kek.shared], ["node-kek", "local-kms", "mykey", false]);
		const dek = await ask("GET", "/dek-registry/v1/keks/node-kek/deks/node-secret-value");
		assert.deepEqual([dek.kekName, dek.subject, dek.version, dek.algorithm], ["node-kek", "node-secret-value", 1, "AES256_GCM"]);
		const reader = new sr.AvroDeserializer(fresh(), sr.SerdeType.VALUE, conf(), executors());
		assert.deepEqual(plain(await reader.deserialize("node-secret", data)), { name: "Ada Lovelace", ward: 7 });
		const blind = new sr.AvroDeserializer(fresh(), sr.SerdeType.VALUE, {}, new sr.RuleRegistry());
		const seen = plain(await blind.deserialize("node-secret", data));
		assert.equal(seen.ward, 7, "what is not tagged stays readable");
		assert.notEqual(seen.name, "Ada Lovelace", "read without the keys");
	},
};
