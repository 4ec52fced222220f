/* The addresses of the page and what is shown at each. */
import { render } from "preact";
import { ActivityPage } from "./pages/activity";
import { GraphPage } from "./pages/graph";
import { MessagePage } from "./pages/message";
import { MissingPage } from "./pages/missing";
import { OverviewPage } from "./pages/overview";
import { RefusalPage, RefusalsPage } from "./pages/refusals";
import { RulePage, RulesPage } from "./pages/rules";
import { SearchPage } from "./pages/search";
import { SettingsPage } from "./pages/settings";
import { TryPage } from "./pages/try";
import { useAddress } from "./router";
import { Shell } from "./shell";
import { watchServer } from "./store";
import { SubjectPage } from "./subject/page";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/pages.css";
import "./styles/subject.css";
import "./styles/workbench.css";

function pageOf(parts: string[], query: URLSearchParams) {
	const [first, second] = parts;
	if (first === undefined) return <OverviewPage query={query} />;
	if (first === "subjects" && second !== undefined)
		return <SubjectPage key={second} subject={second} rest={parts.slice(2)} query={query} />;
	if (first === "rules" && second !== undefined) return <RulePage id={second} />;
	if (first === "refusals" && second !== undefined) return <RefusalPage id={second} />;
	if (parts.length > 1) return <MissingPage />;
	switch (first) {
		case "search":
			return <SearchPage query={query} />;
		case "graph":
			return <GraphPage query={query} />;
		case "activity":
			return <ActivityPage query={query} />;
		case "try":
			return <TryPage query={query} />;
		case "refusals":
			return <RefusalsPage query={query} />;
		case "message":
			return <MessagePage query={query} />;
		case "rules":
			return <RulesPage query={query} />;
		case "settings":
			return <SettingsPage query={query} />;
		default:
			return <MissingPage />;
	}
}

function App() {
	const { parts, query } = useAddress();
	return (
		<Shell here={parts[0] ?? ""} query={query}>
			{pageOf(parts, query)}
		</Shell>
	);
}

watchServer();
render(<App />, document.getElementById("app") as HTMLElement);
