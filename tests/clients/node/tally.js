/* Runs cases one after another, prints a line for each and the closing line that tests/clients/run.py reads. */
"use strict";

class Tally {
	passed = 0;
	failed = 0;
	skipped = 0;

	async run(title, cases, kit) {
		for (const [name, run] of Object.entries(cases)) {
			const label = `${title}: ${name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)}`;
			const started = Date.now();
			try {
				await run(kit);
				this.passed++;
				console.log(`ok   ${label} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
			} catch (error) {
				this.failed++;
				console.log(`FAIL ${label}: ${error instanceof Error ? error.stack : String(error)}`);
			}
		}
	}

	skip(title, reason) {
		this.skipped++;
		console.log(`skipped ${title}: ${reason}`);
	}

	finish() {
		const skipped = this.skipped ? `, ${this.skipped} skipped` : "";
		console.log(`${this.passed} passed, ${this.failed} failed${skipped}`);
		process.exitCode = this.failed || !this.passed ? 1 : 0;
	}
}

module.exports = { Tally };
