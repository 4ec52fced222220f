/* Everything that has a name: subjects, types, fields, symbols, docs and tags of all latest versions. */
import type { ComponentChildren } from "preact";
import { type Found, type Page, query as queryText } from "../api";
import { useGet } from "../data";
import { Commands, Empty, Failure, Header, reading, SubjectName, Tag, TypeBadge, useTitle } from "../parts";
import { Link, setQuery, subjectPath } from "../router";
import { plural } from "../text";

const KINDS: [string, string][] = [
	["subject", "Subjects"],
	["type", "Types"],
	["field", "Fields"],
	["symbol", "Symbols"],
	["doc", "Docs"],
	["tag", "Tags"],
];
const MOST = 200;

/** The text with what was looked for marked, letter case aside. */
function Marked({ text, words }: { text: string; words: string[] }) {
	const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
	if (!pattern) return <>{text}</>;
	const parts: ComponentChildren[] = text
		.split(new RegExp(`(${pattern})`, "gi"))
		// biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, in its order
		.map((part, i) => (i % 2 ? <mark key={i}>{part}</mark> : part));
	return <>{parts}</>;
}

function Result({ item, words }: { item: Found; words: string[] }) {
	const to =
		subjectPath(item.subject, "versions", item.version) +
		queryText({ find: item.kind === "subject" ? "" : item.path || item.name });
	return (
		<li>
			<Link to={to}>
				<span class={`kind kind-${item.kind}`}>{item.kind}</span>
				<span class="result-name">
					<Marked text={item.name} words={words} />
				</span>
				<span class="result-where">
					{item.kind !== "subject" && <SubjectName subject={item.subject} />}
					<span class="dim">v{item.version}</span>
					<TypeBadge type={item.type} short />
					{item.tags.map((tag) => (
						<Tag key={tag}>{tag}</Tag>
					))}
				</span>
				{item.doc && (
					<span class="result-doc">
						<Marked text={item.doc} words={words} />
					</span>
				)}
			</Link>
		</li>
	);
}

function moveFocus(event: KeyboardEvent) {
	const links = [...document.querySelectorAll<HTMLElement>(".results a")];
	const at = links.indexOf(document.activeElement as HTMLElement);
	if (at < 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
	event.preventDefault();
	links[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
}

export function SearchPage({ query }: { query: URLSearchParams }) {
	const q = query.get("q") ?? "";
	const kind = query.get("kind") ?? "";
	useTitle(q ? `“${q}”` : "Find");
	const path = q.trim() ? `/api/v1/search${queryText({ q: q.trim(), kind, limit: MOST })}` : null;
	const { data, error } = useGet<Page<Found>>(path);
	const words = q.trim().split(/\s+/).filter(Boolean);
	return (
		<div class="page">
			<Header title={q ? `Everything called “${q}”` : "Find a field"}>
				<p class="lead">Subjects, types, fields, symbols, docs and tags, over the latest version of every subject.</p>
			</Header>
			<fieldset class="chips">
				<legend class="hidden">Kind</legend>
				{KINDS.map(([id, name]) => (
					<button
						key={id}
						type="button"
						aria-pressed={kind === id}
						onClick={() => setQuery({ kind: kind === id ? null : id })}
					>
						{name}
					</button>
				))}
			</fieldset>
			{error && <Failure error={error} what="the results" />}
			{path === null && (
				<Empty title="Type a few letters in the box on the left">
					<p>
						Press <kbd>/</kbd> from anywhere on this page.
					</p>
				</Empty>
			)}
			{path !== null && data && (
				<>
					<p class="dim" aria-live="polite">
						{plural(data.total, "result")}
						{data.total > data.items.length && `, the best ${data.items.length} are shown`}
					</p>
					<ol class="results" onKeyDown={moveFocus}>
						{data.items.map((item) => (
							<Result key={`${item.subject} ${item.kind} ${item.path} ${item.name}`} item={item} words={words} />
						))}
					</ol>
					{data.items.length === 0 && <Empty title={`Nothing is called “${q}”`} />}
				</>
			)}
			{path && <Commands list={[reading("This search", path)]} />}
		</div>
	);
}
