/* The Node suite: the two registry clients of Node against the server at TENON_URL. */
"use strict";

const { ask } = require("./kit.js");
const { Tally } = require("./tally.js");

async function main() {
	const tally = new Tally();
	const types = await ask("GET", "/schemas/types");

	await tally.run("confluent registry", require("./registry_cases.js"));
	await tally.run("confluent avro", require("./avro_cases.js"));
	await tally.run("kafkajs avro", require("./kafkajs_cases.js"));
	for (const type of ["JSON", "PROTOBUF"]) {
		const cases = require(`./${type.toLowerCase()}_cases.js`);

		if (types.includes(type))
			await tally.run(type.toLowerCase(), cases);
		else
			tally.skip(type.toLowerCase(), `the server does not offer the type ${type}`);
	}
	tally.finish();
}

main();
