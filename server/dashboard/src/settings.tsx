/* Level and mode of a subject, a context or all: what is in force, where it comes from, what another would let happen. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import {
	ApiError,
	ask,
	type Config,
	type Explanation,
	type Matrix,
	type Page,
	query as queryText,
	type Refusal,
	type RefusalDetail,
	segment,
} from "./api";
import { useGet, usePost } from "./data";
import { Icon } from "./icons";
import { LEVEL_INFO, LEVELS, type Level, levelName, MODE_INFO, MODES, refusedSteps } from "./levels";
import { Failure, Loading, reading } from "./parts";
import { Link, subjectPath } from "./router";
import { say } from "./shell";
import { refresh } from "./store";
import { inline, plural, shell } from "./text";

/** One place where something can be set; `path` is "" for the registry as a whole. */
export interface Scope {
	name: string;
	path: string;
}

export function scopesOf(subject: string, context: string): Scope[] {
	return [
		{ name: "this subject", path: `/${segment(subject)}` },
		...(context && context !== "." ? [{ name: `the context ${context}`, path: `/${segment(`:${context}:`)}` }] : []),
		{ name: "the whole registry", path: "" },
	];
}

function useScope(scope: Scope | undefined) {
	const config = useGet<Config>(scope ? `/config${scope.path}` : null);
	const mode = useGet<{ mode: string }>(scope ? `/mode${scope.path}` : null);
	return { config, mode };
}

function isUnset(error: Error | undefined): boolean {
	return error instanceof ApiError && error.status === 404;
}

const SHOWN: [keyof Config, string][] = [
	["compatibilityLevel", "Level"],
	["compatibilityPolicy", "Policy"],
	["compatibilityGroup", "Group"],
	["normalize", "Normalise"],
	["alias", "Alias of"],
	["validateFields", "Check names"],
	["defaultMetadata", "Default metadata"],
	["overrideMetadata", "Override metadata"],
	["defaultRuleSet", "Default rules"],
	["overrideRuleSet", "Override rules"],
];

function show(value: unknown): string {
	return typeof value === "string" ? value : inline(value);
}

/** Each thing that is set, with the nearest scope that sets it in front. */
export function InForce({ scopes }: { scopes: Scope[] }) {
	const states = [useScope(scopes[0]), useScope(scopes[1]), useScope(scopes[2])].slice(0, scopes.length);
	const waiting = states.some(({ config, mode }) => (!config.data && !config.error) || (!mode.data && !mode.error));
	if (waiting) return <Loading what="the settings" />;
	const failed = states
		.flatMap(({ config, mode }) => [config.error, mode.error])
		.find((error) => error && !isUnset(error));
	if (failed) return <Failure error={failed} what="the settings" />;
	const rows: [string, (string | undefined)[]][] = SHOWN.map(([id, name]) => [
		name,
		states.map(({ config }) => (config.data?.[id] === undefined ? undefined : show(config.data[id]))),
	]);
	rows.splice(1, 0, ["Mode", states.map(({ mode }) => mode.data?.mode)]);
	return (
		<div class="table-scroll">
			<table class="in-force">
				<thead>
					<tr>
						<th scope="col">What</th>
						<th scope="col">In force</th>
						{scopes.map((scope) => (
							<th scope="col" key={scope.path}>
								Set for {scope.name}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows
						.filter(([, values]) => values.some((value) => value !== undefined))
						.map(([name, values]) => {
							const from = values.findIndex((value) => value !== undefined);
							return (
								<tr key={name}>
									<th scope="row">{name}</th>
									<td>
										<strong>{values[from]}</strong>
									</td>
									{values.map((value, i) => (
										<td key={scopes[i]?.path} class={i === from ? "winning" : "dim"}>
											{value ?? "–"}
										</td>
									))}
								</tr>
							);
						})}
				</tbody>
			</table>
		</div>
	);
}

// ---- what another level would have done ----

function RefusalUnder({ refusal, level }: { refusal: Refusal; level: Level }) {
	const { data } = useGet<RefusalDetail>(`/api/v1/refusals/${refusal.id}`, { again: false });
	const body = data && {
		subject: data.subject,
		schema: data.schema,
		schemaType: data.schemaType,
		references: data.references,
		level,
	};
	const judged = usePost<NonNullable<typeof body>, Explanation>("/api/v1/explain", body ?? null);
	const word = !judged.data ? "…" : judged.data.compatible ? "would be accepted" : "would still be refused";
	return (
		<li>
			<Link to={`/refusals/${refusal.id}`}>Refused change {refusal.id}</Link> {word}
		</li>
	);
}

function LevelPreview({ subject, level }: { subject: string; level: Level }) {
	const matrix = useGet<Matrix>(`/api/v1/subjects/${segment(subject)}/matrix`);
	const refusals = useGet<Pick<Page<Refusal>, "items">>(`/api/v1/refusals${queryText({ subject, limit: 5 })}`);
	const steps = matrix.data ? refusedSteps(level, matrix.data.versions, matrix.data.reads) : [];
	const n = (matrix.data?.versions.length ?? 1) - 1;
	return (
		<div class="preview" aria-live="polite">
			<h3>What {levelName(level)} would do here</h3>
			<p>
				{LEVEL_INFO[level].says} {LEVEL_INFO[level].first}
			</p>
			{matrix.data && n > 0 && steps.length === 0 && (
				<p class="good">
					<Icon name="check" /> All {plural(n, "step")} of this subject's history would have been accepted.
				</p>
			)}
			{steps.length > 0 && (
				<>
					<p class="bad">
						<Icon name="warning" /> {plural(steps.length, "step")} of {n} would have been refused:
					</p>
					<ul>
						{steps.map((step) => (
							<li key={step.version}>
								version {step.version}:{" "}
								{step.against.slice(0, 3).map((pair, i) => (
									<span key={`${pair.reader} ${pair.writer}`}>
										{i > 0 && ", "}
										<Link to={`${subjectPath(subject, "diff")}?from=${pair.writer}&to=${pair.reader}`}>
											v{pair.reader} cannot read v{pair.writer}
										</Link>
									</span>
								))}
								{step.against.length > 3 && ` and ${step.against.length - 3} more`}
							</li>
						))}
					</ul>
				</>
			)}
			{refusals.data && refusals.data.items.length > 0 && (
				<>
					<p>Of what was refused lately:</p>
					<ul>
						{refusals.data.items.map((refusal) => (
							<RefusalUnder key={refusal.id} refusal={refusal} level={level} />
						))}
					</ul>
				</>
			)}
		</div>
	);
}

// ---- setting ----

function useChange() {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<Error>();
	const change = async (done: string, path: string, method: "PUT" | "DELETE", body?: unknown) => {
		setBusy(true);
		setError(undefined);
		try {
			await ask(path, body === undefined ? { method } : { method, body });
			say(done);
			refresh();
		} catch (failure) {
			setError(failure as Error);
		}
		setBusy(false);
	};
	return { busy, error, change };
}

function Options(props: {
	name: string;
	values: readonly string[];
	value: string;
	says: (value: string) => ComponentChildren;
	onChange: (value: string) => void;
}) {
	return (
		<div class="options">
			{props.values.map((value) => (
				<label key={value} class={`option${value === props.value ? " chosen" : ""}`}>
					<input
						type="radio"
						name={props.name}
						value={value}
						checked={value === props.value}
						onChange={() => props.onChange(value)}
					/>
					<span>
						<strong>{levelName(value)}</strong>
						<span class="dim">{props.says(value)}</span>
					</span>
				</label>
			))}
		</div>
	);
}

export function LevelForm({ scope, subject }: { scope: Scope; subject?: string }) {
	const own = useGet<Config>(`/config${scope.path}`);
	const force = useGet<Config>(`/config${scope.path}${scope.path ? "?defaultToGlobal=true" : ""}`);
	const now = (force.data?.compatibilityLevel ?? "") as Level;
	const [chosen, setChosen] = useState<Level>();
	const { busy, error, change } = useChange();
	const level = chosen ?? now;
	if (!force.data) return force.error ? <Failure error={force.error} what="the level" /> : <Loading what="the level" />;
	const set = own.data?.compatibilityLevel !== undefined;
	return (
		<section class="form" aria-label="Level">
			<h2>Level</h2>
			<div class="form-sides">
				<Options
					name="level"
					values={LEVELS}
					value={level}
					says={(value) => LEVEL_INFO[value as Level].says}
					onChange={(value) => setChosen(value as Level)}
				/>
				{subject !== undefined && level && <LevelPreview subject={subject} level={level} />}
			</div>
			{error && <Failure error={error} what="the new level" />}
			<div class="form-actions">
				<button
					type="button"
					class="primary"
					disabled={busy || (level === now && set)}
					onClick={() =>
						void change(`The level is now ${levelName(level)}.`, `/config${scope.path}`, "PUT", {
							compatibility: level,
						})
					}
				>
					Set {levelName(level)} for {scope.name}
				</button>
				{set && scope.path !== "" && (
					<button
						type="button"
						disabled={busy}
						onClick={() => {
							setChosen(undefined);
							void change("What was set here is taken back.", `/config${scope.path}`, "DELETE");
						}}
					>
						Take back what is set here
					</button>
				)}
			</div>
		</section>
	);
}

export function ModeForm({ scope }: { scope: Scope }) {
	const own = useGet<{ mode: string }>(`/mode${scope.path}`);
	const force = useGet<{ mode: string }>(`/mode${scope.path}${scope.path ? "?defaultToGlobal=true" : ""}`);
	const [chosen, setChosen] = useState<string>();
	const { busy, error, change } = useChange();
	const now = force.data?.mode ?? "READWRITE";
	const mode = chosen ?? now;
	const info = MODE_INFO[mode];
	const set = own.data !== undefined;
	const may = (yes: boolean, what: string) => (
		<li class={yes ? "good" : "bad"}>
			<Icon name={yes ? "check" : "refused"} /> {what}
		</li>
	);
	return (
		<section class="form" aria-label="Mode">
			<h2>Mode</h2>
			<div class="form-sides">
				<Options
					name="mode"
					values={MODES.filter((one) => one !== "FORWARD" || scope.path === "")}
					value={mode}
					says={(value) => MODE_INFO[value]?.says}
					onChange={setChosen}
				/>
				{info && (
					<div class="preview" aria-live="polite">
						<h3>What {levelName(mode)} lets happen</h3>
						<ul class="may">
							{may(info.register, mode === "IMPORT" ? "register, with ids given" : "register schemas")}
							{may(info.remove, "delete versions and subjects")}
							{may(info.configure, "set levels and modes")}
							{may(true, "read everything")}
						</ul>
					</div>
				)}
			</div>
			{error && <Failure error={error} what="the new mode" />}
			<div class="form-actions">
				<button
					type="button"
					class="primary"
					disabled={busy || (mode === now && set)}
					onClick={() => void change(`The mode is now ${levelName(mode)}.`, `/mode${scope.path}`, "PUT", { mode })}
				>
					Set {levelName(mode)} for {scope.name}
				</button>
				{set && scope.path !== "" && (
					<button
						type="button"
						disabled={busy}
						onClick={() => {
							setChosen(undefined);
							void change("What was set here is taken back.", `/mode${scope.path}`, "DELETE");
						}}
					>
						Take back what is set here
					</button>
				)}
			</div>
		</section>
	);
}

export function settingCommands(scope: Scope, subject?: string) {
	const config = `${location.origin}/config${scope.path}`;
	const mode = `${location.origin}/mode${scope.path}`;
	const put = (url: string, body: string) => `curl -s -X PUT ${url} -H 'Content-Type: application/json' -d '${body}'`;
	const change = (what: string, body: string) =>
		`tenon call ${shell(what + scope.path)} --method PUT --body '${body}' --registry ${location.origin}`;
	const name = subject === undefined ? "" : ` ${shell(subject)}`;
	const contextual = subject === undefined && scope.path !== "";
	return [
		{
			title: "What is set",
			curl: `curl -s ${config}`,
			tenon: contextual
				? reading("", `/config${scope.path}`).tenon
				: `tenon config${name} --registry ${location.origin}`,
		},
		{
			title: "Set a level",
			curl: put(config, '{"compatibility":"FULL"}'),
			tenon: contextual
				? change("/config", '{"compatibility":"FULL"}')
				: `tenon config${name} --level FULL --registry ${location.origin}`,
		},
		{
			title: "Set a mode",
			curl: put(mode, '{"mode":"READONLY"}'),
			tenon: change("/mode", '{"mode":"READONLY"}'),
		},
	];
}
