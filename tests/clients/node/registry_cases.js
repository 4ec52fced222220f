/* @confluentinc/schemaregistry: what its registry client asks. */
"use strict";

const assert = require("node:assert/strict");
const { SchemaRegistryClient } = require("@confluentinc/schemaregistry");
const { URL, ask, avro, field, record, refused, schemas } = require("./kit.js");

const { V1, V2, V3, NARROWED, REQUIRED } = schemas;
/* A client of its own for each question, so that no answer comes from a cache. */
const fresh = (path = "") => new SchemaRegistryClient({ baseURLs: [URL + path] });

module.exports = {
	async registersAndFinds() {
		const subject = "node-found";
		const done = await fresh().registerFullResponse(subject, avro(V1));

		assert.ok(done.id > 0 && done.guid.length === 36, JSON.stringify(done));
		assert.equal(await fresh().register(subject, avro(V1)), done.id);
		assert.equal(await fresh().getId(subject, avro(V1)), done.id);
		assert.equal(await fresh().getVersion(subject, avro(V1)), 1);
		const looked = await fresh().getIdFullResponse(subject, avro(V1));
		assert.deepEqual([looked.id, looked.guid, looked.version], [done.id, done.guid, 1]);
		for (const found of [await fresh().getLatestSchemaMetadata(subject), await fresh().getSchemaMetadata(subject, 1)]) {
			assert.deepEqual([found.subject, found.version, found.id, found.guid], [subject, 1, done.id, done.guid]);
			assert.deepEqual(JSON.parse(found.schema), V1);
			assert.equal(await fresh().getVersion(subject, found), 1, "a lookup with all that a GET answered");
		}
		assert.deepEqual(JSON.parse((await fresh().getBySubjectAndId(subject, done.id)).schema), V1);
		assert.deepEqual(JSON.parse((await fresh().getByGuid(done.guid)).schema), V1);
		assert.deepEqual(await fresh().getAllVersions(subject), [1]);
		assert.ok((await fresh().getAllSubjects()).includes(subject));
		assert.equal(await fresh().register("node-found-too", avro(V1)), done.id, "one id for the same schema");
	},

	async evolves() {
		const subject = "node-evolved";
		const ids = [await fresh().register(subject, avro(V1))];

		for (const next of [V2, V3]) {
			assert.equal(await fresh().testSubjectCompatibility(subject, avro(next)), true);
			ids.push(await fresh().register(subject, avro(next)));
		}
		assert.equal(new Set(ids).size, 3);
		assert.deepEqual(await fresh().getAllVersions(subject), [1, 2, 3]);
		assert.equal((await fresh().getLatestSchemaMetadata(subject)).id, ids[2]);
	},

	async refusesTheIncompatible() {
		const subject = "node-refused";

		await fresh().register(subject, avro(V1));
		for (const [bad, words] of [[NARROWED, ["TYPE_MISMATCH", "/fields/0/type"]], [REQUIRED, ["READER_FIELD_MISSING_DEFAULT_VALUE", "shop"]]]) {
			assert.equal(await fresh().testSubjectCompatibility(subject, avro(bad)), false);
			assert.equal(await fresh().testCompatibility(subject, 1, avro(bad)), false);
			await refused(409, 40901, fresh().register(subject, avro(bad)), subject, ...words);
		}
		assert.deepEqual(await fresh().getAllVersions(subject), [1]);
	},

	async saysWhatIsMissing() {
		const subject = "node-missing";
		const guid = "00000000-0000-0000-0000-00000000dead";

		await fresh().register(subject, avro(V1));
		await refused(404, 40401, fresh().getAllVersions("node-nowhere"), "node-nowhere");
		await refused(404, 40401, fresh().getLatestSchemaMetadata("node-nowhere"));
		await refused(404, 40401, fresh().deleteSubject("node-nowhere"));
		await refused(404, 40401, fresh().getVersion("node-nowhere", avro(V1)));
		await refused(404, 40402, fresh().getSchemaMetadata(subject, 9), "Version 9");
		await refused(404, 40402, fresh().deleteSubjectVersion(subject, 9));
		await refused(404, 40402, fresh().testCompatibility(subject, 9, avro(V1)));
		await refused(404, 40403, fresh().getBySubjectAndId(subject, 99999999));
		await refused(404, 40403, fresh().getByGuid(guid), guid);
		await refused(404, 40403, fresh().getVersion(subject, avro(V2)));
		await refused(404, 40408, fresh().getCompatibility(subject), subject);
	},

	async refusesTheInvalid() {
		const subject = "node-invalid";

		for (const text of ["{", '{"type":"strin"}', '{"type":"record","name":"R-x","fields":[]}'])
			await refused(422, 42201, fresh().register(subject, avro(text)));
		await refused(422, 42201, fresh().register(subject, { schema: '"int"', schemaType: "XML" }), "XML");
		await fresh().register(subject, avro(V1));
		await refused(422, 42202, fresh().getSchemaMetadata(subject, 0), "'0'");
		await refused(422, 42202, fresh().deleteSubjectVersion(subject, -2));
		await refused(422, 42203, fresh().updateCompatibility(subject, "SIDEWAYS"));
		await refused(422, 42203, fresh().updateDefaultCompatibility("SIDEWAYS"));
	},

	async deletes() {
		const subject = "node-deleted";
		const id = await fresh().register(subject, avro(V1));

		await fresh().register(subject, avro(V2));
		await refused(404, 40407, fresh().deleteSubjectVersion(subject, 1, true));
		assert.equal(await fresh().deleteSubjectVersion(subject, 1), 1);
		assert.deepEqual(await fresh().getAllVersions(subject), [2]);
		await refused(404, 40402, fresh().getSchemaMetadata(subject, 1));
		assert.equal((await fresh().getSchemaMetadata(subject, 1, true)).id, id);
		assert.equal(await fresh().getVersion(subject, avro(V1), false, true), 1);
		await refused(404, 40406, fresh().deleteSubjectVersion(subject, 1));
		assert.equal(await fresh().deleteSubjectVersion(subject, 1, true), 1);
		await refused(404, 40405, ask("DELETE", `/subjects/${subject}?permanent=true`));
		assert.deepEqual(await fresh().deleteSubject(subject), [2]);
		await refused(404, 40401, fresh().getAllVersions(subject));
		assert.ok(!(await fresh().getAllSubjects()).includes(subject));
		await refused(404, 40404, fresh().deleteSubject(subject));
		await fresh().register(subject, avro(V2));
		assert.deepEqual(await fresh().getAllVersions(subject), [3]);
		assert.deepEqual(await fresh().deleteSubject(subject), [3]);
		assert.deepEqual(await fresh().deleteSubject(subject, true), [3], "version 2 of the same content went when 3 came");
		assert.deepEqual(await ask("GET", `/subjects?deleted=true&subjectPrefix=${subject}`), []);
	},

	async configures() {
		const subject = "node-configured";

		assert.equal(await fresh().getDefaultCompatibility(), "BACKWARD");
		for (const level of ["FORWARD", "FULL_TRANSITIVE", "NONE", "BACKWARD"]) {
			assert.equal(await fresh().updateCompatibility(subject, level), level);
			assert.equal(await fresh().getCompatibility(subject), level);
		}
		const config = {
			compatibility: "FULL", compatibilityGroup: "app.major", normalize: true,
			defaultMetadata: { properties: { owner: "desk" } }, overrideMetadata: { properties: { tier: "9" } },
		};
		await fresh().updateConfig(subject, config);
		const kept = await fresh().getConfig(subject);
		assert.deepEqual([kept.compatibilityLevel, kept.compatibilityGroup, kept.normalize], ["FULL", "app.major", true]);
		assert.deepEqual([kept.defaultMetadata.properties, kept.overrideMetadata.properties], [{ owner: "desk" }, { tier: "9" }]);
		await fresh().register(subject, avro(V1));
		assert.deepEqual((await fresh().getLatestSchemaMetadata(subject)).metadata.properties, { owner: "desk", tier: "9" });
	},

	async switchesModes() {
		const subject = "node-moded";

		assert.deepEqual(await ask("PUT", `/mode/${subject}`, { mode: "READONLY" }), { mode: "READONLY" });
		assert.deepEqual(await ask("GET", `/mode/${subject}`), { mode: "READONLY" });
		await refused(422, 42205, fresh().register(subject, avro(V1)), "read-only");
		assert.deepEqual(await ask("PUT", `/mode/${subject}`, { mode: "IMPORT" }), { mode: "IMPORT" });
		await refused(422, 42205, fresh().register(subject, avro(V1)), "read-write");
		const only = record("Imported", field("node", "int"));
		assert.equal(await fresh().register(subject, avro(only, { id: 70001, version: 7 })), 70001);
		assert.deepEqual(await fresh().getAllVersions(subject), [7], "id and version are taken as given");
		await ask("DELETE", `/mode/${subject}`);
		await refused(404, 40409, ask("GET", `/mode/${subject}`));
		await refused(422, 42204, ask("PUT", `/mode/${subject}`, { mode: "ASLEEP" }));
	},

	async followsReferences() {
		const references = [{ name: "tenon.orders.Part", subject: "node-part", version: 1 }];
		const whole = record("Whole", field("part", "tenon.orders.Part"));

		await fresh().register("node-part", avro(record("Part", field("name", "string"))));
		const id = await fresh().register("node-whole", avro(whole, { references }));
		assert.deepEqual((await fresh().getLatestSchemaMetadata("node-whole")).references, references);
		assert.deepEqual(await ask("GET", "/subjects/node-part/versions/1/referencedby"), [id]);
		await refused(422, 42206, fresh().deleteSubject("node-part"), "node-part");
		await refused(422, 42201, fresh().register("node-broken", avro(whole)), "Part");
	},

	async keepsRulesAndMetadata() {
		const subject = "node-ruled";
		const rule = { name: "positive", kind: "CONDITION", mode: "WRITE", type: "CEL", tags: ["PII"], params: { p: "q" }, expr: "message.amount > 0", disabled: false };
		const metadata = { properties: { stage: "live" }, tags: { "tenon.orders.Order.id": ["PII"] }, sensitive: ["stage"] };

		await fresh().register(subject, avro(V1, { metadata, ruleSet: { domainRules: [rule] } }));
		await fresh().register(subject, avro(V2, { metadata: { properties: { stage: "test" } } }));
		const found = await fresh().getLatestWithMetadata(subject, { stage: "live" });
		assert.equal(found.version, 1);
		assert.deepEqual([found.metadata, found.ruleSet.domainRules], [metadata, [rule]]);
		await refused(404, 40403, fresh().getLatestWithMetadata(subject, { stage: "gone" }));
		await refused(422, 42210, fresh().register(subject, avro(V1, { ruleSet: { domainRules: [rule, rule] } })), "positive");
	},

	async separatesContextsAndTakesAnyName() {
		assert.equal(await fresh().register(":.node:orders", avro(V1)), 1, "the first id of a context");
		assert.deepEqual(await fresh("/contexts/.node").getAllVersions("orders"), [1]);
		assert.equal((await fresh().getLatestSchemaMetadata(":.node:orders")).subject, ":.node:orders");
		for (const name of ["a/b", "a b", "100%", "a+b", "a&b=c", "a?b#c", "é-漢字-😀"]) {
			const id = await fresh().register(`node-${name}`, avro(V1));
			const found = await fresh().getLatestSchemaMetadata(`node-${name}`);

			assert.deepEqual([found.subject, found.id], [`node-${name}`, id]);
		}
	},
};
