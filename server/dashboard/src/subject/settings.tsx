/* What holds for this subject, from where, and changing it. */
import type { Listed } from "../api";
import { Commands } from "../parts";
import { InForce, LevelForm, ModeForm, scopesOf, settingCommands } from "../settings";
import { splitSubject } from "../text";

export function SettingsTab({ subject, row }: { subject: string; row: Listed | undefined }) {
	const scopes = scopesOf(subject, splitSubject(subject).context);
	const own = scopes[0];
	if (!own) return null;
	return (
		<section class="settings">
			<h2>In force</h2>
			{row?.levelFrom === "default" && (
				<p class="dim">Nobody has set a level: the one the server was started with is in force.</p>
			)}
			<InForce scopes={scopes} />
			<LevelForm scope={own} subject={subject} />
			<ModeForm scope={own} />
			<Commands list={settingCommands(own, subject)} />
		</section>
	);
}
