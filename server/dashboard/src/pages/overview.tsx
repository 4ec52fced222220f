/* All subjects: a table of any length, filtered and sorted by the server while one types. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Listed, query as queryText, type SchemaType } from "../api";
import { useRows, useVisible } from "../grid";
import { Icon } from "../icons";
import { Commands, Failure, Header, Loading, SubjectName, Tag, Time, TYPE_NAMES, TypeBadge, useTitle } from "../parts";
import { go, Link, setQuery, subjectPath } from "../router";
import { useServer } from "../store";
import { count, plural, shell } from "../text";
import { Welcome } from "./welcome";

const ROW = 44;
const HEAD = 36;

interface Column {
	id: string;
	name: string;
	sort?: string;
	numeric?: boolean;
}

const COLUMNS: Column[] = [
	{ id: "subject", name: "Subject", sort: "subject" },
	{ id: "type", name: "Type", sort: "type" },
	{ id: "latest", name: "Latest", sort: "latest", numeric: true },
	{ id: "versions", name: "Versions", sort: "versions", numeric: true },
	{ id: "level", name: "Level" },
	{ id: "references", name: "References", numeric: true },
	{ id: "owner", name: "Owner", sort: "owner" },
	{ id: "changed", name: "Changed", sort: "changed" },
];

function References({ row }: { row: Listed }) {
	return (
		<>
			{row.referencesOut > 0 && (
				<span title={`uses ${plural(row.referencesOut, "other")}`}>
					<Icon name="up" />
					{row.referencesOut}
				</span>
			)}
			{row.referencesIn > 0 && (
				<span title={`used by ${plural(row.referencesIn, "other")}`}>
					<Icon name="down" />
					{row.referencesIn}
				</span>
			)}
		</>
	);
}

function Row({ row, index, current }: { row: Listed | undefined; index: number; current: boolean }) {
	const style = { transform: `translateY(${index * ROW}px)` };
	if (!row)
		return (
			<div role="row" aria-rowindex={index + 2} class="grid-row waiting" style={style}>
				<span role="gridcell">…</span>
			</div>
		);
	return (
		<div
			role="row"
			id={`row-${index}`}
			aria-rowindex={index + 2}
			aria-selected={current}
			class={`grid-row${row.deleted ? " deleted" : ""}`}
			style={style}
		>
			<span role="gridcell" class="cell-subject">
				<Link to={subjectPath(row.subject)} tabIndex={-1}>
					<SubjectName subject={row.subject} />
				</Link>
				{row.deleted && <Tag>deleted</Tag>}
				{row.mode !== "READWRITE" && <Tag>{row.mode.toLowerCase()}</Tag>}
				{row.tags.map((tag) => (
					<Tag key={tag}>{tag}</Tag>
				))}
				{row.description && <span class="dim clip">{row.description}</span>}
			</span>
			<span role="gridcell">
				<TypeBadge type={row.type} short />
			</span>
			<span role="gridcell" class="number">
				v{row.latest.version} <span class="dim">id {row.latest.id}</span>
			</span>
			<span role="gridcell" class="number">
				{count(row.versions)}
			</span>
			<span
				role="gridcell"
				class={row.levelFrom === "subject" ? "level own" : "level"}
				title={`set by: ${row.levelFrom}`}
			>
				{row.level.replaceAll("_", " ").toLowerCase()}
			</span>
			<span role="gridcell" class="number refs">
				<References row={row} />
			</span>
			<span role="gridcell" class="clip">
				{row.owner}
			</span>
			<span role="gridcell" class="dim">
				<Time at={row.changed} />
			</span>
		</div>
	);
}

function HeadCell({ column, sort }: { column: Column; sort: string }) {
	const down = sort === `-${column.sort}`;
	const now = sort === column.sort || down;
	const order = now ? (down ? "descending" : "ascending") : undefined;
	if (!column.sort)
		return (
			<span role="columnheader" class={column.numeric ? "number" : ""}>
				{column.name}
			</span>
		);
	return (
		<span role="columnheader" aria-sort={order} class={column.numeric ? "number" : ""}>
			<button
				type="button"
				class="sort"
				onClick={() => setQuery({ sort: sort === column.sort ? `-${column.sort}` : (column.sort as string) })}
			>
				{column.name}
				{now && <Icon name={down ? "down" : "up"} />}
			</button>
		</span>
	);
}

/** Moves the current row by keys; Enter opens it. */
function useKeys(total: number, at: (index: number) => Listed | undefined, scroller: { current: HTMLElement | null }) {
	const [current, setCurrent] = useState(0);
	const now = Math.min(current, Math.max(0, total - 1));
	const move = (to: number) => {
		const next = Math.max(0, Math.min(total - 1, to));
		setCurrent(next);
		const element = scroller.current;
		if (!element) return;
		const top = next * ROW;
		if (top < element.scrollTop) element.scrollTop = top;
		else if (top + ROW + HEAD > element.scrollTop + element.clientHeight)
			element.scrollTop = top + ROW + HEAD - element.clientHeight;
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 1);
		const steps: Record<string, number> = {
			ArrowDown: now + 1,
			ArrowUp: now - 1,
			PageDown: now + page,
			PageUp: now - page,
			Home: 0,
			End: total - 1,
		};
		const to = steps[event.key];
		const row = at(now);
		if (to !== undefined) move(to);
		else if (event.key === "Enter" && row) go(subjectPath(row.subject));
		else return;
		event.preventDefault();
	};
	return { current: now, onKeyDown };
}

function Filters({ query, types }: { query: URLSearchParams; types: Partial<Record<SchemaType, number>> }) {
	const type = query.get("type") ?? "";
	const input = useRef<HTMLInputElement>(null);
	const q = query.get("q") ?? "";
	// never while someone types: the address lags behind the keys
	useEffect(() => {
		if (input.current && document.activeElement !== input.current) input.current.value = q;
	}, [q]);
	return (
		<div class="filters">
			<label class="filter">
				<Icon name="search" />
				<span class="hidden">Filter by name</span>
				<input
					ref={input}
					type="search"
					placeholder="Filter by name…"
					defaultValue={q}
					onInput={(event) => setQuery({ q: event.currentTarget.value })}
					onKeyDown={(event) => {
						if (event.key === "ArrowDown") document.querySelector<HTMLElement>(".grid")?.focus();
					}}
				/>
			</label>
			<fieldset class="chips">
				<legend class="hidden">Type</legend>
				{(Object.keys(TYPE_NAMES) as SchemaType[])
					.filter((one) => (types[one] ?? 0) > 0 || type === one)
					.map((one) => (
						<button
							key={one}
							type="button"
							aria-pressed={type === one}
							onClick={() => setQuery({ type: type === one ? null : one })}
						>
							{TYPE_NAMES[one]} <span class="count">{count(types[one] ?? 0)}</span>
						</button>
					))}
			</fieldset>
			<label class="toggle">
				<input
					type="checkbox"
					checked={query.get("deleted") === "true"}
					onChange={(event) => setQuery({ deleted: event.currentTarget.checked ? "true" : null })}
				/>
				Deleted ones too
			</label>
		</div>
	);
}

export function OverviewPage({ query }: { query: URLSearchParams }) {
	useTitle("Subjects");
	const { stats } = useServer();
	const scroller = useRef<HTMLDivElement>(null);
	const sort = query.get("sort") ?? "subject";
	const filter = {
		q: query.get("q"),
		type: query.get("type"),
		context: query.get("context"),
		tag: query.get("tag"),
		deleted: query.get("deleted"),
	};
	const path = `/api/v1/overview${queryText({ ...filter, sort })}`;
	const [total, setTotal] = useState(0);
	const span = useVisible(scroller, ROW, total);
	const rows = useRows<Listed>(path, span);
	useEffect(() => setTotal(rows.total ?? 0), [rows.total]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another list starts at its top
	useEffect(() => {
		if (scroller.current) scroller.current.scrollTop = 0;
	}, [path]);
	const keys = useKeys(total, rows.at, scroller);
	const filtered = Object.values(filter).some(Boolean);
	const shown: number[] = [];
	for (let i = span.first; i < Math.min(span.last, total); i++) shown.push(i);

	if (rows.total === 0 && !filtered && !rows.pending) return <Welcome />;
	return (
		<div class="page page-full">
			<Header
				title="Subjects"
				actions={
					<Link to="/try" class="button primary">
						<Icon name="plus" /> New schema
					</Link>
				}
			>
				{stats && (
					<p class="lead">
						{plural(stats.subjects, "subject")} · {plural(stats.versions, "version")} ·{" "}
						{plural(stats.schemas, "distinct schema")}
						{stats.contexts > 1 && ` · ${plural(stats.contexts, "context")}`}
					</p>
				)}
			</Header>
			<Filters query={query} types={stats?.types ?? {}} />
			{rows.error && <Failure error={rows.error} what="the subjects" />}
			<div
				ref={scroller}
				role="grid"
				aria-label="Subjects: arrow keys move, Enter opens"
				aria-rowcount={total + 1}
				aria-busy={rows.pending}
				aria-activedescendant={shown.includes(keys.current) ? `row-${keys.current}` : undefined}
				tabIndex={0}
				class="grid overview"
				onKeyDown={keys.onKeyDown}
			>
				<div role="row" aria-rowindex={1} class="grid-head">
					{COLUMNS.map((column) => (
						<HeadCell key={column.id} column={column} sort={sort} />
					))}
				</div>
				<div role="rowgroup" class="grid-space" style={{ height: `${total * ROW}px` }}>
					{shown.map((index) => (
						<Row key={index} row={rows.at(index)} index={index} current={index === keys.current} />
					))}
				</div>
			</div>
			{rows.total === null && !rows.error && <Loading what="the subjects" />}
			{rows.total === 0 && <p class="nothing">No subject matches.</p>}
			<p class="grid-foot dim" aria-live="polite">
				{rows.total !== null && plural(rows.total, filtered ? "match" : "subject", filtered ? "matches" : "subjects")}
			</p>
			<Commands
				list={[
					{
						title: "This list",
						curl: `curl -s ${shell(location.origin + path)}`,
						tenon: `tenon subjects --registry ${location.origin}`,
					},
				]}
			/>
		</div>
	);
}
