/* What the cases share: the schemas, a plain request, and how a refusal is asserted. */
"use strict";

const assert = require("node:assert/strict");

const URL = process.env.TENON_URL;

const field = (name, type, more) => ({ name, type, ...more });
const record = (name, ...fields) => ({ type: "record", name, namespace: "tenon.orders", fields });

const ID = field("id", "string");
const AMOUNT = field("amount", "int");
const NOTE = field("note", "string", { default: "none" });
const schemas = {
	V1: record("Order", ID, AMOUNT),
	V2: record("Order", ID, AMOUNT, NOTE),
	V3: record("Order", ID, field("amount", "long"), NOTE, field("gift", "boolean", { default: false })),
	NARROWED: record("Order", field("id", "int"), AMOUNT),
	REQUIRED: record("Order", ID, AMOUNT, field("shop", "string")),
};

const avro = (tree, more) => ({ schema: typeof tree === "string" ? tree : JSON.stringify(tree), schemaType: "AVRO", ...more });

/* A request that the clients have no method for; the body of a good answer, an error with status and errorCode otherwise. */
async function ask(method, path, body) {
	const answer = await fetch(URL + path, {
		method,
		headers: { "Content-Type": "application/vnd.schemaregistry.v1+json" },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const said = await answer.json();

	if (!answer.ok)
		throw Object.assign(new Error(said.message), { status: answer.status, errorCode: said.error_code });
	return said;
}

/* `promise` must be rejected with this status and error code, and a message that has all the words. */
async function refused(status, code, promise, ...words) {
	let answer;

	try {
		answer = await promise;
	} catch (error) {
		const said = error.errorCode === undefined ? error.cause ?? error : error;

		assert.deepEqual([said.status, said.errorCode], [status, code], said.stack);
		for (const word of words)
			assert.ok(said.message.includes(word), `"${word}" is not in "${said.message}"`);
		return;
	}
	assert.fail(`wanted ${status}/${code}, got ${JSON.stringify(answer)}`);
}

const plain = (value) => JSON.parse(JSON.stringify(value));

module.exports = { URL, ask, avro, field, plain, record, refused, schemas };
