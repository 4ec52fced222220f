/* The icons, drawn on a grid of 16. */

const PATHS = {
	subjects: "M2.5 3.5h11M2.5 8h11M2.5 12.5h7",
	search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14",
	graph:
		"M5 5.5 8 8m3 2.5L8 8m0 0 3-2.5M3.5 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm9 0a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm0 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
	activity: "M8 4v4l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z",
	edit: "M2.5 13.5 3.3 10 10.6 2.7a1.4 1.4 0 0 1 2 0l.7.7a1.4 1.4 0 0 1 0 2L6 12.7l-3.5.8Z",
	refused: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM4 4l8 8",
	message: "M2.5 3.5h11v8h-6L4.5 14v-2.5h-2zM5.5 6h5M5.5 8.8h3",
	rules: "M4 2.5h6.5L13 5v8.5H4zM6 7h5M6 9.5h5M6 12h3",
	settings:
		"M2.5 5h6m3 0h2M2.5 11h2m3 0h6M10 6.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM6 12.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
	copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
	check: "m3 8.5 3.5 3.5L13 4.5",
	terminal: "m3 5 3 3-3 3m5 1h5",
	chevron: "m6 3.5 4.5 4.5L6 12.5",
	swap: "M3 5.5h10m-2.5-3 2.5 3-2.5 3M13 10.5H3m2.5-3-2.5 3 2.5 3",
	plus: "M8 3v10M3 8h10",
	minus: "M3 8h10",
	fit: "M2.5 6V2.5H6m4 0h3.5V6m0 4v3.5H10m-4 0H2.5V10",
	sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5v1m0 11v1m6.5-6.5h-1m-11 0h-1m11.1-4.6-.7.7m-7.8 7.8-.7.7m9.2 0-.7-.7M4.1 4.1l-.7-.7",
	moon: "M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6Z",
	warning: "M8 2 14.5 13.5h-13zM8 6.5v3m0 1.7v.3",
	wrench:
		"M10 3.2a3.3 3.3 0 0 1 2.4-.6L10.6 4.5l.9.9 1.9-1.8A3.3 3.3 0 0 1 9.2 7.9l-4.6 4.6a1.2 1.2 0 0 1-1.7-1.7l4.6-4.6A3.3 3.3 0 0 1 10 3.2Z",
	down: "M8 3v10m-4-4 4 4 4-4",
	up: "M8 13V3M4 7l4-4 4 4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
	return (
		<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
			<path d={PATHS[name]} />
		</svg>
	);
}

export function Logo() {
	return (
		<svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
			<rect width="32" height="32" rx="7" class="logo-ground" />
			<path d="M5.5 9.5H16v4h10.5v5H16v4H5.5z" class="logo-tenon" />
			<path d="M18.5 8h8v3h-8zM18.5 21h8v3h-8z" class="logo-mortise" />
		</svg>
	);
}
