/* The compatibility levels and modes, and what they let happen, in words and as a judgement of a history. */
import type { Reads } from "./api";

export const LEVELS = [
	"NONE",
	"BACKWARD",
	"BACKWARD_TRANSITIVE",
	"FORWARD",
	"FORWARD_TRANSITIVE",
	"FULL",
	"FULL_TRANSITIVE",
] as const;
export type Level = (typeof LEVELS)[number];

interface LevelInfo {
	says: string;
	first: string;
}

export const LEVEL_INFO: Record<Level, LevelInfo> = {
	NONE: { says: "Any valid schema is accepted.", first: "Nobody is protected: agree by hand." },
	BACKWARD: {
		says: "The new version must read what the latest one wrote.",
		first: "Upgrade consumers first, then producers.",
	},
	BACKWARD_TRANSITIVE: {
		says: "The new version must read what every earlier one wrote.",
		first: "Upgrade consumers first; they can also replay all of the past.",
	},
	FORWARD: {
		says: "The latest version must read what the new one writes.",
		first: "Upgrade producers first, then consumers.",
	},
	FORWARD_TRANSITIVE: {
		says: "Every earlier version must read what the new one writes.",
		first: "Upgrade producers first; consumers of any age go on.",
	},
	FULL: {
		says: "The new version and the latest must read each other.",
		first: "Upgrade in any order, from the latest version.",
	},
	FULL_TRANSITIVE: {
		says: "The new version and every earlier one must read each other.",
		first: "Upgrade in any order, from any version.",
	},
};

export function levelName(level: string): string {
	return level.replaceAll("_", " ").toLowerCase();
}

/** FORWARD is for the whole registry only. */
export const MODES = ["READWRITE", "READONLY", "IMPORT", "FORWARD"] as const;

export const MODE_INFO: Record<string, { says: string; register: boolean; remove: boolean; configure: boolean }> = {
	READWRITE: {
		says: "Normal work: schemas are registered, deleted and configured.",
		register: true,
		remove: true,
		configure: true,
	},
	READONLY: { says: "Nothing changes; everything can be read.", register: false, remove: false, configure: true },
	FORWARD: {
		says: "Requests are meant for another registry; nothing is registered here.",
		register: false,
		remove: false,
		configure: true,
	},
	IMPORT: {
		says: "Schemas come with their ids and versions from elsewhere; nothing is judged.",
		register: true,
		remove: true,
		configure: true,
	},
};

export interface Step {
	version: number;
	/** Versions that stand against it: reader and writer of each pair that does not work. */
	against: { reader: number; writer: number }[];
}

/** Which versions of a history a level would have refused; `reads[i][j]`: can version i read what version j wrote. */
export function refusedSteps(level: Level, versions: number[], reads: Reads[][]): Step[] {
	const backward = level.startsWith("BACKWARD") || level.startsWith("FULL");
	const forward = level.startsWith("FORWARD") || level.startsWith("FULL");
	const far = level.endsWith("_TRANSITIVE");
	const steps: Step[] = [];
	for (let i = 1; i < versions.length; i++) {
		const against: Step["against"] = [];
		for (let j = i - 1; j >= (far ? 0 : i - 1); j--) {
			const now = versions[i] as number;
			const before = versions[j] as number;
			if (backward && reads[i]?.[j] === "no") against.push({ reader: now, writer: before });
			if (forward && reads[j]?.[i] === "no") against.push({ reader: before, writer: now });
		}
		if (against.length > 0) steps.push({ version: versions[i] as number, against });
	}
	return steps;
}
