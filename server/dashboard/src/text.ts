/* Texts: laying out JSON without changing it, bytes and characters, times and numbers in words. */

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const SHORT = 60;

/** Objects and lists without anything nested that fit a line stay on one. */
function shortGroup(tokens: string[], at: number): number {
	let length = 0;
	for (let i = at + 1; i < tokens.length; i++) {
		const token = tokens[i] as string;
		if (token === "{" || token === "[") return -1;
		length += token.length + 1;
		if (length > SHORT) return -1;
		if (token === "}" || token === "]") return i;
	}
	return -1;
}

function joinShort(tokens: string[], from: number, to: number): string {
	let text = tokens[from] as string;
	const pad = text === "{" && to > from + 1 ? " " : "";
	for (let i = from + 1; i < to; i++) {
		const token = tokens[i] as string;
		text += token === ":" || token === "," ? `${token} ` : i === from + 1 ? pad + token : token;
	}
	return text + pad + (tokens[to] as string);
}

/**
 * JSON laid out for reading: only white space changes, so numbers and escapes stay as they were written.  What is no
 * JSON comes back as it is.
 */
export function layOutJson(text: string): string {
	try {
		JSON.parse(text);
	} catch {
		return text;
	}
	const tokens = text.match(TOKEN) ?? [];
	let out = "";
	let depth = 0;
	const line = () => `\n${"  ".repeat(depth)}`;
	for (let i = 0; i < tokens.length; i++) {
		const token = tokens[i] as string;
		if (token === "{" || token === "[") {
			const end = shortGroup(tokens, i);
			if (end >= 0) {
				out += joinShort(tokens, i, end);
				i = end;
				continue;
			}
			depth++;
			out += token + line();
		} else if (token === "}" || token === "]") {
			depth--;
			out += line() + token;
		} else if (token === ",") out += token + line();
		else if (token === ":") out += ": ";
		else out += token;
	}
	return out;
}

export function layOut(text: string, type: string): string {
	return type === "PROTOBUF" ? text : layOutJson(text);
}

/** A value as JSON on one line, as short as it gets. */
export function inline(value: unknown): string {
	return JSON.stringify(value) ?? "";
}

export function showJson(value: unknown): string {
	return layOutJson(JSON.stringify(value) ?? "null");
}

const encoder = new TextEncoder();

/** From an offset in bytes of UTF-8, as the API counts, to one in characters, as the editor does. */
export function charsOfBytes(text: string, bytes: number): number {
	let at = 0;
	for (let i = 0; i < text.length; i++) {
		if (at >= bytes) return i;
		const code = text.charCodeAt(i);
		const paired = code >= 0xd800 && code < 0xdc00 && i + 1 < text.length;
		at += code < 0x80 ? 1 : code < 0x800 ? 2 : paired ? 4 : 3;
		if (paired) i++;
	}
	return text.length;
}

export function byteLength(text: string): number {
	return encoder.encode(text).length;
}

/** "0a ff" as bytes; null when it is no hex. */
export function bytesOfHex(text: string): Uint8Array | null {
	const bare = text.replace(/0x|[\s:,]/gi, "");
	if (bare.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(bare)) return null;
	const bytes = new Uint8Array(bare.length / 2);
	for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(bare.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}

export function bytesOfBase64(text: string): Uint8Array | null {
	try {
		const bare = text.replace(/\s/g, "").replace(/-/g, "+").replace(/_/g, "/");
		return Uint8Array.from(atob(bare), (c) => c.charCodeAt(0));
	} catch {
		return null;
	}
}

/** What the API takes as hex or base64, read the same way. */
export function bytesOf(text: string): Uint8Array | null {
	return bytesOfHex(text) ?? bytesOfBase64(text);
}

// ---- words ----

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const number = new Intl.NumberFormat("en");
const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
	[60, "second"],
	[60, "minute"],
	[24, "hour"],
	[7, "day"],
	[4.35, "week"],
	[12, "month"],
	[Number.POSITIVE_INFINITY, "year"],
];

export function ago(time: string): string {
	let value = (new Date(time).getTime() - Date.now()) / 1000;
	if (Number.isNaN(value)) return time;
	if (value > -10) return "just now";
	for (const [step, unit] of STEPS) {
		if (Math.abs(value) < step) return relative.format(Math.round(value), unit);
		value /= step;
	}
	return time;
}

export function moment(time: string): string {
	const date = new Date(time);
	return Number.isNaN(date.getTime()) ? time : absolute.format(date);
}

export function count(n: number): string {
	return number.format(n);
}

/** "1 version", "3 versions" */
export function plural(n: number, one: string, more = `${one}s`): string {
	return `${count(n)} ${n === 1 ? one : more}`;
}

export function size(bytes: number): string {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let i = 0;
	let value = bytes;
	for (; value >= 1024 && i < units.length - 1; i++) value /= 1024;
	return `${value >= 10 || i === 0 ? Math.round(value) : value.toFixed(1)} ${units[i]}`;
}

/** A subject's context and the rest: ":.a:b" is ".a" and "b". */
export function splitSubject(subject: string): { context: string; name: string } {
	const found = /^:(\.[^:]*):(.*)$/s.exec(subject);
	return found ? { context: found[1] as string, name: found[2] as string } : { context: "", name: subject };
}

/** A word for the shell, quoted where that is needed. */
export function shell(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
