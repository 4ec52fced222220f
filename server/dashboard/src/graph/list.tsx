/* The same references as a list, for whoever does not look at drawings. */
import type { Graph } from "../api";
import { VersionLink } from "../parts";

export function EdgeList({ graph }: { graph: Graph }) {
	return (
		<details class="edge-list">
			<summary>As a list</summary>
			<ul>
				{graph.edges.map((edge) => (
					<li key={`${edge.from.subject} ${edge.from.version} ${edge.to.subject} ${edge.to.version} ${edge.name}`}>
						<VersionLink {...edge.from} /> refers to <VersionLink {...edge.to} />{" "}
						<span class="dim">as {edge.name}</span>
					</li>
				))}
			</ul>
		</details>
	);
}
