/* A message that nobody can read: its framing, its schema, what is in it or the byte where reading fails. */
import { useState } from "preact/hooks";
import { type Decoded, type Listed, type Page, query as queryText } from "../api";
import { useDebounced, useGet, usePost } from "../data";
import { HexDump } from "../finding";
import { Icon } from "../icons";
import { Commands, Failure, Header, Sentence, TypeBadge, useTitle, VersionLink } from "../parts";
import { setQuery } from "../router";
import { bytesOf, plural, shell, showJson } from "../text";

interface Body {
	data: string;
	subject?: string;
}

function partsOf(decoded: Decoded, length: number) {
	const framing = decoded.framing;
	if (!framing) return [];
	const idEnd = framing.guid ? 17 : 5;
	return [
		{ from: 0, to: 1, kind: "magic" },
		{ from: 1, to: idEnd, kind: "id" },
		{ from: idEnd, to: framing.payloadOffset, kind: "indexes" },
		{ from: framing.payloadOffset, to: length, kind: "payload" },
	];
}

const VERDICTS: Record<Decoded["verdict"], [string, string, "check" | "warning" | "refused"]> = {
	ok: ["It can be read", "Framing, schema and event are in order.", "check"],
	retry: ["Try again later", "What is missing may come: the message itself is not at fault.", "warning"],
	"dead-letter": ["It cannot be read", "Trying again will not help: this message belongs aside.", "refused"],
};

function Answer({ decoded, bytes }: { decoded: Decoded; bytes: Uint8Array }) {
	const [title, says, sign] = VERDICTS[decoded.verdict];
	const state = { ok: "accepted", retry: "unsound", "dead-letter": "refused" }[decoded.verdict];
	const { framing, schema, error } = decoded;
	const bad = error && (error.offset > 0 || !framing) ? error.offset : undefined;
	return (
		<>
			<div class={`verdict verdict-${state}`} aria-live="polite">
				<h2>
					<Icon name={sign} />
					{title}
				</h2>
				<p>{error ? <Sentence text={error.message} /> : says}</p>
				{bad !== undefined && (
					<p class="dim">
						at byte {bad}
						{error?.path && ` · ${error.path}`}
					</p>
				)}
			</div>
			<section class="decoded-bytes">
				<h2>
					Bytes <span class="count">{bytes.length}</span>
				</h2>
				<HexDump bytes={bytes} bad={bad} parts={partsOf(decoded, bytes.length)} label="The message's bytes" />
				{framing && (
					<ul class="legend">
						<li>
							<span class="byte magic">{framing.magic.toString(16).padStart(2, "0")}</span> magic byte
						</li>
						<li>
							<span class="byte id">id</span> {framing.guid ?? framing.id}
						</li>
						{framing.indexes && framing.indexes.length > 0 && (
							<li>
								<span class="byte indexes">ix</span> message {framing.indexes.join(", ")}
							</li>
						)}
						<li>
							<span class="byte payload">··</span> event, from byte {framing.payloadOffset}
						</li>
					</ul>
				)}
			</section>
			{schema && (
				<section>
					<h2>Schema</h2>
					<p>
						id {schema.id} <TypeBadge type={schema.type} /> {schema.subjects.length > 0 && "registered as "}
						{schema.subjects.map((one, i) => (
							<span key={`${one.subject} ${one.version}`}>
								{i > 0 && ", "}
								<VersionLink {...one} />
							</span>
						))}
					</p>
				</section>
			)}
			{decoded.event !== null && decoded.event !== undefined && (
				<section>
					<h2>Event</h2>
					<pre class="event-json">{showJson(decoded.event)}</pre>
				</section>
			)}
			{decoded.others.length > 0 && (
				<section>
					<h2>Who could read it</h2>
					<ul class="others">
						{decoded.others.map((one) => (
							<li key={`${one.subject} ${one.version}`} class={one.reads ? "good" : "bad"}>
								<Icon name={one.reads ? "check" : "refused"} /> <VersionLink {...one} />{" "}
								{one.reads ? "reads it" : "does not"}
							</li>
						))}
					</ul>
				</section>
			)}
		</>
	);
}

const MOST_IN_ADDRESS = 1500;

export function MessagePage({ query }: { query: URLSearchParams }) {
	useTitle("Read a message");
	const [data, setData] = useState(query.get("data") ?? "");
	const [subject, setSubject] = useState(query.get("subject") ?? "");
	const named = useDebounced(subject.trim(), 250);
	const bytes = data.trim() ? bytesOf(data) : null;
	const body: Body | null = bytes && bytes.length > 0 ? { data: data.trim(), ...(named && { subject: named }) } : null;
	const decoded = usePost<Body, Decoded>("/api/v1/decode", body, 150);
	const subjects = useGet<Page<Listed>>(named ? `/api/v1/overview${queryText({ q: named, limit: 20 })}` : null);
	const change = (next: string) => {
		setData(next);
		setQuery({ data: next.length <= MOST_IN_ADDRESS ? next.trim() : null });
	};
	return (
		<div class="page">
			<Header title="Read a message">
				<p class="lead">Paste a record's value as hex or base64, as a console consumer or a dead letter has it.</p>
			</Header>
			<label class="field">
				<span>Bytes</span>
				<textarea
					rows={4}
					spellcheck={false}
					placeholder="00 00 00 00 01 …"
					value={data}
					onInput={(event) => change(event.currentTarget.value)}
				/>
			</label>
			<label class="field narrow-field">
				<span>Read with the latest version of (may be left out)</span>
				<input
					list="subjects"
					value={subject}
					placeholder="orders-value"
					spellcheck={false}
					onInput={(event) => {
						setSubject(event.currentTarget.value);
						setQuery({ subject: event.currentTarget.value });
					}}
				/>
				<datalist id="subjects">
					{subjects.data?.items.map((one) => (
						<option key={one.subject} value={one.subject} />
					))}
				</datalist>
			</label>
			{data.trim() && !bytes && (
				<p class="note" role="alert">
					This is neither hex nor base64.
				</p>
			)}
			{decoded.error && <Failure error={decoded.error} what="the message" />}
			{body && bytes && decoded.data && (
				<Answer decoded={decoded.data} bytes={bytesOf(decoded.asked?.data ?? "") ?? bytes} />
			)}
			<Commands
				list={[
					{
						title: bytes ? `These ${plural(bytes.length, "byte")}` : "Any message",
						curl: `curl -s ${location.origin}/api/v1/decode -H 'Content-Type: application/json' \\\n  -d ${shell(JSON.stringify(body ?? { data: "0000000001…" }))}`,
						tenon: `tenon decode ${shell(data.trim() || "0000000001…")} --registry ${location.origin}`,
					},
				]}
			/>
		</div>
	);
}
