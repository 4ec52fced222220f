/* A long list shown in part: which rows are in sight, and their data in pages as they come into sight. */
import { options, type RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ask, type Page } from "./api";
import { useServer } from "./store";

export const PAGE = 100;
const AROUND = 8; // rows drawn beyond what is in sight

export interface Span {
	first: number;
	last: number;
}

/** Has what `change` sets drawn before it returns: paper takes what is there when its event ends. */
function drawNow(change: () => void) {
	const before = options.debounceRendering;
	options.debounceRendering = (draw) => draw();
	change();
	options.debounceRendering = before;
}

/** The rows of `height` pixels that the scroller shows, of `total`; on paper those that are there, from the first. */
export function useVisible(scroller: RefObject<HTMLElement | null>, height: number, total: number): Span {
	const [span, setSpan] = useState<Span>({ first: 0, last: 40 });
	useLayoutEffect(() => {
		const element = scroller.current;
		if (!element) return;
		const measure = () => {
			const first = Math.max(0, Math.floor(element.scrollTop / height) - AROUND);
			const last = Math.min(total, Math.ceil((element.scrollTop + element.clientHeight) / height) + AROUND);
			setSpan((before) => (before.first === first && before.last === last ? before : { first, last }));
		};
		measure();
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		const print = () => drawNow(() => setSpan({ first: 0, last: Math.min(total, PAGE) }));
		element.addEventListener("scroll", measure, { passive: true });
		window.addEventListener("beforeprint", print);
		window.addEventListener("afterprint", measure);
		return () => {
			observer.disconnect();
			element.removeEventListener("scroll", measure);
			window.removeEventListener("beforeprint", print);
			window.removeEventListener("afterprint", measure);
		};
	}, [scroller, height, total]);
	return span;
}

export interface Rows<T> {
	total: number | null;
	at: (index: number) => T | undefined;
	error: Error | undefined;
	/** Of the filter that is being answered, the rows shown still belong to the one before. */
	pending: boolean;
}

interface Kept<T> {
	key: string;
	total: number | null;
	pages: Map<number, T[]>;
	error: Error | undefined;
}

/**
 * The rows of a list that the server pages: `path` has everything but offset and limit.  A new path keeps the old rows
 * in sight until its first page is there.
 */
export function useRows<T>(path: string, span: Span): Rows<T> {
	const { revision } = useServer();
	const [kept, setKept] = useState<Kept<T>>({ key: "", total: null, pages: new Map(), error: undefined });
	const asked = useRef(new Map<string, AbortController>());
	const key = `${revision} ${path}`;
	const first = kept.key === key ? Math.floor(span.first / PAGE) : 0;
	const last = kept.key === key ? Math.floor(Math.max(span.first, span.last - 1) / PAGE) : 0;

	useEffect(() => {
		for (const [name, abort] of asked.current)
			if (!name.startsWith(`${key} #`)) {
				abort.abort();
				asked.current.delete(name);
			}
		const load = async (page: number) => {
			const name = `${key} #${page}`;
			if (asked.current.has(name) || (kept.key === key && kept.pages.has(page))) return;
			const abort = new AbortController();
			asked.current.set(name, abort);
			const joint = path.includes("?") ? "&" : "?";
			try {
				const got = await ask<Page<T>>(`${path}${joint}offset=${page * PAGE}&limit=${PAGE}`, { signal: abort.signal });
				setKept((before) => {
					const pages = new Map(before.key === key ? before.pages : []);
					pages.set(page, got.items);
					return { key, total: got.total, pages, error: undefined };
				});
			} catch (error) {
				if (!abort.signal.aborted) setKept((before) => ({ ...before, error: error as Error }));
				asked.current.delete(name);
			}
		};
		for (let page = first; page <= last; page++) void load(page);
	}, [key, path, first, last, kept.key, kept.pages]);

	return {
		total: kept.total,
		at: (index) => kept.pages.get(Math.floor(index / PAGE))?.[index % PAGE],
		error: kept.error,
		pending: kept.key !== key,
	};
}
