/*
 * CodeMirror as the page uses it.  Loaded when a page first shows a text.  Each view lives in a shadow root: there its
 * styles are style sheets made by script, which the page's policy against inline styles allows.
 */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
	bracketMatching,
	foldGutter,
	foldKeymap,
	HighlightStyle,
	indentOnInput,
	StreamLanguage,
	syntaxHighlighting,
} from "@codemirror/language";
import { protobuf } from "@codemirror/legacy-modes/mode/protobuf";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import {
	Decoration,
	type DecorationSet,
	drawSelection,
	EditorView,
	highlightActiveLine,
	highlightActiveLineGutter,
	keymap,
	lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { theme } from "./theme";

const colours = HighlightStyle.define([
	{ tag: tags.propertyName, color: "var(--code-name)" },
	{ tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
	{ tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
	{ tag: [tags.keyword, tags.modifier], color: "var(--code-keyword)" },
	{ tag: [tags.typeName, tags.variableName, tags.definition(tags.variableName)], color: "var(--code-name)" },
	{ tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
	{ tag: [tags.punctuation, tags.bracket, tags.separator], color: "var(--code-mark)" },
]);

function language(type: string): Extension {
	return type === "PROTOBUF" ? StreamLanguage.define(protobuf) : json();
}

function common(type: string, label: string): Extension {
	return [
		lineNumbers(),
		foldGutter({ openText: "▾", closedText: "▸" }),
		language(type),
		syntaxHighlighting(colours),
		bracketMatching(),
		highlightSelectionMatches(),
		search({ top: true }),
		EditorView.lineWrapping,
		EditorState.tabSize.of(2),
		EditorView.contentAttributes.of({ "aria-label": label }),
		theme,
	];
}

function reading(): Extension {
	return [
		EditorState.readOnly.of(true),
		EditorView.editable.of(false),
		EditorView.contentAttributes.of({
			tabindex: "0",
			role: "textbox",
			"aria-readonly": "true",
			"aria-multiline": "true",
		}),
		keymap.of([...searchKeymap, ...foldKeymap]),
	];
}

/** Lines that are pointed at. */
const pointAt = StateEffect.define<number>();
const pointed = StateField.define<DecorationSet>({
	create: () => Decoration.none,
	update(marks, change) {
		let next = marks.map(change.changes);
		for (const effect of change.effects)
			if (effect.is(pointAt)) {
				const at = change.state.doc.line(Math.max(1, Math.min(effect.value, change.state.doc.lines))).from;
				next = Decoration.set([Decoration.line({ class: "cm-pointed" }).range(at)]);
			}
		return next;
	},
	provide: (field) => EditorView.decorations.from(field),
});

/** Shows a line and marks it. */
export function showLine(view: EditorView, line: number) {
	const at = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines))).from;
	view.dispatch({ effects: [pointAt.of(line), EditorView.scrollIntoView(at, { y: "center" })] });
}

interface Place {
	host: HTMLElement;
	label: string;
	type: string;
}

function mount(host: HTMLElement, doc: string, extensions: Extension): EditorView {
	const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
	root.replaceChildren();
	return new EditorView({ state: EditorState.create({ doc, extensions }), parent: root, root });
}

export function createReader(place: Place, text: string): EditorView {
	return mount(place.host, text, [common(place.type, place.label), reading(), pointed]);
}

export function createDiff(place: Place, before: string, after: string): EditorView {
	return mount(place.host, after, [
		common(place.type, place.label),
		reading(),
		unifiedMergeView({
			original: before,
			mergeControls: false,
			syntaxHighlightDeletions: true,
			collapseUnchanged: { margin: 3, minSize: 8 },
		}),
	]);
}

/*
 * Left to the browser, typing over a selection keeps the look of what goes by inline styles, which the page's policy
 * stops and reports.
 */
function replaceByTyping(event: InputEvent, view: EditorView): boolean {
	if (event.inputType !== "insertText" || !event.data || view.composing || view.state.selection.main.empty)
		return false;
	view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
	event.preventDefault();
	return true;
}

export function createEditor(place: Place, text: string, onChange: (text: string) => void): EditorView {
	return mount(place.host, text, [
		common(place.type, place.label),
		history(),
		drawSelection(),
		indentOnInput(),
		highlightActiveLine(),
		highlightActiveLineGutter(),
		lintGutter(),
		pointed,
		keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
		EditorView.contentAttributes.of({ tabindex: "0" }),
		EditorView.domEventHandlers({ beforeinput: replaceByTyping }),
		EditorView.updateListener.of((update) => {
			if (update.docChanged) onChange(update.state.doc.toString());
		}),
	]);
}

/** Replaces the text by another, as one step that can be undone; what is the same at both ends is left alone. */
export function replaceText(view: EditorView, next: string) {
	const before = view.state.doc.toString();
	let start = 0;
	while (start < before.length && start < next.length && before[start] === next[start]) start++;
	let end = 0;
	while (
		end < before.length - start &&
		end < next.length - start &&
		before[before.length - 1 - end] === next[next.length - 1 - end]
	)
		end++;
	view.dispatch({ changes: { from: start, to: before.length - end, insert: next.slice(start, next.length - end) } });
}

export type { Diagnostic };

export function showDiagnostics(view: EditorView, list: Diagnostic[]) {
	view.dispatch(setDiagnostics(view.state, list));
}

export type { EditorView };
