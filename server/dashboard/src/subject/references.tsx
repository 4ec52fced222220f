/* What this subject refers to, and what refers to it. */
import { type Graph, query as queryText } from "../api";
import { useGet } from "../data";
import { EdgeList } from "../graph/list";
import { GraphView } from "../graph/view";
import { Choice, Commands, Empty, Failure, Loading, reading } from "../parts";
import { setQuery } from "../router";

type Direction = "both" | "in" | "out";

export function ReferencesTab({ subject, query }: { subject: string; query: URLSearchParams }) {
	const depth = query.get("depth") ?? "3";
	const direction = (query.get("direction") as Direction | null) ?? "both";
	const path = `/api/v1/graph${queryText({ subject, depth, direction })}`;
	const { data, error } = useGet<Graph>(path);
	return (
		<section class="references">
			<div class="bar">
				<Choice<Direction>
					label="Direction"
					value={direction}
					options={[
						["both", "Both ways"],
						["out", "What it uses"],
						["in", "What uses it"],
					]}
					onChange={(next) => setQuery({ direction: next === "both" ? null : next })}
				/>
				<label class="version-picker">
					<span>Steps</span>
					<select value={depth} onChange={(event) => setQuery({ depth: event.currentTarget.value })}>
						{["1", "2", "3", "5", "10"].map((n) => (
							<option key={n}>{n}</option>
						))}
					</select>
				</label>
			</div>
			{error && <Failure error={error} what="the references" />}
			{!data && !error && <Loading what="the references" />}
			{data && data.edges.length === 0 && (
				<Empty title="No references">
					<p>This subject stands alone: it refers to nothing, and nothing refers to it.</p>
				</Empty>
			)}
			{data && data.edges.length > 0 && (
				<>
					<GraphView graph={data} here={subject} label={`References around ${subject}`} />
					{data.truncated && <p class="note">There is more than can be drawn; take fewer steps.</p>}
					<EdgeList graph={data} />
				</>
			)}
			<Commands list={[reading("These references", path)]} />
		</section>
	);
}
