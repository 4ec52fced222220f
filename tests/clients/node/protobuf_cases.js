/* @confluentinc/schemaregistry: the Protobuf serializer and deserializer; kafkajs with .proto text. */
"use strict";

const assert = require("node:assert/strict");
const sr = require("@confluentinc/schemaregistry");
const { create, createFileRegistry, createMutableRegistry, toBinary } = require("@bufbuild/protobuf");
const { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorProtoSchema, FileDescriptorSetSchema } = require("@bufbuild/protobuf/wkt");
const { SchemaRegistry, SchemaType } = require("@kafkajs/confluent-schema-registry");
const { URL, plain, refused } = require("./kit.js");

const { STRING, INT32, MESSAGE } = FieldDescriptorProto_Type;
const TEXT = 'syntax = "proto3";\npackage tenon.node;\n\nmessage Order {\n  string id = 1;\n  int32 amount = 2;\n}\n';

const fresh = () => new sr.SchemaRegistryClient({ baseURLs: [URL] });

/* A file of messages; a field is [name, type] or [name, MESSAGE, full name of the message]. */
function file(name, messages, dependency = []) {
	const messageType = Object.entries(messages).map(([message, fields]) => ({
		name: message,
		field: fields.map(([one, type, typeName = ""], index) => ({
			name: one, jsonName: one, number: index + 1, label: FieldDescriptorProto_Label.OPTIONAL, type, typeName,
		})),
	}));

	return create(FileDescriptorProtoSchema, { name, package: "tenon.node", syntax: "proto3", dependency, messageType });
}

/* The message descriptors of files, as generated code would give them. */
function messages(...files) {
	const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: files }));

	return [...registry].filter((desc) => desc.kind === "message");
}

function orders(...more) {
	return file("node_orders.proto", { Order: [["id", STRING], ["amount", INT32], ...more] });
}

async function write(topic, descriptors, value, conf = {}) {
	const registry = createMutableRegistry(...descriptors);
	const serializer = new sr.ProtobufSerializer(fresh(), sr.SerdeType.VALUE, { autoRegisterSchemas: true, registry, ...conf });

	return serializer.serialize(topic, create(registry.getMessage(value.$typeName), value));
}

async function read(topic, data, conf = {}) {
	const { $typeName, ...value } = plain(await new sr.ProtobufDeserializer(fresh(), sr.SerdeType.VALUE, conf).deserialize(topic, data));

	return value;
}

const order = (more) => ({ $typeName: "tenon.node.Order", id: "o-1", amount: 7, ...more });

module.exports = {
	async findsADescriptorByItsText() {
		const encoded = { schema: Buffer.from(toBinary(FileDescriptorProtoSchema, orders())).toString("base64"), schemaType: "PROTOBUF" };
		const id = await fresh().register("node-proto-found", encoded);

		for (const schema of [encoded, { schema: TEXT, schemaType: "PROTOBUF" }]) {
			assert.equal(await fresh().getVersion("node-proto-found", schema), 1);
			assert.equal(await fresh().register("node-proto-found", schema), id);
		}
		assert.equal((await fresh().getBySubjectAndId("node-proto-found", id)).schema, TEXT);
		await refused(422, 42201, fresh().register("node-proto-found", { schema: "message {", schemaType: "PROTOBUF" }));
	},

	async writesAndReadsAcrossVersions() {
		const old = await write("node-proto", messages(orders()), order());
		const { id } = await fresh().getLatestSchemaMetadata("node-proto-value");

		assert.deepEqual(old, Buffer.from([0, id >>> 24, id >>> 16, id >>> 8, id, 0, 10, 3, 0x6f, 0x2d, 0x31, 16, 7]));
		const next = await write("node-proto", messages(orders(["note", STRING])), order({ note: "ring" }));
		assert.deepEqual(await fresh().getAllVersions("node-proto-value"), [1, 2]);
		assert.deepEqual(await read("node-proto", old), { id: "o-1", amount: 7 });
		assert.deepEqual(await read("node-proto", next), { id: "o-1", amount: 7, note: "ring" });
		const retyped = file("node_orders.proto", { Order: [["id", STRING], ["amount", STRING]] });
		await refused(409, 40901, write("node-proto", messages(retyped), order({ amount: "7" })), "FIELD_SCALAR_KIND_CHANGED", "#/Order/2");
	},

	async registersItsImports() {
		const inner = file("node_part.proto", { Part: [["name", STRING]] });
		const outer = file("node_whole.proto", { Whole: [["part", MESSAGE, ".tenon.node.Part"]] }, ["node_part.proto"]);
		const value = { $typeName: "tenon.node.Whole", part: { $typeName: "tenon.node.Part", name: "axle" } };
		const data = await write("node-proto-whole", messages(inner, outer), value);
		const found = await fresh().getLatestSchemaMetadata("node-proto-whole-value");

		assert.deepEqual(found.references, [{ name: "node_part.proto", subject: "node_part.proto", version: 1 }]);
		assert.equal((await read("node-proto-whole", data)).part.name, "axle");
		await refused(422, 42206, fresh().deleteSubject("node_part.proto"));
	},

	async kafkajsEncodesAndDecodes() {
		const registry = new SchemaRegistry({ host: URL });
		const { id } = await registry.register({ type: SchemaType.PROTOBUF, schema: TEXT }, { subject: "kafkajs-proto" });
		const data = await registry.encode(id, { id: "o-1", amount: 7 });

		/* This client writes no message indexes, and reads what it wrote. */
		assert.deepEqual(data, Buffer.from([0, id >>> 24, id >>> 16, id >>> 8, id, 10, 3, 0x6f, 0x2d, 0x31, 16, 7]));
		assert.deepEqual(plain(await new SchemaRegistry({ host: URL }).decode(data)), { id: "o-1", amount: 7 });
	},
};
