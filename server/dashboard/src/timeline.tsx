/* What happened, newest first: shared by a subject's history and the activity of all. */
import type { TimelineItem } from "./api";
import { levelName } from "./levels";
import { Actor, SubjectName, Time, TYPE_NAMES } from "./parts";
import { Link, subjectPath } from "./router";
import { inline } from "./text";

interface Kind {
	/** What somebody did … to a version or a subject. */
	did: string;
	/** As a filter. */
	name: string;
}

export const KINDS: Record<string, Kind> = {
	VERSION_PUT: { did: "registered", name: "Registered" },
	VERSION_DELETE: { did: "deleted", name: "Deleted versions" },
	VERSION_PURGE: { did: "removed for good", name: "Removed for good" },
	SUBJECT_DELETE: { did: "deleted all of", name: "Deleted subjects" },
	CONFIG_PUT: { did: "configured", name: "Configured" },
	CONFIG_DELETE: { did: "took back the configuration of", name: "Configurations taken back" },
	MODE_PUT: { did: "set the mode of", name: "Modes" },
	MODE_DELETE: { did: "took back the mode of", name: "Modes taken back" },
	CONTEXT_PUT: { did: "opened a context", name: "Contexts opened" },
	CONTEXT_DELETE: { did: "deleted a context", name: "Contexts deleted" },
	DOCUMENT_PUT: { did: "stored", name: "Associations and keys" },
	DOCUMENT_DELETE: { did: "deleted", name: "Associations and keys deleted" },
};

/** What is worth telling of the details: not what is as usual. */
function detailsOf(item: TimelineItem): [string, string][] {
	const { type, references, deleted, config, mode, ...rest } = (item.detail ?? {}) as Record<string, unknown>;
	const list: [string, string][] = [];
	if (type && type !== "AVRO") list.push(["", TYPE_NAMES[type as keyof typeof TYPE_NAMES] ?? String(type)]);
	if (typeof references === "number" && references > 0) list.push(["references", String(references)]);
	if (deleted === true) list.push(["", "as a deleted version"]);
	if (mode) list.push(["to", levelName(String(mode))]);
	for (const [name, value] of Object.entries((config ?? {}) as Record<string, unknown>))
		list.push([name, typeof value === "string" ? levelName(value) : inline(value)]);
	for (const [name, value] of Object.entries(rest))
		if (value !== null && value !== "") list.push([name, typeof value === "string" ? value : inline(value)]);
	return list;
}

function What({ item, alone }: { item: TimelineItem; alone: boolean }) {
	if (item.subject === null) {
		const whole = item.kind.startsWith("CONFIG") || item.kind.startsWith("MODE");
		return whole ? <>the whole registry</> : null;
	}
	if (item.version !== null && item.kind !== "SUBJECT_DELETE")
		return (
			<Link to={subjectPath(item.subject, "versions", item.version)}>
				{!alone && <SubjectName subject={item.subject} />} version {item.version}
			</Link>
		);
	if (alone) return <>this subject</>;
	return (
		<Link to={subjectPath(item.subject)}>
			<SubjectName subject={item.subject} />
		</Link>
	);
}

function Event({ item, alone }: { item: TimelineItem; alone: boolean }) {
	const details = detailsOf(item);
	const compared = item.kind === "VERSION_PUT" && item.subject !== null && (item.version ?? 0) > 1;
	return (
		<li class={`event event-${item.kind}`}>
			<span class="event-time">
				<Time at={item.time} />
			</span>
			<span class="event-dot" aria-hidden="true" />
			<span class="event-text">
				<Actor actor={item.actor} /> {KINDS[item.kind]?.did ?? item.kind} <What item={item} alone={alone} />
				{item.id !== null && <span class="dim"> id {item.id}</span>}
				{compared && (
					<Link class="event-link" to={`${subjectPath(item.subject as string, "diff")}?to=${item.version}`}>
						what changed
					</Link>
				)}
				{details.length > 0 && (
					<span class="event-detail">
						{details.map(([name, value]) => (
							<span key={name + value}>
								{name && <span class="dim">{name}</span>} {value}
							</span>
						))}
					</span>
				)}
			</span>
			<span class="event-sequence dim" title="its number in the log">
				#{item.sequence}
			</span>
		</li>
	);
}

/** `alone`: all are of one subject, which need not be told each time. */
export function TimelineList({ items, alone = false }: { items: TimelineItem[]; alone?: boolean }) {
	return (
		<ol class="timeline">
			{items.map((item) => (
				<Event key={item.sequence} item={item} alone={alone} />
			))}
		</ol>
	);
}
