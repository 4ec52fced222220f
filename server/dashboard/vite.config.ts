import { defineConfig } from "vite";
import { licences } from "./licences";

/* Served under /ui/ by the server itself.  Nothing is inlined: the page's security policy allows files of its own only. */
export default defineConfig({
	base: "/ui/",
	esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
	build: {
		target: "es2022",
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		emptyOutDir: true,
	},
	plugins: [licences()],
	/* npm run dev beside a running server */
	server: {
		proxy: {
			"^/(?!ui/)": process.env["TENON_REGISTRY"] ?? "http://127.0.0.1:8081",
		},
	},
});
