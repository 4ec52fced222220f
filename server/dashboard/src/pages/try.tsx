/* A schema for a subject that is to be, or a next version where the name is there already. */
import { useMemo, useState } from "preact/hooks";
import { ApiError, type SchemaType, segment, type Version } from "../api";
import { useDebounced, useGet } from "../data";
import { Choice, Header, TYPE_NAMES, useTitle } from "../parts";
import { Link, subjectPath } from "../router";
import { TEMPLATES } from "../samples";
import { Workbench } from "../workbench";

export function TryPage({ query }: { query: URLSearchParams }) {
	useTitle("New schema");
	const [subject, setSubject] = useState(query.get("subject") ?? "");
	const [type, setType] = useState<SchemaType>((query.get("type") as SchemaType | null) ?? "AVRO");
	const named = useDebounced(subject.trim(), 300);
	const existing = useGet<Version>(named ? `/subjects/${segment(named)}/versions/latest` : null);
	const taken = existing.data && !existing.pending && !(existing.error instanceof ApiError);
	const draft = useMemo(() => ({ text: TEMPLATES[type], type, references: [] }), [type]);
	return (
		<div class="page page-wide">
			<Header title="New schema">
				<p class="lead">Write or paste it. It is judged as you type; nothing is stored before you register it.</p>
			</Header>
			<div class="try-head">
				<label class="field">
					<span>Subject</span>
					<input
						value={subject}
						placeholder="orders-value"
						spellcheck={false}
						autocomplete="off"
						onInput={(event) => setSubject(event.currentTarget.value)}
					/>
				</label>
				<div class="field">
					<span>Format</span>
					<Choice
						label="Format"
						value={type}
						options={(Object.keys(TYPE_NAMES) as SchemaType[]).map((one) => [one, TYPE_NAMES[one]])}
						onChange={setType}
					/>
				</div>
			</div>
			{taken && (
				<p class="note">
					This subject is there already. <Link to={subjectPath(named, "try")}>Change its latest version</Link> instead,
					or go on: what you write becomes the next version.
				</p>
			)}
			<Workbench subject={named} draft={draft} latest="" />
		</div>
	);
}
