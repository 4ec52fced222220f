/* All versions against all: which of them, as a reader, reads what another wrote. */
import { useRef, useState } from "preact/hooks";
import { type Matrix, type Reads, segment } from "../api";
import { useGet } from "../data";
import { Commands, Failure, Loading, reading } from "../parts";
import { Link, subjectPath } from "../router";

const WORDS: Record<Reads, [string, string]> = {
	yes: ["✓", "reads every event of"],
	warns: ["≠", "reads, but not as it was meant, events of"],
	no: ["✕", "cannot read some event of"],
};

function moved(key: string, [row, column]: [number, number], last: number): [number, number] | null {
	const steps: Record<string, [number, number]> = {
		ArrowUp: [row - 1, column],
		ArrowDown: [row + 1, column],
		ArrowLeft: [row, column - 1],
		ArrowRight: [row, column + 1],
		Home: [row, 0],
		End: [row, last],
	};
	const to = steps[key];
	return to ? [Math.max(0, Math.min(last, to[0])), Math.max(0, Math.min(last, to[1]))] : null;
}

function MatrixTable({ subject, matrix }: { subject: string; matrix: Matrix }) {
	const last = matrix.versions.length - 1;
	const [at, setAt] = useState<[number, number]>([last, Math.max(0, last - 1)]);
	const table = useRef<HTMLTableElement>(null);
	const onKeyDown = (event: KeyboardEvent) => {
		const next = moved(event.key, at, last);
		if (!next) return;
		event.preventDefault();
		setAt(next);
		table.current?.querySelector<HTMLElement>(`[data-at="${next.join()}"] a`)?.focus();
	};
	return (
		<div class="table-scroll">
			<table class="matrix" ref={table} onKeyDown={onKeyDown}>
				<caption class="hidden">Rows are readers, columns are writers; arrow keys move.</caption>
				<thead>
					<tr>
						<td class="corner">
							<span>reader ↓</span>
							<span>writer →</span>
						</td>
						{matrix.versions.map((writer) => (
							<th scope="col" key={writer}>
								v{writer}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{matrix.versions.map((reader, i) => (
						<tr key={reader}>
							<th scope="row">v{reader}</th>
							{matrix.versions.map((writer, j) => {
								const reads = matrix.reads[i]?.[j] ?? "no";
								const [sign, words] = WORDS[reads];
								const says = `Version ${reader} ${words} version ${writer}`;
								return (
									<td key={writer} class={`reads-${reads}${i === j ? " self" : ""}`} data-at={`${i},${j}`}>
										<Link
											to={`${subjectPath(subject, "diff")}?from=${writer}&to=${reader}`}
											tabIndex={i === at[0] && j === at[1] ? 0 : -1}
											aria-label={says}
											title={says}
											onFocus={() => setAt([i, j])}
										>
											{sign}
										</Link>
									</td>
								);
							})}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

export function MatrixTab({ subject }: { subject: string }) {
	const path = `/api/v1/subjects/${segment(subject)}/matrix`;
	const { data, error } = useGet<Matrix>(path);
	return (
		<section class="matrix-tab">
			<p class="lead">
				Each row is a consumer on that version, each column the version an event was written with. Open a cell to see
				why.
			</p>
			{error && <Failure error={error} what="the matrix" />}
			{!data && !error && <Loading what="the matrix" />}
			{data && (
				<>
					<MatrixTable subject={subject} matrix={data} />
					<ul class="legend">
						{(Object.keys(WORDS) as Reads[]).map((reads) => (
							<li key={reads}>
								<span class={`swatch reads-${reads}`} aria-hidden="true">
									{WORDS[reads][0]}
								</span>{" "}
								{{ yes: "reads everything", warns: "reads it as something else", no: "cannot read some event" }[reads]}
							</li>
						))}
					</ul>
				</>
			)}
			<Commands list={[reading("This matrix", path)]} />
		</section>
	);
}
