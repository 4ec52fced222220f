/* What an empty registry shows instead of an empty table. */
import { useState } from "preact/hooks";
import { Icon, Logo } from "../icons";
import { Commands, useTitle } from "../parts";
import { Link } from "../router";
import { registerSamples } from "../samples";
import { say } from "../shell";
import { refresh } from "../store";

const CURL = `curl -s -X POST ${location.origin}/subjects/orders-value/versions \\
  -H 'Content-Type: application/json' \\
  -d '{"schema": "{\\"type\\":\\"record\\",\\"name\\":\\"Order\\",\\"fields\\":[{\\"name\\":\\"id\\",\\"type\\":\\"long\\"}]}"}'`;

export function Welcome() {
	useTitle("Welcome");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const add = async () => {
		setBusy(true);
		setError("");
		try {
			await registerSamples();
			say("The examples are there, in a context of their own.");
			refresh();
		} catch (failure) {
			setError((failure as Error).message);
			setBusy(false);
		}
	};
	return (
		<div class="page welcome">
			<Logo />
			<h1>Nothing is registered yet</h1>
			<p class="lead">
				Producers register here what their events look like. Before a new version is accepted, it is judged against the
				ones before: a change that would break somebody is refused, with an event that shows it.
			</p>
			<div class="welcome-ways">
				<Link to="/try" class="way">
					<Icon name="edit" />
					<strong>Register a schema</strong>
					<span>Write or paste one and see at once whether it holds.</span>
				</Link>
				<button type="button" class="way" disabled={busy} onClick={() => void add()}>
					<Icon name="subjects" />
					<strong>{busy ? "Adding…" : "Look around with examples"}</strong>
					<span>
						Four subjects of a small shop, in the context <code>.examples</code>.
					</span>
				</button>
			</div>
			{error && (
				<p class="failure" role="alert">
					{error}
				</p>
			)}
			<Commands
				list={[
					{
						title: "Register a schema",
						curl: CURL,
						tenon: `tenon register order.avsc --subject orders-value --registry ${location.origin}`,
					},
				]}
			/>
		</div>
	);
}
