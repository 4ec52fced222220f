/* Texts of schemas: read, compared and edited. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Diagnostic, EditorView } from "./mirror";

type Mirror = typeof import("./mirror");

let loaded: Mirror | undefined;

function useMirror(): Mirror | undefined {
	const [mirror, setMirror] = useState(loaded);
	useEffect(() => {
		if (mirror) return;
		let gone = false;
		void import("./mirror").then((module) => {
			loaded = module;
			if (!gone) setMirror(module);
		});
		return () => {
			gone = true;
		};
	}, [mirror]);
	return mirror;
}

interface TextProps {
	label: string;
	type: string;
	/** A class for the height; by default as high as the text. */
	size?: "tall" | "fit";
}

/** Until CodeMirror is there, and for printing, the text is there as plain text. */
function Plain({ text }: { text: string }) {
	return <pre class="code-plain">{text}</pre>;
}

export function CodeReader({
	text,
	line,
	label,
	type,
	size = "fit",
}: TextProps & { text: string; line?: number | undefined }) {
	const mirror = useMirror();
	const host = useRef<HTMLDivElement>(null);
	const view = useRef<EditorView | undefined>(undefined);
	useEffect(() => {
		if (!mirror || !host.current) return;
		view.current = mirror.createReader({ host: host.current, label, type }, text);
		return () => view.current?.destroy();
	}, [mirror, text, label, type]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another text has to be pointed at again
	useEffect(() => {
		if (mirror && view.current && line) mirror.showLine(view.current, line);
	}, [mirror, text, line]);
	return (
		<div class={`code-host ${size}`}>
			{!mirror && <Plain text={text} />}
			<div ref={host} class="code-view" />
		</div>
	);
}

export function CodeDiff({ before, after, label, type, size = "fit" }: TextProps & { before: string; after: string }) {
	const mirror = useMirror();
	const host = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (!mirror || !host.current) return;
		const view = mirror.createDiff({ host: host.current, label, type }, before, after);
		return () => view.destroy();
	}, [mirror, before, after, label, type]);
	return (
		<div class={`code-host ${size}`}>
			{!mirror && <Plain text={after} />}
			<div ref={host} class="code-view" />
		</div>
	);
}

interface EditorProps extends TextProps {
	text: string;
	diagnostics: Diagnostic[];
	/** The line to show; a new object shows it again. */
	show?: { line: number } | null;
	onChange: (text: string) => void;
}

/** An editor whose text may also be changed from outside: that is one step, which can be undone. */
export function CodeEditor({ text, diagnostics, show, onChange, label, type, size = "tall" }: EditorProps) {
	const mirror = useMirror();
	const host = useRef<HTMLDivElement>(null);
	const view = useRef<EditorView | undefined>(undefined);
	const change = useRef(onChange);
	const first = useRef(text);
	change.current = onChange;
	first.current = text;
	useEffect(() => {
		if (!mirror || !host.current) return;
		view.current = mirror.createEditor({ host: host.current, label, type }, first.current, (next) =>
			change.current(next),
		);
		return () => {
			view.current?.destroy();
			view.current = undefined;
		};
	}, [mirror, label, type]);
	useEffect(() => {
		if (mirror && view.current && view.current.state.doc.toString() !== text) mirror.replaceText(view.current, text);
	}, [mirror, text]);
	useEffect(() => {
		if (!mirror || !view.current) return;
		const length = view.current.state.doc.length;
		mirror.showDiagnostics(
			view.current,
			diagnostics.filter((one) => one.to <= length),
		);
	}, [mirror, diagnostics]);
	useEffect(() => {
		if (mirror && view.current && show) mirror.showLine(view.current, show.line);
	}, [mirror, show]);
	return (
		<div class={`code-host ${size}`}>
			{!mirror && <Plain text={text} />}
			<div ref={host} class="code-view" />
		</div>
	);
}
