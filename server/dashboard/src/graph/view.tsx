/* References as a drawing: zoomed and moved by mouse, touch and keys; every node can be reached by Tab. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Graph, GraphNode } from "../api";
import { Icon } from "../icons";
import { Loading, TYPE_NAMES } from "../parts";
import { BASE, go, subjectPath } from "../router";
import { splitSubject } from "../text";

type Layout = typeof import("./layout");

let loaded: Layout | undefined;

function useLayout(): Layout | undefined {
	const [module, setModule] = useState(loaded);
	useEffect(() => {
		if (!module)
			void import("./layout").then((next) => {
				loaded = next;
				setModule(next);
			});
	}, [module]);
	return module;
}

interface View {
	x: number;
	y: number;
	scale: number;
}

const STEP = 60;
const LEAST = 0.1;
const MOST = 2.5;

/** Scales about a point of the drawing that stays where it is on the screen. */
function zoom(view: View, factor: number, x: number, y: number): View {
	const scale = Math.max(LEAST, Math.min(MOST, view.scale * factor));
	const real = scale / view.scale;
	return { scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real };
}

function shorten(text: string, most: number): string {
	return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

interface NodeProps {
	node: GraphNode;
	x: number;
	y: number;
	width: number;
	height: number;
	here: boolean;
	faded: boolean;
	onHover: (on: boolean) => void;
}

function NodeBox({ node, x, y, width, height, here, faded, onHover }: NodeProps) {
	const { context, name } = splitSubject(node.subject);
	const to = subjectPath(node.subject, "references");
	return (
		<a
			href={BASE + to}
			class={`graph-node node-${node.type.toLowerCase()}${here ? " here" : ""}${faded ? " faded" : ""}`}
			onClick={(event: MouseEvent) => {
				if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
				event.preventDefault();
				go(to);
			}}
			onMouseEnter={() => onHover(true)}
			onMouseLeave={() => onHover(false)}
			onFocus={() => onHover(true)}
			onBlur={() => onHover(false)}
		>
			<g transform={`translate(${x - width / 2},${y - height / 2})`}>
				<title>{node.subject}</title>
				<rect class="node-box" width={width} height={height} rx="8" />
				<rect class="node-type" x="0" y="8" width="4" height={height - 16} rx="2" />
				<text class="node-name" x="16" y="20">
					{shorten(name || node.subject, 25)}
				</text>
				<text class="node-more" x="16" y="36">
					v{node.version} · {TYPE_NAMES[node.type]}
					{context && ` · ${shorten(context, 12)}`}
				</text>
			</g>
		</a>
	);
}

export function GraphView({ graph, here, label }: { graph: Graph; here?: string; label: string }) {
	const module = useLayout();
	const box = useRef<SVGSVGElement>(null);
	const placed = useMemo(() => module?.place(graph), [module, graph]);
	const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
	const [hover, setHover] = useState<string | null>(null);
	const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
	const fit = () => {
		const area = box.current?.getBoundingClientRect();
		if (!placed || !area || placed.width === 0) return;
		const scale = Math.max(LEAST, Math.min(1.2, area.width / placed.width, area.height / placed.height));
		setView({ scale, x: (area.width - placed.width * scale) / 2, y: (area.height - placed.height * scale) / 2 });
	};
	useEffect(fit, [placed]);
	const nodes = useMemo(() => new Map(graph.nodes.map((node) => [`${node.version} ${node.subject}`, node])), [graph]);
	const near = useMemo(() => {
		if (!hover || !placed) return null;
		const set = new Set([hover]);
		for (const edge of placed.edges) {
			if (edge.from === hover) set.add(edge.to);
			if (edge.to === hover) set.add(edge.from);
		}
		return set;
	}, [hover, placed]);

	if (!module || !placed) return <Loading what="the drawing" />;
	const middle = () => {
		const area = box.current?.getBoundingClientRect();
		return area ? [area.width / 2, area.height / 2] : [0, 0];
	};
	const scaleBy = (factor: number) => {
		const [x = 0, y = 0] = middle();
		setView((before) => zoom(before, factor, x, y));
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const steps: Record<string, [number, number]> = {
			ArrowLeft: [STEP, 0],
			ArrowRight: [-STEP, 0],
			ArrowUp: [0, STEP],
			ArrowDown: [0, -STEP],
		};
		const step = steps[event.key];
		if (step) setView((before) => ({ ...before, x: before.x + step[0], y: before.y + step[1] }));
		else if (event.key === "+" || event.key === "=") scaleBy(1.25);
		else if (event.key === "-") scaleBy(0.8);
		else if (event.key === "0") fit();
		else return;
		event.preventDefault();
	};
	const onWheel = (event: WheelEvent) => {
		const area = box.current?.getBoundingClientRect();
		if (!area) return;
		event.preventDefault();
		if (event.ctrlKey || event.metaKey || Math.abs(event.deltaY) > Math.abs(event.deltaX))
			setView((before) =>
				zoom(before, Math.exp(-event.deltaY / 400), event.clientX - area.left, event.clientY - area.top),
			);
		else setView((before) => ({ ...before, x: before.x - event.deltaX }));
	};
	return (
		<div class="graph">
			<div class="graph-tools">
				<button type="button" class="icon-only" aria-label="Closer" title="Closer (+)" onClick={() => scaleBy(1.25)}>
					<Icon name="plus" />
				</button>
				<button type="button" class="icon-only" aria-label="Farther" title="Farther (-)" onClick={() => scaleBy(0.8)}>
					<Icon name="minus" />
				</button>
				<button type="button" class="icon-only" aria-label="Show all" title="Show all (0)" onClick={fit}>
					<Icon name="fit" />
				</button>
			</div>
			<svg
				ref={box}
				class="graph-box"
				tabindex={0}
				role="group"
				aria-label={`${label}. Arrow keys move, plus and minus zoom, 0 shows all.`}
				onKeyDown={onKeyDown}
				onWheel={onWheel}
				onPointerDown={(event) => {
					if ((event.target as Element).closest(".graph-node")) return;
					drag.current = { x: event.clientX, y: event.clientY, moved: false };
					event.currentTarget.setPointerCapture(event.pointerId);
				}}
				onPointerMove={(event) => {
					const from = drag.current;
					if (!from) return;
					const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
					drag.current = { x: event.clientX, y: event.clientY, moved: true };
					setView((before) => ({ ...before, x: before.x + dx, y: before.y + dy }));
				}}
				onPointerUp={() => {
					drag.current = null;
				}}
			>
				<defs>
					<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
						<path d="M1 1 7 4 1 7" class="graph-arrow" />
					</marker>
				</defs>
				<g transform={`translate(${view.x},${view.y}) scale(${view.scale})`}>
					{placed.edges.map((edge) => (
						<path
							key={edge.key}
							d={edge.path}
							class={`graph-edge${near && edge.from !== hover && edge.to !== hover ? " faded" : ""}`}
							marker-end="url(#arrow)"
						/>
					))}
					{placed.nodes.map((at) => {
						const node = nodes.get(at.key);
						return (
							node && (
								<NodeBox
									key={at.key}
									node={node}
									x={at.x}
									y={at.y}
									width={module.NODE_WIDTH}
									height={module.NODE_HEIGHT}
									here={node.subject === here}
									faded={near !== null && !near.has(at.key)}
									onHover={(on) => setHover(on ? at.key : null)}
								/>
							)
						);
					})}
				</g>
			</svg>
		</div>
	);
}
