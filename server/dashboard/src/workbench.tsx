/* Trying a change: an editor, the verdict while one types, what would help, and registering it. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, ask, type Explanation, type Finding, type Reference, type SchemaType, segment } from "./api";
import { CodeEditor } from "./code/code";
import type { Diagnostic } from "./code/mirror";
import { usePost } from "./data";
import { Findings } from "./finding";
import { Icon } from "./icons";
import { LEVEL_INFO, LEVELS, type Level, levelName } from "./levels";
import { Commands, Failure, TYPE_NAMES } from "./parts";
import { go, Link, subjectPath } from "./router";
import { say } from "./shell";
import { refresh, useServer } from "./store";
import { charsOfBytes, layOut, plural, shell } from "./text";

const TYPING_MS = 180;

export interface Draft {
	text: string;
	type: SchemaType;
	references: Reference[];
}

interface ExplainBody {
	subject: string;
	schema: string;
	schemaType: SchemaType;
	references: Reference[];
	level?: string;
}

// ---- places in the text ----

/** Where a line and a byte column of the API are in the text, and the token that stands there. */
function rangeOf(text: string, line: number, column: number): { from: number; to: number } {
	const lines = text.split("\n");
	const index = Math.max(0, Math.min(line, lines.length) - 1);
	const start = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
	const row = lines[index] ?? "";
	const from = start + Math.min(charsOfBytes(row, Math.max(0, column - 1)), row.length);
	const token = /^(?:"(?:[^"\\]|\\.)*"|[\w.$]+|\S)/.exec(text.slice(from, start + row.length))?.[0] ?? "";
	return { from, to: from + token.length };
}

function diagnosticsOf(text: string, explanation: Explanation, onFix: (finding: Finding) => void): Diagnostic[] {
	if (explanation.parseError) {
		const { line, column, message } = explanation.parseError;
		return [{ ...rangeOf(text, line || 1, column || 1), severity: "error", message }];
	}
	const make = (finding: Finding, severity: "error" | "warning"): Diagnostic => ({
		...rangeOf(text, finding.new?.line || 1, finding.new?.column || 1),
		severity,
		message: finding.message,
		source: finding.rule,
		...(finding.fix && !finding.fix.major
			? { actions: [{ name: finding.fix.title, apply: () => onFix(finding) }] }
			: {}),
	});
	return [
		...explanation.findings.map((finding) => make(finding, "error")),
		...explanation.warnings.map((finding) => make(finding, "warning")),
	];
}

/** The text with the edits of a fix made; they count in bytes and do not overlap. */
export function applyFix(text: string, finding: Finding): string {
	const edits = [...(finding.fix?.edits ?? [])].sort((a, b) => b.offset - a.offset);
	return edits.reduce((now, edit) => {
		const from = charsOfBytes(text, edit.offset);
		const to = charsOfBytes(text, edit.offset + edit.length);
		return now.slice(0, from) + edit.text + now.slice(to);
	}, text);
}

// ---- the verdict ----

type Verdict = "none" | "wait" | "invalid" | "same" | "first" | "accepted" | "unsound" | "refused";

function verdictOf(explanation: Explanation | undefined, same: boolean): Verdict {
	if (!explanation) return "wait";
	if (explanation.parseError) return "invalid";
	if (same) return "same";
	if (!explanation.compatible) return "refused";
	if (explanation.firstVersion) return "first";
	return explanation.sound ? "accepted" : "unsound";
}

function verdictText(verdict: Verdict, explanation: Explanation | undefined, type: SchemaType): [string, string] {
	const level = explanation ? levelName(explanation.level) : "";
	switch (verdict) {
		case "none":
			return ["A name is missing", "Say which subject the schema belongs to."];
		case "wait":
			return ["Judging…", ""];
		case "invalid":
			return [`No valid ${TYPE_NAMES[type]} schema`, explanation?.parseError?.message ?? ""];
		case "same":
			return ["No change yet", "This is the latest version. Edit it, and the verdict follows as you type."];
		case "first":
			return ["Accepted", "It is the first version of this subject: there is nothing to break yet."];
		case "accepted":
			return ["Accepted", `Nothing breaks under ${level}.`];
		case "unsound":
			return ["Accepted, but look", `The level ${level} lets it pass, yet there is something to know.`];
		case "refused":
			return [
				"Refused",
				`${plural(explanation?.findings.length ?? 0, "thing")} would break under ${level}. ${LEVEL_INFO[explanation?.level as Level]?.says ?? ""}`,
			];
	}
}

const SIGNS: Record<Verdict, "check" | "refused" | "warning" | "edit"> = {
	none: "edit",
	wait: "edit",
	invalid: "warning",
	same: "edit",
	first: "check",
	accepted: "check",
	unsound: "warning",
	refused: "refused",
};

/** The same text under every level: one question each, asked when someone wants to know. */
function LevelVerdict({ body, level }: { body: ExplainBody; level: Level }) {
	const { data } = usePost<ExplainBody, Explanation>("/api/v1/explain", { ...body, level }, TYPING_MS);
	const state = !data ? "wait" : data.compatible ? "accepted" : "refused";
	const word = {
		wait: "…",
		accepted: "accepted",
		refused: `refused, ${plural(data?.findings.length ?? 0, "finding")}`,
	}[state];
	return (
		<li class={`level-verdict ${state}`}>
			<span>{levelName(level)}</span> <strong>{word}</strong>
		</li>
	);
}

function OtherLevels({ body }: { body: ExplainBody }) {
	const [open, setOpen] = useState(false);
	return (
		<details class="other-levels" onToggle={(event) => setOpen(event.currentTarget.open)}>
			<summary>Under other levels</summary>
			{open && (
				<ul>
					{LEVELS.map((level) => (
						<LevelVerdict key={level} body={body} level={level} />
					))}
				</ul>
			)}
		</details>
	);
}

// ---- references ----

function ReferencesEditor({ list, onChange }: { list: Reference[]; onChange: (list: Reference[]) => void }) {
	const set = (at: number, change: Partial<Reference>) =>
		onChange(list.map((one, i) => (i === at ? { ...one, ...change } : one)));
	return (
		<details class="references-editor" open={list.length > 0}>
			<summary>References{list.length > 0 && ` (${list.length})`}</summary>
			{list.map((reference, at) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a reference has nothing of its own but its place
				<div class="reference-row" key={at}>
					<label>
						<span>Name in the schema</span>
						<input value={reference.name} onInput={(event) => set(at, { name: event.currentTarget.value })} />
					</label>
					<label>
						<span>Subject</span>
						<input value={reference.subject} onInput={(event) => set(at, { subject: event.currentTarget.value })} />
					</label>
					<label class="narrow">
						<span>Version</span>
						<input
							type="number"
							min="-1"
							value={reference.version}
							onInput={(event) => set(at, { version: Number(event.currentTarget.value) })}
						/>
					</label>
					<button
						type="button"
						class="quiet small"
						onClick={() => onChange(list.filter((_, i) => i !== at))}
						aria-label={`Remove the reference ${reference.name}`}
					>
						Remove
					</button>
				</div>
			))}
			<button
				type="button"
				class="quiet small"
				onClick={() => onChange([...list, { name: "", subject: "", version: 1 }])}
			>
				<Icon name="plus" /> Add a reference
			</button>
		</details>
	);
}

// ---- all of it ----

function commandsOf(subject: string, draft: Draft) {
	const at = (path: string) => shell(location.origin + path);
	const type = draft.type === "AVRO" ? "" : `,\\"schemaType\\":\\"${draft.type}\\"`;
	const file = { AVRO: "schema.avsc", JSON: "schema.json", PROTOBUF: "schema.proto" }[draft.type];
	const body = `jq -Rs '{schema: .${type.replaceAll('\\"', '"').replace(",", ", ").replace('"schemaType":', "schemaType: ")}}' ${file}`;
	const post = (path: string) => `${body} | curl -s -X POST ${at(path)} -H 'Content-Type: application/json' -d @-`;
	return [
		{
			title: "Judge it",
			curl: post(`/compatibility/subjects/${segment(subject)}/versions?verbose=true`),
			tenon: `tenon check ${file} --against ${location.origin}`,
		},
		{
			title: "Register it",
			curl: post(`/subjects/${segment(subject)}/versions`),
			tenon: `tenon register ${file} --subject ${shell(subject)} --registry ${location.origin}`,
		},
	];
}

interface Props {
	subject: string;
	draft: Draft;
	/** The text of the latest version, laid out; "" when there is none. */
	latest: string;
}

export function Workbench({ subject, draft, latest }: Props) {
	const { reachable } = useServer();
	const [text, setText] = useState(draft.text);
	const [references, setReferences] = useState(draft.references);
	const [show, setShow] = useState<{ line: number } | null>(null);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<Error>();
	useEffect(() => {
		setText(draft.text);
		setReferences(draft.references);
	}, [draft]);
	const used = references.filter((one) => one.name && one.subject);
	const body: ExplainBody | null =
		subject && text.trim() ? { subject, schema: text, schemaType: draft.type, references: used } : null;
	const judged = usePost<ExplainBody, Explanation>("/api/v1/explain", body, TYPING_MS);
	const explanation = judged.data;
	const current = judged.asked?.schema === text && !judged.pending;
	const same =
		latest !== "" && layOut(text, draft.type).trim() === latest.trim() && !!explanation && !explanation.parseError;
	const verdict: Verdict = !subject ? "none" : verdictOf(explanation, same);
	const [title, says] = verdictText(verdict, explanation, draft.type);
	const ready = current && reachable && !busy && !!explanation?.compatible && !explanation.parseError && !same;

	const fix = (finding: Finding) =>
		setText((before) => (judged.asked?.schema === before ? applyFix(before, finding) : before));
	// biome-ignore lint/correctness/useExhaustiveDependencies: `fix` is made anew each time
	const diagnostics = useMemo(
		() => (explanation && judged.asked ? diagnosticsOf(judged.asked.schema, explanation, fix) : []),
		[explanation, judged.asked],
	);
	const register = async () => {
		setBusy(true);
		setError(undefined);
		try {
			const path = `/subjects/${segment(subject)}/versions`;
			const done = await ask<{ id: number; version?: number }>(path, {
				method: "POST",
				body: { schema: text, schemaType: draft.type, references: used },
			});
			refresh();
			say(`Registered as ${done.version ? `version ${done.version}, ` : ""}id ${done.id}.`);
			go(subjectPath(subject, "versions", done.version ?? "latest"));
		} catch (failure) {
			setError(failure as Error);
			setBusy(false);
			if (failure instanceof ApiError && failure.status === 409) refresh();
		}
	};

	return (
		<div class="workbench">
			<section class="bench-editor" aria-label="Editor">
				<CodeEditor
					label={`Schema of ${subject || "the new subject"}`}
					type={draft.type}
					text={text}
					diagnostics={diagnostics}
					show={show}
					onChange={setText}
				/>
				<ReferencesEditor list={references} onChange={setReferences} />
			</section>
			<section class="bench-verdict" aria-label="Verdict">
				<div class={`verdict verdict-${verdict}${current ? "" : " stale"}`}>
					<div aria-live="polite">
						<h2>
							<Icon name={SIGNS[verdict]} />
							{title}
						</h2>
						<p>{says}</p>
					</div>
					{verdict === "invalid" && (explanation?.parseError?.line ?? 0) > 0 && (
						<button
							type="button"
							class="quiet small"
							onClick={() => setShow({ line: explanation?.parseError?.line ?? 1 })}
						>
							Go to line {explanation?.parseError?.line}
						</button>
					)}
					<div class="verdict-actions">
						<button type="button" class="primary" disabled={!ready} onClick={() => void register()}>
							{busy ? "Registering…" : "Register"}
						</button>
						{explanation?.fixed && verdict === "refused" && (
							<button type="button" disabled={!current} onClick={() => setText(explanation.fixed as string)}>
								<Icon name="wrench" /> Fix it all
							</button>
						)}
						{latest && text !== latest && (
							<button type="button" class="quiet" onClick={() => setText(latest)}>
								Start over
							</button>
						)}
					</div>
				</div>
				{error && <Failure error={error} what="the new version" />}
				{judged.error && <Failure error={judged.error} what="the verdict" />}
				{explanation && !explanation.parseError && !same && subject && (
					<Findings
						explanation={explanation}
						actions={{ onShow: (line) => setShow({ line }), onFix: fix, stale: !current }}
					/>
				)}
				{body && explanation && !explanation.parseError && !explanation.firstVersion && <OtherLevels body={body} />}
				{latest && (
					<p class="dim bench-hint">
						Judged against <Link to={subjectPath(subject)}>what is registered</Link>, with its level and policy.
					</p>
				)}
			</section>
			{subject && <Commands list={commandsOf(subject, { text, type: draft.type, references: used })} />}
		</div>
	);
}
