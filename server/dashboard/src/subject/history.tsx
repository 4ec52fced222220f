/* Who did what to this subject, and when. */
import { query as queryText, type Timeline } from "../api";
import { useGet } from "../data";
import { Commands, Failure, Loading, reading } from "../parts";
import { TimelineList } from "../timeline";

export function HistoryTab({ subject }: { subject: string }) {
	const path = `/api/v1/timeline${queryText({ subject, limit: 500 })}`;
	const { data, error } = useGet<Timeline>(path);
	return (
		<section>
			{error && <Failure error={error} what="the history" />}
			{!data && !error && <Loading what="the history" />}
			{data && <TimelineList items={data.items} alone />}
			<Commands list={[reading("This history", path)]} />
		</section>
	);
}
