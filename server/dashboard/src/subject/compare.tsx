/* Two versions side by side: what the differences mean, and the texts. */
import type { Change, Diff, Effect } from "../api";
import { CodeDiff } from "../code/code";
import { usePost } from "../data";
import { Icon } from "../icons";
import { Commands, EFFECTS, EffectChip, Empty, Failure, Loading, Sentence } from "../parts";
import { setQuery } from "../router";
import { layOut, shell } from "../text";

interface Pair {
	from: number;
	to: number;
}

function pairOf(query: URLSearchParams, versions: number[]): Pair {
	const known = (text: string | null, otherwise: number) => {
		const n = Number(text);
		return text !== null && versions.includes(n) ? n : otherwise;
	};
	const to = known(query.get("to"), versions.at(-1) as number);
	const before = versions[versions.indexOf(to) - 1] ?? (versions[0] as number);
	return { from: known(query.get("from"), before), to };
}

function Side({
	label,
	value,
	versions,
	onChange,
}: {
	label: string;
	value: number;
	versions: number[];
	onChange: (version: string) => void;
}) {
	return (
		<label class="version-picker">
			<span>{label}</span>
			<select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
				{[...versions].reverse().map((version) => (
					<option key={version} value={version}>
						{version}
					</option>
				))}
			</select>
		</label>
	);
}

function Summary({ who, effect, children }: { who: string; effect: Effect; children: string }) {
	return (
		<div class={`summary summary-${effect}`}>
			<EffectChip effect={effect} />
			<div>
				<strong>{who}</strong>
				<p>{children}</p>
			</div>
		</div>
	);
}

function told(effect: Effect, good: string, bad: string): string {
	if (effect === "safe" || effect === "harmless") return good;
	return effect === "policy" ? EFFECTS.policy.title : bad;
}

function ChangeRow({ change }: { change: Change }) {
	const worst =
		[change.backward, change.forward].find((effect) => effect !== "safe" && effect !== "harmless") ?? "safe";
	return (
		<tr class={`change change-${worst}`}>
			<td>
				<span class={`change-kind change-kind-${change.kind}`}>{change.kind}</span>
			</td>
			<th scope="row">
				<span class="change-name">{change.name || change.entity}</span>
				<span class="change-message">
					<Sentence text={change.message} />
				</span>
			</th>
			<td>
				<EffectChip effect={change.backward} />
			</td>
			<td>
				<EffectChip effect={change.forward} />
			</td>
		</tr>
	);
}

export function Changes({ diff, pair }: { diff: Diff; pair: { from: string; to: string } }) {
	if (diff.changes.length === 0) return <Empty title="Nothing that has a meaning is different" />;
	return (
		<div class="table-scroll">
			<table class="changes">
				<thead>
					<tr>
						<th scope="col">What</th>
						<th scope="col">Where</th>
						<th scope="col" title={`Consumers on ${pair.to} reading events of ${pair.from}`}>
							{pair.to} reads {pair.from}
						</th>
						<th scope="col" title={`Consumers on ${pair.from} reading events of ${pair.to}`}>
							{pair.from} reads {pair.to}
						</th>
					</tr>
				</thead>
				<tbody>
					{diff.changes.map((change, i) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a list that is shown whole or not at all
						<ChangeRow key={i} change={change} />
					))}
				</tbody>
			</table>
		</div>
	);
}

export function CompareTab({
	subject,
	versions,
	query,
}: {
	subject: string;
	versions: number[];
	query: URLSearchParams;
}) {
	const pair = pairOf(query, versions);
	const body = { subject, ...pair };
	const { data, error } = usePost<typeof body, Diff>("/api/v1/diff", body);
	const type = data?.new.schemaType ?? "AVRO";
	return (
		<section class="compare">
			<div class="bar">
				<Side label="From version" value={pair.from} versions={versions} onChange={(from) => setQuery({ from })} />
				<button
					type="button"
					class="quiet icon-only"
					aria-label="Swap the two"
					title="Swap the two"
					onClick={() => setQuery({ from: String(pair.to), to: String(pair.from) })}
				>
					<Icon name="swap" />
				</button>
				<Side label="to version" value={pair.to} versions={versions} onChange={(to) => setQuery({ to })} />
			</div>
			{error && <Failure error={error} what="the differences" />}
			{!data && !error && <Loading what="the differences" />}
			{data && (
				<>
					<div class="summaries">
						<Summary who={`Consumers on v${pair.to}, events of v${pair.from}`} effect={data.backward}>
							{told(
								data.backward,
								"Whoever upgrades can read what was written before.",
								"Whoever upgrades cannot rely on what was written before.",
							)}
						</Summary>
						<Summary who={`Consumers on v${pair.from}, events of v${pair.to}`} effect={data.forward}>
							{told(
								data.forward,
								"Whoever stays can read what comes next.",
								"Whoever stays cannot rely on what comes next.",
							)}
						</Summary>
					</div>
					<div class="compare-sides">
						<Changes diff={data} pair={{ from: `v${pair.from}`, to: `v${pair.to}` }} />
						<CodeDiff
							label={`Version ${pair.from} and version ${pair.to} as texts`}
							type={type}
							before={layOut(data.old.schema, type)}
							after={layOut(data.new.schema, type)}
						/>
					</div>
				</>
			)}
			<Commands
				list={[
					{
						title: "What is different",
						curl: `curl -s ${location.origin}/api/v1/diff -H 'Content-Type: application/json' \\\n  -d ${shell(JSON.stringify(body))}`,
						tenon: `tenon diff ${shell(`${subject}@${pair.from}`)} ${shell(`${subject}@${pair.to}`)} --registry ${location.origin}`,
					},
				]}
			/>
		</section>
	);
}
