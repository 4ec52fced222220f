/* A finding as a person reads it: what it is, an event that shows it, what would help. */
import { useState } from "preact/hooks";
import type { Effect, Explanation, Finding, Witness } from "./api";
import { Icon } from "./icons";
import { EffectChip, Sentence } from "./parts";
import { Link } from "./router";
import { showJson } from "./text";

const WIDTH = 16; // bytes a line

/** Bytes as rows of hex and characters; `bad` is where reading failed, `parts` colours what the bytes are. */
export function HexDump(props: {
	bytes: Uint8Array;
	bad?: number | undefined;
	parts?: { from: number; to: number; kind: string }[];
	label: string;
}) {
	const rows: number[] = [];
	for (let at = 0; at === 0 || at < props.bytes.length; at += WIDTH) rows.push(at);
	const kindOf = (at: number) =>
		at === props.bad ? "bad" : (props.parts?.find((part) => at >= part.from && at < part.to)?.kind ?? "");
	return (
		<table class="hex" aria-label={props.label}>
			<tbody>
				{rows.slice(0, 64).map((at) => (
					<tr key={at}>
						<th scope="row">{at.toString(16).padStart(4, "0")}</th>
						<td class="hex-bytes">
							{[...props.bytes.subarray(at, at + WIDTH)].map((byte, i) => (
								// biome-ignore lint/suspicious/noArrayIndexKey: a byte is its place
								<span key={at + i} class={`byte ${kindOf(at + i)}`} title={`byte ${at + i}`}>
									{byte.toString(16).padStart(2, "0")}
								</span>
							))}
							{props.bad !== undefined && props.bad >= props.bytes.length && at + WIDTH >= props.bytes.length && (
								<span class="byte bad" title="the bytes end here">
									··
								</span>
							)}
						</td>
						<td class="hex-text">
							{[...props.bytes.subarray(at, at + WIDTH)]
								.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·"))
								.join("")}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function hexBytes(hex: string): Uint8Array {
	return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function WitnessView({ witness, finding }: { witness: Witness; finding: Finding }) {
	const old = finding.version ? `version ${finding.version}` : "the old schema";
	const newReads = finding.direction === "backward";
	const writer = newReads ? old : "the new schema";
	const reader = newReads ? "the new schema" : old;
	const fails = witness.effect === "fails";
	return (
		<div class="witness">
			<div>
				<h4>An event written with {writer}</h4>
				<pre>{showJson(witness.event)}</pre>
			</div>
			<div>
				<h4>{fails ? `cannot be read with ${reader}` : `is read with ${reader} as`}</h4>
				{!fails && <pre>{showJson(witness.read)}</pre>}
				<p>
					<Sentence text={witness.reason} />
				</p>
			</div>
			{witness.bytes !== "" && (
				<details class="witness-bytes">
					<summary>Its bytes{fails && `, failing at byte ${witness.offset}`}</summary>
					<HexDump bytes={hexBytes(witness.bytes)} bad={fails ? witness.offset : undefined} label="The event's bytes" />
				</details>
			)}
		</div>
	);
}

export interface FindingActions {
	/** Shows the place in the editor. */
	onShow?: ((line: number) => void) | undefined;
	onFix?: ((finding: Finding) => void) | undefined;
	/** The text has changed since it was judged: a fix would land in the wrong place. */
	stale?: boolean;
}

function FixView({ finding, actions }: { finding: Finding; actions: FindingActions }) {
	const fix = finding.fix;
	if (!fix) return null;
	return (
		<div class={`fix${fix.major ? " major" : ""}`}>
			<Icon name="wrench" />
			<span>
				{fix.major ? "Needs a new subject or a major version: " : "A way out: "}
				<Sentence text={fix.title} />
			</span>
			{!fix.major && actions.onFix && (
				<button type="button" class="small primary" disabled={!!actions.stale} onClick={() => actions.onFix?.(finding)}>
					Apply
				</button>
			)}
		</div>
	);
}

function DirectionText({ finding }: { finding: Finding }) {
	const old = finding.version ? `version ${finding.version}` : "the old one";
	return (
		<span class="dim">
			{finding.direction === "backward"
				? `the new schema reading events of ${old}`
				: `${old} reading events of the new schema`}
		</span>
	);
}

export function FindingCard({
	finding,
	refused,
	actions = {},
}: {
	finding: Finding;
	refused: boolean;
	actions?: FindingActions;
}) {
	const [open, setOpen] = useState(true);
	const line = finding.new?.line ?? 0;
	return (
		<article class={`finding finding-${finding.effect}${refused ? " refused" : ""}`}>
			<header>
				<EffectChip effect={finding.effect} />
				<h3>
					<Sentence text={finding.message} />
				</h3>
			</header>
			<p class="finding-where">
				<DirectionText finding={finding} />
				{line > 0 && actions.onShow && (
					<button type="button" class="quiet small" onClick={() => actions.onShow?.(line)}>
						line {line}
					</button>
				)}
				<Link to={`/rules/${finding.rule}`} class="rule-link">
					{finding.rule}
				</Link>
			</p>
			{finding.witness && (
				<details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
					<summary>See it happen</summary>
					<WitnessView witness={finding.witness} finding={finding} />
				</details>
			)}
			<FixView finding={finding} actions={actions} />
		</article>
	);
}

/** Findings that differ only in the version they are about are told once. */
function grouped(list: Finding[]): [Finding, number[]][] {
	const groups = new Map<string, [Finding, number[]]>();
	for (const finding of list) {
		const key = [
			finding.rule,
			finding.direction,
			finding.message,
			finding.path,
			finding.new?.line,
			finding.new?.column,
		].join("\n");
		const group = groups.get(key);
		if (group) group[1].push(finding.version ?? 0);
		else groups.set(key, [finding, [finding.version ?? 0]]);
	}
	return [...groups.values()];
}

export function Findings({ explanation, actions = {} }: { explanation: Explanation; actions?: FindingActions }) {
	const show = (list: Finding[], refused: boolean) =>
		grouped(list).map(([finding, versions]) => (
			<div key={`${finding.rule} ${finding.direction} ${finding.message} ${finding.new?.line} ${finding.version}`}>
				<FindingCard finding={finding} refused={refused} actions={actions} />
				{versions.length > 1 && <p class="also dim">The same against versions {versions.slice(1).join(", ")}.</p>}
			</div>
		));
	return (
		<div class="findings">
			{show(explanation.findings, true)}
			{explanation.warnings.length > 0 && (
				<>
					<h3 class="findings-title">Not refused, but worth a look</h3>
					{show(explanation.warnings, false)}
				</>
			)}
			{explanation.unlisted > 0 && <p class="dim">{explanation.unlisted} more are not listed.</p>}
			{explanation.hidden > 0 && <p class="dim">{explanation.hidden} more will show once what fails is mended.</p>}
		</div>
	);
}

export const WORST: Effect[] = ["fails", "changes", "unproven", "policy", "harmless", "safe"];
