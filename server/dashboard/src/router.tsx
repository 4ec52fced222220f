/* Addresses below /ui/: reading them, changing them, links. */
import type { AnchorHTMLAttributes, ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

export const BASE = "/ui";

export interface Address {
	/** Decoded segments below /ui/. */
	parts: string[];
	query: URLSearchParams;
}

function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

export function readAddress(): Address {
	const parts = location.pathname.slice(BASE.length).split("/").filter(Boolean).map(decode);
	return { parts, query: new URLSearchParams(location.search) };
}

const listeners = new Set<() => void>();

function moved() {
	for (const listener of listeners) listener();
}

window.addEventListener("popstate", moved);

/** Goes to an address below /ui, e.g. "/subjects/a"; `replace` leaves no step behind to come back to. */
export function go(to: string, options: { replace?: boolean } = {}) {
	const next = BASE + to;
	if (next === location.pathname + location.search) return;
	const before = location.pathname;
	if (options.replace) history.replaceState(null, "", next);
	else history.pushState(null, "", next);
	moved();
	if (!options.replace && before !== location.pathname) window.scrollTo(0, 0);
}

/** Changes parameters of the address in place; "" and null take one away. */
export function setQuery(change: Record<string, string | null | undefined>) {
	const list = new URLSearchParams(location.search);
	for (const [name, value] of Object.entries(change))
		if (value) list.set(name, value);
		else list.delete(name);
	const text = list.toString();
	go(location.pathname.slice(BASE.length) + (text && `?${text}`), { replace: true });
}

export function useAddress(): Address {
	const [address, setAddress] = useState(readAddress);
	useEffect(() => {
		const update = () => setAddress(readAddress());
		listeners.add(update);
		update();
		return () => {
			listeners.delete(update);
		};
	}, []);
	return address;
}

/** The address of a subject's page: subjectPath("a", "diff") is "/subjects/a/diff". */
export function subjectPath(subject: string, ...more: (string | number)[]): string {
	return ["/subjects", encodeURIComponent(subject), ...more.map(String)].join("/");
}

type LinkProps = { to: string; children: ComponentChildren } & Omit<
	AnchorHTMLAttributes<HTMLAnchorElement>,
	"href" | "children" | "role"
>;

/** A link within the page; a new tab still opens as usual. */
export function Link({ to, children, ...rest }: LinkProps) {
	const follow = (event: MouseEvent) => {
		if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		event.preventDefault();
		go(to);
	};
	return (
		<a {...rest} href={BASE + to} onClick={follow}>
			{children}
		</a>
	);
}
