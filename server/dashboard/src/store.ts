/* What the whole page knows of the server: is it there, what does it hold, has it changed. */
import { useEffect, useState } from "preact/hooks";
import { ApiError, ask, type Stats, watchReachable } from "./api";

const POLL_MS = 5000;
const POLL_LOST_MS = 1500;

interface State {
	reachable: boolean;
	stats: Stats | null;
	/** Grows with every change that the server has seen: what is shown is asked for again. */
	revision: number;
}

let state: State = { reachable: true, stats: null, revision: 0 };
const listeners = new Set<(next: State) => void>();

function set(change: Partial<State>) {
	state = { ...state, ...change };
	for (const listener of listeners) listener(state);
}

async function poll() {
	try {
		const stats = await ask<Stats>("/api/v1/stats");
		const changed =
			state.stats !== null && (stats.head !== state.stats.head || stats.refusals !== state.stats.refusals);
		set({ stats, revision: state.revision + (changed ? 1 : 0) });
	} catch (failure) {
		if (failure instanceof ApiError) set({ stats: null });
	}
}

let timer: number | undefined;

function loop() {
	window.clearTimeout(timer);
	if (document.visibilityState === "hidden") return;
	void poll().finally(() => {
		timer = window.setTimeout(loop, state.reachable ? POLL_MS : POLL_LOST_MS);
	});
}

/** Starts watching the server; once. */
export function watchServer() {
	watchReachable((reachable) => {
		if (reachable === state.reachable) return;
		set({ reachable, revision: state.revision + (reachable ? 1 : 0) });
	});
	document.addEventListener("visibilitychange", loop);
	loop();
}

/** After a change of one's own: what is shown is asked for again at once. */
export function refresh() {
	set({ revision: state.revision + 1 });
	loop();
}

export function useServer(): State {
	const [now, setNow] = useState(state);
	useEffect(() => {
		listeners.add(setNow);
		setNow(state);
		return () => {
			listeners.delete(setNow);
		};
	}, []);
	return now;
}
