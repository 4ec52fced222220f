/* The small things that every page is made of. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Effect, type SchemaType, Unreachable } from "./api";
import { Icon } from "./icons";
import { Link, subjectPath } from "./router";
import { ago, moment, shell, splitSubject } from "./text";

export const TYPE_NAMES: Record<SchemaType, string> = { AVRO: "Avro", JSON: "JSON Schema", PROTOBUF: "Protobuf" };

export function TypeBadge({ type, short }: { type: SchemaType; short?: boolean }) {
	return (
		<span class={`type type-${type.toLowerCase()}`}>
			{short && type === "JSON" ? "JSON" : (TYPE_NAMES[type] ?? type)}
		</span>
	);
}

interface EffectInfo {
	name: string;
	sign: string;
	title: string;
}

export const EFFECTS: Record<Effect, EffectInfo> = {
	fails: { name: "Breaks", sign: "✕", title: "There is an event that cannot be read" },
	changes: { name: "Misread", sign: "≠", title: "There is an event that is read as something else" },
	unproven: { name: "May break", sign: "?", title: "Taken to break, but no event was found that shows it" },
	policy: { name: "Policy", sign: "!", title: "No event breaks; names, generated code or agreements do" },
	harmless: { name: "Harmless", sign: "~", title: "Refused by the rules, but no event breaks" },
	safe: { name: "Safe", sign: "✓", title: "Every event can be read" },
};

export function EffectChip({ effect }: { effect: Effect }) {
	const info = EFFECTS[effect];
	return (
		<span class={`effect effect-${effect}`} title={info.title}>
			<span class="sign" aria-hidden="true">
				{info.sign}
			</span>
			{info.name}
		</span>
	);
}

export function Tag({ children }: { children: ComponentChildren }) {
	return <span class="tag">{children}</span>;
}

/** A subject's name, its context set apart. */
export function SubjectName({ subject }: { subject: string }) {
	const { context, name } = splitSubject(subject);
	return (
		<span class="subject-name">
			{context && <span class="context">{context}</span>}
			{name || <em>(no name)</em>}
		</span>
	);
}

export function VersionLink({ subject, version }: { subject: string; version: number }) {
	return (
		<Link to={subjectPath(subject, "versions", version)} class="version-link">
			<SubjectName subject={subject} /> <span class="dim">v{version}</span>
		</Link>
	);
}

export function Time({ at }: { at: string }) {
	return (
		<time dateTime={at} title={moment(at)}>
			{ago(at)}
		</time>
	);
}

/** A sentence of the API: what stands between backquotes is a name or a piece of schema. */
export function Sentence({ text }: { text: string }) {
	const parts = text.split("`");
	if (parts.length % 2 === 0) return <>{text}</>;
	// biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, in its order
	return <>{parts.map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part))}</>;
}

export function Actor({ actor }: { actor: string | null }) {
	return actor ? <span class="actor">{actor}</span> : <span class="dim">unknown</span>;
}

/** Set by each page: what the browser's tab and history say. */
export function useTitle(title: string) {
	useEffect(() => {
		document.title = title ? `${title} · Tenon` : "Tenon";
	}, [title]);
}

export function Copy({ text, label = "Copy" }: { text: string; label?: string }) {
	const [done, setDone] = useState(false);
	const timer = useRef<number | undefined>(undefined);
	useEffect(() => () => window.clearTimeout(timer.current), []);
	const copy = async () => {
		await copyText(text);
		setDone(true);
		window.clearTimeout(timer.current);
		timer.current = window.setTimeout(() => setDone(false), 1500);
	};
	return (
		<button type="button" class="quiet small" onClick={() => void copy()}>
			<Icon name={done ? "check" : "copy"} />
			<span aria-live="polite">{done ? "Copied" : label}</span>
		</button>
	);
}

/** The clipboard is not there on a page that came over plain HTTP from another machine. */
async function copyText(text: string) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		const area = document.createElement("textarea");
		area.value = text;
		document.body.append(area);
		area.select();
		document.execCommand("copy");
		area.remove();
	}
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
	return (
		<div class="empty">
			<p class="empty-title">{title}</p>
			{children}
		</div>
	);
}

export function Loading({ what }: { what: string }) {
	return (
		<output class="loading" aria-busy="true">
			<span class="spinner" aria-hidden="true" />
			Loading {what}…
		</output>
	);
}

export function Failure({ error, what }: { error: Error; what: string }) {
	if (error instanceof Unreachable)
		return (
			<div class="failure" role="alert">
				<p class="empty-title">The server does not answer</p>
				<p>This page asks again by itself; {what} will be here once it is back.</p>
			</div>
		);
	const code = error instanceof ApiError ? error.code : 0;
	const missing = error instanceof ApiError && error.status === 404;
	return (
		<div class="failure" role="alert">
			<p class="empty-title">{missing ? `There is no such thing: ${what}` : `Could not load ${what}`}</p>
			<p>
				{error.message}
				{code > 0 && <span class="dim"> ({code})</span>}
			</p>
		</div>
	);
}

export interface Command {
	title: string;
	curl: string;
	tenon: string;
}

/** What a page shows, asked for by its path. */
export function reading(title: string, path: string): Command {
	return {
		title,
		curl: `curl -s ${shell(location.origin + path)}`,
		tenon: `tenon call ${shell(path)} --registry ${location.origin}`,
	};
}

/** What gives the same from a terminal. */
export function Commands({ list }: { list: Command[] }) {
	return (
		<details class="commands">
			<summary>
				<Icon name="terminal" /> The same from a terminal
			</summary>
			{list.map((item) => (
				<section key={item.title}>
					<h3>{item.title}</h3>
					{[item.curl, item.tenon].map((line) => (
						<div class="command" key={line}>
							<pre>
								<code>{line}</code>
							</pre>
							<Copy text={line} />
						</div>
					))}
				</section>
			))}
		</details>
	);
}

interface TabItem {
	id: string;
	name: string;
	to: string;
	count?: number | undefined;
}

export function Tabs({ items, now, label }: { items: TabItem[]; now: string; label: string }) {
	return (
		<nav class="tabs" aria-label={label}>
			{items.map((item) => (
				<Link key={item.id} to={item.to} aria-current={item.id === now ? "page" : undefined}>
					{item.name}
					{item.count !== undefined && item.count > 0 && <span class="count">{item.count}</span>}
				</Link>
			))}
		</nav>
	);
}

/** One of a few, as buttons side by side. */
export function Choice<T extends string>(props: {
	label: string;
	value: T;
	options: [T, ComponentChildren][];
	onChange: (value: T) => void;
}) {
	return (
		<fieldset class="choice">
			<legend class="hidden">{props.label}</legend>
			{props.options.map(([value, name]) => (
				<button key={value} type="button" aria-pressed={value === props.value} onClick={() => props.onChange(value)}>
					{name}
				</button>
			))}
		</fieldset>
	);
}

export function Header(props: { title: ComponentChildren; children?: ComponentChildren; actions?: ComponentChildren }) {
	return (
		<header class="page-header">
			<div>
				<h1>{props.title}</h1>
				{props.children}
			</div>
			{props.actions && <div class="actions">{props.actions}</div>}
		</header>
	);
}
