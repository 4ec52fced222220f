/* Where nodes and lines go; loaded with dagre when a graph is first shown. */
import { Graph as Dagre, layout } from "@dagrejs/dagre";
import type { Graph } from "../api";

export const NODE_WIDTH = 200;
export const NODE_HEIGHT = 46;

export interface PlacedNode {
	key: string;
	x: number;
	y: number;
}

export interface PlacedEdge {
	key: string;
	from: string;
	to: string;
	path: string;
}

export interface Placed {
	width: number;
	height: number;
	nodes: PlacedNode[];
	edges: PlacedEdge[];
}

export function nodeKey(node: { subject: string; version: number }): string {
	return `${node.version} ${node.subject}`;
}

interface Point {
	x: number;
	y: number;
}

/** A smooth line through the points: from middle to middle, bent at each of them. */
function curve(points: Point[]): string {
	const [first, ...rest] = points;
	if (!first) return "";
	let path = `M${first.x},${first.y}`;
	for (let i = 0; i < rest.length - 1; i++) {
		const at = rest[i] as Point;
		const next = rest[i + 1] as Point;
		const end = i === rest.length - 2 ? next : { x: (at.x + next.x) / 2, y: (at.y + next.y) / 2 };
		path += ` Q${at.x},${at.y} ${end.x},${end.y}`;
	}
	const only = rest[0];
	return rest.length === 1 && only ? `${path} L${only.x},${only.y}` : path;
}

export function place(graph: Graph): Placed {
	const dagre = new Dagre({ multigraph: true });
	dagre.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 70, marginx: 20, marginy: 20 });
	dagre.setDefaultEdgeLabel(() => ({}));
	for (const node of graph.nodes) dagre.setNode(nodeKey(node), { width: NODE_WIDTH, height: NODE_HEIGHT });
	for (const edge of graph.edges) dagre.setEdge(nodeKey(edge.from), nodeKey(edge.to), {}, edge.name);
	layout(dagre);
	const size = dagre.graph() as { width?: number; height?: number };
	return {
		width: size.width ?? 0,
		height: size.height ?? 0,
		nodes: dagre.nodes().map((key: string) => {
			const { x, y } = dagre.node(key) as unknown as Point;
			return { key, x, y };
		}),
		edges: dagre.edges().map((edge: { v: string; w: string; name?: string }) => ({
			key: `${edge.v} → ${edge.w} ${edge.name ?? ""}`,
			from: edge.v,
			to: edge.w,
			path: curve((dagre.edge(edge) as unknown as { points?: Point[] }).points ?? []),
		})),
	};
}
