/* What happened, newest first: shared by a subject's history and the activity of all. */
import type { TimelineItem } from "./api";
import { Actor, SubjectName, Time } from "./parts";
import { Link, subjectPath } from "./router";
import { inline } from "./text";

/** What a kind of record says; one that is not listed is shown by its name. */
const KINDS: Record<string, string> = {
	register: "registered",
	delete_version: "deleted a version of",
	delete_subject: "deleted",
	config: "set the configuration of",
	delete_config: "took back the configuration of",
	mode: "set the mode of",
	delete_mode: "took back the mode of",
};

export function kindName(kind: string): string {
	return KINDS[kind] ?? kind.replaceAll("_", " ");
}

function Detail({ item }: { item: TimelineItem }) {
	const entries = Object.entries(item.detail ?? {}).filter(([, value]) => value !== null && value !== "");
	if (entries.length === 0) return null;
	return (
		<span class="event-detail">
			{entries.map(([name, value]) => (
				<span key={name}>
					<span class="dim">{name}</span> {typeof value === "string" ? value : inline(value)}
				</span>
			))}
		</span>
	);
}

export function TimelineList({ items, subject }: { items: TimelineItem[]; subject?: string }) {
	return (
		<ol class="timeline">
			{items.map((item) => (
				<li key={item.sequence} class={`event event-${item.kind}`}>
					<span class="event-time">
						<Time at={item.time} />
					</span>
					<span class="event-dot" aria-hidden="true" />
					<span class="event-text">
						<Actor actor={item.actor} /> {kindName(item.kind)}{" "}
						{item.version !== null && item.subject !== null ? (
							<Link to={subjectPath(item.subject, "versions", item.version)}>
								{subject === undefined && <SubjectName subject={item.subject} />} version {item.version}
							</Link>
						) : (
							item.subject !== null &&
							subject === undefined && (
								<Link to={subjectPath(item.subject)}>
									<SubjectName subject={item.subject} />
								</Link>
							)
						)}
						{item.id !== null && <span class="dim"> id {item.id}</span>}
						{subject !== undefined && item.version !== null && item.version > 1 && (
							<Link class="event-link" to={`${subjectPath(subject, "diff")}?to=${item.version}`}>
								what changed
							</Link>
						)}
						<Detail item={item} />
					</span>
					<span class="event-sequence dim" title="its number in the log">
						#{item.sequence}
					</span>
				</li>
			))}
		</ol>
	);
}
