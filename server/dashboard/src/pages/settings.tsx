/* What holds for the whole registry, and for each context. */
import { useGet } from "../data";
import { Choice, Commands, Header, useTitle } from "../parts";
import { setQuery } from "../router";
import { InForce, LevelForm, ModeForm, type Scope, settingCommands } from "../settings";
import { useServer } from "../store";
import { moment, size } from "../text";

const WHOLE: Scope = { name: "the whole registry", path: "" };

export function SettingsPage({ query }: { query: URLSearchParams }) {
	useTitle("Settings");
	const { stats } = useServer();
	const contexts = useGet<string[]>("/contexts");
	const named = (contexts.data ?? []).filter((context) => context !== ".");
	const context = query.get("context") ?? "";
	const scope: Scope = context
		? { name: `the context ${context}`, path: `/${encodeURIComponent(`:${context}:`)}` }
		: WHOLE;
	return (
		<div class="page">
			<Header title="Settings">
				<p class="lead">What holds where a subject sets nothing of its own.</p>
			</Header>
			{named.length > 0 && (
				<Choice
					label="For"
					value={context}
					options={[["", "Whole registry"], ...named.map((one): [string, string] => [one, one])]}
					onChange={(next) => setQuery({ context: next })}
				/>
			)}
			<section class="settings" key={scope.path}>
				<InForce scopes={context ? [scope, WHOLE] : [WHOLE]} />
				<LevelForm scope={scope} />
				<ModeForm scope={scope} />
			</section>
			{stats && (
				<section class="about">
					<h2>This server</h2>
					<dl class="facts">
						<div>
							<dt>Version</dt>
							<dd>{stats.version}</dd>
						</div>
						<div>
							<dt>Running since</dt>
							<dd>{moment(stats.started)}</dd>
						</div>
						<div>
							<dt>Log entries</dt>
							<dd>{stats.head}</dd>
						</div>
						<div>
							<dt>Database</dt>
							<dd>{size(stats.databaseBytes)}</dd>
						</div>
						<div>
							<dt>This page</dt>
							<dd>
								<a href="/ui/assets/licences.txt">licences of what it is made of</a>
							</dd>
						</div>
					</dl>
				</section>
			)}
			<Commands list={settingCommands(scope)} />
		</div>
	);
}
