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

/** A smooth line from the right of one node, through the bends between, to the left of another. */
function curve(from: Point, to: Point, bends: Point[]): string {
	const points = [{ x: from.x + NODE_WIDTH / 2, y: from.y }, ...bends, { x: to.x - NODE_WIDTH / 2 - 1, y: to.y }];
	let path = "";
	points.forEach((point, i) => {
		const before = points[i - 1];
		const half = before ? (point.x - before.x) / 2 : 0;
		path += before
			? ` C${before.x + half},${before.y} ${point.x - half},${point.y} ${point.x},${point.y}`
			: `M${point.x},${point.y}`;
	});
	return path;
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
		edges: dagre.edges().map((edge: { v: string; w: string; name?: string }) => {
			const points = (dagre.edge(edge) as unknown as { points?: Point[] }).points ?? [];
			const [from, to] = [edge.v, edge.w].map((key) => dagre.node(key) as unknown as Point) as [Point, Point];
			return {
				key: `${edge.v} → ${edge.w} ${edge.name ?? ""}`,
				from: edge.v,
				to: edge.w,
				/* the first and the last are on the nodes' edges, the middle one of three is where a short line is bent */
				path: curve(from, to, points.length > 3 ? points.slice(1, -1) : []),
			};
		}),
	};
}
