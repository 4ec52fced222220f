/* Everything that happened, newest first. */
import { useEffect, useState } from "preact/hooks";
import { ask, query as queryText, type Timeline, type TimelineItem } from "../api";
import { useGet } from "../data";
import { Commands, Empty, Failure, Header, Loading, reading, useTitle } from "../parts";
import { setQuery } from "../router";
import { KINDS, TimelineList } from "../timeline";

const OFFERED = ["VERSION_PUT", "VERSION_DELETE", "SUBJECT_DELETE", "CONFIG_PUT", "MODE_PUT"];

export function ActivityPage({ query }: { query: URLSearchParams }) {
	useTitle("Activity");
	const filter = { kind: query.get("kind"), actor: query.get("actor"), subject: query.get("subject"), limit: 100 };
	const path = `/api/v1/timeline${queryText(filter)}`;
	const { data, error } = useGet<Timeline>(path);
	const [more, setMore] = useState<{ path: string; items: TimelineItem[]; next: number | null }>();
	const [busy, setBusy] = useState(false);
	const older = more?.path === path ? more : { items: [], next: data?.next ?? null };
	// biome-ignore lint/correctness/useExhaustiveDependencies: another filter starts anew
	useEffect(() => setMore(undefined), [path]);
	const load = async () => {
		setBusy(true);
		try {
			const next = await ask<Timeline>(`/api/v1/timeline${queryText({ ...filter, before: older.next })}`);
			setMore({ path, items: [...older.items, ...next.items], next: next.next });
		} finally {
			setBusy(false);
		}
	};
	const items = [...(data?.items ?? []), ...older.items];
	const kind = query.get("kind") ?? "";
	return (
		<div class="page">
			<Header title="Activity">
				<p class="lead">Every change of this registry, from its log: who, what and when.</p>
			</Header>
			<div class="filters">
				<label class="filter">
					<span class="hidden">Subject</span>
					<input
						type="search"
						placeholder="One subject only…"
						value={query.get("subject") ?? ""}
						onChange={(event) => setQuery({ subject: event.currentTarget.value })}
					/>
				</label>
				<fieldset class="chips">
					<legend class="hidden">Kind</legend>
					{OFFERED.map((one) => (
						<button
							key={one}
							type="button"
							aria-pressed={kind === one}
							onClick={() => setQuery({ kind: kind === one ? null : one })}
						>
							{KINDS[one]?.name}
						</button>
					))}
				</fieldset>
			</div>
			{error && <Failure error={error} what="the activity" />}
			{!data && !error && <Loading what="the activity" />}
			{data && items.length === 0 && <Empty title="Nothing has happened yet" />}
			<TimelineList items={items} />
			{older.next !== null && items.length > 0 && (
				<button type="button" disabled={busy} onClick={() => void load()}>
					{busy ? "Loading…" : "Older"}
				</button>
			)}
			<Commands list={[reading("This list", path)]} />
		</div>
	);
}
