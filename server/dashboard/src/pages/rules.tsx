/* The rules that changes are told under: what each means and an example of it. */
import { type Effect, type RuleDetail, type RuleRow, type SchemaType, segment } from "../api";
import { CodeDiff } from "../code/code";
import { useGet } from "../data";
import { FindingCard, WORST } from "../finding";
import { Icon } from "../icons";
import { Commands, EFFECTS, EffectChip, Failure, Header, Loading, Sentence, TYPE_NAMES, useTitle } from "../parts";
import { Link, setQuery } from "../router";
import { layOut, shell } from "../text";

const GROUPS: [SchemaType | null, string][] = [
	["AVRO", TYPE_NAMES.AVRO],
	["JSON", TYPE_NAMES.JSON],
	["PROTOBUF", TYPE_NAMES.PROTOBUF],
	[null, "Every format"],
];

function RuleList({ rules }: { rules: RuleRow[] }) {
	return (
		<ul class="rule-list">
			{rules.map((rule) => (
				<li key={rule.id}>
					<Link to={`/rules/${rule.id}`}>
						<EffectChip effect={rule.effect} />
						<span class="rule-title">{rule.title}</span>
						<code class="dim">{rule.id}</code>
					</Link>
				</li>
			))}
		</ul>
	);
}

export function RulesPage({ query }: { query: URLSearchParams }) {
	useTitle("Rules");
	const { data, error } = useGet<RuleRow[]>("/api/v1/rules", { again: false });
	const effect = query.get("effect");
	const shown = (data ?? []).filter((rule) => !effect || rule.effect === effect);
	return (
		<div class="page">
			<Header title="Rules">
				<p class="lead">Everything that can be said about a change, by format. Each has a page with an example.</p>
			</Header>
			<fieldset class="chips">
				<legend class="hidden">Effect</legend>
				{WORST.filter((one) => one !== "safe").map((one: Effect) => (
					<button
						key={one}
						type="button"
						aria-pressed={effect === one}
						title={EFFECTS[one].title}
						onClick={() => setQuery({ effect: effect === one ? null : one })}
					>
						{EFFECTS[one].name}
					</button>
				))}
			</fieldset>
			{error && <Failure error={error} what="the rules" />}
			{!data && !error && <Loading what="the rules" />}
			{GROUPS.map(([type, name]) => {
				const rules = shown.filter((rule) => rule.type === type);
				return (
					rules.length > 0 && (
						<section key={name} class="rule-section">
							<h2>
								{name} <span class="count">{rules.length}</span>
							</h2>
							<RuleList rules={rules} />
						</section>
					)
				);
			})}
			<Commands
				list={[{ title: "All rules", curl: `curl -s ${location.origin}/api/v1/rules`, tenon: "tenon explain" }]}
			/>
		</div>
	);
}

export function RulePage({ id }: { id: string }) {
	const path = `/api/v1/rules/${segment(id)}`;
	const { data, error } = useGet<RuleDetail>(path, { again: false });
	useTitle(data?.title ?? id);
	return (
		<div class="page">
			<nav class="crumbs" aria-label="Where this is">
				<Link to="/rules">Rules</Link>
				<Icon name="chevron" />
				<span>{id}</span>
			</nav>
			{error && <Failure error={error} what="this rule" />}
			{!data && !error && <Loading what="this rule" />}
			{data && (
				<>
					<Header title={data.title}>
						<p class="rule-meta">
							<EffectChip effect={data.effect} /> <span>{data.type ? TYPE_NAMES[data.type] : "Every format"}</span>{" "}
							<code>{data.id}</code>
						</p>
					</Header>
					<div class="prose">
						<p>
							<Sentence text={data.what} />
						</p>
						<p>
							<Sentence text={data.why} />
						</p>
					</div>
					{data.example && (
						<>
							<h2>An example</h2>
							<CodeDiff
								label="The example's old and new schema"
								type={data.type ?? "AVRO"}
								before={layOut(data.example.old, data.type ?? "AVRO")}
								after={layOut(data.example.new, data.type ?? "AVRO")}
							/>
						</>
					)}
					{data.finding && <FindingCard finding={data.finding} refused={true} />}
				</>
			)}
			<Commands
				list={[
					{
						title: "This rule",
						curl: `curl -s ${shell(location.origin + path)}`,
						tenon: `tenon explain ${shell(id)}`,
					},
				]}
			/>
		</div>
	);
}
