/* All references, as far as they can be drawn at once. */
import { type Graph, query as queryText } from "../api";
import { useGet } from "../data";
import { EdgeList } from "../graph/list";
import { GraphView } from "../graph/view";
import { Commands, Empty, Failure, Header, Loading, reading, useTitle } from "../parts";

export function GraphPage({ query }: { query: URLSearchParams }) {
	useTitle("References");
	const path = `/api/v1/graph${queryText({ depth: query.get("depth") })}`;
	const { data, error } = useGet<Graph>(path);
	return (
		<div class="page page-wide">
			<Header title="References">
				<p class="lead">Which schemas are built from which: an arrow points to what is used.</p>
			</Header>
			{error && <Failure error={error} what="the references" />}
			{!data && !error && <Loading what="the references" />}
			{data && data.edges.length === 0 && <Empty title="No schema refers to another yet" />}
			{data && data.edges.length > 0 && (
				<>
					<GraphView graph={data} label="All references" />
					{data.truncated && (
						<p class="note">There is more than can be drawn at once: open a subject to see what is around it.</p>
					)}
					<EdgeList graph={data} />
				</>
			)}
			<Commands list={[reading("All references", path)]} />
		</div>
	);
}
