/* Who did what to this subject, and when. */
import { query as queryText, type Timeline } from "../api";
import { useGet } from "../data";
import { Commands, Failure, Loading } from "../parts";
import { shell } from "../text";
import { TimelineList } from "../timeline";

export function HistoryTab({ subject }: { subject: string }) {
	const path = `/api/v1/timeline${queryText({ subject, limit: 500 })}`;
	const { data, error } = useGet<Timeline>(path);
	return (
		<section>
			{error && <Failure error={error} what="the history" />}
			{!data && !error && <Loading what="the history" />}
			{data && <TimelineList items={data.items} alone />}
			<Commands list={[{ title: "This history", curl: `curl -s ${shell(location.origin + path)}` }]} />
		</section>
	);
}
