/* What stands around every page: where one can go, the search, whether the server is there. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName, Logo } from "./icons";
import { go, Link, setQuery } from "./router";
import { useServer } from "./store";
import { count } from "./text";

interface Place {
	id: string;
	name: string;
	icon: IconName;
}

const PLACES: [string, Place[]][] = [
	[
		"Look",
		[
			{ id: "", name: "Subjects", icon: "subjects" },
			{ id: "graph", name: "References", icon: "graph" },
			{ id: "activity", name: "Activity", icon: "activity" },
		],
	],
	[
		"Change",
		[
			{ id: "try", name: "New schema", icon: "edit" },
			{ id: "refusals", name: "Refused changes", icon: "refused" },
			{ id: "settings", name: "Settings", icon: "settings" },
		],
	],
	[
		"Understand",
		[
			{ id: "message", name: "Read a message", icon: "message" },
			{ id: "rules", name: "Rules", icon: "rules" },
		],
	],
];

type Theme = "light" | "dark";

function systemTheme(): Theme {
	return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function readTheme(): Theme | null {
	try {
		const kept = localStorage.getItem("theme");
		return kept === "light" || kept === "dark" ? kept : null;
	} catch {
		return null;
	}
}

function applyTheme(theme: Theme | null) {
	if (theme) document.documentElement.dataset["theme"] = theme;
	else delete document.documentElement.dataset["theme"];
}

applyTheme(readTheme());

function ThemeSwitch() {
	const [theme, setTheme] = useState<Theme>(readTheme() ?? systemTheme());
	const change = () => {
		const next = theme === "dark" ? "light" : "dark";
		setTheme(next);
		applyTheme(next);
		try {
			localStorage.setItem("theme", next);
		} catch {
			// the choice lasts as long as the page
		}
	};
	const name = theme === "dark" ? "Light colours" : "Dark colours";
	return (
		<button type="button" class="quiet small icon-only" onClick={change} aria-label={name} title={name}>
			<Icon name={theme === "dark" ? "sun" : "moon"} />
		</button>
	);
}

function isTyping(target: EventTarget | null): boolean {
	const element = target as HTMLElement | null;
	return !!element?.closest?.("input, textarea, select, [contenteditable], .code-host");
}

function SearchBox({ here, query }: { here: string; query: URLSearchParams }) {
	const input = useRef<HTMLInputElement>(null);
	const shown = here === "search" ? (query.get("q") ?? "") : "";
	const [text, setText] = useState(shown);
	// never while someone types: the address lags behind the keys
	useEffect(() => {
		if (document.activeElement !== input.current) setText(shown);
	}, [shown]);
	useEffect(() => {
		const jump = (event: KeyboardEvent) => {
			const asked =
				(event.key === "/" && !isTyping(event.target)) || (event.key === "k" && (event.ctrlKey || event.metaKey));
			if (!asked) return;
			event.preventDefault();
			input.current?.select();
		};
		document.addEventListener("keydown", jump);
		return () => document.removeEventListener("keydown", jump);
	}, []);
	const change = (next: string) => {
		setText(next);
		if (here === "search") setQuery({ q: next });
		else if (next) go(`/search?q=${encodeURIComponent(next)}`);
	};
	return (
		<search class="search-box">
			<Icon name="search" />
			<input
				ref={input}
				type="search"
				aria-label="Find a field, type or subject"
				placeholder="Find a field…"
				value={text}
				onInput={(event) => change(event.currentTarget.value)}
				onKeyDown={(event) => {
					if (event.key === "ArrowDown") document.querySelector<HTMLElement>(".results a")?.focus();
				}}
			/>
			<kbd>/</kbd>
		</search>
	);
}

function ServerState() {
	const { reachable, stats } = useServer();
	if (!reachable)
		return (
			<p class="server-state lost">
				<span class="dot" aria-hidden="true" /> Not reachable
			</p>
		);
	return (
		<p class="server-state">
			<span class="dot" aria-hidden="true" />
			{stats ? `Tenon ${stats.version}` : "Connected"}
		</p>
	);
}

function LostBanner() {
	const { reachable } = useServer();
	return (
		<div role="status" class="lost-area">
			{!reachable && (
				<p class="lost-banner">
					<Icon name="warning" /> <strong>The server does not answer.</strong> What you see may be old; nothing can be
					changed. Trying again…
				</p>
			)}
		</div>
	);
}

function Navigation({ here }: { here: string }) {
	const { stats } = useServer();
	const numbers: Record<string, number | undefined> = { "": stats?.subjects, refusals: stats?.refusals };
	const current = here === "subjects" ? "" : here;
	return (
		<nav aria-label="Main">
			{PLACES.map(([group, places]) => (
				<div class="nav-group" key={group}>
					<h2>{group}</h2>
					<ul>
						{places.map((place) => {
							const n = numbers[place.id];
							return (
								<li key={place.id}>
									<Link to={`/${place.id}`} aria-current={place.id === current ? "page" : undefined}>
										<Icon name={place.icon} />
										<span>{place.name}</span>
										{n !== undefined && n > 0 && <span class="count">{count(n)}</span>}
									</Link>
								</li>
							);
						})}
					</ul>
				</div>
			))}
		</nav>
	);
}

export function Shell(props: { here: string; query: URLSearchParams; children: ComponentChildren }) {
	return (
		<div class="shell">
			<a class="skip" href="#main">
				Skip to the content
			</a>
			<div class="side">
				<Link to="/" class="brand" aria-label="Tenon, all subjects">
					<Logo />
					<span>Tenon</span>
				</Link>
				<SearchBox here={props.here} query={props.query} />
				<Navigation here={props.here} />
				<footer class="side-foot">
					<ServerState />
					<ThemeSwitch />
				</footer>
			</div>
			<main id="main" tabIndex={-1}>
				<LostBanner />
				{props.children}
			</main>
			<Toasts />
		</div>
	);
}

// ---- short messages ----

interface Toast {
	id: number;
	text: string;
	to?: string | undefined;
	link?: string | undefined;
}

let addToast: (toast: Omit<Toast, "id">) => void = () => {};

/** Says something for a few seconds, with a link if there is something to see. */
export function say(text: string, link?: string, to?: string) {
	addToast({ text, link, to });
}

function Toasts() {
	const [list, setList] = useState<Toast[]>([]);
	useEffect(() => {
		let next = 1;
		addToast = (toast) => {
			const id = next++;
			setList((before) => [...before.slice(-2), { ...toast, id }]);
			window.setTimeout(() => setList((before) => before.filter((one) => one.id !== id)), 6000);
		};
	}, []);
	return (
		<div class="toasts" role="status">
			{list.map((toast) => (
				<p key={toast.id} class="toast">
					{toast.text} {toast.to && <Link to={toast.to}>{toast.link}</Link>}
				</p>
			))}
		</div>
	);
}
