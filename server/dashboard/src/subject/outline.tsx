/* A schema as a tree of what has a name: types, docs, tags, defaults; moved through by keys. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { OutlineNode } from "../api";
import { Icon } from "../icons";
import { Tag } from "../parts";
import { inline } from "../text";

interface Line {
	node: OutlineNode;
	key: string;
	depth: number;
	parent: number;
	size: number; // of the set it is in
	place: number;
	open: boolean;
}

function hasItems(node: OutlineNode): boolean {
	return (node.items?.length ?? 0) > 0;
}

/** The lines in sight, and for each the line it lies under. */
function linesOf(root: OutlineNode, closed: Set<string>): Line[] {
	const lines: Line[] = [];
	const add = (node: OutlineNode, depth: number, parent: number, key: string, place: number, size: number) => {
		const open = hasItems(node) && !closed.has(key);
		const at = lines.push({ node, key, depth, parent, place, size, open }) - 1;
		if (!open) return;
		const items = node.items ?? [];
		items.forEach((item, i) => {
			add(item, depth + 1, at, `${key}/${i}`, i + 1, items.length);
		});
	};
	const tops = root.name || !hasItems(root) ? [root] : (root.items as OutlineNode[]);
	tops.forEach((node, i) => {
		add(node, 0, -1, String(i), i + 1, tops.length);
	});
	return lines;
}

function matches(node: OutlineNode, find: string): boolean {
	return find !== "" && (node.path === find || node.name === find);
}

function NodeCells({ line }: { line: Line }) {
	const { node } = line;
	return (
		<>
			<td class="outline-type">
				{node.type && node.type !== node.name && <code>{node.type}</code>}
				{node.logical && <span class="logical">{node.logical}</span>}
				{node.optional && <span class="dim">optional</span>}
			</td>
			<td class="outline-default">{node.default !== undefined && <code>{inline(node.default)}</code>}</td>
			<td class="outline-doc">
				{node.doc}
				{node.tags?.map((tag) => (
					<Tag key={tag}>{tag}</Tag>
				))}
			</td>
		</>
	);
}

interface RowProps {
	line: Line;
	index: number;
	current: boolean;
	found: boolean;
	onToggle: () => void;
	onFocus: () => void;
}

function Row({ line, index, current, found, onToggle, onFocus }: RowProps) {
	const { node } = line;
	const folds = hasItems(node);
	return (
		<tr
			id={`node-${index}`}
			role="row"
			aria-level={line.depth + 1}
			aria-posinset={line.place}
			aria-setsize={line.size}
			aria-expanded={folds ? line.open : undefined}
			tabIndex={current ? 0 : -1}
			class={found ? "found" : ""}
			onClick={folds ? onToggle : undefined}
			onFocus={onFocus}
		>
			<th scope="row" class="outline-name">
				<span class="indent" style={{ width: `${line.depth * 18}px` }} />
				<span class={`fold${line.open ? " open" : ""}`} aria-hidden="true">
					{folds && <Icon name="chevron" />}
				</span>
				{node.number !== undefined && <span class="field-number">{node.number}</span>}
				<span class={`name kind-${node.kind}`}>{node.name ?? node.kind}</span>
				{node.kind !== "field" && node.name && <span class="kind-word">{node.kind}</span>}
			</th>
			<NodeCells line={line} />
		</tr>
	);
}

export function OutlineTree({
	root,
	find,
	onCurrent,
}: {
	root: OutlineNode;
	find: string;
	onCurrent?: (node: OutlineNode) => void;
}) {
	const [closed, setClosed] = useState<Set<string>>(new Set());
	const [current, setCurrent] = useState(0);
	const body = useRef<HTMLTableSectionElement>(null);
	const lines = useMemo(() => linesOf(root, closed), [root, closed]);
	const focus = (index: number) => {
		const next = Math.max(0, Math.min(lines.length - 1, index));
		setCurrent(next);
		(body.current?.children[next] as HTMLElement | undefined)?.focus();
	};
	const fold = (line: Line, open: boolean) => {
		if (!hasItems(line.node) || line.open === open) return false;
		setClosed((before) => {
			const next = new Set(before);
			if (open) next.delete(line.key);
			else next.add(line.key);
			return next;
		});
		return true;
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const line = lines[current];
		if (!line) return;
		if (event.key === "ArrowDown") focus(current + 1);
		else if (event.key === "ArrowUp") focus(current - 1);
		else if (event.key === "Home") focus(0);
		else if (event.key === "End") focus(lines.length - 1);
		else if (event.key === "ArrowRight") {
			if (!fold(line, true)) focus(current + (line.open ? 1 : 0));
		} else if (event.key === "ArrowLeft") {
			if (!fold(line, false) && line.parent >= 0) focus(line.parent);
		} else if (event.key === "Enter" || event.key === " ") fold(line, !line.open);
		else return;
		event.preventDefault();
	};
	useEffect(() => {
		const at = lines.findIndex((line) => matches(line.node, find));
		if (at < 0) return;
		setCurrent(at);
		body.current?.children[at]?.scrollIntoView({ block: "center" });
	}, [find, lines]);
	return (
		<div class="table-scroll">
			<table role="treegrid" aria-label="Fields" class="outline" onKeyDown={onKeyDown}>
				<thead>
					<tr role="row">
						<th scope="col">Name</th>
						<th scope="col">Type</th>
						<th scope="col">Default</th>
						<th scope="col">About</th>
					</tr>
				</thead>
				<tbody ref={body}>
					{lines.map((line, index) => (
						<Row
							key={line.key}
							line={line}
							index={index}
							current={index === current}
							found={matches(line.node, find)}
							onToggle={() => fold(line, !line.open)}
							onFocus={() => {
								setCurrent(index);
								onCurrent?.(line.node);
							}}
						/>
					))}
				</tbody>
			</table>
		</div>
	);
}
