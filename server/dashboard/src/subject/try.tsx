/* A change of this subject: from its latest version, or from a change that was refused. */
import { useMemo } from "preact/hooks";
import { type RefusalDetail, segment, type Version } from "../api";
import { useGet } from "../data";
import { Failure, Loading } from "../parts";
import { layOut } from "../text";
import { type Draft, Workbench } from "../workbench";

export function TryTab({ subject, query }: { subject: string; query: URLSearchParams }) {
	const refusal = query.get("refusal");
	const latest = useGet<Version>(`/subjects/${segment(subject)}/versions/latest`);
	const refused = useGet<RefusalDetail>(refusal ? `/api/v1/refusals/${segment(refusal)}` : null, { again: false });
	const version = latest.data?.version;
	// biome-ignore lint/correctness/useExhaustiveDependencies: the draft stays while the registry changes
	const draft = useMemo<Draft | null>(() => {
		if (!latest.data || (refusal && !refused.data)) return null;
		const type = refused.data?.schemaType ?? latest.data.schemaType ?? "AVRO";
		return {
			type,
			text: layOut(refused.data?.schema ?? latest.data.schema, type),
			references: refused.data?.references ?? latest.data.references ?? [],
		};
	}, [version, refusal, refused.data]);
	const error = latest.error ?? refused.error;
	if (error) return <Failure error={error} what="the schema to start from" />;
	if (!draft || !latest.data) return <Loading what="the editor" />;
	return (
		<Workbench subject={subject} draft={draft} latest={layOut(latest.data.schema, latest.data.schemaType ?? "AVRO")} />
	);
}
