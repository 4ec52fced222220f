/* The Node suite: the two registry clients of Node against the server at TENON_URL. */
"use strict";

const { URL, ask } = require("./kit.js");
const { Tally } = require("./tally.js");

/* Whether the server answers this path with 200. */
async function offers(path) {
	return (await fetch(URL + path)).status === 200;
}

async function main() {
	const tally = new Tally();
	const types = await ask("GET", "/schemas/types");
	const associations = await offers("/associations/resources/-/nothing?resourceType=topic");
	const parts = [
		["confluent registry", "./registry_cases.js", true],
		["confluent avro", "./avro_cases.js", true],
		["kafkajs avro", "./kafkajs_cases.js", true],
		["json", "./json_cases.js", types.includes("JSON"), "the server does not offer the type JSON"],
		["protobuf", "./protobuf_cases.js", types.includes("PROTOBUF"), "the server does not offer the type PROTOBUF"],
		["associations", "./association_cases.js", associations, "the server has no associations"],
		["encryption", "./encryption_cases.js", await offers("/dek-registry/v1/keks"), "the server has no DEK registry"],
	];

	for (const [title, module, here, reason] of parts) {
		if (here)
			await tally.run(title, require(module));
		else
			tally.skip(title, reason);
	}
	tally.finish();
}

main();
