import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const LICENCE = /^(licen[cs]e|copying)/i;

/** The folder of the package that a module belongs to, "" for one of ours. */
function packageOf(module: string): string {
	const found = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module);
	return found?.[1] ?? "";
}

function noticeOf(folder: string): string {
	const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string; version: string };
	const file = readdirSync(folder).find((name) => LICENCE.test(name));
	if (!file) throw new Error(`${about.name} comes without a licence's text`);
	return `${about.name} ${about.version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

/** Writes assets/licences.txt: the licence of every package that became part of the page. */
export function licences(): Plugin {
	return {
		name: "licences",
		generateBundle() {
			const folders = new Set([...this.getModuleIds()].map(packageOf));
			folders.delete("");
			const rule = `\n${"-".repeat(80)}\n\n`;
			this.emitFile({
				type: "asset",
				fileName: "assets/licences.txt",
				source: [...folders].sort().map(noticeOf).join(rule),
			});
		},
	};
}
