/* Hooks that ask the API: what came last is shown until the next comes. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Ask, ask, Unreachable } from "./api";
import { useServer } from "./store";

export interface Data<T> {
	data: T | undefined;
	error: Error | undefined;
	/** Something else was asked for than what `data` answers. */
	pending: boolean;
}

const KEPT = 60;
const kept = new Map<string, unknown>();

function keep(key: string, value: unknown) {
	kept.delete(key);
	kept.set(key, value);
	for (const oldest of kept.keys()) {
		if (kept.size <= KEPT) break;
		kept.delete(oldest);
	}
}

function isAbort(failure: unknown): boolean {
	return failure instanceof DOMException && failure.name === "AbortError";
}

/**
 * What GET `path` answers; asked again when the path or the registry changes.  `null` asks nothing.  `again: false`
 * leaves out changes of the registry: for what never changes.
 */
export function useGet<T>(path: string | null, options: { again?: boolean } = {}): Data<T> {
	const { revision } = useServer();
	const again = options.again === false ? 0 : revision;
	const [now, setNow] = useState<{ path: string | null; data: T | undefined; error: Error | undefined }>({
		path: null,
		data: undefined,
		error: undefined,
	});
	// biome-ignore lint/correctness/useExhaustiveDependencies: `again` is what asks again
	useEffect(() => {
		if (path === null) return;
		const abort = new AbortController();
		ask<T>(path, { signal: abort.signal })
			.then((data) => {
				keep(path, data);
				setNow({ path, data, error: undefined });
			})
			.catch((error: Error) => {
				if (isAbort(error)) return;
				const lost = error instanceof Unreachable; // what was there may still be
				setNow((before) => ({ path, data: lost && before.path === path ? before.data : undefined, error }));
				if (!lost) kept.delete(path);
			});
		return () => abort.abort();
	}, [path, again]);
	if (path === null) return { data: undefined, error: undefined, pending: false };
	if (now.path === path) return { data: now.data, error: now.error, pending: false };
	return { data: (kept.get(path) as T | undefined) ?? now.data, error: undefined, pending: true };
}

/**
 * What POST `path` answers to a body that changes while someone types: asked `delay` ms after the last change, the
 * answer to what came before is shown meanwhile.  `null` asks nothing.
 */
export function usePost<B, T>(path: string, body: B | null, delay = 0): Data<T> & { asked: B | undefined } {
	const { revision } = useServer();
	const key = body === null ? null : JSON.stringify(body);
	const [now, setNow] = useState<{ key: string | null; asked?: B; data?: T; error?: Error }>({ key: null });
	const latest = useRef(body);
	latest.current = body;
	// biome-ignore lint/correctness/useExhaustiveDependencies: `revision` is what asks again
	useEffect(() => {
		if (key === null) return;
		const asked = latest.current as B;
		const abort = new AbortController();
		const how: Ask = { method: "POST", body: asked, signal: abort.signal };
		const timer = window.setTimeout(() => {
			ask<T>(path, how)
				.then((data) => setNow({ key, asked, data }))
				.catch((error: Error) => {
					if (!isAbort(error)) setNow({ key, asked, error });
				});
		}, delay);
		return () => {
			window.clearTimeout(timer);
			abort.abort();
		};
	}, [path, key, delay, revision]);
	return { data: now.data, error: now.error, asked: now.asked, pending: key !== null && now.key !== key };
}

/** The value as it was `delay` ms ago, for what is not worth asking at every key. */
export function useDebounced<T>(value: T, delay: number): T {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = window.setTimeout(() => setSettled(value), delay);
		return () => window.clearTimeout(timer);
	}, [value, delay]);
	return settled;
}
