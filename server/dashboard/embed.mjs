/* node embed.mjs FOLDER OUT: writes the built page in FOLDER as C, each file with what gzip makes of it. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
	".woff2": "font/woff2",
};
const HASHED = /-[\w-]{8}\.\w+$/; // as Vite names files
const BYTES_A_LINE = 4000;

/** The bytes as C string literals; octal escapes of three digits end where they should. */
function literal(bytes) {
	const lines = [];
	for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
		let line = "";
		for (const byte of bytes.subarray(at, at + BYTES_A_LINE)) {
			const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
			line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
		}
		lines.push(`"${line}"`);
	}
	return lines.join("\n\t\t");
}

function row(folder, name) {
	const type = TYPES[extname(name)];
	if (!type) throw new Error(`${name}: no Content-Type is known for it`);
	const plain = readFileSync(join(folder, name));
	const packed = gzipSync(plain, { level: 9 });
	const gzip = packed.length < plain.length * 0.95 ? packed : undefined;
	return (
		`\t{\n\t\t.name = STR("${name.replace(/^assets\//, "")}"),\n\t\t.type = "${type}",\n` +
		`\t\t.plain = STR(${literal(plain)}),\n` +
		(gzip ? `\t\t.gzip = STR(${literal(gzip)}),\n` : "") +
		(HASHED.test(name) ? "\t\t.lasting = true,\n" : "") +
		"\t},\n"
	);
}

const [folder, out] = process.argv.slice(2);
const names = [
	"index.html",
	...readdirSync(join(folder, "assets"))
		.sort()
		.map((name) => `assets/${name}`),
];
writeFileSync(
	out,
	"/* Made from server/dashboard by the build: the page first, then the files it names. */\n" +
		"static const struct dashboard_file dashboard_files[] = {\n" +
		`${names.map((name) => row(folder, name)).join("")}};\n` +
		"enum { dashboard_built = 1 };\n",
);
