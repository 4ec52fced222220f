/* A subject: what is common to its pages, and which of them is shown. */
import { ApiError, type Listed, type Page, query as queryText, segment } from "../api";
import { useGet } from "../data";
import { Icon } from "../icons";
import { levelName } from "../levels";
import { Empty, Failure, Loading, SubjectName, Tabs, Tag, Time, TypeBadge, useTitle } from "../parts";
import { go, Link, subjectPath } from "../router";
import { splitSubject } from "../text";
import { CompareTab } from "./compare";
import { HistoryTab } from "./history";
import { MatrixTab } from "./matrix";
import { ReferencesTab } from "./references";
import { SettingsTab } from "./settings";
import { TryTab } from "./try";
import { VersionTab } from "./version";

interface Props {
	subject: string;
	rest: string[];
	query: URLSearchParams;
}

/** The subject's row of the overview: one call for all that the header tells. */
export function useListed(subject: string): { row: Listed | undefined; error: Error | undefined; done: boolean } {
	const path = `/api/v1/overview${queryText({ q: subject, deleted: true, limit: 1000 })}`;
	const { data, error, pending } = useGet<Page<Listed>>(path);
	return { row: data?.items.find((one) => one.subject === subject), error, done: data !== undefined && !pending };
}

function Facts({ row }: { row: Listed }) {
	return (
		<dl class="facts">
			<div>
				<dt>Format</dt>
				<dd>
					<TypeBadge type={row.type} />
				</dd>
			</div>
			<div>
				<dt>Level</dt>
				<dd>
					<Link to={subjectPath(row.subject, "settings")}>{levelName(row.level)}</Link>
				</dd>
			</div>
			{row.mode !== "READWRITE" && (
				<div>
					<dt>Mode</dt>
					<dd>
						<Tag>{row.mode.toLowerCase()}</Tag>
					</dd>
				</div>
			)}
			{row.owner && (
				<div>
					<dt>Owner</dt>
					<dd>{row.owner}</dd>
				</div>
			)}
			<div>
				<dt>Changed</dt>
				<dd>
					<Time at={row.changed} />
				</dd>
			</div>
			{row.tags.length > 0 && (
				<div>
					<dt>Tags</dt>
					<dd>
						{row.tags.map((tag) => (
							<Tag key={tag}>{tag}</Tag>
						))}
					</dd>
				</div>
			)}
		</dl>
	);
}

function SubjectHeader({ subject, row, tab }: { subject: string; row: Listed | undefined; tab: string }) {
	const { context, name } = splitSubject(subject);
	return (
		<header class="subject-header">
			<nav class="crumbs" aria-label="Where this is">
				<Link to="/">Subjects</Link>
				{context && (
					<>
						<Icon name="chevron" />
						<Link to={`/?context=${encodeURIComponent(context)}`}>{context}</Link>
					</>
				)}
			</nav>
			<div class="subject-title">
				<h1>{name || <SubjectName subject={subject} />}</h1>
				{row?.deleted && <Tag>deleted</Tag>}
				{tab !== "try" && (
					<Link to={subjectPath(subject, "try")} class="button primary">
						<Icon name="edit" /> Try a change
					</Link>
				)}
			</div>
			{row?.description && <p class="lead">{row.description}</p>}
			{row && <Facts row={row} />}
		</header>
	);
}

function VersionPicker({ subject, versions, now }: { subject: string; versions: number[]; now: number }) {
	return (
		<label class="version-picker">
			<span>Version</span>
			<select
				value={now}
				onChange={(event) => go(subjectPath(subject, "versions", event.currentTarget.value) + location.search)}
			>
				{[...versions].reverse().map((version) => (
					<option key={version} value={version}>
						{version}
						{version === versions.at(-1) ? " (latest)" : ""}
					</option>
				))}
			</select>
		</label>
	);
}

function tabItems(subject: string, tab: string, row: Listed | undefined, n: number) {
	return [
		{ id: "versions", name: "Schema", to: subjectPath(subject) },
		...(n > 1
			? [
					{ id: "diff", name: "Compare", to: subjectPath(subject, "diff") },
					{ id: "matrix", name: "Who reads what", to: subjectPath(subject, "matrix") },
				]
			: []),
		{
			id: "references",
			name: "References",
			to: subjectPath(subject, "references"),
			count: (row?.referencesIn ?? 0) + (row?.referencesOut ?? 0),
		},
		{ id: "history", name: "History", to: subjectPath(subject, "history"), count: n },
		{ id: "settings", name: "Settings", to: subjectPath(subject, "settings") },
		...(tab === "try" ? [{ id: "try", name: "Try a change", to: subjectPath(subject, "try") }] : []),
	];
}

function TabBody({
	tab,
	versions,
	row,
	...props
}: Props & { tab: string; versions: number[]; row: Listed | undefined }) {
	const { subject, rest, query } = props;
	const latest = versions.at(-1) as number;
	const asked = rest[1] === undefined || rest[1] === "latest" ? latest : Number(rest[1]);
	switch (tab) {
		case "versions":
			return (
				<VersionTab
					subject={subject}
					version={asked}
					query={query}
					picker={<VersionPicker subject={subject} versions={versions} now={asked} />}
				/>
			);
		case "diff":
			return <CompareTab subject={subject} versions={versions} query={query} />;
		case "matrix":
			return <MatrixTab subject={subject} />;
		case "references":
			return <ReferencesTab subject={subject} query={query} />;
		case "history":
			return <HistoryTab subject={subject} />;
		case "settings":
			return <SettingsTab subject={subject} row={row} />;
		case "try":
			return <TryTab subject={subject} query={query} />;
		default:
			return <Empty title="There is no page at this address" />;
	}
}

export function SubjectPage({ subject, rest, query }: Props) {
	const tab = rest[0] ?? "versions";
	useTitle(splitSubject(subject).name || subject);
	const listed = useListed(subject);
	const deleted = listed.row?.deleted ?? false;
	const path = `/subjects/${segment(subject)}/versions${deleted ? "?deleted=true" : ""}`;
	const versions = useGet<number[]>(listed.done ? path : null);
	const missing = versions.error instanceof ApiError && versions.error.status === 404;
	return (
		<div class="page page-wide subject-page">
			<SubjectHeader subject={subject} row={listed.row} tab={tab} />
			{versions.data && (
				<>
					<Tabs
						items={tabItems(subject, tab, listed.row, versions.data.length)}
						now={tab}
						label="Pages of this subject"
					/>
					<TabBody subject={subject} rest={rest} query={query} tab={tab} versions={versions.data} row={listed.row} />
				</>
			)}
			{!versions.data && !versions.error && !listed.error && <Loading what="the subject" />}
			{missing ? (
				<Empty title="There is no subject of this name">
					<p>
						<Link to={`/try?subject=${segment(subject)}`}>Register its first schema</Link> or{" "}
						<Link to="/">look at all subjects</Link>.
					</p>
				</Empty>
			) : (
				(versions.error ?? listed.error) && (
					<Failure error={(versions.error ?? listed.error) as Error} what="the subject" />
				)
			)}
		</div>
	);
}
