/* The JSON API as the page uses it: one function that asks, and the shapes of what is answered. */

/** An answer that is an error, in the registry's words. */
export class ApiError extends Error {
	readonly status: number;
	readonly code: number;

	constructor(status: number, code: number, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

/** No answer at all: the server is gone, or the way to it. */
export class Unreachable extends Error {
	constructor() {
		super("The server does not answer");
	}
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Ask {
	method?: Method;
	body?: unknown;
	signal?: AbortSignal;
}

type Listener = (reachable: boolean) => void;
const listeners = new Set<Listener>();

/** Calls back whenever the server was, or was not, there to answer. */
export function watchReachable(listener: Listener): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

function tell(reachable: boolean) {
	for (const listener of listeners) listener(reachable);
}

async function send(path: string, ask: Ask): Promise<Response> {
	const init: RequestInit = {
		method: ask.method ?? "GET",
		headers: { Accept: "application/json" },
		cache: "no-cache", // ask again, with the ETag of what is kept
		credentials: "same-origin",
	};
	if (ask.signal) init.signal = ask.signal;
	if (ask.body !== undefined) {
		init.headers = { ...init.headers, "Content-Type": "application/json" };
		init.body = JSON.stringify(ask.body);
	}
	try {
		const answer = await fetch(path, init);
		tell(true);
		return answer;
	} catch (failure) {
		if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
		tell(false);
		throw new Unreachable();
	}
}

/** The answer's JSON; ApiError for any status but success, Unreachable without an answer. */
export async function ask<T>(path: string, how: Ask = {}): Promise<T> {
	const answer = await send(path, how);
	const text = await answer.text();
	let value: unknown;
	try {
		value = text === "" ? null : JSON.parse(text);
	} catch {
		throw new ApiError(answer.status, answer.status, `An answer that is no JSON: ${text.slice(0, 200)}`);
	}
	if (answer.ok) return value as T;
	const told = (value ?? {}) as { error_code?: number; message?: string };
	throw new ApiError(answer.status, told.error_code ?? answer.status, told.message ?? `HTTP ${answer.status}`);
}

/** "?a=1&b=2" of what is there; "" of nothing. */
export function query(parameters: Record<string, string | number | boolean | undefined | null>): string {
	const list = new URLSearchParams();
	for (const [name, value] of Object.entries(parameters))
		if (value !== undefined && value !== null && value !== "" && value !== false) list.set(name, String(value));
	const text = list.toString();
	return text && `?${text}`;
}

/** A subject as a segment of a path. */
export const segment = encodeURIComponent;

// ---- shapes: api-spec/openapi.yaml has them with their meaning ----

export type SchemaType = "AVRO" | "JSON" | "PROTOBUF";
export type Effect = "fails" | "changes" | "policy" | "harmless" | "unproven" | "safe";

export interface Stats {
	version: string;
	started: string;
	head: number;
	subjects: number;
	versions: number;
	schemas: number;
	contexts: number;
	types: Partial<Record<SchemaType, number>>;
	databaseBytes: number;
	refusals: number;
}

export interface Listed {
	subject: string;
	context: string;
	type: SchemaType;
	versions: number;
	latest: { version: number; id: number };
	level: string;
	levelFrom: "subject" | "context" | "global" | "default";
	policy: string;
	mode: string;
	changed: string;
	actor: string | null;
	owner: string | null;
	description: string | null;
	tags: string[];
	referencesOut: number;
	referencesIn: number;
	deleted: boolean;
}

export interface Page<T> {
	total: number;
	offset: number;
	items: T[];
}

export interface Found {
	subject: string;
	version: number;
	id: number;
	type: SchemaType;
	kind: string;
	name: string;
	path: string | null;
	doc: string | null;
	tags: string[];
	line: number;
}

export interface GraphNode {
	subject: string;
	version: number;
	type: SchemaType;
	id: number;
}

export interface GraphEdge {
	from: { subject: string; version: number };
	to: { subject: string; version: number };
	name: string;
}

export interface Graph {
	nodes: GraphNode[];
	edges: GraphEdge[];
	truncated: boolean;
}

export interface TimelineItem {
	sequence: number;
	time: string;
	actor: string | null;
	kind: string;
	subject: string | null;
	version: number | null;
	id: number | null;
	detail: Record<string, unknown> | null;
}

export interface Timeline {
	items: TimelineItem[];
	next: number | null;
}

export interface OutlineNode {
	kind: string;
	name?: string;
	type?: string;
	logical?: string;
	doc?: string;
	default?: unknown;
	path?: string;
	tags?: string[];
	number?: number;
	optional?: boolean;
	line?: number;
	column?: number;
	items?: OutlineNode[];
}

export interface Outline {
	subject: string;
	version: number;
	id: number;
	type: SchemaType;
	root: OutlineNode;
}

export type Reads = "yes" | "warns" | "no";

export interface Matrix {
	versions: number[];
	reads: Reads[][];
}

export interface Place {
	line: number;
	column: number;
	path: string;
}

export interface Witness {
	effect: Effect;
	event: unknown;
	bytes: string;
	read: unknown;
	reason: string;
	offset: number;
}

export interface Edit {
	offset: number;
	length: number;
	line: number;
	column: number;
	endLine: number;
	endColumn: number;
	text: string;
}

export interface Fix {
	title: string;
	major: boolean;
	safe: boolean;
	edits: Edit[];
}

export interface Finding {
	rule: string;
	title: string;
	effect: Effect;
	errorType: string | null;
	path: string | null;
	direction: "backward" | "forward";
	version: number | null;
	message: string;
	new: Place | null;
	old: Place | null;
	witness: Witness | null;
	fix: Fix | null;
	help: string;
}

export interface Explanation {
	compatible: boolean;
	sound: boolean;
	level: string;
	policy: string;
	firstVersion: boolean;
	parseError: { message: string; line: number; column: number } | null;
	findings: Finding[];
	warnings: Finding[];
	unlisted: number;
	hidden: number;
	fixed: string | null;
}

export interface Reference {
	name: string;
	subject: string;
	version: number;
}

export interface SchemaText {
	schema: string;
	schemaType?: SchemaType;
	references?: Reference[];
}

/** GET /subjects/{subject}/versions/{version} */
export interface Version extends SchemaText {
	subject: string;
	version: number;
	id: number;
	guid?: string;
	metadata?: { tags?: Record<string, string[]>; properties?: Record<string, string>; sensitive?: string[] };
	ruleSet?: unknown;
}

export interface Change {
	kind: string;
	entity: string;
	name: string;
	message: string;
	new: Place | null;
	old: Place | null;
	backward: Effect;
	forward: Effect;
}

export interface Diff {
	changes: Change[];
	backward: Effect;
	forward: Effect;
	old: SchemaText;
	new: SchemaText;
}

export interface Decoded {
	framing: {
		magic: number;
		id: number | null;
		guid: string | null;
		indexes: number[] | null;
		payloadOffset: number;
	} | null;
	schema: { id: number; type: SchemaType; subjects: { subject: string; version: number }[] } | null;
	event: unknown;
	error: { message: string; offset: number; path: string | null } | null;
	verdict: "ok" | "retry" | "dead-letter";
	others: { subject: string; version: number; reads: boolean }[];
}

export interface Refusal {
	id: number;
	time: string;
	actor: string | null;
	subject: string;
	level: string;
	policy: string;
	schemaType: SchemaType;
	findings: number;
}

export interface RefusalDetail extends Refusal {
	schema: string;
	references: Reference[];
	message: string;
	explanation: Explanation;
}

export interface RuleRow {
	id: string;
	/** null: of every format. */
	type: SchemaType | null;
	effect: Effect;
	title: string;
}

export interface RuleDetail extends RuleRow {
	what: string;
	why: string;
	example: { old: string; new: string } | null;
	finding: Finding | null;
}

/** GET /config and /config/{subject}: what is set, and with defaultToGlobal what is in force. */
export interface Config {
	compatibilityLevel?: string;
	compatibilityPolicy?: string;
	compatibilityGroup?: string;
	normalize?: boolean;
	alias?: string;
	validateFields?: boolean;
	[more: string]: unknown;
}
